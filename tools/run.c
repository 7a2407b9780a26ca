/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

enum {
	OPT_TIMEOUT = 256,
	OPT_GRACE,
	OPT_RECORD,
	OPT_STORE,
	OPT_JOBS,
	OPT_COMMANDS,
	OPT_RETRIES,
	OPT_FOR,
	OPT_BISECT,
	OPT_TEST
};

struct run_tool {
	struct run_plan plan;
	struct run_parent parent;
	struct run_tests due; /* after it */
	struct run_lists *lists; /* what there is now */
	struct store *store;
	struct recorder *recorder;
	struct store_id id; /* of the recording */
	struct em_str *command; /* of the run, as slices */
	int64_t timeout_ns, grace_ns;
	long jobs;
	const char *file; /* of --commands */
	const char *store_dir;
	const char *rerun; /* of -R */
	const char **names; /* of --test, ends with NULL */
	size_t name_count;
	bool record;
};

static const struct opt opts[] = {
	{ OPT_TIMEOUT, "timeout", "TIME",
	    "end a command that takes longer: 90s, 10m" },
	{ OPT_GRACE, "grace", "TIME",
	    "from asking it to end to killing it (default 10s)" },
	{ OPT_JOBS, "jobs", "N",
	    "commands at a time (default: the processors)" },
	{ OPT_COMMANDS, "commands", "FILE", "run those in FILE, one a line" },
	{ OPT_RETRIES, "retries", "N", "run what failed again, N times" },
	{ OPT_FOR, "for", "RUNNER", "what COMMAND is, see trerun --runners" },
	{ OPT_BISECT, "bisect", "CASE",
	    "find which test before it makes CASE fail" },
	{ OPT_RECORD, "record", NULL, "keep the run in the store" },
	{ OPT_STORE, "store", "DIR", "the store (default: the workspace's)" },
	{ 'R', "rerun", "RUN", "run what is outstanding after RUN" },
	{ OPT_TEST, "test", "NAME", "with -R: of that, tests of this name" },
	{ 0, NULL, NULL, NULL },
};

/* ---- options ---- */

static int
set_runner(struct cli *c, const char *name)
{
	struct run_tool *t = c->state;
	char all[400] = "";
	size_t n = 0;

	t->plan.runner = rerun_runner_find(name);
	if (t->plan.runner != NULL && t->plan.runner->command != NULL)
		return ST_OK;
	for (const struct rerun_runner *x = rerun_runners; x->name != NULL; x++)
		if (x->command != NULL)
			n += (size_t)snprintf(
			    all + n, sizeof(all) - n, " %s", x->name);
	return cli_usage(c, "unknown runner \"%s\", there are%s", name, all);
}

static int
add_name(struct cli *c, const char *name)
{
	struct run_tool *t = c->state;
	const char **v = realloc(t->names, (t->name_count + 2) * sizeof(*v));

	if (v == NULL) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	v[t->name_count++] = name;
	v[t->name_count] = NULL;
	t->names = v;
	return ST_OK;
}

static int
set_time(struct cli *c, const char *arg, int64_t *ns)
{
	if (!cli_duration(c, arg, ns))
		return ST_USAGE;
	if (*ns > 0 && *ns < INT64_MAX / 4)
		return ST_OK;
	return cli_usage(
	    c, "bad duration \"%s\", it is more than nothing", arg);
}

