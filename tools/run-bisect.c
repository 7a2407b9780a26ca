/* SPDX-License-Identifier: MIT */
/*
 * Which of the tests that ran before it makes a test fail: delta debugging
 * over those that started before it, in its worker where workers are told.
 * Probes are runs of their own that nobody else sees.
 */
#include <stdlib.h>
#include <string.h>

#include "run.h"

struct bisect {
	struct run_plan *p;
	const struct run_command *command; /* that the case belongs to */
	const struct em_case *victim;
	struct rerun_test target; /* the same, as its command knows it */
	struct em_results *results; /* of the probe at hand */
	struct run_tests before; /* suspects, in the order they started */
	bool failed; /* it cannot go on, which was said */
};

/* ---- the case and those before it ---- */

static bool
is_called(const struct em_case *c, const char *name)
{
	struct em_str suite = c->suite->name;
	size_t n = strlen(name);

	if (em_str_eq(c->name, em_str(name)))
		return true;
	return suite.n + 1 + c->name.n == n && name[suite.n] == '/' &&
	    memcmp(name, suite.p != NULL ? suite.p : "", suite.n) == 0 &&
	    memcmp(name + suite.n + 1, c->name.p, c->name.n) == 0;
}

/* Calls f for each case of all that ran. */
static void
each_case(struct bisect *b, struct em_results *rs,
    void (*f)(struct bisect *b, const struct em_case *c))
{
	const struct em_run *r = em_results_runs(rs);

	for (; r != NULL; r = r->next)
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next)
			for (const struct em_case *c = u->cases; c != NULL;
			     c = c->next)
				f(b, c);
}

/* The first of that name that failed, or else the first. */
static void
look_for_victim(struct bisect *b, const struct em_case *c)
{
	if (!is_called(c, b->p->bisect))
		return;
	if (b->victim == NULL ||
	    (b->victim->outcome != EM_FAIL && c->outcome == EM_FAIL))
		b->victim = c;
}

static const struct run_command *
command_of(struct bisect *b, struct rerun_test *test)
{
	for (size_t i = 0; i < b->p->commands.n; i++) {
		const struct run_command *cmd = &b->p->commands.v[i];

		if (run_tests_strip(&test->suite, cmd->label))
			return cmd;
	}
	return NULL;
}

static bool
same_worker(const struct em_case *a, const struct em_case *b)
{
	if (a->attempts == NULL || b->attempts == NULL)
		return false;
	return em_str_eq(em_attempt_start(a->attempts)->worker,
	    em_attempt_start(b->attempts)->worker);
}

static void
add_suspect(struct bisect *b, const struct em_case *c)
{
	uint64_t at = run_stream_place(b->p->stream, c);
	struct rerun_test test;

	if (c == b->victim || at == 0 ||
	    at >= run_stream_place(b->p->stream, b->victim) ||
	    !same_worker(c, b->victim) || !run_tests_add(&b->before, c))
		return;
	test = b->before.v[b->before.n - 1];
	/* For the sort. */
	test.line = (int64_t)at;
	if (command_of(b, &test) == b->command)
		b->before.v[b->before.n - 1] = test;
	else
		b->before.n--;
}

static int
by_place(const void *x, const void *y)
{
	const struct rerun_test *a = x, *b = y;

	return (a->line > b->line) - (a->line < b->line);
}

/* ---- probes ---- */

static void
probe_event(void *arg, const struct em_event *ev)
{
	struct bisect *b = arg;

	if (em_results_event(b->results, ev) != EM_OK)
		b->p->keeper.failed = true;
}

static void
run_command(struct bisect *b, char *const *argv)
{
	struct run_job j = { .argv = argv,
		.name = b->command->name,
		.event = probe_event,
		.arg = b };

	run_keep(&b->p->keeper, &j, 1);
	b->failed = b->failed || !j.end.started || j.end.cancelled ||
	    b->p->keeper.failed;
}

static enum em_outcome
outcome_of_target(struct bisect *b)
{
	const struct em_run *r = em_results_runs(b->results);
	enum em_outcome o = EM_NONE;

	for (; r != NULL; r = r->next)
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next)
			for (const struct em_case *c = u->cases; c != NULL;
			     c = c->next)
				if (em_str_eq(c->name, b->target.name) &&
				    em_str_eq(
					c->class_name, b->target.class_name) &&
				    em_str_eq(u->name, b->target.suite) &&
				    o != EM_FAIL)
					o = c->outcome;
	return o;
}

/* What becomes of the case behind n tests. */
static enum em_outcome
probe(struct bisect *b, const struct rerun_test *const *tests, size_t n)
{
	const struct rerun_test **v = calloc(n + 1, sizeof(*v));
	struct rerun_list l = { v, n + 1 };
	struct commands cmds = { .n = 0 };
	const struct rerun_runner *runner = run_plan_runner(b->p, b->command);
	enum em_outcome o = EM_NONE;
	bool ok = v != NULL;

	b->results = em_results_new(0, SIZE_MAX / 2);
	ok = ok && b->results != NULL;
	for (size_t i = 0; ok && i < n; i++)
		v[i] = tests[i];
	if (ok)
		v[n] = &b->target;
	else
		cli_say(b->p->c, "out of memory");
	ok = ok && run_again_make(&cmds, b->p->c, runner, b->command, l);
	for (size_t i = 0; ok && i < cmds.n && !b->failed; i++)
		run_command(b, cmds.v[i].v);
	if (ok && !b->failed)
		o = outcome_of_target(b);
	b->failed = b->failed || !ok;
	if (n > 0 && !b->failed)
		cli_note(b->p->c, "with %zu before it: %s", n,
		    o == EM_FAIL       ? "fails"
			: o == EM_NONE ? "does not run"
				       : "does not fail");
	commands_free(&cmds);
	em_results_free(b->results);
	b->results = NULL;
	free(v);
	return o;
}

