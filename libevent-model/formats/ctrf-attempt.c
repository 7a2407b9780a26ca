/* SPDX-License-Identifier: MIT */
/* What CTRF says of an attempt, and what it carries for it. */
#include <string.h>

#include "ctrf.h"
#include "docwrite.h"

static const struct em_str none;

struct jsonout *
ctrf_json(struct em_writer *w)
{
	struct ctrf_writer *cw = w->state;

	return &cw->json;
}

/* ---- values ---- */

/* CTRF's unit of time; what is unknown is 0 where a number is required. */
int64_t
ctrf_ms(int64_t ns)
{
	return ns == EM_UNSET ? 0 : ns / 1000000;
}

/* An event in "extra", which it opens; ctrf_end_carried() closes it. */
void
ctrf_put_carried(struct em_writer *w, const struct em_event *ev, bool *any)
{
	struct jsonout *j = ctrf_json(w);
	struct ctrf_writer *cw = w->state;
	struct em_str text = carry_put(&cw->carry, ev);

	if (text.p == NULL) {
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
		return;
	}
	if (!*any) {
		jo_object(j, "extra");
		jo_list(j, CARRY_NAME);
	}
	*any = true;
	jo_element(j);
	em_out_write(w->out, text);
}

void
ctrf_end_carried(struct em_writer *w, bool any)
{
	struct jsonout *j = ctrf_json(w);
	if (!any)
		return;
	jo_leave(j, ']');
	jo_leave(j, '}');
}

/* ---- events, as the reader should get them back ---- */

void
ctrf_case_event(const struct em_case *c, enum em_kind kind, struct em_event *ev)
{
	em_event_init(ev, kind);
	ev->suite = c->suite->name;
	ev->class_name = c->class_name;
	ev->name = c->name;
	ev->variant = c->details->variant;
	if (c->iteration > 1)
		ev->iteration = c->iteration;
}

void
ctrf_complete_event(
    const struct em_case *c, const struct em_attempt *a, struct em_event *ev)
{
	ctrf_case_event(c, EM_CASE_COMPLETE, ev);
	ev->outcome = a->outcome;
	ev->status = a->end->status;
	ev->reason = a->end->reason;
	ev->exit_code = a->end->exit_code;
	ev->signal = a->end->signal;
	ev->duration_ns = a->duration_ns;
	if (!a->completed && ev->status.p == NULL)
		ev->status = EM_STR("incomplete");
}

/* Statuses that come back as they went. */
static bool
is_plain_status(const struct em_event *ev)
{
	static const char *const failing[] = { "error", "timeout", "crash",
		"abort", "exec-fail", "incomplete", "build" };
	static const char *const any[] = { "leak", "xpass", "xfail", "todo",
		"ignored", "filtered", "precondition", "cancelled",
		"already-passed" };

	for (size_t i = 0; i < ARRAY_LEN(failing); i++)
		if (str_eq(ev->status, failing[i]))
			return ev->outcome == EM_FAIL;
	for (size_t i = 0; i < ARRAY_LEN(any); i++)
		if (str_eq(ev->status, any[i]))
			return true;
	return ev->status.p == NULL || str_starts(ev->status, CTRF_STATUS);
}

bool
ctrf_complete_exceeds(const struct em_event *ev)
{
	return ev->exit_code != EM_UNSET || ev->signal != EM_UNSET ||
	    !is_plain_status(ev) ||
	    (ev->reason.p != NULL && ev->outcome != EM_SKIP) ||
	    ev->duration_ns == EM_UNSET || ev->duration_ns % 1000000 != 0;
}

/* ---- output ---- */

static bool
is_stream(const struct em_item *i, const char *name)
{
	return (i->kind == EM_CASE_OUTPUT || i->kind == EM_LOG) &&
	    str_eq(i->u.output->stream, name);
}

/* Text that lines of JSON can hold. */
static bool
is_plain_output(const struct em_item *i)
{
	const struct em_output *o = i->u.output;

	return (is_stream(i, "stdout") || is_stream(i, "stderr")) &&
	    o->truncated_bytes <= 0 && str_utf8_valid(o->text) == o->text.n;
}

