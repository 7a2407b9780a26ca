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
	const char *disposition; /* the same in a word; or NULL */
};

struct tally {
	const struct run *run;
	char **command; /* the testee, as given */
	size_t command_n;
	struct outcome *v;
	size_t n;
	size_t planned; /* how many cases there are to be */
	size_t count[V_CODES];
	bool strict; /* SHOULD counts as MUST */
	const struct profile *profile; /* the one asked for; or NULL */
	bool whole; /* no case was left out by its id */
	struct strings stale; /* entries of the list that met no case */
	struct strings awards; /* profiles earned: "Reader Core" */
	struct strings missed; /* "Filter Core: FAIL evo/unknown-event" */
	struct strings lacking; /* optional features that were skipped */
	uint64_t ns;
};

/* The profile of that name, or NULL. */
const struct profile *profile_find(const char *name);
/* Whether a case is for those who ask for the profile (NULL: for none). */
bool profile_wants(const struct profile *p, const struct conf_case *c);

struct report {
	const char *name;
	void (*begin)(FILE *f, const struct tally *t);
	void (*one)(FILE *f, const struct tally *t, const struct outcome *o);
	void (*end)(FILE *f, const struct tally *t);
};

extern const struct report report_text, report_jsonl, report_junit, report_tap,
    report_json, report_html, report_badge;

/* The report of that name, or NULL. */
const struct report *report_find(const char *name);
/* "text, tap, ..." */
extern const char report_names[];
/* True when the verdict makes the run fail: a SHOULD does when strict. */
bool outcome_unexpected(const struct tally *t, const struct outcome *o);
/* The one line that repeats a case; to be freed. */
char *outcome_repro(const struct tally *t, const struct outcome *o);

/* The profiles that the outcomes earn or miss (profile.c). */
void tally_award(struct tally *t);
/* A page of reports, each as report-json.c makes them (html.c). */
void matrix_html(struct buf *b, const struct suite *suite,
    struct json *const *reports, size_t n);

#endif
