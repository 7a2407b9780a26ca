/* SPDX-License-Identifier: MIT */
/* Bytes to numbers: 0, 1, 2 ... in the order in which they are first seen. */
#ifndef TABLE_H
#define TABLE_H

#include <stdint.h>

#include "slice.h"

struct table {
	struct slice *key; /* by number; the bytes are the table's */
	size_t count, size;
	size_t *slot;
	size_t slots;
};

/* The number of these bytes, *added if it is new; false: out of memory. */
bool table_put(struct table *, struct slice, size_t *number, bool *added);
bool table_get(const struct table *, struct slice, size_t *number);
void table_free(struct table *);

#endif
