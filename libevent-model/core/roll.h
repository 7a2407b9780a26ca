/* SPDX-License-Identifier: MIT */
/*
 * A roll of things that have a key: found by it, entered and struck off.  The
 * things belong to the caller and begin with a struct roll_entry.
 */
#ifndef ROLL_H
#define ROLL_H

#include "core.h"

struct roll_entry {
	struct table_key key;
	struct roll_entry *next; /* roll.c's own */
};

struct roll {
	struct roll_entry **chains; /* of those whose keys are alike */
	size_t n, size; /* entries; chains, a power of 2 */
};

/* NULL when it is not there. */
void *roll_find(const struct roll *r, struct table_key key);
/* e->key must be set and not be there yet.  False when out of memory. */
bool roll_add(struct roll *r, struct roll_entry *e);
void roll_remove(struct roll *r, struct roll_entry *e);
void roll_free(struct roll *r);

#endif
