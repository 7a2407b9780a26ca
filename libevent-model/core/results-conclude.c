/* SPDX-License-Identifier: MIT */
/* Conclusions: of a case at each change, of runs when they are asked for. */
#include "results.h"

/* ---- cases ---- */

static void
conclude_case(struct case_rec *rec)
{
	struct em_case *c = &rec->c;
	const struct em_attempt *a = c->attempts, *last;
	bool failed = false, broken = false;

	c->own &= (uint16_t) ~(C_MISSED | C_BROKEN);
	if (a == NULL) {
		if (c->own & C_SELECTED)
			c->own |= C_MISSED;
		return;
	}
	c->contradicted = false;
	for (last = a; a != NULL; last = a, a = a->next) {
		c->contradicted |= (a->own & (A_DISAGREE | A_LATE)) != 0;
		broken |= !a->started || (a->own & A_BROKEN) != 0;
		failed |= a->next != NULL && a->outcome == EM_FAIL;
	}
	if (broken || last->number != c->attempt_count)
		c->own |= C_BROKEN;
	c->last = last;
	c->outcome = last->outcome;
	c->incomplete = !last->completed;
	c->flaky = last->outcome == EM_PASS && failed;
}

void
results_count(struct suite_rec *suite, enum em_outcome outcome, int by)
{
	struct em_counts *s = &suite->s.counts, *r = &suite->run->r.counts;

	switch (outcome) {
	case EM_PASS:
		s->pass += by;
		r->pass += by;
		break;
	case EM_FAIL:
		s->fail += by;
		r->fail += by;
		break;
	case EM_SKIP:
		s->skip += by;
		r->skip += by;
		break;
	default:
		break;
	}
}

/* Adds the case to the counts, or takes it away: by is 1 or -1. */
static void
count(struct case_rec *rec, int by)
{
	const struct em_case *c = &rec->c;
	struct suite_rec *suite = (struct suite_rec *)(uintptr_t)c->suite;
	struct run_rec *run = suite->run;
	/* Unsigned numbers wrap, so -1 works for them too. */
	uint64_t step = (uint64_t)(int64_t)by;

	results_count(suite, c->outcome, by);
	if (c->attempts == NULL) {
		if (c->own & C_MISSED)
			run->missed += step;
		if (!c->selected)
			run->r.not_selected += step;
		return;
	}
	run->attempted += step;
	if (c->flaky)
		run->r.flaky += step;
	if (c->incomplete)
		run->r.incomplete += step;
	if (c->own & C_BROKEN)
		run->broken += step;
	if (c->last->duration_ns > 0)
		suite->summed_ns += step * (uint64_t)c->last->duration_ns;
	suite->s.summed_ns = suite->summed_ns > INT64_MAX
	    ? INT64_MAX
	    : (int64_t)suite->summed_ns;
}

void
case_uncount(struct case_rec *rec)
{
	count(rec, -1);
}

void
case_count(struct case_rec *rec)
{
	conclude_case(rec);
	count(rec, 1);
}

/* ---- suites ---- */

/* Counts are stated whole or not at all. */
static bool
counts_differ(const struct em_counts *stated, const struct em_counts *seen)
{
	if (stated->pass == EM_UNSET && stated->fail == EM_UNSET &&
	    stated->skip == EM_UNSET)
		return false;
	return stated->pass != seen->pass || stated->fail != seen->fail ||
	    stated->skip != seen->skip;
}

bool
suite_mismatch(const struct suite_rec *suite)
{
	return counts_differ(&suite->s.stated, &suite->s.counts);
}

bool
suite_failed(const struct suite_rec *suite)
{
	return rank_of(suite->s.outcome) == RANK_FAIL;
}

/* ---- runs ---- */

static bool
good(enum em_outcome stated)
{
	return stated == EM_PASS || stated == EM_SKIP;
}

/* PROTOCOL.md 6.4, without 1 and 5. */
static bool
run_failed(const struct run_rec *run)
{
	return run->r.counts.fail > 0 || run->suite_failed ||
	    run->r.not_run > 0 || run->r.invalid > 0;
}

