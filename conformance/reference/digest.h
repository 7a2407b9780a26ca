/* SPDX-License-Identifier: MIT */
/* The digest of CASES.md. */
#ifndef REF_DIGEST_H
#define REF_DIGEST_H

#include "fold.h"

/* On standard output; false when it cannot be written. */
bool digest_print(const struct fold *f, struct conclusion c);

#endif
