/* SPDX-License-Identifier: MIT */
/* The difference for people: text and Markdown. */
#include <math.h>
#include <string.h>

#include "diff.h"
#include "sum.h"

struct section {
	enum diff_class class;
	const char *title, *color;
};

/* What matters most comes first; what stayed the same is only counted. */
static const struct section sections[] = {
	{ DIFF_BROKEN, "broken", "1;31" },
	{ DIFF_CHANGED, "failing in another way", "1;31" },
	{ DIFF_UNEXPECTED, "passing against expectation", "1;33" },
	{ DIFF_FLAKY, "flaky now", "33" },
	{ DIFF_SKIPPED, "skipped or not run now", "33" },
	{ DIFF_SLOWER, "slower", "33" },
	{ DIFF_FASTER, "faster", "32" },
	{ DIFF_FIXED, "fixed", "32" },
	{ DIFF_FAILING, "still failing", "31" },
	{ DIFF_KNOWN, "failing as expected", "" },
	{ DIFF_ADDED, "added", "" },
	{ DIFF_REMOVED, "removed", "" },
};

enum { SECTIONS = sizeof(sections) / sizeof(sections[0]), MESSAGE_MAX = 300 };

static void
paint(struct em_out *out, bool color, const char *code, const char *s)
{
	if (color && *code != '\0')
		em_out_printf(out, "\033[%sm%s\033[0m", code, s);
	else
		em_out_puts(out, s);
}

static void
print_stats(struct em_out *out, const struct diff_stats *s, const char *unit)
{
	bool ns = strcmp(unit, "ns") == 0;

	if (ns) {
		sum_duration(out, (int64_t)s->old);
		em_out_puts(out, " -> ");
		sum_duration(out, (int64_t)s->new);
	} else {
		em_out_printf(out, "%.6g -> %.6g %s", s->old, s->new, unit);
	}
	if (s->old > 0)
		em_out_printf(out, "  %+.1f%%", (s->new / s->old - 1) * 100);
	if (!isnan(s->p))
		em_out_printf(
		    out, "  p=%.3g n=%zu+%zu", s->p, s->n[0], s->n[1]);
	if (!isnan(s->low[1]) && s->new > 0)
		em_out_printf(out, " \u00b1%.0f%%",
		    fmax(s->high[1] - s->new, s->new - s->low[1]) / s->new *
			100);
}

/* What a metric's unit says is for people: no control characters. */
static void
print_metrics(struct em_out *out, const struct diff_row *r, const char *indent)
{
	for (const struct diff_metric *m = r->metrics; m != NULL; m = m->next) {
		char unit[32];
		size_t n =
		    m->unit.n < sizeof(unit) - 1 ? m->unit.n : sizeof(unit) - 1;

		memcpy(unit, m->unit.n > 0 ? m->unit.p : "", n);
		unit[n] = '\0';
		for (size_t i = 0; i < n; i++)
			if ((unsigned char)unit[i] < 0x20)
				unit[i] = '?';
		em_out_puts(out, indent);
		em_out_plain(out, m->metric, NULL);
		em_out_puts(out, ": ");
		/* A metric in ns keeps its digits. */
		print_stats(
		    out, &m->stats, strcmp(unit, "ns") == 0 ? "ns " : unit);
		em_out_puts(out, "\n");
	}
}

