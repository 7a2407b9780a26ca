/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "filter.h"

/* Cases a to k, each with something of its own. */
static const char sample[] =
    "{\"event\":\"protocol\",\"version\":\"1.0\",\"producer\":{\"name\":\"t\"}"
    "}\n"
    "{\"event\":\"discover_case\",\"suite\":\"core::unit\",\"name\":\"a\","
    "\"tags\":[\"net\",\"slow-ish\"],\"location\":{\"file\":\"src/a.c\","
    "\"line\":12},\"properties\":{\"owner\":\"io\",\"tier\":2}}\n"
    "{\"event\":\"discover_case\",\"suite\":\"core::unit\",\"name\":\"b\"}\n"
    "{\"event\":\"discover_case\",\"suite\":\"core::unit\",\"name\":\"j\","
    "\"selected\":false,\"status\":\"filtered\",\"reason\":\"not asked for\"}"
    "\n"
    "{\"event\":\"run_start\",\"properties\":{\"os\":\"linux\"}}\n"
    "{\"event\":\"suite_start\",\"suite\":\"core::unit\","
    "\"properties\":{\"browser\":\"firefox\"}}\n"
    "{\"event\":\"case_start\",\"suite\":\"core::unit\",\"name\":\"a\","
    "\"worker\":\"w1\",\"elapsed_ns\":1000000000}\n"
    "{\"event\":\"case_output\",\"suite\":\"core::unit\",\"name\":\"a\","
    "\"stream\":\"stdout\",\"text\":\"thread 'a' pani\"}\n"
    "{\"event\":\"case_output\",\"suite\":\"core::unit\",\"name\":\"a\","
    "\"stream\":\"stderr\",\"text\":\"between\"}\n"
    "{\"event\":\"case_output\",\"suite\":\"core::unit\",\"name\":\"a\","
    "\"stream\":\"stdout\",\"text\":\"cked\\nend\"}\n"
    "{\"event\":\"case_message\",\"suite\":\"core::unit\",\"name\":\"a\","
    "\"kind\":\"error\",\"message\":\"areas differ\",\"detail\":\"at a.c:31\","
    "\"location\":{\"file\":\"src/lib.c\",\"line\":31}}\n"
    "{\"event\":\"case_complete\",\"suite\":\"core::unit\",\"name\":\"a\","
    "\"outcome\":\"fail\",\"status\":\"crash\",\"signal\":11,"
    "\"elapsed_ns\":3500000000}\n"
    "{\"event\":\"case_start\",\"name\":\"c\",\"class\":\"com.foo.Bar\","
    "\"variant\":\"zstd\",\"mode\":\"bench\"}\n"
    "{\"event\":\"case_complete\",\"name\":\"c\",\"class\":\"com.foo.Bar\","
    "\"variant\":\"zstd\",\"outcome\":\"pass\",\"duration_ns\":150000000,"
    "\"exit_code\":0}\n"
    "{\"event\":\"case_start\",\"name\":\"d\"}\n"
    "{\"event\":\"case_slow\",\"name\":\"d\"}\n"
    "{\"event\":\"case_complete\",\"name\":\"d\",\"outcome\":\"fail\","
    "\"status\":\"timeout\",\"reason\":\"no answer in 5 ms\","
    "\"exit_code\":124}\n"
    "{\"event\":\"case_start\",\"name\":\"d\",\"attempt\":2}\n"
    "{\"event\":\"case_complete\",\"name\":\"d\",\"attempt\":2,"
    "\"outcome\":\"pass\",\"properties\":{\"late\":true}}\n"
    "{\"event\":\"case_start\",\"name\":\"e\"}\n"
    "{\"event\":\"case_complete\",\"name\":\"e\",\"outcome\":\"skip\","
    "\"status\":\"xfail\",\"reason\":\"known, see (#7)\"}\n"
    "{\"event\":\"case_start\",\"name\":\"f\"}\n"
    "{\"event\":\"case_complete\",\"name\":\"f\",\"outcome\":\"fail\","
    "\"status\":\"error\"}\n"
    "{\"event\":\"case_start\",\"name\":\"g\",\"iteration\":3}\n"
    "{\"event\":\"case_complete\",\"name\":\"g\",\"iteration\":3,"
    "\"outcome\":\"pass\"}\n"
    "{\"event\":\"case_start\",\"suite\":\"\",\"name\":\"h\"}\n"
    "{\"event\":\"case_start\",\"name\":\"k(\\u00e9),\\t/x\\\\\"}\n"
    "{\"event\":\"case_complete\",\"name\":\"k(\\u00e9),\\t/x\\\\\","
    "\"outcome\":\"pass\"}\n";

