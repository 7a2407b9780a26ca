/* SPDX-License-Identifier: MIT */
/* What the files of the lint share; for lint*.c alone. */
#ifndef LINT_INSIDE_H
#define LINT_INSIDE_H

#include "lint.h"

/*
 * All that can be wrong: the rule that the writer breaks and the one by which
 * a reader reports it ("" where there is none), how much it weighs for the
 * writer, the class that it makes of the input, what is wrong.
 */
/* clang-format off */
#define LINT_FAULTS \
	X(NO_LF, "ENC-1", "", MUST, ACCEPT, "the last line does not end with LF") \
	X(CUT, "ENC-1", "ENC-9", MUST, TRUNCATED, "the last line is cut") \
	X(BLANK, "ENC-1", "", MUST, ACCEPT, "a blank line") \
	X(NOISE, "ENC-1", "", MUST, ACCEPT, "not an event:") \
	X(SYNTAX, "ENC-1", "ENC-16", MUST, MALFORMED, "not JSON:") \
	X(DEEP, "ENC-1", "ENC-14", MUST, MALFORMED, "nested too deep") \
	X(UTF8, "ENC-2", "ENC-5", MUST, MALFORMED, "not UTF-8") \
	X(CONTROL, "ENC-1", "ENC-5", MUST, MALFORMED, "not JSON:") \
	X(BOM, "ENC-2", "", MUST, ACCEPT, "a byte order mark") \
	X(LONE, "ENC-2", "", MUST, ACCEPT, "half of a surrogate pair") \
	X(TWICE, "ENC-4", "ENC-6", MUST, MALFORMED, "member twice:") \
	X(TWICE_UNKNOWN, "ENC-4", "", MUST, ACCEPT, "member twice:") \
	X(NOT_FIRST, "ENC-19", "", MUST, ACCEPT, "the first member is not 'event'") \
	X(BASE64, "ENC-3", "", MUST, ACCEPT, "not base64 in one padded piece:") \
	X(NO_HEADER, "HDR-1", "HDR-6", MUST, MALFORMED, "the stream does not begin with 'protocol'") \
	X(HEADER_AGAIN, "HDR-1", "HDR-6", MUST, MALFORMED, "a header before the stream is complete") \
	X(VERSION, "HDR-1", "HDR-6", MUST, MALFORMED, "not a version:") \
	X(HEADER, "", "HDR-6", MUST, MALFORMED, "a faulty header:") \
	X(MAJOR, "HDR-3", "HDR-3", MUST, UNSUPPORTED, "a version that is not 1.N:") \
	X(REQUIRES, "HDR-7", "HDR-7", MUST, UNSUPPORTED, "requires what is not known here:") \
	X(ABOVE, "HDR-10", "", MUST, ACCEPT, "declares more than the version asked for:") \
	X(LOWER, "HDR-11", "", SHOULD, ACCEPT, "a lower version would do:") \
	X(SCHEMA, "HDR-9", "", MUST, ACCEPT, "not as the schema has it:") \
	X(SQUATTER, "EXT-1", "", MUST, ACCEPT, "a name of one's own without a dot:") \
	X(NO_EVENT, "HDR-9", "VAL-4", MUST, MALFORMED, "no member 'event' that is a string") \
	X(REQUIRED, "", "VAL-4", MUST, MALFORMED, "required, and absent or of the wrong type:") \
	X(IDENTITY, "", "VAL-4", MUST, MALFORMED, "identity of the wrong type:") \
	X(OPTIONAL, "", "VAL-2", MUST, ACCEPT, "wrong, and taken as absent:") \
	X(DURATION, "VAL-1", "", MUST, ACCEPT, "not an integer from 0 to 2^53-1:") \
	X(INTEGER, "VAL-1", "", MUST, ACCEPT, "an integer not spelled with digits alone:") \
	X(UNIT, "VAL-6", "", MUST, ACCEPT, "a metric without its") \
	X(NOT_ONE, "VAL-8", "VAL-9", MUST, MALFORMED, "not exactly one of") \
	X(NO_OUTCOME, "LIF-5", "VAL-4", MUST, MALFORMED, "no outcome") \
	X(OUTCOME, "LIF-5", "EVO-5", MUST, MALFORMED, "not an outcome:") \
	X(SUITE_OUTCOME, "", "EVO-5", MUST, MALFORMED, "not an outcome:") \
	X(COUNTS_SHAPE, "", "LIF-11", MUST, ACCEPT, "counts that are none") \
	X(NO_START, "LIF-1", "LIF-13", MUST, MALFORMED, "no start of the case") \
	X(START_AGAIN, "LIF-3", "LIF-13", MUST, MALFORMED, "started again: the case") \
	X(COMPLETE_AGAIN, "LIF-1", "LIF-13", MUST, MALFORMED, "completed again: the case") \
	X(INCOMPLETE, "LIF-1", "LIF-10", MUST, ACCEPT, "never completed: the case") \
	X(SUITE_NO_START, "LIF-1", "LIF-13", MUST, MALFORMED, "no start of the suite") \
	X(SUITE_START_AGAIN, "LIF-3", "LIF-13", MUST, MALFORMED, "started again: the suite") \
	X(SUITE_COMPLETE_AGAIN, "LIF-1", "LIF-13", MUST, MALFORMED, "completed again: the suite") \
	X(SUITE_INCOMPLETE, "LIF-1", "LIF-10", MUST, ACCEPT, "never completed: the suite") \
	X(RUN_NO_START, "LIF-1", "LIF-13", MUST, MALFORMED, "no start of the run") \
	X(RUN_START_AGAIN, "LIF-1", "LIF-13", MUST, MALFORMED, "started again: the run") \
	X(RUN_COMPLETE_AGAIN, "LIF-1", "LIF-13", MUST, MALFORMED, "completed again: the run") \
	X(RUN_OPEN, "LIF-1", "LIF-9", MUST, TRUNCATED, "never completed: the run") \
	X(BEFORE_RUN, "LIF-2", "", MUST, ACCEPT, "before its run starts:") \
	X(AFTER_RUN, "LIF-7", "LIF-7", MUST, MALFORMED, "after its run is complete:") \
	X(AFTER_SUITE, "LIF-2", "", MUST, ACCEPT, "after its suite is complete:") \
	X(SUITE_LATE, "LIF-2", "", MUST, ACCEPT, "a suite that starts after its cases:") \
	X(PARENT, "LIF-2", "", MUST, ACCEPT, "a parent that has not started:") \
	X(PARENT_UNKNOWN, "", "LIF-13", MUST, MALFORMED, "an unknown parent:") \
	X(PARENT_CIRCLE, "", "LIF-13", MUST, MALFORMED, "its own parent in the end:") \
	X(GAP, "LIF-3", "LIF-13", MUST, MALFORMED, "an attempt without the one before it: the case") \
	X(OVERLAP, "LIF-4", "", MUST, ACCEPT, "an attempt before the last one is complete: the case") \
	X(LATE_ERROR, "LIF-4", "LIF-14", MUST, ACCEPT, "an error after it completed otherwise: the case") \
	X(NOT_SELECTED, "LIF-6", "", MUST, ACCEPT, "not selected, and started: the case") \
	X(RUN_OUTCOME, "LIF-7", "LIF-11", MUST, ACCEPT, "not the outcome that its events give:") \
	X(COUNTS, "LIF-8", "LIF-11", MUST, ACCEPT, "counts that are not those of its events:") \
	X(NOT_RUN, "", "LIF-19", MUST, ACCEPT, "never run: the case") \
	X(LISTING, "LIF-16", "", MUST, ACCEPT, "a listing without 'discover_start'") \
	X(LISTING_OPEN, "LIF-16", "LIF-9", MUST, TRUNCATED, "discovery that is not completed") \
	X(NOTHING, "LIF-17", "LIF-9", MUST, TRUNCATED, "neither a run nor a listing") \
	X(DISCOVERY_LATE, "LIF-21", "", SHOULD, ACCEPT, "discovery after the run has started")

