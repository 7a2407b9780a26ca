/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rerun.h"

enum {
	OPT_FOR = 256,
	OPT_ONLY,
	OPT_ACTION,
	OPT_SPLIT,
	OPT_MATRIX,
	OPT_STATE,
	OPT_BYTES,
	OPT_RUNNERS
};

enum action { ACTION_PRINT, ACTION_ASSERT_CLEAN, ACTION_RUN };

enum only {
	ONLY_DUE, /* what is outstanding, and new tests of a listing */
	ONLY_FAILED,
	ONLY_NOTRUN,
	ONLY_NEW,
	ONLY_FLAKY,
	ONLY_SLOW,
	ONLY_ALL
};

struct rerun {
	const struct rerun_runner *runner;
	enum only only;
	enum action action;
	long part, parts; /* of --split, from 1 */
	long matrix;
	const char *state_file;
	size_t bytes_max;
	bool list_runners;
	char **command; /* after --, or NULL */
	int files; /* operands before it */
	struct rerun_state state;
};

static const struct opt opts[] = {
	{ OPT_FOR, "for", "RUNNER", "whose language to speak (default names)" },
	{ OPT_RUNNERS, "runners", NULL, "print the runners" },
	{ OPT_ONLY, "only", "WHAT", "failed, notrun, new, flaky, slow or all" },
	{ OPT_ACTION, "action", "WHAT",
	    "print (default), assert-clean or run" },
	{ OPT_SPLIT, "split", "I/N", "part I of N, balanced by durations" },
	{ OPT_MATRIX, "matrix", "N", "all N parts, as a CI matrix in JSON" },
	{ OPT_STATE, "state", "FILE", "keep what passes and what does not" },
	{ OPT_BYTES, "max-args-bytes", "BYTES",
	    "longest command line (default 128k)" },
	{ 0, NULL, NULL, NULL },
};

static int
choose(const struct cli *c, const char *option, const char *word,
    const char *const *list)
{
	char all[128] = "";
	size_t n = 0;

	for (int i = 0; list[i] != NULL; i++) {
		if (strcmp(word, list[i]) == 0)
			return i;
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", list[i]);
	}
	cli_usage(c, "bad %s \"%s\", it is one of%s", option, word, all);
	return -1;
}

