/* SPDX-License-Identifier: MIT */
/*
 * The reference converter: events on standard input, JUnit XML or TAP on
 * standard output, the class in the exit status; and back.
 *
 *	writer [--mutant NAME | --list-mutants] test-events (junit | tap)
 *	writer (junit | tap) test-events
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "document.h"
#include "from.h"
#include "header.h"

/* name, rule, what is wrong, the fault that is switched on */
#define MUTANTS(X)                                                             \
	X("unknown-as-test", "EVO-11", "an unknown event becomes a test",      \
	    faults.unknown_as_test)                                            \
	X("losses-unsaid", "EVO-11", "what is dropped is not counted", unsaid) \
	X("attempts-as-tests", "LIF-4", "each attempt becomes a test",         \
	    fold.rules.attempts_are_cases)                                     \
	X("messages-lost", "LIF-5", "failures do not say why",                 \
	    faults.messages_lost)                                              \
	X("skips-as-pass", "LIF-6", "what was skipped passes",                 \
	    faults.skips_as_pass)                                              \
	X("reasons-lost", "LIF-6", "what was skipped does not say why",        \
	    faults.reasons_lost)                                               \
	X("suite-failures-lost", "LIF-7", "a failed suite is not shown",       \
	    faults.suite_failures_lost)                                        \
	X("adjacent", "LIF-12", "events belong to the case started last",      \
	    fold.rules.adjacency)                                              \
	X("suites-merged", "LIF-12", "equal names are one test",               \
	    fold.rules.name_alone)                                             \
	X("plan-lost", "LIF-17", "no tests, no document", no_empty)            \
	X("counts-wrong", "LIF-8", "tests counts one too many",                \
	    faults.counts_wrong)                                               \
	X("times-as-exponent", "VAL-1", "times are printed with exponents",    \
	    faults.exponents)                                                  \
	X("bad-duration-ends", "VAL-2", "a bad duration spoils the event",     \
	    lines.bad_optional_invalid)                                        \
	X("escaping-forgotten", "VAL-7", "markup and # are not escaped",       \
	    faults.unescaped)                                                  \
	X("controls-raw", "BEH-12", "control characters are passed on",        \
	    faults.controls_raw)                                               \
	X("names-as-format", "BEH-12", "a name ends where a format begins",    \
	    faults.names_as_format)                                            \
	X("held-to-end", "BEH-1", "points come out at the end", held)          \
	X("writes-on", "BEH-4", "goes on when nobody can read", writes_on)     \
	X("write-unchecked", "BEH-5", "a failed write goes unnoticed",         \
	    unchecked)                                                         \
	X("one-status", "BEH-6", "every trouble ends in status 1", one_status) \
	X("truncated-accepted", "BEH-6", "input may end anywhere", cut)        \
	X("reads-as-lines", "BEH-7", "each read is taken for whole lines",     \
	    in.pieces)                                                         \
	X("decimal-comma", "BEH-8", "times have a decimal comma",              \
	    faults.by_locale)                                                  \
	X("banner", "BEH-11", "says hello on standard output", banner)

struct writer {
	struct event_rules lines;
	struct fold fold;
	struct document_faults faults;
	bool unsaid, held, writes_on, unchecked, one_status, cut, banner;
	bool no_empty;

	bool tap;
	struct ref_lines in;
	struct ref_text out;
	size_t points;
	bool headed, over, write_failed;
};

#define ENTRY(name, rule, what, fault) { name, rule, what },
static const struct ref_mutant mutants[] = { MUTANTS(ENTRY){ 0 } };
#undef ENTRY

static void
apply(struct writer *w, int which)
{
	int i = 0;

#define APPLY(name, rule, what, fault) w->fault = i++ == which;
	MUTANTS(APPLY)
#undef APPLY
}

static void
flush(struct writer *w)
{
	if (w->out.n != 0 && !ref_write(STDOUT_FILENO, w->out.p, w->out.n))
		w->write_failed = !w->writes_on && !w->unchecked;
	w->out.n = 0;
}

/* ---- TAP: a point as soon as its case is decided ---- */

static struct stream *
last_stream(struct writer *w)
{
	return &w->fold.streams[w->fold.nstreams - 1];
}

/* A failure may yet be retried: it waits for the end of its run. */
static void
completed(struct writer *w)
{
	struct stream *s = last_stream(w);
	struct ccase *c = &s->cases[s->last_case];

	if (c->shown)
		return;
	if (fold_outcome(&w->fold, c) == FAIL) {
		ref_adds(&w->out, "# failed, and may be tried again\n");
		return;
	}
	c->shown = true;
	tap_point(&w->out, &w->fold, c, ++w->points, &w->faults);
}

static void
run_over(struct writer *w)
{
	struct stream *s = last_stream(w);

	for (size_t i = 0; i < s->ncases; i++) {
		struct ccase *c = &s->cases[i];

		if (c->shown || c->attempts == 0)
			continue;
		c->shown = true;
		tap_point(&w->out, &w->fold, c, ++w->points, &w->faults);
	}
}

