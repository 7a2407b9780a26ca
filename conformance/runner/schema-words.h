/* SPDX-License-Identifier: MIT */
/* The keywords of JSON Schema that are known here; for schema*.c alone. */
#ifndef SCHEMA_WORDS_H
#define SCHEMA_WORDS_H

#include "schema.h"

/* What the value of a keyword has to look like. */
enum word_shape {
	WORD_NOTE, /* anything: an annotation */
	WORD_ANY, /* any value, which is compared */
	WORD_VALUES, /* an array of values */
	WORD_TYPE, /* a type, or an array of different ones */
	WORD_NAMES, /* an array of different strings */
	WORD_NUMBER,
	WORD_COUNT, /* an integer from 0 */
	WORD_PATTERN,
	WORD_REF, /* a pointer within this schema */
	WORD_SCHEMA,
	WORD_SCHEMAS, /* an array of schemas, not empty */
	WORD_BY_NAME, /* an object of schemas */
	WORD_BY_PATTERN /* the same, the names are patterns */
};

struct validation;

struct word {
	struct slice name;
	enum word_shape shape;
	enum schema_language language; /* the narrowest that has it */
	/* Whether v has what the keyword asks; NULL if it asks nothing. */
	bool (*check)(struct validation *, const struct json *value,
	    const struct json *v);
};

/* NULL: no keyword of ours. */
const struct word *word_find(struct slice name);

#endif
