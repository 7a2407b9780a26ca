/* SPDX-License-Identifier: MIT */
/* What a reader of the protocol says of events that are out of order. */
#include <check.h>
#include <event-model.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "judge.h"

Suite *judge_suite(void);

#define PROTOCOL                                                               \
	"{\"event\":\"protocol\",\"version\":\"1.0\","                         \
	"\"producer\":{\"name\":\"t\"}}\n"
#define EVENT(kind) "{\"event\":\"" kind "\"}\n"
#define RUN EVENT("run_start")
#define PASSED "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"
#define CASE(kind, members) "{\"event\":\"" kind "\",\"name\":" members "}\n"
#define START(members) CASE("case_start", members)
#define END(members) CASE("case_complete", members ",\"outcome\":\"pass\"")
#define SUITE(kind, members) "{\"event\":\"" kind "\",\"suite\":" members "}\n"

static const struct {
	const char *stream; /* behind its protocol event */
	const char *want; /* each report, "LINE: MESSAGE\n" */
} rows[] = {
	{ RUN START("\"a\"") END("\"a\"") PASSED, "" },
	/* Repeated, and without a start. */
	{ RUN START("\"a\"") START("\"a\"") END("\"a\"") PASSED,
	    "4: case_start of \"a\" is repeated\n" },
	{ RUN START("\"a\"") END("\"a\"") END("\"a\"") PASSED,
	    "5: case_complete of \"a\" is repeated\n" },
	{ RUN END("\"a\"") START("\"a\"") PASSED,
	    "3: case_complete of \"a\" comes without its start\n" },
	{ RUN RUN PASSED, "3: run_start is repeated\n" },
	{ PASSED, "2: run_complete comes without its start\n" },
	{ RUN PASSED PASSED, "4: run_complete after the run was complete\n" },
	{ RUN PASSED START("\"a\""),
	    "4: case_start after the run was complete\n" },
	{ RUN SUITE("suite_start", "\"s\"") SUITE("suite_start", "\"s\"")
		SUITE("suite_complete", "\"s\"") PASSED,
	    "4: suite_start of \"s\" is repeated\n" },
	{ RUN SUITE("suite_complete", "\"s\"") PASSED,
	    "3: suite_complete of \"s\" comes without its start\n" },
	{ EVENT("discover_complete"),
	    "2: discover_complete comes without its start\n" },
	{ EVENT("discover_complete") EVENT("discover_start"),
	    "2: discover_complete comes without its start\n" },
	/* Nothing of the sort: identities differ. */
	{ RUN START("\"a\",\"suite\":\"s\"") START("\"a\",\"suite\":\"\"")
		START("\"a\",\"class\":\"s\"") START("\"a\",\"variant\":\"s\"")
		    START("\"a\",\"iteration\":2") START("\"a\\u0000\"")
			START("\"\"") START("\"a\",\"iteration\":1") PASSED,
	    "" },
	{ RUN START("\"a\"") START("\"a\",\"iteration\":1,\"attempt\":1")
		PASSED,
	    "4: case_start of \"a\" is repeated\n" },
	{ RUN SUITE("suite_start", "\"s\"") START("\"s\"") END("\"s\"")
		SUITE("suite_complete", "\"s\"") PASSED,
	    "" },
	/* An event without its start, unless that is yet to come. */
	{ RUN CASE("case_slow", "\"a\"") CASE("case_slow", "\"a\"") PASSED,
	    "3: case_slow of \"a\" comes without its start\n" },
	{ RUN CASE("case_slow", "\"a\"") START("\"a\"") END("\"a\"") PASSED,
	    "" },
	{ RUN CASE("case_slow", "\"a\""),
	    "3: case_slow of \"a\" comes without its start\n"
	    "0: the run has no end\n" },
	{ RUN START("\"a\"") END("\"a\"") CASE("case_slow", "\"a\"") PASSED,
	    "" },
	/* Attempts. */
	{ RUN START("\"a\"") END("\"a\"") START("\"a\",\"attempt\":2")
		END("\"a\",\"attempt\":2") PASSED,
	    "" },
	{ RUN START("\"a\"") END("\"a\"") START("\"a\",\"attempt\":4")
		END("\"a\",\"attempt\":4") PASSED,
	    "5: case_start of \"a\" is attempt 4, and one before it is "
	    "missing\n" },
	{ RUN START("\"a\",\"attempt\":2") END("\"a\",\"attempt\":2")
		START("\"a\"") END("\"a\"") PASSED,
	    "" },
	{ RUN START("\"a\",\"attempt\":2") END("\"a\"") PASSED,
	    "4: case_complete of \"a\" comes without its start\n"
	    "3: case_start of \"a\" is attempt 2, and one before it is "
	    "missing\n" },
	{ RUN START("\"a\",\"attempt\":16") END("\"a\",\"attempt\":16") PASSED,
	    "" },
	/* Parents. */
	{ RUN START("\"a\"") START("\"b\",\"parent\":\"a\"") PASSED, "" },
	{ RUN START("\"b\",\"parent\":\"a\"") START("\"a\"") PASSED, "" },
	{ RUN START("\"b\",\"parent\":\"a\"") PASSED,
	    "3: case_start of \"b\" has an unknown parent \"a\"\n" },
	{ RUN START("\"b\",\"parent\":null") PASSED, "" },
	{ RUN START("\"a\",\"suite\":\"s\"") START("\"b\",\"parent\":\"a\"")
		START("\"c\",\"class\":\"k\",\"suite\":\"s\",\"parent\":\"a\"")
		    PASSED,
	    "4: case_start of \"b\" has an unknown parent \"a\"\n"
	    "5: case_start of \"c\" has an unknown parent \"a\"\n" },
	{ RUN START("\"a\",\"variant\":\"v\"") START("\"b\",\"parent\":\"a\"")
		START(
		    "\"c\",\"iteration\":3,\"variant\":\"v\",\"parent\":\"b\"")
		    PASSED,
	    "" },
	{ EVENT("discover_start") CASE("discover_case", "\"a\"")
		CASE("discover_case", "\"b\",\"parent\":\"a\"")
		    EVENT("discover_complete"),
	    "" },
	{ EVENT("discover_start") CASE("discover_case",
	      "\"b\",\"parent\":\"a\"") EVENT("discover_complete"),
	    "3: discover_case of \"b\" has an unknown parent \"a\"\n" },
	{ RUN START("\"a\",\"parent\":\"a\"") PASSED,
	    "3: case_start of \"a\" has a circular parent \"a\"\n" },
	{ RUN START("\"a\",\"parent\":\"c\"") START("\"b\",\"parent\":\"a\"")
		START("\"c\",\"parent\":\"b\"") PASSED,
	    "5: case_start of \"c\" has a circular parent \"b\"\n" },
	/* What is stated later replaces what was stated earlier. */
	{ EVENT("discover_start") CASE("discover_case", "\"a\"")
		CASE("discover_case", "\"b\",\"parent\":\"a\"")
		    EVENT("discover_complete")
			RUN START("\"a\",\"parent\":\"b\"") PASSED,
	    "7: case_start of \"a\" has a circular parent \"b\"\n" },
	{ RUN SUITE("suite_start", "\"s\",\"parent\":\"t\"")
		SUITE("suite_start", "\"t\"") PASSED,
	    "" },
	{ RUN SUITE("suite_start", "\"s\",\"parent\":\"t\"")
		START("\"a\",\"suite\":\"t\"") PASSED,
	    "3: suite_start of \"s\" has an unknown parent \"t\"\n" },
	{ RUN SUITE("suite_start", "\"s\",\"parent\":\"t\"")
		SUITE("suite_start", "\"t\",\"parent\":\"s\"") PASSED,
	    "4: suite_start of \"t\" has a circular parent \"s\"\n" },
	/* Runs that share a stream, and streams that follow each other. */
	{ "{\"event\":\"run_start\",\"run\":\"x\"}\n"
	  "{\"event\":\"run_start\",\"run\":\"y\"}\n"
	  "{\"event\":\"case_start\",\"run\":\"x\",\"name\":\"a\"}\n"
	  "{\"event\":\"case_start\",\"run\":\"y\",\"name\":\"a\"}\n"
	  "{\"event\":\"run_complete\",\"run\":\"x\",\"outcome\":\"pass\"}\n"
	  "{\"event\":\"case_complete\",\"run\":\"x\",\"name\":\"a\","
	  "\"outcome\":\"pass\"}\n"
	  "{\"event\":\"log\",\"run\":\"x\",\"text\":\"late\"}\n"
	  "{\"event\":\"run_complete\",\"run\":\"x\",\"outcome\":\"pass\"}\n"
	  "{\"event\":\"run_complete\",\"run\":\"y\",\"outcome\":\"pass\"}\n",
	    "7: case_complete after the run was complete\n"
	    "9: run_complete after the run was complete\n" },
	{ RUN START("\"a\"") END("\"a\"") PASSED PROTOCOL RUN START("\"a\"")
		END("\"a\"") PASSED,
	    "" },
	{ EVENT("discover_start") EVENT("discover_complete")
		PROTOCOL RUN PASSED,
	    "" },
	{ RUN START("\"b\",\"parent\":\"a\"") PROTOCOL RUN PASSED,
	    "3: case_start of \"b\" has an unknown parent \"a\"\n"
	    "4: a second protocol event before the run was complete\n" },
	/* What nobody knows changes nothing. */
	{ RUN "{\"event\":\"x.y\",\"name\":\"a\",\"parent\":\"z\"}\n"
	      "{\"event\":\"log\",\"name\":\"a\",\"text\":\"z\"}\n" PASSED,
	    "" },
};

