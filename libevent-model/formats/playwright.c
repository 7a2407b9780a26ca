/* SPDX-License-Identifier: MIT */
/*
 * What Playwright's json reporter writes: files, in them describe blocks, in
 * them specs; a spec has a test for each project, and a test a result for
 * each attempt.
 *
 * The file is the suite; the describe blocks are the class, joined as
 * Playwright joins them in its test lists; the project is the variant.
 */
#include <string.h>

#include "foreign.h"
#include "jsondoc.h"

enum { NEST_MAX = 200 };

struct playwright {
	struct jdoc doc;
	struct suites suites;
	struct em_str version, cwd, shard;
	struct em_strs argv;
	struct em_pairs metadata;
	int64_t duration, listed;
	bool begun, listing;
	bool failed, flaky, fail_on_flaky, errors, interrupted;
};

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	static const char *const keys[] = { "config", "suites", NULL };
	int found, rc = jdoc_find(&head, eof);

	if (rc != 1)
		return rc;
	rc = probe_json_keys(head, eof, keys, &found);
	if (rc != 1)
		return rc;
	if (str_find(head, "\"rootDir\"") >= 0 ||
	    str_find(head, "\"projectName\"") >= 0)
		return PROBE_SURE;
	return eof ? 0 : PROBE_MORE;
}

/* ---- the run ---- */

static void
on_config(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct playwright *p = r->state;
	struct em_strs argv = json_strs(&r->keep, json_get(v, "argv"));
	struct em_str *copy = arena_alloc(&r->keep, argv.n * sizeof(*copy) + 1);
	int64_t current, total;

	p->version = arena_dup(&r->keep, json_get_str(v, "version"));
	p->cwd = arena_dup(&r->keep, json_get_str(v, "rootDir"));
	p->fail_on_flaky = json_is_true(json_get(v, "failOnFlakyTests"));
	for (size_t i = 0; copy != NULL && i < argv.n; i++) {
		copy[i] = arena_dup(&r->keep, argv.v[i]);
		p->listing |= str_eq(copy[i], "--list");
		p->argv = (struct em_strs){ copy, i + 1 };
	}
	if (json_i64(json_path(v, "shard.current"), &current) &&
	    json_i64(json_path(v, "shard.total"), &total))
		p->shard = arena_printf(&r->keep, "%lld/%lld",
		    (long long)current, (long long)total);
}

static void
begin_run(struct em_reader *r, struct playwright *p)
{
	struct em_pair shard = { EM_STR("shard"), p->shard, false };
	struct em_event ev;

	if (p->begun)
		return;
	p->begun = true;
	opening_send(r, &p->doc.opening, none, p->version);
	em_event_init(&ev, p->listing ? EM_DISCOVER_START : EM_RUN_START);
	ev.command = p->argv;
	ev.cwd = p->cwd;
	if (shard.value.p != NULL)
		ev.properties = (struct em_pairs){ &shard, 1 };
	rd_emit(r, &ev);
}

static void
on_stats(void *arg, const struct json *v)
{
	struct playwright *p = ((struct em_reader *)arg)->state;

	if (!json_ns(json_get(v, "duration"), 6, &p->duration))
		p->duration = EM_UNSET;
}

static int64_t
positive(const struct json *v)
{
	int64_t n;

	return json_i64(v, &n) && n > 0 ? n : EM_UNSET;
}

static struct em_location
location(const struct json *v)
{
	return (struct em_location){
		.file = json_get_str(v, "file"),
		.line = positive(json_get(v, "line")),
		.column = positive(json_get(v, "column")),
		.end_line = EM_UNSET,
		.end_column = EM_UNSET,
	};
}

/* An error outside of all tests. */
static void
on_error(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct playwright *p = r->state;
	struct em_event ev;

	begin_run(r, p);
	em_event_init(&ev, EM_LOG);
	ev.level = EM_STR("error");
	ev.text = json_get_str(v, "stack");
	if (ev.text.n == 0)
		ev.text = json_get_str(v, "message");
	if (ev.text.n == 0)
		ev.text = json_get_str(v, "value");
	if (ev.text.p == NULL)
		ev.text = EM_STR("error");
	rd_emit(r, &ev);
	p->errors = true;
}

