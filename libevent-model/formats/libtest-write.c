/* SPDX-License-Identifier: MIT */
/*
 * libtest JSON out.  The format has suites without names, one after another:
 * the suite at hand is written as its events come, others wait in memory
 * until it ends.  A suite called as nextest calls its binaries, "pkg::bin",
 * is written in nextest's dialect, where the names of tests hold the suite,
 * the iteration and the number of attempts.
 */
#include <stdlib.h>

#include "format.h"
#include "pend.h"
#include "libtest.h"

struct libtest_block {
	struct libtest_block *next;
	struct em_str run, suite;
	struct pend pend;
	struct em_out *out; /* NULL: written directly */
	bool nextest; /* the suite is a name of nextest */
	bool ended;
	struct em_counts counts;
	int64_t measured, total, duration;
};

static const size_t case_max = (size_t)256 << 20;

static struct em_out *
out_of(struct em_writer *w, const struct libtest_block *b)
{
	return b->out != NULL ? b->out : w->out;
}

static bool
same_suite(const struct libtest_block *b, const struct em_event *ev)
{
	return em_str_eq(b->suite, ev->suite) && em_str_eq(b->run, ev->run);
}

static enum em_rc
no_memory(struct em_writer *w)
{
	return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
}

/* ---- lines ---- */

static void
member(struct em_out *out, const char *key, struct em_str value)
{
	em_out_printf(out, ", \"%s\": ", key);
	em_out_json_str(out, value);
}

static void
number(struct em_out *out, const char *key, int64_t value)
{
	em_out_printf(out, ", \"%s\": %lld", key, (long long)value);
}

static void
seconds(struct em_out *out, const char *key, int64_t ns)
{
	if (ns == EM_UNSET)
		return;
	em_out_printf(out, ", \"%s\": ", key);
	out_seconds(out, ns, 9);
}

/* The name under which a case stands, its attempts behind when > 1. */
static struct em_str
full_name(struct em_writer *w, const struct libtest_block *b,
    const struct em_event *id, int64_t attempts)
{
	struct libtest_writer *lw = w->state;
	struct arena *a = &lw->scratch;
	struct em_event plain = *id;
	struct em_str name;

	if (!b->nextest) {
		if (attempts > 1)
			wr_lost(w, "attempts but the last");
		return pend_name(a, id);
	}
	plain.iteration = EM_UNSET;
	name = arena_join(a, EM_STR("$"), pend_name(a, &plain));
	if (id->iteration != EM_UNSET)
		name = arena_join(a,
		    arena_printf(
			a, "@stress-%lld", (long long)id->iteration - 1),
		    name);
	name = arena_join(a, b->suite, name);
	if (attempts > 1)
		name = arena_join(
		    a, name, arena_printf(a, "#%lld", (long long)attempts));
	return name;
}

static void
line_start(struct em_out *out, const char *type, const char *event)
{
	em_out_printf(
	    out, "{ \"type\": \"%s\", \"event\": \"%s\"", type, event);
}

static void
line_end(struct em_out *out)
{
	em_out_puts(out, " }\n");
}

/* ---- results of tests ---- */

/* Output in the order in which it came, whatever the stream. */
static void
write_output(struct em_writer *w, struct em_out *out, const struct pend_case *c)
{
	struct libtest_writer *lw = w->state;
	struct em_str text = { NULL, 0 };

	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_OUTPUT)
			text =
			    arena_join(&lw->scratch, text, i->u.output->text);
	if (text.n > 0)
		member(out, "stdout", text);
}

static const struct em_metric *
find_metric(const struct pend_case *c, const char *unit)
{
	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_METRIC &&
		    str_eq(i->u.metric->unit, unit))
			return i->u.metric;
	return NULL;
}

/* "ns/iter" of libtest; what others call the same. */
static const struct em_metric *
time_metric(const struct pend_case *c)
{
	const struct em_metric *m = find_metric(c, "ns/iter");

	return m != NULL ? m : find_metric(c, "ns/op");
}

