/* SPDX-License-Identifier: MIT */
/*
 * tsum --history: each input is one run, oldest first; what became of each
 * case over them.
 */
#ifndef SUM_HISTORY_H
#define SUM_HISTORY_H

#include "cli.h"

struct history;

struct history *history_new(void);
/* Adds what one input concluded; false when out of memory. */
bool history_add(struct history *h, struct em_results *rs);
/* Text for people, or JSON by the name of the format; false when out of
 * memory.  Nothing may be added after that. */
bool history_print(
    struct history *h, struct em_out *out, const char *format, size_t most);
void history_free(struct history *h);

#endif
