/* SPDX-License-Identifier: MIT */
/* What Cucumber's messages say of features before they are run; for
 * cucumber-*.c alone. */
#ifndef CUCUMBER_SOURCE_H
#define CUCUMBER_SOURCE_H

#include "cucumber.h"

struct feature {
	struct em_str uri, title;
};

/* A step of a pickle, or of a test case that has it.  There are many: ids
 * are hashed, texts have numbers. */
struct step {
	uint32_t id;
	uint32_t text; /* 0: a hook */
};

struct pickle {
	const struct feature *feature;
	struct em_str name, variant;
	struct em_strs tags;
	struct step *steps, *test_steps;
	uint32_t steps_n, test_steps_n;
	uint32_t rule; /* its text */
	int32_t line, column; /* 0: unknown */
	int64_t iteration;
};

struct source { /* all zero at first */
	struct table ids; /* features, pickles, cases, ...: pointers */
	struct table numbers; /* of texts */
	struct em_str **texts; /* blocks of them, by number */
	uint32_t texts_n;
};

/* The text of that number; absent for 0. */
struct em_str source_text(const struct source *s, uint32_t number);
/* Takes a gherkinDocument, a pickle. */
void source_document(
    struct em_reader *r, struct source *s, const struct json *v);
void source_pickle(struct em_reader *r, struct source *s, const struct json *v);
/* Takes a testCase: its pickle, with the steps of the case.  NULL when the
 * pickle is unknown. */
struct pickle *source_case(
    struct em_reader *r, struct source *s, const struct json *v);
/* That of a testCase with the id. */
const struct pickle *source_find_case(const struct source *s, struct em_str id);
/* The text of the step with that id; absent for hooks. */
struct em_str source_step(
    const struct source *s, const struct pickle *p, struct em_str id);
void source_free(struct source *s);

#endif
