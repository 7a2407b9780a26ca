/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rerun.h"
#include "store-parts.h"

/* What was known when a rerun started. */
static bool
take_before(struct rerun_state *sets, struct em_str bytes)
{
	const struct em_reader_opts ro = { .format = NULL };
	struct em_results *rs = em_results_new(EM_KEEP_DETAILS, SIZE_MAX / 2);
	struct em_reader *r = em_reader_mem(&ro, bytes, "the recording");
	const struct em_event *ev;
	bool ours = false;

	while (rs != NULL && r != NULL && em_reader_next(r, &ev) == EM_OK)
		em_results_event(rs, ev);
	if (rs != NULL && !rerun_state_take(sets, rs, &ours))
		ours = false;
	if (r != NULL)
		em_reader_close(r);
	em_results_free(rs);
	return ours;
}

static int
load_before(
    struct store *s, const struct store_run *run, struct rerun_state *sets)
{
	struct em_error err = { 0 };
	struct em_str bytes = { NULL, 0 };
	char *path = paths_run(s, &run->id);
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	bool ok = fd >= 0 && run_file_read(fd, FRAME_SETS, &bytes, &err);

	if (fd < 0) {
		err.code = EM_E_IO;
		snprintf(err.msg, sizeof(err.msg), "%s", strerror(errno));
	}
	/* Of the first run of a chain there is nothing to know. */
	if (ok && (bytes.p != NULL || !store_id_none(&run->parent)) &&
	    (bytes.p == NULL || !take_before(sets, bytes))) {
		err.code = EM_E_SYNTAX;
		snprintf(err.msg, sizeof(err.msg),
		    "the file is damaged: what was outstanding before the "
		    "run cannot be read");
		ok = false;
	}
	if (!ok)
		cli_say(s->cli, "%s: %s", path != NULL ? path : "", err.msg);
	if (fd >= 0)
		close(fd);
	free((void *)(uintptr_t)bytes.p);
	free(path);
	return ok ? ST_OK : cli_status_of(&err);
}

int
store_sets(
    struct store *s, const struct store_run *run, struct rerun_state *sets)
{
	struct store_stream *in;
	const struct em_event *ev;
	int st, before = s->cli->status;

	if (!rerun_state_init(sets)) {
		rerun_state_free(sets);
		cli_say(s->cli, "out of memory");
		return ST_IO;
	}
	st = load_before(s, run, sets);
	in = st == ST_OK ? store_stream_open(s, run, NULL) : NULL;
	if (st == ST_OK && in == NULL)
		st = s->cli->status;
	while (in != NULL && st == ST_OK && store_stream_next(in, &ev))
		st = rerun_state_event(sets, s->cli, ev);
	store_stream_close(in);
	if (st == ST_OK)
		st = rerun_state_end(sets, s->cli);
	/* Also when there was nothing to tell it by. */
	sets->cut |=
	    run->state != STORE_WHOLE || run->verdict == EM_V_TRUNCATED;
	/* Reruns are for runs that were cut short. */
	if (s->cli->status == ST_TRUNCATED)
		s->cli->status = before;
	if (st != ST_OK)
		rerun_state_free(sets);
	return st;
}

int
store_outstanding(struct store *s, const struct store_run *run, size_t *n)
{
	struct rerun_state sets;
	int st = store_sets(s, run, &sets);

	*n = 0;
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < sets.n; i++)
		*n += sets.v[i].set == SET_OUTSTANDING;
	rerun_state_free(&sets);
	if (*n > 0)
		cli_say(s->cli, "%zu outstanding test%s still remain%s", *n,
		    *n == 1 ? "" : "s", *n == 1 ? "s" : "");
	return ST_OK;
}

int
store_remaining(struct store *s, const struct store_id *id)
{
	char text[STORE_ID_SIZE];
	struct store_run run;
	size_t n;
	int st;

	store_id_text(id, text);
	st = store_find(s, text, &run);
	if (st != ST_OK)
		return st;
	st = store_outstanding(s, &run, &n);
	store_run_free(&run);
	return st == ST_OK && n > 0 ? ST_OUTSTANDING : st;
}
