/* SPDX-License-Identifier: MIT */
/*
 * What libtest2, the experiment after eRFC 3558, emits: the draft that this
 * protocol grew from, and the older spelling of libtest-next.  It states no
 * outcome: an error beats ignored, which beats nothing.  Times are strings of
 * seconds.  The binaries of one stream are named as in libtest.c.
 */
#include <string.h>

#include "format.h"
#include "libtest2.h"
#include "opened.h"

enum { SAID_ERROR = 1, SAID_IGNORED = 2 }; /* bits of a case */

static void
init(struct em_event *ev, enum em_kind kind, const struct libtest2 *l,
    const struct json *v)
{
	struct em_str elapsed = json_text(json_get(v, "elapsed_s"));

	em_event_init(ev, kind);
	ev->suite = l->suite;
	if (elapsed.p == NULL || !str_ns(elapsed, 9, &ev->elapsed_ns))
		ev->elapsed_ns = EM_UNSET;
}

/* ---- binaries ---- */

/* A binary begins: it discovers, or runs, or what ran before has ended. */
static void
begin_binary(struct em_reader *r, struct libtest2 *l)
{
	if (l->in_binary)
		return;
	l->in_binary = true;
	l->suite = libtest_next_suite(r, &l->naming);
}

static void
begin_run(struct em_reader *r, const struct json *v)
{
	struct libtest2 *l = r->state;
	struct em_event ev;

	begin_binary(r, l);
	if (!l->running) {
		init(&ev, EM_RUN_START, l, v);
		ev.suite = (struct em_str){ NULL, 0 };
		ev.seed = l->seed;
		rd_emit(r, &ev);
	}
	l->running = true;
	if (!l->binary_runs && l->suite.p != NULL) {
		init(&ev, EM_SUITE_START, l, v);
		rd_emit(r, &ev);
	}
	l->binary_runs = true;
}

/* Cases that never completed, when their binary has. */
static void
end_cases(struct em_reader *r, struct libtest2 *l)
{
	struct em_event ev;

	while (l->open != NULL) {
		em_event_init(&ev, EM_CASE_COMPLETE);
		ev.suite = l->suite;
		ev.name = l->open->name;
		ev.iteration = l->open->iteration;
		ev.flags = EM_F_SYNTHETIC;
		ev.outcome = EM_FAIL;
		ev.status = EM_STR("incomplete");
		ev.reason = EM_STR("the test never completed");
		rd_emit(r, &ev);
		l->failed = true;
		opened_close(&l->cases, &l->open, l->open);
	}
}

static void
end_binary(struct em_reader *r, const struct json *v, bool whole)
{
	struct libtest2 *l = r->state;
	struct em_event ev;

	if (!l->binary_runs) {
		l->in_binary = false;
		return;
	}
	end_cases(r, l);
	init(&ev, EM_SUITE_COMPLETE, l, v);
	l->ended_ns = ev.elapsed_ns;
	if (!whole) {
		ev.flags = EM_F_SYNTHETIC;
		ev.outcome = EM_FAIL;
		ev.status = EM_STR("incomplete");
		ev.reason = EM_STR("the test binary ended early");
		l->failed = true;
	}
	if (l->suite.p != NULL)
		rd_emit(r, &ev);
	l->in_binary = l->binary_runs = false;
}

/* ---- cases ---- */

static struct opened *
find_case(struct em_reader *r, const struct json *v, bool *is_new)
{
	struct libtest2 *l = r->state;
	struct em_str name = json_get_str(v, "name");
	const struct em_str id[] = { l->suite, name };
	struct table_key key = table_key(id, ARRAY_LEN(id), 0);
	struct opened *c = opened_find(&l->cases, key);
	static const struct em_str none;

	*is_new = c == NULL;
	if (c == NULL)
		c = opened_add(&l->cases, &l->open, key, name, none);
	if (c == NULL)
		r->keep.failed = true;
	return c;
}

/* The case of an event, started if it had not. */
static struct opened *
started(struct em_reader *r, const struct json *v, unsigned flags)
{
	struct libtest2 *l = r->state;
	struct opened *c;
	struct em_event ev;
	bool is_new;

	if (!l->binary_runs)
		begin_run(r, v);
	c = find_case(r, v, &is_new);
	if (c == NULL || !is_new)
		return c;
	init(&ev, EM_CASE_START, l, v);
	ev.flags = flags;
	ev.name = c->name;
	ev.mode = json_get_str(v, "mode");
	rd_repeat(r, &ev);
	c->iteration = ev.iteration;
	rd_emit(r, &ev);
	return c;
}

static void
case_start(struct em_reader *r, const struct json *v)
{
	started(r, v, 0);
}

