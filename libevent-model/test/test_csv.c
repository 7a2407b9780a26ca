/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "../formats/csv.h"
#include "format_bed.h"

enum { ROOM = 16 * 1024 * 1024 };

static void
read_file(const char *path, void *arg)
{
	static const size_t chunks[] = { 0, 1, 2, 3, 7, 31 };
	struct buf bytes, want, got;
	struct bed_read how;
	char other[1024];

	(void)arg;
	buf_init(&bytes, ROOM);
	buf_init(&want, ROOM);
	buf_init(&got, ROOM);
	bed_load(path, &bytes);
	snprintf(other, sizeof(other), "%.*s.jsonl",
	    (int)(strrchr(path, '.') - path), path);
	bed_load(other, &want);
	for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
		buf_reset(&got);
		bed_read(NULL, NULL, buf_str(&bytes), chunks[i], &got, &how);
		ck_assert_str_eq(how.format, "csv");
		bed_same(buf_str(&got), buf_str(&want), path);
	}
	buf_free(&bytes);
	buf_free(&want);
	buf_free(&got);
}

START_TEST(test_files)
{
	bed_each("testdata/csv", ".csv", read_file, NULL);
}
END_TEST

#define RUN(outcome, events)                                                   \
	"{\"event\":\"run_start\"}\n" events                                   \
	"{\"event\":\"run_complete\",\"outcome\":\"" outcome "\"}\n"
#define CASE(name, more)                                                       \
	"{\"event\":\"case_start\",\"name\":\"" name "\"}\n"                   \
	"{\"event\":\"case_complete\",\"name\":\"" name "\",\"outcome\":" more \
	"}\n"

/* Tables of other programs, each recognised. */
static const struct {
	const char *text, *events;
	unsigned malformed, noise;
} readings[] = {
	{ "name,outcome\na,pass\nb,fail\nc,skip\n",
	    RUN("fail",
		CASE("a", "\"pass\"") CASE("b", "\"fail\"")
		    CASE("c", "\"skip\"")),
	    0, 0 },
	/* Semicolons, tabs, bars; CR LF; a BOM; no last line end. */
	{ "\xef\xbb\xbfTest Name;Result;Duration (ms)\r\na;Passed;12.5\r\n"
	  "\"b;c\";FAILED;",
	    RUN("fail",
		CASE("a", "\"pass\",\"duration_ns\":12500000")
		    CASE("b;c", "\"fail\"")),
	    0, 0 },
	{ "test\tstatus\tseconds\na\tsuccess\t0.001\n",
	    RUN("pass", CASE("a", "\"pass\",\"duration_ns\":1000000")), 0, 0 },
	{ "case|verdict\na|ok\n", RUN("pass", CASE("a", "\"pass\"")), 0, 0 },
	/* A time that is a number of seconds, as some have it. */
	{ "name,status,time\na,passed,1.5\n",
	    RUN("pass", CASE("a", "\"pass\",\"duration_ns\":1500000000")), 0,
	    0 },
	/* The same case again is an iteration; the header again is none. */
	{ "name,outcome\na,pass\nname,outcome\na,fail\n",
	    RUN("fail",
		CASE("a",
		    "\"pass\"") "{\"event\":\"case_start\",\"name\":\"a\","
				"\"iteration\":2}\n"
				"{\"event\":\"case_complete\",\"name\":\"a\","
				"\"iteration\":2,\"outcome\":\"fail\"}\n"),
	    0, 0 },
	/* Fields that hold line ends and quotes; names that are empty. */
	{ "name,outcome\n\"a\n\"\"b\"\"\",pass\n\"\",pass\n",
	    RUN("pass", CASE("a\\n\\\"b\\\"", "\"pass\"") CASE("", "\"pass\"")),
	    0, 0 },
	/* A row of one field is somebody else's; an outcome nobody knows. */
	{ "name,outcome\na,pass\nwarning\nb,odd\n",
	    RUN("pass",
		CASE("a",
		    "\"pass\"") "{\"event\":\"log\",\"text\":\"warning\"}\n"
				"{\"event\":\"log\",\"text\":\"b,odd\"}\n"),
	    1, 1 },
	/* Words for what is neither well nor bad. */
	{ "name,outcome\na,xfail\nb,uxsuccess\nc,timed out\nd,Pending\n",
	    RUN("fail",
		CASE("a", "\"skip\",\"status\":\"xfail\"")
		    CASE("b", "\"fail\",\"status\":\"xpass\"")
			CASE("c", "\"fail\",\"status\":\"timeout\"")
			    CASE("d", "\"skip\",\"status\":\"todo\"")),
	    0, 0 },
	/* A row without a name is about its suite, or about the run. */
	{ "suite,name,outcome,reason\ns,a,pass,\ns,,fail,no disk\n",
	    RUN("fail",
		"{\"event\":\"suite_start\",\"suite\":\"s\"}\n"
		"{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"a\"}\n"
		"{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"a\","
		"\"outcome\":\"pass\"}\n"
		"{\"event\":\"suite_complete\",\"suite\":\"s\",\"outcome\":"
		"\"fail\",\"reason\":\"no disk\"}\n"),
	    0, 0 },
	{ "name,outcome\na,pass\n,pass\n",
	    RUN("pass",
		CASE("a",
		    "\"pass\"") "{\"event\":\"log\",\"text\":\",pass\"}\n"),
	    1, 0 },
};

