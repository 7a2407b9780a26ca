/* SPDX-License-Identifier: MIT */
/* What hides in the text that go test prints. */
#include <string.h>

#include "gojson.h"

/* ---- frames ---- */

static bool
starts_with(struct em_str s, struct em_str prefix)
{
	return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

/* Past blanks, which in JSON are written as they are. */
static struct em_str
skip_spaces(struct em_str s)
{
	while (s.n > 0 && s.p[0] == ' ')
		s = str_from(s, 1);
	return s;
}

bool
go_is_frame(struct em_str text, struct em_str test)
{
	static const struct {
		struct em_str prefix;
		bool named; /* the name of the test follows */
	} frames[] = {
		{ { "=== RUN   ", 10 }, true },
		{ { "=== PAUSE ", 10 }, true },
		{ { "=== CONT  ", 10 }, true },
		{ { "=== NAME  ", 10 }, false },
		{ { "=== ATTR  ", 10 }, false },
		{ { "=== ARTIFACTS ", 14 }, false },
		{ { "--- PASS: ", 10 }, true },
		{ { "--- FAIL: ", 10 }, true },
		{ { "--- SKIP: ", 10 }, true },
		{ { "--- BENCH: ", 11 }, true },
	};

	text = skip_spaces(text);
	if (text.n < 10 || text.p[3] != ' ' ||
	    (text.p[0] != '=' && text.p[0] != '-'))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		struct em_str rest;

		if (!starts_with(text, frames[i].prefix))
			continue;
		if (!frames[i].named)
			return true;
		rest = str_from(text, frames[i].prefix.n);
		if (!starts_with(rest, test))
			return false;
		rest = str_from(rest, test.n);
		return rest.n == 0 || rest.p[0] == '\\' || rest.p[0] == ' ';
	}
	return false;
}

bool
go_is_verdict(struct em_str line)
{
	struct em_str s = str_trim(line), head;

	if (str_eq(s, "PASS") || str_eq(s, "FAIL"))
		return true;
	if (!str_starts(s, "ok  \t") && !str_starts(s, "FAIL\t"))
		return false;
	/* Some say more: that they were cached, or what they cover. */
	str_cut(&s, '\t', &head);
	return str_cut(&s, '\t', &head) && str_ends(s, "s") && s.p[0] >= '0' &&
	    s.p[0] <= '9' && str_find(s, "\t") < 0;
}

/* ---- messages ---- */

bool
go_place(
    struct em_str text, struct em_str *rest, struct em_str *file, int64_t *line)
{
	struct em_str s, head, number;
	ptrdiff_t go;

	if (text.n < 4 || text.p[0] != ' ')
		return false;
	s = skip_spaces(text);
	str_cut(&s, '\n', &head);
	go = str_find(head, ".go:");
	if (go <= 0)
		return false;
	*file = str_upto(head, (size_t)go + 3);
	/* Where there are blanks it is prose that names a file. */
	if (memchr(file->p, ' ', file->n) != NULL ||
	    memchr(file->p, '\t', file->n) != NULL)
		return false;
	s = str_from(head, (size_t)go + 4);
	if (!str_cut(&s, ':', &number) || !str_i64(number, line) || *line < 1)
		return false;
	*rest = str_from(text, (size_t)(s.p - text.p));
	if (rest->n > 0 && rest->p[0] == ' ')
		*rest = str_from(*rest, 1);
	return true;
}

struct em_str
go_headline(struct em_str block)
{
	struct em_str first = { NULL, 0 }, line;

	while (block.n > 0) {
		str_cut(&block, '\n', &line);
		line = str_trim(line);
		if (first.n == 0)
			first = line;
		/* testify tells where before it tells what */
		if (str_starts(line, "Error:") && line.n > strlen("Error:"))
			return str_trim(str_from(line, strlen("Error:")));
	}
	return first;
}

/* ---- benchmarks ---- */

/* The next word of *s; false at its end. */
static bool
cut_word(struct em_str *s, struct em_str *word)
{
	size_t n = 0;

	*s = str_trim(*s);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	*word = str_upto(*s, n);
	*s = str_from(*s, n);
	return n > 0;
}

static bool
is_digits(struct em_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* A JSON number, which +Inf and NaN of a custom metric are not. */
static bool
is_number(struct em_str s)
{
	size_t i = 0, digits;

	if (s.n > 0 && s.p[0] == '-')
		i = 1;
	digits = i;
	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i == digits || (s.p[digits] == '0' && i > digits + 1))
		return false;
	if (i == s.n)
		return true;
	if (s.p[i] == 'e')
		return is_digits(str_from(s, i + 1)) ||
		    (i + 2 < s.n && is_digits(str_from(s, i + 2)));
	if (s.p[i] != '.')
		return false;
	return is_digits(str_from(s, i + 1));
}

struct em_str
go_plain_bench(struct em_str name)
{
	size_t i = name.n;

	while (i > 0 && name.p[i - 1] >= '0' && name.p[i - 1] <= '9')
		i--;
	if (i < name.n && i > 1 && name.p[i - 1] == '-')
		name.n = i - 1;
	return name;
}

bool
go_parse_bench(struct em_str line, struct go_bench *b)
{
	struct em_str rest = line, value, unit;

	if (!str_starts(line, "Benchmark") || !cut_word(&rest, &b->name) ||
	    !cut_word(&rest, &b->runs) || !is_digits(b->runs))
		return false;
	b->plain = go_plain_bench(b->name);
	b->n = 0;
	while (b->n < ARRAY_LEN(b->v) && cut_word(&rest, &value)) {
		if (!cut_word(&rest, &unit))
			return false;
		if (is_number(value))
			b->v[b->n++] = (struct go_measure){ value, unit };
	}
	return b->n > 0;
}

/* ---- builds ---- */

bool
go_build_failed(struct em_str line, struct em_str *package, struct em_str *why)
{
	static const char *const reasons[] = { " [build failed]",
		" [setup failed]" };

	if (!str_starts(line, "FAIL\t"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (!str_ends(line, reasons[i]))
			continue;
		*package = str_from(line, strlen("FAIL\t"));
		package->n -= strlen(reasons[i]);
		*why = str_from(em_str(reasons[i]), 2);
		why->n--;
		return package->n > 0;
	}
	return false;
}

struct em_str
go_build_package(struct em_str path)
{
	ptrdiff_t open = str_find(path, " [");

	if (open >= 0 && str_ends(path, "]")) {
		path = str_from(path, (size_t)open + 2);
		path.n--;
	}
	if (str_ends(path, ".test"))
		path.n -= strlen(".test");
	return path;
}
