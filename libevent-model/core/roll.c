/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "roll.h"

struct wanted {
	struct roll_entry **v;
	struct table_key key;
};

static uint32_t
hash_of(struct table_key k)
{
	return (uint32_t)(k.hi >> 32);
}

static bool
same(const void *key, uint32_t number)
{
	const struct wanted *w = key;
	struct table_key k = w->v[number]->key;

	return k.lo == w->key.lo && k.hi == w->key.hi;
}

void *
roll_find(const struct roll *r, struct table_key key)
{
	struct wanted w = { r->v, key };
	uint32_t number = index_find(&r->index, hash_of(key), same, &w);

	return number == INDEX_NONE ? NULL : r->v[number];
}

static bool
grow(struct roll *r)
{
	uint32_t size = r->size == 0 ? 16 : r->size * 2;
	struct roll_entry **v;
	uint32_t *numbers;

	if (size < r->size)
		return false;
	v = realloc(r->v, size * sizeof(*v));
	if (v == NULL)
		return false;
	r->v = v;
	numbers = realloc(r->free, size * sizeof(*numbers));
	if (numbers == NULL)
		return false;
	r->free = numbers;
	r->size = size;
	return true;
}

bool
roll_add(struct roll *r, struct roll_entry *e)
{
	if (r->free_n == 0 && r->n == r->size && !grow(r))
		return false;
	e->number = r->free_n > 0 ? r->free[r->free_n - 1] : r->n;
	if (!index_add(&r->index, hash_of(e->key), e->number))
		return false;
	if (r->free_n > 0)
		r->free_n--;
	else
		r->n++;
	r->v[e->number] = e;
	return true;
}

void
roll_remove(struct roll *r, struct roll_entry *e)
{
	index_remove(&r->index, hash_of(e->key), e->number);
	r->v[e->number] = NULL;
	r->free[r->free_n++] = e->number;
}

void
roll_free(struct roll *r)
{
	index_free(&r->index);
	free(r->v);
	free(r->free);
	*r = (struct roll){ .n = 0 };
}
