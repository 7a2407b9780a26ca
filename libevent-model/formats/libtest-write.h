/* SPDX-License-Identifier: MIT */
/* What the files that write libtest JSON share. */
#ifndef LIBTEST_WRITE_H
#define LIBTEST_WRITE_H

#include "libtest.h"
#include "pend.h"

/* ---- libtest-write.c ---- */

struct libtest_block {
	struct libtest_block *next; /* of those that wait */
	struct libtest_block *all;
	struct em_str run, suite;
	struct pend pend;
	struct em_out *out; /* NULL: written directly */
	bool nextest; /* the suite is a name of nextest */
	bool open; /* it has started, and is among those that wait */
	bool ended; /* and nothing is to come */
	struct em_counts counts;
	int64_t measured, duration;
};

struct libtest_writer {
	struct libtest_block *first, *last; /* suites; the first is written */
	struct libtest_block *all; /* those that have ended, too */
	struct table suites; /* struct libtest_block * */
	struct em_str why; /* why the run was cancelled */
	struct em_out *listing; /* discovered cases, until a run starts */
	int64_t tests, benchmarks, ignored; /* in it */
	struct arena scratch; /* one event */
	unsigned running; /* runs that have no end yet */
	bool now;
	bool failed; /* a test that was written says so */
};

enum em_rc libtest_write_open(struct em_writer *w);
enum em_rc libtest_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc libtest_write_finish(struct em_writer *w);
void libtest_write_close(struct em_writer *w);

/* ---- libtest-say.c ---- */

extern const unsigned libtest_lost; /* enum loss */

void lw_start(struct em_out *out, const char *type, const char *event);
void lw_member(struct em_out *out, const char *key, struct em_str value);
void lw_number(struct em_out *out, const char *key, int64_t value);
void lw_seconds(struct em_out *out, const char *key, int64_t ns);
void lw_end(struct em_out *out);
/* The name under which a case stands, its attempts behind when > 1. */
struct em_str lw_name(struct em_writer *w, const struct libtest_block *b,
    const struct em_event *id, int64_t attempts);
/* The result of a test, counted unless it failed. */
void lw_test(struct em_writer *w, struct libtest_block *b, struct em_out *out,
    const struct pend_case *c);

#endif
