/* SPDX-License-Identifier: MIT */
#include "pattern-steps.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where reading is. */
struct reading {
	struct pattern *pattern;
	size_t line;
	bool open; /* the last lane takes more lines without ~ */
	char *why;
	size_t why_size;
};

/* A line on its way to JSON. */
struct rewriting {
	const char *at, *end;
	char *out;
	size_t n, cap;
	bool failed; /* out of memory */
};

char
pattern_mark(struct slice s)
{
	return s.n >= 2 && s.p[0] == '\0' ? s.p[1] : 0;
}

struct slice
pattern_marked(struct slice s)
{
	return (struct slice){ s.p + 2, s.n - 2 };
}

static bool
complain(struct reading *r, const char *what)
{
	snprintf(
	    r->why, r->why_size, "line %zu of the pattern: %s", r->line, what);
	return false;
}

/* ---- from a line to JSON with marks ---- */

static void
put(struct rewriting *w, const char *s, size_t n)
{
	size_t cap = w->cap ? w->cap : 256;
	char *out;

	while (cap - w->n < n)
		cap *= 2;
	if (cap != w->cap) {
		out = realloc(w->out, cap);
		if (!out) {
			w->failed = true;
			return;
		}
		w->out = out;
		w->cap = cap;
	}
	memcpy(w->out + w->n, s, n);
	w->n += n;
}

/* Begins a string that carries a mark. */
static void
put_mark(struct rewriting *w, char mark)
{
	char text[] = "\"\\u0000?";

	text[7] = mark;
	put(w, text, 8);
}

/* The string at w->at with its quotes; false when it does not end. */
static bool
string_end(const struct rewriting *w, const char **end)
{
	const char *p;

	for (p = w->at + 1; p < w->end && *p != '"'; p++)
		if (*p == '\\' && p + 1 < w->end)
			p++;
	*end = p + 1;
	return p < w->end;
}

static const char *
rewrite_string(struct rewriting *w, bool starred)
{
	const char *end;
	bool more;

	if (!string_end(w, &end))
		return "a string does not end";
	more = end < w->end && *end == '*';
	if (starred || more)
		put_mark(w,
		    !more          ? MARK_ENDS
			: !starred ? MARK_BEGINS
				   : MARK_HOLDS);
	else if (end - w->at >= 8 && memcmp(w->at, "\"\\u0000", 7) == 0)
		return "a string of a pattern cannot begin with U+0000";
	else
		put(w, "\"", 1);
	put(w, w->at + 1, (size_t)(end - w->at) - 1);
	w->at = end + (more ? 1 : 0);
	return NULL;
}

