/* SPDX-License-Identifier: MIT */
/*
 * The levels of a TAP stream: subtests, which are suites called by the path of
 * their titles, and documents one after another.
 *
 * Where the closing point of a subtest is a skip or a todo, failures below it
 * break nothing.  So the completion of a point below that is not ok is held
 * until the points above it have decided.
 */
#include <stdlib.h>
#include <string.h>

#include "tap.h"

enum { TEXT_MAX = 16 * 1024 * 1024 };

struct tap_held {
	struct tap_held *next;
	struct em_event ev;
};

/* ---- levels ---- */

void
tap_clear_level(struct tap_level *l)
{
	struct buf heading = l->heading;

	buf_reset(&heading);
	*l = (struct tap_level){
		.heading = heading,
		.first = EM_UNSET,
		.next_first = EM_UNSET,
		.next_id = 1,
		.min_id = INT64_MAX,
		.max_id = INT64_MIN,
		.run_first = EM_UNSET,
		.twice = EM_UNSET,
	};
}

/* Room for a level, cleared when it is new. */
bool
tap_need_level(struct em_reader *r, size_t level)
{
	struct tap *t = r->state;
	size_t room = t->room == 0 ? 8 : t->room * 2;
	struct tap_level *l;

	if (level < t->room)
		return true;
	if (room <= level)
		room = level + 1;
	l = realloc(t->levels, room * sizeof(*l));
	if (l == NULL) {
		r->keep.failed = true;
		return false;
	}
	t->levels = l;
	for (; t->room < room; t->room++) {
		l[t->room] = (struct tap_level){ .count = 0 };
		buf_init(&l[t->room].heading, TEXT_MAX);
		tap_clear_level(&l[t->room]);
	}
	return true;
}

/* A path that no suite of the stream has. */
static struct em_str
unique(struct em_reader *r, struct em_str path)
{
	struct tap *t = r->state;
	uint64_t *used = table_at(&t->suites, table_key(&path, 1, 0));

	if (used == NULL)
		r->keep.failed = true;
	if (used == NULL || ++*used == 1)
		return path;
	return arena_printf(&t->arena, "%.*s (%llu)", (int)path.n, path.p,
	    (unsigned long long)*used);
}

/* The title of a level about to open: from the heading before it, or from one
 * at its own indent. */
static struct em_str
take_title(struct tap *t, size_t level)
{
	struct tap_level *own = &t->levels[level], *outer = own - 1;
	struct buf *b = outer->heading.n > 0 ? &outer->heading : &own->heading;
	struct em_str title = arena_dup(&t->arena, buf_str(b));

	buf_reset(b);
	return title;
}

void
tap_start_suite(struct em_reader *r, size_t level, struct em_str title)
{
	struct tap *t = r->state;
	struct tap_level *l = &t->levels[level];
	const struct tap_level *outer = l - 1;
	struct em_str path = title;
	struct em_event ev;

	/* Called by its place when it has no title. */
	if (title.n == 0)
		path = title = arena_printf(
		    &t->arena, "#%lld", (long long)outer->count + 1);
	if (outer->suite.n > 0) {
		path = arena_join(&t->arena, outer->suite, EM_STR("/"));
		path = arena_join(&t->arena, path, title);
	}
	l->suite = unique(r, path);
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = l->suite;
	ev.parent = outer->suite;
	ev.title = title;
	rd_emit(r, &ev);
}

/* Opens levels up to the one given. */
bool
tap_reach(struct em_reader *r, size_t level)
{
	struct tap *t = r->state;

	if (!tap_need_level(r, level))
		return false;
	while (t->depth < level) {
		struct em_str title = take_title(t, t->depth + 1);
		struct tap_level *l = &t->levels[t->depth + 1];
		struct buf heading = l->heading;

		/* A heading at its own indent that it did not take is that of
		 * a subtest in it. */
		l->heading = (struct buf){ .n = 0 };
		tap_clear_level(l);
		l->heading = heading;
		tap_start_suite(r, ++t->depth, title);
	}
	return true;
}

