/* SPDX-License-Identifier: MIT */
/* The lines of TAP 12 to 14, of node-tap and of the kernel's KTAP. */
#include <string.h>

#include "tap.h"

/* More tests than this nobody runs. */
#define PLAN_MAX (INT64_C(1) << 53)

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether s starts with the word, in whatever case. */
static bool
starts_nocase(struct em_str s, const char *word)
{
	size_t n = strlen(word);

	if (s.n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(s.p[i]) != lower(word[i]))
			return false;
	return true;
}

static struct em_str
skip_blanks(struct em_str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_from(s, 1);
	return s;
}

/* A number at the start of *s, cut off; false when there is none. */
static bool
cut_number(struct em_str *s, int64_t *n)
{
	size_t i = 0;

	while (i < s->n && is_digit(s->p[i]))
		i++;
	if (i == 0 || !str_i64(str_upto(*s, i), n))
		return false;
	*s = str_from(*s, i);
	return true;
}

/* "[    0.060000] " of the kernel's log. */
static struct em_str
without_stamp(struct em_str s)
{
	struct em_str rest = s;
	int64_t n;

	if (!str_starts(s, "["))
		return s;
	rest = skip_blanks(str_from(s, 1));
	if (!cut_number(&rest, &n) || !str_starts(rest, "."))
		return s;
	rest = str_from(rest, 1);
	if (!cut_number(&rest, &n) || !str_starts(rest, "] "))
		return s;
	return str_from(rest, 2);
}

/* ---- descriptions ---- */

/* \# and \\ are # and \; nothing else is escaped. */
static struct em_str
unescape(struct arena *a, struct em_str s)
{
	struct em_str r;
	char *p;

	if (s.n == 0 || memchr(s.p, '\\', s.n) == NULL)
		return s;
	p = arena_bytes(a, s.n);
	if (p == NULL)
		return s;
	r = (struct em_str){ p, 0 };
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n &&
		    (s.p[i + 1] == '#' || s.p[i + 1] == '\\'))
			i++;
		p[r.n++] = s.p[i];
	}
	return r;
}

/* The first # that is not escaped, or -1. */
static ptrdiff_t
find_hash(struct em_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '#')
			return (ptrdiff_t)i;
	}
	return -1;
}

/* "# time=12.5ms" at the end of *s, cut off. */
static int64_t
cut_time(struct em_str *s)
{
	static const char key[] = "# time=";
	struct em_str rest = *s, v;
	ptrdiff_t at = -1, i;
	int scale = 9;
	int64_t ns;

	while ((i = str_find(rest, key)) >= 0) {
		at = (rest.p - s->p) + i;
		rest = str_from(rest, (size_t)i + strlen(key));
	}
	if (at < 0 || (at > 0 && s->p[at - 1] == '\\'))
		return EM_UNSET;
	v = str_trim(rest);
	if (str_ends(v, "ms"))
		scale = 6;
	if (!str_ends(v, "s"))
		return EM_UNSET;
	v.n -= scale == 6 ? 2 : 1;
	if (!str_ns(v, scale, &ns))
		return EM_UNSET;
	*s = str_trim(str_upto(*s, (size_t)at));
	return ns;
}

/* What the text behind a # directs. */
static enum tap_directive
directive(struct em_str s, struct em_str *reason)
{
	enum tap_directive d;

	s = skip_blanks(s);
	if (starts_nocase(s, "skip"))
		d = TAP_SKIP;
	else if (starts_nocase(s, "todo"))
		d = TAP_TODO;
	else
		return TAP_NO_DIRECTIVE;
	s = str_from(s, 4);
	/* "skipped" is said too, "todoist" is something else. */
	if (d == TAP_TODO && s.n > 0 &&
	    (is_digit(s.p[0]) || s.p[0] == '_' ||
		(lower(s.p[0]) >= 'a' && lower(s.p[0]) <= 'z')))
		return TAP_NO_DIRECTIVE;
	while (s.n > 0 && !is_blank(s.p[0]))
		s = str_from(s, 1);
	*reason = str_trim(s);
	return d;
}