static void
on_warning(void *arg, const struct em_error *e)
{
	struct em_out *out = arg;

	em_out_printf(out, "%llu: %s\n", (unsigned long long)e->line, e->msg);
}

/* Reads a stream; its reports go to out.  Gives the number of violations. */
static uint64_t
read_stream(struct em_str stream, struct em_out *out, bool strict)
{
	const struct em_reader_opts opts = {
		.strict = strict, .warn = on_warning, .arg = out
	};
	struct em_reader *r = em_reader_mem(&opts, stream, "");
	const struct em_event *ev;
	uint64_t n;

	while (em_reader_next(r, &ev) == EM_OK)
		;
	if (em_reader_error(r) != NULL)
		on_warning(out, em_reader_error(r));
	n = em_reader_stats(r)->violations;
	ck_assert_uint_ge(em_reader_stats(r)->malformed, n);
	em_reader_close(r);
	return n;
}

START_TEST(streams)
{
	struct em_out *in = em_out_mem(), *out = em_out_mem();
	struct em_str got;

	em_out_puts(in, PROTOCOL);
	em_out_puts(in, rows[_i].stream);
	read_stream(em_out_memory(in), out, false);
	got = em_out_memory(out);
	ck_assert_msg(str_eq(got, rows[_i].want), "%s\ngave %.*s\nnot %s",
	    rows[_i].stream, (int)got.n, got.p, rows[_i].want);
	em_out_close(in, NULL);
	em_out_close(out, NULL);
}
END_TEST

