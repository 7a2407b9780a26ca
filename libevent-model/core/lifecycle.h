/* SPDX-License-Identifier: MIT */
/*
 * Is the stream so far complete?  A run is open from its run_start to its
 * run_complete; a stream without runs is complete with discover_complete
 * (PROTOCOL.md, "Streams").
 */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "core.h"

#define LIFE_KINDS                                                             \
	(1u << EM_PROTOCOL | 1u << EM_DISCOVER_START |                         \
	    1u << EM_DISCOVER_COMPLETE | 1u << EM_RUN_START |                  \
	    1u << EM_RUN_COMPLETE)

struct lifecycle {
	struct table runs; /* by `run`: 1 while open */
	size_t open; /* runs that are */
	bool pending; /* something began that has not ended */
	bool discovering;
	bool listed; /* discovery has ended before its start */
};

void life_event(struct lifecycle *l, const struct em_event *ev,
    struct em_reader_stats *stats);
bool life_open(const struct lifecycle *l);
void life_free(struct lifecycle *l);

#endif
