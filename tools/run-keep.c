/* SPDX-License-Identifier: MIT */
/*
 * Keeps commands: starts them, so many at a time, forwards signals, ends what
 * takes too long, and knows when each has ended.  A thread of its own reads
 * what a command prints (run-read.c); processes, signals and time are minded
 * here alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

/* Signals arrive here, as a byte each; a handler has no other way. */
static volatile sig_atomic_t wake_fd = -1;
static int wake_read = -1;

static const int caught[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT,
	SIGTSTP, SIGCONT };

enum { CAUGHT = sizeof(caught) / sizeof(caught[0]) };

int64_t
run_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- signals ---- */

static void
on_signal(int sig)
{
	int saved = errno;
	char byte = (char)sig;

	if (write(wake_fd, &byte, 1) < 0) {
		/* Full: it will wake up anyway. */
	}
	errno = saved;
}

void
run_wake(void)
{
	on_signal(SIGCHLD);
}

static void
catch_signals(void)
{
	struct sigaction was,
	    sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < CAUGHT; i++)
		if (sigaction(caught[i], NULL, &was) == 0 &&
		    (was.sa_handler != SIG_IGN || caught[i] == SIGCHLD))
			sigaction(caught[i], &sa, NULL);
	/* Who reads our output may leave; that ends the commands too. */
	signal(SIGPIPE, SIG_IGN);
}

bool
run_keeper_init(struct run_keeper *k, struct cli *c)
{
	int fd[2];

	*k = (struct run_keeper){ .cli = c,
		.parallel = 1,
		.timeout_ns = EM_UNSET,
		.grace_ns = INT64_C(10000000000) };
	if (pipe(fd) != 0 || pthread_mutex_init(&k->lock, NULL) != 0) {
		cli_say(c, "cannot make a pipe: %s", strerror(errno));
		return false;
	}
	for (int i = 0; i < 2; i++) {
		fcntl(fd[i], F_SETFD, FD_CLOEXEC);
		fcntl(fd[i], F_SETFL, O_NONBLOCK);
	}
	wake_read = fd[0];
	wake_fd = fd[1];
	catch_signals();
	return true;
}

void
run_keeper_free(struct run_keeper *k)
{
	if (wake_fd < 0)
		return;
	for (size_t i = 0; i < CAUGHT; i++)
		signal(caught[i], SIG_DFL);
	close(wake_read);
	close(wake_fd);
	wake_read = -1;
	wake_fd = -1;
	pthread_mutex_destroy(&k->lock);
}

/* ---- the commands that run ---- */

struct jobs {
	struct run_keeper *k;
	struct run_job *v;
	size_t n, next; /* next: the first that was not started */
	long running;
	sigset_t mask; /* of signals, before ours were blocked */
};

static void
send(const struct run_job *j, int sig)
{
	kill(-j->pid, sig);
	/* One that is stopped would not notice. */
	if (sig == SIGTERM || sig == SIGINT || sig == SIGHUP)
		kill(-j->pid, SIGCONT);
}

static void
send_all(struct jobs *s, int sig)
{
	for (size_t i = 0; i < s->next; i++)
		if (s->v[i].pid > 0)
			send(&s->v[i], sig);
}

/* Asks a command to end, and insists when it does not. */
static void
ask_to_end(struct jobs *s, struct run_job *j, int sig)
{
	if (j->kill_at == EM_UNSET)
		j->kill_at = run_now() + s->k->grace_ns;
	send(j, sig);
}

static void
cancel(struct jobs *s, int sig)
{
	bool again = s->k->cancel_signal != 0;

	s->k->cancel_signal = sig;
	for (size_t i = 0; i < s->next; i++) {
		struct run_job *j = &s->v[i];

		if (j->pid <= 0)
			continue;
		j->end.cancelled = true;
		if (again)
			j->kill_at = run_now();
		else
			ask_to_end(s, j, sig);
	}
}

/* Stops as we are asked to, and the commands with us; the time stops too. */
static void
pause_all(struct jobs *s)
{
	int64_t before = run_now(), slept;

	send_all(s, SIGSTOP);
	raise(SIGSTOP);
	send_all(s, SIGCONT);
	slept = run_now() - before;
	for (size_t i = 0; i < s->next; i++) {
		struct run_job *j = &s->v[i];

		j->start_ns += slept;
		if (j->term_at != EM_UNSET)
			j->term_at += slept;
		if (j->kill_at != EM_UNSET)
			j->kill_at += slept;
	}
}

static void
handle_signals(struct jobs *s)
{
	char sig[64];
	ssize_t n = read(wake_read, sig, sizeof(sig));

	for (ssize_t i = 0; i < n; i++)
		switch (sig[i]) {
		case SIGINT:
		case SIGTERM:
		case SIGHUP:
		case SIGQUIT:
			cancel(s, sig[i]);
			break;
		case SIGTSTP:
			pause_all(s);
			break;
		default:
			break;
		}
}

/* ---- start and end ---- */

static int
free_slot(const struct jobs *s)
{
	int slot = 1;

	for (size_t i = 0; i < s->next; i++)
		if (s->v[i].pid > 0 && s->v[i].slot == slot) {
			slot++;
			i = (size_t)-1;
		}
	return slot;
}

static void
tell_ended(struct run_job *j)
{
	if (j->ended == NULL)
		return;
	pthread_mutex_lock(&j->keeper->lock);
	j->ended(j->arg, &j->end);
	pthread_mutex_unlock(&j->keeper->lock);
}