/* ---- what a selection vouches for ---- */

static enum em_rc
drop(void *arg, const struct em_event *ev)
{
	(void)arg;
	(void)ev;
	return EM_OK;
}

static void
on_order(void *arg, const struct em_event *ev, unsigned known)
{
	em_reader_order(*(struct em_reader **)arg, ev, known);
}

/* The same reports, when only that is judged which a selection asks for. */
static void
select_stream(struct em_str stream, const char *expr, struct em_out *out)
{
	const struct em_reader_opts opts = {
		.order_on_demand = true, .warn = on_warning, .arg = out
	};
	struct em_reader *r = em_reader_mem(&opts, stream, "");
	const char *const exprs[] = { expr, NULL };
	const struct em_select_opts so = {
		.exprs = exprs, .emit = drop, .order = on_order, .arg = &r
	};
	struct em_select *s = em_select_new(&so, NULL, NULL);
	const struct em_event *ev;

	ck_assert_ptr_nonnull(s);
	while (em_reader_next(r, &ev) == EM_OK)
		ck_assert(em_select_event(s, ev) == EM_OK);
	if (em_reader_error(r) != NULL)
		on_warning(out, em_reader_error(r));
	ck_assert(em_select_finish(s) == EM_OK);
	em_select_free(s);
	em_reader_close(r);
}

static const char *const exprs[] = { "fail", "pass", "all()", "name(a)" };