/* ---- an attempt ---- */

/* An event of the attempt that *of is, without what only its start says. */
static struct em_event
about(const struct em_event *of, enum em_kind kind)
{
	struct em_event ev = *of;

	ev.kind = kind;
	ev.location = location(NULL);
	ev.time_ns = EM_UNSET;
	return ev;
}

static void
emit_output(struct em_reader *r, const struct em_event *of,
    const struct json *list, struct em_str stream)
{
	struct em_event ev = about(of, EM_CASE_OUTPUT);

	ev.stream = stream;
	for (const struct json *v = json_first(list); v != NULL; v = v->next) {
		ev.text = json_get_str(v, "text");
		if (ev.text.p == NULL)
			ev.text = arena_b64_decode(
			    &r->arena, json_get_str(v, "buffer"));
		if (ev.text.p != NULL)
			rd_emit(r, &ev);
	}
}

static void
emit_attachments(
    struct em_reader *r, const struct em_event *of, const struct json *list)
{
	struct em_event ev = about(of, EM_CASE_ATTACHMENT);

	for (const struct json *v = json_first(list); v != NULL; v = v->next) {
		ev.title = json_get_str(v, "name");
		ev.media_type = json_get_str(v, "contentType");
		ev.path = json_get_str(v, "path");
		ev.data = none;
		if (ev.path.p == NULL)
			ev.data = arena_b64_decode(
			    &r->arena, json_get_str(v, "body"));
		if (ev.path.p != NULL || ev.data.p != NULL)
			rd_emit(r, &ev);
	}
}

static void
emit_steps(
    struct em_reader *r, const struct em_event *of, const struct json *list)
{
	struct em_event ev = about(of, EM_CASE_MESSAGE);

	ev.message_kind = EM_STR("note");
	ev.type = EM_STR("step");
	for (const struct json *v = json_first(list); v != NULL; v = v->next) {
		ev.message = json_get_str(v, "title");
		ev.code = json_get(v, "error") != NULL ? EM_STR("failed")
						       : EM_STR("passed");
		rd_emit(r, &ev);
	}
}

/* errors has all of them; error the first, and its stack. */
static void
emit_errors(
    struct em_reader *r, const struct em_event *of, const struct json *result)
{
	const struct json *error = json_get(result, "error");
	const struct json *v = json_first(json_get(result, "errors"));
	struct em_event ev = about(of, EM_CASE_MESSAGE);

	ev.message_kind =
	    of->outcome == EM_FAIL ? EM_STR("error") : EM_STR("note");
	if (v == NULL)
		v = error;
	ev.detail = json_get_str(error, "stack");
	while (v != NULL && v->type == JSON_OBJECT) {
		ev.message = json_get_str(v, "message");
		if (ev.message.p == NULL)
			ev.message = json_get_str(v, "value");
		ev.location = location(json_get(v, "location"));
		rd_emit(r, &ev);
		ev.detail = none;
		v = v != error ? v->next : NULL;
	}
}

/* How the attempt ended, seen from what was expected of the test. */
static void
conclude(
    const struct json *test, const struct json *result, struct em_event *ev)
{
	struct em_str expected = json_get_str(test, "expectedStatus");
	struct em_str status = json_get_str(result, "status");

	ev->status = none;
	if (str_eq(status, "skipped")) {
		ev->outcome = EM_SKIP;
	} else if (str_eq(status, "interrupted")) {
		ev->outcome = EM_SKIP;
		ev->status = EM_STR("cancelled");
	} else if (em_str_eq(status, expected)) {
		ev->outcome = EM_PASS;
	} else if (str_eq(status, "passed")) {
		ev->outcome = EM_FAIL;
		if (str_eq(expected, "failed"))
			ev->status = EM_STR("xpass");
	} else {
		ev->outcome = EM_FAIL;
		if (str_eq(status, "timedOut"))
			ev->status = EM_STR("timeout");
	}
}