static void
plan(struct writer *w)
{
	char s[64];

	if (w->faults.unknown_as_test && w->fold.unknown_events != 0) {
		snprintf(s, sizeof s, "ok %zu - unknown\n", ++w->points);
		ref_adds(&w->out, s);
	}
	snprintf(s, sizeof s, "1..%zu\n",
	    w->points + (w->faults.counts_wrong ? 1 : 0));
	if (w->points != 0 || !w->no_empty)
		ref_adds(&w->out, s);
}

/* ---- events ---- */

static void
one_event(struct writer *w, const struct event *e)
{
	static const struct header_rules strict;
	struct fold *f = &w->fold;
	enum header h = HEADER_GOOD;

	if (e->kind == PROTOCOL) {
		f->headless = w->headed && !fold_complete(f);
		h = header_judge(e, &strict, f->message, sizeof f->message);
		fold_stream(f);
		w->headed = true;
	}
	if (!w->headed || h == HEADER_BAD)
		f->headless = w->over = true;
	if (h == HEADER_UNSUPPORTED)
		f->unsupported = w->over = true;
	if (w->over) {
		fprintf(stderr, "writer: %s\n",
		    f->message[0] != '\0' ? f->message : "no header");
		return;
	}
	fold_event(f, e);
	if (!w->tap || w->held || e->faceless)
		return;
	if (e->kind == CASE_COMPLETE)
		completed(w);
	if (e->kind == RUN_COMPLETE)
		run_over(w);
}

static void
one_line(struct writer *w, struct slice line, bool last)
{
	struct event e;

	switch (event_read(&e, &w->lines, line)) {
	case LINE_BLANK:
		break;
	case LINE_NOISE:
		w->fold.noise++;
		break;
	case LINE_MALFORMED:
		fprintf(stderr, "writer: a malformed line\n");
		w->fold.cut = w->fold.cut || last;
		w->fold.malformed += !last;
		break;
	case LINE_EVENT:
		one_event(w, &e);
		event_free(&e);
		break;
	}
}

static void
finish(struct writer *w)
{
	if (w->fold.nstreams == 0)
		fold_stream(&w->fold);
	if (w->tap) {
		run_over(w);
		plan(w);
	} else if (!w->no_empty || last_stream(w)->ncases != 0)
		junit_document(&w->out, &w->fold, &w->faults);
	flush(w);
	if (!w->unsaid && w->fold.unknown_events != 0)
		fprintf(stderr, "writer: unknown events left out: %zu\n",
		    w->fold.unknown_events);
}

static int
status_of(struct writer *w)
{
	static const int status[] = { REF_OK, REF_TRUNCATED, REF_MALFORMED,
		REF_UNSUPPORTED };
	int s = status[fold_conclude(&w->fold).class];

	if (w->write_failed) {
		perror("writer: standard output");
		s = REF_IO;
	}
	if (w->in.failed) {
		perror("writer: standard input");
		s = REF_IO;
	}
	if (s == REF_TRUNCATED && w->cut)
		s = REF_OK;
	return w->one_status && s != REF_OK ? REF_FAILED : s;
}

/* The document on standard input as events. */
static int
read_document(struct writer *w)
{
	struct from f = { 0 };
	struct ref_text doc = { 0 };
	struct slice line;
	enum ref_line got;

	while ((got = ref_next(&w->in, &line)) != REF_END) {
		ref_add(&doc, line.p, line.n);
		if (got == REF_LINE)
			ref_adds(&doc, "\n");
	}
	from_start(&f);
	(w->tap ? from_tap : from_junit)(&f, (struct slice){ doc.p, doc.n });
	from_end(&f);
	w->out = f.out;
	flush(w);
	if (w->write_failed)
		perror("writer: standard output");
	free(doc.p);
	return w->write_failed || w->in.failed ? REF_IO : REF_OK;
}

static int
write_document(struct writer *w)
{
	struct slice line;
	enum ref_line got;

	if (w->banner)
		ref_adds(&w->out, "Welcome to writer\n");
	if (w->tap)
		ref_adds(&w->out, "TAP version 14\n");
	while (!w->over && !w->write_failed) {
		if (!ref_ready(&w->in))
			flush(w);
		got = ref_next(&w->in, &line);
		if (got == REF_END)
			break;
		one_line(w, line, got == REF_LAST);
	}
	finish(w);
	return status_of(w);
}

static bool
is_document(const char *format)
{
	return strcmp(format, "junit") == 0 || strcmp(format, "tap") == 0;
}

int
main(int argc, char **argv)
{
	static struct writer w;
	const char *from, *to;
	int rest;

	apply(&w, ref_mutant(argc, argv, mutants, &rest));
	from = argc - rest == 2 ? argv[rest] : "";
	to = argc - rest == 2 ? argv[rest + 1] : "";
	w.in.fd = STDIN_FILENO;
	if (w.writes_on)
		(void)signal(SIGPIPE, SIG_IGN);
	if (strcmp(from, "test-events") == 0 && is_document(to)) {
		w.tap = strcmp(to, "tap") == 0;
		return write_document(&w);
	}
	if (is_document(from) && strcmp(to, "test-events") == 0) {
		w.tap = strcmp(from, "tap") == 0;
		return read_document(&w);
	}
	fputs("usage: writer [--mutant NAME | --list-mutants] "
	      "test-events (junit | tap)\n"
	      "       writer (junit | tap) test-events\n",
	    stderr);
	return REF_USAGE;
}
