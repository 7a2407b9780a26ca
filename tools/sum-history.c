/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sum-history.h"
#include "sum.h"

struct entry { /* one case of one run */
	struct em_str id; /* suite, class, name, variant, iteration */
	struct em_str suite, name; /* parts of id, for people */
	int64_t duration_ns;
	uint32_t place; /* which run */
	enum em_outcome outcome;
	bool flaky;
};

struct row { /* one case over all runs */
	const struct entry *first;
	size_t n, ran, pass, fail, flaky;
	int64_t p50, p90, p99; /* EM_UNSET without durations */
};

struct block {
	struct block *next;
	char bytes[];
};

struct history {
	struct entry *v;
	size_t n, size;
	uint32_t runs;
	struct block *blocks;
};

struct history *
history_new(void)
{
	return calloc(1, sizeof(struct history));
}

void
history_free(struct history *h)
{
	struct block *next;

	if (h == NULL)
		return;
	for (struct block *b = h->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(h->v);
	free(h);
}

/* The parts joined by NUL, which sorts suite by suite; the entry's slices
 * point into it. */
static bool
make_id(struct history *h, struct entry *e, const struct em_case *c)
{
	char iteration[24];
	int digits = snprintf(
	    iteration, sizeof(iteration), "%lld", (long long)c->iteration);
	const struct em_str parts[] = { c->suite->name, c->class_name, c->name,
		c->details->variant, { iteration, (size_t)digits } };
	size_t n = 0;
	struct block *b;
	char *p;

	for (size_t i = 0; i < 5; i++)
		n += parts[i].n + 1;
	b = malloc(sizeof(*b) + n);
	if (b == NULL)
		return false;
	b->next = h->blocks;
	h->blocks = b;
	p = b->bytes;
	for (size_t i = 0; i < 5; i++) {
		struct em_str at = { p, parts[i].n };

		if (parts[i].n > 0)
			memcpy(p, parts[i].p, parts[i].n);
		p += parts[i].n;
		*p++ = '\0';
		if (i == 0)
			e->suite = at;
		if (i == 2)
			e->name = at;
	}
	e->id = (struct em_str){ b->bytes, n };
	return true;
}

static bool
add_case(struct history *h, const struct em_case *c)
{
	struct entry *e;

	if (!c->selected)
		return true;
	if (h->n == h->size) {
		size_t size = h->size == 0 ? 1024 : h->size * 2;

		e = realloc(h->v, size * sizeof(*e));
		if (e == NULL)
			return false;
		h->v = e;
		h->size = size;
	}
	e = &h->v[h->n];
	*e = (struct entry){ .duration_ns = c->last->duration_ns,
		.place = h->runs,
		.outcome = c->outcome,
		.flaky = c->flaky };
	if (!make_id(h, e, c))
		return false;
	h->n++;
	return true;
}

bool
history_add(struct history *h, struct em_results *rs)
{
	for (const struct em_run *r = em_results_runs(rs); r != NULL;
	     r = r->next) {
		for (const struct em_suite *s = r->suites; s != NULL;
		     s = s->next)
			for (const struct em_case *c = s->cases; c != NULL;
			     c = c->next)
				if (!add_case(h, c))
					return false;
		h->runs++;
	}
	return true;
}

static int
compare_entries(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	size_t n = a->id.n < b->id.n ? a->id.n : b->id.n;
	int r = memcmp(a->id.p, b->id.p, n);

	if (r == 0)
		r = (a->id.n > b->id.n) - (a->id.n < b->id.n);
	return r != 0 ? r : (a->place > b->place) - (a->place < b->place);
}

static int
compare_times(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

/* The nearest-rank percentile of n sorted values. */
static int64_t
percentile(const int64_t *v, size_t n, size_t percent)
{
	size_t rank = (n * percent + 99) / 100;

	return n == 0 ? EM_UNSET : v[rank > 0 ? rank - 1 : 0];
}

static void
make_row(struct row *r, const struct entry *e, size_t n, int64_t *times)
{
	size_t timed = 0;

	*r = (struct row){ .first = e, .n = n };
	for (size_t i = 0; i < n; i++) {
		bool failed =
		    e[i].outcome == EM_FAIL || e[i].outcome == EM_INVALID;

		r->pass += e[i].outcome == EM_PASS;
		r->fail += failed;
		r->ran += failed || e[i].outcome == EM_PASS;
		r->flaky += e[i].flaky;
		if (e[i].duration_ns != EM_UNSET)
			times[timed++] = e[i].duration_ns;
	}
	qsort(times, timed, sizeof(*times), compare_times);
	r->p50 = percentile(times, timed, 50);
	r->p90 = percentile(times, timed, 90);
	r->p99 = percentile(times, timed, 99);
}

/* Worst first: by failures, then flakiness, then name. */
static int
compare_rows(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	/* Rates a/ran compared without division. */
	size_t fa = a->fail * (b->ran + !b->ran);
	size_t fb = b->fail * (a->ran + !a->ran);
	size_t ka = a->flaky * (b->n + !b->n), kb = b->flaky * (a->n + !a->n);

	if (fa != fb)
		return fa < fb ? 1 : -1;
	if (ka != kb)
		return ka < kb ? 1 : -1;
	return compare_entries(a->first, b->first);
}

static double
rate(size_t part, size_t of)
{
	return of == 0 ? 0 : (double)part * 100 / (double)of;
}

static void
print_time(struct em_out *out, int64_t ns)
{
	if (ns == EM_UNSET)
		em_out_printf(out, " %8s", "-");
	else
		em_out_printf(out, " %7.3fs", (double)ns / 1e9);
}

static void
text_row(struct em_out *out, const struct row *r)
{
	em_out_printf(out, "%5zu %5.1f%% %5.1f%%", r->n, rate(r->pass, r->ran),
	    rate(r->flaky, r->n));
	print_time(out, r->p50);
	print_time(out, r->p90);
	print_time(out, r->p99);
	em_out_puts(out, "  ");
	if (r->first->suite.n > 0) {
		sum_plain(out, r->first->suite, NULL);
		em_out_puts(out, "  ");
	}
	sum_plain(out, r->first->name, NULL);
	em_out_puts(out, "\n");
}

static void
json_time(struct em_out *out, const char *key, int64_t ns)
{
	if (ns != EM_UNSET)
		em_out_printf(out, ",\"%s\":%lld", key, (long long)ns);
}

static void
json_row(struct em_out *out, const struct row *r)
{
	em_out_puts(out, "{\"name\":");
	em_out_json_str(out, r->first->name);
	if (r->first->suite.n > 0) {
		em_out_puts(out, ",\"suite\":");
		em_out_json_str(out, r->first->suite);
	}
	em_out_printf(out,
	    ",\"runs\":%zu,\"ran\":%zu,\"pass\":%zu,\"fail\":%zu,\"flaky\":%zu",
	    r->n, r->ran, r->pass, r->fail, r->flaky);
	json_time(out, "p50_ns", r->p50);
	json_time(out, "p90_ns", r->p90);
	json_time(out, "p99_ns", r->p99);
	em_out_puts(out, "}");
}

static void
print_rows(const struct history *h, const struct row *rows, size_t n,
    struct em_out *out, const char *format, size_t most)
{
	if (strcmp(format, "json") == 0) {
		em_out_printf(
		    out, "{\"runs\":%u,\"cases\":[", (unsigned)h->runs);
		for (size_t i = 0; i < n; i++) {
			em_out_puts(out, i > 0 ? ",\n" : "\n");
			json_row(out, &rows[i]);
		}
		em_out_puts(out, "]}\n");
		return;
	}
	em_out_printf(out, "%5s %6s %6s %8s %8s %8s\n", "runs", "pass", "flaky",
	    "p50", "p90", "p99");
	for (size_t i = 0; i < n && i < most; i++)
		text_row(out, &rows[i]);
	if (n > most)
		em_out_printf(out, "and %zu more\n", n - most);
}

void
history_print(
    struct history *h, struct em_out *out, const char *format, size_t most)
{
	struct row *rows = calloc(h->n + 1, sizeof(*rows));
	int64_t *times = calloc(h->n + 1, sizeof(*times));
	size_t n = 0, end;

	if (rows != NULL && times != NULL && h->n > 0) {
		qsort(h->v, h->n, sizeof(*h->v), compare_entries);
		for (size_t i = 0; i < h->n; i = end) {
			for (end = i + 1;
			     end < h->n && h->v[end].id.n == h->v[i].id.n &&
			     memcmp(h->v[end].id.p, h->v[i].id.p,
				 h->v[i].id.n) == 0;
			     end++)
				;
			make_row(&rows[n++], &h->v[i], end - i, times);
		}
		qsort(rows, n, sizeof(*rows), compare_rows);
	}
	if (rows != NULL && times != NULL)
		print_rows(h, rows, n, out, format, most);
	free(rows);
	free(times);
}
