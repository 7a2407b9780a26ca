/* SPDX-License-Identifier: MIT */
/*
 * Cucumber's messages: a line each, tied together by ids.  A scenario is a
 * pickle (with each row of its examples one of its own), which a test case
 * refers to, which each attempt at it refers to.
 */
#include <stdlib.h>
#include <string.h>

#include "cucumber.h"

struct feature {
	struct em_str uri, title;
};

/* A scenario or a row of its examples, in the source. */
struct node {
	struct em_str variant; /* of a row */
	const struct em_str *rule; /* around it, or NULL */
	int64_t line;
};

/* A step of a pickle, or of a test case that has it. */
struct step {
	uint64_t id;
	const struct em_str *text; /* NULL: a hook */
};

struct pickle {
	const struct feature *feature;
	const struct em_str *rule;
	struct em_str name, variant;
	struct em_strs tags;
	struct step *steps, *test_steps;
	uint32_t steps_n, test_steps_n;
	int64_t line, column, iteration;
};

/* An attempt that is open. */
struct attempt {
	struct attempt *next, *prev;
	struct table_key key;
	const struct pickle *pickle;
	struct em_str reason; /* malloc'ed */
	int64_t number, started;
	enum cuke_status worst;
};

struct cuke_stream {
	struct table ids; /* pointers to all of the above, by kind and id */
	struct table texts; /* of steps: struct em_str * */
	struct suites suites;
	struct attempt *open;
	struct opening opening;
	struct em_str version, name;
	int64_t started;
	bool begun, failed, errors;
	bool closing; /* complete waits for the suites */
	struct em_event complete;
};

static const struct em_str none;

/* ---- ids ---- */

static struct table_key
id_key(const char *kind, struct em_str id)
{
	const struct em_str parts[] = { em_str(kind), id };

	return table_key(parts, ARRAY_LEN(parts), 0);
}

static void *
find(const struct cuke_stream *s, const char *kind, struct em_str id)
{
	uint64_t *slot = table_get(&s->ids, id_key(kind, id));

	return slot != NULL ? (void *)(uintptr_t)*slot : NULL;
}

static void
enter(struct em_reader *r, struct cuke_stream *s, struct table_key key, void *p)
{
	uint64_t *slot = table_at(&s->ids, key);

	if (slot == NULL)
		r->keep.failed = true;
	else
		*slot = (uint64_t)(uintptr_t)p;
}

static void *
add(struct em_reader *r, struct cuke_stream *s, const char *kind,
    struct em_str id, size_t size)
{
	void *p = arena_alloc(&r->keep, size);

	if (p != NULL)
		enter(r, s, id_key(kind, id), p);
	return p;
}

static uint64_t
step_id(struct em_str id)
{
	return table_key(&id, 1, 0).lo;
}

