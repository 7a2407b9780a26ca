/* SPDX-License-Identifier: MIT */
/*
 * What node --test prints for people (its spec reporter), from which results
 * can be had all the same.  Its other reporters are TAP, JUnit, lcov and dot;
 * there is none in JSON.
 *
 * Something with tests in it is announced, and its result follows them; it is
 * a suite here.  Why a test failed is said behind it, or only at the end, and
 * so it waits.
 */
#include <stdlib.h>
#include <string.h>

#include "nodetest.h"

enum { REASON_MAX = 16 * 1024 * 1024 }; /* bytes */

#define SUITE_SEP " > "
#define TEST_AT "test at "

/* Something that failed, and whose reason is not known yet. */
struct failure {
	struct failure *next;
	struct table_key key; /* of its text */
	struct em_str suite, name, why;
	int64_t iteration, duration;
	bool is_suite, todo;
	bool done;
};

struct nodetest {
	struct suites suites;
	struct em_str open[NEST_MAX]; /* paths of suites */
	struct em_str title[NEST_MAX];
	unsigned depth;
	struct failure *first, *last; /* those that wait */
	struct failure *current; /* whose reason the next lines are */
	struct table told; /* keys of those whose reason came at once */
	bool twice; /* the next lines have been told already */
	unsigned current_indent;
	struct buf reason;
	struct em_str at; /* of "test at", for the next one */
	int64_t duration;
	struct opening opening;
	bool begun, failed, tail, complete;
	bool closing;
};

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	struct nodetest_line l = { .mark = NO_MARK };
	struct em_str s;

	while (head.n > 0) {
		if (!str_cut(&head, '\n', &s) && !eof)
			return PROBE_MORE;
		if (str_starts(s, "\x1b["))
			s = str_from(s, (size_t)str_find(s, "m") + 1);
		if (!nodetest_mark(&l, s))
			continue;
		if (l.mark == SAYS && str_starts(l.text, "tests "))
			return PROBE_SURE;
		if (l.mark != SAYS && nodetest_has_fraction(&l))
			return PROBE_SURE;
	}
	return eof ? 0 : PROBE_MORE;
}

/* ---- what failed ---- */

static void
begin_run(struct em_reader *r, struct nodetest *t)
{
	if (t->begun)
		return;
	t->begun = true;
	opening_send(r, &t->opening, none, none);
	rd_simple(r, EM_RUN_START);
}

static struct em_event
about(const struct failure *f, enum em_kind kind)
{
	struct em_event ev;

	em_event_init(&ev, kind);
	ev.suite = f->suite;
	ev.name = f->name;
	ev.iteration = f->iteration;
	return ev;
}

/* "file:12:5" */
static void
locate(struct em_str at, struct em_location *where)
{
	int64_t *const number[] = { &where->column, &where->line };

	for (size_t i = 0; i < ARRAY_LEN(number); i++) {
		size_t n = at.n;

		while (n > 0 && at.p[n - 1] != ':')
			n--;
		if (n == 0 || !str_i64(str_from(at, n), number[i]) ||
		    *number[i] < 1) {
			where->line = where->column = EM_UNSET;
			return;
		}
		at = str_upto(at, n - 1);
	}
	where->file = at;
}

static struct em_str
first_line(struct em_str text)
{
	struct em_str line;

	text = str_trim(text);
	str_cut(&text, '\n', &line);
	return line;
}

/* All of it, now that its reason is known, or will not be. */
static void
emit_failure(struct em_reader *r, struct nodetest *t, struct failure *f)
{
	struct em_str text = str_trim(buf_str(&t->reason));
	struct em_event ev = about(f, EM_CASE_START);

	f->done = true;
	if (table_at(&t->told, f->key) == NULL)
		r->keep.failed = true;
	if (f->is_suite) {
		/* Without a reason of its own, it is that of its tests. */
		if (text.n > 0)
			suites_fail(
			    r, &t->suites, f->suite, none, first_line(text));
		return;
	}
	if (t->at.p != NULL)
		locate(t->at, &ev.location);
	rd_emit(r, &ev);
	if (text.n > 0) {
		ev = about(f, EM_CASE_MESSAGE);
		ev.message_kind = f->todo ? EM_STR("note") : EM_STR("error");
		ev.message = first_line(text);
		if (ev.message.n < text.n)
			ev.detail = text;
		rd_emit(r, &ev);
	}
	ev = about(f, EM_CASE_COMPLETE);
	ev.duration_ns = f->duration;
	ev.outcome = f->todo ? EM_SKIP : EM_FAIL;
	ev.reason = f->why;
	if (f->todo)
		ev.status = EM_STR("todo");
	rd_emit(r, &ev);
}

/* The lines that belonged to the failure are over. */
static void
end_reason(struct em_reader *r, struct nodetest *t)
{
	if (t->current != NULL && !t->current->done &&
	    (str_trim(buf_str(&t->reason)).n > 0 || t->complete))
		emit_failure(r, t, t->current);
	r->keep.failed |= t->reason.failed;
	t->current = NULL;
	buf_reset(&t->reason);
	while (t->first != NULL && t->first->done)
		t->first = t->first->next;
	if (t->first == NULL)
		t->last = NULL;
}

