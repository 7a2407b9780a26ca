/* SPDX-License-Identifier: MIT */
/* The runners and what each is given. */
#include <string.h>

#include "rerun-format.h"

const struct rerun_runner rerun_runners[] = {
	{ "names", NULL, "names, one a line (default)", make_names },
	{ "null", NULL, "names, each ended by NUL", make_null },
	{ "list", NULL, "suite, class and name, with tabs, for tfilter --list",
	    make_list },
	{ "json", NULL, "an object a line", make_json },
	{ "argfile", NULL, "names, one a line, for @file", make_names },
	{ "subunit-list", NULL, "ids for --load-list", make_names },
	{ "stestr", NULL, "ids for stestr run --load-list", make_names },
	{ "difftests", NULL, "cargo-difftests' invocation", make_difftests },
	{ "cargo-test", "cargo test", "libtest by cargo", make_cargo },
	{ "nextest", "cargo nextest run", "a filterset", make_nextest },
	{ "go", "go test", "a command for each package", make_go },
	{ "pytest", "pytest", "node ids", make_pytest },
	{ "ctest", "ctest", "-R with an anchored pattern", make_ctest },
	{ "gtest", "./test", "--gtest_filter", make_gtest },
	{ "catch2", "./test", "a test spec", make_catch2 },
	{ "jest", "npx jest", "file and -t", make_jest },
	{ "vitest", "npx vitest run", "file and -t", make_vitest },
	{ "mocha", "npx mocha", "file and --grep", make_mocha },
	{ "node", "node --test", "file and name pattern", make_node },
	{ "playwright", "npx playwright test", "project, file and --grep",
	    make_playwright },
	{ "rspec", "rspec", "file and --example-matches", make_rspec },
	{ "minitest", "ruby -Itest", "file and -n", make_minitest },
	{ "phpunit", "phpunit", "--filter", make_phpunit },
	{ "surefire", "mvn test", "-Dtest", make_surefire },
	{ "gradle", "gradle test", "--tests", make_gradle },
	{ "dotnet", "dotnet test", "--filter", make_dotnet },
	{ "bazel", "bazel test", "target and --test_filter", make_bazel },
	{ "bats", "bats", "file and -f", make_bats },
	{ "prove", "prove", "files", make_prove },
	{ "meson", "meson test", "names", make_meson },
	{ "dart", "dart test", "file and --name", make_dart },
	{ NULL, NULL, NULL, NULL },
};

const struct rerun_runner *
rerun_runner_find(const char *name)
{
	for (const struct rerun_runner *r = rerun_runners; r->name != NULL; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}
