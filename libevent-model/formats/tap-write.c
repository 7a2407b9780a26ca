/* SPDX-License-Identifier: MIT */
/*
 * TAP 14 out: one test point a case, with diagnostics in YAML, and the plan
 * at the end; a stream that is cut has no plan, and bails out.  A suite that
 * failed by itself is a point too, since nothing else can fail.  There are no
 * subtests, so that it is TAP 13 as well.
 */
#include <string.h>

#include "loss.h"
#include "plain.h"
#include "tap.h"

/* What there is neither a word nor a usual key of YAML for. */
static const unsigned lost = LOSS_NAMES | LOSS_ITERATIONS | LOSS_MODES |
    LOSS_LOCATIONS | LOSS_TAGS | LOSS_PARENTS | LOSS_PROPERTIES | LOSS_WORKERS |
    LOSS_SLOW | LOSS_EXITS | LOSS_CUT | LOSS_KINDS | LOSS_MORE |
    LOSS_ATTACHMENTS | LOSS_RUNS | LOSS_RUN | LOSS_TITLES | LOSS_NESTING |
    LOSS_LISTINGS;

static const size_t case_max = (size_t)256 << 20;

/* ---- text ---- */

/* Lines end there for JavaScript, where a regular expression looks at them. */
static size_t
line_mark(struct em_str s)
{
	return str_starts(s, "\xe2\x80\xa8") || str_starts(s, "\xe2\x80\xa9")
	    ? 3
	    : 0;
}

/* On one line, with what TAP escapes, in UTF-8. */
static void
write_plain(struct em_out *out, struct em_str s)
{
	size_t ok;

	s = str_trim(s);
	ok = str_utf8_valid(s);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (i == ok) {
			em_out_puts(out, "\xef\xbf\xbd");
			ok = i + 1 + str_utf8_valid(str_from(s, i + 1));
			continue;
		}
		if (line_mark(str_from(s, i)) > 0) {
			out_byte(out, ' ');
			i += 2;
			continue;
		}
		if (c == '\\' || c == '#')
			out_byte(out, '\\');
		out_byte(out, c == '\n' || c == '\r' ? ' ' : c);
	}
}

/* Whether text of several lines can stand as it is behind "|". */
static bool
is_block(struct em_str s)
{
	bool lines = false;

	if (s.n == 0 || s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\n' ||
	    str_ends(s, "\n\n") || str_utf8_valid(s) < s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		lines |= c == '\n' && i + 1 < s.n;
		/* Line ends that only YAML knows start with these. */
		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f ||
		    c == 0xc2 || c == 0xe2 || c == 0xef)
			return false;
	}
	return lines;
}

static void
write_quoted(struct em_out *out, struct em_str s)
{
	struct em_out *json = str_find(s, "\xe2\x80") < 0 ? NULL : em_out_mem();
	struct em_str all;

	if (json == NULL) {
		em_out_json_str(out, s);
		return;
	}
	em_out_json_str(json, s);
	all = em_out_memory(json);
	while (all.n > 0) {
		ptrdiff_t at = str_find(all, "\xe2\x80");
		struct em_str mark = str_from(all, at < 0 ? all.n : (size_t)at);

		em_out_write(out, str_upto(all, all.n - mark.n));
		all = mark;
		if (line_mark(mark) > 0) {
			em_out_printf(
			    out, "\\u202%d", mark.p[2] == '\xa8' ? 8 : 9);
			all = str_from(mark, line_mark(mark));
		} else if (mark.n > 0) {
			em_out_write(out, str_upto(mark, 2));
			all = str_from(mark, 2);
		}
	}
	em_out_discard(json);
}

static void
write_value(struct em_out *out, const char *key, struct em_str s)
{
	struct em_str line;

	if (s.n == 0)
		return;
	em_out_printf(out, "  %s: ", key);
	if (!is_block(s)) {
		write_quoted(out, s);
		out_byte(out, '\n');
		return;
	}
	/* "|-" says whether the last line ends, but prove cannot read it. */
	em_out_puts(out, "|\n");
	while (s.n > 0) {
		str_cut(&s, '\n', &line);
		/* prove takes no line that is empty. */
		em_out_puts(out, "    ");
		em_out_write(out, line);
		out_byte(out, '\n');
	}
}

/* ---- diagnostics ---- */

static void
write_place(struct em_out *out, const struct em_location *l)
{
	if (l->file.n == 0)
		return;
	em_out_puts(out, "  at:\n    file: ");
	write_quoted(out, l->file);
	if (l->line > 0)
		em_out_printf(out, "\n    line: %lld", (long long)l->line);
	if (l->column > 0)
		em_out_printf(out, "\n    column: %lld", (long long)l->column);
	out_byte(out, '\n');
}

