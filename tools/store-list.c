/* SPDX-License-Identifier: MIT */
#include "store-tool.h"

int
tstore_list(struct cli *c)
{
	struct tstore *t = c->state;
	struct store_runs runs;
	int st = store_list(t->store, &runs);

	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < runs.n; i++) {
		char id[STORE_ID_SIZE];

		store_id_text(&runs.v[i].id, id);
		em_out_printf(c->out, "%s %d %d %lld/%lld/%lld %llu\n", id,
		    runs.v[i].state, runs.v[i].verdict,
		    (long long)runs.v[i].counts.pass,
		    (long long)runs.v[i].counts.fail,
		    (long long)runs.v[i].counts.skip,
		    (unsigned long long)runs.v[i].size);
	}
	store_runs_free(&runs);
	return ST_OK;
}

int
tstore_latest(struct cli *c)
{
	struct tstore *t = c->state;
	struct store_run run;
	char id[STORE_ID_SIZE];
	int st = store_find(t->store, "latest", &run);

	if (st != ST_OK)
		return st;
	store_id_text(&run.id, id);
	em_out_printf(c->out, "%s\n", id);
	store_run_free(&run);
	return ST_OK;
}
