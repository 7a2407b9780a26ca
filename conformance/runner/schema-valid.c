/* SPDX-License-Identifier: MIT */
/* Values held against schemas: one function a keyword. */
#include <stdio.h>

#include "language.h"
#include "path.h"
#include "schema-words.h"

enum { DEPTH_MAX = 4000 };

struct validation {
	const struct schema *schema;
	enum schema_view view;
	struct schema_why *why;
	const struct path *at;
	const struct json *within; /* the schema of the keyword */
	bool open; /* x-open is true there, or where it is referred to */
	bool inherits; /* the next schema takes that over */
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

	if (c->view == SCHEMA_OPENED && c->open && v->kind == JSON_STRING)
		return true;
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
lists(const struct json *names, struct slice name)
{
	size_t i;

	for (i = 0; names != NULL && i < names->count; i++)
		if (slice_same(names->item[i]->text, name))
			return true;
	return false;
}

static bool
is_header(const struct json *properties)
{
	const struct json *event = json_member(properties, "event");

	return slice_is(json_text(event, "const"), "protocol");
}

/* Of the version in the header an opened schema looks at the major alone. */
static bool
is_minor_of(const struct json *root, struct slice version)
{
	struct slice own = json_text(root, "x-version");
	size_t n = 0, i;
	unsigned minor = 0;

	while (n < own.n && own.p[n] != '.')
		n++;
	if (version.n < n + 2 || memcmp(version.p, own.p, n) != 0 ||
	    version.p[n] != '.' ||
	    (version.p[n + 1] == '0' && version.n > n + 2))
		return false;
	for (i = n + 1; i < version.n; i++) {
		if (version.p[i] < '0' || version.p[i] > '9')
			return false;
		minor = 10 * minor + (unsigned)(version.p[i] - '0');
		if (minor > 65535)
			return false;
	}
	return true;
}

static bool
check_member(struct validation *c, const struct json *properties,
    const struct json *p, const struct json *m, size_t index)
{
	if (c->view == SCHEMA_OPENED) {
		if (m->kind == JSON_NULL &&
		    !lists(json_member(c->within, "required"), m->name))
			return true;
		if (slice_is(m->name, "version") && is_header(properties) &&
		    m->kind == JSON_STRING)
			return is_minor_of(schema_root(c->schema), m->text) ||
			    invalid(c, "is another version", m->text);
	}
	return check_child(c, p, m, index);
}

static bool
check_properties(
    struct validation *c, const struct json *value, const struct json *v)
{
	const struct json *within = c->within, *p;
	bool closed = c->view == SCHEMA_CLOSED &&
	    json_member(within, "additionalProperties") == NULL;
	size_t i;

