/* SPDX-License-Identifier: MIT */
/* What the files of the TeamCity format share. */
#ifndef TEAMCITY_H
#define TEAMCITY_H

#include "crowd.h"
#include "ident.h"
#include "runs.h"
#include "swrite.h"

/* ---- teamcity-message.c: one service message ---- */

enum { TC_ATTRS = 24 }; /* more than any message has */

struct tc_message {
	struct em_str name;
	struct em_str value; /* of ##teamcity[name 'value']; else absent */
	struct em_str names[TC_ATTRS], values[TC_ATTRS];
	size_t count;
	struct em_str rest; /* of the line, behind the message */
};

#define TC_START "##teamcity["

/* The message that line starts with; false when it is malformed. */
bool tc_parse(struct arena *a, struct em_str line, struct tc_message *m);
/* Absent when there is no such attribute. */
struct em_str tc_get(const struct tc_message *m, const char *name);
/* A value with its escapes: for any bytes one line of UTF-8. */
void tc_escape(struct em_out *out, struct em_str s);

/* EM_UNSET when the message has no timestamp. */
int64_t tc_time(const struct tc_message *m);

/* The attribute that an event is carried in. */
#define TC_CARRY "testEvents"

/* ---- teamcity.c: the reader ---- */

/* A suite that is open in a flow. */
struct tc_level {
	struct tc_level *outer;
	struct em_str path;
};

struct tc_flow {
	struct tc_flow *parent;
	struct tc_level *level, *spare;
};

struct tc_test {
	struct member member; /* by flow and name; has all of what follows */
	struct ident id;
	struct em_event end; /* what was said of its end so far */
	struct em_pair *properties;
	size_t property_count;
	struct tc_flow *flow;
	int64_t start_ns;
	bool failed, ignored, captures;
};

struct teamcity {
	struct runs runs;
	struct carry carry;
	struct crowd open; /* of struct tc_test */
	struct table_key last_key; /* of the test that ended last */
	struct ident last;
	struct arena last_arena;
	struct table flows;
	struct table tries; /* by identity, with retries: how many */
	size_t levels; /* suites that are open, in all flows */
	struct tc_message m;
	bool retries; /* a test that comes again is tried again */
	bool off; /* service messages are, for a while */
	bool started; /* the run is */
	bool cut, ending;
};

/* The innermost suite around what happens in the flow; absent: none. */
struct em_str tc_suite(const struct tc_flow *f);

/* ---- teamcity-test.c: what the message t->m says of a test ---- */

/* Takes the event that the message carries when it is of that kind. */
bool tc_carried(struct em_reader *r, struct teamcity *t, enum em_kind kind,
    struct em_event *ev);
/* NULL when out of memory. */
struct tc_test *tc_start(
    struct em_reader *r, struct teamcity *t, struct tc_flow *f);
void tc_finished(struct em_reader *r, struct teamcity *t);
void tc_failed(struct em_reader *r, struct teamcity *t, struct tc_flow *f);
void tc_ignored(struct em_reader *r, struct teamcity *t, struct tc_flow *f);
void tc_output(struct em_reader *r, struct teamcity *t, struct tc_flow *f,
    struct em_str stream);
void tc_metadata(struct em_reader *r, struct teamcity *t, struct tc_flow *f);
void tc_test_event(struct em_event *ev, enum em_kind kind,
    const struct ident *id, int64_t time_ns);

/* ---- the writer ---- */

struct tc_lane;

struct teamcity_writer {
	struct swrite common;
	struct tc_lane *lanes; /* flows and the suites open in them */
	struct table by_flow; /* of struct tc_lane * */
	bool retries; /* support for them was asked for */
};

/* ---- teamcity-put.c ---- */

void tc_put_begin(struct em_writer *w, const char *name);
/* Nothing when value is absent. */
void tc_put_attr(struct em_writer *w, const char *name, struct em_str value);
void tc_put_time(struct em_writer *w, int64_t ns);
/* The event, for what messages have no attribute for. */
void tc_put_carried(
    struct em_writer *w, struct teamcity_writer *t, const struct em_event *ev);
void tc_put_end(struct em_writer *w);
/* A message about the test of c, but for its end. */
void tc_put_test(struct em_writer *w, struct teamcity_writer *t,
    const char *name, const struct live_case *c, const struct em_event *ev);
/* A whole message: something failed that is no test. */
void tc_put_problem(struct em_writer *w, struct teamcity_writer *t,
    struct em_str description, const struct em_event *ev);
/* s cut to max bytes, between characters. */
struct em_str tc_cut(struct em_str s, size_t max);

/* ---- teamcity-write.c ---- */

enum em_rc teamcity_write_open(struct em_writer *w);
enum em_rc teamcity_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc teamcity_write_finish(struct em_writer *w);
void teamcity_write_close(struct em_writer *w);

#endif
