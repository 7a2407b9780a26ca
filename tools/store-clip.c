/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store-clip.h"

struct stream {
	struct stream *next;
	struct em_event *like; /* the first event that was held */
	struct em_str name; /* of the stream; owned */
	size_t passed;
	char *ring; /* the last bytes; NULL: none is held */
	size_t size, at, n; /* its size, where the next byte goes, held */
	int64_t dropped;
};

struct attempt {
	struct attempt *next, **link;
	struct em_key key;
	struct stream *streams; /* in order of appearance */
};

struct clip {
	size_t half;
	void (*emit)(void *arg, const struct em_event *ev);
	void *arg;
	struct em_map *index; /* of attempts */
	struct attempt *attempts;
};

struct clip *
clip_new(
    size_t max, void (*emit)(void *arg, const struct em_event *ev), void *arg)
{
	struct clip *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	*c = (struct clip){ .half = max / 2 > 0 ? max / 2 : 1,
		.emit = emit,
		.arg = arg,
		.index = em_map_new() };
	if (c->index != NULL)
		return c;
	free(c);
	return NULL;
}

/* ---- who has printed how much ---- */

static struct em_key
attempt_key(const struct em_event *ev)
{
	struct em_key k = em_case_key(ev);
	int64_t n = ev->attempt == EM_UNSET ? 1 : ev->attempt;
	const struct em_str parts[] = { { (const char *)&k, sizeof(k) },
		{ (const char *)&n, sizeof(n) } };

	return em_key(parts, 2);
}

/* Logs of a suite are one, those of each level apart: what is an error is not
 * to drown in a flood. */
static struct em_key
log_key(const struct em_event *ev)
{
	const struct em_str parts[] = { EM_STR("log"), ev->run, ev->suite,
		ev->level };

	return em_key(parts, 4);
}

static struct attempt *
find_attempt(struct clip *c, const struct em_event *ev, bool make)
{
	struct em_key key = ev->kind == EM_LOG ? log_key(ev) : attempt_key(ev);
	uint64_t *at =
	    make ? em_map_at(c->index, key) : em_map_find(c->index, key);
	struct attempt *a;

	if (at == NULL)
		return NULL;
	if (*at != 0 || !make)
		return (struct attempt *)(uintptr_t)*at;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return NULL;
	a->key = key;
	a->next = c->attempts;
	a->link = &c->attempts;
	if (a->next != NULL)
		a->next->link = &a->next;
	c->attempts = a;
	*at = (uint64_t)(uintptr_t)a;
	return a;
}

static struct stream *
find_stream(struct attempt *a, struct em_str name)
{
	struct stream **p = &a->streams, *s;

	for (; *p != NULL; p = &(*p)->next)
		if (em_str_eq((*p)->name, name))
			return *p;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->name.p = strndup(name.p != NULL ? name.p : "", name.n);
	s->name.n = name.n;
	*p = s;
	return s;
}

static void
forget(struct clip *c, struct attempt *a)
{
	uint64_t *at = em_map_find(c->index, a->key);
	struct stream *next;

	if (at != NULL)
		*at = 0;
	for (struct stream *s = a->streams; s != NULL; s = next) {
		next = s->next;
		em_event_free(s->like);
		free((void *)(uintptr_t)s->name.p);
		free(s->ring);
		free(s);
	}
	*a->link = a->next;
	if (a->next != NULL)
		a->next->link = a->link;
	free(a);
}

void
clip_free(struct clip *c)
{
	if (c == NULL)
		return;
	while (c->attempts != NULL)
		forget(c, c->attempts);
	em_map_free(c->index);
	free(c);
}

/* ---- head and tail ---- */

/* A character that is cut goes to the tail whole. */
static size_t
head_of(struct em_str s, size_t n)
{
	size_t back = n;

	while (back > 0 && n - back < 3 &&
	    ((unsigned char)s.p[back] & 0xc0) == 0x80)
		back--;
	return ((unsigned char)s.p[back] & 0xc0) == 0x80 ? n : back;
}

static void
pass_head(struct clip *c, const struct em_event *ev, size_t n)
{
	struct em_event head = *ev;

	if (n == 0)
		return;
	head.raw = (struct em_str){ NULL, 0 };
	head.text.n = n;
	c->emit(c->arg, &head);
}

/* The ring grows with what it holds, up to the half. */
static bool
make_room(struct clip *c, struct stream *s, size_t n)
{
	size_t size = s->size == 0 ? 4096 : s->size;
	char *p;

	while (size < c->half && size - s->n < n)
		size *= 2;
	if (size > c->half)
		size = c->half;
	if (size == s->size)
		return true;
	/* It grows only while it has not gone round. */
	p = realloc(s->ring, size);
	if (p == NULL)
		return false;
	s->ring = p;
	s->size = size;
	s->at = s->n;
	return true;
}

static void
hold(struct clip *c, struct stream *s, struct em_str t)
{
	if (t.n > c->half) {
		s->dropped += (int64_t)(t.n - c->half);
		t.p += t.n - c->half;
		t.n = c->half;
	}
	if (!make_room(c, s, t.n)) {
		s->dropped += (int64_t)t.n;
		return;
	}
	while (t.n > 0) {
		size_t n = s->size - s->at < t.n ? s->size - s->at : t.n;

		memcpy(s->ring + s->at, t.p, n);
		if (s->n + n > s->size)
			s->dropped += (int64_t)(s->n + n - s->size);
		s->n = s->n + n > s->size ? s->size : s->n + n;
		s->at = (s->at + n) % s->size;
		t.p += n;
		t.n -= n;
	}
}

