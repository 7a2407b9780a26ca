/* SPDX-License-Identifier: MIT */
/* What pytest-reportlog puts into the members of its lines; for reportlog.c
 * alone. */
#ifndef REPORTLOG_H
#define REPORTLOG_H

#include "format.h"
#include "json.h"

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
