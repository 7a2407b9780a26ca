/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "xmlclean.h"
#include "xmltag.h"

enum state {
	OUTSIDE,
	OPEN, /* behind < */
	BANG, /* behind <! */
	DASH, /* behind <!- */
	COMMENT,
	SECTION, /* of CDATA, or what looks like one */
	INSTRUCTION,
	NAME,
	SPACE, /* an attribute may follow */
	ATTRIBUTE, /* its name */
	EQUALS, /* blanks, and then = */
	VALUE, /* blanks, and then its quote */
	DOUBLE, /* in quotes */
	SINGLE,
	BEHIND, /* a value: no attribute may follow at once */
	SLASH, /* of an empty element */
	END_NAME, /* of an end tag */
	END_SPACE,
	BAD
};

/* Characters of names as bits: - . : 0 to 9, A to Z _ a to z, all beyond ASCII. */
static const uint64_t name_bits[4] = { UINT64_C(0x07ff600000000000),
	UINT64_C(0x07fffffe87fffffe), UINT64_MAX, UINT64_MAX };

static size_t
name_length(struct em_str s)
{
	size_t i = 0;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];

		if ((name_bits[c >> 6] >> (c & 63) & 1) == 0)
			break;
		i++;
	}
	return i;
}

static enum state
behind_open(unsigned char c)
{
	switch (c) {
	case '!':
		return BANG;
	case '?':
		return INSTRUCTION;
	case '/':
		return END_NAME;
	default:
		return xml_name_start((char)c) ? NAME : BAD;
	}
}

static enum state
behind_bang(unsigned char c)
{
	return c == '-' ? DASH : c == '[' ? SECTION : BAD;
}

/* What ends a tag, when blanks need not come before it. */
static enum state
tag_end(unsigned char c)
{
	return c == '>' ? OUTSIDE : c == '/' ? SLASH : BAD;
}

/* Within a tag, but for its values and behind its names. */
static enum state
in_tag(enum state state, unsigned char c)
{
	bool blank = xml_blank((char)c);

	switch (state) {
	case NAME:
		return blank ? SPACE : tag_end(c);
	case SPACE:
		return blank                  ? SPACE
		    : xml_name_start((char)c) ? ATTRIBUTE
					      : tag_end(c);
	case ATTRIBUTE:
		return blank ? EQUALS : c == '=' ? VALUE : BAD;
	case EQUALS:
		return blank ? EQUALS : c == '=' ? VALUE : BAD;
	case VALUE:
		if (blank)
			return VALUE;
		return c == '"' ? DOUBLE : c == '\'' ? SINGLE : BAD;
	case BEHIND:
		return blank ? SPACE : tag_end(c);
	case SLASH:
		return c == '>' ? OUTSIDE : BAD;
	case END_NAME:
		return blank ? END_SPACE : c == '>' ? OUTSIDE : BAD;
	default: /* END_SPACE */
		return blank ? END_SPACE : c == '>' ? OUTSIDE : BAD;
	}
}

/* Bytes of s up to the quote that ends a value, or up to what no value has. */
static size_t
value_length(struct em_str s, char quote)
{
	const char *end = memchr(s.p, quote, s.n), *bad;
	size_t n = end != NULL ? (size_t)(end - s.p) : s.n;

	bad = memchr(s.p, '<', n);
	return bad != NULL ? (size_t)(bad - s.p) : n;
}

/* Bytes of s that are an attribute as nearly all are written, NAME="VALUE"; 0
 * when it is another, or not all of it is there. */
static size_t
usual_attribute(struct em_str s)
{
	size_t n = name_length(s);
	struct em_str rest = str_from(s, n);

	if (n == 0 || !xml_name_start(s.p[0]) || rest.n < 2 ||
	    rest.p[0] != '=' || rest.p[1] != '"')
		return 0;
	n += 2;
	n += value_length(str_from(s, n), '"');
	return n < s.n && s.p[n] == '"' ? n + 1 : 0;
}

/* Bytes of s up to the end of a comment or the like, the end included; s.n
 * and false when it does not end there. */
static bool
section_ends(struct xmltag *t, struct em_str s, const char *end, size_t *n)
{
	size_t len = strlen(end);

	for (size_t i = 0; i < s.n; i++) {
		if (t->matched == 0) {
			const char *p = memchr(s.p + i, end[0], s.n - i);

			if (p == NULL)
				break;
			i = (size_t)(p - s.p);
		}
		if (s.p[i] == end[t->matched])
			t->matched++;
		else if (t->matched < len - 1 || s.p[i] != end[0])
			t->matched = s.p[i] == end[0];
		if (t->matched == len) {
			t->matched = 0;
			*n = i + 1;
			return true;
		}
	}
	*n = s.n;
	return false;
}

static const char *
end_of(enum state state)
{
	return state == COMMENT ? "-->" : state == SECTION ? "]]>" : "?>";
}

/* Steps over what has no structure of its own: how many bytes. */
static size_t
skip(struct xmltag *t, struct em_str s)
{
	const char *p;
	size_t n;

	switch (t->state) {
	case OUTSIDE:
		p = memchr(s.p, '<', s.n);
		return p == NULL ? s.n : (size_t)(p - s.p);
	case NAME:
	case ATTRIBUTE:
	case END_NAME:
		return name_length(s);
	case SPACE:
		n = usual_attribute(s);
		if (n > 0)
			t->state = BEHIND;
		return n;
	case DOUBLE:
		return value_length(s, '"');
	case SINGLE:
		return value_length(s, '\'');
	case COMMENT:
	case SECTION:
	case INSTRUCTION:
		if (section_ends(t, s, end_of(t->state), &n)) {
			t->state = OUTSIDE;
			n += skip(t, str_from(s, n));
		}
		return n;
	default:
		return 0;
	}
}

static enum state
next(enum state state, unsigned char c)
{
	switch (state) {
	case OUTSIDE:
		return OPEN;
	case OPEN:
		return behind_open(c);
	case BANG:
		return behind_bang(c);
	case DASH:
		return c == '-' ? COMMENT : BAD;
	case DOUBLE:
	case SINGLE:
		return c == '<' ? BAD : BEHIND;
	default:
		return in_tag(state, c);
	}
}

bool
xmltag_check(struct xmltag *t, struct em_str s, size_t *n)
{
	size_t i = 0;

	while (i < s.n) {
		i += skip(t, str_from(s, i));
		if (i == s.n)
			break;
		t->state =
		    (unsigned char)next(t->state, (unsigned char)s.p[i++]);
		if (t->state == BAD) {
			*n = i;
			return false;
		}
	}
	return true;
}
