/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "language.h"

Suite *language_suite(void);

static struct language *
read_pattern(const char *pattern)
{
	const char *why;
	struct language *l = language_read(slice_of(pattern), &why);

	ck_assert_msg(l != NULL, "%s: %s", pattern, why);
	return l;
}

static const struct {
	const char *pattern, *yes, *no; /* texts with spaces between */
} patterns[] = {
	{ "^1\\.(0|[1-9][0-9]?)$", "1.0 1.9 1.10", "1. 1.01 1.100 11.0 2.0" },
	{ "a", "a bab", "b" },
	{ "^a|b$", "ax xb", "xa bx" },
	{ "^(ab)*$", "ab abab", "a aba" },
	{ "^x{2,3}$", "xx xxx", "x xxxx" },
	{ "^x{2,}y?$", "xx xxxxy", "x xy" },
	{ "^[^a-c]+$", "d xyz", "a xa" },
	{ "^[\\d_-]+$", "1_- 2", "a" },
	{ "^.$", "a \xc3\xa9", "ab" },
	{ "^\\u00e9$", "\xc3\xa9", "e" },
	{ "^(?:a|bc)+?$", "a bca", "b" },
	{ "^[A-Za-z0-9+/]*={0,2}$", "QQ== QUI=", "Q===" },
	{ "^\\D\\W\\S$", "a-b", "1-b aab" },
};

static bool
next_word(const char **p, struct slice *word)
{
	while (**p == ' ')
		(*p)++;
	*word = (struct slice){ *p, strcspn(*p, " ") };
	*p += word->n;
	return word->n != 0;
}

START_TEST(matches)
{
	struct language *l = read_pattern(patterns[_i].pattern);
	const char *p = patterns[_i].yes;
	struct slice word;

	while (next_word(&p, &word))
		ck_assert_msg(language_has(l, word), "%s does not take %.*s",
		    patterns[_i].pattern, (int)word.n, word.p);
	p = patterns[_i].no;
	while (next_word(&p, &word))
		ck_assert_msg(!language_has(l, word), "%s takes %.*s",
		    patterns[_i].pattern, (int)word.n, word.p);
	language_free(l);
}
END_TEST

START_TEST(takes_the_empty_text)
{
	struct language *l = read_pattern("^$");

	ck_assert(language_has(l, (struct slice){ "", 0 }));
	ck_assert(!language_has(l, slice_of("\n")));
	language_free(l);
}
END_TEST

static const char *const outside[] = { "(", ")", "[a", "a**b(", "*", "a{2,1}",
	"a{1001}", "\\p{L}", "(?=a)", "(?<n>a)", "\\b", "[b-a]", "\\u12", "\\1",
	"^*", "a{", "\\ud83d", "\\" };

START_TEST(refuses)
{
	const char *why = NULL;

	ck_assert_ptr_null(language_read(slice_of(outside[_i]), &why));
	ck_assert_ptr_nonnull(why);
}
END_TEST

static const struct {
	const char *a, *b;
	const char *text; /* NULL: all of a is in b */
} pairs[] = {
	{ "^1\\.(0)$", "^1\\.(0|1)$", NULL },
	{ "^1\\.(0|1)$", "^1\\.(0)$", "1.1" },
	{ "^a*$", "^(a|aa)*$", NULL },
	{ "^(a|b)*abb$", "^(a|b)*b$", NULL },
	{ "^(a|b)*b$", "^(a|b)*abb$", "b" },
	{ NULL, "^.*$", "\n" },
	{ NULL, "", NULL },
	{ "^a{2,5}$", NULL, "aa" },
	{ "^(?:x$)y", NULL, NULL },
	{ "b", "^[^b]*b", NULL },
	{ "^[0-9]{4}-[0-9]{2}$", "^[0-9]{4}-(0[1-9]|1[0-2])$", "0000-00" },
};

START_TEST(holds_against)
{
	struct language *a = NULL, *b = NULL;
	enum language_answer answer;
	char *text = NULL;
	size_t n = 0;

	if (pairs[_i].a != NULL)
		a = read_pattern(pairs[_i].a);
	if (pairs[_i].b != NULL)
		b = read_pattern(pairs[_i].b);
	answer = language_difference(a, b, &text, &n);
	if (pairs[_i].text == NULL)
		ck_assert_int_eq(answer, LANGUAGE_NONE);
	else {
		ck_assert_int_eq(answer, LANGUAGE_FOUND);
		ck_assert_uint_eq(n, strlen(pairs[_i].text));
		ck_assert(
		    a == NULL || language_has(a, (struct slice){ text, n }));
		ck_assert(
		    b == NULL || !language_has(b, (struct slice){ text, n }));
		ck_assert_str_eq(text, pairs[_i].text);
	}
	free(text);
	language_free(a);
	language_free(b);
}
END_TEST

Suite *
language_suite(void)
{
	Suite *s = suite_create("language");
	TCase *t = tcase_create("language");

	tcase_add_loop_test(
	    t, matches, 0, sizeof(patterns) / sizeof(*patterns));
	tcase_add_test(t, takes_the_empty_text);
	tcase_add_loop_test(t, refuses, 0, sizeof(outside) / sizeof(*outside));
	tcase_add_loop_test(
	    t, holds_against, 0, sizeof(pairs) / sizeof(*pairs));
	suite_add_tcase(s, t);
	return s;
}
