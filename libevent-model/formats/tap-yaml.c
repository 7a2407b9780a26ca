/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics of TAP.  Their YAML has no schema, and much of it is not YAML:
 * what is read here is the keys that producers have in common, as they stand
 * in block mappings, and no more.
 */
#include <stddef.h>
#include <string.h>

#include "json.h"
#include "tap.h"
#include "trace.h"

enum { NEST_MAX = 3 }; /* mappings in mappings */

/* ---- places ---- */

/* "path:12:5", perhaps with "name (" before and ")" behind. */
static void
take_place(struct em_str s, struct tap_diag *d)
{
	struct em_location l = d->location;
	size_t open;

	s = str_trim(s);
	open = s.n;
	if (str_ends(s, ")")) {
		while (open > 0 && s.p[open - 1] != '(')
			open--;
		s = str_from(str_upto(s, s.n - 1), open);
	}
	if (str_starts(s, "file://"))
		s = str_from(s, strlen("file://"));
	if (trace_place(&s, &l))
		d->location = l;
}

static void
take_number(struct em_str s, int64_t *n)
{
	int64_t v;

	if (str_i64(str_trim(s), &v) && v > 0)
		*n = v;
}

/* A number behind the last colon, cut off. */
static bool
cut_last(struct em_str *s, int64_t *n)
{
	size_t i = s->n;

	while (i > 0 && s->p[i - 1] != ':')
		i--;
	if (i < 2 || !str_i64(str_from(*s, i), n))
		return false;
	*s = str_upto(*s, i - 1);
	return true;
}

/* "path:12:5" of node:test: where the test is, not what failed in it. */
static void
take_test(struct em_str s, struct tap_diag *d)
{
	int64_t line, column;

	if (str_starts(s, "file://"))
		s = str_from(s, strlen("file://"));
	if (!cut_last(&s, &column) || !cut_last(&s, &line))
		return;
	d->test = (struct em_location){ .file = s,
		.line = line,
		.column = column,
		.end_line = EM_UNSET,
		.end_column = EM_UNSET };
	if (d->location.file.n == 0)
		d->location = d->test;
}

/* The first item of a list whose items say where they failed, and why. */
static void
take_item(struct arena *a, struct em_str s, struct tap_diag *d)
{
	struct em_str line, text = { NULL, 0 };

	s = str_trim(s);
	if (!str_starts(s, "- "))
		return;
	s = str_from(s, 2);
	str_cut(&s, '\n', &line);
	while (s.n > 0) {
		struct em_str next;

		str_cut(&s, '\n', &next);
		if (str_starts(str_trim(next), "- "))
			break;
		text = arena_join(
		    a, arena_join(a, text, str_trim(next)), EM_STR("\n"));
	}
	take_place(line, d);
	if (d->message.n == 0 && text.n > 0)
		d->message = str_trim(text);
}

/* ---- keys ---- */

enum field {
	F_TEXT, /* a member of struct tap_diag */
	F_FILE,
	F_LINE,
	F_COLUMN,
	F_PLACE,
	F_TEST, /* the place of the test */
	F_DURATION,
	F_ATTEMPT,
	F_ATTEMPTS, /* how many, of which this is the last */
	F_FAILURE,
	F_INSIDE, /* a mapping whose keys count */
	F_LIST, /* "- file.c:6: |" of Criterion, and text below */
	F_NOISE /* says nothing about the result */
};

struct known {
	const char *key;
	enum field field;
	size_t at; /* of F_TEXT: where in struct tap_diag */
	bool whole; /* the member holds all that it says */
};

#define TEXT(key, member, whole)                                               \
	{                                                                      \
		key, F_TEXT, offsetof(struct tap_diag, member), whole          \
	}

static const struct known known[] = {
	TEXT("message", message, true),
	TEXT("reason", message, false),
	{ "error", F_INSIDE, 0, false },
	TEXT("name", type, false),
	TEXT("type", type, true),
	TEXT("code", code, true),
	TEXT("expected", expected, true),
	TEXT("expect", expected, false),
	TEXT("wanted", expected, false),
	TEXT("actual", actual, true),
	TEXT("found", actual, false),
	TEXT("got", actual, false),
	TEXT("received", actual, false),
	{ "data", F_INSIDE, 0, false },
	{ "at", F_INSIDE, 0, true },
	{ "location", F_TEST, 0, false },
	{ "file", F_FILE, 0, true },
	{ "fileName", F_FILE, 0, false },
	{ "line", F_LINE, 0, true },
	{ "lineNumber", F_LINE, 0, false },
	{ "column", F_COLUMN, 0, true },
	{ "columnNumber", F_COLUMN, 0, false },
	{ "duration_ms", F_DURATION, 0, true },
	{ "attempt", F_ATTEMPT, 0, true },
	{ "attempts", F_ATTEMPTS, 0, true },
	TEXT("status", status, true),
	TEXT("detail", detail, true),
	TEXT("stdout", stdout_text, true),
	TEXT("stderr", stderr_text, true),
	TEXT("combined", combined, true),
	{ "failureType", F_FAILURE, 0, false },
	{ "failures", F_LIST, 0, false },
};

