/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "roll.h"

enum { FIRST_SIZE = 16 };

/* Where the chain of that key begins; the table has a size. */
static struct roll_entry **
chain(const struct roll *r, struct table_key key)
{
	return &r->chains[key.hi & (r->size - 1)];
}

void *
roll_find(const struct roll *r, struct table_key key)
{
	struct roll_entry *e = r->size > 0 ? *chain(r, key) : NULL;

	while (e != NULL && (e->key.lo != key.lo || e->key.hi != key.hi))
		e = e->next;
	return e;
}

static void
put(struct roll *r, struct roll_entry *e)
{
	struct roll_entry **at = chain(r, e->key);

	e->next = *at;
	*at = e;
	r->n++;
}

static bool
grow(struct roll *r)
{
	struct roll bigger = { .size = r->size > 0 ? r->size * 2 : FIRST_SIZE };

	bigger.chains = calloc(bigger.size, sizeof(*bigger.chains));
	if (bigger.chains == NULL)
		return false;
	for (size_t i = 0; i < r->size; i++)
		for (struct roll_entry *e = r->chains[i], *next; e != NULL;
		     e = next) {
			next = e->next;
			put(&bigger, e);
		}
	free(r->chains);
	*r = bigger;
	return true;
}

bool
roll_add(struct roll *r, struct roll_entry *e)
{
	if (r->n == r->size && !grow(r))
		return false;
	put(r, e);
	return true;
}

void
roll_remove(struct roll *r, struct roll_entry *e)
{
	struct roll_entry **at = chain(r, e->key);

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	r->n--;
}

void
roll_free(struct roll *r)
{
	free(r->chains);
	*r = (struct roll){ .n = 0 };
}
