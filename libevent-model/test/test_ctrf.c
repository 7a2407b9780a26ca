/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json_bed.h"

static const struct bed_case cases[] = {
	{ "statuses",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":5,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5},{\"name\":\"b\",\"status\":\"failed\",\"duration"
	    "\":5,\"message\":\"no\",\"trace\":\"no\\n at x\"},{\"name"
	    "\":\"c\",\"status\":\"skipped\",\"duration\":5,\"message\""
	    ":\"later\"},{\"name\":\"d\",\"status\":\"pending\",\"durat"
	    "ion\":5},{\"name\":\"e\",\"status\":\"other\",\"duration\""
	    ":5}]}}\n",
	    "{\"event\":\"run_start\",\"total\":5,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"b\",\"kind\":\"erro"
	    "r\",\"message\":\"no\",\"detail\":\"no\\n at x\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"c\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"c\",\"outcome\":\""
	    "skip\",\"reason\":\"later\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"d\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"d\",\"outcome\":\""
	    "skip\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"e\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"e\",\"outcome\":\""
	    "skip\",\"status\":\"ctrf.other\",\"duration_ns\":5000000}"
	    "\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "statuses of tools",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":11,\"passed\":0,\"failed\":0,\"skippe"
	    "d\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":30"
	    "00},\"tests\":[{\"name\":\"t0\",\"status\":\"failed\",\"du"
	    "ration\":5,\"rawStatus\":\"timedOut\"},{\"name\":\"t1\",\""
	    "status\":\"failed\",\"duration\":5,\"rawStatus\":\"broken"
	    "\"},{\"name\":\"t2\",\"status\":\"other\",\"duration\":5,"
	    "\"rawStatus\":\"error\"},{\"name\":\"t3\",\"status\":\"fai"
	    "led\",\"duration\":5,\"rawStatus\":\"crash\"},{\"name\":\""
	    "t4\",\"status\":\"skipped\",\"duration\":5,\"rawStatus\":"
	    "\"todo\"},{\"name\":\"t5\",\"status\":\"pending\",\"durati"
	    "on\":5,\"rawStatus\":\"disabled\"},{\"name\":\"t6\",\"stat"
	    "us\":\"passed\",\"duration\":5,\"rawStatus\":\"XPASS\"},{"
	    "\"name\":\"t7\",\"status\":\"other\",\"duration\":5,\"rawS"
	    "tatus\":\"flaked\"},{\"name\":\"t8\",\"status\":\"failed\""
	    ",\"duration\":5,\"rawStatus\":\"made up\"},{\"name\":\"t9"
	    "\",\"status\":\"passed\",\"duration\":5,\"rawStatus\":\"pa"
	    "ssed\"},{\"name\":\"t10\",\"status\":\"passed\",\"duration"
	    "\":5,\"rawStatus\":\"timedOut\"}]}}\n",
	    "{\"event\":\"run_start\",\"total\":11,\"time\":\"1970-01-0"
	    "1T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"t0\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t0\",\"outcome\":"
	    "\"fail\",\"status\":\"timeout\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t1\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t1\",\"outcome\":"
	    "\"fail\",\"status\":\"error\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t2\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t2\",\"outcome\":"
	    "\"fail\",\"status\":\"error\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t3\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t3\",\"outcome\":"
	    "\"fail\",\"status\":\"crash\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t4\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t4\",\"outcome\":"
	    "\"skip\",\"status\":\"todo\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t5\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t5\",\"outcome\":"
	    "\"skip\",\"status\":\"ignored\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t6\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t6\",\"outcome\":"
	    "\"pass\",\"status\":\"xpass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t7\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t7\",\"outcome\":"
	    "\"skip\",\"status\":\"ctrf.flaked\",\"duration_ns\":500000"
	    "0}\n"
	    "{\"event\":\"case_start\",\"name\":\"t8\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t8\",\"outcome\":"
	    "\"fail\",\"status\":\"ctrf.made up\",\"duration_ns\":50000"
	    "00}\n"
	    "{\"event\":\"case_start\",\"name\":\"t9\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t9\",\"outcome\":"
	    "\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"t10\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"t10\",\"outcome\":"
	    "\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "the suite is a path",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":4,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5,\"suite\":[\"x.js\",\"g\",\"h\"]},{\"name\":\"b\""
	    ",\"status\":\"passed\",\"duration\":5,\"suite\":[\"x.js\","
	    "\"g\"]},{\"name\":\"c\",\"status\":\"passed\",\"duration\""
	    ":5,\"suite\":\"x.js > z\"},{\"name\":\"d\",\"status\":\"pa"
	    "ssed\",\"duration\":5}]}}\n",
	    "{\"event\":\"run_start\",\"total\":4,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"x.js\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"x.js > g\",\"title"
	    "\":\"g\",\"parent\":\"x.js\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"x.js > g > h\",\"ti"
	    "tle\":\"h\",\"parent\":\"x.js > g\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"x.js > g > h\",\"nam"
	    "e\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"x.js > g > h\",\""
	    "name\":\"a\",\"outcome\":\"pass\",\"duration_ns\":5000000}"
	    "\n"
	    "{\"event\":\"case_start\",\"suite\":\"x.js > g\",\"name\":"
	    "\"b\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"x.js > g\",\"name"
	    "\":\"b\",\"outcome\":\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"x.js > z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"x.js > z\",\"name\":"
	    "\"c\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"x.js > z\",\"name"
	    "\":\"c\",\"outcome\":\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"d\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"d\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"x.js > z\"}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"x.js > g > h\"}"
	    "\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"x.js > g\"}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"x.js\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "retry attempts come before the test",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5,\"retries\":2,\"flaky\":true,\"retryAttempts\":[{"
	    "\"attempt\":1,\"status\":\"failed\",\"duration\":3,\"messa"
	    "ge\":\"no\",\"line\":9,\"start\":1001},{\"attempt\":2,\"st"
	    "atus\":\"failed\",\"trace\":\"again\",\"stdout\":[\"x\"]}]"
	    ",\"filePath\":\"a.js\",\"line\":4}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"location\":{\"f"
	    "ile\":\"a.js\",\"line\":4},\"time\":\"1970-01-01T00:00:01."
	    "001Z\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"a\",\"kind\":\"erro"
	    "r\",\"message\":\"no\",\"location\":{\"file\":\"a.js\",\"l"
	    "ine\":9}}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "fail\",\"duration_ns\":3000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":2,\"l"
	    "ocation\":{\"file\":\"a.js\",\"line\":4}}\n"
	    "{\"event\":\"case_output\",\"name\":\"a\",\"attempt\":2,\""
	    "stream\":\"stdout\",\"text\":\"x\\n\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"a\",\"attempt\":2,"
	    "\"kind\":\"error\",\"detail\":\"again\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":2,"
	    "\"outcome\":\"fail\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":3,\"l"
	    "ocation\":{\"file\":\"a.js\",\"line\":4}}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":3,"
	    "\"outcome\":\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "all attempts are listed",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"failed\",\"dura"
	    "tion\":5,\"retries\":1,\"retryAttempts\":[{\"attempt\":1,"
	    "\"status\":\"failed\"},{\"attempt\":2,\"status\":\"failed"
	    "\"}]}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "fail\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":2}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":2,"
	    "\"outcome\":\"fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "attempts behind the test",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"failed\",\"dura"
	    "tion\":5,\"retries\":2,\"retryAttempts\":[{\"attempt\":2,"
	    "\"status\":\"failed\"},{\"attempt\":3,\"status\":\"passed"
	    "\"}]}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":2}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":2,"
	    "\"outcome\":\"fail\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":3}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":3,"
	    "\"outcome\":\"pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "retries are counted",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":3,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5,\"retries\":1},{\"name\":\"b\",\"status\":\"passe"
	    "d\",\"duration\":5,\"flaky\":true},{\"name\":\"c\",\"statu"
	    "s\":\"failed\",\"duration\":5,\"retries\":0}]}}\n",
	    "{\"event\":\"run_start\",\"total\":3,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "fail\",\"reason\":\"retried; the report tells only of the "
	    "last attempt\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":2}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":2,"
	    "\"outcome\":\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "fail\",\"reason\":\"retried; the report tells only of the "
	    "last attempt\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\",\"attempt\":2}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"attempt\":2,"
	    "\"outcome\":\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"c\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"c\",\"outcome\":\""
	    "fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "all that a test tells",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"failed\",\"dura"
	    "tion\":5,\"suite\":[\"s\"],\"message\":\"no\",\"trace\":\""
	    "no\\n at x\",\"filePath\":\"a.js\",\"line\":4,\"start\":15"
	    "00,\"stop\":1505,\"threadId\":\"w1\",\"tags\":[\"x\",\"y\""
	    "],\"labels\":{\"team\":\"q\",\"n\":3},\"parameters\":{\"k"
	    "\":\"v\"},\"type\":\"e2e\",\"browser\":\"firefox\",\"devic"
	    "e\":\"phone\",\"snippet\":\"code\",\"ai\":\"try this\",\"s"
	    "tdout\":[\"one\",\"two\"],\"stderr\":[\"bad\"],\"steps\":["
	    "{\"name\":\"open\",\"status\":\"passed\"},{\"name\":\"clic"
	    "k\",\"status\":\"failed\"}]}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"s\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"a\","
	    "\"worker\":\"w1\",\"location\":{\"file\":\"a.js\",\"line\""
	    ":4},\"tags\":[\"x\",\"y\"],\"properties\":{\"team\":\"q\","
	    "\"n\":3,\"type\":\"e2e\",\"browser\":\"firefox\",\"device"
	    "\":\"phone\",\"parameters.k\":\"v\"},\"time\":\"1970-01-01"
	    "T00:00:01.5Z\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"s\",\"name\":\"a\""
	    ",\"kind\":\"note\",\"message\":\"open\",\"type\":\"step\","
	    "\"code\":\"passed\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"s\",\"name\":\"a\""
	    ",\"kind\":\"note\",\"message\":\"click\",\"type\":\"step\""
	    ",\"code\":\"failed\"}\n"
	    "{\"event\":\"case_output\",\"suite\":\"s\",\"name\":\"a\","
	    "\"stream\":\"stdout\",\"text\":\"one\\ntwo\\n\"}\n"
	    "{\"event\":\"case_output\",\"suite\":\"s\",\"name\":\"a\","
	    "\"stream\":\"stderr\",\"text\":\"bad\\n\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"s\",\"name\":\"a\""
	    ",\"kind\":\"error\",\"message\":\"no\",\"detail\":\"no\\n "
	    "at x\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"s\",\"name\":\"a\""
	    ",\"kind\":\"note\",\"message\":\"code\",\"type\":\"snippet"
	    "\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"s\",\"name\":\"a\""
	    ",\"kind\":\"help\",\"message\":\"try this\",\"type\":\"ai"
	    "\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"a"
	    "\",\"outcome\":\"fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"s\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "attachments",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":2,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5,\"attachments\":[{\"name\":\"p\",\"contentType\":"
	    "\"text/plain\",\"path\":\"x/y.txt\"},{\"name\":\"d\",\"con"
	    "tentType\":\"text/plain\",\"path\":\"data:text/plain;base6"
	    "4,aGk=\"},{\"name\":\"u\",\"contentType\":\"text/html\",\""
	    "path\":\"https://x/y\"}],\"screenshot\":\"iVBORw0KGgo=\"},"
	    "{\"name\":\"b\",\"status\":\"passed\",\"duration\":5,\"scr"
	    "eenshot\":\"?\"}]}}\n",
	    "{\"event\":\"run_start\",\"total\":2,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_attachment\",\"name\":\"a\",\"title\":\""
	    "p\",\"media_type\":\"text/plain\",\"path\":\"x/y.txt\"}\n"
	    "{\"event\":\"case_attachment\",\"name\":\"a\",\"title\":\""
	    "d\",\"media_type\":\"text/plain\",\"data_b64\":\"aGk=\"}\n"
	    "{\"event\":\"case_attachment\",\"name\":\"a\",\"title\":\""
	    "u\",\"media_type\":\"text/html\",\"url\":\"https://x/y\"}"
	    "\n"
	    "{\"event\":\"case_attachment\",\"name\":\"a\",\"title\":\""
	    "screenshot\",\"media_type\":\"image/png\",\"data_b64\":\"i"
	    "VBORw0KGgo=\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n",
	    "a screenshot is not base64, and left out" },
	{ "the environment and the id of the run",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"run"
	    "Id\":\"r-1\",\"results\":{\"tool\":{\"name\":\"jest\",\"ve"
	    "rsion\":\"29\"},\"summary\":{\"tests\":1,\"passed\":0,\"fa"
	    "iled\":0,\"skipped\":0,\"pending\":0,\"other\":0,\"start\""
	    ":1000,\"stop\":3000},\"environment\":{\"appName\":\"x\",\""
	    "buildNumber\":7,\"healthy\":true,\"extra\":{\"k\":[1]}},\""
	    "tests\":[{\"name\":\"a\",\"status\":\"passed\",\"duration"
	    "\":5}]}}\n",
	    "{\"event\":\"run_start\",\"properties\":{\"runId\":\"r-1\""
	    ",\"appName\":\"x\",\"buildNumber\":7,\"healthy\":true},\"t"
	    "otal\":1,\"time\":\"1970-01-01T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "the environment behind the tests",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5}],\"environment\":{\"appName\":\"x\"}}}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"log\",\"level\":\"info\",\"text\":\"environme"
	    "nt: {\\\"appName\\\":\\\"x\\\"}\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "the tests before tool and summary",
	    "{\"reportFormat\":\"CTRF\",\"results\":{\"tests\":[{\"name"
	    "\":\"a\",\"status\":\"passed\",\"duration\":5}],\"tool\":{"
	    "\"name\":\"x\"},\"summary\":{\"tests\":1,\"failed\":0}}}\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "before there was a marker",
	    "{\"results\":{\"tool\":{\"name\":\"x\"},\"summary\":{\"tes"
	    "ts\":1,\"passed\":1,\"failed\":0,\"pending\":0,\"skipped\""
	    ":0,\"other\":0,\"start\":0,\"stop\":0},\"tests\":[{\"name"
	    "\":\"a\",\"status\":\"passed\",\"duration\":5}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "a summary that counts failures the tests have not",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":1,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"status"
	    "\":\"error\",\"duration_ns\":2000000000}\n",
	    NULL },
	{ "the same test twice",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":2,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5},{\"name\":\"a\",\"status\":\"failed\",\"duration"
	    "\":5}]}}\n",
	    "{\"event\":\"run_start\",\"total\":2,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"iteration\":2}"
	    "\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"iteration\":"
	    "2,\"outcome\":\"fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "no tests",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":0,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[]}}\n",
	    "{\"event\":\"run_start\",\"total\":0,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "not a CTRF test at all",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":3,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"x\":1},[1],{\"name\":null,\"status\":5}]}"
	    "}\n",
	    "{\"event\":\"run_start\",\"total\":3,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"\",\"outcome\":\"f"
	    "ail\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"\",\"iteration\":2}\n"
	    "{\"event\":\"case_complete\",\"name\":\"\",\"iteration\":2"
	    ",\"outcome\":\"fail\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"\",\"iteration\":3}\n"
	    "{\"event\":\"case_complete\",\"name\":\"\",\"iteration\":3"
	    ",\"outcome\":\"fail\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "carried events",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"n\",\"status\":\"passed\",\"dura"
	    "tion\":5,\"suite\":[\"s\",\"C\"],\"extra\":{\"test-events"
	    "\":[{\"event\":\"case_start\",\"suite\":\"s\",\"class\":\""
	    "C\",\"name\":\"n\",\"variant\":\"v\",\"mode\":\"bench\"},{"
	    "\"event\":\"case_metric\",\"suite\":\"s\",\"class\":\"C\","
	    "\"name\":\"n\",\"variant\":\"v\",\"metric\":\"m\",\"value"
	    "\":1.5},{\"event\":\"case_complete\",\"suite\":\"s\",\"cla"
	    "ss\":\"C\",\"name\":\"n\",\"variant\":\"v\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000001}]}}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"s\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"s\",\"class\":\"C\","
	    "\"name\":\"n\",\"variant\":\"v\",\"mode\":\"bench\"}\n"
	    "{\"event\":\"case_metric\",\"suite\":\"s\",\"class\":\"C\""
	    ",\"name\":\"n\",\"variant\":\"v\",\"metric\":\"m\",\"value"
	    "\":1.5}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"s\",\"class\":\"C"
	    "\",\"name\":\"n\",\"variant\":\"v\",\"outcome\":\"pass\","
	    "\"duration_ns\":5000001}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"s\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
	{ "cut in a test",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":2,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5},{\"name\":\"b\",\"stat",
	    "{\"event\":\"run_start\",\"total\":2,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n",
	    "the document is cut short" },
	{ "not JSON after a test",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":2,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5},?,\"status\":\"passed\",\"duration\":5}]}}\n",
	    "{\"event\":\"run_start\",\"total\":2,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n",
	    "malformed JSON: invalid char in json text" },
	{ "noise on both sides",
	    "Report:\n"
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5}]}}\n"
	    "done\n",
	    "{\"event\":\"log\",\"text\":\"Report:\"}\n"
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n"
	    "{\"event\":\"log\",\"text\":\"done\"}\n",
	    NULL },
	{ "two documents",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"passed\",\"dura"
	    "tion\":5}]}}\n"
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"res"
	    "ults\":{\"tool\":{\"name\":\"jest\",\"version\":\"29\"},\""
	    "summary\":{\"tests\":1,\"passed\":0,\"failed\":0,\"skipped"
	    "\":0,\"pending\":0,\"other\":0,\"start\":1000,\"stop\":300"
	    "0},\"tests\":[{\"name\":\"a\",\"status\":\"failed\",\"dura"
	    "tion\":5}]}}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\",\"duratio"
	    "n_ns\":2000000000}\n"
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":2000000000}\n",
	    NULL },
};

