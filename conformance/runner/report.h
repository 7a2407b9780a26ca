/* SPDX-License-Identifier: MIT */
/* Reports: what a run came to, in every form it is wanted in. */
#ifndef REPORT_H
#define REPORT_H

#include "run.h"

/* One case of the run. */
struct outcome {
	const struct conf_case *c;
	struct verdict v;
	enum verdict_code was; /* before a list of expected failures */
	char *known; /* what that list says about it; or NULL */
};

struct tally {
	const struct run *run;
	char *const *command; /* the testee, as given */
	struct outcome *v;
	size_t n;
	size_t planned; /* how many cases there are to be */
	size_t count[V_CODES];
	struct strings stale; /* entries of the list that met no case */
	struct strings awards; /* profiles earned: "Reader Core" */
	struct strings missed; /* "Filter Core: evo/unknown-event FAIL" */
	uint64_t ns;
};

struct report {
	const char *name;
	void (*begin)(FILE *f, const struct tally *t);
	void (*one)(FILE *f, const struct tally *t, const struct outcome *o);
	void (*end)(FILE *f, const struct tally *t);
};

extern const struct report report_text;

/* The report of that name, or NULL. */
const struct report *report_find(const char *name);
/* True when the verdict makes the run fail. */
bool outcome_unexpected(const struct outcome *o);
/* The one line that repeats a case; to be freed. */
char *outcome_repro(const struct tally *t, const struct outcome *o);

#endif
