/* SPDX-License-Identifier: MIT */
/*
 * cargo-difftests: which tests are dirty, as analyze-all writes it (versions
 * 0.5 and 0.6), the lines by which a runner tells how it goes, and the
 * invocation file from which a runner knows what to run.
 *
 * A test is known by its name and whatever its project adds to it, which is
 * any JSON; that is kept as the text of a property, since a runner wants it
 * back.
 */
#include <string.h>

#include "foreign.h"
#include "jsondoc.h"
#include "jsonout.h"
#include "scan.h"

#define EXTRA "difftests.extra"
#define DIR "difftests.dir"
#define PREFIX "cargo-difftests-"

enum mode { UNKNOWN, DOCUMENT, LINES };

struct difftests {
	struct jdoc doc;
	enum mode mode;
	int64_t listed;
	/* of a runner */
	struct em_str open; /* the test that runs; absent: none */
	int64_t iteration;
	bool begun, failed, over;
};

static const struct em_str none;

static int
probe_document(struct em_str head, bool eof)
{
	static const char *const keys[] = { "difftest", "test_info",
		"test_desc", "difftest_group", NULL };
	int found, rc = jdoc_find(&head, eof);

	if (rc != 1)
		return rc;
	if (head.p[0] != '[')
		return 0;
	rc = probe_json_keys(head, eof, keys, &found);
	if (rc != 1)
		return rc;
	if (str_find(head, "\"verdict\"") >= 0)
		return PROBE_SURE;
	return eof ? 0 : PROBE_MORE;
}

static bool
is_runner_line(struct em_str line)
{
	return str_starts(line, PREFIX "test-counts::") ||
	    str_starts(line, PREFIX "start-test::") ||
	    str_starts(line, PREFIX "test-successful::") ||
	    str_starts(line, PREFIX "test-failed::");
}

static int
probe_lines(struct em_str head, bool eof)
{
	struct em_str line;
	int rc;

	while ((rc = probe_line(&head, eof, "c", &line)) == 1)
		if (is_runner_line(line))
			return PROBE_SURE;
	return rc;
}

static int
probe(struct em_str head, bool eof)
{
	int document = probe_document(head, eof);
	int lines = probe_lines(head, eof);

	if (document > 0 || lines > 0)
		return PROBE_SURE;
	return document == 0 && lines == 0 ? 0 : PROBE_MORE;
}

/* ---- the analysis ---- */

static void
begin(struct em_reader *r)
{
	struct difftests *d = r->state;

	d->listed = 0;
	opening_send(r, &d->doc.opening, none, none);
	rd_simple(r, EM_DISCOVER_START);
}

/* The package and crate that version 0.5 has its own runner look at. */
static struct em_str
crate_of(struct em_reader *r, const struct json *extra)
{
	struct em_str package = json_get_str(extra, "pkg_name");
	struct em_str crate = json_get_str(extra, "crate_name");

	if (package.p == NULL || crate.p == NULL)
		return package.p != NULL ? package : crate;
	return arena_printf(&r->arena, "%.*s::%.*s", (int)package.n, package.p,
	    (int)crate.n, crate.p);
}

static void
emit_test(struct em_reader *r, const struct json *element, struct em_str name,
    struct em_str suite, const struct json *extra)
{
	struct difftests *d = r->state;
	struct em_str verdict = json_get_str(element, "verdict");
	struct em_str dir = json_str(json_path(element, "difftest.dir"));
	struct em_pair p[2];
	struct em_event ev;
	size_t n = 0;

