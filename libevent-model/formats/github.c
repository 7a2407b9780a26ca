/* SPDX-License-Identifier: MIT */
/*
 * Workflow commands of GitHub Actions: what failures wrote, in groups of the
 * log as they come, and annotations at the end, when it is known which
 * failures lasted.
 *
 *   ::error file=F,line=L,col=C,title=T::MESSAGE
 *
 * In MESSAGE % is %25, CR is %0D, LF is %0A; in properties also : is %3A and
 * , is %2C.  GitHub shows 10 errors, 10 warnings and 10 notices of a step, so
 * no more are written, and the last one says how many are missing.
 *
 * Between ::stop-commands::TOKEN and ::TOKEN:: nothing is a command, so what
 * tests wrote is put there, with a TOKEN that is not in it.
 */
#include <string.h>

#include "digest.h"
#include "out.h"
#include "plain.h"

enum { SHOWN = 10, SUMMARY_MAX = 1024 * 1024 };

struct github {
	struct digest digest;
	struct arena arena;
	int64_t limit; /* of annotations of each kind; 0: none */
	struct em_str root; /* taken off the front of files */
	struct em_out *summary_out;
	struct em_writer *summary;
};

static const size_t memory_max = (size_t)1 << 30;

/* ---- opening ---- */

/* The Markdown writer, to the end of the file that GitHub names. */
static enum em_rc
open_summary(struct em_writer *w, struct github *g)
{
	static const char *const options[] = { "limit=1048576", NULL };
	const struct em_writer_opts opts = { .format = "markdown",
		.options = options };
	const char *path = wr_option(w, "summary");

	if (path == NULL)
		return EM_OK;
	g->summary_out = em_out_file(path, EM_OUT_APPEND);
	if (g->summary_out == NULL)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	if (em_out_error(g->summary_out) != NULL) {
		w->err = *em_out_error(g->summary_out);
		return EM_ERR;
	}
	g->summary = em_writer_open(&opts, g->summary_out, &w->err);
	return g->summary != NULL ? EM_OK : EM_ERR;
}

static enum em_rc
github_open(struct em_writer *w)
{
	struct github *g = w->state;
	const char *limit = wr_option(w, "limit"), *root = wr_option(w, "root");

	arena_init(&g->arena, memory_max);
	g->limit = SHOWN;
	if (limit != NULL &&
	    (!str_i64(em_str(limit), &g->limit) || g->limit < 0))
		return err_set(&w->err, EM_E_USAGE, 0,
		    "limit=%.60s: a number is expected", limit);
	g->root = em_str(root);
	while (str_ends(g->root, "/"))
		g->root.n--;
	if (open_summary(w, g) != EM_OK)
		return EM_ERR;
	return digest_open(w, &g->digest);
}

/* Only what GitHub has taken counts as written. */
static void
close_summary(struct em_writer *w, struct github *g)
{
	struct em_error e = { .code = EM_E_NONE };

	em_writer_close(g->summary);
	if (em_out_close(g->summary_out, &e) != EM_OK &&
	    w->err.code == EM_E_NONE)
		w->err = e;
	g->summary = NULL;
	g->summary_out = NULL;
}

static void
github_close(struct em_writer *w)
{
	struct github *g = w->state;

	close_summary(w, g);
	digest_close(&g->digest);
	arena_free(&g->arena);
}

/* ---- commands ---- */

static void
put_escaped(struct em_out *out, struct em_str s, bool property)
{
	while (s.n > 0) {
		size_t n = plain_run(s, true);

		for (size_t i = 0; i < n; i++) {
			char c = s.p[i];

			if (c == '%' || (property && (c == ':' || c == ',')))
				em_out_printf(out, "%%%02X", (unsigned)c);
			else
				out_byte(out, c);
		}
		s = str_from(s, n);
		if (s.n == 0)
			return;
		if (s.p[0] == '\n' || s.p[0] == '\r') {
			em_out_printf(out, "%%%02X", (unsigned)s.p[0]);
			s = str_from(s, 1);
		} else if (s.p[0] == '\t') {
			out_byte(out, '\t');
			s = str_from(s, 1);
		} else {
			s = str_from(s, plain_escape(out, s));
		}
	}
}

