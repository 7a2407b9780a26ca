/* SPDX-License-Identifier: MIT */
/*
 * How each runner is told which tests to run.  A runner takes names as words,
 * or one pattern that is made of them; some want a command for each suite.
 * What is special in a pattern differs from runner to runner, and is escaped
 * by its rules.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rerun.h"

/* What regular expressions of most languages take for something else. */
static const char regex_special[] = "\\.+*?()|[]{}^$";

static bool
ends(struct em_str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

static bool
starts(struct em_str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && memcmp(s.p, prefix, n) == 0;
}

/* ---- grouping ---- */

typedef struct em_str key_of(const struct rerun_test *t);

static struct em_str
by_suite(const struct rerun_test *t)
{
	return t->suite;
}

/* The file that the report names, else the suite, which often is one. */
static struct em_str
by_file(const struct rerun_test *t)
{
	return t->file.n > 0 ? t->file : t->suite;
}

typedef void group_format(
    struct commands *out, struct em_str key, struct rerun_list l);

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

/* Calls f for the tests of each key, in the order in which keys appear. */
static void
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
		f(out, key(v[begin]),
		    (struct rerun_list){ v + begin, end[g] - begin });
	free(end);
	free(group);
	free(v);
}

/* ---- names as words ---- */

typedef void name_of(struct text *t, const struct rerun_test *r);

/* A command for as many words as it may take, and so on.  start, when not
 * NULL, adds what stands before the words. */
static void
put_words(struct commands *out, struct em_str key, struct rerun_list l,
    name_of *name, void (*start)(struct commands *out, struct em_str key))
{
	bool any = false;

	for (size_t i = 0; i < l.n; i++) {
		struct text t = { .n = 0 };

		name(&t, l.v[i]);
		if (!any || commands_room(out) < t.n + 1) {
			commands_start(out);
			if (start != NULL)
				start(out, key);
			any = true;
		}
		commands_word(out, text_str(&t));
		out->failed = out->failed || t.failed;
		text_free(&t);
	}
}

/* ---- names joined to one word ---- */

struct joined {
	const char *head, *sep, *tail;
	name_of *name;
	/* Before and behind the word: an option that takes it, a file. */
	void (*before)(struct commands *out, struct em_str key);
	void (*behind)(struct commands *out, struct em_str key);
};

static void
end_joined(struct commands *out, struct em_str key, const struct joined *j,
    struct text *t)
{
	if (t->n == 0)
		return;
	text_puts(t, j->tail);
	commands_start(out);
	if (j->before != NULL)
		j->before(out, key);
	commands_word(out, text_str(t));
	if (j->behind != NULL)
		j->behind(out, key);
	out->failed = out->failed || t->failed;
	text_free(t);
}

static void
put_joined(struct commands *out, struct em_str key, struct rerun_list l,
    const struct joined *j)
{
	size_t fixed =
	    out->base.bytes + key.n + strlen(j->head) + strlen(j->tail) + 64;
	struct text t = { .n = 0 };

	for (size_t i = 0; i < l.n; i++) {
		struct text one = { .n = 0 };

		j->name(&one, l.v[i]);
		if (t.n > 0 && t.n + one.n + fixed > out->bytes_max)
			end_joined(out, key, j, &t);
		text_puts(&t, t.n == 0 ? j->head : j->sep);
		text_add(&t, text_str(&one));
		out->failed = out->failed || one.failed;
		text_free(&one);
	}
	end_joined(out, key, j, &t);
}

/* ---- names ---- */

static void
bare_name(struct text *t, const struct rerun_test *r)
{
	text_add(t, r->name);
}

static void
regex_name(struct text *t, const struct rerun_test *r)
{
	text_escape(t, r->name, regex_special);
}

/* What surrounds the test, a space, its name: where runners match that. */
static void
full_title(struct text *t, const struct rerun_test *r)
{
	struct em_str c = r->class_name;

	if (c.n > 0 && !(r->name.n > c.n && memcmp(r->name.p, c.p, c.n) == 0)) {
		text_escape(t, c, regex_special);
		text_puts(t, " ");
	}
	text_escape(t, r->name, regex_special);
}

