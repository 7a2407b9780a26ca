/* SPDX-License-Identifier: MIT */
/* One stream of many: its runs and suites, its beginning and its end. */
#include <stdlib.h>

#include "merge-stream.h"

struct merge_stream *
merge_stream_new(struct cli *c, const struct merge_opts *opts,
    const struct merge_inputs *inputs)
{
	struct merge_stream *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->c = c;
	m->opts = *opts;
	m->inputs = inputs;
	m->results = em_results_new(EM_KEEP_COUNTS, 0);
	m->cases = em_map_new();
	m->counts = em_map_new();
	m->winners = em_map_new();
	m->suites = em_map_new();
	m->runs = em_map_new();
	m->open = em_map_new();
	m->by_end = em_map_new();
	m->last_end = &m->ends;
	if (m->results != NULL && m->cases != NULL && m->counts != NULL &&
	    m->winners != NULL && m->suites != NULL && m->runs != NULL &&
	    m->open != NULL && m->by_end != NULL)
		return m;
	merge_stream_free(m);
	return NULL;
}

void
merge_stream_free(struct merge_stream *m)
{
	if (m == NULL)
		return;
	merge_free_held(m);
	merge_free_parked(m);
	merge_free_ends(m);
	merge_free_versions(m);
	em_results_free(m->results);
	em_map_free(m->cases);
	em_map_free(m->counts);
	em_map_free(m->winners);
	em_map_free(m->suites);
	em_map_free(m->runs);
	em_map_free(m->open);
	em_map_free(m->by_end);
	free(m->part_inputs);
	free(m);
}

int
merge_no_memory(struct merge_stream *m)
{
	if (m->st == ST_OK)
		cli_say(m->c, "out of memory");
	return m->st = ST_IO;
}

void
merge_put(struct merge_stream *m, const struct em_event *ev)
{
	if (m->st != ST_OK)
		return;
	if (em_results_event(m->results, ev) != EM_OK)
		merge_no_memory(m);
	else
		m->st = cli_write(m->c, ev);
}

uint64_t *
merge_at(struct merge_stream *m, struct em_map *map, struct em_key k)
{
	static uint64_t nowhere;
	uint64_t *v = em_map_at(map, k);

	if (v != NULL)
		return v;
	merge_no_memory(m);
	return &nowhere;
}

/* ---- runs and suites ---- */

static struct em_key
key_of(struct em_str run, struct em_str suite)
{
	const struct em_str parts[] = { run, suite };

	return em_key(parts, 2);
}

/* Puts it the first time.  How many cases there will be is known to no single
 * input. */
static void
put_once(struct merge_stream *m, struct em_map *seen, struct em_str suite,
    const struct em_event *ev)
{
	uint64_t *v = merge_at(m, seen, key_of(ev->run, suite));
	struct em_event out = *ev;

	if ((*v)++ != 0 && !merge_is_alone(m))
		return;
	if (ev->total != EM_UNSET && !merge_is_alone(m)) {
		out.total = EM_UNSET;
		out.raw = (struct em_str){ NULL, 0 };
	}
	merge_put(m, &out);
}

/* Results alone hear of it: the suite ends once, with the merged run.  The
 * failure of a suite that its cases explain is theirs, and may be retried;
 * one with a status is its own, in a shard. */
static void
learn_end(struct merge_stream *m, const struct em_event *ev)
{
	struct em_event bare = *ev;
	const struct em_suite *s = ev->kind == EM_SUITE_COMPLETE
	    ? em_results_suite(m->in->results, ev)
	    : NULL;

	if (s != NULL && s->counts.fail > 0 &&
	    (ev->status.p == NULL || m->opts.attempts))
		bare.outcome = EM_NONE;
	bare.counts = (struct em_counts){ EM_UNSET, EM_UNSET, EM_UNSET };
	if (m->st == ST_OK && em_results_event(m->results, &bare) != EM_OK)
		merge_no_memory(m);
}

bool
merge_is_alone(const struct merge_stream *m)
{
	return m->inputs->n == 1 && m->parts <= 1 && !m->opts.attempts &&
	    m->opts.duplicates == DUP_ERROR;
}

/* ---- events ---- */

