/* SPDX-License-Identifier: MIT */
/* What the lint finds in streams with one fault each, and concludes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "lint.h"

Suite *lint_suite(void);

/* Streams are written with ' for ". */
#define HV(v) "{'event':'protocol','version':'" v "','producer':{'name':'t'}}\n"
#define H HV("1.0")
#define E(kind, more) "{'event':'" kind "'" more "}\n"
#define RS E("run_start", "")
#define RC(o) E("run_complete", ",'outcome':'" o "'")
#define CS(n) E("case_start", ",'name':'" n "'")
#define CC(n, o) E("case_complete", ",'name':'" n "','outcome':'" o "'")
#define ONE CS("a") CC("a", "pass")
#define SS(n) E("suite_start", ",'suite':'" n "'")
#define SC(n) E("suite_complete", ",'suite':'" n "'")
#define AT(k, n, more) E("case_" k, ",'name':'a','attempt':" n more)

static const struct {
	const char *text;
	const char *writer, *reader; /* rules, in the order of lines */
	enum lint_class class;
	enum lint_verdict verdict;
} rows[] = {
	{ H RS ONE RC("pass"), "", "", LINT_ACCEPT, LINT_PASS },
	{ H RS RC("pass"), "", "", LINT_ACCEPT, LINT_PASS },
	{ H RS CS("a") CC("a", "fail") RC("fail"), "", "", LINT_ACCEPT,
	    LINT_FAIL },
	{ H E("discover_start", "") E("discover_complete", ""), "", "",
	    LINT_ACCEPT, LINT_NONE },
	{ H RS RC("pass") H RS CS("a") CC("a", "fail") RC("fail"), "", "",
	    LINT_ACCEPT, LINT_FAIL },
	/* lines */
	{ "", "LIF-17", "LIF-9", LINT_TRUNCATED, LINT_FAIL },
	{ H, "LIF-17", "LIF-9", LINT_TRUNCATED, LINT_FAIL },
	{ "\xef\xbb\xbf" H RS RC("pass"), "ENC-2", "", LINT_ACCEPT, LINT_PASS },
	{ H RS "\n" RC("pass"), "ENC-1", "", LINT_ACCEPT, LINT_PASS },
	{ H RS "hello\n" RC("pass"), "ENC-1", "", LINT_ACCEPT, LINT_PASS },
	{ H RS "{oops\n" RC("pass"), "ENC-1", "ENC-16", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS "{}{}\n" RC("pass"), "ENC-1", "ENC-16", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS "{'event':'\xff'}\n" RC("pass"), "ENC-2", "ENC-5",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS "{'event':'\x01'}\n" RC("pass"), "ENC-1", "ENC-5",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS RC("pass") "{'event':'lo", "ENC-1", "ENC-9", LINT_TRUNCATED,
	    LINT_FAIL },
	{ H RS "{'event':'run_complete','outcome':'pass'}", "ENC-1", "",
	    LINT_ACCEPT, LINT_PASS },
	{ H RS E("log", ",'text':'\\ud800'") RC("pass"), "ENC-2", "",
	    LINT_ACCEPT, LINT_PASS },
	{ H RS E("log", ",'text':'a','text':'a'") RC("pass"), "ENC-4", "ENC-6",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS E("log", ",'text':'a','x.y':{'b':1,'\\u0062':1}") RC("pass"),
	    "ENC-4", "", LINT_ACCEPT, LINT_PASS },
	{ H RS "{'outcome':'pass','event':'run_complete'}\n", "ENC-19", "",
	    LINT_ACCEPT, LINT_PASS },
	{ H RS E("log", ",'text_b64':'QQ'") RC("pass"), "ENC-3", "",
	    LINT_ACCEPT, LINT_PASS },
	/* header */
	{ RS RC("pass"), "HDR-1", "HDR-6", LINT_MALFORMED, LINT_FAIL },
	{ E("x.y", "") H RS RC("pass"), "HDR-1", "HDR-6", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS H RS RC("pass"), "HDR-1 LIF-1", "HDR-6 LIF-9", LINT_MALFORMED,
	    LINT_FAIL },
	{ HV("1.01") RS RC("pass"), "HDR-1 HDR-9", "HDR-6", LINT_MALFORMED,
	    LINT_FAIL },
	{ HV("2.0") RS, "HDR-3", "HDR-3", LINT_UNSUPPORTED, LINT_FAIL },
	{ HV("1.65535") RS E("new", "") RC("pass"), "HDR-11", "", LINT_ACCEPT,
	    LINT_PASS },
	{ HV("1.65536") RS RC("pass"), "HDR-1 HDR-9", "HDR-6", LINT_MALFORMED,
	    LINT_FAIL },
	{ "{'event':'protocol','version':'1.0'}\n" RS RC("pass"), "HDR-9",
	    "HDR-6", LINT_MALFORMED, LINT_FAIL },
	{ "{'event':'protocol','version':'1.0','producer':{'name':'t'},"
	  "'requires':['v.x']}\n" RS RC("pass"),
	    "HDR-7", "HDR-7", LINT_UNSUPPORTED, LINT_FAIL },
	{ "{'event':'protocol','version':'1.0','producer':{'name':'t'},"
	  "'features':['v.x','mine']}\n" RS RC("pass"),
	    "EXT-1", "", LINT_ACCEPT, LINT_PASS },
	/* values */
	{ H RS E("x.y", "") E("log", ",'text':'t','x.y':1") RC("pass"), "", "",
	    LINT_ACCEPT, LINT_PASS },
	{ H RS E("mine", "") E("log", ",'text':'t','xy':1") RC("pass"),
	    "HDR-9 HDR-9", "", LINT_ACCEPT, LINT_PASS },
	{ H RS E("log", ",'text':'t','elapsed_ns':-1") RC("pass"), "VAL-1",
	    "VAL-2", LINT_ACCEPT, LINT_PASS },
	{ H RS E("log", ",'text':'t','elapsed_ns':1e3") RC("pass"), "VAL-1", "",
	    LINT_ACCEPT, LINT_PASS },
	{ H RS E("log", ",'text':'t','elapsed_ns':9007199254740992") RC("pass"),
	    "VAL-1", "VAL-2", LINT_ACCEPT, LINT_PASS },
	{ H RS E("log", ",'text':'t','elapsed_ns':null") RC("pass"), "VAL-1",
	    "", LINT_ACCEPT, LINT_PASS },
	{ H RS AT("start", "1.0", "") AT("complete", "1", ",'outcome':'pass'")
		RC("pass"),
	    "VAL-1", "", LINT_ACCEPT, LINT_PASS },
	{ H RS E("log", "") RC("pass"), "VAL-8", "VAL-9", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS E("log", ",'text':'a','text_b64':'QQ=='") RC("pass"), "VAL-8",
	    "VAL-9", LINT_MALFORMED, LINT_FAIL },
	{ H RS CS("a") E("case_metric", ",'name':'a','metric':'m','value':1")
		CC("a", "pass") RC("pass"),
	    "VAL-6", "VAL-4", LINT_MALFORMED, LINT_FAIL },
	{ H RS "{'event':7}\n" RC("pass"), "HDR-9", "VAL-4", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS E("case_start", ",'name':7") RC("pass"), "HDR-9", "VAL-4",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS E("log", ",'text':'t','run':7") RC("pass"), "HDR-9", "VAL-4",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS CS("a") E("case_complete", ",'name':'a'") RC("fail"), "LIF-5",
	    "VAL-4", LINT_MALFORMED, LINT_FAIL },
	{ H RS CS("a") CC("a", "flaky") RC("fail"), "LIF-5", "EVO-5",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS SS("s") E("suite_complete", ",'suite':'s','outcome':'odd'")
		RC("fail"),
	    "HDR-9", "EVO-5", LINT_MALFORMED, LINT_FAIL },
	/* lifecycle */
	{ H RS CS("a") RC("fail"), "LIF-1", "LIF-10", LINT_ACCEPT, LINT_FAIL },
	{ H RS CC("a", "pass") RC("pass"), "LIF-1", "LIF-13", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS CC("a", "pass") CS("a") RC("pass"), "LIF-1", "LIF-13",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS ONE CC("a", "fail") RC("fail"), "LIF-1", "LIF-13",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS CS("a") ONE RC("pass"), "LIF-3", "LIF-13", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS SS("s") RC("fail"), "LIF-1", "LIF-10", LINT_ACCEPT, LINT_FAIL },
	{ H RS SC("s") RC("pass"), "LIF-1", "LIF-13", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS SS("s") SS("s") SC("s") RC("pass"), "LIF-3", "LIF-13",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS SS("s") SC("s") SC("s") RC("pass"), "LIF-1", "LIF-13",
	    LINT_MALFORMED, LINT_FAIL },
	{ H RS RS RC("pass"), "LIF-1", "LIF-13", LINT_MALFORMED, LINT_FAIL },
	{ H RC("pass"), "LIF-1 LIF-17", "LIF-13 LIF-9", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS RC("pass") RC("pass"), "LIF-1", "LIF-13", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS ONE, "LIF-1", "LIF-9", LINT_TRUNCATED, LINT_FAIL },
	{ H CS("a") RS CC("a", "pass") RC("pass"), "LIF-2", "", LINT_ACCEPT,
	    LINT_PASS },
	{ H RS RC("pass") ONE, "LIF-7 LIF-7", "LIF-7 LIF-7", LINT_MALFORMED,
	    LINT_FAIL },
	{ H RS RC("pass") E("log", ",'text':'t'"), "", "", LINT_ACCEPT,
	    LINT_PASS },
	{ H RS SS("s") SC("s") E("case_start", ",'suite':'s','name':'a'")
		E("case_complete", ",'suite':'s','name':'a','outcome':'pass'")
		    RC("pass"),
	    "LIF-2 LIF-2", "", LINT_ACCEPT, LINT_PASS },
	{ H RS E("case_start", ",'suite':'s','name':'a'") SS("s")
		E("case_complete", ",'suite':'s','name':'a','outcome':'pass'")
		    SC("s") RC("pass"),
	    "LIF-2", "", LINT_ACCEPT, LINT_PASS },
	{ H RS E("suite_start", ",'suite':'s','parent':'t'") SC("s") RC("pass"),
	    "LIF-2", "LIF-13", LINT_MALFORMED, LINT_FAIL },
	{ H RS E("suite_start", ",'suite':'s','parent':'t'") E("suite_start",
	      ",'suite':'t','parent':'s'") SC("t") SC("s") RC("pass"),
	    "LIF-2", "LIF-13 LIF-13", LINT_MALFORMED, LINT_FAIL },
	{ H RS E("case_start", ",'name':'a','parent':'b'") CC("a", "pass")
		CS("b") CC("b", "pass") RC("pass"),
	    "LIF-2", "", LINT_ACCEPT, LINT_PASS },
	{ H RS AT("start", "1", "") AT("complete", "1", ",'outcome':'fail'")
		AT("start", "2", "") AT("complete", "2", ",'outcome':'pass'")
		    RC("pass"),
	    "", "", LINT_ACCEPT, LINT_PASS },
	{ H RS AT("start", "1", "") AT("complete", "1", ",'outcome':'fail'")
		AT("start", "3", "") AT("complete", "3", ",'outcome':'pass'")
		    RC("pass"),
	    "LIF-3", "LIF-13", LINT_MALFORMED, LINT_FAIL },
	{ H RS AT("start", "1", "") AT("start", "2", "")
		AT("complete", "1", ",'outcome':'fail'")
		    AT("complete", "2", ",'outcome':'pass'") RC("pass"),
	    "LIF-4", "", LINT_ACCEPT, LINT_PASS },
	{ H RS ONE E("case_message", ",'name':'a','kind':'error'") RC("fail"),
	    "LIF-4", "LIF-14", LINT_ACCEPT, LINT_FAIL },
	{ H E("discover_start", "")
		E("discover_case", ",'name':'a','selected':false")
		    E("discover_complete", "") RS ONE RC("pass"),
	    "LIF-6", "", LINT_ACCEPT, LINT_PASS },
	{ H E("discover_start", "") E("discover_case", ",'name':'b'")
		E("discover_complete", "") RS ONE RC("pass"),
	    "LIF-7", "LIF-19 LIF-11", LINT_ACCEPT, LINT_FAIL },
	{ H RS CS("a") CC("a", "fail") RC("pass"), "LIF-7", "LIF-11",
	    LINT_ACCEPT, LINT_FAIL },
	{ H RS ONE RC("fail"), "LIF-7", "LIF-11", LINT_ACCEPT, LINT_FAIL },
	{ H RS ONE E("run_complete", ",'outcome':'fail','status':'abort'"), "",
	    "", LINT_ACCEPT, LINT_FAIL },
	{ H RS E("run_cancel", "") RC("fail"), "", "", LINT_ACCEPT, LINT_FAIL },
	{ H RS ONE E("run_complete",
	      ",'outcome':'pass','counts':{'pass':2,'fail':0,'skip':0}"),
	    "LIF-8", "LIF-11", LINT_ACCEPT, LINT_FAIL },
	{ H RS ONE E(
	      "run_complete", ",'outcome':'pass','counts':{'pass':1,'fail':0}"),
	    "HDR-9 LIF-8", "LIF-11 LIF-11", LINT_ACCEPT, LINT_FAIL },
	{ H RS SS("s") E("suite_complete",
	      ",'suite':'s','counts':{'pass':1,'fail':0,'skip':0}")
		ONE RC("pass"),
	    "LIF-8", "LIF-11", LINT_ACCEPT, LINT_FAIL },
	{ H RS SS("s") E("suite_complete", ",'suite':'s','outcome':'fail'")
		ONE RC("pass"),
	    "LIF-7", "LIF-11", LINT_ACCEPT, LINT_FAIL },
	{ H E("discover_case", ",'name':'a'") E("discover_complete", ""),
	    "LIF-16", "", LINT_ACCEPT, LINT_NONE },
	{ H E("discover_start", ""), "LIF-16", "LIF-9", LINT_TRUNCATED,
	    LINT_FAIL },
	{ H RS E("discover_start", "") E("discover_complete", "") RC("pass"),
	    "LIF-21 LIF-21", "", LINT_ACCEPT, LINT_PASS },
	{ H E("run_start", ",'run':'x'") E("run_start", ",'run':'y'")
		E("run_complete", ",'run':'y','outcome':'pass'"),
	    "LIF-1", "LIF-9", LINT_TRUNCATED, LINT_FAIL },
	{ H E("run_start", ",'run':''") RC("pass"), "LIF-1 LIF-1",
	    "LIF-13 LIF-9", LINT_MALFORMED, LINT_FAIL },
	/* names that differ only in how they could be put together */
	{ H RS E("case_start", ",'suite':'a','name':'b'") CS("ab")
		CC("ab", "pass") RC("fail"),
	    "LIF-1", "LIF-10", LINT_ACCEPT, LINT_FAIL },
	{ H RS CS("a\\u0000b") CS("a\\u0000c") CC("a\\u0000b", "pass")
		CC("a\\u0000c", "pass") RC("pass"),
	    "", "", LINT_ACCEPT, LINT_PASS },
};

