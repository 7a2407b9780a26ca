/* SPDX-License-Identifier: MIT */
/* Runners of tests in Python, JavaScript, Ruby, PHP, Perl, Dart and sh. */
#include <string.h>
#include <unistd.h>

#include "rerun-format.h"

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

		if (i > sizeof(path) - 4 ||
		    (i < dotted.n && dotted.p[i] != '.'))
			continue;
		memcpy(path, dotted.p, i);
		for (size_t k = 0; k < i; k++)
			if (path[k] == '.')
				path[k] = '/';
		memcpy(path + i, ".py", 4);
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

/* Is there a file of it, seen from here? */
static bool
is_module(struct em_str dotted)
{
	struct text path = { .n = 0 };
	bool is;

	python_path(&path, dotted);
	is = !path.failed && path.n > 0 && access(path.p, F_OK) == 0;
	text_free(&path);
	return is;
}

struct em_str
pytest_place(const struct rerun_test *t)
{
	if (slice_ends(t->suite, ".py"))
		return t->suite;
	return t->class_name.n > 0 || !is_module(t->name) ? t->class_name
							  : t->name;
}

static void
pytest_id(struct commands *out, struct text *t, const struct rerun_test *r)
{
	struct em_str c = r->class_name;

	(void)out;
	if (slice_ends(r->suite, ".py")) {
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
	} else if (is_module(r->name)) {
		/* It could not be collected. */
		python_path(t, r->name);
		return;
	}
	text_add(t, r->name);
}

void
make_pytest(struct commands *out, struct rerun_list l)
{
	put_words(out, l, pytest_id, NULL);
}

/* ---- JavaScript ---- */

static void
jest_file(struct commands *out, const struct rerun_test *first)
{
	if (by_file(first).n == 0)
		return;
	commands_cword(out, "--runTestsByPath");
	the_file(out, first);
}

static void
jest_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", full_title, "-t",
		NULL, jest_file };

	put_joined(out, l, &j);
}

void
make_jest(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, jest_group);
}

static void
vitest_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", full_title, "-t",
		NULL, the_file };

	put_joined(out, l, &j);
}

void
make_vitest(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, vitest_group);
}

static void
mocha_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", full_title, "--grep",
		NULL, the_file };

	put_joined(out, l, &j);
}

void
make_mocha(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, mocha_group);
}

/* A pattern with the titles around a test would find nothing before node 22,
 * and one without them finds the test in all. */
static void
node_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	if (r->class_name.n > 0 ||
	    (r->suite.n > 0 && by_file(r).p != r->suite.p))
		commands_note(out, r->name,
		    "is matched wherever its file has a test of that name");
	text_escape(t, r->name, regex_special);
}

static void
node_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", node_name,
		"--test-name-pattern", NULL, the_file };

	put_joined(out, l, &j);
}

void
make_node(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, node_group);
}

/* Each part of a title may be followed by tags. */
#define PLAYWRIGHT_TAGS "( @\\S+)*"
#define PLAYWRIGHT_IN " \xe2\x80\xba " /* between describe blocks */

/* --grep is matched against project, file, describe blocks and title. */
static void
playwright_title(
    struct commands *out, struct text *t, const struct rerun_test *r)
{
	struct em_str rest = r->class_name;
	ptrdiff_t at;

	(void)out;
	text_escape(t, by_file(r), regex_special);
	text_puts(t, PLAYWRIGHT_TAGS " ");
	while (rest.n > 0) {
		at = slice_find(rest, PLAYWRIGHT_IN);
		text_escape(t, at < 0 ? rest : slice_head(rest, (size_t)at),
		    regex_special);
		text_puts(t, PLAYWRIGHT_TAGS " ");
		rest = slice_from(
		    rest, at < 0 ? rest.n : (size_t)at + strlen(PLAYWRIGHT_IN));
	}
	text_escape(t, r->name, regex_special);
}

static void
playwright_project(struct commands *out, const struct rerun_test *first)
{
	struct text t = { .n = 0 };

	if (first->variant.n == 0)
		return;
	text_puts(&t, "--project=");
	text_add(&t, first->variant);
	commands_word(out, text_str(&t));
	out->failed = out->failed || t.failed;
	text_free(&t);
}