/* Another stream begins in the input. */
static void
begin_part(struct merge_stream *m)
{
	if (m->parts == m->parts_size) {
		size_t size = m->parts_size == 0 ? 64 : m->parts_size * 2;
		void *p = realloc(m->part_inputs, size * sizeof(size_t));

		if (p == NULL) {
			merge_no_memory(m);
			return;
		}
		m->part_inputs = p;
		m->parts_size = size;
	}
	m->part_inputs[m->parts++] = m->in->number;
	m->in->part = m->parts;
	m->in->streams++;
	if (m->parts == 2)
		merge_settle_ends(m);
}

static void
suite_start(struct merge_stream *m, const struct em_event *ev)
{
	uint64_t *open = merge_at(m, m->open, key_of(ev->run, ev->suite));

	/* A later attempt at a suite takes the place of an earlier one. */
	*open = m->opts.attempts ? 1 : *open + 1;
	put_once(m, m->suites, ev->suite, ev);
}

static void
suite_complete(struct merge_stream *m, const struct em_event *ev)
{
	uint64_t *open = merge_at(m, m->open, key_of(ev->run, ev->suite));

	*open -= *open > 0;
	learn_end(m, ev);
	merge_end(m, ev);
}

static void
discovery(struct merge_stream *m, const struct em_event *ev)
{
	bool starts = ev->kind == EM_DISCOVER_START;

	if (merge_is_alone(m) || (starts && !m->discovery))
		merge_put(m, ev);
	if (starts)
		m->discovery = true;
	/* Where there are several streams it ends with the last. */
	m->discovery_open = starts || !merge_is_alone(m);
}

static void
dispatch(struct merge_stream *m, const struct em_event *ev)
{
	static const struct em_str none;

	switch (ev->kind) {
	case EM_PROTOCOL:
		merge_header(m, ev);
		break;
	case EM_DISCOVER_START:
	case EM_DISCOVER_COMPLETE:
		discovery(m, ev);
		break;
	case EM_DISCOVER_CASE:
		merge_discover_case(m, ev);
		break;
	case EM_RUN_START:
		m->open_runs++;
		put_once(m, m->runs, none, ev);
		break;
	case EM_SUITE_START:
		suite_start(m, ev);
		break;
	case EM_SUITE_COMPLETE:
		suite_complete(m, ev);
		break;
	case EM_RUN_COMPLETE:
		m->open_runs -= m->open_runs > 0;
		learn_end(m, ev);
		merge_end(m, ev);
		break;
	case EM_UNKNOWN:
		merge_unknown(m, ev);
		break;
	default:
		if (em_event_is_case(ev))
			merge_case_event(m, ev);
		else
			merge_put(m, ev);
		break;
	}
}

int
merge_stream_event(
    struct merge_stream *m, struct merge_input *in, const struct em_event *ev)
{
	struct em_event named;
	char *memory[2] = { NULL, NULL };

	m->in = in;
	if (ev->kind == EM_PROTOCOL || in->part == 0)
		begin_part(m);
	if (m->opts.suite_from != NULL) {
		named = merge_name_suite(m, ev, memory);
		ev = &named;
	}
	if (m->st != ST_OK || !merge_input_note(in, ev))
		merge_no_memory(m);
	else if (!merge_behind_end(m, ev))
		dispatch(m, ev);
	free(memory[0]);
	free(memory[1]);
	return m->st;
}

void
merge_stream_input_end(
    struct merge_stream *m, struct merge_input *in, bool complete)
{
	/* An attempt comes before those of later inputs; of shards the one
	 * that completes has the word, whichever comes first. */
	if (m->opts.attempts)
		merge_put_held(m, in);
	m->failed = merge_input_failed(in, m->c) || m->failed;
	m->cut += !complete;
}

/* ---- the end ---- */

/* What goes for the whole, in words. */
static void
say_all(const struct merge_stream *m)
{
	merge_say_duplicates(m);
	merge_say_versions(m);
	if (m->cut > 0)
		cli_say(m->c,
		    "%zu of %zu inputs %s no end, so the merged run has none",
		    m->cut, m->inputs->n, m->cut == 1 ? "has" : "have");
}

int
merge_stream_finish(struct merge_stream *m)
{
	struct em_event ev;

	merge_put_held(m, NULL);
	merge_put_parked(m);
	if (m->discovery_open && !merge_is_alone(m)) {
		em_event_init(&ev, EM_DISCOVER_COMPLETE);
		merge_put(m, &ev);
	}
	say_all(m);
	merge_put_ends(m);
	return m->st;
}
