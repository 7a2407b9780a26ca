/* SPDX-License-Identifier: MIT */
/* The cases of a suite, and their attempts. */
#include <stdlib.h>
#include <string.h>

#include "results.h"

static void
case_place(uint32_t number, size_t *chunk, size_t *at)
{
	if (number >= CHUNK_SMALL) {
		number -= CHUNK_SMALL;
		*chunk = CHUNK_DOUBLINGS + number / CHUNK_MAX;
		*at = number % CHUNK_MAX;
		return;
	}
	/* Before the chunk there are as many as it has, but CHUNK_MIN. */
	number += CHUNK_MIN;
	*chunk =
	    (size_t)__builtin_clz(CHUNK_MIN) - (size_t)__builtin_clz(number);
	*at = number - ((size_t)CHUNK_MIN << *chunk);
}

struct case_key {
	const struct suite_rec *suite;
	const struct case_id *id;
};

static bool
is_case(const struct case_rec *rec, const struct case_id *id)
{
	return results_same(rec->c.name, id->name) &&
	    rec->c.iteration == id->iteration &&
	    results_same(rec->c.class_name, id->class_name) &&
	    results_same(rec->c.details->variant, id->variant);
}

static bool
same_case(const void *key, uint32_t number)
{
	const struct case_key *k = key;
	size_t chunk, at;

	case_place(number, &chunk, &at);
	return is_case(&k->suite->chunks[chunk][at], k->id);
}

static uint32_t
case_hash(const struct case_id *id)
{
	uint64_t h = table_hash(id->name, (uint64_t)id->iteration);

	if (id->class_name.n > 0)
		h = table_hash(id->class_name, h);
	if (id->variant.n > 0)
		h = table_hash(id->variant, h);
	return (uint32_t)h;
}

static size_t
chunk_size(size_t chunk)
{
	return chunk < CHUNK_DOUBLINGS ? chunk : CHUNK_DOUBLINGS;
}

static size_t
chunk_bytes(size_t chunk)
{
	return ((size_t)CHUNK_MIN << chunk_size(chunk)) *
	    sizeof(struct case_rec);
}

static struct case_rec *
chunk_new(struct em_results *rs, size_t chunk)
{
	struct case_rec **spare = &rs->spare_chunks[chunk_size(chunk)];
	struct case_rec *recs = *spare;
	size_t n = chunk_bytes(chunk);

	if (rs->used > rs->memory_max || n > rs->memory_max - rs->used) {
		results_full(rs);
		return NULL;
	}
	if (recs != NULL) {
		*spare = NULL;
		memset(recs, 0, n);
	} else if ((recs = calloc(1, n)) == NULL) {
		results_full(rs);
		return NULL;
	}
	rs->used += n;
	return recs;
}

void
cases_free(struct em_results *rs, struct suite_rec *suite)
{
	for (size_t i = 0; i < suite->chunk_count; i++) {
		struct case_rec **spare = &rs->spare_chunks[chunk_size(i)];

		rs->used -= chunk_bytes(i);
		if (*spare != NULL)
			free(suite->chunks[i]);
		else
			*spare = suite->chunks[i];
	}
	rs->used -= suite->chunk_room * sizeof(*suite->chunks) +
	    suite->index.size * sizeof(*suite->index.slots);
	free(suite->chunks);
	if (rs->spare_index.size == 0 && suite->index.size <= CHUNK_MAX * 2) {
		index_clear(&suite->index);
		rs->spare_index = suite->index;
	} else {
		index_free(&suite->index);
	}
}

void
cases_free_spare(struct em_results *rs)
{
	for (size_t i = 0; i < CHUNK_SIZES; i++)
		free(rs->spare_chunks[i]);
	index_free(&rs->spare_index);
}

/* Room for the case of the next number; NULL when refused. */
static struct case_rec *
case_room(struct em_results *rs, struct suite_rec *suite)
{
	size_t chunk, at;
	void *v = suite->chunks;

	if (suite->s.case_count >= INDEX_NONE) {
		results_full(rs);
		return NULL;
	}
	case_place((uint32_t)suite->s.case_count, &chunk, &at);
	if (chunk == suite->chunk_count) {
		struct case_rec *recs;

		if (!results_room(rs, &v, chunk, &suite->chunk_room,
			sizeof(*suite->chunks)))
			return NULL;
		suite->chunks = v;
		recs = chunk_new(rs, chunk);
		if (recs == NULL)
			return NULL;
		suite->chunks[suite->chunk_count++] = recs;
	}
	return &suite->chunks[chunk][at];
}

static struct case_rec *find_hashed(
    const struct suite_rec *suite, const struct case_id *id, uint32_t hash);

