/* SPDX-License-Identifier: MIT */
/*
 * Looks for an event that one schema takes and another does not, by trying:
 * every event of either, each member in turn absent, at each of its limits and
 * beyond, of each value that either lists and of every wrong type. It knows
 * the keywords, and not what a change of them means; the comparison in
 * changes.c knows that, and is held against what is found here.
 */
#ifndef WITNESS_H
#define WITNESS_H

#include "buf.h"
#include "schema.h"

struct witness_side {
	const struct schema *schema;
	enum schema_view view;
};

/*
 * Whether there is an event, put into *line, that left takes and right does
 * not. Members about which both say the same are left alone when both are
 * looked at in the same way, unless all is true.
 */
bool witness_find(const struct witness_side *left,
    const struct witness_side *right, bool all, struct buf *line);

#endif
