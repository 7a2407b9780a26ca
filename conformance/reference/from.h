/* SPDX-License-Identifier: MIT */
/* Events made of documents of other formats. */
#ifndef REF_FROM_H
#define REF_FROM_H

#include "fold.h"

/* What is written so far, and what run_complete will say. */
struct from {
	struct ref_text out;
	struct counts counts;
};

/* One case of a document; what is absent has p == NULL. */
struct found {
	struct slice suite, name, message, reason;
	enum outcome outcome;
};

void from_start(struct from *f);
void from_end(struct from *f);

/* Documents as the reference converter, and many others, write them. */
void from_tap(struct from *f, struct slice doc);
void from_junit(struct from *f, struct slice doc);

#endif
