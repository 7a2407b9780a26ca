/* SPDX-License-Identifier: MIT */
/*
 * NUnit 3 results out, valid against NUnit's own TestResult.xsd.  That puts
 * attachments inside of assertions.
 */
#include <stdlib.h>
#include <string.h>

#include "docwrite.h"
#include "nunit.h"

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

#define PUT(w, lit) em_out_write((w)->out, EM_STR(lit))

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

/* ---- results ---- */

struct word {
	enum em_outcome outcome;
	const char *status, *result, *label;
};

/* A status that is not here is a label itself. */
static const struct word words[] = {
	{ EM_FAIL, "error", "Failed", "Error" },
	{ EM_FAIL, "abort", "Failed", "Cancelled" },
	{ EM_SKIP, "ignored", "Skipped", "Ignored" },
	{ EM_SKIP, "filtered", "Skipped", "Explicit" },
	{ EM_SKIP, "precondition", "Inconclusive", NULL },
};

static struct word
word_of(enum em_outcome outcome, struct em_str status)
{
	struct word w = { .outcome = outcome };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].outcome == outcome &&
		    str_eq(status, words[i].status))
			return words[i];
	w.result = outcome == EM_PASS ? "Passed"
	    : outcome == EM_SKIP      ? "Skipped"
				      : "Failed";
	return w;
}

/* What an attempt that never completed is called. */
static struct em_str
status_of(const struct em_case *c)
{
	if (c->incomplete && c->last->end->status.p == NULL)
		return EM_STR("incomplete");
	return c->last->end->status;
}

static void
write_result(struct em_writer *w, enum em_outcome outcome, struct em_str status)
{
	struct word word = word_of(outcome, status);

	dw_attr(w, "result", em_str(word.result));
	if (word.label != NULL)
		dw_attr(w, "label", em_str(word.label));
	else if (word.status == NULL && nunit_is_status(status))
		dw_attr(w, "label", status);
	else if (word.status == NULL && status.p != NULL)
		wr_lost(w, "statuses");
}

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

/* Six digits as NUnit writes, nine when that would cut something off. */
static void
write_times(struct em_writer *w, int64_t start, int64_t duration)
{
	dw_attr_time(w, "start-time", start);
	dw_attr_time(w, "end-time", dw_end_time(start, duration));
	if (duration == EM_UNSET)
		return;
	PUT(w, " duration=\"");
	out_seconds(w->out, duration, duration % 1000 == 0 ? 6 : 9);
	out_byte(w->out, '"');
}

static void
write_id(struct em_writer *w)
{
	struct nunit_writer *n = w->state;

	em_out_printf(w->out, " id=\"0-%lld\"", (long long)++n->id);
}

/* ---- what a case says ---- */

static void
write_property(struct em_writer *w, struct em_str name, struct em_str value)
{
	PUT(w, "<property");
	dw_attr(w, "name", name);
	dw_attr(w, "value", value);
	PUT(w, "/>\n");
}

/* A property that has become an attribute. */
static bool
is_attribute(struct em_str key)
{
	return str_eq(key, "seed") || str_eq(key, "site");
}

static void
write_pairs(struct em_writer *w, struct em_pairs pairs, bool of_case)
{
	struct em_str value;

	for (size_t i = 0; i < pairs.n; i++) {
		struct arena a;

		if (of_case && is_attribute(pairs.v[i].key))
			continue;
		arena_init(&a, SIZE_MAX / 4);
		for (size_t k = 0;
		     (value = dw_property(&a, &pairs.v[i], k)).p != NULL; k++)
			write_property(w, pairs.v[i].key, value);
		if (a.failed)
			err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
		arena_free(&a);
	}
}

static void
write_properties(struct em_writer *w, const struct em_case *c)
{
	const struct em_details *d = c->details;
	size_t n = d->properties.n + d->tags.n;
	char number[24];

	for (size_t i = 0; i < d->properties.n; i++)
		n -= is_attribute(d->properties.v[i].key);
	if (n == 0 && d->variant.p == NULL && c->iteration <= 1)
		return;
	PUT(w, "<properties>\n");
	for (size_t i = 0; i < d->tags.n; i++)
		write_property(w, EM_STR("Category"), d->tags.v[i]);
	if (d->variant.p != NULL)
		write_property(w, EM_STR(NUNIT_VARIANT), d->variant);
	snprintf(number, sizeof(number), "%lld", (long long)c->iteration);
	if (c->iteration > 1)
		write_property(w, EM_STR(NUNIT_ITERATION), em_str(number));
	write_pairs(w, d->properties, true);
	PUT(w, "</properties>\n");
}