static int
set_runner(const struct cli *c, struct rerun *r, const char *name)
{
	char all[400] = "";
	size_t n = 0;

	r->runner = rerun_runner_find(name);
	if (r->runner != NULL)
		return ST_OK;
	for (const struct rerun_runner *x = rerun_runners; x->name != NULL; x++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", x->name);
	return cli_usage(c, "unknown runner \"%s\", there are%s", name, all);
}

static int
set_split(const struct cli *c, struct rerun *r, const char *arg)
{
	char *end;

	r->part = strtol(arg, &end, 10);
	if (*end == '/')
		r->parts = strtol(end + 1, &end, 10);
	if (*end == '\0' && r->part >= 1 && r->part <= r->parts &&
	    r->parts <= 100000)
		return ST_OK;
	return cli_usage(c, "bad --split \"%s\", it is like 2/5", arg);
}

static int
option(struct cli *c, int key, const char *arg)
{
	static const char *const onlys[] = { "due", "failed", "notrun", "new",
		"flaky", "slow", "all", NULL };
	static const char *const actions[] = { "print", "assert-clean", "run",
		NULL };
	struct rerun *r = c->state;
	int at = 0;

	switch (key) {
	case OPT_FOR:
		return set_runner(c, r, arg);
	case OPT_RUNNERS:
		r->list_runners = true;
		break;
	case OPT_ONLY:
		at = choose(c, "--only", arg, onlys);
		r->only = (enum only)at;
		break;
	case OPT_ACTION:
		at = choose(c, "--action", arg, actions);
		r->action = (enum action)at;
		break;
	case OPT_SPLIT:
		return set_split(c, r, arg);
	case OPT_MATRIX:
		return cli_number(c, arg, 1, 256, &r->matrix) ? ST_OK
							      : ST_USAGE;
	case OPT_STATE:
		r->state_file = arg;
		break;
	default:
		return cli_size(c, arg, &r->bytes_max) ? ST_OK : ST_USAGE;
	}
	return at >= 0 ? ST_OK : ST_USAGE;
}

/* Operands are files up to "--", then the command. */
static int
start(struct cli *c)
{
	struct rerun *r = c->state;

	if (r->runner == NULL)
		r->runner = rerun_runners;
	if (r->bytes_max == 0)
		r->bytes_max = 128 * 1024;
	if (c->command != NULL && r->action != ACTION_RUN &&
	    r->runner->command == NULL)
		return cli_usage(c,
		    "a command needs --action run or a "
		    "--for that makes commands");
	if (r->action == ACTION_RUN && c->command == NULL &&
	    r->runner->command == NULL)
		return cli_usage(c,
		    "--action run with a list needs -- and the "
		    "command that takes it");
	r->command = c->command;
	return ST_OK;
}

/* ---- selection ---- */

static bool
wanted(const struct rerun *r, const struct rerun_test *t)
{
	switch (r->only) {
	case ONLY_FAILED:
		return t->failed;
	case ONLY_NOTRUN:
		return t->not_seen || t->fresh;
	case ONLY_NEW:
		return t->fresh;
	case ONLY_FLAKY:
		return t->flaky;
	case ONLY_SLOW:
		return t->slow;
	case ONLY_ALL:
		return true;
	case ONLY_DUE:
		break;
	}
	/* What a listing no longer has cannot be run. */
	if (r->state.listing)
		return t->listed && t->set != SET_PASSING;
	return t->set == SET_OUTSTANDING;
}

static bool
select_tests(const struct rerun *r, struct rerun_list *l)
{
	l->n = 0;
	l->v = calloc(r->state.n + 1, sizeof(*l->v));
	for (size_t i = 0; l->v != NULL && i < r->state.n; i++)
		if (wanted(r, &r->state.v[i]))
			l->v[l->n++] = &r->state.v[i];
	return l->v != NULL;
}

/* ---- parts of equal length ---- */

struct weighed {
	const struct rerun_test *t;
	int64_t ns;
	size_t place;
};

static int
longest_first(const void *x, const void *y)
{
	const struct weighed *a = x, *b = y;

	if (a->ns != b->ns)
		return a->ns < b->ns ? 1 : -1;
	return (a->place > b->place) - (a->place < b->place);
}

/* What a test without a recorded duration is taken to need: the middle of
 * the others. */
static int64_t
usual(const struct rerun_list *l)
{
	int64_t sum = 0, n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i]->duration_ns != EM_UNSET) {
			sum += l->v[i]->duration_ns / 1000;
			n++;
		}
	return n == 0 ? 1000000 : sum / n * 1000 + 1;
}

/* Each test to the part that has least to do so far, the longest first; part
 * and load are by place and by part. */
static bool
distribute(
    const struct rerun_list *l, size_t parts, size_t *part, int64_t *load)
{
	struct weighed *w = calloc(l->n + 1, sizeof(*w));
	int64_t unknown = usual(l);

	if (w == NULL)
		return false;
	for (size_t i = 0; i < l->n; i++)
		w[i] = (struct weighed){ l->v[i],
			l->v[i]->duration_ns != EM_UNSET ? l->v[i]->duration_ns
							 : unknown,
			i };
	qsort(w, l->n, sizeof(*w), longest_first);
	for (size_t i = 0; i < l->n; i++) {
		size_t least = 0;

		for (size_t p = 1; p < parts; p++)
			if (load[p] < load[least])
				least = p;
		load[least] += w[i].ns;
		part[w[i].place] = least;
	}
	free(w);
	return true;
}

static bool
keep_part(struct rerun_list *l, size_t which, size_t parts)
{
	size_t *part = calloc(l->n + 1, sizeof(*part)), n = 0;
	int64_t *load = calloc(parts, sizeof(*load));
	bool ok =
	    part != NULL && load != NULL && distribute(l, parts, part, load);

	for (size_t i = 0; ok && i < l->n; i++)
		if (part[i] == which)
			l->v[n++] = l->v[i];
	if (ok)
		l->n = n;
	free(part);
	free(load);
	return ok;
}

/* ---- commands ---- */

static void
add_base(const struct rerun *r, struct commands *out)
{
	const char *words = r->runner->command;

	if (r->command != NULL) {
		for (char **w = r->command; *w != NULL; w++)
			words_add(out, &out->base, *w, strlen(*w));
		return;
	}
	while (words != NULL && *words != '\0') {
		size_t n = strcspn(words, " ");

		words_add(out, &out->base, words, n);
		words += n + (words[n] == ' ');
	}
}

