/* SPDX-License-Identifier: MIT */
/* Cases: held while they are open, passed on when it is known that they may. */
#include <stdlib.h>

#include "merge-stream.h"

struct chain {
	struct chain *next;
	struct em_event *ev;
};

struct held {
	struct held *next;
	struct em_key key;
	int64_t attempt;
	struct merge_input *in; /* that it comes from */
	size_t part; /* of that */
	bool started;
	bool opened; /* its events go out as they come */
	struct chain *first, **last;
};

enum { SPARES = 64 }; /* kept for events that come */

static void
free_event(struct chain *c)
{
	if (c != NULL)
		em_event_free(c->ev);
	free(c);
}

/* A copy of the event; NULL when out of memory. */
static struct chain *
keep(struct merge_stream *m, const struct em_event *ev)
{
	struct chain *c = m->spare;
	bool kept;

	if (c != NULL) {
		m->spare = c->next;
		m->spares--;
		c->next = NULL;
		kept = em_event_refill(c->ev, ev);
	} else {
		c = calloc(1, sizeof(*c));
		kept = c != NULL && (c->ev = em_event_dup(ev)) != NULL;
	}
	if (kept)
		return c;
	free_event(c);
	return NULL;
}

/* Starts, of which each case has one, are small enough to stay. */
static void
let_go(struct merge_stream *m, struct chain *c)
{
	if (c->ev->kind != EM_CASE_START || m->spares == SPARES) {
		free_event(c);
		return;
	}
	c->next = m->spare;
	m->spare = c;
	m->spares++;
}

static void
free_one(struct merge_stream *m, struct held *h)
{
	struct chain *next;

	for (struct chain *c = h->first; c != NULL; c = next) {
		next = c->next;
		let_go(m, c);
	}
	if (h->in->latest == h)
		h->in->latest = NULL;
	free(h);
}

void
merge_free_held(struct merge_stream *m)
{
	struct held *next;
	struct chain *c;

	for (size_t i = 0; i < HELD_CHAINS; i++)
		for (struct held *h = m->held[i]; h != NULL; h = next) {
			next = h->next;
			free_one(m, h);
		}
	while ((c = m->spare) != NULL) {
		m->spare = c->next;
		free_event(c);
	}
}

static int64_t
number_of(const struct em_event *ev)
{
	return ev->attempt > 1 ? ev->attempt : 1;
}

static struct held **
find_held(struct merge_stream *m, struct em_key k, int64_t attempt)
{
	struct held **h = &m->held[k.lo % HELD_CHAINS];

	for (; *h != NULL; h = &(*h)->next)
		if ((*h)->key.lo == k.lo && (*h)->key.hi == k.hi &&
		    (*h)->attempt == attempt && (*h)->part == m->in->part)
			break;
	return h;
}

static struct held *
held_at(struct merge_stream *m, struct em_key k, int64_t attempt)
{
	struct held **at = find_held(m, k, attempt), *h = *at;

	if (h != NULL)
		return h;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return NULL;
	*h = (struct held){ .next = *at,
		.key = k,
		.attempt = attempt,
		.in = m->in,
		.part = m->in->part };
	h->last = &h->first;
	return *at = h;
}

static void
add(struct merge_stream *m, struct held *h, const struct em_event *ev)
{
	struct chain *c = h != NULL ? keep(m, ev) : NULL;

	if (c == NULL) {
		merge_no_memory(m);
		return;
	}
	h->started = h->started || ev->kind == EM_CASE_START;
	*h->last = c;
	h->last = &c->next;
	h->in->latest = h;
}

static void
hold(struct merge_stream *m, struct em_key k, const struct em_event *ev)
{
	struct held *h = held_at(m, k, number_of(ev));

	if (h != NULL && h->opened)
		merge_put_numbered(m, k, ev);
	else
		add(m, h, ev);
}

static void
put_chain(struct merge_stream *m, const struct held *h)
{
	for (const struct chain *c = h->first; c != NULL; c = c->next)
		if (c->ev->kind == EM_UNKNOWN)
			merge_put(m, c->ev);
		else
			merge_put_numbered(m, h->key, c->ev);
}

/* The case that the event names as its parent has started before it (LIF-2),
 * so what is held of that goes out first. */
static void
open_parent(struct merge_stream *m, const struct em_event *ev)
{
	struct em_event like = *ev;
	struct em_key k;
	struct held *h;
	struct chain *next;

	if (ev->parent.p == NULL)
		return;
	like.name = ev->parent;
	like.variant = (struct em_str){ NULL, 0 };
	like.iteration = EM_UNSET;
	k = em_case_key(&like);
	h = *find_held(m, k, 1);
	if (h == NULL || h->opened || h->first == NULL)
		return;
	h->opened = true;
	open_parent(m, h->first->ev);
	merge_note_result(m, k, h->first->ev);
	put_chain(m, h);
	for (struct chain *c = h->first; c != NULL; c = next) {
		next = c->next;
		let_go(m, c);
	}
	h->first = NULL;
	h->last = &h->first;
}

