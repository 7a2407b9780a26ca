/* SPDX-License-Identifier: MIT */
/* Tests of TeamCity: open, and what is said of them. */
#include <string.h>

#include "teamcity.h"
#include "trace.h"

static struct table_key
test_key(struct em_str flow, struct em_str name)
{
	const struct em_str id[] = { flow, name };

	return table_key(id, ARRAY_LEN(id), 0);
}

/* Which try or repetition of its identity this start is. */
static void
count_start(struct em_reader *r, struct teamcity *t, struct em_event *ev)
{
	const struct em_str id[] = { ev->suite, ev->name };
	uint64_t *n;

	if (!t->retries) {
		rd_repeat(r, ev);
		return;
	}
	n = table_at(&t->tries, table_key(id, ARRAY_LEN(id), 0));
	if (n == NULL)
		r->keep.failed = true;
	else if (++*n > 1)
		ev->attempt = (int64_t)*n;
}

/* Takes what was carried when it is of that kind. */
bool
tc_carried(struct em_reader *r, struct teamcity *t, enum em_kind kind,
    struct em_event *ev)
{
	struct em_str text = tc_get(&t->m, TC_CARRY);

	return text.p != NULL && carry_get(&t->carry, r, text, ev) &&
	    ev->kind == kind;
}

struct tc_test *
tc_start(struct em_reader *r, struct teamcity *t, struct tc_flow *f)
{
	struct em_str name = tc_get(&t->m, "name");
	struct em_str flow = tc_get(&t->m, "flowId");
	struct table_key key = test_key(flow, name);
	struct tc_test *test = crowd_find(&t->open, key);
	struct em_event ev;

	/* One that never ended stays so. */
	if (test != NULL)
		crowd_remove(&t->open, &test->member);
	test = crowd_add(&t->open, key);
	if (test == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	em_event_init(&test->end, EM_CASE_COMPLETE);
	if (!tc_carried(r, t, EM_CASE_START, &ev)) {
		em_event_init(&ev, EM_CASE_START);
		ev.suite = tc_suite(f);
		ev.name = name;
		count_start(r, t, &ev);
	}
	ev.worker = flow;
	ev.time_ns = tc_time(&t->m);
	test->id = ident_keep(&test->member.arena, &ev);
	test->flow = f;
	test->start_ns = ev.time_ns;
	test->captures = str_eq(tc_get(&t->m, "captureStandardOutput"), "true");
	runs_emit(r, &t->runs, &ev);
	t->started = true;
	return test;
}

void
tc_test_event(struct em_event *ev, enum em_kind kind, const struct ident *id,
    int64_t time_ns)
{
	em_event_init(ev, kind);
	ident_put(ev, id);
	ev->time_ns = time_ns;
}

static void
remember(struct em_reader *r, struct teamcity *t, const struct tc_test *test)
{
	struct em_event ev;

	arena_reset(&t->last_arena);
	ident_put(&ev, &test->id);
	t->last = ident_keep(&t->last_arena, &ev);
	t->last_key = test->member.entry.key;
	if (t->last_arena.failed)
		r->keep.failed = true;
}

static void
end_test(struct em_reader *r, struct teamcity *t, struct tc_test *test)
{
	int64_t now = tc_time(&t->m), ns;
	struct em_event ev = test->end, said;

	if (test->member.arena.failed)
		r->keep.failed = true;
	ident_put(&ev, &test->id);
	if (tc_carried(r, t, EM_CASE_COMPLETE, &said)) {
		ev.status = said.status;
		ev.exit_code = said.exit_code;
		ev.signal = said.signal;
		ev.properties = said.properties;
		ev.duration_ns = said.duration_ns;
		if (said.reason.p != NULL)
			ev.reason = said.reason;
	} else if (now != EM_UNSET && test->start_ns != EM_UNSET &&
	    now >= test->start_ns) {
		ev.duration_ns = now - test->start_ns;
	}
	ev.outcome = test->failed ? EM_FAIL : test->ignored ? EM_SKIP : EM_PASS;
	ev.time_ns = now;
	if (test->property_count > 0 && ev.properties.n == 0)
		ev.properties =
		    (struct em_pairs){ test->properties, test->property_count };
	if (tc_get(&t->m, TC_CARRY).p == NULL &&
	    str_ns(tc_get(&t->m, "duration"), 6, &ns))
		ev.duration_ns = ns;
	runs_emit(r, &t->runs, &ev);
	remember(r, t, test);
	crowd_remove(&t->open, &test->member);
}

/* Whom a message is about: the test that is open, the one that has ended last
 * (*late), or one that starts with it. */
static struct tc_test *
find_test(struct em_reader *r, struct teamcity *t, struct tc_flow *f,
    const struct ident **late)
{
	struct table_key key =
	    test_key(tc_get(&t->m, "flowId"), tc_get(&t->m, "name"));
	struct tc_test *test = crowd_find(&t->open, key);

	*late = NULL;
	if (test != NULL)
		return test;
	if (key.lo != t->last_key.lo || key.hi != t->last_key.hi)
		return tc_start(r, t, f);
	*late = &t->last;
	return NULL;
}

void
tc_failed(struct em_reader *r, struct teamcity *t, struct tc_flow *f)
{
	const struct ident *late;
	struct tc_test *test = find_test(r, t, f, &late);
	const struct ident *id = test != NULL ? &test->id : late;
	struct em_str details = tc_get(&t->m, "details");
	struct em_event ev;

	if (id == NULL)
		return;
	if (test != NULL)
		test->failed = true;
	/* Carried, and nothing: nobody said why. */
	if (tc_get(&t->m, TC_CARRY).p != NULL && tc_get(&t->m, TC_CARRY).n == 0)
		return;
	if (!tc_carried(r, t, EM_CASE_MESSAGE, &ev)) {
		em_event_init(&ev, EM_CASE_MESSAGE);
		ev.message = tc_get(&t->m, "message");
		ev.type = tc_get(&t->m, "type");
		if (str_eq(ev.type, "comparisonFailure"))
			ev.type = (struct em_str){ NULL, 0 };
		if (details.n > 0)
			ev.detail = details;
		ev.expected = tc_get(&t->m, "expected");
		ev.actual = tc_get(&t->m, "actual");
		trace_location(&ev, ev.message);
		trace_location(&ev, details);
	}
	ev.message_kind = EM_STR("error");
	ev.time_ns = tc_time(&t->m);
	ident_put(&ev, id);
	if (test == NULL) {
		runs_emit_late(r, &t->runs, &ev);
		return;
	}
	runs_emit(r, &t->runs, &ev);
}

void
tc_ignored(struct em_reader *r, struct teamcity *t, struct tc_flow *f)
{
	struct table_key key =
	    test_key(tc_get(&t->m, "flowId"), tc_get(&t->m, "name"));
	struct tc_test *test = crowd_find(&t->open, key);
	struct em_str reason = tc_get(&t->m, "message");
	bool alone = test == NULL;

	if (alone)
		test = tc_start(r, t, f);
	if (test == NULL)
		return;
	test->ignored = true;
	if (reason.n > 0)
		test->end.reason = arena_dup(&test->member.arena, reason);
	if (alone)
		end_test(r, t, test);
}

void
tc_output(struct em_reader *r, struct teamcity *t, struct tc_flow *f,
    struct em_str stream)
{
	const struct ident *late;
	struct em_event said;
	struct tc_test *test = find_test(r, t, f, &late);
	const struct ident *id = test != NULL ? &test->id : late;
	struct em_event ev;

	if (id == NULL)
		return;
	tc_test_event(&ev, EM_CASE_OUTPUT, id, tc_time(&t->m));
	ev.stream = stream;
	ev.text = tc_get(&t->m, "out");
	if (tc_carried(r, t, EM_CASE_OUTPUT, &said)) {
		ev.stream = said.stream;
		if (said.text.p != NULL)
			ev.text = said.text;
	}
	if (ev.text.p != NULL && test != NULL)
		runs_emit(r, &t->runs, &ev);
	else if (ev.text.p != NULL)
		runs_emit_late(r, &t->runs, &ev);
}

/* Text that was written for people to find with a test. */
static void
add_property(struct tc_test *test, struct em_str key, struct em_str value)
{
	size_t n = test->property_count;
	struct em_pair *v =
	    arena_alloc(&test->member.arena, (n + 1) * sizeof(*v));

	if (v == NULL)
		return;
	if (n > 0)
		memcpy(v, test->properties, n * sizeof(*v));
	v[n].key = arena_dup(&test->member.arena, key);
	v[n].value = arena_dup(&test->member.arena, value);
	test->properties = v;
	test->property_count = n + 1;
}

/* The test that metadata is of: the one it names, else the newest of its
 * flow. */
static struct tc_test *
metadata_test(struct teamcity *t, struct tc_flow *f)
{
	struct em_str name = tc_get(&t->m, "testName");
	struct member *newest = t->open.newest;

	if (name.p != NULL)
		return crowd_find(
		    &t->open, test_key(tc_get(&t->m, "flowId"), name));
	while (newest != NULL && ((struct tc_test *)newest)->flow != f)
		newest = newest->prev;
	return (struct tc_test *)newest;
}

/* What a writer of testpipe has no other place for. */
static bool
metadata_carried(
    struct em_reader *r, struct teamcity *t, const struct tc_test *test)
{
	struct em_str text = tc_get(&t->m, TC_CARRY);
	struct em_event ev;

	if (text.p == NULL || !carry_get(&t->carry, r, text, &ev) ||
	    !em_event_is_case(&ev))
		return false;
	ident_put(&ev, &test->id);
	ev.time_ns = tc_time(&t->m);
	runs_emit(r, &t->runs, &ev);
	return true;
}

static size_t
digits(struct em_str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

/* As JSON has numbers, which is how metrics have them. */
static bool
is_number(struct em_str s)
{
	size_t n;

	if (str_starts(s, "-"))
		s = str_from(s, 1);
	n = digits(s);
	if (n == 0 || (n > 1 && s.p[0] == '0'))
		return false;
	s = str_from(s, n);
	if (str_starts(s, ".")) {
		n = digits(str_from(s, 1));
		if (n == 0)
			return false;
		s = str_from(s, 1 + n);
	}
	if (s.n == 0 || (s.p[0] != 'e' && s.p[0] != 'E'))
		return s.n == 0;
	s = str_from(s, 1);
	if (str_starts(s, "+") || str_starts(s, "-"))
		s = str_from(s, 1);
	return s.n > 0 && digits(s) == s.n;
}

void
tc_metadata(struct em_reader *r, struct teamcity *t, struct tc_flow *f)
{
	struct tc_test *test = metadata_test(t, f);
	struct em_str type = tc_get(&t->m, "type");
	struct em_str name = tc_get(&t->m, "name");
	struct em_str value = tc_get(&t->m, "value");
	struct em_event ev;

	if (test == NULL || metadata_carried(r, t, test) || value.p == NULL)
		return;
	if (str_eq(type, "number") && name.p != NULL && is_number(value)) {
		tc_test_event(&ev, EM_CASE_METRIC, &test->id, tc_time(&t->m));
		ev.metric = name;
		ev.value = value;
		ev.unit = EM_STR("1");
	} else if (str_eq(type, "link") || str_eq(type, "artifact") ||
	    str_eq(type, "image") || str_eq(type, "video")) {
		tc_test_event(
		    &ev, EM_CASE_ATTACHMENT, &test->id, tc_time(&t->m));
		ev.title = name;
		if (str_eq(type, "link"))
			ev.url = value;
		else
			ev.path = value;
	} else {
		add_property(
		    test, name.p != NULL ? name : EM_STR("metadata"), value);
		return;
	}
	runs_emit(r, &t->runs, &ev);
}

void
tc_finished(struct em_reader *r, struct teamcity *t)
{
	struct tc_test *test = crowd_find(
	    &t->open, test_key(tc_get(&t->m, "flowId"), tc_get(&t->m, "name")));

	/* testIgnored without a start was the end already. */
	if (test != NULL)
		end_test(r, t, test);
}
