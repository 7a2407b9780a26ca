/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "out.h"
#include "select.h"
#include "splice.h"

enum { DEPTH_MAX = 65536 };

static const size_t memory_max_default = (size_t)1 << 30;

static enum em_rc
no_memory(struct em_select *s)
{
	return err_set(&s->err, EM_E_MEMORY, 0, "out of memory");
}

/* ---- the expression ---- */

/* One leaf about the name for each string of the list, united with tree,
 * which may be NULL.  False when out of memory. */
static bool
add_names(struct em_filter *f, const char *const *names, enum filter_how how,
    struct filter_node **tree)
{
	for (; names != NULL && *names != NULL; names++) {
		struct filter_node *n = filter_leaf(f, F_NAME);

		if (n == NULL)
			return false;
		n->match.how = how;
		n->match.text = arena_dup(&f->arena, em_str(*names));
		*tree = *tree == NULL ? n : filter_join(f, OP_OR, *tree, n);
		if (*tree == NULL || n->match.text.p == NULL)
			return false;
	}
	return true;
}

static bool
add_exprs(struct em_filter *f, const char *const *exprs,
    struct filter_node **tree, struct em_error *err, size_t *column)
{
	for (; exprs != NULL && *exprs != NULL; exprs++) {
		struct filter_node *n = filter_parse(f, *exprs, err, column);

		if (n == NULL)
			return false;
		*tree = *tree == NULL ? n : filter_join(f, OP_OR, *tree, n);
		if (*tree == NULL)
			return false;
	}
	return true;
}

static bool
add_list(
    struct em_filter *f, const struct em_strs *list, struct filter_node **tree)
{
	struct filter_node *n;

	if (list == NULL)
		return true;
	n = filter_leaf(f, F_LIST);
	if (n == NULL)
		return false;
	n->list = filter_list_new(list);
	*tree = *tree == NULL ? n : filter_join(f, OP_OR, *tree, n);
	return n->list != NULL && *tree != NULL;
}

/* (exprs or exact or list), or all; inverted if so wanted; without skip. */
static bool
build_filter(struct em_select *s, struct em_error *err, size_t *column)
{
	const struct em_select_opts *o = &s->opts;
	struct em_filter *f = filter_new();
	struct filter_node *tree = NULL, *skip = NULL;

	s->filter = f;
	if (f == NULL || !add_exprs(f, o->exprs, &tree, err, column) ||
	    !add_names(f, o->exact, MATCH_EQUAL, &tree) ||
	    !add_list(f, o->list, &tree) ||
	    !add_names(f, o->skip, MATCH_CONTAINS, &skip))
		return false;
	if (tree == NULL)
		tree = filter_leaf(f, F_ALL);
	if (o->invert)
		tree = filter_join(f, OP_NOT, tree, NULL);
	if (skip != NULL)
		tree = filter_join(
		    f, OP_AND, filter_join(f, OP_NOT, skip, NULL), tree);
	f->root = tree;
	return tree != NULL;
}

struct em_select *
em_select_new(
    const struct em_select_opts *opts, struct em_error *err, size_t *column)
{
	struct em_select *s = calloc(1, sizeof(*s));
	struct em_error e = { 0 };
	size_t at = 0;

	if (s == NULL)
		goto fail;
	s->opts = *opts;
	if (s->opts.memory_max == 0)
		s->opts.memory_max = memory_max_default;
	hold_init(&s->pool, s->opts.memory_max);
	arena_init(&s->arena, s->opts.memory_max);
	arena_init(&s->view.arena, s->opts.memory_max);
	s->scan.arena = &s->arena;
	s->scan.depth_max = DEPTH_MAX;
	em_event_init(&s->bare, EM_UNKNOWN);
	s->recent = calloc(SEL_RECENT, sizeof(*s->recent));
	if (s->recent != NULL && build_filter(s, &e, &at)) {
		sel_prepare(s);
		return s;
	}
fail:
	err_set(&e, EM_E_MEMORY, 0, "out of memory");
	if (err != NULL)
		*err = e;
	if (column != NULL)
		*column = at;
	em_select_free(s);
	return NULL;
}

