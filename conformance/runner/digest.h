/* SPDX-License-Identifier: MIT */
/* Digests: what a reader understood, and whether that is right (CASES.md). */
#ifndef DIGEST_H
#define DIGEST_H

#include "buf.h"
#include "json.h"

/* The digest that a reader printed; NULL when it printed none. */
struct json *digest_read(struct slice out);
/* Whether got has all that is wanted; if not, why says where it differs.  With
 * loose, "version" and "unknown" are not looked at. */
bool digest_same(const struct json *wanted, const struct json *got, bool loose,
    struct buf *why);

#endif
