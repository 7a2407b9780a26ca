/* SPDX-License-Identifier: MIT */
/* Formats that are written for people and their tools. */
#include <string.h>

#include "format_bed.h"
#include "json.h"
#include "plain.h"

enum { ROOM = 16 * 1024 * 1024 };

static const char *const plain_formats[] = { "pretty", "terse", "markdown",
	"gcc", "github" };

static void
write_file(const char *format, const char *const *options, const char *file,
    struct buf *out)
{
	struct buf native;

	buf_init(&native, ROOM);
	bed_load(file, &native);
	bed_write(format, options, buf_str(&native), out, NULL);
	buf_free(&native);
}

/* Nothing that a terminal obeys comes through, whatever the input is. */
START_TEST(test_harmless)
{
	const char *format = plain_formats[_i];
	struct em_str text;
	struct buf out;
	size_t n;

	buf_init(&out, ROOM);
	write_file(format, NULL, "testdata/roundtrip/bytes.jsonl", &out);
	text = buf_str(&out);
	ck_assert_uint_gt(text.n, 0);
	n = plain_run(text, false);
	ck_assert_msg(n == text.n, "%s: %.*s", format,
	    (int)str_upto(str_from(text, n), 40).n, text.p + n);
	buf_free(&out);
}
END_TEST

/* Colours are escapes of ours alone, and without them the text is the same. */
START_TEST(test_colors)
{
	static const char *const colored[] = { "pretty", "terse" };
	struct buf native, with, without, stripped;
	struct em_str rest, part;

	buf_init(&native, ROOM);
	buf_init(&with, ROOM);
	buf_init(&without, ROOM);
	buf_init(&stripped, ROOM);
	bed_load("testdata/roundtrip/bytes.jsonl", &native);
	bed_write_colored(colored[_i], buf_str(&native), &with);
	bed_write(colored[_i], NULL, buf_str(&native), &without, NULL);
	ck_assert_uint_gt(with.n, without.n);
	rest = buf_str(&with);
	while (str_cut(&rest, '\x1b', &part)) {
		buf_add(&stripped, part);
		ck_assert(str_starts(rest, "["));
		str_cut(&rest, 'm', &part);
		ck_assert_uint_le(part.n, 3);
	}
	buf_add(&stripped, part);
	bed_same(buf_str(&stripped), buf_str(&without), "without colours");
	buf_free(&native);
	buf_free(&with);
	buf_free(&without);
	buf_free(&stripped);
}
END_TEST

/*
 * As the runner of GitHub reads a log: a line that starts with :: is a
 * command, one with ##[ too; ::stop-commands::TOKEN turns that off until
 * ::TOKEN:: comes.
 */
static void
run_commands(struct em_str log, struct buf *commands)
{
	struct em_str line, token = { NULL, 0 };

	while (log.n > 0) {
		str_cut(&log, '\n', &line);
		line = str_trim(line);
		if (token.p != NULL) {
			if (line.n == token.n + 4 && str_starts(line, "::") &&
			    str_ends(line, "::") &&
			    memcmp(line.p + 2, token.p, token.n) == 0)
				token.p = NULL;
			continue;
		}
		/* The newer syntax is looked for first. */
		if (!str_starts(line, "::")) {
			ck_assert_int_lt(str_find(line, "##["), 0);
			continue;
		}
		if (str_starts(line, "::stop-commands::"))
			token = str_from(line, strlen("::stop-commands::"));
		buf_add(commands, line);
		buf_add(commands, EM_STR("\n"));
	}
	ck_assert_ptr_null(token.p);
}

static bool
is_own_command(struct em_str line)
{
	static const char *const own[] = { "::group::FAILED ",
		"::endgroup::", "::stop-commands::end-of-output", "::error ",
		"::warning ", "::notice title=test results::" };

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (str_starts(line, own[i]))
			return true;
	return false;
}

