/* SPDX-License-Identifier: MIT */
/* What the files of the NUnit format share. */
#ifndef NUNIT_H
#define NUNIT_H

#include "format.h"

/*
 * Members of the protocol that NUnit has no place for are properties of the
 * case, under these names; what comes back under them is read as the member.
 */
#define NUNIT_VARIANT "test-events.variant"
#define NUNIT_ITERATION "test-events.iteration"

/* A label that is a status of the protocol: NUnit's own are capitalised. */
bool nunit_is_status(struct em_str label);

/* ---- nunit-write.c ---- */

struct nunit_writer {
	struct em_results *rs;
	int64_t id; /* the last one given out */
	bool environment; /* was written */
};

enum em_rc nunit_write_open(struct em_writer *w);
enum em_rc nunit_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc nunit_write_finish(struct em_writer *w);
void nunit_write_close(struct em_writer *w);

#endif
