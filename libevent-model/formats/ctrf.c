/* SPDX-License-Identifier: MIT */
/* The Common Test Report Format, read a test at a time. */
#include <string.h>

#include "ctrf.h"

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	static const char *const keys[] = { "reportFormat", "results", NULL };
	int found, rc = jdoc_find(&head, eof);

	if (rc != 1)
		return rc;
	rc = probe_json_keys(head, eof, keys, &found);
	if (rc != 1)
		return rc;
	if (str_find(head, "\"CTRF\"") >= 0)
		return PROBE_SURE;
	/* Documents from before there was a marker. */
	if (str_find(head, "\"tool\"") >= 0 &&
	    str_find(head, "\"summary\"") >= 0)
		return PROBE_SURE;
	return eof ? 0 : PROBE_MORE;
}

/* ---- the run ---- */

static void
begin_run(struct em_reader *r, struct ctrf *c)
{
	struct em_str tool = c->tool.p != NULL ? c->tool : c->generator;

	if (c->begun)
		return;
	c->begun = true;
	opening_send(r, &c->doc.opening, tool, c->version);
	rd_emit(r, &c->start);
}

static void
on_tool(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct ctrf *c = r->state;

	c->tool = arena_dup(&r->keep, json_get_str(v, "name"));
	c->version = arena_dup(&r->keep, json_get_str(v, "version"));
	if (c->tool.n == 0)
		c->tool = none;
}

static void
on_generator(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct ctrf *c = r->state;

	c->generator = arena_dup(&r->keep, json_str(v));
	if (c->generator.n == 0)
		c->generator = none;
}

static void
on_summary(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct ctrf *c = r->state;
	int64_t n, start = ctrf_time(v, "start");

	/* Zero is what converters write that do not know. */
	if (start != 0)
		c->start.time_ns = start;
	c->duration = ctrf_time(v, "duration");
	if (c->duration == EM_UNSET && start > 0 &&
	    ctrf_time(v, "stop") > start)
		c->duration = ctrf_time(v, "stop") - start;
	if (json_i64(json_get(v, "tests"), &n) && n >= 0)
		c->start.total = n;
	c->stated = json_i64(json_get(v, "failed"), &n) && n > 0;
}

static void
keep_property(struct em_reader *r, struct ctrf *c, struct em_pairs pairs)
{
	struct em_event all = { .kind = EM_RUN_START };

	all.properties = pairs_join(&r->arena, c->start.properties, pairs);
	event_copy(&all, &all, &r->keep);
	c->start.properties = all.properties;
}

static void
on_environment(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct ctrf *c = r->state;
	struct em_event ev;

	if (!c->begun) {
		keep_property(r, c, jdoc_properties(&r->arena, v));
		return;
	}
	/* Too late for the start of the run. */
	em_event_init(&ev, EM_LOG);
	ev.level = EM_STR("info");
	ev.text = arena_join(
	    &r->arena, EM_STR("environment: "), json_print(&r->arena, v));
	rd_emit(r, &ev);
}

static void
on_run_id(void *arg, const struct json *v)
{
	struct em_pair pair = { EM_STR("runId"), json_str(v), false };
	struct em_reader *r = arg;

	if (pair.value.p != NULL)
		keep_property(r, r->state, (struct em_pairs){ &pair, 1 });
}

/* The summary has the number of tests, and the time if it is short. */
static void
take_run_start(struct em_reader *r, struct ctrf *c, const struct em_event *ev)
{
	int64_t total = c->start.total, time = c->start.time_ns;

	event_copy(&c->start, ev, &r->keep);
	c->start.total = total;
	if (c->start.time_ns == EM_UNSET)
		c->start.time_ns = time;
}

static void
on_results_extra(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct ctrf *c = r->state;
	struct em_event ev;

	if (c->begun)
		return;
	for (v = json_first(json_get(v, CARRY_NAME)); v != NULL; v = v->next) {
		if (!ctrf_carried_event(r, c, v, &ev))
			continue;
		if (ev.kind == EM_RUN_START) {
			take_run_start(r, c, &ev);
			continue;
		}
		begin_run(r, c);
		if (ev.kind == EM_RUN_COMPLETE)
			event_copy(&c->complete, &ev, &r->keep);
		if (ev.kind == EM_SUITE_START)
			suites_start(r, &c->suites, &ev);
		else if (ev.kind == EM_SUITE_COMPLETE)
			suites_end(r, &c->suites, &ev);
		else if (ev.kind == EM_LOG || ev.kind == EM_RUN_CANCEL)
			rd_emit(r, &ev);
		c->failed |=
		    ev.kind == EM_SUITE_COMPLETE && ev.outcome == EM_FAIL;
	}
}

/* ---- a test ---- */

static bool
has_key(struct em_pairs list, struct em_str key)
{
	for (size_t i = 0; i < list.n; i++)
		if (em_str_eq(list.v[i].key, key))
			return true;
	return false;
}

