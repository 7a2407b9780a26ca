/* SPDX-License-Identifier: MIT */
/*
 * Patterns: what a stream of events must look like, where its bytes are free.
 *
 * A pattern is text, one event a line, in the order that is wanted:
 *
 *	# comment
 *	{"event":"case_start","name":$n,...}	exactly one event
 *	? {"event":"discover_start",...}	one event or none
 *	* {"event":"case_output",...}		any number, none too
 *	...					any number of any events
 *	~a {"event":"case_start","name":"a"}	lane a: lines of one lane keep
 *	~b {"event":"case_start","name":"b"}	their order, lanes interleave
 *	~ {"event":"discover_case","name":"a"}	a lane of its own
 *	- {"event":"log",...}			such events are passed over
 *	! {"event":"run_start",...}		no such event anywhere
 *
 * Lanes that follow each other form a block; a line without ~ waits until the
 * block is over.  An event is a JSON object in which these stand for more:
 *
 *	$x	the same value wherever it stands
 *	*	any value
 *	*"x"*	a string that contains x; also "x"* and *"x"
 *	?"k":v	k may be absent; if it is there, it is v
 *	...	any further members or elements; without it there are none
 */
#ifndef CONFORMANCE_PATTERN_H
#define CONFORMANCE_PATTERN_H

#include "json.h"

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* NULL on a faulty pattern: why says what and on which line. */
struct pattern *pattern_read(
    const char *text, size_t n, char *why, size_t why_size);
void pattern_free(struct pattern *p);

/* Whether the lines match; if not, why says where it ends to, and *wanted
 * (which may be NULL) is the line of the pattern that was not met, or 0. */
bool pattern_match_to(const struct pattern *p, const struct slice *lines,
    size_t count, char *why, size_t why_size, size_t *wanted);
bool pattern_match(const struct pattern *p, const struct slice *lines,
    size_t count, char *why, size_t why_size);

#endif
