/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "misbehave.h"

#define CASE_START "\"event\":\"case_start\""

const struct misbehaviour misbehaviours[] = {
	/* lines and bytes */
	{ "tears-lines", "ENC-17", "long lines come in pieces", MIS_TEAR, NULL,
	    NULL, NULL },
	{ "no-last-lf", "ENC-1", "the last line has no LF", MIS_UNENDED, NULL,
	    NULL, NULL },
	{ "blank-lines", "ENC-1", "a blank line for looks", MIS_BEFORE,
	    "run_start", NULL, "" },
	{ "bom", "ENC-2", "a byte order mark", MIS_START, NULL, NULL,
	    "\xef\xbb\xbf" },
	{ "banner", "BEH-11", "says hello on standard output", MIS_START, NULL,
	    NULL, "running tests\n" },
	{ "raw-bytes", "ENC-2", "bytes that are not UTF-8 go in raw",
	    MIS_REPLACE, "case_output", "\"text_b64\":\"//4AQQo=\"",
	    "\"text\":\"\xff\xfe\\u0000A\\n\"" },
	{ "bytes-lost", "ENC-3", "bytes that are not UTF-8 become U+FFFD",
	    MIS_REPLACE, "case_output", "\"text_b64\":\"//4AQQo=\"",
	    "\"text\":\"\\ufffd\\ufffd\\u0000A\\n\"" },
	{ "both-texts", "VAL-8", "text beside text_b64", MIS_REPLACE,
	    "case_output", "\"text_b64\":", "\"text\":\"?\",\"text_b64\":" },
	{ "quotes-bare", "ENC-1", "quotes go in as they are", MIS_REPLACE,
	    "case_message", "\\\"hi\\\"", "\"hi\"" },
	{ "backslash-bare", "ENC-1", "backslashes go in as they are",
	    MIS_REPLACE, "case_message", "C:\\\\new", "C:\\new" },
	{ "event-later", "ENC-19", "event is not the first member", MIS_REPLACE,
	    "case_start", CASE_START, "\"x.y\":1," CASE_START },
	{ "member-twice", "ENC-4", "a member twice", MIS_REPLACE,
	    "case_complete",
	    "\"outcome\":", "\"outcome\":\"skip\",\"outcome\":" },
	{ "half-line", "ENC-1", "dying, it leaves half a line", MIS_CUT,
	    "case_message", "signal", NULL },

	/* header and negotiation */
	{ "no-header", "HDR-1", "no header", MIS_DROP, "protocol", NULL, NULL },
	{ "header-twice", "HDR-1", "two headers", MIS_TWICE, "protocol", NULL,
	    NULL },
	{ "version-three-parts", "HDR-1", "version 1.0.0", MIS_REPLACE,
	    "protocol", "\"1.0\"", "\"1.0.0\"" },
	{ "version-number", "HDR-1", "the version is a number", MIS_REPLACE,
	    "protocol", "\"1.0\"", "1.0" },
	{ "version-wrong", "HDR-9", "declares 1.7 without being asked",
	    MIS_REPLACE, "protocol", "\"1.0\"", "\"1.7\"" },
	{ "max-version-ignored", "HDR-10",
	    "does not look at TEST_EVENTS_MAX_VERSION", MIS_UNSET, NULL,
	    "TEST_EVENTS_MAX_VERSION", NULL },
	{ "fd-ignored", "HDR-17", "does not look at TEST_EVENTS_FD", MIS_UNSET,
	    NULL, "TEST_EVENTS_FD", NULL },

	/* names of its own */
	{ "squatter-member", "EXT-1", "a member of its own without a dot",
	    MIS_REPLACE, "case_start", CASE_START, CASE_START ",\"thread\":7" },
	{ "squatter-event", "EXT-1", "an event of its own without a dot",
	    MIS_BEFORE, "run_start", NULL, "{\"event\":\"config\"}" },
	{ "squatter-status", "HDR-9", "a status that is no string", MIS_REPLACE,
	    "case_complete", "\"outcome\":", "\"status\":0,\"outcome\":" },
	{ "told-in-extension", "EXT-3", "failures are told in an extension",
	    MIS_REPLACE, "case_message", "\"case_message\"",
	    "\"own.failure\"" },

	/* lifecycle */
	{ "no-run-complete", "LIF-1", "forgets run_complete", MIS_DROP,
	    "run_complete", NULL, NULL },
	{ "no-run-start", "LIF-1", "no run_start", MIS_DROP, "run_start", NULL,
	    NULL },
	{ "no-case-start", "LIF-1", "completions without starts", MIS_DROP,
	    "case_start", NULL, NULL },
	{ "skips-untold", "LIF-6", "skipped tests are not told of", MIS_DROP,
	    "case_complete", "\"skip\"", NULL },
	{ "passes-untold", "LIF-1", "tests that pass have no completion",
	    MIS_DROP, "case_complete", "\"pass\"", NULL },
	{ "complete-twice", "LIF-1", "completions come twice", MIS_TWICE,
	    "case_complete", NULL, NULL },
	{ "goes-on-after", "LIF-7", "events after run_complete", MIS_AFTER,
	    "run_complete", NULL,
	    "{\"event\":\"case_output\",\"name\":\"one\",\"stream\":\"stdout\","
	    "\"text\":\"late\"}" },
	{ "claims-pass", "LIF-7", "run_complete says pass in spite of failures",
	    MIS_REPLACE, "run_complete", "\"outcome\":\"fail\"",
	    "\"outcome\":\"pass\"" },
	{ "claims-fail", "LIF-7", "run_complete says fail without a failure",
	    MIS_REPLACE, "run_complete", "\"outcome\":\"pass\"",
	    "\"outcome\":\"fail\"" },
	{ "skip-is-pass", "LIF-6", "skipped tests pass", MIS_REPLACE,
	    "case_complete", "\"skip\"", "\"pass\"" },
	{ "fail-is-skip", "LIF-5", "failures are skips", MIS_REPLACE,
	    "case_complete", "\"fail\"", "\"skip\"" },
	{ "no-outcome", "LIF-5", "completions without outcome", MIS_STRIP,
	    "case_complete", "outcome", NULL },
	{ "outcome-ok", "LIF-5", "an outcome of its own, ok", MIS_REPLACE,
	    "case_complete", "\"pass\"", "\"ok\"" },
	{ "counts-start", "LIF-8", "counts one too many", MIS_REPLACE,
	    "run_complete", "\"pass\":", "\"pass\":1" },
	{ "no-reason", "LIF-6", "reasons are not told", MIS_STRIP,
	    "case_complete", "reason", NULL },
	{ "reason-made-up", "LIF-6", "a reason where there is none",
	    MIS_REPLACE, "case_complete", "\"outcome\":\"skip\",\"duration",
	    "\"outcome\":\"skip\",\"reason\":\"skipped\",\"duration" },
	{ "no-message", "LIF-5", "failures without message", MIS_DROP,
	    "case_message", NULL, NULL },
	{ "first-message", "LIF-5", "the first failure alone is told", MIS_DROP,
	    "case_message", "\"second\"", NULL },
	{ "attempt-lost", "LIF-3", "attempts have no number", MIS_STRIP, NULL,
	    "attempt", NULL },
	{ "attempt-as-iteration", "LIF-3", "retries are cases of their own",
	    MIS_REPLACE, NULL, "\"attempt\":", "\"iteration\":" },
	{ "iteration-as-attempt", "LIF-3", "repetitions are retries",
	    MIS_REPLACE, NULL, "\"iteration\":", "\"attempt\":" },
	{ "suite-lost", "LIF-3", "tests do not name their suite", MIS_STRIP,
	    NULL, "suite", NULL },
	{ "parent-lost", "LIF-2", "suites do not name the one around them",
	    MIS_STRIP, NULL, "parent", NULL },
	{ "suite-open", "LIF-1", "suites do not complete", MIS_DROP,
	    "suite_complete", NULL, NULL },
	{ "number-lost", "LIF-3", "parameter 42 is told as 41", MIS_REPLACE,
	    NULL, "param 42", "param 41" },
	{ "name-cut", "VAL-7", "long names are cut", MIS_REPLACE, NULL,
	    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", "" },
	{ "mode-lost", "VAL-6", "benchmarks do not say that they are",
	    MIS_STRIP, NULL, "mode", NULL },
	{ "unit-lost", "VAL-6", "metrics have no unit", MIS_STRIP,
	    "case_metric", "unit", NULL },
	{ "bench-dropped", "LIF-5", "benchmarks among tests are not completed",
	    MIS_DROP, "case_complete", "\"sum\"", NULL },
	{ "mixes-tests", "LIF-12", "failures are told of another test",
	    MIS_REPLACE, "case_message", "\"south\"", "\"north\"" },
	{ "mixes-output", "ENC-17", "output is told of another test",
	    MIS_REPLACE, "case_output", "\"load03\"", "\"load04\"" },
	{ "runs-others", "LIF-6", "what was not asked for starts", MIS_BEFORE,
	    "run_complete", NULL,
	    "{\"event\":\"case_start\",\"name\":\"alpha\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"alpha\","
	    "\"outcome\":\"skip\",\"status\":\"filtered\"}" },
	{ "listing-runs", "LIF-16", "a listing starts a run", MIS_AFTER,
	    "discover_complete", NULL,
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}" },
	{ "listing-empty", "LIF-16", "a listing names nothing", MIS_DROP,
	    "discover_case", NULL, NULL },
	{ "listing-open", "LIF-16", "a listing has no end", MIS_DROP,
	    "discover_complete", NULL, NULL },
	{ "ends-at-panic", "LIF-5", "a test that blows up ends the run",
	    MIS_STOP, "case_message", "signal", NULL },
	{ "exit0-passes", "LIF-9", "a test that exits with 0 has passed",
	    MIS_REPLACE, NULL, "\"fail\",\"status\":\"crash\"", "\"pass\"" },
	{ "no-abort-status", "LIF-15", "does not say that it was told to stop",
	    MIS_STRIP, "run_complete", "status", NULL },
	{ "dies-at-once", "LIF-15", "told to stop, it dies", MIS_DEAF, NULL,
	    NULL, NULL },

	/* values */
	{ "duration-float", "VAL-1", "durations are fractions", MIS_REPLACE,
	    "case_complete", "\"duration_ns\":", "\"duration_ns\":0." },
	{ "duration-string", "VAL-1", "durations are strings", MIS_REPLACE,
	    "case_complete",
	    "\"duration_ns\":", "\"duration_ns\":\"1\",\"x.was\":" },
	{ "decimal-comma", "BEH-8", "numbers as the locale has them",
	    MIS_REPLACE, "case_metric", "\"value\":", "\"value\":1," },

	/* the draft of libtest2 */
	{ "draft-hyphens", "ENC-1", "the draft, its older names", MIS_DRAFT,
	    NULL, "discover_start", "discover-start" },
	{ "draft-untold", "LIF-5", "the draft, failures are not told",
	    MIS_DRAFT, NULL, "\"kind\":\"error\"", NULL },
	{ "draft-kind", "HDR-9", "the draft, with a kind of its own", MIS_DRAFT,
	    NULL, "\"kind\":\"error\"", "\"kind\":\"panic\"" },
	{ "draft-open", "LIF-1", "the draft, without an end", MIS_DRAFT, NULL,
	    "run_complete", NULL },

	/* the process */
	{ "late", "BEH-1", "events wait until the run is over", MIS_HOLD, NULL,
	    NULL, NULL },
	{ "status-0", "BEH-10", "the exit status is always 0", MIS_STATUS, NULL,
	    NULL, "0" },
	{ "status-1", "BEH-10", "the exit status is always 1", MIS_STATUS, NULL,
	    NULL, "1" },
	{ "stubborn", "BEH-4", "goes on when it cannot write", MIS_STUBBORN,
	    NULL, NULL, NULL },
	{ "prints-between", "ENC-18", "what tests print goes between events",
	    MIS_MERGE, NULL, NULL, NULL },
	{ "leaves-behind", "BEH-4", "leaves a process behind", MIS_LINGER, NULL,
	    NULL, NULL },

	/* the command line */
	{ "filter-ignored", "CLI-1", "filters are not looked at", MIS_UNARG,
	    NULL, "gam", NULL },
	{ "filter-last", "CLI-1", "of several filters the last one counts",
	    MIS_UNARG, NULL, "bet", NULL },
	{ "filter-sorted", "CLI-2", "the order of filters is lost",
	    MIS_SORT_ARGS, NULL, NULL, NULL },
	{ "filter-prefix", "CLI-1", "a filter takes whole names", MIS_SET_ARG,
	    NULL, "alph", "--exact" },
	{ "nothing-fails", "CLI-1", "nothing that matches is bad usage",
	    MIS_SET_ARG, NULL, "nosuch", "--nosuch" },
	{ "exact-ignored", "CLI-3", "--exact is not looked at", MIS_UNARG, NULL,
	    "--exact", NULL },
	{ "skip-ignored", "CLI-3", "--skip takes what it should leave",
	    MIS_UNARG, NULL, "--skip", NULL },
	{ "ignored-ignored", "CLI-4", "--ignored is not looked at", MIS_UNARG,
	    NULL, "--ignored", NULL },
	{ "include-means-only", "CLI-4", "--include-ignored is --ignored",
	    MIS_SET_ARG, NULL, "--include-ignored", "--ignored" },
	{ "include-ignored-lost", "CLI-4", "--include-ignored does nothing",
	    MIS_UNARG, NULL, "--include-ignored", NULL },
	{ "test-ignored", "CLI-5", "--test is not looked at", MIS_UNARG, NULL,
	    "--test", NULL },
	{ "bench-ignored", "CLI-5", "--bench is not looked at", MIS_UNARG, NULL,
	    "--bench", NULL },
	{ "captures-always", "CLI-6", "--no-capture is not looked at",
	    MIS_UNARG, NULL, "--no-capture", NULL },
	{ "output-lost", "CLI-6", "output is not told", MIS_DROP, "case_output",
	    NULL, NULL },
	{ "threads-always", "CLI-8", "--test-threads is not looked at",
	    MIS_SET_ARG, NULL, "1", "8" },
	{ "threads-refused", "CLI-8", "--test-threads=N is not known",
	    MIS_SET_ARG, NULL, "--test-threads=4", "--test-threads=x" },
	{ "threads-lax", "CLI-9", "bad numbers are not looked at", MIS_SET_ARG,
	    NULL, "many", "2" },
	{ "threads-zero", "CLI-9", "no thread at all is as good as one",
	    MIS_SET_ARG, NULL, "0", "2" },
	{ "options-lax", "CLI-9", "unknown options are not looked at",
	    MIS_UNARG, NULL, "--no-such-option", NULL },
	{ "formats-lax", "CLI-9", "unknown formats are as good as json",
	    MIS_SET_ARG, NULL, "nonsense", "json" },
	{ "argfile-ignored", "CLI-10", "@FILE is not looked at", MIS_UNARG,
	    NULL, "@", NULL },
	{ "list-ignored", "CLI-11", "--list is not looked at", MIS_UNARG, NULL,
	    "--list", NULL },
	{ NULL, NULL, NULL, MIS_DROP, NULL, NULL, NULL },
};

static size_t
find(struct slice s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, word, n) == 0)
			return i;
	return s.n;
}

