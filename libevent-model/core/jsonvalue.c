/* SPDX-License-Identifier: MIT */
/* Looking at JSON values; no parser here. */
#include <string.h>

#include "json.h"

static const struct em_str absent;

static const struct json *
get(const struct json *o, struct em_str key)
{
	const struct json *found = NULL;

	if (o == NULL || o->type != JSON_OBJECT)
		return NULL;
	for (const struct json *v = o->child; v != NULL; v = v->next)
		if (em_str_eq(v->key, key))
			found = v;
	return found;
}

const struct json *
json_get(const struct json *o, const char *key)
{
	return get(o, em_str(key));
}

const struct json *
json_path(const struct json *o, const char *path)
{
	struct em_str rest = em_str(path), key;
	bool more;

	do {
		more = str_cut(&rest, '.', &key);
		o = get(o, key);
	} while (more);
	return o;
}

struct em_str
json_str(const struct json *v)
{
	return v != NULL && v->type == JSON_STRING ? v->text : absent;
}

struct em_str
json_get_str(const struct json *o, const char *key)
{
	return json_str(json_get(o, key));
}

struct em_str
json_text(const struct json *v)
{
	if (v == NULL || v->type == JSON_NULL || v->type == JSON_ARRAY ||
	    v->type == JSON_OBJECT)
		return absent;
	return v->text;
}

bool
json_is_true(const struct json *v)
{
	return v != NULL && v->type == JSON_TRUE;
}

/* Integer and fraction digits and exponent of a JSON number. */
static bool
number_parts(
    struct em_str s, struct em_str *digits, struct em_str *frac, int64_t *exp)
{
	struct em_str mantissa;

	*exp = 0;
	for (mantissa.n = 0; mantissa.n < s.n; mantissa.n++)
		if ((s.p[mantissa.n] | 32) == 'e')
			break;
	mantissa.p = s.p;
	if (mantissa.n < s.n && !str_i64(str_from(s, mantissa.n + 1), exp))
		return false;
	*frac = mantissa;
	str_cut(frac, '.', digits);
	return *exp >= -400 && *exp <= 400;
}

bool
json_i64(const struct json *v, int64_t *n)
{
	struct em_str digits, frac;
	int64_t exp, r;

	if (v == NULL || v->type != JSON_NUMBER ||
	    !number_parts(v->text, &digits, &frac, &exp) ||
	    !str_i64(digits, &r))
		return false;
	for (size_t i = 0; i < frac.n; i++) {
		int d = frac.p[i] - '0';

		if (exp <= 0 && d == 0)
			continue;
		if (exp-- <= 0 || __builtin_mul_overflow(r, 10, &r) ||
		    __builtin_add_overflow(r, v->text.p[0] == '-' ? -d : d, &r))
			return false;
	}
	for (; exp > 0 && r != 0; exp--)
		if (__builtin_mul_overflow(r, 10, &r))
			return false;
	for (; exp < 0 && r != 0; exp++) {
		if (r % 10 != 0)
			return false;
		r /= 10;
	}
	*n = r;
	return true;
}

bool
json_ns(const struct json *v, int scale, int64_t *ns)
{
	if (v == NULL || (v->type != JSON_NUMBER && v->type != JSON_STRING))
		return false;
	return str_ns(v->text, scale, ns);
}

size_t
json_count(const struct json *v)
{
	size_t n = 0;

	if (v != NULL)
		for (v = v->child; v != NULL; v = v->next)
			n++;
	return n;
}

const struct json *
json_first(const struct json *v)
{
	return v != NULL && v->type == JSON_ARRAY ? v->child : NULL;
}

/* The open containers of a value that is being printed: pointers, kept in
 * bytes that grow, since depth is the user's to choose. */
static void
push(struct buf *open, const struct json *v)
{
	buf_add(open, (struct em_str){ (const char *)&v, sizeof(v) });
}

static const struct json *
pop(struct buf *open)
{
	const struct json *v;

	open->n -= sizeof(v);
	memcpy(&v, open->p + open->n, sizeof(v));
	return v;
}

static void
print_leaf(struct em_out *out, const struct json *v)
{
	if (v->type == JSON_STRING)
		em_out_json_str(out, v->text);
	else if (v->type == JSON_ARRAY)
		em_out_puts(out, "[]");
	else if (v->type == JSON_OBJECT)
		em_out_puts(out, "{}");
	else
		em_out_write(out, v->text);
}

static void
print(struct em_out *out, const struct json *v, struct buf *open)
{
	for (;;) {
		if (v->key.p != NULL && open->n > 0) {
			em_out_json_str(out, v->key);
			out_byte(out, ':');
		}
		if (v->child != NULL) {
			out_byte(out, v->type == JSON_ARRAY ? '[' : '{');
			push(open, v);
			if (open->failed)
				return;
			v = v->child;
			continue;
		}
		print_leaf(out, v);
		while (open->n > 0 && v->next == NULL) {
			v = pop(open);
			out_byte(out, v->type == JSON_ARRAY ? ']' : '}');
		}
		if (open->n == 0)
			return;
		out_byte(out, ',');
		v = v->next;
	}
}

struct em_str
json_print(struct arena *a, const struct json *v)
{
	struct em_str text = absent;
	struct em_out *out;
	struct buf open;

	if (v == NULL)
		return absent;
	if (v->child == NULL && v->text.p != NULL && v->type != JSON_STRING)
		return v->text;
	out = em_out_mem();
	if (out == NULL)
		return absent;
	buf_init(&open, SIZE_MAX);
	print(out, v, &open);
	if (!open.failed && em_out_flush(out) == EM_OK)
		text = arena_dup(a, em_out_memory(out));
	buf_free(&open);
	em_out_close(out, NULL);
	return text;
}

struct em_str
json_as_text(struct arena *a, const struct json *v)
{
	return v != NULL && v->type == JSON_STRING ? v->text : json_print(a, v);
}

struct em_strs
json_strs(struct arena *a, const struct json *v)
{
	struct em_strs list = { NULL, 0 };
	struct em_str *s;

	if (v == NULL || v->type != JSON_ARRAY || v->child == NULL)
		return list;
	s = arena_alloc(a, json_count(v) * sizeof(*s));
	if (s == NULL)
		return list;
	list.v = s;
	for (v = v->child; v != NULL; v = v->next)
		s[list.n++] = json_as_text(a, v);
	return list;
}

static void
add_pair(struct arena *a, struct em_pair *p, const struct json *v)
{
	p->key = v->key;
	p->value = json_as_text(a, v);
	p->json = v->type != JSON_STRING;
}

struct em_pairs
json_pairs(struct arena *a, const struct json *v)
{
	struct em_pairs list = { NULL, 0 };
	struct table last; /* of each key, the number of its last value */
	struct em_pair *p;
	uint64_t i = 0;

	if (v == NULL || v->type != JSON_OBJECT || v->child == NULL)
		return list;
	p = arena_alloc(a, json_count(v) * sizeof(*p));
	table_init(&last);
	for (const struct json *m = v->child; m != NULL; m = m->next) {
		uint64_t *at = table_at(&last, table_key(&m->key, 1, 0));

		i++;
		if (at != NULL)
			*at = i;
	}
	a->failed |= last.failed;
	i = 0;
	for (const struct json *m = v->child; m != NULL && !a->failed;
	     m = m->next)
		if (*table_get(&last, table_key(&m->key, 1, 0)) == ++i)
			add_pair(a, &p[list.n++], m);
	table_free(&last);
	list.v = p;
	return list;
}
