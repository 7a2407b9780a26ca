/* SPDX-License-Identifier: MIT */
/* TAP 14: plans that are kept, and points. */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "doc.h"
#include "match.h"

enum { LEVELS = 32, INDENT = 4 };

struct point {
	bool ok;
	char *name; /* with its escapes taken off */
	char *directive; /* "SKIP", "TODO"; or NULL */
	char *reason;
};

struct subtest {
	unsigned long planned, points;
	bool plan;
};

struct tap {
	struct subtest open[LEVELS];
	size_t depth; /* the deepest open one */
	struct point *v;
	size_t n;
	bool summary; /* a subtest was closed: the next point stands for it */
	bool yaml;
	size_t yaml_indent;
	struct buf *why;
};

static bool
starts(struct slice s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && memcmp(s.p, word, n) == 0;
}

static struct slice
after(struct slice s, size_t n)
{
	return (struct slice){ s.p + n, s.n - n };
}

static struct slice
trim(struct slice s)
{
	while (s.n > 0 && isspace((unsigned char)s.p[0]))
		s = after(s, 1);
	while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Where the directive's "#" is; s.n when there is none. */
static size_t
find_hash(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '#')
			return i;
	return s.n;
}

static char *
unescape(struct slice s)
{
	struct buf b = { 0 };

	buf_add(&b, NULL, 0);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n &&
		    (s.p[i + 1] == '#' || s.p[i + 1] == '\\'))
			i++;
		buf_putc(&b, s.p[i]);
	}
	return b.p;
}

static void
take_directive(struct point *p, struct slice s)
{
	static const char *const words[] = { "SKIP", "TODO" };

	s = trim(s);
	for (size_t i = 0; i < 2; i++) {
		struct slice reason;

		if (s.n < 4 || strncasecmp(s.p, words[i], 4) != 0)
			continue;
		reason = after(s, 4);
		while (reason.n > 0 && isalpha((unsigned char)reason.p[0]))
			reason = after(reason, 1);
		reason = trim(reason);
		p->directive = xstrdup(words[i]);
		p->reason = unescape(reason);
	}
}

static bool
take_point(struct tap *t, struct slice s, size_t depth)
{
	struct point p = { .ok = s.p[0] == 'o' };
	struct subtest *l = &t->open[depth];
	size_t hash;

	s = trim(after(s, p.ok ? 2 : 6));
	l->points++;
	if (s.n > 0 && isdigit((unsigned char)s.p[0])) {
		char *end;

		if (strtoul(s.p, &end, 10) != l->points) {
			buf_printf(
			    t->why, "point %lu has another number", l->points);
			return false;
		}
		s = trim(after(s, (size_t)(end - s.p)));
	}
	if (starts(s, "-"))
		s = trim(after(s, 1));
	if (t->summary) {
		t->summary = false;
		return true;
	}
	hash = find_hash(s);
	if (hash < s.n)
		take_directive(&p, after(s, hash + 1));
	p.name = unescape(
	    p.directive != NULL ? trim((struct slice){ s.p, hash }) : s);
	t->v = xrealloc(t->v, (t->n + 1) * sizeof(*t->v));
	t->v[t->n++] = p;
	return true;
}

static bool
close_level(struct tap *t)
{
	struct subtest *l = &t->open[t->depth];

	if (!l->plan || l->planned != l->points) {
		buf_printf(t->why, "a plan of %lu, and %lu points", l->planned,
		    l->points);
		return false;
	}
	*l = (struct subtest){ 0 };
	return true;
}

/* The level of a line; levels deeper than it are over. */
static bool
settle(struct tap *t, size_t depth)
{
	if (depth >= LEVELS) {
		buf_puts(t->why, "subtests nest too deep");
		return false;
	}
	while (t->depth > depth) {
		if (!close_level(t))
			return false;
		t->depth--;
		t->summary = true;
	}
	t->depth = depth;
	return true;
}

static bool
take_line(struct tap *t, struct slice line)
{
	size_t indent = 0;
	struct slice s;

	while (indent < line.n && line.p[indent] == ' ')
		indent++;
	s = after(line, indent);
	if (t->yaml) {
		t->yaml = !(indent == t->yaml_indent && starts(s, "..."));
		return true;
	}
	if (starts(s, "---")) {
		t->yaml = true;
		t->yaml_indent = indent;
		return true;
	}
	if (starts(s, "ok") || starts(s, "not ok"))
		return settle(t, indent / INDENT) && take_point(t, s, t->depth);
	if (starts(s, "1..")) {
		if (!settle(t, indent / INDENT))
			return false;
		t->open[t->depth].plan = true;
		t->open[t->depth].planned = strtoul(s.p + 3, NULL, 10);
	}
	return true;
}

static bool
is_point(const struct point *p, const struct json *wanted)
{
	const struct json *ok = json_member(wanted, "ok");
	const struct json *directive = json_member(wanted, "directive");
	struct slice name = json_text(wanted, "name");
	struct slice reason = json_text(wanted, "reason");
	char *part = xstrndup(name.p != NULL ? name.p : "", name.n);
	char *why = xstrndup(reason.p != NULL ? reason.p : "", reason.n);
	bool same = strstr(p->name, part) != NULL;

	if (ok != NULL && ok->boolean != p->ok)
		same = false;
	if (directive != NULL &&
	    (directive->kind == JSON_NULL ? p->directive != NULL
					  : p->directive == NULL ||
			!slice_is(directive->text, p->directive)))
		same = false;
	if (reason.p != NULL &&
	    (p->reason == NULL || strstr(p->reason, why) == NULL))
		same = false;
	free(part);
	free(why);
	return same;
}

static bool
check_points(struct tap *t, const struct json *wanted)
{
	const struct json *points = json_member(wanted, "points");

	if (points == NULL)
		return true;
	if (points->count != t->n) {
		buf_printf(
		    t->why, "wanted %zu points, got %zu", points->count, t->n);
		return false;
	}
	for (size_t i = 0; i < points->count; i++) {
		const struct json *w = json_at(points, i);
		bool found = false;

		for (size_t k = 0; k < t->n && !found; k++)
			found = is_point(&t->v[k], w);
		if (!found) {
			buf_printf(t->why, "no point is %.*s", (int)w->raw.n,
			    w->raw.p);
			return false;
		}
	}
	return true;
}

bool
doc_tap(struct slice doc, const struct json *wanted, struct buf *why)
{
	struct tap t = { .why = why };
	size_t n;
	struct slice *lines = match_lines(doc, &n);
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = take_line(&t, lines[i]);
	ok = ok && settle(&t, 0) && close_level(&t) && check_points(&t, wanted);
	for (size_t i = 0; i < t.n; i++) {
		free(t.v[i].name);
		free(t.v[i].directive);
		free(t.v[i].reason);
	}
	free(t.v);
	free(lines);
	return ok;
}
