/* SPDX-License-Identifier: MIT */
/*
 * The grammar under the native scanner: RFC 8259 in strict UTF-8, found in
 * place.  For scan*.c only.
 *
 * Nothing is terminated, so everything is held against end; but a token may
 * be looked at up to 64 bytes past end before that, and a function that gives
 * back a position may give one past end.  Whoever accepts checks.
 */
#ifndef SCAN_JSON_H
#define SCAN_JSON_H

#include <string.h>

#include "scan-keys.h"

#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
#define SCAN_SSE2
#include <emmintrin.h>
#endif

/* More levels than this are refused whatever the caller allows. */
enum { SCAN_DEPTH_CAP = 1 << 16 };

/* A failure is NULL for a position, with why and where kept here. */
struct scan_cur {
	const char *end;
	const char *error;
	const char *at;
	bool line; /* an LF is no white space: it ends the line */
};

/* Keeps the first failure; NULL for the caller to give back. */
COLD const char *scan_fail(struct scan_cur *c, const char *at, const char *why);

/* What scan_string() does when the plain part of the string that starts at
 * start ends at p, with something else than a quote. */
const char *scan_string_rest(
    struct scan_cur *c, const char *start, const char *p, bool *escaped);
/* From p to what is not white space. */
const char *scan_space_rest(const struct scan_cur *c, const char *p);
/* From the first byte of a number to behind it. */
const char *scan_number(struct scan_cur *c, const char *p);
/* Over one value at p, whatever it is, at most depth levels deep. */
const char *scan_skip(struct scan_cur *c, const char *p, unsigned depth);

/* The next 8 bytes, the first one lowest. */
static inline uint64_t
scan_load(const char *p)
{
	uint64_t v = str_word(p);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

#define SCAN_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * The bytes of a block where a string stops being plain: a quote, backslash
 * or control character, and unless wide is set also a byte that is not ASCII.
 * A set of their places, of which scan_first() gives the first.
 */
#ifdef SCAN_SSE2
enum { SCAN_BLOCK = 16 };

static inline uint64_t
scan_stops(const char *p, bool wide)
{
	/* With this bit turned the quote is next to the control characters,
	 * and still only they are below it. */
	const __m128i bit = _mm_set1_epi8('"' ^ ' ');
	const __m128i above = _mm_set1_epi8(' ' + 1);
	__m128i x = _mm_xor_si128(_mm_loadu_si128((const void *)p), bit);
	__m128i backslash = _mm_cmpeq_epi8(x, _mm_set1_epi8('\\' ^ '"' ^ ' '));
	/* Signed, so that bytes from 0x80 are below it too. */
	__m128i low = wide
	    ? _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(' ')), x)
	    : _mm_cmpgt_epi8(above, x);

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, backslash));
}

static inline unsigned
scan_first(uint64_t stops)
{
	return (unsigned)__builtin_ctzll(stops);
}

/* Those behind the first n bytes, fewer than the block has. */
static inline uint64_t
scan_past(uint64_t stops, unsigned n)
{
	return stops >> n << n;
}
#else
enum { SCAN_BLOCK = 8 };

/* The high bit of each byte that is 0. */
static inline uint64_t
scan_zeros(uint64_t x)
{
	const uint64_t rest = SCAN_EACH(0x7f);

	return ~(((x & rest) + rest) | x | rest);
}

static inline uint64_t
scan_stops(const char *p, bool wide)
{
	uint64_t x = scan_load(p);

	return scan_zeros(x ^ SCAN_EACH('"')) |
	    scan_zeros(x ^ SCAN_EACH('\\')) | scan_zeros(x & SCAN_EACH(0xe0)) |
	    (wide ? 0 : x & SCAN_EACH(0x80));
}

static inline unsigned
scan_first(uint64_t stops)
{
	return (unsigned)__builtin_ctzll(stops) / 8;
}

static inline uint64_t
scan_past(uint64_t stops, unsigned n)
{
	return stops >> 8 * n << 8 * n;
}
#endif

