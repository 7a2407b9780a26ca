/* SPDX-License-Identifier: MIT */
/*
 * A pattern that has been read: what pattern-read.c makes and pattern-match.c
 * goes through.
 */
#ifndef CONFORMANCE_PATTERN_STEPS_H
#define CONFORMANCE_PATTERN_STEPS_H

#include "pattern.h"

/*
 * What is not JSON in a pattern is kept in it as a string that begins with
 * U+0000 and one of these; no other string of a pattern begins so.
 */
enum pattern_mark {
	MARK_ANY = '*',
	MARK_BIND = '$', /* the name follows */
	MARK_REST = '.', /* as member name or element: any others */
	MARK_OPTIONAL = '?', /* as member name: the name follows */
	MARK_HOLDS = 'h', /* a part of a string follows */
	MARK_BEGINS = 'b',
	MARK_ENDS = 'e',
};

/* The mark of a string, 0 when it is a plain one. */
char pattern_mark(struct slice s);
/* What follows the mark. */
struct slice pattern_marked(struct slice s);

enum pattern_times {
	TIMES_ONE,
	TIMES_MAYBE, /* none or one */
	TIMES_ANY, /* none or more */
};

struct pattern_step {
	struct json *event; /* NULL: any event */
	enum pattern_times times;
	size_t line; /* of the pattern, from 1 */
};

struct pattern_lane {
	char *name; /* NULL: of one line */
	size_t block;
	struct pattern_step *steps;
	size_t count;
};

struct pattern {
	struct pattern_lane *lanes; /* those of a block are neighbours */
	size_t lane_count;
	size_t blocks;
	struct pattern_step *passed; /* lines with - */
	size_t passed_count;
	struct pattern_step *never; /* lines with ! */
	size_t never_count;
};

#endif
