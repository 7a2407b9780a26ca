/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "samples.h"

Suite *checkxml_suite(void);

START_TEST(samples)
{
	samples_match("testdata/check-xml", ".xml", "check-xml");
}
END_TEST

START_TEST(cut)
{
	samples_cut("testdata/check-xml", ".xml", "check-xml");
}
END_TEST

#define TEST(result, in)                                                       \
	"<testsuites xmlns='http://check.sourceforge.net/ns'><suite><title>S"  \
	"</title><test result='" result "'><id>t</id><description>c"           \
	"</description>" in "</test></suite></testsuites>"

static const struct sample rows[] = {

	{ "a signal",
	    TEST("error",
		"<message>Received signal 11 (Segmentation fault)"
		"</message>"),
	    { "\"outcome\":\"fail\",\"status\":\"crash\",\"signal\":11" } },
	{ "an exit",
	    TEST("error",
		"<message>Early exit with return value 3"
		"</message>"),
	    { "\"fail\",\"status\":\"error\",\"exit_code\":3" } },
	{ "a timeout", TEST("error", "<message>Test timeout expired</message>"),
	    { "\"fail\",\"status\":\"timeout\"" } },
	{ "a failure, and the place of it",
	    TEST("failure",
		"<path>src</path><fn>a.c:7</fn><message>m"
		"</message><duration>-1.000000</duration>"),
	    { "\"location\":{\"file\":\"src/a.c\",\"line\":7}",
		"\"message\":\"m\",\"location\":{\"file\":\"src/a.c\"",
		"\"outcome\":\"fail\"}" } },
	{ "a result that is not known is never a pass", TEST("odd", ""),
	    { "\"outcome\":\"fail\"" } },
	{ "iterations are counted from 1",
	    TEST("success",
		"<iteration>4</iteration><duration>0.5"
		"</duration>"),
	    { "\"iteration\":5",
		"\"outcome\":\"pass\",\"duration_ns\":500000000" } },
};

START_TEST(says)
{
	sample_says(&rows[_i], "check-xml");
}
END_TEST

Suite *
checkxml_suite(void)
{
	Suite *s = suite_create("check-xml");
	TCase *t = tcase_create("check-xml");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples);
	tcase_add_test(t, cut);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
