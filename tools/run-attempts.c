/* SPDX-License-Identifier: MIT */
/* Which attempt of a case it is, over rounds and commands, and in what order
 * cases started. */
#include "run.h"

static struct em_key
key_of(const struct em_case *c)
{
	struct em_event ev = em_case_identity(c);

	return em_case_key(&ev);
}

bool
run_stream_next_round(struct run_stream *s)
{
	em_map_free(s->before);
	s->before = em_map_new();
	if (s->before == NULL)
		return false;
	for (const struct em_run *r = em_results_runs(s->results); r != NULL;
	     r = r->next)
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next)
			for (const struct em_case *c = u->cases; c != NULL;
			     c = c->next) {
				uint64_t *at = em_map_at(s->before, key_of(c));

				if (at == NULL)
					return false;
				*at = c->last->number;
			}
	return true;
}

size_t
run_stream_left(struct run_stream *s)
{
	size_t left = 0;

	for (const struct em_run *r = em_results_runs(s->results); r != NULL;
	     r = r->next)
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next)
			for (const struct em_case *c = u->cases; c != NULL;
			     c = c->next) {
				const uint64_t *at =
				    em_map_find(s->before, key_of(c));

				left += c->outcome == EM_FAIL && at != NULL &&
				    *at == c->last->number;
			}
	return left;
}

/*
 * What a command runs comes behind what others ran of the same case, be it in
 * an earlier round or another command of this one.
 */
void
run_renumber(struct run_source *src, struct em_event *ev)
{
	struct run_stream *s = src->stream;
	struct em_key k = em_case_key(ev);
	int64_t own = ev->attempt > 1 ? ev->attempt : 1;
	uint64_t *base, *latest;

	if (!s->opts.rounds)
		return;
	base = em_map_at(src->base, k);
	latest = em_map_at(s->latest, k);
	if (base == NULL || latest == NULL) {
		run_no_memory(s);
		return;
	}
	if (*base == 0)
		*base = *latest + 1;
	if (*base > 1) {
		ev->attempt = (int64_t)*base - 1 + own;
		ev->raw = (struct em_str){ NULL, 0 };
	}
	if (*latest < *base - 1 + (uint64_t)own)
		*latest = *base - 1 + (uint64_t)own;
}

void
run_note_place(struct run_stream *s, const struct em_event *ev)
{
	uint64_t *at;

	if (s->opts.keep == 0)
		return;
	at = em_map_at(s->places, em_case_key(ev));
	if (at == NULL)
		run_no_memory(s);
	else if (*at == 0)
		*at = ++s->place;
}

uint64_t
run_stream_place(struct run_stream *s, const struct em_case *c)
{
	const uint64_t *at = em_map_find(s->places, key_of(c));

	return at != NULL ? *at : 0;
}
