/* SPDX-License-Identifier: MIT */
/*
 * TeamCity service messages, between whatever else a build writes.  Tests
 * belong to a flow, which has a stack of suites; a test is known by its flow
 * and name.  A flow is the lane of its tests.
 */
#include "teamcity.h"

/* ---- recognition ---- */

static int
probe(struct em_str head, bool eof)
{
	static const char *const sure[] = { "test", "flow" };
	int bits = 0;
	ptrdiff_t at;

	while ((at = str_find(head, TC_START)) >= 0) {
		head = str_from(head, (size_t)at + sizeof(TC_START) - 1);
		bits = 8 * (int)(sizeof(TC_START) - 1);
		for (size_t i = 0; i < ARRAY_LEN(sure); i++)
			if (str_starts(head, sure[i]))
				return PROBE_SURE;
	}
	return eof ? bits : PROBE_MORE;
}

/* ---- flows and suites ---- */

static struct tc_flow *
flow_at(struct em_reader *r, struct teamcity *t, struct em_str id)
{
	uint64_t *slot = table_at(&t->flows, table_key(&id, 1, 0));
	struct tc_flow *f;

	if (slot != NULL && *slot != 0)
		return (struct tc_flow *)(uintptr_t)*slot;
	f = slot != NULL ? arena_alloc(&r->keep, sizeof(*f)) : NULL;
	if (f == NULL)
		r->keep.failed = true;
	else
		*slot = (uint64_t)(uintptr_t)f;
	return f;
}

/* The innermost suite around what happens in the flow; absent: none. */
struct em_str
tc_suite(const struct tc_flow *f)
{
	for (; f != NULL; f = f->parent)
		if (f->level != NULL)
			return f->level->path;
	return (struct em_str){ NULL, 0 };
}

static void
start_suite(struct em_reader *r, struct teamcity *t, struct tc_flow *f)
{
	struct em_str name = tc_get(&t->m, "name"), outer = tc_suite(f);
	struct tc_level *l = f->spare;
	struct em_event ev;

	if (l != NULL)
		f->spare = l->outer;
	else if ((l = arena_alloc(&r->keep, sizeof(*l))) == NULL)
		return;
	if (!tc_carried(r, t, EM_SUITE_START, &ev)) {
		em_event_init(&ev, EM_SUITE_START);
		ev.suite = name;
	}
	ev.time_ns = tc_time(&t->m);
	if (outer.p != NULL) {
		ev.suite = arena_join(
		    &r->arena, arena_join(&r->arena, outer, EM_STR("/")), name);
		ev.parent = outer;
		ev.title = name;
	}
	l->path = arena_dup(&r->keep, ev.suite);
	l->outer = f->level;
	f->level = l;
	t->levels++;
	runs_emit(r, &t->runs, &ev);
	t->started = true;
}

static void
end_suite(struct em_reader *r, struct teamcity *t, struct tc_flow *f)
{
	struct tc_level *l = f->level;

	if (l == NULL) {
		rd_warn(r, "a suite ends that was not started");
		return;
	}
	f->level = l->outer;
	l->outer = f->spare;
	f->spare = l;
	t->levels--;
}

/* ---- what is said of the build ---- */

static void
emit_log(struct em_reader *r, struct em_str text, struct em_str level,
    int64_t time_ns)
{
	struct em_event ev;

	em_event_init(&ev, EM_LOG);
	ev.text = text;
	ev.level = level;
	ev.time_ns = time_ns;
	rd_emit(r, &ev);
}

static void
take_log(struct em_reader *r, struct teamcity *t)
{
	struct em_str status = tc_get(&t->m, "status");
	struct em_str text = tc_get(&t->m, "text");
	struct em_str details = tc_get(&t->m, "errorDetails");
	struct em_str level = { NULL, 0 };

	if (str_eq(status, "WARNING"))
		level = EM_STR("warning");
	else if (str_eq(status, "ERROR") || str_eq(status, "FAILURE"))
		level = EM_STR("error");
	if (text.p != NULL)
		emit_log(r, text, level, tc_time(&t->m));
	if (details.n > 0)
		emit_log(r, details, level, tc_time(&t->m));
}

/* A failure that is no test's: of a suite or run where a writer of testpipe
 * says so, else of the run. */
