/* SPDX-License-Identifier: MIT */
/* Values of the YAML in TAP's diagnostics: plain, quoted, or blocks. */
#include <string.h>

#include "json.h"
#include "tap.h"

size_t
tap_indent(struct em_str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static bool
is_blank_line(struct em_str line)
{
	return str_trim(line).n == 0;
}

/* Lines without up to n blanks in front of each. */
static struct em_str
dedent(struct arena *a, struct em_str s, size_t n)
{
	char *p = arena_bytes(a, s.n + 1);
	struct em_str r = { p, 0 }, line;

	while (p != NULL && s.n > 0) {
		bool lf = str_cut(&s, '\n', &line);
		size_t in = tap_indent(line);

		line = str_from(line, in < n ? in : n);
		if (line.n > 0)
			memcpy(p + r.n, line.p, line.n);
		r.n += line.n;
		if (lf)
			p[r.n++] = '\n';
	}
	return r;
}

size_t
tap_first_indent(struct em_str s)
{
	struct em_str line;

	while (s.n > 0) {
		str_cut(&s, '\n', &line);
		if (!is_blank_line(line))
			return tap_indent(line);
	}
	return 0;
}

struct em_str
tap_dedent(struct arena *a, struct em_str text)
{
	return text.n > 0 ? dedent(a, text, tap_first_indent(text)) : text;
}

/* Line ends to blanks, as > and plain scalars of several lines have it. */
static struct em_str
fold(struct arena *a, struct em_str s)
{
	char *p = arena_bytes(a, s.n + 1);
	struct em_str r = { p, 0 };

	for (size_t i = 0; p != NULL && i < s.n; i++) {
		if (s.p[i] != '\n') {
			p[r.n++] = s.p[i];
			continue;
		}
		while (i + 1 < s.n && s.p[i + 1] == ' ')
			i++;
		p[r.n++] = ' ';
	}
	return str_trim(r);
}

/* "...", a JSON string if it can be one. */
static struct em_str
double_quoted(struct arena *a, struct em_str s)
{
	static const char named[] = "n\nt\tr\re\033";
	struct em_error e = { .code = EM_E_NONE };
	const struct json *v = json_parse(a, s, 1, &e);
	char *p = v == NULL ? arena_bytes(a, s.n) : NULL;
	struct em_str r = { p, 0 };

	if (v != NULL)
		return json_str(v);
	s = str_from(str_upto(s, s.n - 1), 1);

	for (size_t i = 0; p != NULL && i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n) {
			char c = s.p[++i];

			for (size_t k = 0; k + 1 < sizeof(named); k += 2)
				if (c == named[k])
					c = named[k + 1];
			p[r.n++] = c;
			continue;
		}
		p[r.n++] = s.p[i];
	}
	return r;
}

static struct em_str
single_quoted(struct arena *a, struct em_str s)
{
	char *p = arena_bytes(a, s.n + 1);
	struct em_str r = { p, 0 };

	for (size_t i = 0; p != NULL && i < s.n; i++) {
		if (s.p[i] == '\'' && i + 1 < s.n && s.p[i + 1] == '\'')
			i++;
		p[r.n++] = s.p[i];
	}
	return r;
}

struct em_str
tap_scalar(struct arena *a, struct em_str head, struct em_str below)
{
	struct em_str all;

	if (head.n > 0 && (head.p[0] == '|' || head.p[0] == '>')) {
		size_t n = tap_first_indent(below);

		/* An explicit indent is relative to that of the key. */
		for (size_t i = 1; i < head.n; i++)
			if (head.p[i] >= '1' && head.p[i] <= '9')
				n = (size_t)(head.p[i] - '0');
		all = dedent(a, below, n);
		while (str_ends(all, "\n"))
			all.n--;
		return head.p[0] == '>' ? fold(a, all) : all;
	}
	all = head;
	if (head.n == 0)
		all = dedent(a, below, tap_first_indent(below));
	else if (!is_blank_line(below))
		all = arena_join(a, arena_join(a, head, EM_STR("\n")), below);
	all = str_trim(all);
	if (all.n >= 2 && all.p[0] == '"' && all.p[all.n - 1] == '"')
		return double_quoted(a, all);
	if (all.n >= 2 && all.p[0] == '\'' && all.p[all.n - 1] == '\'')
		return single_quoted(a, str_from(str_upto(all, all.n - 1), 1));
	if (str_eq(all, "~") || str_eq(all, "null"))
		return (struct em_str){ NULL, 0 };
	return all;
}
