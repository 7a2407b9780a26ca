/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "ident.h"
#include "live.h"

enum { LANE_BITS = 64 };

void
live_init(struct live *l)
{
	*l = (struct live){ .open.size = sizeof(struct live_case) };
}

struct live_case *
live_first(const struct live *l)
{
	return (struct live_case *)l->open.first;
}

struct live_case *
live_next(const struct live_case *c)
{
	return (struct live_case *)c->member.next;
}

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

static void
copy_start(struct live *l, struct live_case *c, const struct em_event *ev)
{
	const struct ident id = ident_of(ev);
	struct em_event start = *ev;

	if (ev->kind != EM_CASE_START) {
		em_event_init(&start, EM_CASE_START);
		ident_put(&start, &id);
	}
	event_copy(&c->start, &start, &c->member.arena);
	if (c->member.arena.failed)
		l->failed = true;
}

static struct live_case *
begin(struct live *l, struct table_key key, const struct em_event *ev)
{
	struct live_case *c = crowd_add(&l->open, key);

	if (c == NULL)
		return NULL;
	if (!take_lane(l, &c->lane)) {
		crowd_remove(&l->open, &c->member);
		return NULL;
	}
	c->at = EM_UNSET;
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
	*c = crowd_find(&l->open, key);
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
	return crowd_find(&l->open, attempt_key(ev));
}

bool
live_ended(const struct live *l, const struct em_event *ev)
{
	return table_get(&l->ended, attempt_key(ev)) != NULL;
}

void
live_keep(struct live *l, struct live_case *c, const struct em_event *ev)
{
	struct live_item *item = arena_alloc(&c->member.arena, sizeof(*item));

	if (item != NULL)
		event_copy(&item->ev, ev, &c->member.arena);
	if (c->member.arena.failed) {
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
	if (table_at(&l->ended, c->member.entry.key) == NULL)
		l->failed = true;
	free_lane(l, c->lane);
	crowd_remove(&l->open, &c->member);
}

void
live_free(struct live *l)
{
	crowd_free(&l->open);
	table_free(&l->ended);
	free(l->lanes);
}
