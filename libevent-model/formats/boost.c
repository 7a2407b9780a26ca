/* SPDX-License-Identifier: MIT */
/*
 * Boost.Test's XML: the log, the report, or both, in one document or behind
 * each other.
 *
 * Only the report knows which failures were expected, so the completion of a
 * case with errors waits for it, or for the end of the input.  Another log
 * after a log is another stream.
 */
#include <string.h>

#include "boost.h"

enum is {
	LOG = 1,
	SUITE,
	CASE,
	REPORT,
	REPORT_SUITE,
	REPORT_CASE,
	INFO,
	MESSAGE,
	WARNING,
	ERROR,
	FATAL,
	EXCEPTION,
	CHECKPOINT,
	CONTEXT,
	FRAME,
	TIME
};

#define IN_LOG(in)                                                             \
	{ in, INFO, "Info" }, { in, MESSAGE, "Message" },                      \
	    { in, WARNING, "Warning" }, { in, ERROR, "Error" },                \
	    { in, FATAL, "FatalError" },                                       \
	{                                                                      \
		in, EXCEPTION, "Exception"                                     \
	}

static const struct xdoc_rule rules[] = {
	{ XDOC_TOP, LOG, "TestLog" },
	{ XDOC_TOP, REPORT, "TestResult" },
	{ LOG, REPORT, "TestResult" },
	{ LOG, SUITE, "TestSuite" },
	{ LOG, CASE, "TestCase" },
	{ SUITE, SUITE, "TestSuite" },
	{ SUITE, CASE, "TestCase" },
	{ CASE, TIME, "TestingTime" },
	IN_LOG(LOG),
	IN_LOG(SUITE),
	IN_LOG(CASE),
	{ INFO, CONTEXT, "Context" },
	{ MESSAGE, CONTEXT, "Context" },
	{ WARNING, CONTEXT, "Context" },
	{ ERROR, CONTEXT, "Context" },
	{ FATAL, CONTEXT, "Context" },
	{ EXCEPTION, CONTEXT, "Context" },
	{ EXCEPTION, CHECKPOINT, "LastCheckpoint" },
	{ CONTEXT, FRAME, "Frame" },
	{ REPORT, REPORT_SUITE, "TestSuite" },
	{ REPORT, REPORT_CASE, "TestCase" },
	{ REPORT_SUITE, REPORT_SUITE, "TestSuite" },
	{ REPORT_SUITE, REPORT_CASE, "TestCase" },
	{ 0, 0, NULL },
};

static const struct em_str none;

/* ---- the stream ---- */

static void
reset(struct boost *s)
{
	table_free(&s->cases);
	arena_reset(&s->arena);
	s->held = NULL;
	s->held_tail = &s->held;
	s->suite = NULL;
	s->c = NULL;
	s->log_seen = s->pending = false;
}

/* What no report has decided is what the log says. */
static void
complete_held(struct boost *s)
{
	for (struct logged *l = s->held; l != NULL; l = l->next_held)
		if (l->held != NULL)
			rep_complete(&s->report, l->held);
	s->held = NULL;
	s->held_tail = &s->held;
}

/* False when there is more to send. */
static bool
end_stream(struct em_reader *r)
{
	struct boost *s = r->state;

	complete_held(s);
	if (s->arena.failed)
		r->keep.failed = true;
	if (!rep_end(&s->report))
		return false;
	reset(s);
	return true;
}

/* ---- suites ---- */

struct suite *
boost_push_suite(struct em_reader *r, const struct xml_node *n)
{
	struct boost *s = r->state;
	struct arena *a = &s->arena;
	struct suite *one = arena_alloc(a, sizeof(*one)), *up = s->suite;
	struct em_str name = xml_attr(n, "name"), file = xml_attr(n, "file");
	struct em_event ev;

	if (one == NULL)
		return NULL;
	one->up = up;
	one->path = arena_dup(a, name.p != NULL ? name : EM_STR(""));
	em_event_init(&ev, EM_SUITE_START);
	if (up != NULL) {
		ev.parent = up->path;
		ev.title = one->path;
		one->path = arena_join(
		    a, arena_join(a, up->path, EM_STR("/")), one->path);
	}
	ev.suite = one->path;
	ev.line = xdoc_line(&s->doc, n);
	if (file.n > 0 && str_i64(xml_attr(n, "line"), &ev.location.line) &&
	    ev.location.line > 0)
		ev.location.file = file;
	else
		ev.location.line = EM_UNSET;
	rep_suite(&s->report, &ev);
	s->suite = one;
	return one;
}

