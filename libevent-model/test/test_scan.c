/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "test_scan.h"

static void
check_row(const struct scan_row *row)
{
	struct em_str got = scanned_by_all(row->line);

	ck_assert_msg(str_eq(got, row->want), "%.*s\ngave %.*s\nnot  %s",
	    (int)row->line.n, row->line.p, (int)got.n, got.p, row->want);
}

START_TEST(good)
{
	check_row(&scan_good[_i]);
}
END_TEST

START_TEST(bad)
{
	check_row(&scan_bad[_i]);
}
END_TEST

/* ---- every member of every kind, from the table ---- */

/* Values by type: one that is right, how it is printed, one that is wrong. */
static const struct {
	const char *right, *print, *wrong;
} samples[] = {
	[EM_T_STR] = { "\"a\\n\"", "\"a\\n\"", "7" },
	[EM_T_BYTES] = { "\"a\\n\"", "\"a\\n\"", "[]" },
	[EM_T_DATA] = { "\"aGk=\"", "\"hi\"", "\"a*k=\"" },
	[EM_T_NUM] = { "-1.50e+3", "\"-1.50e+3\"", "\"1\"" },
	[EM_T_INT] = { "9007199254740991", "9007199254740991", "-1" },
	[EM_T_COUNT] = { "9007199254740991", "9007199254740991", "0" },
	[EM_T_TIME] = { "\"1970-01-01T00:00:00.000000001Z\"", "1", "1" },
	[EM_T_TRI] = { "false", "false", "0" },
	[EM_T_OUTCOME] = { "\"fail\"", "fail", "false" },
	[EM_T_STRS] = { "[\"a\",\"\"]", "[\"a\",\"\"]", "[null]" },
	[EM_T_NUMS] = { "[0,1e1]", "[\"0\",\"1e1\"]", "{}" },
	[EM_T_PAIRS] = { "{\"a\":\"b\",\"c\":[]}", "{\"a\":\"b\",\"c\"=\"[]\"}",
	    "\"a=b\"" },
};

/* "name":value in JSON, with the first letter of the name escaped or not. */
static struct em_str
member(const struct em_field *f, struct em_str value, bool escape)
{
	const char *suffix = f->type == EM_T_DATA ? "_b64" : "";

	if (escape)
		return arena_printf(&scan_arena, "\"\\u%04x%s%s\":%.*s",
		    f->name[0], f->name + 1, suffix, (int)value.n, value.p);
	return arena_printf(&scan_arena, "\"%s%s\":%.*s", f->name, suffix,
	    (int)value.n, value.p);
}

static bool
is_in(const struct em_field *f, const char *in)
{
	return in == NULL ? f->in == NULL
			  : f->in != NULL && strcmp(f->in, in) == 0;
}

/* Whether f is one of those of which an attachment has exactly one. */
static bool
is_choice(const struct em_field *f)
{
	return f->offset == offsetof(struct em_event, path) ||
	    f->offset == offsetof(struct em_event, url) ||
	    f->offset == offsetof(struct em_event, data);
}

/* What a kind must have, each with a comma behind it, but for one field. */
static struct em_str
needed(unsigned kind, const char *in, const struct em_field *except)
{
	struct em_str all = EM_STR(""), value;

	for (size_t i = 0; i < em_fields_count; i++) {
		const struct em_field *f = &em_fields[i];

		if (f == except || !is_in(f, in) || !(f->required >> kind & 1))
			continue;
		if (f->type == EM_T_OBJECT) {
			value = needed(kind, f->name, NULL);
			value.n--;
			value = arena_printf(
			    &scan_arena, "{%.*s}", (int)value.n, value.p);
		} else {
			value = em_str(samples[f->type].right);
		}
		all = arena_join(&scan_arena, all, member(f, value, false));
		all = arena_join(&scan_arena, all, EM_STR(","));
	}
	if (in == NULL && kind == EM_CASE_ATTACHMENT && !is_choice(except))
		all = arena_join(&scan_arena, all, EM_STR("\"path\":\"p\","));
	return all;
}

/* A line of the kind with all that it must have, and f with that value, twice
 * when again is set. */