/* The class, or the suite that stands for it. */
static struct em_str
class_of(const struct rerun_test *r)
{
	return r->class_name.n > 0 ? r->class_name : r->suite;
}

/* ---- lists ---- */

static void
list_line(struct commands *out, const struct rerun_test *r, const char *end,
    bool whole)
{
	out->lists = true;
	if (whole && r->suite.p != NULL) {
		em_out_write(out->list, r->suite);
		em_out_puts(out->list, "\t");
		if (r->class_name.p != NULL) {
			em_out_write(out->list, r->class_name);
			em_out_puts(out->list, "\t");
		}
	}
	em_out_write(out->list, r->name);
	em_out_write(out->list, (struct em_str){ end, 1 });
}

static void
format_names(struct commands *out, struct rerun_list l)
{
	for (size_t i = 0; i < l.n; i++)
		list_line(out, l.v[i], "\n", false);
}

static void
format_null(struct commands *out, struct rerun_list l)
{
	for (size_t i = 0; i < l.n; i++)
		list_line(out, l.v[i], "", false);
}

static void
format_list(struct commands *out, struct rerun_list l)
{
	for (size_t i = 0; i < l.n; i++)
		list_line(out, l.v[i], "\n", true);
}

static void
json_member(struct em_out *out, const char *key, struct em_str s)
{
	if (s.p == NULL)
		return;
	em_out_printf(out, ",\"%s\":", key);
	em_out_json_str(out, s);
}

static void
format_json(struct commands *out, struct rerun_list l)
{
	out->lists = true;
	for (size_t i = 0; i < l.n; i++) {
		const struct rerun_test *r = l.v[i];

		em_out_puts(out->list, "{\"name\":");
		em_out_json_str(out->list, r->name);
		json_member(out->list, "suite", r->suite);
		json_member(out->list, "class", r->class_name);
		json_member(out->list, "variant", r->variant);
		json_member(out->list, "file", r->file);
		if (r->duration_ns != EM_UNSET)
			em_out_printf(out->list, ",\"duration_ns\":%lld",
			    (long long)r->duration_ns);
		em_out_puts(out->list, "}\n");
	}
}

/* cargo-difftests' invocation file, version 0.6. */
static void
format_difftests(struct commands *out, struct rerun_list l)
{
	out->lists = true;
	em_out_puts(out->list, "{\"tests\":[");
	for (size_t i = 0; i < l.n; i++) {
		em_out_puts(
		    out->list, i > 0 ? ",{\"test_name\":" : "{\"test_name\":");
		em_out_json_str(out->list, l.v[i]->name);
		em_out_puts(out->list, ",\"test_binary\":");
		em_out_json_str(out->list, l.v[i]->suite);
		em_out_puts(out->list, ",\"extra_desc\":null}");
	}
	em_out_puts(out->list, "]}\n");
}

/* ---- Rust ---- */

/* cargo prints which target a suite is: "tests/api.rs",
 * "unittests src/lib.rs (demo)", "Doc-tests demo". */
static void
cargo_target(struct commands *out, struct em_str suite)
{
	if (starts(suite, "tests/") && ends(suite, ".rs")) {
		commands_cword(out, "--test");
		commands_word(out, (struct em_str){ suite.p + 6, suite.n - 9 });
	} else if (starts(suite, "unittests src/lib.rs")) {
		commands_cword(out, "--lib");
	} else if (starts(suite, "unittests src/main.rs")) {
		commands_cword(out, "--bins");
	} else if (starts(suite, "Doc-tests")) {
		commands_cword(out, "--doc");
	}
	commands_cword(out, "--");
	commands_cword(out, "--exact");
}

static void
cargo_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	put_words(out, key, l, bare_name, cargo_target);
}

static void
format_cargo(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_suite, cargo_group);
}

