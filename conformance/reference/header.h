/* SPDX-License-Identifier: MIT */
/* The header of a stream. */
#ifndef REF_HEADER_H
#define REF_HEADER_H

#include "event.h"

enum header { HEADER_GOOD, HEADER_BAD, HEADER_UNSUPPORTED };

/* Faults of mutants. */
struct header_rules {
	bool lax, any_major, same_minor, first_byte, three_bytes, minor_byte;
	bool requires_ignored, requires_any, features_strict;
};

/* Judges a protocol event; why, of why_size bytes, says what is wrong. */
enum header header_judge(const struct event *e, const struct header_rules *r,
    char *why, size_t why_size);

#endif
