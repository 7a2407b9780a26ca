/* SPDX-License-Identifier: MIT */
/* Tables and files of inputs and the events that they give. */
#ifndef JSON_BED_H
#define JSON_BED_H

#include "format_bed.h"

struct bed_case {
	const char *name, *input, *events;
	const char *complaint; /* the first; NULL: none */
};

/* Fails unless the input is recognised as the format and gives these events,
 * and complaint, however it is cut into reads. */
void bed_case(const char *format, const struct bed_case *c);
/* The same for each NAME.events.jsonl of a directory; the input is NAME and
 * the suffix. */
void bed_files(const char *format, const char *dir, const char *suffix);
/* Writes native text and compares. */
void bed_written(const char *format, const char *const *options,
    const char *native, const char *text, const char *lost);

#define RUN "{\"event\":\"run_start\"}\n"
#define DONE(outcome)                                                          \
	"{\"event\":\"run_complete\",\"outcome\":\"" outcome "\"}\n"

#endif
