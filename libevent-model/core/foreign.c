/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "foreign.h"

enum {
	ATTEMPTS_MAX = 1000,
	SUITES_AT_ONCE = 1000, /* events wait in memory until a step is over */
};

void
foreign_earlier(struct em_reader *r, struct em_event *ev, int64_t last)
{
	struct em_event e = *ev;

	if (last > ATTEMPTS_MAX)
		rd_warn(r, "%lld attempts of one test are not believed",
		    (long long)last);
	if (last <= 1 || last > ATTEMPTS_MAX)
		return;
	e.flags |= EM_F_SYNTHETIC;
	e.outcome = EM_FAIL;
	e.reason = EM_STR("retried; the report tells only of the last attempt");
	e.status = (struct em_str){ NULL, 0 };
	e.duration_ns = e.time_ns = e.elapsed_ns = EM_UNSET;
	e.properties = (struct em_pairs){ NULL, 0 };
	for (e.attempt = 1; e.attempt < last; e.attempt++) {
		e.kind = EM_CASE_START;
		rd_emit(r, &e);
		e.kind = EM_CASE_COMPLETE;
		rd_emit(r, &e);
	}
	ev->attempt = last;
}

/* ---- suites ---- */

struct suite_seen {
	struct suite_seen *older;
	struct em_str name, status, reason;
	bool failed;
};

/* *made is set when it is new; NULL when out of memory. */
static struct suite_seen *
seen(struct em_reader *r, struct suites *s, struct em_str name, bool *made)
{
	uint64_t *slot = table_at(&s->seen, table_key(&name, 1, 0));
	struct suite_seen *one;

	*made = slot == NULL || *slot == 0;
	if (!*made)
		return (struct suite_seen *)(uintptr_t)*slot;
	one = slot != NULL ? arena_alloc(&r->keep, sizeof(*one)) : NULL;
	if (one == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)one;
	one->name = arena_dup(&r->keep, name);
	one->older = s->newest;
	s->newest = one;
	return one;
}

void
suites_start(struct em_reader *r, struct suites *s, const struct em_event *ev)
{
	bool made;

	if (ev->suite.p != NULL && seen(r, s, ev->suite, &made) != NULL && made)
		rd_emit(r, ev);
}

void
suites_fail(struct em_reader *r, struct suites *s, struct em_str name,
    struct em_str status, struct em_str reason)
{
	struct suite_seen *one;
	struct em_event ev;
	bool made;

	one = seen(r, s, name, &made);
	if (one == NULL)
		return;
	if (made) {
		em_event_init(&ev, EM_SUITE_START);
		ev.suite = name;
		rd_emit(r, &ev);
	}
	if (one->failed)
		return;
	one->failed = true;
	one->status = arena_dup(&r->keep, status);
	one->reason = arena_dup(&r->keep, reason);
}

bool
suites_complete(struct em_reader *r, struct suites *s)
{
	struct em_event ev;

	em_event_init(&ev, EM_SUITE_COMPLETE);
	for (unsigned n = 0; n < SUITES_AT_ONCE && s->newest != NULL; n++) {
		const struct suite_seen *one = s->newest;

		ev.suite = one->name;
		ev.outcome = one->failed ? EM_FAIL : EM_NONE;
		ev.status = one->status;
		ev.reason = one->reason;
		rd_emit(r, &ev);
		s->newest = one->older;
	}
	if (s->newest == NULL)
		suites_free(s);
	return s->newest == NULL;
}

void
suites_free(struct suites *s)
{
	table_free(&s->seen);
	s->newest = NULL;
}

/* ---- lists ---- */

struct em_pairs
pairs_join(struct arena *a, struct em_pairs x, struct em_pairs y)
{
	struct em_pair *p;

	if (x.n == 0 || y.n == 0)
		return x.n == 0 ? y : x;
	p = arena_alloc(a, (x.n + y.n) * sizeof(*p));
	if (p == NULL)
		return (struct em_pairs){ NULL, 0 };
	memcpy(p, x.v, x.n * sizeof(*p));
	memcpy(p + x.n, y.v, y.n * sizeof(*p));
	return (struct em_pairs){ p, x.n + y.n };
}
