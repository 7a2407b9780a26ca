/* SPDX-License-Identifier: MIT */
/*
 * A summary in GitHub's Markdown: counts by suite, failures with what they
 * said folded away, flaky cases, cases that did not run, the slowest.
 *
 * Whatever comes from the input stands in <code> with its punctuation as
 * character references, or in a fence longer than any in it, so that nothing
 * of it is markup, a mention or a link to an issue.
 */
#include <string.h>

#include "digest.h"
#include "out.h"
#include "plain.h"

enum {
	SUITES_MAX = 50, /* rows of the table */
	LIST_MAX = 100, /* rows of the other tables */
	SLOWEST = 10,
	SLOWEST_MAX = 100,
	RESERVE = 2048, /* of a limit, for what must be said in the end */
	SHARES = 8 /* a failure may have this part of a limit */
};

struct markdown {
	struct digest digest;
	struct em_out *piece; /* a part, until it is known to fit */
	struct arena arena;
	const char *title;
	uint64_t limit, written; /* bytes; limit 0: none */
	int64_t slowest;
	bool cut; /* something did not fit */
};

static const size_t memory_max = (size_t)1 << 30;

static enum em_rc
bad_number(struct em_writer *w, const char *key, const char *value)
{
	return err_set(&w->err, EM_E_USAGE, 0, "%s=%.60s: a number is expected",
	    key, value);
}

/* -O key=N; *n stays as it is when the option is not given. */
static enum em_rc
number_option(struct em_writer *w, const char *key, int64_t max, int64_t *n)
{
	const char *value = wr_option(w, key);

	if (value != NULL && (!str_i64(em_str(value), n) || *n < 0 || *n > max))
		return bad_number(w, key, value);
	return EM_OK;
}

static enum em_rc
markdown_open(struct em_writer *w)
{
	struct markdown *m = w->state;
	int64_t limit = 0;

	arena_init(&m->arena, memory_max);
	m->slowest = SLOWEST;
	m->title = wr_option(w, "title");
	if (number_option(w, "limit", INT64_MAX, &limit) != EM_OK ||
	    number_option(w, "slowest", SLOWEST_MAX, &m->slowest) != EM_OK)
		return EM_ERR;
	m->limit = (uint64_t)limit;
	m->piece = em_out_mem();
	if (m->piece == NULL)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return digest_open(w, &m->digest);
}

static void
markdown_close(struct em_writer *w)
{
	struct markdown *m = w->state;

	digest_close(&m->digest);
	em_out_close(m->piece, NULL);
	arena_free(&m->arena);
}

static enum em_rc
markdown_event(struct em_writer *w, const struct em_event *ev)
{
	struct markdown *m = w->state;
	struct live_case *c;

	if (ev->kind == EM_LOG)
		wr_lost(w, "log lines");
	else if (ev->kind == EM_CASE_METRIC)
		wr_lost(w, "metrics");
	if (digest_event(w, &m->digest, ev, &c) != EM_OK)
		return EM_ERR;
	digest_end(&m->digest, c);
	return EM_OK;
}

/* ---- text ---- */

/* Inside <code>: what Markdown or GitHub could read is a reference. */
static void
put_code(struct em_out *out, struct em_str s)
{
	em_out_puts(out, "<code>");
	while (s.n > 0) {
		size_t n = plain_run(s, true);

		for (size_t i = 0; i < n; i++) {
			char c = s.p[i];

			if (strchr("\\`*_{}[]<>#|~&@!\"'^$", c) != NULL)
				em_out_printf(out, "&#%d;", c);
			else
				out_byte(out, c);
		}
		s = str_from(s, n);
		if (s.n > 0)
			s = str_from(s, plain_escape(out, s));
	}
	em_out_puts(out, "</code>");
}

/* The longest run of backticks, which the fence must exceed. */
static size_t
longest_ticks(struct em_str s)
{
	size_t most = 0, run = 0;

	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		if (run > most)
			most = run;
	}
	return most;
}

static void
put_fence(struct em_out *out, size_t n)
{
	while (n-- > 0)
		out_byte(out, '`');
}

