/* SPDX-License-Identifier: MIT */
/*
 * Slices, memory, bytes in, bytes out, errors: what the core and the formats
 * stand on.  Nothing here knows events.  For core/ and formats/ only.
 */
#ifndef CORE_H
#define CORE_H

#include <string.h>

#include "event-model.h"

/* For what hardly any line needs: kept out of the way of what each needs. */
#define COLD __attribute__((cold, noinline))

/* Events that name a case. */
#define EM_CASE_KINDS                                                          \
	(1u << EM_DISCOVER_CASE | 1u << EM_CASE_START | 1u << EM_CASE_SLOW |   \
	    1u << EM_CASE_OUTPUT | 1u << EM_CASE_MESSAGE |                     \
	    1u << EM_CASE_METRIC | 1u << EM_CASE_ATTACHMENT |                  \
	    1u << EM_CASE_COMPLETE)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- str.c: slices; nothing here can fail or allocate ---- */

bool str_eq(struct em_str a, const char *b);

static inline uint64_t
str_word(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* memcmp() of n bytes for equality, without a call where one would show.
 * Neither may be NULL. */
static inline bool
str_same(const char *a, const char *b, size_t n)
{
	size_t i, word = sizeof(uint64_t);

	if (n < word)
		return memcmp(a, b, n) == 0;
	for (i = 0; i < n - word; i += word)
		if (str_word(a + i) != str_word(b + i))
			return false;
	return str_word(a + n - word) == str_word(b + n - word);
}

bool str_starts(struct em_str s, const char *prefix);
bool str_ends(struct em_str s, const char *suffix);
/* Position of needle in s, or -1. */
ptrdiff_t str_find(struct em_str s, const char *needle);
ptrdiff_t str_find_str(struct em_str s, struct em_str needle);
struct em_str str_trim(struct em_str s); /* ASCII white space at both ends */
struct em_str str_from(struct em_str s, size_t start); /* s[start..] */
struct em_str str_upto(struct em_str s, size_t n); /* s[..n] */
/*
 * Cuts s at the first sep: *head is before it, *s after it, true.  Without
 * sep: *head is all of s, *s is empty (p kept), false.
 */
bool str_cut(struct em_str *s, char sep, struct em_str *head);
/* Whole-slice decimal integer with optional sign; false when not one. */
bool str_i64(struct em_str s, int64_t *v);
/*
 * Decimal seconds (or, with scale 6 or 9, milli- or other units: scale is
 * the power of ten that makes nanoseconds, 9 for seconds, 6 for ms) to
 * nanoseconds without rounding through double.  Accepts "1.", ".5", "1e-3",
 * "1,234.5" and a sign; false for empty, NaN, negative or beyond int64.
 */
bool str_ns(struct em_str s, int scale, int64_t *ns);
/* RFC 3339, also with a space for the T, any offset, or none (taken as
 * UTC); to nanoseconds since 1970. */
bool str_time(struct em_str s, int64_t *ns);
/* How many bytes of s are valid UTF-8 (strict RFC 3629). */
size_t str_utf8_valid(struct em_str s);

/* ---- event.c ---- */

/* The message that a case_message is. */
struct em_message event_message(const struct em_event *ev);

/* ---- arena.c: memory with one owner and a cap ---- */

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *p, *end; /* free part of the newest block */
	size_t used, cap;
	size_t
	    block_size; /* 16 KiB; smaller for what is kept by the thousand */
	bool touched; /* asked for something since the last reset */
	bool failed; /* a request was refused: cap passed or out of memory */
};

void arena_init(struct arena *a, size_t cap);
/* Zeroed, aligned for any type; NULL when refused, and failed is set. */
void *arena_alloc(struct arena *a, size_t n);
/* Unaligned and not zeroed, for bytes. */
char *arena_bytes(struct arena *a, size_t n);
/* A copy; an absent s stays absent, a refused copy is absent. */
struct em_str arena_dup(struct arena *a, struct em_str s);
/* A NUL-terminated copy. */
char *arena_cstr(struct arena *a, struct em_str s);
struct em_str arena_printf(struct arena *a, const char *fmt, ...)
    EM_PRINTF(2, 3);
struct em_str arena_join(struct arena *a, struct em_str x, struct em_str y);
/* A copy with each invalid UTF-8 byte sequence replaced by U+FFFD; s itself
 * when it is valid. */
struct em_str arena_utf8(struct arena *a, struct em_str s);
/* Base64; decoding gives an absent slice when s is not base64. */
struct em_str arena_b64_encode(struct arena *a, struct em_str s);
struct em_str arena_b64_decode(struct arena *a, struct em_str s);
void arena_reset(struct arena *a); /* frees all but one block */
void arena_free(struct arena *a);

/* A growing byte string in malloc'ed memory with a cap. */
struct buf {
	char *p;
	size_t n, size, cap;
	bool failed;
};

