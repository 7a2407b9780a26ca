/* SPDX-License-Identifier: MIT */
/* tconform check */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "lint.h"
#include "tconform.h"

/* Of the role reader, as of any reader that the suite looks at. */
enum { EXIT_MALFORMED = 3, EXIT_UNSUPPORTED = 4, EXIT_TRUNCATED = 7 };

static const struct option options[] = {
	{ "role", required_argument, NULL, 'r' },
	{ "version", required_argument, NULL, 'V' },
	{ "state", no_argument, NULL, 's' },
	{ "strict", no_argument, NULL, 't' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "suite", required_argument, NULL, 'S' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct check {
	struct lint_options lint;
	enum lint_level fatal;
	bool quiet;
	int status;
};

static void
help(void)
{
	puts("usage: tconform check [-qs] [-r ROLE] [-V VERSION] [FILE]...\n\n"
	     "Holds captured streams against the rules of the protocol.\n\n"
	     "  -r, --role=ROLE       writer: what it broke (default);\n"
	     "                        reader: what a reader has to report\n"
	     "  -V, --version=1.N     the version asked for; no header is "
	     "needed\n"
	     "  -s, --state           the lifecycle alone\n"
	     "      --strict          what ought to be counts as well\n"
	     "  -q, --quiet           the exit status alone\n"
	     "      --suite=DIR       where the suite is\n"
	     "  -h, --help            this\n\n"
	     "Status of a writer: 0 conforms, 1 does not. Of a reader: 0 pass, "
	     "1 fail,\n3 malformed, 4 unsupported, 7 truncated.");
}

static void
print_report(FILE *out, const char *name, const struct lint_report *r)
{
	size_t must = lint_count(r, LINT_MUST);
	size_t should = lint_count(r, LINT_SHOULD) - must;

	for (size_t i = 0; i < r->count; i++) {
		const struct lint_violation *v = &r->violation[i];

		fprintf(out, "%s:%zu: %s: %s%s\n", name, v->line, v->rule,
		    v->text, v->level == LINT_SHOULD ? " (should)" : "");
	}
	fprintf(out,
	    "%s: %s, verdict %s, version %s, %zu events, %zu violations", name,
	    lint_class_name(r->class), lint_verdict_name(r->verdict),
	    r->version[0] != '\0' ? r->version : "none", r->events, must);
	if (should != 0)
		fprintf(out, " and %zu of what should be", should);
	fputc('\n', out);
}

static int
status_of(const struct check *c, const struct lint_report *r)
{
	static const int by_class[] = { [LINT_ACCEPT] = 0,
		[LINT_TRUNCATED] = EXIT_TRUNCATED,
		[LINT_MALFORMED] = EXIT_MALFORMED,
		[LINT_UNSUPPORTED] = EXIT_UNSUPPORTED };

	if (c->lint.role == LINT_WRITER)
		return lint_count(r, c->fatal) != 0 ? EXIT_UNEXPECTED : 0;
	if (r->class != LINT_ACCEPT)
		return by_class[r->class];
	return r->verdict == LINT_FAIL ? EXIT_UNEXPECTED : 0;
}

/* Which of two statuses says more: input/output, then the strongest class. */
static int
worse(int a, int b)
{
	static const int order[] = { 0, EXIT_UNEXPECTED, EXIT_TRUNCATED,
		EXIT_MALFORMED, EXIT_UNSUPPORTED, EXIT_IO };
	int worst = 0;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (a == order[i] || b == order[i])
			worst = order[i];
	return worst;
}

static void
check_file(struct check *c, const char *path)
{
	bool std = strcmp(path, "-") == 0;
	struct buf b = { 0 };
	struct lint_report r;

	if (!read_file(std ? "/dev/stdin" : path, &b)) {
		fprintf(
		    stderr, "tconform check: %s: %s\n", path, strerror(errno));
		c->status = worse(c->status, EXIT_IO);
		buf_free(&b);
		return;
	}
	lint_stream(buf_slice(&b).p, b.n, &c->lint, &r);
	if (r.no_memory)
		out_of_memory();
	/* What cannot be judged at all has to say why. */
	if (!c->quiet || r.class == LINT_UNSUPPORTED)
		print_report(c->quiet ? stderr : stdout,
		    std ? "standard input" : path, &r);
	c->status = worse(c->status, status_of(c, &r));
	lint_report_free(&r);
	buf_free(&b);
}

static int
check_files(struct check *c, const char *dir, int argc, char **argv)
{
	struct lint_schemas *schemas = open_schemas("check", dir);

	if (schemas == NULL)
		return EXIT_AT_FAULT;
	c->lint.schemas = schemas;
	if (argc == 0)
		check_file(c, "-");
	for (int i = 0; i < argc; i++)
		check_file(c, argv[i]);
	lint_schemas_free(schemas);
	return c->status;
}

int
cmd_check(int argc, char **argv)
{
	struct check c = { .fatal = LINT_MUST };
	const char *dir = NULL;
	int o;

	while ((o = getopt_long(argc, argv, "r:V:sqh", options, NULL)) != -1)
		switch (o) {
		case 'r':
			if (strcmp(optarg, "reader") == 0)
				c.lint.role = LINT_READER;
			else if (strcmp(optarg, "writer") != 0)
				return usage("check",
				    "\"%s\" is neither writer nor reader",
				    optarg);
			break;
		case 'V':
			if (!lint_version(slice_of(optarg), &c.lint.major,
				&c.lint.minor) ||
			    c.lint.major != 1)
				return usage("check",
				    "\"%s\" is no version 1.N", optarg);
			c.lint.has_version = true;
			break;
		case 's':
			c.lint.state_only = true;
			break;
		case 't':
			c.fatal = LINT_SHOULD;
			break;
		case 'q':
			c.quiet = true;
			break;
		case 'S':
			dir = optarg;
			break;
		case 'h':
			help();
			return 0;
		default:
			return EXIT_BAD_USAGE;
		}
	return check_files(&c, dir, argc - optind, argv + optind);
}
