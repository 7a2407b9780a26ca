/* SPDX-License-Identifier: MIT */
/* What is held against what: digests, outputs, documents. */
#include <check.h>

#include "digest.h"
#include "doc.h"
#include "match.h"

static struct json *
parse(const char *text)
{
	struct json *v = json_parse(text, strlen(text), NULL);

	ck_assert_msg(v != NULL, "%s", text);
	return v;
}

/* ---- digests ---- */

static bool
digests(const char *wanted, const char *got, bool loose)
{
	struct json *w = parse(wanted), *g = parse(got);
	struct buf why = { 0 };
	bool same = digest_same(w, g, loose, &why);

	ck_assert_msg(same == (why.n == 0), "%s", buf_str(&why));
	json_free(w);
	json_free(g);
	buf_free(&why);
	return same;
}

START_TEST(what_is_not_supplied_is_no_difference)
{
	ck_assert(digests("{\"class\":\"accept\",\"noise\":1}",
	    "{\"class\":\"accept\"}", false));
	ck_assert(!digests("{\"class\":\"accept\"}", "{}", false));
	ck_assert(!digests(
	    "{\"noise\":1}", "{\"class\":\"accept\",\"noise\":2}", false));
	ck_assert(digests("{\"unknown\":{\"events\":1}}",
	    "{\"unknown\":{\"members\":2}}", false));
	ck_assert(!digests("{\"unknown\":{\"events\":1}}",
	    "{\"unknown\":{\"events\":2}}", false));
	ck_assert(digests("{\"unknown\":{\"events\":1}}",
	    "{\"unknown\":{\"events\":2}}", true));
}
END_TEST

START_TEST(cases_are_found_by_identity)
{
	static const char two[] = "{\"cases\":[{\"name\":\"a\",\"outcome\":"
				  "\"pass\"},{\"suite\":\"s\",\"name\":\"a\","
				  "\"outcome\":\"fail\"}]}";

	ck_assert(digests(two,
	    "{\"cases\":[{\"suite\":\"s\",\"name\":\"a\",\"outcome\":\"fail\"},"
	    "{\"name\":\"a\",\"outcome\":\"pass\",\"attempts\":1}]}",
	    false));
	ck_assert(!digests(two,
	    "{\"cases\":[{\"suite\":\"s\",\"name\":\"a\",\"outcome\":\"pass\"},"
	    "{\"name\":\"a\",\"outcome\":\"fail\"}]}",
	    false));
	ck_assert(!digests(
	    two, "{\"cases\":[{\"name\":\"a\",\"outcome\":\"pass\"}]}", false));
	ck_assert(!digests(
	    "{\"cases\":[]}", "{\"cases\":[{\"name\":\"a\"}]}", false));
	/* The outcome is to be supplied. */
	ck_assert(!digests("{\"cases\":[{\"name\":\"a\",\"outcome\":null}]}",
	    "{\"cases\":[{\"name\":\"a\"}]}", false));
}
END_TEST

START_TEST(violations_are_a_part)
{
	ck_assert(digests("{\"violations\":[\"LIF-13\"]}",
	    "{\"violations\":[\"LIF-1\",\"LIF-13\"]}", false));
	ck_assert(!digests(
	    "{\"violations\":[\"LIF-13\"]}", "{\"violations\":[]}", false));
	ck_assert(!digests(
	    "{\"violations\":[]}", "{\"violations\":[\"LIF-1\"]}", false));
}
END_TEST

/* ---- outputs ---- */

static bool
streams(const char *wanted, const char *got, enum match how)
{
	struct buf why = { 0 };
	bool same = match_streams(slice_of(wanted), slice_of(got), how, &why);

	ck_assert_msg(same == (why.n == 0), "%s", buf_str(&why));
	buf_free(&why);
	return same;
}

START_TEST(lines_are_the_same_json)
{
	ck_assert(streams(
	    "{\"a\":1,\"b\":2}\n\n", "{\"b\":2,\"a\":1}\n", MATCH_LEXEME));
	ck_assert(!streams("{\"a\":1.0}\n", "{\"a\":1}\n", MATCH_LEXEME));
	ck_assert(streams("{\"a\":1.0}\n", "{\"a\":1}\n", MATCH_VALUE));
	ck_assert(!streams("{\"a\":1}\n", "{\"a\":1}\n{}\n", MATCH_LEXEME));
	ck_assert(!streams("{\"a\":1}\n{}\n", "{\"a\":1}\n", MATCH_LEXEME));
	ck_assert(!streams("{\"a\": 1}\n", "{\"a\":1}\n", MATCH_BYTES));
}
END_TEST

