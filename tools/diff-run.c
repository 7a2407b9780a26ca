/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "interrupt.h"
#include "sum.h"

enum {
	OPT_OLD = 256,
	OPT_NEW,
	OPT_FORMAT,
	OPT_FAIL_ON,
	OPT_SLOWER,
	OPT_FASTER,
	OPT_FLOOR,
	OPT_ALPHA,
	OPT_NORMALIZE,
	OPT_KNOWN,
	OPT_BLESS,
	OPT_TOP
};

enum side_name { OLD, NEW };

struct files {
	const char **v;
	size_t n;
};

struct tdiff {
	struct files files[2];
	struct diff_side side[2];
	struct diff_opts opts;
	const char *format, *bless;
	char *known;
	unsigned failing; /* 1u << class */
	bool whole; /* the new side was read to its end, and all of it */
	long top;
};

static const struct opt opts[] = {
	{ OPT_OLD, "old", "FILE", "a run of the old side; may be repeated" },
	{ OPT_NEW, "new", "FILE", "a run of the new side; may be repeated" },
	{ OPT_FORMAT, "format", "FORMAT", "text, json, markdown or junit" },
	{ OPT_FAIL_ON, "fail-on", "LIST",
	    "changes that exit 1 (default broken); none" },
	{ OPT_SLOWER, "slower", "PERCENT", "how much slower is news (20%)" },
	{ OPT_FASTER, "faster", "PERCENT", "how much faster is news (20%)" },
	{ OPT_FLOOR, "min-time", "TIME", "smaller changes are none (10ms)" },
	{ OPT_ALPHA, "alpha", "P", "significance with several runs (0.05)" },
	{ OPT_NORMALIZE, "normalize", "RULE",
	    "s/RE/TEXT/ on messages before comparing" },
	{ OPT_KNOWN, "known", "FILE", "names of cases expected to fail" },
	{ OPT_BLESS, "bless", "FILE", "write the new side as a baseline" },
	{ OPT_TOP, "top", "N", "list at most N cases of a kind (default 50)" },
	{ 0, NULL, NULL, NULL },
};

static int
add_file(struct files *f, const char *name)
{
	void *p = realloc(f->v, (f->n + 1) * sizeof(*f->v));

	if (p == NULL)
		return ST_IO;
	f->v = p;
	f->v[f->n++] = name;
	return ST_OK;
}

static int
ratio(const struct cli *c, const char *arg, double *r)
{
	char *end;
	double v = strtod(arg, &end);

	if (*end == '%' && end[1] == '\0' && end != arg && v >= 0) {
		*r = v / 100;
		return ST_OK;
	}
	if (*end == '\0' && end != arg && v >= 0) {
		*r = v / 100;
		return ST_OK;
	}
	return cli_usage(c, "bad percentage \"%s\", it is like 20%%", arg);
}

static int
fail_on(struct cli *c, struct tdiff *t, const char *list)
{
	char all[160] = "";
	size_t used = 0;

	t->failing = 0;
	if (strcmp(list, "none") == 0)
		return ST_OK;
	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		enum diff_class k = diff_class_find(list, n);

		if (k == DIFF_CLASSES || k == DIFF_SAME) {
			for (int i = 0; i < DIFF_SAME; i++)
				used += (size_t)snprintf(all + used,
				    sizeof(all) - used, " %s",
				    diff_class_name((enum diff_class)i));
			return cli_usage(c,
			    "unknown change \"%.*s\", there are%s", (int)n,
			    list, all);
		}
		t->failing |= 1u << k;
		list += n + (list[n] == ',');
	}
	return ST_OK;
}

static int
normalize(struct cli *c, struct tdiff *t, const char *rule)
{
	struct em_error err = { 0 };

	if (t->opts.normalize == NULL)
		t->opts.normalize = em_normalize_new();
	if (t->opts.normalize == NULL)
		return ST_IO;
	if (em_normalize_add(t->opts.normalize, rule, &err) == EM_OK)
		return ST_OK;
	return cli_usage(c, "bad --normalize \"%s\": %s", rule, err.msg);
}

