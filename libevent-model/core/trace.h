/* SPDX-License-Identifier: MIT */
/*
 * What is written about a failure in plain text, taken apart for
 * case_message: stack traces of Python, and messages that begin with a place
 * as compilers write it.
 */
#ifndef TRACE_H
#define TRACE_H

#include "core.h"

/*
 * Sets message, detail, type and location of *ev, slices of text, as far as
 * text has them.  detail is all of text when it says more than message.
 */
void trace_message(struct em_event *ev, struct em_str text);
/* Sets the location alone, unless it is set. */
void trace_location(struct em_event *ev, struct em_str text);
/* "file.c:12:5: rest": takes it off *s; false when s does not begin so. */
bool trace_place(struct em_str *s, struct em_location *l);

#endif
