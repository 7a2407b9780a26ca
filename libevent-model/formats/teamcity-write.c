/* SPDX-License-Identifier: MIT */
/*
 * Events to service messages.  A test runs in the flow of its worker, or in
 * one of its own while another runs, since a start ends what runs in the same
 * flow; each flow has the suite of its test open.  What messages have no
 * attribute for is carried in one that TeamCity ignores (carry.h).
 */
#include <stdlib.h>

#include "plain.h"
#include "teamcity.h"
#include "trace.h"

/* TeamCity cuts what is longer. */
enum { METADATA_MAX = 1024 };

struct tc_lane {
	struct tc_lane *next;
	struct table_key key;
	struct buf flow, suite;
	bool open; /* the suite is */
	unsigned tests; /* that are open */
};

enum em_rc
teamcity_write_open(struct em_writer *w)
{
	struct teamcity_writer *t = w->state;

	sw_open(&t->common);
	return EM_OK;
}

void
teamcity_write_close(struct em_writer *w)
{
	struct teamcity_writer *t = w->state;

	while (t->lanes != NULL) {
		struct tc_lane *l = t->lanes;

		t->lanes = l->next;
		buf_free(&l->flow);
		buf_free(&l->suite);
		free(l);
	}
	table_free(&t->by_flow);
	sw_close(&t->common);
}

/* ---- flows and suites ---- */

static struct tc_lane *
lane_at(struct teamcity_writer *t, struct em_str flow)
{
	struct table_key key = table_key(&flow, 1, 0);
	uint64_t *slot = table_at(&t->by_flow, key);
	struct tc_lane *l;

	if (slot != NULL && *slot != 0)
		return (struct tc_lane *)(uintptr_t)*slot;
	l = slot != NULL ? calloc(1, sizeof(*l)) : NULL;
	if (l == NULL) {
		t->common.live.failed = true;
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)l;
	buf_init(&l->flow, SIZE_MAX / 4);
	buf_init(&l->suite, SIZE_MAX / 4);
	buf_add(&l->flow, flow);
	l->next = t->lanes;
	t->lanes = l;
	return l;
}

static struct em_str
lane_flow(const struct tc_lane *l)
{
	return l->flow.n > 0 ? buf_str(&l->flow) : (struct em_str){ NULL, 0 };
}

static void
end_suite(struct em_writer *w, struct tc_lane *l)
{
	if (!l->open)
		return;
	l->open = false;
	tc_put_begin(w, "testSuiteFinished");
	tc_put_attr(w, "name", buf_str(&l->suite));
	tc_put_attr(w, "flowId", lane_flow(l));
	tc_put_end(w);
}

/* Makes the suite of *ev the one that is open in the lane. */
static void
change_suite(struct em_writer *w, struct teamcity_writer *t, struct tc_lane *l,
    const struct em_event *ev)
{
	struct em_str suite = ev->suite;
	struct em_event start;

	if (suite.p != NULL && ev->run.p != NULL)
		suite = arena_join(&t->common.arena,
		    arena_join(&t->common.arena, ev->run, EM_STR("/")), suite);
	if (l->open && em_str_eq(buf_str(&l->suite), suite))
		return;
	end_suite(w, l);
	if (suite.p == NULL)
		return;
	buf_reset(&l->suite);
	buf_add(&l->suite, suite);
	l->open = true;
	tc_put_begin(w, "testSuiteStarted");
	tc_put_attr(w, "name", suite);
	tc_put_attr(w, "flowId", lane_flow(l));
	if (ev->run.p != NULL) {
		em_event_init(&start, EM_SUITE_START);
		start.run = ev->run;
		start.suite = ev->suite;
		tc_put_carried(w, t, &start);
	}
	tc_put_end(w);
}

/* The flow for a test that starts: that of its worker if no test is open in
 * it, else one of its own. */
static struct em_str
choose_flow(struct teamcity_writer *t, struct live_case *c)
{
	struct em_str flow = c->start.worker;
	const struct tc_lane *l = lane_at(t, flow);

	if (l == NULL || l->tests == 0)
		return flow;
	if (flow.n > 0)
		flow = arena_join(&c->member.arena, flow, EM_STR("."));
	else
		flow = EM_STR("lane ");
	return arena_join(&c->member.arena, flow,
	    arena_printf(&c->member.arena, "%u", c->lane + 1));
}

/* ---- the events of a test ---- */

