/* SPDX-License-Identifier: MIT */
/*
 * What pytest-reportlog writes: a line for each phase of a test (setup, call,
 * teardown), which together are one case.  It is over with its teardown.
 *
 * A node id is a file, classes, and a name with its parameters, joined by
 * "::"; they are suite, class and name, so that joining them again gives it.
 */
#include <stdlib.h>
#include <string.h>

#include "reportlog.h"

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	struct em_str line;
	int rc = probe_line(&head, eof, "{", &line);

	if (rc != 1)
		return rc;
	return str_find(line, "\"$report_type\"") >= 0 ? PROBE_SURE : 0;
}

static void
begin(struct em_reader *r, struct reportlog *p, struct em_str version)
{
	if (p->begun)
		return;
	p->begun = true;
	p->failed = false;
	opening_send(r, &p->opening, none, version);
	rd_simple(r, EM_RUN_START);
}

/* ---- what a phase says ---- */

/* Output that an earlier phase has told of comes again in later ones. */
static bool
is_new(const struct item *i, struct em_str title, size_t number,
    struct em_str when)
{
	static const char *const phases[] = { " setup", " call", " teardown" };

	for (size_t k = 0; k < ARRAY_LEN(phases); k++)
		if (str_ends(title, phases[k]))
			return str_eq(when, phases[k] + 1);
	return number >= i->sections;
}

static void
emit_sections(struct em_reader *r, struct item *i, const struct json *v)
{
	const struct json *s = json_first(json_get(v, "sections"));
	struct em_str when = json_get_str(v, "when");
	struct em_event ev = reportlog_about(i, EM_CASE_OUTPUT);
	size_t number = 0;

	for (; s != NULL; s = s->next, number++) {
		struct em_str title = json_str(json_first(s));

		ev.text = json_str(reportlog_second(s));
		if (ev.text.n == 0 || !is_new(i, title, number, when))
			continue;
		if (str_starts(title, "Captured stdout"))
			ev.stream = EM_STR("stdout");
		else if (str_starts(title, "Captured stderr"))
			ev.stream = EM_STR("stderr");
		else if (str_starts(title, "Captured log"))
			ev.stream = EM_STR("pytest.log");
		else
			ev.stream =
			    arena_join(&r->arena, EM_STR("pytest."), title);
		rd_emit(r, &ev);
	}
	if (number > i->sections)
		i->sections = number;
}

/* longrepr is text, or a place and a reason, or a traceback. */
static void
emit_longrepr(struct em_reader *r, const struct item *i, const struct json *v,
    const char *kind)
{
	const struct json *longrepr = json_get(v, "longrepr");
	struct em_event ev = reportlog_about(i, EM_CASE_MESSAGE);
	struct em_str rest, line;

	if (longrepr == NULL || longrepr->type == JSON_NULL)
		return;
	ev.message_kind = em_str(kind);
	if (longrepr->type == JSON_OBJECT) {
		reportlog_crash(r, longrepr, &ev);
	} else if (longrepr->type == JSON_ARRAY) {
		ev.message = json_str(reportlog_second(longrepr) != NULL
			? reportlog_second(longrepr)->next
			: NULL);
	} else {
		rest = str_trim(json_text(longrepr));
		ev.detail = rest;
		str_cut(&rest, '\n', &line);
		ev.message = line;
		if (rest.n == 0)
			ev.detail = none;
	}
	rd_emit(r, &ev);
}

static void
set(struct item *i, enum em_outcome outcome, struct em_str status)
{
	i->outcome = outcome;
	i->status = status;
}

static void
on_skipped(struct em_reader *r, struct item *i, const struct json *v)
{
	struct em_str xfail = json_get_str(v, "wasxfail");

	if (i->outcome == EM_FAIL)
		return;
	if (xfail.p == NULL) {
		set(i, EM_SKIP, none);
		reportlog_set_reason(r, i, reportlog_skip_reason(v));
		return;
	}
	set(i, EM_SKIP, EM_STR("xfail"));
	reportlog_set_reason(r, i,
	    str_starts(xfail, "reason: ") ? str_from(xfail, strlen("reason: "))
					  : xfail);
	emit_longrepr(r, i, v, "note");
}

/* The worst of the phases: a teardown that fails does not hide that the call
 * failed. */
