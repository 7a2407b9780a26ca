/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json_bed.h"

static const struct bed_case cases[] = {
	{ "a pass",
	    "\xe2\x9c\x94 adds (1.5ms)\n"
	    "\xe2\x84\xb9 tests 1\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 1\n"
	    "\xe2\x84\xb9 fail 0\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"adds\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"adds\",\"outcome\""
	    ":\"pass\",\"duration_ns\":1500000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "a failure, whose reason is at the end",
	    "\xe2\x9c\x96 f (1.5ms)\n"
	    "\xe2\x84\xb9 tests 1\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 0\n"
	    "\xe2\x84\xb9 fail 1\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n"
	    "\n"
	    "\xe2\x9c\x96 failing tests:\n"
	    "\n"
	    "test at a.test.js:3:1\n"
	    "\xe2\x9c\x96 f (1.5ms)\n"
	    "  AssertionError: no\n"
	    "      at x (a.test.js:4:3)\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"f\",\"location\":{\"f"
	    "ile\":\"a.test.js\",\"line\":3,\"column\":1}}\n"
	    "{\"event\":\"case_message\",\"name\":\"f\",\"kind\":\"erro"
	    "r\",\"message\":\"AssertionError: no\",\"detail\":\"Assert"
	    "ionError: no\\n    at x (a.test.js:4:3)\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"f\",\"outcome\":\""
	    "fail\",\"duration_ns\":1500000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "a reason that comes at once",
	    "\xe2\x9c\x96 f (1.5ms)\n"
	    "  AssertionError: no\n"
	    "      at x\n"
	    "\n"
	    "\xe2\x9c\x94 p (0.5ms)\n"
	    "\xe2\x84\xb9 tests 2\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 1\n"
	    "\xe2\x84\xb9 fail 1\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n"
	    "\n"
	    "\xe2\x9c\x96 failing tests:\n"
	    "\n"
	    "test at a.test.js:3:1\n"
	    "\xe2\x9c\x96 f (1.5ms)\n"
	    "  AssertionError: no\n"
	    "      at x\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"f\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"f\",\"kind\":\"erro"
	    "r\",\"message\":\"AssertionError: no\",\"detail\":\"Assert"
	    "ionError: no\\n    at x\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"f\",\"outcome\":\""
	    "fail\",\"duration_ns\":1500000}\n"
	    "{\"event\":\"case_start\",\"name\":\"p\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"p\",\"outcome\":\""
	    "pass\",\"duration_ns\":500000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "skipped and to do",
	    "\xef\xb9\xa3 s (0.1ms) # SKIP\n"
	    "\xef\xb9\xa3 w (0.1ms) # why # so\n"
	    "\xe2\x9c\x94 t (0.1ms) # TODO\n"
	    "\xe2\x9a\xa0 u (0.1ms) # later\n"
	    "\xe2\x84\xb9 tests 4\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 4\n"
	    "\xe2\x84\xb9 fail 0\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"s\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"s\",\"outcome\":\""
	    "skip\",\"duration_ns\":100000}\n"
	    "{\"event\":\"case_start\",\"name\":\"w\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"w\",\"outcome\":\""
	    "skip\",\"reason\":\"why # so\",\"duration_ns\":100000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t\",\"outcome\":\""
	    "pass\",\"status\":\"xpass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"case_start\",\"name\":\"u\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"u\",\"outcome\":\""
	    "skip\",\"status\":\"todo\",\"reason\":\"later\",\"duration"
	    "_ns\":100000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "suites",
	    "\xe2\x96\xb6 g\n"
	    "  \xe2\x9c\x94 a (0.1ms)\n"
	    "  \xe2\x96\xb6 h\n"
	    "    \xe2\x9c\x96 b (0.2ms)\n"
	    "  \xe2\x9c\x96 h (0.3ms)\n"
	    "\xe2\x9c\x96 g (0.5ms)\n"
	    "\xe2\x96\xb6 g\n"
	    "  \xe2\x9c\x94 a (0.1ms)\n"
	    "\xe2\x9c\x94 g (0.2ms)\n"
	    "\xe2\x84\xb9 tests 3\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 2\n"
	    "\xe2\x84\xb9 fail 1\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n"
	    "\n"
	    "\xe2\x9c\x96 failing tests:\n"
	    "\n"
	    "test at a.test.js:3:1\n"
	    "\xe2\x9c\x96 b (0.2ms)\n"
	    "  Error: no\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"g\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"g\",\"name\":\"a\"}"
	    "\n"
	    "{\"event\":\"case_complete\",\"suite\":\"g\",\"name\":\"a"
	    "\",\"outcome\":\"pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"g > h\",\"title\":"
	    "\"h\",\"parent\":\"g\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"g\",\"name\":\"a\","
	    "\"iteration\":2}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"g\",\"name\":\"a"
	    "\",\"iteration\":2,\"outcome\":\"pass\",\"duration_ns\":10"
	    "0000}\n"
	    "{\"event\":\"case_start\",\"suite\":\"g > h\",\"name\":\"b"
	    "\",\"location\":{\"file\":\"a.test.js\",\"line\":3,\"colum"
	    "n\":1}}\n"
	    "{\"event\":\"case_message\",\"suite\":\"g > h\",\"name\":"
	    "\"b\",\"kind\":\"error\",\"message\":\"Error: no\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"g > h\",\"name\":"
	    "\"b\",\"outcome\":\"fail\",\"duration_ns\":200000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"g > h\",\"durati"
	    "on_ns\":300000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"g\",\"duration_n"
	    "s\":700000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "the same name twice",
	    "\xe2\x9c\x94 a (0.1ms)\n"
	    "\xe2\x9c\x96 a (0.2ms)\n"
	    "\xe2\x9c\x96 a (0.2ms)\n"
	    "\xe2\x84\xb9 tests 3\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 1\n"
	    "\xe2\x84\xb9 fail 2\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n"
	    "\n"
	    "\xe2\x9c\x96 failing tests:\n"
	    "\n"
	    "test at a.test.js:3:1\n"
	    "\xe2\x9c\x96 a (0.2ms)\n"
	    "  Error: first\n"
	    "\n"
	    "test at a.test.js:9:1\n"
	    "\xe2\x9c\x96 a (0.2ms)\n"
	    "  Error: second\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"iteration\":2,"
	    "\"location\":{\"file\":\"a.test.js\",\"line\":3,\"column\""
	    ":1}}\n"
	    "{\"event\":\"case_message\",\"name\":\"a\",\"iteration\":2"
	    ",\"kind\":\"error\",\"message\":\"Error: first\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"iteration\":"
	    "2,\"outcome\":\"fail\",\"duration_ns\":200000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"iteration\":3,"
	    "\"location\":{\"file\":\"a.test.js\",\"line\":9,\"column\""
	    ":1}}\n"
	    "{\"event\":\"case_message\",\"name\":\"a\",\"iteration\":3"
	    ",\"kind\":\"error\",\"message\":\"Error: second\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"iteration\":"
	    "3,\"outcome\":\"fail\",\"duration_ns\":200000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "names with marks in them",
	    "\xe2\x9c\x94 takes (2ms) # now (0.1ms)\n"
	    "\xe2\x9c\x94 two\n"
	    "lines (0.1ms)\n"
	    "\xe2\x84\xb9 tests 2\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 2\n"
	    "\xe2\x84\xb9 fail 0\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"takes (2ms) # now\"}"
	    "\n"
	    "{\"event\":\"case_complete\",\"name\":\"takes (2ms) # now"
	    "\",\"outcome\":\"pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"case_start\",\"name\":\"two\\nlines\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"two\\nlines\",\"ou"
	    "tcome\":\"pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "colours",
	    "\x1b[32m\xe2\x9c\x94 a \x1b[90m(0.1ms)\x1b[39m\x1b[39m\n"
	    "\xe2\x84\xb9 tests 1\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 1\n"
	    "\xe2\x84\xb9 fail 0\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "what tests print",
	    "hello\n"
	    "worlds apart\xe2\x9c\x94 a (0.1ms)\n"
	    "\xe2\x84\xb9 says so\n"
	    "\xe2\x9c\x94 b (0.1ms)\n"
	    "\xe2\x84\xb9 tests 2\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 2\n"
	    "\xe2\x84\xb9 fail 0\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n",
	    "{\"event\":\"log\",\"text\":\"hello\"}\n"
	    "{\"event\":\"log\",\"text\":\"worlds apart\"}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"log\",\"text\":\"says so\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "cancelled",
	    "\xe2\x9c\x94 a (0.1ms)\n"
	    "\xe2\x84\xb9 tests 1\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 1\n"
	    "\xe2\x84\xb9 fail 0\n"
	    "\xe2\x84\xb9 cancelled 1\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
	{ "cut",
	    "\xe2\x9c\x94 a (0.1ms)\n"
	    "\xe2\x9c\x96 f (1.5ms)\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"case_start\",\"name\":\"f\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"f\",\"outcome\":\""
	    "fail\",\"duration_ns\":1500000}\n",
	    "the run has no end" },
	{ "cut in a reason",
	    "\xe2\x9c\x94 a (0.1ms)\n"
	    "\xe2\x84\xb9 tests 1\n"
	    "\xe2\x84\xb9 suites 0\n"
	    "\xe2\x84\xb9 pass 0\n"
	    "\xe2\x84\xb9 fail 1\n"
	    "\xe2\x84\xb9 cancelled 0\n"
	    "\xe2\x84\xb9 skipped 0\n"
	    "\xe2\x84\xb9 todo 0\n"
	    "\xe2\x84\xb9 duration_ms 12.5\n"
	    "\n"
	    "\xe2\x9c\x96 failing tests:\n"
	    "\n"
	    "test at a.test.js:3:1\n"
	    "\xe2\x9c\x96 f (1.5ms)\n"
	    "  Error",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":100000}\n"
	    "{\"event\":\"log\",\"text\":\"  Error\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":12500000}\n",
	    NULL },
};

START_TEST(events)
{
	bed_case("node-test", &cases[_i]);
}
END_TEST

START_TEST(real_files)
{
	bed_files("node-test", "testdata/node-test", ".txt");
}
END_TEST

Suite *nodetest_suite(void);

Suite *
nodetest_suite(void)
{
	Suite *s = suite_create("nodetest");
	TCase *tc = tcase_create("core");

	tcase_add_loop_test(tc, events, 0, (int)ARRAY_LEN(cases));
	tcase_add_test(tc, real_files);
	suite_add_tcase(s, tc);
	return s;
}