static struct lint_schemas *schemas;

static void
open_schemas_once(void)
{
	char why[256];

	schemas = lint_schemas_open("schemas", why, sizeof(why));
	ck_assert_msg(schemas != NULL, "%s", why);
}

static void
close_schemas(void)
{
	lint_schemas_free(schemas);
}

static void
lint(const char *quoted, struct lint_options o, struct lint_report *r)
{
	size_t n = strlen(quoted);
	char *text = malloc(n + 1);

	for (size_t i = 0; i <= n; i++)
		text[i] = quoted[i] == '\'' ? '"' : quoted[i];
	o.schemas = schemas;
	lint_stream(text, n, &o, r);
	ck_assert(!r->no_memory);
	free(text);
}

/* In the order of lines, and of one line as they were found. */
static void
rules(const struct lint_report *r, char *to, size_t size)
{
	size_t n = 0, last = 0, next;

	for (*to = '\0'; n < size; last = next) {
		next = SIZE_MAX;
		for (size_t i = 0; i < r->count; i++)
			if (r->violation[i].line > last &&
			    r->violation[i].line < next)
				next = r->violation[i].line;
		if (next == SIZE_MAX && last != 0)
			break;
		for (size_t i = 0; i < r->count; i++)
			if (r->violation[i].line == next ||
			    (last == 0 && r->violation[i].line == 0))
				n += (size_t)snprintf(to + n, size - n,
				    n == 0 ? "%s" : " %s",
				    r->violation[i].rule);
		if (next == SIZE_MAX)
			break;
	}
}

