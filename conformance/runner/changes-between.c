/* SPDX-License-Identifier: MIT */
/*
 * Two schemas compared, keyword by keyword. A change is looked at for what it
 * takes from the values of a place and what it adds to them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "changes.h"
#include "language.h"
#include "path.h"
#include "shape.h"

enum { LOSES = 1, GAINS = 2 };

struct compare {
	struct changes *out;
	const struct schema *a, *b;
	bool reader, major_step;
};

/* A place in both. */
struct pair {
	const struct json *node_a, *node_b;
	struct shape a, b;
	const struct path *at;
	bool optional; /* then a reader of it takes null */
};

static const struct slice none = { NULL, 0 };

/*
 * What is lost of what a writer wrote is lost for all; what is gained is
 * beyond the readers there are, unless they look past it.
 */
static unsigned
wire(const struct compare *c, unsigned effect, bool taken_by_old_readers)
{
	unsigned w = 0;

	if (effect & LOSES)
		w |= WIRE_LOST;
	if (effect & GAINS)
		w |= taken_by_old_readers || c->reader ? WIRE_NEW
						       : WIRE_NEW | WIRE_BEYOND;
	return w;
}

static bool
same_note(const struct pair *p, const char *word)
{
	const struct json *x = shape_word(&p->a, word);
	const struct json *y = shape_word(&p->b, word);

	return x == NULL || y == NULL ? x == y : json_same(x, y, JSON_VALUE);
}

static void
compare_notes(struct compare *c, const struct pair *p)
{
	if (!same_note(p, "description") || !same_note(p, "title"))
		changes_add(c->out, "DOC_ONLY", 0, p->at, "other words", none);
	if (!same_note(p, "x-default"))
		changes_add(c->out, "FIELD_SAME_DEFAULT", 0, p->at,
		    "another default", none);
	if (!same_note(p, "x-unit"))
		changes_add(
		    c->out, "FIELD_SAME_UNIT", 0, p->at, "another unit", none);
	if (!same_note(p, "x-deprecated"))
		changes_add(c->out, "FIELD_DEPRECATED", 0, p->at,
		    "deprecated since another version", none);
	if (!same_note(p, "x-exactly-one"))
		changes_add(c->out, "FIELD_SAME_REQUIRED", 0, p->at,
		    "another choice of which one must be there", none);
}

/* False: what the rest says is about different values. */
static bool
compare_types(struct compare *c, const struct pair *p)
{
	unsigned lost = p->a.types & ~p->b.types;
	unsigned gained = p->b.types & ~p->a.types;
	unsigned effect = (lost ? LOSES : 0u) | (gained ? GAINS : 0u);
	bool taken = gained == TYPE_NULL && p->optional;

	if (effect == 0)
		return true;
	changes_add(c->out, "FIELD_SAME_TYPE", wire(c, effect, taken), p->at,
	    lost ? "a type is no longer taken" : "another type is taken", none);
	return (p->a.types & p->b.types) != 0;
}

static bool
has_dot(const struct json *v)
{
	return v->kind == JSON_STRING && v->text.n != 0 &&
	    memchr(v->text.p, '.', v->text.n) != NULL;
}

/* What else is asked can leave a value out that is listed. */
static bool
takes(const struct schema *s, const struct json *node, const struct json *v)
{
	return schema_valid_part(s, node, v, SCHEMA_STRICT, NULL);
}

/* In a writer's schema an open list takes any value with a dot. */
static bool
takes_dots(const struct compare *c, const struct shape *s)
{
	return !c->reader && s->open;
}

static void
compare_values(struct compare *c, const struct pair *p)
{
	const struct json *a = p->a.values, *b = p->b.values;
	bool dots;

	for (size_t i = 0; i < a->count; i++) {
		dots = has_dot(a->item[i]) && takes_dots(c, &p->b);
		if (takes(c->a, p->node_a, a->item[i]) &&
		    !takes(c->b, p->node_b, a->item[i]))
			changes_add(c->out, "ENUM_VALUE_NO_DELETE",
			    dots ? 0 : wire(c, LOSES, false), p->at,
			    "a value is gone:", a->item[i]->raw);
	}
	for (size_t i = 0; i < b->count; i++) {
		dots = has_dot(b->item[i]) && takes_dots(c, &p->a);
		if (takes(c->b, p->node_b, b->item[i]) &&
		    !takes(c->a, p->node_a, b->item[i]))
			changes_add(c->out,
			    p->a.open ? "ENUM_VALUE_ADDED" : "ENUM_CLOSED_SAME",
			    dots ? 0 : wire(c, GAINS, p->a.open), p->at,
			    "another value:", b->item[i]->raw);
	}
}

