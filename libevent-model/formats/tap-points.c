/* SPDX-License-Identifier: MIT */
/*
 * Points of TAP: each is a case.  It is sent when the next line shows that
 * nothing more is said about it.
 */
#include <string.h>

#include "tap.h"

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

static void
send_output(struct em_reader *r, const struct em_event *id, const char *stream,
    struct em_str text)
{
	struct em_event ev = *id;

	if (text.n == 0)
		return;
	ev.kind = EM_CASE_OUTPUT;
	ev.stream = em_str(stream);
	ev.text = text;
	rd_emit(r, &ev);
}

/* It says what is a message, and not only how the test ended. */
static bool
has_message(const struct tap_diag *d)
{
	return d->rest || d->detail.n > 0 || d->message.n > 0 ||
	    d->type.n > 0 || d->code.n > 0 || d->expected.n > 0 ||
	    d->actual.n > 0 || d->location.file.n > 0;
}

/* What is said behind a point; error: it counts as failed. */
static void
diagnose(struct em_reader *r, const struct tap_point *p,
    const struct em_event *id, bool error, const struct tap_diag *d)
{
	struct em_str yaml = p->yaml;
	struct em_str said = tap_dedent(&r->arena, p->diag);
	bool message = yaml.n > 0 && d->more && has_message(d);
	struct tap_diag comments;

	while (str_ends(yaml, "\n"))
		yaml.n--;
	while (str_ends(said, "\n"))
		said.n--;
	send_output(r, id, "stdout", d->stdout_text);
	send_output(r, id, "stderr", d->stderr_text);
	send_output(r, id, "combined", d->combined);
	if (message)
		send_message(r, id, d, d->rest ? yaml : d->detail, error);
	if (said.n == 0)
		return;
	tap_comments(&r->arena, said, &comments);
	send_message(r, id, &comments, said, error && !message);
}

/* Words of the protocol alone: others have a status, too. */
static bool
is_status(struct em_str s, enum em_outcome o)
{
	static const char *const of_fail[] = { "error", "timeout", "crash",
		"abort", "exec-fail", "leak", "xpass", "incomplete", "build" };

	if (o == EM_PASS)
		return str_eq(s, "leak");
	for (size_t i = 0; o == EM_FAIL && i < ARRAY_LEN(of_fail); i++)
		if (str_eq(s, of_fail[i]))
			return true;
	return false;
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
send_point(struct em_reader *r, struct tap_point *p)
{
	struct tap *t = r->state;
	struct tap_level *l = &t->levels[p->level];
	struct em_event ev;
	struct em_location none;
	struct tap_diag d;

	init(r, &ev, EM_CASE_START, p);
	none = ev.location;
	p->yaml = tap_dedent(&r->arena, p->yaml);
	tap_yaml(&r->arena, p->yaml, r->opts.limits.depth_max, &d);
	if (d.attempt > 1)
		ev.attempt = d.attempt;
	else if (d.attempt == EM_UNSET)
		rd_repeat(r, &ev);
	if (d.test.file.n > 0)
		ev.location = d.test;
	rd_emit(r, &ev);
	ev.location = none;
	diagnose(r, p, &ev, !p->ok && p->directive == TAP_NO_DIRECTIVE, &d);
	conclude(p, &ev);
	if (d.duration != EM_UNSET)
		ev.duration_ns = d.duration;
	if (ev.status.n == 0 && is_status(d.status, ev.outcome))
		ev.status = d.status;
	if (d.timeout && ev.outcome == EM_FAIL)
		ev.status = EM_STR("timeout");
	if (ev.outcome == EM_FAIL && p->level > 0)
		tap_hold(r, l, &ev);
	else
		rd_emit(r, &ev);
	t->failed |= ev.outcome == EM_FAIL && p->level == 0;
	l->count++;
}

/* Nothing is open at the top, so nothing refers to old memory. */
static void
forget(struct tap *t)
{
	if (t->depth > 0 || t->point != NULL)
		return;
	/* The name of a later document is made again. */
	t->levels[0].suite = (struct em_str){ NULL, 0 };
	arena_reset(&t->arena);
	t->levels[0].suite = tap_top_name(t);
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
	if (p->brace)
		tap_no_brace(r);
	keep_diagnostics(t, p);
	excuse = excuse_of(p);
	tap_pop_to(r, p->level, excuse);
	if (p->level == 0)
		tap_release(r, &t->levels[0], NULL);
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
void
tap_close_braces(struct em_reader *r, size_t level)
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
	tap_close_braces(r, level);
	if (level == 0 && t->depth == 0 && is_restart(&t->levels[0], id))
		tap_restart(r);
	if (level > t->depth && !tap_reach(r, level))
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
	if (!tap_need_level(r, level + 1))
		return;
	b = &t->levels[level].heading;
	/* A second heading where no level is open yet: the first one is that
	 * of the level, this one of a subtest in it. */
	if (b->n > 0 && level > t->depth && !tap_reach(r, level))
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

	if (p == NULL || !tap_need_level(r, p->level + 1))
		return;
	keep_diagnostics(t, p);
	p->brace = false;
	tap_pop_to(r, p->level, excuse_of(p));
	l = &t->levels[p->level + 1];
	tap_clear_level(l);
	l->point = p;
	t->depth = p->level + 1;
	tap_start_suite(r, t->depth, p->name);
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
		tap_pop(r, NULL);
	t->point = t->levels[t->depth].point;
	tap_flush(r);
}
