/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"
#include "rerun.h"

/* ---- the table ---- */

enum rerun_set
rerun_decide(
    enum rerun_listed listed, enum rerun_seen seen, enum rerun_set before)
{
	switch (listed) {
	case LISTED_NO_SUITE: /* rows 1 to 6 */
	case LISTED_LEFT_OUT: /* rows 18 to 20 */
		return before;
	case LISTED_NOT: /* rows 7 to 9: should it come back, it runs */
		return before == SET_PASSING ? SET_UNKNOWN : before;
	case LISTED_PASSED_BEFORE: /* row 17 */
		return SET_PASSING;
	case LISTED_MATCH:
		break;
	}
	switch (seen) {
	case SEEN_PASSED: /* row 10 */
	case SEEN_PASSED_BEFORE: /* row 13 */
		return SET_PASSING;
	case SEEN_FAILED: /* row 11 */
	case SEEN_NOT: /* row 12 */
		return SET_OUTSTANDING;
	case SEEN_SKIPPED: /* rows 14 to 16 */
		break;
	}
	return before;
}

/* ---- one run ---- */

static bool
ended_as(const struct em_case *c, const char *status)
{
	return em_str_eq(c->last->end->status, em_str(status));
}

static enum rerun_seen
seen_of(const struct em_case *c)
{
	if (c->attempts == NULL)
		return SEEN_NOT;
	if (c->outcome == EM_PASS)
		return SEEN_PASSED;
	if (c->outcome != EM_SKIP)
		return SEEN_FAILED;
	/* The run ended before its turn came. */
	if (ended_as(c, "cancelled"))
		return SEEN_NOT;
	return ended_as(c, "already-passed") ? SEEN_PASSED_BEFORE
					     : SEEN_SKIPPED;
}

static enum rerun_listed
listed_of(const struct em_case *c)
{
	if (c->attempts != NULL)
		return LISTED_MATCH;
	if (ended_as(c, "already-passed"))
		return LISTED_PASSED_BEFORE;
	return c->selected && !ended_as(c, "ignored") ? LISTED_MATCH
						      : LISTED_LEFT_OUT;
}

/* The worse of two iterations: a failing one is never outweighed. */
static unsigned
weight(enum rerun_listed l, enum rerun_seen s)
{
	static const unsigned of[] = { [SEEN_FAILED] = 4,
		[SEEN_NOT] = 3,
		[SEEN_PASSED] = 2,
		[SEEN_PASSED_BEFORE] = 1,
		[SEEN_SKIPPED] = 1 };

	return l == LISTED_MATCH ? of[s] : 0;
}

static bool
is_slow(const struct em_case *c)
{
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		if (a->slow)
			return true;
	return false;
}

static uint64_t *
suite_at(struct rerun_state *s, struct em_str suite)
{
	return em_map_at(s->suites, em_key(&suite, 1));
}

/* A suite that did not build has no test to run again; a later run of other
 * suites does not make it well. */
static bool
note_suite(struct rerun_state *s, const struct em_suite *u)
{
	bool failed = u->outcome == EM_FAIL || u->outcome == EM_INVALID;
	uint64_t *at;

	/* What was cut is no news of the suite. */
	if (!u->completed && !u->run->completed)
		return true;
	at = em_map_at(s->broken, em_key(&u->name, 1));
	if (at == NULL)
		return false;
	if (failed && *at == 0)
		s->broken_count++;
	if (!failed && *at == 1)
		s->broken_count--;
	*at = failed;
	return true;
}

static bool
fold_case(struct rerun_state *s, const struct em_case *c)
{
	enum rerun_listed listed = listed_of(c);
	enum rerun_seen seen = seen_of(c);
	struct rerun_test *t = rerun_state_test(s, c);

	if (t == NULL)
		return false;
	if (t->run != s->run) {
		t->run = s->run;
		t->flaky_now = t->slow_now = false;
		t->is_listed = listed;
		t->seen = seen;
	} else if (weight(listed, seen) > weight(t->is_listed, t->seen)) {
		t->is_listed = listed;
		t->seen = seen;
	}
	t->flaky_now |= c->flaky;
	t->slow_now |= is_slow(c);
	if (c->attempts != NULL)
		rerun_test_time(t, c->last->duration_ns);
	return true;
}

static void
apply_run(struct rerun_state *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct rerun_test *t = &s->v[i];
		const uint64_t *suite;

		if (t->run == s->run) {
			t->set = rerun_decide(t->is_listed, t->seen, t->set);
			if (t->is_listed != LISTED_MATCH)
				continue;
			t->fresh = false;
			t->failed = t->seen == SEEN_FAILED;
			t->not_seen = t->seen == SEEN_NOT;
			t->flaky = t->flaky_now;
			t->slow = t->slow_now;
			continue;
		}
		/* Of this one the run says nothing. */
		suite = em_map_find(s->suites, em_key(&t->suite, 1));
		t->set = rerun_decide(suite == NULL ? LISTED_NO_SUITE
			: *suite == 2               ? LISTED_NOT
						    : LISTED_LEFT_OUT,
		    SEEN_NOT, t->set);
	}
}

