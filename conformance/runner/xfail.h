/* SPDX-License-Identifier: MIT */
/*
 * Expected failures: a file with the first line "# tconform-xfail 1" and lines
 *
 *	ID-OR-GLOB OUTCOME DISPOSITION EXPIRY LINK TEXT
 *
 * of a testee.  OUTCOME is what is expected: fail crash timeout leak weak.
 * DISPOSITION is todo, wontfix or suite-bug.  EXPIRY is YYYY-MM-DD or "-", the
 * last day that it holds; LINK may be "-" too, but for a crash.
 */
#ifndef XFAIL_H
#define XFAIL_H

#include "report.h"

struct xfail_entry {
	char *glob;
	enum verdict_code code;
	char *disposition, *expiry, *link, *text;
	size_t line; /* from 1 */
	size_t met; /* outcomes that it was held against */
};

struct xfail {
	char *path;
	struct xfail_entry *v;
	size_t n;
};

/* NULL: why says what is wrong, with the line. */
struct xfail *xfail_load(
    const char *path, const struct suite *suite, struct buf *why);
void xfail_free(struct xfail *x);
/* What the list makes of an outcome; today is "YYYY-MM-DD". */
void xfail_apply(struct xfail *x, struct outcome *o, const char *today);
/* Entries that were held against nothing, into stale. */
void xfail_stale(const struct xfail *x, struct strings *stale);
/* The entry that is about an id, or NULL. */
struct xfail_entry *xfail_find(const struct xfail *x, const char *id);
/* "fail", the word for a code that may be listed; NULL for others. */
const char *xfail_word(enum verdict_code code);

#endif
