/* SPDX-License-Identifier: MIT */
/* TAP. */
#include <string.h>

#include "samples.h"

Suite *tap_suite(void);

enum { ROOM = 1024 * 1024 };

START_TEST(real_files)
{
	samples_match("testdata/tap", ".tap", "tap");
}
END_TEST

#define OK "\"outcome\":\"pass\""
#define BAD "\"outcome\":\"fail\""
#define SKIP "\"outcome\":\"skip\""
#define RUN(outcome) "\"run_complete\",\"outcome\":\"" outcome "\""

static const struct sample samples[] = {
	{ "points with and without numbers, dashes and names",
	    "1..5\nok 1 - a\nok 2 b\nok - c\nok d\nok\n",
	    { "\"name\":\"a\"", "\"name\":\"b\"", "\"name\":\"c\"",
		"\"name\":\"d\"", "\"name\":\"5\"", RUN("pass") } },
	{ "a name twice", "1..2\nok 1 - a\nnot ok 2 - a\n",
	    { "\"name\":\"a\"", OK, "\"name\":\"a\",\"iteration\":2", BAD } },
	{ "directives",
	    "1..6\nok 1 - a # SKIP why\nnot ok 2 - b # skipped\n"
	    "not ok 3 - c # TODO later\nok 4 - d # todo\n"
	    "not ok 5 - e # TODOIST\nok 6 - http://x/#skip\n",
	    { "\"name\":\"a\"," SKIP ",\"reason\":\"why\"",
		"\"name\":\"b\"," SKIP, "\"name\":\"e # TODOIST\"," BAD,
		"\"name\":\"http://x/#skip\"," OK, RUN("fail") } },
	{ "a todo that fails breaks nothing, nor does a skip",
	    "1..3\nnot ok 1 - c # TODO later\nnot ok 2 - d # SKIP\n"
	    "ok 3 - e # TODO x\n",
	    { "\"name\":\"c\"," SKIP ",\"status\":\"todo\","
	      "\"reason\":\"later\"",
		"\"name\":\"d\"," SKIP,
		"\"name\":\"e\"," OK ",\"status\":\"xpass\"", RUN("pass") } },
	{ "what is escaped",
	    "1..3\nok 1 - a \\# SKIP b \\\\ c \\x\n"
	    "ok 2 - b \\\\# TODO x \\# y\nok 3 - C:\\\\\n",
	    { "\"name\":\"a # SKIP b \\\\ c \\\\x\"", "\"name\":\"b \\\\\",",
		"\"reason\":\"x # y\"", "\"name\":\"C:\\\\\"" } },
	{ "times of node-tap",
	    "1..2\nok 1 - a # time=12.5ms\nnot ok 2 - b # TODO x # time=2s\n",
	    { "\"name\":\"a\"", "\"duration_ns\":12500000",
		"\"reason\":\"x\",\"duration_ns\":2000000000" } },
	{ "no plan", "TAP version 14\nok 1 - a\n",
	    { "\"level\":\"error\",\"text\":\"there is no plan\"",
		RUN("fail") } },
	{ "too few", "1..3\nok 1 - a\n",
	    { "3 tests were planned, and 1 were run", RUN("fail") } },
	{ "too many", "1..1\nok 1 - a\nok 2 - b\n",
	    { "1 tests were planned, and 2 were run", RUN("fail") } },
	{ "out of the plan", "1..2\nok 1 - a\nok 3 - b\n",
	    { "test 3 is not in the plan 1..2", RUN("fail") } },
	{ "twice", "1..3\nok 2 - a\nok 1 - b\nok 2 - c\n",
	    { "test 2 came twice", RUN("fail") } },
	{ "in any order", "1..3\nok 3 - a\nok 1 - b\nok 2 - c\n",
	    { RUN("pass") } },
	{ "tests on both sides of the plan", "ok 1\n1..2\nok 2\n",
	    { "before and behind the plan", RUN("fail") } },
	{ "all skipped", "1..0 # SKIP no network\n",
	    { "\"log\",\"text\":\"1..0 # SKIP no network\"", RUN("pass") } },
	{ "bail out", "1..3\nok 1 - a\nBail out! no \\# more\nok 2 - b\n",
	    { "\"name\":\"a\"", "\"run_cancel\",\"reason\":\"no # more\"",
		"\"log\",\"text\":\"ok 2 - b\"",
		RUN("fail") ",\"status\":\"abort\"" } },
	{ "a subtest",
	    "TAP version 14\n# Subtest: s\n    ok 1 - a\n    not ok 2 - b\n"
	    "    1..2\nnot ok 1 - s\n1..1\n",
	    { "\"suite_start\",\"suite\":\"s\",\"title\":\"s\"",
		"\"suite\":\"s\",\"name\":\"a\"," OK,
		"\"suite\":\"s\",\"name\":\"b\"," BAD,
		"\"suite_complete\",\"suite\":\"s\"",
		"\"case_complete\",\"name\":\"s\"," BAD, RUN("fail") } },
	{ "what a todo excuses below it",
	    "# Subtest: s\n    # Subtest: t\n        not ok 1 - a\n"
	    "        1..2\n    not ok 1 - t\n    1..1\n"
	    "not ok 1 - s # TODO x\n1..1\n",
	    { "\"suite_start\",\"suite\":\"s/t\",\"title\":\"t\","
	      "\"parent\":\"s\"",
		"\"suite\":\"s/t\",\"name\":\"a\"," SKIP
		",\"status\":\"xfail\"",
		"\"suite_complete\",\"suite\":\"s/t\"",
		"\"suite\":\"s\",\"name\":\"t\"," SKIP,
		"\"suite_complete\",\"suite\":\"s\"",
		"\"name\":\"s\"," SKIP ",\"status\":\"todo\"", RUN("pass") } },
	{ "a failure below a point that is ok is not lost",
	    "# Subtest: s\n    not ok 1 - a\n    1..1\nok 1 - s\n1..1\n",
	    { "\"suite\":\"s\",\"name\":\"a\"," BAD, "\"name\":\"s\"," OK,
		RUN("fail") } },
	{ "a plan below",
	    "# Subtest: s\n    ok 1 - a\n    1..2\nok 1 - s\n1..1\n",
	    { "\"suite_complete\",\"suite\":\"s\"," BAD
	      ",\"reason\":\"2 tests were planned, and 1 were run\"",
		RUN("fail") } },
	{ "subtests in braces",
	    "1..2\nok 1 - s {\n    ok 1 - t { # time=1ms\n        ok 1 - a\n"
	    "        1..1\n    }\n    1..1\n}\nok 2 - x {\n",
	    { "\"suite\":\"s/t\",\"name\":\"a\"",
		"\"suite_complete\",\"suite\":\"s/t\"",
		"\"suite\":\"s\",\"name\":\"t\"", "\"duration_ns\":1000000",
		"\"suite_complete\",\"suite\":\"s\"",
		"\"case_complete\",\"name\":\"s\"", "\"name\":\"x {\"" } },
	{ "a subtest without a name, and one of the same name",
	    "    ok 1 - a\n    1..1\nok 1 - s\n# Subtest: s\n    ok 1 - a\n"
	    "    1..1\nok 2 - s\n# Subtest: s\n    ok 1 - a\n    1..1\n"
	    "ok 3 - s\n1..3\n",
	    { "\"suite_start\",\"suite\":\"#1\",\"title\":\"#1\"",
		"\"suite_start\",\"suite\":\"s\"",
		"\"suite_start\",\"suite\":\"s (2)\",\"title\":\"s\"" } },
	{ "a heading of a test that has no subtest",
	    "# Subtest: a\nok 1 - a\n# Subtest: b\n    ok 1 - c\n    1..1\n"
	    "ok 2 - b\n1..2\n",
	    { "\"case_start\",\"name\":\"a\"",
		"\"suite_start\",\"suite\":\"b\"" } },
	{ "documents behind each other",
	    "1..1\nok 1 - a\n1..2\nok 1 - a\nok 2 - b\n"
	    "TAP version 13\nok 1 - c\n1..1\n",
	    { "\"name\":\"a\"", "\"suite_start\",\"suite\":\"2\"",
		"\"suite\":\"2\",\"name\":\"b\"",
		"\"suite_complete\",\"suite\":\"2\"",
		"\"suite\":\"3\",\"name\":\"c\"", RUN("pass") } },
	{ "YAML of node:test",
	    "1..1\nnot ok 1 - a\n  ---\n  duration_ms: 1.5\n"
	    "  type: 'test'\n  location: '/x/a.js:3:5'\n"
	    "  failureType: 'testTimeoutFailure'\n  error: 'it''s'\n"
	    "  code: 'ERR'\n  ...\n",
	    { "\"kind\":\"error\",\"message\":\"it's\"", "\"code\":\"ERR\"",
		"\"location\":{\"file\":\"/x/a.js\",\"line\":3,"
		"\"column\":5}",
		BAD ",\"status\":\"timeout\",\"duration_ns\":1500000" } },
	{ "YAML with maps and blocks",
	    "1..1\nnot ok 1 - a\n  ---\n  message: |\n    one\n      two\n"
	    "  data:\n    got: \"x\\ty\"\n    expect: >\n      p\n      q\n"
	    "  at:\n    file: a.c\n    line: 7\n  ...\n",
	    { "\"message\":\"one\\n  two\"", "\"file\":\"a.c\",\"line\":7",
		"\"expected\":\"p q\"", "\"actual\":\"x\\ty\"" } },
	{ "YAML that only says how long it took is no message",
	    "1..1\nok 1 - a\n  ---\n  duration_ms: 2\n  ...\n",
	    { "\"case_start\",\"name\":\"a\"}\n{\"event\":\"case_complete\"",
		"\"duration_ns\":2000000" } },
	{ "YAML that does not end",
	    "1..2\nnot ok 1 - a\n  ---\n  message: x\nok 2 - b\n",
	    { "\"message\":\"x\"", "\"name\":\"a\"," BAD,
		"\"name\":\"b\"," OK } },
	{ "JSON where YAML stands",
	    "1..1\nnot ok 1 - a\n  ---\n  {\"message\":\"m\",\"at\":"
	    "{\"file\":\"f\",\"line\":2}}\n  ...\n",
	    { "\"message\":\"m\"", "\"file\":\"f\",\"line\":2" } },
	{ "comments of Test::More",
	    "not ok 1 - a\n#   Failed test 'a'\n#   at t/x.t line 3.\n"
	    "#          got: '1'\n#     expected: '2'\n1..1\n",
	    { "\"message\":\"Failed test 'a'\"",
		"\"location\":{\"file\":\"t/x.t\",\"line\":3}",
		"\"expected\":\"'2'\",\"actual\":\"'1'\"", BAD } },
	{ "comments elsewhere", "# hello\n1..1\nok 1 - a\n# bye\n",
	    { "\"log\",\"text\":\"hello\"", "\"case_complete\"",
		"\"log\",\"text\":\"bye\"" } },
	{ "noise", "hello\n1..1\nworld\nok 1 - a\n",
	    { "\"log\",\"text\":\"hello\"", "\"log\",\"text\":\"world\"",
		RUN("pass") } },
	{ "noise, when it is forbidden",
	    "TAP version 13\npragma +strict\n1..1\nworld\nok 1 - a\n",
	    { "not TAP, which it must be: \\\"world\\\"",
		"\"log\",\"text\":\"world\"", RUN("fail") } },
	{ "line ends of Windows",
	    "1..1\r\nnot ok 1 - a\r\n  ---\r\n"
	    "  message: m\r\n  ...\r\n",
	    { "\"message\":\"m\"", "\"name\":\"a\"," BAD } },
	{ "KTAP",
	    "KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: s\n"
	    "  1..1\n  ok 1 a\nok 1 s\n",
	    { "\"suite_start\",\"suite\":\"s\"",
		"\"suite\":\"s\",\"name\":"
		"\"a\"",
		"\"case_complete\",\"name\":\"s\"", RUN("pass") } },
	{ "the log of a kernel",
	    "[    0.06] TAP version 14\n[    0.06] 1..1\n"
	    "[    0.07] ok 1 - a\n",
	    { "\"name\":\"a\"", RUN("pass") } },
	{ "the place of a test of node has spaces",
	    "1..1\nnot ok 1 - a\n  ---\n  location: '/x y/a.js:3:5'\n  ...\n",
	    { "\"case_start\",\"name\":\"a\",\"location\":{\"file\":"
	      "\"/x y/a.js\",\"line\":3,\"column\":5}" } },
	{ "prove -v: files are suites, and cases",
	    "t/a b.t .. \n1..2\nok 1 - one\nok\nok\nx/b .... \n1..1\n"
	    "nope ... ok\nok 1 - two\nDubious, test returned 3 (wstat 768, "
	    "0x300)\nAll 1 subtests passed \n\nResult: FAIL\n",
	    { "\"case_start\",\"name\":\"t/a b.t\"",
		"\"suite_start\",\"suite\":\"t/a b.t\"",
		"\"suite\":\"t/a b.t\",\"name\":\"one\"",
		"\"suite\":\"t/a b.t\",\"name\":\"2\"",
		"\"suite_complete\",\"suite\":\"t/a b.t\"}",
		"\"case_complete\",\"name\":\"t/a b.t\"," OK,
		"\"log\",\"text\":\"nope ... ok\"",
		"\"suite\":\"x/b\",\"name\":\"two\"," OK,
		"\"name\":\"x/b\",\"kind\":\"error\",\"message\":\"Dubious, "
		"test returned 3 (wstat 768, 0x300)\\nAll 1 subtests passed\"",
		"\"name\":\"x/b\"," BAD ",\"exit_code\":3", RUN("fail") } },
	{ "prove without it, and how long files took",
	    "[01:02:03] t/a.t .. ok       12 ms ( 0.00 usr)\n"
	    "t/b.t .. skipped: why\nt/c.t .. \nFailed 1/3 subtests \n"
	    "\t(less 1 skipped subtest: 1 okay)\nResult: FAIL\n",
	    { "\"name\":\"t/a.t\"," OK ",\"duration_ns\":12000000",
		"\"name\":\"t/b.t\"," SKIP ",\"reason\":\"why\"",
		"\"message\":\"Failed 1/3 subtests\\n(less 1 skipped subtest: "
		"1 okay)\"",
		"\"name\":\"t/c.t\"," BAD, RUN("fail") } },
	{ "what only looks like prove",
	    "lib/x.c ... ok\nmaking a/b .. \n1..1\nok 1 - a\n",
	    { "\"log\",\"text\":\"lib/x.c ... ok\"",
		"\"log\",\"text\":\"making a/b .. \"",
		"\"case_start\",\"name\":\"a\"", RUN("pass") } },
	{ "prove that fails, whatever its files say",
	    "t/a.t .. ok\nResult: FAIL\n",
	    { "\"name\":\"t/a.t\"," OK, "\"level\":\"error\"", RUN("fail") } },
};

