/* SPDX-License-Identifier: MIT */
/*
 * The only places where JSON and XML text is made.  Whatever the bytes, what
 * comes out is well-formed.
 */
#include <string.h>

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
	char frac[9];
	int64_t rest;

	if (ns < 0) {
		out_byte(out, '-');
		ns = ns == INT64_MIN ? INT64_MAX : -ns;
	}
	out_i64(out, ns / 1000000000);
	rest = ns % 1000000000;
	if (digits <= 0)
		return;
	for (int i = 8; i >= 0; i--) {
		frac[i] = (char)('0' + rest % 10);
		rest /= 10;
	}
	out_byte(out, '.');
	em_out_write(
	    out, (struct em_str){ frac, digits > 9 ? 9 : (size_t)digits });
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

/* Per byte: 0 plain, 1 markup, 2 white space that attributes must escape,
 * 3 forbidden, 4 the first byte of U+FFFE or U+FFFF, perhaps. */
static const unsigned char xml_class[256] = {
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	2,
	2,
	3,
	3,
	2,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	3,
	['"'] = 1,
	['&'] = 1,
	['<'] = 1,
	['>'] = 1,
	[0xef] = 4,
};

static size_t
xml_plain(struct em_str s, bool attr)
{
	size_t i = 0;

	for (; i < s.n; i++) {
		unsigned char c = xml_class[(unsigned char)s.p[i]];

		/* A CR in text would come back as LF. */
		if (c != 0 && (c != 2 || attr || s.p[i] == '\r'))
			break;
	}
	return i;
}

/* Writes the one character at s, which is not plain; how long it was. */
static size_t
xml_escape(struct em_out *out, struct em_str s)
{
	static const char bad[] = "\xef\xbf\xbd";

	switch (s.p[0]) {
	case '&':
		em_out_puts(out, "&amp;");
		return 1;
	case '<':
		em_out_puts(out, "&lt;");
		return 1;
	case '>':
		em_out_puts(out, "&gt;");
		return 1;
	case '"':
		em_out_puts(out, "&quot;");
		return 1;
	case '\t':
		em_out_puts(out, "&#9;");
		return 1;
	case '\n':
		em_out_puts(out, "&#10;");
		return 1;
	case '\r':
		em_out_puts(out, "&#13;");
		return 1;
	case '\xef':
		if (s.n >= 3 && s.p[1] == '\xbf' &&
		    (s.p[2] == '\xbe' || s.p[2] == '\xbf'))
			em_out_puts(out, bad);
		else
			em_out_write(out, str_upto(s, 3));
		return 3;
	default:
		em_out_puts(out, bad);
		return 1;
	}
}

static void
xml_write(struct em_out *out, struct em_str s, bool attr)
{
	size_t ok = str_utf8_valid(s);

	while (s.n > 0) {
		size_t n = xml_plain(str_upto(s, ok), attr);

		em_out_write(out, str_upto(s, n));
		s = str_from(s, n);
		ok -= n;
		if (s.n == 0)
			break;
		if (ok == 0) {
			em_out_puts(out, "\xef\xbf\xbd");
			s = str_from(s, 1);
			ok = str_utf8_valid(s);
			continue;
		}
		n = xml_escape(out, s);
		s = str_from(s, n);
		ok -= n;
	}
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
