/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML in, every dialect of it: suites in suites are paths joined by
 * "/", a case that is told of twice is an iteration, what Surefire tells of
 * reruns are attempts.  The counts that a report states are not looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "junit.h"
#include "junit-reader.h"

static const struct em_str absent;

/* Elements: see struct xdoc_rule. */
enum {
	IN_ROOT = 1,
	IN_SUITE,
	IN_CASE,
	IN_PROPERTIES,
	IN_PROPERTY,
	IN_OUT,
	IN_ERR,
	IN_STACK,
	IN_FAILURE /* and so on, in the order of enum junit_tag */
};

#define RESULT(in, tag, name)                                                  \
	{                                                                      \
		in, IN_FAILURE + (tag), name                                   \
	}
#define RERUN(tag)                                                             \
	{ IN_FAILURE + (tag), IN_STACK, "stackTrace" },                        \
	    { IN_FAILURE + (tag), IN_OUT, "system-out" },                      \
	{                                                                      \
		IN_FAILURE + (tag), IN_ERR, "system-err"                       \
	}

/* The frequent ones come first. */
static const struct xdoc_rule rules[] = {
	{ IN_SUITE, IN_CASE, "testcase" },
	RESULT(IN_CASE, TAG_FAILURE, "failure"),
	{ IN_CASE, IN_OUT, "system-out" },
	RESULT(IN_CASE, TAG_SKIPPED, "skipped"),
	{ XDOC_TOP, IN_ROOT, "testsuites" },
	{ XDOC_TOP, IN_SUITE, "testsuite" },
	{ XDOC_TOP, IN_CASE, "testcase" },
	{ IN_ROOT, IN_SUITE, "testsuite" },
	{ IN_ROOT, IN_CASE, "testcase" },
	{ IN_ROOT, IN_ROOT, "testsuites" },
	{ IN_ROOT, IN_PROPERTIES, "properties" },
	{ IN_ROOT, IN_OUT, "system-out" },
	{ IN_ROOT, IN_ERR, "system-err" },
	{ IN_SUITE, IN_SUITE, "testsuite" },
	{ IN_SUITE, IN_PROPERTIES, "properties" },
	{ IN_SUITE, IN_OUT, "system-out" },
	{ IN_SUITE, IN_ERR, "system-err" },
	RESULT(IN_SUITE, TAG_ERROR, "error"),
	RESULT(IN_SUITE, TAG_FAILURE, "failure"),
	RESULT(IN_CASE, TAG_ERROR, "error"),
	{ IN_CASE, IN_OUT, "system.out" },
	{ IN_CASE, IN_ERR, "system-err" },
	{ IN_CASE, IN_ERR, "system.err" },
	{ IN_CASE, IN_PROPERTIES, "properties" },
	RESULT(IN_CASE, TAG_FLAKY_FAILURE, "flakyFailure"),
	RESULT(IN_CASE, TAG_FLAKY_ERROR, "flakyError"),
	RESULT(IN_CASE, TAG_RERUN_FAILURE, "rerunFailure"),
	RESULT(IN_CASE, TAG_RERUN_ERROR, "rerunError"),
	RESULT(IN_CASE, TAG_WARNING, "warning"),
	{ IN_CASE, IN_CASE, "testcase" },
	{ IN_CASE, IN_SUITE, "testsuite" },
	{ IN_PROPERTIES, IN_PROPERTY, "property" },
	RERUN(TAG_FLAKY_FAILURE),
	RERUN(TAG_FLAKY_ERROR),
	RERUN(TAG_RERUN_FAILURE),
	RERUN(TAG_RERUN_ERROR),
	{ 0, 0, NULL },
};

/* ---- cases ---- */

/* A class that is called as the suite or the case says nothing; but that of
 * pytest is the module, and test_api.py may well have a test_api. */
static struct em_str
class_of(struct junit *j, const struct junit_case *c, struct em_str name)
{
	struct junit_suite *s = junit_named(j->suite);
	bool module = s != NULL && str_eq(s->title, "pytest");

	if (name.n == 0 || (em_str_eq(name, c->name) && !module) ||
	    (s != NULL && em_str_eq(name, s->title)))
		return absent;
	return arena_dup(c->arena, name);
}

