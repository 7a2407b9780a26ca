/* SPDX-License-Identifier: MIT */
/* What the subcommands share. */
#ifndef TCONFORM_H
#define TCONFORM_H

#include "buf.h"
#include "suite.h"

/* Exit statuses. */
enum {
	EXIT_AS_EXPECTED = 0,
	EXIT_UNEXPECTED = 1,
	EXIT_BAD_USAGE = 2,
	EXIT_AT_FAULT = 3 /* the runner or the suite is */
};

/* Each is one file and one line in tconform.c. */
int cmd_copy(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);

/* "tconform NAME: message" and where help is; gives EXIT_BAD_USAGE. */
int usage(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The suite at dir (NULL: found); says why there is none. */
struct suite *open_suite(const char *command, const char *dir);
/* True when id is taken by the globs: by one of -k, if any, and by none of -x.
 * A "*" stays within one part of the id. */
bool id_chosen(
    const char *id, const struct strings *keep, const struct strings *leave);

#endif