/* Labels, and what CTRF has members for and the protocol has not. */
static struct em_pairs
properties(struct em_reader *r, const struct json *v)
{
	static const char *const members[] = { "type", "browser", "device",
		"testId" };
	struct em_pairs labels =
	    jdoc_properties(&r->arena, json_get(v, "labels"));
	struct em_pairs parameters =
	    jdoc_properties(&r->arena, json_get(v, "parameters"));
	struct em_pair *p = arena_alloc(&r->arena,
	    (labels.n + parameters.n + ARRAY_LEN(members)) * sizeof(*p));
	struct em_pairs list = { p, 0 };

	if (p == NULL)
		return list;
	for (size_t i = 0; i < labels.n; i++)
		p[list.n++] = labels.v[i];
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct em_pair one = { em_str(members[i]),
			json_get_str(v, members[i]), false };

		if (one.value.p != NULL && !has_key(labels, one.key))
			p[list.n++] = one;
	}
	for (size_t i = 0; i < parameters.n; i++) {
		struct em_pair one = parameters.v[i];

		one.key = arena_join(&r->arena, EM_STR("parameters."), one.key);
		p[list.n++] = one;
	}
	return list;
}

/* The suite, and those around it, each named by its path.  "suite" was a
 * string once. */
static struct em_str
start_suites(struct em_reader *r, struct ctrf *c, const struct json *v)
{
	const struct json *part = json_first(v);
	struct em_event ev;

	em_event_init(&ev, EM_SUITE_START);
	if (part == NULL) {
		ev.suite = json_str(v);
		suites_start(r, &c->suites, &ev);
		return ev.suite;
	}
	for (; part != NULL; part = part->next) {
		struct em_str title = json_text(part);

		if (ev.suite.p == NULL) {
			ev.suite = title;
		} else {
			ev.parent = ev.suite;
			ev.title = title;
			ev.suite = arena_join(
			    &r->arena, ev.suite, EM_STR(CTRF_SUITE_SEP));
			ev.suite = arena_join(&r->arena, ev.suite, title);
		}
		suites_start(r, &c->suites, &ev);
	}
	return ev.suite;
}

static void
start_carried_suite(struct em_reader *r, struct ctrf *c, struct em_str suite)
{
	struct em_event ev;

	em_event_init(&ev, EM_SUITE_START);
	ev.suite = suite;
	suites_start(r, &c->suites, &ev);
}

/* What an attempt says of its time and lane. */
static void
place_in_time(const struct json *v, struct em_event *ev)
{
	ev->time_ns = ctrf_time(v, "start");
	if (ev->time_ns == 0)
		ev->time_ns = EM_UNSET;
	ev->worker = json_text(json_get(v, "threadId"));
}

static void
init_test(struct em_reader *r, const struct json *t, struct em_event *ev)
{
	int64_t line;

	em_event_init(ev, EM_CASE_START);
	ev->name = json_get_str(t, "name");
	if (ev->name.p == NULL)
		ev->name = EM_STR("");
	ev->location.file = json_get_str(t, "filePath");
	if (ev->location.file.p != NULL &&
	    json_i64(json_get(t, "line"), &line) && line > 0)
		ev->location.line = line;
	ev->tags = json_strs(&r->arena, json_get(t, "tags"));
	ev->properties = properties(r, t);
	place_in_time(t, ev);
}

/* The attempts that a test lists. */
struct attempts {
	const struct json *list;
	int64_t n; /* how many of the list count */
	bool test_first; /* they come after the test itself */
};

/*
 * The list holds attempts 1 to N-1; older documents have in it all N, or
 * those that followed the test itself.
 */
static struct attempts
listed_attempts(const struct json *t)
{
	struct attempts a = { .list =
				  json_first(json_get(t, "retryAttempts")) };
	const struct json *last = a.list;
	int64_t number, retries;

	if (a.list == NULL)
		return a;
	a.test_first =
	    json_i64(json_get(a.list, "attempt"), &number) && number > 1;
	for (a.n = 1; last->next != NULL; a.n++)
		last = last->next;
	if (!a.test_first && json_i64(json_get(t, "retries"), &retries) &&
	    retries == a.n - 1 &&
	    em_str_eq(json_get_str(last, "status"), json_get_str(t, "status")))
		a.n--;
	return a;
}

static enum em_outcome
emit_listed(struct em_reader *r, struct em_event *ev, const struct attempts *a)
{
	const struct json *v = a->list;
	int64_t first = ev->attempt == EM_UNSET ? 1 : ev->attempt;
	enum em_outcome outcome = EM_NONE;
	struct em_event one;
	struct entry e;

	for (int64_t i = 0; i < a->n; i++, v = v->next) {
		int64_t number = first + i;

		one = *ev;
		one.tags = (struct em_strs){ NULL, 0 };
		one.properties = (struct em_pairs){ NULL, 0 };
		place_in_time(v, &one);
		ctrf_entry_init(r, &e, v, &one);
		ctrf_same_case(&one, ev);
		one.attempt = number > 1 ? number : EM_UNSET;
		ctrf_entry_emit(r, &e);
		outcome = e.end.outcome;
	}
	ev->attempt = first + a->n;
	return outcome;
}