/* ---- what goes out ---- */

static enum em_rc
emit(struct em_select *s, const struct em_event *ev)
{
	if (s->opts.emit(s->opts.arg, ev) == EM_OK)
		return EM_OK;
	s->stopped = true;
	return EM_ERR;
}

/* Did the case that encloses that of ev go out?  One that was never seen is
 * none of our doing. */
static bool
parent_is_out(const struct em_select *s, const struct sel_suite *suite,
    const struct em_event *ev)
{
	struct table_key key = sel_key(suite, ev, ev->parent);
	const struct sel_case *c = roll_find(&s->cases, key);
	struct sel_mark m;

	if (c != NULL)
		return c->state == SEL_SELECTED;
	m = sel_recall(s, suite, key);
	return m.known ? m.selected : !suite->run->removed;
}

/* LIF-2: a parent is a case that has started; one that was removed is not
 * named. */
static enum em_rc
emit_child(struct em_select *s, const struct sel_suite *suite,
    const struct em_event *ev)
{
	static const struct splice no_parent = { .key = "parent" };
	struct em_event copy;

	s->nested = true;
	if (parent_is_out(s, suite, ev))
		return emit(s, ev);
	copy = *ev;
	copy.parent = (struct em_str){ NULL, 0 };
	if (ev->raw.p != NULL) {
		copy.raw = splice(&s->arena, ev->raw, &no_parent, 1);
		if (copy.raw.p == NULL)
			return no_memory(s);
	}
	return emit(s, &copy);
}

static enum em_rc
emit_case(struct em_select *s, const struct sel_suite *suite,
    const struct em_event *ev)
{
	if (ev->parent.p != NULL &&
	    (ev->kind == EM_CASE_START || ev->kind == EM_DISCOVER_CASE))
		return emit_child(s, suite, ev);
	return emit(s, ev);
}

static enum em_rc
emit_line(struct em_select *s, const struct sel_suite *suite,
    const struct held_line *l)
{
	if (s->opts.raw && (!s->nested || suite == NULL)) {
		s->bare.kind = l->kind;
		s->bare.line = l->number;
		s->bare.raw = l->line;
		return emit(s, &s->bare);
	}
	arena_reset(&s->arena);
	if (!scan_line(&s->scan, l->line, &s->scanned))
		return no_memory(s);
	s->scanned.line = l->number;
	s->scanned.raw = l->line;
	return suite != NULL ? emit_case(s, suite, &s->scanned)
			     : emit(s, &s->scanned);
}

static enum em_rc
emit_held(
    struct em_select *s, const struct sel_suite *suite, struct held *lines)
{
	struct held_at at = { NULL, 0 };
	struct held_line l;
	enum em_rc rc = EM_OK;

	while (rc == EM_OK && hold_next(lines, &at, &l))
		rc = emit_line(s, suite, &l);
	hold_drop(&s->pool, lines);
	return rc;
}

/* ---- what is held ---- */

/* The line of an event that came without one. */
static struct em_str
line_of(struct em_select *s, const struct em_event *ev)
{
	struct em_str line;

	if (s->text == NULL) {
		s->text = em_out_mem();
		if (s->text != NULL)
			s->writer = em_writer_open(NULL, s->text, &s->err);
	}
	if (s->writer == NULL)
		return (struct em_str){ NULL, 0 };
	out_rewind(s->text);
	if (em_writer_event(s->writer, ev) != EM_OK)
		return (struct em_str){ NULL, 0 };
	line = em_out_memory(s->text);
	return str_upto(line, line.n - 1);
}

static enum em_rc
hold(struct em_select *s, struct held *lines, const struct em_event *ev)
{
	struct em_str line = ev->raw.p != NULL ? ev->raw : line_of(s, ev);

	if (ev->parent.p != NULL)
		s->nested = true;
	if (line.p == NULL)
		return no_memory(s);
	if (hold_add(&s->pool, lines, ev->kind, ev->line, line))
		return EM_OK;
	return err_set(&s->err, EM_E_LIMIT, 0,
	    "cases that are not decided yet need more than the limit of %zu "
	    "bytes",
	    s->opts.memory_max);
}

