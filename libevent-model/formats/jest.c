/* SPDX-License-Identifier: MIT */
/*
 * What jest --json and vitest --reporter=json write, and jest's aggregated
 * result as its processors get it.  A file comes whole, since jest names it
 * behind its tests.
 */
#include <string.h>

#include "foreign.h"
#include "jsondoc.h"

struct jest {
	struct jdoc doc;
	int64_t start, total;
	bool begun, failed, stated; /* a failure */
	bool interrupted;
	bool jest, vitest; /* who wrote it */
};

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	static const char *const keys[] = { "numFailedTestSuites",
		"numTotalTestSuites", "numFailedTests", NULL };
	int found, rc = jdoc_find(&head, eof);

	if (rc != 1)
		return rc;
	rc = probe_json_keys(head, eof, keys, &found);
	return rc == 1 ? PROBE_SURE : rc;
}

/* ---- the run ---- */

static void
begin_run(struct em_reader *r, struct jest *j)
{
	struct em_event ev;

	if (j->begun)
		return;
	j->begun = true;
	opening_send(r, &j->doc.opening,
	    j->vitest ? EM_STR("vitest") : EM_STR("jest"), none);
	em_event_init(&ev, EM_RUN_START);
	ev.time_ns = j->start;
	ev.total = j->total;
	rd_emit(r, &ev);
}

static void
on_start(void *arg, const struct json *v)
{
	struct jest *j = ((struct em_reader *)arg)->state;

	if (!json_ns(v, 6, &j->start))
		j->start = EM_UNSET;
}

static void
on_total(void *arg, const struct json *v)
{
	struct jest *j = ((struct em_reader *)arg)->state;

	if (!json_i64(v, &j->total) || j->total < 0)
		j->total = EM_UNSET;
}

static void
on_success(void *arg, const struct json *v)
{
	struct jest *j = ((struct em_reader *)arg)->state;

	j->stated = v->type == JSON_FALSE;
}

static void
on_interrupted(void *arg, const struct json *v)
{
	struct jest *j = ((struct em_reader *)arg)->state;

	j->interrupted = json_is_true(v);
}

/* Both state both counts; this one comes first in jest, whose members are
 * sorted. */
static void
on_jest_first(void *arg, const struct json *v)
{
	struct jest *j = ((struct em_reader *)arg)->state;

	(void)v;
	j->jest = true;
}

static void
on_vitest_first(void *arg, const struct json *v)
{
	struct jest *j = ((struct em_reader *)arg)->state;

	(void)v;
	j->vitest = !j->jest;
}

/* ---- a test ---- */

static struct em_str
join(struct em_reader *r, const struct json *list)
{
	struct em_str s = none;

	for (list = list != NULL ? list->child : NULL; list != NULL;
	     list = list->next) {
		if (s.p != NULL)
			s = arena_join(&r->arena, s, EM_STR(" "));
		s = arena_join(&r->arena, s, json_text(list));
	}
	return s;
}

/*
 * The describe blocks are the class, joined by blanks as jest itself joins
 * them to fullName, which is what -t looks at.
 */
static void
identify(struct em_reader *r, const struct json *t, struct em_str file,
    struct em_event *ev)
{
	struct em_str full = json_get_str(t, "fullName");
	int64_t n;

	em_event_init(ev, EM_CASE_START);
	ev->suite = file;
	ev->class_name = join(r, json_get(t, "ancestorTitles"));
	ev->name = json_get_str(t, "title");
	if (ev->name.p == NULL) {
		ev->name = full.p != NULL ? full : EM_STR("");
		ev->class_name = none;
	}
	ev->location.file = file;
	if (json_i64(json_path(t, "location.line"), &n) && n > 0)
		ev->location.line = n;
	if (json_i64(json_path(t, "location.column"), &n) && n > 0)
		ev->location.column = n;
	ev->tags = json_strs(&r->arena, json_get(t, "tags"));
	if (!json_ns(json_get(t, "duration"), 6, &ev->duration_ns))
		ev->duration_ns = EM_UNSET;
	if (!json_ns(json_get(t, "startAt"), 6, &ev->time_ns))
		ev->time_ns = EM_UNSET;
}

static void
conclude(const struct json *t, struct em_event *ev)
{
	struct em_str s = json_get_str(t, "status");

	ev->outcome = EM_SKIP;
	if (str_eq(s, "passed") || str_eq(s, "focused"))
		ev->outcome = EM_PASS;
	else if (str_eq(s, "todo"))
		ev->status = EM_STR("todo");
	else if (str_eq(s, "disabled"))
		ev->status = EM_STR("ignored");
	else if (!str_eq(s, "pending") && !str_eq(s, "skipped"))
		ev->outcome = EM_FAIL;
	/* test.failing: that it passed is what is wrong with it. */
	if (ev->outcome == EM_FAIL && json_is_true(json_get(t, "failing")))
		ev->status = EM_STR("xpass");
	if (ev->outcome == EM_FAIL && !str_eq(s, "failed") &&
	    ev->status.p == NULL)
		ev->status = EM_STR("error");
}

