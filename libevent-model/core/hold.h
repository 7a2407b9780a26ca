/* SPDX-License-Identifier: MIT */
/*
 * Lines that wait for a decision, in the order in which they came.  Each
 * owner has a struct held; the memory comes from a pool that they share and
 * goes back to it, so that an event costs one copy and no malloc().
 */
#ifndef HOLD_H
#define HOLD_H

#include <string.h>

#include "core.h"

enum {
	HOLD_SIZES = 17, /* of blocks: 128 bytes, 256, ... 8 MiB */
	HOLD_KEPT_MAX = 512 /* bytes of the block that hold_clear() leaves */
};

struct hold_block {
	struct hold_block *next;
	uint32_t size, used; /* of data, without the slack */
	uint8_t size_class; /* hold.c's own */
	char data[];
};

/* Before each line.  Lines of 4 GiB and more are refused. */
struct hold_head {
	uint64_t number;
	uint32_t n;
	uint8_t kind;
};

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
/* False after the last. */
bool hold_next(const struct held *h, struct held_at *at, struct held_line *l);
/* Empties h, and nothing stays with it. */
void hold_drop(struct hold_pool *p, struct held *h);
void hold_free(struct hold_pool *p);

/* ---- for each line, so without a call ---- */

/* A new last block of h with room for need bytes; NULL when refused. */
struct hold_block *hold_grow(struct hold_pool *p, struct held *h, size_t need);
/* hold_clear() of more than one block, or a large one. */
void hold_trim(struct hold_pool *p, struct held *h);

/* Heads and lines one after another, each at a multiple of 8. */
static inline size_t
hold_need(size_t line)
{
	return (sizeof(struct hold_head) + line + 7) & ~(size_t)7;
}

/* False when refused: the cap was passed, or out of memory. */
static inline bool
hold_add(struct hold_pool *p, struct held *h, enum em_kind kind,
    uint64_t number, struct em_str line)
{
	struct hold_head head = { number, (uint32_t)line.n, (uint8_t)kind };
	struct hold_block *b = h->last;
	size_t need = hold_need(line.n);

	if (b == NULL || b->size - b->used < need)
		b = hold_grow(p, h, need);
	if (b == NULL)
		return false;
	memcpy(b->data + b->used, &head, sizeof(head));
	memcpy(b->data + b->used + sizeof(head), line.p, line.n);
	b->used += (uint32_t)need;
	return true;
}

/* Empties h; a small block stays with it, to be filled again. */
static inline void
hold_clear(struct hold_pool *p, struct held *h)
{
	struct hold_block *b = h->first;

	if (b == NULL)
		return;
	if (b->next != NULL || b->size > HOLD_KEPT_MAX)
		hold_trim(p, h);
	else
		b->used = 0;
}

#endif
