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
#include <string.h>

#include "dotnet.h"
#include "nunit.h"
#include "report.h"
#include "xmldoc.h"

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

/* How something went, as the attributes of its element say. */
struct result {
	struct em_str result, label, site, executed, success;
};

struct suite {
	struct suite *up, *spare;
	struct arena arena; /* what is of this suite, all below */
	struct em_event start; /* until it is sent */
	struct rep_case *details; /* its properties and categories */
	struct result result;
	struct em_str path, title, reason, output;
	struct em_message failure;
	int64_t duration_ns;
	bool method; /* stands for one method: path is that of the fixture */
	bool sent;
};

struct nunit {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct suite *suite, *spare; /* the innermost; those to use again */
	struct rep_case *c; /* the case that is open, or NULL */
	struct result result; /* of the case */
	struct em_str runstate;
	struct em_message failure, assertion;
	struct em_attachment attachment;
	size_t assertions;
	bool in_assertion;
	bool failed; /* there was a failure element */
	bool asserted; /* an assertion said the same as the failure */
	bool decided; /* listing or not */
	bool stated; /* the run states a result */
};

static const struct em_str none;

/* ---- values ---- */

static bool
eq_nocase(struct em_str s, const char *lower)
{
	size_t n = strlen(lower);

	for (size_t i = 0; i < s.n && i < n; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != lower[i])
			return false;
	}
	return s.n == n;
}

/* Seconds; older producers wrote the comma of their country for a point. */
static int64_t
seconds(struct em_str s)
{
	struct em_str rest = s, whole;
	int64_t w, f;

	if (str_find(s, ".") < 0 && str_cut(&rest, ',', &whole)) {
		char point[32];
		int n = snprintf(point, sizeof(point), ".%.*s",
		    (int)(rest.n < 20 ? rest.n : 20), rest.p);

		if (str_ns(whole, 9, &w) &&
		    str_ns((struct em_str){ point, (size_t)n }, 9, &f) &&
		    !__builtin_add_overflow(w, f, &w))
			return w;
		return EM_UNSET;
	}
	return str_ns(s, 9, &w) ? w : EM_UNSET;
}

static int64_t
duration_of(const struct xml_node *n)
{
	struct em_str s = xml_attr(n, "duration");

	return seconds(s.p != NULL ? s : xml_attr(n, "time"));
}

static int64_t
time_of(struct em_str s)
{
	int64_t ns;

	return str_time(s, &ns) ? ns : EM_UNSET;
}

static void
read_result(struct result *to, const struct xml_node *n, struct arena *a)
{
	to->result = arena_dup(a, xml_attr(n, "result"));
	to->label = arena_dup(a, xml_attr(n, "label"));
	to->site = arena_dup(a, xml_attr(n, "site"));
	to->executed = arena_dup(a, xml_attr(n, "executed"));
	to->success = arena_dup(a, xml_attr(n, "success"));
}

bool
nunit_is_status(struct em_str label)
{
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];

		if ((c < 'a' || c > 'z') &&
		    (i == 0 || ((c < '0' || c > '9') && c != '-' && c != '.')))
			return false;
	}
	return label.n > 0;
}

struct word {
	const char *word;
	enum em_outcome outcome;
	const char *status;
};

static const struct word results[] = {
	{ "Passed", EM_PASS, NULL },
	{ "Success", EM_PASS, NULL },
	{ "Warning", EM_PASS, NULL },
	{ "Failed", EM_FAIL, NULL },
	{ "Failure", EM_FAIL, NULL },
	{ "Error", EM_FAIL, "error" },
	{ "NotRunnable", EM_FAIL, "error" },
	{ "Cancelled", EM_FAIL, "abort" },
	{ "Skipped", EM_SKIP, NULL },
	{ "Ignored", EM_SKIP, "ignored" },
	{ "Inconclusive", EM_SKIP, "precondition" },
};

static const struct word labels[] = {
	{ "Error", EM_FAIL, "error" },
	{ "Invalid", EM_FAIL, "error" },
	{ "Cancelled", EM_FAIL, "abort" },
	{ "Ignored", EM_SKIP, "ignored" },
	{ "Explicit", EM_SKIP, "filtered" },
};

static enum em_outcome
old_outcome(const struct result *x)
{
	if (eq_nocase(x->executed, "false"))
		return EM_SKIP;
	if (eq_nocase(x->success, "true"))
		return EM_PASS;
	return EM_FAIL;
}

/* False when the result is none that is known: taken for an error. */
static bool
judge(const struct result *x, enum em_outcome *outcome, struct em_str *status)
{
	const struct word *w = NULL;

	*status = none;
	for (size_t i = 0; w == NULL && i < ARRAY_LEN(results); i++)
		if (str_eq(x->result, results[i].word))
			w = &results[i];
	if (w == NULL && x->result.p == NULL &&
	    (eq_nocase(x->executed, "false") || eq_nocase(x->success, "true") ||
		eq_nocase(x->success, "false"))) {
		*outcome = old_outcome(x);
		if (*outcome == EM_SKIP)
			*status = EM_STR("ignored");
		return true;
	}
	*outcome = w != NULL ? w->outcome : EM_FAIL;
	*status = em_str(w != NULL ? w->status : "error");
	for (size_t i = 0; w != NULL && i < ARRAY_LEN(labels); i++)
		if (labels[i].outcome == *outcome &&
		    str_eq(x->label, labels[i].word))
			*status = em_str(labels[i].status);
	if (w != NULL && nunit_is_status(x->label))
		*status = x->label;
	return w != NULL;
}

