/* SPDX-License-Identifier: MIT */
/* Copies an event into an arena, driven by the field table. */
#include <string.h>

#include "format.h"

static struct em_str
copy_text(struct arena *a, struct em_str s)
{
	struct em_str fixed = arena_utf8(a, s);

	/* A repaired string is in the arena already. */
	return fixed.p == s.p ? arena_dup(a, s) : fixed;
}

static void
copy_strs(struct arena *a, struct em_strs *l)
{
	struct em_str *v;

	if (l->n == 0)
		return;
	v = arena_alloc(a, l->n * sizeof(*v));
	for (size_t i = 0; v != NULL && i < l->n; i++)
		v[i] = copy_text(a, l->v[i]);
	*l = (struct em_strs){ v, v != NULL ? l->n : 0 };
}

static void
copy_pairs(struct arena *a, struct em_pairs *l)
{
	struct em_pair *v;

	if (l->n == 0)
		return;
	v = arena_alloc(a, l->n * sizeof(*v));
	for (size_t i = 0; v != NULL && i < l->n; i++) {
		v[i].key = copy_text(a, l->v[i].key);
		v[i].value = copy_text(a, l->v[i].value);
		v[i].json = l->v[i].json;
	}
	*l = (struct em_pairs){ v, v != NULL ? l->n : 0 };
}

static void
copy_members(struct arena *a, struct em_members *l)
{
	struct em_member *v;

	if (l->n == 0)
		return;
	v = arena_alloc(a, l->n * sizeof(*v));
	for (size_t i = 0; v != NULL && i < l->n; i++) {
		v[i].in = arena_dup(a, l->v[i].in);
		v[i].key = arena_dup(a, l->v[i].key);
		v[i].value = arena_dup(a, l->v[i].value);
	}
	*l = (struct em_members){ v, v != NULL ? l->n : 0 };
}

/* A number beyond what the protocol holds is none.  A count that is ill
 * stated is -1. */
static void
fit(const struct em_field *f, int64_t *v)
{
	const int64_t most = ((int64_t)1 << 53) - 1;
	const int64_t least = f->type == EM_T_COUNT ? 1
	    : f->in != NULL                         ? -1
						    : 0;

	if (*v < least || *v > most)
		*v = EM_UNSET;
}

static void
copy_field(struct arena *a, const struct em_field *f, void *at)
{
	struct em_str *s = at;

	switch (f->type) {
	case EM_T_STR:
		if (s->p != NULL)
			*s = copy_text(a, *s);
		break;
	case EM_T_BYTES:
	case EM_T_DATA:
	case EM_T_NUM:
		*s = arena_dup(a, *s);
		break;
	case EM_T_STRS:
	case EM_T_NUMS:
		copy_strs(a, at);
		break;
	case EM_T_PAIRS:
		copy_pairs(a, at);
		break;
	case EM_T_INT:
	case EM_T_COUNT:
		fit(f, at);
		break;
	default:
		break;
	}
}

void
event_copy(struct em_event *to, const struct em_event *from, struct arena *a)
{
	uint32_t bit = 1u << from->kind;

	*to = *from;
	to->raw = arena_dup(a, from->raw);
	to->event = arena_dup(a, from->event);
	for (size_t i = 0; i < em_fields_count; i++)
		if (em_fields[i].kinds & bit)
			copy_field(
			    a, &em_fields[i], (char *)to + em_fields[i].offset);
	copy_members(a, &to->extra);
}