static void set_inside(struct arena *a, struct em_str key, struct em_str head,
    struct em_str below, unsigned nest, struct tap_diag *d);

static void
set_text(struct em_str *to, struct em_str value)
{
	if (to->p == NULL && value.n > 0)
		*to = value;
}

static const struct known *
find_known(struct em_str key)
{
	static const struct known noise = { NULL, F_NOISE, 0, false };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(key, known[i].key))
			return &known[i];
	return &noise;
}

static bool
is_about_attempt(const struct known *k)
{
	return k->field == F_DURATION || k->field == F_ATTEMPT ||
	    k->field == F_ATTEMPTS;
}

static void
set_scalar(const struct known *k, struct em_str v, struct tap_diag *d)
{
	switch (k->field) {
	case F_TEXT:
		set_text((struct em_str *)(void *)((char *)d + k->at), v);
		break;
	case F_FILE:
		set_text(&d->location.file, v);
		break;
	case F_LINE:
		take_number(v, &d->location.line);
		break;
	case F_COLUMN:
		take_number(v, &d->location.column);
		break;
	case F_TEST:
		take_test(v, d);
		break;
	case F_PLACE:
		take_place(v, d);
		break;
	case F_DURATION:
		if (!str_ns(v, 6, &d->duration))
			d->duration = EM_UNSET;
		break;
	case F_ATTEMPT:
		take_number(v, &d->attempt);
		break;
	case F_FAILURE:
		d->timeout = str_eq(v, "testTimeoutFailure");
		break;
	default:
		break;
	}
}

static void
set(struct arena *a, struct em_str key, struct em_str head, struct em_str below,
    unsigned nest, struct tap_diag *d)
{
	const struct known *k = find_known(key);
	struct em_str v;

	d->rest |= !k->whole;
	if (k->field == F_INSIDE || k->field == F_LIST) {
		d->more = true;
		d->rest |= head.n > 0;
		if (k->field == F_LIST)
			take_item(a, below, d);
		else
			set_inside(a, key, head, below, nest, d);
		return;
	}
	v = tap_scalar(a, head, below);
	/* node:test says so of every test. */
	if (str_eq(key, "type") && (str_eq(v, "test") || str_eq(v, "suite"))) {
		d->rest = true;
		return;
	}
	d->more |= !is_about_attempt(k);
	set_scalar(k, v, d);
}

/* ---- mappings ---- */

/* "key: value" or "key:" or "'key' : value". */
static bool
split_key(struct em_str line, struct em_str *key, struct em_str *value)
{
	size_t i = 0;
	char quote = '\0';

	if (line.n > 0 && (line.p[0] == '"' || line.p[0] == '\''))
		quote = line.p[0];
	while (i < line.n) {
		if (quote != '\0' && i > 0 && line.p[i] == quote)
			quote = '\0';
		else if (quote == '\0' && line.p[i] == ':' &&
		    (i + 1 == line.n || line.p[i + 1] == ' '))
			break;
		i++;
	}
	if (i == 0 || i >= line.n || line.p[0] == '-' || line.p[0] == '{')
		return false;
	*key = str_trim(str_upto(line, i));
	*value = str_trim(str_from(line, i + 1));
	if (key->n >= 2 && (key->p[0] == '"' || key->p[0] == '\'')) {
		key->p++;
		key->n -= 2;
	}
	return true;
}

/* The mapping that s is, its keys all at the same indent. */
static void
mapping(struct arena *a, struct em_str s, unsigned nest, struct tap_diag *d)
{
	size_t base = tap_first_indent(s);
	struct em_str rest = s, line, key = { NULL, 0 }, head, next, value;
	const char *from = s.p;

	head = (struct em_str){ NULL, 0 };
	while (rest.n > 0) {
		const char *start = rest.p;

		str_cut(&rest, '\n', &line);
		if (str_trim(line).n == 0 || tap_indent(line) > base ||
		    !split_key(str_from(line, tap_indent(line)), &next, &value))
			continue;
		if (key.p != NULL)
			set(a, key, head,
			    (struct em_str){ from, (size_t)(start - from) },
			    nest, d);
		key = next;
		head = value;
		from = rest.p;
	}
	if (key.p != NULL)
		set(a, key, head,
		    (struct em_str){ from, (size_t)(s.p + s.n - from) }, nest,
		    d);
}

/* "{file: x.t, line: 3}" */
static void
flow_mapping(struct arena *a, struct em_str s, struct tap_diag *d)
{
	static const struct em_str none;
	struct em_str part, key, value;

	s = str_from(str_upto(s, s.n - 1), 1);
	while (s.n > 0) {
		str_cut(&s, ',', &part);
		part = str_trim(part);
		if (split_key(part, &key, &value))
			set(a, key, value, none, NEST_MAX, d);
	}
}

