/* SPDX-License-Identifier: MIT */
/* Which format it is: what the probes say, taken together. */
#include <string.h>

#include "format.h"

enum {
	LINE_WINDOW = 64 * 1024, /* text without an end is passed on */
	DOCUMENT_WINDOW = 4 * 1024 * 1024,
	LIKELY = 64 /* bits that lines without markup must have at the end */
};

const struct em_format *
probe_all(struct em_str head, bool eof, int *most, bool *more,
    const struct em_format **rival)
{
	const struct em_format *best = NULL;

	*most = 0;
	*more = false;
	*rival = NULL;
	for (size_t i = 0; formats[i] != NULL && *most < PROBE_SETTLED; i++) {
		const struct em_format *f = formats[i];
		int bits = f->probe != NULL ? f->probe(head, eof) : 0;

		if (bits == PROBE_MORE)
			*more = true;
		if (bits == *most && bits > 0)
			*rival = f;
		if (bits > *most) {
			*most = bits;
			best = f;
			*rival = NULL;
		}
	}
	*more = *more && !eof && *most < PROBE_SURE;
	return *more ? NULL : best;
}

/* ---- text in front ---- */

static bool
is_markup(struct em_str line)
{
	if (str_starts(line, "\xef\xbb\xbf"))
		line = str_from(line, 3);
	line = str_trim(line);
	return line.n > 0 && strchr("{[<", line.p[0]) != NULL &&
	    line.p[0] != '\0';
}

/* Does the line mean something to a format by itself? */
static bool
speaks(struct em_str line)
{
	for (size_t i = 0; formats[i] != NULL; i++)
		if (formats[i]->probe != NULL &&
		    formats[i]->probe(line, true) > 0)
			return true;
	return false;
}

/* Is head the beginning of a document that a format knows?  Those that want
 * more whatever they see, because they step over noise, do not count. */
static bool
begins_document(struct em_str head)
{
	const struct em_str other = str_starts(str_trim(head), "<")
	    ? EM_STR("<other>\n")
	    : EM_STR("other\n");

	for (size_t i = 0; formats[i] != NULL; i++)
		if (formats[i]->probe != NULL &&
		    formats[i]->probe(other, false) != PROBE_MORE &&
		    formats[i]->probe(head, false) != 0)
			return true;
	return false;
}

/* The first line with its end, what there is of it when it is very long; up
 * to a document that starts in it; absent when more is needed. */
static struct em_str
first_line(struct em_str head, bool eof)
{
	struct em_str window = str_upto(head, LINE_WINDOW);
	const char *lf = window.n > 0 ? memchr(window.p, '\n', window.n) : NULL;

	ptrdiff_t xml;

	if (lf != NULL)
		window = str_upto(head, (size_t)(lf - head.p) + 1);
	/* Dots of progress, and then the report. */
	xml = str_find(window, "<?xml ");
	if (xml > 0)
		return str_upto(head, (size_t)xml);
	if (lf != NULL)
		return window;
	if (eof || window.n == LINE_WINDOW)
		return window;
	return (struct em_str){ NULL, 0 };
}

size_t
probe_text(struct em_str head, bool eof)
{
	struct em_str line = first_line(head, eof);
	const struct em_format *best, *rival;
	bool markup = is_markup(line), more;
	int most;

	if (line.n == 0)
		return 0;
	if (!speaks(line) && !(markup && begins_document(head)))
		return line.n;
	best = probe_all(head, eof, &most, &more, &rival);
	if (best != NULL)
		return markup || most >= LIKELY ? 0 : line.n;
	if (eof || head.n >= (markup ? DOCUMENT_WINDOW : LINE_WINDOW))
		return line.n;
	return 0;
}
