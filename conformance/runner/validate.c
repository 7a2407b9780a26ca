/* SPDX-License-Identifier: MIT */
/* tconform validate */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "schema.h"
#include "tconform.h"

static const struct option options[] = {
	{ "extensions", no_argument, NULL, 'e' },
	{ "whole", no_argument, NULL, 'w' },
	{ "each", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct validate {
	const struct schema *schema;
	enum schema_view view;
	bool whole; /* a file is one value, not one on each line */
	bool each; /* say "valid" too */
	int status;
};

static void
help(void)
{
	puts(
	    "usage: tconform validate [-aew] SCHEMA FILE...\n\n"
	    "Validates each line of the files by a JSON Schema. A schema with "
	    "keywords\nthat the protocol's schemas do not use is refused.\n\n"
	    "  -e, --extensions  what has a name with a dot is left out (EXT-3)"
	    "\n  -w, --whole       a file is one value\n"
	    "  -a, --each        also say what is valid\n"
	    "  -h, --help        this\n\n"
	    "Status: 0 all valid, 1 not, 2 usage, 3 a schema that cannot be "
	    "used.");
}

static void
validate_value(
    struct validate *c, const char *name, size_t line, struct slice text)
{
	struct schema_why why = { "", "" };
	struct json_error e;
	struct json *v = json_parse(text.p, text.n, &e);
	bool ok;

	if (v == NULL && e.fault == JSON_NO_MEMORY)
		out_of_memory();
	ok = v != NULL && schema_valid(c->schema, v, c->view, &why);
	if (v == NULL)
		printf("%s:%zu: not JSON: %s at byte %zu\n", name, line, e.text,
		    e.offset);
	else if (!ok)
		printf(
		    "%s:%zu: invalid: %s %s\n", name, line, why.at, why.text);
	else if (c->each)
		printf("%s:%zu: valid\n", name, line);
	if (!ok && c->status == 0)
		c->status = EXIT_UNEXPECTED;
	json_free(v);
}

static bool
is_blank(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (memchr(" \t\r", s.p[i], 3) == NULL)
			return false;
	return true;
}

static void
validate_lines(struct validate *c, const char *name, struct slice all)
{
	const char *end = all.p + all.n, *lf;
	size_t line = 0;

	for (const char *p = all.p; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		struct slice text = { p, (size_t)(lf - p) };

		line++;
		if (!is_blank(text))
			validate_value(c, name, line, text);
		if (lf == end)
			break;
	}
}

static void
validate_file(struct validate *c, const char *path)
{
	bool std = strcmp(path, "-") == 0;
	const char *name = std ? "standard input" : path;
	struct buf b = { 0 };

	if (!read_file(std ? "/dev/stdin" : path, &b)) {
		fprintf(stderr, "tconform validate: %s: %s\n", path,
		    strerror(errno));
		c->status = EXIT_IO;
	} else if (c->whole)
		validate_value(c, name, 1, buf_slice(&b));
	else
		validate_lines(c, name, buf_slice(&b));
	buf_free(&b);
}

static int
validate_files(struct validate *c, const char *schema, int argc, char **argv)
{
	struct schema_file f;

	if (!schema_file_open(&f, "validate", schema, SCHEMA_GENERAL))
		return f.unread ? EXIT_IO : EXIT_AT_FAULT;
	c->schema = f.schema;
	for (int i = 0; i < argc; i++)
		validate_file(c, argv[i]);
	schema_file_close(&f);
	return c->status;
}

int
cmd_validate(int argc, char **argv)
{
	struct validate c = { .view = SCHEMA_STRICT };
	int o;

	while ((o = getopt_long(argc, argv, "aewh", options, NULL)) != -1)
		switch (o) {
		case 'e':
			c.view = SCHEMA_EXTENSIONS;
			break;
		case 'w':
			c.whole = true;
			break;
		case 'a':
			c.each = true;
			break;
		case 'h':
			help();
			return 0;
		default:
			return EXIT_BAD_USAGE;
		}
	if (argc - optind < 2)
		return usage("validate", "a schema and a file are needed");
	return validate_files(
	    &c, argv[optind], argc - optind - 1, argv + optind + 1);
}
