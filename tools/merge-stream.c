/* SPDX-License-Identifier: MIT */
/*
 * One stream of many.  A case's events are held until its attempt completes,
 * because only then is it known whether it may pass: a skip waits for the end
 * and goes only when no input has a result for the case.  What starts or ends
 * the stream, a run or a suite goes once.
 */
#include <stdlib.h>
#include <string.h>

#include "merge.h"

enum { REPORTED_MAX = 10 };

/* Bits of what is known of a case; the input that has its result, from 1, is
 * above them. */
enum {
	K_RESULT = 1,
	K_DISCOVERED = 2, /* and selected */
	K_FLAGS = 3,
	K_INPUT_SHIFT = 8
};

struct chain {
	struct chain *next;
	struct em_event *ev;
	size_t input; /* that it came from */
};

struct held { /* an attempt of one input that has not completed */
	struct held *next;
	struct em_key key;
	int64_t attempt;
	struct merge_input *in; /* that it comes from */
	bool started;
	struct chain *first, **last;
};

struct merge_stream {
	struct cli *c;
	struct merge_opts opts;
	struct em_results *results; /* of what was written */
	struct em_map *cases; /* by identity: K_ bits and input */
	struct em_map *counts; /* attempts, or iterations, there were before */
	struct em_map *winners; /* with last and worst: rank and input */
	struct em_map *suites, *runs; /* what was started */
	struct held *held[1024]; /* by identity */
	struct chain *parked, **parked_last; /* skips and deselections */
	bool header, discovery, discovery_open;
	size_t inputs, cut; /* how many there are, and have no end */
	unsigned reported;
	struct merge_input *in; /* of the event at hand */
	bool failed; /* an input failed, and none of its cases did */
	int st;
};

struct merge_stream *
merge_stream_new(struct cli *c, const struct merge_opts *opts)
{
	struct merge_stream *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->c = c;
	m->opts = *opts;
	m->inputs = c->operand_count > 0 ? (size_t)c->operand_count : 1;
	m->parked_last = &m->parked;
	m->results = em_results_new(0, SIZE_MAX / 2);
	m->cases = em_map_new();
	m->counts = em_map_new();
	m->winners = em_map_new();
	m->suites = em_map_new();
	m->runs = em_map_new();
	if (m->results != NULL && m->cases != NULL && m->counts != NULL &&
	    m->winners != NULL && m->suites != NULL && m->runs != NULL)
		return m;
	merge_stream_free(m);
	return NULL;
}

static void
free_chain(struct chain *c)
{
	struct chain *next;

	for (; c != NULL; c = next) {
		next = c->next;
		em_event_free(c->ev);
		free(c);
	}
}

void
merge_stream_free(struct merge_stream *m)
{
	struct held *next;

	if (m == NULL)
		return;
	for (size_t i = 0; i < sizeof(m->held) / sizeof(m->held[0]); i++)
		for (struct held *h = m->held[i]; h != NULL; h = next) {
			next = h->next;
			free_chain(h->first);
			free(h);
		}
	free_chain(m->parked);
	em_results_free(m->results);
	em_map_free(m->cases);
	em_map_free(m->counts);
	em_map_free(m->winners);
	em_map_free(m->suites);
	em_map_free(m->runs);
	free(m);
}

static int
no_memory(struct merge_stream *m)
{
	if (m->st == ST_OK)
		cli_say(m->c, "out of memory");
	return m->st = ST_IO;
}

static void
put(struct merge_stream *m, const struct em_event *ev)
{
	if (m->st != ST_OK)
		return;
	if (em_results_event(m->results, ev) != EM_OK)
		no_memory(m);
	else
		m->st = cli_write(m->c, ev);
}

/* The value of the key; a place of no use when memory is out. */
static uint64_t *
at(struct merge_stream *m, struct em_map *map, struct em_key k)
{
	static uint64_t nowhere;
	uint64_t *v = em_map_at(map, k);

	if (v != NULL)
		return v;
	no_memory(m);
	return &nowhere;
}

static bool
append(struct merge_stream *m, struct chain ***last, struct em_event *ev)
{
	struct chain *c = calloc(1, sizeof(*c));

	if (c == NULL || ev == NULL) {
		free(c);
		em_event_free(ev);
		no_memory(m);
		return false;
	}
	c->ev = ev;
	c->input = m->in->number;
	**last = c;
	*last = &c->next;
	return true;
}

/* ---- which input has the word on a case ---- */

