/* SPDX-License-Identifier: MIT */
/* libtest JSON and its dialects, libtest --list, the libtest2 draft. */
#include <string.h>

#include "samples.h"

Suite *libtest_suite(void);

enum { ROOM = 1024 * 1024 };

/* ---- reading ---- */

START_TEST(real_files)
{
	samples_match("testdata/libtest/samples", ".json", "libtest");
	samples_match("testdata/libtest2/samples", ".json", "libtest2");
}
END_TEST

START_TEST(cut_files)
{
	samples_cut("testdata/libtest2/samples", "serial.json", "libtest2");
	samples_cut("testdata/libtest/samples", "bench.json", "libtest");
	samples_cut("testdata/libtest/samples", "stress-plus.json", "libtest");
}
END_TEST

#define STARTED                                                                \
	"{ \"type\": \"suite\", \"event\": \"started\", \"test_count\": 1 }\n"
#define ENDED                                                                  \
	"{ \"type\": \"suite\", \"event\": \"ok\", \"passed\": 1, "            \
	"\"failed\": 0, \"ignored\": 0, \"measured\": 0, "                     \
	"\"filtered_out\": 0, \"exec_time\": 0.5 }\n"
#define TEST(name, event)                                                      \
	"{ \"type\": \"test\", \"event\": \"" event "\", \"name\": \"" name    \
	"\" }\n"

