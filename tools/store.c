/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "store-tool.h"

struct subcommand {
	const char *name;
	int (*run)(struct cli *c);
	int operands_min, operands_max;
	const char *options; /* those of its own, by their long names */
};

static const struct subcommand subcommands[] = {
	{ "record", tstore_record, 0, 0, "run output-max " },
	{ "list", tstore_list, 0, 0, "format " },
	{ "info", tstore_info, 0, 1, "run format " },
	{ "latest", tstore_latest, 0, 0, "" },
	{ "replay", tstore_replay, 0, 1,
	    "run status-level final-status-level success-output "
	    "failure-output no-output-indent no-capture no-pager exit-code " },
	{ "export", tstore_export, 0, 1, "run to all " },
	{ "import", tstore_import, 0, 1000000, "size-max " },
	{ "prune", tstore_prune, 0, 0,
	    "dry-run max-runs max-size max-age save " },
	{ "history", tstore_history, 1, 1, "format " },
	{ "flaky", tstore_flaky, 0, 0, "format " },
	{ NULL, NULL, 0, 0, NULL },
};

static const struct opt opts[] = {
	{ OPT_STORE, "store", "DIR", "this store, not that of the workspace" },
	{ 'R', "run", "RUN",
	    "the run; record: the run that this is a rerun of" },
	{ OPT_FORMAT, "format", "FORMAT", "text or json (a line each)" },
	{ OPT_OUTPUT_MAX, "output-max", "BYTES",
	    "record: of output, and of text (default 10M)" },
	{ OPT_STATUS_LEVEL, "status-level", "LEVEL",
	    "replay: lines to print (default pass)" },
	{ OPT_FINAL_LEVEL, "final-status-level", "LEVEL",
	    "replay: lines at the end (default fail)" },
	{ OPT_SUCCESS_OUTPUT, "success-output", "WHEN",
	    "replay: never (default), immediate, final or\n"
	    "                              immediate-final" },
	{ OPT_FAILURE_OUTPUT, "failure-output", "WHEN",
	    "replay: the same (default immediate)" },
	{ OPT_NO_INDENT, "no-output-indent", NULL, "replay: output as it was" },
	{ OPT_NO_CAPTURE, "no-capture", NULL,
	    "replay: all output, at once, as it was" },
	{ OPT_NO_PAGER, "no-pager", NULL, "replay: also to a terminal" },
	{ OPT_EXIT_CODE, "exit-code", NULL,
	    "replay: exit with the status that the run had" },
	{ 't', "to", "FORMAT",
	    "export: a format of tconv (default: portable file)" },
	{ OPT_ALL, "all", NULL, "export: every run" },
	{ OPT_TOTAL_MAX, "size-max", "BYTES",
	    "import: refuse more than that (default 4G)" },
	{ OPT_DRY_RUN, "dry-run", NULL, "prune: only say what would go" },
	{ OPT_MAX_RUNS, "max-runs", "N", "prune: keep so many (100)" },
	{ OPT_MAX_SIZE, "max-size", "BYTES", "prune: keep that much (1 GB)" },
	{ OPT_MAX_AGE, "max-age", "TIME", "prune: keep for so long (30d)" },
	{ OPT_SAVE, "save", NULL, "prune: keep to these limits from now on" },
	{ 0, NULL, NULL, NULL },
};

static int
set_format(struct cli *c, const char *arg)
{
	static const char *const formats[] = { "text", "json", NULL };
	struct tstore *t = c->state;
	int at = cli_choice(c, "--format", arg, formats);

	t->json = at == 1;
	return at >= 0 ? ST_OK : ST_USAGE;
}

static int
limit_option(struct cli *c, int key, const char *arg)
{
	struct tstore *t = c->state;
	size_t size;
	long n;

	if (key == OPT_MAX_AGE)
		return cli_duration(c, arg, &t->limits.age_ns) ? ST_OK
							       : ST_USAGE;
	if (key == OPT_MAX_RUNS) {
		if (!cli_number(c, arg, 1, 1000000, &n))
			return ST_USAGE;
		t->limits.runs = (uint64_t)n;
		return ST_OK;
	}
	if (!cli_size(c, arg, &size))
		return ST_USAGE;
	if (key == OPT_MAX_SIZE)
		t->limits.bytes = size;
	else if (key == OPT_OUTPUT_MAX)
		t->output_max = size;
	else
		t->total_max = size;
	return ST_OK;
}

static int
option(struct cli *c, int key, const char *arg)
{
	struct tstore *t = c->state;

	for (size_t i = 0; opts[i].help != NULL; i++)
		if (opts[i].key == key)
			t->given |= 1ul << i;
	switch (key) {
	case OPT_STORE:
		t->dir = arg;
		return ST_OK;
	case 'R':
		t->run = arg;
		return ST_OK;
	case 't':
		t->to = arg;
		return ST_OK;
	case OPT_FORMAT:
		return set_format(c, arg);
	case OPT_ALL:
		t->all = true;
		return ST_OK;
	case OPT_DRY_RUN:
		t->dry_run = true;
		return ST_OK;
	case OPT_SAVE:
		t->save = true;
		return ST_OK;
	case OPT_OUTPUT_MAX:
	case OPT_TOTAL_MAX:
	case OPT_MAX_RUNS:
	case OPT_MAX_SIZE:
	case OPT_MAX_AGE:
		return limit_option(c, key, arg);
	default:
		return replay_option(c, key, arg);
	}
}

