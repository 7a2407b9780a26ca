/* SPDX-License-Identifier: MIT */
/* What formats of cargo nextest have in common; for nextest*.c alone. */
#ifndef NEXTEST_H
#define NEXTEST_H

#include "foreign.h"
#include "jsondoc.h"

/* Makes the discover_case *ev one that is not selected, for nextest's reason
 * why a test does not match. */
void nextest_mismatch(struct em_event *ev, struct em_str reason);

#endif
