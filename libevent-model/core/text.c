/* SPDX-License-Identifier: MIT */
/*
 * The only places where JSON and XML text is made.  Whatever the bytes, what
 * comes out is well-formed.
 */
#include <string.h>
#if defined(__SSE2__) && !defined(TEXT_PORTABLE)
#define TEXT_SSE2
#include <emmintrin.h>
#endif

#include "out.h"

static const char hex[] = "0123456789abcdef";

void
out_i64(struct em_out *out, int64_t v)
{
	char tmp[24], *p = tmp + sizeof(tmp);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10) > 0);
	if (v < 0)
		*--p = '-';
	em_out_write(
	    out, (struct em_str){ p, (size_t)(tmp + sizeof(tmp) - p) });
}

/* The nine digits of v at p. */
static void
put_nine(char *p, uint32_t v)
{
	static const char pairs[] =
	    "00010203040506070809101112131415161718192021222324"
	    "25262728293031323334353637383940414243444546474849"
	    "50515253545556575859606162636465666768697071727374"
	    "75767778798081828384858687888990919293949596979899";

	p[8] = (char)('0' + v % 10);
	v /= 10;
	for (int i = 6; i >= 0; i -= 2, v /= 100)
		memcpy(p + i, pairs + v % 100 * 2, 2);
}

void
out_seconds(struct em_out *out, int64_t ns, int digits)
{
	char tmp[32], *p = tmp + 20;
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t whole = u / 1000000000;
	size_t n = digits <= 0 ? 0 : digits > 9 ? 9 : (size_t)digits;

	/* The point at tmp[20], what is before and behind it around it. */
	*p = '.';
	put_nine(p + 1, (uint32_t)(u - whole * 1000000000));
	n += n > 0;
	do
		*--p = (char)('0' + whole % 10);
	while ((whole /= 10) > 0);
	if (ns < 0)
		*--p = '-';
	n += (size_t)(tmp + 20 - p);
	em_out_write(out, (struct em_str){ p, n });
}

/* Year, month, day of a day counted from 1970-01-01. */
static void
civil_from_days(int64_t z, int64_t *y, int *m, int *d)
{
	int64_t era, doe, yoe, doy, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = yoe + era * 400 + (*m <= 2);
}

size_t
text_time(char buf[48], int64_t ns, int digits)
{
	int64_t s = ns / 1000000000, f = ns % 1000000000, days, y;
	int m, d, day, n;

	if (f < 0) {
		f += 1000000000;
		s--;
	}
	days = s / 86400;
	day = (int)(s % 86400);
	if (day < 0) {
		day += 86400;
		days--;
	}
	civil_from_days(days, &y, &m, &d);
	if (digits < 0) {
		digits = f == 0 ? 0 : 9;
		for (int64_t g = f; digits > 0 && g % 10 == 0; g /= 10)
			digits--;
	}
	n = snprintf(buf, 48, "%04d-%02d-%02dT%02d:%02d:%02d.%09d", (int)y, m,
	    d, day / 3600, day / 60 % 60, day % 60, (int)f);
	/* Without the digits that are too many, and without the point when
	 * there are none. */
	n -= digits > 9 ? 0 : digits == 0 ? 10 : 9 - digits;
	buf[n++] = 'Z';
	return (size_t)n;
}

void
out_time(struct em_out *out, int64_t ns, int digits)
{
	char buf[48];

	em_out_write(out, (struct em_str){ buf, text_time(buf, ns, digits) });
}

static char *
put(char *o, const char *lit, size_t n)
{
	memcpy(o, lit, n);
	return o + n;
}

#define PUT(o, lit) put(o, lit, sizeof(lit) - 1)

static char *
replace(struct em_out *out, char *o)
{
	out_replace(out);
	return PUT(o, "\xef\xbf\xbd");
}

/* Writes the character at p, which is beyond ASCII; moves p behind it. */
static char *
put_wide(struct em_out *out, char *o, const char **p, const char *end)
{
	unsigned char c = (unsigned char)**p;
	size_t n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	struct em_str s = { *p, (size_t)(end - *p) };

	if (s.n < n || str_utf8_valid(str_upto(s, n)) != n) {
		(*p)++;
		return replace(out, o);
	}
	*p += n;
	return put(o, s.p, n);
}

/*
 * Text is copied in blocks up to the first byte that is not written as it is.
 */
#ifdef TEXT_SSE2
enum { BLOCK = 16 };

struct block {
	__m128i v;
};

static inline struct block
block_at(const char *p)
{
	return (
	    struct block){ _mm_loadu_si128((const __m128i *)(const void *)p) };
}

