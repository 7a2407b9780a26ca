/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "dotnet.h"
#include "samples.h"

Suite *trx_suite(void);

START_TEST(samples)
{
	samples_match("testdata/trx", ".trx", "trx");
}
END_TEST

START_TEST(cut)
{
	samples_cut("testdata/trx", ".trx", "trx");
}
END_TEST

#define RUN(in) "<TestRun id='1' name='n'>" in "</TestRun>"
#define RESULTS(in) RUN("<Results>" in "</Results>")
#define RESULT(attrs, in)                                                      \
	"<UnitTestResult testId='1' testName='T' " attrs ">" in                \
	"</UnitTestResult>"
#define DEFINITION(in)                                                         \
	"<TestDefinitions><UnitTest name='T' storage='c:\\d\\a.dll' "          \
	"id='1'>" in "</UnitTest></TestDefinitions>"

static const struct sample rows[] = {
	{ "an outcome that is left out is an error", RESULTS(RESULT("", "")),
	    { "\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "an outcome that is not known is never a pass",
	    RESULTS(RESULT("outcome='Odd'", "")),
	    { "\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "timeout", RESULTS(RESULT("outcome='Timeout'", "")),
	    { "\"outcome\":\"fail\",\"status\":\"timeout\"" } },
	{ "a day and more",
	    RESULTS(
		RESULT("outcome='Passed' duration='1.02:03:04.0000005'", "")),
	    { "\"duration_ns\":93784000000500" } },
	{ "class and assembly from a definition behind the results",
	    RUN("<Results>" RESULT("outcome='Passed'",
		"") "</Results>" DEFINITION("<TestMethod "
					    "codeBase='C:\\D\\A.dll' "
					    "className='N.C' name='T'/>")),
	    { "\"suite\":\"A.dll\",\"class\":\"N.C\",\"name\":\"T\"" } },
	{ "or in front of them",
	    RUN(DEFINITION(
		"<TestCategory><TestCategoryItem "
		"TestCategory='x'/></TestCategory><Properties>"
		"<Property><Key>k</Key><Value>v</Value></Property>"
		"</Properties><TestMethod codeBase='' "
		"className='N.C, A, Version=1.0' name='T'/>") "<Results><"
							      "UnitTestResult "
							      "testId='1' "
							      "testName='N.C.T'"
							      " "
							      "outcome='Passed'"
							      "/></Results>"),
	    { "\"suite\":\"a.dll\",\"class\":\"N.C\",\"name\":\"T\","
	      "\"tags\":[\"x\"],\"properties\":{\"k\":\"v\"}" } },
	{ "what inner results say is said by the one around them",
	    RESULTS(RESULT("outcome='Failed'",
		"<InnerResults><UnitTestResult testId='1' testName='T (0)' "
		"outcome='Failed' dataRowInfo='0'><Output><StdOut>o</StdOut>"
		"<ErrorInfo><Message>m</Message></ErrorInfo></Output>"
		"</UnitTestResult><UnitTestResult testId='1' "
		"testName='T (1)' outcome='Failed' dataRowInfo='1'/>"
		"</InnerResults>")),
	    { "\"text\":\"o\"", "\"message\":\"T (0): m\"",
		"\"message\":\"T (1): failed\"",
		"\"case_complete\",\"name\":\"T\",\"outcome\":\"fail\"",
		"\"run_complete\"" } },
	{ "inner results of the same test are attempts",
	    RESULTS(RESULT("outcome='Passed'",
		"<InnerResults>" RESULT(
		    "outcome='Failed'", "") "</InnerResults>")),
	    { "\"name\":\"T\",\"outcome\":\"fail\"",
		"\"name\":\"T\",\"attempt\":2,\"outcome\":\"pass\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "why a test was skipped",
	    RESULTS(RESULT("outcome='NotExecuted'",
		"<Output><ErrorInfo><Message>later</Message></ErrorInfo>"
		"</Output>")),
	    { "\"outcome\":\"skip\",\"reason\":\"later\"" } },
	{ "streams and text messages",
	    RESULTS(RESULT("outcome='Passed'",
		"<Output><StdOut>o</StdOut><StdErr>e</StdErr><DebugTrace>d"
		"</DebugTrace><TextMessages><Message>m</Message>"
		"</TextMessages></Output><ResultFiles><ResultFile path='f'/>"
		"</ResultFiles>")),
	    { "\"stdout\",\"text\":\"o\"", "\"stderr\",\"text\":\"e\"",
		"\"trx.trace\",\"text\":\"d\"",
		"\"kind\":\"note\",\"message\":\"m\"", "\"path\":\"f\"" } },
	{ "a run that failed though no test did",
	    RUN("<ResultSummary outcome='Aborted'><RunInfos><RunInfo "
		"outcome='Error'><Text>host died</Text></RunInfo></RunInfos>"
		"</ResultSummary>"),
	    { "\"level\":\"error\",\"text\":\"host died\"",
		"\"run_complete\",\"outcome\":\"fail\","
		"\"status\":\"abort\"" } },
	{ "any kind of test",
	    RESULTS("<WebTestResult testId='1' testName='T' "
		    "outcome='Passed'/>"),
	    { "\"outcome\":\"pass\"" } },
	{ "a name of nobody", RESULTS("<UnitTestResult outcome='Passed'/>"),
	    { "\"name\":\"\",\"outcome\":\"pass\"" } },
};

START_TEST(says)
{
	sample_says(&rows[_i], "trx");
}
END_TEST

/* ---- written and read again ---- */

#define HEAD                                                                   \
	"{\"event\":\"run_start\",\"properties\":{\"name\":\"n\","             \
	"\"runUser\":\"u\"},\"host\":\"h\","                                   \
	"\"time\":\"2026-03-01T09:30:00.25Z\"}\n"                              \
	"{\"event\":\"suite_start\",\"suite\":\"a.dll\"}\n"
#define TAIL                                                                   \
	"{\"event\":\"suite_complete\",\"suite\":\"a.dll\"}\n"                 \
	"{\"event\":\"run_complete\",\"outcome\":\"fail\","                    \
	"\"duration_ns\":123456700}\n"
#define ID "\"suite\":\"a.dll\",\"class\":\"C.D\",\"name\":\"T x\""
#define START "{\"event\":\"case_start\","
#define COMPLETE "{\"event\":\"case_complete\","
#define FAILS(id)                                                              \
	HEAD START id "}\n" COMPLETE id ",\"outcome\":\"fail\"}\n" TAIL

static const char *const returns[] = {
	FAILS(ID),
	FAILS("\"suite\":\"a.dll\",\"class\":\"C.D\",\"name\":\"C.D.T\""),
	FAILS("\"suite\":\"a.dll\",\"name\":\"\""),
	FAILS("\"suite\":\"a.dll\",\"class\":\"\",\"name\":\"T\""),
	FAILS("\"suite\":\"a.dll\",\"class\":\"C, D, Version=1\","
	      "\"name\":\"C.T\""),
	FAILS("\"suite\":\"a.dll\",\"name\":\"<&>\\n\\t\\\" \""),
	FAILS(ID ",\"variant\":\"zstd\""),
	FAILS(ID ",\"iteration\":3"),
	HEAD START ID "}\n" COMPLETE ID
		      ",\"outcome\":\"fail\",\"status\":\"crash\"}\n" TAIL,
	/* attempts */
	HEAD START ID "}\n"
		      "{\"event\":\"case_message\"," ID
		      ",\"kind\":\"error\",\"message\":\"m\"}\n" COMPLETE ID
		      ",\"outcome\":\"fail\",\"status\":\"timeout\","
		      "\"duration_ns\":100}\n" START ID
		      ",\"attempt\":2}\n" COMPLETE ID
		      ",\"attempt\":2,\"outcome\":\"fail\","
		      "\"duration_ns\":200}\n" TAIL,
	/* all that a case can say */
	HEAD START ID
	",\"tags\":[\"net\"],\"properties\":{\"k\":\"v\",\"l\":[\"1\","
	"\"2\"]},\"time\":\"2026-03-01T09:30:01Z\"}\n"
	"{\"event\":\"case_output\"," ID
	",\"stream\":\"stdout\",\"text\":\"a\\r\\n ]]>\\n\"}\n"
	"{\"event\":\"case_output\"," ID
	",\"stream\":\"stderr\",\"text\":\"e\"}\n"
	"{\"event\":\"case_output\"," ID
	",\"stream\":\"trx.trace\",\"text\":\"t\"}\n"
	"{\"event\":\"case_message\"," ID
	",\"kind\":\"error\",\"message\":\"m \",\"detail\":\"d\\n\"}\n"
	"{\"event\":\"case_message\"," ID
	",\"kind\":\"note\",\"message\":\"n\"}\n"
	"{\"event\":\"case_attachment\"," ID
	",\"path\":\"p.png\"}\n" COMPLETE ID
	",\"outcome\":\"fail\",\"exit_code\":3,\"duration_ns\":1234500}\n" TAIL,
};

START_TEST(returns_same)
{
	sample_returns("trx", returns[_i]);
}
END_TEST

static const char *const benign[] = {
	"\"outcome\":\"pass\"",
	"\"outcome\":\"pass\",\"status\":\"leak\"",
	"\"outcome\":\"skip\"",
	"\"outcome\":\"skip\",\"status\":\"ignored\",\"reason\":\"why\"",
	"\"outcome\":\"skip\",\"status\":\"precondition\"",
	"\"outcome\":\"skip\",\"status\":\"todo\"",
};

static const char *const suites[] = { "\"/a/b.dll\"", "\"a/b.dll\"", "\"\"" };

START_TEST(returns_benign)
{
	const char *suite = suites[(size_t)_i % ARRAY_LEN(suites)];
	char native[1024];

	snprintf(native, sizeof(native),
	    "{\"event\":\"run_start\",\"properties\":{\"name\":\"n\"}}\n"
	    "{\"event\":\"suite_start\",\"suite\":%s}\n"
	    "{\"event\":\"case_start\",\"suite\":%s,\"name\":\"T\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":%s,\"name\":\"T\",%s}\n"
	    "{\"event\":\"suite_complete\",\"suite\":%s}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    suite, suite, suite, benign[_i], suite);
	sample_returns("trx", native);
}
END_TEST

START_TEST(returns_full)
{
	samples_round("trx");
}
END_TEST

START_TEST(losses)
{
	static const char native[] =
	    "{\"event\":\"run_start\",\"seed\":\"7\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"s\",\"title\":\"t\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"T\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"s\",\"name\":\"T\","
	    "\"kind\":\"error\",\"message\":\"1\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"s\",\"name\":\"T\","
	    "\"kind\":\"error\",\"message\":\"2\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"T\","
	    "\"outcome\":\"fail\",\"reason\":\"r\",\"signal\":9}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"s\","
	    "\"outcome\":\"fail\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n";
	static const char *const want[] = { "seeds: 1\n",
		"titles and properties of suites: 1\n",
		"kinds of messages: 1\n", "reasons: 1\n",
		"exit codes and signals: 1\n", "results of suites: 1\n" };
	struct buf out, lost;

	buf_init(&out, 1 << 20);
	buf_init(&lost, 1 << 20);
	bed_write("trx", NULL, em_str(native), &out, &lost);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		ck_assert_msg(str_find(buf_str(&lost), want[i]) >= 0,
		    "no \"%s\" in\n%.*s", want[i], (int)lost.n, lost.p);
	buf_free(&out);
	buf_free(&lost);
}
END_TEST

/* ---- what .NET writes ---- */

static const struct {
	const char *line, *file;
	int64_t number;
} frames[] = {
	{ "   at C.M() in C:\\d\\f.cs:line 12", "C:\\d\\f.cs", 12 },
	{ "   at C.M() in C:\\d\\f.cs:line 12\r", "C:\\d\\f.cs", 12 },
	{ "   bei C.M() in C:\\d\\f.cs:Zeile 12.", "C:\\d\\f.cs", 12 },
	{ "at C.M () [0x00000] in /d/f.cs:20 ", "/d/f.cs", 20 },
	{ "at C.M () [0x00000] in <2f24>:0", NULL, 0 },
	{ "at C.M () in <2f24>:12", NULL, 0 },
	{ "   at C.M() in C:\\d\\f12", NULL, 0 },
	{ "   at C.M()", NULL, 0 },
	{ " in :line 3", NULL, 0 },
	{ "", NULL, 0 },
};

START_TEST(frame)
{
	struct em_location where = { .line = EM_UNSET };
	bool found = dotnet_location(em_str(frames[_i].line), &where);

	ck_assert_int_eq(found, frames[_i].file != NULL);
	if (!found)
		return;
	ck_assert(str_eq(where.file, frames[_i].file));
	ck_assert_int_eq(where.line, frames[_i].number);
}
END_TEST

START_TEST(names)
{
	static const char *const paths[][2] = { { "C:\\a\\b.dll", "b.dll" },
		{ "/a/b.dll", "b.dll" }, { "a/b.dll", "a/b.dll" },
		{ "b.dll", "b.dll" }, { "/a/", "/a/" }, { "", "" },
		{ "C:", "C:" } };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		ck_assert(
		    str_eq(dotnet_assembly(em_str(paths[i][0])), paths[i][1]));
	ck_assert(str_eq(dotnet_class(em_str("N.C`1[[X, Y]], A, Version=1")),
	    "N.C`1[[X, Y]]"));
	ck_assert(str_eq(dotnet_class(em_str("N.C, odd")), "N.C, odd"));
	ck_assert(
	    str_eq(dotnet_method(em_str("N.C.M(1)"), em_str("N.C")), "M(1)"));
	ck_assert(str_eq(dotnet_method(em_str("N.CM"), em_str("N.C")), "N.CM"));
	ck_assert(str_eq(dotnet_method(em_str("N.C."), em_str("N.C")), "N.C."));
}
END_TEST

Suite *
trx_suite(void)
{
	Suite *s = suite_create("trx");
	TCase *t = tcase_create("trx");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples);
	tcase_add_test(t, cut);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(t, returns_same, 0, (int)ARRAY_LEN(returns));
	tcase_add_loop_test(t, returns_benign, 0, (int)ARRAY_LEN(benign));
	tcase_add_test(t, returns_full);
	tcase_add_test(t, losses);
	tcase_add_loop_test(t, frame, 0, (int)ARRAY_LEN(frames));
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	return s;
}
