/* SPDX-License-Identifier: MIT */
#include "json.h"
#include "report.h"

struct rep_tag {
	struct rep_tag *next;
	struct em_str text;
};

struct rep_property {
	struct rep_property *next;
	struct em_str key, value;
	struct json *values; /* all of them, when there are several */
	struct json *last;
};

struct rep_item {
	struct rep_item *next;
	enum em_kind kind;
	union {
		struct em_output output;
		struct em_message message;
		struct em_metric metric;
		struct em_attachment attachment;
	} u;
};

/* ---- the run ---- */

static void
reset(struct report *p)
{
	em_event_init(&p->start, EM_RUN_START);
	p->version = p->status = (struct em_str){ NULL, 0 };
	p->duration_ns = EM_UNSET;
	p->listing = p->failed_itself = false;
	p->begun = p->suite_failed = false;
	failing_free(&p->failing);
	p->listed = 0;
	rep_clear(p);
}

void
rep_open(struct report *p, struct em_reader *r, struct em_str producer)
{
	p->r = r;
	p->producer = producer;
	arena_init(&p->arena, r->opts.limits.memory_max);
	reset(p);
}

void
rep_close(struct report *p)
{
	arena_free(&p->arena);
	failing_free(&p->failing);
	suites_free(&p->suites);
}

struct em_str
rep_dup(struct report *p, struct em_str s)
{
	return arena_dup(&p->arena, s);
}

struct em_str
rep_keep(struct report *p, struct em_str s)
{
	return arena_dup(&p->r->keep, s);
}

void
rep_run_property(struct report *p, struct em_str key, struct em_str value)
{
	struct arena *a = &p->r->keep;
	struct em_pair *pair;

	if (value.n == 0 || p->begun)
		return;
	pair = arena_alloc(a, sizeof(*pair));
	if (pair == NULL)
		return;
	*pair = (struct em_pair){ .key = arena_dup(a, key),
		.value = arena_dup(a, value) };
	p->start.properties =
	    pairs_join(a, p->start.properties, (struct em_pairs){ pair, 1 });
}

void
rep_begin(struct report *p)
{
	if (p->begun)
		return;
	p->begun = true;
	rd_protocol(p->r, p->producer, p->version);
	if (p->listing)
		rd_simple(p->r, EM_DISCOVER_START);
	else
		rd_emit(p->r, &p->start);
}

void
rep_suite(struct report *p, const struct em_event *ev)
{
	rep_begin(p);
	if (!p->listing)
		suites_start(p->r, &p->suites, ev);
}

void
rep_suite_end(struct report *p, const struct em_event *ev)
{
	rep_begin(p);
	if (p->listing)
		return;
	suites_end(p->r, &p->suites, ev);
	p->suite_failed |= ev->outcome == EM_FAIL;
}

void
rep_log(struct report *p, struct em_str suite, struct em_str stream,
    struct em_str level, struct em_str text)
{
	struct em_event ev;

	if (text.n == 0)
		return;
	rep_begin(p);
	em_event_init(&ev, EM_LOG);
	ev.suite = suite;
	ev.stream = stream;
	ev.level = level;
	ev.text = text;
	rd_emit(p->r, &ev);
}

static void
complete_run(struct report *p)
{
	bool failed = p->suite_failed || failing_any(&p->failing);
	struct em_event ev;

	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = failed || p->failed_itself ? EM_FAIL : EM_PASS;
	if (!failed && p->failed_itself)
		ev.status = p->status.p != NULL ? p->status : EM_STR("error");
	ev.duration_ns = p->duration_ns;
	rd_emit(p->r, &ev);
}

bool
rep_end(struct report *p)
{
	struct em_event ev;

	rep_begin(p);
	if (!p->listing) {
		if (!suites_complete(p->r, &p->suites))
			return false;
		complete_run(p);
	} else {
		em_event_init(&ev, EM_DISCOVER_COMPLETE);
		ev.total = p->listed;
		rd_emit(p->r, &ev);
	}
	reset(p);
	return true;
}

/* ---- a case ---- */

