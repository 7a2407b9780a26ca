/* SPDX-License-Identifier: MIT */
/*
 * CSV and TSV: a row is an attempt of a case.  The first row names the
 * columns; it must have one for names and one for outcomes, which is how
 * test results are told from other tables.
 */
#include "csv.h"
#include "runs.h"

/* What the core may queue between two steps is a piece's worth of rows. */
enum { PIECE = 16 * 1024 };

struct csv {
	struct em_reader *r; /* for the rows */
	struct rows *rows;
	struct runs runs;
	struct carry carry;
	struct csv_header header;
	bool numbered; /* iteration or attempt are stated */
	bool cut, ending;
	enum em_rc rc; /* of a row that ends the reading */
};

/* ---- rows ---- */

struct row {
	const struct em_str *fields;
	const struct csv_header *header;
	size_t n;
	uint64_t line;
};

static struct em_str
get(const struct row *row, enum csv_column column)
{
	for (size_t i = 0; i < row->header->n && i < row->n; i++)
		if (row->header->columns[i] == column)
			return row->fields[i];
	return (struct em_str){ NULL, 0 };
}

static int64_t
get_int(const struct row *row, enum csv_column column, int64_t min)
{
	int64_t v;

	return str_i64(str_trim(get(row, column)), &v) && v >= min ? v
								   : EM_UNSET;
}

static int64_t
get_time(const struct row *row, enum csv_column column)
{
	int64_t ns;

	return str_time(get(row, column), &ns) ? ns : EM_UNSET;
}

static int64_t
get_duration(const struct row *row)
{
	int64_t ns, start = get_time(row, CSV_TIME);
	int64_t end = get_time(row, CSV_END);

	if (str_ns(get(row, CSV_DURATION_NS), 0, &ns) ||
	    str_ns(get(row, CSV_DURATION), 9, &ns) ||
	    str_ns(get(row, CSV_DURATION_MS), 6, &ns))
		return ns;
	/* Some call it time. */
	if (start == EM_UNSET && str_ns(get(row, CSV_TIME), 9, &ns))
		return ns;
	return start != EM_UNSET && end >= start ? end - start : EM_UNSET;
}

static struct em_strs
get_tags(struct arena *a, const struct row *row)
{
	struct em_str list = get(row, CSV_TAGS), tag, *v;
	size_t n = 1;

	for (size_t i = 0; i < list.n; i++)
		n += list.p[i] == ' ' || list.p[i] == ',';
	v = arena_alloc(a, n * sizeof(*v));
	n = 0;
	while (v != NULL && list.n > 0) {
		size_t i = 0;

		while (i < list.n && list.p[i] != ' ' && list.p[i] != ',')
			i++;
		tag = str_upto(list, i);
		list = str_from(list, i + 1);
		if (tag.n > 0)
			v[n++] = tag;
	}
	return (struct em_strs){ v, n };
}

/* The row as a line, for people. */
static struct em_str
row_text(struct arena *a, const struct row *row)
{
	struct em_str s = { "", 0 };

	for (size_t i = 0; i < row->n; i++) {
		if (i > 0)
			s = arena_join(a, s, EM_STR(","));
		s = arena_join(a, s, row->fields[i]);
	}
	return s;
}

/* ---- events of a row ---- */

/* What `events` carries: fills in start and end, says what comes between. */
struct carried {
	struct em_event start, end;
	bool messages, output; /* it has those, so columns do not count */
	bool late; /* all of it came after the end */
};

/* Sends what lies between start and end; with send false only looks. */
static void
walk_events(struct csv *s, const struct row *row, const struct ident *id,
    struct carried *c, bool send)
{
	struct em_str rest = get(row, CSV_EVENTS), line;
	struct em_event ev;

