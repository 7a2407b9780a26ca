/* SPDX-License-Identifier: MIT */
#include "scan-json.h"
#include "scan.h"

const char *
scan_fail(struct scan_cur *c, const char *at, const char *why)
{
	if (c->error == NULL) {
		c->error = at < c->end ? why : "unexpected end";
		c->at = at < c->end ? at : c->end;
	}
	return NULL;
}

const char *
scan_space_rest(const struct scan_cur *c, const char *p)
{
	while (p < c->end &&
	    (*p == ' ' || *p == '\t' || *p == '\r' || (*p == '\n' && !c->line)))
		p++;
	return p;
}

/* ---- strings ---- */

/* The value of a hexadecimal digit, marked by HEX; 0 for the rest. */
enum { HEX = 0x10 };

static const unsigned char hex_digits[256] = {
	['0'] = HEX | 0,
	['1'] = HEX | 1,
	['2'] = HEX | 2,
	['3'] = HEX | 3,
	['4'] = HEX | 4,
	['5'] = HEX | 5,
	['6'] = HEX | 6,
	['7'] = HEX | 7,
	['8'] = HEX | 8,
	['9'] = HEX | 9,
	['A'] = HEX | 10,
	['B'] = HEX | 11,
	['C'] = HEX | 12,
	['D'] = HEX | 13,
	['E'] = HEX | 14,
	['F'] = HEX | 15,
	['a'] = HEX | 10,
	['b'] = HEX | 11,
	['c'] = HEX | 12,
	['d'] = HEX | 13,
	['e'] = HEX | 14,
	['f'] = HEX | 15,
};

/* The code unit in the four digits at p, or -1. */
static inline int
hex4(const char *p)
{
	int a = hex_digits[(unsigned char)p[0]];
	int b = hex_digits[(unsigned char)p[1]];
	int c = hex_digits[(unsigned char)p[2]];
	int d = hex_digits[(unsigned char)p[3]];

	if (!(a & b & c & d & HEX))
		return -1;
	return (a & 15) << 12 | (b & 15) << 8 | (c & 15) << 4 | (d & 15);
}

/* What may follow a backslash alone. */
static const bool short_escapes[256] = {
	['"'] = true,
	['\\'] = true,
	['/'] = true,
	['b'] = true,
	['f'] = true,
	['n'] = true,
	['r'] = true,
	['t'] = true,
};

/* The length of the escape at p; 0 when it is none. */
static inline unsigned
escape_length(const char *p)
{
	if (short_escapes[(unsigned char)p[1]])
		return 2;
	return p[1] == 'u' && hex4(p + 2) >= 0 ? 6 : 0;
}

/* Says what is wrong with the escape at p. */
static const char *
bad_escape(struct scan_cur *c, const char *p)
{
	if (p[1] != 'u')
		return scan_fail(c, p + 1, "bad escape in a string");
	for (p += 2; hex_digits[(unsigned char)*p] != 0;)
		p++;
	return scan_fail(c, p, "hexadecimal digit expected");
}

/* The bytes from p up to the closing quote must be UTF-8. */
static const char *
check_utf8(struct scan_cur *c, const char *p, const char *quote)
{
	struct em_str s = { p, (size_t)(quote - p) };
	size_t ok = str_utf8_valid(s);

	if (ok < s.n)
		return scan_fail(c, p + ok, "bad UTF-8 in a string");
	return quote;
}

/* Over plain text and escapes to where the string stops for another reason;
 * past end when nowhere. */
static inline const char *
skip_text(struct scan_cur *c, const char *p, bool wide, bool *escaped)
{
	while (p < c->end) {
		uint64_t stops = scan_stops(p, wide);
		unsigned at = SCAN_BLOCK;

		while (stops != 0) {
			unsigned n;

			at = scan_first(stops);
			if (p[at] != '\\')
				return p + at;
			*escaped = true;
			n = escape_length(p + at);
			if (n == 0)
				return bad_escape(c, p + at);
			at += n;
			if (at >= SCAN_BLOCK)
				break;
			stops = scan_past(stops, at);
			at = SCAN_BLOCK;
		}
		p += at;
	}
	return p;
}

const char *
scan_string_rest(
    struct scan_cur *c, const char *start, const char *p, bool *escaped)
{
	bool wide = false;

