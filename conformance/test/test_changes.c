/* SPDX-License-Identifier: MIT */
/*
 * Rules and search are two ways to say what a change of schema does. They have
 * to agree about random changes of the published schemas, one or two at a
 * time, from fixed seeds.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "changes.h"
#include "shape.h"
#include "witness.h"

Suite *changes_suite(void);

enum { MUTATIONS = 400 };

struct random {
	uint64_t state;
};

static size_t
below(struct random *r, size_t n)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(r->state >> 33) % n;
}

struct loaded {
	struct json *text;
	struct schema *schema;
};

static bool
load(struct loaded *l, struct slice text)
{
	struct schema_error e;

	l->text = json_parse(text.p, text.n, NULL);
	l->schema =
	    l->text != NULL ? schema_read(l->text, SCHEMA_PROFILE, &e) : NULL;
	return l->schema != NULL;
}

static void
unload(struct loaded *l)
{
	schema_free(l->schema);
	json_free(l->text);
}

/* ---- editing by the text ---- */

/* The whole text with that of one value replaced. */
static void
replace(struct buf *out, const struct json *root, const struct json *value,
    const char *text)
{
	const char *end = root->raw.p + root->raw.n;
	const char *after = value->raw.p + value->raw.n;

	buf_add(out, root->raw.p, (size_t)(value->raw.p - root->raw.p));
	buf_puts(out, text);
	buf_add(out, after, (size_t)(end - after));
}

static void
put_named(struct buf *b, struct slice name, struct slice raw)
{
	buf_puts(b, b->n == 1 ? "" : ",");
	if (name.p != NULL) {
		buf_json(b, name);
		buf_putc(b, ':');
	}
	buf_add(b, raw.p, raw.n);
}

/* An object or list without one of what it holds, and with more behind it. */
static void
rebuild(struct buf *b, const struct json *v, const struct json *without,
    struct slice name, const char *more)
{
	bool object = v->kind == JSON_OBJECT;

	buf_putc(b, object ? '{' : '[');
	for (size_t i = 0; i < v->count; i++)
		if (v->item[i] != without)
			put_named(b, v->item[i]->name, v->item[i]->raw);
	if (more != NULL)
		put_named(b, name, slice_of(more));
	buf_putc(b, object ? '}' : ']');
}

static void
edit(struct buf *out, const struct json *root, const struct json *v,
    const struct json *without, const char *name, const char *more)
{
	struct buf b = { 0 };

	rebuild(&b, v, without,
	    name != NULL ? slice_of(name) : (struct slice){ NULL, 0 }, more);
	replace(out, root, v, buf_str(&b));
	buf_free(&b);
}

/* The value of a keyword, put in or replaced. */
static void
set_word(struct buf *out, const struct json *root, const struct json *node,
    const char *word, const char *value)
{
	edit(out, root, node, json_member(node, word), word, value);
}

/* ---- mutations: each writes a whole schema, or nothing ---- */

struct subject {
	struct random *r;
	const struct json *root;
	const struct json *def; /* with properties */
	const struct json *properties;
	const struct json *member; /* of those, not "event" */
};

static void
drop_member(struct buf *out, const struct subject *s)
{
	edit(out, s->root, s->properties, s->member, NULL, NULL);
}

static const char *const nodes[] = { "{\"type\":\"string\"}",
	"{\"type\":\"integer\",\"minimum\":0}", "{\"type\":\"boolean\"}",
	"{\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
	"{\"$ref\":\"#/$defs/location\"}", "{\"type\":[\"string\",\"null\"]}",
	"{\"type\":\"number\"}", "{}", "{\"type\":\"object\"}" };

enum { NODES = sizeof(nodes) / sizeof(*nodes) };

static void
add_member(struct buf *out, const struct subject *s)
{
	edit(out, s->root, s->properties, NULL,
	    below(s->r, 8) == 0 ? "new.member" : "new_member",
	    nodes[below(s->r, NODES)]);
}

static void
rename_member(struct buf *out, const struct subject *s)
{
	char *raw = xstrndup(s->member->raw.p, s->member->raw.n);

	edit(out, s->root, s->properties, s->member, "renamed", raw);
	free(raw);
}

static void
retype_member(struct buf *out, const struct subject *s)
{
	replace(out, s->root, s->member, nodes[below(s->r, NODES)]);
}

static void
toggle_required(struct buf *out, const struct subject *s)
{
	const struct json *list = json_member(s->def, "required"), *e;
	struct buf name = { 0 };

	for (size_t i = 0; (e = json_at(list, i)) != NULL; i++)
		if (slice_same(e->text, s->member->name)) {
			edit(out, s->root, list, e, NULL, NULL);
			return;
		}
	buf_json(&name, s->member->name);
	if (list != NULL)
		edit(out, s->root, list, NULL, NULL, buf_str(&name));
	buf_free(&name);
}

