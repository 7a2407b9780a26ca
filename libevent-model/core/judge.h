/* SPDX-License-Identifier: MIT */
/*
 * What is out of order in a stream (PROTOCOL.md, LIF-13): repeated starts and
 * completions, completions without their start, gaps in the attempts, parents
 * that are unknown or circular, events of a run that is over.
 *
 * What is open is remembered, and of what is over at least the latest
 * JUDGE_RECENT things.  After more than that the judge holds nothing against
 * an event that what was forgotten may explain.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "core.h"

enum {
	JUDGE_RECENT = 2 * 1024,
	JUDGE_ATTEMPTS = 15, /* of one case; those beyond are not judged */
	JUDGE_PLACE = 256 /* bytes of names of a run and a suite */
};

/* What is known of a run, a discovery, a suite or a case.  Of the sets, bit n
 * is attempt n; what has no attempts has one. */
struct judge_mark {
	uint64_t key; /* 0: free */
	uint16_t started, completed;
	uint16_t touched; /* any event of it was seen */
	bool kept; /* never forgotten */
};

/* A hash table that is emptied as fast as it was filled. */
struct judge_table {
	struct judge_mark *marks;
	uint32_t *used; /* places in marks, n of them */
	size_t size, n;
};

enum judge_kind { DOUBT_START, DOUBT_GAP, DOUBT_PARENT };

/* Something that what is still to come may put right. */
struct judge_doubt {
	enum judge_kind kind;
	uint64_t run; /* that it belongs to */
	uint64_t key; /* what it is about, or, of a parent, the parent */
	uint16_t bits; /* of that: attempts that have to have started */
	uint64_t line;
	char why[256];
};

/* All zero at first. */
struct judge {
	/* When the young one is full, the other is forgotten, but for what is
	 * open, and it takes its place. */
	struct judge_table young, elder;
	struct judge_table spare; /* the one before that */
	bool forgot; /* something of this stream */
	struct table parents; /* by key: the key of the parent */
	struct judge_doubt *doubts;
	size_t doubt_count, doubt_room;
	size_t open; /* runs */
	bool ran; /* a run completed, and none is open */
	bool ended; /* the same, or discovery did */
	/* The run and suite of the event before, and what follows from them. */
	char place[JUDGE_PLACE];
	size_t run_n, suite_n; /* lengths, SIZE_MAX when absent */
	bool placed, over; /* over: the run is */
	uint64_t run_key, place_key;
	char why[256];
};

/*
 * What was not judged: known (enum em_known) holds for the case of the event,
 * and for its parent.  What the judge has seen of them it knows better.
 */
void judge_know(struct judge *j, const struct em_event *ev, unsigned known);
/* What is wrong with the event, in words that are valid until the next call;
 * NULL when nothing is. */
const char *judge_event(struct judge *j, const struct em_event *ev);
/*
 * The doubts that nothing put right, one a call, and the line of each; NULL
 * when there are no more.  After a run_complete, which is end, those of its
 * run; at the end of the stream, with NULL, all.
 */
const char *judge_doubt(
    struct judge *j, const struct em_event *end, uint64_t *line);
/* Forgets all: another stream begins. */
void judge_clear(struct judge *j);

#endif
