/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "live.h"

enum { LANE_BITS = 64 };

static const size_t memory_max = (size_t)1 << 28; /* of one attempt */

static struct table_key
attempt_key(const struct em_event *ev)
{
	int64_t iteration = ev->iteration == EM_UNSET ? 1 : ev->iteration;
	int64_t attempt = ev->attempt == EM_UNSET ? 1 : ev->attempt;
	const struct em_str id[] = { ev->run, ev->suite, ev->class_name,
		ev->name, ev->variant,
		{ (char *)&iteration, sizeof(iteration) },
		{ (char *)&attempt, sizeof(attempt) } };

	return table_key(id, ARRAY_LEN(id), 0);
}

/* ---- lanes ---- */

static bool
take_lane(struct live *l, unsigned *lane)
{
	size_t i = 0;
	uint64_t *p;

	while (i < l->lane_words && l->lanes[i] == UINT64_MAX)
		i++;
	if (i == l->lane_words) {
		size_t words = i == 0 ? 1 : i * 2;

		p = realloc(l->lanes, words * sizeof(*p));
		if (p == NULL)
			return false;
		memset(p + i, 0, (words - i) * sizeof(*p));
		l->lanes = p;
		l->lane_words = words;
	}
	*lane = 0;
	while (l->lanes[i] >> *lane & 1)
		++*lane;
	l->lanes[i] |= UINT64_C(1) << *lane;
	*lane += (unsigned)i * LANE_BITS;
	return true;
}

static void
free_lane(struct live *l, unsigned lane)
{
	l->lanes[lane / LANE_BITS] &= ~(UINT64_C(1) << lane % LANE_BITS);
}

/* ---- attempts ---- */

/* A struct without an attempt in it; NULL when out of memory. */
static struct live_case *
blank(struct live *l)
{
	struct live_case *c = l->spare;

	if (c != NULL) {
		l->spare = c->next;
		return c;
	}
	c = calloc(1, sizeof(*c));
	if (c != NULL)
		arena_init(&c->arena, memory_max);
	return c;
}

static void
put_away(struct live *l, struct live_case *c)
{
	arena_reset(&c->arena);
	c->next = l->spare;
	l->spare = c;
}

static void
copy_start(struct live *l, struct live_case *c, const struct em_event *ev)
{
	struct em_event start = *ev;

	if (ev->kind != EM_CASE_START) {
		em_event_init(&start, EM_CASE_START);
		start.run = ev->run;
		start.suite = ev->suite;
		start.class_name = ev->class_name;
		start.name = ev->name;
		start.variant = ev->variant;
		start.iteration = ev->iteration;
		start.attempt = ev->attempt;
	}
	event_copy(&c->start, &start, &c->arena);
	if (c->arena.failed)
		l->failed = true;
}

static struct live_case *
begin(struct live *l, struct table_key key, const struct em_event *ev)
{
	struct live_case *c = blank(l);

	if (c == NULL || !take_lane(l, &c->lane)) {
		free(c);
		return NULL;
	}
	c->entry.key = key;
	if (!roll_add(&l->open, &c->entry)) {
		free_lane(l, c->lane);
		put_away(l, c);
		return NULL;
	}
	c->items = NULL;
	c->last = NULL;
	c->at = EM_UNSET;
	c->next = NULL;
	c->prev = l->newest;
	if (l->newest != NULL)
		l->newest->next = c;
	else
		l->first = c;
	l->newest = c;
	copy_start(l, c, ev);
	return c;
}

enum live_state
live_at(struct live *l, const struct em_event *ev, struct live_case **c)
{
	struct table_key key;

	*c = NULL;
	if (!em_event_is_case(ev))
		return LIVE_NONE;
	key = attempt_key(ev);
	*c = roll_find(&l->open, key);
	if (*c != NULL)
		return LIVE_OPEN;
	if (table_get(&l->ended, key) != NULL)
		return LIVE_LATE;
	*c = begin(l, key, ev);
	if (*c == NULL)
		l->failed = true;
	return *c != NULL ? LIVE_NEW : LIVE_NONE;
}

struct live_case *
live_find(const struct live *l, const struct em_event *ev)
{
	return roll_find(&l->open, attempt_key(ev));
}

bool
live_ended(const struct live *l, const struct em_event *ev)
{
	return table_get(&l->ended, attempt_key(ev)) != NULL;
}

void
live_keep(struct live *l, struct live_case *c, const struct em_event *ev)
{
	struct live_item *item = arena_alloc(&c->arena, sizeof(*item));

	if (item != NULL)
		event_copy(&item->ev, ev, &c->arena);
	if (c->arena.failed) {
		l->failed = true;
		return;
	}
	if (c->last != NULL)
		c->last->next = item;
	else
		c->items = item;
	c->last = item;
}

void
live_end(struct live *l, struct live_case *c)
{
	if (table_at(&l->ended, c->entry.key) == NULL)
		l->failed = true;
	roll_remove(&l->open, &c->entry);
	free_lane(l, c->lane);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		l->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		l->newest = c->prev;
	put_away(l, c);
}

void
live_free(struct live *l)
{
	while (l->first != NULL)
		live_end(l, l->first);
	while (l->spare != NULL) {
		struct live_case *c = l->spare;

		l->spare = c->next;
		arena_free(&c->arena);
		free(c);
	}
	roll_free(&l->open);
	table_free(&l->ended);
	free(l->lanes);
	*l = (struct live){ .failed = l->failed };
}
