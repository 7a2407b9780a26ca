/* SPDX-License-Identifier: MIT */
/* Memory, streams, runs and suites; results-case.c has the cases. */
#include <stdlib.h>
#include <string.h>

#include "results.h"

/* ---- memory ---- */

void
results_full(struct em_results *rs)
{
	err_set(&rs->err, EM_E_LIMIT, 0,
	    "results need more than the limit of %zu bytes", rs->memory_max);
}

enum em_rc
results_status(const struct em_results *rs)
{
	return rs->err.code == EM_E_NONE ? EM_OK : EM_ERR;
}

enum { BLOCK_MIN = 1024, BLOCK_MAX = 64 * 1024 };

/* What is left for all is left for each; suites may be many and small. */
static void
set_cap(const struct em_results *rs, struct arena *a)
{
	a->cap = a->used;
	if (rs->used < rs->memory_max)
		a->cap += rs->memory_max - rs->used;
	a->block_size = a->used / 4;
	if (a->block_size < BLOCK_MIN)
		a->block_size = BLOCK_MIN;
	if (a->block_size > BLOCK_MAX)
		a->block_size = BLOCK_MAX;
}

void *
results_alloc(struct em_results *rs, struct arena *a, size_t n)
{
	size_t before = a->used;
	void *p;

	set_cap(rs, a);
	p = arena_alloc(a, n);
	rs->used += a->used - before;
	if (p == NULL)
		results_full(rs);
	return p;
}

struct em_str
results_dup(struct em_results *rs, struct arena *a, struct em_str s)
{
	size_t before = a->used;
	struct em_str copy;

	set_cap(rs, a);
	copy = arena_dup(a, s);
	rs->used += a->used - before;
	if (copy.p == NULL && s.p != NULL)
		results_full(rs);
	return copy;
}

struct em_strs
results_dup_strs(struct em_results *rs, struct arena *a, struct em_strs l)
{
	struct em_str *v = results_alloc(rs, a, l.n * sizeof(*v));

	if (v == NULL)
		return (struct em_strs){ NULL, 0 };
	for (size_t i = 0; i < l.n; i++)
		v[i] = results_dup(rs, a, l.v[i]);
	return (struct em_strs){ v, l.n };
}

static ptrdiff_t
pair_of(const struct em_pair *v, size_t n, struct em_str key)
{
	for (size_t i = 0; i < n; i++)
		if (results_same(v[i].key, key))
			return (ptrdiff_t)i;
	return -1;
}

void
results_join_pairs(struct em_results *rs, struct arena *a, struct em_pairs *d,
    struct em_pairs s)
{
	struct em_pair *v;
	size_t n = d->n;

	if (s.n == 0)
		return;
	v = results_alloc(rs, a, (d->n + s.n) * sizeof(*v));
	if (v == NULL)
		return;
	if (d->n > 0)
		memcpy(v, d->v, d->n * sizeof(*v));
	for (size_t i = 0; i < s.n; i++) {
		ptrdiff_t at = pair_of(v, d->n, s.v[i].key);
		struct em_pair *p = at < 0 ? &v[n++] : &v[at];

		if (at < 0)
			p->key = results_dup(rs, a, s.v[i].key);
		p->value = results_dup(rs, a, s.v[i].value);
		p->json = s.v[i].json;
	}
	*d = (struct em_pairs){ v, n };
}

