/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "samples.h"

Suite *xunit_suite(void);

START_TEST(samples)
{
	samples_match("testdata/xunit", ".xml", "xunit");
}
END_TEST

START_TEST(cut)
{
	samples_cut("testdata/xunit", ".xml", "xunit");
}
END_TEST

#define TEST(attrs, in)                                                        \
	"<assemblies><assembly name='a.dll'><collection name='c'>"             \
	"<test name='N.C.M(x: 1)' type='N.C' method='M' " attrs ">" in         \
	"</test></collection></assembly></assemblies>"

static const struct sample rows[] = {

	{ "version 1: an assembly as the root, with classes",
	    "<assembly name='C:\\d\\a.dll' run-date='2016-01-27' "
	    "run-time='14:25:12' test-framework='xUnit.net 1.9.2.1705'>"
	    "<class name='N.C'><test name='N.C.M' type='N.C' method='M' "
	    "result='Skip'><reason><message>later</message></reason></test>"
	    "</class></assembly>",
	    { "\"run_start\",\"time\":\"2016-01-27T14:25:12Z\"",
		"\"suite\":\"a.dll\",\"class\":\"N.C\",\"name\":\"M\"",
		"\"outcome\":\"skip\",\"status\":\"ignored\","
		"\"reason\":\"later\"" } },
	{ "not run is skipped, too", TEST("result='NotRun'", ""),
	    { "\"outcome\":\"skip\",\"status\":\"filtered\"" } },
	{ "an unknown result is never a pass", TEST("result='Odd'", ""),
	    { "\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "no result at all", TEST("", ""),
	    { "\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "a failure",
	    TEST("result='Fail' time='0.5' time-rtf='00:00:00.5000001'",
		"<failure exception-type='E'><message>m</message>"
		"<stack-trace>at X in /a.cs:line 3</stack-trace></failure>"),
	    { "\"message\":\"m\",\"detail\":\"at X in /a.cs:line 3\","
	      "\"type\":\"E\",\"location\":{\"file\":\"/a.cs\",\"line\":3}",
		"\"outcome\":\"fail\",\"duration_ns\":500000100" } },
	{ "output, warnings and traits",
	    TEST("result='Pass'",
		"<traits><trait name='k' value='1'/><trait name='k' "
		"value='2'/></traits><output>o</output><warnings><warning>w"
		"</warning></warnings>"),
	    { "\"k\":[\"1\",\"2\"]", "\"text\":\"o\"",
		"\"kind\":\"warning\",\"message\":\"w\"" } },
	{ "attachments, as text and as bytes",
	    TEST("result='Pass'",
		"<attachments><attachment name='t'>abc</attachment>"
		"<attachment name='b' media-type='image/png'>YWJj"
		"</attachment></attachments>"),
	    { "\"title\":\"t\",\"media_type\":\"text/plain\","
	      "\"data_b64\":\"YWJj\"",
		"\"title\":\"b\",\"media_type\":\"image/png\","
		"\"data_b64\":\"YWJj\"" } },
	{ "an error of the assembly makes the run fail",
	    "<assemblies><assembly name='a.dll'><errors><error "
	    "type='assembly-cleanup'><failure><message>m</message></failure>"
	    "</error></errors></assembly></assemblies>",
	    { "\"level\":\"error\",\"text\":\"m\"",
		"\"suite\":\"a.dll\",\"outcome\":\"fail\","
		"\"status\":\"error\",\"reason\":\"m\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "an assembly without a name",
	    "<assemblies><assembly><collection><test name='t' "
	    "result='Pass'/></collection></assembly></assemblies>",
	    { "\"case_start\",\"name\":\"t\"" } },
};

START_TEST(says)
{
	sample_says(&rows[_i], "xunit");
}
END_TEST

Suite *
xunit_suite(void)
{
	Suite *s = suite_create("xunit");
	TCase *t = tcase_create("xunit");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples);
	tcase_add_test(t, cut);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
