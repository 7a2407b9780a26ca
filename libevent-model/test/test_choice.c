/* SPDX-License-Identifier: MIT */
/* Which cases a selection takes, by its options and against what results
 * conclude, and what it costs. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "core.h"
#include "hold.h"
#include "test_select.h"

/* ---- options ---- */

static const char several[] = HEADER RUN CASE("a", "pass") CASE("b", "fail")
    CASE("ab", "skip") DONE("fail", 1, 1, 1);

static const char *const fails[] = { "fail", NULL };
static const char *const pass_or_fail[] = { "fail", "pass", NULL };
static const char *const named_a[] = { "a", NULL };
static const struct em_str lines[] = { { "ab", 2 }, { "zz", 2 } };
static const struct em_strs list = { lines, 2 };

static const struct {
	struct em_select_opts opts;
	const char *names; /* of cases whose start comes out */
	uint64_t count;
} options[] = {
	{ { .exprs = fails }, "b", 1 },
	{ { .exprs = pass_or_fail }, "a b", 2 },
	{ { .exact = named_a }, "a", 1 },
	{ { .exprs = fails, .exact = named_a }, "a b", 2 },
	{ { .list = &list }, "ab", 1 },
	{ { .exprs = fails, .list = &list }, "b ab", 2 },
	{ { .skip = named_a }, "b", 1 },
	{ { .exprs = pass_or_fail, .skip = named_a }, "b", 1 },
	{ { .exprs = fails, .invert = true }, "a ab", 2 },
	{ { .exprs = fails, .skip = named_a, .invert = true }, "", 0 },
	{ { .invert = true }, "", 0 },
	{ { .raw = false }, "a b ab", 3 },
};

struct names {
	char text[256];
	size_t n;
};

static enum em_rc
to_names(void *arg, const struct em_event *ev)
{
	struct names *names = arg;

	if (ev->kind == EM_CASE_START)
		names->n += (size_t)snprintf(names->text + names->n,
		    sizeof(names->text) - names->n, "%s%.*s%s%.*s",
		    names->n > 0 ? " " : "", (int)ev->suite.n,
		    ev->suite.p != NULL ? ev->suite.p : "",
		    ev->suite.p != NULL ? ":" : "", (int)ev->name.n,
		    ev->name.p);
	return EM_OK;
}

/* Feeds the stream; says what em_select_event() said last. */
static enum em_rc
feed_names(struct em_select_opts so, const char *in, struct names *names,
    uint64_t *count)
{
	struct em_reader_opts ro = { .format = "native" };
	struct em_reader *r = em_reader_mem(&ro, em_str(in), "");
	const struct em_event *ev;
	struct em_select *s;
	enum em_rc rc = EM_OK;

	if (so.emit == NULL) {
		so.emit = to_names;
		so.arg = names;
	}
	s = em_select_new(&so, NULL, NULL);
	ck_assert_ptr_nonnull(s);
	while (rc == EM_OK && em_reader_next(r, &ev) == EM_OK)
		rc = em_select_event(s, ev);
	if (rc == EM_OK)
		rc = em_select_finish(s);
	*count = em_select_count(s);
	em_select_free(s);
	em_reader_close(r);
	return rc;
}

START_TEST(takes_options)
{
	struct names names = { .n = 0 };
	uint64_t count;

	ck_assert_int_eq(
	    feed_names(options[_i].opts, several, &names, &count), EM_OK);
	ck_assert_str_eq(names.text, options[_i].names);
	ck_assert_uint_eq(count, options[_i].count);
}
END_TEST

/* Identities with suite and class. */
static const struct {
	const char *line, *names;
} listed[] = {
	{ "a", "a s:a" },
	{ "s\ta", "s:a" },
	{ "\ta", "a" },
	{ "s\tk\tc", "s:c" },
	{ "x\ty\tz", "x\ty\tz" },
	{ "{\"name\":\"a\"}", "a s:a" },
	{ "{\"name\":\"a\",\"suite\":\"s\",\"file\":\"f\"}", "s:a" },
	{ "{\"class\":\"k\",\"name\":\"\\u0063\"}", "s:c" },
	{ "{\"class\":\"k\",\"name\":\"c\",\"suite\":\"t\"}", "" },
	{ "{odd}", "{odd}" },
	{ "{\"name\":", "" },
};

START_TEST(takes_lists)
{
	static const char in[] = HEADER RUN START("a") START("b") START("c")
	    IN("s", "case_start", ",\"name\":\"a\"")
		IN("s", "case_start", ",\"name\":\"c\"")
		    IN("s", "case_start", ",\"class\":\"k\",\"name\":\"c\"")
			START("x\\ty\\tz") START("{odd}");
	struct em_str line = em_str(listed[_i].line);
	struct em_strs l = { &line, 1 };
	struct names names = { .n = 0 };
	uint64_t count;

	ck_assert_int_eq(feed_names((struct em_select_opts){ .list = &l }, in,
			     &names, &count),
	    EM_OK);
	ck_assert_str_eq(names.text, listed[_i].names);
}
END_TEST

