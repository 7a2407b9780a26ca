/* SPDX-License-Identifier: MIT */
/* A stream as a program of a later minor may write it. */
#include <stdlib.h>

#include "gen-stream.h"

static const char *const values[] = { "null", "true", "false", "0", "-1.50",
	"18446744073709551615", "1e400", "\"\"", "\"fail\"", "[]",
	"[1,{\"outcome\":\"fail\"}]", "{}",
	"{\"event\":\"run_complete\",\"outcome\":\"pass\"}" };

static const char *const names[] = { "novelty", "future_ns", "vendor.thing",
	"Outcome", "outcomes", "__proto__", "retry" };

static const char *const kinds[] = { "future_thing", "vendor.mark",
	"case_replay", "run_finished", "suite_progress" };

static const char *
any(struct chance *c, const char *const *list, size_t n)
{
	return list[chance_below(c, n)];
}

#define ANY(c, list) any(c, list, sizeof(list) / sizeof(*(list)))

static void
event(struct chance *c, const struct gen_lines *l, struct buf *out)
{
	struct slice name =
	    json_text(l->v[chance_below(c, l->n)].event, "name");

	buf_printf(out, "{\"event\":\"%s\"", ANY(c, kinds));
	if (name.p != NULL) {
		buf_puts(out, ",\"name\":");
		buf_json(out, name);
		buf_puts(out, ",\"outcome\":\"fail\"");
	}
	buf_printf(out, ",\"%s\":%s}\n", ANY(c, names), ANY(c, values));
}

/* The member to add, if any: an object has each name once. */
static void
member(struct chance *c, const struct json *v, struct buf *out)
{
	const char *name = ANY(c, names);

	if (chance_below(c, 3) != 0 && json_member(v, name) == NULL)
		buf_printf(out, ",\"%s\":%s", name, ANY(c, values));
}

static bool
is_known_object(struct slice name)
{
	return slice_is(name, "producer") || slice_is(name, "location") ||
	    slice_is(name, "counts");
}

static void
put(struct buf *out, const char **at, const char *to)
{
	buf_add(out, *at, (size_t)(to - *at));
	*at = to;
}

static bool
has(const struct json *v, const char *name)
{
	const struct json *m = json_member(v, name);

	return m != NULL && m->kind != JSON_NULL;
}

static void
version(const struct json *v, struct buf *out, const char **at)
{
	const struct json *m = json_member(v, "version");
	const char *dot;

	if (m == NULL || m->kind != JSON_STRING)
		return;
	dot = memchr(m->text.p, '.', m->text.n);
	if (dot == NULL)
		return;
	put(out, at, m->raw.p);
	buf_printf(out, "\"%.*s.%ld\"", (int)(dot - m->text.p), m->text.p,
	    strtol(dot + 1, NULL, 10) + 1);
	*at = m->raw.p + m->raw.n;
}

/* Unknown members after any member, of the event and of objects in it. */
static void
line(struct chance *c, const struct gen_line *l, struct buf *out)
{
	const struct json *v = l->event;
	const char *at = v->raw.p, *end = v->raw.p + v->raw.n;
	bool head = slice_is(l->kind, "protocol");
	size_t place = v->count != 0 ? chance_below(c, v->count) : 0;

	for (size_t i = 0; i < v->count; i++) {
		const struct json *m = v->item[i];

		if (head && slice_is(m->name, "version"))
			version(v, out, &at);
		if (m->kind == JSON_OBJECT && m->count != 0 &&
		    is_known_object(m->name)) {
			put(out, &at, m->raw.p + m->raw.n - 1);
			member(c, m, out);
		}
		put(out, &at, m->raw.p + m->raw.n);
		if (i == place)
			member(c, v, out);
	}
	put(out, &at, end - 1);
	if (head && !has(v, "features") && json_member(v, "features") == NULL)
		buf_puts(out, ",\"features\":[\"vendor.novelty\",\"shards\"]");
	if (slice_is(l->kind, "case_start") && json_member(v, "mode") == NULL)
		buf_puts(out, ",\"mode\":\"property\"");
	put(out, &at, end);
	buf_putc(out, '\n');
}

void
gen_futurize(struct slice in, uint64_t seed, struct buf *out)
{
	struct chance c = { seed };
	struct gen_lines l;
	bool open = false;

	gen_split(&l, in);
	for (size_t i = 0; i < l.n; i++) {
		const struct gen_line *one = &l.v[i];

		/* Not before a header: there nothing may be (HDR-6). */
		if (open && chance_below(&c, 3) == 0)
			event(&c, &l, out);
		open = open || slice_is(one->kind, "protocol");
		if (one->kind.p != NULL)
			line(&c, one, out);
		else
			gen_put(out, &l, i);
	}
	if (open && !l.open)
		event(&c, &l, out);
	gen_free(&l);
}
