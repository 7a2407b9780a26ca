/* SPDX-License-Identifier: MIT */
/*
 * Events to rows: one for each attempt that ends or is left open, and one
 * without a name for a suite or run that fails by itself.  The columns that
 * were chosen are filled; what none of them holds goes as lines of the
 * protocol into `events`, or is lost if that was not chosen.
 */
#include <string.h>

#include "csv.h"

#define DEFAULT_COLUMNS                                                        \
	"run,suite,class,name,variant,iteration,attempt,outcome,status,"       \
	"reason,"                                                              \
	"duration,time,worker,tags,message,type,detail,file,line,stdout,"      \
	"stderr,events"

const struct em_format_option csv_options[] = {
	{ "columns", "NAME,...|all",
	    "which columns are written, and in what order: " DEFAULT_COLUMNS
	    " by default" },
	{ "delimiter", "comma|tab|semicolon|pipe|CHARACTER",
	    "what separates fields; read, it is found out" },
	{ "crlf", "yes|no",
	    "whether lines end as RFC 4180 has it; by default "
	    "they do unless the delimiter is tab" },
	{ "header", "yes|no", "whether the first line names the columns" },
	{ "formulas", "keep|quote",
	    "quote puts a ' before what a spreadsheet would calculate" },
	{ NULL, NULL, NULL },
};

/* ---- options ---- */

static bool
is_yes(const char *value, bool unset)
{
	return value == NULL ? unset : strcmp(value, "yes") == 0;
}

static enum em_rc
choose_columns(struct em_writer *w, struct csv_writer *s)
{
	const char *value = wr_option(w, "columns");
	struct em_str rest = em_str(value != NULL ? value : DEFAULT_COLUMNS),
		      name;
	enum csv_column c;
	char quoted[80];

	if (value != NULL && strcmp(value, "all") == 0) {
		for (c = 0; c < CSV_COLUMNS; c++)
			if (c != CSV_END)
				s->columns[s->count++] = c;
		return EM_OK;
	}
	while (rest.n > 0) {
		str_cut(&rest, ',', &name);
		name = str_trim(name);
		c = csv_find(name);
		if (c == CSV_COLUMNS || c == CSV_END)
			return err_set(&w->err, EM_E_USAGE, 0,
			    "there is no column \"%s\" to write",
			    err_quote(quoted, name));
		if (s->count == CSV_COLUMNS)
			return err_set(&w->err, EM_E_USAGE, 0,
			    "more than %d columns", (int)CSV_COLUMNS);
		s->columns[s->count++] = c;
	}
	return EM_OK;
}

enum em_rc
csv_write_open(struct em_writer *w)
{
	struct csv_writer *s = w->state;
	const char *delimiter = wr_option(w, "delimiter");
	struct em_str header[CSV_COLUMNS];

	sw_open(&s->common);
	s->style.sep = ',';
	if (delimiter != NULL)
		s->style.sep = csv_separator(delimiter);
	if (s->style.sep == '\0')
		return err_set(&w->err, EM_E_USAGE, 0,
		    "\"%.60s\" is no delimiter", delimiter);
	s->style.crlf = is_yes(wr_option(w, "crlf"), s->style.sep != '\t');
	s->quote_formulas = wr_option(w, "formulas") != NULL &&
	    strcmp(wr_option(w, "formulas"), "quote") == 0;
	if (choose_columns(w, s) != EM_OK)
		return EM_ERR;
	for (size_t i = 0; i < s->count; i++)
		header[i] = em_str(csv_names[s->columns[i]]);
	if (is_yes(wr_option(w, "header"), true))
		rows_write(w->out, &s->style, header, s->count);
	return EM_OK;
}

void
csv_write_close(struct em_writer *w)
{
	struct csv_writer *s = w->state;

	sw_close(&s->common);
}

/* ---- what the columns hold ---- */

static bool
has(const struct csv_writer *s, enum csv_column column)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->columns[i] == column)
			return true;
	return false;
}