static void
check_selections(struct em_str stream)
{
	struct em_out *want = em_out_mem();

	read_stream(stream, want, false);
	for (size_t i = 0; i < ARRAY_LEN(exprs); i++) {
		struct em_out *out = em_out_mem();
		struct em_str got;

		select_stream(stream, exprs[i], out);
		got = em_out_memory(out);
		ck_assert_msg(em_str_eq(got, em_out_memory(want)),
		    "%.*s\n%s gave %.*s\nnot %.*s", (int)stream.n, stream.p,
		    exprs[i], (int)got.n, got.p, (int)em_out_memory(want).n,
		    em_out_memory(want).p);
		em_out_close(out, NULL);
	}
	em_out_close(want, NULL);
}

START_TEST(selected)
{
	struct em_out *in = em_out_mem();

	em_out_puts(in, PROTOCOL);
	em_out_puts(in, rows[_i].stream);
	check_selections(em_out_memory(in));
	em_out_close(in, NULL);
}
END_TEST

/* One of n, by a generator that is the same everywhere. */
static unsigned
one_of(uint32_t *seed, unsigned n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16 & 0x7fff) % n;
}

/* Few names, so that nearly every stream has something out of order. */
static void
random_event(struct em_out *in, uint32_t *seed)
{
	static const char *const kinds[] = { "case_start", "case_start",
		"case_start", "case_complete", "case_complete", "case_complete",
		"case_slow", "discover_case" };
	static const char *const more[] = { "", "", "", "", ",\"attempt\":1",
		",\"attempt\":2", ",\"parent\":\"a\"", ",\"iteration\":2",
		",\"variant\":\"v\"", ",\"suite\":\"s\"" };
	static const char *const outcomes[] = { "pass", "fail", "skip" };
	const char *kind = kinds[one_of(seed, ARRAY_LEN(kinds))];

	em_out_printf(in, "{\"event\":\"%s\",\"name\":\"%c\"%s", kind,
	    'a' + (int)one_of(seed, 3), more[one_of(seed, ARRAY_LEN(more))]);
	if (strcmp(kind, "case_complete") == 0)
		em_out_printf(in, ",\"outcome\":\"%s\"",
		    outcomes[one_of(seed, ARRAY_LEN(outcomes))]);
	em_out_puts(in, "}\n");
}

START_TEST(selected_at_random)
{
	uint32_t seed = (uint32_t)_i;

	for (int i = 0; i < 50; i++) {
		struct em_out *in = em_out_mem();

		em_out_puts(in, PROTOCOL RUN);
		for (int j = 0; j < 12; j++)
			random_event(in, &seed);
		em_out_puts(in, PASSED);
		check_selections(em_out_memory(in));
		em_out_close(in, NULL);
	}
}
END_TEST

START_TEST(strict_ends)
{
	struct em_out *out = em_out_mem();
	struct em_str got;

	read_stream(
	    EM_STR(PROTOCOL RUN END("\"a\"") END("\"b\"") PASSED), out, true);
	got = em_out_memory(out);
	ck_assert(str_starts(
	    got, "3: case_complete of \"a\" comes without its start\n"));
	ck_assert(str_find(got, "\"b\"") < 0);
	em_out_close(out, NULL);
}
END_TEST

/* ---- what was forgotten ---- */

static struct em_event
event(enum em_kind kind, const char *name, int64_t attempt)
{
	struct em_event ev;

	em_event_init(&ev, kind);
	ev.name = em_str(name);
	ev.attempt = attempt;
	return ev;
}

static const char *
judged(struct judge *j, enum em_kind kind, const char *name, int64_t attempt)
{
	struct em_event ev = event(kind, name, attempt);

	return judge_event(j, &ev);
}

/* As many cases as to forget those before them, but for the open ones. */
static void
many(struct judge *j)
{
	char name[32];

	for (int i = 0; i < 3 * JUDGE_RECENT; i++) {
		snprintf(name, sizeof(name), "case %d", i);
		ck_assert_ptr_null(judged(j, EM_CASE_START, name, EM_UNSET));
		ck_assert_ptr_null(judged(j, EM_CASE_COMPLETE, name, EM_UNSET));
	}
}

