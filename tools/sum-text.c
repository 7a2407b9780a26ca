/* SPDX-License-Identifier: MIT */
/* The summary for people: what failed first, the verdict last, where the eye
 * is when a terminal stops scrolling. */
#include <string.h>

#include "sum.h"

enum { OUTPUT_LINES = 20, DIFF_MAX = 400, WIDTH = 80 };

struct text {
	const struct sum_view *v;
	struct em_out *out;
	bool color;
	size_t most; /* cases in a list */
};

static void
paint(const struct text *t, const char *code, const char *s)
{
	if (t->color)
		em_out_printf(t->out, "\033[%sm%s\033[0m", code, s);
	else
		em_out_puts(t->out, s);
}

static void
print_location(const struct text *t, const struct em_location *l)
{
	if (l->file.p == NULL)
		return;
	em_out_plain(t->out, l->file, NULL);
	if (l->line != EM_UNSET)
		em_out_printf(t->out, ":%lld", (long long)l->line);
	if (l->line != EM_UNSET && l->column != EM_UNSET)
		em_out_printf(t->out, ":%lld", (long long)l->column);
	em_out_puts(t->out, ": ");
}

static void
print_value(const struct text *t, const char *what, struct em_str s)
{
	if (s.p == NULL)
		return;
	em_out_printf(t->out, "    %-8s ", what);
	em_out_plain(t->out,
	    (struct em_str){ s.p, s.n < DIFF_MAX ? s.n : DIFF_MAX },
	    "             ");
	em_out_puts(t->out, s.n > DIFF_MAX ? " ...\n" : "\n");
}

static bool
is_blank(struct em_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(" \t\r\n", s.p[i]) == NULL)
			return false;
	return true;
}

/* Without blank lines before and behind, and the last line's end. */
static struct em_str
trimmed(struct em_str s)
{
	const char *lf;

	while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
		s.n--;
	while ((lf = s.n > 0 ? memchr(s.p, '\n', s.n) : NULL) != NULL &&
	    is_blank((struct em_str){ s.p, (size_t)(lf - s.p) }))
		s = (struct em_str){ lf + 1, s.n - (size_t)(lf + 1 - s.p) };
	return s;
}

static bool
contains(struct em_str s, struct em_str part)
{
	for (size_t i = 0; part.n <= s.n && i <= s.n - part.n; i++) {
		const char *p =
		    memchr(s.p + i, part.p[0], s.n - part.n - i + 1);

		if (p == NULL)
			return false;
		if (memcmp(p, part.p, part.n) == 0)
			return true;
		i = (size_t)(p - s.p);
	}
	return false;
}

static void
print_message(const struct text *t, const struct em_message *m)
{
	struct em_str text = trimmed(m->message), more = trimmed(m->detail);

	/* Traces mostly begin or end with the message, which is enough. */
	if (text.n == 0 || (more.n > 0 && contains(more, text))) {
		text = more;
		more.n = 0;
	}
	em_out_puts(t->out, "  ");
	print_location(t, &m->location);
	em_out_plain(t->out, text.n > 0 ? text : m->type, "  ");
	em_out_puts(t->out, "\n");
	print_value(t, "expected", m->expected);
	print_value(t, "actual", m->actual);
	if (more.n == 0)
		return;
	em_out_puts(t->out, "    ");
	em_out_plain(t->out, more, "    ");
	em_out_puts(t->out, "\n");
}

/* What the producer, or this tool, did not keep. */
static void
print_cut(const struct text *t, int64_t bytes)
{
	if (bytes > 0)
		em_out_printf(
		    t->out, "  | ... %lld bytes were cut\n", (long long)bytes);
}

/* How far the lines of output are. */
struct tail {
	size_t skip; /* lines still to leave out */
	size_t blank; /* empty lines held back: there may be no others */
	bool begun;
	bool inside; /* of a line */
	struct em_str stream;
};

static bool
take_line(struct em_str *s, struct em_str *line)
{
	const char *lf = memchr(s->p, '\n', s->n);
	size_t n = lf != NULL ? (size_t)(lf - s->p) : s->n;

	*line = (struct em_str){ s->p, n };
	n += lf != NULL;
	*s = (struct em_str){ s->p + n, s->n - n };
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return lf != NULL;
}

