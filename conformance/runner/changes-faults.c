/* SPDX-License-Identifier: MIT */
/* What no published schema may have, however large the step. */
#include <stdio.h>

#include "changes.h"
#include "language.h"
#include "path.h"
#include "shape.h"

static const struct slice none = { NULL, 0 };

struct faults {
	struct changes *out;
	const struct schema *before; /* or NULL */
	const struct schema *now;
	bool reader;
	unsigned major, minor;
};

static bool
dotted(struct slice name)
{
	return name.n != 0 && memchr(name.p, '.', name.n) != NULL;
}

static void
fault(
    struct faults *f, const char *rule, const struct path *at, const char *text)
{
	changes_add(f->out, rule, 0, at, text, none);
}

static bool
says(const struct shape *s, const char *word)
{
	const struct json *v = shape_word(s, word);

	return v != NULL && v->kind == JSON_BOOL && v->boolean;
}

static bool
version_of(const struct json *v, unsigned *major, unsigned *minor)
{
	char end;
	unsigned parts[2] = { 0, 0 };
	size_t part = 0;

	if (v == NULL || v->kind != JSON_STRING || v->text.n == 0)
		return false;
	for (size_t i = 0; i < v->text.n; i++) {
		end = v->text.p[i];
		if (end == '.' && part == 0 && i != 0 && i + 1 < v->text.n)
			part = 1;
		else if (end < '0' || end > '9')
			return false;
		else
			parts[part] = 10 * parts[part] + (unsigned)(end - '0');
	}
	*major = parts[0];
	*minor = parts[1];
	return part == 1;
}

/* Rule SCH-6: since is there, is not later than the schema, is the version of
 * the schema where the thing is new, and does not change. */
static void
check_since(struct faults *f, const struct path *at, const struct json *now,
    const struct json *before)
{
	const struct json *since = json_member(now, "x-since");
	unsigned major, minor;

	if (!version_of(since, &major, &minor)) {
		fault(f, "SINCE_PRESENT", at, "no x-since");
		return;
	}
	if (before != NULL) {
		if (json_member(before, "x-since") == NULL ||
		    !json_same(
			since, json_member(before, "x-since"), JSON_LEXEME))
			fault(f, "SINCE_PRESENT", at, "another x-since");
	} else if (f->before != NULL && !f->reader &&
	    (major != f->major || minor != f->minor))
		fault(f, "SINCE_PRESENT", at,
		    "new, and x-since is not this version");
	if (major > f->major ||
	    (!f->reader && major == f->major && minor > f->minor))
		fault(f, "SINCE_PRESENT", at, "x-since is yet to come");
}

static void
check_examples(struct faults *f, const struct path *at, const struct json *node)
{
	const struct json *all = json_member(node, "examples"), *v;

	for (size_t i = 0; (v = json_at(all, i)) != NULL; i++)
		if (!schema_valid_part(f->now, node, v, SCHEMA_STRICT, NULL))
			changes_add(f->out, "EXAMPLE_VALID", 0, at,
			    "an example is not valid:", v->raw);
}

/* Rule SCH-7. */
static void
check_gate(struct faults *f, const struct path *at, const struct shape *s)
{
	const struct json *gate = shape_word(s, "x-requires");

	if (says(s, "x-must-understand") &&
	    (gate == NULL || gate->kind != JSON_STRING || gate->text.n == 0))
		fault(f, "REQUIRES_GATE", at,
		    "not to be ignored, and no entry of requires says so");
}

static void
check_open(struct faults *f, const struct path *at, const struct shape *s)
{
	bool closed = s->additional != NULL &&
	    s->additional->kind == JSON_BOOL && !s->additional->boolean;

	if (f->reader && closed)
		fault(f, "READER_OPEN", at, "refuses what it does not know");
	else if (!f->reader && !closed)
		fault(f, "WRITER_CLOSED", at, "takes what it does not know");
}

static void
check_values(struct faults *f, const struct path *at, const struct shape *s)
{
	for (size_t i = 0; s->values != NULL && i < s->values->count; i++)
		if (s->values->item[i]->kind == JSON_STRING &&
		    dotted(s->values->item[i]->text))
			changes_add(f->out, "NAME_NO_DOT", 0, at,
			    "a value with a dot:", s->values->item[i]->text);
}

static const struct json *
reserved(const struct schema *s, const char *where)
{
	const struct json *list = json_member(schema_root(s), "x-reserved"),
			  *entry;

	for (size_t i = 0; (entry = json_at(list, i)) != NULL; i++)
		if (slice_is(json_text(entry, "name"), where))
			return entry;
	return NULL;
}

