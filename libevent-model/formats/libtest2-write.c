/* SPDX-License-Identifier: MIT */
/*
 * The libtest2 draft out.  A case has one name, unique in the whole run, so
 * suite and class go in front of it.  Its outcome is the worst of its
 * messages: one that failed without a message gets one.
 */
#include "format.h"
#include "libtest2.h"
#include "loss.h"
#include "plain.h"

static const unsigned lost = LOSS_NAMES | LOSS_ITERATIONS | LOSS_LOCATIONS |
    LOSS_TAGS | LOSS_PARENTS | LOSS_PROPERTIES | LOSS_MODES | LOSS_WORKERS |
    LOSS_SLOW | LOSS_EXITS | LOSS_OUTPUT | LOSS_KINDS | LOSS_DETAILS |
    LOSS_MEMBERS | LOSS_METRICS | LOSS_ATTACHMENTS | LOSS_RUNS | LOSS_RUN |
    LOSS_TITLES | LOSS_NESTING | LOSS_LOGS | LOSS_CANCELLED;

static const size_t case_max = (size_t)256 << 20;

/* Seconds without the zeros behind, in quotes. */
static void
write_elapsed(struct em_out *out, int64_t ns)
{
	int digits = 9;

	if (ns == EM_UNSET)
		return;
	for (int64_t n = ns; digits > 0 && n % 10 == 0; n /= 10)
		digits--;
	em_out_puts(out, ",\"elapsed_s\":\"");
	out_seconds(out, ns, digits);
	out_byte(out, '"');
}

static void
line_start(struct em_out *out, const char *event)
{
	em_out_printf(out, "{\"event\":\"%s\"", event);
}

static void
line_end(struct em_out *out, int64_t elapsed)
{
	write_elapsed(out, elapsed);
	em_out_puts(out, "}\n");
}

static void
member(struct em_out *out, const char *key, struct em_str value)
{
	em_out_printf(out, ",\"%s\":", key);
	em_out_json_str(out, value);
}

static void
write_message(struct em_out *out, struct em_str name, const char *kind,
    struct em_str message, int64_t elapsed)
{
	line_start(out, "case_message");
	member(out, "name", name);
	member(out, "kind", em_str(kind));
	if (message.p != NULL)
		member(out, "message", message);
	line_end(out, elapsed);
}

/* ---- cases ---- */

/* Errors, as many as there are. */
static unsigned
write_errors(struct em_out *out, struct em_str name, const struct pend_case *c)
{
	unsigned n = 0;

	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_MESSAGE &&
		    str_eq(i->u.message->kind, "error")) {
			write_message(out, name, "error", i->u.message->message,
			    EM_UNSET);
			n++;
		}
	return n;
}

/* The time that a case took is that between its events. */
static bool
has_times(const struct pend_case *c)
{
	return c->began != EM_UNSET && c->end.elapsed_ns != EM_UNSET &&
	    c->end.elapsed_ns - c->began == c->end.duration_ns;
}

static void
count_lost(struct em_writer *w, const struct pend_case *c, bool fail)
{
	const struct em_event *end = &c->end;
	bool ignored =
	    end->outcome == EM_SKIP && str_eq(end->status, "ignored");
	unsigned more = 0;

	if (!has_times(c))
		more |= LOSS_DURATIONS;
	if (!ignored)
		more |= LOSS_STATUSES;
	if (end->outcome != EM_SKIP)
		more |= LOSS_REASONS;
	loss_of_case(w, c, lost | more);
	if (!fail && pend_error(c) != NULL)
		wr_lost(w, "errors of what did not fail");
}

static void
write_result(struct em_writer *w, struct em_out *out, const struct pend_case *c)
{
	struct libtest2_writer *lw = w->state;
	struct em_str name = plain_name(&lw->scratch, &c->id);
	const struct em_event *end = &c->end;
	struct em_str why = end->reason.n > 0 ? end->reason : end->status;
	bool skip = end->outcome == EM_SKIP;
	bool fail = !skip && end->outcome != EM_PASS;

	count_lost(w, c, fail);
	if (skip)
		write_message(out, name, "ignored", end->reason, EM_UNSET);
	/* There, an error fails whatever else is said. */
	else if (fail && write_errors(out, name, c) == 0)
		write_message(out, name, "error", why, EM_UNSET);
	line_start(out, "case_complete");
	member(out, "name", name);
	line_end(out, end->elapsed_ns);
}

static enum em_rc
no_memory(struct em_writer *w)
{
	return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
}

static enum em_rc
case_done(struct em_writer *w, struct pend_case *c)
{
	struct libtest2_writer *lw = w->state;
	struct em_out *text;

	loss_of_attempts(w, c);
	if (lw->now || c->end.outcome == EM_PASS || c->end.outcome == EM_SKIP) {
		lw->failed |= c->end.outcome == EM_FAIL;
		write_result(w, w->out, c);
		pend_forget(&lw->pend, c);
		return EM_OK;
	}
	/* A retry may take its place. */
	text = em_out_mem();
	if (text == NULL)
		return no_memory(w);
	write_result(w, text, c);
	pend_text(&lw->pend, c, em_out_memory(text));
	return em_out_close(text, &w->err);
}

