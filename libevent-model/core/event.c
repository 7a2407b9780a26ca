/* SPDX-License-Identifier: MIT */
/* Names of events and outcomes, and the field table. */
#include <string.h>

#include "core.h"

static const struct em_str kind_names[EM_KINDS] = {
	[EM_UNKNOWN] = { NULL, 0 },
	[EM_PROTOCOL] = { "protocol", 8 },
	[EM_DISCOVER_START] = { "discover_start", 14 },
	[EM_DISCOVER_CASE] = { "discover_case", 13 },
	[EM_DISCOVER_COMPLETE] = { "discover_complete", 17 },
	[EM_RUN_START] = { "run_start", 9 },
	[EM_SUITE_START] = { "suite_start", 11 },
	[EM_CASE_START] = { "case_start", 10 },
	[EM_CASE_SLOW] = { "case_slow", 9 },
	[EM_CASE_OUTPUT] = { "case_output", 11 },
	[EM_CASE_MESSAGE] = { "case_message", 12 },
	[EM_CASE_METRIC] = { "case_metric", 11 },
	[EM_CASE_ATTACHMENT] = { "case_attachment", 15 },
	[EM_CASE_COMPLETE] = { "case_complete", 13 },
	[EM_SUITE_COMPLETE] = { "suite_complete", 14 },
	[EM_RUN_CANCEL] = { "run_cancel", 10 },
	[EM_RUN_COMPLETE] = { "run_complete", 12 },
	[EM_LOG] = { "log", 3 },
};

struct em_str
em_str(const char *s)
{
	return (struct em_str){ s, s != NULL ? strlen(s) : 0 };
}

