/* SPDX-License-Identifier: MIT */
/*
 * What a stream whose verdict is pass must look like, said as plainly as
 * possible: every event is looked at against every other.
 */
#ifndef NAIVE_H
#define NAIVE_H

#include <stdbool.h>
#include <stddef.h>

/* NULL, or what does not hold. */
const char *naive_fault(const char *bytes, size_t n);

#endif
