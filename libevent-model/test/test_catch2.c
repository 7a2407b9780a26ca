/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "samples.h"

Suite *catch2_suite(void);

START_TEST(samples)
{
	samples_match("testdata/catch2", ".xml", "catch2");
}
END_TEST

START_TEST(cut)
{
	samples_cut("testdata/catch2", ".xml", "catch2");
}
END_TEST

#define CASE(in)                                                               \
	"<Catch name='p'><Group name='p'><TestCase name='t'>" in               \
	"</TestCase></Group></Catch>"
#define RESULT(success, in)                                                    \
	"<OverallResult success='" success "'>" in "</OverallResult>"

static const struct sample rows[] = {

	{ "an expression that failed",
	    CASE("<Expression success='false' type='CHECK' filename='a' "
		 "line='3'><Original>\n x==1\n</Original><Expanded>\n 0 == 1\n"
		 "</Expanded></Expression>" RESULT("false", "")),
	    { "\"message\":\"x==1\",\"detail\":\"0 == 1\","
	      "\"type\":\"CHECK\",\"location\":{\"file\":\"a\",\"line\":3}",
		"\"outcome\":\"fail\"}" } },
	{ "an expression that threw",
	    CASE("<Expression success='false' type='CHECK'><Original>x"
		 "</Original><Expanded>x</Expanded><Exception>boom"
		 "</Exception></Expression>" RESULT("false", "")),
	    { "\"message\":\"x\",\"detail\":\"boom\"",
		"\"outcome\":\"fail\"}" } },
	{ "an exception outside of one is an error",
	    CASE("<Exception filename='a' line='1'>boom</Exception>" RESULT(
		"false", "")),
	    { "\"message\":\"boom\"",
		"\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "a signal is a crash, in an expression and outside",
	    CASE("<Info>i</Info><FatalErrorCondition filename='a' line='1'>"
		 "SIGSEGV</FatalErrorCondition>" RESULT("false", "")),
	    { "\"message\":\"SIGSEGV\"",
		"\"outcome\":\"fail\",\"status\":\"crash\"" } },
	{ "sections are told in the detail",
	    CASE(
		"<Section name='a'><Section name='b'><Warning>w</Warning>"
		"</Section><Info>i</Info></Section><Failure>f</Failure>" RESULT(
		    "false", "")),
	    { "\"message\":\"w\",\"detail\":\"section: a / b\"",
		"\"message\":\"i\",\"detail\":\"section: a\"",
		"\"message\":\"f\"}" } },
	{ "version 3 skips",
	    "<Catch2TestRun name='p' rng-seed='7' catch2-version='3.5.0'>"
	    "<TestCase name='t'><Skip filename='a' line='1'>why</Skip>"
	    "<OverallResult success='true' skips='1'/></TestCase>"
	    "</Catch2TestRun>",
	    { "\"run_start\",\"seed\":\"7\"",
		"\"kind\":\"ignored\",\"message\":\"why\"",
		"\"skip\",\"status\":\"precondition\",\"reason\":\"why\"" } },
	{ "expected failures are what the result says",
	    CASE("<Expression success='false' type='CHECK'><Original>x"
		 "</Original></Expression>" RESULT("true", "")),
	    { "\"kind\":\"error\"", "\"outcome\":\"pass\"}" } },
	{ "no result is never a pass", CASE(""),
	    { "\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "output, duration, tags",
	    "<Catch name='p'><Group name='p'><TestCase name='t' "
	    "tags='[a][.][b c]'><OverallResult success='true' "
	    "durationInSeconds='5.1e-05'><StdOut>\no\n</StdOut><StdErr>\ne\n"
	    "</StdErr></OverallResult></TestCase></Group></Catch>",
	    { "\"tags\":[\"a\",\".\",\"b c\"]", "\"text\":\"o\"",
		"\"text\":\"e\"",
		"\"outcome\":\"pass\",\"duration_ns\":51000" } },
	{ "benchmarks",
	    CASE("<BenchmarkResults name='b' samples='100'><mean value='2.5' "
		 "lowerBound='2' upperBound='3' ci='0.95'/>"
		 "<standardDeviation value='0.5' lowerBound='0' "
		 "upperBound='1' ci='0.95'/></BenchmarkResults>" RESULT(
		     "true", "")),
	    { "\"metric\":\"b\",\"value\":2.5,\"unit\":\"ns\","
	      "\"deviation\":0.5,\"min\":2,\"max\":3" } },
};

START_TEST(says)
{
	sample_says(&rows[_i], "catch2");
}
END_TEST

Suite *
catch2_suite(void)
{
	Suite *s = suite_create("catch2");
	TCase *t = tcase_create("catch2");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples);
	tcase_add_test(t, cut);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
