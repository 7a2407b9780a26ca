/* SPDX-License-Identifier: MIT */
/* Streams made from streams: pure functions of the bytes and a seed. */
#ifndef GEN_H
#define GEN_H

#include <stdint.h>

#include "buf.h"

/* by: "futurize", "interleave", "respell", "truncate", "concat", "majorize",
 * ...; false: why says what is wrong. */
bool gen_apply(const char *by, struct slice in, uint64_t seed, struct buf *out,
    struct buf *why);

#endif
