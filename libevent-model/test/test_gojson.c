/* SPDX-License-Identifier: MIT */
/* go test -json. */
#include <string.h>

#include "flat.h"
#include "samples.h"

Suite *gojson_suite(void);

enum { ROOM = 1024 * 1024 };

START_TEST(real_files)
{
	samples_match("testdata/gojson", ".json", "gojson");
}
END_TEST

START_TEST(cut_files)
{
	samples_cut("testdata/gojson", "timeout.json", "gojson");
	samples_cut("testdata/gojson", "exit.json", "gojson");
}
END_TEST

#define P "\",\"Package\":\"p\""
#define RUN(test) "{\"Action\":\"run" P ",\"Test\":\"" test "\"}\n"
#define OUT(test, text)                                                        \
	"{\"Action\":\"output" P ",\"Test\":\"" test "\",\"Output\":\"" text   \
	"\"}\n"
#define END(action, test)                                                      \
	"{\"Action\":\"" action P ",\"Test\":\"" test "\",\"Elapsed\":0.25}\n"
#define PKG(action) "{\"Action\":\"" action P ",\"Elapsed\":1.5}\n"
#define PKGOUT(text) "{\"Action\":\"output" P ",\"Output\":\"" text "\"}\n"

static const struct sample samples[] = {
	{ "frames say nothing that events do not",
	    RUN("T") OUT("T", "=== RUN   T\\n") OUT("T", "said\\n")
		OUT("T", "--- PASS: T (0.25s)\\n") END("pass", "T")
		    PKGOUT("PASS\\n") PKGOUT("ok  \\tp\\t1.5s\\n") PKG("pass"),
	    { "\"suite_start\",\"suite\":\"p\"",
		"\"case_start\",\"suite\":\"p\",\"name\":\"T\"}\n"
		"{\"event\":\"case_output\"",
		"\"text\":\"said\\n\"}\n{\"event\":\"case_complete\"",
		"\"duration_ns\":250000000}\n{\"event\":\"suite_complete\"",
		"\"outcome\":\"pass\"", "\"duration_ns\":1500000000",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "a frame of another test is output",
	    RUN("T") OUT("T", "    --- FAIL: Other (0.0s)\\n") END("pass", "T")
		PKG("pass"),
	    { "\"case_output\"", "--- FAIL: Other" } },
	{ "a test that does not end fails",
	    RUN("T") RUN("U") END("pass", "U") PKG("pass"),
	    { "\"name\":\"U\",\"outcome\":\"pass\"",
		"\"name\":\"T\",\"outcome\":\"fail\","
		"\"status\":\"incomplete\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "subtests have parents, whatever slashes are in their names",
	    RUN("T") RUN("T/a/b") RUN("T/a/b/c") END("pass", "T/a/b/c")
		END("pass", "T/a/b") END("pass", "T") RUN("x/y")
		    END("pass", "x/y") PKG("pass"),
	    { "\"name\":\"T/a/b\",\"parent\":\"T\"",
		"\"name\":\"T/a/b/c\",\"parent\":\"T/a/b\"",
		"\"case_start\",\"suite\":\"p\",\"name\":\"x/y\"}" } },
	{ "again in the same package is an iteration",
	    RUN("T") END("fail", "T") RUN("T") END("pass", "T") PKG("fail"),
	    { "\"outcome\":\"fail\"",
		"\"case_start\",\"suite\":\"p\",\"name\":\"T\","
		"\"iteration\":2",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "a test that failed, in a package that runs again, is retried",
	    RUN("T") END("fail", "T") RUN("U") END("pass", "U") PKG("fail")
		RUN("T") END("pass", "T") RUN("U") END("pass", "U") PKG("pass"),
	    { "\"name\":\"T\",\"outcome\":\"fail\"",
		"\"name\":\"T\",\"attempt\":2",
		"\"attempt\":2,\"outcome\":\"pass\"",
		"\"name\":\"U\",\"iteration\":2",
		"\"suite_complete\",\"suite\":\"p\",\"outcome\":\"pass\","
		"\"duration_ns\":3000000000",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "a package that fails without a test that does",
	    RUN("T") END("pass", "T") PKGOUT("exit status 3\\n")
		PKGOUT("FAIL\\tp\\t1.5s\\n") PKG("fail"),
	    { "\"log\",\"suite\":\"p\",\"stream\":\"stdout\","
	      "\"text\":\"exit status 3\"",
		"\"suite_complete\",\"suite\":\"p\",\"outcome\":\"fail\","
		"\"reason\":\"exit status 3\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "a build that fails",
	    "{\"ImportPath\":\"q [p.test]\",\"Action\":\"build-output\","
	    "\"Output\":\"q.go:1:1: no\\n\"}\n"
	    "{\"ImportPath\":\"q [p.test]\",\"Action\":\"build-fail\"}\n"
	    "{\"Action\":\"start" P "}\n"
	    "{\"Action\":\"fail" P ",\"Elapsed\":0,"
	    "\"FailedBuild\":\"q [p.test]\"}\n",
	    { "\"log\",\"suite\":\"p\",\"stream\":\"stderr\","
	      "\"text\":\"q.go:1:1: no\"",
		"\"suite_complete\",\"suite\":\"p\",\"outcome\":\"fail\","
		"\"status\":\"build\",\"reason\":\"build failed: q [p.test]\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "a build that failed before Go 1.24",
	    RUN("T") END("pass", "T") PKG("pass") "FAIL\tq [build failed]\n",
	    { "\"suite_start\",\"suite\":\"q\"",
		"\"text\":\"FAIL\\tq [build failed]\"",
		"\"suite_complete\",\"suite\":\"q\",\"outcome\":\"fail\","
		"\"status\":\"build\",\"reason\":\"build failed\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "unknown actions",
	    RUN("T") "{\"Action\":\"frobnicate" P
		     ",\"Test\":\"T\"}\n" END("pass", "T") PKG("pass"),
	    { "\"name\":\"T\"}\n{\"event\":\"case_complete\"" } },
	{ "attributes and artifacts",
	    RUN("T") "{\"Action\":\"attr" P ",\"Test\":\"T\",\"Key\":\"k\","
		     "\"Value\":\"v\"}\n{\"Action\":\"attr" P
		     ",\"Test\":\"T\",\"Key\":\"l\",\"Value\":\"\"}\n"
		     "{\"Action\":\"artifacts" P
		     ",\"Test\":\"T\",\"Path\":\"d/e\"}\n" END("pass", "T")
			 PKG("pass"),
	    { "\"case_attachment\"", "\"title\":\"artifacts\"",
		"\"path\":\"d/e\"",
		"\"properties\":{\"k\":\"v\",\"l\":\"\"}" } },
	{ "the last place is the message of a failure",
	    RUN("T") OUT("T", "    a_test.go:3: log\\n") OUT(
		"T", "    a_test.go:7: got 1\\n") OUT("T", "        want 2\\n")
		OUT("T", "other\\n") END("fail", "T") PKG("fail"),
	    { "\"kind\":\"error\",\"message\":\"got 1\","
	      "\"detail\":\"got 1\\n        want 2\\n\","
	      "\"location\":{\"file\":\"a_test.go\",\"line\":7}" } },
	{ "testify says what behind where",
	    RUN("T") OUT("T", "    a_test.go:3: \\n")
		OUT("T", "        \\tError Trace:\\ta_test.go:3\\n")
		    OUT("T", "        \\tError:      \\tNot equal\\n")
			END("fail", "T") PKG("fail"),
	    { "\"message\":\"Not equal\"", "\"line\":3" } },
	{ "errors that are marked are messages each",
	    RUN("T") "{\"Action\":\"output" P
		     ",\"Test\":\"T\",\"Output\":\"    "
		     "a_test.go:3: one\\n\",\"OutputType\":\"error\"}\n"
		     "{\"Action\":\"output" P
		     ",\"Test\":\"T\",\"Output\":\"    "
		     "a_test.go:4: two\\n\",\"OutputType\":\"error\"}\n"
		     "{\"Action\":\"output" P
		     ",\"Test\":\"T\",\"Output\":\"        "
		     "more\\n\",\"OutputType\":\"error-continue\"}\n" OUT(
			 "T", "    a_test.go:9: log\\n") END("fail", "T")
			 PKG("fail"),
	    { "\"message\":\"one\"", "\"line\":3", "\"message\":\"two\"",
		"\"detail\":\"two\\n        more\\n\"", "\"line\":4" } },
	{ "a skip has its reason",
	    RUN("T") OUT("T", "    a_test.go:3: not now\\n") END("skip", "T")
		PKG("pass"),
	    { "\"outcome\":\"skip\",\"reason\":\"not now\"" } },
	{ "a panic",
	    RUN("T") OUT("T", "panic: bang\\n") OUT("T", "\\n") OUT(
		"T", "goroutine 7 [running]:\\n") END("fail", "T") PKG("fail"),
	    { "\"message\":\"panic: bang\"", "\"status\":\"crash\"" } },
	{ "results of benchmarks, in two pieces, in the name of another",
	    RUN("T") OUT("T", "BenchmarkX-8   \\t")
		OUT("T", "     100\\t   12.5 ns/op\\t  7 B/op\\t 2 x/op\\n")
		    END("pass", "T") PKG("pass"),
	    { "\"case_start\",\"suite\":\"p\",\"name\":\"BenchmarkX\","
	      "\"mode\":\"bench\"",
		"\"metric\":\"iterations\",\"value\":100,\"unit\":\"1\"",
		"\"metric\":\"time\",\"value\":12.5,\"unit\":\"ns/op\"",
		"\"metric\":\"memory\",\"value\":7,\"unit\":\"B/op\"",
		"\"metric\":\"x/op\",\"value\":2,\"unit\":\"x/op\"",
		"\"name\":\"BenchmarkX\",\"outcome\":\"pass\"" } },
	{ "a benchmark that repeats",
	    RUN("BenchmarkX") OUT("BenchmarkX", "BenchmarkX 10 3 ns/op\\n")
		OUT("BenchmarkX", "BenchmarkX 10 4 ns/op\\n") PKG("pass"),
	    { "\"value\":3", "\"outcome\":\"pass\"",
		"\"name\":\"BenchmarkX\",\"iteration\":2", "\"value\":4",
		"\"iteration\":2,\"outcome\":\"pass\"" } },
	{ "what starts like a benchmark and is none",
	    RUN("T") OUT("T", "Benchmark") OUT("T", "s are fun\\n")
		END("pass", "T") PKG("pass"),
	    { "\"text\":\"Benchmarks are fun\\n\"" } },
	{ "words of a test that has ended",
	    RUN("T") END("pass", "T") OUT("T", "late\\n") PKG("pass"),
	    { "\"case_complete\"",
		"\"log\",\"suite\":\"p\",\"stream\":\"stdout\","
		"\"text\":\"late\"" } },
	{ "without packages",
	    "{\"Action\":\"run\",\"Test\":\"T\"}\n"
	    "{\"Action\":\"fail\",\"Test\":\"T\"}\n{\"Action\":\"fail\"}\n",
	    { "\"case_start\",\"name\":\"T\"}",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "times, in zones",
	    "{\"Time\":\"2020-06-21T21:12:10.5-04:00\",\"Action\":\"run" P
	    ",\"Test\":\"T\"}\n"
	    "{\"Time\":\"2020-06-21T21:12:10.75-04:00\",\"Action\":\"pass" P
	    ",\"Test\":\"T\"}\n"
	    "{\"Time\":\"2020-06-22T01:12:10Z\",\"Action\":\"pass" P "}\n",
	    { "\"name\":\"T\",\"time\":\"2020-06-22T01:12:10.5Z\"",
		"\"outcome\":\"pass\",\"time\":\"2020-06-22T01:12:10.75Z\"" } },
	{ "names with escapes",
	    RUN("T/\\u003ca\\u003e\\n") END("pass", "T/\\u003ca\\u003e\\n")
		PKG("pass"),
	    { "\"case_start\",\"suite\":\"p\",\"name\":\"T/<a>\\n\"",
		"\"case_complete\",\"suite\":\"p\",\"name\":\"T/<a>\\n\"" } },
	{ "bytes that are not UTF-8",
	    RUN("T") OUT("T", "caf\xe9\\n") END("pass", "T") PKG("pass"),
	    { "\"text_b64\":\"Y2Fm6Qo=\"", "\"outcome\":\"pass\"" } },
};

START_TEST(says)
{
	sample_says(&samples[_i], "gojson");
}
END_TEST

/* -O repeats=attempts, for those who know. */
START_TEST(repeats)
{
	static const char *const options[] = { "repeats=attempts", NULL };
	struct buf out;

	buf_init(&out, ROOM);
	bed_read("gojson", options,
	    em_str(RUN("T") END("fail", "T") RUN("T") END("pass", "T")
		    PKG("pass")),
	    0, &out, NULL);
	ck_assert_int_ge(str_find(buf_str(&out), "\"attempt\":2"), 0);
	ck_assert_int_ge(
	    str_find(buf_str(&out), "\"run_complete\",\"outcome\":\"pass\""),
	    0);
	buf_free(&out);
}
END_TEST

/* ---- writing ---- */

static void
writes(const char *native, const char *want, const char *lost)
{
	struct buf out, losses;

	buf_init(&out, ROOM);
	buf_init(&losses, ROOM);
	bed_write("gojson", NULL, em_str(native), &out, &losses);
	bed_same(buf_str(&out), em_str(want), "gojson");
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
#define START "{\"Action\":\"start" P "}\n"

START_TEST(writes_tests)
{
	writes(HEAD CASE("start\",\"suite\":\"p\",\"name\":\"T\"")
		   CASE("start\",\"suite\":\"p\",\"name\":\"T/a\"")
		       CASE("output\",\"suite\":\"p\",\"name\":\"T/a\","
			    "\"stream\":\"stdout\",\"text\":\"x\\ny\"")
			   CASE("message\",\"suite\":\"p\",\"name\":\"T/a\","
				"\"kind\":\"error\",\"message\":\"no\","
				"\"location\":{\"file\":\"a.go\",\"line\":3}")
			       CASE("complete\",\"suite\":\"p\",\"name\":\"T/"
				    "a\","
				    "\"outcome\":\"fail\",\"duration_ns\":"
				    "250000000")
				   CASE("complete\",\"suite\":\"p\",\"name\":"
					"\"T\","
					"\"outcome\":\"skip\",\"reason\":"
					"\"why\"") "{\"event\":\"suite_"
						   "complete\",\"suite\":\"p\","
						   "\"duration_ns\":1500000000}"
						   "\n" DONE("fail"),
	    START RUN("T") OUT("T", "=== RUN   T\\n") RUN("T/a") OUT(
		"T/a", "=== RUN   T/a\\n") OUT("T/a", "x\\n") OUT("T/a", "y")
		OUT("T/a", "    a.go:3: no\\n") OUT(
		    "T/a", "    --- FAIL: T/a (0.25s)\\n") END("fail",
		    "T/a") OUT("T", "    why\\n") OUT("T",
		    "--- SKIP: T (0.00s)\\n") "{\"Action\":\"skip" P
					      ",\"Test\":\"T\",\"Elapsed\":0}"
					      "\n" PKGOUT("FAIL\\n")
						  PKGOUT("FAIL\\tp\\t1.500s\\n")
						      PKG("fail"),
	    "streams of output: 1\nreasons but as output: 1\n");
}
END_TEST

#define PASSED                                                                 \
	CASE("start\",\"suite\":\"p\",\"name\":\"T\"")                         \
	CASE("complete\",\"suite\":\"p\",\"name\":\"T\",\"outcome\":\"pass\"")
#define SAID_PASSED                                                            \
	START RUN("T") OUT("T", "=== RUN   T\\n")                              \
	    OUT("T", "--- PASS: T (0.00s)\\n") END0("pass", "T")
#define END0(action, test)                                                     \
	"{\"Action\":\"" action P ",\"Test\":\"" test "\",\"Elapsed\":0}"      \
	"\n"
#define SAID_OK                                                                \
	PKGOUT("PASS\\n")                                                      \
	PKGOUT("ok  \\tp\\t0.000s\\n")                                         \
	PKG0("pass")
#define PKG0(action) "{\"Action\":\"" action P ",\"Elapsed\":0}\n"
#define OF_RUN "\"Package\":\"run\""
#define RUN_FAILS(why)                                                         \
	"{\"Action\":\"start\"," OF_RUN "}\n"                                  \
	"{\"Action\":\"output\"," OF_RUN ",\"Output\":\"" why "\\n\"}\n"       \
	"{\"Action\":\"output\"," OF_RUN ",\"Output\":\"FAIL\\n\"}\n"          \
	"{\"Action\":\"output\"," OF_RUN                                       \
	",\"Output\":\"FAIL\\trun\\t0.000s\\n\"}\n"                            \
	"{\"Action\":\"fail\"," OF_RUN ",\"Elapsed\":0}\n"

/* Nothing that failed comes back as a pass. */
START_TEST(writes_failures)
{
	writes(HEAD PASSED DONE("fail"),
	    SAID_PASSED SAID_OK RUN_FAILS("the run failed"), "");
	writes(HEAD
	    "{\"event\":\"run_cancel\",\"reason\":\"fire\"}\n" DONE("fail"),
	    RUN_FAILS("fire"), "");
	/* a run without an end: a package has none */
	writes(HEAD PASSED, SAID_PASSED RUN_FAILS("the results are cut short"),
	    "");
	writes(HEAD,
	    RUN_FAILS(
		"the results are cut short") "{\"Action\":\"start\"," OF_RUN
					     "}\n",
	    "");
	/* an error behind the end of a test */
	writes(HEAD PASSED CASE("message\",\"suite\":\"p\",\"name\":\"T\","
				"\"kind\":\"error\",\"message\":\"m\"")
		   DONE("fail"),
	    SAID_PASSED RUN("T") OUT("T", "=== RUN   T\\n") OUT("T", "    m\\n")
		OUT("T", "--- FAIL: T (0.00s)\\n") END0("fail", "T") PKGOUT(
		    "FAIL\\n") PKGOUT("FAIL\\tp\\t0.000s\\n") PKG0("fail"),
	    "messages but as output: 1\n");
}
END_TEST

/* What the output has already is not said twice. */
START_TEST(writes_messages_once)
{
	writes(HEAD CASE("start\",\"suite\":\"p\",\"name\":\"T\"")
		   CASE("output\",\"suite\":\"p\",\"name\":\"T\","
			"\"stream\":\"stdout\",\"text\":\"    a.go:3: no\\n\"")
		       CASE("message\",\"suite\":\"p\",\"name\":\"T\","
			    "\"kind\":\"error\",\"message\":\"no\","
			    "\"location\":{\"file\":\"a.go\",\"line\":3}")
			   CASE("complete\",\"suite\":\"p\",\"name\":\"T\","
				"\"outcome\":\"fail\"") DONE("fail"),
	    START RUN("T") OUT("T", "=== RUN   T\\n") OUT(
		"T", "    a.go:3: no\\n") OUT("T",
		"--- FAIL: T (0.00s)\\n") "{\"Action\":\"fail" P
					  ",\"Test\":\"T\",\"Elapsed\":0}"
					  "\n" PKGOUT("FAIL\\n") PKGOUT(
					      "FAIL\\tp\\t0.000s\\n") "{\"Actio"
								      "n\":"
								      "\"fail" P
								      ",\"Elaps"
								      "ed\":0}"
								      "\n",
	    "streams of output: 1\n");
}
END_TEST

/* gotestsum crashes when a subtest fails that has no root. */
START_TEST(writes_slashes)
{
	writes(HEAD CASE("start\",\"suite\":\"p\",\"class\":\"c\","
			 "\"name\":\"x/y\"")
		   CASE("complete\",\"suite\":\"p\",\"class\":\"c\","
			"\"name\":\"x/y\",\"outcome\":\"pass\"") DONE("pass"),
	    START RUN("c.x\xe2\x88\x95y") OUT("c.x\xe2\x88\x95y",
		"=== RUN   c.x\xe2\x88\x95y\\n") OUT("c.x\xe2\x88\x95y",
		"--- PASS: c.x\xe2\x88\x95y (0.00s)\\n") "{\"Action\":\"pass" P
							 ",\"Test\":\"c."
							 "x\xe2\x88\x95y\","
							 "\"Elapsed\":0}"
							 "\n" PKGOUT("PASS\\n")
							     PKGOUT(
								 "ok  "
								 "\\tp\\t0."
								 "000s\\n") "{"
									    "\""
									    "Ac"
									    "ti"
									    "on"
									    "\""
									    ":"
									    "\""
									    "pa"
									    "s"
									    "s" P
									    ","
									    "\""
									    "El"
									    "ap"
									    "se"
									    "d"
									    "\""
									    ":0"
									    "}"
									    "\n",
	    "classes and variants but as part of names: 1\n");
}
END_TEST

/* Lines stay below 64 KiB, and characters stay whole. */
START_TEST(writes_short_lines)
{
	struct buf native, out, back;
	struct em_str rest, line;

	buf_init(&native, ROOM);
	buf_init(&out, ROOM);
	buf_init(&back, ROOM);
	buf_add(&native,
	    em_str(HEAD CASE(
		"start\",\"suite\":\"p\",\"name\":\"T\"") "{\"event\":\"case_"
							  "output\",\"suite\":"
							  "\"p\",\"name\":"
							  "\"T\","
							  "\"stream\":"
							  "\"stdout\",\"text\":"
							  "\"x"));
	for (int i = 0; i < 30000; i++)
		buf_add(&native, em_str(i % 2 ? "\\u0001" : "\xe2\x98\x83"));
	buf_add(&native, em_str("\"}\n"));
	bed_write("gojson", NULL, buf_str(&native), &out, NULL);
	rest = buf_str(&out);
	while (rest.n > 0) {
		str_cut(&rest, '\n', &line);
		ck_assert_uint_lt(line.n, 64 * 1024);
	}
	bed_read("gojson", NULL, buf_str(&out), 0, &back, NULL);
	ck_assert_int_lt(str_find(buf_str(&back), "\xef\xbf\xbd"), 0);
	buf_free(&native);
	buf_free(&out);
	buf_free(&back);
}
END_TEST

START_TEST(round_trips)
{
	sample_returns("gojson",
	    "{\"event\":\"run_start\",\"time\":\"2026-01-02T03:04:05Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"p\","
	    "\"time\":\"2026-01-02T03:04:05Z\"}\n" CASE(
		"start\",\"suite\":\"p\",\"name\":\"T\","
		"\"time\":\"2026-01-02T03:04:05.5Z\"")
		CASE("complete\",\"suite\":\"p\",\"name\":\"T\","
		     "\"outcome\":\"fail\",\"duration_ns\":250000000,"
		     "\"properties\":{\"k\":\"v\"},"
		     "\"time\":\"2026-01-02T03:04:06Z\"")
		    CASE("start\",\"suite\":\"p\",\"name\":\"T\","
			 "\"attempt\":2,\"time\":\"2026-01-02T03:04:07Z\"")
			CASE("complete\",\"suite\":\"p\",\"name\":\"T\","
			     "\"attempt\":2,\"outcome\":\"pass\","
			     "\"duration_ns\":0,"
			     "\"time\":\"2026-01-02T03:04:08Z\"") "{\"event\":"
								  "\"suite_"
								  "complete\","
								  "\"suite\":"
								  "\"p\","
								  "\"outcome\":"
								  "\"pass\","
								  "\"duration_"
								  "ns\":"
								  "1500000000}"
								  "\n" DONE(
								      "pass"));
	sample_returns("gojson",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"p\"}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"p\","
	    "\"outcome\":\"fail\",\"status\":\"build\","
	    "\"reason\":\"build failed\",\"duration_ns\":0}\n" DONE("fail"));
}
END_TEST

/* ---- flat objects ---- */

START_TEST(flat)
{
	static const struct em_str keys[] = { { "a", 1 }, { "bc", 2 } };
	static const struct {
		const char *in;
		bool ok;
		uint32_t found;
		const char *a, *bc;
	} rows[] = {
		{ "{}", true, 0, NULL, NULL },
		{ " { } \r", true, 0, NULL, NULL },
		{ "{\"a\":\"x\",\"bc\":1.5e3}", true, 3, "x", "1.5e3" },
		{ "{\"bc\":-0, \"a\" : \"\\n\"}", true, 3, "\\n", "-0" },
		{ "{\"z\":[{\"a\":\"no\"}],\"a\":\"x\"}", true, 1, "x", NULL },
		{ "{\"a\":\"x\",\"a\":\"y\"}", true, 1, "y", NULL },
		{ "{\"a\":null,\"bc\":true}", true, 0, NULL, NULL },
		{ "{\"\\u0061\":\"x\"}", false, 0, NULL, NULL },
		{ "{\"a\":\"x\"", false, 0, NULL, NULL },
		{ "{\"a\":\"x\",}", false, 0, NULL, NULL },
		{ "{\"a\":\"x\"}}", false, 0, NULL, NULL },
		{ "{\"a\":\"\xff\"}", false, 0, NULL, NULL },
		{ "{\"a\":\"x\" \"bc\":1}", false, 0, NULL, NULL },
		{ "{\"a\" \"x\"}", false, 0, NULL, NULL },
		{ "{a:1}", false, 0, NULL, NULL },
		{ "[1]", false, 0, NULL, NULL },
		{ "", false, 0, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct flat_value v[2];
		char line[128] = "";
		uint32_t found;
		bool ok;

		memcpy(line, rows[i].in, strlen(rows[i].in));
		ok = flat_object(
		    em_str(line), 10, keys, ARRAY_LEN(keys), v, &found);
		ck_assert_msg(ok == rows[i].ok, "%s", rows[i].in);
		if (!ok)
			continue;
		ck_assert_msg(found == rows[i].found, "%s", rows[i].in);
		if (found & 1)
			ck_assert_msg(
			    str_eq(v[0].text, rows[i].a), "%s", rows[i].in);
		if (found & 2)
			ck_assert_msg(
			    str_eq(v[1].text, rows[i].bc), "%s", rows[i].in);
	}
}
END_TEST

Suite *
gojson_suite(void)
{
	Suite *s = suite_create("gojson");
	TCase *t = tcase_create("gojson");

	tcase_add_test(t, real_files);
	tcase_add_test(t, cut_files);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(samples));
	tcase_add_test(t, repeats);
	tcase_add_test(t, writes_tests);
	tcase_add_test(t, writes_failures);
	tcase_add_test(t, writes_messages_once);
	tcase_add_test(t, writes_slashes);
	tcase_add_test(t, writes_short_lines);
	tcase_add_test(t, round_trips);
	tcase_add_test(t, flat);
	suite_add_tcase(s, t);
	return s;
}
