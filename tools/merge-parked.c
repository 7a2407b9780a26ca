/* SPDX-License-Identifier: MIT */
/* Skips and deselections wait, as text, until all inputs have spoken. */
#include <stdlib.h>

#include "merge-stream.h"

/* What makes the text a stream that a reader takes. */
static bool
begin(struct parked *p)
{
	struct em_event ev;

	em_event_init(&ev, EM_PROTOCOL);
	ev.version = EM_STR(EM_PROTOCOL_VERSION);
	ev.producer_name = EM_STR("tmerge");
	p->text = em_out_mem();
	p->writer =
	    p->text != NULL ? em_writer_open(NULL, p->text, NULL) : NULL;
	return p->writer != NULL && em_writer_event(p->writer, &ev) == EM_OK;
}

void
merge_park(struct merge_stream *m, const struct em_event *ev)
{
	struct parked *p = &m->parked;

	if (p->n == p->size) {
		size_t size = p->size == 0 ? 64 : p->size * 2;
		void *parts = realloc(p->parts, size * sizeof(*p->parts));

		if (parts == NULL) {
			merge_no_memory(m);
			return;
		}
		p->parts = parts;
		p->size = size;
	}
	if ((p->writer == NULL && !begin(p)) ||
	    em_writer_event(p->writer, ev) != EM_OK) {
		merge_no_memory(m);
		return;
	}
	p->parts[p->n++] = m->in->part;
}

/* The first part that skips a case is enough. */
static void
put_skipped(struct merge_stream *m, struct em_map *skipped, struct em_key k,
    const struct em_event *ev, uint64_t part)
{
	uint64_t *once = merge_at(m, skipped, k);

	if (*once == 0)
		*once = part;
	if (*once == part)
		merge_put(m, ev);
}

static void
put_parked(struct merge_stream *m, struct em_map *skipped,
    const struct em_event *ev, uint64_t part)
{
	struct em_key k = em_case_key(ev);
	const uint64_t *v = em_map_find(m->cases, k);
	bool discovery = ev->kind == EM_DISCOVER_CASE;

	if (ev->kind == EM_UNKNOWN) {
		merge_put(m, ev);
		return;
	}
	/* It is out. */
	if (v != NULL && *v & K_SKIPPED && !discovery)
		return;
	if (v != NULL && *v & K_RESULT &&
	    (*v >> K_PART_SHIFT != part || discovery))
		return;
	if (!discovery) {
		put_skipped(m, skipped, k, ev, part);
	} else if (v == NULL || !(*v & K_DISCOVERED)) {
		*merge_at(m, m->cases, k) |= K_DISCOVERED;
		merge_put(m, ev);
	}
}

void
merge_put_parked(struct merge_stream *m)
{
	const struct em_reader_opts opts = { .format = "native",
		.limits = m->c->limits };
	struct parked *p = &m->parked;
	const struct em_event *ev;
	struct em_map *skipped;
	struct em_reader *r;

	if (p->n == 0)
		return;
	skipped = em_map_new();
	r = em_reader_mem(&opts, em_out_memory(p->text), "");
	if (skipped == NULL || r == NULL)
		merge_no_memory(m);
	else
		for (size_t i = 0; em_reader_next(r, &ev) == EM_OK && i < p->n;)
			if (ev->kind != EM_PROTOCOL)
				put_parked(m, skipped, ev, p->parts[i++]);
	em_reader_close(r);
	em_map_free(skipped);
}

void
merge_free_parked(struct merge_stream *m)
{
	em_writer_close(m->parked.writer);
	em_out_close(m->parked.text, NULL);
	free(m->parked.parts);
}