static struct em_str
number(struct arena *a, int64_t v)
{
	return v == EM_UNSET ? (struct em_str){ NULL, 0 }
			     : arena_printf(a, "%lld", (long long)v);
}

/* Seconds with as many digits as it takes. */
static struct em_str
seconds(struct arena *a, int64_t ns)
{
	struct em_str s;

	if (ns == EM_UNSET)
		return (struct em_str){ NULL, 0 };
	s = arena_printf(a, "%lld.%09lld", (long long)(ns / 1000000000),
	    (long long)(ns % 1000000000));
	while (s.n > 0 && s.p[s.n - 1] == '0')
		s.n--;
	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	return s;
}

static struct em_str
time_text(struct arena *a, int64_t ns)
{
	char buf[48];

	if (ns == EM_UNSET)
		return (struct em_str){ NULL, 0 };
	return arena_dup(a, (struct em_str){ buf, text_time(buf, ns, -1) });
}

static struct em_str
tag_text(struct arena *a, struct em_strs tags)
{
	struct em_str s = { NULL, 0 };

	for (size_t i = 0; i < tags.n; i++) {
		if (i > 0)
			s = arena_join(a, s, EM_STR(" "));
		s = i == 0 ? tags.v[0] : arena_join(a, s, tags.v[i]);
	}
	return s;
}

/* True when tags survive being separated by blanks. */
static bool
tags_are_words(struct em_strs tags)
{
	for (size_t i = 0; i < tags.n; i++)
		if (tags.v[i].n == 0 || str_find(tags.v[i], " ") >= 0)
			return false;
	return true;
}

static struct em_str
whole_output(struct arena *a, const struct csv_row *row, const char *stream)
{
	struct em_str s = { NULL, 0 };

	for (const struct live_item *i = row->items; i != NULL; i = i->next)
		if (i->ev.kind == EM_CASE_OUTPUT &&
		    str_eq(i->ev.stream, stream))
			s = s.p == NULL ? i->ev.text
					: arena_join(a, s, i->ev.text);
	return s;
}

/* The columns of the first error; unset without one. */
static struct em_str
message_field(struct arena *a, const struct em_event *m, enum csv_column column)
{
	static const struct em_str absent;

	if (m == NULL)
		return absent;
	switch (column) {
	case CSV_MESSAGE:
		return m->message;
	case CSV_TYPE:
		return m->type;
	case CSV_DETAIL:
		return m->detail;
	case CSV_CODE:
		return m->code;
	case CSV_FILE:
		return m->location.file;
	case CSV_LINE:
		return number(a, m->location.line);
	case CSV_COLUMN:
		return number(a, m->location.column);
	case CSV_EXPECTED:
		return m->expected;
	case CSV_ACTUAL:
		return m->actual;
	default:
		return absent;
	}
}

/* The columns of the start: identity and what is known of the case. */
static struct em_str
start_field(struct arena *a, const struct em_event *ev, enum csv_column column)
{
	switch (column) {
	case CSV_RUN:
		return ev->run;
	case CSV_SUITE:
		return ev->suite;
	case CSV_CLASS:
		return ev->class_name;
	case CSV_NAME:
		return ev->name;
	case CSV_VARIANT:
		return ev->variant;
	case CSV_ITERATION:
		return number(a, ev->iteration);
	case CSV_ATTEMPT:
		return number(a, ev->attempt);
	case CSV_WORKER:
		return ev->worker;
	case CSV_MODE:
		return ev->mode;
	case CSV_PARENT:
		return ev->parent;
	case CSV_TAGS:
		return tag_text(a, ev->tags);
	case CSV_CASE_FILE:
		return ev->location.file;
	case CSV_CASE_LINE:
		return number(a, ev->location.line);
	default:
		return (struct em_str){ NULL, 0 };
	}
}

