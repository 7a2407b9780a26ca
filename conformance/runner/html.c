/* SPDX-License-Identifier: MIT */
/* The matrix: one static page, cases by rule down, testees across. */
#include <stdlib.h>

#include "report.h"

static const char style[] =
    "body{font:15px/1.4 system-ui,sans-serif;margin:2em auto;max-width:70em;"
    "padding:0 1em;color:#222;background:#fff}\n"
    "table{border-collapse:collapse}\n"
    "th,td{border:1px solid #ccc;padding:.15em .5em;text-align:left;"
    "vertical-align:top}\n"
    "th.t{writing-mode:vertical-rl}\n"
    "tr.r th{background:#eee;font-weight:600}\n"
    "td.c{text-align:center;font-family:monospace;font-weight:bold}\n"
    "td.P,td.i{background:#e2f5e4}td.W{background:#f3f5d8}\n"
    "td.F,td.C,td.T,td.L,td.X,td.E{background:#f9d9d6}\n"
    "td.x{background:#fdeccf}td.S,td.none{background:#f2f2f2}\n"
    "pre{background:#f6f6f6;padding:.5em;overflow:auto;"
    "white-space:pre-wrap;word-break:break-all}\n"
    "section{border-top:1px solid #ccc;margin-top:1.5em}\n"
    "dt{font-weight:600}\n"
    "@media(prefers-color-scheme:dark){body{background:#1b1b1b;color:#ddd}"
    "tr.r th,pre{background:#2a2a2a}td{color:#ddd}"
    "td.P,td.i{background:#1d3a21}td.W{background:#39391a}"
    "td.F,td.C,td.T,td.L,td.X,td.E{background:#4a211d}"
    "td.x{background:#46361a}td.S,td.none{background:#262626}"
    "a{color:#9cf}}\n";

static void
put_text(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '&':
			buf_puts(b, "&amp;");
			break;
		case '<':
			buf_puts(b, "&lt;");
			break;
		case '>':
			buf_puts(b, "&gt;");
			break;
		case '"':
			buf_puts(b, "&quot;");
			break;
		case '\t':
		case '\n':
			buf_putc(b, s.p[i]);
			break;
		default:
			if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
				buf_puts(b, "\xef\xbf\xbd");
			else
				buf_putc(b, s.p[i]);
		}
}

static void
put(struct buf *b, const struct json *o, const char *key)
{
	put_text(b, json_text(o, key));
}

static char
letter(const struct json *c)
{
	struct slice s = json_text(c, "verdict");

	for (int i = 0; i < V_CODES; i++)
		if (slice_is(s, verdict_name((enum verdict_code)i)))
			return verdict_letter((enum verdict_code)i);
	return '?';
}

static const struct json *
find_case(const struct json *report, const char *id)
{
	const struct json *cases = json_member(report, "cases");

	for (size_t i = 0; cases != NULL && i < cases->count; i++)
		if (slice_is(json_text(json_at(cases, i), "id"), id))
			return json_at(cases, i);
	return NULL;
}

static bool
in_any(const struct conf_case *c, struct json *const *reports, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (find_case(reports[i], c->id) != NULL)
			return true;
	return false;
}

static void
put_cell(struct buf *b, const struct json *c, size_t column)
{
	char l;

	if (c == NULL) {
		buf_puts(b, "<td class=\"c none\">-</td>");
		return;
	}
	l = letter(c);
	if (l == 'P') {
		buf_puts(b, "<td class=\"c P\">P</td>");
		return;
	}
	buf_printf(b, "<td class=\"c %c\"><a href=\"#%zu-", l, column);
	put(b, c, "id");
	buf_printf(b, "\" title=\"");
	put(b, c, "reason");
	buf_printf(b, "\">%c</a></td>", l);
}

static void
put_row(struct buf *b, const struct conf_case *c, struct json *const *reports,
    size_t n)
{
	buf_puts(b, "<tr><td>");
	put_text(b, slice_of(c->id));
	buf_printf(b, "</td><td>%s</td><td>", level_name(c->level));
	put_text(b, slice_of(c->title));
	buf_puts(b, "</td>");
	for (size_t i = 0; i < n; i++)
		put_cell(b, find_case(reports[i], c->id), i);
	buf_puts(b, "</tr>\n");
}

/* The cases that are about a rule, below a line that says what it is. */
static void
put_rule(struct buf *b, const struct suite *suite, const struct rule *r,
    struct json *const *reports, size_t n)
{
	bool head = false;

