/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "out.h"
#include "select.h"
#include "splice.h"

enum { DEPTH_MAX = 65536 };

static const size_t memory_max_default = (size_t)1 << 30;

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
	arena_init(&s->edited, s->opts.memory_max);
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
		return sel_no_memory(s);
	run->started = true;
	rc = sel_emit_held(s, NULL, &run->listed);
	return rc == EM_OK ? sel_emit(s, ev) : rc;
}

static enum em_rc
suite_start(struct em_select *s, const struct em_event *ev)
{
	struct sel_suite *suite = sel_suite_at(s, ev);

	if (suite == NULL ||
	    (wants_properties(s) &&
		!copy_properties(
		    &suite->arena, &suite->properties, &ev->properties)))
		return sel_no_memory(s);
	suite->started = true;
	return sel_emit(s, ev);
}

/* A listing is complete with discover_complete, so that waits for cases that
 * are not decided, until a run_start shows that this is no listing. */
static enum em_rc
discover_complete(struct em_select *s, const struct em_event *ev)
{
	struct sel_run *run = sel_run_find(s, ev->run);

	if (run == NULL || run->started)
		return sel_emit(s, ev);
	for (const struct sel_suite *u = run->first; u != NULL; u = u->next)
		for (const struct sel_case *c = u->first; c != NULL;
		     c = c->next)
			if (c->state == SEL_HELD)
				return sel_hold(s, &run->listed, ev);
	return sel_emit(s, ev);
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
			rc = sel_end_case(s, c);
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
		return sel_emit(s, ev);
	rc = end_suite(s, suite, false);
	if (rc != EM_OK)
		return rc;
	if (ev->outcome == EM_FAIL || ev->outcome == EM_INVALID)
		suite->run->suite_failed = suite->run->failing = true;
	changed = sel_suite_complete(s, suite, ev, &copy);
	rc = changed != NULL ? sel_emit(s, changed) : sel_no_memory(s);
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
	run->failing |= run->let_go > 0;
	return rc == EM_OK ? sel_emit_held(s, NULL, &run->listed) : rc;
}

static enum em_rc
run_complete(struct em_select *s, const struct em_event *ev)
{
	struct sel_run *run = sel_run_find(s, ev->run);
	const struct em_event *changed;
	struct em_event copy;
	enum em_rc rc;

	if (run == NULL)
		return sel_emit(s, ev);
	rc = end_run(s, run);
	if (rc != EM_OK)
		return rc;
	changed = sel_run_complete(s, run, ev, &copy);
	rc = changed != NULL ? sel_emit(s, changed) : sel_no_memory(s);
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

COLD static enum em_rc
dispatch(struct em_select *s, const struct em_event *ev)
{
	struct sel_run *run;

	switch (ev->kind) {
	case EM_PROTOCOL:
		return end_stream(s) == EM_OK ? sel_emit(s, ev) : EM_ERR;
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
			return sel_no_memory(s);
		run->cancelled = true;
		return sel_emit(s, ev);
	case EM_RUN_COMPLETE:
		return run_complete(s, ev);
	default:
		return sel_emit(s, ev);
	}
}

enum em_rc
em_select_event(struct em_select *s, const struct em_event *ev)
{
	if (s->stopped)
		return EM_ERR;
	if (EM_CASE_KINDS >> ev->kind & 1)
		return ev->name.p != NULL ? sel_case_event(s, ev)
					  : sel_emit(s, ev);
	return dispatch(s, ev);
}

enum em_rc
em_select_finish(struct em_select *s)
{
	if (s->stopped)
		return EM_ERR;
	return end_stream(s);
}

const char *const *
em_select_ignores(const struct em_select *s)
{
	/* What streams are full of.  Other expressions may ask for it. */
	static const char *const bulk[] = { "text", "elapsed_ns", "worker",
		"duration_ns", "message", "detail", "rendered", NULL };
	static const char *const none[] = { NULL };

	return s->by_outcome ? bulk : none;
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
		hold_drop(&s->pool, &c->lines);
		free(c);
	}
	roll_free(&s->cases);
	roll_free(&s->suites);
	roll_free(&s->runs);
	hold_free(&s->pool);
	arena_free(&s->arena);
	arena_free(&s->edited);
	arena_free(&s->view.arena);
	em_writer_close(s->writer);
	em_out_close(s->text, NULL);
	em_filter_free(s->filter);
	free(s->recent);
	free(s);
}