static void
add_failure(struct em_reader *r, struct nodetest *t,
    const struct nodetest_line *l, struct em_str suite, bool is_suite,
    bool todo)
{
	struct failure *f = arena_alloc(&r->keep, sizeof(*f));
	struct em_event ev;

	if (f == NULL)
		return;
	f->key = table_key(&l->text, 1, 0);
	f->suite = suite;
	f->name = is_suite ? none : arena_dup(&r->keep, l->name);
	f->duration = l->duration;
	f->is_suite = is_suite;
	f->todo = todo;
	f->why = todo ? arena_dup(&r->keep, nodetest_reason(l)) : none;
	f->iteration = EM_UNSET;
	if (!is_suite) {
		ev = about(f, EM_CASE_START);
		rd_repeat(r, &ev);
		f->iteration = ev.iteration;
	}
	t->failed |= !todo;
	if (t->last != NULL)
		t->last->next = f;
	else
		t->first = f;
	t->last = f;
	t->current = f;
	t->current_indent = l->level * INDENT + INDENT;
}

/* At the end, those that failed come once more, in the same order. */
static void
again(struct nodetest *t, const struct nodetest_line *l)
{
	struct table_key key = table_key(&l->text, 1, 0);
	struct failure *f = t->first;

	while (f != NULL &&
	    (f->done || f->key.lo != key.lo || f->key.hi != key.hi))
		f = f->next;
	t->current = f;
	t->current_indent = INDENT;
	t->twice = f == NULL && table_get(&t->told, key) != NULL;
}

/* ---- results ---- */

static struct em_str
suite_at(const struct nodetest *t, unsigned level)
{
	if (level > t->depth)
		level = t->depth;
	return level > 0 ? t->open[level - 1] : none;
}

static void
open_suite(
    struct em_reader *r, struct nodetest *t, const struct nodetest_line *l)
{
	unsigned level = l->level < t->depth ? l->level : t->depth;
	struct em_event ev;

	em_event_init(&ev, EM_SUITE_START);
	ev.suite = l->name;
	if (level > 0) {
		ev.parent = t->open[level - 1];
		ev.title = l->name;
		ev.suite = arena_join(&r->arena, ev.parent, EM_STR(SUITE_SEP));
		ev.suite = arena_join(&r->arena, ev.suite, l->name);
	}
	suites_start(r, &t->suites, &ev);
	t->open[level] = arena_dup(&r->keep, ev.suite);
	t->title[level] = arena_dup(&r->keep, l->name);
	t->depth = level + 1;
}

/* False when the line is not the end of a suite. */
static bool
close_suite(
    struct em_reader *r, struct nodetest *t, const struct nodetest_line *l)
{
	struct em_event ev;

	if (l->level >= t->depth || !em_str_eq(t->title[l->level], l->name))
		return false;
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = t->open[l->level];
	ev.duration_ns = l->duration;
	suites_end(r, &t->suites, &ev);
	if (l->mark == FAILED && l->why.p == NULL)
		add_failure(r, t, l, ev.suite, true, false);
	t->depth = l->level;
	return true;
}

static void
emit_result(struct em_reader *r, const struct nodetest *t,
    const struct nodetest_line *l)
{
	struct em_event ev;

	em_event_init(&ev, EM_CASE_START);
	ev.suite = suite_at(t, l->level);
	ev.name = l->name;
	rd_repeat(r, &ev);
	rd_emit(r, &ev);
	ev.kind = EM_CASE_COMPLETE;
	ev.duration_ns = l->duration;
	ev.outcome = l->mark == PASSED ? EM_PASS : EM_SKIP;
	if (l->why.p != NULL && l->mark == PASSED)
		ev.status = EM_STR("xpass");
	ev.reason = nodetest_reason(l);
	rd_emit(r, &ev);
}

/* "tests 17", "fail 5", "duration_ms 380.05" at the end; else a test's. */
static void
on_says(struct em_reader *r, struct nodetest *t, const struct nodetest_line *l)
{
	struct em_str value = l->text, key;
	struct em_event ev;
	int64_t n;

	t->tail |= str_starts(l->text, "tests ");
	if (!t->tail) {
		em_event_init(&ev, EM_LOG);
		ev.text = l->text;
		rd_emit(r, &ev);
		return;
	}
	str_cut(&value, ' ', &key);
	if ((str_eq(key, "fail") || str_eq(key, "cancelled")) &&
	    str_i64(value, &n) && n > 0)
		t->failed = true;
	if (str_eq(key, "duration_ms"))
		t->complete = str_ns(value, 6, &t->duration);
}

