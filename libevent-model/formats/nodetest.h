/* SPDX-License-Identifier: MIT */
/* The lines of node's spec reporter; for nodetest*.c alone. */
#ifndef NODETEST_H
#define NODETEST_H

#include "foreign.h"

enum {
	NEST_MAX = 64,
	INDENT = 2,
};

enum mark { NO_MARK, PASSED, FAILED, SKIPPED, TODO, OPENS, SAYS };

/* A line with a mark: "  ✔ name (1.5ms) # why". */
struct nodetest_line {
	enum mark mark;
	unsigned level;
	struct em_str text; /* all behind the mark */
	struct em_str name, why;
	int64_t duration;
};

/* Whether s begins with a mark, behind blanks; *l is what the line says. */
bool nodetest_mark(struct nodetest_line *l, struct em_str s);
/* A line of results that begins behind what a test wrote without line end. */
bool nodetest_find_mark(
    struct nodetest_line *l, struct em_str s, struct em_str *before);
/* Name, duration and reason from the text. */
void nodetest_split(struct nodetest_line *l);
/* Others print such marks, with whole milliseconds. */
bool nodetest_has_fraction(const struct nodetest_line *l);
struct em_str nodetest_reason(const struct nodetest_line *l);
/* The line without colours. */
struct em_str nodetest_plain(struct arena *a, struct em_str s);

#endif
