/* SPDX-License-Identifier: MIT */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

/* libcsv cannot be stopped by a callback, so it gets small pieces. */
enum { PIECE = 16 * 1024, QUOTE_PIECE = 2048 };

static const char bom[] = "\xef\xbb\xbf";

struct rows {
	struct csv_parser csv;
	rows_fn *row;
	void *arg;
	struct arena bytes; /* of the fields of this row */
	struct em_str *fields;
	size_t n, size;
	uint64_t line, start; /* now, and of this row */
	bool cr; /* the last thing seen was a CR that ended a line */
	size_t bom; /* bytes of one seen at the start; 4: no more */
	bool failed;
	struct em_error err;
};

static int
never(unsigned char c)
{
	(void)c;
	return 0;
}

struct rows *
rows_new(char sep, size_t memory_max, rows_fn *row, void *arg)
{
	struct rows *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	/* Empty lines are reported so that lines can be counted. */
	if (csv_init(&r->csv, CSV_REPALL_NL | CSV_EMPTY_IS_NULL) != 0) {
		free(r);
		return NULL;
	}
	csv_set_delim(&r->csv, (unsigned char)sep);
	csv_set_space_func(&r->csv, never);
	arena_init(&r->bytes, memory_max);
	r->row = row;
	r->arg = arg;
	r->line = r->start = 1;
	return r;
}

void
rows_free(struct rows *r)
{
	if (r == NULL)
		return;
	csv_free(&r->csv);
	arena_free(&r->bytes);
	free(r->fields);
	free(r);
}

static bool
add_field(struct rows *r, struct em_str s)
{
	size_t size = r->size * 2 + 16;
	struct em_str *p;

	if (r->n == r->size) {
		if (size > r->bytes.cap / sizeof(*p))
			return false;
		p = realloc(r->fields, size * sizeof(*p));
		if (p == NULL)
			return false;
		r->fields = p;
		r->size = size;
	}
	r->fields[r->n++] = arena_dup(&r->bytes, s);
	return !r->bytes.failed;
}

static void
on_field(void *p, size_t n, void *arg)
{
	struct rows *r = arg;
	struct em_str s = { p, n };
	const char *lf = p;

	r->failed = r->failed || !add_field(r, s);
	r->cr = false;
	if (p == NULL)
		return;
	while ((lf = memchr(lf, '\n', (size_t)(s.p + n - lf))) != NULL) {
		r->line++;
		lf++;
	}
}

/* c: what ended the row, -1 for the end of input. */
static void
on_row(int c, void *arg)
{
	struct rows *r = arg;

	if (r->n > 0 && !r->failed)
		r->row(r->arg, r->fields, r->n, r->start);
	r->n = 0;
	arena_reset(&r->bytes);
	if (c == '\r' || (c == '\n' && !r->cr))
		r->line++;
	r->cr = c == '\r';
	r->start = r->line;
}

static enum em_rc
status(struct rows *r, struct em_error *e)
{
	if (r->failed || csv_get_buffer_size(&r->csv) > r->bytes.cap)
		err_set(&r->err, EM_E_LIMIT, r->start,
		    "a row needs more than the limit of %zu bytes",
		    r->bytes.cap);
	else if (csv_error(&r->csv) != CSV_SUCCESS)
		err_set(&r->err, EM_E_MEMORY, r->start, "out of memory");
	if (r->err.code == EM_E_NONE)
		return EM_OK;
	*e = r->err;
	return EM_ERR;
}

static void
parse(struct rows *r, struct em_str s)
{
	size_t have = csv_get_buffer_size(&r->csv);

	/* Its buffer grows by a constant: have it double. */
	csv_set_blk_size(&r->csv, have > PIECE ? have : PIECE);
	csv_parse(&r->csv, s.p, s.n, on_field, on_row, r);
}

/* Steps over a BOM, which may come in pieces. */
static void
skip_bom(struct rows *r, struct em_str *s)
{
	while (r->bom < 3 && s->n > 0) {
		if (s->p[0] != bom[r->bom]) {
			parse(r, (struct em_str){ bom, r->bom });
			break;
		}
		*s = str_from(*s, 1);
		r->bom++;
	}
	if (s->n > 0)
		r->bom = 4;
}

enum em_rc
rows_feed(struct rows *r, struct em_str bytes, struct em_error *e)
{
	if (r->bom < 4)
		skip_bom(r, &bytes);
	while (bytes.n > 0 && status(r, e) == EM_OK) {
		parse(r, str_upto(bytes, PIECE));
		bytes = str_from(bytes, PIECE);
	}
	return status(r, e);
}

enum em_rc
rows_finish(struct rows *r, struct em_error *e)
{
	if (status(r, e) != EM_OK)
		return EM_ERR;
	if (r->bom < 3)
		parse(r, (struct em_str){ bom, r->bom });
	/* Only strict parsing tells of a quote that was not closed. */
	csv_set_opts(&r->csv,
	    CSV_REPALL_NL | CSV_EMPTY_IS_NULL | CSV_STRICT | CSV_STRICT_FINI);
	if (csv_fini(&r->csv, on_field, on_row, r) != 0) {
		err_set(
		    &r->err, EM_E_TRUNCATED, r->start, "a quote is not closed");
		csv_set_opts(&r->csv, CSV_REPALL_NL | CSV_EMPTY_IS_NULL);
		csv_fini(&r->csv, on_field, on_row, r);
	}
	return status(r, e) == EM_OK ? EM_EOF : EM_ERR;
}

/* ---- writing ---- */

static bool
wants_quotes(struct em_str s, char sep)
{
	if (s.n == 0)
		return s.p != NULL;
	if (s.p[0] == ' ' || s.p[s.n - 1] == ' ' || s.p[0] == '\t' ||
	    s.p[s.n - 1] == '\t')
		return true; /* many who read take those away */
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == sep || s.p[i] == '"' || s.p[i] == '\n' ||
		    s.p[i] == '\r')
			return true;
	return false;
}

static void
write_quoted(struct em_out *out, struct em_str s)
{
	char buf[2 * QUOTE_PIECE + 2];

	out_byte(out, '"');
	while (s.n > 0) {
		struct em_str part = str_upto(s, QUOTE_PIECE);
		size_t n = csv_write(buf, sizeof(buf), part.p, part.n);

		/* without the quotes of the piece */
		em_out_write(out, (struct em_str){ buf + 1, n - 2 });
		s = str_from(s, part.n);
	}
	out_byte(out, '"');
}

void
rows_write(struct em_out *out, const struct rows_style *style,
    const struct em_str *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			out_byte(out, style->sep);
		/* An empty line would be no row. */
		if (wants_quotes(fields[i], style->sep) ||
		    (n == 1 && fields[i].n == 0))
			write_quoted(out, fields[i]);
		else
			em_out_write(out, fields[i]);
	}
	em_out_puts(out, style->crlf ? "\r\n" : "\n");
}