/* error, at and data are mappings with some producers and text with others. */
static void
set_inside(struct arena *a, struct em_str key, struct em_str head,
    struct em_str below, unsigned nest, struct tap_diag *d)
{
	if (head.n >= 2 && head.p[0] == '{' && head.p[head.n - 1] == '}') {
		flow_mapping(a, head, d);
	} else if (head.n == 0 && nest < NEST_MAX) {
		mapping(a, below, nest + 1, d);
	} else if (str_eq(key, "error")) {
		set_text(&d->message, tap_scalar(a, head, below));
	} else if (str_eq(key, "at")) {
		take_place(tap_scalar(a, head, below), d);
	}
}

/* Deno writes JSON where YAML stands. */
static void
json_members(
    struct arena *a, const struct json *v, unsigned nest, struct tap_diag *d)
{
	static const struct em_str none;

	for (v = v->child; v != NULL; v = v->next) {
		struct em_str text = json_text(v);

		if (v->type == JSON_OBJECT && nest < NEST_MAX)
			json_members(a, v, nest + 1, d);
		else if (text.p != NULL)
			set(a, v->key, none, text, NEST_MAX, d);
	}
}

static void
diag_init(struct tap_diag *d)
{
	*d = (struct tap_diag){
		.duration = EM_UNSET,
		.attempt = EM_UNSET,
		.location.line = EM_UNSET,
		.location.column = EM_UNSET,
		.location.end_line = EM_UNSET,
		.location.end_column = EM_UNSET,
	};
}

/* ---- what Test::More and bats say ---- */

/* "at t/basic.t line 3." of Test::More. */
static bool
perl_place(struct em_str line, struct tap_diag *d)
{
	static const char sep[] = " line ";
	ptrdiff_t at;
	int64_t n;

	if (!str_starts(line, "at ") || !str_ends(line, "."))
		return false;
	line = str_from(str_upto(line, line.n - 1), strlen("at "));
	at = str_find(line, sep);
	if (at <= 0 || !str_i64(str_from(line, (size_t)at + strlen(sep)), &n) ||
	    n < 1)
		return false;
	d->location.file = str_upto(line, (size_t)at);
	d->location.line = n;
	return true;
}

/* "(in test file x.bats, line 4)" of bats. */
static bool
bats_place(struct em_str line, struct tap_diag *d)
{
	static const char key[] = "(in test file ";
	static const char sep[] = ", line ";
	ptrdiff_t at;
	int64_t n;

	if (!str_starts(line, key) || !str_ends(line, ")"))
		return false;
	line = str_from(str_upto(line, line.n - 1), strlen(key));
	at = str_find(line, sep);
	if (at <= 0 || !str_i64(str_from(line, (size_t)at + strlen(sep)), &n) ||
	    n < 1)
		return false;
	d->location.file = str_upto(line, (size_t)at);
	d->location.line = n;
	return true;
}

static bool
after(struct em_str line, const char *key, struct em_str *value)
{
	if (!str_starts(line, key))
		return false;
	*value = str_trim(str_from(line, strlen(key)));
	return true;
}

/*
 * What Test::More and bats say about a failure.  What is neither the place
 * nor the values is the message, or else the title.
 */
static bool
take_lines(struct arena *a, struct em_str text, struct tap_diag *d)
{
	struct em_str line, title = { NULL, 0 }, message = { NULL, 0 };

	while (text.n > 0) {
		str_cut(&text, '\n', &line);
		line = str_trim(line);
		if (str_starts(line, "Failed test") ||
		    str_starts(line, "Failed (TODO) test"))
			title = line;
		else if (!perl_place(line, d) && !bats_place(line, d) &&
		    !after(line, "got: ", &d->actual) &&
		    !after(line, "expected: ", &d->expected))
			message = arena_join(a,
			    message.n > 0 ? arena_join(a, message, EM_STR("\n"))
					  : message,
			    line);
	}
	d->message = message.n > 0 ? message : title;
	return d->location.file.n > 0 || title.n > 0;
}

void
tap_yaml(
    struct arena *a, struct em_str text, unsigned depth_max, struct tap_diag *d)
{
	struct em_error e = { .code = EM_E_NONE };
	struct em_str s = str_trim(text);
	const struct json *v = NULL;

	diag_init(d);
	if (str_starts(s, "{"))
		v = json_parse(a, s, depth_max, &e);
	if (v != NULL)
		json_members(a, v, 0, d);
	else
		mapping(a, text, 0, d);
	if (str_starts(d->message, "(in test file ")) {
		take_lines(a, d->message, d);
		d->rest = true;
	}
	/* A place without a file is none. */
	if (d->location.file.n == 0)
		d->location = (struct em_location){
			.line = EM_UNSET,
			.column = EM_UNSET,
			.end_line = EM_UNSET,
			.end_column = EM_UNSET,
		};
}

void
tap_comments(struct arena *a, struct em_str text, struct tap_diag *d)
{
	struct em_event ev;

	diag_init(d);
	d->more = true;
	if (take_lines(a, text, d))
		return;
	em_event_init(&ev, EM_CASE_MESSAGE);
	trace_message(&ev, text);
	d->message = ev.message;
	d->type = ev.type;
	d->location = ev.location;
}
