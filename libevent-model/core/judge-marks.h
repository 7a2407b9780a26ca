/* SPDX-License-Identifier: MIT */
/* The memory of the judge, for judge*.c only. */
#ifndef JUDGE_MARKS_H
#define JUDGE_MARKS_H

#include "judge.h"

enum { JUDGE_ONCE = 2 }; /* the bit of what has no attempts */

/* NULL when it is not known, or forgotten. */
const struct judge_mark *judge_find(const struct judge *j, uint64_t key);
/* The mark of a key, which is new when nothing was touched; NULL when out of
 * memory. */
struct judge_mark *judge_mark_at(struct judge *j, uint64_t key);
/* What is known by now puts the doubt right. */
bool judge_is_settled(const struct judge *j, const struct judge_doubt *d);
void judge_drop_settled(struct judge *j);
void judge_free_marks(struct judge *j);

/* ---- for each event, so without a call ---- */

static inline struct judge_mark *
judge_probe(const struct judge_table *t, uint64_t key)
{
	size_t i = (size_t)key & (t->size - 1);

	while (t->marks[i].key != key && t->marks[i].key != 0)
		i = (i + 1) & (t->size - 1);
	return &t->marks[i];
}

static inline bool
judge_has(const struct judge_table *t, uint64_t key)
{
	return t->size > 0 && judge_probe(t, key)->key != 0;
}

/* All attempts before that of the bit. */
static inline unsigned
judge_before(unsigned bit)
{
	return bit - 2;
}

/* So few that most are where they are looked for first. */
static inline bool
judge_is_full(const struct judge_table *t)
{
	return t->n >= t->size / 4;
}

/* The mark, which is free, is going to be used. */
static inline void
judge_enter(struct judge_table *t, const struct judge_mark *m)
{
	t->used[t->n++] = (uint32_t)(m - t->marks);
}

#endif
