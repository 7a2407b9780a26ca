/* SPDX-License-Identifier: MIT */
/*
 * Runs every unit test.  CK_FORK=no is wanted under sanitizers and valgrind;
 * TAP goes to CK_TAP_LOG_FILE_NAME, which the summary of make check reads.
 */
#include <check.h>
#include <stdlib.h>

/* clang-format off */
#define SUITES \
	X(str) \
	X(arena) \
	X(in) \
	X(out) \
	X(json) \
	X(xml) \
	X(regex) \
	X(probe) \
	X(text) \
	X(rows) \
	X(results) \
	X(junit) \
	X(filter) \
	X(select) \
	X(choice) \
	X(event) \
	X(scan) \
	X(scan_json) \
	X(plain) \
	X(live) \
	X(judge) \
	X(subunit) \
	X(nunit) \
	X(xunit) \
	X(trx) \
	X(ctest) \
	X(gtestjson) \
	X(boost) \
	X(catch2) \
	X(checkxml) \
	X(teamcity) \
	X(csv) \
	X(people) \
	X(jsondoc) \
	X(ctrf) \
	X(cucumber) \
	X(dart) \
	X(reportlog) \
	X(mocha) \
	X(jest) \
	X(playwright) \
	X(nextestlist) \
	X(nextestlog) \
	X(difftests) \
	X(nodetest) \
	X(libtest) \
	X(gojson) \
	X(tap)
/* clang-format on */

#define X(name) Suite *name##_suite(void);
SUITES
#undef X

int
main(void)
{
	SRunner *sr = srunner_create(NULL);
	int failed;

#define X(name) srunner_add_suite(sr, name##_suite());
	SUITES
#undef X
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
