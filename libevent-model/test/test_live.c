/* SPDX-License-Identifier: MIT */
#include "failing.h"
#include "format_bed.h"
#include "live.h"
#include "trace.h"

static struct em_event
event(enum em_kind kind, const char *name, int64_t attempt)
{
	struct em_event ev;

	em_event_init(&ev, kind);
	ev.name = em_str(name);
	ev.attempt = attempt;
	return ev;
}

START_TEST(test_states)
{
	struct em_event a = event(EM_CASE_START, "a", EM_UNSET);
	struct em_event b = event(EM_CASE_OUTPUT, "a", 2);
	struct em_event log = event(EM_LOG, "a", EM_UNSET);
	struct live_case *c, *d;
	struct live l;

	live_init(&l);
	ck_assert_int_eq(live_at(&l, &log, &c), LIVE_NONE);
	ck_assert_int_eq(live_at(&l, &a, &c), LIVE_NEW);
	/* An absent attempt is the first. */
	a.attempt = 1;
	ck_assert_int_eq(live_at(&l, &a, &d), LIVE_OPEN);
	ck_assert_ptr_eq(c, d);
	ck_assert_int_eq(live_at(&l, &b, &d), LIVE_NEW);
	ck_assert_int_eq(d->start.kind, EM_CASE_START);
	ck_assert_int_eq((int)d->start.attempt, 2);
	ck_assert_ptr_eq(live_first(&l), c);
	ck_assert_ptr_eq(live_next(c), d);
	live_end(&l, c);
	ck_assert_int_eq(live_at(&l, &a, &c), LIVE_LATE);
	ck_assert_ptr_null(c);
	ck_assert(live_ended(&l, &a));
	ck_assert(!live_ended(&l, &b));
	ck_assert_ptr_eq(live_find(&l, &b), d);
	ck_assert(!l.failed);
	live_free(&l);
}
END_TEST

/* The lowest lane that is free, whatever the order of ends. */
START_TEST(test_lanes)
{
	enum { MANY = 200 };
	struct live_case *c[MANY], *again;
	struct em_event ev;
	char name[16];
	struct live l;

	live_init(&l);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "%u", i);
		ev = event(EM_CASE_START, name, EM_UNSET);
		ck_assert_int_eq(live_at(&l, &ev, &c[i]), LIVE_NEW);
		ck_assert_uint_eq(c[i]->lane, i);
	}
	live_end(&l, c[150]);
	live_end(&l, c[3]);
	live_end(&l, c[70]);
	ev = event(EM_CASE_START, "x", EM_UNSET);
	live_at(&l, &ev, &again);
	ck_assert_uint_eq(again->lane, 3);
	ev = event(EM_CASE_START, "y", EM_UNSET);
	live_at(&l, &ev, &again);
	ck_assert_uint_eq(again->lane, 70);
	live_free(&l);
}
END_TEST

START_TEST(test_kept)
{
	struct em_event start = event(EM_CASE_START, "a", EM_UNSET);
	struct em_event out = event(EM_CASE_OUTPUT, "a", EM_UNSET);
	char text[] = "one";
	struct live_case *c;
	struct live l;

	live_init(&l);
	live_at(&l, &start, &c);
	out.stream = EM_STR("stdout");
	out.text = em_str(text);
	live_keep(&l, c, &out);
	/* It is a copy. */
	text[0] = 'X';
	live_keep(&l, c, &out);
	bed_same(c->items->ev.text, EM_STR("one"), "the first");
	bed_same(c->items->next->ev.text, EM_STR("Xne"), "the second");
	ck_assert_ptr_null(c->items->next->next);
	/* What was used before is blank again. */
	live_end(&l, c);
	start = event(EM_CASE_START, "b", EM_UNSET);
	live_at(&l, &start, &c);
	ck_assert_ptr_null(c->items);
	ck_assert_int_eq(c->at == EM_UNSET, 1);
	live_free(&l);
}
END_TEST

