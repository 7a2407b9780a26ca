/* SPDX-License-Identifier: MIT */
/* Joins what is said to what was said before; see results.h. */
#include <string.h>

#include "results.h"

#define UNSET_END .exit_code = EM_UNSET, .signal = EM_UNSET

const struct em_end end_none = { UNSET_END };
static const struct em_end end_incomplete = { .status = { "incomplete", 10 },
	UNSET_END };
static const struct em_end end_late = { .status = { "error", 5 }, UNSET_END };
#define UNSET_LOCATION                                                         \
	{                                                                      \
		.line = EM_UNSET, .column = EM_UNSET, .end_line = EM_UNSET,    \
		.end_column = EM_UNSET                                         \
	}
#define UNSET_COUNTS                                                           \
	{                                                                      \
		EM_UNSET, EM_UNSET, EM_UNSET                                   \
	}

const struct em_details details_none = { .location = UNSET_LOCATION };
const struct em_suite suite_none = { .stated = UNSET_COUNTS,
	.duration_ns = EM_UNSET,
	.time_ns = EM_UNSET,
	.elapsed_ns = EM_UNSET,
	.location = UNSET_LOCATION };
const struct em_run run_none = { .stated = UNSET_COUNTS,
	.exit_code = EM_UNSET,
	.signal = EM_UNSET,
	.duration_ns = EM_UNSET,
	.time_ns = EM_UNSET };

/* ---- spans ---- */

static void
span_join(struct span *d, const struct span *s)
{
	switch (d->state) {
	case SPAN_START:
		if (s->state == SPAN_END) {
			d->ns = s->ns > d->ns ? s->ns - d->ns : 0;
			d->state = SPAN_COMPUTED;
			return;
		}
		break;
	case SPAN_END:
	case SPAN_COMPUTED:
		if (s->state != SPAN_STATED)
			return;
		break;
	case SPAN_STATED:
		return;
	default:
		break;
	}
	if (s->state == SPAN_NONE)
		return;
	/* Member by member: as a whole it would be loaded wider than it was
	 * stored just before, and wait for that. */
	d->ns = s->ns;
	d->state = s->state;
}

int64_t
span_duration(const struct span *s)
{
	return s->state == SPAN_COMPUTED || s->state == SPAN_STATED ? s->ns
								    : EM_UNSET;
}

struct span
span_of_start(const struct em_event *ev)
{
	return (struct span){ ev->elapsed_ns,
		ev->elapsed_ns != EM_UNSET ? SPAN_START : SPAN_NONE };
}

struct span
span_of_end(const struct em_event *ev)
{
	if (ev->duration_ns != EM_UNSET)
		return (struct span){ ev->duration_ns, SPAN_STATED };
	return (struct span){ ev->elapsed_ns,
		ev->elapsed_ns != EM_UNSET ? SPAN_END : SPAN_NONE };
}

/* ---- outcomes ---- */

enum rank
rank_of(enum em_outcome outcome)
{
	static const enum rank ranks[] = { [EM_NONE] = RANK_NONE,
		[EM_PASS] = RANK_PASS,
		[EM_FAIL] = RANK_FAIL,
		[EM_SKIP] = RANK_SKIP,
		[EM_INVALID] = RANK_FAIL };

	return ranks[outcome];
}

enum em_outcome
rank_outcome(enum rank rank)
{
	static const enum em_outcome outcomes[] = { [RANK_NONE] = EM_NONE,
		[RANK_SKIP] = EM_SKIP,
		[RANK_PASS] = EM_PASS,
		[RANK_FAIL] = EM_FAIL };

	return outcomes[rank];
}

/* Cases that end alike one after the other share one em_end. */
static const struct em_end *
end_make(
    struct em_results *rs, struct suite_rec *suite, const struct em_end *said)
{
	const struct em_end *last = rs->end;
	struct em_end *end;

	if (said->status.p == NULL && said->reason.p == NULL &&
	    said->exit_code == EM_UNSET && said->signal == EM_UNSET)
		return &end_none;
	if (rs->end_suite == suite &&
	    results_same(last->status, said->status) &&
	    results_same(last->reason, said->reason) &&
	    last->exit_code == said->exit_code && last->signal == said->signal)
		return last;
	end = results_alloc(rs, &suite->arena, sizeof(*end));
	if (end == NULL)
		return &end_none;
	*end = *said;
	end->status = results_intern(rs, suite, said->status);
	end->reason = results_dup(rs, &suite->arena, said->reason);
	rs->end_suite = suite;
	return rs->end = end;
}

/* ---- attempts ---- */

static struct pending *
pending_of(const struct em_attempt *a)
{
	return a->own & A_PENDING ? (struct pending *)(uintptr_t)a->end : NULL;
}

