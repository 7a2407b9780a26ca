/* SPDX-License-Identifier: MIT */
/* Events written anew: what a filter changes, and what faulty ones do. */
#ifndef REF_REWRITE_H
#define REF_REWRITE_H

#include "event.h"

struct change {
	const char *name;
	struct slice value; /* JSON; p == NULL: the member is left out */
};

/* The event with members changed, added, or left out; all else as written.
 * The list ends with name == NULL. */
void rewrite(
    struct ref_text *out, const struct json *v, const struct change *changes);

/* Faults of mutants. */
struct rewrite_faults {
	bool known_alone; /* members that 1.0 does not have go */
	bool doubles; /* numbers go through a double */
	bool sorted; /* members by name */
};

void rewrite_badly(struct ref_text *out, const struct event *e,
    const struct rewrite_faults *faults);

#endif
