/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "self.h"

char *
self_path(const char *rest)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	return xprintf("%s/%s", self, rest);
}