static struct span
attempt_span(const struct em_attempt *a)
{
	const struct pending *p = pending_of(a);

	return (struct span){ p != NULL ? p->ns : a->duration_ns,
		(enum span_state)((a->own & A_SPAN) >> A_SPAN_SHIFT) };
}

struct attempt_said
attempt_says(const struct em_attempt *a)
{
	return (struct attempt_said){ .started = a->started,
		.completed = a->completed,
		.slow = a->slow,
		.error_first = a->own & A_ERROR_FIRST,
		.late = a->own & A_LATE,
		.disagree = a->own & A_DISAGREE,
		.broken = a->own & A_BROKEN,
		.rank = (enum rank)(a->own & A_RANK),
		.end = a->completed ? a->end : &end_none,
		.span = attempt_span(a) };
}

/* Puts a new span and end into the attempt. */
static void
set_end(struct em_results *rs, struct suite_rec *suite, struct em_attempt *a,
    const struct em_end *end, const struct span *span)
{
	struct pending *p = pending_of(a);
	const struct em_end copy = *end;

	if (p != NULL && end == &p->end && span_duration(span) != EM_UNSET)
		end = end_make(rs, suite, &copy);
	if (span->state != SPAN_START && span->state != SPAN_END) {
		if (p != NULL) {
			p->next = suite->free_pending;
			suite->free_pending = p;
		}
		a->own &= (uint16_t)~A_PENDING;
		a->end = end;
		a->duration_ns = span_duration(span);
		return;
	}
	if (p == NULL && (p = suite->free_pending) != NULL)
		suite->free_pending = p->next;
	if (p == NULL)
		p = results_alloc(rs, &suite->arena, sizeof(*p));
	if (p == NULL)
		return;
	p->end = copy;
	p->ns = span->ns;
	a->own |= A_PENDING;
	a->end = &p->end;
}

void
attempt_join(struct em_results *rs, struct suite_rec *suite,
    struct em_attempt *a, const struct attempt_said *s)
{
	struct span span = attempt_span(a);
	const struct em_end *end = a->completed ? a->end : &end_incomplete;
	int own = a->own & ~(A_RANK | A_SPAN);
	enum rank rank = (enum rank)(a->own & A_RANK);
	enum em_outcome outcome = EM_FAIL;

	span_join(&span, &s->span);
	if (s->late || (a->completed && s->error_first))
		own |= A_LATE;
	if (s->error_first && !a->completed)
		own |= A_ERROR_FIRST;
	if (s->disagree || (a->completed && s->completed && s->rank != rank))
		own |= A_DISAGREE;
	if (s->broken || (a->completed && (s->started || s->completed)) ||
	    (a->started && s->started))
		own |= A_BROKEN;
	if (s->completed && (!a->completed || s->rank > rank)) {
		rank = s->rank;
		end = end_make(rs, suite, s->end);
	}
	if (own & A_LATE && rank != RANK_FAIL)
		end = &end_late;
	a->started |= s->started;
	a->completed |= s->completed;
	a->slow |= s->slow;
	if (a->completed && !(own & A_LATE))
		outcome = rank_outcome(rank);
	own |= (int)rank | (int)span.state << A_SPAN_SHIFT;
	a->own = (uint16_t)own;
	a->outcome = outcome;
	set_end(rs, suite, a, end, &span);
}

/* ---- cases ---- */

void
case_discovered(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, unsigned selected, const struct em_end *end)
{
	rec->c.own = (uint16_t)(rec->c.own | selected);
	rec->c.selected =
	    rec->c.own & C_SELECTED || !(rec->c.own & C_NOT_SELECTED);
	end = end_make(rs, suite, end);
	if (rec->c.attempts == NULL && end != &end_none)
		rec->first.end = end;
}

static bool
location_said(const struct em_location *l)
{
	return l->file.p != NULL || l->line != EM_UNSET;
}

static bool
details_said(const struct em_details *d)
{
	return d->variant.p != NULL || location_said(&d->location) ||
	    d->mode.p != NULL || d->parent.p != NULL || d->tags.n > 0 ||
	    d->properties.n > 0;
}

