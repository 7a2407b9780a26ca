/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "../formats/teamcity.h"
#include "format_bed.h"

enum { ROOM = 16 * 1024 * 1024 };

/*
 * "Escaped values" of the TeamCity documentation (Service Messages):
 *
 *   ' is |'   LF is |n   CR is |r   \uNNNN is |0xNNNN   | is ||
 *   [ is |[   ] is |]
 *
 * and of older versions of it: U+0085 is |x, U+2028 is |l, U+2029 is |p.
 */
static const struct {
	struct em_str text, escaped;
} escapes[] = {
	{ EM_STR(""), EM_STR("") },
	{ EM_STR("plain \xc3\xa9 \xe2\x98\x83"),
	    EM_STR("plain \xc3\xa9 \xe2\x98\x83") },
	{ EM_STR("it's"), EM_STR("it|'s") },
	{ EM_STR("a\nb\r\n"), EM_STR("a|nb|r|n") },
	{ EM_STR("a|b"), EM_STR("a||b") },
	{ EM_STR("[x]"), EM_STR("|[x|]") },
	{ EM_STR("##teamcity[x 'y']"), EM_STR("##teamcity|[x |'y|'|]") },
	{ EM_STR("\xc2\x85\xe2\x80\xa8\xe2\x80\xa9"), EM_STR("|x|l|p") },
	{ EM_STR("a\tb"), EM_STR("a\tb") },
	/* Control characters of a terminal do not reach the build log. */
	{ EM_STR("\x1b[0m\0\x7f"), EM_STR("|0x001b|[0m|0x0000|0x007f") },
	{ EM_STR("\xc2\xa9\xe2\x82\xac"), EM_STR("\xc2\xa9\xe2\x82\xac") },
};

START_TEST(test_escapes)
{
	struct em_out *out = em_out_mem();
	struct tc_message m;
	struct arena a;
	struct buf line;

	arena_init(&a, ROOM);
	buf_init(&line, ROOM);
	tc_escape(out, escapes[_i].text);
	bed_same(em_out_memory(out), escapes[_i].escaped, "escaped");
	buf_add(&line, EM_STR("##teamcity[message text='"));
	buf_add(&line, escapes[_i].escaped);
	buf_add(&line, EM_STR("']"));
	ck_assert(tc_parse(&a, buf_str(&line), &m));
	bed_same(tc_get(&m, "text"), escapes[_i].text, "and back");
	em_out_close(out, NULL);
	arena_free(&a);
	buf_free(&line);
}
END_TEST

START_TEST(test_bad_bytes)
{
	struct em_out *out = em_out_mem();

	tc_escape(out, EM_STR("caf\xe9|"));
	bed_same(em_out_memory(out), EM_STR("caf\xef\xbf\xbd||"), "repaired");
	em_out_close(out, NULL);
}
END_TEST

/* What is read beyond what is written. */
static const struct {
	const char *line, *name, *value; /* name NULL: malformed */
	const char *a; /* the attribute a */
} messages[] = {
	{ "##teamcity[n 'v']", "n", "v", NULL },
	{ "##teamcity[n a='x' b='y']", "n", NULL, "x" },
	{ "##teamcity[ n  a = 'x' ]", "n", NULL, "x" },
	{ "##teamcity[n a=\"it's\"]", "n", NULL, "it's" },
	{ "##teamcity[n a='']", "n", NULL, "" },
	{ "##teamcity[n]", "n", NULL, NULL },
	{ "##teamcity[n a='|0x263A|0x263a|0xd83D|0xde00']", "n", NULL,
	    "\xe2\x98\xba\xe2\x98\xba\xf0\x9f\x98\x80" },
	/* Half a pair, and escapes that are none, are kept as they are. */
	{ "##teamcity[n a='|0xd83dx']", "n", NULL, "\xef\xbf\xbdx" },
	{ "##teamcity[n a='|q|0x12|']", NULL, NULL, NULL },
	{ "##teamcity[n a='|q|0x12']", "n", NULL, "|q|0x12" },
	{ "##teamcity[n a='x' rest", NULL, NULL, NULL },
	{ "##teamcity[n a='x", NULL, NULL, NULL },
	{ "##teamcity[n a=x]", NULL, NULL, NULL },
	{ "##teamcity['v']", NULL, NULL, NULL },
	{ "##teamcity[", NULL, NULL, NULL },
};

