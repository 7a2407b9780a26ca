/* SPDX-License-Identifier: MIT */
/*
 * Text of the input, shown to people.  Nothing in it moves a cursor, changes
 * a colour, rings a bell or turns the direction of what follows: control
 * characters and bytes that are not UTF-8 are shown as \r, \x1b, \u{202e}.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include "core.h"

/* In one line: LF and TAB are shown too. */
void plain_line(struct em_out *out, struct em_str s);
/* Lines with indent before each; LF and TAB stay, CR LF becomes LF, and the
 * last line ends with an LF. */
void plain_block(struct em_out *out, struct em_str s, const char *indent);
/*
 * How many bytes of s, from its start, are shown as they are; what follows
 * is one character that is not.  With line, LF and TAB are such.
 */
size_t plain_run(struct em_str s, bool line);
/* Shows the character at s, whichever it is, escaped; its length in s. */
size_t plain_escape(struct em_out *out, struct em_str s);
/* The first line of s that is not blank, trimmed; empty when there is none. */
struct em_str plain_first_line(struct em_str s);
/* "suite::class::name (variant) (iteration 2)", not escaped yet; a run comes
 * first. */
struct em_str plain_name(struct arena *a, const struct em_event *ev);
/* "class.name (variant) (iteration 2)"; with_suite, the run and the suite come
 * first: for formats where dots are usual.  Not escaped. */
struct em_str plain_dotted(
    struct arena *a, const struct em_event *ev, bool with_suite);
/* What a message says, in lines, not escaped yet. */
struct em_str plain_message(struct arena *a, const struct em_message *m);

#endif
