/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rerun.h"
#include "store.h"

enum {
	OPT_FOR = 256,
	OPT_ONLY,
	OPT_ACTION,
	OPT_SPLIT,
	OPT_MATRIX,
	OPT_STATE,
	OPT_BYTES,
	OPT_RUNNERS,
	OPT_DIFFTESTS,
	OPT_STORE
};

enum action { ACTION_PRINT, ACTION_ASSERT_CLEAN, ACTION_RUN };

enum only {
	ONLY_DUE, /* what is outstanding, and new tests of a listing */
	ONLY_FAILED,
	ONLY_NOTRUN,
	ONLY_NEW,
	ONLY_FLAKY,
	ONLY_SLOW,
	ONLY_ALL
};

struct rerun {
	const struct rerun_runner *runner;
	enum only only;
	enum action action;
	long part, parts; /* of --split, from 1 */
	long matrix;
	const char *state_file;
	size_t bytes_max;
	const char *difftests; /* the version of cargo-difftests, or NULL */
	bool list_runners;
	const char *run; /* of the store, or NULL */
	const char *store_dir;
	struct store *store;
	struct store_run parent;
	char **command; /* inherited, to be freed */
	struct rerun_state state;
};

static const struct opt opts[] = {
	{ OPT_FOR, "for", "RUNNER", "whose language to speak (default names)" },
	{ OPT_RUNNERS, "runners", NULL, "print the runners" },
	{ OPT_ONLY, "only", "WHAT",
	    "failed, notrun, new, flaky, slow, all or due" },
	{ OPT_ACTION, "action", "WHAT",
	    "print (default), assert-clean or run" },
	{ OPT_SPLIT, "split", "I/N", "part I of N, balanced by durations" },
	{ OPT_MATRIX, "matrix", "N", "all N parts, as a CI matrix in JSON" },
	{ 'R', "run", "RUN", "what is due after a run that tstore recorded" },
	{ OPT_STORE, "store", "DIR", "of this store, not the workspace's" },
	{ OPT_STATE, "state", "FILE", "keep what passes and what does not" },
	{ OPT_BYTES, "max-args-bytes", "BYTES",
	    "longest command line (default 128k)" },
	{ OPT_DIFFTESTS, "difftests-version", "VERSION",
	    "of cargo-difftests (default 0.6.1)" },
	{ 0, NULL, NULL, NULL },
};

