/* SPDX-License-Identifier: MIT */
#include "console.h"
#include "plain.h"

static const size_t memory_max = (size_t)1 << 30;

enum em_rc
console_open(struct em_writer *w)
{
	struct console *c = w->state;

	arena_init(&c->arena, memory_max);
	c->total = EM_UNSET;
	return digest_open(w, &c->digest);
}

void
console_close(struct em_writer *w)
{
	struct console *c = w->state;

	digest_close(&c->digest);
	arena_free(&c->arena);
}

enum em_rc
console_event(
    struct em_writer *w, const struct em_event *ev, struct live_case **c)
{
	struct console *s = w->state;

	arena_reset(&s->arena);
	if (ev->kind == EM_PROTOCOL)
		s->listed = 0;
	else if (ev->kind == EM_DISCOVER_CASE && ev->selected != EM_FALSE)
		s->listed++;
	else if (ev->kind == EM_RUN_START)
		s->total = ev->total != EM_UNSET ? ev->total
		    : s->listed > 0              ? s->listed
						 : EM_UNSET;
	return digest_event(w, &s->digest, ev, c);
}

void
console_colored(struct em_writer *w, enum console_color color, const char *text)
{
	if (w->opts.color)
		em_out_printf(w->out, "\x1b[%dm", (int)color);
	em_out_puts(w->out, text);
	if (w->opts.color)
		em_out_puts(w->out, "\x1b[0m");
}

static void
put_name(struct em_writer *w, const struct em_case *c)
{
	struct console *s = w->state;
	struct em_event id = em_case_identity(c);

	plain_line(w->out, plain_name(&s->arena, &id));
}

/* ---- failures ---- */

/* What an attempt said and wrote, in that order, in blocks. */
static void
put_items(struct em_writer *w, const struct em_attempt *a)
{
	struct console *s = w->state;

	for (const struct em_item *i = a->items; i != NULL; i = i->next) {
		if (i->kind == EM_CASE_MESSAGE)
			plain_block(
			    w->out, plain_message(&s->arena, i->u.message), "");
		else if (i->kind == EM_CASE_OUTPUT)
			plain_block(w->out, i->u.output->text, "");
		if (i->kind == EM_CASE_OUTPUT &&
		    i->u.output->truncated_bytes > 0)
			em_out_printf(w->out, "[%lld bytes left out]\n",
			    (long long)i->u.output->truncated_bytes);
	}
}

static void
put_failure(struct em_writer *w, const struct em_case *c)
{
	const struct em_attempt *a = c->last;

	em_out_puts(w->out, "\n---- ");
	put_name(w, c);
	if (a->number > 1)
		em_out_printf(w->out, " (attempt %u)", (unsigned)a->number);
	em_out_puts(w->out, " ----\n");
	put_items(w, a);
	if (!a->completed)
		em_out_puts(w->out, "it started and did not complete\n");
	plain_block(w->out, a->end->reason, "");
}

/* Calls f for each case of the run that needs that. */
static void
each_case(struct em_writer *w, const struct em_run *run, enum digest_need need,
    void (*f)(struct em_writer *w, const struct em_case *c))
{
	const struct em_suite *s;
	const struct em_case *c;

	for (s = run->suites; s != NULL; s = s->next)
		for (c = s->cases; c != NULL; c = c->next)
			if (digest_need(c) == need)
				f(w, c);
}

static void
put_indented(struct em_writer *w, const struct em_case *c)
{
	em_out_puts(w->out, "    ");
	put_name(w, c);
	out_byte(w->out, '\n');
}

static void
put_list(struct em_writer *w, const struct em_run *run, enum digest_need need,
    const char *title)
{
	em_out_printf(w->out, "\n%s:\n", title);
	each_case(w, run, need, put_indented);
}

/* ---- the result ---- */

struct tally {
	uint64_t measured, flaky;
};

static struct tally
tally(const struct em_run *run)
{
	struct tally t = { 0, run->flaky };
	const struct em_suite *s;
	const struct em_case *c;

	for (s = run->suites; s != NULL; s = s->next)
		for (c = s->cases; c != NULL; c = c->next)
			t.measured += c->outcome == EM_PASS &&
			    str_eq(c->details->mode, "bench");
	return t;
}