static struct em_str
line_of(unsigned kind, const struct em_field *f, const char *value, bool again)
{
	struct em_str name = em_kind_name((enum em_kind)kind);
	struct em_str m = member(f, em_str(value), false), rest;

	if (again) {
		m = arena_join(&scan_arena, m, EM_STR(","));
		m = arena_join(&scan_arena, m, member(f, em_str(value), true));
	}
	if (f->in != NULL) {
		struct em_str o = em_str(f->in);
		const struct em_field *object = em_field_find(o);

		rest = needed(kind, f->in, f);
		m = arena_printf(&scan_arena, "{%.*s%.*s}", (int)rest.n, rest.p,
		    (int)m.n, m.p);
		m = member(object, m, false);
		f = object;
	}
	rest = needed(kind, NULL, f);
	return arena_printf(&scan_arena, "{\"event\":\"%s\",%.*s%.*s}", name.p,
	    (int)rest.n, rest.p, (int)m.n, m.p);
}

static void
path_of(const struct em_field *f, char path[64])
{
	snprintf(path, 64, "%s%s%s%s", f->in != NULL ? f->in : "",
	    f->in != NULL ? "." : "", f->name,
	    f->type == EM_T_DATA ? "_b64" : "");
}

static bool
has(struct em_str got, const char *fmt, const char *a, const char *b)
{
	char want[128];

	snprintf(want, sizeof(want), fmt, a, b);
	return str_find(got, want) >= 0;
}

#define CHECK(cond)                                                            \
	ck_assert_msg(cond, "%s\n%.*s\ngave %.*s", #cond, (int)line.n, line.p, \
	    (int)got.n, got.p)

static void
check_allowed(unsigned kind, const struct em_field *f)
{
	bool identity = f->in == NULL &&
	    f->offset >= offsetof(struct em_event, run) &&
	    f->offset <= offsetof(struct em_event, attempt);
	bool vital = identity || strcmp(f->name, "requires") == 0;
	bool stated = f->in != NULL && strcmp(f->in, "counts") == 0;
	bool must = f->required >> kind & 1 || is_choice(f);
	struct em_str path = EM_STR(""), line, got;
	char in_json[64];
	const char *name = in_json;

	path_of(f, in_json);
	path = em_str(in_json);
	if (f->type == EM_T_DATA)
		path = em_str("data");
	path = em_str(arena_cstr(&scan_arena, path));
	/* Of the members of location only file is a must, and a location
	 * without it is as good as none. */
	if (f->in != NULL && strcmp(f->in, "producer") != 0)
		must = false;

	line = line_of(kind, f, samples[f->type].right, false);
	got = scanned_by_all(line);
	CHECK(has(got, " %s=%s", path.p, samples[f->type].print));
	CHECK(str_find(got, "(") < 0 && str_find(got, " +") < 0);

	line = line_of(kind, f, samples[f->type].wrong, false);
	got = scanned_by_all(line);
	if (f->type == EM_T_OUTCOME)
		CHECK(has(got, " %s=%s", path.p, "invalid"));
	else if (stated)
		CHECK(has(got, " %s=%s", path.p, "-1"));
	else
		CHECK(!has(got, " %s=%s", path.p, ""));
	CHECK(has(got, "(%s is not %s", name, "") || is_choice(f));
	CHECK(str_ends(got, ") INVALID") == (must || vital));

	line = line_of(kind, f, "null", false);
	got = scanned_by_all(line);
	CHECK(has(got, " %s=%s", path.p, stated ? "-1" : "") == stated);
	CHECK(str_ends(got, " is missing) INVALID") == must);

	line = line_of(kind, f, samples[f->type].right, true);
	got = scanned_by_all(line);
	CHECK(str_starts(got, "member is there twice at "));
}

START_TEST(every_member)
{
	const struct em_field *f = &em_fields[_i];
	struct em_str line, got;

	if (f->type == EM_T_OBJECT)
		return;
	for (unsigned kind = EM_UNKNOWN + 1; kind < EM_KINDS; kind++) {
		if (f->kinds >> kind & 1) {
			check_allowed(kind, f);
		} else if (f->in == NULL) {
			line = line_of(kind, f, samples[f->type].wrong, true);
			got = scanned_by_all(line);
			CHECK(str_find(got, "(") < 0);
			CHECK(str_find(got, " +") > 0);
			CHECK(str_find(got, " +") < str_find(got, " +\\u"));
		}
		arena_reset(&scan_arena);
	}
}
END_TEST