/* ---- events that wait ---- */

void
tap_hold(struct em_reader *r, struct tap_level *l, const struct em_event *ev)
{
	struct tap *t = r->state;
	struct tap_held *h = arena_alloc(&t->arena, sizeof(*h));

	if (h == NULL) {
		r->keep.failed = true;
		return;
	}
	event_copy(&h->ev, ev, &t->arena);
	if (h->ev.line == 0)
		h->ev.line = in_lines(r->in);
	if (l->held == NULL)
		l->held_tail = &l->held;
	*l->held_tail = h;
	l->held_tail = &h->next;
}

/* Sends what was held; with excuse, failures are set aside. */
void
tap_release(struct em_reader *r, struct tap_level *l, const char *excuse)
{
	struct tap *t = r->state;

	for (struct tap_held *h = l->held; h != NULL; h = h->next) {
		if (h->ev.outcome == EM_FAIL && excuse != NULL) {
			bool test = h->ev.kind == EM_CASE_COMPLETE;

			h->ev.outcome = test ? EM_SKIP : EM_NONE;
			h->ev.status = test ? EM_STR("xfail") : h->ev.status;
			h->ev.reason = em_str(excuse);
		}
		t->failed |= h->ev.outcome == EM_FAIL;
		rd_emit(r, &h->ev);
	}
	l->held = NULL;
}

/* Why the points of a level are not those of its plan; absent: they are. */
static struct em_str
mismatch(struct arena *a, const struct tap_level *l)
{
	static const struct em_str none;
	int64_t planned;

	if (l->first == EM_UNSET)
		return EM_STR("there is no plan");
	planned = l->last - l->first + 1;
	if (l->count != planned)
		return arena_printf(a,
		    "%lld tests were planned, and %lld were run",
		    (long long)planned, (long long)l->count);
	if (l->count > 0 && (l->min_id < l->first || l->max_id > l->last))
		return arena_printf(a,
		    "test %lld is not in the plan %lld..%lld",
		    (long long)(l->min_id < l->first ? l->min_id : l->max_id),
		    (long long)l->first, (long long)l->last);
	if (l->twice != EM_UNSET)
		return arena_printf(
		    a, "test %lld came twice", (long long)l->twice);
	if (l->straggler)
		return EM_STR("there are tests before and behind the plan");
	return none;
}

/* The innermost subtest ends, and its suite when nothing of it waits. */
void
tap_pop(struct em_reader *r, const char *excuse)
{
	struct tap *t = r->state;
	struct tap_level *l = &t->levels[t->depth], *outer = l - 1;
	struct em_event ev;

	if (excuse != NULL)
		tap_release(r, l, excuse);
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = l->suite;
	if (excuse == NULL && l->first != EM_UNSET)
		ev.reason = mismatch(&t->arena, l);
	if (ev.reason.p != NULL)
		ev.outcome = EM_FAIL;
	if (l->held == NULL && ev.outcome == EM_NONE) {
		rd_emit(r, &ev);
	} else {
		tap_hold(r, l, &ev);
		if (outer->held == NULL)
			outer->held = l->held;
		else
			*outer->held_tail = l->held;
		outer->held_tail = l->held_tail;
		l->held = NULL;
	}
	tap_clear_level(l);
	t->depth--;
}

/* Ends the subtests deeper than level; what they hold goes up to it. */
void
tap_pop_to(struct em_reader *r, size_t level, const char *excuse)
{
	struct tap *t = r->state;

	while (t->depth > level)
		tap_pop(r, excuse);
}

/* ---- documents ---- */

void
tap_fail(struct em_reader *r, struct em_str why)
{
	struct tap *t = r->state;
	struct em_event ev;

	em_event_init(&ev, EM_LOG);
	ev.flags = EM_F_SYNTHETIC;
	ev.level = EM_STR("error");
	ev.suite = t->levels[0].suite;
	ev.text = why;
	rd_emit(r, &ev);
	t->failed = true;
}

