/* SPDX-License-Identifier: MIT */
/*
 * JSON Schema 2020-12, the part of it that the protocol's schemas use.
 *
 * A schema that uses anything else is refused, never half obeyed. Two
 * languages: the profile of schemas/PROTOCOL.md section 7, in which one schema
 * can be held against another, and a general one around it, which adds what
 * the keywords of the profile have to get along with.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "json.h"

enum schema_language { SCHEMA_GENERAL, SCHEMA_PROFILE };

struct schema;
struct language;

struct schema_error {
	char at[256]; /* a JSON pointer into the schema */
	char text[256];
};

/* The tree is borrowed, and must live longer. NULL: *e says why. */
struct schema *schema_read(
    const struct json *root, enum schema_language, struct schema_error *e);
void schema_free(struct schema *);

struct schema_why {
	char at[256]; /* a JSON pointer into what was validated */
	char text[256];
};

/* How a schema is looked at. */
enum schema_view {
	SCHEMA_STRICT,
	/* Rule EXT-3: where an object is closed, names with a dot are not
	 * looked at; where x-open is true, a string with a dot passes. */
	SCHEMA_EXTENSIONS,
	/* A writer's schema, as a reader of its version has to take it: what
	 * is unknown passes, null stands for absence, any minor is fine. */
	SCHEMA_OPENED,
	/* A reader's schema: what is unknown does not pass. */
	SCHEMA_CLOSED
};

/* Whether v is valid; if not, *why (which may be NULL) says the first fault. */
bool schema_valid(const struct schema *, const struct json *v, enum schema_view,
    struct schema_why *why);
/* The same for a part of the schema. */
bool schema_valid_part(const struct schema *, const struct json *part,
    const struct json *v, enum schema_view, struct schema_why *why);

const struct json *schema_root(const struct schema *);
/* Through $ref to what stands there; s itself when it has none. */
const struct json *schema_resolve(const struct schema *, const struct json *s);
/* The constant of "event" in branch i of the root's oneOf; p == NULL where
 * there is none, or these are other branches. */
struct slice schema_kind(
    const struct schema *, const struct json *branches, size_t i);
/* The compiled form of a pattern, by the slice that is in this schema. */
const struct language *schema_pattern(
    const struct schema *, struct slice pattern);
/* What a JSON pointer (of a reference, without its '#') leads to, or NULL. */
const struct json *schema_pointer(
    const struct json *root, struct slice pointer);

#endif
