/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <yajl/yajl_parse.h>

#include "jsonpush.h"

/*
 * yajl does not check what its allocator returns.  All its memory comes from
 * an arena, so that a refused request can leave by longjmp() and lose
 * nothing.  Each block has its size in front.
 */
enum { BLOCK_ALIGN = 16 };

static void *
block_alloc(void *ctx, size_t n)
{
	struct json_push *push = ctx;
	char *p = NULL;

	if (n <= SIZE_MAX - 2 * BLOCK_ALIGN)
		p = arena_bytes(push->arena, n + 2 * BLOCK_ALIGN);
	if (p == NULL)
		longjmp(push->refused, 1);
	p += -(uintptr_t)p & (BLOCK_ALIGN - 1);
	memcpy(p, &n, sizeof(n));
	return p + BLOCK_ALIGN;
}

static void *
block_realloc(void *ctx, void *old, size_t n)
{
	char *p;
	size_t had;

	if (old == NULL)
		return block_alloc(ctx, n);
	memcpy(&had, (char *)old - BLOCK_ALIGN, sizeof(had));
	if (n <= had)
		return old;
	p = block_alloc(ctx, n);
	memcpy(p, old, had);
	return p;
}

static void
block_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

/* ---- what yajl calls ---- */

static int
on_null(void *ctx)
{
	struct json_push *p = ctx;

	return p->sink->scalar(p->arg, JSON_NULL, EM_STR("null"));
}

static int
on_boolean(void *ctx, int yes)
{
	struct json_push *p = ctx;

	if (yes)
		return p->sink->scalar(p->arg, JSON_TRUE, EM_STR("true"));
	return p->sink->scalar(p->arg, JSON_FALSE, EM_STR("false"));
}

static int
on_number(void *ctx, const char *s, size_t n)
{
	struct json_push *p = ctx;

	return p->sink->scalar(p->arg, JSON_NUMBER, (struct em_str){ s, n });
}

static int
on_string(void *ctx, const unsigned char *s, size_t n)
{
	struct json_push *p = ctx;

	return p->sink->scalar(
	    p->arg, JSON_STRING, (struct em_str){ (const char *)s, n });
}

static int
on_key(void *ctx, const unsigned char *s, size_t n)
{
	struct json_push *p = ctx;

	return p->sink->key(p->arg, (struct em_str){ (const char *)s, n });
}

static int
on_open(struct json_push *p, enum json_type type)
{
	if (p->depth == p->depth_max) {
		p->code = EM_E_LIMIT;
		snprintf(p->reason, sizeof(p->reason),
		    "nested deeper than the limit of %u", p->depth_max);
		return 0;
	}
	p->depth++;
	return p->sink->open(p->arg, type);
}

static int
on_open_map(void *ctx)
{
	return on_open(ctx, JSON_OBJECT);
}

static int
on_open_array(void *ctx)
{
	return on_open(ctx, JSON_ARRAY);
}

static int
on_close(void *ctx)
{
	struct json_push *p = ctx;

	p->depth--;
	return p->sink->close(p->arg);
}

/* No callback for integers or doubles: numbers come as they were written. */
static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_open_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close,
	.yajl_start_array = on_open_array,
	.yajl_end_array = on_close,
};

/* ---- a text in pieces ---- */

static bool
no_memory(struct json_push *p)
{
	p->code = EM_E_LIMIT;
	snprintf(p->reason, sizeof(p->reason),
	    "needs more than the limit of %zu bytes", p->arena->cap);
	return false;
}

/* yajl's reason without its frame: "parse error: ", a full stop, a LF. */
static void
take_reason(struct json_push *p)
{
	char *s = (char *)yajl_get_error(p->yajl, 0, NULL, 0), *colon;
	size_t n;

	colon = strchr(s, ':');
	if (colon != NULL)
		s = colon + 2;
	n = strlen(s);
	while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == '.'))
		n--;
	snprintf(p->reason, sizeof(p->reason), "%.*s", (int)n, s);
}

static bool
failed(struct json_push *p, yajl_status status, enum em_code code)
{
	p->at = yajl_get_bytes_consumed(p->yajl);
	if (p->code != EM_E_NONE)
		return false;
	if (status == yajl_status_client_canceled)
		return no_memory(p);
	p->code = code;
	take_reason(p);
	return false;
}