START_TEST(noise_may_become_a_log)
{
	ck_assert(streams("hello\r\n", "hello\n", MATCH_LEXEME));
	ck_assert(streams("hello\r\n",
	    "{\"event\":\"log\",\"text\":\"hello\"}\n", MATCH_LEXEME));
	ck_assert(!streams(
	    "hello\n", "{\"event\":\"log\",\"text\":\"x\"}\n", MATCH_LEXEME));
	ck_assert(!streams("hello\n", "", MATCH_LEXEME));
}
END_TEST

/* ---- documents ---- */

typedef bool checker(struct slice, const struct json *, struct buf *);

static bool
document(checker *check, const char *doc, const char *wanted)
{
	struct json *w = parse(wanted);
	struct buf why = { 0 };
	bool sound = check(slice_of(doc), w, &why);

	ck_assert_msg(sound == (why.n == 0), "%s", buf_str(&why));
	json_free(w);
	buf_free(&why);
	return sound;
}

START_TEST(junit_has_what_it_states)
{
	static const char doc[] =
	    "<testsuites tests='2' failures='1'><testsuite name='s' tests='2' "
	    "failures='1'><testcase name='a'/><testcase name='b'>"
	    "<failure message='left'>right</failure></testcase></testsuite>"
	    "</testsuites>";

	ck_assert(document(doc_junit, doc,
	    "{\"tests\":2,\"failing\":1,\"skipped\":0,\"cases\":["
	    "{\"name\":\"a\",\"outcome\":\"pass\"},"
	    "{\"name\":\"b\",\"outcome\":\"fail\",\"message\":\"left\"},"
	    "{\"name\":\"b\",\"message\":\"right\"}]}"));
	ck_assert(!document(doc_junit, doc, "{\"tests\":3}"));
	ck_assert(!document(doc_junit, doc,
	    "{\"cases\":[{\"name\":\"a\",\"outcome\":\"fail\"}]}"));
	ck_assert(!document(doc_junit, "<testsuites><testsuite>", "{}"));
	ck_assert(!document(doc_junit, "<html/>", "{}"));
	ck_assert(!document(doc_junit,
	    "<testsuite tests='2'><testcase name='a'/></testsuite>", "{}"));
}
END_TEST

START_TEST(tap_keeps_its_plan)
{
	static const char doc[] =
	    "TAP version 14\n1..3\nok 1 - a\n  ---\n  ok: no\n  ...\n"
	    "not ok 2 - b \\# c # TODO later\nok 3 # SKIP no net\n";

	ck_assert(document(doc_tap, doc,
	    "{\"points\":[{\"name\":\"a\",\"ok\":true,\"directive\":null},"
	    "{\"name\":\"b # c\",\"ok\":false,\"directive\":\"TODO\"},"
	    "{\"name\":\"\",\"directive\":\"SKIP\",\"reason\":\"no net\"}]}"));
	ck_assert(!document(
	    doc_tap, doc, "{\"points\":[{\"name\":\"a\",\"ok\":true}]}"));
	ck_assert(!document(doc_tap, "1..2\nok 1 - a\n", "{}"));
	ck_assert(!document(doc_tap, "ok 1 - a\n", "{}"));
	ck_assert(!document(doc_tap, "1..1\nok 2 - a\n", "{}"));
}
END_TEST

START_TEST(tap_points_of_subtests_count_once)
{
	ck_assert(document(doc_tap,
	    "1..1\n# Subtest: s\n    1..2\n    ok 1 - a\n    ok 2 - b\n"
	    "ok 1 - s\n",
	    "{\"points\":[{\"name\":\"a\"},{\"name\":\"b\"}]}"));
	ck_assert(!document(
	    doc_tap, "1..1\n    1..2\n    ok 1 - a\nok 1 - s\n", "{}"));
}
END_TEST

Suite *judging_suite(void);

Suite *
judging_suite(void)
{
	Suite *s = suite_create("judging");
	TCase *t = tcase_create("judging");

	tcase_add_test(t, what_is_not_supplied_is_no_difference);
	tcase_add_test(t, cases_are_found_by_identity);
	tcase_add_test(t, violations_are_a_part);
	tcase_add_test(t, lines_are_the_same_json);
	tcase_add_test(t, noise_may_become_a_log);
	tcase_add_test(t, junit_has_what_it_states);
	tcase_add_test(t, tap_keeps_its_plan);
	tcase_add_test(t, tap_points_of_subtests_count_once);
	suite_add_tcase(s, t);
	return s;
}
