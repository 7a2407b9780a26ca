/* SPDX-License-Identifier: MIT */
/*
 * Cucumber's messages: a line each, tied together by ids.  A scenario is a
 * pickle (with each row of its examples one of its own), which a test case
 * refers to, which each attempt at it refers to.
 */
#include <stdlib.h>
#include <string.h>

#include "cucumber-source.h"
#include "roll.h"

/* An attempt that is open. */
struct attempt {
	struct roll_entry entry;
	struct attempt *next, *prev;
	const struct pickle *pickle;
	struct em_str reason; /* malloc'ed */
	int64_t number, started;
	enum cuke_status worst;
};

struct cuke_stream {
	struct source source;
	struct suites suites;
	struct roll attempts;
	struct attempt *open;
	struct opening opening;
	struct em_str version, name;
	int64_t started;
	bool begun, failed, errors;
	bool closing; /* complete waits for the suites */
	struct em_event complete;
};

static const struct em_str none;

/* ---- values ---- */

/* {"seconds": 1, "nanos": 5}; seconds may be a string. */
static int64_t
nanoseconds(const struct json *v)
{
	const struct json *part = json_get(v, "seconds");
	int64_t seconds, nanos = 0;

	if (!json_i64(part, &seconds) && !str_i64(json_str(part), &seconds))
		return EM_UNSET;
	json_i64(json_get(v, "nanos"), &nanos);
	if (seconds < 0 ||
	    __builtin_mul_overflow(seconds, 1000000000, &seconds) ||
	    __builtin_add_overflow(seconds, nanos, &seconds))
		return EM_UNSET;
	return seconds;
}

/* ---- the run ---- */

static void
begin_run(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	struct em_event ev;

	if (s->begun)
		return;
	s->begun = true;
	opening_send(r, &s->opening, s->name, s->version);
	em_event_init(&ev, EM_RUN_START);
	ev.time_ns = s->started = nanoseconds(json_get(v, "timestamp"));
	rd_emit(r, &ev);
}

static void
on_meta(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	v = json_get(v, "implementation");
	s->name = arena_dup(&r->keep, json_get_str(v, "name"));
	s->version = arena_dup(&r->keep, json_get_str(v, "version"));
	/* Another stream may follow a complete one. */
	s->opening.sent &= !s->begun;
	s->begun = s->failed = s->errors = false;
}

static void
on_parse_error(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	struct em_str uri = json_str(json_path(v, "source.uri"));
	struct em_str text = json_get_str(v, "message"), line, rest = text;

	begin_run(r, s, NULL);
	if (uri.p == NULL)
		uri = EM_STR("");
	str_cut(&rest, '\n', &line);
	suites_fail(r, &s->suites, uri, EM_STR("error"), line);
	foreign_log(r, uri, text, EM_STR("error"));
	s->failed = true;
}

/* ---- cases ---- */

static void
identify(const struct cuke_stream *s, const struct pickle *p,
    struct em_event *ev, enum em_kind kind)
{
	em_event_init(ev, kind);
	if (p->feature != NULL)
		ev->suite = p->feature->uri;
	ev->class_name = source_text(&s->source, p->rule);
	ev->name = p->name;
	ev->variant = p->variant;
	ev->iteration = p->iteration;
}

static void
locate(const struct pickle *p, struct em_event *ev)
{
	ev->tags = p->tags;
	ev->location.file = ev->suite;
	if (p->line > 0)
		ev->location.line = p->line;
	if (p->column > 0)
		ev->location.column = p->column;
}

static enum em_rc
on_test_case(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	struct pickle *p = source_case(r, &s->source, v);
	struct em_event ev;

	if (p == NULL)
		return rd_bad(r, none, "a testCase of an unknown pickle");
	begin_run(r, s, NULL);
	identify(s, p, &ev, EM_DISCOVER_CASE);
	rd_repeat(r, &ev);
	p->iteration = ev.iteration;
	locate(p, &ev);
	rd_emit(r, &ev);
	return EM_OK;
}

static struct table_key
attempt_key(struct em_str id)
{
	return table_key(&id, 1, 0);
}

static struct attempt *
attempt_of(const struct cuke_stream *s, const struct json *v)
{
	return roll_find(&s->attempts,
	    attempt_key(json_text(json_get(v, "testCaseStartedId"))));
}

static void
attempt_event(const struct cuke_stream *s, const struct attempt *a,
    struct em_event *ev, enum em_kind kind)
{
	identify(s, a->pickle, ev, kind);
	if (a->number > 1)
		ev->attempt = a->number;
}

