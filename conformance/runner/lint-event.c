/* SPDX-License-Identifier: MIT */
/* The rules about single events. */
#include <stdio.h>
#include <stdlib.h>

#include "lint-inside.h"

#define INTEGER_MAX "9007199254740991"

static const struct slice none = { NULL, 0 };

static const char *const kinds[] = {
#define X(name) #name,
	LINT_KINDS
#undef X
};

static enum lint_kind
kind_of(struct slice s)
{
	size_t i;

	for (i = 0; i < K_UNKNOWN; i++)
		if (slice_is(s, kinds[i]))
			return (enum lint_kind)i;
	return K_UNKNOWN;
}

const char *
lint_kind_name(enum lint_kind k)
{
	return k < K_UNKNOWN ? kinds[k] : "unknown";
}

static bool
has_dot(struct slice s)
{
	return s.n != 0 && memchr(s.p, '.', s.n) != NULL;
}

static bool
ends_in(struct slice s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* Null is absent (EVO-15). */
static const struct json *
stated(const struct json *v, const char *name)
{
	const struct json *m = json_member(v, name);

	return m != NULL && m->kind != JSON_NULL ? m : NULL;
}

/* ---- what a writer is held to in any JSON text ---- */

/* Members twice, here and below. False: one of them is defined by the
 * protocol; within what is not a reader need not look. */
static bool
check_twice(struct lint *l, const struct schema *s, const struct json *v,
    const struct json *def)
{
	const struct json *known = json_member(def, "properties"), *m;
	bool ok = true;
	size_t i;

	for (i = 1; v->kind == JSON_OBJECT && i < v->count; i++) {
		m = v->sorted[i];
		if (!slice_same(m->name, v->sorted[i - 1]->name))
			continue;
		if (json_named(known, m->name) != NULL) {
			lint_fault(l, F_TWICE, l->line, m->name);
			ok = false;
		} else
			lint_fault(l, F_TWICE_UNKNOWN, l->line, m->name);
	}
	for (i = 0; i < v->count; i++) {
		m = v->item[i];
		if (m->kind < JSON_ARRAY)
			continue;
		def =
		    v->kind == JSON_OBJECT ? json_named(known, m->name) : NULL;
		if (def != NULL)
			def = schema_resolve(s, def);
		if (!check_twice(l, s, m, def))
			ok = false;
	}
	return ok;
}

/* ---- what is held against the writer's schema ---- */

/* Members that another fault of this line has named already. */
struct named {
	const char *name[8];
	size_t count;
};

static void
name_fault(struct lint *l, struct named *named, enum lint_fault f,
    const char *member, struct slice subject)
{
	lint_fault(l, f, l->line, subject);
	if (named->count < sizeof(named->name) / sizeof(named->name[0]))
		named->name[named->count++] = member;
}

static bool
is_named(const struct named *named, const char *at)
{
	size_t i, n;

	for (i = 0; *at == '/' && i < named->count; i++) {
		n = strlen(named->name[i]);
		if (strncmp(at + 1, named->name[i], n) == 0 &&
		    (at[n + 1] == '\0' || at[n + 1] == '/'))
			return true;
	}
	return false;
}

static bool
only_digits(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n != 0;
}

static bool
is_integer(const struct json *v)
{
	return v->kind == JSON_NUMBER && json_number_integral(v->text) &&
	    json_number_compare(v->text, slice_of("0")) >= 0 &&
	    json_number_compare(v->text, slice_of(INTEGER_MAX)) <= 0;
}

static bool
type_has(const struct json *type, const char *name)
{
	size_t i;

	if (type == NULL)
		return false;
	if (type->kind == JSON_STRING)
		return slice_is(type->text, name);
	for (i = 0; i < type->count; i++)
		if (slice_is(type->item[i]->text, name))
			return true;
	return false;
}

/* Rule VAL-1, of every integer that the schema knows, at any depth. */
static void
check_integers(struct lint *l, const struct schema *s, const struct json *v,
    const struct json *def, struct named *named)
{
	const struct json *known, *d, *m;
	const char *name;
	size_t i;

	known = json_member(def, "properties");
	for (i = 0; v->kind == JSON_OBJECT && i < v->count; i++) {
		m = v->item[i];
		if ((d = json_named(known, m->name)) == NULL)
			continue;
		name = d->name.p;
		d = schema_resolve(s, d);
		if (ends_in(m->name, "_ns") && !is_integer(m))
			name_fault(l, named, F_DURATION, name, m->name);
		else if (m->kind == JSON_NUMBER &&
		    type_has(json_member(d, "type"), "integer") &&
		    json_number_integral(m->text) && !only_digits(m->text))
			name_fault(l, named, F_INTEGER, name, m->name);
		else if (m->kind == JSON_OBJECT)
			check_integers(l, s, m, d, named);
	}
}

static bool
is_base64(struct slice s)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+/";
	size_t i, pad = 0;

	while (pad < 2 && pad < s.n && s.p[s.n - 1 - pad] == '=')
		pad++;
	for (i = 0; i < s.n - pad; i++)
		if (s.p[i] == '\0' || strchr(letters, s.p[i]) == NULL)
			return false;
	return s.n % 4 == 0;
}

