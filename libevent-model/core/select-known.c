/* SPDX-License-Identifier: MIT */
/* The runs, suites and cases that are open, and marks of cases that were. */
#include <stdlib.h>
#include <string.h>

#include "select.h"

static const size_t properties_max = (size_t)64 << 20;

/* Any odd number without a pattern in its bits. */
static const uint64_t spread = UINT64_C(0x9e3779b97f4a7c15);

/* Parts that are absent are left out of the hash; which ones is in the
 * seed. */
static struct table_key
make_key(const struct em_str *id, size_t n, uint64_t seed)
{
	struct em_str parts[3];
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		if (id[i].p != NULL) {
			parts[used++] = id[i];
			seed ^= (uint64_t)1 << i;
		}
	return table_key(parts, used, seed);
}

struct table_key
sel_key(const struct sel_suite *suite, const struct em_event *ev,
    struct em_str name)
{
	uint64_t seed = suite->entry.key.lo ^ suite->entry.key.hi, h;

	if (ev->iteration > 1)
		seed ^= (uint64_t)ev->iteration * spread;
	if (ev->class_name.p != NULL || ev->variant.p != NULL) {
		const struct em_str id[] = { ev->class_name, name,
			ev->variant };

		return make_key(id, ARRAY_LEN(id), seed);
	}
	/* The suite's own 128 bits and 64 of the name in it will do. */
	h = table_hash(name, seed);
	return (struct table_key){ h, (h * spread) ^ suite->entry.key.hi };
}

/* ---- runs ---- */

static struct table_key
run_key(const struct em_select *s, struct em_str id)
{
	return make_key(&id, 1, s->stream << 8);
}

struct sel_run *
sel_run_find(const struct em_select *s, struct em_str id)
{
	return roll_find(&s->runs, run_key(s, id));
}

/* A copy of name in the text behind a record. */
static struct em_str
name_in(char *text, struct em_str name)
{
	if (name.p == NULL)
		return name;
	if (name.n > 0)
		memcpy(text, name.p, name.n);
	return (struct em_str){ text, name.n };
}

struct sel_run *
sel_run_at(struct em_select *s, struct em_str id)
{
	struct table_key key = run_key(s, id);
	struct sel_run *run = roll_find(&s->runs, key);

	if (run != NULL)
		return run;
	run = calloc(1, sizeof(*run) + id.n);
	if (run == NULL)
		return NULL;
	run->entry.key = key;
	if (!roll_add(&s->runs, &run->entry)) {
		free(run);
		return NULL;
	}
	run->id = name_in(run->text, id);
	arena_init(&run->arena, properties_max);
	run->prev = s->last;
	if (s->last != NULL)
		s->last->next = run;
	else
		s->first = run;
	s->last = run;
	return run;
}

void
sel_run_free(struct em_select *s, struct sel_run *run)
{
	while (run->first != NULL)
		sel_suite_free(s, run->first);
	if (run->prev != NULL)
		run->prev->next = run->next;
	else
		s->first = run->next;
	if (run->next != NULL)
		run->next->prev = run->prev;
	else
		s->last = run->prev;
	roll_remove(&s->runs, &run->entry);
	hold_drop(&s->pool, &run->listed);
	arena_free(&run->arena);
	free(run);
}

/* ---- suites ---- */

static struct table_key
suite_key(const struct em_select *s, const struct em_event *ev)
{
	const struct em_str id[] = { ev->run, ev->suite };

	return make_key(id, ARRAY_LEN(id), s->stream << 8);
}

/* Where the suite of that name is remembered when it was looked up lately. */
static struct sel_suite **
memo_at(struct em_select *s, struct em_str name)
{
	unsigned h = 0;

	if (name.n > 0)
		h = (unsigned char)name.p[name.n - 1] * 5u +
		    (unsigned char)name.p[name.n / 2] + (unsigned)name.n;
	return &s->memo[h % SEL_MEMO];
}

/* A suite that nobody started owes no completion: one that gives up its place
 * is let go if there is nothing in it. */
static struct sel_suite *
memorise(struct em_select *s, struct sel_suite *suite)
{
	struct sel_suite **at = memo_at(s, suite->name), *was = *at;

	*at = s->latest = suite;
	if (was != NULL && was != suite && !was->started &&
	    was->first == NULL && was->failed.n == 0)
		sel_suite_free(s, was);
	return suite;
}

