/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "pend.h"

/* ---- cases ---- */

static struct table_key
case_key(const struct em_event *ev)
{
	int64_t iteration = ev->iteration == EM_UNSET ? 1 : ev->iteration;
	const struct em_str id[] = { ev->run, ev->suite, ev->class_name,
		ev->name, ev->variant };

	return table_key(id, ARRAY_LEN(id), (uint64_t)iteration);
}

static struct pend_case *
take_spare(struct pend *p)
{
	struct pend_case *c = p->spare;

	if (c != NULL) {
		p->spare = c->next;
		return c;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		p->failed = true;
	else
		arena_init(&c->arena, p->memory_max);
	return c;
}

static void
link_last(struct pend *p, struct pend_case *c)
{
	c->next = NULL;
	c->prev = p->newest;
	if (p->newest != NULL)
		p->newest->next = c;
	else
		p->first = c;
	p->newest = c;
}

static void
unlink_case(struct pend *p, struct pend_case *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		p->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		p->newest = c->prev;
}

static void
copy_identity(struct pend_case *c, const struct em_event *ev)
{
	em_event_init(&c->id, EM_UNKNOWN);
	c->id.run = arena_dup(&c->arena, ev->run);
	c->id.suite = arena_dup(&c->arena, ev->suite);
	c->id.class_name = arena_dup(&c->arena, ev->class_name);
	c->id.name = arena_dup(&c->arena, ev->name);
	c->id.variant = arena_dup(&c->arena, ev->variant);
	c->id.iteration = ev->iteration;
	c->id.attempt = ev->attempt;
}

static void
drop_text(struct pend_case *c)
{
	free((char *)(uintptr_t)c->text.p);
	c->text = (struct em_str){ NULL, 0 };
}

/* Everything that the last attempt said goes. */
static void
start_attempt(struct pend_case *c, const struct em_event *ev)
{
	drop_text(c);
	arena_reset(&c->arena);
	em_event_init(&c->end, EM_UNKNOWN);
	c->mode = (struct em_str){ NULL, 0 };
	c->location = (struct em_location){ .line = EM_UNSET };
	c->began = EM_UNSET;
	c->said = 0;
	c->items = NULL;
	c->last = NULL;
	c->attempts++;
	copy_identity(c, ev);
}

static struct pend_case *
new_case(struct pend *p, const struct em_event *ev, uint64_t *slot)
{
	struct pend_case *c = take_spare(p);

	if (c == NULL)
		return NULL;
	*slot = (uint64_t)(uintptr_t)c;
	c->key = case_key(ev);
	c->attempts = 0;
	c->mark = 0;
	c->late = false;
	link_last(p, c);
	start_attempt(c, ev);
	return c;
}

/* ---- cases that were forgotten ---- */

/*
 * What the table has instead of a case: the attempt that was done, in odd
 * numbers, which no pointer is.
 */
enum { GONE = 1, GONE_FAILED = 2, GONE_SHIFT = 2 };

static bool
is_fail(enum em_outcome o)
{
	return o != EM_PASS && o != EM_SKIP;
}

static int64_t
attempt_of(const struct em_event *ev)
{
	return ev->attempt == EM_UNSET ? 1 : ev->attempt;
}

static uint64_t
gone(const struct pend_case *c)
{
	return (uint64_t)attempt_of(&c->id) << GONE_SHIFT |
	    (is_fail(c->end.outcome) ? GONE_FAILED : 0) | GONE;
}

/* True when the event belongs to what was done. */
static bool
is_late(uint64_t slot, const struct em_event *ev)
{
	return slot & GONE && ev->kind != EM_CASE_START &&
	    attempt_of(ev) <= (int64_t)(slot >> GONE_SHIFT);
}

/* ---- what cases say ---- */

static struct em_location
copy_location(struct arena *a, struct em_location l)
{
	l.file = arena_dup(a, l.file);
	return l;
}

static const struct em_output *
copy_output(struct arena *a, const struct em_event *ev)
{
	struct em_output *o = arena_alloc(a, sizeof(*o));

	if (o != NULL)
		*o = (struct em_output){
			.stream = arena_dup(a, ev->stream),
			.text = arena_dup(a, ev->text),
			.truncated_bytes = ev->truncated_bytes,
		};
	return o;
}

static const struct em_message *
copy_message(struct arena *a, const struct em_event *ev)
{
	struct em_message *m = arena_alloc(a, sizeof(*m));

	if (m != NULL)
		*m = (struct em_message){
			.kind = arena_dup(a, ev->message_kind),
			.message = arena_dup(a, ev->message),
			.detail = arena_dup(a, ev->detail),
			.type = arena_dup(a, ev->type),
			.code = arena_dup(a, ev->code),
			.expected = arena_dup(a, ev->expected),
			.actual = arena_dup(a, ev->actual),
			.rendered = arena_dup(a, ev->rendered),
			.location = copy_location(a, ev->location),
		};
	return m;
}

static const struct em_metric *
copy_metric(struct arena *a, const struct em_event *ev)
{
	struct em_metric *m = arena_alloc(a, sizeof(*m));

	if (m != NULL)
		*m = (struct em_metric){
			.metric = arena_dup(a, ev->metric),
			.unit = arena_dup(a, ev->unit),
			.value = arena_dup(a, ev->value),
			.deviation = arena_dup(a, ev->deviation),
			.min = arena_dup(a, ev->min),
			.max = arena_dup(a, ev->max),
			.median = arena_dup(a, ev->median),
		};
	return m;
}

static const struct em_attachment *
copy_attachment(struct arena *a, const struct em_event *ev)
{
	struct em_attachment *t = arena_alloc(a, sizeof(*t));

	if (t != NULL)
		*t = (struct em_attachment){
			.title = arena_dup(a, ev->title),
			.media_type = arena_dup(a, ev->media_type),
			.path = arena_dup(a, ev->path),
			.url = arena_dup(a, ev->url),
			.data = arena_dup(a, ev->data),
		};
	return t;
}

static void
add_item(struct pend_case *c, const struct em_event *ev)
{
	struct em_item *item = arena_alloc(&c->arena, sizeof(*item));

	if (item == NULL)
		return;
	item->kind = ev->kind;
	if (ev->kind == EM_CASE_OUTPUT)
		item->u.output = copy_output(&c->arena, ev);
	else if (ev->kind == EM_CASE_MESSAGE)
		item->u.message = copy_message(&c->arena, ev);
	else if (ev->kind == EM_CASE_METRIC)
		item->u.metric = copy_metric(&c->arena, ev);
	else
		item->u.attachment = copy_attachment(&c->arena, ev);
	if (c->arena.failed)
		return;
	if (c->last != NULL)
		c->last->next = item;
	else
		c->items = item;
	c->last = item;
}

static unsigned
said_by(const struct em_event *ev)
{
	unsigned said = 0;

	if (ev->worker.n > 0)
		said |= PEND_WORKER;
	if (ev->tags.n > 0)
		said |= PEND_TAGS;
	if (ev->parent.n > 0)
		said |= PEND_PARENT;
	if (ev->properties.n > 0)
		said |= PEND_PROPERTIES;
	return ev->kind == EM_CASE_SLOW ? said | PEND_SLOW : said;
}

static void
take_end(struct pend_case *c, const struct em_event *ev)
{
	c->end = *ev;
	c->end.status = arena_dup(&c->arena, ev->status);
	c->end.reason = arena_dup(&c->arena, ev->reason);
}

/* What came after the end: an error fails the case that did not fail yet. */
static enum pend_what
late(struct pend *p, const struct em_event *ev, uint64_t *slot,
    struct pend_case **cp)
{
	bool error =
	    ev->kind == EM_CASE_MESSAGE && str_eq(ev->message_kind, "error");
	bool fail = ev->kind == EM_CASE_COMPLETE && is_fail(ev->outcome);
	struct pend_case *c;

	if (*slot & GONE_FAILED || !(error || fail))
		return PEND_LOST;
	c = new_case(p, ev, slot);
	if (c == NULL)
		return PEND_NOTHING;
	c->late = true;
	if (error) {
		add_item(c, ev);
		em_event_init(&c->end, EM_CASE_COMPLETE);
		c->end.outcome = EM_FAIL;
		c->end.time_ns = ev->time_ns;
		c->end.elapsed_ns = ev->elapsed_ns;
	} else {
		take_end(c, ev);
	}
	p->failed |= c->arena.failed;
	*cp = c;
	return PEND_DONE;
}

static enum pend_what
take(struct pend *p, struct pend_case *c, const struct em_event *ev)
{
	c->said |= said_by(ev);
	if (ev->kind == EM_CASE_START) {
		c->mode = arena_dup(&c->arena, ev->mode);
		c->began = ev->elapsed_ns;
		c->location = copy_location(&c->arena, ev->location);
	} else if (ev->kind == EM_CASE_COMPLETE) {
		take_end(c, ev);
	} else if (ev->kind != EM_CASE_SLOW) {
		add_item(c, ev);
	}
	p->failed |= c->arena.failed;
	return ev->kind == EM_CASE_COMPLETE ? PEND_DONE : PEND_OPEN;
}

enum pend_what
pend_event(struct pend *p, const struct em_event *ev, struct pend_case **cp)
{
	struct pend_case *c;
	uint64_t *slot;
	bool ended;

	*cp = NULL;
	if (!em_event_is_case(ev))
		return PEND_NOTHING;
	slot = table_at(&p->cases, case_key(ev));
	if (slot == NULL) {
		p->failed = true;
		return PEND_NOTHING;
	}
	if (is_late(*slot, ev))
		return late(p, ev, slot, cp);
	if (*slot == 0 || *slot & GONE)
		c = new_case(p, ev, slot);
	else
		c = (struct pend_case *)(uintptr_t)*slot;
	if (c == NULL)
		return PEND_NOTHING;
	ended = c->end.kind == EM_CASE_COMPLETE;
	if (attempt_of(ev) > attempt_of(&c->id) ||
	    (ended && ev->kind == EM_CASE_START))
		start_attempt(c, ev);
	else if (ended)
		return PEND_LOST;
	*cp = c;
	return take(p, c, ev);
}

void
pend_text(struct pend *p, struct pend_case *c, struct em_str text)
{
	char *copy = malloc(text.n + 1);

	if (copy == NULL) {
		p->failed = true;
		return;
	}
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	c->text = (struct em_str){ copy, text.n };
	c->items = NULL;
	c->last = NULL;
	c->id = (struct em_event){ .attempt = c->id.attempt };
	c->end =
	    (struct em_event){ .kind = EM_CASE_COMPLETE, .outcome = EM_FAIL };
	arena_free(&c->arena);
	arena_init(&c->arena, p->memory_max);
}

void
pend_forget(struct pend *p, struct pend_case *c)
{
	uint64_t *slot = table_get(&p->cases, c->key);

	if (slot != NULL)
		*slot = gone(c);
	unlink_case(p, c);
	drop_text(c);
	c->next = p->spare;
	p->spare = c;
}

/* ---- for writers ---- */

const struct em_message *
pend_error(const struct pend_case *c)
{
	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_MESSAGE &&
		    str_eq(i->u.message->kind, "error"))
			return i->u.message;
	return NULL;
}

