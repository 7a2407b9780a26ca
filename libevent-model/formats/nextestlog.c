/* SPDX-License-Identifier: MIT */
/*
 * The log of a run that cargo nextest records (run.log.zst): what happened, a
 * line each.  What tests wrote is in an archive beside it; the names there
 * are properties here.
 */
#include <string.h>

#include "nextest.h"

enum { PROPERTIES_MAX = 8 };

/* Where the suite of a setup script has a name that no binary has. */
#define SETUP_SUITE EM_STR("@setup-script")

struct nextestlog {
	struct suites suites;
	struct em_event complete; /* waits for the suites */
	struct opening opening;
	bool begun, failed, cancelled, closing;
};

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	struct em_str line;
	int rc = probe_line(&head, eof, "{", &line);

	if (rc != 1)
		return rc;
	return str_find(line, "\"timestamp\"") >= 0 &&
		str_find(line, "\"elapsed\"") >= 0 &&
		(str_find(line, "\"type\":\"core\"") >= 0 ||
		    str_find(line, "\"type\":\"output\"") >= 0)
	    ? PROBE_SURE
	    : 0;
}

/* {"secs": 1, "nanos": 5} */
static int64_t
duration(const struct json *v)
{
	int64_t secs, nanos;

	if (!json_i64(json_get(v, "secs"), &secs) || secs < 0 ||
	    !json_i64(json_get(v, "nanos"), &nanos) ||
	    __builtin_mul_overflow(secs, 1000000000, &secs) ||
	    __builtin_add_overflow(secs, nanos, &secs))
		return EM_UNSET;
	return secs;
}

/* An event at the time of the line. */
static void
init(const struct json *line, struct em_event *ev, enum em_kind kind)
{
	em_event_init(ev, kind);
	if (!str_time(json_get_str(line, "timestamp"), &ev->time_ns))
		ev->time_ns = EM_UNSET;
	ev->elapsed_ns = duration(json_get(line, "elapsed"));
}

static int64_t
positive(const struct json *v)
{
	int64_t n;

	return json_i64(v, &n) && n > 0 ? n : EM_UNSET;
}

/* Stress runs count from 0; attempts from 1, the first of which has no retry
 * data where it starts. */
static void
identify(const struct json *v, struct em_event *ev)
{
	int64_t n;

	ev->suite = json_str(json_path(v, "test-instance.binary-id"));
	ev->name = json_str(json_path(v, "test-instance.name"));
	if (json_i64(json_path(v, "stress-index.current"), &n) && n >= 0)
		ev->iteration = n + 1;
	n = positive(json_path(v, "retry-data.attempt"));
	if (n > 1)
		ev->attempt = n;
}

static void
identify_script(const struct json *v, struct em_event *ev)
{
	identify(v, ev);
	ev->suite = SETUP_SUITE;
	ev->name = json_get_str(v, "script-id");
	if (ev->name.p == NULL)
		ev->name = EM_STR("");
}

/* ---- the run ---- */

static void
begin_run(struct em_reader *r, struct nextestlog *l, const struct json *line,
    const struct json *v)
{
	struct em_pair p[2];
	struct em_event ev;
	size_t n = 0;

	if (l->begun)
		return;
	l->begun = true;
	opening_send(r, &l->opening, none, none);
	init(line, &ev, EM_RUN_START);
	ev.command = json_strs(&r->arena, json_get(v, "cli-args"));
	if (json_get_str(v, "run-id").p != NULL)
		p[n++] = (struct em_pair){ EM_STR("run-id"),
			json_get_str(v, "run-id"), false };
	if (json_get_str(v, "profile-name").p != NULL)
		p[n++] = (struct em_pair){ EM_STR("profile-name"),
			json_get_str(v, "profile-name"), false };
	ev.properties = (struct em_pairs){ p, n };
	rd_emit(r, &ev);
}

static void
emit_log(struct em_reader *r, const struct json *line, struct em_str text,
    struct em_str level)
{
	struct em_event ev;

	init(line, &ev, EM_LOG);
	ev.text = text;
	ev.level = level;
	rd_emit(r, &ev);
}

static int64_t
tally(const struct json *stats, const char *key)
{
	int64_t n;

	return json_i64(json_get(stats, key), &n) && n > 0 ? n : 0;
}

