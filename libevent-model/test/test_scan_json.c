/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "test_scan.h"

/* ---- depth ---- */

START_TEST(value_depth)
{
	static const unsigned depths[] = { 1, 2, 63, 64, 65, 127, 128, 129,
		500 };

	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		unsigned d = depths[i];
		struct em_str lists = nested(d, "[", "", "]");
		struct em_str objects = nested(d, "{\"a\":", "1", "}");

		ck_assert(valid_by_all(lists, d));
		ck_assert(!valid_by_all(lists, d - 1));
		ck_assert(valid_by_all(objects, d));
		ck_assert(!valid_by_all(objects, d - 1));
		/* Kinds of brackets are kept apart at every level. */
		ck_assert(valid_by_all(
		    nested(d / 2, "[[],{\"a\":", "[1,{}]", "}]"), d + 2));
		ck_assert(
		    !valid_by_all(nested(d, "[{\"a\":", "1", "]}"), 2 * d + 2));
		ck_assert(!valid_by_all(str_upto(lists, lists.n - 1), d));
	}
	ck_assert(valid_by_all(EM_STR("1"), 0));
	ck_assert(!valid_by_all(EM_STR("[]"), 0));
}
END_TEST

START_TEST(value_depth_cap)
{
	ck_assert(valid_by_all(nested(1 << 16, "[", "", "]"), UINT32_MAX));
	ck_assert(
	    !valid_by_all(nested((1 << 16) + 1, "[", "", "]"), UINT32_MAX));
	ck_assert(!valid_by_all(nested(1 << 20, "[", "", ""), UINT32_MAX));
	ck_assert(
	    !valid_by_all(nested(1 << 20, "{\"a\":", "", ""), UINT32_MAX));
}
END_TEST

/* The object of the line is a level too, whatever the member. */
START_TEST(line_depth)
{
	static const char *const formats[] = { "\"x.y\":%.*s", "\"name\":%.*s",
		"\"producer\":{\"x\":%.*s}", "\"features\":%.*s",
		"\"elapsed_ns\":%.*s" };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		unsigned d = DEPTH - 1 - (i == 2);
		char format[64];

		snprintf(format, sizeof(format), "{\"event\":\"protocol\",%s}",
		    formats[i]);
		for (unsigned more = 0; more < 2; more++) {
			struct em_str v = nested(d + more, "[", "", "]");
			struct em_str line =
			    arena_printf(&scan_arena, format, (int)v.n, v.p);
			struct em_str got = scanned_by_all(line);

			ck_assert_msg(
			    str_starts(got, "nested too deeply") == (more > 0),
			    "%s: %.*s", formats[i], (int)got.n, got.p);
		}
	}
}
END_TEST

