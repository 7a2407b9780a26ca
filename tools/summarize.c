/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"
#include "sum-history.h"
#include "sum.h"

enum {
	OPT_FORMAT = 256,
	OPT_SLOWEST,
	OPT_TOP,
	OPT_FOLLOW,
	OPT_PARTIAL,
	OPT_HISTORY,
	OPT_BY,
	OPT_NO_TESTS
};

/* What failed tests wrote is kept up to this, for it is shown of a few. */
enum { OUTPUT_MAX = 32 * 1024 * 1024 };

enum no_tests { NO_TESTS_FAIL, NO_TESTS_WARN, NO_TESTS_PASS };

struct summarize {
	const char *format;
	long slowest, top;
	bool follow, partial, history, top_given;
	enum sum_by by;
	enum no_tests no_tests;
	struct em_results *all; /* every case, bare */
	struct em_results *details; /* what the failed ones said */
	struct em_select *failures; /* feeds details */
	size_t output, logged; /* bytes of it in details */
	struct progress *progress;
	struct history *past;
};

static const struct opt opts[] = {
	{ OPT_FORMAT, "format", "FORMAT", "text, json, markdown or csv" },
	{ OPT_SLOWEST, "slowest", "N", "list the N slowest cases" },
	{ OPT_BY, "by", "WHAT", "a table by suite, file, tag, worker, status" },
	{ OPT_TOP, "top", "N", "list at most N cases of a kind (default 50)" },
	{ OPT_FOLLOW, "follow", NULL, "show the run while it goes on" },
	{ OPT_PARTIAL, "partial", NULL,
	    "write a small stream that tsum reads again" },
	{ OPT_HISTORY, "history", NULL,
	    "each input is a run: rates and times of each case" },
	{ OPT_NO_TESTS, "no-tests", "HOW",
	    "when nothing ran: fail (default), warn or pass" },
	{ 0, NULL, NULL, NULL },
};

static int
option(struct cli *c, int key, const char *arg)
{
	static const char *const formats[] = { "text", "json", "markdown",
		"csv", NULL };
	static const char *const bys[] = { "none", "suite", "file", "tag",
		"worker", "status", NULL };
	static const char *const policies[] = { "fail", "warn", "pass", NULL };
	struct summarize *s = c->state;
	int at = 0;

	switch (key) {
	case OPT_FORMAT:
		at = cli_choice(c, "--format", arg, formats);
		s->format = arg;
		break;
	case OPT_SLOWEST:
		return cli_number(c, arg, 0, 1000000, &s->slowest) ? ST_OK
								   : ST_USAGE;
	case OPT_TOP:
		s->top_given = true;
		return cli_number(c, arg, 0, 1000000000, &s->top) ? ST_OK
								  : ST_USAGE;
	case OPT_BY:
		at = cli_choice(c, "--by", arg, bys);
		s->by = (enum sum_by)at;
		break;
	case OPT_NO_TESTS:
		at = cli_choice(c, "--no-tests", arg, policies);
		s->no_tests = (enum no_tests)at;
		break;
	case OPT_FOLLOW:
		s->follow = true;
		break;
	case OPT_PARTIAL:
		s->partial = true;
		break;
	default:
		s->history = true;
		break;
	}
	return at >= 0 ? ST_OK : ST_USAGE;
}

static enum em_rc
keep_details(void *arg, const struct em_event *ev)
{
	struct summarize *s = arg;
	struct em_event cut;

	/* The first lines of a log tell most: compilers stop there. */
	if (ev->kind == EM_LOG) {
		if (s->logged > OUTPUT_MAX)
			return EM_OK;
		s->logged += ev->text.n;
	}
	if (ev->kind != EM_CASE_OUTPUT || s->partial)
		return em_results_event(s->details, ev);
	if (s->output < OUTPUT_MAX) {
		s->output += ev->text.n;
		return em_results_event(s->details, ev);
	}
	cut = *ev;
	cut.text.n = 0;
	cut.truncated_bytes = (int64_t)ev->text.n +
	    (ev->truncated_bytes != EM_UNSET ? ev->truncated_bytes : 0);
	return em_results_event(s->details, &cut);
}

static void
idle(struct cli *c)
{
	struct summarize *s = c->state;

	if (s->progress != NULL)
		progress_idle(s->progress);
}

static unsigned
keeps(const struct summarize *s)
{
	return s->partial || s->by == BY_FILE || s->by == BY_TAG ||
		s->by == BY_WORKER
	    ? EM_KEEP_DETAILS
	    : 0;
}

static bool
shows_output(const struct summarize *s)
{
	return s->partial || strcmp(s->format, "text") == 0 ||
	    strcmp(s->format, "markdown") == 0;
}

/* On Ctrl-C the producer dies, and what it did until then is summed up. */
static void
follow(const struct cli *c, struct summarize *s)
{
	if (c->operand_count == 0 && !isatty(STDIN_FILENO))
		signal(SIGINT, SIG_IGN);
	s->progress = progress_new(c, true);
}

