/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "match.h"
#include "pattern.h"

enum { SHOWN = 120 };

static bool
blank(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr(" \t\r\n", s.p[i], 4) == NULL)
			return false;
	return true;
}

struct slice *
match_lines(struct slice text, size_t *n)
{
	struct slice *lines = xalloc(sizeof(*lines));
	size_t size = 1;

	*n = 0;
	while (text.n > 0) {
		const char *lf = memchr(text.p, '\n', text.n);
		size_t len = lf != NULL ? (size_t)(lf - text.p) : text.n;
		struct slice line = { text.p, len };

		text.p += len + (lf != NULL);
		text.n -= len + (lf != NULL);
		if (blank(line))
			continue;
		if (*n == size) {
			size *= 2;
			lines = xrealloc(lines, size * sizeof(*lines));
		}
		lines[(*n)++] = line;
	}
	return lines;
}

/* What is around a place, with everything that is no text escaped. */
static void
put_around(struct buf *why, struct slice s, size_t at)
{
	size_t from = at > SHOWN / 2 ? at - SHOWN / 4 : 0, to;

	from = from < s.n ? from : s.n;
	to = s.n - from < SHOWN ? s.n : from + SHOWN;
	if (from > 0)
		buf_puts(why, "...");
	for (size_t i = from; i < to; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			buf_printf(why, "\\x%02x", (unsigned char)s.p[i]);
		else
			buf_putc(why, s.p[i]);
	if (to < s.n)
		buf_puts(why, "...");
}

static size_t
parting(struct slice a, struct slice b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	return i;
}

static bool
same_bytes(struct slice wanted, struct slice got, struct buf *why)
{
	size_t i = parting(wanted, got);

	if (i == wanted.n && i == got.n)
		return true;
	buf_printf(why, "byte %zu: wanted ", i);
	if (i == wanted.n)
		buf_puts(why, "the end");
	else
		put_around(why, wanted, i);
	buf_puts(why, ", got ");
	if (i == got.n)
		buf_puts(why, "the end");
	else
		put_around(why, got, i);
	return false;
}

static struct slice
without_cr(struct slice s)
{
	if (s.n > 0 && s.p[s.n - 1] == '\r')
		s.n--;
	return s;
}

static bool
is_event(struct slice line)
{
	size_t i = 0;

	while (i < line.n && memchr(" \t\r", line.p[i], 3) != NULL)
		i++;
	return i < line.n && line.p[i] == '{';
}

/* A line that is no event comes as it was, or as the text of a log. */
static bool
same_noise(struct slice wanted, struct slice got)
{
	struct json *v;
	bool same;

	wanted = without_cr(wanted);
	if (slice_same(wanted, without_cr(got)))
		return true;
	v = json_parse(got.p, got.n, NULL);
	same = v != NULL && json_member(v, "event") != NULL &&
	    slice_is(json_text(v, "event"), "log") &&
	    slice_same(json_text(v, "text"), wanted);
	json_free(v);
	return same;
}

static bool
same_line(struct slice wanted, struct slice got, enum json_mode mode)
{
	struct json *a, *b;
	bool same;

	if (slice_same(wanted, got))
		return true;
	a = is_event(wanted) ? json_parse(wanted.p, wanted.n, NULL) : NULL;
	if (a == NULL)
		return same_noise(wanted, got);
	b = json_parse(got.p, got.n, NULL);
	same = b != NULL && json_same(a, b, mode);
	json_free(a);
	json_free(b);
	return same;
}

static bool
same_lines(
    struct slice wanted, struct slice got, enum json_mode mode, struct buf *why)
{
	size_t wn, gn, i = 0;
	struct slice *w = match_lines(wanted, &wn);
	struct slice *g = match_lines(got, &gn);
	bool same;

	while (i < wn && i < gn && same_line(w[i], g[i], mode))
		i++;
	same = i == wn && i == gn;
	if (!same) {
		size_t at = i < wn && i < gn ? parting(w[i], g[i]) : 0;

		buf_printf(why, "line %zu: wanted ", i + 1);
		if (i < wn)
			put_around(why, w[i], at);
		else
			buf_puts(why, "the end");
		buf_puts(why, ", got ");
		if (i < gn)
			put_around(why, g[i], at);
		else
			buf_puts(why, "the end");
	}
	free(w);
	free(g);
	return same;
}

static bool
like_pattern(struct slice wanted, struct slice got, struct buf *why)
{
	char text[1024];
	struct pattern *p =
	    pattern_read(wanted.p, wanted.n, text, sizeof(text));
	struct slice *lines;
	size_t n;
	bool same;

	if (p == NULL) {
		buf_printf(why, "the pattern: %s", text);
		return false;
	}
	lines = match_lines(got, &n);
	same = pattern_match(p, lines, n, text, sizeof(text));
	if (!same)
		buf_puts(why, text);
	free(lines);
	pattern_free(p);
	return same;
}

bool
match_streams(
    struct slice wanted, struct slice got, enum match how, struct buf *why)
{
	switch (how) {
	case MATCH_BYTES:
		return same_bytes(wanted, got, why);
	case MATCH_LEXEME:
		return same_lines(wanted, got, JSON_LEXEME, why);
	case MATCH_VALUE:
		return same_lines(wanted, got, JSON_VALUE, why);
	case MATCH_PATTERN:
		return like_pattern(wanted, got, why);
	}
	return false;
}
