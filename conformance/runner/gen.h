/* SPDX-License-Identifier: MIT */
/* Streams made from streams: pure functions of the bytes and a seed, which
 * keep every value as it is spelled unless spelling is what they change. */
#ifndef GEN_H
#define GEN_H

#include <stdint.h>

#include "buf.h"

/* By the name of a generator; false: why says what is wrong. */
bool gen_apply(const char *by, struct slice in, uint64_t seed, struct buf *out,
    struct buf *why);

struct generator {
	const char *name, *help;
	void (*make)(struct slice in, uint64_t seed, struct buf *out);
};

/* Ends with name == NULL. */
extern const struct generator generators[];

#endif