static struct em_str
field(struct csv_writer *s, const struct csv_row *row, enum csv_column column)
{
	struct arena *a = &s->common.arena;
	const struct em_event *end = row->end;
	struct em_str value;

	switch (column) {
	case CSV_OUTCOME:
		return em_outcome_name(
		    end->outcome == EM_INVALID ? EM_FAIL : end->outcome);
	case CSV_STATUS:
		return end->status;
	case CSV_REASON:
		return end->reason;
	case CSV_DURATION:
		return seconds(a, end->duration_ns);
	case CSV_DURATION_MS:
		return end->duration_ns == EM_UNSET
		    ? number(a, EM_UNSET)
		    : number(a, end->duration_ns / 1000000);
	case CSV_DURATION_NS:
		return number(a, end->duration_ns);
	case CSV_TIME:
		return time_text(a, row->time_ns);
	case CSV_EXIT_CODE:
		return number(a, end->exit_code);
	case CSV_SIGNAL:
		return number(a, end->signal);
	case CSV_STDOUT:
		return whole_output(a, row, "stdout");
	case CSV_STDERR:
		return whole_output(a, row, "stderr");
	case CSV_EVENTS:
		return row->events;
	default:
		value = start_field(a, row->start, column);
		return value.p != NULL ? value
				       : message_field(a, row->message, column);
	}
}

/* ---- what they do not hold ---- */

static void
add_event(struct em_writer *w, struct csv_writer *s, struct csv_row *row,
    const struct em_event *ev)
{
	struct arena *a = &s->common.arena;
	struct em_event rest = *ev;
	struct em_str line;

	if (!has(s, CSV_EVENTS)) {
		wr_lost(w, "what the columns chosen do not hold");
		return;
	}
	rest.raw = (struct em_str){ NULL, 0 };
	rest.extra = (struct em_members){ NULL, 0 };
	rest.time_ns = rest.elapsed_ns = EM_UNSET;
	rest.run = rest.suite = rest.class_name = rest.variant =
	    (struct em_str){ NULL, 0 };
	rest.iteration = rest.attempt = EM_UNSET;
	line = carry_put(&s->common.carry, &rest);
	if (row->events.n > 0)
		row->events = arena_join(a, row->events, EM_STR("\n"));
	row->events = arena_join(a, row->events, line);
	if (line.p == NULL)
		a->failed = true;
}

/* Takes out of a start what columns hold; false when nothing is left. */
static bool
rest_of_start(const struct csv_writer *s, struct em_event *ev)
{
	static const struct em_str absent;

	if (has(s, CSV_WORKER))
		ev->worker = absent;
	if (has(s, CSV_MODE))
		ev->mode = absent;
	if (has(s, CSV_PARENT))
		ev->parent = absent;
	if (has(s, CSV_TAGS) && tags_are_words(ev->tags))
		ev->tags = (struct em_strs){ NULL, 0 };
	if (has(s, CSV_CASE_FILE) && has(s, CSV_CASE_LINE) &&
	    ev->location.column == EM_UNSET &&
	    ev->location.end_line == EM_UNSET &&
	    ev->location.end_column == EM_UNSET)
		ev->location.file = absent;
	return ev->worker.p != NULL || ev->mode.p != NULL ||
	    ev->parent.p != NULL || ev->tags.n > 0 ||
	    ev->location.file.p != NULL || ev->properties.n > 0;
}

static bool
rest_of_end(const struct csv_writer *s, struct em_event *ev)
{
	static const struct em_str absent;

	if (has(s, CSV_STATUS))
		ev->status = absent;
	if (has(s, CSV_REASON))
		ev->reason = absent;
	if (has(s, CSV_DURATION) || has(s, CSV_DURATION_NS))
		ev->duration_ns = EM_UNSET;
	if (has(s, CSV_EXIT_CODE))
		ev->exit_code = EM_UNSET;
	if (has(s, CSV_SIGNAL))
		ev->signal = EM_UNSET;
	return ev->status.p != NULL || ev->reason.p != NULL ||
	    ev->duration_ns != EM_UNSET || ev->exit_code != EM_UNSET ||
	    ev->signal != EM_UNSET || ev->properties.n > 0;
}

