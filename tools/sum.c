/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sum.h"

/* ---- lists ---- */

static bool
push_case(struct sum_cases *l, const struct em_case *c)
{
	/* Grows when the count is a power of two. */
	if ((l->n & (l->n - 1)) == 0) {
		size_t size = l->n == 0 ? 1 : l->n * 2;
		void *p = realloc(l->v, size * sizeof(*l->v));

		if (p == NULL)
			return false;
		l->v = p;
	}
	l->v[l->n++] = c;
	return true;
}

static int64_t
duration_of(const struct em_case *c)
{
	return c->last->duration_ns == EM_UNSET ? -1 : c->last->duration_ns;
}

/* Keeps the n slowest in order; an insertion is rare in a long stream. */
static bool
note_slow(struct sum_cases *l, size_t n, const struct em_case *c)
{
	size_t i;

	if (n == 0 || duration_of(c) < 0)
		return true;
	if (l->n == n && duration_of(c) <= duration_of(l->v[n - 1]))
		return true;
	if (l->n < n && !push_case(l, c))
		return false;
	for (i = l->n - 1; i > 0 && duration_of(l->v[i - 1]) < duration_of(c);
	     i--)
		l->v[i] = l->v[i - 1];
	l->v[i] = c;
	return true;
}

static void
count_case(struct sum_counts *n, const struct em_case *c)
{
	if (!c->selected)
		return;
	n->tests++;
	n->pass += c->outcome == EM_PASS;
	n->skip += c->outcome == EM_SKIP;
	n->fail += c->outcome == EM_FAIL || c->outcome == EM_INVALID;
	n->not_run += c->outcome == EM_NONE;
	n->flaky += c->flaky;
	n->incomplete += c->incomplete;
	if (c->last->duration_ns == EM_UNSET)
		return;
	n->timed++;
	n->summed_ns = c->last->duration_ns < INT64_MAX - n->summed_ns
	    ? n->summed_ns + c->last->duration_ns
	    : INT64_MAX;
}

/* ---- groups ---- */

struct keyed {
	struct em_str key;
	const struct em_case *c;
	size_t place; /* keeps equal keys in order */
};

struct keyed_list {
	struct keyed *v;
	size_t n, size;
};

static bool
push_key(struct keyed_list *l, struct em_str key, const struct em_case *c)
{
	if (l->n == l->size) {
		size_t size = l->size == 0 ? 1024 : l->size * 2;
		void *p = realloc(l->v, size * sizeof(*l->v));

		if (p == NULL)
			return false;
		l->v = p;
		l->size = size;
	}
	l->v[l->n] = (struct keyed){ key, c, l->n };
	l->n++;
	return true;
}

static bool
push_keys(struct keyed_list *l, enum sum_by by, const struct em_case *c)
{
	const struct em_strs *tags = &c->details->tags;

	switch (by) {
	case BY_NONE:
		return true;
	case BY_SUITE:
		return push_key(l, c->suite->name, c);
	case BY_FILE:
		return push_key(l, c->details->location.file, c);
	case BY_WORKER:
		return push_key(l, em_attempt_start(c->last)->worker, c);
	case BY_STATUS:
		return push_key(l,
		    c->last->end->status.p != NULL
			? c->last->end->status
			: em_outcome_name(c->outcome),
		    c);
	case BY_TAG:
		for (size_t i = 0; i < tags->n; i++)
			if (!push_key(l, tags->v[i], c))
				return false;
		return true;
	}
	return true;
}

static int
compare_str(struct em_str a, struct em_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return r != 0 ? r : (a.n > b.n) - (a.n < b.n);
}

static int
compare_keyed(const void *x, const void *y)
{
	const struct keyed *a = x, *b = y;
	int r = compare_str(a->key, b->key);

	return r != 0 ? r : (a->place > b->place) - (a->place < b->place);
}

static bool
make_groups(struct sum_view *v, struct keyed_list *l)
{
	if (l->n == 0)
		return true;
	qsort(l->v, l->n, sizeof(*l->v), compare_keyed);
	v->groups = calloc(l->n, sizeof(*v->groups));
	if (v->groups == NULL)
		return false;
	for (size_t i = 0; i < l->n; i++) {
		if (i == 0 || compare_str(l->v[i].key, l->v[i - 1].key) != 0)
			v->groups[v->group_count++].key = l->v[i].key;
		count_case(&v->groups[v->group_count - 1].counts, l->v[i].c);
	}
	return true;
}

/* ---- the view ---- */

static bool
collect_case(struct sum_view *v, struct keyed_list *keys, size_t slowest,
    const struct em_case *c)
{
	count_case(&v->counts, c);
	if (!c->selected)
		return true;
	if ((c->outcome == EM_FAIL || c->outcome == EM_INVALID) &&
	    !push_case(&v->failed, c))
		return false;
	if (c->flaky && !push_case(&v->flaky, c))
		return false;
	if (c->outcome == EM_NONE && !push_case(&v->not_run, c))
		return false;
	return note_slow(&v->slowest, slowest, c) && push_keys(keys, v->by, c);
}

bool
sum_suite_broken(const struct em_suite *s)
{
	/* Of a run that was cut short so were the suites that had begun. */
	return (s->outcome == EM_FAIL || s->outcome == EM_INVALID) &&
	    (s->completed || s->run->completed);
}

