/* SPDX-License-Identifier: MIT */
/*
 * go test -json, all actions up to Go 1.26, with go build -json: one object
 * a line.  A package is a suite; tests and subtests are both cases.
 */
#include <string.h>

#include "flat.h"
#include "gojson.h"
#include "json.h"
#include "scan.h"

enum member {
	M_TIME,
	M_ACTION,
	M_PACKAGE,
	M_TEST,
	M_ELAPSED,
	M_OUTPUT,
	M_OUTPUT_TYPE,
	M_FAILED_BUILD,
	M_IMPORT_PATH,
	M_KEY,
	M_VALUE,
	M_PATH,
	M_COUNT
};

static const struct em_str keys[M_COUNT] = {
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

/* A line taken apart. */
struct line {
	struct em_reader *r;
	struct gojson *g;
	struct em_str text; /* the line */
	uint32_t found;
	struct flat_value v[M_COUNT];
	struct em_str action, package, test; /* decoded */
	int64_t time;
	struct go_package *p;
};

/* ---- members ---- */

/* A string member as written; absent when it is not there. */
static struct em_str
raw(const struct line *l, enum member m)
{
	static const struct em_str none;

	return l->found >> m & 1 && l->v[m].string ? l->v[m].text : none;
}

static struct em_str
string(const struct line *l, enum member m)
{
	struct em_str s = raw(l, m);

	if (s.p == NULL || !l->v[m].escaped)
		return s;
	return scan_unescape(&l->r->arena, s);
}

static int64_t
elapsed(const struct line *l)
{
	int64_t ns;

	if (!(l->found >> M_ELAPSED & 1) ||
	    !str_ns(l->v[M_ELAPSED].text, 9, &ns))
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

/* The members out of a tree, for lines that are not valid UTF-8. */
static bool
from_tree(struct line *l, struct em_error *e)
{
	const struct json *v =
	    json_parse(&l->r->arena, l->text, l->r->opts.limits.depth_max, e);

	/* What json_parse() gives needs repair, which the queue does. */
	go_queue(l->r);
	for (int i = 0; i < M_COUNT; i++) {
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
	return v != NULL;
}

/* ---- benchmarks ---- */

static const char *
metric_name(struct em_str unit)
{
	static const char *const names[][2] = {
		{ "ns/op", "time" },
		{ "MB/s", "throughput" },
		{ "B/op", "memory" },
		{ "allocs/op", "allocations" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(unit, names[i][0]))
			return names[i][1];
	return NULL;
}

static void
send_metric(struct line *l, const struct go_test *t, struct em_str name,
    struct em_str value, struct em_str unit)
{
	struct em_event ev;

	go_init(&ev, EM_CASE_METRIC, t);
	ev.time_ns = l->time;
	ev.metric = name;
	ev.value = value;
	ev.unit = unit;
	go_send(l->r, &ev);
}

/* The benchmark of a result, which may stand in the output of any test:
 * before Go 1.20 nothing says which benchmark runs. */
static struct go_test *
bench_test(struct line *l, const struct go_bench *b)
{
	struct go_test *t = go_find(l->g, l->p, b->name);

	if (t == NULL)
		t = go_find(l->g, l->p, b->plain);
	if (t != NULL && t->result) {
		go_complete(
		    l->r, t, EM_PASS, EM_UNSET, l->time, EM_F_SYNTHETIC);
		t = NULL;
	}
	if (t == NULL)
		t = go_open(l->r, l->p, b->plain);
	if (t != NULL)
		go_start(l->r, t, l->time, EM_F_SYNTHETIC);
	return t;
}

/* False when the text is no result. */
static bool
bench_result(struct line *l, struct em_str text)
{
	struct go_bench b;
	struct go_test *t;

	if (!go_parse_bench(str_trim(text), &b))
		return false;
	/* One test ends here and another may take its memory. */
	go_queue(l->r);
	t = bench_test(l, &b);
	if (t == NULL)
		return true;
	t->result = true;
	send_metric(l, t, EM_STR("iterations"), b.runs, EM_STR("1"));
	for (size_t i = 0; i < b.n; i++) {
		const char *name = metric_name(b.v[i].unit);

		send_metric(l, t, name != NULL ? em_str(name) : b.v[i].unit,
		    b.v[i].value, b.v[i].unit);
	}
	return true;
}

/*
 * The results of benchmarks, which come in two pieces: the name before the
 * benchmark runs, the figures after.  *text is then empty; or it is all that
 * was held back and is no result.
 */
static void
take_bench(struct line *l, struct em_str *text)
{
	static const struct em_str none;
	struct buf *b = &l->p->bench;

	if (b->n == 0 && !str_starts(*text, "Benchmark"))
		return;
	if (b->n > 0 || !str_ends(*text, "\n")) {
		buf_add(b, *text);
		*text = none;
		if (!str_ends(buf_str(b), "\n"))
			return;
		*text = arena_dup(&l->r->arena, buf_str(b));
		buf_reset(b);
	}
	if (bench_result(l, *text))
		*text = none;
}

/* ---- output ---- */

static void
send_log(
    struct line *l, struct em_str suite, const char *stream, struct em_str text)
{
	struct em_event ev;

	/* Log lines have no line end of their own. */
	if (str_ends(text, "\n"))
		text.n--;
	if (text.n == 0)
		return;
	em_event_init(&ev, EM_LOG);
	ev.suite = suite;
	ev.time_ns = l->time;
	ev.stream = em_str(stream);
	ev.text = text;
	go_send(l->r, &ev);
}

/* What a package prints that is more than its verdict. */
static void
remember(struct line *l, struct em_str text)
{
	struct em_str s = str_trim(text);

	if (s.n == 0 || str_starts(s, "FAIL") || str_starts(s, "ok ") ||
	    str_starts(s, "coverage:") || str_eq(s, "PASS"))
		return;
	if (str_starts(s, "? "))
		s = EM_STR("no test files");
	buf_reset(&l->p->last);
	buf_add(&l->p->last, s);
}

static void
package_output(struct line *l, struct em_str text)
{
	struct em_str name, why;

	take_bench(l, &text);
	if (go_is_verdict(text))
		return;
	if (go_build_failed(str_trim(text), &name, &why))
		l->p->unbuilt = why;
	remember(l, text);
	send_log(l, l->p->name, "stdout", text);
}

static void
output(struct line *l)
{
	struct em_str text;
	struct go_test *t;

	if (l->test.p == NULL) {
		package_output(l, string(l, M_OUTPUT));
		return;
	}
	if (go_is_frame(raw(l, M_OUTPUT), raw(l, M_TEST)))
		return;
	text = string(l, M_OUTPUT);
	take_bench(l, &text);
	if (text.n == 0)
		return;
	t = go_find(l->g, l->p, l->test);
	if (t == NULL && go_ran(l->g, l->p, l->test)) {
		/* It is over: the words of another, very likely. */
		send_log(l, l->p->name, "stdout", text);
		return;
	}
	if (t == NULL)
		t = go_open(l->r, l->p, l->test);
	if (t != NULL)
		go_output(l->r, t, text, string(l, M_OUTPUT_TYPE), l->time);
}

/* ---- actions ---- */

static struct go_test *
open_test(struct line *l)
{
	struct go_test *t = go_find(l->g, l->p, l->test);

	return t != NULL ? t : go_open(l->r, l->p, l->test);
}

static void
run(struct line *l)
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
finish(struct line *l, enum em_outcome outcome)
{
	struct go_test *t;

	if (l->test.p == NULL) {
		go_end_package(l->r, l->p, l->action, elapsed(l), l->time,
		    string(l, M_FAILED_BUILD));
		return;
	}
	t = open_test(l);
	if (t != NULL)
		go_complete(l->r, t, outcome, elapsed(l), l->time, 0);
}

static void
pass(struct line *l)
{
	finish(l, EM_PASS);
}

static void
fail_(struct line *l)
{
	finish(l, EM_FAIL);
}

static void
skip(struct line *l)
{
	finish(l, EM_SKIP);
}

/* Go up to 1.19 says so of benchmarks that log, with their processors. */
static void
bench(struct line *l)
{
	l->test = go_plain_bench(l->test);
	if (l->test.p != NULL)
		finish(l, EM_PASS);
}

static void
attr(struct line *l)
{
	struct em_str key = string(l, M_KEY), value = string(l, M_VALUE);
	size_t len[2] = { key.n, value.n };
	struct go_test *t;

	if (l->test.p == NULL || key.p == NULL)
		return;
	t = open_test(l);
	if (t == NULL)
		return;
	buf_add(&t->attrs, (struct em_str){ (const char *)len, sizeof(len) });
	buf_add(&t->attrs, key);
	buf_add(&t->attrs, value);
}

static void
artifacts(struct line *l)
{
	struct em_str path = string(l, M_PATH);
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

static void
build_output(struct line *l)
{
	send_log(l, go_build_package(string(l, M_IMPORT_PATH)), "stderr",
	    string(l, M_OUTPUT));
}

/* start, pause, cont and build-fail say nothing that others do not, and what
 * is not known is left alone. */
static const struct {
	struct em_str action;
	bool of_package; /* the event is of a package, or of a test in one */
	void (*take)(struct line *l);
} actions[] = {
	{ { "output", 6 }, true, output },
	{ { "run", 3 }, true, run },
	{ { "pass", 4 }, true, pass },
	{ { "fail", 4 }, true, fail_ },
	{ { "skip", 4 }, true, skip },
	{ { "bench", 5 }, true, bench },
	{ { "attr", 4 }, true, attr },
	{ { "artifacts", 9 }, true, artifacts },
	{ { "start", 5 }, true, NULL },
	{ { "pause", 5 }, true, NULL },
	{ { "cont", 4 }, true, NULL },
	{ { "build-output", 12 }, false, build_output },
	{ { "build-fail", 10 }, false, NULL },
};

/* ---- lines ---- */

static enum em_rc
event(struct line *l)
{
	l->action = raw(l, M_ACTION);
	if (l->action.p == NULL) {
		go_queue(l->r);
		return rd_noise(l->r, l->text);
	}
	l->time = read_time(l->g, raw(l, M_TIME));
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (!em_str_eq(l->action, actions[i].action))
			continue;
		if (actions[i].of_package) {
			l->p = go_package(l->r, string(l, M_PACKAGE), l->time);
			if (l->p == NULL)
				return EM_OK;
			l->test = string(l, M_TEST);
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
	struct line l; /* its values are set as they are found */
	struct em_error e = { .code = EM_E_NONE };

	l.r = r;
	l.g = r->state;
	l.text = text;
	l.p = NULL;
	l.test = (struct em_str){ NULL, 0 };
	if (flat_object(
		text, r->opts.limits.depth_max, keys, M_COUNT, l.v, &l.found))
		return event(&l);
	l.found = 0;
	if (from_tree(&l, &e))
		return event(&l);
	if (!lf)
		rd_cut(r, "the last line is cut short");
	return rd_bad(r, text, "%s", e.msg);
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

	g->queued = g->has_direct = false;
	g->keyed = none;
	if (!g->begun) {
		go_queue(r);
		rd_protocol(r, EM_STR("go test"), none);
		g->begun = true;
	}
	rc = one_line(r);
	if (g->has_direct)
		*ev = &g->direct;
	return rc;
}

static enum em_rc
open_reader(struct em_reader *r)
{
	struct gojson *g = r->state;
	const char *repeats = rd_option(r, "repeats");

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
		.losses = "classes and variants but as part of names, streams "
			  "of output, kinds of messages, suites in suites",
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
