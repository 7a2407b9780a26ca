/* SPDX-License-Identifier: MIT */
/*
 * The reference reader: events on standard input, a digest on standard output,
 * the class in the exit status.
 *
 *	reader [--mutant NAME | --list-mutants]
 */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "digest.h"
#include "header.h"

/* name, rule, what is wrong, the fault that is switched on */
#define MUTANTS(X)                                                             \
	X("first-duplicate-wins", "ENC-6", "the first of two members counts",  \
	    lines.first_duplicate)                                             \
	X("lax-utf8", "ENC-5", "ill-formed UTF-8 is let pass", lines.lax_utf8) \
	X("lax-controls", "ENC-5", "raw control characters are let pass",      \
	    lines.lax_controls)                                                \
	X("no-cr", "ENC-7", "a CR at the end of a line is refused",            \
	    lines.no_cr)                                                       \
	X("event-first", "ENC-7", "event counts as the first member alone",    \
	    lines.event_first)                                                 \
	X("raw-keys", "ENC-7", "names of members are not unescaped",           \
	    lines.raw_keys)                                                    \
	X("blank-malformed", "ENC-8", "a blank line is malformed",             \
	    lines.blank_malformed)                                             \
	X("last-line-lost", "ENC-9", "a last line without LF is not read",     \
	    last_lost)                                                         \
	X("last-line-any", "ENC-9", "a last line that is cut is passed over",  \
	    last_any)                                                          \
	X("bom-refused", "ENC-10", "a byte order mark is noise anywhere",      \
	    bom_noise)                                                         \
	X("c-strings", "ENC-11", "names end at U+0000", fold.rules.c_strings)  \
	X("line-64k", "ENC-12", "lines above 64 KiB are malformed",            \
	    lines.short_lines)                                                 \
	X("nest-32", "ENC-14", "nesting above 32 is malformed", lines.shallow) \
	X("noise-malformed", "ENC-15", "a line of noise is malformed",         \
	    lines.noise_malformed)                                             \
	X("noise-stops", "ENC-15", "a line of noise ends reading",             \
	    noise_stops)                                                       \
	X("noise-searched", "ENC-15", "an object is looked for inside noise",  \
	    lines.noise_searched)                                              \
	X("malformed-skipped", "ENC-16", "malformed lines are passed over",    \
	    malformed_skipped)                                                 \
	X("version-three-bytes", "HDR-2", "a version has three characters",    \
	    header.three_bytes)                                                \
	X("major-ignored", "HDR-3", "any major is read", header.any_major)     \
	X("major-first-digit", "HDR-3", "major 10 is taken for 1",             \
	    header.first_byte)                                                 \
	X("same-minor", "HDR-4", "a higher minor is refused",                  \
	    header.same_minor)                                                 \
	X("minor-byte", "HDR-4", "minors above 255 are refused",               \
	    header.minor_byte)                                                 \
	X("header-optional", "HDR-6", "a stream needs no header",              \
	    header_optional)                                                   \
	X("header-late", "HDR-6", "unknown events may come before the header", \
	    header_late)                                                       \
	X("header-again", "HDR-6", "a repeated header is ignored",             \
	    header_again)                                                      \
	X("version-lax", "HDR-6", "whatever strtol takes is a version",        \
	    header.lax)                                                        \
	X("requires-ignored", "HDR-7", "requires is not looked at",            \
	    header.requires_ignored)                                           \
	X("features-strict", "HDR-8", "an unknown feature is unsupported",     \
	    header.features_strict)                                            \
	X("streams-merged", "HDR-12", "identity carries over to the next",     \
	    fold.rules.merge_streams)                                          \
	X("members-strict", "EVO-1", "an unknown member is malformed",         \
	    lines.strict_members)                                              \
	X("keys-any-case", "EVO-1", "names of members in any case",            \
	    lines.keys_any_case)                                               \
	X("events-strict", "EVO-2", "an unknown event is malformed",           \
	    events_strict)                                                     \
	X("events-by-prefix", "EVO-2", "case_x with outcome completes",        \
	    lines.by_prefix)                                                   \
	X("unknown-stops", "EVO-3", "an unknown event ends reading",           \
	    unknown_stops)                                                     \
	X("values-strict", "EVO-4", "an unknown open value is malformed",      \
	    lines.strict_values)                                               \
	X("unknown-passes", "EVO-5", "an unknown outcome passes",              \
	    fold.rules.unknown_passes)                                         \
	X("status-decides", "EVO-6", "status overrules outcome",               \
	    fold.rules.status_decides)                                         \
	X("unknown-uncounted", "EVO-14", "unknown things are not counted",     \
	    uncounted)                                                         \
	X("null-strict", "EVO-15", "null is a wrong type", lines.null_strict)  \
	X("any-attempt", "LIF-4", "one failed attempt fails the case",         \
	    fold.rules.any_attempt)                                            \
	X("attempts-are-cases", "LIF-4", "each attempt is a case",             \
	    fold.rules.attempts_are_cases)                                     \
	X("suite-outcome-ignored", "LIF-7", "a failed suite changes nothing",  \
	    fold.rules.suite_outcome_ignored)                                  \
	X("late-ignored", "LIF-7", "nothing is read after run_complete",       \
	    fold.rules.late_ignored)                                           \
	X("end-optional", "LIF-9", "run_complete may be missing",              \
	    fold.rules.finish_optional)                                        \
	X("incomplete-ignored", "LIF-10", "a case without completion is none", \
	    fold.rules.incomplete_ignored)                                     \
	X("counts-trusted", "LIF-11", "counts are not checked",                \
	    fold.rules.counts_trusted)                                         \
	X("outcome-trusted", "LIF-11", "run_complete alone decides",           \
	    fold.rules.outcome_trusted)                                        \
	X("adjacency", "LIF-12", "events belong to the case started last",     \
	    fold.rules.adjacency)                                              \
	X("name-alone", "LIF-12", "a case is its name, whatever its suite",    \
	    fold.rules.name_alone)                                             \
	X("last-wins", "LIF-13", "the last of two completions counts",         \
	    fold.rules.last_wins)                                              \
	X("first-wins", "LIF-13", "the first of two completions counts",       \
	    fold.rules.first_wins)                                             \
	X("late-error-lost", "LIF-14", "errors after completion are ignored",  \
	    fold.rules.late_error_lost)                                        \
	X("not-run-ignored", "LIF-19", "cases that never started are ignored", \
	    fold.rules.not_run_ignored)                                        \
	X("bad-optional-invalid", "VAL-2", "a bad duration spoils the event",  \
	    lines.bad_optional_invalid)                                        \
	X("duration-any", "VAL-2", "any number is a duration",                 \
	    fold.rules.negative_duration)                                      \
	X("clock-strict", "VAL-3", "time that goes back is malformed",         \
	    fold.rules.clock_strict)                                           \
	X("absent-passes", "VAL-4", "no outcome is a pass",                    \
	    fold.rules.absent_passes)                                          \
	X("required-lax", "VAL-4", "required members may be absent",           \
	    lines.lax_required)                                                \
	X("integers-digits", "VAL-5", "1.0 is no integer",                     \
	    lines.integers_digits)                                             \
	X("names-split", "VAL-7",                                              \
	    "a name is what follows the last ::", fold.rules.split_names)      \
	X("names-trimmed", "VAL-7", "white space around names is cut off",     \
	    fold.rules.trim_names)                                             \
	X("tabs-refused", "ENC-7", "a tab between tokens is refused",          \
	    lines.no_tab)                                                      \
	X("raw-kinds", "ENC-7", "kinds of events are not unescaped",           \
	    lines.raw_kinds)                                                   \
	X("surrogates-apart", "ENC-7", "an escaped pair is not joined",        \
	    fold.rules.surrogates_apart)                                       \
	X("bom-anywhere", "ENC-10",                                            \
	    "a byte order mark is skipped on any line", bom_anywhere)          \
	X("nest-crashes", "ENC-14", "deep nesting ends in a crash",            \
	    lines.nest_crashes)                                                \
	X("defaults-forgotten", "HDR-5", "an absent attempt is the attempt 0", \
	    fold.rules.default_zero)                                           \
	X("requires-present", "HDR-7",                                         \
	    "a list of requirements is unsupported", header.requires_any)      \
	X("first-attempt-decides", "LIF-4", "the first attempt decides",       \
	    fold.rules.first_decides)                                          \
	X("latest-decides", "LIF-4", "the attempt heard of last decides",      \
	    fold.rules.latest_decides)                                         \
	X("log-late", "LIF-7", "a log after run_complete is a violation",      \
	    fold.rules.log_late)                                               \
	X("cancel-fails", "LIF-7", "run_cancel makes a run fail",              \
	    fold.rules.cancel_fails)                                           \
	X("selected-ignored", "LIF-8", "all that is discovered is selected",   \
	    fold.rules.selected_ignored)                                       \
	X("totals-checked", "LIF-11", "totals are held against what ran",      \
	    fold.rules.totals_checked)                                         \
	X("outcome-ignored", "LIF-11", "what a run says of itself is ignored", \
	    fold.rules.outcome_ignored)                                        \
	X("start-optional", "LIF-13", "a completion needs no start before it", \
	    fold.rules.start_optional)                                         \
	X("repeats-allowed", "LIF-13", "what comes twice is no violation",     \
	    fold.rules.repeats_allowed)                                        \
	X("gaps-allowed", "LIF-13", "attempts may be left out",                \
	    fold.rules.gaps_allowed)                                           \
	X("parents-any", "LIF-13", "parents are not looked for",               \
	    fold.rules.parents_any)                                            \
	X("error-fails", "LIF-14", "any error message makes a case fail",      \
	    fold.rules.error_fails)                                            \
	X("late-any", "LIF-14", "any message after the completion fails",      \
	    fold.rules.late_any)                                               \
	X("listing-truncated", "LIF-16", "a listing is no complete stream",    \
	    fold.rules.listing_truncated)                                      \
	X("empty-refused", "LIF-17", "a run without cases fails",              \
	    fold.rules.empty_refused)                                          \
	X("empty-suites-lost", "LIF-17", "suites without cases are forgotten", \
	    fold.rules.empty_suites_lost)                                      \
	X("duration-32", "VAL-2", "durations end at 2^31-1",                   \
	    fold.rules.durations_32)                                           \
	X("outcome-any-type", "VAL-4", "an outcome of any type is a pass",     \
	    fold.rules.outcome_any)                                            \
	X("invalid-ignored", "VAL-4", "invalid events do not matter",          \
	    fold.rules.invalid_ignored)                                        \
	X("metrics-lost", "VAL-6", "metrics are not kept",                     \
	    fold.rules.metrics_lost)                                           \
	X("empty-absent", "VAL-7", "the empty string is none",                 \
	    fold.rules.empty_absent)                                           \
	X("names-first-line", "VAL-7", "a name ends with its first line",      \
	    fold.rules.first_line)                                             \
	X("names-ascii", "VAL-7", "what is not ASCII in a name is lost",       \
	    fold.rules.ascii_names)                                            \
	X("names-basename", "VAL-7", "a name is what follows the last slash",  \
	    fold.rules.basename)                                               \
	X("names-4k", "VAL-7", "names end after 4 KiB",                        \
	    fold.rules.names_short)                                            \
	X("base64-as-text", "VAL-8", "base64 is not decoded",                  \
	    fold.rules.base64_as_text)                                         \
	X("text-by-locale", "BEH-8", "text is what the locale says it is",     \
	    by_locale)                                                         \
	X("read-unchecked", "BEH-6", "a failed read goes unnoticed",           \
	    read_unchecked)                                                    \
	X("one-status", "BEH-6", "every trouble ends in status 1", one_status)