/* The first line is the message: the rest is the stack. */
static void
emit_text(struct em_reader *r, const struct em_event *of, const char *kind,
    struct em_str text, const struct json *detail)
{
	struct em_event ev = *of;
	struct em_str rest = text, line;

	ev.kind = EM_CASE_MESSAGE;
	ev.location.file = none;
	ev.location.line = ev.location.column = EM_UNSET;
	ev.time_ns = EM_UNSET;
	ev.message_kind = em_str(kind);
	str_cut(&rest, '\n', &line);
	ev.message = line;
	if (rest.n > 0)
		ev.detail = text;
	detail = json_get(detail, "matcherResult");
	ev.expected = json_as_text(&r->arena, json_get(detail, "expected"));
	ev.actual = json_as_text(&r->arena, json_get(detail, "actual"));
	rd_emit(r, &ev);
}

/* Earlier invocations, with their messages where jest states them. */
static void
emit_retries(struct em_reader *r, const struct json *t, struct em_event *ev)
{
	const struct json *reason = json_first(json_get(t, "retryReasons"));
	int64_t invocations;
	struct em_event e;

	if (!json_i64(json_get(t, "invocations"), &invocations))
		invocations =
		    (int64_t)json_count(json_get(t, "retryReasons")) + 1;
	if (invocations < 2)
		return;
	if (reason == NULL) {
		foreign_earlier(r, ev, invocations);
		return;
	}
	e = *ev;
	e.outcome = EM_FAIL;
	e.status = none;
	e.duration_ns = e.time_ns = EM_UNSET;
	for (; reason != NULL; reason = reason->next) {
		e.kind = EM_CASE_START;
		rd_emit(r, &e);
		emit_text(r, &e, "error", json_text(reason), NULL);
		e.kind = EM_CASE_COMPLETE;
		rd_emit(r, &e);
		e.attempt = e.attempt == EM_UNSET ? 2 : e.attempt + 1;
	}
	ev->attempt = e.attempt;
}

static void
emit_messages(struct em_reader *r, const struct json *t, struct em_event *ev)
{
	const struct json *message = json_first(json_get(t, "failureMessages"));
	const struct json *detail = json_first(json_get(t, "failureDetails"));

	for (; message != NULL; message = message->next) {
		emit_text(r, ev, ev->outcome == EM_FAIL ? "error" : "note",
		    json_text(message), detail);
		detail = detail != NULL ? detail->next : NULL;
	}
}

/* False when it is not a test but says that the file did not run. */
static bool
emit_test(struct em_reader *r, const struct json *t, struct em_str file)
{
	struct jest *j = r->state;
	struct em_event ev;

	if (json_get_str(t, "title").p == NULL &&
	    json_get_str(t, "fullName").p == NULL)
		return false;
	identify(r, t, file, &ev);
	conclude(t, &ev);
	rd_repeat(r, &ev);
	emit_retries(r, t, &ev);
	ev.kind = EM_CASE_START;
	rd_emit(r, &ev);
	emit_messages(r, t, &ev);
	ev.kind = EM_CASE_COMPLETE;
	ev.time_ns = EM_UNSET;
	rd_emit(r, &ev);
	j->failed |= ev.outcome == EM_FAIL;
	return true;
}

/* ---- a file ---- */

/* What is known of why the file did not run; absent when it did. */
static struct em_str
suite_error(const struct json *file)
{
	const struct json *error = json_get(file, "testExecError");
	struct em_str s = json_get_str(file, "message");

	if (error != NULL && error->type != JSON_NULL) {
		s = json_get_str(file, "failureMessage");
		if (s.n == 0)
			s = json_get_str(error, "message");
		if (s.n == 0)
			s = json_text(error);
		return s.p != NULL ? s : EM_STR("");
	}
	return str_eq(json_get_str(file, "status"), "failed") ? s : none;
}

static int64_t
duration(const struct json *start, const struct json *end)
{
	int64_t from, to;

	return json_ns(start, 6, &from) && json_ns(end, 6, &to) && to >= from
	    ? to - from
	    : EM_UNSET;
}

static void
emit_console(
    struct em_reader *r, struct em_str suite, const struct json *console)
{
	for (console = json_first(console); console != NULL;
	     console = console->next) {
		struct em_str type = json_get_str(console, "type");
		struct em_str level = EM_STR("info");

		if (str_eq(type, "error"))
			level = EM_STR("error");
		else if (str_eq(type, "warn"))
			level = EM_STR("warning");
		else if (str_eq(type, "debug"))
			level = EM_STR("debug");
		foreign_log(r, suite, json_get_str(console, "message"), level);
	}
}

