/* SPDX-License-Identifier: MIT */
/* From bytes to lines to streams, and the list of what was found. */
#include <stdio.h>
#include <stdlib.h>

#include "grow.h"
#include "lint-inside.h"

static const struct {
	const char *writer, *reader;
	enum lint_level level;
	enum lint_class class;
	const char *text;
} faults[FAULT_COUNT] = {
#define X(name, w, r, level, class, text)                                      \
	[F_##name] = { w, r, LINT_##level, LINT_##class, text },
	LINT_FAULTS
#undef X
};

static void
add_violation(struct lint_report *r, const char *rule, enum lint_level level,
    size_t line, const char *text)
{
	struct lint_violation *more =
	    grow(r->violation, r->count, &r->size, sizeof(*more));

	if (more == NULL) {
		r->no_memory = true;
		return;
	}
	r->violation = more;
	more = &r->violation[r->count++];
	*more = (struct lint_violation){ rule, level, line, "" };
	snprintf(more->text, sizeof(more->text), "%s", text);
}

/* Whether a character can be shown; n bytes, 0 where it is none. */
static bool
is_plain(const char *p, size_t n)
{
	unsigned char c = (unsigned char)p[0];

	/* C0, DEL, and in two bytes C1, which move cursors too. */
	return n != 0 && c >= 0x20 && c != 0x7f &&
	    (c != 0xc2 || (unsigned char)p[1] > 0x9f);
}

/* Names come from the input; what cannot be shown is '?'. */
static void
put_subject(char *to, size_t size, const char *text, struct slice subject)
{
	int begun = snprintf(to, size, "%s '", text);
	size_t at = begun > 0 ? (size_t)begun : 0, i, n;

	for (i = 0; i < subject.n && at + 10 < size; i += n) {
		const char *p = subject.p + i;

		n = json_utf8((const unsigned char *)p, subject.n - i);
		if (is_plain(p, n)) {
			memcpy(to + at, p, n);
			at += n;
		} else
			to[at++] = '?';
		n += n == 0;
	}
	snprintf(to + at, size - at, i < subject.n ? "...'" : "'");
}

void
lint_fault(struct lint *l, enum lint_fault f, size_t line, struct slice subject)
{
	bool writer = l->options->role == LINT_WRITER;
	const char *rule = writer ? faults[f].writer : faults[f].reader;
	enum lint_level level = faults[f].level;
	struct lint_report *r = l->report;
	char text[sizeof(r->violation->text)];

	if (faults[f].class > r->class)
		r->class = faults[f].class;
	if (*rule == '\0' ||
	    (l->options->state_only && strncmp(rule, "LIF-", 4) != 0))
		return;
	/* A reader's list says what the input does, not what a reader did. */
	if (!writer && faults[f].class == LINT_ACCEPT)
		level = LINT_NOTE;
	if (subject.p != NULL)
		put_subject(text, sizeof(text), faults[f].text, subject);
	else
		snprintf(text, sizeof(text), "%s", faults[f].text);
	add_violation(r, rule, level, line, text);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static const struct slice none = { NULL, 0 };

void
lint_minor(struct lint *l, unsigned minor)
{
	size_t i;

	l->minor = minor;
	for (i = 0; i < lint_minors(l->options->schemas); i++)
		l->suffices[i] = i < minor;
}

/* Rule HDR-6: whatever comes without a header is read as if it had one. */
static void
begin_stream(struct lint *l, unsigned minor)
{
	l->in_stream = true;
	l->headless = !l->options->has_version;
	l->spoiled = false;
	l->state = lint_state_new();
	if (l->state == NULL)
		l->report->no_memory = true;
	lint_minor(l, minor);
}

static void
end_stream(struct lint *l)
{
	size_t i;

	if (!l->in_stream)
		return;
	lint_state_end(l);
	lint_state_free(l->state);
	l->state = NULL;
	l->in_stream = false;
	for (i = 0; i < lint_minors(l->options->schemas); i++)
		if (l->suffices[i]) {
			lint_fault(l, F_LOWER, l->line, none);
			break;
		}
}

static bool
take_header(struct lint *l, const struct json *v)
{
	if (l->in_stream && !l->headless && !lint_state_complete(l->state))
		lint_fault(l, F_HEADER_AGAIN, l->line, none);
	end_stream(l);
	begin_stream(l, 0);
	l->headless = false;
	return !l->report->no_memory && lint_header(l, v);
}

/* False: nothing that follows is to be read. */
static bool
take_event(struct lint *l, const struct json *v)
{
	struct slice kind = json_text(v, "event");
	struct lint_event ev;

	l->report->events++;
	if (kind.p == NULL)
		lint_fault(l, F_NO_EVENT, l->line, none);
	if (slice_is(kind, "protocol") && !take_header(l, v))
		return false;
	if (!l->in_stream) {
		if (!l->options->has_version)
			lint_fault(l, F_NO_HEADER, l->line, none);
		begin_stream(
		    l, l->options->has_version ? l->options->minor : 0);
	}
	if (l->report->no_memory)
		return false;
	if (kind.p == NULL) {
		l->report->invalid++;
		l->spoiled = true;
	} else if (lint_event(l, v, &ev))
		lint_state_event(l, &ev);
	return !l->report->no_memory;
}

static void
refuse_line(struct lint *l, struct slice line, const struct json_error *e)
{
	static const enum lint_fault fault[] = {
		[JSON_SYNTAX] = F_SYNTAX,
		[JSON_INCOMPLETE] = F_SYNTAX,
		[JSON_UTF8] = F_UTF8,
		[JSON_TOO_DEEP] = F_DEEP,
	};
	enum lint_fault f;

	if (e->fault == JSON_NO_MEMORY) {
		l->report->no_memory = true;
		return;
	}
	f = fault[e->fault];
	if (f == F_SYNTAX && e->offset < line.n &&
	    (unsigned char)line.p[e->offset] < 0x20)
		f = F_CONTROL;
	l->report->malformed++;
	l->spoiled = true;
	lint_fault(l, f, l->line,
	    f == F_SYNTAX || f == F_CONTROL ? slice_of(e->text) : none);
}

/* A line that is not blank, without white space around it. */
static bool
take_line(struct lint *l, struct slice line, bool ended)
{
	struct json_error e;
	struct json *v;
	bool go_on;

	if (line.p[0] != '{') {
		l->report->noise++;
		lint_fault(l, F_NOISE, l->line, line);
		return true;
	}
	v = json_parse(line.p, line.n, &e);
	if (v == NULL && !ended && e.fault != JSON_NO_MEMORY) {
		lint_fault(l, F_CUT, l->line, none);
		l->spoiled = true;
		return true;
	}
	if (v == NULL) {
		refuse_line(l, line, &e);
		return !l->report->no_memory;
	}
	go_on = take_event(l, v);
	json_free(v);
	return go_on;
}

static struct slice
trim(struct slice s)
{
	while (s.n != 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n != 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static void
take_lines(struct lint *l, const char *p, const char *end)
{
	const char *lf;
	struct slice line;
	bool go_on = true;

	if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		lint_fault(l, F_BOM, 1, none);
		p += 3;
	}
	for (; go_on && p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		l->line++;
		line = trim((struct slice){ p, (size_t)(lf - p) });
		if (line.n == 0)
			lint_fault(l, F_BLANK, l->line, none);
		else
			go_on = take_line(l, line, lf < end);
		if (lf == end) {
			if (go_on && l->report->class != LINT_TRUNCATED)
				lint_fault(l, F_NO_LF, l->line, none);
			break;
		}
	}
}

static void
conclude(struct lint *l)
{
	struct lint_report *r = l->report;

	end_stream(l);
	/* Not one event: nothing says that it was meant to be a listing. */
	if (r->events == 0)
		lint_fault(l, F_NOTHING, l->line, none);
	if (r->class == LINT_ACCEPT && !l->any_run)
		r->verdict = LINT_NONE;
	else if (r->class == LINT_ACCEPT && l->all_pass)
		r->verdict = LINT_PASS;
	else
		r->verdict = LINT_FAIL;
}

void
lint_stream(const char *bytes, size_t n, const struct lint_options *options,
    struct lint_report *report)
{
	struct lint l = {
		.options = options, .report = report, .all_pass = true
	};

	*report = (struct lint_report){ .verdict = LINT_FAIL };
	l.suffices = calloc(lint_minors(options->schemas), sizeof(bool));
	if (l.suffices == NULL) {
		report->no_memory = true;
		return;
	}
	take_lines(&l, bytes, bytes + n);
	if (!report->no_memory && report->class != LINT_UNSUPPORTED)
		conclude(&l);
	lint_state_free(l.state);
	free(l.suffices);
}

void
lint_report_free(struct lint_report *r)
{
	free(r->violation);
	r->violation = NULL;
	r->count = r->size = 0;
}

size_t
lint_count(const struct lint_report *r, enum lint_level level)
{
	size_t i, n = 0;

	for (i = 0; i < r->count; i++)
		n += r->violation[i].level >= level;
	return n;
}

const char *
lint_row(const char *rule)
{
	static const char *const rows[][2] = {
		{ "ENC-1", "wri/lf-terminated" },
		{ "ENC-2", "wri/utf8-no-bom" },
		{ "ENC-4", "wri/unique-members" },
		{ "ENC-3", "wri/b64-sibling" },
		{ "HDR-1", "wri/header-first" },
		{ "HDR-9", "wri/declared-schema" },
		{ "EXT-1", "wri/declared-schema" },
		{ "ENC-19", "wri/declared-schema" },
		{ "VAL-6", "wri/declared-schema" },
		{ "VAL-8", "wri/declared-schema" },
		{ "HDR-11", "wri/lowest-minor" },
		{ "VAL-1", "wri/durations" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rule, rows[i][0]) == 0)
			return rows[i][1];
	return strncmp(rule, "LIF-", 4) == 0 ? "wri/state-machine" : NULL;
}

const char *
lint_class_name(enum lint_class c)
{
	static const char *const names[] = { "accept", "truncated", "malformed",
		"unsupported" };

	return names[c];
}

const char *
lint_verdict_name(enum lint_verdict v)
{
	static const char *const names[] = { "pass", "fail", "none" };

	return names[v];
}