static void
case_attributes(struct junit *j, struct junit_case *c, const struct xml_node *n)
{
	struct em_str class_name = absent, name, value;

	for (size_t i = 0; i < n->attr_count; i++) {
		name = n->attrs[i].name;
		value = n->attrs[i].value;
		switch (junit_attribute(name)) {
		case ATTR_NAME:
			c->name = arena_dup(c->arena, value);
			break;
		case ATTR_CLASSNAME:
			class_name = value;
			break;
		case ATTR_CLASS:
			if (class_name.p == NULL)
				class_name = value;
			break;
		case ATTR_TIME:
			c->duration_ns = junit_seconds(value);
			break;
		case ATTR_TIMESTAMP:
			c->time_ns = junit_timestamp(value);
			break;
		case ATTR_FILE:
			if (value.n > 0)
				c->location.file = arena_dup(c->arena, value);
			break;
		case ATTR_LINE:
			c->location.line = junit_number(value);
			break;
		case ATTR_COLUMN:
			c->location.column = junit_number(value);
			break;
		case ATTR_COUNT:
			break;
		case ATTR_STATUS:
			if (junit_case_status(c, value))
				break;
			/* fall through */
		default:
			if (value.n > 0)
				junit_case_property(c,
				    arena_dup(c->arena, name),
				    arena_dup(c->arena, value));
			break;
		}
	}
	c->class_name = class_of(j, c, class_name);
	if (c->location.file.p == NULL)
		c->location = rep_blank.location;
}

static void
start_case(struct em_reader *r, const struct xml_node *n)
{
	struct junit *j = r->state;
	struct arena *mem = j->open != NULL ? j->open->arena : j->fill;
	struct junit_case *c = arena_alloc(mem, sizeof(*c));

	if (c == NULL)
		return;
	junit_begin_suite(r, j->suite);
	c->outer = j->open;
	c->arena = mem;
	c->suite = j->suite != NULL ? j->suite->path : absent;
	c->name = EM_STR("");
	c->location = rep_blank.location;
	c->iteration = c->time_ns = c->duration_ns = EM_UNSET;
	c->line = xdoc_line(&j->doc, n);
	c->result_tail = &c->results;
	c->text_tail = &c->texts;
	case_attributes(j, c, n);
	j->open = c;
}

static void
end_case(struct em_reader *r, bool complete)
{
	struct junit *j = r->state;
	struct junit_case *c = j->open;

	if (c == NULL)
		return;
	j->open = c->outer;
	junit_end_case(r, c, complete);
}

/* ---- results ---- */

/* Memory for what may stay open while events are handed out. */
static struct arena *
memory(struct junit *j)
{
	if (j->open != NULL)
		return j->open->arena;
	return j->suite != NULL ? &j->suite->arena : &j->run_arena;
}

static void
start_result(struct junit *j, enum junit_tag tag, const struct xml_node *n)
{
	struct arena *mem = memory(j);
	struct junit_result *x = arena_alloc(mem, sizeof(*x));

	if (x == NULL)
		return;
	x->tag = tag;
	x->location = rep_blank.location;
	x->type = arena_dup(mem, xml_attr(n, "type"));
	x->message = arena_dup(mem, xml_attr(n, "message"));
	x->location.file = arena_dup(mem, xml_attr(n, "file"));
	if (x->location.file.p != NULL)
		x->location.line = junit_number(xml_attr(n, "line"));
	x->time_ns = junit_timestamp(xml_attr(n, "timestamp"));
	x->duration_ns = junit_seconds(xml_attr(n, "time"));
	x->text_tail = &x->texts;
	j->result = x;
}

/* An error of a suite is its own, and of no case. */
static void
fail_suite(struct em_reader *r, const struct junit_result *x)
{
	struct junit *j = r->state;
	struct junit_suite *s = junit_named(j->suite);
	struct em_event ev;

	junit_begin_suite(r, j->suite);
	if (s == NULL)
		j->run.status = EM_STR("error");
	if (s != NULL && !s->failed) {
		s->failed = true;
		s->reason = arena_dup(
		    &s->arena, x->message.n > 0 ? x->message : x->type);
	}
	j->run_failed = true;
	em_event_init(&ev, EM_LOG);
	ev.suite = s != NULL ? s->path : absent;
	ev.level = EM_STR("error");
	ev.text = x->text.n > 0 ? x->text : x->message;
	if (ev.text.n > 0)
		junit_queue_event(r, &ev);
}

