/* SPDX-License-Identifier: MIT */
#include "pend.h"
#include "plain.h"

struct range {
	uint32_t first, last;
};

/* Beyond ASCII: C1 controls, line separators, marks of direction. */
static const struct range hidden[] = {
	{ 0x80, 0x9f },
	{ 0x61c, 0x61c },
	{ 0x200e, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2066, 0x2069 },
	{ 0xfeff, 0xfeff },
};

/* The character at s, which starts with valid UTF-8. */
static uint32_t
decode(struct em_str s, size_t *n)
{
	const unsigned char *p = (const unsigned char *)s.p;
	uint32_t c = p[0];

	*n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (*n > 1)
		c &= 0x7fu >> *n;
	for (size_t i = 1; i < *n; i++)
		c = c << 6 | (p[i] & 0x3fu);
	return c;
}

static bool
is_hidden(uint32_t c, bool line)
{
	if (c < 0x20)
		return line || (c != '\n' && c != '\t');
	if (c < 0x80)
		return c == 0x7f;
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return false;
}

size_t
plain_run(struct em_str s, bool line)
{
	size_t i = 0, n;

	s.n = str_utf8_valid(s);
	while (i < s.n && !is_hidden(decode(str_from(s, i), &n), line))
		i += n;
	return i;
}

size_t
plain_escape(struct em_out *out, struct em_str s)
{
	static const char named[] = "\nn\rr\tt";
	uint32_t c = (unsigned char)s.p[0];
	size_t n = 1;

	for (size_t i = 0; i + 1 < sizeof(named); i += 2)
		if (s.p[0] == named[i]) {
			em_out_printf(out, "\\%c", named[i + 1]);
			return 1;
		}
	if (str_utf8_valid(str_upto(s, 4)) > 0)
		c = decode(s, &n);
	em_out_printf(out, n == 1 ? "\\x%02x" : "\\u{%x}", (unsigned)c);
	return n;
}

static void
show(struct em_out *out, struct em_str s, bool line)
{
	while (s.n > 0) {
		size_t n = plain_run(s, line);

		em_out_write(out, str_upto(s, n));
		s = str_from(s, n);
		if (s.n == 0)
			return;
		if (!line && str_starts(s, "\r\n"))
			s = str_from(s, 1);
		else
			s = str_from(s, plain_escape(out, s));
	}
}

void
plain_line(struct em_out *out, struct em_str s)
{
	show(out, s, true);
}

void
plain_block(struct em_out *out, struct em_str s, const char *indent)
{
	struct em_str line;

	while (s.n > 0) {
		str_cut(&s, '\n', &line);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n > 0)
			em_out_puts(out, indent);
		show(out, line, false);
		out_byte(out, '\n');
	}
}

void
em_out_plain(struct em_out *out, struct em_str s, const char *indent)
{
	struct em_str line;

	while (indent != NULL && str_find(s, "\n") >= 0) {
		str_cut(&s, '\n', &line);
		if (str_ends(line, "\r"))
			line.n--;
		show(out, line, false);
		em_out_puts(out, "\n");
		em_out_puts(out, indent);
	}
	show(out, s, indent == NULL);
}

struct em_str
plain_first_line(struct em_str s)
{
	struct em_str line;

	do {
		str_cut(&s, '\n', &line);
		line = str_trim(line);
	} while (line.n == 0 && s.n > 0);
	return line;
}

struct em_str
plain_name(struct arena *a, const struct em_event *ev)
{
	const struct em_str outer[] = { ev->run, ev->suite };
	struct em_str s = { "", 0 };

	for (size_t i = 0; i < ARRAY_LEN(outer); i++) {
		if (outer[i].n == 0)
			continue;
		s = arena_join(a, s, outer[i]);
		s = arena_join(a, s, EM_STR("::"));
	}
	return arena_join(a, s, pend_name(a, ev));
}

struct em_str
plain_dotted(struct arena *a, const struct em_event *ev, bool with_suite)
{
	const struct em_str parts[] = { ev->run, ev->suite, ev->class_name,
		ev->name };
	struct em_str s = { "", 0 };

	for (size_t i = with_suite ? 0 : 2; i < ARRAY_LEN(parts); i++) {
		if (parts[i].n == 0)
			continue;
		if (s.n > 0)
			s = arena_join(a, s, EM_STR("."));
		s = arena_join(a, s, parts[i]);
	}
	if (ev->variant.n > 0) {
		s = arena_join(a, s, EM_STR(" ("));
		s = arena_join(a, s, ev->variant);
		s = arena_join(a, s, EM_STR(")"));
	}
	if (ev->iteration > 1)
		s = arena_join(a, s,
		    arena_printf(
			a, " (iteration %lld)", (long long)ev->iteration));
	return s;
}

/* Adds a line to s: what, and value. */
static struct em_str
add_line(
    struct arena *a, struct em_str s, struct em_str what, struct em_str value)
{
	if (value.n == 0)
		return s;
	if (s.n > 0 && s.p[s.n - 1] != '\n' && s.p[s.n - 1] != ' ')
		s = arena_join(a, s, EM_STR("\n"));
	return arena_join(a, arena_join(a, s, what), value);
}

static struct em_str
place(struct arena *a, const struct em_location *l)
{
	struct em_str s = l->file;

	if (s.n > 0 && l->line != EM_UNSET)
		s = arena_join(
		    a, s, arena_printf(a, ":%lld", (long long)l->line));
	if (s.n > 0 && l->line != EM_UNSET && l->column != EM_UNSET)
		s = arena_join(
		    a, s, arena_printf(a, ":%lld", (long long)l->column));
	return s;
}

struct em_str
plain_message(struct arena *a, const struct em_message *m)
{
	struct em_str s = { "", 0 }, head = { "", 0 };

	if (m->rendered.n > 0)
		return m->rendered;
	if (m->kind.n > 0 && !str_eq(m->kind, "error"))
		s = arena_join(a, m->kind, EM_STR(": "));
	/* Traces begin or end with type and message, which is enough. */
	if (m->message.n == 0 || str_find_str(m->detail, m->message) < 0) {
		if (m->type.n > 0 && str_find_str(m->message, m->type) != 0)
			head = m->message.n == 0
			    ? m->type
			    : arena_join(a, m->type, EM_STR(": "));
		s = m->message.n > 0 ? add_line(a, s, head, m->message)
				     : arena_join(a, s, head);
	}
	if (m->detail.n == 0 || str_find_str(m->detail, m->location.file) < 0)
		s = add_line(a, s, EM_STR("at "), place(a, &m->location));
	s = add_line(a, s, EM_STR(""), m->detail);
	s = add_line(a, s, EM_STR("code: "), m->code);
	s = add_line(a, s, EM_STR("expected: "), m->expected);
	return add_line(a, s, EM_STR("actual: "), m->actual);
}
