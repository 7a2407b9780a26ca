/* SPDX-License-Identifier: MIT */
/*
 * TRX, the results of Visual Studio's and .NET's test platforms.
 *
 * The class and assembly of a test are in its definition, which vstest writes
 * behind the results: results wait for it.  Inner results (rows of data, the
 * tests of an ordered test) are no cases of their own: what they say is said
 * by the result around them.  Inner results of the very same test are its
 * earlier attempts.
 */
#include "dotnet.h"
#include "trx-read.h"

static const struct xdoc_rule rules[] = {
	{ XDOC_TOP, RUN, "TestRun" },
	{ RUN, TIMES, "Times" },
	{ RUN, SUMMARY, "ResultSummary" },
	{ SUMMARY, RUN_INFOS, "RunInfos" },
	{ RUN_INFOS, RUN_INFO, "RunInfo" },
	{ RUN_INFO, INFO_TEXT, "Text" },
	{ SUMMARY, SUMMARY_OUTPUT, "Output" },
	{ SUMMARY_OUTPUT, SUMMARY_OUT, "StdOut" },
	{ RUN, RESULTS, "Results" },
	{ RESULTS, RESULT, "*Result" },
	{ RESULTS, RESULT, "*Aggregation" },
	{ RESULT, INNER, "InnerResults" },
	{ INNER, RESULT, "*Result" },
	{ INNER, RESULT, "*Aggregation" },
	{ RESULT, OUTPUT, "Output" },
	{ OUTPUT, OUT, "StdOut" },
	{ OUTPUT, ERR, "StdErr" },
	{ OUTPUT, TRACE, "DebugTrace" },
	{ OUTPUT, ERROR_INFO, "ErrorInfo" },
	{ ERROR_INFO, MESSAGE, "Message" },
	{ ERROR_INFO, STACK, "StackTrace" },
	{ OUTPUT, TEXTS, "TextMessages" },
	{ TEXTS, TEXT, "Message" },
	{ RESULT, FILES, "ResultFiles" },
	{ FILES, FILE_PATH, "ResultFile" },
	{ RESULT, COLLECTORS, "CollectorDataEntries" },
	{ COLLECTORS, COLLECTOR, "Collector" },
	{ COLLECTOR, URIS, "UriAttachments" },
	{ URIS, URI, "UriAttachment" },
	{ URI, A, "A" },
	{ RUN, DEFINITIONS, "TestDefinitions" },
	{ DEFINITIONS, TEST, "*Test" },
	{ DEFINITIONS, TEST, "UnitTestElement" },
	{ TEST, METHOD, "TestMethod" },
	{ TEST, DESCRIPTION, "Description" },
	{ TEST, OWNERS, "Owners" },
	{ OWNERS, OWNER, "Owner" },
	{ TEST, CATEGORIES, "TestCategory" },
	{ CATEGORIES, CATEGORY, "TestCategoryItem" },
	{ TEST, PROPERTIES, "Properties" },
	{ PROPERTIES, PROPERTY, "Property" },
	{ PROPERTY, KEY, "Key" },
	{ PROPERTY, VALUE, "Value" },
	{ 0, 0, NULL },
};

enum { SEND_AT_ONCE = 500 }; /* cases; events wait until a step is over */

static const struct em_str none;

/* ---- results ---- */

/* An outcome is left out when it is the first of its enum, Error. */
static void
judge(struct em_reader *r, struct rep_case *c, struct em_str name)
{
	const struct trx_outcome *o =
	    trx_find_outcome(name.p != NULL ? name : EM_STR("Error"));
	char quoted[80];

	c->outcome = o != NULL ? o->outcome : EM_FAIL;
	c->status = o != NULL ? em_str(o->status) : EM_STR("error");
	if (o == NULL) {
		c->reason = EM_STR("unknown outcome");
		rd_warn(r, "outcome \"%s\" is unknown, taken for an error",
		    err_quote(quoted, name));
	}
}

static bool
is_earlier_attempt(
    const struct trx_result *up, const struct xml_node *n, struct em_str name)
{
	return up != NULL && em_str_eq(name, up->c->name) &&
	    em_str_eq(xml_attr(n, "testId"), up->test) &&
	    xml_attr(n, "resultType").p == NULL &&
	    xml_attr(n, "dataRowInfo").p == NULL;
}

