/* SPDX-License-Identifier: MIT */
/* The scanner is tested as the machine has it and as other machines do. */
#ifndef TEST_SCAN_H
#define TEST_SCAN_H

#include "scan.h"

struct scan_impl {
	const char *name;
	bool (*line)(struct scan *s, struct em_str line, struct em_event *ev);
	bool (*value)(struct em_str s, unsigned depth_max, const char **error,
	    size_t *at);
	struct em_str (*unescape)(struct arena *a, struct em_str inside);
};

extern const struct scan_impl scan_portable;

#endif
