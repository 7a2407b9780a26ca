/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "table.h"

static const size_t EMPTY = SIZE_MAX;

static uint64_t
hash(struct slice s)
{
	uint64_t h = 14695981039346656037u;
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h ^ h >> 29;
}

/* Where the key is, or where it would go. */
static size_t
find(const struct table *t, struct slice s)
{
	size_t i = hash(s) & (t->slots - 1);

	while (t->slot[i] != EMPTY && !slice_same(t->key[t->slot[i]], s))
		i = (i + 1) & (t->slots - 1);
	return i;
}

/* Never more than half full. */
static bool
widen(struct table *t)
{
	size_t slots = t->slots == 0 ? 64 : 2 * t->slots, i;
	size_t *slot = malloc(slots * sizeof(*slot));
	struct slice *key = realloc(t->key, slots / 2 * sizeof(*key));

	if (key != NULL)
		t->key = key;
	if (slot == NULL || key == NULL) {
		free(slot);
		return false;
	}
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
	t->size = slots / 2;
	for (i = 0; i < slots; i++)
		slot[i] = EMPTY;
	for (i = 0; i < t->count; i++)
		slot[find(t, t->key[i])] = i;
	return true;
}

bool
table_get(const struct table *t, struct slice s, size_t *number)
{
	if (t->slots == 0)
		return false;
	*number = t->slot[find(t, s)];
	return *number != EMPTY;
}

bool
table_put(struct table *t, struct slice s, size_t *number, bool *added)
{
	char *copy;

	*added = false;
	if (table_get(t, s, number))
		return true;
	if (t->count == t->size && !widen(t))
		return false;
	if ((copy = malloc(s.n + 1)) == NULL)
		return false;
	if (s.n != 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	*number = t->count++;
	t->slot[find(t, s)] = *number;
	t->key[*number] = (struct slice){ copy, s.n };
	*added = true;
	return true;
}

void
table_free(struct table *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		free((void *)(uintptr_t)t->key[i].p);
	free(t->key);
	free(t->slot);
	*t = (struct table){ NULL, 0, 0, NULL, 0 };
}
