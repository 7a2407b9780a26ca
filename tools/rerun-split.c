/* SPDX-License-Identifier: MIT */
/* Tests dealt out to parts that take about as long. */
#include <stdlib.h>

#include "rerun.h"

struct weighed {
	int64_t ns;
	size_t place;
};

static int
longest_first(const void *x, const void *y)
{
	const struct weighed *a = x, *b = y;

	if (a->ns != b->ns)
		return a->ns < b->ns ? 1 : -1;
	return (a->place > b->place) - (a->place < b->place);
}

/* What a test without a recorded duration is taken to need: the mean of the
 * others, or a millisecond. */
static int64_t
usual(const struct rerun_list *l)
{
	int64_t us = 0, n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i]->duration_ns != EM_UNSET) {
			us += l->v[i]->duration_ns / 1000;
			n++;
		}
	return n == 0 ? 1000000 : us / n * 1000;
}

/* The longest first; none takes no time at all, so that many such are dealt
 * out too. */
static struct weighed *
weigh(const struct rerun_list *l)
{
	struct weighed *w = calloc(l->n + 1, sizeof(*w));
	int64_t unknown = usual(l);

	for (size_t i = 0; w != NULL && i < l->n; i++) {
		int64_t ns = l->v[i]->duration_ns;

		ns = ns != EM_UNSET ? ns : unknown;
		w[i] = (struct weighed){ ns > 0 ? ns : 1, i };
	}
	if (w != NULL)
		qsort(w, l->n, sizeof(*w), longest_first);
	return w;
}

static bool
before(const int64_t *load, size_t a, size_t b)
{
	return load[a] != load[b] ? load[a] < load[b] : a < b;
}

/* Restores a heap of parts, the least loaded on top, whose top got more. */
static void
sink(size_t *heap, size_t n, const int64_t *load)
{
	size_t at = 0, part = heap[0];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < n && before(load, heap[child + 1], heap[child]))
			child++;
		if (child >= n || !before(load, heap[child], part))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = part;
}

bool
rerun_split(
    const struct rerun_list *l, size_t parts, size_t *part, int64_t *load)
{
	struct weighed *w = weigh(l);
	size_t *heap = calloc(parts, sizeof(*heap));
	bool ok = w != NULL && heap != NULL;

	for (size_t p = 0; ok && p < parts; p++) {
		heap[p] = p;
		load[p] = 0;
	}
	for (size_t i = 0; ok && i < l->n; i++) {
		part[w[i].place] = heap[0];
		load[heap[0]] += w[i].ns;
		sink(heap, parts, load);
	}
	free(heap);
	free(w);
	return ok;
}

bool
rerun_keep_part(struct rerun_list *l, size_t which, size_t parts)
{
	size_t *part = calloc(l->n + 1, sizeof(*part)), n = 0;
	int64_t *load = calloc(parts, sizeof(*load));
	bool ok =
	    part != NULL && load != NULL && rerun_split(l, parts, part, load);

	for (size_t i = 0; ok && i < l->n; i++)
		if (part[i] == which)
			l->v[n++] = l->v[i];
	if (ok)
		l->n = n;
	free(part);
	free(load);
	return ok;
}
