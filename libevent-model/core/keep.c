/* SPDX-License-Identifier: MIT */
/* Events that outlive their reader, and maps by what they are about. */
#include <stdlib.h>

#include "format.h"

enum { KEPT_BLOCK = 512 };

struct kept {
	struct em_event ev; /* first: what em_event_free() gets */
	struct arena arena;
};

struct em_event *
em_event_dup(const struct em_event *ev)
{
	struct kept *k = malloc(sizeof(*k));

	if (k == NULL)
		return NULL;
	arena_init(&k->arena, SIZE_MAX / 4);
	k->arena.block_size = KEPT_BLOCK;
	event_copy(&k->ev, ev, &k->arena);
	if (!k->arena.failed)
		return &k->ev;
	em_event_free(&k->ev);
	return NULL;
}

bool
em_event_refill(struct em_event *copy, const struct em_event *ev)
{
	struct kept *k = (struct kept *)copy;

	arena_reset(&k->arena);
	event_copy(&k->ev, ev, &k->arena);
	return !k->arena.failed;
}

void
em_event_free(struct em_event *ev)
{
	struct kept *k = (struct kept *)ev;

	if (k == NULL)
		return;
	arena_free(&k->arena);
	free(k);
}

struct em_key
em_key(const struct em_str *parts, size_t n)
{
	struct table_key k = table_key(parts, n, 0);

	return (struct em_key){ k.lo, k.hi };
}

struct em_key
em_case_key(const struct em_event *ev)
{
	const struct em_str id[] = { ev->run, ev->suite, ev->class_name,
		ev->name, ev->variant };
	struct table_key k = table_key(
	    id, ARRAY_LEN(id), ev->iteration > 1 ? (uint64_t)ev->iteration : 1);

	return (struct em_key){ k.lo, k.hi };
}

struct em_map {
	struct table table;
};

struct em_map *
em_map_new(void)
{
	return calloc(1, sizeof(struct em_map));
}

uint64_t *
em_map_at(struct em_map *m, struct em_key k)
{
	return table_at(&m->table, (struct table_key){ k.lo, k.hi });
}

uint64_t *
em_map_find(const struct em_map *m, struct em_key k)
{
	return table_get(&m->table, (struct table_key){ k.lo, k.hi });
}

size_t
em_map_count(const struct em_map *m)
{
	return m->table.n;
}

void
em_map_free(struct em_map *m)
{
	if (m == NULL)
		return;
	table_free(&m->table);
	free(m);
}
