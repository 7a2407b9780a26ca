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

static struct jsonout *
json_of(struct em_writer *w)
{
	struct ctrf_writer *cw = w->state;

	return &cw->json;
}

/* ---- values ---- */

static bool
has_milliseconds(int64_t ns)
{
	return ns != EM_UNSET && ns != 0 && ns % 1000000 == 0;
}

/* ---- suites ---- */

/* The suite of that name of the run that is being written. */
static const struct em_suite *
find_suite(const struct ctrf_writer *cw, struct em_str name)
{
	uint64_t *slot = table_get(&cw->suites, table_key(&name, 1, 0));

	return slot != NULL ? (const struct em_suite *)(uintptr_t)*slot : NULL;
}

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

enum { SUITES_DEEP = 64 };

/*
 * Whether the reader names the suite alike, from its title and those of the
 * suites around it.
 */
static bool
is_plain_suite(const struct ctrf_writer *cw, const struct em_suite *s)
{
	for (unsigned depth = 0; depth < SUITES_DEEP; depth++) {
		const struct em_suite *around;
		struct em_str rest = s->name;

		if (s->title.p == NULL && s->parent.p == NULL)
			return s->name.p == NULL ||
			    (s->name.n > 0 &&
				str_find(s->name, CTRF_SUITE_SEP) < 0);
		around = find_suite(cw, s->parent);
		if (s->title.p == NULL || around == NULL ||
		    str_find_str(rest, around->name) != 0)
			return false;
		rest = str_from(rest, around->name.n);
		if (!str_starts(rest, CTRF_SUITE_SEP) ||
		    !em_str_eq(
			str_from(rest, strlen(CTRF_SUITE_SEP)), s->title))
			return false;
		s = around;
	}
	return false;
}

/* ---- the start of a case ---- */

static void
start_event(const struct em_case *c, const struct em_attempt *a,
    enum em_kind kind, struct em_event *ev)
{
	const struct em_start *start = em_attempt_start(a);

	ctrf_case_event(c, kind, ev);
	ev->time_ns = start->time_ns;
	ev->worker = start->worker;
	ev->location = c->details->location;
	ev->mode = c->details->mode;
	ev->parent = c->details->parent;
	ev->tags = c->details->tags;
	ev->properties = c->details->properties;
	if (kind == EM_DISCOVER_CASE) {
		ev->status = a->end->status;
		ev->reason = a->end->reason;
	}
}

/* A list of strings, numbers and booleans, and not an empty one. */
static bool
is_flat_list(struct em_str s)
{
	bool string = false, any = false;

	for (size_t i = 1; i + 1 < s.n; i++) {
		char c = s.p[i];

		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '[' || c == '{' || c == 'n'))
			return false;
		any |= c != ' ' && c != '\t' && c != '\n' && c != '\r';
	}
	return any;
}

/* The labels of CTRF are what is no null and no object, nor holds any. */
static bool
is_label(const struct em_pair *p)
{
	struct em_str s = str_trim(p->value);

	if (!p->json)
		return true;
	if (str_starts(s, "["))
		return is_flat_list(s);
	return !str_starts(s, "{") && !str_eq(s, "null");
}

/* Whether CTRF's members lose something of the start of the case. */
static bool
start_exceeds(const struct ctrf_writer *cw, const struct em_case *c,
    const struct em_event *ev)
{
	for (size_t i = 0; i < ev->properties.n; i++)
		if (!is_label(&ev->properties.v[i]))
			return true;
	return ev->class_name.p != NULL || ev->variant.p != NULL ||
	    ev->iteration != EM_UNSET || ev->mode.p != NULL ||
	    ev->parent.p != NULL || ev->name.n == 0 ||
	    !is_plain_suite(cw, c->suite) ||
	    (ev->time_ns != EM_UNSET && !has_milliseconds(ev->time_ns)) ||
	    ev->location.column != EM_UNSET ||
	    ev->location.end_line != EM_UNSET ||
	    ev->location.end_column != EM_UNSET;
}

/* ---- attempts before the last ---- */

static void
put_retry(
    struct em_writer *w, const struct em_case *c, const struct em_attempt *a)
{
	struct jsonout *j = json_of(w);
	struct em_event start, end;
	bool any = false;

	jo_element(j);
	jo_enter(j, '{');
	jo_int(j, "attempt", a->number);
	ctrf_put_attempt(w, a);
	start_event(c, a, EM_CASE_START, &start);
	if (start.worker.p != NULL ||
	    (start.time_ns != EM_UNSET && !has_milliseconds(start.time_ns))) {
		start.tags = (struct em_strs){ NULL, 0 };
		start.properties = (struct em_pairs){ NULL, 0 };
		ctrf_put_carried(w, &start, &any);
	}
	ctrf_complete_event(c, a, &end);
	if (ctrf_complete_exceeds(&end) || end.status.p != NULL)
		ctrf_put_carried(w, &end, &any);
	ctrf_carry_items(w, c, a, &any);
	ctrf_end_carried(w, any);
	jo_leave(j, '}');
}

static void
put_retries(struct em_writer *w, const struct em_case *c)
{
	struct jsonout *j = json_of(w);
	if (c->attempt_count < 2)
		return;
	jo_int(j, "retries", (int64_t)c->attempt_count - 1);
	jo_list(j, "retryAttempts");
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		if (a != c->last)
			put_retry(w, c, a);
	jo_leave(j, ']');
	if (c->flaky) {
		jo_raw(j, "flaky", EM_STR("true"));
	}
}

/* ---- a test ---- */

