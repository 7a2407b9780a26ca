/* SPDX-License-Identifier: MIT */
/* go test -json out: lines, and the packages that they are of. */
#include <stdlib.h>
#include <string.h>

#include "gojson.h"

enum { PIECE_MAX = 8 * 1024 }; /* at most six times that when escaped */

/* Where a run that failed without a package says so. */
#define RUN_PACKAGE "run"

/* ---- lines ---- */

void
gw_start(struct em_writer *w, const char *action, const struct go_written *p,
    struct em_str test, int64_t time)
{
	struct em_out *out = w->out;

	em_out_puts(out, "{");
	if (time != EM_UNSET) {
		em_out_puts(out, "\"Time\":\"");
		out_time(out, time, -1);
		em_out_puts(out, "\",");
	}
	em_out_printf(out, "\"Action\":\"%s\",\"Package\":", action);
	em_out_json_str(out, p->name);
	if (test.p == NULL)
		return;
	em_out_puts(out, ",\"Test\":");
	em_out_json_str(out, test);
}

void
gw_end(struct em_writer *w)
{
	em_out_puts(w->out, "}\n");
}

void
gw_elapsed(struct em_writer *w, int64_t ns)
{
	int digits = 9;

	/* dorny/test-reporter fails without it */
	if (ns == EM_UNSET)
		ns = 0;
	for (int64_t n = ns; digits > 0 && n % 10 == 0; n /= 10)
		digits--;
	em_out_puts(w->out, ",\"Elapsed\":");
	out_seconds(w->out, ns, digits);
}

void
gw_output(struct em_writer *w, const struct go_written *p, struct em_str test,
    int64_t time, struct em_str text)
{
	gw_start(w, "output", p, test, time);
	em_out_puts(w->out, ",\"Output\":");
	em_out_json_str(w->out, text);
	gw_end(w);
}

/* A piece of s that ends with its line, or is as long as may be. */
static struct em_str
piece(struct em_str s)
{
	const char *lf = memchr(s.p, '\n', s.n);
	size_t n = lf != NULL ? (size_t)(lf - s.p) + 1 : s.n;

	if (n <= PIECE_MAX)
		return str_upto(s, n);
	n = PIECE_MAX;
	/* not within a character */
	while (n > PIECE_MAX - 4 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_upto(s, n);
}

void
gw_lines(struct em_writer *w, const struct go_written *p, struct em_str test,
    int64_t time, struct em_str text)
{
	while (text.n > 0) {
		struct em_str head = piece(text);

		gw_output(w, p, test, time, head);
		text = str_from(text, head.n);
	}
}

struct em_str
gw_one_line(struct arena *a, struct em_str s)
{
	char *p;

	if (s.n == 0 ||
	    (memchr(s.p, '\n', s.n) == NULL && memchr(s.p, '\r', s.n) == NULL))
		return s;
	p = arena_bytes(a, s.n);
	for (size_t i = 0; p != NULL && i < s.n; i++)
		p[i] = s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i];
	return (struct em_str){ p, s.n };
}

void
gw_frame(struct em_writer *w, const struct go_written *p, struct em_str test,
    int64_t time, const char *frame, struct em_str tail)
{
	struct gojson_writer *gw = w->state;
	struct arena *a = &gw->scratch;
	struct em_str text = em_str(frame);

	text = arena_join(a, text, gw_one_line(a, test));
	text = arena_join(a, text, tail);
	gw_output(w, p, test, time, text);
}

/* ---- packages ---- */

/* Runs have no names there, so that of the package begins with it. */
static struct em_str
package_name(struct em_writer *w, struct em_str run, struct em_str suite)
{
	struct gojson_writer *gw = w->state;

	if (suite.n == 0)
		suite = EM_STR("command-line-arguments");
	if (run.n == 0)
		return suite;
	run = arena_join(&gw->scratch, run, EM_STR("/"));
	return arena_join(&gw->scratch, run, suite);
}

struct go_written *
gw_package(
    struct em_writer *w, struct em_str run, struct em_str suite, int64_t time)
{
	struct gojson_writer *gw = w->state;
	struct em_str name = package_name(w, run, suite);
	uint64_t *slot = table_at(&gw->packages, table_key(&name, 1, 0));
	struct go_written *p;
	static const struct em_str none;