/* Is the word in the list, in which a space follows each? */
static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; *list != '\0'; list += strcspn(list, " ") + 1)
		if (strncmp(list, word, n) == 0 && list[n] == ' ')
			return true;
	return false;
}

static int
check_options(struct cli *c)
{
	const struct tstore *t = c->state;

	for (size_t i = 1; opts[i].help != NULL; i++)
		if (t->given & 1ul << i &&
		    !has_word(t->command->options, opts[i].name))
			return cli_usage(c, "--%s is no option of \"%s\"",
			    opts[i].name, t->command->name);
	if (t->given & 2ul && c->operand_count > 0)
		return cli_usage(
		    c, "-R and \"%s\" both name a run", c->operands[0]);
	return ST_OK;
}

/* A portable file is zstd already, and -o would make it so again. */
static int
check_output(struct cli *c)
{
	const struct tstore *t = c->state;
	const char *dot = c->output != NULL ? strrchr(c->output, '.') : NULL;
	struct em_format_info info;

	if (t->to != NULL &&
	    !(em_format_find(t->to, &info) && info.flags & EM_FMT_WRITE))
		return cli_usage(c,
		    "unknown output format \"%s\", see 'tconv --list'", t->to);
	if (c->output != NULL &&
	    (t->command->run == tstore_record ||
		t->command->run == tstore_import))
		return cli_usage(
		    c, "--output is no option of \"%s\"", t->command->name);
	if (t->command->run == tstore_export && t->to == NULL && dot != NULL &&
	    (strcmp(dot, ".zst") == 0 || strcmp(dot, ".gz") == 0))
		return cli_usage(c,
		    "a portable file is compressed already, call \"%s\" "
		    "something else than \"%s\"",
		    c->output, dot);
	return ST_OK;
}

static bool
given(const struct tstore *t, int key)
{
	for (size_t i = 0; opts[i].help != NULL; i++)
		if (opts[i].key == key)
			return t->given & 1ul << i;
	return false;
}

static void
set_defaults(struct tstore *t)
{
	if (!given(t, OPT_STATUS_LEVEL))
		t->show.level = SHOW_PASS;
	if (!given(t, OPT_FINAL_LEVEL))
		t->show.final = FINAL_FAIL;
	if (!given(t, OPT_FAILURE_OUTPUT) && !given(t, OPT_NO_CAPTURE))
		t->show.failure_output = OUTPUT_IMMEDIATE;
	if (t->total_max == 0)
		t->total_max = (size_t)4 << 30;
}

static int
start(struct cli *c)
{
	struct tstore *t = c->state;
	char all[128] = "";
	size_t n = 0;
	int st;

	for (const struct subcommand *k = subcommands; k->name != NULL; k++) {
		if (c->operand_count > 0 &&
		    strcmp(k->name, c->operands[0]) == 0)
			t->command = k;
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", k->name);
	}
	if (c->operand_count == 0)
		return cli_usage(c, "a command is missing, there are%s", all);
	if (t->command == NULL)
		return cli_usage(c, "unknown command \"%s\", there are%s",
		    c->operands[0], all);
	c->operands++;
	c->operand_count--;
	if (c->operand_count < t->command->operands_min)
		return cli_usage(
		    c, "%s needs the name of a test", t->command->name);
	if (c->operand_count > t->command->operands_max)
		return cli_usage(c, "\"%s\" is one operand too many",
		    c->operands[t->command->operands_max]);
	set_defaults(t);
	st = check_options(c);
	return st == ST_OK ? check_output(c) : st;
}

const char *
tstore_operand(struct cli *c)
{
	const struct tstore *t = c->state;

	if (c->operand_count > 0)
		return c->operands[0];
	return t->run != NULL ? t->run : "latest";
}

bool
tstore_is_file(const char *what)
{
	return strcmp(what, "-") == 0 || strpbrk(what, "/.") != NULL;
}

static enum store_use
use_of(const struct tstore *t)
{
	return t->command->run == tstore_record ||
		t->command->run == tstore_import || t->save
	    ? STORE_WRITE
	    : STORE_READ;
}

static int
run(struct cli *c)
{
	struct tstore *t = c->state;
	int st;

	t->store = store_open(c, t->dir, use_of(t), &st);
	if (t->store == NULL && t->command->run != tstore_record)
		return st;
	if (t->store == NULL)
		cli_status(c, st);
	st = t->command->run(c);
	store_close(t->store);
	return st;
}

static void
release(struct cli *c)
{
	struct tstore *t = c->state;

	pager_wait(t->pager);
}

const struct tool tool = {
	.name = "tstore",
	.synopsis = "record [-R RUN] [--output-max BYTES] [-- COMMAND ...]\n"
		    "list | info [RUN] | latest | history TEST | flaky\n"
		    "replay [--status-level LEVEL] [--exit-code] [RUN | FILE]\n"
		    "export [-t FORMAT] [-o FILE] [--all | RUN]\n"
		    "import [--size-max BYTES] [FILE ...]\n"
		    "prune [--dry-run] [--max-runs N] [--max-age TIME] ...",
	.summary = "Keep the runs of a workspace, and print, pass on and "
		   "compare them later.\n"
		   "A RUN is latest, an id, or the beginning of one.",
	.opts = opts,
	.flags = CLI_OUTPUT | CLI_THEN_COMMAND,
	.state_size = sizeof(struct tstore),
	.option = option,
	.start = start,
	.run = run,
	.free = release,
};
