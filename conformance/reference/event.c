/* SPDX-License-Identifier: MIT */
#include "event.h"

#include <stdlib.h>
#include <string.h>

#include "members.h"

/* ---- values ---- */

bool
integer_of(const struct json *v, int64_t *out)
{
	static const char max[] = "9007199254740991";
	char *s;

	if (v == NULL || v->kind != JSON_NUMBER ||
	    !json_number_integral(v->text) ||
	    json_number_compare(v->text, slice_of("0")) < 0 ||
	    json_number_compare(v->text, slice_of(max)) > 0)
		return false;
	s = ref_resize(NULL, v->text.n, 1);
	memcpy(s, v->text.p, v->text.n);
	s[v->text.n] = '\0';
	/* Integers up to 2^53 are doubles, however they are spelled. */
	*out = (int64_t)strtod(s, NULL);
	free(s);
	return true;
}

static bool
is_number(const struct json *v)
{
	static const char max[] = "1.7976931348623157e308";

	return v->kind == JSON_NUMBER &&
	    json_number_compare(v->text, slice_of(max)) <= 0 &&
	    json_number_compare(v->text, slice_of("-1.7976931348623157e308")) >=
	    0;
}

static bool
is_base64(struct slice s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = s.n;

	if (n % 4 != 0)
		return false;
	while (s.n - n < 2 && n != 0 && s.p[n - 1] == '=')
		n--;
	for (size_t i = 0; i < n; i++)
		if (s.p[i] == '\0' || strchr(digits, s.p[i]) == NULL)
			return false;
	return true;
}

static bool
digits(const char *p, size_t n, int max)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v < 100000 ? v * 10 + (p[i] - '0') : v;
	}
	return v <= max;
}

/* 2026-03-01T09:30:00.25Z */
static bool
is_time(struct slice s)
{
	static const int max[] = { 9999, 12, 31, 23, 59, 60 };
	static const char after[] = "--T::";
	size_t at = 0;

	if (s.n < 20 || s.p[s.n - 1] != 'Z')
		return false;
	for (int i = 0; i < 6; i++) {
		size_t n = i == 0 ? 4 : 2;

		if (!digits(s.p + at, n, max[i]))
			return false;
		if ((i == 1 || i == 2) && memcmp(s.p + at, "00", 2) == 0)
			return false;
		at += n;
		if (i < 5 && s.p[at++] != after[i])
			return false;
	}
	if (s.n == 20)
		return true;
	return s.p[19] == '.' && s.n > 21 && s.n <= 30 &&
	    digits(s.p + 20, s.n - 21, 100000000);
}

static bool
each(const struct json *v, enum json_kind list, enum json_kind of)
{
	if (v->kind != list)
		return false;
	for (size_t i = 0; i < v->count; i++)
		if (v->item[i]->kind != of)
			return false;
	return true;
}

static bool
is_scalar(const struct json *v)
{
	return v->kind != JSON_ARRAY && v->kind != JSON_OBJECT &&
	    (v->kind != JSON_NUMBER || is_number(v));
}

static bool
are_scalars(const struct json *v)
{
	for (size_t i = 0; v->kind == JSON_OBJECT && i < v->count; i++) {
		const struct json *m = v->item[i];

		for (size_t j = 0; m->kind == JSON_ARRAY && j < m->count; j++)
			if (!is_scalar(m->item[j]))
				return false;
		if (m->kind != JSON_ARRAY && !is_scalar(m))
			return false;
	}
	return v->kind == JSON_OBJECT;
}

static bool
are_numbers(const struct json *v)
{
	for (size_t i = 0; v->kind == JSON_ARRAY && i < v->count; i++)
		if (!is_number(v->item[i]))
			return false;
	return v->kind == JSON_ARRAY;
}

static const struct member *
members_of(enum type t)
{
	return t == T_PRODUCER ? producer_members
	    : t == T_LOCATION  ? location_members
	    : t == T_COUNTS    ? counts_members
			       : NULL;
}

