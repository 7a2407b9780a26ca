/* SPDX-License-Identifier: MIT */
/* The suite's own programs, right ones and such with one fault. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "run.h"

struct reference {
	const char *name; /* of the program */
	unsigned role;
	const char *const *args; /* behind its options; ends with NULL */
};

extern const struct reference references[];
extern const size_t reference_n;

/* Where a program of the suite is: beside tconform where that was built, or
 * where it was installed; NULL when it is nowhere.  To be freed. */
char *reference_path(const char *name);

/* A program of the suite, a mutant of it, or a real one. */
struct mutant {
	char *name; /* NULL: the program as it should be; "tool:jq -c ." */
	char *rule, *what;
	struct sut sut;
	struct run run;
	bool absent; /* a real program that is not installed */
	size_t kills; /* cases that it failed */
	char *first; /* one of them */
};

/* Makes the program of a role ready to run, with a fault unless mutant is
 * NULL; false: why says what is wrong. */
bool reference_open(struct mutant *m, const struct suite *suite,
    const struct reference *ref, const char *mutant, struct buf *why);
/* The same of a real program: its words. */
bool reference_tool(struct mutant *m, const struct suite *suite, unsigned role,
    const char *words, struct buf *why);
void reference_close(struct mutant *m);
/* The lines "NAME<TAB>RULE<TAB>WHAT" that a program prints of its mutants. */
bool reference_list(
    const struct reference *ref, struct buf *out, struct buf *why);

#endif
