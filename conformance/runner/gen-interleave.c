/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "gen-stream.h"

/* Blocks longer than this are shuffled in parts: the order is found by
 * comparing all pairs. */
enum { BLOCK_MAX = 512 };

static bool
begins(struct slice s, const char *with)
{
	return s.n >= strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}

/* Events of suites and cases move; all others stay where they are. */
static bool
moves(const struct gen_line *line)
{
	return line->kind.p != NULL &&
	    (begins(line->kind, "case_") || begins(line->kind, "suite_"));
}

static bool
same_member(const struct json *a, const struct json *b, const char *name)
{
	const struct json *x = json_member(a, name), *y = json_member(b, name);

	if (x != NULL && x->kind == JSON_NULL)
		x = NULL;
	if (y != NULL && y->kind == JSON_NULL)
		y = NULL;
	if (x == NULL || y == NULL)
		return x == y;
	return json_same(x, y, JSON_VALUE);
}

static bool
same_case(const struct json *a, const struct json *b)
{
	static const char *const parts[] = { "run", "suite", "class", "name",
		"variant", "iteration" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!same_member(a, b, parts[i]))
			return false;
	return true;
}

static bool
is_parent(const struct json *a, const struct json *b)
{
	return slice_same(json_text(a, "name"), json_text(b, "parent")) &&
	    same_member(a, b, "run") && same_member(a, b, "suite") &&
	    same_member(a, b, "class");
}

/* Whether the earlier line a has to stay before b. */
static bool
ordered(const struct gen_line *a, const struct gen_line *b)
{
	bool sa = begins(a->kind, "suite_"), sb = begins(b->kind, "suite_");

	if (sa && sb)
		return true;
	if (sa || sb)
		return same_member(a->event, b->event, "run") &&
		    same_member(a->event, b->event, "suite");
	if (same_case(a->event, b->event))
		return true;
	return slice_is(a->kind, "case_start") &&
	    slice_is(b->kind, "case_start") && is_parent(a->event, b->event);
}

/* A random one of the lines that nothing left in the block precedes. */
static size_t
choose(
    struct chance *c, const struct gen_lines *l, const size_t *left, size_t n)
{
	size_t found = 0, chosen = 0;

	for (size_t i = 0; i < n; i++) {
		size_t j = 0;

		while (j < i && !ordered(&l->v[left[j]], &l->v[left[i]]))
			j++;
		if (j == i && chance_below(c, ++found) == 0)
			chosen = i;
	}
	return chosen;
}

static void
block(struct chance *c, const struct gen_lines *l, size_t from, size_t to,
    struct buf *out)
{
	size_t n = to - from, *left = xalloc((n + 1) * sizeof(*left));

	for (size_t i = 0; i < n; i++)
		left[i] = from + i;
	while (n != 0) {
		size_t i = choose(c, l, left, n);

		buf_add(out, l->v[left[i]].text.p, l->v[left[i]].text.n);
		buf_putc(out, '\n');
		memmove(left + i, left + i + 1, (--n - i) * sizeof(*left));
	}
	free(left);
}

void
gen_interleave(struct slice in, uint64_t seed, struct buf *out)
{
	struct chance c = { seed };
	struct gen_lines l;
	size_t i = 0;

	gen_split(&l, in);
	while (i < l.n) {
		size_t end = i;

		while (end < l.n && end - i < BLOCK_MAX && moves(&l.v[end]))
			end++;
		if (end > i)
			block(&c, &l, i, end, out);
		else
			gen_put(out, &l, end++);
		i = end;
	}
	if (l.open && l.n != 0 && moves(&l.v[l.n - 1]))
		out->n--;
	gen_free(&l);
}
