/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "foreign.h"

enum {
	ATTEMPTS_MAX = 1000,
	SUITES_AT_ONCE = 1000, /* events wait in memory until a step is over */
};

void
opening_send(struct em_reader *r, struct opening *o, struct em_str producer,
    struct em_str version)
{
	if (o->sent)
		return;
	o->sent = true;
	rd_protocol(
	    r, producer.n > 0 ? producer : em_str(o->producer), version);
}

enum em_rc
opening_noise(struct em_reader *r, struct opening *o, struct em_str line)
{
	static const struct em_str none;

	opening_send(r, o, none, none);
	return rd_noise(r, line);
}

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
	for (int64_t n = 1; n < last; n++) {
		e.attempt = n > 1 ? n : EM_UNSET;
		e.kind = EM_CASE_START;
		rd_emit(r, &e);
		e.kind = EM_CASE_COMPLETE;
		rd_emit(r, &e);
	}
	ev->attempt = last;
}

void
foreign_log(struct em_reader *r, struct em_str suite, struct em_str text,
    struct em_str level)
{
	struct em_event ev;

	em_event_init(&ev, EM_LOG);
	ev.suite = suite;
	ev.text = text;
	ev.level = level;
	if (text.n > 0)
		rd_emit(r, &ev);
}

enum em_rc
foreign_malformed(
    struct em_reader *r, uint64_t before, const struct em_error *e)
{
	static const struct em_str none;
	enum em_rc rc;

	if (e->code == EM_E_LIMIT || e->code == EM_E_MEMORY)
		return err_set(
		    &r->err, e->code, before + e->line, "%s", e->msg);
	rc = rd_bad(r, none, "%s", e->msg);
	return rc == EM_OK ? EM_EOF : rc;
}

/* ---- suites ---- */

struct suite_seen {
	struct suite_seen *older;
	struct em_str name, status, reason;
	int64_t duration_ns;
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
	one->duration_ns = EM_UNSET;
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
suites_end(struct em_reader *r, struct suites *s, const struct em_event *ev)
{
	struct suite_seen *one;
	struct em_event start;
	bool made;

	one = seen(r, s, ev->suite, &made);
	if (one == NULL)
		return;
	if (made) {
		em_event_init(&start, EM_SUITE_START);
		start.run = s->run;
		start.suite = ev->suite;
		rd_emit(r, &start);
	}
	if (ev->duration_ns >= 0 && one->duration_ns < 0)
		one->duration_ns = ev->duration_ns;
	else if (ev->duration_ns >= 0 &&
	    ev->duration_ns <= INT64_MAX - one->duration_ns)
		one->duration_ns += ev->duration_ns;
	if (ev->outcome != EM_FAIL || one->failed)
		return;
	one->failed = true;
	one->status = arena_dup(&r->keep, ev->status);
	one->reason = arena_dup(&r->keep, ev->reason);
}

void
suites_fail(struct em_reader *r, struct suites *s, struct em_str name,
    struct em_str status, struct em_str reason)
{
	struct em_event ev;

	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = name;
	ev.outcome = EM_FAIL;
	ev.status = status;
	ev.reason = reason;
	suites_end(r, s, &ev);
}

bool
suites_complete(struct em_reader *r, struct suites *s)
{
	struct em_event ev;

	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.run = s->run;
	for (unsigned n = 0; n < SUITES_AT_ONCE && s->newest != NULL; n++) {
		const struct suite_seen *one = s->newest;

		ev.suite = one->name;
		ev.outcome = one->failed ? EM_FAIL : EM_NONE;
		ev.status = one->status;
		ev.reason = one->reason;
		ev.duration_ns = one->duration_ns;
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
