/* SPDX-License-Identifier: MIT */
/*
 * Copies standard input to standard output byte for byte, whatever the bytes
 * mean, and feeds what they mean to sinks.
 */
#include <signal.h>

#include "copy.h"
#include "progress.h"
#include "sink.h"

enum { OPT_PROGRESS = 256 };

struct tee {
	bool append, want_progress;
	struct sinks sinks;
	struct progress *progress;
};

static const struct opt opts[] = {
	{ 'a', "append", NULL, "append to files instead of replacing them" },
	{ OPT_PROGRESS, "progress", NULL,
	    "show on standard error how the run is going" },
	{ 0, NULL, NULL, NULL },
};

static int
option(struct cli *c, int key, const char *arg)
{
	struct tee *t = c->state;

	(void)arg;
	if (key == 'a')
		t->append = true;
	else
		t->want_progress = true;
	return ST_OK;
}

static bool
on_event(void *arg, const struct em_event *ev)
{
	struct tee *t = arg;

	sinks_event(&t->sinks, ev);
	if (t->progress != NULL)
		progress_event(t->progress, ev);
	return sinks_alive(&t->sinks);
}

static void
on_idle(void *arg)
{
	struct tee *t = arg;

	sinks_flush(&t->sinks);
	if (t->progress != NULL)
		progress_idle(t->progress);
}

static int
run(struct cli *c)
{
	struct tee *t = c->state;
	struct copy copy = {
		.cli = c,
		.name = "standard input",
		.format = c->from,
		.event = on_event,
		.idle = on_idle,
		.arg = t,
	};
	/* What streams are full of. */
	static const char *const bulk[] = { "text", "elapsed_ns", "worker",
		"duration_ns", "message", "detail", "rendered", NULL };
	struct em_format_info info;
	int st;

	sinks_init(&t->sinks);
	if (c->from != NULL &&
	    !(em_format_find(c->from, &info) && info.flags & EM_FMT_READ))
		return cli_usage(c,
		    "unknown input format \"%s\", see 'tconv --list'", c->from);
	/* On Ctrl-C the producer dies first, and its last events are the
	 * ones that are wanted. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < c->operand_count; i++) {
		st = sinks_add(&t->sinks, c, c->operands[i], t->append);
		cli_status(c, st);
		if (st == ST_USAGE) {
			sinks_close(&t->sinks);
			return st;
		}
	}
	if (t->want_progress)
		t->progress = progress_new(c, false);
	else if (sinks_only_copy(&t->sinks))
		copy.ignore = bulk;
	st = copy_input(&copy);
	progress_end(t->progress);
	cli_status(c, sinks_close(&t->sinks));
	return st;
}

const struct tool tool = {
	.name = "ttee",
	.synopsis = "[-a] [--progress] [-f FORMAT] [-O KEY=VALUE] [SINK ...]",
	.summary = "Copy a stream of test results to several places at once.\n"
		   "A SINK is FILE, FORMAT=FILE, cmd:COMMAND, "
		   "FORMAT=cmd:COMMAND or store:.",
	.opts = opts,
	.state_size = sizeof(struct tee),
	.option = option,
	.run = run,
};