/* Milliseconds with what is below them. */
static void
write_duration(struct em_out *out, int64_t ns)
{
	char digits[8];
	int n = 6;

	if (ns == EM_UNSET)
		return;
	em_out_printf(out, "  duration_ms: %lld", (long long)(ns / 1000000));
	ns %= 1000000;
	for (int i = 5; i >= 0; i--, ns /= 10)
		digits[i] = (char)('0' + ns % 10);
	while (n > 0 && digits[n - 1] == '0')
		n--;
	if (n > 0) {
		out_byte(out, '.');
		em_out_write(out, (struct em_str){ digits, (size_t)n });
	}
	out_byte(out, '\n');
}

/* The output of one stream, in one piece. */
static void
write_output(struct em_writer *w, struct em_out *out, const struct pend_case *c,
    const char *stream)
{
	struct tap_writer *tw = w->state;
	struct em_str all = { NULL, 0 };

	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_OUTPUT &&
		    str_eq(i->u.output->stream, stream))
			all = arena_join(&tw->scratch, all, i->u.output->text);
	write_value(out, stream, all);
}

static void
write_metrics(struct em_out *out, const struct pend_case *c)
{
	bool any = false;

	for (const struct em_item *i = c->items; i != NULL; i = i->next) {
		const struct em_metric *m = i->u.metric;

		if (i->kind != EM_CASE_METRIC)
			continue;
		if (!any)
			em_out_puts(out, "  metrics:\n");
		any = true;
		em_out_puts(out, "    - metric: ");
		write_quoted(out, m->metric);
		em_out_puts(out, "\n      value: ");
		em_out_write(out, m->value);
		em_out_puts(out, "\n      unit: ");
		write_quoted(out, m->unit);
		out_byte(out, '\n');
	}
}

static const struct em_message *
first_message(const struct pend_case *c)
{
	const struct em_message *m = pend_error(c);

	for (const struct em_item *i = c->items; m == NULL && i != NULL;
	     i = i->next)
		if (i->kind == EM_CASE_MESSAGE &&
		    !str_eq(i->u.message->kind, "ignored"))
			m = i->u.message;
	return m;
}

/* Messages after the first, each as people would read it. */
static void
write_others(struct em_out *out, const struct pend_case *c,
    const struct em_message *first)
{
	bool any = false;

	for (const struct em_item *i = c->items; i != NULL; i = i->next) {
		const struct em_message *m = i->u.message;

		if (i->kind != EM_CASE_MESSAGE || m == first ||
		    m->message.n == 0)
			continue;
		if (!any)
			em_out_puts(out, "  messages:\n");
		any = true;
		/* prove takes a text with a colon for a mapping. */
		em_out_puts(out, "    - message: ");
		write_quoted(out, m->message);
		out_byte(out, '\n');
	}
}

static void
write_message(struct em_out *out, const struct em_message *m)
{
	write_value(out, "message", m->message);
	write_value(out, "type", m->type);
	write_value(out, "code", m->code);
	write_value(out, "expected", m->expected);
	write_value(out, "actual", m->actual);
	write_place(out, &m->location);
	write_value(out, "detail", m->detail);
}

static bool
is_todo(const struct em_event *end)
{
	return str_eq(end->status, "xfail") || str_eq(end->status, "todo");
}

static bool
is_xpass(const struct em_event *end)
{
	return end->outcome == EM_PASS && str_eq(end->status, "xpass");
}

static void
count_lost(struct em_writer *w, const struct pend_case *c, bool failed)
{
	const struct em_event *end = &c->end;
	bool skip = end->outcome == EM_SKIP;

	loss_of_case(w, c, lost);
	if (skip && !is_todo(end) && end->status.n > 0)
		wr_lost(w, "statuses of what is skipped");
	if (failed && end->reason.n > 0)
		wr_lost(w, "reasons of failures but as messages");
	else if (!failed && !skip && !is_xpass(end) && end->reason.n > 0)
		wr_lost(w, "reasons of what passed");
	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_OUTPUT && !failed)
			wr_lost(w, "output of tests that did not fail");
}

/* Whether there is anything to say at all. */
static bool
says_something(const struct pend_case *c, bool failed)
{
	const struct em_event *end = &c->end;

	if (end->duration_ns != EM_UNSET || c->attempts > 1 || c->late ||
	    c->id.attempt > 1 || failed || end->status.n > 0)
		return true;
	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_MESSAGE || i->kind == EM_CASE_METRIC)
			return true;
	return false;
}

/* How many attempts the point stands for; and which it is, when those before
 * it are points too. */
