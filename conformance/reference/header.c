/* SPDX-License-Identifier: MIT */
#include "header.h"

#include <stdio.h>
#include <stdlib.h>

/* A decimal number up to 65535 without sign or leading zero, or -1. */
static long
number(struct slice s)
{
	long v = 0;

	if (s.n == 0 || s.n > 5 || (s.n > 1 && *s.p == '0'))
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v <= 65535 ? v : -1;
}

static bool
version_of(struct slice s, long *major, long *minor)
{
	const char *dot = s.n != 0 ? memchr(s.p, '.', s.n) : NULL;
	size_t at;

	if (dot == NULL)
		return false;
	at = (size_t)(dot - s.p);
	*major = number((struct slice){ s.p, at });
	*minor = number((struct slice){ dot + 1, s.n - at - 1 });
	return *major >= 0 && *minor >= 0;
}

static struct slice
first_string(const struct event *e, const char *list)
{
	const struct json *v = event_member(e, list);

	return v != NULL && v->count != 0 ? v->item[0]->text
					  : (struct slice){ 0 };
}

/* The version as a careless reader takes it. */
static bool
version_lax(const struct event *e, long *major, long *minor)
{
	const struct json *v = json_member(e->tree, "version");
	char *end, copy[32];

	if (v == NULL || v->text.p == NULL || v->text.n >= sizeof copy)
		return false;
	memcpy(copy, v->text.p, v->text.n);
	copy[v->text.n] = '\0';
	*major = strtol(copy, &end, 10);
	*minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
	return true;
}

enum header
header_judge(const struct event *e, const struct header_rules *r, char *why,
    size_t why_size)
{
	struct slice version = event_text(e, "version"), s;
	long major = -1, minor = -1;
	bool good = version_of(version, &major, &minor);

	if (r->lax)
		good = version_lax(e, &major, &minor);
	if (r->three_bytes && version.n != 3)
		good = false;
	if (!good) {
		snprintf(why, why_size, "the version is not MAJOR.MINOR");
		return HEADER_BAD;
	}
	if (r->first_byte)
		major = *version.p - '0';
	if (r->any_major)
		major = 1;
	if (major != 1 || (r->same_minor && minor != 0) ||
	    (r->minor_byte && minor > 255)) {
		snprintf(why, why_size,
		    "version %ld.%ld is not supported, only 1.x up to 1.0 and "
		    "what is added later; use a newer reader",
		    major, minor);
		return HEADER_UNSUPPORTED;
	}
	s = first_string(e, "requires");
	if (r->requires_any && event_member(e, "requires") != NULL)
		return HEADER_UNSUPPORTED;
	if (s.p != NULL && !r->requires_ignored) {
		snprintf(why, why_size, "the stream requires '%.*s'",
		    s.n < 100 ? (int)s.n : 100, s.p);
		return HEADER_UNSUPPORTED;
	}
	s = first_string(e, "features");
	if (s.p != NULL && r->features_strict) {
		snprintf(why, why_size, "unknown feature");
		return HEADER_UNSUPPORTED;
	}
	return HEADER_GOOD;
}