/* Rule SCH-5: the name of something gone may return as it was. */
static void
check_reuse(struct faults *f, const struct path *at, const struct json *node)
{
	const struct json *entry, *type, *is = json_member(node, "type");
	char where[256];

	if (f->before == NULL)
		return;
	path_put(at, where, sizeof(where));
	if ((entry = reserved(f->before, where)) == NULL)
		return;
	type = json_member(entry, "type");
	if (type == NULL || is == NULL || !json_same(type, is, JSON_VALUE))
		fault(f, "NAME_NO_REUSE", at, "the name is reserved");
}

static void
check_node(struct faults *f, const struct path *at, const struct json *node,
    const struct json *before)
{
	struct shape s = shape_of(f->now, node), old = { .links = 0 };
	const struct json *m, *was;

	if (node->kind == JSON_BOOL)
		return;
	if (before != NULL)
		old = shape_of(f->before, before);
	check_examples(f, at, node);
	check_gate(f, at, &s);
	check_values(f, at, &s);
	if (shape_is_record(&s))
		check_open(f, at, &s);
	for (size_t i = 0; (m = json_at(s.properties, i)) != NULL; i++) {
		struct path here = { at, m->name, 0 };

		was = json_named(old.properties, m->name);
		if (dotted(m->name))
			fault(f, "NAME_NO_DOT", &here, "a name with a dot");
		/* All within what is new is as new as that. */
		if (f->before == NULL || before != NULL)
			check_since(f, &here, m, was);
		if (was == NULL)
			check_reuse(f, &here, m);
		check_node(f, &here, m, was);
	}
	if (s.items != NULL) {
		struct path here = { at, slice_of("items"), 0 };

		check_node(f, &here, s.items, old.items);
	}
}

static void
check_events(struct faults *f, const struct path *events)
{
	const struct json *kind, *node, *before;
	bool others = false;

	for (size_t i = 0; i < shape_branches(f->now); i++) {
		if ((kind = shape_kind(f->now, i)) == NULL) {
			others = true;
			continue;
		}
		struct path at = { events, kind->text, 0 };

		before = f->before != NULL ? shape_event(f->before, kind->text)
					   : NULL;
		node = schema_resolve(f->now, shape_branch(f->now, i));
		if (before != NULL)
			before = schema_resolve(f->before, before);
		if (dotted(kind->text))
			fault(f, "NAME_NO_DOT", &at, "an event with a dot");
		check_since(f, &at, node, before);
		if (before == NULL)
			check_reuse(f, &at, node);
		check_node(f, &at, node, before);
	}
	if (f->reader && !others)
		fault(f, "EVENT_UNION_OPEN", events,
		    "no branch for all other events");
}

/* Rule SCH-2: the pattern of the header's version takes x-version. */
static void
check_version(struct faults *f, const struct path *events)
{
	struct slice version = json_text(schema_root(f->now), "x-version");
	struct path header = { events, slice_of("protocol"), 0 };
	struct path at = { &header, slice_of("version"), 0 };
	const struct json *node = shape_event(f->now, header.name);
	struct shape s;

	if (version.p == NULL) {
		fault(f, "VERSION_TAKEN", events->up, "no x-version");
		return;
	}
	if (node == NULL || f->reader)
		return;
	s = shape_of(f->now, node);
	node = json_member(s.properties, "version");
	s = node != NULL ? shape_of(f->now, node)
			 : (struct shape){ .pattern = NULL };
	if (s.pattern != NULL &&
	    !language_has(schema_pattern(f->now, s.pattern->text), version))
		changes_add(f->out, "VERSION_TAKEN", 0, &at,
		    "does not take x-version", version);
}

static void
check_reserved(struct faults *f, const struct path *root)
{
	const struct json *list, *entry;
	struct slice name;
	char where[256];

	if (f->before == NULL)
		return;
	list = json_member(schema_root(f->before), "x-reserved");
	for (size_t i = 0; (entry = json_at(list, i)) != NULL; i++) {
		name = json_text(entry, "name");
		if (name.p == NULL || name.n >= sizeof(where))
			continue;
		memcpy(where, name.p, name.n);
		where[name.n] = '\0';
		if (reserved(f->now, where) == NULL)
			changes_add(f->out, "RESERVED_NO_DELETE", 0, root,
			    "no longer reserved:", name);
	}
}

void
changes_faults(
    struct changes *out, const struct schema *a, const struct schema *b)
{
	struct path root = { NULL, none, 0 };
	struct path events = { &root, slice_of("events"), 0 };
	struct faults f = { .out = out,
		.before = a,
		.now = b,
		.reader = changes_is_reader(b) };

	changes_version(b, &f.major, &f.minor);
	check_version(&f, &events);
	check_reserved(&f, &root);
	check_events(&f, &events);
}
