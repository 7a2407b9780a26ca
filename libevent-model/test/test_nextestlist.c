/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json_bed.h"

static const struct bed_case cases[] = {
	{ "which match and which do not",
	    "{\"rust-build-meta\":{\"target-directory\":\"/t\"},\"test-"
	    "count\":3,\"rust-suites\":{\"a\":{\"package-name\":\"a\","
	    "\"binary-id\":\"a\",\"binary-name\":\"b\",\"package-id\":"
	    "\"p\",\"kind\":\"lib\",\"binary-path\":\"/x\",\"build-plat"
	    "form\":\"target\",\"cwd\":\"/w\",\"status\":\"listed\",\"t"
	    "estcases\":{\"m::one\":{\"kind\":\"test\",\"ignored\":fals"
	    "e,\"filter-match\":{\"status\":\"matches\"}},\"m::two\":{"
	    "\"kind\":\"test\",\"ignored\":true,\"filter-match\":{\"sta"
	    "tus\":\"mismatch\",\"reason\":\"ignored\"}},\"m::three\":{"
	    "\"kind\":\"test\",\"ignored\":false,\"filter-match\":{\"st"
	    "atus\":\"mismatch\",\"reason\":\"string\"}},\"m::four\":{"
	    "\"kind\":\"test\",\"ignored\":false,\"filter-match\":{\"st"
	    "atus\":\"mismatch\",\"reason\":\"rerun-already-passed\"}}}"
	    "},\"a::it\":{\"package-name\":\"a\",\"binary-id\":\"a::it"
	    "\",\"binary-name\":\"b\",\"package-id\":\"p\",\"kind\":\"l"
	    "ib\",\"binary-path\":\"/x\",\"build-platform\":\"target\","
	    "\"cwd\":\"/w\",\"status\":\"listed\",\"testcases\":{\"five"
	    "\":{\"kind\":\"test\",\"ignored\":true,\"filter-match\":{"
	    "\"status\":\"matches\"}}}}}}\n",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"a\",\"name\":\"m:"
	    ":one\",\"properties\":{\"package-name\":\"a\",\"kind\":\"l"
	    "ib\",\"build-platform\":\"target\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"a\",\"name\":\"m:"
	    ":two\",\"selected\":false,\"status\":\"ignored\",\"reason"
	    "\":\"ignored\",\"properties\":{\"package-name\":\"a\",\"ki"
	    "nd\":\"lib\",\"build-platform\":\"target\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"a\",\"name\":\"m:"
	    ":three\",\"selected\":false,\"status\":\"filtered\",\"reas"
	    "on\":\"string\",\"properties\":{\"package-name\":\"a\",\"k"
	    "ind\":\"lib\",\"build-platform\":\"target\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"a\",\"name\":\"m:"
	    ":four\",\"selected\":false,\"status\":\"already-passed\","
	    "\"reason\":\"rerun-already-passed\",\"properties\":{\"pack"
	    "age-name\":\"a\",\"kind\":\"lib\",\"build-platform\":\"tar"
	    "get\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"a::it\",\"name\":"
	    "\"five\",\"properties\":{\"package-name\":\"a\",\"kind\":"
	    "\"lib\",\"build-platform\":\"target\"}}\n"
	    "{\"event\":\"discover_complete\",\"total\":5}\n",
	    NULL },
	{ "benchmarks",
	    "{\"rust-build-meta\":{\"target-directory\":\"/t\"},\"test-"
	    "count\":3,\"rust-suites\":{\"a\":{\"package-name\":\"a\","
	    "\"binary-id\":\"a\",\"binary-name\":\"b\",\"package-id\":"
	    "\"p\",\"kind\":\"lib\",\"binary-path\":\"/x\",\"build-plat"
	    "form\":\"target\",\"cwd\":\"/w\",\"status\":\"listed\",\"t"
	    "estcases\":{\"b\":{\"kind\":\"bench\",\"ignored\":false,\""
	    "filter-match\":{\"status\":\"matches\"}}}}}}\n",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"a\",\"name\":\"b"
	    "\",\"mode\":\"bench\",\"properties\":{\"package-name\":\"a"
	    "\",\"kind\":\"lib\",\"build-platform\":\"target\"}}\n"
	    "{\"event\":\"discover_complete\",\"total\":1}\n",
	    NULL },
	{ "no tests",
	    "{\"rust-build-meta\":{\"target-directory\":\"/t\"},\"test-"
	    "count\":3,\"rust-suites\":{\"a\":{\"package-name\":\"a\","
	    "\"binary-id\":\"a\",\"binary-name\":\"b\",\"package-id\":"
	    "\"p\",\"kind\":\"lib\",\"binary-path\":\"/x\",\"build-plat"
	    "form\":\"target\",\"cwd\":\"/w\",\"status\":\"listed\",\"t"
	    "estcases\":{}}}}\n",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_complete\",\"total\":0}\n",
	    NULL },
	{ "no suites",
	    "{\"rust-build-meta\":{\"target-directory\":\"/t\"},\"test-"
	    "count\":3,\"rust-suites\":{}}\n",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_complete\",\"total\":0}\n",
	    NULL },
	{ "a suite without tests",
	    "{\"rust-build-meta\":{\"target-directory\":\"/t\"},\"test-"
	    "count\":3,\"rust-suites\":{\"x\":{\"binary-id\":\"x\",\"st"
	    "atus\":\"skipped\"}}}\n",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_complete\",\"total\":0}\n",
	    NULL },
	{ "noise",
	    "   Compiling a v0.1.0\n"
	    "{\"rust-build-meta\":{\"target-directory\":\"/t\"},\"test-"
	    "count\":3,\"rust-suites\":{\"a\":{\"package-name\":\"a\","
	    "\"binary-id\":\"a\",\"binary-name\":\"b\",\"package-id\":"
	    "\"p\",\"kind\":\"lib\",\"binary-path\":\"/x\",\"build-plat"
	    "form\":\"target\",\"cwd\":\"/w\",\"status\":\"listed\",\"t"
	    "estcases\":{\"t\":{\"kind\":\"test\",\"ignored\":false,\"f"
	    "ilter-match\":{\"status\":\"matches\"}}}}}}\n",
	    "{\"event\":\"log\",\"text\":\"Compiling a v0.1.0\"}\n"
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"a\",\"name\":\"t"
	    "\",\"properties\":{\"package-name\":\"a\",\"kind\":\"lib\""
	    ",\"build-platform\":\"target\"}}\n"
	    "{\"event\":\"discover_complete\",\"total\":1}\n",
	    NULL },
	{ "cut",
	    "{\"rust-build-meta\":{\"target-directory\":\"/t\"},\"test-"
	    "count\":3,\"rust-suites\":{\"a\":{\"package-name\":\"a\","
	    "\"binary-id\":\"a\",\"binary-name\":\"b\",\"package-id\":"
	    "\"p\",\"kind\":\"lib\",\"binary-path\":\"/x\",\"build-plat"
	    "form\":\"target\",\"cwd\":\"/w\",\"status\":\"listed\",\"t"
	    "estcases\":{\"t\":{\"kind\":\"test\",\"ignored\":false,\"f"
	    "ilter-match\":{\"status\":\"matches\"}}}},\"b\":{\"package"
	    "-name\":\"b\",\"binary-id\":\"b\",\"binary-name\":\"b\",\""
	    "package-id\":\"p\",\"kind\":\"lib\",\"binary-path\":\"/x\""
	    ",\"build-platform\":\"target\",\"cwd\":\"/w\",\"status\":"
	    "\"listed\",\"testcases\":{\"t\":{\"kind\":\"test\",\"ignor"
	    "ed\":false,\"filter-match\":{\"stat",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"a\",\"name\":\"t"
	    "\",\"properties\":{\"package-name\":\"a\",\"kind\":\"lib\""
	    ",\"build-platform\":\"target\"}}\n",
	    "the document is cut short" },
};

START_TEST(events)
{
	bed_case("nextest-list", &cases[_i]);
}
END_TEST

START_TEST(real_files)
{
	bed_files("nextest-list", "testdata/nextest-list", ".json");
}
END_TEST

Suite *nextestlist_suite(void);

Suite *
nextestlist_suite(void)
{
	Suite *s = suite_create("nextestlist");
	TCase *tc = tcase_create("core");

	tcase_add_loop_test(tc, events, 0, (int)ARRAY_LEN(cases));
	tcase_add_test(tc, real_files);
	suite_add_tcase(s, tc);
	return s;
}