START_TEST(finds)
{
	char seen[256];
	struct lint_report r;

	for (int role = LINT_WRITER; role <= LINT_READER; role++) {
		const char *wanted =
		    role == LINT_WRITER ? rows[_i].writer : rows[_i].reader;

		lint(rows[_i].text,
		    (struct lint_options){ .role = (enum lint_role)role }, &r);
		rules(&r, seen, sizeof(seen));
		ck_assert_msg(strcmp(seen, wanted) == 0,
		    "role %d of\n%s\nfinds '%s', not '%s'", role, rows[_i].text,
		    seen, wanted);
		ck_assert_msg(
		    r.class == rows[_i].class && r.verdict == rows[_i].verdict,
		    "role %d of\n%s\nis %s, %s", role, rows[_i].text,
		    lint_class_name(r.class), lint_verdict_name(r.verdict));
		lint_report_free(&r);
	}
}
END_TEST

START_TEST(takes_a_version)
{
	struct lint_options o = { .has_version = true, .major = 1 };
	struct lint_report r;

	lint(RS RC("pass"), o, &r);
	ck_assert_uint_eq(r.count, 0);
	ck_assert_int_eq(r.verdict, LINT_PASS);
	lint_report_free(&r);
	lint(HV("1.1") RS RC("pass"), o, &r);
	ck_assert_str_eq(r.violation[0].rule, "HDR-10");
	lint_report_free(&r);
}
END_TEST

