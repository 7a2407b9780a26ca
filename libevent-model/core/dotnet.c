/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "dotnet.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_separator(char c)
{
	return c == '/' || c == '\\';
}

static bool
is_absolute(struct em_str path)
{
	return (path.n > 0 && is_separator(path.p[0])) ||
	    (path.n > 2 && is_letter(path.p[0]) && path.p[1] == ':' &&
		is_separator(path.p[2]));
}

struct em_str
dotnet_assembly(struct em_str path)
{
	size_t n = path.n;

	if (!is_absolute(path))
		return path;
	while (n > 0 && !is_separator(path.p[n - 1]))
		n--;
	return n < path.n ? str_from(path, n) : path;
}

struct em_str
dotnet_class(struct em_str qualified)
{
	int depth = 0;

	if (str_find(qualified, ", Version=") < 0)
		return qualified;
	for (size_t i = 0; i < qualified.n; i++) {
		char c = qualified.p[i];

		depth += (c == '[') - (c == ']');
		if (c == ',' && depth == 0)
			return str_upto(qualified, i);
	}
	return qualified;
}

struct em_str
dotnet_method(struct em_str name, struct em_str class_name)
{
	size_t n = class_name.n;

	if (n == 0 || name.n < n + 2 || name.p[n] != '.' ||
	    memcmp(name.p, class_name.p, n) != 0)
		return name;
	return str_from(name, n + 1);
}

/* Adds one part of a time, in units of unit_s seconds. */
static bool
add_part(struct em_str part, int64_t unit_s, int64_t *s)
{
	int64_t v;

	return str_i64(part, &v) && v >= 0 &&
	    !__builtin_mul_overflow(v, unit_s, &v) &&
	    !__builtin_add_overflow(*s, v, s);
}

bool
dotnet_duration(struct em_str s, int64_t *ns)
{
	struct em_str days, hours, minutes, rest = str_trim(s);
	int64_t seconds = 0, v;

	if (!str_cut(&rest, ':', &hours))
		return str_ns(s, 9, ns);
	if (!str_cut(&rest, ':', &minutes))
		return false;
	if (str_cut(&hours, '.', &days)) {
		if (!add_part(days, 86400, &seconds))
			return false;
	} else {
		hours = days;
	}
	if (!add_part(hours, 3600, &seconds) ||
	    !add_part(minutes, 60, &seconds) || !str_ns(rest, 9, &v) ||
	    __builtin_mul_overflow(seconds, INT64_C(1000000000), &seconds) ||
	    __builtin_add_overflow(seconds, v, &v))
		return false;
	*ns = v;
	return true;
}

/*
 * "   at N.C.M() in C:\dir\file.cs:line 12"; the word before the number is
 * in the user's language, Mono has none and "<hash>:0" for the unknown.
 */
static bool
frame_location(struct em_str line, struct em_location *where)
{
	ptrdiff_t in = str_find(line, " in ");
	size_t colon, digits, end = line.n;
	struct em_str file;
	int64_t n;

	if (in < 0)
		return false;
	file = str_from(line, (size_t)in + strlen(" in "));
	end = file.n;
	while (end > 0 && !is_digit(file.p[end - 1]) && file.n - end < 2)
		end--;
	for (digits = end; digits > 0 && is_digit(file.p[digits - 1]); digits--)
		;
	for (colon = digits; colon > 0 && file.p[colon - 1] != ':'; colon--)
		if (is_separator(file.p[colon - 1]))
			return false;
	if (colon < 2 || digits == end || file.p[0] == '<' ||
	    !str_i64(str_upto(str_from(file, digits), end - digits), &n) ||
	    n < 1)
		return false;
	where->file = str_upto(file, colon - 1);
	where->line = n;
	where->column = where->end_line = where->end_column = EM_UNSET;
	return true;
}

bool
dotnet_location(struct em_str stack, struct em_location *where)
{
	struct em_str line;
	bool more;

	do {
		more = str_cut(&stack, '\n', &line);
		if (frame_location(line, where))
			return true;
	} while (more);
	return false;
}
