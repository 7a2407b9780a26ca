/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { DEPTH = 100, MEMORY = 1 << 20 };

static struct arena arena;

static void
setup(void)
{
	arena_init(&arena, MEMORY);
}

static void
teardown(void)
{
	arena_free(&arena);
}

static const struct json *
parse(const char *text)
{
	struct em_error e = { 0 };
	const struct json *v = json_parse(&arena, em_str(text), DEPTH, &e);

	ck_assert_msg(v != NULL, "%s: %s", text, e.msg);
	return v;
}

static void
check_str(struct em_str got, const char *want)
{
	ck_assert_msg(str_eq(got, want), "got \"%.*s\", want \"%s\"",
	    (int)got.n, got.p, want);
}

/* ---- one value ---- */

/* What a text is when it is printed again; NULL: malformed. */
static const struct {
	struct em_str text;
	const char *print;
} values[] = {
	{ EM_STR("null"), "null" },
	{ EM_STR(" \t\r\ntrue\n"), "true" },
	{ EM_STR("\xef\xbb\xbf[false]"), "[false]" },
	{ EM_STR("-0"), "-0" },
	{ EM_STR("12345678901234567890.50e+1"), "12345678901234567890.50e+1" },
	{ EM_STR("\"a\""), "\"a\"" },
	{ EM_STR("[]"), "[]" },
	{ EM_STR("{}"), "{}" },
	{ EM_STR("[1,[2,[]],{\"a\":{},\"b\":[{}]},3]"),
	    "[1,[2,[]],{\"a\":{},\"b\":[{}]},3]" },
	{ EM_STR("{ \"a\" : 1 , \"a\" : 2 }"), "{\"a\":1,\"a\":2}" },
	{ EM_STR("{\"\":\"\"}"), "{\"\":\"\"}" },
	{ EM_STR("\"\\/\\b\\f\\n\\r\\t\\\"\\\\\\u00e9\\u0000\""),
	    "\"/\\b\\f\\n\\r\\t\\\"\\\\\xc3\xa9\\u0000\"" },
	/* surrogates: a pair, each half alone, two heads, cut short */
	{ EM_STR("\"\\ud83d\\ude00\""), "\"\xf0\x9f\x98\x80\"" },
	{ EM_STR("\"\\ud83d\""), "\"\xef\xbf\xbd\"" },
	{ EM_STR("\"\\uDE00x\""), "\"\xef\xbf\xbdx\"" },
	{ EM_STR("\"\\ud83d\\u0041\""),
	    "\"\xef\xbf\xbd"
	    "A\"" },
	{ EM_STR("\"\\ud83d\\ud83d\\ude00\""),
	    "\"\xef\xbf\xbd\xf0\x9f\x98\x80\"" },
	{ EM_STR("\"\\ud83d\\n\\udCBA\""), "\"\xef\xbf\xbd\\n\xef\xbf\xbd\"" },
	{ EM_STR("\"\\\\ud83d\""), "\"\\\\ud83d\"" },
	/* bad UTF-8 is kept, and repaired where text is written */
	{ EM_STR("\"\xff\""), "\"\xef\xbf\xbd\"" },
	{ EM_STR(""), NULL },
	{ EM_STR("  "), NULL },
	{ EM_STR("nul"), NULL },
	{ EM_STR("[1,]"), NULL },
	{ EM_STR("{\"a\"}"), NULL },
	{ EM_STR("{\"a\":1,}"), NULL },
	{ EM_STR("{a:1}"), NULL },
	{ EM_STR("[1"), NULL },
	{ EM_STR("1 2"), NULL },
	{ EM_STR("[1]]"), NULL },
	{ EM_STR("01"), NULL },
	{ EM_STR("+1"), NULL },
	{ EM_STR(".5"), NULL },
	{ EM_STR("NaN"), NULL },
	{ EM_STR("/* */ 1"), NULL },
	{ EM_STR("\"\\x41\""), NULL },
	{ EM_STR("\"\\u12\""), NULL },
	{ EM_STR("\"\\ud83d\\ude0\""), NULL },
	{ EM_STR("\"a\nb\""), NULL },
	{ EM_STR("[\f1]"), NULL },
	{ EM_STR("[1\v]"), NULL },
	{ EM_STR("\"\0\""), NULL },
	{ EM_STR("[1]\0"), NULL },
};

