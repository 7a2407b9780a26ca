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
#include "libtest-write.h"
#include "loss.h"

static const size_t case_max = (size_t)256 << 20;

static struct em_out *
out_of(struct em_writer *w, const struct libtest_block *b)
{
	return b->out != NULL ? b->out : w->out;
}

static enum em_rc
no_memory(struct em_writer *w)
{
	return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
}

static void
count_failure(struct em_writer *w, struct libtest_block *b)
{
	struct libtest_writer *lw = w->state;

	b->counts.fail++;
	lw->failed = true;
}

/* A failure waits: a retry may take its place. */
static enum em_rc
hold_failure(struct em_writer *w, struct libtest_block *b, struct pend_case *c)
{
	struct em_out *text = em_out_mem();

	if (text == NULL)
		return no_memory(w);
	lw_test(w, b, text, c);
	pend_text(&b->pend, c, em_out_memory(text));
	return em_out_close(text, &w->err);
}

/* nextest's names say how many there were, and not what they said. */
static void
count_attempts(
    struct em_writer *w, const struct libtest_block *b, struct pend_case *c)
{
	if (!b->nextest) {
		loss_of_attempts(w, c);
		return;
	}
	if (c->mark > 0)
		wr_lost(w, "what earlier attempts said");
	c->mark = c->items != NULL;
}

static enum em_rc
case_done(struct em_writer *w, struct libtest_block *b, struct pend_case *c)
{
	struct libtest_writer *lw = w->state;
	bool fail = c->end.outcome != EM_PASS && c->end.outcome != EM_SKIP;

	count_attempts(w, b, c);
	if (fail && !lw->now)
		return hold_failure(w, b, c);
	if (fail)
		count_failure(w, b);
	lw_test(w, b, out_of(w, b), c);
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
	if (!b->nextest && b->suite.n > 0)
		wr_lost(w, "suite names");
	b->all = lw->all;
	lw->all = b;
	return b;
}

static struct libtest_block *
find_block(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;
	const struct em_str id[] = { ev->run, ev->suite };
	uint64_t *slot = table_at(&lw->suites, table_key(id, ARRAY_LEN(id), 0));
	struct libtest_block *b;

	if (slot == NULL) {
		no_memory(w);
		return NULL;
	}
	if (*slot != 0)
		return (struct libtest_block *)(uintptr_t)*slot;
	b = new_block(w, ev);
	*slot = (uint64_t)(uintptr_t)b;
	return b;
}

/* The suite starts, if need be once more. */
static enum em_rc
open_block(struct em_writer *w, struct libtest_block *b, int64_t total)
{
	struct libtest_writer *lw = w->state;

	if (b->open)
		return EM_OK;
	b->open = true;
	b->ended = false;
	b->counts = (struct em_counts){ 0, 0, 0 };
	b->measured = 0;
	b->duration = EM_UNSET;
	b->next = NULL;
	if (lw->first == NULL) {
		lw->first = b;
	} else {
		lw->last->next = b;
		b->out = em_out_mem();
		if (b->out == NULL)
			return no_memory(w);
	}
	lw->last = b;
	lw_start(out_of(w, b), "suite", "started");
	lw_number(out_of(w, b), "test_count", total == EM_UNSET ? 0 : total);
	lw_end(out_of(w, b));
	return EM_OK;
}

/* Failures that no retry took back; and cases that never ended, unless that
 * is how the stream ends. */
static void
write_pending(struct em_writer *w, struct libtest_block *b, bool cut)
{
	struct em_out *out = out_of(w, b);
	struct pend_case *c;

	while ((c = b->pend.first) != NULL) {
		if (c->text.p != NULL) {
			count_failure(w, b);
			em_out_write(out, c->text);
		} else if (!cut) {
			count_failure(w, b);
			count_attempts(w, b, c);
			c->end.outcome = EM_FAIL;
			c->end.duration_ns = EM_UNSET;
			c->end.reason = EM_STR("the test never ended");
			c->end.status = EM_STR("incomplete");
			lw_test(w, b, out, c);
		} else if (c->items != NULL) {
			wr_lost(w, "what open tests said");
		}
		pend_forget(&b->pend, c);
	}
}

