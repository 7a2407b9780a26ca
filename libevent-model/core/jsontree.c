/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "jsonpush.h"

void
json_build_init(struct json_build *b, struct arena *a)
{
	*b = (struct json_build){ .arena = a };
	b->tail = &b->root;
}

struct json *
json_build_value(struct json_build *b, enum json_type type)
{
	struct json *v = arena_alloc(b->arena, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->type = type;
	v->key = b->key;
	b->key = (struct em_str){ NULL, 0 };
	*b->tail = v;
	b->tail = &v->next;
	return v;
}

struct json *
json_build_open(struct json_build *b, enum json_type type)
{
	struct json *v = json_build_value(b, type);

	if (v == NULL)
		return NULL;
	v->next = b->open;
	b->open = v;
	b->tail = &v->child;
	return v;
}

struct json *
json_build_close(struct json_build *b)
{
	struct json *v = b->open;

	b->open = (struct json *)(uintptr_t)v->next;
	v->next = NULL;
	b->tail = &v->next;
	return v;
}

struct parse {
	struct json_build build;
	struct em_str text;
};

/* What was decoded is in yajl's buffer, anything else in the text. */
static struct em_str
own(struct parse *x, struct em_str s)
{
	uintptr_t at = (uintptr_t)s.p, start = (uintptr_t)x->text.p;

	if (at >= start && at < start + x->text.n)
		return s;
	return arena_dup(x->build.arena, s);
}

static bool
on_scalar(void *arg, enum json_type type, struct em_str text)
{
	struct parse *x = arg;
	struct json *v = json_build_value(&x->build, type);

	if (v == NULL)
		return false;
	v->text = type >= JSON_NUMBER ? own(x, text) : text;
	return v->text.p != NULL;
}

static bool
on_key(void *arg, struct em_str key)
{
	struct parse *x = arg;

	x->build.key = own(x, key);
	return x->build.key.p != NULL;
}

static bool
on_open(void *arg, enum json_type type)
{
	struct parse *x = arg;

	return json_build_open(&x->build, type) != NULL;
}

static bool
on_close(void *arg)
{
	struct parse *x = arg;

	json_build_close(&x->build);
	return true;
}

static const struct json_sink sink = { on_scalar, on_key, on_open, on_close };

const struct json *
json_parse(
    struct arena *a, struct em_str s, unsigned depth_max, struct em_error *e)
{
	struct parse x;
	struct json_push push = {
		.sink = &sink, .arg = &x, .arena = a, .depth_max = depth_max
	};

	if (str_starts(s, "\xef\xbb\xbf"))
		s = str_from(s, 3);
	if (json_needs_repair(s)) {
		char *copy = arena_bytes(a, s.n);

		if (copy != NULL) {
			memcpy(copy, s.p, s.n);
			json_repair(copy, s.n);
			s.p = copy;
		}
	}
	x.text = s;
	json_build_init(&x.build, a);
	if (json_push_start(&push) && json_push_bytes(&push, s) &&
	    json_push_end(&push))
		return x.build.root;
	if (push.code == EM_E_LIMIT)
		err_set(e, EM_E_LIMIT, 0, "JSON: %s", push.reason);
	else
		err_set(e, push.code, 0, "malformed JSON at byte %zu: %s",
		    push.code == EM_E_TRUNCATED ? s.n : push.at + 1,
		    push.reason);
	return NULL;
}
