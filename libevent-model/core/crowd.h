/* SPDX-License-Identifier: MIT */
/*
 * Things that are open for a while, such as tests: found by a key, listed in
 * the order in which they came, each with an arena that lives as long as it
 * does.  Their structs begin with a struct member.
 */
#ifndef CROWD_H
#define CROWD_H

#include "core.h"
#include "roll.h"

struct member {
	struct roll_entry entry; /* the key */
	struct member *next, *prev; /* in the order in which they came */
	struct arena arena;
};

struct crowd {
	struct roll roll;
	struct member *first, *newest;
	struct member *spare; /* with memory to be used again */
	size_t size; /* of the struct around a member */
};

/* A static initialiser will do as well: { .size = size }. */
void crowd_init(struct crowd *c, size_t size);
/* NULL when there is none. */
void *crowd_find(const struct crowd *c, struct table_key key);
/* A new one, all zero but for its arena; the key must not be there yet.
 * NULL when out of memory. */
void *crowd_add(struct crowd *c, struct table_key key);
void crowd_remove(struct crowd *c, struct member *m);
void crowd_free(struct crowd *c);

#endif
