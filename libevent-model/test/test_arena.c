/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <string.h>

#include "core.h"

START_TEST(refuses_beyond_the_cap)
{
	struct arena a;

	arena_init(&a, 100000);
	for (int i = 0; i < 6; i++)
		ck_assert_ptr_nonnull(arena_alloc(&a, 10000));
	ck_assert(!a.failed);
	for (int i = 0; i < 6; i++)
		arena_alloc(&a, 10000);
	ck_assert(a.failed);
	ck_assert_ptr_null(arena_alloc(&a, 100000));
	ck_assert_ptr_null(arena_dup(&a, EM_STR("x")).p == NULL
		? NULL
		: arena_alloc(&a, SIZE_MAX - 8));
	arena_reset(&a);
	ck_assert(!a.failed);
	ck_assert_ptr_nonnull(arena_alloc(&a, 10000));
	arena_free(&a);
}
END_TEST

START_TEST(keeps_what_it_gave)
{
	struct em_str v[2000];
	struct arena a;

	arena_init(&a, (size_t)1 << 24);
	for (int i = 0; i < 2000; i++)
		v[i] = arena_printf(&a, "%0*d", i % 700 + 5, i);
	for (int i = 0; i < 2000; i++) {
		int64_t n;

		ck_assert(str_i64(v[i], &n) && n == i);
	}
	arena_free(&a);
}
END_TEST

static const struct {
	const char *in, *out;
} repairs[] = {
	{ "fine", "fine" },
	{ "a\xff", "a\xef\xbf\xbd" },
	{ "\xff\xfe!", "\xef\xbf\xbd\xef\xbf\xbd!" },
	{ "x\xe2\x82y", "x\xef\xbf\xbdy" },
	{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
};

START_TEST(repairs_utf8)
{
	struct em_str s;
	struct arena a;

	arena_init(&a, 1 << 20);
	s = arena_utf8(&a, em_str(repairs[_i].in));
	ck_assert(str_eq(s, repairs[_i].out));
	arena_free(&a);
}
END_TEST

static const struct {
	const char *bytes, *b64;
} b64[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "\xff\xfe\xfd\xfc", "//79/A==" },
};

START_TEST(base64_both_ways)
{
	struct em_str s;
	struct arena a;

	arena_init(&a, 1 << 20);
	s = arena_b64_encode(&a, em_str(b64[_i].bytes));
	ck_assert(str_eq(s, b64[_i].b64));
	s = arena_b64_decode(&a, em_str(b64[_i].b64));
	ck_assert(str_eq(s, b64[_i].bytes));
	ck_assert_ptr_null(arena_b64_decode(&a, EM_STR("Zm9v!")).p);
	ck_assert_ptr_null(arena_b64_decode(&a, EM_STR("Zm9vA")).p);
	arena_free(&a);
}
END_TEST

START_TEST(table_tells_parts_apart)
{
	struct em_str ab_c[] = { EM_STR("ab"), EM_STR("c") };
	struct em_str a_bc[] = { EM_STR("a"), EM_STR("bc") };
	struct em_str absent[] = { EM_STR("ab"), { NULL, 0 } };
	struct em_str empty[] = { EM_STR("ab"), EM_STR("") };
	struct table t;

	table_init(&t);
	*table_at(&t, table_key(ab_c, 2, 0)) = 1;
	*table_at(&t, table_key(a_bc, 2, 0)) = 2;
	*table_at(&t, table_key(absent, 2, 0)) = 3;
	*table_at(&t, table_key(empty, 2, 0)) = 4;
	ck_assert_uint_eq(t.n, 4);
	for (uint64_t i = 0; i < 5000; i++) {
		struct em_str n = { (const char *)&i, sizeof(i) };

		*table_at(&t, table_key(&n, 1, 0)) = i;
	}
	for (uint64_t i = 0; i < 5000; i++) {
		struct em_str n = { (const char *)&i, sizeof(i) };

		ck_assert_uint_eq(*table_get(&t, table_key(&n, 1, 0)), i);
	}
	ck_assert_uint_eq(*table_get(&t, table_key(absent, 2, 0)), 3);
	ck_assert_ptr_null(table_get(&t, table_key(ab_c, 1, 0)));
	table_free(&t);
}
END_TEST

Suite *arena_suite(void);

Suite *
arena_suite(void)
{
	Suite *s = suite_create("arena");
	TCase *t = tcase_create("arena");

	tcase_add_test(t, refuses_beyond_the_cap);
	tcase_add_test(t, keeps_what_it_gave);
	tcase_add_loop_test(t, repairs_utf8, 0, ARRAY_LEN(repairs));
	tcase_add_loop_test(t, base64_both_ways, 0, ARRAY_LEN(b64));
	tcase_add_test(t, table_tells_parts_apart);
	suite_add_tcase(s, t);
	return s;
}
