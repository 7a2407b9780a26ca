/* SPDX-License-Identifier: MIT */
/* What a case came to for a testee. */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdint.h>

#include "buf.h"

enum verdict_code {
	V_PASS,
	V_WEAK, /* tolerated, still conformant */
	V_FAIL,
	V_CRASH,
	V_TIMEOUT,
	V_LEAK, /* memory, output, or processes left behind */
	V_SKIP, /* always with a reason */
	V_XFAIL,
	V_XPASS,
	V_STALE,
	V_INFO, /* recorded, never graded */
	V_ERROR, /* the runner or the case is at fault */
	V_CODES
};

enum ending { END_NONE, END_CLEAN, END_SIGNAL, END_LATE, END_KILLED };

struct verdict {
	enum verdict_code code;
	enum ending ending;
	char *reason; /* one line */
	struct buf input, expected, actual, err; /* heads, for the report */
	uint64_t ns;
	long rss_kib;
};

/* The worst said so far stays: ERROR, then CRASH TIMEOUT LEAK, then FAIL.  All
 * return 0, so that a role can end with one. */
int verdict_say(struct verdict *v, enum verdict_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void verdict_free(struct verdict *v);
const char *verdict_name(enum verdict_code c); /* "PASS" */
char verdict_letter(enum verdict_code c); /* P W F C T L S x X ! i E */
const char *ending_name(enum ending e);

#endif