START_TEST(test_failing)
{
	struct em_event a1 = event(EM_CASE_COMPLETE, "a", EM_UNSET);
	struct em_event a2 = event(EM_CASE_COMPLETE, "a", 2);
	struct em_event b1 = event(EM_CASE_COMPLETE, "b", EM_UNSET);
	struct failing f = { .count = 0 };

	failing_attempt(&f, &b1, false);
	ck_assert(!failing_any(&f));
	failing_attempt(&f, &a1, true);
	ck_assert(failing_any(&f));
	/* A failure among the completions of one attempt is never lost. */
	failing_attempt(&f, &a1, false);
	ck_assert(failing_any(&f));
	/* The last attempt decides. */
	failing_attempt(&f, &a2, false);
	ck_assert(!failing_any(&f));
	failing_attempt(&f, &a1, true);
	ck_assert(!failing_any(&f));
	failing_attempt(&f, &a2, true);
	ck_assert_uint_eq(f.count, 1);
	failing_attempt(&f, &b1, true);
	ck_assert_uint_eq(f.count, 2);
	failing_free(&f);
}
END_TEST

static const struct {
	const char *text, *message, *type, *file;
	int64_t line, column;
	bool detail; /* is all of the text */
} traces[] = {
	{ "boom", "boom", NULL, NULL, EM_UNSET, EM_UNSET, false },
	{ "boom\n", "boom", NULL, NULL, EM_UNSET, EM_UNSET, false },
	{ "boom\nmore", "boom", NULL, NULL, EM_UNSET, EM_UNSET, true },
	{ "ck.c:6: bad: 1 == 2\n", "bad: 1 == 2", NULL, "ck.c", 6, EM_UNSET,
	    true },
	{ "src/a b.c:6: no", "src/a b.c:6: no", NULL, NULL, EM_UNSET, EM_UNSET,
	    false },
	{ "a.c:6:7: no", "no", NULL, "a.c", 6, 7, true },
	{ "C:\\x.c:6: no", "no", NULL, "C:\\x.c", 6, EM_UNSET, true },
	{ "a.c:0: no", "a.c:0: no", NULL, NULL, EM_UNSET, EM_UNSET, false },
	{ "expected: 5: six", "expected: 5: six", NULL, NULL, EM_UNSET,
	    EM_UNSET, false },
	{ "1 != 2\ncm.c:8: error: Failure!\n", "1 != 2", NULL, "cm.c", 8,
	    EM_UNSET, true },
	{ "Traceback (most recent call last):\n"
	  "  File \"/p/test_x.py\", line 4, in test\n"
	  "    self.fail(\"no\")\n"
	  "  File \"/usr/lib/python3.11/unittest/case.py\", line 703, in fail\n"
	  "    raise self.failureException(msg)\n"
	  "AssertionError: {'a': 1}\n- b\n+ c\n",
	    "AssertionError: {'a': 1}\n- b\n+ c", "AssertionError",
	    "/p/test_x.py", 4, EM_UNSET, true },
	/* Of several, the last exception is the one that was not caught. */
	{ "Traceback (most recent call last):\n"
	  "  File \"a.py\", line 1, in f\n    g()\n"
	  "KeyError: 'k'\n\n"
	  "During handling of the above exception, another occurred:\n\n"
	  "Traceback (most recent call last):\n"
	  "  File \"b.py\", line 2, in h\n    i()\n"
	  "pkg.mod.Error\n",
	    "pkg.mod.Error", "pkg.mod.Error", "b.py", 2, EM_UNSET, true },
	{ "Traceback (most recent call last):\n  cut",
	    "Traceback (most recent "
	    "call last):",
	    NULL, NULL, EM_UNSET, EM_UNSET, true },
};

START_TEST(test_traces)
{
	struct em_event ev;

	em_event_init(&ev, EM_CASE_MESSAGE);
	trace_message(&ev, em_str(traces[_i].text));
	bed_same(ev.message, em_str(traces[_i].message), "message");
	bed_same(ev.type, em_str(traces[_i].type), "type");
	bed_same(ev.location.file, em_str(traces[_i].file), "file");
	ck_assert_int_eq(ev.location.line, traces[_i].line);
	ck_assert_int_eq(ev.location.column, traces[_i].column);
	ck_assert_int_eq(ev.detail.p != NULL, traces[_i].detail);
}
END_TEST

Suite *live_suite(void);

Suite *
live_suite(void)
{
	Suite *s = suite_create("live");
	TCase *t = tcase_create("live");

	tcase_add_test(t, test_states);
	tcase_add_test(t, test_lanes);
	tcase_add_test(t, test_kept);
	tcase_add_test(t, test_failing);
	tcase_add_loop_test(t, test_traces, 0, (int)ARRAY_LEN(traces));
	suite_add_tcase(s, t);
	return s;
}
