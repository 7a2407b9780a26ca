/* SPDX-License-Identifier: MIT */
/* The features that Cucumber's messages are about, and what is to be run. */
#include <stdlib.h>
#include <string.h>

#include "cucumber-source.h"

enum { TEXTS_BLOCK = 1024 };

/* A scenario or a row of its examples, in the source. */
struct node {
	struct em_str variant; /* of a row */
	uint32_t rule; /* text of the one around it, or 0 */
	int32_t line;
};

static const struct em_str none;

static struct table_key
id_key(const char *kind, struct em_str id)
{
	const struct em_str parts[] = { em_str(kind), id };

	return table_key(parts, ARRAY_LEN(parts), 0);
}

static void *
find(const struct source *s, const char *kind, struct em_str id)
{
	uint64_t *slot = table_get(&s->ids, id_key(kind, id));

	return slot != NULL ? (void *)(uintptr_t)*slot : NULL;
}

static void
enter(struct em_reader *r, struct source *s, struct table_key key,
    uintptr_t value)
{
	uint64_t *slot = table_at(&s->ids, key);

	if (slot == NULL)
		r->keep.failed = true;
	else
		*slot = value;
}

static void *
add(struct em_reader *r, struct source *s, const char *kind, struct em_str id,
    size_t size)
{
	void *p = arena_alloc(&r->keep, size);

	if (p != NULL)
		enter(r, s, id_key(kind, id), (uintptr_t)p);
	return p;
}

static uint32_t
step_id(struct em_str id)
{
	return (uint32_t)table_hash(id, 0);
}

/* One copy of texts that come again and again; their numbers are from 1. */
static uint32_t
intern(struct em_reader *r, struct source *s, struct em_str text)
{
	uint64_t *slot;
	struct em_str **block, **blocks;

	if (text.p == NULL || s->texts_n == UINT32_MAX - 1)
		return 0;
	slot = table_at(&s->numbers, table_key(&text, 1, 0));
	if (slot == NULL)
		goto fail;
	if (*slot != 0)
		return (uint32_t)*slot;
	if (s->texts_n % TEXTS_BLOCK == 0) {
		size_t n = s->texts_n / TEXTS_BLOCK + 1;

		blocks = realloc(s->texts, n * sizeof(struct em_str *));
		if (blocks == NULL)
			goto fail;
		s->texts = blocks;
		s->texts[n - 1] =
		    arena_alloc(&r->keep, TEXTS_BLOCK * sizeof(struct em_str));
	}
	block = &s->texts[s->texts_n / TEXTS_BLOCK];
	if (*block == NULL)
		goto fail;
	(*block)[s->texts_n % TEXTS_BLOCK] = arena_dup(&r->keep, text);
	*slot = ++s->texts_n;
	return s->texts_n;
fail:
	r->keep.failed = true;
	return 0;
}

struct em_str
source_text(const struct source *s, uint32_t number)
{
	if (number-- == 0)
		return none;
	return s->texts[number / TEXTS_BLOCK][number % TEXTS_BLOCK];
}

/* A line or column; 0 when it is not there. */
static int32_t
place(const struct json *v, const char *key)
{
	int64_t n;

	return json_i64(json_get(v, key), &n) && n > 0 && n < INT32_MAX
	    ? (int32_t)n
	    : 0;
}

static struct feature *
feature_of(struct em_reader *r, struct source *s, struct em_str uri)
{
	struct feature *f;

	if (uri.p == NULL)
		uri = EM_STR("");
	f = find(s, "feature", uri);
	if (f != NULL)
		return f;
	f = add(r, s, "feature", uri, sizeof(*f));
	if (f != NULL)
		f->uri = arena_dup(&r->keep, uri);
	return f;
}

/*
 * Most scenarios are in no rule, and of those only the line is kept: a
 * number with its lowest bit set, which no pointer has.
 */
static void
add_node(struct em_reader *r, struct source *s, const struct json *v,
    uint32_t rule, struct em_str variant)
{
	struct em_str id = json_text(json_get(v, "id"));
	int32_t line = place(json_get(v, "location"), "line");
	uintptr_t value = (uintptr_t)line << 1 | 1;
	struct node *n;

	if (rule == 0 && variant.p == NULL) {
		enter(r, s, id_key("node", id), value);
		return;
	}
	n = add(r, s, "node", id, sizeof(*n));
	if (n != NULL)
		*n = (struct node){ variant, rule, line };
}

static bool
find_node(const struct source *s, struct em_str id, struct node *n)
{
	uintptr_t value = (uintptr_t)find(s, "node", id);

	if (value == 0)
		return false;
	if (value & 1)
		*n = (struct node){ .line = (int32_t)(value >> 1) };
	else
		*n = *(const struct node *)value;
	return true;
}

/* "start=12, eat=5" */
static struct em_str
row_text(struct em_reader *r, const struct json *header, const struct json *row)
{
	const struct json *h = json_first(json_get(header, "cells"));
	const struct json *c = json_first(json_get(row, "cells"));
	struct em_str text = EM_STR("");

	for (; c != NULL; c = c->next) {
		struct em_str key = json_get_str(h, "value");

		if (text.n > 0)
			text = arena_join(&r->arena, text, EM_STR(", "));
		if (key.p != NULL)
			text = arena_join(&r->arena, text,
			    arena_join(&r->arena, key, EM_STR("=")));
		text = arena_join(&r->arena, text, json_get_str(c, "value"));
		h = h != NULL ? h->next : NULL;
	}
	return arena_dup(&r->keep, text);
}