static bool
start_has_rest(const struct em_event *ev)
{
	return ev->run.p != NULL || ev->class_name.p != NULL ||
	    ev->variant.p != NULL || ev->iteration > 1 || ev->attempt > 1 ||
	    ev->mode.p != NULL || ev->parent.p != NULL ||
	    ev->location.file.p != NULL || ev->tags.n > 0 ||
	    ev->properties.n > 0;
}

static void
begin(struct em_writer *w, struct teamcity_writer *t, struct live_case *c,
    const struct em_event *ev)
{
	struct tc_lane *l;

	c->label = choose_flow(t, c);
	l = lane_at(t, c->label);
	if (l == NULL)
		return;
	if (ev->attempt > 1 && !t->retries) {
		t->retries = true;
		tc_put_begin(w, "testRetrySupport enabled='true'");
		tc_put_end(w);
	}
	change_suite(w, t, l, &c->start);
	l->tests++;
	tc_put_test(w, t, "testStarted", c, ev);
	if (start_has_rest(&c->start))
		tc_put_carried(w, t, &c->start);
	tc_put_end(w);
}

static void
put_output(struct em_writer *w, struct teamcity_writer *t,
    const struct live_case *c, const struct em_event *ev)
{
	bool out = str_eq(ev->stream, "stdout");
	bool err = str_eq(ev->stream, "stderr");
	bool text = str_utf8_valid(ev->text) == ev->text.n;
	struct em_event rest = *ev;

	if (ev->truncated_bytes > 0)
		wr_lost(w, "numbers of bytes left out of output");
	tc_put_test(w, t, err ? "testStdErr" : "testStdOut", c, ev);
	tc_put_attr(w, "out", ev->text);
	if (text)
		rest.text = (struct em_str){ NULL, 0 };
	if (!text || (!out && !err))
		tc_put_carried(w, t, &rest);
	tc_put_end(w);
}

/* What people can see of something that is carried. */
static void
put_metadata(struct em_writer *w, struct teamcity_writer *t,
    const struct live_case *c, const struct em_event *ev, const char *type,
    struct em_str name, struct em_str value)
{
	tc_put_begin(w, "testMetadata");
	tc_put_attr(
	    w, "testName", plain_dotted(&t->common.arena, &c->start, false));
	tc_put_attr(w, "flowId", c->label);
	tc_put_attr(w, "type", em_str(type));
	tc_put_attr(w, "name", name);
	tc_put_attr(w, "value", tc_cut(value, METADATA_MAX));
	tc_put_time(w, sw_wall(&t->common, ev));
	tc_put_carried(w, t, ev);
	tc_put_end(w);
}

static void
put_note(struct em_writer *w, struct teamcity_writer *t,
    const struct live_case *c, const struct em_event *ev)
{
	struct em_message m = event_message(ev);

	put_metadata(w, t, c, ev, "text", ev->message_kind,
	    plain_message(&t->common.arena, &m));
}

static void
put_attachment(struct em_writer *w, struct teamcity_writer *t,
    const struct live_case *c, const struct em_event *ev)
{
	const char *type = "artifact";

	if (ev->data.p != NULL) {
		wr_lost(w, "attached data");
		return;
	}
	if (ev->url.p != NULL)
		type = "link";
	else if (str_starts(ev->media_type, "image/"))
		type = "image";
	else if (str_starts(ev->media_type, "video/"))
		type = "video";
	put_metadata(w, t, c, ev, type, ev->title,
	    ev->url.p != NULL ? ev->url : ev->path);
}

/* Whether the reader finds all of an error in its attributes. */
static bool
says_it_all(const struct em_event *ev)
{
	struct em_event x;

	em_event_init(&x, EM_CASE_MESSAGE);
	trace_location(&x, ev->message);
	trace_location(&x, ev->detail);
	return ev->message.p != NULL &&
	    (ev->detail.p == NULL || ev->detail.n > 0) && ev->type.p == NULL &&
	    ev->code.p == NULL && ev->rendered.p == NULL &&
	    em_str_eq(x.location.file, ev->location.file) &&
	    x.location.line == ev->location.line &&
	    x.location.column == ev->location.column &&
	    ev->location.end_line == EM_UNSET &&
	    ev->location.end_column == EM_UNSET;
}

