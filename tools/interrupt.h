/* SPDX-License-Identifier: MIT */
/* What a killed tool leaves behind: nothing. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

struct unfinished;

/* The file to remove when SIGINT, SIGTERM or SIGHUP ends the process.  A signal
 * that is ignored stays so.  NULL for no path. */
struct unfinished *interrupt_removes(const char *path);
/* It is finished, or gone. */
void interrupt_keeps(struct unfinished *u);

#endif
