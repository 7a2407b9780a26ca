/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "jsonpush.h"

enum { BUF_SIZE = 64 * 1024, WANTS_MAX = 32 };

static const struct em_str absent;

struct want {
	const struct json_want *w;
	struct em_str *seg; /* of the path */
	unsigned segs;
};

/* An open container that a path may lead through.  Masks have a bit for each
 * want. */
struct level {
	uint32_t lead; /* wants whose path leads through it */
	uint32_t here; /* those whose path ends with it */
	uint32_t next; /* lead, for the value that comes next */
	bool object;
};

struct json_stream {
	struct json_push push;
	struct json_build build; /* something is open: a subtree is made */
	struct arena tree, own; /* of one subtree; of yajl and the paths */
	struct want want[WANTS_MAX];
	unsigned wants;
	struct level *level;
	unsigned levels; /* segments of the longest path, and one */
	unsigned depth; /* containers open */
	struct buf key; /* of the next value, when a path leads to it */
	void *arg;
	uint64_t line;
	bool begun;
	struct em_error err;
	size_t held; /* bytes in buf */
	char buf[BUF_SIZE];
};

/* Which wants in mask have key as their segment number i; an array element
 * has no key. */
static uint32_t
match(const struct json_stream *s, uint32_t mask, unsigned i, struct em_str key)
{
	uint32_t hit = 0;

	for (unsigned w = 0; mask >> w != 0; w++) {
		const struct want *want = &s->want[w];

		if ((mask >> w & 1) != 0 && want->segs > i &&
		    (str_eq(want->seg[i], "*") ||
			(key.p != NULL && em_str_eq(want->seg[i], key))))
			hit |= UINT32_C(1) << w;
	}
	return hit;
}

/* The wants whose path leads to the value that starts now; *here are those
 * that end with it. */
static uint32_t
find_wants(const struct json_stream *s, uint32_t *here)
{
	uint32_t lead;

	*here = 0;
	if (s->depth >= s->levels)
		return 0;
	lead = s->depth > 0 ? s->level[s->depth - 1].next
			    : (uint32_t)((UINT64_C(1) << s->wants) - 1);
	for (unsigned w = 0; lead >> w != 0; w++)
		if ((lead >> w & 1) != 0 && s->want[w].segs == s->depth)
			*here |= UINT32_C(1) << w;
	return lead;
}

/* The key of the value that starts now, if a path leads to it. */
static struct em_str
current_key(const struct json_stream *s)
{
	return s->depth > 0 && s->level[s->depth - 1].object ? buf_str(&s->key)
							     : absent;
}

/* Whether the value that starts now becomes part of a tree. */
static bool
begin_value(struct json_stream *s, uint32_t here)
{
	if (s->build.open != NULL)
		return true;
	for (unsigned w = 0; here >> w != 0; w++)
		if ((here >> w & 1) != 0 && s->want[w].w->value != NULL) {
			s->build.key = arena_dup(&s->tree, current_key(s));
			return true;
		}
	return false;
}

/* Hands out a complete value; frees the tree when that was all of it. */
static void
end_value(struct json_stream *s, const struct json *v, uint32_t here)
{
	for (unsigned w = 0; here >> w != 0; w++)
		if ((here >> w & 1) != 0 && s->want[w].w->value != NULL)
			s->want[w].w->value(s->arg, v);
	if (s->build.open == NULL) {
		arena_reset(&s->tree);
		json_build_init(&s->build, &s->tree);
	}
}

static bool
on_scalar(void *arg, enum json_type type, struct em_str text)
{
	struct json_stream *s = arg;
	uint32_t here;
	struct json *v;

	find_wants(s, &here);
	if (!begin_value(s, here))
		return true;
	v = json_build_value(&s->build, type);
	if (v == NULL)
		return false;
	v->text = arena_dup(&s->tree, text);
	if (s->tree.failed)
		return false;
	end_value(s, v, here);
	return true;
}

static bool
on_key(void *arg, struct em_str key)
{
	struct json_stream *s = arg;
	struct level *l;

	if (s->build.open != NULL)
		s->build.key = arena_dup(&s->tree, key);
	if (s->depth < s->levels) {
		l = &s->level[s->depth - 1];
		l->next = match(s, l->lead, s->depth - 1, key);
		if (l->next != 0) {
			buf_reset(&s->key);
			buf_add(&s->key, key);
		}
	}
	return !s->tree.failed && !s->key.failed;
}

static bool
on_open(void *arg, enum json_type type)
{
	struct json_stream *s = arg;
	uint32_t here, lead = find_wants(s, &here);

	if (begin_value(s, here) && json_build_open(&s->build, type) == NULL)
		return false;
	for (unsigned w = 0; here >> w != 0; w++)
		if ((here >> w & 1) != 0 && s->want[w].w->enter != NULL)
			s->want[w].w->enter(s->arg, current_key(s));
	if (s->depth < s->levels) {
		struct level *l = &s->level[s->depth];

		*l = (struct level){ lead, here, 0, type == JSON_OBJECT };
		if (type == JSON_ARRAY)
			l->next = match(s, lead, s->depth, absent);
	}
	s->depth++;
	return true;
}

