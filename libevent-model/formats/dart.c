/* SPDX-License-Identifier: MIT */
/*
 * Dart's JSON reporter, which flutter test --machine writes too.
 *
 * Its own steps (loading a file, setUpAll, tearDownAll) are tests that say
 * that they are hidden, but only when they are over.  They are told by their
 * names, and kept back until they fail or turn out not to be hidden.
 */
#include <string.h>

#include "foreign.h"
#include "jsondoc.h"

struct dart_suite {
	struct em_str path, platform;
};

struct dart_test {
	const struct dart_suite *suite; /* NULL when it was not announced */
	struct em_str name, reason;
	int64_t iteration, started;
	const struct em_event *start; /* while it is kept back */
	bool done;
};

struct dart {
	struct table ids; /* of suites and tests: pointers */
	struct suites suites;
	struct opening opening;
	bool begun, failed;
	bool closing; /* done was read, and complete waits for the suites */
	struct em_event complete;
};

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	struct em_str line;
	int rc = probe_line(&head, eof, "{", &line);

	if (rc != 1)
		return rc;
	if (str_find(line, "\"protocolVersion\"") >= 0 &&
	    str_find(line, "\"start\"") >= 0)
		return PROBE_SURE;
	/* A stream that was cut at its front. */
	if (str_find(line, "\"type\"") >= 0 &&
	    str_find(line, "\"time\"") >= 0 &&
	    (str_find(line, "\"testID\"") >= 0 ||
		str_find(line, "\"suiteID\"") >= 0))
		return PROBE_SURE;
	return 0;
}

/* ---- ids ---- */

static struct table_key
id_key(const char *kind, const struct json *id)
{
	const struct em_str parts[] = { em_str(kind), json_text(id) };

	return table_key(parts, ARRAY_LEN(parts), 0);
}

static void *
find(const struct dart *d, const char *kind, const struct json *id)
{
	uint64_t *slot = table_get(&d->ids, id_key(kind, id));

	return slot != NULL ? (void *)(uintptr_t)*slot : NULL;
}

static void *
add(struct em_reader *r, struct dart *d, const char *kind,
    const struct json *id, size_t size)
{
	uint64_t *slot = table_at(&d->ids, id_key(kind, id));
	void *p = arena_alloc(&r->keep, size);

	if (slot == NULL)
		r->keep.failed = true;
	else
		*slot = (uint64_t)(uintptr_t)p;
	return p;
}

/* ---- events ---- */

static int64_t
elapsed(const struct json *v)
{
	int64_t ns;

	return json_ns(json_get(v, "time"), 6, &ns) ? ns : EM_UNSET;
}

static void
begin(struct em_reader *r, struct dart *d, const struct json *v)
{
	struct em_event ev;

	if (d->begun)
		return;
	d->begun = true;
	d->failed = false;
	opening_send(r, &d->opening, none, json_get_str(v, "runnerVersion"));
	em_event_init(&ev, EM_RUN_START);
	ev.elapsed_ns = elapsed(v);
	rd_emit(r, &ev);
}

/* Another stream begins, be the one before complete or not. */
static void
on_start(struct em_reader *r, struct dart *d, const struct json *v)
{
	table_free(&d->ids);
	suites_free(&d->suites);
	d->opening.sent &= !d->begun;
	d->begun = false;
	begin(r, d, v);
}

static void
on_suite(struct em_reader *r, struct dart *d, const struct json *v)
{
	const struct json *suite = json_get(v, "suite");
	struct dart_suite *s;
	struct em_str platform = json_get_str(suite, "platform");

	s = add(r, d, "suite", json_get(suite, "id"), sizeof(*s));
	if (s == NULL)
		return;
	s->path = arena_dup(&r->keep, json_get_str(suite, "path"));
	/* The one that is usual makes no variant. */
	if (!str_eq(platform, "vm"))
		s->platform = arena_dup(&r->keep, platform);
}

/* An event of the test, at the time of v. */
static struct em_event
about(const struct dart_test *t, enum em_kind kind, const struct json *v)
{
	struct em_event ev;

	em_event_init(&ev, kind);
	if (t->suite != NULL) {
		ev.suite = t->suite->path;
		ev.variant = t->suite->platform;
	}
	ev.name = t->name;
	ev.iteration = t->iteration;
	ev.elapsed_ns = elapsed(v);
	return ev;
}