/* ---- suites ---- */

static struct suite *
push_suite(struct em_reader *r, struct nunit *s)
{
	struct suite *one = s->spare;

	if (one != NULL)
		s->spare = one->spare;
	else if ((one = calloc(1, sizeof(*one))) != NULL)
		arena_init(&one->arena, r->opts.limits.memory_max);
	if (one == NULL)
		return NULL;
	*one = (struct suite){ .up = s->suite, .arena = one->arena };
	s->suite = one;
	return one;
}

static void
pop_suite(struct em_reader *r, struct nunit *s)
{
	struct suite *one = s->suite;

	s->suite = one->up;
	if (one->arena.failed)
		r->keep.failed = true;
	arena_reset(&one->arena);
	one->spare = s->spare;
	s->spare = one;
}

/* Sends what has started around the place where we are, outermost first. */
static void
send_suites(struct nunit *s, struct suite *one)
{
	if (one == NULL || one->sent)
		return;
	send_suites(s, one->up);
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

static bool
ends_nocase(struct em_str s, const char *lower)
{
	size_t n = strlen(lower);

	return s.n >= n && eq_nocase(str_from(s, s.n - n), lower);
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
		(ends_nocase(name, ".dll") || ends_nocase(name, ".exe"))))
		return dotnet_assembly(name);
	return name;
}

/* The suite that one is in: the next one around it that is no method. */
static struct suite *
parent_of(struct suite *one)
{
	do
		one = one->up;
	while (one != NULL && one->method);
	return one;
}

static void
name_suite(struct suite *one, struct em_str name)
{
	struct arena *a = &one->arena;
	struct suite *up = parent_of(one);

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

static void
start_suite(struct em_reader *r, const struct xml_node *n)
{
	struct nunit *s = r->state;
	struct suite *one = push_suite(r, s);

	if (one == NULL) {
		r->keep.failed = true;
		return;
	}
	one->method = is_method(xml_attr(n, "type"));
	one->details = rep_case_in(&one->arena);
	one->duration_ns = duration_of(n);
	one->failure = rep_blank;
	read_result(&one->result, n, &one->arena);
	name_suite(one, suite_name(n));
	one->start.time_ns = time_of(xml_attr(n, "start-time"));
	one->start.line = xdoc_line(&s->doc, n);
}

/* Whether the suite failed by itself, not because of what is in it. */
static bool
failed_itself(const struct suite *one)
{
	enum em_outcome outcome;
	struct em_str status;

	if (one->failure.message.p == NULL ||
	    !judge(&one->result, &outcome, &status) || outcome != EM_FAIL)
		return false;
	if (str_eq(one->result.site, "Child") ||
	    str_eq(one->result.site, "Parent"))
		return false;
	return !str_starts(one->failure.message, "One or more child tests") &&
	    !str_starts(one->failure.message, "Child test failed");
}

static void
end_suite(struct em_reader *r)
{
	struct nunit *s = r->state;
	struct suite *one = s->suite;
	struct em_event ev;

	if (one == NULL)
		return;
	send_suites(s, one);
	rep_log(&s->report, one->path, none, none, one->output);
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = one->path;
	if (failed_itself(one)) {
		rep_log(&s->report, one->path, none, EM_STR("error"),
		    one->failure.message);
		rep_log(&s->report, one->path, none, EM_STR("error"),
		    one->failure.detail);
		judge(&one->result, &ev.outcome, &ev.status);
		if (ev.status.p == NULL)
			ev.status = EM_STR("error");
		ev.reason = one->failure.message;
	}
	if (!one->method)
		ev.duration_ns = one->duration_ns;
	if (!one->method || ev.outcome == EM_FAIL)
		rep_suite_end(&s->report, &ev);
	pop_suite(r, s);
}

/* ---- cases ---- */

/*
 * NUnit 2 states no class, but a case is called N.Class.Method there and the
 * fixture around it Class or N.Class: what both agree on is the class.
 */
static struct em_str
class_of(const struct suite *one, struct em_str name)
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
	read_result(&s->result, n, &p->arena);
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
	c->time_ns = time_of(xml_attr(n, "start-time"));
	c->duration_ns = duration_of(n);
	for (struct suite *one = s->suite; one != NULL; one = one->up)
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

	if (judge(&s->result, &c->outcome, &c->status))
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
	p->start.time_ns = time_of(time);
	if (!str_eq(xml_attr(n, "random-seed"), "0"))
		p->start.seed = rep_keep(p, xml_attr(n, "random-seed"));
	p->start.line = xdoc_line(&s->doc, n);
	p->version = rep_keep(p, xml_attr(n, "engine-version"));
	p->duration_ns = seconds(xml_attr(n, "duration"));
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
		start_suite(r, n);
		break;
	case CASE:
		decide(r, n);
		send_suites(s, s->suite);
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
	struct suite *one = s->suite;
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
		end_suite(r);
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

/* What was open is given as far as it was read. */
static void
cut(struct em_reader *r)
{
	struct nunit *s = r->state;

	rep_begin(&s->report);
	send_suites(s, s->suite);
	if (s->c != NULL) {
		add_failure(s);
		rep_send(&s->report, s->c);
	}
	s->c = NULL;
}

static bool
over(struct em_reader *r, bool complete)
{
	struct nunit *s = r->state;

	if (complete)
		return rep_end(&s->report);
	cut(r);
	return true;
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
		pop_suite(r, s);
	while (s->spare != NULL) {
		struct suite *one = s->spare;

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
			  "modes, exit codes, properties of runs, logs of runs",
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
