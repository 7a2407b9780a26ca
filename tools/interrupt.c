/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"

/* A handler has no other way to know. */
static char *volatile unfinished;

static void
on_signal(int sig)
{
	if (unfinished != NULL)
		unlink(unfinished);
	/* SA_RESETHAND: now it ends the process, as its parent expects. */
	raise(sig);
}

static void
catch_signal(int sig)
{
	struct sigaction was,
	    sa = { .sa_handler = on_signal,
		    .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };

	sigemptyset(&sa.sa_mask);
	if (sigaction(sig, NULL, &was) == 0 && was.sa_handler == SIG_DFL)
		sigaction(sig, &sa, NULL);
}

void
interrupt_removes(const char *path)
{
	char *was = unfinished;

	unfinished = path != NULL ? strdup(path) : NULL;
	free(was);
	if (unfinished == NULL)
		return;
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_signal(SIGHUP);
}
