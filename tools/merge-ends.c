/* SPDX-License-Identifier: MIT */
/*
 * The ends of suites and runs.  Each waits for the end of all inputs, since
 * another may have more of the suite or run.  What a single input states goes
 * as it came when it holds for the merged run too; else what is known is made
 * anew, and of what is not known that remains on which no input disagrees.
 */
#include <stdlib.h>
#include <string.h>

#include "merge-stream.h"

enum { TAIL_MAX = 1000 }; /* events behind a run_complete */

struct merge_end {
	struct merge_end *next;
	struct em_event *ev;
	size_t part; /* that it came from */
	bool several; /* parts have stated it */
};

/* ---- the list ---- */

static struct merge_end *
append(struct merge_stream *m, const struct em_event *ev)
{
	struct merge_end *e = calloc(1, sizeof(*e));

	if (e != NULL)
		e->ev = em_event_dup(ev);
	if (e == NULL || e->ev == NULL) {
		free(e);
		merge_no_memory(m);
		return NULL;
	}
	e->part = m->in->part;
	*m->last_end = e;
	m->last_end = &e->next;
	return e;
}

static void
free_end(struct merge_end *e)
{
	em_event_free(e->ev);
	free(e);
}

void
merge_free_ends(struct merge_stream *m)
{
	struct merge_end *next;

	for (struct merge_end *e = m->ends; e != NULL; e = next) {
		next = e->next;
		free_end(e);
	}
}

static struct em_key
key_of(const struct em_event *ev)
{
	const struct em_str kind = em_kind_name(ev->kind);
	const struct em_str parts[] = { kind, ev->run,
		ev->kind == EM_SUITE_COMPLETE ? ev->suite : kind };

	return em_key(parts, 3);
}

/* ---- what several inputs state ---- */

static bool
same(struct em_str a, struct em_str b)
{
	return em_str_eq(a, b) && (a.p == NULL) == (b.p == NULL);
}

static void
agree_on(int64_t *stated, int64_t also)
{
	if (*stated != also)
		*stated = EM_UNSET;
}

/* The member of the same name in l; NULL when there is none. */
static struct em_member *
find(struct em_member *v, size_t n, const struct em_member *like)
{
	for (size_t i = 0; i < n; i++)
		if (same(v[i].in, like->in) && em_str_eq(v[i].key, like->key))
			return &v[i];
	return NULL;
}

/*
 * The unknown members of both.  Those on which they disagree have no value
 * any more, so that they do not come back with another input.
 */
static struct em_members
unite(struct em_member *v, const struct em_event *a, const struct em_event *b)
{
	size_t n = a->extra.n;

	if (n > 0)
		memcpy(v, a->extra.v, n * sizeof(*v));
	for (size_t i = 0; i < b->extra.n; i++) {
		const struct em_member *also = &b->extra.v[i];
		struct em_member *had = find(v, n, also);

		if (had == NULL)
			v[n++] = *also;
		else if (!em_str_eq(had->value, also->value))
			had->value.n = 0;
	}
	return (struct em_members){ v, n };
}

/* Another input states the same end. */
static void
join(struct merge_stream *m, struct merge_end *e, const struct em_event *also)
{
	size_t n = e->ev->extra.n + also->extra.n;
	struct em_member *v = calloc(n + 1, sizeof(*v));
	struct em_event both = *e->ev;
	struct em_event *copy = NULL;

	if (v != NULL) {
		both.raw = (struct em_str){ NULL, 0 };
		both.extra = unite(v, e->ev, also);
		agree_on(&both.exit_code, also->exit_code);
		agree_on(&both.signal, also->signal);
		if (both.outcome != also->outcome)
			both.outcome = EM_NONE;
		copy = em_event_dup(&both);
	}
	free(v);
	if (copy == NULL) {
		merge_no_memory(m);
		return;
	}
	em_event_free(e->ev);
	e->ev = copy;
	e->several = true;
}

void
merge_end(struct merge_stream *m, const struct em_event *ev)
{
	uint64_t *at = merge_at(m, m->by_end, key_of(ev));
	struct merge_end *e = (struct merge_end *)(uintptr_t)*at;

	m->ended = ev->kind == EM_RUN_COMPLETE && m->open_runs == 0;
	/* One that comes twice in an input goes twice, if nothing changes. */
	if (e == NULL || (merge_is_alone(m) && e->part == m->in->part)) {
		*at = (uint64_t)(uintptr_t)append(m, ev);
	} else {
		join(m, e, ev);
	}
}

bool
merge_behind_end(struct merge_stream *m, const struct em_event *ev)
{
	if (!m->ended || !merge_is_alone(m) || m->tail == TAIL_MAX ||
	    ev->kind == EM_PROTOCOL)
		return false;
	m->tail++;
	return append(m, ev) != NULL;
}