static void
change_limit(struct buf *out, const struct subject *s)
{
	static const char *const words[] = { "minimum", "maximum", "minLength",
		"maxLength" };
	static const char *const values[] = { "0", "1", "2", "7", "100" };
	size_t i = below(s->r, 2);

	if (slice_is(json_text(s->member, "type"), "string") &&
	    json_member(s->member, "pattern") == NULL)
		i += 2;
	else if (!slice_is(json_text(s->member, "type"), "integer"))
		return;
	/* Nothing that is empty is wanted. */
	set_word(out, s->root, s->member, words[i],
	    values[i % 2 == 0 ? below(s->r, 3) : 2 + below(s->r, 3)]);
}

static void
drop_limit(struct buf *out, const struct subject *s)
{
	static const char *const words[] = { "minimum", "maximum",
		"minLength" };
	const struct json *w = json_member(s->member, words[below(s->r, 3)]);

	if (w != NULL)
		edit(out, s->root, s->member, w, NULL, NULL);
}

static const struct json *
any_enum(const struct subject *s)
{
	static const char *const defs[] = { "mode", "stream", "kind", "status",
		"level", "outcome" };
	const struct json *all = json_member(s->root, "$defs");

	return json_member(all, defs[below(s->r, 6)]);
}

static void
drop_value(struct buf *out, const struct subject *s)
{
	const struct json *list = json_member(any_enum(s), "enum");

	if (list != NULL && list->count > 1)
		edit(out, s->root, list, list->item[below(s->r, list->count)],
		    NULL, NULL);
}

static void
add_value(struct buf *out, const struct subject *s)
{
	const struct json *list = json_member(any_enum(s), "enum");

	if (list != NULL)
		edit(out, s->root, list, NULL, NULL,
		    below(s->r, 6) == 0 ? "\"new.value\"" : "\"new\"");
}

static void
drop_enum(struct buf *out, const struct subject *s)
{
	const struct json *def = any_enum(s);

	if (def != NULL)
		edit(out, s->root, def, json_member(def, "enum"), NULL, NULL);
}

static void
flip_open(struct buf *out, const struct subject *s)
{
	const struct json *def = below(s->r, 2) == 0 ? any_enum(s) : s->member;
	const struct json *open = json_member(def, "x-open");

	if (open != NULL)
		replace(out, s->root, open, open->boolean ? "false" : "true");
}

static void
flip_closed(struct buf *out, const struct subject *s)
{
	const struct json *rest = json_member(s->def, "additionalProperties");

	if (rest != NULL)
		edit(out, s->root, s->def, rest, NULL, NULL);
	else
		set_word(out, s->root, s->def, "additionalProperties", "false");
}

static void
drop_event(struct buf *out, const struct subject *s)
{
	const struct json *all = json_member(s->root, "oneOf");

	edit(out, s->root, all, all->item[below(s->r, all->count)], NULL, NULL);
}

static void
rename_event(struct buf *out, const struct subject *s)
{
	const struct json *kind =
	    json_member(json_member(s->properties, "event"), "const");

	if (kind != NULL)
		replace(out, s->root, kind, "\"new_event\"");
}

static void
change_pattern(struct buf *out, const struct subject *s)
{
	static const char *const patterns[] = { "\"^1\\\\.(0|1)$\"",
		"\"^1\\\\.[0-9]$\"", "\"^2\\\\.0$\"", "\"^[a-f]*$\"", "\"\"",
		"\"^.{2}$\"", "\"^[0-9]{4}-[0-9]{2}\"" };
	const struct json *node = s->member;

	if (below(s->r, 3) == 0)
		node = json_member(json_member(s->root, "$defs"),
		    below(s->r, 2) == 0 ? "time" : "base64");
	if (node == NULL || json_member(node, "type") == NULL ||
	    (slice_is(json_text(node, "type"), "string") &&
		json_member(node, "minLength") != NULL))
		return;
	set_word(out, s->root, node, "pattern",
	    patterns[below(s->r, sizeof(patterns) / sizeof(*patterns))]);
}

static void
change_note(struct buf *out, const struct subject *s)
{
	static const char *const words[] = { "description", "x-default",
		"x-unit", "x-deprecated", "x-since" };

	set_word(out, s->root, s->member, words[below(s->r, 5)], "\"other\"");
}

static void (*const mutations[])(struct buf *, const struct subject *) = {
	drop_member, add_member, rename_member, retype_member, toggle_required,
	change_limit, drop_limit, drop_value, add_value, drop_enum, flip_open,
	flip_closed, drop_event, rename_event, change_pattern, change_note
};

enum { KINDS = sizeof(mutations) / sizeof(*mutations) };

static bool
choose(struct subject *s)
{
	const struct json *defs = json_member(s->root, "$defs");

	s->def = defs->item[below(s->r, defs->count)];
	s->properties = json_member(s->def, "properties");
	if (s->properties == NULL || s->properties->count < 2)
		return false;
	s->member = s->properties->item[below(s->r, s->properties->count)];
	return !slice_is(s->member->name, "event");
}