/* What tests write is never a command. */
START_TEST(test_commands)
{
	struct em_str rest, line;
	struct buf out, commands;
	unsigned errors = 0;

	buf_init(&out, ROOM);
	buf_init(&commands, ROOM);
	write_file("github", NULL, "testdata/roundtrip/bytes.jsonl", &out);
	run_commands(buf_str(&out), &commands);
	rest = buf_str(&commands);
	while (rest.n > 0) {
		str_cut(&rest, '\n', &line);
		ck_assert_msg(
		    is_own_command(line), "%.*s", (int)line.n, line.p);
		errors += str_starts(line, "::error ");
	}
	/* The suite that failed by itself, and the case. */
	ck_assert_uint_eq(errors, 2);
	buf_free(&out);
	buf_free(&commands);
}
END_TEST

/* The token is one that the output does not hold. */
START_TEST(test_token)
{
	static const char native[] =
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"n\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"n\",\"stream\":\"stdout\","
	    "\"text\":\"::end-of-output::\\n::end-of-output-1::\\n"
	    "::error::forged\\n\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"n\",\"outcome\":"
	    "\"fail\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n";
	struct buf out, commands;

	buf_init(&out, ROOM);
	buf_init(&commands, ROOM);
	bed_write("github", NULL, em_str(native), &out, NULL);
	run_commands(buf_str(&out), &commands);
	ck_assert_int_lt(str_find(buf_str(&commands), "forged"), 0);
	ck_assert_int_ge(str_find(buf_str(&commands), "end-of-output-2\n"), 0);
	buf_free(&out);
	buf_free(&commands);
}
END_TEST

/*
 * "toolkit/packages/core/src/command.ts": in data % is %25, CR %0D, LF %0A;
 * in properties also : is %3A and , is %2C.
 */
START_TEST(test_annotation)
{
	static const char native[] =
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"50%: a,b\\r\\nc\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"50%: a,b\\r\\nc\","
	    "\"kind\":\"error\",\"message\":\"100%: x,y\\r\\nz\","
	    "\"location\":{\"file\":\"/w/src/a,b:c.rs\",\"line\":3,"
	    "\"column\":4,\"end_line\":5,\"end_column\":6}}\n"
	    "{\"event\":\"case_complete\",\"name\":\"50%: a,b\\r\\nc\","
	    "\"outcome\":\"fail\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n";
	static const char *const options[] = { "root=/w/", NULL };
	struct buf out;

	buf_init(&out, ROOM);
	bed_write("github", options, em_str(native), &out, NULL);
	ck_assert_msg(
	    str_find(buf_str(&out),
		"\n::error file=src/a%2Cb%3Ac.rs,line=3,endLine=5,col=4,"
		"endColumn=6,title=50%25%3A a%2Cb%0D%0Ac::100%25: x,y%0D%0Az"
		"%0Aat /w/src/a,b:c.rs:3:4\n") >= 0,
	    "%.*s", (int)out.n, out.p);
	buf_free(&out);
}
END_TEST

/* N failures, each with a message. */
static void
many_failures(struct buf *native, unsigned n)
{
	char line[512];

	buf_add(native, EM_STR("{\"event\":\"run_start\"}\n"));
	for (unsigned i = 0; i < n; i++) {
		snprintf(line, sizeof(line),
		    "{\"event\":\"case_start\",\"name\":\"t%u\"}\n"
		    "{\"event\":\"case_message\",\"name\":\"t%u\",\"kind\":"
		    "\"error\",\"message\":\"m%u\"}\n"
		    "{\"event\":\"case_complete\",\"name\":\"t%u\","
		    "\"outcome\":\"fail\"}\n",
		    i, i, i, i);
		buf_add(native, em_str(line));
	}
	buf_add(native,
	    EM_STR("{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n"));
}

static unsigned
count(struct em_str text, const char *needle)
{
	unsigned n = 0;
	ptrdiff_t at;

	while ((at = str_find(text, needle)) >= 0) {
		text = str_from(text, (size_t)at + strlen(needle));
		n++;
	}
	return n;
}

