/* SPDX-License-Identifier: MIT */
/*
 * NUnit's results: version 3 (test-run) and 2 (test-results), and those who
 * write like them.
 *
 * A suite is the path of the names of the test-suite elements around a case,
 * joined by "/".  Elements that stand for one method are not suites: their
 * cases belong to the fixture.  Categories of a suite are those of its cases.
 */
#include <stdlib.h>

#include "dotnet.h"
#include "nunit-read.h"

enum is {
	RUN = 1,
	OLD_RUN,
	COMMAND,
	SUITE,
	RESULTS,
	CASE,
	ENVIRONMENT,
	PROPERTIES,
	PROPERTY,
	CATEGORIES,
	CATEGORY,
	FAILURE,
	MESSAGE,
	STACK,
	REASON,
	WHY,
	OUTPUT,
	ASSERTIONS,
	ASSERTION,
	ATTACHMENTS,
	ATTACHMENT,
	FILE_PATH,
	DESCRIPTION
};

static const struct xdoc_rule rules[] = {
	{ XDOC_TOP, RUN, "test-run" },
	{ RUN, COMMAND, "command-line" },
	{ RUN, ENVIRONMENT, "environment" },
	{ RUN, SUITE, "test-suite" },
	{ RUN, CASE, "test-case" },
	{ XDOC_TOP, OLD_RUN, "test-results" },
	{ OLD_RUN, ENVIRONMENT, "environment" },
	{ OLD_RUN, SUITE, "test-suite" },
	{ OLD_RUN, CASE, "test-case" },
	{ SUITE, ENVIRONMENT, "environment" },
	{ SUITE, PROPERTIES, "properties" },
	{ SUITE, CATEGORIES, "categories" },
	{ SUITE, FAILURE, "failure" },
	{ SUITE, REASON, "reason" },
	{ SUITE, OUTPUT, "output" },
	{ SUITE, RESULTS, "results" },
	{ SUITE, SUITE, "test-suite" },
	{ SUITE, CASE, "test-case" },
	{ RESULTS, SUITE, "test-suite" },
	{ RESULTS, CASE, "test-case" },
	{ CASE, PROPERTIES, "properties" },
	{ CASE, CATEGORIES, "categories" },
	{ CASE, FAILURE, "failure" },
	{ CASE, REASON, "reason" },
	{ CASE, OUTPUT, "output" },
	{ CASE, ASSERTIONS, "assertions" },
	{ CASE, ATTACHMENTS, "attachments" },
	{ PROPERTIES, PROPERTY, "property" },
	{ CATEGORIES, CATEGORY, "category" },
	{ FAILURE, MESSAGE, "message" },
	{ FAILURE, STACK, "stack-trace" },
	{ REASON, WHY, "message" },
	{ ASSERTIONS, ASSERTION, "assertion" },
	{ ASSERTIONS, ATTACHMENTS, "attachments" },
	{ ASSERTION, MESSAGE, "message" },
	{ ASSERTION, STACK, "stack-trace" },
	{ ATTACHMENTS, ATTACHMENT, "attachment" },
	{ ATTACHMENT, FILE_PATH, "filePath" },
	{ ATTACHMENT, DESCRIPTION, "description" },
	{ 0, 0, NULL },
};

static const struct em_str none;

/* ---- cases ---- */

/*
 * NUnit 2 states no class, but a case is called N.Class.Method there and the
 * fixture around it Class or N.Class: what both agree on is the class.
 */
static struct em_str
class_of(const struct nunit_suite *one, struct em_str name)
{
	for (; one != NULL; one = one->up) {
		struct em_str rest = name, t = one->title;
		ptrdiff_t at;
		size_t end = 0;

		while (t.n > 0 && (at = str_find_str(rest, t)) >= 0) {
			size_t from = end + (size_t)at;

			end = from + t.n;
			if ((from == 0 || name.p[from - 1] == '.') &&
			    end < name.n && name.p[end] == '.')
				return str_upto(name, end);
			rest = str_from(name, end);
		}
	}
	return none;
}

