/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* strptime */

/*
 * The reference filter: events on standard input, the same on standard output,
 * the class in the exit status. With --drop it removes the cases whose name
 * starts with "drop_".
 *
 *	filter [--mutant NAME | --list-mutants] [--drop]
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "fold.h"
#include "header.h"
#include "rewrite.h"
#include "set.h"

/* name, rule, what is wrong, the fault that is switched on */
#define MUTANTS(X)                                                             \
	X("bom-forwarded", "ENC-10", "a byte order mark is passed on", bom)    \
	X("line-64k", "ENC-12", "lines above 64 KiB are left out",             \
	    short_lines)                                                       \
	X("noise-dropped", "ENC-15", "noise is left out", no_noise)            \
	X("malformed-skipped", "ENC-16", "malformed lines do not matter",      \
	    malformed_skipped)                                                 \
	X("major-ignored", "HDR-3", "any major is read", header.any_major)     \
	X("same-minor", "HDR-4", "a higher minor is refused",                  \
	    header.same_minor)                                                 \
	X("requires-ignored", "HDR-7", "requires is not looked at",            \
	    header.requires_ignored)                                           \
	X("features-strict", "HDR-8", "an unknown feature is unsupported",     \
	    header.features_strict)                                            \
	X("clamps-version", "HDR-13", "the header says 1.0, whatever came",    \
	    clamps)                                                            \
	X("stamps-events", "HDR-14", "adds a member that 1.0 does not have",   \
	    stamps)                                                            \
	X("drops-unknown-members", "EVO-7", "unknown members are left out",    \
	    rewriting.known_alone)                                             \
	X("numbers-as-double", "EVO-7", "numbers go through a double",         \
	    rewriting.doubles)                                                 \
	X("drops-unknown-events", "EVO-8", "unknown events are left out",      \
	    no_unknown)                                                        \
	X("unknown-late", "EVO-8", "unknown events come out at the end",       \
	    unknown_late)                                                      \
	X("reorders-members", "EVO-10", "members come out by name",            \
	    rewriting.sorted)                                                  \
	X("truncated-accepted", "LIF-9", "the end of a run may be missing",    \
	    truncated_accepted)                                                \
	X("start-optional", "LIF-13", "a completion needs no start",           \
	    start_optional)                                                    \
	X("counts-kept", "LIF-18", "counts stay as they were", counts_kept)    \
	X("unmarked", "LIF-18", "nothing says that cases were removed",        \
	    unmarked)                                                          \
	X("half-dropped", "LIF-18", "only starts and completions go",          \
	    half_dropped)                                                      \
	X("run-completed", "LIF-18", "a missing run_complete is added",        \
	    completes)                                                         \
	X("block-buffered", "BEH-1", "output waits until 64 KiB are full",     \
	    buffered)                                                          \
	X("reads-ahead", "BEH-3", "all is read before anything is written",    \
	    reads_ahead)                                                       \
	X("drops-when-full", "BEH-3", "what the reader is slow to take goes",  \
	    drops)                                                             \
	X("writes-on", "BEH-4", "goes on when nobody can read", writes_on)     \
	X("write-unchecked", "BEH-5", "a failed write goes unnoticed",         \
	    unchecked)                                                         \
	X("one-status", "BEH-6", "every trouble ends in status 1", one_status) \
	X("reads-as-lines", "BEH-7", "each read is taken for whole lines",     \
	    pieces)                                                            \
	X("interrupted-is-end", "BEH-7", "a signal while reading is the end",  \
	    interrupted)                                                       \
	X("time-by-zone", "BEH-8",                                             \
	    "times come out in the zone of the machine", by_zone)              \
	X("again-is-end", "BEH-9", "no input yet is the end", again)           \
	X("banner", "BEH-11", "says hello on standard output", banner)

struct filter {
	struct header_rules header;
	struct rewrite_faults rewriting;
	bool bom, short_lines, no_noise, malformed_skipped, clamps, stamps;
	bool no_unknown, unknown_late, truncated_accepted, start_optional;
	bool counts_kept, unmarked, half_dropped, completes, buffered;
	bool reads_ahead, drops, writes_on, unchecked, one_status, pieces;
	bool interrupted, again, banner, by_zone;

