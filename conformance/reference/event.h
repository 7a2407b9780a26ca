/* SPDX-License-Identifier: MIT */
/* One line as an event: parsed, and its members held against the tables of
 * the protocol. */
#ifndef REF_EVENT_H
#define REF_EVENT_H

#include "../runner/json.h"
#include "ref.h"

enum kind {
	UNKNOWN,
	PROTOCOL,
	DISCOVER_START,
	DISCOVER_CASE,
	DISCOVER_COMPLETE,
	RUN_START,
	SUITE_START,
	CASE_START,
	CASE_SLOW,
	CASE_OUTPUT,
	CASE_MESSAGE,
	CASE_METRIC,
	CASE_ATTACHMENT,
	CASE_COMPLETE,
	SUITE_COMPLETE,
	RUN_CANCEL,
	RUN_COMPLETE,
	LOG
};

enum line_class { LINE_BLANK, LINE_NOISE, LINE_MALFORMED, LINE_EVENT };

struct event {
	struct json *tree;
	enum kind kind;
	bool invalid; /* VAL-4, VAL-9 */
	bool faceless; /* invalid, and in its identity */
	bool dropped; /* a member counts as absent: VAL-2 */
	size_t unknown_members, unknown_values;
};

/* How a line is read; the faults that mutants may have. */
struct event_rules {
	bool first_duplicate; /* duplicates are let pass, the first counts */
	bool lax_utf8, lax_controls, raw_keys, event_first, keys_any_case;
	bool no_cr, blank_malformed, noise_malformed, noise_searched;
	bool null_strict, integers_digits, shallow, short_lines;
	bool strict_members, strict_values, lax_required, bad_optional_invalid;
	bool no_tab, raw_kinds, nest_crashes;
	bool by_prefix; /* case_anything with an outcome is a completion */
};

/* What is read of the line lasts until event_free(). */
enum line_class event_read(
    struct event *e, const struct event_rules *rules, struct slice line);
void event_free(struct event *e);

/* A member, NULL when absent, null, or of a bad type or range. */
const struct json *event_member(const struct event *e, const char *name);
/* A string; p == NULL when absent. */
struct slice event_text(const struct event *e, const char *name);
/* An integer, or -1 when absent. */
int64_t event_int(const struct event *e, const char *name);
/* The integer of a JSON number in 0..2^53-1; false for any other value. */
bool integer_of(const struct json *v, int64_t *out);

#endif