static void
compare_enums(struct compare *c, const struct pair *p)
{
	const struct json *a = p->a.values, *b = p->b.values;
	unsigned effect = 0;

	if (a != NULL && b != NULL)
		compare_values(c, p);
	else if (a == NULL && b != NULL)
		changes_add(c->out, "ENUM_VALUE_NO_DELETE",
		    wire(c, LOSES, false), p->at, "values are listed now",
		    none);
	else if (a != NULL)
		changes_add(c->out, "FIELD_SAME_TYPE",
		    wire(c, GAINS, p->a.open), p->at,
		    "values are no longer listed", none);
	if (p->a.open == p->b.open)
		return;
	/* What a dot lets through at one of them alone. */
	if (!c->reader && p->a.open && b != NULL)
		effect |= LOSES;
	if (!c->reader && p->b.open && a != NULL)
		effect |= GAINS;
	changes_add(c->out, "ENUM_SAME_OPENNESS", wire(c, effect, false), p->at,
	    p->b.open ? "closed before, open now" : "open before, closed now",
	    none);
}

static void
compare_constants(struct compare *c, const struct pair *p)
{
	const struct json *a = p->a.constant, *b = p->b.constant;
	unsigned effect;

	if (a == b || (a != NULL && b != NULL && json_same(a, b, JSON_VALUE)))
		return;
	effect = (b != NULL ? LOSES : 0u) | (a != NULL ? GAINS : 0u);
	changes_add(c->out, "FIELD_SAME_TYPE", wire(c, effect, false), p->at,
	    "another constant", none);
}

static void
limit_changed(struct compare *c, const struct pair *p, unsigned effect,
    const char *text, struct slice subject)
{
	const char *rule;

	if (c->reader)
		rule =
		    effect & LOSES ? "READER_NOT_TIGHTENED" : "READER_LOOSENED";
	else
		rule =
		    effect & LOSES ? "LIMIT_NOT_LOWERED" : "LIMIT_NOT_RAISED";
	changes_add(c->out, rule, wire(c, effect, false), p->at, text, subject);
}

static void
compare_limit(struct compare *c, const struct pair *p, enum shape_limit l)
{
	static const unsigned types[LIMITS] = { TYPE_INTEGER | TYPE_FRACTION,
		TYPE_INTEGER | TYPE_FRACTION, TYPE_STRING, TYPE_STRING,
		TYPE_ARRAY, TYPE_ARRAY };
	bool upper =
	    l == LIMIT_MAXIMUM || l == LIMIT_MAX_LENGTH || l == LIMIT_MAX_ITEMS;
	const struct json *a = p->a.limit[l], *b = p->b.limit[l];
	unsigned effect;
	int order;

	if (a == NULL && b == NULL)
		return;
	if (a != NULL && b != NULL) {
		order = json_number_compare(a->text, b->text);
		if (order == 0)
			return;
		effect = (order > 0) == upper ? LOSES : GAINS;
	} else
		effect = a == NULL ? LOSES : GAINS;
	/* No value is shorter than nothing. */
	if ((a == NULL || b == NULL) && !upper && l != LIMIT_MINIMUM &&
	    json_number_compare((a != NULL ? a : b)->text, slice_of("0")) == 0)
		return;
	/* Where values are listed, they have been compared one by one. */
	if ((p->a.types & p->b.types & types[l]) == 0 ||
	    (p->a.values != NULL && p->b.values != NULL))
		effect = 0;
	limit_changed(
	    c, p, effect, "another limit:", slice_of(shape_limit_name(l)));
}

static bool
differ(const struct language *a, const struct language *b)
{
	enum language_answer answer;
	char *text;
	size_t n;

	answer = language_difference(a, b, &text, &n);
	if (answer == LANGUAGE_FOUND)
		free(text);
	return answer != LANGUAGE_NONE;
}

