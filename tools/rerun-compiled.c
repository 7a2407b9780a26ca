/* SPDX-License-Identifier: MIT */
/* Runners of tests in Rust, Go, C, C++, Java and .NET. */
#include <stdlib.h>
#include <string.h>

#include "rerun-format.h"

/* ---- Rust ---- */

/* The name of a target by its file: "src/bin/NAME.rs", "tests/NAME/main.rs". */
static struct em_str
target_name(struct em_str path, const char *dir)
{
	ptrdiff_t at = slice_find(path, dir);
	struct em_str name;

	if (at < 0)
		return (struct em_str){ NULL, 0 };
	name = slice_from(path, (size_t)at + strlen(dir));
	if (slice_ends(name, "/main.rs"))
		name.n -= strlen("/main.rs");
	else if (slice_ends(name, ".rs"))
		name.n -= strlen(".rs");
	return name;
}

/* A crate has underscores where its package may have dashes; cargo takes
 * patterns. */
static void
crate_word(struct commands *out, struct em_str crate)
{
	struct text t = { .n = 0 };

	for (size_t i = 0; i < crate.n; i++)
		text_add(&t,
		    crate.p[i] == '_' ? EM_STR("?")
				      : (struct em_str){ crate.p + i, 1 });
	commands_word(out, text_str(&t));
	out->failed = out->failed || t.failed;
	text_free(&t);
}

/* Suites are called as cargo says which one it runs: "tests/api.rs",
 * "unittests src/lib.rs (demo)", "Doc-tests demo". */
static void
cargo_target(struct commands *out, const struct rerun_test *first)
{
	static const struct {
		const char *dir, *option;
	} targets[] = { { "src/bin/", "--bin" }, { "examples/", "--example" },
		{ "benches/", "--bench" }, { "tests/", "--test" } };
	struct em_str suite = first->suite, path = suite, crate, name;
	ptrdiff_t at = slice_find(suite, " (");

	crate = at >= 0 ? slice_from(suite, (size_t)at + 2)
			: (struct em_str){ NULL, 0 };
	if (slice_ends(crate, ")"))
		crate.n--;
	if (at >= 0)
		path = slice_head(suite, (size_t)at);
	if (slice_starts(path, "unittests "))
		path = slice_from(path, strlen("unittests "));
	if (slice_starts(suite, "Doc-tests")) {
		commands_cword(out, "--doc");
	} else if (slice_ends(path, "src/lib.rs")) {
		commands_cword(out, "--lib");
	} else if (slice_ends(path, "src/main.rs")) {
		commands_cword(out, crate.n > 0 ? "--bin" : "--bins");
		if (crate.n > 0)
			crate_word(out, crate);
	} else {
		for (size_t i = 0; i < sizeof(targets) / sizeof(*targets);
		     i++) {
			name = target_name(path, targets[i].dir);
			if (name.p == NULL)
				continue;
			commands_cword(out, targets[i].option);
			commands_word(out, name);
			break;
		}
	}
	commands_cword(out, "--");
	/* See doc_name(). */
	if (!slice_starts(suite, "Doc-tests"))
		commands_cword(out, "--exact");
}

/* rustdoc splits what it is given at spaces, which its names have:
 * "src/lib.rs - item (line 12)".  So the last part must do. */
static void
doc_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	ptrdiff_t at = slice_find(r->name, "(line ");
	struct em_str line = r->name;

	if (at < 0) {
		text_add(t, r->name);
		return;
	}
	line = slice_from(line, (size_t)at + strlen("(line "));
	at = slice_find(line, ")");
	if (at >= 0)
		line.n = (size_t)at + 1;
	commands_note(out, r->name,
	    "is found by the end of its line number: "
	    "rustdoc takes no names with spaces");
	text_add(t, line);
}

static void
cargo_group(struct commands *out, struct rerun_list l)
{
	put_words(out, l,
	    slice_starts(l.v[0]->suite, "Doc-tests") ? doc_name : bare_name,
	    cargo_target);
}

