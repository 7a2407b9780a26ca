/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "judge-marks.h"

enum {
	DOUBTS_MAX = 1000,
	DEPTH_MAX = 1000 /* of parents; further up nobody looks */
};

/* What a key is of. */
enum { OF_RUN = 1, OF_DISCOVERY, OF_SUITE, OF_CASE };

/* ---- keys ---- */

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
	return a ^ a >> 29;
}

/* An absent name differs from an empty one. */
static inline uint64_t
mix_name(uint64_t key, struct em_str name)
{
	return mix(key, name.p != NULL ? table_hash(name, 1) : 7);
}

static uint64_t
suite_key(const struct judge *j, struct em_str suite)
{
	return mix_name(mix(j->run_key, OF_SUITE), suite);
}

/* The key of the cases of that name where the event is. */
static inline uint64_t
name_key(const struct judge *j, const struct em_event *ev, struct em_str name)
{
	uint64_t key = j->place_key;

	if (ev->class_name.p != NULL)
		key = mix_name(key, ev->class_name);
	return mix_name(key, name);
}

/* Cases of one name are told apart by more. */
static inline bool
has_more(const struct em_event *ev)
{
	return ev->variant.p != NULL || ev->iteration > 1;
}

static uint64_t
more_key(uint64_t key, const struct em_event *ev)
{
	return mix(mix_name(key, ev->variant),
	    ev->iteration > 1 ? (uint64_t)ev->iteration : 1);
}

/* ---- where an event is ---- */

static inline bool
is_name(struct em_str s, const char *p, size_t n)
{
	if (s.p == NULL || n == SIZE_MAX)
		return s.p == NULL && n == SIZE_MAX;
	return s.n == n && str_same(s.p, p, n);
}

static size_t
keep_name(char *to, struct em_str s)
{
	if (s.n > 0)
		memcpy(to, s.p, s.n);
	return s.p != NULL ? s.n : SIZE_MAX;
}

static void
find_place(struct judge *j, const struct em_event *ev)
{
	const struct judge_mark *run;

	j->run_key = mix_name(OF_RUN, ev->run);
	j->place_key = mix(suite_key(j, ev->suite), OF_CASE);
	run = judge_find(j, j->run_key);
	j->over = j->ran || (run != NULL && run->completed != 0);
	j->placed =
	    ev->run.n < JUDGE_PLACE && ev->suite.n < JUDGE_PLACE - ev->run.n;
	if (!j->placed)
		return;
	j->run_n = keep_name(j->place, ev->run);
	j->suite_n = keep_name(j->place + ev->run.n, ev->suite);
}

/* Is the event where the one before was? */
static inline bool
is_here(const struct judge *j, const struct em_event *ev)
{
	return j->placed && is_name(ev->run, j->place, j->run_n) &&
	    is_name(ev->suite, j->place + ev->run.n, j->suite_n);
}

/* ---- what is wrong ---- */

/* What the event is about, where that has a name. */
static struct em_str
subject(const struct em_event *ev)
{
	switch (ev->kind) {
	case EM_SUITE_START:
	case EM_SUITE_COMPLETE:
		return ev->suite;
	case EM_RUN_START:
	case EM_RUN_COMPLETE:
	case EM_DISCOVER_START:
	case EM_DISCOVER_COMPLETE:
		return ev->run;
	default:
		return ev->name;
	}
}

static void
say(char *why, size_t size, const struct em_event *ev, const char *what)
{
	struct em_str of = subject(ev);
	char quoted[80];

	if (of.p != NULL)
		snprintf(why, size, "%s of \"%s\" %s", em_kind_name(ev->kind).p,
		    err_quote(quoted, of), what);
	else
		snprintf(why, size, "%s %s", em_kind_name(ev->kind).p, what);
}

static const char *
wrong(struct judge *j, const struct em_event *ev, const char *what)
{
	say(j->why, sizeof(j->why), ev, what);
	return j->why;
}