/* ---- decisions ---- */

static enum em_rc
select_case(struct em_select *s, struct sel_case *c)
{
	c->state = SEL_SELECTED;
	s->count++;
	return emit_held(s, c->suite, &c->lines);
}

static void
drop_case(struct em_select *s, struct sel_case *c)
{
	c->state = SEL_DROPPED;
	c->suite->removed = c->suite->run->removed = true;
	hold_drop(&s->pool, &c->lines);
}

static enum em_rc
decide(struct em_select *s, struct sel_case *c, const struct em_event *ev,
    enum filter_phase phase)
{
	enum filter_tri v = sel_ask(s, c, ev, phase);

	if (s->err.code != EM_E_NONE)
		return EM_ERR;
	if (v == FILTER_YES)
		return select_case(s, c);
	/* A retry may say what this attempt did not. */
	if (v == FILTER_NO &&
	    !(phase == PHASE_ENDED && ev != NULL && c->ran &&
		c->outcome == EM_FAIL))
		drop_case(s, c);
	return EM_OK;
}

/* The end of a case without an event that says so. */
static enum em_rc
end_case(struct em_select *s, struct sel_case *c)
{
	struct sel_run *run = c->suite->run;
	enum em_rc rc = EM_OK;

	if (c->state == SEL_HELD && c->completed)
		drop_case(s, c);
	if (c->state == SEL_HELD)
		rc = decide(s, c, NULL, PHASE_ENDED);
	if (c->ran && !c->completed) {
		c->outcome = EM_FAIL;
		run->failing = true;
	} else if (!c->ran && !c->unselected) {
		run->failing = true;
		run->missed |= c->state == SEL_SELECTED;
	}
	if (c->state == SEL_SELECTED)
		sel_count(c->suite, c->counted, c->outcome);
	sel_close(s, c);
	return rc;
}

/* After the completion of its newest attempt, or of its discovery when there
 * is nothing more to wait for. */
static void
close_case(struct em_select *s, struct sel_case *c)
{
	struct sel_mark mark = { true, c->state == SEL_SELECTED, c->outcome };

	if (c->ran) {
		if (mark.selected)
			sel_count(c->suite, c->counted, c->outcome);
		sel_remember(s, c->suite, c->entry.key, mark);
	}
	sel_close(s, c);
}

/* ---- events of cases ---- */

static enum em_outcome
worse(enum em_outcome was, enum em_outcome is)
{
	if (is == EM_NONE || is == EM_INVALID)
		is = EM_FAIL;
	if (was == EM_FAIL || is == EM_FAIL)
		return EM_FAIL;
	return was == EM_PASS || is == EM_PASS ? EM_PASS : EM_SKIP;
}

static void
new_attempt(struct sel_case *c, int64_t attempt)
{
	/* An attempt that was never completed has failed. */
	if (c->ran && (!c->completed || c->outcome == EM_FAIL))
		c->failed = true;
	c->ran = true;
	c->completed = false;
	c->outcome = EM_NONE;
	c->start_ns = EM_UNSET;
	c->attempt = attempt;
	c->attempts++;
}

/* Takes down what the record has of an event.  True when the newest attempt
 * has completed with it. */
static bool
note(struct sel_case *c, const struct em_event *ev)
{
	int64_t attempt = ev->attempt == EM_UNSET ? 1 : ev->attempt;

	if (ev->kind == EM_DISCOVER_CASE) {
		c->unselected = ev->selected == EM_FALSE;
		return false;
	}
	if (!c->ran || attempt > c->attempt)
		new_attempt(c, attempt);
	switch (ev->kind) {
	case EM_CASE_START:
		if (attempt == c->attempt)
			c->start_ns = ev->elapsed_ns;
		return false;
	case EM_CASE_SLOW:
		c->slow = true;
		return false;
	case EM_CASE_COMPLETE:
		break;
	default:
		return false;
	}
	if (attempt < c->attempt) {
		c->failed |= worse(EM_NONE, ev->outcome) == EM_FAIL;
		return false;
	}
	c->outcome = c->completed ? worse(c->outcome, ev->outcome)
				  : worse(EM_SKIP, ev->outcome);
	c->completed = true;
	c->suite->run->failing |= c->outcome == EM_FAIL;
	return true;
}

