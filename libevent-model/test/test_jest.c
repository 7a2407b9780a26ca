/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json_bed.h"

static const struct bed_case cases[] = {
	{ "statuses",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":true"
	    ",\"testResults\":[{\"assertionResults\":[{\"ancestorTitles"
	    "\":[\"g\"],\"duration\":2,\"failureMessages\":[],\"fullNam"
	    "e\":\"g p\",\"title\":\"p\",\"status\":\"passed\"},{\"ance"
	    "storTitles\":[\"g\"],\"duration\":2,\"failureMessages\":[]"
	    ",\"fullName\":\"g s\",\"title\":\"s\",\"status\":\"pending"
	    "\"},{\"ancestorTitles\":[\"g\"],\"duration\":2,\"failureMe"
	    "ssages\":[],\"fullName\":\"g d\",\"title\":\"d\",\"status"
	    "\":\"disabled\"},{\"ancestorTitles\":[\"g\"],\"duration\":"
	    "2,\"failureMessages\":[],\"fullName\":\"g t\",\"title\":\""
	    "t\",\"status\":\"todo\"},{\"ancestorTitles\":[\"g\"],\"dur"
	    "ation\":null,\"failureMessages\":[],\"fullName\":\"g k\","
	    "\"title\":\"k\",\"status\":\"skipped\"}],\"endTime\":1005,"
	    "\"message\":\"\",\"name\":\"/a.test.js\",\"startTime\":100"
	    "0,\"status\":\"passed\",\"summary\":\"\"}]}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"p\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"p\",\"outcome\":\"pass\",\"duration"
	    "_ns\":2000000}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"s\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"s\",\"outcome\":\"skip\",\"duration"
	    "_ns\":2000000}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"d\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"d\",\"outcome\":\"skip\",\"status\""
	    ":\"ignored\",\"duration_ns\":2000000}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"t\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"t\",\"outcome\":\"skip\",\"status\""
	    ":\"todo\",\"duration_ns\":2000000}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"k\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"k\",\"outcome\":\"skip\"}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "a failure, and what it compared",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":fals"
	    "e,\"testResults\":[{\"assertionResults\":[{\"ancestorTitle"
	    "s\":[\"g\"],\"duration\":2,\"fullName\":\"g f\",\"title\":"
	    "\"f\",\"status\":\"failed\",\"failureMessages\":[\"Error: "
	    "no\\n    at x\",\"second\"],\"failureDetails\":[{\"matcher"
	    "Result\":{\"expected\":1,\"actual\":\"2\"}}]}],\"endTime\""
	    ":1005,\"message\":\"\xe2\x97\x8f f\",\"name\":\"/a.test.js"
	    "\",\"startTime\":1000,\"status\":\"failed\",\"summary\":\""
	    "\"}]}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"f\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_message\",\"suite\":\"/a.test.js\",\"cla"
	    "ss\":\"g\",\"name\":\"f\",\"kind\":\"error\",\"message\":"
	    "\"Error: no\",\"detail\":\"Error: no\\n    at x\",\"expect"
	    "ed\":\"1\",\"actual\":\"2\"}\n"
	    "{\"event\":\"case_message\",\"suite\":\"/a.test.js\",\"cla"
	    "ss\":\"g\",\"name\":\"f\",\"kind\":\"error\",\"message\":"
	    "\"second\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"f\",\"outcome\":\"fail\",\"duration"
	    "_ns\":2000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    NULL },
	{ "invocations are attempts",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":true"
	    ",\"testResults\":[{\"assertionResults\":[{\"ancestorTitles"
	    "\":[\"g\"],\"duration\":2,\"failureMessages\":[],\"fullNam"
	    "e\":\"g r\",\"title\":\"r\",\"status\":\"passed\",\"invoca"
	    "tions\":3}],\"endTime\":1005,\"message\":\"\",\"name\":\"/"
	    "a.test.js\",\"startTime\":1000,\"status\":\"passed\",\"sum"
	    "mary\":\"\"}]}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"r\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"r\",\"outcome\":\"fail\",\"reason\""
	    ":\"retried; the report tells only of the last attempt\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"r\",\"attempt\":2,\"location\":{\"file"
	    "\":\"/a.test.js\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"r\",\"attempt\":2,\"outcome\":\"fai"
	    "l\",\"reason\":\"retried; the report tells only of the las"
	    "t attempt\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"r\",\"attempt\":3,\"location\":{\"file"
	    "\":\"/a.test.js\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"r\",\"attempt\":3,\"outcome\":\"pas"
	    "s\",\"duration_ns\":2000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "reasons of retries",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":true"
	    ",\"testResults\":[{\"assertionResults\":[{\"ancestorTitles"
	    "\":[\"g\"],\"duration\":2,\"failureMessages\":[],\"fullNam"
	    "e\":\"g r\",\"title\":\"r\",\"status\":\"passed\",\"invoca"
	    "tions\":2,\"retryReasons\":[\"Error: once\\n at x\"]}],\"e"
	    "ndTime\":1005,\"message\":\"\",\"name\":\"/a.test.js\",\"s"
	    "tartTime\":1000,\"status\":\"passed\",\"summary\":\"\"}]}"
	    "\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"r\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_message\",\"suite\":\"/a.test.js\",\"cla"
	    "ss\":\"g\",\"name\":\"r\",\"kind\":\"error\",\"message\":"
	    "\"Error: once\",\"detail\":\"Error: once\\n at x\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"r\",\"outcome\":\"fail\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"r\",\"attempt\":2,\"location\":{\"file"
	    "\":\"/a.test.js\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"r\",\"attempt\":2,\"outcome\":\"pas"
	    "s\",\"duration_ns\":2000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "a test that is to fail, and passed",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":fals"
	    "e,\"testResults\":[{\"assertionResults\":[{\"ancestorTitle"
	    "s\":[\"g\"],\"duration\":2,\"failureMessages\":[],\"fullNa"
	    "me\":\"g f\",\"title\":\"f\",\"status\":\"failed\",\"faili"
	    "ng\":true}],\"endTime\":1005,\"message\":\"\",\"name\":\"/"
	    "a.test.js\",\"startTime\":1000,\"status\":\"failed\",\"sum"
	    "mary\":\"\"}]}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"f\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"f\",\"outcome\":\"fail\",\"status\""
	    ":\"xpass\",\"duration_ns\":2000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    NULL },
	{ "a file that did not run",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":fals"
	    "e,\"testResults\":[{\"assertionResults\":[{\"ancestorTitle"
	    "s\":[],\"duration\":0,\"failureMessages\":[\"x\"],\"status"
	    "\":\"error\"}],\"endTime\":1005,\"message\":\"  \xe2\x97"
	    "\x8f Test suite failed to run\\n\\n    no such module\",\""
	    "name\":\"/a.test.js\",\"startTime\":1000,\"status\":\"fail"
	    "ed\",\"summary\":\"\"}]}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"log\",\"suite\":\"/a.test.js\",\"level\":\"er"
	    "ror\",\"text\":\"  \xe2\x97\x8f Test suite failed to run\\"
	    "n\\n    no such module\"}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"o"
	    "utcome\":\"fail\",\"status\":\"error\",\"reason\":\"no suc"
	    "h module\",\"duration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    NULL },
	{ "the result as reporters get it",
	    "{\"numFailedTestSuites\":1,\"numTotalTests\":0,\"startTime"
	    "\":1,\"success\":false,\"testResults\":[{\"console\":[{\"m"
	    "essage\":\"hi\",\"origin\":\"x\",\"type\":\"warn\"}],\"fai"
	    "lureMessage\":\"\xe2\x97\x8f Test suite failed to run\\n\\"
	    "nbroken\",\"perfStats\":{\"start\":5,\"end\":9},\"testExec"
	    "Error\":{\"message\":\"broken\"},\"testFilePath\":\"/b.js"
	    "\",\"testResults\":[]}],\"wasInterrupted\":false}",
	    "{\"event\":\"run_start\",\"total\":0,\"time\":\"1970-01-01"
	    "T00:00:00.001Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/b.js\",\"location"
	    "\":{\"file\":\"/b.js\"}}\n"
	    "{\"event\":\"log\",\"suite\":\"/b.js\",\"level\":\"warning"
	    "\",\"text\":\"hi\"}\n"
	    "{\"event\":\"log\",\"suite\":\"/b.js\",\"level\":\"error\""
	    ",\"text\":\"\xe2\x97\x8f Test suite failed to run\\n\\nbro"
	    "ken\"}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/b.js\",\"outcom"
	    "e\":\"fail\",\"status\":\"error\",\"reason\":\"broken\",\""
	    "duration_ns\":4000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    NULL },
	{ "a run that fails without a test that does",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":fals"
	    "e,\"testResults\":[{\"assertionResults\":[{\"ancestorTitle"
	    "s\":[\"g\"],\"duration\":2,\"failureMessages\":[],\"fullNa"
	    "me\":\"g p\",\"title\":\"p\",\"status\":\"passed\"}],\"end"
	    "Time\":1005,\"message\":\"\",\"name\":\"/a.test.js\",\"sta"
	    "rtTime\":1000,\"status\":\"passed\",\"summary\":\"\"}]}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"p\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"p\",\"outcome\":\"pass\",\"duration"
	    "_ns\":2000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"status"
	    "\":\"error\"}\n",
	    NULL },
	{ "interrupted",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":fals"
	    "e,\"testResults\":[{\"assertionResults\":[{\"ancestorTitle"
	    "s\":[\"g\"],\"duration\":2,\"failureMessages\":[],\"fullNa"
	    "me\":\"g p\",\"title\":\"p\",\"status\":\"passed\"}],\"end"
	    "Time\":1005,\"message\":\"\",\"name\":\"/a.test.js\",\"sta"
	    "rtTime\":1000,\"status\":\"passed\",\"summary\":\"\"}],\"w"
	    "asInterrupted\":true}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"p\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"p\",\"outcome\":\"pass\",\"duration"
	    "_ns\":2000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n"
	    "{\"event\":\"run_cancel\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"status"
	    "\":\"abort\"}\n",
	    NULL },
	{ "no files",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":true"
	    ",\"testResults\":[]}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "vitest",
	    "{\"numTotalTestSuites\":1,\"numFailedTestSuites\":0,\"numT"
	    "otalTests\":1,\"startTime\":1,\"success\":true,\"testResul"
	    "ts\":[{\"assertionResults\":[{\"ancestorTitles\":[\"a\",\""
	    "b\"],\"fullName\":\"a b t\",\"status\":\"passed\",\"title"
	    "\":\"t\",\"duration\":1.25,\"failureMessages\":[],\"locati"
	    "on\":{\"line\":3,\"column\":1},\"meta\":{},\"tags\":[\"x\""
	    "]}],\"startTime\":1,\"endTime\":2.5,\"status\":\"passed\","
	    "\"message\":\"\",\"name\":\"/v.test.ts\"}]}",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"1970-01-01"
	    "T00:00:00.001Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/v.test.ts\",\"loca"
	    "tion\":{\"file\":\"/v.test.ts\"},\"time\":\"1970-01-01T00:"
	    "00:00.001Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/v.test.ts\",\"class"
	    "\":\"a b\",\"name\":\"t\",\"location\":{\"file\":\"/v.test"
	    ".ts\",\"line\":3,\"column\":1},\"tags\":[\"x\"]}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/v.test.ts\",\"cl"
	    "ass\":\"a b\",\"name\":\"t\",\"outcome\":\"pass\",\"durati"
	    "on_ns\":1250000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/v.test.ts\",\"d"
	    "uration_ns\":1500000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "cut",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":true"
	    ",\"testResults\":[{\"assertionResults\":[{\"ancestorTitles"
	    "\":[\"g\"],\"duration\":2,\"failureMessages\":[],\"fullNam"
	    "e\":\"g p\",\"title\":\"p\",\"status\":\"passed\"}],\"endT"
	    "ime\":1005,\"message\":\"\",\"name\":\"/a.test.js\",\"star"
	    "tTime\":1000,\"status\":\"passed\",\"summary\":\"\"},{\"as"
	    "sertionResults\":[{\"ancestorTitles\":[\"g\"],\"duration\""
	    ":2,\"failureMessages\":[],\"ful",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"p\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"p\",\"outcome\":\"pass\",\"duration"
	    "_ns\":2000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n",
	    "the document is cut short" },
	{ "repeated tests",
	    "{\"numFailedTestSuites\":0,\"numTotalTestSuites\":1,\"numT"
	    "otalTests\":1,\"startTime\":1767323045006,\"success\":fals"
	    "e,\"testResults\":[{\"assertionResults\":[{\"ancestorTitle"
	    "s\":[\"g\"],\"duration\":2,\"failureMessages\":[],\"fullNa"
	    "me\":\"g p\",\"title\":\"p\",\"status\":\"passed\"},{\"anc"
	    "estorTitles\":[\"g\"],\"duration\":2,\"failureMessages\":["
	    "],\"fullName\":\"g p\",\"title\":\"p\",\"status\":\"failed"
	    "\"}],\"endTime\":1005,\"message\":\"\",\"name\":\"/a.test."
	    "js\",\"startTime\":1000,\"status\":\"failed\",\"summary\":"
	    "\"\"}]}\n",
	    "{\"event\":\"run_start\",\"total\":1,\"time\":\"2026-01-02"
	    "T03:04:05.006Z\"}\n"
	    "{\"event\":\"suite_start\",\"suite\":\"/a.test.js\",\"loca"
	    "tion\":{\"file\":\"/a.test.js\"},\"time\":\"1970-01-01T00:"
	    "00:01Z\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"p\",\"location\":{\"file\":\"/a.test.j"
	    "s\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"p\",\"outcome\":\"pass\",\"duration"
	    "_ns\":2000000}\n"
	    "{\"event\":\"case_start\",\"suite\":\"/a.test.js\",\"class"
	    "\":\"g\",\"name\":\"p\",\"iteration\":2,\"location\":{\"fi"
	    "le\":\"/a.test.js\"}}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"/a.test.js\",\"cl"
	    "ass\":\"g\",\"name\":\"p\",\"iteration\":2,\"outcome\":\"f"
	    "ail\",\"duration_ns\":2000000}\n"
	    "{\"event\":\"suite_complete\",\"suite\":\"/a.test.js\",\"d"
	    "uration_ns\":5000000}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    NULL },
};

START_TEST(events)
{
	bed_case("jest", &cases[_i]);
}
END_TEST

START_TEST(real_files)
{
	bed_files("jest", "testdata/jest", ".json");
}
END_TEST

Suite *jest_suite(void);

Suite *
jest_suite(void)
{
	Suite *s = suite_create("jest");
	TCase *tc = tcase_create("core");

	tcase_add_loop_test(tc, events, 0, (int)ARRAY_LEN(cases));
	tcase_add_test(tc, real_files);
	suite_add_tcase(s, tc);
	return s;
}
