/* SPDX-License-Identifier: MIT */
/* Events in: each is made into what it says, and that is joined. */
#include "results.h"

/* Nearly always it is the run and the suite of the event before. */
static struct run_rec *
run_of(struct em_results *rs, const struct em_event *ev)
{
	struct run_rec *run = rs->memo;

	if (run != NULL && results_same(run->r.id, ev->run))
		return run;
	return run_at(rs, ev->run);
}

static struct suite_rec *
suite_of(struct em_results *rs, struct run_rec *run, const struct em_event *ev)
{
	struct suite_rec *suite = run->memo;

	if (suite != NULL && results_same(suite->s.name, ev->suite))
		return suite;
	return suite_at(rs, run, ev->suite);
}

static void
fold_protocol(struct em_results *rs, const struct em_event *ev)
{
	struct stream_rec *s = stream_add(rs);

	if (s == NULL)
		return;
	s->producer_name = results_dup(rs, &rs->arena, ev->producer_name);
	s->producer_version = results_dup(rs, &rs->arena, ev->producer_version);
	s->time_ns = ev->time_ns;
	if (ev->flags & EM_F_INVALID)
		s->invalid++;
	/* A stream that says no more is a run without its end. */
	run_at(rs, ev->run);
}

static void
fold_log(struct em_results *rs, const struct em_event *ev)
{
	const struct em_output log = { .stream = ev->stream,
		.text = ev->text,
		.truncated_bytes = EM_UNSET,
		.level = ev->level };
	bool bad = ev->flags & (EM_F_INVALID | EM_F_MALFORMED);
	struct suite_rec *suite;
	struct run_rec *run;

	if (ev->run.p == NULL && ev->suite.p == NULL) {
		rs->stream->invalid += bad;
		list_add_log(rs, &rs->arena, &rs->stream->logs, &log);
		return;
	}
	run = run_of(rs, ev);
	if (run == NULL)
		return;
	run->touched = true;
	run->invalid += bad;
	if (ev->suite.p == NULL) {
		list_add_log(rs, &rs->arena, &run->logs, &log);
		return;
	}
	suite = suite_of(rs, run, ev);
	if (suite == NULL)
		return;
	list_add_log(rs, &suite->arena, &suite->logs, &log);
	suite->s.logs = suite->logs.first;
}

static void
fold_run(struct em_results *rs, struct run_rec *run, const struct em_event *ev)
{
	struct em_run said = run_none;
	struct span span = { EM_UNSET, SPAN_NONE };

	switch (ev->kind) {
	case EM_RUN_START:
		said.started = true;
		said.seed = ev->seed;
		said.command = ev->command;
		said.cwd = ev->cwd;
		said.env = ev->env;
		said.properties = ev->properties;
		said.host = ev->host;
		said.parent_run = ev->parent_run;
		said.root_run = ev->root_run;
		said.time_ns = ev->time_ns;
		span = span_of_start(ev);
		break;
	case EM_RUN_CANCEL:
		said.cancelled = true;
		said.cancel_reason = ev->reason;
		break;
	default:
		said.completed = true;
		said.stated_outcome = ev->outcome;
		said.status = ev->status;
		said.exit_code = ev->exit_code;
		said.signal = ev->signal;
		said.stated = ev->counts;
		said.filtered = ev->filtered == EM_TRUE;
		span = span_of_end(ev);
		break;
	}
	run_join(rs, run, &said, &span);
}

static void
fold_suite(
    struct em_results *rs, struct run_rec *run, const struct em_event *ev)
{
	struct em_suite said = suite_none;
	struct suite_rec *suite;
	struct span span;