bool
json_push_start(struct json_push *p)
{
	yajl_alloc_funcs f = { block_alloc, block_realloc, block_free, p };

	if (setjmp(p->refused) != 0)
		return no_memory(p);
	p->yajl = yajl_alloc(&callbacks, &f, p);
	/* Its check passes surrogates and overlong forms.  Text is repaired
	 * where events are made. */
	yajl_config(p->yajl, yajl_dont_validate_strings, 1);
	return true;
}

/* The first \f or \v, which yajl takes for white space; s.n when none. */
static size_t
stray_blank(struct em_str s)
{
	const char *p = memchr(s.p, '\f', s.n);

	if (p != NULL)
		s.n = (size_t)(p - s.p);
	p = memchr(s.p, '\v', s.n);
	return p != NULL ? (size_t)(p - s.p) : s.n;
}

bool
json_push_bytes(struct json_push *p, struct em_str s)
{
	const size_t ok = s.n > 0 ? stray_blank(s) : 0;
	yajl_status status;

	if (setjmp(p->refused) != 0)
		return no_memory(p);
	status = yajl_parse(p->yajl, (const unsigned char *)s.p, ok);
	if (status != yajl_status_ok)
		return failed(p, status, EM_E_SYNTAX);
	if (ok == s.n)
		return true;
	p->code = EM_E_SYNTAX;
	p->at = ok;
	snprintf(p->reason, sizeof(p->reason), "invalid control character");
	return false;
}

bool
json_push_end(struct json_push *p)
{
	yajl_status status;

	if (setjmp(p->refused) != 0)
		return no_memory(p);
	status = yajl_complete_parse(p->yajl);
	if (status != yajl_status_ok)
		return failed(p, status, EM_E_TRUNCATED);
	/* It lets a string that is open behind the value pass.  A quote ends
	 * that string, which is an error; without one it begins another. */
	status = yajl_parse(p->yajl, (const unsigned char *)"\"", 1);
	if (status != yajl_status_ok)
		return failed(p, status, EM_E_SYNTAX);
	return true;
}

/* ---- surrogates ---- */

static int
hex4(const char *p)
{
	int v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			v = v << 4 | ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return v;
}

/* Whether p starts an escaped low surrogate; of a p that is too short, as
 * far as one can see. */
static bool
low_surrogate(const char *p, size_t n)
{
	if ((n > 0 && p[0] != '\\') || (n > 1 && p[1] != 'u') ||
	    (n > 2 && (p[2] | 32) != 'd') ||
	    (n > 3 && memchr("cCdDeEfF", p[3], 8) == NULL))
		return false;
	return n < 6 || hex4(p + 2) >= 0;
}

/*
 * The first escaped surrogate without its other half from *at on; s.n when
 * there is none.  *at is then what need not be looked at again.
 */
static size_t
lone_surrogate(struct em_str s, size_t *at)
{
	const char *p;

	while (*at < s.n && (p = memchr(s.p + *at, '\\', s.n - *at)) != NULL) {
		size_t i = (size_t)(p - s.p), left = s.n - i;
		int c;

		*at = i;
		if (left < 2 || (p[1] == 'u' && left < 6))
			return s.n;
		c = p[1] == 'u' ? hex4(p + 2) : -1;
		if (c < 0xd800 || c > 0xdfff) {
			*at += c < 0 ? 2 : 6;
			continue;
		}
		if (c >= 0xdc00 || !low_surrogate(p + 6, left - 6))
			return i;
		if (left < 12)
			return s.n;
		*at += 12;
	}
	*at = s.n;
	return s.n;
}

size_t
json_repair(char *p, size_t n)
{
	size_t at = 0, i;

	while ((i = lone_surrogate((struct em_str){ p, n }, &at)) < n) {
		memcpy(p + i, "\\ufffd", 6);
		at = i + 6;
	}
	return at;
}

bool
json_needs_repair(struct em_str s)
{
	size_t at = 0;

	return lone_surrogate(s, &at) < s.n;
}