void
tap_begin(struct em_reader *r)
{
	static const struct em_str none;
	struct tap *t = r->state;

	if (t->begun)
		return;
	t->begun = true;
	t->documents = 1;
	t->unit = 4;
	arena_init(&t->arena, r->opts.limits.memory_max);
	buf_init(&t->diag, TEXT_MAX);
	buf_init(&t->yaml, TEXT_MAX);
	buf_init(&t->prove.file, TEXT_MAX);
	buf_init(&t->prove.said, TEXT_MAX);
	tap_need_level(r, 0);
	rd_protocol(r, EM_STR("TAP"), none);
	rd_simple(r, EM_RUN_START);
}

void
tap_plan(struct em_reader *r, size_t level, const struct tap_line *line)
{
	struct tap *t = r->state;
	struct tap_level *l;
	struct em_event ev;

	tap_flush(r);
	if (level > t->depth && !tap_reach(r, level))
		return;
	l = &t->levels[level];
	if (l->first != EM_UNSET) {
		l->next_first = line->first;
		l->next_last = line->last;
		return;
	}
	l->first = line->first;
	l->last = line->last;
	l->planned_late = l->count > 0;
	if (line->reason.n == 0)
		return;
	em_event_init(&ev, EM_LOG);
	ev.suite = l->suite;
	ev.text = line->text;
	rd_emit(r, &ev);
}

struct em_str
tap_top_name(struct tap *t)
{
	static const struct em_str none;

	if (t->prove.any)
		return t->prove.entered && t->prove.open
		    ? arena_dup(&t->arena, buf_str(&t->prove.file))
		    : none;
	return t->documents > 1 ? arena_printf(&t->arena, "%u", t->documents)
				: none;
}

void
tap_end_document(struct em_reader *r)
{
	struct tap *t = r->state;
	struct em_event ev;
	struct em_str why;

	tap_flush(r);
	tap_close_braces(r, 0);
	tap_pop_to(r, 0, NULL);
	tap_release(r, &t->levels[0], NULL);
	/* Without -v, prove says nothing of points. */
	if (t->prove.any && !t->prove.entered)
		return;
	why = mismatch(&r->arena, &t->levels[0]);
	if (!t->bailed && why.p != NULL)
		tap_fail(r, why);
	if (t->levels[0].suite.p == NULL)
		return;
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = t->levels[0].suite;
	rd_emit(r, &ev);
}

void
tap_restart(struct em_reader *r)
{
	struct tap *t = r->state;
	struct tap_level *l;
	int64_t first, last;
	struct em_event ev;

	tap_end_document(r);
	l = &t->levels[0];
	first = l->next_first;
	last = l->next_last;
	tap_clear_level(l);
	l->first = first;
	l->last = last;
	t->documents++;
	l->suite = tap_top_name(t);
	unique(r, l->suite);
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = l->suite;
	rd_emit(r, &ev);
}

void
tap_bail(struct em_reader *r, struct em_str reason)
{
	struct tap *t = r->state;
	struct em_event ev;

	tap_flush(r);
	em_event_init(&ev, EM_RUN_CANCEL);
	if (reason.n > 0)
		ev.reason = reason;
	rd_emit(r, &ev);
	t->bailed = t->failed = true;
}

void
tap_end(struct em_reader *r)
{
	struct tap *t = r->state;
	struct em_event ev;

	tap_prove_end(r);
	tap_end_document(r);
	if (t->prove.any && !t->prove.whole) {
		rd_cut(r, "what prove says has no end");
		return;
	}
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = t->failed ? EM_FAIL : EM_PASS;
	if (t->bailed)
		ev.status = EM_STR("abort");
	rd_emit(r, &ev);
}

void
tap_free(struct em_reader *r)
{
	struct tap *t = r->state;

	for (size_t i = 0; i < t->room; i++)
		buf_free(&t->levels[i].heading);
	free(t->levels);
	table_free(&t->suites);
	table_free(&t->ids);
	if (!t->begun)
		return;
	buf_free(&t->diag);
	buf_free(&t->yaml);
	buf_free(&t->prove.file);
	buf_free(&t->prove.said);
	arena_free(&t->arena);
}