/* ---- integers ---- */

static const struct {
	const char *spelling;
	const char *want; /* NULL: a wrong value */
} integers[] = {
	{ "0", "0" },
	{ "7", "7" },
	{ "12", "12" },
	{ "1234567", "1234567" },
	{ "12345678", "12345678" },
	{ "123456789", "123456789" },
	{ "100000000", "100000000" },
	{ "1000000000000001", "1000000000000001" },
	{ "9007199254740991", "9007199254740991" },
	{ "9007199254740992", NULL },
	{ "9999999999999999", NULL },
	{ "10000000000000000", NULL },
	{ "12345678901234567", NULL },
	{ "18446744073709551616", NULL },
	{ "100000000000000000000000000000000000000000000000000000000000000000"
	  "000000000000000000000000000000000000000000000000000000000000",
	    NULL },
	{ "-1", NULL },
	{ "-1.0", NULL },
	{ "-0", "0" },
	{ "-0.0e5", "0" },
	{ "0.0", "0" },
	{ "1.0", "1" },
	{ "1e0", "1" },
	{ "1.50e1", "15" },
	{ "10e-1", "1" },
	{ "1E+2", "100" },
	{ "12345678e1", "123456780" },
	{ "1234567812345678.0", "1234567812345678" },
	{ "0.9007199254740991e16", "9007199254740991" },
	{ "9007199254740991.0", "9007199254740991" },
	{ "9007199254740992.0", NULL },
	{ "1.5", NULL },
	{ "15e-1", NULL },
	{ "1234567812345678.5", NULL },
	{ "1e400", NULL },
	{ "1e-1", NULL },
	{ "\"5\"", NULL },
	{ "true", NULL },
	{ "[1]", NULL },
	{ "{\"a\":1}", NULL },
};

START_TEST(integer_table)
{
	static const char *const around[] = { ":%s,\"reason\":\"r\"}", ":%s}",
		": %s }", ":\t%s\t,\"reason\":\"r\"}", ":%s\r}" };
	const char *want = integers[_i].want;

	for (size_t i = 0; i < ARRAY_LEN(around); i++) {
		char format[80];
		struct em_str line, got;

		snprintf(format, sizeof(format),
		    "{\"event\":\"run_cancel\",\"elapsed_ns\"%s", around[i]);
		line = arena_printf(&scan_arena, format, integers[_i].spelling);
		got = scanned_by_all(line);
		if (want != NULL)
			CHECK(has(got, " elapsed_ns=%s%s", want, ""));
		else
			CHECK(str_find(got,
				  "(elapsed_ns is not an integer from 0 to "
				  "2^53-1)") > 0);
		CHECK((str_find(got, " elapsed_ns=") > 0) == (want != NULL));
		CHECK((str_find(got, "reason") > 0) ==
		    (str_find(line, "reason") > 0));
	}
}
END_TEST

/* ---- members that are ignored ---- */

/* What is not looked at is checked all the same. */
static void
check_ignored(const struct scan_row *row)
{
	static const char *const ignore[] = { "text", "elapsed_ns", "worker",
		"location.file", "suite", NULL };
	struct scan *s = calloc(2, sizeof(*s));
	struct em_event ev[2];
	char *p = with_slack(row->line, "");
	struct em_str line = { p, row->line.n };
	bool ok[2];

	s[1].ignore = ignore;
	/* Members in the order that was expected are taken another way. */
	for (int twice = 0; twice < 2; twice++) {
		for (int i = 0; i < 2; i++) {
			s[i].arena = &scan_arena;
			s[i].depth_max = DEPTH;
			ok[i] = scan_line(&s[i], line, &ev[i]);
		}
		ck_assert_msg(ok[0] == ok[1], "%.*s", (int)line.n, line.p);
		if (!ok[0]) {
			ck_assert_str_eq(s[0].error, s[1].error);
			ck_assert_uint_eq(s[0].error_at, s[1].error_at);
			continue;
		}
		ck_assert_uint_eq(ev[0].flags, ev[1].flags);
		ck_assert(s[0].invalid == NULL
			? s[1].invalid == NULL
			: strcmp(s[0].invalid, s[1].invalid) == 0);
		ck_assert(em_str_eq(ev[0].name, ev[1].name));
	}
	free(p);
	free(s);
}

