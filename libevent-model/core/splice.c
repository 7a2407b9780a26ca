/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "scan.h"
#include "scan-json.h"
#include "splice.h"

/* Where a member is in the line. */
struct member {
	const char *start; /* the quote of its key */
	const char *value, *end;
	const char *before; /* the comma before it, NULL for the first */
	const char *after; /* the comma behind it, NULL for the last */
};

struct walk {
	struct scan_cur cur;
	struct arena *arena;
	const char *p;
	const char *comma; /* that was passed last */
};

/* The value was found valid with fewer levels than these. */
enum { DEPTH = SCAN_DEPTH_CAP };

static void
walk_open(struct walk *w, struct arena *a, const char *brace, const char *end)
{
	*w = (struct walk){ .cur = { .end = end }, .arena = a };
	w->p = scan_space(&w->cur, brace + 1);
}

/* The next member of the object; false at its closing brace. */
static bool
walk_next(struct walk *w, struct em_str *key, struct member *m)
{
	const char *q;
	bool escaped = false;

	if (*w->p == '}')
		return false;
	m->start = w->p;
	m->before = w->comma;
	q = scan_string(&w->cur, w->p + 1, &escaped);
	*key = (struct em_str){ w->p + 1, (size_t)(q - w->p) - 1 };
	if (escaped)
		*key = scan_unescape(w->arena, *key);
	m->value = scan_space(&w->cur, scan_space(&w->cur, q + 1) + 1);
	m->end = scan_skip(&w->cur, m->value, DEPTH);
	w->p = scan_space(&w->cur, m->end);
	m->after = NULL;
	if (*w->p == ',') {
		w->comma = m->after = w->p;
		w->p = scan_space(&w->cur, w->p + 1);
	}
	return true;
}

static bool
find(struct arena *a, const char *brace, const char *end, const char *name,
    struct member *m)
{
	struct walk w;
	struct em_str key;

	walk_open(&w, a, brace, end);
	while (walk_next(&w, &key, m))
		if (str_eq(key, name))
			return true;
	return false;
}

static struct em_str
join(struct arena *a, const char *head, const char *head_end,
    struct em_str middle, const char *tail, const char *tail_end)
{
	size_t h = (size_t)(head_end - head), t = (size_t)(tail_end - tail);
	/* With the slack that makes the result a line again. */
	char *p = arena_bytes(a, h + middle.n + t + 64);

	if (p == NULL)
		return (struct em_str){ NULL, 0 };
	memcpy(p, head, h);
	if (middle.n > 0)
		memcpy(p + h, middle.p, middle.n);
	memcpy(p + h + middle.n, tail, t);
	memset(p + h + middle.n + t, 0, 64);
	return (struct em_str){ p, h + middle.n + t };
}

static struct em_str
take_out(struct arena *a, struct em_str line, const struct member *m)
{
	const char *start = m->before != NULL ? m->before : m->start;
	const char *end = m->before != NULL ? m->end
	    : m->after != NULL              ? m->after + 1
					    : m->end;

	return join(
	    a, line.p, start, (struct em_str){ NULL, 0 }, end, line.p + line.n);
}

static struct em_str
add(struct arena *a, struct em_str line, const struct splice *e)
{
	const char *brace = line.p + line.n;
	struct em_str text;

	while (*--brace != '}')
		;
	text = arena_printf(
	    a, ",\"%s\":%.*s", e->key, (int)e->value.n, e->value.p);
	if (text.p == NULL)
		return text;
	return join(a, line.p, brace, text, brace, line.p + line.n);
}

static struct em_str
edit(struct arena *a, struct em_str line, const struct splice *e)
{
	const char *brace = memchr(line.p, '{', line.n);
	const char *end = line.p + line.n;
	struct member m;

	if (e->in != NULL) {
		if (!find(a, brace, end, e->in, &m) || *m.value != '{')
			return line;
		brace = m.value;
	}
	if (!find(a, brace, end, e->key, &m))
		return e->add ? add(a, line, e) : line;
	if (e->value.p == NULL)
		return take_out(a, line, &m);
	return join(a, line.p, m.value, e->value, m.end, end);
}

struct em_str
splice(
    struct arena *a, struct em_str line, const struct splice *edits, size_t n)
{
	for (size_t i = 0; i < n && line.p != NULL; i++)
		line = edit(a, line, &edits[i]);
	return line;
}