static const struct member *find(const struct member *list, struct slice name);

static bool good(const struct json *v, enum type t);

/* An object of the protocol has what it requires. */
static bool
whole(const struct json *v, const struct member *list)
{
	if (v->kind != JSON_OBJECT)
		return false;
	for (; list->name != NULL; list++) {
		const struct json *m = json_member(v, list->name);

		if (list->required && (m == NULL || !good(m, list->type)))
			return false;
	}
	return true;
}

static bool
good(const struct json *v, enum type t)
{
	int64_t n;

	switch (t) {
	case T_SIZE:
		return integer_of(v, &n);
	case T_COUNT:
		return integer_of(v, &n) && n >= 1;
	case T_NUMBER:
		return is_number(v);
	case T_NUMBERS:
		return are_numbers(v);
	case T_STRINGS:
		return each(v, JSON_ARRAY, JSON_STRING);
	case T_BOOL:
		return v->kind == JSON_BOOL;
	case T_BASE64:
		return v->kind == JSON_STRING && is_base64(v->text);
	case T_TIME:
		return v->kind == JSON_STRING && is_time(v->text);
	case T_SCALARS:
		return are_scalars(v);
	case T_TEXTS:
		return each(v, JSON_OBJECT, JSON_STRING);
	case T_PRODUCER:
	case T_LOCATION:
		return whole(v, members_of(t));
	case T_COUNTS: /* what is wrong in it, LIF-11 judges */
		return true;
	default:
		return v->kind == JSON_STRING;
	}
}

/* ---- members ---- */

static const struct member *
find(const struct member *list, struct slice name)
{
	for (; list->name != NULL; list++)
		if (slice_is(name, list->name))
			return list;
	return NULL;
}

static const struct event_table *
table_of(struct slice kind)
{
	const struct event_table *t = event_tables;

	while (t->name != NULL && !slice_is(kind, t->name))
		t++;
	return t->name != NULL ? t : NULL;
}

static const struct member *
member_of(const struct event_table *t, struct slice name)
{
	const struct member *m = find(t->member, name);

	if (m == NULL)
		m = find(identity_members, name);
	return m != NULL ? m : find(every_members, name);
}

static const struct event_table *
table_of_event(const struct event *e)
{
	const struct event_table *t = event_tables;

	while (t->name != NULL && t->kind != e->kind)
		t++;
	return t->name != NULL ? t : NULL;
}

const struct json *
event_member(const struct event *e, const char *name)
{
	const struct event_table *t = table_of_event(e);
	const struct json *v = json_member(e->tree, name);
	const struct member *m;

	if (v == NULL || v->kind == JSON_NULL || t == NULL)
		return NULL;
	m = member_of(t, slice_of(name));
	return m != NULL && good(v, m->type) ? v : NULL;
}

struct slice
event_text(const struct event *e, const char *name)
{
	const struct json *v = event_member(e, name);

	return v != NULL && v->kind == JSON_STRING ? v->text
						   : (struct slice){ 0 };
}

int64_t
event_int(const struct event *e, const char *name)
{
	int64_t n;

	return integer_of(event_member(e, name), &n) ? n : -1;
}

/* ---- checks ---- */

/* ENC-6: whether a member of the list, or of an object in it, comes twice. */
static bool
repeats(const struct json *v, const struct event_table *t,
    const struct member *list)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct json *one = v->item[i];
		const struct member *m =
		    t != NULL ? member_of(t, one->name) : find(list, one->name);

		if (m == NULL)
			continue;
		if (json_named(v, one->name) != one)
			return true;
		if (one->kind == JSON_OBJECT && members_of(m->type) != NULL &&
		    repeats(one, NULL, members_of(m->type)))
			return true;
	}
	return false;
}

