/* SPDX-License-Identifier: MIT */
/* Which format it is: what the probes say, taken together. */
#include <string.h>

#include "format.h"

enum {
	LINE_WINDOW = 64 * 1024, /* text without an end is passed on */
	START_WINDOW = 4 * 1024, /* says that a document may start here */
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
	if (!*more)
		return best;
	*rival = NULL;
	return NULL;
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

	head = str_upto(head, START_WINDOW);
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

/* A JSON object that is all of the line. */
static bool
is_object(struct em_str line)
{
	unsigned depth = 0;
	bool string = false;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];

		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '{' || c == '['))
			depth++;
		else if (!string && (c == '}' || c == ']') && --depth == 0)
			return i + 1 == line.n;
	}
	return false;
}

/* Nothing that a document starts with, and not what tells a format when it
 * comes again. */
static bool
is_noise(struct em_str line)
{
	struct em_str text = str_trim(line);
	char twice[2 * 1024];

	if (text.n == 0)
		return true;
	if (is_markup(line))
		return is_object(text) && !speaks(line);
	if (line.n > sizeof(twice) / 2)
		return !speaks(line);
	memcpy(twice, line.p, line.n);
	memcpy(twice + line.n, line.p, line.n);
	return !speaks((struct em_str){ twice, 2 * line.n });
}

size_t
probe_skip(struct em_str head)
{
	struct em_str rest = head, line;
	size_t n = 0;

	while (str_cut(&rest, '\n', &line)) {
		size_t with_end = line.n + 1;

		if (!is_noise((struct em_str){ line.p, with_end }))
			break;
		n += with_end;
	}
	return n;
}

bool
probe_steps_over(const struct em_format *f, struct em_str head)
{
	return is_markup(head) &&
	    f->probe(EM_STR("other\n"), false) == PROBE_MORE;
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