static unsigned
rank_of(enum em_outcome o)
{
	switch (o) {
	case EM_NONE:
		return 0;
	case EM_SKIP:
		return 1;
	case EM_PASS:
		return 2;
	default:
		return 3;
	}
}

static struct em_key
key_of_case(const struct em_case *c)
{
	struct em_event ev;

	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.run = c->suite->run->id;
	ev.suite = c->suite->name;
	ev.class_name = c->class_name;
	ev.name = c->name;
	ev.variant = c->details->variant;
	ev.iteration = c->iteration;
	return em_case_key(&ev);
}

bool
merge_stream_learn(
    struct merge_stream *m, const struct merge_input *in, struct em_results *rs)
{
	const struct em_run *r;
	const struct em_suite *s;
	const struct em_case *c;

	for (r = em_results_runs(rs); r != NULL; r = r->next)
		for (s = r->suites; s != NULL; s = s->next)
			for (c = s->cases; c != NULL; c = c->next) {
				unsigned rank = rank_of(c->outcome);
				uint64_t *w = at(m, m->winners, key_of_case(c));
				bool real = rank > 1;
				bool better = *w == 0 ||
				    (m->opts.duplicates == DUP_LAST
					    ? real
					    : rank > (*w & 3));

				if (better && rank > 0)
					*w = rank |
					    (uint64_t)(in->number + 1) << 2;
			}
	return m->st == ST_OK;
}

/* Another input has the word on this case. */
static bool
loses(const struct merge_stream *m, struct em_key k)
{
	const uint64_t *w = em_map_find(m->winners, k);

	return w != NULL && *w >> 2 != m->in->number + 1;
}

static void
report_duplicate(
    struct merge_stream *m, const struct em_event *ev, size_t other)
{
	const char *before =
	    m->c->operand_count > 0 ? m->c->operands[other] : "-";

	cli_status(m->c, ST_MALFORMED);
	if (m->reported++ >= REPORTED_MAX)
		return;
	cli_say(m->c,
	    "%s: case \"%.*s\" is in %s too; say how with --duplicates, or "
	    "--attempts if it was retried",
	    m->in->name, (int)(ev->name.n < 200 ? ev->name.n : 200), ev->name.p,
	    before);
}

/* ---- cases ---- */

/* An event of a case as it is to be written: numbered anew where that is
 * asked for.  The copy points into ev. */
static struct em_event
renumber(struct merge_stream *m, const struct em_event *ev)
{
	struct em_key k = em_case_key(ev);
	const uint64_t *before = em_map_find(m->counts, k);
	int64_t own = ev->attempt > 1 ? ev->attempt : 1;
	int64_t iteration = ev->iteration > 1 ? ev->iteration : 1;
	struct em_event out = *ev;
	int64_t base;

	if (before == NULL || *before >> 32 == m->in->number + 1)
		base = before == NULL ? 0 : (int64_t)(*before & 0xffff);
	else
		base = (int64_t)(*before >> 16 & 0xffff);
	if (base == 0)
		return out;
	out.raw = (struct em_str){ NULL, 0 };
	if (m->opts.attempts)
		out.attempt = base + own;
	else
		out.iteration = base + iteration;
	return out;
}

/*
 * Counts an attempt (or, with DUP_KEEP, a case) of this input.  In a count:
 * the input that came last, from 1, in the upper half; how many there are
 * with it; and how many there were before it.
 */
static void
count(struct merge_stream *m, struct em_key k, int64_t number)
{
	uint64_t *v = at(m, m->counts, k), before = *v & 0xffff;
	uint64_t all = *v >> 16 & 0xffff, input = m->in->number + 1;

	if (*v >> 32 != input) {
		before = all;
		all = before;
	}
	if (number > 0 && before + (uint64_t)number > all)
		all = before + (uint64_t)number;
	*v = input << 32 | (all & 0xffff) << 16 | (before & 0xffff);
}

static struct held **
find_held(struct merge_stream *m, struct em_key k, int64_t attempt)
{
	struct held **h = &m->held[k.lo & 1023];

	for (; *h != NULL; h = &(*h)->next)
		if ((*h)->key.lo == k.lo && (*h)->key.hi == k.hi &&
		    (*h)->attempt == attempt && (*h)->in == m->in)
			break;
	return h;
}

static void
hold(struct merge_stream *m, struct em_key k, const struct em_event *ev)
{
	struct held **at_h = find_held(m, k, ev->attempt), *h = *at_h;

	if (h == NULL) {
		h = calloc(1, sizeof(*h));
		if (h == NULL) {
			no_memory(m);
			return;
		}
		*h = (struct held){ .next = *at_h,
			.key = k,
			.attempt = ev->attempt,
			.in = m->in };
		h->last = &h->first;
		*at_h = h;
	}
	h->started = h->started || ev->kind == EM_CASE_START;
	append(m, &h->last, em_event_dup(ev));
}