START_TEST(parses_and_prints)
{
	struct em_error e = { 0 };
	const struct json *v = json_parse(&arena, values[_i].text, DEPTH, &e);

	if (values[_i].print == NULL) {
		ck_assert_ptr_null(v);
		ck_assert(e.code == EM_E_SYNTAX || e.code == EM_E_TRUNCATED);
		ck_assert_uint_gt(strlen(e.msg), 0);
		return;
	}
	ck_assert_msg(v != NULL, "%s", e.msg);
	check_str(json_print(&arena, v), values[_i].print);
}
END_TEST

START_TEST(says_what_is_wrong)
{
	struct em_error e = { 0 };

	ck_assert_ptr_null(json_parse(&arena, EM_STR("{\"a\": x}"), DEPTH, &e));
	ck_assert_int_eq(e.code, EM_E_SYNTAX);
	ck_assert_str_eq(
	    e.msg, "malformed JSON at byte 8: invalid char in json text");
	e = (struct em_error){ 0 };
	ck_assert_ptr_null(json_parse(&arena, EM_STR("{\"a\":"), DEPTH, &e));
	ck_assert_int_eq(e.code, EM_E_TRUNCATED);
	ck_assert_str_eq(e.msg, "malformed JSON at byte 5: premature EOF");
}
END_TEST

START_TEST(limits_depth_and_memory)
{
	struct em_error e = { 0 };
	struct buf text;

	ck_assert_ptr_nonnull(json_parse(&arena, EM_STR("[[[]]]"), 3, &e));
	ck_assert_ptr_null(json_parse(&arena, EM_STR("[[[]]]"), 2, &e));
	ck_assert_int_eq(e.code, EM_E_LIMIT);
	ck_assert_str_eq(e.msg, "JSON: nested deeper than the limit of 2");

	/* an escape at the end has yajl decode all of the string */
	buf_init(&text, 2 * MEMORY);
	buf_add(&text, EM_STR("\""));
	while (text.n < MEMORY)
		buf_add(&text, EM_STR("0123456789abcdef"));
	buf_add(&text, EM_STR("\\n\""));
	e = (struct em_error){ 0 };
	ck_assert_ptr_null(json_parse(&arena, buf_str(&text), DEPTH, &e));
	ck_assert_int_eq(e.code, EM_E_LIMIT);
	ck_assert_str_eq(
	    e.msg, "JSON: needs more than the limit of 1048576 bytes");
	/* the arena can be used again */
	arena_reset(&arena);
	parse("[1]");
	buf_free(&text);
}
END_TEST

START_TEST(tolerates_nothing)
{
	struct json_want none[] = { { .path = NULL } };

	ck_assert_ptr_null(json_get(NULL, "a"));
	ck_assert_ptr_null(json_path(NULL, "a.b"));
	ck_assert_ptr_null(json_get(parse("[1]"), "a"));
	ck_assert_ptr_null(json_str(parse("1")).p);
	ck_assert_ptr_null(json_text(NULL).p);
	ck_assert_ptr_null(json_text(parse("{}")).p);
	ck_assert_ptr_null(json_text(parse("null")).p);
	ck_assert(!json_is_true(NULL) && !json_is_true(parse("\"true\"")));
	ck_assert_uint_eq(json_count(NULL), 0);
	ck_assert_ptr_null(json_print(&arena, NULL).p);
	ck_assert_uint_eq(json_strs(&arena, parse("{}")).n, 0);
	ck_assert_uint_eq(json_pairs(&arena, NULL).n, 0);
	json_stream_free(NULL);
	json_stream_free(json_stream_new(none, NULL, DEPTH, MEMORY));
}
END_TEST

