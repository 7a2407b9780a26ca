/* SPDX-License-Identifier: MIT */
/*
 * The lifecycle, event by event. Written from the specification alone: it is
 * what the library's own idea of a run is held against.
 */
#include <stdlib.h>

#include "grow.h"
#include "lint-state.h"

static const struct slice none = { NULL, 0 };

struct lint_state *
lint_state_new(void)
{
	return calloc(1, sizeof(struct lint_state));
}

void
lint_state_free(struct lint_state *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->case_keys.count; i++)
		free(s->kase[i].attempt);
	table_free(&s->run_keys);
	table_free(&s->suite_keys);
	table_free(&s->case_keys);
	table_free(&s->place_keys);
	free(s->run);
	free(s->suite);
	free(s->kase);
	free(s->place);
	free(s->link);
	free(s->key);
	free(s);
}

/* ---- finding what an event is about ---- */

static bool
key_bytes(struct lint_state *s, const void *p, size_t n)
{
	size_t size;
	char *more;

	if (s->key_size - s->key_n < n) {
		size = 2 * (s->key_n + n) + 64;
		if ((more = realloc(s->key, size)) == NULL)
			return false;
		s->key = more;
		s->key_size = size;
	}
	memcpy(s->key + s->key_n, p, n);
	s->key_n += n;
	return true;
}

/* Absent differs from empty, and no two lists of texts have one key. */
static bool
key_text(struct lint_state *s, struct slice text)
{
	uint64_t n = text.p == NULL ? UINT64_MAX : text.n;

	return key_bytes(s, &n, sizeof(n)) &&
	    (text.n == 0 || key_bytes(s, text.p, text.n));
}

/* The text that was added last, where the table keeps it. */
static struct slice
last_text(const struct table *t, size_t number, struct slice text)
{
	struct slice key = t->key[number];

	if (text.p == NULL)
		return none;
	return (struct slice){ key.p + key.n - text.n, text.n };
}

static struct lint_run *
find_run(struct lint_state *s, const struct lint_identity *id, size_t *number)
{
	struct lint_run *more =
	    grow(s->run, s->run_keys.count, &s->runs_size, sizeof(*more));
	bool added;

	if (more == NULL)
		return NULL;
	s->run = more;
	s->key_n = 0;
	if (!key_text(s, id->run) ||
	    !table_put(&s->run_keys, (struct slice){ s->key, s->key_n }, number,
		&added))
		return NULL;
	if (added)
		s->run[*number] = (struct lint_run){
			.name = last_text(&s->run_keys, *number, id->run)
		};
	return &s->run[*number];
}

static struct lint_suite *
find_suite(struct lint_state *s, const struct lint_identity *id, size_t run,
    size_t *number)
{
	struct lint_suite *more =
	    grow(s->suite, s->suite_keys.count, &s->suites_size, sizeof(*more));
	bool added;

	if (more == NULL)
		return NULL;
	s->suite = more;
	s->key_n = 0;
	if (!key_text(s, id->run) || !key_text(s, id->suite) ||
	    !table_put(&s->suite_keys, (struct slice){ s->key, s->key_n },
		number, &added))
		return NULL;
	if (added)
		s->suite[*number] = (struct lint_suite){
			.name = last_text(&s->suite_keys, *number, id->suite),
			.run = run
		};
	return &s->suite[*number];
}

static struct lint_case *
find_case(struct lint_state *s, const struct lint_identity *id, size_t run,
    size_t suite, size_t *number)
{
	struct lint_case *more =
	    grow(s->kase, s->case_keys.count, &s->cases_size, sizeof(*more));
	bool added;

	if (more == NULL)
		return NULL;
	s->kase = more;
	s->key_n = 0;
	if (!key_text(s, id->run) || !key_text(s, id->suite) ||
	    !key_text(s, id->class) || !key_text(s, id->variant) ||
	    !key_bytes(s, &id->iteration, sizeof(id->iteration)) ||
	    !key_text(s, id->name) ||
	    !table_put(&s->case_keys, (struct slice){ s->key, s->key_n },
		number, &added))
		return NULL;
	if (added)
		s->kase[*number] = (struct lint_case){
			.name = last_text(&s->case_keys, *number, id->name),
			.run = run,
			.suite = suite,
			.selected = true
		};
	return &s->kase[*number];
}

/* A suite when class and name are NULL, else all cases of that name. */
static struct lint_place *
find_place(struct lint_state *s, struct slice run, struct slice suite,
    const struct slice *class, struct slice name, size_t *number)
{
	char kind = class != NULL ? 'c' : 's';
	struct lint_place *more =
	    grow(s->place, s->place_keys.count, &s->places_size, sizeof(*more));
	bool added;

	if (more == NULL)
		return NULL;
	s->place = more;
	s->key_n = 0;
	if (!key_bytes(s, &kind, 1) || !key_text(s, run) ||
	    (class != NULL && (!key_text(s, suite) || !key_text(s, *class))) ||
	    !key_text(s, name) ||
	    !table_put(&s->place_keys, (struct slice){ s->key, s->key_n },
		number, &added))
		return NULL;
	if (added)
		s->place[*number] = (struct lint_place){
			.name = last_text(&s->place_keys, *number, name)
		};
	return &s->place[*number];
}

