/* SPDX-License-Identifier: MIT */
/*
 * Copies standard input to standard output byte for byte, whatever the bytes
 * mean, and feeds what they mean to sinks.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "progress.h"
#include "sink.h"

enum { OPT_PROGRESS = 256, PIPE_SIZE = 64 * 1024 };

struct tee {
	struct cli *cli;
	bool append, want_progress;
	struct sinks sinks;
	struct progress *progress;
	bool stdout_failed;
	unsigned warned;
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

/* In pieces of a pipe's size: a larger write blocks half-way. */
static void
copy_out(struct tee *t, struct em_str s)
{
	while (s.n > 0 && !t->stdout_failed) {
		ssize_t n = write(
		    STDOUT_FILENO, s.p, s.n < PIPE_SIZE ? s.n : PIPE_SIZE);
		struct pollfd w = { .fd = STDOUT_FILENO, .events = POLLOUT };

		if (n >= 0) {
			s.p += n;
			s.n -= (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			poll(&w, 1, -1);
		} else if (errno != EINTR) {
			t->stdout_failed = true;
			/* A reader that left is no news, but it counts. */
			if (errno != EPIPE)
				cli_say(t->cli,
				    "cannot write \"standard "
				    "output\": %s",
				    strerror(errno));
			cli_status(t->cli, ST_IO);
		}
	}
}

static void
on_bytes(void *arg, struct em_str bytes)
{
	copy_out(arg, bytes);
}

static void
on_idle(void *arg)
{
	struct tee *t = arg;

	sinks_flush(&t->sinks);
	if (t->progress != NULL)
		progress_idle(t->progress);
}

static void
say_about(const struct tee *t, const struct em_error *e)
{
	if (e->line > 0)
		cli_say(t->cli, "standard input:%llu: %s",
		    (unsigned long long)e->line, e->msg);
	else
		cli_say(t->cli, "standard input: %s", e->msg);
}

static void
on_warning(void *arg, const struct em_error *e)
{
	struct tee *t = arg;

	if (t->warned++ < 10 && !t->cli->quiet)
		say_about(t, e);
}

/* After the events have ended early: the bytes go on. */
static void
copy_rest(struct tee *t)
{
	char buf[PIPE_SIZE];
	ssize_t n;

	while (!t->stdout_failed) {
		n = read(STDIN_FILENO, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		copy_out(t, (struct em_str){ buf, (size_t)n });
	}
}

static void
judge(struct tee *t, struct em_reader *r, enum em_rc rc)
{
	const struct em_reader_stats *s = em_reader_stats(r);
	const struct em_error *e = em_reader_error(r);

	if (t->warned > 10)
		cli_note(t->cli, "standard input: %u more like these",
		    t->warned - 10);
	if (rc == EM_ERR) {
		say_about(t, e);
		cli_status(t->cli, cli_status_of(e));
	}
	if (s->malformed > 0)
		cli_status(t->cli, ST_MALFORMED);
	if (s->truncated)
		cli_status(t->cli, ST_TRUNCATED);
}

static int
read_events(struct tee *t)
{
	struct cli *c = t->cli;
	struct em_reader_opts ro = { .format = c->from,
		.options = c->format_options,
		.limits = c->limits,
		.strict = c->strict,
		.warn = on_warning,
		.idle = on_idle,
		.tap = on_bytes,
		.arg = t };
	struct em_reader *r = em_reader_fd(&ro, STDIN_FILENO, "");
	const struct em_event *ev;
	enum em_rc rc;

	if (r == NULL) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	while ((rc = em_reader_next(r, &ev)) == EM_OK) {
		sinks_event(&t->sinks, ev);
		if (t->progress != NULL)
			progress_event(t->progress, ev);
		if (t->stdout_failed && !sinks_alive(&t->sinks))
			break;
	}
	if (rc != EM_OK)
		judge(t, r, rc);
	em_reader_close(r);
	if (rc == EM_ERR)
		copy_rest(t);
	return ST_OK;
}

static int
run(struct cli *c)
{
	struct tee *t = c->state;
	struct em_format_info info;
	int st;

	t->cli = c;
	sinks_init(&t->sinks);
	if (c->from != NULL &&
	    !(em_format_find(c->from, &info) && info.flags & EM_FMT_READ))
		return cli_usage(c, "unknown input format \"%s\"", c->from);
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
	st = read_events(t);
	progress_end(t->progress);
	cli_status(c, sinks_close(&t->sinks));
	return st;
}

const struct tool tool = {
	.name = "ttee",
	.synopsis = "[-a] [--progress] [-f FORMAT] [-O KEY=VALUE] [SINK ...]",
	.summary = "Copy a stream of test results to several places at once.\n"
		   "A SINK is FILE, FORMAT=FILE, cmd:COMMAND or "
		   "FORMAT=cmd:COMMAND.",
	.opts = opts,
	.state_size = sizeof(struct tee),
	.option = option,
	.run = run,
};
