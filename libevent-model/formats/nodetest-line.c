/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "nodetest.h"

static const struct {
	const char *text;
	enum mark mark;
} marks[] = {
	{ "\xe2\x9c\x94 ", PASSED }, /* U+2714 */
	{ "\xe2\x9c\x96 ", FAILED }, /* U+2716 */
	{ "\xef\xb9\xa3 ", SKIPPED }, /* U+FE63 */
	{ "\xe2\x9a\xa0 ", TODO }, /* U+26A0 */
	{ "\xe2\x96\xb6 ", OPENS }, /* U+25B6 */
	{ "\xe2\x84\xb9 ", SAYS }, /* U+2139 */
};

static const struct em_str none;

/* (1.034ms), at the end of what is in front of " # why". */
static bool
cut_duration(struct em_str *s, int64_t *ns)
{
	struct em_str number;
	size_t n = s->n;

	if (!str_ends(*s, "ms)"))
		return false;
	while (n > 0 && s->p[n - 1] != '(')
		n--;
	if (n < 2 || s->p[n - 2] != ' ')
		return false;
	number = str_upto(str_from(*s, n), s->n - n - strlen("ms)"));
	if (!str_ns(number, 6, ns))
		return false;
	s->n = n - 2;
	return true;
}

/* The name may have parentheses and number signs, too, so the last duration
 * is looked for. */
void
nodetest_split(struct nodetest_line *l)
{
	size_t n = l->text.n;

	l->name = l->text;
	l->why = none;
	l->duration = EM_UNSET;
	if (cut_duration(&l->name, &l->duration))
		return;
	for (; n > 0; n--) {
		struct em_str head = str_upto(l->text, n);

		if (!str_ends(head, "ms)") ||
		    !str_starts(str_from(l->text, n), " # "))
			continue;
		l->name = head;
		if (cut_duration(&l->name, &l->duration)) {
			l->why = str_from(l->text, n + strlen(" # "));
			return;
		}
	}
}

bool
nodetest_mark(struct nodetest_line *l, struct em_str s)
{
	size_t blanks = 0;

	while (blanks < s.n && s.p[blanks] == ' ')
		blanks++;
	s = str_from(s, blanks);
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (!str_starts(s, marks[i].text))
			continue;
		l->mark = marks[i].mark;
		l->level = (unsigned)(blanks / INDENT);
		l->text = str_from(s, strlen(marks[i].text));
		nodetest_split(l);
		return l->level < NEST_MAX;
	}
	return false;
}

struct em_str
nodetest_plain(struct arena *a, struct em_str s)
{
	struct em_str rest = s;
	char *p;
	size_t n = 0;

	if (s.n == 0 || memchr(s.p, '\x1b', s.n) == NULL)
		return s;
	p = arena_bytes(a, s.n);
	while (p != NULL && rest.n > 0) {
		ptrdiff_t end = str_find(rest, "m");

		if (str_starts(rest, "\x1b[") && end > 0) {
			rest = str_from(rest, (size_t)end + 1);
			continue;
		}
		p[n++] = rest.p[0];
		rest = str_from(rest, 1);
	}
	return (struct em_str){ p, p != NULL ? n : 0 };
}

bool
nodetest_find_mark(
    struct nodetest_line *l, struct em_str s, struct em_str *before)
{
	for (size_t i = 0; i < 2; i++) {
		ptrdiff_t at = str_find(s, marks[i].text);

		if (at <= 0 || !nodetest_mark(l, str_from(s, (size_t)at)) ||
		    l->duration == EM_UNSET)
			continue;
		*before = str_upto(s, (size_t)at);
		return true;
	}
	return false;
}

bool
nodetest_has_fraction(const struct nodetest_line *l)
{
	return l->duration != EM_UNSET && str_find(l->text, ".") >= 0;
}

/* SKIP and TODO stand where there is no reason. */
struct em_str
nodetest_reason(const struct nodetest_line *l)
{
	return str_eq(l->why, "SKIP") || str_eq(l->why, "TODO") ? none : l->why;
}