static int
option(struct cli *c, int key, const char *arg)
{
	struct run_tool *t = c->state;

	switch (key) {
	case OPT_TIMEOUT:
		return set_time(c, arg, &t->timeout_ns);
	case OPT_GRACE:
		return set_time(c, arg, &t->grace_ns);
	case OPT_RECORD:
		t->record = true;
		return ST_OK;
	case OPT_STORE:
		t->store_dir = arg;
		return ST_OK;
	case OPT_JOBS:
		return cli_number(c, arg, 1, 10000, &t->jobs) ? ST_OK
							      : ST_USAGE;
	case OPT_COMMANDS:
		t->file = arg;
		return ST_OK;
	case OPT_RETRIES:
		return cli_number(c, arg, 0, 1000, &t->plan.retries) ? ST_OK
								     : ST_USAGE;
	case OPT_FOR:
		return set_runner(c, arg);
	case OPT_BISECT:
		t->plan.bisect = arg;
		return ST_OK;
	case OPT_TEST:
		return add_name(c, arg);
	default:
		t->rerun = arg;
		return ST_OK;
	}
}

static int
start(struct cli *c)
{
	const struct run_tool *t = c->state;

	if (t->file != NULL && c->operand_count > 0)
		return cli_usage(
		    c, "--commands goes without a command of its own");
	if (t->file == NULL && c->operand_count == 0 && t->rerun == NULL)
		return cli_usage(c, "no command given");
	if (t->names != NULL && t->rerun == NULL)
		return cli_usage(c, "--test goes with -R");
	if (t->plan.bisect != NULL && (t->rerun != NULL || t->plan.retries > 0))
		return cli_usage(
		    c, "--bisect goes with neither -R nor --retries");
	return ST_OK;
}

/* ---- the commands ---- */

static int
open_parent(struct cli *c)
{
	struct run_tool *t = c->state;
	int st;

	if (!t->record && t->rerun == NULL)
		return ST_OK;
	t->store = store_open(
	    c, t->store_dir, t->rerun != NULL ? STORE_READ : STORE_WRITE, &st);
	/* That it cannot be recorded never stops a run. */
	if (t->rerun == NULL)
		return ST_OK;
	if (t->store == NULL)
		return st;
	st = run_parent_open(&t->parent, t->store, c, t->rerun);
	if (st == ST_OK && !run_parent_tests(&t->parent, c, t->names, &t->due))
		st = ST_IO;
	return st;
}

/* What is new is due, too; but who names what is outstanding means that. */
static int
find_new(struct cli *c)
{
	struct run_tool *t = c->state;

	if (t->rerun == NULL)
		return ST_OK;
	if ((t->names == NULL || t->due.n == 0) &&
	    !run_list_new(&t->plan, &t->parent, t->names, &t->due, &t->lists))
		return ST_IO;
	if (t->plan.keeper.cancel_signal != 0) {
		cli_say(c, "interrupted before any test was run");
		c->exit_status = 128 + t->plan.keeper.cancel_signal;
		return ST_NO;
	}
	if (t->names != NULL && t->due.n == 0)
		return cli_usage(c,
		    "nothing of that name is outstanding after run %s, or new",
		    t->parent.id);
	return ST_OK;
}

/* Who is to run some tests alone must know how. */
static bool
knows_runners(const struct cli *c)
{
	const struct run_tool *t = c->state;
	const struct run_plan *p = &t->plan;

	if (p->retries == 0 && p->bisect == NULL && t->rerun == NULL)
		return true;
	for (size_t i = 0; i < p->commands.n; i++)
		if (run_plan_runner(p, &p->commands.v[i]) == NULL) {
			cli_usage(c,
			    "how \"%s\" is told which tests to run is not "
			    "known: say it with --for",
			    p->commands.v[i].name);
			return false;
		}
	return true;
}

/* Those that were given, or else those of the run that is run again. */
static int
read_commands(struct cli *c)
{
	struct run_tool *t = c->state;
	struct run_commands *all = &t->plan.commands;
	char *const *words = c->operands;
	const char *file = t->file;
	size_t n = 0;
	int st;

	if (file == NULL && c->operand_count == 0) {
		words = t->parent.words;
		if (words[0] == NULL)
			return cli_usage(c,
			    "the run does not say what its command was: give "
			    "one");
		if (strcmp(words[0], "--commands") == 0 && words[1] != NULL)
			file = words[1];
	}
	st = file != NULL ? run_commands_file(all, c, file)
			  : run_commands_words(all, c, words);
	if (st != ST_OK)
		return st;
	if (!knows_runners(c))
		return ST_USAGE;
	while (words[n] != NULL)
		n++;
	t->command = calloc(n + 3, sizeof(*t->command));
	if (t->command == NULL) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	for (size_t i = 0; i < n; i++)
		t->command[i] = em_str(words[i]);
	if (t->file != NULL) {
		t->command[0] = EM_STR("--commands");
		t->command[1] = em_str(t->file);
	}
	return ST_OK;
}

