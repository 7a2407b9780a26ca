/* SPDX-License-Identifier: MIT */
/* What the files that write NUnit share. */
#ifndef NUNIT_WRITE_H
#define NUNIT_WRITE_H

#include "docwrite.h"
#include "nunit.h"

#define PUT(w, lit) em_out_write((w)->out, EM_STR(lit))

/* ---- nunit-case.c ---- */

void nunit_put_case(struct em_writer *w, const struct em_case *c);
/* The attributes result and label. */
void nunit_put_result(
    struct em_writer *w, enum em_outcome outcome, struct em_str status);
/* Six digits as NUnit writes, nine when that would cut something off. */
void nunit_put_times(struct em_writer *w, int64_t start, int64_t duration);
/* An id that nothing else has. */
void nunit_put_id(struct em_writer *w);
/* Property elements, but for those of a case that are attributes there. */
void nunit_put_pairs(struct em_writer *w, struct em_pairs pairs, bool of_case);
/* The output among the items, each piece a line when lines is set. */
void nunit_put_output(struct em_writer *w, const struct em_item *i, bool lines);

#endif