static void
write_attempts(struct em_out *out, const struct pend_case *c)
{
	if (c->attempts > 1)
		em_out_printf(
		    out, "  attempts: %lld\n", (long long)c->attempts);
	if (c->id.attempt > c->attempts)
		em_out_printf(
		    out, "  attempt: %lld\n", (long long)c->id.attempt);
	else if (c->late)
		em_out_puts(out, "  attempt: 1\n");
}

static void
write_diagnostics(struct em_writer *w, struct em_out *out,
    const struct pend_case *c, bool failed)
{
	const struct em_message *m = first_message(c);
	const struct em_event *end = &c->end;

	write_duration(out, end->duration_ns);
	write_attempts(out, c);
	if (end->outcome != EM_SKIP && !is_xpass(end))
		write_value(out, "status", end->status);
	if (m != NULL)
		write_message(out, m);
	else if (failed)
		write_value(out, "message", end->reason);
	write_others(out, c, m);
	write_metrics(out, c);
	if (failed) {
		write_output(w, out, c, "stdout");
		write_output(w, out, c, "stderr");
		write_output(w, out, c, "combined");
	}
}

/* A block without content is no YAML to those who read it. */
static void
write_yaml(struct em_writer *w, struct em_out *out, const struct pend_case *c,
    bool failed)
{
	struct em_out *body;

	if (!says_something(c, failed))
		return;
	body = em_out_mem();
	if (body == NULL) {
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
		return;
	}
	write_diagnostics(w, body, c, failed);
	if (em_out_memory(body).n > 0) {
		em_out_puts(out, "  ---\n");
		em_out_write(out, em_out_memory(body));
		em_out_puts(out, "  ...\n");
	}
	em_out_discard(body);
}

/* ---- points ---- */

/* All of a point but its number, which comes when it is written. */
static void
write_case(struct em_writer *w, struct em_out *out, const struct pend_case *c)
{
	struct tap_writer *tw = w->state;
	const struct em_event *end = &c->end;
	struct em_str name = plain_name(&tw->scratch, &c->id);
	bool todo = is_todo(end);
	bool skip = end->outcome == EM_SKIP;
	bool failed = !skip && end->outcome != EM_PASS;

	if (name.n > 0)
		em_out_puts(out, " - ");
	if (memchr(name.p, '\n', name.n) != NULL)
		wr_lost(w, "line ends in names");
	count_lost(w, c, failed);
	write_plain(out, name);
	if (skip || (end->outcome == EM_PASS && str_eq(end->status, "xpass"))) {
		em_out_puts(out, skip && !todo ? " # SKIP" : " # TODO");
		if (end->reason.n > 0)
			out_byte(out, ' ');
		write_plain(out, end->reason);
	}
	out_byte(out, '\n');
	write_yaml(w, out, c, failed);
}

static void
begin(struct em_writer *w)
{
	struct tap_writer *tw = w->state;

	if (!tw->begun)
		em_out_printf(w->out, "TAP version %d\n", tw->version);
	tw->begun = true;
}

static void
write_number(struct em_writer *w, bool ok)
{
	struct tap_writer *tw = w->state;

	begin(w);
	em_out_printf(
	    w->out, "%s %lld", ok ? "ok" : "not ok", (long long)++tw->count);
	tw->failed |= !ok;
}

static enum em_rc
no_memory(struct em_writer *w)
{
	return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
}

static enum em_rc
case_done(struct em_writer *w, struct pend_case *c)
{
	struct tap_writer *tw = w->state;
	enum em_outcome o = c->end.outcome;
	struct em_out *text;

	loss_of_attempts(w, c);
	if (tw->now || o == EM_PASS || o == EM_SKIP) {
		bool failed = tw->failed;

		write_number(
		    w, o == EM_PASS || (o == EM_SKIP && !is_todo(&c->end)));
		/* A todo is not ok and breaks nothing. */
		if (o == EM_SKIP)
			tw->failed = failed;
		write_case(w, w->out, c);
		pend_forget(&tw->pend, c);
		return EM_OK;
	}
	text = em_out_mem();
	if (text == NULL)
		return no_memory(w);
	write_case(w, text, c);
	pend_text(&tw->pend, c, em_out_memory(text));
	return em_out_close(text, &w->err);
}

/* Failures that no retry took back, and cases that never ended. */
static void
write_pending(struct em_writer *w)
{
	struct tap_writer *tw = w->state;
	struct pend_case *c;

	while ((c = tw->pend.first) != NULL) {
		write_number(w, false);
		if (c->text.p != NULL) {
			em_out_write(w->out, c->text);
		} else {
			c->end.outcome = EM_FAIL;
			c->end.status = EM_STR("incomplete");
			c->end.duration_ns = EM_UNSET;
			write_case(w, w->out, c);
		}
		pend_forget(&tw->pend, c);
	}
}

