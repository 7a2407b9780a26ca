/* SPDX-License-Identifier: MIT */
/* tconform matrix */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "report.h"
#include "tconform.h"

static const struct option options[] = {
	{ "suite", required_argument, NULL, 'S' },
	{ "html", no_argument, NULL, 'H' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
help(void)
{
	puts("usage: tconform matrix [--html] REPORT...\n\n"
	     "Puts reports of 'tconform run -o json' side by side.\n\n"
	     "      --html       a page instead of a table of letters\n"
	     "      --suite=DIR  where the suite is\n"
	     "  -h, --help       this\n\n"
	     "P pass, W weak, F fail, C crash, T time limit, L leak, S "
	     "skipped,\n"
	     "x expected failure, X unexpected pass, i information, E error.");
}

/* An exit status; *v is to be freed in any case. */
static int
read_report(const char *path, struct json **v)
{
	struct buf b = { 0 };
	int status = EXIT_AS_EXPECTED;

	*v = NULL;
	if (!read_file(path, &b)) {
		fprintf(
		    stderr, "tconform matrix: %s: %s\n", path, strerror(errno));
		status = EXIT_IO;
	} else if ((*v = json_parse(b.p, b.n, NULL)) == NULL ||
	    json_member(*v, "tconform") == NULL) {
		fprintf(stderr, "tconform matrix: %s: no report of tconform\n",
		    path);
		status = EXIT_BAD_USAGE;
	}
	buf_free(&b);
	return status;
}

static char
letter(const struct json *report, const char *id)
{
	const struct json *cases = json_member(report, "cases");

	for (size_t i = 0; cases != NULL && i < cases->count; i++) {
		const struct json *c = json_at(cases, i);
		struct slice verdict = json_text(c, "verdict");

		if (!slice_is(json_text(c, "id"), id))
			continue;
		for (int k = 0; k < V_CODES; k++)
			if (slice_is(
				verdict, verdict_name((enum verdict_code)k)))
				return verdict_letter((enum verdict_code)k);
	}
	return '-';
}

static void
print_text(const struct suite *s, struct json *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slice sut = json_text(v[i], "sut");
		struct slice role = json_text(v[i], "role");

		printf("%zu: %.*s, %.*s\n", i + 1, (int)sut.n, sut.p,
		    (int)role.n, role.p);
	}
	for (size_t i = 0; i < s->case_n; i++) {
		bool any = false;

		for (size_t k = 0; k < n; k++)
			any |= letter(v[k], s->cases[i].id) != '-';
		if (!any)
			continue;
		printf("%-36s", s->cases[i].id);
		for (size_t k = 0; k < n; k++)
			printf(" %c", letter(v[k], s->cases[i].id));
		putchar('\n');
	}
}

int
cmd_matrix(int argc, char **argv)
{
	const char *dir = NULL;
	bool html = false;
	struct json **v;
	struct suite *s;
	size_t n = 0;
	int o, status = EXIT_AS_EXPECTED;

	while ((o = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (o) {
		case 'S':
			dir = optarg;
			break;
		case 'H':
			html = true;
			break;
		case 'h':
			help();
			return EXIT_AS_EXPECTED;
		default:
			return EXIT_BAD_USAGE;
		}
	if (optind == argc)
		return usage("matrix", "no report is named");
	s = open_suite("matrix", dir);
	if (s == NULL)
		return EXIT_AT_FAULT;
	v = xalloc((size_t)(argc - optind) * sizeof(*v));
	while (status == EXIT_AS_EXPECTED && optind < argc)
		status = read_report(argv[optind++], &v[n++]);
	if (status != EXIT_AS_EXPECTED) {
		/* It has been said. */
	} else if (html) {
		struct buf b = { 0 };

		matrix_html(&b, s, v, n);
		fwrite(b.p, 1, b.n, stdout);
		buf_free(&b);
	} else {
		print_text(s, v, n);
	}
	for (size_t i = 0; i < n; i++)
		json_free(v[i]);
	free(v);
	suite_free(s);
	return status;
}
