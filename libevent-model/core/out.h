/* SPDX-License-Identifier: MIT */
/* What out.c gives to text.c beyond core.h: room in the buffer. */
#ifndef OUT_H
#define OUT_H

#include "core.h"

/* At least n (at most 1024) free bytes; out_commit() says how many were
 * used. */
char *out_reserve(struct em_out *out, size_t n);
void out_commit(struct em_out *out, size_t n);
/* Counts a character that was replaced, since the format does not have it. */
void out_replace(struct em_out *out);
uint64_t out_replaced(const struct em_out *out);
/* Forgets what was written to memory. */
void out_rewind(struct em_out *out);

#endif
