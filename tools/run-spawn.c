/* SPDX-License-Identifier: MIT */
/* Starting a command. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

extern char **environ;

/* Both ends are closed in whatever is started. */
static bool
make_pipe(int fd[2])
{
	if (pipe(fd) != 0) {
		fd[0] = fd[1] = -1;
		return false;
	}
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	return true;
}

static void
close_pipe(int fd[2])
{
	for (int i = 0; i < 2; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

/* A signal that was ignored when we were started stays so. */
static void
default_signals(sigset_t *set)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
		SIGTSTP, SIGCONT, SIGCHLD, SIGPIPE };
	struct sigaction sa;

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i] == SIGPIPE ||
		    (sigaction(signals[i], NULL, &sa) == 0 &&
			sa.sa_handler != SIG_IGN))
			sigaddset(set, signals[i]);
}

static int
start(struct run_job *j, const sigset_t *mask, int out, int err)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t defaults;
	/* In a group of its own it may not read from a terminal. */
	bool no_stdin = !j->own_stdin || isatty(STDIN_FILENO);
	int rc;

	default_signals(&defaults);
	rc = posix_spawn_file_actions_init(&fa);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc != 0) {
		posix_spawn_file_actions_destroy(&fa);
		return rc;
	}
	if (no_stdin)
		rc = posix_spawn_file_actions_addopen(
		    &fa, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&fa, err, STDERR_FILENO);
	posix_spawnattr_setflags(&attr,
	    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
		POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setsigmask(&attr, mask);
	if (rc == 0)
		rc = posix_spawnp(
		    &j->pid, j->argv[0], &fa, &attr, j->argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return rc;
}

bool
run_spawn(struct run_job *j, const sigset_t *mask)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int rc = 0;

	j->stop[0] = j->stop[1] = -1;
	if (!make_pipe(out) || !make_pipe(err) || !make_pipe(j->stop))
		rc = errno;
	if (rc == 0)
		rc = start(j, mask, out[1], err[1]);
	if (rc == 0) {
		close(out[1]);
		close(err[1]);
		j->out = out[0];
		j->err = err[0];
		j->end.started = true;
		return true;
	}
	j->pid = 0;
	j->end.spawn_error = rc;
	cli_say(j->keeper->cli, "cannot start \"%s\": %s", j->argv[0],
	    rc == ENOENT && strchr(j->argv[0], '/') == NULL ? "no such command"
							    : strerror(rc));
	close_pipe(out);
	close_pipe(err);
	close_pipe(j->stop);
	return false;
}
