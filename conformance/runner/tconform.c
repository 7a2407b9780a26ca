/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>

#include "proc.h"
#include "tconform.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "run", cmd_run, "hold a program to the suite" },
	{ "list", cmd_list, "list the cases" },
	{ "explain", cmd_explain, "say what a case or a rule is about" },
	{ "copy", cmd_copy, "copy the suite's data" },
	{ "matrix", cmd_matrix, "put reports side by side" },
	{ "xfail", cmd_xfail, "check or update expected failures" },
	{ "selftest", cmd_selftest, "hold the suite to its purpose" },
	{ "check", cmd_check, "hold a captured stream to the rules" },
	{ "gen", cmd_gen, "make a stream from a stream" },
	{ "schema", cmd_schema, "say what a change of schema takes" },
	{ "validate", cmd_validate, "hold events to a JSON Schema" },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

int
usage(const char *command, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "tconform %s: ", command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\ntry 'tconform %s --help'\n", command);
	return EXIT_BAD_USAGE;
}

struct suite *
open_suite(const char *command, const char *dir)
{
	char *path = suite_find(dir);
	struct buf why = { 0 };
	struct suite *s = NULL;

	if (path == NULL)
		fprintf(stderr,
		    "tconform %s: there is no suite%s%s; name it with "
		    "--suite\n",
		    command, dir != NULL ? " at " : "", dir != NULL ? dir : "");
	else if ((s = suite_load(path, &why)) == NULL)
		fprintf(stderr, "tconform %s: %s\n", command, buf_str(&why));
	buf_free(&why);
	free(path);
	return s;
}

static bool
any_glob(const char *id, const struct strings *globs)
{
	for (size_t i = 0; i < globs->n; i++)
		if (fnmatch(globs->v[i], id, FNM_PATHNAME) == 0)
			return true;
	return false;
}

bool
id_chosen(
    const char *id, const struct strings *keep, const struct strings *leave)
{
	return (keep->n == 0 || any_glob(id, keep)) && !any_glob(id, leave);
}

static void
help(void)
{
	puts("usage: tconform COMMAND [ARG]...\n\n"
	     "The conformance suite of test-events.\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].what);
	puts("\n  -h, --help     this\n"
	     "  -V, --version  the version\n\n"
	     "'tconform COMMAND --help' says more; tconform(1) says it all.");
}

/* The status of a command, unless what it printed did not come out. */
static int
finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "tconform: standard output: %s\n", strerror(errno));
	return EXIT_IO;
}

int
main(int argc, char **argv)
{
	proc_init();
	if (argc < 2) {
		fputs("tconform: no command; try 'tconform --help'\n", stderr);
		return EXIT_BAD_USAGE;
	}
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
		help();
		return finish(0);
	}
	if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0) {
		puts("tconform (testpipe) " VERSION);
		return finish(0);
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return finish(commands[i].run(argc - 1, argv + 1));
	fprintf(stderr, "tconform: no command \"%s\"; try 'tconform --help'\n",
	    argv[1]);
	return EXIT_BAD_USAGE;
}
