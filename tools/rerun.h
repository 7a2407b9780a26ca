/* SPDX-License-Identifier: MIT */
/*
 * The parts of trerun: rerun-tests.c holds the tests, rerun-state.c knows
 * which of them pass and which are outstanding after a chain of runs,
 * rerun-split.c deals them out, rerun-runner.c knows the runners,
 * rerun-lists.c, rerun-compiled.c and rerun-scripts.c how each is told what to
 * run, rerun-run.c prints and runs what those make, and command.c is about
 * commands.
 */
#ifndef RERUN_H
#define RERUN_H

#include "cli.h"
#include "command.h"

/* ---- the state: tests, and the sets that they are in ---- */

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
enum rerun_set rerun_decide(
    enum rerun_listed listed, enum rerun_seen seen, enum rerun_set before);

enum { RERUN_TIMES = 8 };

/* There may be millions. */
struct rerun_test {
	struct em_str suite, class_name, name, variant, file;
	struct em_str extra; /* the property RERUN_EXTRA */
	int64_t line;
	int64_t duration_ns; /* the 85th percentile of those recorded */
	float times[RERUN_TIMES]; /* the newest durations, ns */
	uint32_t time_count;
	/* What the run at hand says, iterations taken together. */
	uint32_t run; /* its number */
	enum rerun_listed is_listed : 4;
	enum rerun_seen seen : 4;
	enum rerun_set set : 4;
	bool flaky_now : 1, slow_now : 1;
	bool failed : 1, not_seen : 1, flaky : 1, slow : 1; /* in the last run
							     * that has it */
	bool fresh : 1; /* in the last listing, and in no run */
	bool listed : 1; /* in the last listing, and to be run */
};

/* What cargo-difftests knows of a test beyond its name. */
#define RERUN_EXTRA "difftests.extra"

struct rerun_state {
	struct rerun_test *v; /* in order of appearance */
	size_t n, size;
	struct em_map *index; /* by identity, without iteration: place + 1 */
	struct em_map *shared; /* strings of many tests: address of a copy */
	struct em_map *suites; /* of the run at hand: 1, or 2 when listed */
	struct em_map *broken; /* suites: 1 while the last run that has it
				* says it failed apart from its tests */
	size_t broken_count;
	struct rerun_text *texts; /* memory of the names */
	struct em_results *results; /* of the run at hand */
	bool any; /* and it has said something */
	uint32_t run; /* the number of the run at hand */
	bool listing; /* the last input was one */
	bool cut; /* the last run has no end */
	bool failed; /* the last run did, or a suite is broken */
};

/* ---- rerun-tests.c ---- */

bool rerun_state_init(struct rerun_state *s);
void rerun_state_free(struct rerun_state *s);
/* The test that a case is, whose strings stay those of the results: its names
 * and place, nothing of what became of it. */
struct rerun_test rerun_test_of(const struct em_case *c);
/* The test of a case by what identifies it, entered when it is new; NULL when
 * out of memory. */
struct rerun_test *rerun_state_test(
    struct rerun_state *s, const struct em_case *c);
/* It took that long, in one more run. */
void rerun_test_time(struct rerun_test *t, int64_t ns);
/* A property of a case; absent when it has none of that key. */
struct em_str rerun_property(const struct em_case *c, struct em_str key);

/* ---- rerun-state.c ---- */

/* The chain as events, oldest first; the table is applied at the end of each
 * run.  ST_OK, or ST_IO, which is said. */
int rerun_state_event(
    struct rerun_state *s, struct cli *c, const struct em_event *ev);
int rerun_state_end(struct rerun_state *s, struct cli *c);
/* Reads one input of the chain and applies the table.  A run that was cut
 * short is none of the trouble that is remembered by cli: reruns are for it. */
int rerun_state_read(struct rerun_state *s, struct cli *c, const char *name);
/* Reads and writes the sets: a listing in the native format.  Reading fails
 * for any other file, which must not be overwritten. */
int rerun_state_load(struct rerun_state *s, struct cli *c, const char *path);
int rerun_state_save(
    const struct rerun_state *s, struct cli *c, const char *path);
/* Reads the sets from a fold of what was written; *ours is false for any other
 * stream.  False when out of memory. */
bool rerun_state_take(struct rerun_state *s, struct em_results *rs, bool *ours);

/* ---- rerun-split.c ---- */

struct rerun_list {
	const struct rerun_test **v;
	size_t n;
};

/* Deals tests out to parts so that all take about as long: to each test its
 * part, from 0, and to each part its load in ns.  False when out of memory. */
bool rerun_split(
    const struct rerun_list *l, size_t parts, size_t *part, int64_t *load);
/* Keeps one part, from 0. */
bool rerun_keep_part(struct rerun_list *l, size_t which, size_t parts);

/* ---- rerun-runner.c ---- */

struct rerun_runner {
	const char *name;
	const char *command; /* what it is called with, words; NULL: a list */
	const char *help;
	void (*format)(struct commands *out, struct rerun_list l);
	/* What the commands say of where a test is, for runners that are
	 * given files or packages; absent when it is not known. */
	struct em_str (*place)(const struct rerun_test *t);
};

extern const struct rerun_runner rerun_runners[];
/* NULL when there is none. */
const struct rerun_runner *rerun_runner_find(const char *name);

/* ---- rerun-run.c ---- */

/* What is to be done with the tests that are due. */
struct rerun_job {
	struct cli *cli;
	const struct rerun_runner *runner;
	char **command; /* that the user gave, or NULL */
	size_t bytes_max;
	const char *version; /* of cargo-difftests, or NULL */
	/* Gets a descriptor to read what they print from; or NULL. */
	void (*output)(void *arg, int fd);
	void *arg;
};

/* The commands, or the list to out; false when out of memory.  cmds is to be
 * freed in any case. */
bool rerun_make(const struct rerun_job *job, struct commands *cmds,
    struct em_out *out, struct rerun_list l);
/* Prints them. */
int rerun_print(const struct rerun_job *job, struct rerun_list l);
/* The same for each of some parts, as a CI matrix in JSON. */
int rerun_matrix(
    const struct rerun_job *job, struct rerun_list l, size_t parts);
/* Runs them; the status of the first command that fails. */
int rerun_run(const struct rerun_job *job, struct rerun_list l);

/* ---- rerun-record.c ---- */

struct store;
struct store_run;

/* The same, recorded as a rerun of parent while its output passes; when all
 * went well and tests are outstanding still, that is said: ST_OUTSTANDING. */
int rerun_record(const struct rerun_job *job, struct rerun_list l,
    struct store *s, const struct store_run *parent);

#endif