static void
parse_point(struct arena *a, struct em_str s, struct tap_line *t)
{
	struct em_str rest;
	ptrdiff_t hash;

	t->what = TAP_POINT;
	t->id = EM_UNSET;
	rest = skip_blanks(s);
	if (cut_number(&rest, &t->id) && (rest.n == 0 || is_blank(rest.p[0])))
		s = rest;
	else
		t->id = EM_UNSET;
	s = str_trim(s);
	if (str_eq(s, "-") || str_starts(s, "- "))
		s = str_trim(str_from(s, 1));
	t->brace = str_eq(s, "{") || str_ends(s, " {");
	if (t->brace)
		s = str_trim(str_upto(s, s.n - 1));
	t->duration = cut_time(&s);
	if (!t->brace && str_ends(s, " {")) {
		t->brace = true; /* "name { # time=1ms" */
		s = str_trim(str_upto(s, s.n - 1));
	}
	hash = find_hash(s);
	/* "http://x/y#todo" is a name. */
	if (hash == 0 ||
	    (hash > 0 && (is_blank(s.p[hash - 1]) || s.p[hash - 1] == '\\')))
		t->directive =
		    directive(str_from(s, (size_t)hash + 1), &t->reason);
	if (t->directive != TAP_NO_DIRECTIVE)
		s = str_trim(str_upto(s, (size_t)hash));
	t->name = unescape(a, s);
	t->reason = unescape(a, t->reason);
}

/* ---- other lines ---- */

/* "1..5", "1..0 # skip: reason" */
static bool
parse_plan(struct arena *a, struct em_str s, struct tap_line *t)
{
	if (!cut_number(&s, &t->first) || !str_starts(s, ".."))
		return false;
	s = str_from(s, 2);
	if (!cut_number(&s, &t->last) || t->last > PLAN_MAX)
		return false;
	s = str_trim(s);
	if (s.n > 0 && s.p[0] != '#')
		return false;
	if (s.n > 0 &&
	    directive(str_from(s, 1), &t->reason) == TAP_NO_DIRECTIVE)
		t->reason = str_trim(str_from(s, 1));
	t->reason = unescape(a, t->reason);
	return true;
}

static bool
parse_version(struct em_str s, struct tap_line *t)
{
	int64_t n;

	t->kernel = starts_nocase(s, "ktap version ");
	if (!t->kernel && !starts_nocase(s, "tap version "))
		return false;
	s = skip_blanks(str_from(s, strlen("tap version ") + t->kernel));
	return cut_number(&s, &n) && str_trim(s).n == 0;
}

static bool
parse_pragma(struct em_str s, struct tap_line *t)
{
	if (!str_starts(s, "pragma ") || s.n < strlen("pragma +x"))
		return false;
	s = str_from(s, strlen("pragma "));
	t->on = s.p[0] == '+';
	if (!t->on && s.p[0] != '-')
		return false;
	t->name = str_trim(str_from(s, 1));
	for (size_t i = 0; i < t->name.n; i++) {
		char c = t->name.p[i];

		if (!is_digit(c) && c != '_' && c != '-' &&
		    (lower(c) < 'a' || lower(c) > 'z'))
			return false;
	}
	return true;
}

static bool
is_word(struct em_str s, const char *word)
{
	size_t n = strlen(word);

	return str_starts(s, word) && (s.n == n || is_blank(s.p[n]));
}

static enum tap_what
parse_rest(struct arena *a, struct tap_line *t)
{
	struct em_str s = t->text;

	if (s.p[0] == '#')
		return TAP_COMMENT;
	if (is_digit(s.p[0]) && parse_plan(a, s, t))
		return TAP_PLAN;
	if (parse_version(s, t))
		return TAP_VERSION;
	if (parse_pragma(s, t))
		return TAP_PRAGMA;
	if (starts_nocase(s, "bail out!")) {
		t->reason =
		    unescape(a, str_trim(str_from(s, strlen("bail out!"))));
		return TAP_BAIL;
	}
	if (str_eq(s, "{"))
		return TAP_OPEN;
	return str_eq(s, "}") ? TAP_CLOSE : TAP_NOTHING;
}

void
tap_parse(struct arena *a, struct em_str line, struct tap_line *t)
{
	struct em_str s = without_stamp(line);

	*t = (struct tap_line){ .id = EM_UNSET, .duration = EM_UNSET };
	while (s.n > 0 && is_blank(s.p[0])) {
		t->indent += s.p[0] == '\t' ? 4 : 1;
		s = str_from(s, 1);
	}
	while (s.n > 0 && (is_blank(s.p[s.n - 1]) || s.p[s.n - 1] == '\r'))
		s.n--;
	t->text = s;
	if (s.n == 0) {
		t->what = TAP_BLANK;
	} else if (is_word(s, "ok")) {
		t->ok = true;
		parse_point(a, str_from(s, strlen("ok")), t);
	} else if (is_word(s, "not ok")) {
		parse_point(a, str_from(s, strlen("not ok")), t);
	} else {
		t->what = parse_rest(a, t);
	}
}

struct em_str
tap_heading(const struct tap_line *t)
{
	static const struct em_str none;
	static const char key[] = "# Subtest:";

	if (t->what != TAP_COMMENT || !str_starts(t->text, key))
		return none;
	return str_trim(str_from(t->text, strlen(key)));
}