static void
start_one(struct jobs *s)
{
	struct run_job *j = &s->v[s->next];
	int rc;

	j->keeper = s->k;
	j->start_ns = run_now();
	j->term_at = j->kill_at = j->quiet_at = EM_UNSET;
	j->slot = free_slot(s);
	s->next++;
	if (!run_spawn(j, &s->mask)) {
		tell_ended(j);
		return;
	}
	if (s->k->timeout_ns != EM_UNSET)
		j->term_at = j->start_ns + s->k->timeout_ns;
	rc = pthread_create(&j->thread, NULL, run_read, j);
	if (rc == 0) {
		s->running++;
		return;
	}
	cli_say(
	    s->k->cli, "cannot read from \"%s\": %s", j->argv[0], strerror(rc));
	kill(-j->pid, SIGKILL);
	waitpid(j->pid, NULL, 0);
	j->end.spawn_error = rc;
	j->end.started = false;
	j->pid = 0;
	tell_ended(j);
}

static void
note_end(struct run_job *j, int st)
{
	j->reaped = true;
	j->end.duration_ns = run_now() - j->start_ns;
	j->end.exit_code = WIFEXITED(st) ? WEXITSTATUS(st) : -1;
	j->end.signal = WIFSIGNALED(st) ? WTERMSIG(st) : 0;
}

/* The reader need not wait for what comes after the end. */
static void
tell_reader(struct run_job *j)
{
	if (j->stop[1] >= 0)
		close(j->stop[1]);
	j->stop[1] = -1;
}

static void
finish(struct jobs *s, struct run_job *j)
{
	pthread_join(j->thread, NULL);
	tell_reader(j);
	close(j->stop[0]);
	close(j->out);
	j->pid = 0;
	s->running--;
	if (j->end.leaked)
		cli_note(s->k->cli,
		    "\"%s\" has ended, and something that it started holds "
		    "its output open: not waited for",
		    j->name);
	tell_ended(j);
}

static bool
reader_done(struct run_job *j)
{
	bool done;

	pthread_mutex_lock(&j->keeper->lock);
	done = j->reader_done;
	pthread_mutex_unlock(&j->keeper->lock);
	return done;
}

static void
see_to(struct jobs *s, struct run_job *j, int64_t now)
{
	int st;

	if (!j->reaped && waitpid(j->pid, &st, WNOHANG) == j->pid)
		note_end(j, st);
	if (j->term_at != EM_UNSET && now >= j->term_at && !j->reaped) {
		j->term_at = EM_UNSET;
		j->end.timed_out = true;
		cli_say(
		    s->k->cli, "\"%s\" takes longer than the timeout", j->name);
		ask_to_end(s, j, SIGTERM);
	}
	if (j->kill_at != EM_UNSET &&
	    (now >= j->kill_at || (j->reaped && reader_done(j)))) {
		kill(-j->pid, SIGKILL);
		j->kill_at = EM_UNSET;
	}
	/* One that was asked to end may leave others who still tidy up. */
	if (j->reaped && j->kill_at == EM_UNSET)
		tell_reader(j);
	if (j->reaped && reader_done(j))
		finish(s, j);
}

/* How long nothing needs to be done, in ms; -1: until something happens. */
static int
next_deadline(const struct jobs *s, int64_t now)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < s->next; i++) {
		const struct run_job *j = &s->v[i];

		if (j->pid <= 0)
			continue;
		if (j->term_at != EM_UNSET && !j->reaped && j->term_at < at)
			at = j->term_at;
		if (j->kill_at != EM_UNSET && j->kill_at < at)
			at = j->kill_at;
	}
	if (at == INT64_MAX)
		return -1;
	at = at > now ? (at - now) / 1000000 + 1 : 0;
	return at < 3600000 ? (int)at : 3600000;
}

static void
give_up(struct jobs *s)
{
	bool failed;

	pthread_mutex_lock(&s->k->lock);
	failed = s->k->failed;
	pthread_mutex_unlock(&s->k->lock);
	if (failed && s->k->cancel_signal == 0)
		cancel(s, SIGTERM);
}

void
run_keep(struct run_keeper *k, struct run_job *jobs, size_t n)
{
	struct jobs s = { .k = k, .v = jobs, .n = n };
	struct pollfd p = { .fd = wake_read, .events = POLLIN };
	sigset_t ours;

	sigfillset(&ours);
	while (s.running > 0 || (s.next < n && k->cancel_signal == 0)) {
		int64_t now;

		/* Signals come to this thread alone. */
		pthread_sigmask(SIG_SETMASK, &ours, &s.mask);
		while (s.next < n && s.running < k->parallel &&
		    k->cancel_signal == 0)
			start_one(&s);
		pthread_sigmask(SIG_SETMASK, &s.mask, NULL);
		if (s.running == 0)
			continue;
		poll(&p, 1, next_deadline(&s, run_now()));
		handle_signals(&s);
		give_up(&s);
		now = run_now();
		for (size_t i = 0; i < s.next; i++)
			if (s.v[i].pid > 0)
				see_to(&s, &s.v[i], now);
	}
	for (; s.next < n; s.next++) {
		s.v[s.next].keeper = k;
		s.v[s.next].end.cancelled = true;
		tell_ended(&s.v[s.next]);
	}
}
