/* SPDX-License-Identifier: MIT */
/*
 * One JSON text in pieces, one callback for each of its parts: what json.c
 * makes of yajl.  For jsontree.c and jsonstream.c only.
 */
#ifndef JSONPUSH_H
#define JSONPUSH_H

#include <setjmp.h>

#include "json.h"

/* The slices live during the call.  False ends the parse: out of memory. */
struct json_sink {
	/* text: strings decoded, the others as written */
	bool (*scalar)(void *arg, enum json_type type, struct em_str text);
	bool (*key)(void *arg, struct em_str key);
	bool (*open)(void *arg, enum json_type type);
	bool (*close)(void *arg);
};

struct json_push {
	const struct json_sink *sink;
	void *arg;
	struct arena *arena; /* all of yajl's memory; nothing is freed */
	unsigned depth, depth_max;
	/* After a failure: what is wrong, at which byte of the last piece. */
	enum em_code code;
	char reason[128];
	size_t at;
	/* json.c's own */
	void *yajl;
	jmp_buf refused;
};

/* Start with the members above "after a failure" set.  Each gives false on a
 * failure, after which nothing else may be called. */
bool json_push_start(struct json_push *p);
bool json_push_bytes(struct json_push *p, struct em_str s);
bool json_push_end(struct json_push *p);

/*
 * Makes \ufffd of escaped surrogates that have no other half, which yajl
 * decodes to "?", wrong letters or bad UTF-8.  Gives the number of bytes that
 * need not be seen again: less than n when an escape may go on behind them.
 */
size_t json_repair(char *p, size_t n);
/* Whether json_repair() would change anything. */
bool json_needs_repair(struct em_str s);

/* ---- building trees ---- */

struct json_build {
	struct arena *arena;
	struct json *open; /* innermost open one; its next is its parent */
	const struct json **tail; /* where the next value goes */
	const struct json *root;
	struct em_str key; /* of the next value */
};

void json_build_init(struct json_build *b, struct arena *a);
/* A value as child of what is open; NULL when the arena refuses. */
struct json *json_build_value(struct json_build *b, enum json_type type);
struct json *json_build_open(struct json_build *b, enum json_type type);
/* The value that was open. */
struct json *json_build_close(struct json_build *b);

#endif
