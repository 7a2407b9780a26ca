/* SPDX-License-Identifier: MIT */
/* What a stream comes to, for the index. */
#include <stdlib.h>
#include <string.h>

#include "store-parts.h"

bool
fold_init(struct fold *f)
{
	*f = (struct fold){ .results = em_results_new(0, SIZE_MAX / 2) };
	return f->results != NULL;
}

void
fold_event(struct fold *f, const struct em_event *ev)
{
	f->events++;
	em_results_event(f->results, ev);
}

void
fold_free(struct fold *f)
{
	em_results_free(f->results);
	f->results = NULL;
}

static void
add(int64_t *sum, int64_t n)
{
	if (n != EM_UNSET)
		*sum = (*sum == EM_UNSET ? 0 : *sum) + n;
}

void
fold_summary(struct fold *f, struct store_run *run)
{
	run->verdict = em_results_verdict(f->results);
	run->events = f->events;
	run->counts = (struct em_counts){ 0, 0, 0 };
	run->flaky = run->not_run = run->incomplete = 0;
	run->duration_ns = EM_UNSET;
	for (const struct em_run *r = em_results_runs(f->results); r != NULL;
	     r = r->next) {
		add(&run->counts.pass, r->counts.pass);
		add(&run->counts.fail, r->counts.fail);
		add(&run->counts.skip, r->counts.skip);
		add(&run->duration_ns, r->duration_ns);
		run->flaky += r->flaky;
		run->not_run += r->not_run;
		run->incomplete += r->incomplete;
		if (run->exit_code == EM_UNSET)
			run->exit_code = r->exit_code;
		if (run->signal == EM_UNSET)
			run->signal = r->signal;
	}
}

/* 0: the case was not to run. */
static store_slot
slot_of(const struct em_case *c)
{
	store_slot s = (store_slot)c->outcome & SLOT_OUTCOME;

	if (c->attempts == NULL && c->outcome == EM_NONE)
		return c->selected ? SLOT_NOT_RUN : 0;
	if (c->flaky)
		s |= SLOT_FLAKY;
	if (c->incomplete)
		s |= SLOT_INCOMPLETE;
	if (c->last->duration_ns >= 0 &&
	    c->last->duration_ns < INT64_C(1) << 55)
		s |=
		    SLOT_TIMED | (store_slot)c->last->duration_ns << SLOT_SHIFT;
	return s;
}

/* A failing iteration is never outweighed. */
static unsigned
weight(store_slot s)
{
	static const unsigned of[] = { [EM_NONE] = 2,
		[EM_PASS] = 3,
		[EM_FAIL] = 5,
		[EM_SKIP] = 1,
		[EM_INVALID] = 4 };
	unsigned outcome = (unsigned)(s & SLOT_OUTCOME);

	return s == 0 ? 0 : outcome <= EM_INVALID ? of[outcome] : 4;
}

static void
take(struct fold_case *v, size_t *n, struct em_map *seen,
    const struct em_suite *u, const struct em_case *c)
{
	const struct em_str id[] = { u->name, c->class_name, c->name,
		c->details->variant };
	store_slot slot = slot_of(c);
	uint64_t *at;
	struct em_key key;

	if (slot == 0)
		return;
	key = em_key(id, 4);
	at = em_map_at(seen, key);
	if (at != NULL && *at != 0) {
		struct fold_case *old = &v[*at - 1];

		if (weight(slot) > weight(old->slot))
			old->slot = slot | (old->slot & SLOT_FLAKY);
		return;
	}
	v[(*n)++] = (struct fold_case){ id[0], id[1], id[2], id[3], key, slot };
	if (at != NULL)
		*at = *n;
}

static int
by_key(const void *x, const void *y)
{
	const struct em_key *a = &((const struct fold_case *)x)->key;
	const struct em_key *b = &((const struct fold_case *)y)->key;

	return memcmp(a, b, sizeof(*a));
}

struct fold_case *
fold_cases(struct fold *f, size_t *n)
{
	const struct em_run *runs = em_results_runs(f->results);
	struct em_map *seen = em_map_new();
	struct fold_case *v;
	size_t all = 0;

	for (const struct em_run *r = runs; r != NULL; r = r->next)
		all += r->case_count;
	v = calloc(all + 1, sizeof(*v));
	*n = 0;
	for (const struct em_run *r = runs; r != NULL; r = r->next)
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next)
			for (const struct em_case *c = u->cases;
			     c != NULL && v != NULL && seen != NULL && *n < all;
			     c = c->next)
				take(v, n, seen, u, c);
	em_map_free(seen);
	/* The order in which the index has them. */
	if (v != NULL)
		qsort(v, *n, sizeof(*v), by_key);
	return v;
}