	for (size_t i = 0; i < suite->case_n; i++) {
		const struct conf_case *c = &suite->cases[i];

		if (strcmp(c->rules.v[0], r->id) != 0 || !in_any(c, reports, n))
			continue;
		if (!head) {
			buf_printf(b,
			    "<tr class=r id=\"%s\"><th colspan=%zu>%s: ", r->id,
			    3 + n, r->id);
			put_text(b, slice_of(r->text));
			buf_puts(b, "</th></tr>\n");
		}
		head = true;
		put_row(b, c, reports, n);
	}
}

static void
put_names(struct buf *b, const struct json *report, const char *key)
{
	const struct json *v = json_member(report, key);

	for (size_t i = 0; v != NULL && i < v->count; i++) {
		if (i > 0)
			buf_puts(b, ", ");
		put_text(b, json_at(v, i)->text);
	}
	if (v == NULL || v->count == 0)
		buf_puts(b, "none");
}

static void
put_testees(struct buf *b, struct json *const *reports, size_t n)
{
	buf_puts(b,
	    "<table>\n<tr><th>Testee<th>Role<th>Protocol<th>Suite"
	    "<th>Profiles earned</tr>\n");
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, "<tr><td>");
		put(b, reports[i], "sut");
		buf_puts(b, "</td><td>");
		put(b, reports[i], "role");
		buf_puts(b, "</td><td>");
		put(b, reports[i], "protocol");
		buf_puts(b, "</td><td>");
		put(b, reports[i], "suite");
		buf_puts(b, "</td><td>");
		put_names(b, reports[i], "profiles");
		buf_puts(b, "</td></tr>\n");
	}
	buf_puts(b, "</table>\n");
}

static void
put_part(
    struct buf *b, const struct json *c, const char *key, const char *title)
{
	if (json_text(c, key).n == 0)
		return;
	buf_printf(b, "<dt>%s<dd><pre>", title);
	put(b, c, key);
	buf_puts(b, "</pre>\n");
}

static void
put_details(struct buf *b, const struct suite *suite, const struct json *report,
    size_t column)
{
	const struct json *cases = json_member(report, "cases");

	for (size_t i = 0; cases != NULL && i < cases->count; i++) {
		const struct json *c = json_at(cases, i);
		const struct json *rules = json_member(c, "rules");

		if (letter(c) == 'P')
			continue;
		buf_printf(b, "<section id=\"%zu-", column);
		put(b, c, "id");
		buf_puts(b, "\"><h3>");
		put(b, report, "sut");
		buf_puts(b, ", ");
		put(b, c, "id");
		buf_puts(b, ": ");
		put(b, c, "verdict");
		buf_puts(b, "</h3>\n<p>");
		put(b, c, "title");
		buf_puts(b, ". ");
		put(b, c, "reason");
		buf_puts(b, "</p>\n<dl>");
		for (size_t k = 0; rules != NULL && k < rules->count; k++) {
			const struct json *id = json_at(rules, k);
			const struct rule *r = suite_rule(suite, id->text.p);

			buf_puts(b, "<dt>");
			put_text(b, id->text);
			buf_puts(b, "<dd>");
			put_text(b, slice_of(r != NULL ? r->text : ""));
		}
		put_part(b, c, "listed", "Listed as");
		put_part(b, c, "ending", "Ending");
		put_part(b, c, "input", "Input");
		put_part(b, c, "expected", "Expected");
		put_part(b, c, "actual", "Actual");
		put_part(b, c, "stderr", "Standard error");
		put_part(b, c, "repro", "Again");
		buf_puts(b, "</dl></section>\n");
	}
}

void
matrix_html(struct buf *b, const struct suite *suite,
    struct json *const *reports, size_t n)
{
	buf_printf(b,
	    "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
	    "<meta name=viewport content=\"width=device-width\">\n"
	    "<title>test-events conformance</title>\n<style>\n%s</style>\n"
	    "<h1>test-events conformance</h1>\n",
	    style);
	put_testees(b, reports, n);
	buf_puts(b,
	    "<p>P pass, W weak (tolerated), F fail, C crash, T time limit, "
	    "L leak, S skipped, x expected failure, X unexpected pass, "
	    "i information, E error of the suite.</p>\n"
	    "<table id=matrix>\n<tr><th>Case<th>Level<th>What is held");
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, "<th class=t>");
		put(b, reports[i], "sut");
		buf_puts(b, ", ");
		put(b, reports[i], "role");
	}
	buf_puts(b, "</tr>\n");
	for (size_t i = 0; i < suite->rule_n; i++)
		put_rule(b, suite, &suite->rules[i], reports, n);
	buf_puts(b, "</table>\n");
	for (size_t i = 0; i < n; i++)
		put_details(b, suite, reports[i], i);
	buf_puts(b, "</html>\n");
}