static void
write_bench(struct em_out *out, struct em_str name, const struct pend_case *c)
{
	const struct em_metric *m = time_metric(c);
	const struct em_metric *mib = find_metric(c, "MiB/s");

	em_out_puts(out, "{ \"type\": \"bench\"");
	member(out, "name", name);
	em_out_puts(out, ", \"median\": ");
	em_out_write(out, m->value);
	em_out_puts(out, ", \"deviation\": ");
	em_out_write(out, m->deviation.n > 0 ? m->deviation : EM_STR("0"));
	if (mib != NULL) {
		em_out_puts(out, ", \"mib_per_second\": ");
		em_out_write(out, mib->value);
	}
	line_end(out);
}

static void
count_lost(struct em_writer *w, const struct pend_case *c)
{
	unsigned messages = 0, metrics = 0;

	for (const struct em_item *i = c->items; i != NULL; i = i->next) {
		if (i->kind == EM_CASE_ATTACHMENT)
			wr_lost(w, "attachments");
		metrics += i->kind == EM_CASE_METRIC;
		messages += i->kind == EM_CASE_MESSAGE;
	}
	if (metrics > 0 && time_metric(c) == NULL)
		wr_lost(w, "metrics");
	if (messages > 1)
		wr_lost(w, "messages but the first");
}

static void
write_result(struct em_writer *w, struct libtest_block *b, struct em_out *out,
    const struct pend_case *c)
{
	static const char *const events[] = {
		[EM_PASS] = "ok",
		[EM_FAIL] = "failed",
		[EM_SKIP] = "ignored",
	};
	const struct em_message *error = pend_error(c);
	const struct em_event *end = &c->end;
	enum em_outcome o = end->outcome;
	struct em_str name = full_name(w, b, &c->id,
	    c->attempts > c->id.attempt ? c->attempts : c->id.attempt);

	count_lost(w, c);
	if (o == EM_PASS && time_metric(c) != NULL) {
		b->measured++;
		write_bench(out, name, c);
		return;
	}
	if (o != EM_PASS && o != EM_SKIP)
		o = EM_FAIL;
	em_out_puts(out, "{ \"type\": \"test\"");
	member(out, "name", name);
	member(out, "event", em_str(events[o]));
	seconds(out, "exec_time", end->duration_ns);
	write_output(w, out, c);
	if (o == EM_FAIL && error != NULL && error->message.n > 0)
		member(out, "message", error->message);
	else if (o == EM_SKIP && end->reason.n > 0)
		member(out, "message", end->reason);
	if (o == EM_FAIL && str_eq(end->status, "timeout"))
		member(out, "reason", EM_STR("time limit exceeded"));
	else if (o == EM_FAIL && end->reason.n > 0)
		member(out, "reason", end->reason);
	line_end(out);
	if (o == EM_PASS)
		b->counts.pass++;
	else if (o == EM_SKIP)
		b->counts.skip++;
}

/* A failure waits: a retry may take its place. */
static enum em_rc
hold_failure(struct em_writer *w, struct libtest_block *b, struct pend_case *c)
{
	struct em_out *text = em_out_mem();

	if (text == NULL)
		return no_memory(w);
	write_result(w, b, text, c);
	pend_text(&b->pend, c, em_out_memory(text));
	return em_out_close(text, &w->err);
}

static enum em_rc
case_done(struct em_writer *w, struct libtest_block *b, struct pend_case *c)
{
	struct libtest_writer *lw = w->state;
	bool fail = c->end.outcome != EM_PASS && c->end.outcome != EM_SKIP;

	if (fail && !lw->now)
		return hold_failure(w, b, c);
	if (fail)
		b->counts.fail++;
	write_result(w, b, out_of(w, b), c);
	pend_forget(&b->pend, c);
	return EM_OK;
}

/* ---- suites ---- */

static struct libtest_block *
new_block(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;
	struct libtest_block *b = calloc(1, sizeof(*b));
	struct libtest_name n;

	if (b == NULL) {
		no_memory(w);
		return NULL;
	}
	pend_init(&b->pend, case_max);
	b->run = arena_dup(&w->keep, ev->run);
	b->suite = arena_dup(&w->keep, ev->suite);
	b->nextest = libtest_split_nextest(
	    arena_join(&lw->scratch, ev->suite, EM_STR("$x")), &n);
	b->duration = EM_UNSET;
	if (lw->blocks == NULL) {
		lw->blocks = b;
	} else {
		lw->last->next = b;
		b->out = em_out_mem();
		if (b->out == NULL)
			no_memory(w);
	}
	lw->last = b;
	return b;
}

