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

static const size_t case_max = (size_t)256 << 20;

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
		gw_lines(w, p, test, time, arena_join(a, text, EM_STR("\n")));
	}
	if (!contains(all, m->detail))
		gw_lines(
		    w, p, test, time, arena_join(a, m->detail, EM_STR("\n")));
}

static void
write_attrs(struct em_writer *w, const struct go_written *p, struct em_str test,
    const struct em_event *ev)
{
	for (size_t i = 0; i < ev->properties.n; i++) {
		const struct em_pair *pair = &ev->properties.v[i];

		gw_start(w, "attr", p, test, ev->time_ns);
		em_out_puts(w->out, ",\"Key\":");
		em_out_json_str(w->out, pair->key);
		em_out_puts(w->out, ",\"Value\":");
		em_out_json_str(w->out, pair->value);
		gw_end(w);
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
	gw_output(w, p, test, time,
	    arena_join(
		a, gw_one_line(a, test), arena_join(a, figures, EM_STR("\n"))));
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
	frame = arena_join(a, frame, gw_one_line(a, test));
	frame = arena_join(a, frame,
	    arena_printf(a, " (%lld.%02lds)\n", (long long)(ns / 1000000000),
		(long)(ns % 1000000000 / 10000000)));
	gw_output(w, p, test, end->time_ns, frame);
	gw_start(w, verdicts[o].action, p, test, end->time_ns);
	gw_elapsed(w, end->duration_ns);
	gw_end(w);
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
	gw_start(w, "artifacts", p, test, ev->time_ns);
	em_out_puts(w->out, ",\"Path\":");
	em_out_json_str(w->out, ev->path);
	gw_end(w);
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
		gw_end_package(w, p, &end);
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
	gw_start(w, "run", p, test, ev->time_ns);
	gw_end(w);
	gw_frame(w, p, test, ev->time_ns, "=== RUN   ", EM_STR("\n"));
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
	struct go_written *p = gw_package(w, ev->run, ev->suite, ev->time_ns);
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
		gw_lines(w, p, test, ev->time_ns, ev->text);
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
	p = gw_package(w, ev->run, ev->suite, ev->time_ns);
	if (p != NULL && !p->ended)
		gw_lines(w, p, none, ev->time_ns,
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
		gw_package(w, ev->run, ev->suite, ev->time_ns);
		break;
	case EM_SUITE_COMPLETE:
		p = gw_package(w, ev->run, ev->suite, ev->time_ns);
		if (p != NULL)
			gw_end_package(w, p, ev);
		break;
	case EM_RUN_START:
		gw->running++;
		break;
	case EM_RUN_CANCEL:
		gw->why = arena_dup(&w->keep, ev->reason);
		break;
	case EM_RUN_COMPLETE:
		gw_end_run(w, ev);
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
	gw_fail_run(w, none, EM_UNSET, EM_STR("the results are cut short"));
	if (p == NULL)
		gw_run_package(w, none, EM_UNSET);
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