START_TEST(ignored_good)
{
	check_ignored(&scan_good[_i]);
}
END_TEST

START_TEST(ignored_bad)
{
	check_ignored(&scan_bad[_i]);
}
END_TEST

START_TEST(ignored_values)
{
	static const char *const ignore[] = { "text", "elapsed_ns", NULL };
	static const struct em_str line =
	    EM_STR("{\"event\":\"log\","
		   "\"stream\":\"a\\n\",\"text\":\"b\\n\",\"elapsed_ns\":12}");
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev;
	char *p = with_slack(line, "");

	s->arena = &scan_arena;
	s->depth_max = DEPTH;
	s->ignore = ignore;
	for (int twice = 0; twice < 2; twice++)
		ck_assert(scan_line(s, (struct em_str){ p, line.n }, &ev));
	ck_assert(str_eq(ev.stream, "a\n"));
	ck_assert_ptr_null(ev.text.p);
	ck_assert_int_eq(ev.elapsed_ns, EM_UNSET);
	ck_assert_uint_eq(ev.flags, 0);
	ck_assert_ptr_null(s->invalid);
	free(p);
	free(s);
}
END_TEST

/* ---- memory ---- */

START_TEST(large)
{
	const size_t n = 1 << 20;
	struct em_str head = EM_STR("{\"event\":\"log\",\"text\":\"");
	struct em_str key = EM_STR("\",\""), tail = EM_STR("\":[]}");
	struct em_str line = { NULL, head.n + n + key.n + n + tail.n };
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev;
	char *p = malloc(line.n + SLACK), *q = p;

	line.p = p;
	memcpy(q, head.p, head.n);
	memset(q += head.n, 'x', n);
	memcpy(q += n, key.p, key.n);
	memset(q += key.n, 'k', n);
	memcpy(q += n, tail.p, tail.n);
	memset(q + tail.n, 0, SLACK);
	s->arena = &scan_arena;
	s->depth_max = DEPTH;
	ck_assert(scan_line(s, line, &ev));
	ck_assert_uint_eq(ev.text.n, n);
	ck_assert_uint_eq(ev.extra.n, 1);
	ck_assert_uint_eq(ev.extra.v[0].key.n, n);
	/* Nothing of it was copied. */
	ck_assert_uint_eq(scan_arena.used, 0);
	/* The same with an escape in each. */
	memcpy(p + head.n + n / 2, "\\n", 2);
	memcpy(q - n / 2, "\\n", 2);
	ck_assert(scan_line(s, line, &ev));
	ck_assert_uint_eq(ev.text.n, n - 1);
	ck_assert_int_eq(ev.text.p[n / 2], '\n');
	ck_assert_uint_eq(ev.extra.v[0].key.n, n);
	free(p);
	free(s);
}
END_TEST

