/* SPDX-License-Identifier: MIT */
/* What tests use, and the process that each of them has. */
#include "check.h"

#include <check.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct test tests[TESTS_MAX];
size_t test_count;
const struct test *current;
int64_t current_attempt;

static int report = -1;

void
add(struct test t)
{
	if (test_count < TESTS_MAX)
		tests[test_count++] = t;
	else
		usage("too many tests for", t.name);
}

int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Strings, each with its NUL, ended by NULL: what a test tells its parent. */
static void
tell(const char *first, ...)
{
	char record[4096];
	size_t n = 0;
	va_list args;

	va_start(args, first);
	for (const char *s = first; s; s = va_arg(args, const char *)) {
		size_t size = strnlen(s, sizeof(record) - 1 - n);

		memcpy(record + n, s, size);
		n += size;
		record[n] = '\0';
		n += n + 1 < sizeof(record);
	}
	va_end(args);
	if (write(report, record, n) != (ssize_t)n)
		_exit(1);
}

void
tell_failure(const char *file, int line, const char *message)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", line);
	tell("m", file, number, message, NULL);
}

_Noreturn void
skip(const char *reason)
{
	tell("s", reason, NULL);
	fflush(stdout);
	_exit(0);
}

void
metric(const char *name, int64_t value, const char *unit)
{
	char number[32];

	snprintf(number, sizeof(number), "%lld", (long long)value);
	tell("v", name, number, unit, NULL);
}

START_TEST(judged)
{
	/* check has a file open, which is nothing for what tests start. */
	for (int fd = STDERR_FILENO + 1; fd < 16; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	current->body();
}
END_TEST

_Noreturn void
run_test(const struct test *t, int64_t attempt, int to)
{
	Suite *s = suite_create("tests");
	TCase *tc = tcase_create("tests");
	SRunner *sr;
	TestResult **results;

	report = to;
	current = t;
	current_attempt = attempt;
	tcase_set_timeout(tc, 0);
	tcase_add_test(tc, judged);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_set_fork_status(sr, CK_NOFORK);
	srunner_run_all(sr, CK_SILENT);
	results = srunner_results(sr);
	if (tr_rtype(results[0]) != CK_PASS)
		tell_failure(tr_lfile(results[0]), tr_lno(results[0]),
		    tr_msg(results[0]));
	tell("d", NULL);
	fflush(stdout);
	_exit(0);
}

_Noreturn void
skip_test(const struct test *t, int to)
{
	report = to;
	skip(t->ignored);
}
