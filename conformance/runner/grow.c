/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "grow.h"

void *
grow(void *array, size_t count, size_t *size, size_t each)
{
	size_t n = *size == 0 ? 16 : 2 * *size;
	void *more;

	if (count < *size)
		return array;
	if ((more = realloc(array, n * each)) != NULL)
		*size = n;
	return more;
}