START_TEST(says)
{
	sample_says(&samples[_i], "tap");
}
END_TEST

/* However much of it is missing, it does not pass. */
static void
passes_whole(const char *whole, size_t last)
{
	for (size_t n = 1; n < strlen(whole) - last; n++) {
		struct buf out;

		buf_init(&out, ROOM);
		bed_read(
		    "tap", NULL, (struct em_str){ whole, n }, 0, &out, NULL);
		ck_assert_msg(str_find(buf_str(&out), RUN("pass")) < 0,
		    "passes when cut at %zu", n);
		buf_free(&out);
	}
}

START_TEST(cut)
{
	passes_whole("TAP version 14\n1..3\nok 1 - a\n# Subtest: s\n"
		     "    1..2\n    ok 1 - b\n    ok 2 - c\nok 2 - s\n  ---\n"
		     "  x: y\n  ...\nok 3 - d",
	    strlen("k 3 - d"));
	passes_whole("t/a.t .. ok\nt/b.t .. \n1..1\nok 1 - a\nok\n"
		     "All tests successful.\nFiles=2, Tests=2\nResult: PASS\n",
	    strlen("PASS\n"));
}
END_TEST

/* Deep nesting is no harm. */
START_TEST(deep)
{
	struct buf in, out;
	struct bed_read how;

	buf_init(&in, ROOM);
	buf_init(&out, 64 * ROOM);
	buf_add(&in, EM_STR("1..1\n"));
	for (int i = 0; i < 2000; i++)
		buf_add(&in, EM_STR("    "));
	buf_add(&in, EM_STR("ok 1 - too deep\n"));
	for (int i = 0; i < 100; i++)
		buf_add(&in, EM_STR("    "));
	buf_add(&in, EM_STR("ok 1 - deep\nok 1 - a\n"));
	bed_read("tap", NULL, buf_str(&in), 0, &out, &how);
	ck_assert_uint_eq(how.stats.noise, 1);
	ck_assert_int_ge(str_find(buf_str(&out), RUN("pass")), 0);
	buf_free(&in);
	buf_free(&out);
}
END_TEST