/* From the outermost suite to the class. */
static void
put_suite(struct em_writer *w, const struct em_case *c)
{
	struct jsonout *j = json_of(w);
	const struct em_suite *path[SUITES_DEEP], *s = c->suite;
	size_t n = 0;

	for (; s != NULL && s->name.p != NULL && n < SUITES_DEEP; n++) {
		path[n] = s;
		s = s->parent.p != NULL ? find_suite(w->state, s->parent)
					: NULL;
	}
	if (n == 0 && c->class_name.p == NULL)
		return;
	jo_list(j, "suite");
	while (n > 0) {
		s = path[--n];
		jo_element(j);
		em_out_json_str(
		    w->out, s->title.p != NULL ? s->title : s->name);
	}
	if (c->class_name.p != NULL) {
		jo_element(j);
		em_out_json_str(w->out, c->class_name);
	}
	jo_leave(j, ']');
}

static bool
is_member(const struct em_pair *p)
{
	return !p->json && p->value.n > 0 &&
	    (str_eq(p->key, "type") || str_eq(p->key, "browser") ||
		str_eq(p->key, "device") || str_eq(p->key, "testId"));
}

static void
put_value(struct em_writer *w, const struct em_pair *p)
{
	struct jsonout *j = json_of(w);
	jo_key(j, p->key);
	if (p->json)
		em_out_write(w->out, p->value);
	else
		em_out_json_str(w->out, p->value);
}

static void
put_labels(struct em_writer *w, struct em_pairs list)
{
	struct jsonout *j = json_of(w);
	bool any = false;

	for (size_t i = 0; i < list.n; i++) {
		const struct em_pair *p = &list.v[i];

		if (is_member(p) || !is_label(p))
			continue;
		if (!any) {
			jo_object(j, "labels");
		}
		any = true;
		put_value(w, p);
	}
	if (any)
		jo_leave(j, '}');
	for (size_t i = 0; i < list.n; i++)
		if (is_member(&list.v[i]))
			put_value(w, &list.v[i]);
}

static void
put_tags(struct em_writer *w, struct em_strs tags)
{
	struct jsonout *j = json_of(w);
	if (tags.n == 0)
		return;
	jo_list(j, "tags");
	for (size_t i = 0; i < tags.n; i++) {
		jo_element(j);
		em_out_json_str(w->out, tags.v[i]);
	}
	jo_leave(j, ']');
}

static void
put_raw_status(struct em_writer *w, const struct em_attempt *a)
{
	struct jsonout *j = json_of(w);
	struct em_str status = a->end->status;

	if (str_starts(status, CTRF_STATUS)) {
		status = str_from(status, strlen(CTRF_STATUS));
		if (str_eq(status, "other"))
			return;
	}
	if (status.p == NULL && a->number > 0 && !a->completed)
		status = EM_STR("incomplete");
	jo_str(j, "rawStatus", status);
}

static void
put_place(struct em_writer *w, const struct em_case *c)
{
	struct jsonout *j = json_of(w);
	const struct em_location *at = &c->details->location;

	jo_str(j, "filePath", at->file);
	if (at->file.p != NULL && at->line != EM_UNSET)
		jo_int(j, "line", at->line);
}

/* What is carried of a test; one that did not run is a case discovered. */
static void
carry_test(struct em_writer *w, const struct em_case *c)
{
	const struct em_attempt *a = c->last;
	bool any = false, ran = a->number > 0;
	struct em_event start, end;

	start_event(c, a, ran ? EM_CASE_START : EM_DISCOVER_CASE, &start);
	if (!ran || start_exceeds(w->state, c, &start))
		ctrf_put_carried(w, &start, &any);
	if (ran) {
		ctrf_complete_event(c, a, &end);
		if (ctrf_complete_exceeds(&end))
			ctrf_put_carried(w, &end, &any);
		ctrf_carry_items(w, c, a, &any);
	}
	ctrf_end_carried(w, any);
}

static void
put_test(struct em_writer *w, const struct em_case *c)
{
	struct jsonout *j = json_of(w);
	const struct em_attempt *a = c->last;

	jo_element(j);
	em_out_puts(w->out, "\n");
	jo_enter(j, '{');
	jo_str(j, "name", c->name.n > 0 ? c->name : EM_STR("(no name)"));
	if (a->number > 0) {
		ctrf_put_attempt(w, a);
	} else {
		jo_str(j, "status", EM_STR("pending"));
		jo_int(j, "duration", 0);
		jo_str(j, "message", a->end->reason);
	}
	put_raw_status(w, a);
	put_suite(w, c);
	put_place(w, c);
	put_tags(w, c->details->tags);
	put_labels(w, c->details->properties);
	ctrf_put_typed(w, a->items, "ai", CTRF_AI);
	ctrf_put_steps(w, a->items);
	jo_str(j, "threadId", em_attempt_start(a)->worker);
	put_retries(w, c);
	carry_test(w, c);
	jo_leave(j, '}');
}

/* ---- the run ---- */

static void
put_tool(struct em_writer *w, const struct em_run *run)
{
	struct jsonout *j = json_of(w);
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
	struct jsonout *j = json_of(w);
	bool any = false;

	for (size_t i = 0; i < list.n; i++) {
		if (!is_environment(&list.v[i]))
			continue;
		if (!any) {
			jo_object(j, "environment");
		}
		any = true;
		put_value(w, &list.v[i]);
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
	    (run->time_ns != EM_UNSET && !has_milliseconds(run->time_ns));
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
	    (!is_plain_suite(cw, s) || s->location.file.p != NULL ||
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
			put_test(w, c);
		else
			dw_left_out(w, c);
}

static void
put_tests(struct em_writer *w, const struct em_run *runs)
{
	struct jsonout *j = json_of(w);

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
	struct jsonout *j = json_of(w);
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