/* Puts down a doubt, unless there are too many. */
static void
doubt(struct judge *j, enum judge_kind kind, const struct em_event *ev,
    uint64_t key, unsigned bits, const char *what)
{
	struct judge_doubt *d;

	if (j->doubt_count == DOUBTS_MAX)
		judge_drop_settled(j);
	if (j->doubt_count == DOUBTS_MAX)
		return;
	if (j->doubt_count == j->doubt_room) {
		size_t room = j->doubt_room == 0 ? 8 : j->doubt_room * 2;

		d = realloc(j->doubts, room * sizeof(*d));
		if (d == NULL)
			return;
		j->doubts = d;
		j->doubt_room = room;
	}
	d = &j->doubts[j->doubt_count++];
	d->kind = kind;
	d->run = j->run_key;
	d->key = key;
	d->bits = (uint16_t)bits;
	d->line = ev->line;
	say(d->why, sizeof(d->why), ev, what);
}

const char *
judge_doubt(struct judge *j, const struct em_event *end, uint64_t *line)
{
	uint64_t run = end != NULL ? mix_name(OF_RUN, end->run) : 0;

	for (size_t i = 0; i < j->doubt_count;) {
		struct judge_doubt *d = &j->doubts[i];
		bool settled = judge_is_settled(j, d);

		if (end != NULL && d->run != run) {
			i++;
			continue;
		}
		if (!settled) {
			*line = d->line;
			memcpy(j->why, d->why, sizeof(j->why));
		}
		j->doubt_count--;
		memmove(d, d + 1, (j->doubt_count - i) * sizeof(*d));
		if (!settled)
			return j->why;
	}
	return NULL;
}

/* ---- parents ---- */

/* In the table of parents. */
static struct table_key
in_table(uint64_t key)
{
	return (struct table_key){ 1, key };
}

/* Is the child among those that enclose what the key is of? */
static bool
leads_to(const struct judge *j, uint64_t key, uint64_t child)
{
	for (int depth = 0; depth < DEPTH_MAX && key != child; depth++) {
		const uint64_t *up = table_get(&j->parents, in_table(key));

		if (up == NULL)
			return false;
		key = *up;
	}
	return key == child;
}

/* Whatever child is of names a parent, which has to exist and, with bits, to
 * start. */
static const char *
judge_parent(struct judge *j, const struct em_event *ev, uint64_t child,
    uint64_t parent, unsigned bits)
{
	uint64_t *up = table_at(&j->parents, in_table(child));
	const struct judge_mark *m = judge_find(j, parent);
	char quoted[80], what[120];

	if (up == NULL || *up == parent)
		return NULL;
	*up = parent;
	if (parent == child || leads_to(j, parent, child)) {
		snprintf(what, sizeof(what), "has a circular parent \"%s\"",
		    err_quote(quoted, ev->parent));
		return wrong(j, ev, what);
	}
	if (j->forgot || (m != NULL && (bits & ~(unsigned)m->started) == 0))
		return NULL;
	snprintf(what, sizeof(what), "has an unknown parent \"%s\"",
	    err_quote(quoted, ev->parent));
	doubt(j, DOUBT_PARENT, ev, parent, bits, what);
	return NULL;
}

/* ---- starts and completions ---- */

static const char *
start(struct judge *j, const struct em_event *ev, struct judge_mark *m,
    unsigned bit)
{
	bool again = m->started & bit;

	m->started |= (uint16_t)bit;
	m->touched |= (uint16_t)bit;
	return again ? wrong(j, ev, "is repeated") : NULL;
}

static const char *
complete(struct judge *j, const struct em_event *ev, struct judge_mark *m,
    unsigned bit)
{
	bool again = m->completed & bit;

	m->completed |= (uint16_t)bit;
	m->touched |= (uint16_t)bit;
	if (again)
		return wrong(j, ev, "is repeated");
	return m->started & bit ? NULL
				: wrong(j, ev, "comes without its start");
}

/* ---- runs and suites ---- */