static bool
is_version(const struct path *at)
{
	return at->up != NULL && slice_is(at->name, "version") &&
	    at->up->name.p != NULL && slice_is(at->up->name, "protocol");
}

/* Whether the versions of a pattern are of the major that the old schema has,
 * whose readers take them all. */
static bool
same_major(const struct compare *c, const struct language *versions)
{
	unsigned major, minor;
	struct language *all;
	char text[64];
	const char *why;
	bool same;

	changes_version(c->a, &major, &minor);
	snprintf(text, sizeof(text), "^%u\\.(0|[1-9][0-9]{0,3})$", major);
	all = language_read(slice_of(text), &why);
	same = all != NULL && !differ(versions, all);
	language_free(all);
	return same;
}

static void
compare_patterns(struct compare *c, const struct pair *p)
{
	const struct json *a = p->a.pattern, *b = p->b.pattern;
	const struct language *x, *y;
	unsigned effect = 0;

	if (a == b || (a != NULL && b != NULL && slice_same(a->text, b->text)))
		return;
	x = a != NULL ? schema_pattern(c->a, a->text) : NULL;
	y = b != NULL ? schema_pattern(c->b, b->text) : NULL;
	if (y != NULL && differ(x, y))
		effect |= LOSES;
	if (x != NULL && differ(y, x))
		effect |= GAINS;
	if (effect == 0 || (p->a.types & p->b.types & TYPE_STRING) == 0)
		return;
	if (p->a.values != NULL && p->b.values != NULL)
		effect = 0;
	if (is_version(p->at) && effect == GAINS && same_major(c, y))
		changes_add(c->out, "VERSION_WIDENED", wire(c, effect, true),
		    p->at, "more versions", none);
	else if (is_version(p->at))
		changes_add(c->out, "VERSION_MOVED", wire(c, effect, false),
		    p->at, "other versions", none);
	else if (c->reader)
		limit_changed(c, p, effect, "another pattern", none);
	else
		changes_add(c->out, "FIELD_SAME_PATTERN",
		    wire(c, effect, false), p->at, "another pattern", none);
}

static void compare_nodes(struct compare *, const struct path *,
    const struct json *a, const struct json *b, bool optional);

/* Schemas of what has no name; absent or true takes anything. */
static void
compare_rest(struct compare *c, const struct path *up, const char *name,
    const struct json *a, const struct json *b)
{
	struct path at = { up, slice_of(name), 0 };
	bool any_a = a == NULL || a->kind == JSON_BOOL;
	bool any_b = b == NULL || b->kind == JSON_BOOL;

	if (any_a && any_b)
		return;
	if (!any_a && !any_b)
		compare_nodes(c, &at, a, b, false);
	else
		changes_add(c->out, "FIELD_SAME_TYPE",
		    wire(c, any_a ? LOSES : GAINS, false), &at,
		    any_a ? "anything was taken" : "anything is taken", none);
}

/* ---- members ---- */

static bool
is_closed(const struct shape *s)
{
	return s->additional != NULL && s->additional->kind == JSON_BOOL &&
	    !s->additional->boolean;
}

static bool
dotted(struct slice name)
{
	return memchr(name.p, '.', name.n) != NULL;
}

/* What a schema makes of a member that it does not define. */
static bool
passes_over(const struct compare *c, const struct shape *s, struct slice name)
{
	return !is_closed(s) || (!c->reader && dotted(name));
}

static bool
takes_anything(const struct schema *s, const struct json *node)
{
	struct shape shape = shape_of(s, node);

	return node->kind == JSON_BOOL ||
	    (shape.types == TYPE_ANY && shape.values == NULL &&
		shape.constant == NULL && shape.properties == NULL &&
		shape.items == NULL && shape.pattern == NULL);
}

/* The member of b, not in a, that is the same under another name. */
static const struct json *
renamed_to(
    const struct compare *c, const struct pair *p, const struct json *gone)
{
	const struct json *m;

	for (size_t i = 0; (m = json_at(p->b.properties, i)) != NULL; i++)
		if (json_named(p->a.properties, m->name) == NULL &&
		    json_member(m, "x-promotes") == NULL &&
		    shape_same(c->a, gone, c->b, m))
			return m;
	return NULL;
}

