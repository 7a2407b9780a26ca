/* SPDX-License-Identifier: MIT */
/* What the files that write TRX share. */
#ifndef TRX_WRITE_H
#define TRX_WRITE_H

#include "docwrite.h"
#include "trx.h"

#define PUT(w, lit) em_out_write((w)->out, EM_STR(lit))

/* The list of results that are in no list. */
#define NOT_IN_LIST "8c84fa94-04c1-424b-9868-57a2d4851a1d"

/* ---- trx-write.c ---- */

void trx_put_guid(struct em_writer *w, const char *name, struct table_key k);
struct table_key trx_test_id(const struct em_case *c);
struct table_key trx_execution_id(
    const struct em_case *c, const struct em_attempt *a);
void trx_put_test_name(
    struct em_writer *w, const char *attr, const struct em_case *c);
const struct trx_outcome *trx_outcome_of(
    const struct em_case *c, const struct em_attempt *a);
/* s, and "" when it is absent. */
struct em_str trx_or_empty(struct em_str s);

/* ---- trx-result.c ---- */

void trx_put_result(struct em_writer *w, const struct em_case *c);

#endif
