/* SPDX-License-Identifier: MIT */
/*
 * Events are held against the steps one after the other, with every choice
 * (which lane, how many steps left out) noted, so that it can be taken back.
 */
#include "pattern-steps.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TRIES = 100 * 1000, /* comparisons before a pattern is too vague */
	SHOWN = 200, /* bytes of an event in a message */
};

struct binding {
	struct slice name;
	const struct json *value;
};

/* A choice made for one event, and what it takes to undo it. */
struct choice {
	size_t next; /* the candidate to try when this one fails */
	size_t block, lane, at; /* before the choice */
	size_t bindings;
};

struct matching {
	const struct pattern *pattern;
	struct json **events; /* those that are not passed over */
	size_t *numbers; /* line of each, from 1 */
	size_t count;
	size_t *at; /* in each lane: steps done */
	size_t block;
	struct binding *bindings;
	size_t binding_count, binding_cap;
	const char *member; /* where the last comparison failed */
	char member_text[80];
	size_t tries;
	bool no_memory;
	/* the furthest failure */
	size_t far; /* index of the event, count for the end */
	size_t far_line; /* of the pattern; 0: its end */
	char reason[200];
};

/* ---- one event ---- */

static bool same(
    struct matching *m, const struct json *p, const struct json *e);

static bool
bind(struct matching *m, struct slice name, const struct json *value)
{
	struct binding *more;
	size_t cap;

	for (size_t i = 0; i < m->binding_count; i++)
		if (slice_same(m->bindings[i].name, name))
			return json_same(
			    m->bindings[i].value, value, JSON_VALUE);
	if (m->binding_count == m->binding_cap) {
		cap = m->binding_cap ? 2 * m->binding_cap : 16;
		more = realloc(m->bindings, cap * sizeof(*more));
		if (!more) {
			m->no_memory = true;
			return false;
		}
		m->bindings = more;
		m->binding_cap = cap;
	}
	m->bindings[m->binding_count++] = (struct binding){ name, value };
	return true;
}

static bool
holds(struct slice s, struct slice part)
{
	for (size_t i = 0; i + part.n <= s.n; i++)
		if (part.n == 0 || memcmp(s.p + i, part.p, part.n) == 0)
			return true;
	return false;
}

static bool
same_string(struct matching *m, const struct json *p, const struct json *e)
{
	struct slice part = p->text, text = e->text;
	char mark = pattern_mark(p->text);

	if (mark)
		part = pattern_marked(p->text);
	if (mark == MARK_ANY)
		return true;
	if (mark == MARK_BIND)
		return bind(m, part, e);
	if (e->kind != JSON_STRING)
		return false;
	if (mark == MARK_HOLDS)
		return holds(text, part);
	if (mark && text.n < part.n)
		return false;
	if (mark == MARK_BEGINS)
		text.n = part.n;
	if (mark == MARK_ENDS)
		text = (struct slice){ text.p + (text.n - part.n), part.n };
	return slice_same(text, part);
}

static bool
same_array(struct matching *m, const struct json *p, const struct json *e)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		const struct json *want = p->item[i];

		if (want->kind == JSON_STRING &&
		    pattern_mark(want->text) == MARK_REST)
			return true;
		if (i >= e->count || !same(m, want, e->item[i]))
			return false;
	}
	return i == e->count;
}

/* Notes which member differs, the innermost first. */
static bool
differs(struct matching *m, struct slice name)
{
	if (m->member)
		return false;
	snprintf(m->member_text, sizeof(m->member_text), "%.*s",
	    name.n < 60 ? (int)name.n : 60, name.p ? name.p : "");
	m->member = m->member_text;
	return false;
}

/* Whether every member of the event is one that the pattern names. */
static bool
no_more(struct matching *m, const struct json *p, const struct json *e)
{
	for (size_t i = 0; i < e->count; i++) {
		bool named = false;

		for (size_t k = 0; k < p->count && !named; k++) {
			struct slice name = p->item[k]->name;

			if (pattern_mark(name) == MARK_OPTIONAL)
				name = pattern_marked(name);
			named = slice_same(name, e->item[i]->name);
		}
		if (!named)
			return differs(m, e->item[i]->name);
	}
	return true;
}

static bool
same_object(struct matching *m, const struct json *p, const struct json *e)
{
	bool open = false;

	for (size_t i = 0; i < p->count; i++) {
		const struct json *want = p->item[i], *has;
		struct slice name = want->name;
		char mark = pattern_mark(name);

		if (mark == MARK_REST) {
			open = true;
			continue;
		}
		if (mark == MARK_OPTIONAL)
			name = pattern_marked(name);
		has = json_named(e, name);
		if (has ? !same(m, want, has) : mark != MARK_OPTIONAL)
			return differs(m, name);
	}
	return open || no_more(m, p, e);
}

