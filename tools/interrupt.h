/* SPDX-License-Identifier: MIT */
/* What a killed tool leaves behind: nothing. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

/* The file to remove when SIGINT, SIGTERM or SIGHUP ends the process; NULL:
 * none any more.  A signal that is ignored stays so. */
void interrupt_removes(const char *path);

#endif
