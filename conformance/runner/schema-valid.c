/* SPDX-License-Identifier: MIT */
/* Values held against schemas: one function a keyword. */
#include <stdio.h>

#include "language.h"
#include "path.h"
#include "schema-words.h"

enum { DEPTH_MAX = 4000 };

struct validation {
	const struct schema *schema;
	enum schema_extensions extensions;
	struct schema_why *why;
	const struct path *at;
	const struct json *within; /* the schema of the keyword */
	int depth;
};

static bool
invalid(struct validation *c, const char *text, struct slice value)
{
	struct schema_why *why = c->why;
	int n = (int)(value.n < 80 ? value.n : 80);

	if (why == NULL)
		return false;
	path_put(c->at, why->at, sizeof(why->at));
	if (value.p != NULL)
		snprintf(why->text, sizeof(why->text), "%s '%.*s'", text, n,
		    value.p);
	else
		snprintf(why->text, sizeof(why->text), "%s", text);
	return false;
}

static bool check(
    struct validation *, const struct json *s, const struct json *v);

static bool
check_child(struct validation *c, const struct json *s, const struct json *v,
    size_t index)
{
	struct path at = { c->at, v->name, index };
	bool ok;

	c->at = &at;
	ok = check(c, s, v);
	c->at = at.up;
	return ok;
}

/* Without a word about why not. */
static bool
holds(struct validation *c, const struct json *s, const struct json *v)
{
	struct schema_why *why = c->why;
	bool ok;

	c->why = NULL;
	ok = check(c, s, v);
	c->why = why;
	return ok;
}

static bool
has_dot(struct slice s)
{
	return s.n != 0 && memchr(s.p, '.', s.n) != NULL;
}

static bool
is_true(const struct json *v)
{
	return v != NULL && v->kind == JSON_BOOL && v->boolean;
}

static bool
is_type(const struct json *type, const struct json *v)
{
	static const char *const names[] = { "null", "boolean", "number",
		"string", "array", "object" };

	return slice_is(type->text, names[v->kind]) ||
	    (v->kind == JSON_NUMBER && slice_is(type->text, "integer") &&
		json_number_integral(v->text));
}

static bool
check_type(struct validation *c, const struct json *value, const struct json *v)
{
	size_t i;

	if (value->kind == JSON_STRING) {
		if (is_type(value, v))
			return true;
		return invalid(c, "is not of type", value->text);
	}
	for (i = 0; i < value->count; i++)
		if (is_type(value->item[i], v))
			return true;
	return invalid(c, "is of none of the types", value->raw);
}

static bool
check_enum(struct validation *c, const struct json *value, const struct json *v)
{
	size_t i;

	for (i = 0; i < value->count; i++)
		if (json_same(value->item[i], v, JSON_VALUE))
			return true;
	return invalid(c, "is none of the values", v->raw);
}

static bool
check_const(
    struct validation *c, const struct json *value, const struct json *v)
{
	return json_same(value, v, JSON_VALUE) ||
	    invalid(c, "is not", value->raw);
}

/* What is missing is pointed at as if it were there. */
static bool
check_required(
    struct validation *c, const struct json *value, const struct json *v)
{
	size_t i;

	for (i = 0; v->kind == JSON_OBJECT && i < value->count; i++)
		if (json_named(v, value->item[i]->text) == NULL) {
			struct path at = { c->at, value->item[i]->text, 0 };

			c->at = &at;
			invalid(c, "is required", (struct slice){ 0 });
			c->at = at.up;
			return false;
		}
	return true;
}

static bool
check_properties(
    struct validation *c, const struct json *value, const struct json *v)
{
	const struct json *p;
	size_t i;

	for (i = 0; v->kind == JSON_OBJECT && i < v->count; i++) {
		p = json_named(value, v->item[i]->name);
		if (p != NULL && !check_child(c, p, v->item[i], i))
			return false;
	}
	return true;
}

static bool
named_by_pattern(
    struct validation *c, const struct json *patterns, struct slice name)
{
	size_t i;

	for (i = 0; patterns != NULL && i < patterns->count; i++)
		if (language_has(
			schema_pattern(c->schema, patterns->item[i]->name),
			name))
			return true;
	return false;
}

static bool
check_additional(
    struct validation *c, const struct json *value, const struct json *v)
{
	const struct json *known = json_member(c->within, "properties");
	const struct json *patterns =
	    json_member(c->within, "patternProperties");
	bool closed = value->kind == JSON_BOOL && !value->boolean;
	size_t i;

	for (i = 0; v->kind == JSON_OBJECT && i < v->count; i++) {
		const struct json *m = v->item[i];

		if (json_named(known, m->name) != NULL ||
		    named_by_pattern(c, patterns, m->name))
			continue;
		if (closed) {
			if (c->extensions == SCHEMA_EXTENSIONS &&
			    has_dot(m->name))
				continue;
			return invalid(c, "has an unknown member", m->name);
		}
		if (!check_child(c, value, m, i))
			return false;
	}
	return true;
}

static bool
check_by_pattern(
    struct validation *c, const struct json *value, const struct json *v)
{
	const struct language *l;
	size_t i, k;