static enum filter_phase
phase_of(const struct sel_case *c, const struct em_event *ev, bool ended)
{
	/* What is not going to run has nothing more to say. */
	if (ended || (ev->kind == EM_DISCOVER_CASE && c->unselected))
		return PHASE_ENDED;
	return ev->kind == EM_DISCOVER_CASE ? PHASE_IDENTITY : PHASE_STARTED;
}

/* An event of an open case; first when it opens it. */
static enum em_rc
case_event(struct em_select *s, struct sel_case *c, const struct em_event *ev,
    bool first)
{
	bool ended = note(c, ev);
	enum filter_phase phase = phase_of(c, ev, ended);
	uint32_t asks = s->filter->kinds;
	enum em_rc rc = EM_OK;

	if (c->state == SEL_HELD &&
	    (phase == PHASE_ENDED || (asks & 1u << ev->kind) ||
		(first && asks != 0)))
		rc = decide(s, c, ev, phase);
	if (rc != EM_OK)
		return rc;
	if (c->state == SEL_SELECTED)
		rc = emit_case(s, c->suite, ev);
	else if (c->state == SEL_HELD)
		rc = hold(s, &c->lines, ev);
	if (ended
		? c->state != SEL_HELD
		: !c->ran && (c->state == SEL_DROPPED || phase == PHASE_ENDED))
		close_case(s, c);
	return rc;
}

static struct sel_case *
open_case(struct em_select *s, struct sel_suite *suite, struct table_key key)
{
	struct sel_case *c = sel_open(s, suite, key);

	if (c == NULL)
		no_memory(s);
	return c;
}

/* A case that completed says something that changes its outcome. */
static enum em_rc
late_outcome(struct em_select *s, struct sel_suite *suite, struct table_key key,
    struct sel_mark m, const struct em_event *ev)
{
	enum em_outcome outcome = ev->kind == EM_CASE_COMPLETE
	    ? worse(m.outcome, ev->outcome)
	    : EM_FAIL;
	struct sel_case *c;
	enum em_rc rc;

	suite->run->failing |= outcome == EM_FAIL;
	if (m.selected) {
		sel_count(suite, m.outcome, outcome);
		m.outcome = outcome;
		sel_remember(s, suite, key, m);
		return emit_case(s, suite, ev);
	}
	c = open_case(s, suite, key);
	if (c == NULL)
		return EM_ERR;
	note(c, ev);
	c->completed = true;
	c->outcome = outcome;
	rc = decide(s, c, ev, PHASE_ENDED);
	if (rc == EM_OK && c->state == SEL_SELECTED)
		rc = emit_case(s, suite, ev);
	else
		drop_case(s, c);
	close_case(s, c);
	return rc;
}

/* An event of a case that has completed. */
static enum em_rc
late_event(struct em_select *s, struct sel_suite *suite, struct table_key key,
    struct sel_mark m, const struct em_event *ev)
{
	struct sel_case *c;

	if ((ev->kind == EM_CASE_MESSAGE && str_eq(ev->message_kind, "error") &&
		m.outcome != EM_FAIL) ||
	    (ev->kind == EM_CASE_COMPLETE &&
		worse(m.outcome, ev->outcome) != m.outcome))
		return late_outcome(s, suite, key, m, ev);
	if (ev->kind != EM_CASE_START) {
		if (m.selected)
			return emit_case(s, suite, ev);
		suite->removed = suite->run->removed = true;
		return EM_OK;
	}
	c = open_case(s, suite, key);
	if (c == NULL)
		return EM_ERR;
	if (m.selected) {
		c->state = SEL_SELECTED;
		c->counted = m.outcome;
	}
	c->failed = m.outcome == EM_FAIL;
	return case_event(s, c, ev, true);
}