static enum em_rc
end_block(struct em_writer *w, struct libtest_block *b)
{
	struct em_out *out = out_of(w, b);

	write_pending(w, b, false);
	lw_start(out, "suite", b->counts.fail > 0 ? "failed" : "ok");
	lw_number(out, "passed", b->counts.pass);
	lw_number(out, "failed", b->counts.fail);
	lw_number(out, "ignored", b->counts.skip);
	lw_number(out, "measured", b->measured);
	lw_number(out, "filtered_out", 0);
	lw_seconds(out, "exec_time", b->duration);
	lw_end(out);
	b->ended = true;
	return b->pend.failed ? no_memory(w) : EM_OK;
}

/*
 * A suite or run that failed, and no test of it did: one that is called like
 * the suite, or "run", since nothing but tests can fail.
 */
static void
fail_itself(struct em_writer *w, struct libtest_block *b, const char *name,
    struct em_str why)
{
	struct em_out *out = out_of(w, b);
	struct em_event id;

	em_event_init(&id, EM_UNKNOWN);
	id.name = b->suite.n > 0 && !b->nextest ? b->suite : em_str(name);
	em_out_puts(out, "{ \"type\": \"test\"");
	lw_member(out, "name", lw_name(w, b, &id, 0));
	lw_member(out, "event", EM_STR("failed"));
	lw_member(out, "message", why);
	lw_end(out);
	count_failure(w, b);
}

/* Drops the suites in front that have ended; the next one, which waited, is
 * written directly from here on. */
