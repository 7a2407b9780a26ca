/* SPDX-License-Identifier: MIT */
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "xmlclean.h"

/*
 * A reference or declaration is looked at as a whole, within these lengths;
 * what is longer goes to the parser as it is.  SLACK is the longest text put
 * in for one place of the input.
 */
enum { REF_MAX = 24, DECL_MAX = 1000, SLACK = 64, BLOCK = 16 };

/* libxml2 takes a section of CDATA whole or, pushed, in pieces of 300 bytes
 * with a search for its end before each.  So sections are made short. */
enum { SECTION_MAX = 4096 };

static const char replacement[] = "\xef\xbf\xbd";

/* ---- bytes ---- */

static bool
is_forbidden(unsigned char c)
{
	return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/* ASCII that XML allows; markup is among it. */
static bool
is_plain(char ch)
{
	unsigned char c = (unsigned char)ch;

	return (c >= 0x20 && c < 0x80) || c == '\n' || c == '\t' || c == '\r';
}

/* Whether s starts with all of lit, or is the start of it. */
static bool
may_be(struct em_str s, struct em_str lit)
{
	return memcmp(s.p, lit.p, s.n < lit.n ? s.n : lit.n) == 0;
}

#ifdef __SSE2__
static inline __m128i
equal(__m128i v, char c)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

/*
 * How many bytes of s are plain and none of the stops, in whole blocks: this
 * is what keeps up with the parser.
 */
static size_t
plain_blocks(struct em_str s, const char stops[3])
{
	size_t i = 0;

	for (; s.n - i >= BLOCK; i += BLOCK) {
		const __m128i v =
		    _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		/* Signed, so that bytes beyond ASCII are less, too. */
		const __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
		const __m128i blank = _mm_or_si128(equal(v, '\n'),
		    _mm_or_si128(equal(v, '\t'), equal(v, '\r')));
		const __m128i stop = _mm_or_si128(equal(v, stops[0]),
		    _mm_or_si128(equal(v, stops[1]), equal(v, stops[2])));
		int found = _mm_movemask_epi8(
		    _mm_or_si128(_mm_andnot_si128(blank, low), stop));

		if (found != 0)
			return i + (size_t)__builtin_ctz((unsigned)found);
	}
	return i;
}
#else
static size_t
plain_blocks(struct em_str s, const char stops[3])
{
	size_t i = 0;

	/* Without a branch in the inner loop, for the compiler to vectorise. */
	for (; s.n - i >= BLOCK; i += BLOCK) {
		bool found = false;

		for (size_t k = i; k < i + BLOCK; k++)
			found |= !is_plain(s.p[k]) | (s.p[k] == stops[0]) |
			    (s.p[k] == stops[1]) | (s.p[k] == stops[2]);
		if (found)
			break;
	}
	return i;
}
#endif

/* How many bytes of s are plain and none of the stops. */
static size_t
plain_run(struct em_str s, const char stops[3])
{
	size_t i = plain_blocks(s, stops);

	while (i < s.n && is_plain(s.p[i]) && s.p[i] != stops[0] &&
	    s.p[i] != stops[1] && s.p[i] != stops[2])
		i++;
	return i;
}

/* U+FFFE and U+FFFF, which XML forbids. */
static bool
is_noncharacter(struct em_str s)
{
	return s.p[0] == '\xef' &&
	    (str_starts(s, "\xef\xbf\xbe") || str_starts(s, "\xef\xbf\xbf"));
}

/* How long the character at p is: 0 when it is not valid or forbidden, n + 1
 * when it is cut. */
static size_t
char_len(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[0];
	size_t len;

	if (c < 0x80)
		return !is_forbidden(c);
	if (c < 0xc2 || c > 0xf4)
		return 0;
	len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	for (size_t i = 1; i < len && i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if (n < len)
		return n + 1;
	if (str_utf8_valid((struct em_str){ p, len }) != len ||
	    is_noncharacter((struct em_str){ p, n }))
		return 0;
	return len;
}

/* The same, and 0 when it is cut. */
static size_t
good_len(struct em_str s)
{
	size_t len = char_len(s.p, s.n);

	return len <= s.n ? len : 0;
}

/* ---- references ---- */

/* REF_BAD: not a reference, or to an entity that XML does not have itself. */
enum ref { REF_GOOD, REF_FORBIDDEN, REF_BAD, REF_CUT };

/* What XML calls Char. */
static bool
is_char(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	    (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) ||
	    (c >= 0x10000 && c < 0x110000);
}

static enum ref
number_ref(struct em_str s, size_t *len)
{
	bool hex = s.n > 2 && s.p[2] == 'x';
	size_t first = hex ? 3 : 2, i;
	uint32_t v = 0;

	for (i = first; i < s.n && i < REF_MAX; i++) {
		char c = s.p[i];
		uint32_t d;

		if (c >= '0' && c <= '9')
			d = (uint32_t)(c - '0');
		else if (hex && (c | 32) >= 'a' && (c | 32) <= 'f')
			d = (uint32_t)((c | 32) - 'a' + 10);
		else
			break;
		if (v < 0x110000)
			v = v * (hex ? 16 : 10) + d;
	}
	if (i == s.n && i < REF_MAX)
		return REF_CUT;
	if (i == first || i == REF_MAX || s.p[i] != ';')
		return REF_BAD;
	*len = i + 1;
	return is_char(v) ? REF_GOOD : REF_FORBIDDEN;
}

/* The reference at s, which starts with &; *len is its length unless it is
 * bad or cut. */
static enum ref
find_ref(struct em_str s, size_t *len)
{
	static const char *const known[] = { "&lt;", "&gt;", "&amp;", "&quot;",
		"&apos;" };

	if (s.n > 1 && s.p[1] == '#')
		return number_ref(s, len);
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		*len = strlen(known[i]);
		if (memcmp(s.p, known[i], s.n < *len ? s.n : *len) == 0)
			return s.n < *len ? REF_CUT : REF_GOOD;
	}
	return REF_BAD;
}

/* ---- output ---- */

static size_t
copy(struct xmlclean *c, struct em_str s, size_t n)
{
	memcpy(c->out + c->n, s.p, n);
	c->n += n;
	return n;
}

/* Puts text for bytes of the input, which the caller steps over. */
static void
put(struct xmlclean *c, const char *text)
{
	size_t n = strlen(text);

	memcpy(c->out + c->n, text, n);
	c->n += n;
}

static size_t
replace(struct xmlclean *c, size_t n)
{
	put(c, replacement);
	c->replaced++;
	return n;
}

static size_t
room(const struct xmlclean *c)
{
	return c->n < XMLCLEAN_OUT - SLACK ? XMLCLEAN_OUT - SLACK - c->n : 0;
}

/* Keeps the lines of what is dropped, for the numbers in messages. */
static size_t
drop(struct xmlclean *c, struct em_str s, size_t n)
{
	const char *p = s.p;

	while ((p = memchr(p, '\n', (size_t)(s.p + n - p))) != NULL) {
		c->out[c->n++] = '\n';
		p++;
	}
	return n;
}

/* A byte that is not plain: a character that is valid or cut or is not. */
static size_t
odd_char(struct xmlclean *c, struct em_str s, bool last)
{
	size_t len = char_len(s.p, s.n);

	if (len == 0)
		return replace(c, is_noncharacter(s) ? 3 : 1);
	if (len <= s.n)
		return copy(c, s, len);
	return last ? replace(c, s.n) : 0;
}

/* ---- elements and text ---- */

/* The length of what is at s when it can go as it is, or 0. */
static size_t
content_len(struct em_str s)
{
	size_t len;

	switch (s.p[0]) {
	case '<':
		return s.n > 1 && s.p[1] != '!' && s.p[1] != '?';
	case '&':
		return find_ref(s, &len) == REF_GOOD ? len : 0;
	case ']':
		return !may_be(s, EM_STR("]]>"));
	default:
		return good_len(s);
	}
}

/* How many bytes of s can go as they are. */
static size_t
plain_content(struct em_str s)
{
	size_t i = 0, len;

	for (;; i += len) {
		i += plain_run(str_from(s, i), "<&]");
		if (i == s.n)
			return i;
		len = content_len(str_from(s, i));
		if (len == 0)
			return i;
	}
}

/* At a <, which may begin something other than a tag. */
static size_t
clean_markup(struct xmlclean *c, struct em_str s, bool last)
{
	if (s.n < 4 && !last)
		return 0;
	if (str_starts(s, "<?")) {
		c->state = XMLCLEAN_PI;
		return copy(c, s, 2);
	}
	if (str_starts(s, "<!--")) {
		c->state = XMLCLEAN_COMMENT;
		return copy(c, s, 4);
	}
	if (str_starts(s, "<![")) {
		c->state = XMLCLEAN_CDATA;
		c->section = 0;
		return copy(c, s, 3);
	}
	return copy(c, s, 1);
}

/* At a &.  What is no reference becomes text, as it was written: many who
 * write reports forget to escape, and there is no DTD to look it up in. */
static size_t
clean_ref(struct xmlclean *c, struct em_str s, bool last)
{
	size_t len;

	switch (find_ref(s, &len)) {
	case REF_GOOD:
		return copy(c, s, len);
	case REF_FORBIDDEN:
		return replace(c, len);
	case REF_CUT:
		return last ? copy(c, s, s.n) : 0;
	default:
		put(c, "&amp;");
		c->replaced++;
		return 1;
	}
}

/* At a ] that may begin what text must not hold, and attributes may: so it is
 * not counted. */
static size_t
clean_bracket(struct xmlclean *c, struct em_str s, bool last)
{
	if (!str_starts(s, "]]>"))
		return s.n >= 3 || last ? copy(c, s, 1) : 0;
	put(c, "]]&gt;");
	return 3;
}

static size_t
clean_content(struct xmlclean *c, struct em_str s, bool last)
{
	size_t n = plain_content(str_upto(s, room(c)));

	if (n > 0)
		return copy(c, s, n);
	if (s.p[0] == '<')
		return clean_markup(c, s, last);
	if (s.p[0] == '&')
		return clean_ref(c, s, last);
	if (s.p[0] == ']')
		return clean_bracket(c, s, last);
	return odd_char(c, s, last);
}

/* ---- before the document ---- */

static void
count_noise(struct xmlclean *c, struct em_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (str_starts(str_from(s, i), "\xef\xbb\xbf"))
			i += 2;
		else if (!xml_blank(s.p[i]))
			c->noise++;
		if (s.p[i] == '\n')
			c->inside_line = false;
		else if (!xml_blank(s.p[i]) && s.p[i] != '\xbf')
			c->inside_line = true;
	}
}