	for (k = 0; v->kind == JSON_OBJECT && k < value->count; k++) {
		l = schema_pattern(c->schema, value->item[k]->name);
		for (i = 0; i < v->count; i++)
			if (language_has(l, v->item[i]->name) &&
			    !check_child(c, value->item[k], v->item[i], i))
				return false;
	}
	return true;
}

static bool
check_names(
    struct validation *c, const struct json *value, const struct json *v)
{
	size_t i;

	for (i = 0; v->kind == JSON_OBJECT && i < v->count; i++) {
		struct json name = { .kind = JSON_STRING,
			.text = v->item[i]->name,
			.raw = v->item[i]->name };

		if (!check(c, value, &name))
			return false;
	}
	return true;
}

static bool
check_dependent(
    struct validation *c, const struct json *value, const struct json *v)
{
	size_t i;

	for (i = 0; v->kind == JSON_OBJECT && i < value->count; i++)
		if (json_named(v, value->item[i]->name) != NULL &&
		    !check(c, value->item[i], v))
			return false;
	return true;
}

static bool
check_items(
    struct validation *c, const struct json *value, const struct json *v)
{
	const struct json *first = json_member(c->within, "prefixItems");
	size_t i;

	if (v->kind != JSON_ARRAY)
		return true;
	for (i = first != NULL ? first->count : 0; i < v->count; i++)
		if (!check_child(c, value, v->item[i], i))
			return false;
	return true;
}

static bool
check_first_items(
    struct validation *c, const struct json *value, const struct json *v)
{
	size_t i;

	for (i = 0; v->kind == JSON_ARRAY && i < v->count && i < value->count;
	     i++)
		if (!check_child(c, value->item[i], v->item[i], i))
			return false;
	return true;
}

static bool
check_minimum(
    struct validation *c, const struct json *value, const struct json *v)
{
	return v->kind != JSON_NUMBER ||
	    json_number_compare(v->text, value->text) >= 0 ||
	    invalid(c, "is less than", value->text);
}

static bool
check_maximum(
    struct validation *c, const struct json *value, const struct json *v)
{
	return v->kind != JSON_NUMBER ||
	    json_number_compare(v->text, value->text) <= 0 ||
	    invalid(c, "is more than", value->text);
}

/* A size against a limit in the schema, which may be any JSON number. */
static int
compare_size(size_t n, const struct json *limit)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%zu", n);

	return json_number_compare(
	    (struct slice){ text, (size_t)len }, limit->text);
}

