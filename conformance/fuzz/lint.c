/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a captured stream: writer's and reader's view conclude the
 * same, every violation is of a line that there is, and a verdict of pass
 * holds against the check that knows no shortcuts.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../test/naive.h"
#include "lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hold(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "lint: %s\n", what);
	abort();
}

static const struct lint_schemas *
schemas(void)
{
	static struct lint_schemas *all;
	char why[256];

	if (all == NULL) {
		all = lint_schemas_open("schemas", why, sizeof(why));
		hold(all != NULL, why);
	}
	return all;
}

static size_t
lines_in(const char *p, size_t n)
{
	size_t lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += p[i] == '\n';
	return lines;
}

static void
look(const char *p, size_t n, enum lint_role role, struct lint_report *r)
{
	struct lint_options o = { .role = role, .schemas = schemas() };

	lint_stream(p, n, &o, r);
	hold(!r->no_memory, "out of memory");
	hold(r->class <= LINT_UNSUPPORTED && r->verdict <= LINT_NONE,
	    "a class or verdict that is none");
	hold(r->verdict != LINT_PASS || r->class == LINT_ACCEPT,
	    "passed and not accepted");
	for (size_t i = 0; i < r->count; i++)
		hold(r->violation[i].line <= lines_in(p, n) &&
			r->violation[i].text[0] != '\0',
		    "a violation of nothing");
	if (r->verdict == LINT_PASS && naive_fault(p, n) != NULL)
		hold(false, naive_fault(p, n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data;
	struct lint_report writer, reader;

	look(p, size, LINT_WRITER, &writer);
	look(p, size, LINT_READER, &reader);
	hold(writer.class == reader.class && writer.verdict == reader.verdict,
	    "writer and reader conclude differently");
	lint_report_free(&writer);
	lint_report_free(&reader);
	return 0;
}
