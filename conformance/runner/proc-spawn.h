/* SPDX-License-Identifier: MIT */
/* Starting a testee, and ending what is left of it; for proc.c. */
#ifndef PROC_SPAWN_H
#define PROC_SPAWN_H

#include <sys/types.h>

#include "proc.h"

/* Our ends of its pipes; -1 where there is none. */
struct proc_ends {
	int in, out, other, err;
};

/* -1 when it could not be started: errno says why. */
pid_t proc_spawn(const struct proc_spec *spec, struct proc_ends *ends);
/* True while a child of ours runs, or waits to be collected. */
bool proc_children(void);
/* Ends and collects all children of ours; how many there were. */
unsigned proc_sweep(pid_t group);
/* Peak of its memory, or 0. */
long proc_peak_kib(pid_t pid);

#endif
