/* SPDX-License-Identifier: MIT */
/*
 * Times two shell commands in turn, A B A B ..., and prints the median of
 * the ratios of their wall times, which holds on a machine whose speed
 * drifts:
 *
 *   pair [-n RUNS] [-m KIB] NAME GOAL 'A' ['B']
 *
 * With B the ratio is B's time to A's ("A is R times as fast as B") and must
 * be at least GOAL.  Without B, A's median time in milliseconds must be at
 * most GOAL.  -m: no process of A may need more memory than that.  Status 1
 * when a goal is missed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAX = 101 };

struct run {
	double seconds;
	long rss;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct run
run(const char *command)
{
	struct run r = { .seconds = now() };
	struct rusage ru;
	pid_t pid = fork();
	int st;

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &st, 0, &ru) < 0) {
		perror("pair");
		exit(2);
	}
	r.seconds = now() - r.seconds;
	r.rss = ru.ru_maxrss;
	if (WIFSIGNALED(st) || WEXITSTATUS(st) > 1) {
		fprintf(stderr, "pair: failed: %s\n", command);
		exit(2);
	}
	return r;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), compare);
	return v[n / 2];
}

int
main(int argc, char **argv)
{
	double a[RUNS_MAX], b[RUNS_MAX], ratio[RUNS_MAX], goal, got;
	int n = 5, key;
	long rss = 0, rss_max = 0;
	bool good;

	while ((key = getopt(argc, argv, "n:m:")) != -1) {
		if (key == '?')
			return 2;
		if (key == 'n')
			n = atoi(optarg);
		else
			rss_max = atol(optarg);
	}
	argv += optind;
	argc -= optind;
	if (argc < 3 || argc > 4 || n < 1 || n > RUNS_MAX)
		return 2;
	goal = strtod(argv[1], NULL);
	run(argv[2]);
	for (int i = 0; i < n; i++) {
		struct run r = run(argv[2]);

		a[i] = r.seconds;
		rss = r.rss > rss ? r.rss : rss;
		b[i] = argc > 3 ? run(argv[3]).seconds : 0;
		ratio[i] = b[i] / a[i];
	}
	if (argc > 3) {
		got = median(ratio, n);
		good = got >= goal;
		printf("%-34s %8.3f s %8.3f s  %7.2fx  goal %gx", argv[0],
		    median(a, n), median(b, n), got, goal);
	} else {
		got = median(a, n) * 1e3;
		good = got <= goal;
		printf("%-34s %8.2f ms  goal %g ms", argv[0], got, goal);
	}
	if (rss_max > 0) {
		printf("  %ld KiB of %ld", rss, rss_max);
		good = good && rss <= rss_max;
	}
	printf("%s\n", good ? "" : "  MISSED");
	return !good;
}
