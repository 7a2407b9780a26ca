/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "language.h"
#include "shape.h"
#include "witness.h"

enum { DEPTH = 6, LONGEST = 8192, MOST_ITEMS = 64 };

/* Definitions that members refer to. */
struct tried {
	const struct json *left, *right;
	bool required, left_open, right_open;
};

struct search {
	const struct witness_side *left, *right;
	bool all;
	/* The right side, where it says the same, takes what the left does. */
	bool prunes;
	struct tried *tried;
	size_t tried_n;
	struct buf *found;
	bool done;
};

/* What is asked of one place, by each side; either may be NULL. */
struct place {
	const struct json *left, *right;
};

static void values(
    struct search *, const struct place *, int depth, struct strings *out);

static void
add_text(struct strings *out, const char *text)
{
	if (!strings_have(out, text))
		strings_add(out, text);
}

static void
add_string(struct strings *out, struct slice s)
{
	struct buf b = { 0 };

	buf_json(&b, s);
	add_text(out, buf_str(&b));
	buf_free(&b);
}

static void
add_raw(struct strings *out, struct slice raw)
{
	char *s = xstrndup(raw.p, raw.n);

	add_text(out, s);
	free(s);
}

static void
add_length(struct strings *out, long long n)
{
	char *s;

	if (n < 0 || n > LONGEST)
		return;
	s = xalloc((size_t)n + 1);
	memset(s, 'a', (size_t)n);
	add_string(out, (struct slice){ s, (size_t)n });
	free(s);
}

static void
add_items(struct strings *out, const char *item, long long n)
{
	struct buf b = { 0 };

	if (n < 0 || n > MOST_ITEMS)
		return;
	buf_putc(&b, '[');
	for (long long i = 0; i < n; i++) {
		buf_puts(&b, i == 0 ? "" : ",");
		buf_puts(&b, item);
	}
	buf_putc(&b, ']');
	add_text(out, buf_str(&b));
	buf_free(&b);
}

/* A limit and what is next to it; those of the protocol fit. */
static void
around(const struct json *limit, long long to[3])
{
	to[0] = strtoll(limit->text.p, NULL, 10);
	to[1] = to[0] - 1;
	to[2] = to[0] + 1;
}

static void
add_limits(struct strings *out, const struct shape *s, const char *item)
{
	long long n[3];
	char text[32];

	for (int l = 0; l < LIMITS; l++) {
		if (s->limit[l] == NULL)
			continue;
		around(s->limit[l], n);
		for (int i = 0; i < 3; i++) {
			snprintf(text, sizeof(text), "%lld", n[i]);
			if (l == LIMIT_MINIMUM || l == LIMIT_MAXIMUM)
				add_text(out, text);
			else if (l == LIMIT_MIN_LENGTH || l == LIMIT_MAX_LENGTH)
				add_length(out, n[i]);
			else
				add_items(out, item, n[i]);
		}
	}
}

static void
add_difference(
    struct strings *out, const struct language *a, const struct language *b)
{
	char *text;
	size_t n;

	if (language_difference(a, b, &text, &n) != LANGUAGE_FOUND)
		return;
	add_string(out, (struct slice){ text, n });
	free(text);
}

/* Of patterns: something of each, of neither, and of one and not the other. */
static void
add_patterns(struct search *w, struct strings *out, const struct shape *l,
    const struct shape *r)
{
	const struct language *a = l->pattern == NULL
	    ? NULL
	    : schema_pattern(w->left->schema, l->pattern->text);
	const struct language *b = r->pattern == NULL
	    ? NULL
	    : schema_pattern(w->right->schema, r->pattern->text);

	if (a != NULL) {
		add_difference(out, a, NULL);
		add_difference(out, NULL, a);
	}
	if (b != NULL &&
	    (a == NULL || !slice_same(l->pattern->text, r->pattern->text))) {
		add_difference(out, b, NULL);
		add_difference(out, NULL, b);
	}
	if (a != NULL && b != NULL &&
	    !slice_same(l->pattern->text, r->pattern->text)) {
		add_difference(out, a, b);
		add_difference(out, b, a);
	}
}