/* An XML declaration at s: dropped, 0 when it is not complete. */
static size_t
clean_declaration(struct xmlclean *c, struct em_str s, bool last)
{
	ptrdiff_t end = str_find(str_upto(s, DECL_MAX), "?>");

	if (room(c) < DECL_MAX)
		return 0; /* it may be all line feeds */
	if (end < 0 && s.n < DECL_MAX && !last)
		return 0;
	if (end < 0)
		return clean_markup(c, s, last); /* no more than a PI */
	c->declared = true;
	c->encoding = xml_declared_encoding(str_upto(s, (size_t)end));
	return drop(c, s, (size_t)end + 2);
}

/* Before the root: noise, declaration, doctype, comments. */
static size_t
clean_start(struct xmlclean *c, struct em_str s, bool last)
{
	bool more;
	size_t n =
	    xml_find_start(str_upto(s, room(c)), !c->inside_line, last, &more);

	if (n > 0) {
		count_noise(c, str_upto(s, n));
		return drop(c, s, n);
	}
	if (more)
		return 0;
	c->inside_line = false;
	if (s.n > 5 && str_starts(s, "<?xml") && xml_blank(s.p[5]))
		return clean_declaration(c, s, last);
	if (str_starts(s, "<!D")) {
		c->state = XMLCLEAN_DOCTYPE;
		c->has_doctype = true;
		return 2;
	}
	if (!str_starts(s, "<!") && !str_starts(s, "<?")) {
		c->state = XMLCLEAN_CONTENT;
		c->rooted = true;
	}
	return clean_markup(c, s, last);
}

