/* SPDX-License-Identifier: MIT */
/* What the files of the CSV format share: the columns. */
#ifndef CSV_H
#define CSV_H

#include "ident.h"
#include "rows.h"
#include "swrite.h"

/* What a column holds.  A row is an attempt of a case. */
enum csv_column {
	CSV_RUN,
	CSV_SUITE,
	CSV_CLASS,
	CSV_NAME,
	CSV_VARIANT,
	CSV_ITERATION,
	CSV_ATTEMPT,
	CSV_OUTCOME,
	CSV_STATUS,
	CSV_REASON,
	CSV_DURATION, /* seconds */
	CSV_DURATION_MS,
	CSV_DURATION_NS,
	CSV_TIME, /* of the start */
	CSV_END, /* time of the end; read, not written */
	CSV_WORKER,
	CSV_MODE,
	CSV_PARENT,
	CSV_TAGS, /* separated by blanks */
	CSV_CASE_FILE, /* where the case is */
	CSV_CASE_LINE,
	CSV_EXIT_CODE,
	CSV_SIGNAL,
	CSV_MESSAGE, /* of the first error, like those that follow */
	CSV_TYPE,
	CSV_DETAIL,
	CSV_CODE,
	CSV_FILE,
	CSV_LINE,
	CSV_COLUMN,
	CSV_EXPECTED,
	CSV_ACTUAL,
	CSV_STDOUT,
	CSV_STDERR,
	CSV_EVENTS, /* what no other column holds, as lines of the protocol */
	CSV_COLUMNS /* how many there are */
};

/* The name of each column. */
extern const char *const csv_names[CSV_COLUMNS];
/* By its name; CSV_COLUMNS when there is none. */
enum csv_column csv_find(struct em_str name);
/* The same for what other programs call them. */
enum csv_column csv_find_alias(struct em_str header);
/* What a word for an outcome says; *status is NULL or a status.  False when
 * it is no such word. */
bool csv_find_outcome(
    struct em_str value, enum em_outcome *outcome, const char **status);
/* The separator that -O delimiter=VALUE names; NUL when it names none. */
char csv_separator(const char *value);

/* The status of a row for a failure after the end of an attempt. */
#define CSV_LATE "late"

/* ---- csv-probe.c ---- */

enum { CSV_FIELDS_MAX = 256 };

struct csv_header {
	enum csv_column columns[CSV_FIELDS_MAX];
	size_t n;
};

/* Whether it has names and outcomes; without a column for outcomes that of
 * the status has them. */
bool csv_read_header(
    struct csv_header *h, const struct em_str *fields, size_t n);
/* Which field, or -1. */
ptrdiff_t csv_place_of(const struct csv_header *h, enum csv_column column);
/* The separator with which the head is a table of test results; or NUL. */
char csv_find_separator(struct em_str head);
int csv_probe(struct em_str head, bool eof);

/* ---- csv-write.c ---- */

struct csv_writer {
	struct swrite common;
	struct rows_style style;
	enum csv_column columns[CSV_COLUMNS];
	size_t count;
	bool quote_formulas;
};

/* What a row is made of. */
struct csv_row {
	const struct em_event *start, *end;
	const struct em_event *message; /* the first error, or NULL */
	const struct live_item *items;
	struct em_str events;
	int64_t time_ns;
};

extern const struct em_format_option csv_options[];

enum em_rc csv_write_open(struct em_writer *w);
enum em_rc csv_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc csv_write_finish(struct em_writer *w);
void csv_write_close(struct em_writer *w);

#endif
