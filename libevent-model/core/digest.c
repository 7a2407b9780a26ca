/* SPDX-License-Identifier: MIT */
#include "digest.h"

enum em_rc
digest_open(struct em_writer *w, struct digest *d)
{
	live_init(&d->live);
	d->results = em_results_new(
	    EM_KEEP_MESSAGES | EM_KEEP_OUTPUT | EM_KEEP_DETAILS, 0);
	if (d->results == NULL)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return EM_OK;
}

/* What is logged goes out at once or not at all; but what could not be read is
 * held against the run, and a run may be known by its log alone. */
static bool
only_text(const struct em_event *ev)
{
	return ev->kind == EM_LOG && ev->run.p == NULL && ev->suite.p == NULL &&
	    !(ev->flags & (EM_F_INVALID | EM_F_MALFORMED));
}

static enum em_rc
fold(struct em_writer *w, struct digest *d, const struct em_event *ev)
{
	struct em_event bare;

	if (only_text(ev))
		return EM_OK;
	if (ev->kind == EM_LOG) {
		bare = *ev;
		bare.text.n = 0;
		ev = &bare;
	}
	if (em_results_event(d->results, ev) == EM_OK)
		return EM_OK;
	if (w->err.code == EM_E_NONE)
		w->err = *em_results_error(d->results);
	return EM_ERR;
}

/* Output is folded in when it is known to be of a failure. */
static enum em_rc
fold_output(struct em_writer *w, struct digest *d, const struct live_case *c)
{
	enum em_rc rc = EM_OK;

	for (const struct live_item *i = c->items; i != NULL; i = i->next)
		if (i->ev.kind == EM_CASE_OUTPUT && rc == EM_OK)
			rc = fold(w, d, &i->ev);
	return rc;
}

static void
count_output(struct em_writer *w, const struct live_case *c)
{
	for (const struct live_item *i = c->items; i != NULL; i = i->next)
		if (i->ev.kind == EM_CASE_OUTPUT)
			wr_lost(w, "output of cases that did not fail");
}

enum em_rc
digest_event(struct em_writer *w, struct digest *d, const struct em_event *ev,
    struct live_case **c)
{
	struct live_case *open;

	*c = NULL;
	live_at(&d->live, ev, &open);
	if (d->live.failed)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	if (ev->kind == EM_UNKNOWN)
		wr_lost(w, "unknown events");
	if (ev->kind == EM_CASE_OUTPUT || ev->kind == EM_CASE_MESSAGE ||
	    ev->kind == EM_CASE_METRIC) {
		if (open != NULL)
			live_keep(&d->live, open, ev);
		if (ev->kind != EM_CASE_MESSAGE)
			return EM_OK;
	}
	if (ev->kind == EM_CASE_ATTACHMENT)
		wr_lost(w, "attachments");
	if (ev->kind == EM_CASE_COMPLETE && open != NULL) {
		*c = open;
		if (ev->outcome == EM_PASS || ev->outcome == EM_SKIP)
			count_output(w, open);
		else if (fold_output(w, d, open) != EM_OK)
			return EM_ERR;
	}
	return fold(w, d, ev);
}

void
digest_end(struct digest *d, struct live_case *c)
{
	if (c != NULL)
		live_end(&d->live, c);
}

const struct em_run *
digest_runs(struct em_writer *w, struct digest *d)
{
	for (const struct live_case *c = live_first(&d->live);
	     c != NULL && !d->done; c = live_next(c))
		fold_output(w, d, c);
	d->done = true;
	return em_results_runs(d->results);
}

void
digest_close(struct digest *d)
{
	em_results_free(d->results);
	live_free(&d->live);
}

enum digest_need
digest_need(const struct em_case *c)
{
	if (c->outcome == EM_FAIL || c->incomplete)
		return DIGEST_FAILED;
	if (c->flaky)
		return DIGEST_FLAKY;
	return c->attempts == NULL && c->selected ? DIGEST_NOT_RUN
						  : DIGEST_FINE;
}

bool
digest_suite_broken(const struct em_suite *s)
{
	return s->outcome == EM_FAIL || s->outcome == EM_INVALID;
}

const char *
digest_run_trouble(const struct em_run *run)
{
	if (run->listing)
		return NULL;
	if (!run->completed)
		return "the run has no end";
	if (run->not_run > 0)
		return "not all cases were run";
	if (run->mismatch)
		return "what the run states is not what happened";
	if (run->invalid > 0)
		return "the stream has invalid events";
	return NULL;
}

bool
digest_run_ok(const struct em_run *run, const char **why)
{
	*why = digest_run_trouble(run);
	if (run->listing)
		return true;
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		if (*why == NULL && digest_suite_broken(s))
			*why = "a suite failed by itself";
	if (*why == NULL && run->counts.fail == 0 &&
	    run->stated_outcome != EM_PASS && run->stated_outcome != EM_SKIP)
		*why = "the run failed by itself";
	return *why == NULL && run->counts.fail == 0;
}

const struct em_message *
digest_error(const struct em_attempt *a)
{
	const struct em_item *i = a != NULL ? a->items : NULL;

	for (; i != NULL; i = i->next)
		if (i->kind == EM_CASE_MESSAGE &&
		    str_eq(i->u.message->kind, "error"))
			return i->u.message;
	return NULL;
}
