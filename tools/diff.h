/* SPDX-License-Identifier: MIT */
/*
 * What tdiff knows of two sides, each one run or several: a row for each case
 * of either.  diff-run.c is the tool, diff-rows.c joins and judges, diff-print.c
 * and diff-data.c print, stats.c counts.
 */
#ifndef DIFF_H
#define DIFF_H

#include "cli.h"

enum diff_class { /* what became of a case, by how much it matters */
	DIFF_BROKEN, /* passed, fails now */
	DIFF_CHANGED, /* fails, with another message */
	DIFF_FAILING, /* fails as before */
	DIFF_FLAKY, /* passed, now passes and fails */
	DIFF_FIXED, /* failed, passes now */
	DIFF_UNEXPECTED, /* expected to fail (--known), passes */
	DIFF_KNOWN, /* expected to fail, fails */
	DIFF_SKIPPED, /* ran, is skipped or not run now */
	DIFF_SLOWER,
	DIFF_FASTER,
	DIFF_ADDED,
	DIFF_REMOVED,
	DIFF_SAME,
	DIFF_CLASSES
};

const char *diff_class_name(enum diff_class k);
/* DIFF_CLASSES when there is none. */
enum diff_class diff_class_find(const char *name, size_t n);

struct diff_stats { /* of numbers measured on both sides */
	double old, new; /* medians */
	double low[2], high[2]; /* of the medians, 95 %; or NAN */
	double p; /* Mann-Whitney U, two-sided; NAN with few numbers */
	size_t n[2];
	bool better, worse; /* beyond the threshold, and significant */
};

struct diff_metric {
	struct diff_metric *next;
	struct em_str metric, unit;
	struct diff_stats stats;
};

enum diff_state { STATE_NONE, STATE_PASS, STATE_FAIL, STATE_FLAKY, STATE_SKIP };

struct diff_row {
	enum diff_class class;
	enum diff_state state[2];
	/* A case of each side, the newest that fails if any does; or NULL. */
	const struct em_case *side[2];
	struct diff_stats *time; /* NULL where nothing changed */
	struct diff_metric *metrics; /* that changed */
};

struct diff_opts {
	double slower, faster; /* ratios: 0.2 is 20 % */
	int64_t floor_ns; /* smaller differences are no news */
	double alpha;
	struct em_normalize *normalize;
	const char *known; /* names expected to fail, a line each; or NULL */
};

struct diff_trouble { /* on the new side alone */
	const struct em_run *run;
	const struct em_suite *suite; /* NULL: the run itself */
};

struct diff {
	struct diff_row *rows; /* in order of appearance, old before new */
	size_t n;
	size_t count[DIFF_CLASSES];
	size_t recorded; /* cases on both sides */
	struct diff_trouble *troubles;
	size_t trouble_count;
	bool cut; /* the new side: what is missing may not have been reached */
};

/* The results of the runs of each side, oldest first. */
struct diff_side {
	struct em_results **v;
	size_t n;
	bool cut; /* a run has no end: what it lacks may just not have run */
};

/* False when out of memory. */
bool diff_rows(struct diff *d, const struct diff_side side[2],
    const struct diff_opts *opts);
/* Adds what failed apart from its cases; false when out of memory. */
bool diff_suites(struct diff *d, const struct diff_side side[2]);
struct em_str diff_trouble_name(const struct diff_trouble *t);
struct em_str diff_trouble_reason(const struct diff_trouble *t);
void diff_release(struct diff *d);

void diff_text(
    const struct diff *d, struct em_out *out, bool color, size_t most);
void diff_markdown(const struct diff *d, struct em_out *out, size_t most);
void diff_json(const struct diff *d, struct em_out *out);
/* As events, for --format junit: a case is fail when its class is in the set
 * (bits 1 << class). */
int diff_events(const struct diff *d, struct cli *c, unsigned failing);

/* The text that says why a case failed: its first error, or reason. */
struct em_str diff_message(const struct em_case *c);

/* ---- stats.c ---- */

/* Sorts v. */
double stats_median(double *v, size_t n);
/* The interval of the median with 95 % confidence, by order statistics, of
 * sorted numbers; NAN when there are too few. */
void stats_interval(const double *sorted, size_t n, double *low, double *high);
/* The p-value of the two-sided Mann-Whitney U test: exact when a side has at
 * most 8 numbers and none is equal to another, else by the normal
 * approximation with corrections for ties and continuity.  NAN when a side
 * is empty. */
double stats_mann_whitney(
    const double *x, size_t nx, const double *y, size_t ny);

#endif
