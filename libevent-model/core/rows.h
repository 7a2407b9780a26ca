/* SPDX-License-Identifier: MIT */
/*
 * Rows of fields: CSV as in RFC 4180, and the same with another separator,
 * TAB for TSV.  Parsed and quoted by libcsv; rows.c is the only file that
 * includes it (not csv.h, which would hide <csv.h>).
 */
#ifndef ROWS_H
#define ROWS_H

#include "core.h"

/*
 * Called for each row; line is where it starts, from 1.  A field that is
 * empty and not quoted is absent.  Fields may hold any byte and live during
 * the call.  Empty lines are no rows.
 */
typedef void rows_fn(
    void *arg, const struct em_str *fields, size_t n, uint64_t line);

struct rows;

struct rows *rows_new(char sep, size_t memory_max, rows_fn *row, void *arg);
/*
 * Lenient: ends of lines may be LF, CR LF or CR, a BOM is stepped over, and a
 * quote within a field that does not start with one is a character.  Spaces
 * belong to the field.  EM_ERR beyond memory_max for a row.
 */
enum em_rc rows_feed(struct rows *r, struct em_str bytes, struct em_error *e);
/* The last row, if it had no end of line; then EM_EOF, or EM_ERR with
 * EM_E_TRUNCATED when a quote was not closed: e->line is where its row
 * starts. */
enum em_rc rows_finish(struct rows *r, struct em_error *e);
void rows_free(struct rows *r);

struct rows_style {
	char sep;
	bool crlf; /* as RFC 4180 has it; else LF */
};

/* Writes one row.  An absent field is empty, an empty one is "". */
void rows_write(struct em_out *out, const struct rows_style *style,
    const struct em_str *fields, size_t n);

#endif