static bool
held(const struct csv_writer *s, struct em_str value, enum csv_column column)
{
	return value.p == NULL || has(s, column);
}

/* Whether the columns hold all of the first error. */
static bool
holds_message(const struct csv_writer *s, const struct em_event *m)
{
	return held(s, m->message, CSV_MESSAGE) && held(s, m->type, CSV_TYPE) &&
	    held(s, m->detail, CSV_DETAIL) && held(s, m->code, CSV_CODE) &&
	    held(s, m->location.file, CSV_FILE) &&
	    (m->location.line == EM_UNSET || has(s, CSV_LINE)) &&
	    (m->location.column == EM_UNSET || has(s, CSV_COLUMN)) &&
	    m->location.end_line == EM_UNSET &&
	    m->location.end_column == EM_UNSET &&
	    held(s, m->expected, CSV_EXPECTED) &&
	    held(s, m->actual, CSV_ACTUAL) && m->rendered.p == NULL &&
	    (m->message.p != NULL || m->type.p != NULL || m->detail.p != NULL);
}

static bool
holds_output(const struct csv_writer *s, const struct em_event *o)
{
	bool column = (str_eq(o->stream, "stdout") && has(s, CSV_STDOUT)) ||
	    (str_eq(o->stream, "stderr") && has(s, CSV_STDERR));

	return column && o->text.n > 0 &&
	    str_utf8_valid(o->text) == o->text.n &&
	    o->truncated_bytes == EM_UNSET;
}

/* The reader takes messages, and output, from one place or the other: if a
 * column does not hold one, all are carried. */
static void
add_rest(struct em_writer *w, struct csv_writer *s, struct csv_row *row)
{
	struct em_event start = *row->start, end = *row->end;
	bool messages = true, output = true;

	for (const struct live_item *i = row->items; i != NULL; i = i->next) {
		if (i->ev.kind == EM_CASE_MESSAGE && row->message == NULL &&
		    str_eq(i->ev.message_kind, "error"))
			row->message = &i->ev;
		if (i->ev.kind == EM_CASE_MESSAGE)
			messages = messages && row->message == &i->ev &&
			    holds_message(s, &i->ev);
		if (i->ev.kind == EM_CASE_OUTPUT)
			output = output && holds_output(s, &i->ev);
	}
	if (rest_of_start(s, &start))
		add_event(w, s, row, &start);
	for (const struct live_item *i = row->items; i != NULL; i = i->next)
		if ((i->ev.kind != EM_CASE_MESSAGE || !messages) &&
		    (i->ev.kind != EM_CASE_OUTPUT || !output))
			add_event(w, s, row, &i->ev);
	if (rest_of_end(s, &end))
		add_event(w, s, row, &end);
}

/* ---- rows ---- */

/* A cell that a spreadsheet would take for a formula, made into text. */
static struct em_str
harmless(struct arena *a, struct em_str s)
{
	if (s.n == 0 || memchr("=+-@\t\r", s.p[0], 6) == NULL)
		return s;
	return arena_join(a, EM_STR("'"), s);
}

static void
put_row(struct em_writer *w, struct csv_writer *s, struct csv_row *row)
{
	struct em_str fields[CSV_COLUMNS];
	struct arena *a = &s->common.arena;

	for (size_t i = 0; i < s->count; i++) {
		fields[i] = field(s, row, s->columns[i]);
		fields[i] = arena_utf8(a, fields[i]);
		if (s->quote_formulas)
			fields[i] = harmless(a, fields[i]);
	}
	rows_write(w->out, &s->style, fields, s->count);
}

static void
put_attempt(struct em_writer *w, struct csv_writer *s,
    const struct live_case *c, const struct em_event *end)
{
	struct csv_row row = { .start = &c->start,
		.end = end,
		.items = c->items,
		.time_ns = sw_wall(&s->common, &c->start) };

	add_rest(w, s, &row);
	put_row(w, s, &row);
}