static struct em_strs
command_words(const struct run_tool *t)
{
	size_t n = 0;

	while (t->command[n].p != NULL)
		n++;
	return (struct em_strs){ t->command, n };
}

/* ---- the run ---- */

static void
on_idle(void *arg)
{
	struct cli *c = arg;
	const struct run_tool *t = c->state;

	if (c->out != NULL)
		em_out_flush(c->out);
	recorder_flush(t->recorder);
}

static void
begin_recording(struct cli *c)
{
	struct run_tool *t = c->state;
	const struct recorder_opts ro = { .command = command_words(t),
		.parent = t->rerun != NULL ? &t->parent.run : NULL };

	if (t->store != NULL && (t->rerun == NULL || t->due.n > 0))
		t->recorder = recorder_begin(t->store, &ro);
	if (t->recorder != NULL)
		t->id = *recorder_id(t->recorder);
}

static void
end_recording(struct cli *c)
{
	struct run_tool *t = c->state;
	const struct run_end *e = &t->plan.end;
	const struct recorder_end end = {
		.exit_code =
		    e->started && e->signal == 0 ? e->exit_code : EM_UNSET,
		.signal = e->signal != 0 ? e->signal : EM_UNSET
	};

	if (t->recorder == NULL)
		return;
	/* A word that was mistyped is no run to go by. */
	if (e->spawn_error != 0 && t->plan.commands.n == 1) {
		cli_note(c, "nothing is recorded: there was no run");
		recorder_discard(t->recorder);
		t->id = (struct store_id){ { 0 } };
	} else {
		recorder_finish(t->recorder, &end);
	}
	t->recorder = NULL;
}

static bool
begin_stream(struct cli *c)
{
	struct run_tool *t = c->state;
	struct run_plan *p = &t->plan;
	struct run_stream_opts so = { .several = p->commands.several,
		.command = command_words(t),
		.recorder = t->recorder,
		.keep =
		    p->retries > 0 || p->bisect != NULL ? EM_KEEP_DETAILS : 0 };

	so.rounds = p->retries > 0 || p->bisect != NULL || t->rerun != NULL;
	if (t->rerun != NULL) {
		so.parent_run = em_str(t->parent.id);
		so.root_run = em_str(t->parent.root);
	}
	p->stream = run_stream_new(c, &p->keeper, &so);
	if (p->stream == NULL)
		cli_say(c, "out of memory");
	return p->stream != NULL;
}

/* What was outstanding; with nothing of it the run is an empty one. */
static void
rerun(struct cli *c)
{
	struct run_tool *t = c->state;
	struct run_plan *p = &t->plan;
	const struct rerun_state *sets = &t->parent.sets;

	if (t->due.n > 0) {
		run_some(p, &t->due);
		return;
	}
	p->judged = true;
	p->end.started = true;
	/* A run can fail, or break off, without a test to blame. */
	p->end.cut = sets->failed || sets->cut;
	if (p->end.cut)
		cli_say(c,
		    "run %s failed, but no test that is left did: run it anew",
		    t->parent.id);
	else
		cli_say(c, "nothing is outstanding after run %s", t->parent.id);
	p->status = p->end.cut ? ST_OUTSTANDING : ST_OK;
}

