/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sum-history.h"
#include "sum.h"

enum { SUITE, CLASS, NAME, VARIANT, ITERATION, PARTS };

/*
 * A row for each case, however many runs have it; what the runs say of it is
 * added up at once, but for the durations.
 */
struct row {
	struct em_str id; /* suite, class, name, variant, iteration */
	uint32_t part[PARTS]; /* where each begins in id */
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

/* The parts joined by NUL, which sorts suite by suite. */
static bool
make_id(struct history *h, struct row *r, const struct em_case *c)
{
	char iteration[24];
	int digits = snprintf(
	    iteration, sizeof(iteration), "%lld", (long long)c->iteration);
	const struct em_str parts[PARTS] = { c->suite->name, c->class_name,
		c->name, c->details->variant, { iteration, (size_t)digits } };
	size_t n = 0;
	char *p;

	for (size_t i = 0; i < PARTS; i++)
		n += parts[i].n + 1;
	if (n > UINT32_MAX)
		return false;
	p = id_room(h, n);
	if (p == NULL)
		return false;
	r->id = (struct em_str){ p, n };
	for (size_t i = 0; i < PARTS; i++) {
		r->part[i] = (uint32_t)(p - r->id.p);
		if (parts[i].n > 0)
			memcpy(p, parts[i].p, parts[i].n);
		p += parts[i].n;
		*p++ = '\0';
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

static struct em_str
part(const struct row *r, size_t i)
{
	size_t end = i + 1 < PARTS ? r->part[i + 1] : r->id.n;

	return (struct em_str){ r->id.p + r->part[i], end - 1 - r->part[i] };
}

static bool
is_again(const struct row *r)
{
	return !em_str_eq(part(r, ITERATION), EM_STR("1"));
}

/* ---- for people ---- */

static void
print_rate(struct em_out *out, size_t part, size_t of)
{
	if (of == 0)
		em_out_printf(out, " %6s", "-");
	else
		em_out_printf(out, " %5.1f%%", rate(part, of));
}

static void
print_time(struct em_out *out, int64_t ns)
{
	char s[32] = "-";

	if (ns != EM_UNSET)
		sum_duration_text(s, sizeof(s), ns);
	em_out_printf(out, " %8s", s);
}

/* "suite  class name [variant] (iteration 2)", as tsum has it. */
static void
put_name(struct em_out *out, const struct row *r,
    void (*put)(struct em_out *out, struct em_str s))
{
	if (part(r, SUITE).n > 0) {
		put(out, part(r, SUITE));
		em_out_puts(out, "  ");
	}
	if (part(r, CLASS).n > 0) {
		put(out, part(r, CLASS));
		em_out_puts(out, " ");
	}
	put(out, part(r, NAME));
	if (part(r, VARIANT).n > 0) {
		em_out_puts(out, " [");
		put(out, part(r, VARIANT));
		em_out_puts(out, "]");
	}
	if (is_again(r)) {
		em_out_puts(out, " (iteration ");
		put(out, part(r, ITERATION));
		em_out_puts(out, ")");
	}
}

static void
put_line(struct em_out *out, struct em_str s)
{
	em_out_plain(out, s, NULL);
}

static void
text_row(struct em_out *out, const struct row *r, const struct percentiles *p)
{
	em_out_printf(out, "%5u", (unsigned)r->n);
	print_rate(out, r->pass, r->ran);
	print_rate(out, r->flaky, r->ran);
	print_time(out, p->p50);
	print_time(out, p->p90);
	print_time(out, p->p99);
	em_out_puts(out, "  ");
	put_name(out, r, put_line);
	em_out_puts(out, "\n");
}

static void
markdown_row(
    struct em_out *out, const struct row *r, const struct percentiles *p)
{
	em_out_printf(out, "| %u |", (unsigned)r->n);
	print_rate(out, r->pass, r->ran);
	em_out_puts(out, " |");
	print_rate(out, r->flaky, r->ran);
	em_out_puts(out, " |");
	print_time(out, p->p50);
	em_out_puts(out, " |");
	print_time(out, p->p90);
	em_out_puts(out, " |");
	print_time(out, p->p99);
	em_out_puts(out, " | ");
	put_name(out, r, sum_md_text);
	em_out_puts(out, " |\n");
}

/* ---- for programs ---- */

static void
csv_time(struct em_out *out, int64_t ns)
{
	em_out_puts(out, ",");
	if (ns != EM_UNSET)
		em_out_printf(out, "%lld", (long long)ns);
}

static void
csv_row(struct em_out *out, const struct row *r, const struct percentiles *p)
{
	for (size_t i = 0; i < PARTS; i++) {
		sum_csv_field(out, part(r, i));
		em_out_puts(out, ",");
	}
	em_out_printf(out, "%u,%u,%u,%u,%u", (unsigned)r->n, (unsigned)r->ran,
	    (unsigned)r->pass, (unsigned)r->fail, (unsigned)r->flaky);
	csv_time(out, p->p50);
	csv_time(out, p->p90);
	csv_time(out, p->p99);
	em_out_puts(out, "\n");
}

static void
json_part(struct em_out *out, const char *key, struct em_str s)
{
	if (s.n == 0)
		return;
	em_out_printf(out, ",\"%s\":", key);
	em_out_json_str(out, s);
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
	em_out_json_str(out, part(r, NAME));
	json_part(out, "suite", part(r, SUITE));
	json_part(out, "class", part(r, CLASS));
	json_part(out, "variant", part(r, VARIANT));
	if (is_again(r)) {
		em_out_puts(out, ",\"iteration\":");
		em_out_write(out, part(r, ITERATION));
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

/* ---- tables ---- */

/* The rows of a format, and what is around them. */
static const struct table {
	const char *format, *head, *sep, *end;
	void (*row)(struct em_out *out, const struct row *r,
	    const struct percentiles *p);
	bool all; /* whatever --top says */
} tables[] = {
	{ "text", " runs   pass  flaky      p50      p90      p99\n", "", "",
	    text_row, false },
	{ "markdown",
	    "| runs | pass | flaky | p50 | p90 | p99 | case |\n"
	    "| --: | --: | --: | --: | --: | --: | :-- |\n",
	    "", "", markdown_row, false },
	{ "csv",
	    "suite,class,name,variant,iteration,runs,ran,pass,fail,flaky,"
	    "p50_ns,p90_ns,p99_ns\n",
	    "", "", csv_row, true },
	{ "json", "\"cases\":[\n", ",\n", "]}\n", json_row, true },
};

static void
print_rows(const struct history *h, struct em_out *out, const struct table *t,
    size_t most, int64_t *times)
{
	size_t n = t->all || h->n < most ? h->n : most;

	if (t->row == json_row)
		em_out_printf(out, "{\"runs\":%u,", (unsigned)h->runs);
	em_out_puts(out, t->head);
	for (size_t i = 0; i < n; i++) {
		struct percentiles p = percentiles_of(h, &h->rows[i], times);

		em_out_puts(out, i > 0 ? t->sep : "");
		t->row(out, &h->rows[i], &p);
	}
	em_out_puts(out, t->end);
	if (n < h->n)
		em_out_printf(out, "%sand %zu more\n",
		    t->row == markdown_row ? "\n" : "", h->n - n);
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
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (strcmp(tables[i].format, format) == 0)
			print_rows(h, out, &tables[i], most, times);
	free(times);
	return true;
}