START_TEST(looks_at_the_state_alone)
{
	struct lint_options o = { .state_only = true };
	struct lint_report r;

	lint(H RS "noise\n" E("log", "") CS("a") RC("fail"), o, &r);
	ck_assert_uint_eq(r.count, 1);
	ck_assert_str_eq(r.violation[0].rule, "LIF-1");
	ck_assert_uint_eq(r.violation[0].line, 6);
	lint_report_free(&r);
}
END_TEST

START_TEST(shows_no_control_characters)
{
	struct lint_report r;

	lint(H RS "\x1b[2J \xc2\x9b \xff x\n" RC("pass"),
	    (struct lint_options){ .role = LINT_WRITER }, &r);
	ck_assert_str_eq(r.violation[0].text, "not an event: '?[2J ? ? x'");
	lint_report_free(&r);
}
END_TEST

START_TEST(reads_versions)
{
	unsigned a, b;

	ck_assert(lint_version(slice_of("1.10"), &a, &b));
	ck_assert_uint_eq(a, 1);
	ck_assert_uint_eq(b, 10);
	ck_assert(lint_version(slice_of("65535.0"), &a, &b));
	static const char *const bad[] = { "", "1", "1.", ".1", "1.00", "01.0",
		"+1.0", "1.0.0", "1.-1", "65536.0", "1.0 ", " 1.0",
		"1.99999999999" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(
		    !lint_version(slice_of(bad[i]), &a, &b), "%s", bad[i]);
}
END_TEST

START_TEST(has_a_row_for_what_writers_break)
{
	static const char *const rules_of[] = { "ENC-1", "ENC-2", "ENC-3",
		"ENC-4", "HDR-1", "HDR-9", "HDR-11", "VAL-1", "LIF-4" };

	for (size_t i = 0; i < sizeof(rules_of) / sizeof(*rules_of); i++)
		ck_assert_ptr_nonnull(lint_row(rules_of[i]));
	ck_assert_ptr_null(lint_row("ENC-16"));
}
END_TEST

Suite *
lint_suite(void)
{
	Suite *s = suite_create("lint");
	TCase *t = tcase_create("lint");

	tcase_add_unchecked_fixture(t, open_schemas_once, close_schemas);
	tcase_add_loop_test(t, finds, 0, sizeof(rows) / sizeof(*rows));
	tcase_add_test(t, takes_a_version);
	tcase_add_test(t, looks_at_the_state_alone);
	tcase_add_test(t, shows_no_control_characters);
	tcase_add_test(t, reads_versions);
	tcase_add_test(t, has_a_row_for_what_writers_break);
	suite_add_tcase(s, t);
	return s;
}
