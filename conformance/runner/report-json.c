/* SPDX-License-Identifier: MIT */
/* Reports for machines: the summary that "tconform matrix" reads, the page,
 * the badge. */
#include <stdlib.h>

#include "report.h"

static void
put_string(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "\"%s\":", key);
	buf_json(b, slice_of(value != NULL ? value : ""));
}

static void
put_strings(struct buf *b, const char *key, const struct strings *l)
{
	buf_printf(b, ",\"%s\":[", key);
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			buf_putc(b, ',');
		buf_json(b, slice_of(l->v[i]));
	}
	buf_putc(b, ']');
}

static void
put_head(struct buf *b, const char *key, const struct buf *value)
{
	if (value->n == 0)
		return;
	buf_printf(b, ",\"%s\":", key);
	buf_json(b, buf_slice(value));
}

static void
put_case(struct buf *b, const struct tally *t, const struct outcome *o)
{
	char *repro = outcome_repro(t, o);

	buf_putc(b, '{');
	put_string(b, "id", o->c->id);
	buf_putc(b, ',');
	put_string(b, "title", o->c->title);
	buf_putc(b, ',');
	put_string(b, "level", level_name(o->c->level));
	put_strings(b, "rules", &o->c->rules);
	buf_putc(b, ',');
	put_string(b, "verdict", verdict_name(o->v.code));
	buf_putc(b, ',');
	put_string(b, "was", verdict_name(o->was));
	buf_putc(b, ',');
	put_string(b, "ending", ending_name(o->v.ending));
	buf_printf(b, ",\"unexpected\":%s",
	    outcome_unexpected(t, o) ? "true" : "false");
	buf_printf(b, ",\"ns\":%llu", (unsigned long long)o->v.ns);
	if (o->v.reason != NULL) {
		buf_putc(b, ',');
		put_string(b, "reason", o->v.reason);
	}
	if (o->known != NULL) {
		buf_putc(b, ',');
		put_string(b, "listed", o->known);
	}
	if (o->v.code != V_PASS) {
		put_head(b, "input", &o->v.input);
		put_head(b, "expected", &o->v.expected);
		put_head(b, "actual", &o->v.actual);
		put_head(b, "stderr", &o->v.err);
		buf_putc(b, ',');
		put_string(b, "repro", repro);
	}
	free(repro);
	buf_putc(b, '}');
}

static void
put_tally(struct buf *b, const struct tally *t)
{
	buf_puts(b, "{\"tconform\":1,");
	put_string(b, "sut", t->run->sut->name);
	buf_putc(b, ',');
	put_string(b, "role", role_name(t->run->role));
	buf_putc(b, ',');
	put_string(b, "protocol", t->run->version);
	buf_putc(b, ',');
	put_string(b, "suite", t->run->suite->version);
	buf_printf(b, ",\"caseformat\":%d", t->run->suite->case_format);
	put_strings(
	    b, "command", &(struct strings){ t->command, t->command_n });
	put_strings(b, "profiles", &t->awards);
	put_strings(b, "missed", &t->missed);
	put_strings(b, "lacking", &t->lacking);
	put_strings(b, "stale", &t->stale);
	buf_printf(b, ",\"ns\":%llu,\"cases\":[", (unsigned long long)t->ns);
	for (size_t i = 0; i < t->n; i++) {
		buf_puts(b, i > 0 ? ",\n" : "\n");
		put_case(b, t, &t->v[i]);
	}
	buf_puts(b, "]}\n");
}

static void
json_end(FILE *f, const struct tally *t)
{
	struct buf b = { 0 };

	put_tally(&b, t);
	fwrite(b.p, 1, b.n, f);
	buf_free(&b);
}

static void
html_end(FILE *f, const struct tally *t)
{
	struct buf summary = { 0 }, page = { 0 };
	struct json *v;

	put_tally(&summary, t);
	v = json_parse(summary.p, summary.n, NULL);
	if (v != NULL) {
		matrix_html(&page, t->run->suite, &v, 1);
		fwrite(page.p, 1, page.n, f);
	}
	json_free(v);
	buf_free(&summary);
	buf_free(&page);
}

/* FNV-1a, so that a badge names the report that it was made with. */
static unsigned long long
fingerprint(struct slice s)
{
	unsigned long long h = 14695981039346656037u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h;
}

/* The endpoint that shields.io reads. */
static void
badge_end(FILE *f, const struct tally *t)
{
	struct buf summary = { 0 }, message = { 0 }, b = { 0 };
	char *label = xprintf("test-events %s", t->run->version);

	for (size_t i = 0; i < t->awards.n; i++)
		buf_printf(&message, "%s%s", i > 0 ? " \xc2\xb7 " : "",
		    t->awards.v[i]);
	for (size_t i = 0; i < t->lacking.n && t->awards.n > 0; i++)
		buf_printf(&message, ", no %s", t->lacking.v[i]);
	if (t->awards.n == 0)
		buf_puts(&message, "no profile");
	put_tally(&summary, t);
	buf_puts(&b, "{\"schemaVersion\":1,");
	put_string(&b, "label", label);
	buf_putc(&b, ',');
	put_string(&b, "message", buf_str(&message));
	buf_putc(&b, ',');
	put_string(&b, "color", t->awards.n > 0 ? "brightgreen" : "lightgrey");
	buf_putc(&b, ',');
	put_string(&b, "suite", t->run->suite->version);
	buf_printf(&b, ",\"caseformat\":%d,\"report\":\"%016llx\"}\n",
	    t->run->suite->case_format, fingerprint(buf_slice(&summary)));
	fwrite(b.p, 1, b.n, f);
	free(label);
	buf_free(&summary);
	buf_free(&message);
	buf_free(&b);
}

static void
nothing(FILE *f, const struct tally *t)
{
	(void)f;
	(void)t;
}

static void
nothing_yet(FILE *f, const struct tally *t, const struct outcome *o)
{
	(void)f;
	(void)t;
	(void)o;
}

const struct report report_json = { "json", nothing, nothing_yet, json_end };
const struct report report_html = { "html", nothing, nothing_yet, html_end };
const struct report report_badge = { "badge", nothing, nothing_yet, badge_end };
