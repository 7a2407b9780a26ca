/* SPDX-License-Identifier: MIT */
/* What came out, held against what is expected. */
#ifndef JUDGE_OUTPUT_H
#define JUDGE_OUTPUT_H

#include "inputs.h"

/* Words of the diagnostic; false: said in v. */
bool judge_words(const struct proc_result *r, const struct conf_expect *e,
    struct verdict *v);
/* The digest got (NULL: none was printed); false: said in v. */
bool judge_digest(
    const struct sample *s, const struct json *got, struct verdict *v);
/* The output of a filter against the file or input of the case. */
bool judge_out(const struct conf_case *c, const struct sample *s,
    const struct conf_expect *e, struct slice got, struct verdict *v);
/* What a writer wrote keeps the rules for writers, if what it was made from
 * (from.p == NULL: nothing) did. */
bool judge_writing(const struct run *run, struct slice from, struct slice got,
    struct verdict *v);
/* What the reference reader makes of events; NULL: said in v. */
struct json *reference_digest(const struct run *run, const struct conf_case *c,
    struct slice events, struct verdict *v);

#endif
