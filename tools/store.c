/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "store-tool.h"

enum { OPT_STORE = 256 };

struct command {
	const char *name;
	int (*run)(struct cli *c);
};

static const struct command commands[] = { { "record", tstore_record },
	{ "list", tstore_list }, { "latest", tstore_latest }, { NULL, NULL } };

static const struct opt opts[] = {
	{ OPT_STORE, "store", "DIR", "the store itself, not the workspace's" },
	{ 'R', "run", "RUN", "the run (default latest)" },
	{ 0, NULL, NULL, NULL },
};

static int
option(struct cli *c, int key, const char *arg)
{
	struct tstore *t = c->state;

	if (key == OPT_STORE)
		t->dir = arg;
	else
		t->run = arg;
	return ST_OK;
}

static int
start(struct cli *c)
{
	struct tstore *t = c->state;

	if (c->operand_count == 0)
		return cli_usage(c, "a command is missing");
	for (const struct command *k = commands; k->name != NULL; k++)
		if (strcmp(k->name, c->operands[0]) == 0)
			t->command = k;
	if (t->command == NULL)
		return cli_usage(c, "unknown command \"%s\"", c->operands[0]);
	c->operands++;
	c->operand_count--;
	return ST_OK;
}

static int
run(struct cli *c)
{
	struct tstore *t = c->state;
	int st;

	t->store = store_open(c, t->dir, &st);
	if (t->store == NULL)
		return st;
	st = t->command->run(c);
	store_close(t->store);
	return st;
}

const struct tool tool = {
	.name = "tstore",
	.synopsis = "COMMAND [OPTION ...] [RUN ...]",
	.summary = "Keep the runs of a workspace.",
	.opts = opts,
	.flags = CLI_OUTPUT,
	.state_size = sizeof(struct tstore),
	.option = option,
	.start = start,
	.run = run,
};