/* ---- writing ---- */

static void
writes(
    const char *option, const char *native, const char *want, const char *lost)
{
	const char *const options[] = { option, NULL };
	struct buf out, losses;

	buf_init(&out, ROOM);
	buf_init(&losses, ROOM);
	bed_write("tap", options, em_str(native), &out, &losses);
	bed_same(buf_str(&out), em_str(want), "tap");
	bed_same(buf_str(&losses), em_str(lost), "lost");
	buf_free(&out);
	buf_free(&losses);
}

#define HEAD                                                                   \
	"{\"event\":\"protocol\",\"version\":\"1.0\","                         \
	"\"producer\":{\"name\":\"x\"}}\n{\"event\":\"run_start\"}\n"
#define CASE(rest) "{\"event\":\"case_" rest "}\n"
#define DONE(outcome)                                                          \
	"{\"event\":\"run_complete\",\"outcome\":\"" outcome "\"}\n"
#define V14 "TAP version 14\n"

START_TEST(writes_points)
{
	writes(NULL,
	    HEAD CASE("start\",\"suite\":\"s\",\"name\":\"a # b\\\\\\nc\"")
		CASE("complete\",\"suite\":\"s\",\"name\":\"a # b\\\\\\nc\","
		     "\"outcome\":\"pass\",\"duration_ns\":1500000")
		    CASE("start\",\"name\":\"b\"") CASE(
			"complete\",\"name\":\"b\",\"outcome\":\"skip\","
			"\"reason\":\"no #1\"") CASE("start\",\"name\":\"c\"")
			CASE("complete\",\"name\":\"c\",\"outcome\":\"skip\","
			     "\"status\":\"xfail\",\"reason\":\"later\"")
			    CASE("start\",\"name\":\"d\"") CASE(
				"complete\",\"name\":\"d\",\"outcome\":"
				"\"pass\","
				"\"status\":\"xpass\"") "{\"event\":\"log\","
							"\"text\":\"Subtest: "
							"no\"}\n" DONE("pass"),
	    V14 "ok 1 - s::a \\# b\\\\ c\n  ---\n  duration_ms: 1.5\n  ...\n"
		"ok 2 - b # SKIP no \\#1\nnot ok 3 - c # TODO later\n"
		"ok 4 - d # TODO\n#  Subtest: no\n1..4\n",
	    "line ends in names: 1\n");
}
END_TEST