/* A listing says what there is, not what happened; but an analysis also says
 * of which tests the results no longer hold. */
static void
apply_listing(struct rerun_state *s, bool analysis)
{
	for (size_t i = 0; i < s->n; i++) {
		struct rerun_test *t = &s->v[i];
		bool here = t->run == s->run;

		t->listed = here && t->is_listed == LISTED_MATCH;
		if (analysis && t->listed && t->set == SET_PASSING)
			t->set = SET_UNKNOWN;
		t->fresh = t->listed && t->set == SET_UNKNOWN;
		/* What failed is due until it passes, changed or not. */
		if (analysis && here && t->set == SET_OUTSTANDING)
			t->listed = true;
	}
}

/* Applies what was read of one stream. */
static int
apply(struct rerun_state *s, struct cli *c, struct em_results *rs)
{
	enum em_verdict verdict = em_results_verdict(rs);
	bool ok = true, analysis = false, cut = verdict == EM_V_TRUNCATED;

	s->run++;
	for (const struct em_run *r = em_results_runs(rs); r != NULL && ok;
	     r = r->next) {
		s->listing = r->listing;
		cut = cut || (!r->completed && !r->listing);
		analysis =
		    em_str_eq(r->producer_name, EM_STR("cargo-difftests"));
		for (const struct em_suite *u = r->suites; u != NULL && ok;
		     u = u->next) {
			uint64_t *at =
			    u->cases != NULL ? suite_at(s, u->name) : NULL;

			ok = (u->cases == NULL || at != NULL) &&
			    (r->listing || note_suite(s, u));
			if (at != NULL && *at == 0)
				*at = 1;
			for (const struct em_case *k = u->cases;
			     k != NULL && ok; k = k->next)
				ok = fold_case(s, k);
		}
	}
	if (!ok || em_results_error(rs) != NULL) {
		cli_say(
		    c, "%s", ok ? em_results_error(rs)->msg : "out of memory");
		return ST_IO;
	}
	if (s->listing) {
		apply_listing(s, analysis);
		return ST_OK;
	}
	s->cut = cut;
	s->failed = verdict == EM_V_FAIL || s->broken_count > 0;
	apply_run(s);
	return ST_OK;
}

/* Applies what was read and begins anew. */
static int
turn(struct rerun_state *s, struct cli *c, bool more)
{
	int st = s->results != NULL ? apply(s, c, s->results) : ST_OK;

	em_results_free(s->results);
	em_map_free(s->suites);
	s->results = NULL;
	s->suites = NULL;
	s->any = false;
	if (!more || st != ST_OK)
		return st;
	s->results = em_results_new(EM_KEEP_DETAILS, SIZE_MAX / 2);
	s->suites = em_map_new();
	if (s->results != NULL && s->suites != NULL)
		return ST_OK;
	cli_say(c, "out of memory");
	return ST_IO;
}

int
rerun_state_event(
    struct rerun_state *s, struct cli *c, const struct em_event *ev)
{
	uint64_t *suite;
	int st = ST_OK;

	/* Streams that were put together are runs of the chain. */
	if (s->results == NULL || (ev->kind == EM_PROTOCOL && s->any))
		st = turn(s, c, true);
	if (st != ST_OK)
		return st;
	em_results_event(s->results, ev);
	s->any |= ev->kind != EM_PROTOCOL && ev->kind != EM_LOG;
	if (ev->kind == EM_DISCOVER_CASE &&
	    (suite = suite_at(s, ev->suite)) != NULL)
		*suite = 2;
	return ST_OK;
}

int
rerun_state_end(struct rerun_state *s, struct cli *c)
{
	if (s->any)
		return turn(s, c, false);
	/* Nothing was learnt; an empty input is not a run that passed. */
	em_results_free(s->results);
	em_map_free(s->suites);
	s->results = NULL;
	s->suites = NULL;
	return ST_OK;
}

int
rerun_state_read(struct rerun_state *s, struct cli *c, const char *name)
{
	const struct em_event *ev;
	struct cli_input in;
	int st = ST_OK, before = c->status;

	if (!cli_open(c, &in, name))
		return ST_IO;
	while (st == ST_OK && cli_next(&in, &ev))
		st = rerun_state_event(s, c, ev);
	cli_close(&in);
	if (st != ST_OK)
		return st;
	if (s->any && c->status == ST_TRUNCATED)
		c->status = before;
	return rerun_state_end(s, c);
}

/* ---- kept sets ---- */

#define PRODUCER "trerun"
#define DURATION "trerun.duration_ns"

