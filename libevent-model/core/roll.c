/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "roll.h"

enum { FIRST_SIZE = 16 };

bool
roll_grow(struct roll *r)
{
	struct roll bigger = { .size = r->size > 0 ? r->size * 2 : FIRST_SIZE };

	bigger.chains = calloc(bigger.size, sizeof(*bigger.chains));
	if (bigger.chains == NULL)
		return false;
	for (size_t i = 0; i < r->size; i++)
		for (struct roll_entry *e = r->chains[i], *next; e != NULL;
		     e = next) {
			next = e->next;
			roll_put(&bigger, e);
		}
	free(r->chains);
	*r = bigger;
	return true;
}

void
roll_free(struct roll *r)
{
	free(r->chains);
	*r = (struct roll){ .n = 0 };
}
