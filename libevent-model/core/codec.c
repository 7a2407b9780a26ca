/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#include <zstd.h>

#include "codec.h"

struct codec {
	enum codec_kind kind;
	bool writer;
	bool open; /* in a frame */
	z_stream z;
	ZSTD_DCtx *d;
	ZSTD_CCtx *c;
};

enum codec_kind
codec_detect(struct em_str head, bool *more)
{
	static const struct {
		enum codec_kind kind;
		struct em_str magic;
	} known[] = {
		{ CODEC_GZIP, { "\x1f\x8b", 2 } },
		{ CODEC_ZSTD, { "\x28\xb5\x2f\xfd", 4 } },
	};

	*more = false;
	/* A frame that is to be skipped may come first. */
	if (head.n >= 4 && (head.p[0] & 0xf0) == 0x50 &&
	    memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0)
		return CODEC_ZSTD;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct em_str m = known[i].magic;
		size_t n = head.n < m.n ? head.n : m.n;

		if (n > 0 && memcmp(head.p, m.p, n) != 0)
			continue;
		if (n == m.n)
			return known[i].kind;
		*more = true;
	}
	return CODEC_NONE;
}

enum codec_kind
codec_of_name(const char *path)
{
	struct em_str s = em_str(path);

	if (str_ends(s, ".gz"))
		return CODEC_GZIP;
	return str_ends(s, ".zst") ? CODEC_ZSTD : CODEC_NONE;
}