enum lint_fault {
#define X(name, w, r, level, class, text) F_##name,
	LINT_FAULTS
#undef X
	FAULT_COUNT
};

#define LINT_KINDS \
	X(protocol) X(discover_start) X(discover_case) X(discover_complete) \
	X(run_start) X(suite_start) X(case_start) X(case_slow) X(case_output) \
	X(case_message) X(case_metric) X(case_attachment) X(case_complete) \
	X(suite_complete) X(run_cancel) X(run_complete) X(log)

enum lint_kind {
#define X(name) K_##name,
	LINT_KINDS
#undef X
	K_UNKNOWN
};
/* clang-format on */

/* p == NULL: absent. */
struct lint_identity {
	struct slice run, suite, class, name, variant;
	uint64_t iteration, attempt;
};

enum lint_outcome { O_NONE, O_SKIP, O_PASS, O_FAIL };

struct lint_counts {
	bool stated;
	bool usable;
	uint64_t pass, fail, skip;
};

/* What the lifecycle has to know of an event. */
struct lint_event {
	enum lint_kind kind;
	size_t line;
	struct lint_identity id;
	enum lint_outcome outcome; /* F_OUTCOME counts as O_FAIL */
	struct lint_counts counts;
	struct slice parent;
	bool selected;
	bool error; /* a message of kind error */
	bool status; /* a status is stated */
};

struct lint_state;

struct lint {
	const struct lint_options *options;
	struct lint_report *report;
	size_t line;
	/* Within a stream. */
	bool in_stream, headless, spoiled;
	unsigned minor;
	struct lint_state *state;
	/* Minors below the declared one whose schema all lines keep. */
	bool *suffices;
	bool any_run, all_pass;
};

void lint_fault(struct lint *, enum lint_fault, size_t line, struct slice);

/* The rules about single lines; *ev is what the lifecycle gets. False: it is
 * to be kept from it. */
bool lint_event(struct lint *, const struct json *, struct lint_event *ev);
/* The header; false: nothing that follows is to be read. */
bool lint_header(struct lint *, const struct json *);
/* The stream declares 1.MINOR. */
void lint_minor(struct lint *, unsigned minor);

const char *lint_kind_name(enum lint_kind);

/* NULL: out of memory. */
struct lint_state *lint_state_new(void);
void lint_state_free(struct lint_state *);
void lint_state_event(struct lint *, const struct lint_event *);
/* Whether every start so far has its end. */
bool lint_state_complete(const struct lint_state *);
/* The end of the stream: what is missing, and the verdict. */
void lint_state_end(struct lint *);

const struct schema *lint_reader_schema(const struct lint_schemas *);
/* NULL where that minor is not published. */
const struct schema *lint_writer_schema(
    const struct lint_schemas *, unsigned minor);
size_t lint_minors(const struct lint_schemas *);
/* The object schema of a kind of event, or NULL. */
const struct json *lint_definition(const struct schema *, struct slice kind);

#endif
