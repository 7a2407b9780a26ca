/* SPDX-License-Identifier: MIT */
/*
 * Cucumber's JSON document: features, in them scenarios, in them steps.  A
 * feature comes whole, since some name it behind its scenarios.
 */
#include <string.h>

#include "cucumber.h"

static const struct em_str none;

/* A scenario while its steps are looked at. */
struct scenario {
	struct em_event ev; /* with its identity */
	enum cuke_status worst;
	int64_t duration;
};

static void
begin_run(struct em_reader *r, struct cuke_doc *d)
{
	if (d->begun)
		return;
	d->begun = true;
	opening_send(r, &d->doc.opening, none, none);
	rd_simple(r, EM_RUN_START);
}

/* Text, or a list of its lines. */
static struct em_str
text_of(struct em_reader *r, const struct json *v)
{
	struct em_str s = none;

	if (v == NULL || v->type != JSON_ARRAY)
		return json_text(v);
	for (v = v->child; v != NULL; v = v->next) {
		if (s.p != NULL)
			s = arena_join(&r->arena, s, EM_STR("\n"));
		s = arena_join(&r->arena, s, json_text(v));
	}
	return s;
}

/* Cucumber has nanoseconds, behave has seconds, as fractions. */
static void
add_duration(struct scenario *s, const struct json *v)
{
	struct em_str text = json_text(v);
	bool fraction = str_find(text, ".") >= 0 || str_find(text, "e") >= 0;
	int64_t ns;

	if (!json_ns(v, fraction ? 9 : 0, &ns))
		return;
	if (s->duration == EM_UNSET)
		s->duration = 0;
	if (__builtin_add_overflow(s->duration, ns, &s->duration))
		s->duration = INT64_MAX;
}

/* Old ones have base64 in "data", or what they could not encode. */
static void
emit_embeddings(
    struct em_reader *r, const struct scenario *s, const struct json *list)
{
	for (list = json_first(list); list != NULL; list = list->next) {
		struct em_str data = json_get_str(list, "data");
		struct em_str media = json_get_str(list, "mime_type");
		struct em_str bytes = arena_b64_decode(&r->arena, data);

		if (media.p == NULL)
			media = json_str(json_path(list, "media.type"));
		cuke_emit_attachment(r, &s->ev, media,
		    json_get_str(list, "name"), bytes.p != NULL ? bytes : data);
	}
}

static void
emit_output(
    struct em_reader *r, const struct scenario *s, const struct json *list)
{
	struct em_event ev = s->ev;

	ev.kind = EM_CASE_OUTPUT;
	ev.stream = EM_STR("cucumber.log");
	for (list = json_first(list); list != NULL; list = list->next) {
		ev.text = arena_join(&r->arena, text_of(r, list), EM_STR("\n"));
		rd_emit(r, &ev);
	}
}

/* A step or hook. */
static void
emit_step(struct em_reader *r, struct scenario *s, const struct json *step)
{
	const struct json *result = json_get(step, "result");
	enum cuke_status status = cuke_status(json_get_str(result, "status"));

	emit_output(r, s, json_get(step, "output"));
	emit_embeddings(r, s, json_get(step, "embeddings"));
	emit_embeddings(r, s, json_get(step, "attachments"));
	if (status >= CUKE_PENDING)
		cuke_emit_error(r, &s->ev, status, json_get_str(step, "name"),
		    none, text_of(r, json_get(result, "error_message")));
	add_duration(s, json_get(result, "duration"));
	if (status > s->worst)
		s->worst = status;
}

static void
emit_steps(struct em_reader *r, struct scenario *s, const struct json *list)
{
	for (list = json_first(list); list != NULL; list = list->next) {
		const struct json *hook = json_first(json_get(list, "before"));

		for (; hook != NULL; hook = hook->next)
			emit_step(r, s, hook);
		emit_step(r, s, list);
		hook = json_first(json_get(list, "after"));
		for (; hook != NULL; hook = hook->next)
			emit_step(r, s, hook);
	}
}

/* Objects with a name, or the names; the @ is no part of it. */
static struct em_strs
tags(struct em_reader *r, const struct json *list)
{
	struct em_strs tags = { NULL, 0 };
	struct em_str *v =
	    arena_alloc(&r->arena, json_count(list) * sizeof(*v) + sizeof(*v));

	tags.v = v;
	if (v == NULL)
		return tags;
	for (list = json_first(list); list != NULL; list = list->next) {
		struct em_str s = json_text(list);

		if (s.p == NULL)
			s = json_get_str(list, "name");
		if (str_starts(s, "@"))
			s = str_from(s, 1);
		if (s.n > 0)
			v[tags.n++] = s;
	}
	return tags;
}

/* "file:line", which behave has for what others state apart. */
static void
split_location(struct em_str s, struct em_location *at)
{
	size_t n = s.n;

	while (n > 0 && s.p[n - 1] != ':')
		n--;
	if (n == 0 || !str_i64(str_from(s, n), &at->line) || at->line < 1) {
		at->line = EM_UNSET;
		return;
	}
	at->file = str_upto(s, n - 1);
}

/* The id of a row of examples: feature;scenario;examples;row. */
static struct em_str
variant(struct em_str id)
{
	struct em_str rest = id, part[4];
	size_t n = 0;
	bool more = true;
	int64_t row;

	for (; more && n < ARRAY_LEN(part); n++)
		more = str_cut(&rest, ';', &part[n]);
	if (n < ARRAY_LEN(part) || more || !str_i64(part[3], &row))
		return none;
	return part[2].n > 0
	    ? (struct em_str){ part[2].p, (size_t)(id.p + id.n - part[2].p) }
	    : part[3];
}

