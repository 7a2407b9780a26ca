/* SPDX-License-Identifier: MIT */
/* The runs and suites that are open, and the keys of all. */
#include <stdlib.h>
#include <string.h>

#include "select-cases.h"

static const size_t properties_max = (size_t)64 << 20;

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
sel_long_key(const struct sel_suite *suite, const struct em_event *ev,
    struct em_str name)
{
	const struct em_str id[] = { ev->class_name, name, ev->variant };
	uint64_t seed = suite->entry.key.lo ^ suite->entry.key.hi;

	/* Any odd number without a pattern in its bits. */
	if (ev->iteration > 1)
		seed ^= (uint64_t)ev->iteration * UINT64_C(0x9e3779b97f4a7c15);
	return make_key(id, ARRAY_LEN(id), seed);
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
	s->forgot |= suite->failed.n > 0;
	table_free(&suite->failed);
	arena_free(&suite->arena);
	free(suite);
}
