/* SPDX-License-Identifier: MIT */
/* What a report collects of a case while its elements are open. */
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

struct em_strs
rep_tags(const struct rep_case *c)
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
