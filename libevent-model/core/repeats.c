/* SPDX-License-Identifier: MIT */
#include "repeats.h"

static bool
same(const void *key, uint32_t number)
{
	return *(const uint32_t *)key == number;
}

int64_t
repeats_add(struct repeats *s, struct table_key key, int64_t stated)
{
	uint32_t hash = (uint32_t)key.lo;
	uint32_t rest = (uint32_t)key.hi & INT32_MAX;
	bool first = index_find(&s->once, hash, same, &rest) == INDEX_NONE;
	uint64_t *seen;

	if (first && !index_add(&s->once, hash, rest))
		return 0;
	if (first && stated <= 1)
		return 1;
	seen = table_at(&s->more, key);
	if (seen == NULL)
		return 0;
	if (*seen == 0 && !first)
		*seen = 1;
	++*seen;
	if (stated > (int64_t)*seen)
		*seen = (uint64_t)stated;
	return (int64_t)*seen;
}

void
repeats_free(struct repeats *s)
{
	index_free(&s->once);
	table_free(&s->more);
}
