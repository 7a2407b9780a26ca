/* SPDX-License-Identifier: MIT */
#include "format.h"
#include "loss.h"

/* ---- cases ---- */

static bool
message_has_members(const struct em_message *m)
{
	return m->type.n + m->code.n + m->expected.n + m->actual.n +
	    m->rendered.n + m->location.file.n >
	    0;
}

static void
of_message(
    struct em_writer *w, const struct em_message *m, bool again, unsigned lost)
{
	bool error = str_eq(m->kind, "error");

	if (lost & LOSS_KINDS && !error && !str_eq(m->kind, "ignored"))
		wr_lost(w, "messages that are no errors");
	else if (lost & LOSS_MORE && again)
		wr_lost(w, "messages but the first");
	if (lost & LOSS_DETAILS && m->detail.n > 0)
		wr_lost(w, "details of messages");
	if (lost & LOSS_MEMBERS && message_has_members(m))
		wr_lost(w, "members of messages");
}

static void
of_output(struct em_writer *w, const struct em_output *o, unsigned lost)
{
	const char *held = lost & LOSS_STDERR ? "stdout" : "combined";

	if (lost & LOSS_OUTPUT) {
		wr_lost(w, "output");
		return;
	}
	if (lost & (LOSS_STREAMS | LOSS_STDERR) && !str_eq(o->stream, held))
		wr_lost(w, "streams of output");
	if (lost & LOSS_CUT && o->truncated_bytes > 0)
		wr_lost(w, "numbers of bytes left out of output");
}

static void
of_items(struct em_writer *w, const struct pend_case *c, unsigned lost)
{
	bool error = false;

	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		switch (i->kind) {
		case EM_CASE_OUTPUT:
			of_output(w, i->u.output, lost);
			break;
		case EM_CASE_MESSAGE:
			of_message(w, i->u.message, error, lost);
			error |= str_eq(i->u.message->kind, "error");
			break;
		case EM_CASE_METRIC:
			if (lost & LOSS_METRICS)
				wr_lost(w, "metrics");
			break;
		case EM_CASE_ATTACHMENT:
			if (lost & LOSS_ATTACHMENTS)
				wr_lost(w, "attachments");
			break;
		default:
			break;
		}
}

static void
of_start(struct em_writer *w, const struct pend_case *c, unsigned lost)
{
	if (lost & LOSS_NAMES && c->id.class_name.n + c->id.variant.n > 0)
		wr_lost(w, "classes and variants but as part of names");
	if (lost & LOSS_ITERATIONS && c->id.iteration > 1)
		wr_lost(w, "iterations but as part of names");
	if (lost & LOSS_MODES && c->mode.n > 0)
		wr_lost(w, "modes");
	if (lost & LOSS_LOCATIONS && c->location.file.n > 0)
		wr_lost(w, "locations");
	if (lost & LOSS_TAGS && c->said & PEND_TAGS)
		wr_lost(w, "tags");
	if (lost & LOSS_PARENTS && c->said & PEND_PARENT)
		wr_lost(w, "parents of cases");
	if (lost & LOSS_PROPERTIES && c->said & PEND_PROPERTIES)
		wr_lost(w, "properties");
}

void
loss_of_case(struct em_writer *w, const struct pend_case *c, unsigned lost)
{
	const struct em_event *end = &c->end;

	of_items(w, c, lost);
	if (lost & LOSS_STATUSES && end->status.n > 0)
		wr_lost(w, "statuses");
	if (lost & LOSS_REASONS && end->reason.n > 0)
		wr_lost(w, "reasons");
	if (end->kind == EM_CASE_COMPLETE) {
		if (lost & LOSS_EXITS &&
		    (end->exit_code != EM_UNSET || end->signal != EM_UNSET))
			wr_lost(w, "exit codes and signals");
		if (lost & LOSS_DURATIONS && end->duration_ns != EM_UNSET)
			wr_lost(w, "durations");
	}
	if (lost & LOSS_WORKERS && c->said & PEND_WORKER)
		wr_lost(w, "workers");
	if (lost & LOSS_SLOW && c->said & PEND_SLOW)
		wr_lost(w, "warnings of slow cases");
	if (c->attempts == 1 && c->id.attempt <= 1 && !c->late)
		of_start(w, c, lost);
}

void
loss_of_attempts(struct em_writer *w, struct pend_case *c)
{
	for (; c->mark + 1 < c->attempts; c->mark++)
		wr_lost(w, "attempts but the last");
}

void
loss_of_retry(struct em_writer *w, const struct pend_case *c)
{
	if (c->attempts == 1 && c->id.attempt > 1)
		wr_lost(w, "attempts that are written as repetitions");
}

void
loss_behind_end(struct em_writer *w)
{
	wr_lost(w, "what came after the end of a case");
}

/* ---- runs and suites ---- */

static bool
run_is_known(const struct em_event *ev)
{
	return ev->command.n + ev->cwd.n + ev->seed.n + ev->env.n +
	    ev->properties.n + ev->host.n + ev->parent_run.n + ev->root_run.n >
	    0;
}

static bool
suite_is_known(const struct em_event *ev)
{
	return (ev->title.n > 0 && !em_str_eq(ev->title, ev->suite)) ||
	    ev->location.file.n > 0 || ev->properties.n > 0;
}

void
loss_of_event(struct em_writer *w, const struct em_event *ev, unsigned lost)
{
	switch (ev->kind) {
	case EM_RUN_START:
		if (lost & LOSS_RUNS && ev->run.n > 0)
			wr_lost(w, "names of runs");
		if (lost & LOSS_RUN && run_is_known(ev))
			wr_lost(w, "what is known of runs");
		break;
	case EM_SUITE_START:
		if (lost & LOSS_TITLES && suite_is_known(ev))
			wr_lost(w, "titles, places and properties of suites");
		if (lost & LOSS_NESTING && ev->parent.n > 0)
			wr_lost(w, "suites in suites");
		break;
	case EM_DISCOVER_CASE:
		if (lost & LOSS_LISTINGS)
			wr_lost(w, "listed cases");
		break;
	case EM_LOG:
		if (lost & LOSS_LOGS)
			wr_lost(w, "log lines");
		break;
	case EM_RUN_CANCEL:
		if (lost & LOSS_CANCELLED)
			wr_lost(w, "cancellations");
		break;
	case EM_UNKNOWN:
		wr_lost(w, "unknown events");
		break;
	default:
		break;
	}
	if (ev->extra.n > 0)
		wr_lost(w, "unknown members");
}
