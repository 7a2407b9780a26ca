/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "opened.h"

struct opened *
opened_find(const struct table *t, struct table_key key)
{
	uint64_t *slot = table_get(t, key);

	return slot != NULL ? (struct opened *)(uintptr_t)*slot : NULL;
}

static struct em_str
put(char **p, struct em_str s)
{
	struct em_str copy = { s.p != NULL ? *p : NULL, s.n };

	if (s.n > 0)
		memcpy(*p, s.p, s.n);
	*p += s.n;
	return copy;
}

struct opened *
opened_add(struct table *t, struct opened **list, struct table_key key,
    struct em_str name, struct em_str variant)
{
	uint64_t *slot = table_at(t, key);
	struct opened *c = malloc(sizeof(*c) + name.n + variant.n);
	char *p = (char *)(c + 1);

	if (slot == NULL || c == NULL) {
		free(c);
		return NULL;
	}
	*c = (struct opened){
		.next = *list,
		.key = key,
		.iteration = EM_UNSET,
	};
	c->name = put(&p, name);
	c->variant = put(&p, variant);
	if (*list != NULL)
		(*list)->prev = c;
	*list = c;
	*slot = (uint64_t)(uintptr_t)c;
	return c;
}

static void
drop_note(struct opened *c)
{
	free((char *)(uintptr_t)c->note.p);
	c->note = (struct em_str){ NULL, 0 };
}

bool
opened_note(struct opened *c, struct em_str text)
{
	char *copy = malloc(text.n + 1), *p = copy;

	drop_note(c);
	if (copy == NULL)
		return false;
	put(&p, text);
	c->note = (struct em_str){ copy, text.n };
	return true;
}

void
opened_close(struct table *t, struct opened **list, struct opened *c)
{
	uint64_t *slot = table_get(t, c->key);

	if (slot != NULL)
		*slot = 0;
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		*list = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	drop_note(c);
	free(c);
}