static void
start_case(struct em_reader *r, const struct xml_node *n)
{
	struct nunit *s = r->state;
	struct report *p = &s->report;
	struct em_str seed = xml_attr(n, "seed"), description;
	struct rep_case *c = rep_case(p);

	s->c = c;
	s->failure = s->assertion = rep_blank;
	s->assertions = 0;
	s->failed = s->asserted = false;
	nunit_read_result(&s->result, n, &p->arena);
	s->runstate = rep_dup(p, xml_attr(n, "runstate"));
	c->line = xdoc_line(&s->doc, n);
	c->name = rep_dup(p, xml_attr(n, "name"));
	if (c->name.p == NULL)
		c->name = rep_dup(p, xml_attr(n, "fullname"));
	if (c->name.p == NULL)
		c->name = EM_STR("");
	c->class_name = rep_dup(p, xml_attr(n, "classname"));
	if (c->class_name.p == NULL && xml_attr(n, "fullname").p == NULL) {
		c->class_name = class_of(s->suite, c->name);
		c->name = dotnet_method(c->name, c->class_name);
	}
	if (s->suite != NULL)
		c->suite = s->suite->path;
	c->time_ns = nunit_time(xml_attr(n, "start-time"));
	c->duration_ns = nunit_duration(n);
	for (struct nunit_suite *one = s->suite; one != NULL; one = one->up)
		rep_inherit_tags(c, one->details);
	if (seed.n > 0 && !str_eq(seed, "0"))
		rep_property(c, EM_STR("seed"), rep_dup(p, seed));
	if (s->result.site.n > 0)
		rep_property(c, EM_STR("site"), s->result.site);
	description = xml_attr(n, "description");
	if (description.n > 0)
		rep_property(c, EM_STR("Description"), rep_dup(p, description));
}

/* Sends the failure element, unless it sums the assertions up. */
static void
add_failure(struct nunit *s)
{
	if (!s->failed || s->asserted ||
	    (s->assertions > 0 &&
		str_starts(s->failure.message, "Multiple failures or")))
		return;
	s->failure.kind = EM_STR("error");
	dotnet_location(s->failure.detail, &s->failure.location);
	rep_message(s->c, &s->failure);
}

/* What is listed may be marked as not to run. */
static void
judge_listed(struct nunit *s)
{
	struct rep_case *c = s->c;

	c->unselected = str_eq(s->runstate, "Explicit");
	if (c->unselected)
		c->status = EM_STR("filtered");
	else if (str_eq(s->runstate, "Ignored"))
		c->status = EM_STR("ignored");
}

static void
judge_case(struct em_reader *r, struct nunit *s)
{
	struct rep_case *c = s->c;
	char quoted[80];

	if (nunit_judge(&s->result, &c->outcome, &c->status))
		return;
	rd_warn(r, "result \"%s\" is unknown, taken for an error",
	    err_quote(quoted,
		s->result.result.p != NULL ? s->result.result
					   : s->result.success));
	if (c->reason.p == NULL)
		c->reason = EM_STR("unknown result");
}

static void
end_case(struct em_reader *r)
{
	struct nunit *s = r->state;

	if (s->c == NULL)
		return;
	if (s->report.listing)
		judge_listed(s);
	else
		judge_case(r, s);
	add_failure(s);
	rep_send(&s->report, s->c);
	rep_clear(&s->report);
	s->c = NULL;
}

static struct em_str
kind_of(struct em_str result)
{
	if (str_eq(result, "Warning"))
		return EM_STR("warning");
	if (str_eq(result, "Inconclusive"))
		return EM_STR("ignored");
	return str_eq(result, "Passed") ? EM_STR("note") : EM_STR("error");
}

static void
end_assertion(struct nunit *s)
{
	struct em_message *m = &s->assertion;

	s->in_assertion = false;
	if (m->message.p == NULL && m->detail.p == NULL)
		return;
	if (em_str_eq(m->message, s->failure.message))
		s->asserted = true;
	dotnet_location(m->detail, &m->location);
	rep_message(s->c, m);
	s->assertions++;
}

