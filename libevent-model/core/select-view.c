/* SPDX-License-Identifier: MIT */
/*
 * A held case as the expression wants to see it.  What most expressions ask
 * about is in the record and in the newest event; what was said in between is
 * read again from the lines that are held.
 */
#include "select.h"

static struct sel_attempt *
next_of(const struct sel_attempt *at)
{
	return (struct sel_attempt *)(uintptr_t)at->a.next;
}

static uint32_t
clamp(int64_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static struct sel_attempt *
attempt_at(struct sel_view *v, int64_t number)
{
	uint32_t n = clamp(number);
	struct sel_attempt *at = (struct sel_attempt *)(uintptr_t)v->c.attempts;

	for (; at != NULL; at = next_of(at))
		if (at->a.number == n)
			return at;
	at = arena_alloc(&v->arena, sizeof(*at));
	if (at == NULL)
		return NULL;
	at->a.number = n;
	at->a.end = &v->end;
	at->a.duration_ns = EM_UNSET;
	at->a.next = v->c.attempts;
	v->c.attempts = &at->a;
	return at;
}

/* ---- what one event says ---- */

static bool
add_item(struct sel_view *v, struct sel_attempt *at, const struct em_item *item)
{
	struct em_item *it = arena_alloc(&v->arena, sizeof(*it));

	if (it == NULL || item->u.output == NULL)
		return false;
	*it = *item;
	it->next = NULL;
	if (at->tail != NULL)
		at->tail->next = it;
	else
		at->a.items = it;
	at->tail = it;
	return true;
}

static const struct em_start *
start_of(struct sel_view *v, const struct em_event *ev)
{
	struct em_start *x = arena_alloc(&v->arena, sizeof(*x));

	if (x != NULL)
		*x = (struct em_start){ .time_ns = ev->time_ns,
			.elapsed_ns = ev->elapsed_ns,
			.worker = ev->worker };
	return x;
}

static const struct em_output *
output_of(struct sel_view *v, const struct em_event *ev)
{
	struct em_output *x = arena_alloc(&v->arena, sizeof(*x));

	if (x != NULL)
		*x = (struct em_output){ .stream = ev->stream,
			.text = ev->text,
			.truncated_bytes = ev->truncated_bytes };
	return x;
}

static const struct em_message *
message_of(struct sel_view *v, const struct em_event *ev)
{
	struct em_message *x = arena_alloc(&v->arena, sizeof(*x));

	if (x != NULL)
		*x = event_message(ev);
	return x;
}

/* Is there a pair of that key? */
static bool
has_key(const struct em_pair *v, size_t n, struct em_str key)
{
	for (size_t i = 0; i < n; i++)
		if (em_str_eq(v[i].key, key))
			return true;
	return false;
}

/* What is stated later replaces what was stated earlier, key by key. */
static bool
add_properties(struct sel_view *v, struct em_pairs later)
{
	struct em_pairs earlier = v->details.properties;
	struct em_pair *all;
	size_t n = later.n;

	if (later.n == 0)
		return true;
	all = arena_alloc(&v->arena, (later.n + earlier.n) * sizeof(*all));
	if (all == NULL)
		return false;
	for (size_t i = 0; i < later.n; i++)
		all[i] = later.v[i];
	for (size_t i = 0; i < earlier.n; i++)
		if (!has_key(later.v, later.n, earlier.v[i].key))
			all[n++] = earlier.v[i];
	v->details.properties = (struct em_pairs){ all, n };
	return true;
}

static bool
add_details(struct sel_view *v, const struct em_event *ev)
{
	struct em_details *d = &v->details;

	if (ev->location.file.p != NULL)
		d->location = ev->location;
	if (ev->mode.p != NULL)
		d->mode = ev->mode;
	if (ev->tags.n > 0)
		d->tags = ev->tags;
	return add_properties(v, ev->properties);
}

static void
add_end(struct sel_view *v, struct sel_attempt *at, const struct em_event *ev)
{
	at->a.duration_ns = ev->duration_ns;
	/* The newest attempt decides; others only have said something. */
	if (at != &v->newest)
		return;
	if (ev->duration_ns == EM_UNSET && v->start_ns != EM_UNSET &&
	    ev->elapsed_ns >= v->start_ns)
		at->a.duration_ns = ev->elapsed_ns - v->start_ns;
	v->end = (struct em_end){ .status = ev->status,
		.reason = ev->reason,
		.exit_code = ev->exit_code,
		.signal = ev->signal };
}

static bool
add_event(struct sel_view *v, const struct em_event *ev)
{
	struct em_item item = { .kind = ev->kind };
	struct sel_attempt *at;

	if (ev->kind == EM_DISCOVER_CASE) {
		if (v->c.attempts == NULL)
			v->end = (struct em_end){ ev->status, ev->reason,
				EM_UNSET, EM_UNSET };
		return add_details(v, ev);
	}
	at = attempt_at(v, ev->attempt == EM_UNSET ? 1 : ev->attempt);
	if (at == NULL)
		return false;
	switch (ev->kind) {
	case EM_CASE_START:
		item.u.start = start_of(v, ev);
		return add_item(v, at, &item) && add_details(v, ev);
	case EM_CASE_OUTPUT:
		item.u.output = output_of(v, ev);
		return add_item(v, at, &item);
	case EM_CASE_MESSAGE:
		item.u.message = message_of(v, ev);
		return add_item(v, at, &item);
	case EM_CASE_COMPLETE:
		add_end(v, at, ev);
		return add_details(v, ev);
	default:
		return true;
	}
}

/* ---- the whole ---- */

static uint32_t
kinds_for(unsigned needs)
{
	uint32_t kinds = 0;

	if (needs & EM_KEEP_DETAILS)
		kinds |= 1u << EM_DISCOVER_CASE | 1u << EM_CASE_START |
		    1u << EM_CASE_COMPLETE;
	if (needs & EM_KEEP_MESSAGES)
		kinds |= 1u << EM_CASE_MESSAGE;
	if (needs & EM_KEEP_OUTPUT)
		kinds |= 1u << EM_CASE_OUTPUT;
	return kinds;
}

static void
set_identity(struct sel_view *v, const struct em_event *ev)
{
	v->c.class_name = ev->class_name;
	v->c.name = ev->name;
	v->c.iteration = ev->iteration == EM_UNSET ? 1 : ev->iteration;
	v->details.variant = ev->variant;
}

/* Reads held lines again: those of kinds, and the first for its identity when
 * there is no event to take that from. */
static bool
add_held(struct em_select *s, const struct sel_case *c, uint32_t kinds,
    bool identity)
{
	struct held_at at = { NULL, 0 };
	struct held_line l;

	while (hold_next(&c->lines, &at, &l)) {
		if (!identity && !(kinds & 1u << l.kind))
			continue;
		if (!scan_line(&s->scan, l.line, &s->scanned))
			return false;
		if (identity)
			set_identity(&s->view, &s->scanned);
		identity = false;
		if ((kinds & 1u << l.kind) && !add_event(&s->view, &s->scanned))
			return false;
	}
	return true;
}

static void
set_suite(struct sel_view *v, const struct sel_suite *suite)
{
	v->run.id = suite->run->id;
	v->run.started = suite->run->started;
	v->run.properties = suite->run->properties;
	v->suite.run = &v->run;
	v->suite.name = suite->name;
	v->suite.properties = suite->properties;
	v->c.suite = &v->suite;
}

static const struct em_end end_none = { .exit_code = EM_UNSET,
	.signal = EM_UNSET };

/* What the record says. */
static void
set_record(struct sel_view *v, const struct sel_case *c)
{
	struct em_attempt *last = &v->newest.a;

	v->end = end_none;
	v->details = (struct em_details){ .location = { .line = EM_UNSET } };
	v->newest = (struct sel_attempt){ .a = { .end = &v->end,
					      .duration_ns = EM_UNSET } };
	v->c.details = &v->details;
	v->c.last = last;
	v->c.attempts = c->ran ? last : NULL;
	v->c.selected = !c->unselected;
	v->c.incomplete = c->ran && !c->completed;
	v->c.attempt_count = c->attempts;
	v->start_ns = c->start_ns;
	if (c->ran) {
		last->number = clamp(c->attempt);
		last->outcome = sel_outcome(c);
		last->started = true;
		last->completed = c->completed;
		last->slow = c->slow;
	}
	v->c.outcome = last->outcome;
	v->c.flaky = c->failed && last->outcome == EM_PASS;
}

enum filter_tri
sel_ask(struct em_select *s, const struct sel_case *c,
    const struct em_event *ev, enum filter_phase phase)
{
	struct sel_view *v = &s->view;
	uint32_t kinds = 0;
	bool ok = true;

	if (s->by_outcome && phase == PHASE_ENDED)
		return s->says[sel_outcome(c)];
	if (phase == PHASE_ENDED || (ev != NULL && ev->kind == EM_CASE_START))
		kinds = kinds_for(s->filter->needs);
	/* The last word is in a line, too. */
	if (ev == NULL)
		kinds |=
		    c->ran ? 1u << EM_CASE_COMPLETE : 1u << EM_DISCOVER_CASE;
	arena_reset(&v->arena);
	set_suite(v, c->suite);
	set_record(v, c);
	if (ev != NULL)
		set_identity(v, ev);
	if (ev == NULL || kinds != 0) {
		arena_reset(&s->arena);
		ok = add_held(s, c, kinds, ev == NULL);
	}
	if (ev != NULL)
		ok = ok && add_event(v, ev);
	if (!ok) {
		s->stopped = true;
		err_set(&s->err, EM_E_LIMIT, 0,
		    "a case needs more memory than the limit");
		return FILTER_NO;
	}
	return filter_eval(s->filter, &v->c, phase);
}

void
sel_prepare(struct em_select *s)
{
	struct sel_suite suite = { .run =
				       &(struct sel_run){ .started = true } };
	struct sel_case c = { .suite = &suite };

	for (const struct filter_node *n = s->filter->nodes; n != NULL;
	     n = n->all)
		if (n->op == OP_LEAF && n->term->what != F_PASS &&
		    n->term->what != F_FAIL && n->term->what != F_SKIP)
			return;
	for (int o = EM_NONE; o <= EM_SKIP; o++) {
		c.ran = c.completed = o != EM_NONE;
		c.outcome = (enum em_outcome)o;
		set_suite(&s->view, &suite);
		set_record(&s->view, &c);
		s->says[o] = filter_eval(s->filter, &s->view.c, PHASE_ENDED);
	}
	if (s->says[EM_PASS] == FILTER_NO)
		s->drops |= 1u << EM_PASS;
	if (s->says[EM_SKIP] == FILTER_NO)
		s->drops |= 1u << EM_SKIP;
	s->by_outcome = true;
	s->plain = s->filter->kinds == 0 && !s->opts.final;
}
