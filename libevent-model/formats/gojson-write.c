/* SPDX-License-Identifier: MIT */
/*
 * go test -json out, with the frames of text that some readers parse instead
 * of the events.  A suite is a package; one that nobody names is called as go
 * test calls files on the command line.  Attempts and iterations are runs of
 * the same test, one after another.
 *
 * No line is longer than 64 KiB, where gotestsum and tparse give up.
 */
#include <stdlib.h>
#include <string.h>

#include "gojson.h"
#include "loss.h"

static const unsigned lost = LOSS_NAMES | LOSS_MODES | LOSS_LOCATIONS |
    LOSS_TAGS | LOSS_PARENTS | LOSS_WORKERS | LOSS_SLOW | LOSS_STATUSES |
    LOSS_EXITS | LOSS_STREAMS | LOSS_CUT | LOSS_RUNS | LOSS_RUN | LOSS_TITLES |
    LOSS_NESTING | LOSS_LISTINGS;

enum { PIECE_MAX = 8 * 1024 }; /* at most six times that when escaped */

static const size_t case_max = (size_t)256 << 20;

struct go_written { /* a package */
	struct go_written *next;
	struct em_str name; /* with the run, if that has one */
	struct em_str run;
	uint64_t pass; /* how often it began */
	uint64_t open; /* tests that run */
	bool failed_tests, any_tests, ended;
};

/* Where a run that failed without a package says so. */
#define RUN_PACKAGE "run"

/* ---- lines ---- */