static int
option(struct cli *c, int key, const char *arg)
{
	struct tdiff *t = c->state;
	size_t n;
	char *end;

	if (t->opts.alpha == 0) { /* before the first option */
		t->opts.slower = t->opts.faster = 0.2;
		t->opts.floor_ns = 10000000;
		t->opts.alpha = 0.05;
		t->failing = 1u << DIFF_BROKEN;
		t->top = 50;
		t->format = "text";
	}
	switch (key) {
	case OPT_OLD:
		return add_file(&t->files[OLD], arg);
	case OPT_NEW:
		return add_file(&t->files[NEW], arg);
	case OPT_FORMAT:
		t->format = arg;
		if (strcmp(arg, "junit") == 0)
			c->to = "junit";
		else if (strcmp(arg, "text") != 0 && strcmp(arg, "json") != 0 &&
		    strcmp(arg, "markdown") != 0)
			return cli_usage(c,
			    "bad --format \"%s\", it is text, json, markdown "
			    "or junit",
			    arg);
		return ST_OK;
	case OPT_FAIL_ON:
		return fail_on(c, t, arg);
	case OPT_SLOWER:
		return ratio(c, arg, &t->opts.slower);
	case OPT_FASTER:
		return ratio(c, arg, &t->opts.faster);
	case OPT_FLOOR:
		return cli_duration(c, arg, &t->opts.floor_ns) ? ST_OK
							       : ST_USAGE;
	case OPT_ALPHA:
		t->opts.alpha = strtod(arg, &end);
		if (*end != '\0' || t->opts.alpha <= 0 || t->opts.alpha >= 1)
			return cli_usage(c,
			    "bad --alpha \"%s\", it is between 0 and 1", arg);
		return ST_OK;
	case OPT_NORMALIZE:
		return normalize(c, t, arg);
	case OPT_KNOWN:
		t->known = cli_slurp(c, arg, &n);
		return t->known != NULL ? ST_OK : ST_IO;
	case OPT_BLESS:
		t->bless = arg;
		return ST_OK;
	default:
		return cli_number(c, arg, 0, 1000000000, &t->top) ? ST_OK
								  : ST_USAGE;
	}
}

static int
start(struct cli *c)
{
	struct tdiff *t = c->state;

	if (t->opts.alpha == 0 && option(c, OPT_FORMAT, "text") != ST_OK)
		return ST_USAGE;
	if (t->files[OLD].n == 0 && t->files[NEW].n == 0) {
		if (c->operand_count != 2)
			return cli_usage(c,
			    "two runs are compared: name OLD "
			    "and NEW, or use --old and --new");
		add_file(&t->files[OLD], c->operands[0]);
		add_file(&t->files[NEW], c->operands[1]);
	} else if (c->operand_count > 0) {
		return cli_usage(c,
		    "with --old and --new there are no other "
		    "files");
	}
	if (t->files[OLD].n == 0 || t->files[NEW].n == 0)
		return cli_usage(c, "both sides need a run");
	if (t->opts.normalize == NULL)
		t->opts.normalize = em_normalize_new();
	t->opts.known = t->known;
	return t->opts.normalize != NULL ? ST_OK : ST_IO;
}

/* Output is not compared, so it is not kept.  What cannot be read, or has no
 * event in it, is no run: all that the other side has would seem removed. */
static struct em_results *
read_run(struct cli *c, const char *name, struct em_results *before)
{
	struct em_results *rs =
	    em_results_new(EM_KEEP_MESSAGES | EM_KEEP_METRICS, (size_t)4 << 30);
	struct cli_input in;
	const struct em_event *ev;
	const struct em_error *e;

	if (rs == NULL || !cli_open(c, &in, name)) {
		em_results_free(rs);
		return NULL;
	}
	if (before != NULL)
		em_results_borrow(rs, before);
	while (cli_next(&in, &ev))
		if (em_results_event(rs, ev) != EM_OK) {
			cli_say(c, "%s: %s", name, em_results_error(rs)->msg);
			cli_status(c, ST_UNSUPPORTED);
			break;
		}
	e = em_reader_error(in.reader);
	if (em_reader_stats(in.reader)->events == 0 ||
	    (e != NULL && e->code == EM_E_IO)) {
		em_results_free(rs);
		rs = NULL;
	}
	cli_close(&in);
	return rs;
}

static bool
is_cut(struct em_results *rs)
{
	const struct em_run *r = em_results_runs(rs);

	while (r != NULL && (r->completed || r->listing))
		r = r->next;
	return r != NULL;
}