static bool
on_close(void *arg)
{
	struct json_stream *s = arg;
	uint32_t here;

	s->depth--;
	here = s->depth < s->levels ? s->level[s->depth].here : 0;
	if (s->build.open != NULL)
		end_value(s, json_build_close(&s->build), here);
	for (unsigned w = 0; here >> w != 0; w++)
		if ((here >> w & 1) != 0 && s->want[w].w->leave != NULL)
			s->want[w].w->leave(s->arg);
	return true;
}

static const struct json_sink sink = { on_scalar, on_key, on_open, on_close };

static bool
want_init(struct want *want, const struct json_want *w, struct arena *a)
{
	struct em_str path = em_str(w->path);

	want->w = w;
	if (path.n == 0)
		return true;
	want->segs = 1;
	for (size_t i = 0; i < path.n; i++)
		want->segs += path.p[i] == '.';
	want->seg = arena_alloc(a, want->segs * sizeof(*want->seg));
	if (want->seg == NULL)
		return false;
	for (unsigned i = 0; i < want->segs; i++)
		str_cut(&path, '.', &want->seg[i]);
	return true;
}

struct json_stream *
json_stream_new(const struct json_want *wants, void *arg, unsigned depth_max,
    size_t memory_max)
{
	struct json_stream *s = malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	memset(s, 0, offsetof(struct json_stream, buf));
	s->arg = arg;
	s->line = 1;
	arena_init(&s->tree, memory_max);
	arena_init(&s->own, memory_max);
	buf_init(&s->key, memory_max);
	json_build_init(&s->build, &s->tree);
	s->push = (struct json_push){ .sink = &sink,
		.arg = s,
		.arena = &s->own,
		.depth_max = depth_max };
	s->levels = 1;
	for (; wants[s->wants].path != NULL; s->wants++) {
		struct want *want = &s->want[s->wants];

		if (s->wants == WANTS_MAX ||
		    !want_init(want, &wants[s->wants], &s->own))
			goto fail;
		if (want->segs >= s->levels)
			s->levels = want->segs + 1;
	}
	s->level = arena_alloc(&s->own, s->levels * sizeof(*s->level));
	if (s->level == NULL || !json_push_start(&s->push))
		goto fail;
	return s;
fail:
	json_stream_free(s);
	return NULL;
}

void
json_stream_free(struct json_stream *s)
{
	if (s == NULL)
		return;
	arena_free(&s->tree);
	arena_free(&s->own);
	buf_free(&s->key);
	free(s);
}

/* The block of constant size is there for the compiler to vectorise. */
static uint64_t
count_lf(const char *p, size_t n)
{
	uint64_t lines = 0;

	for (; n >= 64; p += 64, n -= 64) {
		unsigned char block = 0;

		for (int i = 0; i < 64; i++)
			block = (unsigned char)(block + (p[i] == '\n'));
		lines += block;
	}
	while (n > 0)
		lines += p[--n] == '\n';
	return lines;
}

static void
fail(struct json_stream *s)
{
	const char *what = s->push.code == EM_E_LIMIT ? "JSON"
	    : s->push.code == EM_E_TRUNCATED          ? "JSON is cut"
						      : "malformed JSON";

	err_set(&s->err, s->push.code, s->line, "%s: %s", what, s->push.reason);
}

/* Parses what is held but for an escape that is not complete yet. */
static void
flush(struct json_stream *s, bool last)
{
	size_t n = json_repair(s->buf, s->held);

	if (last)
		n = s->held;
	if (!s->begun) {
		if (s->held < 3 && !last)
			return;
		s->begun = true;
		if (str_starts((struct em_str){ s->buf, n }, "\xef\xbb\xbf"))
			memset(s->buf, ' ', 3);
	}
	if (!json_push_bytes(&s->push, (struct em_str){ s->buf, n })) {
		s->line += count_lf(s->buf, s->push.at);
		fail(s);
		return;
	}
	s->line += count_lf(s->buf, n);
	s->held -= n;
	memmove(s->buf, s->buf + n, s->held);
}

enum em_rc
json_stream_feed(struct json_stream *s, struct em_str bytes, struct em_error *e)
{
	while (bytes.n > 0 && s->err.code == EM_E_NONE) {
		struct em_str part = str_upto(bytes, BUF_SIZE - s->held);

		memcpy(s->buf + s->held, part.p, part.n);
		s->held += part.n;
		bytes = str_from(bytes, part.n);
		flush(s, false);
	}
	if (s->err.code == EM_E_NONE)
		return EM_OK;
	*e = s->err;
	return EM_ERR;
}

enum em_rc
json_stream_finish(struct json_stream *s, struct em_error *e)
{
	if (s->held > 0 && s->err.code == EM_E_NONE)
		flush(s, true);
	if (s->err.code == EM_E_NONE && !json_push_end(&s->push))
		fail(s);
	if (s->err.code == EM_E_NONE)
		return EM_EOF;
	*e = s->err;
	return EM_ERR;
}
