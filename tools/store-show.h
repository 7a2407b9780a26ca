/* SPDX-License-Identifier: MIT */
/*
 * A run as its runner would have printed it, a line for each test: live from
 * a pipe, or long after from the store, with the same result.
 */
#ifndef STORE_SHOW_H
#define STORE_SHOW_H

#include "cli.h"

/* Each includes those before it. */
enum show_level {
	SHOW_NONE,
	SHOW_FAIL,
	SHOW_RETRY,
	SHOW_SLOW,
	SHOW_LEAK,
	SHOW_PASS,
	SHOW_SKIP,
	SHOW_ALL
};

enum show_final {
	FINAL_NONE,
	FINAL_FAIL,
	FINAL_FLAKY,
	FINAL_SLOW,
	FINAL_SKIP,
	FINAL_PASS,
	FINAL_ALL
};

enum { /* bits: when the output of a test is printed */
	OUTPUT_NEVER = 0,
	OUTPUT_IMMEDIATE = 1,
	OUTPUT_FINAL = 2
};

struct show_opts {
	enum show_level level;
	enum show_final final;
	unsigned success_output, failure_output;
	bool flush_left; /* output is not indented */
};

struct show;

/* NULL when out of memory. */
struct show *show_new(
    struct cli *c, struct em_out *out, const struct show_opts *opts);
void show_event(struct show *s, const struct em_event *ev);
/* The summary. */
void show_end(struct show *s);
enum em_verdict show_verdict(struct show *s);
void show_free(struct show *s);

#endif