void
make_cargo(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_suite, cargo_group);
}

static void
nextest_text(struct text *t, struct em_str s)
{
	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '\n':
			text_puts(t, "\\n");
			break;
		case '\r':
			text_puts(t, "\\r");
			break;
		case '\t':
			text_puts(t, "\\t");
			break;
		default:
			text_escape(t, (struct em_str){ s.p + i, 1 }, "\\/),");
			break;
		}
}

static void
nextest_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	(void)out;
	text_puts(t, "(");
	if (r->suite.n > 0) {
		text_puts(t, "binary_id(=");
		nextest_text(t, r->suite);
		text_puts(t, ") & ");
	}
	text_puts(t, "test(=");
	nextest_text(t, r->name);
	text_puts(t, "))");
}

void
make_nextest(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "", " | ", "", nextest_name, "-E",
		NULL, NULL };

	put_joined(out, l, &j);
}

/* ---- Go ---- */

/* The test that a subtest is in: "TestA/b" of "TestA/b/c"; absent for others.
 */
static struct em_str
go_parent(const struct rerun_test *r)
{
	for (size_t i = r->name.n; i > 0; i--)
		if (r->name.p[i - 1] == '/')
			return slice_head(r->name, i - 1);
	return (struct em_str){ NULL, 0 };
}

/* -run is split at slashes, and each part is a pattern of its own.  Only the
 * last can be one of several: two such would also run their mixtures. */
static void
go_before(struct commands *out, const struct rerun_test *first)
{
	(void)first;
	commands_cword(out, "-run");
}

static void
go_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	size_t parent = go_parent(r).n;

	(void)out;
	text_escape(
	    t, slice_from(r->name, parent > 0 ? parent + 1 : 0), regex_special);
}

static void
go_package(struct commands *out, const struct rerun_test *first)
{
	if (first->suite.n > 0)
		commands_word(out, first->suite);
}

static void
go_siblings(struct commands *out, struct rerun_list l)
{
	struct em_str rest = go_parent(l.v[0]);
	struct text head = { .n = 0 };
	struct joined j = { NULL, "|", ")$", go_name, NULL, go_before,
		go_package };

	while (rest.n > 0) {
		const char *slash = memchr(rest.p, '/', rest.n);
		size_t n = slash != NULL ? (size_t)(slash - rest.p) : rest.n;

		text_puts(&head, "^");
		text_escape(&head, slice_head(rest, n), regex_special);
		text_puts(&head, "$/");
		rest = slice_from(rest, n + 1);
	}
	text_puts(&head, "^(");
	j.head = text_str(&head).p;
	put_joined(out, l, &j);
	out->failed = out->failed || head.failed;
	text_free(&head);
}

/* A test whose subtest is to be run failed because of that one. */
static void
go_group(struct commands *out, struct rerun_list l)
{
	struct em_map *parents = em_map_new();
	const struct rerun_test **v = calloc(l.n + 1, sizeof(*v));
	struct rerun_list leaves = { v, 0 };
	bool ok = parents != NULL && v != NULL;

	for (size_t i = 0; ok && i < l.n; i++)
		for (size_t k = 1; ok && k < l.v[i]->name.n; k++) {
			struct em_str parent = slice_head(l.v[i]->name, k);
			uint64_t *at = NULL;

			if (l.v[i]->name.p[k] != '/')
				continue;
			at = em_map_at(parents, em_key(&parent, 1));
			if (at != NULL)
				*at = 1;
			ok = at != NULL;
		}
	for (size_t i = 0; ok && i < l.n; i++)
		if (em_map_find(parents, em_key(&l.v[i]->name, 1)) == NULL)
			v[leaves.n++] = l.v[i];
	if (ok)
		each_group(out, leaves, go_parent, go_siblings);
	out->failed = out->failed || !ok;
	em_map_free(parents);
	free(v);
}

void
make_go(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_suite, go_group);
}

/* ---- C and C++ ---- */

