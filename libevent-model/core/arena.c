/* SPDX-License-Identifier: MIT */
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { BLOCK_SIZE = 16 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t size; /* bytes in data */
	alignas(max_align_t) char data[];
};

void
arena_init(struct arena *a, size_t cap)
{
	*a = (struct arena){ .cap = cap, .block_size = BLOCK_SIZE };
}

static bool
add_block(struct arena *a, size_t n)
{
	struct arena_block *b;
	bool own = n > a->block_size / 4;
	size_t size = own ? n : a->block_size;

	if (a->failed || n > a->cap || a->used > a->cap - n)
		goto refuse;
	if (size > SIZE_MAX - sizeof(*b))
		goto refuse;
	b = malloc(sizeof(*b) + size);
	if (b == NULL)
		goto refuse;
	b->size = size;
	a->used += size;
	if (own && a->blocks != NULL) {
		/* A block of its own; go on filling the newest one. */
		b->next = a->blocks->next;
		a->blocks->next = b;
		return true;
	}
	b->next = a->blocks;
	a->blocks = b;
	a->p = b->data;
	a->end = b->data + size;
	return true;
refuse:
	a->failed = true;
	return false;
}

/* n bytes at an address that is a multiple of align. */
static char *
take(struct arena *a, size_t n, size_t align)
{
	size_t pad = (size_t)(-(uintptr_t)a->p & (align - 1));
	struct arena_block *first = a->blocks;
	char *p;

	a->touched = true;
	if (a->p != NULL && (size_t)(a->end - a->p) >= pad &&
	    (size_t)(a->end - a->p) - pad >= n) {
		p = a->p + pad;
		a->p = p + n;
		return p;
	}
	if (!add_block(a, n))
		return NULL;
	if (a->blocks == first && first != NULL)
		return first->next->data;
	p = a->p;
	a->p += n;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	void *p = take(a, n, alignof(max_align_t));

	if (p != NULL)
		memset(p, 0, n);
	return p;
}

char *
arena_bytes(struct arena *a, size_t n)
{
	return take(a, n, 1);
}

struct em_str
arena_dup(struct arena *a, struct em_str s)
{
	char *p;

	if (s.p == NULL)
		return s;
	p = arena_bytes(a, s.n);
	if (p == NULL)
		return (struct em_str){ NULL, 0 };
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct em_str){ p, s.n };
}

char *
arena_cstr(struct arena *a, struct em_str s)
{
	char *p = arena_bytes(a, s.n + 1);

	if (p == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

struct em_str
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = arena_bytes(a, (size_t)n + 1)) == NULL)
		return (struct em_str){ NULL, 0 };
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct em_str){ p, (size_t)n };
}

struct em_str
arena_join(struct arena *a, struct em_str x, struct em_str y)
{
	char *p;

	if (x.n == 0 && y.p != NULL)
		return arena_dup(a, y);
	p = arena_bytes(a, x.n + y.n);
	if (p == NULL)
		return (struct em_str){ NULL, 0 };
	if (x.n > 0)
		memcpy(p, x.p, x.n);
	if (y.n > 0)
		memcpy(p + x.n, y.p, y.n);
	return (struct em_str){ p, x.n + y.n };
}

/* How many bytes of s belong to one bad sequence: at least 1; the start of
 * a sequence that was cut is replaced as one. */