static void
end_line(const struct text *t, struct tail *at)
{
	if (at->inside)
		em_out_puts(t->out, "\n");
	at->inside = false;
}

static void
print_lines(const struct text *t, struct tail *at, struct em_str s)
{
	struct em_str line;

	while (s.n > 0) {
		bool ends = take_line(&s, &line);

		if (at->skip > 0) {
			at->skip -= ends;
			continue;
		}
		if (line.n == 0 && !at->inside) {
			at->blank += at->begun;
			continue;
		}
		for (; at->blank > 0; at->blank--)
			em_out_puts(t->out, "  |\n");
		if (!at->inside)
			em_out_puts(t->out, "  | ");
		em_out_plain(t->out, line, "");
		at->begun = at->inside = true;
		if (ends)
			end_line(t, at);
	}
}

static size_t
count_lines(const struct em_item *items, enum em_kind kind)
{
	size_t n = 0;

	for (const struct em_item *i = items; i != NULL; i = i->next) {
		struct em_str s = i->u.output->text, line;

		while (i->kind == kind && s.n > 0)
			n += take_line(&s, &line) || kind == EM_LOG;
	}
	return n;
}

/* The last lines of what all chunks of output hold together, or of a log. */
static void
print_tail(const struct text *t, const struct em_item *items, enum em_kind kind)
{
	struct tail at = { .inside = false };
	size_t lines = count_lines(items, kind);

	if (lines > OUTPUT_LINES) {
		at.skip = lines - OUTPUT_LINES;
		em_out_printf(t->out, "  | ... %zu line%s before\n", at.skip,
		    at.skip == 1 ? "" : "s");
	}
	for (const struct em_item *i = items; i != NULL; i = i->next) {
		if (i->kind != kind || (kind == EM_LOG && sum_is_error(i)))
			continue;
		if (!em_str_eq(i->u.output->stream, at.stream))
			end_line(t, &at);
		at.stream = i->u.output->stream;
		if (i->u.output->truncated_bytes > 0)
			end_line(t, &at);
		print_cut(t, i->u.output->truncated_bytes);
		print_lines(t, &at, i->u.output->text);
		if (kind == EM_LOG)
			end_line(t, &at);
	}
	end_line(t, &at);
}

static void
print_reason(const struct text *t, struct em_str reason)
{
	if (reason.p == NULL)
		return;
	em_out_puts(t->out, "  ");
	em_out_plain(t->out, trimmed(reason), "  ");
	em_out_puts(t->out, "\n");
}

static void
print_end(const struct text *t, const struct em_attempt *a)
{
	const struct em_end *e = a->end;

	if (e->status.p != NULL) {
		em_out_puts(t->out, "  (");
		em_out_plain(t->out, e->status, NULL);
		em_out_puts(t->out, ")");
	}
	if (e->exit_code != EM_UNSET)
		em_out_printf(
		    t->out, " exit code %lld", (long long)e->exit_code);
	if (e->signal != EM_UNSET)
		em_out_printf(t->out, " signal %lld", (long long)e->signal);
	if (a->duration_ns != EM_UNSET) {
		em_out_puts(t->out, "  ");
		sum_duration(t->out, a->duration_ns);
	}
	em_out_puts(t->out, "\n");
	print_reason(t, e->reason);
}

static void
print_failure(const struct text *t, const struct em_case *c)
{
	const struct em_case *kept = sum_details(t->v, c);

	paint(t, "1;31", "FAIL");
	em_out_puts(t->out, " ");
	sum_case_name(t->out, c);
	print_end(t, c->last);
	if (c->contradicted)
		em_out_puts(
		    t->out, "  reported more than once, and not the same\n");
	if (c->attempt_count > 1)
		em_out_printf(t->out, "  %u attempts\n", c->attempt_count);
	for (const struct em_item *i = kept->last->items; i != NULL;
	     i = i->next)
		if (i->kind == EM_CASE_MESSAGE)
			print_message(t, i->u.message);
	print_tail(t, kept->last->items, EM_CASE_OUTPUT);
	em_out_puts(t->out, "\n");
}

