/* SPDX-License-Identifier: MIT */
/* tconform copy */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tconform.h"

static const struct option options[] = {
	{ "suite", required_argument, NULL, 'S' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
help(void)
{
	puts("usage: tconform copy DIR [PART]...\n\n"
	     "Copies the suite's data to DIR, which is made: all of it, or "
	     "parts such as\nharnesses/posix.sh, scenarios, cases/evo.\n\n"
	     "      --suite=DIR  where the suite is\n"
	     "  -h, --help       this");
}

static bool
complain(const char *path)
{
	fprintf(stderr, "tconform copy: %s: %s\n", path, strerror(errno));
	return false;
}

static bool
copy_file(const char *from, const char *to, mode_t mode)
{
	struct buf b = { 0 };
	FILE *f;
	bool ok;

	if (!read_file(from, &b)) {
		buf_free(&b);
		return complain(from);
	}
	f = fopen(to, "wbe");
	ok = f != NULL && fwrite(buf_str(&b), 1, b.n, f) == b.n;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	buf_free(&b);
	if (!ok)
		return complain(to);
	return chmod(to, mode & 0777) == 0 || complain(to);
}

static bool copy_tree(const char *from, const char *to);

static bool
copy_dir(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *e;
	bool ok = true;

	if (d == NULL)
		return complain(from);
	while (ok && (e = readdir(d)) != NULL) {
		char *a, *b;

		if (e->d_name[0] == '.')
			continue;
		a = xprintf("%s/%s", from, e->d_name);
		b = xprintf("%s/%s", to, e->d_name);
		ok = copy_tree(a, b);
		free(a);
		free(b);
	}
	closedir(d);
	return ok;
}

static bool
make_dir(const char *path)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST || complain(path);
}

static bool
copy_tree(const char *from, const char *to)
{
	struct stat st;

	if (stat(from, &st) != 0)
		return complain(from);
	if (S_ISDIR(st.st_mode))
		return make_dir(to) && copy_dir(from, to);
	return copy_file(from, to, st.st_mode);
}

/* Makes the directories that lead to a part. */
static bool
make_way(const char *dir, const char *part)
{
	for (const char *slash = strchr(part, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		char *path = xprintf("%s/%.*s", dir, (int)(slash - part), part);
		bool ok = make_dir(path);

		free(path);
		if (!ok)
			return false;
	}
	return true;
}

static bool
copy_part(const char *suite, const char *dir, const char *part)
{
	char *from = xprintf("%s/%s", suite, part);
	char *to = xprintf("%s/%s", dir, part);
	bool ok = make_way(dir, part) && copy_tree(from, to);

	free(from);
	free(to);
	return ok;
}

static bool
has_part(const char *suite, const char *part)
{
	char *path = xprintf("%s/%s", suite, part);
	struct stat st;
	bool has = stat(path, &st) == 0;

	free(path);
	return has;
}

int
cmd_copy(int argc, char **argv)
{
	static const char *const parts[] = { "README.md", "CASES.md",
		"SCHEMAS.md", "VERSION", "CASEFORMAT", "rules.tsv",
		"features.tsv", "MANIFEST.tsv", "cases", "harness-cases",
		"corpus", "scenarios", "harnesses", "schema-pairs", "xfail" };
	const char *suite_dir = NULL, *dir;
	char *suite;
	bool ok;
	int o;

	while ((o = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (o) {
		case 'S':
			suite_dir = optarg;
			break;
		case 'h':
			help();
			return EXIT_AS_EXPECTED;
		default:
			return EXIT_BAD_USAGE;
		}
	if (optind == argc)
		return usage("copy", "no directory is named");
	suite = suite_find(suite_dir);
	if (suite == NULL) {
		fputs("tconform copy: there is no suite; name it with "
		      "--suite\n",
		    stderr);
		return EXIT_AT_FAULT;
	}
	dir = argv[optind++];
	ok = make_dir(dir);
	if (optind == argc)
		for (size_t i = 0; ok && i < sizeof(parts) / sizeof(*parts);
		     i++)
			ok = !has_part(suite, parts[i]) ||
			    copy_part(suite, dir, parts[i]);
	for (; ok && optind < argc; optind++)
		ok = copy_part(suite, dir, argv[optind]);
	free(suite);
	return ok ? EXIT_AS_EXPECTED : EXIT_AT_FAULT;
}