START_TEST(writes_diagnostics)
{
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"") CASE(
		"output\",\"name\":\"a\",\"stream\":\"stdout\","
		"\"text\":\"one\\n\"") CASE("output\",\"name\":\"a\","
					    "\"stream\":\"stdout\","
					    "\"text\":\"two\\n\"")
		CASE("message\",\"name\":\"a\",\"kind\":\"error\","
		     "\"message\":\"x \\\"y\\\"\",\"expected\":\" 1\\n2\","
		     "\"actual\":\"1\\n2\",\"location\":{\"file\":\"f.c\","
		     "\"line\":3}") CASE("message\",\"name\":\"a\",\"kind\":"
					 "\"error\","
					 "\"message\":\"z\"")
		    CASE("metric\",\"name\":\"a\",\"metric\":\"m\","
			 "\"value\":1.5,\"unit\":\"ms\"")
			CASE("complete\",\"name\":\"a\",\"outcome\":\"fail\","
			     "\"status\":\"timeout\"")
			    CASE("start\",\"name\":\"b\"") CASE(
				"output\",\"name\":\"b\",\"stream\":\"stderr\","
				"\"text\":\"e\"") CASE("attachment\",\"name\":"
						       "\"b\",\"path\":\"p\"")
				CASE("complete\",\"name\":\"b\",\"outcome\":"
				     "\"pass\"") DONE("fail"),
	    V14 "ok 1 - b\nnot ok 2 - a\n  ---\n  status: \"timeout\"\n"
		"  message: \"x \\\"y\\\"\"\n  expected: \" 1\\n2\"\n"
		"  actual: |\n    1\n    2\n  at:\n    file: \"f.c\"\n"
		"    line: 3\n  messages:\n    - message: \"z\"\n  metrics:\n"
		"    - metric: \"m\"\n      value: 1.5\n      unit: \"ms\"\n"
		"  stdout: |\n    one\n    two\n  ...\n1..2\n",
	    "messages but the first: 1\nattachments: 1\n"
	    "output of tests that did not fail: 1\n");
}
END_TEST

