/* SPDX-License-Identifier: MIT */
/* What tests and packages print, and the results of benchmarks in it. */
#include "gojson.h"

/* Bytes of a line that may be the result of a benchmark. */
enum { HELD_MAX = 4096 };

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
send_metric(struct go_line *l, const struct go_test *t, struct em_str name,
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
bench_test(struct go_line *l, const struct go_bench *b)
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
bench_result(struct go_line *l, struct em_str text)
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
take_bench(struct go_line *l, struct em_str *text)
{
	static const struct em_str none;
	struct buf *b = &l->p->bench;

	if (b->n == 0 && !str_starts(*text, "Benchmark"))
		return;
	if (b->n > 0 || !str_ends(*text, "\n")) {
		*text = arena_join(&l->r->arena, buf_str(b), *text);
		buf_reset(b);
		if (!str_ends(*text, "\n") && text->n <= HELD_MAX) {
			buf_add(b, *text);
			*text = none;
			return;
		}
	}
	if (bench_result(l, *text))
		*text = none;
}

/* ---- output ---- */

static void
send_log(struct go_line *l, struct em_str suite, const char *stream,
    struct em_str text)
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
remember(struct go_line *l, struct em_str text)
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
package_output(struct go_line *l, struct em_str text)
{
	struct em_str name, why;

	take_bench(l, &text);
	if (go_is_verdict(text))
		return;
	if (go_build_failed(str_trim(text), &name, &why)) {
		l->p->unbuilt = why;
		return;
	}
	remember(l, text);
	send_log(l, l->p->name, "stdout", text);
}

void
go_output(struct go_line *l)
{
	struct em_str text;
	struct go_test *t;

	if (l->test.p == NULL) {
		package_output(l, go_string(l, GO_OUTPUT));
		return;
	}
	if (go_is_frame(go_raw(l, GO_OUTPUT), go_raw(l, GO_TEST)))
		return;
	text = go_string(l, GO_OUTPUT);
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
		go_take_output(
		    l->r, t, text, go_string(l, GO_OUTPUT_TYPE), l->time);
}

void
go_build_output(struct go_line *l)
{
	send_log(l, go_build_package(go_string(l, GO_IMPORT_PATH)), "stderr",
	    go_string(l, GO_OUTPUT));
}
