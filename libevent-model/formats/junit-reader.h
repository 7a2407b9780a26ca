/* SPDX-License-Identifier: MIT */
/*
 * The reading half of JUnit, for junit-read.c, junit-case.c and
 * junit-queue.c.
 *
 * Elements are collected into a junit_case until it ends.  Then its attempts
 * are queued, and events are made of them one by one as they are asked for:
 * most cases are two events with a handful of members, and copying whole
 * events around would cost more than parsing.
 */
#ifndef JUNIT_READER_H
#define JUNIT_READER_H

#include "failing.h"
#include "report.h"
#include "xmldoc.h"

/* A <failure> and what is like it. */
enum junit_tag {
	TAG_FAILURE,
	TAG_ERROR,
	TAG_SKIPPED,
	TAG_WARNING,
	TAG_FLAKY_FAILURE,
	TAG_FLAKY_ERROR,
	TAG_RERUN_FAILURE,
	TAG_RERUN_ERROR
};

struct junit_text { /* <system-out> or <system-err> */
	struct junit_text *next;
	struct em_str text;
	bool err;
};

struct junit_result {
	struct junit_result *next;
	enum junit_tag tag;
	struct em_str type, message, text;
	struct em_location location;
	int64_t time_ns, duration_ns;
	struct junit_text *texts, **text_tail;
};

struct junit_file {
	struct junit_file *next;
	struct em_attachment file;
};

struct junit_metric {
	struct junit_metric *next;
	struct em_metric metric;
};

/* What few cases have. */
struct junit_extra {
	struct em_str variant, status, mode, parent, worker;
	struct em_strs tags;
	int64_t exit_code, signal;
	struct junit_file *files, **file_tail;
	struct junit_metric *metrics, **metric_tail;
	struct rep_case *properties; /* NULL: none */
};

struct junit_case {
	struct junit_case *outer; /* the case that this one lies in */
	struct arena *arena; /* that all of it is in */
	struct junit_extra *extra; /* NULL: nothing of it */
	struct em_str suite, class_name, name;
	struct em_location location;
	int64_t iteration, time_ns, duration_ns;
	uint64_t line;
	enum em_outcome outcome; /* by an attribute; EM_NONE: not stated */
	struct em_str stated; /* the status by that attribute */
	bool not_run; /* it is the word for that */
	struct junit_result *results, **result_tail;
	struct junit_text *texts, **text_tail;
};

/* An event that was made whole. */
struct junit_event {
	struct junit_event *next;
	struct em_event ev;
};

/* What is handed out: an attempt of a case, or events that are of none. */
struct junit_queued {
	struct junit_queued *next;
	const struct junit_case *c; /* NULL: only events */
	struct junit_event *events, **tail; /* between start and completion */
	struct em_pairs properties;
	int64_t attempt, time_ns, duration_ns, exit_code, signal;
	enum em_outcome outcome; /* EM_NONE: does not complete */
	struct em_str status, reason;
};

struct junit_suite {
	struct junit_suite *outer; /* or the next of a list of spare ones */
	struct arena arena;
	struct em_str path; /* absent: it has no name, and its cases none */
	struct em_str title, host, file;
	int64_t location_line, time_ns, duration_ns;
	uint64_t line;
	bool named; /* else it adds nothing to the path */
	bool started, failed;
	bool again; /* another of that name was told of */
	struct em_str reason; /* of its own failure */
	struct rep_case *more; /* properties */
};

struct junit {
	struct xdoc doc; /* first: see xmldoc.c */
	enum em_rc rc; /* of the parser, when the queue is done */

	/* The document. */
	bool open_document;
	bool begun; /* run_start was queued */
	bool run_failed; /* or a suite did, by itself */
	bool no_memory;
	struct em_event run; /* that run_start, and the status of its end */
	struct rep_case *run_more; /* its properties */
	struct arena run_arena; /* what is of the run */
	int64_t run_duration;
	struct failing failing;

