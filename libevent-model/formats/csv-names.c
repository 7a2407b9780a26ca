/* SPDX-License-Identifier: MIT */
/* Names of columns, and what other programs call them and their values. */
#include <string.h>

#include "csv.h"

const char *const csv_names[CSV_COLUMNS] = {
	[CSV_RUN] = "run",
	[CSV_SUITE] = "suite",
	[CSV_CLASS] = "class",
	[CSV_NAME] = "name",
	[CSV_VARIANT] = "variant",
	[CSV_ITERATION] = "iteration",
	[CSV_ATTEMPT] = "attempt",
	[CSV_OUTCOME] = "outcome",
	[CSV_STATUS] = "status",
	[CSV_REASON] = "reason",
	[CSV_DURATION] = "duration",
	[CSV_DURATION_MS] = "duration_ms",
	[CSV_DURATION_NS] = "duration_ns",
	[CSV_TIME] = "time",
	[CSV_END] = "end",
	[CSV_WORKER] = "worker",
	[CSV_MODE] = "mode",
	[CSV_PARENT] = "parent",
	[CSV_TAGS] = "tags",
	[CSV_CASE_FILE] = "case_file",
	[CSV_CASE_LINE] = "case_line",
	[CSV_EXIT_CODE] = "exit_code",
	[CSV_SIGNAL] = "signal",
	[CSV_MESSAGE] = "message",
	[CSV_TYPE] = "type",
	[CSV_DETAIL] = "detail",
	[CSV_CODE] = "code",
	[CSV_FILE] = "file",
	[CSV_LINE] = "line",
	[CSV_COLUMN] = "column",
	[CSV_EXPECTED] = "expected",
	[CSV_ACTUAL] = "actual",
	[CSV_STDOUT] = "stdout",
	[CSV_STDERR] = "stderr",
	[CSV_EVENTS] = "events",
};

enum csv_column
csv_find(struct em_str name)
{
	enum csv_column c;

	for (c = 0; c < CSV_COLUMNS; c++)
		if (str_eq(name, csv_names[c]))
			break;
	return c;
}

char
csv_separator(const char *value)
{
	static const struct {
		const char *name;
		char c;
	} named[] = { { "comma", ',' }, { "tab", '\t' }, { "semicolon", ';' },
		{ "pipe", '|' } };

	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		if (strcmp(value, named[i].name) == 0)
			return named[i].c;
	/* Not what could not be told from the rest of a row. */
	return strlen(value) == 1 && strchr("\"\r\n", value[0]) == NULL
	    ? value[0]
	    : '\0';
}

/* ---- what others call them ---- */

struct alias {
	const char *word; /* letters and digits, lower case */
	enum csv_column column;
};

static const struct alias aliases[] = {
	{ "test", CSV_NAME },
	{ "testname", CSV_NAME },
	{ "testcase", CSV_NAME },
	{ "testcasename", CSV_NAME },
	{ "case", CSV_NAME },
	{ "casename", CSV_NAME },
	{ "title", CSV_NAME },
	{ "testtitle", CSV_NAME },
	{ "testid", CSV_NAME },
	{ "nodeid", CSV_NAME },
	{ "fullname", CSV_NAME },
	{ "scenario", CSV_NAME },
	{ "testsuite", CSV_SUITE },
	{ "suitename", CSV_SUITE },
	{ "testsuitename", CSV_SUITE },
	{ "package", CSV_SUITE },
	{ "module", CSV_SUITE },
	{ "assembly", CSV_SUITE },
	{ "testclass", CSV_CLASS },
	{ "classname", CSV_CLASS },
	{ "parameters", CSV_VARIANT },
	{ "browser", CSV_VARIANT },
	{ "result", CSV_OUTCOME },
	{ "testresult", CSV_OUTCOME },
	{ "verdict", CSV_OUTCOME },
	{ "state", CSV_OUTCOME },
	{ "teststatus", CSV_OUTCOME },
	{ "durations", CSV_DURATION },
	{ "durationseconds", CSV_DURATION },
	{ "durationsec", CSV_DURATION },
	{ "seconds", CSV_DURATION },
	{ "elapsed", CSV_DURATION },
	{ "elapseds", CSV_DURATION },
	{ "elapsedtime", CSV_DURATION },
	{ "executiontime", CSV_DURATION },
	{ "times", CSV_DURATION },
	{ "runtime", CSV_DURATION },
	{ "durationms", CSV_DURATION_MS },
	{ "durationmilliseconds", CSV_DURATION_MS },
	{ "elapsedms", CSV_DURATION_MS },
	{ "timems", CSV_DURATION_MS },
	{ "durationns", CSV_DURATION_NS },
	{ "start", CSV_TIME },
	{ "starttime", CSV_TIME },
	{ "started", CSV_TIME },
	{ "startedat", CSV_TIME },
	{ "timestamp", CSV_TIME },
	{ "stop", CSV_END },
	{ "stoptime", CSV_END },
	{ "endtime", CSV_END },
	{ "finished", CSV_END },
	{ "thread", CSV_WORKER },
	{ "labels", CSV_TAGS },
	{ "markers", CSV_TAGS },
	{ "error", CSV_MESSAGE },
	{ "errormessage", CSV_MESSAGE },
	{ "failuremessage", CSV_MESSAGE },
	{ "failure", CSV_MESSAGE },
	{ "errortype", CSV_TYPE },
	{ "exception", CSV_TYPE },
	{ "details", CSV_DETAIL },
	{ "trace", CSV_DETAIL },
	{ "stacktrace", CSV_DETAIL },
	{ "traceback", CSV_DETAIL },
	{ "skipreason", CSV_REASON },
	{ "comment", CSV_REASON },
	{ "output", CSV_STDOUT },
	{ "systemout", CSV_STDOUT },
	{ "systemerr", CSV_STDERR },
	{ "exitcode", CSV_EXIT_CODE },
	{ "filename", CSV_CASE_FILE },
	{ "testfile", CSV_CASE_FILE },
};

