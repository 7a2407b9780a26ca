/* SPDX-License-Identifier: MIT */
/*
 * TRX out, valid against vstst.xsd.  Definitions come before the results, as
 * MSTest has them, so that a reader need not wait.  Earlier attempts are inner
 * results of the deciding one.  Identifiers are made of what they identify:
 * the same test has the same in every run.
 */
#include <string.h>

#include "docwrite.h"
#include "dotnet.h"
#include "trx.h"

#define PUT(w, lit) em_out_write((w)->out, EM_STR(lit))

#define UNIT_TEST "13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b"
#define NOT_IN_LIST "8c84fa94-04c1-424b-9868-57a2d4851a1d"
#define ALL_LOADED "19431567-8539-422a-85d7-44ee4e166bda"

/* In the order of the attributes of Counters. */
static const struct counter {
	const char *attr, *outcome;
} counters[] = {
	{ "passed", "Passed" },
	{ "failed", "Failed" },
	{ "error", "Error" },
	{ "timeout", "Timeout" },
	{ "aborted", "Aborted" },
	{ "inconclusive", "Inconclusive" },
	{ "notRunnable", "NotRunnable" },
	{ "notExecuted", "NotExecuted" },
	{ "inProgress", "InProgress" },
	{ "pending", "Pending" },
};

enum { COUNTERS = ARRAY_LEN(counters) };

enum em_rc
trx_write_open(struct em_writer *w)
{
	struct trx_writer *t = w->state;

	t->rs = dw_open(w);
	return t->rs != NULL ? EM_OK : EM_ERR;
}

enum em_rc
trx_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct trx_writer *t = w->state;

	return dw_event(w, t->rs, ev);
}

void
trx_write_close(struct em_writer *w)
{
	struct trx_writer *t = w->state;

	em_results_free(t->rs);
}

/* ---- identifiers ---- */

static void
write_guid(struct em_writer *w, const char *name, struct table_key k)
{
	em_out_printf(w->out, " %s=\"%08x-%04x-%04x-%04x-%012llx\"", name,
	    (unsigned)(k.hi >> 32), (unsigned)(k.hi >> 16 & 0xffff),
	    (unsigned)(k.hi & 0xffff), (unsigned)(k.lo >> 48),
	    (unsigned long long)(k.lo & 0xffffffffffff));
}

static struct table_key
test_id(const struct em_case *c)
{
	char iteration[24];
	struct em_str id[5] = { c->suite->name, c->class_name, c->name,
		c->details->variant };

	snprintf(iteration, sizeof(iteration), "%lld", (long long)c->iteration);
	id[4] = em_str(iteration);
	return table_key(id, ARRAY_LEN(id), 0);
}

static struct table_key
execution_id(const struct em_case *c, const struct em_attempt *a)
{
	struct table_key k = test_id(c);
	char time[24];
	struct em_str id[3] = { { (const char *)&k, sizeof(k) },
		c->suite->run->id };

	snprintf(time, sizeof(time), "%lld", (long long)c->suite->run->time_ns);
	id[2] = em_str(time);
	return table_key(id, ARRAY_LEN(id), a->number);
}

/* ---- definitions ---- */

static void
write_property(struct em_writer *w, struct em_str key, struct em_str value)
{
	PUT(w, "<Property>");
	dw_element(w, "Key", key);
	dw_element(w, "Value", value);
	PUT(w, "</Property>\n");
}

static const struct trx_outcome *
outcome_of(const struct em_case *c, const struct em_attempt *a)
{
	return trx_outcome_for(a->outcome,
	    a == c->last && c->incomplete && a->end->status.p == NULL
		? EM_STR("incomplete")
		: a->end->status);
}

/* A status that the outcome cannot say. */
static struct em_str
other_status(const struct em_case *c)
{
	const struct trx_outcome *o = outcome_of(c, c->last);
	struct em_str status = c->last->end->status;

	return str_eq(status, o->status != NULL ? o->status : "") ? em_str(NULL)
								  : status;
}

