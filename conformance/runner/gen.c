/* SPDX-License-Identifier: MIT */
/* tconform gen: a stream made from a stream. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "gen.h"
#include "tconform.h"

static void
help(void)
{
	puts("usage: tconform gen [--seed N] GENERATOR [FILE]\n\n"
	     "Writes a stream made from FILE, or from standard input. The same "
	     "seed gives\nthe same stream.\n");
	for (const struct generator *g = generators; g->name != NULL; g++)
		printf("  %-11s %s\n", g->name, g->help);
}

static bool
read_input(const char *path, struct buf *in)
{
	if (path == NULL || strcmp(path, "-") == 0)
		path = "/dev/stdin";
	if (read_file(path, in))
		return true;
	fprintf(stderr, "tconform gen: %s: %s\n", path, strerror(errno));
	return false;
}

static bool
read_seed(const char *s, uint64_t *seed)
{
	char *end;

	errno = 0;
	*seed = strtoull(s, &end, 10);
	return *s >= '0' && *s <= '9' && *end == '\0' && errno == 0;
}

int
cmd_gen(int argc, char **argv)
{
	static const struct option options[] = { { "seed", required_argument,
						     NULL, 's' },
		{ "help", no_argument, NULL, 'h' }, { 0 } };
	struct buf in = { 0 }, out = { 0 }, why = { 0 };
	uint64_t seed = 1;
	bool ok;
	int o;

	while ((o = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (o == 'h') {
			help();
			return EXIT_AS_EXPECTED;
		}
		if (o != 's')
			return EXIT_BAD_USAGE;
		if (!read_seed(optarg, &seed))
			return usage("gen", "\"%s\" is no seed", optarg);
	}
	if (argc - optind < 1 || argc - optind > 2)
		return usage("gen", "a generator and a file are needed");
	if (argc - optind == 2 && !read_input(argv[optind + 1], &in))
		return EXIT_IO;
	if (argc - optind == 1 && !read_input(NULL, &in))
		return EXIT_IO;
	ok = gen_apply(argv[optind], buf_slice(&in), seed, &out, &why);
	if (!ok)
		(void)usage("gen", "%s", buf_str(&why));
	else if (out.n != 0)
		fwrite(out.p, 1, out.n, stdout);
	buf_free(&in);
	buf_free(&out);
	buf_free(&why);
	return ok ? EXIT_AS_EXPECTED : EXIT_BAD_USAGE;
}
