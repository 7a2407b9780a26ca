/* SPDX-License-Identifier: MIT */
/* Runs the unit tests of the conformance runner; see test/unit.c of the
 * library for the environment it heeds. */
#include <check.h>
#include <stdlib.h>

/* clang-format off */
#define SUITES \
	X(gen) \
	X(json) \
	X(language) \
	X(schema) \
	X(lint) \
	X(naive) \
	X(changes) \
	X(pattern) \
	X(harness) \
	X(recipe) \
	X(judging)
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
