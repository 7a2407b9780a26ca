/* SPDX-License-Identifier: MIT */
/*
 * Changes members of an event in the line it was read from and leaves every
 * other byte alone: unknown members keep their value, order and spelling.
 */
#ifndef SPLICE_H
#define SPLICE_H

#include "core.h"

struct splice {
	const char *in; /* the member object it is in, or NULL: the event */
	const char *key; /* plain ASCII */
	struct em_str value; /* JSON text; absent: the member is taken out */
	bool add; /* put at the end when it is not there (in is NULL) */
};

/*
 * The line with all edits made; absent when out of memory.  line must be one
 * valid JSON object in which the keys occur once, with 64 readable bytes
 * behind it, as what scan_line() accepted is.
 */
struct em_str splice(
    struct arena *a, struct em_str line, const struct splice *edits, size_t n);

#endif
