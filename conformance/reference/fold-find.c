/* SPDX-License-Identifier: MIT */
/* Where runs, suites, cases and attempts are kept. */
#include <stdlib.h>

#include "fold-inside.h"

struct slice
keep(struct slice s)
{
	char *p;

	if (s.p == NULL)
		return s;
	p = ref_resize(NULL, s.n, 1);
	memcpy(p, s.p, s.n);
	return (struct slice){ p, s.n };
}

bool
fold_same(struct slice a, struct slice b)
{
	return (a.p == NULL) == (b.p == NULL) && slice_same(a, b);
}

void
fold_stream(struct fold *f)
{
	if (f->rules.merge_streams && f->nstreams != 0)
		return;
	f->streams =
	    ref_resize(f->streams, f->nstreams + 1, sizeof *f->streams);
	f->streams[f->nstreams++] = (struct stream){ 0 };
	f->clock = 0;
}

struct stream *
fold_now(struct fold *f)
{
	if (f->nstreams == 0)
		fold_stream(f);
	return &f->streams[f->nstreams - 1];
}

struct run *
fold_run_of(struct fold *f, struct slice id)
{
	struct stream *s = fold_now(f);

	for (size_t i = 0; i < s->nruns; i++)
		if (fold_same(s->runs[i].id, id))
			return &s->runs[i];
	s->runs = ref_resize(s->runs, s->nruns + 1, sizeof *s->runs);
	s->runs[s->nruns] = (struct run){ .id = keep(id) };
	return &s->runs[s->nruns++];
}

struct suite *
fold_suite_find(struct stream *s, struct slice run, struct slice name)
{
	for (size_t i = 0; i < s->nsuites; i++)
		if (fold_same(s->suites[i].run, run) &&
		    fold_same(s->suites[i].name, name))
			return &s->suites[i];
	return NULL;
}

struct suite *
fold_suite_of(struct fold *f, struct slice run, struct slice name)
{
	struct stream *s = fold_now(f);
	struct suite *u = fold_suite_find(s, run, name);

	if (u != NULL)
		return u;
	s->suites = ref_resize(s->suites, s->nsuites + 1, sizeof *s->suites);
	s->suites[s->nsuites] =
	    (struct suite){ .run = keep(run), .name = keep(name) };
	return &s->suites[s->nsuites++];
}

static uint64_t
hash_slice(uint64_t h, struct slice s)
{
	h = (h ^ (s.p != NULL)) * 0x100000001b3;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3;
	return (h ^ s.n) * 0x100000001b3;
}

static uint64_t
hash_identity(const struct identity *id)
{
	uint64_t h = 0xcbf29ce484222325;

	h = hash_slice(h, id->run);
	h = hash_slice(h, id->suite);
	h = hash_slice(h, id->class);
	h = hash_slice(h, id->name);
	h = hash_slice(h, id->variant);
	h = (h ^ (uint64_t)id->iteration) * 0x100000001b3;
	return h ^ h >> 29;
}

static bool
same_identity(const struct identity *a, const struct identity *b)
{
	return fold_same(a->run, b->run) && fold_same(a->suite, b->suite) &&
	    fold_same(a->class, b->class) && fold_same(a->name, b->name) &&
	    fold_same(a->variant, b->variant) && a->iteration == b->iteration;
}

static void
index_grow(struct stream *s)
{
	s->slots = s->slots != 0 ? s->slots * 2 : 64;
	free(s->index);
	s->index = ref_resize(NULL, s->slots, sizeof *s->index);
	memset(s->index, 0, s->slots * sizeof *s->index);
	for (size_t i = 0; i < s->ncases; i++) {
		size_t at = s->cases[i].hash & (s->slots - 1);

		while (s->index[at] != 0)
			at = (at + 1) & (s->slots - 1);
		s->index[at] = (uint32_t)i + 1;
	}
}

/* The place in the index where the case is, or would be. */
static size_t
slot_of(const struct stream *s, const struct identity *id, uint64_t hash)
{
	size_t at = hash & (s->slots - 1);

	while (s->index[at] != 0 &&
	    !(s->cases[s->index[at] - 1].hash == hash &&
		same_identity(&s->cases[s->index[at] - 1].id, id)))
		at = (at + 1) & (s->slots - 1);
	return at;
}

const struct ccase *
fold_case_find(const struct stream *s, const struct identity *id)
{
	uint32_t i;

	if (s->slots == 0)
		return NULL;
	i = s->index[slot_of(s, id, hash_identity(id))];
	return i != 0 ? &s->cases[i - 1] : NULL;
}

struct ccase *
fold_case_of(struct fold *f, const struct identity *id)
{
	struct stream *s = fold_now(f);
	uint64_t hash = hash_identity(id);
	size_t at;

	if (s->ncases * 2 >= s->slots)
		index_grow(s);
	at = slot_of(s, id, hash);
	if (s->index[at] == 0) {
		s->cases =
		    ref_resize(s->cases, s->ncases + 1, sizeof *s->cases);
		s->cases[s->ncases] = (struct ccase){ .hash = hash,
			.id = { keep(id->run), keep(id->suite), keep(id->class),
			    keep(id->name), keep(id->variant),
			    id->iteration } };
		s->index[at] = (uint32_t)++s->ncases;
	}
	return &s->cases[s->index[at] - 1];
}

struct attempt *
fold_attempt_of(struct ccase *c, int64_t number)
{
	size_t i = 0;

	while (i < c->attempts && c->attempt[i].number < number)
		i++;
	if (i < c->attempts && c->attempt[i].number == number)
		return &c->attempt[i];
	c->attempt =
	    ref_resize(c->attempt, c->attempts + 1, sizeof *c->attempt);
	memmove(c->attempt + i + 1, c->attempt + i,
	    (c->attempts - i) * sizeof *c->attempt);
	c->attempts++;
	c->attempt[i] = (struct attempt){ .number = number, .duration_ns = -1 };
	return &c->attempt[i];
}
