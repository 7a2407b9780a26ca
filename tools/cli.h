/* SPDX-License-Identifier: MIT */
/*
 * What every tool shares: options, inputs, messages, exit statuses.  A tool
 * is one const struct tool; main.c runs it.  Tools see event-model.h and
 * this header, and know no format.
 */
#ifndef CLI_H
#define CLI_H

#include <event-model.h>

/* Exit statuses, the same for every tool (testpipe(7)). */
enum {
	ST_OK = 0,
	ST_NO = 1, /* tests failed, regressions, nothing selected with -e */
	ST_USAGE = 2,
	ST_MALFORMED = 3,
	ST_UNSUPPORTED = 4,
	ST_OUTSTANDING = 5,
	ST_IO = 6,
	ST_TRUNCATED = 7
};

/* An option; the table ends with help == NULL. */
struct opt {
	int key; /* its letter, or a number from 256 for a long one alone */
	const char *name; /* long name, or NULL */
	const char *arg; /* what its argument is called, or NULL */
	const char *help;
};

enum {
	CLI_WRITES = 1, /* events go out through cli->writer, to -o or stdout */
	CLI_OUTPUT = 2, /* the tool writes to cli->out itself; has -o */
	CLI_COMMAND = 4, /* operands are a command: options end at the first */
	CLI_NO_INPUT = 8, /* no -f --strict and limits: reads no events */
	CLI_THEN_COMMAND = 16 /* what follows "--" is a command */
};

struct cli;
struct unfinished;

struct tool {
	const char *name;
	const char *synopsis; /* after the name, lines separated by \n */
	const char *summary; /* one line */
	const struct opt *opts;
	unsigned flags;
	size_t state_size; /* cli->state, zeroed */
	/* All but start return ST_OK, or the status to stop with after having
	 * said why. */
	int (*option)(struct cli *c, int key, const char *arg);
	/* After the options; may take operands off the front. */
	int (*start)(struct cli *c);
	/* For each event of each input, in order ... */
	int (*event)(struct cli *c, const struct em_event *ev);
	/* ... or instead of all that. */
	int (*run)(struct cli *c);
	/* When the input has nothing to give at the moment; may be NULL. */
	void (*idle)(struct cli *c);
	/* At the end, when nothing stopped the tool. */
	int (*finish)(struct cli *c);
	void (*free)(struct cli *c);
};

/* Reports of one input, so that a flood of them is cut. */
struct cli_input {
	struct cli *cli;
	const char *name; /* "-" for standard input */
	int fd;
	struct em_reader *reader;
	unsigned warned;
};

struct cli {
	const struct tool *tool;
	void *state;
	char **operands; /* inputs, ends with NULL */
	int operand_count;
	char **command; /* with CLI_THEN_COMMAND: what follows "--"; or NULL */

	const char *from; /* -f */
	const char *to; /* output format, NULL: native */
	const char **format_options; /* -O, ends with NULL */
	size_t format_option_count;
	const char *output; /* -o */
	bool strict, quiet;
	bool color, color_stderr, color_auto;
	unsigned width; /* of the terminal, 0 when stdout is none */
	struct em_limits limits;
	const char *const *ignore; /* members that the tool does not look at */
	bool order_on_demand; /* see em_reader_opts */
	struct cli_input *input; /* that cli_each() is at */

	struct em_out *out;
	struct unfinished *unfinished; /* what out is to replace a file with */
	struct em_writer *writer;
	int status; /* the worst so far */
	uint64_t violations; /* that readers told of */
	int exit_status; /* of a command that was run: when not 0, it is ours,
			  * unless there was trouble with the output */
};

int cli_main(const struct tool *tool, int argc, char **argv);

/* Keeps the worse of what was and st: 6, 4, 3, 7, 5, then 1. */
void cli_status(struct cli *c, int st);
/* "tool: message" on standard error. */
void cli_say(const struct cli *c, const char *fmt, ...) EM_PRINTF(2, 3);
/* The same unless -q was given. */
void cli_note(const struct cli *c, const char *fmt, ...) EM_PRINTF(2, 3);
/* Says it and points to --help; returns ST_USAGE. */
int cli_usage(const struct cli *c, const char *fmt, ...) EM_PRINTF(2, 3);
/* The status of an error. */
int cli_status_of(const struct em_error *e);

/* Opens an input ("-" is stdin); false when it cannot be, which is said and
 * remembered in the status. */
bool cli_open(struct cli *c, struct cli_input *in, const char *name);
/* The next event; at the end or on an error false, said and remembered. */
bool cli_next(struct cli_input *in, const struct em_event **ev);
void cli_close(struct cli_input *in);
/* Every event of every operand (stdin when there are none) to f; stops when
 * f does not return ST_OK. */
int cli_each(struct cli *c, int (*f)(struct cli *c, const struct em_event *ev));
/* Passes an event on to cli->writer: what tools that filter do. */
int cli_write(struct cli *c, const struct em_event *ev);
/* Whole numbers with suffixes k M G (powers of 1024); false: said. */
bool cli_size(const struct cli *c, const char *arg, size_t *n);
/* "90", "1.5s", "200ms", "10m", "2h": to nanoseconds; false: said. */
bool cli_duration(const struct cli *c, const char *arg, int64_t *ns);
/* A whole number from min to max; false: said. */
bool cli_number(
    const struct cli *c, const char *arg, long min, long max, long *n);
/* The place of word in the list, which ends with NULL; -1: said, with all
 * that it may be. */
int cli_choice(const struct cli *c, const char *option, const char *word,
    const char *const *list);
/* Reads a small file whole ("-" is stdin); NULL: said.  To be freed. */
char *cli_slurp(struct cli *c, const char *path, size_t *n);

#endif