void
boost_pop_suite(struct boost *s)
{
	if (s->suite != NULL)
		s->suite = s->suite->up;
}

struct em_str
boost_suite_path(const struct boost *s)
{
	return s->suite != NULL ? s->suite->path : none;
}

/* ---- the log ---- */

struct queue *
boost_queue(struct em_reader *r, struct em_str suite, struct em_str name)
{
	struct boost *s = r->state;
	const struct em_str id[] = { suite, name };
	uint64_t *slot = table_at(&s->cases, table_key(id, ARRAY_LEN(id), 0));
	struct queue *q;

	if (slot == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	if (*slot != 0)
		return (struct queue *)(uintptr_t)*slot;
	q = arena_alloc(&s->arena, sizeof(*q));
	*slot = (uint64_t)(uintptr_t)q;
	return q;
}

/* What must be known of a case once it has been sent. */
static struct rep_case *
remember(struct boost *s, const struct rep_case *c)
{
	struct arena *a = &s->arena;
	struct rep_case *m = rep_case_in(a);

	if (m == NULL)
		return NULL;
	m->suite = arena_dup(a, c->suite);
	m->name = arena_dup(a, c->name);
	m->status = arena_dup(a, c->status);
	m->reason = arena_dup(a, c->reason);
	m->iteration = c->iteration;
	m->attempt = c->attempt;
	m->duration_ns = c->duration_ns;
	m->line = c->line;
	m->outcome = c->outcome;
	return m;
}

static void
start_case(struct em_reader *r, const struct xml_node *n)
{
	struct boost *s = r->state;
	struct report *p = &s->report;
	struct rep_case *c = rep_case(p);
	struct em_str file = xml_attr(n, "file"), why = xml_attr(n, "reason");

	s->c = c;
	s->failed = false;
	c->suite = boost_suite_path(s);
	c->name = rep_dup(p, xml_attr(n, "name"));
	if (c->name.p == NULL)
		c->name = EM_STR("");
	c->line = xdoc_line(&s->doc, n);
	if (file.n > 0 && str_i64(xml_attr(n, "line"), &c->location.line) &&
	    c->location.line > 0)
		c->location.file = rep_dup(p, file);
	else
		c->location.line = EM_UNSET;
	c->outcome = EM_PASS;
	if (!str_eq(xml_attr(n, "skipped"), "yes"))
		return;
	c->outcome = EM_SKIP;
	c->reason = why.n > 0 ? rep_dup(p, why) : none;
	c->status = str_eq(why, "disabled") ? EM_STR("ignored")
					    : EM_STR("precondition");
}

static void
end_case(struct em_reader *r)
{
	struct boost *s = r->state;
	struct rep_case *c = s->c;
	struct queue *q;
	struct logged *l;

	if (c == NULL)
		return;
	s->c = NULL;
	if (s->failed)
		c->outcome = EM_FAIL;
	c->later = s->failed;
	rep_send(&s->report, c);
	q = boost_queue(r, c->suite, c->name);
	l = arena_alloc(&s->arena, sizeof(*l));
	if (q == NULL || l == NULL || (l->done = remember(s, c)) == NULL)
		return;
	if (q->last != NULL)
		q->last->next = l;
	else
		q->first = l;
	q->last = l;
	if (s->failed) {
		l->held = l->done;
		*s->held_tail = l;
		s->held_tail = &l->next_held;
	}
	rep_clear(&s->report);
}

/* ---- messages ---- */

static bool
is_message(unsigned is)
{
	return is >= INFO && is <= EXCEPTION;
}

static void
start_message(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct boost *s = r->state;
	struct em_location *where = &s->m.location;

	s->m = rep_blank;
	s->m.kind = is >= ERROR ? EM_STR("error")
	    : is == WARNING     ? EM_STR("warning")
				: EM_STR("note");
	if (str_i64(xml_attr(n, "line"), &where->line) && where->line > 0 &&
	    xml_attr(n, "file").n > 0)
		where->file = rep_dup(&s->report, xml_attr(n, "file"));
	else
		where->line = EM_UNSET;
}

static void
add_text(struct boost *s, struct em_str text)
{
	text = str_trim(text);
	if (text.n > 0 && s->m.message.p == NULL)
		s->m.message = rep_dup(&s->report, text);
}

static void
add_detail(struct boost *s, const char *what, struct em_str text)
{
	struct arena *a = &s->report.arena;
	struct em_str line = arena_join(a, em_str(what), str_trim(text));

	s->m.detail = s->m.detail.p == NULL
	    ? line
	    : arena_join(a, arena_join(a, s->m.detail, EM_STR("\n")), line);
}

/* One that is of no case: the suite fails by it when it is an error. */
static void
suite_message(struct em_reader *r)
{
	struct boost *s = r->state;
	struct em_event ev;

	rep_log(&s->report, boost_suite_path(s), none,
	    str_eq(s->m.kind, "note") ? EM_STR("info") : s->m.kind,
	    s->m.message);
	if (!str_eq(s->m.kind, "error"))
		return;
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = boost_suite_path(s);
	ev.outcome = EM_FAIL;
	ev.status = EM_STR("error");
	ev.reason = s->m.message;
	if (ev.suite.p != NULL)
		rep_suite_end(&s->report, &ev);
	else
		s->report.failed_itself = true;
}

static void
end_message(struct em_reader *r, unsigned is, struct em_str text)
{
	struct boost *s = r->state;
	struct rep_case *c = s->c;

	add_text(s, text);
	if (c == NULL) {
		suite_message(r);
		return;
	}
	if (is >= ERROR)
		s->failed = true;
	if (str_starts(s->m.message, "signal:") ||
	    str_starts(s->m.message, "memory access violation"))
		c->status = EM_STR("crash");
	else if (is == EXCEPTION && c->status.p == NULL)
		c->status = EM_STR("error");
	rep_message(c, &s->m);
}

/* ---- elements ---- */

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct boost *s = r->state;

	switch ((enum is)is) {
	case LOG:
		while (s->log_seen && !end_stream(r))
			;
		s->log_seen = true;
		s->suite = NULL;
		break;
	case REPORT:
		s->suite = NULL;
		break;
	case SUITE:
		boost_push_suite(r, n);
		break;
	case CASE:
		start_case(r, n);
		break;
	case REPORT_SUITE:
		boost_report_suite(r, n);
		break;
	case REPORT_CASE:
		boost_report_case(r, n);
		break;
	default:
		if (is_message(is))
			start_message(r, is, n);
		break;
	}
}

