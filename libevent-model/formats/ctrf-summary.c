/* SPDX-License-Identifier: MIT */
/* What the Common Test Report Format says of the run as a whole. */
#include "ctrf.h"
#include "docwrite.h"

struct sums {
	int64_t tests, passed, failed, skipped, pending, other, flaky, suites;
};

static void
count_case(struct sums *n, const struct em_case *c)
{
	n->tests++;
	n->flaky += c->flaky;
	if (c->attempts == NULL)
		n->pending++;
	else if (c->outcome == EM_PASS)
		n->passed++;
	else if (c->outcome == EM_FAIL)
		n->failed++;
	else if (str_starts(c->last->end->status, CTRF_STATUS))
		n->other++;
	else
		n->skipped++;
}

static struct sums
sum_up(const struct em_run *runs)
{
	struct sums n = { .tests = 0 };

	for (const struct em_run *run = runs; run != NULL; run = run->next)
		for (const struct em_suite *s = run->suites; s != NULL;
		     s = s->next) {
			n.suites += s->name.p != NULL;
			for (const struct em_case *c = s->cases; c != NULL;
			     c = c->next)
				if (c->selected || c->attempts != NULL)
					count_case(&n, c);
		}
	return n;
}

/* Why a run is no pass, when no test of it says so; absent otherwise. */
static struct em_str
problem(struct em_writer *w, const struct em_run *runs, const struct sums *n)
{
	static const struct em_str none;
	struct ctrf_writer *cw = w->state;
	enum em_verdict verdict;

	if (runs == NULL || runs->listing || n->failed > 0)
		return none;
	verdict = em_results_verdict(cw->rs);
	if (verdict == EM_V_TRUNCATED)
		return EM_STR("the run has no end");
	if (verdict != EM_V_FAIL)
		return none;
	for (const struct em_run *run = runs; run != NULL; run = run->next) {
		if (run->cancel_reason.n > 0)
			return run->cancel_reason;
		for (const struct em_suite *s = run->suites; s != NULL;
		     s = s->next)
			if (s->outcome == EM_FAIL && s->reason.n > 0)
				return s->reason;
	}
	return EM_STR("the run failed");
}

void
ctrf_put_problem(struct em_writer *w, const struct em_run *runs)
{
	struct ctrf_writer *cw = w->state;
	struct jsonout *j = &cw->json;
	struct sums n = sum_up(runs);
	struct em_str why = problem(w, runs, &n);

	if (why.p == NULL)
		return;
	jo_element(j);
	em_out_puts(w->out, "\n");
	jo_enter(j, '{');
	jo_str(j, "name", EM_STR("run"));
	jo_str(j, "status", EM_STR("failed"));
	jo_int(j, "duration", 0);
	jo_str(j, "message", why);
	jo_leave(j, '}');
}

void
ctrf_put_summary(struct em_writer *w, const struct em_run *runs)
{
	struct ctrf_writer *cw = w->state;
	struct jsonout *j = &cw->json;
	struct sums n = sum_up(runs);
	const struct em_run *run = runs;
	bool failed = problem(w, runs, &n).p != NULL;
	int64_t start = run != NULL ? run->time_ns : EM_UNSET;
	int64_t duration = run != NULL ? run->duration_ns : EM_UNSET;
	int64_t stop = dw_end_time(start, duration);

	jo_object(j, "summary");
	jo_int(j, "tests", n.tests + failed);
	jo_int(j, "passed", n.passed);
	jo_int(j, "failed", n.failed + failed);
	jo_int(j, "skipped", n.skipped);
	jo_int(j, "pending", n.pending);
	jo_int(j, "other", n.other);
	jo_int(j, "flaky", n.flaky);
	jo_int(j, "suites", n.suites);
	jo_int(j, "start", ctrf_ms(start));
	jo_int(j, "stop", ctrf_ms(stop != EM_UNSET ? stop : start));
	if (duration != EM_UNSET)
		jo_int(j, "duration", ctrf_ms(duration));
	jo_leave(j, '}');
}
