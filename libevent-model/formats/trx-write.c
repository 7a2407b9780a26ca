/* SPDX-License-Identifier: MIT */
/*
 * TRX out, valid against vstst.xsd.  Definitions come before the results, as
 * MSTest has them, so that a reader need not wait.  Earlier attempts are inner
 * results of the deciding one.  Identifiers are made of what they identify:
 * the same test has the same in every run.
 */
#include <string.h>

#include "dotnet.h"
#include "trx-write.h"

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

void
trx_put_guid(struct em_writer *w, const char *name, struct table_key k)
{
	em_out_printf(w->out, " %s=\"%08x-%04x-%04x-%04x-%012llx\"", name,
	    (unsigned)(k.hi >> 32), (unsigned)(k.hi >> 16 & 0xffff),
	    (unsigned)(k.hi & 0xffff), (unsigned)(k.lo >> 48),
	    (unsigned long long)(k.lo & 0xffffffffffff));
}

struct table_key
trx_test_id(const struct em_case *c)
{
	char iteration[24];
	struct em_str id[5] = { c->suite->name, c->class_name, c->name,
		c->details->variant };

	snprintf(iteration, sizeof(iteration), "%lld", (long long)c->iteration);
	id[4] = em_str(iteration);
	return table_key(id, ARRAY_LEN(id), 0);
}

struct table_key
trx_execution_id(const struct em_case *c, const struct em_attempt *a)
{
	struct table_key k = trx_test_id(c);
	char time[24];
	struct em_str id[3] = { { (const char *)&k, sizeof(k) },
		c->suite->run->id };

	snprintf(time, sizeof(time), "%lld", (long long)c->suite->run->time_ns);
	id[2] = em_str(time);
	return table_key(id, ARRAY_LEN(id), a->number);
}

/* ---- definitions ---- */

/* The n-th; opens the list before the first. */
static void
write_property(
    struct em_writer *w, size_t *n, struct em_str key, struct em_str value)
{
	if ((*n)++ == 0)
		PUT(w, "<Properties>\n");
	PUT(w, "<Property>");
	dw_element(w, "Key", key);
	dw_element(w, "Value", value);
	PUT(w, "</Property>\n");
}

const struct trx_outcome *
trx_outcome_of(const struct em_case *c, const struct em_attempt *a)
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
	const struct trx_outcome *o = trx_outcome_of(c, c->last);
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

/* And a class that would not. */
static bool
is_odd_class(struct em_str name)
{
	return name.p != NULL &&
	    (name.n == 0 || dotnet_class(name).n != name.n);
}

/* Members of the case that TRX has no other place for. */
static void
write_own(
    struct em_writer *w, const struct em_case *c, struct arena *a, size_t *n)
{
	const struct {
		const char *key;
		struct em_str value;
		bool wanted;
	} own[] = {
		{ TRX_SUITE, c->suite->name, is_odd_suite(c->suite->name) },
		{ TRX_CLASS, c->class_name, is_odd_class(c->class_name) },
		{ TRX_VARIANT, c->details->variant, true },
		{ TRX_STATUS, other_status(c), true },
		{ TRX_ITERATION,
		    arena_printf(a, "%lld", (long long)c->iteration),
		    c->iteration > 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (own[i].wanted && own[i].value.p != NULL)
			write_property(w, n, em_str(own[i].key), own[i].value);
}

static void
write_properties(struct em_writer *w, const struct em_case *c)
{
	struct em_pairs p = c->details->properties;
	struct em_str value;
	struct arena a;
	size_t n = 0;

	arena_init(&a, SIZE_MAX / 4);
	write_own(w, c, &a, &n);
	for (size_t i = 0; i < p.n; i++)
		for (size_t k = 0;
		     (value = dw_property(&a, &p.v[i], k)).p != NULL; k++)
			write_property(w, &n, p.v[i].key, value);
	if (n > 0)
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

void
trx_put_test_name(
    struct em_writer *w, const char *attr, const struct em_case *c)
{
	struct arena a;

	arena_init(&a, SIZE_MAX / 4);
	dw_attr(w, attr, test_name(&a, c));
	if (a.failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	arena_free(&a);
}

struct em_str
trx_or_empty(struct em_str s)
{
	return s.p != NULL ? s : EM_STR("");
}

static void
write_definition(struct em_writer *w, const struct em_case *c)
{
	struct em_strs tags = c->details->tags;

	PUT(w, "<UnitTest");
	trx_put_test_name(w, "name", c);
	dw_attr(w, "storage", c->suite->name);
	trx_put_guid(w, "id", trx_test_id(c));
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
	trx_put_guid(w, "id", trx_execution_id(c, c->last));
	PUT(w, "/>\n");
	write_properties(w, c);
	PUT(w, "<TestMethod");
	dw_attr(w, "codeBase", trx_or_empty(c->suite->name));
	dw_attr(w, "className", trx_or_empty(c->class_name));
	dw_attr(w, "name", c->name);
	PUT(w, "/>\n</UnitTest>\n");
}

static void
write_entry(struct em_writer *w, const struct em_case *c)
{
	PUT(w, "<TestEntry");
	trx_put_guid(w, "testId", trx_test_id(c));
	trx_put_guid(w, "executionId", trx_execution_id(c, c->last));
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
	if (s->title.p != NULL || s->properties.n > 0)
		wr_lost(w, "titles and properties of suites");
	if (s->time_ns != EM_UNSET || s->duration_ns != EM_UNSET)
		wr_lost(w, "times of suites");
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
	if ((several && r->id.p != NULL) || r->parent_run.p != NULL)
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
	trx_put_guid(w, "id", table_key(id, ARRAY_LEN(id), 0));
	dw_attr(w, "name", trx_or_empty(name));
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
		name = trx_outcome_of(c, c->last)->name;
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
	each_case(w, runs, trx_put_result);
	PUT(w, "</Results>\n");
	write_summary(
	    w, runs, verdict == EM_V_FAIL || verdict == EM_V_TRUNCATED);
	PUT(w, "</TestRun>\n");
	return EM_OK;
}