START_TEST(test_readings)
{
	struct bed_read how;
	struct buf got;

	buf_init(&got, ROOM);
	bed_read(NULL, NULL, em_str(readings[_i].text), 0, &got, &how);
	ck_assert_str_eq(how.format, "csv");
	bed_same(buf_str(&got), em_str(readings[_i].events), "reading");
	ck_assert_uint_eq(how.stats.malformed, readings[_i].malformed);
	ck_assert_uint_eq(how.stats.noise, readings[_i].noise);
	buf_free(&got);
}
END_TEST

/* Tables that are no test results; JMeter's samples are requests, and have
 * neither names of tests nor outcomes. */
START_TEST(test_others)
{
	static const char *const others[] = {
		"timeStamp,elapsed,label,success\n1,2,GET /,true\n",
		"Type,Name,Request Count,Failure Count\nGET,a,1,0\n",
		"\"bench\",\"\",\"WalltimeMilliseconds\",3.6e-05,76,2097152\n",
		"name,age\nBob,3\n",
		"name outcome\na pass\n",
	};
	struct bed_read how;
	struct buf got;

	buf_init(&got, ROOM);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		bed_read(NULL, NULL, em_str(others[i]), 0, &got, &how);
		ck_assert_str_ne(how.format, "csv");
		bed_read("csv", NULL, em_str(others[i]), 0, &got, &how);
		ck_assert_int_eq(how.err.code, EM_E_SYNTAX);
	}
	buf_free(&got);
}
END_TEST

START_TEST(test_cut)
{
	struct bed_read how;
	struct buf got;

	buf_init(&got, ROOM);
	bed_read("csv", NULL, EM_STR("name,outcome\na,pass\n\"b,fail\n"), 0,
	    &got, &how);
	ck_assert(how.stats.truncated);
	ck_assert(str_find(buf_str(&got), "run_complete") < 0);
	bed_read("csv", NULL, EM_STR(""), 0, &got, &how);
	ck_assert(how.stats.truncated);
	buf_free(&got);
}
END_TEST

/* ---- writing ---- */

static const char one[] =
    "{\"event\":\"run_start\"}\n"
    "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"a,b\","
    "\"tags\":[\"x\",\"y\"]}\n"
    "{\"event\":\"case_output\",\"suite\":\"s\",\"name\":\"a,b\",\"stream\":"
    "\"stdout\",\"text\":\"one\\n\"}\n"
    "{\"event\":\"case_output\",\"suite\":\"s\",\"name\":\"a,b\",\"stream\":"
    "\"stdout\",\"text\":\"=two\"}\n"
    "{\"event\":\"case_message\",\"suite\":\"s\",\"name\":\"a,b\",\"kind\":"
    "\"error\",\"message\":\"=1+1\"}\n"
    "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"a,b\","
    "\"outcome\":\"fail\",\"status\":\"timeout\",\"duration_ns\":1500000001}"
    "\n"
    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n";