struct reader {
	struct event_rules lines;
	struct header_rules header;
	struct fold fold;
	bool last_lost, last_any, bom_noise, noise_stops, malformed_skipped;
	bool header_optional, header_late, header_again, events_strict;
	bool unknown_stops, uncounted, read_unchecked, one_status;
	bool by_locale, bom_anywhere;

	bool open; /* a header was read */
	bool over; /* nothing more is read */
	uint64_t line;
};

#define ENTRY(name, rule, what, fault) { name, rule, what },
static const struct ref_mutant mutants[] = { MUTANTS(ENTRY){ 0 } };
#undef ENTRY

static void
apply(struct reader *r, int which)
{
	int i = 0;

#define APPLY(name, rule, what, fault) r->fault = i++ == which;
	MUTANTS(APPLY)
#undef APPLY
}

static void
complain(struct reader *r, const char *what)
{
	fprintf(stderr, "reader: line %llu: %s\n", (unsigned long long)r->line,
	    what);
}

static void
header_event(struct reader *r, const struct event *e)
{
	struct fold *f = &r->fold;
	enum header h;

	if (r->open && !fold_complete(f)) {
		if (r->header_again)
			return;
		f->headless = true;
		complain(r, "a second header before the stream is complete");
	}
	h = header_judge(e, &r->header, f->message, sizeof f->message);
	if (f->version.p == NULL)
		f->version = keep(event_text(e, "version"));
	if (h != HEADER_GOOD) {
		complain(r, f->message);
		f->unsupported = h == HEADER_UNSUPPORTED;
		f->headless = h == HEADER_BAD;
		r->over = true;
		return;
	}
	r->open = true;
	fold_stream(f);
	fold_event(f, e);
}

