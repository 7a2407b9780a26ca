/* SPDX-License-Identifier: MIT */
/*
 * TAP 14 out: one test point a case, with diagnostics in YAML, and the plan
 * at the end; a stream that is cut has no plan, and bails out.  A suite that
 * failed by itself is a point too, since nothing else can fail.  There are no
 * subtests, so that it is TAP 13 as well.
 */
#include <string.h>

#include "loss.h"
#include "plain.h"
#include "tap.h"

/* What there is neither a word nor a usual key of YAML for. */
static const unsigned lost = LOSS_NAMES | LOSS_ITERATIONS | LOSS_MODES |
    LOSS_LOCATIONS | LOSS_TAGS | LOSS_PARENTS | LOSS_PROPERTIES | LOSS_WORKERS |
    LOSS_SLOW | LOSS_EXITS | LOSS_CUT | LOSS_KINDS | LOSS_MORE |
    LOSS_ATTACHMENTS | LOSS_RUNS | LOSS_RUN | LOSS_TITLES | LOSS_NESTING |
    LOSS_LISTINGS;

static const size_t case_max = (size_t)256 << 20;

/* ---- points ---- */

static void
count_lost(struct em_writer *w, const struct pend_case *c, bool failed)
{
	const struct em_event *end = &c->end;
	bool skip = end->outcome == EM_SKIP;

	loss_of_case(w, c, lost);
	if (skip && !tap_is_todo(end) && end->status.n > 0)
		wr_lost(w, "statuses of what is skipped");
	if (failed && end->reason.n > 0)
		wr_lost(w, "reasons of failures but as messages");
	else if (!failed && !skip && !tap_is_xpass(end) && end->reason.n > 0)
		wr_lost(w, "reasons of what passed");
	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_OUTPUT && !failed)
			wr_lost(w, "output of tests that did not fail");
}

/* All of a point but its number, which comes when it is written. */
static void
write_case(struct em_writer *w, struct em_out *out, const struct pend_case *c)
{
	struct tap_writer *tw = w->state;
	const struct em_event *end = &c->end;
	struct em_str name = plain_name(&tw->scratch, &c->id);
	bool todo = tap_is_todo(end);
	bool skip = end->outcome == EM_SKIP;
	bool failed = !skip && end->outcome != EM_PASS;

	if (name.n > 0)
		em_out_puts(out, " - ");
	if (memchr(name.p, '\n', name.n) != NULL)
		wr_lost(w, "line ends in names");
	count_lost(w, c, failed);
	tap_write_plain(out, name);
	if (skip || tap_is_xpass(end)) {
		em_out_puts(out, skip && !todo ? " # SKIP" : " # TODO");
		if (end->reason.n > 0)
			out_byte(out, ' ');
		tap_write_plain(out, end->reason);
	}
	out_byte(out, '\n');
	tap_write_yaml(w, out, c, failed);
}

static void
begin(struct em_writer *w)
{
	struct tap_writer *tw = w->state;

	if (!tw->begun)
		em_out_printf(w->out, "TAP version %d\n", tw->version);
	tw->begun = true;
}

static void
write_number(struct em_writer *w, bool ok)
{
	struct tap_writer *tw = w->state;

	begin(w);
	em_out_printf(
	    w->out, "%s %lld", ok ? "ok" : "not ok", (long long)++tw->count);
	tw->failed |= !ok;
}

static enum em_rc
no_memory(struct em_writer *w)
{
	return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
}

static enum em_rc
case_done(struct em_writer *w, struct pend_case *c)
{
	struct tap_writer *tw = w->state;
	enum em_outcome o = c->end.outcome;
	struct em_out *text;

	loss_of_attempts(w, c);
	if (tw->now || o == EM_PASS || o == EM_SKIP) {
		bool failed = tw->failed;

		write_number(
		    w, o == EM_PASS || (o == EM_SKIP && !tap_is_todo(&c->end)));
		/* A todo is not ok and breaks nothing. */
		if (o == EM_SKIP)
			tw->failed = failed;
		write_case(w, w->out, c);
		pend_forget(&tw->pend, c);
		return EM_OK;
	}
	text = em_out_mem();
	if (text == NULL)
		return no_memory(w);
	write_case(w, text, c);
	pend_text(&tw->pend, c, em_out_memory(text));
	return em_out_close(text, &w->err);
}

/* Failures that no retry took back, and cases that never ended. */
static void
write_pending(struct em_writer *w)
{
	struct tap_writer *tw = w->state;
	struct pend_case *c;

	while ((c = tw->pend.first) != NULL) {
		write_number(w, false);
		if (c->text.p != NULL) {
			em_out_write(w->out, c->text);
		} else {
			c->end.outcome = EM_FAIL;
			c->end.status = EM_STR("incomplete");
			c->end.duration_ns = EM_UNSET;
			write_case(w, w->out, c);
		}
		pend_forget(&tw->pend, c);
	}
}

