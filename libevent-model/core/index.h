/* SPDX-License-Identifier: MIT */
/*
 * A compact hash index: from a 32-bit hash to numbers that the owner gave
 * out.  It takes 8 bytes a slot and holds no keys; the owner, who has the
 * things under their numbers, says whether one is the one looked for.
 */
#ifndef INDEX_H
#define INDEX_H

#include "core.h"

#define INDEX_NONE UINT32_MAX

struct index_slot {
	uint32_t hash;
	uint32_t ref; /* number + 1; 0: free */
};

struct index {
	struct index_slot *slots;
	size_t n, size;
};

/* The number under hash for which same() is true, else INDEX_NONE. */
uint32_t index_find(const struct index *ix, uint32_t hash,
    bool (*same)(const void *key, uint32_t number), const void *key);
/* False when out of memory.  The number must not be in it yet. */
bool index_add(struct index *ix, uint32_t hash, uint32_t number);
void index_remove(struct index *ix, uint32_t hash, uint32_t number);
/* What was found as one number is found as another from now on. */
void index_renumber(
    struct index *ix, uint32_t hash, uint32_t number, uint32_t to);
void index_clear(struct index *ix); /* empty, memory kept */
void index_free(struct index *ix);

#endif
