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

static struct em_str
without_end(struct em_str s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

static void
print_message(const struct text *t, const struct em_message *m)
{
	struct em_str text = m->message.p != NULL ? m->message : m->detail;

	em_out_puts(t->out, "  ");
	print_location(t, &m->location);
	if (text.p == NULL)
		text = m->type;
	em_out_plain(t->out, without_end(text), "  ");
	em_out_puts(t->out, "\n");
	print_value(t, "expected", m->expected);
	print_value(t, "actual", m->actual);
	if (m->message.p == NULL || m->detail.n == 0)
		return;
	em_out_puts(t->out, "    ");
	em_out_plain(t->out, without_end(m->detail), "    ");
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

/* The last lines of what all chunks of output hold together. */
static void
print_output(const struct text *t, const struct em_attempt *a)
{
	size_t lines = 0, skip;

	for (const struct em_item *i = a->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_OUTPUT)
			for (size_t k = 0; k < i->u.output->text.n; k++)
				lines += i->u.output->text.p[k] == '\n';
	skip = lines > OUTPUT_LINES ? lines - OUTPUT_LINES : 0;
	if (skip > 0)
		em_out_printf(t->out, "  | ... %zu lines before\n", skip);
	for (const struct em_item *i = a->items; i != NULL; i = i->next) {
		struct em_str s;

		if (i->kind != EM_CASE_OUTPUT)
			continue;
		s = i->u.output->text;
		while (skip > 0 && s.n > 0) {
			const char *lf = memchr(s.p, '\n', s.n);
			size_t n = lf != NULL ? (size_t)(lf - s.p) + 1 : s.n;

			s = (struct em_str){ s.p + n, s.n - n };
			skip -= lf != NULL;
		}
		s = without_end(s);
		print_cut(t, i->u.output->truncated_bytes);
		if (s.n == 0)
			continue;
		em_out_puts(t->out, "  | ");
		em_out_plain(t->out, s, "  | ");
		em_out_puts(t->out, "\n");
	}
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
	if (e->reason.p != NULL) {
		em_out_puts(t->out, "  ");
		em_out_plain(t->out, without_end(e->reason), "  ");
		em_out_puts(t->out, "\n");
	}
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
	print_output(t, kept->last);
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

static void
print_broken(const struct text *t)
{
	for (size_t i = 0; i < t->v->broken_count; i++) {
		const struct em_suite *s = t->v->broken[i];

		paint(t, "1;31", "FAIL");
		em_out_puts(t->out, " suite ");
		em_out_plain(t->out, s->name, NULL);
		em_out_puts(t->out, "\n");
		if (s->reason.p != NULL) {
			em_out_puts(t->out, "  ");
			em_out_plain(t->out, without_end(s->reason), "  ");
			em_out_puts(t->out, "\n");
		}
		em_out_puts(t->out, "\n");
	}
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

		em_out_printf(t->out, "%7llu %7llu %7llu %7llu %8.2fs  ",
		    (unsigned long long)n->tests, (unsigned long long)n->fail,
		    (unsigned long long)n->skip, (unsigned long long)n->flaky,
		    (double)n->summed_ns / 1e9);
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
print_verdict(const struct text *t)
{
	static const char *const words[] = { "PASS", "FAIL", "TRUNCATED",
		"NOTHING RAN" };
	const struct sum_view *v = t->v;
	const struct sum_counts *n = &v->counts;
	size_t column = strlen(words[v->verdict]);
	char s[96], wall[32], tests[32];

	paint(t, v->verdict == EM_V_PASS ? "1;32" : "1;31", words[v->verdict]);
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
	sum_duration_text(tests, sizeof(tests), n->summed_ns);
	if (v->wall_ns != EM_UNSET)
		snprintf(s, sizeof(s), "in %s (%s of tests)",
		    sum_duration_text(wall, sizeof(wall), v->wall_ns), tests);
	else
		snprintf(s, sizeof(s), "(%s of tests)", tests);
	print_part(t, &column, " ", s, NULL);
	em_out_puts(t->out, "\n");
	if (v->runs > 1)
		em_out_printf(t->out, "%zu runs\n", v->runs);
	if (v->cut > 0)
		em_out_printf(t->out,
		    "%zu run%s cut short: without its end no run passes\n",
		    v->cut, v->cut == 1 ? " was" : "s were");
	if (v->mismatch)
		em_out_puts(t->out,
		    "what the run states about itself "
		    "disagrees with what it shows\n");
}

void
sum_text(const struct sum_view *v, struct em_out *out, bool color, size_t most)
{
	struct text t = { .v = v, .out = out, .color = color, .most = most };

	for (size_t i = 0; i < v->failed.n && i < most; i++)
		print_failure(&t, v->failed.v[i]);
	print_more(&t, v->failed.n);
	print_broken(&t);
	print_list(&t, "flaky", &v->flaky, false);
	print_list(&t, "not run", &v->not_run, false);
	print_list(&t, "slowest", &v->slowest, true);
	print_groups(&t);
	print_verdict(&t);
}
