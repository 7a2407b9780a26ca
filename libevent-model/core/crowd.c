/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "crowd.h"

static const size_t memory_max = (size_t)1 << 28; /* of one */

void
crowd_init(struct crowd *c, size_t size)
{
	*c = (struct crowd){ .size = size };
}

void *
crowd_find(const struct crowd *c, struct table_key key)
{
	return roll_find(&c->roll, key);
}

/* One that is not in use, its arena empty; NULL when out of memory. */
static struct member *
blank(struct crowd *c)
{
	struct member *m = c->spare;

	if (m != NULL) {
		c->spare = m->next;
		memset(m + 1, 0, c->size - sizeof(*m));
		return m;
	}
	m = calloc(1, c->size);
	if (m != NULL)
		arena_init(&m->arena, memory_max);
	return m;
}

static void
put_away(struct crowd *c, struct member *m)
{
	arena_reset(&m->arena);
	m->next = c->spare;
	c->spare = m;
}

void *
crowd_add(struct crowd *c, struct table_key key)
{
	struct member *m = blank(c);

	if (m == NULL)
		return NULL;
	m->entry.key = key;
	if (!roll_add(&c->roll, &m->entry)) {
		put_away(c, m);
		return NULL;
	}
	m->next = NULL;
	m->prev = c->newest;
	if (c->newest != NULL)
		c->newest->next = m;
	else
		c->first = m;
	c->newest = m;
	return m;
}

void
crowd_remove(struct crowd *c, struct member *m)
{
	roll_remove(&c->roll, &m->entry);
	if (m->prev != NULL)
		m->prev->next = m->next;
	else
		c->first = m->next;
	if (m->next != NULL)
		m->next->prev = m->prev;
	else
		c->newest = m->prev;
	put_away(c, m);
}

void
crowd_free(struct crowd *c)
{
	while (c->first != NULL)
		crowd_remove(c, c->first);
	while (c->spare != NULL) {
		struct member *m = c->spare;

		c->spare = m->next;
		arena_free(&m->arena);
		free(m);
	}
	roll_free(&c->roll);
}
