/* SPDX-License-Identifier: MIT */
/* Documents of other formats: whether they are sound, and say what they must
 * (CASES.md, Converted output). */
#ifndef DOC_H
#define DOC_H

#include "buf.h"
#include "json.h"

/* False: why says what is wrong with the document. */
bool doc_junit(struct slice doc, const struct json *wanted, struct buf *why);
bool doc_tap(struct slice doc, const struct json *wanted, struct buf *why);

#endif
