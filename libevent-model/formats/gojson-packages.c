/* SPDX-License-Identifier: MIT */
/*
 * Packages of go test, and the run.  gotestsum runs packages again to retry
 * tests that failed, so a package is completed only when the stream ends.
 */
#include <string.h>

#include "gojson.h"

enum { LAST_MAX = 64 * 1024, AT_ONCE = 1000 };

/* ---- sending ---- */

void
go_send(struct em_reader *r, const struct em_event *ev)
{
	struct gojson *g = r->state;

	if (g->queued || g->handed != NULL) {
		rd_emit(r, ev);
		return;
	}
	g->handed = ev == &g->start ? &g->start
	    : ev == &g->complete    ? &g->complete
				    : &g->direct;
	if (ev != g->handed)
		*g->handed = *ev;
	g->handed->line = in_lines(r->in);
}

void
go_queue(struct em_reader *r)
{
	struct gojson *g = r->state;

	if (g->handed == NULL)
		g->queued = true;
}

static void
begin_run(struct em_reader *r, struct gojson *g, int64_t time)
{
	struct em_event ev;

	if (g->running)
		return;
	g->running = true;
	em_event_init(&ev, EM_RUN_START);
	ev.time_ns = time;
	go_send(r, &ev);
}

/* ---- packages ---- */

static struct go_package *
new_package(
    struct em_reader *r, struct gojson *g, struct em_str name, int64_t time)
{
	struct go_package *p = arena_alloc(&r->keep, sizeof(*p));
	struct em_event ev;

	if (p == NULL)
		return NULL;
	p->name = arena_dup(&r->keep, name);
	p->duration = EM_UNSET;
	buf_init(&p->bench, LAST_MAX);
	buf_init(&p->last, LAST_MAX);
	p->number = g->newest != NULL ? g->newest->number + 1 : 1;
	if (g->newest != NULL)
		g->newest->next = p;
	else
		g->first = p;
	g->newest = p;
	if (name.p == NULL)
		return p;
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = p->name;
	ev.time_ns = time;
	go_send(r, &ev);
	return p;
}

static struct go_package *
find_package(
    struct em_reader *r, struct gojson *g, struct em_str name, int64_t time)
{
	uint64_t *slot;
	struct go_package *p;

	if (g->package != NULL && em_str_eq(g->package->name, name))
		return g->package;
	slot = table_at(&g->packages, table_key(&name, 1, 0));
	if (slot == NULL)
		return NULL;
	if (*slot != 0)
		return (struct go_package *)(uintptr_t)*slot;
	p = new_package(r, g, name, time);
	*slot = (uint64_t)(uintptr_t)p;
	return p;
}

