/* SPDX-License-Identifier: MIT */
/* tstore history and flaky: tests over runs, from the index alone. */
#include <stdlib.h>
#include <string.h>

#include "store-tool.h"
#include "sum.h"

static void
put_test(struct em_out *out, const struct index_test *t)
{
	if (t->suite.n > 0) {
		em_out_plain(out, t->suite, NULL);
		em_out_puts(out, " ");
	}
	if (t->class_name.n > 0 && !em_str_eq(t->class_name, t->suite)) {
		em_out_plain(out, t->class_name, NULL);
		em_out_puts(out, "::");
	}
	em_out_plain(out, t->name, NULL);
	if (t->variant.n > 0) {
		em_out_puts(out, " [");
		em_out_plain(out, t->variant, NULL);
		em_out_puts(out, "]");
	}
}

static void
json_member(struct em_out *out, const char *key, struct em_str s)
{
	if (s.p == NULL)
		return;
	em_out_printf(out, ",\"%s\":", key);
	em_out_json_str(out, s);
}

static void
json_test(struct em_out *out, const struct index_test *t)
{
	json_member(out, "suite", t->suite);
	json_member(out, "class", t->class_name);
	json_member(out, "name", t->name);
	json_member(out, "variant", t->variant);
}

static const char *
outcome_of(store_slot s)
{
	if (s & SLOT_FLAKY)
		return "flaky";
	if (s & SLOT_INCOMPLETE)
		return "incomplete";
	if (s & SLOT_NOT_RUN)
		return "not run";
	switch ((enum em_outcome)(s & SLOT_OUTCOME)) {
	case EM_PASS:
		return "pass";
	case EM_SKIP:
		return "skip";
	default:
		return "fail";
	}
}

static int64_t
duration_of(store_slot s)
{
	return s & SLOT_TIMED ? (int64_t)(s >> SLOT_SHIFT) : EM_UNSET;
}

/* ---- history ---- */

struct history {
	struct cli *cli;
	const struct index_test *test; /* at hand */
	struct index_test *v;
	size_t n, size;
	bool failed;
};

static bool
keep_str(struct em_str *s)
{
	char *p;

	if (s->p == NULL)
		return true;
	p = malloc(s->n + 1);
	if (p == NULL)
		return false;
	if (s->n > 0)
		memcpy(p, s->p, s->n);
	s->p = p;
	return true;
}

static bool
keep_test(void *arg, const struct index_test *t)
{
	struct history *h = arg;
	struct index_test *copy;

	if (h->n == h->size) {
		size_t size = h->size == 0 ? 16 : h->size * 2;
		void *p = realloc(h->v, size * sizeof(*h->v));

		if (p == NULL)
			return false;
		h->v = p;
		h->size = size;
	}
	copy = &h->v[h->n++];
	*copy = *t;
	return keep_str(&copy->suite) && keep_str(&copy->class_name) &&
	    keep_str(&copy->name) && keep_str(&copy->variant);
}

static void
free_tests(struct history *h)
{
	for (size_t i = 0; i < h->n; i++) {
		free((void *)(uintptr_t)h->v[i].suite.p);
		free((void *)(uintptr_t)h->v[i].class_name.p);
		free((void *)(uintptr_t)h->v[i].name.p);
		free((void *)(uintptr_t)h->v[i].variant.p);
	}
	free(h->v);
}

static void
put_entry(void *arg, const struct store_run *run, store_slot slot)
{
	struct history *h = arg;
	struct tstore *t = h->cli->state;
	struct em_out *out = h->cli->out;
	char id[STORE_ID_SIZE], time[32], took[32] = "";
	const char *outcome = outcome_of(slot);
	int64_t ns = duration_of(slot);

	store_id_text(&run->id, id);
	if (t->json) {
		em_out_printf(out, "{\"run\":\"%s\"", id);
		json_test(out, h->test);
		em_out_printf(out, ",\"outcome\":\"%s\"", outcome);
		if (ns != EM_UNSET)
			em_out_printf(
			    out, ",\"duration_ns\":%lld", (long long)ns);
		em_out_puts(out, "}\n");
		return;
	}
	if (ns != EM_UNSET)
		sum_duration_text(took, sizeof(took), ns);
	em_out_printf(out, "  %s  %s  %s%-10s%s %8s\n", id,
	    label_time(time, sizeof(time), run->started_ns),
	    !h->cli->color                         ? ""
		: strcmp(outcome, "pass") == 0     ? "\033[32m"
		: slot & SLOT_FLAKY                ? "\033[33m"
		: (slot & SLOT_OUTCOME) != EM_SKIP ? "\033[31m"
						   : "",
	    outcome, h->cli->color ? "\033[0m" : "", took);
}

static int
fail(struct cli *c, const struct em_error *err)
{
	cli_say(c, "%s", err->msg[0] != '\0' ? err->msg : "out of memory");
	return ST_IO;
}

