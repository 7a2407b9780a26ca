/* SPDX-License-Identifier: MIT */
/*
 * Tests on check that speak test-events 1.0 and the usual command line, written
 * with libevent-model. To use it, copy check.h, check.c, check-test.c and
 * check-args.c, and write a main() like that of check-scenarios.c:
 *
 *	add((struct test){ .name = "sum", .body = sum_of_two });
 *	return run_all(argc - 1, argv + 1);
 *
 * A test uses the ck_assert of check, and what is below. Each runs in a process
 * of its own, of which check judges; the first process alone writes events.
 */
#ifndef HARNESS_CHECK_H
#define HARNESS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*body)(void);
	const char *suite; /* "a/b" is in "a" */
	const char *ignored; /* why it is switched off */
	bool bench;
	int number; /* for the body, which sees current */
};

enum { TESTS_MAX = 128, THREADS_MAX = 64 };

/* ---- for main() ---- */

void add(struct test t);
/* Runs the tests added as the arguments say; the exit status. */
int run_all(int argc, char **argv);

/* ---- for tests ---- */

extern const struct test *current;
extern int64_t current_attempt;

/* Goes on when it is not so. */
#define check_that(good, message)                                              \
	((good) ? (void)0 : tell_failure(__FILE__, __LINE__, message))
void tell_failure(const char *file, int line, const char *message);
_Noreturn void skip(const char *reason);
void metric(const char *name, int64_t value, const char *unit);
/* Nanoseconds. */
int64_t now(void);

/* ---- between its parts ---- */

struct options {
	char **words; /* all arguments, owned */
	size_t word_count;
	const char **filters, **skips;
	size_t filter_count, skip_count;
	bool exact, list, json, ignored, include_ignored, test, bench;
	bool no_capture;
	bool show_output; /* taken; output is told always */
	size_t threads, retries, repeat;
};

extern struct test tests[TESTS_MAX];
extern size_t test_count;

/* Says what is wrong with what and ends with status 2. */
_Noreturn void usage(const char *what, const char *value);
struct options parse(int argc, char **argv);
void options_free(struct options *o);
/* The tests to run, in the order of the filters; returns how many. */
size_t choose(const struct options *o, const struct test **chosen);
/* In the process of a test: what it reports goes to that descriptor. */
_Noreturn void run_test(const struct test *t, int64_t attempt, int report);
/* The same of one that is switched off. */
_Noreturn void skip_test(const struct test *t, int report);

#endif
