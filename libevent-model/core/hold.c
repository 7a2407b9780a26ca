/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "hold.h"

enum {
	SIZE_FIRST = 128,
	SIZE_GROWTH_MAX = 64 * 1024, /* blocks grow with what an owner holds */
	SLACK = 64, /* readable bytes behind a line, as the scanner wants */
	NOT_POOLED = 0xff
};

void
hold_init(struct hold_pool *p, size_t cap)
{
	*p = (struct hold_pool){ .cap = cap };
}

static struct hold_block *
new_block(struct hold_pool *p, size_t want)
{
	struct hold_block *b;
	uint8_t k = 0;
	size_t size = SIZE_FIRST;

	while (k < HOLD_SIZES && size < want) {
		k++;
		size <<= 1;
	}
	if (k == HOLD_SIZES) {
		k = NOT_POOLED;
		size = want;
	}
	if (size > UINT32_MAX || p->used > p->cap || size > p->cap - p->used)
		return NULL;
	if (k != NOT_POOLED && p->free[k] != NULL) {
		b = p->free[k];
		p->free[k] = b->next;
	} else {
		b = malloc(sizeof(*b) + size + SLACK);
		if (b == NULL)
			return NULL;
		b->size = (uint32_t)size;
		b->size_class = k;
		memset(b->data + size, 0, SLACK);
	}
	p->used += b->size;
	b->next = NULL;
	b->used = 0;
	return b;
}

struct hold_block *
hold_grow(struct hold_pool *p, struct held *h, size_t need)
{
	size_t want = h->last != NULL ? (size_t)h->last->size * 2 : SIZE_FIRST;
	struct hold_block *b;

	if (want > SIZE_GROWTH_MAX)
		want = SIZE_GROWTH_MAX;
	b = new_block(p, want > need ? want : need);
	if (b == NULL)
		return NULL;
	if (h->last != NULL)
		h->last->next = b;
	else
		h->first = b;
	h->last = b;
	return b;
}

bool
hold_next(const struct held *h, struct held_at *at, struct held_line *l)
{
	struct hold_head head;

	if (at->block == NULL)
		at->block = h->first;
	/* A block that was cleared, and then was too small, is empty. */
	while (at->block != NULL && at->offset == at->block->used) {
		at->block = at->block->next;
		at->offset = 0;
	}
	if (at->block == NULL)
		return false;
	memcpy(&head, at->block->data + at->offset, sizeof(head));
	l->line = (struct em_str){ at->block->data + at->offset + sizeof(head),
		head.n };
	l->number = head.number;
	l->kind = head.kind;
	at->offset += hold_need(head.n);
	return true;
}

static void
give_back(struct hold_pool *p, struct hold_block *b)
{
	struct hold_block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		p->used -= b->size;
		if (b->size_class == NOT_POOLED) {
			free(b);
			continue;
		}
		b->next = p->free[b->size_class];
		p->free[b->size_class] = b;
	}
}

void
hold_trim(struct hold_pool *p, struct held *h)
{
	struct hold_block *b = h->first;

	if (b->size > HOLD_KEPT_MAX) {
		hold_drop(p, h);
		return;
	}
	give_back(p, b->next);
	b->next = NULL;
	b->used = 0;
	h->last = b;
}

void
hold_drop(struct hold_pool *p, struct held *h)
{
	give_back(p, h->first);
	*h = (struct held){ NULL, NULL };
}

void
hold_free(struct hold_pool *p)
{
	for (size_t i = 0; i < ARRAY_LEN(p->free); i++)
		for (struct hold_block *b = p->free[i], *next; b != NULL;
		     b = next) {
			next = b->next;
			free(b);
		}
	*p = (struct hold_pool){ .cap = p->cap };
}
