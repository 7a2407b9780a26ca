/* SPDX-License-Identifier: MIT */
/* How a testee is driven where it is not "write all, read all" (CASES.md,
 * Driving), and what must then hold. */
#ifndef DRIVE_H
#define DRIVE_H

#include "run.h"

struct drive {
	const struct run *run;
	const struct conf_case *c;
	struct slice input;
	uint64_t limit_ns; /* what "within 1 s" is */
	size_t lines, ms; /* of drive: line or lines; ms */
	bool by_completion; /* lock-step: something for each completion */
	/* as it goes */
	size_t sent_lines, seen, seen_lines;
	size_t mark; /* how much had come when the last line went */
	uint64_t since, closed_ns;
	bool owing, failed, closed;
	char what[160]; /* that did not hold */
};

/* Runs the testee on input as the case has it; false: said in v. */
bool drive_run(struct drive *d, const struct run *run,
    const struct conf_case *c, struct slice input, const struct strings *words,
    struct proc_result *r, struct verdict *v);
/* After the run.  False when it has been judged to its end: class and output
 * do not matter any more. */
bool drive_judge(
    const struct drive *d, const struct proc_result *r, struct verdict *v);

#endif
