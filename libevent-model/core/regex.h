/* SPDX-License-Identifier: MIT */
/*
 * Patterns over slices: PCRE2 with JIT and match limits, and globs by
 * fnmatch(3); regex.c is the only file that includes PCRE2.
 */
#ifndef REGEX_H
#define REGEX_H

#include "core.h"

struct regex;

/* NULL when the pattern is bad: e says why.  e->line is the byte of the
 * pattern, from 1, where the trouble is, 0 when unknown. */
struct regex *regex_new(struct em_str pattern, struct em_error *e);
/* A glob over the whole of a string: * ? [..], and \ before one of them. */
struct regex *regex_glob(struct em_str pattern, struct em_error *e);
/* A match that passes the limits is no match. */
bool regex_match(const struct regex *re, struct em_str s);
/* Where the first match begins and ends; false when there is none. */
bool regex_find(
    const struct regex *re, struct em_str s, size_t *begin, size_t *end);
/* Every match in s replaced by with, in which $1 and ${1} are groups; s
 * itself when nothing matched. */
struct em_str regex_replace(const struct regex *re, struct arena *a,
    struct em_str s, struct em_str with);
void regex_free(struct regex *re);

#endif
