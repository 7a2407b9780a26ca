/* SPDX-License-Identifier: MIT */
/*
 * Open addressing, linear probing.  Slots are in the order of their hashes,
 * so a table that grows is read and written from front to back.  It grows by
 * half and is filled to four fifths: 10 to 15 bytes an entry.
 */
#include <stdlib.h>
#include <string.h>

#include "index.h"

enum { FIRST_SIZE = 8 };

static size_t
home(const struct index *ix, uint32_t hash)
{
	return (size_t)((uint64_t)hash * ix->size >> 32);
}

static size_t
after(const struct index *ix, size_t i)
{
	return i + 1 == ix->size ? 0 : i + 1;
}

static void
put(struct index *ix, struct index_slot slot)
{
	size_t i = home(ix, slot.hash);

	while (ix->slots[i].ref != 0)
		i = after(ix, i);
	ix->slots[i] = slot;
	ix->n++;
}

static bool
grow(struct index *ix)
{
	struct index bigger = { .size = ix->size + ix->size / 2 };

	if (bigger.size < FIRST_SIZE)
		bigger.size = FIRST_SIZE;
	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return false;
	for (size_t i = 0; i < ix->size; i++)
		if (ix->slots[i].ref != 0)
			put(&bigger, ix->slots[i]);
	free(ix->slots);
	*ix = bigger;
	return true;
}

uint32_t
index_find(const struct index *ix, uint32_t hash,
    bool (*same)(const void *key, uint32_t number), const void *key)
{
	if (ix->size == 0)
		return INDEX_NONE;
	for (size_t i = home(ix, hash); ix->slots[i].ref != 0;
	     i = after(ix, i)) {
		const struct index_slot *s = &ix->slots[i];

		if (s->hash == hash && same(key, s->ref - 1))
			return s->ref - 1;
	}
	return INDEX_NONE;
}

bool
index_add(struct index *ix, uint32_t hash, uint32_t number)
{
	if (number == INDEX_NONE || (ix->n >= ix->size / 5 * 4 && !grow(ix)))
		return false;
	put(ix, (struct index_slot){ hash, number + 1 });
	return true;
}

static size_t
slot_of(const struct index *ix, uint32_t hash, uint32_t number)
{
	size_t i = home(ix, hash);

	while (ix->slots[i].ref != number + 1)
		i = after(ix, i);
	return i;
}

void
index_remove(struct index *ix, uint32_t hash, uint32_t number)
{
	size_t hole = slot_of(ix, hash, number), i = hole;

	/* Entries behind the hole move up, unless they would come to lie
	 * before their home. */
	for (i = after(ix, i); ix->slots[i].ref != 0; i = after(ix, i)) {
		size_t h = home(ix, ix->slots[i].hash);
		bool stays =
		    hole <= i ? hole < h && h <= i : hole < h || h <= i;

		if (stays)
			continue;
		ix->slots[hole] = ix->slots[i];
		hole = i;
	}
	ix->slots[hole].ref = 0;
	ix->n--;
}

void
index_renumber(struct index *ix, uint32_t hash, uint32_t number, uint32_t to)
{
	ix->slots[slot_of(ix, hash, number)].ref = to + 1;
}

void
index_clear(struct index *ix)
{
	if (ix->size > 0)
		memset(ix->slots, 0, ix->size * sizeof(*ix->slots));
	ix->n = 0;
}

void
index_free(struct index *ix)
{
	free(ix->slots);
	*ix = (struct index){ .size = 0 };
}
