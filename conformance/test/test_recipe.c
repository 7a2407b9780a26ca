/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "suite.h"

static void
makes(const char *recipe, const char *wanted)
{
	struct buf out = { 0 }, why = { 0 };

	ck_assert_msg(
	    recipe_run(slice_of(recipe), &out, &why), "%s", buf_str(&why));
	ck_assert_str_eq(buf_str(&out), wanted);
	buf_free(&out);
	buf_free(&why);
}

static void
refuses(const char *recipe, const char *wanted)
{
	struct buf out = { 0 }, why = { 0 };

	ck_assert(!recipe_run(slice_of(recipe), &out, &why));
	ck_assert_ptr_nonnull(strstr(buf_str(&why), wanted));
	buf_free(&out);
	buf_free(&why);
}

START_TEST(lines_add_bytes)
{
	makes("", "");
	makes("# nothing\ntext a b \n", "a b ");
	makes("event {}\n", "{}\n");
	makes("text x\nlf\nhex 41 4243", "x\nABC");
	makes("text a%d", "a%d");
}
END_TEST

START_TEST(blocks_repeat_and_nest)
{
	makes("repeat 3\ntext %d\nend\n", "123");
	makes("repeat 2\nrepeat 2\ntext %d\nend\ntext -%d\nend", "12-112-2");
	makes("repeat 0\ntext a\nend\ntext b", "b");
	makes("nest 3\ntext 1\nend", "[[[1]]]");
	makes("repeat 2\nnest 1\ntext %d\nend\nend", "[1][2]");
}
END_TEST

START_TEST(what_is_wrong_is_said_with_its_line)
{
	refuses("event {}\nrepeat 2\ntext a", "line 2");
	refuses("bogus", "line 1");
	refuses("repeat x\nend", "not a number");
	refuses("hex 4", "not bytes in hex");
	refuses("hex zz", "not bytes in hex");
}
END_TEST

Suite *recipe_suite(void);

Suite *
recipe_suite(void)
{
	Suite *s = suite_create("recipe");
	TCase *t = tcase_create("recipe");

	tcase_add_test(t, lines_add_bytes);
	tcase_add_test(t, blocks_repeat_and_nest);
	tcase_add_test(t, what_is_wrong_is_said_with_its_line);
	suite_add_tcase(s, t);
	return s;
}
