/* SPDX-License-Identifier: MIT */
/*
 * One captured stream held against the rules of schemas/PROTOCOL.md.
 *
 * As a writer's: every rule that binds whoever wrote it. As a reader's: what a
 * reader has to report about it. Class and verdict are what section 6 says a
 * reader concludes, in both.
 */
#ifndef LINT_H
#define LINT_H

#include <stdio.h>

#include "schema.h"

enum lint_role { LINT_WRITER, LINT_READER };

/* Weakest first. */
enum lint_class {
	LINT_ACCEPT,
	LINT_TRUNCATED,
	LINT_MALFORMED,
	LINT_UNSUPPORTED
};

enum lint_verdict { LINT_PASS, LINT_FAIL, LINT_NONE };

/* A note breaks no rule of whoever is looked at. */
enum lint_level { LINT_NOTE, LINT_SHOULD, LINT_MUST };

struct lint_violation {
	const char *rule;
	enum lint_level level;
	size_t line; /* from 1 */
	char text[200];
};

/* The published schemas: the writer's of each minor, and the reader's. */
struct lint_schemas;

struct lint_options {
	enum lint_role role;
	/* The lifecycle alone. */
	bool state_only;
	/* The version that the caller states: a header is not asked for, and
	 * one above it breaks HDR-10. */
	bool has_version;
	unsigned major, minor;
	const struct lint_schemas *schemas;
};

struct lint_report {
	struct lint_violation *violation;
	size_t count, size;
	enum lint_class class;
	enum lint_verdict verdict;
	char version[16]; /* of the first header; "" if there is none */
	size_t events; /* known and unknown */
	size_t noise, malformed, invalid;
	bool no_memory; /* then nothing else holds */
};

/* From writer-1.N.schema.json and reader-1.schema.json in a directory. */
struct lint_schemas *lint_schemas_open(
    const char *directory, char *why, size_t why_size);
void lint_schemas_free(struct lint_schemas *);

void lint_stream(const char *bytes, size_t n, const struct lint_options *,
    struct lint_report *);
void lint_report_free(struct lint_report *);

/* MAJOR.MINOR as rule HDR-1 has it. */
bool lint_version(struct slice, unsigned *major, unsigned *minor);

/* Violations of that level or above. */
size_t lint_count(const struct lint_report *, enum lint_level);
/* The row of the suite's group wri that a rule belongs to, or NULL. */
const char *lint_row(const char *rule);
const char *lint_class_name(enum lint_class);
const char *lint_verdict_name(enum lint_verdict);

#endif