	while (rest.n > 0) {
		str_cut(&rest, '\n', &line);
		if (line.n == 0)
			continue;
		if (!carry_get(&s->carry, s->r, line, &ev)) {
			if (!send)
				rd_warn(s->r, "a carried event is damaged");
			continue;
		}
		if (ev.kind == EM_CASE_START) {
			c->start = ev;
		} else if (ev.kind == EM_CASE_COMPLETE) {
			c->end = ev;
		} else if (em_event_is_case(&ev)) {
			c->messages |= ev.kind == EM_CASE_MESSAGE;
			c->output |= ev.kind == EM_CASE_OUTPUT;
			ident_put(&ev, id);
			if (send && c->late)
				runs_emit_late(s->r, &s->runs, &ev);
			else if (send)
				runs_emit(s->r, &s->runs, &ev);
		}
	}
}

static void
emit_start(struct csv *s, const struct row *row, const struct ident *id,
    const struct carried *c)
{
	struct em_event ev = c->start;
	struct em_strs tags = get_tags(&s->r->arena, row);

	ident_put(&ev, id);
	ev.time_ns = get_time(row, CSV_TIME);
	if (get(row, CSV_WORKER).p != NULL)
		ev.worker = get(row, CSV_WORKER);
	if (get(row, CSV_MODE).p != NULL)
		ev.mode = get(row, CSV_MODE);
	if (get(row, CSV_PARENT).p != NULL)
		ev.parent = get(row, CSV_PARENT);
	/* Tags that are not words are carried. */
	if (ev.tags.n == 0)
		ev.tags = tags;
	if (get(row, CSV_CASE_FILE).p != NULL) {
		ev.location.file = get(row, CSV_CASE_FILE);
		ev.location.line = get_int(row, CSV_CASE_LINE, 1);
	}
	runs_emit(s->r, &s->runs, &ev);
}

/* False when the columns have none. */
static bool
read_message(const struct row *row, const struct ident *id,
    enum em_outcome outcome, struct em_event *ev)
{
	em_event_init(ev, EM_CASE_MESSAGE);
	ev->message = get(row, CSV_MESSAGE);
	ev->type = get(row, CSV_TYPE);
	ev->detail = get(row, CSV_DETAIL);
	/* A column that is there for all may say something when all is well. */
	if (ev->message.p == NULL && ev->detail.p == NULL &&
	    (ev->type.p == NULL || outcome != EM_FAIL))
		return false;
	ident_put(ev, id);
	ev->message_kind = EM_STR("error");
	ev->code = get(row, CSV_CODE);
	ev->expected = get(row, CSV_EXPECTED);
	ev->actual = get(row, CSV_ACTUAL);
	ev->location.file = get(row, CSV_FILE);
	if (ev->location.file.p != NULL) {
		ev->location.line = get_int(row, CSV_LINE, 1);
		ev->location.column = get_int(row, CSV_COLUMN, 1);
	}
	return true;
}

static void
emit_output(struct csv *s, const struct row *row, const struct ident *id)
{
	static const struct {
		enum csv_column column;
		const char *stream;
	} streams[] = { { CSV_STDOUT, "stdout" }, { CSV_STDERR, "stderr" } };
	struct em_event ev;

	for (size_t i = 0; i < ARRAY_LEN(streams); i++) {
		em_event_init(&ev, EM_CASE_OUTPUT);
		ident_put(&ev, id);
		ev.stream = em_str(streams[i].stream);
		ev.text = get(row, streams[i].column);
		if (ev.text.n > 0)
			runs_emit(s->r, &s->runs, &ev);
	}
}

static void
emit_end(struct csv *s, const struct row *row, const struct ident *id,
    const struct carried *c, enum em_outcome outcome, const char *status)
{
	struct em_event ev = c->end;

	ident_put(&ev, id);
	ev.outcome = outcome;
	if (get(row, CSV_STATUS).p != NULL)
		ev.status = get(row, CSV_STATUS);
	else if (ev.status.p == NULL)
		ev.status = em_str(status);
	if (get(row, CSV_REASON).p != NULL)
		ev.reason = get(row, CSV_REASON);
	if (ev.duration_ns == EM_UNSET)
		ev.duration_ns = get_duration(row);
	if (ev.exit_code == EM_UNSET)
		ev.exit_code = get_int(row, CSV_EXIT_CODE, 0);
	if (ev.signal == EM_UNSET)
		ev.signal = get_int(row, CSV_SIGNAL, 1);
	ev.time_ns = get_time(row, CSV_END);
	/* Nobody saw it end. */
	if (!str_eq(ev.status, "incomplete") || outcome != EM_FAIL)
		runs_emit(s->r, &s->runs, &ev);
}