static const char *
judge_run(struct judge *j, const struct em_event *ev)
{
	struct judge_mark *m = judge_mark_at(j, j->run_key);
	const char *why;
	bool open;

	j->placed = false;
	if (m == NULL)
		return NULL;
	m->kept = true;
	open = m->started & ~(unsigned)m->completed & JUDGE_ONCE;
	if (ev->kind == EM_RUN_START) {
		why = start(j, ev, m, JUDGE_ONCE);
		m->completed = 0;
		j->open += !open;
		j->ran = j->ended = false;
		return why;
	}
	why = complete(j, ev, m, JUDGE_ONCE);
	j->open -= open;
	j->ran = j->ended = j->open == 0;
	return why;
}

/* Discovery may begin again. */
static const char *
judge_discovery(struct judge *j, const struct em_event *ev)
{
	struct judge_mark *m = judge_mark_at(j, mix(j->run_key, OF_DISCOVERY));
	const char *why = NULL;

	if (m == NULL)
		return NULL;
	m->kept = true;
	if (ev->kind == EM_DISCOVER_START) {
		m->started = JUDGE_ONCE;
		return NULL;
	}
	if (m->started == 0)
		why = wrong(j, ev, "comes without its start");
	m->started = 0;
	j->ended = j->open == 0;
	return why;
}

static const char *
judge_suite(struct judge *j, const struct em_event *ev)
{
	uint64_t key = suite_key(j, ev->suite);
	struct judge_mark *m = judge_mark_at(j, key);
	const char *why, *parent = NULL;

	if (m == NULL)
		return NULL;
	if (ev->kind == EM_SUITE_COMPLETE)
		return complete(j, ev, m, JUDGE_ONCE);
	why = start(j, ev, m, JUDGE_ONCE);
	if (ev->parent.p != NULL)
		parent = judge_parent(
		    j, ev, key, suite_key(j, ev->parent), JUDGE_ONCE);
	return why != NULL ? why : parent;
}

/* ---- cases ---- */

static const char *
judge_start(struct judge *j, const struct em_event *ev, struct judge_mark *m,
    unsigned bit)
{
	bool fresh = m->touched == 0;
	char what[80];
	const char *why;

	/* Those before it may have been forgotten. */
	if (fresh && j->forgot)
		m->started = m->completed = m->touched =
		    (uint16_t)judge_before(bit);
	why = start(j, ev, m, bit);
	if ((judge_before(bit) & ~(unsigned)m->started) != 0) {
		snprintf(what, sizeof(what),
		    "is attempt %d, and one before it is missing",
		    (int)ev->attempt);
		doubt(j, DOUBT_GAP, ev, m->key,
		    judge_before(bit) & ~(unsigned)m->started, what);
	}
	return why;
}

static const char *
judge_attempt(struct judge *j, const struct em_event *ev, struct judge_mark *m)
{
	int64_t number = ev->attempt > 1 ? ev->attempt : 1;
	unsigned bit;

	if (number > JUDGE_ATTEMPTS)
		return NULL;
	bit = 1u << number;
	if (ev->kind == EM_CASE_START)
		return judge_start(j, ev, m, bit);
	if (ev->kind == EM_CASE_COMPLETE)
		return complete(j, ev, m, bit);
	if (m->touched & bit)
		return NULL;
	m->touched |= (uint16_t)bit;
	doubt(j, DOUBT_START, ev, m->key, bit, "comes without its start");
	return NULL;
}

static const char *
judge_case(struct judge *j, const struct em_event *ev)
{
	uint64_t name = name_key(j, ev, ev->name), key = name;
	const char *why = NULL, *parent = NULL;
	struct judge_mark *m;

	if (has_more(ev)) {
		key = more_key(name, ev);
		if (ev->kind == EM_CASE_START || ev->kind == EM_DISCOVER_CASE)
			judge_mark_at(j, name);
	}
	/* Late, of what may have been forgotten. */
	if (j->forgot && ev->kind != EM_CASE_START &&
	    ev->kind != EM_CASE_COMPLETE && judge_find(j, key) == NULL)
		return NULL;
	m = judge_mark_at(j, key);
	if (m == NULL)
		return NULL;
	if (ev->kind != EM_DISCOVER_CASE)
		why = judge_attempt(j, ev, m);
	if (ev->parent.p != NULL)
		parent =
		    judge_parent(j, ev, key, name_key(j, ev, ev->parent), 0);
	return why != NULL ? why : parent;
}

