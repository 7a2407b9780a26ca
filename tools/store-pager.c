/* SPDX-License-Identifier: MIT */
/* What is printed to a terminal goes through a pager. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store-tool.h"

pid_t
pager_start(const struct cli *c)
{
	const char *pager = getenv("PAGER");
	int fd[2];
	pid_t pid;

	if (c->output != NULL || !isatty(STDOUT_FILENO))
		return 0;
	if (pager == NULL || *pager == '\0')
		pager = "less";
	if (pipe(fd) != 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		/* Colours pass, and what fits a screen needs no key. */
		setenv("LESS", "FRX", 0);
		dup2(fd[0], STDIN_FILENO);
		close(fd[0]);
		close(fd[1]);
		execl("/bin/sh", "sh", "-c", pager, (char *)NULL);
		_exit(127);
	}
	close(fd[0]);
	if (pid > 0)
		dup2(fd[1], STDOUT_FILENO);
	close(fd[1]);
	/* The user ends the pager with a key, and with it the replay. */
	signal(SIGINT, SIG_IGN);
	return pid > 0 ? pid : 0;
}

void
pager_wait(pid_t pid)
{
	if (pid <= 0)
		return;
	close(STDOUT_FILENO);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