	bool drop;
	struct ref_lines in;
	struct ref_text out, late;
	struct set open; /* attempts that have started and not completed */
	struct fold frame; /* runs and suites; of no cases */
	struct fold all, kept; /* with --drop: all cases, and those kept */
	bool headed, over, write_failed, removed;
	uint64_t line;
};

#define ENTRY(name, rule, what, fault) { name, rule, what },
static const struct ref_mutant mutants[] = { MUTANTS(ENTRY){ 0 } };
#undef ENTRY

static void
apply(struct filter *f, int which)
{
	int i = 0;

#define APPLY(name, rule, what, fault) f->fault = i++ == which;
	MUTANTS(APPLY)
#undef APPLY
}

/* ---- output ---- */

static bool
write_dropping(struct filter *f)
{
	struct pollfd room = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return !f->drops || poll(&room, 1, 0) == 1;
}

static void
flush(struct filter *f)
{
	if (f->out.n != 0 && write_dropping(f) &&
	    !ref_write(STDOUT_FILENO, f->out.p, f->out.n))
		f->write_failed = true;
	f->out.n = 0;
	if (f->writes_on || f->unchecked)
		f->write_failed = false;
}

static void
put_line(struct filter *f, struct slice line)
{
	ref_add(&f->out, line.p, line.n);
	ref_adds(&f->out, "\n");
	if (f->out.n >= 65536 && !f->reads_ahead)
		flush(f);
}

static void
complain(struct filter *f, const char *what)
{
	fprintf(stderr, "filter: line %llu: %s\n", (unsigned long long)f->line,
	    what);
}

/* ---- removing cases ---- */

static bool
is_dropped(const struct filter *f, const struct event *e)
{
	struct slice name = event_text(e, "name");
	bool whole = e->kind == CASE_START || e->kind == CASE_COMPLETE ||
	    e->kind == DISCOVER_CASE;

	if (!f->drop || name.p == NULL || name.n < 5 ||
	    memcmp(name.p, "drop_", 5) != 0)
		return false;
	if (e->kind == UNKNOWN || (f->half_dropped && !whole))
		return false;
	return e->kind == DISCOVER_CASE ||
	    (e->kind >= CASE_START && e->kind <= CASE_COMPLETE);
}

static void
count_text(struct ref_text *t, struct counts c)
{
	char s[128];

	snprintf(s, sizeof s, "{\"pass\":%lld,\"fail\":%lld,\"skip\":%lld}",
	    (long long)c.pass, (long long)c.fail, (long long)c.skip);
	ref_adds(t, s);
}

/* A completion of a suite or run, with what the cases kept say. */
static void
recount(struct filter *f, const struct event *e, struct ref_text *to)
{
	struct slice run = event_text(e, "run");
	struct slice suite = event_text(e, "suite");
	bool of_run = e->kind == RUN_COMPLETE, counted;
	const struct run *r = fold_run(&f->all, run);
	struct ref_text counts = { 0 };
	bool alone, fails;

	counted = event_member(e, "counts") != NULL && !f->counts_kept;
	count_text(&counts, fold_counts(&f->kept, run, of_run ? NULL : &suite));
	/* A run failed by itself if it says so, or nothing else says why. */
	alone = (r != NULL && (r->explained || r->cancelled)) ||
	    !fold_fails(&f->all, run);
	fails = slice_is(event_text(e, "outcome"), "fail");
	if (of_run && fails && !alone)
		fails = fold_fails(&f->kept, run);
	else
		fails = true; /* stays as it is */
	{
		struct slice kept_counts = { counts.p, counts.n };
		const struct change of_runs[] = {
			{ counted ? "counts" : "filtered",
			    counted ? kept_counts : slice_of("true") },
			{ f->unmarked ? "event" : "filtered",
			    f->unmarked ? slice_of("\"run_complete\"")
					: slice_of("true") },
			{ fails ? NULL : "outcome", slice_of("\"pass\"") },
			{ 0 },
		};
		const struct change of_suites[] = {
			{ counted ? "counts" : NULL, kept_counts },
			{ 0 },
		};

		rewrite(to, e->tree, of_run ? of_runs : of_suites);
	}
	free(counts.p);
}