/* Files are patterns. */
static void
playwright_file(struct commands *out, const struct rerun_test *first)
{
	struct text t = { .n = 0 };

	if (by_file(first).n == 0)
		return;
	text_escape(&t, by_file(first), regex_special);
	commands_word(out, text_str(&t));
	out->failed = out->failed || t.failed;
	text_free(&t);
}

static void
playwright_in_file(struct commands *out, struct rerun_list l)
{
	/* Between slashes case counts. */
	static const struct joined j = { "/(^| )(", "|",
		")" PLAYWRIGHT_TAGS "$/", playwright_title, "--grep",
		playwright_project, playwright_file };

	put_joined(out, l, &j);
}

static void
playwright_group(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, playwright_in_file);
}

void
make_playwright(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_variant, playwright_group);
}

static void
dart_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", regex_name, "--name",
		NULL, the_file };

	put_joined(out, l, &j);
}

void
make_dart(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, dart_group);
}

/* ---- Ruby, PHP ---- */

static void
rspec_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "\\A(", "|", ")\\z", regex_name,
		"--example-matches", NULL, the_file };

	put_joined(out, l, &j);
}

void
make_rspec(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, rspec_group);
}

/* What is special in a pattern between slashes. */
static const char slashed_special[] = "\\.+*?()|[]{}^$/";

/* Old reporters take the class of the result for that of the test. */
static void
minitest_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	struct em_str c = class_of(r);

	if (em_str_eq(c, EM_STR("Minitest::Result"))) {
		commands_note(out, r->name,
		    "is matched in any class: the report does not name its");
		text_puts(t, ".*");
	} else {
		text_escape(t, c, slashed_special);
	}
	text_puts(t, "#");
	text_escape(t, r->name, slashed_special);
}

static void
minitest_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "/\\A(", "|", ")\\z/", minitest_name,
		"-n", the_file, NULL };

	put_joined(out, l, &j);
}

void
make_minitest(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, minitest_group);
}

/* Reports have the class with dots where PHP has backslashes. */
static void
phpunit_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	struct em_str c = class_of(r);

	(void)out;
	for (size_t i = 0; i < c.n; i++) {
		struct em_str one = { c.p + i, 1 };

		text_escape(
		    t, c.p[i] == '.' ? EM_STR("\\") : one, slashed_special);
	}
	text_puts(t, "::");
	text_escape(t, r->name, slashed_special);
}

void
make_phpunit(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "/^(", "|", ")$/", phpunit_name,
		"--filter", NULL, NULL };

	put_joined(out, l, &j);
}

/* ---- sh, Perl ---- */

/* bats looks for the name as it is written in the file, where some
 * characters may stand behind a backslash. */
static void
bats_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	(void)out;
	for (size_t i = 0; i < r->name.n; i++) {
		struct em_str one = { r->name.p + i, 1 };

		if (one.p[0] != '\0' && strchr("$`\"\\", one.p[0]) != NULL)
			text_puts(t, "\\\\?");
		text_escape(t, one, regex_special);
	}
}

static void
bats_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", bats_name, "-f", NULL,
		the_file };

	/* A command of the caller's may have it. */
	if (by_file(l.v[0]).n == 0 && out->base.n + out->tail.n == 1)
		commands_note(out, l.v[0]->name,
		    "is in no file that is known: add it to the command");
	put_joined(out, l, &j);
}

void
make_bats(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_file, bats_group);
}

/* Files are what prove runs; a test in one is run with it.  TAP has a result
 * for the file itself, called so. */
struct em_str
prove_file(const struct rerun_test *t)
{
	struct em_str file = by_file(t);

	if (file.n == 0 && names_file(t->name))
		file = t->name;
	return file.n > 0 ? file : t->suite;
}

static void
prove_group(struct commands *out, struct rerun_list l)
{
	struct em_str file = prove_file(l.v[0]);

	if (file.n == 0) {
		commands_note(out, l.v[0]->name, "is in no file that is known");
		return;
	}
	if (out->n == 0 || commands_room(out) < file.n + 1)
		commands_start(out);
	add_file(out, file);
}

void
make_prove(struct commands *out, struct rerun_list l)
{
	each_group(out, l, prove_file, prove_group);
}