static bool
note_broken(struct sum_view *v, const struct em_suite *s)
{
	void *p;

	if (!sum_suite_broken(s))
		return true;
	p = realloc(v->broken, (v->broken_count + 1) * sizeof(*v->broken));
	if (p == NULL)
		return false;
	v->broken = p;
	v->broken[v->broken_count++] = s;
	return true;
}

static bool
collect_run(struct sum_view *v, struct keyed_list *keys, size_t slowest,
    const struct em_run *run)
{
	v->runs++;
	v->cut += !run->completed && !run->listing;
	v->mismatch = v->mismatch || run->mismatch;
	v->filtered = v->filtered || run->filtered;
	if (run->duration_ns != EM_UNSET && run->duration_ns > v->wall_ns)
		v->wall_ns = run->duration_ns;
	for (const struct em_suite *s = run->suites; s != NULL; s = s->next) {
		if (!note_broken(v, s))
			return false;
		for (const struct em_case *c = s->cases; c != NULL; c = c->next)
			if (!collect_case(v, keys, slowest, c))
				return false;
	}
	return true;
}

bool
sum_collect(struct sum_view *v, struct em_results *all,
    struct em_results *details, enum sum_by by, size_t slowest)
{
	struct keyed_list keys = { .n = 0 };
	bool ok = true;

	*v = (struct sum_view){
		.by = by, .details = details, .wall_ns = EM_UNSET
	};
	v->all = em_results_runs(all);
	v->kept = em_results_runs(details);
	for (const struct em_run *r = v->all; r != NULL && ok; r = r->next)
		ok = collect_run(v, &keys, slowest, r);
	v->verdict = em_results_verdict(all);
	ok = ok && make_groups(v, &keys);
	free(keys.v);
	return ok;
}

void
sum_release(struct sum_view *v)
{
	free(v->failed.v);
	free(v->flaky.v);
	free(v->not_run.v);
	free(v->slowest.v);
	free(v->broken);
	free(v->groups);
}

const struct em_case *
sum_details(const struct sum_view *v, const struct em_case *c)
{
	const struct em_case *kept =
	    v->details != NULL ? em_results_find(v->details, NULL, c) : NULL;

	return kept != NULL ? kept : c;
}

/* ---- beyond cases ---- */

const struct em_item *
sum_logs(const struct sum_view *v, const struct em_run *run,
    const struct em_suite *suite)
{
	const struct em_run *kept = v->kept;

	/* Both were made of the same events. */
	for (const struct em_run *r = v->all; r != run && kept != NULL;
	     r = r->next)
		kept = kept->next;
	if (kept == NULL || suite == NULL)
		return kept != NULL ? kept->logs : NULL;
	for (const struct em_suite *s = kept->suites; s != NULL; s = s->next)
		if (em_str_eq(s->name, suite->name))
			return s->logs;
	return NULL;
}

bool
sum_explained(const struct em_run *run)
{
	return !run->completed || run->stated_outcome == EM_PASS ||
	    run->stated_outcome == EM_SKIP || run->counts.fail > 0 ||
	    run->not_run > 0;
}

bool
sum_is_error(const struct em_item *log)
{
	return em_str_eq(log->u.output->level, EM_STR("error"));
}

/* ---- text for people ---- */

const char *
sum_verdict_name(enum em_verdict verdict)
{
	static const char *const names[] = { "pass", "fail", "truncated",
		"nothing" };

	return names[verdict];
}

void
sum_case_name(struct em_out *out, const struct em_case *c)
{
	if (c->suite->name.n > 0) {
		em_out_plain(out, c->suite->name, NULL);
		em_out_puts(out, "  ");
	}
	if (c->class_name.n > 0) {
		em_out_plain(out, c->class_name, NULL);
		em_out_puts(out, " ");
	}
	em_out_plain(out, c->name, NULL);
	if (c->details->variant.n > 0) {
		em_out_puts(out, " [");
		em_out_plain(out, c->details->variant, NULL);
		em_out_puts(out, "]");
	}
	if (c->iteration > 1)
		em_out_printf(
		    out, " (iteration %lld)", (long long)c->iteration);
}

const char *
sum_duration_text(char *buf, size_t size, int64_t ns)
{
	/* Where rounding would give 1000 of a unit the next one begins. */
	int64_t s = ns / 1000000000 + (ns % 1000000000 >= 500000000);

	if (ns > 0 && ns < 1000)
		snprintf(buf, size, "%lldns", (long long)ns);
	else if (ns > 0 && ns < 999500)
		snprintf(buf, size, "%.3gus", (double)ns / 1e3);
	else if (ns < 999500000)
		snprintf(buf, size, "%.0fms", (double)ns / 1e6);
	else if (ns < 59995000000)
		snprintf(buf, size, "%.2fs", (double)ns / 1e9);
	else if (s < 3600)
		snprintf(buf, size, "%lldm%02llds", (long long)(s / 60),
		    (long long)(s % 60));
	else
		snprintf(buf, size, "%lldh%02lldm", (long long)(s / 3600),
		    (long long)(s % 3600 / 60));
	return buf;
}

void
sum_duration(struct em_out *out, int64_t ns)
{
	char s[32];

	em_out_puts(out, sum_duration_text(s, sizeof(s), ns));
}
