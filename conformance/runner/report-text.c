/* SPDX-License-Identifier: MIT */
/* For people: what is not as it should be, and why. */
#include <stdlib.h>

#include "report.h"

enum { SHOWN = 400, SHOWN_LINES = 10 };

static void
begin(FILE *f, const struct tally *t)
{
	(void)f;
	(void)t;
}

/* A head of it, with everything that a terminal could take amiss escaped. */
static void
show(FILE *f, const char *what, const struct buf *b)
{
	struct slice s = buf_slice(b);
	unsigned lines = 0;

	if (s.n == 0)
		return;
	fprintf(f, "    %s:\n      ", what);
	for (size_t i = 0; i < s.n && i < SHOWN && lines < SHOWN_LINES; i++) {
		unsigned char c = (unsigned char)s.p[i];

		lines += c == '\n';
		if (c == '\n' && i + 1 < s.n)
			fputs("\n      ", f);
		else if (c == '\n')
			break;
		else if (c < 0x20 || c == 0x7f)
			fprintf(f, "\\x%02x", c);
		else
			fputc(c, f);
	}
	fputs(s.n > SHOWN || lines == SHOWN_LINES ? "...\n" : "\n", f);
}

static void
one(FILE *f, const struct tally *t, const struct outcome *o)
{
	char *repro;

	if (o->v.code == V_PASS || o->v.code == V_XFAIL ||
	    o->v.code == V_WEAK || o->v.code == V_INFO || o->v.code == V_SKIP)
		return;
	fprintf(
	    f, "%s %s: %s\n", verdict_name(o->v.code), o->c->id, o->c->title);
	for (size_t i = 0; i < o->c->rules.n; i++) {
		const struct rule *r =
		    suite_rule(t->run->suite, o->c->rules.v[i]);

		fprintf(f, "    %s %s: %s\n", o->c->rules.v[i],
		    level_name(o->c->level), r != NULL ? r->text : "");
	}
	if (o->v.reason != NULL)
		fprintf(f, "    %s\n", o->v.reason);
	if (o->known != NULL)
		fprintf(f, "    listed: %s\n", o->known);
	show(f, "expected", &o->v.expected);
	show(f, "actual", &o->v.actual);
	show(f, "standard error", &o->v.err);
	repro = outcome_repro(t, o);
	fprintf(f, "    again: %s\n\n", repro);
	free(repro);
	fflush(f);
}

static void
end(FILE *f, const struct tally *t)
{
	const char *comma = "";

	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].v.code == V_SKIP)
			fprintf(f, "SKIP %s: %s\n", t->v[i].c->id,
			    t->v[i].v.reason);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].disposition != NULL &&
		    strcmp(t->v[i].disposition, "suite-bug") == 0)
			fprintf(f, "for the suite's maintainers: %s (%s)\n",
			    t->v[i].c->id, t->v[i].known);
	for (size_t i = 0; i < t->stale.n; i++)
		fprintf(f, "STALE %s\n", t->stale.v[i]);
	for (size_t i = 0; i < t->missed.n; i++)
		fprintf(f, "not earned: %s\n", t->missed.v[i]);
	for (size_t i = 0; i < t->awards.n; i++)
		fprintf(f, "earned: %s\n", t->awards.v[i]);
	fprintf(f, "%s: %zu cases", t->run->sut->name, t->n);
	comma = ": ";
	for (int i = 0; i < V_CODES; i++)
		if (t->count[i] > 0) {
			fprintf(f, "%s%zu %s", comma, t->count[i],
			    verdict_name((enum verdict_code)i));
			comma = ", ";
		}
	fprintf(f, " (%.1f s)\n", (double)t->ns / 1e9);
}

const struct report report_text = { "text", begin, one, end };
