/* SPDX-License-Identifier: MIT */
/*
 * What changed from one schema to the next, by rules with ids, and how large a
 * step of the version each change takes. The ids are those of the suite's
 * schema pairs; like those of the protocol they are never renamed.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "schema.h"

/* Smallest first. ERROR: not to be published, whatever the step. */
enum bump { BUMP_NONE, BUMP_PATCH, BUMP_MINOR, BUMP_MAJOR, BUMP_ERROR };

/* What the change does to what is written, W, and to what is taken, R, of the
 * old schema a and the new one b. */
enum {
	WIRE_LOST = 1, /* part of W_a is not in W_b, or not in R_b */
	WIRE_BEYOND = 2, /* part of W_b is not in R_a */
	WIRE_NEW = 4 /* part of W_b is not in W_a */
};

struct change {
	const char *rule;
	enum bump bump;
	unsigned wire;
	char at[256]; /* "/events/case_start/worker" */
	char text[160];
};

struct changes {
	struct change *change;
	size_t count, size;
};

/* Writers and readers are told apart by their $id. */
bool changes_is_reader(const struct schema *);
/* "1.0" of x-version; a reader's "1" is 1.0. False: it has none. */
bool changes_version(const struct schema *, unsigned *major, unsigned *minor);

/* Adds what changed from a to b. */
void changes_between(
    struct changes *, const struct schema *a, const struct schema *b);
/* Adds what is wrong with b by itself; a, which may be NULL, came before. */
void changes_faults(
    struct changes *, const struct schema *a, const struct schema *b);
void changes_free(struct changes *);

const char *bump_name(enum bump);

/* For the files that find changes. */
struct path;
void changes_add(struct changes *, const char *rule, unsigned wire,
    const struct path *at, const char *text, struct slice subject);

#endif