/* ---- events ---- */

static void
attempt_key(const struct event *e, struct ref_text *key)
{
	static const char *const parts[] = { "run", "suite", "class", "name",
		"variant" };
	char numbers[64];

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct slice s = event_text(e, parts[i]);

		snprintf(numbers, sizeof numbers, "%zu%c", s.n,
		    s.p != NULL ? ':' : '-');
		ref_adds(key, numbers);
		ref_add(key, s.p, s.n);
	}
	snprintf(numbers, sizeof numbers, "%lld.%lld",
	    (long long)llabs(event_int(e, "iteration")),
	    (long long)llabs(event_int(e, "attempt")));
	ref_adds(key, numbers);
}

/* LIF-13 as far as open attempts tell. */
static void
follow(struct filter *f, const struct event *e)
{
	struct ref_text key = { 0 };
	struct slice k;
	bool good = true;

	if (e->kind != CASE_START && e->kind != CASE_COMPLETE)
		return;
	attempt_key(e, &key);
	k = (struct slice){ key.p, key.n };
	if (e->kind == CASE_START)
		good = set_add(&f->open, k);
	else
		good = set_remove(&f->open, k) || f->start_optional;
	if (!good) {
		complain(f, "a start or completion that was not due");
		f->frame.malformed_class = true;
	}
	free(key.p);
}

static bool
header_is_good(struct filter *f, const struct event *e)
{
	char why[256];
	enum header h;

	if (f->headed && !fold_complete(&f->frame)) {
		complain(f, "a second header before the stream is complete");
		f->frame.headless = true;
	}
	h = header_judge(e, &f->header, why, sizeof why);
	if (h == HEADER_GOOD) {
		f->headed = true;
		set_free(&f->open);
		fold_stream(&f->frame);
		fold_stream(&f->all);
		fold_stream(&f->kept);
		return true;
	}
	complain(f, why);
	f->frame.unsupported = h == HEADER_UNSUPPORTED;
	f->frame.headless = h == HEADER_BAD;
	f->over = true;
	return false;
}

/* The time of the event as the clock on the wall here shows it. */
static void
put_local(const struct event *e, struct ref_text *to)
{
	struct slice s = event_text(e, "time");
	struct change change[] = { { "time", { 0 } }, { 0 } };
	struct tm there = { 0 }, here;
	char copy[32], local[32];
	time_t t;
	long zone;

	if (s.p == NULL || s.n >= sizeof copy)
		return;
	memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	(void)strptime(copy, "%Y-%m-%dT%H:%M:%S", &there);
	/* As if it were local, then back by what that is off. */
	t = mktime(&there);
	(void)gmtime_r(&t, &here);
	zone = (long)t - (long)mktime(&here);
	t += zone;
	(void)localtime_r(&t, &here);
	(void)strftime(local, sizeof local, "\"%Y-%m-%dT%H:%M:%SZ\"", &here);
	change[0].value = slice_of(local);
	rewrite(to, e->tree, change);
}

static void
put_event(struct filter *f, const struct event *e, struct slice line)
{
	const struct change clamp[] = { { "version", slice_of("\"1.0\"") },
		{ 0 } };
	const struct change stamp[] = { { "filtered_at_ns", slice_of("7") },
		{ 0 } };
	const struct rewrite_faults *r = &f->rewriting;
	struct ref_text t = { 0 };

	if (f->drop && (e->kind == RUN_COMPLETE || e->kind == SUITE_COMPLETE))
		recount(f, e, &t);
	else if (f->clamps && e->kind == PROTOCOL)
		rewrite(&t, e->tree, clamp);
	else if (f->stamps && e->kind == CASE_COMPLETE)
		rewrite(&t, e->tree, stamp);
	else if (r->known_alone || r->doubles || r->sorted)
		rewrite_badly(&t, e, r);
	else if (f->by_zone)
		put_local(e, &t);
	if (t.n != 0)
		line = (struct slice){ t.p, t.n };
	if (f->unknown_late && e->kind == UNKNOWN) {
		ref_add(&f->late, line.p, line.n);
		ref_adds(&f->late, "\n");
	} else if (!f->no_unknown || e->kind != UNKNOWN)
		put_line(f, line);
	free(t.p);
}