/* The words that are special in CMake's own regular expressions. */
static void
ctest_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	(void)out;
	text_escape(t, r->name, "\\.+*?()|[]^$");
}

void
make_ctest(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "^(", "|", ")$", ctest_name, "-R",
		NULL, NULL };

	put_joined(out, l, &j);
}

/* ? matches any one byte, and is what there is for special ones. */
static bool
gtest_part(struct text *t, struct em_str s)
{
	bool exact = true;

	for (size_t i = 0; i < s.n; i++) {
		bool special = s.p[i] == ':' || s.p[i] == '*' ||
		    s.p[i] == '-' || s.p[i] == '?';

		exact = exact && !special;
		text_add(
		    t, special ? EM_STR("?") : (struct em_str){ s.p + i, 1 });
	}
	return exact;
}

static void
gtest_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	bool exact = gtest_part(t, class_of(r));

	text_puts(t, ".");
	if (!gtest_part(t, r->name) || !exact)
		commands_note(out, r->name,
		    "has characters that are special in a filter: \"?\" "
		    "stands for them, which matches any one");
}

void
make_gtest(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "--gtest_filter=", ":", "", gtest_name,
		NULL, NULL, NULL };

	put_joined(out, l, &j);
}

static void
catch2_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	struct em_str s = r->name;

	/* It strips escapes before it looks for these. */
	if (slice_starts(s, "exclude:")) {
		text_puts(t, "*");
		s = slice_from(s, 1);
	}
	if (s.n < r->name.n || slice_starts(s, "*") || slice_ends(s, "*"))
		commands_note(out, r->name,
		    "has a special end, which \"*\" stands for: it matches "
		    "any text");
	text_escape(t, s, "\\,[]*~\"");
}

void
make_catch2(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "", ",", "", catch2_name, NULL, NULL,
		NULL };

	put_joined(out, l, &j);
}

void
make_meson(struct commands *out, struct rerun_list l)
{
	put_words(out, l, bare_name, NULL);
}

/* ---- Java, .NET, Bazel ---- */

static void
surefire_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	(void)out;
	text_add(t, class_of(r));
	text_puts(t, "#");
	text_add(t, r->name);
}

void
make_surefire(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "-Dtest=", ",", "", surefire_name,
		NULL, NULL, NULL };

	put_joined(out, l, &j);
}

void
make_gradle(struct commands *out, struct rerun_list l)
{
	for (size_t i = 0; i < l.n; i++) {
		struct text t = { .n = 0 };

		text_add(&t, class_of(l.v[i]));
		text_puts(&t, ".");
		text_add(&t, l.v[i]->name);
		if (i == 0 ||
		    commands_room(out) < strlen("--tests") + 1 + t.n + 1)
			commands_start(out);
		commands_cword(out, "--tests");
		commands_word(out, text_str(&t));
		out->failed = out->failed || t.failed;
		text_free(&t);
	}
}

static void
dotnet_name(struct commands *out, struct text *t, const struct rerun_test *r)
{
	struct em_str c = r->class_name;

	(void)out;
	text_puts(t, "FullyQualifiedName=");
	if (c.n > 0 && !(r->name.n > c.n && memcmp(r->name.p, c.p, c.n) == 0)) {
		text_escape(t, c, "\\()&|=!~");
		text_puts(t, ".");
	}
	text_escape(t, r->name, "\\()&|=!~");
}

void
make_dotnet(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "", "|", "", dotnet_name, "--filter",
		NULL, NULL };

	put_joined(out, l, &j);
}

static void
bazel_target(struct commands *out, const struct rerun_test *first)
{
	if (first->suite.n > 0)
		commands_word(out, first->suite);
}

static void
bazel_group(struct commands *out, struct rerun_list l)
{
	static const struct joined j = { "--test_filter=^(", "|", ")$",
		regex_name, NULL, bazel_target, NULL };

	put_joined(out, l, &j);
}

void
make_bazel(struct commands *out, struct rerun_list l)
{
	each_group(out, l, by_suite, bazel_group);
}
