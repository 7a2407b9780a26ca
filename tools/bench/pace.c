/* SPDX-License-Identifier: MIT */
/* Copies standard input to standard output at so many lines a second. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
rest(double seconds)
{
	struct timespec t;

	if (seconds <= 0)
		return;
	t.tv_sec = (time_t)seconds;
	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	nanosleep(&t, NULL);
}

int
main(int argc, char **argv)
{
	double rate = argc > 1 ? atof(argv[1]) : 100000, begun = now();
	long lines = 0;
	int c;

	while ((c = getchar_unlocked()) != EOF) {
		putchar_unlocked(c);
		if (c != '\n' || ++lines % 1000 != 0)
			continue;
		fflush(stdout);
		rest((double)lines / rate - (now() - begun));
	}
	return fflush(stdout) != 0;
}
