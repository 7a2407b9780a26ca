/* SPDX-License-Identifier: MIT */
/* JUnit XML in: events, one at a time, of what was read. */
#include "junit.h"
#include "junit-reader.h"

enum { STAGE_START, STAGE_INNER, STAGE_END };

void
junit_queue_open(struct em_reader *r)
{
	struct junit *j = r->state;

	arena_init(&j->arena[0], r->opts.limits.memory_max);
	arena_init(&j->arena[1], r->opts.limits.memory_max);
	j->fill = &j->arena[0];
	j->tail = &j->head;
	em_event_init(&j->start, EM_CASE_START);
	em_event_init(&j->complete, EM_CASE_COMPLETE);
}

struct em_str
junit_keep(struct junit *j, struct em_str s)
{
	return arena_dup(j->fill, s);
}

struct junit_queued *
junit_queue(struct em_reader *r, struct arena *a)
{
	struct junit *j = r->state;
	struct junit_queued *q = arena_alloc(a, sizeof(*q));

	if (q == NULL)
		return NULL;
	q->tail = &q->events;
	*j->tail = q;
	j->tail = &q->next;
	return q;
}

struct em_event *
junit_queue_inner(struct junit_queued *q, struct arena *a, enum em_kind kind)
{
	struct junit_event *e = arena_alloc(a, sizeof(*e));

	if (e == NULL)
		return NULL;
	em_event_init(&e->ev, kind);
	*q->tail = e;
	q->tail = &e->next;
	return &e->ev;
}

void
junit_queue_event(struct em_reader *r, const struct em_event *ev)
{
	struct junit *j = r->state;
	struct junit_queued *q = junit_queue(r, j->fill);
	struct em_event *e;

	if (q == NULL)
		return;
	e = junit_queue_inner(q, j->fill, ev->kind);
	if (e != NULL)
		*e = *ev;
}

static void
identify(struct em_event *ev, const struct junit_queued *q)
{
	const struct junit_case *c = q->c;

	ev->line = c->line;
	ev->suite = c->suite;
	ev->class_name = c->class_name;
	ev->name = c->name;
	ev->variant = junit_extra(c)->variant;
	ev->iteration = c->iteration;
	ev->attempt = q->attempt;
}

static const struct em_event *
start_of(struct junit *j, const struct junit_queued *q)
{
	const struct junit_extra *x = junit_extra(q->c);
	struct em_event *ev = &j->start;

	identify(ev, q);
	ev->time_ns = q->time_ns;
	ev->location = q->c->location;
	ev->mode = x->mode;
	ev->parent = x->parent;
	ev->worker = x->worker;
	ev->tags = x->tags;
	ev->properties = q->properties;
	return ev;
}

static const struct em_event *
completion_of(struct junit *j, const struct junit_queued *q)
{
	struct em_event *ev = &j->complete;

	identify(ev, q);
	ev->outcome = q->outcome;
	ev->status = q->status;
	ev->reason = q->reason;
	ev->duration_ns = q->duration_ns;
	ev->exit_code = q->exit_code;
	ev->signal = q->signal;
	return ev;
}

static const struct em_event *
inner_of(struct junit_queued *q)
{
	struct junit_event *e = q->events;

	q->events = e->next;
	if (q->c != NULL)
		identify(&e->ev, q);
	return &e->ev;
}

const struct em_event *
junit_dequeue(struct em_reader *r)
{
	struct junit *j = r->state;
	struct junit_queued *q;

	while ((q = j->head) != NULL) {
		switch (j->stage) {
		case STAGE_START:
			j->stage = STAGE_INNER;
			if (q->c != NULL)
				return start_of(j, q);
			break;
		case STAGE_INNER:
			if (q->events != NULL)
				return inner_of(q);
			j->stage = STAGE_END;
			break;
		default:
			j->stage = STAGE_START;
			j->head = q->next;
			if (q->c != NULL && q->outcome != EM_NONE)
				return completion_of(j, q);
			break;
		}
	}
	j->tail = &j->head;
	return NULL;
}

void
junit_queue_clean(struct junit *j)
{
	struct arena *other =
	    j->fill == &j->arena[0] ? &j->arena[1] : &j->arena[0];
	struct junit_suite *s;

	while ((s = j->ended) != NULL) {
		j->ended = s->outer;
		arena_reset(&s->arena);
		s->outer = j->spare;
		j->spare = s;
	}
	/* The failure of a suite is in the arena that is being filled, until
	 * all of it is read. */
	if (j->open == NULL && j->result != NULL)
		return;
	/* Inner cases lie in the arena of the case around them. */
	if (j->open == NULL)
		arena_reset(other);
	else if (j->open->arena == j->fill)
		j->fill = other;
	arena_reset(j->fill);
}