	em_event_init(&ev, EM_DISCOVER_CASE);
	ev.name = name.p != NULL ? name : EM_STR("");
	if (suite.n > 0)
		ev.suite = suite;
	rd_repeat(r, &ev);
	ev.selected = EM_TRUE;
	if (str_eq(verdict, "clean")) {
		ev.selected = EM_FALSE;
		ev.status = EM_STR("difftests.clean");
		ev.reason = EM_STR("no file that it touches has changed");
	}
	if (dir.p == NULL)
		dir = json_str(json_path(element, "difftest_group.dir"));
	if (extra != NULL && extra->type != JSON_NULL)
		p[n++] = (struct em_pair){ EM_STR(EXTRA),
			json_print(&r->arena, extra), false };
	if (dir.p != NULL)
		p[n++] = (struct em_pair){ EM_STR(DIR), dir, false };
	ev.properties = (struct em_pairs){ p, n };
	rd_emit(r, &ev);
	d->listed++;
}

/* Version 0.5 has a verdict for a group of tests, and no names. */
static void
on_element(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	const struct json *info = json_get(v, "test_info");
	const struct json *desc = json_first(json_get(v, "test_desc"));

	if (info != NULL)
		emit_test(r, v, json_get_str(info, "test_name"),
		    json_get_str(info, "test_binary"),
		    json_get(info, "extra_desc"));
	for (; desc != NULL; desc = desc->next) {
		const struct json *extra = json_get(desc, "extra");
		struct em_str name = json_get_str(extra, "test_name");
		struct em_str suite = json_get_str(desc, "bin_path");

		if (name.p == NULL)
			name = json_print(&r->arena, extra);
		if (suite.n == 0)
			suite = crate_of(r, extra);
		emit_test(r, v, name, suite, extra);
	}
}

static bool
end(struct em_reader *r, bool complete)
{
	struct difftests *d = r->state;
	struct em_event ev;

	if (!complete)
		return true;
	em_event_init(&ev, EM_DISCOVER_COMPLETE);
	ev.total = d->listed;
	rd_emit(r, &ev);
	return true;
}

/* ---- the lines of a runner ---- */

static void
begin_run(struct em_reader *r, struct difftests *d, int64_t total)
{
	struct em_event ev;

	if (d->begun)
		return;
	d->begun = true;
	opening_send(r, &d->doc.opening, none, none);
	em_event_init(&ev, EM_RUN_START);
	ev.total = total;
	rd_emit(r, &ev);
}

static void
complete_test(struct em_reader *r, struct difftests *d, enum em_outcome outcome)
{
	struct em_event ev;

	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.name = d->open;
	ev.iteration = d->iteration;
	ev.outcome = outcome;
	rd_emit(r, &ev);
	d->failed |= outcome == EM_FAIL;
	d->open = none;
}

static void
start_test(struct em_reader *r, struct difftests *d, struct em_str name)
{
	struct em_event ev;

	begin_run(r, d, EM_UNSET);
	d->open = arena_dup(&r->keep, name);
	em_event_init(&ev, EM_CASE_START);
	ev.name = d->open;
	rd_repeat(r, &ev);
	d->iteration = ev.iteration;
	rd_emit(r, &ev);
}

static enum em_rc
end_test(struct em_reader *r, struct difftests *d, struct em_str line,
    struct em_str name, enum em_outcome outcome)
{
	if (!em_str_eq(d->open, name))
		return rd_bad(r, line, "the end of a test that did not start");
	complete_test(r, d, outcome);
	return EM_OK;
}

/* "None", "Done", "Error", or how many of how many tests have run. */
static enum em_rc
on_counts(struct em_reader *r, struct difftests *d, struct em_str line,
    struct em_str text)
{
	struct em_error e = { .code = EM_E_NONE };
	const struct json *v =
	    json_parse(&r->arena, text, r->opts.limits.depth_max, &e);
	int64_t total = EM_UNSET;

	if (v == NULL)
		return rd_bad(r, line, "%s", e.msg);
	if (json_i64(json_path(v, "Running.total_test_count"), &total) &&
	    total < 0)
		total = EM_UNSET;
	begin_run(r, d, total);
	d->failed |= str_eq(json_str(v), "Error");
	d->over = str_eq(json_str(v), "Done") || str_eq(json_str(v), "Error");
	return EM_OK;
}

