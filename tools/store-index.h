/* SPDX-License-Identifier: MIT */
/* What the two files of the index share: store-index.c has the runs,
 * store-tests.c what tests did in them. */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "store-parts.h"
#include "store-sql.h"

struct index {
	struct sql *db;
};

void index_get_id(struct sql_stmt *st, int at, struct store_id *id);
/* In the transaction of the caller: the cases of a run. */
bool tests_put(struct index *ix, int64_t run, const struct fold_case *cases,
    size_t n, struct em_error *err);

#endif