static void
malformed(struct reader *r)
{
	complain(r, "malformed");
	if (!r->malformed_skipped)
		r->fold.malformed++;
}

static void
one_event(struct reader *r, const struct event *e)
{
	if (e->kind == PROTOCOL) {
		header_event(r, e);
		return;
	}
	if (!r->open) {
		if (r->header_late && e->kind == UNKNOWN)
			return;
		if (!r->header_optional) {
			complain(r, "no header");
			r->fold.headless = r->over = true;
			return;
		}
		r->open = true;
		fold_stream(&r->fold);
	}
	if (e->kind == UNKNOWN && r->events_strict)
		malformed(r);
	if (e->kind == UNKNOWN && r->unknown_stops)
		r->over = true;
	if (e->invalid)
		complain(r, "invalid event");
	fold_event(&r->fold, e);
}

static struct slice
without_bom(struct reader *r, struct slice line)
{
	if ((r->line == 1 || r->bom_anywhere) && !r->bom_noise && line.n >= 3 &&
	    memcmp(line.p, "\xef\xbb\xbf", 3) == 0) {
		line.p += 3;
		line.n -= 3;
	}
	return line;
}

/* In a locale without UTF-8, what is not ASCII becomes question marks. */
static void
by_locale(char *p, size_t n)
{
	const char *codes = nl_langinfo(CODESET);

	for (size_t i = 0; strcmp(codes, "UTF-8") != 0 && i < n; i++)
		if ((unsigned char)p[i] >= 0x80)
			p[i] = '?';
}

