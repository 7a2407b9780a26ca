/* SPDX-License-Identifier: MIT */
/*
 * Lines that wait for a decision, in the order in which they came.  Each
 * owner has a struct held; the memory comes from a pool that they share and
 * goes back to it, so that an event costs one copy and no malloc().
 */
#ifndef HOLD_H
#define HOLD_H

#include "core.h"

enum { HOLD_SIZES = 17 }; /* of blocks: 128 bytes, 256, ... 8 MiB */

struct hold_block;

struct hold_pool {
	struct hold_block *free[HOLD_SIZES];
	size_t used, cap; /* bytes held now, and at most */
};

struct held {
	struct hold_block *first, *last;
};

struct held_line {
	struct em_str line; /* has 64 readable bytes behind it */
	uint64_t number; /* of the input */
	uint8_t kind; /* enum em_kind */
};

/* A place in the lines of one owner; all zero is before the first. */
struct held_at {
	const struct hold_block *block;
	size_t offset;
};

void hold_init(struct hold_pool *p, size_t cap);
/* False when refused: the cap was passed, or out of memory. */
bool hold_add(struct hold_pool *p, struct held *h, enum em_kind kind,
    uint64_t number, struct em_str line);
/* False after the last. */
bool hold_next(const struct held *h, struct held_at *at, struct held_line *l);
/* Empties h; a small block stays with it, to be filled again. */
void hold_clear(struct hold_pool *p, struct held *h);
/* The same, and nothing stays. */
void hold_drop(struct hold_pool *p, struct held *h);
void hold_free(struct hold_pool *p);

#endif