/* ---- the search ---- */

/* The tests from..to of v, or all but those; how many. */
static size_t
part(const struct rerun_test **to, const struct rerun_test *const *v, size_t n,
    size_t from, size_t end, bool without)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if ((i >= from && i < end) != without)
			to[k++] = v[i];
	return k;
}

/* Tries the parts of v, and then what is left without each; the first with
 * which the case still fails replaces v.  How many there are then; n when
 * there is none. */
static size_t
smaller(struct bisect *b, const struct rerun_test **v, size_t n, size_t parts,
    bool *without)
{
	const struct rerun_test **some = calloc(n, sizeof(*some));
	size_t found = n;

	if (some == NULL) {
		cli_say(b->p->c, "out of memory");
		b->failed = true;
	}
	for (size_t i = 0; i < 2 * parts && found == n && !b->failed; i++) {
		size_t at = i % parts, k;

		*without = i >= parts;
		/* Of two parts one is all but the other. */
		if (*without && parts == 2)
			break;
		k = part(some, (const struct rerun_test *const *)v, n,
		    n * at / parts, n * (at + 1) / parts, *without);
		if (k == 0 || k == n ||
		    probe(b, (const struct rerun_test *const *)some, k) !=
			EM_FAIL)
			continue;
		memcpy(v, some, k * sizeof(*v));
		found = k;
	}
	free(some);
	return found;
}

static size_t
minimize(struct bisect *b, const struct rerun_test **v, size_t n)
{
	size_t parts = 2;

	while (n > 1 && !b->failed) {
		bool without = false;
		size_t k = smaller(b, v, n, parts, &without);

		if (k < n) {
			n = k;
			parts = without && parts > 2 ? parts - 1 : 2;
		} else if (parts >= n) {
			break;
		} else {
			parts = parts * 2 < n ? parts * 2 : n;
		}
		if (parts > n)
			parts = n;
	}
	return n;
}

static void
tell(struct bisect *b, const struct rerun_test *const *v, size_t n)
{
	struct text t = { .n = 0 };

	text_puts(&t, "passes alone, and fails after ");
	for (size_t i = 0; i < n; i++) {
		text_puts(&t, i == 0 ? "\"" : "\" and \"");
		text_add(&t, v[i]->name);
	}
	text_puts(&t, "\"");
	cli_say(b->p->c, "\"%s\" %.*s", b->p->bisect, (int)text_str(&t).n,
	    text_str(&t).p);
	run_stream_note(b->p->stream, b->victim, text_str(&t));
	text_free(&t);
}

static void
search(struct bisect *b)
{
	const struct rerun_test **v = calloc(b->before.n + 1, sizeof(*v));
	const char *name = b->p->bisect;
	struct cli *c = b->p->c;
	enum em_outcome alone = EM_NONE;
	size_t n = b->before.n;

	if (v == NULL) {
		cli_say(c, "out of memory");
		return;
	}
	qsort(b->before.v, n, sizeof(*b->before.v), by_place);
	for (size_t i = 0; i < n; i++)
		v[i] = &b->before.v[i];
	alone = probe(b, NULL, 0);
	if (b->failed)
		cli_say(c, "\"%s\" cannot be run again", name);
	else if (alone == EM_NONE)
		cli_say(c, "\"%s\" did not run when it was run alone", name);
	else if (alone == EM_FAIL)
		cli_say(
		    c, "\"%s\" fails alone: no other test is to blame", name);
	else if (n == 0)
		cli_say(
		    c, "\"%s\" passes alone, and nothing ran before it", name);
	else if (probe(b, (const struct rerun_test *const *)v, n) != EM_FAIL)
		cli_say(c,
		    "\"%s\" passes alone, and after all that ran before it: "
		    "it may be flaky",
		    name);
	else if ((n = minimize(b, v, n)) > 0 && !b->failed)
		tell(b, (const struct rerun_test *const *)v, n);
	free(v);
}

void
run_bisect(struct run_plan *p)
{
	struct bisect b = { .p = p };
	struct em_results *rs = run_stream_results(p->stream);

	if (p->end.cancelled || p->keeper.failed)
		return;
	each_case(&b, rs, look_for_victim);
	if (b.victim == NULL || b.victim->outcome != EM_FAIL) {
		cli_say(p->c, "\"%s\" %s", p->bisect,
		    b.victim == NULL ? "is no test that ran" : "did not fail");
		cli_status(p->c, b.victim == NULL ? ST_NO : ST_OK);
		return;
	}
	b.target = rerun_test_of(b.victim);
	b.command = command_of(&b, &b.target);
	if (b.command == NULL)
		return;
	each_case(&b, rs, add_suspect);
	search(&b);
	run_tests_free(&b.before);
}
