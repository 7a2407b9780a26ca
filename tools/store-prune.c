/* SPDX-License-Identifier: MIT */
/* What is kept: the runs that were used last, as many as the limits allow. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-tool.h"

static const int64_t day_ns = INT64_C(86400000000000);

static struct limits
limits_of(const struct store *s)
{
	return (struct limits){
		.runs = (uint64_t)index_setting(s->index, "max-runs", 100),
		.bytes =
		    (uint64_t)index_setting(s->index, "max-size", 1000000000),
		.age_ns = index_setting(s->index, "max-age", 30 * day_ns),
	};
}

static int
by_use(const void *x, const void *y)
{
	const struct store_run *const *a = x, *const *b = y;

	if ((*a)->written_ns != (*b)->written_ns)
		return (*a)->written_ns < (*b)->written_ns ? 1 : -1;
	return memcmp((*b)->id.b, (*a)->id.b, sizeof((*a)->id.b));
}

struct pruned {
	const struct store_run **v; /* those to go */
	size_t n;
	uint64_t bytes;
};

/* Which runs have to go.  One that is being recorded stays. */
static bool
choose(const struct store_runs *runs, const struct limits *l, struct pruned *p)
{
	const struct store_run **v = calloc(runs->n + 1, sizeof(*v));
	int64_t now = store_now();
	uint64_t count = 0, bytes = 0;

	*p = (struct pruned){ .v = calloc(runs->n + 1, sizeof(*v)) };
	if (v == NULL || p->v == NULL) {
		free(v);
		return false;
	}
	for (size_t i = 0; i < runs->n; i++)
		v[i] = &runs->v[i];
	qsort(v, runs->n, sizeof(v[0]), by_use);
	for (size_t i = 0; i < runs->n; i++) {
		const struct store_run *r = v[i];

		if (r->state == STORE_LIVE ||
		    (count < l->runs && bytes + r->size <= l->bytes &&
			now - r->written_ns <= l->age_ns)) {
			count++;
			bytes += r->size;
			continue;
		}
		p->bytes += r->size;
		p->v[p->n++] = r;
	}
	free(v);
	return true;
}

/* The file goes first: a row without file is dropped by whoever looks. */
static bool
remove_run(struct store *s, const struct store_run *r, struct em_error *err)
{
	char *path = paths_run(s, &r->id);
	bool ok = path != NULL && (unlink(path) == 0 || errno == ENOENT);

	if (!ok) {
		err->code = EM_E_IO;
		snprintf(err->msg, sizeof(err->msg), "cannot remove \"%s\": %s",
		    path != NULL ? path : "", strerror(errno));
	}
	free(path);
	return ok && index_forget(s->index, &r->id, err);
}

static bool
old_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 &&
	    store_now() - (int64_t)st.st_mtim.tv_sec * 1000000000 > day_ns;
}

/* What a killed recorder or import left. */
static void
remove_leftovers(const struct store *s)
{
	DIR *d = opendir(s->dir);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char *path;

		if (strncmp(e->d_name, "tmp-", 4) != 0)
			continue;
		path = paths_join(s->dir, e->d_name);
		if (path != NULL && old_file(path))
			unlink(path);
		free(path);
	}
	if (d != NULL)
		closedir(d);
}

static bool
prune(struct store *s, const struct pruned *p, struct em_error *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < p->n; i++)
		ok = remove_run(s, p->v[i], err);
	remove_leftovers(s);
	return ok && (p->n == 0 || index_sweep(s->index, err)) &&
	    index_set(s->index, "last-pruned", store_now(), err);
}

void
prune_sometimes(struct store *s)
{
	const struct limits l = limits_of(s);
	int64_t last = index_setting(s->index, "last-pruned", 0);
	struct em_error err = { 0 };
	struct store_runs runs;
	struct pruned p;
	uint64_t n, bytes;

	if (!index_totals(s->index, &n, &bytes, &err) ||
	    (store_now() - last < day_ns && n <= l.runs + l.runs / 2 &&
		bytes <= l.bytes + l.bytes / 2))
		return;
	/* What fails now is tried again with the next run. */
	if (!sync_store(s, &runs, &err))
		return;
	if (choose(&runs, &l, &p))
		prune(s, &p, &err);
	free(p.v);
	store_runs_free(&runs);
}

/* ---- tstore prune ---- */

static struct limits
wanted(const struct tstore *t)
{
	struct limits l = limits_of(t->store);

	if (t->limits.runs > 0)
		l.runs = t->limits.runs;
	if (t->limits.bytes > 0)
		l.bytes = t->limits.bytes;
	if (t->limits.age_ns > 0)
		l.age_ns = t->limits.age_ns;
	return l;
}

static bool
save(struct store *s, const struct limits *l, struct em_error *err)
{
	return index_set(s->index, "max-runs", (int64_t)l->runs, err) &&
	    index_set(s->index, "max-size", (int64_t)l->bytes, err) &&
	    index_set(s->index, "max-age", l->age_ns, err);
}

static void
report(struct cli *c, const struct pruned *p, size_t all)
{
	struct tstore *t = c->state;
	char text[STORE_ID_SIZE], size[32], time[32];

	for (size_t i = 0; i < p->n; i++) {
		store_id_text(&p->v[i]->id, text);
		em_out_printf(c->out, "%s  %s  %s\n", text,
		    label_time(time, sizeof(time), p->v[i]->started_ns),
		    label_size(size, sizeof(size), p->v[i]->size));
	}
	em_out_printf(c->out, "%zu of %zu runs %s, %s\n", p->n, all,
	    t->dry_run ? "would be removed" : "removed",
	    label_size(size, sizeof(size), p->bytes));
}

int
tstore_prune(struct cli *c)
{
	struct tstore *t = c->state;
	const struct limits l = wanted(t);
	struct em_error err = { 0 };
	struct store_runs runs;
	struct pruned p;
	int st = store_list(t->store, &runs);
	bool ok;

	if (st != ST_OK)
		return st;
	ok = choose(&runs, &l, &p) &&
	    (t->dry_run ||
		(prune(t->store, &p, &err) &&
		    (!t->save || save(t->store, &l, &err))));
	if (ok)
		report(c, &p, runs.n);
	if (!ok)
		cli_say(
		    c, "%s", err.msg[0] != '\0' ? err.msg : "out of memory");
	free(p.v);
	store_runs_free(&runs);
	return ok ? ST_OK : ST_IO;
}