/* A suite that would not be read as it is from the name of a file. */
static bool
is_odd_suite(struct em_str suite)
{
	return suite.p != NULL &&
	    (suite.n == 0 || dotnet_assembly(suite).n != suite.n);
}

static void
write_properties(struct em_writer *w, const struct em_case *c)
{
	struct em_pairs p = c->details->properties;
	struct em_str status = other_status(c), value;
	struct em_str suite = c->suite->name;
	char number[24];
	struct arena a;

	if (p.n == 0 && status.p == NULL && c->iteration <= 1 &&
	    c->details->variant.p == NULL && !is_odd_suite(suite))
		return;
	arena_init(&a, SIZE_MAX / 4);
	PUT(w, "<Properties>\n");
	if (is_odd_suite(suite))
		write_property(w, EM_STR(TRX_SUITE), suite);
	if (c->details->variant.p != NULL)
		write_property(w, EM_STR(TRX_VARIANT), c->details->variant);
	if (status.p != NULL)
		write_property(w, EM_STR(TRX_STATUS), status);
	snprintf(number, sizeof(number), "%lld", (long long)c->iteration);
	if (c->iteration > 1)
		write_property(w, EM_STR(TRX_ITERATION), em_str(number));
	for (size_t i = 0; i < p.n; i++)
		for (size_t k = 0;
		     (value = dw_property(&a, &p.v[i], k)).p != NULL; k++)
			write_property(w, p.v[i].key, value);
	PUT(w, "</Properties>\n");
	if (a.failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	arena_free(&a);
}

/* A reader takes the class off the name, so one that has it gets another. */
static struct em_str
test_name(struct arena *a, const struct em_case *c)
{
	if (dotnet_method(c->name, c->class_name).n == c->name.n)
		return c->name;
	return arena_join(
	    a, arena_join(a, c->class_name, EM_STR(".")), c->name);
}

static void
write_test_name(struct em_writer *w, const char *attr, const struct em_case *c)
{
	struct arena a;

	arena_init(&a, SIZE_MAX / 4);
	dw_attr(w, attr, test_name(&a, c));
	if (a.failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	arena_free(&a);
}

static struct em_str
or_empty(struct em_str s)
{
	return s.p != NULL ? s : EM_STR("");
}

static void
write_definition(struct em_writer *w, const struct em_case *c)
{
	struct em_strs tags = c->details->tags;

	PUT(w, "<UnitTest");
	write_test_name(w, "name", c);
	dw_attr(w, "storage", c->suite->name);
	write_guid(w, "id", test_id(c));
	PUT(w, ">\n");
	if (tags.n > 0)
		PUT(w, "<TestCategory>");
	for (size_t i = 0; i < tags.n; i++) {
		PUT(w, "<TestCategoryItem");
		dw_attr(w, "TestCategory", tags.v[i]);
		PUT(w, "/>");
	}
	if (tags.n > 0)
		PUT(w, "</TestCategory>\n");
	PUT(w, "<Execution");
	write_guid(w, "id", execution_id(c, c->last));
	PUT(w, "/>\n");
	write_properties(w, c);
	PUT(w, "<TestMethod");
	dw_attr(w, "codeBase", or_empty(c->suite->name));
	dw_attr(w, "className", or_empty(c->class_name));
	dw_attr(w, "name", c->name);
	PUT(w, "/>\n</UnitTest>\n");
}

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
	const struct em_message *m = i->u.message;

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
	if (i->kind != EM_CASE_MESSAGE)
		return;
	if (m->type.p != NULL || m->code.p != NULL || m->expected.p != NULL ||
	    m->actual.p != NULL || m->rendered.p != NULL)
		wr_lost(w, "members of messages");
	if (m->location.file.p != NULL)
		wr_lost(w, "locations");
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
	write_guid(w, "executionId", execution_id(c, a));
	if (a != c->last)
		write_guid(w, "parentExecutionId", execution_id(c, c->last));
	write_guid(w, "testId", test_id(c));
	write_test_name(w, "testName", c);
	dw_attr(w, "computerName", or_empty(c->suite->run->host));
	write_duration(w, a->duration_ns);
	dw_attr_time(w, "startTime", start);
	dw_attr_time(w, "endTime", dw_end_time(start, a->duration_ns));
	PUT(w, " testType=\"" UNIT_TEST "\"");
	dw_attr(w, "outcome", em_str(outcome_of(c, a)->name));
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
		const struct trx_outcome *o = outcome_of(c, a);

		if (a->end->status.p != NULL &&
		    (o->status == NULL || !str_eq(a->end->status, o->status)))
			wr_lost(w, "statuses of earlier attempts");
	}
}

