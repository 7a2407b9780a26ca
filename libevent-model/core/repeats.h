/* SPDX-License-Identifier: MIT */
/*
 * How often an identity was given so far.  Nearly all are given once, and
 * cost no more than 12 bytes: what is kept of them is 63 bits of their key.
 */
#ifndef REPEATS_H
#define REPEATS_H

#include "index.h"

struct repeats { /* all zero at first */
	struct index once;
	struct table more; /* how often, of those that came again */
};

/*
 * The ordinal of this time, 1 for the first; 0 when out of memory.  One that
 * is stated counts if it is above that; EM_UNSET when none is.
 */
int64_t repeats_add(struct repeats *s, struct table_key key, int64_t stated);
void repeats_free(struct repeats *s);

#endif