/* A line that needs more than the arena gives fails, and the next does not. */
START_TEST(no_memory)
{
	static const char *const hungry[] = {
		"{\"event\":\"log\",\"text\":\"\\n%0*d\"}",
		"{\"event\":\"log\",\"text_b64\":\"%0*d\"}",
		"{\"event\":\"case_start\",\"name\":\"a\",\"tags\":[%0*d]}",
		"{\"event\":\"case_start\",\"properties\":{%0*d}}",
		"{\"event\":\"log\",\"\\n%0*d\":1}",
		"{\"event\":\"\\n%0*d\"}",
		"{\"event\":\"log\",\"text\":\"\"%0*d}",
	};
	static const char *const repeated[] = { NULL, NULL, "\"\\n\",",
		"\"\\n\":\"\\n\",", NULL, NULL, ",\"x\":0" };
	struct arena small;
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev;

	arena_init(&small, 20000);
	s->arena = &small;
	s->depth_max = DEPTH;
	for (size_t i = 0; i < ARRAY_LEN(hungry); i++) {
		struct em_str line,
		    last = EM_STR("{\"event\":\"log\",\"text"
				  "\":\"\\t\"}");
		struct em_out *out = em_out_mem();
		char *p;

		line = arena_printf(
		    &scan_arena, hungry[i], repeated[i] != NULL ? 1 : 30000, 0);
		if (repeated[i] != NULL) {
			ptrdiff_t at = str_find(line, "0");

			em_out_write(out, str_upto(line, (size_t)at));
			for (int n = 0; n < 5000; n++)
				em_out_puts(out, repeated[i]);
			em_out_write(out, str_from(line, (size_t)at + 1));
			line = arena_dup(&scan_arena, em_out_memory(out));
		}
		em_out_close(out, NULL);
		p = with_slack(line, "");
		ck_assert_msg(!scan_line(s, (struct em_str){ p, line.n }, &ev),
		    "%s", hungry[i]);
		ck_assert_msg(small.failed, "%s: %s", hungry[i], s->error);
		ck_assert_str_eq(
		    s->error, "the line needs more memory than the limit");
		free(p);
		arena_reset(&small);
		p = with_slack(last, "");
		ck_assert(scan_line(s, (struct em_str){ p, last.n }, &ev));
		ck_assert(str_eq(ev.text, "\t"));
		ck_assert_ptr_null(ev.name.p);
		ck_assert_uint_eq(ev.extra.n, 0);
		free(p);
		arena_reset(&small);
	}
	arena_free(&small);
	free(s);
}
END_TEST

START_TEST(unknown_count)
{
	static const struct em_str rows[] = {
		EM_STR("{\"event\":\"log\",\"text\":\"\",\"a\":1,\"b\":2}"),
		EM_STR("{\"event\":\"x.y\",\"text\":\"\",\"a\":1,\"b\":2}"),
		EM_STR("{\"event\":\"run_cancel\",\"text\":\"\"}"),
		EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		       "\"location\":{\"file\":\"f\",\"x\":1}}"),
	};
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev;
	size_t unknown = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		scanned(&scan_native, s, &ev, rows[i], "");
		unknown += ev.extra.n;
	}
	ck_assert_uint_eq(unknown, 4);
	free(s);
}
END_TEST

/* An event that was made anew between two lines does not mix with them. */
START_TEST(event_reused)
{
	struct em_str with = EM_STR("{\"event\":\"log\",\"text\":\"a\","
				    "\"x\":1}");
	struct em_str without = EM_STR("{\"event\":\"run_cancel\"}");
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev, other;

	scanned(&scan_native, s, &ev, with, "");
	em_event_init(&ev, EM_LOG);
	ev.text = EM_STR("noise");
	em_event_init(&ev, EM_LOG);
	ck_assert(str_eq(
	    scanned(&scan_native, s, &ev, without, ""), "\"run_cancel\""));
	scanned(&scan_native, s, &other, with, "");
	ck_assert(str_eq(
	    scanned(&scan_native, s, &ev, without, ""), "\"run_cancel\""));
	free(s);
}
END_TEST

Suite *scan_suite(void);

Suite *
scan_suite(void)
{
	Suite *s = suite_create("scan");
	TCase *lines = tcase_create("lines");

	tcase_add_checked_fixture(lines, scan_setup, scan_teardown);
	tcase_set_timeout(lines, 60);
	tcase_add_loop_test(lines, good, 0, (int)scan_good_count);
	tcase_add_loop_test(lines, bad, 0, (int)scan_bad_count);
	tcase_add_loop_test(lines, every_member, 0, (int)em_fields_count);
	tcase_add_loop_test(lines, integer_table, 0, ARRAY_LEN(integers));
	tcase_add_loop_test(lines, ignored_good, 0, (int)scan_good_count);
	tcase_add_loop_test(lines, ignored_bad, 0, (int)scan_bad_count);
	tcase_add_test(lines, ignored_values);
	tcase_add_test(lines, large);
	tcase_add_test(lines, no_memory);
	tcase_add_test(lines, unknown_count);
	tcase_add_test(lines, event_reused);
	suite_add_tcase(s, lines);
	return s;
}