	if (ev->suite.p == NULL)
		return;
	suite = suite_of(rs, run, ev);
	if (suite == NULL)
		return;
	if (ev->kind == EM_SUITE_START) {
		said.started = true;
		said.parent = ev->parent;
		said.title = ev->title;
		said.location = ev->location;
		said.properties = ev->properties;
		said.time_ns = ev->time_ns;
		said.elapsed_ns = ev->elapsed_ns;
		span = span_of_start(ev);
		suite_join(rs, suite, &said, &span);
		return;
	}
	said.completed = true;
	said.outcome = ev->outcome;
	said.status = ev->status;
	said.reason = ev->reason;
	said.stated = ev->counts;
	span = span_of_end(ev);
	suite_join(rs, suite, &said, &span);
}

static void
fold_details(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, const struct em_event *ev)
{
	struct em_details said = details_none;

	if (!(rs->keep & EM_KEEP_DETAILS))
		return;
	said.properties = ev->properties;
	if (ev->kind != EM_CASE_COMPLETE) {
		said.location = ev->location;
		said.mode = ev->mode;
		said.parent = ev->parent;
		said.tags = ev->tags;
	}
	case_join_details(rs, suite, rec, &said);
}

static void
fold_discovery(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, const struct em_event *ev)
{
	const struct em_end end = { .status = ev->status,
		.reason = ev->reason,
		.exit_code = EM_UNSET,
		.signal = EM_UNSET };

	fold_details(rs, suite, rec, ev);
	case_discovered(rs, suite, rec,
	    ev->selected == EM_FALSE ? C_NOT_SELECTED : C_SELECTED, &end);
}

static void
fold_start(struct em_results *rs, struct suite_rec *suite, struct em_attempt *a,
    const struct em_event *ev)
{
	const struct em_start start = { ev->time_ns, ev->elapsed_ns,
		ev->worker };
	const struct em_item item = { .kind = EM_CASE_START,
		.u.start = &start };

	if (rs->keep & EM_KEEP_DETAILS &&
	    (start.time_ns != EM_UNSET || start.elapsed_ns != EM_UNSET ||
		start.worker.p != NULL))
		attempt_add_item(rs, suite, a, &item);
}

static void
fold_output(struct em_results *rs, struct suite_rec *suite,
    struct em_attempt *a, const struct em_event *ev)
{
	const struct em_output output = { .stream = ev->stream,
		.text = ev->text,
		.truncated_bytes = ev->truncated_bytes };
	const struct em_item item = { .kind = EM_CASE_OUTPUT,
		.u.output = &output };

	attempt_add_item(rs, suite, a, &item);
}

static void
fold_message(struct em_results *rs, struct suite_rec *suite,
    struct em_attempt *a, const struct em_event *ev)
{
	const struct em_message message = event_message(ev);
	const struct em_item item = { .kind = EM_CASE_MESSAGE,
		.u.message = &message };

	attempt_add_item(rs, suite, a, &item);
}

static void
fold_metric(struct em_results *rs, struct suite_rec *suite,
    struct em_attempt *a, const struct em_event *ev)
{
	const struct em_metric metric = { .metric = ev->metric,
		.unit = ev->unit,
		.value = ev->value,
		.deviation = ev->deviation,
		.min = ev->min,
		.max = ev->max,
		.median = ev->median,
		.samples = ev->samples };
	const struct em_item item = { .kind = EM_CASE_METRIC,
		.u.metric = &metric };

	attempt_add_item(rs, suite, a, &item);
}

static void
fold_attachment(struct em_results *rs, struct suite_rec *suite,
    struct em_attempt *a, const struct em_event *ev)
{
	const struct em_attachment attachment = { ev->title, ev->media_type,
		ev->path, ev->url, ev->data };
	const struct em_item item = { .kind = EM_CASE_ATTACHMENT,
		.u.attachment = &attachment };

	attempt_add_item(rs, suite, a, &item);
}

enum rank
completion_rank(const struct em_event *ev)
{
	if (ev->kind != EM_CASE_COMPLETE)
		return RANK_NONE;
	/* An invalid completion completes with fail (VAL-4). */
	return ev->outcome == EM_NONE ? RANK_FAIL : rank_of(ev->outcome);
}

bool
is_error(const struct em_event *ev)
{
	return ev->kind == EM_CASE_MESSAGE &&
	    em_str_eq(ev->message_kind, EM_STR("error"));
}

