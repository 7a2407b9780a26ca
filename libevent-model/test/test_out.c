/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"

static void
check_written(struct em_out *out, const char *want)
{
	ck_assert(str_eq(em_out_memory(out), want));
	em_out_close(out, NULL);
}

START_TEST(json_strings)
{
	struct em_out *out = em_out_mem();

	em_out_json_str(out, EM_STR("a\"\\\n\t\b\f\r\x01\x7f\xc3\xa9\0z"));
	em_out_json_str(out,
	    EM_STR("bad\xff"
		   "end"));
	em_out_json_str(out, EM_STR(""));
	check_written(out,
	    "\"a\\\"\\\\\\n\\t\\b\\f\\r\\u0001\\u007f\xc3\xa9\\u0000z\""
	    "\"bad\xef\xbf\xbd"
	    "end\"\"\"");
}
END_TEST

START_TEST(xml_text)
{
	struct em_out *out = em_out_mem();

	out_xml_text(
	    out, EM_STR("<a>&\"\t\n\r\x1b\xef\xbf\xbe\xef\xbf\xbd\xff"));
	out_byte(out, '|');
	out_xml_attr(out, EM_STR("\t\n\"\xef\xbb\xbf"));
	check_written(out,
	    "&lt;a&gt;&amp;&quot;\t\n&#13;\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbd\xef\xbf\xbd|&#9;&#10;&quot;\xef\xbb\xbf");
}
END_TEST

START_TEST(numbers_and_times)
{
	struct em_out *out = em_out_mem();

	out_i64(out, INT64_MIN);
	out_byte(out, ' ');
	out_seconds(out, 1234567890, 3);
	out_byte(out, ' ');
	out_seconds(out, 5, 9);
	out_byte(out, ' ');
	out_time(out, 1709208000500000000, -1);
	out_byte(out, ' ');
	out_time(out, -1, 3);
	check_written(out,
	    "-9223372036854775808 1.234 0.000000005 "
	    "2024-02-29T12:00:00.5Z 1969-12-31T23:59:59.999Z");
}
END_TEST

START_TEST(long_writes_arrive_whole)
{
	size_t n = 300000;
	char *big = malloc(n);
	struct em_out *out = em_out_mem();

	memset(big, 'y', n);
	em_out_puts(out, "head");
	em_out_write(out, (struct em_str){ big, n });
	em_out_puts(out, "tail");
	ck_assert_uint_eq(em_out_memory(out).n, n + 8);
	ck_assert(str_ends(em_out_memory(out), "yytail"));
	em_out_close(out, NULL);
	free(big);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
	int fd = open("/dev/full", O_WRONLY);
	struct em_out *out = em_out_fd(fd, "x");
	struct em_error err = { 0 };

	em_out_puts(out, "lost");
	ck_assert_int_eq(em_out_close(out, &err), EM_ERR);
	ck_assert_int_eq(err.code, EM_E_IO);
	ck_assert_int_eq(err.sys, ENOSPC);
	close(fd);
}
END_TEST

START_TEST(a_file_appears_when_complete)
{
	char dir[] = "/tmp/test_out.XXXXXX", path[64], text[8] = "";
	struct em_out *out;
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/f", dir);
	out = em_out_file(path, EM_OUT_REPLACE);
	em_out_puts(out, "new");
	em_out_flush(out);
	ck_assert_int_ne(access(path, F_OK), 0);
	ck_assert_int_eq(em_out_close(out, NULL), EM_OK);
	out = em_out_file(path, EM_OUT_REPLACE);
	em_out_puts(out, "other");
	em_out_discard(out);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fread(text, 1, sizeof(text), f), 3);
	ck_assert_str_eq(text, "new");
	fclose(f);
	unlink(path);
	/* Nothing else is left in the directory. */
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

Suite *out_suite(void);

Suite *
out_suite(void)
{
	Suite *s = suite_create("out");
	TCase *t = tcase_create("out");

	tcase_add_test(t, json_strings);
	tcase_add_test(t, xml_text);
	tcase_add_test(t, numbers_and_times);
	tcase_add_test(t, long_writes_arrive_whole);
	tcase_add_test(t, a_full_disk_is_an_error);
	tcase_add_test(t, a_file_appears_when_complete);
	suite_add_tcase(s, t);
	return s;
}
