/* SPDX-License-Identifier: MIT */
/*
 * go test -json, all actions up to Go 1.26, with go build -json: one object
 * a line.  A package is a suite; tests and subtests are both cases.
 */
#include <string.h>

#include "gojson.h"
#include "json.h"
#include "scan.h"

static const struct em_str keys[GO_MEMBERS] = {
	{ "Time", 4 },
	{ "Action", 6 },
	{ "Package", 7 },
	{ "Test", 4 },
	{ "Elapsed", 7 },
	{ "Output", 6 },
	{ "OutputType", 10 },
	{ "FailedBuild", 11 },
	{ "ImportPath", 10 },
	{ "Key", 3 },
	{ "Value", 5 },
	{ "Path", 4 },
};

/* ---- members ---- */

/* A string member as written; absent when it is not there. */
struct em_str
go_raw(const struct go_line *l, enum go_member m)
{
	static const struct em_str none;

	return l->found >> m & 1 && l->v[m].string ? l->v[m].text : none;
}

struct em_str
go_string(const struct go_line *l, enum go_member m)
{
	struct em_str s = go_raw(l, m);

	if (s.p == NULL || !l->v[m].escaped)
		return s;
	return scan_unescape(&l->r->arena, s);
}

static int64_t
elapsed(const struct go_line *l)
{
	int64_t ns;

	if (!(l->found >> GO_ELAPSED & 1) ||
	    !str_ns(l->v[GO_ELAPSED].text, 9, &ns))
		return EM_UNSET;
	return ns;
}

/* The nanoseconds in ".123456789" before the zone, and where that starts. */
static int64_t
fraction(struct em_str s, size_t *zone)
{
	int64_t ns = 0, unit = 100000000;
	size_t i = GO_CLOCK;

	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
			ns += (s.p[i] - '0') * unit;
			unit /= 10;
		}
	*zone = i;
	return ns;
}

/* Most lines are of the same second as the one before. */
static int64_t
read_time(struct gojson *g, struct em_str s)
{
	int64_t ns, part;
	size_t zone;

	if (s.n <= GO_CLOCK)
		return EM_UNSET;
	part = fraction(s, &zone);
	s = str_upto(s, GO_CLOCK + GO_ZONE + 10);
	if (s.n - zone == g->zone_n && memcmp(s.p, g->clock, GO_CLOCK) == 0 &&
	    memcmp(s.p + zone, g->zone, g->zone_n) == 0)
		return g->second + part;
	if (!str_time(s, &ns))
		return EM_UNSET;
	memcpy(g->clock, s.p, GO_CLOCK);
	g->zone_n = s.n - zone < GO_ZONE ? s.n - zone : 0;
	memcpy(g->zone, s.p + zone, g->zone_n);
	g->second = ns - part;
	return ns;
}

static enum em_rc event(struct go_line *l);

/* The members out of a tree, for lines that are not valid UTF-8. */
static enum em_rc
from_tree(struct go_line *l, bool lf)
{
	struct em_error e = { .code = EM_E_NONE };
	const struct json *v =
	    json_parse(&l->r->arena, l->text, l->r->opts.limits.depth_max, &e);

	/* What json_parse() gives needs repair, which the queue does. */
	go_queue(l->r);
	l->found = 0;
	for (int i = 0; i < GO_MEMBERS; i++) {
		const struct json *m = json_get(v, keys[i].p);

		if (m == NULL ||
		    (m->type != JSON_STRING && m->type != JSON_NUMBER))
			continue;
		l->v[i] = (struct flat_value){
			.text = m->text,
			.string = m->type == JSON_STRING,
		};
		l->found |= UINT32_C(1) << i;
	}
	return v != NULL ? event(l) : rd_bad_json(l->r, l->text, lf, &e);
}

/* ---- actions ---- */

static struct go_test *
open_test(struct go_line *l)
{
	struct go_test *t = go_find(l->g, l->p, l->test);

	return t != NULL ? t : go_open(l->r, l->p, l->test);
}