static enum em_rc
advance(struct em_writer *w)
{
	struct libtest_writer *lw = w->state;
	struct libtest_block *b;
	enum em_rc rc = EM_OK;

	while (rc == EM_OK && (b = lw->first) != NULL && b->ended) {
		lw->first = b->next;
		b->open = false;
		b = lw->first;
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

/* Other runs may go on. */
static enum em_rc
end_run(struct em_writer *w, struct em_str run)
{
	struct libtest_writer *lw = w->state;
	enum em_rc rc = EM_OK;

	for (struct libtest_block *b = lw->first; b != NULL; b = b->next)
		if (rc == EM_OK && !b->ended && em_str_eq(b->run, run))
			rc = end_block(w, b);
	return rc == EM_OK ? advance(w) : rc;
}

/* A run that failed, and nothing in it says so yet. */
static enum em_rc
fail_run(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;
	struct em_event id;
	struct libtest_block *b;

	em_event_init(&id, EM_UNKNOWN);
	id.run = ev->run;
	b = find_block(w, &id);
	if (b == NULL || open_block(w, b, EM_UNSET) != EM_OK)
		return EM_ERR;
	fail_itself(
	    w, b, "run", lw->why.n > 0 ? lw->why : EM_STR("the run failed"));
	return end_run(w, ev->run);
}

/* A run without an end: its last suite has none either. */
static enum em_rc
cut_run(struct em_writer *w)
{
	struct libtest_writer *lw = w->state;
	struct em_event id;
	struct libtest_block *b;

	em_event_init(&id, EM_UNKNOWN);
	if (lw->first == NULL) {
		b = find_block(w, &id);
		if (b == NULL || open_block(w, b, EM_UNSET) != EM_OK)
			return EM_ERR;
	}
	for (b = lw->first; b != NULL; b = b->next) {
		if (!b->ended)
			write_pending(w, b, true);
		b->ended = true;
	}
	return advance(w);
}

/* ---- discovery ---- */

static void
write_discovered(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;
	struct em_out *out = lw->listing;
	bool bench = str_eq(ev->mode, "bench");
	bool ignored = str_eq(ev->status, "ignored");

	lw_start(out, bench ? "benchmark" : "test", "discovered");
	lw_member(out, "name", pend_name(&lw->scratch, ev));
	em_out_printf(out, ", \"ignore\": %s", ignored ? "true" : "false");
	lw_member(out, "ignore_message", ignored ? ev->reason : EM_STR(""));
	lw_member(out, "source_path", ev->location.file);
	lw_number(out, "start_line",
	    ev->location.line == EM_UNSET ? 0 : ev->location.line);
	lw_number(out, "start_col",
	    ev->location.column == EM_UNSET ? 0 : ev->location.column);
	lw_number(out, "end_line",
	    ev->location.end_line == EM_UNSET ? 0 : ev->location.end_line);
	lw_number(out, "end_col",
	    ev->location.end_column == EM_UNSET ? 0 : ev->location.end_column);
	lw_end(out);
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
	if (lw->running > 0) {
		if (ev->kind == EM_DISCOVER_CASE)
			wr_lost(w, "listed cases");
		return EM_OK;
	}
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
	if (lw->running == 0) {
		lw_start(w->out, "suite", "discovery");
		lw_end(w->out);
		em_out_write(w->out, em_out_memory(lw->listing));
		lw_start(w->out, "suite", "completed");
		lw_number(w->out, "tests", lw->tests);
		lw_number(w->out, "benchmarks", lw->benchmarks);
		lw_number(w->out, "total", lw->tests + lw->benchmarks);
		lw_number(w->out, "ignored", lw->ignored);
		lw_end(w->out);
	}
	for (; lw->running > 0 && lw->tests + lw->benchmarks > 0; lw->tests--)
		wr_lost(w, "listed cases");
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
	if (what == PEND_LOST)
		loss_behind_end(w);
	if (what == PEND_LOST || what == PEND_NOTHING)
		return EM_OK;
	if (open_block(w, b, EM_UNSET) != EM_OK)
		return EM_ERR;
	if (what == PEND_DONE)
		return case_done(w, b, c);
	if (c->attempts > 1)
		return EM_OK;
	if (ev->kind == EM_CASE_START)
		loss_of_retry(w, c);
	if (ev->kind == EM_CASE_START || ev->kind == EM_CASE_SLOW) {
		lw_start(out_of(w, b), "test",
		    ev->kind == EM_CASE_START ? "started" : "timeout");
		lw_member(out_of(w, b), "name", lw_name(w, b, ev, 0));
		lw_end(out_of(w, b));
	}
	return EM_OK;
}

static enum em_rc
suite_start(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_block *b;

	if (ev->suite.p == NULL)
		return EM_OK;
	b = find_block(w, ev);
	return b != NULL ? open_block(w, b, ev->total) : EM_ERR;
}

static enum em_rc
suite_done(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_block *b = find_block(w, ev);
	enum em_rc rc;

	if (b == NULL || open_block(w, b, EM_UNSET) != EM_OK)
		return EM_ERR;
	b->duration = ev->duration_ns;
	if (ev->outcome == EM_FAIL && b->counts.fail == 0 &&
	    b->pend.first == NULL)
		fail_itself(w, b, "suite",
		    ev->reason.n > 0       ? ev->reason
			: ev->status.n > 0 ? ev->status
					   : EM_STR("the suite failed"));
	else if (ev->reason.n + ev->status.n > 0)
		wr_lost(w, "results of suites");
	rc = end_block(w, b);
	return rc == EM_OK ? advance(w) : rc;
}

static enum em_rc
run_done(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;
	enum em_rc rc = end_run(w, ev->run);

	if (lw->running > 0)
		lw->running--;
	if (rc != EM_OK || ev->outcome != EM_FAIL || lw->failed)
		return rc;
	return fail_run(w, ev);
}

enum em_rc
libtest_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct libtest_writer *lw = w->state;

	arena_reset(&lw->scratch);
	loss_of_event(w, ev, libtest_lost);
	switch (ev->kind) {
	case EM_DISCOVER_START:
	case EM_DISCOVER_CASE:
		return discovered(w, ev);
	case EM_RUN_START:
		lw->running++;
		return end_listing(w);
	case EM_RUN_CANCEL:
		lw->why = arena_dup(&w->keep, ev->reason);
		return EM_OK;
	case EM_SUITE_START:
		return suite_start(w, ev);
	case EM_SUITE_COMPLETE:
		return suite_done(w, ev);
	case EM_RUN_COMPLETE:
		return run_done(w, ev);
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
	struct libtest_writer *lw = w->state;
	enum em_rc rc = end_listing(w);

	if (rc == EM_OK && (lw->running > 0 || lw->first != NULL))
		rc = cut_run(w);
	return rc == EM_OK ? wr_status(w) : rc;
}

void
libtest_write_close(struct em_writer *w)
{
	struct libtest_writer *lw = w->state;

	while (lw->all != NULL) {
		struct libtest_block *b = lw->all;

		lw->all = b->all;
		if (b->out != NULL)
			em_out_close(b->out, NULL);
		pend_free(&b->pend);
		free(b);
	}
	if (lw->listing != NULL)
		em_out_close(lw->listing, NULL);
	table_free(&lw->suites);
	arena_free(&lw->scratch);
}
