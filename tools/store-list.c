/* SPDX-License-Identifier: MIT */
/* tstore list, info and latest. */
#include <stdlib.h>
#include <string.h>

#include "store-tool.h"
#include "sum.h"

/* ---- how much of an id is enough ---- */

static int
by_id(const void *x, const void *y)
{
	const struct store_run *const *a = x, *const *b = y;

	return memcmp((*a)->id.b, (*b)->id.b, sizeof((*a)->id.b));
}

static size_t
common(const struct store_id *a, const struct store_id *b)
{
	char x[STORE_ID_SIZE], y[STORE_ID_SIZE];
	size_t n = 0;

	store_id_text(a, x);
	store_id_text(b, y);
	while (x[n] != '\0' && x[n] == y[n])
		n++;
	return n;
}

/* For each run the length of the shortest beginning that no other has. */
static size_t *
prefixes(const struct store_runs *runs)
{
	const struct store_run **v = calloc(runs->n + 1, sizeof(*v));
	size_t *prefix = calloc(runs->n + 1, sizeof(*prefix)), n;

	for (size_t i = 0; v != NULL && i < runs->n; i++)
		v[i] = &runs->v[i];
	if (v != NULL && prefix != NULL) {
		qsort(v, runs->n, sizeof(v[0]), by_id);
		for (size_t i = 0; i < runs->n; i++) {
			size_t before =
			    i > 0 ? common(&v[i]->id, &v[i - 1]->id) : 0;
			size_t after = i + 1 < runs->n
			    ? common(&v[i]->id, &v[i + 1]->id)
			    : 0;

			n = (before > after ? before : after) + 1;
			prefix[v[i] - runs->v] = n;
		}
	}
	free(v);
	return prefix;
}

/* ---- the tree ---- */

struct tree {
	struct cli *cli;
	const struct store_runs *runs;
	const size_t *prefix;
	size_t *parent; /* place + 1; 0: a root */
	size_t *child, *sibling; /* the same; of children the oldest first */
	uint64_t total;
};

static size_t
place_of(const struct store_runs *runs, const struct store_id *id)
{
	for (size_t i = 0; i < runs->n; i++)
		if (store_id_eq(&runs->v[i].id, id))
			return i + 1;
	return 0;
}

/* Runs come newest first, so each goes before what is there. */
static void
plant(struct tree *t)
{
	for (size_t i = 0; i < t->runs->n; i++) {
		size_t p;

		if (store_id_none(&t->runs->v[i].parent))
			continue;
		p = place_of(t->runs, &t->runs->v[i].parent);
		/* No link may lead into a circle. */
		if (p == 0 || p - 1 <= i)
			continue;
		t->parent[i] = p;
		t->sibling[i] = t->child[p - 1];
		t->child[p - 1] = i + 1;
	}
}

static void
put_run(struct tree *t, size_t i, const char *lead)
{
	const struct store_run *r = &t->runs->v[i];
	struct em_out *out = t->cli->out;
	char time[32], took[32], size[32], result[160];
	bool bad = r->state != STORE_WHOLE || r->verdict != EM_V_PASS;

	em_out_puts(out, lead);
	label_id(t->cli, &r->id, t->prefix[i]);
	em_out_printf(out, "  %s  %s%-10s%s  %s, %s%s%s",
	    label_time(time, sizeof(time), r->started_ns),
	    !t->cli->color ? ""
		: bad      ? "\033[31m"
			   : "\033[32m",
	    label_state(r), t->cli->color ? "\033[0m" : "",
	    label_result(result, sizeof(result), r),
	    r->duration_ns != EM_UNSET
		? sum_duration_text(took, sizeof(took), r->duration_ns)
		: "",
	    r->duration_ns != EM_UNSET ? ", " : "",
	    label_size(size, sizeof(size), r->size));
	if (r->command != NULL) {
		em_out_puts(out, "  ");
		em_out_plain(out, em_str(r->command), NULL);
	}
	em_out_puts(out, i == 0 ? "  *latest\n" : "\n");
	t->total += r->size;
}

/* Depth is that of reruns of reruns; a chain goes down one step a run. */
static void
put_tree(struct tree *t, size_t root)
{
	size_t i = root, depth = 0;
	char lead[128];

	for (;;) {
		size_t shown = depth < 20 ? depth : 20;

		memset(lead, ' ', shown * 2);
		snprintf(lead + shown * 2, sizeof(lead) - shown * 2, "%s",
		    depth > 0 ? "└─ " : "");
		put_run(t, i, lead);
		if (t->child[i] != 0) {
			i = t->child[i] - 1;
			depth++;
			continue;
		}
		while (i != root && t->sibling[i] == 0) {
			i = t->parent[i] - 1;
			depth--;
		}
		if (i == root)
			return;
		i = t->sibling[i] - 1;
	}
}