static void
forget(struct cuke_stream *s, struct attempt *a)
{
	roll_remove(&s->attempts, &a->entry);
	if (a->prev != NULL)
		a->prev->next = a->next;
	else
		s->open = a->next;
	if (a->next != NULL)
		a->next->prev = a->prev;
	free((char *)(uintptr_t)a->reason.p);
	free(a);
}

static struct attempt *
new_attempt(struct cuke_stream *s, struct table_key key)
{
	struct attempt *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->entry.key = key;
	if (!roll_add(&s->attempts, &a->entry)) {
		free(a);
		return NULL;
	}
	a->next = s->open;
	if (s->open != NULL)
		s->open->prev = a;
	s->open = a;
	return a;
}

static enum em_rc
on_case_started(
    struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	const struct pickle *p =
	    source_find_case(&s->source, json_text(json_get(v, "testCaseId")));
	struct table_key key = attempt_key(json_text(json_get(v, "id")));
	struct attempt *a;
	struct em_event ev;

	if (p == NULL)
		return rd_bad(
		    r, none, "a testCaseStarted of an unknown testCase");
	if (roll_find(&s->attempts, key) != NULL)
		return rd_bad(r, none, "a testCaseStarted that comes twice");
	a = new_attempt(s, key);
	if (a == NULL)
		return err_set(&r->err, EM_E_MEMORY, 0, "out of memory");
	a->pickle = p;
	if (!json_i64(json_get(v, "attempt"), &a->number) || a->number < 0)
		a->number = 0;
	a->number++;
	a->started = nanoseconds(json_get(v, "timestamp"));
	em_event_init(&ev, EM_SUITE_START);
	if (p->feature != NULL) {
		ev.suite = ev.location.file = p->feature->uri;
		ev.title = p->feature->title;
	}
	suites_start(r, &s->suites, &ev);
	attempt_event(s, a, &ev, EM_CASE_START);
	locate(p, &ev);
	ev.time_ns = a->started;
	ev.worker = json_text(json_get(v, "workerId"));
	rd_emit(r, &ev);
	return EM_OK;
}

static void
set_reason(struct em_reader *r, struct attempt *a, struct em_str text)
{
	char *p;

	if (a->reason.p != NULL || text.n == 0)
		return;
	p = malloc(text.n);
	if (p == NULL) {
		r->keep.failed = true;
		return;
	}
	memcpy(p, text.p, text.n);
	a->reason = (struct em_str){ p, text.n };
}

static enum em_rc
on_step_finished(
    struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	const struct json *result = json_get(v, "testStepResult");
	enum cuke_status status = cuke_status(json_get_str(result, "status"));
	struct attempt *a = attempt_of(s, v);
	struct em_str text, type;
	struct em_event ev;
	struct em_str step;

	if (a == NULL)
		return rd_bad(r, none,
		    "a testStepFinished of an unknown testCaseStarted");
	if (status > a->worst)
		a->worst = status;
	text = json_get_str(result, "message");
	type = json_str(json_path(result, "exception.type"));
	if (status == CUKE_SKIPPED)
		set_reason(r, a, text);
	if (status < CUKE_PENDING)
		return EM_OK;
	/* The stack is not always part of the message. */
	if (str_find(text, "\n") < 0 &&
	    json_str(json_path(result, "exception.stackTrace")).n > text.n)
		text = json_str(json_path(result, "exception.stackTrace"));
	attempt_event(s, a, &ev, EM_CASE_MESSAGE);
	ev.time_ns = nanoseconds(json_get(v, "timestamp"));
	step = source_step(
	    &s->source, a->pickle, json_text(json_get(v, "testStepId")));
	cuke_emit_error(r, &ev, status, step.p != NULL ? step : EM_STR("hook"),
	    type.n > 0 ? type : none, text);
	return EM_OK;
}

static enum em_rc
on_case_finished(
    struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	struct attempt *a = attempt_of(s, v);
	struct em_event ev;

	if (a == NULL)
		return rd_bad(r, none,
		    "a testCaseFinished of an unknown testCaseStarted");
	attempt_event(s, a, &ev, EM_CASE_COMPLETE);
	cuke_conclude(a->worst, &ev);
	if (ev.outcome == EM_SKIP)
		ev.reason = a->reason;
	ev.time_ns = nanoseconds(json_get(v, "timestamp"));
	if (ev.time_ns != EM_UNSET && a->started != EM_UNSET &&
	    ev.time_ns >= a->started)
		ev.duration_ns = ev.time_ns - a->started;
	rd_emit(r, &ev);
	if (!json_is_true(json_get(v, "willBeRetried")))
		s->failed |= ev.outcome == EM_FAIL;
	forget(s, a);
	return EM_OK;
}

/* ---- attachments, hooks of the run, the end ---- */

