/* SPDX-License-Identifier: MIT */
/* What has happened to runs, suites and cases; for lint-*.c alone. */
#ifndef LINT_STATE_H
#define LINT_STATE_H

#include "lint-inside.h"
#include "table.h"

/* Lines, 0 for never. */
struct lint_attempt {
	uint64_t number;
	size_t started, completed;
	enum lint_outcome outcome;
	bool orphan; /* events without start have been reported */
	bool late_error;
};

struct lint_case {
	struct slice name; /* within the key of its table */
	size_t run, suite;
	size_t discovered;
	bool selected;
	struct lint_attempt *attempt;
	size_t attempts, size;
};

/* A parent that was stated, to be looked for at the end. */
struct lint_link {
	size_t child, parent; /* numbers of places */
	size_t line;
};

/* What a parent can be: a suite, or the name of a case. */
struct lint_place {
	struct slice name;
	bool known, started;
	size_t link; /* the last one, from 1; 0 for none */
};

struct lint_suite {
	struct slice name;
	size_t run;
	size_t first; /* the first event of one of its cases */
	size_t started, completed;
	enum lint_outcome outcome;
	struct lint_counts counts;
	struct lint_counts seen;
};

struct lint_run {
	struct slice name;
	size_t started, completed;
	size_t discovery, discovered; /* its start and completion */
	size_t case_discovered;
	enum lint_outcome outcome;
	bool explained;
	struct lint_counts counts;
	struct lint_counts seen;
	bool failed; /* by its cases and suites */
};

struct lint_state {
	struct table run_keys, suite_keys, case_keys, place_keys;
	struct lint_run *run;
	struct lint_suite *suite;
	struct lint_case *kase;
	struct lint_place *place;
	struct lint_link *link;
	size_t runs_size, suites_size, cases_size, places_size;
	size_t links, links_size;
	char *key; /* the one being made */
	size_t key_n, key_size;
};

#endif
