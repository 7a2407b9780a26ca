/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"

/* Reads text in pieces of every size from 1 to 31: always the same lines. */
static void
check_lines(struct em_str bytes, const char *want)
{
	for (size_t chunk = 1; chunk < 32; chunk++) {
		struct in *in = in_mem(bytes);
		struct em_str line;
		struct buf got;
		bool lf;

		buf_init(&got, 1 << 20);
		in_chunk(in, chunk);
		while (in_line(in, &line, &lf) == EM_OK) {
			buf_add(&got, line);
			buf_add(&got, lf ? EM_STR("|") : EM_STR("$"));
		}
		ck_assert_ptr_null(in_error(in));
		ck_assert(str_eq(buf_str(&got), want));
		buf_free(&got);
		in_close(in);
	}
}

START_TEST(cuts_lines)
{
	check_lines(EM_STR(""), "");
	check_lines(EM_STR("\n"), "|");
	check_lines(EM_STR("a\nbc\r\n\nd"), "a|bc\r||d$");
	check_lines(EM_STR("last\n"), "last|");
	check_lines(EM_STR("\x1f"), "\x1f$");
	check_lines(EM_STR("(\xb5x\n"), "(\xb5x|");
}
END_TEST

START_TEST(gives_a_line_back)
{
	struct in *in = in_mem(EM_STR("one\ntwo\n"));
	struct em_str line;
	bool lf;

	ck_assert_int_eq(in_line(in, &line, &lf), EM_OK);
	in_unline(in);
	ck_assert_uint_eq(in_lines(in), 0);
	ck_assert_int_eq(in_line(in, &line, &lf), EM_OK);
	ck_assert(str_eq(line, "one"));
	ck_assert_int_eq(in_line(in, &line, &lf), EM_OK);
	ck_assert(str_eq(line, "two"));
	ck_assert_uint_eq(in_lines(in), 2);
	ck_assert_uint_eq(in_bytes(in), 8);
	in_close(in);
}
END_TEST

/* Writes what out makes of the text to a pipe and reads it back. */
static void
check_packed(const char *name, size_t cut)
{
	char dir[] = "/tmp/test_in.XXXXXX", path[64];
	struct em_out *out;
	struct em_str line;
	struct buf packed;
	struct in *in;
	char piece[4096];
	bool lf;
	FILE *f;
	size_t n;
	int i = 0;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = em_out_file(path, EM_OUT_REPLACE);
	for (int k = 0; k < 20000; k++)
		em_out_printf(out, "line %d\n", k);
	ck_assert_int_eq(em_out_close(out, NULL), EM_OK);
	buf_init(&packed, 1 << 24);
	f = fopen(path, "rb");
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&packed, (struct em_str){ piece, n });
	fclose(f);
	unlink(path);
	rmdir(dir);
	in = in_mem(str_upto(buf_str(&packed), packed.n - cut));
	in_chunk(in, 7);
	for (; in_line(in, &line, &lf) == EM_OK && lf; i++) {
		snprintf(piece, sizeof(piece), "line %d", i);
		ck_assert(str_eq(line, piece));
	}
	if (cut == 0) {
		ck_assert_int_eq(i, 20000);
		ck_assert_ptr_null(in_error(in));
	} else {
		ck_assert_ptr_nonnull(in_error(in));
		ck_assert_int_eq(in_error(in)->code, EM_E_TRUNCATED);
	}
	in_close(in);
	buf_free(&packed);
}

START_TEST(unpacks)
{
	check_packed("x.gz", 0);
	check_packed("x.zst", 0);
	check_packed("x.gz", 11);
	check_packed("x.zst", 11);
}
END_TEST

START_TEST(limits_a_line)
{
	size_t n = 1 << 20;
	char *big = malloc(n);
	struct em_str line;
	struct in *in;
	int fd[2];
	bool lf;

	memset(big, 'x', n);
	ck_assert_int_eq(pipe(fd), 0);
	in = in_fd(fd[0], 10000);
	ck_assert_int_eq((int)write(fd[1], big, 20000), 20000);
	close(fd[1]);
	/* The limit is seen when more would have to be read. */
	while (in_line(in, &line, &lf) == EM_OK)
		ck_assert_uint_le(line.n, 20000);
	free(big);
	close(fd[0]);
	in_close(in);
}
END_TEST

START_TEST(says_why_it_cannot_read)
{
	struct in *in = in_fd(-7, 100);
	struct em_str line;
	bool lf;

	in_close(in);
	in = in_fd(99999, 100);
	ck_assert_int_eq(in_line(in, &line, &lf), EM_ERR);
	ck_assert_int_eq(in_error(in)->code, EM_E_IO);
	in_close(in);
}
END_TEST

Suite *in_suite(void);

Suite *
in_suite(void)
{
	Suite *s = suite_create("in");
	TCase *t = tcase_create("in");

	tcase_add_test(t, cuts_lines);
	tcase_add_test(t, gives_a_line_back);
	tcase_add_test(t, unpacks);
	tcase_add_test(t, limits_a_line);
	tcase_add_test(t, says_why_it_cannot_read);
	suite_add_tcase(s, t);
	return s;
}