/* GitHub shows 10 of a kind: the last says how many are missing. */
START_TEST(test_limit)
{
	static const struct {
		unsigned failures;
		const char *option;
		unsigned errors;
		const char *missing; /* or NULL */
	} limits[] = {
		{ 9, NULL, 9, NULL },
		{ 10, NULL, 10, NULL },
		{ 11, NULL, 10, "::error title=2 more::" },
		{ 100, NULL, 10, "::error title=91 more::" },
		{ 100, "limit=3", 3, "::error title=98 more::" },
		{ 100, "limit=0", 100, NULL },
	};
	const char *const options[] = { limits[_i].option, NULL };
	struct buf native, out;

	buf_init(&native, ROOM);
	buf_init(&out, ROOM);
	many_failures(&native, limits[_i].failures);
	bed_write("github", options, buf_str(&native), &out, NULL);
	ck_assert_uint_eq(
	    count(buf_str(&out), "\n::error "), limits[_i].errors);
	ck_assert_uint_eq(
	    count(buf_str(&out), " more::"), limits[_i].missing != NULL);
	if (limits[_i].missing != NULL)
		ck_assert_int_ge(
		    str_find(buf_str(&out), limits[_i].missing), 0);
	buf_free(&native);
	buf_free(&out);
}
END_TEST

/* ---- Markdown ---- */

/* Outside of fences every < begins a tag of ours, and the input has left
 * nothing that GitHub would act on. */
START_TEST(test_markup)
{
	static const char *const tags[] = { "<code>", "</code>", "<details>",
		"</details>", "<summary>", "</summary>" };
	struct em_str rest, line, fence = { NULL, 0 };
	struct buf out;

	buf_init(&out, ROOM);
	write_file("markdown", NULL, "testdata/roundtrip/bytes.jsonl", &out);
	rest = buf_str(&out);
	while (rest.n > 0) {
		str_cut(&rest, '\n', &line);
		if (fence.p != NULL) {
			if (em_str_eq(line, fence))
				fence.p = NULL;
			continue;
		}
		if (str_starts(line, "```")) {
			fence = line;
			ck_assert(str_ends(line, "text"));
			fence.n -= 4;
			continue;
		}
		ck_assert_int_lt(str_find(line, "@"), 0);
		ck_assert_int_lt(str_find(line, "`"), 0);
		for (size_t i = 0; i < line.n; i++) {
			size_t k = 0;

			if (line.p[i] != '<')
				continue;
			while (k < ARRAY_LEN(tags) &&
			    !str_starts(str_from(line, i), tags[k]))
				k++;
			ck_assert_msg(
			    k < ARRAY_LEN(tags), "%.*s", (int)line.n, line.p);
		}
	}
	ck_assert_ptr_null(fence.p);
	buf_free(&out);
}
END_TEST

/* With a limit the whole is smaller, closed, and says what is missing. */
START_TEST(test_markdown_limit)
{
	static const char *const options[] = { "limit=6000", NULL };
	struct buf native, out;

	buf_init(&native, ROOM);
	buf_init(&out, ROOM);
	many_failures(&native, 1000);
	bed_write("markdown", options, buf_str(&native), &out, NULL);
	ck_assert_uint_le(out.n, 6000);
	ck_assert_uint_gt(count(buf_str(&out), "<details>"), 10);
	ck_assert_uint_eq(count(buf_str(&out), "<details>"),
	    count(buf_str(&out), "</details>"));
	ck_assert_uint_eq(count(buf_str(&out),
			      "more failures are left out: the limit is "
			      "6000 bytes"),
	    1);
	buf_free(&native);
	buf_free(&out);
}
END_TEST

/* ---- the end of a run ---- */

