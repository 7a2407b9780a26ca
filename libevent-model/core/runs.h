/* SPDX-License-Identifier: MIT */
/*
 * Runs and suites around the cases of formats that state neither: each is
 * started when a case first names it and completed at the end, and a run has
 * the outcome that its cases give it, the last attempt of each deciding.
 * Memory grows with suites and with cases that failed.
 */
#ifndef RUNS_H
#define RUNS_H

#include "foreign.h"

struct run_seen;

struct runs { /* all zero at first */
	struct table at; /* of struct run_seen * */
	struct run_seen *first, *newest;
};

/* Emits *ev, of a case or suite, after what has to precede it.  A run_start
 * counts unless its run has started. */
void runs_emit(struct em_reader *r, struct runs *rs, const struct em_event *ev);
/* Emits an event of an attempt that has completed: an error makes it fail. */
void runs_emit_late(
    struct em_reader *r, struct runs *rs, const struct em_event *ev);
/* What a run_complete or suite_complete says beyond its cases, kept until the
 * one to be made up is emitted. */
void runs_end(struct em_reader *r, struct runs *rs, const struct em_event *ev);
/* Something makes the run fail that is no case. */
void runs_fail(struct em_reader *r, struct runs *rs, struct em_str run,
    struct em_str status);
/*
 * Completes suites and, unless cut, runs; an input without any has had one
 * run without cases.  Called again, in another step, until it says true.
 */
bool runs_complete(struct em_reader *r, struct runs *rs, bool cut);
void runs_free(struct runs *rs);

#endif