static struct libtest_block *
find_block(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;
	struct libtest_block *b = lw->blocks;

	while (b != NULL && (b->ended || !same_suite(b, ev)))
		b = b->next;
	if (b != NULL)
		return b;
	b = new_block(w, ev);
	if (b == NULL)
		return NULL;
	if (ev->kind == EM_SUITE_START && ev->total != EM_UNSET)
		b->total = ev->total;
	line_start(out_of(w, b), "suite", "started");
	number(out_of(w, b), "test_count", b->total);
	line_end(out_of(w, b));
	return b;
}

static enum em_rc
end_block(struct em_writer *w, struct libtest_block *b)
{
	struct em_out *out = out_of(w, b);

	while (b->pend.first != NULL) {
		struct pend_case *c = b->pend.first;

		b->counts.fail++;
		if (c->text.p != NULL) {
			em_out_write(out, c->text);
		} else {
			c->end.outcome = EM_FAIL;
			c->end.duration_ns = EM_UNSET;
			c->end.reason = EM_STR("the test never ended");
			c->end.status = EM_STR("incomplete");
			write_result(w, b, out, c);
		}
		pend_forget(&b->pend, c);
	}
	line_start(out, "suite", b->counts.fail > 0 ? "failed" : "ok");
	number(out, "passed", b->counts.pass);
	number(out, "failed", b->counts.fail);
	number(out, "ignored", b->counts.skip);
	number(out, "measured", b->measured);
	number(out, "filtered_out", 0);
	seconds(out, "exec_time", b->duration);
	line_end(out);
	b->ended = true;
	return b->pend.failed ? no_memory(w) : EM_OK;
}

static void
free_block(struct libtest_block *b)
{
	if (b->out != NULL)
		em_out_close(b->out, NULL);
	pend_free(&b->pend);
	free(b);
}

/* Drops the suites in front that have ended; the next one, which waited, is
 * written directly from here on. */
static enum em_rc
advance(struct em_writer *w)
{
	struct libtest_writer *lw = w->state;
	struct libtest_block *b;
	enum em_rc rc = EM_OK;

	while (rc == EM_OK && (b = lw->blocks) != NULL && b->ended) {
		lw->blocks = b->next;
		free_block(b);
		b = lw->blocks;
		if (b == NULL) {
			lw->last = NULL;
			break;
		}
		em_out_write(w->out, em_out_memory(b->out));
		rc = em_out_close(b->out, &w->err);
		b->out = NULL;
	}
	return rc;
}

static enum em_rc
end_run(struct em_writer *w)
{
	struct libtest_writer *lw = w->state;
	enum em_rc rc = EM_OK;

	for (struct libtest_block *b = lw->blocks; b != NULL; b = b->next)
		if (rc == EM_OK && !b->ended)
			rc = end_block(w, b);
	return rc == EM_OK ? advance(w) : rc;
}

/* ---- discovery ---- */

static void
write_discovered(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;
	struct em_out *out = lw->listing;
	bool bench = str_eq(ev->mode, "bench");
	bool ignored = str_eq(ev->status, "ignored");

	line_start(out, bench ? "benchmark" : "test", "discovered");
	member(out, "name", pend_name(&lw->scratch, ev));
	em_out_printf(out, ", \"ignore\": %s", ignored ? "true" : "false");
	member(out, "ignore_message", ignored ? ev->reason : EM_STR(""));
	member(out, "source_path", ev->location.file);
	number(out, "start_line",
	    ev->location.line == EM_UNSET ? 0 : ev->location.line);
	number(out, "start_col",
	    ev->location.column == EM_UNSET ? 0 : ev->location.column);
	number(out, "end_line",
	    ev->location.end_line == EM_UNSET ? 0 : ev->location.end_line);
	number(out, "end_col",
	    ev->location.end_column == EM_UNSET ? 0 : ev->location.end_column);
	line_end(out);
	if (bench)
		lw->benchmarks++;
	else
		lw->tests++;
	lw->ignored += ignored;
}