static enum em_rc
on_line(struct em_reader *r, struct difftests *d, struct em_str line)
{
	struct em_str rest = str_from(line, strlen(PREFIX)), what;

	str_cut(&rest, ':', &what);
	rest = str_from(rest, 1);
	if (str_ends(rest, "\r"))
		rest.n--;
	if (str_eq(what, "test-counts"))
		return on_counts(r, d, line, rest);
	if (str_eq(what, "start-test")) {
		start_test(r, d, rest);
		return EM_OK;
	}
	return end_test(r, d, line, rest,
	    str_eq(what, "test-successful") ? EM_PASS : EM_FAIL);
}

/* After "Error" a runner names the test that failed, and says no more. */
static enum em_rc
finish(struct em_reader *r, struct difftests *d)
{
	struct em_event ev;

	if (!d->begun)
		rd_cut(r, "there is no line of a runner");
	if (!d->begun || !d->over)
		return EM_EOF;
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = d->failed ? EM_FAIL : EM_PASS;
	rd_emit(r, &ev);
	return EM_EOF;
}

static enum em_rc
line_step(struct em_reader *r, struct difftests *d)
{
	struct em_str line;
	bool lf;
	enum em_rc rc = in_line(r->in, &line, &lf);

	if (rc == EM_EOF)
		return finish(r, d);
	if (rc != EM_OK)
		return rc;
	if (is_runner_line(line))
		return on_line(r, d, line);
	return str_trim(line).n > 0 ? opening_noise(r, &d->doc.opening, line)
				    : EM_OK;
}

/* ---- reading ---- */

static enum em_rc
recognise(struct em_reader *r, struct difftests *d)
{
	struct em_str head = in_peek(r->in);
	int document = probe_document(head, false);
	int lines = probe_lines(head, false);
	enum em_rc rc;

	if (document <= 0 && lines <= 0) {
		rc = in_more(r->in);
		if (rc != EM_EOF)
			return rc;
		document = probe_document(head, true);
	}
	d->mode = document > 0 ? DOCUMENT : LINES;
	return EM_OK;
}

