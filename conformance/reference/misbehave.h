/* SPDX-License-Identifier: MIT */
/* Faults of harnesses, as edits of what a right one writes and is told. */
#ifndef MISBEHAVE_H
#define MISBEHAVE_H

#include "buf.h"

enum misdeed {
	/* lines of the kind `where` (NULL: any) that contain `what` (NULL: all) */
	MIS_DROP,
	MIS_TWICE,
	MIS_REPLACE, /* the first `what` by `with` */
	MIS_STRIP, /* the member `what` */
	MIS_BEFORE, /* the line `with` is put before them */
	MIS_AFTER, /* or behind */
	/* the stream as a whole */
	MIS_HOLD, /* written when all is over */
	MIS_TEAR, /* lines of more than 4096 bytes are cut in two */
	MIS_UNENDED, /* the last line has no LF */
	MIS_CUT, /* where run_complete is missing, half a line comes last */
	MIS_START, /* begins with the bytes `with` */
	MIS_STOP, /* ends behind such a line */
	MIS_MERGE, /* what tests print goes between the events */
	MIS_DRAFT, /* libtest2's draft, with that in it */
	/* the process */
	MIS_STATUS, /* the exit status is `with` */
	MIS_LINGER, /* leaves a process behind */
	MIS_DEAF, /* dies at once of SIGTERM */
	MIS_STUBBORN, /* goes on when nobody reads, or it cannot write */
	/* what it is told */
	MIS_UNSET, /* does not look at the variable `what` */
	MIS_UNARG, /* does not look at arguments that begin with `what` */
	MIS_SET_ARG, /* takes `what` for `with` */
	MIS_SORT_ARGS /* takes filters in the order of the alphabet */
};

struct misbehaviour {
	const char *name, *rule, *text;
	enum misdeed deed;
	const char *where; /* kind of event; NULL: any */
	const char *what, *with;
};

/* Ends with name == NULL. */
extern const struct misbehaviour misbehaviours[];

/* Does one line, without LF, and puts what is written instead into out. */
void misbehave_line(
    const struct misbehaviour *m, struct slice line, struct buf *out);
/* Whether a line is one that the misdeed is about. */
bool misbehave_at(const struct misbehaviour *m, struct slice line);

#endif
