/* SPDX-License-Identifier: MIT */
/*
 * What the makers of commands share (rerun-format.c): groups of tests, names
 * as words, names joined to one pattern, escapes, and saying what a runner
 * cannot be told exactly.
 */
#ifndef RERUN_FORMAT_H
#define RERUN_FORMAT_H

#include "rerun.h"

bool slice_starts(struct em_str s, const char *prefix);
bool slice_ends(struct em_str s, const char *suffix);
/* The place of sub in s, or -1. */
ptrdiff_t slice_find(struct em_str s, const char *sub);
struct em_str slice_head(struct em_str s, size_t n);
struct em_str slice_from(struct em_str s, size_t n);

/* ---- groups ---- */

/* What the tests of one group have in common. */
typedef struct em_str key_of(const struct rerun_test *t);
typedef void group_format(struct commands *out, struct rerun_list l);

struct em_str by_suite(const struct rerun_test *t);
/* The file that the report names, or its suite where that is a file; else
 * absent. */
struct em_str by_file(const struct rerun_test *t);
/* Does it look like the name of a file: has it a short ending? */
bool names_file(struct em_str s);
struct em_str by_variant(const struct rerun_test *t);
struct em_str by_name(const struct rerun_test *t);
/* Where pytest and prove find it (rerun-scripts.c). */
struct em_str pytest_place(const struct rerun_test *t);
struct em_str prove_file(const struct rerun_test *t);

/* Calls f for the tests of each key, in the order in which keys appear. */
void each_group(
    struct commands *out, struct rerun_list l, key_of *key, group_format *f);

/* ---- names ---- */

/* Appends what a runner calls the test. */
typedef void name_of(
    struct commands *out, struct text *t, const struct rerun_test *r);
/* Words before or behind the names, the same for all tests of a group. */
typedef void words_of(struct commands *out, const struct rerun_test *first);

void bare_name(
    struct commands *out, struct text *t, const struct rerun_test *r);
void regex_name(
    struct commands *out, struct text *t, const struct rerun_test *r);
/* What surrounds the test, a space, its name, as a regular expression. */
void full_title(
    struct commands *out, struct text *t, const struct rerun_test *r);
/* The class, or the suite that stands for it. */
struct em_str class_of(const struct rerun_test *r);
/* A file as a word; that it is not there is said. */
void add_file(struct commands *out, struct em_str file);
/* The file of the test, when it is known. */
void the_file(struct commands *out, const struct rerun_test *first);

/* What regular expressions of most languages take for something else. */
extern const char regex_special[];

/* A command for as many words as it may take, and so on. */
void put_words(
    struct commands *out, struct rerun_list l, name_of *name, words_of *before);

/* One word of many names; several commands where it would be too long. */
struct joined {
	const char *head, *sep, *tail;
	name_of *name;
	const char *option; /* the word before, or NULL */
	words_of *before, *behind; /* around those; or NULL */
};

void put_joined(
    struct commands *out, struct rerun_list l, const struct joined *j);

/* ---- the makers, by the language of their tests ---- */

typedef void list_format(struct commands *out, struct rerun_list l);

/* rerun-lists.c */
list_format make_names, make_null, make_list, make_json, make_difftests;
/* rerun-compiled.c */
list_format make_cargo, make_nextest, make_go, make_ctest, make_gtest,
    make_catch2, make_meson, make_surefire, make_gradle, make_dotnet,
    make_bazel;
/* rerun-scripts.c */
list_format make_pytest, make_jest, make_vitest, make_mocha, make_node,
    make_playwright, make_rspec, make_minitest, make_phpunit, make_bats,
    make_prove, make_dart;

#endif