static void
release(struct merge_stream *m, struct em_key k, int64_t attempt, bool park)
{
	struct held **at_h = find_held(m, k, attempt), *h = *at_h;

	if (h == NULL)
		return;
	*at_h = h->next;
	if (park) {
		*m->parked_last = h->first;
		if (h->first != NULL)
			m->parked_last = h->last;
	} else {
		for (struct chain *c = h->first; c != NULL; c = c->next) {
			struct em_event ev = renumber(m, c->ev);

			put(m, &ev);
		}
		free_chain(h->first);
	}
	free(h);
}

/* An attempt has a result: ev is its end, or its start where it has none.
 * True when another input has a result for the case and none may. */
static bool
note_result(struct merge_stream *m, struct em_key k, const struct em_event *ev)
{
	uint64_t *v = at(m, m->cases, k);
	uint64_t other = *v >> K_INPUT_SHIFT;
	bool twice = *v & K_RESULT && other != m->in->number + 1 &&
	    !m->opts.attempts && m->opts.duplicates == DUP_ERROR;

	if (twice)
		report_duplicate(m, ev, (size_t)other - 1);
	*v = (*v & K_FLAGS) | K_RESULT |
	    (uint64_t)(m->in->number + 1) << K_INPUT_SHIFT;
	if (m->opts.attempts)
		count(m, k, ev->attempt > 1 ? ev->attempt : 1);
	else if (m->opts.duplicates == DUP_KEEP)
		count(m, k, 1);
	return twice;
}

static void
complete(struct merge_stream *m, const struct em_event *ev)
{
	struct em_key k = em_case_key(ev);
	struct em_event out;

	if (ev->outcome == EM_SKIP) {
		hold(m, k, ev);
		release(m, k, ev->attempt, true);
		return;
	}
	note_result(m, k, ev);
	release(m, k, ev->attempt, false);
	out = renumber(m, ev);
	put(m, &out);
}

static void
case_event(struct merge_stream *m, const struct em_event *ev)
{
	struct em_key k = em_case_key(ev);
	const uint64_t *v = em_map_find(m->cases, k);
	struct em_event out;

	if (loses(m, k))
		return;
	if (ev->kind == EM_CASE_COMPLETE) {
		complete(m, ev);
	} else if (ev->kind != EM_CASE_START && v != NULL && *v & K_RESULT &&
	    *v >> K_INPUT_SHIFT == m->in->number + 1 &&
	    *find_held(m, k, ev->attempt) == NULL) {
		/* Late: the attempt has completed. */
		out = renumber(m, ev);
		put(m, &out);
	} else {
		hold(m, k, ev);
	}
}

static void
discover_case(struct merge_stream *m, const struct em_event *ev)
{
	uint64_t *v = at(m, m->cases, em_case_key(ev));

	if (ev->selected == EM_FALSE) {
		append(m, &m->parked_last, em_event_dup(ev));
	} else if (!(*v & K_DISCOVERED)) {
		*v |= K_DISCOVERED;
		put(m, ev);
	}
}

/* ---- runs and suites ---- */

enum { RUN_STARTED = 1, RUN_CUT = 2 };

static struct em_key
key_of(struct em_str run, struct em_str suite)
{
	const struct em_str parts[] = { run, suite };

	return em_key(parts, 2);
}

static void
run_start(struct merge_stream *m, const struct em_event *ev)
{
	static const struct em_str none;
	uint64_t *v = at(m, m->runs, key_of(ev->run, none));
	struct em_event out = *ev;

	if (*v & RUN_STARTED)
		return;
	*v |= RUN_STARTED;
	/* How many there will be is known to no single input. */
	if (ev->total != EM_UNSET) {
		out.total = EM_UNSET;
		out.raw = none;
	}
	put(m, &out);
}

static void
suite_start(struct merge_stream *m, const struct em_event *ev)
{
	uint64_t *v = at(m, m->suites, key_of(ev->run, ev->suite));
	struct em_event out = *ev;

	if ((*v)++ != 0)
		return;
	if (ev->total != EM_UNSET) {
		out.total = EM_UNSET;
		out.raw = (struct em_str){ NULL, 0 };
	}
	put(m, &out);
}

/* Results alone hear of it: the suite ends once, with the merged run.  The
 * failure of a suite that its cases explain is theirs, and may be retried. */
