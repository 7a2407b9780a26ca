/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "fold-inside.h"

void
fold_violation(struct fold *f, const char *rule)
{
	for (size_t i = 0; i < f->nviolations; i++)
		if (strcmp(f->violations[i], rule) == 0)
			return;
	if (f->nviolations < VIOLATIONS_MAX)
		f->violations[f->nviolations++] = rule;
}

/* A violation that makes the input malformed: section 6.5. */
static void
breach(struct fold *f, const char *rule)
{
	fold_violation(f, rule);
	f->malformed_class = true;
}

/* ---- events of cases ---- */

static enum outcome
outcome_of(struct fold *f, const struct event *e, bool required)
{
	const struct json *v = json_member(e->tree, "outcome");

	if (v == NULL || v->kind == JSON_NULL) {
		if (!required)
			return NO_OUTCOME;
		return f->rules.absent_passes ? PASS : FAIL;
	}
	if (v->kind == JSON_STRING && slice_is(v->text, "pass"))
		return PASS;
	if (v->kind == JSON_STRING && slice_is(v->text, "fail"))
		return FAIL;
	if (v->kind == JSON_STRING && slice_is(v->text, "skip"))
		return SKIP;
	if (v->kind == JSON_STRING && f->rules.unknown_passes)
		return PASS;
	if (f->rules.outcome_any)
		return PASS;
	if (v->kind == JSON_STRING || !required)
		breach(f, "EVO-5");
	return FAIL;
}

static enum outcome
by_status(enum outcome o, struct slice status)
{
	if (status.p == NULL)
		return o;
	if (slice_is(status, "flaky") || slice_is(status, "xfail"))
		return PASS;
	if (slice_is(status, "xpass") || slice_is(status, "leak"))
		return FAIL;
	return PASS;
}

static void
complete(struct fold *f, struct attempt *a, const struct event *e)
{
	enum outcome o = outcome_of(f, e, true);
	struct slice status = event_text(e, "status");
	bool again = a->completed;

	if (e->invalid && !f->rules.absent_passes && !f->rules.outcome_any)
		o = FAIL;
	if (f->rules.status_decides && status.p != NULL)
		o = by_status(o, status);
	if (!a->started && !f->rules.start_optional)
		breach(f, "LIF-13");
	if (again && !f->rules.repeats_allowed)
		breach(f, "LIF-13");
	a->completed = true;
	if (a->errors)
		o = FAIL;
	if (again &&
	    (f->rules.first_wins || (!f->rules.last_wins && o <= a->outcome)))
		return;
	a->outcome = o;
	a->status = keep(status);
	a->reason = keep(event_text(e, "reason"));
	a->duration_ns = event_int(e, "duration_ns");
	if (f->rules.durations_32 && a->duration_ns > INT32_MAX)
		a->duration_ns = -1;
	if (f->rules.negative_duration) {
		const struct json *v = json_member(e->tree, "duration_ns");

		if (v != NULL && v->kind == JSON_NUMBER)
			a->duration_ns = strtoll(v->text.p, NULL, 10);
	}
}

static void
message(
    struct fold *f, struct ccase *c, struct attempt *a, const struct event *e)
{
	struct text_list *l = &c->messages;

	l->v = ref_resize(l->v, l->n + 1, sizeof *l->v);
	l->v[l->n++] = keep(event_text(e, "message"));
	if (a->completed && f->rules.late_any)
		a->outcome = FAIL;
	if (f->rules.error_fails && slice_is(event_text(e, "kind"), "error"))
		a->errors = true;
	if (!a->completed || f->rules.late_error_lost ||
	    !slice_is(event_text(e, "kind"), "error"))
		return;
	fold_violation(f, "LIF-14");
	a->outcome = FAIL;
}

static int
digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	return (int)(strchr(digits, c) - digits);
}

static void
add_base64(struct ref_text *t, struct slice s)
{
	for (size_t i = 0; i + 4 <= s.n; i += 4) {
		unsigned v = 0;
		int bytes = s.p[i + 2] == '=' ? 1 : s.p[i + 3] == '=' ? 2 : 3;

		for (int j = 0; j < 4; j++)
			v = v << 6 |
			    (s.p[i + (size_t)j] == '='
				    ? 0
				    : (unsigned)digit(s.p[i + (size_t)j]));
		for (int j = 0; j < bytes; j++) {
			char c = (char)(v >> (16 - 8 * j) & 0xff);

			ref_add(t, &c, 1);
		}
	}
}

