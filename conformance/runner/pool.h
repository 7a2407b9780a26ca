/* SPDX-License-Identifier: MIT */
/* Cases side by side, each judged in a process of its own. */
#ifndef POOL_H
#define POOL_H

#include "run.h"

/* One case for one testee. */
struct task {
	const struct run *run; /* tmp is made here for each case */
	const struct conf_case *c;
};

struct pool {
	void (*judge)(
	    const struct run *, const struct conf_case *, struct verdict *);
	/* Gets each verdict, in the order of the tasks; v is freed after. */
	void (*done)(void *arg, const struct task *, struct verdict *);
	void *arg;
};

/* Judges all, jobs at a time; false when the processes or directories for it
 * cannot be had: errno says why. */
bool pool_run(
    const struct pool *pool, const struct task *tasks, size_t n, unsigned jobs);

#endif
