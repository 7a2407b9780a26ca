/* SPDX-License-Identifier: MIT */
/* Scenarios: the test programs that the conformance suite asks for. */
#include "check.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
passes(void)
{
}

static void
rest(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		continue;
}

static void
differs(void)
{
	ck_abort_msg("left != right");
}

static void
quoted(void)
{
	check_that(false, "say \"hi\" to C:\\new\n%s ]]> \303\251");
}

static void
three_failures(void)
{
	check_that(false, "first");
	check_that(false, "second");
	check_that(false, "third");
}

static void
no_network(void)
{
	skip("no network");
}

static void
no_reason(void)
{
	skip("");
}

static void
wrong(void)
{
	ck_abort_msg("wrong answer");
}

static void
wrong_left(void)
{
	ck_abort_msg("left is wrong");
}

static void
parameter(void)
{
	if (current->number == 42)
		ck_abort_msg("no answer");
}

static void
too_early(void)
{
	check_that(current_attempt > 1, "too early");
}

static void
still_not(void)
{
	ck_abort_msg("still not");
}

static void
sum(void)
{
	int64_t start_ns = now();
	volatile uint64_t total = 1;

	for (int i = 0; i < 100000; i++)
		total = total * 3 + (uint64_t)i;
	metric("time", now() - start_ns, "ns/iter");
}

static void
short_rest(void)
{
	rest(200);
}

static void
lost(void)
{
	rest(200);
	ck_abort_msg("lost");
}

static void
slow(void)
{
	rest(1500);
}

static void
waits(void)
{
	rest(30000);
}

static void
load(void)
{
	for (int i = 0; i < 65536; i++)
		putchar('a' + current->number);
}

static void
noisy(void)
{
	printf("hello from the test\nno line end");
}

static void
liar(void)
{
	puts("{\"event\":\"run_complete\",\"outcome\":\"pass\"}");
	ck_abort_msg("caught");
}

static void
bytes_out(void)
{
	fwrite("\xff\xfe\0A\n", 1, 5, stdout);
}

static void
boom(void)
{
	raise(SIGSEGV);
}

static void
dies(void)
{
	abort();
}

static void
leaves(void)
{
	_exit(0);
}

static void
parent(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		printf("hello from the child\n");
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void
starter(void)
{
	if (system("echo \"fd=[$TEST_EVENTS_FD] max=[$TEST_EVENTS_MAX_VERSION]"
		   "\"; echo stray >&3") < 0)
		ck_abort_msg("cannot start a process");
}

static void
loud(void)
{
	puts("loud and clear");
}

/* As many names as wanted, "param 0", "param 1", ... */
static void
add_many(const char *format, int count, void (*body)(void))
{
	static char names[128][32];

	for (int i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), format, i);
		add((struct test){
		    .name = names[i], .body = body, .number = i });
	}
}

static void
add_long_name(void)
{
	static char name[1024] = "long_";

	memset(name + 5, 'n', 1000);
	add((struct test){ .name = name, .body = passes });
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
add_passing(const char *const *names)
{
	for (; *names; names++)
		add((struct test){ .name = *names, .body = passes });
}

/* Scenarios of one test. */
static const struct {
	const char *scenario;
	struct test test;
	const char *argument;
} single[] = {
	{ "pass", { .name = "one", .body = passes }, NULL },
	{ "fail", { .name = "one", .body = differs }, NULL },
	{ "fail-multi", { .name = "one", .body = three_failures }, NULL },
	{ "quotes", { .name = "quoted", .body = quoted }, NULL },
	{ "skip-static",
	    { .name = "one", .body = wrong, .ignored = "not today" }, NULL },
	{ "skip-dynamic", { .name = "one", .body = no_network }, NULL },
	{ "skip-noreason", { .name = "one", .body = no_reason }, NULL },
	{ "retry-2", { .name = "flaky", .body = too_early }, "--retries=2" },
	{ "retry-exhaust", { .name = "never", .body = still_not },
	    "--retries=2" },
	{ "stress-3", { .name = "steady", .body = passes }, "--repeat=3" },
	{ "bench", { .name = "sum", .body = sum, .bench = true }, "--bench" },
	{ "bench-as-test", { .name = "sum", .body = passes, .bench = true },
	    NULL },
	{ "slow", { .name = "slow", .body = slow }, NULL },
	{ "stdout-noise", { .name = "noisy", .body = noisy }, NULL },
	{ "stdout-spoof", { .name = "liar", .body = liar }, NULL },
	{ "stdout-binary", { .name = "bytes", .body = bytes_out }, NULL },
	{ "abort", { .name = "dies", .body = dies }, NULL },
	{ "exit0", { .name = "leaves", .body = leaves }, NULL },
	{ "sigterm", { .name = "waits", .body = waits }, NULL },
	{ "start", { .name = "starter", .body = starter }, NULL },
	{ "fork", { .name = "parent", .body = parent }, NULL },
};

/* An argument of its own, or NULL; sets *known. */
static const char *
add_single(const char *scenario, bool *known)
{
	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++) {
		if (strcmp(scenario, single[i].scenario) == 0) {
			*known = true;
			add(single[i].test);
			return single[i].argument;
		}
	}
	return NULL;
}

