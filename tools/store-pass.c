/* SPDX-License-Identifier: MIT */
/* tstore record: a filter that records what passes. */
#include <signal.h>
#include <stdlib.h>

#include "copy.h"
#include "store-tool.h"

static bool
on_event(void *arg, const struct em_event *ev)
{
	recorder_event(arg, ev);
	return arg != NULL;
}

static void
on_idle(void *arg)
{
	recorder_flush(arg);
}

/* The command is for people and reruns: what follows "--". */
static bool
take_command(struct cli *c, struct recorder_opts *opts)
{
	struct em_str *v;
	size_t n = 0;

	while (c->command != NULL && c->command[n] != NULL)
		n++;
	v = calloc(n + 1, sizeof(*v));
	if (v == NULL) {
		cli_say(c, "out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++)
		v[i] = em_str(c->command[i]);
	opts->command = (struct em_strs){ v, n };
	return true;
}

static int
pass(struct cli *c, const struct recorder_opts *opts)
{
	struct tstore *t = c->state;
	const struct recorder_end end = { EM_UNSET, EM_UNSET };
	/* Without a store the stream goes on all the same. */
	struct recorder *r =
	    t->store != NULL ? recorder_begin(t->store, opts) : NULL;
	struct copy copy = {
		.cli = c,
		.name = "standard input",
		.format = c->from,
		.event = on_event,
		.idle = on_idle,
		.arg = r,
	};
	struct store_id id;
	int st, done;

	if (r != NULL)
		id = *recorder_id(r);
	st = copy_input(&copy);
	done = recorder_finish(r, &end);
	cli_status(c, done);
	/* Of a rerun it is told what is left. */
	if (done != ST_TRUNCATED && r != NULL && opts->parent != NULL)
		cli_status(c, store_remaining(t->store, &id));
	return st;
}

int
tstore_record(struct cli *c)
{
	struct tstore *t = c->state;
	struct recorder_opts opts = { .output_max = t->output_max };
	struct store_run parent;
	int st = ST_OK;

	/* On Ctrl-C the producer dies first, and its last events are the
	 * ones that are wanted. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (t->run != NULL && t->store != NULL) {
		st = store_find(t->store, t->run, &parent);
		if (st != ST_OK)
			return st;
		opts.parent = &parent;
	}
	st = take_command(c, &opts) ? pass(c, &opts) : ST_IO;
	free((void *)(uintptr_t)opts.command.v);
	if (opts.parent != NULL)
		store_run_free(&parent);
	return st;
}