/* What does not end well is never called ok. */
static const struct {
	const char *native, *pretty;
} ends[] = {
	{ "{\"event\":\"run_start\"}\n"
	  "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    "\ntest result: ok. 0 passed" },
	{ "{\"event\":\"run_start\"}\n", "\nerror: the run has no end\n" },
	{ "{\"event\":\"discover_start\"}\n"
	  "{\"event\":\"discover_case\",\"name\":\"n\"}\n"
	  "{\"event\":\"discover_complete\"}\n{\"event\":\"run_start\"}\n"
	  "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    "FAILED. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered "
	    "out; 1 not run\nerror: not all cases were run\n" },
	{ "{\"event\":\"run_start\"}\n"
	  "{\"event\":\"suite_start\",\"suite\":\"s\"}\n"
	  "{\"event\":\"suite_complete\",\"suite\":\"s\",\"outcome\":"
	  "\"fail\",\"reason\":\"no disk\"}\n"
	  "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    "\nsuite s failed: no disk\n\ntest result: FAILED" },
	{ "{\"event\":\"run_start\"}\n"
	  "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"status\":"
	  "\"abort\"}\n",
	    "\nerror: the run failed by itself: abort\n" },
	{ "{\"event\":\"run_start\"}\n"
	  "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"counts\":"
	  "{\"pass\":1,\"fail\":0,\"skip\":0}}\n",
	    "\nerror: what the run states is not what happened\n" },
	{ "{\"event\":\"discover_start\"}\n"
	  "{\"event\":\"discover_case\",\"name\":\"n\"}\n"
	  "{\"event\":\"discover_complete\"}\n",
	    "n: test\n\n1 tests, 0 benchmarks\n" },
	/* Nothing at all is a run that was cut before its first word. */
	{ "", "\nerror: the run has no end\n" },
};

START_TEST(test_ends)
{
	static const char *const both[] = { "pretty", "terse" };
	struct buf out, native;

	buf_init(&out, ROOM);
	buf_init(&native, ROOM);
	if (ends[_i].native[0] != '\0')
		buf_add(&native,
		    EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\","
			   "\"producer\":{\"name\":\"t\"}}\n"));
	buf_add(&native, em_str(ends[_i].native));
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		buf_reset(&out);
		bed_write(both[i], NULL, buf_str(&native), &out, NULL);
		ck_assert_msg(str_find(buf_str(&out), ends[_i].pretty) >= 0,
		    "%.*s", (int)out.n, out.p);
	}
	buf_free(&out);
	buf_free(&native);
}
END_TEST

/* ---- Chrome traces ---- */

/* Spans of a thread nest: each begins after the one before has ended. */
START_TEST(test_trace)
{
	static const char *const files[] = { "testdata/roundtrip/bytes.jsonl",
		"testdata/roundtrip/full.jsonl",
		"testdata/subunit/stestr-2-workers.jsonl" };
	const struct json *doc, *v;
	struct em_error e = { .code = EM_E_NONE };
	struct table open;
	struct buf out;
	struct arena a;
	size_t spans = 0;

	arena_init(&a, ROOM);
	buf_init(&out, ROOM);
	table_init(&open);
	write_file("chrometrace", NULL, files[_i], &out);
	doc = json_parse(&a, buf_str(&out), 64, &e);
	ck_assert_msg(doc != NULL, "%s", e.msg);
	v = json_get(doc, "traceEvents");
	ck_assert_ptr_nonnull(v);
	for (v = v->child; v != NULL; v = v->next) {
		const struct em_str id[] = { json_text(json_get(v, "pid")),
			json_text(json_get(v, "tid")) };
		uint64_t *n = table_at(&open, table_key(id, 2, 0));

		ck_assert_ptr_nonnull(json_get(v, "name"));
		if (str_eq(json_get_str(v, "ph"), "B")) {
			ck_assert_uint_eq((*n)++, 0);
			spans++;
		} else if (str_eq(json_get_str(v, "ph"), "E")) {
			ck_assert_uint_eq((*n)--, 1);
		}
	}
	ck_assert_uint_ge(spans, 3);
	arena_free(&a);
	buf_free(&out);
	table_free(&open);
}
END_TEST

Suite *people_suite(void);

Suite *
people_suite(void)
{
	Suite *s = suite_create("people");
	TCase *t = tcase_create("people");

	tcase_add_loop_test(t, test_harmless, 0, (int)ARRAY_LEN(plain_formats));
	tcase_add_loop_test(t, test_colors, 0, 2);
	tcase_add_test(t, test_commands);
	tcase_add_test(t, test_token);
	tcase_add_test(t, test_annotation);
	tcase_add_loop_test(t, test_limit, 0, 6);
	tcase_add_test(t, test_markup);
	tcase_add_test(t, test_markdown_limit);
	tcase_add_loop_test(t, test_ends, 0, (int)ARRAY_LEN(ends));
	tcase_add_loop_test(t, test_trace, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
