/* SPDX-License-Identifier: MIT */
/* Whether it is a table of test results: by its header, and its first row. */
#include "csv.h"

enum { PROBE_ROWS = 64 * 1024 };

static const char separators[] = { ',', '\t', ';', '|' };

ptrdiff_t
csv_place_of(const struct csv_header *h, enum csv_column column)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->columns[i] == column)
			return (ptrdiff_t)i;
	return -1;
}

bool
csv_read_header(struct csv_header *h, const struct em_str *fields, size_t n)
{
	ptrdiff_t status;

	h->n = n < CSV_FIELDS_MAX ? n : CSV_FIELDS_MAX;
	for (size_t i = 0; i < h->n; i++) {
		h->columns[i] = csv_find_alias(fields[i]);
		/* The first of its kind counts. */
		for (size_t k = 0; k < i; k++)
			if (h->columns[k] == h->columns[i])
				h->columns[i] = CSV_COLUMNS;
	}
	status = csv_place_of(h, CSV_STATUS);
	if (csv_place_of(h, CSV_OUTCOME) < 0 && status >= 0)
		h->columns[status] = CSV_OUTCOME;
	return csv_place_of(h, CSV_NAME) >= 0 &&
	    csv_place_of(h, CSV_OUTCOME) >= 0;
}

struct glance {
	struct csv_header header;
	bool good; /* the header is */
	bool sure; /* and the first row has an outcome */
	size_t rows;
};

static void
glance_row(void *arg, const struct em_str *fields, size_t n, uint64_t line)
{
	struct glance *g = arg;
	enum em_outcome outcome;
	const char *status;
	ptrdiff_t at;

	(void)line;
	if (g->rows++ == 0) {
		g->good = csv_read_header(&g->header, fields, n);
		return;
	}
	at = csv_place_of(&g->header, CSV_OUTCOME);
	if (g->good && g->rows == 2 && (size_t)at < n)
		g->sure = csv_find_outcome(fields[at], &outcome, &status);
}

static bool
looks(struct em_str head, char sep, struct glance *g)
{
	struct em_error e = { .code = EM_E_NONE };
	struct rows *rows;

	*g = (struct glance){ .good = false };
	rows = rows_new(sep, PROBE_ROWS * 2, glance_row, g);
	if (rows == NULL)
		return false;
	rows_feed(rows, str_upto(head, PROBE_ROWS), &e);
	rows_finish(rows, &e);
	rows_free(rows);
	return g->good;
}

/* The separator with which the head is a table of test results; or NUL. */
static char
table_separator(struct em_str head, struct glance *g)
{
	struct em_str rest = head, line;

	str_cut(&rest, '\n', &line);
	for (size_t i = 0; i < sizeof(separators); i++) {
		struct em_str after = line, before;

		if (str_cut(&after, separators[i], &before) &&
		    looks(head, separators[i], g))
			return separators[i];
	}
	return '\0';
}

char
csv_find_separator(struct em_str head)
{
	struct glance g;

	return table_separator(head, &g);
}

int
csv_probe(struct em_str head, bool eof)
{
	struct em_str rest = head, line;
	struct glance g;

	/* No column is called so. */
	if (str_starts(head, "{") || str_starts(head, "<"))
		return 0;
	if (!str_cut(&rest, '\n', &line) && !eof)
		return line.n < PROBE_ROWS ? PROBE_MORE : 0;
	if (table_separator(head, &g) == '\0')
		return 0;
	/* What starts like this is a table, whatever its cells hold. */
	if (g.sure)
		return PROBE_SURE + 1;
	/* A row more may tell. */
	return eof || g.rows > 2 ? 8 * (int)sizeof("name,status") : PROBE_MORE;
}
