/* SPDX-License-Identifier: MIT */
/* What a stream comes to once it is over. */
#include "lint-state.h"

static const struct slice none = { NULL, 0 };

/* The attempt with the highest number, or NULL. */
static const struct lint_attempt *
deciding(const struct lint_case *c)
{
	const struct lint_attempt *last = NULL;
	size_t i;

	for (i = 0; i < c->attempts; i++)
		if (last == NULL || c->attempt[i].number > last->number)
			last = &c->attempt[i];
	return last;
}

static void
count(struct lint_counts *seen, enum lint_outcome outcome)
{
	switch (outcome) {
	case O_PASS:
		seen->pass++;
		break;
	case O_SKIP:
		seen->skip++;
		break;
	default:
		seen->fail++;
	}
}

/* Where the run was cut, what is open is no fault of its own. */
static void
end_case(struct lint *l, struct lint_case *c)
{
	struct lint_run *r = &l->state->run[c->run];
	struct lint_suite *suite = &l->state->suite[c->suite];
	const struct lint_attempt *last = deciding(c);
	enum lint_outcome outcome;
	size_t i;

	for (i = 0; i < c->attempts; i++)
		if (c->attempt[i].completed == 0 && r->completed != 0)
			lint_fault(l, F_INCOMPLETE, r->completed, c->name);
	if (last == NULL) {
		if (c->discovered != 0 && c->selected && r->started != 0) {
			lint_fault(l, F_NOT_RUN, l->line, c->name);
			r->failed = true;
		}
		return;
	}
	outcome = last->completed != 0 ? last->outcome : O_FAIL;
	count(&r->seen, outcome);
	count(&suite->seen, outcome);
	r->failed |= outcome == O_FAIL;
}

static bool
counts_hold(const struct lint_counts *stated, const struct lint_counts *seen)
{
	return !stated->stated ||
	    (stated->usable && stated->pass == seen->pass &&
		stated->fail == seen->fail && stated->skip == seen->skip);
}

static bool
end_suite(struct lint *l, struct lint_suite *s)
{
	struct lint_run *r = &l->state->run[s->run];

	if (s->started != 0 && s->completed == 0) {
		r->failed = true;
		if (r->completed != 0)
			lint_fault(
			    l, F_SUITE_INCOMPLETE, r->completed, s->name);
	}
	r->failed |= s->outcome == O_FAIL;
	if (counts_hold(&s->counts, &s->seen))
		return true;
	lint_fault(l, F_COUNTS, s->completed, s->name);
	return false;
}

/* Whether the run passes. */
static bool
end_run(struct lint *l, const struct lint_run *r)
{
	bool consistent = true;

	if (r->started != 0 && r->completed == 0) {
		lint_fault(l, F_RUN_OPEN, l->line, r->name);
		return false;
	}
	if (!counts_hold(&r->counts, &r->seen)) {
		lint_fault(l, F_COUNTS, r->completed, slice_of("run"));
		consistent = false;
	}
	if (r->completed != 0 && r->failed != (r->outcome == O_FAIL) &&
	    (r->failed || !r->explained)) {
		lint_fault(l, F_RUN_OUTCOME, r->completed,
		    slice_of(r->outcome == O_FAIL ? "fail" : "pass or skip"));
		consistent = false;
	}
	return consistent && !r->failed && r->completed != 0 &&
	    r->outcome != O_FAIL;
}

/* From one place to those around it; whether it comes around. */
static bool
goes_around(const struct lint_state *s, size_t place)
{
	size_t at = place, hops;

	for (hops = 0; hops <= s->links; hops++) {
		if (s->place[at].link == 0)
			return false;
		at = s->link[s->place[at].link - 1].parent;
		if (at == place)
			return true;
	}
	return false;
}

static void
end_parents(struct lint *l)
{
	const struct lint_state *s = l->state;
	size_t i;

	for (i = 0; i < s->links; i++) {
		const struct lint_link *k = &s->link[i];

		if (!s->place[k->parent].known)
			lint_fault(l, F_PARENT_UNKNOWN, k->line,
			    s->place[k->parent].name);
		else if (s->place[k->child].link == i + 1 &&
		    goes_around(s, k->child))
			lint_fault(l, F_PARENT_CIRCLE, k->line,
			    s->place[k->child].name);
	}
}

/* Whether there is anything: a run, or a listing that is complete. */
static bool
end_discovery(struct lint *l)
{
	const struct lint_state *s = l->state;
	bool any = false, listing = false, open = false, bare = false;
	size_t i;

	for (i = 0; i < s->run_keys.count; i++) {
		const struct lint_run *r = &s->run[i];

		any |= r->started != 0;
		listing |= r->discovered != 0;
		if (r->started != 0)
			continue;
		open |= r->discovery != 0 && r->discovered == 0;
		bare |= r->discovery == 0 &&
		    (r->discovered != 0 || r->case_discovered != 0);
	}
	if (open)
		lint_fault(l, F_LISTING_OPEN, l->line, none);
	else if (!any && !listing && !l->headless)
		lint_fault(l, F_NOTHING, l->line, none);
	if (bare)
		lint_fault(l, F_LISTING, l->line, none);
	return any || listing;
}

void
lint_state_end(struct lint *l)
{
	struct lint_state *s = l->state;
	bool pass = !l->spoiled;
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->case_keys.count; i++)
		end_case(l, &s->kase[i]);
	for (i = 0; i < s->suite_keys.count; i++)
		if (!end_suite(l, &s->suite[i]))
			pass = false;
	for (i = 0; i < s->run_keys.count; i++) {
		if (s->run[i].started != 0 || s->run[i].completed != 0)
			l->any_run = true;
		else
			continue;
		if (!end_run(l, &s->run[i]))
			pass = false;
	}
	end_parents(l);
	if (!end_discovery(l))
		pass = false;
	l->all_pass = l->all_pass && pass;
}