/* A run that was cancelled has not run what it was to run. */
static void
on_run_finished(struct em_reader *r, struct nextestlog *l,
    const struct json *line, const struct json *v)
{
	const struct json *stats = json_get(v, "run-stats");
	struct em_event *ev = &l->complete;
	int64_t initial = tally(stats, "initial-run-count");
	int64_t unseen;

	init(line, ev, EM_RUN_COMPLETE);
	ev->duration_ns = duration(json_get(v, "elapsed"));
	ev->outcome = l->failed ? EM_FAIL : EM_PASS;
	if (tally(stats, "failed") + tally(stats, "exec-failed") +
		tally(stats, "failed-timed-out") >
	    0)
		ev->outcome = EM_FAIL;
	if (l->cancelled || initial > tally(stats, "finished-count")) {
		ev->outcome = EM_FAIL;
		ev->status = EM_STR("abort");
	}
	if (json_i64(
		json_path(v, "outstanding-not-seen.total-not-seen"), &unseen) &&
	    unseen > 0)
		emit_log(r, line,
		    arena_printf(&r->arena,
			"%lld outstanding tests were not seen",
			(long long)unseen),
		    EM_STR("warning"));
	l->closing = true;
}

static void
on_cancel(struct em_reader *r, struct nextestlog *l, const struct json *line,
    const struct json *v)
{
	struct em_event ev;

	init(line, &ev, EM_RUN_CANCEL);
	ev.reason = json_get_str(v, "reason");
	rd_emit(r, &ev);
	l->cancelled = true;
}

/* ---- attempts ---- */

static void
start_suite(struct em_reader *r, struct nextestlog *l, struct em_str name)
{
	struct em_event ev;

	em_event_init(&ev, EM_SUITE_START);
	ev.suite = name;
	suites_start(r, &l->suites, &ev);
}

static void
on_test_started(struct em_reader *r, struct nextestlog *l,
    const struct json *line, const struct json *v)
{
	struct em_event ev;
	struct em_pair group;

	init(line, &ev, EM_CASE_START);
	identify(v, &ev);
	start_suite(r, l, ev.suite);
	ev.worker = json_text(json_path(v, "slot-assignment.global-slot"));
	group = (struct em_pair){ EM_STR("test-group"),
		json_str(json_path(v, "slot-assignment.test-group")), false };
	if (group.value.p != NULL && !str_eq(group.value, "@global"))
		ev.properties = (struct em_pairs){ &group, 1 };
	rd_emit(r, &ev);
}

static void
on_script_started(struct em_reader *r, struct nextestlog *l,
    const struct json *line, const struct json *v)
{
	struct em_pair program = { EM_STR("program"),
		json_get_str(v, "program"), false };
	struct em_event ev;

	init(line, &ev, EM_CASE_START);
	identify_script(v, &ev);
	start_suite(r, l, ev.suite);
	ev.mode = EM_STR("setup");
	if (program.value.p != NULL)
		ev.properties = (struct em_pairs){ &program, 1 };
	rd_emit(r, &ev);
}

static void
on_slow(struct em_reader *r, const struct json *line, const struct json *v,
    bool script)
{
	struct em_event ev;

	init(line, &ev, EM_CASE_SLOW);
	if (script)
		identify_script(v, &ev);
	else
		identify(v, &ev);
	ev.threshold_ns = duration(json_get(v, "elapsed"));
	rd_emit(r, &ev);
}

static bool
passes(const struct json *result)
{
	return str_eq(json_get_str(result, "result"), "pass");
}

/* Signals that come from outside as a rule. */
static bool
is_termination(int64_t signal)
{
	enum { INT = 2, KILL = 9, TERM = 15 };

	return signal == INT || signal == KILL || signal == TERM;
}

static void
conclude_failure(const struct json *failure, struct em_event *ev)
{
	const struct json *abort = json_get(failure, "abort");
	int64_t n;

	if (str_eq(json_get_str(failure, "kind"), "exit-code")) {
		if (json_i64(json_get(failure, "code"), &n) && n >= 0)
			ev->exit_code = n;
		return;
	}
	ev->status = EM_STR("crash");
	ev->signal = positive(json_get(abort, "signal"));
	if (str_eq(json_get_str(abort, "kind"), "windows-job-object") ||
	    is_termination(ev->signal))
		ev->status = EM_STR("abort");
}

