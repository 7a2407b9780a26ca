/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "rerun.h"

struct rerun_text {
	struct rerun_text *next;
	char bytes[];
};

/* What the run at hand says of one test, iterations taken together. */
struct fold {
	size_t test; /* its place in the state */
	enum rerun_listed listed;
	enum rerun_seen seen;
	bool flaky, slow;
};

struct folds {
	struct fold *v;
	size_t n, size;
	struct em_map *suites; /* that the run has: 1, or 2 when listed */
};

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

/* ---- tests ---- */

bool
rerun_state_init(struct rerun_state *s)
{
	*s = (struct rerun_state){ .n = 0 };
	s->index = em_map_new();
	return s->index != NULL;
}

void
rerun_state_free(struct rerun_state *s)
{
	struct rerun_text *next;

	for (struct rerun_text *t = s->texts; t != NULL; t = next) {
		next = t->next;
		free(t);
	}
	em_map_free(s->index);
	free(s->v);
}

/* Copies of several strings in one piece of memory. */
static bool
keep(struct rerun_state *s, struct em_str *const *strs, size_t n)
{
	struct rerun_text *t;
	size_t bytes = 0;
	char *p;

	for (size_t i = 0; i < n; i++)
		bytes += strs[i]->n;
	t = malloc(sizeof(*t) + bytes + 1);
	if (t == NULL)
		return false;
	t->next = s->texts;
	s->texts = t;
	p = t->bytes;
	for (size_t i = 0; i < n; i++) {
		if (strs[i]->p == NULL)
			continue;
		if (strs[i]->n > 0)
			memcpy(p, strs[i]->p, strs[i]->n);
		strs[i]->p = p;
		p += strs[i]->n;
	}
	return true;
}

/* The place of a test by what identifies it, entered when it is new; n of the
 * state when out of memory. */
static size_t
place_of(struct rerun_state *s, const struct em_case *c)
{
	const struct em_str id[] = { c->suite->name, c->class_name, c->name,
		c->details->variant };
	uint64_t *at = em_map_at(s->index, em_key(id, 4));
	struct rerun_test *t;

	if (at == NULL)
		return s->n;
	if (*at > 0)
		return (size_t)*at - 1;
	if (s->n == s->size) {
		size_t size = s->size == 0 ? 256 : s->size * 2;

		t = realloc(s->v, size * sizeof(*t));
		if (t == NULL)
			return s->n;
		s->v = t;
		s->size = size;
	}
	t = &s->v[s->n];
	*t = (struct rerun_test){ .suite = id[0],
		.class_name = id[1],
		.name = id[2],
		.variant = id[3],
		.file = c->details->location.file,
		.line = c->details->location.line,
		.duration_ns = EM_UNSET };
	if (!keep(s,
		(struct em_str *const[]){ &t->suite, &t->class_name, &t->name,
		    &t->variant, &t->file },
		5))
		return s->n;
	*at = ++s->n;
	return s->n - 1;
}