static void
run(struct go_line *l)
{
	struct go_test *t;

	if (l->test.p == NULL)
		return;
	t = go_find(l->g, l->p, l->test);
	if (t != NULL && t->started) {
		/* It runs again, and nobody said how it ended before. */
		go_queue(l->r);
		go_abandon(l->r, t, false, l->time);
		t = NULL;
	}
	if (t == NULL)
		t = go_open(l->r, l->p, l->test);
	if (t != NULL)
		go_start(l->r, t, l->time, 0);
}

static void
finish(struct go_line *l, enum em_outcome outcome)
{
	struct go_test *t;

	if (l->test.p == NULL) {
		go_end_package(l->r, l->p, l->action, elapsed(l), l->time,
		    go_string(l, GO_FAILED_BUILD));
		return;
	}
	t = open_test(l);
	if (t != NULL)
		go_complete(l->r, t, outcome, elapsed(l), l->time, 0);
}

static void
test_passed(struct go_line *l)
{
	finish(l, EM_PASS);
}

static void
test_failed(struct go_line *l)
{
	finish(l, EM_FAIL);
}

static void
test_skipped(struct go_line *l)
{
	finish(l, EM_SKIP);
}

/* Go up to 1.19 says so of benchmarks that log, with their processors. */
static void
bench(struct go_line *l)
{
	l->test = go_plain_bench(l->test);
	if (l->test.p != NULL)
		finish(l, EM_PASS);
}

static void
attr(struct go_line *l)
{
	struct em_str key = go_string(l, GO_KEY),
		      value = go_string(l, GO_VALUE);
	size_t len[2] = { key.n, value.n };
	struct go_test *t;

	if (l->test.p == NULL || key.p == NULL)
		return;
	t = open_test(l);
	if (t == NULL)
		return;
	if (t->attrs.n > GO_ATTRS_MAX || key.n > GO_ATTRS_MAX ||
	    value.n > GO_ATTRS_MAX) {
		rd_warn(l->r, "the attributes of a test are too many");
		return;
	}
	buf_add(&t->attrs, (struct em_str){ (const char *)len, sizeof(len) });
	buf_add(&t->attrs, key);
	buf_add(&t->attrs, value);
	if (t->attrs.failed)
		l->r->keep.failed = true;
}

static void
artifacts(struct go_line *l)
{
	struct em_str path = go_string(l, GO_PATH);
	struct go_test *t = l->test.p != NULL ? open_test(l) : NULL;
	struct em_event ev;

	if (t == NULL || path.p == NULL)
		return;
	go_start(l->r, t, l->time, EM_F_SYNTHETIC);
	go_init(&ev, EM_CASE_ATTACHMENT, t);
	ev.time_ns = l->time;
	ev.title = EM_STR("artifacts");
	ev.path = path;
	go_send(l->r, &ev);
}

/* start, pause, cont and build-fail say nothing that others do not, and what
 * is not known is left alone. */
static const struct {
	struct em_str action;
	bool of_package; /* the event is of a package, or of a test in one */
	void (*take)(struct go_line *l);
} actions[] = {
	{ { "output", 6 }, true, go_output },
	{ { "run", 3 }, true, run },
	{ { "pass", 4 }, true, test_passed },
	{ { "fail", 4 }, true, test_failed },
	{ { "skip", 4 }, true, test_skipped },
	{ { "bench", 5 }, true, bench },
	{ { "attr", 4 }, true, attr },
	{ { "artifacts", 9 }, true, artifacts },
	{ { "start", 5 }, true, NULL },
	{ { "pause", 5 }, true, NULL },
	{ { "cont", 4 }, true, NULL },
	{ { "build-output", 12 }, false, go_build_output },
	{ { "build-fail", 10 }, false, NULL },
};

/* ---- lines ---- */

static enum em_rc
event(struct go_line *l)
{
	l->action = go_raw(l, GO_ACTION);
	if (l->action.p == NULL) {
		go_queue(l->r);
		return rd_noise(l->r, l->text);
	}
	l->time = read_time(l->g, go_raw(l, GO_TIME));
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (!em_str_eq(l->action, actions[i].action))
			continue;
		if (actions[i].of_package) {
			l->p =
			    go_package(l->r, go_string(l, GO_PACKAGE), l->time);
			if (l->p == NULL)
				return EM_OK;
			l->test = go_string(l, GO_TEST);
		}
		if (actions[i].take != NULL)
			actions[i].take(l);
		return EM_OK;
	}
	return EM_OK;
}

