/* SPDX-License-Identifier: MIT */
/* Events of cases: decided, held, passed on. */
#include "out.h"
#include "select-cases.h"
#include "splice.h"

COLD enum em_rc
sel_no_memory(struct em_select *s)
{
	s->stopped = true;
	return err_set(&s->err, EM_E_MEMORY, 0, "out of memory");
}

/* ---- what goes out ---- */

enum em_rc
sel_emit(struct em_select *s, const struct em_event *ev)
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
		return sel_emit(s, ev);
	copy = *ev;
	copy.parent = (struct em_str){ NULL, 0 };
	if (ev->raw.p != NULL) {
		arena_reset(&s->edited);
		copy.raw = splice(&s->edited, ev->raw, &no_parent, 1);
		if (copy.raw.p == NULL)
			return sel_no_memory(s);
	}
	return sel_emit(s, &copy);
}

static enum em_rc
emit_case(struct em_select *s, const struct sel_suite *suite,
    const struct em_event *ev)
{
	if (ev->parent.p != NULL &&
	    (ev->kind == EM_CASE_START || ev->kind == EM_DISCOVER_CASE))
		return emit_child(s, suite, ev);
	return sel_emit(s, ev);
}

static enum em_rc
emit_line(struct em_select *s, const struct sel_suite *suite,
    const struct held_line *l)
{
	if (s->opts.raw && (!s->nested || suite == NULL)) {
		s->bare.kind = l->kind;
		s->bare.line = l->number;
		s->bare.raw = l->line;
		return sel_emit(s, &s->bare);
	}
	arena_reset(&s->arena);
	if (!scan_line(&s->scan, l->line, &s->scanned))
		return sel_no_memory(s);
	s->scanned.line = l->number;
	s->scanned.raw = l->line;
	return suite != NULL ? emit_case(s, suite, &s->scanned)
			     : sel_emit(s, &s->scanned);
}

enum em_rc
sel_emit_held(
    struct em_select *s, const struct sel_suite *suite, struct held *lines)
{
	struct held_at at = { NULL, 0 };
	struct held_line l;
	enum em_rc rc = EM_OK;