START_TEST(writes_attempts)
{
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"fail\"")
		    CASE("start\",\"name\":\"a\",\"attempt\":2")
			CASE("complete\",\"name\":\"a\",\"attempt\":2,"
			     "\"outcome\":\"pass\"") DONE("pass"),
	    V14 "ok 1 - a\n  ---\n  attempts: 2\n  ...\n1..1\n",
	    "attempts but the last: 1\n");
	/* A point that was written stays, and the next says what it is. */
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"pass\"")
		    CASE("start\",\"name\":\"a\",\"attempt\":2")
			CASE("complete\",\"name\":\"a\",\"attempt\":2,"
			     "\"outcome\":\"skip\"") DONE("pass"),
	    V14 "ok 1 - a\nok 2 - a # SKIP\n  ---\n  attempt: 2\n  ...\n"
		"1..2\n",
	    "");
	writes("failures=now",
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"fail\"")
		    CASE("start\",\"name\":\"b\"")
			CASE("complete\",\"name\":\"b\",\"outcome\":\"pass\"")
			    DONE("fail"),
	    V14 "not ok 1 - a\nok 2 - b\n1..2\n", "");
}
END_TEST

/* What comes behind the end of a test fails it, or changes nothing. */
START_TEST(writes_late)
{
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"pass\"")
		    CASE("message\",\"name\":\"a\",\"kind\":\"error\","
			 "\"message\":\"m\"") DONE("fail"),
	    V14 "ok 1 - a\nnot ok 2 - a\n  ---\n  attempt: 1\n"
		"  message: \"m\"\n  ...\n1..2\n",
	    "");
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"pass\"")
		    CASE("complete\",\"name\":\"a\",\"outcome\":\"fail\"")
			DONE("fail"),
	    V14 "ok 1 - a\nnot ok 2 - a\n  ---\n  attempt: 1\n  ...\n1..2\n",
	    "");
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"pass\"")
		    CASE("output\",\"name\":\"a\",\"stream\":\"stdout\","
			 "\"text\":\"x\"") DONE("pass"),
	    V14 "ok 1 - a\n1..1\n", "what came after the end of a case: 1\n");
}
END_TEST

