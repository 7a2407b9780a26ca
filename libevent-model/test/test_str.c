/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <string.h>

#include "core.h"

START_TEST(finds_and_cuts)
{
	struct em_str s = EM_STR("a,b,,c"), head;

	ck_assert_int_eq(str_find(s, ",b"), 1);
	ck_assert_int_eq(str_find(s, "c"), 5);
	ck_assert_int_eq(str_find(s, "cc"), -1);
	ck_assert_int_eq(str_find(s, ""), 0);
	ck_assert(str_cut(&s, ',', &head) && str_eq(head, "a"));
	ck_assert(str_cut(&s, ',', &head) && str_eq(head, "b"));
	ck_assert(str_cut(&s, ',', &head) && str_eq(head, ""));
	ck_assert(!str_cut(&s, ',', &head) && str_eq(head, "c"));
	ck_assert(s.n == 0 && s.p != NULL);
	ck_assert(str_eq(str_trim(EM_STR(" \t x y\r\n")), "x y"));
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	int64_t v;
} ints[] = {
	{ "0", true, 0 },
	{ "-9223372036854775808", true, INT64_MIN },
	{ "9223372036854775807", true, INT64_MAX },
	{ "9223372036854775808", false, 0 },
	{ "+7", true, 7 },
	{ "", false, 0 },
	{ "-", false, 0 },
	{ "1.0", false, 0 },
	{ " 1", false, 0 },
};

START_TEST(integers)
{
	int64_t v = 0;

	ck_assert_int_eq(str_i64(em_str(ints[_i].text), &v), ints[_i].ok);
	if (ints[_i].ok)
		ck_assert_int_eq(v, ints[_i].v);
}
END_TEST

static const struct {
	const char *text;
	int scale;
	bool ok;
	int64_t ns;
} durations[] = {
	{ "0.1", 9, true, 100000000 },
	{ "1.", 9, true, 1000000000 },
	{ ".5", 9, true, 500000000 },
	{ "1,234.567", 9, true, 1234567000000 },
	{ "1e-3", 9, true, 1000000 },
	{ "6.25e1", 9, true, 62500000000 },
	{ "1.5E+2", 6, true, 150000000 },
	{ "0.000000001", 9, true, 1 },
	{ "0.0000000019", 9, true, 1 },
	{ "12", 6, true, 12000000 },
	{ "9007199254.740993", 9, true, 9007199254740993000 },
	{ "0e400", 9, true, 0 },
	{ "1e400", 9, false, 0 },
	{ "1e-400", 9, true, 0 },
	{ "-0.000000", 9, false, 0 },
	{ "NaN", 9, false, 0 },
	{ "", 9, false, 0 },
	{ ".", 9, false, 0 },
	{ "99999999999999999999", 9, false, 0 },
};

START_TEST(seconds_without_double)
{
	int64_t ns = 0;

	ck_assert_int_eq(
	    str_ns(em_str(durations[_i].text), durations[_i].scale, &ns),
	    durations[_i].ok);
	if (durations[_i].ok)
		ck_assert_int_eq(ns, durations[_i].ns);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	int64_t ns;
} times[] = {
	{ "1970-01-01T00:00:00Z", true, 0 },
	{ "2024-02-29T12:00:00.5Z", true, 1709208000500000000 },
	{ "2024-02-29 12:00:00", true, 1709208000000000000 },
	{ "2024-02-29T14:00:00+02:00", true, 1709208000000000000 },
	{ "2024-02-29T14:00:00.000000001+0200", true, 1709208000000000001 },
	{ "1969-12-31T23:59:59Z", true, -1000000000 },
	{ "2024-02-29T12:00", true, 1709208000000000000 },
	{ "2024-13-01T00:00:00Z", false, 0 },
	{ "2024-02-29", false, 0 },
	{ "yesterday", false, 0 },
	{ "9999-12-31T00:00:00Z", false, 0 },
};

START_TEST(wall_clock)
{
	int64_t ns = 0;

	ck_assert_int_eq(str_time(em_str(times[_i].text), &ns), times[_i].ok);
	if (times[_i].ok)
		ck_assert_int_eq(ns, times[_i].ns);
}
END_TEST

static const struct {
	const char *text;
	size_t valid;
} utf8[] = {
	{ "plain ascii text of some length", 31 },
	{ "h\xc3\xa9", 3 },
	{ "\xf0\x9f\x98\x80", 4 },
	{ "ab\xff", 2 },
	{ "\xc0\xaf", 0 },
	{ "\xed\xa0\x80", 0 },
	{ "\xf4\x90\x80\x80", 0 },
	{ "x\xe2\x82", 1 },
};

START_TEST(utf8_is_strict)
{
	ck_assert_uint_eq(
	    str_utf8_valid(em_str(utf8[_i].text)), utf8[_i].valid);
}
END_TEST

Suite *str_suite(void);

Suite *
str_suite(void)
{
	Suite *s = suite_create("str");
	TCase *t = tcase_create("str");

	tcase_add_test(t, finds_and_cuts);
	tcase_add_loop_test(t, integers, 0, ARRAY_LEN(ints));
	tcase_add_loop_test(t, seconds_without_double, 0, ARRAY_LEN(durations));
	tcase_add_loop_test(t, wall_clock, 0, ARRAY_LEN(times));
	tcase_add_loop_test(t, utf8_is_strict, 0, ARRAY_LEN(utf8));
	suite_add_tcase(s, t);
	return s;
}
