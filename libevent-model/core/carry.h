/* SPDX-License-Identifier: MIT */
/*
 * Events of the protocol, carried as JSON text where a foreign format keeps
 * data of others, so that what it has no place for survives the way there
 * and back.
 */
#ifndef CARRY_H
#define CARRY_H

#include "format.h"
#include "scan.h"

/* What marks carried data in the foreign format: a name, a key. */
#define CARRY_NAME "test-events"

/* All zero at first. */
struct carry {
	struct em_writer *native;
	struct em_out *out;
	struct scan scan;
	struct em_event ev; /* what was scanned last */
};

/*
 * ev as one line of the protocol without LF, valid until the next call;
 * absent when out of memory.  What the foreign format states itself the
 * caller has taken out of *ev; ev->raw must be absent.
 */
struct em_str carry_put(struct carry *c, const struct em_event *ev);
/* The other way; false when text is not one event of a kind that is known.  A
 * line end behind it does not matter. */
bool carry_get(struct carry *c, struct em_reader *r, struct em_str text,
    struct em_event *ev);
void carry_free(struct carry *c);

#endif
