/* SPDX-License-Identifier: MIT */
/*
 * A harness at a scenario: what it was asked, what it wrote, how it ended; for
 * harness*.c and role-harness.c.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include "lint.h"
#include "run.h"

struct sitting {
	const struct run *run;
	const struct conf_case *c;
	struct verdict *v;
	const char *name; /* of the scenario */
	struct json *doc; /* scenario.json */
	struct buf pattern; /* expect.pattern */
	struct proc_result r;
	struct buf events; /* what is judged: r.out, or made from it */
	struct slice *lines; /* of events, blank ones left out */
	struct json **event; /* of each line; NULL: no object */
	size_t line_n;
};

/* Reads scenario NAME of the suite; false: said in v. */
bool sitting_open(struct sitting *s, const struct run *run,
    const struct conf_case *c, const char *name, struct verdict *v);
/* Runs the testee at it; false when that was the end: said in v. */
bool sitting_run(struct sitting *s);
/* Takes events as what is judged, instead of what was there before. */
void sitting_events(struct sitting *s, struct slice events);
void sitting_close(struct sitting *s);

/* A member of the case, else of the scenario, else NULL. */
const struct json *sitting_says(const struct sitting *s, const char *key);
unsigned sitting_number(const struct sitting *s, const char *key);
bool sitting_is(const struct sitting *s, const char *key);

/* Each says in v what does not hold, and is false then. */
bool harness_lint(struct sitting *s, const struct strings *rules);
bool harness_pattern(struct sitting *s);
bool harness_counts(struct sitting *s);
bool harness_exit(struct sitting *s);
/* It had to refuse before the first event. */
bool harness_refusal(struct sitting *s);
/* It could not write: anything but status 0. */
bool harness_failure(struct sitting *s);
bool harness_extras(struct sitting *s);

/* The stream without its extensions (EXT-3). */
void harness_strip(struct sitting *s);
/* libtest2's draft as the protocol; false: said in v. */
bool harness_from_draft(struct sitting *s);

#endif
