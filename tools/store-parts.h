/* SPDX-License-Identifier: MIT */
/*
 * The parts of the store that its users do not see: store-paths.c knows where
 * it is, store-file.c the file of a run, store-meta.c what is known of a run,
 * store-index.c and store-tests.c the index, and store-fold.c what that is to
 * know.
 */
#ifndef STORE_PARTS_H
#define STORE_PARTS_H

#include "store.h"

struct index;

struct store {
	struct cli *cli;
	char *dir;
	struct index *index;
};

/* "1.1": a minor adds what older ones can do without; 1.1 added checks. */
enum { STORE_MAJOR = 1, STORE_MINOR = 1 };

/* ---- store-paths.c ---- */

/* The directory of the store of the workspace, noted there whose it is when it
 * is written to; NULL: said. */
char *paths_store(struct cli *c, enum store_use use);
/* The working directory, canonical, to be freed; NULL: see errno. */
char *paths_here(void);
/* DIR/NAME; NULL when out of memory. */
char *paths_join(const char *dir, const char *name);
/* runs/ID.zst of a store. */
char *paths_run(const struct store *s, const struct store_id *id);
/* The directory and all above it, for its owner alone. */
bool paths_make(const char *dir);

/* ---- store-file.c: frames around a stream ---- */

enum frame { FRAME_HEAD, FRAME_SETS, FRAME_END };

struct run_file {
	int fd; /* holds the lock as long as it is open */
	char *path;
	struct em_out *out; /* the stream */
};

/* Makes the file, locked, with its head and the sets, which may be absent.
 * False: err says why. */
bool run_file_create(struct run_file *f, const char *path, struct em_str head,
    struct em_str sets, struct em_error *err);
/* Begins the stream. */
bool run_file_begin(struct run_file *f, struct em_error *err);
/* Ends the stream and adds the end; closes in any case. */
bool run_file_end(struct run_file *f, struct em_str end, struct em_error *err);
/* Closes as if the recorder had died. */
void run_file_abandon(struct run_file *f);
/* Is somebody recording into it? */
bool run_file_live(const char *path);

/* The payload of a frame, to be freed, absent when it is not there; false on
 * an error: err says why. */
bool run_file_read(
    int fd, enum frame tag, struct em_str *payload, struct em_error *err);

/* Do these bytes begin the file of a run? */
bool run_file_is(struct em_str first);

/* What comes before the file of a run in a portable file. */
struct pack {
	struct store_id id;
	uint64_t size;
};

enum { PACK_SIZE = 12 + 36 + 8 };

void pack_write(struct em_out *out, const struct pack *p);
/* False when it is something else. */
bool pack_read(struct em_str s, struct pack *p);

/* ---- store-meta.c ---- */

/* A short stream that states what is known of a run, as memory. */
struct em_out *meta_head(
    const struct store_id *id, int64_t now, const struct recorder_opts *opts);
struct em_out *meta_end(const struct store_run *run);
/* The event of that kind in such a stream, to be freed; NULL: err says why. */
struct em_event *meta_read(
    struct em_str s, enum em_kind kind, struct em_error *err);
/* Refuses formats that this version cannot read; false: err says why. */
bool meta_readable(const struct em_event *start, struct em_error *err);
/* The words as a shell would have them; NULL when there are none. */
char *command_text(const struct em_strs *command);
/* The links of a run. */
bool meta_links(const struct em_event *start, struct store_run *run);

/* ---- store-fold.c ---- */

/* What a case did in a run, in 8 bytes: an outcome, flags, a duration. */
typedef uint64_t store_slot;

enum {
	SLOT_OUTCOME = 7, /* enum em_outcome; all of it 0: not in the run */
	SLOT_FLAKY = 8,
	SLOT_NOT_RUN = 16,
	SLOT_INCOMPLETE = 32,
	SLOT_TIMED = 64, /* there is a duration, in ns, above bit 8 */
	SLOT_SHIFT = 8
};

struct fold_case {
	struct em_str suite, class_name, name, variant;
	struct em_key key;
	store_slot slot;
};

struct fold {
	struct em_results *results;
	uint64_t events;
};

bool fold_init(struct fold *f);
void fold_event(struct fold *f, const struct em_event *ev);
/* Verdict, counts and duration of the run. */
void fold_summary(struct fold *f, struct store_run *run);
/* The cases by key, iterations taken together, valid as long as the fold; NULL
 * when out of memory. */
struct fold_case *fold_cases(struct fold *f, size_t *n);
void fold_free(struct fold *f);

/* ---- store-index.c: errors are in err; true: done ---- */

enum { /* how long to wait for one who writes, in ms */
	INDEX_WAIT_MS = 10000,
	INDEX_GLANCE_MS = 250 /* where it can also be done later */
};

void index_patience(struct index *ix, int ms);
struct index *index_open(const char *path, struct em_error *err);
void index_close(struct index *ix);
/* Enters or replaces a run, with its cases; sets run->number. */
bool index_put(struct index *ix, struct store_run *run,
    const struct fold_case *cases, size_t n, struct em_error *err);
bool index_list(
    struct index *ix, struct store_runs *runs, struct em_error *err);
/* Notes that the run was used now, so that it is kept for longer. */
bool index_touch(struct index *ix, const struct store_id *id, int64_t now,
    struct em_error *err);
bool index_forget(
    struct index *ix, const struct store_id *id, struct em_error *err);

/* How many runs there are, and of what size. */
bool index_totals(
    struct index *ix, uint64_t *runs, uint64_t *bytes, struct em_error *err);
/* Forgets tests that no run has. */
bool index_sweep(struct index *ix, struct em_error *err);
/* A number kept under a name; otherwise when there is none. */
int64_t index_setting(struct index *ix, const char *key, int64_t otherwise);
bool index_set(
    struct index *ix, const char *key, int64_t value, struct em_error *err);

struct index_test {
	int64_t number;
	struct em_str suite, class_name, name, variant;
};

/* Calls f for each test with that name, or, when there is none, with a name
 * that contains it; NULL: for all.  f returns false to end it. */
bool index_tests(struct index *ix, const char *name,
    bool (*f)(void *arg, const struct index_test *t), void *arg,
    struct em_error *err);
/* Calls f for each run that has the test, the oldest first. */
bool index_history(struct index *ix, int64_t test,
    void (*f)(void *arg, const struct store_run *run, store_slot slot),
    void *arg, struct em_error *err);
/* Calls f for what each test did in each run, the oldest run first. */
bool index_outcomes(struct index *ix,
    void (*f)(void *arg, int64_t test, store_slot slot), void *arg,
    struct em_error *err);

/* ---- store-prune.c ---- */

struct limits {
	uint64_t runs, bytes;
	int64_t age_ns;
};

/* Keeps to them, when it was not done for a day or they are passed by half. */
void prune_sometimes(struct store *s);

/* ---- store-sync.c ---- */

/* Reads the file of a run and tells the index. */
bool sync_run(struct store *s, const struct store_id *id, struct em_error *err);
/* Makes the index agree with the files, and lists what there is. */
bool sync_store(struct store *s, struct store_runs *runs, struct em_error *err);

/* Since 1970, in ns. */
int64_t store_now(void);

#endif
