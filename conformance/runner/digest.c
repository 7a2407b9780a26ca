/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "digest.h"

/* What two entries of "cases" or "suites" must share to be about one thing. */
static const char *const identity[] = { "stream", "run", "suite", "class",
	"name", "variant", "iteration" };

struct json *
digest_read(struct slice out)
{
	struct json *v = json_parse(out.p, out.n, NULL);

	if (v != NULL && json_member(v, "digest") != NULL)
		return v;
	json_free(v);
	return NULL;
}

static bool
differs(struct buf *why, const char *where, const char *key,
    const struct json *wanted, const struct json *got)
{
	buf_printf(why, "%s%s: wanted %.*s, got %.*s", where, key,
	    wanted != NULL ? (int)wanted->raw.n : 7,
	    wanted != NULL ? wanted->raw.p : "nothing",
	    got != NULL ? (int)got->raw.n : 7,
	    got != NULL ? got->raw.p : "nothing");
	return false;
}

static bool
same_identity(const struct json *a, const struct json *b)
{
	for (size_t i = 0; i < sizeof(identity) / sizeof(*identity); i++) {
		const struct json *x = json_member(a, identity[i]);
		const struct json *y = json_member(b, identity[i]);

		if ((x == NULL) != (y == NULL))
			return false;
		if (x != NULL && !json_same(x, y, JSON_VALUE))
			return false;
	}
	return true;
}

static const struct json *
find(const struct json *list, const struct json *like)
{
	for (size_t i = 0; i < list->count; i++)
		if (same_identity(list->item[i], like))
			return list->item[i];
	return NULL;
}

/* Key by key; a key that was not supplied is no difference, but for must. */
static bool
same_members(const struct json *wanted, const struct json *got,
    const char *must, const char *where, struct buf *why)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct json *w = wanted->item[i];
		const struct json *g = json_named(got, w->name);
		char *key = xstrndup(w->name.p, w->name.n);
		bool ok = true;

		if (g == NULL)
			ok = must == NULL || strcmp(key, must) != 0;
		else if (strcmp(key, "output") == 0 && g->kind == JSON_OBJECT)
			ok = same_members(w, g, NULL, where, why);
		else
			ok = json_same(w, g, JSON_VALUE);
		if (!ok && why->n == 0)
			differs(why, where, key, w, g);
		free(key);
		if (!ok)
			return false;
	}
	return true;
}

static bool
same_list(const struct json *wanted, const struct json *got, const char *key,
    const char *must, struct buf *why)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct json *w = wanted->item[i];
		const struct json *g = find(got, w);
		struct slice name = json_text(w, "name");
		char *where;
		bool ok;

		if (g == NULL)
			return differs(why, key, ", one entry", w, NULL);
		where = xprintf("%s, \"%.*s\", ", key, (int)name.n,
		    name.p != NULL ? name.p : "");
		ok = same_members(w, g, must, where, why);
		free(where);
		if (!ok)
			return false;
	}
	for (size_t i = 0; i < got->count; i++)
		if (find(wanted, got->item[i]) == NULL)
			return differs(
			    why, key, ", one entry", NULL, got->item[i]);
	if (wanted->count != got->count)
		return differs(why, key, ", twice the same", wanted, got);
	return true;
}

/* Each violation expected is there; where none is, none is. */
static bool
same_violations(
    const struct json *wanted, const struct json *got, struct buf *why)
{
	if (wanted->count == 0 && got->count > 0)
		return differs(why, "violations", "", wanted, got);
	for (size_t i = 0; i < wanted->count; i++) {
		bool there = false;

		for (size_t j = 0; j < got->count; j++)
			there |= json_same(
			    wanted->item[i], got->item[j], JSON_VALUE);
		if (!there)
			return differs(why, "violations", "", wanted, got);
	}
	return true;
}

static bool
must_supply(const char *key)
{
	return strcmp(key, "class") == 0 || strcmp(key, "verdict") == 0 ||
	    strcmp(key, "cases") == 0;
}

static bool
same_key(const char *key, const struct json *w, const struct json *g,
    struct buf *why)
{
	if (g == NULL)
		return !must_supply(key) || differs(why, key, "", w, g);
	if (w->kind == JSON_ARRAY && g->kind == JSON_ARRAY) {
		if (strcmp(key, "cases") == 0)
			return same_list(w, g, key, "outcome", why);
		if (strcmp(key, "suites") == 0)
			return same_list(w, g, key, NULL, why);
		if (strcmp(key, "violations") == 0)
			return same_violations(w, g, why);
	}
	if (strcmp(key, "unknown") == 0 && g->kind == JSON_OBJECT)
		return same_members(w, g, NULL, "unknown, ", why);
	return json_same(w, g, JSON_VALUE) || differs(why, key, "", w, g);
}

bool
digest_same(const struct json *wanted, const struct json *got, bool loose,
    struct buf *why)
{
	bool ok = true;

	for (size_t i = 0; ok && i < wanted->count; i++) {
		const struct json *w = wanted->item[i];
		char *key = xstrndup(w->name.p, w->name.n);

		if (!loose ||
		    (strcmp(key, "version") != 0 &&
			strcmp(key, "unknown") != 0))
			ok = same_key(key, w, json_named(got, w->name), why);
		free(key);
	}
	return ok;
}
