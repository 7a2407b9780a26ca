/* SPDX-License-Identifier: MIT */
/*
 * A schema of the profile, taken apart: what it asks of each type of value,
 * wherever along its references that is said.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include "schema.h"

enum {
	TYPE_NULL = 1,
	TYPE_BOOLEAN = 2,
	TYPE_INTEGER = 4,
	TYPE_FRACTION = 8, /* with TYPE_INTEGER: a number */
	TYPE_STRING = 16,
	TYPE_ARRAY = 32,
	TYPE_OBJECT = 64,
	TYPE_ANY = 127
};

enum shape_limit {
	LIMIT_MINIMUM,
	LIMIT_MAXIMUM,
	LIMIT_MIN_LENGTH,
	LIMIT_MAX_LENGTH,
	LIMIT_MIN_ITEMS,
	LIMIT_MAX_ITEMS,
	LIMITS
};

enum { SHAPE_LINKS = 8 };

/* Members are NULL where nothing is asked. */
struct shape {
	const struct json *link[SHAPE_LINKS]; /* the outermost first */
	size_t links;
	unsigned types;
	const struct json *values; /* of enum */
	const struct json *constant;
	bool open;
	const struct json *limit[LIMITS];
	const struct json *pattern;
	const struct json *items, *additional, *properties, *required;
};

struct shape shape_of(const struct schema *, const struct json *node);
/* The keyword where it is said first. */
const struct json *shape_word(const struct shape *, const char *keyword);
bool shape_requires(const struct shape *, struct slice name);
/* An object whose names are those of the protocol, not data. */
bool shape_is_record(const struct shape *);
const char *shape_limit_name(enum shape_limit);
/* Whether two say the same, notes aside. */
bool shape_same(const struct schema *, const struct json *,
    const struct schema *, const struct json *);

/* The events of a schema: its branches, by the constant of "event". */
size_t shape_branches(const struct schema *);
const struct json *shape_branch(const struct schema *, size_t i);
/* NULL: a branch for all others. */
const struct json *shape_kind(const struct schema *, size_t i);
const struct json *shape_event(const struct schema *, struct slice kind);

#endif