static int
set_runner(const struct cli *c, struct rerun *r, const char *name)
{
	char all[400] = "";
	size_t n = 0;

	r->runner = rerun_runner_find(name);
	if (r->runner != NULL)
		return ST_OK;
	for (const struct rerun_runner *x = rerun_runners; x->name != NULL; x++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", x->name);
	return cli_usage(c, "unknown runner \"%s\", there are%s", name, all);
}

static int
set_split(const struct cli *c, struct rerun *r, const char *arg)
{
	char *end;

	r->part = strtol(arg, &end, 10);
	if (*end == '/')
		r->parts = strtol(end + 1, &end, 10);
	if (*end == '\0' && r->part >= 1 && r->part <= r->parts &&
	    r->parts <= 100000)
		return ST_OK;
	return cli_usage(c, "bad --split \"%s\", it is like 2/5", arg);
}

static int
option(struct cli *c, int key, const char *arg)
{
	static const char *const onlys[] = { "due", "failed", "notrun", "new",
		"flaky", "slow", "all", NULL };
	static const char *const actions[] = { "print", "assert-clean", "run",
		NULL };
	struct rerun *r = c->state;
	int at = 0;

	switch (key) {
	case OPT_FOR:
		return set_runner(c, r, arg);
	case OPT_RUNNERS:
		r->list_runners = true;
		break;
	case OPT_ONLY:
		at = cli_choice(c, "--only", arg, onlys);
		r->only = (enum only)at;
		break;
	case OPT_ACTION:
		at = cli_choice(c, "--action", arg, actions);
		r->action = (enum action)at;
		break;
	case OPT_SPLIT:
		return set_split(c, r, arg);
	case OPT_MATRIX:
		return cli_number(c, arg, 1, 256, &r->matrix) ? ST_OK
							      : ST_USAGE;
	case 'R':
		r->run = arg;
		break;
	case OPT_STORE:
		r->store_dir = arg;
		break;
	case OPT_STATE:
		r->state_file = arg;
		break;
	case OPT_DIFFTESTS:
		if (strncmp(arg, "0.5", 3) != 0 && strncmp(arg, "0.6", 3) != 0)
			return cli_usage(c,
			    "bad --difftests-version \"%s\", it is "
			    "0.5.x or 0.6.x",
			    arg);
		r->difftests = arg;
		break;
	default:
		return cli_size(c, arg, &r->bytes_max) ? ST_OK : ST_USAGE;
	}
	return at >= 0 ? ST_OK : ST_USAGE;
}

/* Operands are files up to "--", then the command. */
static int
start(struct cli *c)
{
	struct rerun *r = c->state;
	bool list;

	if (r->runner == NULL)
		r->runner = rerun_runners;
	if (r->bytes_max == 0)
		r->bytes_max = 128 * 1024;
	if (r->difftests == NULL)
		r->difftests = getenv("CARGO_DIFFTESTS_VER");
	if (r->difftests == NULL || *r->difftests == '\0')
		r->difftests = "0.6.1";
	list = r->runner->command == NULL;
	if (c->command != NULL && r->action != ACTION_RUN && list)
		return cli_usage(c,
		    "a command needs --action run or a "
		    "--for that makes commands");
	if (r->action == ACTION_RUN && c->command == NULL && list &&
	    r->run == NULL)
		return cli_usage(c,
		    "--action run with a list needs -- and the "
		    "command that takes it");
	if (r->run != NULL && r->state_file != NULL)
		return cli_usage(c,
		    "-R and --state exclude each other: the store keeps what "
		    "is outstanding");
	if (r->store_dir != NULL && r->run == NULL)
		return cli_usage(c, "--store needs -R and the run");
	if (r->matrix > 0 && r->parts > 0)
		return cli_usage(c, "--split and --matrix exclude each other");
	if (r->matrix > 0 && r->action != ACTION_PRINT)
		return cli_usage(c, "--matrix is printed, without --action");
	return ST_OK;
}

/* ---- selection ---- */

static bool
wanted(const struct rerun *r, const struct rerun_test *t)
{
	switch (r->only) {
	case ONLY_FAILED:
		return t->failed;
	case ONLY_NOTRUN:
		return t->not_seen || t->fresh;
	case ONLY_NEW:
		return t->fresh;
	case ONLY_FLAKY:
		return t->flaky;
	case ONLY_SLOW:
		return t->slow;
	case ONLY_ALL:
		return true;
	case ONLY_DUE:
		break;
	}
	/* What a listing no longer has cannot be run. */
	if (r->state.listing)
		return t->listed && t->set != SET_PASSING;
	return t->set == SET_OUTSTANDING;
}

static bool
select_tests(const struct rerun *r, struct rerun_list *l)
{
	l->n = 0;
	l->v = calloc(r->state.n + 1, sizeof(*l->v));
	for (size_t i = 0; l->v != NULL && i < r->state.n; i++)
		if (wanted(r, &r->state.v[i]))
			l->v[l->n++] = &r->state.v[i];
	return l->v != NULL;
}

/* ---- the tool ---- */

static int
list_runners(void)
{
	for (const struct rerun_runner *x = rerun_runners; x->name != NULL; x++)
		printf("%-14s %-20s %s\n", x->name,
		    x->command != NULL ? x->command : "", x->help);
	return fflush(stdout) == 0 ? ST_OK : ST_IO;
}

/* Without a command, that of the first run is run again. */
static int
inherit_command(struct cli *c)
{
	struct rerun *r = c->state;
	struct em_event *start = store_root_start(r->store, &r->parent);
	size_t n = start != NULL ? start->command.n : 0;

	if (start == NULL)
		return c->status;
	if (n > 0)
		r->command = calloc(n + 1, sizeof(*r->command));
	for (size_t i = 0; r->command != NULL && i < n; i++)
		r->command[i] =
		    strndup(start->command.v[i].p, start->command.v[i].n);
	em_event_free(start);
	c->command = r->command;
	if (c->command == NULL && r->runner->command == NULL)
		return cli_usage(c,
		    "the run was recorded without its command: give it "
		    "after --");
	return ST_OK;
}

/* What is due after a recorded run; operands are listings behind it. */
static int
read_stored(struct cli *c)
{
	struct rerun *r = c->state;
	int st;

	r->store = store_open(c, r->store_dir, STORE_READ, &st);
	if (r->store == NULL)
		return st;
	st = store_find(r->store, r->run, &r->parent);
	if (st == ST_OK)
		st = store_sets(r->store, &r->parent, &r->state);
	if (st == ST_OK && r->action == ACTION_RUN && c->command == NULL)
		st = inherit_command(c);
	for (int i = 0; i < c->operand_count && st == ST_OK; i++)
		st = rerun_state_read(&r->state, c, c->operands[i]);
	return c->status == ST_USAGE ? ST_USAGE : st;
}

static int
read_chain(struct cli *c)
{
	struct rerun *r = c->state;
	int st = ST_OK;

	if (r->run != NULL)
		return read_stored(c);
	if (!rerun_state_init(&r->state))
		return ST_IO;
	if (r->state_file != NULL && access(r->state_file, F_OK) == 0)
		st = rerun_state_load(&r->state, c, r->state_file);
	if (c->operand_count == 0 && st == ST_OK)
		st = rerun_state_read(&r->state, c, "-");
	for (int i = 0; i < c->operand_count && st == ST_OK; i++)
		st = rerun_state_read(&r->state, c, c->operands[i]);
	/* A usage error shows in the first read: an unknown format. */
	if (c->status == ST_USAGE)
		st = ST_USAGE;
	if (r->state_file != NULL && st == ST_OK)
		st = rerun_state_save(&r->state, c, r->state_file);
	return st;
}

/* A run can fail, or break off, without a test to blame. */
static void
say_end(struct cli *c, struct rerun_list l)
{
	const struct rerun *r = c->state;

	if (r->state.listing)
		return;
	if (r->state.cut) {
		cli_note(c,
		    "the last run has no end: tests that it did not come to "
		    "may be missing");
		cli_status(c, ST_TRUNCATED);
	} else if (r->state.broken_count > 0 && l.n == 0) {
		cli_say(c,
		    "%zu suite%s failed apart from %s tests, and did not run "
		    "well since",
		    r->state.broken_count,
		    r->state.broken_count == 1 ? "" : "s",
		    r->state.broken_count == 1 ? "its" : "their");
	} else if (r->state.failed && l.n == 0) {
		cli_say(c, "the last run failed, but no test that is left did");
	}
}

static void
assert_clean(struct cli *c, struct rerun_list l)
{
	struct rerun *r = c->state;

	if (l.n > 0) {
		cli_say(c, "%zu outstanding test%s still remain%s", l.n,
		    l.n == 1 ? "" : "s", l.n == 1 ? "s" : "");
		cli_status(c, ST_OUTSTANDING);
		return;
	}
	say_end(c, l);
	if (r->state.failed && !r->state.cut && !r->state.listing)
		cli_status(c, ST_OUTSTANDING);
}

static int
act(struct cli *c, struct rerun_list l)
{
	struct rerun *r = c->state;
	const struct rerun_job job = { .cli = c,
		.runner = r->runner,
		.command = c->command,
		.bytes_max = r->bytes_max,
		.version = r->difftests };
	int st;

	switch (r->action) {
	case ACTION_ASSERT_CLEAN:
		assert_clean(c, l);
		return ST_OK;
	case ACTION_RUN:
		if (l.n == 0)
			say_end(c, l);
		st = r->store != NULL
		    ? rerun_record(&job, l, r->store, &r->parent)
		    : rerun_run(&job, l);
		/* Its status is ours, whatever the number means here. */
		c->exit_status = st;
		return ST_OK;
	case ACTION_PRINT:
		/* Of what passed and how long it took no end is needed. */
		if (r->only <= ONLY_NOTRUN)
			say_end(c, l);
		break;
	}
	return r->matrix > 0 ? rerun_matrix(&job, l, (size_t)r->matrix)
			     : rerun_print(&job, l);
}

static int
run(struct cli *c)
{
	struct rerun *r = c->state;
	struct rerun_list l;
	int st;

	if (r->list_runners)
		return list_runners();
	st = read_chain(c);
	if (st != ST_OK)
		return st;
	if (!select_tests(r, &l) ||
	    (r->parts > 0 &&
		!rerun_keep_part(&l, (size_t)r->part - 1, (size_t)r->parts))) {
		cli_say(c, "out of memory");
		free(l.v);
		return ST_IO;
	}
	st = act(c, l);
	free(l.v);
	return st;
}

static void
release(struct cli *c)
{
	struct rerun *r = c->state;

	rerun_state_free(&r->state);
	store_run_free(&r->parent);
	for (char **w = r->command; w != NULL && *w != NULL; w++)
		free(*w);
	free(r->command);
	store_close(r->store);
}

const struct tool tool = {
	.name = "trerun",
	.synopsis =
	    "[--for RUNNER] [--only WHAT] [--state FILE] [--split I/N]\n"
	    "[--matrix N] [--action WHAT] [FILE ...] [-- COMMAND ...]\n"
	    "-R RUN [--store DIR] [OPTION ...] [LISTING ...] [-- COMMAND ...]\n"
	    "--runners",
	.summary = "Say which tests to run again, in the language of a runner.",
	.opts = opts,
	.flags = CLI_OUTPUT | CLI_THEN_COMMAND,
	.state_size = sizeof(struct rerun),
	.option = option,
	.start = start,
	.run = run,
	.free = release,
};
