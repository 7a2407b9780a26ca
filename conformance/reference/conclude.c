/* SPDX-License-Identifier: MIT */
#include "fold.h"

const struct attempt *
fold_decides(const struct fold *f, const struct ccase *c)
{
	const struct attempt *latest = c->attempt;

	if (c->attempts != 0 && f->rules.first_decides)
		return c->attempt;
	for (size_t i = 1; f->rules.latest_decides && i < c->attempts; i++)
		if (c->attempt[i].seen > latest->seen)
			latest = &c->attempt[i];
	if (c->attempts != 0 && f->rules.latest_decides)
		return latest;
	return c->attempts != 0 ? &c->attempt[c->attempts - 1] : NULL;
}

static enum outcome
attempt_outcome(const struct fold *f, const struct attempt *a)
{
	if (!a->completed && a->outcome == NO_OUTCOME)
		return f->rules.incomplete_ignored ? NO_OUTCOME : FAIL;
	return a->outcome;
}

enum outcome
fold_outcome(const struct fold *f, const struct ccase *c)
{
	const struct attempt *a = fold_decides(f, c);
	enum outcome o = a != NULL ? attempt_outcome(f, a) : NO_OUTCOME;

	if (f->rules.any_attempt)
		for (size_t i = 0; i < c->attempts; i++)
			if (attempt_outcome(f, &c->attempt[i]) == FAIL)
				o = FAIL;
	return o;
}

static bool
same(struct slice a, struct slice b)
{
	return (a.p == NULL) == (b.p == NULL) && slice_same(a, b);
}

/* Final outcomes of the cases of a run, or of one suite of it. */
static struct counts
count(const struct fold *f, const struct stream *s, struct slice run,
    const struct slice *suite)
{
	struct counts n = { 0 };

	for (size_t i = 0; i < s->ncases; i++) {
		const struct ccase *c = &s->cases[i];
		enum outcome o = fold_outcome(f, c);

		if (!same(c->id.run, run) ||
		    (suite != NULL && !same(c->id.suite, *suite)))
			continue;
		n.pass += o == PASS;
		n.fail += o == FAIL;
		n.skip += o == SKIP;
	}
	return n;
}

static bool
disagrees(bool counted, bool bad, const struct counts *a, struct counts b)
{
	return counted &&
	    (bad || a->pass != b.pass || a->fail != b.fail ||
		a->skip != b.skip);
}

static bool
suites_pass(struct fold *f, const struct stream *s, const struct run *r)
{
	bool pass = true;

	for (size_t i = 0; i < s->nsuites; i++) {
		const struct suite *u = &s->suites[i];

		if (!same(u->run, r->id))
			continue;
		if (!f->rules.suite_outcome_ignored && u->outcome == FAIL)
			pass = false;
		if (!f->rules.incomplete_ignored && u->started && !u->completed)
			pass = false;
	}
	return pass;
}

/* Condition 6 of section 6.4. */
static bool
counts_hold(struct fold *f, const struct stream *s, const struct run *r)
{
	bool hold = true;

	if (f->rules.counts_trusted)
		return true;
	if (disagrees(r->counted, r->bad_counts, &r->stated,
		count(f, s, r->id, NULL)))
		hold = false;
	if (f->rules.totals_checked && r->total >= 0 &&
	    r->total != (int64_t)s->ncases)
		hold = false;
	for (size_t i = 0; i < s->nsuites; i++) {
		const struct suite *u = &s->suites[i];

		if (same(u->run, r->id) &&
		    disagrees(u->counted, u->bad_counts, &u->stated,
			count(f, s, r->id, &u->name)))
			hold = false;
	}
	if (!hold)
		fold_violation(f, "LIF-11");
	return hold;
}

static bool
all_run(const struct fold *f, const struct stream *s, const struct run *r)
{
	if (f->rules.not_run_ignored || !r->started)
		return true;
	for (size_t i = 0; i < s->ncases; i++)
		if (same(s->cases[i].id.run, r->id) && s->cases[i].discovered &&
		    !s->cases[i].unselected && s->cases[i].attempts == 0)
			return false;
	return true;
}

