/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "judge-marks.h"

enum {
	MARKS_FIRST = 64,
	MARKS_MAX = JUDGE_RECENT * 4 /* slots, where little is open */
};

const struct judge_mark *
judge_find(const struct judge *j, uint64_t key)
{
	if (judge_has(&j->young, key))
		return judge_probe(&j->young, key);
	return judge_has(&j->elder, key) ? judge_probe(&j->elder, key) : NULL;
}

/* Attempts that are not there, and a later one is. */
static unsigned
missing(const struct judge_mark *m)
{
	unsigned bit = 2;

	while (bit * 2 <= m->started)
		bit *= 2;
	return judge_before(bit) & ~(unsigned)m->started;
}

/* There may be more to say about it. */
static inline bool
is_open(const struct judge_mark *m)
{
	unsigned over = m->started & m->completed;

	return m->kept || m->touched != over ||
	    (over > JUDGE_ONCE && missing(m) != 0);
}

bool
judge_is_settled(const struct judge *j, const struct judge_doubt *d)
{
	const struct judge_mark *m = judge_find(j, d->key);

	if (m == NULL)
		return d->kind != DOUBT_PARENT || j->forgot;
	return (d->bits & ~(unsigned)m->started) == 0;
}

void
judge_drop_settled(struct judge *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->doubt_count; i++)
		if (!judge_is_settled(j, &j->doubts[i]))
			j->doubts[n++] = j->doubts[i];
	j->doubt_count = n;
}

static void
free_table(struct judge_table *t)
{
	free(t->marks);
	free(t->used);
	*t = (struct judge_table){ .size = 0 };
}

static bool
make_table(struct judge_table *t, size_t size)
{
	*t = (struct judge_table){ .size = size };
	t->marks = calloc(size, sizeof(*t->marks));
	t->used = malloc(size * sizeof(*t->used));
	if (t->marks != NULL && t->used != NULL)
		return true;
	free_table(t);
	return false;
}

static void
put(struct judge_table *t, const struct judge_mark *m)
{
	struct judge_mark *at = judge_probe(t, m->key);

	*at = *m;
	judge_enter(t, at);
}

static bool
grow(struct judge_table *t)
{
	struct judge_table bigger;

	if (!make_table(&bigger, t->size > 0 ? t->size * 2 : MARKS_FIRST))
		return false;
	for (size_t i = 0; i < t->n; i++)
		put(&bigger, &t->marks[t->used[i]]);
	free_table(t);
	*t = bigger;
	return true;
}

static void
clear_table(struct judge_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		t->marks[t->used[i]] = (struct judge_mark){ .key = 0 };
	t->n = 0;
}

/* Takes over what is open. */
static void
keep_open(struct judge *j, const struct judge_table *old)
{
	for (size_t i = 0; i < old->n; i++) {
		const struct judge_mark *m = &old->marks[old->used[i]];

		if (!is_open(m)) {
			j->forgot = true;
			continue;
		}
		if (judge_has(&j->elder, m->key))
			continue;
		if (judge_is_full(&j->young) && !grow(&j->young))
			return;
		put(&j->young, m);
	}
}

/* Forgets what the elder table has and is over. */
static bool
turn(struct judge *j)
{
	struct judge_table old = j->elder;

	if (j->spare.size == 0 && !make_table(&j->spare, MARKS_MAX))
		return false;
	clear_table(&j->spare);
	judge_drop_settled(j);
	j->elder = j->young;
	j->young = j->spare;
	j->spare = (struct judge_table){ .size = 0 };
	keep_open(j, &old);
	if (old.size == MARKS_MAX)
		j->spare = old;
	else
		free_table(&old);
	if (j->forgot)
		table_free(&j->parents);
	/* Room for as many again. */
	return j->young.n < j->young.size / 8 || grow(&j->young);
}

struct judge_mark *
judge_mark_at(struct judge *j, uint64_t key)
{
	struct judge_mark *m;

	if (judge_is_full(&j->young) &&
	    !(j->young.size < MARKS_MAX ? grow(&j->young) : turn(j)))
		return NULL;
	m = judge_probe(&j->young, key);
	if (m->key == 0) {
		if (judge_has(&j->elder, key))
			*m = *judge_probe(&j->elder, key);
		m->key = key;
		judge_enter(&j->young, m);
	}
	return m;
}

void
judge_free_marks(struct judge *j)
{
	free_table(&j->young);
	free_table(&j->elder);
	free_table(&j->spare);
}