static void
say(struct em_reader *r, struct opened *c, const struct json *v,
    struct em_str kind)
{
	struct libtest2 *l = r->state;
	struct em_str message = json_get_str(v, "message");
	struct em_event ev;

	if (str_eq(kind, "error"))
		c->bits |= SAID_ERROR;
	if (str_eq(kind, "ignored")) {
		c->bits |= SAID_IGNORED;
		if (message.p != NULL && !opened_note(c, message))
			r->keep.failed = true;
	}
	init(&ev, EM_CASE_MESSAGE, l, v);
	ev.name = c->name;
	ev.iteration = c->iteration;
	ev.message_kind = kind;
	ev.message = message;
	rd_emit(r, &ev);
}

static void
case_message(struct em_reader *r, const struct json *v)
{
	struct em_str kind = json_get_str(v, "kind");
	struct opened *c = started(r, v, EM_F_SYNTHETIC);

	if (c != NULL)
		say(r, c, v, kind.p != NULL ? kind : EM_STR("note"));
}

static void
case_complete(struct em_reader *r, const struct json *v)
{
	struct libtest2 *l = r->state;
	struct opened *c = started(r, v, EM_F_SYNTHETIC);
	struct em_str status = json_get_str(v, "status"); /* libtest-next */
	struct em_event ev;

	if (c == NULL)
		return;
	if (str_eq(status, "failed"))
		say(r, c, v, EM_STR("error"));
	else if (str_eq(status, "ignored"))
		say(r, c, v, status);
	init(&ev, EM_CASE_COMPLETE, l, v);
	ev.name = c->name;
	ev.iteration = c->iteration;
	ev.outcome = EM_PASS;
	if (c->bits & SAID_ERROR) {
		ev.outcome = EM_FAIL;
		l->failed = true;
	} else if (c->bits & SAID_IGNORED) {
		ev.outcome = EM_SKIP;
		ev.status = EM_STR("ignored");
		ev.reason = c->note;
	}
	rd_emit(r, &ev);
	opened_close(&l->cases, &l->open, c);
}

/* ---- discovery and runs ---- */

static void
discover_start(struct em_reader *r, const struct json *v)
{
	struct libtest2 *l = r->state;
	struct em_event ev;

	if (l->in_binary)
		end_binary(r, v, false);
	begin_binary(r, l);
	init(&ev, EM_DISCOVER_START, l, v);
	rd_emit(r, &ev);
}

static void
discover_case(struct em_reader *r, const struct json *v)
{
	struct libtest2 *l = r->state;
	const struct json *selected = json_get(v, "selected");
	struct em_event ev;

	if (selected == NULL)
		selected = json_get(v, "run"); /* libtest-next */
	begin_binary(r, l);
	init(&ev, EM_DISCOVER_CASE, l, v);
	ev.name = json_get_str(v, "name");
	ev.mode = json_get_str(v, "mode");
	if (selected != NULL && selected->type == JSON_FALSE) {
		ev.selected = EM_FALSE;
		ev.status = EM_STR("filtered");
	}
	rd_emit(r, &ev);
}

static void
discover_complete(struct em_reader *r, const struct json *v)
{
	struct libtest2 *l = r->state;
	struct em_event ev;

	l->seed = arena_dup(&r->keep, json_text(json_get(v, "seed")));
	init(&ev, EM_DISCOVER_COMPLETE, l, v);
	rd_emit(r, &ev);
}

static void
run_start(struct em_reader *r, const struct json *v)
{
	struct libtest2 *l = r->state;

	if (l->binary_runs)
		end_binary(r, v, false);
	begin_run(r, v);
}

static void
run_complete(struct em_reader *r, const struct json *v)
{
	struct libtest2 *l = r->state;

	if (!l->binary_runs)
		begin_run(r, v);
	end_binary(r, v, true);
}

/* ---- lines ---- */

static const struct {
	const char *event, *old; /* in the draft; in libtest-next */
	bool named; /* it must say a name */
	void (*take)(struct em_reader *r, const struct json *v);
} events[] = {
	{ "discover_start", "discover-start", false, discover_start },
	{ "discover_case", "discover-case", true, discover_case },
	{ "discover_complete", "discover-complete", false, discover_complete },
	{ "run_start", "suite-start", false, run_start },
	{ "case_start", "case-start", true, case_start },
	{ "case_message", "case-message", true, case_message },
	{ "case_complete", "case-complete", true, case_complete },
	{ "run_complete", "suite-complete", false, run_complete },
};

static enum em_rc
object(struct em_reader *r, struct em_str line, bool lf)
{
	struct em_error e = { .code = EM_E_NONE };
	const struct json *v =
	    json_parse(&r->arena, line, r->opts.limits.depth_max, &e);
	struct em_str event = json_get_str(v, "event");