bool
results_same(struct em_str a, struct em_str b)
{
	return a.n == b.n && (a.p == NULL) == (b.p == NULL) &&
	    (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

struct em_str
results_intern(struct em_results *rs, struct suite_rec *suite, struct em_str s)
{
	struct interned *in;

	if (s.p == NULL)
		return s;
	if (results_same(s, suite->s.name))
		return suite->s.name;
	in = &rs->interned[table_hash(s, 0) % ARRAY_LEN(rs->interned)];
	if (in->suite != suite || !results_same(in->s, s)) {
		in->s = results_dup(rs, &suite->arena, s);
		in->suite = suite;
	}
	return in->s;
}

bool
results_room(
    struct em_results *rs, void **v, size_t n, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 4 : *room * 2;
	void *p;

	if (n < *room)
		return true;
	p = more > SIZE_MAX / size ? NULL : realloc(*v, more * size);
	if (p == NULL) {
		results_full(rs);
		return false;
	}
	rs->used += (more - *room) * size;
	*v = p;
	*room = more;
	return true;
}

bool
results_enter(
    struct em_results *rs, struct index *ix, uint32_t hash, size_t number)
{
	size_t before = ix->size;

	if (number >= INDEX_NONE || !index_add(ix, hash, (uint32_t)number)) {
		results_full(rs);
		return false;
	}
	rs->used += (ix->size - before) * sizeof(*ix->slots);
	return true;
}

/* ---- streams and runs ---- */

struct stream_rec *
stream_add(struct em_results *rs)
{
	struct stream_rec *s = results_alloc(rs, &rs->arena, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->time_ns = EM_UNSET;
	s->before = rs->stream;
	if (rs->stream != NULL)
		rs->stream->next = s;
	else
		rs->streams = s;
	rs->stream = s;
	rs->stream_count++;
	rs->memo = NULL;
	return s;
}

/* Runs are few: a list will do. */
static struct run_rec *
run_find(struct em_results *rs, struct em_str id)
{
	struct run_rec *run;

	for (run = rs->stream->first; run != NULL; run = run->next)
		if (results_same(run->r.id, id))
			return rs->memo = run;
	return NULL;
}

struct run_rec *
run_at(struct em_results *rs, struct em_str id)
{
	struct run_rec *run = run_find(rs, id);
	struct stream_rec *stream = rs->stream;

	if (run != NULL)
		return run;
	run = results_alloc(rs, &rs->arena, sizeof(*run));
	if (run == NULL)
		return NULL;
	run->stream = stream;
	run->start_ns = EM_UNSET;
	run->r = run_none;
	run->r.id = results_dup(rs, &rs->arena, id);
	if (stream->tail != NULL)
		stream->tail->next = run;
	else
		stream->first = run;
	stream->tail = run;
	return rs->memo = run;
}

/* ---- suites ---- */

struct suite_key {
	const struct run_rec *run;
	struct em_str name;
};

static bool
same_suite(const void *key, uint32_t number)
{
	const struct suite_key *k = key;

	return results_same(k->run->suites[number]->s.name, k->name);
}

static uint32_t
suite_hash(struct em_str name)
{
	return (uint32_t)table_key(&name, 1, 0).lo;
}

struct suite_rec *
suite_find(struct run_rec *run, struct em_str name)
{
	const struct suite_key key = { run, name };
	uint32_t number;

	if (run->memo != NULL && results_same(run->memo->s.name, name))
		return run->memo;
	number = index_find(&run->index, suite_hash(name), same_suite, &key);
	if (number == INDEX_NONE)
		return NULL;
	return run->memo = run->suites[number];
}

static struct suite_rec *
suite_new(struct em_results *rs, struct run_rec *run, struct em_str name)
{
	struct suite_rec *suite = calloc(1, sizeof(*suite));

	if (suite == NULL) {
		results_full(rs);
		return NULL;
	}
	rs->used += sizeof(*suite);
	arena_init(&suite->arena, 0);
	suite->index = rs->spare_index;
	rs->spare_index = (struct index){ .size = 0 };
	rs->used += suite->index.size * sizeof(*suite->index.slots);
	suite->run = run;
	suite->hash = suite_hash(name);
	suite->number = (uint32_t)run->suite_count;
	suite->s = suite_none;
	suite->s.run = &run->r;
	suite->s.name = results_dup(rs, &suite->arena, name);
	return suite;
}

static void
suite_free(struct em_results *rs, struct suite_rec *suite)
{
	if (suite->lender != NULL)
		suite->lender->borrower = NULL;
	if (suite->borrower != NULL)
		suite->borrower->lender = NULL;
	cases_free(rs, suite);
	if (suite->lent) {
		/* Others use its names. */
		suite->next = rs->graves;
		rs->graves = suite;
		return;
	}
	rs->used -= sizeof(*suite) + suite->arena.used;
	arena_free(&suite->arena);
	free(suite);
}

/* The suite of that name in the stream before that has a run like this one. */
static struct suite_rec *
lender_of(const struct em_results *rs, const struct run_rec *run,
    const struct suite_rec *suite)
{
	const struct stream_rec *before = run->stream->before;
	struct run_rec *r;

	if (before == NULL || before->first == NULL)
		before = rs->lender != NULL ? rs->lender->stream : NULL;
	for (r = before != NULL ? before->first : NULL; r != NULL; r = r->next)
		if (results_same(r->r.id, run->r.id))
			return suite_find(r, suite->s.name);
	return NULL;
}

static void
borrow(struct em_results *rs, struct suite_rec *suite)
{
	struct suite_rec *lender = lender_of(rs, suite->run, suite);

	if (lender == NULL || lender->borrower != NULL)
		return;
	suite->lender = lender;
	lender->borrower = suite;
}

struct suite_rec *
suite_at(struct em_results *rs, struct run_rec *run, struct em_str name)
{
	struct suite_rec *suite = suite_find(run, name);
	void *v = run->suites;

	if (suite != NULL)
		return suite;
	if (!results_room(rs, &v, run->suite_count, &run->suite_room,
		sizeof(*run->suites)))
		return NULL;
	run->suites = v;
	suite = suite_new(rs, run, name);
	if (suite == NULL)
		return NULL;
	if (results_status(rs) != EM_OK ||
	    !results_enter(rs, &run->index, suite->hash, suite->number)) {
		suite_free(rs, suite);
		return NULL;
	}
	run->suites[run->suite_count++] = suite;
	borrow(rs, suite);
	suite->prev = run->tail;
	if (run->tail != NULL) {
		run->tail->next = suite;
		run->tail->s.next = &suite->s;
	} else {
		run->first = suite;
		run->r.suites = &suite->s;
	}
	run->tail = suite;
	return run->memo = suite;
}

static void
unlink_suite(struct run_rec *run, struct suite_rec *suite)
{
	struct suite_rec *next = suite->next, *prev = suite->prev;

	if (prev != NULL) {
		prev->next = next;
		prev->s.next = suite->s.next;
	} else {
		run->first = next;
		run->r.suites = suite->s.next;
	}
	if (next != NULL)
		next->prev = prev;
	else
		run->tail = prev;
}

void
em_results_drop(struct em_results *rs, const struct em_suite *s)
{
	struct suite_rec *suite = (struct suite_rec *)(uintptr_t)s, *last;
	struct run_rec *run = suite->run;

	run->dropped = true;
	run->dropped_failed |= suite_failed(suite);
	run->dropped_mismatch |= suite_mismatch(suite);
	unlink_suite(run, suite);
	index_remove(&run->index, suite->hash, suite->number);
	last = run->suites[--run->suite_count];
	if (last != suite) {
		/* Numbers stay without gaps. */
		index_renumber(
		    &run->index, last->hash, last->number, suite->number);
		last->number = suite->number;
		run->suites[last->number] = last;
	}
	if (run->memo == suite)
		run->memo = NULL;
	if (rs->end_suite == suite)
		rs->end_suite = NULL;
	for (size_t i = 0; i < ARRAY_LEN(rs->interned); i++)
		if (rs->interned[i].suite == suite)
			rs->interned[i].suite = NULL;
	suite_free(rs, suite);
}

/* ---- the public side ---- */

struct em_results *
em_results_new(unsigned keep, size_t memory_max)
{
	struct em_results *rs = calloc(1, sizeof(*rs));

	if (rs == NULL)
		return NULL;
	rs->keep = keep;
	rs->memory_max = memory_max == 0 ? SIZE_MAX / 2 : memory_max;
	arena_init(&rs->arena, 0);
	if (stream_add(rs) == NULL) {
		em_results_free(rs);
		return NULL;
	}
	return rs;
}

void
em_results_borrow(struct em_results *rs, struct em_results *from)
{
	rs->lender = from;
}

const struct em_suite *
em_results_suite(struct em_results *rs, const struct em_event *ev)
{
	struct run_rec *run = run_find(rs, ev->run);
	struct suite_rec *suite =
	    run != NULL ? suite_find(run, ev->suite) : NULL;

	return suite != NULL ? &suite->s : NULL;
}

/* The suite of that name in the newest run that has it. */
static struct suite_rec *
newest_suite(struct em_results *rs, struct em_str name)
{
	struct suite_rec *found = NULL, *suite;

	if (rs->memo != NULL && rs->memo == rs->stream->tail &&
	    (suite = suite_find(rs->memo, name)) != NULL)
		return suite;
	for (struct stream_rec *s = rs->streams; s != NULL; s = s->next)
		for (struct run_rec *r = s->first; r != NULL; r = r->next)
			if ((suite = suite_find(r, name)) != NULL)
				found = suite;
	return found;
}

const struct em_case *
em_results_find(struct em_results *rs, const struct em_suite *in,
    const struct em_case *like)
{
	struct suite_rec *suite = (struct suite_rec *)(uintptr_t)in;
	const struct case_id id = { like->class_name, like->name,
		like->details->variant, like->iteration };
	struct case_rec *rec;

	if (suite == NULL)
		suite = newest_suite(rs, like->suite->name);
	if (suite == NULL)
		return NULL;
	rec = case_find(suite, &id);
	return rec != NULL ? &rec->c : NULL;
}

const struct em_start *
em_attempt_start(const struct em_attempt *a)
{
	static const struct em_start none = { .time_ns = EM_UNSET,
		.elapsed_ns = EM_UNSET };

	for (const struct em_item *i = a->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_START)
			return i->u.start;
	return &none;
}

const struct em_error *
em_results_error(const struct em_results *rs)
{
	return rs->err.code == EM_E_NONE ? NULL : &rs->err;
}

void
em_results_free(struct em_results *rs)
{
	struct suite_rec *next;

	if (rs == NULL)
		return;
	for (struct stream_rec *s = rs->streams; s != NULL; s = s->next)
		for (struct run_rec *r = s->first; r != NULL; r = r->next) {
			for (struct suite_rec *x = r->first; x != NULL;
			     x = next) {
				next = x->next;
				suite_free(rs, x);
			}
			index_free(&r->index);
			free(r->suites);
		}
	for (struct suite_rec *s = rs->graves; s != NULL; s = next) {
		next = s->next;
		arena_free(&s->arena);
		free(s);
	}
	cases_free_spare(rs);
	table_free(&rs->tally);
	arena_free(&rs->arena);
	free(rs);
}
