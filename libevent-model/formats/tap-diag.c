/* SPDX-License-Identifier: MIT */
/* The diagnostics of a point, in YAML that all who read TAP can read. */
#include <string.h>

#include "tap.h"

/* ---- text ---- */

/* Lines end there for JavaScript, where a regular expression looks at them. */
static size_t
line_mark(struct em_str s)
{
	return str_starts(s, "\xe2\x80\xa8") || str_starts(s, "\xe2\x80\xa9")
	    ? 3
	    : 0;
}

void
tap_write_plain(struct em_out *out, struct em_str s)
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

void
tap_write_value(struct em_out *out, const char *key, struct em_str s)
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
	tap_write_value(out, stream, all);
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
	tap_write_value(out, "message", m->message);
	tap_write_value(out, "type", m->type);
	tap_write_value(out, "code", m->code);
	tap_write_value(out, "expected", m->expected);
	tap_write_value(out, "actual", m->actual);
	write_place(out, &m->location);
	tap_write_value(out, "detail", m->detail);
}

bool
tap_is_todo(const struct em_event *end)
{
	return str_eq(end->status, "xfail") || str_eq(end->status, "todo");
}

bool
tap_is_xpass(const struct em_event *end)
{
	return end->outcome == EM_PASS && str_eq(end->status, "xpass");
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
	if (end->outcome != EM_SKIP && !tap_is_xpass(end))
		tap_write_value(out, "status", end->status);
	if (m != NULL)
		write_message(out, m);
	else if (failed)
		tap_write_value(out, "message", end->reason);
	write_others(out, c, m);
	write_metrics(out, c);
	if (failed) {
		write_output(w, out, c, "stdout");
		write_output(w, out, c, "stderr");
		write_output(w, out, c, "combined");
	}
}

void
tap_write_yaml(struct em_writer *w, struct em_out *out,
    const struct pend_case *c, bool failed)
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