/* A test of a package that wraps the one of the file has the place in the
 * file apart. */
static void
locate(const struct json *test, struct em_event *ev)
{
	struct em_str url = json_get_str(test, "url");
	const char *line = "line", *column = "column";
	int64_t n;

	if (json_get(test, "root_line") != NULL &&
	    json_get_str(test, "root_url").p != NULL) {
		url = json_get_str(test, "root_url");
		line = "root_line";
		column = "root_column";
	}
	if (str_starts(url, "file://") && ev->suite.p != NULL &&
	    em_str_eq(str_from(url, strlen("file://")), ev->suite))
		url = ev->suite;
	ev->location.file = url;
	if (url.p == NULL)
		return;
	if (json_i64(json_get(test, line), &n) && n > 0)
		ev->location.line = n;
	if (json_i64(json_get(test, column), &n) && n > 0)
		ev->location.column = n;
}

/* Loading has no group; the others have these names, in some group. */
static bool
is_step(const struct json *test)
{
	struct em_str name = json_get_str(test, "name");

	return (json_count(json_get(test, "groupIDs")) == 0 &&
		   str_starts(name, "loading ")) ||
	    str_ends(name, "(setUpAll)") || str_ends(name, "(tearDownAll)");
}

static void
emit_start(struct em_reader *r, struct dart *d, const struct em_event *start)
{
	struct em_event suite;

	em_event_init(&suite, EM_SUITE_START);
	suite.suite = suite.location.file = start->suite;
	suites_start(r, &d->suites, &suite);
	rd_emit(r, start);
}

/* One that was kept back is a test after all. */
static void
show(struct em_reader *r, struct dart *d, struct dart_test *t)
{
	if (t->start != NULL)
		emit_start(r, d, t->start);
	t->start = NULL;
}

static void
on_test_start(struct em_reader *r, struct dart *d, const struct json *v)
{
	const struct json *test = json_get(v, "test");
	struct em_event ev, *kept;
	struct dart_test *t;

	t = add(r, d, "test", json_get(test, "id"), sizeof(*t));
	if (t == NULL)
		return;
	t->suite = find(d, "suite", json_get(test, "suiteID"));
	t->name = json_get_str(test, "name");
	t->name = arena_dup(&r->keep, t->name.p != NULL ? t->name : EM_STR(""));
	t->reason = arena_dup(
	    &r->keep, json_str(json_path(test, "metadata.skipReason")));
	t->iteration = EM_UNSET;
	ev = about(t, EM_CASE_START, v);
	t->started = ev.elapsed_ns;
	locate(test, &ev);
	rd_repeat(r, &ev);
	t->iteration = ev.iteration;
	if (!is_step(test)) {
		emit_start(r, d, &ev);
		return;
	}
	kept = arena_alloc(&r->keep, sizeof(*kept));
	if (kept != NULL)
		event_copy(kept, &ev, &r->keep);
	t->start = kept;
}

static void
on_print(struct em_reader *r, struct dart_test *t, const struct json *v)
{
	struct em_event ev = about(t, EM_CASE_OUTPUT, v);

	if (str_eq(json_get_str(v, "messageType"), "skip"))
		return;
	if (t->start != NULL)
		ev.kind = EM_LOG;
	ev.stream = EM_STR("stdout");
	ev.text = json_get_str(v, "message");
	if (ev.text.p != NULL && t->start == NULL)
		ev.text = arena_join(&r->arena, ev.text, EM_STR("\n"));
	if (ev.text.p == NULL)
		return;
	if (t->start != NULL) {
		ev.name = none;
		ev.variant = none;
		ev.iteration = EM_UNSET;
	}
	rd_emit(r, &ev);
}

static void
on_error(struct em_reader *r, struct dart *d, struct dart_test *t,
    const struct json *v)
{
	struct em_event ev = about(t, EM_CASE_MESSAGE, v);
	bool late = t->done && t->start != NULL;

	show(r, d, t);
	ev.message_kind = EM_STR("error");
	ev.message = json_get_str(v, "error");
	ev.detail = json_get_str(v, "stackTrace");
	if (ev.detail.n == 0)
		ev.detail = none;
	if (json_is_true(json_get(v, "isFailure")))
		ev.type = EM_STR("TestFailure");
	rd_emit(r, &ev);
	d->failed |= t->done;
	if (!late)
		return;
	/* It was hidden when it ended. */
	ev.kind = EM_CASE_COMPLETE;
	ev.outcome = EM_FAIL;
	ev.status = EM_STR("error");
	rd_emit(r, &ev);
}

