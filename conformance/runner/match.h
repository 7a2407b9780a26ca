/* SPDX-License-Identifier: MIT */
/* Whether a filter's output is what it has to be (CASES.md, match). */
#ifndef MATCH_H
#define MATCH_H

#include "suite.h"

/* False: why says where they part. */
bool match_streams(
    struct slice wanted, struct slice got, enum match how, struct buf *why);
/* The lines of a text without their LF, blank ones left out; to be freed. */
struct slice *match_lines(struct slice text, size_t *n);

#endif
