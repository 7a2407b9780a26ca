/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sum-history.h"
#include "sum.h"

/*
 * A row for each case, however many runs have it; what the runs say of it is
 * added up at once, but for the durations.
 */
struct row {
	struct em_str id; /* suite, class, name, variant, iteration */
	struct em_str suite, name; /* parts of id, for people */
	uint32_t n, ran, pass, fail, flaky;
	uint32_t times; /* the newest of its durations, from 1 */
};

struct time {
	int64_t ns;
	uint32_t before; /* of the same row, from 1; 0: none */
};

enum { BLOCK_SIZE = 64 * 1024 };

struct block { /* of ids */
	struct block *next;
	size_t used, size;
	char bytes[];
};

struct history {
	struct em_map *index; /* identity without the run: row, from 1 */
	struct row *rows;
	size_t n, size;
	struct time *times;
	size_t time_count, time_size;
	uint32_t runs;
	struct block *blocks;
};

struct history *
history_new(void)
{
	struct history *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->index = em_map_new();
	if (h->index != NULL)
		return h;
	free(h);
	return NULL;
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
	em_map_free(h->index);
	free(h->rows);
	free(h->times);
	free(h);
}

/* Room for an id; NULL when out of memory. */
static char *
id_room(struct history *h, size_t n)
{
	struct block *b = h->blocks;

	if (b == NULL || b->size - b->used < n) {
		size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;

		b = malloc(sizeof(*b) + size);
		if (b == NULL)
			return NULL;
		*b = (struct block){ .next = h->blocks, .size = size };
		h->blocks = b;
	}
	b->used += n;
	return b->bytes + b->used - n;
}

/* The parts joined by NUL, which sorts suite by suite; the row's slices point
 * into it. */
static bool
make_id(struct history *h, struct row *r, const struct em_case *c)
{
	char iteration[24];
	int digits = snprintf(
	    iteration, sizeof(iteration), "%lld", (long long)c->iteration);
	const struct em_str parts[] = { c->suite->name, c->class_name, c->name,
		c->details->variant, { iteration, (size_t)digits } };
	size_t n = 0;
	char *p;

	for (size_t i = 0; i < 5; i++)
		n += parts[i].n + 1;
	p = id_room(h, n);
	if (p == NULL)
		return false;
	r->id = (struct em_str){ p, n };
	for (size_t i = 0; i < 5; i++) {
		struct em_str at = { p, parts[i].n };

		if (parts[i].n > 0)
			memcpy(p, parts[i].p, parts[i].n);
		p += parts[i].n;
		*p++ = '\0';
		if (i == 0)
			r->suite = at;
		if (i == 2)
			r->name = at;
	}
	return true;
}

/* Doubles what is full; false when out of memory. */
static bool
room(void **v, size_t n, size_t *size, size_t each)
{
	size_t more = *size == 0 ? 1024 : *size * 2;
	void *p;

	if (n < *size)
		return true;
	p = realloc(*v, more * each);
	if (p == NULL)
		return false;
	*v = p;
	*size = more;
	return true;
}

/* Two runs have the same case whatever the runs are called. */
static struct em_key
key_of(const struct em_case *c)
{
	struct em_event ev = em_case_identity(c);

	ev.run = (struct em_str){ NULL, 0 };
	return em_case_key(&ev);
}

/* NULL when out of memory. */
static struct row *
row_of(struct history *h, const struct em_case *c)
{
	uint64_t *at = em_map_at(h->index, key_of(c));
	void *rows = h->rows;
	struct row *r;

	if (at == NULL)
		return NULL;
	if (*at > 0)
		return &h->rows[*at - 1];
	if (!room(&rows, h->n, &h->size, sizeof(*h->rows)))
		return NULL;
	h->rows = rows;
	r = &h->rows[h->n];
	*r = (struct row){ .n = 0 };
	if (!make_id(h, r, c))
		return NULL;
	*at = ++h->n;
	return r;
}

static bool
add_time(struct history *h, struct row *r, int64_t ns)
{
	void *times = h->times;

	if (ns == EM_UNSET)
		return true;
	if (h->time_count >= UINT32_MAX ||
	    !room(&times, h->time_count, &h->time_size, sizeof(*h->times)))
		return false;
	h->times = times;
	h->times[h->time_count++] = (struct time){ ns, r->times };
	r->times = (uint32_t)h->time_count;
	return true;
}