/* Where a string stops being plain from p on; past end when nowhere. */
static inline const char *
scan_stop(const char *p, const char *end, bool wide)
{
	do {
		uint64_t stops = scan_stops(p, wide);

		if (stops != 0)
			return p + scan_first(stops);
		p += SCAN_BLOCK;
	} while (p < end);
	return p;
}

/* The bytes of t are at p. */
static inline bool
scan_same(const struct scan_text *t, const char *p)
{
#ifdef SCAN_SSE2
	__m128i text = _mm_loadu_si128((const void *)t->text);
	__m128i mask = _mm_loadu_si128((const void *)t->mask);
	__m128i x = _mm_and_si128(_mm_loadu_si128((const void *)p), mask);

	return _mm_movemask_epi8(_mm_cmpeq_epi8(x, text)) == 0xffff;
#else
	uint64_t text[2], mask[2], x[2];

	memcpy(text, t->text, sizeof(text));
	memcpy(mask, t->mask, sizeof(mask));
	memcpy(x, p, sizeof(x));
	return (((x[0] & mask[0]) ^ text[0]) | ((x[1] & mask[1]) ^ text[1])) ==
	    0;
#endif
}

/* From behind the opening quote to the closing one; where it is not plain up
 * to there, *escaped says whether there are escapes. */
static inline const char *
scan_string(struct scan_cur *c, const char *p, bool *escaped)
{
	const char *q = scan_stop(p, c->end, false);

	if (*q == '"' && q < c->end)
		return q;
	return scan_string_rest(c, p, q, escaped);
}

static inline const char *
scan_space(const struct scan_cur *c, const char *p)
{
	return *p > ' ' ? p : scan_space_rest(c, p);
}

/* Up to 8 decimal digits at p; how many there are. */
static inline unsigned
scan_digits8(const char *p, uint64_t *v)
{
	uint64_t x = scan_load(p) ^ SCAN_EACH('0');
	/* Lowest set high bit: the first byte that is not 0..9. */
	uint64_t stop = (x | (x + SCAN_EACH(0x76))) & SCAN_EACH(0x80);
	unsigned n = stop != 0 ? (unsigned)__builtin_ctzll(stop) / 8 : 8;

	*v = 0;
	if (n == 0)
		return 0;
	x <<= 64 - 8 * n; /* zeros in front */
	x = x * 10 + (x >> 8); /* pairs, in every other byte */
	x = ((x & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
		((x >> 16) & UINT64_C(0x000000ff000000ff)) *
		    UINT64_C(0x0000271000000001)) >>
	    32;
	*v = x;
	return n;
}

/* Up to 16 decimal digits at p; the position behind them. */
static inline const char *
scan_digits(const char *p, uint64_t *v)
{
	static const uint32_t power[] = { 1, 10, 100, 1000, 10000, 100000,
		1000000, 10000000, 100000000 };
	unsigned n = scan_digits8(p, v), m;
	uint64_t low;

	if (n < 8)
		return p + n;
	m = scan_digits8(p + 8, &low);
	*v = *v * power[m] + low;
	return p + 8 + m;
}

enum { SCAN_DIGITS = 16 };

/* How many of so many bytes at p are digits before another one. */
static inline unsigned
scan_digit_count(const char *p)
{
#ifdef SCAN_SSE2
	__m128i x = _mm_loadu_si128((const void *)p);
	/* Signed, 0..9 are the largest ten. */
	__m128i top = _mm_add_epi8(x, _mm_set1_epi8(INT8_MAX - '9'));
	__m128i digits = _mm_cmpgt_epi8(top, _mm_set1_epi8(INT8_MAX - 10));
	unsigned others = (unsigned)_mm_movemask_epi8(digits) ^ 0x1ffff;

	return (unsigned)__builtin_ctz(others);
#else
	for (unsigned n = 0; n < SCAN_DIGITS; n += 8) {
		uint64_t x = scan_load(p + n) ^ SCAN_EACH('0');
		uint64_t stop = (x | (x + SCAN_EACH(0x76))) & SCAN_EACH(0x80);

		if (stop != 0)
			return n + (unsigned)__builtin_ctzll(stop) / 8;
	}
	return SCAN_DIGITS;
#endif
}

#endif
