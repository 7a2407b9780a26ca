/* SPDX-License-Identifier: MIT */
/* What the subcommands share. */
#ifndef TCONFORM_H
#define TCONFORM_H

#include "buf.h"
#include "lint.h"
#include "suite.h"

/* Exit statuses. */
enum {
	EXIT_AS_EXPECTED = 0,
	EXIT_UNEXPECTED = 1,
	EXIT_BAD_USAGE = 2,
	EXIT_AT_FAULT = 3, /* the runner or the suite is */
	EXIT_IO = 6
};

/* Each is one file and one line in tconform.c. */
int cmd_check(int argc, char **argv);
int cmd_copy(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_gen(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_matrix(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_selftest(int argc, char **argv);
int cmd_xfail(int argc, char **argv);
int cmd_schema(int argc, char **argv);
int cmd_validate(int argc, char **argv);

/* MANIFEST.tsv: the names of its columns, and a case. */
void manifest_head(void);
void manifest_line(const struct conf_case *c);
/* "tconform NAME: message" and where help is; gives EXIT_BAD_USAGE. */
int usage(const char *command, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The suite at dir (NULL: found); says why there is none. */
struct suite *open_suite(const char *command, const char *dir);
/* True when id is taken by the globs: by one of -k, if any, and by none of -x.
 * A "*" stays within one part of the id. */
bool id_chosen(
    const char *id, const struct strings *keep, const struct strings *leave);

/* A schema and the text that it lives on. */
struct schema_file {
	struct json *text;
	struct schema *schema;
	bool unread; /* the file could not be read */
};

/* False: it has said why. */
bool schema_file_open(struct schema_file *f, const char *command,
    const char *path, enum schema_language language);
void schema_file_close(struct schema_file *f);
/* The published schemas, which are beside the suite; NULL: it has said why. */
struct lint_schemas *open_schemas(const char *command, const char *suite);

#endif
