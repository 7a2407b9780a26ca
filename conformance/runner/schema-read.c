/* SPDX-License-Identifier: MIT */
/* Reading a schema: every keyword known, every value of the right shape. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "grow.h"
#include "language.h"
#include "path.h"
#include "schema-words.h"

struct compiled {
	const char *key; /* where the pattern's text stands */
	struct language *language;
};

struct schema {
	const struct json *root;
	struct compiled *pattern;
	size_t patterns, pattern_size;
	const struct json *branches; /* oneOf of the root */
	struct slice *kind; /* of each; p == NULL: of none */
};

struct schema_reader {
	struct schema *schema;
	enum schema_language language;
	struct schema_error *error;
};

static bool
refuse(struct schema_reader *r, const struct path *at, const char *text,
    struct slice value)
{
	struct schema_error *e = r->error;
	int n = (int)(value.n < 80 ? value.n : 80);

	if (e == NULL)
		return false;
	path_put(at, e->at, sizeof(e->at));
	if (value.p != NULL)
		snprintf(
		    e->text, sizeof(e->text), "%s '%.*s'", text, n, value.p);
	else
		snprintf(e->text, sizeof(e->text), "%s", text);
	return false;
}

static const struct slice none = { NULL, 0 };

static bool
add_pattern(
    struct schema_reader *r, const struct path *at, struct slice pattern)
{
	struct schema *s = r->schema;
	struct compiled *more =
	    grow(s->pattern, s->patterns, &s->pattern_size, sizeof(*more));
	const char *why;

	if (more == NULL)
		return refuse(r, at, "out of memory", none);
	s->pattern = more;
	s->pattern[s->patterns] =
	    (struct compiled){ pattern.p, language_read(pattern, &why) };
	if (s->pattern[s->patterns].language == NULL)
		return refuse(
		    r, at, "pattern outside the subset:", slice_of(why));
	s->patterns++;
	return true;
}

static bool
is_type(const struct json *v)
{
	static const char *const types[] = { "null", "boolean", "number",
		"integer", "string", "array", "object" };
	size_t i;

	for (i = 0;
	     v->kind == JSON_STRING && i < sizeof(types) / sizeof(types[0]);
	     i++)
		if (slice_is(v->text, types[i]))
			return true;
	return false;
}

static bool
all_different(const struct json *list)
{
	size_t i, k;

	for (i = 0; i < list->count; i++)
		for (k = 0; k < i; k++)
			if (json_same(list->item[i], list->item[k], JSON_VALUE))
				return false;
	return true;
}

static bool
is_list(const struct json *v, bool (*each)(const struct json *))
{
	size_t i;

	for (i = 0; v->kind == JSON_ARRAY && i < v->count; i++)
		if (!each(v->item[i]))
			return false;
	return v->kind == JSON_ARRAY && all_different(v);
}

static bool
is_string(const struct json *v)
{
	return v->kind == JSON_STRING;
}

static bool
is_count(const struct json *v)
{
	return v->kind == JSON_NUMBER && json_number_integral(v->text) &&
	    json_number_compare(v->text, slice_of("0")) >= 0;
}

static bool read_schema(
    struct schema_reader *, const struct path *, const struct json *);

static bool
read_each(struct schema_reader *r, const struct path *up, const struct json *v,
    enum word_shape shape)
{
	size_t i;

	if (v->kind != (shape == WORD_SCHEMAS ? JSON_ARRAY : JSON_OBJECT) ||
	    (shape == WORD_SCHEMAS && v->count == 0))
		return refuse(r, up, "no schemas", none);
	if (json_duplicate(v) != NULL)
		return refuse(r, up, "member twice", json_duplicate(v)->name);
	for (i = 0; i < v->count; i++) {
		struct path at = { up, v->item[i]->name, i };

		if (shape == WORD_BY_PATTERN &&
		    !add_pattern(r, &at, v->item[i]->name))
			return false;
		if (!read_schema(r, &at, v->item[i]))
			return false;
	}
	return true;
}

static bool
read_ref(struct schema_reader *r, const struct path *at, const struct json *v)
{
	const struct json *to;
	struct slice deeper = { "#/$defs/", 8 };

	if (v->kind != JSON_STRING || v->text.n == 0 || v->text.p[0] != '#')
		return refuse(r, at, "reference beyond this schema", v->text);
	if (r->language == SCHEMA_PROFILE &&
	    (v->text.n <= deeper.n ||
		memcmp(v->text.p, deeper.p, deeper.n) != 0 ||
		memchr(v->text.p + deeper.n, '/', v->text.n - deeper.n)))
		return refuse(r, at, "reference outside $defs", v->text);
	to = schema_pointer(
	    r->schema->root, (struct slice){ v->text.p + 1, v->text.n - 1 });
	if (to == NULL || (to->kind != JSON_OBJECT && to->kind != JSON_BOOL))
		return refuse(r, at, "reference to nothing", v->text);
	return true;
}