static void
output(const struct fold *f, struct ccase *c, const struct event *e)
{
	struct slice stream = event_text(e, "stream");
	struct slice text = event_text(e, "text");
	size_t i = 0;

	while (i < c->streams && !fold_same(c->written[i].stream, stream))
		i++;
	if (i == c->streams) {
		c->written = ref_resize(c->written, i + 1, sizeof *c->written);
		c->written[i] = (struct written){ .stream = keep(stream) };
		c->streams++;
	}
	if (text.p != NULL)
		ref_add(&c->written[i].text, text.p, text.n);
	else if (f->rules.base64_as_text)
		ref_add(&c->written[i].text, event_text(e, "text_b64").p,
		    event_text(e, "text_b64").n);
	else
		add_base64(&c->written[i].text, event_text(e, "text_b64"));
}

static void
metric(struct ccase *c, const struct event *e)
{
	const struct json *value = event_member(e, "value");

	c->measured =
	    ref_resize(c->measured, c->metrics + 1, sizeof *c->measured);
	c->measured[c->metrics++] =
	    (struct measured){ keep(event_text(e, "metric")),
		    value != NULL ? keep(value->text) : (struct slice){ 0 },
		    keep(event_text(e, "unit")) };
}

/* LIF-13: a parent is known, and no case is its own ancestor. */
static void
check_parent(struct fold *f, const struct identity *id, struct slice parent)
{
	struct identity up = *id;
	const struct ccase *c;
	size_t steps = 0;

	if (parent.p == NULL || f->rules.parents_any)
		return;
	up.variant = (struct slice){ 0 };
	up.iteration = 1;
	for (; parent.p != NULL; parent = c->parent) {
		up.name = parent;
		c = fold_case_find(fold_now(f), &up);
		if (c == NULL || fold_same(parent, id->name) ||
		    steps++ > fold_now(f)->ncases) {
			breach(f, "LIF-13");
			return;
		}
	}
}

static void
case_event(struct fold *f, const struct event *e)
{
	struct identity id = fold_identity(f, e);
	struct stream *s = fold_now(f);
	int64_t number = event_int(e, "attempt");
	struct ccase *c;
	struct attempt *a;
	struct slice parent = event_text(e, "parent");

	if (number < 0)
		number = f->rules.default_zero ? 0 : 1;
	if (f->rules.attempts_are_cases) {
		id.iteration = number;
		number = 1;
	}
	if (e->kind == CASE_START)
		check_parent(f, &id, parent);
	c = f->rules.adjacency && e->kind != CASE_START && s->ncases != 0
	    ? &s->cases[s->last_case]
	    : fold_case_of(f, &id);
	if (parent.p != NULL && c->parent.p == NULL)
		c->parent = keep(parent);
	s->last_case = (size_t)(c - s->cases);
	a = fold_attempt_of(c, number);
	if (e->kind == CASE_START) {
		if ((a->started && !f->rules.repeats_allowed) ||
		    (a->completed && !f->rules.start_optional))
			breach(f, "LIF-13");
		a->started = true;
	} else if (e->kind == CASE_COMPLETE)
		complete(f, a, e);
	a->seen = ++s->steps;
	if (e->kind == CASE_MESSAGE)
		message(f, c, a, e);
	if (e->kind == CASE_OUTPUT)
		output(f, c, e);
	if (e->kind == CASE_METRIC && !f->rules.metrics_lost)
		metric(c, e);
}

static void
discovered(struct fold *f, const struct event *e)
{
	struct identity id = fold_identity(f, e);
	const struct json *selected = event_member(e, "selected");
	struct slice parent = event_text(e, "parent");
	struct ccase *c;

	check_parent(f, &id, parent);
	c = fold_case_of(f, &id);
	if (parent.p != NULL)
		c->parent = keep(parent);
	c->discovered = true;
	c->unselected = selected != NULL && !selected->boolean &&
	    !f->rules.selected_ignored;
	c->status = keep(event_text(e, "status"));
	c->reason = keep(event_text(e, "reason"));
}

/* ---- events of suites and runs ---- */

static bool
read_counts(const struct event *e, struct counts *c, bool *bad)
{
	const struct json *v = json_member(e->tree, "counts");

	if (v == NULL || v->kind == JSON_NULL)
		return false;
	*bad = !(integer_of(json_member(v, "pass"), &c->pass) &&
	    integer_of(json_member(v, "fail"), &c->fail) &&
	    integer_of(json_member(v, "skip"), &c->skip));
	return true;
}

