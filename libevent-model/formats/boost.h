/* SPDX-License-Identifier: MIT */
/* What the files of Boost.Test's format share; for boost*.c alone. */
#ifndef BOOST_H
#define BOOST_H

#include "report.h"
#include "xmldoc.h"

struct suite { /* one that is open */
	struct suite *up;
	struct em_str path;
	bool passed; /* the report says so */
};

/* A case of the log that the report has not come to yet. */
struct logged {
	struct logged *next; /* of the same name */
	struct logged *next_held;
	struct rep_case *held; /* NULL: it has completed */
	struct rep_case *done; /* the same, for what comes late */
};

struct queue {
	struct logged *first, *last;
};

struct boost {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct arena arena; /* of the stream: all below */
	struct table cases; /* by suite and name: struct queue * */
	struct logged *held, **held_tail;
	struct suite *suite;
	struct rep_case *c; /* the case that is open, or NULL */
	struct em_message m; /* of the message that is open */
	bool failed; /* the case */
	bool log_seen; /* in this stream */
	bool pending; /* the stream has not ended */
};

/* ---- boost.c ---- */

/* A suite is entered and left; NULL when out of memory. */
struct suite *boost_push_suite(struct em_reader *r, const struct xml_node *n);
void boost_pop_suite(struct boost *s);
struct em_str boost_suite_path(const struct boost *s);
/* The cases of that name; NULL when out of memory. */
struct queue *boost_queue(
    struct em_reader *r, struct em_str suite, struct em_str name);

/* ---- boost-report.c ---- */

void boost_report_suite(struct em_reader *r, const struct xml_node *n);
/* A short report names no cases: where a suite passed, so did they. */
void boost_report_suite_end(struct boost *s);
void boost_report_case(struct em_reader *r, const struct xml_node *n);

#endif
