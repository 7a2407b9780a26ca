/* SPDX-License-Identifier: MIT */
/*
 * The cases that are open, and marks of cases that were: what is done once or
 * twice a line, and so without a call.
 */
#ifndef SELECT_CASES_H
#define SELECT_CASES_H

#include <stdlib.h>

#include "select.h"

/* ---- keys ---- */

/* Of a case that is told from others by more than its name. */
struct table_key sel_long_key(const struct sel_suite *suite,
    const struct em_event *ev, struct em_str name);

static inline struct table_key
sel_key(const struct sel_suite *suite, const struct em_event *ev,
    struct em_str name)
{
	uint64_t h;

	if ((ev->iteration > 1) | (ev->class_name.p != NULL) |
	    (ev->variant.p != NULL))
		return sel_long_key(suite, ev, name);
	/* The suite's own 128 bits and 64 of the name in it will do. */
	h = table_hash(name, 0);
	return (struct table_key){ h ^ suite->entry.key.lo,
		h + suite->entry.key.hi };
}

/* ---- cases ---- */

/* A new record of a case; NULL when out of memory. */
static inline struct sel_case *
sel_open(struct em_select *s, struct sel_suite *suite, struct table_key key)
{
	struct sel_case *c = s->spare;

	if (c != NULL)
		s->spare = c->next;
	else
		c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	*c = (struct sel_case){ .entry.key = key,
		.suite = suite,
		.lines = c->lines,
		.start_ns = EM_UNSET };
	if (!roll_add(&s->cases, &c->entry)) {
		c->next = s->spare;
		s->spare = c;
		return NULL;
	}
	c->prev = suite->last;
	if (suite->last != NULL)
		suite->last->next = c;
	else
		suite->first = c;
	suite->last = c;
	return c;
}

static inline void
sel_close(struct em_select *s, struct sel_case *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->suite->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		c->suite->last = c->prev;
	roll_remove(&s->cases, &c->entry);
	hold_clear(&s->pool, &c->lines);
	c->next = s->spare;
	s->spare = c;
}

/* ---- marks ---- */

enum { SEL_MARK_SELECTED = 1, SEL_MARK_SHIFT = 1, SEL_MARK_BITS = 7 };

static inline uint64_t
sel_mark_bits(struct sel_mark m)
{
	return (m.selected ? SEL_MARK_SELECTED : 0) |
	    (uint64_t)m.outcome << SEL_MARK_SHIFT;
}

static inline struct sel_mark
sel_mark_of(uint64_t bits)
{
	return (struct sel_mark){ true, bits & SEL_MARK_SELECTED,
		(enum em_outcome)((bits & SEL_MARK_BITS) >> SEL_MARK_SHIFT) };
}

static inline uint64_t *
sel_recent_at(const struct em_select *s, struct table_key key)
{
	return &s->recent[key.hi % SEL_RECENT];
}

/* Which of 64 bits is a key's, to be spared the look-up of most. */
static inline unsigned
sel_failed_bit(struct table_key key)
{
	return (unsigned)(key.lo >> 58);
}

static inline uint64_t *
sel_failed_at(const struct sel_suite *suite, struct table_key key)
{
	return suite->failed_bits >> sel_failed_bit(key) & 1
	    ? table_get(&suite->failed, key)
	    : NULL;
}

static inline void
sel_put_recent(struct em_select *s, struct table_key key, struct sel_mark mark)
{
	uint64_t *at = sel_recent_at(s, key);

	if (!s->forgot)
		s->forgot = *at != 0 && (*at ^ key.lo) > SEL_MARK_BITS;
	*at = (key.lo & ~(uint64_t)SEL_MARK_BITS) | sel_mark_bits(mark);
}

static inline void
sel_remember(struct em_select *s, struct sel_suite *suite, struct table_key key,
    struct sel_mark mark)
{
	uint64_t *at = sel_failed_at(suite, key);

	if (at == NULL && mark.selected && mark.outcome == EM_FAIL) {
		at = table_at(&suite->failed, key);
		suite->failed_bits |= UINT64_C(1) << sel_failed_bit(key);
	}
	if (at != NULL)
		*at = sel_mark_bits(mark);
	else
		sel_put_recent(s, key, mark);
}

static inline struct sel_mark
sel_recall(const struct em_select *s, const struct sel_suite *suite,
    struct table_key key)
{
	const uint64_t *at = sel_failed_at(suite, key);

	if (at == NULL) {
		at = sel_recent_at(s, key);
		if (*at == 0 || (*at ^ key.lo) > SEL_MARK_BITS)
			return (struct sel_mark){ .known = false };
	}
	return sel_mark_of(*at);
}

#endif