static int
compare(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

static void
add_time(struct rerun_test *t, int64_t ns)
{
	const unsigned most = sizeof(t->times) / sizeof(t->times[0]);
	int64_t sorted[sizeof(t->times) / sizeof(t->times[0])];
	unsigned n;

	if (ns == EM_UNSET)
		return;
	t->times[t->time_count++ % most] = ns;
	n = t->time_count < most ? t->time_count : most;
	memcpy(sorted, t->times, n * sizeof(sorted[0]));
	qsort(sorted, n, sizeof(sorted[0]), compare);
	t->duration_ns = sorted[(n * 85 + 99) / 100 - 1];
}

/* ---- one run ---- */

static enum rerun_seen
seen_of(const struct em_case *c)
{
	if (c->attempts == NULL)
		return SEEN_NOT;
	if (c->outcome == EM_PASS)
		return SEEN_PASSED;
	if (c->outcome != EM_SKIP)
		return SEEN_FAILED;
	return em_str_eq(c->last->end->status, EM_STR("already-passed"))
	    ? SEEN_PASSED_BEFORE
	    : SEEN_SKIPPED;
}

static enum rerun_listed
listed_of(const struct em_case *c)
{
	if (c->selected || c->attempts != NULL)
		return LISTED_MATCH;
	return em_str_eq(c->last->end->status, EM_STR("already-passed"))
	    ? LISTED_PASSED_BEFORE
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

static struct em_key
suite_key(struct em_str suite)
{
	return em_key(&suite, 1);
}

static bool
fold_case(struct rerun_state *s, struct folds *f, struct em_map *places,
    const struct em_case *c)
{
	size_t place = place_of(s, c);
	const uint64_t id = place;
	struct em_str key = { (const char *)&id, sizeof(id) };
	uint64_t *at, *suite;
	struct fold *v;

	if (place == s->n ||
	    (at = em_map_at(places, em_key(&key, 1))) == NULL ||
	    (suite = em_map_at(f->suites, suite_key(c->suite->name))) == NULL)
		return false;
	if (*suite == 0)
		*suite = 1;
	if (*at == 0) {
		if (f->n == f->size) {
			size_t size = f->size == 0 ? 256 : f->size * 2;

			v = realloc(f->v, size * sizeof(*v));
			if (v == NULL)
				return false;
			f->v = v;
			f->size = size;
		}
		f->v[f->n] = (struct fold){ .test = place,
			.listed = listed_of(c),
			.seen = seen_of(c) };
		*at = ++f->n;
	}
	v = &f->v[*at - 1];
	if (weight(listed_of(c), seen_of(c)) > weight(v->listed, v->seen)) {
		v->listed = listed_of(c);
		v->seen = seen_of(c);
	}
	v->flaky = v->flaky || c->flaky;
	v->slow = v->slow || is_slow(c);
	if (c->attempts != NULL)
		add_time(&s->v[place], c->last->duration_ns);
	return true;
}

static void
apply_run(struct rerun_state *s, const struct folds *f, size_t known)
{
	bool *in = calloc(s->n + 1, sizeof(*in));

	for (size_t i = 0; i < f->n; i++) {
		const struct fold *v = &f->v[i];
		struct rerun_test *t = &s->v[v->test];

		t->set = rerun_decide(v->listed, v->seen, t->set);
		if (v->listed == LISTED_MATCH) {
			t->failed = v->seen == SEEN_FAILED;
			t->not_seen = v->seen == SEEN_NOT;
			t->flaky = v->flaky;
			t->slow = v->slow;
		}
		if (in != NULL)
			in[v->test] = true;
	}
	/* Those that this run says nothing about. */
	for (size_t i = 0; i < known && in != NULL; i++) {
		const uint64_t *suite =
		    em_map_find(f->suites, suite_key(s->v[i].suite));
		enum rerun_listed l = suite == NULL ? LISTED_NO_SUITE
		    : *suite == 2                   ? LISTED_NOT
						    : LISTED_LEFT_OUT;

		if (!in[i])
			s->v[i].set = rerun_decide(l, SEEN_NOT, s->v[i].set);
	}
	free(in);
}

/* A listing says what there is, not what happened. */
static void
apply_listing(struct rerun_state *s, const struct folds *f)
{
	for (size_t i = 0; i < s->n; i++)
		s->v[i].listed = s->v[i].fresh = false;
	for (size_t i = 0; i < f->n; i++) {
		struct rerun_test *t = &s->v[f->v[i].test];

		t->listed = f->v[i].listed == LISTED_MATCH;
		t->fresh = t->listed && t->set == SET_UNKNOWN;
	}
}

static int
apply(struct rerun_state *s, struct cli *c, struct em_results *rs,
    struct folds *f)
{
	struct em_map *places = em_map_new();
	size_t known = s->n;
	bool ok = places != NULL, listing = false;

	for (const struct em_run *r = em_results_runs(rs); r != NULL && ok;
	     r = r->next) {
		listing = r->listing;
		for (const struct em_suite *u = r->suites; u != NULL && ok;
		     u = u->next)
			for (const struct em_case *k = u->cases;
			     k != NULL && ok; k = k->next)
				ok = fold_case(s, f, places, k);
	}
	em_map_free(places);
	if (!ok) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	s->listing = listing;
	if (listing) {
		apply_listing(s, f);
	} else {
		apply_run(s, f, known);
		s->runs++;
	}
	return ST_OK;
}

int
rerun_state_read(struct rerun_state *s, struct cli *c, const char *name)
{
	struct em_results *rs = em_results_new(EM_KEEP_DETAILS, SIZE_MAX / 2);
	struct folds f = { .suites = em_map_new() };
	struct cli_input in;
	const struct em_event *ev;
	uint64_t *suite;
	int st = ST_OK;

	if (rs == NULL || f.suites == NULL) {
		cli_say(c, "out of memory");
		st = ST_IO;
	} else if (cli_open(c, &in, name)) {
		while (cli_next(&in, &ev)) {
			em_results_event(rs, ev);
			if (ev->kind != EM_DISCOVER_CASE)
				continue;
			suite = em_map_at(f.suites, suite_key(ev->suite));
			if (suite != NULL)
				*suite = 2;
		}
		cli_close(&in);
		st = apply(s, c, rs, &f);
	}
	em_results_free(rs);
	em_map_free(f.suites);
	free(f.v);
	return st;
}

/* ---- kept sets ---- */

int
rerun_state_load(struct rerun_state *s, struct cli *c, const char *path)
{
	struct em_results *rs = em_results_new(EM_KEEP_DETAILS, SIZE_MAX / 2);
	const struct em_run *r;
	struct cli_input in;
	const struct em_event *ev;
	int st = ST_OK;

	if (rs == NULL || !cli_open(c, &in, path)) {
		em_results_free(rs);
		return ST_IO;
	}
	while (cli_next(&in, &ev))
		em_results_event(rs, ev);
	cli_close(&in);
	for (r = em_results_runs(rs); r != NULL; r = r->next)
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next)
			for (const struct em_case *k = u->cases; k != NULL;
			     k = k->next) {
				size_t place = place_of(s, k);

				if (place == s->n) {
					st = ST_IO;
					continue;
				}
				s->v[place].set =
				    k->selected ? SET_OUTSTANDING : SET_PASSING;
			}
	em_results_free(rs);
	return st;
}

int
rerun_state_save(const struct rerun_state *s, struct cli *c, const char *path)
{
	struct em_out *out = em_out_file(path, EM_OUT_REPLACE);
	struct em_error err = { 0 };
	struct em_writer *w = em_writer_open(NULL, out, &err);
	struct em_event ev;

	em_event_init(&ev, EM_PROTOCOL);
	ev.version = EM_STR(EM_PROTOCOL_VERSION);
	ev.producer_name = EM_STR("trerun");
	em_writer_event(w, &ev);
	em_event_init(&ev, EM_DISCOVER_START);
	em_writer_event(w, &ev);
	for (size_t i = 0; i < s->n; i++) {
		const struct rerun_test *t = &s->v[i];

		if (t->set == SET_UNKNOWN)
			continue;
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
		em_writer_event(w, &ev);
	}
	em_event_init(&ev, EM_DISCOVER_COMPLETE);
	em_writer_event(w, &ev);
	em_writer_close(w);
	if (em_out_close(out, &err) == EM_OK)
		return ST_OK;
	cli_say(c, "%s", err.msg);
	return ST_IO;
}
