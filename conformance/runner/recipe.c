/* SPDX-License-Identifier: MIT */
/* in.gen: big inputs from few words (CASES.md, Input). */
#include <stdlib.h>

#include "suite.h"

enum { DEPTH = 16 };
enum { BYTES_MAX = 1 << 30 };

struct recipe {
	struct slice *lines;
	size_t n;
	struct buf *out, *why;
};

/* Takes the word at the front of *s, and the one space behind it. */
static struct slice
word(struct slice *s)
{
	struct slice w = { s->p, 0 };

	while (w.n < s->n && s->p[w.n] != ' ')
		w.n++;
	s->p += w.n;
	s->n -= w.n;
	if (s->n > 0) {
		s->p++;
		s->n--;
	}
	return w;
}

static bool
number(struct slice s, unsigned long *n)
{
	char digits[12] = "";
	char *end;

	if (s.n == 0 || s.n >= sizeof(digits))
		return false;
	memcpy(digits, s.p, s.n);
	*n = strtoul(digits, &end, 10);
	return *end == '\0' && digits[0] >= '0' && digits[0] <= '9';
}

static bool
wrong(struct recipe *r, size_t line, const char *what)
{
	buf_printf(r->why, "line %zu of in.gen: %s", line + 1, what);
	return false;
}

/* "%d" is the number of the round. */
static void
put_text(struct recipe *r, struct slice s, unsigned long round)
{
	for (size_t i = 0; i < s.n; i++)
		if (round > 0 && i + 1 < s.n && s.p[i] == '%' &&
		    s.p[i + 1] == 'd') {
			buf_printf(r->out, "%lu", round);
			i++;
		} else {
			buf_putc(r->out, s.p[i]);
		}
}

static bool
put_hex(struct recipe *r, struct slice s)
{
	while (s.n > 0) {
		struct slice w = word(&s);

		if (w.n % 2 != 0)
			return false;
		for (size_t i = 0; i < w.n; i += 2) {
			char pair[3] = { w.p[i], w.p[i + 1], '\0' };
			char *end;
			unsigned long byte = strtoul(pair, &end, 16);

			if (*end != '\0')
				return false;
			buf_putc(r->out, (char)byte);
		}
	}
	return true;
}

/* The "end" of the block whose first line is i; r->n when there is none. */
static size_t
block_end(const struct recipe *r, size_t i)
{
	unsigned open = 1;

	for (; i < r->n; i++) {
		struct slice rest = r->lines[i];
		struct slice w = word(&rest);

		if (slice_is(w, "repeat") || slice_is(w, "nest"))
			open++;
		else if (slice_is(w, "end") && --open == 0)
			return i;
	}
	return r->n;
}

static bool put_lines(struct recipe *r, size_t from, size_t to,
    unsigned long round, unsigned depth);

static bool
put_block(struct recipe *r, size_t line, size_t end, struct slice count,
    bool nest, unsigned long round, unsigned depth)
{
	unsigned long n;

	if (!number(count, &n))
		return wrong(r, line, "not a number");
	if (end == r->n)
		return wrong(r, line, "a block without end");
	if (depth == DEPTH)
		return wrong(r, line, "blocks nest too deep");
	if (!nest) {
		for (unsigned long i = 1; i <= n; i++)
			if (!put_lines(r, line + 1, end, i, depth + 1))
				return false;
		return true;
	}
	for (unsigned long i = 0; i < n; i++)
		buf_putc(r->out, '[');
	if (!put_lines(r, line + 1, end, round, depth + 1))
		return false;
	for (unsigned long i = 0; i < n; i++)
		buf_putc(r->out, ']');
	return true;
}

static bool
put_lines(struct recipe *r, size_t from, size_t to, unsigned long round,
    unsigned depth)
{
	for (size_t i = from; i < to; i++) {
		struct slice rest = r->lines[i];
		struct slice w = word(&rest);
		bool nest = slice_is(w, "nest");

		if (r->out->n > BYTES_MAX)
			return wrong(r, i, "more than 1 GiB");
		if (w.n == 0 || w.p[0] == '#')
			continue;
		if (slice_is(w, "text")) {
			put_text(r, rest, round);
		} else if (slice_is(w, "event")) {
			put_text(r, rest, round);
			buf_putc(r->out, '\n');
		} else if (slice_is(w, "lf")) {
			buf_putc(r->out, '\n');
		} else if (slice_is(w, "hex")) {
			if (!put_hex(r, rest))
				return wrong(r, i, "not bytes in hex");
		} else if (nest || slice_is(w, "repeat")) {
			size_t end = block_end(r, i + 1);

			if (!put_block(r, i, end, rest, nest, round, depth))
				return false;
			i = end;
		} else {
			return wrong(r, i,
			    "none of text hex lf event repeat "
			    "nest end");
		}
	}
	return true;
}

bool
recipe_run(struct slice recipe, struct buf *out, struct buf *why)
{
	struct recipe r = { .out = out, .why = why };
	bool ok;

	while (recipe.n > 0) {
		const char *lf = memchr(recipe.p, '\n', recipe.n);
		size_t n = lf != NULL ? (size_t)(lf - recipe.p) : recipe.n;

		r.lines = xrealloc(r.lines, (r.n + 1) * sizeof(*r.lines));
		r.lines[r.n++] = (struct slice){ recipe.p, n };
		n += lf != NULL;
		recipe.p += n;
		recipe.n -= n;
	}
	ok = put_lines(&r, 0, r.n, 0, 0);
	free(r.lines);
	return ok;
}
