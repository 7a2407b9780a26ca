/* SPDX-License-Identifier: MIT */
#include "rewrite.h"

#include <stdio.h>
#include <stdlib.h>

#include "members.h"

/* The name of a member as it is written, with its quotes. */
static struct slice
key_of(const struct json *v, size_t i)
{
	const char *from = i == 0
	    ? v->raw.p + 1
	    : v->item[i - 1]->raw.p + v->item[i - 1]->raw.n;
	const char *to = v->item[i]->raw.p;

	while (*from != '"')
		from++;
	while (to[-1] != '"')
		to--;
	return (struct slice){ from, (size_t)(to - from) };
}

static void
put(struct ref_text *out, const char *name, struct slice value)
{
	ref_adds(out, out->p[out->n - 1] == '{' ? "\"" : ",\"");
	ref_adds(out, name);
	ref_adds(out, "\":");
	ref_add(out, value.p, value.n);
}

static const struct change *
change_of(const struct change *list, struct slice name)
{
	for (; list->name != NULL; list++)
		if (slice_is(name, list->name))
			return list;
	return NULL;
}

void
rewrite(
    struct ref_text *out, const struct json *v, const struct change *changes)
{
	ref_adds(out, "{");
	for (size_t i = 0; i < v->count; i++) {
		const struct change *c = change_of(changes, v->item[i]->name);
		struct slice key = key_of(v, i);

		if (c != NULL && c->value.p == NULL)
			continue;
		if (out->p[out->n - 1] != '{')
			ref_adds(out, ",");
		ref_add(out, key.p, key.n);
		ref_adds(out, ":");
		if (c != NULL)
			ref_add(out, c->value.p, c->value.n);
		else
			ref_add(out, v->item[i]->raw.p, v->item[i]->raw.n);
	}
	for (; changes->name != NULL; changes++)
		if (json_member(v, changes->name) == NULL &&
		    changes->value.p != NULL)
			put(out, changes->name, changes->value);
	ref_adds(out, "}");
}

static bool
is_known(const struct event *e, struct slice name)
{
	const struct event_table *t = event_tables;
	const struct member *lists[] = { NULL, identity_members,
		every_members };

	while (t->name != NULL && t->kind != e->kind)
		t++;
	if (t->name == NULL)
		return true;
	lists[0] = t->member;
	for (size_t i = 0; i < 3; i++)
		for (const struct member *m = lists[i]; m->name != NULL; m++)
			if (slice_is(name, m->name))
				return true;
	return false;
}

static void
value(struct ref_text *out, const struct json *v, bool doubles)
{
	char number[64], copy[512];

	if (v->kind != JSON_NUMBER || !doubles || v->text.n >= sizeof copy) {
		ref_add(out, v->raw.p, v->raw.n);
		return;
	}
	memcpy(copy, v->text.p, v->text.n);
	copy[v->text.n] = '\0';
	snprintf(number, sizeof number, "%.17g", strtod(copy, NULL));
	ref_adds(out, number);
}

void
rewrite_badly(struct ref_text *out, const struct event *e,
    const struct rewrite_faults *faults)
{
	const struct json *v = e->tree;
	const char *comma = "";

	ref_adds(out, "{");
	for (size_t i = 0; i < v->count; i++) {
		const struct json *m =
		    faults->sorted ? v->sorted[i] : v->item[i];
		size_t at = 0;
		struct slice key;

		if (faults->known_alone && !is_known(e, m->name))
			continue;
		while (v->item[at] != m)
			at++;
		key = key_of(v, at);
		ref_adds(out, comma);
		ref_add(out, key.p, key.n);
		ref_adds(out, ":");
		value(out, m, faults->doubles);
		comma = ",";
	}
	ref_adds(out, "}");
}