static void
message_losses(struct em_writer *w, const struct em_message *m)
{
	if (m->type.p != NULL || m->code.p != NULL || m->expected.p != NULL ||
	    m->actual.p != NULL || m->rendered.p != NULL)
		wr_lost(w, "members of messages");
	if (m->location.file.p != NULL)
		wr_lost(w, "locations");
}

static void
write_message(struct em_writer *w, const struct em_message *m)
{
	dw_element(w, "message", m->message);
	dw_element(w, "stack-trace", m->detail);
}

static const char *
assertion_result(struct em_writer *w, struct em_str kind)
{
	if (str_eq(kind, "error"))
		return "Failed";
	if (str_eq(kind, "warning"))
		return "Warning";
	if (str_eq(kind, "ignored"))
		return "Inconclusive";
	if (!str_eq(kind, "note"))
		wr_lost(w, "kinds of messages");
	return "Passed";
}

static void
write_attachments(struct em_writer *w, const struct em_item *i)
{
	PUT(w, "<attachments>\n");
	for (; i != NULL; i = i->next) {
		const struct em_attachment *a = i->u.attachment;

		if (i->kind != EM_CASE_ATTACHMENT || a->path.p == NULL)
			continue;
		if (a->media_type.p != NULL)
			wr_lost(w, "media types");
		PUT(w, "<attachment>");
		dw_element(w, "filePath", a->path);
		dw_element(w, "description", a->title);
		PUT(w, "</attachment>\n");
	}
	PUT(w, "</attachments>\n");
}

static void
write_assertions(struct em_writer *w, const struct em_item *items, bool files)
{
	bool any = false;

	PUT(w, "<assertions>\n");
	for (const struct em_item *i = items; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_MESSAGE)
			continue;
		any = true;
		PUT(w, "<assertion");
		dw_attr(w, "result",
		    em_str(assertion_result(w, i->u.message->kind)));
		PUT(w, ">");
		write_message(w, i->u.message);
		PUT(w, "</assertion>\n");
	}
	if (!any)
		PUT(w, "<assertion result=\"Passed\"/>\n");
	if (files)
		write_attachments(w, items);
	PUT(w, "</assertions>\n");
}

/* What there is to write of the items, and what is lost of them. */
struct said {
	const struct em_message *error; /* the first one */
	size_t messages;
	bool files, output;
	int64_t time_ns; /* of the start */
};

static struct said
survey(struct em_writer *w, const struct em_item *i)
{
	struct said s = { .time_ns = EM_UNSET };

	for (; i != NULL; i = i->next)
		switch (i->kind) {
		case EM_CASE_MESSAGE:
			message_losses(w, i->u.message);
			if (s.error == NULL &&
			    str_eq(i->u.message->kind, "error"))
				s.error = i->u.message;
			s.messages++;
			break;
		case EM_CASE_OUTPUT:
			s.output = true;
			if (!str_eq(i->u.output->stream, "stdout"))
				wr_lost(w, "streams of output");
			if (i->u.output->truncated_bytes > 0)
				wr_lost(w, "notes of truncated output");
			break;
		case EM_CASE_ATTACHMENT:
			if (i->u.attachment->path.p != NULL)
				s.files = true;
			else
				wr_lost(w, "attachments that are no files");
			break;
		case EM_CASE_START:
			s.time_ns = i->u.start->time_ns;
			if (i->u.start->worker.p != NULL)
				wr_lost(w, "workers");
			break;
		case EM_CASE_METRIC:
			wr_lost(w, "metrics");
			break;
		default:
			break;
		}
	return s;
}

static void
write_output(struct em_writer *w, const struct em_item *i, bool lines)
{
	PUT(w, "<output>");
	for (; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_OUTPUT && i->kind != EM_LOG)
			continue;
		dw_text(w, i->u.output->text);
		if (lines)
			out_byte(w->out, '\n');
	}
	PUT(w, "</output>\n");
}