static void
print_more(const struct text *t, size_t n)
{
	if (n > t->most)
		em_out_printf(t->out, "  and %zu more\n", n - t->most);
}

static void
print_list(const struct text *t, const char *title, const struct sum_cases *l,
    bool durations)
{
	if (l->n == 0)
		return;
	paint(t, "1", title);
	em_out_puts(t->out, "\n");
	for (size_t i = 0; i < l->n && i < t->most; i++) {
		const struct em_case *c = l->v[i];

		em_out_puts(t->out, "  ");
		if (durations) {
			sum_duration(t->out, c->last->duration_ns);
			em_out_puts(t->out, "  ");
		}
		sum_case_name(t->out, c);
		if (c->flaky && !durations)
			em_out_printf(t->out, "  passed on attempt %u",
			    (unsigned)c->last->number);
		em_out_puts(t->out, "\n");
	}
	print_more(t, l->n);
	em_out_puts(t->out, "\n");
}

/* Errors that were logged, whoever made them. */
static bool
print_errors(const struct text *t, const struct em_item *logs)
{
	bool any = false;

	for (const struct em_item *i = logs; i != NULL; i = i->next) {
		if (!sum_is_error(i))
			continue;
		em_out_puts(t->out, "  ");
		em_out_plain(t->out, trimmed(i->u.output->text), "  ");
		em_out_puts(t->out, "\n");
		any = true;
	}
	return any;
}

static bool
has_errors(const struct em_item *logs)
{
	while (logs != NULL && !sum_is_error(logs))
		logs = logs->next;
	return logs != NULL;
}

/* A suite that failed by itself, or that logged errors. */
static bool
print_suite(const struct text *t, const struct em_suite *s)
{
	const struct em_item *logs = sum_logs(t->v, s->run, s);
	bool broken = sum_suite_broken(s);

	if (!broken && !has_errors(logs))
		return false;
	paint(t, "1;31", broken ? "FAIL" : "ERROR");
	em_out_puts(t->out, " suite ");
	em_out_plain(t->out, s->name, NULL);
	em_out_puts(
	    t->out, s->started && !s->completed ? "  (incomplete)\n" : "\n");
	if (broken)
		print_reason(t, s->reason);
	print_errors(t, logs);
	if (broken)
		print_tail(t, logs, EM_LOG);
	em_out_puts(t->out, "\n");
	return true;
}

/* What is wrong with a run besides its cases.  Where nothing else tells why it
 * failed, what was logged may. */
static void
print_run(const struct text *t, const struct em_run *r)
{
	const struct em_item *logs = sum_logs(t->v, r, NULL);
	bool told = sum_explained(r);

	for (const struct em_suite *s = r->suites; s != NULL; s = s->next)
		told = print_suite(t, s) || told;
	if (!has_errors(logs) &&
	    (told || (logs == NULL && r->status.p == NULL)))
		return;
	paint(t, "1;31", "ERROR");
	em_out_puts(t->out, " run");
	if (r->status.p != NULL) {
		em_out_puts(t->out, "  (");
		em_out_plain(t->out, r->status, NULL);
		em_out_puts(t->out, ")");
	}
	em_out_puts(t->out, "\n");
	if (!print_errors(t, logs) && !told)
		print_tail(t, logs, EM_LOG);
	em_out_puts(t->out, "\n");
}

static void
print_groups(const struct text *t)
{
	if (t->v->group_count == 0)
		return;
	em_out_printf(t->out, "%7s %7s %7s %7s %9s\n", "tests", "failed",
	    "skipped", "flaky", "time");
	for (size_t i = 0; i < t->v->group_count; i++) {
		const struct sum_group *g = &t->v->groups[i];
		const struct sum_counts *n = &g->counts;

		em_out_printf(t->out, "%7llu %7llu %7llu %7llu ",
		    (unsigned long long)n->tests, (unsigned long long)n->fail,
		    (unsigned long long)n->skip, (unsigned long long)n->flaky);
		if (n->timed > 0)
			em_out_printf(
			    t->out, "%8.2fs  ", (double)n->summed_ns / 1e9);
		else
			em_out_printf(t->out, "%9s  ", "-");
		if (g->key.p == NULL)
			em_out_puts(t->out, "-");
		em_out_plain(t->out, g->key, NULL);
		em_out_puts(t->out, "\n");
	}
	em_out_puts(t->out, "\n");
}