	while (rc == EM_OK && hold_next(lines, &at, &l))
		rc = emit_line(s, suite, &l);
	hold_clear(&s->pool, lines);
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

enum em_rc
sel_hold(struct em_select *s, struct held *lines, const struct em_event *ev)
{
	struct em_str line = ev->raw.p != NULL ? ev->raw : line_of(s, ev);

	if (ev->parent.p != NULL)
		s->nested = true;
	if (line.p == NULL)
		return sel_no_memory(s);
	if (hold_add(&s->pool, lines, ev->kind, ev->line, line))
		return EM_OK;
	s->stopped = true;
	return err_set(&s->err, EM_E_LIMIT, 0,
	    "cases that are not decided yet need more than the limit of %zu "
	    "bytes",
	    s->opts.memory_max);
}

/* The same for the usual event; what is refused here is refused there. */
static inline enum em_rc
hold_event(struct em_select *s, struct held *lines, const struct em_event *ev)
{
	if (ev->raw.p != NULL && ev->parent.p == NULL &&
	    hold_add(&s->pool, lines, ev->kind, ev->line, ev->raw))
		return EM_OK;
	return sel_hold(s, lines, ev);
}

/* ---- decisions ---- */

static enum em_rc
select_case(struct em_select *s, struct sel_case *c)
{
	c->state = SEL_SELECTED;
	s->count++;
	return sel_emit_held(s, c->suite, &c->lines);
}

static inline void
drop_case(struct em_select *s, struct sel_case *c)
{
	c->state = SEL_DROPPED;
	c->suite->removed = c->suite->run->removed = true;
	hold_clear(&s->pool, &c->lines);
}

static inline enum em_rc
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
enum em_rc
sel_end_case(struct em_select *s, struct sel_case *c)
{
	struct sel_run *run = c->suite->run;
	enum em_rc rc = EM_OK;

	/* Without a retry what its completion said is final. */
	if (c->state == SEL_HELD && c->completed && !s->opts.final)
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
	else
		sel_count_dropped(c->suite, EM_NONE, c->outcome);
	sel_close(s, c);
	return rc;
}

/* The same with one. */
static inline void
close_case(struct em_select *s, struct sel_case *c)
{
	struct sel_mark mark = { true, c->state == SEL_SELECTED, c->outcome };

	if (c->ran) {
		if (mark.selected) {
			sel_count(c->suite, c->counted, c->outcome);
		} else {
			sel_count_dropped(c->suite, EM_NONE, c->outcome);
			c->suite->run->let_go--;
		}
		sel_remember(s, c->suite, c->entry.key, mark);
	} else if (!c->unselected) {
		c->suite->run->let_go++;
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
	c->plain = c->completed = false;
	c->outcome = EM_NONE;
	c->start_ns = EM_UNSET;
	c->attempt = attempt;
	c->attempts++;
}

/* Takes down what the record has of an event.  True when the newest attempt
 * has completed with it. */
static inline bool
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
	c->plain = false;
	c->suite->run->failing |= c->outcome == EM_FAIL;
	return true;
}

static inline enum filter_phase
phase_of(const struct em_select *s, const struct sel_case *c,
    const struct em_event *ev, bool ended)
{
	if (ended && !(s->opts.final && c->outcome == EM_FAIL))
		return PHASE_ENDED;
	/* What is not going to run has nothing more to say. */
	if (ev->kind == EM_DISCOVER_CASE && c->unselected)
		return PHASE_ENDED;
	return ev->kind == EM_DISCOVER_CASE ? PHASE_IDENTITY : PHASE_STARTED;
}

/* Is there nothing more to know about the case? */
static inline bool
is_over(const struct em_select *s, const struct sel_case *c,
    enum filter_phase phase, bool ended)
{
	if (c->ran)
		return ended && c->state != SEL_HELD;
	/* What is not going to run, and what is dropped for its name, which
	 * drops it again when it starts. */
	return phase == PHASE_ENDED ||
	    (c->state == SEL_DROPPED && !(s->filter->needs & EM_KEEP_DETAILS));
}

/* An event of an open case; first when it opens it. */
static enum em_rc
case_event(struct em_select *s, struct sel_case *c, const struct em_event *ev,
    bool first)
{
	bool ended = note(c, ev);
	enum filter_phase phase = phase_of(s, c, ev, ended);
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
		rc = hold_event(s, &c->lines, ev);
	if (is_over(s, c, phase, ended))
		close_case(s, c);
	return rc;
}

static inline struct sel_case *
open_case(struct em_select *s, struct sel_suite *suite, struct table_key key)
{
	struct sel_case *c = sel_open(s, suite, key);

	if (c == NULL)
		sel_no_memory(s);
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
	sel_count_dropped(suite, m.outcome, EM_NONE);
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
COLD static enum em_rc
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
	} else {
		sel_count_dropped(suite, m.outcome, EM_NONE);
		/* It would have been held if a retry could change that. */
		if (m.outcome == EM_FAIL)
			c->state = SEL_DROPPED;
	}
	c->failed = m.outcome == EM_FAIL;
	return case_event(s, c, ev, true);
}

/*
 * Most lines of most streams start a case or complete one that nobody wants.
 * case_event() would do the same with them; these do it in fewer steps.
 */
static inline bool
drops_at_once(const struct em_select *s, const struct sel_case *c,
    const struct em_event *ev)
{
	return c->plain && c->state == SEL_HELD && ev->attempt == EM_UNSET &&
	    ev->kind == EM_CASE_COMPLETE && ev->parent.p == NULL &&
	    (s->drops >> ev->outcome & 1);
}