bool
em_str_eq(struct em_str a, struct em_str b)
{
	if (a.p == NULL || b.p == NULL)
		return a.p == b.p;
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

void
em_event_init(struct em_event *ev, enum em_kind kind)
{
	static const struct em_event blank = {
		.iteration = EM_UNSET,
		.attempt = EM_UNSET,
		.elapsed_ns = EM_UNSET,
		.time_ns = EM_UNSET,
		.duration_ns = EM_UNSET,
		.truncated_bytes = EM_UNSET,
		.location.line = EM_UNSET,
		.location.column = EM_UNSET,
		.location.end_line = EM_UNSET,
		.location.end_column = EM_UNSET,
		.exit_code = EM_UNSET,
		.signal = EM_UNSET,
		.counts.pass = EM_UNSET,
		.counts.fail = EM_UNSET,
		.counts.skip = EM_UNSET,
		.total = EM_UNSET,
		.threshold_ns = EM_UNSET,
	};

	*ev = blank;
	ev->kind = kind;
}

struct em_str
em_kind_name(enum em_kind kind)
{
	return kind_names[kind];
}

/* Third letter from the end and length tell all names apart. */
#define SLOT(letter, length) (((letter) + 3 * (length)) % 32)

enum em_kind
em_kind_find(struct em_str name)
{
	static const uint8_t slots[32] = {
		[SLOT('c', 8)] = EM_PROTOCOL,
		[SLOT('a', 14)] = EM_DISCOVER_START,
		[SLOT('a', 13)] = EM_DISCOVER_CASE,
		[SLOT('e', 17)] = EM_DISCOVER_COMPLETE,
		[SLOT('a', 9)] = EM_RUN_START,
		[SLOT('a', 11)] = EM_SUITE_START,
		[SLOT('a', 10)] = EM_CASE_START,
		[SLOT('l', 9)] = EM_CASE_SLOW,
		[SLOT('p', 11)] = EM_CASE_OUTPUT,
		[SLOT('a', 12)] = EM_CASE_MESSAGE,
		[SLOT('r', 11)] = EM_CASE_METRIC,
		[SLOT('e', 15)] = EM_CASE_ATTACHMENT,
		[SLOT('e', 13)] = EM_CASE_COMPLETE,
		[SLOT('e', 14)] = EM_SUITE_COMPLETE,
		[SLOT('c', 10)] = EM_RUN_CANCEL,
		[SLOT('e', 12)] = EM_RUN_COMPLETE,
		[SLOT('l', 3)] = EM_LOG,
	};
	enum em_kind kind;

	if (name.n < 3)
		return EM_UNKNOWN;
	kind = slots[SLOT((unsigned char)name.p[name.n - 3], name.n)];
	if (kind_names[kind].n != name.n ||
	    memcmp(kind_names[kind].p, name.p, name.n) != 0)
		return EM_UNKNOWN;
	return kind;
}

struct em_str
em_outcome_name(enum em_outcome outcome)
{
	static const struct em_str names[] = {
		[EM_NONE] = { NULL, 0 },
		[EM_PASS] = { "pass", 4 },
		[EM_FAIL] = { "fail", 4 },
		[EM_SKIP] = { "skip", 4 },
		/* Not in the protocol either, so it stays what it is. */
		[EM_INVALID] = { "invalid", 7 },
	};

	return names[outcome];
}

struct em_message
event_message(const struct em_event *ev)
{
	return (struct em_message){
		.kind = ev->message_kind,
		.message = ev->message,
		.detail = ev->detail,
		.type = ev->type,
		.code = ev->code,
		.expected = ev->expected,
		.actual = ev->actual,
		.rendered = ev->rendered,
		.location = ev->location,
	};
}

bool
em_event_is_case(const struct em_event *ev)
{
	return ev->kind >= EM_CASE_START && ev->kind <= EM_CASE_COMPLETE &&
	    ev->name.p != NULL;
}

/*
 * The members in the order in which they are written; those of a member
 * object come behind all others.
 */
#define ON(kind) (1u << EM_##kind)
#define ON_ALL ((1u << EM_KINDS) - 1)
#define ON_CASE                                                                \
	(ON(DISCOVER_CASE) | ON(CASE_START) | ON(CASE_SLOW) |                  \
	    ON(CASE_OUTPUT) | ON(CASE_MESSAGE) | ON(CASE_METRIC) |             \
	    ON(CASE_ATTACHMENT) | ON(CASE_COMPLETE))
#define ON_SUITE (ON(SUITE_START) | ON(SUITE_COMPLETE))
#define ON_RESULT (ON(CASE_COMPLETE) | ON(SUITE_COMPLETE) | ON(RUN_COMPLETE))
#define ON_TEXT (ON(CASE_OUTPUT) | ON(LOG))
#define ON_LOCATION                                                            \
	(ON(DISCOVER_CASE) | ON(SUITE_START) | ON(CASE_START) |                \
	    ON(CASE_MESSAGE))
#define ON_PROPERTIES                                                          \
	(ON(DISCOVER_CASE) | ON(RUN_START) | ON(SUITE_START) |                 \
	    ON(CASE_START) | ON(CASE_COMPLETE))
#define ON_COUNTS (ON(SUITE_COMPLETE) | ON(RUN_COMPLETE))
#define AT(member) offsetof(struct em_event, member)

const struct em_field em_fields[] = {
	{ "run", NULL, EM_T_STR, AT(run), ON_ALL, 0 },
	{ "suite", NULL, EM_T_STR, AT(suite), ON_ALL, ON_SUITE },
	{ "class", NULL, EM_T_STR, AT(class_name), ON_ALL, 0 },
	{ "name", NULL, EM_T_STR, AT(name), ON_ALL, ON_CASE },
	{ "variant", NULL, EM_T_STR, AT(variant), ON_ALL, 0 },
	{ "iteration", NULL, EM_T_COUNT, AT(iteration), ON_ALL, 0 },
	{ "attempt", NULL, EM_T_COUNT, AT(attempt), ON_ALL, 0 },

	{ "version", NULL, EM_T_STR, AT(version), ON(PROTOCOL), ON(PROTOCOL) },
	{ "producer", NULL, EM_T_OBJECT, 0, ON(PROTOCOL), ON(PROTOCOL) },
	{ "features", NULL, EM_T_STRS, AT(features), ON(PROTOCOL), 0 },
	{ "requires", NULL, EM_T_STRS, AT(requires), ON(PROTOCOL), 0 },

	{ "title", NULL, EM_T_STR, AT(title),
	    ON(SUITE_START) | ON(CASE_ATTACHMENT), 0 },
	{ "mode", NULL, EM_T_STR, AT(mode), ON(DISCOVER_CASE) | ON(CASE_START),
	    0 },
	{ "selected", NULL, EM_T_TRI, AT(selected), ON(DISCOVER_CASE), 0 },
	{ "worker", NULL, EM_T_STR, AT(worker), ON(CASE_START), 0 },
	{ "parent", NULL, EM_T_STR, AT(parent),
	    ON(DISCOVER_CASE) | ON(SUITE_START) | ON(CASE_START), 0 },

	{ "stream", NULL, EM_T_STR, AT(stream), ON_TEXT, ON(CASE_OUTPUT) },
	{ "level", NULL, EM_T_STR, AT(level), ON(LOG), 0 },
	{ "text", NULL, EM_T_BYTES, AT(text), ON_TEXT, ON_TEXT },
	{ "truncated_bytes", NULL, EM_T_INT, AT(truncated_bytes),
	    ON(CASE_OUTPUT), 0 },

	{ "kind", NULL, EM_T_STR, AT(message_kind), ON(CASE_MESSAGE),
	    ON(CASE_MESSAGE) },
	{ "message", NULL, EM_T_STR, AT(message), ON(CASE_MESSAGE), 0 },
	{ "detail", NULL, EM_T_STR, AT(detail), ON(CASE_MESSAGE), 0 },
	{ "type", NULL, EM_T_STR, AT(type), ON(CASE_MESSAGE), 0 },
	{ "code", NULL, EM_T_STR, AT(code), ON(CASE_MESSAGE), 0 },
	{ "location", NULL, EM_T_OBJECT, 0, ON_LOCATION, 0 },
	{ "expected", NULL, EM_T_STR, AT(expected), ON(CASE_MESSAGE), 0 },
	{ "actual", NULL, EM_T_STR, AT(actual), ON(CASE_MESSAGE), 0 },
	{ "rendered", NULL, EM_T_STR, AT(rendered), ON(CASE_MESSAGE), 0 },

	{ "metric", NULL, EM_T_STR, AT(metric), ON(CASE_METRIC),
	    ON(CASE_METRIC) },
	{ "value", NULL, EM_T_NUM, AT(value), ON(CASE_METRIC),
	    ON(CASE_METRIC) },
	{ "unit", NULL, EM_T_STR, AT(unit), ON(CASE_METRIC), ON(CASE_METRIC) },
	{ "deviation", NULL, EM_T_NUM, AT(deviation), ON(CASE_METRIC), 0 },
	{ "min", NULL, EM_T_NUM, AT(min), ON(CASE_METRIC), 0 },
	{ "max", NULL, EM_T_NUM, AT(max), ON(CASE_METRIC), 0 },
	{ "median", NULL, EM_T_NUM, AT(median), ON(CASE_METRIC), 0 },
	{ "samples", NULL, EM_T_NUMS, AT(samples), ON(CASE_METRIC), 0 },

	{ "media_type", NULL, EM_T_STR, AT(media_type), ON(CASE_ATTACHMENT),
	    0 },
	{ "path", NULL, EM_T_STR, AT(path), ON(CASE_ATTACHMENT), 0 },
	{ "url", NULL, EM_T_STR, AT(url), ON(CASE_ATTACHMENT), 0 },
	{ "data", NULL, EM_T_DATA, AT(data), ON(CASE_ATTACHMENT), 0 },

	{ "outcome", NULL, EM_T_OUTCOME, AT(outcome), ON_RESULT,
	    ON(CASE_COMPLETE) | ON(RUN_COMPLETE) },
	{ "status", NULL, EM_T_STR, AT(status), ON_RESULT | ON(DISCOVER_CASE),
	    0 },
	{ "reason", NULL, EM_T_STR, AT(reason),
	    ON(DISCOVER_CASE) | ON(CASE_COMPLETE) | ON(SUITE_COMPLETE) |
		ON(RUN_CANCEL),
	    0 },
	{ "exit_code", NULL, EM_T_INT, AT(exit_code),
	    ON(CASE_COMPLETE) | ON(RUN_COMPLETE), 0 },
	{ "signal", NULL, EM_T_COUNT, AT(signal),
	    ON(CASE_COMPLETE) | ON(RUN_COMPLETE), 0 },
	{ "counts", NULL, EM_T_OBJECT, 0, ON_COUNTS, 0 },
	{ "filtered", NULL, EM_T_TRI, AT(filtered), ON(RUN_COMPLETE), 0 },
	{ "duration_ns", NULL, EM_T_INT, AT(duration_ns), ON_RESULT, 0 },
	{ "threshold_ns", NULL, EM_T_INT, AT(threshold_ns), ON(CASE_SLOW), 0 },

	{ "tags", NULL, EM_T_STRS, AT(tags), ON(DISCOVER_CASE) | ON(CASE_START),
	    0 },
	{ "properties", NULL, EM_T_PAIRS, AT(properties), ON_PROPERTIES, 0 },
	{ "total", NULL, EM_T_INT, AT(total),
	    ON(DISCOVER_COMPLETE) | ON(RUN_START) | ON(SUITE_START), 0 },
	{ "seed", NULL, EM_T_STR, AT(seed), ON(RUN_START), 0 },
	{ "command", NULL, EM_T_STRS, AT(command), ON(RUN_START), 0 },
	{ "cwd", NULL, EM_T_STR, AT(cwd), ON(RUN_START), 0 },
	{ "env", NULL, EM_T_PAIRS, AT(env), ON(RUN_START), 0 },
	{ "host", NULL, EM_T_STR, AT(host), ON(RUN_START), 0 },
	{ "parent_run", NULL, EM_T_STR, AT(parent_run), ON(RUN_START), 0 },
	{ "root_run", NULL, EM_T_STR, AT(root_run), ON(RUN_START), 0 },

	{ "elapsed_ns", NULL, EM_T_INT, AT(elapsed_ns), ON_ALL, 0 },
	{ "time", NULL, EM_T_TIME, AT(time_ns), ON_ALL, 0 },

	{ "name", "producer", EM_T_STR, AT(producer_name), ON(PROTOCOL),
	    ON(PROTOCOL) },
	{ "version", "producer", EM_T_STR, AT(producer_version), ON(PROTOCOL),
	    0 },
	{ "file", "location", EM_T_STR, AT(location.file), ON_LOCATION,
	    ON_LOCATION },
	{ "line", "location", EM_T_COUNT, AT(location.line), ON_LOCATION, 0 },
	{ "column", "location", EM_T_COUNT, AT(location.column), ON_LOCATION,
	    0 },
	{ "end_line", "location", EM_T_COUNT, AT(location.end_line),
	    ON_LOCATION, 0 },
	{ "end_column", "location", EM_T_COUNT, AT(location.end_column),
	    ON_LOCATION, 0 },
	{ "pass", "counts", EM_T_INT, AT(counts.pass), ON_COUNTS, ON_COUNTS },
	{ "fail", "counts", EM_T_INT, AT(counts.fail), ON_COUNTS, ON_COUNTS },
	{ "skip", "counts", EM_T_INT, AT(counts.skip), ON_COUNTS, ON_COUNTS },
};

const size_t em_fields_count = ARRAY_LEN(em_fields);

const struct em_field *
em_field_find(struct em_str name)
{
	struct em_str in = { NULL, 0 }, rest = name;

	if (str_cut(&rest, '.', &in))
		name = rest;
	else
		in.p = NULL;
	for (size_t i = 0; i < ARRAY_LEN(em_fields); i++)
		if (str_eq(name, em_fields[i].name) &&
		    (em_fields[i].in == NULL ? in.p == NULL
					     : str_eq(in, em_fields[i].in)))
			return &em_fields[i];
	return NULL;
}

static bool
object_present(const struct em_field *object, const struct em_event *ev)
{
	for (size_t i = 0; i < ARRAY_LEN(em_fields); i++)
		if (em_fields[i].in != NULL &&
		    strcmp(em_fields[i].in, object->name) == 0 &&
		    em_field_present(&em_fields[i], ev))
			return true;
	return false;
}

bool
em_field_present(const struct em_field *f, const struct em_event *ev)
{
	const void *at = (const char *)ev + f->offset;

	switch (f->type) {
	case EM_T_STR:
	case EM_T_BYTES:
	case EM_T_DATA:
	case EM_T_NUM:
		return ((const struct em_str *)at)->p != NULL;
	case EM_T_INT:
	case EM_T_COUNT:
	case EM_T_TIME:
		return *(const int64_t *)at != EM_UNSET;
	case EM_T_TRI:
		return *(const enum em_tri *)at != EM_ABSENT;
	case EM_T_OUTCOME:
		return *(const enum em_outcome *)at != EM_NONE;
	case EM_T_STRS:
	case EM_T_NUMS:
		return ((const struct em_strs *)at)->n > 0;
	case EM_T_PAIRS:
		return ((const struct em_pairs *)at)->n > 0;
	case EM_T_OBJECT:
		return object_present(f, ev);
	}
	return false;
}
