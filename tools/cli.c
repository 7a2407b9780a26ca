/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"
#include "interrupt.h"

enum {
	OPT_STRICT = 1024,
	OPT_COLOR,
	OPT_LINE_MAX,
	OPT_MEMORY_MAX,
	OPT_DEPTH_MAX,
	OPTS_MAX = 64
};

static const struct opt input_opts[] = {
	{ 'f', "from", "FORMAT", "input format (default: by content)" },
	{ OPT_STRICT, "strict", NULL,
	    "stop at the first line that is not an event" },
	{ OPT_LINE_MAX, "line-max", "BYTES", "longest line (default 64M)" },
	{ OPT_MEMORY_MAX, "memory-max", "BYTES",
	    "most memory for one event (default 1G)" },
	{ OPT_DEPTH_MAX, "depth-max", "N", "deepest nesting (default 1000)" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt output_opts[] = {
	{ 'o', "output", "FILE", "write to FILE, put in place when complete" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt common_opts[] = {
	{ 'O', "option", "KEY=VALUE", "option of a format, see tconv --list" },
	{ 'q', "quiet", NULL, "no warnings and no counts of what was lost" },
	{ OPT_COLOR, "color", "WHEN", "auto, always or never" },
	{ 'h', "help", NULL, "print this help" },
	{ 'V', "version", NULL, "print the version" },
	{ 0, NULL, NULL, NULL },
};

/* ---- messages and statuses ---- */

void
cli_status(struct cli *c, int st)
{
	/* From the best to the worst. */
	static const int order[] = { ST_OK, ST_NO, ST_OUTSTANDING, ST_TRUNCATED,
		ST_MALFORMED, ST_UNSUPPORTED, ST_IO, ST_USAGE };
	size_t was = 0, is = 0;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (order[i] == c->status)
			was = i;
		if (order[i] == st)
			is = i;
	}
	if (is > was)
		c->status = st;
}

int
cli_status_of(const struct em_error *e)
{
	switch (e->code) {
	case EM_E_NONE:
		return ST_OK;
	case EM_E_USAGE:
		return ST_USAGE;
	case EM_E_SYNTAX:
		return ST_MALFORMED;
	case EM_E_VERSION:
	case EM_E_LIMIT:
		return ST_UNSUPPORTED;
	case EM_E_TRUNCATED:
		return ST_TRUNCATED;
	default:
		return ST_IO;
	}
}

/* Names of files, tests and words of options are quoted in messages: nothing
 * in them may steer the terminal, or look like a message of its own. */
static void
say(const struct cli *c, const char *fmt, va_list ap)
{
	struct em_out *line = em_out_mem();
	char text[4096];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (line != NULL) {
		em_out_plain(line, em_str(text), NULL);
		fprintf(stderr, "%s: %.*s\n", c->tool->name,
		    (int)em_out_memory(line).n, em_out_memory(line).p);
	} else {
		fprintf(stderr, "%s: out of memory\n", c->tool->name);
	}
	em_out_discard(line);
}

void
cli_say(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, fmt, ap);
	va_end(ap);
}

void
cli_note(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->quiet)
		return;
	va_start(ap, fmt);
	say(c, fmt, ap);
	va_end(ap);
}

int
cli_usage(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, fmt, ap);
	va_end(ap);
	fprintf(stderr, "try '%s --help'\n", c->tool->name);
	return ST_USAGE;
}

/* ---- help ---- */

static void
print_synopsis(const struct tool *t)
{
	const char *line = t->synopsis, *end;
	const char *lead = "usage:";

	for (;; line = end + 1, lead = "      ") {
		end = strchr(line, '\n');
		printf("%s %s %.*s\n", lead, t->name,
		    end != NULL ? (int)(end - line) : (int)strlen(line), line);
		if (end == NULL)
			return;
	}
}

static void
print_opts(const struct opt *o)
{
	for (; o != NULL && o->help != NULL; o++) {
		char left[64];
		int n = 0;

		if (o->key < 256)
			n = snprintf(left, sizeof(left), "-%c", o->key);
		else
			n = snprintf(left, sizeof(left), "  ");
		if (o->name != NULL)
			n += snprintf(left + n, sizeof(left) - (size_t)n,
			    "%s --%s", o->key < 256 ? "," : " ", o->name);
		if (o->arg != NULL)
			n += snprintf(left + n, sizeof(left) - (size_t)n,
			    "%c%s", o->name != NULL ? '=' : ' ', o->arg);
		if (n > 26)
			printf("  %s\n  %26s  %s\n", left, "", o->help);
		else
			printf("  %-26s  %s\n", left, o->help);
	}
}

/* The option tables of a tool, in the order of its help. */
static size_t
tables(const struct tool *t, const struct opt *out[4])
{
	size_t n = 0;

	if (t->opts != NULL)
		out[n++] = t->opts;
	if (t->flags & (CLI_WRITES | CLI_OUTPUT))
		out[n++] = output_opts;
	if (!(t->flags & CLI_NO_INPUT))
		out[n++] = input_opts;
	out[n++] = common_opts;
	return n;
}

