/* SPDX-License-Identifier: MIT */
/*
 * A JSON text as a tree, strict by RFC 8259 and RFC 3629.
 *
 * The suite judges parsers, so it has its own: numbers stay as they are
 * written, members keep their order and their duplicates, and every value
 * knows the text that it came from. A tree owns all it points to; it is freed
 * whole, by its root. Trees are at most JSON_DEPTH deep, so that what walks
 * them may recurse.
 */
#ifndef JSON_H
#define JSON_H

#include <stdint.h>

#include "slice.h"

enum { JSON_DEPTH = 1024 };

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json {
	enum json_kind kind;
	bool boolean;
	/* Where strings, or names of members, held half a surrogate pair
	 * (in this value itself, or anywhere below it). It reads U+FFFD. */
	bool lone;
	struct slice name; /* of this member, decoded; else p == NULL */
	struct slice text; /* string: decoded; number: as written */
	struct slice raw; /* the source of the whole value */
	size_t count; /* of items or members */
	struct json **item; /* as written */
	struct json **sorted; /* members by name, then as written */
};

enum json_fault {
	JSON_OK,
	JSON_SYNTAX,
	JSON_INCOMPLETE, /* the text ends where more must come */
	JSON_UTF8,
	JSON_TOO_DEEP,
	JSON_NO_MEMORY
};

struct json_error {
	enum json_fault fault;
	size_t offset;
	const char *text; /* what is wrong, for people */
};

/* NULL on failure, *e (which may be NULL) says why. The text is copied. */
struct json *json_parse(const char *s, size_t n, struct json_error *e);
void json_free(struct json *);

/* The first member of that name; NULL if there is none or v is no object. */
const struct json *json_member(const struct json *v, const char *name);
const struct json *json_named(const struct json *v, struct slice name);
/* NULL past the end; members and items, in their order. */
const struct json *json_at(const struct json *v, size_t i);
/* A member of that name that is a string, else { NULL, 0 }. */
struct slice json_text(const struct json *v, const char *name);
/* The second of two members of one name, or NULL. Not in what is below. */
const struct json *json_duplicate(const struct json *v);

enum json_mode {
	JSON_LEXEME, /* numbers are equal as they are written */
	JSON_VALUE /* 1, 1.0 and 1e0 are equal */
};

/* Order of members does not matter; that of members of one name does. */
bool json_same(const struct json *a, const struct json *b, enum json_mode);

/* Exact, whatever the size: by value of the decimal text of JSON numbers. */
int json_number_compare(struct slice a, struct slice b);
bool json_number_integral(struct slice);

/* The value of a hexadecimal digit, or -1. */
int json_hex(char c);
/* The bytes from p[0] of one strict UTF-8 character, or 0. */
size_t json_utf8(const unsigned char *p, size_t n);
/* Writes a character, up to four bytes; how many. */
size_t json_utf8_put(char *to, uint32_t c);

#endif
