/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json_bed.h"

static const struct bed_case cases[] = {
	{ "pretty, with empty lines around",
	    "\n"
	    "\n"
	    "{\n"
	    " \"reportFormat\": \"CTRF\",\n"
	    " \"results\": {\n"
	    "  \"tool\": {\n"
	    "   \"name\": \"x\"\n"
	    "  },\n"
	    "  \"summary\": {\n"
	    "   \"tests\": 1,\n"
	    "   \"failed\": 0\n"
	    "  },\n"
	    "  \"tests\": [\n"
	    "   {\n"
	    "    \"name\": \"a\",\n"
	    "    \"status\": \"passed\",\n"
	    "    \"duration\": 1\n"
	    "   }\n"
	    "  ]\n"
	    " }\n"
	    "}\n"
	    "\n",
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "a byte order mark",
	    "\xef\xbb\xbf{\"reportFormat\":\"CTRF\",\"results\":{\"tool"
	    "\":{\"name\":\"x\"},\"summary\":{\"tests\":1,\"failed\":0}"
	    ",\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"durati"
	    "on\":1}]}}",
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "noise that looks like JSON",
	    "[info] x\n"
	    "{ x }\n"
	    "[\"a\"]\n"
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\""
	    ":\"x\"},\"summary\":{\"tests\":1,\"failed\":0},\"tests\":["
	    "{\"name\":\"a\",\"status\":\"passed\",\"duration\":1}]}}\n"
	    "{\"level\":\"info\"}\n"
	    "[1]\n"
	    "bye",
	    "{\"event\":\"log\",\"text\":\"[info] x\"}\n"
	    "{\"event\":\"log\",\"text\":\"{ x }\"}\n"
	    "{\"event\":\"log\",\"text\":\"[\\\"a\\\"]\"}\n"
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"
	    "{\"event\":\"log\",\"text\":\"{\\\"level\\\":\\\"info\\\"}"
	    "\"}\n"
	    "{\"event\":\"log\",\"text\":\"[1]\"}\n"
	    "{\"event\":\"log\",\"text\":\"bye\"}\n",
	    NULL },
	{ "behind each other in one line",
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\""
	    ":\"x\"},\"summary\":{\"tests\":1,\"failed\":0},\"tests\":["
	    "{\"name\":\"a\",\"status\":\"passed\",\"duration\":1}]}}{"
	    "\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\":"
	    "\"x\"},\"summary\":{\"tests\":1,\"failed\":0},\"tests\":[{"
	    "\"name\":\"a\",\"status\":\"passed\",\"duration\":1}]}} {"
	    "\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\":"
	    "\"x\"},\"summary\":{\"tests\":1,\"failed\":0},\"tests\":[{"
	    "\"name\":\"b\",\"status\":\"passed\",\"duration\":1}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "braces in strings",
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\""
	    ":\"x\"},\"summary\":{\"tests\":1,\"failed\":0},\"tests\":["
	    "{\"name\":\"}{\\\"\\\\][\",\"status\":\"passed\",\"duratio"
	    "n\":1}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"}{\\\"\\\\][\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"}{\\\"\\\\][\",\"o"
	    "utcome\":\"pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "another document between",
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\""
	    ":\"x\"},\"summary\":{\"tests\":1,\"failed\":0},\"tests\":["
	    "{\"name\":\"a\",\"status\":\"passed\",\"duration\":1}]}}\n"
	    "{\"other\": {\"tests\": []}}\n"
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\""
	    ":\"x\"},\"summary\":{\"tests\":1,\"failed\":0},\"tests\":["
	    "{\"name\":\"b\",\"status\":\"passed\",\"duration\":1}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"
	    "{\"event\":\"log\",\"text\":\"{\\\"other\\\": {\\\"tests\\"
	    "\": []}}\"}\n"
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "cut, and another behind",
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\""
	    ":\"x\"},\"summary\":{\"tests\":2,\"failed\":0},\"tests\":["
	    "{\"name\":\"a\",\"status\":\"passed\",\"duration\":1},{\"n"
	    "ame\":\"b\",\"status\":\"pass\n"
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\""
	    ":\"x\"},\"summary\":{\"tests\":1,\"failed\":0},\"tests\":["
	    "{\"name\":\"c\",\"status\":\"passed\",\"duration\":1}]}}\n",
	    "{\"event\":\"run_start\",\"total\":2}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n",
	    "malformed JSON: invalid character inside string" },
	{ "cut in a string",
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tool\":{\"name\""
	    ":\"x\"},\"summary\":{\"tests\":2,\"failed\":0},\"tests\":["
	    "{\"name\":\"a\",\"status\":\"passed\",\"duration\":1},{\"n"
	    "ame\":\"b",
	    "{\"event\":\"run_start\",\"total\":2}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":1000000}\n",
	    "the document is cut short" },
};