/* The first line that says more than that the file did not run. */
static struct em_str
first_reason(struct em_str text)
{
	struct em_str line, reason = none;

	while (text.n > 0 && reason.n == 0) {
		str_cut(&text, '\n', &line);
		if (str_find(line, "Test suite failed to run") < 0)
			reason = str_trim(line);
	}
	return reason.n > 0 ? reason : none;
}

static void
complete_file(struct em_reader *r, const struct json *file, struct em_event *ev,
    bool failing_tests)
{
	struct jest *j = r->state;
	struct em_str error = suite_error(file);

	ev->kind = EM_SUITE_COMPLETE;
	ev->time_ns = EM_UNSET;
	ev->duration_ns =
	    duration(json_get(file, "startTime"), json_get(file, "endTime"));
	if (ev->duration_ns == EM_UNSET)
		ev->duration_ns = duration(json_path(file, "perfStats.start"),
		    json_path(file, "perfStats.end"));
	/* With tests that failed, the message only repeats theirs. */
	if (error.p != NULL && !failing_tests) {
		ev->outcome = EM_FAIL;
		ev->status = EM_STR("error");
		ev->reason = first_reason(error);
		foreign_log(r, ev->suite, error, EM_STR("error"));
		j->failed = true;
	}
	rd_emit(r, ev);
}

static void
on_file(void *arg, const struct json *file)
{
	struct em_reader *r = arg;
	struct jest *j = r->state;
	const struct json *t = json_first(json_get(file, "assertionResults"));
	struct em_event ev;
	bool failing = false, real;

	begin_run(r, j);
	if (t == NULL)
		t = json_first(json_get(file, "testResults"));
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = json_get_str(file, "name");
	if (ev.suite.p == NULL)
		ev.suite = json_get_str(file, "testFilePath");
	if (ev.suite.p == NULL)
		ev.suite = EM_STR("");
	ev.location.file = ev.suite;
	if (!json_ns(json_get(file, "startTime"), 6, &ev.time_ns))
		ev.time_ns = EM_UNSET;
	rd_emit(r, &ev);
	emit_console(r, ev.suite, json_get(file, "console"));
	for (; t != NULL; t = t->next) {
		real = emit_test(r, t, ev.suite);
		failing |= real && str_eq(json_get_str(t, "status"), "failed");
	}
	complete_file(r, file, &ev, failing);
}

/* ---- the document ---- */

static void
begin(struct em_reader *r)
{
	struct jest *j = r->state;

	j->start = j->total = EM_UNSET;
	j->begun = j->failed = j->stated = j->interrupted = false;
	j->jest = j->vitest = false;
}

static bool
end(struct em_reader *r, bool complete)
{
	struct jest *j = r->state;
	struct em_event ev;

	begin_run(r, j);
	if (!complete)
		return true;
	if (j->interrupted)
		rd_simple(r, EM_RUN_CANCEL);
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome =
	    j->failed || j->stated || j->interrupted ? EM_FAIL : EM_PASS;
	/* A threshold of coverage, or an obsolete snapshot. */
	if (j->interrupted)
		ev.status = EM_STR("abort");
	else if (j->stated && !j->failed)
		ev.status = EM_STR("error");
	rd_emit(r, &ev);
	return true;
}

static const struct json_want wants[] = {
	{ "startTime", on_start, NULL, NULL },
	{ "numTotalTests", on_total, NULL, NULL },
	{ "numFailedTestSuites", on_jest_first, NULL, NULL },
	{ "numTotalTestSuites", on_vitest_first, NULL, NULL },
	{ "success", on_success, NULL, NULL },
	{ "wasInterrupted", on_interrupted, NULL, NULL },
	{ "testResults.*", on_file, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

static enum em_rc
jest_open(struct em_reader *r)
{
	struct jest *j = r->state;

	j->doc.opening.producer = "jest";
	j->doc.wants = wants;
	j->doc.begin = begin;
	j->doc.end = end;
	return EM_OK;
}

static enum em_rc
jest_step(struct em_reader *r)
{
	struct jest *j = r->state;

	return jdoc_step(r, &j->doc);
}

static void
jest_close(struct em_reader *r)
{
	struct jest *j = r->state;

	jdoc_close(&j->doc);
}

const struct em_format format_jest = {
	.info = {
		.name = "jest",
		.title = "jest and vitest JSON",
		.flags = EM_FMT_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct jest),
		.open = jest_open,
		.step = jest_step,
		.close = jest_close,
	},
};
