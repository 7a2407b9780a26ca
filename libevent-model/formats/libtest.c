/* SPDX-License-Identifier: MIT */
/*
 * The JSON of Rust's libtest in its dialects since 2018, and of those who
 * speak it: cargo nextest (libtest-json, libtest-json-plus), ui_test,
 * libtest-mimic, nargo.
 *
 * libtest names no suites.  A suite is named by what cargo says about it
 * ("Running tests/x.rs (...)") when that is in the stream, by the names of
 * its tests in nextest's dialect, and else by its number; the first one has
 * no name then, so that the stream of a single binary stays as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "libtest-write.h"
#include "opened.h"

enum {
	JOIN_MAX = 64, /* lines of one ignore_message */
	ATTEMPTS_MAX = 1000, /* earlier attempts made up for one test */
};

/* libtest warns after a minute; this is no option of its. */
static const int64_t slow_ns = INT64_C(60) * 1000000000;

/* ---- discovery ---- */

static void
discovered(struct em_reader *r, const struct json *v)
{
	struct libtest *l = r->state;
	struct em_str reason = json_get_str(v, "ignore_message");
	struct em_event ev;

	if (!l->listing)
		libtest_list(r);
	em_event_init(&ev, EM_DISCOVER_CASE);
	ev.suite = l->list_suite;
	ev.name = json_get_str(v, "name");
	if (str_eq(json_get_str(v, "type"), "benchmark"))
		ev.mode = EM_STR("bench");
	if (json_is_true(json_get(v, "ignore"))) {
		ev.status = EM_STR("ignored");
		if (reason.n > 0)
			ev.reason = reason;
	}
	if (json_get_str(v, "source_path").n > 0) {
		ev.location.file = json_get_str(v, "source_path");
		ev.location.line = libtest_place(v, "start_line");
		ev.location.column = libtest_place(v, "start_col");
		ev.location.end_line = libtest_place(v, "end_line");
		ev.location.end_column = libtest_place(v, "end_col");
	}
	l->listed++;
	rd_emit(r, &ev);
}

/* ---- tests ---- */