static void
check_base64(struct lint *l, const struct json *v, struct named *named)
{
	static const char *const members[] = { "text_b64", "data_b64" };
	const struct json *m;
	size_t i;

	for (i = 0; i < 2; i++) {
		m = json_member(v, members[i]);
		if (m != NULL &&
		    (m->kind != JSON_STRING || !is_base64(m->text)))
			name_fault(l, named, F_BASE64, members[i], m->name);
	}
}

static void
check_own_rules(struct lint *l, enum lint_kind kind, const struct json *v,
    struct named *named)
{
	struct slice outcome = json_text(v, "outcome");

	if (kind == K_case_complete || kind == K_run_complete) {
		if (json_member(v, "outcome") == NULL)
			name_fault(l, named, F_NO_OUTCOME, "outcome", none);
		else if (!slice_is(outcome, "pass") &&
		    !slice_is(outcome, "fail") && !slice_is(outcome, "skip"))
			name_fault(l, named, F_OUTCOME, "outcome",
			    json_member(v, "outcome")->raw);
	}
	if (kind != K_case_metric)
		return;
	if (json_text(v, "metric").p == NULL)
		name_fault(l, named, F_UNIT, "metric", slice_of("metric"));
	if (json_text(v, "unit").p == NULL)
		name_fault(l, named, F_UNIT, "unit", slice_of("unit"));
}

/* Rule EXT-1, of entries of lists, for which the schema takes any string. */
static void
check_entries(struct lint *l, const struct json *v, const char *name)
{
	const struct json *list = json_member(v, name);
	size_t i;

	for (i = 0; list != NULL && list->kind == JSON_ARRAY && i < list->count;
	     i++)
		if (list->item[i]->kind == JSON_STRING &&
		    !has_dot(list->item[i]->text))
			lint_fault(l, F_SQUATTER, l->line, list->item[i]->text);
}

/* Of a header all but the version, which is what is asked for. */
static bool
header_fits(const struct schema *s, const struct json *v)
{
	const struct json *def = lint_definition(s, json_text(v, "event"));
	const struct json *known = json_member(def, "properties"), *d;
	size_t i;

	for (i = 0; i < v->count; i++) {
		if (has_dot(v->item[i]->name) ||
		    slice_is(v->item[i]->name, "version"))
			continue;
		d = json_named(known, v->item[i]->name);
		if (d == NULL ||
		    !schema_valid_part(
			s, d, v->item[i], SCHEMA_EXTENSIONS, NULL))
			return false;
	}
	return true;
}

static bool
fits(const struct schema *s, enum lint_kind kind, const struct json *v)
{
	return kind == K_protocol ? header_fits(s, v)
				  : schema_valid(s, v, SCHEMA_EXTENSIONS, NULL);
}

static void
lower_minors(struct lint *l, enum lint_kind kind, const struct json *v)
{
	const struct lint_schemas *all = l->options->schemas;
	unsigned i;

	for (i = 0; i < l->minor && i < lint_minors(all); i++)
		if (l->suffices[i])
			l->suffices[i] =
			    fits(lint_writer_schema(all, i), kind, v);
}

/* Where the published schemas end, nobody can say what is undefined. */
static void
check_schema(struct lint *l, enum lint_kind kind, const struct json *v,
    struct named *named)
{
	const struct schema *s =
	    lint_writer_schema(l->options->schemas, l->minor);
	struct schema_why why;
	char text[sizeof(why.at) + sizeof(why.text) + 2];

	if (s == NULL || (kind == K_UNKNOWN && has_dot(json_text(v, "event"))))
		return;
	if (kind == K_UNKNOWN) {
		lint_fault(l, F_SCHEMA, l->line, json_text(v, "event"));
		return;
	}
	if (kind == K_protocol) {
		check_entries(l, v, "features");
		check_entries(l, v, "requires");
	}
	lower_minors(l, kind, v);
	if (!schema_valid(s, v, SCHEMA_EXTENSIONS, &why) &&
	    !is_named(named, why.at)) {
		snprintf(text, sizeof(text), "%s %s", why.at, why.text);
		lint_fault(l, F_SCHEMA, l->line, slice_of(text));
	}
}

