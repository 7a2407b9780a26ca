/* SPDX-License-Identifier: MIT */
/* Joins the cases of two sides and says what became of each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

/* The numbers of one case on both sides, reused from row to row. */
struct numbers {
	double *v[2];
	size_t n[2], size[2];
	bool failed; /* out of memory */
};

struct join {
	struct diff *d;
	const struct diff_side *side;
	const struct diff_opts *opts;
	struct em_map *index; /* identity without the run: row, from 1 */
	/* cases[(row * runs) + run]: what that run has of the row */
	const struct em_case **cases;
	size_t size, runs;
	struct numbers numbers;
};

static const char *const class_names[] = { "broken", "changed", "failing",
	"flaky", "fixed", "unexpected", "known", "skipped", "slower", "faster",
	"added", "removed", "same" };

const char *
diff_class_name(enum diff_class k)
{
	return class_names[k];
}

enum diff_class
diff_class_find(const char *name, size_t n)
{
	for (int i = 0; i < DIFF_CLASSES; i++)
		if (strlen(class_names[i]) == n &&
		    memcmp(class_names[i], name, n) == 0)
			return (enum diff_class)i;
	return DIFF_CLASSES;
}

/* ---- the join ---- */

/* Two runs have the same case whatever the runs are called. */
static struct em_key
key_of(const struct em_case *c)
{
	struct em_event ev = em_case_identity(c);

	ev.run = (struct em_str){ NULL, 0 };
	return em_case_key(&ev);
}

static bool
grow(struct join *j)
{
	size_t size = j->size == 0 ? 1024 : j->size * 2;
	void *p = realloc(j->cases, size * j->runs * sizeof(*j->cases));

	if (p == NULL)
		return false;
	j->cases = p;
	memset(j->cases + j->size * j->runs, 0,
	    (size - j->size) * j->runs * sizeof(*j->cases));
	j->size = size;
	return true;
}

static bool
place(struct join *j, const struct em_case *c, size_t run)
{
	uint64_t *row = em_map_at(j->index, key_of(c));

	if (row == NULL)
		return false;
	if (*row == 0) {
		if (j->d->n == j->size && !grow(j))
			return false;
		*row = ++j->d->n;
	}
	j->cases[(*row - 1) * j->runs + run] = c;
	return true;
}

static bool
place_all(struct join *j)
{
	size_t place_of = 0;

	for (int s = 0; s < 2; s++)
		for (size_t i = 0; i < j->side[s].n; i++, place_of++)
			for (const struct em_run *r =
				 em_results_runs(j->side[s].v[i]);
			     r != NULL; r = r->next)
				for (const struct em_suite *u = r->suites;
				     u != NULL; u = u->next)
					for (const struct em_case *c = u->cases;
					     c != NULL; c = c->next)
						if (c->selected &&
						    !place(j, c, place_of))
							return false;
	return true;
}

/* ---- one row ---- */

static bool
failed(const struct em_case *c)
{
	return c->outcome == EM_FAIL || c->outcome == EM_INVALID;
}

static enum diff_state
state_of(const struct em_case **v, size_t n, const struct em_case **which)
{
	size_t pass = 0, fail = 0, skip = 0, flaky = 0;

	*which = NULL;
	for (size_t i = 0; i < n; i++) {
		if (v[i] == NULL)
			continue;
		pass += v[i]->outcome == EM_PASS;
		fail += failed(v[i]);
		skip += v[i]->outcome == EM_SKIP || v[i]->outcome == EM_NONE;
		flaky += v[i]->flaky;
		if (*which == NULL || failed(v[i]) || !failed(*which))
			*which = v[i];
	}
	if (flaky > 0 || (pass > 0 && fail > 0))
		return STATE_FLAKY;
	if (fail > 0)
		return STATE_FAIL;
	if (pass > 0)
		return STATE_PASS;
	return skip > 0 ? STATE_SKIP : STATE_NONE;
}

struct em_str
diff_message(const struct em_case *c)
{
	static const struct em_str none;
	const struct em_item *i;

	if (c == NULL)
		return none;
	for (i = c->last->items; i != NULL; i = i->next) {
		const struct em_message *m = i->u.message;

		if (i->kind != EM_CASE_MESSAGE ||
		    !em_str_eq(m->kind, EM_STR("error")))
			continue;
		if (m->message.p != NULL)
			return m->message;
		if (m->detail.p != NULL)
			return m->detail;
	}
	return c->last->end->reason;
}

static bool
same_failure(
    const struct join *j, const struct em_case *a, const struct em_case *b)
{
	struct em_str x, y;

	if (!em_str_eq(a->last->end->status, b->last->end->status) &&
	    a->last->end->status.p != NULL && b->last->end->status.p != NULL)
		return false;
	x = em_normalize_text(j->opts->normalize, diff_message(a));
	y = em_normalize_text(j->opts->normalize, diff_message(b));
	return em_str_eq(x, y);
}

