/* SPDX-License-Identifier: MIT */
/* Suites named by the input they are from. */
#include <stdlib.h>
#include <string.h>

#include "merge-stream.h"

static struct em_str
base_name(const char *path, bool dir)
{
	const char *slash = strrchr(path, '/'), *end, *dot;

	if (strcmp(path, "-") == 0)
		return em_str("stdin");
	if (dir) {
		if (slash == NULL)
			return em_str(".");
		end = slash;
		while (slash > path && slash[-1] != '/')
			slash--;
		return (struct em_str){ slash, (size_t)(end - slash) };
	}
	path = slash != NULL ? slash + 1 : path;
	dot = strchr(path + (path[0] == '.'), '.');
	return (struct em_str){ path,
		dot != NULL ? (size_t)(dot - path) : strlen(path) };
}

struct em_event
merge_name_suite(
    const struct merge_stream *m, const struct em_event *ev, char **memory)
{
	const char *from = m->opts.suite_from;
	struct em_str name = strcmp(from, "file") == 0
	    ? base_name(m->in->name, false)
	    : strcmp(from, "dir") == 0 ? base_name(m->in->name, true)
				       : em_str(from);
	struct em_event out = *ev;

	if (ev->suite.p == NULL &&
	    (ev->kind == EM_SUITE_START || ev->kind == EM_SUITE_COMPLETE ||
		!(em_event_is_case(ev) || ev->kind == EM_DISCOVER_CASE)))
		return out;
	out.raw = (struct em_str){ NULL, 0 };
	if (ev->suite.n == 0) {
		out.suite = name;
		return out;
	}
	*memory = malloc(name.n + 1 + ev->suite.n);
	if (*memory != NULL) {
		memcpy(*memory, name.p, name.n);
		(*memory)[name.n] = '/';
		memcpy(*memory + name.n + 1, ev->suite.p, ev->suite.n);
		out.suite =
		    (struct em_str){ *memory, name.n + 1 + ev->suite.n };
	}
	return out;
}
