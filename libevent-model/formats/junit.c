/* SPDX-License-Identifier: MIT */
/* JUnit XML; see junit-read.c and junit-write.c. */
#include "junit.h"
#include "junit-reader.h"

static const struct em_format_option options[] = {
	{ "repeats", "iterations|attempts",
	    "what cases of the same name are, when reading" },
	{ "name", "TEXT", "the name of all; that of the run by default" },
	{ "reruns", "yes|no", "attempts beside the one that counts" },
	{ "skipped", "none|ignored|run|all",
	    "skipped cases: those that are ignored, those that the run "
	    "skipped (the default), or also those not run" },
	{ "output", "none|failed|all", "whose output; all by default" },
	{ "output-max", "BYTES", "the most to keep of one output" },
	{ "properties", "no|yes|output",
	    "properties of cases: yes is understood by many and not in the "
	    "schema, output puts them on lines of the output" },
	{ "timestamps", "no|suites|all",
	    "all, for cases too, is not in the schema" },
	{ "hostname", "yes|no", "the machine" },
	{ "location", "no|yes", "file and line of cases, not in the schema" },
	{ NULL, NULL, NULL },
};

const struct em_format format_junit = {
	.info = {
		.name = "junit",
		.title = "JUnit XML",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "suites around suites, several runs, metrics, "
			  "attempts that did not fail, streams besides stdout "
			  "and stderr, members of messages besides type, "
			  "message and detail, statuses beside types, control "
			  "characters; properties, tags, workers, modes and "
			  "locations unless asked for",
		.options = options,
	},
	.probe = junit_probe,
	.read = {
		.state_size = sizeof(struct junit),
		.open = junit_open,
		.next = junit_next,
		.close = junit_close,
	},
	.write = {
		.state_size = sizeof(struct junit_writer),
		.open = junit_writer_open,
		.event = junit_writer_event,
		.finish = junit_writer_finish,
		.close = junit_writer_close,
	},
};