/* The plain output of a stream, in one piece. */
static struct em_str
collect(struct em_writer *w, const struct em_item *items, const char *stream,
    struct buf *b)
{
	buf_reset(b);
	for (const struct em_item *i = items; i != NULL; i = i->next)
		if (is_stream(i, stream) && is_plain_output(i))
			buf_add(b, i->u.output->text);
	if (b->failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return buf_str(b);
}

static void
put_lines(struct em_writer *w, const char *stream, struct em_str text)
{
	struct jsonout *j = ctrf_json(w);
	struct em_str line;
	bool more;

	if (text.n == 0)
		return;
	if (text.p[text.n - 1] != '\n')
		wr_lost(w, "missing line ends of last lines");
	jo_list(j, stream);
	do {
		more = str_cut(&text, '\n', &line);
		jo_element(j);
		em_out_json_str(w->out, line);
	} while (more && text.n > 0);
	jo_leave(j, ']');
}

static void
put_output(struct em_writer *w, const struct em_item *items)
{
	struct em_str last = none;
	unsigned switches = 0;
	struct buf b;

	for (const struct em_item *i = items; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_OUTPUT || !is_plain_output(i))
			continue;
		switches += !em_str_eq(last, i->u.output->stream);
		last = i->u.output->stream;
	}
	if (switches > 2)
		wr_lost(w, "the order of stdout and stderr");
	buf_init(&b, SIZE_MAX / 4);
	put_lines(w, "stdout", collect(w, items, "stdout", &b));
	put_lines(w, "stderr", collect(w, items, "stderr", &b));
	buf_free(&b);
}

/* ---- messages ---- */

static bool
is_error(const struct em_item *i)
{
	return i->kind == EM_CASE_MESSAGE &&
	    str_eq(i->u.message->kind, "error");
}

static const struct em_message *
first_error(const struct em_item *i)
{
	while (i != NULL && !is_error(i))
		i = i->next;
	return i != NULL ? i->u.message : NULL;
}

/* Whether message and trace alone give the errors of the attempt. */
static bool
errors_exceed(const struct em_attempt *a)
{
	const struct em_message *m = first_error(a->items);
	unsigned n = 0;

	for (const struct em_item *i = a->items; i != NULL; i = i->next)
		n += is_error(i);
	return n > 1 ||
	    (n == 1 &&
		(a->outcome != EM_FAIL || m->type.p != NULL ||
		    m->code.p != NULL || m->location.file.p != NULL ||
		    m->expected.p != NULL || m->actual.p != NULL ||
		    m->rendered.p != NULL ||
		    (m->message.n == 0 && m->detail.n == 0)));
}

static bool
is_ctrf_status(struct em_str s)
{
	return str_eq(s, "passed") || str_eq(s, "failed") ||
	    str_eq(s, "skipped") || str_eq(s, "pending") || str_eq(s, "other");
}

/* Messages that CTRF has members for. */
static bool
is_typed(const struct em_item *i, struct em_str type)
{
	const struct em_message *m = i->u.message;

	if (i->kind != EM_CASE_MESSAGE || !em_str_eq(m->type, type) ||
	    m->message.n == 0 || m->detail.p != NULL ||
	    m->location.file.p != NULL || m->expected.p != NULL ||
	    m->actual.p != NULL || m->rendered.p != NULL)
		return false;
	if (em_str_eq(type, CTRF_STEP))
		return str_eq(m->kind, "note") && is_ctrf_status(m->code);
	return m->code.p == NULL &&
	    str_eq(m->kind, em_str_eq(type, CTRF_AI) ? "help" : "note");
}

static const struct em_item *
first_typed(const struct em_item *i, struct em_str type)
{
	while (i != NULL && !is_typed(i, type))
		i = i->next;
	return i;
}

void
ctrf_put_typed(struct em_writer *w, const struct em_item *items,
    const char *name, struct em_str type)
{
	struct jsonout *j = ctrf_json(w);
	const struct em_item *i = first_typed(items, type);

	if (i != NULL)
		jo_str(j, name, i->u.message->message);
}

void
ctrf_put_steps(struct em_writer *w, const struct em_item *items)
{
	struct jsonout *j = ctrf_json(w);
	const struct em_item *i = first_typed(items, CTRF_STEP);

	if (i == NULL)
		return;
	jo_list(j, "steps");
	for (; i != NULL; i = first_typed(i->next, CTRF_STEP)) {
		jo_element(j);
		jo_enter(j, '{');
		jo_str(j, "name", i->u.message->message);
		jo_str(j, "status", i->u.message->code);
		jo_leave(j, '}');
	}
	jo_leave(j, ']');
}

/* ---- attachments ---- */