/* The first letters of the cases that the expression takes. */
static const char *
taken(const struct em_filter *f, struct em_results *rs, char *out)
{
	size_t n = 0;

	for (const struct em_run *r = em_results_runs(rs); r != NULL;
	     r = r->next)
		for (const struct em_suite *s = r->suites; s != NULL;
		     s = s->next)
			for (const struct em_case *c = s->cases; c != NULL;
			     c = c->next)
				if (em_filter_case(f, c))
					out[n++] = c->name.p[0];
	out[n] = '\0';
	return out;
}

static struct em_results *
fold(const char *stream)
{
	struct em_results *rs = em_results_new(EM_KEEP_ALL, 0);
	struct em_reader *r = em_reader_mem(NULL, em_str(stream), "");
	const struct em_event *ev;

	ck_assert(rs != NULL && r != NULL);
	while (em_reader_next(r, &ev) == EM_OK)
		ck_assert_int_eq(em_results_event(rs, ev), EM_OK);
	em_reader_close(r);
	return rs;
}

static const struct {
	const char *expr, *taken;
} evals[] = {
	/* words; h is incomplete, b is not run, j is not selected */
	{ "all", "abjcdefgkh" },
	{ "all()", "abjcdefgkh" },
	{ "none()", "" },
	{ "pass", "cdgk" },
	{ "fail", "afh" },
	{ "skip", "e" },
	{ "flaky", "d" },
	{ "slow", "d" },
	{ "notrun", "b" },
	{ "incomplete", "h" },
	{ "xfail", "e" },
	{ "timeout", "" },
	{ "error", "f" },
	/* identity */
	{ "name(a)", "a" },
	{ "test(=a)", "a" },
	{ "suite(unit)", "abj" },
	{ "suite(=core::unit)", "abj" },
	{ "suite(=)", "h" },
	{ "suite(=unit)", "" },
	{ "binary_id(core::*)", "abj" },
	{ "binary_id(core)", "" },
	{ "package(core)", "abj" },
	{ "class(Bar)", "c" },
	{ "class(#com.*)", "c" },
	{ "variant(zstd)", "c" },
	{ "variant(std)", "" },
	{ "run(x)", "" },
	{ "iteration >= 2", "g" },
	{ "iteration = 1", "abjcdefkh" },
	/* what was stated */
	{ "tag(net)", "a" },
	{ "tag(~slow)", "a" },
	{ "tag(slow)", "" },
	{ "mode(bench)", "c" },
	{ "kind(test)", "abjdefgkh" },
	{ "worker(w1)", "a" },
	{ "worker(#w?)", "a" },
	{ "property(owner, io)", "a" },
	{ "property(owner,=io)", "a" },
	{ "property(tier, 2)", "a" },
	{ "property(late, true)", "d" },
	{ "property(browser, firefox)", "abj" },
	{ "property(os, linux)", "abjcdefgkh" },
	{ "property(#own*, ~i)", "a" },
	{ "property(os, bsd)", "" },
	{ "file(a.c)", "a" },
	{ "file(=src/lib.c)", "a" },
	{ "line = 12", "a" },
	{ "line >= 31", "a" },
	{ "line > 31", "" },
	/* what was said */
	{ "message(differ)", "a" },
	{ "message(at a.c)", "a" },
	{ "message(=areas differ)", "a" },
	{ "message(/^areas .*ffer$/)", "a" },
	{ "output(panicked)", "a" },
	{ "output(pani)", "a" },
	{ "output(/(?m)panicked$/)", "a" },
	{ "output(=between)", "a" },
	{ "output(=thread 'a' panicked\\nend)", "a" },
	{ "output(#thread*end)", "a" },
	{ "output(panibetween)", "" },
	/* how it ended */
	{ "status(crash)", "a" },
	{ "status(filtered)", "j" },
	{ "status(incomplete)", "h" },
	{ "reason(asked)", "j" },
	{ "reason(answer)", "" },
	{ "duration > 2s", "a" },
	{ "duration = 2s500ms", "a" },
	{ "duration >= 2.5s", "a" },
	{ "duration >= 2501ms", "" },
	{ "duration < 1m", "ac" },
	{ "duration <= 150ms", "c" },
	{ "duration != 150ms", "a" },
	{ "elapsed >= 1s", "a" },
	{ "attempt >= 2", "d" },
	{ "attempt == 1", "acefgkh" },
	{ "exit_code = 0", "c" },
	{ "exit_code != 0", "" },
	{ "signal=11", "a" },
	/* operators */
	{ "not fail", "bjcdegk" },
	{ "!fail", "bjcdegk" },
	{ "not not fail", "afh" },
	{ "fail and error", "f" },
	{ "fail & error", "f" },
	{ "fail && error", "f" },
	{ "pass or skip", "cdegk" },
	{ "pass | skip", "cdegk" },
	{ "pass || skip", "cdegk" },
	{ "pass + skip", "cdegk" },
	{ "fail - error", "ah" },
	{ "fail-error", "ah" },
	{ "all - fail - pass", "bje" },
	{ "pass or fail and error", "cdfgk" },
	{ "(pass or fail) and error", "f" },
	{ "not pass and not fail", "bje" },
	{ "not (pass or fail)", "bje" },
	{ "  fail\n\tand(error)  ", "f" },
	{ "not(fail)and not(pass)", "bje" },
	/* matchers */
	{ "name(=k\\(\\u{e9}\\),\\t\\/x\\\\)", "k" },
	{ "name(k(\u00e9\\),)", "k" },
	{ "name(~k()", "k" },
	{ "name(#k*)", "k" },
	{ "name(#?)", "abjcdefgh" },
	{ "name(/^[a-c]$/)", "abc" },
	{ "name(/\\//)", "k" },
	{ "name( a)", "a" },
	{ "name(a )", "" },
	{ "name(\\~a)", "" },
	{ "reason(see \\(#7)", "e" },
};