static bool
run_passes(struct fold *f, const struct stream *s, const struct run *r)
{
	bool stated = f->rules.outcome_ignored || r->outcome == PASS ||
	    r->outcome == SKIP;
	bool cases = count(f, s, r->id, NULL).fail == 0;
	bool suites = suites_pass(f, s, r);
	bool ran = all_run(f, s, r);
	bool counts = counts_hold(f, s, r);

	if (!r->completed)
		return f->rules.finish_optional && cases && suites;
	if (f->rules.outcome_trusted)
		return stated;
	if (stated && !(cases && suites))
		fold_violation(f, "LIF-11");
	if (!stated && cases && suites && ran && counts && !r->explained &&
	    !r->cancelled)
		fold_violation(f, "LIF-11");
	if (f->rules.cancel_fails && r->cancelled)
		return false;
	if (f->rules.empty_refused && s->ncases == 0)
		return false;
	return stated && cases && suites && ran && counts;
}

/* Section 6.5; violations of numbering are known at the end. */
static bool
is_complete(const struct fold *f, const struct stream *s)
{
	bool anything = false;

	for (size_t i = 0; i < s->nruns; i++) {
		const struct run *r = &s->runs[i];

		if (r->started && !r->completed)
			return false;
		if (r->discovery && !r->listed && !r->started)
			return false;
		anything = anything || r->started ||
		    (r->listed && !f->rules.listing_truncated);
	}
	return anything;
}

/* What of LIF-13 is known at the end: starts and attempts that are left out. */
static bool
lacks(const struct fold *f, const struct ccase *c)
{
	for (size_t i = 0; i < c->attempts; i++)
		if (!c->attempt[i].started && !f->rules.start_optional)
			return true;
	return c->attempts != 0 && !f->rules.gaps_allowed &&
	    c->attempt[c->attempts - 1].number != (int64_t)c->attempts;
}

static bool
case_lacks(const struct fold *f, const struct stream *s)
{
	for (size_t i = 0; i < s->ncases; i++)
		if (lacks(f, &s->cases[i]))
			return true;
	return false;
}

const struct run *
fold_run(const struct fold *f, struct slice id)
{
	const struct stream *s;

	if (f->nstreams == 0)
		return NULL;
	s = &f->streams[f->nstreams - 1];
	for (size_t i = 0; i < s->nruns; i++)
		if (same(s->runs[i].id, id))
			return &s->runs[i];
	return NULL;
}

struct counts
fold_counts(const struct fold *f, struct slice run, const struct slice *suite)
{
	return count(f, &f->streams[f->nstreams - 1], run, suite);
}

bool
fold_fails(struct fold *f, struct slice run)
{
	const struct stream *s = &f->streams[f->nstreams - 1];
	const struct run *r = fold_run(f, run);

	return count(f, s, run, NULL).fail != 0 ||
	    (r != NULL && (!suites_pass(f, s, r) || !all_run(f, s, r)));
}

bool
fold_complete(const struct fold *f)
{
	return f->nstreams != 0 && is_complete(f, &f->streams[f->nstreams - 1]);
}

struct conclusion
fold_conclude(struct fold *f)
{
	struct conclusion all = { ACCEPT, V_NONE };
	bool complete = f->nstreams != 0 && !f->cut;
	bool pass = true, ran = false;

	for (size_t i = 0; i < f->nstreams; i++) {
		const struct stream *s = &f->streams[i];

		complete = is_complete(f, s) && complete;
		if (case_lacks(f, s)) {
			fold_violation(f, "LIF-13");
			f->malformed_class = true;
		}
		for (size_t j = 0; j < s->nruns; j++) {
			if (!s->runs[j].seen)
				continue;
			ran = true;
			pass = run_passes(f, s, &s->runs[j]) && pass;
		}
	}
	if (f->malformed != 0 || f->invalid != 0 || f->malformed_class ||
	    f->headless)
		all.class = MALFORMED;
	else if (!complete && !f->rules.finish_optional)
		all.class = TRUNCATED;
	if (f->unsupported)
		all.class = UNSUPPORTED;
	if (ran)
		all.verdict = pass ? V_PASS : V_FAIL;
	if (f->unsupported || f->malformed != 0 || f->invalid != 0 ||
	    f->headless || (!complete && !f->rules.finish_optional))
		all.verdict = V_FAIL;
	return all;
}
