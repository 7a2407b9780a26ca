/* SPDX-License-Identifier: MIT */
/* What a reader concludes from a stream: section 6 of the protocol. */
#ifndef REF_FOLD_H
#define REF_FOLD_H

#include "event.h"

enum outcome { NO_OUTCOME, SKIP, PASS, FAIL }; /* the later one beats */

struct identity { /* the empty string is not the absent one */
	struct slice run, suite, class, name, variant;
	int64_t iteration;
};

struct text_list {
	struct slice *v; /* p == NULL: a message without text */
	size_t n;
};

struct written { /* what one case wrote to one stream */
	struct slice stream;
	struct ref_text text;
};

struct measured {
	struct slice metric, value, unit;
};

struct attempt {
	int64_t number;
	bool started, completed;
	enum outcome outcome;
	struct slice status, reason;
	int64_t duration_ns; /* -1: absent */
	/* for mutants: had an error, and when its last event came */
	bool errors;
	size_t seen;
};

struct ccase {
	struct identity id;
	uint64_t hash;
	struct attempt *attempt; /* by number */
	size_t attempts;
	bool discovered, unselected;
	struct slice status, reason; /* of the discovery */
	struct slice parent;
	bool shown; /* in the document, by a converter */
	struct text_list messages;
	struct written *written;
	size_t streams;
	struct measured *measured;
	size_t metrics;
};

struct counts {
	int64_t pass, fail, skip;
};

struct suite {
	struct slice run, name, parent;
	bool started, completed, counted, bad_counts;
	enum outcome outcome;
	struct counts stated;
};

struct run {
	struct slice id;
	bool discovery, listed, started, completed, seen, cancelled, counted,
	    bad_counts, explained;
	enum outcome outcome;
	struct counts stated;
	int64_t total; /* of run_start, or -1 */
};

struct stream {
	struct ccase *cases;
	size_t ncases;
	uint32_t *index; /* of cases by hash; a power of two slots */
	size_t slots;
	struct suite *suites;
	size_t nsuites;
	struct run *runs;
	size_t nruns;
	size_t steps; /* events of cases */
	size_t last_case; /* the case that a case event was about last */
};

/* Faults of mutants. */
struct fold_rules {
	bool c_strings, split_names, trim_names, name_alone, adjacency;
	bool status_decides, unknown_passes, absent_passes, finish_optional;
	bool incomplete_ignored, counts_trusted, outcome_trusted;
	bool last_wins, first_wins, late_error_lost, any_attempt;
	bool attempts_are_cases, not_run_ignored, suite_outcome_ignored;
	bool negative_duration, clock_strict, late_ignored, merge_streams;
	bool latest_decides, listing_truncated, log_late, error_fails;
	bool parents_any, totals_checked, gaps_allowed, outcome_ignored;
	bool repeats_allowed, cancel_fails, late_any, first_decides;
	bool base64_as_text, start_optional, outcome_any, empty_refused;
	bool surrogates_apart, empty_absent, first_line, ascii_names;
	bool basename, default_zero, metrics_lost, selected_ignored;
	bool empty_suites_lost, names_short, invalid_ignored, durations_32;
};

enum { VIOLATIONS_MAX = 32 };

struct fold {
	struct fold_rules rules;
	struct stream *streams;
	size_t nstreams;
	struct slice version; /* of the first header */
	const char *violations[VIOLATIONS_MAX];
	size_t nviolations;
	size_t unknown_events, unknown_members, unknown_values;
	size_t noise, malformed, invalid;
	bool malformed_class, unsupported, cut;
	bool headless; /* a header is missing, faulty or repeated */
	char message[256];
	int64_t clock; /* the last elapsed_ns */
	bool frame; /* cases are not folded, only what is around them */
};

/* Opens the next stream. */
void fold_stream(struct fold *f);
void fold_event(struct fold *f, const struct event *e);
void fold_violation(struct fold *f, const char *rule);

enum class { ACCEPT, TRUNCATED, MALFORMED, UNSUPPORTED };
enum verdict { V_PASS, V_FAIL, V_NONE };

struct conclusion {
	enum class class;
	enum verdict verdict;
};

/* Whether the stream that is open has all its ends: section 6.5. */
bool fold_complete(const struct fold *f);
struct conclusion fold_conclude(struct fold *f);
/* The attempt that decides, NULL for a case that was not run. */
const struct attempt *fold_decides(const struct fold *f, const struct ccase *c);
enum outcome fold_outcome(const struct fold *f, const struct ccase *c);

/* Final outcomes of the cases of a run; of one suite of it, unless suite is
 * NULL; of those without suite, if suite->p is NULL. */
struct counts fold_counts(
    const struct fold *f, struct slice run, const struct slice *suite);
/* Whether what the cases and suites say makes the run fail. */
bool fold_fails(struct fold *f, struct slice run);
/* The run as far as it is known, NULL for an unknown one. */
const struct run *fold_run(const struct fold *f, struct slice id);
void fold_free(struct fold *f);

/* A copy that lives as long as the program: a reference reads once. */
struct slice keep(struct slice s);

#endif
