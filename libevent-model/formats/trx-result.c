/* SPDX-License-Identifier: MIT */
/* A result in TRX, with its earlier attempts in it. */
#include "trx-write.h"

#define UNIT_TEST "13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b"

/* ---- what a result says ---- */

static void
write_duration(struct em_writer *w, int64_t ns)
{
	int64_t s = ns / 1000000000, days = s / 86400;

	if (ns == EM_UNSET)
		return;
	PUT(w, " duration=\"");
	if (days > 0)
		em_out_printf(w->out, "%lld.", (long long)days);
	em_out_printf(w->out, "%02d:%02d:%02d.%07d\"", (int)(s / 3600 % 24),
	    (int)(s / 60 % 60), (int)(s % 60), (int)(ns % 1000000000 / 100));
}

static bool
is_stream(const struct em_item *i, const char *name)
{
	return i->kind == EM_CASE_OUTPUT && str_eq(i->u.output->stream, name);
}

static bool
is_stdout(const struct em_item *i)
{
	return i->kind == EM_CASE_OUTPUT && !is_stream(i, "stderr") &&
	    !is_stream(i, TRX_TRACE);
}

static bool
is_stderr(const struct em_item *i)
{
	return is_stream(i, "stderr");
}

static bool
is_trace(const struct em_item *i)
{
	return is_stream(i, TRX_TRACE);
}

static void
write_stream(struct em_writer *w, const char *name, const struct em_item *i,
    bool (*is)(const struct em_item *i))
{
	while (i != NULL && !is(i))
		i = i->next;
	if (i == NULL)
		return;
	em_out_printf(w->out, "<%s>", name);
	for (; i != NULL; i = i->next)
		if (is(i))
			dw_text(w, i->u.output->text);
	em_out_printf(w->out, "</%s>\n", name);
}

/* The message that goes into ErrorInfo, of those that an attempt has. */
static const struct em_message *
main_message(const struct em_attempt *a)
{
	const char *kind = a->outcome == EM_FAIL ? "error" : "ignored";

	if (a->outcome == EM_PASS)
		return NULL;
	for (const struct em_item *i = a->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_MESSAGE &&
		    str_eq(i->u.message->kind, kind))
			return i->u.message;
	return NULL;
}

static void
write_error(
    struct em_writer *w, const struct em_attempt *a, const struct em_message *m)
{
	struct em_str text = m != NULL ? m->message : a->end->reason;

	if (m != NULL && text.p == NULL)
		text = a->end->reason;
	else if (a->end->reason.p != NULL && !em_str_eq(text, a->end->reason))
		wr_lost(w, "reasons");
	if ((m == NULL && text.p == NULL) || a->outcome == EM_PASS)
		return;
	PUT(w, "<ErrorInfo>");
	dw_element(w, "Message", text);
	if (m != NULL)
		dw_element(w, "StackTrace", m->detail);
	PUT(w, "</ErrorInfo>\n");
}

static void
write_text(struct em_writer *w, const struct em_message *m)
{
	if (!str_eq(m->kind, "note"))
		wr_lost(w, "kinds of messages");
	PUT(w, "<Message>");
	if (m->message.p != NULL)
		dw_text(w, m->message);
	if (m->message.p != NULL && m->detail.p != NULL)
		out_byte(w->out, '\n');
	if (m->detail.p != NULL) {
		dw_text(w, m->detail);
		wr_lost(w, "members of messages");
	}
	PUT(w, "</Message>\n");
}

static void
write_texts(struct em_writer *w, const struct em_item *items,
    const struct em_message *but)
{
	bool any = false;

	for (const struct em_item *i = items; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_MESSAGE || i->u.message == but)
			continue;
		if (!any)
			PUT(w, "<TextMessages>\n");
		any = true;
		write_text(w, i->u.message);
	}
	if (any)
		PUT(w, "</TextMessages>\n");
}

static void
write_files(struct em_writer *w, const struct em_item *items)
{
	bool any = false;

	for (const struct em_item *i = items; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_ATTACHMENT ||
		    i->u.attachment->path.p == NULL)
			continue;
		if (!any)
			PUT(w, "<ResultFiles>\n");
		any = true;
		PUT(w, "<ResultFile");
		dw_attr(w, "path", i->u.attachment->path);
		PUT(w, "/>\n");
		if (i->u.attachment->title.p != NULL ||
		    i->u.attachment->media_type.p != NULL)
			wr_lost(w, "titles and types of attachments");
	}
	if (any)
		PUT(w, "</ResultFiles>\n");
}

