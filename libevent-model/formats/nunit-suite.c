/* SPDX-License-Identifier: MIT */
/* The test-suite elements of NUnit. */
#include <stdlib.h>

#include "dotnet.h"
#include "nunit-read.h"

static const struct em_str none;

static struct nunit_suite *
push_suite(struct em_reader *r, struct nunit *s)
{
	struct nunit_suite *one = s->spare;

	if (one != NULL)
		s->spare = one->spare;
	else if ((one = calloc(1, sizeof(*one))) != NULL)
		arena_init(&one->arena, r->opts.limits.memory_max);
	if (one == NULL)
		return NULL;
	*one = (struct nunit_suite){ .up = s->suite, .arena = one->arena };
	s->suite = one;
	return one;
}

void
nunit_pop_suite(struct em_reader *r, struct nunit *s)
{
	struct nunit_suite *one = s->suite;

	s->suite = one->up;
	if (one->arena.failed)
		r->keep.failed = true;
	arena_reset(&one->arena);
	one->spare = s->spare;
	s->spare = one;
}

void
nunit_send_suites(struct nunit *s, struct nunit_suite *one)
{
	if (one == NULL || one->sent)
		return;
	nunit_send_suites(s, one->up);
	one->sent = true;
	if (one->method)
		return;
	if (one->details != NULL)
		one->start.properties = rep_properties(one->details);
	rep_suite(&s->report, &one->start);
}

static bool
is_method(struct em_str type)
{
	return str_eq(type, "ParameterizedMethod") ||
	    str_eq(type, "ParameterizedTest") || str_eq(type, "Theory") ||
	    str_eq(type, "GenericMethod") || str_eq(type, "TestMethod");
}

static struct em_str
suite_name(const struct xml_node *n)
{
	struct em_str name = xml_attr(n, "name"), type = xml_attr(n, "type");

	if (name.p == NULL)
		name = xml_attr(n, "fullname");
	if (name.p == NULL)
		name = EM_STR("");
	if (str_eq(type, "Assembly") || str_ends(type, "Project") ||
	    (type.p == NULL &&
		(nunit_ends(name, ".dll") || nunit_ends(name, ".exe"))))
		return dotnet_assembly(name);
	return name;
}

/* The suite that one is in: the next one around it that is no method. */
static struct nunit_suite *
parent_of(struct nunit_suite *one)
{
	do
		one = one->up;
	while (one != NULL && one->method);
	return one;
}

static void
name_suite(struct nunit_suite *one, struct em_str name)
{
	struct arena *a = &one->arena;
	struct nunit_suite *up = parent_of(one);

	one->title = arena_dup(a, name);
	one->path = one->title;
	em_event_init(&one->start, EM_SUITE_START);
	if (up != NULL && one->method)
		one->path = up->path;
	else if (up != NULL)
		one->path =
		    arena_join(a, arena_join(a, up->path, EM_STR("/")), name);
	one->start.suite = one->path;
	if (up != NULL) {
		one->start.parent = up->path;
		one->start.title = one->title;
	}
}

void
nunit_start_suite(struct em_reader *r, const struct xml_node *n)
{
	struct nunit *s = r->state;
	struct nunit_suite *one = push_suite(r, s);

	if (one == NULL) {
		r->keep.failed = true;
		return;
	}
	one->method = is_method(xml_attr(n, "type"));
	one->details = rep_case_in(&one->arena);
	one->duration_ns = nunit_duration(n);
	one->failure = rep_blank;
	nunit_read_result(&one->result, n, &one->arena);
	name_suite(one, suite_name(n));
	one->start.time_ns = nunit_time(xml_attr(n, "start-time"));
	one->start.line = xdoc_line(&s->doc, n);
}

/* Whether the suite failed by itself, not because of what is in it. */
static bool
failed_itself(const struct nunit_suite *one)
{
	enum em_outcome outcome;
	struct em_str status;

	if (one->failure.message.p == NULL ||
	    !nunit_judge(&one->result, &outcome, &status) || outcome != EM_FAIL)
		return false;
	if (str_eq(one->result.site, "Child") ||
	    str_eq(one->result.site, "Parent"))
		return false;
	return !str_starts(one->failure.message, "One or more child tests") &&
	    !str_starts(one->failure.message, "Child test failed");
}

void
nunit_end_suite(struct em_reader *r)
{
	struct nunit *s = r->state;
	struct nunit_suite *one = s->suite;
	struct em_event ev;

	if (one == NULL)
		return;
	nunit_send_suites(s, one);
	rep_log(&s->report, one->path, none, none, one->output);
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = one->path;
	if (failed_itself(one)) {
		rep_log(&s->report, one->path, none, EM_STR("error"),
		    one->failure.detail);
		nunit_judge(&one->result, &ev.outcome, &ev.status);
		if (ev.status.p == NULL)
			ev.status = EM_STR("error");
		ev.reason = one->failure.message;
	}
	if (!one->method)
		ev.duration_ns = one->duration_ns;
	if (!one->method || ev.outcome == EM_FAIL)
		rep_suite_end(&s->report, &ev);
	nunit_pop_suite(r, s);
}