static void
put_block(struct markdown *m, struct em_str text)
{
	size_t ticks = longest_ticks(text) + 1, left = 0;
	size_t share = (size_t)(m->limit / SHARES);

	if (text.n == 0)
		return;
	/* Shown, a byte may take as many as six. */
	if (m->limit > 0 && text.n > share / 6) {
		left = text.n - share / 6;
		text.n = share / 6;
	}
	ticks = ticks < 3 ? 3 : ticks;
	out_byte(m->piece, '\n');
	put_fence(m->piece, ticks);
	em_out_puts(m->piece, "text\n");
	plain_block(m->piece, text, "");
	put_fence(m->piece, ticks);
	out_byte(m->piece, '\n');
	if (left > 0)
		em_out_printf(m->piece,
		    "\n_%llu bytes of this are left out._\n",
		    (unsigned long long)left);
}

static void
put_name(struct markdown *m, const struct em_case *c)
{
	struct em_event id = em_case_identity(c);

	put_code(m->piece, plain_name(&m->arena, &id));
}

/* 0.012s, 3.40s, 2m 5s, 1h 2m */
static void
put_duration(struct em_out *out, int64_t ns)
{
	int64_t s = ns / 1000000000;

	if (ns == EM_UNSET)
		return;
	if (s >= 3600) {
		em_out_printf(out, "%lldh %lldm", (long long)(s / 3600),
		    (long long)(s / 60 % 60));
	} else if (s >= 60) {
		em_out_printf(out, "%lldm %llds", (long long)(s / 60),
		    (long long)(s % 60));
	} else {
		out_seconds(out, ns, s >= 1 ? 2 : 3);
		out_byte(out, 's');
	}
}

/* ---- what fits ---- */

/* Writes the piece if it leaves room for what must come after it. */
static bool
put_piece(struct em_writer *w, struct markdown *m)
{
	struct em_str s = em_out_memory(m->piece);
	bool fits = m->limit == 0 || m->written + s.n + RESERVE <= m->limit;

	if (fits) {
		em_out_write(w->out, s);
		m->written += s.n;
	} else {
		m->cut = true;
	}
	out_rewind(m->piece);
	arena_reset(&m->arena);
	return fits;
}

/* ---- parts ---- */

static void
put_number(struct em_out *out, uint64_t n, const char *what, bool *first)
{
	if (n == 0)
		return;
	em_out_puts(out, *first ? "" : ", ");
	*first = false;
	em_out_printf(out, "%llu %s", (unsigned long long)n, what);
}

static void
put_title(struct em_writer *w, struct markdown *m, const struct em_run *run)
{
	const char *why;
	bool ok = digest_run_ok(run, &why), first = true;

	em_out_puts(m->piece, ok ? "## \xe2\x9c\x85 " : "## \xe2\x9d\x8c ");
	if (m->title != NULL) {
		put_code(m->piece, em_str(m->title));
		em_out_puts(m->piece, ": ");
	}
	put_number(m->piece, (uint64_t)run->counts.fail, "failed", &first);
	put_number(m->piece, (uint64_t)run->counts.pass, "passed", &first);
	put_number(m->piece, (uint64_t)run->counts.skip, "skipped", &first);
	put_number(m->piece, run->flaky, "flaky", &first);
	put_number(m->piece, run->not_run, "not run", &first);
	if (first)
		em_out_puts(m->piece, run->listing ? "a listing" : "no tests");
	if (run->duration_ns != EM_UNSET) {
		em_out_puts(m->piece, " in ");
		put_duration(m->piece, run->duration_ns);
	}
	em_out_puts(m->piece, "\n");
	if (why != NULL) {
		em_out_printf(m->piece, "\n**Error: %s.** ", why);
		if (run->cancel_reason.n > 0)
			put_code(m->piece, run->cancel_reason);
		else if (run->status.n > 0)
			put_code(m->piece, run->status);
		out_byte(m->piece, '\n');
	}
	put_piece(w, m);
}

static bool
suite_is_bad(const struct em_suite *s)
{
	return s->counts.fail > 0 || s->outcome == EM_FAIL ||
	    s->outcome == EM_INVALID;
}

