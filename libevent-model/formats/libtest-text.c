/* SPDX-License-Identifier: MIT */
/* What hides in the text of libtest, cargo and those who imitate them. */
#include <string.h>

#include "format.h"
#include "libtest.h"

/* ---- names ---- */

static bool
is_target_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* "pkg::bin" with nothing else around it. */
static bool
is_binary(struct em_str s)
{
	ptrdiff_t colons = str_find(s, "::");

	if (colons <= 0 || (size_t)colons + 2 == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i == (size_t)colons)
			i++;
		else if (!is_target_char(s.p[i]))
			return false;
	return true;
}

/* The number behind the last sep of *s, which is cut off with it. */
static bool
cut_number(struct em_str *s, const char *sep, int64_t *n)
{
	size_t i = s->n, len = strlen(sep);

	while (i > 0 && s->p[i - 1] >= '0' && s->p[i - 1] <= '9')
		i--;
	if (i == s->n || i < len || memcmp(s->p + i - len, sep, len) != 0 ||
	    !str_i64(str_from(*s, i), n))
		return false;
	s->n = i - len;
	return true;
}

bool
libtest_split_nextest(struct em_str s, struct libtest_name *n)
{
	struct em_str rest = s, binary;
	int64_t stress, attempts;

	*n = (struct libtest_name){ .iteration = EM_UNSET,
		.attempts = EM_UNSET };
	if (!str_cut(&rest, '$', &binary) || rest.n == 0)
		return false;
	if (cut_number(&binary, "@stress-", &stress) && stress < INT64_MAX)
		n->iteration = stress + 1;
	if (!is_binary(binary))
		return false;
	if (cut_number(&rest, "#", &attempts) && attempts > 0)
		n->attempts = attempts;
	n->suite = binary;
	n->name = rest;
	return true;
}

bool
libtest_split_ui(struct em_str s, struct libtest_name *n)
{
	ptrdiff_t open = str_find(s, " ("), close;
	struct em_str rest;

	*n = (struct libtest_name){ .iteration = EM_UNSET,
		.attempts = EM_UNSET };
	if (open <= 0)
		return false;
	rest = str_from(s, (size_t)open + 2);
	close = str_find(rest, ") - ");
	if (close < 0 || (size_t)close + 4 >= rest.n)
		return false;
	n->file = str_upto(s, (size_t)open);
	if (close > 0)
		n->variant = str_upto(rest, (size_t)close);
	n->name = str_from(rest, (size_t)close + 4);
	return true;
}

/* ---- lines of cargo ---- */

/* s without the escapes that colour it. */
static struct em_str
without_colour(struct arena *a, struct em_str s)
{
	struct em_str r;
	char *p;

	if (s.n == 0 || memchr(s.p, '\033', s.n) == NULL)
		return s;
	p = arena_bytes(a, s.n);
	if (p == NULL)
		return s;
	r = (struct em_str){ p, 0 };
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\033') {
			p[r.n++] = s.p[i];
			continue;
		}
		while (i + 1 < s.n && s.p[i] != 'm')
			i++;
	}
	return r;
}

static struct em_str
base_name(struct em_str path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '/' && path.p[i - 1] != '\\')
		i--;
	return str_from(path, i);
}

/* "demo" of "target/debug/deps/demo-8348ca7a80742723.exe": what changes with
 * every build goes. */
static struct em_str
target_name(struct em_str path)
{
	struct em_str s = base_name(path);
	size_t i;

	if (str_ends(s, ".exe"))
		s.n -= 4;
	i = s.n;
	while (i > 0 &&
	    ((s.p[i - 1] >= '0' && s.p[i - 1] <= '9') ||
		(s.p[i - 1] >= 'a' && s.p[i - 1] <= 'f')))
		i--;
	if (i > 1 && s.n - i >= 8 && s.p[i - 1] == '-')
		s.n = i - 1;
	return s;
}

/* "tests/x.rs (target/debug/deps/x-0123)" to "tests/x.rs", and
 * "unittests src/lib.rs (target/debug/deps/demo-0123)", which every crate of
 * a workspace has, to "unittests src/lib.rs (demo)". */