static void
learn_end(struct merge_stream *m, const struct em_event *ev)
{
	struct em_event bare = *ev;
	const struct em_suite *s = ev->kind == EM_SUITE_COMPLETE
	    ? em_results_suite(m->in->results, ev)
	    : NULL;

	if (s != NULL && s->counts.fail > 0)
		bare.outcome = EM_NONE;
	bare.counts = (struct em_counts){ EM_UNSET, EM_UNSET, EM_UNSET };
	if (m->st == ST_OK && em_results_event(m->results, &bare) != EM_OK)
		no_memory(m);
}

static struct em_str
base_name(const char *path, bool dir)
{
	const char *slash = strrchr(path, '/'), *end, *dot;

	if (strcmp(path, "-") == 0)
		return em_str("stdin");
	if (dir) {
		if (slash == NULL)
			return em_str(".");
		end = slash;
		while (slash > path && slash[-1] != '/')
			slash--;
		return (struct em_str){ slash, (size_t)(end - slash) };
	}
	path = slash != NULL ? slash + 1 : path;
	dot = strchr(path + (path[0] == '.'), '.');
	return (struct em_str){ path,
		dot != NULL ? (size_t)(dot - path) : strlen(path) };
}

/* --suite-from: the input's name, and below it the suite that it states. */
static struct em_event
name_suite(
    const struct merge_stream *m, const struct em_event *ev, char **memory)
{
	const char *from = m->opts.suite_from;
	struct em_str name = strcmp(from, "file") == 0
	    ? base_name(m->in->name, false)
	    : strcmp(from, "dir") == 0 ? base_name(m->in->name, true)
				       : em_str(from);
	struct em_event out = *ev;

	if (ev->suite.p == NULL &&
	    (ev->kind == EM_SUITE_START || ev->kind == EM_SUITE_COMPLETE ||
		!(em_event_is_case(ev) || ev->kind == EM_DISCOVER_CASE)))
		return out;
	out.raw = (struct em_str){ NULL, 0 };
	if (ev->suite.n == 0) {
		out.suite = name;
		return out;
	}
	*memory = malloc(name.n + 1 + ev->suite.n);
	if (*memory != NULL) {
		memcpy(*memory, name.p, name.n);
		(*memory)[name.n] = '/';
		memcpy(*memory + name.n + 1, ev->suite.p, ev->suite.n);
		out.suite =
		    (struct em_str){ *memory, name.n + 1 + ev->suite.n };
	}
	return out;
}

static void
dispatch(struct merge_stream *m, const struct em_event *ev)
{
	switch (ev->kind) {
	case EM_PROTOCOL:
		if (!m->header)
			put(m, ev);
		m->header = true;
		break;
	case EM_DISCOVER_START:
		if (!m->discovery)
			put(m, ev);
		m->discovery = m->discovery_open = true;
		break;
	case EM_DISCOVER_COMPLETE:
		break;
	case EM_DISCOVER_CASE:
		discover_case(m, ev);
		break;
	case EM_RUN_START:
		run_start(m, ev);
		break;
	case EM_SUITE_START:
		suite_start(m, ev);
		break;
	case EM_SUITE_COMPLETE:
	case EM_RUN_COMPLETE:
		learn_end(m, ev);
		break;
	default:
		if (em_event_is_case(ev))
			case_event(m, ev);
		else
			put(m, ev);
		break;
	}
}

int
merge_stream_event(
    struct merge_stream *m, struct merge_input *in, const struct em_event *ev)
{
	struct em_event named;
	char *memory = NULL;

	m->in = in;
	if (m->opts.suite_from != NULL) {
		named = name_suite(m, ev, &memory);
		ev = &named;
	}
	if (merge_input_note(in, ev))
		dispatch(m, ev);
	else
		no_memory(m);
	free(memory);
	return m->st;
}

/* ---- what never completed ---- */

/*
 * What never completed goes as it came: it is incomplete in the merged run
 * too.  Where another input has a result, the start alone would drown in
 * that, so it gets its end.
 */
static void
put_incomplete(struct merge_stream *m, const struct held *h)
{
	const struct em_event *first = h->first->ev;
	bool twice = h->started && note_result(m, h->key, first);
	struct em_event ev;

	for (const struct chain *c = h->first; c != NULL; c = c->next) {
		ev = renumber(m, c->ev);
		put(m, &ev);
	}
	if (!twice)
		return;
	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.run = first->run;
	ev.suite = first->suite;
	ev.class_name = first->class_name;
	ev.name = first->name;
	ev.variant = first->variant;
	ev.iteration = first->iteration;
	ev.attempt = first->attempt;
	ev.outcome = EM_FAIL;
	ev.status = em_str("incomplete");
	put(m, &ev);
}