static void
start_result(struct em_reader *r, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct report *p = &s->report;
	struct trx_result *x = arena_alloc(&p->arena, sizeof(*x));
	struct rep_case *c = rep_case(p);
	struct em_str host = xml_attr(n, "computerName");

	if (x == NULL)
		return;
	*x = (struct trx_result){
		.up = s->open, .c = c, .test = rep_dup(p, xml_attr(n, "testId"))
	};
	x->attempt = is_earlier_attempt(s->open, n, xml_attr(n, "testName"));
	s->open = x;
	c->line = xdoc_line(&s->doc, n);
	c->name = rep_dup(p, xml_attr(n, "testName"));
	if (!dotnet_duration(xml_attr(n, "duration"), &c->duration_ns))
		c->duration_ns = EM_UNSET;
	if (!str_time(xml_attr(n, "startTime"), &c->time_ns))
		c->time_ns = EM_UNSET;
	if (!str_i64(xml_attr(n, "processExitCode"), &c->exit_code) ||
	    c->exit_code < 0)
		c->exit_code = EM_UNSET;
	judge(r, c, xml_attr(n, "outcome"));
	if (!p->begun && p->start.host.p == NULL && host.n > 0)
		p->start.host = rep_keep(p, host);
}

/* A failed inner result without a word of its own. */
static void
inner_failure(struct report *p, struct trx_result *x)
{
	struct em_message m = rep_blank;

	m.kind = EM_STR("error");
	m.message = arena_join(&p->arena, x->c->name, EM_STR(": failed"));
	rep_message(x->c, &m);
}

static void
end_result(struct em_reader *r)
{
	struct trx *s = r->state;
	struct trx_result *x = s->open;

	if (x == NULL)
		return;
	s->open = x->up;
	if (x->attempt) {
		x->c->earlier = x->up->c->earlier;
		x->up->c->earlier = x->c;
	} else if (x->up != NULL) {
		if (x->c->outcome == EM_FAIL && !rep_said(x->c))
			inner_failure(&s->report, x);
		rep_move(x->up->c, x->c);
	} else if (s->defined) {
		trx_define(r, x);
		rep_send(&s->report, x->c);
		if (s->held == NULL)
			rep_clear(&s->report);
	} else {
		*s->held_tail = x;
		s->held_tail = &x->next;
	}
}

static void
end_error(struct em_reader *r)
{
	struct trx *s = r->state;
	struct report *p = &s->report;
	struct trx_result *x = s->open;
	struct em_message *m = &s->error;
	bool skipped = x->c->outcome == EM_SKIP;

	if (m->message.p == NULL && m->detail.p == NULL)
		return;
	if (skipped && x->c->reason.p == NULL)
		x->c->reason = m->message;
	if (skipped && m->detail.p == NULL)
		return;
	if (x->up != NULL && !x->attempt)
		m->message = arena_join(&p->arena,
		    arena_join(&p->arena, x->c->name, EM_STR(": ")),
		    m->message);
	m->kind = skipped ? EM_STR("ignored") : EM_STR("error");
	dotnet_location(m->detail, &m->location);
	rep_message(x->c, m);
	*m = rep_blank;
}

/* ---- the run ---- */

static void
start_run(struct em_reader *r, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct report *p = &s->report;

	p->start.line = xdoc_line(&s->doc, n);
	rep_run_property(p, EM_STR("name"), xml_attr(n, "name"));
	rep_run_property(p, EM_STR("runUser"), xml_attr(n, "runUser"));
}

static void
times(struct em_reader *r, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct report *p = &s->report;
	int64_t start, finish;

	if (!str_time(xml_attr(n, "start"), &start))
		return;
	p->start.time_ns = start;
	if (str_time(xml_attr(n, "finish"), &finish) && finish >= start)
		p->duration_ns = finish - start;
}

/* Unless a test failed, a failed summary says that the run broke. */
static void
summary(struct em_reader *r, const struct xml_node *n)
{
	struct trx *s = r->state;
	const struct trx_outcome *o = trx_find_outcome(xml_attr(n, "outcome"));

	if (o == NULL || o->outcome != EM_FAIL)
		return;
	s->report.failed_itself = true;
	s->report.status = em_str(o->status);
}

/* ---- elements ---- */

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct report *p = &s->report;
	struct em_attachment a = { .path = rep_dup(p, xml_attr(n, "path")) };

	switch ((enum trx_is)is) {
	case RUN:
		start_run(r, n);
		break;
	case TIMES:
		times(r, n);
		break;
	case SUMMARY:
		summary(r, n);
		break;
	case RUN_INFO:
		s->level = str_eq(xml_attr(n, "outcome"), "Warning")
		    ? EM_STR("warning")
		    : EM_STR("error");
		break;
	case RESULT:
		start_result(r, n);
		break;
	case FILE_PATH:
		if (s->open != NULL && a.path.p != NULL)
			rep_attachment(s->open->c, &a);
		break;
	case A:
		s->attachment = (struct em_attachment){
			.path = rep_dup(p, xml_attr(n, "href"))
		};
		break;
	case TEST:
		trx_start_definition(r, n);
		break;
	default:
		if (s->test != NULL)
			trx_start_in_definition(r, (enum trx_is)is, n);
		break;
	}
}

static void
text_message(struct rep_case *c, struct em_str text)
{
	struct em_message m = rep_blank;

	m.kind = EM_STR("note");
	m.message = text;
	if (text.n > 0)
		rep_message(c, &m);
}