static void
take_problem(struct em_reader *r, struct teamcity *t, struct em_str text)
{
	struct em_str said = tc_get(&t->m, TC_CARRY);
	struct em_event ev;

	t->started = true;
	if (said.p != NULL && carry_get(&t->carry, r, said, &ev)) {
		if (ev.kind == EM_SUITE_COMPLETE ||
		    ev.kind == EM_RUN_COMPLETE) {
			runs_end(r, &t->runs, &ev);
			return;
		}
		if (ev.kind == EM_RUN_START) {
			t->cut = true;
			return;
		}
		if (em_event_is_case(&ev)) {
			runs_emit_late(r, &t->runs, &ev);
			return;
		}
	}
	runs_fail(r, &t->runs, (struct em_str){ NULL, 0 }, EM_STR("error"));
	if (text.p != NULL)
		emit_log(r, text, EM_STR("error"), tc_time(&t->m));
}

static void
take_count(struct em_reader *r, struct teamcity *t)
{
	struct em_event ev;
	int64_t n;

	if (t->started || !str_i64(tc_get(&t->m, "count"), &n) || n < 0)
		return;
	em_event_init(&ev, EM_RUN_START);
	ev.total = n;
	ev.time_ns = tc_time(&t->m);
	runs_emit(r, &t->runs, &ev);
	t->started = true;
}

static void
start_flow(struct em_reader *r, struct teamcity *t, struct tc_flow *f)
{
	struct em_str parent = tc_get(&t->m, "parent");
	struct tc_flow *p = parent.p != NULL ? flow_at(r, t, parent) : NULL;

	/* No circles. */
	for (const struct tc_flow *up = p; up != NULL; up = up->parent)
		if (up == f)
			return;
	f->parent = p;
}

/* ---- messages ---- */

enum word {
	W_SUITE_STARTED,
	W_SUITE_FINISHED,
	W_STARTED,
	W_FAILED,
	W_IGNORED,
	W_STDOUT,
	W_STDERR,
	W_FINISHED,
	W_METADATA,
	W_RETRIES,
	W_COUNT,
	W_FLOW_STARTED,
	W_FLOW_FINISHED,
	W_MESSAGE,
	W_PROBLEM,
	W_STATUS,
	W_OFF,
	W_OTHER
};

static enum word
word_of(struct em_str name)
{
	static const char *const names[] = {
		[W_SUITE_STARTED] = "testSuiteStarted",
		[W_SUITE_FINISHED] = "testSuiteFinished",
		[W_STARTED] = "testStarted",
		[W_FAILED] = "testFailed",
		[W_IGNORED] = "testIgnored",
		[W_STDOUT] = "testStdOut",
		[W_STDERR] = "testStdErr",
		[W_FINISHED] = "testFinished",
		[W_METADATA] = "testMetadata",
		[W_RETRIES] = "testRetrySupport",
		[W_COUNT] = "testCount",
		[W_FLOW_STARTED] = "flowStarted",
		[W_FLOW_FINISHED] = "flowFinished",
		[W_MESSAGE] = "message",
		[W_PROBLEM] = "buildProblem",
		[W_STATUS] = "buildStatus",
		[W_OFF] = "disableServiceMessages",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i]))
			return (enum word)i;
	return W_OTHER;
}

/* Messages about tests and suites must have a name. */
static bool
needs_name(enum word w)
{
	return w <= W_FINISHED;
}

static void
take_message(struct em_reader *r, struct teamcity *t, enum word w,
    struct tc_flow *f, struct em_str line)
{
	switch (w) {
	case W_SUITE_STARTED:
		start_suite(r, t, f);
		break;
	case W_SUITE_FINISHED:
		end_suite(r, t, f);
		break;
	case W_STARTED:
		tc_start(r, t, f);
		break;
	case W_FAILED:
		tc_failed(r, t, f);
		break;
	case W_IGNORED:
		tc_ignored(r, t, f);
		break;
	case W_STDOUT:
		tc_output(r, t, f, EM_STR("stdout"));
		break;
	case W_STDERR:
		tc_output(r, t, f, EM_STR("stderr"));
		break;
	case W_FINISHED:
		tc_finished(r, t);
		break;
	case W_METADATA:
		tc_metadata(r, t, f);
		break;
	case W_RETRIES:
		t->retries = str_eq(tc_get(&t->m, "enabled"), "true");
		break;
	case W_COUNT:
		take_count(r, t);
		break;
	case W_FLOW_STARTED:
		start_flow(r, t, f);
		break;
	case W_FLOW_FINISHED:
		break;
	case W_MESSAGE:
		take_log(r, t);
		break;
	case W_PROBLEM:
		take_problem(r, t, tc_get(&t->m, "description"));
		break;
	case W_STATUS:
		if (str_eq(tc_get(&t->m, "status"), "FAILURE") ||
		    str_eq(tc_get(&t->m, "status"), "ERROR"))
			take_problem(r, t, tc_get(&t->m, "text"));
		break;
	case W_OFF:
		t->off = true;
		break;
	case W_OTHER:
		emit_log(r, line, (struct em_str){ NULL, 0 }, tc_time(&t->m));
		break;
	}
}

