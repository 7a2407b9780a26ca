/* SPDX-License-Identifier: MIT */
/* What out.c gives to text.c and formats beyond core.h: room in the buffer. */
#ifndef OUT_H
#define OUT_H

#include <string.h>

#include "core.h"

/* At least n (at most 1024) free bytes; out_commit() says how many were
 * used. */
char *out_reserve(struct em_out *out, size_t n);
void out_commit(struct em_out *out, size_t n);
/* A literal of n bytes, at most 1024. */
static inline void
out_lit(struct em_out *out, const char *lit, size_t n)
{
	memcpy(out_reserve(out, n), lit, n);
	out_commit(out, n);
}
/* Counts a character that was replaced, since the format does not have it. */
void out_replace(struct em_out *out);
uint64_t out_replaced(const struct em_out *out);
/* Forgets what was written to memory. */
void out_rewind(struct em_out *out);

#endif