/* One copy of texts that come again and again. */
static const struct em_str *
intern(struct em_reader *r, struct cuke_stream *s, struct em_str text)
{
	uint64_t *slot = table_at(&s->texts, table_key(&text, 1, 0));
	struct em_str *copy;

	if (text.p == NULL)
		return NULL;
	if (slot == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	if (*slot != 0)
		return (const struct em_str *)(uintptr_t)*slot;
	copy = arena_alloc(&r->keep, sizeof(*copy));
	if (copy == NULL)
		return NULL;
	*copy = arena_dup(&r->keep, text);
	*slot = (uint64_t)(uintptr_t)copy;
	return copy;
}

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

static int64_t
place(const struct json *v, const char *key)
{
	int64_t n;

	return json_i64(json_get(v, key), &n) && n > 0 ? n : EM_UNSET;
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
log_text(struct em_reader *r, struct em_str suite, struct em_str text,
    struct em_str level)
{
	struct em_event ev;

	em_event_init(&ev, EM_LOG);
	ev.suite = suite;
	ev.text = text;
	ev.level = level;
	if (text.n > 0)
		rd_emit(r, &ev);
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
	log_text(r, uri, text, EM_STR("error"));
	s->failed = true;
}

/* ---- the source ---- */

static struct feature *
feature_of(struct em_reader *r, struct cuke_stream *s, struct em_str uri)
{
	struct feature *f;

	if (uri.p == NULL)
		uri = EM_STR("");
	f = find(s, "feature", uri);
	if (f != NULL)
		return f;
	f = add(r, s, "feature", uri, sizeof(*f));
	if (f != NULL)
		f->uri = arena_dup(&r->keep, uri);
	return f;
}

static struct node *
add_node(struct em_reader *r, struct cuke_stream *s, const struct json *v,
    const struct em_str *rule)
{
	struct node *n =
	    add(r, s, "node", json_text(json_get(v, "id")), sizeof(*n));

	if (n == NULL)
		return NULL;
	n->rule = rule;
	n->line = place(json_get(v, "location"), "line");
	return n;
}

/* "start=12, eat=5" */
static struct em_str
row_text(struct em_reader *r, const struct json *header, const struct json *row)
{
	const struct json *h = json_first(json_get(header, "cells"));
	const struct json *c = json_first(json_get(row, "cells"));
	struct em_str text = EM_STR("");

	for (; c != NULL; c = c->next) {
		struct em_str key = json_get_str(h, "value");

		if (text.n > 0)
			text = arena_join(&r->arena, text, EM_STR(", "));
		if (key.p != NULL)
			text = arena_join(&r->arena, text,
			    arena_join(&r->arena, key, EM_STR("=")));
		text = arena_join(&r->arena, text, json_get_str(c, "value"));
		h = h != NULL ? h->next : NULL;
	}
	return arena_dup(&r->keep, text);
}

static void
on_scenario(struct em_reader *r, struct cuke_stream *s, const struct json *v,
    const struct em_str *rule)
{
	const struct json *table, *row;

	add_node(r, s, v, rule);
	table = json_first(json_get(v, "examples"));
	for (; table != NULL; table = table->next) {
		row = json_first(json_get(table, "tableBody"));
		for (; row != NULL; row = row->next) {
			struct node *n = add_node(r, s, row, rule);

			if (n != NULL)
				n->variant = row_text(
				    r, json_get(table, "tableHeader"), row);
		}
	}
}

static void
on_document(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	struct feature *f = feature_of(r, s, json_get_str(v, "uri"));
	const struct json *child, *inner, *rule;

	v = json_get(v, "feature");
	if (f != NULL && json_get_str(v, "name").n > 0)
		f->title = arena_dup(&r->keep, json_get_str(v, "name"));
	child = json_first(json_get(v, "children"));
	for (; child != NULL; child = child->next) {
		rule = json_get(child, "rule");
		inner = json_first(json_get(rule, "children"));
		if (json_get(child, "scenario") != NULL)
			on_scenario(r, s, json_get(child, "scenario"), NULL);
		for (; inner != NULL; inner = inner->next)
			if (json_get(inner, "scenario") != NULL)
				on_scenario(r, s, json_get(inner, "scenario"),
				    intern(r, s, json_get_str(rule, "name")));
	}
}

static struct em_strs
tags(struct em_reader *r, struct cuke_stream *s, const struct json *list)
{
	struct em_strs all = { NULL, 0 };
	struct em_str *v;

	if (json_first(list) == NULL)
		return all;
	v = arena_alloc(&r->keep, json_count(list) * sizeof(*v));
	all.v = v;
	for (list = json_first(list); v != NULL && list != NULL;
	     list = list->next) {
		struct em_str tag = json_get_str(list, "name");
		const struct em_str *text;

		if (str_starts(tag, "@"))
			tag = str_from(tag, 1);
		text = intern(r, s, tag);
		if (text != NULL)
			v[all.n++] = *text;
	}
	return all;
}

static void
on_pickle(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	const struct json *ast = json_first(json_get(v, "astNodeIds"));
	const struct json *step = json_get(v, "steps");
	struct pickle *p;

	p = add(r, s, "pickle", json_text(json_get(v, "id")), sizeof(*p));
	if (p == NULL)
		return;
	p->feature = feature_of(r, s, json_get_str(v, "uri"));
	p->name = json_get_str(v, "name");
	p->name = arena_dup(&r->keep, p->name.p != NULL ? p->name : EM_STR(""));
	p->tags = tags(r, s, json_get(v, "tags"));
	p->line = place(json_get(v, "location"), "line");
	p->column = place(json_get(v, "location"), "column");
	p->iteration = EM_UNSET;
	for (; ast != NULL; ast = ast->next) {
		const struct node *n = find(s, "node", json_text(ast));

		if (n == NULL)
			continue;
		p->rule = n->rule;
		p->variant = n->variant;
		if (p->column == EM_UNSET && n->line != EM_UNSET)
			p->line = n->line;
	}
	p->steps = arena_alloc(&r->keep, json_count(step) * sizeof(*p->steps));
	for (step = json_first(step); p->steps != NULL && step != NULL;
	     step = step->next)
		p->steps[p->steps_n++] = (struct step){
			step_id(json_text(json_get(step, "id"))),
			intern(r, s, json_get_str(step, "text")),
		};
}

/* ---- cases ---- */

static const struct em_str *
step_text(const struct step *steps, size_t n, uint64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (steps[i].id == id)
			return steps[i].text;
	return NULL;
}

static void
identify(const struct pickle *p, struct em_event *ev, enum em_kind kind)
{
	em_event_init(ev, kind);
	if (p->feature != NULL)
		ev->suite = p->feature->uri;
	if (p->rule != NULL)
		ev->class_name = *p->rule;
	ev->name = p->name;
	ev->variant = p->variant;
	ev->iteration = p->iteration;
}

static void
locate(const struct pickle *p, struct em_event *ev)
{
	ev->tags = p->tags;
	ev->location.file = ev->suite;
	ev->location.line = p->line;
	ev->location.column = p->column;
}

/* A test case takes its pickle over, since only one refers to it; another
 * one has a copy. */
static enum em_rc
on_test_case(struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	struct pickle *p =
	    find(s, "pickle", json_text(json_get(v, "pickleId")));
	struct table_key key = id_key("case", json_text(json_get(v, "id")));
	const struct json *step = json_get(v, "testSteps");
	struct pickle *copy;
	struct em_event ev;

	if (p == NULL)
		return rd_bad(r, none, "a testCase of an unknown pickle");
	if (p->test_steps != NULL) {
		copy = arena_alloc(&r->keep, sizeof(*copy));
		if (copy == NULL)
			return EM_OK;
		*copy = *p;
		copy->test_steps_n = 0;
		p = copy;
	}
	enter(r, s, key, p);
	p->test_steps = arena_alloc(
	    &r->keep, (json_count(step) + 1) * sizeof(*p->test_steps));
	for (step = json_first(step); p->test_steps != NULL && step != NULL;
	     step = step->next)
		p->test_steps[p->test_steps_n++] = (struct step){
			step_id(json_text(json_get(step, "id"))),
			step_text(p->steps, p->steps_n,
			    step_id(json_text(json_get(step, "pickleStepId")))),
		};
	begin_run(r, s, NULL);
	p->iteration = EM_UNSET;
	identify(p, &ev, EM_DISCOVER_CASE);
	rd_repeat(r, &ev);
	p->iteration = ev.iteration;
	locate(p, &ev);
	rd_emit(r, &ev);
	return EM_OK;
}

static struct attempt *
attempt_of(struct cuke_stream *s, const struct json *v)
{
	return find(s, "attempt", json_text(json_get(v, "testCaseStartedId")));
}

static void
attempt_event(const struct attempt *a, struct em_event *ev, enum em_kind kind)
{
	identify(a->pickle, ev, kind);
	if (a->number > 1)
		ev->attempt = a->number;
}

static void
forget(struct cuke_stream *s, struct attempt *a)
{
	uint64_t *slot = table_get(&s->ids, a->key);

	if (slot != NULL)
		*slot = 0;
	if (a->prev != NULL)
		a->prev->next = a->next;
	else
		s->open = a->next;
	if (a->next != NULL)
		a->next->prev = a->prev;
	free((char *)(uintptr_t)a->reason.p);
	free(a);
}

static enum em_rc
on_case_started(
    struct em_reader *r, struct cuke_stream *s, const struct json *v)
{
	const struct pickle *p =
	    find(s, "case", json_text(json_get(v, "testCaseId")));
	struct attempt *a;
	struct em_event ev;

	if (p == NULL)
		return rd_bad(
		    r, none, "a testCaseStarted of an unknown testCase");
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return err_set(&r->err, EM_E_MEMORY, 0, "out of memory");
	a->key = id_key("attempt", json_text(json_get(v, "id")));
	a->pickle = p;
	if (!json_i64(json_get(v, "attempt"), &a->number) || a->number < 0)
		a->number = 0;
	a->number++;
	a->started = nanoseconds(json_get(v, "timestamp"));
	a->next = s->open;
	if (s->open != NULL)
		s->open->prev = a;
	s->open = a;
	enter(r, s, a->key, a);
	em_event_init(&ev, EM_SUITE_START);
	if (p->feature != NULL) {
		ev.suite = ev.location.file = p->feature->uri;
		ev.title = p->feature->title;
	}
	suites_start(r, &s->suites, &ev);
	attempt_event(a, &ev, EM_CASE_START);
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
	const struct em_str *step;
	struct em_event ev;

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
	attempt_event(a, &ev, EM_CASE_MESSAGE);
	ev.time_ns = nanoseconds(json_get(v, "timestamp"));
	step = step_text(a->pickle->test_steps, a->pickle->test_steps_n,
	    step_id(json_text(json_get(v, "testStepId"))));
	cuke_emit_error(r, &ev, status, step != NULL ? *step : EM_STR("hook"),
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
	attempt_event(a, &ev, EM_CASE_COMPLETE);
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
		log_text(r, none, data, none);
		return;
	}
	if (a == NULL) {
		rd_warn(r, "an attachment of no scenario is left out");
		return;
	}
	attempt_event(a, &ev, EM_CASE_ATTACHMENT);
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
	log_text(r, none, json_get_str(v, "message"), EM_STR("error"));
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
	log_text(r, none, text, EM_STR("error"));
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
		on_document(r, s, v);
	else if (str_eq(v->key, "pickle"))
		on_pickle(r, s, v);
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
	table_free(&s->ids);
	table_free(&s->texts);
	suites_free(&s->suites);
	free(s);
}