/* A property; GitHub drops empty ones. */
static void
put_property(
    struct em_writer *w, const char *key, struct em_str value, bool *first)
{
	if (value.n == 0)
		return;
	em_out_puts(w->out, *first ? " " : ",");
	*first = false;
	em_out_puts(w->out, key);
	out_byte(w->out, '=');
	put_escaped(w->out, value, true);
}

static void
put_number(struct em_writer *w, struct github *g, const char *key,
    int64_t value, bool *first)
{
	if (value != EM_UNSET)
		put_property(w, key,
		    arena_printf(&g->arena, "%lld", (long long)value), first);
}

static struct em_str
without_root(const struct github *g, struct em_str file)
{
	if (g->root.n > 0 && file.n > g->root.n + 1 &&
	    memcmp(file.p, g->root.p, g->root.n) == 0 &&
	    file.p[g->root.n] == '/')
		return str_from(file, g->root.n + 1);
	return file;
}

/* ::kind properties::message; the location may have no file. */
static void
put_annotation(struct em_writer *w, struct github *g, const char *kind,
    const struct em_location *l, struct em_str title, struct em_str message)
{
	bool first = true;

	em_out_puts(w->out, "::");
	em_out_puts(w->out, kind);
	if (l != NULL && l->file.n > 0) {
		put_property(w, "file", without_root(g, l->file), &first);
		put_number(w, g, "line", l->line, &first);
		put_number(w, g, "endLine", l->end_line, &first);
		put_number(w, g, "col", l->column, &first);
		put_number(w, g, "endColumn", l->end_column, &first);
	}
	put_property(w, "title", title, &first);
	em_out_puts(w->out, "::");
	put_escaped(w->out, message, false);
	out_byte(w->out, '\n');
}

/* ---- raw text ---- */

/* A word that is not in the text, so that the text cannot end the guard. */
static struct em_str
token_for(struct arena *a, struct em_str text)
{
	struct em_str token = EM_STR("end-of-output");

	for (unsigned n = 1; str_find_str(text, token) >= 0; n++)
		token = arena_printf(a, "end-of-output-%u", n);
	return token;
}

static void
put_guarded(struct em_writer *w, struct github *g, struct em_str text)
{
	struct em_str token = token_for(&g->arena, text);

	em_out_puts(w->out, "::stop-commands::");
	em_out_write(w->out, token);
	out_byte(w->out, '\n');
	plain_block(w->out, text, "");
	em_out_puts(w->out, "::");
	em_out_write(w->out, token);
	em_out_puts(w->out, "::\n");
}

/* ---- as events come ---- */

static void
put_group(struct em_writer *w, struct github *g, const struct em_event *ev,
    const struct live_case *c)
{
	struct em_str text = { "", 0 }, name = plain_name(&g->arena, ev);
	struct em_message m;

	for (const struct live_item *i = c->items; i != NULL; i = i->next) {
		if (i->ev.kind == EM_CASE_METRIC)
			continue;
		if (text.n > 0 && text.p[text.n - 1] != '\n' &&
		    i->ev.kind == EM_CASE_MESSAGE)
			text = arena_join(&g->arena, text, EM_STR("\n"));
		m = event_message(&i->ev);
		text = arena_join(&g->arena, text,
		    i->ev.kind == EM_CASE_MESSAGE ? plain_message(&g->arena, &m)
						  : i->ev.text);
	}
	em_out_puts(w->out, "::group::FAILED ");
	put_escaped(w->out, name, false);
	if (ev->attempt > 1)
		em_out_printf(
		    w->out, " (attempt %lld)", (long long)ev->attempt);
	if (ev->status.n > 0 || ev->reason.n > 0)
		em_out_puts(w->out, ": ");
	put_escaped(w->out, ev->status, false);
	if (ev->status.n > 0 && ev->reason.n > 0)
		em_out_puts(w->out, ": ");
	put_escaped(w->out, plain_first_line(ev->reason), false);
	out_byte(w->out, '\n');
	if (text.n > 0)
		put_guarded(w, g, text);
	em_out_puts(w->out, "::endgroup::\n");
}