START_TEST(forgotten)
{
	struct judge j = { .run_n = 0 };
	struct em_event child = event(EM_CASE_START, "child", 1);
	uint64_t line;

	ck_assert_ptr_null(judged(&j, EM_RUN_START, NULL, EM_UNSET));
	ck_assert_ptr_null(judged(&j, EM_CASE_START, "open", 1));
	ck_assert_ptr_null(judged(&j, EM_CASE_START, "over", 1));
	ck_assert_ptr_null(judged(&j, EM_CASE_COMPLETE, "over", 1));
	many(&j);
	ck_assert(j.forgot);
	ck_assert_uint_le(j.young.size, 4 * JUDGE_RECENT);
	/* What is open is known. */
	ck_assert_ptr_null(judged(&j, EM_CASE_SLOW, "open", 1));
	ck_assert_ptr_null(judged(&j, EM_CASE_COMPLETE, "open", 1));
	ck_assert_ptr_nonnull(judged(&j, EM_CASE_COMPLETE, "open", 1));
	/* What is over may be retried, have more to say and be a parent. */
	ck_assert_ptr_null(judged(&j, EM_CASE_SLOW, "over", 1));
	ck_assert_ptr_null(judged(&j, EM_CASE_START, "over", 2));
	child.parent = EM_STR("case 1");
	ck_assert_ptr_null(judge_event(&j, &child));
	ck_assert_ptr_null(judge_doubt(&j, NULL, &line));
	/* No completion has no start, whatever was forgotten. */
	ck_assert_ptr_nonnull(judged(&j, EM_CASE_COMPLETE, "case 1", 1));
	judge_clear(&j);
	ck_assert_ptr_null(judged(&j, EM_CASE_START, "over", 2));
	ck_assert_ptr_nonnull(judge_doubt(&j, NULL, &line));
	judge_clear(&j);
}
END_TEST

/* The latest are known, wherever the table was when they came. */
START_TEST(recent)
{
	struct judge j = { .run_n = 0 };
	char name[32];

	for (int i = 0; i < 5 * JUDGE_RECENT; i++) {
		snprintf(name, sizeof(name), "case %d", i);
		ck_assert_ptr_null(judged(&j, EM_CASE_START, name, EM_UNSET));
		ck_assert_ptr_null(
		    judged(&j, EM_CASE_COMPLETE, name, EM_UNSET));
		if (i < JUDGE_RECENT || i % 1000 != 0)
			continue;
		snprintf(name, sizeof(name), "case %d", i + 1 - JUDGE_RECENT);
		ck_assert_ptr_nonnull(judged(&j, EM_CASE_START, name, 1));
	}
	ck_assert(j.forgot);
	ck_assert_uint_le(j.young.size, 4 * JUDGE_RECENT);
	judge_clear(&j);
}
END_TEST

/* However many are open, all are known. */
START_TEST(open_at_once)
{
	struct judge j = { .run_n = 0 };
	char name[32];

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < 3 * JUDGE_RECENT; i++) {
			snprintf(name, sizeof(name), "case %d", i);
			ck_assert_ptr_null(judged(&j,
			    pass == 0 ? EM_CASE_START : EM_CASE_COMPLETE, name,
			    EM_UNSET));
		}
	judge_clear(&j);
}
END_TEST

/* A flood of doubts stays small, and does not hide what comes of it. */
START_TEST(doubts)
{
	struct judge j = { .run_n = 0 };
	char name[32];
	uint64_t line, n = 0;

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "case %d", i);
		ck_assert_ptr_null(judged(&j, EM_CASE_SLOW, name, EM_UNSET));
	}
	ck_assert_uint_le(j.doubt_room, 1024);
	while (judge_doubt(&j, NULL, &line) != NULL)
		n++;
	ck_assert_uint_eq(n, 1000);
	judge_clear(&j);
}
END_TEST

Suite *
judge_suite(void)
{
	Suite *s = suite_create("judge");
	TCase *t = tcase_create("judge");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, streams, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, selected, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, selected_at_random, 0, 100);
	tcase_add_test(t, strict_ends);
	tcase_add_test(t, forgotten);
	tcase_add_test(t, recent);
	tcase_add_test(t, open_at_once);
	tcase_add_test(t, doubts);
	return s;
}