/* The index answers once it agrees with the files. */
static int
bring_up(struct cli *c)
{
	struct tstore *t = c->state;
	struct store_runs runs;
	int st = store_list(t->store, &runs);

	if (st == ST_OK)
		store_runs_free(&runs);
	return st;
}

int
tstore_history(struct cli *c)
{
	struct tstore *t = c->state;
	struct history h = { .cli = c };
	struct em_error err = { 0 };
	int st = bring_up(c);

	if (st != ST_OK)
		return st;
	if (!index_tests(t->store->index, c->operands[0], keep_test, &h, &err))
		st = fail(c, &err);
	for (size_t i = 0; st == ST_OK && i < h.n; i++) {
		h.test = &h.v[i];
		if (!t->json) {
			put_test(c->out, h.test);
			em_out_puts(c->out, "\n");
		}
		if (!index_history(
			t->store->index, h.test->number, put_entry, &h, &err))
			st = fail(c, &err);
	}
	if (st == ST_OK && h.n == 0) {
		cli_say(c, "no recorded run has a test \"%s\"", c->operands[0]);
		st = ST_NO;
	}
	free_tests(&h);
	return st;
}

/* ---- flaky ---- */

struct tally {
	uint32_t runs, failed, flaky, changes;
	uint8_t last; /* enum em_outcome of the run before */
};

struct flaky {
	struct cli *cli;
	struct tally *v; /* by the number of the test */
	size_t size;
	struct history tests;
	bool failed;
};

static void
count(void *arg, int64_t test, store_slot slot)
{
	struct flaky *f = arg;
	uint8_t outcome = (uint8_t)(slot & SLOT_OUTCOME);
	struct tally *t;

	if (f->failed || slot & SLOT_NOT_RUN || outcome == EM_SKIP)
		return;
	if ((size_t)test >= f->size) {
		size_t size = (size_t)test * 2 + 1024;
		struct tally *v = realloc(f->v, size * sizeof(*v));

		f->failed = v == NULL;
		if (f->failed)
			return;
		memset(v + f->size, 0, (size - f->size) * sizeof(*v));
		f->v = v;
		f->size = size;
	}
	t = &f->v[test];
	t->changes += t->last != EM_NONE && t->last != outcome;
	t->last = outcome;
	t->runs++;
	t->failed += outcome != EM_PASS;
	t->flaky += (slot & SLOT_FLAKY) != 0;
}

/* One change is a test that broke or was fixed; with two it came back. */
static bool
is_flaky(const struct tally *t)
{
	return t->flaky > 0 || t->changes > 1;
}

static bool
keep_flaky(void *arg, const struct index_test *t)
{
	struct flaky *f = arg;

	return (size_t)t->number >= f->size || !is_flaky(&f->v[t->number]) ||
	    keep_test(&f->tests, t);
}

static const struct tally *
tally_of(const struct flaky *f, const struct index_test *t)
{
	return &f->v[t->number];
}

/* The most troublesome first. */
static void
sort_tests(struct flaky *f)
{
	struct index_test *v = f->tests.v;

	for (size_t i = 1; i < f->tests.n; i++)
		for (size_t k = i; k > 0; k--) {
			const struct tally *a = tally_of(f, &v[k - 1]);
			const struct tally *b = tally_of(f, &v[k]);
			struct index_test swap = v[k];

			if ((uint64_t)(a->flaky + a->changes) * b->runs >=
			    (uint64_t)(b->flaky + b->changes) * a->runs)
				break;
			v[k] = v[k - 1];
			v[k - 1] = swap;
		}
}

static void
put_flaky(struct flaky *f, const struct index_test *test)
{
	const struct tally *t = tally_of(f, test);
	struct tstore *s = f->cli->state;
	struct em_out *out = f->cli->out;

	if (s->json) {
		em_out_printf(out,
		    "{\"runs\":%u,\"failed\":%u,\"flaky\":%u,\"changes\":%u",
		    t->runs, t->failed, t->flaky, t->changes);
		json_test(out, test);
		em_out_puts(out, "}\n");
		return;
	}
	em_out_printf(out, "%4u of %u runs flaky, %u failed, %u change%s  ",
	    t->flaky, t->runs, t->failed, t->changes,
	    t->changes == 1 ? "" : "s");
	put_test(out, test);
	em_out_puts(out, "\n");
}

int
tstore_flaky(struct cli *c)
{
	struct tstore *t = c->state;
	struct flaky f = { .cli = c };
	struct em_error err = { 0 };
	int st = bring_up(c);

	if (st != ST_OK)
		return st;
	if (!index_outcomes(t->store->index, count, &f, &err) || f.failed ||
	    !index_tests(t->store->index, NULL, keep_flaky, &f, &err)) {
		st = fail(c, &err);
	} else {
		sort_tests(&f);
		for (size_t i = 0; i < f.tests.n; i++)
			put_flaky(&f, &f.tests.v[i]);
	}
	free_tests(&f.tests);
	free(f.v);
	return st;
}