/* Catch-all branches alone say "not", and what they say it to is a list. */
static bool
read_not(struct schema_reader *r, const struct path *at, const struct json *v)
{
	if (r->language == SCHEMA_PROFILE &&
	    (v->kind != JSON_OBJECT || v->count != 1 ||
		json_member(v, "enum") == NULL))
		return refuse(r, at, "'not' with more than 'enum'", none);
	return read_schema(r, at, v);
}

static bool
read_word(struct schema_reader *r, const struct path *at, const struct word *w,
    const struct json *v)
{
	bool ok = true;

	switch (w->shape) {
	case WORD_NOTE:
	case WORD_ANY:
		return true;
	case WORD_PATTERN:
		if (v->kind == JSON_STRING)
			return add_pattern(r, at, v->text);
		ok = false;
		break;
	case WORD_REF:
		return read_ref(r, at, v);
	case WORD_SCHEMA:
		return slice_is(w->name, "not") ? read_not(r, at, v)
						: read_schema(r, at, v);
	case WORD_SCHEMAS:
	case WORD_BY_NAME:
	case WORD_BY_PATTERN:
		return read_each(r, at, v, w->shape);
	case WORD_VALUES:
		ok = v->kind == JSON_ARRAY;
		break;
	case WORD_TYPE:
		ok = is_type(v) || is_list(v, is_type);
		break;
	case WORD_NAMES:
		ok = is_list(v, is_string);
		break;
	case WORD_NUMBER:
		ok = v->kind == JSON_NUMBER;
		break;
	case WORD_COUNT:
		ok = is_count(v);
		break;
	}
	return ok || refuse(r, at, "not a value for this keyword", v->raw);
}

/* What is required has to be something that is defined. */
static bool
names_defined(
    struct schema_reader *r, const struct path *at, const struct json *s)
{
	const struct json *names = json_member(s, "required"), *name;
	const struct json *known = json_member(s, "properties");
	size_t i;

	for (i = 0; known != NULL && (name = json_at(names, i)) != NULL; i++)
		if (name->kind == JSON_STRING &&
		    json_named(known, name->text) == NULL)
			return refuse(
			    r, at, "required and not defined:", name->text);
	return true;
}

static bool
read_schema(
    struct schema_reader *r, const struct path *up, const struct json *s)
{
	const struct json *twice = json_duplicate(s);
	const struct word *w;
	size_t i;

	if (s->kind == JSON_BOOL)
		return true;
	if (s->kind != JSON_OBJECT)
		return refuse(r, up, "not a schema", s->raw);
	if (twice != NULL)
		return refuse(r, up, "member twice", twice->name);
	if (r->language == SCHEMA_PROFILE && !names_defined(r, up, s))
		return false;
	for (i = 0; i < s->count; i++) {
		const struct json *v = s->item[i];
		struct path at = { up, v->name, 0 };

		w = word_find(v->name);
		if (w == NULL ||
		    (r->language == SCHEMA_PROFILE &&
			w->language != SCHEMA_PROFILE))
			return refuse(
			    r, up, "keyword outside the language:", v->name);
		if (slice_is(w->name, "$id") && up->up != NULL)
			return refuse(r, up, "'$id' below the root", none);
		if (!read_word(r, &at, w, v))
			return false;
	}
	return true;
}

/* Whether a reference leads back to where it is, by way of `open` others. */
static bool
goes_around(const struct json *defs, const struct json *s, unsigned char *state)
{
	static const char prefix[] = "#/$defs/";
	const struct json *ref = json_member(s, "$ref"), *def;
	size_t n = strlen(prefix), i;

	if (ref != NULL && ref->kind == JSON_STRING && ref->text.n > n) {
		def = json_named(
		    defs, (struct slice){ ref->text.p + n, ref->text.n - n });
		for (i = 0; def != NULL && defs->item[i] != def; i++)
			continue;
		if (def != NULL && state[i] == 1)
			return true;
		if (def != NULL && state[i] == 0) {
			state[i] = 1;
			if (goes_around(defs, def, state))
				return true;
			state[i] = 2;
		}
	}
	for (i = 0; s->kind >= JSON_ARRAY && i < s->count; i++)
		if (s != defs && s->item[i] != defs &&
		    goes_around(defs, s->item[i], state))
			return true;
	return false;
}

static bool
is_finite(struct schema_reader *r, const struct path *top)
{
	const struct json *defs = json_member(r->schema->root, "$defs");
	unsigned char *state;
	bool around = false;
	size_t i;

	if (r->language != SCHEMA_PROFILE || defs == NULL)
		return true;
	if ((state = calloc(defs->count + 1, 1)) == NULL)
		return refuse(r, top, "out of memory", none);
	around = goes_around(defs, r->schema->root, state);
	for (i = 0; !around && i < defs->count; i++)
		if (state[i] == 0) {
			state[i] = 1;
			around = goes_around(defs, defs->item[i], state);
			state[i] = 2;
		}
	free(state);
	return !around || refuse(r, top, "references go around", none);
}

