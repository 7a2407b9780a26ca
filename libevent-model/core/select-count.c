/* SPDX-License-Identifier: MIT */
/* Completions of suites and runs that cases were removed from (LIF-18). */
#include <inttypes.h>

#include "select.h"
#include "splice.h"

static int64_t *
count_of(struct em_counts *c, enum em_outcome outcome)
{
	switch (outcome) {
	case EM_NONE:
		return NULL;
	case EM_PASS:
		return &c->pass;
	case EM_SKIP:
		return &c->skip;
	default:
		return &c->fail;
	}
}

static void
move(struct em_counts *c, enum em_outcome was, enum em_outcome is)
{
	int64_t *from = count_of(c, was), *to = count_of(c, is);

	if (from != NULL && *from > 0)
		(*from)--;
	if (to != NULL)
		(*to)++;
}

void
sel_count(struct sel_suite *suite, enum em_outcome was, enum em_outcome is)
{
	move(&suite->counts, was, is);
	move(&suite->run->counts, was, is);
}

void
sel_count_dropped(
    struct sel_suite *suite, enum em_outcome was, enum em_outcome is)
{
	move(&suite->dropped, was, is);
	move(&suite->run->dropped, was, is);
}

static struct em_counts
sum(const struct em_counts *a, const struct em_counts *b)
{
	return (struct em_counts){ a->pass + b->pass, a->fail + b->fail,
		a->skip + b->skip };
}

/* Counts are stated whole or not at all. */
static bool
contradicts(const struct em_counts *stated, const struct em_counts *selected,
    const struct em_counts *dropped)
{
	const struct em_counts seen = sum(selected, dropped);

	if (stated->pass == EM_UNSET && stated->fail == EM_UNSET &&
	    stated->skip == EM_UNSET)
		return false;
	return stated->pass != seen.pass || stated->fail != seen.fail ||
	    stated->skip != seen.skip;
}

/* ---- edits ---- */

enum { EDITS_MAX = 6 };

struct edits {
	struct splice v[EDITS_MAX];
	size_t n;
};

static void
add_edit(struct edits *e, const char *in, const char *key, struct em_str value)
{
	e->v[e->n++] = (struct splice){ in, key, value, in == NULL };
}

/* A count is stated anew where a good one was stated. */
static void
set_count(struct em_select *s, struct edits *e, const char *key,
    int64_t *stated, int64_t observed)
{
	if (*stated < 0 || *stated == observed)
		return;
	*stated = observed;
	add_edit(
	    e, "counts", key, arena_printf(&s->edited, "%" PRId64, observed));
}

static void
set_counts(struct em_select *s, struct edits *e, struct em_counts *stated,
    const struct em_counts *observed)
{
	set_count(s, e, "pass", &stated->pass, observed->pass);
	set_count(s, e, "fail", &stated->fail, observed->fail);
	set_count(s, e, "skip", &stated->skip, observed->skip);
}

static const struct em_event *
finish(struct em_select *s, const struct edits *e, struct em_event *copy)
{
	if (copy->raw.p != NULL)
		copy->raw = splice(&s->edited, copy->raw, e->v, e->n);
	return s->edited.failed ? NULL : copy;
}

/* ---- completions ---- */

const struct em_event *
sel_suite_complete(struct em_select *s, const struct sel_suite *suite,
    const struct em_event *ev, struct em_event *copy)
{
	struct edits e = { .n = 0 };

	if (contradicts(&ev->counts, &suite->counts, &suite->dropped))
		suite->run->contradicted = true;
	if (!suite->removed)
		return ev;
	arena_reset(&s->edited);
	*copy = *ev;
	set_counts(s, &e, &copy->counts, &suite->counts);
	return finish(s, &e, copy);
}

/*
 * A run that states what its cases contradict never becomes a pass because
 * those cases are gone, nor because its counts are stated anew.  A case whose
 * earlier attempts are not remembered may have been counted twice, so it
 * contradicts nothing.
 */
static bool
is_contradicted(const struct sel_run *run, const struct em_event *ev)
{
	if (run->doubtful)
		return false;
	return run->contradicted || run->dropped.fail > 0 ||
	    contradicts(&ev->counts, &run->counts, &run->dropped);
}

/*
 * A run that failed by itself stays failed: one that says why, or that was
 * cancelled, or in which nothing failed that would explain it.
 */
static enum em_outcome
outcome_of(const struct sel_run *run, const struct em_event *ev)
{
	if (ev->outcome == EM_NONE || ev->outcome == EM_INVALID)
		return ev->outcome;
	if (run->counts.fail > 0 || run->suite_failed || run->missed)
		return EM_FAIL;
	if (ev->outcome != EM_FAIL)
		return is_contradicted(run, ev) ? EM_FAIL : ev->outcome;
	return ev->status.p != NULL || run->cancelled || !run->failing
	    ? EM_FAIL
	    : EM_PASS;
}

const struct em_event *
sel_run_complete(struct em_select *s, const struct sel_run *run,
    const struct em_event *ev, struct em_event *copy)
{
	struct edits e = { .n = 0 };
	enum em_outcome outcome = outcome_of(run, ev);

	if (!run->removed)
		return ev;
	arena_reset(&s->edited);
	*copy = *ev;
	if (outcome != ev->outcome) {
		copy->outcome = outcome;
		add_edit(&e, NULL, "outcome",
		    arena_printf(
			&s->edited, "\"%s\"", em_outcome_name(outcome).p));
	}
	set_counts(s, &e, &copy->counts, &run->counts);
	if (ev->filtered != EM_TRUE) {
		copy->filtered = EM_TRUE;
		add_edit(&e, NULL, "filtered", EM_STR("true"));
	}
	return finish(s, &e, copy);
}