static void
property(struct em_reader *r, const struct xml_node *n)
{
	struct nunit *s = r->state;
	struct rep_case *c = s->c;
	struct em_str key = xml_attr(n, "name"), value = xml_attr(n, "value");

	if (c == NULL && s->suite != NULL)
		c = s->suite->details;
	if (c == NULL || key.p == NULL)
		return;
	if (value.p == NULL)
		value = EM_STR("");
	key = arena_dup(c->arena, key);
	value = arena_dup(c->arena, value);
	if (str_eq(key, "Category"))
		rep_tag(c, value);
	else if (str_eq(key, NUNIT_VARIANT))
		c->variant = value;
	else if (str_eq(key, NUNIT_ITERATION))
		str_i64(value, &c->iteration);
	else
		rep_property(c, key, value);
}

static void
category(struct em_reader *r, const struct xml_node *n)
{
	struct nunit *s = r->state;
	struct rep_case *c = s->c;

	if (c == NULL && s->suite != NULL)
		c = s->suite->details;
	if (c != NULL && xml_attr(n, "name").p != NULL)
		rep_tag(c, arena_dup(c->arena, xml_attr(n, "name")));
}

/* ---- the run ---- */

static void
start_run(struct em_reader *r, const struct xml_node *n)
{
	struct nunit *s = r->state;
	struct report *p = &s->report;
	struct em_str time = xml_attr(n, "start-time");
	struct em_str date = xml_attr(n, "date");

	if (time.p == NULL && date.p != NULL)
		time = arena_printf(&r->arena, "%.*s %.*s", (int)date.n, date.p,
		    (int)xml_attr(n, "time").n, xml_attr(n, "time").p);
	p->start.time_ns = nunit_time(time);
	if (!str_eq(xml_attr(n, "random-seed"), "0"))
		p->start.seed = rep_keep(p, xml_attr(n, "random-seed"));
	p->start.line = xdoc_line(&s->doc, n);
	p->version = rep_keep(p, xml_attr(n, "engine-version"));
	p->duration_ns = nunit_seconds(xml_attr(n, "duration"));
	s->stated = xml_attr(n, "result").p != NULL;
	p->failed_itself = str_starts(xml_attr(n, "result"), "Failed");
	s->decided = false;
}

static void
environment(struct em_reader *r, const struct xml_node *n)
{
	struct nunit *s = r->state;
	struct report *p = &s->report;
	struct em_str version = xml_attr(n, "nunit-version");

	if (p->begun)
		return;
	if (p->version.p == NULL && version.n > 0)
		p->version = rep_keep(p, version);
	if (p->start.host.p == NULL && xml_attr(n, "machine-name").n > 0)
		p->start.host = rep_keep(p, xml_attr(n, "machine-name"));
	if (p->start.cwd.p == NULL && xml_attr(n, "cwd").n > 0)
		p->start.cwd = rep_keep(p, xml_attr(n, "cwd"));
}

/* `nunit3-console --explore` writes the same elements without results. */
static void
decide(struct em_reader *r, const struct xml_node *n)
{
	struct nunit *s = r->state;

	if (!s->decided)
		s->report.listing = !s->stated &&
		    xml_attr(n, "result").p == NULL &&
		    xml_attr(n, "success").p == NULL &&
		    xml_attr(n, "executed").p == NULL;
	s->decided = true;
}

/* ---- elements ---- */

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct nunit *s = r->state;

	switch ((enum is)is) {
	case RUN:
	case OLD_RUN:
		start_run(r, n);
		break;
	case ENVIRONMENT:
		environment(r, n);
		break;
	case SUITE:
		decide(r, n);
		nunit_start_suite(r, n);
		break;
	case CASE:
		decide(r, n);
		nunit_send_suites(s, s->suite);
		start_case(r, n);
		break;
	case PROPERTY:
		property(r, n);
		break;
	case CATEGORY:
		category(r, n);
		break;
	case FAILURE:
		/* some producers write one for each assertion */
		if (s->c != NULL)
			add_failure(s);
		s->failure = rep_blank;
		s->failed = true;
		break;
	case ASSERTION:
		s->assertion = rep_blank;
		s->assertion.kind = kind_of(xml_attr(n, "result"));
		s->in_assertion = true;
		break;
	case ATTACHMENT:
		s->attachment = (struct em_attachment){ .path = none };
		break;
	default:
		break;
	}
}

