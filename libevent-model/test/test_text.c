/* SPDX-License-Identifier: MIT */
/* Input that is text until it is recognised, and lines printed elsewhere. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core.h"

/* Kinds and texts of all events, and the format: "log:a log:b protocol ...
 * tap". */
static const char *
told(struct em_str input, const char *aside)
{
	static char out[1024];
	const struct em_reader_opts opts = { .text = true };
	struct em_reader *r = em_reader_mem(&opts, input, "");
	const struct em_event *ev;
	size_t n = 0;

	ck_assert_ptr_nonnull(r);
	if (aside != NULL)
		em_reader_aside(r, em_str(aside));
	while (em_reader_next(r, &ev) == EM_OK) {
		struct em_str what = em_kind_name(ev->kind);
		struct em_str text = ev->kind == EM_LOG ? ev->text : ev->suite;

		n += (size_t)snprintf(out + n, sizeof(out) - n, "%.*s%s%.*s ",
		    (int)what.n, what.p, text.p != NULL ? ":" : "",
		    (int)(text.n < 20 ? text.n : 20), text.p);
		ck_assert_uint_lt(n, sizeof(out));
	}
	snprintf(out + n, sizeof(out) - n, "%s",
	    em_reader_format(r) != NULL ? em_reader_format(r) : "none");
	ck_assert_ptr_null(em_reader_error(r));
	em_reader_close(r);
	return out;
}

static const struct {
	const char *input, *aside, *told;
} texts[] = {
	{ "", NULL, "none" },
	{ "a\r\n\nb", NULL, "log:a log: log:b none" },
	{ "[INFO] x\n<p>\n{}\n", NULL, "log:[INFO] x log:<p> log:{} none" },
	{ "ok then\n3 of 4\n", NULL, "log:ok then log:3 of 4 none" },
	{ "test: x\nok 3 files\n", NULL, "log:test: x log:ok 3 files none" },
	{ "make\n1..1\nok 1\n", NULL,
	    "log:make protocol run_start case_start case_complete "
	    "run_complete tap" },
	{ "{\"x\":1}\n{\"event\":\"protocol\",\"version\":\"1.0\"}\n"
	  "{\"event\":\"run_start\"}\n",
	    NULL, "log:{\"x\":1} protocol run_start native" },
	{ "...F <?xml version='1.0'?>\n<!-- x -->\n"
	  "<testsuite name='s'><testcase name='c'/></testsuite>\n",
	    NULL,
	    "log:...F  protocol run_start suite_start:s case_start:s "
	    "case_complete:s suite_complete:s run_complete junit" },
	{ "\n{ \"type\": \"suite\", \"event\": \"started\", \"test_count\": 1 "
	  "}\n"
	  "{ \"type\": \"test\", \"event\": \"started\", \"name\": \"t\" }\n"
	  "{ \"type\": \"test\", \"name\": \"t\", \"event\": \"ok\" }\n"
	  "{ \"type\": \"suite\", \"event\": \"ok\", \"passed\": 1, "
	  "\"failed\": 0, \"ignored\": 0, \"measured\": 0, "
	  "\"filtered_out\": 0, \"exec_time\": 0.1 }\n",
	    "     Running tests/api.rs "
	    "(target/debug/deps/api-0123456789abcdef)",
	    "log: protocol run_start suite_start:tests/api.rs "
	    "case_start:tests/api.rs case_complete:tests/api.rs "
	    "suite_complete:tests/api.rs run_complete libtest" },
};

START_TEST(text_in_front)
{
	ck_assert_str_eq(
	    told(em_str(texts[_i].input), texts[_i].aside), texts[_i].told);
}
END_TEST

/* Lines come out while the program goes on. */
START_TEST(text_is_live)
{
	const struct em_reader_opts opts = { .text = true };
	const struct em_event *ev;
	struct em_reader *r;
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	r = em_reader_fd(&opts, fd[0], "");
	ck_assert_int_eq(write(fd[1], "one\ntwo\nthr", 11), 11);
	ck_assert_int_eq(em_reader_next(r, &ev), EM_OK);
	ck_assert(em_str_eq(ev->text, EM_STR("one")));
	ck_assert_int_eq(em_reader_next(r, &ev), EM_OK);
	ck_assert(em_str_eq(ev->text, EM_STR("two")));
	close(fd[1]);
	ck_assert_int_eq(em_reader_next(r, &ev), EM_OK);
	ck_assert(em_str_eq(ev->text, EM_STR("thr")));
	ck_assert_int_eq(em_reader_next(r, &ev), EM_EOF);
	em_reader_close(r);
	close(fd[0]);
}
END_TEST

/* A flood without line ends is passed on in pieces. */
START_TEST(text_without_lines)
{
	enum { SIZE = 300000 };
	static char flood[SIZE];
	const struct em_reader_opts opts = { .text = true,
		.limits = { .line_max = 100000 } };
	const struct em_event *ev;
	struct em_reader *r;
	size_t n = 0;

	memset(flood, 'x', sizeof(flood));
	r = em_reader_mem(&opts, (struct em_str){ flood, SIZE }, "");
	while (em_reader_next(r, &ev) == EM_OK)
		n += ev->text.n;
	ck_assert_ptr_null(em_reader_error(r));
	ck_assert_uint_eq(n, SIZE);
	em_reader_close(r);
}
END_TEST

Suite *text_suite(void);

Suite *
text_suite(void)
{
	Suite *s = suite_create("text");
	TCase *tc = tcase_create("text");

	tcase_add_loop_test(tc, text_in_front, 0, ARRAY_LEN(texts));
	tcase_add_test(tc, text_is_live);
	tcase_add_test(tc, text_without_lines);
	suite_add_tcase(s, tc);
	return s;
}
