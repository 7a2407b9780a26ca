/* SPDX-License-Identifier: MIT */
/*
 * A roll of things that have a key: found by it, entered and struck off.  The
 * things belong to the caller and begin with a struct roll_entry.
 */
#ifndef ROLL_H
#define ROLL_H

#include "index.h"

struct roll_entry {
	struct table_key key;
	uint32_t number; /* roll.c's own */
};

struct roll {
	struct index index;
	struct roll_entry **v; /* by number */
	uint32_t *free; /* numbers of those struck off */
	uint32_t n, free_n, size;
};

/* NULL when it is not there. */
void *roll_find(const struct roll *r, struct table_key key);
/* e->key must be set and not be there yet.  False when out of memory. */
bool roll_add(struct roll *r, struct roll_entry *e);
void roll_remove(struct roll *r, struct roll_entry *e);
void roll_free(struct roll *r);

#endif