static void
suite_start(struct fold *f, const struct event *e)
{
	struct slice run = event_text(e, "run"), parent;
	struct suite *s = fold_suite_of(f, run, event_text(e, "suite"));
	struct suite *up;
	size_t steps = 0;

	parent = event_text(e, "parent");
	if (s->started || s->completed)
		breach(f, "LIF-13");
	s->started = true;
	s->parent = keep(parent);
	while (!f->rules.parents_any && parent.p != NULL) {
		up = fold_suite_find(fold_now(f), run, parent);
		if (up == NULL || up == s || steps++ > fold_now(f)->nsuites) {
			breach(f, "LIF-13");
			break;
		}
		parent = up->parent;
	}
}

static void
suite_complete(struct fold *f, const struct event *e)
{
	struct suite *s =
	    fold_suite_of(f, event_text(e, "run"), event_text(e, "suite"));
	enum outcome o = outcome_of(f, e, false);

	if (!s->started || s->completed)
		breach(f, "LIF-13");
	s->completed = true;
	if (o > s->outcome)
		s->outcome = o;
	if (read_counts(e, &s->stated, &s->bad_counts))
		s->counted = true;
}

static void
run_complete(struct fold *f, struct run *r, const struct event *e)
{
	enum outcome o = outcome_of(f, e, true);

	if (e->invalid && !f->rules.absent_passes)
		o = FAIL;
	if (!r->started || r->completed)
		breach(f, "LIF-13");
	r->completed = r->seen = true;
	if (o > r->outcome)
		r->outcome = o;
	if (event_text(e, "status").p != NULL)
		r->explained = true;
	if (read_counts(e, &r->stated, &r->bad_counts))
		r->counted = true;
}

static void
note(struct fold *f, const struct event *e)
{
	int64_t elapsed = event_int(e, "elapsed_ns");

	f->unknown_members += e->unknown_members;
	f->unknown_values += e->unknown_values;
	f->invalid += e->invalid && !f->rules.invalid_ignored;
	if (e->invalid)
		fold_violation(f, "VAL-4");
	if (e->dropped)
		fold_violation(f, "VAL-2");
	if (f->rules.clock_strict && elapsed >= 0) {
		if (elapsed < f->clock)
			breach(f, "VAL-3");
		f->clock = elapsed;
	}
}

static bool
is_case(enum kind k)
{
	return k >= CASE_START && k <= CASE_COMPLETE;
}

void
fold_event(struct fold *f, const struct event *e)
{
	struct run *r;

	note(f, e);
	if (e->kind == UNKNOWN) {
		f->unknown_events += !e->invalid;
		return;
	}
	if (e->faceless ||
	    (e->invalid && e->kind != CASE_COMPLETE &&
		e->kind != SUITE_COMPLETE && e->kind != RUN_COMPLETE))
		return;
	r = fold_run_of(f, event_text(e, "run"));
	if (r->completed && e->kind != PROTOCOL &&
	    (e->kind != LOG || f->rules.log_late)) {
		if (f->rules.late_ignored)
			return;
		breach(f, "LIF-7");
	}
	if (f->frame && (is_case(e->kind) || e->kind == DISCOVER_CASE))
		return;
	if (is_case(e->kind)) {
		r->seen = true;
		case_event(f, e);
	} else if (e->kind == DISCOVER_CASE)
		discovered(f, e);
	else if (e->kind == DISCOVER_START)
		r->discovery = true;
	else if (e->kind == DISCOVER_COMPLETE)
		r->listed = true;
	else if (e->kind == RUN_START) {
		if (r->started && !f->rules.repeats_allowed)
			breach(f, "LIF-13");
		r->started = r->seen = true;
		r->total = event_int(e, "total");
	} else if (e->kind == RUN_CANCEL)
		r->cancelled = true;
	else if (e->kind == SUITE_START)
		suite_start(f, e);
	else if (e->kind == SUITE_COMPLETE)
		suite_complete(f, e);
	else if (e->kind == RUN_COMPLETE)
		run_complete(f, r, e);
}

void
fold_free(struct fold *f)
{
	for (size_t i = 0; i < f->nstreams; i++) {
		struct stream *s = &f->streams[i];

		for (size_t j = 0; j < s->ncases; j++) {
			free(s->cases[j].attempt);
			free(s->cases[j].messages.v);
			free(s->cases[j].written);
			free(s->cases[j].measured);
		}
		free(s->cases);
		free(s->index);
		free(s->suites);
		free(s->runs);
	}
	free(f->streams);
}
