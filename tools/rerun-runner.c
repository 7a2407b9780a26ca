/* SPDX-License-Identifier: MIT */
/* The runners and what each is given. */
#include <string.h>

#include "rerun-format.h"

const struct rerun_runner rerun_runners[] = {
	{ "names", NULL, "names, one a line (default)", make_names, NULL },
	{ "null", NULL, "names, each ended by NUL", make_null, NULL },
	{ "list", NULL, "suite, class and name, with tabs, for tfilter --list",
	    make_list, NULL },
	{ "json", NULL, "an object a line", make_json, NULL },
	{ "argfile", NULL, "names, one a line, for @file", make_names, NULL },
	{ "subunit-list", NULL, "ids for --load-list", make_names, NULL },
	{ "stestr", NULL, "ids for stestr run --load-list", make_names, NULL },
	{ "difftests", NULL, "cargo-difftests' invocation", make_difftests,
	    NULL },
	{ "cargo-test", "cargo test", "libtest by cargo", make_cargo,
	    by_suite },
	{ "nextest", "cargo nextest run", "a filterset", make_nextest, NULL },
	{ "go", "go test", "a command for each package", make_go, by_suite },
	{ "pytest", "pytest", "node ids", make_pytest, pytest_place },
	{ "ctest", "ctest", "-R with an anchored pattern", make_ctest, NULL },
	{ "gtest", "./test", "--gtest_filter", make_gtest, NULL },
	{ "catch2", "./test", "a test spec", make_catch2, by_name },
	{ "jest", "npx jest", "file and -t", make_jest, by_file },
	{ "vitest", "npx vitest run", "file and -t", make_vitest, by_file },
	{ "mocha", "npx mocha", "file and --grep", make_mocha, by_file },
	{ "node", "node --test", "file and name pattern", make_node, by_file },
	{ "playwright", "npx playwright test", "project, file and --grep",
	    make_playwright, by_file },
	{ "rspec", "rspec", "file and --example-matches", make_rspec, by_file },
	{ "minitest", "ruby -Itest", "file and -n", make_minitest, by_file },
	{ "phpunit", "phpunit", "--filter", make_phpunit, NULL },
	{ "surefire", "mvn test", "-Dtest", make_surefire, NULL },
	{ "gradle", "gradle test", "--tests", make_gradle, NULL },
	{ "dotnet", "dotnet test", "--filter", make_dotnet, NULL },
	{ "bazel", "bazel test", "target and --test_filter", make_bazel,
	    by_suite },
	{ "bats", "bats", "file and -f", make_bats, by_file },
	{ "prove", "prove", "files", make_prove, prove_file },
	{ "meson", "meson test", "names", make_meson, NULL },
	{ "dart", "dart test", "file and --name", make_dart, by_file },
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct rerun_runner *
rerun_runner_find(const char *name)
{
	for (const struct rerun_runner *r = rerun_runners; r->name != NULL; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}