static void
nextest_name(struct text *t, const struct rerun_test *r)
{
	text_puts(t, "(");
	if (r->suite.n > 0) {
		text_puts(t, "binary_id(=");
		text_escape(t, r->suite, "\\/),");
		text_puts(t, ") & ");
	}
	text_puts(t, "test(=");
	text_escape(t, r->name, "\\/),");
	text_puts(t, "))");
}

static void
option_e(struct commands *out, struct em_str key)
{
	(void)key;
	commands_cword(out, "-E");
}

static void
format_nextest(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { .head = "",
		.sep = " | ",
		.tail = "",
		.name = nextest_name,
		.before = option_e };

	put_joined(out, (struct em_str){ NULL, 0 }, l, &j);
}

/* ---- Go ---- */

/* -run is split at slashes, and each part is a pattern of its own. */
static void
go_path(struct text *t, struct em_str name)
{
	size_t begin = 0;

	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '/')
			continue;
		text_puts(t, begin > 0 ? "/^" : "^");
		text_escape(t, (struct em_str){ name.p + begin, i - begin },
		    regex_special);
		text_puts(t, "$");
		begin = i + 1;
	}
}

static void
go_command(struct commands *out, struct em_str package, const struct text *run)
{
	commands_start(out);
	commands_cword(out, "-run");
	commands_word(out, text_str(run));
	if (package.n > 0)
		commands_word(out, package);
}

/* A test whose subtest is to be run fails because of that one. */
static bool
has_subtest(struct rerun_list l, const struct rerun_test *r)
{
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i]->name.n > r->name.n &&
		    memcmp(l.v[i]->name.p, r->name.p, r->name.n) == 0 &&
		    l.v[i]->name.p[r->name.n] == '/')
			return true;
	return false;
}

static void
go_group(struct commands *out, struct em_str package, struct rerun_list l)
{
	struct text top = { .n = 0 };

	for (size_t i = 0; i < l.n; i++) {
		const struct rerun_test *r = l.v[i];
		struct text t = { .n = 0 };

		if (has_subtest(l, r))
			continue;
		if (memchr(r->name.p, '/', r->name.n) != NULL) {
			/* Patterns of two paths would also run their
			 * mixtures. */
			go_path(&t, r->name);
			go_command(out, package, &t);
		} else {
			if (top.n > 0 &&
			    top.n + r->name.n + out->base.bytes + 64 >
				out->bytes_max) {
				text_puts(&top, ")$");
				go_command(out, package, &top);
				text_free(&top);
			}
			text_puts(&top, top.n == 0 ? "^(" : "|");
			text_escape(&top, r->name, regex_special);
		}
		out->failed = out->failed || t.failed || top.failed;
		text_free(&t);
	}
	if (top.n > 0) {
		text_puts(&top, ")$");
		go_command(out, package, &top);
	}
	text_free(&top);
}

static void
format_go(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_suite, go_group);
}

/* ---- Python ---- */

/* "tests.test_api.TestUser": the module's file, then the classes.  The file
 * is the longest head that exists; where none does, names with a capital are
 * taken for classes. */
static void
python_path(struct text *t, struct em_str dotted)
{
	size_t module = 0;

	for (size_t i = dotted.n; i > 0 && module == 0; i--) {
		char path[1024];
		size_t n = i < sizeof(path) - 4 ? i : sizeof(path) - 4;

		if (i < dotted.n && dotted.p[i] != '.')
			continue;
		memcpy(path, dotted.p, n);
		for (size_t k = 0; k < n; k++)
			if (path[k] == '.')
				path[k] = '/';
		memcpy(path + n, ".py", 4);
		if (access(path, F_OK) == 0)
			module = i;
	}
	for (size_t i = 0; module == 0 && i + 1 < dotted.n; i++)
		if (dotted.p[i] == '.' && dotted.p[i + 1] >= 'A' &&
		    dotted.p[i + 1] <= 'Z')
			module = i;
	if (module == 0)
		module = dotted.n;
	for (size_t i = 0; i < dotted.n; i++) {
		if (i == module)
			text_puts(t, ".py");
		if (dotted.p[i] != '.')
			text_add(t, (struct em_str){ dotted.p + i, 1 });
		else
			text_puts(t, i < module ? "/" : "::");
	}
	if (module == dotted.n)
		text_puts(t, ".py");
}