struct sel_suite *
sel_suite_find(struct em_select *s, const struct em_event *ev)
{
	struct sel_suite *suite = *memo_at(s, ev->suite);

	if (!sel_is_suite(suite, ev)) {
		suite = roll_find(&s->suites, suite_key(s, ev));
		if (suite == NULL)
			return NULL;
		return memorise(s, suite);
	}
	return s->latest = suite;
}

struct sel_suite *
sel_suite_at(struct em_select *s, const struct em_event *ev)
{
	struct sel_suite *suite = sel_suite_find(s, ev);
	struct sel_run *run;

	if (suite != NULL)
		return suite;
	run = sel_run_at(s, ev->run);
	suite = calloc(1, sizeof(*suite) + ev->suite.n);
	if (run == NULL || suite == NULL)
		goto fail;
	suite->entry.key = suite_key(s, ev);
	if (!roll_add(&s->suites, &suite->entry))
		goto fail;
	suite->name = name_in(suite->text, ev->suite);
	suite->run = run;
	arena_init(&suite->arena, properties_max);
	table_init(&suite->failed);
	suite->prev = run->last;
	if (run->last != NULL)
		run->last->next = suite;
	else
		run->first = suite;
	run->last = suite;
	return memorise(s, suite);
fail:
	free(suite);
	return NULL;
}

void
sel_suite_free(struct em_select *s, struct sel_suite *suite)
{
	struct sel_suite **memo;

	while (suite->first != NULL)
		sel_close(s, suite->first);
	if (suite->prev != NULL)
		suite->prev->next = suite->next;
	else
		suite->run->first = suite->next;
	if (suite->next != NULL)
		suite->next->prev = suite->prev;
	else
		suite->run->last = suite->prev;
	roll_remove(&s->suites, &suite->entry);
	memo = memo_at(s, suite->name);
	if (*memo == suite)
		*memo = NULL;
	if (s->latest == suite)
		s->latest = NULL;
	table_free(&suite->failed);
	arena_free(&suite->arena);
	free(suite);
}

/* ---- cases ---- */

struct sel_case *
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

void
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

enum { MARK_SELECTED = 1, MARK_OUTCOME_SHIFT = 1, MARK_BITS = 7 };

static uint64_t
mark_bits(struct sel_mark m)
{
	return (m.selected ? MARK_SELECTED : 0) |
	    (uint64_t)m.outcome << MARK_OUTCOME_SHIFT;
}

static struct sel_mark
mark_of(uint64_t bits)
{
	return (struct sel_mark){ true, bits & MARK_SELECTED,
		(enum em_outcome)((bits & MARK_BITS) >> MARK_OUTCOME_SHIFT) };
}

static uint64_t *
recent_at(const struct em_select *s, struct table_key key)
{
	return &s->recent[key.hi % SEL_RECENT];
}

/* One of 64 bits for a key, to be spared the look-up of most. */
static uint64_t
failed_bit(struct table_key key)
{
	return UINT64_C(1) << (key.lo >> 58);
}

static uint64_t *
failed_at(const struct sel_suite *suite, struct table_key key)
{
	return suite->failed_bits & failed_bit(key)
	    ? table_get(&suite->failed, key)
	    : NULL;
}

void
sel_remember(struct em_select *s, struct sel_suite *suite, struct table_key key,
    struct sel_mark mark)
{
	uint64_t *at = failed_at(suite, key);

	if (at == NULL && mark.selected && mark.outcome == EM_FAIL) {
		at = table_at(&suite->failed, key);
		suite->failed_bits |= failed_bit(key);
	}
	if (at != NULL)
		*at = mark_bits(mark);
	else
		*recent_at(s, key) =
		    (key.lo & ~(uint64_t)MARK_BITS) | mark_bits(mark);
}

struct sel_mark
sel_recall(const struct em_select *s, const struct sel_suite *suite,
    struct table_key key)
{
	const uint64_t *at = failed_at(suite, key);

	if (at == NULL) {
		at = recent_at(s, key);
		if (*at == 0 || (*at ^ key.lo) > MARK_BITS)
			return (struct sel_mark){ .known = false };
	}
	return mark_of(*at);
}
