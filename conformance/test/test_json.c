/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "json.h"

Suite *json_suite(void);

static struct json *
parse(const char *text)
{
	struct json_error e;
	struct json *v = json_parse(text, strlen(text), &e);

	ck_assert_msg(v != NULL, "%s: %s at %zu", text, e.text, e.offset);
	return v;
}

static void
refuses(const char *text, size_t n, enum json_fault fault, size_t offset)
{
	struct json_error e;

	ck_assert_ptr_null(json_parse(text, n, &e));
	ck_assert_msg(e.fault == fault && e.offset == offset,
	    "%s: fault %d at %zu", text, e.fault, e.offset);
}

static bool
same(const char *a, const char *b, enum json_mode mode)
{
	struct json *x = parse(a), *y = parse(b);
	bool yes = json_same(x, y, mode);

	ck_assert(json_same(y, x, mode) == yes);
	json_free(x);
	json_free(y);
	return yes;
}

START_TEST(keeps_what_is_written)
{
	struct json *v = parse(" {\"b\":1.00,\"a\":[],\"b\":\"x\\u0000y\"} ");

	ck_assert(v->kind == JSON_OBJECT && v->count == 3);
	ck_assert(slice_is(json_at(v, 0)->name, "b"));
	ck_assert(slice_is(json_at(v, 0)->text, "1.00"));
	ck_assert(json_member(v, "b") == json_at(v, 0));
	ck_assert(json_duplicate(v) == json_at(v, 2));
	ck_assert_uint_eq(json_at(v, 2)->text.n, 3);
	ck_assert(memcmp(json_at(v, 2)->text.p, "x\0y", 3) == 0);
	ck_assert(slice_is(json_at(v, 2)->raw, "\"x\\u0000y\""));
	ck_assert(slice_is(json_member(v, "a")->raw, "[]"));
	ck_assert_ptr_null(json_at(v, 3));
	ck_assert_ptr_null(json_member(v, "c"));
	ck_assert_ptr_null(json_text(v, "a").p);
	json_free(v);
}
END_TEST

START_TEST(decodes_escapes)
{
	struct json *v = parse("\"\\u00e9\\ud83d\\ude00\\/\\b\\n\"");

	ck_assert(slice_is(v->text, "\xc3\xa9\xf0\x9f\x98\x80/\b\n"));
	ck_assert(!v->lone);
	json_free(v);
	v = parse("[\"\\ud83d\\u0041\", \"\\ude00\"]");
	ck_assert(v->lone);
	ck_assert(slice_is(json_at(v, 0)->text,
	    "\xef\xbf\xbd"
	    "A"));
	ck_assert(slice_is(json_at(v, 1)->text, "\xef\xbf\xbd"));
	json_free(v);
}
END_TEST

START_TEST(says_where)
{
	refuses("", 0, JSON_INCOMPLETE, 0);
	refuses("{\"a\":", 5, JSON_INCOMPLETE, 5);
	refuses("[1,]", 4, JSON_SYNTAX, 3);
	refuses("{\"a\" 1}", 7, JSON_SYNTAX, 5);
	refuses("{} x", 4, JSON_SYNTAX, 3);
	refuses("01", 2, JSON_SYNTAX, 1);
	refuses("NaN", 3, JSON_SYNTAX, 0);
	refuses("\"\x1f\"", 3, JSON_SYNTAX, 1);
	refuses("\"a\0\"", 4, JSON_SYNTAX, 2);
	refuses("\"\xc0\x80\"", 4, JSON_UTF8, 1);
	refuses("\"\xed\xa0\x80\"", 5, JSON_UTF8, 1);
	refuses("\"\xf4\x90\x80\x80\"", 6, JSON_UTF8, 1);
	refuses("\"\xe2\x82", 3, JSON_INCOMPLETE, 3);
	refuses("\"\xf0\x9f", 3, JSON_INCOMPLETE, 3);
	refuses("\"\xe2\x82\"", 4, JSON_UTF8, 1);
	refuses("\xef\xbb\xbf{}", 5, JSON_SYNTAX, 0);
}
END_TEST

START_TEST(nests)
{
	enum { DEEP = 100000 };
	char *text = malloc(2 * DEEP);
	struct json_error e;
	struct json *v;

	memset(text, '[', DEEP);
	memset(text + DEEP, ']', DEEP);
	ck_assert_ptr_null(json_parse(text, 2 * DEEP, &e));
	ck_assert_int_eq(e.fault, JSON_TOO_DEEP);
	v = json_parse(text + DEEP - JSON_DEPTH, 2 * JSON_DEPTH, &e);
	ck_assert_ptr_nonnull(v);
	json_free(v);
	free(text);
}
END_TEST

START_TEST(compares)
{
	ck_assert(
	    same("{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}", JSON_LEXEME));
	ck_assert(!same("{\"a\":1}", "{\"a\":1.0}", JSON_LEXEME));
	ck_assert(same("{\"a\":1}", "{\"a\":1.0}", JSON_VALUE));
	ck_assert(same("\"\\u0041\"", "\"A\"", JSON_LEXEME));
	ck_assert(!same("[1,2]", "[2,1]", JSON_VALUE));
	ck_assert(!same("{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}", JSON_VALUE));
	ck_assert(!same("\"\\ud800\"", "\"\\ud801\"", JSON_VALUE));
	ck_assert(!same("\"\\ud800\"", "\"\\ufffd\"", JSON_VALUE));
	ck_assert(!same("0", "false", JSON_VALUE));
	ck_assert(!same("{}", "{\"a\":null}", JSON_VALUE));
}
END_TEST

static const struct {
	const char *a, *b;
	int order;
} numbers[] = {
	{ "1", "1.0", 0 },
	{ "1", "1e0", 0 },
	{ "100", "1E+2", 0 },
	{ "0", "-0.0e5", 0 },
	{ "0.001", "1e-3", 0 },
	{ "9007199254740993", "9007199254740992", 1 },
	{ "1e400", "1e399", 1 },
	{ "-1e400", "1", -1 },
	{ "-2", "-1.5", -1 },
	{ "0.1", "0.10000000000000000555", -1 },
	{ "1e99999999999999999999", "1", 1 },
	{ "1e-99999999999999999999", "0", 1 },
	{ "12345678901234567890.5", "1.23456789012345678905e19", 0 },
};

START_TEST(compares_numbers)
{
	struct slice a = slice_of(numbers[_i].a), b = slice_of(numbers[_i].b);

	ck_assert_int_eq(json_number_compare(a, b), numbers[_i].order);
	ck_assert_int_eq(json_number_compare(b, a), -numbers[_i].order);
}
END_TEST

START_TEST(knows_integers)
{
	static const char *const yes[] = { "0", "-0", "1.0", "1e3", "1.5e1",
		"120e-1", "1e400", "0.0e-9" };
	static const char *const no[] = { "0.5", "1e-1", "12e-2", "1.25e1" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		ck_assert_msg(
		    json_number_integral(slice_of(yes[i])), "%s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(
		    !json_number_integral(slice_of(no[i])), "%s", no[i]);
}
END_TEST

Suite *
json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_test(t, keeps_what_is_written);
	tcase_add_test(t, decodes_escapes);
	tcase_add_test(t, says_where);
	tcase_add_test(t, nests);
	tcase_add_test(t, compares);
	tcase_add_loop_test(
	    t, compares_numbers, 0, sizeof(numbers) / sizeof(*numbers));
	tcase_add_test(t, knows_integers);
	suite_add_tcase(s, t);
	return s;
}
