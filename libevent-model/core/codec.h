/* SPDX-License-Identifier: MIT */
/*
 * gzip and zstd, for in.c and out.c; codec.c is the only file that includes
 * zlib and libzstd.
 */
#ifndef CODEC_H
#define CODEC_H

#include "core.h"

enum codec_kind { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD };

struct codec;

/* By the first bytes; CODEC_NONE with *more set when head is too short. */
enum codec_kind codec_detect(struct em_str head, bool *more);
/* By the end of a file name. */
enum codec_kind codec_of_name(const char *path);

struct codec *codec_reader(enum codec_kind kind);
struct codec *codec_writer(enum codec_kind kind);
/*
 * Works from *in into out[0..size), cutting what was used off *in; how much
 * was made is in *made.  EM_OK: call again when there is more input or room;
 * EM_EOF: a frame is complete (another may follow).
 */
enum em_rc codec_read(struct codec *c, struct em_str *in, char *out,
    size_t size, size_t *made, struct em_error *e);
/* The same for compression; flush pushes out what is held, end also closes
 * the frame: EM_EOF when all of it is out. */
enum codec_flush { CODEC_RUN, CODEC_FLUSH, CODEC_END };
enum em_rc codec_write(struct codec *c, struct em_str *in, char *out,
    size_t size, size_t *made, enum codec_flush how, struct em_error *e);
/* True between the first byte of a frame and its end. */
bool codec_open_frame(const struct codec *c);
void codec_free(struct codec *c);

/* CRC-32 as gzip and zlib have it (ISO-HDLC). */
uint32_t codec_crc32(struct em_str s);

/* Inflates a zlib stream (not gzip) into the arena, at most max bytes; absent
 * and false when damaged, what came out before the damage when any. */
bool codec_inflate(
    struct arena *a, struct em_str in, size_t max, struct em_str *out);

#endif