	p = skip_text(c, p, false, escaped);
	if (p != NULL && p < c->end && (*p & 0x80) != 0) {
		wide = true;
		p = skip_text(c, p, true, escaped);
	}
	if (p == NULL)
		return NULL;
	if (p >= c->end)
		return scan_fail(c, p, "closing quote expected");
	if (*p != '"')
		return scan_fail(c, p, "control character in a string");
	return wide ? check_utf8(c, start, p) : p;
}

/* ---- numbers ---- */

static inline const char *
skip_digits(struct scan_cur *c, const char *p)
{
	const char *start = p;
	unsigned n;

	do {
		n = scan_digit_count(p);
		p += n;
	} while (n == SCAN_DIGITS && p < c->end);
	if (p > c->end)
		p = c->end;
	return p > start ? p : scan_fail(c, p, "digit expected");
}

const char *
scan_number(struct scan_cur *c, const char *p)
{
	if (*p == '-')
		p++;
	p = *p == '0' ? p + 1 : skip_digits(c, p);
	if (p != NULL && p < c->end && *p == '.')
		p = skip_digits(c, p + 1);
	if (p != NULL && p < c->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (*p == '+' || *p == '-')
			p++;
		p = skip_digits(c, p);
	}
	return p;
}

/* ---- values of any depth, without recursion ---- */

static const char *
skip_word(struct scan_cur *c, const char *p)
{
	const char *word = *p == 't' ? "true" : *p == 'f' ? "false" : "null";

	for (; *word != '\0'; p++, word++)
		if (*p != *word)
			return scan_fail(c, p, "value expected");
	return p;
}

static inline const char *
skip_scalar(struct scan_cur *c, const char *p)
{
	bool escaped;

	if (*p == '"') {
		p = scan_string(c, p + 1, &escaped);
		return p != NULL ? p + 1 : NULL;
	}
	if (*p == '-' || (*p >= '0' && *p <= '9'))
		return scan_number(c, p);
	return skip_word(c, p);
}

/* Over the key at p and its colon to where the value starts. */
static inline const char *
skip_key(struct scan_cur *c, const char *p)
{
	bool escaped;

	if (*p != '"')
		return scan_fail(c, p, "member name expected");
	p = scan_string(c, p + 1, &escaped);
	if (p == NULL)
		return NULL;
	p = scan_space(c, p + 1);
	if (*p != ':')
		return scan_fail(c, p, "colon expected");
	return scan_space(c, p + 1);
}

/* Which levels are objects, one bit each: of the innermost ones in now, that
 * of the very innermost lowest; of the others in full words. */
struct levels {
	unsigned n, max;
	uint64_t now;
	uint64_t words[SCAN_DEPTH_CAP / 64];
};

static inline char
closing(const struct levels *l)
{
	return l->now & 1 ? '}' : ']';
}

/* Into the container at p, to its first value's place or its closing. */
static inline const char *
enter(struct scan_cur *c, const char *p, struct levels *l)
{
	if (l->n == l->max)
		return scan_fail(c, p, "nested too deeply");
	if (l->n % 64 == 0)
		l->words[l->n / 64] = l->now;
	l->now = l->now << 1 | (*p == '{');
	l->n++;
	return scan_space(c, p + 1);
}

/* From behind a value out of all containers that end there, and then past the
 * comma. */
static inline const char *
leave(struct scan_cur *c, const char *p, struct levels *l)
{
	p = scan_space(c, p);
	while (p < c->end && *p == closing(l)) {
		l->now >>= 1;
		l->n--;
		if (l->n % 64 == 0)
			l->now = l->words[l->n / 64];
		if (l->n == 0)
			return p + 1;
		p = scan_space(c, p + 1);
	}
	if (*p != ',')
		return scan_fail(c, p,
		    closing(l) == '}' ? "comma or } expected"
				      : "comma or ] expected");
	return scan_space(c, p + 1);
}

/* Over the object or array at p. */
static const char *
skip_nested(struct scan_cur *c, const char *p, unsigned depth)
{
	struct levels l;

	l.n = 0;
	l.max = depth < SCAN_DEPTH_CAP ? depth : SCAN_DEPTH_CAP;
	l.now = 0;
	for (;;) {
		bool container = *p == '{' || *p == '[';

		p = container ? enter(c, p, &l) : skip_scalar(c, p);
		if (p == NULL)
			return NULL;
		if (!container || *p == closing(&l)) {
			p = leave(c, p, &l);
			if (p == NULL || l.n == 0)
				return p;
		}
		if (p >= c->end)
			return scan_fail(c, p, "unexpected end");
		if (closing(&l) == '}' && (p = skip_key(c, p)) == NULL)
			return NULL;
	}
}