/* A part of the verdict, on a line of its own where it would pass the width;
 * *column is where the last one ended. */
static void
print_part(const struct text *t, size_t *column, const char *sep,
    const char *part, const char *code)
{
	size_t n = strlen(part);

	/* A comma may follow. */
	if (*column + strlen(sep) + n + 1 > WIDTH) {
		em_out_puts(t->out, sep[0] == ',' ? ",\n  " : "\n  ");
		*column = 2;
	} else {
		em_out_puts(t->out, sep);
		*column += strlen(sep);
	}
	if (code != NULL)
		paint(t, code, part);
	else
		em_out_puts(t->out, part);
	*column += n;
}

static void
print_count(const struct text *t, size_t *column, uint64_t n, const char *what,
    const char *code)
{
	char s[64];

	if (n == 0)
		return;
	snprintf(s, sizeof(s), "%llu %s", (unsigned long long)n, what);
	print_part(t, column, ", ", s, code);
}

static void
print_times(const struct text *t, size_t *column)
{
	const struct sum_view *v = t->v;
	char s[96], wall[32], tests[32];

	sum_duration_text(wall, sizeof(wall), v->wall_ns);
	sum_duration_text(tests, sizeof(tests), v->counts.summed_ns);
	if (v->wall_ns != EM_UNSET && v->counts.timed > 0)
		snprintf(s, sizeof(s), "in %s (%s of tests)", wall, tests);
	else if (v->wall_ns != EM_UNSET)
		snprintf(s, sizeof(s), "in %s", wall);
	else if (v->counts.timed > 0)
		snprintf(s, sizeof(s), "(%s of tests)", tests);
	else
		return;
	print_part(t, column, " ", s, NULL);
}

static void
print_verdict(const struct text *t)
{
	static const char *const words[] = { "PASS", "FAIL", "TRUNCATED",
		"NOTHING RAN" };
	const struct sum_view *v = t->v;
	const struct sum_counts *n = &v->counts;
	size_t column = strlen(words[v->verdict]);
	char s[96];

	paint(t, v->verdict == EM_V_PASS ? "1;32" : "1;31", words[v->verdict]);
	if (v->runs == 0) {
		em_out_puts(t->out, ": no run was read\n");
		return;
	}
	snprintf(s, sizeof(s), "%llu test%s", (unsigned long long)n->tests,
	    n->tests == 1 ? "" : "s");
	print_part(t, &column, ": ", s, NULL);
	snprintf(s, sizeof(s), "%llu passed", (unsigned long long)n->pass);
	print_part(t, &column, ", ", s, NULL);
	print_count(t, &column, n->flaky, "of them flaky", "33");
	print_count(t, &column, n->fail, "failed", "31");
	print_count(t, &column, n->incomplete, "of them incomplete", "31");
	print_count(t, &column, n->skip, "skipped", "33");
	print_count(t, &column, n->not_run, "not run", "33");
	print_times(t, &column);
	em_out_puts(t->out, "\n");
	if (v->runs > 1)
		em_out_printf(t->out, "%zu runs\n", v->runs);
	if (v->cut > 0)
		em_out_printf(t->out,
		    "%zu run%s cut short: without its end no run passes\n",
		    v->cut, v->cut == 1 ? " was" : "s were");
	if (v->filtered)
		em_out_puts(t->out, "a filter has left out other tests\n");
	sum_stated(v, t->out, "", "\n");
}

void
sum_text(const struct sum_view *v, struct em_out *out, bool color, size_t most)
{
	struct text t = { .v = v, .out = out, .color = color, .most = most };

	for (size_t i = 0; i < v->failed.n && i < most; i++)
		print_failure(&t, v->failed.v[i]);
	print_more(&t, v->failed.n);
	for (const struct em_run *r = v->all; r != NULL; r = r->next)
		print_run(&t, r);
	print_list(&t, "flaky", &v->flaky, false);
	print_list(&t, "not run", &v->not_run, false);
	print_list(&t, "slowest", &v->slowest, true);
	print_groups(&t);
	print_verdict(&t);
}