static void
put_suite(struct markdown *m, const struct em_suite *s)
{
	em_out_puts(
	    m->piece, suite_is_bad(s) ? "| \xe2\x9d\x8c " : "| \xe2\x9c\x85 ");
	if (s->name.p != NULL)
		put_code(m->piece, s->name);
	else
		em_out_puts(m->piece, "no suite");
	if (s->reason.n > 0 && s->outcome == EM_FAIL) {
		em_out_puts(m->piece, " ");
		put_code(m->piece, plain_first_line(s->reason));
	}
	em_out_printf(m->piece, " | %lld | %lld | %lld | ",
	    (long long)s->counts.pass, (long long)s->counts.fail,
	    (long long)s->counts.skip);
	put_duration(m->piece,
	    s->duration_ns != EM_UNSET ? s->duration_ns
		: s->summed_ns > 0     ? s->summed_ns
				       : EM_UNSET);
	em_out_puts(m->piece, " |\n");
}

/* Those that are bad come first, and none that has no cases. */
static void
put_suites(struct em_writer *w, struct markdown *m, const struct em_run *run)
{
	size_t shown = 0, left = 0;

	if (run->suites == NULL || run->suites->next == NULL)
		return;
	em_out_puts(m->piece,
	    "\n| Suite | Passed | Failed | Skipped | Time |\n"
	    "|:--|--:|--:|--:|--:|\n");
	for (int bad = 1; bad >= 0; bad--)
		for (const struct em_suite *s = run->suites; s != NULL;
		     s = s->next) {
			if (suite_is_bad(s) != bad ||
			    (!bad && s->case_count == 0))
				continue;
			if (shown == SUITES_MAX) {
				left++;
				continue;
			}
			shown++;
			put_suite(m, s);
		}
	if (left > 0)
		em_out_printf(m->piece, "\n_and %llu more suites_\n",
		    (unsigned long long)left);
	put_piece(w, m);
}

static void
put_place(struct markdown *m, const struct em_location *l)
{
	struct em_str place = l->file;

	if (place.n == 0)
		return;
	if (l->line != EM_UNSET)
		place = arena_join(&m->arena, place,
		    arena_printf(&m->arena, ":%lld", (long long)l->line));
	em_out_puts(m->piece, "\n");
	put_code(m->piece, place);
	em_out_puts(m->piece, "\n");
}

/* What the attempt said, then what it wrote, a block each. */
static void
put_attempt(struct markdown *m, const struct em_attempt *a)
{
	struct em_str output = { NULL, 0 };

	for (const struct em_item *i = a->items; i != NULL; i = i->next) {
		if (i->kind == EM_CASE_MESSAGE)
			put_block(m, plain_message(&m->arena, i->u.message));
		else if (i->kind == EM_CASE_OUTPUT)
			output = output.p == NULL
			    ? i->u.output->text
			    : arena_join(&m->arena, output, i->u.output->text);
	}
	put_block(m, output);
	put_block(m, a->end->reason);
	if (!a->completed)
		em_out_puts(m->piece, "\nIt started and did not complete.\n");
}

static void
put_failure(struct markdown *m, const struct em_case *c)
{
	const struct em_message *error = digest_error(c->last);
	struct em_str text = { NULL, 0 };

	if (error != NULL)
		text = plain_first_line(
		    error->message.n > 0 ? error->message : error->detail);
	else if (c->last->end->status.n > 0)
		text = c->last->end->status;
	em_out_puts(m->piece, "\n<details><summary>");
	put_name(m, c);
	if (text.n > 0) {
		em_out_puts(m->piece, ": ");
		put_code(m->piece, text);
	}
	em_out_puts(m->piece, "</summary>\n");
	put_place(m,
	    error != NULL && error->location.file.p != NULL
		? &error->location
		: &c->details->location);
	put_attempt(m, c->last);
	em_out_puts(m->piece, "\n</details>\n");
}

static void
put_failures(struct em_writer *w, struct markdown *m, const struct em_run *run)
{
	uint64_t left = 0;

	if (run->counts.fail == 0)
		return;
	em_out_puts(m->piece, "\n### Failures\n");
	put_piece(w, m);
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		for (const struct em_case *c = s->cases; c != NULL;
		     c = c->next) {
			if (digest_need(c) != DIGEST_FAILED)
				continue;
			put_failure(m, c);
			left += !put_piece(w, m);
		}
	if (left == 0)
		return;
	em_out_printf(w->out,
	    "\n_%llu more failures are left out: the limit is %llu bytes._\n",
	    (unsigned long long)left, (unsigned long long)m->limit);
}