static void
on_test_done(struct em_reader *r, struct dart *d, struct dart_test *t,
    const struct json *v)
{
	struct em_event ev = about(t, EM_CASE_COMPLETE, v);
	struct em_str result = json_get_str(v, "result");

	t->done = true;
	if (json_is_true(json_get(v, "hidden")) && t->start != NULL)
		return;
	show(r, d, t);
	if (ev.elapsed_ns >= t->started && t->started != EM_UNSET)
		ev.duration_ns = ev.elapsed_ns - t->started;
	ev.outcome = EM_FAIL;
	if (json_is_true(json_get(v, "skipped"))) {
		ev.outcome = EM_SKIP;
		ev.status = EM_STR("ignored");
		ev.reason = t->reason;
	} else if (str_eq(result, "success")) {
		ev.outcome = EM_PASS;
	} else if (!str_eq(result, "failure")) {
		ev.status = EM_STR("error");
	}
	d->failed |= ev.outcome == EM_FAIL;
	rd_emit(r, &ev);
}

static void
on_done(struct dart *d, const struct json *v)
{
	const struct json *success = json_get(v, "success");
	struct em_event *ev = &d->complete;

	em_event_init(ev, EM_RUN_COMPLETE);
	ev->elapsed_ns = elapsed(v);
	ev->duration_ns = ev->elapsed_ns;
	ev->outcome = json_is_true(success) && !d->failed ? EM_PASS : EM_FAIL;
	if (success == NULL || success->type == JSON_NULL)
		ev->status = EM_STR("abort");
	else if (!json_is_true(success) && !d->failed)
		ev->status = EM_STR("error");
	d->closing = true;
}

/* ---- lines ---- */

static enum em_rc
on_test_event(struct em_reader *r, struct dart *d, struct em_str type,
    const struct json *v)
{
	struct dart_test *t = find(d, "test", json_get(v, "testID"));
	char quoted[80];

	if (t == NULL)
		return rd_bad(r, none, "%s of a test that never started",
		    err_quote(quoted, type));
	if (str_eq(type, "print"))
		on_print(r, t, v);
	else if (str_eq(type, "error"))
		on_error(r, d, t, v);
	else
		on_test_done(r, d, t, v);
	return EM_OK;
}

/* Types that are not known are no mistake: that is Dart's promise for its
 * next versions. */
static enum em_rc
on_line(struct em_reader *r, struct dart *d, const struct json *v)
{
	struct em_str type = json_get_str(v, "type");

	if (str_eq(type, "start")) {
		on_start(r, d, v);
		return EM_OK;
	}
	begin(r, d, NULL);
	if (str_eq(type, "suite"))
		on_suite(r, d, v);
	else if (str_eq(type, "testStart"))
		on_test_start(r, d, v);
	else if (str_eq(type, "print") || str_eq(type, "error") ||
	    str_eq(type, "testDone"))
		return on_test_event(r, d, type, v);
	else if (str_eq(type, "done"))
		on_done(d, v);
	return EM_OK;
}

static enum em_rc
dart_open(struct em_reader *r)
{
	struct dart *d = r->state;

	d->opening.producer = "dart";
	return EM_OK;
}

static enum em_rc
dart_step(struct em_reader *r)
{
	struct dart *d = r->state;
	const struct json *v;
	struct em_str line;
	enum em_rc rc;

	if (d->closing) {
		if (!suites_complete(r, &d->suites))
			return EM_OK;
		rd_emit(r, &d->complete);
		d->closing = false;
		return EM_OK;
	}
	rc = jline_next(r, &d->opening, &v, &line);
	if (rc != EM_OK || v == NULL)
		return rc;
	if (json_get_str(v, "type").p == NULL)
		return opening_noise(r, &d->opening, line);
	return on_line(r, d, v);
}

static void
dart_close(struct em_reader *r)
{
	struct dart *d = r->state;

	table_free(&d->ids);
	suites_free(&d->suites);
}

const struct em_format format_dart = {
	.info = {
		.name = "dart",
		.title = "Dart and Flutter JSON reporter",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct dart),
		.open = dart_open,
		.step = dart_step,
		.close = dart_close,
	},
};