static void
one_line(struct reader *r, struct slice line, bool last)
{
	struct event e;

	r->line++;
	if (r->by_locale)
		by_locale((char *)line.p, line.n);
	if (last && r->last_lost)
		return;
	switch (event_read(&e, &r->lines, without_bom(r, line))) {
	case LINE_BLANK:
		break;
	case LINE_NOISE:
		r->fold.noise++;
		r->over = r->noise_stops;
		break;
	case LINE_MALFORMED:
		if (!last)
			malformed(r);
		else if (!r->last_any) {
			complain(r, "the last line is cut");
			r->fold.cut = true;
		}
		break;
	case LINE_EVENT:
		one_event(r, &e);
		event_free(&e);
		break;
	}
}

static int
status_of(const struct reader *r, struct conclusion c)
{
	static const int status[] = { REF_OK, REF_TRUNCATED, REF_MALFORMED,
		REF_UNSUPPORTED };
	int s = status[c.class];

	if (s == REF_OK && c.verdict == V_FAIL)
		s = REF_FAILED;
	return r->one_status && s != REF_OK ? REF_FAILED : s;
}

int
main(int argc, char **argv)
{
	static struct reader r;
	struct ref_lines in = { .fd = STDIN_FILENO };
	struct conclusion c;
	struct slice line;
	enum ref_line got;
	int rest;

	apply(&r, ref_mutant(argc, argv, mutants, &rest));
	if (rest < argc) {
		fputs(
		    "usage: reader [--mutant NAME | --list-mutants]\n", stderr);
		return REF_USAGE;
	}
	while (!r.over && (got = ref_next(&in, &line)) != REF_END)
		one_line(&r, line, got == REF_LAST);
	if (in.failed && r.read_unchecked)
		return REF_OK;
	if (in.failed) {
		perror("reader: standard input");
		return REF_IO;
	}
	if (r.uncounted)
		r.fold.unknown_events = r.fold.unknown_members =
		    r.fold.unknown_values = 0;
	c = fold_conclude(&r.fold);
	if (!digest_print(&r.fold, c)) {
		perror("reader: standard output");
		return REF_IO;
	}
	fold_free(&r.fold);
	return status_of(&r, c);
}
