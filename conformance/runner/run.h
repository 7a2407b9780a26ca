/* SPDX-License-Identifier: MIT */
/* One run of the suite against one testee, and what each role does with it. */
#ifndef RUN_H
#define RUN_H

#include "proc.h"
#include "suite.h"
#include "verdict.h"

/* The testee: a command line, and what sut.conf says about it. */
struct sut {
	char *name;
	struct strings command; /* with its tokens */
	struct strings drop, merge; /* commands for those configurations */
	struct strings features; /* declared */
	struct strings env; /* NAME=VALUE that it needs */
	struct strings formats; /* "junit=JUnit": what it calls them */
	struct strings skips; /* "scenario=why it cannot be expressed" */
	unsigned classes[256]; /* of exit statuses */
	int failing; /* the status of a verdict of failure; -1: has none */
};

struct run {
	const struct suite *suite;
	const struct sut *sut;
	unsigned role; /* one bit */
	const char *version; /* of the protocol that is claimed: "1.0" */
	double timing_scale;
	uint64_t seed;
	const char *tmp; /* a directory for the case at hand */
	bool strict; /* should counts as must */
};

/* ---- the testee (sut.c) ---- */

/* From a command and a sut.conf, which may be NULL; false: why says what is
 * wrong. */
bool sut_load(struct sut *sut, char *const *argv, const char *conf,
    unsigned role, struct buf *why);
void sut_free(struct sut *sut);
/* The words of a command line, as sut.conf has them. */
void sut_split(struct strings *to, const char *words);
/* A command with its tokens replaced: pairs is { "{to}", "tap", NULL }.  To be
 * freed with strings_free(). */
struct strings sut_words(
    const struct strings *command, const char *const *pairs);
/* What comes after "key=" in the list; NULL when it is not there. */
const char *sut_value(const struct strings *list, const char *key);
/* The class that an ending stands for; *failed: tests failed, it says. */
unsigned sut_class(
    const struct sut *sut, const struct proc_result *r, bool *failed);

/* ---- running and judging (judge.c) ---- */

/* Runs words for a case, with its limits and environment; spec says the rest.
 * What is never right is said in v: a crash, a timeout, a flood, processes
 * left behind.  False when that ends the matter. */
bool run_proc(const struct run *run, const struct conf_case *c,
    const struct strings *words, struct proc_spec *spec, struct proc_result *r,
    struct verdict *v);
/* The sizes in which the input of a case goes in; to be freed. */
size_t *run_sizes(const struct run *run, const struct conf_case *c,
    struct slice input, size_t *n);
/* Holds the ending against what is expected; false: said in v. */
bool judge_class(const struct run *run, const struct proc_result *r,
    const struct conf_expect *e, struct verdict *v);
/* "exit status 3, malformed"; to be freed. */
char *judge_ending(const struct run *run, const struct proc_result *r);
/* Keeps the heads of what was sent and came for the report. */
void judge_keep(
    struct verdict *v, struct slice input, const struct proc_result *r);

/* ---- roles: each judges one case; what they return is of no account ---- */

int role_reader(const struct run *, const struct conf_case *, struct verdict *);
int role_filter(const struct run *, const struct conf_case *, struct verdict *);
int role_converter(
    const struct run *, const struct conf_case *, struct verdict *);
int role_harness(
    const struct run *, const struct conf_case *, struct verdict *);
int role_schema(const struct run *, const struct conf_case *, struct verdict *);

/* Judges a case in the role of the run: what lacks a feature is skipped, what
 * is about time has three tries, what is for information is not graded. */
void judge_case(const struct run *, const struct conf_case *, struct verdict *);

#endif
