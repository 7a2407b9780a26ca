/* SPDX-License-Identifier: MIT */
/* Rounds: all commands, and then those for what failed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* ---- one round ---- */

struct round {
	struct run_job *jobs;
	struct run_source *sources;
	size_t n, size;
};

static bool
round_init(struct round *r, size_t size)
{
	*r = (struct round){ .size = size,
		.jobs = calloc(size + 1, sizeof(*r->jobs)),
		.sources = calloc(size + 1, sizeof(*r->sources)) };
	return r->jobs != NULL && r->sources != NULL;
}

static void
round_free(struct round *r)
{
	free(r->jobs);
	free(r->sources);
}

static bool
round_add(struct round *r, struct run_plan *p, const struct run_command *cmd,
    char *const *argv)
{
	struct run_source *src = &r->sources[r->n];
	struct run_job *j = &r->jobs[r->n];

	if (!run_source_init(src, p->stream, cmd->label))
		return false;
	src->job = j;
	*j = (struct run_job){ .argv = argv,
		.name = cmd->name,
		.own_stdin = r->size == 1,
		.event = run_source_event,
		.ended = run_source_end,
		.arg = src };
	r->n++;
	return true;
}

/* The status that a command gives us when nothing else does. */
static int
status_of(const struct run_plan *p, const struct run_end *e)
{
	if (e->spawn_error != 0)
		return e->spawn_error == ENOENT ? 127 : 126;
	if (e->timed_out)
		return 124;
	if (e->signal != 0)
		return 128 + e->signal;
	if (e->exit_code > 0)
		return e->exit_code;
	return e->cancelled ? 128 + p->keeper.cancel_signal : 0;
}

/* Ended with a number that its cases may explain. */
static bool
is_plain(const struct run_end *e)
{
	const char *status = run_end_status(e);

	return status == NULL || strcmp(status, "error") == 0;
}

static void
say_end(const struct run_plan *p, const struct run_job *j)
{
	const struct run_end *e = &j->end;
	const char *hint = run_again_hint(j->argv);
	char text[128];

	run_end_text(e, text, sizeof(text));
	if (p->keeper.failed)
		return;
	if (e->started && !is_plain(e))
		cli_say(p->c, "\"%s\" %s", j->name, text);
	if (e->started && e->silent && e->signal == 0)
		cli_note(p->c,
		    "\"%s\" printed nothing to standard output: its "
		    "status is all there is",
		    j->name);
	else if (e->started && !e->recognised && e->signal == 0)
		cli_note(p->c,
		    "nothing that \"%s\" printed is known as test results: it "
		    "is kept as text, and the status is all there is%s%s",
		    j->name, hint != NULL ? "; try it with " : "",
		    hint != NULL ? hint : "");
}

/* What the round adds to what is known: the first command that ended badly,
 * or else the first. */
static void
judge(struct run_plan *p, const struct round *r)
{
	const struct run_job *worst = &r->jobs[0];

	for (size_t i = 0; i < r->n; i++) {
		const struct run_job *j = &r->jobs[i];

		say_end(p, j);
		cli_status(p->c, j->end.trouble);
		if (is_plain(&worst->end) && !is_plain(&j->end))
			worst = j;
		else if (run_end_status(&worst->end) == NULL &&
		    run_end_status(&j->end) != NULL)
			worst = j;
	}
	/* What an earlier round explained by its cases is on them. */
	if (r->n > 0 && (!p->judged || is_plain(&p->end))) {
		p->judged = true;
		p->end = worst->end;
		p->status = status_of(p, &worst->end);
	}
}

void
run_all(struct run_plan *p)
{
	struct round r;
	bool ok = round_init(&r, p->commands.n);

	for (size_t i = 0; ok && i < p->commands.n; i++)
		ok = round_add(
		    &r, p, &p->commands.v[i], p->commands.v[i].first.v);
	if (ok) {
		run_keep(&p->keeper, r.jobs, r.n);
		judge(p, &r);
	} else {
		cli_say(p->c, "out of memory");
		p->status = ST_IO;
	}
	round_free(&r);
}