#define NO_LOCATION                                                            \
	{                                                                      \
		.line = EM_UNSET, .column = EM_UNSET, .end_line = EM_UNSET,    \
		.end_column = EM_UNSET                                         \
	}

const struct em_message rep_blank = { .location = NO_LOCATION };

static void
init_case(struct rep_case *c, struct arena *a)
{
	*c = (struct rep_case){ .arena = a,
		.location = NO_LOCATION,
		.iteration = EM_UNSET,
		.attempt = EM_UNSET,
		.time_ns = EM_UNSET,
		.duration_ns = EM_UNSET,
		.exit_code = EM_UNSET,
		.signal = EM_UNSET };
	c->tag_tail = &c->tags;
	c->property_tail = &c->properties;
	c->item_tail = &c->items;
}

struct rep_case *
rep_case_in(struct arena *a)
{
	struct rep_case *c = arena_alloc(a, sizeof(*c));

	if (c != NULL)
		init_case(c, a);
	return c;
}

struct rep_case *
rep_case(struct report *p)
{
	struct rep_case *c = rep_case_in(&p->arena);

	if (c != NULL)
		return c;
	init_case(&p->spare, &p->arena);
	return &p->spare;
}

static struct rep_item *
add_item(struct rep_case *c, enum em_kind kind)
{
	struct rep_item *item = arena_alloc(c->arena, sizeof(*item));

	if (item == NULL)
		return NULL;
	item->kind = kind;
	*c->item_tail = item;
	c->item_tail = &item->next;
	return item;
}

void
rep_output(struct rep_case *c, struct em_str stream, struct em_str text)
{
	struct rep_item *item = text.n > 0 ? add_item(c, EM_CASE_OUTPUT) : NULL;

	if (item != NULL)
		item->u.output = (struct em_output){ .stream = stream,
			.text = text,
			.truncated_bytes = EM_UNSET };
}

void
rep_message(struct rep_case *c, const struct em_message *m)
{
	struct rep_item *item = add_item(c, EM_CASE_MESSAGE);

	if (item != NULL)
		item->u.message = *m;
}

void
rep_attachment(struct rep_case *c, const struct em_attachment *a)
{
	struct rep_item *item = add_item(c, EM_CASE_ATTACHMENT);

	if (item != NULL)
		item->u.attachment = *a;
}

void
rep_metric(struct rep_case *c, const struct em_metric *m)
{
	struct rep_item *item = add_item(c, EM_CASE_METRIC);

	if (item != NULL)
		item->u.metric = *m;
}

void
rep_tag(struct rep_case *c, struct em_str tag)
{
	struct rep_tag *t;

	for (t = c->tags; t != NULL; t = t->next)
		if (em_str_eq(t->text, tag))
			return;
	t = arena_alloc(c->arena, sizeof(*t));
	if (t == NULL)
		return;
	t->text = tag;
	*c->tag_tail = t;
	c->tag_tail = &t->next;
}

void
rep_inherit_tags(struct rep_case *c, const struct rep_case *from)
{
	for (const struct rep_tag *t = from != NULL ? from->tags : NULL;
	     t != NULL; t = t->next)
		rep_tag(c, t->text);
}

static struct json *
string_value(struct arena *a, struct em_str text)
{
	struct json *v = arena_alloc(a, sizeof(*v));

	if (v != NULL) {
		v->type = JSON_STRING;
		v->text = text;
	}
	return v;
}

/* Puts value behind those that the property has. */
static void
add_value(struct arena *a, struct rep_property *p, struct em_str value)
{
	struct json *v = string_value(a, value);

	if (p->values == NULL)
		p->values = p->last = string_value(a, p->value);
	if (p->last == NULL || v == NULL)
		return;
	p->last->next = v;
	p->last = v;
}

void
rep_property(struct rep_case *c, struct em_str key, struct em_str value)
{
	struct rep_property *p;

	for (p = c->properties; p != NULL; p = p->next)
		if (em_str_eq(p->key, key)) {
			add_value(c->arena, p, value);
			return;
		}
	p = arena_alloc(c->arena, sizeof(*p));
	if (p == NULL)
		return;
	p->key = key;
	p->value = value;
	*c->property_tail = p;
	c->property_tail = &p->next;
}