static enum em_rc
difftests_open(struct em_reader *r)
{
	static const struct json_want wants[] = {
		{ "*", on_element, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	struct difftests *d = r->state;

	d->doc.opening.producer = "cargo-difftests";
	d->doc.wants = wants;
	d->doc.begin = begin;
	d->doc.end = end;
	return EM_OK;
}

static enum em_rc
difftests_step(struct em_reader *r)
{
	struct difftests *d = r->state;

	if (d->mode == UNKNOWN)
		return recognise(r, d);
	return d->mode == DOCUMENT ? jdoc_step(r, &d->doc) : line_step(r, d);
}

static void
difftests_close(struct em_reader *r)
{
	struct difftests *d = r->state;

	jdoc_close(&d->doc);
}

/* ---- the invocation file ---- */

struct invocation {
	struct jsonout json;
	struct table seen; /* cases that are in it */
	bool old; /* as version 0.5 has it */
	bool begun;
};

static enum em_rc
invocation_open(struct em_writer *w)
{
	struct invocation *v = w->state;
	const char *version = wr_option(w, "version");

	v->json.out = w->out;
	v->old = version != NULL && strcmp(version, "0.5") == 0;
	if (version != NULL && !v->old && strcmp(version, "0.6") != 0)
		return err_set(&w->err, EM_E_USAGE, 0,
		    "bad value \"%.80s\" of version, it is 0.5|0.6", version);
	return EM_OK;
}

static void
begin_invocation(struct invocation *v)
{
	if (v->begun)
		return;
	v->begun = true;
	jo_enter(&v->json, '{');
	jo_list(&v->json, "tests");
}

enum { EXTRA_DEPTH = 1000 };

/* What the project added to the name, if that is still the JSON it was. */
static struct em_str
extra_of(struct em_writer *w, const struct em_event *ev)
{
	const char *why;
	size_t at;

	for (size_t i = 0; i < ev->properties.n; i++) {
		struct em_str text = ev->properties.v[i].value;

		if (!str_eq(ev->properties.v[i].key, EXTRA))
			continue;
		if (scan_value(text, EXTRA_DEPTH, &why, &at))
			return text;
		wr_lost(w, "extra data that is not JSON");
	}
	return EM_STR("null");
}

static void
count_lost(struct em_writer *w, const struct em_event *ev)
{
	if (ev->run.p != NULL)
		wr_lost(w, "runs");
	if (ev->class_name.p != NULL)
		wr_lost(w, "classes");
	if (ev->variant.p != NULL)
		wr_lost(w, "variants");
}

static void
put_test(struct em_writer *w, const struct em_event *ev)
{
	struct invocation *v = w->state;
	struct jsonout *j = &v->json;
	struct em_str extra = extra_of(w, ev);
	struct em_str suite = ev->suite.p != NULL ? ev->suite : EM_STR("");

	begin_invocation(v);
	jo_element(j);
	jo_enter(j, '{');
	if (v->old) {
		/* The suite of such a test may be its package. */
		jo_str(j, "bin_path",
		    str_find(suite, "::") >= 0 ? EM_STR("") : suite);
		jo_raw(j, "extra", extra);
		if (str_eq(extra, "null"))
			wr_lost(w, "names that extra data does not have");
	} else {
		jo_str(j, "test_name", ev->name);
		jo_str(j, "test_binary", suite);
		jo_raw(j, "extra_desc", extra);
	}
	jo_leave(j, '}');
	count_lost(w, ev);
}

/* What is to run: cases that are selected, and those that did run. */
static enum em_rc
invocation_event(struct em_writer *w, const struct em_event *ev)
{
	struct invocation *v = w->state;
	const struct em_str id[] = { ev->run, ev->suite, ev->class_name,
		ev->name, ev->variant };
	uint64_t *slot;

	if (ev->kind != EM_DISCOVER_CASE && ev->kind != EM_CASE_START) {
		if (ev->kind == EM_CASE_COMPLETE)
			wr_lost(w, "results");
		return EM_OK;
	}
	if (ev->selected == EM_FALSE) {
		wr_lost(w, "cases that are not selected");
		return EM_OK;
	}
	slot = table_at(&v->seen, table_key(id, ARRAY_LEN(id), 0));
	if (slot == NULL)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	if ((*slot)++ == 0)
		put_test(w, ev);
	return EM_OK;
}

static enum em_rc
invocation_finish(struct em_writer *w)
{
	struct invocation *v = w->state;

	begin_invocation(v);
	jo_leave(&v->json, ']');
	if (v->old) {
		jo_list(&v->json, "groups");
		jo_leave(&v->json, ']');
	}
	jo_leave(&v->json, '}');
	em_out_puts(w->out, "\n");
	return wr_status(w);
}

static void
invocation_close(struct em_writer *w)
{
	struct invocation *v = w->state;

	table_free(&v->seen);
}

static const struct em_format_option options[] = {
	{ "version", "0.5|0.6", "version of cargo-difftests to write for" },
	{ NULL, NULL, NULL },
};

const struct em_format format_difftests = {
	.info = {
		.name = "difftests",
		.title = "cargo-difftests: analysis, runner, invocation",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "all but which cases are to run: results, runs, "
			  "classes, variants, cases that are not selected; "
			  "for version 0.5 names, which extra data has",
		.options = options,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct difftests),
		.open = difftests_open,
		.step = difftests_step,
		.close = difftests_close,
	},
	.write = {
		.state_size = sizeof(struct invocation),
		.open = invocation_open,
		.event = invocation_event,
		.finish = invocation_finish,
		.close = invocation_close,
	},
};
