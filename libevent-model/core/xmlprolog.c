/* SPDX-License-Identifier: MIT */
/* What comes before the root of an XML document. */
#include <string.h>

#include "xmlclean.h"

enum { NAME_MAX_LEN = 1000 };

bool
xml_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool
xml_name_start(char c)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' || c == ':' ||
	    (c & 0x80) != 0;
}

static bool
is_name(char c)
{
	return xml_name_start(c) || (c >= '0' && c <= '9') || c == '-' ||
	    c == '.';
}

/* 1: a document starts at s, 0: it does not, -1: s is too short to tell. */
static int
starts_here(struct em_str s, bool bol)
{
	static const char decl[] = "<?xml", doctype[] = "<!DOCTYPE";
	size_t i = 1;

	if (memcmp(s.p, decl, s.n < 5 ? s.n : 5) == 0 && s.n < 6)
		return -1;
	if (str_starts(s, decl) && xml_blank(s.p[5]))
		return 1;
	if (!bol)
		return 0;
	if (s.p[1] == '?')
		return 1;
	if (s.p[1] == '!') {
		size_t n = s.n < 9 ? s.n : 9;

		if (s.n > 3 && s.p[2] == '-' && s.p[3] == '-')
			return 1;
		if ((s.n == 2 || (s.n == 3 && s.p[2] == '-')) ||
		    (n < 9 && memcmp(s.p, doctype, n) == 0))
			return -1;
		return memcmp(s.p, doctype, n) == 0;
	}
	if (!xml_name_start(s.p[1]))
		return 0;
	while (i < s.n && i < NAME_MAX_LEN && is_name(s.p[i]))
		i++;
	if (i == s.n && i < NAME_MAX_LEN)
		return -1;
	return xml_blank(s.p[i]) || s.p[i] == '/' || s.p[i] == '>';
}

/* The next < or end of line from i on.  *eol is the end of a line, and where
 * the next one is when that is behind. */
static size_t
next_stop(struct em_str s, size_t i, size_t *eol)
{
	const char *p;

	if (*eol < i) {
		p = memchr(s.p + i, '\n', s.n - i);
		*eol = p != NULL ? (size_t)(p - s.p) : s.n;
	}
	p = memchr(s.p + i, '<', *eol - i);
	return p != NULL ? (size_t)(p - s.p) : *eol;
}

size_t
xml_find_start(struct em_str s, bool bol, bool last, bool *more)
{
	size_t eol = 0;

	*more = false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		int here;

		if (ch == '\n') {
			bol = true;
		} else if (ch == '<') {
			here = starts_here(str_from(s, i), bol);
			if (here > 0 || (here < 0 && last && bol))
				return i;
			if (here < 0 && !last) {
				*more = true;
				return i;
			}
			bol = false;
		} else if (bol && ch == '\xef' && s.n - i < 3 && !last) {
			*more = true;
			return i;
		} else if (bol && str_starts(str_from(s, i), "\xef\xbb\xbf")) {
			i += 2;
		} else if (!xml_blank(ch)) {
			bol = false;
			i = next_stop(s, i + 1, &eol) - 1;
		}
	}
	return s.n;
}

/* The value of the pseudo-attribute encoding; absent when there is none. */
struct em_str
xml_declared_encoding(struct em_str decl)
{
	ptrdiff_t at = str_find(decl, "encoding");
	struct em_str s, value;

	if (at < 0)
		return (struct em_str){ NULL, 0 };
	s = str_trim(str_from(decl, (size_t)at + 8));
	if (!str_starts(s, "="))
		return (struct em_str){ NULL, 0 };
	s = str_trim(str_from(s, 1));
	if (s.n == 0 || (s.p[0] != '"' && s.p[0] != '\''))
		return (struct em_str){ NULL, 0 };
	value = str_from(s, 1);
	if (!str_cut(&value, s.p[0], &s))
		return (struct em_str){ NULL, 0 };
	return s;
}

/* ---- the DTD ---- */

enum {
	D_DECL,
	D_LT,
	D_BANG,
	D_DASH,
	D_COMMENT,
	D_COMMENT_DASH,
	D_COMMENT_END,
	D_PI,
	D_PI_END,
	D_QUOTE,
	D_APOS
};

static unsigned char
doctype_next(unsigned char state, char ch)
{
	switch (state) {
	case D_LT:
		if (ch == '!' || ch == '?')
			return ch == '!' ? D_BANG : D_PI;
		break;
	case D_BANG:
	case D_DASH:
		if (ch == '-')
			return state == D_BANG ? D_DASH : D_COMMENT;
		break;
	case D_COMMENT:
		return ch == '-' ? D_COMMENT_DASH : D_COMMENT;
	case D_COMMENT_DASH:
		return ch == '-' ? D_COMMENT_END : D_COMMENT;
	case D_COMMENT_END:
		if (ch == '-')
			return D_COMMENT_END;
		return ch == '>' ? D_DECL : D_COMMENT;
	case D_PI:
		return ch == '?' ? D_PI_END : D_PI;
	case D_PI_END:
		if (ch == '?')
			return D_PI_END;
		return ch == '>' ? D_DECL : D_PI;
	case D_QUOTE:
		return ch == '"' ? D_DECL : D_QUOTE;
	case D_APOS:
		return ch == '\'' ? D_DECL : D_APOS;
	default:
		break;
	}
	if (ch == '"' || ch == '\'')
		return ch == '"' ? D_QUOTE : D_APOS;
	return ch == '<' ? D_LT : D_DECL;
}

size_t
xml_doctype_skip(struct xml_doctype *d, struct em_str s, bool *end)
{
	*end = false;
	for (size_t i = 0; i < s.n; i++) {
		bool decl = d->state <= D_DASH;

		d->state = doctype_next(d->state, s.p[i]);
		if (!decl || d->state != D_DECL)
			continue;
		if (s.p[i] == '[')
			d->depth++;
		else if (s.p[i] == ']' && d->depth > 0)
			d->depth--;
		else if (s.p[i] == '>' && d->depth == 0) {
			*end = true;
			return i + 1;
		}
	}
	return s.n;
}
