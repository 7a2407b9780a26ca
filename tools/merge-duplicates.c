/* SPDX-License-Identifier: MIT */
/* Which input has the word on a case that several have. */
#include "merge-stream.h"

enum { REPORTED_MAX = 10 };

/* ---- with --duplicates last and worst ---- */

/* In a winner: the rank in the lowest bits, the stream of its input, and the
 * input. */
enum { W_RANK = 3, W_STREAM_SHIFT = 2, W_INPUT_SHIFT = 32 };

static unsigned
rank_of(enum em_outcome o)
{
	switch (o) {
	case EM_NONE:
		return 0;
	case EM_SKIP:
		return 1;
	case EM_PASS:
		return 2;
	default:
		return 3;
	}
}

static uint64_t
winner(const struct merge_input *in)
{
	return (uint64_t)(in->number + 1) << W_INPUT_SHIFT |
	    (uint64_t)in->streams << W_STREAM_SHIFT;
}

static struct em_key
key_of_case(const struct em_case *c)
{
	struct em_event ev = em_case_identity(c);

	return em_case_key(&ev);
}

static void
learn_case(struct merge_stream *m, const struct merge_input *in,
    const struct em_case *c)
{
	unsigned rank = rank_of(c->outcome);
	uint64_t *w = merge_at(m, m->winners, key_of_case(c));
	bool better = *w == 0 ||
	    (m->opts.duplicates == DUP_LAST ? rank > 1 : rank > (*w & W_RANK));

	if (better && rank > 0)
		*w = rank | winner(in);
}

bool
merge_stream_learn(
    struct merge_stream *m, const struct merge_input *in, struct em_results *rs)
{
	const struct em_run *r;
	const struct em_suite *s;
	const struct em_case *c;

	for (r = em_results_runs(rs); r != NULL; r = r->next)
		for (s = r->suites; s != NULL; s = s->next)
			for (c = s->cases; c != NULL; c = c->next)
				learn_case(m, in, c);
	return m->st == ST_OK;
}

bool
merge_loses(const struct merge_stream *m, struct em_key k)
{
	const uint64_t *w = em_map_find(m->winners, k);

	return w != NULL && (*w & ~(uint64_t)W_RANK) != winner(m->in);
}

/* ---- results ---- */

static void
report_duplicate(
    struct merge_stream *m, const struct em_event *ev, uint64_t other)
{
	const struct merge_input *before =
	    &m->inputs->v[m->part_inputs[other - 1]];
	int n = (int)(ev->name.n < 200 ? ev->name.n : 200);

	cli_status(m->c, ST_MALFORMED);
	if (m->reported++ >= REPORTED_MAX)
		return;
	if (before == m->in)
		cli_say(m->c,
		    "%s: case \"%.*s\" is in two of its streams; say how with "
		    "--duplicates, or --attempts if it was retried",
		    m->in->name, n, ev->name.p);
	else
		cli_say(m->c,
		    "%s: case \"%.*s\" is in %s too; say how with "
		    "--duplicates, or --attempts if it was retried",
		    m->in->name, n, ev->name.p, before->name);
}

void
merge_say_duplicates(const struct merge_stream *m)
{
	if (m->reported > REPORTED_MAX)
		cli_say(m->c, "%u more cases are in more than one input",
		    m->reported - REPORTED_MAX);
}

/*
 * Counts an attempt (or, with DUP_KEEP, a case) of this part.  In a count:
 * the part that came last in the upper half; how many there are with it; and
 * how many there were before it.
 */
static void
count(struct merge_stream *m, struct em_key k, int64_t number)
{
	uint64_t *v = merge_at(m, m->counts, k), before = *v & 0xffff;
	uint64_t all = *v >> 16 & 0xffff;

	if (*v >> 32 != m->in->part) {
		before = all;
		all = before;
	}
	if (number > 0 && before + (uint64_t)number > all)
		all = before + (uint64_t)number;
	*v = (uint64_t)m->in->part << 32 | (all & 0xffff) << 16 |
	    (before & 0xffff);
}

bool
merge_note_result(
    struct merge_stream *m, struct em_key k, const struct em_event *ev)
{
	uint64_t *v = merge_at(m, m->cases, k);
	uint64_t other = *v >> K_PART_SHIFT;
	bool twice = *v & K_RESULT && other != m->in->part &&
	    !m->opts.attempts && m->opts.duplicates == DUP_ERROR;

	if (twice)
		report_duplicate(m, ev, other);
	*v = (*v & K_FLAGS) | K_RESULT | (uint64_t)m->in->part << K_PART_SHIFT;
	if (m->opts.attempts)
		count(m, k, ev->attempt > 1 ? ev->attempt : 1);
	else if (m->opts.duplicates == DUP_KEEP)
		count(m, k, 1);
	return twice;
}

/* The skip of an earlier stream went out before it was known that there would
 * be another one: it is the first attempt, then. */
static bool
was_skipped(const struct merge_stream *m, struct em_key k)
{
	const uint64_t *v;

	if (m->inputs->n > 1 || m->in->part < 2)
		return false;
	v = em_map_find(m->cases, k);
	return v != NULL && *v & K_SKIPPED;
}

void
merge_put_numbered(
    struct merge_stream *m, struct em_key k, const struct em_event *ev)
{
	const uint64_t *v = em_map_find(m->counts, k);
	int64_t own = ev->attempt > 1 ? ev->attempt : 1;
	int64_t iteration = ev->iteration > 1 ? ev->iteration : 1;
	struct em_event out;
	int64_t base;

	if (v == NULL || *v >> 32 == m->in->part)
		base = v == NULL ? 0 : (int64_t)(*v & 0xffff);
	else
		base = (int64_t)(*v >> 16 & 0xffff);
	if (was_skipped(m, k)) {
		out = *ev;
		out.raw = (struct em_str){ NULL, 0 };
		out.attempt = own + 1;
		merge_put(m, &out);
		return;
	}
	if (base == 0) {
		merge_put(m, ev);
		return;
	}
	out = *ev;
	out.raw = (struct em_str){ NULL, 0 };
	if (m->opts.attempts)
		out.attempt = base + own;
	else
		out.iteration = base + iteration;
	merge_put(m, &out);
}
