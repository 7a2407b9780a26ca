/* SPDX-License-Identifier: MIT */
/*
 * What becomes of points.  A point is a case; a subtest is a suite of cases,
 * called by the path of its titles, and its closing point is a case too.
 *
 * Where the closing point is a skip or a todo, failures below it break
 * nothing.  So a point below that is not ok is told of at once, but its
 * completion is held until the points above it have decided.
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

static void
clear_level(struct tap_level *l)
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
static bool
need_level(struct em_reader *r, size_t level)
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
		clear_level(&l[t->room]);
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

static void
start_suite(struct em_reader *r, size_t level, struct em_str title)
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
static bool
reach(struct em_reader *r, size_t level)
{
	struct tap *t = r->state;

	if (!need_level(r, level))
		return false;
	while (t->depth < level) {
		struct em_str title = take_title(t, t->depth + 1);
		struct tap_level *l = &t->levels[t->depth + 1];
		struct buf heading = l->heading;

		/* A heading at its own indent that it did not take is that of
		 * a subtest in it. */
		l->heading = (struct buf){ .n = 0 };
		clear_level(l);
		l->heading = heading;
		start_suite(r, ++t->depth, title);
	}
	return true;
}

/* ---- events that wait ---- */

static void
hold(struct em_reader *r, struct tap_level *l, const struct em_event *ev)
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
static void
release(struct em_reader *r, struct tap_level *l, const char *excuse)
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
	int64_t planned = l->last - l->first + 1;

	if (l->first == EM_UNSET)
		return EM_STR("there is no plan");
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
static void
pop(struct em_reader *r, const char *excuse)
{
	struct tap *t = r->state;
	struct tap_level *l = &t->levels[t->depth], *outer = l - 1;
	struct em_event ev;

	if (excuse != NULL)
		release(r, l, excuse);
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = l->suite;
	if (excuse == NULL && l->first != EM_UNSET)
		ev.reason = mismatch(&t->arena, l);
	if (ev.reason.p != NULL)
		ev.outcome = EM_FAIL;
	if (l->held == NULL && ev.outcome == EM_NONE) {
		rd_emit(r, &ev);
	} else {
		hold(r, l, &ev);
		if (outer->held == NULL)
			outer->held = l->held;
		else
			*outer->held_tail = l->held;
		outer->held_tail = l->held_tail;
		l->held = NULL;
	}
	clear_level(l);
	t->depth--;
}

/* Ends the subtests deeper than level; what they hold goes up to it. */
static void
pop_to(struct em_reader *r, size_t level, const char *excuse)
{
	struct tap *t = r->state;

	while (t->depth > level)
		pop(r, excuse);
}

/* ---- points ---- */

static void
init(struct em_reader *r, struct em_event *ev, enum em_kind kind,
    const struct tap_point *p)
{
	struct tap *t = r->state;

	em_event_init(ev, kind);
	ev->line = p->line;
	ev->suite = t->levels[p->level].suite;
	ev->name = p->name;
}

static void
send_message(struct em_reader *r, const struct em_event *id,
    const struct tap_diag *d, struct em_str detail, bool error)
{
	struct em_event ev = *id;

	ev.kind = EM_CASE_MESSAGE;
	ev.message_kind = error ? EM_STR("error") : EM_STR("note");
	ev.message = d->message;
	ev.type = d->type;
	ev.code = d->code;
	ev.expected = d->expected;
	ev.actual = d->actual;
	ev.location = d->location;
	if (detail.n > 0 && !em_str_eq(detail, d->message))
		ev.detail = detail;
	rd_emit(r, &ev);
}

/* What is said behind a point; error: it counts as failed. */
static void
diagnose(struct em_reader *r, const struct tap_point *p,
    const struct em_event *id, bool error, struct tap_diag *d)
{
	struct em_str yaml = p->yaml, said = p->diag;
	struct tap_diag comments;

	tap_yaml(&r->arena, yaml, r->opts.limits.depth_max, d);
	while (str_ends(yaml, "\n"))
		yaml.n--;
	while (str_ends(said, "\n"))
		said.n--;
	if (yaml.n > 0 && d->more)
		send_message(r, id, d, yaml, error);
	if (said.n == 0)
		return;
	tap_comments(&r->arena, said, &comments);
	send_message(
	    r, id, &comments, said, error && (yaml.n == 0 || !d->more));
}