static void
emit_result(struct em_reader *r, const struct json *test,
    const struct json *result, struct em_event *ev)
{
	struct playwright *p = r->state;
	struct em_event end;
	int64_t worker;

	conclude(test, result, ev);
	p->interrupted |= str_eq(json_get_str(result, "status"), "interrupted");
	ev->kind = EM_CASE_START;
	if (!json_ns(json_get(result, "duration"), 6, &ev->duration_ns))
		ev->duration_ns = EM_UNSET;
	if (!str_time(json_get_str(result, "startTime"), &ev->time_ns))
		ev->time_ns = EM_UNSET;
	ev->worker = none;
	if (json_i64(json_get(result, "workerIndex"), &worker) && worker >= 0)
		ev->worker = json_text(json_get(result, "workerIndex"));
	rd_emit(r, ev);
	emit_steps(r, ev, json_get(result, "steps"));
	emit_output(r, ev, json_get(result, "stdout"), EM_STR("stdout"));
	emit_output(r, ev, json_get(result, "stderr"), EM_STR("stderr"));
	emit_errors(r, ev, result);
	emit_attachments(r, ev, json_get(result, "attachments"));
	end = about(ev, EM_CASE_COMPLETE);
	end.properties = (struct em_pairs){ NULL, 0 };
	rd_emit(r, &end);
	if (result->next == NULL)
		p->failed |= ev->outcome == EM_FAIL;
	else
		p->flaky |= ev->outcome == EM_FAIL;
}

/* ---- a test ---- */

/* skip and fixme say why; the others are properties, one of a type. */
static void
annotate(struct em_reader *r, const struct json *list, struct em_event *ev)
{
	struct em_pair *p =
	    arena_alloc(&r->arena, json_count(list) * sizeof(*p) + sizeof(*p));
	size_t n = 0, i;

	for (const struct json *v = json_first(list); p != NULL && v != NULL;
	     v = v->next) {
		struct em_str type = json_get_str(v, "type");
		struct em_str text = json_get_str(v, "description");

		if ((str_eq(type, "skip") || str_eq(type, "fixme")) &&
		    ev->reason.p == NULL)
			ev->reason = text;
		if (type.p == NULL)
			continue;
		for (i = 0; i < n && !em_str_eq(p[i].key, type); i++)
			;
		if (i < n) {
			text = arena_join(&r->arena, EM_STR("\n"), text);
			p[i].value = arena_join(&r->arena, p[i].value, text);
			continue;
		}
		p[n++] = (struct em_pair){ type,
			text.p != NULL ? text : EM_STR(""), false };
	}
	ev->properties = (struct em_pairs){ p, n };
}

static void
emit_test(struct em_reader *r, const struct json *test, struct em_event *ev)
{
	struct playwright *p = r->state;
	const struct json *result = json_first(json_get(test, "results"));

	ev->variant = json_get_str(test, "projectName");
	if (ev->variant.n == 0)
		ev->variant = none;
	ev->reason = none;
	ev->iteration = ev->attempt = EM_UNSET;
	annotate(r, json_get(test, "annotations"), ev);
	rd_repeat(r, ev);
	if (p->listing) {
		ev->kind = EM_DISCOVER_CASE;
		ev->status = none;
		if (str_eq(json_get_str(test, "expectedStatus"), "skipped"))
			ev->status = EM_STR("ignored");
		rd_emit(r, ev);
		p->listed++;
		return;
	}
	for (; result != NULL; result = result->next) {
		emit_result(r, test, result, ev);
		if (result->next == NULL)
			return;
		ev->attempt = ev->attempt == EM_UNSET ? 2 : ev->attempt + 1;
	}
	ev->outcome = EM_SKIP;
	ev->time_ns = ev->duration_ns = EM_UNSET;
	ev->worker = ev->status = none;
	if (!str_eq(json_get_str(test, "expectedStatus"), "skipped"))
		ev->status = EM_STR("cancelled");
	ev->kind = EM_CASE_START;
	rd_emit(r, ev);
	ev->kind = EM_CASE_COMPLETE;
	ev->properties = (struct em_pairs){ NULL, 0 };
	rd_emit(r, ev);
}

static void
emit_spec(struct em_reader *r, const struct json *spec, struct em_str suite,
    struct em_str class)
{
	const struct json *test = json_first(json_get(spec, "tests"));
	struct em_event ev;