/* A line that the runner would take for a command, of either syntax. */
static bool
has_command(struct em_str text)
{
	struct em_str line;

	while (text.n > 0) {
		str_cut(&text, '\n', &line);
		if (str_starts(str_trim(line), "::") ||
		    str_find(line, "##[") >= 0)
			return true;
	}
	return false;
}

static void
put_log(struct em_writer *w, struct github *g, const struct em_event *ev)
{
	if (has_command(ev->text))
		put_guarded(w, g, ev->text);
	else
		plain_block(w->out, ev->text, "");
}

static enum em_rc
github_event(struct em_writer *w, const struct em_event *ev)
{
	struct github *g = w->state;
	struct live_case *c;

	arena_reset(&g->arena);
	if (g->summary != NULL && em_writer_event(g->summary, ev) != EM_OK) {
		w->err = *em_writer_error(g->summary);
		return EM_ERR;
	}
	if (digest_event(w, &g->digest, ev, &c) != EM_OK)
		return EM_ERR;
	if (ev->kind == EM_LOG)
		put_log(w, g, ev);
	if (c != NULL && ev->outcome != EM_PASS && ev->outcome != EM_SKIP)
		put_group(w, g, ev, c);
	digest_end(&g->digest, c);
	if (g->arena.failed)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return EM_OK;
}

/* ---- annotations ---- */

/* Annotations of one kind, of which GitHub shows so many. */
struct kind {
	const char *word;
	uint64_t total; /* to be written */
	uint64_t done;
};

/* Counts one in; false when there is no room for it. */
static bool
take_one(const struct github *g, struct kind *k)
{
	uint64_t room = (uint64_t)g->limit;

	/* One place is for saying how many are missing. */
	if (g->limit > 0 && k->total > room && k->done + 1 >= room)
		return false;
	k->done++;
	return true;
}

static void
put_remainder(struct em_writer *w, struct github *g, const struct kind *k)
{
	uint64_t left = k->total - k->done;

	if (left == 0)
		return;
	put_annotation(w, g, k->word, NULL,
	    arena_printf(&g->arena, "%llu more", (unsigned long long)left),
	    arena_printf(&g->arena,
		"%llu more are not annotated, since %lld %ss of a step are "
		"shown; see the log",
		(unsigned long long)left, (long long)g->limit, k->word));
}

static void
annotate_case(struct em_writer *w, struct github *g, const char *kind,
    const struct em_case *c, const struct em_attempt *a)
{
	const struct em_message *error = digest_error(a);
	struct em_event id = em_case_identity(c);
	struct em_str text = { NULL, 0 };

	if (error != NULL)
		text = plain_message(&g->arena, error);
	if (text.n == 0)
		text = a->end->reason.n > 0 ? a->end->reason : a->end->status;
	if (text.n == 0)
		text = EM_STR("failed");
	put_annotation(w, g, kind,
	    error != NULL && error->location.file.p != NULL
		? &error->location
		: &c->details->location,
	    plain_name(&g->arena, &id), text);
}

/* The attempt that says why a flaky case failed. */
static const struct em_attempt *
failed_attempt(const struct em_case *c)
{
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		if (a->outcome == EM_FAIL)
			return a;
	return c->last;
}

static void
annotate_cases(struct em_writer *w, struct github *g, const struct em_run *run,
    enum digest_need need, struct kind *k)
{
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		for (const struct em_case *c = s->cases; c != NULL;
		     c = c->next) {
			if (digest_need(c) != need || !take_one(g, k))
				continue;
			arena_reset(&g->arena);
			annotate_case(w, g, k->word, c,
			    need == DIGEST_FLAKY ? failed_attempt(c) : c->last);
		}
}

static uint64_t
broken_suites(const struct em_run *run)
{
	uint64_t n = 0;

	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		n += digest_suite_broken(s);
	return n;
}

