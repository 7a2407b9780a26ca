/* SPDX-License-Identifier: MIT */
/*
 * Talks with a filter line by line: lockstep 'SHELL COMMAND' < script
 *
 * A script line "> TEXT" is sent; "< TEXT" must be the next line to arrive,
 * within two seconds, before anything else is sent; "." closes the filter's
 * input.  Everything else is a comment.  Status 0 when all came, 1 with what
 * was missing on standard output.
 */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 2000, LINE_SIZE = 65536 };

struct talk {
	int to, from;
	char buf[LINE_SIZE];
	size_t n;
};

static bool
start(struct talk *t, const char *command, pid_t *pid)
{
	int in[2], out[2];

	if (pipe(in) != 0 || pipe(out) != 0)
		return false;
	*pid = fork();
	if (*pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		for (int i = 0; i < 2; i++) {
			close(in[i]);
			close(out[i]);
		}
		setpgid(0, 0);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	t->to = in[1];
	t->from = out[0];
	return *pid > 0;
}

/* The next line that arrives in time, into line; false when none does. */
static bool
receive(struct talk *t, char line[LINE_SIZE])
{
	struct pollfd p = { .fd = t->from, .events = POLLIN };
	char *lf;
	ssize_t got;

	while ((lf = memchr(t->buf, '\n', t->n)) == NULL) {
		if (poll(&p, 1, WAIT_MS) <= 0 || t->n == sizeof(t->buf))
			return false;
		got = read(t->from, t->buf + t->n, sizeof(t->buf) - t->n);
		if (got <= 0)
			return false;
		t->n += (size_t)got;
	}
	memcpy(line, t->buf, (size_t)(lf - t->buf));
	line[lf - t->buf] = '\0';
	t->n -= (size_t)(lf + 1 - t->buf);
	memmove(t->buf, lf + 1, t->n);
	return true;
}

static bool
play(struct talk *t)
{
	static char line[LINE_SIZE], got[LINE_SIZE];
	unsigned number = 0;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		size_t n = strlen(line);

		number++;
		if (line[0] == '>' && n > 2) {
			if (write(t->to, line + 2, n - 2) != (ssize_t)n - 2)
				return false;
		} else if (line[0] == '.') {
			close(t->to);
			t->to = -1;
		} else if (line[0] == '<' && n > 2) {
			line[n - 1] = '\0';
			if (!receive(t, got)) {
				printf("line %u: nothing came for: %s\n",
				    number, line + 2);
				return false;
			}
			if (strcmp(got, line + 2) != 0) {
				printf("line %u: wanted: %s\nbut came: %s\n",
				    number, line + 2, got);
				return false;
			}
		}
	}
	return true;
}

int
main(int argc, char **argv)
{
	static struct talk t;
	pid_t pid;
	bool ok;

	signal(SIGPIPE, SIG_IGN);
	if (argc != 2 || !start(&t, argv[1], &pid))
		return 2;
	ok = play(&t);
	if (t.to >= 0)
		close(t.to);
	if (!ok)
		kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return !ok;
}