static enum em_rc
case_event(struct em_writer *w, const struct em_event *ev)
{
	struct libtest2_writer *lw = w->state;
	struct pend_case *c;
	enum pend_what what = pend_event(&lw->pend, ev, &c);

	if (lw->pend.failed)
		return no_memory(w);
	if (what == PEND_LOST)
		loss_behind_end(w);
	if (what == PEND_DONE)
		return case_done(w, c);
	if (what == PEND_OPEN && ev->kind == EM_CASE_START &&
	    c->attempts == 1) {
		loss_of_retry(w, c);
		line_start(w->out, "case_start");
		member(w->out, "name", plain_name(&lw->scratch, ev));
		line_end(w->out, ev->elapsed_ns);
	}
	return EM_OK;
}

/* ---- runs ---- */

static void
write_discovered(struct em_writer *w, const struct em_event *ev)
{
	struct libtest2_writer *lw = w->state;

	line_start(w->out, "discover_case");
	member(w->out, "name", plain_name(&lw->scratch, ev));
	if (str_eq(ev->mode, "bench"))
		member(w->out, "mode", ev->mode);
	if (ev->selected == EM_FALSE)
		em_out_puts(w->out, ",\"selected\":false");
	line_end(w->out, ev->elapsed_ns);
	if (ev->tags.n > 0 || ev->location.file.n > 0 ||
	    (ev->mode.n > 0 && !str_eq(ev->mode, "bench")))
		wr_lost(w, "members of listed cases");
}

/* The draft has no word for a case that never ended: it is left open. */
static void
write_pending(struct em_writer *w)
{
	struct libtest2_writer *lw = w->state;
	struct pend_case *c;

	while ((c = lw->pend.first) != NULL) {
		em_out_write(w->out, c->text);
		if (c->text.p == NULL && c->items != NULL)
			wr_lost(w, "what open cases said");
		lw->failed = true;
		pend_forget(&lw->pend, c);
	}
}

/*
 * A suite or run that failed, and no case of it did: a case, since nothing
 * else can fail.
 */
static void
fail_itself(struct em_writer *w, struct em_str name, struct em_str why)
{
	struct libtest2_writer *lw = w->state;

	line_start(w->out, "case_start");
	member(w->out, "name", name);
	line_end(w->out, EM_UNSET);
	write_message(w->out, name, "error", why, EM_UNSET);
	line_start(w->out, "case_complete");
	member(w->out, "name", name);
	line_end(w->out, EM_UNSET);
	lw->failed = true;
}

static void
suite_done(struct em_writer *w, const struct em_event *ev)
{
	struct libtest2_writer *lw = w->state;
	struct em_event id;

	if (ev->duration_ns != EM_UNSET)
		wr_lost(w, "durations of suites");
	if (ev->outcome != EM_FAIL)
		return;
	em_event_init(&id, EM_UNKNOWN);
	id.run = ev->run;
	id.name = ev->suite;
	fail_itself(w, plain_name(&lw->scratch, &id),
	    ev->reason.n > 0       ? ev->reason
		: ev->status.n > 0 ? ev->status
				   : EM_STR("the suite failed"));
}

static void
run_start(struct em_writer *w, const struct em_event *ev)
{
	struct libtest2_writer *lw = w->state;

	if (lw->running++ > 0)
		return;
	line_start(w->out, "run_start");
	line_end(w->out, ev->elapsed_ns);
}

/* Runs that go on at the same time are one. */
static void
run_done(struct em_writer *w, const struct em_event *ev)
{
	struct libtest2_writer *lw = w->state;

	lw->run_failed |= ev->outcome == EM_FAIL;
	if (ev->duration_ns != EM_UNSET)
		wr_lost(w, "durations of runs");
	if (lw->running > 1) {
		lw->running--;
		return;
	}
	write_pending(w);
	if (lw->run_failed && !lw->failed)
		fail_itself(w, EM_STR("run"),
		    lw->why.n > 0 ? lw->why : EM_STR("the run failed"));
	if (lw->running > 0) {
		line_start(w->out, "run_complete");
		line_end(w->out, ev->elapsed_ns);
	}
	lw->running = 0;
}

enum em_rc
libtest2_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct libtest2_writer *lw = w->state;

	arena_reset(&lw->scratch);
	loss_of_event(w, ev, lost);
	switch (ev->kind) {
	case EM_DISCOVER_CASE:
		write_discovered(w, ev);
		return EM_OK;
	case EM_DISCOVER_START:
	case EM_DISCOVER_COMPLETE:
		line_start(w->out, em_kind_name(ev->kind).p);
		line_end(w->out, ev->elapsed_ns);
		return EM_OK;
	case EM_RUN_START:
		run_start(w, ev);
		return EM_OK;
	case EM_RUN_CANCEL:
		lw->why = arena_dup(&w->keep, ev->reason);
		return EM_OK;
	case EM_RUN_COMPLETE:
		run_done(w, ev);
		return EM_OK;
	case EM_SUITE_COMPLETE:
		suite_done(w, ev);
		return EM_OK;
	default:
		return em_event_is_case(ev) ? case_event(w, ev) : EM_OK;
	}
}

enum em_rc
libtest2_write_open(struct em_writer *w)
{
	struct libtest2_writer *lw = w->state;

	arena_init(&lw->scratch, case_max);
	pend_init(&lw->pend, case_max);
	return pend_option(w, &lw->now);
}

enum em_rc
libtest2_write_finish(struct em_writer *w)
{
	write_pending(w);
	return wr_status(w);
}

void
libtest2_write_close(struct em_writer *w)
{
	struct libtest2_writer *lw = w->state;

	pend_free(&lw->pend);
	arena_free(&lw->scratch);
}
