/* SPDX-License-Identifier: MIT */
/*
 * What a command prints, as events.  Standard error is read whenever standard
 * output has nothing to give, and before what it gives is made sense of, so
 * that a line on one is told before what was printed later on the other.
 *
 * A command that has ended may have left somebody behind who holds its output
 * open.  What is in the pipes by then is read; what comes later is not waited
 * for.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

enum {
	WARNINGS_MAX = 10,
	PIECE = 64 * 1024, /* of output without line ends */
	LINGER_MS = 500, /* for what comes after the end */
	PIPE_MAX = 1024 * 1024 /* bytes that a pipe may hold at the end */
};

static void
tell(struct run_job *j, const struct em_event *ev)
{
	pthread_mutex_lock(&j->keeper->lock);
	j->event(j->arg, ev);
	pthread_mutex_unlock(&j->keeper->lock);
}

static void
tell_text(struct run_job *j, struct em_str stream, struct em_str text)
{
	struct em_event ev;

	em_event_init(&ev, EM_LOG);
	ev.stream = stream;
	ev.text = text;
	tell(j, &ev);
}

/* ---- the end of reading ---- */

/* From here on both outputs are at their end. */
static void
cut_off(struct run_job *j)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	j->end.leaked = true;
	if (j->err >= 0)
		close(j->err);
	j->err = -1;
	if (null >= 0 && j->out >= 0)
		dup2(null, j->out);
	if (null >= 0)
		close(null);
}

/* Bytes that came: after the end of the command no more than its pipes held. */
static void
count_bytes(struct run_job *j, size_t n)
{
	struct pollfd p = { .fd = j->stop[0], .events = POLLIN };

	if (!j->draining)
		j->draining = poll(&p, 1, 0) > 0;
	if (!j->draining || j->end.leaked)
		return;
	j->drained += n;
	if (j->drained > (size_t)2 * PIPE_MAX)
		cut_off(j);
}

/* ---- standard error ---- */

static void
error_line(struct run_job *j, struct em_str line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (j->reader != NULL)
		em_reader_aside(j->reader, line);
	tell_text(j, EM_STR("stderr"), line);
}

static void
split_lines(struct run_job *j, struct em_str s)
{
	while (s.n > 0) {
		const char *lf = memchr(s.p, '\n', s.n);
		size_t n = lf != NULL ? (size_t)(lf - s.p) : s.n;

		text_add(&j->line, (struct em_str){ s.p, n });
		s.p += n + (lf != NULL);
		s.n -= n + (lf != NULL);
		if (lf == NULL && j->line.n < PIECE)
			return;
		error_line(j, text_str(&j->line));
		j->line.n = 0;
	}
}

/* Reads what is there. */
static void
read_error(struct run_job *j)
{
	char buf[16 * 1024];
	ssize_t n = read(j->err, buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0) {
		split_lines(j, (struct em_str){ buf, (size_t)n });
		count_bytes(j, (size_t)n);
		return;
	}
	close(j->err);
	j->err = -1;
	if (j->line.n > 0)
		error_line(j, text_str(&j->line));
	j->line.n = 0;
}

/* ---- waiting ---- */

/* How long to wait: for ever, until the command has ended. */
static int
patience(struct run_job *j)
{
	int64_t left;

	if (!j->draining)
		return -1;
	if (j->quiet_at == EM_UNSET)
		return 0;
	left = j->quiet_at + LINGER_MS * INT64_C(1000000) - run_now();
	return left > 0 ? (int)(left / 1000000) + 1 : 0;
}

/* Before a wait: what was told is to be seen. */
static void
flush(struct run_job *j)
{
	if (j->keeper->idle == NULL)
		return;
	pthread_mutex_lock(&j->keeper->lock);
	j->keeper->idle(j->keeper->arg);
	pthread_mutex_unlock(&j->keeper->lock);
}

/* Waits until there is something on fd (-1: until standard error is at its
 * end), while reading standard error; or until it is time to stop. */
