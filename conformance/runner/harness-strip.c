/* SPDX-License-Identifier: MIT */
/* A stream as it is without its extensions (EXT-3). */
#include "harness.h"

static void strip_value(struct buf *b, const struct json *v);

static bool
has_dot(struct slice s)
{
	return s.n > 0 && memchr(s.p, '.', s.n) != NULL;
}

/* Members whose keys are data. */
static bool
is_data(struct slice name)
{
	return slice_is(name, "properties") || slice_is(name, "env");
}

/* What a required open enum is read as when it is not known; else NULL. */
static const char *
fallback(struct slice name)
{
	if (slice_is(name, "stream"))
		return "combined";
	return slice_is(name, "kind") ? "note" : NULL;
}

static bool
is_open(struct slice name)
{
	return slice_is(name, "status") || slice_is(name, "mode") ||
	    slice_is(name, "level") || fallback(name) != NULL;
}

static bool
is_features(struct slice name)
{
	return slice_is(name, "features") || slice_is(name, "requires");
}

static void
strip_list(struct buf *b, const struct json *list)
{
	bool first = true;

	buf_putc(b, '[');
	for (size_t i = 0; i < list->count; i++) {
		const struct json *v = list->item[i];

		if (is_features(list->name) && v->kind == JSON_STRING &&
		    has_dot(v->text))
			continue;
		if (!first)
			buf_putc(b, ',');
		first = false;
		strip_value(b, v);
	}
	buf_putc(b, ']');
}

static void
strip_object(struct buf *b, const struct json *o)
{
	bool first = true;

	buf_putc(b, '{');
	for (size_t i = 0; i < o->count; i++) {
		const struct json *m = o->item[i];
		bool dotted = is_open(m->name) && m->kind == JSON_STRING &&
		    has_dot(m->text);

		if (has_dot(m->name) || (dotted && fallback(m->name) == NULL))
			continue;
		if (!first)
			buf_putc(b, ',');
		first = false;
		buf_json(b, m->name);
		buf_putc(b, ':');
		if (dotted)
			buf_json(b, slice_of(fallback(m->name)));
		else
			strip_value(b, m);
	}
	buf_putc(b, '}');
}

static void
strip_value(struct buf *b, const struct json *v)
{
	if (v->kind == JSON_OBJECT && !is_data(v->name))
		strip_object(b, v);
	else if (v->kind == JSON_ARRAY)
		strip_list(b, v);
	else
		buf_add(b, v->raw.p, v->raw.n);
}

void
harness_strip(struct sitting *s)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < s->line_n; i++) {
		const struct json *e = s->event[i];

		if (has_dot(json_text(e, "event")))
			continue;
		if (e != NULL && e->kind == JSON_OBJECT)
			strip_object(&b, e);
		else
			buf_add(&b, s->lines[i].p, s->lines[i].n);
		buf_putc(&b, '\n');
	}
	sitting_events(s, buf_slice(&b));
	buf_free(&b);
}
