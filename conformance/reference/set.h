/* SPDX-License-Identifier: MIT */
/* A set of texts, as big as what is in it. */
#ifndef REF_SET_H
#define REF_SET_H

#include "ref.h"

struct set {
	struct slice *slot; /* p == NULL: free */
	size_t slots, n;
};

/* False when it was there already. */
bool set_add(struct set *s, struct slice text);
/* False when it was not there. */
bool set_remove(struct set *s, struct slice text);
void set_free(struct set *s);

#endif