static bool
make(const struct rerun *r, struct commands *out, struct em_out *list,
    struct rerun_list l)
{
	commands_init(out, r->bytes_max);
	out->list = list;
	add_base(r, out);
	if (l.n > 0)
		r->runner->format(out, l);
	return !out->failed;
}

static int
print(struct cli *c, struct rerun_list l)
{
	struct rerun *r = c->state;
	struct commands cmds;
	bool ok = make(r, &cmds, c->out, l);

	if (ok)
		commands_print(&cmds, c->out);
	commands_free(&cmds);
	if (!ok)
		cli_say(c, "out of memory");
	return ok ? ST_OK : ST_IO;
}

/* ---- a CI matrix ---- */

static void
matrix_part(struct cli *c, size_t i, int64_t load, struct rerun_list l)
{
	struct rerun *r = c->state;
	struct em_out *text = em_out_mem();
	struct commands cmds;

	make(r, &cmds, text, l);
	commands_print(&cmds, text);
	em_out_printf(c->out,
	    "%s{\"id\":%zu,\"part\":\"%zu/%ld\",\"tests\":%zu,"
	    "\"estimated_s\":%.3f,\"%s\":",
	    i > 0 ? "," : "", i, i + 1, r->matrix, l.n, (double)load / 1e9,
	    r->runner->command != NULL ? "commands" : "list");
	em_out_json_str(c->out, em_out_memory(text));
	em_out_puts(c->out, "}");
	commands_free(&cmds);
	em_out_discard(text);
}

static int
print_matrix(struct cli *c, struct rerun_list l)
{
	struct rerun *r = c->state;
	size_t parts = (size_t)r->matrix;
	size_t *part = calloc(l.n + 1, sizeof(*part));
	int64_t *load = calloc(parts, sizeof(*load));
	const struct rerun_test **v = calloc(l.n + 1, sizeof(*v));
	bool ok = part != NULL && load != NULL && v != NULL &&
	    distribute(&l, parts, part, load);

	em_out_puts(c->out, "{\"include\":[");
	for (size_t p = 0; ok && p < parts; p++) {
		struct rerun_list mine = { v, 0 };

		for (size_t i = 0; i < l.n; i++)
			if (part[i] == p)
				v[mine.n++] = l.v[i];
		matrix_part(c, p, load[p], mine);
	}
	em_out_puts(c->out, "]}\n");
	free(part);
	free(load);
	free(v);
	if (!ok)
		cli_say(c, "out of memory");
	return ok ? ST_OK : ST_IO;
}

/* ---- running ---- */

/* The list in a file of its own, for {}; NULL with the reason said. */
static char *
list_file(struct cli *c, struct em_str list)
{
	const char *dir = getenv("TMPDIR");
	size_t n = strlen(dir != NULL ? dir : "/tmp") + 32;
	char *path = malloc(n);
	int fd;

	if (path == NULL)
		return NULL;
	snprintf(path, n, "%s/trerun.XXXXXX", dir != NULL ? dir : "/tmp");
	fd = mkstemp(path);
	if (fd >= 0 && write(fd, list.p, list.n) == (ssize_t)list.n &&
	    close(fd) == 0)
		return path;
	cli_say(c, "cannot write \"%s\"", path);
	free(path);
	return NULL;
}

/* A list goes to the command as the file {}, or on its standard input. */
static int
run_list(struct cli *c, struct rerun_list l)
{
	struct rerun *r = c->state;
	struct em_out *text = em_out_mem();
	struct commands cmds, one;
	struct em_str list;
	char *path = NULL;
	bool in_place = false;
	int st = ST_IO;

	if (make(r, &cmds, text, l)) {
		list = em_out_memory(text);
		commands_init(&one, r->bytes_max);
		commands_start(&one);
		for (char **w = r->command; *w != NULL; w++) {
			bool here = strcmp(*w, "{}") == 0;

			if (here && path == NULL)
				path = list_file(c, list);
			commands_cword(&one, here && path != NULL ? path : *w);
			in_place = in_place || here;
		}
		/* cargo-difftests' runners take it as their argument. */
		if (!in_place && strcmp(r->runner->name, "difftests") == 0 &&
		    (path = list_file(c, list)) != NULL) {
			commands_cword(&one, path);
			in_place = true;
		}
		if (!in_place || path != NULL)
			st = commands_run(&one, c,
			    in_place ? (struct em_str){ NULL, 0 } : list);
		commands_free(&one);
	}
	if (path != NULL)
		unlink(path);
	free(path);
	commands_free(&cmds);
	em_out_discard(text);
	return st;
}

