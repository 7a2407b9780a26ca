/* SPDX-License-Identifier: MIT */
/* The automaton of a pattern; for language*.c alone. */
#ifndef LANGUAGE_STATES_H
#define LANGUAGE_STATES_H

#include <stdint.h>

#include "language.h"

#define CHAR_LAST 0x10ffffu

struct range {
	uint32_t from, to;
};

enum state_kind {
	STATE_ACCEPT, /* whatever follows */
	STATE_CHARS, /* one character of the ranges, then a */
	STATE_SPLIT, /* a or b */
	STATE_BEGIN, /* a, at the beginning of the text */
	STATE_END /* a, at its end */
};

struct state {
	enum state_kind kind;
	size_t a, b;
	size_t range, ranges;
};

struct language {
	struct range *range;
	size_t ranges, range_size;
	struct state *state;
	size_t states, state_size;
	size_t begin;
};

/* Past one character; a byte that is not UTF-8 stands for itself. */
uint32_t language_character(const char **p, const char *end);

#endif
