/* SPDX-License-Identifier: MIT */
/* Trees looked into, and compared. */
#include "json.h"

const struct json *
json_named(const struct json *v, struct slice name)
{
	size_t low = 0, high, middle;

	if (v == NULL || v->kind != JSON_OBJECT)
		return NULL;
	for (high = v->count; low < high;) {
		middle = low + (high - low) / 2;
		if (slice_compare(v->sorted[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == v->count || !slice_same(v->sorted[low]->name, name))
		return NULL;
	return v->sorted[low];
}

const struct json *
json_member(const struct json *v, const char *name)
{
	return json_named(v, slice_of(name));
}

const struct json *
json_at(const struct json *v, size_t i)
{
	return v != NULL && i < v->count ? v->item[i] : NULL;
}

struct slice
json_text(const struct json *v, const char *name)
{
	const struct json *m = json_member(v, name);

	if (m == NULL || m->kind != JSON_STRING)
		return (struct slice){ NULL, 0 };
	return m->text;
}

const struct json *
json_duplicate(const struct json *v)
{
	size_t i;

	if (v == NULL || v->kind != JSON_OBJECT)
		return NULL;
	for (i = 1; i < v->count; i++)
		if (slice_same(v->sorted[i - 1]->name, v->sorted[i]->name))
			return v->sorted[i];
	return NULL;
}

/* Half a pair reads U+FFFD, whichever half it was: the source decides. */
static bool
same_string(const struct json *a, const struct json *b)
{
	if (a->lone && b->lone)
		return slice_same(a->raw, b->raw);
	return a->lone == b->lone && slice_same(a->text, b->text);
}

static bool
same_items(const struct json *a, const struct json *b, enum json_mode mode)
{
	struct json **x = a->kind == JSON_OBJECT ? a->sorted : a->item;
	struct json **y = b->kind == JSON_OBJECT ? b->sorted : b->item;
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (!slice_same(x[i]->name, y[i]->name) ||
		    !json_same(x[i], y[i], mode))
			return false;
	return true;
}

bool
json_same(const struct json *a, const struct json *b, enum json_mode mode)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case JSON_NULL:
		return true;
	case JSON_BOOL:
		return a->boolean == b->boolean;
	case JSON_NUMBER:
		return mode == JSON_LEXEME
		    ? slice_same(a->text, b->text)
		    : json_number_compare(a->text, b->text) == 0;
	case JSON_STRING:
		return same_string(a, b);
	case JSON_ARRAY:
	case JSON_OBJECT:
		return same_items(a, b, mode);
	}
	return false;
}
