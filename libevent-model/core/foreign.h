/* SPDX-License-Identifier: MIT */
/* What readers of foreign reports have in common besides their syntax. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "format.h"

/*
 * The protocol event, which goes before everything, noise included.  Where
 * there is noise it has to go before more is known of who wrote the report
 * than what the format says.
 */
struct opening { /* all zero but the producer at first */
	const char *producer; /* when the report does not say */
	bool sent;
};

/* Sends it, unless it was; producer and version may be absent. */
void opening_send(struct em_reader *r, struct opening *o,
    struct em_str producer, struct em_str version);
/* rd_noise(), after it. */
enum em_rc opening_noise(
    struct em_reader *r, struct opening *o, struct em_str line);

/*
 * Emits the attempts before the last one of the case that *ev identifies, for
 * reports that count retries and tell only of the last: all failed, or there
 * would have been no retry.  Beyond a thousand it is a mistake, said so and
 * taken for none.  Sets ev->attempt for the last one.
 */
void foreign_earlier(struct em_reader *r, struct em_event *ev, int64_t last);

/* A log event of a suite, or of the run when suite is absent; none when there
 * is no text. */
void foreign_log(struct em_reader *r, struct em_str suite, struct em_str text,
    struct em_str level);

/* Says what is wrong with a document, which began behind line before.  The rest
 * of it cannot be read after a fault, so that is the end: EM_EOF or EM_ERR. */
enum em_rc foreign_malformed(
    struct em_reader *r, uint64_t before, const struct em_error *e);

/*
 * Suites of reports that name the suite of each case, in any order: each is
 * started when it is first named, and completed with the run.
 */
struct suites {
	struct table seen; /* of struct suite_seen * */
	struct suite_seen *newest;
	struct em_str run; /* that all are of, when the caller sets it */
};

/* Starts the suite that the suite_start *ev is of, unless it was seen. */
void suites_start(
    struct em_reader *r, struct suites *s, const struct em_event *ev);
/*
 * What the suite_complete *ev says of its suite, kept until the suites are
 * completed.  A suite may end several times: durations add up, and the first
 * failure is the one kept.
 */
void suites_end(
    struct em_reader *r, struct suites *s, const struct em_event *ev);
/* The suite fails by itself.  The first such result is the one kept. */
void suites_fail(struct em_reader *r, struct suites *s, struct em_str name,
    struct em_str status, struct em_str reason);
/* Completes some, the newest first; called again until it says true: there
 * are no more. */
bool suites_complete(struct em_reader *r, struct suites *s);
void suites_free(struct suites *s);

/* x and behind it y. */
struct em_pairs pairs_join(
    struct arena *a, struct em_pairs x, struct em_pairs y);

#endif