static int
print_help(const struct tool *t)
{
	const struct opt *all[4];
	size_t n = tables(t, all);

	print_synopsis(t);
	printf("%s\n\n", t->summary);
	for (size_t i = 0; i < n; i++)
		print_opts(all[i]);
	printf("\nsee %s(1) and testpipe(7)\n", t->name);
	return fflush(stdout) == 0 ? ST_OK : ST_IO;
}

static int
print_version(const struct tool *t)
{
	printf("%s (testpipe) %s, test-events %s\n", t->name, VERSION,
	    EM_PROTOCOL_VERSION);
	return fflush(stdout) == 0 ? ST_OK : ST_IO;
}

/* ---- options ---- */

struct parsed {
	char letters[2 * OPTS_MAX + 3];
	struct option longs[OPTS_MAX + 1];
};

static void
build_getopt(const struct tool *t, struct parsed *p)
{
	const struct opt *all[4];
	size_t n = tables(t, all), letters = 0, longs = 0;

	if (t->flags & CLI_COMMAND)
		p->letters[letters++] = '+';
	p->letters[letters++] = ':';
	for (size_t i = 0; i < n; i++)
		for (const struct opt *o = all[i]; o->help != NULL; o++) {
			if (longs >= OPTS_MAX)
				return;
			if (o->key < 256) {
				p->letters[letters++] = (char)o->key;
				if (o->arg != NULL)
					p->letters[letters++] = ':';
			}
			if (o->name != NULL)
				p->longs[longs++] = (struct option){ o->name,
					o->arg != NULL ? required_argument
						       : no_argument,
					NULL, o->key };
		}
}

static int
add_format_option(struct cli *c, const char *arg)
{
	size_t n = c->format_option_count;
	const char **v;

	if (strchr(arg, '=') == NULL)
		return cli_usage(
		    c, "bad option \"%s\", the form is key=value", arg);
	v = realloc(c->format_options, (n + 2) * sizeof(*v));
	if (v == NULL)
		return ST_IO;
	v[n] = arg;
	v[n + 1] = NULL;
	c->format_options = v;
	c->format_option_count = n + 1;
	return ST_OK;
}

static bool
use_color(int fd)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && (none == NULL || *none == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

static int
set_color(struct cli *c, const char *when)
{
	c->color_auto = strcmp(when, "auto") == 0;
	if (c->color_auto) {
		c->color = use_color(STDOUT_FILENO);
		c->color_stderr = use_color(STDERR_FILENO);
	} else if (strcmp(when, "always") == 0) {
		c->color = c->color_stderr = true;
	} else if (strcmp(when, "never") == 0) {
		c->color = c->color_stderr = false;
	} else {
		return cli_usage(
		    c, "bad --color \"%s\", it is auto, always or never", when);
	}
	return ST_OK;
}

static unsigned
terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize ws;
	long n;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns != NULL && (n = strtol(columns, NULL, 10)) > 0 && n < 10000)
		return (unsigned)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		return ws.ws_col;
	return 80;
}

static int
take_option(struct cli *c, int key, const char *arg)
{
	long n;

	switch (key) {
	case 'f':
		c->from = arg;
		return ST_OK;
	case 'o':
		c->output = arg;
		return ST_OK;
	case 'O':
		return add_format_option(c, arg);
	case 'q':
		c->quiet = true;
		return ST_OK;
	case OPT_STRICT:
		c->strict = true;
		return ST_OK;
	case OPT_COLOR:
		return set_color(c, arg);
	case OPT_LINE_MAX:
		return cli_size(c, arg, &c->limits.line_max) ? ST_OK : ST_USAGE;
	case OPT_MEMORY_MAX:
		return cli_size(c, arg, &c->limits.memory_max) ? ST_OK
							       : ST_USAGE;
	case OPT_DEPTH_MAX:
		if (!cli_number(c, arg, 1, 1000000, &n))
			return ST_USAGE;
		c->limits.depth_max = (unsigned)n;
		return ST_OK;
	default:
		return c->tool->option(c, key, arg);
	}
}

/* Is key one of the tool's own options?  They come before the common ones,
 * so that a tool can give -f or -O another meaning. */
static bool
own_option(const struct tool *t, int key)
{
	for (const struct opt *o = t->opts; o != NULL && o->help != NULL; o++)
		if (o->key == key)
			return true;
	return false;
}

/* Cuts a command behind "--" off the arguments. */
static void
take_command(struct cli *c, int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++)
		if (strcmp(argv[i], "--") == 0) {
			if (i + 1 < *argc)
				c->command = argv + i + 1;
			argv[i] = NULL;
			*argc = i;
			return;
		}
}