static void
pytest_id(struct text *t, const struct rerun_test *r)
{
	struct em_str c = r->class_name;

	if (ends(r->suite, ".py")) {
		/* reportlog: file and classes as pytest has them */
		text_add(t, r->suite);
		text_puts(t, "::");
		if (c.n > 0) {
			text_add(t, c);
			text_puts(t, "::");
		}
	} else if (c.n > 0) {
		python_path(t, c);
		text_puts(t, "::");
	}
	text_add(t, r->name);
}

static void
format_pytest(struct commands *out, struct rerun_list l)
{
	put_words(out, (struct em_str){ NULL, 0 }, l, pytest_id, NULL);
}

/* ---- C and C++ ---- */

static void
ctest_name(struct text *t, const struct rerun_test *r)
{
	/* CMake's own regular expressions: { and } mean nothing in them. */
	text_escape(t, r->name, "\\.+*?()|[]^$");
}

static void
option_r(struct commands *out, struct em_str key)
{
	(void)key;
	commands_cword(out, "-R");
}

static void
format_ctest(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { .head = "^(",
		.sep = "|",
		.tail = ")$",
		.name = ctest_name,
		.before = option_r };

	put_joined(out, (struct em_str){ NULL, 0 }, l, &j);
}

/* ? matches any one character, and is what there is for special ones. */
static void
gtest_part(struct text *t, struct em_str s)
{
	for (size_t i = 0; i < s.n; i++)
		text_add(t,
		    strchr(":*-", s.p[i]) != NULL && s.p[i] != '\0'
			? EM_STR("?")
			: (struct em_str){ s.p + i, 1 });
}

static void
gtest_name(struct text *t, const struct rerun_test *r)
{
	gtest_part(t, class_of(r));
	text_puts(t, ".");
	gtest_part(t, r->name);
}

static void
format_gtest(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { .head = "--gtest_filter=",
		.sep = ":",
		.tail = "",
		.name = gtest_name };

	put_joined(out, (struct em_str){ NULL, 0 }, l, &j);
}

static void
catch2_name(struct text *t, const struct rerun_test *r)
{
	text_escape(t, r->name, "\\,[]*~\"");
}

static void
format_catch2(struct commands *out, struct rerun_list l)
{
	static const struct joined j = {
		.head = "", .sep = ",", .tail = "", .name = catch2_name
	};

	put_joined(out, (struct em_str){ NULL, 0 }, l, &j);
}

/* ---- JavaScript ---- */

static void
option_t(struct commands *out, struct em_str key)
{
	(void)key;
	commands_cword(out, "-t");
}

static void
jest_file(struct commands *out, struct em_str key)
{
	if (key.n == 0)
		return;
	commands_cword(out, "--runTestsByPath");
	commands_word(out, key);
}

static void
the_file(struct commands *out, struct em_str key)
{
	if (key.n > 0)
		commands_word(out, key);
}

static void
option_grep(struct commands *out, struct em_str key)
{
	(void)key;
	commands_cword(out, "--grep");
}

static void
jest_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", full_title, option_t,
		jest_file };

	put_joined(out, key, l, &j);
}

static void
format_jest(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, jest_group);
}

static void
vitest_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", full_title, option_t,
		the_file };

	put_joined(out, key, l, &j);
}

static void
format_vitest(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, vitest_group);
}

static void
mocha_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", full_title,
		option_grep, the_file };

	put_joined(out, key, l, &j);
}

static void
format_mocha(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, mocha_group);
}

static void
option_name(struct commands *out, struct em_str key)
{
	(void)key;
	commands_cword(out, "--test-name-pattern");
}

static void
node_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", full_title,
		option_name, the_file };

	put_joined(out, key, l, &j);
}

static void
format_node(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, node_group);
}

