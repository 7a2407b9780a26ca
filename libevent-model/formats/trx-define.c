/* SPDX-License-Identifier: MIT */
/* The definitions of tests in TRX, and what they say of results. */
#include "dotnet.h"
#include "trx-read.h"

static const struct em_str none;

static struct trx_definition *
definition(struct em_reader *r, struct em_str id)
{
	struct trx *s = r->state;
	uint64_t *slot = table_at(&s->definitions, table_key(&id, 1, 0));
	struct trx_definition *d;

	if (slot == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	if (*slot != 0)
		return (struct trx_definition *)(uintptr_t)*slot;
	d = arena_alloc(&r->keep, sizeof(*d));
	if (d != NULL) {
		*d = (struct trx_definition){ .details = NULL };
		*slot = (uint64_t)(uintptr_t)d;
	}
	return d;
}

/* Most definitions have none; NULL without memory. */
static struct rep_case *
details_of(struct em_reader *r, struct trx_definition *d)
{
	if (d->details == NULL)
		d->details = rep_case_in(&r->keep);
	return d->details;
}

/* A copy of what many definitions in a row have in common. */
static struct em_str
share(struct em_reader *r, struct em_str s, struct em_str before)
{
	return s.p != NULL && em_str_eq(s, before) ? before
						   : arena_dup(&r->keep, s);
}

static void
define_property(struct em_reader *r, struct trx_definition *d,
    struct em_str key, struct em_str value)
{
	struct rep_case *details = value.n > 0 ? details_of(r, d) : NULL;

	if (details != NULL)
		rep_property(details, arena_dup(details->arena, key),
		    arena_dup(details->arena, value));
}

void
trx_start_definition(struct em_reader *r, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct trx_definition *d = definition(r, xml_attr(n, "id"));
	struct em_str priority = xml_attr(n, "priority");

	s->test = d;
	if (d == NULL)
		return;
	d->name = arena_dup(&r->keep, xml_attr(n, "name"));
	d->storage = share(r, xml_attr(n, "storage"),
	    s->before != NULL ? s->before->storage : none);
	if (!str_eq(priority, "2147483647"))
		define_property(r, d, EM_STR("priority"), priority);
}

static void
method(struct em_reader *r, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct em_str name = dotnet_class(xml_attr(n, "className"));

	const struct trx_definition *b = s->before;

	if (name.n > 0)
		s->test->class_name =
		    share(r, name, b != NULL ? b->class_name : none);
	s->test->code_base =
	    share(r, xml_attr(n, "codeBase"), b != NULL ? b->code_base : none);
}

static bool
same_nocase(struct em_str a, struct em_str b)
{
	for (size_t i = 0; a.n == b.n && i < a.n; i++) {
		char x = a.p[i], y = b.p[i];

		if (x >= 'A' && x <= 'Z')
			x = (char)(x - 'A' + 'a');
		if (y >= 'A' && y <= 'Z')
			y = (char)(y - 'A' + 'a');
		if (x != y)
			return false;
	}
	return a.n == b.n;
}

/* vstest writes storage in small letters, but not codeBase. */
static struct em_str
assembly_of(const struct trx_definition *d)
{
	struct em_str storage = dotnet_assembly(d->storage);
	struct em_str base = dotnet_assembly(d->code_base);

	if (storage.n == 0)
		return base.n > 0 ? base : none;
	return same_nocase(storage, base) ? base : storage;
}

static void
take_property(struct rep_case *c, struct em_str key, struct em_str value)
{
	if (str_eq(key, TRX_SUITE))
		c->suite = value;
	else if (str_eq(key, TRX_CLASS))
		c->class_name = value;
	else if (str_eq(key, TRX_VARIANT))
		c->variant = value;
	else if (str_eq(key, TRX_STATUS))
		c->status = value;
	else if (str_eq(key, TRX_ITERATION))
		str_i64(value, &c->iteration);
	else
		rep_property(c, key, value);
}

void
trx_define(struct em_reader *r, struct trx_result *x)
{
	struct trx *s = r->state;
	struct rep_case *c = x->c;
	const uint64_t *slot =
	    table_get(&s->definitions, table_key(&x->test, 1, 0));
	const struct trx_definition *d = slot != NULL
	    ? (const struct trx_definition *)(uintptr_t)*slot
	    : NULL;

	if (d != NULL) {
		c->suite = assembly_of(d);
		c->class_name = d->class_name;
		if (c->name.p == NULL)
			c->name = d->name;
		rep_inherit_tags(c, d->details);
		if (d->details != NULL)
			rep_each_property(d->details, take_property, c);
	}
	if (c->name.p == NULL)
		c->name = EM_STR("");
	c->name = dotnet_method(c->name, c->class_name);
}

static void
category(struct em_reader *r, struct trx_definition *d, struct em_str name)
{
	struct rep_case *details = name.n > 0 ? details_of(r, d) : NULL;

	if (details != NULL)
		rep_tag(details, arena_dup(&r->keep, name));
}

void
trx_start_in_definition(
    struct em_reader *r, enum trx_is is, const struct xml_node *n)
{
	struct trx *s = r->state;
	struct trx_definition *d = s->test;

	switch (is) {
	case METHOD:
		method(r, n);
		break;
	case OWNER:
		define_property(r, d, EM_STR("owner"), xml_attr(n, "name"));
		break;
	case CATEGORY:
		category(r, d, xml_attr(n, "TestCategory"));
		break;
	default:
		break;
	}
}

void
trx_end_in_definition(struct em_reader *r, enum trx_is is, struct em_str text)
{
	struct trx *s = r->state;

	switch (is) {
	case DESCRIPTION:
		define_property(r, s->test, EM_STR("Description"), text);
		break;
	case KEY:
		s->key = arena_dup(&r->keep, text);
		break;
	case VALUE:
		if (s->key.n > 0 && details_of(r, s->test) != NULL)
			rep_property(s->test->details, s->key,
			    arena_dup(&r->keep, text));
		break;
	default:
		break;
	}
}
