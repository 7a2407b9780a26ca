/* SPDX-License-Identifier: MIT */
#include "set.h"

#include <stdlib.h>

static size_t
home(const struct set *s, struct slice t)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < t.n; i++)
		h = (h ^ (unsigned char)t.p[i]) * 0x100000001b3;
	return (size_t)(h ^ h >> 29) & (s->slots - 1);
}

/* Where the text is, or the free slot where it would be. */
static size_t
place(const struct set *s, struct slice t)
{
	size_t at = home(s, t);

	while (s->slot[at].p != NULL && !slice_same(s->slot[at], t))
		at = (at + 1) & (s->slots - 1);
	return at;
}

static void
grow(struct set *s)
{
	struct set old = *s;

	s->slots = old.slots != 0 ? old.slots * 2 : 64;
	s->slot = ref_resize(NULL, s->slots, sizeof *s->slot);
	memset(s->slot, 0, s->slots * sizeof *s->slot);
	for (size_t i = 0; i < old.slots; i++)
		if (old.slot[i].p != NULL)
			s->slot[place(s, old.slot[i])] = old.slot[i];
	free(old.slot);
}

static bool
has(const struct set *s, struct slice t)
{
	return s->slots != 0 && s->slot[place(s, t)].p != NULL;
}

bool
set_add(struct set *s, struct slice t)
{
	size_t at;
	char *p;

	if (s->n * 2 >= s->slots)
		grow(s);
	at = place(s, t);
	if (s->slot[at].p != NULL)
		return false;
	p = ref_resize(NULL, t.n, 1);
	if (t.n != 0)
		memcpy(p, t.p, t.n);
	s->slot[at] = (struct slice){ p, t.n };
	s->n++;
	return true;
}

bool
set_remove(struct set *s, struct slice t)
{
	size_t at;

	if (!has(s, t))
		return false;
	at = place(s, t);
	free((char *)s->slot[at].p);
	s->slot[at] = (struct slice){ 0 };
	s->n--;
	/* Those behind it may have been kept from its place. */
	for (at = (at + 1) & (s->slots - 1); s->slot[at].p != NULL;
	     at = (at + 1) & (s->slots - 1)) {
		struct slice moved = s->slot[at];

		s->slot[at] = (struct slice){ 0 };
		s->slot[place(s, moved)] = moved;
	}
	return true;
}

void
set_free(struct set *s)
{
	for (size_t i = 0; i < s->slots; i++)
		free((char *)s->slot[i].p);
	free(s->slot);
	*s = (struct set){ 0 };
}