static inline uint64_t
load32(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Less than BLOCK bytes and zeros.  Made in registers, because what is stored
 * in parts cannot be loaded as one before it has reached the cache. */
static inline struct block
block_of(const char *p, size_t n)
{
	uint64_t lo = 0, hi = 0;

	if (n >= 8) {
		lo = str_word(p);
		hi = str_word(p + n - 8) >> 8 * (15 - n) >> 8;
	} else if (n >= 4) {
		lo = load32(p) | load32(p + n - 4) << 8 * (n - 4);
	} else if (n > 0) {
		lo = (uint64_t)(unsigned char)p[0] |
		    (uint64_t)(unsigned char)p[n / 2] << 8 * (n / 2) |
		    (uint64_t)(unsigned char)p[n - 1] << 8 * (n - 1);
	}
	return (struct block){ _mm_set_epi64x((int64_t)hi, (int64_t)lo) };
}

static inline void
block_put(char *o, struct block b)
{
	_mm_storeu_si128((__m128i *)(void *)o, b.v);
}

/* A bit for each byte that is set. */
static inline unsigned
bits(__m128i v)
{
	return (unsigned)_mm_movemask_epi8(v);
}
#else
enum { BLOCK = 8 };

struct block {
	char v[BLOCK];
};

static inline struct block
block_of(const char *p, size_t n)
{
	struct block b = { "" };

	memcpy(b.v, p, n);
	return b;
}

static inline struct block
block_at(const char *p)
{
	return block_of(p, BLOCK);
}

static inline void
block_put(char *o, struct block b)
{
	memcpy(o, b.v, BLOCK);
}
#endif

/* A byte becomes six at most, and the last block may reach beyond. */
enum { PIECE = 144, ROOM = (PIECE + BLOCK + 4) * 6 };

/*
 * Copies the n bytes at p to o up to the first that is odd: how many.  odd()
 * gives a bit for each byte of a block that is, the first one in the lowest.
 */
static inline size_t
copy_plain(unsigned (*odd)(struct block b, bool attr), bool attr, char *o,
    const char *p, size_t n)
{
	struct block b;
	unsigned found;
	size_t i;

	for (i = 0; n - i >= BLOCK; i += BLOCK) {
		b = block_at(p + i);
		block_put(o + i, b);
		found = odd(b, attr);
		/* Not added whatever it is: the next block need not wait. */
		if (found != 0)
			return i + (size_t)__builtin_ctz(found);
	}
	b = block_of(p + i, n - i);
	block_put(o + i, b);
	found = odd(b, attr) | 1u << (n - i);
	return i + (size_t)__builtin_ctz(found);
}

/* ---- JSON ---- */

static char *
json_escape(char *o, unsigned char c)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	*o++ = '\\';
	for (size_t i = 0; i + 1 < sizeof(named); i += 2)
		if ((unsigned char)named[i] == c) {
			*o++ = named[i + 1];
			return o;
		}
	o = PUT(o, "u00");
	*o++ = hex[c >> 4];
	*o++ = hex[c & 15];
	return o;
}

