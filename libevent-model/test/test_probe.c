/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <string.h>

#include "format.h"

START_TEST(literals)
{
	ck_assert_int_eq(probe_lit(EM_STR("TAP version 14"), "TAP "), 32);
	ck_assert_int_eq(probe_lit(EM_STR("TAP "), "TAP "), 32);
	ck_assert_int_eq(probe_lit(EM_STR("TA"), "TAP "), PROBE_MORE);
	ck_assert_int_eq(probe_lit(EM_STR(""), "TAP "), PROBE_MORE);
	ck_assert_int_eq(probe_lit(EM_STR("TAR"), "TAP "), 0);
	ck_assert_int_eq(probe_lit(EM_STR("X"), "TAP "), 0);
}
END_TEST

START_TEST(lines)
{
	struct em_str head = EM_STR("\xef\xbb\xbfmake\n\n\t{\"a\":1}\r\n"
				    "noise {\n[2]\n{\"cut");
	struct em_str line;

	ck_assert_int_eq(probe_line(&head, false, "{[", &line), 1);
	ck_assert(str_eq(line, "{\"a\":1}"));
	ck_assert_int_eq(probe_line(&head, false, "{[", &line), 1);
	ck_assert(str_eq(line, "[2]"));
	ck_assert_int_eq(probe_line(&head, false, "{[", &line), PROBE_MORE);

	head = EM_STR("noise\n{\"cut");
	ck_assert_int_eq(probe_line(&head, true, "{", &line), 1);
	ck_assert(str_eq(line, "{\"cut"));
	ck_assert_int_eq(probe_line(&head, true, "{", &line), 0);
	head = EM_STR("");
	ck_assert_int_eq(probe_line(&head, false, "{", &line), PROBE_MORE);
	head = EM_STR("\0\n");
	ck_assert_int_eq(probe_line(&head, true, "{", &line), 0);
}
END_TEST

static const struct {
	struct em_str text;
	int whole; /* the answer for all of it, at its end */
	const char *name;
	const char *tag; /* NULL: not looked at */
} roots[] = {
	{ EM_STR("<a/>"), 1, "a", "<a/>" },
	{ EM_STR("\n<p:suite x='1'\n y='2'>text</p:suite>"), 1, "suite",
	    "<p:suite x='1'\n y='2'>" },
	{ EM_STR("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <b> -->"
		 "<!DOCTYPE b [ <!-- ]> --> <!ENTITY c '<d>'> ]>\n<?pi <e>?>\n"
		 "<root>"),
	    1, "root", "<root>" },
	{ EM_STR("Running 1 < 2 <x>\n <testsuite>"), 1, "testsuite", NULL },
	{ EM_STR("\xff\xfe<\0?\0x\0m\0l\0 \0?\0>\0<\0a\0 \0b\0>\0"), 1, "a",
	    NULL },
	{ EM_STR("\0<\0a\0>"), 1, "a", NULL },
	{ EM_STR("{\"a\": \"<b>\"}"), 0, NULL, NULL },
	{ EM_STR("ok 1 - <b>"), 0, NULL, NULL },
	{ EM_STR("<!-- only -->"), 0, NULL, NULL },
	{ EM_STR("<3"), 0, NULL, NULL },
	{ EM_STR(""), 0, NULL, NULL },
};

START_TEST(xml_roots)
{
	struct em_str text = roots[_i].text, tag;
	char name[64];
	int rc;

	ck_assert_int_eq(probe_xml(text, true, name, &tag), roots[_i].whole);
	if (roots[_i].whole == 1) {
		ck_assert_str_eq(name, roots[_i].name);
		if (roots[_i].tag != NULL)
			ck_assert(str_eq(tag, roots[_i].tag));
	}
	/* With less of it the answer is the same, or to wait. */
	for (size_t n = 0; n < text.n; n++) {
		rc = probe_xml(str_upto(text, n), false, name, &tag);
		ck_assert(rc == PROBE_MORE || rc == roots[_i].whole);
		if (rc == 1)
			ck_assert_str_eq(name, roots[_i].name);
	}
}
END_TEST

static const char *const keys[] = { "results", "tests", NULL };

