/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interrupt.h"

/* Never freed, because a handler may be looking at it; used again. */
struct unfinished {
	char *volatile path; /* NULL: free */
	struct unfinished *next;
};

/* A handler has no other way to know. */
static struct unfinished *volatile all;

static void
on_signal(int sig)
{
	for (struct unfinished *u = all; u != NULL; u = u->next)
		if (u->path != NULL)
			unlink(u->path);
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

static struct unfinished *
free_place(void)
{
	struct unfinished *u;

	for (u = all; u != NULL; u = u->next)
		if (u->path == NULL)
			return u;
	u = calloc(1, sizeof(*u));
	if (u != NULL) {
		u->next = all;
		all = u;
	}
	return u;
}

struct unfinished *
interrupt_removes(const char *path)
{
	struct unfinished *u = path != NULL ? free_place() : NULL;

	if (u == NULL)
		return NULL;
	u->path = strdup(path);
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_signal(SIGHUP);
	return u;
}

void
interrupt_keeps(struct unfinished *u)
{
	char *path = u != NULL ? u->path : NULL;

	if (u != NULL)
		u->path = NULL;
	free(path);
}