static int
by_key(const void *a, const void *b)
{
	const char *x = ((const struct compiled *)a)->key;
	const char *y = ((const struct compiled *)b)->key;

	return (x > y) - (x < y);
}

/* Which branch of the root is about which event. */
static bool
find_kinds(struct schema_reader *r, const struct path *top)
{
	struct schema *s = r->schema;
	const struct json *b;
	size_t i;

	s->branches = json_member(s->root, "oneOf");
	if (s->branches == NULL)
		return true;
	s->kind = calloc(s->branches->count, sizeof(*s->kind));
	if (s->kind == NULL)
		return refuse(r, top, "out of memory", none);
	for (i = 0; i < s->branches->count; i++) {
		b = schema_resolve(s, s->branches->item[i]);
		b = json_member(json_member(b, "properties"), "event");
		s->kind[i] = json_text(b, "const");
	}
	return true;
}

/* A branch for other events leaves out those that have one, and no others. */
static bool
others_fit(struct schema_reader *r, const struct path *top, size_t branch)
{
	const struct schema *s = r->schema;
	const struct json *b = schema_resolve(s, s->branches->item[branch]);
	const struct json *list, *name;
	size_t i, k, known = 0;

	b = json_member(json_member(b, "properties"), "event");
	list = json_member(json_member(b, "not"), "enum");
	for (i = 0; i < s->branches->count; i++)
		known += s->kind[i].p != NULL;
	if (list == NULL || list->count != known)
		return refuse(r, top,
		    "the branch for other events does not list the known ones",
		    none);
	for (i = 0; (name = json_at(list, i)) != NULL; i++) {
		for (k = 0; k < s->branches->count; k++)
			if (s->kind[k].p != NULL && name->kind == JSON_STRING &&
			    slice_same(s->kind[k], name->text))
				break;
		if (k == s->branches->count)
			return refuse(r, top,
			    "an event that the branch for others leaves out:",
			    name->raw);
	}
	return true;
}

/* In the profile branches are told apart by their events. */
static bool
branches_fit(struct schema_reader *r, const struct path *top)
{
	const struct schema *s = r->schema;
	size_t i, k;

	if (r->language != SCHEMA_PROFILE || s->branches == NULL)
		return true;
	for (i = 0; i < s->branches->count; i++) {
		if (s->kind[i].p == NULL) {
			if (!others_fit(r, top, i))
				return false;
			continue;
		}
		for (k = 0; k < i; k++)
			if (s->kind[k].p != NULL &&
			    slice_same(s->kind[k], s->kind[i]))
				return refuse(
				    r, top, "two branches for", s->kind[i]);
	}
	return true;
}

struct slice
schema_kind(const struct schema *s, const struct json *branches, size_t i)
{
	return branches == s->branches ? s->kind[i] : none;
}

struct schema *
schema_read(const struct json *root, enum schema_language language,
    struct schema_error *e)
{
	struct schema *s = calloc(1, sizeof(*s));
	struct schema_reader r = { s, language, e };
	struct path top = { NULL, none, 0 };

	if (s == NULL) {
		refuse(&r, &top, "out of memory", none);
		return NULL;
	}
	s->root = root;
	if (!read_schema(&r, &top, root) || !is_finite(&r, &top) ||
	    !find_kinds(&r, &top) || !branches_fit(&r, &top)) {
		schema_free(s);
		return NULL;
	}
	if (s->patterns != 0)
		qsort(s->pattern, s->patterns, sizeof(*s->pattern), by_key);
	return s;
}

void
schema_free(struct schema *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->patterns; i++)
		language_free(s->pattern[i].language);
	free(s->pattern);
	free(s->kind);
	free(s);
}

const struct json *
schema_root(const struct schema *s)
{
	return s->root;
}

const struct json *
schema_resolve(const struct schema *schema, const struct json *s)
{
	const struct json *ref;
	int hops;

	for (hops = 0; hops < 100; hops++) {
		ref = json_member(s, "$ref");
		if (ref == NULL || ref->kind != JSON_STRING)
			break;
		s = schema_pointer(schema->root,
		    (struct slice){ ref->text.p + 1, ref->text.n - 1 });
	}
	return s;
}

const struct language *
schema_pattern(const struct schema *s, struct slice pattern)
{
	struct compiled key = { pattern.p, NULL }, *found;

	if (s->patterns == 0)
		return NULL;
	found =
	    bsearch(&key, s->pattern, s->patterns, sizeof(*s->pattern), by_key);
	return found != NULL ? found->language : NULL;
}
