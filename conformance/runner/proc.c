/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* wait4() */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proc-spawn.h"

enum {
	TIME_MS = 10000,
	ERR_MAX = 65536,
	TICK_MS = 5,
	GRACE_MS = 200, /* for what it started to go by itself */
	TERM_MS = 100, /* between SIGTERM and SIGKILL */
	SPINS = 64
};
static const size_t out_max = (size_t)256 << 20;

struct pump {
	const struct proc_spec *spec;
	struct proc_result *r;
	struct proc_ends ends;
	struct proc_move move;
	pid_t pid;
	uint64_t began, took, exited, termed;
	size_t piece_end; /* the input may be written up to here */
	size_t piece; /* pieces so far */
	uint64_t piece_after; /* the next one not before this time */
	unsigned spins;
	bool reaped, killed;
	size_t sampled; /* traffic when the memory was last looked at */
};

/* Set by the handlers: who is watched, and that we are to go. */
static volatile sig_atomic_t asked_to_go;
static int news[2] = { -1, -1 };

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t
ms(uint64_t n)
{
	return n * 1000000;
}

static void
on_signal(int sig)
{
	int e = errno;

	if (sig != SIGCHLD)
		asked_to_go = sig;
	if (write(news[1], "", 1) < 0)
		errno = e;
	errno = e;
}