/* What the event says of its attempt; *end is room for how it ended. */
static void
say(struct attempt_said *said, struct em_end *end, const struct em_event *ev)
{
	*said = (struct attempt_said){ .end = &end_none };
	switch (ev->kind) {
	case EM_CASE_START:
		said->started = true;
		said->span = span_of_start(ev);
		break;
	case EM_CASE_SLOW:
		said->slow = true;
		break;
	case EM_CASE_MESSAGE:
		said->error_first = is_error(ev);
		break;
	case EM_CASE_COMPLETE:
		said->completed = true;
		said->rank = completion_rank(ev);
		end->status = ev->status;
		end->reason = ev->reason;
		end->exit_code = ev->exit_code;
		end->signal = ev->signal;
		said->end = end;
		said->span = span_of_end(ev);
		break;
	default:
		break;
	}
}

static void
fold_attempt(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, const struct em_event *ev)
{
	struct em_attempt *a = attempt_at(rs, suite, rec, ev->attempt);
	struct attempt_said said;
	struct em_end end;

	if (a == NULL)
		return;
	say(&said, &end, ev);
	attempt_join(rs, suite, a, &said);
	switch (ev->kind) {
	case EM_CASE_START:
		fold_details(rs, suite, rec, ev);
		fold_start(rs, suite, a, ev);
		break;
	case EM_CASE_OUTPUT:
		fold_output(rs, suite, a, ev);
		break;
	case EM_CASE_MESSAGE:
		fold_message(rs, suite, a, ev);
		break;
	case EM_CASE_METRIC:
		fold_metric(rs, suite, a, ev);
		break;
	case EM_CASE_ATTACHMENT:
		fold_attachment(rs, suite, a, ev);
		break;
	case EM_CASE_COMPLETE:
		fold_details(rs, suite, rec, ev);
		break;
	default:
		break;
	}
}

static void
fold_case(struct em_results *rs, struct run_rec *run, const struct em_event *ev)
{
	const struct case_id id = { ev->class_name, ev->name, ev->variant,
		ev->iteration == EM_UNSET ? 1 : ev->iteration };
	struct suite_rec *suite;
	struct case_rec *rec;

	if (ev->name.p == NULL)
		return;
	suite = suite_of(rs, run, ev);
	if (suite == NULL)
		return;
	if (rs->keep & EM_KEEP_COUNTS) {
		tally_case(rs, suite, ev);
		return;
	}
	rec = case_at(rs, suite, &id);
	if (rec == NULL)
		return;
	case_uncount(rec);
	if (ev->kind == EM_DISCOVER_CASE)
		fold_discovery(rs, suite, rec, ev);
	else
		fold_attempt(rs, suite, rec, ev);
	case_count(rec);
}

enum em_rc
em_results_event(struct em_results *rs, const struct em_event *ev)
{
	struct run_rec *run;

	if (results_status(rs) != EM_OK || ev->kind == EM_UNKNOWN)
		return results_status(rs);
	if (ev->kind == EM_PROTOCOL || ev->kind == EM_LOG) {
		if (ev->kind == EM_PROTOCOL)
			fold_protocol(rs, ev);
		else
			fold_log(rs, ev);
		return results_status(rs);
	}
	run = run_of(rs, ev);
	if (run == NULL)
		return EM_ERR;
	run->touched = true;
	if (ev->flags & EM_F_INVALID)
		run->invalid++;
	switch (ev->kind) {
	case EM_DISCOVER_START:
		break;
	case EM_DISCOVER_COMPLETE:
		run->discovered = true;
		break;
	case EM_RUN_START:
	case EM_RUN_CANCEL:
	case EM_RUN_COMPLETE:
		fold_run(rs, run, ev);
		break;
	case EM_SUITE_START:
	case EM_SUITE_COMPLETE:
		fold_suite(rs, run, ev);
		break;
	default:
		fold_case(rs, run, ev);
		break;
	}
	return results_status(rs);
}