static void
end_result(struct em_reader *r, struct em_str text)
{
	struct junit *j = r->state;
	struct junit_result *x = j->result;

	j->result = NULL;
	if (x == NULL)
		return;
	/* A stack trace stands for the text around it. */
	if (x->text.p == NULL)
		x->text = arena_dup(memory(j), text);
	if (j->open == NULL) {
		fail_suite(r, x);
		return;
	}
	*j->open->result_tail = x;
	j->open->result_tail = &x->next;
}

/* ---- text ---- */

static void
end_output(struct em_reader *r, bool err, struct em_str text)
{
	struct junit *j = r->state;
	struct junit_case *c = j->open;
	struct junit_text *t;
	struct em_event ev;

	if (text.n == 0)
		return;
	if (c == NULL) {
		struct junit_suite *s = junit_named(j->suite);

		junit_begin_suite(r, j->suite);
		em_event_init(&ev, EM_LOG);
		ev.suite = s != NULL ? s->path : absent;
		ev.stream = err ? EM_STR("stderr") : EM_STR("stdout");
		ev.text = junit_keep(j, text);
		junit_queue_event(r, &ev);
		return;
	}
	t = arena_alloc(c->arena, sizeof(*t));
	if (t == NULL)
		return;
	t->err = err;
	t->text = arena_dup(c->arena, text);
	if (!err && j->result == NULL && str_find(text, "[[") >= 0) {
		t->text = junit_take_lines(c, t->text);
		if (str_trim(t->text).n == 0)
			return;
	}
	if (j->result != NULL) {
		*j->result->text_tail = t;
		j->result->text_tail = &t->next;
	} else {
		*c->text_tail = t;
		c->text_tail = &t->next;
	}
}

static void
end_property(struct em_reader *r, struct em_str text)
{
	struct junit *j = r->state;
	struct em_str name = j->property, value = j->property_value;
	struct junit_suite *s = junit_named(j->suite);

	/* A value of several lines is the text of the element. */
	if (value.p == NULL)
		value = text;
	if (name.n == 0)
		return;
	if (j->open != NULL)
		junit_case_property(
		    j->open, name, arena_dup(j->open->arena, value));
	else if (s != NULL && !s->started)
		junit_suite_property(s, name, value);
	else if (s == NULL && !j->begun)
		junit_run_property(j, name, value);
	else
		rd_warn(r, "properties behind the cases are left out");
}

static void
start_property(struct junit *j, const struct xml_node *n)
{
	struct arena *mem = memory(j);

	j->property = arena_dup(mem, xml_attr(n, "name"));
	j->property_value = arena_dup(mem, xml_attr(n, "value"));
}

/* ---- what the parser says ---- */

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct junit *j = r->state;

	if (!j->open_document)
		junit_new_run(j);
	switch (is) {
	case IN_ROOT:
		junit_run_attributes(j, n);
		break;
	case IN_SUITE:
		junit_start_suite(r, n);
		break;
	case IN_CASE:
		start_case(r, n);
		break;
	case IN_PROPERTY:
		buf_reset(&j->text);
		start_property(j, n);
		break;
	default:
		if (is < IN_FAILURE)
			break;
		buf_reset(&j->text);
		start_result(j, (enum junit_tag)(is - IN_FAILURE), n);
		break;
	}
}

/* Text before a child. */
static void
on_text(struct em_reader *r, unsigned is, struct em_str text)
{
	struct junit *j = r->state;

	if (is == IN_OUT || is == IN_ERR)
		end_output(r, is == IN_ERR, text);
	else if (is == IN_PROPERTY || is >= IN_STACK)
		buf_add(&j->text, text);
}

/* All of the text of the element that ends.  Around children it has layout,
 * too. */