static bool
is_reserved(const struct schema *s, const struct path *at)
{
	const struct json *list = json_member(schema_root(s), "x-reserved"),
			  *entry;
	char where[256];

	path_put(at, where, sizeof(where));
	for (size_t i = 0; (entry = json_at(list, i)) != NULL; i++)
		if (slice_is(json_text(entry, "name"), where))
			return true;
	return false;
}

static unsigned
wire_of_deletion(
    const struct compare *c, const struct pair *p, const struct json *gone)
{
	if (!passes_over(c, &p->b, gone->name))
		return wire(c, LOSES, false);
	if (c->reader || takes_anything(c->a, gone))
		return 0;
	return wire(c, GAINS, false);
}

static void
deleted(struct compare *c, const struct pair *p, const struct json *gone)
{
	struct path at = { p->at, gone->name, 0 };
	const struct json *now = renamed_to(c, p, gone);
	unsigned w = wire_of_deletion(c, p, gone);

	if (is_reserved(c->b, &at))
		changes_add(c->out, "FIELD_NO_DELETE_UNLESS_RESERVED", w, &at,
		    "gone, its name reserved", none);
	else if (now != NULL)
		changes_add(c->out, "FIELD_SAME_NAME", w, &at,
		    "has another name now:", now->name);
	else
		changes_add(c->out, "FIELD_NO_DELETE", w, &at, "gone", none);
	if (c->major_step && !is_reserved(c->b, &at))
		changes_add(c->out, "DELETED_NOT_RESERVED", 0, &at,
		    "gone, and its name is not reserved", none);
}

static void
added(struct compare *c, const struct pair *p, const struct json *m)
{
	struct path at = { p->at, m->name, 0 };
	bool required = shape_requires(&p->b, m->name);
	unsigned effect = GAINS, w;

	/* Where anything passed, a type takes some of it away. */
	if (passes_over(c, &p->a, m->name))
		effect = !c->reader && !takes_anything(c->b, m) ? LOSES
		    : c->reader                                 ? GAINS
								: 0u;
	if (required)
		effect |= LOSES;
	/* Readers of the old schema look past what they do not know. */
	w = wire(c, effect, true);
	if (required)
		changes_add(c->out, "FIELD_NO_NEW_REQUIRED", w, &at,
		    "new, and required", none);
	else if (json_member(m, "x-promotes") != NULL)
		changes_add(c->out, "EXT_PROMOTED", w, &at,
		    "new, for an extension", none);
	else
		changes_add(
		    c->out, "FIELD_ADDED_OPTIONAL", w, &at, "new", none);
}

static void
compare_members(struct compare *c, const struct pair *p)
{
	const struct json *m, *other;
	bool was, is;

	for (size_t i = 0; (m = json_at(p->a.properties, i)) != NULL; i++) {
		struct path at = { p->at, m->name, 0 };

		other = json_named(p->b.properties, m->name);
		if (other == NULL) {
			deleted(c, p, m);
			continue;
		}
		was = shape_requires(&p->a, m->name);
		is = shape_requires(&p->b, m->name);
		if (was != is)
			changes_add(c->out, "FIELD_SAME_REQUIRED",
			    wire(c, is ? LOSES : GAINS, false), &at,
			    is ? "optional before, required now"
			       : "required before, optional now",
			    none);
		compare_nodes(c, &at, m, other, !was);
	}
	for (size_t i = 0; (m = json_at(p->b.properties, i)) != NULL; i++)
		if (json_named(p->a.properties, m->name) == NULL)
			added(c, p, m);
	/* That it must be closed, or open, is a rule of its own. */
	if (!c->reader && is_closed(&p->a) && !is_closed(&p->b))
		changes_add(c->out, "WRITER_CLOSED", wire(c, GAINS, true),
		    p->at, "takes any member", none);
	else if (!c->reader && !is_closed(&p->a) && is_closed(&p->b))
		changes_add(c->out, "LIMIT_NOT_LOWERED", wire(c, LOSES, false),
		    p->at, "took any member before", none);
}