struct em_str
pend_name(struct arena *a, const struct em_event *id)
{
	struct em_str s = id->name;

	if (id->class_name.n > 0)
		s = arena_join(
		    a, arena_join(a, id->class_name, EM_STR("::")), s);
	if (id->variant.n > 0)
		s = arena_join(a,
		    arena_join(a, arena_join(a, s, EM_STR(" (")), id->variant),
		    EM_STR(")"));
	if (id->iteration > 1)
		s = arena_join(a, s,
		    arena_printf(
			a, " (iteration %lld)", (long long)id->iteration));
	return s;
}

enum em_rc
pend_option(struct em_writer *w, bool *now)
{
	const char *value = wr_option(w, "failures");

	*now = value != NULL && strcmp(value, "now") == 0;
	if (value == NULL || *now || strcmp(value, "end") == 0)
		return EM_OK;
	return err_set(&w->err, EM_E_USAGE, 0,
	    "bad value \"%s\" of failures, it is end or now", value);
}

void
pend_init(struct pend *p, size_t memory_max)
{
	*p = (struct pend){ .memory_max = memory_max };
}

void
pend_free(struct pend *p)
{
	while (p->first != NULL)
		pend_forget(p, p->first);
	while (p->spare != NULL) {
		struct pend_case *c = p->spare;

		p->spare = c->next;
		arena_free(&c->arena);
		free(c);
	}
	table_free(&p->cases);
}