static struct opened *
start_test(struct em_reader *r, struct libtest_suite *s,
    const struct libtest_name *n, bool bench, unsigned flags)
{
	struct libtest *l = r->state;
	struct opened *t = opened_add(
	    &l->tests, &s->tests, libtest_key(s, n), n->name, n->variant);
	struct em_event ev;

	if (t == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	t->iteration = n->iteration;
	libtest_init(&ev, EM_CASE_START, s, t);
	ev.flags = flags;
	ev.location.file = n->file;
	if (bench)
		ev.mode = EM_STR("bench");
	rd_emit(r, &ev);
	return t;
}

/* nextest tells of the last attempt alone, but says how many there were: the
 * others failed, or there would have been no more. */
static void
earlier_attempts(struct em_reader *r, const struct libtest_suite *s,
    const struct opened *t, int64_t attempts)
{
	struct em_event ev;

	for (int64_t i = 1; i < attempts; i++) {
		libtest_init(&ev, EM_CASE_COMPLETE, s, t);
		ev.flags = EM_F_SYNTHETIC;
		ev.attempt = i > 1 ? i : EM_UNSET;
		ev.outcome = EM_FAIL;
		ev.reason = EM_STR("retried");
		rd_emit(r, &ev);
		libtest_init(&ev, EM_CASE_START, s, t);
		ev.flags = EM_F_SYNTHETIC;
		ev.attempt = i + 1;
		rd_emit(r, &ev);
	}
}

static void
metric(struct em_reader *r, const struct libtest_suite *s,
    const struct opened *t, const struct json *v, const char *name,
    const char *unit)
{
	const struct json *value = json_get(
	    v, strcmp(name, "time") == 0 ? "median" : "mib_per_second");
	const struct json *deviation = json_get(v, "deviation");
	struct em_event ev;

	if (value == NULL || value->type != JSON_NUMBER)
		return;
	libtest_init(&ev, EM_CASE_METRIC, s, t);
	ev.metric = em_str(name);
	ev.unit = em_str(unit);
	ev.value = value->text;
	if (strcmp(name, "time") == 0 && deviation != NULL &&
	    deviation->type == JSON_NUMBER)
		ev.deviation = deviation->text;
	rd_emit(r, &ev);
}

static void
output(struct em_reader *r, const struct libtest_suite *s,
    const struct opened *t, int64_t attempt, struct em_str text)
{
	struct em_event ev;

	if (text.n == 0)
		return;
	libtest_init(&ev, EM_CASE_OUTPUT, s, t);
	ev.attempt = attempt;
	/* "stdout" holds both. */
	ev.stream = EM_STR("combined");
	ev.text = text;
	rd_emit(r, &ev);
}

static void
error_message(struct em_reader *r, const struct libtest_suite *s,
    const struct opened *t, int64_t attempt, const struct json *v)
{
	struct em_str found = { NULL, 0 };
	struct em_event ev;

	libtest_init(&ev, EM_CASE_MESSAGE, s, t);
	ev.attempt = attempt;
	ev.message_kind = EM_STR("error");
	libtest_failure(json_get_str(v, "stdout"), &found, &ev.location);
	ev.message = json_get_str(v, "message");
	if (ev.message.n == 0)
		ev.message = found;
	else if (ev.location.file.p == NULL)
		libtest_no_panic(ev.message, &ev.location);
	if (ev.message.n > 0)
		rd_emit(r, &ev);
}

struct verdict {
	const char *event;
	enum em_outcome outcome;
	const char *status;
};

static const struct verdict verdicts[] = {
	{ "ok", EM_PASS, NULL }, { "failed", EM_FAIL, NULL },
	{ "ignored", EM_SKIP, "ignored" },
	{ "skipped", EM_SKIP, "ignored" }, /* nargo */
	{ "allowed_failure", EM_SKIP, "xfail" }, /* until 2022 */
	{ "timeout", EM_FAIL, "timeout" }, /* ui_test alone */
};

static const struct verdict *
find_verdict(struct em_str event)
{
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
		if (str_eq(event, verdicts[i].event))
			return &verdicts[i];
	return NULL;
}

static void
end_test(struct em_reader *r, struct libtest_suite *s, struct opened *t,
    const struct verdict *verdict, int64_t attempt, const struct json *v)
{
	struct libtest *l = r->state;
	struct em_str reason = json_get_str(v, "reason");
	struct em_event ev;

	output(r, s, t, attempt, json_get_str(v, "stdout"));
	if (verdict->outcome == EM_FAIL)
		error_message(r, s, t, attempt, v);
	libtest_init(&ev, EM_CASE_COMPLETE, s, t);
	ev.attempt = attempt;
	ev.outcome = verdict->outcome;
	ev.status = em_str(verdict->status);
	ev.duration_ns = libtest_seconds(v, "exec_time");
	ev.reason = reason;
	if (str_eq(reason, "time limit exceeded"))
		ev.status = EM_STR("timeout");
	if (verdict->outcome == EM_SKIP && reason.p == NULL)
		ev.reason = json_get_str(v, "message");
	if (verdict->outcome == EM_FAIL)
		l->failed = true;
	if (verdict->outcome == EM_SKIP)
		s->ignored++;
	rd_emit(r, &ev);
	opened_close(&l->tests, &s->tests, t);
}

/* "timeout" of libtest is a warning; ui_test's ends the test. */
static void
slow(struct em_reader *r, const struct libtest_suite *s, const struct opened *t)
{
	struct em_event ev;

	libtest_init(&ev, EM_CASE_SLOW, s, t);
	ev.threshold_ns = slow_ns;
	rd_emit(r, &ev);
}

static enum em_rc
test_event(struct em_reader *r, struct em_str line, const struct json *v,
    struct em_str event, bool bench)
{
	static const struct verdict measured = { "bench", EM_PASS, NULL };
	struct libtest *l = r->state;
	const struct verdict *verdict = bench ? &measured : find_verdict(event);
	struct libtest_name n;
	struct libtest_suite *s;
	struct opened *t;
	bool started = !bench && str_eq(event, "started");

	if (!started && verdict == NULL)
		return rd_noise(r, line);
	s = libtest_identify(r, json_get_str(v, "name"), &n);
	if (s == NULL)
		return EM_OK;
	t = opened_find(&l->tests, libtest_key(s, &n));
	if (t == NULL)
		t = start_test(r, s, &n, bench, started ? 0 : EM_F_SYNTHETIC);
	else if (started)
		rd_warn(r, "a test starts that has started already");
	if (t == NULL || started)
		return EM_OK;
	if (!bench && str_eq(event, "timeout") && s->dialect != UI_TEST) {
		slow(r, s, t);
		return EM_OK;
	}
	if (bench) {
		metric(r, s, t, v, "time", "ns/iter");
		metric(r, s, t, v, "throughput", "MiB/s");
	}
	if (n.attempts > ATTEMPTS_MAX)
		n.attempts = ATTEMPTS_MAX;
	if (n.attempts > 1)
		earlier_attempts(r, s, t, n.attempts);
	end_test(r, s, t, verdict, n.attempts > 1 ? n.attempts : EM_UNSET, v);
	return EM_OK;
}

/* ---- lines ---- */

static enum em_rc
suite_event(struct em_reader *r, struct em_str line, const struct json *v,
    struct em_str event)
{
	if (str_eq(event, "started"))
		libtest_suite_start(r, v);
	else if (str_eq(event, "ok") || str_eq(event, "failed"))
		libtest_suite_end(r, v, str_eq(event, "ok"));
	else if (str_eq(event, "discovery"))
		libtest_list(r);
	else if (!str_eq(event, "completed"))
		return rd_noise(r, line);
	return EM_OK;
}

static enum em_rc
dispatch(struct em_reader *r, struct em_str line, const struct json *v)
{
	struct em_str type = json_get_str(v, "type");
	struct em_str event = json_get_str(v, "event");
	struct em_event ev;

	if (str_eq(type, "suite"))
		return suite_event(r, line, v, event);
	if (str_eq(type, "report")) {
		em_event_init(&ev, EM_LOG);
		ev.text = line;
		rd_emit(r, &ev);
		return EM_OK;
	}
	if (json_get_str(v, "name").p == NULL)
		return rd_noise(r, line);
	if (str_eq(event, "discovered")) {
		discovered(r, v);
		return EM_OK;
	}
	if (str_eq(type, "bench") && event.p == NULL)
		return test_event(r, line, v, event, true);
	if (str_eq(type, "test") || str_eq(type, "bench"))
		return test_event(r, line, v, event, false);
	return rd_noise(r, line);
}

/* The lines that belong to one with an ignore_message that has line ends. */
static struct em_str
join(struct em_reader *r, struct em_str line)
{
	struct em_str all = arena_dup(&r->arena, line), next;
	bool lf;

	for (int i = 0; i < JOIN_MAX && libtest_is_cut(all); i++) {
		if (in_line(r->in, &next, &lf) != EM_OK)
			break;
		if (libtest_find_event(next) == 0) {
			in_unline(r->in);
			break;
		}
		all = arena_join(
		    &r->arena, all, arena_join(&r->arena, EM_STR("\n"), next));
	}
	return all;
}

static enum em_rc
object(struct em_reader *r, struct em_str line, bool lf)
{
	unsigned depth = r->opts.limits.depth_max;
	struct em_error e = { .code = EM_E_NONE };
	const struct json *v = json_parse(&r->arena, line, depth, &e);

	if (v == NULL && libtest_find_event(line) == 0) {
		struct em_str all = libtest_is_cut(line) ? join(r, line) : line;
		struct em_error again = { .code = EM_E_NONE };

		v = json_parse(
		    &r->arena, libtest_repair(&r->arena, all), depth, &again);
		if (v != NULL)
			rd_warn(r, "repaired what libtest does not escape");
		else
			line = all;
	}
	if (v != NULL)
		return dispatch(r, line, v);
	return rd_bad_json(r, line, lf, &e);
}

static enum em_rc
text(struct em_reader *r, struct em_str line, bool lf)
{
	struct libtest *l = r->state;
	struct em_str event;
	enum em_rc rc =
	    libtest_text(r, &l->naming, line, libtest_find_event(line), &event);

	return rc == EM_OK && event.p != NULL ? object(r, event, lf) : rc;
}

static enum em_rc
step(struct em_reader *r)
{
	struct em_str line, trimmed;
	bool lf;
	enum em_rc rc = in_line(r->in, &line, &lf);

	libtest_begin(r);
	if (rc == EM_EOF)
		return libtest_end(r);
	if (rc != EM_OK)
		return rc;
	if (in_lines(r->in) == 1 && str_starts(line, "\xef\xbb\xbf"))
		line = str_from(line, 3);
	trimmed = str_trim(line);
	if (trimmed.n == 0)
		return EM_OK;
	if (trimmed.p[0] == '{')
		return object(r, trimmed, lf);
	return text(
	    r, str_ends(line, "\r") ? str_upto(line, line.n - 1) : line, lf);
}

static void
aside(struct em_reader *r, struct em_str line)
{
	struct libtest *l = r->state;

	libtest_aside(r, &l->naming, line);
}

static int
probe(struct em_str head, bool eof)
{
	struct em_str rest = head, line;
	int rc;

	while ((rc = probe_line(&rest, eof, "{", &line)) == 1) {
		ptrdiff_t at = libtest_find_event(line);

		if (at == 0 && str_find(line, "\"event\":") > 0)
			return PROBE_SURE;
	}
	return rc;
}

static const struct em_format_option options[] = {
	{ "failures", "end|now",
	    "write: failed tests when their suite ends, since a retry may "
	    "pass, or at once" },
	{ NULL, NULL, NULL },
};

const struct em_format format_libtest = {
	.info = {
		.name = "libtest",
		.title = "Rust libtest JSON (also nextest, ui_test)",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "suite names, classes and variants but as part of "
			  "names, names and what is known of runs, attempts "
			  "but the last, streams of output, messages but the "
			  "first, details and members of messages, statuses "
			  "but timeout and ignored, reasons of what passed, "
			  "exit codes and signals, metrics but times, "
			  "attachments, modes, tags, locations, properties, "
			  "workers, log lines, listings of runs, what open "
			  "tests said",
		.options = options,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct libtest),
		.step = step,
		.aside = aside,
		.close = libtest_close,
	},
	.write = {
		.state_size = sizeof(struct libtest_writer),
		.open = libtest_write_open,
		.event = libtest_write_event,
		.finish = libtest_write_finish,
		.close = libtest_write_close,
	},
};
