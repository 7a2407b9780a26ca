/* SPDX-License-Identifier: MIT */
/* The inputs of a case: the one beside it, or all that are derived. */
#ifndef INPUTS_H
#define INPUTS_H

#include "run.h"

struct sample {
	const char *label; /* of a derived one, for the report; or NULL */
	struct slice input;
	const struct conf_expect *expect;
	struct json *digest; /* what a reader must have understood; or NULL */
	bool derived; /* version and unknown of the digest are its own */
};

/* Calls one for each input of each run of the case while v says nothing; what
 * one says gets the label in front. */
void inputs_each(const struct run *run, const struct conf_case *c,
    void (*one)(const struct run *, const struct conf_case *,
	const struct sample *, struct verdict *),
    struct verdict *v);

#endif
