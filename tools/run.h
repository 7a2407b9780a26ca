/* SPDX-License-Identifier: MIT */
/*
 * The parts of trun: run-keep.c starts commands, forwards signals and minds
 * the time; run-read.c makes events of what each prints; run-stream.c makes
 * one stream of them; run-commands.c knows the commands, run-again.c how each
 * is told to run some tests alone, run-bisect.c finds which test spoils
 * another, run-parent.c reruns from the store.
 */
#ifndef RUN_H
#define RUN_H

#include <pthread.h>
#include <signal.h>
#include <sys/types.h>

#include "cli.h"
#include "rerun.h"
#include "store.h"

int64_t run_now(void); /* monotonic, ns */

/* ---- run-read.c, run-keep.c ---- */

/* How a command ended. */
struct run_end {
	int spawn_error; /* errno when it could not be started */
	int exit_code; /* -1 when a signal ended it */
	int signal; /* or 0 */
	bool timed_out;
	bool cancelled; /* after a signal to us, or never started */
	bool started;
	bool leaked; /* something it started held its output open */
	bool recognised; /* a format, in what it printed */
	bool silent; /* nothing, on its standard output */
	bool cut; /* what was recognised has no end */
	int trouble; /* with its output: ST_ of what is the worst, or 0 */
	int64_t duration_ns;
};

/* A command that is run once. */
struct run_job {
	char *const *argv;
	const char *name; /* for messages */
	bool own_stdin; /* it may read ours */
	/* For each event, of one job at a time. */
	void (*event)(void *arg, const struct em_event *ev);
	/* When it has ended, or will not be started. */
	void (*ended)(void *arg, const struct run_end *end);
	void *arg;

	struct run_end end;

	/* run-keep.c */
	struct run_keeper *keeper;
	pid_t pid; /* and its group; 0: not running */
	int slot; /* which of those that run at a time, from 1 */
	bool reaped, reader_done;
	int64_t start_ns, term_at, kill_at; /* EM_UNSET: never */

	/* run-read.c */
	pthread_t thread;
	int out, err; /* what it prints; -1 when closed */
	int stop[2]; /* closed for writing when the command has ended */
	bool draining; /* that was seen */
	int64_t quiet_at; /* when nothing more was there */
	size_t drained; /* bytes since */
	struct em_reader *reader;
	unsigned warned;
	struct text line; /* of standard error, without its end yet */
};

struct run_keeper {
	struct cli *cli;
	long parallel; /* commands at a time */
	int64_t timeout_ns, grace_ns; /* EM_UNSET: none */
	/* When nothing is to be read at the moment; may be NULL. */
	void (*idle)(void *arg);
	void *arg;

	pthread_mutex_t lock; /* of all that events go to */
	int cancel_signal; /* that was sent to us, or 0 */
	bool failed; /* events cannot be passed on: end it all */
};

/* One at a time, since signals are caught; false: said. */
bool run_keeper_init(struct run_keeper *k, struct cli *c);
/* Runs them all; each job's end says how it went. */
void run_keep(struct run_keeper *k, struct run_job *jobs, size_t n);
void run_keeper_free(struct run_keeper *k);
/* Tells the keeper's loop that something is to be seen to. */
void run_wake(void);
/* Starts the command in a process group of its own, with what it prints to
 * j->out and j->err; false: said, and in j->end. */
bool run_spawn(struct run_job *j, const sigset_t *mask);

/* The thread of a job: reads what the command prints until it has ended. */
void *run_read(void *job);
/* Why the run of a command counts as failed whatever its cases say, as a
 * status of the protocol; NULL when it does not. */
const char *run_end_status(const struct run_end *e);
/* The same for people, as a clause: "was killed by signal 9 (Killed)". */
void run_end_text(const struct run_end *e, char *buf, size_t size);

/* ---- run-stream.c ---- */

struct run_stream_opts {
	bool several; /* commands: their suites are named apart */
	bool rounds; /* some cases may run again, as attempts */
	struct em_strs command; /* of the run */
	struct em_str parent_run, root_run;
	unsigned keep; /* of the results */
	struct recorder *recorder; /* or NULL */
};

