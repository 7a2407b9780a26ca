/* SPDX-License-Identifier: MIT */
#include "failing.h"
#include "runs.h"

struct run_seen {
	struct run_seen *next;
	struct em_event end; /* the run_complete to come */
	struct suites suites;
	struct failing failing;
	uint64_t open; /* attempts */
	bool failed_suite;
	bool completed;
};

/* NULL when out of memory. */
static struct run_seen *
run_at(struct em_reader *r, struct runs *rs, struct em_str id)
{
	uint64_t *slot;
	struct run_seen *run;

	if (rs->newest != NULL && em_str_eq(rs->newest->end.run, id))
		return rs->newest;
	slot = table_at(&rs->at, table_key(&id, 1, 0));
	if (slot != NULL && *slot != 0)
		return (struct run_seen *)(uintptr_t)*slot;
	run = slot != NULL ? arena_alloc(&r->keep, sizeof(*run)) : NULL;
	if (run == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)run;
	em_event_init(&run->end, EM_RUN_COMPLETE);
	run->end.flags = EM_F_SYNTHETIC;
	run->end.run = run->suites.run = arena_dup(&r->keep, id);
	if (rs->newest != NULL)
		rs->newest->next = run;
	else
		rs->first = run;
	rs->newest = run;
	return run;
}

/* The run, started; *start may be a run_start to be emitted for it. */
static struct run_seen *
started(struct em_reader *r, struct runs *rs, const struct em_event *ev)
{
	const struct run_seen *last = rs->newest;
	struct run_seen *run = run_at(r, rs, ev->run);
	struct em_event start;

	if (run == NULL || rs->newest == last)
		return run;
	em_event_init(&start, EM_RUN_START);
	start.run = ev->run;
	start.time_ns = ev->time_ns;
	start.elapsed_ns = ev->elapsed_ns;
	rd_emit(r, ev->kind == EM_RUN_START ? ev : &start);
	return run;
}

static void
start_suite(
    struct em_reader *r, struct run_seen *run, const struct em_event *ev)
{
	struct em_event start;

	if (ev->kind == EM_SUITE_START) {
		suites_start(r, &run->suites, ev);
		return;
	}
	em_event_init(&start, EM_SUITE_START);
	start.run = ev->run;
	start.suite = ev->suite;
	start.time_ns = ev->time_ns;
	start.elapsed_ns = ev->elapsed_ns;
	suites_start(r, &run->suites, &start);
}

void
runs_emit(struct em_reader *r, struct runs *rs, const struct em_event *ev)
{
	struct run_seen *run = started(r, rs, ev);

	if (run == NULL || ev->kind == EM_RUN_START)
		return;
	start_suite(r, run, ev);
	if (ev->kind == EM_SUITE_START)
		return;
	rd_emit(r, ev);
	if (ev->kind == EM_CASE_START) {
		run->open++;
	} else if (ev->kind == EM_CASE_COMPLETE) {
		run->open -= run->open > 0;
		failing_attempt(&run->failing, ev,
		    ev->outcome == EM_FAIL || ev->outcome == EM_INVALID);
	}
}

void
runs_emit_late(struct em_reader *r, struct runs *rs, const struct em_event *ev)
{
	struct run_seen *run = started(r, rs, ev);

	if (run == NULL)
		return;
	rd_emit(r, ev);
	if ((ev->kind == EM_CASE_MESSAGE &&
		str_eq(ev->message_kind, "error")) ||
	    (ev->kind == EM_CASE_COMPLETE && ev->outcome == EM_FAIL))
		failing_attempt(&run->failing, ev, true);
}

void
runs_end(struct em_reader *r, struct runs *rs, const struct em_event *ev)
{
	struct run_seen *run = started(r, rs, ev);

	if (run == NULL)
		return;
	if (ev->kind == EM_SUITE_COMPLETE) {
		suites_end(r, &run->suites, ev);
		run->failed_suite |= ev->outcome == EM_FAIL;
	} else {
		event_copy(&run->end, ev, &r->keep);
	}
}

void
runs_fail(struct em_reader *r, struct runs *rs, struct em_str run_id,
    struct em_str status)
{
	struct em_event ev;
	struct run_seen *run;

	em_event_init(&ev, EM_LOG);
	ev.run = run_id;
	run = started(r, rs, &ev);
	if (run == NULL)
		return;
	run->end.outcome = EM_FAIL;
	if (run->end.status.p == NULL)
		run->end.status = arena_dup(&r->keep, status);
}

bool
runs_complete(struct em_reader *r, struct runs *rs, bool cut)
{
	struct em_event none;

	em_event_init(&none, EM_LOG);
	if (rs->first == NULL && !cut)
		started(r, rs, &none);
	for (struct run_seen *run = rs->first; run != NULL; run = run->next) {
		if (run->completed || cut)
			continue;
		if (!suites_complete(r, &run->suites))
			return false;
		if (failing_any(&run->failing) || run->open > 0 ||
		    run->failed_suite)
			run->end.outcome = EM_FAIL;
		else if (run->end.outcome == EM_NONE)
			run->end.outcome = EM_PASS;
		rd_emit(r, &run->end);
		run->completed = true;
	}
	return true;
}

void
runs_free(struct runs *rs)
{
	for (struct run_seen *run = rs->first; run != NULL; run = run->next) {
		suites_free(&run->suites);
		failing_free(&run->failing);
	}
	table_free(&rs->at);
	rs->first = rs->newest = NULL;
}
