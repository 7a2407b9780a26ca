/* SPDX-License-Identifier: MIT */
#ifndef GROW_H
#define GROW_H

#include <stddef.h>

/*
 * Room for one more element behind `count` in an array that doubles: the
 * array, moved or not, or NULL, which leaves it as it was.
 */
void *grow(void *array, size_t count, size_t *size, size_t each);

#endif
