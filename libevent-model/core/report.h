/* SPDX-License-Identifier: MIT */
/*
 * A foreign report while it is read: the run, whose start waits until it is
 * known what to say of it, its suites, and cases that are collected while
 * their elements are open.
 */
#ifndef REPORT_H
#define REPORT_H

#include "failing.h"
#include "foreign.h"

struct rep_tag;
struct rep_property;

struct rep_item {
	struct rep_item *next;
	enum em_kind kind;
	union {
		struct em_output output;
		struct em_message message;
		struct em_metric metric;
		struct em_attachment attachment;
	} u;
};

/* A case.  Strings must live until it is sent: see rep_dup(). */
struct rep_case {
	struct rep_case *next; /* for formats that hold several */
	struct rep_case *earlier; /* the attempt before, in the same case */
	struct arena *arena;
	struct em_str suite, class_name, name, variant;
	struct em_str status, reason;
	struct em_location location;
	int64_t iteration, attempt; /* set by rep_send() */
	int64_t time_ns, duration_ns, exit_code, signal;
	uint64_t line;
	enum em_outcome outcome; /* EM_NONE: never completed */
	bool unselected; /* of a listing */
	bool later; /* rep_complete() will be called */
	struct rep_tag *tags, **tag_tail;
	struct rep_property *properties, **property_tail;
	struct rep_item *items, **item_tail;
};

struct report {
	struct em_reader *r;
	struct arena arena; /* of the cases that are open */
	struct em_str producer, version;
	struct em_event start; /* run_start, until it is sent */
	int64_t duration_ns; /* of the run */
	struct em_str status; /* of a run that failed by itself */
	bool failed_itself;
	bool listing; /* no results: discovery */

	/* report*.c's own */
	bool begun, suite_failed;
	struct failing failing; /* cases */
	int64_t listed;
	struct suites suites;
	struct rep_case spare; /* when there is no memory for another */
};

/* producer is a literal or lives as long as the reader. */
void rep_open(struct report *p, struct em_reader *r, struct em_str producer);
void rep_close(struct report *p);

/* Copies that live as long as the open cases, or as the reader. */
struct em_str rep_dup(struct report *p, struct em_str s);
struct em_str rep_keep(struct report *p, struct em_str s);
/* A property of the run; does nothing when value is absent or empty. */
void rep_run_property(struct report *p, struct em_str key, struct em_str value);

/* Sends protocol and run_start, or discover_start, unless they were sent. */
void rep_begin(struct report *p);
/* Starts the suite that the suite_start *ev is of, unless it was. */
void rep_suite(struct report *p, const struct em_event *ev);
void rep_suite_end(struct report *p, const struct em_event *ev);
/* A log event of a suite, or of the run when suite is absent. */
void rep_log(struct report *p, struct em_str suite, struct em_str stream,
    struct em_str level, struct em_str text);

/* A new case; never NULL. */
struct rep_case *rep_case(struct report *p);
/* The same in another arena, for what belongs to a suite; or NULL. */
struct rep_case *rep_case_in(struct arena *a);
/* A message that says nothing yet. */
extern const struct em_message rep_blank;
void rep_output(struct rep_case *c, struct em_str stream, struct em_str text);
void rep_message(struct rep_case *c, const struct em_message *m);
void rep_attachment(struct rep_case *c, const struct em_attachment *a);
void rep_metric(struct rep_case *c, const struct em_metric *m);
void rep_tag(struct rep_case *c, struct em_str tag);
/* A key that comes again makes its value an array. */
void rep_property(struct rep_case *c, struct em_str key, struct em_str value);
struct em_pairs rep_properties(const struct rep_case *c);
struct em_strs rep_tags(const struct rep_case *c);
/* Tags of from that c does not have; from may be NULL. */
void rep_inherit_tags(struct rep_case *c, const struct rep_case *from);
void rep_each_property(const struct rep_case *c,
    void (*take)(struct rep_case *to, struct em_str key, struct em_str value),
    struct rep_case *to);
/* Whether c has messages, output or attachments. */
bool rep_said(const struct rep_case *c);
/* Moves what was collected in from to the end of c. */
void rep_move(struct rep_case *c, struct rep_case *from);
/* Sends a case.  rep_clear() then frees the memory of all cases. */
void rep_send(struct report *p, struct rep_case *c);
/* Completes a case that was sent with later set. */
void rep_complete(struct report *p, const struct rep_case *c);
void rep_clear(struct report *p);

/* Ends the stream; for the done() of a document: called again until true.
 * What follows is a new stream. */
bool rep_end(struct report *p);
/* The same for the over() of a document, which may have been cut in the middle
 * of *open: that is given as far as it was read, and the stream has no end. */
bool rep_over(struct report *p, bool complete, struct rep_case **open);

#endif