static bool
take_kept(struct rerun_state *s, const struct em_case *k)
{
	struct rerun_test *t = rerun_state_test(s, k);
	struct em_str duration = rerun_property(k, EM_STR(DURATION));
	char digits[24] = "";

	if (t == NULL)
		return false;
	t->set = k->selected ? SET_OUTSTANDING : SET_PASSING;
	if (duration.n > 0 && duration.n < sizeof(digits)) {
		memcpy(digits, duration.p, duration.n);
		rerun_test_time(t, strtoll(digits, NULL, 10));
	}
	return true;
}

bool
rerun_state_take(struct rerun_state *s, struct em_results *rs, bool *ours)
{
	const struct em_run *r = em_results_runs(rs);
	bool ok = true;

	*ours = r != NULL && r->listing && r->next == NULL &&
	    em_str_eq(r->producer_name, EM_STR(PRODUCER));
	for (const struct em_suite *u = *ours ? r->suites : NULL;
	     u != NULL && ok; u = u->next)
		for (const struct em_case *k = u->cases; k != NULL && ok;
		     k = k->next)
			ok = take_kept(s, k);
	return ok;
}

int
rerun_state_load(struct rerun_state *s, struct cli *c, const char *path)
{
	struct em_results *rs = em_results_new(EM_KEEP_DETAILS, SIZE_MAX / 2);
	struct cli_input in;
	const struct em_event *ev;
	bool ok = rs != NULL, ours = false;

	if (!ok || !cli_open(c, &in, path)) {
		em_results_free(rs);
		return ST_IO;
	}
	while (cli_next(&in, &ev))
		em_results_event(rs, ev);
	cli_close(&in);
	if (c->status == ST_OK)
		ok = rerun_state_take(s, rs, &ours);
	em_results_free(rs);
	if (!ours) {
		cli_say(c, "\"%s\" is no state of trerun, it is left as it is",
		    path);
		return c->status != ST_OK ? c->status : ST_MALFORMED;
	}
	if (!ok)
		cli_say(c, "out of memory");
	return ok ? ST_OK : ST_IO;
}

static void
put_kept(struct em_writer *w, const struct rerun_test *t)
{
	struct em_pair p[2];
	struct em_event ev;
	char digits[24];
	size_t n = 0;

	em_event_init(&ev, EM_DISCOVER_CASE);
	ev.suite = t->suite;
	ev.class_name = t->class_name;
	ev.name = t->name;
	ev.variant = t->variant;
	ev.location.file = t->file;
	ev.location.line = t->file.p != NULL ? t->line : EM_UNSET;
	if (t->set == SET_PASSING) {
		ev.selected = EM_FALSE;
		ev.status = EM_STR("already-passed");
	}
	if (t->duration_ns != EM_UNSET) {
		snprintf(
		    digits, sizeof(digits), "%lld", (long long)t->duration_ns);
		p[n++] =
		    (struct em_pair){ EM_STR(DURATION), em_str(digits), true };
	}
	if (t->extra.p != NULL)
		p[n++] =
		    (struct em_pair){ EM_STR(RERUN_EXTRA), t->extra, false };
	ev.properties = (struct em_pairs){ p, n };
	em_writer_event(w, &ev);
}

int
rerun_state_save(const struct rerun_state *s, struct cli *c, const char *path)
{
	struct em_out *out = em_out_file(path, EM_OUT_REPLACE);
	struct unfinished *unfinished =
	    out != NULL ? interrupt_removes(em_out_temporary(out)) : NULL;
	struct em_error err = { 0 };
	struct em_writer *w =
	    out != NULL ? em_writer_open(NULL, out, &err) : NULL;
	struct em_event ev;
	bool ok = w != NULL;

	if (ok) {
		em_event_init(&ev, EM_PROTOCOL);
		ev.version = EM_STR(EM_PROTOCOL_VERSION);
		ev.producer_name = EM_STR(PRODUCER);
		em_writer_event(w, &ev);
		em_event_init(&ev, EM_DISCOVER_START);
		em_writer_event(w, &ev);
		for (size_t i = 0; i < s->n; i++)
			if (s->v[i].set != SET_UNKNOWN)
				put_kept(w, &s->v[i]);
		em_event_init(&ev, EM_DISCOVER_COMPLETE);
		ok = em_writer_event(w, &ev) == EM_OK &&
		    em_writer_finish(w) == EM_OK;
		em_writer_close(w);
	}
	if (out != NULL && em_out_error(out) != NULL) {
		err = *em_out_error(out);
		ok = false;
	}
	if (!ok)
		em_out_discard(out);
	else
		ok = em_out_close(out, &err) == EM_OK;
	interrupt_keeps(unfinished);
	if (ok)
		return ST_OK;
	cli_say(c, "%s", err.msg[0] != '\0' ? err.msg : "out of memory");
	return ST_IO;
}