static inline void
drop_at_once(struct em_select *s, struct sel_case *c, enum em_outcome outcome)
{
	struct sel_mark mark = { true, false, outcome };
	struct sel_run *run = c->suite->run;

	c->suite->removed = run->removed = true;
	run->let_go--;
	if (outcome == EM_PASS) {
		c->suite->dropped.pass++;
		run->dropped.pass++;
	} else {
		c->suite->dropped.skip++;
		run->dropped.skip++;
	}
	sel_remember(s, c->suite, c->entry.key, mark);
	sel_close(s, c);
}

/* Is it an event amid the attempt that is open? */
static inline bool
is_amid(const struct sel_case *c, const struct em_event *ev)
{
	int64_t attempt = ev->attempt == EM_UNSET ? 1 : ev->attempt;

	return c != NULL && c->ran && !c->completed && attempt == c->attempt &&
	    ev->kind != EM_CASE_START && ev->kind != EM_CASE_COMPLETE &&
	    ev->kind != EM_DISCOVER_CASE && ev->parent.p == NULL;
}

/* A parent is named without what tells cases of one name apart. */
static bool
knows_parent(struct em_select *s, const struct sel_suite *suite,
    const struct em_event *ev)
{
	struct em_event parent;
	struct table_key key;

	em_event_init(&parent, ev->kind);
	parent.class_name = ev->class_name;
	key = sel_key(suite, &parent, ev->parent);
	return roll_find(&s->cases, key) != NULL ||
	    sel_recall(s, suite, key).known;
}

/*
 * Tells of an event whose order it does not vouch for; c is its case, or m
 * its mark.  Where parents are named it vouches for no start any more, since
 * one may be the parent of what came before.
 */
static void
tell_order(struct em_select *s, const struct sel_suite *suite,
    struct sel_case *c, struct sel_mark m, const struct em_event *ev)
{
	unsigned known = s->forgot ? EM_KNOWN_PART : 0;

	if (s->opts.order == NULL || is_amid(c, ev))
		return;
	if (m.known || (c != NULL && c->untold))
		known |= EM_KNOWN_START;
	if (c != NULL)
		c->plain = c->untold = false;
	if (m.known && m.outcome != EM_NONE)
		known |= EM_KNOWN_END;
	if (ev->parent.p != NULL) {
		s->plain = false;
		if (knows_parent(s, suite, ev))
			known |= EM_KNOWN_PARENT;
	}
	s->opts.order(s->opts.arg, ev, known);
}

enum em_rc
sel_case_event(struct em_select *s, const struct em_event *ev)
{
	static const struct sel_mark no_mark;
	struct sel_suite *suite = s->latest;
	struct table_key key;
	struct sel_case *c;
	struct sel_mark m;

	if (!sel_is_suite(suite, ev)) {
		suite = sel_suite_at(s, ev);
		if (suite == NULL)
			return sel_no_memory(s);
	}
	key = sel_key(suite, ev, ev->name);
	c = roll_find(&s->cases, key);
	if (c != NULL && drops_at_once(s, c, ev)) {
		drop_at_once(s, c, ev->outcome);
		return EM_OK;
	}
	if (c != NULL) {
		tell_order(s, suite, c, no_mark, ev);
		return case_event(s, c, ev, false);
	}
	m = sel_recall(s, suite, key);
	if (m.known) {
		tell_order(s, suite, NULL, m, ev);
		return late_event(s, suite, key, m, ev);
	}
	c = open_case(s, suite, key);
	if (c == NULL)
		return EM_ERR;
	if (!s->plain || ev->kind != EM_CASE_START || ev->attempt != EM_UNSET ||
	    ev->parent.p != NULL || ev->variant.p != NULL ||
	    ev->iteration > 1 || !suite->run->started) {
		suite->run->doubtful |= ev->attempt > 1;
		tell_order(s, suite, NULL, no_mark, ev);
		return case_event(s, c, ev, true);
	}
	new_attempt(c, 1);
	c->plain = c->untold = true;
	c->start_ns = ev->elapsed_ns;
	return hold_event(s, &c->lines, ev);
}
