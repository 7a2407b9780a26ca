/* SPDX-License-Identifier: MIT */
/*
 * The parts of tmerge: merge-inputs.c says whose event comes next,
 * merge-judge.c whether an input holds what it states, merge-stream.c makes
 * one stream of them, merge.c is the tool.
 */
#ifndef MERGE_H
#define MERGE_H

#include "cli.h"

/* ---- merge-inputs.c ---- */

struct held; /* see merge-cases.c */

struct merge_input {
	struct cli_input in;
	const char *name;
	size_t number; /* its place on the command line */
	const struct em_event *ev; /* the next one, read ahead; or NULL */
	int64_t time_ns; /* of ev, wall clock; EM_UNSET when not known */
	int64_t base_ns; /* of the protocol event */
	bool open;
	bool ended; /* it has no more events, and has said why */
	bool failed; /* could not be opened, which was said */
	struct em_results *results; /* of this input alone, while it is open */
	/* Several streams one after the other are several parts. */
	size_t streams; /* how many have begun */
	size_t part; /* of the stream at hand, among all; from 1 */
	struct held *latest; /* told of last, as long as it is held */
};

struct merge_inputs {
	struct cli *c;
	struct merge_input *v; /* those that are open or to be opened */
	size_t n; /* inputs in all */
	size_t first, end; /* v[first..end) may be open */
	size_t open; /* how many are */
	size_t wanting; /* of those: neither an event nor the end is known */
	size_t over; /* of those: at their end */
	size_t window; /* how many at most at a time */
	bool ordered; /* one input after the other */
};

/* The window is how many inputs may be open at a time. */
bool merge_inputs_init(
    struct merge_inputs *m, struct cli *c, size_t window, bool ordered);
/*
 * The input whose event is to be taken next: of those that have one, the
 * earliest by the clock, then the first by place.  Inputs that have nothing
 * yet are not waited for while another has something.  NULL at the end.
 */
struct merge_input *merge_inputs_next(struct merge_inputs *m);
/* Takes the event of the input: its ev is NULL after the next call. */
void merge_inputs_take(struct merge_inputs *m, struct merge_input *in);
void merge_inputs_free(struct merge_inputs *m);

/* ---- merge-judge.c ---- */

/* Each event of the input; false when memory is out. */
bool merge_input_note(struct merge_input *in, const struct em_event *ev);
/*
 * At its end: whether the merged run fails whatever its cases say.  Where an
 * input states a failure because of its cases, they have the word, for
 * another input may have it on them; but one whose statements disagree with
 * its events, which is said, is never part of a pass.
 */
bool merge_input_failed(struct merge_input *in, const struct cli *c);

/* ---- merge-stream.c ---- */

enum merge_duplicates { DUP_ERROR, DUP_KEEP, DUP_LAST, DUP_WORST };

struct merge_opts {
	bool attempts; /* later inputs are retries of earlier ones */
	enum merge_duplicates duplicates;
	const char *suite_from; /* "file", "dir", a name, or NULL */
};

struct merge_stream;

/* The inputs are looked at for the versions that they state. */
struct merge_stream *merge_stream_new(struct cli *c,
    const struct merge_opts *opts, const struct merge_inputs *inputs);
/* With DUP_LAST and DUP_WORST: tells what a stream of an input (by place)
 * concluded, before any event of it is merged. */
bool merge_stream_learn(struct merge_stream *m, const struct merge_input *in,
    struct em_results *rs);
/* Each event in merged order; a status that is not ST_OK ends it. */
int merge_stream_event(
    struct merge_stream *m, struct merge_input *in, const struct em_event *ev);
/* An input has ended; complete says whether its runs were. */
void merge_stream_input_end(
    struct merge_stream *m, struct merge_input *in, bool complete);
/* Ends suites and runs. */
int merge_stream_finish(struct merge_stream *m);
void merge_stream_free(struct merge_stream *m);

#endif