static void
playwright_place(struct text *t, const struct rerun_test *r)
{
	text_add(t, by_file(r));
	if (r->file.n > 0 && r->line != EM_UNSET) {
		char line[32];

		snprintf(line, sizeof(line), ":%lld", (long long)r->line);
		text_puts(t, line);
	}
}

static struct em_str
by_variant(const struct rerun_test *t)
{
	return t->variant;
}

static void
playwright_project(struct commands *out, struct em_str key)
{
	if (key.n == 0)
		return;
	commands_cword(out, "--project");
	commands_word(out, key);
}

static void
playwright_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	put_words(out, key, l, playwright_place, playwright_project);
}

static void
format_playwright(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_variant, playwright_group);
}

/* ---- Ruby, PHP ---- */

static void
option_matches(struct commands *out, struct em_str key)
{
	(void)key;
	commands_cword(out, "--example-matches");
}

static void
rspec_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	static const struct joined j = { "\\A(", "|", ")\\z", regex_name,
		option_matches, the_file };

	put_joined(out, key, l, &j);
}

static void
format_rspec(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, rspec_group);
}

static void
minitest_name(struct text *t, const struct rerun_test *r)
{
	text_escape(t, class_of(r), "\\.+*?()|[]{}^$/");
	text_puts(t, "#");
	text_escape(t, r->name, "\\.+*?()|[]{}^$/");
}

static void
minitest_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	struct text t = { .n = 0 };

	commands_start(out);
	if (ends(key, ".rb"))
		commands_word(out, key);
	commands_cword(out, "-n");
	text_puts(&t, "/^(");
	for (size_t i = 0; i < l.n; i++) {
		if (i > 0)
			text_puts(&t, "|");
		minitest_name(&t, l.v[i]);
	}
	text_puts(&t, ")$/");
	commands_word(out, text_str(&t));
	out->failed = out->failed || t.failed;
	text_free(&t);
}

static void
format_minitest(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, minitest_group);
}

static void
phpunit_name(struct text *t, const struct rerun_test *r)
{
	text_escape(t, class_of(r), "\\.+*?()|[]{}^$/");
	text_puts(t, "::");
	text_escape(t, r->name, "\\.+*?()|[]{}^$/");
}

static void
option_filter(struct commands *out, struct em_str key)
{
	(void)key;
	commands_cword(out, "--filter");
}

static void
format_phpunit(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { .head = "/^(",
		.sep = "|",
		.tail = ")$/",
		.name = phpunit_name,
		.before = option_filter };

	put_joined(out, (struct em_str){ NULL, 0 }, l, &j);
}

/* ---- Java, .NET ---- */

static void
surefire_name(struct text *t, const struct rerun_test *r)
{
	text_add(t, class_of(r));
	text_puts(t, "#");
	text_add(t, r->name);
}

static void
format_surefire(struct commands *out, struct rerun_list l)
{
	static const struct joined j = {
		.head = "-Dtest=", .sep = ",", .tail = "", .name = surefire_name
	};

	put_joined(out, (struct em_str){ NULL, 0 }, l, &j);
}

static void
format_gradle(struct commands *out, struct rerun_list l)
{
	bool any = false;

	for (size_t i = 0; i < l.n; i++) {
		struct text t = { .n = 0 };

		text_add(&t, class_of(l.v[i]));
		text_puts(&t, ".");
		text_add(&t, l.v[i]->name);
		if (!any || commands_room(out) < t.n + 9)
			commands_start(out);
		any = true;
		commands_cword(out, "--tests");
		commands_word(out, text_str(&t));
		out->failed = out->failed || t.failed;
		text_free(&t);
	}
}

static void
dotnet_name(struct text *t, const struct rerun_test *r)
{
	text_puts(t, "FullyQualifiedName=");
	if (r->class_name.n > 0 &&
	    !(r->name.n > r->class_name.n &&
		memcmp(r->name.p, r->class_name.p, r->class_name.n) == 0)) {
		text_escape(t, r->class_name, "\\()&|=!~");
		text_puts(t, ".");
	}
	text_escape(t, r->name, "\\()&|=!~");
}

