/* SPDX-License-Identifier: MIT */
/* Where a value stands in a tree: a chain on the stack of who walks it. */
#ifndef PATH_H
#define PATH_H

#include "slice.h"

struct path {
	const struct path *up; /* NULL: this is the root */
	struct slice name; /* of a member; p == NULL: an item */
	size_t index;
};

/* As a JSON pointer, cut where there is no more room. */
void path_put(const struct path *, char *to, size_t size);

#endif