void
proc_guard(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct sigaction ignored = { .sa_handler = SIG_IGN };

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (news[0] < 0 && pipe(news) == 0)
		for (int i = 0; i < 2; i++) {
			fcntl(news[i], F_SETFD, FD_CLOEXEC);
			fcntl(news[i], F_SETFL, O_NONBLOCK);
		}
	sigaction(SIGCHLD, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sigaction(SIGPIPE, &ignored, NULL);
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Where the next piece of the input ends. */
static size_t
next_cut(const struct pump *p)
{
	const struct proc_spec *s = p->spec;
	size_t at = p->r->taken, left = s->input.n - at, size;
	const char *lf;

	if (s->size_n == 0)
		return s->input.n;
	size = s->sizes[p->piece < s->size_n ? p->piece : s->size_n - 1];
	if (size > 0)
		return at + (size < left ? size : left);
	lf = memchr(s->input.p + at, '\n', left);
	return lf != NULL ? (size_t)(lf - s->input.p) + 1 : s->input.n;
}

/* True when the testee has read all that it was given. */
static bool
drained(const struct pump *p)
{
	int n = 0;

	return ioctl(p->ends.in, FIONREAD, &n) != 0 || n == 0;
}

/* Lets the next piece go when the one before is through. */
static void
cut(struct pump *p)
{
	const struct proc_spec *s = p->spec;

	if (p->r->taken < p->piece_end || p->r->taken == s->input.n)
		return;
	if (s->size_n > 0 && p->piece > 0) {
		if (!drained(p)) {
			p->spins++;
			return;
		}
		if (s->pause_ms > 0) {
			uint64_t t = now_ns();

			if (p->piece_after == 0)
				p->piece_after = t + ms(s->pause_ms);
			if (t < p->piece_after)
				return;
			p->piece_after = 0;
		}
	}
	p->spins = 0;
	p->piece_end = next_cut(p);
	p->piece++;
}

static size_t
sendable(const struct pump *p)
{
	size_t end = p->piece_end;

	if (p->spec->drive != NULL && end > p->move.send)
		end = p->move.send;
	return end > p->r->taken ? end - p->r->taken : 0;
}

static void
feed(struct pump *p)
{
	size_t n = sendable(p);
	ssize_t put;

	if (p->ends.in < 0 || n == 0)
		return;
	put = write(p->ends.in, p->spec->input.p + p->r->taken, n);
	if (put > 0) {
		p->r->taken += (size_t)put;
		p->took = now_ns();
	} else if (put < 0 && errno != EAGAIN && errno != EINTR) {
		shut(&p->ends.in);
	}
}

/* Reads what is there; the end of it closes fd. */
static void
drain(struct pump *p, int *fd, struct buf *b, bool timed)
{
	char piece[65536];
	ssize_t n = read(*fd, piece, sizeof(piece));

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(fd);
	if (n <= 0)
		return;
	buf_add(b, piece, (size_t)n);
	if (!timed)
		return;
	if ((p->r->chunk_n & (p->r->chunk_n + 1)) == 0)
		p->r->chunks = xrealloc(p->r->chunks,
		    (p->r->chunk_n + 1) * 2 * sizeof(*p->r->chunks));
	p->r->chunks[p->r->chunk_n++] =
	    (struct proc_chunk){ b->n, now_ns() - p->began };
}

static void
sample(struct pump *p)
{
	size_t traffic = p->r->taken + p->r->out.n;
	long kib;

	if ((p->spec->flags & PROC_WATCH_MEMORY) == 0 || p->reaped ||
	    (traffic < p->sampled + (1 << 20) &&
		p->r->taken < p->spec->input.n))
		return;
	p->sampled = traffic;
	kib = proc_peak_kib(p->pid);
	if (kib > p->r->rss_kib)
		p->r->rss_kib = kib;
}

/* SIGTERM for manners, SIGKILL soon after. */
static void
end_it(struct pump *p, enum proc_end end)
{
	if (p->killed || p->reaped)
		return;
	if (p->termed == 0) {
		p->r->end = end;
		p->termed = now_ns();
		kill(-p->pid, SIGTERM);
		kill(-p->pid, SIGCONT);
	} else if (now_ns() > p->termed + ms(TERM_MS)) {
		kill(-p->pid, SIGKILL);
		p->killed = true;
	}
}

static void
reap(struct pump *p)
{
	struct rusage use;
	int st;

	if (p->reaped || wait4(p->pid, &st, WNOHANG, &use) != p->pid)
		return;
	p->reaped = true;
	p->exited = now_ns();
	p->r->ns = p->exited - p->began;
	if (p->r->rss_kib == 0)
		p->r->rss_kib = use.ru_maxrss;
	p->r->status = WIFSIGNALED(st) ? WTERMSIG(st) : WEXITSTATUS(st);
	if (p->termed == 0)
		p->r->end = WIFSIGNALED(st) ? PROC_SIGNALED : PROC_EXITED;
}

static void
consult(struct pump *p)
{
	uint64_t t = now_ns();
	struct proc_view view = {
		.out = buf_slice(&p->r->out),
		.taken = p->r->taken,
		.now_ns = t - p->began,
		.took_ns = p->took - p->began,
		.out_eof = p->ends.out < 0,
	};

	if (p->spec->drive == NULL || p->reaped)
		return;
	p->spec->drive(p->spec->arg, &view, &p->move);
	if (p->move.close_out)
		shut(&p->ends.out);
	if (p->move.signal != 0)
		kill(p->pid, p->move.signal);
	p->move.signal = 0;
	if (p->move.stop)
		end_it(p, PROC_STOPPED);
}

static int
wait_ms(const struct pump *p)
{
	if (p->spins > SPINS && p->spins % 16 != 0)
		return 0;
	if (p->spins > SPINS)
		return 1;
	if (p->spins > 0)
		return 0;
	if (p->spec->flags & PROC_SIGNAL_STORM)
		return 1;
	return TICK_MS;
}

static void
wait_for_news(struct pump *p)
{
	bool input = p->ends.in >= 0 && sendable(p) > 0;
	struct pollfd f[5] = {
		{ .fd = input ? p->ends.in : -1, .events = POLLOUT },
		{ .fd = p->move.stall ? -1 : p->ends.out, .events = POLLIN },
		{ .fd = p->ends.other, .events = POLLIN },
		{ .fd = p->ends.err, .events = POLLIN },
		{ .fd = news[0], .events = POLLIN },
	};
	char discard[64];

	if (p->spins > 0)
		sched_yield();
	if (poll(f, 5, wait_ms(p)) < 0)
		return;
	if (f[0].revents != 0)
		feed(p);
	if (f[1].revents != 0)
		drain(p, &p->ends.out, &p->r->out, true);
	if (f[2].revents != 0)
		drain(p, &p->ends.other, &p->r->other, false);
	if (f[3].revents != 0) {
		drain(p, &p->ends.err, &p->r->err, false);
		if (p->r->err.n > 2 * ERR_MAX)
			buf_tail(&p->r->err, ERR_MAX);
	}
	if (f[4].revents != 0)
		while (read(news[0], discard, sizeof(discard)) > 0)
			;
}

static void
check_limits(struct pump *p)
{
	size_t max = p->spec->out_max != 0 ? p->spec->out_max : out_max;

	if (asked_to_go) {
		proc_sweep(p->pid);
		_exit(128 + asked_to_go);
	}
	if (p->termed != 0)
		end_it(p, p->r->end);
	else if (now_ns() > p->began + ms(p->spec->time_ms))
		end_it(p, PROC_TIMEOUT);
	else if (p->r->out.n > max || p->r->other.n > max)
		end_it(p, PROC_FLOOD);
}

/* True when there is nothing more to come; what it left has had its grace. */
static bool
over(const struct pump *p)
{
	bool quiet = p->ends.out < 0 && p->ends.other < 0 && p->ends.err < 0;

	if (!p->reaped)
		return false;
	if (quiet && !proc_children())
		return true;
	return now_ns() > p->exited + ms(p->killed ? 0 : GRACE_MS);
}

static void
pump(struct pump *p)
{
	while (!over(p)) {
		if (p->ends.in >= 0 && !p->reaped) {
			cut(p);
			if (p->r->taken == p->spec->input.n &&
			    (p->spec->drive == NULL ||
				p->move.send >= p->spec->input.n) &&
			    !p->move.stall)
				shut(&p->ends.in);
		}
		if (p->reaped)
			shut(&p->ends.in);
		wait_for_news(p);
		sample(p);
		if ((p->spec->flags & PROC_SIGNAL_STORM) && !p->reaped) {
			kill(p->pid, SIGWINCH);
			kill(p->pid, SIGCHLD);
		}
		reap(p);
		consult(p);
		check_limits(p);
	}
}

int
proc_run(const struct proc_spec *given, struct proc_result *r)
{
	struct proc_spec spec = *given;
	struct pump p = { .spec = &spec, .r = r };

	*r = (struct proc_result){ .end = PROC_EXITED };
	if (spec.time_ms == 0)
		spec.time_ms = TIME_MS;
	p.began = p.took = now_ns();
	p.pid = proc_spawn(&spec, &p.ends);
	if (p.pid < 0)
		return -1;
	consult(&p);
	pump(&p);
	r->left = proc_sweep(p.pid);
	shut(&p.ends.in);
	/* Pipes hold what was written before the end. */
	while (p.ends.out >= 0 && !p.move.stall) {
		size_t n = r->out.n;

		drain(&p, &p.ends.out, &r->out, true);
		if (r->out.n == n)
			break;
	}
	shut(&p.ends.out);
	shut(&p.ends.other);
	shut(&p.ends.err);
	buf_tail(&r->err, ERR_MAX);
	return 0;
}

void
proc_result_free(struct proc_result *r)
{
	buf_free(&r->out);
	buf_free(&r->other);
	buf_free(&r->err);
	free(r->chunks);
	*r = (struct proc_result){ .end = PROC_EXITED };
}