START_TEST(test_messages)
{
	struct tc_message m;
	struct arena a;
	bool good;

	arena_init(&a, ROOM);
	good = tc_parse(&a, em_str(messages[_i].line), &m);
	ck_assert_int_eq(good, messages[_i].name != NULL);
	if (good) {
		bed_same(m.name, em_str(messages[_i].name), "name");
		bed_same(m.value, em_str(messages[_i].value), "value");
		bed_same(tc_get(&m, "a"), em_str(messages[_i].a), "a");
	}
	arena_free(&a);
}
END_TEST

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
		ck_assert_str_eq(how.format, "teamcity");
		bed_same(buf_str(&got), buf_str(&want), path);
	}
	buf_free(&bytes);
	buf_free(&want);
	buf_free(&got);
}

START_TEST(test_files)
{
	bed_each("testdata/teamcity", ".txt", read_file, NULL);
}
END_TEST

#define RUN(events)                                                            \
	"{\"event\":\"run_start\"}\n" events                                   \
	"{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"
#define FAIL(events)                                                           \
	"{\"event\":\"run_start\"}\n" events                                   \
	"{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n"
#define START(name, more)                                                      \
	"{\"event\":\"case_start\",\"name\":\"" name "\"" more "}\n"
#define END(name, more)                                                        \
	"{\"event\":\"case_complete\",\"name\":\"" name "\"," more "}\n"

