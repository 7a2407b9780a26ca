/* SPDX-License-Identifier: MIT */
/* A character for each attempt: . passed, F failed, i ignored. */
#include "console.h"

enum { COLUMNS = 88 }; /* what libtest has */

struct terse {
	struct console console; /* first: console.c takes the state for it */
	int64_t done; /* attempts that have ended, in this run */
	unsigned column;
};

static void
end_line(struct em_writer *w, struct terse *t)
{
	if (t->column > 0)
		out_byte(w->out, '\n');
	t->column = 0;
}

static void
put_mark(struct em_writer *w, struct terse *t, const struct em_event *ev)
{
	unsigned width = w->opts.width > 20 ? w->opts.width - 14 : COLUMNS;

	if (ev->outcome == EM_PASS)
		out_byte(w->out, '.');
	else if (ev->outcome == EM_SKIP)
		console_colored(w, CONSOLE_YELLOW, "i");
	else
		console_colored(w, CONSOLE_RED, "F");
	t->done++;
	if (++t->column < (width < COLUMNS ? width : COLUMNS))
		return;
	if (t->console.total != EM_UNSET)
		em_out_printf(w->out, " %lld/%lld", (long long)t->done,
		    (long long)t->console.total);
	end_line(w, t);
}

static enum em_rc
terse_event(struct em_writer *w, const struct em_event *ev)
{
	struct terse *t = w->state;
	struct live_case *c;

	if (console_event(w, ev, &c) != EM_OK)
		return EM_ERR;
	if (ev->kind == EM_RUN_START) {
		end_line(w, t);
		em_out_puts(w->out, "\nrunning ");
		if (t->console.total != EM_UNSET)
			em_out_printf(
			    w->out, "%lld ", (long long)t->console.total);
		em_out_puts(
		    w->out, t->console.total == 1 ? "test\n" : "tests\n");
		t->done = 0;
	} else if (ev->kind == EM_CASE_COMPLETE) {
		put_mark(w, t, ev);
		digest_end(&t->console.digest, c);
	} else if (ev->kind == EM_LOG) {
		wr_lost(w, "log lines");
	}
	return EM_OK;
}

static enum em_rc
terse_finish(struct em_writer *w)
{
	end_line(w, w->state);
	return console_finish(w);
}

const struct em_format format_terse = {
	.info = {
		.name = "terse",
		.title = "a character for each case, then what failed",
		.flags = EM_FMT_WRITE | EM_FMT_STREAM_WRITE,
		.losses = "what is known of cases that passed, log lines, "
			  "durations, properties, tags, attachments, times",
	},
	.write = {
		.state_size = sizeof(struct terse),
		.open = console_open,
		.event = terse_event,
		.finish = terse_finish,
		.close = console_close,
	},
};