START_TEST(evaluates)
{
	struct em_results *rs = fold(sample);
	struct em_error err = { 0 };
	size_t column;
	struct em_filter *f = em_filter_compile(evals[_i].expr, &err, &column);
	char out[64];

	ck_assert_msg(f != NULL, "%s: %s", evals[_i].expr, err.msg);
	ck_assert_msg(strcmp(taken(f, rs, out), evals[_i].taken) == 0,
	    "%s: takes \"%s\", not \"%s\"", evals[_i].expr, out,
	    evals[_i].taken);
	em_filter_free(f);
	em_results_free(rs);
}
END_TEST

static const struct {
	const char *expr;
	size_t column;
	const char *msg;
} errors[] = {
	{ "", 1,
	    "a word such as fail, name(TEXT) or duration > 2s is missing "
	    "here" },
	{ "fial", 1, "unknown word \"fial\", did you mean \"fail\"?" },
	{ "pass or nmae(x)", 9,
	    "unknown word \"nmae\", did you mean \"name\"?" },
	{ "dur > 2s", 1,
	    "unknown word \"dur\", it is one of duration elapsed attempt "
	    "iteration line exit_code signal" },
	{ "frobnicated", 1,
	    "unknown word \"frobnicated\", it is one of all none pass fail "
	    "skip flaky slow notrun incomplete xfail timeout error" },
	{ "owner(x)", 1,
	    "unknown word \"owner\", it is one of name suite package class "
	    "variant run tag mode worker property file message output status "
	    "reason" },
	{ "pass fail", 6, "\"and\" or \"or\" is missing here" },
	{ "pass and", 9,
	    "a word such as fail, name(TEXT) or duration > 2s is missing "
	    "here" },
	{ "and pass", 1,
	    "a word such as fail, name(TEXT) or duration > 2s is missing "
	    "here" },
	{ "(pass", 1, "there is no \")\" to this" },
	{ "pass)", 5, "there is no \"(\" to this" },
	{ "pass(", 5, "there is no \")\" to this" },
	{ "pass(x)", 6, "\")\" is missing here" },
	{ "name", 1, "\"name\" says nothing alone, write name(TEXT)" },
	{ "name and pass", 1, "\"name\" says nothing alone, write name(TEXT)" },
	{ "name = x", 1, "\"name\" says nothing alone, write name(=TEXT)" },
	{ "FAIL", 1, "unknown word \"FAIL\", did you mean \"fail\"?" },
	{ "skipped", 1, "unknown word \"skipped\", did you mean \"skip\"?" },
	{ "NOT pass", 1, "unknown word \"NOT\", did you mean \"not\"?" },
	{ "property(x)", 11, "\",\" is missing here" },
	{ "property", 1,
	    "\"property\" says nothing alone, write property(KEY, TEXT)" },
	{ "name()", 6, "text is missing here" },
	{ "name(~)", 7, "text is missing here" },
	{ "name(a", 5, "there is no \")\" to this" },
	{ "name(/a)", 6, "the regular expression has no end" },
	{ "name(/a/b)", 9, "\")\" is missing here" },
	{ "name(/a(/)", 9, "missing closing parenthesis" },
	{ "name(a\\q)", 7,
	    "bad escape, there is \\n \\r \\t \\b \\f \\\\ \\/ \\) \\, "
	    "\\u{...}" },
	{ "name(\\u{110000})", 6,
	    "bad escape, there is \\n \\r \\t \\b \\f \\\\ \\/ \\) \\, "
	    "\\u{...}" },
	{ "name(\\u{d800})", 6,
	    "bad escape, there is \\n \\r \\t \\b \\f \\\\ \\/ \\) \\, "
	    "\\u{...}" },
	{ "name(\\", 6,
	    "bad escape, there is \\n \\r \\t \\b \\f \\\\ \\/ \\) \\, "
	    "\\u{...}" },
	{ "duration", 9, "\"duration\" is compared, write > 2s" },
	{ "line", 5, "\"line\" is compared, write >= 2" },
	{ "line > x", 8, "a whole number is missing here" },
	{ "line > 5s", 8, "a whole number is missing here" },
	{ "line > -5", 8, "a whole number is missing here" },
	{ "line > 99999999999999999999", 8, "a whole number is missing here" },
	{ "duration > 2", 12,
	    "a time with its unit (ns us ms s m h d) is missing here, such "
	    "as 2s or 1m30s" },
	{ "duration > 2 s", 12,
	    "a time with its unit (ns us ms s m h d) is missing here, such "
	    "as 2s or 1m30s" },
	{ "duration > 99999999999d", 12,
	    "a time with its unit (ns us ms s m h d) is missing here, such "
	    "as 2s or 1m30s" },
	{ "pass; fail", 5, "\"and\" or \"or\" is missing here" },
	{ "name(x) \xff", 9, "\"and\" or \"or\" is missing here" },
};