static enum em_rc
any_case_event(struct em_select *s, const struct em_event *ev)
{
	struct sel_suite *suite = sel_suite_at(s, ev);
	struct table_key key;
	struct sel_case *c;
	struct sel_mark m;

	if (suite == NULL)
		return no_memory(s);
	key = sel_key(suite, ev, ev->name);
	c = roll_find(&s->cases, key);
	if (c != NULL)
		return case_event(s, c, ev, false);
	m = sel_recall(s, suite, key);
	if (m.known)
		return late_event(s, suite, key, m, ev);
	c = open_case(s, suite, key);
	return c != NULL ? case_event(s, c, ev, true) : EM_ERR;
}

/* ---- runs and suites ---- */

static bool
copy_properties(
    struct arena *a, struct em_pairs *to, const struct em_pairs *from)
{
	struct em_pair *v;

	if (from->n == 0)
		return true;
	v = arena_alloc(a, from->n * sizeof(*v));
	if (v == NULL)
		return false;
	for (size_t i = 0; i < from->n; i++)
		v[i] = (struct em_pair){ arena_dup(a, from->v[i].key),
			arena_dup(a, from->v[i].value), from->v[i].json };
	*to = (struct em_pairs){ v, from->n };
	return !a->failed;
}

static bool
wants_properties(const struct em_select *s)
{
	return s->filter->needs & EM_KEEP_DETAILS;
}

static enum em_rc
run_start(struct em_select *s, const struct em_event *ev)
{
	struct sel_run *run = sel_run_at(s, ev->run);
	enum em_rc rc;

	if (run == NULL ||
	    (wants_properties(s) &&
		!copy_properties(
		    &run->arena, &run->properties, &ev->properties)))
		return no_memory(s);
	run->started = true;
	rc = emit_held(s, NULL, &run->listed);
	return rc == EM_OK ? emit(s, ev) : rc;
}

static enum em_rc
suite_start(struct em_select *s, const struct em_event *ev)
{
	struct sel_suite *suite = sel_suite_at(s, ev);

	if (suite == NULL ||
	    (wants_properties(s) &&
		!copy_properties(
		    &suite->arena, &suite->properties, &ev->properties)))
		return no_memory(s);
	suite->started = true;
	return emit(s, ev);
}

/* A listing is complete with discover_complete, so that waits for cases that
 * are not decided, until a run_start shows that this is no listing. */
static enum em_rc
discover_complete(struct em_select *s, const struct em_event *ev)
{
	struct sel_run *run = sel_run_find(s, ev->run);

	if (run == NULL || run->started)
		return emit(s, ev);
	for (const struct sel_suite *u = run->first; u != NULL; u = u->next)
		for (const struct sel_case *c = u->first; c != NULL;
		     c = c->next)
			if (c->state == SEL_HELD)
				return hold(s, &run->listed, ev);
	return emit(s, ev);
}

/* Cases that have started end with their suite; whether others run shows only
 * at the end of the run. */
static enum em_rc
end_suite(struct em_select *s, struct sel_suite *suite, bool run_ends)
{
	struct sel_case *c, *next;
	enum em_rc rc = EM_OK;

	for (c = suite->first; c != NULL && rc == EM_OK; c = next) {
		next = c->next;
		if (c->ran || run_ends)
			rc = end_case(s, c);
	}
	return rc;
}

static enum em_rc
suite_complete(struct em_select *s, const struct em_event *ev)
{
	struct sel_suite *suite = sel_suite_find(s, ev);
	const struct em_event *changed;
	struct em_event copy;
	enum em_rc rc;

	if (suite == NULL)
		return emit(s, ev);
	rc = end_suite(s, suite, false);
	if (rc != EM_OK)
		return rc;
	if (ev->outcome == EM_FAIL || ev->outcome == EM_INVALID)
		suite->run->suite_failed = suite->run->failing = true;
	changed = sel_suite_complete(s, suite, ev, &copy);
	rc = changed != NULL ? emit(s, changed) : no_memory(s);
	suite->completed = true;
	if (suite->first == NULL)
		sel_suite_free(s, suite);
	return rc;
}

