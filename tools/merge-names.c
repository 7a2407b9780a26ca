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

/* The name, and below it what the input states; *memory is to be freed. */
static struct em_str
join(struct em_str name, struct em_str stated, char **memory)
{
	size_t n = name.n + 1 + stated.n;

	if (stated.n == 0)
		return name;
	*memory = malloc(n);
	if (*memory == NULL)
		return stated;
	memcpy(*memory, name.p, name.n);
	(*memory)[name.n] = '/';
	memcpy(*memory + name.n + 1, stated.p, stated.n);
	return (struct em_str){ *memory, n };
}

struct em_event
merge_name_suite(
    const struct merge_stream *m, const struct em_event *ev, char *memory[2])
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
	out.suite = join(name, ev->suite, &memory[0]);
	if (ev->kind == EM_SUITE_START && ev->parent.p != NULL)
		out.parent = join(name, ev->parent, &memory[1]);
	return out;
}
