/* SPDX-License-Identifier: MIT */
/* What the files of the fold share; for fold*.c alone. */
#ifndef REF_FOLD_INSIDE_H
#define REF_FOLD_INSIDE_H

#include "fold.h"

/* ---- fold-find.c ---- */

/* What is absent is not what is empty. */
bool fold_same(struct slice a, struct slice b);
/* The stream that is open. */
struct stream *fold_now(struct fold *f);
/* Each is made when it is new. */
struct run *fold_run_of(struct fold *f, struct slice id);
struct suite *fold_suite_of(
    struct fold *f, struct slice run, struct slice name);
struct ccase *fold_case_of(struct fold *f, const struct identity *id);
struct attempt *fold_attempt_of(struct ccase *c, int64_t number);
/* NULL when there is none. */
struct suite *fold_suite_find(
    struct stream *s, struct slice run, struct slice name);
const struct ccase *fold_case_find(
    const struct stream *s, const struct identity *id);

/* ---- fold-identity.c ---- */

struct identity fold_identity(const struct fold *f, const struct event *e);

#endif
