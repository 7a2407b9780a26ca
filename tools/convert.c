/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli.h"

enum { OPT_LIST = 256 };

struct convert {
	bool list, verbose, exit_code;
	struct em_results *results; /* with -e */
};

static const struct opt opts[] = {
	{ 'e', "exit-code", NULL, "exit 1 when tests failed" },
	{ OPT_LIST, "list", NULL, "print the formats; with -v, their options" },
	{ 'v', "verbose", NULL, "with --list: options and what is lost" },
	{ 0, NULL, NULL, NULL },
};

static int
option(struct cli *c, int key, const char *arg)
{
	struct convert *cv = c->state;

	(void)arg;
	switch (key) {
	case 'e':
		cv->exit_code = true;
		break;
	case OPT_LIST:
		cv->list = true;
		break;
	default:
		cv->verbose = true;
		break;
	}
	return ST_OK;
}

/* "stream" when events come out (or go in) one by one, "whole" when the
 * document has to be complete, "-" when there is no such direction. */
static const char *
direction(unsigned flags, unsigned has, unsigned streams)
{
	if (!(flags & has))
		return "-";
	return flags & streams ? "stream" : "whole";
}

enum { INDENT = 17, HANGING = 19 };

/* A line that begins with a word and goes on with text, in lines of its own
 * where a terminal has no room; others have it in one, for grep. */
static void
put_line(unsigned width, const char *word, const char *text)
{
	size_t column = INDENT + strlen(word);

	printf("%*s%s", INDENT, "", word);
	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (width > 2 * HANGING && column + 1 + n > width) {
			printf("\n%*s", HANGING, "");
			column = HANGING;
		} else {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)n, text);
		column += n;
		text += n + strspn(text + n, " ");
	}
	putchar('\n');
}

static void
put_details(unsigned width, const struct em_format_info *f)
{
	const struct em_format_option *o = f->options;

	for (; o != NULL && o->key != NULL; o++) {
		char word[400];

		snprintf(word, sizeof(word), "-O %s=%s:", o->key, o->values);
		put_line(width, word, o->help);
	}
	if (f->losses != NULL)
		put_line(width, "loses:", f->losses);
}

static int
list_formats(const struct cli *c)
{
	const struct convert *cv = c->state;
	struct em_format_info f;

	printf("%-16s %-7s %s\n", "format", "read", "write");
	for (size_t i = 0; em_format_info(i, &f); i++) {
		printf("%-16s %-7s %-7s %s\n", f.name,
		    direction(f.flags, EM_FMT_READ, EM_FMT_STREAM_READ),
		    direction(f.flags, EM_FMT_WRITE, EM_FMT_STREAM_WRITE),
		    f.title);
		if (cv->verbose)
			put_details(c->width, &f);
	}
	return fflush(stdout) == 0 ? ST_OK : ST_IO;
}

static int
start(struct cli *c)
{
	struct convert *cv = c->state;

	if (cv->list)
		return ST_OK;
	if (c->operand_count == 0)
		return cli_usage(c,
		    "which format? name one, see 'tconv "
		    "--list'");
	c->to = c->operands[0];
	c->operands++;
	c->operand_count--;
	if (cv->exit_code) {
		cv->results = em_results_new(0, c->limits.memory_max);
		if (cv->results == NULL)
			return ST_IO;
	}
	return ST_OK;
}

static int
event(struct cli *c, const struct em_event *ev)
{
	struct convert *cv = c->state;

	if (cv->results != NULL && em_results_event(cv->results, ev) != EM_OK) {
		cli_say(c, "%s", em_results_error(cv->results)->msg);
		return ST_UNSUPPORTED;
	}
	return cli_write(c, ev);
}

static int
run(struct cli *c)
{
	const struct convert *cv = c->state;

	return cv->list ? list_formats(c) : cli_each(c, event);
}

static int
finish(struct cli *c)
{
	struct convert *cv = c->state;

	if (cv->results == NULL)
		return ST_OK;
	switch (em_results_verdict(cv->results)) {
	case EM_V_FAIL:
		return ST_NO;
	case EM_V_TRUNCATED:
		return ST_TRUNCATED;
	default:
		return ST_OK;
	}
}

static void
release(struct cli *c)
{
	struct convert *cv = c->state;

	em_results_free(cv->results);
}

const struct tool tool = {
	.name = "tconv",
	.synopsis = "[-e] [-f FROM] [-O KEY=VALUE] [-o FILE] TO [FILE ...]\n"
		    "--list [-v]",
	.summary = "Convert test results from one format to another.",
	.opts = opts,
	.flags = CLI_WRITES,
	.state_size = sizeof(struct convert),
	.option = option,
	.start = start,
	.run = run,
	.finish = finish,
	.free = release,
};
