/* SPDX-License-Identifier: MIT */
/* Cases side by side, each judged in a process of its own. */
#ifndef POOL_H
#define POOL_H

#include "run.h"

struct pool {
	struct run run; /* tmp is made here for each case */
	void (*judge)(
	    const struct run *, const struct conf_case *, struct verdict *);
	/* Gets each verdict, in the order of the cases; v is freed after. */
	void (*done)(void *arg, const struct conf_case *, struct verdict *);
	void *arg;
};

/* Judges the cases, jobs at a time; false when the processes or directories
 * for it cannot be had: errno says why. */
bool pool_run(const struct pool *pool, const struct conf_case *const *cases,
    size_t n, unsigned jobs);

#endif
