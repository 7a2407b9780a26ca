/* SPDX-License-Identifier: MIT */
/* What Boost.Test's report says of the cases that its log told of. */
#include <string.h>

#include "boost.h"

static const struct em_str none;

/* A pass of the log that the report calls a failure. */
static void
late_failure(struct em_reader *r, const struct rep_case *c)
{
	struct boost *s = r->state;
	struct em_event ev;

	em_event_init(&ev, EM_CASE_MESSAGE);
	ev.suite = c->suite;
	ev.name = c->name;
	ev.iteration = c->iteration;
	ev.attempt = c->attempt;
	ev.message_kind = EM_STR("error");
	ev.message = EM_STR("the report says that it failed");
	rd_emit(r, &ev);
	s->report.failed_itself = true;
}

/* passed, skipped, or one of failed, aborted, timed-out */
static void
report_outcome(struct rep_case *c, struct em_str result)
{
	c->outcome = EM_FAIL;
	if (str_eq(result, "passed")) {
		c->outcome = EM_PASS;
		c->status = none;
	} else if (str_eq(result, "skipped")) {
		c->outcome = EM_SKIP;
		c->status = EM_STR("precondition");
	} else if (str_starts(result, "timed")) {
		c->status = EM_STR("timeout");
	}
}

void
boost_report_case(struct em_reader *r, const struct xml_node *n)
{
	struct boost *s = r->state;
	struct em_str result = xml_attr(n, "result");
	struct em_str name = xml_attr(n, "name");
	struct queue *q;
	struct logged *l;
	struct rep_case *c;

	if (name.p == NULL ||
	    (q = boost_queue(r, boost_suite_path(s), name)) == NULL)
		return;
	l = q->first;
	if (l == NULL) {
		c = rep_case(&s->report);
		c->suite = boost_suite_path(s);
		c->name = rep_dup(&s->report, name);
		c->line = xdoc_line(&s->doc, n);
		report_outcome(c, result);
		rep_send(&s->report, c);
		rep_clear(&s->report);
		return;
	}
	q->first = l->next;
	if (q->first == NULL)
		q->last = NULL;
	if (l->held != NULL) {
		report_outcome(l->held, result);
		rep_complete(&s->report, l->held);
		l->held = NULL;
	} else if (l->done->outcome == EM_PASS && !str_eq(result, "passed") &&
	    !str_eq(result, "skipped")) {
		late_failure(r, l->done);
	}
}

static bool
is_inside(struct em_str path, struct em_str suite)
{
	return path.n >= suite.n && memcmp(path.p, suite.p, suite.n) == 0 &&
	    (path.n == suite.n || path.p[suite.n] == '/');
}

void
boost_report_suite_end(struct boost *s)
{
	const struct suite *one = s->suite;

	if (one != NULL && one->passed)
		for (struct logged *l = s->held; l != NULL; l = l->next_held)
			if (l->held != NULL && l->held->suite.p != NULL &&
			    is_inside(l->held->suite, one->path)) {
				report_outcome(l->held, EM_STR("passed"));
				rep_complete(&s->report, l->held);
				l->held = NULL;
			}
	boost_pop_suite(s);
}

void
boost_report_suite(struct em_reader *r, const struct xml_node *n)
{
	struct boost *s = r->state;
	struct suite *one = boost_push_suite(r, n);
	struct em_str result = xml_attr(n, "result");

	if (one == NULL)
		return;
	one->passed = str_eq(result, "passed");
	if (str_eq(result, "failed") || str_eq(result, "aborted"))
		s->report.failed_itself = true;
}