START_TEST(reports_bad_expressions)
{
	const char *const exprs[] = { "pass", "pass or", NULL };
	struct em_select_opts so = { .exprs = exprs, .emit = to_names };
	struct em_error err = { 0 };
	size_t column = 0;

	ck_assert_ptr_null(em_select_new(&so, &err, &column));
	ck_assert_int_eq(err.code, EM_E_USAGE);
	ck_assert_uint_eq(column, 8);
}
END_TEST

/* ---- against em_filter_case() ---- */

#define SAMPLE                                                                 \
	HEADER FOUND("n") RUN                                                  \
	    "{\"event\":\"suite_start\",\"suite\":\"s\","                      \
	    "\"properties\":{\"k\":\"v\"}}\n"                                  \
	    "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"t\","        \
	    "\"tags\":[\"net\"],\"worker\":\"w\",\"elapsed_ns\":5,"            \
	    "\"location\":{\"file\":\"t.c\",\"line\":3}}\n"                    \
	    "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"t\","     \
	    "\"outcome\":\"pass\",\"elapsed_ns\":25,"                          \
	    "\"properties\":{\"late\":1}}\n"                                   \
	    "{\"event\":\"suite_complete\",\"suite\":\"s\"}\n" START("a")      \
		SAYS("a", "some ") SLOW("a") SAYS("a", "text\\n")              \
		    ERROR("a", "oops") END("a", "fail") CASE("b", "skip")      \
			START("c") SAYS("c", "x") START("d") START2("d")       \
			    END2("d", "pass")

static const char *const questions[] = { "pass", "fail", "skip", "flaky",
	"slow", "incomplete", "not pass", "not fail", "name(a)", "suite(s)",
	"tag(net)", "not tag(net)", "mode(test)", "worker(w)", "property(k, v)",
	"property(late, 1)", "file(t.c)", "line = 3", "message(oops)",
	"output(some text)", "output(=x)", "not output(x)",
	"status(incomplete)", "duration = 20ns", "elapsed = 5ns", "attempt = 2",
	"attempt < 2", "exit_code = 0", "fail and output(text) - message(x)",
	"all", "none", "notrun" };

/* As many cases are selected from the stream as the expression takes when
 * all of it is known. */
static void
check_agreement(const char *in, bool final)
{
	struct em_results *rs = em_results_new(EM_KEEP_ALL, 0);
	struct em_reader *r = em_reader_mem(NULL, em_str(in), "");
	const struct em_event *ev;

	while (em_reader_next(r, &ev) == EM_OK)
		em_results_event(rs, ev);
	em_reader_close(r);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		const char *one[] = { questions[i], NULL };
		struct em_filter *f =
		    em_filter_compile(questions[i], NULL, NULL);
		struct em_select_opts so = { .exprs = one, .final = final };
		struct names names = { .n = 0 };
		uint64_t count, want = 0;

		for (const struct em_suite *s = em_results_runs(rs)->suites;
		     s != NULL; s = s->next)
			for (const struct em_case *c = s->cases; c != NULL;
			     c = c->next)
				want += em_filter_case(f, c);
		ck_assert_int_eq(feed_names(so, in, &names, &count), EM_OK);
		ck_assert_msg(count == want, "%s: %d selected, not %d",
		    questions[i], (int)count, (int)want);
		em_filter_free(f);
	}
	em_results_free(rs);
}

START_TEST(agrees_with_results)
{
	check_agreement(SAMPLE DONE("fail", 1, 1, 1), false);
	check_agreement(SAMPLE DONE("fail", 1, 1, 1), true);
}
END_TEST

/* What a retry changes is seen by those who wait for it. */
START_TEST(agrees_about_retries)
{
	check_agreement(SAMPLE CASE("e", "fail") START2("e") SAYS("e", "x")
			    END2("e", "pass") CASE("f", "fail") START2("f")
				END2("f", "skip") CASE("g", "fail") START2("g")
				    DONE("fail", 1, 1, 1),
	    true);
}
END_TEST

/* ---- limits ---- */

static enum em_rc
refuse(void *arg, const struct em_event *ev)
{
	(void)ev;
	return ++*(int *)arg > 2 ? EM_ERR : EM_OK;
}

START_TEST(stops_when_told)
{
	struct names names = { .n = 0 };
	int calls = 0;
	struct em_select_opts so = { .emit = refuse, .arg = &calls };
	uint64_t count;

	ck_assert_int_eq(feed_names(so, several, &names, &count), EM_ERR);
	ck_assert_int_eq(calls, 3);
}
END_TEST