/* A table of the cases that need that. */
static void
put_list(struct em_writer *w, struct markdown *m, const struct em_run *run,
    enum digest_need need, const char *title)
{
	size_t n = 0;

	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		for (const struct em_case *c = s->cases; c != NULL;
		     c = c->next) {
			if (digest_need(c) != need)
				continue;
			if (n++ == 0)
				em_out_printf(m->piece,
				    "\n### %s\n\n| Case | Attempts |\n"
				    "|:--|--:|\n",
				    title);
			if (n > LIST_MAX)
				continue;
			em_out_puts(m->piece, "| ");
			put_name(m, c);
			em_out_printf(
			    m->piece, " | %u |\n", (unsigned)c->attempt_count);
		}
	if (n > LIST_MAX)
		em_out_printf(m->piece, "\n_and %llu more_\n",
		    (unsigned long long)(n - LIST_MAX));
	put_piece(w, m);
}

/* ---- the slowest ---- */

struct slowest {
	const struct em_case *v[SLOWEST_MAX];
	size_t n, max;
};

static int64_t
duration_of(const struct em_case *c)
{
	return c->last->duration_ns;
}

/* Puts c where it belongs among the slowest, the first of equals first. */
static void
add_slow(struct slowest *l, const struct em_case *c)
{
	size_t i = l->n;

	if (duration_of(c) <= 0 || l->max == 0)
		return;
	if (l->n == l->max) {
		if (duration_of(c) <= duration_of(l->v[--i]))
			return;
	} else {
		l->n++;
	}
	for (; i > 0 && duration_of(l->v[i - 1]) < duration_of(c); i--)
		l->v[i] = l->v[i - 1];
	l->v[i] = c;
}

static void
put_slowest(struct em_writer *w, struct markdown *m, const struct em_run *run)
{
	struct slowest l = { .max = (size_t)m->slowest };

	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		for (const struct em_case *c = s->cases; c != NULL; c = c->next)
			add_slow(&l, c);
	if (l.n == 0)
		return;
	em_out_puts(m->piece,
	    "\n<details><summary>Slowest</summary>\n\n"
	    "| Case | Time |\n|:--|--:|\n");
	for (size_t i = 0; i < l.n; i++) {
		em_out_puts(m->piece, "| ");
		put_name(m, l.v[i]);
		em_out_puts(m->piece, " | ");
		put_duration(m->piece, duration_of(l.v[i]));
		em_out_puts(m->piece, " |\n");
	}
	em_out_puts(m->piece, "\n</details>\n");
	put_piece(w, m);
}

static enum em_rc
markdown_finish(struct em_writer *w)
{
	struct markdown *m = w->state;
	const struct em_run *run = digest_runs(w, &m->digest);

	if (run == NULL)
		em_out_puts(w->out, "## \xe2\x9d\x8c no tests\n");
	for (; run != NULL; run = run->next) {
		put_title(w, m, run);
		put_suites(w, m, run);
		put_failures(w, m, run);
		put_list(w, m, run, DIGEST_FLAKY, "Flaky");
		put_list(w, m, run, DIGEST_NOT_RUN, "Not run");
		put_slowest(w, m, run);
		if (run->next != NULL)
			em_out_puts(w->out, "\n");
	}
	if (m->cut)
		wr_lost(w, "what is beyond the limit");
	if (m->arena.failed || em_out_error(m->piece) != NULL)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return w->err.code == EM_E_NONE ? EM_OK : EM_ERR;
}

static const struct em_format_option options[] = {
	{ "title", "TEXT", "what the heading begins with" },
	{ "slowest", "N", "how many of the slowest cases; by default 10" },
	{ "limit", "BYTES", "of the whole; what does not fit is counted" },
	{ NULL, NULL, NULL },
};

const struct em_format format_markdown = {
	.info = {
		.name = "markdown",
		.title = "a summary for GitHub and its like",
		.flags = EM_FMT_WRITE,
		.losses = "cases that are well but for their number, output "
			  "of cases that did not fail, attachments, metrics, "
			  "properties, tags, times, log lines",
		.options = options,
	},
	.write = {
		.state_size = sizeof(struct markdown),
		.open = markdown_open,
		.event = markdown_event,
		.finish = markdown_finish,
		.close = markdown_close,
	},
};
