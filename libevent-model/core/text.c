/* SPDX-License-Identifier: MIT */
/*
 * The only places where JSON and XML text is made.  Whatever the bytes, what
 * comes out is well-formed.
 */
#include <string.h>
#ifdef __SSE2__
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

void
out_seconds(struct em_out *out, int64_t ns, int digits)
{
	static const uint32_t cut[] = { 1000000000, 100000000, 10000000,
		1000000, 100000, 10000, 1000, 100, 10, 1 };
	char tmp[32], *p = tmp + 20, *d;
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t whole = u / 1000000000;
	uint32_t rest = (uint32_t)(u - whole * 1000000000);
	size_t n = digits <= 0 ? 0 : digits > 9 ? 9 : (size_t)digits;

	/* The point at tmp[20], what is before and behind it around it. */
	*p = '.';
	rest /= cut[n];
	for (d = p + n; d > p; rest /= 10)
		*d-- = (char)('0' + rest % 10);
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

/* Bytes of s that a JSON string holds as they are. */
static size_t
json_plain(struct em_str s)
{
	size_t i = 0;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f)
			break;
		i++;
	}
	return i;
}

static void
json_escape(struct em_out *out, unsigned char c)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char *p = out_reserve(out, 8);

	p[0] = '\\';
	for (size_t i = 0; i + 1 < sizeof(named); i += 2)
		if ((unsigned char)named[i] == c) {
			p[1] = named[i + 1];
			out_commit(out, 2);
			return;
		}
	memcpy(p + 1, "u00", 3);
	p[4] = hex[c >> 4];
	p[5] = hex[c & 15];
	out_commit(out, 6);
}

void
em_out_json_str(struct em_out *out, struct em_str s)
{
	size_t ok = str_utf8_valid(s);

	out_byte(out, '"');
	while (s.n > 0) {
		size_t n = json_plain(str_upto(s, ok));

		em_out_write(out, str_upto(s, n));
		s = str_from(s, n);
		ok -= n;
		if (s.n == 0)
			break;
		if (ok == 0) {
			out_replace(out);
			em_out_puts(out, "\xef\xbf\xbd");
			s = str_from(s, 1);
			ok = str_utf8_valid(s);
			continue;
		}
		json_escape(out, (unsigned char)s.p[0]);
		s = str_from(s, 1);
		ok--;
	}
	out_byte(out, '"');
}

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

static char *
put(char *o, const char *lit, size_t n)
{
	memcpy(o, lit, n);
	return o + n;
}

#define PUT(o, lit) put(o, lit, sizeof(lit) - 1)

static char *
xml_replace(struct em_out *out, char *o)
{
	out_replace(out);
	return PUT(o, "\xef\xbf\xbd");
}

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
		return xml_replace(out, o);
	}
}

/*
 * Copies from p to o what is ASCII and written as it is: no control
 * character, none of "&<>.  Says how many bytes that is, XML_STRIDE at most;
 * so many must be readable at p and writable at o.
 */
#ifdef __SSE2__
enum { XML_STRIDE = 16 };

static size_t
xml_copy(char *o, const char *p)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	/* Signed, so that bytes beyond ASCII are less, too.  The quote
	 * differs from & in one bit, and < from >. */
	const __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
	const __m128i quote = _mm_cmpeq_epi8(
	    _mm_and_si128(v, _mm_set1_epi8((char)0xfb)), _mm_set1_epi8('"'));
	const __m128i angle = _mm_cmpeq_epi8(
	    _mm_and_si128(v, _mm_set1_epi8((char)0xfd)), _mm_set1_epi8('<'));
	int found =
	    _mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, angle)));

	_mm_storeu_si128((__m128i *)(void *)o, v);
	return found == 0 ? XML_STRIDE : (size_t)__builtin_ctz((unsigned)found);
}
#else
enum { XML_STRIDE = 8 };

static size_t
xml_copy(char *o, const char *p)
{
	size_t n = 0;

	memcpy(o, p, XML_STRIDE);
	while (n < XML_STRIDE && (unsigned char)p[n] < 0x80 &&
	    xml_class[(unsigned char)p[n]] == 0)
		n++;
	return n;
}
#endif

/* Writes the character at p, which is beyond ASCII; moves p behind it. */
static char *
xml_wide(struct em_out *out, char *o, const char **p, const char *end)
{
	unsigned char c = (unsigned char)**p;
	size_t n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	struct em_str s = { *p, (size_t)(end - *p) };

	if (s.n < n || str_utf8_valid(str_upto(s, n)) != n) {
		(*p)++;
		return xml_replace(out, o);
	}
	*p += n;
	/* XML has no U+FFFE and U+FFFF. */
	if (c == 0xef &&
	    (memcmp(s.p, "\xef\xbf\xbe", 3) == 0 ||
		memcmp(s.p, "\xef\xbf\xbf", 3) == 0))
		return xml_replace(out, o);
	return put(o, s.p, n);
}

/* A byte becomes six at most, and the last stride may reach beyond. */
enum { XML_PIECE = 150, XML_ROOM = (XML_PIECE + XML_STRIDE + 4) * 6 };

/* Writes a piece of s; how many bytes it used. */
static size_t
xml_piece(struct em_out *out, struct em_str s, bool attr)
{
	const char *p = s.p, *end = p + s.n;
	const char *stop = p + (s.n < XML_PIECE ? s.n : XML_PIECE);
	char *start = out_reserve(out, XML_ROOM), *o = start;

	while (p < stop) {
		size_t left = (size_t)(end - p), n;
		unsigned char c;

		if (left >= XML_STRIDE) {
			n = xml_copy(o, p);
		} else {
			char tail[XML_STRIDE] = "";

			/* The zeros behind it are not plain. */
			memcpy(tail, p, left);
			n = xml_copy(o, tail);
		}
		o += n;
		p += n;
		if (n == XML_STRIDE || p == end)
			continue;
		c = (unsigned char)*p;
		if (c >= 0x80)
			o = xml_wide(out, o, &p, end);
		else if (xml_class[c] == 0 || (xml_class[c] == 2 && !attr))
			*o++ = *p++;
		else
			o = xml_escape(out, o, *p++);
	}
	out_commit(out, (size_t)(o - start));
	return (size_t)(p - s.p);
}

static void
xml_write(struct em_out *out, struct em_str s, bool attr)
{
	while (s.n > 0)
		s = str_from(s, xml_piece(out, s, attr));
}

void
out_xml_text(struct em_out *out, struct em_str s)
{
	xml_write(out, s, false);
}

void
out_xml_attr(struct em_out *out, struct em_str s)
{
	xml_write(out, s, true);
}
