/* SPDX-License-Identifier: MIT */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "store-env.h"

extern char **environ;

/* Patterns of fnmatch(3). */
static const char *const allowed[] = { "CI", "CI_*", "BUILD_*", "GITHUB_REF*",
	"GITHUB_SHA", "GITHUB_RUN_*", "GITHUB_JOB", "GITHUB_WORKFLOW",
	"GITHUB_REPOSITORY", "RUNNER_OS", "RUNNER_ARCH", "JOB_NAME",
	"NODE_NAME", "CARGO_*", "RUST*", "NEXTEST_*", "PYTEST_*", "PYTHON*",
	"VIRTUAL_ENV", "TOX_ENV_NAME", "GO", "GO[A-Z]*", "CGO_*", "NODE_ENV",
	"NODE_OPTIONS", "NODE_VERSION", "npm_lifecycle_event", "JAVA_*",
	"MAVEN_*", "GRADLE_*", "CC", "CXX", "CFLAGS", "CXXFLAGS", "CPPFLAGS",
	"LDFLAGS", "MAKEFLAGS", "MODE", "CTEST_*", "GTEST_*", "ASAN_OPTIONS",
	"UBSAN_OPTIONS", "TSAN_OPTIONS", "LC_*", "LANG", "LANGUAGE", "TZ",
	"TEST_EVENTS_*", NULL };

static const char *const secret[] = { "*TOKEN*", "*SECRET*", "*PASSWORD*",
	"*PASSWD*", "*KEY*", "*CREDENTIAL*", "*AUTH*", NULL };

static bool
matches(const char *name, const char *const *patterns)
{
	for (; *patterns != NULL; patterns++)
		if (fnmatch(*patterns, name, 0) == 0)
			return true;
	return false;
}

/* Names in capitals, so that no spelling escapes. */
static bool
may_record(const char *p, size_t n)
{
	char name[128], capitals[128];

	if (n >= sizeof(name))
		return false;
	for (size_t i = 0; i < n; i++) {
		name[i] = p[i];
		capitals[i] =
		    (char)(p[i] >= 'a' && p[i] <= 'z' ? p[i] - 32 : p[i]);
	}
	name[n] = capitals[n] = '\0';
	return matches(name, allowed) && !matches(capitals, secret);
}

struct em_pairs
env_allowed(void)
{
	struct em_pair *v;
	size_t n = 0;

	while (environ[n] != NULL)
		n++;
	v = calloc(n + 1, sizeof(*v));
	n = 0;
	for (char **e = environ; v != NULL && *e != NULL; e++) {
		const char *eq = strchr(*e, '=');

		if (eq == NULL || !may_record(*e, (size_t)(eq - *e)))
			continue;
		v[n].key = (struct em_str){ *e, (size_t)(eq - *e) };
		v[n++].value = em_str(eq + 1);
	}
	return (struct em_pairs){ v, n };
}
