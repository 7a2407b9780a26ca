/* SPDX-License-Identifier: MIT */
/*
 * --partial: the stream again, with no more in it than a summary needs: each
 * case and attempt, what failed ones said, and what runs and suites state.
 * Being a stream of the protocol, tsum reads it like any other.
 */
#include "sum.h"

struct partial {
	struct cli *c;
	const struct sum_view *v;
	struct em_event ev; /* the identity that the next events carry */
	int st;
};

static void
begin(struct partial *p, enum em_kind kind, const struct em_run *run)
{
	em_event_init(&p->ev, kind);
	p->ev.run = run->id;
}

static void
put(struct partial *p)
{
	if (p->st == ST_OK)
		p->st = cli_write(p->c, &p->ev);
}

static void
identify(struct partial *p, enum em_kind kind, const struct em_case *c,
    const struct em_attempt *a)
{
	p->ev = em_case_identity(c);
	p->ev.kind = kind;
	if (a != NULL && a->number > 1)
		p->ev.attempt = a->number;
}

static void
put_item(struct partial *p, const struct em_case *c, const struct em_attempt *a,
    const struct em_item *i)
{
	const struct em_message *m = i->u.message;
	const struct em_output *o = i->u.output;

	identify(p, i->kind, c, a);
	if (i->kind == EM_CASE_MESSAGE) {
		p->ev.message_kind = m->kind;
		p->ev.message = m->message;
		p->ev.detail = m->detail;
		p->ev.type = m->type;
		p->ev.code = m->code;
		p->ev.expected = m->expected;
		p->ev.actual = m->actual;
		p->ev.location = m->location;
	} else if (i->kind == EM_CASE_OUTPUT) {
		p->ev.stream = o->stream;
		p->ev.text = o->text;
		p->ev.truncated_bytes = o->truncated_bytes;
	} else {
		return;
	}
	put(p);
}

/* The attempt that was reported more than once, and not the same: any that has
 * a result may stand for it. */
static const struct em_attempt *
contradicted(const struct em_case *c)
{
	const struct em_attempt *a = c->attempts;

	while (a != NULL && (!a->completed || a->outcome == EM_SKIP))
		a = a->next;
	return a;
}

/* A result that the one that counts contradicts, so that readers say no less:
 * the worse of the two has the word. */
static void
put_contradiction(
    struct partial *p, const struct em_case *c, const struct em_attempt *a)
{
	identify(p, EM_CASE_COMPLETE, c, a);
	p->ev.outcome = a->outcome == EM_PASS ? EM_SKIP : EM_PASS;
	put(p);
}

/* Of an attempt of *c: the kept one of the same number says more. */
static void
put_attempt(struct partial *p, const struct em_case *c,
    const struct em_case *kept, const struct em_attempt *a)
{
	if (a->started) {
		identify(p, EM_CASE_START, c, a);
		p->ev.worker = em_attempt_start(a)->worker;
		p->ev.tags = c->details->tags;
		p->ev.location = c->details->location;
		put(p);
	}
	for (const struct em_attempt *k = kept->attempts; k != NULL;
	     k = k->next)
		for (const struct em_item *i = k->items;
		     i != NULL && k->number == a->number; i = i->next)
			put_item(p, c, a, i);
	if (!a->completed)
		return;
	identify(p, EM_CASE_COMPLETE, c, a);
	p->ev.outcome = a->outcome == EM_INVALID ? EM_FAIL : a->outcome;
	p->ev.status = a->end->status;
	p->ev.reason = a->end->reason;
	p->ev.exit_code = a->end->exit_code;
	p->ev.signal = a->end->signal;
	p->ev.duration_ns = a->duration_ns;
	put(p);
	if (c->contradicted && a == contradicted(c))
		put_contradiction(p, c, a);
}

static void
put_case(struct partial *p, const struct em_case *c)
{
	const struct em_case *kept = sum_details(p->v, c);

	if (c->attempts == NULL) {
		identify(p, EM_DISCOVER_CASE, c, NULL);
		p->ev.selected = c->selected ? EM_TRUE : EM_FALSE;
		p->ev.status = c->last->end->status;
		p->ev.reason = c->last->end->reason;
		p->ev.tags = c->details->tags;
		p->ev.location = c->details->location;
		put(p);
	}
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		put_attempt(p, c, kept, a);
}

/* Errors, and with all the other lines too, where they may tell why. */
static void
put_logs(struct partial *p, const struct em_run *run, const struct em_suite *s,
    bool all)
{
	for (const struct em_item *i = sum_logs(p->v, run, s); i != NULL;
	     i = i->next) {
		if (!all && !sum_is_error(i))
			continue;
		begin(p, EM_LOG, run);
		if (s != NULL)
			p->ev.suite = s->name;
		p->ev.stream = i->u.output->stream;
		p->ev.level = i->u.output->level;
		p->ev.text = i->u.output->text;
		put(p);
	}
}

static void
put_suite(struct partial *p, const struct em_suite *s)
{
	if (s->started) {
		begin(p, EM_SUITE_START, s->run);
		p->ev.suite = s->name;
		p->ev.parent = s->parent;
		p->ev.title = s->title;
		put(p);
	}
	for (const struct em_case *c = s->cases; c != NULL; c = c->next)
		put_case(p, c);
	put_logs(p, s->run, s, sum_suite_broken(s));
	if (!s->completed)
		return;
	begin(p, EM_SUITE_COMPLETE, s->run);
	p->ev.suite = s->name;
	p->ev.outcome = s->outcome;
	p->ev.status = s->status;
	p->ev.reason = s->reason;
	p->ev.duration_ns = s->duration_ns;
	p->ev.counts = s->stated;
	put(p);
}

static void
put_run(struct partial *p, const struct em_run *run)
{
	begin(p, EM_PROTOCOL, run);
	p->ev.run = (struct em_str){ NULL, 0 };
	p->ev.version = EM_STR(EM_PROTOCOL_VERSION);
	p->ev.producer_name = run->producer_name;
	p->ev.producer_version = run->producer_version;
	put(p);
	if (run->started) {
		begin(p, EM_RUN_START, run);
		p->ev.seed = run->seed;
		p->ev.host = run->host;
		p->ev.time_ns = run->time_ns;
		put(p);
	}
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		put_suite(p, s);
	put_logs(p, run, NULL, !sum_explained(run));
	if (run->cancelled) {
		begin(p, EM_RUN_CANCEL, run);
		p->ev.reason = run->cancel_reason;
		put(p);
	}
	if (run->completed) {
		begin(p, EM_RUN_COMPLETE, run);
		p->ev.outcome = run->stated_outcome;
		p->ev.status = run->status;
		p->ev.counts = run->stated;
		p->ev.duration_ns = run->duration_ns;
		p->ev.filtered = run->filtered ? EM_TRUE : EM_ABSENT;
		put(p);
	} else if (run->listing) {
		begin(p, EM_DISCOVER_COMPLETE, run);
		put(p);
	}
}

int
sum_partial(struct cli *c, struct em_results *all, const struct sum_view *v)
{
	struct partial p = { .c = c, .v = v, .st = ST_OK };

	for (const struct em_run *run = em_results_runs(all); run != NULL;
	     run = run->next)
		put_run(&p, run);
	return p.st;
}