static struct em_str
running_name(struct arena *a, struct em_str s)
{
	ptrdiff_t open = str_find(s, " (");
	struct em_str source, target, stem;

	if (open < 0 || !str_ends(s, ")"))
		return target_name(s);
	source = str_upto(s, (size_t)open);
	target = target_name(
	    str_upto(str_from(s, (size_t)open + 2), s.n - (size_t)open - 3));
	stem = base_name(source);
	if (str_ends(stem, ".rs"))
		stem.n -= 3;
	if (target.n == 0 || em_str_eq(stem, target))
		return source;
	return arena_printf(
	    a, "%.*s (%.*s)", (int)source.n, source.p, (int)target.n, target.p);
}

/* The suite that a line announces, absent when it announces none. */
static struct em_str
announced(struct arena *a, struct em_str line)
{
	static const struct em_str none;
	struct em_str s = str_trim(without_colour(a, line));

	if (s.n > 4096)
		return none;
	if (str_starts(s, "Doc-tests ") && s.n > strlen("Doc-tests "))
		return s;
	if (!str_starts(s, "Running "))
		return none;
	s = str_trim(str_from(s, strlen("Running ")));
	/* Cargo also says what commands it runs. */
	if (s.n == 0 || s.p[0] == '`' || s.p[0] == '"')
		return none;
	return running_name(a, s);
}

bool
libtest_announce(
    struct em_reader *r, struct libtest_naming *n, struct em_str line)
{
	struct em_str name = announced(&r->arena, line);

	if (name.p == NULL)
		return false;
	n->announced = arena_dup(&r->keep, name);
	n->used = 0;
	return true;
}

struct libtest_said {
	struct libtest_said *next;
	struct em_str name;
};

void
libtest_aside(struct em_reader *r, struct libtest_naming *n, struct em_str line)
{
	struct em_str name = announced(&r->keep, line);
	struct libtest_said *s =
	    name.p != NULL ? arena_alloc(&r->keep, sizeof(*s)) : NULL;

	if (s == NULL)
		return;
	*s = (struct libtest_said){ .name = arena_dup(&r->keep, name) };
	if (n->last_said != NULL)
		n->last_said->next = s;
	else
		n->said = s;
	n->last_said = s;
}

struct em_str
libtest_next_suite(struct em_reader *r, struct libtest_naming *n)
{
	static const struct em_str none;

	if (n->said != NULL) {
		n->announced = n->said->name;
		n->used = 0;
		n->said = n->said->next;
		if (n->said == NULL)
			n->last_said = NULL;
	}
	if (n->announced.p != NULL) {
		/* Doc-tests come in two suites under one announcement. */
		if (++n->used == 1)
			return n->announced;
		return arena_printf(&r->keep, "%.*s (%u)", (int)n->announced.n,
		    n->announced.p, n->used);
	}
	if (++n->unnamed == 1)
		return none;
	return arena_printf(&r->keep, "%u", n->unnamed);
}

enum em_rc
libtest_text(struct em_reader *r, struct libtest_naming *n, struct em_str line,
    ptrdiff_t at, struct em_str *event)
{
	struct em_error e = { .code = EM_E_NONE };
	struct em_str rest = str_from(line, at > 0 ? (size_t)at : line.n);

	*event = (struct em_str){ NULL, 0 };
	if (rest.n > 0 &&
	    json_parse(&r->arena, rest, r->opts.limits.depth_max, &e) != NULL) {
		*event = rest;
		line = str_upto(line, (size_t)at);
	} else {
		libtest_announce(r, n, line);
	}
	return rd_noise(r, line);
}

/* ---- failures ---- */

/* "src/lib.rs:34:115", perhaps with a colon behind. */
static bool
parse_place(struct em_str s, struct em_location *where)
{
	int64_t line, column;

	if (str_ends(s, ":"))
		s.n--;
	if (!cut_number(&s, ":", &column) || !cut_number(&s, ":", &line) ||
	    s.n == 0 || line < 1 || column < 1)
		return false;
	where->file = s;
	where->line = line;
	where->column = column;
	return true;
}

/* How much of s is message: up to the backtrace or the note about it. */
static struct em_str
cut_backtrace(struct em_str s)
{
	struct em_str rest = s, line;

	while (rest.n > 0) {
		size_t at = s.n - rest.n;

		str_cut(&rest, '\n', &line);
		if (str_starts(line, "stack backtrace:") ||
		    str_starts(line, "note: "))
			return str_trim(str_upto(s, at));
	}
	return str_trim(s);
}

