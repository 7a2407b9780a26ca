/* SPDX-License-Identifier: MIT */
/* What the files of pytest-reportlog share; for reportlog*.c alone. */
#ifndef REPORTLOG_H
#define REPORTLOG_H

#include "foreign.h"
#include "jsondoc.h"

enum phase { SETUP = 1, CALL = 2, TEARDOWN = 4 };

/* A test that has begun and is not over. */
struct item {
	struct item *next, *prev; /* of all that are open */
	struct item *older; /* of the same node id, of another worker */
	struct table_key key;
	struct em_str suite, class_name, name, worker; /* in text */
	struct em_str status; /* a literal */
	struct em_str reason; /* malloc'ed */
	int64_t iteration, attempt, duration;
	size_t sections; /* emitted */
	unsigned seen; /* phases */
	enum em_outcome outcome;
	bool rerun; /* the next report of it is of another attempt */
	char text[];
};

struct reportlog {
	struct table items; /* by node id: the newest */
	struct item *open;
	struct suites suites;
	struct em_event complete; /* waits for the suites */
	struct opening opening;
	bool begun, failed, closing;
};

/* ---- reportlog-item.c ---- */

/*
 * The case that a report is of.  Where there was a setup before, another one
 * begins the case anew: as its next attempt when the one before was to be
 * rerun, and else as another case of that name.  NULL when out of memory.
 */
struct item *reportlog_item(struct em_reader *r, struct reportlog *p,
    const struct json *v, unsigned phase);
/* An event of the case, with its identity. */
struct em_event reportlog_about(const struct item *i, enum em_kind kind);
void reportlog_set_reason(
    struct em_reader *r, struct item *i, struct em_str text);
void reportlog_complete(
    struct em_reader *r, struct item *i, struct em_pairs properties);
/* The same, and forgets it. */
void reportlog_finish(struct em_reader *r, struct reportlog *p, struct item *i,
    struct em_pairs properties);
void reportlog_forget(struct reportlog *p, struct item *i);

/* ---- reportlog-text.c ---- */

/* The second element of an array; NULL when it has none. */
const struct json *reportlog_second(const struct json *list);

/* Of "file::class::name[parameters]"; file and class may be absent. */
void reportlog_split_id(struct em_str id, struct em_str *file,
    struct em_str *class, struct em_str *name);
/* The marks among the keywords of the test with that node id. */
struct em_strs reportlog_marks(
    struct em_reader *r, const struct json *v, struct em_str id);
struct em_pairs reportlog_properties(struct em_reader *r, const struct json *v);

/* The lines of a traceback as pytest shows them; absent when it has none. */
struct em_str reportlog_traceback(
    struct em_reader *r, const struct json *longrepr);
/* Message, place, traceback and type of an exception, into a case_message. */
void reportlog_crash(
    struct em_reader *r, const struct json *longrepr, struct em_event *ev);
struct em_str reportlog_skip_reason(const struct json *v);

#endif
