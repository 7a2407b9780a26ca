/* SPDX-License-Identifier: MIT */
/*
 * The libtest2 draft out.  A case has one name, unique in the whole run, so
 * suite and class go in front of it.  Its outcome is the worst of its
 * messages: one that failed without a message gets one.
 */
#include "format.h"
#include "libtest2.h"

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

static struct em_str
full_name(struct em_writer *w, const struct em_event *id)
{
	struct libtest2_writer *lw = w->state;
	struct arena *a = &lw->scratch;
	struct em_str name = pend_name(a, id);

	if (id->suite.n == 0)
		return name;
	return arena_join(a, arena_join(a, id->suite, EM_STR("::")), name);
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

/* The messages that fit, as many as there are: several failures of a case. */
static unsigned
write_errors(struct em_writer *w, struct em_out *out, struct em_str name,
    const struct pend_case *c)
{
	unsigned n = 0;

	for (const struct em_item *i = c->items; i != NULL; i = i->next) {
		if (i->kind == EM_CASE_OUTPUT) {
			wr_lost(w, "output");
		} else if (i->kind == EM_CASE_METRIC) {
			wr_lost(w, "metrics");
		} else if (i->kind == EM_CASE_ATTACHMENT) {
			wr_lost(w, "attachments");
		} else if (c->end.outcome == EM_FAIL &&
		    str_eq(i->u.message->kind, "error")) {
			write_message(out, name, "error", i->u.message->message,
			    EM_UNSET);
			n++;
		} else if (!str_eq(i->u.message->kind, "ignored")) {
			wr_lost(w, "messages that are no error");
		}
	}
	return n;
}

static void
write_result(struct em_writer *w, struct em_out *out, const struct pend_case *c)
{
	struct em_str name = full_name(w, &c->id);
	const struct em_event *end = &c->end;
	struct em_str why = end->reason;
	unsigned errors;

	if (c->attempts > 1)
		wr_lost(w, "attempts but the last");
	errors = write_errors(w, out, name, c);
	if (why.n == 0)
		why = end->status;
	if (end->outcome == EM_SKIP)
		write_message(out, name, "ignored", end->reason, EM_UNSET);
	else if (end->outcome != EM_PASS && errors == 0)
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

	if (lw->now || c->end.outcome == EM_PASS || c->end.outcome == EM_SKIP) {
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
	if (what == PEND_DONE)
		return case_done(w, c);
	if (what == PEND_OPEN && ev->kind == EM_CASE_START &&
	    c->attempts == 1) {
		line_start(w->out, "case_start");
		member(w->out, "name", full_name(w, ev));
		line_end(w->out, ev->elapsed_ns);
	}
	return EM_OK;
}

/* ---- runs ---- */

static void
write_discovered(struct em_writer *w, const struct em_event *ev)
{
	line_start(w->out, "discover_case");
	member(w->out, "name", full_name(w, ev));
	if (str_eq(ev->mode, "bench"))
		member(w->out, "mode", ev->mode);
	if (ev->selected == EM_FALSE)
		em_out_puts(w->out, ",\"selected\":false");
	line_end(w->out, ev->elapsed_ns);
}

/* The draft has no word for a case that never ended: it is left open. */
static void
end_run(struct em_writer *w, int64_t elapsed, bool whole)
{
	struct libtest2_writer *lw = w->state;

	while (lw->pend.first != NULL) {
		em_out_write(w->out, lw->pend.first->text);
		pend_forget(&lw->pend, lw->pend.first);
	}
	if (lw->open && whole) {
		line_start(w->out, "run_complete");
		line_end(w->out, elapsed);
		lw->open = false;
	}
}

enum em_rc
libtest2_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct libtest2_writer *lw = w->state;

	arena_reset(&lw->scratch);
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
		if (lw->open)
			return EM_OK;
		lw->open = true;
		line_start(w->out, "run_start");
		line_end(w->out, ev->elapsed_ns);
		return EM_OK;
	case EM_RUN_COMPLETE:
		end_run(w, ev->elapsed_ns, true);
		return EM_OK;
	case EM_SUITE_COMPLETE:
		if (ev->outcome == EM_FAIL)
			wr_lost(w, "results of suites");
		return EM_OK;
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
	end_run(w, EM_UNSET, false);
	return EM_OK;
}

void
libtest2_write_close(struct em_writer *w)
{
	struct libtest2_writer *lw = w->state;

	pend_free(&lw->pend);
	arena_free(&lw->scratch);
}