/* An unexpected pass that counts as failed is no todo. */
START_TEST(writes_xpass)
{
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"fail\","
		     "\"status\":\"xpass\"") DONE("fail"),
	    V14 "not ok 1 - a\n  ---\n  status: \"xpass\"\n  ...\n1..1\n", "");
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"pass\","
		     "\"status\":\"xpass\"") DONE("pass"),
	    V14 "ok 1 - a # TODO\n1..1\n", "");
}
END_TEST

/* What is no point must fail all the same. */
START_TEST(writes_other_failures)
{
	writes("version=13",
	    HEAD "{\"event\":\"suite_start\",\"suite\":\"s\"}\n"
		 "{\"event\":\"suite_complete\",\"suite\":\"s\","
		 "\"outcome\":\"fail\",\"reason\":\"set-up\"}\n" DONE("fail"),
	    "TAP version 13\nnot ok 1 - s\n  ---\n  message: \"set-up\"\n"
	    "  ...\n1..1\n",
	    "");
	writes(NULL,
	    HEAD "{\"event\":\"run_complete\",\"outcome\":\"fail\","
		 "\"status\":\"abort\"}\n",
	    V14 "Bail out! abort\n", "");
	writes(NULL, HEAD CASE("start\",\"name\":\"a\""),
	    V14 "not ok 1 - a\n  ---\n  status: \"incomplete\"\n  ...\n"
		"Bail out! the results are cut short\n",
	    "");
	writes(NULL,
	    HEAD CASE("start\",\"name\":\"a\"")
		CASE("complete\",\"name\":"
		     "\"a\",\"outcome\":"
		     "\"pass\"") "{\"event\":"
				 "\"run_"
				 "cancel\","
				 "\"reason\":"
				 "\"enough\"}"
				 "\n" DONE("fail"),
	    V14 "ok 1 - a\nBail out! enough\n", "");
	writes(NULL, HEAD DONE("pass"), V14 "1..0\n", "");
}
END_TEST