static const struct {
	const char *text;
	int rc, eof_rc;
	int found;
} objects[] = {
	{ "{\"tests\":", 1, 1, 1 },
	{ "\xef\xbb\xbf\n { \"v\" : [ {\"tests\":1} ], \"results\" : {", 1, 1,
	    0 },
	{ "[ {\"x\":\"}\\\"\", \"tests\":0", 1, 1, 1 },
	{ "{\"x\":\"tests\",", PROBE_MORE, 0, 0 },
	{ "{\"x\":\"tests\"", PROBE_MORE, 0, 0 },
	{ "{\"te", PROBE_MORE, 0, 0 },
	{ "[", PROBE_MORE, 0, 0 },
	{ "", PROBE_MORE, 0, 0 },
	{ "{}", 0, 0, 0 },
	{ "{\"x\":{\"tests\":1}}", 0, 0, 0 },
	{ "[{\"x\":1},{\"tests\":1}]", 0, 0, 0 },
	/* noise, which must not keep a live stream waiting */
	{ "[INFO] building\n", 0, 0, 0 },
	{ "[1,2]", 0, 0, 0 },
	{ "{tests: 1}", 0, 0, 0 },
	{ "<a/>", 0, 0, 0 },
};

START_TEST(json_keys)
{
	struct em_str text = em_str(objects[_i].text);
	int found = -1;

	ck_assert_int_eq(
	    probe_json_keys(text, false, keys, &found), objects[_i].rc);
	if (objects[_i].rc == 1)
		ck_assert_int_eq(found, objects[_i].found);
	ck_assert_int_eq(
	    probe_json_keys(text, true, keys, &found), objects[_i].eof_rc);
}
END_TEST

Suite *probe_suite(void);

/* ---- behind what loggers write ---- */

#define LOG "{\"level\":\"info\",\"msg\":\"a {\"}\n"
#define CTRF_HEAD "{\n  \"reportFormat\": \"CTRF\",\n  \"results\": {\n"

static const struct {
	const char *text, *format; /* NULL: not recognised */
} behind[] = {
	{ LOG LOG CTRF_HEAD "    \"tests\": []}}\n", "ctrf" },
	{ "text\n" LOG "text\n" CTRF_HEAD "    \"tests\": []}}\n", "ctrf" },
	{ LOG "{\"Action\":\"start\",\"Package\":\"p\"}\n", "gojson" },
	{ LOG "<testsuites/>\n", "junit" },
	{ LOG LOG, NULL },
	/* what came before it tells what text is not */
	{ LOG "x\ntest: a\nsuccess: b\n", NULL },
};

START_TEST(formats_behind_logs)
{
	const struct em_reader_opts opts = { .format = NULL };
	struct em_str text = em_str(behind[_i].text);

	for (size_t chunk = 1; chunk < 80; chunk++) {
		struct em_reader *r = em_reader_mem(&opts, text, "t");
		const struct em_event *ev;
		bool known;

		ck_assert_ptr_nonnull(r);
		in_chunk(r->in, chunk);
		known = em_reader_next(r, &ev) == EM_OK;
		ck_assert_int_eq(known, behind[_i].format != NULL);
		if (known)
			ck_assert_str_eq(
			    em_reader_format(r), behind[_i].format);
		em_reader_close(r);
	}
}
END_TEST

/* Lines that come one by one are each looked at once, or this takes long. */
START_TEST(logs_in_pieces)
{
	const struct em_reader_opts opts = { .format = NULL };
	const struct em_event *ev;
	struct em_reader *r;
	struct buf text;

	buf_init(&text, (size_t)8 << 20);
	while (text.n < (size_t)3 << 20)
		buf_add(&text, EM_STR(LOG));
	buf_add(&text, EM_STR("<testsuites/>\n"));
	r = em_reader_mem(&opts, buf_str(&text), "t");
	in_chunk(r->in, 64);
	ck_assert_int_eq(em_reader_next(r, &ev), EM_OK);
	ck_assert_str_eq(em_reader_format(r), "junit");
	em_reader_close(r);
	buf_free(&text);
}
END_TEST

Suite *
probe_suite(void)
{
	Suite *s = suite_create("probe");
	TCase *t = tcase_create("probe");

	tcase_add_test(t, literals);
	tcase_add_test(t, lines);
	tcase_add_loop_test(t, xml_roots, 0, ARRAY_LEN(roots));
	tcase_add_loop_test(t, json_keys, 0, ARRAY_LEN(objects));
	tcase_add_loop_test(t, formats_behind_logs, 0, (int)ARRAY_LEN(behind));
	tcase_add_test(t, logs_in_pieces);
	suite_add_tcase(s, t);
	return s;
}
