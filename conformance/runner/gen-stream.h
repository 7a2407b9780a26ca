/* SPDX-License-Identifier: MIT */
/* What generators share: chance, and the lines of a stream. */
#ifndef GEN_STREAM_H
#define GEN_STREAM_H

#include <stdint.h>

#include "buf.h"
#include "json.h"

/* Numbers that a seed determines (splitmix64). */
struct chance {
	uint64_t state;
};

/* One of 0..n-1; n is not 0. */
size_t chance_below(struct chance *c, size_t n);

struct gen_line {
	struct slice text; /* without its LF */
	struct json *event; /* NULL for a line that is no object */
	struct slice kind; /* p == NULL when there is none */
};

struct gen_lines {
	struct gen_line *v;
	size_t n;
	bool open; /* the last one has no LF */
};

void gen_split(struct gen_lines *l, struct slice in);
void gen_free(struct gen_lines *l);
/* The line and its LF, which the last line may lack. */
void gen_put(struct buf *out, const struct gen_lines *l, size_t i);

void gen_futurize(struct slice in, uint64_t seed, struct buf *out);
void gen_interleave(struct slice in, uint64_t seed, struct buf *out);
void gen_respell(struct slice in, uint64_t seed, struct buf *out);
void gen_rechunk(struct slice in, uint64_t seed, struct buf *out);
void gen_truncate(struct slice in, uint64_t seed, struct buf *out);
void gen_concat(struct slice in, uint64_t seed, struct buf *out);
void gen_majorize(struct slice in, uint64_t seed, struct buf *out);

#endif
