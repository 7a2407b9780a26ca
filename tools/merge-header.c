/* SPDX-License-Identifier: MIT */
/*
 * The protocol event of the merged stream.  It states the highest version of
 * the inputs that have begun by then: all that are open, unless one of them is
 * slow to begin.
 */
#include <stdlib.h>
#include <string.h>

#include "merge-stream.h"

/* A stream of another major, or that requires what this does not know: its
 * header would have the whole merged stream refused. */
static bool
refused(const struct merge_input *in)
{
	const struct em_error *e = em_reader_error(in->in.reader);

	return e != NULL && e->code == EM_E_VERSION;
}

/* Of "1.4": 4.  Other majors were refused. */
static long
minor_of(struct em_str version)
{
	char text[24];
	const char *dot;

	if (version.n >= sizeof(text))
		return 0;
	if (version.n > 0)
		memcpy(text, version.p, version.n);
	text[version.n] = '\0';
	dot = strchr(text, '.');
	return dot != NULL ? strtol(dot + 1, NULL, 10) : 0;
}

static void
note_version(struct merge_stream *m, long minor, const char *input)
{
	struct version **at = &m->versions, *v;

	while (*at != NULL && (*at)->minor < minor)
		at = &(*at)->next;
	if (*at != NULL && (*at)->minor == minor)
		return;
	v = calloc(1, sizeof(*v));
	if (v == NULL) {
		merge_no_memory(m);
		return;
	}
	*v = (struct version){ *at, minor, input };
	*at = v;
}

/* The protocol event with the highest version that is known of. */
static const struct em_event *
newest(const struct merge_stream *m, const struct em_event *ev)
{
	const struct em_event *best = ev;

	for (size_t i = m->inputs->first; i < m->inputs->end; i++) {
		const struct em_event *next = m->inputs->v[i].ev;

		if (next != NULL && next->kind == EM_PROTOCOL &&
		    !refused(&m->inputs->v[i]) &&
		    minor_of(next->version) > minor_of(best->version))
			best = next;
	}
	return best;
}

void
merge_header(struct merge_stream *m, const struct em_event *ev)
{
	struct em_event out = *ev;
	const struct em_event *best;

	if (refused(m->in))
		return;
	note_version(m, minor_of(ev->version), m->in->name);
	if (m->header)
		return;
	m->header = true;
	best = newest(m, ev);
	m->minor = minor_of(best->version);
	if (best != ev) {
		out.version = best->version;
		out.raw = (struct em_str){ NULL, 0 };
	}
	merge_put(m, &out);
}

void
merge_say_versions(const struct merge_stream *m)
{
	char list[300] = "";
	size_t n = 0;

	if (m->versions == NULL || m->versions->next == NULL)
		return;
	for (const struct version *v = m->versions; v != NULL; v = v->next) {
		int more = snprintf(list + n, sizeof(list) - n, "%s1.%ld (%s)",
		    n > 0 ? ", " : "", v->minor, v->input);

		if (more < 0 || (size_t)more >= sizeof(list) - n) {
			list[n] = '\0';
			break;
		}
		n += (size_t)more;
	}
	cli_note(m->c,
	    "the inputs are of several versions, %s; the merged stream states "
	    "1.%ld",
	    list, m->minor);
}

void
merge_free_versions(struct merge_stream *m)
{
	struct version *next;

	for (struct version *v = m->versions; v != NULL; v = next) {
		next = v->next;
		free(v);
	}
}
