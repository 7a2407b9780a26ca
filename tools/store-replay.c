/* SPDX-License-Identifier: MIT */
/* tstore replay: prints a run as it was printed when it was live. */
#include <stdlib.h>
#include <string.h>

#include "store-show.h"
#include "store-tool.h"

static const char *const levels[] = { "none", "fail", "retry", "slow", "leak",
	"pass", "skip", "all", NULL };
static const char *const finals[] = { "none", "fail", "flaky", "slow", "skip",
	"pass", "all", NULL };
static const char *const whens[] = { "never", "immediate", "final",
	"immediate-final", NULL };

int
replay_option(struct cli *c, int key, const char *arg)
{
	struct tstore *t = c->state;
	struct show_opts *o = &t->show;
	int at = 0;

	switch (key) {
	case OPT_STATUS_LEVEL:
		at = cli_choice(c, "--status-level", arg, levels);
		o->level = (enum show_level)at;
		break;
	case OPT_FINAL_LEVEL:
		at = cli_choice(c, "--final-status-level", arg, finals);
		o->final = (enum show_final)at;
		break;
	case OPT_SUCCESS_OUTPUT:
		at = cli_choice(c, "--success-output", arg, whens);
		o->success_output = (unsigned)at;
		break;
	case OPT_FAILURE_OUTPUT:
		at = cli_choice(c, "--failure-output", arg, whens);
		o->failure_output = (unsigned)at;
		break;
	case OPT_NO_INDENT:
		o->flush_left = true;
		break;
	case OPT_NO_CAPTURE:
		o->success_output = o->failure_output = OUTPUT_IMMEDIATE;
		o->flush_left = true;
		break;
	case OPT_NO_PAGER:
		t->no_pager = true;
		break;
	default:
		t->exit_code = true;
	}
	return at >= 0 ? ST_OK : ST_USAGE;
}

static int
replay_input(struct cli *c, struct show *show, const char *name)
{
	const struct em_event *ev;
	struct cli_input in;

	if (!cli_open(c, &in, name))
		return ST_OK;
	while (cli_next(&in, &ev))
		show_event(show, ev);
	cli_close(&in);
	return ST_OK;
}

static int
replay_run(struct cli *c, struct show *show, const struct store_run *run)
{
	struct tstore *t = c->state;
	const struct em_event *ev;
	struct store_stream *in = store_stream_open(t->store, run, NULL);

	while (in != NULL && store_stream_next(in, &ev))
		show_event(show, ev);
	store_stream_close(in);
	return in != NULL ? ST_OK : c->status;
}

/* The status that the run had. */
static int
original(const struct store_run *run, enum em_verdict verdict)
{
	if (run->exit_code != EM_UNSET && run->exit_code >= 0 &&
	    run->exit_code < 256 && verdict != EM_V_TRUNCATED)
		return (int)run->exit_code;
	if (run->signal > 0 && run->signal < 128)
		return (int)(128 + run->signal);
	return verdict == EM_V_TRUNCATED ? ST_TRUNCATED
	    : verdict == EM_V_FAIL       ? ST_NO
					 : ST_OK;
}

int
tstore_replay(struct cli *c)
{
	struct tstore *t = c->state;
	struct store_run run = { .exit_code = EM_UNSET, .signal = EM_UNSET };
	const char *what = tstore_operand(c);
	bool file = tstore_is_file(what);
	struct show *show;
	int st;

	if (!file && (st = store_find(t->store, what, &run)) != ST_OK)
		return st;
	if (!t->no_pager)
		t->pager = pager_start(c);
	show = show_new(c, c->out, &t->show);
	if (show == NULL) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	st = file ? replay_input(c, show, what) : replay_run(c, show, &run);
	if (st == ST_OK)
		show_end(show);
	if (t->exit_code && st == ST_OK &&
	    (c->status == ST_OK || c->status == ST_TRUNCATED))
		c->status = original(&run, show_verdict(show));
	show_free(show);
	store_run_free(&run);
	return st;
}