struct go_package *
go_package(struct em_reader *r, struct em_str name, int64_t time)
{
	struct gojson *g = r->state;
	struct go_package *p;

	begin_run(r, g, time);
	p = find_package(r, g, name, time);
	if (p == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	if (!p->running) {
		p->running = true;
		p->failed_tests = false;
		p->pass++;
		p->unbuilt = (struct em_str){ NULL, 0 };
		buf_reset(&p->last);
	}
	return g->package = p;
}

/* ---- ends ---- */

static void
end_tests(struct em_reader *r, struct go_package *p, bool passed, int64_t time)
{
	while (p->open != NULL) {
		struct go_test *t = p->open;

		if (t->started) {
			go_abandon(r, t, passed, time);
			continue;
		}
		go_log_output(r, t);
		go_close_test(r, t, false);
	}
}

/* What looked like the start of a benchmark's result, and was none. */
static void
send_held(struct em_reader *r, struct go_package *p, int64_t time)
{
	struct em_event ev;

	if (p->bench.n == 0)
		return;
	em_event_init(&ev, EM_LOG);
	ev.suite = p->name;
	ev.time_ns = time;
	ev.stream = EM_STR("stdout");
	ev.text = buf_str(&p->bench);
	go_queue(r);
	go_send(r, &ev);
	buf_reset(&p->bench);
}

/* build is what could not be built, or absent. */
static void
set_failure(struct em_reader *r, struct go_package *p, struct em_str build)
{
	struct em_str last = str_trim(buf_str(&p->last));

	p->failed = true;
	if (build.p != NULL || p->unbuilt.p != NULL)
		p->status = EM_STR("build");
	if (build.p != NULL) {
		p->reason = arena_printf(
		    &r->keep, "build failed: %.*s", (int)build.n, build.p);
		return;
	}
	if (p->unbuilt.p != NULL) {
		p->reason = p->unbuilt;
		return;
	}
	p->reason = last.n > 0
	    ? arena_dup(&r->keep, last)
	    : EM_STR("the package failed, and no test of it");
}

void
go_end_package(struct em_reader *r, struct go_package *p, struct em_str action,
    int64_t duration, int64_t time, struct em_str failed_build)
{
	static const struct em_str none;

	send_held(r, p, time);
	end_tests(r, p, str_eq(action, "pass"), time);
	p->running = false;
	p->failed = false;
	p->status = p->reason = none;
	p->outcome = EM_PASS;
	if (str_eq(action, "skip")) {
		p->outcome = EM_SKIP;
		p->reason = arena_dup(&r->keep, str_trim(buf_str(&p->last)));
	} else if (str_eq(action, "fail")) {
		p->outcome = EM_FAIL;
		if (!p->failed_tests || failed_build.p != NULL ||
		    p->unbuilt.p != NULL)
			set_failure(r, p, failed_build);
	}
	if (duration != EM_UNSET)
		p->duration =
		    p->duration == EM_UNSET ? duration : p->duration + duration;
}

void
go_text_failed(struct em_reader *r, struct em_str name, struct em_str why)
{
	static const struct em_str none;
	struct go_package *p = go_package(r, name, EM_UNSET);

	if (p == NULL)
		return;
	p->unbuilt = arena_dup(&r->keep, why);
	go_end_package(r, p, EM_STR("fail"), EM_UNSET, EM_UNSET, none);
}

static void
complete_package(struct em_reader *r, const struct go_package *p)
{
	struct em_event ev;

	if (p->name.p == NULL)
		return;
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = p->name;
	ev.duration_ns = p->duration;
	ev.status = p->status;
	ev.reason = p->reason;
	/* Of a package whose tests failed they say it. */
	if (p->failed || p->outcome != EM_FAIL)
		ev.outcome = p->outcome;
	rd_emit(r, &ev);
}

enum em_rc
go_end(struct em_reader *r)
{
	struct gojson *g = r->state;
	struct go_package *p;
	struct em_event ev;
	bool failed = g->failing > 0, cut = !g->running;
	int n = 0;

	go_queue(r);
	for (p = g->first; p != NULL; p = p->next) {
		cut |= p->running;
		failed |= p->failed;
	}
	if (!g->ending && cut)
		rd_cut(r,
		    g->running ? "a package does not end"
			       : "there is no event in the input");
	if (r->stats.truncated)
		return EM_EOF;
	if (!g->ending)
		g->package = g->first;
	g->ending = true;
	while (g->package != NULL && n++ < AT_ONCE) {
		complete_package(r, g->package);
		g->package = g->package->next;
	}
	if (g->package != NULL)
		return EM_OK;
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = failed ? EM_FAIL : EM_PASS;
	rd_emit(r, &ev);
	return EM_EOF;
}

void
go_close(struct em_reader *r)
{
	struct gojson *g = r->state;
	struct go_test *t;

	for (struct go_package *p = g->first; p != NULL; p = p->next) {
		while ((t = p->open) != NULL) {
			p->open = t->next;
			go_free_test(t);
		}
		buf_free(&p->bench);
		buf_free(&p->last);
	}
	while ((t = g->spare) != NULL) {
		g->spare = t->next;
		go_free_test(t);
	}
	table_free(&g->packages);
	table_free(&g->tests);
}