static struct em_str
whole_text(struct junit *j, struct em_str last)
{
	if (j->text.n == 0)
		return last;
	buf_add(&j->text, last);
	return str_trim(buf_str(&j->text));
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct junit *j = r->state;

	switch (is) {
	case IN_SUITE:
		junit_end_suite(r);
		break;
	case IN_CASE:
		end_case(r, true);
		break;
	case IN_PROPERTY:
		end_property(r, whole_text(j, text));
		break;
	case IN_OUT:
	case IN_ERR:
		end_output(r, is == IN_ERR, text);
		break;
	case IN_STACK:
		if (j->result != NULL)
			j->result->text = arena_dup(memory(j), text);
		break;
	default:
		if (is >= IN_FAILURE)
			end_result(r, whole_text(j, text));
		break;
	}
}

static void
complete(struct em_reader *r)
{
	struct junit *j = r->state;
	struct em_event ev;
	bool failed;

	junit_begin(r);
	failed = j->run_failed || failing_any(&j->failing);
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = failed ? EM_FAIL : EM_PASS;
	ev.status = j->run.status;
	ev.duration_ns = j->run_duration;
	junit_queue_event(r, &ev);
}

/* What was open stays without its end. */
static void
cut(struct em_reader *r)
{
	struct junit *j = r->state;
	struct junit_suite *s;

	if (j->result != NULL)
		end_result(r, whole_text(j, EM_STR("")));
	while (j->open != NULL)
		end_case(r, false);
	junit_begin_suite(r, j->suite);
	while ((s = j->suite) != NULL) {
		j->suite = s->outer;
		s->outer = j->ended;
		j->ended = s;
	}
}

static bool
over(struct em_reader *r, bool whole)
{
	struct junit *j = r->state;

	if (!j->open_document)
		junit_new_run(j);
	if (whole)
		complete(r);
	else
		cut(r);
	j->open_document = false;
	return true;
}

/* ---- the reader ---- */

int
junit_probe(struct em_str head, bool eof)
{
	static const char *const roots[] = { "testsuites", "testsuite",
		"testcase" };
	char name[64];
	struct em_str tag;
	int rc = probe_xml(head, eof, name, &tag);

	if (rc != 1)
		return rc;
	/* libcheck has its own namespace and elements. */
	if (str_find(tag, "http://check.sourceforge.net/ns") >= 0)
		return 0;
	/* Behind other lines it may be something that those lines print. */
	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_from(head, 3);
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (strcmp(name, roots[i]) == 0)
			return str_starts(str_trim(head), "<")
			    ? PROBE_SETTLED
			    : 8 * (int)strlen(name);
	return 0;
}

enum em_rc
junit_open(struct em_reader *r)
{
	struct junit *j = r->state;

	j->doc.rules = rules;
	j->doc.start = on_start;
	j->doc.end = on_end;
	j->doc.text = on_text;
	j->doc.over = over;
	buf_init(&j->text, r->opts.limits.memory_max);
	arena_init(&j->run_arena, r->opts.limits.memory_max);
	junit_queue_open(r);
	return EM_OK;
}

static bool
out_of_room(const struct junit *j)
{
	return j->no_memory || j->arena[0].failed || j->arena[1].failed ||
	    j->run_arena.failed || j->text.failed;
}

enum em_rc
junit_next(struct em_reader *r, const struct em_event **ev)
{
	struct junit *j = r->state;

	*ev = junit_dequeue(r);
	if (*ev != NULL || j->rc != EM_OK)
		return *ev != NULL ? EM_OK : j->rc;
	junit_queue_clean(j);
	j->rc = xdoc_step(r, &j->doc);
	if (j->rc != EM_ERR && out_of_room(j))
		j->rc = err_set(&r->err, EM_E_LIMIT, in_lines(r->in),
		    "a case needs more than the limit of %zu bytes",
		    r->opts.limits.memory_max);
	/* What was queued is handed out first. */
	return j->head != NULL ? EM_OK : j->rc;
}

void
junit_close(struct em_reader *r)
{
	struct junit *j = r->state;
	struct junit_suite *lists[] = { j->suite, j->ended, j->spare };

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (struct junit_suite *s = lists[i], *next; s != NULL;
		     s = next) {
			next = s->outer;
			arena_free(&s->arena);
			free(s);
		}
	xdoc_close(&j->doc);
	failing_free(&j->failing);
	table_free(&j->suites);
	buf_free(&j->text);
	arena_free(&j->run_arena);
	arena_free(&j->arena[0]);
	arena_free(&j->arena[1]);
}
