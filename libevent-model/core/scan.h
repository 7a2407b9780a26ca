/* SPDX-License-Identifier: MIT */
/*
 * The native scanner: one line of the protocol to one event, in one pass.
 * Full RFC 8259 grammar and UTF-8 validation; slices point into the line but
 * where an escape must be decoded, which goes into the arena.
 */
#ifndef SCAN_H
#define SCAN_H

#include "core.h"

struct scan {
	struct arena *arena; /* decoded strings, lists, unknown members */
	unsigned depth_max;
	uint64_t unknown_members; /* added to for each line */
	/* After scan_line(): why the event is invalid, or NULL.  Names the
	 * member whose value has the wrong type or is missing. */
	const char *invalid;
	const char *invalid_why;
	/* After a failure: what is wrong, and at which byte of the line. */
	const char *error;
	size_t error_at;
};

/*
 * Scans one line (without LF; a CR before it is white space).  At least 64
 * bytes behind line.p + line.n must be readable.  True when the line is one
 * JSON object: *ev is set, kind EM_UNKNOWN when its event is not known.
 * False when it is malformed: error and error_at say why.
 *
 * A known member with the wrong type or range is treated as absent, and a
 * missing or wrong required one sets EM_F_INVALID (VAL-2, VAL-4).  null is
 * absence (EVO-15).  A duplicate of a known member is malformed (ENC-6).
 */
bool scan_line(struct scan *s, struct em_str line, struct em_event *ev);

/*
 * Any JSON text: true when s is one valid RFC 8259 value in valid UTF-8, with
 * white space around it.  The same grammar that scan_line() uses.
 */
bool scan_value(struct em_str s, unsigned depth_max, const char **error,
    size_t *at);

/* Decodes the inside of a JSON string that is known to be valid.  A lone
 * surrogate becomes U+FFFD. */
struct em_str scan_unescape(struct arena *a, struct em_str inside);

#endif