/* Text that belongs to the case, or to the suite when none is open. */
static void
text_of(struct nunit *s, unsigned is, struct em_str text)
{
	struct nunit_suite *one = s->suite;
	struct em_message *m = &s->failure;
	struct em_str *to;

	if (s->c == NULL && one == NULL)
		return;
	if (s->c == NULL)
		m = &one->failure;
	else if (s->in_assertion)
		m = &s->assertion;
	if (is == WHY)
		to = s->c != NULL ? &s->c->reason : &one->reason;
	else
		to = is == MESSAGE ? &m->message : &m->detail;
	if (text.n > 0)
		*to = arena_dup(
		    s->c != NULL ? &s->report.arena : &one->arena, text);
}

static void
output(struct nunit *s, struct em_str text)
{
	if (s->c != NULL)
		rep_output(s->c, EM_STR("stdout"), rep_dup(&s->report, text));
	else if (s->suite != NULL)
		s->suite->output = arena_dup(&s->suite->arena, text);
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct nunit *s = r->state;
	struct report *p = &s->report;

	switch ((enum is)is) {
	case COMMAND:
		rep_run_property(p, EM_STR("command-line"), str_trim(text));
		break;
	case SUITE:
		nunit_end_suite(r);
		break;
	case CASE:
		end_case(r);
		break;
	case MESSAGE:
	case STACK:
	case WHY:
		text_of(s, is, text);
		break;
	case OUTPUT:
		output(s, text);
		break;
	case ASSERTION:
		if (s->c != NULL)
			end_assertion(s);
		break;
	case FILE_PATH:
		s->attachment.path = rep_dup(p, text);
		break;
	case DESCRIPTION:
		s->attachment.title = rep_dup(p, text);
		break;
	case ATTACHMENT:
		if (s->c != NULL && s->attachment.path.p != NULL)
			rep_attachment(s->c, &s->attachment);
		break;
	default:
		break;
	}
}

/* ---- the format ---- */

static bool
over(struct em_reader *r, bool complete)
{
	struct nunit *s = r->state;

	if (!complete) {
		rep_begin(&s->report);
		nunit_send_suites(s, s->suite);
		if (s->c != NULL)
			add_failure(s);
	}
	return rep_over(&s->report, complete, &s->c);
}

static int
probe(struct em_str head, bool eof)
{
	static const char *const roots[] = { "test-run", "test-results", NULL };

	return xdoc_probe(head, eof, roots);
}

static enum em_rc
nunit_open(struct em_reader *r)
{
	struct nunit *s = r->state;

	s->doc.rules = rules;
	s->doc.start = on_start;
	s->doc.end = on_end;
	s->doc.over = over;
	rep_open(&s->report, r, EM_STR("NUnit"));
	return EM_OK;
}

static enum em_rc
nunit_step(struct em_reader *r)
{
	struct nunit *s = r->state;

	return xdoc_step(r, &s->doc);
}

static void
nunit_close(struct em_reader *r)
{
	struct nunit *s = r->state;

	xdoc_close(&s->doc);
	rep_close(&s->report);
	while (s->suite != NULL)
		nunit_pop_suite(r, s);
	while (s->spare != NULL) {
		struct nunit_suite *one = s->spare;

		s->spare = one->spare;
		arena_free(&one->arena);
		free(one);
	}
}

const struct em_format format_nunit = {
	.info = {
		.name = "nunit",
		.title = "NUnit XML, versions 2 and 3; written as 3",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ,
		.losses = "attempts but the last, streams of output, metrics, "
			  "attachments that are no files, locations, members "
			  "of messages besides message and detail, workers, "
			  "modes, exit codes, properties and logs of runs",
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct nunit),
		.open = nunit_open,
		.step = nunit_step,
		.close = nunit_close,
	},
	.write = {
		.state_size = sizeof(struct nunit_writer),
		.open = nunit_write_open,
		.event = nunit_write_event,
		.finish = nunit_write_finish,
		.close = nunit_write_close,
	},
};
