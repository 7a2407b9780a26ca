/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

extern const struct tool tool;

/* A closed standard descriptor is taken by one that fails on use, so that
 * no file opened later is written to or read by accident. */
static void
fill_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(ST_IO);
}

int
main(int argc, char **argv)
{
	fill_descriptors();
	/* Some parents ignore SIGPIPE and forget to restore it. */
	signal(SIGPIPE, SIG_DFL);
	return cli_main(&tool, argc, argv);
}
