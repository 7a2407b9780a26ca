/* SPDX-License-Identifier: MIT */
/*
 * Output over a limit keeps its head and its tail.  What a stream of an attempt
 * prints, or one of the run that belongs to no case, passes as it comes up to
 * half of the limit; from there on the last half is held until the attempt, or
 * the run, ends.
 */
#ifndef STORE_CLIP_H
#define STORE_CLIP_H

#include <event-model.h>

struct clip;

/* emit gets every event that is to be recorded; NULL when out of memory. */
struct clip *clip_new(
    size_t max, void (*emit)(void *arg, const struct em_event *ev), void *arg);
void clip_event(struct clip *c, const struct em_event *ev);
/* At the end: what attempts that never ended still hold. */
void clip_end(struct clip *c);
void clip_free(struct clip *c);

#endif
