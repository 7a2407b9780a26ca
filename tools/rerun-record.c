/* SPDX-License-Identifier: MIT */
/* A rerun from the store, which becomes a run of the store. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "copy.h"
#include "rerun.h"
#include "store.h"

struct pass {
	struct cli *cli;
	struct recorder *recorder;
};

static bool
on_event(void *arg, const struct em_event *ev)
{
	struct pass *p = arg;

	recorder_event(p->recorder, ev);
	return p->recorder != NULL;
}

static void
on_idle(void *arg)
{
	struct pass *p = arg;

	recorder_flush(p->recorder);
}

/* The output of a command goes on as it is, and into the recording. */
static void
on_output(void *arg, int fd)
{
	struct pass *p = arg;
	struct copy copy = { .cli = p->cli,
		.fd = fd,
		.name = "the command",
		.event = on_event,
		.idle = on_idle,
		.arg = arg };

	copy_input(&copy);
}

/* The words that a rerun of the rerun inherits. */
static bool
base_command(const struct rerun_job *job, struct em_strs *command)
{
	const char *words = job->runner->command;
	struct em_str *v;
	size_t n = 0;

	while (job->command != NULL && job->command[n] != NULL)
		n++;
	v = calloc(n + 16, sizeof(*v));
	if (v == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		v[i] = em_str(job->command[i]);
	while (n == 0 && words != NULL && *words != '\0' && command->n < 15) {
		size_t len = strcspn(words, " ");

		v[command->n++] = (struct em_str){ words, len };
		words += len + (words[len] == ' ');
	}
	command->v = v;
	if (n > 0)
		command->n = n;
	return true;
}

int
rerun_record(const struct rerun_job *job, struct rerun_list l, struct store *s,
    const struct store_run *parent)
{
	struct pass pass = { .cli = job->cli };
	struct rerun_job with = *job;
	struct recorder_opts opts = { .parent = parent };
	struct recorder_end end = { EM_UNSET, EM_UNSET };
	struct store_id id;
	int st, left, before;

	if (l.n == 0) {
		cli_note(job->cli, "nothing is outstanding, nothing is run");
		return ST_OK;
	}
	if (!base_command(job, &opts.command)) {
		cli_say(job->cli, "out of memory");
		return ST_IO;
	}
	/* On Ctrl-C the command dies first, and what it did is recorded. */
	signal(SIGINT, SIG_IGN);
	pass.recorder = recorder_begin(s, &opts);
	if (pass.recorder != NULL)
		id = *recorder_id(pass.recorder);
	with.output = on_output;
	with.arg = &pass;
	before = job->cli->status;
	st = rerun_run(&with, l);
	if (st > 128)
		end.signal = st - 128;
	else
		end.exit_code = st;
	free((void *)(uintptr_t)opts.command.v);
	left = recorder_finish(pass.recorder, &end);
	if (left != ST_OK) {
		cli_status(job->cli, left);
		return st;
	}
	/* What its output lacks is told by the tests that are left. */
	if (job->cli->status == ST_TRUNCATED ||
	    job->cli->status == ST_MALFORMED)
		job->cli->status = before;
	left = store_remaining(s, &id);
	return st != ST_OK ? st : left;
}
