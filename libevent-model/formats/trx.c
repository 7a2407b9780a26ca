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
#include "report.h"
#include "trx.h"
#include "xmldoc.h"

enum is {
	RUN = 1,
	TIMES,
	SUMMARY,
	RUN_INFOS,
	RUN_INFO,
	INFO_TEXT,
	SUMMARY_OUTPUT,
	SUMMARY_OUT,
	RESULTS,
	RESULT,
	INNER,
	OUTPUT,
	OUT,
	ERR,
	TRACE,
	ERROR_INFO,
	MESSAGE,
	STACK,
	TEXTS,
	TEXT,
	FILES,
	FILE_PATH,
	COLLECTORS,
	COLLECTOR,
	URIS,
	URI,
	A,
	DEFINITIONS,
	TEST,
	METHOD,
	DESCRIPTION,
	OWNERS,
	OWNER,
	CATEGORIES,
	CATEGORY,
	PROPERTIES,
	PROPERTY,
	KEY,
	VALUE
};

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

struct definition {
	struct em_str name, class_name, storage, code_base;
	struct rep_case *details; /* categories and properties */
};

struct result {
	struct result *up; /* the result around an inner one */
	struct result *next; /* of those that wait */
	struct rep_case *c;
	struct em_str test; /* its id */
	struct em_message error;
	bool attempt; /* an earlier one of the result around it */
};

struct trx {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct table definitions; /* by id: struct definition * */
	struct definition *test; /* the one that is open */
	struct result *open; /* the innermost */
	struct result *held, **held_tail;
	struct em_attachment attachment;
	struct em_str key, level;
	bool defined; /* the definitions are read */
};

static const struct em_str none;

/* ---- outcomes ---- */

/* The first that means something is the one written for it. */
static const struct trx_outcome outcomes[] = {
	{ "Passed", EM_PASS, NULL },
	{ "Warning", EM_PASS, NULL },
	{ "Completed", EM_PASS, NULL },
	{ "PassedButRunAborted", EM_PASS, NULL },
	{ "Failed", EM_FAIL, NULL },
	{ "Error", EM_FAIL, "error" },
	{ "Timeout", EM_FAIL, "timeout" },
	{ "Aborted", EM_FAIL, "abort" },
	{ "Disconnected", EM_FAIL, "abort" },
	{ "InProgress", EM_FAIL, "incomplete" },
	{ "NotRunnable", EM_FAIL, "exec-fail" },
	{ "NotExecuted", EM_SKIP, NULL },
	{ "Inconclusive", EM_SKIP, "precondition" },
	{ "Pending", EM_SKIP, "todo" },
};

const struct trx_outcome *
trx_find_outcome(struct em_str name)
{
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		if (str_eq(name, outcomes[i].name))
			return &outcomes[i];
	return NULL;
}

const struct trx_outcome *
trx_outcome_for(enum em_outcome outcome, struct em_str status)
{
	const struct trx_outcome *plain = NULL;

	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		const struct trx_outcome *o = &outcomes[i];

		if (o->outcome != outcome)
			continue;
		if (o->status == NULL ? status.p == NULL
				      : str_eq(status, o->status))
			return o;
		if (plain == NULL && o->status == NULL)
			plain = o;
	}
	return plain;
}

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

/* ---- definitions ---- */