bool
misbehave_at(const struct misbehaviour *m, struct slice line)
{
	char *kind;
	bool at;

	if (m->where != NULL) {
		kind = xprintf("{\"event\":\"%s\"", m->where);
		at = find(line, kind) == 0;
		free(kind);
		if (!at)
			return false;
	}
	return m->what == NULL || m->deed == MIS_STRIP ||
	    find(line, m->what) < line.n;
}

static void
put_line(struct buf *out, struct slice line)
{
	buf_add(out, line.p, line.n);
	buf_putc(out, '\n');
}

static void
replace(const struct misbehaviour *m, struct slice line, struct buf *out)
{
	size_t at = find(line, m->what), n = strlen(m->what);

	buf_add(out, line.p, at);
	buf_puts(out, m->with);
	put_line(out, (struct slice){ line.p + at + n, line.n - at - n });
}

/* Where a value ends: at the next comma or brace outside of strings. */
static size_t
value_end(struct slice line, size_t at)
{
	bool quoted = false;

	for (; at < line.n; at++) {
		char c = line.p[at];

		if (c == '\\')
			at++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == ',' || c == '}'))
			break;
	}
	return at;
}

static void
strip(const struct misbehaviour *m, struct slice line, struct buf *out)
{
	char *key = xprintf(",\"%s\":", m->what);
	size_t at = find(line, key);

	if (at < line.n) {
		size_t end = value_end(line, at + strlen(key));

		buf_add(out, line.p, at);
		put_line(out, (struct slice){ line.p + end, line.n - end });
	} else {
		put_line(out, line);
	}
	free(key);
}

void
misbehave_line(const struct misbehaviour *m, struct slice line, struct buf *out)
{
	enum misdeed deed = misbehave_at(m, line) ? m->deed : MIS_HOLD;

	switch (deed) {
	case MIS_DROP:
		break;
	case MIS_TWICE:
		put_line(out, line);
		put_line(out, line);
		break;
	case MIS_DRAFT:
		if (m->with != NULL)
			replace(m, line, out);
		break;
	case MIS_REPLACE:
		replace(m, line, out);
		break;
	case MIS_STRIP:
		strip(m, line, out);
		break;
	case MIS_BEFORE:
		put_line(out, slice_of(m->with));
		put_line(out, line);
		break;
	case MIS_AFTER:
		put_line(out, line);
		put_line(out, slice_of(m->with));
		break;
	default:
		put_line(out, line);
	}
}