static void
conclude(const struct tap_point *p, struct em_event *ev)
{
	ev->kind = EM_CASE_COMPLETE;
	ev->duration_ns = p->duration;
	ev->reason = p->reason.n > 0 ? p->reason : ev->reason;
	if (p->directive == TAP_SKIP) {
		ev->outcome = EM_SKIP;
		return;
	}
	ev->outcome = p->ok ? EM_PASS : EM_FAIL;
	if (p->directive == TAP_NO_DIRECTIVE)
		return;
	/* A todo that is done, or one that is not: neither breaks anything. */
	if (p->ok)
		ev->status = EM_STR("xpass");
	else
		ev->outcome = EM_SKIP;
	if (!p->ok)
		ev->status = EM_STR("todo");
}

/* What a closing point excuses below it; NULL: nothing. */
static const char *
excuse_of(const struct tap_point *p)
{
	return p->directive == TAP_NO_DIRECTIVE
	    ? NULL
	    : "below a test point that is skip or todo";
}

static void
send_point(struct em_reader *r, const struct tap_point *p)
{
	struct tap *t = r->state;
	struct tap_level *l = &t->levels[p->level];
	struct em_event ev;
	struct tap_diag d;

	init(r, &ev, EM_CASE_START, p);
	rd_repeat(r, &ev);
	rd_emit(r, &ev);
	diagnose(r, p, &ev, !p->ok && p->directive == TAP_NO_DIRECTIVE, &d);
	conclude(p, &ev);
	if (d.duration != EM_UNSET)
		ev.duration_ns = d.duration;
	if (d.timeout && ev.outcome == EM_FAIL)
		ev.status = EM_STR("timeout");
	if (ev.outcome == EM_FAIL && p->level > 0)
		hold(r, l, &ev);
	else
		rd_emit(r, &ev);
	t->failed |= ev.outcome == EM_FAIL && p->level == 0;
	l->count++;
}

/* Nothing is open at the top, so nothing refers to old memory. */
static void
forget(struct tap *t)
{
	struct em_str top = t->levels[0].suite;

	if (t->depth > 0 || t->point != NULL)
		return;
	/* The name of a later document is made again. */
	t->levels[0].suite = (struct em_str){ NULL, 0 };
	arena_reset(&t->arena);
	if (top.p != NULL)
		t->levels[0].suite =
		    arena_printf(&t->arena, "%u", t->documents);
}

/* The buffers are for the next point. */
static void
keep_diagnostics(struct tap *t, struct tap_point *p)
{
	if (t->yaml.n > 0)
		p->yaml = arena_dup(&t->arena, buf_str(&t->yaml));
	if (t->diag.n > 0)
		p->diag = arena_dup(&t->arena, buf_str(&t->diag));
	buf_reset(&t->yaml);
	buf_reset(&t->diag);
	t->in_yaml = t->had_yaml = false;
}

void
tap_flush(struct em_reader *r)
{
	struct tap *t = r->state;
	struct tap_point *p = t->point;
	const char *excuse;

	if (p == NULL)
		return;
	keep_diagnostics(t, p);
	excuse = excuse_of(p);
	pop_to(r, p->level, excuse);
	if (p->level == 0)
		release(r, &t->levels[0], NULL);
	send_point(r, p);
	t->point = NULL;
	forget(t);
}

/* Another document begins when a plan was kept for it, or when the plan of
 * this one came behind its points, and counting starts again. */
static bool
is_restart(const struct tap_level *l, int64_t id)
{
	if (id != 1 || l->count == 0 || l->first == EM_UNSET)
		return false;
	return (l->planned_late || l->next_first != EM_UNSET) &&
	    l->next_id == l->last + 1;
}

/* Ids come one after another as a rule, and then need no memory. */
static void
take_id(struct em_reader *r, size_t level, int64_t id)
{
	struct tap *t = r->state;
	struct tap_level *l = &t->levels[level];
	const struct em_str doc = { (const char *)&id, sizeof(id) };
	uint64_t *seen;

	l->next_id = id < INT64_MAX ? id + 1 : id;
	l->min_id = id < l->min_id ? id : l->min_id;
	l->max_id = id > l->max_id ? id : l->max_id;
	if (l->run_first == EM_UNSET)
		l->run_first = l->run_next = id;
	if (id == l->run_next && id < INT64_MAX) {
		l->run_next++;
		return;
	}
	if (level > 0)
		return; /* what closes it tells */
	seen = table_at(&t->ids, table_key(&doc, 1, t->documents));
	if (seen == NULL)
		r->keep.failed = true;
	else if (++*seen > 1 || (id >= l->run_first && id < l->run_next))
		l->twice = l->twice == EM_UNSET ? id : l->twice;
}