	/* What is open. */
	struct junit_suite *suite;
	struct table suites; /* those that were told of, by path */
	struct junit_case *open;
	struct junit_result *result;
	struct em_str property, property_value;
	struct buf text; /* of the element, before its children */
	struct junit_suite *ended, *spare;

	/* Open cases lie in one arena or the other, whichever was free when
	 * they began; what has been handed out is freed. */
	struct arena arena[2], *fill;

	struct junit_queued *head, **tail;
	unsigned stage; /* how far the first of the queue is */
	struct em_event start, complete;
};

/* ---- junit-queue.c ---- */

void junit_queue_open(struct em_reader *r);
/* A copy in the arena that is being filled. */
struct em_str junit_keep(struct junit *j, struct em_str s);
/* Queues a copy of an event that is of no case; its strings must live. */
void junit_queue_event(struct em_reader *r, const struct em_event *ev);
/* Room at the end of the queue; NULL when out of memory. */
struct junit_queued *junit_queue(struct em_reader *r, struct arena *a);
/* Room for an event between the start and the completion of an attempt. */
struct em_event *junit_queue_inner(
    struct junit_queued *q, struct arena *a, enum em_kind kind);
/* The next event, NULL when the queue is empty. */
const struct em_event *junit_dequeue(struct em_reader *r);
/* Nothing is queued: frees what is not part of an open case. */
void junit_queue_clean(struct junit *j);

enum junit_attribute {
	ATTR_OTHER,
	ATTR_NAME,
	ATTR_CLASSNAME,
	ATTR_CLASS,
	ATTR_TIME,
	ATTR_TIMESTAMP,
	ATTR_FILE,
	ATTR_LINE,
	ATTR_COLUMN,
	ATTR_STATUS,
	ATTR_HOSTNAME,
	ATTR_SEED,
	ATTR_COUNT /* or else of no interest */
};

/* ---- junit-suite.c ---- */

enum junit_attribute junit_attribute(struct em_str name);
/* What attributes say, or EM_UNSET. */
int64_t junit_seconds(struct em_str s);
int64_t junit_timestamp(struct em_str s);
int64_t junit_number(struct em_str s); /* from 1 */
/* At the start of a document, when nothing of the one before is queued. */
void junit_new_run(struct junit *j);
/* The document begins to be told of; nothing more can be said of its run. */
void junit_begin(struct em_reader *r);
/* What is said of the root, or of a suite that has no name, is of the run. */
void junit_run_attributes(struct junit *j, const struct xml_node *n);
void junit_run_property(
    struct junit *j, struct em_str key, struct em_str value);
void junit_start_suite(struct em_reader *r, const struct xml_node *n);
void junit_suite_property(
    struct junit_suite *s, struct em_str key, struct em_str value);
/* s and the suites around it begin to be told of: their properties are known.
 * NULL is the run. */
void junit_begin_suite(struct em_reader *r, struct junit_suite *s);
void junit_end_suite(struct em_reader *r);
/* s, or the next suite around it that has a name; NULL when there is none. */
struct junit_suite *junit_named(struct junit_suite *s);

/* ---- junit-props.c ---- */

/* What there is of it, to be looked at or to be added to. */
const struct junit_extra *junit_extra(const struct junit_case *c);
struct junit_extra *junit_add_extra(struct junit_case *c);
/* A property of a case; its strings are in the arena of the case. */
void junit_case_property(
    struct junit_case *c, struct em_str name, struct em_str value);
/* Takes the lines that stand for attachments and properties out of a text,
 * which is a copy in the arena of the case; what is left. */
struct em_str junit_take_lines(struct junit_case *c, struct em_str text);

/* ---- junit-case.c ---- */

/* The value of status= or result=; false when it is not known. */
bool junit_case_status(struct junit_case *c, struct em_str value);
/* Queues what is known of a case: it ended, or its document did. */
void junit_end_case(struct em_reader *r, struct junit_case *c, bool complete);

#endif
