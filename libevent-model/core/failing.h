/* SPDX-License-Identifier: MIT */
/* Which cases fail so far, the last attempt of each deciding.  Memory grows
 * with cases that failed once. */
#ifndef FAILING_H
#define FAILING_H

#include "core.h"

struct failing { /* all zero at first */
	struct table last; /* of a case: attempt << 1 | it failed */
	uint64_t count; /* of cases that fail */
};

/* An attempt ended, or turned out to have failed after its end. */
void failing_attempt(struct failing *f, const struct em_event *ev, bool failed);
/* True also when it cannot be known for want of memory. */
bool failing_any(const struct failing *f);
void failing_free(struct failing *f);

#endif
