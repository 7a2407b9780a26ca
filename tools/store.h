/* SPDX-License-Identifier: MIT */
/*
 * The store: the recorded runs of one workspace, in a directory.
 *
 * Each run is a file, runs/ID.zst: its stream, and in frames that zstd skips
 * what is known of it.  The files are the truth.  An index answers questions
 * fast; it is brought up to date with the files whenever runs are looked for,
 * so that a recorder that was killed, or could not reach the index, loses
 * nothing but what it had not written.
 *
 * Functions that return a status return ST_OK, or what to stop with after
 * having said why.
 */
#ifndef STORE_H
#define STORE_H

#include "cli.h"

/* ---- store-id.c: ids are UUIDv7, so that their order is that of time ---- */

struct store_id {
	unsigned char b[16]; /* all zero: none */
};

enum { STORE_ID_SIZE = 37 };

/* False when the system has no random bytes. */
bool store_id_new(struct store_id *id);
void store_id_text(const struct store_id *id, char text[STORE_ID_SIZE]);
/* Only the whole of one, with its dashes. */
bool store_id_parse(struct em_str text, struct store_id *id);
bool store_id_none(const struct store_id *id);
bool store_id_eq(const struct store_id *a, const struct store_id *b);

/* ---- store-open.c ---- */

struct store;

enum store_use {
	STORE_READ, /* where there is none, it is one without runs */
	STORE_WRITE /* it is made when there is none */
};

/* dir NULL: that of the workspace of the working directory, which is the
 * nearest directory above with a .git, .hg, .jj or .svn, or else itself; one
 * that is named must be there to be read.  NULL: said, with *st the status. */
struct store *store_open(
    struct cli *c, const char *dir, enum store_use use, int *st);
void store_close(struct store *s);
const char *store_dir(const struct store *s);

/* ---- store-find.c: what is there ---- */

enum store_state {
	STORE_LIVE, /* is being recorded */
	STORE_WHOLE, /* recorded to its end */
	STORE_CUT, /* the recorder or the run died: never a pass */
	STORE_DAMAGED /* its file cannot be read */
};

struct store_run {
	struct store_id id, parent, root; /* root: id when there is no parent */
	int64_t number; /* of the index */
	enum store_state state;
	enum em_verdict verdict;
	int64_t started_ns, written_ns; /* wall clock */
	int64_t duration_ns, exit_code, signal; /* EM_UNSET: unknown */
	struct em_counts counts;
	uint64_t flaky, not_run, incomplete;
	uint64_t events;
	uint64_t size; /* of the file */
	char *command; /* as a shell would have it, or NULL */
};

struct store_runs {
	struct store_run *v; /* the newest first */
	size_t n;
};

int store_list(struct store *s, struct store_runs *runs);
void store_runs_free(struct store_runs *runs);

/* By "latest", an id, or the beginning of one, dashes as you like.  When that
 * is none or several, says so with the candidates: ST_USAGE.  To be freed with
 * store_run_free(). */
int store_find(struct store *s, const char *what, struct store_run *run);
void store_run_free(struct store_run *run);

/* What a run was started with, to be freed.  NULL: said, with the status of
 * the tool set to more than ST_OK. */
struct em_event *store_start(struct store *s, const struct store_run *run);
/* The same of the first run of the chain, whose command reruns inherit: what
 * one of them was given beyond that does not stick. */
struct em_event *store_root_start(struct store *s, const struct store_run *run);

/* ---- store-stream.c: a run as events ---- */

struct store_stream;

/* The same; opts may be NULL. */
struct store_stream *store_stream_open(struct store *s,
    const struct store_run *run, const struct em_reader_opts *opts);
/* False at the end; trouble is said and remembered in the status of the tool,
 * also that a run that was cut has no end. */
bool store_stream_next(struct store_stream *in, const struct em_event **ev);
void store_stream_close(struct store_stream *in);

/* ---- store-record.c ---- */

struct recorder_opts {
	const struct store_run *parent; /* this is a rerun of it; or NULL */
	struct em_strs command; /* what is run, when that is known */
	size_t output_max; /* of one case; more keeps head and tail; 0: 10M */
};

struct recorder;

/* NULL when recording cannot begin, which is said; every function below takes
 * that for a recorder that does nothing and failed.  Trouble later is said
 * once, and recording is over then; nothing else is ever held up. */
struct recorder *recorder_begin(
    struct store *s, const struct recorder_opts *opts);
void recorder_event(struct recorder *r, const struct em_event *ev);
/* When the input has nothing to give at the moment: a recorder that is killed
 * loses what came after the last of these. */
void recorder_flush(struct recorder *r);
const struct store_id *recorder_id(const struct recorder *r);

/* It was no run after all: forgets it, and frees the recorder. */
void recorder_discard(struct recorder *r);

struct recorder_end {
	int64_t exit_code, signal; /* of the command; EM_UNSET: unknown */
};

/* The end of the run.  Frees the recorder; ST_IO when not all was recorded, and
 * ST_TRUNCATED when there was nothing to record, which then is no run. */
int recorder_finish(struct recorder *r, const struct recorder_end *end);

/* ---- store-sets.c: what is left to do after a run ---- */

struct rerun_state;

/*
 * Fills *sets, which is to be freed with rerun_state_free(), with what passes
 * and what is outstanding after the run, by nextest's table: what was known
 * when it started, and what it did to that.
 */
int store_sets(
    struct store *s, const struct store_run *run, struct rerun_state *sets);
/* How many tests are outstanding; says "N outstanding tests still remain"
 * when there are some. */
int store_outstanding(struct store *s, const struct store_run *run, size_t *n);
/* The same of a run that has just been recorded: ST_OUTSTANDING when there are
 * some. */
int store_remaining(struct store *s, const struct store_id *id);

#endif