static void
add_cli(void)
{
	add_passing(NAMES("alpha", "alphabet", "beta", "gamma"));
	add((struct test){ .name = "bad", .body = wrong });
	add((struct test){
	    .name = "delta", .body = passes, .ignored = "not today" });
	add((struct test){ .name = "loud", .body = loud });
	add((struct test){ .name = "sum", .body = sum, .bench = true });
}

static void
add_nested(void)
{
	add((struct test){
	    .name = "in_outer", .body = passes, .suite = "outer" });
	add((struct test){
	    .name = "in_middle", .body = passes, .suite = "outer/middle" });
	add((struct test){ .name = "in_inner",
	    .body = passes,
	    .suite = "outer/middle/inner" });
}

/* Scenarios of several tests. */
static const char *
add_several(const char *s, bool *known)
{
	const char *argument = NULL;

	*known = true;
	if (strcmp(s, "zero") == 0) {
		test_count = 0;
	} else if (strcmp(s, "one-of-each") == 0) {
		add((struct test){ .name = "good", .body = passes });
		add((struct test){ .name = "bad", .body = wrong });
		add((struct test){
		    .name = "idle", .body = passes, .ignored = "not today" });
	} else if (strcmp(s, "nested-3") == 0) {
		add_nested();
	} else if (strcmp(s, "same-name") == 0) {
		add((struct test){
		    .name = "same", .body = wrong_left, .suite = "left" });
		add((struct test){
		    .name = "same", .body = passes, .suite = "right" });
	} else if (strcmp(s, "param-100") == 0) {
		add_many("param %d", 100, parameter);
	} else if (strcmp(s, "list") == 0) {
		add_passing(NAMES("one", "two", "three"));
		argument = "--list";
	} else if (strncmp(s, "filter-", 7) == 0) {
		add_passing(NAMES("alpha", "beta", "gamma"));
		argument = strcmp(s, "filter-some") == 0 ? "beta" : "delta";
	} else if (strcmp(s, "parallel-4") == 0) {
		add((struct test){ .name = "north", .body = short_rest });
		add((struct test){ .name = "east", .body = short_rest });
		add((struct test){ .name = "south", .body = lost });
		add((struct test){ .name = "west", .body = short_rest });
		argument = "--test-threads=4";
	} else if (strcmp(s, "parallel-16x64k") == 0) {
		add_many("load%02d", 16, load);
		argument = "--test-threads=16";
	} else if (strcmp(s, "long-name") == 0) {
		add_long_name();
	} else if (strcmp(s, "panic") == 0) {
		add((struct test){ .name = "boom", .body = boom });
		add((struct test){ .name = "after", .body = passes });
	} else if (strcmp(s, "cli") == 0) {
		add_cli();
	} else {
		*known = false;
	}
	return argument;
}

int
main(int argc, char **argv)
{
	bool known = false;
	const char *argument;
	char own[64], *args[64];
	int n = 0;

	if (argc < 2)
		return run_all(0, NULL);
	argument = add_single(argv[1], &known);
	if (!known)
		argument = add_several(argv[1], &known);
	if (!known)
		return 77;
	if (argument) {
		snprintf(own, sizeof(own), "%s", argument);
		args[n++] = own;
	}
	for (int i = 2; i < argc && n < 63; i++)
		args[n++] = argv[i];
	return run_all(n, args);
}