static enum em_rc
discovered(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;

	/* libtest lists or runs, and never both. */
	if (lw->running)
		return EM_OK;
	if (lw->listing == NULL)
		lw->listing = em_out_mem();
	if (lw->listing == NULL)
		return no_memory(w);
	if (ev->kind == EM_DISCOVER_CASE)
		write_discovered(w, ev);
	return EM_OK;
}

static enum em_rc
end_listing(struct em_writer *w)
{
	struct libtest_writer *lw = w->state;
	enum em_rc rc;

	if (lw->listing == NULL)
		return EM_OK;
	if (!lw->running) {
		line_start(w->out, "suite", "discovery");
		line_end(w->out);
		em_out_write(w->out, em_out_memory(lw->listing));
		line_start(w->out, "suite", "completed");
		number(w->out, "tests", lw->tests);
		number(w->out, "benchmarks", lw->benchmarks);
		number(w->out, "total", lw->tests + lw->benchmarks);
		number(w->out, "ignored", lw->ignored);
		line_end(w->out);
	}
	rc = em_out_close(lw->listing, &w->err);
	lw->listing = NULL;
	return rc;
}

/* ---- events ---- */

static enum em_rc
case_event(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_block *b = find_block(w, ev);
	struct pend_case *c;
	enum pend_what what;

	if (b == NULL)
		return EM_ERR;
	what = pend_event(&b->pend, ev, &c);
	if (b->pend.failed)
		return no_memory(w);
	if (what == PEND_DONE)
		return case_done(w, b, c);
	if (what == PEND_NOTHING || c->attempts > 1)
		return EM_OK;
	if (ev->kind == EM_CASE_START || ev->kind == EM_CASE_SLOW) {
		line_start(out_of(w, b), "test",
		    ev->kind == EM_CASE_START ? "started" : "timeout");
		member(out_of(w, b), "name", full_name(w, b, ev, 0));
		line_end(out_of(w, b));
	}
	return EM_OK;
}

static enum em_rc
suite_done(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_block *b = find_block(w, ev);
	enum em_rc rc;

	if (b == NULL)
		return EM_ERR;
	b->duration = ev->duration_ns;
	if (ev->outcome == EM_FAIL && b->counts.fail == 0 &&
	    b->pend.first == NULL)
		wr_lost(w, "suites that failed by themselves");
	rc = end_block(w, b);
	return rc == EM_OK ? advance(w) : rc;
}

enum em_rc
libtest_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;

	arena_reset(&lw->scratch);
	switch (ev->kind) {
	case EM_DISCOVER_START:
	case EM_DISCOVER_CASE:
		return discovered(w, ev);
	case EM_RUN_START:
		lw->running = true;
		return end_listing(w);
	case EM_SUITE_START:
		if (ev->suite.p != NULL && find_block(w, ev) == NULL)
			return EM_ERR;
		return EM_OK;
	case EM_SUITE_COMPLETE:
		return suite_done(w, ev);
	case EM_RUN_COMPLETE:
		return end_run(w);
	case EM_LOG:
		wr_lost(w, "log lines");
		return EM_OK;
	case EM_UNKNOWN:
		wr_lost(w, "unknown events");
		return EM_OK;
	default:
		return em_event_is_case(ev) ? case_event(w, ev) : EM_OK;
	}
}

enum em_rc
libtest_write_open(struct em_writer *w)
{
	struct libtest_writer *lw = w->state;

	arena_init(&lw->scratch, case_max);
	return pend_option(w, &lw->now);
}

enum em_rc
libtest_write_finish(struct em_writer *w)
{
	enum em_rc rc = end_listing(w);

	return rc == EM_OK ? end_run(w) : rc;
}

void
libtest_write_close(struct em_writer *w)
{
	struct libtest_writer *lw = w->state;

	while (lw->blocks != NULL) {
		struct libtest_block *b = lw->blocks;

		lw->blocks = b->next;
		free_block(b);
	}
	if (lw->listing != NULL)
		em_out_close(lw->listing, NULL);
	arena_free(&lw->scratch);
}
