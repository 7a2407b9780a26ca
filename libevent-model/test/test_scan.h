/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the scanner share.  It is tested as this machine has it
 * and as machines without SSE2 have it, new and after other lines, and with
 * all kinds of bytes behind the text.
 */
#ifndef TEST_SCAN_H
#define TEST_SCAN_H

#include "scan.h"

enum { DEPTH = 100, MEMORY = 1 << 26, SLACK = 64 };

struct scan_impl {
	const char *name;
	bool (*line)(struct scan *s, struct em_str line, struct em_event *ev);
	bool (*value)(struct em_str s, unsigned depth_max, const char **error,
	    size_t *at);
	struct em_str (*unescape)(struct arena *a, struct em_str inside);
};

extern const struct scan_impl scan_native, scan_portable;
extern const struct scan_impl *const scan_impls[3];

/* What may stand behind a text in its buffer. */
extern const char *const scan_behind[];
extern const size_t scan_behind_count;

/* A line and what comes of it: see scanned(). */
struct scan_row {
	struct em_str line;
	const char *want;
};

extern const struct scan_row scan_good[], scan_bad[];
extern const size_t scan_good_count, scan_bad_count;

/* Of the results; reset by setup and teardown. */
extern struct arena scan_arena;

void scan_setup(void);
void scan_teardown(void);
/* A copy with just the bytes behind it that the scanner may look at. */
char *with_slack(struct em_str s, const char *fill);
/* The line scanned by s: the event in words, or the failure. */
struct em_str scanned(const struct scan_impl *impl, struct scan *s,
    struct em_event *ev, struct em_str line, const char *fill);
/* The same by all scanners, new and used ones, whatever is behind. */
struct em_str scanned_by_all(struct em_str line);
/* Whether s is a JSON value, by all scanners, whatever is behind. */
bool valid_by_all(struct em_str s, unsigned depth);
/* depth times open, inner, depth times close. */
struct em_str nested(
    unsigned depth, const char *open, const char *inner, const char *close);

#endif