static bool
add_case(struct history *h, const struct em_case *c)
{
	bool failed = c->outcome == EM_FAIL || c->outcome == EM_INVALID;
	struct row *r;

	if (!c->selected)
		return true;
	r = row_of(h, c);
	if (r == NULL)
		return false;
	r->n++;
	r->pass += c->outcome == EM_PASS;
	r->fail += failed;
	r->ran += failed || c->outcome == EM_PASS;
	r->flaky += c->flaky;
	return add_time(h, r, c->last->duration_ns);
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

/* ---- percentiles ---- */

struct percentiles {
	int64_t p50, p90, p99; /* EM_UNSET without durations */
};

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

/* times has room for as many as any row has. */
static struct percentiles
percentiles_of(const struct history *h, const struct row *r, int64_t *times)
{
	size_t n = 0;

	for (uint32_t t = r->times; t > 0; t = h->times[t - 1].before)
		times[n++] = h->times[t - 1].ns;
	qsort(times, n, sizeof(*times), compare_times);
	return (struct percentiles){ percentile(times, n, 50),
		percentile(times, n, 90), percentile(times, n, 99) };
}

/* ---- rows ---- */

static int
compare_ids(struct em_str a, struct em_str b)
{
	int r = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return r != 0 ? r : (a.n > b.n) - (a.n < b.n);
}

/* Worst first: by failures, then flakiness, then name. */
static int
compare_rows(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	/* Rates a/ran compared without division. */
	uint64_t fa = (uint64_t)a->fail * (b->ran + !b->ran);
	uint64_t fb = (uint64_t)b->fail * (a->ran + !a->ran);
	uint64_t ka = (uint64_t)a->flaky * (b->n + !b->n);
	uint64_t kb = (uint64_t)b->flaky * (a->n + !a->n);

	if (fa != fb)
		return fa < fb ? 1 : -1;
	if (ka != kb)
		return ka < kb ? 1 : -1;
	return compare_ids(a->id, b->id);
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
text_row(struct em_out *out, const struct row *r, const struct percentiles *p)
{
	em_out_printf(out, "%5u %5.1f%% %5.1f%%", (unsigned)r->n,
	    rate(r->pass, r->ran), rate(r->flaky, r->n));
	print_time(out, p->p50);
	print_time(out, p->p90);
	print_time(out, p->p99);
	em_out_puts(out, "  ");
	if (r->suite.n > 0) {
		em_out_plain(out, r->suite, NULL);
		em_out_puts(out, "  ");
	}
	em_out_plain(out, r->name, NULL);
	em_out_puts(out, "\n");
}

static void
json_time(struct em_out *out, const char *key, int64_t ns)
{
	if (ns != EM_UNSET)
		em_out_printf(out, ",\"%s\":%lld", key, (long long)ns);
}

static void
json_row(struct em_out *out, const struct row *r, const struct percentiles *p)
{
	em_out_puts(out, "{\"name\":");
	em_out_json_str(out, r->name);
	if (r->suite.n > 0) {
		em_out_puts(out, ",\"suite\":");
		em_out_json_str(out, r->suite);
	}
	em_out_printf(out,
	    ",\"runs\":%u,\"ran\":%u,\"pass\":%u,\"fail\":%u,\"flaky\":%u",
	    (unsigned)r->n, (unsigned)r->ran, (unsigned)r->pass,
	    (unsigned)r->fail, (unsigned)r->flaky);
	json_time(out, "p50_ns", p->p50);
	json_time(out, "p90_ns", p->p90);
	json_time(out, "p99_ns", p->p99);
	em_out_puts(out, "}");
}

static void
print_json(const struct history *h, struct em_out *out, int64_t *times)
{
	em_out_printf(out, "{\"runs\":%u,\"cases\":[", (unsigned)h->runs);
	for (size_t i = 0; i < h->n; i++) {
		struct percentiles p = percentiles_of(h, &h->rows[i], times);

		em_out_puts(out, i > 0 ? ",\n" : "\n");
		json_row(out, &h->rows[i], &p);
	}
	em_out_puts(out, "]}\n");
}

static void
print_text(
    const struct history *h, struct em_out *out, size_t most, int64_t *times)
{
	em_out_printf(out, "%5s %6s %6s %8s %8s %8s\n", "runs", "pass", "flaky",
	    "p50", "p90", "p99");
	for (size_t i = 0; i < h->n && i < most; i++) {
		struct percentiles p = percentiles_of(h, &h->rows[i], times);

		text_row(out, &h->rows[i], &p);
	}
	if (h->n > most)
		em_out_printf(out, "and %zu more\n", h->n - most);
}

bool
history_print(
    struct history *h, struct em_out *out, const char *format, size_t most)
{
	size_t longest = 0;
	int64_t *times;

	for (size_t i = 0; i < h->n; i++)
		if (h->rows[i].n > longest)
			longest = h->rows[i].n;
	times = calloc(longest + 1, sizeof(*times));
	if (times == NULL)
		return false;
	if (h->n > 0)
		qsort(h->rows, h->n, sizeof(*h->rows), compare_rows);
	if (strcmp(format, "json") == 0)
		print_json(h, out, times);
	else
		print_text(h, out, most, times);
	free(times);
	return true;
}
