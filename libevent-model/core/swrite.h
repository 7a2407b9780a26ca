/* SPDX-License-Identifier: MIT */
/*
 * What writers share that write cases as they come, in formats that know
 * neither runs nor suites: which attempts are open, what time it is, and
 * whether a run came to an end and a good one.
 */
#ifndef SWRITE_H
#define SWRITE_H

#include "carry.h"
#include "failing.h"
#include "lifecycle.h"
#include "live.h"

struct swrite {
	struct live live;
	struct carry carry;
	struct arena arena; /* for one event */
	struct lifecycle life;
	struct em_reader_stats stats; /* for life alone */
	int64_t base_ns; /* wall clock at elapsed_ns 0, EM_UNSET: unknown */
	struct failing failing;
	bool suite_failed;
};

void sw_open(struct swrite *s);
/* First thing for each event: follows runs, counts what is unknown. */
void sw_event(struct em_writer *w, struct swrite *s, const struct em_event *ev);
/* Wall clock of an event, EM_UNSET when it is not known. */
int64_t sw_wall(const struct swrite *s, const struct em_event *ev);
/* The same; where it is not known, the time since the stream began. */
int64_t sw_time(const struct swrite *s, const struct em_event *ev);
/* A suite_complete or run_complete that states a failure which no case
 * explains: the format has to say it in its own way. */
bool sw_fails_alone(const struct swrite *s, const struct em_event *ev);
/* At the end: the stream was cut, which must not look like success. */
bool sw_cut(const struct swrite *s);
/* Counts what an event of a run or suite says that no case shows. */
void sw_lost_members(struct em_writer *w, const struct em_event *ev);
/* Out of memory, carried into w. */
enum em_rc sw_status(struct em_writer *w, const struct swrite *s);
void sw_close(struct swrite *s);

#endif