static void
write_result(struct em_writer *w, const struct em_case *c)
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

static void
write_entry(struct em_writer *w, const struct em_case *c)
{
	PUT(w, "<TestEntry");
	write_guid(w, "testId", test_id(c));
	write_guid(w, "executionId", execution_id(c, c->last));
	PUT(w, " testListId=\"" NOT_IN_LIST "\"/>\n");
}

/* ---- the document ---- */

static void
each_case(struct em_writer *w, const struct em_run *runs,
    void (*write)(struct em_writer *w, const struct em_case *c))
{
	for (const struct em_run *r = runs; r != NULL; r = r->next)
		for (const struct em_suite *s = r->suites; s != NULL;
		     s = s->next)
			for (const struct em_case *c = s->cases; c != NULL;
			     c = c->next)
				if (c->attempts != NULL)
					write(w, c);
}

static void
suite_losses(struct em_writer *w, const struct em_suite *s)
{
	if (s->outcome == EM_FAIL)
		wr_lost(w, "results of suites");
	if (s->parent.p != NULL)
		wr_lost(w, "parents of suites");
	if (s->title.p != NULL)
		wr_lost(w, "titles of suites");
	if (s->properties.n > 0)
		wr_lost(w, "properties of suites");
	if (s->location.file.p != NULL)
		wr_lost(w, "locations");
	for (const struct em_case *c = s->cases; c != NULL; c = c->next)
		dw_left_out(w, c);
}

static bool
is_written(struct em_str key)
{
	return str_eq(key, "name") || str_eq(key, "runUser");
}

static void
run_losses(struct em_writer *w, const struct em_run *r, bool several)
{
	if (several && r->id.p != NULL)
		wr_lost(w, "names of runs");
	for (size_t i = 0; i < r->properties.n; i++)
		if (!is_written(r->properties.v[i].key))
			wr_lost(w, "properties of runs");
	if (r->env.n > 0)
		wr_lost(w, "environments");
	if (r->seed.p != NULL)
		wr_lost(w, "seeds");
	if (r->cwd.p != NULL || r->command.n > 0)
		wr_lost(w, "commands and directories");
	if (r->cancelled)
		wr_lost(w, "cancellations");
	for (const struct em_suite *s = r->suites; s != NULL; s = s->next)
		suite_losses(w, s);
}

