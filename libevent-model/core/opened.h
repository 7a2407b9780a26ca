/* SPDX-License-Identifier: MIT */
/*
 * The cases of a foreign stream that have started and not ended, for readers
 * that must end them, or know them again under a changed name.
 */
#ifndef OPENED_H
#define OPENED_H

#include "core.h"

struct opened {
	struct opened *next, *prev; /* of its list, the newest first */
	struct table_key key;
	struct em_str name, variant; /* copies */
	struct em_str note; /* of opened_note() */
	int64_t iteration;
	unsigned bits; /* the format's own, 0 at first */
};

/* NULL when the table has none. */
struct opened *opened_find(const struct table *t, struct table_key key);
/* A new one, in the table and in front of the list; NULL when out of memory.
 * The table must not have one under the key. */
struct opened *opened_add(struct table *t, struct opened **list,
    struct table_key key, struct em_str name, struct em_str variant);
/* Keeps a copy of a text with it; false when out of memory. */
bool opened_note(struct opened *c, struct em_str text);
void opened_close(struct table *t, struct opened **list, struct opened *c);

#endif