	if (v == NULL)
		return rd_bad_json(r, line, lf, &e);
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		if (!str_eq(event, events[i].event) &&
		    !str_eq(event, events[i].old))
			continue;
		if (events[i].named && json_get_str(v, "name").p == NULL)
			return rd_bad(
			    r, line, "%s has no name", events[i].event);
		events[i].take(r, v);
		return EM_OK;
	}
	return rd_noise(r, line);
}

/* Where an event starts behind text that did not end its line. */
static ptrdiff_t
find_event(struct em_str line)
{
	return str_find(line, "{\"event\":\"");
}

static enum em_rc
text(struct em_reader *r, struct em_str line, bool lf)
{
	struct libtest2 *l = r->state;
	struct em_str event;
	enum em_rc rc =
	    libtest_text(r, &l->naming, line, find_event(line), &event);

	return rc == EM_OK && event.p != NULL ? object(r, event, lf) : rc;
}

static enum em_rc
end(struct em_reader *r)
{
	struct libtest2 *l = r->state;
	struct em_event ev;

	if (l->in_binary && l->binary_runs)
		rd_cut(r, "the run does not end");
	if (r->stats.truncated || !l->running)
		return EM_EOF;
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = l->failed ? EM_FAIL : EM_PASS;
	ev.elapsed_ns = l->ended_ns;
	rd_emit(r, &ev);
	return EM_EOF;
}

static enum em_rc
step(struct em_reader *r)
{
	static const struct em_str none;
	struct libtest2 *l = r->state;
	struct em_str line, trimmed;
	bool lf;
	enum em_rc rc = in_line(r->in, &line, &lf);

	if (!l->begun)
		rd_protocol(r, EM_STR("libtest2"), none);
	l->begun = true;
	if (rc == EM_EOF)
		return end(r);
	if (rc != EM_OK)
		return rc;
	if (in_lines(r->in) == 1 && str_starts(line, "\xef\xbb\xbf"))
		line = str_from(line, 3);
	trimmed = str_trim(line);
	if (trimmed.n == 0)
		return EM_OK;
	if (trimmed.p[0] == '{')
		return object(r, trimmed, lf);
	return text(r, line, lf);
}

static void
close_reader(struct em_reader *r)
{
	struct libtest2 *l = r->state;

	while (l->open != NULL)
		opened_close(&l->cases, &l->open, l->open);
	table_free(&l->cases);
}

/*
 * The protocol proper has these events too, but starts with another, and
 * counts in nanoseconds.
 */
static void
aside(struct em_reader *r, struct em_str line)
{
	struct libtest2 *l = r->state;

	libtest_aside(r, &l->naming, line);
}

static int
probe(struct em_str head, bool eof)
{
	static const char key[] = "{\"event\":\"";
	struct em_str line;
	int rc;

	while ((rc = probe_line(&head, eof, "{", &line)) == 1) {
		if (!str_starts(line, key))
			continue;
		line = str_from(line, strlen(key));
		if (str_starts(line, "protocol\""))
			return 0;
		for (size_t i = 0; i < ARRAY_LEN(events); i++)
			if (str_starts(line, events[i].old))
				return PROBE_SURE;
		if (str_find(line, "\"elapsed_s\":") > 0)
			return PROBE_SURE;
		if (str_starts(line, "discover_start\"") &&
		    str_find(line, "_ns\":") < 0)
			return 8 * (int)strlen("\"event\":\"discover_start\"");
		return 0;
	}
	return rc;
}

static const struct em_format_option options[] = {
	{ "failures", "end|now",
	    "write: failed cases when the run ends, since a retry may pass, "
	    "or at once" },
	{ NULL, NULL, NULL },
};

const struct em_format format_libtest2 = {
	.info = {
		.name = "libtest2",
		.title = "libtest2 draft (libtest-json 0.0.2, libtest-next)",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "runs, suites, classes, variants and iterations but "
			  "as part of names, attempts but the last, output, "
			  "durations but between times, details and members "
			  "of messages, messages that are no errors, statuses, "
			  "reasons but of skips, exit codes and signals, "
			  "locations, metrics, attachments, modes, tags, "
			  "properties, workers, log lines, what is known of "
			  "runs and suites",
		.options = options,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct libtest2),
		.step = step,
		.aside = aside,
		.close = close_reader,
	},
	.write = {
		.state_size = sizeof(struct libtest2_writer),
		.open = libtest2_write_open,
		.event = libtest2_write_event,
		.finish = libtest2_write_finish,
		.close = libtest2_write_close,
	},
};