/* ---- what a reader is held to ---- */

/* Usable although it is not valid: what is wrong is optional further down. */
static bool
usable(const struct schema *s, const struct json *def, const struct json *v)
{
	const struct json *names, *known, *m;
	size_t i;

	if (schema_valid_part(s, def, v, SCHEMA_STRICT, NULL))
		return true;
	def = schema_resolve(s, def);
	names = json_member(def, "required");
	known = json_member(def, "properties");
	if (v->kind != JSON_OBJECT || known == NULL)
		return false;
	for (i = 0; names != NULL && i < names->count; i++) {
		m = json_named(v, names->item[i]->text);
		if (m == NULL || !usable(s, json_named(known, m->name), m))
			return false;
	}
	return true;
}

static bool
in_list(const struct json *list, struct slice name)
{
	size_t i;

	for (i = 0; list != NULL && i < list->count; i++)
		if (slice_same(list->item[i]->text, name))
			return true;
	return false;
}

static bool
is_identity(struct slice name)
{
	static const char *const names[] = { "run", "suite", "class", "name",
		"variant", "iteration", "attempt" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_is(name, names[i]))
			return true;
	return false;
}

static void
invalid(struct lint *l, enum lint_fault f, struct slice subject, bool *valid)
{
	lint_fault(l, f, l->line, subject);
	*valid = false;
}

static bool
is_unknown_outcome(const struct json *m)
{
	return slice_is(m->name, "outcome") && m->kind == JSON_STRING;
}

static void
check_required(struct lint *l, const struct schema *s, const struct json *def,
    enum lint_kind kind, const struct json *v, bool *valid)
{
	const struct json *names = json_member(def, "required"), *m;
	const struct json *known = json_member(def, "properties");
	bool reader = l->options->role == LINT_READER;
	size_t i;

	for (i = 0; i < names->count; i++) {
		m = json_named(v, names->item[i]->text);
		/* Of a header the version has been looked at before all. */
		if (kind == K_protocol &&
		    slice_is(names->item[i]->text, "version"))
			continue;
		if (m != NULL && usable(s, json_named(known, m->name), m))
			continue;
		/* The writer's rule about outcomes has said it. */
		if (m != NULL && is_unknown_outcome(m)) {
			if (reader)
				lint_fault(l, F_OUTCOME, l->line, m->raw);
		} else if (!reader && slice_is(names->item[i]->text, "outcome"))
			*valid = false;
		else
			invalid(l, kind == K_protocol ? F_HEADER : F_REQUIRED,
			    names->item[i]->text, valid);
	}
}

static void
check_optional(struct lint *l, const struct schema *s, const struct json *def,
    const struct json *v, bool *valid)
{
	const struct json *names = json_member(def, "required"), *m, *d;
	const struct json *known = json_member(def, "properties");
	size_t i;

	for (i = 0; i < v->count; i++) {
		m = v->item[i];
		d = json_named(known, m->name);
		if (d == NULL || m->kind == JSON_NULL ||
		    in_list(names, m->name) ||
		    schema_valid_part(s, d, m, SCHEMA_STRICT, NULL))
			continue;
		if (is_identity(m->name))
			invalid(l, F_IDENTITY, m->name, valid);
		else if (slice_is(m->name, "outcome"))
			lint_fault(l, F_SUITE_OUTCOME, l->line, m->raw);
		else if (slice_is(m->name, "counts"))
			lint_fault(l, F_COUNTS_SHAPE, l->line, none);
		else
			lint_fault(l, F_OPTIONAL, l->line, m->name);
	}
}

static void
check_exactly_one(struct lint *l, const struct schema *s,
    const struct json *def, const struct json *v, bool *valid)
{
	const struct json *names = json_member(def, "x-exactly-one"), *m;
	const struct json *known = json_member(def, "properties");
	size_t i, n = 0;

	for (i = 0; names != NULL && i < names->count; i++) {
		m = json_named(v, names->item[i]->text);
		n += m != NULL && m->kind != JSON_NULL &&
		    schema_valid_part(
			s, json_named(known, m->name), m, SCHEMA_STRICT, NULL);
	}
	if (names != NULL && n != 1)
		invalid(l, F_NOT_ONE, names->raw, valid);
}

/* ---- from a tree to what the lifecycle is about ---- */

static uint64_t
integer(const struct json *v, uint64_t otherwise)
{
	static const char exponent[] = "eE.";
	uint64_t n = 0;
	size_t i;

	if (v == NULL || !is_integer(v))
		return otherwise;
	for (i = 0; i < v->text.n; i++) {
		if (memchr(exponent, v->text.p[i], 3) != NULL)
			return (uint64_t)strtod(v->text.p, NULL);
		n = 10 * n + (uint64_t)(v->text.p[i] - '0');
	}
	return n;
}