START_TEST(looks_values_up)
{
	const struct json *v = parse("{\"a\":{\"b\":\"x\",\"b\":\"y\\n\"},"
				     "\"n\":1.5,\"t\":true,\"a.b\":0}");
	int64_t ns = 0;

	check_str(json_str(json_path(v, "a.b")), "y\n");
	check_str(json_get_str(json_get(v, "a"), "b"), "y\n");
	check_str(json_text(json_get(v, "n")), "1.5");
	check_str(json_text(json_get(v, "t")), "true");
	ck_assert_ptr_null(json_path(v, "a.b.c"));
	ck_assert(json_is_true(json_get(v, "t")));
	ck_assert(json_ns(json_get(v, "n"), 6, &ns));
	ck_assert_int_eq(ns, 1500000);
	ck_assert(json_ns(parse("\"0.25\""), 9, &ns));
	ck_assert_int_eq(ns, 250000000);
	ck_assert(!json_ns(parse("true"), 9, &ns));
	ck_assert_uint_eq(json_count(v), 4);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	int64_t n;
} integers[] = {
	{ "0", true, 0 },
	{ "-7", true, -7 },
	{ "1.0", true, 1 },
	{ "1e3", true, 1000 },
	{ "-1.25E2", true, -125 },
	{ "1.5", false, 0 },
	{ "1500e-2", true, 15 },
	{ "1501e-2", false, 0 },
	{ "9223372036854775807", true, INT64_MAX },
	{ "-9223372036854775808", true, INT64_MIN },
	{ "9223372036854775808", false, 0 },
	{ "1e19", false, 0 },
	{ "0e999", false, 0 },
	{ "\"1\"", false, 0 },
};

START_TEST(reads_integers)
{
	int64_t n = -1;

	ck_assert_int_eq(
	    json_i64(parse(integers[_i].text), &n), integers[_i].ok);
	if (integers[_i].ok)
		ck_assert_int_eq(n, integers[_i].n);
}
END_TEST

START_TEST(makes_lists_and_pairs)
{
	struct em_strs l = json_strs(&arena, parse("[\"a\\n\",1,[2]]"));
	struct em_pairs p = json_pairs(&arena,
	    parse("{\"k\":1,\"s\":\"\",\"o\":{\"x\":[null]},\"k\":\"v\"}"));

	ck_assert_uint_eq(l.n, 3);
	check_str(l.v[0], "a\n");
	check_str(l.v[1], "1");
	check_str(l.v[2], "[2]");
	/* the first k is overridden */
	ck_assert_uint_eq(p.n, 3);
	check_str(p.v[0].key, "s");
	check_str(p.v[0].value, "");
	ck_assert(!p.v[0].json);
	check_str(p.v[1].key, "o");
	check_str(p.v[1].value, "{\"x\":[null]}");
	ck_assert(p.v[1].json);
	check_str(p.v[2].key, "k");
	check_str(p.v[2].value, "v");
}
END_TEST

/* ---- a document in pieces ---- */

/* What a stream called, as text: values printed, with their keys. */
static void
note(struct buf *log, const char *what, struct em_str key)
{
	buf_add(log, em_str(what));
	buf_add(log, key);
	buf_add(log, EM_STR(";"));
}

static void
on_value(void *arg, const struct json *v)
{
	struct buf *log = arg;
	struct arena a;

	arena_init(&a, MEMORY);
	if (v->key.p != NULL) {
		buf_add(log, v->key);
		buf_add(log, EM_STR("="));
	}
	note(log, "", json_print(&a, v));
	arena_free(&a);
}

static void
on_enter(void *arg, struct em_str key)
{
	note(arg, "<", key);
}

static void
on_leave(void *arg)
{
	note(arg, ">", (struct em_str){ NULL, 0 });
}

static enum em_rc
stream(const struct json_want *wants, struct em_str text, size_t chunk,
    struct buf *log, struct em_error *e)
{
	struct json_stream *s = json_stream_new(wants, log, 5, MEMORY);
	enum em_rc rc = EM_OK;

	ck_assert_ptr_nonnull(s);
	*e = (struct em_error){ 0 };
	while (text.n > 0 && rc == EM_OK) {
		/* memory of its own, so that a look past the end is seen */
		struct em_str part = str_upto(text, chunk);
		char *own = malloc(part.n);

		memcpy(own, part.p, part.n);
		rc = json_stream_feed(s, (struct em_str){ own, part.n }, e);
		free(own);
		text = str_from(text, part.n);
	}
	if (rc == EM_OK)
		rc = json_stream_finish(s, e);
	json_stream_free(s);
	return rc;
}

#define WANT(p)                                                                \
	{                                                                      \
		.path = p, .value = on_value                                   \
	}
#define SPAN(p)                                                                \
	{                                                                      \
		.path = p, .enter = on_enter, .leave = on_leave                \
	}