static const char *
rewrite_name(struct rewriting *w)
{
	const char *p = w->at + 1;

	while (p < w->end && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	if (p == w->at + 1)
		return "$ without a name";
	put_mark(w, MARK_BIND);
	put(w, w->at + 1, (size_t)(p - w->at) - 1);
	put(w, "\"", 1);
	w->at = p;
	return NULL;
}

/* Three dots as a member or an element. */
static const char *
rewrite_rest(struct rewriting *w, bool member)
{
	if (w->end - w->at < 3 || memcmp(w->at, "...", 3) != 0)
		return "\".\" that is not \"...\"";
	put_mark(w, MARK_REST);
	put(w, "\"", 1);
	if (member)
		put(w, ":null", 5);
	w->at += 3;
	return NULL;
}

static const char *
rewrite_optional(struct rewriting *w)
{
	const char *end;

	w->at++;
	if (w->at == w->end || *w->at != '"')
		return "\"?\" is not followed by a member's name";
	if (!string_end(w, &end))
		return "a string does not end";
	put_mark(w, MARK_OPTIONAL);
	put(w, w->at + 1, (size_t)(end - w->at) - 1);
	w->at = end;
	return NULL;
}

/* Whether the innermost bracket before w->at is a brace. */
static bool
in_object(const char *brackets, size_t depth)
{
	return depth > 0 && brackets[depth - 1] == '{';
}

/* What is wrong, or NULL. */
static const char *
rewrite(struct rewriting *w)
{
	char brackets[64];
	size_t depth = 0;
	const char *wrong = NULL;

	while (w->at < w->end && !wrong) {
		char c = *w->at;

		if (c == '{' || c == '[') {
			if (depth == sizeof(brackets))
				return "nested too deeply";
			brackets[depth++] = c;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
		if (c == '"') {
			wrong = rewrite_string(w, false);
		} else if (c == '$') {
			wrong = rewrite_name(w);
		} else if (c == '?') {
			wrong = rewrite_optional(w);
		} else if (c == '.' && w->n > 0 &&
		    !isdigit((unsigned char)w->out[w->n - 1])) {
			wrong = rewrite_rest(w, in_object(brackets, depth));
		} else if (c == '*' && w->at + 1 < w->end && w->at[1] == '"') {
			w->at++;
			wrong = rewrite_string(w, true);
		} else if (c == '*') {
			put_mark(w, MARK_ANY);
			put(w, "\"", 1);
			w->at++;
		} else {
			put(w, w->at++, 1);
		}
	}
	return wrong;
}

static bool
read_event(struct reading *r, const char *s, size_t n, struct json **event)
{
	struct rewriting w = { .at = s, .end = s + n };
	struct json_error e;
	const char *wrong = rewrite(&w);

	*event = NULL;
	if (!wrong && w.failed)
		wrong = "out of memory";
	if (!wrong) {
		*event = json_parse(w.out, w.n, &e);
		if (!*event)
			wrong = "not an event with $x, * and ... in it";
	}
	free(w.out);
	if (wrong)
		return complain(r, wrong);
	if ((*event)->kind != JSON_OBJECT) {
		json_free(*event);
		*event = NULL;
		return complain(r, "an event is an object");
	}
	return true;
}

/* ---- from lines to lanes ---- */

static bool
add_step(struct reading *r, struct pattern_step **steps, size_t *count,
    struct pattern_step step)
{
	struct pattern_step *more;

	more = realloc(*steps, (*count + 1) * sizeof(*more));
	if (!more) {
		json_free(step.event);
		return complain(r, "out of memory");
	}
	more[(*count)++] = step;
	*steps = more;
	return true;
}

static struct pattern_lane *
add_lane(struct reading *r, const char *name, size_t n)
{
	struct pattern *p = r->pattern;
	struct pattern_lane *lanes, *lane;

	lanes = realloc(p->lanes, (p->lane_count + 1) * sizeof(*lanes));
	if (!lanes) {
		complain(r, "out of memory");
		return NULL;
	}
	p->lanes = lanes;
	lane = &lanes[p->lane_count];
	*lane = (struct pattern_lane){ .block = p->blocks - 1 };
	if (n > 0) {
		lane->name = malloc(n + 1);
		if (!lane->name) {
			complain(r, "out of memory");
			return NULL;
		}
		memcpy(lane->name, name, n);
		lane->name[n] = '\0';
	}
	p->lane_count++;
	return lane;
}

/* The lane for a line that has none, which ends a block of lanes. */
static struct pattern_lane *
plain_lane(struct reading *r)
{
	if (r->open)
		return &r->pattern->lanes[r->pattern->lane_count - 1];
	r->open = true;
	r->pattern->blocks++;
	return add_lane(r, NULL, 0);
}

static struct pattern_lane *
named_lane(struct reading *r, const char *name, size_t n)
{
	struct pattern *p = r->pattern;

	if (r->open || p->blocks == 0) {
		r->open = false;
		p->blocks++;
	}
	for (size_t i = 0; n > 0 && i < p->lane_count; i++) {
		struct pattern_lane *lane = &p->lanes[i];

		if (lane->block == p->blocks - 1 && lane->name &&
		    strlen(lane->name) == n && memcmp(lane->name, name, n) == 0)
			return lane;
	}
	return add_lane(r, name, n);
}

static void
skip_blanks(const char **s, const char *end)
{
	while (*s < end && (**s == ' ' || **s == '\t'))
		(*s)++;
}

static bool
read_step(struct reading *r, const char *s, const char *end)
{
	struct pattern_step step = { .line = r->line };
	struct pattern_lane *lane;
	const char *name = NULL;
	size_t name_size = 0;

	if (*s == '~') {
		for (name = ++s; s < end && isalnum((unsigned char)*s); s++)
			name_size++;
		skip_blanks(&s, end);
	}
	if (s < end && (*s == '?' || *s == '*')) {
		step.times = *s == '?' ? TIMES_MAYBE : TIMES_ANY;
		s++;
		skip_blanks(&s, end);
	}
	if (end - s == 3 && memcmp(s, "...", 3) == 0)
		step.times = TIMES_ANY;
	else if (!read_event(r, s, (size_t)(end - s), &step.event))
		return false;
	lane = name ? named_lane(r, name, name_size) : plain_lane(r);
	if (!lane) {
		json_free(step.event);
		return false;
	}
	return add_step(r, &lane->steps, &lane->count, step);
}

static bool
read_line(struct reading *r, const char *s, const char *end)
{
	struct pattern *p = r->pattern;
	struct pattern_step step = { .line = r->line };
	char c;

	skip_blanks(&s, end);
	while (end > s && isspace((unsigned char)end[-1]))
		end--;
	if (s == end || *s == '#')
		return true;
	c = *s;
	if (c != '-' && c != '!')
		return read_step(r, s, end);
	s++;
	skip_blanks(&s, end);
	if (!read_event(r, s, (size_t)(end - s), &step.event))
		return false;
	return c == '-' ? add_step(r, &p->passed, &p->passed_count, step)
			: add_step(r, &p->never, &p->never_count, step);
}

struct pattern *
pattern_read(const char *text, size_t n, char *why, size_t why_size)
{
	struct reading r = { .why = why, .why_size = why_size };
	const char *end = text + n, *s, *lf;

	r.pattern = calloc(1, sizeof(*r.pattern));
	if (!r.pattern) {
		complain(&r, "out of memory");
		return NULL;
	}
	for (s = text; s < end; s = lf + 1) {
		r.line++;
		lf = memchr(s, '\n', (size_t)(end - s));
		if (!lf)
			lf = end;
		if (!read_line(&r, s, lf)) {
			pattern_free(r.pattern);
			return NULL;
		}
		if (lf == end)
			break;
	}
	return r.pattern;
}

static void
free_steps(struct pattern_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		json_free(steps[i].event);
	free(steps);
}

void
pattern_free(struct pattern *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->lane_count; i++) {
		free(p->lanes[i].name);
		free_steps(p->lanes[i].steps, p->lanes[i].count);
	}
	free(p->lanes);
	free_steps(p->passed, p->passed_count);
	free_steps(p->never, p->never_count);
	free(p);
}
