/* SPDX-License-Identifier: MIT */
#include "shape.h"

enum { DEPTH = 32 };

static const struct {
	const char *name;
	unsigned types;
} types[] = {
	{ "null", TYPE_NULL },
	{ "boolean", TYPE_BOOLEAN },
	{ "integer", TYPE_INTEGER },
	{ "number", TYPE_INTEGER | TYPE_FRACTION },
	{ "string", TYPE_STRING },
	{ "array", TYPE_ARRAY },
	{ "object", TYPE_OBJECT },
};

static const char *const limits[LIMITS] = { "minimum", "maximum", "minLength",
	"maxLength", "minItems", "maxItems" };

static unsigned
type_named(struct slice name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (slice_is(name, types[i].name))
			return types[i].types;
	return 0;
}

static unsigned
type_of(const struct json *v)
{
	switch (v->kind) {
	case JSON_NULL:
		return TYPE_NULL;
	case JSON_BOOL:
		return TYPE_BOOLEAN;
	case JSON_NUMBER:
		return json_number_integral(v->text) ? TYPE_INTEGER
						     : TYPE_FRACTION;
	case JSON_STRING:
		return TYPE_STRING;
	case JSON_ARRAY:
		return TYPE_ARRAY;
	case JSON_OBJECT:
		return TYPE_OBJECT;
	}
	return 0;
}

const struct json *
shape_word(const struct shape *s, const char *keyword)
{
	const struct json *v;

	for (size_t i = 0; i < s->links; i++)
		if ((v = json_member(s->link[i], keyword)) != NULL)
			return v;
	return NULL;
}

static unsigned
types_of(const struct shape *s)
{
	const struct json *type = shape_word(s, "type");
	unsigned all = 0;

	if (type != NULL && type->kind == JSON_STRING)
		return type_named(type->text);
	for (size_t i = 0; type != NULL && i < type->count; i++)
		all |= type_named(type->item[i]->text);
	if (type != NULL)
		return all;
	if (s->constant != NULL)
		return type_of(s->constant);
	for (size_t i = 0; s->values != NULL && i < s->values->count; i++)
		all |= type_of(s->values->item[i]);
	return s->values != NULL ? all : TYPE_ANY;
}

struct shape
shape_of(const struct schema *schema, const struct json *node)
{
	struct shape s = { .links = 0 };
	const struct json *ref = node, *open;

	while (ref != NULL && s.links < SHAPE_LINKS) {
		s.link[s.links++] = node;
		open = json_member(node, "x-open");
		s.open |= open != NULL && open->boolean;
		if ((ref = json_member(node, "$ref")) != NULL)
			node = schema_pointer(schema_root(schema),
			    (struct slice){ ref->text.p + 1, ref->text.n - 1 });
	}
	s.values = shape_word(&s, "enum");
	s.constant = shape_word(&s, "const");
	s.types = types_of(&s);
	for (int i = 0; i < LIMITS; i++)
		s.limit[i] = shape_word(&s, limits[i]);
	s.pattern = shape_word(&s, "pattern");
	s.items = shape_word(&s, "items");
	s.additional = shape_word(&s, "additionalProperties");
	s.properties = shape_word(&s, "properties");
	s.required = shape_word(&s, "required");
	return s;
}

bool
shape_requires(const struct shape *s, struct slice name)
{
	for (size_t i = 0; s->required != NULL && i < s->required->count; i++)
		if (slice_same(s->required->item[i]->text, name))
			return true;
	return false;
}

bool
shape_is_record(const struct shape *s)
{
	return s->properties != NULL;
}

const char *
shape_limit_name(enum shape_limit l)
{
	return limits[l];
}

static bool same_node(const struct schema *, const struct json *,
    const struct schema *, const struct json *, int depth);

static bool
same_or_absent(const struct json *a, const struct json *b)
{
	return a == NULL || b == NULL ? a == b : json_same(a, b, JSON_VALUE);
}

static bool
same_members(const struct schema *sa, const struct json *a,
    const struct schema *sb, const struct json *b, int depth)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!slice_same(a->sorted[i]->name, b->sorted[i]->name) ||
		    !same_node(sa, a->sorted[i], sb, b->sorted[i], depth))
			return false;
	return true;
}

static bool
same_child(const struct schema *sa, const struct json *a,
    const struct schema *sb, const struct json *b, int depth)
{
	return a == NULL || b == NULL ? a == b : same_node(sa, a, sb, b, depth);
}

static bool
same_node(const struct schema *sa, const struct json *a,
    const struct schema *sb, const struct json *b, int depth)
{
	struct shape x, y;

	if (a->kind == JSON_BOOL || b->kind == JSON_BOOL)
		return json_same(a, b, JSON_VALUE);
	if (depth == DEPTH)
		return false;
	x = shape_of(sa, a);
	y = shape_of(sb, b);
	for (int i = 0; i < LIMITS; i++)
		if (!same_or_absent(x.limit[i], y.limit[i]))
			return false;
	return x.types == y.types && x.open == y.open &&
	    same_or_absent(x.values, y.values) &&
	    same_or_absent(x.constant, y.constant) &&
	    same_or_absent(x.pattern, y.pattern) &&
	    same_or_absent(x.required, y.required) &&
	    same_child(sa, x.items, sb, y.items, depth + 1) &&
	    same_child(sa, x.additional, sb, y.additional, depth + 1) &&
	    same_members(sa, x.properties, sb, y.properties, depth + 1);
}

bool
shape_same(const struct schema *sa, const struct json *a,
    const struct schema *sb, const struct json *b)
{
	return same_node(sa, a, sb, b, 0);
}

size_t
shape_branches(const struct schema *s)
{
	const struct json *all = json_member(schema_root(s), "oneOf");

	return all != NULL ? all->count : 0;
}

const struct json *
shape_branch(const struct schema *s, size_t i)
{
	return json_at(json_member(schema_root(s), "oneOf"), i);
}

const struct json *
shape_kind(const struct schema *s, size_t i)
{
	const struct json *b = schema_resolve(s, shape_branch(s, i));
	const struct json *kind = json_member(
	    json_member(json_member(b, "properties"), "event"), "const");

	return kind != NULL && kind->kind == JSON_STRING ? kind : NULL;
}

const struct json *
shape_event(const struct schema *s, struct slice kind)
{
	for (size_t i = 0; i < shape_branches(s); i++) {
		const struct json *k = shape_kind(s, i);

		if (k != NULL && slice_same(k->text, kind))
			return shape_branch(s, i);
	}
	return NULL;
}