/* Whether some value of a member of the record is not one of the rest. */
static bool
beyond_rest(const struct compare *c, const struct shape *record,
    const struct json *rest, bool record_is_old)
{
	struct path at = { NULL, none, 0 };
	struct changes found = { NULL, 0, 0 };
	struct compare inner = *c;
	unsigned w = 0;
	const struct json *m;

	if (rest == NULL || rest->kind == JSON_BOOL)
		return rest != NULL && !rest->boolean;
	inner.out = &found;
	inner.reader = false;
	for (size_t i = 0; (m = json_at(record->properties, i)) != NULL; i++)
		if (record_is_old)
			compare_nodes(&inner, &at, m, rest, false);
		else
			compare_nodes(&inner, &at, rest, m, false);
	for (size_t i = 0; i < found.count; i++)
		w |= found.change[i].wire;
	changes_free(&found);
	return w & (record_is_old ? WIRE_LOST : WIRE_NEW);
}

/* Names of the protocol on one side, data on the other. */
static void
compare_record_with_map(struct compare *c, const struct pair *p)
{
	bool record_is_old = shape_is_record(&p->a);
	const struct shape *record = record_is_old ? &p->a : &p->b;
	const struct json *rest =
	    record_is_old ? p->b.additional : p->a.additional;
	unsigned effect = 0;

	/* A map holds what no record has: other names, or none at all. */
	effect |= record_is_old ? GAINS : LOSES;
	if (beyond_rest(c, record, rest, record_is_old))
		effect |= record_is_old ? LOSES : GAINS;
	changes_add(c->out, "FIELD_SAME_TYPE", wire(c, effect, false), p->at,
	    record_is_old ? "names are data now" : "names were data", none);
}

static void
compare_nodes(struct compare *c, const struct path *at, const struct json *a,
    const struct json *b, bool optional)
{
	struct pair p = { a, b, shape_of(c->a, a), shape_of(c->b, b), at,
		optional };

	if (a->kind == JSON_BOOL && b->kind == JSON_BOOL)
		return;
	compare_notes(c, &p);
	if (!compare_types(c, &p))
		return;
	compare_constants(c, &p);
	compare_enums(c, &p);
	for (int l = 0; l < LIMITS; l++)
		compare_limit(c, &p, (enum shape_limit)l);
	compare_patterns(c, &p);
	compare_rest(c, at, "items", p.a.items, p.b.items);
	if (shape_is_record(&p.a) && shape_is_record(&p.b))
		compare_members(c, &p);
	else if (shape_is_record(&p.a) || shape_is_record(&p.b))
		compare_record_with_map(c, &p);
	else
		compare_rest(c, at, "*", p.a.additional, p.b.additional);
}

static void
compare_events(struct compare *c, const struct path *events)
{
	const struct json *kind, *other;

	for (size_t i = 0; i < shape_branches(c->a); i++) {
		if ((kind = shape_kind(c->a, i)) == NULL)
			continue;
		struct path at = { events, kind->text, 0 };

		other = shape_event(c->b, kind->text);
		if (other == NULL)
			changes_add(c->out, "EVENT_NO_DELETE",
			    wire(c, LOSES, false), &at, "gone", none);
		else
			compare_nodes(
			    c, &at, shape_branch(c->a, i), other, false);
	}
	for (size_t i = 0; i < shape_branches(c->b); i++) {
		if ((kind = shape_kind(c->b, i)) == NULL ||
		    shape_event(c->a, kind->text) != NULL)
			continue;
		struct path at = { events, kind->text, 0 };

		changes_add(c->out, "EVENT_ADDED", wire(c, GAINS, true), &at,
		    "new", none);
	}
}

void
changes_between(
    struct changes *out, const struct schema *a, const struct schema *b)
{
	struct path root = { NULL, none, 0 };
	struct path events = { &root, slice_of("events"), 0 };
	unsigned major_a, major_b, minor;
	struct compare c = {
		.out = out, .a = a, .b = b, .reader = changes_is_reader(b)
	};

	c.major_step = changes_version(a, &major_a, &minor) &&
	    changes_version(b, &major_b, &minor) && major_a != major_b;
	compare_events(&c, &events);
}