	if (slot == NULL) {
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
		return NULL;
	}
	if (*slot != 0)
		return (struct go_written *)(uintptr_t)*slot;
	p = arena_alloc(&w->keep, sizeof(*p));
	if (p == NULL)
		return NULL;
	*slot = (uint64_t)(uintptr_t)p;
	p->name = arena_dup(&w->keep, name);
	p->run = arena_dup(&w->keep, run);
	p->pass = 1;
	if (gw->newest != NULL)
		gw->newest->next = p;
	else
		gw->first = p;
	gw->newest = p;
	gw_start(w, "start", p, none, time);
	gw_end(w);
	return p;
}

void
gw_end_package(
    struct em_writer *w, struct go_written *p, const struct em_event *end)
{
	static const struct em_str none;
	struct gojson_writer *gw = w->state;
	struct arena *a = &gw->scratch;
	bool itself = end->outcome == EM_FAIL;
	bool build = itself && str_eq(end->status, "build");
	bool fail = p->failed_tests || itself;
	bool skip = !fail && !p->any_tests && end->outcome == EM_SKIP;
	int64_t ns = end->duration_ns == EM_UNSET ? 0 : end->duration_ns;
	struct em_str verdict;

	if (p->ended)
		return;
	p->ended = true;
	gw->failed_packages += fail;
	if (itself && !build && end->reason.n > 0)
		gw_lines(w, p, none, end->time_ns,
		    arena_join(a, end->reason, EM_STR("\n")));
	if (!skip && !build)
		gw_output(w, p, none, end->time_ns,
		    fail ? EM_STR("FAIL\n") : EM_STR("PASS\n"));
	verdict = arena_join(a,
	    skip       ? EM_STR("?   \t")
		: fail ? EM_STR("FAIL\t")
		       : EM_STR("ok  \t"),
	    gw_one_line(a, p->name));
	if (build)
		verdict = arena_join(a, verdict,
		    str_eq(end->reason, "setup failed")
			? EM_STR(" [setup failed]\n")
			: EM_STR(" [build failed]\n"));
	else if (skip)
		verdict = arena_join(a, verdict, EM_STR("\t[no test files]\n"));
	else
		verdict = arena_join(a, verdict,
		    arena_printf(a, "\t%lld.%03lds\n",
			(long long)(ns / 1000000000),
			(long)(ns % 1000000000 / 1000000)));
	gw_output(w, p, none, end->time_ns, verdict);
	gw_start(w,
	    skip       ? "skip"
		: fail ? "fail"
		       : "pass",
	    p, none, end->time_ns);
	gw_elapsed(w, ns);
	gw_end(w);
}

/* The package of what the run says of itself, open. */
struct go_written *
gw_run_package(struct em_writer *w, struct em_str run, int64_t time)
{
	static const struct em_str none;
	struct go_written *p = gw_package(w, run, EM_STR(RUN_PACKAGE), time);

	if (p != NULL && p->ended) {
		p->ended = p->failed_tests = false;
		p->pass++;
		gw_start(w, "start", p, none, time);
		gw_end(w);
	}
	return p;
}

void
gw_fail_run(
    struct em_writer *w, struct em_str run, int64_t time, struct em_str why)
{
	struct go_written *p = gw_run_package(w, run, time);
	struct em_event end;

	if (p == NULL)
		return;
	em_event_init(&end, EM_SUITE_COMPLETE);
	end.time_ns = time;
	end.outcome = EM_FAIL;
	end.reason = why;
	gw_end_package(w, p, &end);
}

void
gw_end_run(struct em_writer *w, const struct em_event *run)
{
	struct gojson_writer *gw = w->state;
	struct em_event end;

	em_event_init(&end, EM_SUITE_COMPLETE);
	end.time_ns = run->time_ns;
	for (struct go_written *p = gw->first; p != NULL; p = p->next)
		if (em_str_eq(p->run, run->run))
			gw_end_package(w, p, &end);
	if (gw->running > 0)
		gw->running--;
	if (run->outcome == EM_FAIL && gw->failed_packages == 0)
		gw_fail_run(w, run->run, run->time_ns,
		    gw->why.n > 0 ? gw->why : EM_STR("the run failed"));
}
