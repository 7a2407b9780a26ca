/* SPDX-License-Identifier: MIT */
#include "plain.h"
#include "trace.h"

/* A guess that must not take the words before a colon for a file. */
static bool
is_path(struct em_str s)
{
	return (str_find(s, ".") >= 0 || str_find(s, "/") >= 0) &&
	    str_find(s, " ") < 0 && str_find(s, "\n") < 0;
}

/* A number of at least 1 at the start of *s, up to a colon or the end of the
 * line, taken off with the colon. */
static bool
cut_number(struct em_str *s, int64_t *v)
{
	struct em_str rest = *s, part, line;
	int64_t n;

	str_cut(&rest, '\n', &line);
	rest = line;
	str_cut(&rest, ':', &part);
	if (!str_i64(str_trim(part), &n) || n < 1)
		return false;
	*v = n;
	*s = str_from(*s, part.n);
	if (str_starts(*s, ":"))
		*s = str_from(*s, 1);
	return true;
}

bool
trace_place(struct em_str *s, struct em_location *l)
{
	struct em_str rest = *s, file, part;
	int64_t line;

	/* A drive letter is no file. */
	if (!str_cut(&rest, ':', &file) ||
	    (file.n == 1 && rest.n > 0 && rest.p[0] == '\\' &&
		!str_cut(&rest, ':', &part)))
		return false;
	file.n = (size_t)(rest.p - file.p) - 1;
	if (!is_path(file) || !cut_number(&rest, &line))
		return false;
	l->file = file;
	l->line = line;
	l->column = EM_UNSET;
	cut_number(&rest, &l->column);
	*s = str_trim(rest);
	return true;
}

/* `  File "NAME", line N, in F` */
static bool
python_frame(struct em_str line, struct em_location *l)
{
	struct em_str file, number;
	int64_t n;

	line = str_trim(line);
	if (!str_starts(line, "File \""))
		return false;
	line = str_from(line, sizeof("File \"") - 1);
	if (!str_cut(&line, '"', &file) || !str_starts(line, ", line "))
		return false;
	line = str_from(line, sizeof(", line ") - 1);
	str_cut(&line, ',', &number);
	if (!str_i64(number, &n) || n < 1)
		return false;
	l->file = file;
	l->line = n;
	return true;
}

/* Frames of the frameworks say nothing about where the test failed. */
static bool
is_framework(struct em_str file)
{
	return str_find(file, "/unittest/") >= 0 ||
	    str_find(file, "/testtools/") >= 0 ||
	    str_find(file, "/twisted/trial/") >= 0;
}

/* "package.Error" of "package.Error: what": what precedes the colon when it
 * is one word. */
static struct em_str
python_type(struct em_str message)
{
	struct em_str type;

	str_cut(&message, ':', &type);
	type = str_trim(type);
	for (size_t i = 0; i < type.n; i++)
		if (type.p[i] == ' ' || type.p[i] == '\n' ||
		    type.p[i] == '\'' || type.p[i] == '"')
			return (struct em_str){ NULL, 0 };
	return type.n > 0 ? type : (struct em_str){ NULL, 0 };
}

/* The message is what follows the last frame and is not indented. */
static bool
python_trace(struct em_event *ev, struct em_str text)
{
	struct em_str rest = text, line, message = { NULL, 0 };
	struct em_location l = ev->location;
	bool frames = false;

	if (str_find(text, "Traceback (most recent call last):") < 0)
		return false;
	while (rest.n > 0) {
		struct em_str at = rest;

		str_cut(&rest, '\n', &line);
		if (python_frame(line, &l)) {
			if (!is_framework(l.file) ||
			    ev->location.file.p == NULL)
				ev->location = l;
			frames = true;
			message = (struct em_str){ NULL, 0 };
		} else if (frames && message.p == NULL && line.n > 0 &&
		    line.p[0] != ' ' && line.p[0] != '\r') {
			message = at;
		}
	}
	if (message.p == NULL)
		return false;
	ev->message = str_trim(message);
	ev->type = python_type(ev->message);
	return true;
}

void
trace_location(struct em_event *ev, struct em_str text)
{
	struct em_event x = *ev;
	struct em_str line;

	if (ev->location.file.p != NULL)
		return;
	if (python_trace(&x, text)) {
		ev->location = x.location;
		return;
	}
	while (text.n > 0) {
		str_cut(&text, '\n', &line);
		line = str_trim(line);
		if (trace_place(&line, &ev->location))
			return;
	}
}

void
trace_message(struct em_event *ev, struct em_str text)
{
	struct em_str whole = str_trim(text), rest = whole;

	if (!python_trace(ev, text)) {
		if (!trace_place(&rest, &ev->location))
			trace_location(ev, text);
		ev->message = plain_first_line(rest);
	}
	if (!em_str_eq(ev->message, whole))
		ev->detail = text;
}