static void
conclude(const struct json *result, struct em_event *ev)
{
	struct em_str status = json_get_str(result, "status");

	ev->outcome = EM_FAIL;
	if (str_eq(status, "pass")) {
		ev->outcome = EM_PASS;
	} else if (str_eq(status, "leak")) {
		ev->outcome = passes(result) ? EM_PASS : EM_FAIL;
		ev->status = EM_STR("leak");
	} else if (str_eq(status, "timeout")) {
		ev->outcome = passes(result) ? EM_PASS : EM_FAIL;
		ev->status = passes(result) ? EM_STR("nextest.timeout-pass")
					    : EM_STR("timeout");
	} else if (str_eq(status, "exec-fail")) {
		ev->status = EM_STR("exec-fail");
	} else {
		conclude_failure(json_get(result, "failure"), ev);
	}
}

static void
add_output(const struct json *output, const char *name, struct em_pair *p,
    size_t *n, struct em_str key)
{
	struct em_str file = json_get_str(json_get(output, name), "file-name");

	if (file.p != NULL && *n < PROPERTIES_MAX)
		p[(*n)++] = (struct em_pair){ key, file, false };
}

/* The names that outputs have in the archive. */
static struct em_pairs
outputs(struct em_reader *r, const struct json *status)
{
	const struct json *output = json_path(status, "output.output");
	struct em_pair *p = arena_alloc(&r->arena, PROPERTIES_MAX * sizeof(*p));
	size_t n = 0;

	if (p != NULL) {
		add_output(output, "stdout", p, &n, EM_STR("nextest.stdout"));
		add_output(output, "stderr", p, &n, EM_STR("nextest.stderr"));
		add_output(output, "output", p, &n, EM_STR("nextest.combined"));
	}
	return (struct em_pairs){ p, n };
}

static void
emit_error(
    struct em_reader *r, const struct em_event *of, const struct json *status)
{
	struct em_str slice =
	    json_str(json_path(status, "output-error-slice.slice"));
	struct em_event ev = *of;

	if (of->outcome != EM_FAIL)
		return;
	ev.kind = EM_CASE_MESSAGE;
	ev.message_kind = EM_STR("error");
	ev.message = json_str(json_path(status, "error-summary.short-message"));
	ev.detail = slice.p != NULL
	    ? slice
	    : json_str(json_path(status, "error-summary.description"));
	if (ev.message.p != NULL || ev.detail.p != NULL)
		rd_emit(r, &ev);
}

/* An attempt or a setup script has ended, as its status says. */
static void
emit_end(struct em_reader *r, struct em_event *ev, const struct json *status)
{
	int64_t attempt = positive(json_path(status, "retry-data.attempt"));

	if (attempt > 1)
		ev->attempt = attempt;
	conclude(json_get(status, "result"), ev);
	emit_error(r, ev, status);
	ev->kind = EM_CASE_COMPLETE;
	ev->duration_ns = duration(json_get(status, "time-taken"));
	ev->properties = outputs(r, status);
}

static void
on_will_retry(
    struct em_reader *r, const struct json *line, const struct json *v)
{
	struct em_event ev;

	init(line, &ev, EM_CASE_COMPLETE);
	identify(v, &ev);
	emit_end(r, &ev, json_get(v, "run-status"));
	rd_emit(r, &ev);
}

/* The attempts before the last have ended already.  The last may pass and the
 * test fail, when being flaky is to fail. */
static void
on_test_finished(struct em_reader *r, struct nextestlog *l,
    const struct json *line, const struct json *v)
{
	const struct json *last =
	    json_first(json_path(v, "run-statuses.statuses"));
	bool flaky = false;
	struct em_event ev;

	init(line, &ev, EM_CASE_COMPLETE);
	identify(v, &ev);
	while (last != NULL && last->next != NULL) {
		flaky = true;
		last = last->next;
	}
	emit_end(r, &ev, last);
	if (flaky && ev.outcome == EM_PASS &&
	    str_eq(
		json_str(json_path(v, "run-statuses.flaky-result")), "fail")) {
		ev.outcome = EM_FAIL;
		ev.reason = EM_STR("flaky test treated as failure");
	}
	l->failed |= ev.outcome == EM_FAIL;
	rd_emit(r, &ev);
}

