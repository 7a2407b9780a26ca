/* SPDX-License-Identifier: MIT */
/* The summary as Markdown, for the page of a CI run or a comment. */
#include <string.h>

#include "sum.h"

enum { LOG_LINES = 20 };

static void
md_char(struct em_out *out, char c)
{
	if (c == '<')
		em_out_puts(out, "&lt;");
	else if (c == '&')
		em_out_puts(out, "&amp;");
	else if (strchr("\\`*_{}[]#|~>!@", c) != NULL)
		em_out_printf(out, "\\%c", c);
	else
		em_out_write(out, (struct em_str){ &c, 1 });
}

void
sum_md_text(struct em_out *out, struct em_str s)
{
	struct em_out *plain = em_out_mem();
	struct em_str shown;

	if (plain == NULL)
		return;
	em_out_plain(plain, s, " ");
	shown = em_out_memory(plain);
	for (size_t i = 0; i < shown.n; i++)
		if (shown.p[i] != '\n')
			md_char(out, shown.p[i]);
	em_out_discard(plain);
}

static void
md_name(struct em_out *out, const struct em_case *c)
{
	if (c->suite->name.n > 0) {
		sum_md_text(out, c->suite->name);
		em_out_puts(out, " · ");
	}
	if (c->class_name.n > 0) {
		sum_md_text(out, c->class_name);
		em_out_puts(out, " · ");
	}
	sum_md_text(out, c->name);
	if (c->details->variant.n > 0) {
		em_out_puts(out, " (");
		sum_md_text(out, c->details->variant);
		em_out_puts(out, ")");
	}
}

/* A fence longer than any run of backquotes in what it holds. */
static void
md_fence(struct em_out *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		em_out_puts(out, "`");
}

static size_t
longest_ticks(struct em_str s, size_t most)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

static void
md_block(struct em_out *out, struct em_str s)
{
	size_t fence = longest_ticks(s, 2) + 1;

	em_out_puts(out, "\n");
	md_fence(out, fence);
	em_out_puts(out, "\n");
	em_out_plain(out, s, "");
	if (s.n == 0 || s.p[s.n - 1] != '\n')
		em_out_puts(out, "\n");
	md_fence(out, fence);
	em_out_puts(out, "\n");
}

static void
md_failure(
    struct em_out *out, const struct sum_view *v, const struct em_case *c)
{
	const struct em_case *kept = sum_details(v, c);

	em_out_puts(out, "<details><summary>");
	md_name(out, c);
	em_out_puts(out, "</summary>\n");
	if (c->last->end->reason.p != NULL)
		md_block(out, c->last->end->reason);
	for (const struct em_item *i = kept->last->items; i != NULL;
	     i = i->next) {
		const struct em_message *m = i->u.message;

		if (i->kind == EM_CASE_OUTPUT && i->u.output->text.n > 0)
			md_block(out, i->u.output->text);
		if (i->kind != EM_CASE_MESSAGE)
			continue;
		if (m->location.file.p != NULL) {
			em_out_puts(out, "\n");
			sum_md_text(out, m->location.file);
			if (m->location.line != EM_UNSET)
				em_out_printf(
				    out, ":%lld", (long long)m->location.line);
			em_out_puts(out, "\n");
		}
		if (m->message.p != NULL)
			md_block(out, m->message);
		if (m->detail.p != NULL)
			md_block(out, m->detail);
	}
	em_out_puts(out, "\n</details>\n");
}

static void
md_counts_row(struct em_out *out, const struct sum_counts *n)
{
	em_out_printf(out, "%llu | %llu | %llu | %llu | %llu | %llu | ",
	    (unsigned long long)n->tests, (unsigned long long)n->pass,
	    (unsigned long long)n->fail, (unsigned long long)n->skip,
	    (unsigned long long)n->flaky, (unsigned long long)n->not_run);
	sum_duration(out, n->summed_ns);
	em_out_puts(out, " |\n");
}

