/* SPDX-License-Identifier: MIT */
/*
 * The parts of trerun: rerun-state.c knows which tests pass and which are
 * outstanding after a chain of runs, rerun-runner.c how each runner is told
 * what to run, command.c builds, prints and runs commands.
 */
#ifndef RERUN_H
#define RERUN_H

#include "cli.h"
#include "command.h"

/* ---- rerun-state.c ---- */

enum rerun_set { SET_UNKNOWN, SET_PASSING, SET_OUTSTANDING };

/* How a run knows a test, and what became of it: the columns of nextest's
 * table (recording runs, "the decision table"). */
enum rerun_listed {
	LISTED_NO_SUITE, /* its suite is not in the run */
	LISTED_NOT, /* the suite was listed without it */
	LISTED_MATCH, /* in the run */
	LISTED_PASSED_BEFORE, /* left out because it has passed already */
	LISTED_LEFT_OUT /* left out for another reason */
};

enum rerun_seen {
	SEEN_PASSED,
	SEEN_FAILED,
	SEEN_NOT, /* never finished or never started */
	SEEN_PASSED_BEFORE, /* skipped because it has passed already */
	SEEN_SKIPPED
};

/* What a test is after a run, by what it was before. */
enum rerun_set rerun_decide(enum rerun_listed listed, enum rerun_seen seen,
    enum rerun_set before);

struct rerun_test {
	struct em_str suite, class_name, name, variant, file;
	int64_t line;
	int64_t duration_ns; /* the 85th percentile of those recorded */
	enum rerun_set set;
	bool failed, not_seen, flaky, slow; /* in the last run that has it */
	bool fresh; /* in the last listing, and never seen in a run */
	bool listed; /* in the last listing */
	int64_t times[8]; /* the newest durations */
	unsigned time_count;
};

struct rerun_state {
	struct rerun_test *v; /* in order of appearance */
	size_t n, size;
	struct em_map *index; /* by identity, without iteration: place + 1 */
	struct em_map *run; /* of the run at hand: place + 1 of its fold */
	struct rerun_text *texts; /* memory of the names */
	bool listing; /* the last input was one */
	size_t runs;
};

bool rerun_state_init(struct rerun_state *s);
/* Reads one input of the chain and applies the table; ST_IO when out of
 * memory.  Trouble with the input itself is said and remembered by cli. */
int rerun_state_read(struct rerun_state *s, struct cli *c, const char *name);
/* Reads and writes the sets: a listing in the native format. */
int rerun_state_load(struct rerun_state *s, struct cli *c, const char *path);
int rerun_state_save(
    const struct rerun_state *s, struct cli *c, const char *path);
void rerun_state_free(struct rerun_state *s);

/* ---- rerun-runner.c ---- */

struct rerun_list {
	const struct rerun_test **v;
	size_t n;
};

struct rerun_runner {
	const char *name;
	const char *command; /* what it is called with, words; NULL: a list */
	const char *help;
	void (*format)(struct commands *out, struct rerun_list l);
};

extern const struct rerun_runner rerun_runners[];
/* NULL when there is none. */
const struct rerun_runner *rerun_runner_find(const char *name);

#endif