START_TEST(round_trips)
{
	sample_returns("tap",
	    "{\"event\":\"run_start\"}\n" CASE("start\",\"name\":\"a # \\\\\"")
		CASE("complete\",\"name\":\"a # \\\\\",\"outcome\":\"pass\","
		     "\"duration_ns\":1234567") CASE("start\",\"name\":\"b\"")
		    CASE("complete\",\"name\":\"b\",\"outcome\":\"skip\","
			 "\"status\":\"todo\",\"reason\":\"#\"")
			CASE("start\",\"name\":\"c\"")
			    CASE("complete\",\"name\":\"c\","
				 "\"outcome\":\"skip\",\"reason\":\"x\"")
				DONE("pass"));
}
END_TEST

Suite *
tap_suite(void)
{
	Suite *s = suite_create("tap");
	TCase *t = tcase_create("tap");

	tcase_add_test(t, real_files);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(samples));
	tcase_add_test(t, cut);
	tcase_add_test(t, deep);
	tcase_add_test(t, writes_points);
	tcase_add_test(t, writes_diagnostics);
	tcase_add_test(t, writes_attempts);
	tcase_add_test(t, writes_late);
	tcase_add_test(t, writes_xpass);
	tcase_add_test(t, writes_other_failures);
	tcase_add_test(t, round_trips);
	suite_add_tcase(s, t);
	return s;
}