static void
print_tree(struct cli *c, const struct store_runs *runs)
{
	struct tstore *s = c->state;
	size_t n = runs->n + 1;
	struct tree t = { .cli = c,
		.runs = runs,
		.prefix = prefixes(runs),
		.parent = calloc(n, sizeof(size_t)),
		.child = calloc(n, sizeof(size_t)),
		.sibling = calloc(n, sizeof(size_t)) };
	char size[32];

	if (t.prefix == NULL || t.parent == NULL || t.child == NULL ||
	    t.sibling == NULL) {
		cli_say(c, "out of memory");
		cli_status(c, ST_IO);
	} else {
		plant(&t);
		for (size_t i = 0; i < runs->n; i++)
			if (t.parent[i] == 0)
				put_tree(&t, i);
		em_out_printf(c->out, "%zu run%s, %s in %s\n", runs->n,
		    runs->n == 1 ? "" : "s",
		    label_size(size, sizeof(size), t.total),
		    store_dir(s->store));
	}
	free((void *)(uintptr_t)t.prefix);
	free(t.parent);
	free(t.child);
	free(t.sibling);
}

static void
print_json(struct cli *c, const struct store_runs *runs)
{
	for (size_t i = 0; i < runs->n; i++) {
		em_out_puts(c->out, "{");
		label_json(c->out, &runs->v[i]);
		em_out_puts(c->out, "}\n");
	}
}

int
tstore_list(struct cli *c)
{
	struct tstore *t = c->state;
	struct store_runs runs;
	int st = store_list(t->store, &runs);

	if (st != ST_OK)
		return st;
	if (t->json)
		print_json(c, &runs);
	else
		print_tree(c, &runs);
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

/* ---- one run ---- */

static void
put_id(struct em_out *out, const char *what, const struct store_id *id)
{
	char text[STORE_ID_SIZE];

	store_id_text(id, text);
	em_out_printf(out, "%-12s %s\n", what, text);
}

static void
put_text(struct em_out *out, const char *what, struct em_str s)
{
	if (s.p == NULL)
		return;
	em_out_printf(out, "%-12s ", what);
	em_out_plain(out, s, NULL);
	em_out_puts(out, "\n");
}

static void
print_info(
    struct cli *c, const struct store_run *r, const struct em_event *start)
{
	struct em_out *out = c->out;
	char buf[160];

	put_id(out, "run", &r->id);
	if (!store_id_none(&r->parent)) {
		put_id(out, "rerun of", &r->parent);
		put_id(out, "first run", &r->root);
	}
	put_text(out, "command", em_str(r->command));
	put_text(out, "directory", start->cwd);
	em_out_printf(out, "%-12s %s", "status", label_state(r));
	if (r->exit_code != EM_UNSET)
		em_out_printf(out, ", exit code %lld", (long long)r->exit_code);
	if (r->signal != EM_UNSET)
		em_out_printf(out, ", signal %lld", (long long)r->signal);
	em_out_puts(out, "\n");
	put_text(out, "tests", em_str(label_result(buf, sizeof(buf), r)));
	put_text(out, "started",
	    em_str(label_time(buf, sizeof(buf), r->started_ns)));
	put_text(out, "last used",
	    em_str(label_time(buf, sizeof(buf), r->written_ns)));
	if (r->duration_ns != EM_UNSET)
		put_text(out, "duration",
		    em_str(
			sum_duration_text(buf, sizeof(buf), r->duration_ns)));
	em_out_printf(
	    out, "%-12s %llu\n", "events", (unsigned long long)r->events);
	put_text(out, "size", em_str(label_size(buf, sizeof(buf), r->size)));
	put_text(out, "recorded by", start->producer_version);
	for (size_t i = 0; i < start->env.n; i++) {
		em_out_printf(out, "%-12s ", i == 0 ? "environment" : "");
		em_out_plain(out, start->env.v[i].key, NULL);
		em_out_puts(out, "=");
		em_out_plain(out, start->env.v[i].value, NULL);
		em_out_puts(out, "\n");
	}
}

int
tstore_info(struct cli *c)
{
	struct tstore *t = c->state;
	struct em_event *start;
	struct store_run run;
	int st = store_find(t->store, tstore_operand(c), &run);

	if (st != ST_OK)
		return st;
	if (t->json) {
		em_out_puts(c->out, "{");
		label_json(c->out, &run);
		em_out_puts(c->out, "}\n");
	} else if ((start = store_start(t->store, &run)) != NULL) {
		print_info(c, &run, start);
		em_event_free(start);
	} else {
		st = c->status;
	}
	store_run_free(&run);
	return st;
}