/* ---- the DTD ---- */

static size_t
clean_doctype(struct xmlclean *c, struct em_str s)
{
	bool end;
	size_t n = xml_doctype_skip(&c->doctype, str_upto(s, room(c)), &end);

	if (end)
		c->state = XMLCLEAN_START;
	return drop(c, s, n);
}

/* ---- comments, processing instructions, CDATA ---- */

/* How many bytes of s can go as they are, before what may be end. */
static size_t
plain_inside(struct em_str s, struct em_str end)
{
	const char stops[] = { end.p[0], end.p[0], end.p[0] };
	size_t i = 0, len;

	for (;; i += len) {
		struct em_str rest;

		i += plain_run(str_from(s, i), stops);
		if (i == s.n)
			return i;
		rest = str_from(s, i);
		if (rest.p[0] == end.p[0])
			len = !may_be(rest, end);
		else
			len = good_len(rest);
		if (len == 0)
			return i;
	}
}

static size_t
clean_inside(struct xmlclean *c, struct em_str s, bool last, struct em_str end)
{
	size_t n = plain_inside(str_upto(s, room(c)), end);

	if (n > 0)
		return copy(c, s, n);
	if (s.p[0] != end.p[0])
		return odd_char(c, s, last);
	if (!may_be(s, end))
		return copy(c, s, 1);
	if (s.n < end.n)
		return last ? copy(c, s, 1) : 0;
	c->state = c->rooted ? XMLCLEAN_CONTENT : XMLCLEAN_START;
	return copy(c, s, end.n);
}