/* Characters, where a byte that begins none does not count. */
static size_t
length(struct slice s)
{
	size_t n = 0, i;

	for (i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static bool
check_min_length(
    struct validation *c, const struct json *value, const struct json *v)
{
	return v->kind != JSON_STRING ||
	    compare_size(length(v->text), value) >= 0 ||
	    invalid(c, "is shorter than", value->text);
}

static bool
check_max_length(
    struct validation *c, const struct json *value, const struct json *v)
{
	return v->kind != JSON_STRING ||
	    compare_size(length(v->text), value) <= 0 ||
	    invalid(c, "is longer than", value->text);
}

static bool
check_min_items(
    struct validation *c, const struct json *value, const struct json *v)
{
	return v->kind != JSON_ARRAY || compare_size(v->count, value) >= 0 ||
	    invalid(c, "has fewer items than", value->text);
}

static bool
check_max_items(
    struct validation *c, const struct json *value, const struct json *v)
{
	return v->kind != JSON_ARRAY || compare_size(v->count, value) <= 0 ||
	    invalid(c, "has more items than", value->text);
}

static bool
check_pattern(
    struct validation *c, const struct json *value, const struct json *v)
{
	return v->kind != JSON_STRING ||
	    language_has(schema_pattern(c->schema, value->text), v->text) ||
	    invalid(c, "does not match", value->text);
}

static bool
check_ref(struct validation *c, const struct json *value, const struct json *v)
{
	struct slice pointer = { value->text.p + 1, value->text.n - 1 };

	return check(c, schema_pointer(schema_root(c->schema), pointer), v);
}

static bool
check_all(struct validation *c, const struct json *value, const struct json *v)
{
	size_t i;

	for (i = 0; i < value->count; i++)
		if (!check(c, value->item[i], v))
			return false;
	return true;
}

static bool
check_any(struct validation *c, const struct json *value, const struct json *v)
{
	size_t i;

	for (i = 0; i < value->count; i++)
		if (holds(c, value->item[i], v))
			return true;
	return invalid(c, "matches none of 'anyOf'", (struct slice){ 0 });
}

static bool
check_not(struct validation *c, const struct json *value, const struct json *v)
{
	return !holds(c, value, v) ||
	    invalid(c, "matches what it must not", value->raw);
}

/* Of events: the branch that is about this kind, which can say more. */
static const struct json *
branch_of_kind(
    struct validation *c, const struct json *branches, const struct json *v)
{
	const struct json *kind = json_member(v, "event"), *s;
	size_t i;

	for (i = 0; kind != NULL && i < branches->count; i++) {
		s = schema_resolve(c->schema, branches->item[i]);
		s = json_member(json_member(s, "properties"), "event");
		s = json_member(s, "const");
		if (s != NULL && json_same(s, kind, JSON_VALUE))
			return branches->item[i];
	}
	return NULL;
}

static bool
check_one(struct validation *c, const struct json *value, const struct json *v)
{
	const struct json *branch;
	size_t i, n = 0;

	for (i = 0; i < value->count && n < 2; i++)
		n += holds(c, value->item[i], v);
	if (n == 1)
		return true;
	branch = n == 0 ? branch_of_kind(c, value, v) : NULL;
	if (branch != NULL)
		return check(c, branch, v);
	return invalid(c,
	    n == 0 ? "matches none of 'oneOf'" : "matches several of 'oneOf'",
	    (struct slice){ 0 });
}

/* clang-format off */
static const struct word words[] = {
	{ "type", WORD_TYPE, SCHEMA_PROFILE, check_type },
	{ "const", WORD_ANY, SCHEMA_PROFILE, check_const },
	{ "enum", WORD_VALUES, SCHEMA_PROFILE, check_enum },
	{ "required", WORD_NAMES, SCHEMA_PROFILE, check_required },
	{ "properties", WORD_BY_NAME, SCHEMA_PROFILE, check_properties },
	{ "additionalProperties", WORD_SCHEMA, SCHEMA_PROFILE,
	    check_additional },
	{ "items", WORD_SCHEMA, SCHEMA_PROFILE, check_items },
	{ "minimum", WORD_NUMBER, SCHEMA_PROFILE, check_minimum },
	{ "maximum", WORD_NUMBER, SCHEMA_PROFILE, check_maximum },
	{ "minLength", WORD_COUNT, SCHEMA_PROFILE, check_min_length },
	{ "maxLength", WORD_COUNT, SCHEMA_PROFILE, check_max_length },
	{ "minItems", WORD_COUNT, SCHEMA_PROFILE, check_min_items },
	{ "maxItems", WORD_COUNT, SCHEMA_PROFILE, check_max_items },
	{ "pattern", WORD_PATTERN, SCHEMA_PROFILE, check_pattern },
	{ "$ref", WORD_REF, SCHEMA_PROFILE, check_ref },
	{ "oneOf", WORD_SCHEMAS, SCHEMA_PROFILE, check_one },
	{ "not", WORD_SCHEMA, SCHEMA_PROFILE, check_not },
	{ "$defs", WORD_BY_NAME, SCHEMA_PROFILE, NULL },
	{ "$schema", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "$id", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "$comment", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "title", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "description", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "examples", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-version", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-since", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-deprecated", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-open", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-unit", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-default", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-reserved", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-exactly-one", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-requires", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "x-promotes", WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ "default", WORD_NOTE, SCHEMA_GENERAL, NULL },
	{ "allOf", WORD_SCHEMAS, SCHEMA_GENERAL, check_all },
	{ "anyOf", WORD_SCHEMAS, SCHEMA_GENERAL, check_any },
	{ "patternProperties", WORD_BY_PATTERN, SCHEMA_GENERAL,
	    check_by_pattern },
	{ "propertyNames", WORD_SCHEMA, SCHEMA_GENERAL, check_names },
	{ "dependentSchemas", WORD_BY_NAME, SCHEMA_GENERAL,
	    check_dependent },
	{ "prefixItems", WORD_SCHEMAS, SCHEMA_GENERAL, check_first_items },
};
/* clang-format on */

const struct word *
word_find(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_is(name, words[i].name))
			return &words[i];
	return NULL;
}

static bool
passes_as_extension(
    const struct validation *c, const struct json *s, const struct json *v)
{
	return c->extensions == SCHEMA_EXTENSIONS && v->kind == JSON_STRING &&
	    has_dot(v->text) && is_true(json_member(s, "x-open"));
}

static bool
check(struct validation *c, const struct json *s, const struct json *v)
{
	const struct word *w;
	bool ok = true;
	size_t i;

	if (s->kind == JSON_BOOL)
		return s->boolean ||
		    invalid(c, "may not be here", (struct slice){ 0 });
	if (passes_as_extension(c, s, v))
		return true;
	if (c->depth == DEPTH_MAX)
		return invalid(
		    c, "goes around in references", (struct slice){ 0 });
	c->depth++;
	for (i = 0; ok && i < s->count; i++) {
		w = word_find(s->item[i]->name);
		c->within = s;
		if (w != NULL && w->check != NULL)
			ok = w->check(c, s->item[i], v);
	}
	c->depth--;
	return ok;
}

bool
schema_valid_part(const struct schema *s, const struct json *part,
    const struct json *v, enum schema_extensions extensions,
    struct schema_why *why)
{
	struct path top = { NULL, { NULL, 0 }, 0 };
	struct validation c = {
		.schema = s, .extensions = extensions, .why = why, .at = &top
	};

	return check(&c, part, v);
}

bool
schema_valid(const struct schema *s, const struct json *v,
    enum schema_extensions extensions, struct schema_why *why)
{
	return schema_valid_part(s, schema_root(s), v, extensions, why);
}