static void
on_attachment(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	struct attempt *a = attempt_of(s, v);
	struct em_str data = json_get_str(v, "body");
	struct em_str media = json_get_str(v, "mediaType");
	struct em_event ev;

	if (str_eq(json_get_str(v, "contentEncoding"), "BASE64"))
		data = arena_b64_decode(&r->arena, data);
	if (a == NULL && str_starts(media, "text/")) {
		foreign_log(r, none, data, none);
		return;
	}
	if (a == NULL) {
		rd_warn(r, "an attachment of no scenario is left out");
		return;
	}
	attempt_event(s, a, &ev, EM_CASE_ATTACHMENT);
	ev.time_ns = nanoseconds(json_get(v, "timestamp"));
	if (json_get_str(v, "url").n == 0) {
		cuke_emit_attachment(
		    r, &ev, media, json_get_str(v, "fileName"), data);
		return;
	}
	ev.url = json_get_str(v, "url");
	ev.media_type = media;
	ev.title = json_get_str(v, "fileName");
	rd_emit(r, &ev);
}

static void
on_run_hook(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	v = json_get(v, "result");
	if (cuke_status(json_get_str(v, "status")) < CUKE_PENDING)
		return;
	foreign_log(r, none, json_get_str(v, "message"), EM_STR("error"));
	s->errors = true;
}

static void
on_run_finished(
    struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	bool success = json_is_true(json_get(v, "success"));
	struct em_event *ev = &s->complete;
	struct em_str text = json_str(json_path(v, "exception.stackTrace"));

	if (text.n == 0)
		text = json_get_str(v, "message");
	foreign_log(r, none, text, EM_STR("error"));
	em_event_init(ev, EM_RUN_COMPLETE);
	ev->outcome = success && !s->failed && !s->errors ? EM_PASS : EM_FAIL;
	if (ev->outcome == EM_FAIL && !s->failed)
		ev->status = EM_STR("error");
	ev->time_ns = nanoseconds(json_get(v, "timestamp"));
	if (ev->time_ns != EM_UNSET && s->started != EM_UNSET &&
	    ev->time_ns >= s->started)
		ev->duration_ns = ev->time_ns - s->started;
	s->closing = true;
}

/* ---- lines ---- */

/* Messages that are not known, or say nothing of results, are passed over:
 * Cucumber adds to them often. */
static enum em_rc
on_message(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	if (str_eq(v->key, "meta"))
		on_meta(r, s, v);
	else if (str_eq(v->key, "gherkinDocument"))
		source_document(r, &s->source, v);
	else if (str_eq(v->key, "pickle"))
		source_pickle(r, &s->source, v);
	else if (str_eq(v->key, "testRunStarted"))
		begin_run(r, s, v);
	else if (str_eq(v->key, "testCase"))
		return on_test_case(r, s, v);
	else if (str_eq(v->key, "testCaseStarted"))
		return on_case_started(r, s, v);
	else if (str_eq(v->key, "testStepFinished"))
		return on_step_finished(r, s, v);
	else if (str_eq(v->key, "testCaseFinished"))
		return on_case_finished(r, s, v);
	else if (str_eq(v->key, "attachment") ||
	    str_eq(v->key, "externalAttachment"))
		on_attachment(r, s, v);
	else if (str_eq(v->key, "testRunHookFinished"))
		on_run_hook(r, s, v);
	else if (str_eq(v->key, "parseError"))
		on_parse_error(r, s, v);
	else if (str_eq(v->key, "testRunFinished"))
		on_run_finished(r, s, v);
	return EM_OK;
}

enum em_rc
cuke_stream_step(struct em_reader *r, struct cuke_stream *s)
{
	const struct json *v;
	struct em_str line;
	enum em_rc rc;

	if (s->closing) {
		if (!suites_complete(r, &s->suites))
			return EM_OK;
		begin_run(r, s, NULL);
		rd_emit(r, &s->complete);
		s->closing = false;
		return EM_OK;
	}
	rc = jline_next(r, &s->opening, &v, &line);
	if (rc != EM_OK || v == NULL)
		return rc;
	if (v->child == NULL || v->child->next != NULL ||
	    v->child->type != JSON_OBJECT)
		return opening_noise(r, &s->opening, line);
	return on_message(r, s, v->child);
}

struct cuke_stream *
cuke_stream_new(void)
{
	struct cuke_stream *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->opening.producer = "cucumber";
	return s;
}

void
cuke_stream_free(struct cuke_stream *s)
{
	if (s == NULL)
		return;
	while (s->open != NULL)
		forget(s, s->open);
	source_free(&s->source);
	roll_free(&s->attempts);
	suites_free(&s->suites);
	free(s);
}
