/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "core.h"

bool
str_eq(struct em_str a, const char *b)
{
	size_t n = strlen(b);

	return a.p != NULL && a.n == n && memcmp(a.p, b, n) == 0;
}

bool
str_starts(struct em_str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool
str_ends(struct em_str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

ptrdiff_t
str_find_str(struct em_str s, struct em_str needle)
{
	const char *p = s.p, *end;

	if (needle.n == 0)
		return 0;
	if (needle.n > s.n)
		return -1;
	end = s.p + (s.n - needle.n) + 1;
	while (p < end) {
		p = memchr(p, needle.p[0], (size_t)(end - p));
		if (p == NULL)
			return -1;
		if (memcmp(p, needle.p, needle.n) == 0)
			return p - s.p;
		p++;
	}
	return -1;
}

ptrdiff_t
str_find(struct em_str s, const char *needle)
{
	return str_find_str(s, (struct em_str){ needle, strlen(needle) });
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct em_str
str_trim(struct em_str s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct em_str
str_from(struct em_str s, size_t start)
{
	if (start > s.n)
		start = s.n;
	if (s.p != NULL)
		s.p += start;
	s.n -= start;
	return s;
}

struct em_str
str_upto(struct em_str s, size_t n)
{
	if (n < s.n)
		s.n = n;
	return s;
}

bool
str_cut(struct em_str *s, char sep, struct em_str *head)
{
	const char *p = s->n > 0 ? memchr(s->p, sep, s->n) : NULL;

	*head = *s;
	if (p == NULL) {
		*s = str_from(*s, s->n);
		return false;
	}
	head->n = (size_t)(p - s->p);
	*s = str_from(*s, head->n + 1);
	return true;
}

bool
str_i64(struct em_str s, int64_t *v)
{
	bool neg = false;
	int64_t r = 0;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
		neg = s.p[0] == '-';
		s = str_from(s, 1);
	}
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int d = s.p[i] - '0';

		if (d < 0 || d > 9)
			return false;
		if (__builtin_mul_overflow(r, 10, &r))
			return false;
		/* downwards for negatives, so that INT64_MIN can be read */
		if (__builtin_add_overflow(r, neg ? -d : d, &r))
			return false;
	}
	*v = r;
	return true;
}

/* The exponent of "1e-3" at the end of *s, which is cut off. */
static bool
cut_exponent(struct em_str *s, int *exp)
{
	struct em_str tail;
	int64_t e;

	*exp = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->p[i] != 'e' && s->p[i] != 'E')
			continue;
		tail = str_from(*s, i + 1);
		if (!str_i64(tail, &e) || e < -400 || e > 400)
			return false;
		*exp = (int)e;
		s->n = i;
		return true;
	}
	return true;
}

bool
str_ns(struct em_str s, int scale, int64_t *ns)
{
	int64_t v = 0;
	int exp, digits = 0, after = 0;
	bool point = false;

	s = str_trim(s);
	if (s.n > 0 && s.p[0] == '+')
		s = str_from(s, 1);
	if (s.n > 0 && s.p[0] == '-') {
		/* gotestsum writes -0.000000 for what it does not know */
		return false;
	}
	if (!cut_exponent(&s, &exp))
		return false;
	/* The value is digits * 10^(scale + exp - after). */
	scale += exp;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == ',' && !point && digits > 0)
			continue;
		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			return false;
		digits++;
		if (point && after >= scale)
			continue; /* below a nanosecond */
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, c - '0', &v))
			return false;
		after += point;
	}
	if (digits == 0)
		return false;
	for (int i = scale - after; i > 0 && v != 0; i--)
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	for (int i = after - scale; i > 0 && v != 0; i--)
		v /= 10;
	*ns = v;
	return true;
}

/* n digits at *s, cut off. */
static bool
cut_digits(struct em_str *s, size_t n, int64_t *v)
{
	struct em_str head = str_upto(*s, n);

	if (head.n < n || head.p[0] == '-' || head.p[0] == '+' ||
	    !str_i64(head, v))
		return false;
	*s = str_from(*s, n);
	return true;
}

static bool
cut_char(struct em_str *s, const char *any)
{
	if (s->n == 0 || s->p[0] == '\0' || strchr(any, s->p[0]) == NULL)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t
days_from_civil(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool
cut_zone(struct em_str *s, int64_t *minutes)
{
	int64_t h, m = 0;
	bool neg;

	*minutes = 0;
	if (s->n == 0 || cut_char(s, "Zz"))
		return true;
	neg = s->p[0] == '-';
	if (!cut_char(s, "+-") || !cut_digits(s, 2, &h))
		return false;
	cut_char(s, ":");
	if (s->n > 0 && !cut_digits(s, 2, &m))
		return false;
	*minutes = (neg ? -1 : 1) * (h * 60 + m);
	return true;
}

bool
str_time(struct em_str s, int64_t *ns)
{
	int64_t y, mo, d, h, mi, sec = 0, frac = 0, zone, t;
	int64_t unit = 100000000;

	s = str_trim(s);
	if (!cut_digits(&s, 4, &y) || !cut_char(&s, "-") ||
	    !cut_digits(&s, 2, &mo) || !cut_char(&s, "-") ||
	    !cut_digits(&s, 2, &d) || !cut_char(&s, "Tt ") ||
	    !cut_digits(&s, 2, &h) || !cut_char(&s, ":") ||
	    !cut_digits(&s, 2, &mi))
		return false;
	if (cut_char(&s, ":") && !cut_digits(&s, 2, &sec))
		return false;
	if (cut_char(&s, ".,"))
		for (; s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9';
		     s = str_from(s, 1)) {
			frac += (s.p[0] - '0') * unit;
			unit /= 10;
		}
	cut_char(&s, " ");
	if (!cut_zone(&s, &zone) || s.n > 0 || mo < 1 || mo > 12 || d < 1 ||
	    d > 31 || h > 24 || mi > 59 || sec > 60)
		return false;
	t = days_from_civil(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec -
	    zone * 60;
	return !__builtin_mul_overflow(t, 1000000000, &t) &&
	    !__builtin_add_overflow(t, frac, ns);
}

/* The length of the valid sequence at p, 0 when it is not valid. */
static size_t
utf8_len(const unsigned char *p, size_t n)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	if (p[0] == 0xe0)
		lo = 0xa0; /* no overlong forms */
	else if (p[0] == 0xed)
		hi = 0x9f; /* no surrogates */
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f; /* not beyond U+10FFFF */
	if (p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t
str_utf8_valid(struct em_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;

	while (i < s.n) {
		size_t len;
		uint64_t w;

		if (i + 8 <= s.n) {
			memcpy(&w, p + i, 8);
			if ((w & UINT64_C(0x8080808080808080)) == 0) {
				i += 8;
				continue;
			}
		}
		len = utf8_len(p + i, s.n - i);
		if (len == 0)
			break;
		i += len;
	}
	return i;
}
