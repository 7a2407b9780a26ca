/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of the CTRF format share; for ctrf*.c alone.
 *
 * CTRF keeps data of others in "extra".  Under CARRY_NAME it holds a list of
 * events: in that of the results those of the run and of suites, in that of a
 * test or of a retry attempt what its other members cannot say.  A case_start
 * or case_complete there stands for the one that the members would give, and
 * errors for the one in message and trace.
 */
#ifndef CTRF_H
#define CTRF_H

#include "carry.h"
#include "foreign.h"
#include "ident.h"
#include "jsondoc.h"
#include "jsonout.h"

/* Messages that CTRF has members for are notes of these types. */
#define CTRF_STEP EM_STR("step") /* code: the status of the step */
#define CTRF_AI EM_STR("ai")
#define CTRF_SNIPPET EM_STR("snippet")

/* A status of CTRF's own, or of a tool before it, is this and its name. */
#define CTRF_STATUS "ctrf."

/* Elements of `suite` become one name joined by this. */
#define CTRF_SUITE_SEP " > "

struct ctrf {
	struct jdoc doc;
	struct suites suites;
	struct carry carry;
	struct em_str tool, version, generator;
	struct em_event start; /* run_start, until it is sent */
	struct em_event complete; /* what is carried of it */
	int64_t duration;
	bool begun, failed, stated; /* a failure */
};

/* A test or one of its retry attempts, and the case that it is of. */
struct entry {
	const struct json *v;
	const struct json *carried; /* first of the events in extra */
	struct em_event *ev;
	struct em_event end;
	bool started, errors; /* are carried */
};

/* Gives *to the identity of *from. */
void ctrf_same_case(struct em_event *to, const struct em_event *from);
/* A member in milliseconds as nanoseconds, or EM_UNSET. */
int64_t ctrf_time(const struct json *v, const char *key);
/* What v says of how it ended, with carried events taken in place of what the
 * other members say. */
void ctrf_entry_init(struct em_reader *r, struct entry *e, const struct json *v,
    struct em_event *ev);
/* All its events, from case_start to case_complete. */
void ctrf_entry_emit(struct em_reader *r, struct entry *e);
bool ctrf_carried_event(struct em_reader *r, struct ctrf *c,
    const struct json *v, struct em_event *ev);

struct ctrf_writer {
	struct em_results *rs;
	struct carry carry;
	struct jsonout json;
	struct table suites; /* of struct em_suite *, by name */
};

/* ---- ctrf-attempt.c ---- */

struct jsonout *ctrf_json(struct em_writer *w);
/* Nanoseconds in CTRF's unit; 0 for what is unknown. */
int64_t ctrf_ms(int64_t ns);
/* An event in "extra", which the first one opens: *any is false before. */
void ctrf_put_carried(
    struct em_writer *w, const struct em_event *ev, bool *any);
void ctrf_end_carried(struct em_writer *w, bool any);
/* An event of the case, with its identity. */
void ctrf_case_event(
    const struct em_case *c, enum em_kind kind, struct em_event *ev);
void ctrf_item_event(const struct em_item *i, struct em_event *ev);
void ctrf_complete_event(
    const struct em_case *c, const struct em_attempt *a, struct em_event *ev);
/* Whether CTRF's members lose something of it. */
bool ctrf_complete_exceeds(const struct em_event *ev);
/* The members that tests and retry attempts have alike. */
void ctrf_put_attempt(struct em_writer *w, const struct em_attempt *a);
void ctrf_put_typed(struct em_writer *w, const struct em_item *items,
    const char *name, struct em_str type);
void ctrf_put_steps(struct em_writer *w, const struct em_item *items);
/* What of the items no member holds. */
void ctrf_carry_items(struct em_writer *w, const struct em_case *c,
    const struct em_attempt *a, bool *any);

/* ---- ctrf-test.c ---- */

void ctrf_put_test(struct em_writer *w, const struct em_case *c);
/* A property as a member. */
void ctrf_put_value(struct em_writer *w, const struct em_pair *p);
/* Whether the reader names the suite alike, from its title and those of the
 * suites around it. */
bool ctrf_is_plain_suite(
    const struct ctrf_writer *cw, const struct em_suite *s);
/* Whether it is a time that CTRF can hold. */
bool ctrf_has_milliseconds(int64_t ns);

/* ---- ctrf-summary.c ---- */

void ctrf_put_summary(struct em_writer *w, const struct em_run *runs);
/* A run that failed or was cut, and no test of it failed: one that is called
 * "run", since readers look at nothing else. */
void ctrf_put_problem(struct em_writer *w, const struct em_run *runs);

enum em_rc ctrf_writer_open(struct em_writer *w);
enum em_rc ctrf_writer_event(struct em_writer *w, const struct em_event *ev);
enum em_rc ctrf_writer_finish(struct em_writer *w);
void ctrf_writer_close(struct em_writer *w);

#endif
