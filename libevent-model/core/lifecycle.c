/* SPDX-License-Identifier: MIT */
#include "lifecycle.h"

static void
start_run(struct lifecycle *l, const struct em_event *ev,
    struct em_reader_stats *stats)
{
	uint64_t *run = table_at(&l->runs, table_key(&ev->run, 1, 0));

	l->pending = true;
	stats->runs++;
	if (run != NULL && *run == 0) {
		*run = 1;
		l->open++;
	}
}

static void
end_run(struct lifecycle *l, const struct em_event *ev,
    struct em_reader_stats *stats)
{
	uint64_t *run = table_at(&l->runs, table_key(&ev->run, 1, 0));

	stats->runs_complete++;
	if (run != NULL && *run == 1) {
		*run = 0;
		l->open--;
	}
	l->pending = l->open > 0;
}

void
life_event(struct lifecycle *l, const struct em_event *ev,
    struct em_reader_stats *stats)
{
	switch (ev->kind) {
	case EM_PROTOCOL:
		if (l->pending)
			stats->truncated = true;
		life_free(l);
		l->pending = true;
		break;
	case EM_DISCOVER_START:
		l->pending = !l->listed;
		l->listed = false;
		l->discovering = l->pending;
		break;
	case EM_DISCOVER_COMPLETE:
		l->pending = l->open > 0;
		l->listed = !l->discovering;
		l->discovering = false;
		break;
	case EM_RUN_START:
		start_run(l, ev, stats);
		break;
	case EM_RUN_COMPLETE:
		end_run(l, ev, stats);
		break;
	default:
		break;
	}
}

bool
life_open(const struct lifecycle *l)
{
	return l->pending || l->open > 0;
}

void
life_free(struct lifecycle *l)
{
	table_free(&l->runs);
	*l = (struct lifecycle){ .pending = false };
}
