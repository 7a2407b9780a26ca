/* SPDX-License-Identifier: MIT */
/*
 * What formats that are JSON have in common: a document among other lines,
 * read step by step, and lines that hold an object each.
 */
#ifndef JSONDOC_H
#define JSONDOC_H

#include "foreign.h"
#include "json.h"

/*
 * Whole documents.  They may stand between lines that are not JSON, and after
 * each other; what is not a document of the format is noise.  The callbacks
 * of wants get the reader.  The format sets the first members in open() and
 * leaves the others alone.
 */
struct jdoc {
	struct opening opening; /* the format sends it for each document */
	const struct json_want *wants;
	void (*begin)(struct em_reader *r); /* its first byte was seen */
	/* It is over, complete and well formed or not.  Called again until it
	 * says true, so that events need not be made all at once. */
	bool (*end)(struct em_reader *r, bool complete);

	struct json_stream *stream; /* NULL: between documents */
	unsigned depth; /* of what was fed, to find its end */
	bool string, escape; /* what was fed ends in one */
	bool closed; /* its last byte was fed */
	bool over, complete;
	enum em_rc then; /* what to say when its end was dealt with */
	bool any; /* there was a document */
	uint64_t line; /* lines before it */
};

enum em_rc jdoc_step(struct em_reader *r, struct jdoc *d);
void jdoc_close(struct jdoc *d);

/*
 * For probes: takes from *head what stands before the first line that starts
 * a JSON object or array.  1, 0 (there is none), or PROBE_MORE.
 */
int jdoc_find(struct em_str *head, bool eof);

/*
 * For lines: the next one, which is *v when it holds a JSON object.  *v is
 * NULL when it does not: it was noise, malformed or empty, and has been dealt
 * with.  *line is the line in both cases.
 */
enum em_rc jline_next(struct em_reader *r, struct opening *o,
    const struct json **v, struct em_str *line);

/* Scalars, and arrays of them, of an object: what `properties` may hold. */
struct em_pairs jdoc_properties(struct arena *a, const struct json *v);

#endif