static int
start(struct cli *c)
{
	static const char *const failures[] = { "fail", NULL };
	struct summarize *s = c->state;
	struct em_select_opts so = {
		.exprs = failures, .emit = keep_details, .arg = s
	};
	size_t max =
	    c->limits.memory_max > 0 ? c->limits.memory_max : (size_t)4 << 30;

	if (s->format == NULL)
		s->format = "text";
	if (!s->top_given)
		s->top = 50;
	if (s->partial && s->history)
		return cli_usage(c,
		    "--partial and --history do not go "
		    "together");
	s->all = em_results_new(keeps(s), max);
	s->details = em_results_new(shows_output(s)
		? EM_KEEP_ALL
		: EM_KEEP_ALL & ~(unsigned)EM_KEEP_OUTPUT,
	    max);
	s->failures = em_select_new(&so, NULL, NULL);
	if (s->history)
		s->past = history_new();
	if (s->all == NULL || s->details == NULL || s->failures == NULL ||
	    (s->history && s->past == NULL)) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	if (s->follow)
		follow(c, s);
	return ST_OK;
}

static int
event(struct cli *c, const struct em_event *ev)
{
	struct summarize *s = c->state;

	if (s->progress != NULL)
		progress_event(s->progress, ev);
	if (em_results_event(s->all, ev) != EM_OK) {
		cli_say(c, "%s", em_results_error(s->all)->msg);
		return ST_UNSUPPORTED;
	}
	if (s->history || em_select_event(s->failures, ev) == EM_OK)
		return ST_OK;
	cli_say(c, "what failed tests said needs more memory than is allowed");
	return ST_UNSUPPORTED;
}

/* What an empty or broken stream is worth, besides the reader's status. */
static int
status_of(const struct summarize *s, struct cli *c, enum em_verdict verdict)
{
	switch (verdict) {
	case EM_V_PASS:
		return ST_OK;
	case EM_V_FAIL:
		return ST_NO;
	case EM_V_TRUNCATED:
		return ST_TRUNCATED;
	case EM_V_NOTHING:
		break;
	}
	if (s->no_tests == NO_TESTS_PASS)
		return ST_OK;
	cli_say(c, "no tests ran");
	return s->no_tests == NO_TESTS_WARN ? ST_OK : ST_NO;
}

/* What came twice, without its start or out of order (LIF-13).  Readers tell
 * of it, but for what is too far apart for them to see. */
static void
check_order(const struct summarize *s, struct cli *c)
{
	uint64_t n = 0;

	for (const struct em_run *r = em_results_runs(s->all); r != NULL;
	     r = r->next)
		n += r->violations;
	if (n <= c->violations)
		return;
	n -= c->violations;
	cli_note(c,
	    "starts or completions repeated, missing or out of order: %llu",
	    (unsigned long long)n);
	cli_status(c, ST_MALFORMED);
}

static int
print_view(struct cli *c, const struct sum_view *v)
{
	struct summarize *s = c->state;

	if (s->partial)
		return sum_partial(c, s->all, v);
	if (strcmp(s->format, "json") == 0)
		sum_json(v, c->out);
	else if (strcmp(s->format, "csv") == 0)
		sum_csv(v, c->out);
	else if (strcmp(s->format, "markdown") == 0)
		sum_markdown(v, c->out, (size_t)s->top);
	else
		sum_text(v, c->out, c->color, (size_t)s->top);
	return ST_OK;
}

static int
print_history(struct cli *c, bool ok)
{
	const struct summarize *s = c->state;

	if (ok && history_print(s->past, c->out, s->format, (size_t)s->top))
		return ST_OK;
	cli_say(c, "out of memory");
	return ST_IO;
}

static int
run_history(struct cli *c)
{
	struct summarize *s = c->state;
	bool ok = true;

	/* One input after the other, so that one run at a time is held. */
	for (int i = 0; i < c->operand_count && ok; i++) {
		struct cli_input in;
		const struct em_event *ev;
		struct em_results *rs = em_results_new(0, (size_t)4 << 30);

		if (rs == NULL || !cli_open(c, &in, c->operands[i])) {
			em_results_free(rs);
			continue;
		}
		while (cli_next(&in, &ev))
			if (em_results_event(rs, ev) != EM_OK)
				ok = false;
		ok = ok && history_add(s->past, rs);
		cli_close(&in);
		em_results_free(rs);
	}
	return print_history(c, ok);
}

static int
run(struct cli *c)
{
	struct summarize *s = c->state;
	struct sum_view v;
	int st;

	if (s->history && c->operand_count > 0)
		return run_history(c);
	st = cli_each(c, event);
	if (st == ST_OK)
		em_select_finish(s->failures);
	progress_end(s->progress);
	s->progress = NULL;
	if (st != ST_OK)
		return st;
	if (s->history)
		return print_history(c, history_add(s->past, s->all));
	if (!sum_collect(&v, s->all, s->details, s->by, (size_t)s->slowest)) {
		cli_say(c, "out of memory");
		sum_release(&v);
		return ST_IO;
	}
	st = print_view(c, &v);
	check_order(s, c);
	cli_status(c, status_of(s, c, v.verdict));
	sum_release(&v);
	return st;
}

static void
release(struct cli *c)
{
	struct summarize *s = c->state;

	em_select_free(s->failures);
	em_results_free(s->all);
	em_results_free(s->details);
	history_free(s->past);
}

const struct tool tool = {
	.name = "tsum",
	.synopsis = "[--format FORMAT] [--by WHAT] [--slowest N] [--top N]\n"
		    "[--follow] [--no-tests HOW] [FILE ...]\n"
		    "--partial [-o FILE] [FILE ...]\n"
		    "--history [--format FORMAT] FILE ...",
	.summary = "Say what happened: verdict, counts, failures, slow tests.",
	.opts = opts,
	.flags = CLI_WRITES,
	.state_size = sizeof(struct summarize),
	.option = option,
	.start = start,
	.run = run,
	.idle = idle,
	.free = release,
};