/* ---- events ---- */

static void
write_comment(struct em_writer *w, struct em_str text)
{
	struct tap_writer *tw = w->state;
	struct em_str line;

	begin(w);
	/* A log holds any bytes, TAP is UTF-8. */
	text = arena_utf8(&tw->scratch, text);
	while (text.n > 0) {
		str_cut(&text, '\n', &line);
		if (str_ends(line, "\r"))
			line.n--;
		/* What looks like the heading of a subtest must not be one. */
		em_out_puts(w->out, str_starts(line, "Subtest") ? "#  " : "# ");
		em_out_write(w->out, line);
		out_byte(w->out, '\n');
	}
}

static void
suite_done(struct em_writer *w, const struct em_event *ev)
{
	if (ev->outcome != EM_FAIL)
		return;
	write_number(w, false);
	em_out_puts(w->out, " - ");
	write_plain(w->out, ev->suite);
	em_out_puts(w->out, "\n  ---\n");
	write_value(w->out, "status", ev->status);
	write_value(w->out, "message",
	    ev->reason.n > 0 ? ev->reason : EM_STR("the suite failed"));
	em_out_puts(w->out, "  ...\n");
}

static void
run_done(struct em_writer *w, const struct em_event *ev)
{
	struct tap_writer *tw = w->state;

	begin(w);
	if (tw->running > 0)
		tw->running--;
	tw->whole = tw->running == 0;
	if (tw->whole)
		write_pending(w);
	tw->run_failed |= ev->outcome == EM_FAIL;
	if (!tw->whole)
		return;
	if (tw->run_failed && !tw->failed && !tw->cancelled) {
		tw->cancelled = true;
		tw->why = ev->status.n > 0 ? arena_dup(&w->keep, ev->status)
					   : EM_STR("the run failed");
	}
}

enum em_rc
tap_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct tap_writer *tw = w->state;
	struct pend_case *c;
	enum pend_what what;

	arena_reset(&tw->scratch);
	loss_of_event(w, ev, lost);
	switch (ev->kind) {
	case EM_RUN_START:
		begin(w);
		tw->running++;
		tw->whole = false;
		return EM_OK;
	case EM_RUN_CANCEL:
		tw->cancelled = true;
		tw->why = arena_dup(&w->keep, ev->reason);
		return EM_OK;
	case EM_RUN_COMPLETE:
		run_done(w, ev);
		return EM_OK;
	case EM_SUITE_COMPLETE:
		suite_done(w, ev);
		return EM_OK;
	case EM_LOG:
		write_comment(w, ev->text);
		return EM_OK;
	case EM_DISCOVER_COMPLETE:
		/* A listing is whole without a run. */
		tw->whole = true;
		return EM_OK;
	default:
		break;
	}
	what = pend_event(&tw->pend, ev, &c);
	if (tw->pend.failed)
		return no_memory(w);
	if (what == PEND_LOST)
		loss_behind_end(w);
	return what == PEND_DONE ? case_done(w, c) : EM_OK;
}

enum em_rc
tap_write_open(struct em_writer *w)
{
	struct tap_writer *tw = w->state;
	const char *version = wr_option(w, "version");

	arena_init(&tw->scratch, case_max);
	pend_init(&tw->pend, case_max);
	tw->version = 14;
	if (version != NULL && strcmp(version, "13") == 0)
		tw->version = 13;
	else if (version != NULL && strcmp(version, "14") != 0)
		return err_set(&w->err, EM_E_USAGE, 0,
		    "bad value \"%s\" of version, it is 13 or 14", version);
	return pend_option(w, &tw->now);
}

enum em_rc
tap_write_finish(struct em_writer *w)
{
	struct tap_writer *tw = w->state;

	begin(w);
	write_pending(w);
	if (tw->whole && !tw->cancelled) {
		em_out_printf(w->out, "1..%lld\n", (long long)tw->count);
		return EM_OK;
	}
	if (!tw->cancelled)
		tw->why = EM_STR("the results are cut short");
	/* Instead of the plan, behind which some read no more. */
	em_out_puts(w->out, "Bail out!");
	if (tw->why.n > 0)
		out_byte(w->out, ' ');
	write_plain(w->out, tw->why);
	out_byte(w->out, '\n');
	return EM_OK;
}

void
tap_write_close(struct em_writer *w)
{
	struct tap_writer *tw = w->state;

	pend_free(&tw->pend);
	arena_free(&tw->scratch);
}