static const struct sample libtest_samples[] = {
	{ "the only suite has no name, and its counts are the run's",
	    STARTED TEST("a", "started") TEST("a", "ok") ENDED,
	    { "\"run_complete\",\"outcome\":\"pass\"",
		"\"counts\":{\"pass\":1,\"fail\":0,\"skip\":0}",
		"\"duration_ns\":500000000" } },
	{ "a second suite without a name has a number",
	    STARTED TEST("a", "started") TEST("a", "ok")
		ENDED STARTED TEST("a", "started") TEST("a", "ok") ENDED,
	    { "\"case_complete\",\"name\":\"a\"",
		"\"suite_start\",\"suite\":\"2\"",
		"\"case_complete\",\"suite\":\"2\",\"name\":\"a\"",
		"\"suite_complete\",\"suite\":\"2\"" } },
	{ "cargo names integration tests",
	    "     Running tests/x.rs "
	    "(target/debug/deps/x-0123456789abcdef)\n" STARTED TEST(
		"a", "started") TEST("a", "ok") ENDED,
	    { "\"log\",\"text\":\"     Running tests/x.rs",
		"\"suite_start\",\"suite\":\"tests/x.rs\"" } },
	{ "cargo names unit tests, by their crate",
	    "\033[0m\033[1m\033[32m     Running\033[0m unittests src/lib.rs "
	    "(target/debug/deps/demo-0123456789abcdef)\n" STARTED TEST(
		"a", "started") TEST("a", "ok") ENDED,
	    { "\"suite\":\"unittests src/lib.rs (demo)\"" } },
	{ "cargo of old names the file alone",
	    "     Running target/debug/deps/demo-0123456789abcdef\n" STARTED
		TEST("a", "started") TEST("a", "ok") ENDED,
	    { "\"suite\":\"demo\"" } },
	{ "two suites of doc-tests",
	    "   Doc-tests demo\n" STARTED TEST("a", "started") TEST("a", "ok")
		ENDED STARTED TEST("b", "started") TEST("b", "ok") ENDED,
	    { "\"suite\":\"Doc-tests demo\"",
		"\"suite\":\"Doc-tests demo (2)\"" } },
	{ "a timeout is a warning",
	    STARTED TEST("a", "started") TEST("a", "timeout") TEST("a", "ok")
		ENDED,
	    { "\"case_slow\",\"name\":\"a\",\"threshold_ns\":60000000000",
		"\"outcome\":\"pass\"", "\"run_complete\"" } },
	{ "a timeout of ui_test is the end",
	    "{ \"type\": \"suite\", \"event\": \"started\" }\n" TEST(
		"t/a.rs (rev) - t/a.rs", "timeout") ENDED,
	    { "\"case_start\",\"name\":\"t/a.rs\",\"variant\":\"rev\"",
		"\"location\":{\"file\":\"t/a.rs\"}",
		"\"outcome\":\"fail\",\"status\":\"timeout\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "text that does not end its line",
	    STARTED TEST("a", "started") "printed" TEST("a", "ok") ENDED,
	    { "\"log\",\"text\":\"printed\"", "\"name\":\"a\"",
		"\"outcome\":\"pass\"" } },
	{ "a binary that ends early, and another",
	    STARTED TEST("a", "started") STARTED TEST("b", "started")
		TEST("b", "ok") ENDED,
	    { "\"name\":\"a\",\"outcome\":\"fail\",\"status\":\"incomplete\"",
		"\"suite\":\"2\"", "\"run_complete\",\"outcome\":\"fail\"" } },
	{ "a panic of now",
	    STARTED "{ \"type\": \"test\", \"name\": \"a\", "
		    "\"event\": \"failed\", \"stdout\": \"x\\n\\nthread 'a' "
		    "(7) panicked at src/lib.rs:3:5:\\none\\ntwo\\nnote: run "
		    "with `RUST_BACKTRACE=1`\\n\" }\n" ENDED,
	    { "\"case_output\"", "\"stream\":\"combined\"",
		"\"message\":\"one\\ntwo\"",
		"\"location\":{\"file\":\"src/lib.rs\",\"line\":3,"
		"\"column\":5}" } },
	{ "a panic of before 1.73",
	    STARTED "{ \"type\": \"test\", \"name\": \"a\", "
		    "\"event\": \"failed\", \"stdout\": \"thread 'a' panicked "
		    "at 'it', is', src/lib.rs:3:5\\nnote: x\\n\" }\n" ENDED,
	    { "\"message\":\"it', is\"", "\"line\":3" } },
	{ "no panic where one is expected",
	    STARTED "{ \"type\": \"test\", \"name\": \"m::inner\", "
		    "\"event\": \"failed\", \"message\": \"test did not panic "
		    "as expected at a.rs:15:8\" }\n" ENDED,
	    { "\"message\":\"test did not panic as expected at a.rs:15:8\","
	      "\"location\":{\"file\":\"a.rs\",\"line\":15,\"column\":8}" } },
	{ "the same of before, which does not say where",
	    STARTED "{ \"type\": \"test\", \"name\": \"a\", "
		    "\"event\": \"failed\", \"message\": \"test did not panic "
		    "as expected\" }\n" ENDED,
	    { "\"message\":\"test did not panic as expected\"}" } },
	{ "the same in the output, as nextest has it",
	    STARTED "{ \"type\": \"test\", \"name\": \"a\", "
		    "\"event\": \"failed\", \"stdout\": \"x\\nnote: test did "
		    "not panic as expected at my dir/a.rs:3:4\\ny\" }\n" ENDED,
	    { "\"message\":\"test did not panic as expected at my "
	      "dir/a.rs:3:4\",\"location\":{\"file\":\"my dir/a.rs\","
	      "\"line\":3,\"column\":4}" } },
	{ "a time limit",
	    STARTED "{ \"type\": \"test\", \"name\": \"a\", "
		    "\"event\": \"failed\", \"exec_time\": \"0.25s\", "
		    "\"reason\": \"time limit exceeded\" }\n" ENDED,
	    { "\"status\":\"timeout\",\"reason\":\"time limit exceeded\","
	      "\"duration_ns\":250000000" } },
	{ "a name that was not escaped",
	    STARTED "{ \"type\": \"test\", \"event\": \"ok\", \"name\": "
		    "\"src\\lib.rs - x (line 3)\" }\n" ENDED,
	    { "\"name\":\"src\\\\lib.rs - x (line 3)\"" } },
};

START_TEST(dialects_of_libtest)
{
	sample_says(&libtest_samples[_i], "libtest");
}
END_TEST

#define NX(name, event)                                                        \
	"{\"type\":\"test\",\"event\":\"" event "\",\"name\":\"" name "\"}\n"
#define NX_STARTED                                                             \
	"{\"type\":\"suite\",\"event\":\"started\",\"test_count\":2}\n"
#define NX_ENDED(ignored, filtered)                                            \
	"{\"type\":\"suite\",\"event\":\"ok\",\"passed\":0,\"failed\":0,"      \
	"\"ignored\":" ignored ",\"measured\":0,\"filtered_out\":" filtered    \
	",\"exec_time\":0}\n"

static const struct sample nextest_samples[] = {
	{ "names are taken apart",
	    NX_STARTED NX("p-1::b_2@stress-4$m::t", "started")
		NX("p-1::b_2@stress-4$m::t", "ok") NX_ENDED("0", "0"),
	    { "\"suite_start\",\"suite\":\"p-1::b_2\"",
		"\"suite\":\"p-1::b_2\",\"name\":\"m::t\",\"iteration\":5",
		"\"case_complete\"", "\"iteration\":5", "\"outcome\":\"pass\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "start and end belong together though the name changes",
	    NX_STARTED NX("p::b$t", "started") NX("p::b$t#3", "ok")
		NX_ENDED("0", "0"),
	    { "\"case_start\",\"suite\":\"p::b\",\"name\":\"t\"}",
		"\"case_complete\",\"suite\":\"p::b\",\"name\":\"t\","
		"\"outcome\":\"fail\"",
		"\"case_start\",\"suite\":\"p::b\",\"name\":\"t\","
		"\"attempt\":2",
		"\"attempt\":2,\"outcome\":\"fail\"",
		"\"case_start\",\"suite\":\"p::b\",\"name\":\"t\","
		"\"attempt\":3",
		"\"attempt\":3,\"outcome\":\"pass\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "ignored tests that no line tells of, and a counter below zero",
	    NX_STARTED NX("p::b$t", "started") NX("p::b$u", "started")
		NX_ENDED("2", "18446744073709551613"),
	    { "\"name\":\"u\",\"outcome\":\"skip\",\"status\":\"ignored\"",
		"\"name\":\"t\",\"outcome\":\"skip\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "suites that run at once, one of them twice",
	    "{\"type\":\"suite\",\"event\":\"started\",\"test_count\":1,"
	    "\"nextest\":{\"crate\":\"p\",\"test_binary\":\"a\"}}\n"
	    "{\"type\":\"suite\",\"event\":\"started\",\"test_count\":1,"
	    "\"nextest\":{\"crate\":\"p\",\"test_binary\":\"b\"}}\n" NX(
		"p::b$t", "started") NX("p::a$t", "started") NX("p::a$t", "ok")
		NX("p::b$t",
		    "failed") "{\"type\":\"suite\",\"event\":\"failed\",\"exec_"
			      "time\":0.5,"
			      "\"nextest\":{\"crate\":\"p\",\"test_binary\":"
			      "\"b\"}}\n"
			      "{\"type\":\"suite\",\"event\":\"ok\",\"exec_"
			      "time\":0.25,"
			      "\"nextest\":{\"crate\":\"p\",\"test_binary\":"
			      "\"a\"}}\n"
			      "{\"type\":\"suite\",\"event\":\"started\","
			      "\"test_count\":1,"
			      "\"nextest\":{\"crate\":\"p\",\"test_binary\":"
			      "\"a\"}}\n" NX("p::a$u", "started") NX("p::a$u",
				  "ok") "{\"type\":\"suite\",\"event\":\"ok\","
					"\"exec_time\":0.25,"
					"\"nextest\":{\"crate\":\"p\",\"test_"
					"binary\":\"a\"}}\n",
	    { "\"suite_start\",\"suite\":\"p::a\"",
		"\"suite_start\",\"suite\":\"p::b\"", "\"name\":\"u\"",
		"\"suite_complete\",\"suite\":\"p::a\","
		"\"duration_ns\":500000000",
		"\"suite_complete\",\"suite\":\"p::b\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "a dollar sign alone makes no name of nextest",
	    STARTED TEST("$DIR/a$b", "ok") ENDED, { "\"name\":\"$DIR/a$b\"" } },
};

START_TEST(dialects_of_nextest)
{
	sample_says(&nextest_samples[_i], "libtest");
}
END_TEST

static const struct sample libtest2_samples[] = {
	{ "the spelling of before",
	    "{\"event\":\"discover-start\"}\n"
	    "{\"event\":\"discover-case\",\"name\":\"a\",\"run\":false}\n"
	    "{\"event\":\"discover-case\",\"name\":\"b\",\"mode\":\"bench\"}\n"
	    "{\"event\":\"discover-complete\",\"elapsed_s\":\"0.5\","
	    "\"seed\":7}\n"
	    "{\"event\":\"suite-start\"}\n"
	    "{\"event\":\"case-start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case-complete\",\"name\":\"b\","
	    "\"status\":\"failed\",\"message\":\"bang\"}\n"
	    "{\"event\":\"case-complete\",\"name\":\"c\","
	    "\"status\":\"ignored\",\"message\":\"later\"}\n"
	    "{\"event\":\"suite-complete\",\"elapsed_s\":\"1.5\"}\n",
	    { "\"name\":\"a\",\"selected\":false,\"status\":\"filtered\"",
		"\"name\":\"b\",\"mode\":\"bench\"", "\"elapsed_ns\":500000000",
		"\"run_start\",\"seed\":\"7\"",
		"\"kind\":\"error\",\"message\":\"bang\"",
		"\"name\":\"b\",\"outcome\":\"fail\"",
		"\"name\":\"c\",\"outcome\":\"skip\",\"status\":\"ignored\","
		"\"reason\":\"later\"",
		"\"run_complete\",\"outcome\":\"fail\","
		"\"elapsed_ns\":1500000000" } },
	{ "a second binary",
	    "{\"event\":\"discover_start\",\"elapsed_s\":\"0\"}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\"}\n"
	    "{\"event\":\"run_complete\"}\n"
	    "     Running tests/y.rs (target/debug/deps/y-0123456789abcdef)\n"
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"run_complete\"}\n",
	    { "\"case_complete\",\"name\":\"a\",\"outcome\":\"pass\"",
		"\"suite_start\",\"suite\":\"tests/y.rs\"",
		"\"suite\":\"tests/y.rs\",\"name\":\"a\","
		"\"outcome\":\"fail\",\"status\":\"incomplete\"",
		"\"suite_complete\",\"suite\":\"tests/y.rs\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
};

START_TEST(dialects_of_libtest2)
{
	sample_says(&libtest2_samples[_i], "libtest2");
}
END_TEST

static const struct sample list_samples[] = {
	{ "a listing, of two binaries",
	    "     Running unittests src/lib.rs "
	    "(target/debug/deps/demo-0123456789abcdef)\n"
	    "tests::a: test\ntests::b: benchmark\n\n1 test, 1 benchmark\n"
	    "   Doc-tests demo\nsrc/lib.rs - x (line 3): test\n\n"
	    "1 test, 0 benchmarks\n",
	    { "\"discover_start\"", "\"log\"",
		"\"suite\":\"unittests src/lib.rs (demo)\","
		"\"name\":\"tests::a\"",
		"\"name\":\"tests::b\",\"mode\":\"bench\"",
		"\"suite\":\"Doc-tests demo\","
		"\"name\":\"src/lib.rs - x (line 3)\"",
		"\"discover_complete\",\"total\":3" } },
	{ "a terse listing", "a: test\nb: test\n",
	    { "\"name\":\"a\"", "\"name\":\"b\"",
		"\"discover_complete\",\"total\":2" } },
};

START_TEST(listings)
{
	sample_says(&list_samples[_i], "libtest-list");
}
END_TEST

/* The parts of a stream that must not look whole. */
START_TEST(ends)
{
	static const struct {
		const char *what, *in;
		bool truncated;
		unsigned malformed, warnings;
	} rows[] = {
		{ "whole", STARTED TEST("a", "started") TEST("a", "ok") ENDED,
		    false, 0, 0 },
		{ "no end", STARTED TEST("a", "started") TEST("a", "ok"), true,
		    0, 1 },
		{ "no suite", TEST("a", "started") TEST("a", "ok"), true, 0,
		    1 },
		{ "a cut line",
		    STARTED TEST("a", "ok") ENDED "{ \"type\": \"sui", true, 0,
		    1 },
		{ "a broken line",
		    STARTED "{ \"type\": \"test\",, }\n" TEST("a", "ok") ENDED,
		    false, 1, 1 },
		{ "a foreign object",
		    STARTED "{\"a\":1}\n" TEST("a", "ok") ENDED, false, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bed_read how;
		struct buf out;

		buf_init(&out, ROOM);
		bed_read("libtest", NULL, em_str(rows[i].in), 0, &out, &how);
		ck_assert_msg(how.stats.truncated == rows[i].truncated, "%s",
		    rows[i].what);
		ck_assert_msg(how.stats.malformed == rows[i].malformed, "%s",
		    rows[i].what);
		ck_assert_msg(
		    how.warnings == rows[i].warnings, "%s", rows[i].what);
		ck_assert_msg((str_find(buf_str(&out), "run_complete") >= 0) !=
			rows[i].truncated,
		    "%s", rows[i].what);
		buf_free(&out);
	}
}
END_TEST

/* ---- writing ---- */

static void
writes(const char *format, const char *option, const char *native,
    const char *want, const char *lost)
{
	const char *const options[] = { option, NULL };
	struct buf out, losses;

	buf_init(&out, ROOM);
	buf_init(&losses, ROOM);
	bed_write(format, option != NULL ? options : NULL, em_str(native), &out,
	    &losses);
	bed_same(buf_str(&out), em_str(want), format);
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

START_TEST(writes_libtest)
{
	writes("libtest", NULL,
	    HEAD CASE("start\",\"class\":\"m\",\"name\":\"a\"") CASE(
		"complete\",\"class\":\"m\",\"name\":\"a\","
		"\"outcome\":\"pass\",\"duration_ns\":1500000")
		CASE("start\",\"name\":\"b\"") CASE(
		    "message\",\"name\":\"b\",\"kind\":\"error\","
		    "\"message\":\"no\"")
		    CASE("complete\",\"name\":\"b\",\"outcome\":\"fail\"")
			CASE("start\",\"name\":\"c\"") CASE(
			    "complete\",\"name\":\"c\",\"outcome\":\"skip\","
			    "\"status\":\"ignored\",\"reason\":\"why\"")
			    DONE("fail"),
	    "{ \"type\": \"suite\", \"event\": \"started\", "
	    "\"test_count\": 0 }\n" TEST("m::a",
		"started") "{ \"type\": \"test\", \"name\": \"m::a\", "
			   "\"event\": \"ok\", "
			   "\"exec_time\": 0.001500000 }\n" TEST(
			       "b", "started") TEST("c",
			       "started") "{ \"type\": \"test\", \"name\": "
					  "\"c\", \"event\": \"ignored\", "
					  "\"message\": \"why\" }\n"
					  "{ \"type\": \"test\", \"name\": "
					  "\"b\", \"event\": \"failed\", "
					  "\"message\": \"no\" }\n"
					  "{ \"type\": \"suite\", \"event\": "
					  "\"failed\", \"passed\": 1, "
					  "\"failed\": 1, \"ignored\": 1, "
					  "\"measured\": 0, "
					  "\"filtered_out\": 0 }\n",
	    "classes and variants but as part of names: 1\n");
}
END_TEST

/* Suites that run at once come one after another. */
START_TEST(writes_libtest_suites)
{
	writes("libtest", NULL,
	    HEAD
	    "{\"event\":\"suite_start\",\"suite\":\"s\",\"total\":1}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"t\",\"total\":1}\n" CASE(
		"start\",\"suite\":\"t\",\"name\":\"a\"")
		CASE("start\",\"suite\":\"s\",\"name\":\"a\"") CASE(
		    "complete\",\"suite\":\"t\",\"name\":\"a\","
		    "\"outcome\":\"pass\"")
		    CASE("complete\",\"suite\":\"s\",\"name\":\"a\","
			 "\"outcome\":\"pass\"") "{\"event\":\"suite_"
						 "complete\",\"suite\":\"s\","
						 "\"duration_ns\":500000000}\n"
						 "{\"event\":\"suite_"
						 "complete\",\"suite\":\"t\","
						 "\"duration_ns\":500000000}"
						 "\n" DONE("pass"),
	    STARTED TEST("a",
		"started") "{ \"type\": \"test\", \"name\": \"a\", \"event\": "
			   "\"ok\" }\n"
			   "{ \"type\": \"suite\", \"event\": \"ok\", "
			   "\"passed\": 1, "
			   "\"failed\": 0, \"ignored\": 0, \"measured\": 0, "
			   "\"filtered_out\": 0, \"exec_time\": 0.500000000 "
			   "}\n" STARTED TEST("a",
			       "started") "{ \"type\": \"test\", \"name\": "
					  "\"a\", \"event\": \"ok\" }\n"
					  "{ \"type\": \"suite\", \"event\": "
					  "\"ok\", \"passed\": 1, "
					  "\"failed\": 0, \"ignored\": 0, "
					  "\"measured\": 0, "
					  "\"filtered_out\": 0, \"exec_time\": "
					  "0.500000000 }\n",
	    "suite names: 2\n");
}
END_TEST

#define RETRIED(suite)                                                         \
	HEAD CASE("start\"" suite ",\"name\":\"a\"")                           \
	    CASE("complete\"" suite ",\"name\":\"a\",\"outcome\":\"fail\"")    \
		CASE("start\"" suite ",\"name\":\"a\",\"attempt\":2")          \
		    CASE("complete\"" suite ",\"name\":\"a\",\"attempt\":2,"   \
			 "\"outcome\":\"pass\"") DONE("pass")

/* What a retry takes back is not written, but where the dialect counts. */
START_TEST(writes_libtest_attempts)
{
	static const char end[] =
	    "{ \"type\": \"suite\", \"event\": \"ok\", \"passed\": 1, "
	    "\"failed\": 0, \"ignored\": 0, \"measured\": 0, "
	    "\"filtered_out\": 0 }\n";
	char want[1024];

	snprintf(want, sizeof(want),
	    "{ \"type\": \"suite\", \"event\": \"started\", "
	    "\"test_count\": 0 }\n%s%s%s",
	    TEST("a", "started"),
	    "{ \"type\": \"test\", \"name\": \"a\", \"event\": \"ok\" }\n",
	    end);
	writes(
	    "libtest", NULL, RETRIED(""), want, "attempts but the last: 1\n");
	snprintf(want, sizeof(want),
	    "{ \"type\": \"suite\", \"event\": \"started\", "
	    "\"test_count\": 0 }\n%s%s%s",
	    TEST("p::b$a", "started"),
	    "{ \"type\": \"test\", \"name\": \"p::b$a#2\", "
	    "\"event\": \"ok\" }\n",
	    end);
	writes("libtest", NULL, RETRIED(",\"suite\":\"p::b\""), want, "");
}
END_TEST

START_TEST(writes_libtest2)
{
	writes("libtest2", NULL,
	    HEAD CASE("start\",\"suite\":\"s\",\"name\":\"a\","
		      "\"elapsed_ns\":1500")
		CASE("message\",\"suite\":\"s\",\"name\":\"a\","
		     "\"kind\":\"error\",\"message\":\"one\"")
		    CASE("message\",\"suite\":\"s\",\"name\":\"a\","
			 "\"kind\":\"error\",\"message\":\"two\"")
			CASE("complete\",\"suite\":\"s\",\"name\":\"a\","
			     "\"outcome\":\"fail\"")
			    CASE("start\",\"name\":\"b\"")
				CASE("complete\",\"name\":\"b\",\"outcome\":"
				     "\"fail\","
				     "\"status\":\"timeout\"")
				    CASE("start\",\"name\":\"c\"")
					CASE("complete\",\"name\":\"c\","
					     "\"outcome\":\"skip\","
					     "\"reason\":\"why\"") DONE("fail"),
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"s::a\","
	    "\"elapsed_s\":\"0.0000015\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"c\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"c\","
	    "\"kind\":\"ignored\",\"message\":\"why\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"c\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"s::a\","
	    "\"kind\":\"error\",\"message\":\"one\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"s::a\","
	    "\"kind\":\"error\",\"message\":\"two\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"s::a\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"b\","
	    "\"kind\":\"error\",\"message\":\"timeout\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\"}\n"
	    "{\"event\":\"run_complete\"}\n",
	    "statuses: 1\n");
}
END_TEST

#define SUITE_END(rest)                                                        \
	"{\"event\":\"suite_complete\",\"suite\":\"s\"" rest "}\n"
#define PASSED(name)                                                           \
	CASE("start\",\"name\":\"" name "\"")                                  \
	CASE("complete\",\"name\":\"" name "\",\"outcome\":\"pass\"")
#define OK(name)                                                               \
	"{ \"type\": \"test\", \"name\": \"" name "\", \"event\": \"ok\" }\n"
#define FAILED(name, why)                                                      \
	"{ \"type\": \"test\", \"name\": \"" name "\", "                       \
	"\"event\": \"failed\", \"message\": \"" why "\" }\n"
#define BEGUN                                                                  \
	"{ \"type\": \"suite\", \"event\": \"started\", \"test_count\": 0 }\n"
#define COUNTED(how, passed, failed)                                           \
	"{ \"type\": \"suite\", \"event\": \"" how "\", \"passed\": " passed   \
	", \"failed\": " failed ", \"ignored\": 0, \"measured\": 0, "          \
	"\"filtered_out\": 0 }\n"

/* Nothing that failed comes back as a pass. */
START_TEST(writes_libtest_failures)
{
	/* a suite by itself, and a run */
	writes("libtest", NULL,
	    HEAD SUITE_END(",\"outcome\":\"fail\",\"reason\":\"set-up\"")
		DONE("fail"),
	    BEGUN FAILED("s", "set-up") COUNTED("failed", "0", "1"),
	    "suite names: 1\n");
	writes("libtest", NULL, HEAD PASSED("a") DONE("fail"),
	    BEGUN TEST("a", "started") OK("a") COUNTED("ok", "1", "0")
		BEGUN FAILED("run", "the run failed")
		    COUNTED("failed", "0", "1"),
	    "");
	/* a run without an end: the suite has none */
	writes("libtest", NULL, HEAD PASSED("a"),
	    BEGUN TEST("a", "started") OK("a"), "");
	writes("libtest", NULL, HEAD, BEGUN, "");
	/* an error behind the end of a test */
	writes("libtest", NULL,
	    HEAD PASSED("a") CASE("message\",\"name\":\"a\","
				  "\"kind\":\"error\",\"message\":\"m\"")
		DONE("fail"),
	    BEGUN TEST("a", "started") OK("a") FAILED("a", "m")
		COUNTED("failed", "1", "1"),
	    "");
	writes("libtest", NULL,
	    HEAD PASSED("a") CASE("output\",\"name\":\"a\","
				  "\"stream\":\"stdout\",\"text\":\"x\"")
		DONE("pass"),
	    BEGUN TEST("a", "started") OK("a") COUNTED("ok", "1", "0"),
	    "what came after the end of a case: 1\n");
}
END_TEST

#define CASE2(event, name)                                                     \
	"{\"event\":\"case_" event "\",\"name\":\"" name "\"}\n"
#define ERROR2(name, why)                                                      \
	"{\"event\":\"case_message\",\"name\":\"" name "\","                   \
	"\"kind\":\"error\",\"message\":\"" why "\"}\n"
#define RUN2(rest) "{\"event\":\"run_start\"}\n" rest
#define END2 "{\"event\":\"run_complete\"}\n"

START_TEST(writes_libtest2_failures)
{
	writes("libtest2", NULL,
	    HEAD SUITE_END(",\"outcome\":\"fail\",\"reason\":\"set-up\"")
		DONE("fail"),
	    RUN2(CASE2("start", "s") ERROR2("s", "set-up")
		    CASE2("complete", "s") END2),
	    "");
	writes("libtest2", NULL, HEAD PASSED("a") DONE("fail"),
	    RUN2(CASE2("start", "a") CASE2("complete", "a")
		    CASE2("start", "run") ERROR2("run", "the run failed")
			CASE2("complete", "run") END2),
	    "");
	writes("libtest2", NULL, HEAD PASSED("a"),
	    RUN2(CASE2("start", "a") CASE2("complete", "a")), "");
	writes("libtest2", NULL,
	    HEAD PASSED("a") CASE("message\",\"name\":\"a\","
				  "\"kind\":\"error\",\"message\":\"m\"")
		DONE("fail"),
	    RUN2(CASE2("start", "a") CASE2("complete", "a") ERROR2("a", "m")
		    CASE2("complete", "a") END2),
	    "");
}
END_TEST

START_TEST(round_trips)
{
	sample_returns("libtest",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"name\":\"a\",\"mode\":\"bench\","
	    "\"location\":{\"file\":\"x.rs\",\"line\":3,\"column\":4,"
	    "\"end_line\":3,\"end_column\":9}}\n"
	    "{\"event\":\"discover_case\",\"name\":\"b\","
	    "\"location\":{\"file\":\"x.rs\",\"line\":7},"
	    "\"status\":\"ignored\",\"reason\":\"\\\"why\\\"\"}\n"
	    "{\"event\":\"discover_complete\",\"total\":2}\n");
	sample_returns("libtest",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"p::b\",\"total\":2}\n" CASE(
		"start\",\"suite\":\"p::b\",\"name\":\"t\",\"iteration\":2")
		CASE("complete\",\"suite\":\"p::b\",\"name\":\"t\","
		     "\"iteration\":2,\"outcome\":\"pass\",\"duration_ns\":5")
		    CASE("start\",\"suite\":\"p::b\",\"name\":\"u\"") CASE(
			"metric\",\"suite\":\"p::b\",\"name\":\"u\","
			"\"metric\":\"time\",\"value\":2.5,\"unit\":\"ns/"
			"iter\","
			"\"deviation\":0.5")
			CASE(
			    "complete\",\"suite\":\"p::b\",\"name\":\"u\","
			    "\"outcome\":\"pass\"") "{\"event\":\"suite_"
						    "complete\",\"suite\":\"p::"
						    "b\","
						    "\"duration_ns\":7}\n" DONE(
							"pass"));
	sample_returns("libtest2",
	    "{\"event\":\"discover_start\",\"elapsed_ns\":1}\n"
	    "{\"event\":\"discover_case\",\"name\":\"a\"}\n"
	    "{\"event\":\"discover_case\",\"name\":\"b\",\"mode\":\"bench\","
	    "\"selected\":false,\"status\":\"filtered\"}\n"
	    "{\"event\":\"discover_complete\"}\n"
	    "{\"event\":\"run_start\",\"elapsed_ns\":12}\n" CASE(
		"start\",\"name\":\"a\"")
		CASE("complete\",\"name\":\"a\",\"outcome\":\"pass\","
		     "\"elapsed_ns\":13") "{\"event\":\"run_complete\","
					  "\"outcome\":\"pass\","
					  "\"elapsed_ns\":14}\n");
}
END_TEST

Suite *
libtest_suite(void)
{
	Suite *s = suite_create("libtest");
	TCase *t = tcase_create("libtest");

	tcase_add_test(t, real_files);
	tcase_add_test(t, cut_files);
	tcase_add_loop_test(
	    t, dialects_of_libtest, 0, (int)ARRAY_LEN(libtest_samples));
	tcase_add_loop_test(
	    t, dialects_of_nextest, 0, (int)ARRAY_LEN(nextest_samples));
	tcase_add_loop_test(
	    t, dialects_of_libtest2, 0, (int)ARRAY_LEN(libtest2_samples));
	tcase_add_loop_test(t, listings, 0, (int)ARRAY_LEN(list_samples));
	tcase_add_test(t, ends);
	tcase_add_test(t, writes_libtest);
	tcase_add_test(t, writes_libtest_suites);
	tcase_add_test(t, writes_libtest_attempts);
	tcase_add_test(t, writes_libtest_failures);
	tcase_add_test(t, writes_libtest2);
	tcase_add_test(t, writes_libtest2_failures);
	tcase_add_test(t, round_trips);
	suite_add_tcase(s, t);
	return s;
}
