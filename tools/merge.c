/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "merge.h"

enum {
	OPT_SHARDS = 256,
	OPT_ATTEMPTS,
	OPT_DUPLICATES,
	OPT_SUITE_FROM,
	WINDOW = 200, /* inputs that are open at a time */
	SPARE = 16 /* descriptors for all else */
};

struct merge {
	struct merge_opts opts;
	bool shards, duplicates_given;
};

static const struct opt opts[] = {
	{ OPT_SHARDS, "shards", NULL, "inputs are parts of one run (default)" },
	{ OPT_ATTEMPTS, "attempts", NULL,
	    "later inputs are retries of earlier ones" },
	{ OPT_DUPLICATES, "duplicates", "HOW",
	    "a case in two shards: keep, last or worst" },
	{ OPT_SUITE_FROM, "suite-from", "WHAT",
	    "name suites by their input: file, dir or a name" },
	{ 0, NULL, NULL, NULL },
};

static int
option(struct cli *c, int key, const char *arg)
{
	struct merge *m = c->state;

	switch (key) {
	case OPT_SHARDS:
		m->shards = true;
		break;
	case OPT_ATTEMPTS:
		m->opts.attempts = true;
		break;
	case OPT_SUITE_FROM:
		if (*arg == '\0')
			return cli_usage(
			    c, "--suite-from needs file, dir or a name");
		m->opts.suite_from = arg;
		break;
	default:
		m->duplicates_given = true;
		if (strcmp(arg, "keep") == 0)
			m->opts.duplicates = DUP_KEEP;
		else if (strcmp(arg, "last") == 0)
			m->opts.duplicates = DUP_LAST;
		else if (strcmp(arg, "worst") == 0)
			m->opts.duplicates = DUP_WORST;
		else
			return cli_usage(c,
			    "bad --duplicates \"%s\", it is keep, last or "
			    "worst",
			    arg);
		break;
	}
	return ST_OK;
}

static int
start(struct cli *c)
{
	const struct merge *m = c->state;

	if (m->opts.attempts && (m->shards || m->duplicates_given))
		return cli_usage(c,
		    "--attempts goes with neither --shards "
		    "nor --duplicates");
	if (!m->duplicates_given || m->opts.duplicates == DUP_KEEP)
		return ST_OK;
	/* Which of two is the one is known when all were read; they are read
	 * twice. */
	for (int i = 0; i < c->operand_count; i++)
		if (strcmp(c->operands[i], "-") == 0)
			return cli_usage(c,
			    "--duplicates last and worst read "
			    "twice, which standard input "
			    "cannot");
	if (c->operand_count == 0)
		return cli_usage(c, "--duplicates last and worst need files");
	return ST_OK;
}

/* The first of two readings, of one input: what each of its streams concludes.
 * False when out of memory. */
static bool
learn_input(struct cli *c, struct merge_stream *stream, struct merge_input *in)
{
	struct em_results *rs = em_results_new(0, 0);
	const struct em_event *ev;
	struct cli_input ci;
	bool ok = rs != NULL;

	if (!ok || !cli_open(c, &ci, in->name)) {
		em_results_free(rs);
		return ok;
	}
	while (ok && cli_next(&ci, &ev)) {
		if (ev->kind == EM_PROTOCOL && in->streams > 0) {
			ok = merge_stream_learn(stream, in, rs);
			em_results_free(rs);
			rs = em_results_new(0, 0);
		}
		in->streams += ev->kind == EM_PROTOCOL || in->streams == 0;
		ok = ok && rs != NULL && em_results_event(rs, ev) == EM_OK;
	}
	cli_close(&ci);
	ok = ok && merge_stream_learn(stream, in, rs);
	em_results_free(rs);
	return ok;
}

static int
learn(struct cli *c, struct merge_stream *stream)
{
	bool ok = true, quiet = c->quiet;

	/* What is wrong is said when it is read again. */
	c->quiet = true;
	for (int i = 0; i < c->operand_count && ok; i++) {
		struct merge_input in = { .name = c->operands[i],
			.number = (size_t)i };

		ok = learn_input(c, stream, &in);
	}
	c->quiet = quiet;
	if (!ok)
		cli_say(c, "out of memory");
	return ok ? ST_OK : ST_IO;
}

static int
merge_all(
    struct cli *c, struct merge_inputs *inputs, struct merge_stream *stream)
{
	struct merge_input *in;
	int st = ST_OK;

	while (st == ST_OK && (in = merge_inputs_next(inputs)) != NULL) {
		if (in->ev != NULL)
			st = merge_stream_event(stream, in, in->ev);
		else
			merge_stream_input_end(stream, in,
			    !em_reader_stats(in->in.reader)->truncated &&
				em_reader_error(in->in.reader) == NULL);
		if (c->status == ST_USAGE)
			return ST_USAGE;
		merge_inputs_take(inputs, in);
	}
	/* What is missing may have failed. */
	for (size_t i = 0; i < inputs->n; i++)
		if (inputs->v[i].failed)
			merge_stream_input_end(stream, &inputs->v[i], false);
	return st == ST_OK ? merge_stream_finish(stream) : st;
}

/* How many inputs may be open at a time. */
static size_t
window(void)
{
	long max = sysconf(_SC_OPEN_MAX);

	if (max < 0 || max >= WINDOW + SPARE)
		return WINDOW;
	return max > SPARE ? (size_t)(max - SPARE) : 1;
}

static int
run(struct cli *c)
{
	const struct merge *m = c->state;
	struct merge_inputs inputs = { .n = 0 };
	struct merge_stream *stream = merge_stream_new(c, &m->opts, &inputs);
	bool twice =
	    m->opts.duplicates == DUP_LAST || m->opts.duplicates == DUP_WORST;
	int st;

	if (stream == NULL ||
	    !merge_inputs_init(&inputs, c, window(), m->opts.attempts)) {
		cli_say(c, "out of memory");
		merge_stream_free(stream);
		return ST_IO;
	}
	st = twice ? learn(c, stream) : ST_OK;
	if (st == ST_OK)
		st = merge_all(c, &inputs, stream);
	merge_inputs_free(&inputs);
	merge_stream_free(stream);
	return st;
}

const struct tool tool = {
	.name = "tmerge",
	.synopsis = "[--shards] [--duplicates HOW] [--suite-from WHAT] "
		    "[FILE ...]\n"
		    "--attempts [--suite-from WHAT] FILE ...",
	.summary = "Merge streams of test results into one.",
	.opts = opts,
	.flags = CLI_WRITES,
	.state_size = sizeof(struct merge),
	.option = option,
	.start = start,
	.run = run,
};