/* What messages mean. */
static const struct {
	const char *lines, *events;
} readings[] = {
	/* Ignored without a start: started and ended. */
	{ "##teamcity[testIgnored name='a' message='why']\n"
	  "##teamcity[testFinished name='a']\n",
	    RUN(START("a", "")
		    END("a", "\"outcome\":\"skip\",\"reason\":\"why\"")) },
	/* A failure beats ignoring. */
	{ "##teamcity[testStarted name='a']\n"
	  "##teamcity[testFailed name='a' message='m' details='']\n"
	  "##teamcity[testIgnored name='a']\n"
	  "##teamcity[testFinished name='a' duration='1500']\n",
	    FAIL(START(
		"a", "") "{\"event\":\"case_message\",\"name\":\"a\",\"kind\":"
			 "\"error\",\"message\":\"m\"}\n" END("a",
			     "\"outcome\":\"fail\","
			     "\"duration_ns\":1500000000")) },
	/* Never finished; and a failure before any start is not lost. */
	{ "##teamcity[testStarted name='a']\n"
	  "##teamcity[testStarted name='b']\n"
	  "##teamcity[testFinished name='b']\n",
	    FAIL(START("a", "") START("b", "")
		    END("b", "\"outcome\":\"pass\"")) },
	{ "##teamcity[testFailed name='a' message='m']\n",
	    FAIL(START(
		"a", "") "{\"event\":\"case_message\",\"name\":\"a\",\"kind\":"
			 "\"error\",\"message\":\"m\"}\n") },
	/* Flows keep tests of one name apart and are the lanes. */
	{ "##teamcity[testStarted name='a' flowId='1']\n"
	  "##teamcity[testStarted name='a' flowId='2']\n"
	  "##teamcity[testFailed name='a' flowId='2' message='m']\n"
	  "##teamcity[testFinished name='a' flowId='2']\n"
	  "##teamcity[testFinished name='a' flowId='1']\n",
	    FAIL(START("a", ",\"worker\":\"1\"") START("a",
		",\"iteration\":2,\"worker\":\"2\"") "{\"event\":\"case_"
						     "message\",\"name\":\"a\","
						     "\"iteration\":2,"
						     "\"kind\":\"error\","
						     "\"message\":\"m\"}\n"
						     "{\"event\":\"case_"
						     "complete\",\"name\":"
						     "\"a\","
						     "\"iteration\":2,"
						     "\"outcome\":\"fail\"}"
						     "\n" END("a",
							 "\"outcome\":"
							 "\"pass\"")) },
	/* With support for retries the same test again is an attempt. */
	{ "##teamcity[testRetrySupport enabled='true']\n"
	  "##teamcity[testStarted name='a']\n"
	  "##teamcity[testFailed name='a' message='m']\n"
	  "##teamcity[testFinished name='a']\n"
	  "##teamcity[testStarted name='a']\n"
	  "##teamcity[testFinished name='a']\n",
	    RUN(START(
		"a", "") "{\"event\":\"case_message\",\"name\":\"a\",\"kind\":"
			 "\"error\",\"message\":\"m\"}\n" END(
			     "a", "\"outcome\":\"fail\"") START("a",
			     ",\"attempt\":2") "{\"event\":\"case_complete\","
					       "\"name\":\"a\",\"attempt\":2,"
					       "\"outcome\":\"pass\"}\n") },
	/* Text belongs to the test that asked for it, else to nobody. */
	{ "one\n"
	  "##teamcity[testStarted name='a' captureStandardOutput='true']\n"
	  "two\n"
	  "thr##teamcity[testFinished name='a']\n"
	  "four\n",
	    "{\"event\":\"log\",\"text\":\"one\"}\n"
	    "{\"event\":\"run_start\"}\n" START("a",
		"") "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":"
		    "\"stdout\",\"text\":\"two\\n\"}\n"
		    "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":"
		    "\"stdout\",\"text\":\"thr\"}\n" END("a",
			"\"outcome\":\"pass\"") "{\"event\":\"log\",\"text\":"
						"\"four\"}\n"
						"{\"event\":\"run_complete\","
						"\"outcome\":\"pass\"}\n" },
	/* Metadata: figures, files, links, and the rest. */
	{ "##teamcity[testStarted name='a']\n"
	  "##teamcity[testMetadata type='number' name='n' value='1.5']\n"
	  "##teamcity[testMetadata type='image' name='i' value='p.png']\n"
	  "##teamcity[testMetadata testName='a' type='link' value='u']\n"
	  "##teamcity[testMetadata name='owner' value='io']\n"
	  "##teamcity[testFinished name='a']\n",
	    RUN(START("a",
		"") "{\"event\":\"case_metric\",\"name\":\"a\",\"metric\":"
		    "\"n\","
		    "\"value\":1.5,\"unit\":\"1\"}\n"
		    "{\"event\":\"case_attachment\",\"name\":\"a\",\"title\":"
		    "\"i\",\"path\":\"p.png\"}\n"
		    "{\"event\":\"case_attachment\",\"name\":\"a\",\"url\":"
		    "\"u\"}"
		    "\n" END("a",
			"\"outcome\":\"pass\",\"properties\":{\"owner\":"
			"\"io\"}")) },
	/* What fails the build without a test. */
	{ "##teamcity[buildProblem description='no disk']\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"log\",\"level\":\"error\",\"text\":\"no disk\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\","
	    "\"status\":\"error\"}\n" },
	{ "##teamcity[message text='hm' status='WARNING']\n"
	  "##teamcity[progressMessage 'x']\n",
	    "{\"event\":\"log\",\"level\":\"warning\",\"text\":\"hm\"}\n"
	    "{\"event\":\"log\",\"text\":\"##teamcity[progressMessage "
	    "'x']\"}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	/* Messages can be switched off. */
	{ "##teamcity[disableServiceMessages]\n"
	  "##teamcity[testStarted name='a']\n"
	  "##teamcity[enableServiceMessages]\n",
	    "{\"event\":\"log\",\"text\":\"##teamcity[testStarted "
	    "name='a']\"}\n"
	    "{\"event\":\"log\",\"text\":"
	    "\"##teamcity[enableServiceMessages]\"}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	/* A flow that is started inside another is inside its suite. */
	{ "##teamcity[testSuiteStarted name='s' flowId='1']\n"
	  "##teamcity[flowStarted flowId='2' parent='1']\n"
	  "##teamcity[testStarted name='a' flowId='2']\n"
	  "##teamcity[testFinished name='a' flowId='2']\n"
	  "##teamcity[testSuiteFinished name='s' flowId='1']\n",
	    RUN("{\"event\":\"suite_start\",\"suite\":\"s\"}\n"
		"{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"a\","
		"\"worker\":\"2\"}\n"
		"{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"a\","
		"\"outcome\":\"pass\"}\n"
		"{\"event\":\"suite_complete\",\"suite\":\"s\"}\n") },
	/* Count, malformed, a suite without its end. */
	{ "##teamcity[testCount count='3']\n"
	  "##teamcity[testStarted name='a\n"
	  "##teamcity[testStarted nme='a']\n"
	  "##teamcity[testSuiteStarted name='s']\n",
	    "{\"event\":\"run_start\",\"total\":3}\n"
	    "{\"event\":\"log\",\"text\":\"##teamcity[testStarted "
	    "name='a\"}\n"
	    "{\"event\":\"log\",\"text\":\"##teamcity[testStarted "
	    "nme='a']\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"s\"}\n" },
};

START_TEST(test_readings)
{
	struct buf got;

	buf_init(&got, ROOM);
	bed_read("teamcity", NULL, em_str(readings[_i].lines), 0, &got, NULL);
	bed_same(buf_str(&got), em_str(readings[_i].events), "reading");
	buf_free(&got);
}
END_TEST

START_TEST(test_statuses)
{
	struct bed_read how;
	struct buf got;

	buf_init(&got, ROOM);
	bed_read("teamcity", NULL,
	    EM_STR("##teamcity[testStarted name='a\n"
		   "##teamcity[testSuiteStarted name='s']\nnoise\n"),
	    0, &got, &how);
	ck_assert_uint_eq(how.stats.malformed, 1);
	ck_assert_uint_eq(how.stats.noise, 1);
	ck_assert(how.stats.truncated);
	bed_read("teamcity", NULL, EM_STR(""), 0, &got, &how);
	ck_assert(how.stats.truncated);
	buf_free(&got);
}
END_TEST

START_TEST(test_round)
{
	struct buf native, want, got, again;

	buf_init(&native, ROOM);
	buf_init(&want, ROOM);
	buf_init(&got, ROOM);
	buf_init(&again, ROOM);
	bed_load("testdata/roundtrip/full.jsonl", &native);
	bed_load("testdata/roundtrip/full.teamcity.jsonl", &want);
	bed_round("teamcity", NULL, buf_str(&native), &got);
	bed_same(buf_str(&got), buf_str(&want), "the round trip");
	bed_round("teamcity", NULL, buf_str(&got), &again);
	bed_same(buf_str(&again), buf_str(&got), "the second round");
	buf_free(&native);
	buf_free(&want);
	buf_free(&got);
	buf_free(&again);
}
END_TEST

/* Each line is one message, whatever the bytes of names and texts are. */
START_TEST(test_any_byte)
{
	struct em_str rest, line;
	struct tc_message m;
	struct buf native, out;
	struct arena a;

	arena_init(&a, ROOM);
	buf_init(&native, ROOM);
	buf_init(&out, ROOM);
	bed_load("testdata/roundtrip/bytes.jsonl", &native);
	bed_write("teamcity", NULL, buf_str(&native), &out, NULL);
	rest = buf_str(&out);
	while (rest.n > 0) {
		ck_assert(str_cut(&rest, '\n', &line));
		ck_assert(str_starts(line, TC_START));
		ck_assert_msg(tc_parse(&a, line, &m) && m.rest.n == 0, "%.*s",
		    (int)line.n, line.p);
		ck_assert_uint_eq(str_utf8_valid(line), line.n);
	}
	arena_free(&a);
	buf_free(&native);
	buf_free(&out);
}
END_TEST

Suite *teamcity_suite(void);

Suite *
teamcity_suite(void)
{
	Suite *s = suite_create("teamcity");
	TCase *t = tcase_create("teamcity");

	tcase_add_loop_test(t, test_escapes, 0, (int)ARRAY_LEN(escapes));
	tcase_add_test(t, test_bad_bytes);
	tcase_add_loop_test(t, test_messages, 0, (int)ARRAY_LEN(messages));
	tcase_add_test(t, test_files);
	tcase_add_loop_test(t, test_readings, 0, (int)ARRAY_LEN(readings));
	tcase_add_test(t, test_statuses);
	tcase_add_test(t, test_round);
	tcase_add_test(t, test_any_byte);
	suite_add_tcase(s, t);
	return s;
}
