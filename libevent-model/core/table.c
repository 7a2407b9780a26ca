/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core.h"

struct table_slot {
	struct table_key key; /* both 0: free */
	uint64_t value;
};

struct table_key
table_key(const struct em_str *parts, size_t n, uint64_t seed)
{
	struct table_key k = { 0, seed };

	for (size_t i = 0; i < n; i++) {
		XXH128_hash_t h;

		/* An absent part differs from an empty one, and is cheap. */
		if (parts[i].p == NULL) {
			k.lo += UINT64_C(0x9e3779b97f4a7c15);
			k.hi ^= UINT64_C(0xc2b2ae3d27d4eb4f);
			continue;
		}
		/* The last hash seeds the next, so lengths matter. */
		h = XXH3_128bits_withSeed(
		    parts[i].p, parts[i].n, k.lo ^ (k.hi * 3));
		k.lo = h.low64;
		k.hi = h.high64;
	}
	if (k.lo == 0 && k.hi == 0)
		k.lo = 1;
	return k;
}

uint64_t
table_hash(struct em_str s, uint64_t seed)
{
	/* Without a seed of its own XXH3 takes a third less. */
	return XXH3_64bits(s.p, s.n) + seed * UINT64_C(0x9e3779b97f4a7c15);
}

void
table_init(struct table *t)
{
	*t = (struct table){ 0 };
}

static struct table_slot *
probe(const struct table *t, struct table_key k)
{
	size_t i = (size_t)k.hi & (t->size - 1);
	struct table_slot *s;

	for (;; i = (i + 1) & (t->size - 1)) {
		s = &t->slots[i];
		if ((s->key.lo == k.lo && s->key.hi == k.hi) ||
		    (s->key.lo == 0 && s->key.hi == 0))
			return s;
	}
}

static bool
grow(struct table *t)
{
	struct table bigger = { .size = t->size == 0 ? 64 : t->size * 2 };

	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return false;
	for (size_t i = 0; i < t->size; i++) {
		struct table_slot *s = &t->slots[i];

		if (s->key.lo != 0 || s->key.hi != 0)
			*probe(&bigger, s->key) = *s;
	}
	bigger.n = t->n;
	free(t->slots);
	*t = bigger;
	return true;
}

uint64_t *
table_at(struct table *t, struct table_key k)
{
	struct table_slot *s;

	if (t->n >= t->size / 4 * 3 && !grow(t)) {
		t->failed = true;
		return NULL;
	}
	s = probe(t, k);
	if (s->key.lo == 0 && s->key.hi == 0) {
		s->key = k;
		t->n++;
	}
	return &s->value;
}

uint64_t *
table_get(const struct table *t, struct table_key k)
{
	struct table_slot *s;

	if (t->size == 0)
		return NULL;
	s = probe(t, k);
	return s->key.lo == 0 && s->key.hi == 0 ? NULL : &s->value;
}

size_t
table_bytes(const struct table *t)
{
	return t->size * sizeof(*t->slots);
}

void
table_free(struct table *t)
{
	free(t->slots);
	table_init(t);
}