static size_t
clean_cdata(struct xmlclean *c, struct em_str s, bool last)
{
	size_t n;

	if (c->section >= SECTION_MAX) {
		put(c, "]]><![CDATA[");
		c->section = 0;
	}
	n = clean_inside(c, str_upto(s, SECTION_MAX), last, EM_STR("]]>"));
	c->section += n;
	return n;
}

/* ---- all of it ---- */

static size_t
clean_some(struct xmlclean *c, struct em_str s, bool last)
{
	switch (c->state) {
	case XMLCLEAN_START:
		return clean_start(c, s, last);
	case XMLCLEAN_DOCTYPE:
		return clean_doctype(c, s);
	case XMLCLEAN_COMMENT:
		return clean_inside(c, s, last, EM_STR("-->"));
	case XMLCLEAN_PI:
		return clean_inside(c, s, last, EM_STR("?>"));
	case XMLCLEAN_CDATA:
		return clean_cdata(c, s, last);
	default:
		return clean_content(c, s, last);
	}
}

void
xmlclean_init(struct xmlclean *c)
{
	memset(c, 0, offsetof(struct xmlclean, edit));
}

size_t
xmlclean_run(struct xmlclean *c, struct em_str s, bool last)
{
	size_t i = 0, step, made;

	c->encoding = (struct em_str){ NULL, 0 };
	c->n = 0;
	c->edit[0].out = c->edit[0].in = 0;
	c->edits = 1;
	while (i < s.n && room(c) > 0 && c->edits < XMLCLEAN_EDITS &&
	    c->encoding.p == NULL) {
		made = c->n;
		step = clean_some(c, str_from(s, i), last);
		i += step;
		if (c->n - made != step) {
			c->edit[c->edits].out = (uint32_t)c->n;
			c->edit[c->edits].in = (uint32_t)i;
			c->edits++;
		}
		if (step == 0)
			break;
	}
	return i;
}

size_t
xmlclean_origin(const struct xmlclean *c, size_t out)
{
	size_t k = c->edits - 1, in;

	while (c->edit[k].out > out)
		k--;
	in = c->edit[k].in + (out - c->edit[k].out);
	if (k + 1 < c->edits && in > c->edit[k + 1].in)
		in = c->edit[k + 1].in;
	return in;
}
