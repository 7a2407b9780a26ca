/* SPDX-License-Identifier: MIT */
/* What the files of the TRX format share. */
#ifndef TRX_H
#define TRX_H

#include "format.h"

/*
 * Members of the protocol that TRX has no place for are properties of the
 * test's definition, under these names; what comes back under them is read as
 * the member.
 */
#define TRX_SUITE "test-events.suite"
#define TRX_CLASS "test-events.class"
#define TRX_VARIANT "test-events.variant"
#define TRX_ITERATION "test-events.iteration"
#define TRX_STATUS "test-events.status"

/* The stream of what a test wrote to its debug trace. */
#define TRX_TRACE "trx.trace"

struct trx_outcome {
	const char *name; /* in TRX */
	enum em_outcome outcome;
	const char *status; /* or NULL */
};

/* What a result's outcome means; NULL when it is not known. */
const struct trx_outcome *trx_find_outcome(struct em_str name);
/* The one that means this; without the status when none says it. */
const struct trx_outcome *trx_outcome_for(
    enum em_outcome outcome, struct em_str status);

/* ---- trx-write.c ---- */

struct trx_writer {
	struct em_results *rs;
};

enum em_rc trx_write_open(struct em_writer *w);
enum em_rc trx_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc trx_write_finish(struct em_writer *w);
void trx_write_close(struct em_writer *w);

#endif