static void
on_failed(
    struct em_reader *r, struct item *i, const struct json *v, unsigned phase)
{
	struct em_str text = json_str(json_get(v, "longrepr"));

	emit_longrepr(r, i, v, "error");
	if (i->outcome == EM_FAIL)
		return;
	if (str_starts(text, "[XPASS(strict)]"))
		set(i, EM_FAIL, EM_STR("xpass"));
	else
		set(i, EM_FAIL, phase == CALL ? none : EM_STR("error"));
	reportlog_set_reason(r, i, none);
}

static void
on_passed(
    struct em_reader *r, struct item *i, const struct json *v, unsigned phase)
{
	(void)r;
	if (i->outcome != EM_NONE && i->outcome != EM_PASS)
		return;
	if (i->outcome == EM_NONE)
		i->outcome = EM_PASS;
	if (phase == CALL && json_get_str(v, "wasxfail").p != NULL)
		i->status = EM_STR("xpass");
}

static unsigned
phase_of(const struct json *v)
{
	struct em_str when = json_get_str(v, "when");

	if (str_eq(when, "setup"))
		return SETUP;
	if (str_eq(when, "call"))
		return CALL;
	return str_eq(when, "teardown") ? TEARDOWN : 0;
}

/* A worker that crashed while the test ran has it end in phase "???". */
static void
on_test(struct em_reader *r, struct reportlog *p, const struct json *v)
{
	struct em_str outcome = json_get_str(v, "outcome");
	unsigned phase = phase_of(v);
	struct item *i = reportlog_item(r, p, v, phase);
	int64_t duration;

	if (i == NULL)
		return;
	i->seen |= phase;
	if (json_ns(json_get(v, "duration"), 9, &duration))
		i->duration =
		    i->duration == EM_UNSET ? duration : i->duration + duration;
	emit_sections(r, i, v);
	if (str_eq(outcome, "passed"))
		on_passed(r, i, v, phase);
	else if (str_eq(outcome, "skipped"))
		on_skipped(r, i, v);
	else
		on_failed(r, i, v, phase);
	if (str_eq(outcome, "rerun")) {
		reportlog_complete(r, i, reportlog_properties(r, v));
		i->rerun = true;
	} else if (phase == 0) {
		set(i, EM_FAIL, EM_STR("crash"));
		reportlog_finish(r, p, i, reportlog_properties(r, v));
	} else if (phase == TEARDOWN) {
		reportlog_finish(r, p, i, reportlog_properties(r, v));
	}
}

/* A failed part of a test makes it fail, though its call is "passed". */
static void
on_subtest(struct em_reader *r, struct reportlog *p, const struct json *v)
{
	struct item *i = reportlog_item(r, p, v, CALL);

	if (i == NULL)
		return;
	emit_sections(r, i, v);
	if (str_eq(json_get_str(v, "outcome"), "failed"))
		on_failed(r, i, v, CALL);
}

/* ---- what is of no test ---- */

static void
on_collect(struct em_reader *r, struct reportlog *p, const struct json *v)
{
	const struct json *longrepr = json_get(v, "longrepr");
	struct em_str suite, class, name, text, reason;
	struct em_event ev;

	reportlog_split_id(json_get_str(v, "nodeid"), &suite, &class, &name);
	if (suite.p == NULL)
		suite = name.p != NULL ? name : EM_STR("");
	if (str_eq(json_get_str(v, "outcome"), "skipped")) {
		foreign_log(r, suite, reportlog_skip_reason(v), EM_STR("info"));
		return;
	}
	if (!str_eq(json_get_str(v, "outcome"), "failed"))
		return;
	text = json_text(longrepr);
	if (text.p == NULL)
		text = reportlog_traceback(r, longrepr);
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = ev.location.file = suite;
	suites_start(r, &p->suites, &ev);
	foreign_log(r, suite, text, EM_STR("error"));
	text = str_trim(text);
	str_cut(&text, '\n', &reason);
	suites_fail(r, &p->suites, suite, EM_STR("error"), reason);
	p->failed = true;
}

