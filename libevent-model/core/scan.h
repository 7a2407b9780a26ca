/* SPDX-License-Identifier: MIT */
/*
 * The native scanner: one line of the protocol to one event, in one pass.
 * Full RFC 8259 grammar and UTF-8 validation; slices point into the line but
 * where an escape must be decoded, which goes into the arena.
 */
#ifndef SCAN_H
#define SCAN_H

#include "scan-keys.h"

enum { SCAN_EXTRA = 8 };

/* All zero but for the first three members, which the caller sets; it stays
 * where it is, because it points into itself. */
struct scan {
	struct arena *arena; /* decoded strings, lists, unknown members */
	unsigned depth_max; /* at most 65536 counts */
	/* Names of members that nobody is going to look at, ends with NULL; or
	 * NULL.  Strings and integers of them are checked, and left out. */
	const char *const *ignore;
	/* After scan_line(): what is wrong with the event, or NULL.  Names the
	 * member whose value has the wrong type or is missing; why continues
	 * the sentence: "is missing". */
	const char *invalid;
	const char *invalid_why;
	/* After a failure: what is wrong, and at which byte of the line. */
	const char *error;
	size_t error_at;

	/* scan.c's own */
	struct em_event *ev; /* of the last call */
	uint64_t number; /* of the last line */
	unsigned depth; /* that a member may have */
	uint64_t set; /* keys that set fields of *ev */
	struct em_event blank;
	struct em_member extra[SCAN_EXTRA];
	struct scan_keys keys; /* made by the first call */
};

/*
 * Scans one line (without LF; a CR before it is white space).  At least 64
 * bytes behind line.p + line.n must be readable.  True when the line is one
 * JSON object: *ev is set, kind EM_UNKNOWN when its event is not known.
 * False when it is malformed: error and error_at say why; false also when the
 * arena refused memory, which its failed says.
 *
 * A known member with the wrong type or range is treated as absent, and is
 * named in invalid (VAL-2); a wrong outcome becomes EM_INVALID, a wrong or
 * missing member of counts -1.  A wrong member of the identity, a missing or
 * wrong required one, and none or several where one of several is wanted also
 * set EM_F_INVALID (VAL-4, VAL-9).  null is absence (EVO-15).  A duplicate of
 * a known member is malformed (ENC-6).
 *
 * A call with the same ev as the one before puts back only what that one set.
 * A caller that has changed other members of *ev than line and flags calls
 * em_event_init() before.
 */
bool scan_line(struct scan *s, struct em_str line, struct em_event *ev);

/*
 * The line that starts the bytes, if it is a good one that ends in them: its
 * LF need not be looked for before.  True when *ev is set, ev->raw to the
 * line.  False says nothing: when the line is there, scan_line() does.
 */
bool scan_ahead(struct scan *s, struct em_str bytes, struct em_event *ev);

/*
 * Any JSON text: true when s is one valid RFC 8259 value in valid UTF-8, with
 * white space around it.  The same grammar that scan_line() uses, and the
 * same 64 bytes behind s.
 */
bool scan_value(
    struct em_str s, unsigned depth_max, const char **error, size_t *at);

/* Decodes the inside of a JSON string that is known to be valid.  A lone
 * surrogate becomes U+FFFD. */
struct em_str scan_unescape(struct arena *a, struct em_str inside);

#endif