static struct ident
row_identity(struct csv *s, const struct row *row)
{
	struct em_event ev;

	em_event_init(&ev, EM_CASE_START);
	ev.run = get(row, CSV_RUN);
	ev.suite = get(row, CSV_SUITE);
	ev.class_name = get(row, CSV_CLASS);
	ev.name = get(row, CSV_NAME);
	ev.variant = get(row, CSV_VARIANT);
	ev.iteration = get_int(row, CSV_ITERATION, 1);
	ev.attempt = get_int(row, CSV_ATTEMPT, 1);
	if (!s->numbered)
		rd_repeat(s->r, &ev);
	return ident_of(&ev);
}

/* A failure that came after the end of an attempt that has its row. */
static void
take_late(struct csv *s, const struct row *row, const struct ident *id)
{
	struct carried c = { .late = true };
	struct em_event ev;

	walk_events(s, row, id, &c, true);
	if (c.messages)
		return;
	if (!read_message(row, id, EM_FAIL, &ev)) {
		em_event_init(&ev, EM_CASE_COMPLETE);
		ident_put(&ev, id);
		ev.outcome = EM_FAIL;
	}
	runs_emit_late(s->r, &s->runs, &ev);
}

static void
take_case(struct csv *s, const struct row *row, enum em_outcome outcome,
    const char *status)
{
	struct ident id = row_identity(s, row);
	struct carried c = { .messages = false };
	struct em_event message;

	if (outcome == EM_FAIL && str_eq(get(row, CSV_STATUS), CSV_LATE)) {
		take_late(s, row, &id);
		return;
	}
	em_event_init(&c.start, EM_CASE_START);
	em_event_init(&c.end, EM_CASE_COMPLETE);
	walk_events(s, row, &id, &c, false);
	emit_start(s, row, &id, &c);
	if (!c.output)
		emit_output(s, row, &id);
	if (!c.messages && read_message(row, &id, outcome, &message))
		runs_emit(s->r, &s->runs, &message);
	walk_events(s, row, &id, &c, true);
	emit_end(s, row, &id, &c, outcome, status);
}

/* A row without a name is about its suite, or without that about the run. */
static void
take_other(struct csv *s, const struct row *row, enum em_outcome outcome)
{
	struct em_str suite = get(row, CSV_SUITE);
	struct em_event ev;

	em_event_init(
	    &ev, suite.p != NULL ? EM_SUITE_COMPLETE : EM_RUN_COMPLETE);
	ev.run = get(row, CSV_RUN);
	ev.suite = suite;
	ev.outcome = outcome;
	ev.status = get(row, CSV_STATUS);
	ev.reason = get(row, CSV_REASON);
	ev.duration_ns = get_duration(row);
	if (suite.p == NULL && str_eq(ev.status, "incomplete")) {
		rd_cut(s->r, "the run has no end");
		s->cut = true;
	} else {
		runs_end(s->r, &s->runs, &ev);
	}
}

/* The header again, where files were put together. */
static bool
is_header(const struct row *row)
{
	enum csv_column c = csv_find_alias(get(row, CSV_OUTCOME));

	return (c == CSV_OUTCOME || c == CSV_STATUS) &&
	    csv_find_alias(get(row, CSV_NAME)) == CSV_NAME;
}

static enum em_rc
take_row(struct csv *s, const struct row *row)
{
	struct em_str word = get(row, CSV_OUTCOME);
	enum em_outcome outcome;
	const char *status;
	char quoted[80];

	/* A line that something else printed between the rows. */
	if (row->n == 1 && row->header->n > 1)
		return rd_noise(s->r, row->fields[0]);
	if (is_header(row))
		return EM_OK;
	if (!csv_find_outcome(word, &outcome, &status))
		return rd_bad(s->r, row_text(&s->r->arena, row),
		    "\"%s\" in the row of line %llu is no outcome",
		    err_quote(quoted, word), (unsigned long long)row->line);
	if (get(row, CSV_NAME).p != NULL)
		take_case(s, row, outcome, status);
	else if (outcome == EM_FAIL)
		take_other(s, row, outcome);
	else
		return rd_bad(s->r, row_text(&s->r->arena, row),
		    "the row of line %llu has no name",
		    (unsigned long long)row->line);
	return EM_OK;
}

