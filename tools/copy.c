/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"

enum { PIPE_SIZE = 64 * 1024 };

/* In pieces of a pipe's size: a larger write blocks half-way. */
static void
copy_out(struct copy *t, struct em_str s)
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
	struct copy *t = arg;

	t->idle(t->arg);
}

static void
say_about(const struct copy *t, const struct em_error *e)
{
	if (e->line > 0)
		cli_say(t->cli, "%s:%llu: %s", t->name,
		    (unsigned long long)e->line, e->msg);
	else
		cli_say(t->cli, "%s: %s", t->name, e->msg);
}

static void
on_warning(void *arg, const struct em_error *e)
{
	struct copy *t = arg;

	if (t->warned++ < 10 && !t->cli->quiet)
		say_about(t, e);
}

/* After the events have ended early: the bytes go on. */
static void
copy_rest(struct copy *t)
{
	char buf[PIPE_SIZE];
	ssize_t n;

	while (!t->stdout_failed) {
		n = read(t->fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		copy_out(t, (struct em_str){ buf, (size_t)n });
	}
}

static void
judge(struct copy *t, struct em_reader *r, enum em_rc rc)
{
	const struct em_reader_stats *s = em_reader_stats(r);
	const struct em_error *e = em_reader_error(r);

	if (t->warned > 10)
		cli_note(
		    t->cli, "%s: %u more like these", t->name, t->warned - 10);
	if (rc == EM_ERR) {
		say_about(t, e);
		cli_status(t->cli, cli_status_of(e));
	}
	if (s->malformed > 0)
		cli_status(t->cli, ST_MALFORMED);
	if (s->truncated)
		cli_status(t->cli, ST_TRUNCATED);
}

int
copy_input(struct copy *t)
{
	struct cli *c = t->cli;
	struct em_reader_opts ro = { .format = t->format,
		.options = c->format_options,
		.limits = c->limits,
		.ignore = t->ignore,
		.strict = c->strict,
		.warn = on_warning,
		.idle = on_idle,
		.tap = on_bytes,
		.arg = t };
	struct em_reader *r = em_reader_fd(&ro, t->fd, "");
	const struct em_event *ev;
	enum em_rc rc;

	if (r == NULL) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	while ((rc = em_reader_next(r, &ev)) == EM_OK)
		if (!t->event(t->arg, ev) && t->stdout_failed)
			break;
	if (rc != EM_OK)
		judge(t, r, rc);
	em_reader_close(r);
	if (rc == EM_ERR)
		copy_rest(t);
	return ST_OK;
}