static void
execute(struct cli *c)
{
	struct run_tool *t = c->state;
	struct run_plan *p = &t->plan;

	if (t->rerun != NULL)
		rerun(c);
	else
		run_all(p);
	if (p->bisect != NULL)
		run_bisect(p);
	run_again(p);
}

/* The reader of our output has left, so we go as others would. */
static void
leave_quietly(const struct cli *c)
{
	const struct em_error *e = em_out_error(c->out);

	if (e == NULL || e->sys != EPIPE)
		return;
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

/* The status of the command is ours; where it says 0 and there is more to
 * say, that is. */
static void
conclude(struct cli *c)
{
	struct run_tool *t = c->state;
	struct run_plan *p = &t->plan;
	struct em_results *rs = run_stream_results(p->stream);
	bool failed = em_results_verdict(rs) == EM_V_FAIL;
	struct store_run run;
	char id[STORE_ID_SIZE];
	size_t left = 0;

	if (failed && p->status == 0 && c->status == ST_OK)
		cli_note(c, "the command said 0, and the run failed");
	if (failed || p->status != 0)
		cli_status(c, ST_NO);
	if (t->rerun != NULL && !store_id_none(&t->id)) {
		store_id_text(&t->id, id);
		if (store_find(t->store, id, &run) == ST_OK) {
			store_outstanding(t->store, &run, &left);
			store_run_free(&run);
		}
		if (left > 0 && !failed && p->status == 0)
			cli_status(c, ST_OUTSTANDING);
	}
	if (p->status != 0)
		c->exit_status = p->status;
}

static int
run(struct cli *c)
{
	struct run_tool *t = c->state;
	struct run_plan *p = &t->plan;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int st;

	p->c = c;
	if ((st = open_parent(c)) != ST_OK || (st = read_commands(c)) != ST_OK)
		return st;
	/* A harness need not ask which version we read. */
	if (setenv("TEST_EVENTS_MAX_VERSION", EM_PROTOCOL_VERSION, 0) != 0 ||
	    !run_keeper_init(&p->keeper, c))
		return ST_IO;
	p->keeper.parallel = t->jobs > 0            ? t->jobs
	    : p->commands.several && processors > 0 ? processors
						    : 1;
	p->keeper.timeout_ns = t->timeout_ns > 0 ? t->timeout_ns : EM_UNSET;
	if (t->grace_ns > 0)
		p->keeper.grace_ns = t->grace_ns;
	p->keeper.idle = on_idle;
	p->keeper.arg = c;
	if ((st = find_new(c)) != ST_OK)
		return st;
	begin_recording(c);
	if (!begin_stream(c))
		return ST_IO;
	execute(c);
	st = run_stream_finish(p->stream, &p->end);
	end_recording(c);
	run_keeper_free(&p->keeper);
	if (st == ST_OK)
		conclude(c);
	else
		leave_quietly(c);
	return st;
}

static void
release(struct cli *c)
{
	struct run_tool *t = c->state;

	end_recording(c);
	run_keeper_free(&t->plan.keeper);
	run_stream_free(t->plan.stream);
	run_commands_free(&t->plan.commands);
	run_tests_free(&t->due);
	run_list_free(t->lists);
	run_parent_close(&t->parent);
	store_close(t->store);
	free(t->command);
	free(t->names);
}

const struct tool tool = {
	.name = "trun",
	.synopsis =
	    "[--timeout TIME] [--record] [--retries N] [--] COMMAND ...\n"
	    "[--jobs N] COMMAND ... [::: COMMAND ...] ...\n"
	    "[--jobs N] --commands FILE\n"
	    "-R RUN [--test NAME] [--] [COMMAND ...]\n"
	    "--bisect CASE [--] COMMAND ...",
	.summary = "Run commands that run tests, and write what they tell as "
		   "one stream.",
	.opts = opts,
	.flags = CLI_WRITES | CLI_COMMAND,
	.state_size = sizeof(struct run_tool),
	.option = option,
	.start = start,
	.run = run,
	.free = release,
};