/* A property of several values is taken once for each. */
void
rep_each_property(const struct rep_case *c,
    void (*take)(struct rep_case *to, struct em_str key, struct em_str value),
    struct rep_case *to)
{
	for (const struct rep_property *p = c->properties; p != NULL;
	     p = p->next) {
		if (p->values == NULL)
			take(to, p->key, p->value);
		for (const struct json *v = p->values; v != NULL; v = v->next)
			take(to, p->key, v->text);
	}
}

bool
rep_said(const struct rep_case *c)
{
	return c->items != NULL;
}

void
rep_move(struct rep_case *c, struct rep_case *from)
{
	if (from->items == NULL)
		return;
	*c->item_tail = from->items;
	c->item_tail = from->item_tail;
	from->items = NULL;
	from->item_tail = &from->items;
}

void
rep_clear(struct report *p)
{
	if (p->arena.failed)
		p->r->keep.failed = true;
	arena_reset(&p->arena);
}

/* ---- sending ---- */

static struct em_strs
tag_list(const struct rep_case *c)
{
	struct em_str *v;
	size_t n = 0;

	for (const struct rep_tag *t = c->tags; t != NULL; t = t->next)
		n++;
	v = n > 0 ? arena_alloc(c->arena, n * sizeof(*v)) : NULL;
	if (v == NULL)
		return (struct em_strs){ NULL, 0 };
	n = 0;
	for (const struct rep_tag *t = c->tags; t != NULL; t = t->next)
		v[n++] = t->text;
	return (struct em_strs){ v, n };
}

struct em_pairs
rep_properties(const struct rep_case *c)
{
	struct em_pair *v;
	size_t n = 0;

	for (const struct rep_property *p = c->properties; p != NULL;
	     p = p->next)
		n++;
	v = n > 0 ? arena_alloc(c->arena, n * sizeof(*v)) : NULL;
	if (v == NULL)
		return (struct em_pairs){ NULL, 0 };
	n = 0;
	for (const struct rep_property *p = c->properties; p != NULL;
	     p = p->next) {
		const struct json array = { .type = JSON_ARRAY,
			.child = p->values };

		v[n++] = (struct em_pair){ .key = p->key,
			.value = p->values != NULL
			    ? json_print(c->arena, &array)
			    : p->value,
			.json = p->values != NULL };
	}
	return (struct em_pairs){ v, n };
}

static void
identify(struct em_event *ev, enum em_kind kind, const struct em_event *id)
{
	em_event_init(ev, kind);
	ev->suite = id->suite;
	ev->class_name = id->class_name;
	ev->name = id->name;
	ev->variant = id->variant;
	ev->iteration = id->iteration;
	ev->attempt = id->attempt;
	ev->line = id->line;
}

static void
send_item(
    struct em_reader *r, const struct rep_item *item, const struct em_event *id)
{
	const struct em_output *o = &item->u.output;
	const struct em_message *m = &item->u.message;
	const struct em_metric *n = &item->u.metric;
	const struct em_attachment *a = &item->u.attachment;
	struct em_event ev;

	identify(&ev, item->kind, id);
	switch (item->kind) {
	case EM_CASE_OUTPUT:
		ev.stream = o->stream;
		ev.text = o->text;
		ev.truncated_bytes = o->truncated_bytes;
		break;
	case EM_CASE_MESSAGE:
		ev.message_kind = m->kind;
		ev.message = m->message;
		ev.detail = m->detail;
		ev.type = m->type;
		ev.code = m->code;
		ev.expected = m->expected;
		ev.actual = m->actual;
		ev.rendered = m->rendered;
		ev.location = m->location;
		break;
	case EM_CASE_METRIC:
		ev.metric = n->metric;
		ev.unit = n->unit;
		ev.value = n->value;
		ev.deviation = n->deviation;
		ev.min = n->min;
		ev.max = n->max;
		ev.median = n->median;
		ev.samples = n->samples;
		break;
	default:
		ev.title = a->title;
		ev.media_type = a->media_type;
		ev.path = a->path;
		ev.url = a->url;
		ev.data = a->data;
		break;
	}
	rd_emit(r, &ev);
}