static void
format_dotnet(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { .head = "",
		.sep = "|",
		.tail = "",
		.name = dotnet_name,
		.before = option_filter };

	put_joined(out, (struct em_str){ NULL, 0 }, l, &j);
}

/* ---- others ---- */

static void
bazel_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	static const struct joined j = { "--test_filter=^(", "|", ")$",
		regex_name, the_file, NULL };

	put_joined(out, key, l, &j);
}

static void
format_bazel(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_suite, bazel_group);
}

static void
option_f(struct commands *out, struct em_str key)
{
	(void)key;
	commands_cword(out, "-f");
}

static void
bats_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", regex_name, option_f,
		the_file };

	put_joined(out, key, l, &j);
}

static void
format_bats(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, bats_group);
}

/* Files are what prove runs; a test in one is run with it. */
static void
prove_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	(void)l;
	if (out->n == 0 || commands_room(out) < key.n + 1)
		commands_start(out);
	commands_word(out, key);
}

static void
format_prove(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, prove_group);
}

static void
format_meson(struct commands *out, struct rerun_list l)
{
	put_words(out, (struct em_str){ NULL, 0 }, l, bare_name, NULL);
}

static void
dart_group(struct commands *out, struct em_str key, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", regex_name,
		option_name, the_file };
	size_t first = out->n;

	put_joined(out, key, l, &j);
	/* dart's option is --name. */
	for (size_t i = first; i < out->n; i++)
		for (size_t k = 0; k < out->v[i].n; k++)
			if (strcmp(out->v[i].v[k], "--test-name-pattern") == 0)
				memcpy(out->v[i].v[k], "--name", 7);
}

static void
format_dart(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, dart_group);
}

const struct rerun_runner rerun_runners[] = {
	{ "names", NULL, "names, one a line (default)", format_names },
	{ "null", NULL, "names, each ended by NUL", format_null },
	{ "list", NULL, "suite, class and name, with tabs, for tfilter --list",
	    format_list },
	{ "json", NULL, "an object a line", format_json },
	{ "argfile", NULL, "names, one a line, for @file", format_names },
	{ "subunit-list", NULL, "ids for --load-list", format_names },
	{ "stestr", NULL, "ids for stestr run --load-list", format_names },
	{ "difftests", NULL, "cargo-difftests' invocation", format_difftests },
	{ "cargo-test", "cargo test", "libtest by cargo", format_cargo },
	{ "nextest", "cargo nextest run", "a filterset", format_nextest },
	{ "go", "go test", "a command for each package", format_go },
	{ "pytest", "pytest", "node ids", format_pytest },
	{ "ctest", "ctest", "-R with an anchored pattern", format_ctest },
	{ "gtest", "./test", "--gtest_filter", format_gtest },
	{ "catch2", "./test", "a test spec", format_catch2 },
	{ "jest", "npx jest", "file and -t", format_jest },
	{ "vitest", "npx vitest run", "file and -t", format_vitest },
	{ "mocha", "npx mocha", "file and --grep", format_mocha },
	{ "node", "node --test", "file and name pattern", format_node },
	{ "playwright", "npx playwright test", "file:line", format_playwright },
	{ "rspec", "rspec", "file and --example-matches", format_rspec },
	{ "minitest", "ruby -Itest", "file and -n", format_minitest },
	{ "phpunit", "phpunit", "--filter", format_phpunit },
	{ "surefire", "mvn test", "-Dtest", format_surefire },
	{ "gradle", "gradle test", "--tests", format_gradle },
	{ "dotnet", "dotnet test", "--filter", format_dotnet },
	{ "bazel", "bazel test", "target and --test_filter", format_bazel },
	{ "bats", "bats", "file and -f", format_bats },
	{ "prove", "prove", "files", format_prove },
	{ "meson", "meson test", "names", format_meson },
	{ "dart", "dart test", "file and --name", format_dart },
	{ NULL, NULL, NULL, NULL },
};

const struct rerun_runner *
rerun_runner_find(const char *name)
{
	for (const struct rerun_runner *r = rerun_runners; r->name != NULL; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}
