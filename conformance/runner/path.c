/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "path.h"

enum { NAME_MAX_SHOWN = 80 };

static size_t
put(const struct path *p, char *to, size_t size)
{
	size_t n;
	int added;

	if (p->up == NULL)
		return 0;
	n = put(p->up, to, size);
	if (n >= size)
		return n;
	if (p->name.p != NULL)
		added = snprintf(to + n, size - n, "/%.*s",
		    (int)(p->name.n < NAME_MAX_SHOWN ? p->name.n
						     : NAME_MAX_SHOWN),
		    p->name.p);
	else
		added = snprintf(to + n, size - n, "/%zu", p->index);
	return n + (added > 0 ? (size_t)added : 0);
}

void
path_put(const struct path *p, char *to, size_t size)
{
	to[0] = '\0';
	put(p, to, size);
}