static void
on_script_finished(struct em_reader *r, struct nextestlog *l,
    const struct json *line, const struct json *v)
{
	struct em_event ev;

	init(line, &ev, EM_CASE_COMPLETE);
	identify_script(v, &ev);
	emit_end(r, &ev, json_get(v, "run-status"));
	l->failed |= ev.outcome == EM_FAIL;
	rd_emit(r, &ev);
}

static void
on_skipped(struct em_reader *r, const struct json *line, const struct json *v)
{
	struct em_event ev;

	init(line, &ev, EM_DISCOVER_CASE);
	identify(v, &ev);
	nextest_mismatch(&ev, json_get_str(v, "reason"));
	rd_emit(r, &ev);
}

/* ---- lines ---- */

static bool
is_of_test(const struct json *v)
{
	return json_str(json_path(v, "test-instance.name")).p != NULL &&
	    json_str(json_path(v, "test-instance.binary-id")).p != NULL;
}

/* Kinds that are not known are passed over. */
static enum em_rc
on_line(struct em_reader *r, struct nextestlog *l, const struct json *line)
{
	const struct json *v = json_get(line, "kind");
	struct em_str kind = json_get_str(v, "kind");
	char quoted[80];

	if (str_eq(kind, "run-started")) {
		l->opening.sent &= !l->begun;
		l->begun = l->failed = l->cancelled = false;
	}
	begin_run(r, l, line, v);
	if (str_starts(kind, "test-") && !is_of_test(v))
		return rd_bad(
		    r, none, "%s of no test", err_quote(quoted, kind));
	if (str_eq(kind, "test-started") || str_eq(kind, "test-retry-started"))
		on_test_started(r, l, line, v);
	else if (str_eq(kind, "test-slow"))
		on_slow(r, line, v, false);
	else if (str_eq(kind, "test-attempt-failed-will-retry"))
		on_will_retry(r, line, v);
	else if (str_eq(kind, "test-finished"))
		on_test_finished(r, l, line, v);
	else if (str_eq(kind, "test-skipped"))
		on_skipped(r, line, v);
	else if (str_eq(kind, "setup-script-started"))
		on_script_started(r, l, line, v);
	else if (str_eq(kind, "setup-script-slow"))
		on_slow(r, line, v, true);
	else if (str_eq(kind, "setup-script-finished"))
		on_script_finished(r, l, line, v);
	else if (str_eq(kind, "run-begin-cancel"))
		on_cancel(r, l, line, v);
	else if (str_eq(kind, "run-paused") || str_eq(kind, "run-continued"))
		emit_log(r, line, kind, EM_STR("info"));
	else if (str_eq(kind, "run-finished"))
		on_run_finished(r, l, line, v);
	return EM_OK;
}

static enum em_rc
nextestlog_open(struct em_reader *r)
{
	struct nextestlog *l = r->state;

	l->opening.producer = "cargo-nextest";
	return EM_OK;
}

static enum em_rc
nextestlog_step(struct em_reader *r)
{
	struct nextestlog *l = r->state;
	const struct json *v;
	struct em_str line;
	enum em_rc rc;

	if (l->closing) {
		if (!suites_complete(r, &l->suites))
			return EM_OK;
		rd_emit(r, &l->complete);
		l->closing = false;
		return EM_OK;
	}
	rc = jline_next(r, &l->opening, &v, &line);
	if (rc != EM_OK || v == NULL)
		return rc;
	if (json_str(json_path(v, "kind.kind")).p == NULL)
		return opening_noise(r, &l->opening, line);
	return on_line(r, l, v);
}

static void
nextestlog_close(struct em_reader *r)
{
	struct nextestlog *l = r->state;

	suites_free(&l->suites);
}

const struct em_format format_nextestlog = {
	.info = {
		.name = "nextest-log",
		.title = "run.log of cargo nextest's records",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct nextestlog),
		.open = nextestlog_open,
		.step = nextestlog_step,
		.close = nextestlog_close,
	},
};
