/* SPDX-License-Identifier: MIT */
/* How a stream ends: what the commands left open, and why. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* ---- how a command ended ---- */

static bool
is_crash(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE ||
	    sig == SIGILL || sig == SIGABRT || sig == SIGSYS || sig == SIGTRAP;
}

const char *
run_end_status(const struct run_end *e)
{
	if (e->spawn_error != 0)
		return "exec-fail";
	if (e->timed_out)
		return "timeout";
	if (e->signal != 0)
		return !e->cancelled && is_crash(e->signal) ? "crash" : "abort";
	if (!e->started || e->cancelled)
		return "abort";
	if (e->exit_code != 0)
		return "error";
	return e->cut ? "incomplete" : NULL;
}

void
run_end_text(const struct run_end *e, char *buf, size_t size)
{
	if (e->spawn_error != 0)
		snprintf(buf, size, "could not be started: %s",
		    strerror(e->spawn_error));
	else if (!e->started)
		snprintf(buf, size, "was not started");
	else if (e->signal != 0)
		snprintf(buf, size, "was killed by signal %d (%s)%s", e->signal,
		    strsignal(e->signal),
		    e->timed_out ? " after the timeout" : "");
	else if (e->timed_out)
		snprintf(
		    buf, size, "ended with %d after the timeout", e->exit_code);
	else if (e->cancelled)
		snprintf(buf, size, "ended with %d after it was interrupted",
		    e->exit_code);
	else if (e->cut)
		snprintf(buf, size,
		    "ended with %d before its results were complete",
		    e->exit_code);
	else
		snprintf(buf, size, "ended with %d", e->exit_code);
}

/* ---- cases and suites ---- */

static void
end_case(struct run_stream *s, const struct em_event *start, const char *why)
{
	struct em_event ev;

	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.run = start->run;
	ev.suite = start->suite;
	ev.class_name = start->class_name;
	ev.name = start->name;
	ev.variant = start->variant;
	ev.iteration = start->iteration;
	ev.attempt = start->attempt;
	ev.outcome = EM_FAIL;
	ev.status = EM_STR("incomplete");
	ev.reason = em_str(why);
	run_put(s, &ev);
}

/* A run that was ended by who started it stays as it is. */
static bool
has_ended(const struct run_stream *s, const struct em_event *start)
{
	return s->complete != NULL && !s->opts.several && !s->opts.rounds &&
	    em_str_eq(s->complete->run, start->run);
}

/* Ends the suite of a command itself. */
static void
end_label(struct run_source *src, const struct run_end *end, const char *why)
{
	const char *status = run_end_status(end);
	struct run_stream *s = src->stream;
	struct em_event ev;

	run_put_label(src);
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = src->label;
	ev.duration_ns = end->duration_ns > 0 ? end->duration_ns : EM_UNSET;
	if (status != NULL) {
		ev.outcome = EM_FAIL;
		ev.status = em_str(status);
		ev.reason = em_str(why);
	}
	if (s->opts.rounds)
		run_hold_suite(s, &ev);
	else
		run_put(s, &ev);
}

void
run_source_end(void *arg, const struct run_end *end)
{
	struct run_source *src = arg;
	struct run_stream *s = src->stream;
	char clause[128], why[160];
	struct em_event ev;

	run_end_text(end, clause, sizeof(clause));
	snprintf(why, sizeof(why), "the command %s", clause);
	if (s->k->cancel_signal != 0 && !s->cancel_told) {
		char sig[64];

		run_put_start(s, NULL);
		em_event_init(&ev, EM_RUN_CANCEL);
		snprintf(sig, sizeof(sig), "signal %d (%s)",
		    s->k->cancel_signal, strsignal(s->k->cancel_signal));
		ev.reason = em_str(sig);
		run_put(s, &ev);
		s->cancel_told = true;
	}
	for (size_t i = 0; i < src->open_count; i++) {
		if (!has_ended(s, src->open[i].start))
			end_case(s, src->open[i].start, why);
		em_event_free(src->open[i].start);
	}
	if (src->label.p != NULL &&
	    !(src->listing && run_end_status(end) == NULL))
		end_label(src, end, why);
	free(src->open);
	src->open = NULL;
	src->open_count = src->open_size = 0;
	em_map_free(src->open_at);
	em_map_free(src->base);
	src->open_at = src->base = NULL;
	text_free(&src->suite);
	text_free(&src->parent);
}