static bool
is_type(const struct json *element, const char *type, const char *keyword)
{
	struct em_str s = json_get_str(element, "type");

	return s.p != NULL ? str_eq(s, type)
			   : str_eq(json_get_str(element, "keyword"), keyword);
}

/* What behave says of a scenario, some of whose steps did not run. */
static void
stated_status(const struct json *element, struct scenario *s)
{
	struct em_str status = json_get_str(element, "status");

	if (str_eq(status, "failed") && s->worst < CUKE_PENDING)
		s->worst = CUKE_FAILED;
	else if ((str_eq(status, "skipped") || str_eq(status, "untested")) &&
	    s->worst < CUKE_SKIPPED)
		s->worst = CUKE_SKIPPED;
}

/* background is the element before it when that is one. */
static void
emit_scenario(struct em_reader *r, const struct json *element,
    const struct json *background, struct em_str uri, struct em_str rule)
{
	struct cuke_doc *d = r->state;
	struct scenario s = { .duration = EM_UNSET };
	struct em_event ev;

	em_event_init(&ev, EM_CASE_START);
	ev.suite = uri;
	ev.class_name = rule;
	ev.name = json_get_str(element, "name");
	if (ev.name.p == NULL)
		ev.name = EM_STR("");
	ev.variant = variant(json_get_str(element, "id"));
	rd_repeat(r, &ev);
	s.ev = ev;
	ev.tags = tags(r, json_get(element, "tags"));
	ev.location.file = uri;
	if (!json_i64(json_get(element, "line"), &ev.location.line) ||
	    ev.location.line < 1)
		split_location(json_get_str(element, "location"), &ev.location);
	if (!str_time(json_get_str(element, "start_timestamp"), &ev.time_ns))
		ev.time_ns = EM_UNSET;
	rd_emit(r, &ev);
	emit_steps(r, &s, json_get(element, "before"));
	if (background != NULL)
		emit_steps(r, &s, json_get(background, "steps"));
	emit_steps(r, &s, json_get(element, "steps"));
	emit_steps(r, &s, json_get(element, "after"));
	stated_status(element, &s);
	ev = s.ev;
	ev.kind = EM_CASE_COMPLETE;
	ev.duration_ns = s.duration;
	cuke_conclude(s.worst, &ev);
	rd_emit(r, &ev);
	d->failed |= ev.outcome == EM_FAIL;
}

/* Rules do not nest. */
static void
emit_elements(struct em_reader *r, const struct json *list, struct em_str uri,
    struct em_str rule)
{
	const struct json *background = NULL;

	for (; list != NULL; list = list->next) {
		if (is_type(list, "background", "Background")) {
			background = list;
			continue;
		}
		if (rule.p == NULL && is_type(list, "rule", "Rule"))
			emit_elements(r, json_first(json_get(list, "children")),
			    uri, json_get_str(list, "name"));
		else
			emit_scenario(r, list, background, uri, rule);
		background = NULL;
	}
}

static void
on_feature(void *arg, const struct json *feature)
{
	struct em_reader *r = arg;
	struct cuke_doc *d = r->state;
	struct em_location at = { .line = EM_UNSET,
		.column = EM_UNSET,
		.end_line = EM_UNSET,
		.end_column = EM_UNSET };
	struct em_event ev;

	begin_run(r, d);
	em_event_init(&ev, EM_SUITE_START);
	at.file = json_get_str(feature, "uri");
	if (at.file.p == NULL)
		split_location(json_get_str(feature, "location"), &at);
	else if (!json_i64(json_get(feature, "line"), &at.line) || at.line < 1)
		at.line = EM_UNSET;
	ev.title = json_get_str(feature, "name");
	ev.suite = at.file.p != NULL ? at.file : ev.title;
	if (ev.suite.p == NULL)
		ev.suite = EM_STR("");
	if (at.file.p != NULL)
		ev.location = at;
	if (ev.title.n == 0)
		ev.title = none;
	suites_start(r, &d->suites, &ev);
	emit_elements(
	    r, json_first(json_get(feature, "elements")), ev.suite, none);
}

static void
begin(struct em_reader *r)
{
	struct cuke_doc *d = r->state;

	d->begun = d->failed = false;
}

static bool
end(struct em_reader *r, bool complete)
{
	struct cuke_doc *d = r->state;
	struct em_event ev;

	begin_run(r, d);
	if (!complete)
		return true;
	if (!suites_complete(r, &d->suites))
		return false;
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = d->failed ? EM_FAIL : EM_PASS;
	rd_emit(r, &ev);
	return true;
}

void
cuke_doc_open(struct cuke_doc *d)
{
	static const struct json_want wants[] = {
		{ "*", on_feature, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};

	d->doc.opening.producer = "cucumber";
	d->doc.wants = wants;
	d->doc.begin = begin;
	d->doc.end = end;
}

enum em_rc
cuke_doc_step(struct em_reader *r, struct cuke_doc *d)
{
	return jdoc_step(r, &d->doc);
}

void
cuke_doc_close(struct cuke_doc *d)
{
	jdoc_close(&d->doc);
	suites_free(&d->suites);
}