/* Rust up to 1.72: 'the message', src/lib.rs:1:2 */
static bool
old_panic(struct em_str s, struct em_str *message, struct em_location *where)
{
	size_t from = 1;

	for (;;) {
		ptrdiff_t quote = str_find(str_from(s, from), "', ");
		struct em_str rest, line;

		if (quote < 0)
			return false;
		from += (size_t)quote;
		rest = str_from(s, from + 3);
		str_cut(&rest, '\n', &line);
		if (str_find(line, "', ") < 0 && parse_place(line, where))
			break;
		from++;
	}
	*message = str_from(str_upto(s, from), 1);
	return true;
}

static bool
panic(struct em_str out, struct em_str *message, struct em_location *where)
{
	static const char at[] = "' panicked at ";
	static const char with_id[] = ") panicked at ";
	struct em_str rest, line;
	ptrdiff_t thread = str_find(out, "thread '"), i;

	if (thread < 0)
		return false;
	rest = str_from(out, (size_t)thread);
	i = str_find(rest, at);
	if (i < 0)
		i = str_find(rest, with_id);
	if (i < 0)
		return false;
	rest = str_from(rest, (size_t)i + strlen(at));
	if (str_starts(rest, "'"))
		return old_panic(rest, message, where);
	str_cut(&rest, '\n', &line);
	if (!parse_place(line, where))
		return false;
	*message = cut_backtrace(rest);
	return true;
}

bool
libtest_no_panic(struct em_str message, struct em_location *where)
{
	static const char at[] = "test did not panic as expected at ";

	return str_starts(message, at) &&
	    parse_place(str_from(message, strlen(at)), where);
}

bool
libtest_failure(
    struct em_str out, struct em_str *message, struct em_location *where)
{
	struct em_str rest = out, line;

	if (panic(out, message, where))
		return true;
	while (rest.n > 0) {
		out = rest;
		str_cut(&rest, '\n', &line);
		if (str_starts(line, "Error: ")) {
			*message = str_trim(out);
			return true;
		}
		if (!str_starts(line, "note: "))
			continue;
		line = str_from(line, strlen("note: "));
		if (libtest_no_panic(line, where)) {
			*message = line;
			return true;
		}
	}
	return false;
}

/* ---- damaged lines ---- */

static const char ignore_key[] = "\"ignore_message\": \"";
static const char ignore_end[] = "\", \"source_path\": \"";

bool
libtest_is_cut(struct em_str line)
{
	return str_find(line, ignore_key) >= 0 &&
	    str_find(line, ignore_end) < 0;
}

static struct em_str
escape(struct arena *a, struct em_str s)
{
	static const char hex[] = "0123456789abcdef";
	char *p = s.n < SIZE_MAX / 6 ? arena_bytes(a, s.n * 6 + 1) : NULL;
	struct em_str r = { p, 0 };

	for (size_t i = 0; p != NULL && i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20) {
			memcpy(p + r.n, "\\u00", 4);
			p[r.n + 4] = hex[c >> 4];
			p[r.n + 5] = hex[c & 15];
			r.n += 6;
			continue;
		}
		if (c == '"' || c == '\\')
			p[r.n++] = '\\';
		p[r.n++] = (char)c;
	}
	return r;
}

static struct em_str
double_backslashes(struct arena *a, struct em_str s)
{
	char *p = s.n < SIZE_MAX / 2 ? arena_bytes(a, s.n * 2 + 1) : NULL;
	struct em_str r = { p, 0 };

	for (size_t i = 0; p != NULL && i < s.n; i++) {
		if (s.p[i] == '\\')
			p[r.n++] = '\\';
		p[r.n++] = s.p[i];
	}
	return r;
}

struct em_str
libtest_repair(struct arena *a, struct em_str line)
{
	ptrdiff_t key = str_find(line, ignore_key), end;
	struct em_str head, text;
	size_t from;

	if (key < 0)
		/* libtest up to 2020 did not escape names, and those of
		 * doctests on Windows are paths */
		return double_backslashes(a, line);
	from = (size_t)key + strlen(ignore_key);
	head = str_upto(line, from);
	text = str_from(line, from);
	end = str_find(text, ignore_end);
	if (end < 0)
		return line;
	return arena_join(a,
	    arena_join(a, head, escape(a, str_upto(text, (size_t)end))),
	    str_from(text, (size_t)end));
}

ptrdiff_t
libtest_find_event(struct em_str line)
{
	ptrdiff_t spaced = str_find(line, "{ \"type\": \"");

	return spaced >= 0 ? spaced : str_find(line, "{\"type\":\"");
}