/* The name, copied unless another suite has it. */
static struct em_str
case_name(struct em_results *rs, struct suite_rec *suite,
    const struct case_id *id, uint32_t hash)
{
	const struct case_rec *rec = NULL;

	if (suite->lender != NULL)
		rec = find_hashed(suite->lender, id, hash);
	if (rec == NULL)
		return results_dup(rs, &suite->arena, id->name);
	suite->lender->lent = true;
	return rec->c.name;
}

static struct case_rec *
case_add(struct em_results *rs, struct suite_rec *suite,
    const struct case_id *id, uint32_t hash)
{
	struct case_rec *rec = case_room(rs, suite);
	struct em_details variant = details_none;

	if (rec == NULL)
		return NULL;
	rec->c.suite = &suite->s;
	rec->c.class_name = results_intern(rs, suite, id->class_name);
	rec->c.name = case_name(rs, suite, id, hash);
	rec->c.iteration = id->iteration;
	rec->c.details = &details_none;
	rec->c.last = &rec->first;
	rec->c.selected = true;
	rec->first.end = &end_none;
	rec->first.duration_ns = EM_UNSET;
	if (id->variant.p != NULL) {
		variant.variant = id->variant;
		case_join_details(rs, suite, rec, &variant);
	}
	if (results_status(rs) != EM_OK ||
	    !results_enter(rs, &suite->index, hash, suite->s.case_count))
		return NULL;
	if (suite->tail != NULL)
		suite->tail->c.next = &rec->c;
	else
		suite->s.cases = &rec->c;
	suite->tail = rec;
	suite->s.case_count++;
	suite->run->r.case_count++;
	return rec;
}

static struct case_rec *
find_hashed(
    const struct suite_rec *suite, const struct case_id *id, uint32_t hash)
{
	const struct case_key key = { suite, id };
	uint32_t number = index_find(&suite->index, hash, same_case, &key);
	size_t chunk, at;

	if (number == INDEX_NONE)
		return NULL;
	case_place(number, &chunk, &at);
	return &suite->chunks[chunk][at];
}

struct case_rec *
case_find(const struct suite_rec *suite, const struct case_id *id)
{
	return find_hashed(suite, id, case_hash(id));
}

struct case_rec *
case_at(
    struct em_results *rs, struct suite_rec *suite, const struct case_id *id)
{
	struct case_rec *rec;
	uint32_t hash;

	for (unsigned i = 1; i <= MEMO; i++) {
		rec = suite->memo[(suite->memo_next - i) % MEMO];
		if (rec != NULL && is_case(rec, id))
			return rec;
	}
	hash = case_hash(id);
	rec = find_hashed(suite, id, hash);
	if (rec == NULL)
		rec = case_add(rs, suite, id, hash);
	if (rec != NULL)
		suite->memo[suite->memo_next++ % MEMO] = rec;
	return rec;
}

/* ---- attempts ---- */

static struct em_attempt *
attempt_add(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, uint32_t number)
{
	struct em_attempt *a = &rec->first, *before, *next;

	if (rec->c.attempts != NULL)
		a = results_alloc(rs, &suite->arena, sizeof(*a));
	if (a == NULL)
		return NULL;
	*a = (struct em_attempt){
		.end = &end_none, .number = number, .duration_ns = EM_UNSET
	};
	before = (struct em_attempt *)(uintptr_t)rec->c.attempts;
	if (before == NULL || before->number > number) {
		a->next = before;
		rec->c.attempts = a;
	} else {
		while ((next = attempt_next(before)) != NULL &&
		    next->number < number)
			before = next;
		a->next = before->next;
		before->next = a;
	}
	rec->c.attempt_count++;
	return a;
}

uint32_t
attempt_number(int64_t said)
{
	if (said == EM_UNSET || said < 1)
		return 1;
	return said > UINT32_MAX ? UINT32_MAX : (uint32_t)said;
}

struct em_attempt *
attempt_at(struct em_results *rs, struct suite_rec *suite, struct case_rec *rec,
    int64_t number)
{
	const struct em_attempt *a = rec->c.last;
	uint32_t n = attempt_number(number);

	if (a->number != n)
		for (a = rec->c.attempts; a != NULL && a->number != n;)
			a = a->next;
	if (a != NULL)
		return (struct em_attempt *)(uintptr_t)a;
	return attempt_add(rs, suite, rec, n);
}

struct em_event
em_case_identity(const struct em_case *c)
{
	struct em_event ev;

	em_event_init(&ev, EM_CASE_START);
	ev.run = c->suite->run->id;
	ev.suite = c->suite->name;
	ev.class_name = c->class_name;
	ev.name = c->name;
	ev.variant = c->details->variant;
	if (c->iteration > 1)
		ev.iteration = c->iteration;
	return ev;
}
