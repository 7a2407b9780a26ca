/* SPDX-License-Identifier: MIT */
/* The Common Test Report Format, written from the results at the end. */
#include <string.h>

#include "ctrf.h"
#include "docwrite.h"

static const struct em_str none;

enum em_rc
ctrf_writer_open(struct em_writer *w)
{
	struct ctrf_writer *cw = w->state;

	cw->json.out = w->out;
	cw->rs = dw_open(w);
	return cw->rs != NULL ? EM_OK : EM_ERR;
}

enum em_rc
ctrf_writer_event(struct em_writer *w, const struct em_event *ev)
{
	struct ctrf_writer *cw = w->state;

	if (ev->elapsed_ns != EM_UNSET)
		wr_lost(w, "times since the start of the stream");
	if (ev->time_ns != EM_UNSET && ev->kind != EM_RUN_START &&
	    ev->kind != EM_SUITE_START && ev->kind != EM_CASE_START)
		wr_lost(w, "times of what is not a start");
	return dw_event(w, cw->rs, ev);
}

void
ctrf_writer_close(struct em_writer *w)
{
	struct ctrf_writer *cw = w->state;

	em_results_free(cw->rs);
	table_free(&cw->suites);
	carry_free(&cw->carry);
}

/* ---- suites ---- */

static void
index_suites(struct em_writer *w, const struct em_run *run)
{
	struct ctrf_writer *cw = w->state;

	table_free(&cw->suites);
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next) {
		uint64_t *slot =
		    table_at(&cw->suites, table_key(&s->name, 1, 0));

		if (slot == NULL)
			err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
		else
			*slot = (uint64_t)(uintptr_t)s;
	}
}

/* ---- the run ---- */

static void
put_tool(struct em_writer *w, const struct em_run *run)
{
	struct jsonout *j = ctrf_json(w);
	struct em_str name = run != NULL ? run->producer_name : none;

	jo_object(j, "tool");
	jo_str(j, "name", name.n > 0 ? name : EM_STR("unknown"));
	if (run != NULL)
		jo_str(j, "version", run->producer_version);
	jo_leave(j, '}');
}

/* Properties of the run that CTRF has members for. */
static bool
is_environment(const struct em_pair *p)
{
	static const char *const names[] = { "reportName", "appName",
		"appVersion", "buildId", "buildName", "buildUrl",
		"repositoryName", "repositoryUrl", "commit", "branchName",
		"osPlatform", "osRelease", "osVersion", "testEnvironment",
		"shardId" };
	int64_t n;

	if (str_eq(p->key, "buildNumber"))
		return p->json && str_i64(p->value, &n);
	if (str_eq(p->key, "healthy"))
		return p->json &&
		    (str_eq(p->value, "true") || str_eq(p->value, "false"));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(p->key, names[i]))
			return !p->json && p->value.n > 0;
	return false;
}

static void
put_environment(struct em_writer *w, struct em_pairs list)
{
	struct jsonout *j = ctrf_json(w);
	bool any = false;

	for (size_t i = 0; i < list.n; i++) {
		if (!is_environment(&list.v[i]))
			continue;
		if (!any) {
			jo_object(j, "environment");
		}
		any = true;
		ctrf_put_value(w, &list.v[i]);
	}
	if (any)
		jo_leave(j, '}');
}

static bool
run_exceeds(const struct em_run *run)
{
	for (size_t i = 0; i < run->properties.n; i++)
		if (!is_environment(&run->properties.v[i]) &&
		    !str_eq(run->properties.v[i].key, "runId"))
			return true;
	return run->seed.p != NULL || run->command.n > 0 ||
	    run->cwd.p != NULL || run->env.n > 0 || run->host.p != NULL ||
	    run->parent_run.p != NULL || run->root_run.p != NULL ||
	    (run->time_ns != EM_UNSET && !ctrf_has_milliseconds(run->time_ns));
}

static void
carry_logs(struct em_writer *w, struct em_str suite,
    const struct em_item *items, bool *any)
{
	struct em_event ev;

	for (; items != NULL; items = items->next) {
		em_event_init(&ev, EM_LOG);
		ev.suite = suite;
		ctrf_item_event(items, &ev);
		ctrf_put_carried(w, &ev, any);
	}
}

static bool
suite_exceeds(const struct ctrf_writer *cw, const struct em_suite *s)
{
	return s->name.p != NULL &&
	    (!ctrf_is_plain_suite(cw, s) || s->location.file.p != NULL ||
		s->properties.n > 0 || s->time_ns != EM_UNSET);
}

/* All are started if one is: those around it have to come first. */
static void
carry_suite(
    struct em_writer *w, const struct em_suite *s, bool start, bool *any)
{
	struct em_event ev;