static enum em_rc
end_run(struct em_select *s, struct sel_run *run)
{
	enum em_rc rc = EM_OK;

	for (struct sel_suite *u = run->first; u != NULL && rc == EM_OK;
	     u = u->next) {
		rc = end_suite(s, u, true);
		if (u->started && !u->completed)
			run->suite_failed = run->failing = true;
	}
	return rc == EM_OK ? emit_held(s, NULL, &run->listed) : rc;
}

static enum em_rc
run_complete(struct em_select *s, const struct em_event *ev)
{
	struct sel_run *run = sel_run_find(s, ev->run);
	const struct em_event *changed;
	struct em_event copy;
	enum em_rc rc;

	if (run == NULL)
		return emit(s, ev);
	rc = end_run(s, run);
	if (rc != EM_OK)
		return rc;
	changed = sel_run_complete(s, run, ev, &copy);
	rc = changed != NULL ? emit(s, changed) : no_memory(s);
	sel_run_free(s, run);
	return rc;
}

/* Nothing of the stream so far is known in the next one. */
static enum em_rc
end_stream(struct em_select *s)
{
	enum em_rc rc = EM_OK;

	while (s->first != NULL && rc == EM_OK) {
		rc = end_run(s, s->first);
		sel_run_free(s, s->first);
	}
	s->stream++;
	return rc;
}

static enum em_rc
dispatch(struct em_select *s, const struct em_event *ev)
{
	struct sel_run *run;

	switch (ev->kind) {
	case EM_DISCOVER_CASE:
	case EM_CASE_START:
	case EM_CASE_SLOW:
	case EM_CASE_OUTPUT:
	case EM_CASE_MESSAGE:
	case EM_CASE_METRIC:
	case EM_CASE_ATTACHMENT:
	case EM_CASE_COMPLETE:
		return ev->name.p != NULL ? any_case_event(s, ev) : emit(s, ev);
	case EM_PROTOCOL:
		return end_stream(s) == EM_OK ? emit(s, ev) : EM_ERR;
	case EM_DISCOVER_COMPLETE:
		return discover_complete(s, ev);
	case EM_RUN_START:
		return run_start(s, ev);
	case EM_SUITE_START:
		return suite_start(s, ev);
	case EM_SUITE_COMPLETE:
		return suite_complete(s, ev);
	case EM_RUN_CANCEL:
		run = sel_run_at(s, ev->run);
		if (run == NULL)
			return no_memory(s);
		run->cancelled = true;
		return emit(s, ev);
	case EM_RUN_COMPLETE:
		return run_complete(s, ev);
	default:
		return emit(s, ev);
	}
}

enum em_rc
em_select_event(struct em_select *s, const struct em_event *ev)
{
	if (s->stopped || s->err.code != EM_E_NONE)
		return EM_ERR;
	return dispatch(s, ev);
}

enum em_rc
em_select_finish(struct em_select *s)
{
	if (s->stopped || s->err.code != EM_E_NONE)
		return EM_ERR;
	return end_stream(s);
}

uint64_t
em_select_count(const struct em_select *s)
{
	return s->count;
}

const struct em_error *
em_select_error(const struct em_select *s)
{
	return s->err.code == EM_E_NONE ? NULL : &s->err;
}

void
em_select_free(struct em_select *s)
{
	struct sel_case *c, *next;

	if (s == NULL)
		return;
	while (s->first != NULL)
		sel_run_free(s, s->first);
	for (c = s->spare; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	roll_free(&s->cases);
	roll_free(&s->suites);
	roll_free(&s->runs);
	hold_free(&s->pool);
	arena_free(&s->arena);
	arena_free(&s->view.arena);
	em_writer_close(s->writer);
	em_out_close(s->text, NULL);
	em_filter_free(s->filter);
	free(s->recent);
	free(s);
}