static void
on_warning(struct em_reader *r, const struct json *v)
{
	struct em_str file = json_get_str(v, "filename");
	struct em_str line = json_text(json_get(v, "lineno"));
	struct em_str text = json_get_str(v, "category");

	text = arena_join(&r->arena, text, EM_STR(": "));
	text = arena_join(&r->arena, text, json_get_str(v, "message"));
	if (file.p != NULL && line.p != NULL)
		text = arena_join(&r->arena,
		    arena_printf(&r->arena, "%.*s:%.*s: ", (int)file.n, file.p,
			(int)line.n, line.p),
		    text);
	foreign_log(r, none, text, EM_STR("warning"));
}

/* Those without a teardown: told of by their call, or not at all. */
static void
finish_open(struct em_reader *r, struct reportlog *p)
{
	struct item *i, *next;

	for (i = p->open; i != NULL; i = next) {
		next = i->next;
		if (i->rerun) {
			p->failed = true;
			reportlog_forget(p, i);
		} else if (i->outcome != EM_NONE && i->seen != SETUP) {
			reportlog_finish(r, p, i, (struct em_pairs){ NULL, 0 });
		}
	}
}

/* pytest's exit statuses; 5 is that there were no tests. */
static void
on_finish(struct em_reader *r, struct reportlog *p, const struct json *v)
{
	struct em_event *ev = &p->complete;
	int64_t status;

	finish_open(r, p);
	em_event_init(ev, EM_RUN_COMPLETE);
	if (!json_i64(json_get(v, "exitstatus"), &status) || status < 0)
		status = EM_UNSET;
	ev->exit_code = status;
	ev->outcome = EM_FAIL;
	if (status == 0 && !p->failed)
		ev->outcome = EM_PASS;
	else if (status == 5 && !p->failed)
		ev->outcome = EM_SKIP;
	else if (status == 2)
		ev->status = EM_STR("abort");
	else if (status != 1 || !p->failed)
		ev->status = EM_STR("error");
	p->closing = true;
}

/* ---- lines ---- */

static enum em_rc
on_line(struct em_reader *r, struct reportlog *p, struct em_str type,
    const struct json *v)
{
	if (str_eq(type, "SessionStart")) {
		p->opening.sent &= !p->begun;
		p->begun = false;
		begin(r, p, json_get_str(v, "pytest_version"));
		return EM_OK;
	}
	begin(r, p, none);
	if (str_eq(type, "TestReport")) {
		if (json_get_str(v, "nodeid").p == NULL)
			return rd_bad(r, none, "a TestReport without nodeid");
		on_test(r, p, v);
	} else if (str_eq(type, "SubTestReport") ||
	    str_eq(type, "SubtestReport")) {
		if (json_get_str(v, "nodeid").p == NULL)
			return rd_bad(
			    r, none, "a SubTestReport without nodeid");
		on_subtest(r, p, v);
	} else if (str_eq(type, "CollectReport")) {
		on_collect(r, p, v);
	} else if (str_eq(type, "WarningMessage")) {
		on_warning(r, v);
	} else if (str_eq(type, "SessionFinish")) {
		on_finish(r, p, v);
	}
	return EM_OK;
}

static enum em_rc
reportlog_open(struct em_reader *r)
{
	struct reportlog *p = r->state;

	p->opening.producer = "pytest";
	return EM_OK;
}

static enum em_rc
reportlog_step(struct em_reader *r)
{
	struct reportlog *p = r->state;
	const struct json *v;
	struct em_str line, type;
	enum em_rc rc;

	if (p->closing) {
		if (!suites_complete(r, &p->suites))
			return EM_OK;
		rd_emit(r, &p->complete);
		p->closing = false;
		return EM_OK;
	}
	rc = jline_next(r, &p->opening, &v, &line);
	if (rc != EM_OK || v == NULL)
		return rc;
	type = json_get_str(v, "$report_type");
	if (type.p == NULL)
		return opening_noise(r, &p->opening, line);
	return on_line(r, p, type, v);
}

static void
reportlog_close(struct em_reader *r)
{
	struct reportlog *p = r->state;

	while (p->open != NULL)
		reportlog_forget(p, p->open);
	table_free(&p->items);
	suites_free(&p->suites);
}

const struct em_format format_reportlog = {
	.info = {
		.name = "reportlog",
		.title = "pytest-reportlog",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct reportlog),
		.open = reportlog_open,
		.step = reportlog_step,
		.close = reportlog_close,
	},
};
