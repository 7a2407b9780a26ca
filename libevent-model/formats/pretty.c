/* SPDX-License-Identifier: MIT */
/* A line for each attempt as libtest has it: "test a::b ... ok". */
#include "console.h"
#include "plain.h"

/* "(status: reason)", as far as they are known. */
static void
put_why(struct em_writer *w, const struct em_event *ev)
{
	if (ev->status.n == 0 && ev->reason.n == 0)
		return;
	em_out_puts(w->out, " (");
	plain_line(w->out, ev->status);
	if (ev->status.n > 0 && ev->reason.n > 0)
		em_out_puts(w->out, ": ");
	plain_line(w->out, plain_first_line(ev->reason));
	out_byte(w->out, ')');
}

static void
put_skipped(struct em_writer *w, const struct em_event *ev)
{
	bool plain = ev->status.n == 0 || str_eq(ev->status, "ignored");

	console_colored(w, CONSOLE_YELLOW, "ignored");
	if (!plain) {
		put_why(w, ev);
		return;
	}
	if (ev->reason.n > 0)
		em_out_puts(w->out, ", ");
	plain_line(w->out, plain_first_line(ev->reason));
}

static const struct em_event *
first_metric(const struct live_case *c)
{
	for (const struct live_item *i = c->items; i != NULL; i = i->next)
		if (i->ev.kind == EM_CASE_METRIC)
			return &i->ev;
	return NULL;
}

static void
put_metric(struct em_writer *w, const struct em_event *m)
{
	console_colored(w, CONSOLE_CYAN, "bench");
	em_out_puts(w->out, ": ");
	for (size_t n = m->value.n; n < 11; n++)
		out_byte(w->out, ' ');
	plain_line(w->out, m->value);
	out_byte(w->out, ' ');
	plain_line(w->out, m->unit);
	if (m->deviation.p == NULL)
		return;
	em_out_puts(w->out, " (+/- ");
	plain_line(w->out, m->deviation);
	out_byte(w->out, ')');
}

static void
put_outcome(
    struct em_writer *w, const struct em_event *ev, const struct live_case *c)
{
	const struct em_event *metric = c != NULL ? first_metric(c) : NULL;

	if (ev->outcome == EM_PASS && metric != NULL) {
		put_metric(w, metric);
	} else if (ev->outcome == EM_PASS) {
		console_colored(w, CONSOLE_GREEN, "ok");
		put_why(w, ev);
	} else if (ev->outcome == EM_SKIP) {
		put_skipped(w, ev);
	} else {
		console_colored(w, CONSOLE_RED, "FAILED");
		put_why(w, ev);
	}
	if (ev->duration_ns != EM_UNSET && ev->outcome != EM_SKIP) {
		em_out_puts(w->out, " <");
		out_seconds(w->out, ev->duration_ns, 3);
		em_out_puts(w->out, "s>");
	}
	out_byte(w->out, '\n');
}

static void
put_test(struct em_writer *w, const struct em_event *ev)
{
	struct console *s = w->state;

	em_out_puts(w->out, "test ");
	plain_line(w->out, plain_name(&s->arena, ev));
	if (ev->attempt > 1)
		em_out_printf(
		    w->out, " (attempt %lld)", (long long)ev->attempt);
}

static void
put_slow(struct em_writer *w, const struct em_event *ev)
{
	put_test(w, ev);
	em_out_puts(w->out, " has been running for ");
	if (ev->threshold_ns == EM_UNSET) {
		em_out_puts(w->out, "long\n");
		return;
	}
	em_out_puts(w->out, "over ");
	out_seconds(w->out, ev->threshold_ns,
	    ev->threshold_ns % 1000000000 == 0 ? 0 : 1);
	em_out_puts(w->out, " seconds\n");
}

static enum em_rc
pretty_event(struct em_writer *w, const struct em_event *ev)
{
	struct console *s = w->state;
	struct live_case *c;

	if (console_event(w, ev, &c) != EM_OK)
		return EM_ERR;
	switch (ev->kind) {
	case EM_RUN_START:
		em_out_puts(w->out, "\nrunning ");
		if (s->total != EM_UNSET)
			em_out_printf(w->out, "%lld ", (long long)s->total);
		em_out_puts(w->out, s->total == 1 ? "test\n" : "tests\n");
		break;
	case EM_CASE_SLOW:
		put_slow(w, ev);
		break;
	case EM_CASE_COMPLETE:
		put_test(w, ev);
		em_out_puts(w->out, " ... ");
		put_outcome(w, ev, c);
		digest_end(&s->digest, c);
		break;
	case EM_LOG:
		plain_block(w->out, ev->text, "");
		break;
	default:
		break;
	}
	return EM_OK;
}

const struct em_format format_pretty = {
	.info = {
		.name = "pretty",
		.title = "lines for people, as libtest writes them",
		.flags = EM_FMT_WRITE | EM_FMT_STREAM_WRITE,
		.losses = "output of cases that did not fail, properties, "
			  "tags, attachments, times",
	},
	.write = {
		.state_size = sizeof(struct console),
		.open = console_open,
		.event = pretty_event,
		.finish = console_finish,
		.close = console_close,
	},
};