/* Retries that are counted and not listed. */
static int64_t
counted_attempts(const struct json *t)
{
	int64_t retries;

	if (!json_i64(json_get(t, "retries"), &retries) || retries < 0)
		retries = 0;
	if (retries == 0 && json_is_true(json_get(t, "flaky")))
		retries = 1;
	return retries < INT32_MAX ? retries + 1 : 1;
}

static void
emit_attempts(struct em_reader *r, const struct json *t, struct entry *e)
{
	struct ctrf *c = r->state;
	struct attempts a = listed_attempts(t);
	enum em_outcome outcome = e->end.outcome;

	if (a.n == 0)
		foreign_earlier(r, e->ev, counted_attempts(t));
	if (a.n > 0 && !a.test_first)
		emit_listed(r, e->ev, &a);
	ctrf_entry_emit(r, e);
	if (a.n > 0 && a.test_first) {
		e->ev->attempt =
		    e->ev->attempt == EM_UNSET ? 2 : e->ev->attempt + 1;
		outcome = emit_listed(r, e->ev, &a);
	}
	c->failed |= outcome == EM_FAIL;
}

static void
on_test(void *arg, const struct json *t)
{
	struct em_reader *r = arg;
	struct ctrf *c = r->state;
	struct em_event ev;
	struct entry e;

	begin_run(r, c);
	init_test(r, t, &ev);
	ctrf_entry_init(r, &e, t, &ev);
	if (ev.kind == EM_DISCOVER_CASE) {
		rd_emit(r, &ev);
		return;
	}
	if (e.started) {
		start_carried_suite(r, c, ev.suite);
	} else {
		ev.suite = start_suites(r, c, json_get(t, "suite"));
		rd_repeat(r, &ev);
	}
	emit_attempts(r, t, &e);
}

/* ---- the document ---- */

static void
begin(struct em_reader *r)
{
	struct ctrf *c = r->state;

	em_event_init(&c->start, EM_RUN_START);
	em_event_init(&c->complete, EM_RUN_COMPLETE);
	c->tool = c->version = c->generator = none;
	c->duration = EM_UNSET;
	c->begun = c->failed = c->stated = false;
}

static bool
end(struct em_reader *r, bool complete)
{
	struct ctrf *c = r->state;
	struct em_event ev;

	begin_run(r, c);
	if (!complete)
		return true;
	if (!suites_complete(r, &c->suites))
		return false;
	ev = c->complete;
	if (c->failed || c->stated) {
		ev.outcome = EM_FAIL;
		if (!c->failed && ev.status.p == NULL)
			ev.status = EM_STR("error");
	} else if (ev.outcome == EM_NONE) {
		ev.outcome = EM_PASS;
	}
	if (ev.duration_ns == EM_UNSET)
		ev.duration_ns = c->duration;
	rd_emit(r, &ev);
	return true;
}

static const struct json_want wants[] = {
	{ "generatedBy", on_generator, NULL, NULL },
	{ "runId", on_run_id, NULL, NULL },
	{ "results.tool", on_tool, NULL, NULL },
	{ "results.summary", on_summary, NULL, NULL },
	{ "results.environment", on_environment, NULL, NULL },
	{ "results.extra", on_results_extra, NULL, NULL },
	{ "results.tests.*", on_test, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

static enum em_rc
ctrf_open(struct em_reader *r)
{
	struct ctrf *c = r->state;

	c->doc.opening.producer = "ctrf";
	c->doc.wants = wants;
	c->doc.begin = begin;
	c->doc.end = end;
	return EM_OK;
}

static enum em_rc
ctrf_step(struct em_reader *r)
{
	struct ctrf *c = r->state;

	return jdoc_step(r, &c->doc);
}

static void
ctrf_close(struct em_reader *r)
{
	struct ctrf *c = r->state;

	jdoc_close(&c->doc);
	suites_free(&c->suites);
	carry_free(&c->carry);
}

const struct em_format format_ctrf = {
	.info = {
		.name = "ctrf",
		.title = "Common Test Report Format (CTRF)",
		.flags = EM_FMT_READ | EM_FMT_WRITE,
		.losses = "the order of stdout and stderr, missing line ends "
			  "of last lines, times of what is not a start and "
			  "those since the start of the stream, what is known "
			  "of runs but the first, that a run has no end or a "
			  "listing is none, cases not selected, warnings of "
			  "slow cases, unknown events and members",
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct ctrf),
		.open = ctrf_open,
		.step = ctrf_step,
		.close = ctrf_close,
	},
	.write = {
		.state_size = sizeof(struct ctrf_writer),
		.open = ctrf_writer_open,
		.event = ctrf_writer_event,
		.finish = ctrf_writer_finish,
		.close = ctrf_writer_close,
	},
};