START_TEST(events)
{
	bed_case("ctrf", &cases[_i]);
}
END_TEST

static void
on_warning(void *arg, const struct em_error *e)
{
	struct em_error *first = arg;

	if (first->code == EM_E_NONE)
		*first = *e;
}

/* Reads to the end, with a document that is named to be CTRF. */
static struct em_reader_stats
read_named(const char *bytes, struct em_limits limits, struct em_error *e)
{
	struct em_reader_opts opts = {
		.format = "ctrf", .limits = limits, .warn = on_warning, .arg = e
	};
	struct em_reader *r = em_reader_mem(&opts, em_str(bytes), "test");
	struct em_reader_stats stats;
	const struct em_event *ev;
	enum em_rc rc;

	*e = (struct em_error){ .code = EM_E_NONE };
	while ((rc = em_reader_next(r, &ev)) == EM_OK)
		;
	if (rc == EM_ERR)
		*e = *em_reader_error(r);
	stats = *em_reader_stats(r);
	em_reader_close(r);
	return stats;
}

START_TEST(line_of_a_fault)
{
	struct em_error e;
	struct em_reader_stats stats =
	    read_named("noise\n{\n \"results\":\n {\"tests\": [\n?]}}\n",
		(struct em_limits){ .line_max = 0 }, &e);

	ck_assert_uint_eq(e.line, 5);
	ck_assert_uint_eq(stats.malformed, 1);
	ck_assert_uint_eq(stats.noise, 1);
	ck_assert(stats.truncated);
	read_named("{?", (struct em_limits){ .line_max = 0 }, &e);
	ck_assert_uint_eq(e.line, 1);
}
END_TEST

START_TEST(nothing_there)
{
	static const char *const inputs[] = { "", "\n", "\xef\xbb\xbf",
		"noise\n", "\xef\xbb\xbf\n \n" };
	struct em_error e;

	for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
		struct em_reader_stats stats = read_named(
		    inputs[i], (struct em_limits){ .line_max = 0 }, &e);

		ck_assert_str_eq(e.msg, "there is no document in the input");
		ck_assert(stats.truncated);
		ck_assert_uint_eq(stats.malformed, 0);
	}
}
END_TEST

START_TEST(first_brace)
{
	struct em_error e;
	struct em_reader_stats stats = read_named("{\"a\": 1}\n{\"b\": 2}\n",
	    (struct em_limits){ .line_max = 0 }, &e);

	ck_assert_uint_eq(stats.runs_complete, 1);
	ck_assert_uint_eq(stats.noise, 1);
}
END_TEST

START_TEST(too_deep)
{
	struct em_error e;
	struct em_reader_stats stats =
	    read_named("{\"results\":{\"tests\":[{\"name\":\"a\",\"extra\":"
		       "[[[[[[1]]]]]]}]}}",
		(struct em_limits){ .depth_max = 8 }, &e);

	ck_assert_int_eq(e.code, EM_E_LIMIT);
	ck_assert_uint_eq(stats.runs_complete, 0);
}
END_TEST

START_TEST(too_big)
{
	enum { SIZE = 1 << 20 };
	struct em_error e;
	struct buf b;

	buf_init(&b, SIZE_MAX / 4);
	buf_add(
	    &b, EM_STR("{\"results\":{\"tests\":[{\"name\":\"a\",\"ai\":\""));
	for (size_t i = 0; i < SIZE; i++)
		buf_add(&b, EM_STR("x"));
	buf_add(&b, (struct em_str){ "\"}]}}", 6 });
	read_named(
	    buf_str(&b).p, (struct em_limits){ .memory_max = SIZE / 4 }, &e);
	ck_assert_int_eq(e.code, EM_E_LIMIT);
	buf_free(&b);
}
END_TEST

Suite *jsondoc_suite(void);

Suite *
jsondoc_suite(void)
{
	Suite *s = suite_create("jsondoc");
	TCase *tc = tcase_create("core");

	tcase_add_loop_test(tc, events, 0, (int)ARRAY_LEN(cases));
	tcase_add_test(tc, line_of_a_fault);
	tcase_add_test(tc, nothing_there);
	tcase_add_test(tc, first_brace);
	tcase_add_test(tc, too_deep);
	tcase_add_test(tc, too_big);
	suite_add_tcase(s, tc);
	return s;
}
