/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "samples.h"

Suite *boost_suite(void);

START_TEST(samples)
{
	samples_match("testdata/boost", ".xml", "boost");
}
END_TEST

START_TEST(cut)
{
	samples_cut("testdata/boost", "report.xml", "boost");
}
END_TEST

#define LOG(in) "<TestLog><TestSuite name='M'>" in "</TestSuite></TestLog>"
#define CASE(in) "<TestCase name='t'>" in "</TestCase>"
#define REPORT(result, in)                                                     \
	"<TestResult><TestSuite name='M' result='" result "'>" in              \
	"</TestSuite></TestResult>"

static const struct sample rows[] = {

	{ "what is logged as an error fails",
	    LOG(CASE("<Error file='a.cc' line='3'>x</Error>"
		     "<TestingTime>15</TestingTime>")),
	    { "\"message\":\"x\",\"location\":{\"file\":\"a.cc\",\"line\":3}",
		"\"outcome\":\"fail\",\"duration_ns\":15000",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "an exception is an error",
	    LOG(CASE("<Exception file='unknown location' line='0'>x"
		     "<LastCheckpoint file='a' line='1'>y</LastCheckpoint>"
		     "</Exception>")),
	    { "\"message\":\"x\",\"detail\":\"last checkpoint: y\"}",
		"\"outcome\":\"fail\",\"status\":\"error\"" } },
	{ "a signal is a crash",
	    LOG(CASE("<FatalError file='a' line='1'>signal: SIGSEGV"
		     "</FatalError>")),
	    { "\"outcome\":\"fail\",\"status\":\"crash\"" } },
	{ "notes and warnings fail nothing, contexts are details",
	    LOG(CASE("<Message>m</Message><Warning>w<Context><Frame>c1"
		     "</Frame><Frame>c2</Frame></Context></Warning>")),
	    { "\"kind\":\"note\",\"message\":\"m\"",
		"\"kind\":\"warning\",\"message\":\"w\","
		"\"detail\":\"context: c1\\ncontext: c2\"",
		"\"outcome\":\"pass\"" } },
	{ "skipped, and why",
	    LOG("<TestCase name='t' skipped='yes' reason='disabled'/>"),
	    { "\"skip\",\"status\":\"ignored\",\"reason\":\"disabled\"" } },
	{ "only the report knows what was expected to fail",
	    LOG(CASE("<Error>x</Error>"))
		REPORT("passed", "<TestCase name='t' result='passed'/>"),
	    { "\"case_message\"", "\"name\":\"t\",\"outcome\":\"pass\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "a report without cases says it of a suite",
	    LOG(CASE("<Error>x</Error>")) REPORT("passed", ""),
	    { "\"name\":\"t\",\"outcome\":\"pass\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "a failure that the log does not have is not lost",
	    LOG(CASE(""))
		REPORT("failed", "<TestCase name='t' result='failed'/>"),
	    { "\"name\":\"t\",\"outcome\":\"pass\"",
		"\"case_message\",\"suite\":\"M\",\"name\":\"t\","
		"\"kind\":\"error\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "nor a case",
	    LOG(CASE("")) REPORT("failed",
		"<TestCase name='t' result='passed'/>"
		"<TestCase name='u' result='aborted'/>"),
	    { "\"name\":\"t\",\"outcome\":\"pass\"",
		"\"name\":\"u\",\"outcome\":\"fail\"",
		"\"run_complete\",\"outcome\":\"fail\"}" } },
	{ "a report inside of the log",
	    "<TestLog><TestSuite name='M'>" CASE(
		"<Error>x</Error>") "</TestSuite>" REPORT("passed",
		"<TestCase name='t' result='passed'/>") "</TestLog>",
	    { "\"name\":\"t\",\"outcome\":\"pass\"" } },
	{ "another log is another stream",
	    LOG(CASE("<Error>x</Error>")) "\n" LOG(CASE("")),
	    { "\"run_start\"", "\"name\":\"t\",\"outcome\":\"fail\"",
		"\"run_complete\",\"outcome\":\"fail\"", "\"run_start\"",
		"\"name\":\"t\",\"outcome\":\"pass\"",
		"\"run_complete\",\"outcome\":\"pass\"" } },
	{ "an error outside of cases fails the suite",
	    LOG("<Error file='a' line='1'>x</Error>"),
	    { "\"level\":\"error\",\"text\":\"x\"",
		"\"suite\":\"M\",\"outcome\":\"fail\",\"status\":\"error\"",
		"\"run_complete\",\"outcome\":\"fail\"" } },
	{ "a report alone",
	    REPORT("failed",
		"<TestSuite name='N' result='failed'><TestCase "
		"name='t' result='timed-out'/></TestSuite>"),
	    { "\"suite\":\"M/N\",\"name\":\"t\",\"outcome\":\"fail\","
	      "\"status\":\"timeout\"" } },
};

START_TEST(says)
{
	sample_says(&rows[_i], "boost");
}
END_TEST

Suite *
boost_suite(void)
{
	Suite *s = suite_create("boost");
	TCase *t = tcase_create("boost");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, samples);
	tcase_add_test(t, cut);
	tcase_add_loop_test(t, says, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