void buf_init(struct buf *b, size_t cap);
void buf_add(struct buf *b, struct em_str s);
void buf_reset(struct buf *b); /* empty, memory kept */
struct em_str buf_str(const struct buf *b);
void buf_free(struct buf *b);

/* ---- error.c ---- */

/* Sets *e unless it is set already (first error wins); returns EM_ERR. */
enum em_rc err_set(struct em_error *e, enum em_code code, uint64_t line,
    const char *fmt, ...) EM_PRINTF(4, 5);
/* The same with errno's text appended: "cannot read: No such ...". */
enum em_rc err_sys(struct em_error *e, int sys, uint64_t line, const char *fmt,
    ...) EM_PRINTF(4, 5);
/* A short printable form of s for messages: cut, control bytes escaped. */
const char *err_quote(char buf[80], struct em_str s);

/* ---- in.c: bytes in, over a descriptor or memory, decompressed ---- */

struct in;

struct in *in_fd(int fd, size_t line_max);
struct in *in_mem(struct em_str bytes);
/* Tests: never give more than n new bytes to a call that reads. */
void in_chunk(struct in *in, size_t n);
void in_on_idle(struct in *in, void (*idle)(void *arg), void *arg);
void in_on_bytes(
    struct in *in, void (*tap)(void *arg, struct em_str bytes), void *arg);
/*
 * What is buffered.  in_more() reads once and adds at least a byte; EM_EOF
 * at the end, EM_ERR on an error (kept in in_error) or beyond line_max bytes
 * unconsumed.  Slices from earlier calls die with in_more().
 */
struct em_str in_peek(const struct in *in);
enum em_rc in_more(struct in *in);
void in_consume(struct in *in, size_t n);
/* The same, and the LFs in them count for in_lines(). */
void in_consume_lines(struct in *in, size_t n);
/* The same, but no more of the n bytes than hold that many lines; one that has
 * no LF yet is a line. */
void in_consume_upto(struct in *in, size_t n, uint64_t lines);
/*
 * The next line without its LF, consumed; valid until the next in_ call
 * that reads.  *lf is false for a last line without LF.  A CR stays.  The
 * buffer has at least 64 readable bytes behind the line's end.
 */
enum em_rc in_line(struct in *in, struct em_str *line, bool *lf);
/* Takes n bytes of in_peek() and the LF behind them, of which the caller
 * knows; false, and nothing is taken, when that is beyond line_max. */
bool in_take_line(struct in *in, size_t n);
/* Gives back the last line of in_line(). */
void in_unline(struct in *in);
uint64_t in_lines(const struct in *in); /* lines consumed by in_line */
uint64_t in_bytes(const struct in *in);
/* True when a call of in_line() would not read, or at the end. */
bool in_has_line(const struct in *in);
/* True when nothing more can be read. */
bool in_at_end(const struct in *in);
const struct em_error *in_error(const struct in *in);
void in_close(struct in *in);

/* ---- out.c is public (em_out_); these are for writers ---- */

/* One byte, fast. */
void out_byte(struct em_out *out, char c);
void out_i64(struct em_out *out, int64_t v);
/* Nanoseconds as decimal seconds with 0..9 digits after the point, cut. */
void out_seconds(struct em_out *out, int64_t ns, int digits);
/* RFC 3339 in UTC with as many digits of fraction as needed, or exactly
 * digits when >= 0; without quotes. */
void out_time(struct em_out *out, int64_t ns, int digits);
/* The same into buf, not terminated; how long it is. */
size_t text_time(char buf[48], int64_t ns, int digits);
/* XML text or attribute value, without quotes: & < > " escaped, characters
 * that XML 1.0 forbids and bad UTF-8 replaced by U+FFFD; TAB, LF and CR by
 * references in attributes. */
void out_xml_text(struct em_out *out, struct em_str s);
void out_xml_attr(struct em_out *out, struct em_str s);
/* JSON string with quotes: em_out_json_str(). */

/* ---- table.c: a hash set of 128-bit keys with a value ---- */

struct table_key {
	uint64_t lo, hi;
};

struct table {
	struct table_slot *slots;
	size_t n, size;
	bool failed;
};

/* Hashes parts so that ("ab","c") and ("a","bc") differ. */
struct table_key table_key(const struct em_str *parts, size_t n, uint64_t seed);
/* 64 bits, for when that is enough; an absent s is as an empty one. */
uint64_t table_hash(struct em_str s, uint64_t seed);
void table_init(struct table *t);
/* The value of the key, made 0 when new; NULL when out of memory.  Valid
 * until the next call that may add. */
uint64_t *table_at(struct table *t, struct table_key k);
uint64_t *table_get(const struct table *t, struct table_key k);
void table_free(struct table *t);
size_t table_bytes(const struct table *t);

#endif