START_TEST(keeps_to_its_memory)
{
	struct em_select_opts so = {
		.exprs = fails, .emit = to_names, .memory_max = 64 * 1024
	};
	struct names names = { .n = 0 };
	struct em_error err = { 0 };
	struct em_select *s;
	struct em_event ev;
	char name[32];
	int i = 0;

	so.arg = &names;
	s = em_select_new(&so, &err, NULL);
	do {
		em_event_init(&ev, EM_CASE_START);
		snprintf(name, sizeof(name), "case %d", i);
		ev.name = em_str(name);
	} while (em_select_event(s, &ev) == EM_OK && ++i < 10000);
	ck_assert_int_gt(i, 100);
	ck_assert_int_lt(i, 10000);
	ck_assert_int_eq(em_select_error(s)->code, EM_E_LIMIT);
	ck_assert_int_eq(em_select_event(s, &ev), EM_ERR);
	ck_assert_int_eq(em_select_finish(s), EM_ERR);
	em_select_free(s);
}
END_TEST

/* What is closed costs nothing, however many there were. */
START_TEST(forgets_what_is_closed)
{
	struct em_select_opts so = {
		.exprs = fails, .emit = to_names, .memory_max = 8 * 1024
	};
	struct names names = { .n = 0 };
	struct em_select *s;
	struct em_event ev;
	char name[32];

	so.arg = &names;
	s = em_select_new(&so, NULL, NULL);
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "case %d", i);
		em_event_init(&ev, EM_CASE_START);
		ev.name = em_str(name);
		ck_assert_int_eq(em_select_event(s, &ev), EM_OK);
		em_event_init(&ev, EM_CASE_COMPLETE);
		ev.name = em_str(name);
		ev.outcome = EM_PASS;
		ck_assert_int_eq(em_select_event(s, &ev), EM_OK);
	}
	em_select_free(s);
}
END_TEST

/* Lines of these lengths, in order, each filled with its own letter. */
static void
check_held(
    struct hold_pool *pool, struct held *h, const size_t *n, size_t count)
{
	static char text[100000];
	struct held_at at = { NULL, 0 };
	struct held_line l;

	for (size_t i = 0; i < count; i++) {
		memset(text, 'a' + (int)i, n[i]);
		ck_assert(hold_add(
		    pool, h, EM_CASE_OUTPUT, i, (struct em_str){ text, n[i] }));
	}
	for (size_t i = 0; i < count; i++) {
		ck_assert(hold_next(h, &at, &l));
		ck_assert_uint_eq(l.line.n, n[i]);
		ck_assert_uint_eq(l.number, i);
		ck_assert_int_eq(l.kind, EM_CASE_OUTPUT);
		memset(text, 'a' + (int)i, n[i]);
		ck_assert(n[i] == 0 || memcmp(l.line.p, text, n[i]) == 0);
	}
	ck_assert(!hold_next(h, &at, &l));
}

START_TEST(holds_lines)
{
	static const size_t sizes[][4] = { { 10, 0, 1, 50 }, { 90, 90, 90, 90 },
		{ 400, 1, 5000, 2 }, { 99999, 3, 99999, 7 }, { 1, 1, 1, 1 } };
	struct hold_pool pool;
	struct held h = { NULL, NULL };

	hold_init(&pool, 1 << 20);
	/* Whatever was held before, and whether it was cleared or dropped. */
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
			check_held(&pool, &h, sizes[i], 4);
			hold_clear(&pool, &h);
			check_held(&pool, &h, sizes[k], 4);
			hold_clear(&pool, &h);
			hold_clear(&pool, &h);
			check_held(&pool, &h, sizes[i], 1);
			hold_drop(&pool, &h);
			ck_assert_uint_eq(pool.used, 0);
		}
	hold_free(&pool);
}
END_TEST

Suite *choice_suite(void);

Suite *
choice_suite(void)
{
	Suite *s = suite_create("choice");
	TCase *tc = tcase_create("choice");

	tcase_add_loop_test(tc, takes_options, 0, ARRAY_LEN(options));
	tcase_add_loop_test(tc, takes_lists, 0, ARRAY_LEN(listed));
	tcase_add_test(tc, reports_bad_expressions);
	tcase_add_test(tc, agrees_with_results);
	tcase_add_test(tc, agrees_about_retries);
	tcase_add_test(tc, stops_when_told);
	tcase_add_test(tc, keeps_to_its_memory);
	tcase_add_test(tc, forgets_what_is_closed);
	tcase_add_test(tc, holds_lines);
	suite_add_tcase(s, tc);
	return s;
}