static const struct {
	struct json_want wants[4];
	struct em_str text;
	const char *log;
	enum em_code code; /* EM_E_NONE: the document is complete */
	unsigned line;
} streams[] = {
	{ { WANT("") }, EM_STR("\xef\xbb\xbf{\"a\":[1]}"), "{\"a\":[1]};",
	    EM_E_NONE, 0 },
	{ { WANT("") }, EM_STR(" 12 "), "12;", EM_E_NONE, 0 },
	{ { WANT("*") }, EM_STR("[1,{\"a\":2},[3]]"), "1;{\"a\":2};[3];",
	    EM_E_NONE, 0 },
	{ { WANT("r.t.*"), WANT("r.v") },
	    EM_STR("{\"v\":0,\"r\":{\"t\":[1,\"\\u0041\"],\"v\":2},"
		   "\"t\":[9]}"),
	    "1;\"A\";v=2;", EM_E_NONE, 0 },
	/* members of an object, whatever their keys */
	{ { WANT("m.*"), SPAN("m") }, EM_STR("{\"m\":{\"x\":1,\"y\":[]}}"),
	    "<m;x=1;y=[];>;", EM_E_NONE, 0 },
	/* spans and the values inside them */
	{ { SPAN("s.*"), WANT("s.*.t.*"), WANT("s.*.n") },
	    EM_STR("{\"s\":[{\"n\":\"a\",\"t\":[1,2]},{\"t\":[],\"n\":\"b\"}],"
		   "\"n\":0}"),
	    "<;n=\"a\";1;2;>;<;n=\"b\";>;", EM_E_NONE, 0 },
	/* a wanted value inside a wanted value comes first */
	{ { WANT("a"), WANT("a.b") }, EM_STR("{\"a\":{\"b\":[1],\"c\":2}}"),
	    "b=[1];a={\"b\":[1],\"c\":2};", EM_E_NONE, 0 },
	{ { WANT("a") }, EM_STR("{\"a\":1,\"a\":2}"), "a=1;a=2;", EM_E_NONE,
	    0 },
	{ { WANT("nothing") }, EM_STR("[{\"nothing\":1}]"), "", EM_E_NONE, 0 },
	{ { WANT("*") },
	    EM_STR("[\"\\ud83d\\ude00\",\"\\ud83d\",\"\\ud83dx\","
		   "\"\\udE00\",\"\\ud83d\\ud83d\\ude00\",\"\\\\ud83d\"]"),
	    "\"\xf0\x9f\x98\x80\";\"\xef\xbf\xbd\";\"\xef\xbf\xbdx\";"
	    "\"\xef\xbf\xbd\";\"\xef\xbf\xbd\xf0\x9f\x98\x80\";"
	    "\"\\\\ud83d\";",
	    EM_E_NONE, 0 },
	/* damage: everything before it is there */
	{ { WANT("*") }, EM_STR("[1,\n2,\n\n{\"a\":\n[3"), "1;2;",
	    EM_E_TRUNCATED, 5 },
	{ { WANT("*") }, EM_STR("[1,\n2,\n\"abc"), "1;2;", EM_E_TRUNCATED, 3 },
	{ { WANT("*") }, EM_STR("[1,\n2,\n\"ab\\"), "1;2;", EM_E_TRUNCATED, 3 },
	{ { WANT("*") }, EM_STR("[1,\n2,\n\"\\ud83d\\ud"), "1;2;",
	    EM_E_TRUNCATED, 3 },
	{ { WANT("*") }, EM_STR(""), "", EM_E_TRUNCATED, 1 },
	{ { WANT("*") }, EM_STR("\n\n"), "", EM_E_TRUNCATED, 3 },
	{ { WANT("*") }, EM_STR("\xef\xbb"), "", EM_E_SYNTAX, 1 },
	{ { WANT("*") }, EM_STR("[1,\n2,\n3 4]"), "1;2;3;", EM_E_SYNTAX, 3 },
	{ { WANT("*") }, EM_STR("[1,\n\f2]"), "1;", EM_E_SYNTAX, 2 },
	{ { WANT("*") }, EM_STR("[1]\n[2]"), "1;", EM_E_SYNTAX, 2 },
	/* the limit of nesting is 5 here */
	{ { WANT("*") }, EM_STR("[1,[[[[]]]],2]"), "1;[[[[]]]];2;", EM_E_NONE,
	    0 },
	{ { WANT("*") }, EM_STR("[1,\n[[[[[]]]]],2]"), "1;", EM_E_LIMIT, 2 },
	{ { WANT("x") }, EM_STR("\n[[[[[[]]]]]]"), "", EM_E_LIMIT, 2 },
};