/* Letters and digits of s in lower case; what is longer has no alias. */
static struct em_str
squeeze(char buf[32], struct em_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < 32; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			buf[n++] = c;
	}
	return (struct em_str){ buf, n };
}

enum csv_column
csv_find_alias(struct em_str header)
{
	char buf[32];
	struct em_str word;
	enum csv_column c = csv_find(str_trim(header));

	if (c < CSV_COLUMNS)
		return c;
	word = squeeze(buf, header);
	c = csv_find(word);
	for (size_t i = 0; c == CSV_COLUMNS && i < ARRAY_LEN(aliases); i++)
		if (str_eq(word, aliases[i].word))
			c = aliases[i].column;
	return c;
}

bool
csv_find_outcome(
    struct em_str value, enum em_outcome *outcome, const char **status)
{
	static const struct {
		const char *word;
		enum em_outcome outcome;
		const char *status;
	} words[] = {
		{ "pass", EM_PASS, NULL },
		{ "passed", EM_PASS, NULL },
		{ "passing", EM_PASS, NULL },
		{ "ok", EM_PASS, NULL },
		{ "success", EM_PASS, NULL },
		{ "successful", EM_PASS, NULL },
		{ "succeeded", EM_PASS, NULL },
		{ "xpass", EM_PASS, "xpass" },
		{ "xpassed", EM_PASS, "xpass" },
		{ "fail", EM_FAIL, NULL },
		{ "failed", EM_FAIL, NULL },
		{ "failing", EM_FAIL, NULL },
		{ "failure", EM_FAIL, NULL },
		{ "notok", EM_FAIL, NULL },
		{ "error", EM_FAIL, "error" },
		{ "errored", EM_FAIL, "error" },
		{ "broken", EM_FAIL, "error" },
		{ "crash", EM_FAIL, "crash" },
		{ "crashed", EM_FAIL, "crash" },
		{ "timeout", EM_FAIL, "timeout" },
		{ "timedout", EM_FAIL, "timeout" },
		{ "aborted", EM_FAIL, "abort" },
		{ "interrupted", EM_FAIL, "abort" },
		{ "incomplete", EM_FAIL, "incomplete" },
		{ "uxsuccess", EM_FAIL, "xpass" },
		{ "unexpectedsuccess", EM_FAIL, "xpass" },
		{ "skip", EM_SKIP, NULL },
		{ "skipped", EM_SKIP, NULL },
		{ "ignored", EM_SKIP, "ignored" },
		{ "disabled", EM_SKIP, "ignored" },
		{ "pending", EM_SKIP, "todo" },
		{ "todo", EM_SKIP, "todo" },
		{ "notrun", EM_SKIP, "filtered" },
		{ "notexecuted", EM_SKIP, "filtered" },
		{ "cancelled", EM_SKIP, "cancelled" },
		{ "canceled", EM_SKIP, "cancelled" },
		{ "xfail", EM_SKIP, "xfail" },
		{ "xfailed", EM_SKIP, "xfail" },
		{ "expectedfailure", EM_SKIP, "xfail" },
	};
	char buf[32];
	struct em_str word = squeeze(buf, value);

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(word, words[i].word)) {
			*outcome = words[i].outcome;
			*status = words[i].status;
			return true;
		}
	return false;
}