static struct definition *
definition(struct em_reader *r, struct em_str id)
{
	struct trx *s = r->state;
	uint64_t *slot = table_at(&s->definitions, table_key(&id, 1, 0));
	struct definition *d;

	if (slot == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	if (*slot != 0)
		return (struct definition *)(uintptr_t)*slot;
	d = arena_alloc(&r->keep, sizeof(*d));
	if (d == NULL || (d->details = rep_case_in(&r->keep)) == NULL)
		return NULL;
	*slot = (uint64_t)(uintptr_t)d;
	return d;
}

static void
define_property(struct definition *d, struct em_str key, struct em_str value)
{
	if (value.n > 0)
		rep_property(d->details, arena_dup(d->details->arena, key),
		    arena_dup(d->details->arena, value));
}

static void
start_definition(struct em_reader *r, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct definition *d = definition(r, xml_attr(n, "id"));
	struct em_str priority = xml_attr(n, "priority");

	s->test = d;
	if (d == NULL)
		return;
	d->name = arena_dup(&r->keep, xml_attr(n, "name"));
	d->storage = arena_dup(&r->keep, xml_attr(n, "storage"));
	if (!str_eq(priority, "2147483647"))
		define_property(d, EM_STR("priority"), priority);
}

static void
method(struct em_reader *r, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct em_str name = dotnet_class(xml_attr(n, "className"));

	if (name.n > 0)
		s->test->class_name = arena_dup(&r->keep, name);
	s->test->code_base = arena_dup(&r->keep, xml_attr(n, "codeBase"));
}

static bool
same_nocase(struct em_str a, struct em_str b)
{
	for (size_t i = 0; a.n == b.n && i < a.n; i++) {
		char x = a.p[i], y = b.p[i];

		if (x >= 'A' && x <= 'Z')
			x = (char)(x - 'A' + 'a');
		if (y >= 'A' && y <= 'Z')
			y = (char)(y - 'A' + 'a');
		if (x != y)
			return false;
	}
	return a.n == b.n;
}

/* vstest writes storage in small letters, but not codeBase. */
static struct em_str
assembly_of(const struct definition *d)
{
	struct em_str storage = dotnet_assembly(d->storage);
	struct em_str base = dotnet_assembly(d->code_base);

	if (storage.n == 0)
		return base.n > 0 ? base : none;
	return same_nocase(storage, base) ? base : storage;
}

static void
take_property(struct rep_case *c, struct em_str key, struct em_str value)
{
	if (str_eq(key, TRX_SUITE))
		c->suite = value;
	else if (str_eq(key, TRX_VARIANT))
		c->variant = value;
	else if (str_eq(key, TRX_STATUS))
		c->status = value;
	else if (str_eq(key, TRX_ITERATION))
		str_i64(value, &c->iteration);
	else
		rep_property(c, key, value);
}

/* ---- results ---- */

static void
define(struct em_reader *r, struct result *x)
{
	struct trx *s = r->state;
	struct rep_case *c = x->c;
	const uint64_t *slot =
	    table_get(&s->definitions, table_key(&x->test, 1, 0));
	const struct definition *d =
	    slot != NULL ? (const struct definition *)(uintptr_t)*slot : NULL;

	if (d != NULL) {
		c->suite = assembly_of(d);
		c->class_name = d->class_name;
		if (c->name.p == NULL)
			c->name = d->name;
		rep_inherit_tags(c, d->details);
		rep_each_property(d->details, take_property, c);
	}
	if (c->name.p == NULL)
		c->name = EM_STR("");
	c->name = dotnet_method(c->name, c->class_name);
}

static bool
is_earlier_attempt(
    const struct result *up, const struct xml_node *n, struct em_str name)
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
	struct result *x = arena_alloc(&p->arena, sizeof(*x));
	struct rep_case *c = rep_case(p);
	struct em_str host = xml_attr(n, "computerName");

	if (x == NULL)
		return;
	*x = (struct result){ .up = s->open,
		.c = c,
		.test = rep_dup(p, xml_attr(n, "testId")),
		.error = rep_blank };
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
inner_failure(struct report *p, struct result *x)
{
	x->error = rep_blank;
	x->error.kind = EM_STR("error");
	x->error.message =
	    arena_join(&p->arena, x->c->name, EM_STR(": failed"));
	rep_message(x->c, &x->error);
}

static void
end_result(struct em_reader *r)
{
	struct trx *s = r->state;
	struct result *x = s->open;

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
		define(r, x);
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
	struct result *x = s->open;
	struct em_message *m = &x->error;
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
start_in_test(struct em_reader *r, enum is is, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct definition *d = s->test;

	switch (is) {
	case METHOD:
		method(r, n);
		break;
	case OWNER:
		define_property(d, EM_STR("owner"), xml_attr(n, "name"));
		break;
	case CATEGORY:
		if (xml_attr(n, "TestCategory").n > 0)
			rep_tag(d->details,
			    arena_dup(&r->keep, xml_attr(n, "TestCategory")));
		break;
	default:
		break;
	}
}

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct report *p = &s->report;
	struct em_attachment a = { .path = rep_dup(p, xml_attr(n, "path")) };

	switch ((enum is)is) {
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
		start_definition(r, n);
		break;
	default:
		if (s->test != NULL)
			start_in_test(r, (enum is)is, n);
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
end_in_result(struct em_reader *r, enum is is, struct em_str text)
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
			s->open->error.message = rep_dup(p, text);
		break;
	case STACK:
		if (text.n > 0)
			s->open->error.detail = rep_dup(p, text);
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
end_in_test(struct em_reader *r, enum is is, struct em_str text)
{
	struct trx *s = r->state;

	switch (is) {
	case DESCRIPTION:
		define_property(s->test, EM_STR("Description"), text);
		break;
	case KEY:
		s->key = arena_dup(&r->keep, text);
		break;
	case VALUE:
		if (s->key.n > 0)
			rep_property(s->test->details, s->key,
			    arena_dup(&r->keep, text));
		break;
	default:
		break;
	}
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct trx *s = r->state;

	switch ((enum is)is) {
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
		s->test = NULL;
		break;
	case DEFINITIONS:
		s->defined = true;
		break;
	default:
		if (s->open != NULL)
			end_in_result(r, (enum is)is, text);
		else if (s->test != NULL)
			end_in_test(r, (enum is)is, text);
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
		struct result *x = s->held;

		s->held = x->next;
		define(r, x);
		rep_send(&s->report, x->c);
	}
	return s->held == NULL;
}

static void
reset(struct trx *s)
{
	table_free(&s->definitions);
	s->test = NULL;
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
	define(r, s->open);
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
		.losses = "messages but the first error become text messages, "
			  "streams besides stdout and stderr, metrics, "
			  "attachments that are no files, locations, members "
			  "of messages besides message and detail, workers, "
			  "modes, reasons of tests that did not fail for them, "
			  "results of suites, properties of runs, logs",
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