	for (i = 0; v->kind == JSON_OBJECT && i < v->count; i++) {
		p = json_named(value, v->item[i]->name);
		if (p == NULL && closed)
			return invalid(
			    c, "has an unknown member", v->item[i]->name);
		c->within = within;
		if (p != NULL && !check_member(c, value, p, v->item[i], i))
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
			if (c->view == SCHEMA_OPENED ||
			    (c->view == SCHEMA_EXTENSIONS && has_dot(m->name)))
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

	c->inherits = c->open;
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

/* What a value of the branch has to have in "event", another value has. */
static bool
is_of_another(struct slice kind, struct slice event)
{
	return kind.p != NULL && event.p != NULL && !slice_same(kind, event);
}

static bool
check_one(struct validation *c, const struct json *value, const struct json *v)
{
	struct slice event = json_text(v, "event"), kind;
	const struct json *own = NULL;
	size_t i, n = 0;

	for (i = 0; i < value->count; i++) {
		kind = schema_kind(c->schema, value, i);
		if (kind.p != NULL && event.p != NULL &&
		    slice_same(kind, event))
			own = value->item[i];
	}
	/* Where views differ from the text of a schema, it is here. */
	if (own == NULL && c->view == SCHEMA_OPENED && event.p != NULL)
		return true;
	if (own == NULL && c->view == SCHEMA_CLOSED)
		return invalid(c, "is an unknown event", (struct slice){ 0 });
	for (i = 0; i < value->count && n < 2; i++)
		if (!is_of_another(schema_kind(c->schema, value, i), event))
			n += holds(c, value->item[i], v);
	if (n == 1)
		return true;
	/* The branch of the kind can say more. */
	if (n == 0 && own != NULL)
		return check(c, own, v);
	return invalid(c,
	    n == 0 ? "matches none of 'oneOf'" : "matches several of 'oneOf'",
	    (struct slice){ 0 });
}

/* clang-format off */
#define N(name) { name, sizeof(name) - 1 }
static const struct word words[] = {
	{ N("type"), WORD_TYPE, SCHEMA_PROFILE, check_type },
	{ N("const"), WORD_ANY, SCHEMA_PROFILE, check_const },
	{ N("enum"), WORD_VALUES, SCHEMA_PROFILE, check_enum },
	{ N("required"), WORD_NAMES, SCHEMA_PROFILE, check_required },
	{ N("properties"), WORD_BY_NAME, SCHEMA_PROFILE, check_properties },
	{ N("additionalProperties"), WORD_SCHEMA, SCHEMA_PROFILE,
	    check_additional },
	{ N("items"), WORD_SCHEMA, SCHEMA_PROFILE, check_items },
	{ N("minimum"), WORD_NUMBER, SCHEMA_PROFILE, check_minimum },
	{ N("maximum"), WORD_NUMBER, SCHEMA_PROFILE, check_maximum },
	{ N("minLength"), WORD_COUNT, SCHEMA_PROFILE, check_min_length },
	{ N("maxLength"), WORD_COUNT, SCHEMA_PROFILE, check_max_length },
	{ N("minItems"), WORD_COUNT, SCHEMA_PROFILE, check_min_items },
	{ N("maxItems"), WORD_COUNT, SCHEMA_PROFILE, check_max_items },
	{ N("pattern"), WORD_PATTERN, SCHEMA_PROFILE, check_pattern },
	{ N("$ref"), WORD_REF, SCHEMA_PROFILE, check_ref },
	{ N("oneOf"), WORD_SCHEMAS, SCHEMA_PROFILE, check_one },
	{ N("not"), WORD_SCHEMA, SCHEMA_PROFILE, check_not },
	{ N("$defs"), WORD_BY_NAME, SCHEMA_PROFILE, NULL },
	{ N("$schema"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("$id"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("$comment"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("title"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("description"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("examples"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-version"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-since"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-deprecated"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-open"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-unit"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-default"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-reserved"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-exactly-one"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-must-understand"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-requires"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("x-promotes"), WORD_NOTE, SCHEMA_PROFILE, NULL },
	{ N("default"), WORD_NOTE, SCHEMA_GENERAL, NULL },
	{ N("allOf"), WORD_SCHEMAS, SCHEMA_GENERAL, check_all },
	{ N("anyOf"), WORD_SCHEMAS, SCHEMA_GENERAL, check_any },
	{ N("patternProperties"), WORD_BY_PATTERN, SCHEMA_GENERAL,
	    check_by_pattern },
	{ N("propertyNames"), WORD_SCHEMA, SCHEMA_GENERAL, check_names },
	{ N("dependentSchemas"), WORD_BY_NAME, SCHEMA_GENERAL,
	    check_dependent },
	{ N("prefixItems"), WORD_SCHEMAS, SCHEMA_GENERAL, check_first_items },
};
#undef N
/* clang-format on */

const struct word *
word_find(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_same(name, words[i].name))
			return &words[i];
	return NULL;
}

static bool
check(struct validation *c, const struct json *s, const struct json *v)
{
	bool open = c->inherits || is_true(json_member(s, "x-open"));
	const struct word *w;
	bool ok = true;
	size_t i;

	c->inherits = false;
	if (s->kind == JSON_BOOL)
		return s->boolean ||
		    invalid(c, "may not be here", (struct slice){ 0 });
	if (c->view == SCHEMA_EXTENSIONS && open && v->kind == JSON_STRING &&
	    has_dot(v->text))
		return true;
	if (c->depth == DEPTH_MAX)
		return invalid(
		    c, "goes around in references", (struct slice){ 0 });
	c->depth++;
	for (i = 0; ok && i < s->count; i++) {
		w = word_find(s->item[i]->name);
		c->within = s;
		c->open = open;
		if (w != NULL && w->check != NULL)
			ok = w->check(c, s->item[i], v);
	}
	c->depth--;
	return ok;
}

bool
schema_valid_part(const struct schema *s, const struct json *part,
    const struct json *v, enum schema_view view, struct schema_why *why)
{
	struct path top = { NULL, { NULL, 0 }, 0 };
	struct validation c = {
		.schema = s, .view = view, .why = why, .at = &top
	};

	return check(&c, part, v);
}

bool
schema_valid(const struct schema *s, const struct json *v,
    enum schema_view view, struct schema_why *why)
{
	return schema_valid_part(s, schema_root(s), v, view, why);
}