static bool
run_mismatch(const struct run_rec *run)
{
	const struct em_run *r = &run->r;

	if (counts_differ(&r->stated, &r->counts))
		return true;
	if (!r->completed)
		return false;
	if (good(r->stated_outcome))
		return r->counts.fail > 0 || run->suite_failed;
	return !run_failed(run) && r->status.p == NULL && !r->cancelled;
}

/* LIF-13: a parent is a suite that started, and none is its own ancestor. */
static bool
parents_hold(struct run_rec *run, const struct suite_rec *s)
{
	size_t steps = 0;

	while (s->s.parent.p != NULL) {
		s = suite_find(run, s->s.parent);
		if (s == NULL || !s->s.started || steps++ > run->suite_count)
			return false;
	}
	return true;
}

static bool
suite_broken(struct run_rec *run, const struct suite_rec *s)
{
	return s->broken || (s->s.completed && !s->s.started) ||
	    (!run->dropped && !parents_hold(run, s));
}

static void
settle_run(struct run_rec *run, uint64_t invalid)
{
	const struct stream_rec *stream = run->stream;
	struct em_run *r = &run->r;

	r->next = NULL;
	r->producer_name = stream->producer_name;
	r->producer_version = stream->producer_version;
	r->time_ns =
	    run->start_ns != EM_UNSET ? run->start_ns : stream->time_ns;
	r->duration_ns = span_duration(&run->span);
	r->listing = run->discovered && !r->started && !r->completed &&
	    run->attempted == 0;
	r->not_run = r->started ? run->missed : 0;
	r->invalid = run->invalid + invalid;
	r->violations = run->broken + (run->restarted ? 1 : 0) +
	    (r->completed && !r->started ? 1 : 0);
	r->mismatch = run->dropped_mismatch;
	run->suite_failed = run->dropped_failed;
	for (const struct suite_rec *s = run->first; s != NULL; s = s->next) {
		run->suite_failed |= suite_failed(s);
		r->mismatch |= suite_mismatch(s);
		r->violations += suite_broken(run, s);
	}
	r->mismatch |= run_mismatch(run);
}

/* The protocol event makes a run, which counts unless all that follows
 * belongs to others. */
static bool
is_run(const struct run_rec *run)
{
	return run->touched || (run == run->stream->first && run->next == NULL);
}

static void
chain(struct item_list *all, const struct item_list *list)
{
	if (list->first == NULL)
		return;
	if (all->tail != NULL)
		all->tail->next = list->first;
	else
		all->first = list->first;
	all->tail = list->tail;
	all->tail->next = NULL;
}

const struct em_run *
em_results_runs(struct em_results *rs)
{
	struct item_list logs = { NULL, NULL };
	struct em_run *first = NULL, *last = NULL;
	uint64_t invalid = 0;

	/* What belongs to no run goes to the next one. */
	for (struct stream_rec *s = rs->streams; s != NULL; s = s->next) {
		chain(&logs, &s->logs);
		invalid += s->invalid;
		for (struct run_rec *run = s->first; run != NULL;
		     run = run->next) {
			if (!is_run(run))
				continue;
			settle_run(run, invalid);
			chain(&logs, &run->logs);
			run->r.logs = logs.first;
			if (last != NULL)
				last->next = &run->r;
			else
				first = &run->r;
			last = &run->r;
			logs = (struct item_list){ NULL, NULL };
			invalid = 0;
		}
	}
	return first;
}

/* ---- the verdict ---- */

enum em_verdict
em_results_verdict(struct em_results *rs)
{
	const struct em_run *r = em_results_runs(rs);
	bool truncated = r == NULL, ran = false;

	for (; r != NULL; r = r->next) {
		const struct run_rec *run =
		    (const struct run_rec *)(const void *)r;

		if (run_failed(run) || r->mismatch ||
		    (r->completed && !good(r->stated_outcome)))
			return EM_V_FAIL;
		if (!r->completed && !r->listing)
			truncated = true;
		if (r->counts.pass + r->counts.fail + r->counts.skip > 0)
			ran = true;
	}
	if (truncated)
		return EM_V_TRUNCATED;
	return ran ? EM_V_PASS : EM_V_NOTHING;
}