static void
add_listed(struct strings *out, const struct shape *s)
{
	if (s->constant != NULL)
		add_raw(out, s->constant->raw);
	for (size_t i = 0; s->values != NULL && i < s->values->count; i++)
		add_raw(out, s->values->item[i]->raw);
}

/* Of every type, so that each is wrong somewhere. */
static void
add_types(struct strings *out)
{
	static const char *const texts[] = { "\"a\"", "1", "true", "false", "0",
		"-1", "1.5", "0.0", "1e300", "\"\"", "\"vendor.a\"",
		"\"zz-unknown\"", "9007199254740992", "null", "[]", "[\"a\"]",
		"[1]", "[null]", "{}", "{\"zz\":1}", "{\"zz\":\"a\"}",
		"{\"vendor.zz\":[{}]}" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		add_text(out, texts[i]);
}

static bool
valid_part(
    const struct witness_side *side, const struct json *node, const char *text)
{
	struct json_error e;
	struct json *v = json_parse(text, strlen(text), &e);
	bool ok;

	if (v == NULL && e.fault == JSON_NO_MEMORY)
		out_of_memory();
	ok = v != NULL && node != NULL &&
	    schema_valid_part(side->schema, node, v, side->view, NULL);
	json_free(v);
	return ok;
}

static struct shape
left_shape(const struct search *w, const struct place *p)
{
	return p->left != NULL ? shape_of(w->left->schema, p->left)
			       : (struct shape){ .types = TYPE_ANY };
}

static struct shape
right_shape(const struct search *w, const struct place *p)
{
	return p->right != NULL ? shape_of(w->right->schema, p->right)
				: (struct shape){ .types = TYPE_ANY };
}

/* The first that the left side takes, or NULL. */
static char *
first_valid(struct search *w, const struct place *p, const struct strings *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (valid_part(w->left, p->left, all->v[i]))
			return xstrdup(all->v[i]);
	return NULL;
}

/* What is quickly made first. */
static char *
typical(struct search *w, const struct place *p, int depth)
{
	struct shape l = left_shape(w, p), r = right_shape(w, p);
	struct strings all = { 0 };
	char *best;

	add_listed(&all, &l);
	add_listed(&all, &r);
	add_types(&all);
	best = first_valid(w, p, &all);
	if (best == NULL && p->left != NULL) {
		values(w, p, depth, &all);
		best = first_valid(w, p, &all);
	}
	if (best == NULL)
		best = xstrdup(all.v[0]);
	strings_free(&all);
	return best;
}

/* ---- objects ---- */

struct member {
	struct slice name;
	struct place place;
	bool required; /* by the left side */
	bool vary;
	char *text; /* its typical value */
};

struct object {
	struct member *member;
	size_t n;
};

/*
 * What is shared by many members is tried at the first of them: members do not
 * depend on each other in the profile.
 */
static bool
tried_before(struct search *w, const struct place *p, bool required, int depth)
{
	struct tried t = { .required = required };

	if (depth != 0 || p->left == NULL || p->right == NULL ||
	    json_member(p->left, "$ref") == NULL ||
	    json_member(p->right, "$ref") == NULL)
		return false;
	t.left = schema_resolve(w->left->schema, p->left);
	t.right = schema_resolve(w->right->schema, p->right);
	t.left_open = shape_of(w->left->schema, p->left).open;
	t.right_open = shape_of(w->right->schema, p->right).open;
	for (size_t i = 0; i < w->tried_n; i++)
		if (w->tried[i].left == t.left &&
		    w->tried[i].right == t.right &&
		    w->tried[i].required == required &&
		    w->tried[i].left_open == t.left_open &&
		    w->tried[i].right_open == t.right_open)
			return true;
	w->tried = xrealloc(w->tried, (w->tried_n + 1) * sizeof(t));
	w->tried[w->tried_n++] = t;
	return false;
}

/* Whether both sides say the same about a member. */
static bool
same_place(const struct search *w, const struct place *p, const struct shape *l,
    const struct shape *r)
{
	if (p->left != NULL && p->right != NULL)
		return shape_same(
		    w->left->schema, p->left, w->right->schema, p->right);
	if (p->left != NULL || p->right != NULL ||
	    (l->additional == NULL) != (r->additional == NULL))
		return false;
	return l->additional == NULL ||
	    json_same(l->additional, r->additional, JSON_VALUE);
}

static void
add_member(struct search *w, struct object *o, struct slice name,
    const struct shape *l, const struct shape *r, int depth)
{
	struct member m = { .name = name, .required = shape_requires(l, name) };

	for (size_t i = 0; i < o->n; i++)
		if (slice_same(o->member[i].name, name))
			return;
	m.place.left = json_named(l->properties, name);
	m.place.right = json_named(r->properties, name);
	if (m.place.left == NULL && l->additional != NULL &&
	    l->additional->kind == JSON_OBJECT)
		m.place.left = l->additional;
	if (m.place.right == NULL && r->additional != NULL &&
	    r->additional->kind == JSON_OBJECT)
		m.place.right = r->additional;
	m.vary = w->all || !w->prunes ||
	    shape_requires(r, name) != shape_requires(l, name) ||
	    (!same_place(w, &m.place, l, r) &&
		!tried_before(w, &m.place, m.required, depth));
	m.text = typical(w, &m.place, depth + 1);
	o->member = xrealloc(o->member, (o->n + 1) * sizeof(m));
	o->member[o->n++] = m;
}

static void
add_members(struct search *w, struct object *o, const struct shape *l,
    const struct shape *r, int depth)
{
	const struct json *p;

	for (size_t i = 0; (p = json_at(l->properties, i)) != NULL; i++)
		add_member(w, o, p->name, l, r, depth);
	for (size_t i = 0; (p = json_at(r->properties, i)) != NULL; i++)
		add_member(w, o, p->name, l, r, depth);
	add_member(w, o, slice_of("zz_unknown"), l, r, depth);
	add_member(w, o, slice_of("vendor.zz"), l, r, depth);
}

/*
 * An object with all members that the left side defines, or with those alone
 * that it requires; of member `at` the text is another, or NULL: it is absent.
 */
static void
put_object(struct strings *out, const struct object *o, bool full, size_t at,
    const char *text)
{
	struct buf b = { 0 };

	buf_putc(&b, '{');
	for (size_t i = 0; i < o->n; i++) {
		const struct member *m = &o->member[i];
		bool there = m->required ||
		    (full && m->place.left != NULL &&
			memchr(m->name.p, '.', m->name.n) == NULL &&
			!slice_is(m->name, "zz_unknown"));

		if (i == at ? text != NULL : there) {
			if (b.n > 1)
				buf_putc(&b, ',');
			buf_json(&b, m->name);
			buf_putc(&b, ':');
			buf_puts(&b, i == at ? text : m->text);
		}
	}
	buf_putc(&b, '}');
	strings_add(out, buf_str(&b));
	buf_free(&b);
}

static void
vary_member(struct search *w, struct strings *out, const struct object *o,
    size_t at, int depth)
{
	struct strings all = { 0 };

	values(w, &o->member[at].place, depth + 1, &all);
	for (int full = 0; full < 2; full++) {
		put_object(out, o, full != 0, at, NULL);
		for (size_t i = 0; i < all.n; i++)
			put_object(out, o, full != 0, at, all.v[i]);
	}
	strings_free(&all);
}

static void
objects(struct search *w, const struct place *p, int depth, struct strings *out)
{
	struct shape l = left_shape(w, p), r = right_shape(w, p);
	struct object o = { NULL, 0 };

	if (l.properties == NULL && r.properties == NULL &&
	    l.additional == NULL && r.additional == NULL)
		return;
	add_members(w, &o, &l, &r, depth);
	put_object(out, &o, false, SIZE_MAX, NULL);
	put_object(out, &o, true, SIZE_MAX, NULL);
	for (size_t i = 0; i < o.n; i++)
		if (o.member[i].vary)
			vary_member(w, out, &o, i, depth);
	for (size_t i = 0; i < o.n; i++)
		free(o.member[i].text);
	free(o.member);
}

static void
arrays(struct search *w, const struct place *p, int depth, struct strings *out)
{
	struct shape l = left_shape(w, p), r = right_shape(w, p);
	struct place item = { l.items, r.items };
	struct strings all = { 0 };
	char *one;

	if (l.items == NULL && r.items == NULL)
		return;
	one = typical(w, &item, depth + 1);
	for (int n = 0; n < 3; n++)
		add_items(out, one, n);
	add_limits(out, &l, one);
	add_limits(out, &r, one);
	values(w, &item, depth + 1, &all);
	for (size_t i = 0; i < all.n; i++)
		add_items(out, all.v[i], 1);
	strings_free(&all);
	free(one);
}

static void
values(struct search *w, const struct place *p, int depth, struct strings *out)
{
	struct shape l = left_shape(w, p), r = right_shape(w, p);

	add_listed(out, &l);
	add_listed(out, &r);
	if (depth < DEPTH) {
		if ((l.types | r.types) & TYPE_OBJECT)
			objects(w, p, depth, out);
		if ((l.types | r.types) & TYPE_ARRAY)
			arrays(w, p, depth, out);
	}
	add_patterns(w, out, &l, &r);
	add_limits(out, &l, "\"a\"");
	add_limits(out, &r, "\"a\"");
	add_types(out);
}

/* ---- events ---- */

static void
try_event(struct search *w, const char *text)
{
	struct json_error e;
	struct json *v = json_parse(text, strlen(text), &e);

	if (v == NULL && e.fault == JSON_NO_MEMORY)
		out_of_memory();
	if (v != NULL &&
	    schema_valid(w->left->schema, v, w->left->view, NULL) &&
	    !schema_valid(w->right->schema, v, w->right->view, NULL)) {
		buf_puts(w->found, text);
		w->done = true;
	}
	json_free(v);
}

static void
try_kind(struct search *w, struct slice kind)
{
	struct place p = { shape_event(w->left->schema, kind),
		shape_event(w->right->schema, kind) };
	struct strings all = { 0 };
	struct buf bare = { 0 };

	if (w->prunes && !w->all && p.left != NULL && p.right != NULL &&
	    shape_same(w->left->schema, p.left, w->right->schema, p.right))
		return;
	/* Where the left side has no such event, what the right one asks of
	 * it is asked with nothing but its kind given. */
	objects(w, &p, 0, &all);
	for (size_t i = 0; i < all.n && !w->done; i++)
		try_event(w, all.v[i]);
	if (p.left == NULL && !w->done) {
		buf_puts(&bare, "{\"event\":");
		buf_json(&bare, kind);
		buf_puts(&bare, "}");
		try_event(w, buf_str(&bare));
	}
	strings_free(&all);
	buf_free(&bare);
}

static void
try_kinds(struct search *w, const struct witness_side *side)
{
	for (size_t i = 0; i < shape_branches(side->schema) && !w->done; i++) {
		const struct json *kind = shape_kind(side->schema, i);

		if (kind == NULL ||
		    (side == w->right &&
			shape_event(w->left->schema, kind->text) != NULL))
			continue;
		try_kind(w, kind->text);
	}
}

bool
witness_find(const struct witness_side *left, const struct witness_side *right,
    bool all, struct buf *line)
{
	static const char *const strange[] = { "{\"event\":\"zz_unknown\"}",
		"{\"event\":\"zz_unknown\",\"name\":7,\"run\":[]}",
		"{\"event\":\"vendor.zz\"}", "{\"event\":7}", "{}", "[]",
		"null", "\"event\"" };
	struct search w = {
		.left = left, .right = right, .all = all, .found = line
	};

	w.prunes = left->view == right->view ||
	    (left->view == SCHEMA_EXTENSIONS && right->view == SCHEMA_OPENED) ||
	    (left->view == SCHEMA_CLOSED && right->view == SCHEMA_STRICT);
	for (size_t i = 0; i < sizeof(strange) / sizeof(*strange) && !w.done;
	     i++)
		try_event(&w, strange[i]);
	try_kinds(&w, left);
	try_kinds(&w, right);
	free(w.tried);
	return w.done;
}