static const struct {
	const char *options[4];
	const char *text, *lost;
} writings[] = {
	{ { "columns=name,outcome,duration" },
	    "name,outcome,duration\r\n\"a,b\",fail,1.500000001\r\n",
	    "what the columns chosen do not hold: 5\n" },
	{ { "columns=name,outcome", "delimiter=tab" },
	    "name\toutcome\na,b\tfail\n",
	    "what the columns chosen do not hold: 5\n" },
	{ { "columns=name, outcome", "crlf=no", "header=no" }, "\"a,b\",fail\n",
	    "what the columns chosen do not hold: 5\n" },
	{ { "columns=message,stdout,tags,status,duration_ns,duration_ms",
	      "formulas=quote", "delimiter=;" },
	    "message;stdout;tags;status;duration_ns;duration_ms\r\n"
	    "'=1+1;\"one\n=two\";x y;timeout;1500000001;1500\r\n",
	    "" },
};

START_TEST(test_writings)
{
	struct buf out, lost;

	buf_init(&out, ROOM);
	buf_init(&lost, ROOM);
	bed_write("csv", writings[_i].options, em_str(one), &out, &lost);
	bed_same(buf_str(&out), em_str(writings[_i].text), "rows");
	bed_same(buf_str(&lost), em_str(writings[_i].lost), "losses");
	buf_free(&out);
	buf_free(&lost);
}
END_TEST

START_TEST(test_options)
{
	static const struct {
		const char *option, *message;
	} bad[] = {
		{ "columns=name,colour",
		    "there is no column \"colour\" to "
		    "write" },
		{ "columns=end", "there is no column \"end\" to write" },
		{ "delimiter=xy", "\"xy\" is no delimiter" },
		{ "delimiter=\"", "\"\"\" is no delimiter" },
	};
	struct em_out *out = em_out_mem();

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *const options[] = { bad[i].option, NULL };
		struct em_writer_opts opts = { .format = "csv",
			.options = options };
		struct em_error e = { .code = EM_E_NONE };

		ck_assert_ptr_null(em_writer_open(&opts, out, &e));
		ck_assert_int_eq(e.code, EM_E_USAGE);
		ck_assert_str_eq(e.msg, bad[i].message);
	}
	em_out_close(out, NULL);
}
END_TEST

/* Whatever the columns and the separator, what they hold comes back. */
START_TEST(test_round)
{
	static const char *const options[][3] = { { NULL }, { "columns=all" },
		{ "columns=all", "delimiter=tab" },
		{ "columns=suite,class,name,variant,iteration,attempt,outcome,"
		  "status,reason,duration,time,events" } };
	struct buf native, want, got, again;

	buf_init(&native, ROOM);
	buf_init(&want, ROOM);
	buf_init(&got, ROOM);
	buf_init(&again, ROOM);
	bed_load("testdata/roundtrip/full.jsonl", &native);
	bed_load("testdata/roundtrip/full.csv.jsonl", &want);
	bed_round("csv", options[_i], buf_str(&native), &got);
	bed_same(buf_str(&got), buf_str(&want), "the round trip");
	bed_round("csv", options[_i], buf_str(&got), &again);
	bed_same(buf_str(&again), buf_str(&got), "the second round");
	buf_free(&native);
	buf_free(&want);
	buf_free(&got);
	buf_free(&again);
}
END_TEST

/* Every column that is written is found again. */
START_TEST(test_names)
{
	for (enum csv_column c = 0; c < CSV_COLUMNS; c++) {
		ck_assert_int_eq(csv_find(em_str(csv_names[c])), c);
		ck_assert_int_eq(csv_find_alias(em_str(csv_names[c])), c);
	}
	ck_assert_int_eq(csv_find_alias(EM_STR("Test Case")), CSV_NAME);
	ck_assert_int_eq(
	    csv_find_alias(EM_STR("a header of more than thirty-two "
				  "letters")),
	    CSV_COLUMNS);
}
END_TEST

Suite *csv_suite(void);

Suite *
csv_suite(void)
{
	Suite *s = suite_create("csv");
	TCase *t = tcase_create("csv");

	tcase_add_test(t, test_files);
	tcase_add_loop_test(t, test_readings, 0, (int)ARRAY_LEN(readings));
	tcase_add_test(t, test_others);
	tcase_add_test(t, test_cut);
	tcase_add_loop_test(t, test_writings, 0, (int)ARRAY_LEN(writings));
	tcase_add_test(t, test_options);
	tcase_add_loop_test(t, test_round, 0, 4);
	tcase_add_test(t, test_names);
	suite_add_tcase(s, t);
	return s;
}