/* ---- what others know ---- */

static void
know(struct judge *j, uint64_t key, bool started, bool completed)
{
	struct judge_mark *m = judge_mark_at(j, key);

	if (m == NULL || m->touched != 0)
		return;
	m->started = m->touched = started ? JUDGE_ONCE : 0;
	m->completed = completed ? JUDGE_ONCE : 0;
}

void
judge_know(struct judge *j, const struct em_event *ev, unsigned known)
{
	if (!is_here(j, ev))
		find_place(j, ev);
	j->forgot |= (known & EM_KNOWN_PART) != 0;
	if ((known & EM_KNOWN_START) && !has_more(ev))
		know(j, name_key(j, ev, ev->name), true, known & EM_KNOWN_END);
	if (known & EM_KNOWN_PARENT)
		know(j, name_key(j, ev, ev->parent), false, false);
}

/* ---- events ---- */

/* Apart, so that what is usual need not save registers for it. */
__attribute__((noinline)) static const char *
judge_any(struct judge *j, const struct em_event *ev)
{
	if (ev->kind == EM_UNKNOWN || ev->kind == EM_PROTOCOL ||
	    ev->kind == EM_LOG)
		return NULL;
	if (!is_here(j, ev))
		find_place(j, ev);
	if (j->over && ev->kind != EM_RUN_START) {
		snprintf(j->why, sizeof(j->why),
		    "%s after the run was complete", em_kind_name(ev->kind).p);
		return j->why;
	}
	switch (ev->kind) {
	case EM_RUN_START:
	case EM_RUN_COMPLETE:
		return judge_run(j, ev);
	case EM_RUN_CANCEL:
		return NULL;
	case EM_DISCOVER_START:
	case EM_DISCOVER_COMPLETE:
		return judge_discovery(j, ev);
	case EM_SUITE_START:
	case EM_SUITE_COMPLETE:
		return ev->suite.p != NULL ? judge_suite(j, ev) : NULL;
	default:
		return ev->name.p != NULL ? judge_case(j, ev) : NULL;
	}
}

/*
 * What nearly all events are: the start or the completion of a case, in the
 * place of the event before, with a name alone and as it is due.  False when
 * it is another.
 */
static inline bool
is_usual(struct judge *j, const struct em_event *ev)
{
	struct judge_mark *m;
	uint64_t key;

	if ((ev->kind != EM_CASE_START && ev->kind != EM_CASE_COMPLETE) ||
	    !j->placed || j->over || judge_is_full(&j->young) ||
	    ev->class_name.p != NULL || has_more(ev) || ev->attempt > 1 ||
	    ev->parent.p != NULL || ev->name.p == NULL || !is_here(j, ev))
		return false;
	key = mix_name(j->place_key, ev->name);
	m = judge_probe(&j->young, key);
	if (ev->kind == EM_CASE_COMPLETE) {
		if (m->started != JUDGE_ONCE || m->completed != 0)
			return false;
		m->completed = JUDGE_ONCE;
		return true;
	}
	if (m->key != 0 || judge_has(&j->elder, key))
		return false;
	*m = (struct judge_mark){
		.key = key, .started = JUDGE_ONCE, .touched = JUDGE_ONCE
	};
	judge_enter(&j->young, m);
	return true;
}

const char *
judge_event(struct judge *j, const struct em_event *ev)
{
	return is_usual(j, ev) ? NULL : judge_any(j, ev);
}

void
judge_clear(struct judge *j)
{
	judge_free_marks(j);
	free(j->doubts);
	table_free(&j->parents);
	*j = (struct judge){ .run_n = 0 };
}