/* What there is to say of the run besides its cases and suites, or NULL. */
static const char *
run_error(const struct em_run *run)
{
	const char *why;

	if (broken_suites(run) > 0)
		return digest_run_trouble(run);
	digest_run_ok(run, &why);
	return why;
}

static void
annotate_suites(struct em_writer *w, struct github *g, const struct em_run *run,
    struct kind *k)
{
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		if (digest_suite_broken(s) && take_one(g, k))
			put_annotation(w, g, k->word, &s->location,
			    s->name.n > 0 ? s->name : EM_STR("test run"),
			    s->reason.n > 0
				? s->reason
				: EM_STR("the suite failed by itself"));
}

static void
annotate_run(struct em_writer *w, struct github *g, const struct em_run *run,
    struct kind *errors, struct kind *warnings)
{
	const char *why = run_error(run);

	if (why != NULL && take_one(g, errors))
		put_annotation(
		    w, g, errors->word, NULL, EM_STR("test run"), em_str(why));
	annotate_suites(w, g, run, errors);
	annotate_cases(w, g, run, DIGEST_FAILED, errors);
	annotate_cases(w, g, run, DIGEST_FLAKY, warnings);
}

static void
put_totals(struct em_writer *w, struct github *g, const struct em_run *run)
{
	put_annotation(w, g, "notice", NULL, EM_STR("test results"),
	    arena_printf(&g->arena,
		"%lld passed, %lld failed, %lld skipped, %llu flaky",
		(long long)run->counts.pass, (long long)run->counts.fail,
		(long long)run->counts.skip, (unsigned long long)run->flaky));
}

static enum em_rc
github_finish(struct em_writer *w)
{
	struct github *g = w->state;
	const struct em_run *runs = digest_runs(w, &g->digest), *run;
	struct kind errors = { .word = "error" };
	struct kind warnings = { .word = "warning" };
	struct kind notices = { .word = "notice" };

	for (run = runs; run != NULL; run = run->next) {
		errors.total += (uint64_t)run->counts.fail +
		    broken_suites(run) + (run_error(run) != NULL);
		warnings.total += run->flaky;
		notices.total++;
	}
	for (run = runs; run != NULL; run = run->next)
		annotate_run(w, g, run, &errors, &warnings);
	for (run = runs; run != NULL; run = run->next)
		if (take_one(g, &notices))
			put_totals(w, g, run);
	put_remainder(w, g, &errors);
	put_remainder(w, g, &warnings);
	put_remainder(w, g, &notices);
	if (errors.total + warnings.total > errors.done + warnings.done)
		wr_lost(w, "annotations beyond those that are shown");
	if (g->summary != NULL && em_writer_finish(g->summary) != EM_OK)
		w->err = *em_writer_error(g->summary);
	close_summary(w, g);
	if (g->arena.failed)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return w->err.code == EM_E_NONE ? EM_OK : EM_ERR;
}

static const struct em_format_option options[] = {
	{ "summary", "FILE",
	    "also append a Markdown summary, at most 1 MiB, to FILE: "
	    "\"$GITHUB_STEP_SUMMARY\"" },
	{ "limit", "N",
	    "annotations of each kind; by default 10, which GitHub shows of a "
	    "step; 0 for all" },
	{ "root", "DIRECTORY",
	    "taken off the front of file names: \"$GITHUB_WORKSPACE\"" },
	{ NULL, NULL, NULL },
};

const struct em_format format_github = {
	.info = {
		.name = "github",
		.title = "workflow commands of GitHub Actions",
		.flags = EM_FMT_WRITE | EM_FMT_STREAM_WRITE,
		.losses = "cases that are well but for their number, more "
			  "annotations than GitHub shows, output of cases "
			  "that did not fail, attachments, metrics, times",
		.options = options,
	},
	.write = {
		.state_size = sizeof(struct github),
		.open = github_open,
		.event = github_event,
		.finish = github_finish,
		.close = github_close,
	},
};
