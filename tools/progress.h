/* SPDX-License-Identifier: MIT */
/*
 * How a run is going, on standard error: a bar that is redrawn on a terminal,
 * plain lines elsewhere.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "cli.h"

struct progress;

/* block: on a terminal several lines, with the cases that are running. */
struct progress *progress_new(const struct cli *c, bool block);
void progress_event(struct progress *p, const struct em_event *ev);
/* Redraws when that is due; to be called when nothing else is to do. */
void progress_idle(struct progress *p);
void progress_end(struct progress *p);

#endif