static void
put_output(struct clip *c, const struct em_event *ev)
{
	struct attempt *a = find_attempt(c, ev, true);
	struct stream *s = a != NULL ? find_stream(a, ev->stream) : NULL;
	size_t head;

	if (s == NULL ||
	    (s->like == NULL && ev->text.n <= c->half - s->passed)) {
		if (s != NULL)
			s->passed += ev->text.n;
		c->emit(c->arg, ev);
		return;
	}
	head = s->like == NULL ? head_of(ev->text, c->half - s->passed) : 0;
	if (s->like == NULL) {
		pass_head(c, ev, head);
		s->like = em_event_dup(ev);
		s->passed = c->half;
	}
	if (ev->truncated_bytes > 0)
		s->dropped += ev->truncated_bytes;
	hold(c, s, (struct em_str){ ev->text.p + head, ev->text.n - head });
}

/* The same of lines, each of which is an event. */
static void
put_log(struct clip *c, const struct em_event *ev)
{
	struct attempt *a = find_attempt(c, ev, true);
	struct stream *s = a != NULL ? find_stream(a, ev->stream) : NULL;
	size_t n = ev->text.n + 1;

	if (s == NULL || (s->like == NULL && n <= c->half - s->passed)) {
		if (s != NULL)
			s->passed += n;
		c->emit(c->arg, ev);
		return;
	}
	if (s->like == NULL) {
		s->like = em_event_dup(ev);
		s->passed = c->half;
	}
	hold(c, s, ev->text);
	hold(c, s, EM_STR("\n"));
}

/* What is left of a character that lost its beginning goes too. */
static struct em_str
whole_characters(struct stream *s, struct em_str t)
{
	while (s->dropped > 0 && t.n > 0 &&
	    ((unsigned char)t.p[0] & 0xc0) == 0x80) {
		t.p++;
		t.n--;
		s->dropped++;
	}
	return t;
}

/* What is left of a line goes, too, unless it is all that there is. */
static struct em_str
whole_lines(struct stream *s, struct em_str t)
{
	const char *lf = t.n > 1 ? memchr(t.p, '\n', t.n - 1) : NULL;
	size_t n = lf != NULL ? (size_t)(lf - t.p) + 1 : 0;

	if (s->dropped == 0 || lf == NULL)
		return whole_characters(s, t);
	s->dropped += (int64_t)n;
	return (struct em_str){ t.p + n, t.n - n };
}

static void
emit_lines(struct clip *c, struct stream *s, struct em_str t)
{
	struct em_event line = *s->like;
	char said[64];

	line.raw = (struct em_str){ NULL, 0 };
	t = whole_lines(s, t);
	snprintf(said, sizeof(said), "%lld bytes of this are left out",
	    (long long)s->dropped);
	line.text = em_str(said);
	if (s->dropped > 0)
		c->emit(c->arg, &line);
	while (t.n > 0) {
		const char *lf = memchr(t.p, '\n', t.n);
		size_t n = lf != NULL ? (size_t)(lf - t.p) : t.n;

		line.text = (struct em_str){ t.p, n };
		c->emit(c->arg, &line);
		n += lf != NULL;
		t = (struct em_str){ t.p + n, t.n - n };
	}
}

static void
emit_tail(struct clip *c, struct stream *s, struct em_str t)
{
	struct em_event tail = *s->like;

	tail.raw = (struct em_str){ NULL, 0 };
	tail.text = whole_characters(s, t);
	tail.truncated_bytes = s->dropped > 0 ? s->dropped : EM_UNSET;
	c->emit(c->arg, &tail);
}

static void
release(struct clip *c, struct stream *s)
{
	size_t from = s->n < s->size ? 0 : s->at;
	struct em_str tail = { NULL, s->n };
	char *text;

	if (s->like == NULL)
		return;
	text = malloc(s->n + 1);
	if (text == NULL)
		return;
	tail.p = text;
	if (s->n > 0) {
		memcpy(text, s->ring + from, s->n - from);
		memcpy(text + s->n - from, s->ring, from);
	}
	if (s->like->kind == EM_LOG)
		emit_lines(c, s, tail);
	else
		emit_tail(c, s, tail);
	free(text);
}

static void
release_all(struct clip *c, struct attempt *a)
{
	for (struct stream *s = a->streams; s != NULL; s = s->next)
		release(c, s);
	forget(c, a);
}

void
clip_event(struct clip *c, const struct em_event *ev)
{
	struct attempt *a;

	if (ev->kind == EM_CASE_OUTPUT) {
		put_output(c, ev);
		return;
	}
	if (ev->kind == EM_LOG) {
		put_log(c, ev);
		return;
	}
	if (ev->kind == EM_CASE_COMPLETE &&
	    (a = find_attempt(c, ev, false)) != NULL)
		release_all(c, a);
	if (ev->kind == EM_RUN_COMPLETE)
		clip_end(c);
	c->emit(c->arg, ev);
}

void
clip_end(struct clip *c)
{
	while (c->attempts != NULL)
		release_all(c, c->attempts);
}