void
case_join_details(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, const struct em_details *said)
{
	struct em_details *d = (struct em_details *)(uintptr_t)rec->c.details;
	const struct case_rec *before = suite->tail;

	if (!details_said(said))
		return;
	if (!(rs->keep & EM_KEEP_DETAILS) && before != NULL &&
	    results_same(before->c.details->variant, said->variant)) {
		rec->c.details = before->c.details;
		return;
	}
	if (d == &details_none) {
		d = results_alloc(rs, &suite->arena, sizeof(*d));
		if (d == NULL)
			return;
		*d = details_none;
		rec->c.details = d;
	}
	if (said->variant.p != NULL)
		d->variant = results_intern(rs, suite, said->variant);
	if (!(rs->keep & EM_KEEP_DETAILS))
		return;
	if (location_said(&said->location)) {
		d->location = said->location;
		d->location.file =
		    results_intern(rs, suite, said->location.file);
	}
	if (said->mode.p != NULL)
		d->mode = results_intern(rs, suite, said->mode);
	if (said->parent.p != NULL)
		d->parent = results_intern(rs, suite, said->parent);
	if (said->tags.n > 0)
		d->tags = results_dup_strs(rs, &suite->arena, said->tags);
	results_join_pairs(rs, &suite->arena, &d->properties, said->properties);
}

/* ---- suites and runs ---- */

/* What is said last replaces what was said before. */
static void
join_str(
    struct em_results *rs, struct arena *a, struct em_str *d, struct em_str s)
{
	if (s.p != NULL && !results_same(*d, s))
		*d = results_dup(rs, a, s);
}

static void
join_strs(
    struct em_results *rs, struct arena *a, struct em_strs *d, struct em_strs s)
{
	if (s.n > 0)
		*d = results_dup_strs(rs, a, s);
}

static void
join_int(int64_t *d, int64_t s)
{
	if (s != EM_UNSET)
		*d = s;
}

static void
join_counts(struct em_counts *d, const struct em_counts *s)
{
	if (s->pass != EM_UNSET || s->fail != EM_UNSET || s->skip != EM_UNSET)
		*d = *s;
}

static enum em_outcome
worse(enum em_outcome a, enum em_outcome b)
{
	return rank_of(b) > rank_of(a) ? b : a;
}

void
suite_join(struct em_results *rs, struct suite_rec *suite,
    const struct em_suite *said, const struct span *span)
{
	struct em_suite *s = &suite->s;
	struct arena *a = &suite->arena;

	join_str(rs, a, &s->parent, said->parent);
	join_str(rs, a, &s->title, said->title);
	join_counts(&s->stated, &said->stated);
	results_join_pairs(rs, a, &s->properties, said->properties);
	if (location_said(&said->location)) {
		s->location = said->location;
		s->location.file = results_dup(rs, a, said->location.file);
	}
	/* The first start is the start. */
	if (s->time_ns == EM_UNSET)
		s->time_ns = said->time_ns;
	if (s->elapsed_ns == EM_UNSET)
		s->elapsed_ns = said->elapsed_ns;
	span_join(&suite->span, span);
	s->duration_ns = span_duration(&suite->span);
	if (said->completed) {
		if (!s->completed) {
			s->outcome = EM_NONE;
			s->status = (struct em_str){ NULL, 0 };
		}
		s->outcome = worse(s->outcome, said->outcome);
		join_str(rs, a, &s->status, said->status);
		join_str(rs, a, &s->reason, said->reason);
	}
	if ((s->completed && (said->started || said->completed)) ||
	    (s->started && said->started))
		suite->broken = true;
	s->started |= said->started;
	s->completed |= said->completed;
	if (s->started && !s->completed) {
		s->outcome = EM_FAIL;
		s->status = end_incomplete.status;
	}
}

void
run_join(struct em_results *rs, struct run_rec *run, const struct em_run *said,
    const struct span *span)
{
	struct em_run *r = &run->r;
	struct arena *a = &rs->arena;

	join_str(rs, a, &r->status, said->status);
	join_str(rs, a, &r->host, said->host);
	join_str(rs, a, &r->cwd, said->cwd);
	join_str(rs, a, &r->seed, said->seed);
	join_str(rs, a, &r->parent_run, said->parent_run);
	join_str(rs, a, &r->root_run, said->root_run);
	join_str(rs, a, &r->cancel_reason, said->cancel_reason);
	join_strs(rs, a, &r->command, said->command);
	results_join_pairs(rs, a, &r->properties, said->properties);
	results_join_pairs(rs, a, &r->env, said->env);
	join_int(&r->exit_code, said->exit_code);
	join_int(&r->signal, said->signal);
	join_counts(&r->stated, &said->stated);
	if (run->start_ns == EM_UNSET)
		run->start_ns = said->time_ns;
	span_join(&run->span, span);
	r->stated_outcome = worse(r->stated_outcome, said->stated_outcome);
	if ((r->started && said->started) ||
	    (r->completed && (said->started || said->completed)))
		run->restarted = true;
	/* A run that starts again is open again. */
	if (said->started || said->completed)
		r->completed = said->completed;
	r->started |= said->started;
	r->cancelled |= said->cancelled;
	r->filtered |= said->filtered;
}