static struct lint_attempt *
find_attempt(struct lint *l, struct lint_case *c, const struct lint_event *ev)
{
	struct lint_attempt *a, *open = NULL;
	bool before = ev->id.attempt == 1;
	size_t i;

	for (i = 0; i < c->attempts; i++) {
		a = &c->attempt[i];
		if (a->number == ev->id.attempt)
			return a;
		if (a->number + 1 == ev->id.attempt)
			before = true;
		if (a->completed == 0)
			open = a;
	}
	a = grow(c->attempt, c->attempts, &c->size, sizeof(*a));
	if (a == NULL)
		return NULL;
	c->attempt = a;
	if (!before)
		lint_fault(l, F_GAP, ev->line, c->name);
	if (open != NULL)
		lint_fault(l, F_OVERLAP, ev->line, c->name);
	a = &c->attempt[c->attempts++];
	*a = (struct lint_attempt){ .number = ev->id.attempt };
	return a;
}

/* ---- what events do ---- */

static enum lint_outcome
worst(enum lint_outcome a, enum lint_outcome b)
{
	return a > b ? a : b;
}

/* Says that a suite or case exists, and notes who encloses it. */
static bool
enclose(struct lint *l, const struct lint_event *ev, bool starts)
{
	struct lint_state *s = l->state;
	const struct lint_identity *id = &ev->id;
	bool is_suite = ev->kind == K_suite_start;
	const struct slice *class = is_suite ? NULL : &id->class;
	struct slice name = is_suite ? id->suite : id->name;
	struct lint_place *p;
	struct lint_link *link;
	size_t child, parent;

	p = find_place(s, id->run, id->suite, class, name, &child);
	if (p == NULL)
		return false;
	p->known = true;
	if (ev->parent.p != NULL) {
		p = find_place(
		    s, id->run, id->suite, class, ev->parent, &parent);
		link = grow(s->link, s->links, &s->links_size, sizeof(*link));
		if (p == NULL || link == NULL)
			return false;
		s->link = link;
		if (starts ? !p->started : !p->known || parent == child)
			lint_fault(l, F_PARENT, ev->line, ev->parent);
		s->link[s->links++] =
		    (struct lint_link){ child, parent, ev->line };
		s->place[child].link = s->links;
	}
	if (starts)
		s->place[child].started = true;
	return true;
}

/* Discovery and log aside. */
static void
check_within_run(
    struct lint *l, const struct lint_event *ev, const struct lint_run *r)
{
	struct slice kind = slice_of(lint_kind_name(ev->kind));

	if (r->completed != 0)
		lint_fault(l, F_AFTER_RUN, ev->line, kind);
	else if (r->started == 0)
		lint_fault(l, F_BEFORE_RUN, ev->line, kind);
}

static void
case_starts(struct lint *l, const struct lint_event *ev,
    const struct lint_case *c, struct lint_attempt *a)
{
	if (a->started != 0)
		lint_fault(l, F_START_AGAIN, ev->line, c->name);
	else
		a->started = ev->line;
	if (c->discovered != 0 && !c->selected)
		lint_fault(l, F_NOT_SELECTED, ev->line, c->name);
}

static void
case_completes(struct lint *l, const struct lint_event *ev,
    const struct lint_case *c, struct lint_attempt *a)
{
	if (a->completed != 0)
		lint_fault(l, F_COMPLETE_AGAIN, ev->line, c->name);
	else
		a->completed = ev->line;
	a->outcome = worst(a->outcome, ev->outcome);
}

static bool
case_event(
    struct lint *l, const struct lint_event *ev, struct lint_run *r, size_t run)
{
	struct lint_suite *suite;
	struct lint_case *c;
	struct lint_attempt *a;
	size_t suite_number, number;

	check_within_run(l, ev, r);
	suite = find_suite(l->state, &ev->id, run, &suite_number);
	if (suite == NULL)
		return false;
	if (suite->completed != 0)
		lint_fault(l, F_AFTER_SUITE, ev->line,
		    slice_of(lint_kind_name(ev->kind)));
	if (suite->first == 0)
		suite->first = ev->line;
	c = find_case(l->state, &ev->id, run, suite_number, &number);
	if (c == NULL || (a = find_attempt(l, c, ev)) == NULL)
		return false;
	if (ev->kind == K_case_start)
		case_starts(l, ev, c, a);
	else if (a->started == 0 && !a->orphan) {
		lint_fault(l, F_NO_START, ev->line, c->name);
		a->orphan = true;
	}
	if (ev->kind == K_case_complete)
		case_completes(l, ev, c, a);
	if (ev->error && a->completed != 0 && a->outcome != O_FAIL) {
		lint_fault(l, F_LATE_ERROR, ev->line, c->name);
		a->outcome = O_FAIL;
	}
	return enclose(l, ev, ev->kind == K_case_start);
}

