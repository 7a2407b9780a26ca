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

void roll_free(struct roll *r);

/* ---- for each line, so without a call ---- */

/* Makes room for as many again; false when out of memory. */
bool roll_grow(struct roll *r);

/* Where the chain of that key begins; the table has a size. */
static inline struct roll_entry **
roll_chain(const struct roll *r, struct table_key key)
{
	return &r->chains[key.hi & (r->size - 1)];
}

/* NULL when it is not there. */
static inline void *
roll_find(const struct roll *r, struct table_key key)
{
	struct roll_entry *e = r->size > 0 ? *roll_chain(r, key) : NULL;

	while (e != NULL && (e->key.lo != key.lo || e->key.hi != key.hi))
		e = e->next;
	return e;
}

/* There is room. */
static inline void
roll_put(struct roll *r, struct roll_entry *e)
{
	struct roll_entry **at = roll_chain(r, e->key);

	e->next = *at;
	*at = e;
	r->n++;
}

/* e->key must be set and not be there yet.  False when out of memory. */
static inline bool
roll_add(struct roll *r, struct roll_entry *e)
{
	if (r->n == r->size && !roll_grow(r))
		return false;
	roll_put(r, e);
	return true;
}

static inline void
roll_remove(struct roll *r, struct roll_entry *e)
{
	struct roll_entry **at = roll_chain(r, e->key);

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	r->n--;
}

#endif