static void
count_unknown(struct event *e, const struct json *v,
    const struct event_table *t, const struct member *list)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct json *one = v->item[i];
		const struct member *m =
		    t != NULL ? member_of(t, one->name) : find(list, one->name);
		const char *const *values;

		if (m == NULL) {
			e->unknown_members++;
			continue;
		}
		if (one->kind == JSON_OBJECT && members_of(m->type) != NULL)
			count_unknown(e, one, NULL, members_of(m->type));
		values = open_values(m->type);
		if (values == NULL || one->kind != JSON_STRING)
			continue;
		while (*values != NULL && !slice_is(one->text, *values))
			values++;
		e->unknown_values += *values == NULL;
	}
}

static bool
digits_alone(const struct json *v)
{
	return v->kind != JSON_NUMBER || digits(v->text.p, v->text.n, 1 << 30);
}

/* One member that is there: invalid, dropped, or good. */
static void
check_member(struct event *e, const struct event_rules *r, const struct json *v,
    const struct member *m)
{
	bool ok = good(v, m->type);

	if (v->kind == JSON_NULL && !r->null_strict)
		return;
	if (r->integers_digits && (m->type == T_SIZE || m->type == T_COUNT))
		ok = ok && digits_alone(v);
	if (ok || m->type == T_OUTCOME || m->type == T_COUNTS)
		return;
	if (find(identity_members, v->name) != NULL)
		e->invalid = e->faceless = true;
	else if (r->bad_optional_invalid)
		e->invalid = true;
	else
		e->dropped = true;
	/* of an object, such as location, only a bad member is dropped */
}

static int
present(const struct event *e, const char *name)
{
	return event_member(e, name) != NULL;
}

static void
check(struct event *e, const struct event_rules *r, const struct event_table *t)
{
	const struct json *v = e->tree;

	for (size_t i = 0; i < v->count; i++) {
		const struct member *m = member_of(t, v->item[i]->name);

		if (m != NULL && json_named(v, v->item[i]->name) == v->item[i])
			check_member(e, r, v->item[i], m);
	}
	for (const struct member *m = t->member; m->name != NULL; m++) {
		if (!m->required || event_member(e, m->name) != NULL)
			continue;
		if (r->lax_required && strcmp(m->name, "name") != 0)
			continue;
		e->invalid = true;
		if (find(identity_members, slice_of(m->name)) != NULL)
			e->faceless = true;
	}
	if (r->lax_required)
		return;
	if ((e->kind == CASE_OUTPUT || e->kind == LOG) &&
	    present(e, "text") + present(e, "text_b64") != 1)
		e->invalid = true;
	if (e->kind == CASE_ATTACHMENT &&
	    present(e, "path") + present(e, "url") + present(e, "data_b64") !=
		1)
		e->invalid = true;
}

/* ---- faults of mutants ---- */

/* What a lax parser makes of bytes that it does not check. */
static void
forgive(struct ref_text *t, const struct event_rules *r)
{
	for (size_t i = 0; i < t->n;) {
		size_t n = json_utf8((const unsigned char *)t->p + i, t->n - i);

		if (n == 0 && r->lax_utf8)
			t->p[i] = '?';
		if (r->lax_controls && (unsigned char)t->p[i] < 0x20)
			t->p[i] = ' ';
		i += n != 0 ? n : 1;
	}
}

static bool
brackets(struct slice line, int max)
{
	int depth = 0;

	for (size_t i = 0; i < line.n; i++) {
		depth += line.p[i] == '[' || line.p[i] == '{';
		depth -= line.p[i] == ']' || line.p[i] == '}';
		if (depth > max)
			return false;
	}
	return true;
}

static bool
spelled_plainly(const struct json *v)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct json *m = v->item[i];
		const char *end = m->raw.p - 1;

		while (end > v->raw.p && *end != '"')
			end--;
		if ((size_t)(end - v->raw.p) < m->name.n ||
		    memcmp(end - m->name.n, m->name.p, m->name.n) != 0)
			return false;
	}
	return true;
}

