/* SPDX-License-Identifier: MIT */
/*
 * Service messages: ##teamcity[name 'value'] or ##teamcity[name k='v' ...].
 *
 * In values | escapes: |' is ', || is |, |[ and |] are brackets, |n is LF,
 * |r is CR, |x is U+0085, |l is U+2028, |p is U+2029, |0xABCD is U+ABCD.
 */
#include <string.h>

#include "teamcity.h"

/* ---- reading ---- */

static bool
hex4(struct em_str s, uint32_t *v)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	*v = 0;
	if (s.n < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		const char *d = memchr(digits, s.p[i], sizeof(digits) - 1);

		if (d == NULL)
			return false;
		*v = *v << 4 | (uint32_t)((d - digits) & 15);
	}
	return true;
}

static size_t
put_utf8(char *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (char)(0xc0 | c >> 6);
		p[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (char)(0xe0 | c >> 12);
		p[1] = (char)(0x80 | (c >> 6 & 0x3f));
		p[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	p[0] = (char)(0xf0 | c >> 18);
	p[1] = (char)(0x80 | (c >> 12 & 0x3f));
	p[2] = (char)(0x80 | (c >> 6 & 0x3f));
	p[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* |0xABCD at s; two of them may be a surrogate pair.  How much was read. */
static size_t
unescape_hex(struct em_str s, char *p, size_t *made)
{
	uint32_t c, low;
	size_t used = 7;

	if (!str_starts(s, "|0x") || !hex4(str_from(s, 3), &c))
		return 0;
	if (c >= 0xd800 && c < 0xe000) {
		if (c < 0xdc00 && str_starts(str_from(s, 7), "|0x") &&
		    hex4(str_from(s, 10), &low) && low >= 0xdc00 &&
		    low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			used = 14;
		} else {
			c = 0xfffd;
		}
	}
	*made = put_utf8(p, c);
	return used;
}

/* What follows | in s; how much was read, 0 when it is no escape. */
static size_t
unescape_one(struct em_str s, char *p, size_t *made)
{
	static const struct {
		char c;
		const char *text;
	} named[] = { { '\'', "'" }, { '|', "|" }, { '[', "[" }, { ']', "]" },
		{ 'n', "\n" }, { 'r', "\r" }, { 'x', "\xc2\x85" },
		{ 'l', "\xe2\x80\xa8" }, { 'p', "\xe2\x80\xa9" } };

	if (s.n < 2)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		if (s.p[1] == named[i].c) {
			*made = strlen(named[i].text);
			memcpy(p, named[i].text, *made);
			return 2;
		}
	return unescape_hex(s, p, made);
}

/* The value at *s, which starts with its quote; false when it has no end. */
static bool
cut_value(struct arena *a, struct em_str *s, struct em_str *value)
{
	char quote = s->p[0], *p;
	size_t i = 1, n = 0;

	while (i < s->n && s->p[i] != quote)
		i += s->p[i] == '|' ? 2 : 1;
	if (i >= s->n)
		return false;
	*value = (struct em_str){ s->p + 1, i - 1 };
	*s = str_from(*s, i + 1);
	if (memchr(value->p, '|', value->n) == NULL)
		return true;
	p = arena_bytes(a, value->n + 4);
	for (struct em_str v = *value; p != NULL && v.n > 0;) {
		size_t made = 1, used = 0;

		if (v.p[0] == '|')
			used = unescape_one(v, p + n, &made);
		if (used == 0) {
			p[n] = v.p[0];
			used = 1;
		}
		n += made;
		v = str_from(v, used);
	}
	*value = (struct em_str){ p, n };
	return true;
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

static struct em_str
cut_name(struct em_str *s)
{
	struct em_str name = *s;

	name.n = 0;
	while (name.n < s->n && is_name(s->p[name.n]))
		name.n++;
	*s = str_from(*s, name.n);
	return name;
}

static void
skip_blanks(struct em_str *s)
{
	while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_from(*s, 1);
}

static bool
is_quote(struct em_str s)
{
	return s.n > 0 && (s.p[0] == '\'' || s.p[0] == '"');
}

bool
tc_parse(struct arena *a, struct em_str line, struct tc_message *m)
{
	struct em_str s = str_from(line, sizeof(TC_START) - 1);

	m->value = (struct em_str){ NULL, 0 };
	m->count = 0;
	skip_blanks(&s);
	m->name = cut_name(&s);
	skip_blanks(&s);
	if (m->name.n == 0 || (is_quote(s) && !cut_value(a, &s, &m->value)))
		return false;
	for (;;) {
		struct em_str name, value;

		skip_blanks(&s);
		if (s.n > 0 && s.p[0] == ']')
			break;
		name = cut_name(&s);
		skip_blanks(&s);
		if (name.n == 0 || !str_starts(s, "="))
			return false;
		s = str_from(s, 1);
		skip_blanks(&s);
		if (!is_quote(s) || !cut_value(a, &s, &value))
			return false;
		if (m->count == TC_ATTRS)
			continue;
		m->names[m->count] = name;
		m->values[m->count++] = value;
	}
	m->rest = str_from(s, 1);
	return true;
}

struct em_str
tc_get(const struct tc_message *m, const char *name)
{
	for (size_t i = 0; i < m->count; i++)
		if (str_eq(m->names[i], name))
			return m->values[i];
	return (struct em_str){ NULL, 0 };
}

int64_t
tc_time(const struct tc_message *m)
{
	int64_t ns;

	return str_time(tc_get(m, "timestamp"), &ns) ? ns : EM_UNSET;
}

/* ---- writing ---- */

/* The escape of the character at s, and its length there; else NULL. */
static const char *
escape_of(struct em_str s, size_t *n)
{
	static const struct {
		const char *text, *escape;
	} escapes[] = { { "'", "|'" }, { "|", "||" }, { "[", "|[" },
		{ "]", "|]" }, { "\n", "|n" }, { "\r", "|r" },
		{ "\xc2\x85", "|x" }, { "\xe2\x80\xa8", "|l" },
		{ "\xe2\x80\xa9", "|p" } };

	for (size_t i = 0; i < ARRAY_LEN(escapes); i++)
		if (str_starts(s, escapes[i].text)) {
			*n = strlen(escapes[i].text);
			return escapes[i].escape;
		}
	return NULL;
}

/* Other controls would move the terminal that a build log is shown on. */
static bool
is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t') || c == 0x7f;
}

static void
escape_valid(struct em_out *out, struct em_str s)
{
	while (s.n > 0) {
		unsigned char c = (unsigned char)s.p[0];
		size_t plain = 0, n = 1;
		const char *e;

		while (plain < s.n &&
		    strchr("'|[]\xc2\xe2", s.p[plain]) == NULL &&
		    !is_control((unsigned char)s.p[plain]))
			plain++;
		if (plain > 0) {
			em_out_write(out, str_upto(s, plain));
			s = str_from(s, plain);
			continue;
		}
		e = escape_of(s, &n);
		if (e != NULL)
			em_out_puts(out, e);
		else if (is_control(c))
			em_out_printf(out, "|0x%04x", c);
		else
			out_byte(out, s.p[0]);
		s = str_from(s, n);
	}
}

void
tc_escape(struct em_out *out, struct em_str s)
{
	while (s.n > 0) {
		size_t ok = str_utf8_valid(s);

		escape_valid(out, str_upto(s, ok));
		s = str_from(s, ok);
		if (s.n == 0)
			break;
		em_out_puts(out, "\xef\xbf\xbd");
		s = str_from(s, 1);
	}
}
