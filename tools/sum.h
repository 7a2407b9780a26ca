/* SPDX-License-Identifier: MIT */
/*
 * What tsum knows when it has read everything, and the ways it is printed.
 * The view points into the results and lives as long as they do.
 */
#ifndef SUM_H
#define SUM_H

#include "cli.h"

enum sum_by { BY_NONE, BY_SUITE, BY_FILE, BY_TAG, BY_WORKER, BY_STATUS };

/* Counts of some cases. */
struct sum_counts {
	uint64_t tests, pass, fail, skip, flaky, not_run, incomplete;
	uint64_t timed; /* of them stated how long they took */
	int64_t summed_ns; /* of the deciding attempts of those */
};

struct sum_group {
	struct em_str key;
	struct sum_counts counts;
};

struct sum_cases {
	const struct em_case **v;
	size_t n;
};

struct sum_view {
	enum em_verdict verdict;
	struct sum_counts counts;
	size_t runs, cut; /* cut: runs without an end */
	int64_t wall_ns; /* of the longest run, or EM_UNSET */
	bool filtered; /* cases of a run were removed */
	bool mismatch; /* stated counts or verdict disagree */
	struct sum_cases failed, flaky, not_run, slowest;
	const struct em_suite **broken; /* suites that failed by themselves */
	size_t broken_count;
	struct sum_group *groups;
	size_t group_count;
	enum sum_by by;
	struct em_results *details; /* what failed cases said */
	const struct em_run *all, *kept; /* the runs, bare and with details */
};

/* Collects the view; false when out of memory. */
bool sum_collect(struct sum_view *v, struct em_results *all,
    struct em_results *details, enum sum_by by, size_t slowest);
void sum_release(struct sum_view *v);

/* The kept case with what it said; the case itself when nothing is kept. */
const struct em_case *sum_details(
    const struct sum_view *v, const struct em_case *c);
/* What the suite of a run logged, or the run itself where suite is NULL. */
const struct em_item *sum_logs(const struct sum_view *v,
    const struct em_run *run, const struct em_suite *suite);
/* Whether the run needs no word on how it ended: it is well, is cut, or its
 * cases tell. */
bool sum_explained(const struct em_run *run);
/* Whether the suite failed apart from its cases. */
bool sum_suite_broken(const struct em_suite *s);
bool sum_is_error(const struct em_item *log);
/* Each statement that the events contradict, in words. */
void sum_stated(const struct sum_view *v, struct em_out *out,
    const char *before, const char *after);
/* "suite class::name [variant]", for people: control characters shown. */
void sum_case_name(struct em_out *out, const struct em_case *c);
/* Text inside a Markdown table or heading: what would be markup is escaped. */
void sum_md_text(struct em_out *out, struct em_str s);
/* A field of CSV, quoted where it must be. */
void sum_csv_field(struct em_out *out, struct em_str s);
/* "1.24s", "310ms", "2m03s"; returns buf. */
const char *sum_duration_text(char *buf, size_t size, int64_t ns);
void sum_duration(struct em_out *out, int64_t ns);
const char *sum_verdict_name(enum em_verdict verdict);

void sum_text(
    const struct sum_view *v, struct em_out *out, bool color, size_t most);
void sum_json(const struct sum_view *v, struct em_out *out);
void sum_csv(const struct sum_view *v, struct em_out *out);
void sum_markdown(const struct sum_view *v, struct em_out *out, size_t most);
/* Writes the events that a later tsum needs: --partial. */
int sum_partial(
    struct cli *c, struct em_results *all, const struct sum_view *v);

#endif
