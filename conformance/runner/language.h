/* SPDX-License-Identifier: MIT */
/*
 * The set of strings that a pattern of JSON Schema takes.
 *
 * Patterns are a subset of ECMA 262 that is regular, so that one can be held
 * against another: characters, escapes, classes, groups, | * + ? {m,n} ^ $.
 * As in JSON Schema a pattern may match anywhere unless it is anchored, and $
 * is the very end. Characters are code points.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include "slice.h"

struct language;

/* NULL on failure; *why says what the pattern has that is outside. */
struct language *language_read(struct slice pattern, const char **why);
void language_free(struct language *);
/* The text is UTF-8. */
bool language_has(const struct language *, struct slice text);

enum language_answer { LANGUAGE_NONE, LANGUAGE_FOUND, LANGUAGE_UNKNOWN };

/*
 * A shortest text that is in a and not in b, where a == NULL stands for all
 * texts and b == NULL for none. FOUND: *text is to be freed by free().
 * UNKNOWN: out of memory, or the patterns are too large to be sure.
 */
enum language_answer language_difference(const struct language *a,
    const struct language *b, char **text, size_t *size);

#endif