/* Of one input, or of all with NULL. */
static void
put_held(struct merge_stream *m, const struct merge_input *in)
{
	for (size_t i = 0; i < sizeof(m->held) / sizeof(m->held[0]); i++)
		for (struct held **at_h = &m->held[i]; *at_h != NULL;) {
			struct held *h = *at_h;

			if (in != NULL && h->in != in) {
				at_h = &h->next;
				continue;
			}
			*at_h = h->next;
			m->in = h->in;
			if (h->first != NULL)
				put_incomplete(m, h);
			free_chain(h->first);
			free(h);
		}
}

void
merge_stream_input_end(
    struct merge_stream *m, struct merge_input *in, bool complete)
{
	/* An attempt comes before those of later inputs; of shards the one
	 * that completes has the word, whichever comes first. */
	if (m->opts.attempts)
		put_held(m, in);
	m->failed = merge_input_failed(in, m->c) || m->failed;
	if (complete)
		return;
	m->cut++;
}

/* ---- the end ---- */

/* A skip or a deselection never hides the result of another input. */
static void
put_parked(struct merge_stream *m)
{
	struct em_map *skipped = em_map_new();

	if (skipped == NULL) {
		no_memory(m);
		return;
	}
	for (struct chain *c = m->parked; c != NULL; c = c->next) {
		struct em_key k = em_case_key(c->ev);
		const uint64_t *v = em_map_find(m->cases, k);
		uint64_t *once;

		if (v != NULL && *v & K_RESULT &&
		    (*v >> K_INPUT_SHIFT != c->input + 1 ||
			c->ev->kind == EM_DISCOVER_CASE))
			continue;
		if (c->ev->kind == EM_DISCOVER_CASE) {
			if (v != NULL && *v & K_DISCOVERED)
				continue;
			*at(m, m->cases, k) |= K_DISCOVERED;
			put(m, c->ev);
			continue;
		}
		/* The first input that skips it is enough. */
		once = at(m, skipped, k);
		if (*once == 0)
			*once = c->input + 1;
		if (*once == c->input + 1)
			put(m, c->ev);
	}
	em_map_free(skipped);
}

static void
end_suite(struct merge_stream *m, const struct em_suite *s)
{
	struct em_event ev;

	if (!s->started)
		return;
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.run = s->run->id;
	ev.suite = s->name;
	ev.outcome = s->outcome;
	ev.status = s->status;
	ev.reason = s->reason;
	ev.duration_ns = s->duration_ns;
	ev.counts = s->counts;
	m->st = m->st == ST_OK ? cli_write(m->c, &ev) : m->st;
}

static bool
run_failed(const struct em_run *run)
{
	bool failed = run->counts.fail > 0 || run->not_run > 0;

	for (const struct em_suite *s = run->suites; s != NULL; s = s->next)
		failed = failed || s->outcome == EM_FAIL;
	return failed;
}

static void
end_run(struct merge_stream *m, const struct em_run *run)
{
	struct em_event ev;

	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.run = run->id;
	ev.outcome = m->failed || run_failed(run) ? EM_FAIL : EM_PASS;
	ev.status = run->status;
	ev.duration_ns = run->duration_ns;
	ev.counts = run->counts;
	ev.filtered = run->filtered ? EM_TRUE : EM_ABSENT;
	m->st = m->st == ST_OK ? cli_write(m->c, &ev) : m->st;
}

int
merge_stream_finish(struct merge_stream *m)
{
	struct em_event ev;
	const struct em_run *run;

	put_held(m, NULL);
	put_parked(m);
	if (m->discovery_open) {
		em_event_init(&ev, EM_DISCOVER_COMPLETE);
		put(m, &ev);
	}
	if (m->reported > REPORTED_MAX)
		cli_say(m->c, "%u more cases are in more than one input",
		    m->reported - REPORTED_MAX);
	if (m->cut > 0)
		cli_say(m->c,
		    "%zu of %zu inputs have no end, so the merged run has none",
		    m->cut, m->inputs);
	if (m->cut > 0 || m->st != ST_OK)
		return m->st;
	for (run = em_results_runs(m->results); run != NULL; run = run->next) {
		for (const struct em_suite *s = run->suites; s != NULL;
		     s = s->next)
			end_suite(m, s);
		if (run->started)
			end_run(m, run);
	}
	return m->st;
}