START_TEST(points_at_errors)
{
	struct em_error err = { 0 };
	size_t column = 0;
	struct em_filter *f = em_filter_compile(errors[_i].expr, &err, &column);

	ck_assert_msg(f == NULL, "\"%s\" compiles", errors[_i].expr);
	ck_assert_int_eq(err.code, EM_E_USAGE);
	ck_assert_str_eq(err.msg, errors[_i].msg);
	ck_assert_msg(column == errors[_i].column,
	    "\"%s\": column %zu, not %zu", errors[_i].expr, column,
	    errors[_i].column);
}
END_TEST

/* n times the string, then the end. */
static char *
repeat(const char *s, size_t n, const char *end)
{
	size_t len = strlen(s);
	char *p = malloc(n * len + strlen(end) + 1);

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < n; i++)
		memcpy(p + i * len, s, len);
	memcpy(p + n * len, end, strlen(end) + 1);
	return p;
}

START_TEST(refuses_depth)
{
	struct em_error err = { 0 };
	size_t column;
	char *expr = repeat("(", 100000, "pass");

	ck_assert_ptr_null(em_filter_compile(expr, &err, &column));
	ck_assert_str_eq(err.msg, "nested too deeply");
	free(expr);
	expr = repeat("not ", 100000, "pass");
	ck_assert_ptr_null(em_filter_compile(expr, &err, &column));
	free(expr);
}
END_TEST

