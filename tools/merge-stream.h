/* SPDX-License-Identifier: MIT */
/*
 * The inside of the merged stream, for merge-*.c only.
 *
 * A case's events are held until its attempt completes, because only then is
 * it known whether it may pass: a skip waits for the end and goes only when no
 * input has a result for the case.  What starts or ends the stream, a run or a
 * suite goes once.
 *
 * Memory: what is held; what waits for the end, as text; and of each case no
 * more than numbers, in maps.
 */
#ifndef MERGE_STREAM_H
#define MERGE_STREAM_H

#include "merge.h"

/* Bits of what is known of a case; the part that has its result is above. */
enum {
	K_RESULT = 1,
	K_DISCOVERED = 2, /* and selected */
	K_SKIPPED = 4, /* which went out, when no other part was there yet */
	K_FLAGS = 7,
	K_PART_SHIFT = 8
};

struct held; /* an attempt of one input that has not completed */
struct chain; /* an event of it */

enum { HELD_CHAINS = 1024 };

struct merge_end; /* of a suite or run */

/* Events that wait for the end, as a stream of their own. */
struct parked {
	struct em_out *text;
	struct em_writer *writer;
	uint64_t *parts; /* that each came from */
	size_t n, size;
};

struct version { /* that an input states */
	struct version *next;
	long minor;
	const char *input; /* the first that does */
};

struct merge_stream {
	struct cli *c;
	struct merge_opts opts;
	const struct merge_inputs *inputs;
	struct em_results *results; /* counts of what was written */
	struct em_map *cases; /* by identity: K_ bits and part */
	struct em_map *counts; /* attempts, or iterations, there were before */
	struct em_map *winners; /* with last and worst: rank and stream */
	struct em_map *suites, *runs; /* what was started */
	struct em_map *open; /* suites: parts where they are */
	struct em_map *by_end; /* the struct merge_end of a suite or run */
	struct merge_end *ends, **last_end; /* in the order they came */
	size_t open_runs, tail; /* tail: events behind the last run's end */
	bool ended; /* the only stream there is has ended */
	struct held *held[HELD_CHAINS]; /* by identity */
	struct chain *spare; /* memory of events that went out */
	size_t spares;
	struct parked parked; /* skips and deselections */
	size_t *part_inputs; /* the input of each part */
	size_t parts, parts_size;
	struct version *versions; /* by minor */
	long minor; /* that the header states */
	bool header, discovery, discovery_open;
	size_t cut; /* inputs that have no end */
	unsigned reported; /* duplicates */
	struct merge_input *in; /* of the event at hand */
	bool failed; /* an input failed, and none of its cases did */
	int st;
};

/* ---- merge-stream.c ---- */

int merge_no_memory(struct merge_stream *m);
/* Writes an event, and takes it down. */
void merge_put(struct merge_stream *m, const struct em_event *ev);
/* The value of the key; a place of no use when memory is out. */
uint64_t *merge_at(struct merge_stream *m, struct em_map *map, struct em_key k);

/* So far there is one stream and nothing to merge it with: all may pass, but
 * for what another one would change. */
bool merge_is_alone(const struct merge_stream *m);

/* ---- merge-ends.c ---- */

/* A suite_complete or run_complete, which waits. */
void merge_end(struct merge_stream *m, const struct em_event *ev);
/* Takes what comes behind the end of the only stream; false when it may go. */
bool merge_behind_end(struct merge_stream *m, const struct em_event *ev);
/* Another stream begins behind the only one. */
void merge_settle_ends(struct merge_stream *m);
/* At the end: ends suites and runs. */
void merge_put_ends(struct merge_stream *m);
void merge_free_ends(struct merge_stream *m);

/* ---- merge-cases.c ---- */

void merge_case_event(struct merge_stream *m, const struct em_event *ev);
void merge_discover_case(struct merge_stream *m, const struct em_event *ev);
/* An event that nobody knows: it keeps its place among those of the case that
 * it names, or that its input told of last. */
void merge_unknown(struct merge_stream *m, const struct em_event *ev);
/* What never completed, of one input, or of all with NULL. */
void merge_put_held(struct merge_stream *m, const struct merge_input *in);
void merge_free_held(struct merge_stream *m);

/* ---- merge-duplicates.c: which input has the word on a case ---- */

/* The stream at hand is not the one that has the word on this case. */
bool merge_loses(const struct merge_stream *m, struct em_key k);
/* An attempt has a result: ev is its end, or its start where it has none.
 * True when another part has a result for the case and none may. */
bool merge_note_result(
    struct merge_stream *m, struct em_key k, const struct em_event *ev);
/* Writes an event of a case, numbered anew where that is asked for. */
void merge_put_numbered(
    struct merge_stream *m, struct em_key k, const struct em_event *ev);

/* At the end: how many were not named. */
void merge_say_duplicates(const struct merge_stream *m);

/* ---- merge-parked.c ---- */

void merge_park(struct merge_stream *m, const struct em_event *ev);
/* At the end: a skip or a deselection never hides the result of another
 * part. */
void merge_put_parked(struct merge_stream *m);
void merge_free_parked(struct merge_stream *m);

/* ---- merge-header.c ---- */

void merge_header(struct merge_stream *m, const struct em_event *ev);
/* At the end: says which versions were mixed. */
void merge_say_versions(const struct merge_stream *m);
void merge_free_versions(struct merge_stream *m);

/* ---- merge-names.c ---- */

/* --suite-from: the input's name, and below it the suites that it states.
 * memory is to be freed when the event is done with. */
struct em_event merge_name_suite(
    const struct merge_stream *m, const struct em_event *ev, char *memory[2]);

#endif