static void
lower_names(struct json *v)
{
	for (size_t i = 0; i < v->count; i++) {
		char *p = ref_resize(NULL, v->item[i]->name.n, 1);

		for (size_t j = 0; j < v->item[i]->name.n; j++) {
			char c = v->item[i]->name.p[j];

			p[j] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		}
		/* Left to the end of the program: only a mutant does it. */
		v->item[i]->name.p = p;
	}
}

/* ---- reading ---- */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
refused(const struct event *e, const struct event_rules *r,
    const struct event_table *t)
{
	return (!r->first_duplicate && repeats(e->tree, t, every_members)) ||
	    (r->raw_keys && !spelled_plainly(e->tree)) ||
	    (r->strict_members && e->unknown_members != 0) ||
	    (r->strict_values && e->unknown_values != 0);
}

static void
name_kind(
    struct event *e, const struct event_rules *r, const struct event_table **t)
{
	const struct json *kind = json_member(e->tree, "event");

	*t = NULL;
	e->kind = UNKNOWN;
	if (kind == NULL || kind->kind != JSON_STRING) {
		e->invalid = e->faceless = true;
		return;
	}
	if (r->event_first && e->tree->item[0] != kind)
		return;
	*t = table_of(r->raw_kinds
		? (struct slice){ kind->raw.p + 1, kind->raw.n - 2 }
		: kind->text);
	if (*t == NULL && r->by_prefix && kind->text.n > 5 &&
	    memcmp(kind->text.p, "case_", 5) == 0 &&
	    json_member(e->tree, "outcome") != NULL)
		*t = table_of(slice_of("case_complete"));
	if (*t != NULL)
		e->kind = (*t)->kind;
}

/* What a reader that is too strict, or too small, does not take. */
static bool
too_strange(const struct event_rules *r, struct slice line)
{
	if (r->nest_crashes && !brackets(line, 2000))
		abort();
	return (r->no_cr && memchr(line.p, '\r', line.n) != NULL) ||
	    (r->no_tab && memchr(line.p, '\t', line.n) != NULL) ||
	    (r->short_lines && line.n > 65535) ||
	    (r->shallow && !brackets(line, 32));
}

static enum line_class
parse(struct event *e, const struct event_rules *r, struct slice line)
{
	const struct event_table *t;
	struct ref_text copy = { 0 };

	if (r->lax_utf8 || r->lax_controls) {
		ref_add(&copy, line.p, line.n);
		forgive(&copy, r);
		line = (struct slice){ copy.p, copy.n };
	}
	if (too_strange(r, line))
		e->tree = NULL;
	else
		e->tree = json_parse(line.p, line.n, NULL);
	free(copy.p);
	if (e->tree == NULL)
		return LINE_MALFORMED;
	if (r->keys_any_case)
		lower_names(e->tree);
	name_kind(e, r, &t);
	if (t != NULL)
		count_unknown(e, e->tree, t, NULL);
	if (refused(e, r, t)) {
		event_free(e);
		return LINE_MALFORMED;
	}
	if (t != NULL)
		check(e, r, t);
	return LINE_EVENT;
}

enum line_class
event_read(struct event *e, const struct event_rules *rules, struct slice line)
{
	size_t i = 0;

	*e = (struct event){ 0 };
	while (i < line.n && is_space(line.p[i]))
		i++;
	if (i == line.n)
		return rules->blank_malformed ? LINE_MALFORMED : LINE_BLANK;
	if (rules->noise_searched)
		while (i < line.n && line.p[i] != '{')
			i++;
	if (i == line.n || line.p[i] != '{')
		return rules->noise_malformed ? LINE_MALFORMED : LINE_NOISE;
	return parse(e, rules, (struct slice){ line.p + i, line.n - i });
}

void
event_free(struct event *e)
{
	json_free(e->tree);
	e->tree = NULL;
}