#ifdef TEXT_SSE2
static inline unsigned
json_odd(struct block b, bool attr)
{
	/* Signed, so that bytes beyond ASCII are less, too. */
	const __m128i low = _mm_cmplt_epi8(b.v, _mm_set1_epi8(0x20));
	const __m128i quote = _mm_cmpeq_epi8(b.v, _mm_set1_epi8('"'));
	const __m128i slash = _mm_cmpeq_epi8(b.v, _mm_set1_epi8('\\'));
	const __m128i del = _mm_cmpeq_epi8(b.v, _mm_set1_epi8(0x7f));

	(void)attr;
	return bits(
	    _mm_or_si128(_mm_or_si128(low, quote), _mm_or_si128(slash, del)));
}
#else
static inline unsigned
json_odd(struct block b, bool attr)
{
	unsigned found = 0;

	(void)attr;
	for (unsigned i = 0; i < BLOCK; i++) {
		unsigned char c = (unsigned char)b.v[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			found |= 1u << i;
	}
	return found;
}
#endif

/* Writes a piece of s; how many bytes it used. */
static size_t
json_piece(struct em_out *out, struct em_str s)
{
	const char *p = s.p, *end = p + s.n;
	const char *stop = p + (s.n < PIECE ? s.n : PIECE);
	char *start = out_reserve(out, ROOM), *o = start;

	while (p < stop) {
		size_t n =
		    copy_plain(json_odd, false, o, p, (size_t)(stop - p));

		o += n;
		p += n;
		if (p == stop)
			break;
		if ((unsigned char)*p >= 0x80)
			o = put_wide(out, o, &p, end);
		else
			o = json_escape(o, (unsigned char)*p++);
	}
	out_commit(out, (size_t)(o - start));
	return (size_t)(p - s.p);
}

void
em_out_json_str(struct em_out *out, struct em_str s)
{
	out_byte(out, '"');
	while (s.n > 0)
		s = str_from(s, json_piece(out, s));
	out_byte(out, '"');
}

/* ---- XML ---- */

static char *
xml_escape(struct em_out *out, char *o, char c)
{
	switch (c) {
	case '&':
		return PUT(o, "&amp;");
	case '<':
		return PUT(o, "&lt;");
	case '>':
		return PUT(o, "&gt;");
	case '"':
		return PUT(o, "&quot;");
	case '\t':
		return PUT(o, "&#9;");
	case '\n':
		return PUT(o, "&#10;");
	case '\r':
		return PUT(o, "&#13;");
	default:
		return replace(out, o);
	}
}

/* What is beyond ASCII, a control character or one of "&<>; TAB and LF in
 * attributes only. */
#ifdef TEXT_SSE2
static inline unsigned
xml_odd(struct block b, bool attr)
{
	/* Signed, so that bytes beyond ASCII are less, too. */
	const __m128i low = _mm_cmplt_epi8(b.v, _mm_set1_epi8(0x20));
	/* A space is not low, so in attributes this takes nothing out. */
	const __m128i blank =
	    _mm_or_si128(_mm_cmpeq_epi8(b.v, _mm_set1_epi8(attr ? ' ' : '\t')),
		_mm_cmpeq_epi8(b.v, _mm_set1_epi8(attr ? ' ' : '\n')));
	/* The quote differs from & in one bit, and < from >. */
	const __m128i quote = _mm_cmpeq_epi8(
	    _mm_and_si128(b.v, _mm_set1_epi8((char)0xfb)), _mm_set1_epi8('"'));
	const __m128i angle = _mm_cmpeq_epi8(
	    _mm_and_si128(b.v, _mm_set1_epi8((char)0xfd)), _mm_set1_epi8('<'));

	return bits(_mm_or_si128(
	    _mm_andnot_si128(blank, low), _mm_or_si128(quote, angle)));
}
#else
/* Characters of ASCII that are not written as they are: 1 always, 2 in
 * attributes. */
static const unsigned char xml_class[128] = {
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	2,
	2,
	1,
	1,
	1, /* a CR would come back as LF */
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	1,
	['"'] = 1,
	['&'] = 1,
	['<'] = 1,
	['>'] = 1,
};

static inline unsigned
xml_odd(struct block b, bool attr)
{
	int class = attr ? 1 | 2 : 1;
	unsigned found = 0;

	for (unsigned i = 0; i < BLOCK; i++) {
		unsigned char c = (unsigned char)b.v[i];

		if (c >= 0x80 || (xml_class[c] & class) != 0)
			found |= 1u << i;
	}
	return found;
}
#endif

/* XML has no U+FFFE and U+FFFF. */
static char *
xml_wide(struct em_out *out, char *o, const char **p, const char *end)
{
	if (end - *p >= 3 &&
	    (memcmp(*p, "\xef\xbf\xbe", 3) == 0 ||
		memcmp(*p, "\xef\xbf\xbf", 3) == 0)) {
		*p += 3;
		return replace(out, o);
	}
	return put_wide(out, o, p, end);
}

/* Writes a piece of s; how many bytes it used. */
static size_t
xml_piece(struct em_out *out, struct em_str s, bool attr)
{
	const char *p = s.p, *end = p + s.n;
	const char *stop = p + (s.n < PIECE ? s.n : PIECE);
	char *start = out_reserve(out, ROOM), *o = start;

	while (p < stop) {
		size_t n = copy_plain(xml_odd, attr, o, p, (size_t)(stop - p));

		o += n;
		p += n;
		if (p == stop)
			break;
		if ((unsigned char)*p >= 0x80)
			o = xml_wide(out, o, &p, end);
		else
			o = xml_escape(out, o, *p++);
	}
	out_commit(out, (size_t)(o - start));
	return (size_t)(p - s.p);
}

void
out_xml_text(struct em_out *out, struct em_str s)
{
	while (s.n > 0)
		s = str_from(s, xml_piece(out, s, false));
}

void
out_xml_attr(struct em_out *out, struct em_str s)
{
	while (s.n > 0)
		s = str_from(s, xml_piece(out, s, true));
}
