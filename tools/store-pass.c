/* SPDX-License-Identifier: MIT */
/* tstore record: a filter that records what passes. */
#include <signal.h>

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

int
tstore_record(struct cli *c)
{
	struct tstore *t = c->state;
	struct recorder_opts opts = { .command = { NULL, 0 } };
	struct copy copy = { .cli = c, .event = on_event, .idle = on_idle };
	const struct recorder_end end = { EM_UNSET, EM_UNSET };
	int st;

	/* On Ctrl-C the producer dies first, and its last events are the
	 * ones that are wanted. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	copy.arg = recorder_begin(t->store, &opts);
	st = copy_input(&copy);
	cli_status(c, recorder_finish(copy.arg, &end));
	return st;
}
