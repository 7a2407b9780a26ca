/* SPDX-License-Identifier: MIT */
/*
 * What formats for terminals share: the look of libtest, with failures and
 * the count at the end.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "digest.h"

enum console_color {
	CONSOLE_GREEN = 32,
	CONSOLE_RED = 31,
	CONSOLE_YELLOW = 33,
	CONSOLE_CYAN = 36
};

struct console {
	struct digest digest;
	struct arena arena; /* for one event */
	int64_t total; /* of the run, as announced or discovered */
	int64_t listed; /* cases that were discovered and selected */
};

enum em_rc console_open(struct em_writer *w);
/* Folds the event in and follows how many cases there are. */
enum em_rc console_event(
    struct em_writer *w, const struct em_event *ev, struct live_case **c);
/* Escapes around the text when colours are wanted. */
void console_colored(
    struct em_writer *w, enum console_color color, const char *text);
/* Failures with what they said, their names, and the result of each run. */
enum em_rc console_finish(struct em_writer *w);
void console_close(struct em_writer *w);

#endif