/* An end that came twice is joined to the first, the rest goes out. */
void
merge_settle_ends(struct merge_stream *m)
{
	struct merge_end **at = &m->ends;

	em_map_free(m->by_end);
	m->by_end = em_map_new();
	if (m->by_end == NULL) {
		merge_no_memory(m);
		return;
	}
	while (*at != NULL) {
		struct merge_end *e = *at;
		uint64_t *first = merge_at(m, m->by_end, key_of(e->ev));

		if (e->ev->kind != EM_SUITE_COMPLETE &&
		    e->ev->kind != EM_RUN_COMPLETE) {
			merge_put(m, e->ev);
		} else if (*first == 0) {
			*first = (uint64_t)(uintptr_t)e;
			at = &e->next;
			continue;
		} else {
			join(m, (struct merge_end *)(uintptr_t)*first, e->ev);
		}
		*at = e->next;
		free_end(e);
	}
	m->last_end = at;
}

/* ---- the end ---- */

static bool
same_counts(const struct em_counts *a, const struct em_counts *b)
{
	return a->pass == b->pass && a->fail == b->fail && a->skip == b->skip;
}

/* Members without a value are those that inputs disagree on. */
static void
write_agreed(struct merge_stream *m, struct em_event *ev)
{
	struct em_member *v = calloc(ev->extra.n + 1, sizeof(*v));
	size_t n = 0;

	if (v == NULL) {
		merge_no_memory(m);
		return;
	}
	for (size_t i = 0; i < ev->extra.n; i++)
		if (ev->extra.v[i].value.n > 0)
			v[n++] = ev->extra.v[i];
	ev->raw = (struct em_str){ NULL, 0 };
	ev->extra = (struct em_members){ v, n };
	ev->elapsed_ns = ev->time_ns = EM_UNSET;
	m->st = m->st == ST_OK ? cli_write(m->c, ev) : m->st;
	free(v);
}

static void
write_as_it_came(struct merge_stream *m, const struct em_event *ev)
{
	m->st = m->st == ST_OK ? cli_write(m->c, ev) : m->st;
}

/* Does an input that started the suite not say how it ended? */
static bool
is_open(const struct merge_stream *m, const struct em_event *ev)
{
	const struct em_str parts[] = { ev->run, ev->suite };
	const uint64_t *open = em_map_find(m->open, em_key(parts, 2));

	return open != NULL && *open > 0;
}

static void
end_suite(struct merge_stream *m, const struct merge_end *e)
{
	const struct em_suite *s = em_results_suite(m->results, e->ev);
	bool open = is_open(m, e->ev);
	struct em_event ev = *e->ev;

	/* The input that was cut had not come to its end. */
	if (s == NULL || !s->started || (open && m->cut > 0))
		return;
	if (!e->several && !open && ev.outcome == s->outcome &&
	    same_counts(&ev.counts, &s->counts)) {
		write_as_it_came(m, &ev);
		return;
	}
	ev.outcome = s->outcome;
	ev.status = s->status;
	ev.reason = s->reason;
	ev.duration_ns = s->duration_ns;
	ev.counts = s->counts;
	if (open) {
		ev.outcome = EM_FAIL;
		ev.status = em_str("incomplete");
		m->failed = true;
	}
	write_agreed(m, &ev);
}

static bool
run_failed(const struct merge_stream *m, const struct em_run *run)
{
	bool failed = m->failed || run->counts.fail > 0 || run->not_run > 0;

	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		failed = failed || s->outcome == EM_FAIL;
	return failed;
}

static void
end_run(struct merge_stream *m, const struct merge_end *e)
{
	const struct em_run *run = em_results_runs(m->results);
	struct em_event ev = *e->ev;

	while (run != NULL && !same(run->id, ev.run))
		run = run->next;
	if (run == NULL || !run->started)
		return;
	if (run_failed(m, run))
		ev.outcome = EM_FAIL;
	else if (ev.outcome != EM_SKIP || run->counts.pass > 0)
		ev.outcome = EM_PASS;
	ev.status = run->status;
	ev.duration_ns = run->duration_ns;
	ev.counts = run->counts;
	ev.filtered = run->filtered ? EM_TRUE : EM_ABSENT;
	write_agreed(m, &ev);
}

/* Only one stream was there: nothing was merged. */
static void
put_all(struct merge_stream *m)
{
	for (const struct merge_end *e = m->ends; e != NULL; e = e->next)
		write_as_it_came(m, e->ev);
}

void
merge_put_ends(struct merge_stream *m)
{
	const struct merge_end *e;

	if (merge_is_alone(m)) {
		put_all(m);
		return;
	}
	for (e = m->ends; e != NULL; e = e->next)
		if (e->ev->kind == EM_SUITE_COMPLETE)
			end_suite(m, e);
	for (e = m->ends; e != NULL && m->cut == 0; e = e->next)
		if (e->ev->kind == EM_RUN_COMPLETE)
			end_run(m, e);
}