static void
line_start(struct em_writer *w, const char *action, const struct go_written *p,
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

static void
line_end(struct em_writer *w)
{
	em_out_puts(w->out, "}\n");
}

static void
elapsed(struct em_writer *w, int64_t ns)
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

static void
write_output(struct em_writer *w, const struct go_written *p,
    struct em_str test, int64_t time, struct em_str text)
{
	line_start(w, "output", p, test, time);
	em_out_puts(w->out, ",\"Output\":");
	em_out_json_str(w->out, text);
	line_end(w);
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

static void
write_lines(struct em_writer *w, const struct go_written *p, struct em_str test,
    int64_t time, struct em_str text)
{
	while (text.n > 0) {
		struct em_str head = piece(text);

		write_output(w, p, test, time, head);
		text = str_from(text, head.n);
	}
}

/* A name as it stands in a line of text. */
static struct em_str
one_line(struct arena *a, struct em_str s)
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

static void
write_frame(struct em_writer *w, const struct go_written *p, struct em_str test,
    int64_t time, const char *frame, struct em_str tail)
{
	struct gojson_writer *gw = w->state;
	struct arena *a = &gw->scratch;
	struct em_str text = em_str(frame);

	text = arena_join(a, text, one_line(a, test));
	text = arena_join(a, text, tail);
	write_output(w, p, test, time, text);
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

static struct go_written *
package(
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
	line_start(w, "start", p, none, time);
	line_end(w);
	return p;
}

static void
end_package(
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
		write_lines(w, p, none, end->time_ns,
		    arena_join(a, end->reason, EM_STR("\n")));
	if (!skip && !build)
		write_output(w, p, none, end->time_ns,
		    fail ? EM_STR("FAIL\n") : EM_STR("PASS\n"));
	verdict = arena_join(a,
	    skip       ? EM_STR("?   \t")
		: fail ? EM_STR("FAIL\t")
		       : EM_STR("ok  \t"),
	    one_line(a, p->name));
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
	write_output(w, p, none, end->time_ns, verdict);
	line_start(w,
	    skip       ? "skip"
		: fail ? "fail"
		       : "pass",
	    p, none, end->time_ns);
	elapsed(w, ns);
	line_end(w);
}

/* The package of what the run says of itself, open. */
static struct go_written *
run_package(struct em_writer *w, struct em_str run, int64_t time)
{
	static const struct em_str none;
	struct go_written *p = package(w, run, EM_STR(RUN_PACKAGE), time);

	if (p != NULL && p->ended) {
		p->ended = p->failed_tests = false;
		p->pass++;
		line_start(w, "start", p, none, time);
		line_end(w);
	}
	return p;
}

static void
fail_run(
    struct em_writer *w, struct em_str run, int64_t time, struct em_str why)
{
	struct go_written *p = run_package(w, run, time);
	struct em_event end;

	if (p == NULL)
		return;
	em_event_init(&end, EM_SUITE_COMPLETE);
	end.time_ns = time;
	end.outcome = EM_FAIL;
	end.reason = why;
	end_package(w, p, &end);
}

static void
end_run(struct em_writer *w, const struct em_event *run)
{
	struct gojson_writer *gw = w->state;
	struct em_event end;

	em_event_init(&end, EM_SUITE_COMPLETE);
	end.time_ns = run->time_ns;
	for (struct go_written *p = gw->first; p != NULL; p = p->next)
		if (em_str_eq(p->run, run->run))
			end_package(w, p, &end);
	if (gw->running > 0)
		gw->running--;
	if (run->outcome == EM_FAIL && gw->failed_packages == 0)
		fail_run(w, run->run, run->time_ns,
		    gw->why.n > 0 ? gw->why : EM_STR("the run failed"));
}

/* ---- tests ---- */

enum { SUBTEST = 1, WITH_SLASHES = 2 }; /* marks of a case */

static uint64_t *
root_slot(struct em_writer *w, const struct go_written *p, struct em_str root)
{
	struct gojson_writer *gw = w->state;
	const struct em_str id[] = { p->name, root };
	uint64_t *slot = table_at(&gw->roots, table_key(id, 2, 0));

	if (slot == NULL)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return slot;
}

static struct em_str
without_slashes(struct arena *a, struct em_str s)
{
	struct em_str head, r = { NULL, 0 };

	while (str_cut(&s, '/', &head))
		r = arena_join(
		    a, arena_join(a, r, head), EM_STR("\xe2\x88\x95"));
	return arena_join(a, r, head);
}

/* What tells a case from others of its package. */
static struct em_str
test_name(struct em_writer *w, const struct go_written *p,
    const struct em_event *ev, struct pend_case *c)
{
	struct gojson_writer *gw = w->state;
	struct arena *a = &gw->scratch;
	struct em_event id = *ev;
	struct em_str name, rest, root;
	uint64_t *runs;

	id.class_name = (struct em_str){ NULL, 0 };
	id.iteration = EM_UNSET;
	name = pend_name(a, &id);
	if (ev->class_name.n > 0)
		name = arena_join(
		    a, arena_join(a, ev->class_name, EM_STR(".")), name);
	rest = name;
	if (!str_cut(&rest, '/', &root)) {
		runs = root_slot(w, p, name);
		if (runs != NULL)
			*runs = ev->kind != EM_CASE_COMPLETE;
		return name;
	}
	if (c->mark == 0) {
		runs = root_slot(w, p, root);
		c->mark = runs != NULL && *runs != 0 ? SUBTEST : WITH_SLASHES;
	}
	return c->mark == SUBTEST ? name : without_slashes(a, name);
}

/* All that a case has written. */
static struct em_str
whole_output(struct em_writer *w, const struct pend_case *c)
{
	struct gojson_writer *gw = w->state;
	struct em_str all = { NULL, 0 };

	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_OUTPUT)
			all = arena_join(&gw->scratch, all, i->u.output->text);
	return all;
}

static bool
contains(struct em_str all, struct em_str text)
{
	text = str_trim(text);
	return text.n == 0 || str_find_str(all, text) >= 0;
}

/* Readers see a message in output that begins with a place. */
static void
count_message(struct em_writer *w, const struct em_message *m)
{
	if (m->location.file.n == 0 && m->message.n > 0)
		wr_lost(w, "messages but as output");
	if (m->detail.n > 0)
		wr_lost(w, "details of messages but as output");
	if (m->type.n + m->code.n + m->expected.n + m->actual.n +
		m->rendered.n >
	    0)
		wr_lost(w, "members of messages");
}

/* A message as T.Error() prints it, unless the output has it already. */
static void
write_message(struct em_writer *w, const struct go_written *p,
    struct em_str test, int64_t time, struct em_str all,
    const struct em_message *m)
{
	struct gojson_writer *gw = w->state;
	struct arena *a = &gw->scratch;
	struct em_str text = EM_STR("    ");

	if (m->location.file.n > 0 && !contains(all, m->message)) {
		text = arena_join(a, text, m->location.file);
		if (m->location.line != EM_UNSET)
			text = arena_join(a, text,
			    arena_printf(
				a, ":%lld", (long long)m->location.line));
		text = arena_join(a, text, EM_STR(": "));
	}
	if (!contains(all, m->message)) {
		text = arena_join(a, text, m->message);
		write_lines(
		    w, p, test, time, arena_join(a, text, EM_STR("\n")));
	}
	if (!contains(all, m->detail))
		write_lines(
		    w, p, test, time, arena_join(a, m->detail, EM_STR("\n")));
}

static void
write_attrs(struct em_writer *w, const struct go_written *p, struct em_str test,
    const struct em_event *ev)
{
	for (size_t i = 0; i < ev->properties.n; i++) {
		const struct em_pair *pair = &ev->properties.v[i];

		line_start(w, "attr", p, test, ev->time_ns);
		em_out_puts(w->out, ",\"Key\":");
		em_out_json_str(w->out, pair->key);
		em_out_puts(w->out, ",\"Value\":");
		em_out_json_str(w->out, pair->value);
		line_end(w);
	}
}

/* The line that a benchmark prints in the end. */
static void
write_bench(struct em_writer *w, const struct go_written *p, struct em_str test,
    int64_t time, const struct pend_case *c)
{
	struct gojson_writer *gw = w->state;
	struct arena *a = &gw->scratch;
	struct em_str runs = EM_STR("1"), figures = { NULL, 0 };

	for (const struct em_item *i = c->items; i != NULL; i = i->next) {
		const struct em_metric *m = i->u.metric;

		if (i->kind != EM_CASE_METRIC)
			continue;
		if (!str_starts(c->id.name, "Benchmark") ||
		    str_find(m->unit, " ") >= 0) {
			wr_lost(w, "metrics");
		} else if (str_eq(m->metric, "iterations")) {
			runs = m->value;
		} else {
			figures = arena_join(a, figures, EM_STR("\t"));
			figures = arena_join(a, figures, m->value);
			figures = arena_join(a, figures, EM_STR(" "));
			figures = arena_join(a, figures, m->unit);
		}
	}
	if (figures.n == 0)
		return;
	runs = arena_join(a, EM_STR("\t"), runs);
	figures = arena_join(a, runs, figures);
	write_output(w, p, test, time,
	    arena_join(
		a, one_line(a, test), arena_join(a, figures, EM_STR("\n"))));
}

static void
write_verdict(struct em_writer *w, const struct go_written *p,
    struct em_str test, const struct em_event *end)
{
	static const struct {
		const char *action, *frame;
	} verdicts[] = {
		[EM_PASS] = { "pass", "--- PASS: " },
		[EM_FAIL] = { "fail", "--- FAIL: " },
		[EM_SKIP] = { "skip", "--- SKIP: " },
	};
	struct gojson_writer *gw = w->state;
	struct arena *a = &gw->scratch;
	enum em_outcome o = end->outcome;
	int64_t ns = end->duration_ns == EM_UNSET ? 0 : end->duration_ns;
	struct em_str frame = { NULL, 0 };

	if (o != EM_PASS && o != EM_SKIP)
		o = EM_FAIL;
	for (size_t i = 0; i < test.n; i++)
		if (test.p[i] == '/')
			frame = arena_join(a, frame, EM_STR("    "));
	frame = arena_join(a, frame, em_str(verdicts[o].frame));
	frame = arena_join(a, frame, one_line(a, test));
	frame = arena_join(a, frame,
	    arena_printf(a, " (%lld.%02lds)\n", (long long)(ns / 1000000000),
		(long)(ns % 1000000000 / 10000000)));
	write_output(w, p, test, end->time_ns, frame);
	line_start(w, verdicts[o].action, p, test, end->time_ns);
	elapsed(w, end->duration_ns);
	line_end(w);
}

/* The pass of its package in which a test failed last. */
static uint64_t *
failed_slot(struct em_writer *w, const struct go_written *p, struct em_str test)
{
	struct gojson_writer *gw = w->state;
	const struct em_str id[] = { p->name, test };
	uint64_t *slot = table_at(&gw->failed, table_key(id, 2, 0));

	if (slot == NULL)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return slot;
}

static void
test_done(struct em_writer *w, struct go_written *p, struct em_str test,
    const struct em_event *ev, const struct pend_case *c)
{
	struct em_str all = whole_output(w, c);
	uint64_t *failed;
	struct em_message why = { .message = ev->reason };

	loss_of_case(w, c, lost);
	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_MESSAGE) {
			count_message(w, i->u.message);
			write_message(
			    w, p, test, ev->time_ns, all, i->u.message);
		}
	if (ev->reason.n > 0)
		wr_lost(w, "reasons but as output");
	if (!str_eq(ev->status, "incomplete"))
		write_message(w, p, test, ev->time_ns, all, &why);
	write_bench(w, p, test, ev->time_ns, c);
	write_attrs(w, p, test, ev);
	if (!str_eq(ev->status, "incomplete"))
		write_verdict(w, p, test, ev);
	if (p->open > 0)
		p->open--;
	if (ev->outcome == EM_PASS || ev->outcome == EM_SKIP)
		return;
	p->failed_tests = true;
	failed = failed_slot(w, p, test);
	if (failed != NULL)
		*failed = p->pass;
}

static void
attachment(struct em_writer *w, const struct go_written *p, struct em_str test,
    const struct em_event *ev)
{
	if (ev->path.p == NULL) {
		wr_lost(w, "attachments without a path");
		return;
	}
	line_start(w, "artifacts", p, test, ev->time_ns);
	em_out_puts(w->out, ",\"Path\":");
	em_out_json_str(w->out, ev->path);
	line_end(w);
}

/* Readers take a test that runs again for a retry when it failed before its
 * package ended last; so the package ends, if no other test runs in it. */
static void
retry(struct em_writer *w, struct go_written *p, struct em_str test,
    const struct em_event *ev)
{
	uint64_t *failed = failed_slot(w, p, test);
	struct em_event end;

	if (failed == NULL)
		return;
	em_event_init(&end, EM_SUITE_COMPLETE);
	end.time_ns = ev->time_ns;
	/* Tests that run while their package ends count as failed. */
	if (*failed == p->pass && !p->ended && p->open == 0)
		end_package(w, p, &end);
	if (*failed == 0 || ev->iteration > 1 ||
	    (*failed == p->pass && !p->ended))
		wr_lost(w, "attempts that are written as repetitions");
}

static void
test_starts(struct em_writer *w, struct go_written *p, struct em_str test,
    const struct em_event *ev)
{
	if (ev->attempt > 1)
		retry(w, p, test, ev);
	if (p->ended) {
		p->ended = p->failed_tests = false;
		p->pass++;
	}
	p->open++;
	line_start(w, "run", p, test, ev->time_ns);
	line_end(w);
	write_frame(w, p, test, ev->time_ns, "=== RUN   ", EM_STR("\n"));
	write_attrs(w, p, test, ev);
}

/* A test that has ended runs again, to fail. */
static enum em_rc
fail_late(struct em_writer *w, struct go_written *p, struct em_str test,
    struct pend_case *c)
{
	struct gojson_writer *gw = w->state;
	struct em_event start = c->id;

	start.kind = EM_CASE_START;
	start.time_ns = c->end.time_ns;
	test_starts(w, p, test, &start);
	test_done(w, p, test, &c->end, c);
	pend_forget(&gw->pend, c);
	return EM_OK;
}

static enum em_rc
case_event(struct em_writer *w, const struct em_event *ev)
{
	struct gojson_writer *gw = w->state;
	struct go_written *p = package(w, ev->run, ev->suite, ev->time_ns);
	struct pend_case *c;
	enum pend_what what = pend_event(&gw->pend, ev, &c);
	struct em_str test;

	if (p == NULL || gw->pend.failed)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	if (what == PEND_LOST)
		loss_behind_end(w);
	if (what == PEND_NOTHING || what == PEND_LOST)
		return EM_OK;
	test = test_name(w, p, ev, c);
	p->any_tests = true;
	if (c->late)
		return fail_late(w, p, test, c);
	switch (ev->kind) {
	case EM_CASE_START:
		test_starts(w, p, test, ev);
		break;
	case EM_CASE_OUTPUT:
		write_lines(w, p, test, ev->time_ns, ev->text);
		break;
	case EM_CASE_ATTACHMENT:
		attachment(w, p, test, ev);
		break;
	case EM_CASE_COMPLETE:
		test_done(w, p, test, ev, c);
		pend_forget(&gw->pend, c);
		break;
	default:
		break;
	}
	return EM_OK;
}

/* ---- events ---- */

static void
log_line(struct em_writer *w, const struct em_event *ev)
{
	static const struct em_str none;
	struct gojson_writer *gw = w->state;
	struct go_written *p;

	/* Outside of packages there is no place for text. */
	if (ev->suite.n == 0) {
		wr_lost(w, "log lines of no suite");
		return;
	}
	p = package(w, ev->run, ev->suite, ev->time_ns);
	if (p != NULL && !p->ended)
		write_lines(w, p, none, ev->time_ns,
		    arena_join(&gw->scratch, ev->text, EM_STR("\n")));
}

enum em_rc
gojson_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct gojson_writer *gw = w->state;
	struct go_written *p;

	arena_reset(&gw->scratch);
	loss_of_event(w, ev, lost);
	switch (ev->kind) {
	case EM_SUITE_START:
		package(w, ev->run, ev->suite, ev->time_ns);
		break;
	case EM_SUITE_COMPLETE:
		p = package(w, ev->run, ev->suite, ev->time_ns);
		if (p != NULL)
			end_package(w, p, ev);
		break;
	case EM_RUN_START:
		gw->running++;
		break;
	case EM_RUN_CANCEL:
		gw->why = arena_dup(&w->keep, ev->reason);
		break;
	case EM_RUN_COMPLETE:
		end_run(w, ev);
		break;
	case EM_LOG:
		log_line(w, ev);
		break;
	default:
		if (em_event_is_case(ev))
			return case_event(w, ev);
		break;
	}
	return EM_OK;
}

enum em_rc
gojson_write_open(struct em_writer *w)
{
	struct gojson_writer *gw = w->state;

	arena_init(&gw->scratch, case_max);
	pend_init(&gw->pend, case_max);
	return EM_OK;
}

/* A run without an end has a package without one, which some readers take for
 * no trouble, and a package that fails because of it. */
enum em_rc
gojson_write_finish(struct em_writer *w)
{
	struct gojson_writer *gw = w->state;
	const struct go_written *p = gw->first;
	static const struct em_str none;

	for (struct pend_case *c = gw->pend.first; c != NULL; c = c->next)
		loss_of_case(w, c, lost);
	while (p != NULL && p->ended)
		p = p->next;
	if (gw->running == 0 && p == NULL)
		return wr_status(w);
	fail_run(w, none, EM_UNSET, EM_STR("the results are cut short"));
	if (p == NULL)
		run_package(w, none, EM_UNSET);
	return wr_status(w);
}

void
gojson_write_close(struct em_writer *w)
{
	struct gojson_writer *gw = w->state;

	table_free(&gw->packages);
	table_free(&gw->roots);
	table_free(&gw->failed);
	pend_free(&gw->pend);
	arena_free(&gw->scratch);
}