static bool
suite_event(
    struct lint *l, const struct lint_event *ev, struct lint_run *r, size_t run)
{
	struct lint_suite *s;
	size_t number;

	check_within_run(l, ev, r);
	if ((s = find_suite(l->state, &ev->id, run, &number)) == NULL)
		return false;
	if (ev->kind == K_suite_start) {
		if (s->started != 0)
			lint_fault(l, F_SUITE_START_AGAIN, ev->line, s->name);
		else if (s->first != 0)
			lint_fault(l, F_SUITE_LATE, ev->line, s->name);
		s->started = ev->line;
		return enclose(l, ev, true);
	}
	if (s->completed != 0)
		lint_fault(l, F_SUITE_COMPLETE_AGAIN, ev->line, s->name);
	else if (s->started == 0)
		lint_fault(l, F_SUITE_NO_START, ev->line, s->name);
	s->completed = ev->line;
	s->outcome = worst(s->outcome, ev->outcome);
	if (ev->counts.stated)
		s->counts = ev->counts;
	return true;
}

static bool
discovery_event(
    struct lint *l, const struct lint_event *ev, struct lint_run *r, size_t run)
{
	struct lint_suite *suite;
	struct lint_case *c;
	size_t suite_number, number;

	if (r->completed != 0)
		lint_fault(l, F_AFTER_RUN, ev->line,
		    slice_of(lint_kind_name(ev->kind)));
	else if (r->started != 0)
		lint_fault(l, F_DISCOVERY_LATE, ev->line, none);
	if (ev->kind == K_discover_start)
		r->discovery = ev->line;
	if (ev->kind == K_discover_complete)
		r->discovered = ev->line;
	if (ev->kind != K_discover_case)
		return true;
	r->case_discovered = ev->line;
	suite = find_suite(l->state, &ev->id, run, &suite_number);
	if (suite == NULL)
		return false;
	c = find_case(l->state, &ev->id, run, suite_number, &number);
	if (c == NULL)
		return false;
	c->discovered = ev->line;
	c->selected = ev->selected;
	return enclose(l, ev, false);
}

static void
run_event(struct lint *l, const struct lint_event *ev, struct lint_run *r)
{
	switch (ev->kind) {
	case K_run_start:
		if (r->started != 0)
			lint_fault(l, F_RUN_START_AGAIN, ev->line, r->name);
		if (r->completed != 0)
			lint_fault(
			    l, F_AFTER_RUN, ev->line, slice_of("run_start"));
		r->started = ev->line;
		break;
	case K_run_cancel:
		check_within_run(l, ev, r);
		r->explained = true;
		break;
	default:
		if (r->completed != 0)
			lint_fault(l, F_RUN_COMPLETE_AGAIN, ev->line, r->name);
		else if (r->started == 0)
			lint_fault(l, F_RUN_NO_START, ev->line, r->name);
		r->completed = ev->line;
		r->outcome = worst(r->outcome, ev->outcome);
		r->explained |= ev->status;
		if (ev->counts.stated)
			r->counts = ev->counts;
	}
}

void
lint_state_event(struct lint *l, const struct lint_event *ev)
{
	struct lint_run *r;
	bool ok = true;
	size_t run;

	if (ev->kind == K_protocol || ev->kind == K_log)
		return;
	if ((r = find_run(l->state, &ev->id, &run)) == NULL) {
		l->report->no_memory = true;
		return;
	}
	switch (ev->kind) {
	case K_discover_start:
	case K_discover_case:
	case K_discover_complete:
		ok = discovery_event(l, ev, r, run);
		break;
	case K_run_start:
	case K_run_cancel:
	case K_run_complete:
		run_event(l, ev, r);
		break;
	case K_suite_start:
	case K_suite_complete:
		ok = suite_event(l, ev, r, run);
		break;
	default:
		ok = case_event(l, ev, r, run);
	}
	if (!ok)
		l->report->no_memory = true;
}

bool
lint_state_complete(const struct lint_state *s)
{
	bool any = false;
	size_t i;

	for (i = 0; i < s->run_keys.count; i++) {
		const struct lint_run *r = &s->run[i];

		if (r->started != 0 && r->completed == 0)
			return false;
		if (r->discovery != 0 && r->discovered == 0 && r->started == 0)
			return false;
		any |= r->started != 0 || r->discovered != 0;
	}
	return any;
}