static struct em_str
first_lines(struct em_str s)
{
	if (s.n > MESSAGE_MAX)
		s.n = MESSAGE_MAX;
	while (s.n > 0 && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

static bool
shows_times(const struct diff_row *r)
{
	return (r->class == DIFF_SLOWER || r->class == DIFF_FASTER) &&
	    r->time != NULL && (r->time->worse || r->time->better);
}

static const struct em_case *
case_of(const struct diff_row *r)
{
	return r->side[1] != NULL ? r->side[1] : r->side[0];
}

static void
text_row(struct em_out *out, const struct diff_row *r)
{
	struct em_str now = diff_message(r->side[1]);

	em_out_puts(out, "  ");
	sum_case_name(out, case_of(r));
	if (shows_times(r)) {
		em_out_puts(out, "  ");
		print_stats(out, r->time, "ns");
	}
	em_out_puts(out, "\n");
	if (r->class == DIFF_CHANGED) {
		em_out_puts(out, "    was: ");
		em_out_plain(
		    out, first_lines(diff_message(r->side[0])), "         ");
		em_out_puts(out, "\n    now: ");
		em_out_plain(out, first_lines(now), "         ");
		em_out_puts(out, "\n");
	} else if ((r->class == DIFF_BROKEN || r->class == DIFF_FLAKY) &&
	    now.n > 0) {
		em_out_puts(out, "    ");
		em_out_plain(out, first_lines(now), "    ");
		em_out_puts(out, "\n");
	}
	print_metrics(out, r, "    ");
}

static void
text_troubles(const struct diff *d, struct em_out *out, bool color)
{
	if (d->trouble_count == 0)
		return;
	paint(out, color, "1;31", "broken apart from tests");
	em_out_printf(out, " (%zu)\n", d->trouble_count);
	for (size_t i = 0; i < d->trouble_count; i++) {
		struct em_str why = diff_trouble_reason(&d->troubles[i]);

		em_out_puts(out, "  ");
		em_out_plain(out, diff_trouble_name(&d->troubles[i]), NULL);
		em_out_puts(out, why.n > 0 ? "\n    " : "");
		em_out_plain(out, first_lines(why), "    ");
		em_out_puts(out, "\n");
	}
	em_out_puts(out, "\n");
}

static void
markdown_troubles(const struct diff *d, struct em_out *out)
{
	if (d->trouble_count > 0)
		em_out_printf(out, "\n#### %zu broken apart from tests\n\n",
		    d->trouble_count);
	for (size_t i = 0; i < d->trouble_count; i++) {
		struct em_str why = diff_trouble_reason(&d->troubles[i]);

		em_out_puts(out, "- ");
		sum_md_text(out, diff_trouble_name(&d->troubles[i]));
		em_out_puts(out, why.n > 0 ? ": " : "");
		sum_md_text(out, first_lines(why));
		em_out_puts(out, "\n");
	}
}

static const char cut_text[] =
    "the new side was cut short: what is missing may not have been reached";

void
diff_text(const struct diff *d, struct em_out *out, bool color, size_t most)
{
	const char *sep = "";

	text_troubles(d, out, color);
	for (size_t s = 0; s < SECTIONS; s++) {
		size_t shown = 0, all = d->count[sections[s].class];

		if (all == 0)
			continue;
		paint(out, color, sections[s].color, sections[s].title);
		em_out_printf(out, " (%zu)\n", all);
		for (size_t i = 0; i < d->n && shown < most; i++)
			if (d->rows[i].class == sections[s].class) {
				text_row(out, &d->rows[i]);
				shown++;
			}
		if (shown < all)
			em_out_printf(out, "  and %zu more\n", all - shown);
		em_out_puts(out, "\n");
	}
	em_out_printf(out, "%zu in both: ", d->recorded);
	for (size_t s = 0; s < SECTIONS; s++)
		if (d->count[sections[s].class] > 0) {
			em_out_printf(out, "%s%zu %s", sep,
			    d->count[sections[s].class],
			    diff_class_name(sections[s].class));
			sep = ", ";
		}
	em_out_printf(out, "%s%zu the same\n", sep, d->count[DIFF_SAME]);
	if (d->cut)
		em_out_printf(out, "%s\n", cut_text);
}

void
diff_markdown(const struct diff *d, struct em_out *out, size_t most)
{
	em_out_printf(out, "### Test changes\n\n%zu case%s in both runs\n",
	    d->recorded, d->recorded == 1 ? "" : "s");
	if (d->cut)
		em_out_printf(out, "\n**%s**\n", cut_text);
	markdown_troubles(d, out);
	for (size_t s = 0; s < SECTIONS; s++) {
		size_t shown = 0, all = d->count[sections[s].class];

		if (all == 0)
			continue;
		em_out_printf(out,
		    "\n#### %zu %s\n\n| suite | case | |\n"
		    "| :-- | :-- | :-- |\n",
		    all, sections[s].title);
		for (size_t i = 0; i < d->n && shown < most; i++) {
			const struct diff_row *r = &d->rows[i];

			if (r->class != sections[s].class)
				continue;
			shown++;
			em_out_puts(out, "| ");
			sum_md_text(out, case_of(r)->suite->name);
			em_out_puts(out, " | ");
			sum_md_text(out, case_of(r)->name);
			em_out_puts(out, " | ");
			if (shows_times(r))
				print_stats(out, r->time, "ns");
			else if (r->state[1] == STATE_FAIL)
				sum_md_text(
				    out, first_lines(diff_message(r->side[1])));
			em_out_puts(out, " |\n");
		}
		if (shown < all)
			em_out_printf(out, "\nand %zu more\n", all - shown);
	}
}
