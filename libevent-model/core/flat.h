/* SPDX-License-Identifier: MIT */
/*
 * A JSON object on one line, its strings and numbers found in place: for
 * foreign formats with an object per line that are too large for a tree each.
 */
#ifndef FLAT_H
#define FLAT_H

#include "core.h"

struct flat_value {
	struct em_str text; /* inside of a string as written; or a number */
	bool string;
	bool escaped; /* a string with escapes: scan_unescape() */
};

/*
 * Looks for the keys (at most 32, of plain ASCII) in the object that line is,
 * white space aside.  v[i] is the value of keys[i] when bit i of *found is
 * set: a string or a number, the last one of several.  Other values and other
 * keys are passed over.  At least 64 bytes behind the line must be readable.
 *
 * False when line is not a valid object in valid UTF-8: then json_parse()
 * says why, or reads what is only ill-formed UTF-8.
 */
bool flat_object(struct em_str line, unsigned depth_max,
    const struct em_str *keys, size_t n, struct flat_value *v, uint32_t *found);

#endif
