/* SPDX-License-Identifier: MIT */
/*
 * The inside of em_select, for select*.c only.
 *
 * A case is open from its first event until it is decided and complete.  As
 * long as it is held, its lines wait in a struct held; selected, its events
 * pass at once; dropped, they are forgotten at once.  What has completed is
 * closed and leaves a mark: that of a selected case that failed stays until
 * its suite ends, since it may be retried; the others share a table of fixed
 * size in which new marks overwrite old ones.  So memory is bounded by what
 * is open, and late events of what ended lately still find their case.
 */
#ifndef SELECT_H
#define SELECT_H

#include <string.h>

#include "filter.h"
#include "hold.h"
#include "roll.h"
#include "scan.h"

enum {
	SEL_RECENT = 1 << 15, /* marks of cases that have completed */
	SEL_MEMO = 16 /* suites that were looked up lately */
};

enum sel_state { SEL_HELD, SEL_SELECTED, SEL_DROPPED };

/* What is remembered of a case that has completed. */
struct sel_mark {
	bool known, selected;
	enum em_outcome outcome;
};

struct sel_case {
	struct roll_entry entry;
	struct sel_suite *suite;
	struct sel_case *prev, *next; /* of the suite, in order of appearance */
	struct held lines;
	int64_t start_ns; /* elapsed_ns of the newest attempt's start */
	int64_t attempt; /* number of the newest attempt */
	uint32_t attempts;
	enum sel_state state;
	enum em_outcome outcome; /* of the newest attempt */
	enum em_outcome counted; /* as what it is in the counts */
	bool unselected; /* discovery says that it is not going to run */
	bool ran; /* there is an attempt */
	bool completed; /* the newest attempt is */
	bool failed; /* an earlier attempt */
	bool slow;
	/* Its only attempt began with its first event, and goes on. */
	bool plain;
	bool untold; /* the start of its first attempt, for it was in order */
};

struct sel_suite {
	struct roll_entry entry;
	struct sel_run *run;
	struct sel_suite *prev, *next;
	struct sel_case *first, *last;
	struct em_str name; /* in text */
	struct em_counts counts; /* of selected cases */
	struct em_counts dropped; /* of the others */
	struct table failed; /* marks of selected cases that failed */
	uint64_t failed_bits; /* of the keys in it */
	struct arena arena; /* of properties */
	struct em_pairs properties; /* when the expression asks for them */
	bool started, completed;
	bool removed; /* a case of it was dropped */
	char text[];
};

struct sel_run {
	struct roll_entry entry;
	struct sel_run *prev, *next;
	struct sel_suite *first, *last;
	struct em_str id; /* in text */
	struct em_counts counts; /* of selected cases */
	struct em_counts dropped; /* of the others */
	struct held listed; /* discover_complete, while cases are undecided */
	struct arena arena;
	struct em_pairs properties;
	bool started, cancelled;
	bool removed; /* a case was dropped */
	bool failing; /* a case or suite failed, selected or not */
	bool suite_failed;
	bool missed; /* a selected case was not run */
	bool contradicted; /* a suite states other counts than it shows */
	bool doubtful; /* counts are, for a retry of an unknown case */
	/* Cases that were dropped and let go at their discovery, less those
	 * that were dropped when they ran: above 0, some did not run. */
	int64_t let_go;
	char text[];
};

/* An attempt under construction. */
struct sel_attempt {
	struct em_attempt a;
	struct em_item *tail;
};

/* A case as filter_eval() wants it; see select-view.c. */
struct sel_view {
	struct arena arena;
	struct em_run run;
	struct em_suite suite;
	struct em_case c;
	struct sel_attempt newest; /* or number 0: not run */
	int64_t start_ns; /* of newest */
	struct em_end end;
	struct em_details details;
};