const char *
scan_skip(struct scan_cur *c, const char *p, unsigned depth)
{
	if (p >= c->end)
		return scan_fail(c, p, "unexpected end");
	if (*p == '{' || *p == '[')
		return skip_nested(c, p, depth);
	return skip_scalar(c, p);
}

bool
scan_value(struct em_str s, unsigned depth_max, const char **error, size_t *at)
{
	struct scan_cur c = { .end = s.p + s.n };
	const char *p = scan_skip(&c, scan_space(&c, s.p), depth_max);

	if (p != NULL) {
		p = scan_space(&c, p);
		if (p == c.end)
			return true;
		scan_fail(&c, p, "text behind the value");
	}
	*error = c.error;
	*at = (size_t)(c.at - s.p);
	return false;
}

/* ---- decoding ---- */

static char *
put_utf8(char *o, unsigned c)
{
	if (c < 0x80) {
		*o++ = (char)c;
		return o;
	}
	if (c < 0x800) {
		*o++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*o++ = (char)(0xe0 | c >> 12);
		} else {
			*o++ = (char)(0xf0 | c >> 18);
			*o++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*o++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*o++ = (char)(0x80 | (c & 0x3f));
	return o;
}

/* Decodes the \u escape at *p, and the second half of its pair. */
static unsigned
take_code(const char **p, const char *end)
{
	const char *q = *p;
	unsigned c = (unsigned)hex4(q + 2), d;

	*p = q + 6;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c < 0xdc00 && end - q >= 12 && q[6] == '\\' && q[7] == 'u') {
		d = (unsigned)hex4(q + 8);
		if (d >= 0xdc00 && d <= 0xdfff) {
			*p = q + 12;
			return 0x10000 + ((c - 0xd800) << 10) + (d - 0xdc00);
		}
	}
	return 0xfffd;
}

/* Copies from p up to a backslash or end, a block at a time; how much. */
static size_t
copy_plain(char *o, const char *p, const char *end)
{
	const char *start = p;

#ifdef SCAN_SSE2
	const __m128i backslash = _mm_set1_epi8('\\');

	for (; end - p >= 16; p += 16, o += 16) {
		__m128i x = _mm_loadu_si128((const void *)p);
		unsigned mask =
		    (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, backslash));

		_mm_storeu_si128((void *)o, x);
		if (mask != 0)
			return (size_t)(p - start) +
			    (unsigned)__builtin_ctz(mask);
	}
#else
	for (; end - p >= 8; p += 8, o += 8) {
		uint64_t x = scan_load(p) ^ SCAN_EACH('\\');
		uint64_t stop = (x - SCAN_EACH(1)) & ~x & SCAN_EACH(0x80);

		memcpy(o, p, 8);
		if (stop != 0)
			return (size_t)(p - start) +
			    (unsigned)__builtin_ctzll(stop) / 8;
	}
#endif
	while (p < end && *p != '\\')
		*o++ = *p++;
	return (size_t)(p - start);
}

/* Decodes the escape at *p to o, and gives back where o ends then. */
static char *
take_escape(char *o, const char **p, const char *end)
{
	char c = (*p)[1];

	if (c == 'u')
		return put_utf8(o, take_code(p, end));
	*p += 2;
	switch (c) {
	case 'b':
		c = '\b';
		break;
	case 'f':
		c = '\f';
		break;
	case 'n':
		c = '\n';
		break;
	case 'r':
		c = '\r';
		break;
	case 't':
		c = '\t';
		break;
	default:
		break;
	}
	*o++ = c;
	return o;
}

struct em_str
scan_unescape(struct arena *a, struct em_str inside)
{
	const char *p = inside.p, *end = p + inside.n;
	char *start = arena_bytes(a, inside.n), *o = start;

	if (start == NULL)
		return (struct em_str){ NULL, 0 };
	while (p < end) {
		size_t n = copy_plain(o, p, end);

		o += n;
		p += n;
		while (p < end && *p == '\\')
			o = take_escape(o, &p, end);
	}
	return (struct em_str){ start, (size_t)(o - start) };
}
