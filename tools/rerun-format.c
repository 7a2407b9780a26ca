/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rerun-format.h"

const char regex_special[] = "\\.+*?()|[]{}^$";

/* ---- strings ---- */

bool
slice_starts(struct em_str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

bool
slice_ends(struct em_str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

ptrdiff_t
slice_find(struct em_str s, const char *sub)
{
	size_t n = strlen(sub);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, sub, n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

struct em_str
slice_head(struct em_str s, size_t n)
{
	return (struct em_str){ s.p, n < s.n ? n : s.n };
}

struct em_str
slice_from(struct em_str s, size_t n)
{
	n = n < s.n ? n : s.n;
	return (struct em_str){ s.p + n, s.n - n };
}

/* ---- groups ---- */

struct em_str
by_suite(const struct rerun_test *t)
{
	return t->suite;
}

struct em_str
by_variant(const struct rerun_test *t)
{
	return t->variant;
}

struct em_str
by_name(const struct rerun_test *t)
{
	return t->name;
}

static bool
is_file(struct em_str s)
{
	char path[4096];
	struct stat st;

	if (s.n == 0 || s.n >= sizeof(path) || memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(path, s.p, s.n);
	path[s.n] = '\0';
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* "tests/two words.bats": a short ending that starts with a letter. */
bool
names_file(struct em_str s)
{
	size_t end = s.n;

	while (end > 0 && strchr("./", s.p[end - 1]) == NULL)
		end--;
	if (end < 2 || s.p[end - 1] != '.' || s.n - end < 1 || s.n - end > 5)
		return false;
	for (size_t i = end; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
			(i > end && s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return true;
}

struct em_str
by_file(const struct rerun_test *t)
{
	if (t->file.n > 0)
		return t->file;
	if (names_file(t->suite) || is_file(t->suite))
		return t->suite;
	return (struct em_str){ NULL, 0 };
}

/* The group of each test, from 0 in order of appearance, to group; how many
 * there are.  0 when out of memory. */
static size_t
number_groups(struct rerun_list l, key_of *key, size_t *group)
{
	struct em_map *seen = em_map_new();
	size_t groups = 0;

	for (size_t i = 0; i < l.n && seen != NULL; i++) {
		struct em_str k = key(l.v[i]);
		uint64_t *at = em_map_at(seen, em_key(&k, 1));

		if (at == NULL) {
			groups = 0;
			break;
		}
		if (*at == 0)
			*at = ++groups;
		group[i] = (size_t)*at - 1;
	}
	em_map_free(seen);
	return groups;
}

void
each_group(
    struct commands *out, struct rerun_list l, key_of *key, group_format *f)
{
	const struct rerun_test **v = calloc(l.n + 1, sizeof(*v));
	size_t *group = calloc(l.n + 1, sizeof(*group)), *end = NULL;
	size_t groups = 0;

	if (v != NULL && group != NULL)
		groups = number_groups(l, key, group);
	if (groups > 0)
		end = calloc(groups + 1, sizeof(*end));
	if (end == NULL) {
		out->failed = out->failed || l.n > 0;
		groups = 0;
	}
	/* A counting sort: end[g] is where group g begins, then where it
	 * ends. */
	for (size_t i = 0; i < l.n && groups > 0; i++)
		end[group[i] + 1]++;
	for (size_t g = 0; g < groups; g++)
		end[g + 1] += end[g];
	for (size_t i = 0; i < l.n && groups > 0; i++)
		v[end[group[i]]++] = l.v[i];
	for (size_t g = 0, begin = 0; g < groups; begin = end[g++])
		f(out, (struct rerun_list){ v + begin, end[g] - begin });
	free(end);
	free(group);
	free(v);
}

/* ---- names ---- */

void
bare_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	(void)out;
	text_add(t, r->name);
}

void
regex_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	(void)out;
	text_escape(t, r->name, regex_special);
}

void
full_title(struct commands *out, struct text *t, const struct rerun_test *r)
{
	struct em_str c = r->class_name;

	(void)out;
	if (c.n > 0 && !(r->name.n > c.n && memcmp(r->name.p, c.p, c.n) == 0)) {
		text_escape(t, c, regex_special);
		text_puts(t, " ");
	}
	text_escape(t, r->name, regex_special);
}

struct em_str
class_of(const struct rerun_test *r)
{
	return r->class_name.n > 0 ? r->class_name : r->suite;
}

void
add_file(struct commands *out, struct em_str file)
{
	if (!is_file(file))
		commands_note(out, file, "is not there, seen from here");
	commands_word(out, file);
}

void
the_file(struct commands *out, const struct rerun_test *first)
{
	if (by_file(first).n > 0)
		add_file(out, by_file(first));
}

void
put_words(
    struct commands *out, struct rerun_list l, name_of *name, words_of *before)
{
	for (size_t i = 0; i < l.n; i++) {
		struct text t = { .n = 0 };

		name(out, &t, l.v[i]);
		if (i == 0 || commands_room(out) < t.n + 1) {
			commands_start(out);
			if (before != NULL)
				before(out, l.v[0]);
		}
		commands_word(out, text_str(&t));
		out->failed = out->failed || t.failed;
		text_free(&t);
	}
}

/* ---- names joined to one word ---- */

/* Begins a command up to the word; how many bytes that may have. */
static size_t
begin_joined(struct commands *out, const struct rerun_test *first,
    const struct joined *j)
{
	size_t file = by_file(first).n, suite = first->suite.n;
	size_t behind = file > suite ? file : suite;
	size_t room;

	commands_start(out);
	if (j->before != NULL)
		j->before(out, first);
	if (j->option != NULL)
		commands_cword(out, j->option);
	room = commands_room(out);
	behind = (j->behind != NULL ? behind + 1 : 0) + strlen(j->tail) + 1;
	return room > behind ? room - behind : 0;
}

static void
end_joined(struct commands *out, const struct rerun_test *first,
    const struct joined *j, struct text *t)
{
	text_puts(t, j->tail);
	commands_word(out, text_str(t));
	if (j->behind != NULL)
		j->behind(out, first);
	out->failed = out->failed || t->failed;
	text_free(t);
}

void
put_joined(struct commands *out, struct rerun_list l, const struct joined *j)
{
	struct text t = { .n = 0 };
	bool open = false;
	size_t room = 0;

	for (size_t i = 0; i < l.n; i++) {
		struct text one = { .n = 0 };

		j->name(out, &one, l.v[i]);
		if (open && t.n + strlen(j->sep) + one.n > room) {
			end_joined(out, l.v[0], j, &t);
			open = false;
		}
		if (!open)
			room = begin_joined(out, l.v[0], j);
		text_puts(&t, open ? j->sep : j->head);
		open = true;
		text_add(&t, text_str(&one));
		out->failed = out->failed || one.failed;
		text_free(&one);
	}
	if (l.n > 0)
		end_joined(out, l.v[0], j, &t);
}