START_TEST(shallow)
{
	static const struct {
		unsigned depth;
		const char *line, *want;
	} rows[] = {
		{ 1, "{\"event\":\"log\",\"text\":\"\"}", NULL },
		{ 1, "{\"event\":\"log\",\"text\":\"\",\"x\":[]}",
		    "nested too deeply" },
		{ 1, "{\"event\":\"case_start\",\"tags\":[]}",
		    "nested too deeply" },
		{ 1, "{\"event\":\"case_start\",\"properties\":{}}",
		    "nested too deeply" },
		{ 1, "{\"event\":\"case_start\",\"location\":{}}",
		    "nested too deeply" },
		{ 2, "{\"event\":\"case_start\",\"location\":{\"x\":1}}",
		    NULL },
		{ 2, "{\"event\":\"case_start\",\"location\":{\"x\":{}}}",
		    "nested too deeply" },
		{ 2, "{\"event\":\"case_start\",\"location\":{\"file\":{}}}",
		    "nested too deeply" },
		{ 2, "{\"event\":\"case_start\",\"properties\":{\"a\":[]}}",
		    "nested too deeply" },
		{ 2,
		    "{\"event\":\"case_start\",\"tags\":[],\"location\":{},"
		    "\"properties\":{\"a\":1}}",
		    NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct scan *s = calloc(1, sizeof(*s));
		struct em_str line = em_str(rows[i].line);
		char *p = with_slack(line, "");
		struct em_event ev;
		bool ok;

		s->arena = &scan_arena;
		s->depth_max = rows[i].depth;
		ok = scan_line(s, (struct em_str){ p, line.n }, &ev);
		ck_assert_msg(ok == (rows[i].want == NULL), "%s", line.p);
		if (!ok)
			ck_assert_str_eq(s->error, rows[i].want);
		free(p);
		free(s);
	}
}
END_TEST

/* ---- strings decoded ---- */

static const struct {
	struct em_str inside, want;
} escapes[] = {
	{ EM_STR(""), EM_STR("") },
	{ EM_STR("plain text of more than 16"),
	    EM_STR("plain text of more than 16") },
	{ EM_STR("\\\"\\\\\\/\\b\\f\\n\\r\\t"), EM_STR("\"\\/\b\f\n\r\t") },
	{ EM_STR("0123456\\n"), EM_STR("0123456\n") },
	{ EM_STR("01234567\\n"), EM_STR("01234567\n") },
	{ EM_STR("012345678\\n9"), EM_STR("012345678\n9") },
	{ EM_STR("\\\\n\\\\\\n"), EM_STR("\\n\\\n") },
	{ EM_STR("\\u0000\\u0001\\u007f"), EM_STR("\0\1\x7f") },
	{ EM_STR("\\u0080\\u07ff"), EM_STR("\xc2\x80\xdf\xbf") },
	{ EM_STR("\\u0800\\uFfFf"), EM_STR("\xe0\xa0\x80\xef\xbf\xbf") },
	{ EM_STR("\\ud800\\udc00"), EM_STR("\xf0\x90\x80\x80") },
	{ EM_STR("\\udbff\\udfff"), EM_STR("\xf4\x8f\xbf\xbf") },
	{ EM_STR("\\ud800"), EM_STR("\xef\xbf\xbd") },
	{ EM_STR("\\udc00"), EM_STR("\xef\xbf\xbd") },
	{ EM_STR("\\ud800x\\udc00"), EM_STR("\xef\xbf\xbdx\xef\xbf\xbd") },
	{ EM_STR("\\ud800\\u0041"),
	    EM_STR("\xef\xbf\xbd"
		   "A") },
	{ EM_STR("\\ud800\\n"), EM_STR("\xef\xbf\xbd\n") },
	{ EM_STR("\\ud800\\ud800\\udc00"),
	    EM_STR("\xef\xbf\xbd\xf0\x90\x80\x80") },
	{ EM_STR("\\udc00\\ud800"), EM_STR("\xef\xbf\xbd\xef\xbf\xbd") },
	{ EM_STR("\xc3\xa9\\u00e9\xc3\xa9"),
	    EM_STR("\xc3\xa9\xc3\xa9\xc3\xa9") },
};

START_TEST(escape_table)
{
	struct em_str want = escapes[_i].want;

	for (size_t i = 0; i < ARRAY_LEN(scan_impls); i++) {
		/* No byte behind the string may be looked at. */
		char *p = malloc(escapes[_i].inside.n + 1);
		struct em_str s = { p, escapes[_i].inside.n }, got;

		memcpy(p, escapes[_i].inside.p, s.n);
		p[s.n] = '"';
		got = scan_impls[i]->unescape(&scan_arena, s);
		ck_assert(em_str_eq(got, want));
		free(p);
	}
}
END_TEST

/* ---- JSONTestSuite ---- */

static DIR *
open_suite(char *path, size_t size)
{
	const char *root = getenv("TESTPIPE_CORPUS");
	DIR *d;

	snprintf(path, size, "%s/conformance/JSONTestSuite/test_parsing",
	    root != NULL ? root : "../shared/corpus");
	d = opendir(path);
	if (d == NULL)
		printf("skipped: JSONTestSuite: no directory %s; "
		       "TESTPIPE_CORPUS names the corpus\n",
		    path);
	return d;
}

static struct em_str
read_file(const char *dir, const char *name)
{
	char path[800];
	struct buf b;
	FILE *f;
	struct em_str s;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s", path);
	buf_init(&b, MEMORY);
	for (int c; (c = getc(f)) != EOF;)
		buf_add(&b, (struct em_str){ (const char[]){ (char)c }, 1 });
	fclose(f);
	s = arena_dup(&scan_arena, buf_str(&b));
	buf_free(&b);
	return s;
}

/* What begins with y must be taken, with n refused, as a value and as the
 * value of a member; with i both are right, in both places. */
static void
check_document(const char *name, struct em_str text)
{
	bool ok = valid_by_all(text, DEPTH);
	struct em_str line = EM_STR("{\"event\":\"run_cancel\",\"x.y\":"), got;

	ck_assert_msg(name[0] == 'i' || ok == (name[0] == 'y'), "%s is %s",
	    name, ok ? "taken" : "refused");
	line = arena_join(&scan_arena, line, text);
	line = arena_join(&scan_arena, line, EM_STR("}"));
	got = scanned_by_all(line);
	ck_assert_msg((str_find(got, "\"run_cancel\" +x.y=") == 0) == ok,
	    "%s in a line gave %.*s", name, (int)got.n, got.p);
}

START_TEST(json_test_suite)
{
	char path[400];
	DIR *d = open_suite(path, sizeof(path));
	struct dirent *e;
	unsigned files = 0;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		size_t n = strlen(e->d_name);

		if (n < 5 || strcmp(e->d_name + n - 5, ".json") != 0)
			continue;
		check_document(e->d_name, read_file(path, e->d_name));
		arena_reset(&scan_arena);
		files++;
	}
	closedir(d);
	ck_assert_uint_ge(files, 300);
}
END_TEST

/* ---- mutations ---- */

static uint64_t seed;

static size_t
random_below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed >> 11) % n;
}