static struct codec *
codec_new(enum codec_kind kind, bool writer)
{
	struct codec *c = calloc(1, sizeof(*c));
	bool ok;

	if (c == NULL)
		return NULL;
	c->kind = kind;
	c->writer = writer;
	if (kind == CODEC_ZSTD && writer)
		/* As gzip has it: what was damaged must not be read as
		 * something else. */
		ok = (c->c = ZSTD_createCCtx()) != NULL &&
		    !ZSTD_isError(
			ZSTD_CCtx_setParameter(c->c, ZSTD_c_checksumFlag, 1));
	else if (kind == CODEC_ZSTD)
		ok = (c->d = ZSTD_createDCtx()) != NULL;
	else if (writer)
		ok = deflateInit2(&c->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
			 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
	else
		ok = inflateInit2(&c->z, 15 + 16) == Z_OK;
	if (!ok) {
		free(c);
		return NULL;
	}
	return c;
}

struct codec *
codec_reader(enum codec_kind kind)
{
	return codec_new(kind, false);
}

struct codec *
codec_writer(enum codec_kind kind)
{
	return codec_new(kind, true);
}

/* zlib's counters are unsigned int: lend it at most that much. */
static void
z_lend(z_stream *z, struct em_str in, char *out, size_t size)
{
	/* zlib does not write to next_in; its type predates const. */
	z->next_in = (Bytef *)(uintptr_t)in.p;
	z->avail_in = in.n < 1u << 30 ? (uInt)in.n : 1u << 30;
	z->next_out = (Bytef *)out;
	z->avail_out = size < 1u << 30 ? (uInt)size : 1u << 30;
}

static void
z_settle(const z_stream *z, struct em_str *in, const char *out, size_t *made)
{
	*made = (size_t)((const char *)z->next_out - out);
	*in = str_from(*in, (size_t)((const char *)z->next_in - in->p));
}

static enum em_rc
gzip_read(struct codec *c, struct em_str *in, char *out, size_t size,
    size_t *made, struct em_error *e)
{
	int rc;

	if (!c->open)
		inflateReset(&c->z);
	z_lend(&c->z, *in, out, size);
	rc = inflate(&c->z, Z_NO_FLUSH);
	z_settle(&c->z, in, out, made);
	c->open = rc != Z_STREAM_END;
	if (rc == Z_STREAM_END)
		return EM_EOF;
	if (rc == Z_OK || rc == Z_BUF_ERROR)
		return EM_OK;
	return err_set(e, EM_E_SYNTAX, 0, "damaged gzip data");
}

static enum em_rc
zstd_read(struct codec *c, struct em_str *in, char *out, size_t size,
    size_t *made, struct em_error *e)
{
	ZSTD_inBuffer ib = { in->p, in->n, 0 };
	ZSTD_outBuffer ob = { out, size, 0 };
	size_t rc = ZSTD_decompressStream(c->d, &ob, &ib);

	*in = str_from(*in, ib.pos);
	*made = ob.pos;
	if (ZSTD_isError(rc))
		return err_set(e, EM_E_SYNTAX, 0, "damaged zstd data");
	c->open = rc != 0;
	return rc == 0 ? EM_EOF : EM_OK;
}

enum em_rc
codec_read(struct codec *c, struct em_str *in, char *out, size_t size,
    size_t *made, struct em_error *e)
{
	return c->kind == CODEC_GZIP ? gzip_read(c, in, out, size, made, e)
				     : zstd_read(c, in, out, size, made, e);
}

static enum em_rc
gzip_write(struct codec *c, struct em_str *in, char *out, size_t size,
    size_t *made, enum codec_flush how)
{
	static const int flush[] = { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH };
	int rc;

	z_lend(&c->z, *in, out, size);
	rc = deflate(&c->z, flush[how]);
	z_settle(&c->z, in, out, made);
	if (rc == Z_STREAM_END)
		return EM_EOF;
	if (how == CODEC_FLUSH && c->z.avail_out > 0)
		return EM_EOF;
	return EM_OK;
}

enum em_rc
codec_write(struct codec *c, struct em_str *in, char *out, size_t size,
    size_t *made, enum codec_flush how, struct em_error *e)
{
	static const ZSTD_EndDirective end[] = { ZSTD_e_continue, ZSTD_e_flush,
		ZSTD_e_end };
	ZSTD_inBuffer ib = { in->p, in->n, 0 };
	ZSTD_outBuffer ob = { out, size, 0 };
	size_t rc;

	if (c->kind == CODEC_GZIP)
		return gzip_write(c, in, out, size, made, how);
	rc = ZSTD_compressStream2(c->c, &ob, &ib, end[how]);
	*in = str_from(*in, ib.pos);
	*made = ob.pos;
	if (ZSTD_isError(rc))
		return err_set(e, EM_E_MEMORY, 0, "cannot compress");
	return how != CODEC_RUN && rc == 0 ? EM_EOF : EM_OK;
}

bool
codec_open_frame(const struct codec *c)
{
	return c->open;
}

void
codec_free(struct codec *c)
{
	if (c == NULL)
		return;
	if (c->kind == CODEC_ZSTD && c->writer)
		ZSTD_freeCCtx(c->c);
	else if (c->kind == CODEC_ZSTD)
		ZSTD_freeDCtx(c->d);
	else if (c->writer)
		deflateEnd(&c->z);
	else
		inflateEnd(&c->z);
	free(c);
}

uint32_t
codec_crc32(struct em_str s)
{
	return (uint32_t)crc32_z(0, (const unsigned char *)s.p, s.n);
}

bool
codec_inflate(struct arena *a, struct em_str in, size_t max, struct em_str *out)
{
	char piece[16384];
	struct buf b;
	z_stream z = { 0 };
	size_t made;
	int rc;

	*out = (struct em_str){ NULL, 0 };
	if (inflateInit(&z) != Z_OK)
		return false;
	buf_init(&b, max);
	do {
		z_lend(&z, in, piece, sizeof(piece));
		rc = inflate(&z, Z_NO_FLUSH);
		z_settle(&z, &in, piece, &made);
		buf_add(&b, (struct em_str){ piece, made });
	} while (rc == Z_OK && !b.failed && (in.n > 0 || made > 0));
	inflateEnd(&z);
	*out = arena_dup(a, buf_str(&b));
	buf_free(&b);
	return rc == Z_STREAM_END;
}