/* One stream of all commands. */
struct run_stream;

/* What one command gives; an argument for run_job.event. */
struct run_source {
	struct run_stream *stream;
	struct em_str label; /* its suites are below this one; or absent */
	const struct run_job *job;
	struct run_open *open; /* cases that have started */
	size_t open_count, open_size;
	struct em_map *open_at; /* place of a case in open, from 1 */
	struct em_map *base; /* attempts of a case that others made, plus 1 */
	struct text suite, parent; /* names in the making */
	int64_t began_ns;
	bool listing; /* it says what there is, and nothing else so far */
	bool labelled; /* the suite of the command has started */
};

struct run_stream *run_stream_new(
    struct cli *c, struct run_keeper *k, const struct run_stream_opts *opts);
/* Cases that come from here on have been run before: their attempts count
 * on.  False when out of memory. */
bool run_stream_next_round(struct run_stream *s);
/* How many that failed have not been run in this round. */
size_t run_stream_left(struct run_stream *s);
bool run_source_init(
    struct run_source *src, struct run_stream *s, struct em_str label);
void run_source_event(void *source, const struct em_event *ev);
/* The command has ended; forgets it. */
void run_source_end(void *source, const struct run_end *end);
/* What is known so far. */
struct em_results *run_stream_results(struct run_stream *s);
/* When a case started, counted from 1, with opts.keep; 0: it did not. */
uint64_t run_stream_place(struct run_stream *s, const struct em_case *c);
/* A message for a case, made by us. */
void run_stream_note(
    struct run_stream *s, const struct em_case *c, struct em_str text);
/* Ends suites and the run.  ended: how the only or the worst command did. */
int run_stream_finish(struct run_stream *s, const struct run_end *ended);
void run_stream_free(struct run_stream *s);

/* ---- run-commands.c ---- */

/* A command of the user. */
struct run_command {
	struct words words; /* as they were given */
	struct words first; /* without the marks of its selection */
	struct em_str label; /* what its suites are below; absent for one */
	bool deaf; /* a script that takes no words */
	char *text; /* all of it */
	char name[64]; /* for messages */
};

struct run_commands {
	struct run_command *v;
	size_t n;
	bool several; /* named apart, even when it is one */
	struct commands memory; /* remembers when words could not be kept */
};

/* The words, split at ":::"; ST_OK, or what to stop with. */
int run_commands_words(
    struct run_commands *all, struct cli *c, char *const *words);
/* A command a line; what needs a shell is given to one. */
int run_commands_file(
    struct run_commands *all, struct cli *c, const char *path);
void run_commands_free(struct run_commands *all);

/* ---- run-again.c ---- */

/* The runner that the command is one of, by its name; NULL when that says
 * nothing. */
const struct rerun_runner *run_again_runner(char *const *argv);
/* The words that make it print what is known as results; NULL when that is not
 * known. */
const char *run_again_hint(char *const *argv);
/* Commands that run these tests alone: the words of the user with what they
 * select taken out, but for files when the tests do not say where they are.
 * cmds is to be freed in any case. */
bool run_again_make(struct commands *cmds, struct cli *c,
    const struct rerun_runner *runner, const struct run_command *command,
    struct rerun_list l);
/* The first word that may be an option or a test: behind the program. */
size_t run_again_program(const struct words *words);
/* A word that marks what is selected: "{}", "{tests/}". */
bool run_again_mark(const char *word);

/* Tests of a stream, to be run again. */
struct run_tests {
	struct rerun_test *v;
	size_t n, size;
};

bool run_tests_add(struct run_tests *t, const struct em_case *c);
bool run_tests_copy(struct run_tests *t, const struct rerun_test *test);
/* Those below the label, whose suites are then named without it; *l is to be
 * freed. */
bool run_tests_of(
    const struct run_tests *t, struct em_str label, struct rerun_list *l);