/* What is held of an attempt goes out, or waits for the end. */
static void
release(struct merge_stream *m, struct em_key k, int64_t attempt, bool park)
{
	struct held **at = find_held(m, k, attempt), *h = *at;

	if (h == NULL)
		return;
	*at = h->next;
	if (park) {
		for (const struct chain *c = h->first; c != NULL; c = c->next)
			merge_park(m, c->ev);
	} else {
		if (h->first != NULL)
			open_parent(m, h->first->ev);
		put_chain(m, h);
	}
	free_one(m, h);
}

static void
complete(struct merge_stream *m, struct em_key k, const struct em_event *ev)
{
	const struct held *h = *find_held(m, k, number_of(ev));
	bool opened = h != NULL && h->opened;

	if (ev->outcome == EM_SKIP && !opened) {
		release(m, k, number_of(ev), true);
		merge_park(m, ev);
		return;
	}
	if (!opened)
		merge_note_result(m, k, ev);
	release(m, k, number_of(ev), false);
	merge_put_numbered(m, k, ev);
}

/* Nothing has to wait.  That a case was skipped does not decide it, should
 * another stream follow. */
static void
pass(struct merge_stream *m, struct em_key k, const struct em_event *ev)
{
	uint64_t *v;

	if (ev->kind == EM_CASE_START || ev->kind == EM_CASE_COMPLETE)
		merge_note_result(m, k, ev);
	if (ev->kind == EM_CASE_COMPLETE && ev->outcome == EM_SKIP &&
	    ev->attempt <= 1) {
		v = merge_at(m, m->cases, k);
		*v = (*v & ~(uint64_t)K_RESULT) | K_SKIPPED;
	}
	merge_put(m, ev);
}

/* The attempt has completed. */
static bool
is_late(struct merge_stream *m, struct em_key k, const struct em_event *ev)
{
	const uint64_t *v = em_map_find(m->cases, k);

	return v != NULL && *v & K_RESULT &&
	    *v >> K_PART_SHIFT == m->in->part &&
	    *find_held(m, k, number_of(ev)) == NULL;
}

void
merge_case_event(struct merge_stream *m, const struct em_event *ev)
{
	struct em_key k = em_case_key(ev);

	if (merge_is_alone(m)) {
		pass(m, k, ev);
		return;
	}
	if (merge_loses(m, k))
		return;
	if (ev->kind == EM_CASE_COMPLETE)
		complete(m, k, ev);
	else if (ev->kind != EM_CASE_START && is_late(m, k, ev))
		merge_put_numbered(m, k, ev);
	else
		hold(m, k, ev);
}

void
merge_unknown(struct merge_stream *m, const struct em_event *ev)
{
	struct held *h = NULL;

	if (ev->name.p != NULL)
		h = *find_held(m, em_case_key(ev), number_of(ev));
	if (h == NULL)
		h = m->in->latest;
	if (h == NULL || h->opened || h->part != m->in->part)
		merge_put(m, ev);
	else
		add(m, h, ev);
}

void
merge_discover_case(struct merge_stream *m, const struct em_event *ev)
{
	uint64_t *v = merge_at(m, m->cases, em_case_key(ev));
	bool selected = ev->selected != EM_FALSE;

	if (!selected && !merge_is_alone(m)) {
		merge_park(m, ev);
	} else if (!(*v & K_DISCOVERED) || merge_is_alone(m)) {
		if (selected)
			*v |= K_DISCOVERED;
		merge_put(m, ev);
	}
}

/* ---- what never completed ---- */

/*
 * What never completed goes as it came: it is incomplete in the merged run
 * too.  Where another input has a result, the start alone would drown in
 * that, so it gets its end.
 */
static void
put_incomplete(struct merge_stream *m, const struct held *h)
{
	const struct em_event *first = h->first->ev;
	bool twice = h->started && merge_note_result(m, h->key, first);
	struct em_event ev;

	open_parent(m, first);
	put_chain(m, h);
	if (!twice)
		return;
	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.run = first->run;
	ev.suite = first->suite;
	ev.class_name = first->class_name;
	ev.name = first->name;
	ev.variant = first->variant;
	ev.iteration = first->iteration;
	ev.attempt = first->attempt;
	ev.outcome = EM_FAIL;
	ev.status = em_str("incomplete");
	merge_put(m, &ev);
}

void
merge_put_held(struct merge_stream *m, const struct merge_input *in)
{
	for (size_t i = 0; i < HELD_CHAINS; i++)
		for (struct held **at = &m->held[i]; *at != NULL;) {
			struct held *h = *at;

			if (in != NULL && h->in != in) {
				at = &h->next;
				continue;
			}
			*at = h->next;
			m->in = h->in;
			m->in->part = h->part;
			if (h->first != NULL)
				put_incomplete(m, h);
			free_one(m, h);
		}
}