static void
put_error(struct em_writer *w, struct teamcity_writer *t,
    const struct live_case *c, const struct em_event *ev)
{
	bool compares = ev->expected.p != NULL || ev->actual.p != NULL;
	struct em_str message = ev->message;

	if (message.p == NULL)
		message = ev->type.p != NULL ? ev->type
					     : plain_first_line(ev->detail);
	if (message.p == NULL)
		message = EM_STR("");
	tc_put_test(w, t, "testFailed", c, ev);
	tc_put_attr(w, "message", message);
	tc_put_attr(
	    w, "details", ev->detail.p != NULL ? ev->detail : ev->rendered);
	if (compares)
		tc_put_attr(w, "type", EM_STR("comparisonFailure"));
	tc_put_attr(w, "expected", ev->expected);
	tc_put_attr(w, "actual", ev->actual);
	if (!says_it_all(ev))
		tc_put_carried(w, t, ev);
	tc_put_end(w);
}

/* A failure must be said even when nobody said why; the empty attribute tells
 * the reader that nobody did. */
static void
put_bare_failure(struct em_writer *w, struct teamcity_writer *t,
    const struct live_case *c, const struct em_event *ev)
{
	struct em_str why = ev->reason;

	if (why.n == 0)
		why = ev->status.n > 0 ? ev->status : EM_STR("failed");
	tc_put_test(w, t, "testFailed", c, ev);
	tc_put_attr(w, "message", why);
	tc_put_attr(w, TC_CARRY, EM_STR(""));
	tc_put_end(w);
}

/* What was kept: errors, which make a test fail only if it does. */
static void
put_errors(struct em_writer *w, struct teamcity_writer *t,
    const struct live_case *c, const struct em_event *ev, bool fails)
{
	for (const struct live_item *i = c->items; i != NULL; i = i->next)
		if (fails)
			put_error(w, t, c, &i->ev);
		else
			put_note(w, t, c, &i->ev);
	if (fails && c->items == NULL)
		put_bare_failure(w, t, c, ev);
}

static bool
end_has_rest(const struct em_event *ev)
{
	return ev->status.p != NULL || ev->exit_code != EM_UNSET ||
	    ev->signal != EM_UNSET || ev->properties.n > 0 ||
	    (ev->reason.p != NULL &&
		(ev->outcome != EM_SKIP || ev->reason.n == 0));
}

static void
complete(struct em_writer *w, struct teamcity_writer *t, struct live_case *c,
    const struct em_event *ev)
{
	struct tc_lane *l = lane_at(t, c->label);
	bool fails = ev->outcome != EM_PASS && ev->outcome != EM_SKIP;

	put_errors(w, t, c, ev, fails);
	if (ev->outcome == EM_SKIP) {
		tc_put_test(w, t, "testIgnored", c, ev);
		tc_put_attr(w, "message",
		    ev->reason.p != NULL ? ev->reason : EM_STR(""));
		tc_put_end(w);
	}
	tc_put_test(w, t, "testFinished", c, ev);
	if (ev->duration_ns != EM_UNSET) {
		em_out_puts(w->out, " duration='");
		out_i64(w->out, ev->duration_ns / 1000000);
		out_byte(w->out, '\'');
	}
	if (end_has_rest(ev))
		tc_put_carried(w, t, ev);
	tc_put_end(w);
	if (l != NULL)
		l->tests--;
	live_end(&t->common.live, c);
}

/* What comes after the end of a test fails the build if it is a failure. */
static void
put_late(
    struct em_writer *w, struct teamcity_writer *t, const struct em_event *ev)
{
	struct em_str text = plain_name(&t->common.arena, ev);

	if (ev->kind == EM_CASE_MESSAGE && str_eq(ev->message_kind, "error"))
		failing_attempt(&t->common.failing, ev, true);
	else if (ev->kind != EM_CASE_COMPLETE || ev->outcome == EM_PASS ||
	    ev->outcome == EM_SKIP) {
		wr_lost(w, "what came after the end of a case");
		return;
	}
	text = arena_join(
	    &t->common.arena, text, EM_STR(" failed after its end: "));
	text = arena_join(&t->common.arena, text,
	    ev->kind == EM_CASE_MESSAGE ? ev->message : ev->reason);
	tc_put_problem(w, t, text, ev);
}

static void
put_case(
    struct em_writer *w, struct teamcity_writer *t, const struct em_event *ev)
{
	struct live_case *c;
	enum live_state state = live_at(&t->common.live, ev, &c);