static void
wait_for(struct run_job *j, int fd)
{
	while (!j->end.leaked && (fd >= 0 || j->err >= 0)) {
		struct pollfd p[] = { { .fd = fd, .events = POLLIN },
			{ .fd = j->err, .events = POLLIN },
			{ .fd = j->draining ? -1 : j->stop[0],
			    .events = POLLIN } };
		int n = poll(p, 3, 0);

		if (n == 0) {
			flush(j);
			n = poll(p, 3, patience(j));
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (p[2].revents != 0)
			j->draining = true;
		if (n == 0 && j->quiet_at == EM_UNSET)
			j->quiet_at = run_now();
		else if (n == 0)
			cut_off(j);
		else if (p[1].revents != 0)
			read_error(j);
		else if (p[0].revents != 0)
			return;
	}
}

static void
on_idle(void *arg)
{
	struct run_job *j = arg;

	wait_for(j, j->out);
}

/* What is on standard error by now was printed before. */
static void
on_bytes(void *arg, struct em_str bytes)
{
	struct run_job *j = arg;
	struct pollfd p = { .fd = j->err, .events = POLLIN };

	count_bytes(j, bytes.n);
	while (p.fd >= 0 && poll(&p, 1, 0) > 0) {
		read_error(j);
		p.fd = j->err;
	}
}

/* ---- standard output ---- */

static void
say_about(const struct run_job *j, const struct em_error *e)
{
	const struct cli *c = j->keeper->cli;

	if (e->line > 0)
		cli_say(c, "output of %s:%llu: %s", j->name,
		    (unsigned long long)e->line, e->msg);
	else
		cli_say(c, "output of %s: %s", j->name, e->msg);
}

static void
on_warning(void *arg, const struct em_error *e)
{
	struct run_job *j = arg;

	if (!j->keeper->cli->quiet && j->warned++ < WARNINGS_MAX)
		say_about(j, e);
}

/* After the events have ended early: what is left is text. */
static void
read_rest(struct run_job *j)
{
	char buf[PIECE];
	ssize_t n;

	for (;;) {
		wait_for(j, j->out);
		n = read(j->out, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		on_bytes(j, (struct em_str){ buf, (size_t)n });
		tell_text(
		    j, EM_STR("stdout"), (struct em_str){ buf, (size_t)n });
	}
}

static void
worse(struct run_job *j, int st)
{
	struct cli at = { .status = j->end.trouble };

	cli_status(&at, st);
	j->end.trouble = at.status;
}

static void
judge(struct run_job *j, enum em_rc rc)
{
	const struct em_reader_stats *s = em_reader_stats(j->reader);
	const struct em_error *e = em_reader_error(j->reader);

	j->end.recognised = em_reader_format(j->reader) != NULL;
	j->end.silent = s->bytes == 0;
	j->end.cut = s->truncated || rc == EM_ERR;
	if (j->warned > WARNINGS_MAX)
		cli_note(j->keeper->cli, "output of %s: %u more like these",
		    j->name, j->warned - WARNINGS_MAX);
	if (rc == EM_ERR) {
		say_about(j, e);
		worse(j, cli_status_of(e));
	}
	if (s->malformed > 0)
		worse(j, ST_MALFORMED);
	if (j->end.cut)
		worse(j, ST_TRUNCATED);
}

static void
pass_on(struct run_job *j, const struct em_event *ev)
{
	struct em_event text;

	if (!(ev->kind == EM_LOG && ev->flags & EM_F_NOISE)) {
		tell(j, ev);
		return;
	}
	text = *ev;
	text.stream = EM_STR("stdout");
	text.raw = (struct em_str){ NULL, 0 };
	tell(j, &text);
}

static void
read_output(struct run_job *j)
{
	struct cli *c = j->keeper->cli;
	const struct em_reader_opts ro = { .format = c->from,
		.options = c->format_options,
		.limits = c->limits,
		.strict = c->strict,
		.text = true,
		.warn = on_warning,
		.idle = on_idle,
		.tap = on_bytes,
		.arg = j };
	const struct em_event *ev;
	enum em_rc rc;

	j->reader = em_reader_fd(&ro, j->out, "");
	if (j->reader == NULL) {
		cli_say(c, "out of memory");
		worse(j, ST_IO);
		read_rest(j);
		return;
	}
	while ((rc = em_reader_next(j->reader, &ev)) == EM_OK)
		pass_on(j, ev);
	judge(j, rc);
	if (rc == EM_ERR)
		read_rest(j);
	em_reader_close(j->reader);
	j->reader = NULL;
}

void *
run_read(void *arg)
{
	struct run_job *j = arg;

	read_output(j);
	wait_for(j, -1);
	text_free(&j->line);
	pthread_mutex_lock(&j->keeper->lock);
	j->reader_done = true;
	pthread_mutex_unlock(&j->keeper->lock);
	run_wake();
	return NULL;
}
