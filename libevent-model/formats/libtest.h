/* SPDX-License-Identifier: MIT */
/* What the files of the libtest format share. */
#ifndef LIBTEST_H
#define LIBTEST_H

#include "core.h"
#include "json.h"
#include "opened.h"

struct em_reader;
struct em_writer;

/* ---- libtest-text.c: what hides in the text of libtest and cargo ---- */

/* A name taken apart; what the dialect does not state is absent. */
struct libtest_name {
	struct em_str suite, name, variant, file;
	int64_t iteration, attempts;
};

/* "pkg::bin[@stress-N]$name[#attempts]" of nextest; false when s is none. */
bool libtest_split_nextest(struct em_str s, struct libtest_name *n);
/* "file (revision) - path" of ui_test; false when s is none. */
bool libtest_split_ui(struct em_str s, struct libtest_name *n);
/*
 * What to call suites that do not say how they are called: as cargo announces
 * them ("     Running tests/x.rs (target/debug/deps/x-0123)", "   Doc-tests
 * x"), else by number, and not at all for the first one.
 */
struct libtest_naming {
	/* Announcements made elsewhere may come early, so they are taken in
	 * turn. */
	struct libtest_said *said, *last_said;
	struct em_str announced;
	unsigned used; /* suites under this announcement */
	unsigned unnamed; /* suites without one */
};

/* Takes a line of text; true when it announced a suite. */
bool libtest_announce(
    struct em_reader *r, struct libtest_naming *n, struct em_str line);
/* Takes a line that was printed elsewhere. */
void libtest_aside(
    struct em_reader *r, struct libtest_naming *n, struct em_str line);
struct em_str libtest_next_suite(struct em_reader *r, struct libtest_naming *n);
/*
 * A line of text that tests, cargo or the compiler wrote.  An event may
 * follow it on the same line, when the text did not end its line: at is
 * where one seems to start (-1: nowhere), *event is it, or absent.
 */
enum em_rc libtest_text(struct em_reader *r, struct libtest_naming *n,
    struct em_str line, ptrdiff_t at, struct em_str *event);
/*
 * The message of a panic or an error returned in the output of a failed
 * test, and where it arose; false when there is none.
 */
bool libtest_failure(
    struct em_str out, struct em_str *message, struct em_location *where);
/* Where the test is that the message says did not panic; false when it says
 * no such thing, or not where. */
bool libtest_no_panic(struct em_str message, struct em_location *where);
/*
 * A line that does not parse, with its known defects repaired: names and
 * ignore_message that libtest did not escape.
 */
struct em_str libtest_repair(struct arena *a, struct em_str line);
/* True when an ignore_message with a line end cut the line in two. */
bool libtest_is_cut(struct em_str line);
/* Where an event of libtest starts in a line; -1 when nowhere. */
ptrdiff_t libtest_find_event(struct em_str line);

/* ---- libtest-suites.c: the run, its suites, who is of which ---- */

enum libtest_dialect { LIBTEST, NEXTEST, UI_TEST };

struct libtest_suite {
	struct libtest_suite *next;
	struct em_str name; /* absent: the first one that nobody named */
	struct opened *tests; /* those that are open */
	enum libtest_dialect dialect;
	bool open; /* the stream said that it started, and not yet ended */
	int64_t duration; /* nextest: of all its blocks */
	int64_t ignored; /* nextest: lines of ignored tests in this block */
	int64_t lost; /* nextest: ignored tests that no line told of */
};

struct libtest {
	bool begun; /* protocol was sent */
	bool listing; /* discover_start was sent, discover_complete not */
	bool running; /* run_start was sent */
	bool failed;
	bool waiting; /* a suite started that has no name yet */
	int64_t total; /* its test_count, or EM_UNSET */
	struct libtest_naming naming;
	struct em_str list_suite;
	int64_t listed;
	struct libtest_suite *suites, *last, *cur;
	struct em_counts counts; /* of the suite without a name */
	int64_t duration;
	struct table names; /* of nextest's suites: struct libtest_suite * */
	struct table tests; /* open tests: struct opened * */
};

void libtest_begin(struct em_reader *r);
/* A suite of a listing begins. */
void libtest_list(struct em_reader *r);
void libtest_suite_start(struct em_reader *r, const struct json *v);
void libtest_suite_end(struct em_reader *r, const struct json *v, bool ok);
/* At the end of input, what is due to make the stream whole. */
enum em_rc libtest_end(struct em_reader *r);
void libtest_close(struct em_reader *r);
/* Takes a name apart as its dialect has it, and finds its suite; NULL when
 * out of memory. */
struct libtest_suite *libtest_identify(
    struct em_reader *r, struct em_str full, struct libtest_name *n);
struct table_key libtest_key(
    const struct libtest_suite *s, const struct libtest_name *n);
/* Makes *ev an event of the suite, and of the test when it is not NULL. */
void libtest_init(struct em_event *ev, enum em_kind kind,
    const struct libtest_suite *s, const struct opened *t);
/* Members of an event; EM_UNSET when absent or out of range. */
int64_t libtest_place(const struct json *v, const char *key);
int64_t libtest_seconds(const struct json *v, const char *key);

#endif