static bool
is_line(const char *list, struct em_str suite, struct em_str name)
{
	while (*list != '\0') {
		size_t n = strcspn(list, "\n");
		const char *tab = memchr(list, '\t', n);
		struct em_str line = { list, n };

		if (tab != NULL) {
			struct em_str first = { list, (size_t)(tab - list) };

			line = (struct em_str){ tab + 1, n - first.n - 1 };
			if (em_str_eq(first, suite) && em_str_eq(line, name))
				return true;
		} else if (em_str_eq(line, name) && list[0] != '#') {
			return true;
		}
		list += n + (list[n] == '\n');
	}
	return false;
}

static bool
is_known(const struct join *j, const struct em_case *c)
{
	return j->opts->known != NULL && c != NULL &&
	    is_line(j->opts->known, c->suite->name, c->name);
}

/* What became of it, durations aside. */
static enum diff_class
class_of(const struct join *j, const struct diff_row *r)
{
	enum diff_state old = r->state[0], new = r->state[1];
	bool known = is_known(j, r->side[1]);

	if (known && (new == STATE_FAIL || new == STATE_FLAKY))
		return DIFF_KNOWN;
	if (known && new == STATE_PASS)
		return DIFF_UNEXPECTED;
	if (r->side[1] == NULL)
		return j->side[1].cut ? DIFF_SKIPPED : DIFF_REMOVED;
	if (r->side[0] == NULL)
		return DIFF_ADDED;
	if (new == STATE_SKIP)
		return old == STATE_SKIP ? DIFF_SAME : DIFF_SKIPPED;
	if (new == STATE_FLAKY)
		return old == STATE_FLAKY ? DIFF_SAME : DIFF_FLAKY;
	if (new == STATE_FAIL && (old == STATE_PASS || old == STATE_SKIP))
		return DIFF_BROKEN;
	if (new == STATE_FAIL)
		return same_failure(j, r->side[0], r->side[1]) ? DIFF_FAILING
							       : DIFF_CHANGED;
	return old == STATE_FAIL || old == STATE_FLAKY ? DIFF_FIXED : DIFF_SAME;
}

/* ---- numbers ---- */

static void
add_number(struct numbers *m, int side, double v)
{
	if (m->n[side] == m->size[side]) {
		size_t size = m->size[side] == 0 ? 64 : m->size[side] * 2;
		void *p = realloc(m->v[side], size * sizeof(double));

		if (p == NULL) {
			m->failed = true;
			return;
		}
		m->v[side] = p;
		m->size[side] = size;
	}
	m->v[side][m->n[side]++] = v;
}

/* The p-value decides as soon as it can reach alpha at all. */
static bool
significant(const struct diff_stats *s, double alpha)
{
	return s->n[0] < 4 || s->n[1] < 4 || s->p < alpha;
}

static void
judge(struct numbers *m, struct diff_stats *s, const struct diff_opts *o,
    double floor, bool more_is_better)
{
	double change;

	*s = (struct diff_stats){ .p = NAN, .n = { m->n[0], m->n[1] } };
	s->old = stats_median(m->v[0], m->n[0]);
	s->new = stats_median(m->v[1], m->n[1]);
	stats_interval(m->v[0], m->n[0], &s->low[0], &s->high[0]);
	stats_interval(m->v[1], m->n[1], &s->low[1], &s->high[1]);
	if (m->n[0] == 0 || m->n[1] == 0)
		return;
	if (m->n[0] > 1 && m->n[1] > 1)
		s->p = stats_mann_whitney(m->v[0], m->n[0], m->v[1], m->n[1]);
	change = s->new - s->old;
	if (more_is_better)
		change = -change;
	if (fabs(change) < floor || !significant(s, o->alpha))
		return;
	s->worse = change > fabs(s->old) * o->slower && change > 0;
	s->better = -change > fabs(s->old) * o->faster && change < 0;
}

static void
compare_times(struct join *j, struct diff_stats *s, const struct em_case **v)
{
	struct numbers *m = &j->numbers;

	m->n[0] = m->n[1] = 0;
	for (size_t i = 0; i < j->runs; i++)
		if (v[i] != NULL && v[i]->outcome == EM_PASS &&
		    v[i]->last->duration_ns != EM_UNSET)
			add_number(m, i >= j->side[0].n,
			    (double)v[i]->last->duration_ns);
	judge(m, s, j->opts, (double)j->opts->floor_ns, false);
}

static bool
number_of(struct em_str s, double *v)
{
	char text[64], *end;

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*v = strtod(text, &end);
	return *end == '\0' && isfinite(*v);
}