/* Subtests in braces that nothing closed, and that a line ends at level. */
static void
close_braces(struct em_reader *r, size_t level)
{
	struct tap *t = r->state;

	for (size_t i = t->depth; i > level; i--)
		if (t->levels[i].point != NULL && i <= t->depth)
			tap_close(r, i - 1);
}

void
tap_take_point(struct em_reader *r, size_t level, const struct tap_line *line)
{
	struct tap *t = r->state;
	struct tap_level *l;
	struct tap_point *p;
	int64_t id = line->id;

	tap_flush(r);
	close_braces(r, level);
	if (level == 0 && t->depth == 0 && is_restart(&t->levels[0], id))
		tap_restart(r);
	if (level > t->depth && !reach(r, level))
		return;
	l = &t->levels[level];
	if (id == EM_UNSET)
		id = l->next_id;
	take_id(r, level, id);
	l->straggler |= l->planned_late;
	p = arena_alloc(&t->arena, sizeof(*p));
	if (p == NULL)
		return;
	*p = (struct tap_point){
		.name = arena_dup(&t->arena, line->name),
		.reason = arena_dup(&t->arena, line->reason),
		.directive = line->directive,
		.duration = line->duration,
		.level = level,
		.line = in_lines(r->in),
		.ok = line->ok,
		.brace = line->brace,
	};
	if (p->name.n == 0)
		p->name = arena_printf(&t->arena, "%lld", (long long)id);
	for (size_t i = level; i < t->room; i++)
		buf_reset(&t->levels[i].heading);
	t->point = p;
}

void
tap_title(struct em_reader *r, size_t level, struct em_str title)
{
	struct tap *t = r->state;
	struct buf *b;

	tap_flush(r);
	if (!need_level(r, level + 1))
		return;
	b = &t->levels[level].heading;
	/* A second heading where no level is open yet: the first one is that
	 * of the level, this one of a subtest in it. */
	if (b->n > 0 && level > t->depth && !reach(r, level))
		return;
	b = &t->levels[level].heading;
	buf_reset(b);
	buf_add(b, title);
}

/* ---- subtests in braces ---- */

void
tap_open(struct em_reader *r)
{
	struct tap *t = r->state;
	struct tap_point *p = t->point;
	struct tap_level *l;

	if (p == NULL || !need_level(r, p->level + 1))
		return;
	keep_diagnostics(t, p);
	p->brace = false;
	pop_to(r, p->level, excuse_of(p));
	l = &t->levels[p->level + 1];
	clear_level(l);
	l->point = p;
	t->depth = p->level + 1;
	start_suite(r, t->depth, p->name);
	t->point = NULL;
}

void
tap_no_brace(struct em_reader *r)
{
	struct tap *t = r->state;

	struct em_str *end = t->point->directive == TAP_NO_DIRECTIVE
	    ? &t->point->name
	    : &t->point->reason;

	t->point->brace = false;
	*end = arena_join(&t->arena, *end, EM_STR(" {"));
}

void
tap_close(struct em_reader *r, size_t level)
{
	struct tap *t = r->state;

	tap_flush(r);
	if (level >= t->depth)
		return;
	while (t->depth > level + 1)
		pop(r, NULL);
	t->point = t->levels[t->depth].point;
	tap_flush(r);
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
	need_level(r, 0);
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
	if (level > t->depth && !reach(r, level))
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

/* All that is open at the top ends. */
static void
end_document(struct em_reader *r)
{
	struct tap *t = r->state;
	struct em_event ev;
	struct em_str why;

	tap_flush(r);
	close_braces(r, 0);
	pop_to(r, 0, NULL);
	release(r, &t->levels[0], NULL);
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

	end_document(r);
	l = &t->levels[0];
	first = l->next_first;
	last = l->next_last;
	clear_level(l);
	l->first = first;
	l->last = last;
	t->documents++;
	l->suite = arena_printf(&t->arena, "%u", t->documents);
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

	end_document(r);
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
	arena_free(&t->arena);
}