static void
md_stated(struct em_out *out, const struct sum_view *v)
{
	struct em_out *lines = em_out_mem();

	if (lines == NULL)
		return;
	sum_stated(v, lines, "", "\n");
	if (em_out_memory(lines).n > 0)
		md_block(out, em_out_memory(lines));
	em_out_discard(lines);
}

/* The last lines that a suite that failed by itself logged, or a run. */
static void
md_logs(struct em_out *out, const struct sum_view *v, const struct em_run *run,
    const struct em_suite *suite)
{
	const struct em_item *logs = sum_logs(v, run, suite);
	struct em_out *lines = em_out_mem();
	size_t n = 0;

	for (const struct em_item *i = logs; i != NULL; i = i->next)
		n++;
	for (; logs != NULL && lines != NULL; logs = logs->next)
		if (n-- <= LOG_LINES) {
			em_out_write(lines, logs->u.output->text);
			em_out_puts(lines, "\n");
		}
	if (lines != NULL && em_out_memory(lines).n > 0)
		md_block(out, em_out_memory(lines));
	em_out_discard(lines);
}

static void
md_list(struct em_out *out, const char *title, const struct sum_cases *l,
    size_t most)
{
	if (l->n == 0)
		return;
	em_out_printf(out, "\n#### %s\n\n", title);
	for (size_t i = 0; i < l->n && i < most; i++) {
		em_out_puts(out, "- ");
		md_name(out, l->v[i]);
		if (l->v[i]->last->duration_ns != EM_UNSET) {
			em_out_puts(out, ": ");
			sum_duration(out, l->v[i]->last->duration_ns);
		}
		em_out_puts(out, "\n");
	}
	if (l->n > most)
		em_out_printf(out, "- and %zu more\n", l->n - most);
}

void
sum_markdown(const struct sum_view *v, struct em_out *out, size_t most)
{
	static const char *const words[] = { "passed", "failed", "cut short",
		"nothing ran" };
	const char *head = "tests | passed | failed | skipped | flaky | "
			   "not run | time |\n";
	const char *rule = "--: | --: | --: | --: | --: | --: | --: |\n";

	em_out_printf(
	    out, "### Tests: %s\n\n| %s| %s| ", words[v->verdict], head, rule);
	md_counts_row(out, &v->counts);
	if (v->filtered)
		em_out_puts(out, "\nA filter has left out other tests.\n");
	md_stated(out, v);
	if (v->failed.n > 0)
		em_out_puts(out, "\n#### Failed\n\n");
	for (size_t i = 0; i < v->failed.n && i < most; i++)
		md_failure(out, v, v->failed.v[i]);
	if (v->failed.n > most)
		em_out_printf(out, "\nand %zu more\n", v->failed.n - most);
	for (size_t i = 0; i < v->broken_count; i++) {
		em_out_puts(out, "\n- suite ");
		sum_md_text(out, v->broken[i]->name);
		em_out_puts(out, ": ");
		sum_md_text(out, v->broken[i]->reason);
		em_out_puts(out, "\n");
		md_logs(out, v, v->broken[i]->run, v->broken[i]);
	}
	for (const struct em_run *r = v->all; r != NULL; r = r->next)
		if (!sum_explained(r) && v->broken_count == 0)
			md_logs(out, v, r, NULL);
	md_list(out, "Flaky", &v->flaky, most);
	md_list(out, "Not run", &v->not_run, most);
	md_list(out, "Slowest", &v->slowest, most);
	if (v->group_count == 0)
		return;
	em_out_printf(out, "\n| | %s| :-- | %s", head, rule);
	for (size_t i = 0; i < v->group_count; i++) {
		em_out_puts(out, "| ");
		sum_md_text(out, v->groups[i].key);
		em_out_puts(out, " | ");
		md_counts_row(out, &v->groups[i].counts);
	}
}