static void
add_metric(struct numbers *m, int side, const struct em_metric *x)
{
	double v;

	for (size_t i = 0; i < x->samples.n; i++)
		if (number_of(x->samples.v[i], &v))
			add_number(m, side, v);
	if (x->samples.n == 0 && number_of(x->value, &v))
		add_number(m, side, v);
}

/* Everything that any run of the row measured under this name. */
static void
gather(struct join *j, const struct em_case **v, const struct em_metric *like)
{
	struct numbers *m = &j->numbers;

	m->n[0] = m->n[1] = 0;
	for (size_t i = 0; i < j->runs; i++) {
		const struct em_item *it =
		    v[i] != NULL ? v[i]->last->items : NULL;

		for (; it != NULL; it = it->next)
			if (it->kind == EM_CASE_METRIC &&
			    em_str_eq(it->u.metric->metric, like->metric) &&
			    em_str_eq(it->u.metric->unit, like->unit))
				add_metric(m, i >= j->side[0].n, it->u.metric);
	}
}

static bool
compare_metrics(struct join *j, struct diff_row *r, const struct em_case **v)
{
	const struct em_item *it;
	struct diff_metric *x;

	if (r->side[0] == NULL || r->side[1] == NULL)
		return true;
	for (it = r->side[1]->last->items; it != NULL; it = it->next) {
		struct em_str unit;
		bool rate;

		if (it->kind != EM_CASE_METRIC)
			continue;
		unit = it->u.metric->unit;
		rate = unit.n >= 2 && memcmp(unit.p + unit.n - 2, "/s", 2) == 0;
		gather(j, v, it->u.metric);
		if (j->numbers.n[0] == 0 || j->numbers.n[1] == 0)
			continue;
		x = calloc(1, sizeof(*x));
		if (x == NULL)
			return false;
		x->metric = it->u.metric->metric;
		x->unit = unit;
		judge(&j->numbers, &x->stats, j->opts, 0, rate);
		if (!x->stats.worse && !x->stats.better) {
			free(x);
			continue;
		}
		x->next = r->metrics;
		r->metrics = x;
	}
	return true;
}

/* Nearly all rows are of cases that are what they were, so they have none. */
static bool
keep_time(struct diff_row *r, const struct diff_stats *s)
{
	r->time = malloc(sizeof(*r->time));
	if (r->time != NULL)
		*r->time = *s;
	return r->time != NULL;
}

static bool
make_row(struct join *j, size_t i)
{
	struct diff_row *r = &j->d->rows[i];
	const struct em_case **v = j->cases + i * j->runs;
	size_t old = j->side[0].n;
	struct diff_stats time;
	bool worse, better;

	r->state[0] = state_of(v, old, &r->side[0]);
	r->state[1] = state_of(v + old, j->runs - old, &r->side[1]);
	r->class = class_of(j, r);
	compare_times(j, &time, v);
	if (!compare_metrics(j, r, v) || j->numbers.failed)
		return false;
	worse = time.worse;
	better = time.better;
	for (const struct diff_metric *m = r->metrics; m != NULL; m = m->next) {
		worse = worse || m->stats.worse;
		better = better || m->stats.better;
	}
	if (r->class == DIFF_SAME && worse)
		r->class = DIFF_SLOWER;
	else if (r->class == DIFF_SAME && better)
		r->class = DIFF_FASTER;
	if (r->class != DIFF_SAME && !keep_time(r, &time))
		return false;
	j->d->count[r->class]++;
	j->d->recorded += r->side[0] != NULL && r->side[1] != NULL;
	return true;
}

bool
diff_rows(struct diff *d, const struct diff_side side[2],
    const struct diff_opts *opts)
{
	struct join j = { .d = d,
		.side = side,
		.opts = opts,
		.runs = side[0].n + side[1].n };
	bool ok;

	*d = (struct diff){ .n = 0 };
	j.index = em_map_new();
	ok = j.index != NULL && place_all(&j);
	em_map_free(j.index);
	if (ok && d->n > 0) {
		d->rows = calloc(d->n, sizeof(*d->rows));
		ok = d->rows != NULL;
	}
	for (size_t i = 0; ok && i < d->n; i++)
		ok = make_row(&j, i);
	free(j.cases);
	free(j.numbers.v[0]);
	free(j.numbers.v[1]);
	return ok && diff_suites(d, side);
}

void
diff_release(struct diff *d)
{
	struct diff_metric *next;

	for (size_t i = 0; i < d->n && d->rows != NULL; i++) {
		struct diff_row *r = &d->rows[i];

		for (struct diff_metric *m = r->metrics; m != NULL; m = next) {
			next = m->next;
			free(m);
		}
		free(r->time);
	}
	free(d->rows);
	free(d->troubles);
}