static enum em_rc
object(struct em_reader *r, struct em_str text, bool lf)
{
	struct go_line l; /* its values are set as they are found */

	l.r = r;
	l.g = r->state;
	l.text = text;
	l.p = NULL;
	l.test = (struct em_str){ NULL, 0 };
	if (flat_object(text, r->opts.limits.depth_max, keys, GO_MEMBERS, l.v,
		&l.found))
		return event(&l);
	return from_tree(&l, lf);
}

static enum em_rc
text(struct em_reader *r, struct em_str line)
{
	struct em_str package, why;

	/* Before Go 1.24 nothing else says so. */
	if (go_build_failed(line, &package, &why))
		go_text_failed(r, package, why);
	go_queue(r);
	return rd_noise(r, line);
}

static enum em_rc
one_line(struct em_reader *r)
{
	struct em_str line, trimmed;
	bool lf;
	enum em_rc rc = in_line(r->in, &line, &lf);

	if (rc == EM_EOF)
		return go_end(r);
	if (rc != EM_OK)
		return rc;
	if (line.n > 0 && line.p[0] == '{')
		return object(r, line, lf);
	if (in_lines(r->in) == 1 && str_starts(line, "\xef\xbb\xbf"))
		line = str_from(line, 3);
	trimmed = str_trim(line);
	if (trimmed.n == 0)
		return EM_OK;
	if (trimmed.p[0] == '{')
		return object(r, trimmed, lf);
	return text(
	    r, str_ends(line, "\r") ? str_upto(line, line.n - 1) : line);
}

static enum em_rc
next(struct em_reader *r, const struct em_event **ev)
{
	static const struct em_str none;
	struct gojson *g = r->state;
	enum em_rc rc;

	g->queued = false;
	g->handed = NULL;
	g->keyed = none;
	if (!g->begun) {
		go_queue(r);
		rd_protocol(r, EM_STR("go test"), none);
		g->begun = true;
	}
	rc = one_line(r);
	if (g->handed != NULL)
		*ev = g->handed;
	return rc;
}

static enum em_rc
open_reader(struct em_reader *r)
{
	struct gojson *g = r->state;
	const char *repeats = rd_option(r, "repeats");

	em_event_init(&g->start, EM_CASE_START);
	em_event_init(&g->complete, EM_CASE_COMPLETE);
	g->attempts = repeats != NULL && strcmp(repeats, "attempts") == 0;
	return EM_OK;
}

static int
probe(struct em_str head, bool eof)
{
	static const char key[] = "\"Action\":\"";
	struct em_str rest = head, line, action, package, why;
	int rc;

	while ((rc = probe_line(&rest, eof, "{", &line)) == 1) {
		ptrdiff_t at = str_find(line, key);

		if (at < 0)
			continue;
		line = str_from(line, (size_t)at + strlen(key));
		str_cut(&line, '"', &action);
		for (size_t i = 0; i < ARRAY_LEN(actions); i++)
			if (em_str_eq(action, actions[i].action))
				return PROBE_SURE;
	}
	/* Where nothing could be built there is not one event. */
	while (eof && head.n > 0) {
		str_cut(&head, '\n', &line);
		if (go_build_failed(line, &package, &why))
			return 8 * (int)why.n;
	}
	return rc;
}

static const struct em_format_option options[] = {
	{ NULL, NULL, NULL },
};

const struct em_format format_gojson = {
	.info = {
		.name = "gojson",
		.title = "go test -json",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "classes and variants but as part of names, names of "
			  "runs but as part of packages, attempts that cannot "
			  "be told from repetitions, messages and reasons but "
			  "as output, streams of output, statuses, exit codes "
			  "and signals, locations, modes, tags, workers, what "
			  "is known of runs and suites, suites in suites, "
			  "listings",
		.options = options,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct gojson),
		.open = open_reader,
		.next = next,
		.close = go_close,
	},
	.write = {
		.state_size = sizeof(struct gojson_writer),
		.open = gojson_write_open,
		.event = gojson_write_event,
		.finish = gojson_write_finish,
		.close = gojson_write_close,
	},
};
