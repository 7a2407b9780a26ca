/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "samples.h"

Suite *ctest_suite(void);

START_TEST(samples)
{
	samples_match("testdata/ctest", ".xml", "ctest");
}
END_TEST

START_TEST(cut)
{
	samples_cut("testdata/ctest", ".xml", "ctest");
}
END_TEST

#define TEST(status, results)                                                  \
	"<Site><Testing><Test Status='" status "'><Name>t</Name>"              \
	"<Path>.</Path><Results>" results "</Results></Test></Testing></Site>"
#define VALUE(name, value)                                                     \
	"<NamedMeasurement name='" name "'><Value>" value                      \
	"</Value></NamedMeasurement>"
#define EXIT(text) VALUE("Exit Code", text)

static const struct sample rows[] = {

	{ "a crash", TEST("failed", EXIT("SEGFAULT") VALUE("Exit Value", "0")),
	    { "\"fail\",\"status\":\"crash\",\"reason\":\"SEGFAULT\","
	      "\"signal\":11}" } },
	{ "any other word is an exception", TEST("failed", EXIT("Bus error")),
	    { "\"status\":\"crash\",\"reason\":\"Bus error\"" } },
	{ "a timeout", TEST("failed", EXIT("Timeout")),
	    { "\"fail\",\"status\":\"timeout\"" } },
	{ "a failure",
	    TEST("failed",
		EXIT("Failed") VALUE("Exit Value", "3") VALUE("Execution Time",
		    "1.5e-3") VALUE("Fail Reason", "no match")),
	    { "\"outcome\":\"fail\",\"reason\":\"no match\",\"exit_code\":3,"
	      "\"duration_ns\":1500000}" } },
	{ "a status that is not known is never a pass", TEST("odd", ""),
	    { "\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "disabled", TEST("notrun", VALUE("Completion Status", "Disabled")),
	    { "\"skip\",\"status\":\"ignored\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "skipped by itself",
	    TEST("notrun", VALUE("Completion Status", "SKIP_RETURN_CODE=7")),
	    { "\"skip\",\"status\":\"precondition\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "what could not be run failed, as in CTest",
	    TEST("notrun",
		"<Measurement><Value>Unable to find executable: x</Value>"
		"</Measurement>"),
	    { "\"fail\",\"status\":\"exec-fail\","
	      "\"reason\":\"Unable to find executable: x\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "compressed output is zlib in base64",
	    TEST("passed",
		"<Measurement><Value encoding='base64' compression='gzip'>"
		"eJzLSM3JyVcozy/KSQEAGgsEXQ==\n</Value></Measurement>"),
	    { "\"stream\":\"combined\",\"text\":\"hello world\"" } },
	{ "and damaged compressed output no reason to stop",
	    TEST("passed",
		"<Measurement><Value encoding='base64' compression='gzip'>"
		"eJzLSM3J</Value></Measurement>"),
	    { "\"outcome\":\"pass\"", "\"run_complete\"" } },
	{ "measurements of the test",
	    TEST("passed",
		"<NamedMeasurement type='numeric/double' name='m'><Value> 3.5"
		"</Value></NamedMeasurement><NamedMeasurement "
		"type='numeric/double' name='n'><Value>many</Value>"
		"</NamedMeasurement><NamedMeasurement type='text/string' "
		"name='t'><Value>v</Value></NamedMeasurement>"),
	    { "\"n\":\"many\",\"t\":\"v\"",
		"\"metric\":\"m\",\"value\":3.5,\"unit\":\"1\"" } },
	{ "a file stays packed",
	    TEST("passed",
		"<NamedMeasurement type='file' name='f' encoding='base64' "
		"compression='tar/gzip' filename='a.tar'><Value>YWJj</Value>"
		"</NamedMeasurement>"),
	    { "\"title\":\"a.tar\",\"media_type\":\"application/gzip\","
	      "\"data_b64\":\"YWJj\"" } },
	{ "a directory is a suite, labels are tags",
	    "<Site><Testing><Test Status='passed'><Name>t</Name><Path>./a/b"
	    "</Path><Labels><Label>l</Label></Labels></Test></Testing>"
	    "</Site>",
	    { "\"suite_start\",\"suite\":\"a/b\"",
		"\"suite\":\"a/b\",\"name\":\"t\",\"tags\":[\"l\"]" } },
	{ "when and where",
	    "<Site Hostname='h' Generator='ctest-3.25.1' OSName='o'>"
	    "<Testing><StartTestTime>1700000000</StartTestTime><TestList>"
	    "<Test>./a</Test><Test>./b</Test></TestList><EndTestTime>"
	    "1700000003</EndTestTime></Testing></Site>",
	    { "\"run_start\",\"properties\":{\"OSName\":\"o\"},\"total\":2,"
	      "\"host\":\"h\",\"time\":\"2023-11-14T22:13:20Z\"",
		"\"outcome\":\"pass\",\"duration_ns\":3000000000" } },
};

START_TEST(says)
{
	sample_says(&rows[_i], "ctest");
}
END_TEST

Suite *
ctest_suite(void)
{
	Suite *s = suite_create("ctest");
	TCase *t = tcase_create("ctest");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples);
	tcase_add_test(t, cut);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