/* A long union neither nests nor runs out of stack. */
START_TEST(takes_long_unions)
{
	struct em_error err = { 0 };
	size_t column;
	char *expr = repeat("name(=zz) or ", 100000, "name(=a)");
	struct em_filter *f = em_filter_compile(expr, &err, &column);
	struct em_results *rs = fold(sample);
	char out[64];

	ck_assert_msg(f != NULL, "%s", err.msg);
	ck_assert_str_eq(taken(f, rs, out), "a");
	em_filter_free(f);
	em_results_free(rs);
	free(expr);
}
END_TEST

static const struct {
	const char *expr;
	unsigned needs;
} needs[] = {
	{ "fail and name(x) or duration > 1s", 0 },
	{ "message(x)", EM_KEEP_MESSAGES },
	{ "output(x) - tag(y)", EM_KEEP_OUTPUT | EM_KEEP_DETAILS },
	{ "file(x)", EM_KEEP_MESSAGES | EM_KEEP_DETAILS },
};

START_TEST(says_what_it_needs)
{
	struct em_filter *f = em_filter_compile(needs[_i].expr, NULL, NULL);

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(em_filter_needs(f), needs[_i].needs);
	em_filter_free(f);
}
END_TEST

/* What follows from less than the whole case: no answer changes later. */
static const struct {
	const char *expr;
	enum filter_tri identity, started, ended;
} phases[] = {
	{ "all", FILTER_YES, FILTER_YES, FILTER_YES },
	{ "fail", FILTER_MAYBE, FILTER_MAYBE, FILTER_YES },
	{ "name(a)", FILTER_YES, FILTER_YES, FILTER_YES },
	{ "name(x) and fail", FILTER_NO, FILTER_NO, FILTER_NO },
	{ "fail and name(x)", FILTER_NO, FILTER_NO, FILTER_NO },
	{ "name(a) or fail", FILTER_YES, FILTER_YES, FILTER_YES },
	{ "not name(x)", FILTER_YES, FILTER_YES, FILTER_YES },
	{ "name(a) and fail", FILTER_MAYBE, FILTER_MAYBE, FILTER_YES },
	{ "tag(net)", FILTER_YES, FILTER_YES, FILTER_YES },
	{ "tag(x)", FILTER_MAYBE, FILTER_NO, FILTER_NO },
	{ "not tag(x)", FILTER_MAYBE, FILTER_YES, FILTER_YES },
	{ "notrun", FILTER_MAYBE, FILTER_NO, FILTER_NO },
	{ "mode(bench)", FILTER_MAYBE, FILTER_NO, FILTER_NO },
	{ "slow", FILTER_MAYBE, FILTER_MAYBE, FILTER_NO },
	{ "message(differ)", FILTER_YES, FILTER_YES, FILTER_YES },
	{ "output(=between)", FILTER_MAYBE, FILTER_MAYBE, FILTER_YES },
	{ "output(~between)", FILTER_YES, FILTER_YES, FILTER_YES },
	{ "property(owner, x)", FILTER_MAYBE, FILTER_MAYBE, FILTER_NO },
};

START_TEST(answers_in_phases)
{
	struct em_filter *f = em_filter_compile(phases[_i].expr, NULL, NULL);
	struct em_results *rs = fold(sample);
	const struct em_case *a = em_results_runs(rs)->suites->cases;

	ck_assert_int_eq(
	    filter_eval(f, a, PHASE_IDENTITY), phases[_i].identity);
	ck_assert_int_eq(filter_eval(f, a, PHASE_STARTED), phases[_i].started);
	ck_assert_int_eq(filter_eval(f, a, PHASE_ENDED), phases[_i].ended);
	em_filter_free(f);
	em_results_free(rs);
}
END_TEST

Suite *filter_suite(void);

Suite *
filter_suite(void)
{
	Suite *s = suite_create("filter");
	TCase *tc = tcase_create("filter");

	tcase_add_loop_test(tc, evaluates, 0, ARRAY_LEN(evals));
	tcase_add_loop_test(tc, points_at_errors, 0, ARRAY_LEN(errors));
	tcase_add_test(tc, refuses_depth);
	tcase_add_test(tc, takes_long_unions);
	tcase_add_loop_test(tc, says_what_it_needs, 0, ARRAY_LEN(needs));
	tcase_add_loop_test(tc, answers_in_phases, 0, ARRAY_LEN(phases));
	suite_add_tcase(s, tc);
	return s;
}