struct em_select {
	struct em_select_opts opts;
	struct em_filter *filter;
	/* What an expression about outcomes alone says of each. */
	bool by_outcome;
	enum filter_tri says[EM_SKIP + 1];
	unsigned drops; /* bits of outcomes with which a case is not wanted */
	/* It asks nothing of a case before its first completion, and that
	 * decides. */
	bool plain;
	struct hold_pool pool;
	struct roll cases, suites, runs;
	struct sel_case *spare; /* records to be used again */
	struct sel_run *first, *last;
	struct sel_suite *latest, *memo[SEL_MEMO];
	uint64_t stream; /* counts protocol events: no identity carries over */
	uint64_t *recent;
	struct scan scan;
	struct em_event scanned; /* what scan gives */
	struct em_event bare; /* kind and raw alone */
	struct arena arena; /* of scanned */
	struct arena edited; /* of a line that is changed */
	struct sel_view view;
	struct em_out *text; /* events that had no line, written as one */
	struct em_writer *writer;
	bool nested; /* an event with a parent was held */
	bool forgot; /* a mark of a case that completed */
	bool stopped; /* emit said so, or err is set */
	uint64_t count;
	struct em_error err;
};

/* ---- select-known.c: runs and suites ---- */

/* The run of an event; NULL when it is not there, or out of memory. */
struct sel_run *sel_run_find(const struct em_select *s, struct em_str id);
struct sel_run *sel_run_at(struct em_select *s, struct em_str id);
struct sel_suite *sel_suite_find(
    struct em_select *s, const struct em_event *ev);
struct sel_suite *sel_suite_at(struct em_select *s, const struct em_event *ev);
/* With all its suites and cases. */
void sel_run_free(struct em_select *s, struct sel_run *run);
void sel_suite_free(struct em_select *s, struct sel_suite *suite);

/* An absent name differs from an empty one. */
static inline bool
sel_same_name(struct em_str a, struct em_str b)
{
	if (a.n != b.n)
		return false;
	if (a.p == b.p)
		return true;
	if (a.n < sizeof(uint64_t) && (a.p == NULL || b.p == NULL))
		return false;
	return str_same(a.p, b.p, a.n);
}

static inline bool
sel_is_suite(const struct sel_suite *suite, const struct em_event *ev)
{
	return suite != NULL && sel_same_name(suite->name, ev->suite) &&
	    sel_same_name(suite->run->id, ev->run);
}

/* As what the newest attempt counts: one that never completed has failed. */
static inline enum em_outcome
sel_outcome(const struct sel_case *c)
{
	return c->ran && !c->completed ? EM_FAIL : c->outcome;
}

/* ---- select-view.c ---- */

/* Finds out whether the expression is about outcomes alone. */
void sel_prepare(struct em_select *s);
/* What the expression says of c, of which ev is the newest event; NULL when
 * it ends without one. */
enum filter_tri sel_ask(struct em_select *s, const struct sel_case *c,
    const struct em_event *ev, enum filter_phase phase);

/* ---- select-case.c ---- */

enum em_rc sel_no_memory(struct em_select *s);
enum em_rc sel_emit(struct em_select *s, const struct em_event *ev);
/* Lines that were held, of cases of the suite or, when it is NULL, of none;
 * they are held no more. */
enum em_rc sel_emit_held(
    struct em_select *s, const struct sel_suite *suite, struct held *lines);
enum em_rc sel_hold(
    struct em_select *s, struct held *lines, const struct em_event *ev);
enum em_rc sel_case_event(struct em_select *s, const struct em_event *ev);
/* The end of an open case without an event that says so. */
enum em_rc sel_end_case(struct em_select *s, struct sel_case *c);

/* ---- select-count.c: completions in which counts and outcome change ---- */

void sel_count(
    struct sel_suite *suite, enum em_outcome was, enum em_outcome is);
void sel_count_dropped(
    struct sel_suite *suite, enum em_outcome was, enum em_outcome is);
/* ev itself, or a copy in *copy with what was removed taken out; NULL when
 * out of memory. */
const struct em_event *sel_suite_complete(struct em_select *s,
    const struct sel_suite *suite, const struct em_event *ev,
    struct em_event *copy);
const struct em_event *sel_run_complete(struct em_select *s,
    const struct sel_run *run, const struct em_event *ev,
    struct em_event *copy);

#endif