START_TEST(streams_subtrees)
{
	for (size_t chunk = 1; chunk < 32; chunk++) {
		struct em_error e;
		struct buf log;
		enum em_rc rc;

		buf_init(&log, MEMORY);
		rc = stream(
		    streams[_i].wants, streams[_i].text, chunk, &log, &e);
		check_str(buf_str(&log), streams[_i].log);
		ck_assert_int_eq(e.code, streams[_i].code);
		ck_assert_int_eq(
		    rc, streams[_i].code == EM_E_NONE ? EM_EOF : EM_ERR);
		ck_assert_uint_eq(e.line, streams[_i].line);
		buf_free(&log);
	}
}
END_TEST

/* A document far larger than the limit is read when none of its parts is. */
START_TEST(frees_each_subtree)
{
	const struct json_want wants[] = { WANT("*"), { .path = NULL } };
	struct buf text, log;
	struct em_error e;

	buf_init(&text, 16 * MEMORY);
	buf_init(&log, 16 * MEMORY);
	buf_add(&text, EM_STR("[0"));
	while (text.n < 4 * MEMORY)
		buf_add(
		    &text, EM_STR(",\n{\"name\":\"a\\tb\",\"list\":[1,2]}"));
	buf_add(&text, EM_STR("]"));
	ck_assert_int_eq(
	    stream(wants, buf_str(&text), 65536, &log, &e), EM_EOF);
	ck_assert_uint_gt(log.n, 2 * MEMORY);

	/* one part, wanted or not, beyond it: an error, no more */
	for (int wanted = 0; wanted < 2; wanted++) {
		struct json_want w[] = { WANT("*"), { .path = NULL } };

		if (!wanted)
			w[0].path = "nothing";
		buf_reset(&text);
		buf_reset(&log);
		buf_add(&text, EM_STR("[1,\n\""));
		while (text.n < 2 * MEMORY)
			buf_add(&text, EM_STR("0123456789abcdef"));
		buf_add(&text, EM_STR("\"]"));
		ck_assert_int_eq(
		    stream(w, buf_str(&text), 4096, &log, &e), EM_ERR);
		ck_assert_int_eq(e.code, EM_E_LIMIT);
		ck_assert_uint_eq(e.line, 2);
		check_str(buf_str(&log), wanted ? "1;" : "");
	}
	buf_free(&text);
	buf_free(&log);
}
END_TEST

START_TEST(errors_stick)
{
	const struct json_want wants[] = { WANT("*"), { .path = NULL } };
	struct em_error e = { 0 };
	struct buf log;
	struct json_stream *s;

	buf_init(&log, MEMORY);
	s = json_stream_new(wants, &log, DEPTH, MEMORY);
	ck_assert_int_eq(json_stream_feed(s, EM_STR("[1,]"), &e), EM_ERR);
	e = (struct em_error){ 0 };
	ck_assert_int_eq(json_stream_feed(s, EM_STR("2]"), &e), EM_ERR);
	ck_assert_int_eq(e.code, EM_E_SYNTAX);
	e = (struct em_error){ 0 };
	ck_assert_int_eq(json_stream_finish(s, &e), EM_ERR);
	ck_assert_int_eq(e.code, EM_E_SYNTAX);
	check_str(buf_str(&log), "1;");
	json_stream_free(s);
	buf_free(&log);
}
END_TEST

Suite *json_suite(void);

Suite *
json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *value = tcase_create("value"), *pieces = tcase_create("stream");

	tcase_add_checked_fixture(value, setup, teardown);
	tcase_add_loop_test(value, parses_and_prints, 0, ARRAY_LEN(values));
	tcase_add_test(value, says_what_is_wrong);
	tcase_add_test(value, limits_depth_and_memory);
	tcase_add_test(value, tolerates_nothing);
	tcase_add_test(value, looks_values_up);
	tcase_add_loop_test(value, reads_integers, 0, ARRAY_LEN(integers));
	tcase_add_test(value, makes_lists_and_pairs);
	suite_add_tcase(s, value);
	tcase_add_loop_test(pieces, streams_subtrees, 0, ARRAY_LEN(streams));
	tcase_add_test(pieces, frees_each_subtree);
	tcase_add_test(pieces, errors_stick);
	suite_add_tcase(s, pieces);
	return s;
}