static bool
same(struct matching *m, const struct json *p, const struct json *e)
{
	if (p->kind == JSON_STRING)
		return same_string(m, p, e);
	if (p->kind != e->kind)
		return false;
	if (p->kind == JSON_ARRAY)
		return same_array(m, p, e);
	if (p->kind == JSON_OBJECT)
		return same_object(m, p, e);
	return json_same(p, e, JSON_VALUE);
}

/* Whether an event is what a step wants; bindings stay only if so. */
static bool
step_takes(struct matching *m, const struct pattern_step *step,
    const struct json *event)
{
	size_t bindings = m->binding_count;

	m->tries++;
	m->member = NULL;
	if (!step->event || same(m, step->event, event))
		return true;
	m->binding_count = bindings;
	return false;
}

/* The same for lines that stand beside the order: names bind in them alone. */
static const struct pattern_step *
any_takes(struct matching *m, const struct pattern_step *steps, size_t count,
    const struct json *event)
{
	for (size_t i = 0; i < count; i++) {
		if (step_takes(m, &steps[i], event)) {
			m->binding_count = 0;
			return &steps[i];
		}
	}
	return NULL;
}

/* ---- the order ---- */

static bool
may_miss(const struct pattern_step *step)
{
	return step->times != TIMES_ONE;
}

/* The first step of a lane that has to come, or NULL. */
static const struct pattern_step *
outstanding(const struct matching *m, size_t lane)
{
	const struct pattern_lane *l = &m->pattern->lanes[lane];

	for (size_t i = m->at[lane]; i < l->count; i++)
		if (!may_miss(&l->steps[i]))
			return &l->steps[i];
	return NULL;
}

/* The first step that has to come before a block is over, or NULL. */
static const struct pattern_step *
block_wants(const struct matching *m, size_t block)
{
	const struct pattern_step *step;

	for (size_t i = 0; i < m->pattern->lane_count; i++) {
		if (m->pattern->lanes[i].block != block)
			continue;
		step = outstanding(m, i);
		if (step)
			return step;
	}
	return NULL;
}

static void
fail_at(struct matching *m, size_t event, const struct pattern_step *wanted)
{
	if (event < m->far || (event == m->far && m->reason[0]))
		return;
	m->far = event;
	m->far_line = wanted ? wanted->line : 0;
	if (event == m->count)
		snprintf(m->reason, sizeof(m->reason),
		    "the stream ends where line %zu of the pattern must come",
		    wanted->line);
	else if (!wanted)
		snprintf(m->reason, sizeof(m->reason),
		    "the pattern has come to its end");
	else if (m->member)
		snprintf(m->reason, sizeof(m->reason),
		    "\"%s\" is not as in line %zu of the pattern", m->member,
		    wanted->line);
	else
		snprintf(m->reason, sizeof(m->reason),
		    "not as in line %zu of the pattern", wanted->line);
}

/* A step that may come now. */
struct candidate {
	size_t block, lane, step;
};

/*
 * The candidate of that number in a lane, or SIZE_MAX; *number is what is left
 * of it. A step that must come hides those behind it.
 */
static size_t
lane_candidate(const struct matching *m, size_t lane, size_t *number)
{
	const struct pattern_lane *l = &m->pattern->lanes[lane];

	for (size_t i = m->at[lane]; i < l->count; i++) {
		if ((*number)-- == 0)
			return i;
		if (!may_miss(&l->steps[i]))
			break;
	}
	return SIZE_MAX;
}

/* The candidate of that number; false when there are not so many. */
static bool
candidate(const struct matching *m, size_t number, struct candidate *c)
{
	const struct pattern *p = m->pattern;

	for (c->block = m->block; c->block < p->blocks; c->block++) {
		for (c->lane = 0; c->lane < p->lane_count; c->lane++) {
			if (p->lanes[c->lane].block != c->block)
				continue;
			c->step = lane_candidate(m, c->lane, &number);
			if (c->step != SIZE_MAX)
				return true;
		}
		if (block_wants(m, c->block))
			break;
	}
	return false;
}

/*
 * Takes the event with the first candidate from c->next on that fits.  Steps
 * that take anything come after all others, in a second round.
 */
