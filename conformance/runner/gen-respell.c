/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "gen-stream.h"

static void
space(struct chance *c, struct buf *out)
{
	static const char white[] = " \t\r";

	while (chance_below(c, 4) == 0)
		buf_putc(out, white[chance_below(c, 3)]);
}

/* Decodes strict UTF-8; n is its length. */
static unsigned long
code_point(const unsigned char *p, size_t n)
{
	unsigned long v = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));

	for (size_t i = 1; i < n; i++)
		v = v << 6 | (p[i] & 0x3f);
	return v;
}

static void
escaped(struct chance *c, struct buf *out, unsigned long v)
{
	static const char *const hex[] = { "\\u%04lx", "\\u%04lX" };
	const char *as = hex[chance_below(c, 2)];

	if (v >= 0x10000) {
		v -= 0x10000;
		buf_printf(out, as, 0xd800 + (v >> 10));
		v = 0xdc00 + (v & 0x3ff);
	}
	buf_printf(out, as, v);
}

static void
string(struct chance *c, struct buf *out, struct slice s)
{
	static const char named[] = "\"\\/\b\f\n\r\t", as[] = "\"\\/bfnrt";
	const unsigned char *p = (const unsigned char *)s.p;

	buf_putc(out, '"');
	for (size_t i = 0; i < s.n;) {
		size_t n = json_utf8(p + i, s.n - i);
		const char *short_form =
		    n == 1 && p[i] != 0 ? strchr(named, p[i]) : NULL;
		bool must = p[i] < 0x20 || p[i] == '"' || p[i] == '\\';

		if (short_form != NULL && (must || chance_below(c, 2) == 0) &&
		    chance_below(c, 3) != 0) {
			buf_putc(out, '\\');
			buf_putc(out, as[short_form - named]);
		} else if (must || chance_below(c, 6) == 0)
			escaped(c, out, code_point(p + i, n));
		else
			buf_add(out, s.p + i, n);
		i += n;
	}
	buf_putc(out, '"');
}

static void spell(struct chance *c, struct buf *out, const struct json *v);

/* The members in any order, those of one name in theirs. */
static size_t *
order(struct chance *c, const struct json *v)
{
	size_t *at = xalloc((v->count + 1) * sizeof(*at));

	for (size_t i = 0; i < v->count; i++)
		at[i] = i;
	for (size_t i = v->count; i > 1 && json_duplicate(v) == NULL; i--) {
		size_t j = chance_below(c, i), x = at[i - 1];

		at[i - 1] = at[j];
		at[j] = x;
	}
	return at;
}

static void
list(struct chance *c, struct buf *out, const struct json *v)
{
	bool object = v->kind == JSON_OBJECT;
	size_t *at = object ? order(c, v) : NULL;

	buf_putc(out, object ? '{' : '[');
	for (size_t i = 0; i < v->count; i++) {
		const struct json *one = v->item[at != NULL ? at[i] : i];

		if (i != 0)
			buf_putc(out, ',');
		space(c, out);
		if (object) {
			string(c, out, one->name);
			space(c, out);
			buf_putc(out, ':');
			space(c, out);
		}
		spell(c, out, one);
		space(c, out);
	}
	buf_putc(out, object ? '}' : ']');
	free(at);
}

static void
spell(struct chance *c, struct buf *out, const struct json *v)
{
	/* Half a surrogate pair has no other spelling. */
	if (v->lone)
		buf_add(out, v->raw.p, v->raw.n);
	else if (v->kind == JSON_STRING)
		string(c, out, v->text);
	else if (v->kind == JSON_ARRAY || v->kind == JSON_OBJECT)
		list(c, out, v);
	else
		buf_add(out, v->raw.p, v->raw.n);
}

void
gen_respell(struct slice in, uint64_t seed, struct buf *out)
{
	static const char *const blank[] = { "", " ", "\t \t", "\r" };
	struct chance c = { seed };
	struct gen_lines l;

	gen_split(&l, in);
	for (size_t i = 0; i < l.n; i++) {
		if (l.v[i].event == NULL) {
			gen_put(out, &l, i);
			continue;
		}
		if (chance_below(&c, 8) == 0) {
			buf_puts(out, blank[chance_below(&c, 4)]);
			buf_putc(out, '\n');
		}
		space(&c, out);
		spell(&c, out, l.v[i].event);
		space(&c, out);
		if (chance_below(&c, 4) == 0)
			buf_putc(out, '\r');
		if (i + 1 < l.n || !l.open)
			buf_putc(out, '\n');
	}
	gen_free(&l);
}