/* Names a suite that is below the label without it; false: it is not. */
bool run_tests_strip(struct em_str *suite, struct em_str label);
void run_tests_free(struct run_tests *t);

/* ---- run-rounds.c ---- */

/* What is to be run, and how. */
struct run_plan {
	struct cli *c;
	struct run_keeper keeper;
	struct run_commands commands;
	const struct rerun_runner *runner; /* of all commands; or NULL */
	long retries;
	const char *bisect; /* a case; or NULL */
	struct run_stream *stream;
	bool judged; /* a command has ended */
	struct run_end end; /* of the command that ended worst */
	int status; /* that it gives us */
};

/* Runs all commands, or those that are left of a run of the store, and then
 * what failed, as often as is wanted. */
void run_all(struct run_plan *p);
void run_some(struct run_plan *p, const struct run_tests *tests);
void run_again(struct run_plan *p);
/* NULL when it is not known. */
const struct rerun_runner *run_plan_runner(
    const struct run_plan *p, const struct run_command *cmd);

/* ---- run-bisect.c ---- */

/* Finds which of the tests that ran before it makes a test fail. */
void run_bisect(struct run_plan *p);

/* ---- run-parent.c ---- */

/* A run of the store that is run again. */
struct run_parent {
	struct cli *cli;
	struct store *store;
	struct store_run run;
	struct rerun_state sets; /* after it */
	struct rerun_state before; /* tests of the runs that it is a rerun of */
	struct em_event *start; /* of the first run of the chain */
	char **words; /* its command, for who gives none */
	char id[STORE_ID_SIZE], root[STORE_ID_SIZE];
};

/* ST_OK, or what to stop with. */
int run_parent_open(
    struct run_parent *p, struct store *s, struct cli *c, const char *what);
/* What is outstanding, of these names when there are some; false: said. */
bool run_parent_tests(const struct run_parent *p, struct cli *c,
    const char *const *names, struct run_tests *tests);
/* Is it called so?  NULL: it may have any name. */
bool run_parent_named(const struct rerun_test *t, const char *const *names);
/* Fills in "before"; false when out of memory. */
bool run_parent_chain(struct run_parent *p);
void run_parent_close(struct run_parent *p);

/* ---- run-list.c ---- */

/* What runners listed, which due tests refer to. */
struct run_lists;

/* Asks the runners what there is: adds tests that are new, of these names when
 * there are some, to those that are due, and takes out what is not there any
 * more.  What cannot be listed stays as it is.  False: said. */
bool run_list_new(struct run_plan *p, struct run_parent *parent,
    const char *const *names, struct run_tests *due, struct run_lists **lists);
void run_list_free(struct run_lists *lists);

/* ---- inside of it: run-stream.c and run-finish.c ---- */

struct run_open {
	struct em_event *start;
};

struct run_held { /* the end of a suite, until all rounds are over */
	struct run_held *next;
	struct em_event *ev;
};

struct run_stream {
	struct cli *c;
	struct run_keeper *k;
	struct run_stream_opts opts;
	struct em_results *results; /* of what was written */
	struct em_map *suites; /* that have started */
	struct em_map *places; /* of cases, in the order they started */
	uint64_t place;
	struct em_map *latest; /* attempts of cases */
	struct em_map *before; /* the same when this round began; or NULL */
	struct em_event *complete; /* the end of the run, until it is ended */
	struct run_held *held;
	bool header, started, listing, cancel_told;
	int64_t began_ns;
	char cwd[4096];
	int st;
};

void run_no_memory(struct run_stream *s);
void run_note_place(struct run_stream *s, const struct em_event *ev);
void run_renumber(struct run_source *src, struct em_event *ev);
void run_put(struct run_stream *s, const struct em_event *ev);
/* The header and the start of the run, where they have not come yet. */
void run_put_start(struct run_stream *s, const struct em_event *ev);
/* The start of the suite of a command, once. */
void run_put_label(struct run_source *src);
void run_hold_suite(struct run_stream *s, const struct em_event *ev);

#endif