	if (start && s->name.p != NULL) {
		em_event_init(&ev, EM_SUITE_START);
		ev.suite = s->name;
		ev.parent = s->parent;
		ev.title = s->title;
		ev.location = s->location;
		ev.properties = s->properties;
		ev.time_ns = s->time_ns;
		ctrf_put_carried(w, &ev, any);
	}
	carry_logs(w, s->name, s->logs, any);
	if (s->name.p != NULL && s->completed &&
	    (s->outcome != EM_NONE || s->duration_ns != EM_UNSET)) {
		em_event_init(&ev, EM_SUITE_COMPLETE);
		ev.suite = s->name;
		ev.outcome = s->outcome;
		ev.status = s->status;
		ev.reason = s->reason;
		ev.duration_ns = s->duration_ns;
		ctrf_put_carried(w, &ev, any);
	}
}

/* What CTRF has no members for, of the run and its suites. */
static void
carry_run(struct em_writer *w, const struct em_run *run)
{
	bool any = false, start = false;
	struct em_event ev;

	if (run_exceeds(run)) {
		em_event_init(&ev, EM_RUN_START);
		ev.seed = run->seed;
		ev.command = run->command;
		ev.cwd = run->cwd;
		ev.env = run->env;
		ev.host = run->host;
		ev.parent_run = run->parent_run;
		ev.root_run = run->root_run;
		ev.properties = run->properties;
		ev.time_ns = run->time_ns;
		ctrf_put_carried(w, &ev, &any);
	}
	carry_logs(w, none, run->logs, &any);
	index_suites(w, run);
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		start |= suite_exceeds(w->state, s);
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		carry_suite(w, s, start, &any);
	if (run->cancelled) {
		em_event_init(&ev, EM_RUN_CANCEL);
		ev.reason = run->cancel_reason;
		ctrf_put_carried(w, &ev, &any);
	}
	if (run->status.p != NULL || run->exit_code != EM_UNSET ||
	    run->signal != EM_UNSET ||
	    (run->duration_ns != EM_UNSET && run->duration_ns % 1000000 != 0)) {
		em_event_init(&ev, EM_RUN_COMPLETE);
		ev.outcome = run->stated_outcome;
		ev.status = run->status;
		ev.exit_code = run->exit_code;
		ev.signal = run->signal;
		ev.duration_ns = run->duration_ns;
		ctrf_put_carried(w, &ev, &any);
	}
	ctrf_end_carried(w, any);
}

static void
put_cases(struct em_writer *w, const struct em_suite *s)
{
	for (const struct em_case *c = s->cases; c != NULL; c = c->next)
		if (c->selected || c->attempts != NULL)
			ctrf_put_test(w, c);
		else
			dw_left_out(w, c);
}

static void
put_tests(struct em_writer *w, const struct em_run *runs)
{
	struct jsonout *j = ctrf_json(w);

	jo_list(j, "tests");
	for (const struct em_run *run = runs; run != NULL; run = run->next) {
		index_suites(w, run);
		for (const struct em_suite *s = run->suites; s != NULL;
		     s = s->next)
			put_cases(w, s);
	}
	ctrf_put_problem(w, runs);
	jo_leave(j, ']');
}

/* The id of the one run; or what a reader of CTRF made of it. */
static struct em_str
run_id(const struct em_run *run)
{
	return run->id.n > 0 ? run->id : dw_find(run->properties, "runId");
}

enum em_rc
ctrf_writer_finish(struct em_writer *w)
{
	struct jsonout *j = ctrf_json(w);
	struct ctrf_writer *cw = w->state;
	const struct em_run *runs = em_results_runs(cw->rs), *more;
	const struct em_run *run = runs;

	for (more = runs != NULL ? runs->next : NULL; more != NULL;
	     more = more->next)
		wr_lost(w, "what is known of runs but the first");
	for (more = runs; more != NULL; more = more->next)
		if (more->listing)
			wr_lost(w, "that a listing is no run");
		else if (!more->completed)
			wr_lost(w, "that a run has no end");
	jo_enter(j, '{');
	jo_str(j, "reportFormat", EM_STR("CTRF"));
	jo_str(j, "specVersion", EM_STR("0.0.0"));
	if (run != NULL && run_id(run).n > 0)
		jo_str(j, "runId", run_id(run));
	jo_str(j, "generatedBy", EM_STR("testpipe"));
	jo_object(j, "results");
	put_tool(w, run);
	ctrf_put_summary(w, runs);
	if (run != NULL) {
		put_environment(w, run->properties);
		carry_run(w, run);
	}
	put_tests(w, runs);
	jo_leave(j, '}');
	jo_leave(j, '}');
	em_out_puts(w->out, "\n");
	return wr_status(w);
}
