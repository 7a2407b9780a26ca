/* SPDX-License-Identifier: MIT */
/*
 * What a streaming writer keeps of each case until it can write it: all that
 * an attempt says until it completes, and of one that failed the text to be
 * written unless a later attempt takes its place.  Memory grows with cases
 * that are open or have failed.
 */
#ifndef PEND_H
#define PEND_H

#include "core.h"

struct em_writer;

/* Members that are not kept. */
enum pend_said {
	PEND_WORKER = 1,
	PEND_TAGS = 2,
	PEND_PARENT = 4,
	PEND_PROPERTIES = 8,
	PEND_SLOW = 16 /* a case_slow */
};

struct pend_case {
	struct pend_case *next, *prev; /* in the order in which they started */
	struct table_key key;
	struct em_event id; /* identity alone, and the number of the attempt */
	struct em_event end; /* the case_complete; EM_UNKNOWN until it came */
	struct em_str mode;
	struct em_location location; /* of the start */
	int64_t began; /* elapsed_ns of the start, or EM_UNSET */
	unsigned said; /* what else it said: enum pend_said */
	int64_t attempts; /* how many have started */
	unsigned mark; /* the writer's own; 0 at first */
	bool late; /* it was done, and failed by what came after its end */
	const struct em_item *items;
	struct em_item *last;
	struct arena arena; /* all of the above */
	struct em_str text; /* of pend_text(), absent before */
};

struct pend {
	struct table cases;
	struct pend_case *first, *newest;
	struct pend_case *spare; /* forgotten, with memory to be used again */
	size_t memory_max; /* of one case */
	bool failed; /* out of memory */
};

/* What pend_event() made of it. */
enum pend_what {
	PEND_NOTHING, /* not of a case, or out of memory */
	PEND_LOST, /* it came after the end, and changes nothing */
	PEND_OPEN, /* the case goes on */
	PEND_DONE /* an attempt is complete: write it, or pend_text() */
};

void pend_init(struct pend *p, size_t memory_max);
/*
 * Takes an event of a case.  *c is its case, as long as pend_forget() was
 * not called for it.  A case_start or a later attempt takes the place of
 * what was there.  An error after the end of a case that did not fail is
 * PEND_DONE again, of a case that is late.
 */
enum pend_what pend_event(
    struct pend *p, const struct em_event *ev, struct pend_case **c);
/* Keeps a copy of the text alone, until the case is forgotten. */
void pend_text(struct pend *p, struct pend_case *c, struct em_str text);
void pend_forget(struct pend *p, struct pend_case *c);
/* The first message of kind error; NULL when there is none. */
const struct em_message *pend_error(const struct pend_case *c);
/* A name for formats that have one text for a case: what sets it apart from
 * others of its suite, "class::name (variant) (iteration 2)". */
struct em_str pend_name(struct arena *a, const struct em_event *id);
/* The value of -O failures=end|now, the option of all that use this. */
enum em_rc pend_option(struct em_writer *w, bool *now);
void pend_free(struct pend *p);

#endif
