/* SPDX-License-Identifier: MIT */
/*
 * Counting what a format has no place for, for the writers that keep cases in
 * a pend: each says which of these it loses, and all say it in these words.
 */
#ifndef LOSS_H
#define LOSS_H

#include "pend.h"

enum loss {
	/* of a case, counted once for all of its attempts */
	LOSS_NAMES = 1 << 0, /* classes and variants */
	LOSS_ITERATIONS = 1 << 1,
	LOSS_MODES = 1 << 2,
	LOSS_LOCATIONS = 1 << 3,
	LOSS_TAGS = 1 << 4,
	LOSS_PARENTS = 1 << 5,
	LOSS_PROPERTIES = 1 << 6,
	/* of an attempt */
	LOSS_WORKERS = 1 << 7,
	LOSS_SLOW = 1 << 8,
	LOSS_STATUSES = 1 << 9,
	LOSS_REASONS = 1 << 10,
	LOSS_EXITS = 1 << 11, /* exit codes and signals */
	LOSS_DURATIONS = 1 << 12,
	/* of what an attempt said */
	LOSS_OUTPUT = 1 << 13,
	LOSS_STREAMS = 1 << 14, /* those that are not "combined" */
	LOSS_STDERR = 1 << 15, /* those that are not "stdout" */
	LOSS_CUT = 1 << 16, /* numbers of bytes left out */
	LOSS_KINDS = 1 << 17, /* messages that are no errors */
	LOSS_MORE = 1 << 18, /* errors but the first */
	LOSS_DETAILS = 1 << 19,
	LOSS_MEMBERS = 1 << 20, /* of messages: all but text and detail */
	LOSS_METRICS = 1 << 21,
	LOSS_ATTACHMENTS = 1 << 22,
	/* of runs and suites */
	LOSS_RUNS = 1 << 23, /* their names */
	LOSS_RUN = 1 << 24, /* what is known of them */
	LOSS_TITLES = 1 << 25, /* and places and properties of suites */
	LOSS_NESTING = 1 << 26, /* suites in suites */
	LOSS_LOGS = 1 << 27,
	LOSS_LISTINGS = 1 << 28,
	LOSS_CANCELLED = 1 << 29,
};

/* An attempt that is written, and what of it is lost. */
void loss_of_case(
    struct em_writer *w, const struct pend_case *c, unsigned lost);
/* The attempts that it took the place of, each once; uses the mark. */
void loss_of_attempts(struct em_writer *w, struct pend_case *c);
/* Any other event. */
void loss_of_event(
    struct em_writer *w, const struct em_event *ev, unsigned lost);
/* A start that comes after an attempt that was written: it looks like the
 * same case once more. */
void loss_of_retry(struct em_writer *w, const struct pend_case *c);
/* What pend_event() calls PEND_LOST. */
void loss_behind_end(struct em_writer *w);

#endif
