/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "samples.h"

Suite *gtestjson_suite(void);

START_TEST(samples)
{
	samples_match("testdata/gtest-json", ".json", "gtest-json");
}
END_TEST

START_TEST(cut)
{
	samples_cut("testdata/gtest-json", ".json", "gtest-json");
}
END_TEST

/* With ' for ", see below. */
#define TEST(members)                                                          \
	"{'testsuites':[{'name':'S','testsuite':[{'name':'T',"                 \
	"'classname':'S'," members "}]}]}"

static const struct sample rows[] = {

	{ "failures, with the place taken off",
	    TEST("'status':'RUN','result':'COMPLETED','time':'0.25s',"
		 "'failures':[{'failure':'a.cc:7\\nx','type':''},"
		 "{'failure':'unknown file\\ny'},{'failure':'z'}]"),
	    { "\"message\":\"x\",\"location\":{\"file\":\"a.cc\",\"line\":7}",
		"\"message\":\"y\"}", "\"message\":\"z\"}",
		"\"outcome\":\"fail\",\"duration_ns\":250000000" } },
	{ "a failure wins over a result of skipped",
	    TEST("'result':'SKIPPED','failures':[{'failure':'x'}]"),
	    { "\"outcome\":\"fail\"" } },
	{ "skipped, with its message",
	    TEST("'status':'RUN','result':'SKIPPED',"
		 "'skipped':[{'message':'a.cc:1\\nwhy'}]"),
	    { "\"skip\",\"status\":\"precondition\","
	      "\"reason\":\"a.cc:1\\nwhy\"" } },
	{ "disabled", TEST("'status':'NOTRUN','result':'SUPPRESSED'"),
	    { "\"skip\",\"status\":\"ignored\"" } },
	{ "filtered", TEST("'status':'NOTRUN'"),
	    { "\"skip\",\"status\":\"filtered\"" } },
	{ "recorded properties and parameters",
	    TEST("'status':'RUN','value_param':'1','k':'v'"),
	    { "\"value_param\":\"1\",\"k\":\"v\"" } },
	{ "a listing", TEST("'file':'a.cc','line':3"),
	    { "\"discover_start\"",
		"\"discover_case\",\"suite\":\"S\",\"name\":\"T\","
		"\"location\":{\"file\":\"a.cc\",\"line\":3}",
		"\"discover_complete\",\"total\":1" } },
	{ "the totals, time and seed of the run",
	    "{'tests':0,'timestamp':'2026-11-21T19:05:23Z','time':'1.5s',"
	    "'random_seed':7,'testsuites':[]}",
	    { "\"total\":0,\"seed\":\"7\",\"time\":\"2026-11-21T19:05:23Z\"",
		"\"outcome\":\"pass\",\"duration_ns\":1500000000" } },
};

START_TEST(says)
{
	struct sample s = rows[_i];
	char in[1024];
	size_t n = 0;

	for (; s.in[n] != '\0'; n++)
		in[n] = s.in[n] == '\'' ? '"' : s.in[n];
	in[n] = '\0';
	s.in = in;
	sample_says(&s, "gtest-json");
}
END_TEST

Suite *
gtestjson_suite(void)
{
	Suite *s = suite_create("gtest-json");
	TCase *t = tcase_create("gtest-json");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples);
	tcase_add_test(t, cut);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
