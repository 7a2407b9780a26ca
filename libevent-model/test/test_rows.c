/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

enum { MEMORY = 1 << 20 };

/* Rows as text: line:field|field; and - for an absent field. */
static void
note(void *arg, const struct em_str *fields, size_t n, uint64_t line)
{
	struct buf *log = arg;
	char text[24];

	snprintf(text, sizeof(text), "%u:", (unsigned)line);
	buf_add(log, em_str(text));
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add(log, EM_STR("|"));
		buf_add(log, fields[i].p != NULL ? fields[i] : EM_STR("-"));
	}
	buf_add(log, EM_STR(";"));
}

static enum em_rc
read_rows(char sep, struct em_str text, size_t chunk, struct buf *log,
    struct em_error *e)
{
	struct rows *r = rows_new(sep, MEMORY, note, log);
	enum em_rc rc = EM_OK;

	ck_assert_ptr_nonnull(r);
	buf_init(log, 64 * MEMORY);
	*e = (struct em_error){ 0 };
	while (text.n > 0 && rc == EM_OK) {
		struct em_str part = str_upto(text, chunk);
		char *own = malloc(part.n);

		memcpy(own, part.p, part.n);
		rc = rows_feed(r, (struct em_str){ own, part.n }, e);
		free(own);
		text = str_from(text, part.n);
	}
	if (rc == EM_OK)
		rc = rows_finish(r, e);
	rows_free(r);
	return rc;
}

static const struct {
	char sep;
	struct em_str text;
	const struct em_str log;
	unsigned cut; /* line of a row that was cut, or 0 */
} tables[] = {
	{ ',', EM_STR(""), EM_STR(""), 0 },
	{ ',', EM_STR("a,b\nc,d"), EM_STR("1:a|b;2:c|d;"), 0 },
	{ ',', EM_STR("a,\"\",,\n"), EM_STR("1:a||-|-;"), 0 },
	{ ',', EM_STR("\"a,\"\"b\"\"\",c\r\nd\r\n"), EM_STR("1:a,\"b\"|c;2:d;"),
	    0 },
	{ ',', EM_STR("a\rb\r\rc"), EM_STR("1:a;2:b;4:c;"), 0 },
	{ ',', EM_STR("\n\na\n\r\n\nb"), EM_STR("3:a;6:b;"), 0 },
	{ ',', EM_STR("\"x\ny\n\",1\n2"), EM_STR("1:x\ny\n|1;4:2;"), 0 },
	{ ',', EM_STR("\"\"\n"), EM_STR("1:;"), 0 },
	{ ',', EM_STR(" a , b\t\n"), EM_STR("1: a | b\t;"), 0 },
	{ ',', EM_STR("a\"b\"c,d\n"), EM_STR("1:a\"b\"c|d;"), 0 },
	{ ',', EM_STR("\xef\xbb\xbf\"a,b\"\n"), EM_STR("1:a,b;"), 0 },
	{ ',', EM_STR("\xef\xbb"), EM_STR("1:\xef\xbb;"), 0 },
	{ ',', EM_STR("\xef\xbbx\n"), EM_STR("1:\xef\xbbx;"), 0 },
	{ ',', EM_STR("a\0b,\xff\n"), EM_STR("1:a\0b|\xff;"), 0 },
	{ '\t', EM_STR("a,b\t c\t\td\n"), EM_STR("1:a,b| c|-|d;"), 0 },
	{ ';', EM_STR("a;\"b;c\"\n"), EM_STR("1:a|b;c;"), 0 },
	/* a quote that is not closed: what there is of the row */
	{ ',', EM_STR("a\n1,\"b\nc,d\n"), EM_STR("1:a;2:1|b\nc,d\n;"), 2 },
};

START_TEST(reads_rows)
{
	for (size_t chunk = 1; chunk < 32; chunk++) {
		struct em_error e;
		struct buf log;
		enum em_rc rc =
		    read_rows(tables[_i].sep, tables[_i].text, chunk, &log, &e);

		ck_assert_msg(em_str_eq(buf_str(&log), tables[_i].log),
		    "got \"%.*s\", want \"%s\"", (int)log.n, log.p,
		    tables[_i].log.p);
		ck_assert_int_eq(rc, tables[_i].cut > 0 ? EM_ERR : EM_EOF);
		ck_assert_int_eq(
		    e.code, tables[_i].cut > 0 ? EM_E_TRUNCATED : EM_E_NONE);
		ck_assert_uint_eq(e.line, tables[_i].cut);
		buf_free(&log);
	}
}
END_TEST