static bool
take(struct matching *m, size_t event, struct choice *c)
{
	const struct pattern_step *s;
	struct candidate k;
	size_t number, all = 0;

	while (candidate(m, all, &k))
		all++;
	if (all == 0)
		fail_at(m, event, NULL);
	c->block = m->block;
	c->bindings = m->binding_count;
	for (number = c->next; number < 2 * all; number++) {
		candidate(m, number % all, &k);
		s = &m->pattern->lanes[k.lane].steps[k.step];
		if ((number < all) == (s->event == NULL))
			continue;
		if (!step_takes(m, s, m->events[event])) {
			fail_at(m, event, s);
			continue;
		}
		c->next = number + 1;
		c->lane = k.lane;
		c->at = m->at[k.lane];
		m->block = k.block;
		m->at[k.lane] = k.step + (s->times != TIMES_ANY);
		return true;
	}
	return false;
}

static void
undo(struct matching *m, const struct choice *c)
{
	m->at[c->lane] = c->at;
	m->block = c->block;
	m->binding_count = c->bindings;
}

/* Whether nothing has to come any more. */
static bool
is_over(struct matching *m)
{
	for (size_t b = m->block; b < m->pattern->blocks; b++) {
		const struct pattern_step *step = block_wants(m, b);

		if (step) {
			fail_at(m, m->count, step);
			return false;
		}
	}
	return true;
}

static bool
in_order(struct matching *m)
{
	struct choice *choices = calloc(m->count + 1, sizeof(*choices));
	size_t i = 0;
	bool matched = false;

	if (!choices) {
		m->no_memory = true;
		return false;
	}
	while (m->tries < TRIES && !m->no_memory) {
		if (i == m->count && is_over(m)) {
			matched = true;
			break;
		}
		if (i < m->count && take(m, i, &choices[i])) {
			i++;
			choices[i].next = 0;
			continue;
		}
		if (i == 0)
			break;
		undo(m, &choices[--i]);
	}
	free(choices);
	return matched;
}

/* ---- the whole ---- */

static bool
say(char *why, size_t size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, size, fmt, args);
	va_end(args);
	return false;
}

static bool
say_line(char *why, size_t size, size_t number, const char *reason,
    struct slice line)
{
	int n = line.n < SHOWN ? (int)line.n : SHOWN;

	return say(why, size, "line %zu: %s: %.*s%s", number, reason, n, line.p,
	    line.n > SHOWN ? "..." : "");
}

/* Parses a line; keeps it unless it is passed over. */
static bool
add_event(struct matching *m, struct slice line, size_t number, char *why,
    size_t size)
{
	const struct pattern *p = m->pattern;
	const struct pattern_step *never;
	struct json_error e;
	struct json *event = json_parse(line.p, line.n, &e);

	if (!event)
		return say_line(why, size, number, e.text, line);
	if (event->kind != JSON_OBJECT) {
		json_free(event);
		return say_line(why, size, number, "not an object", line);
	}
	never = any_takes(m, p->never, p->never_count, event);
	m->far_line = never ? never->line : 0;
	if (never || any_takes(m, p->passed, p->passed_count, event)) {
		json_free(event);
		if (!never)
			return true;
		say(m->reason, sizeof(m->reason),
		    "line %zu of the pattern forbids it", never->line);
		return say_line(why, size, number, m->reason, line);
	}
	m->numbers[m->count] = number;
	m->events[m->count++] = event;
	return true;
}

static bool
match(struct matching *m, const struct slice *lines, size_t count, char *why,
    size_t size)
{
	for (size_t i = 0; i < count; i++)
		if (!add_event(m, lines[i], i + 1, why, size))
			return false;
	if (in_order(m))
		return true;
	if (m->no_memory)
		return say(why, size, "out of memory");
	if (m->tries >= TRIES)
		return say(why, size, "the pattern can match in too many ways");
	if (m->far == m->count)
		return say(why, size, "%s", m->reason);
	return say_line(why, size, m->numbers[m->far], m->reason,
	    lines[m->numbers[m->far] - 1]);
}

bool
pattern_match_to(const struct pattern *p, const struct slice *lines,
    size_t count, char *why, size_t why_size, size_t *wanted)
{
	struct matching m = { .pattern = p };
	bool matched = false;

	m.events = calloc(count + 1, sizeof(*m.events));
	m.numbers = calloc(count + 1, sizeof(*m.numbers));
	m.at = calloc(p->lane_count + 1, sizeof(*m.at));
	if (m.events && m.numbers && m.at)
		matched = match(&m, lines, count, why, why_size);
	else
		say(why, why_size, "out of memory");
	if (wanted)
		*wanted = matched ? 0 : m.far_line;
	for (size_t i = 0; i < m.count; i++)
		json_free(m.events[i]);
	free(m.events);
	free(m.numbers);
	free(m.at);
	free(m.bindings);
	return matched;
}

bool
pattern_match(const struct pattern *p, const struct slice *lines, size_t count,
    char *why, size_t why_size)
{
	return pattern_match_to(p, lines, count, why, why_size, NULL);
}