/* -1: go on; else the status to exit with. */
static int
parse_options(struct cli *c, int argc, char **argv)
{
	struct parsed p = { .letters = "" };
	int key, st;

	if (c->tool->flags & CLI_THEN_COMMAND)
		take_command(c, &argc, argv);
	build_getopt(c->tool, &p);
	opterr = 0;
	optind = 0;
	while (
	    (key = getopt_long(argc, argv, p.letters, p.longs, NULL)) != -1) {
		const char *word = argv[optind > 1 ? optind - 1 : 1];

		if (key == '?' && optopt != 0 && strncmp(word, "--", 2) == 0)
			return cli_usage(
			    c, "option \"%s\" takes no argument", word);
		if (key == '?' && optopt != 0)
			return cli_usage(c, "unknown option \"-%c\"", optopt);
		if (key == '?')
			return cli_usage(c, "unknown option \"%s\"", word);
		if (key == ':')
			return cli_usage(
			    c, "option \"%s\" needs an argument", word);
		if (key == 'h')
			return print_help(c->tool);
		if (key == 'V')
			return print_version(c->tool);
		st = own_option(c->tool, key) ? c->tool->option(c, key, optarg)
					      : take_option(c, key, optarg);
		if (st != ST_OK)
			return st;
	}
	c->operands = argv + optind;
	c->operand_count = argc - optind;
	return -1;
}

/* ---- a tool from start to end ---- */

static int
open_output(struct cli *c)
{
	bool file = c->output != NULL && strcmp(c->output, "-") != 0;
	struct em_writer_opts wo = { .format = c->to,
		.options = c->format_options,
		.width = file ? 0 : c->width };
	struct em_error err = { 0 };
	const struct em_error *e;
	int st;

	if (!(c->tool->flags & (CLI_WRITES | CLI_OUTPUT)))
		return ST_OK;
	/* What standard output is says nothing of a file. */
	c->color = c->color && !(file && c->color_auto);
	wo.color = c->color;
	c->out = file ? em_out_file(c->output, EM_OUT_REPLACE)
		      : em_out_fd(STDOUT_FILENO, "standard output");
	if (c->out == NULL) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	c->unfinished = interrupt_removes(em_out_temporary(c->out));
	e = em_out_error(c->out);
	if (e == NULL && c->tool->flags & CLI_WRITES) {
		c->writer = em_writer_open(&wo, c->out, &err);
		e = c->writer == NULL ? &err : NULL;
	}
	if (e == NULL)
		return ST_OK;
	cli_say(c, "%s", e->msg);
	st = cli_status_of(e);
	/* Said once: there is nothing to close any more. */
	em_out_discard(c->out);
	c->out = NULL;
	return st;
}

static void
finish_writer(struct cli *c)
{
	const struct em_loss *l;
	const struct em_error *e;

	if (em_writer_finish(c->writer) != EM_OK) {
		e = em_writer_error(c->writer);
		/* Errors of the output itself are said when it is closed. */
		if (em_out_error(c->out) == NULL) {
			cli_say(c, "%s", e->msg);
			cli_status(c, cli_status_of(e));
		}
	}
	for (l = em_writer_lost(c->writer); l->what != NULL; l++)
		cli_note(c, "format %s cannot hold %s: %llu dropped", c->to,
		    l->what, (unsigned long long)l->count);
	em_writer_close(c->writer);
	c->writer = NULL;
}

static void
close_output(struct cli *c)
{
	struct em_error err = { 0 };

	if (c->writer != NULL)
		finish_writer(c);
	/* Nothing of worth was made: leave what FILE was. */
	if (c->status == ST_USAGE)
		em_out_discard(c->out);
	else if (c->out != NULL && em_out_close(c->out, &err) != EM_OK) {
		cli_say(c, "%s", err.msg);
		cli_status(c, ST_IO);
	}
	c->out = NULL;
	interrupt_keeps(c->unfinished);
}

static int
run_tool(struct cli *c)
{
	const struct tool *t = c->tool;
	int st;

	if (t->start != NULL && (st = t->start(c)) != ST_OK)
		return st;
	if ((st = open_output(c)) != ST_OK)
		return st;
	st = t->run != NULL ? t->run(c) : cli_each(c, t->event);
	if (st == ST_OK && t->finish != NULL)
		st = t->finish(c);
	return st;
}

int
cli_main(const struct tool *tool, int argc, char **argv)
{
	struct cli c = { .tool = tool };
	int st;

	c.state = calloc(1, tool->state_size + 1);
	if (c.state == NULL)
		return ST_IO;
	set_color(&c, "auto");
	c.width = terminal_width();
	st = parse_options(&c, argc, argv);
	if (st < 0) {
		cli_status(&c, run_tool(&c));
		close_output(&c);
		st = c.exit_status != 0 && c.status != ST_IO &&
			c.status != ST_USAGE
		    ? c.exit_status
		    : c.status;
	}
	if (tool->free != NULL)
		tool->free(&c);
	free(c.format_options);
	free(c.state);
	return st;
}
