/* SPDX-License-Identifier: MIT */
/*
 * Foreign JSON, parsed by yajl; json.c is the only file that includes it.
 *
 * Two ways in.  json_parse() makes a tree of one value, for formats with a
 * JSON object per line.  A json_stream takes a whole document in pieces and
 * gives subtrees at paths that the format names, so that a document of any
 * length needs the memory of one test.
 */
#ifndef JSON_H
#define JSON_H

#include "core.h"

enum json_type {
	JSON_NULL,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

struct json {
	enum json_type type;
	struct em_str key; /* in an object: decoded */
	struct em_str text; /* number as written, string decoded */
	const struct json *child; /* first of an array or object */
	const struct json *next; /* sibling */
};

/*
 * One value, white space around it; NULL when malformed, e says why.  It
 * lives as long as both the arena and s: strings without escapes are slices
 * of s.  Strings may hold any byte; an escaped surrogate without its other
 * half is U+FFFD.
 */
const struct json *json_parse(
    struct arena *a, struct em_str s, unsigned depth_max, struct em_error *e);

/* NULL-tolerant look-ups: on NULL or another type they give NULL or absent.
 * The last of duplicate keys wins. */
const struct json *json_get(const struct json *o, const char *key);
/* By a path of keys: "error.message". */
const struct json *json_path(const struct json *o, const char *path);
struct em_str json_str(const struct json *v); /* a string, else absent */
struct em_str json_get_str(const struct json *o, const char *key);
/* A string or number or boolean as text, else absent. */
struct em_str json_text(const struct json *v);
bool json_is_true(const struct json *v);
bool json_i64(const struct json *v, int64_t *n); /* 1, 1.0, 1e3 */
/* A number, or a string of one, of units of 10^-(9-scale) s; see str_ns. */
bool json_ns(const struct json *v, int scale, int64_t *ns);
size_t json_count(const struct json *v); /* children */
/* The first element of an array. */
const struct json *json_first(const struct json *v);
/* A string as it is, any other value as JSON; absent for NULL. */
struct em_str json_as_text(struct arena *a, const struct json *v);
/* The value written as compact JSON, numbers as they were. */
struct em_str json_print(struct arena *a, const struct json *v);
/* Array of strings to a list; objects to pairs (values that are not strings
 * as JSON). */
struct em_strs json_strs(struct arena *a, const struct json *v);
struct em_pairs json_pairs(struct arena *a, const struct json *v);

/* A path names object members by key and array elements by *, with ".":
 * "results.tests.*".  "*" alone is each element of a top-level array, "" the
 * whole document.  A * stands for any member of an object, too. */
struct json_want {
	const char *path;
	/* Called with the subtree when it is complete, its key in v->key.  It
	 * lives until the callback returns. */
	void (*value)(void *arg, const struct json *v);
	/* Or: called when an object or array at this path opens or closes,
	 * its content not kept (unless wanted by a longer path). */
	void (*enter)(void *arg, struct em_str key);
	void (*leave)(void *arg);
};

struct json_stream;

/* wants, at most 32, ends with path == NULL. */
struct json_stream *json_stream_new(const struct json_want *wants, void *arg,
    unsigned depth_max, size_t memory_max);
/* EM_ERR when malformed: e has the line and reason. */
enum em_rc json_stream_feed(
    struct json_stream *s, struct em_str bytes, struct em_error *e);
/* At the end: EM_EOF when the document was complete, EM_ERR when cut
 * (EM_E_TRUNCATED) or malformed. */
enum em_rc json_stream_finish(struct json_stream *s, struct em_error *e);
void json_stream_free(struct json_stream *s);

#endif