static void
item_losses(struct em_writer *w, const struct em_item *i)
{
	if (i->kind == EM_CASE_METRIC)
		wr_lost(w, "metrics");
	if (i->kind == EM_CASE_ATTACHMENT && i->u.attachment->path.p == NULL)
		wr_lost(w, "attachments that are no files");
	if (is_stdout(i) && !is_stream(i, "stdout"))
		wr_lost(w, "streams of output");
	if (i->kind == EM_CASE_OUTPUT && i->u.output->truncated_bytes > 0)
		wr_lost(w, "notes of truncated output");
	if (i->kind == EM_CASE_START && i->u.start->worker.p != NULL)
		wr_lost(w, "workers");
	if (i->kind == EM_CASE_MESSAGE)
		dw_message_losses(w, i->u.message);
}

/* ---- results ---- */

static void
write_body(struct em_writer *w, const struct em_attempt *a)
{
	const struct em_message *m = main_message(a);
	bool said = a->end->reason.p != NULL;

	for (const struct em_item *i = a->items; i != NULL; i = i->next) {
		item_losses(w, i);
		said |= i->kind == EM_CASE_OUTPUT || i->kind == EM_CASE_MESSAGE;
	}
	if (said) {
		PUT(w, "<Output>\n");
		write_stream(w, "StdOut", a->items, is_stdout);
		write_stream(w, "StdErr", a->items, is_stderr);
		write_stream(w, "DebugTrace", a->items, is_trace);
		write_error(w, a, m);
		write_texts(w, a->items, m);
		PUT(w, "</Output>\n");
	}
	write_files(w, a->items);
}

static void
open_result(
    struct em_writer *w, const struct em_case *c, const struct em_attempt *a)
{
	int64_t start = em_attempt_start(a)->time_ns, code = a->end->exit_code;

	PUT(w, "<UnitTestResult");
	trx_put_guid(w, "executionId", trx_execution_id(c, a));
	if (a != c->last)
		trx_put_guid(
		    w, "parentExecutionId", trx_execution_id(c, c->last));
	trx_put_guid(w, "testId", trx_test_id(c));
	trx_put_test_name(w, "testName", c);
	dw_attr(w, "computerName", trx_or_empty(c->suite->run->host));
	write_duration(w, a->duration_ns);
	dw_attr_time(w, "startTime", start);
	dw_attr_time(w, "endTime", dw_end_time(start, a->duration_ns));
	PUT(w, " testType=\"" UNIT_TEST "\"");
	dw_attr(w, "outcome", em_str(trx_outcome_of(c, a)->name));
	PUT(w, " testListId=\"" NOT_IN_LIST "\"");
	if (code > INT32_MAX || a->end->signal != EM_UNSET)
		wr_lost(w, "exit codes and signals");
	else
		dw_attr_i64(w, "processExitCode", code);
	PUT(w, ">\n");
}

static void
case_losses(struct em_writer *w, const struct em_case *c)
{
	const struct em_details *d = c->details;

	if (d->location.file.p != NULL)
		wr_lost(w, "locations");
	if (d->parent.p != NULL)
		wr_lost(w, "parents of cases");
	if (d->mode.p != NULL && !str_eq(d->mode, "test"))
		wr_lost(w, "modes");
	for (const struct em_attempt *a = c->attempts; a != c->last;
	     a = a->next) {
		const struct trx_outcome *o = trx_outcome_of(c, a);

		if (a->end->status.p != NULL &&
		    (o->status == NULL || !str_eq(a->end->status, o->status)))
			wr_lost(w, "statuses of earlier attempts");
	}
}

void
trx_put_result(struct em_writer *w, const struct em_case *c)
{
	case_losses(w, c);
	open_result(w, c, c->last);
	write_body(w, c->last);
	if (c->attempts != c->last)
		PUT(w, "<InnerResults>\n");
	for (const struct em_attempt *a = c->attempts; a != c->last;
	     a = a->next) {
		open_result(w, c, a);
		write_body(w, a);
		PUT(w, "</UnitTestResult>\n");
	}
	if (c->attempts != c->last)
		PUT(w, "</InnerResults>\n");
	PUT(w, "</UnitTestResult>\n");
}