static void
on_scenario(
    struct em_reader *r, struct source *s, const struct json *v, uint32_t rule)
{
	const struct json *table, *row;

	add_node(r, s, v, rule, none);
	table = json_first(json_get(v, "examples"));
	for (; table != NULL; table = table->next) {
		row = json_first(json_get(table, "tableBody"));
		for (; row != NULL; row = row->next)
			add_node(r, s, row, rule,
			    row_text(r, json_get(table, "tableHeader"), row));
	}
}

void
source_document(struct em_reader *r, struct source *s, const struct json *v)
{
	struct feature *f = feature_of(r, s, json_get_str(v, "uri"));
	const struct json *child, *inner, *rule;

	v = json_get(v, "feature");
	if (f != NULL && json_get_str(v, "name").n > 0)
		f->title = arena_dup(&r->keep, json_get_str(v, "name"));
	child = json_first(json_get(v, "children"));
	for (; child != NULL; child = child->next) {
		rule = json_get(child, "rule");
		inner = json_first(json_get(rule, "children"));
		if (json_get(child, "scenario") != NULL)
			on_scenario(r, s, json_get(child, "scenario"), 0);
		for (; inner != NULL; inner = inner->next)
			if (json_get(inner, "scenario") != NULL)
				on_scenario(r, s, json_get(inner, "scenario"),
				    intern(r, s, json_get_str(rule, "name")));
	}
}

static struct em_strs
tags(struct em_reader *r, struct source *s, const struct json *list)
{
	struct em_strs all = { NULL, 0 };
	struct em_str *v;

	if (json_first(list) == NULL)
		return all;
	v = arena_alloc(&r->keep, json_count(list) * sizeof(*v));
	all.v = v;
	for (list = json_first(list); v != NULL && list != NULL;
	     list = list->next) {
		struct em_str tag = json_get_str(list, "name");

		if (str_starts(tag, "@"))
			tag = str_from(tag, 1);
		if (tag.n > 0)
			v[all.n++] = source_text(s, intern(r, s, tag));
	}
	return all;
}

void
source_pickle(struct em_reader *r, struct source *s, const struct json *v)
{
	const struct json *ast = json_first(json_get(v, "astNodeIds"));
	const struct json *step = json_get(v, "steps");
	struct pickle *p;

	p = add(r, s, "pickle", json_text(json_get(v, "id")), sizeof(*p));
	if (p == NULL)
		return;
	p->feature = feature_of(r, s, json_get_str(v, "uri"));
	p->name = json_get_str(v, "name");
	p->name = arena_dup(&r->keep, p->name.p != NULL ? p->name : EM_STR(""));
	p->tags = tags(r, s, json_get(v, "tags"));
	p->line = place(json_get(v, "location"), "line");
	p->column = place(json_get(v, "location"), "column");
	p->iteration = EM_UNSET;
	for (; ast != NULL; ast = ast->next) {
		struct node n;

		if (!find_node(s, json_text(ast), &n))
			continue;
		p->rule = n.rule;
		p->variant = n.variant;
		if (p->column == 0 && n.line != 0)
			p->line = n.line;
	}
	p->steps = arena_alloc(&r->keep, json_count(step) * sizeof(*p->steps));
	for (step = json_first(step); p->steps != NULL && step != NULL;
	     step = step->next)
		p->steps[p->steps_n++] = (struct step){
			step_id(json_text(json_get(step, "id"))),
			intern(r, s, json_get_str(step, "text")),
		};
}

static uint32_t
find_step(const struct step *steps, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (steps[i].id == id)
			return steps[i].text;
	return 0;
}

/* A test case takes its pickle over, since only one refers to it; another
 * one has a copy. */
struct pickle *
source_case(struct em_reader *r, struct source *s, const struct json *v)
{
	struct pickle *p =
	    find(s, "pickle", json_text(json_get(v, "pickleId")));
	const struct json *step = json_get(v, "testSteps");
	struct pickle *copy;

	if (p != NULL && p->test_steps != NULL) {
		copy = arena_alloc(&r->keep, sizeof(*copy));
		if (copy == NULL)
			return p;
		*copy = *p;
		copy->test_steps_n = 0;
		p = copy;
	}
	if (p == NULL)
		return NULL;
	enter(r, s, id_key("case", json_text(json_get(v, "id"))), (uintptr_t)p);
	p->iteration = EM_UNSET;
	p->test_steps = arena_alloc(
	    &r->keep, (json_count(step) + 1) * sizeof(*p->test_steps));
	for (step = json_first(step); p->test_steps != NULL && step != NULL;
	     step = step->next)
		p->test_steps[p->test_steps_n++] = (struct step){
			step_id(json_text(json_get(step, "id"))),
			find_step(p->steps, p->steps_n,
			    step_id(json_text(json_get(step, "pickleStepId")))),
		};
	return p;
}

const struct pickle *
source_find_case(const struct source *s, struct em_str id)
{
	return find(s, "case", id);
}

struct em_str
source_step(const struct source *s, const struct pickle *p, struct em_str id)
{
	return source_text(
	    s, find_step(p->test_steps, p->test_steps_n, step_id(id)));
}

void
source_free(struct source *s)
{
	table_free(&s->ids);
	table_free(&s->numbers);
	free(s->texts);
}