static void
put_count(struct em_writer *w, uint64_t n, const char *what)
{
	if (n > 0)
		em_out_printf(w->out, "; %llu %s", (unsigned long long)n, what);
}

static void
put_suites(struct em_writer *w, const struct em_run *run)
{
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next) {
		if (s->outcome != EM_FAIL && s->outcome != EM_INVALID)
			continue;
		em_out_puts(w->out, "\nsuite ");
		plain_line(w->out, s->name);
		em_out_puts(w->out, " failed");
		if (s->reason.n > 0)
			em_out_puts(w->out, ": ");
		plain_line(w->out, s->reason);
		out_byte(w->out, '\n');
	}
}

static void
put_result(struct em_writer *w, const struct em_run *run)
{
	struct tally t = tally(run);
	const char *why;
	bool ok = digest_run_ok(run, &why);

	em_out_puts(w->out, "\ntest result: ");
	console_colored(
	    w, ok ? CONSOLE_GREEN : CONSOLE_RED, ok ? "ok" : "FAILED");
	em_out_printf(w->out,
	    ". %lld passed; %lld failed; %lld ignored; %llu measured; "
	    "%llu filtered out",
	    (long long)run->counts.pass - (long long)t.measured,
	    (long long)run->counts.fail, (long long)run->counts.skip,
	    (unsigned long long)t.measured,
	    (unsigned long long)run->not_selected);
	put_count(w, t.flaky, "flaky");
	put_count(w, run->not_run, "not run");
	put_count(w, run->incomplete, "incomplete");
	if (run->duration_ns != EM_UNSET) {
		em_out_puts(w->out, "; finished in ");
		out_seconds(w->out, run->duration_ns, 2);
		out_byte(w->out, 's');
	}
	out_byte(w->out, '\n');
	if (why != NULL) {
		em_out_puts(w->out, "error: ");
		em_out_puts(w->out, why);
		if (run->cancel_reason.n > 0 || run->status.n > 0)
			em_out_puts(w->out, ": ");
		plain_line(w->out,
		    run->cancel_reason.n > 0 ? run->cancel_reason
					     : run->status);
		out_byte(w->out, '\n');
	}
	out_byte(w->out, '\n');
}

/* What a listing looks like with libtest. */
static void
put_listed(struct em_writer *w, const struct em_case *c)
{
	put_name(w, c);
	em_out_puts(w->out,
	    str_eq(c->details->mode, "bench") ? ": benchmark\n" : ": test\n");
}

static void
put_listing(struct em_writer *w, const struct em_run *run)
{
	uint64_t tests = 0, benchmarks = 0;
	const struct em_suite *s;
	const struct em_case *c;

	for (s = run->suites; s != NULL; s = s->next)
		for (c = s->cases; c != NULL; c = c->next) {
			bool bench = str_eq(c->details->mode, "bench");

			if (!c->selected)
				continue;
			tests += !bench;
			benchmarks += bench;
			put_listed(w, c);
		}
	em_out_printf(w->out, "\n%llu tests, %llu benchmarks\n",
	    (unsigned long long)tests, (unsigned long long)benchmarks);
}

static void
put_run(struct em_writer *w, const struct em_run *run)
{
	if (run->listing) {
		put_listing(w, run);
		return;
	}
	if (run->counts.fail > 0) {
		em_out_puts(w->out, "\nfailures:\n");
		each_case(w, run, DIGEST_FAILED, put_failure);
		put_list(w, run, DIGEST_FAILED, "failures");
	}
	if (run->flaky > 0)
		put_list(w, run, DIGEST_FLAKY, "flaky");
	if (run->not_run > 0)
		put_list(w, run, DIGEST_NOT_RUN, "not run");
	put_suites(w, run);
	put_result(w, run);
}

enum em_rc
console_finish(struct em_writer *w)
{
	struct console *s = w->state;
	const struct em_run *run = digest_runs(w, &s->digest);

	arena_reset(&s->arena);
	if (run == NULL && w->err.code == EM_E_NONE)
		em_out_puts(w->out, "\nno tests were run\n");
	for (; run != NULL; run = run->next)
		put_run(w, run);
	if (s->arena.failed)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return w->err.code == EM_E_NONE ? EM_OK : EM_ERR;
}
