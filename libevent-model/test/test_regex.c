/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "regex.h"

static const struct {
	const char *pattern;
	struct em_str text;
	bool match;
} matches[] = {
	{ "b+", EM_STR("abbc"), true },
	{ "^b", EM_STR("ab"), false },
	{ "", EM_STR(""), true },
	{ "(?i)\xc3\x89", EM_STR("\xc3\xa9"), true },
	{ "^.$", EM_STR("\xc3\xa9"), true },
	{ "^\\w+$", EM_STR("\xc3\xa9t\xc3\xa9"), true },
	/* the end is the end */
	{ "a$", EM_STR("a\n"), false },
	{ "a\\n$", EM_STR("a\n"), true },
	/* any byte can be searched, and bad UTF-8 is no error */
	{ "c", EM_STR("a\0b\0c"), true },
	{ "a\\x00b", EM_STR("a\0b"), true },
	{ "c",
	    EM_STR("\xff\xfe"
		   "c"),
	    true },
	{ "^..c",
	    EM_STR("\xff\xfe"
		   "c"),
	    false },
};

START_TEST(expressions)
{
	struct em_error e = { 0 };
	struct regex *re = regex_new(em_str(matches[_i].pattern), &e);

	ck_assert_msg(re != NULL, "%s", e.msg);
	ck_assert_int_eq(regex_match(re, matches[_i].text), matches[_i].match);
	regex_free(re);
}
END_TEST

static const struct {
	struct em_str pattern;
	unsigned at; /* byte, from 1 */
	const char *msg;
} bad[] = {
	{ EM_STR("ab(c"), 5, "missing closing parenthesis" },
	{ EM_STR("[z-a]"), 4, "range out of order in character class" },
	{ EM_STR("\xff"), 1, "UTF-8 error: illegal byte (0xfe or 0xff)" },
};

START_TEST(bad_expressions)
{
	struct em_error e = { 0 };
	struct regex *re = regex_new(bad[_i].pattern, &e);

	ck_assert_ptr_null(re);
	ck_assert_int_eq(e.code, EM_E_USAGE);
	ck_assert_str_eq(e.msg, bad[_i].msg);
	ck_assert_uint_eq(e.line, bad[_i].at);
}
END_TEST

static const struct {
	struct em_str pattern, text;
	bool match;
} globs[] = {
	{ EM_STR("*"), EM_STR(""), true },
	{ EM_STR("a*c"), EM_STR("abc"), true },
	{ EM_STR("a*c"), EM_STR("abcd"), false },
	{ EM_STR("a*"), EM_STR("a/b/.c"), true },
	{ EM_STR("*"), EM_STR(".a"), true },
	{ EM_STR("?[b-d]e"), EM_STR("ace"), true },
	{ EM_STR("[!a]"), EM_STR("a"), false },
	{ EM_STR("\\*"), EM_STR("*"), true },
	{ EM_STR("\\*"), EM_STR("a"), false },
	{ EM_STR(""), EM_STR(""), true },
	{ EM_STR("a*"), EM_STR("a\0b"), true },
	{ EM_STR("a"), EM_STR("a\0b"), false },
	{ EM_STR("a\0?"), EM_STR("a\0b"), true },
	{ EM_STR("a\0?"), EM_STR("axb"), false },
};

START_TEST(patterns_of_names)
{
	struct em_error e = { 0 };
	struct regex *re = regex_glob(globs[_i].pattern, &e);

	ck_assert_ptr_nonnull(re);
	ck_assert_int_eq(regex_match(re, globs[_i].text), globs[_i].match);
	regex_free(re);
}
END_TEST

/* n bytes of "ab", and tail. */
static struct em_str
long_text(size_t n, const char *tail)
{
	size_t len = strlen(tail);
	char *p = malloc(n + len);

	for (size_t i = 0; i < n; i++)
		p[i] = i % 2 == 0 ? 'a' : 'b';
	memcpy(p + n, tail, len);
	return (struct em_str){ p, n + len };
}

/* A message of a hundred lines is not beyond any limit; what never ends is. */
START_TEST(limits_of_matching)
{
	struct em_error e = { 0 };
	struct regex *re = regex_new(EM_STR("(?:a|b|x)*c"), &e);
	struct em_str text = long_text(100000, "c");

	ck_assert(regex_match(re, text));
	regex_free(re);
	free((char *)(uintptr_t)text.p);

	re = regex_new(EM_STR("^(?:[ab]+)+$"), &e);
	text = long_text(100, "!");
	ck_assert(!regex_match(re, text));
	regex_free(re);
	re = regex_glob(EM_STR("*a*b*!"), &e);
	ck_assert(regex_match(re, text));
	regex_free(re);
	free((char *)(uintptr_t)text.p);

	/* a name longer than what fits on the stack */
	text = long_text(5000, "!");
	re = regex_glob(EM_STR("ab*!"), &e);
	ck_assert(regex_match(re, text));
	regex_free(re);
	free((char *)(uintptr_t)text.p);
	regex_free(NULL);
}
END_TEST

START_TEST(finds_and_replaces)
{
	struct em_error e = { 0 };
	struct regex *re = regex_new(EM_STR("0x([0-9a-f]+)"), &e);
	struct em_str s = EM_STR("at 0x1f and 0x2");
	struct arena a;
	size_t begin, end;

	arena_init(&a, 1 << 20);
	ck_assert(regex_find(re, s, &begin, &end));
	ck_assert_uint_eq(begin, 3);
	ck_assert_uint_eq(end, 7);
	ck_assert(str_eq(
	    regex_replace(re, &a, s, EM_STR("<$1>")), "at <1f> and <2>"));
	ck_assert(str_eq(regex_replace(re, &a, s, EM_STR("")), "at  and "));
	ck_assert(
	    str_eq(regex_replace(re, &a, EM_STR("none"), EM_STR("x")), "none"));
	ck_assert_ptr_null(
	    regex_replace(re, &a, (struct em_str){ NULL, 0 }, s).p);
	regex_free(re);
	arena_free(&a);
}
END_TEST

Suite *regex_suite(void);

Suite *
regex_suite(void)
{
	Suite *s = suite_create("regex");
	TCase *t = tcase_create("regex");

	tcase_add_loop_test(t, expressions, 0, ARRAY_LEN(matches));
	tcase_add_loop_test(t, bad_expressions, 0, ARRAY_LEN(bad));
	tcase_add_loop_test(t, patterns_of_names, 0, ARRAY_LEN(globs));
	tcase_add_test(t, limits_of_matching);
	tcase_add_test(t, finds_and_replaces);
	suite_add_tcase(s, t);
	return s;
}
