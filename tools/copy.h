/* SPDX-License-Identifier: MIT */
/*
 * Copies an input to standard output byte for byte, whatever the bytes
 * mean, and hands on what they mean.
 */
#ifndef COPY_H
#define COPY_H

#include "cli.h"

struct copy {
	struct cli *cli;
	int fd; /* to read from */
	const char *name; /* of it */
	const char *format; /* NULL: recognised by content */
	const char *const *ignore; /* members that nobody looks at, or NULL */
	/* False when nobody wants more. */
	bool (*event)(void *arg, const struct em_event *ev);
	/* When the input has nothing to give at the moment. */
	void (*idle)(void *arg);
	void *arg;
	bool stdout_failed;
	unsigned warned;
};

/* Trouble of the input or output is said and remembered in the status.  Only
 * when nobody wants the bytes or the events any more it ends early. */
int copy_input(struct copy *t);

#endif