/* A suite of which cases may run again ends when all is over. */
void
run_hold_suite(struct run_stream *s, const struct em_event *ev)
{
	const struct em_suite *u = em_results_suite(s->results, ev);
	struct run_held **h = &s->held;
	struct em_event *copy = em_event_dup(ev);

	while (*h != NULL &&
	    !(em_str_eq((*h)->ev->suite, ev->suite) &&
		em_str_eq((*h)->ev->run, ev->run)))
		h = &(*h)->next;
	if (*h == NULL)
		*h = calloc(1, sizeof(**h));
	if (*h == NULL || copy == NULL) {
		em_event_free(copy);
		return;
	}
	copy->counts = (struct em_counts){ EM_UNSET, EM_UNSET, EM_UNSET };
	copy->raw = (struct em_str){ NULL, 0 };
	/* What its cases explain is on them, and they may yet pass. */
	if (copy->outcome == EM_FAIL && u != NULL && u->counts.fail > 0) {
		copy->outcome = EM_NONE;
		copy->status = copy->reason = (struct em_str){ NULL, 0 };
	}
	/* A failure of its own stays. */
	if ((*h)->ev != NULL && (*h)->ev->outcome == EM_FAIL) {
		em_event_free(copy);
		return;
	}
	em_event_free((*h)->ev);
	(*h)->ev = copy;
}

/* Suites that were not ended by who started them. */
static void
end_suites(struct run_stream *s, const struct em_run *r)
{
	for (const struct em_suite *u = r->suites; u != NULL; u = u->next) {
		struct em_event ev;

		if (!u->started || u->completed)
			continue;
		em_event_init(&ev, EM_SUITE_COMPLETE);
		ev.run = r->id;
		ev.suite = u->name;
		ev.outcome = EM_FAIL;
		ev.status = EM_STR("incomplete");
		run_put(s, &ev);
	}
}

/* ---- the run ---- */

static bool
run_failed(const struct em_run *r)
{
	bool failed = r->counts.fail > 0 || r->not_run > 0;

	for (const struct em_suite *u = r->suites; u != NULL; u = u->next)
		failed = failed || u->outcome == EM_FAIL;
	return failed;
}

/* A command that fails because its cases do is no trouble of its own. */
static const char *
own_status(const struct run_end *e, bool cases_failed)
{
	const char *status = run_end_status(e);

	if (status != NULL && cases_failed && strcmp(status, "error") == 0)
		return NULL;
	return status;
}

static void
set_exit(struct em_event *ev, const struct run_end *e)
{
	if (!e->started)
		return;
	if (e->exit_code > 0 && ev->exit_code == EM_UNSET)
		ev->exit_code = e->exit_code;
	if (e->signal != 0 && ev->signal == EM_UNSET)
		ev->signal = e->signal;
}

static bool
any_open(struct run_stream *s, struct em_str but)
{
	const struct em_run *r = em_results_runs(s->results);

	for (; r != NULL; r = r->next)
		if (r->started && !r->completed && !em_str_eq(r->id, but))
			return true;
	return false;
}

/* The end that the command stated, with what its own end adds, unless another
 * of its runs is there to tell that. */
static void
put_stated(struct run_stream *s, const struct run_end *e)
{
	struct em_event ev = *s->complete;
	const char *status = run_end_status(e);

	if (status != NULL && !any_open(s, ev.run)) {
		ev.raw = (struct em_str){ NULL, 0 };
		set_exit(&ev, e);
		if (ev.outcome == EM_PASS || ev.outcome == EM_SKIP)
			ev.status = em_str(status);
		else if (ev.status.p == NULL && strcmp(status, "error") != 0)
			ev.status = em_str(status);
		ev.outcome = EM_FAIL;
	}
	run_put(s, &ev);
}

static void
put_own(struct run_stream *s, const struct em_run *r, const struct run_end *e)
{
	bool failed = run_failed(r);
	/* What an earlier round explained by its cases is on them. */
	const char *status = own_status(e, failed);
	struct em_event ev;

	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.run = r->id;
	ev.outcome =
	    failed || status != NULL || s->cancel_told ? EM_FAIL : EM_PASS;
	if (status != NULL)
		ev.status = em_str(status);
	if (!s->opts.several)
		set_exit(&ev, e);
	ev.duration_ns = run_now() - s->began_ns;
	ev.counts = r->counts;
	run_put(s, &ev);
}

static void
end_held(struct run_stream *s)
{
	for (struct run_held *h = s->held; h != NULL; h = h->next)
		if (h->ev != NULL)
			run_put(s, h->ev);
}

int
run_stream_finish(struct run_stream *s, const struct run_end *ended)
{
	bool own = s->opts.several || s->opts.rounds;
	const struct em_run *r;
	struct em_event ev;

	end_held(s);
	if (s->listing && s->opts.several) {
		em_event_init(&ev, EM_DISCOVER_COMPLETE);
		run_put(s, &ev);
	}
	if (s->complete != NULL && !own) {
		put_stated(s, ended);
	} else if (!s->started &&
	    !(s->listing && run_end_status(ended) == NULL)) {
		run_put_start(s, NULL);
	}
	for (r = em_results_runs(s->results); r != NULL && s->st == ST_OK;
	     r = r->next)
		if (r->started && !r->completed) {
			end_suites(s, r);
			/* Concluded anew with what has just been ended. */
			em_results_runs(s->results);
			put_own(s, r, ended);
		}
	return s->st;
}
