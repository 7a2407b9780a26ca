/* SPDX-License-Identifier: MIT */
#include "members.h"

const struct member identity_members[] = {
	{ "run", T_STRING, false },
	{ "suite", T_STRING, false },
	{ "class", T_STRING, false },
	{ "name", T_STRING, false },
	{ "variant", T_STRING, false },
	{ "iteration", T_COUNT, false },
	{ "attempt", T_COUNT, false },
	{ 0 },
};

const struct member every_members[] = {
	{ "event", T_STRING, true },
	{ "elapsed_ns", T_SIZE, false },
	{ "time", T_TIME, false },
	{ 0 },
};

const struct member producer_members[] = {
	{ "name", T_STRING, true },
	{ "version", T_STRING, false },
	{ 0 },
};

const struct member location_members[] = {
	{ "file", T_STRING, true },
	{ "line", T_COUNT, false },
	{ "column", T_COUNT, false },
	{ "end_line", T_COUNT, false },
	{ "end_column", T_COUNT, false },
	{ 0 },
};

const struct member counts_members[] = {
	{ "pass", T_SIZE, true },
	{ "fail", T_SIZE, true },
	{ "skip", T_SIZE, true },
	{ 0 },
};

/* Members of the identity are listed where an event requires them. */
const struct event_table event_tables[] = {
	{ "protocol", PROTOCOL,
	    { { "version", T_STRING, true }, { "producer", T_PRODUCER, true },
		{ "features", T_STRINGS, false },
		{ "requires", T_STRINGS, false } } },
	{ "discover_start", DISCOVER_START, { { 0 } } },
	{ "discover_case", DISCOVER_CASE,
	    { { "name", T_STRING, true }, { "mode", T_MODE, false },
		{ "selected", T_BOOL, false }, { "status", T_STATUS, false },
		{ "reason", T_STRING, false },
		{ "location", T_LOCATION, false }, { "tags", T_STRINGS, false },
		{ "properties", T_SCALARS, false },
		{ "parent", T_STRING, false } } },
	{ "discover_complete", DISCOVER_COMPLETE,
	    { { "total", T_SIZE, false } } },
	{ "run_start", RUN_START,
	    { { "total", T_SIZE, false }, { "seed", T_STRING, false },
		{ "command", T_STRINGS, false }, { "cwd", T_STRING, false },
		{ "env", T_TEXTS, false }, { "properties", T_SCALARS, false },
		{ "host", T_STRING, false }, { "parent_run", T_STRING, false },
		{ "root_run", T_STRING, false } } },
	{ "suite_start", SUITE_START,
	    { { "suite", T_STRING, true }, { "parent", T_STRING, false },
		{ "title", T_STRING, false }, { "location", T_LOCATION, false },
		{ "properties", T_SCALARS, false },
		{ "total", T_SIZE, false } } },
	{ "case_start", CASE_START,
	    { { "name", T_STRING, true }, { "mode", T_MODE, false },
		{ "worker", T_STRING, false }, { "parent", T_STRING, false },
		{ "location", T_LOCATION, false }, { "tags", T_STRINGS, false },
		{ "properties", T_SCALARS, false } } },
	{ "case_slow", CASE_SLOW,
	    { { "name", T_STRING, true }, { "threshold_ns", T_SIZE, false } } },
	{ "case_output", CASE_OUTPUT,
	    { { "name", T_STRING, true }, { "stream", T_STREAM, true },
		{ "text", T_STRING, false }, { "text_b64", T_BASE64, false },
		{ "truncated_bytes", T_SIZE, false } } },
	{ "case_message", CASE_MESSAGE,
	    { { "name", T_STRING, true }, { "kind", T_KIND, true },
		{ "message", T_STRING, false }, { "detail", T_STRING, false },
		{ "type", T_STRING, false }, { "code", T_STRING, false },
		{ "location", T_LOCATION, false },
		{ "expected", T_STRING, false }, { "actual", T_STRING, false },
		{ "rendered", T_STRING, false } } },
	{ "case_metric", CASE_METRIC,
	    { { "name", T_STRING, true }, { "metric", T_STRING, true },
		{ "value", T_NUMBER, true }, { "unit", T_STRING, true },
		{ "deviation", T_NUMBER, false }, { "min", T_NUMBER, false },
		{ "max", T_NUMBER, false }, { "median", T_NUMBER, false },
		{ "samples", T_NUMBERS, false } } },
	{ "case_attachment", CASE_ATTACHMENT,
	    { { "name", T_STRING, true }, { "title", T_STRING, false },
		{ "media_type", T_STRING, false }, { "path", T_STRING, false },
		{ "url", T_STRING, false }, { "data_b64", T_BASE64, false } } },
	{ "case_complete", CASE_COMPLETE,
	    { { "name", T_STRING, true }, { "outcome", T_OUTCOME, true },
		{ "status", T_STATUS, false }, { "reason", T_STRING, false },
		{ "duration_ns", T_SIZE, false },
		{ "exit_code", T_SIZE, false }, { "signal", T_COUNT, false },
		{ "properties", T_SCALARS, false } } },
	{ "suite_complete", SUITE_COMPLETE,
	    { { "suite", T_STRING, true }, { "outcome", T_OUTCOME, false },
		{ "status", T_STATUS, false }, { "reason", T_STRING, false },
		{ "duration_ns", T_SIZE, false },
		{ "counts", T_COUNTS, false } } },
	{ "run_cancel", RUN_CANCEL, { { "reason", T_STRING, false } } },
	{ "run_complete", RUN_COMPLETE,
	    { { "outcome", T_OUTCOME, true }, { "status", T_STATUS, false },
		{ "exit_code", T_SIZE, false }, { "signal", T_COUNT, false },
		{ "duration_ns", T_SIZE, false }, { "counts", T_COUNTS, false },
		{ "filtered", T_BOOL, false } } },
	{ "log", LOG,
	    { { "text", T_STRING, false }, { "text_b64", T_BASE64, false },
		{ "stream", T_STREAM, false }, { "level", T_LEVEL, false } } },
	{ 0 },
};

const char *const *
open_values(enum type t)
{
	static const char *const status[] = { "xpass", "leak", "error",
		"timeout", "crash", "abort", "exec-fail", "incomplete", "build",
		"ignored", "filtered", "precondition", "todo", "xfail",
		"cancelled", "already-passed", NULL };
	static const char *const mode[] = { "test", "bench", "doctest", "fuzz",
		"example", "setup", NULL };
	static const char *const stream[] = { "stdout", "stderr", "combined",
		NULL };
	static const char *const kind[] = { "error", "ignored", "warning",
		"note", "help", NULL };
	static const char *const level[] = { "error", "warning", "info",
		"debug", "trace", NULL };

	switch (t) {
	case T_STATUS:
		return status;
	case T_MODE:
		return mode;
	case T_STREAM:
		return stream;
	case T_KIND:
		return kind;
	case T_LEVEL:
		return level;
	default:
		return NULL;
	}
}