static int
run_tests(struct cli *c, struct rerun_list l)
{
	struct rerun *r = c->state;
	struct commands cmds;
	int st = ST_IO;

	if (l.n == 0)
		return ST_OK;
	if (c->out != NULL)
		em_out_flush(c->out);
	if (r->runner->command == NULL)
		return run_list(c, l);
	if (make(r, &cmds, NULL, l))
		st = commands_run(&cmds, c, (struct em_str){ NULL, 0 });
	commands_free(&cmds);
	return st;
}

/* ---- the tool ---- */

static int
list_runners(void)
{
	for (const struct rerun_runner *x = rerun_runners; x->name != NULL; x++)
		printf("%-14s %-20s %s\n", x->name,
		    x->command != NULL ? x->command : "", x->help);
	return fflush(stdout) == 0 ? ST_OK : ST_IO;
}

static int
read_chain(struct cli *c)
{
	struct rerun *r = c->state;
	int st = ST_OK;

	if (!rerun_state_init(&r->state))
		return ST_IO;
	if (r->state_file != NULL && access(r->state_file, F_OK) == 0)
		st = rerun_state_load(&r->state, c, r->state_file);
	if (c->operand_count == 0 && st == ST_OK)
		st = rerun_state_read(&r->state, c, "-");
	for (int i = 0; i < c->operand_count && st == ST_OK; i++)
		st = rerun_state_read(&r->state, c, c->operands[i]);
	if (c->status == ST_USAGE)
		st = ST_USAGE;
	if (r->state_file != NULL && st == ST_OK)
		st = rerun_state_save(&r->state, c, r->state_file);
	/* A run that was cut short is what reruns are for. */
	if (c->status == ST_TRUNCATED)
		c->status = ST_OK;
	return st;
}

static int
act(struct cli *c, struct rerun_list l)
{
	struct rerun *r = c->state;
	int st;

	switch (r->action) {
	case ACTION_ASSERT_CLEAN:
		if (l.n == 0)
			return ST_OK;
		cli_say(c, "%zu outstanding test%s still remain%s", l.n,
		    l.n == 1 ? "" : "s", l.n == 1 ? "s" : "");
		cli_status(c, ST_OUTSTANDING);
		return ST_OK;
	case ACTION_RUN:
		st = run_tests(c, l);
		/* Its status is ours, whatever the number means here. */
		if (st != 0)
			c->status = st;
		return ST_OK;
	case ACTION_PRINT:
		break;
	}
	return r->matrix > 0 ? print_matrix(c, l) : print(c, l);
}

static int
run(struct cli *c)
{
	struct rerun *r = c->state;
	struct rerun_list l;
	int st;

	if (r->list_runners)
		return list_runners();
	st = read_chain(c);
	if (st != ST_OK)
		return st;
	if (!select_tests(r, &l) ||
	    (r->parts > 0 &&
		!keep_part(&l, (size_t)r->part - 1, (size_t)r->parts))) {
		cli_say(c, "out of memory");
		free(l.v);
		return ST_IO;
	}
	st = act(c, l);
	free(l.v);
	return st;
}

static void
release(struct cli *c)
{
	struct rerun *r = c->state;

	rerun_state_free(&r->state);
}

const struct tool tool = {
	.name = "trerun",
	.synopsis =
	    "[--for RUNNER] [--only WHAT] [--state FILE] [--split I/N]\n"
	    "[--matrix N] [--action WHAT] [FILE ...] [-- COMMAND ...]\n"
	    "--runners",
	.summary = "Say which tests to run again, in the language of a runner.",
	.opts = opts,
	.flags = CLI_OUTPUT | CLI_THEN_COMMAND,
	.state_size = sizeof(struct rerun),
	.option = option,
	.start = start,
	.run = run,
	.free = release,
};