static void
open_run(struct em_writer *w, const struct em_run *r)
{
	struct em_str name = { NULL, 0 }, id[3] = { { "run", 3 } };
	char time[24] = "";

	if (r != NULL) {
		snprintf(time, sizeof(time), "%lld", (long long)r->time_ns);
		id[1] = r->id;
		name = dw_find(r->properties, "name");
		if (name.p == NULL)
			name = r->producer_name;
	}
	id[2] = em_str(time);
	PUT(w, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<TestRun");
	write_guid(w, "id", table_key(id, ARRAY_LEN(id), 0));
	dw_attr(w, "name", or_empty(name));
	if (r != NULL)
		dw_attr(w, "runUser", dw_find(r->properties, "runUser"));
	PUT(w,
	    " xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/"
	    "2010\">\n");
	if (r == NULL || r->time_ns == EM_UNSET)
		return;
	PUT(w, "<Times");
	dw_attr_time(w, "creation", r->time_ns);
	dw_attr_time(w, "start", r->time_ns);
	dw_attr_time(w, "finish", dw_end_time(r->time_ns, r->duration_ns));
	PUT(w, "/>\n");
}

static void
write_logs(struct em_writer *w, const struct em_item *i)
{
	for (; i != NULL; i = i->next) {
		dw_text(w, i->u.output->text);
		out_byte(w->out, '\n');
	}
}

static void
write_run_output(struct em_writer *w, const struct em_run *runs)
{
	bool any = false;

	for (const struct em_run *r = runs; r != NULL; r = r->next) {
		any |= r->logs != NULL;
		for (const struct em_suite *s = r->suites; s != NULL;
		     s = s->next)
			any |= s->logs != NULL;
	}
	if (!any)
		return;
	PUT(w, "<Output><StdOut>");
	for (const struct em_run *r = runs; r != NULL; r = r->next) {
		write_logs(w, r->logs);
		for (const struct em_suite *s = r->suites; s != NULL;
		     s = s->next)
			write_logs(w, s->logs);
	}
	PUT(w, "</StdOut></Output>\n");
}

static void
count_outcomes(const struct em_suite *s, int64_t n[COUNTERS])
{
	for (const struct em_case *c = s->cases; c != NULL; c = c->next) {
		const char *name;

		if (c->attempts == NULL)
			continue;
		name = outcome_of(c, c->last)->name;
		for (size_t i = 0; i < COUNTERS; i++)
			n[i] += strcmp(counters[i].outcome, name) == 0;
	}
}

static void
write_summary(struct em_writer *w, const struct em_run *runs, bool failed)
{
	int64_t n[COUNTERS] = { 0 }, total = 0, skipped = 0;

	for (const struct em_run *r = runs; r != NULL; r = r->next)
		for (const struct em_suite *s = r->suites; s != NULL;
		     s = s->next)
			count_outcomes(s, n);
	for (size_t i = 0; i < COUNTERS; i++) {
		total += n[i];
		if (strcmp(counters[i].attr, "notExecuted") == 0 ||
		    strcmp(counters[i].attr, "pending") == 0)
			skipped += n[i];
	}
	PUT(w, "<ResultSummary");
	dw_attr(w, "outcome", em_str(failed ? "Failed" : "Completed"));
	PUT(w, ">\n<Counters");
	dw_attr_i64(w, "total", total);
	dw_attr_i64(w, "executed", total - skipped);
	for (size_t i = 0; i < COUNTERS; i++)
		dw_attr_i64(w, counters[i].attr, n[i]);
	PUT(w, "/>\n");
	write_run_output(w, runs);
	PUT(w, "</ResultSummary>\n");
}

enum em_rc
trx_write_finish(struct em_writer *w)
{
	struct trx_writer *t = w->state;
	const struct em_run *runs = em_results_runs(t->rs);
	enum em_verdict verdict = em_results_verdict(t->rs);

	for (const struct em_run *r = runs; r != NULL; r = r->next)
		run_losses(w, r, runs->next != NULL);
	open_run(w, runs);
	PUT(w, "<TestDefinitions>\n");
	each_case(w, runs, write_definition);
	PUT(w,
	    "</TestDefinitions>\n<TestLists>\n"
	    "<TestList name=\"Results Not in a List\" id=\"" NOT_IN_LIST
	    "\"/>\n"
	    "<TestList name=\"All Loaded Results\" id=\"" ALL_LOADED
	    "\"/>\n</TestLists>\n<TestEntries>\n");
	each_case(w, runs, write_entry);
	PUT(w, "</TestEntries>\n<Results>\n");
	each_case(w, runs, write_result);
	PUT(w, "</Results>\n");
	write_summary(
	    w, runs, verdict == EM_V_FAIL || verdict == EM_V_TRUNCATED);
	PUT(w, "</TestRun>\n");
	return EM_OK;
}