static enum lint_outcome
outcome(enum lint_kind kind, const struct json *v)
{
	const struct json *m = stated(v, "outcome");

	if (kind != K_case_complete && kind != K_suite_complete &&
	    kind != K_run_complete)
		return O_NONE;
	if (m == NULL)
		return kind == K_suite_complete ? O_NONE : O_FAIL;
	if (m->kind == JSON_STRING && slice_is(m->text, "pass"))
		return O_PASS;
	if (m->kind == JSON_STRING && slice_is(m->text, "skip"))
		return O_SKIP;
	return O_FAIL;
}

static struct lint_counts
counts(const struct json *v)
{
	const struct json *m = stated(v, "counts");
	const struct json *pass = json_member(m, "pass");
	const struct json *fail = json_member(m, "fail");
	const struct json *skip = json_member(m, "skip");
	struct lint_counts c = { .stated = m != NULL };

	c.usable = pass != NULL && fail != NULL && skip != NULL &&
	    is_integer(pass) && is_integer(fail) && is_integer(skip);
	if (c.usable) {
		c.pass = integer(pass, 0);
		c.fail = integer(fail, 0);
		c.skip = integer(skip, 0);
	}
	return c;
}

static struct lint_event
view(struct lint *l, enum lint_kind kind, const struct json *v)
{
	const struct json *selected = stated(v, "selected");
	const struct json *status = stated(v, "status");
	struct slice message = json_text(v, "kind");

	return (struct lint_event){ .kind = kind,
		.line = l->line,
		.id = { .run = json_text(v, "run"),
		    .suite = json_text(v, "suite"),
		    .class = json_text(v, "class"),
		    .name = json_text(v, "name"),
		    .variant = json_text(v, "variant"),
		    .iteration = integer(json_member(v, "iteration"), 1),
		    .attempt = integer(json_member(v, "attempt"), 1) },
		.outcome = outcome(kind, v),
		.counts = counts(v),
		.parent = json_text(v, "parent"),
		.selected = selected == NULL || selected->kind != JSON_BOOL ||
		    selected->boolean,
		.error = kind == K_case_message && slice_is(message, "error"),
		.status = status != NULL && status->kind == JSON_STRING };
}

/* Whether the event says what it is about. */
static bool
identified(const struct json *v, const struct lint_event *ev)
{
	static const char *const names[] = { "run", "suite", "class", "name",
		"variant" };
	const struct json *m;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((m = stated(v, names[i])) != NULL && m->kind != JSON_STRING)
			return false;
	for (i = 0; i < 2; i++)
		if ((m = stated(v, i == 0 ? "iteration" : "attempt")) != NULL &&
		    (!is_integer(m) || integer(m, 0) == 0))
			return false;
	switch (ev->kind) {
	case K_discover_case:
	case K_case_start:
	case K_case_slow:
	case K_case_output:
	case K_case_message:
	case K_case_metric:
	case K_case_attachment:
	case K_case_complete:
		return ev->id.name.p != NULL;
	case K_suite_start:
	case K_suite_complete:
		return ev->id.suite.p != NULL;
	default:
		return true;
	}
}

bool
lint_event(struct lint *l, const struct json *v, struct lint_event *ev)
{
	const struct schema *s = lint_reader_schema(l->options->schemas);
	const struct json *def = lint_definition(s, json_text(v, "event"));
	enum lint_kind kind = kind_of(json_text(v, "event"));
	struct named named = { { NULL }, 0 };
	bool valid = true, writer = l->options->role == LINT_WRITER;

	if (!check_twice(l, s, v, def)) {
		l->report->malformed++;
		l->spoiled = true;
		return false;
	}
	if (v->lone)
		lint_fault(l, F_LONE, l->line, none);
	if (!slice_is(v->item[0]->name, "event"))
		lint_fault(l, F_NOT_FIRST, l->line, none);
	if (def != NULL && writer) {
		check_integers(l, s, v, def, &named);
		check_base64(l, v, &named);
		check_own_rules(l, kind, v, &named);
	}
	if (writer)
		check_schema(l, kind, v, &named);
	if (def == NULL)
		return false;
	check_required(l, s, def, kind, v, &valid);
	check_optional(l, s, def, v, &valid);
	check_exactly_one(l, s, def, v, &valid);
	if (!valid) {
		l->report->invalid++;
		l->spoiled = true;
	}
	*ev = view(l, kind, v);
	return identified(v, ev);
}
