/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "samples.h"

Suite *nunit_suite(void);

START_TEST(samples)
{
	samples_match("testdata/nunit", ".xml", "nunit");
}
END_TEST

START_TEST(cut)
{
	samples_cut("testdata/nunit", ".xml", "nunit");
}
END_TEST

#define RUN(attrs, in) "<test-run id='0' " attrs ">" in "</test-run>"
#define CASE(attrs, in)                                                        \
	RUN("result='Passed'",                                                 \
	    "<test-case name='T' fullname='C.T' "                              \
	    "classname='C' " attrs ">" in "</test-case>")

static const struct sample rows[] = {
	{ "a result that is not known is never a pass",
	    CASE("result='Odd'", ""),
	    { "\"outcome\":\"fail\",\"status\":\"error\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "no result in a run that states one", CASE("", ""),
	    { "\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "a label of NUnit's own",
	    CASE("result='Failed' label='Cancelled'", ""),
	    { "\"outcome\":\"fail\",\"status\":\"abort\"" } },
	{ "a label that is a status",
	    CASE("result='Failed' label='timeout'", ""),
	    { "\"outcome\":\"fail\",\"status\":\"timeout\"" } },
	{ "a label that is a sentence",
	    CASE("result='Failed' label='Took 1ms.'", ""),
	    { "\"outcome\":\"fail\"}" } },
	{ "a label says nothing about another result",
	    CASE("result='Passed' label='Ignored'", ""),
	    { "\"outcome\":\"pass\"}" } },
	{ "skipped without a label", CASE("result='Skipped'", ""),
	    { "\"outcome\":\"skip\"}" } },
	{ "several assertions are several messages",
	    CASE("result='Failed'",
		"<failure><message>Multiple failures or warnings in test:\n"
		"  1) a\n  2) b</message></failure><assertions>"
		"<assertion result='Failed'><message>a</message></assertion>"
		"<assertion result='Warning'><message>b</message></assertion>"
		"<assertion result='Passed'/></assertions>"),
	    { "\"kind\":\"error\",\"message\":\"a\"}\n",
		"\"kind\":\"warning\",\"message\":\"b\"}\n",
		"\"case_complete\"" } },
	{ "a failure that no assertion repeats is told too",
	    CASE("result='Failed'",
		"<failure><message>a\nTearDown : b</message></failure>"
		"<assertions><assertion result='Failed'><message>a</message>"
		"</assertion></assertions>"),
	    { "\"message\":\"a\"}", "\"message\":\"a\\nTearDown : b\"}" } },
	{ "the place is that of the first frame that has one",
	    CASE("result='Failed'",
		"<failure><message>m</message><stack-trace>  at N.Assert()\n"
		"  at C.T() in C:\\d\\T.cs:line 7\n  at X in y.cs:line 9"
		"</stack-trace></failure>"),
	    { "\"location\":{\"file\":\"C:\\\\d\\\\T.cs\",\"line\":7}" } },
	{ "a property that comes twice is an array, a category a tag",
	    CASE("result='Passed'",
		"<properties><property name='p' value='1'/>"
		"<property name='Category' value='x'/>"
		"<property name='p' value='\"2\"'/></properties>"),
	    { "\"tags\":[\"x\"]", "\"p\":[\"1\",\"\\\"2\\\"\"]" } },
	{ "attachments, beside assertions or inside",
	    CASE("result='Passed'",
		"<attachments><attachment><filePath>a.png</filePath>"
		"<description>d</description></attachment></attachments>"
		"<assertions><attachments><attachment><filePath>b</filePath>"
		"</attachment></attachments></assertions>"),
	    { "\"title\":\"d\",\"path\":\"a.png\"", "\"path\":\"b\"" } },
	{ "seed and site of a case",
	    CASE("result='Failed' site='SetUp' seed='42'", ""),
	    { "\"seed\":\"42\",\"site\":\"SetUp\"" } },
	{ "a suite that failed in its set-up",
	    RUN("result='Failed'",
		"<test-suite type='TestFixture' name='F' result='Failed' "
		"label='Error' site='SetUp'><failure><message>no db</message>"
		"<stack-trace>at X</stack-trace></failure></test-suite>"),
	    { "\"suite_start\",\"suite\":\"F\"",
		"\"log\",\"suite\":\"F\",\"level\":\"error\",\"text\":\"at X\"",
		"\"suite\":\"F\",\"outcome\":\"fail\",\"status\":\"error\","
		"\"reason\":\"no db\"",
		"\"run_complete\",\"outcome\":\"fail\"}" } },
	{ "a suite that failed by its cases has no result of its own",
	    RUN("result='Failed'",
		"<test-suite type='TestFixture' name='F' result='Failed' "
		"site='Child'><failure><message>One or more child tests had "
		"errors</message></failure></test-suite>"),
	    { "\"suite_complete\",\"suite\":\"F\"}",
		"\"outcome\":\"fail\",\"status\":\"error\"}" } },
	{ "a suite is a path, a method is none, categories are inherited",
	    RUN("result='Passed'",
		"<test-suite type='Assembly' name='C:\\b\\a.dll' "
		"result='Passed'><test-suite type='TestFixture' name='F' "
		"result='Passed'><properties><property name='Category' "
		"value='slow'/></properties><test-suite "
		"type='ParameterizedMethod' name='M' result='Passed'>"
		"<test-case name='M(1)' result='Passed'/></test-suite>"
		"</test-suite></test-suite>"),
	    { "\"suite\":\"a.dll\"}",
		"\"suite\":\"a.dll/F\",\"title\":\"F\","
		"\"parent\":\"a.dll\"}",
		"\"suite\":\"a.dll/F\",\"name\":\"M(1)\",\"tags\":[\"slow\"]",
		"\"suite_complete\",\"suite\":\"a.dll/F\"",
		"\"suite_complete\",\"suite\":\"a.dll\"" } },
	{ "the same case twice is two iterations",
	    RUN("result='Passed'",
		"<test-case name='T' result='Passed'/>"
		"<test-case name='T' result='Passed'/>"),
	    { "\"name\":\"T\"}", "\"name\":\"T\",\"iteration\":2}" } },
	{ "version 2: the comma of another country",
	    "<test-results><test-case name='T' executed='True' "
	    "success='True' time='1,041'/></test-results>",
	    { "\"outcome\":\"pass\",\"duration_ns\":1041000000}" } },
	{ "version 2: not executed",
	    "<test-results><test-case name='T' executed='False'><reason>"
	    "<message>later</message></reason></test-case></test-results>",
	    { "\"skip\",\"status\":\"ignored\",\"reason\":\"later\"" } },
	{ "version 2: success that is neither true nor false",
	    "<test-results><test-case name='T' executed='True' "
	    "success='Turue'/></test-results>",
	    { "\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "version 2: a class is what case and fixture agree on",
	    "<test-results><test-suite name='N.F'><results><test-case "
	    "name='N.F.T(1.5)' success='True'/><test-case name='other' "
	    "success='True'/></results></test-suite></test-results>",
	    { "\"class\":\"N.F\",\"name\":\"T(1.5)\"",
		"\"suite\":\"N.F\",\"name\":\"other\"" } },
	{ "a listing",
	    RUN("testcasecount='2'",
		"<test-case name='A' runstate='Runnable'/>"
		"<test-case name='B' runstate='Explicit'/>"),
	    { "\"discover_start\"", "\"discover_case\",\"name\":\"A\"}",
		"\"selected\":false,\"status\":\"filtered\"",
		"\"discover_complete\",\"total\":2" } },
	{ "behind other lines and in front of them",
	    "Build started\n" RUN("result='Passed'",
		"<test-case name='T' result='Passed'/>") "\nDone\n",
	    { "\"text\":\"Build started\"", "\"run_complete\"",
		"\"text\":\"Done\"" } },
	{ "two documents are two streams",
	    RUN("result='Passed'", "<test-case name='T' result='Passed'/>")
		RUN("result='Failed'", "<test-case name='T' result='Failed'/>"),
	    { "\"run_start\"", "\"name\":\"T\"}",
		"\"run_complete\",\"outcome\":\"pass\"", "\"run_start\"",
		"\"name\":\"T\"}", "\"run_complete\",\"outcome\":\"fail\"" } },
};

START_TEST(says)
{
	sample_says(&rows[_i], "nunit");
}
END_TEST

START_TEST(repeats)
{
	static const char in[] = RUN("result='Passed'",
	    "<test-case name='T' result='Failed'/>"
	    "<test-case name='T' result='Passed'/>");
	static const char *const options[] = { "repeats=attempts", NULL };
	struct buf got;

	buf_init(&got, 1 << 20);
	bed_read(NULL, options, em_str(in), 0, &got, NULL);
	ck_assert_int_ge(
	    str_find(buf_str(&got), "\"attempt\":2,\"outcome\":\"pass\""), 0);
	ck_assert_int_ge(
	    str_find(buf_str(&got), "\"run_complete\",\"outcome\":\"pass\"}"),
	    0);
	buf_free(&got);
}
END_TEST

/* ---- written and read again ---- */

#define HEAD                                                                   \
	"{\"event\":\"run_start\",\"properties\":{\"command-line\":\"a b\"},"  \
	"\"seed\":\"7\",\"cwd\":\"/w\",\"host\":\"h\","                        \
	"\"time\":\"2026-03-01T09:30:00.25Z\"}\n"                              \
	"{\"event\":\"suite_start\",\"suite\":\"io\"}\n"                       \
	"{\"event\":\"suite_start\",\"suite\":\"io/codec\",\"title\":"         \
	"\"codec\",\"parent\":\"io\",\"properties\":{\"p\":\"1\"}}\n"
#define TAIL                                                                   \
	"{\"event\":\"suite_complete\",\"suite\":\"io/codec\","                \
	"\"duration_ns\":3000000}\n"                                           \
	"{\"event\":\"suite_complete\",\"suite\":\"io\"}\n"                    \
	"{\"event\":\"run_complete\",\"outcome\":\"fail\","                    \
	"\"duration_ns\":123456789}\n"
#define ID "\"suite\":\"io/codec\",\"class\":\"C.D\",\"name\":\"A.b c\""
#define COMPLETE "{\"event\":\"case_complete\","
#define START "{\"event\":\"case_start\","

static const char *const returns[] = {
	/* outcomes and statuses */
	HEAD START ID "}\n" COMPLETE ID ",\"outcome\":\"fail\"}\n" TAIL,
	HEAD START ID "}\n" COMPLETE ID
		      ",\"outcome\":\"fail\",\"status\":\"error\"}\n" TAIL,
	HEAD START ID "}\n" COMPLETE ID
		      ",\"outcome\":\"fail\",\"status\":\"timeout\"}\n" TAIL,
	HEAD START ID "}\n" COMPLETE ID
		      ",\"outcome\":\"fail\",\"status\":\"x.odd\"}\n" TAIL,
	/* identity */
	HEAD START ID ",\"variant\":\"zstd\"}\n" COMPLETE ID
		      ",\"variant\":\"zstd\",\"outcome\":\"fail\"}\n" TAIL,
	HEAD START ID ",\"iteration\":3}\n" COMPLETE ID
		      ",\"iteration\":3,\"outcome\":\"fail\"}\n" TAIL,
	HEAD START
	"\"suite\":\"io/codec\",\"class\":\"\",\"name\":\"\"}\n" COMPLETE
	"\"suite\":\"io/codec\",\"class\":\"\",\"name\":\"\","
	"\"outcome\":\"fail\"}\n" TAIL,
	HEAD START
	"\"suite\":\"io/codec\",\"name\":\"<&>\\n\\t\\\" \"}\n" COMPLETE
	"\"suite\":\"io/codec\",\"name\":\"<&>\\n\\t\\\" \","
	"\"outcome\":\"fail\"}\n" TAIL,
	/* all that a case can say */
	HEAD START ID
	",\"tags\":[\"net\",\"slow\"],\"properties\":{\"k\":\"v\","
	"\"l\":[\"1\",\"2\"]},\"time\":\"2026-03-01T09:30:01Z\"}\n"
	"{\"event\":\"case_output\"," ID
	",\"stream\":\"stdout\",\"text\":\"a\\r\\n ]]>\\n\"}\n"
	"{\"event\":\"case_message\"," ID
	",\"kind\":\"error\",\"message\":\"m \",\"detail\":\"d\\n\"}\n"
	"{\"event\":\"case_message\"," ID
	",\"kind\":\"warning\",\"message\":\"w\"}\n"
	"{\"event\":\"case_message\"," ID
	",\"kind\":\"note\",\"message\":\"n\"}\n"
	"{\"event\":\"case_attachment\"," ID
	",\"title\":\"t\",\"path\":\"p.png\"}\n" COMPLETE ID
	",\"outcome\":\"fail\",\"reason\":\"r\",\"duration_ns\":1234567}"
	"\n" TAIL,
};

START_TEST(returns_same)
{
	sample_returns("nunit", returns[_i]);
}
END_TEST

static const char *const benign[] = {
	"\"outcome\":\"pass\"",
	"\"outcome\":\"pass\",\"status\":\"leak\"",
	"\"outcome\":\"skip\"",
	"\"outcome\":\"skip\",\"status\":\"ignored\",\"reason\":\"why\"",
	"\"outcome\":\"skip\",\"status\":\"filtered\"",
	"\"outcome\":\"skip\",\"status\":\"precondition\"",
	"\"outcome\":\"skip\",\"status\":\"todo\"",
};

START_TEST(returns_benign)
{
	char native[512];

	snprintf(native, sizeof(native),
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"T\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"T\",%s}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    benign[_i]);
	sample_returns("nunit", native);
}
END_TEST

START_TEST(returns_full)
{
	samples_round("nunit");
}
END_TEST

START_TEST(losses)
{
	static const char native[] =
	    "{\"event\":\"run_start\",\"seed\":\"x\",\"env\":{\"A\":\"1\"}}\n"
	    "{\"event\":\"case_start\",\"name\":\"T\",\"worker\":\"1\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"T\","
	    "\"outcome\":\"fail\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"T\",\"attempt\":2,"
	    "\"mode\":\"bench\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"T\",\"attempt\":2,"
	    "\"stream\":\"stderr\",\"text\":\"\\u001b\"}\n"
	    "{\"event\":\"case_metric\",\"name\":\"T\",\"attempt\":2,"
	    "\"metric\":\"m\",\"value\":1,\"unit\":\"1\"}\n"
	    "{\"event\":\"case_attachment\",\"name\":\"T\",\"attempt\":2,"
	    "\"url\":\"http://h/\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"T\",\"attempt\":2,"
	    "\"kind\":\"error\",\"type\":\"E\",\"location\":"
	    "{\"file\":\"f\"}}\n"
	    "{\"event\":\"case_complete\",\"name\":\"T\",\"attempt\":2,"
	    "\"outcome\":\"pass\",\"exit_code\":0}\n"
	    "{\"event\":\"x.y\"}\n"
	    "{\"event\":\"log\",\"text\":\"l\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n";
	static const char *const want[] = { "seeds: 1\n", "environments: 1\n",
		"attempts but the last: 1\n", "modes: 1\n",
		"streams of output: 1\n",
		"characters that the format does not have: 1\n", "metrics: 1\n",
		"attachments that are no files: 1\n",
		"members of messages: 1\n", "locations: 1\n",
		"exit codes and signals: 1\n", "unknown events: 1\n",
		"log lines: 1\n" };
	struct buf out, lost;

	buf_init(&out, 1 << 20);
	buf_init(&lost, 1 << 20);
	bed_write("nunit", NULL, em_str(native), &out, &lost);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		ck_assert_msg(str_find(buf_str(&lost), want[i]) >= 0,
		    "no \"%s\" in\n%.*s", want[i], (int)lost.n, lost.p);
	buf_free(&out);
	buf_free(&lost);
}
END_TEST

Suite *
nunit_suite(void)
{
	Suite *s = suite_create("nunit");
	TCase *t = tcase_create("nunit");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples);
	tcase_add_test(t, cut);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, repeats);
	tcase_add_loop_test(t, returns_same, 0, (int)ARRAY_LEN(returns));
	tcase_add_loop_test(t, returns_benign, 0, (int)ARRAY_LEN(benign));
	tcase_add_test(t, returns_full);
	tcase_add_test(t, losses);
	suite_add_tcase(s, t);
	return s;
}