/* A row for what is no attempt, or one that has had its row. */
static void
put_alone(struct em_writer *w, struct csv_writer *s,
    const struct em_event *start, const struct em_event *end,
    const struct em_event *message)
{
	struct csv_row row = { .start = start,
		.end = end,
		.message = message,
		.time_ns = EM_UNSET };

	if (message != NULL && !holds_message(s, message))
		add_event(w, s, &row, message);
	put_row(w, s, &row);
}

/* The row of the attempt is written: a failure gets another. */
static void
put_late(struct em_writer *w, struct csv_writer *s, const struct em_event *ev)
{
	struct em_event end;

	em_event_init(&end, EM_CASE_COMPLETE);
	end.outcome = EM_FAIL;
	end.status = EM_STR(CSV_LATE);
	if (ev->kind == EM_CASE_MESSAGE && str_eq(ev->message_kind, "error")) {
		put_alone(w, s, ev, &end, ev);
		failing_attempt(&s->common.failing, ev, true);
	} else if (ev->kind == EM_CASE_COMPLETE && ev->outcome != EM_PASS &&
	    ev->outcome != EM_SKIP) {
		put_alone(w, s, ev, &end, NULL);
	} else {
		wr_lost(w, "what came after the end of a case");
	}
}

static void
take_case(struct em_writer *w, struct csv_writer *s, const struct em_event *ev)
{
	struct live_case *c;
	enum live_state state = live_at(&s->common.live, ev, &c);

	if (state == LIVE_LATE)
		put_late(w, s, ev);
	if (c == NULL || ev->kind == EM_CASE_START)
		return;
	if (ev->kind == EM_CASE_SLOW) {
		wr_lost(w, "warnings of slow cases");
	} else if (ev->kind != EM_CASE_COMPLETE) {
		live_keep(&s->common.live, c, ev);
	} else {
		put_attempt(w, s, c, ev);
		live_end(&s->common.live, c);
	}
}

enum em_rc
csv_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct csv_writer *s = w->state;
	struct em_event about;

	sw_event(w, &s->common, ev);
	switch (ev->kind) {
	case EM_DISCOVER_CASE:
		wr_lost(w, "listed cases");
		break;
	case EM_LOG:
		wr_lost(w, "log lines");
		break;
	case EM_SUITE_COMPLETE:
	case EM_RUN_COMPLETE:
		if (!sw_fails_alone(&s->common, ev)) {
			sw_lost_members(w, ev);
			break;
		}
		/* About the suite or run, whatever more it names. */
		em_event_init(&about, ev->kind);
		about.run = ev->run;
		if (ev->kind == EM_SUITE_COMPLETE)
			about.suite = ev->suite;
		put_alone(w, s, &about, ev, NULL);
		break;
	case EM_RUN_START:
	case EM_SUITE_START:
	case EM_RUN_CANCEL:
		sw_lost_members(w, ev);
		break;
	default:
		if (em_event_is_case(ev))
			take_case(w, s, ev);
		break;
	}
	return sw_status(w, &s->common);
}

/* What is open was never completed, and a run without an end failed. */
enum em_rc
csv_write_finish(struct em_writer *w)
{
	struct csv_writer *s = w->state;
	struct live_case *c;
	struct em_event end, about;

	em_event_init(&end, EM_CASE_COMPLETE);
	em_event_init(&about, EM_RUN_COMPLETE);
	end.outcome = EM_FAIL;
	end.status = EM_STR("incomplete");
	while ((c = live_first(&s->common.live)) != NULL) {
		put_attempt(w, s, c, &end);
		live_end(&s->common.live, c);
		arena_reset(&s->common.arena);
	}
	if (sw_cut(&s->common))
		put_alone(w, s, &about, &end, NULL);
	return sw_status(w, &s->common);
}
