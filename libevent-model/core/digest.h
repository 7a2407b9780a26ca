/* SPDX-License-Identifier: MIT */
/*
 * For formats that people read: results that keep what failures said and
 * wrote, and forget what the others wrote, so that memory grows with cases
 * and with what failed.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include "format.h"
#include "live.h"

struct digest {
	struct em_results *results;
	/* Attempts that are open, with what they said, wrote and measured. */
	struct live live;
	bool done;
};

enum em_rc digest_open(struct em_writer *w, struct digest *d);
/*
 * Folds one event in.  Of a case_complete, *c is what the attempt kept, until
 * digest_end() is called for it; of other events it is NULL.
 */
enum em_rc digest_event(struct em_writer *w, struct digest *d,
    const struct em_event *ev, struct live_case **c);
void digest_end(struct digest *d, struct live_case *c);
/* At the end: the runs, with what is still open kept as a failure. */
const struct em_run *digest_runs(struct em_writer *w, struct digest *d);
void digest_close(struct digest *d);

/* What of a case is to be done about it. */
enum digest_need {
	DIGEST_FINE,
	DIGEST_FAILED, /* incomplete cases and contradicted ones with it */
	DIGEST_FLAKY,
	DIGEST_NOT_RUN
};

enum digest_need digest_need(const struct em_case *c);
/* Whether the suite failed, whatever its cases did. */
bool digest_suite_broken(const struct em_suite *s);
/* What is wrong with the run as a whole, or NULL. */
const char *digest_run_trouble(const struct em_run *run);
/* Whether the run is good; *why is what is wrong with it apart from its
 * cases, or NULL. */
bool digest_run_ok(const struct em_run *run, const char **why);
/* The first error that the attempt stated, or NULL. */
const struct em_message *digest_error(const struct em_attempt *a);

#endif