static size_t
bad_len(struct em_str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t want = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	size_t n = 1;

	if (p[0] < 0xc2 || p[0] > 0xf4 || s.n < 2)
		return 1;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 1;
	while (n < want && n < s.n && (p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

struct em_str
arena_utf8(struct arena *a, struct em_str s)
{
	size_t ok = str_utf8_valid(s), n = 0;
	struct em_str rest;
	char *p;

	if (ok == s.n)
		return s;
	for (rest = s; rest.n > 0; n += 3) {
		ok = str_utf8_valid(rest);
		n += ok;
		rest = str_from(rest, ok);
		if (rest.n == 0)
			break;
		rest = str_from(rest, bad_len(rest));
	}
	p = arena_bytes(a, n);
	if (p == NULL)
		return (struct em_str){ NULL, 0 };
	n = 0;
	for (rest = s; rest.n > 0;) {
		ok = str_utf8_valid(rest);
		memcpy(p + n, rest.p, ok);
		n += ok;
		rest = str_from(rest, ok);
		if (rest.n == 0)
			break;
		memcpy(p + n, "\xef\xbf\xbd", 3);
		n += 3;
		rest = str_from(rest, bad_len(rest));
	}
	return (struct em_str){ p, n };
}

static const char b64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct em_str
arena_b64_encode(struct arena *a, struct em_str s)
{
	size_t n = (s.n + 2) / 3 * 4;
	char *p = arena_bytes(a, n), *o = p;

	if (p == NULL)
		return (struct em_str){ NULL, 0 };
	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;

		if (left > 1)
			v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
		if (left > 2)
			v |= (unsigned char)s.p[i + 2];
		*o++ = b64_digits[v >> 18];
		*o++ = b64_digits[v >> 12 & 63];
		*o++ = left > 1 ? b64_digits[v >> 6 & 63] : '=';
		*o++ = left > 2 ? b64_digits[v & 63] : '=';
	}
	return (struct em_str){ p, n };
}

struct em_str
arena_b64_decode(struct arena *a, struct em_str s)
{
	static const struct em_str absent;
	size_t n = 0, digits = 0;
	uint32_t v = 0;
	char *p = arena_bytes(a, s.n / 4 * 3 + 3);

	if (p == NULL)
		return absent;
	while (s.n > 0 && s.p[s.n - 1] == '=' && s.n % 4 != 1)
		s.n--;
	for (size_t i = 0; i < s.n; i++) {
		const char *d;

		if (s.p[i] == '\n' || s.p[i] == '\r')
			continue;
		d = memchr(b64_digits, s.p[i], 64);
		if (d == NULL)
			return absent;
		v = v << 6 | (uint32_t)(d - b64_digits);
		if (++digits % 4 == 0) {
			p[n++] = (char)(v >> 16);
			p[n++] = (char)(v >> 8);
			p[n++] = (char)v;
		}
	}
	switch (digits % 4) {
	case 1:
		return absent;
	case 2:
		p[n++] = (char)(v >> 4);
		break;
	case 3:
		p[n++] = (char)(v >> 10);
		p[n++] = (char)(v >> 2);
		break;
	default:
		break;
	}
	return (struct em_str){ p, n };
}

/* Keeps one block of the usual size. */
static void
reset_blocks(struct arena *a)
{
	struct arena_block *keep = NULL, *b, *next;

	for (b = a->blocks; b != NULL; b = next) {
		next = b->next;
		if (keep == NULL && b->size == a->block_size)
			keep = b;
		else
			free(b);
	}
	a->blocks = keep;
	a->used = 0;
	a->p = a->end = NULL;
	if (keep != NULL) {
		keep->next = NULL;
		a->used = keep->size;
		a->p = keep->data;
		a->end = keep->data + keep->size;
	}
}

void
arena_reset(struct arena *a)
{
	a->failed = a->touched = false;
	/* The common case, for once a line: one block, or none. */
	if (a->blocks == NULL)
		return;
	if (a->blocks->next == NULL && a->blocks->size == a->block_size) {
		a->p = a->blocks->data;
		a->used = a->block_size;
		return;
	}
	reset_blocks(a);
}

void
arena_free(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ .cap = a->cap, .block_size = a->block_size };
}

void
buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf){ .cap = cap };
}

void
buf_add(struct buf *b, struct em_str s)
{
	size_t need, size;
	char *p;

	if (b->failed || s.n == 0)
		return;
	if (__builtin_add_overflow(b->n, s.n, &need) || need > b->cap) {
		b->failed = true;
		return;
	}
	if (need > b->size) {
		size = b->size < 256 ? 256 : b->size * 2;
		if (size < need)
			size = need;
		p = realloc(b->p, size);
		if (p == NULL) {
			b->failed = true;
			return;
		}
		b->p = p;
		b->size = size;
	}
	memcpy(b->p + b->n, s.p, s.n);
	b->n = need;
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

struct em_str
buf_str(const struct buf *b)
{
	return (struct em_str){ b->p != NULL ? b->p : "", b->n };
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .cap = b->cap };
}
