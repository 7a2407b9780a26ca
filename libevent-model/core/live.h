/* SPDX-License-Identifier: MIT */
/*
 * The attempts that are open: how each began, in which lane it runs, and what
 * it said that a writer can only use at its end.  Memory grows with attempts
 * that are open, and by one slot of a table for each that has ended.
 */
#ifndef LIVE_H
#define LIVE_H

#include "crowd.h"

struct live_item {
	struct live_item *next;
	struct em_event ev;
};

struct live_case {
	struct member member; /* its arena has all of what follows */
	/* The case_start; of an attempt without one, a case_start with its
	 * identity alone. */
	struct em_event start;
	const struct live_item *items; /* what live_keep() was called for */
	struct live_item *last;
	unsigned lane; /* from 0; no other open attempt has it */
	/* The writer's own, unset and absent at first. */
	int64_t at;
	struct em_str label;
	void *own;
};

struct live {
	struct crowd open;
	struct table ended;
	uint64_t *lanes; /* a bit each: taken */
	size_t lane_words;
	bool failed; /* out of memory */
};

enum live_state {
	LIVE_NONE, /* not of a case, or out of memory */
	LIVE_NEW, /* the attempt has just been opened */
	LIVE_OPEN, /* it was open */
	LIVE_LATE /* it has ended before; *c is NULL */
};

void live_init(struct live *l);
/* The one that began first, NULL when none is open; and the next after it. */
struct live_case *live_first(const struct live *l);
struct live_case *live_next(const struct live_case *c);
/* The attempt that the event is of, opened if it never was. */
enum live_state live_at(
    struct live *l, const struct em_event *ev, struct live_case **c);
/* The attempt when it is open, else NULL; an event of any kind will do. */
struct live_case *live_find(const struct live *l, const struct em_event *ev);
/* True when the attempt was open and is not any more. */
bool live_ended(const struct live *l, const struct em_event *ev);
/* Keeps a copy of the event with its attempt. */
void live_keep(struct live *l, struct live_case *c, const struct em_event *ev);
/* The attempt has ended: what it kept is gone, its lane is free. */
void live_end(struct live *l, struct live_case *c);
void live_free(struct live *l);

#endif