START_TEST(events)
{
	bed_case("ctrf", &cases[_i]);
}
END_TEST

START_TEST(real_files)
{
	bed_files("ctrf", "testdata/ctrf", ".json");
}
END_TEST

static const struct {
	const char *name, *native, *text, *lost;
	const char *back; /* NULL: as native */
} written[] = {
	{ "an empty run",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"gen"
	    "eratedBy\":\"testpipe\",\"results\":{\"tool\":{\"name\":\""
	    "t\"},\"summary\":{\"tests\":0,\"passed\":0,\"failed\":0,\""
	    "skipped\":0,\"pending\":0,\"other\":0,\"flaky\":0,\"suites"
	    "\":0,\"start\":0,\"stop\":0},\"tests\":[]}}\n",
	    "",
	    "{\"event\":\"run_start\",\"total\":0}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "outcomes",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"run_start\",\"time\":\"2026-01-02T03:04:05.00"
	    "6Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"b\",\"kind\":\"erro"
	    "r\",\"message\":\"no\",\"detail\":\"no\\n at x\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"c\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"c\",\"outcome\":\""
	    "skip\",\"status\":\"ignored\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"d\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"d\",\"outcome\":\""
	    "fail\",\"status\":\"timeout\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"e\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"e\",\"outcome\":\""
	    "skip\",\"status\":\"ctrf.other\",\"duration_ns\":5000000}"
	    "\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":12000000}\n",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"gen"
	    "eratedBy\":\"testpipe\",\"results\":{\"tool\":{\"name\":\""
	    "t\"},\"summary\":{\"tests\":5,\"passed\":1,\"failed\":2,\""
	    "skipped\":1,\"pending\":0,\"other\":1,\"flaky\":0,\"suites"
	    "\":0,\"start\":1767323045006,\"stop\":1767323045018,\"dura"
	    "tion\":12},\"tests\":[\n"
	    "{\"name\":\"a\",\"status\":\"passed\",\"duration\":5},\n"
	    "{\"name\":\"b\",\"status\":\"failed\",\"duration\":5,\"mes"
	    "sage\":\"no\",\"trace\":\"no\\n at x\"},\n"
	    "{\"name\":\"c\",\"status\":\"skipped\",\"duration\":5,\"ra"
	    "wStatus\":\"ignored\"},\n"
	    "{\"name\":\"d\",\"status\":\"failed\",\"duration\":5,\"raw"
	    "Status\":\"timeout\"},\n"
	    "{\"name\":\"e\",\"status\":\"other\",\"duration\":5}]}}\n",
	    "",
	    "{\"event\":\"run_start\",\"total\":5,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n"
	    "{\"event\":\"case_message\",\"name\":\"b\",\"kind\":\"erro"
	    "r\",\"message\":\"no\",\"detail\":\"no\\n at x\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"c\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"c\",\"outcome\":\""
	    "skip\",\"status\":\"ignored\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"d\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"d\",\"outcome\":\""
	    "fail\",\"status\":\"timeout\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"e\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"e\",\"outcome\":\""
	    "skip\",\"status\":\"ctrf.other\",\"duration_ns\":5000000}"
	    "\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"duratio"
	    "n_ns\":12000000}\n" },
	{ "attempts",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":\"std"
	    "out\",\"text\":\"x\\ny\\n\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":2}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":2,"
	    "\"outcome\":\"fail\",\"status\":\"error\",\"duration_ns\":"
	    "5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":3}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":3,"
	    "\"outcome\":\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"gen"
	    "eratedBy\":\"testpipe\",\"results\":{\"tool\":{\"name\":\""
	    "t\"},\"summary\":{\"tests\":1,\"passed\":1,\"failed\":0,\""
	    "skipped\":0,\"pending\":0,\"other\":0,\"flaky\":1,\"suites"
	    "\":0,\"start\":0,\"stop\":0},\"tests\":[\n"
	    "{\"name\":\"a\",\"status\":\"passed\",\"duration\":5,\"ret"
	    "ries\":2,\"retryAttempts\":[{\"attempt\":1,\"status\":\"fa"
	    "iled\",\"duration\":5,\"stdout\":[\"x\",\"y\"]},{\"attempt"
	    "\":2,\"status\":\"failed\",\"duration\":5,\"extra\":{\"tes"
	    "t-events\":[{\"event\":\"case_complete\",\"name\":\"a\",\""
	    "outcome\":\"fail\",\"status\":\"error\",\"duration_ns\":50"
	    "00000}]}}],\"flaky\":true}]}}\n",
	    "",
	    "{\"event\":\"run_start\",\"total\":1}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":\"std"
	    "out\",\"text\":\"x\\ny\\n\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":2}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":2,"
	    "\"outcome\":\"fail\",\"status\":\"error\",\"duration_ns\":"
	    "5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":3}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"attempt\":3,"
	    "\"outcome\":\"pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "suites and what has members",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"run_start\",\"properties\":{\"appName\":\"x\""
	    ",\"other\":\"y\"}}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"f\",\"title\":\"f\""
	    "}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"f > g\",\"parent\":"
	    "\"f\",\"title\":\"g\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"f > g\",\"name\":\"a"
	    "\",\"location\":{\"file\":\"a.c\",\"line\":3},\"tags\":[\""
	    "x\"],\"properties\":{\"browser\":\"b\",\"team\":\"q\"},\"w"
	    "orker\":\"1\",\"time\":\"2026-01-02T03:04:05.006Z\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"f > g\",\"name\":"
	    "\"a\",\"kind\":\"note\",\"type\":\"step\",\"message\":\"op"
	    "en\",\"code\":\"passed\"}\n"
	    "{\"event\":\"case_attachment\",\"suite\":\"f > g\",\"name"
	    "\":\"a\",\"title\":\"t\",\"media_type\":\"text/plain\",\"d"
	    "ata_b64\":\"aGk=\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"f > g\",\"name\":"
	    "\"a\",\"outcome\":\"fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"f > g\"}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"f\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"gen"
	    "eratedBy\":\"testpipe\",\"results\":{\"tool\":{\"name\":\""
	    "t\"},\"summary\":{\"tests\":1,\"passed\":0,\"failed\":1,\""
	    "skipped\":0,\"pending\":0,\"other\":0,\"flaky\":0,\"suites"
	    "\":2,\"start\":0,\"stop\":0},\"environment\":{\"appName\":"
	    "\"x\"},\"extra\":{\"test-events\":[{\"event\":\"run_start"
	    "\",\"properties\":{\"appName\":\"x\",\"other\":\"y\"}},{\""
	    "event\":\"suite_start\",\"suite\":\"f\",\"title\":\"f\"},{"
	    "\"event\":\"suite_start\",\"suite\":\"f > g\",\"title\":\""
	    "g\",\"parent\":\"f\"}]},\"tests\":[\n"
	    "{\"name\":\"a\",\"status\":\"failed\",\"duration\":5,\"sta"
	    "rt\":1767323045006,\"stop\":1767323045011,\"attachments\":"
	    "[{\"name\":\"t\",\"contentType\":\"text/plain\",\"path\":"
	    "\"data:text/plain;base64,aGk=\"}],\"suite\":[\"f\",\"g\"],"
	    "\"filePath\":\"a.c\",\"line\":3,\"tags\":[\"x\"],\"labels"
	    "\":{\"team\":\"q\"},\"browser\":\"b\",\"steps\":[{\"name\""
	    ":\"open\",\"status\":\"passed\"}],\"threadId\":\"1\",\"ext"
	    "ra\":{\"test-events\":[{\"event\":\"case_start\",\"suite\""
	    ":\"f > g\",\"name\":\"a\",\"worker\":\"1\",\"location\":{"
	    "\"file\":\"a.c\",\"line\":3},\"tags\":[\"x\"],\"properties"
	    "\":{\"browser\":\"b\",\"team\":\"q\"},\"time\":\"2026-01-0"
	    "2T03:04:05.006Z\"}]}}]}}\n",
	    "",
	    "{\"event\":\"run_start\",\"properties\":{\"appName\":\"x\""
	    ",\"other\":\"y\"},\"total\":1}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"f\",\"title\":\"f\""
	    "}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"f > g\",\"title\":"
	    "\"g\",\"parent\":\"f\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"f > g\",\"name\":\"a"
	    "\",\"worker\":\"1\",\"location\":{\"file\":\"a.c\",\"line"
	    "\":3},\"tags\":[\"x\"],\"properties\":{\"browser\":\"b\","
	    "\"team\":\"q\"},\"time\":\"2026-01-02T03:04:05.006Z\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"f > g\",\"name\":"
	    "\"a\",\"kind\":\"note\",\"message\":\"open\",\"type\":\"st"
	    "ep\",\"code\":\"passed\"}\n"
	    "{\"event\":\"case_attachment\",\"suite\":\"f > g\",\"name"
	    "\":\"a\",\"title\":\"t\",\"media_type\":\"text/plain\",\"d"
	    "ata_b64\":\"aGk=\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"f > g\",\"name\":"
	    "\"a\",\"outcome\":\"fail\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"f > g\"}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"f\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n" },
	{ "what is lost",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"run_start\",\"time\":\"2026-01-02T03:04:05.00"
	    "6Z\",\"elapsed_ns\":0}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":\"std"
	    "out\",\"text\":\"1\\n\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":\"std"
	    "err\",\"text\":\"2\\n\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":\"std"
	    "out\",\"text\":\"3\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\",\"time\":\"2026-0"
	    "1-02T03:04:05.006Z\"}\n"
	    "{\"event\":\"case_slow\",\"name\":\"b\",\"threshold_ns\":5"
	    "}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "pass\",\"time\":\"2026-01-02T03:04:06.006Z\"}\n"
	    "{\"event\":\"discover_case\",\"name\":\"c\",\"selected\":f"
	    "alse}\n",
	    "{\"reportFormat\":\"CTRF\",\"specVersion\":\"0.0.0\",\"gen"
	    "eratedBy\":\"testpipe\",\"results\":{\"tool\":{\"name\":\""
	    "t\"},\"summary\":{\"tests\":2,\"passed\":2,\"failed\":0,\""
	    "skipped\":0,\"pending\":0,\"other\":0,\"flaky\":0,\"suites"
	    "\":0,\"start\":1767323045006,\"stop\":1767323045006},\"tes"
	    "ts\":[\n"
	    "{\"name\":\"a\",\"status\":\"passed\",\"duration\":5,\"std"
	    "out\":[\"1\",\"3\"],\"stderr\":[\"2\"]},\n"
	    "{\"name\":\"b\",\"status\":\"passed\",\"duration\":0,\"sta"
	    "rt\":1767323045006,\"extra\":{\"test-events\":[{\"event\":"
	    "\"case_complete\",\"name\":\"b\",\"outcome\":\"pass\"}]}}]"
	    "}}\n",
	    "times since the start of the stream: 1\n"
	    "warnings of slow cases: 1\n"
	    "times of what is not a start: 1\n"
	    "that a run has no end: 1\n"
	    "the order of stdout and stderr: 1\n"
	    "missing line ends of last lines: 1\n"
	    "cases that were not selected: 1\n",
	    "{\"event\":\"run_start\",\"total\":2,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":\"std"
	    "out\",\"text\":\"1\\n3\\n\"}\n"
	    "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":\"std"
	    "err\",\"text\":\"2\\n\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\",\"time\":\"2026-0"
	    "1-02T03:04:05.006Z\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"b\",\"outcome\":\""
	    "pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
};

START_TEST(writes)
{
	bed_written("ctrf", NULL, written[_i].native, written[_i].text,
	    written[_i].lost);
}
END_TEST

START_TEST(reads_back)
{
	struct em_str rest = em_str(written[_i].native), protocol;
	struct buf got;

	str_cut(&rest, '\n', &protocol);
	if (written[_i].back != NULL)
		rest = em_str(written[_i].back);
	buf_init(&got, SIZE_MAX / 4);
	bed_round("ctrf", NULL, em_str(written[_i].native), &got);
	bed_same(buf_str(&got), rest, written[_i].name);
	buf_free(&got);
}
END_TEST

Suite *ctrf_suite(void);

Suite *
ctrf_suite(void)
{
	Suite *s = suite_create("ctrf");
	TCase *tc = tcase_create("core");

	tcase_add_loop_test(tc, events, 0, (int)ARRAY_LEN(cases));
	tcase_add_test(tc, real_files);
	tcase_add_loop_test(tc, writes, 0, (int)ARRAY_LEN(written));
	tcase_add_loop_test(tc, reads_back, 0, (int)ARRAY_LEN(written));
	suite_add_tcase(s, tc);
	return s;
}
