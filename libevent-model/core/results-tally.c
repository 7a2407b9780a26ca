/* SPDX-License-Identifier: MIT */
/*
 * Counts without cases (EM_KEEP_COUNTS): of each case no more is kept than its
 * identity, hashed, and what its next event may change.  The conclusions are
 * those of results-conclude.c.
 */
#include "results.h"

/* What is kept of a case; the number of its last attempt, 0 when none
 * started, is in the lower half. */
#define T_KNOWN (UINT64_C(1) << 32)
#define T_SELECTED (UINT64_C(1) << 33)
#define T_NOT_SELECTED (UINT64_C(1) << 34)
#define T_COMPLETED (UINT64_C(1) << 35) /* the last attempt */
#define T_LATE (UINT64_C(1) << 36) /* an error message after that */
#define T_RANK_SHIFT 37
#define T_RANK (UINT64_C(3) << T_RANK_SHIFT)
#define T_ATTEMPT (T_COMPLETED | T_LATE | T_RANK | UINT32_MAX)

static uint32_t
number_of(uint64_t t)
{
	return (uint32_t)t;
}

static enum rank
rank_in(uint64_t t)
{
	return (enum rank)((t & T_RANK) >> T_RANK_SHIFT);
}

static enum em_outcome
outcome_of(uint64_t t)
{
	if (number_of(t) == 0)
		return EM_NONE;
	return t & T_COMPLETED && !(t & T_LATE) ? rank_outcome(rank_in(t))
						: EM_FAIL;
}

/* Adds the case to the counts, or takes it away: by is 1 or -1. */
static void
count(struct suite_rec *suite, uint64_t t, int by)
{
	struct run_rec *run = suite->run;
	enum em_outcome outcome = outcome_of(t);
	/* Unsigned numbers wrap, so -1 works for them too. */
	uint64_t step = (uint64_t)(int64_t)by;

	if (number_of(t) == 0) {
		if (t & T_SELECTED)
			run->missed += step;
		else if (t & T_NOT_SELECTED)
			run->r.not_selected += step;
		return;
	}
	results_count(suite, outcome, by);
	run->attempted += step;
	if (!(t & T_COMPLETED))
		run->r.incomplete += step;
}

static uint64_t
discovered(uint64_t t, const struct em_event *ev)
{
	return t | (ev->selected == EM_FALSE ? T_NOT_SELECTED : T_SELECTED);
}

static uint64_t
completed(uint64_t t, enum rank rank)
{
	if (t & T_COMPLETED && rank <= rank_in(t))
		return t;
	return (t & ~T_RANK) | T_COMPLETED | (uint64_t)rank << T_RANK_SHIFT;
}

static uint64_t
attempted(uint64_t t, const struct em_event *ev)
{
	uint32_t number = attempt_number(ev->attempt);

	if (number < number_of(t))
		return t;
	if (number > number_of(t))
		t = (t & ~T_ATTEMPT) | number;
	if (ev->kind == EM_CASE_COMPLETE)
		t = completed(t, completion_rank(ev));
	else if (t & T_COMPLETED && is_error(ev))
		t |= T_LATE;
	return t;
}

void
tally_case(
    struct em_results *rs, struct suite_rec *suite, const struct em_event *ev)
{
	const struct em_str id[] = { ev->run, ev->suite, ev->class_name,
		ev->name, ev->variant };
	int64_t iteration = ev->iteration == EM_UNSET ? 1 : ev->iteration;
	size_t before = table_bytes(&rs->tally);
	uint64_t *at, t;

	at = table_at(&rs->tally,
	    table_key(id, ARRAY_LEN(id),
		(uint64_t)iteration ^ rs->stream_count << 48));
	rs->used += table_bytes(&rs->tally) - before;
	if (at == NULL || rs->used > rs->memory_max) {
		results_full(rs);
		return;
	}
	if (!(*at & T_KNOWN)) {
		suite->s.case_count++;
		suite->run->r.case_count++;
	}
	t = *at;
	count(suite, t, -1);
	t |= T_KNOWN;
	t = ev->kind == EM_DISCOVER_CASE ? discovered(t, ev) : attempted(t, ev);
	count(suite, t, 1);
	*at = t;
}
