/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json_bed.h"

static const struct bed_case cases[] = {
	{ "version 0.6",
	    "[{\"difftest\":{\"dir\":\"d/x\",\"self_profraw\":\"s.profr"
	    "aw\"},\"test_info\":{\"test_binary\":\"target/x-1\",\"test"
	    "_name\":\"a\",\"extra_desc\":null},\"verdict\":\"dirty\"},"
	    "{\"difftest\":{\"dir\":\"d/x\",\"self_profraw\":\"s.profra"
	    "w\"},\"test_info\":{\"test_binary\":\"target/x-1\",\"test_"
	    "name\":\"b\",\"extra_desc\":{\"k\":[1]}},\"verdict\":\"cle"
	    "an\"},{\"difftest\":{\"dir\":\"d/x\",\"self_profraw\":\"s."
	    "profraw\"},\"test_info\":{\"test_binary\":\"target/x-1\","
	    "\"test_name\":\"b\",\"extra_desc\":null},\"verdict\":\"dir"
	    "ty\"}]\n",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"target/x-1\",\"na"
	    "me\":\"a\",\"selected\":true,\"properties\":{\"difftests.d"
	    "ir\":\"d/x\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"target/x-1\",\"na"
	    "me\":\"b\",\"selected\":false,\"status\":\"difftests.clean"
	    "\",\"reason\":\"no file that it touches has changed\",\"pr"
	    "operties\":{\"difftests.extra\":\"{\\\"k\\\":[1]}\",\"diff"
	    "tests.dir\":\"d/x\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"target/x-1\",\"na"
	    "me\":\"b\",\"iteration\":2,\"selected\":true,\"properties"
	    "\":{\"difftests.dir\":\"d/x\"}}\n"
	    "{\"event\":\"discover_complete\",\"total\":3}\n",
	    NULL },
	{ "version 0.5",
	    "[{\"difftest\":{\"dir\":\"d/y\"},\"test_desc\":[{\"bin_pat"
	    "h\":\"target/x-1\",\"extra\":{\"pkg_name\":\"p\",\"crate_n"
	    "ame\":\"c\",\"bin_path\":\"b\",\"test_name\":\"t\"}}],\"ve"
	    "rdict\":\"dirty\"},{\"difftest\":{\"dir\":\"d/y\"},\"test_"
	    "desc\":[{\"bin_path\":\"\",\"extra\":{\"pkg_name\":\"p\","
	    "\"crate_name\":\"c\",\"test_name\":\"u\"}},{\"bin_path\":"
	    "\"\",\"extra\":5}],\"verdict\":\"clean\"}]\n",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"target/x-1\",\"na"
	    "me\":\"t\",\"selected\":true,\"properties\":{\"difftests.e"
	    "xtra\":\"{\\\"pkg_name\\\":\\\"p\\\",\\\"crate_name\\\":\\"
	    "\"c\\\",\\\"bin_path\\\":\\\"b\\\",\\\"test_name\\\":\\\"t"
	    "\\\"}\",\"difftests.dir\":\"d/y\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"p::c\",\"name\":"
	    "\"u\",\"selected\":false,\"status\":\"difftests.clean\",\""
	    "reason\":\"no file that it touches has changed\",\"propert"
	    "ies\":{\"difftests.extra\":\"{\\\"pkg_name\\\":\\\"p\\\","
	    "\\\"crate_name\\\":\\\"c\\\",\\\"test_name\\\":\\\"u\\\"}"
	    "\",\"difftests.dir\":\"d/y\"}}\n"
	    "{\"event\":\"discover_case\",\"name\":\"5\",\"selected\":f"
	    "alse,\"status\":\"difftests.clean\",\"reason\":\"no file t"
	    "hat it touches has changed\",\"properties\":{\"difftests.e"
	    "xtra\":\"5\",\"difftests.dir\":\"d/y\"}}\n"
	    "{\"event\":\"discover_complete\",\"total\":3}\n",
	    NULL },
	{ "a group of version 0.5 has no names",
	    "[{\"difftest_group\":{\"dir\":\"d/g\"},\"verdict\":\"dirty"
	    "\",\"test_desc\":[{\"bin_path\":\"x\",\"extra\":{\"test_na"
	    "me\":\"t\"}}]}]\n",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"x\",\"name\":\"t"
	    "\",\"selected\":true,\"properties\":{\"difftests.extra\":"
	    "\"{\\\"test_name\\\":\\\"t\\\"}\",\"difftests.dir\":\"d/g"
	    "\"}}\n"
	    "{\"event\":\"discover_complete\",\"total\":1}\n",
	    NULL },
	{ "a document that is cut",
	    "[{\"difftest\":{\"dir\":\"d/x\",\"self_profraw\":\"s.profr"
	    "aw\"},\"test_info\":{\"test_binary\":\"target/x-1\",\"test"
	    "_name\":\"a\",\"extra_desc\":null},\"verdict\":\"dirty\"},"
	    "{\"difftest\":{\"dir\":\"d/x\",\"self_profraw\":\"s.profra"
	    "w\"},\"test_info\":{\"test_binary\":\"target/x-1\",\"test_"
	    "name\":\"b",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"target/x-1\",\"na"
	    "me\":\"a\",\"selected\":true,\"properties\":{\"difftests.d"
	    "ir\":\"d/x\"}}\n",
	    "the document is cut short" },
	{ "a runner",
	    "cargo-difftests-test-counts::{\"Running\":{\"current_test_"
	    "count\":0,\"total_test_count\":2}}\n"
	    "cargo-difftests-start-test::a\n"
	    "hello\n"
	    "cargo-difftests-test-successful::a\n"
	    "cargo-difftests-test-counts::{\"Running\":{\"current_test_"
	    "count\":1,\"total_test_count\":2}}\n"
	    "cargo-difftests-start-test::m::b\n"
	    "cargo-difftests-test-successful::m::b\n"
	    "cargo-difftests-test-counts::\"Done\"\n",
	    "{\"event\":\"run_start\",\"total\":2}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"log\",\"text\":\"hello\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"m::b\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"m::b\",\"outcome\""
	    ":\"pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "a runner that failed",
	    "cargo-difftests-test-counts::\"None\"\n"
	    "cargo-difftests-start-test::a\n"
	    "cargo-difftests-test-counts::\"Error\"\n"
	    "cargo-difftests-test-failed::a\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "fail\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n",
	    NULL },
	{ "a runner that was ended",
	    "cargo-difftests-start-test::a\n"
	    "cargo-difftests-test-successful::a\n"
	    "cargo-difftests-start-test::b\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"b\"}\n",
	    "the run has no end" },
	{ "a runner: noise and carriage returns",
	    "Running\x0d\n"
	    "cargo-difftests-start-test::a\x0d\n"
	    "cargo-difftests-test-successful::a\x0d\n"
	    "cargo-difftests-test-counts::\"Done\"\x0d\n",
	    "{\"event\":\"log\",\"text\":\"Running\\r\"}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    NULL },
	{ "a runner: ends that have no start, counts that are none",
	    "cargo-difftests-start-test::a\n"
	    "cargo-difftests-test-successful::b\n"
	    "cargo-difftests-test-counts::{\n"
	    "cargo-difftests-test-successful::a\n"
	    "cargo-difftests-test-counts::\"Done\"\n",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"log\",\"text\":\"cargo-difftests-test-success"
	    "ful::b\"}\n"
	    "{\"event\":\"log\",\"text\":\"cargo-difftests-test-counts:"
	    ":{\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"outcome\":\""
	    "pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    "the end of a test that did not start" },
};

START_TEST(events)
{
	bed_case("difftests", &cases[_i]);
}
END_TEST

static const struct {
	const char *name, *native, *text, *lost;
	const char *version;
} written[] = {
	{ "of a listing",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"b\",\"name\":\"a"
	    "\",\"selected\":true,\"properties\":{\"difftests.extra\":"
	    "\"{\\\"pkg\\\":\\\"p\\\"}\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"b\",\"name\":\"c"
	    "\",\"selected\":false}\n"
	    "{\"event\":\"discover_case\",\"name\":\"d\"}\n",
	    "{\"tests\":[{\"test_name\":\"a\",\"test_binary\":\"b\",\"e"
	    "xtra_desc\":{\"pkg\":\"p\"}},{\"test_name\":\"d\",\"test_b"
	    "inary\":\"\",\"extra_desc\":null}]}\n",
	    "cases that are not selected: 1\n", NULL },
	{ "of a listing, for 0.5",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"b\",\"name\":\"a"
	    "\",\"selected\":true,\"properties\":{\"difftests.extra\":"
	    "\"{\\\"pkg\\\":\\\"p\\\"}\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"b\",\"name\":\"c"
	    "\",\"selected\":false}\n"
	    "{\"event\":\"discover_case\",\"name\":\"d\"}\n",
	    "{\"tests\":[{\"bin_path\":\"b\",\"extra\":{\"pkg\":\"p\"}}"
	    ",{\"bin_path\":\"\",\"extra\":null}],\"groups\":[]}\n",
	    "cases that are not selected: 1\n"
	    "names that extra data does not have: 1\n",
	    "version=0.5" },
	{ "of a run: each case once",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"p::c\",\"name\":\"a"
	    "\"}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"p::c\",\"name\":"
	    "\"a\",\"outcome\":\"fail\"}\n"
	    "{\"event\":\"case_start\",\"suite\":\"p::c\",\"name\":\"a"
	    "\",\"attempt\":2}\n"
	    "{\"event\":\"case_complete\",\"suite\":\"p::c\",\"name\":"
	    "\"a\",\"attempt\":2,\"outcome\":\"pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n",
	    "{\"tests\":[{\"test_name\":\"a\",\"test_binary\":\"p::c\","
	    "\"extra_desc\":null}]}\n",
	    "results: 2\n", NULL },
	{ "packages are no binaries to 0.5",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"discover_case\",\"suite\":\"p::c\",\"name\":"
	    "\"a\"}\n",
	    "{\"tests\":[{\"bin_path\":\"\",\"extra\":null}],\"groups\""
	    ":[]}\n",
	    "names that extra data does not have: 1\n", "version=0.5" },
	{ "what is lost",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n"
	    "{\"event\":\"discover_case\",\"run\":\"r\",\"suite\":\"b\""
	    ",\"name\":\"a\",\"class\":\"c\",\"variant\":\"v\",\"proper"
	    "ties\":{\"difftests.extra\":\"{no\"}}\n",
	    "{\"tests\":[{\"test_name\":\"a\",\"test_binary\":\"b\",\"e"
	    "xtra_desc\":null}]}\n",
	    "extra data that is not JSON: 1\n"
	    "runs: 1\n"
	    "classes: 1\n"
	    "variants: 1\n",
	    NULL },
	{ "nothing",
	    "{\"event\":\"protocol\",\"name\":\"test-events\",\"version"
	    "\":\"1.0\",\"producer\":{\"name\":\"t\"}}\n",
	    "{\"tests\":[]}\n", "", NULL },
};

START_TEST(writes)
{
	const char *options[] = { written[_i].version, NULL };

	bed_written("difftests", options, written[_i].native, written[_i].text,
	    written[_i].lost);
}
END_TEST

START_TEST(no_such_version)
{
	const char *options[] = { "version=0.7", NULL };
	struct em_writer_opts opts = { .format = "difftests",
		.options = options };
	struct em_error e = { .code = EM_E_NONE };
	struct em_out *mem = em_out_mem();

	ck_assert_ptr_null(em_writer_open(&opts, mem, &e));
	ck_assert_int_eq(e.code, EM_E_USAGE);
	em_out_close(mem, NULL);
}
END_TEST

Suite *difftests_suite(void);

Suite *
difftests_suite(void)
{
	Suite *s = suite_create("difftests");
	TCase *tc = tcase_create("core");

	tcase_add_loop_test(tc, events, 0, (int)ARRAY_LEN(cases));
	tcase_add_loop_test(tc, writes, 0, (int)ARRAY_LEN(written));
	tcase_add_test(tc, no_such_version);
	suite_add_tcase(s, tc);
	return s;
}
