/* SPDX-License-Identifier: MIT */
/* The XML log of libcheck (CK_XML_LOG_FILE_NAME). */
#include <string.h>

#include "report.h"
#include "xmldoc.h"

enum is {
	SUITES = 1,
	DATE,
	DURATION,
	SUITE,
	TITLE,
	TEST,
	PATH,
	FN,
	ID,
	ITERATION,
	TEST_DURATION,
	DESCRIPTION,
	MESSAGE
};

static const struct xdoc_rule rules[] = {
	{ XDOC_TOP, SUITES, "testsuites" },
	{ SUITES, DATE, "datetime" },
	{ SUITES, DURATION, "duration" },
	{ SUITES, SUITE, "suite" },
	{ SUITE, TITLE, "title" },
	{ SUITE, TEST, "test" },
	{ TEST, PATH, "path" },
	{ TEST, FN, "fn" },
	{ TEST, ID, "id" },
	{ TEST, ITERATION, "iteration" },
	{ TEST, TEST_DURATION, "duration" },
	{ TEST, DESCRIPTION, "description" },
	{ TEST, MESSAGE, "message" },
	{ 0, 0, NULL },
};

struct check {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct rep_case *c; /* the test that is open, or NULL */
	struct em_str suite; /* in the memory of the reader */
	struct em_str result, path, message;
};

static const struct em_str none;

/* The number behind prefix, such as in "Received signal 11 (...)". */
static bool
number_after(struct em_str s, const char *prefix, int64_t *v)
{
	struct em_str word, rest;

	if (!str_starts(s, prefix))
		return false;
	rest = str_from(s, strlen(prefix));
	str_cut(&rest, ' ', &word);
	return str_i64(word, v);
}

static void
judge_error(struct check *s)
{
	struct rep_case *c = s->c;

	c->status = EM_STR("error");
	if (number_after(s->message, "Received signal ", &c->signal) &&
	    c->signal > 0)
		c->status = EM_STR("crash");
	else
		c->signal = EM_UNSET;
	if (!number_after(
		s->message, "Early exit with return value ", &c->exit_code) ||
	    c->exit_code < 0)
		c->exit_code = EM_UNSET;
	if (str_starts(s->message, "Test timeout expired"))
		c->status = EM_STR("timeout");
}

static void
end_test(struct em_reader *r)
{
	struct check *s = r->state;
	struct rep_case *c = s->c;
	struct em_message m = rep_blank;

	if (c == NULL)
		return;
	c->outcome = str_eq(s->result, "success") ? EM_PASS : EM_FAIL;
	if (str_eq(s->result, "error"))
		judge_error(s);
	if (c->location.file.p == NULL)
		c->location.line = EM_UNSET;
	m.kind = EM_STR("error");
	m.message = s->message;
	m.location = c->location;
	if (c->outcome == EM_FAIL && m.message.n > 0)
		rep_message(c, &m);
	rep_send(&s->report, c);
	rep_clear(&s->report);
	s->c = NULL;
}

static void
start_test(struct em_reader *r, const struct xml_node *n)
{
	struct check *s = r->state;

	s->c = rep_case(&s->report);
	s->c->suite = s->suite;
	s->c->name = EM_STR("");
	s->c->line = xdoc_line(&s->doc, n);
	s->result = rep_dup(&s->report, xml_attr(n, "result"));
	s->path = s->message = none;
}

/* "ck.c:12" in the directory that came before. */
static void
place(struct em_reader *r, struct em_str text)
{
	struct check *s = r->state;
	struct arena *a = s->c->arena;
	struct em_str file = text;
	int64_t line;

	while (file.n > 0 && file.p[file.n - 1] != ':')
		file.n--;
	if (file.n == 0 || !str_i64(str_from(text, file.n), &line) || line < 1)
		return;
	s->c->location.line = line;
	file = arena_dup(a, str_upto(file, file.n - 1));
	if (s->path.n > 0 && !str_eq(s->path, "."))
		file = arena_join(a, arena_join(a, s->path, EM_STR("/")), file);
	s->c->location.file = file;
}

static void
title(struct em_reader *r, struct em_str text)
{
	struct check *s = r->state;
	struct em_event ev;

	s->suite = rep_keep(&s->report, text);
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = s->suite;
	rep_suite(&s->report, &ev);
}

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct check *s = r->state;

	if (is == SUITES)
		s->report.start.line = xdoc_line(&s->doc, n);
	else if (is == SUITE)
		s->suite = none;
	else if (is == TEST)
		start_test(r, n);
}

static void
end_in_test(struct em_reader *r, enum is is, struct em_str text)
{
	struct check *s = r->state;
	struct report *p = &s->report;
	struct rep_case *c = s->c;

	switch (is) {
	case PATH:
		s->path = rep_dup(p, text);
		break;
	case FN:
		place(r, text);
		break;
	case ID:
		c->name = rep_dup(p, text);
		break;
	case ITERATION:
		if (str_i64(text, &c->iteration) && c->iteration > 0)
			c->iteration++; /* counted from 0 */
		else
			c->iteration = EM_UNSET;
		break;
	case TEST_DURATION:
		if (!str_ns(text, 9, &c->duration_ns))
			c->duration_ns = EM_UNSET; /* -1: not known */
		break;
	case DESCRIPTION:
		c->class_name = rep_dup(p, text);
		break;
	case MESSAGE:
		s->message = rep_dup(p, text);
		break;
	default:
		break;
	}
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct check *s = r->state;
	struct report *p = &s->report;

	switch ((enum is)is) {
	case DATE:
		if (!str_time(text, &p->start.time_ns))
			p->start.time_ns = EM_UNSET;
		break;
	case DURATION:
		if (!str_ns(text, 9, &p->duration_ns))
			p->duration_ns = EM_UNSET;
		break;
	case TITLE:
		title(r, text);
		break;
	case TEST:
		end_test(r);
		break;
	default:
		if (s->c != NULL)
			end_in_test(r, (enum is)is, text);
		break;
	}
}

/* ---- the format ---- */

static bool
over(struct em_reader *r, bool complete)
{
	struct check *s = r->state;

	if (!complete && s->c != NULL && s->c->name.n == 0)
		s->c = NULL;
	return rep_over(&s->report, complete, &s->c);
}

/* The root is that of JUnit; the namespace is what tells them apart. */
static int
probe(struct em_str head, bool eof)
{
	static const char *const roots[] = { "testsuites", NULL };
	char name[64];
	struct em_str tag;
	int rc = xdoc_probe(head, eof, roots);

	if (rc <= 0 || probe_xml(head, eof, name, &tag) != 1)
		return rc;
	return str_find(tag, "http://check.sourceforge.net/ns") >= 0 ? rc : 0;
}

static enum em_rc
check_open(struct em_reader *r)
{
	struct check *s = r->state;

	s->doc.rules = rules;
	s->doc.start = on_start;
	s->doc.end = on_end;
	s->doc.over = over;
	rep_open(&s->report, r, EM_STR("check"));
	return EM_OK;
}

static enum em_rc
check_step(struct em_reader *r)
{
	struct check *s = r->state;

	return xdoc_step(r, &s->doc);
}

static void
check_close(struct em_reader *r)
{
	struct check *s = r->state;

	xdoc_close(&s->doc);
	rep_close(&s->report);
}

const struct em_format format_checkxml = {
	.info = {
		.name = "check-xml",
		.title = "XML of libcheck",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct check),
		.open = check_open,
		.step = check_step,
		.close = check_close,
	},
};