static void
send_completion(
    struct report *p, const struct rep_case *c, const struct em_event *id)
{
	struct em_event ev;

	identify(&ev, EM_CASE_COMPLETE, id);
	ev.outcome = c->outcome;
	ev.status = c->status;
	ev.reason = c->reason;
	ev.duration_ns = c->duration_ns;
	ev.exit_code = c->exit_code;
	ev.signal = c->signal;
	rd_emit(p->r, &ev);
}

static void
send_attempt(struct report *p, const struct rep_case *c,
    const struct em_event *id, const struct em_event *details)
{
	struct em_event ev = *details;

	ev.kind = EM_CASE_START;
	ev.attempt = id->attempt;
	ev.time_ns = c->time_ns;
	rd_emit(p->r, &ev);
	for (const struct rep_item *i = c->items; i != NULL; i = i->next)
		send_item(p->r, i, id);
	if (c->outcome != EM_NONE && !c->later)
		send_completion(p, c, id);
}

/* The oldest first; the list has the newest first. */
static void
send_attempts(struct report *p, const struct rep_case *c, struct em_event *id,
    const struct em_event *details)
{
	const struct rep_case *const *v;
	const struct rep_case **w;
	int64_t first = id->attempt >= 1 ? id->attempt : 1;
	size_t n = 0;

	for (const struct rep_case *a = c; a != NULL; a = a->earlier)
		n++;
	v = w = arena_alloc(c->arena, n * sizeof(*w));
	if (w == NULL)
		return;
	for (const struct rep_case *a = c; a != NULL; a = a->earlier)
		w[--n] = a;
	for (;; n++) {
		id->attempt =
		    first + (int64_t)n > 1 ? first + (int64_t)n : EM_UNSET;
		send_attempt(p, v[n], id, details);
		if (v[n] == c)
			break;
	}
}

static bool
is_failure(enum em_outcome outcome)
{
	return outcome == EM_FAIL || outcome == EM_NONE;
}

void
rep_complete(struct report *p, const struct rep_case *c)
{
	struct em_event id;

	em_event_init(&id, EM_CASE_COMPLETE);
	id.suite = c->suite;
	id.class_name = c->class_name;
	id.name = c->name;
	id.variant = c->variant;
	id.iteration = c->iteration;
	id.attempt = c->attempt;
	id.line = c->line;
	failing_attempt(&p->failing, &id, is_failure(c->outcome));
	send_completion(p, c, &id);
}

void
rep_send(struct report *p, struct rep_case *c)
{
	struct em_event ev, id;

	em_event_init(&ev, EM_SUITE_START);
	ev.suite = c->suite;
	ev.line = c->line;
	rep_suite(p, &ev);
	ev.kind = EM_DISCOVER_CASE;
	ev.class_name = c->class_name;
	ev.name = c->name;
	ev.variant = c->variant;
	ev.iteration = c->iteration;
	rd_repeat(p->r, &ev);
	c->iteration = ev.iteration;
	c->attempt = ev.attempt;
	id = ev;
	ev.location = c->location;
	ev.tags = tag_list(c);
	ev.properties = rep_properties(c);
	if (!p->listing) {
		send_attempts(p, c, &id, &ev);
		if (!c->later)
			failing_attempt(
			    &p->failing, &id, is_failure(c->outcome));
		return;
	}
	p->listed++;
	ev.selected = c->unselected ? EM_FALSE : EM_ABSENT;
	ev.status = c->status;
	ev.reason = c->reason;
	rd_emit(p->r, &ev);
}

bool
rep_over(struct report *p, bool complete, struct rep_case **open)
{
	if (complete)
		return rep_end(p);
	rep_begin(p);
	if (*open != NULL)
		rep_send(p, *open);
	*open = NULL;
	return true;
}