/* ---- events ---- */

static void
write_comment(struct em_writer *w, struct em_str text)
{
	struct tap_writer *tw = w->state;
	struct em_str line;

	begin(w);
	/* A log holds any bytes, TAP is UTF-8. */
	text = arena_utf8(&tw->scratch, text);
	while (text.n > 0) {
		str_cut(&text, '\n', &line);
		if (str_ends(line, "\r"))
			line.n--;
		/* What looks like the heading of a subtest must not be one. */
		em_out_puts(w->out, str_starts(line, "Subtest") ? "#  " : "# ");
		em_out_write(w->out, line);
		out_byte(w->out, '\n');
	}
}

static void
suite_done(struct em_writer *w, const struct em_event *ev)
{
	if (ev->outcome != EM_FAIL)
		return;
	write_number(w, false);
	em_out_puts(w->out, " - ");
	tap_write_plain(w->out, ev->suite);
	em_out_puts(w->out, "\n  ---\n");
	tap_write_value(w->out, "status", ev->status);
	tap_write_value(w->out, "message",
	    ev->reason.n > 0 ? ev->reason : EM_STR("the suite failed"));
	em_out_puts(w->out, "  ...\n");
}

static void
run_done(struct em_writer *w, const struct em_event *ev)
{
	struct tap_writer *tw = w->state;

	begin(w);
	if (tw->running > 0)
		tw->running--;
	tw->whole = tw->running == 0;
	if (tw->whole)
		write_pending(w);
	tw->run_failed |= ev->outcome == EM_FAIL;
	if (!tw->whole)
		return;
	if (tw->run_failed && !tw->failed && !tw->cancelled) {
		tw->cancelled = true;
		tw->why = ev->status.n > 0 ? arena_dup(&w->keep, ev->status)
					   : EM_STR("the run failed");
	}
}

enum em_rc
tap_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct tap_writer *tw = w->state;
	struct pend_case *c;
	enum pend_what what;

	arena_reset(&tw->scratch);
	loss_of_event(w, ev, lost);
	switch (ev->kind) {
	case EM_RUN_START:
		begin(w);
		tw->running++;
		tw->whole = false;
		return EM_OK;
	case EM_RUN_CANCEL:
		tw->cancelled = true;
		tw->why = arena_dup(&w->keep, ev->reason);
		return EM_OK;
	case EM_RUN_COMPLETE:
		run_done(w, ev);
		return EM_OK;
	case EM_SUITE_COMPLETE:
		suite_done(w, ev);
		return EM_OK;
	case EM_LOG:
		write_comment(w, ev->text);
		return EM_OK;
	case EM_DISCOVER_COMPLETE:
		/* A listing is whole without a run. */
		tw->whole = true;
		return EM_OK;
	default:
		break;
	}
	what = pend_event(&tw->pend, ev, &c);
	if (tw->pend.failed)
		return no_memory(w);
	if (what == PEND_LOST)
		loss_behind_end(w);
	return what == PEND_DONE ? case_done(w, c) : EM_OK;
}

enum em_rc
tap_write_open(struct em_writer *w)
{
	struct tap_writer *tw = w->state;
	const char *version = wr_option(w, "version");

	arena_init(&tw->scratch, case_max);
	pend_init(&tw->pend, case_max);
	tw->version = 14;
	if (version != NULL && strcmp(version, "13") == 0)
		tw->version = 13;
	else if (version != NULL && strcmp(version, "14") != 0)
		return err_set(&w->err, EM_E_USAGE, 0,
		    "bad value \"%s\" of version, it is 13 or 14", version);
	return pend_option(w, &tw->now);
}

enum em_rc
tap_write_finish(struct em_writer *w)
{
	struct tap_writer *tw = w->state;

	begin(w);
	write_pending(w);
	if (tw->whole && !tw->cancelled) {
		em_out_printf(w->out, "1..%lld\n", (long long)tw->count);
		return EM_OK;
	}
	if (!tw->cancelled)
		tw->why = EM_STR("the results are cut short");
	/* Instead of the plan, behind which some read no more. */
	em_out_puts(w->out, "Bail out!");
	if (tw->why.n > 0)
		out_byte(w->out, ' ');
	tap_write_plain(w->out, tw->why);
	out_byte(w->out, '\n');
	return EM_OK;
}

void
tap_write_close(struct em_writer *w)
{
	struct tap_writer *tw = w->state;

	pend_free(&tw->pend);
	arena_free(&tw->scratch);
}