static const struct {
	struct rows_style style;
	struct em_str fields[4];
	size_t n;
	const char *text;
} written[] = {
	{ { ',', false }, { EM_STR("a"), EM_STR("b c") }, 2, "a,b c\n" },
	{ { ',', true }, { EM_STR("a"), EM_STR("b") }, 2, "a,b\r\n" },
	{ { ',', false }, { { NULL, 0 }, EM_STR(""), { NULL, 0 } }, 3,
	    ",\"\",\n" },
	{ { ',', false }, { { NULL, 0 } }, 1, "\"\"\n" },
	{ { ',', false },
	    { EM_STR("a,b"), EM_STR("\"q\""), EM_STR("x\ny"), EM_STR(" z") }, 4,
	    "\"a,b\",\"\"\"q\"\"\",\"x\ny\",\" z\"\n" },
	{ { '\t', false }, { EM_STR("a,b"), EM_STR("c\td") }, 2,
	    "a,b\t\"c\td\"\n" },
};

START_TEST(writes_rows)
{
	struct em_out *out = em_out_mem();

	rows_write(out, &written[_i].style, written[_i].fields, written[_i].n);
	em_out_flush(out);
	ck_assert_msg(str_eq(em_out_memory(out), written[_i].text),
	    "got \"%.*s\"", (int)em_out_memory(out).n, em_out_memory(out).p);
	em_out_close(out, NULL);
}
END_TEST

/* Any byte at any place of what is quoted in pieces. */
START_TEST(reads_what_it_wrote)
{
	const struct rows_style style = { ',', true };
	struct em_out *out = em_out_mem();
	struct em_str fields[2];
	struct em_error e;
	struct buf log, want;
	char bytes[5000];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 7 == 0 ? '"' : i % 256);
	fields[0] = (struct em_str){ bytes, sizeof(bytes) };
	fields[1] = EM_STR("x");
	rows_write(out, &style, fields, 2);
	em_out_flush(out);
	buf_init(&want, MEMORY);
	note(&want, fields, 2, 1);
	ck_assert_int_eq(
	    read_rows(',', em_out_memory(out), 100, &log, &e), EM_EOF);
	ck_assert(em_str_eq(buf_str(&log), buf_str(&want)));
	em_out_close(out, NULL);
	buf_free(&log);
	buf_free(&want);
}
END_TEST

/* A field, or a row, beyond the limit; a table far beyond it. */
START_TEST(limits_rows)
{
	static const struct {
		const char *head, *body;
		size_t times;
		bool fits;
	} sizes[] = {
		{ "a\n", "some,fields,\"in a row\"\n", 100000, true },
		{ "a\n", "0123456789abcdef", 100000, false },
		{ "a\n", "0123456789abcdef,", 100000, false },
		{ "a\n", ",", 1000000, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct buf text, log;
		struct em_error e;
		enum em_rc rc;

		buf_init(&text, SIZE_MAX);
		buf_add(&text, em_str(sizes[i].head));
		for (size_t k = 0; k < sizes[i].times; k++)
			buf_add(&text, em_str(sizes[i].body));
		rc = read_rows(',', buf_str(&text), 65536, &log, &e);
		ck_assert_int_eq(rc, sizes[i].fits ? EM_EOF : EM_ERR);
		ck_assert_int_eq(
		    e.code, sizes[i].fits ? EM_E_NONE : EM_E_LIMIT);
		ck_assert(str_starts(buf_str(&log), "1:a;"));
		ck_assert_uint_eq(e.line, sizes[i].fits ? 0 : 2);
		buf_free(&text);
		buf_free(&log);
	}
}
END_TEST

Suite *rows_suite(void);

Suite *
rows_suite(void)
{
	Suite *s = suite_create("rows");
	TCase *t = tcase_create("rows");

	tcase_add_loop_test(t, reads_rows, 0, ARRAY_LEN(tables));
	tcase_add_loop_test(t, writes_rows, 0, ARRAY_LEN(written));
	tcase_add_test(t, reads_what_it_wrote);
	tcase_add_test(t, limits_rows);
	suite_add_tcase(s, t);
	return s;
}