static void
on_mark(struct em_reader *r, struct nodetest *t, const struct nodetest_line *l)
{
	begin_run(r, t);
	end_reason(r, t);
	if (l->mark == SAYS)
		on_says(r, t, l);
	else if (t->complete)
		again(t, l);
	else if (l->mark == OPENS && l->duration == EM_UNSET)
		open_suite(r, t, l);
	else if (close_suite(r, t, l))
		return;
	else if (l->mark == TODO || l->mark == FAILED)
		add_failure(r, t, l, suite_at(t, l->level), false,
		    l->mark == TODO || l->why.p != NULL);
	else
		emit_result(r, t, l);
}

/* A name in two lines: the second one has the duration. */
static void
join_name(struct em_reader *r, struct nodetest_line *l)
{
	struct nodetest_line both = *l, next;
	struct em_str s, text = arena_dup(&r->arena, l->text);
	bool lf;

	both.text = text;
	nodetest_split(&both);
	*l = both;
	if (l->mark == SAYS || l->mark == OPENS || l->duration != EM_UNSET ||
	    in_line(r->in, &s, &lf) != EM_OK)
		return;
	s = nodetest_plain(&r->arena, s);
	both.text =
	    arena_join(&r->arena, arena_join(&r->arena, text, EM_STR("\n")), s);
	nodetest_split(&both);
	if (s.n == 0 || s.p[0] == ' ' || nodetest_mark(&next, s) ||
	    both.duration == EM_UNSET)
		in_unline(r->in);
	else
		*l = both;
}

/* Part of the reason of a failure: indented deeper than it, or blank. */
static bool
take_reason(struct nodetest *t, struct em_str s)
{
	size_t indent = 0;

	while (indent < s.n && s.p[indent] == ' ')
		indent++;
	if (t->twice && indent >= INDENT)
		return true;
	if (t->current == NULL || t->reason.n > REASON_MAX)
		return false;
	if (indent < t->current_indent && indent < s.n)
		return false;
	buf_add(&t->reason, str_from(s, t->current_indent));
	buf_add(&t->reason, EM_STR("\n"));
	return true;
}

static enum em_rc
on_line(struct em_reader *r, struct nodetest *t, struct em_str raw)
{
	struct em_str s = nodetest_plain(&r->arena, raw), before;
	struct nodetest_line l = { .mark = NO_MARK };
	enum em_rc rc;

	if (str_ends(s, "\r"))
		s.n--;
	if (t->complete && str_starts(s, TEST_AT)) {
		end_reason(r, t);
		t->at = arena_dup(&r->keep, str_from(s, strlen(TEST_AT)));
		return EM_OK;
	}
	if (nodetest_mark(&l, s)) {
		join_name(r, &l);
		on_mark(r, t, &l);
		return EM_OK;
	}
	if (take_reason(t, s) || str_trim(s).n == 0)
		return EM_OK;
	if (!nodetest_find_mark(&l, s, &before))
		return opening_noise(r, &t->opening, raw);
	rc = opening_noise(r, &t->opening, before);
	if (rc == EM_OK)
		on_mark(r, t, &l);
	return rc;
}

/* ---- the end ---- */

/* Those whose reason was never told. */
static void
flush(struct em_reader *r, struct nodetest *t)
{
	end_reason(r, t);
	t->at = none;
	for (struct failure *f = t->first; f != NULL; f = f->next)
		if (!f->done)
			emit_failure(r, t, f);
	t->first = t->last = NULL;
}

static enum em_rc
finish(struct em_reader *r, struct nodetest *t)
{
	struct em_event ev;

	if (!t->closing) {
		t->closing = true;
		if (!t->begun)
			rd_cut(r, "there are no results in the input");
		flush(r, t);
		return EM_OK;
	}
	if (!t->complete)
		return EM_EOF;
	if (!suites_complete(r, &t->suites))
		return EM_OK;
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = t->failed ? EM_FAIL : EM_PASS;
	ev.duration_ns = t->duration;
	rd_emit(r, &ev);
	t->complete = false;
	return EM_OK;
}

static enum em_rc
nodetest_open(struct em_reader *r)
{
	struct nodetest *t = r->state;

	t->opening.producer = "node";
	buf_init(&t->reason, r->opts.limits.memory_max);
	return EM_OK;
}

static enum em_rc
nodetest_step(struct em_reader *r)
{
	struct nodetest *t = r->state;
	struct em_str line;
	bool lf;
	enum em_rc rc;

	if (t->closing)
		return finish(r, t);
	rc = in_line(r->in, &line, &lf);
	if (rc == EM_EOF)
		return finish(r, t);
	return rc == EM_OK ? on_line(r, t, line) : rc;
}

static void
nodetest_close(struct em_reader *r)
{
	struct nodetest *t = r->state;

	suites_free(&t->suites);
	table_free(&t->told);
	buf_free(&t->reason);
}

const struct em_format format_nodetest = {
	.info = {
		.name = "node-test",
		.title = "node --test, spec reporter",
		.flags = EM_FMT_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct nodetest),
		.open = nodetest_open,
		.step = nodetest_step,
		.close = nodetest_close,
	},
};