/* ---- cases ---- */

static void
case_losses(struct em_writer *w, const struct em_case *c)
{
	const struct em_details *d = c->details;

	for (uint32_t i = 1; i < c->attempt_count; i++)
		wr_lost(w, "attempts but the last");
	if (d->location.file.p != NULL)
		wr_lost(w, "locations");
	if (d->parent.p != NULL)
		wr_lost(w, "parents of cases");
	if (d->mode.p != NULL && !str_eq(d->mode, "test"))
		wr_lost(w, "modes");
	if (c->last->end->exit_code != EM_UNSET ||
	    c->last->end->signal != EM_UNSET)
		wr_lost(w, "exit codes and signals");
}

static void
write_names(struct em_writer *w, const struct em_case *c)
{
	struct arena a;

	write_id(w);
	dw_attr(w, "name", c->name);
	arena_init(&a, SIZE_MAX / 4);
	dw_attr(w, "fullname",
	    c->class_name.p == NULL
		? c->name
		: arena_join(
		      &a, arena_join(&a, c->class_name, EM_STR(".")), c->name));
	if (a.failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	arena_free(&a);
	dw_attr(w, "classname", c->class_name);
}

static const char *
runstate(struct em_str status)
{
	if (str_eq(status, "ignored"))
		return "Ignored";
	return str_eq(status, "filtered") ? "Explicit" : "Runnable";
}

static bool
is_site(struct em_str s)
{
	return str_eq(s, "Test") || str_eq(s, "SetUp") ||
	    str_eq(s, "TearDown") || str_eq(s, "Parent") || str_eq(s, "Child");
}

static void
write_case(struct em_writer *w, const struct em_case *c)
{
	const struct em_item *items = c->last->items;
	struct em_pairs p = c->details->properties;
	struct said s = survey(w, items);
	struct em_str status = status_of(c), seed = dw_find(p, "seed");
	struct em_str site = dw_find(p, "site");
	const struct em_message *failure =
	    c->outcome == EM_FAIL ? s.error : NULL;

	case_losses(w, c);
	PUT(w, "<test-case");
	write_names(w, c);
	dw_attr(w, "runstate", em_str(runstate(status)));
	dw_attr(w, "seed", seed.p != NULL ? seed : EM_STR("0"));
	write_result(w, c->outcome, status);
	if (is_site(site))
		dw_attr(w, "site", site);
	else if (site.p != NULL)
		wr_lost(w, "properties");
	write_times(w, s.time_ns, c->last->duration_ns);
	PUT(w, " asserts=\"0\">\n");
	write_properties(w, c);
	if (failure != NULL) {
		PUT(w, "<failure>");
		write_message(w, failure);
		PUT(w, "</failure>\n");
	}
	if (c->last->end->reason.p != NULL) {
		PUT(w, "<reason>");
		dw_element(w, "message", c->last->end->reason);
		PUT(w, "</reason>\n");
	}
	if (s.output)
		write_output(w, items, false);
	if (s.messages > (failure != NULL) || s.files)
		write_assertions(w, items, s.files);
	PUT(w, "</test-case>\n");
}

static void
write_cases(struct em_writer *w, const struct em_suite *suite)
{
	for (const struct em_case *c = suite->cases; c != NULL; c = c->next)
		if (!dw_left_out(w, c))
			write_case(w, c);
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
		write_result(w, EM_FAIL,
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
	write_id(w);
	dw_attr(w, "name", node->name);
	dw_attr(w, "fullname", s->name);
	PUT(w, " runstate=\"Runnable\"");
	dw_attr_i64(w, "testcasecount", node->tally.total);
	write_suite_result(w, node);
	write_times(w, s->time_ns, s->duration_ns);
	write_tally(w, &node->tally);
	PUT(w, ">\n");
	if (node->top)
		write_environment(w, s->run);
	if (s->properties.n > 0) {
		PUT(w, "<properties>\n");
		write_pairs(w, s->properties, false);
		PUT(w, "</properties>\n");
	}
	write_suite_failure(w, node);
	if (s->logs != NULL)
		write_output(w, s->logs, true);
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
	if (several && run->id.p != NULL)
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
		write_times(w, run->time_ns, run->duration_ns);
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
	return EM_OK;
}