/* Most names of a run are those of the run before it. */
static bool
read_side(struct cli *c, const struct files *f, struct diff_side *s,
    struct em_results **before)
{
	s->v = calloc(f->n, sizeof(struct em_results *));
	for (size_t i = 0; s->v != NULL && i < f->n; i++) {
		struct em_results *rs = read_run(c, f->v[i], *before);

		if (rs == NULL)
			continue;
		s->v[s->n++] = *before = rs;
		s->cut |= is_cut(rs);
	}
	return s->v != NULL && s->n > 0;
}

/* The last run of the new side, as tsum --partial writes it. */
static int
bless(struct cli *c, struct tdiff *t)
{
	struct em_results *last = t->side[NEW].v[t->side[NEW].n - 1];
	struct em_out *out = em_out_file(t->bless, EM_OUT_REPLACE);
	struct unfinished *unfinished =
	    out != NULL ? interrupt_removes(em_out_temporary(out)) : NULL;
	struct em_writer *kept = c->writer;
	struct em_out *kept_out = c->out;
	struct em_error err = { 0 };
	struct sum_view v = { .details = last };
	int st = ST_IO;

	if (out != NULL)
		c->writer = em_writer_open(NULL, out, &err);
	if (c->writer != NULL && c->writer != kept) {
		c->out = out;
		st = sum_partial(c, last, &v);
		em_writer_finish(c->writer);
		em_writer_close(c->writer);
	}
	c->writer = kept;
	c->out = kept_out;
	if (em_out_close(out, &err) != EM_OK || st != ST_OK) {
		cli_say(c, "%s: %s", t->bless, err.msg);
		st = ST_IO;
	}
	interrupt_keeps(unfinished);
	return st;
}

static int
print(struct cli *c, const struct tdiff *t, const struct diff *d)
{
	if (strcmp(t->format, "junit") == 0)
		return diff_events(d, c, t->failing);
	if (strcmp(t->format, "json") == 0)
		diff_json(d, c->out);
	else if (strcmp(t->format, "markdown") == 0)
		diff_markdown(d, c->out, (size_t)t->top);
	else
		diff_text(d, c->out, c->color, (size_t)t->top);
	return ST_OK;
}

static int
run(struct cli *c)
{
	struct tdiff *t = c->state;
	struct diff d;
	struct em_results *before = NULL;
	bool ok = read_side(c, &t->files[OLD], &t->side[OLD], &before);
	int st = c->status;

	c->status = ST_OK;
	ok = read_side(c, &t->files[NEW], &t->side[NEW], &before) && ok;
	t->whole = c->status == ST_OK;
	cli_status(c, st);
	if (!ok)
		return c->status != ST_OK ? c->status : ST_IO;
	if (!diff_rows(&d, t->side, &t->opts)) {
		cli_say(c, "out of memory");
		diff_release(&d);
		return ST_IO;
	}
	if (d.recorded == 0 && d.count[DIFF_ADDED] + d.count[DIFF_REMOVED] > 0)
		cli_note(c,
		    "no case is in both: are these the same tests, in suites "
		    "of the same names?");
	st = print(c, t, &d);
	for (int k = 0; k < DIFF_CLASSES; k++)
		if (t->failing & 1u << k && d.count[k] > 0)
			cli_status(c, ST_NO);
	if (t->failing & 1u << DIFF_BROKEN && d.trouble_count > 0)
		cli_status(c, ST_NO);
	diff_release(&d);
	if (st != ST_OK || t->bless == NULL)
		return st;
	if (t->whole)
		return bless(c, t);
	cli_say(c, "%s: not written, the new side is not whole", t->bless);
	return ST_OK;
}

static void
release(struct cli *c)
{
	struct tdiff *t = c->state;

	for (int s = 0; s < 2; s++) {
		for (size_t i = 0; i < t->side[s].n; i++)
			em_results_free(t->side[s].v[i]);
		free(t->side[s].v);
		free(t->files[s].v);
	}
	em_normalize_free(t->opts.normalize);
	free(t->known);
}

const struct tool tool = {
	.name = "tdiff",
	.synopsis = "[--format FORMAT] [--fail-on LIST] [--slower PERCENT]\n"
		    "[--known FILE] [--bless FILE] [...] OLD NEW\n"
		    "[...] --old FILE ... --new FILE ...",
	.summary = "Compare two runs, or two sets of runs, of the same tests.",
	.opts = opts,
	.flags = CLI_WRITES,
	.state_size = sizeof(struct tdiff),
	.option = option,
	.start = start,
	.run = run,
	.free = release,
};
