/* SPDX-License-Identifier: MIT */
/*
 * NUnit 3 results out, valid against NUnit's own TestResult.xsd.  That puts
 * attachments inside of assertions.
 */
#include <string.h>

#include "nunit-write.h"

struct tally {
	int64_t total, passed, failed, skipped, inconclusive;
};

/* A suite at its place in the tree. */
struct node {
	const struct em_suite *suite;
	struct node *child, *last, *next;
	struct em_str name; /* as written: without the path of the parent */
	struct tally tally; /* of all that is below */
	bool top;
};

enum em_rc
nunit_write_open(struct em_writer *w)
{
	struct nunit_writer *n = w->state;

	n->rs = dw_open(w);
	return n->rs != NULL ? EM_OK : EM_ERR;
}

enum em_rc
nunit_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct nunit_writer *n = w->state;

	return dw_event(w, n->rs, ev);
}

void
nunit_write_close(struct em_writer *w)
{
	struct nunit_writer *n = w->state;

	em_results_free(n->rs);
}

/* ---- counts ---- */

static void
count(struct tally *t, const struct em_case *c)
{
	t->total++;
	if (c->outcome == EM_PASS)
		t->passed++;
	else if (c->outcome != EM_SKIP)
		t->failed++;
	else if (str_eq(c->last->end->status, "precondition"))
		t->inconclusive++;
	else
		t->skipped++;
}

static void
add_tally(struct tally *t, const struct tally *s)
{
	t->total += s->total;
	t->passed += s->passed;
	t->failed += s->failed;
	t->skipped += s->skipped;
	t->inconclusive += s->inconclusive;
}

static void
write_tally(struct em_writer *w, const struct tally *t)
{
	dw_attr_i64(w, "total", t->total);
	dw_attr_i64(w, "initiated", t->total);
	dw_attr_i64(w, "passed", t->passed);
	dw_attr_i64(w, "failed", t->failed);
	dw_attr_i64(w, "warnings", 0);
	dw_attr_i64(w, "completed", t->total);
	dw_attr_i64(w, "skipped", t->skipped);
	dw_attr_i64(w, "inconclusive", t->inconclusive);
	dw_attr_i64(w, "asserts", 0);
}

static const char *
tally_result(const struct tally *t)
{
	if (t->failed > 0)
		return "Failed";
	if (t->passed > 0)
		return "Passed";
	return t->skipped > 0 ? "Skipped" : "Inconclusive";
}

static void
write_cases(struct em_writer *w, const struct em_suite *suite)
{
	for (const struct em_case *c = suite->cases; c != NULL; c = c->next)
		if (!dw_left_out(w, c))
			nunit_put_case(w, c);
}

/* ---- suites ---- */

static void
write_environment(struct em_writer *w, const struct em_run *run)
{
	struct nunit_writer *n = w->state;

	if (n->environment || (run->host.p == NULL && run->cwd.p == NULL))
		return;
	n->environment = true;
	PUT(w,
	    "<environment framework-version=\"\" clr-version=\"\""
	    " os-version=\"\"");
	dw_attr(w, "cwd", run->cwd.p != NULL ? run->cwd : EM_STR(""));
	dw_attr(w, "machine-name", run->host);
	PUT(w, " culture=\"\" uiculture=\"\" os-architecture=\"\"/>\n");
}

static void
write_suite_result(struct em_writer *w, const struct node *node)
{
	const struct em_suite *s = node->suite;

	if (s->outcome == EM_FAIL) {
		nunit_put_result(w, EM_FAIL,
		    s->status.p != NULL ? s->status : EM_STR("error"));
	} else {
		dw_attr(w, "result", em_str(tally_result(&node->tally)));
		if (node->tally.failed > 0)
			dw_attr(w, "site", EM_STR("Child"));
	}
}

static void
write_suite_failure(struct em_writer *w, const struct node *node)
{
	const struct em_suite *s = node->suite;

	if (s->outcome == EM_FAIL) {
		PUT(w, "<failure>");
		dw_element(w, "message",
		    s->reason.n > 0 ? s->reason
				    : EM_STR("the suite failed by itself"));
		PUT(w, "</failure>\n");
	} else if (node->tally.failed > 0) {
		PUT(w,
		    "<failure><message>One or more child tests had errors"
		    "</message></failure>\n");
	}
}

static void
open_suite(struct em_writer *w, const struct node *node)
{
	const struct em_suite *s = node->suite;

	PUT(w, "<test-suite");
	dw_attr(w, "type",
	    s->cases != NULL ? EM_STR("TestFixture") : EM_STR("TestSuite"));
	nunit_put_id(w);
	dw_attr(w, "name", node->name);
	dw_attr(w, "fullname", s->name);
	PUT(w, " runstate=\"Runnable\"");
	dw_attr_i64(w, "testcasecount", node->tally.total);
	write_suite_result(w, node);
	nunit_put_times(w, s->time_ns, s->duration_ns);
	write_tally(w, &node->tally);
	PUT(w, ">\n");
	if (node->top)
		write_environment(w, s->run);
	if (s->properties.n > 0) {
		PUT(w, "<properties>\n");
		nunit_put_pairs(w, s->properties, false);
		PUT(w, "</properties>\n");
	}
	write_suite_failure(w, node);
	if (s->logs != NULL)
		nunit_put_output(w, s->logs, true);
	if (s->title.p != NULL && !em_str_eq(s->title, node->name))
		wr_lost(w, "titles of suites");
	if (s->location.file.p != NULL)
		wr_lost(w, "locations");
}