/* ---- lines ---- */

/* What a build writes: output of the test that asked for it, when it is the
 * only one there. */
static enum em_rc
take_text(struct em_reader *r, struct teamcity *t, struct em_str text, bool lf)
{
	const struct member *first = t->open.first;
	const struct tc_test *test = (const struct tc_test *)first;
	struct em_event ev;

	if (first == NULL || first->next != NULL || !test->captures)
		return str_trim(text).n > 0 ? rd_noise(r, text) : EM_OK;
	tc_test_event(&ev, EM_CASE_OUTPUT, &test->id, EM_UNSET);
	ev.stream = EM_STR("stdout");
	ev.text = lf ? arena_join(&r->arena, text, EM_STR("\n")) : text;
	if (ev.text.n > 0)
		runs_emit(r, &t->runs, &ev);
	return EM_OK;
}

static enum em_rc
take_line(struct em_reader *r, struct teamcity *t, struct em_str line, bool lf)
{
	ptrdiff_t at = str_find(line, TC_START);
	struct em_str message, text;
	struct tc_flow *f;
	enum word w;
	enum em_rc rc = EM_OK;

	if (at < 0)
		return take_text(r, t, line, lf);
	message = str_from(line, (size_t)at);
	text = str_upto(line, (size_t)at);
	if (t->off) {
		t->off = !str_starts(message, TC_START "enableServiceMessages");
		return rd_noise(r, line);
	}
	if (text.n > 0 && (rc = take_text(r, t, text, false)) != EM_OK)
		return rc;
	if (!tc_parse(&r->arena, message, &t->m))
		return rd_bad(r, message, "malformed service message");
	w = word_of(t->m.name);
	if (needs_name(w) && tc_get(&t->m, "name").p == NULL)
		return rd_bad(r, message, "%.40s without a name",
		    arena_cstr(&r->arena, t->m.name));
	f = flow_at(r, t, tc_get(&t->m, "flowId"));
	if (f == NULL)
		return EM_OK;
	take_message(r, t, w, f, message);
	if (str_trim(t->m.rest).n > 0)
		rc = take_text(r, t, t->m.rest, lf);
	return rc;
}

/* ---- the reader ---- */

static enum em_rc
teamcity_open(struct em_reader *r)
{
	struct teamcity *t = r->state;

	crowd_init(&t->open, sizeof(struct tc_test));
	arena_init(&t->last_arena, r->opts.limits.memory_max);
	rd_protocol(r, EM_STR("teamcity"), (struct em_str){ NULL, 0 });
	return EM_OK;
}

static void
teamcity_close(struct em_reader *r)
{
	struct teamcity *t = r->state;

	crowd_free(&t->open);
	arena_free(&t->last_arena);
	table_free(&t->flows);
	table_free(&t->tries);
	runs_free(&t->runs);
	carry_free(&t->carry);
}

/* Nothing says that a build has ended, but its suites do. */
static void
end_input(struct em_reader *r, struct teamcity *t)
{
	if (t->ending)
		return;
	t->ending = true;
	if (in_bytes(r->in) == 0)
		rd_empty(r);
	else if (t->cut)
		rd_cut(r, "the run has no end");
	else if (t->levels > 0)
		rd_cut(r, "%zu suites have no end", t->levels);
	else
		return;
	t->cut = true;
}

static enum em_rc
teamcity_step(struct em_reader *r)
{
	struct teamcity *t = r->state;
	struct em_str line;
	bool lf;
	enum em_rc rc = in_line(r->in, &line, &lf);

	if (rc == EM_EOF) {
		end_input(r, t);
		return runs_complete(r, &t->runs, t->cut) ? EM_EOF : EM_OK;
	}
	if (rc != EM_OK)
		return rc;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return take_line(r, t, line, lf);
}

const struct em_format format_teamcity = {
	.info = {
		.name = "teamcity",
		.title = "TeamCity service messages",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "listings, attached data, bytes that are not UTF-8, "
			  "times below milliseconds, suites and runs but for "
			  "their failures",
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct teamcity),
		.open = teamcity_open,
		.step = teamcity_step,
		.close = teamcity_close,
	},
	.write = {
		.state_size = sizeof(struct teamcity_writer),
		.open = teamcity_write_open,
		.event = teamcity_write_event,
		.finish = teamcity_write_finish,
		.close = teamcity_write_close,
	},
};
