/* SPDX-License-Identifier: MIT */
/* Which case an event is of, and how mutants mistake it. */
#include "fold-inside.h"

static struct slice
c_string(struct slice s)
{
	const char *nul = s.n != 0 ? memchr(s.p, 0, s.n) : NULL;

	if (nul != NULL)
		s.n = (size_t)(nul - s.p);
	return s;
}

static struct slice
last_part(struct slice s)
{
	for (size_t i = s.n; i > 1; i--)
		if (s.p[i - 1] == ':' && s.p[i - 2] == ':')
			return (struct slice){ s.p + i, s.n - i };
	return s;
}

/* Up to or from a character, if it is in there. */
static struct slice
part(struct slice s, char at, bool after)
{
	const char *found = s.n != 0 ? memchr(s.p, at, s.n) : NULL;
	size_t n;

	for (; after && found != NULL;) {
		n = (size_t)(found - s.p) + 1;
		s = (struct slice){ s.p + n, s.n - n };
		found = s.n != 0 ? memchr(s.p, at, s.n) : NULL;
	}
	if (found != NULL)
		s.n = (size_t)(found - s.p);
	return s;
}

static struct slice
ascii(struct slice s)
{
	char *p = ref_resize(NULL, s.n, 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)((unsigned char)s.p[i] < 0x80 ? s.p[i] : '?');
	return (struct slice){ p, s.n };
}

static struct slice
trimmed(struct slice s)
{
	while (s.n != 0 && (unsigned char)s.p[s.n - 1] <= ' ')
		s.n--;
	while (s.n != 0 && (unsigned char)*s.p <= ' ') {
		s.p++;
		s.n--;
	}
	return s;
}

static void
damage_name(
    const struct fold_rules *r, const struct event *e, struct slice *name)
{
	const struct json *v = json_member(e->tree, "name");

	if (r->surrogates_apart && v != NULL && v->raw.n > 3 &&
	    memcmp(v->raw.p, "\"\\ud", 4) == 0)
		*name = v->raw;
	if (r->c_strings)
		*name = c_string(*name);
	if (r->split_names)
		*name = last_part(*name);
	if (r->trim_names)
		*name = trimmed(*name);
	if (r->first_line)
		*name = part(*name, '\n', false);
	if (r->basename)
		*name = part(*name, '/', true);
	if (r->ascii_names)
		*name = ascii(*name);
	if (r->names_short && name->n > 4096)
		name->n = 4096;
}

struct identity
fold_identity(const struct fold *f, const struct event *e)
{
	struct identity id = { .run = event_text(e, "run"),
		.suite = event_text(e, "suite"),
		.class = event_text(e, "class"),
		.name = event_text(e, "name"),
		.variant = event_text(e, "variant"),
		.iteration = event_int(e, "iteration") };

	if (id.iteration < 0)
		id.iteration = 1;
	damage_name(&f->rules, e, &id.name);
	if (f->rules.empty_absent) {
		id.suite.p = id.suite.n != 0 ? id.suite.p : NULL;
		id.class.p = id.class.n != 0 ? id.class.p : NULL;
		id.name.p = id.name.n != 0 ? id.name.p : NULL;
	}
	if (f->rules.name_alone)
		id = (struct identity){
			.name = id.name, .run = id.run, .iteration = 1
		};
	return id;
}