/* What stands before the contexts of a message. */
static void
on_text(struct em_reader *r, unsigned is, struct em_str text)
{
	if (is_message(is))
		add_text(r->state, text);
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct boost *s = r->state;

	switch ((enum is)is) {
	case SUITE:
		boost_pop_suite(s);
		break;
	case CASE:
		end_case(r);
		break;
	case REPORT_SUITE:
		boost_report_suite_end(s);
		break;
	case CHECKPOINT:
		add_detail(s, "last checkpoint: ", text);
		break;
	case FRAME:
		add_detail(s, "context: ", text);
		break;
	case TIME:
		/* microseconds */
		if (s->c != NULL && !str_ns(text, 3, &s->c->duration_ns))
			s->c->duration_ns = EM_UNSET;
		break;
	default:
		if (is_message(is))
			end_message(r, is, text);
		break;
	}
}

/* ---- the format ---- */

/* A report may follow a log, so the stream ends with the input. */
static bool
over(struct em_reader *r, bool complete)
{
	struct boost *s = r->state;

	rep_begin(&s->report);
	s->pending = complete;
	if (complete)
		return true;
	complete_held(s);
	if (s->c != NULL)
		s->c->outcome = EM_NONE;
	return rep_over(&s->report, false, &s->c);
}

static int
probe(struct em_str head, bool eof)
{
	static const char *const roots[] = { "TestLog", "TestResult", NULL };

	return xdoc_probe(head, eof, roots);
}

static enum em_rc
boost_open(struct em_reader *r)
{
	struct boost *s = r->state;

	s->doc.rules = rules;
	s->doc.start = on_start;
	s->doc.end = on_end;
	s->doc.text = on_text;
	s->doc.over = over;
	s->m = rep_blank;
	arena_init(&s->arena, r->opts.limits.memory_max);
	rep_open(&s->report, r, EM_STR("Boost.Test"));
	reset(s);
	return EM_OK;
}

static enum em_rc
boost_step(struct em_reader *r)
{
	struct boost *s = r->state;
	enum em_rc rc = xdoc_step(r, &s->doc);

	if (rc != EM_EOF || !s->pending)
		return rc;
	end_stream(r);
	return EM_OK;
}

static void
boost_close(struct em_reader *r)
{
	struct boost *s = r->state;

	xdoc_close(&s->doc);
	rep_close(&s->report);
	table_free(&s->cases);
	arena_free(&s->arena);
}

const struct em_format format_boost = {
	.info = {
		.name = "boost",
		.title = "Boost.Test XML, log and report",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct boost),
		.open = boost_open,
		.step = boost_step,
		.close = boost_close,
	},
};