static const char *const tokens[] = { "{", "}", "[", "]", ",", ":", "\"", "\\",
	" ", "\t", "null", "true", "0", "-", "1e5", "\"event\"",
	"\"name\":\"a\"", ",\"name\":\"b\"", "\"text\":", "\"x.y\":{}",
	"\\u0061", "\\ud800", "\\n", "\xc3\xa9", "\xff", "\xed\xa0\x80", "\f",
	"\v", "\x01", "9007199254740992", "\"outcome\":\"pass\"" };

/* One change at a random place: n bytes of buf, at most size. */
static size_t
mutate(char *buf, size_t n, size_t size)
{
	size_t at = random_below(n + 1), len;
	const char *token = tokens[random_below(ARRAY_LEN(tokens))];

	switch (random_below(5)) {
	case 0:
		if (at < n)
			buf[at] = (char)random_below(256);
		return n;
	case 1: /* leave some out */
		len = random_below(8);
		if (len > n - at)
			len = n - at;
		memmove(buf + at, buf + at + len, n - at - len);
		return n - len;
	case 2: /* cut */
		return at;
	case 3: /* some of it again */
		len = random_below(30);
		if (len > n - at || n + len > size)
			return n;
		memmove(buf + at + len, buf + at, n - at);
		return n + len;
	default:
		len = strlen(token);
		if (n + len > size)
			return n;
		memmove(buf + at + len, buf + at, n - at);
		memcpy(buf + at, token, len);
		return n + len;
	}
}

/*
 * yajl differs: it takes form feed and vertical tab for white space, does not
 * look at UTF-8, and does not mind a string without end behind the value; and
 * json_parse() steps over a byte order mark.
 */
static bool
yajl_is_laxer(struct em_str s, const char *error, size_t at)
{
	return str_find(s, "\f") >= 0 || str_find(s, "\v") >= 0 ||
	    str_utf8_valid(s) < s.n || str_starts(s, "\xef\xbb\xbf") ||
	    (strcmp(error, "text behind the value") == 0 && s.p[at] == '"');
}

static void
check_mutation(struct em_str s)
{
	static struct scan used[2];
	static struct em_event events[2];
	const char *fill = scan_behind[random_below(scan_behind_count)];
	struct scan *fresh = calloc(1, sizeof(*fresh));
	struct em_event ev;
	struct em_error e = { 0 };
	struct em_str a = scanned(&scan_native, fresh, &ev, s, fill);
	struct em_str b = scanned(&scan_native, &used[0], &events[0], s, fill);
	struct em_str c =
	    scanned(&scan_portable, &used[1], &events[1], s, fill);
	bool twice = str_starts(a, "member is there twice");
	bool line = fresh->error == NULL, ok, yajl;
	const char *error;
	size_t at;
	char *p = with_slack(s, fill);

	ok = scan_value((struct em_str){ p, s.n }, DEPTH, &error, &at);
	yajl = json_parse(&scan_arena, s, DEPTH, &e) != NULL;
	ck_assert_msg(em_str_eq(a, b) && em_str_eq(a, c),
	    "%.*s\nnew      %.*s\nused     %.*s\nportable %.*s", (int)s.n, s.p,
	    (int)a.n, a.p, (int)b.n, b.p, (int)c.n, c.p);
	if (line || !twice)
		ck_assert_msg(line == (ok && p[strspn(p, " \t\n\r")] == '{'),
		    "as a line and as a value: %.*s", (int)s.n, s.p);
	ck_assert_msg(ok == yajl || (yajl && yajl_is_laxer(s, error, at)),
	    "%s, yajl %s: %.*s", ok ? "taken" : "refused",
	    yajl ? "takes it" : "does not", (int)s.n, s.p);
	free(p);
	free(fresh);
}

START_TEST(mutations)
{
	enum { ROUNDS = 300, SIZE = 2000 };
	char buf[SIZE];

	seed = UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)_i;
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = scan_good[_i].line.n;

		memcpy(buf, scan_good[_i].line.p, n);
		for (size_t k = random_below(4) + 1; k > 0; k--) {
			n = mutate(buf, n, SIZE);
			check_mutation((struct em_str){ buf, n });
		}
		arena_reset(&scan_arena);
	}
}
END_TEST

Suite *scan_json_suite(void);

Suite *
scan_json_suite(void)
{
	Suite *s = suite_create("scan_json");
	TCase *values = tcase_create("values");
	TCase *random = tcase_create("mutations");

	tcase_add_checked_fixture(values, scan_setup, scan_teardown);
	tcase_set_timeout(values, 60);
	tcase_add_test(values, value_depth);
	tcase_add_test(values, value_depth_cap);
	tcase_add_test(values, line_depth);
	tcase_add_test(values, shallow);
	tcase_add_loop_test(values, escape_table, 0, ARRAY_LEN(escapes));
	tcase_add_test(values, json_test_suite);
	suite_add_tcase(s, values);
	tcase_add_checked_fixture(random, scan_setup, scan_teardown);
	tcase_set_timeout(random, 60);
	tcase_add_loop_test(random, mutations, 0, (int)scan_good_count);
	suite_add_tcase(s, random);
	return s;
}