/* Depth is bounded: a suite inside another has a longer name. */
static void
write_suite(struct em_writer *w, const struct node *node)
{
	if (node->suite->name.p == NULL) {
		write_cases(w, node->suite);
		return;
	}
	open_suite(w, node);
	for (const struct node *n = node->child; n != NULL; n = n->next)
		write_suite(w, n);
	write_cases(w, node->suite);
	PUT(w, "</test-suite>\n");
}

/* ---- the tree ---- */

static size_t
count_suites(const struct em_run *run)
{
	size_t n = 0;

	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		n++;
	return n;
}

/* Whether name is that of the parent, "/" and something. */
static bool
is_inside(struct em_str name, struct em_str parent)
{
	return parent.p != NULL && name.n > parent.n &&
	    memcmp(name.p, parent.p, parent.n) == 0 && name.p[parent.n] == '/';
}

static void
append(struct node *to, struct node *node)
{
	if (to->last != NULL)
		to->last->next = node;
	else
		to->child = node;
	to->last = node;
}

static void
place(struct em_writer *w, struct node *root, struct node *node,
    const struct table *names)
{
	const struct em_suite *s = node->suite;
	const uint64_t *at = is_inside(s->name, s->parent)
	    ? table_get(names, table_key(&s->parent, 1, 0))
	    : NULL;

	node->name = s->name;
	node->top = at == NULL;
	if (at == NULL) {
		if (s->parent.p != NULL)
			wr_lost(w, "parents of suites");
		append(root, node);
		return;
	}
	node->name = str_from(s->name, s->parent.n + 1);
	append((struct node *)(uintptr_t)*at, node);
}

static void
sum_up(struct node *node)
{
	if (node->suite != NULL)
		for (const struct em_case *c = node->suite->cases; c != NULL;
		     c = c->next)
			if (c->attempts != NULL)
				count(&node->tally, c);
	for (struct node *n = node->child; n != NULL; n = n->next) {
		sum_up(n);
		add_tally(&node->tally, &n->tally);
	}
}

/* Puts the suites of a run at their places under root. */
static enum em_rc
plant(struct em_writer *w, struct node *root, const struct em_run *run)
{
	size_t n = count_suites(run), i = 0;
	struct node *nodes = arena_alloc(&w->keep, n * sizeof(*nodes) + 1);
	struct table names;

	if (nodes == NULL)
		return wr_status(w);
	table_init(&names);
	for (const struct em_suite *s = run->suites; s != NULL;
	     s = s->next, i++) {
		uint64_t *at = table_at(&names, table_key(&s->name, 1, 0));

		nodes[i].suite = s;
		if (at != NULL)
			*at = (uint64_t)(uintptr_t)&nodes[i];
	}
	for (i = 0; i < n; i++)
		place(w, root, &nodes[i], &names);
	if (names.failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	table_free(&names);
	return wr_status(w);
}

/* ---- the run ---- */

static void
run_losses(struct em_writer *w, const struct em_run *run, bool several)
{
	if ((several && run->id.p != NULL) || run->parent_run.p != NULL)
		wr_lost(w, "names of runs");
	for (size_t i = 0; i < run->properties.n; i++)
		if (!str_eq(run->properties.v[i].key, "command-line"))
			wr_lost(w, "properties of runs");
	if (run->env.n > 0)
		wr_lost(w, "environments");
	for (const struct em_item *i = run->logs; i != NULL; i = i->next)
		wr_lost(w, "log lines");
	if (run->cancelled)
		wr_lost(w, "cancellations");
}

static void
write_run(struct em_writer *w, const struct em_run *run,
    const struct node *root, bool failed)
{
	const struct tally *t = &root->tally;
	struct em_str name = run != NULL ? run->producer_name : em_str(NULL);
	int64_t seed = 0;

	if (name.p == NULL)
		name = EM_STR("");
	if (run != NULL && run->seed.p != NULL &&
	    (!str_i64(run->seed, &seed) || seed < INT32_MIN ||
		seed > INT32_MAX || seed == 0)) {
		wr_lost(w, "seeds");
		seed = 0;
	}
	PUT(w, "<test-run id=\"0\"");
	dw_attr(w, "name", name);
	dw_attr(w, "fullname", name);
	dw_attr_i64(w, "testcasecount", t->total);
	dw_attr(w, "result", em_str(failed ? "Failed" : tally_result(t)));
	if (run != NULL)
		nunit_put_times(w, run->time_ns, run->duration_ns);
	write_tally(w, t);
	dw_attr_i64(w, "random-seed", seed);
	PUT(w, ">\n");
}

static void
write_command(struct em_writer *w, const struct em_run *run)
{
	struct em_str line = dw_find(run->properties, "command-line");

	if (line.p == NULL && run->command.n > 0)
		line = dw_command_line(&w->keep, run->command);
	dw_element(w, "command-line", line);
}

enum em_rc
nunit_write_finish(struct em_writer *w)
{
	struct nunit_writer *n = w->state;
	const struct em_run *runs = em_results_runs(n->rs);
	enum em_verdict verdict = em_results_verdict(n->rs);
	struct node root = { .suite = NULL };

	for (const struct em_run *r = runs; r != NULL; r = r->next) {
		run_losses(w, r, runs->next != NULL);
		if (plant(w, &root, r) != EM_OK)
			return EM_ERR;
	}
	sum_up(&root);
	PUT(w,
	    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"no\"?>\n");
	write_run(
	    w, runs, &root, verdict == EM_V_FAIL || verdict == EM_V_TRUNCATED);
	if (runs != NULL)
		write_command(w, runs);
	PUT(w, "<filter/>\n");
	for (const struct node *s = root.child; s != NULL; s = s->next)
		write_suite(w, s);
	PUT(w, "</test-run>\n");
	if (runs != NULL && !n->environment &&
	    (runs->host.p != NULL || runs->cwd.p != NULL))
		wr_lost(w, "hosts and directories");
	return EM_OK;
}