static void
on_row(void *arg, const struct em_str *fields, size_t n, uint64_t line)
{
	struct csv *s = arg;
	struct row row = { fields, &s->header, n, line };

	if (s->rc != EM_OK)
		return;
	if (s->header.n > 0) {
		s->rc = take_row(s, &row);
		return;
	}
	if (!csv_read_header(&s->header, fields, n))
		s->rc = err_set(&s->r->err, EM_E_SYNTAX, line,
		    "the first row has no column for names or for outcomes");
	s->numbered = csv_place_of(&s->header, CSV_ITERATION) >= 0 ||
	    csv_place_of(&s->header, CSV_ATTEMPT) >= 0;
}

/* ---- the reader ---- */

static enum em_rc
csv_open(struct em_reader *r)
{
	struct csv *s = r->state;

	s->r = r;
	rd_protocol(r, EM_STR("csv"), (struct em_str){ NULL, 0 });
	return EM_OK;
}

static void
csv_close(struct em_reader *r)
{
	struct csv *s = r->state;

	rows_free(s->rows);
	runs_free(&s->runs);
	carry_free(&s->carry);
}

static enum em_rc
start_rows(struct em_reader *r, struct csv *s)
{
	const char *value = rd_option(r, "delimiter");
	char sep;

	if (value != NULL) {
		sep = csv_separator(value);
		if (sep == '\0')
			return err_set(&r->err, EM_E_USAGE, 0,
			    "\"%.60s\" is no delimiter", value);
	} else {
		sep = csv_find_separator(in_peek(r->in));
	}
	s->rows = rows_new(
	    sep != '\0' ? sep : ',', r->opts.limits.memory_max, on_row, s);
	if (s->rows == NULL)
		return err_set(&r->err, EM_E_MEMORY, 0, "out of memory");
	return EM_OK;
}

static enum em_rc
end_rows(struct em_reader *r, struct csv *s)
{
	struct em_error e = { .code = EM_E_NONE };

	if (s->ending)
		return EM_OK;
	s->ending = true;
	if (s->rows == NULL) {
		rd_empty(r);
		s->cut = true;
	} else if (rows_finish(s->rows, &e) == EM_ERR) {
		if (e.code != EM_E_TRUNCATED) {
			r->err = e;
			return EM_ERR;
		}
		rd_cut(r, "%s", e.msg);
		s->cut = true;
	}
	return s->rc;
}

static enum em_rc
csv_step(struct em_reader *r)
{
	struct csv *s = r->state;
	struct em_str head = str_upto(in_peek(r->in), PIECE);
	enum em_rc rc;

	if (head.n == 0) {
		rc = s->ending ? EM_EOF : in_more(r->in);
		if (rc != EM_EOF)
			return rc;
		rc = end_rows(r, s);
		if (rc != EM_OK)
			return rc;
		return runs_complete(r, &s->runs, s->cut) ? EM_EOF : EM_OK;
	}
	if (s->rows == NULL && (rc = start_rows(r, s)) != EM_OK)
		return rc;
	rc = rows_feed(s->rows, head, &r->err);
	in_consume(r->in, head.n);
	return rc == EM_OK ? s->rc : rc;
}

const struct em_format format_csv = {
	.info = {
		.name = "csv",
		.title = "CSV or TSV, a row an attempt",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "log lines, listings, times but those of starts, "
			  "suites and runs but for their failures, and what "
			  "has no column when events is not among them",
		.options = csv_options,
	},
	.probe = csv_probe,
	.read = {
		.state_size = sizeof(struct csv),
		.open = csv_open,
		.step = csv_step,
		.close = csv_close,
	},
	.write = {
		.state_size = sizeof(struct csv_writer),
		.open = csv_write_open,
		.event = csv_write_event,
		.finish = csv_write_finish,
		.close = csv_write_close,
	},
};