static void
one_event(struct filter *f, const struct event *e, struct slice line)
{
	if (e->kind == PROTOCOL) {
		if (!header_is_good(f, e))
			return;
	} else if (!f->headed) {
		complain(f, "no header");
		f->frame.headless = f->over = true;
		return;
	}
	fold_event(&f->frame, e);
	follow(f, e);
	if (f->drop) {
		fold_event(&f->all, e);
		if (is_dropped(f, e)) {
			f->removed = true;
			return;
		}
		fold_event(&f->kept, e);
	}
	put_event(f, e, line);
}

static void
one_line(struct filter *f, struct slice line, bool last)
{
	static const struct event_rules strict;
	struct event e;

	f->line++;
	if (f->line == 1 && !f->bom && line.n >= 3 &&
	    memcmp(line.p, "\xef\xbb\xbf", 3) == 0) {
		line.p += 3;
		line.n -= 3;
	}
	if (f->short_lines && line.n > 65535)
		return;
	switch (event_read(&e, &strict, line)) {
	case LINE_BLANK:
		put_line(f, line);
		break;
	case LINE_NOISE:
		if (!f->no_noise)
			put_line(f, line);
		break;
	case LINE_MALFORMED:
		complain(f, last ? "the last line is cut" : "malformed");
		if (last)
			f->frame.cut = true;
		else
			f->frame.malformed += !f->malformed_skipped;
		break;
	case LINE_EVENT:
		one_event(f, &e, line);
		event_free(&e);
		break;
	}
}

/* ---- the whole ---- */

static int
status_of(struct filter *f)
{
	static const int status[] = { REF_OK, REF_TRUNCATED, REF_MALFORMED,
		REF_UNSUPPORTED };
	int s = status[fold_conclude(&f->frame).class];

	if (f->write_failed)
		s = REF_IO;
	if (f->in.gave_up)
		s = REF_OK;
	if (s == REF_TRUNCATED && f->truncated_accepted)
		s = REF_OK;
	return f->one_status && s != REF_OK ? REF_FAILED : s;
}

static void
filter_lines(struct filter *f)
{
	struct slice line;
	enum ref_line got;

	while (!f->over && !f->write_failed) {
		if (!ref_ready(&f->in) && !f->buffered && !f->reads_ahead)
			flush(f);
		got = ref_next(&f->in, &line);
		if (got == REF_END)
			break;
		one_line(f, line, got == REF_LAST);
	}
	if (f->completes && !fold_complete(&f->frame))
		put_line(f,
		    slice_of("{\"event\":\"run_complete\","
			     "\"outcome\":\"pass\",\"filtered\":true}"));
	ref_add(&f->out, f->late.p, f->late.n);
	flush(f);
}

static void
caught(int sig)
{
	(void)sig;
}

static void
set_up(struct filter *f)
{
	struct sigaction a = { .sa_handler = caught };

	f->in.fd = STDIN_FILENO;
	f->in.pieces = f->pieces;
	f->in.again_is_end = f->again;
	f->in.interrupted_is_end = f->interrupted;
	f->frame.frame = true;
	if (f->interrupted) {
		(void)sigaction(SIGWINCH, &a, NULL);
		(void)sigaction(SIGCHLD, &a, NULL);
	}
	if (f->writes_on)
		(void)signal(SIGPIPE, SIG_IGN);
	if (f->banner)
		put_line(f, slice_of("filter: hello"));
}

int
main(int argc, char **argv)
{
	static struct filter f;
	int rest, status;

	apply(&f, ref_mutant(argc, argv, mutants, &rest));
	if (rest < argc && strcmp(argv[rest], "--drop") == 0) {
		f.drop = true;
		rest++;
	}
	if (rest < argc) {
		fputs("usage: filter [--mutant NAME | --list-mutants] "
		      "[--drop]\n",
		    stderr);
		return REF_USAGE;
	}
	set_up(&f);
	filter_lines(&f);
	if (f.in.failed)
		perror("filter: standard input");
	if (f.write_failed)
		perror("filter: standard output");
	status = f.in.failed ? REF_IO : status_of(&f);
	fold_free(&f.frame);
	set_free(&f.open);
	return status;
}