static void
end_in_result(struct em_reader *r, enum trx_is is, struct em_str text)
{
	struct trx *s = r->state;
	struct report *p = &s->report;
	struct rep_case *c = s->open->c;

	switch (is) {
	case OUT:
		rep_output(c, EM_STR("stdout"), rep_dup(p, text));
		break;
	case ERR:
		rep_output(c, EM_STR("stderr"), rep_dup(p, text));
		break;
	case TRACE:
		rep_output(c, EM_STR(TRX_TRACE), rep_dup(p, text));
		break;
	case MESSAGE:
		if (text.n > 0)
			s->error.message = rep_dup(p, text);
		break;
	case STACK:
		if (text.n > 0)
			s->error.detail = rep_dup(p, text);
		break;
	case ERROR_INFO:
		end_error(r);
		break;
	case TEXT:
		text_message(c, rep_dup(p, text));
		break;
	case A:
		s->attachment.title = text.n > 0 ? rep_dup(p, text) : none;
		if (s->attachment.path.p != NULL)
			rep_attachment(c, &s->attachment);
		break;
	default:
		break;
	}
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct trx *s = r->state;

	switch ((enum trx_is)is) {
	case INFO_TEXT:
		rep_log(&s->report, none, none, s->level, text);
		break;
	case SUMMARY_OUT:
		rep_log(&s->report, none, EM_STR("stdout"), none, text);
		break;
	case RESULT:
		end_result(r);
		break;
	case TEST:
		s->before = s->test;
		s->test = NULL;
		break;
	case DEFINITIONS:
		s->defined = true;
		break;
	default:
		if (s->open != NULL)
			end_in_result(r, (enum trx_is)is, text);
		else if (s->test != NULL)
			trx_end_in_definition(r, (enum trx_is)is, text);
		break;
	}
}

/* ---- the format ---- */

/* Sends results that waited; false when there are more. */
static bool
send_held(struct em_reader *r, size_t max)
{
	struct trx *s = r->state;

	for (size_t n = 0; s->held != NULL && n < max; n++) {
		struct trx_result *x = s->held;

		s->held = x->next;
		trx_define(r, x);
		rep_send(&s->report, x->c);
	}
	return s->held == NULL;
}

static void
reset(struct trx *s)
{
	table_free(&s->definitions);
	s->test = s->before = NULL;
	s->error = rep_blank;
	s->open = s->held = NULL;
	s->held_tail = &s->held;
	s->defined = false;
}

/* What was open is given as far as it was read. */
static void
cut(struct em_reader *r)
{
	struct trx *s = r->state;

	while (s->open != NULL && s->open->up != NULL)
		end_result(r);
	if (s->open == NULL)
		return;
	s->open->c->outcome = EM_NONE;
	trx_define(r, s->open);
	rep_send(&s->report, s->open->c);
}

static bool
over(struct em_reader *r, bool complete)
{
	struct trx *s = r->state;

	rep_begin(&s->report);
	if (!send_held(r, SEND_AT_ONCE))
		return false;
	if (!complete)
		cut(r);
	else if (!rep_end(&s->report))
		return false;
	reset(s);
	return true;
}

static int
probe(struct em_str head, bool eof)
{
	static const char *const roots[] = { "TestRun", NULL };

	return xdoc_probe(head, eof, roots);
}

static enum em_rc
trx_open(struct em_reader *r)
{
	struct trx *s = r->state;

	s->doc.rules = rules;
	s->doc.start = on_start;
	s->doc.end = on_end;
	s->doc.over = over;
	reset(s);
	rep_open(&s->report, r, EM_STR("vstest"));
	return EM_OK;
}

static enum em_rc
trx_step(struct em_reader *r)
{
	struct trx *s = r->state;

	return xdoc_step(r, &s->doc);
}

static void
trx_close(struct em_reader *r)
{
	struct trx *s = r->state;

	xdoc_close(&s->doc);
	rep_close(&s->report);
	table_free(&s->definitions);
}

const struct em_format format_trx = {
	.info = {
		.name = "trx",
		.title = "TRX, Visual Studio test results",
		.flags = EM_FMT_READ | EM_FMT_WRITE,
		.losses = "kinds of messages but one error, streams besides "
			  "stdout and stderr, metrics, attachments that are "
			  "no files, locations, members of messages besides "
			  "message and detail, workers, modes, reasons beside "
			  "a message, results and times of suites, "
			  "properties of runs and suites, seeds, commands",
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct trx),
		.open = trx_open,
		.step = trx_step,
		.close = trx_close,
	},
	.write = {
		.state_size = sizeof(struct trx_writer),
		.open = trx_write_open,
		.event = trx_write_event,
		.finish = trx_write_finish,
		.close = trx_write_close,
	},
};