	if (state == LIVE_LATE)
		put_late(w, t, ev);
	if (c == NULL)
		return;
	if (state == LIVE_NEW)
		begin(w, t, c, ev);
	switch (ev->kind) {
	case EM_CASE_OUTPUT:
		put_output(w, t, c, ev);
		break;
	case EM_CASE_MESSAGE:
		if (str_eq(ev->message_kind, "error"))
			live_keep(&t->common.live, c, ev);
		else
			put_note(w, t, c, ev);
		break;
	case EM_CASE_METRIC:
		put_metadata(w, t, c, ev, "number", ev->metric, ev->value);
		break;
	case EM_CASE_ATTACHMENT:
		put_attachment(w, t, c, ev);
		break;
	case EM_CASE_SLOW:
		wr_lost(w, "warnings of slow cases");
		break;
	case EM_CASE_COMPLETE:
		complete(w, t, c, ev);
		break;
	default:
		break;
	}
}

/* ---- the others ---- */

static void
put_log(
    struct em_writer *w, struct teamcity_writer *t, const struct em_event *ev)
{
	struct em_str status = { NULL, 0 };

	if (str_eq(ev->level, "error"))
		status = EM_STR("ERROR");
	else if (str_eq(ev->level, "warning"))
		status = EM_STR("WARNING");
	else if (ev->level.p != NULL && !str_eq(ev->level, "info"))
		wr_lost(w, "levels of log lines");
	if (ev->stream.p != NULL)
		wr_lost(w, "streams of log lines");
	tc_put_begin(w, "message");
	tc_put_attr(w, "text", ev->text);
	tc_put_attr(w, "status", status);
	tc_put_time(w, sw_wall(&t->common, ev));
	tc_put_end(w);
}

static void
put_run_end(struct em_writer *w, struct teamcity_writer *t,
    const struct em_event *ev, struct em_str what)
{
	struct arena *a = &t->common.arena;
	struct em_str text = arena_join(a, what, EM_STR(" failed"));

	if (ev->status.n > 0)
		text = arena_join(
		    a, arena_join(a, text, EM_STR(": ")), ev->status);
	if (ev->reason.n > 0)
		text = arena_join(
		    a, arena_join(a, text, EM_STR(": ")), ev->reason);
	tc_put_problem(w, t, text, ev);
}

static void
complete_suite(
    struct em_writer *w, struct teamcity_writer *t, const struct em_event *ev)
{
	if (sw_fails_alone(&t->common, ev))
		put_run_end(w, t, ev,
		    arena_join(&t->common.arena, EM_STR("suite "), ev->suite));
	else
		sw_lost_members(w, ev);
	for (struct tc_lane *l = t->lanes; l != NULL; l = l->next)
		if (l->tests == 0 && ev->run.p == NULL &&
		    em_str_eq(buf_str(&l->suite), ev->suite))
			end_suite(w, l);
}

static void
end_suites(struct em_writer *w, struct teamcity_writer *t)
{
	for (struct tc_lane *l = t->lanes; l != NULL; l = l->next)
		end_suite(w, l);
}

enum em_rc
teamcity_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct teamcity_writer *t = w->state;

	sw_event(w, &t->common, ev);
	switch (ev->kind) {
	case EM_DISCOVER_CASE:
		wr_lost(w, "listed cases");
		break;
	case EM_RUN_START:
		if (ev->total != EM_UNSET) {
			tc_put_begin(w, "testCount count='");
			out_i64(w->out, ev->total);
			em_out_puts(w->out, "'");
			tc_put_end(w);
		}
		sw_lost_members(w, ev);
		break;
	case EM_RUN_COMPLETE:
		if (live_first(&t->common.live) == NULL)
			end_suites(w, t);
		if (sw_fails_alone(&t->common, ev))
			put_run_end(w, t, ev, EM_STR("the run"));
		else
			sw_lost_members(w, ev);
		break;
	case EM_SUITE_COMPLETE:
		complete_suite(w, t, ev);
		break;
	case EM_SUITE_START:
	case EM_RUN_CANCEL:
		sw_lost_members(w, ev);
		break;
	case EM_LOG:
		put_log(w, t, ev);
		break;
	default:
		if (em_event_is_case(ev))
			put_case(w, t, ev);
		break;
	}
	return sw_status(w, &t->common);
}

enum em_rc
teamcity_write_finish(struct em_writer *w)
{
	struct teamcity_writer *t = w->state;
	struct em_event ev;

	end_suites(w, t);
	em_event_init(&ev, EM_RUN_START);
	if (sw_cut(&t->common))
		tc_put_problem(w, t, EM_STR("the run has no end"), &ev);
	return sw_status(w, &t->common);
}