	for (; test != NULL; test = test->next) {
		em_event_init(&ev, EM_CASE_START);
		ev.suite = suite;
		ev.class_name = class;
		ev.name = json_get_str(spec, "title");
		if (ev.name.p == NULL)
			ev.name = EM_STR("");
		ev.location = location(spec);
		ev.tags = json_strs(&r->arena, json_get(spec, "tags"));
		emit_test(r, test, &ev);
	}
}

static void
emit_block(struct em_reader *r, const struct json *block, struct em_str suite,
    struct em_str class, unsigned depth)
{
	const struct json *v;

	if (depth == NEST_MAX) {
		rd_warn(
		    r, "suites nested deeper than %d are left out", NEST_MAX);
		return;
	}
	for (v = json_first(json_get(block, "specs")); v != NULL; v = v->next)
		emit_spec(r, v, suite, class);
	for (v = json_first(json_get(block, "suites")); v != NULL;
	     v = v->next) {
		struct em_str title = json_get_str(v, "title"), inner = class;

		if (title.n > 0 && inner.p != NULL)
			inner = arena_join(
			    &r->arena, inner, EM_STR(" \xe2\x80\xba "));
		if (title.n > 0)
			inner = arena_join(&r->arena, inner, title);
		emit_block(r, v, suite, inner, depth + 1);
	}
}

static void
on_file(void *arg, const struct json *file)
{
	struct em_reader *r = arg;
	struct playwright *p = r->state;
	struct em_event ev;

	begin_run(r, p);
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = json_get_str(file, "title");
	if (ev.suite.n == 0)
		ev.suite = json_get_str(file, "file");
	if (ev.suite.p == NULL)
		ev.suite = EM_STR("");
	ev.location = location(file);
	if (!p->listing)
		suites_start(r, &p->suites, &ev);
	emit_block(r, file, ev.suite, none, 0);
}

/* ---- the document ---- */

static void
begin(struct em_reader *r)
{
	struct playwright *p = r->state;
	struct jdoc doc = p->doc;

	*p = (struct playwright){ .doc = doc, .duration = EM_UNSET };
}

static bool
end(struct em_reader *r, bool complete)
{
	struct playwright *p = r->state;
	struct em_event ev;

	begin_run(r, p);
	if (!complete)
		return true;
	if (!suites_complete(r, &p->suites))
		return false;
	if (p->listing) {
		em_event_init(&ev, EM_DISCOVER_COMPLETE);
		ev.total = p->listed;
		rd_emit(r, &ev);
		return true;
	}
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = EM_PASS;
	ev.duration_ns = p->duration;
	if (p->interrupted) {
		ev.outcome = EM_FAIL;
		ev.status = EM_STR("abort");
	} else if (p->failed) {
		ev.outcome = EM_FAIL;
	} else if (p->errors || (p->flaky && p->fail_on_flaky)) {
		ev.outcome = EM_FAIL;
		ev.status = EM_STR("error");
	}
	rd_emit(r, &ev);
	return true;
}

static const struct json_want wants[] = {
	{ "config", on_config, NULL, NULL },
	{ "suites.*", on_file, NULL, NULL },
	{ "errors.*", on_error, NULL, NULL },
	{ "stats", on_stats, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

static enum em_rc
playwright_open(struct em_reader *r)
{
	struct playwright *p = r->state;

	p->doc.opening.producer = "playwright";
	p->doc.wants = wants;
	p->doc.begin = begin;
	p->doc.end = end;
	return EM_OK;
}

static enum em_rc
playwright_step(struct em_reader *r)
{
	struct playwright *p = r->state;

	return jdoc_step(r, &p->doc);
}

static void
playwright_close(struct em_reader *r)
{
	struct playwright *p = r->state;

	jdoc_close(&p->doc);
	suites_free(&p->suites);
}

const struct em_format format_playwright = {
	.info = {
		.name = "playwright",
		.title = "Playwright JSON",
		.flags = EM_FMT_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct playwright),
		.open = playwright_open,
		.step = playwright_step,
		.close = playwright_close,
	},
};