static void
put_attachment(struct em_writer *w, const struct em_attachment *a)
{
	struct jsonout *j = ctrf_json(w);
	struct em_str media = a->media_type, place = a->path;
	struct arena scratch;

	arena_init(&scratch, SIZE_MAX / 4);
	if (media.p == NULL)
		media = EM_STR("application/octet-stream");
	if (place.p == NULL)
		place = a->url;
	if (place.p == NULL)
		place = arena_join(&scratch,
		    arena_printf(
			&scratch, "data:%.*s;base64,", (int)media.n, media.p),
		    arena_b64_encode(&scratch, a->data));
	if (scratch.failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	jo_element(j);
	jo_enter(j, '{');
	jo_str(j, "name", a->title.p != NULL ? a->title : place);
	jo_str(j, "contentType", media);
	jo_str(j, "path", place.p != NULL ? place : EM_STR(""));
	jo_leave(j, '}');
	arena_free(&scratch);
}

static void
put_attachments(struct em_writer *w, const struct em_item *items)
{
	struct jsonout *j = ctrf_json(w);
	bool any = false;

	for (const struct em_item *i = items; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_ATTACHMENT)
			continue;
		if (!any) {
			jo_list(j, "attachments");
		}
		any = true;
		put_attachment(w, i->u.attachment);
	}
	if (any)
		jo_leave(j, ']');
}

/* ---- all of it ---- */

void
ctrf_item_event(const struct em_item *i, struct em_event *ev)
{
	const struct em_message *m = i->u.message;
	const struct em_metric *v = i->u.metric;

	switch (i->kind) {
	case EM_CASE_OUTPUT:
	case EM_LOG:
		ev->stream = i->u.output->stream;
		ev->text = i->u.output->text;
		ev->truncated_bytes = i->u.output->truncated_bytes;
		break;
	case EM_CASE_MESSAGE:
		ev->message_kind = m->kind;
		ev->message = m->message;
		ev->detail = m->detail;
		ev->type = m->type;
		ev->code = m->code;
		ev->expected = m->expected;
		ev->actual = m->actual;
		ev->rendered = m->rendered;
		ev->location = m->location;
		break;
	case EM_CASE_METRIC:
		ev->metric = v->metric;
		ev->unit = v->unit;
		ev->value = v->value;
		ev->deviation = v->deviation;
		ev->min = v->min;
		ev->max = v->max;
		ev->median = v->median;
		ev->samples = v->samples;
		break;
	default:
		break;
	}
}

/* What no member holds, as events. */
void
ctrf_carry_items(struct em_writer *w, const struct em_case *c,
    const struct em_attempt *a, bool *any)
{
	const struct em_item *ai = first_typed(a->items, CTRF_AI);
	const struct em_item *snippet = first_typed(a->items, CTRF_SNIPPET);
	bool errors = errors_exceed(a);
	struct em_event ev;

	for (const struct em_item *i = a->items; i != NULL; i = i->next) {
		if (i->kind == EM_CASE_START || i->kind == EM_CASE_ATTACHMENT ||
		    i == ai || i == snippet || is_typed(i, CTRF_STEP) ||
		    (i->kind == EM_CASE_OUTPUT && is_plain_output(i)) ||
		    (is_error(i) && !errors))
			continue;
		ctrf_case_event(c, i->kind, &ev);
		ctrf_item_event(i, &ev);
		ctrf_put_carried(w, &ev, any);
	}
}

static const char *
status_name(const struct em_attempt *a)
{
	if (a->outcome == EM_PASS)
		return "passed";
	if (a->outcome == EM_FAIL)
		return "failed";
	return str_starts(a->end->status, CTRF_STATUS) ? "other" : "skipped";
}

/* What tests and retry attempts have alike, but for the name of the test. */
void
ctrf_put_attempt(struct em_writer *w, const struct em_attempt *a)
{
	struct jsonout *j = ctrf_json(w);
	const struct em_message *m = first_error(a->items);
	struct em_str message = m != NULL ? m->message : none;
	int64_t start = em_attempt_start(a)->time_ns;

	if (a->outcome == EM_SKIP && a->end->reason.p != NULL)
		message = a->end->reason;
	jo_str(j, "status", em_str(status_name(a)));
	jo_int(j, "duration", ctrf_ms(a->duration_ns));
	if (start != EM_UNSET) {
		jo_int(j, "start", ctrf_ms(start));
		if (a->duration_ns != EM_UNSET)
			jo_int(j, "stop",
			    ctrf_ms(dw_end_time(start, a->duration_ns)));
	}
	jo_str(j, "message", message);
	if (m != NULL)
		jo_str(j, "trace", m->detail);
	ctrf_put_typed(w, a->items, "snippet", CTRF_SNIPPET);
	put_output(w, a->items);
	put_attachments(w, a->items);
}
