/* SPDX-License-Identifier: MIT */
/* The rules about headers and versions. */
#include <stdio.h>

#include "lint-inside.h"

static const struct slice none = { NULL, 0 };

/* A decimal number up to 65535, without leading zero; past it. */
static bool
version_part(const char **p, const char *end, unsigned *n)
{
	const char *start = *p;

	for (*n = 0; *p < end && **p >= '0' && **p <= '9'; (*p)++)
		if ((*n = 10 * *n + (unsigned)(**p - '0')) > 65535)
			return false;
	return *p > start && (*start != '0' || *p == start + 1);
}

bool
lint_version(struct slice s, unsigned *major, unsigned *minor)
{
	const char *p = s.p, *end;

	if (p == NULL)
		return false;
	end = p + s.n;
	if (!version_part(&p, end, major) || p == end || *p++ != '.')
		return false;
	return version_part(&p, end, minor) && p == end;
}

/* Version 1.0 defines no entries of "requires". */
static bool
requires_nothing(struct lint *l, const struct json *v)
{
	const struct json *list = json_member(v, "requires");
	size_t i;

	for (i = 0; list != NULL && list->kind == JSON_ARRAY && i < list->count;
	     i++)
		if (list->item[i]->kind == JSON_STRING) {
			lint_fault(l, F_REQUIRES, l->line, list->item[i]->text);
			return false;
		}
	return true;
}

bool
lint_header(struct lint *l, const struct json *v)
{
	const struct lint_options *o = l->options;
	struct slice version = json_text(v, "version");
	const struct json *m = json_member(v, "version");
	unsigned major, minor;

	if (!lint_version(version, &major, &minor)) {
		l->spoiled = true;
		lint_fault(l, F_VERSION, l->line, m != NULL ? m->raw : none);
		return true;
	}
	if (l->report->version[0] == '\0')
		snprintf(l->report->version, sizeof(l->report->version),
		    "%u.%u", major, minor);
	if (major != 1) {
		lint_fault(l, F_MAJOR, l->line, version);
		return false;
	}
	if (o->has_version &&
	    (o->major < major || (o->major == major && o->minor < minor)))
		lint_fault(l, F_ABOVE, l->line, version);
	lint_minor(l, minor);
	return requires_nothing(l, v);
}