/* Another schema that can be read. */
static void
mutate(struct random *r, const struct json *root, struct loaded *to)
{
	for (;;) {
		struct subject s = { .r = r, .root = root };
		struct buf b = { 0 };

		if (!choose(&s))
			continue;
		mutations[below(r, KINDS)](&b, &s);
		if (b.n != 0 && load(to, buf_slice(&b))) {
			buf_free(&b);
			return;
		}
		if (b.n != 0)
			unload(to);
		buf_free(&b);
	}
}

/* ---- the property ---- */

static enum bump
weight(unsigned wire)
{
	if (wire & (WIRE_LOST | WIRE_BEYOND))
		return BUMP_MAJOR;
	return wire & WIRE_NEW ? BUMP_MINOR : BUMP_NONE;
}

static unsigned
find(const struct schema *a, enum schema_view va, const struct schema *b,
    enum schema_view vb, unsigned bit, struct buf *line)
{
	struct witness_side left = { a, va }, right = { b, vb };

	buf_puts(line, "\n  ");
	return witness_find(&left, &right, false, line) ? bit : 0;
}

static unsigned
searched(const struct schema *a, const struct schema *b, struct buf *line)
{
	if (changes_is_reader(a))
		return find(a, SCHEMA_CLOSED, b, SCHEMA_STRICT, WIRE_LOST,
			   line) |
		    find(b, SCHEMA_CLOSED, a, SCHEMA_CLOSED, WIRE_NEW, line);
	return find(a, SCHEMA_EXTENSIONS, b, SCHEMA_OPENED, WIRE_LOST, line) |
	    find(a, SCHEMA_EXTENSIONS, b, SCHEMA_EXTENSIONS, WIRE_LOST, line) |
	    find(b, SCHEMA_EXTENSIONS, a, SCHEMA_OPENED, WIRE_BEYOND, line) |
	    find(b, SCHEMA_EXTENSIONS, a, SCHEMA_EXTENSIONS, WIRE_NEW, line);
}

static void
agree(const struct schema *a, const struct schema *b, int seed)
{
	struct changes changes = { NULL, 0, 0 };
	struct buf said = { 0 }, line = { 0 };
	unsigned wire = 0, found;

	changes_between(&changes, a, b);
	for (size_t i = 0; i < changes.count; i++) {
		struct change *c = &changes.change[i];

		wire |= c->wire;
		buf_printf(
		    &said, "\n  %s %s %s %u", c->at, c->rule, c->text, c->wire);
	}
	found = searched(a, b, &line);
	ck_assert_msg(weight(wire) == weight(found),
	    "seed %d: rules say %s:%s\nsearch finds %s:%s", seed,
	    bump_name(weight(wire)), buf_str(&said), bump_name(weight(found)),
	    buf_str(&line));
	changes_free(&changes);
	buf_free(&said);
	buf_free(&line);
}

static struct loaded published[2];

static void
load_published(void)
{
	static const char *const names[] = { "schemas/writer-1.0.schema.json",
		"schemas/reader-1.schema.json" };

	for (int i = 0; i < 2; i++) {
		struct buf b = { 0 };

		ck_assert(read_file(names[i], &b));
		ck_assert(load(&published[i], buf_slice(&b)));
		buf_free(&b);
	}
}

static void
unload_published(void)
{
	unload(&published[0]);
	unload(&published[1]);
}

enum { PER_TEST = 20 };

START_TEST(rules_and_search_agree)
{
	for (int i = 0; i < PER_TEST; i++) {
		int seed = _i * PER_TEST + i;
		struct random r = { (uint64_t)seed * 2654435761u + 1 };
		const struct loaded *from = &published[below(&r, 4) == 0];
		struct loaded one, two;

		below(&r, 2);
		mutate(&r, from->text, &one);
		agree(from->schema, one.schema, seed);
		if (below(&r, 3) == 0) {
			mutate(&r, one.text, &two);
			agree(from->schema, two.schema, seed);
			agree(two.schema, one.schema, seed);
			unload(&two);
		}
		unload(&one);
	}
}
END_TEST

/* The four inclusions, looked at everywhere. */
START_TEST(published_schemas_fit)
{
	struct witness_side w = { published[0].schema, SCHEMA_EXTENSIONS };
	struct witness_side opened = { published[0].schema, SCHEMA_OPENED };
	struct witness_side r = { published[1].schema, SCHEMA_STRICT };
	struct witness_side strict = { published[0].schema, SCHEMA_STRICT };
	struct buf line = { 0 };

	ck_assert_msg(!witness_find(&w, &r, true, &line), "%s", buf_str(&line));
	ck_assert_msg(
	    !witness_find(&opened, &r, true, &line), "%s", buf_str(&line));
	ck_assert(witness_find(&r, &strict, true, &line));
	buf_free(&line);
}
END_TEST

Suite *
changes_suite(void)
{
	Suite *s = suite_create("changes");
	TCase *t = tcase_create("changes");

	tcase_add_unchecked_fixture(t, load_published, unload_published);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, rules_and_search_agree, 0, MUTATIONS / PER_TEST);
	suite_add_tcase(s, t);
	t = tcase_create("published");
	tcase_add_unchecked_fixture(t, load_published, unload_published);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, published_schemas_fit);
	suite_add_tcase(s, t);
	return s;
}