/* ---- some tests ---- */

const struct rerun_runner *
run_plan_runner(const struct run_plan *p, const struct run_command *cmd)
{
	if (cmd->deaf)
		return NULL;
	return p->runner != NULL ? p->runner : run_again_runner(cmd->words.v);
}

static bool
make_commands(struct run_plan *p, const struct run_command *cmd,
    const struct run_tests *tests, struct commands *cmds)
{
	const struct rerun_runner *runner = run_plan_runner(p, cmd);
	struct rerun_list l;
	bool ok = run_tests_of(tests, cmd->label, &l);

	if (!ok)
		cli_say(p->c, "out of memory");
	else if (l.n > 0)
		ok = run_again_make(cmds, p->c, runner, cmd, l);
	free(l.v);
	return ok;
}

/* The commands for some tests, as many as there are of the user; NULL: said.
 */
static struct commands *
make_all(struct run_plan *p, const struct run_tests *tests)
{
	struct commands *all = calloc(p->commands.n + 1, sizeof(*all));
	bool ok = all != NULL;

	if (!ok)
		cli_say(p->c, "out of memory");
	for (size_t i = 0; ok && i < p->commands.n; i++)
		ok = make_commands(p, &p->commands.v[i], tests, &all[i]);
	if (ok)
		return all;
	for (size_t i = 0; all != NULL && i < p->commands.n; i++)
		commands_free(&all[i]);
	free(all);
	return NULL;
}

void
run_some(struct run_plan *p, const struct run_tests *tests)
{
	struct commands *all = make_all(p, tests);
	struct round r = { .n = 0 };
	size_t n = 0;
	bool ok = all != NULL;

	for (size_t i = 0; ok && i < p->commands.n; i++)
		n += all[i].n;
	ok = ok && round_init(&r, n);
	for (size_t i = 0; ok && i < p->commands.n; i++)
		for (size_t k = 0; ok && k < all[i].n; k++)
			ok = round_add(&r, p, &p->commands.v[i], all[i].v[k].v);
	if (ok) {
		run_keep(&p->keeper, r.jobs, r.n);
		judge(p, &r);
	} else {
		p->status = ST_IO;
	}
	for (size_t i = 0; all != NULL && i < p->commands.n; i++)
		commands_free(&all[i]);
	free(all);
	round_free(&r);
}

/* ---- retries ---- */

static bool
find_failed(struct run_stream *s, struct run_tests *tests)
{
	const struct em_run *r = em_results_runs(run_stream_results(s));

	for (; r != NULL; r = r->next)
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next)
			for (const struct em_case *c = u->cases; c != NULL;
			     c = c->next)
				if (c->outcome == EM_FAIL &&
				    !run_tests_add(tests, c))
					return false;
	return true;
}

void
run_again(struct run_plan *p)
{
	for (long i = 0; i < p->retries; i++) {
		struct run_tests tests = { .n = 0 };
		size_t left;
		bool ok = find_failed(p->stream, &tests) &&
		    run_stream_next_round(p->stream);

		if (!ok) {
			cli_say(p->c, "out of memory");
			p->status = ST_IO;
		}
		if (!ok || tests.n == 0 || p->end.cancelled ||
		    p->end.timed_out || p->keeper.failed) {
			run_tests_free(&tests);
			return;
		}
		cli_note(p->c, "retry %ld of %ld: %zu test%s", i + 1,
		    p->retries, tests.n, tests.n == 1 ? "" : "s");
		run_some(p, &tests);
		left = run_stream_left(p->stream);
		if (left > 0 && !p->keeper.failed)
			cli_note(p->c,
			    "%zu of them did not run again under the same name",
			    left);
		run_tests_free(&tests);
	}
}
