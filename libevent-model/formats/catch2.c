/* SPDX-License-Identifier: MIT */
/*
 * Catch2's XML reporter, versions 2 and 3.  Sections are not cases: which one
 * a message comes from is in its detail.
 */
#include "report.h"
#include "xmldoc.h"

enum is {
	RUN = 1,
	GROUP,
	SEED,
	CASE,
	SECTION,
	INFO,
	WARNING,
	FAILURE,
	SKIPPED,
	EXPRESSION,
	ORIGINAL,
	EXPANDED,
	THROWN, /* by the expression */
	CRASHED, /* in it */
	EXCEPTION,
	FATAL,
	BENCH,
	MEAN,
	DEVIATION,
	RESULT,
	OUT,
	ERR
};

#define IN_CASE(in)                                                            \
	{ in, SECTION, "Section" }, { in, INFO, "Info" },                      \
	    { in, WARNING, "Warning" }, { in, FAILURE, "Failure" },            \
	    { in, SKIPPED, "Skip" }, { in, EXPRESSION, "Expression" },         \
	    { in, EXCEPTION, "Exception" },                                    \
	    { in, FATAL, "FatalErrorCondition" },                              \
	{                                                                      \
		in, BENCH, "BenchmarkResults"                                  \
	}

static const struct xdoc_rule rules[] = {
	{ XDOC_TOP, RUN, "Catch" },
	{ XDOC_TOP, RUN, "Catch2TestRun" },
	{ RUN, GROUP, "Group" },
	{ RUN, SEED, "Randomness" },
	{ RUN, CASE, "TestCase" },
	{ GROUP, CASE, "TestCase" },
	IN_CASE(CASE),
	IN_CASE(SECTION),
	{ EXPRESSION, ORIGINAL, "Original" },
	{ EXPRESSION, EXPANDED, "Expanded" },
	{ EXPRESSION, THROWN, "Exception" },
	{ EXPRESSION, CRASHED, "FatalErrorCondition" },
	{ BENCH, MEAN, "mean" },
	{ BENCH, DEVIATION, "standardDeviation" },
	{ CASE, RESULT, "OverallResult" },
	{ RESULT, OUT, "StdOut" },
	{ RESULT, ERR, "StdErr" },
	{ 0, 0, NULL },
};

struct section {
	struct section *up;
	struct em_str name;
};

struct catch2 {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct rep_case *c; /* the test that is open, or NULL */
	struct section *section; /* the innermost */
	struct em_str suite; /* the name of the program */
	struct em_message m; /* of the element that is open */
	struct em_metric metric;
	struct em_str trouble; /* the status of the test, should it fail */
	struct em_str skipped; /* why it was */
	bool passed; /* the expression that is open did */
};

static const struct em_str none;

/* ---- values ---- */

static void
place(struct report *p, const struct xml_node *n, struct em_location *where)
{
	struct em_str file = xml_attr(n, "filename");

	if (file.n == 0)
		return;
	where->file = rep_dup(p, file);
	if (!str_i64(xml_attr(n, "line"), &where->line) || where->line < 1)
		where->line = EM_UNSET;
}

/* "[fast][db]" */
static void
add_tags(struct report *p, struct rep_case *c, struct em_str s)
{
	struct em_str tag;

	while (str_cut(&s, '[', &tag) && str_cut(&s, ']', &tag))
		rep_tag(c, rep_dup(p, tag));
}

/* "section: outer / inner" */
static struct em_str
section_path(struct arena *a, const struct section *s)
{
	struct em_str path;

	if (s == NULL)
		return none;
	path = section_path(a, s->up);
	if (path.p == NULL)
		return arena_join(a, EM_STR("section: "), s->name);
	return arena_join(a, arena_join(a, path, EM_STR(" / ")), s->name);
}

/* ---- cases ---- */

static void
start_case(struct em_reader *r, const struct xml_node *n)
{
	struct catch2 *s = r->state;
	struct report *p = &s->report;
	struct rep_case *c = rep_case(p);
	struct em_str description = xml_attr(n, "description");

	s->c = c;
	s->section = NULL;
	c->suite = s->suite;
	c->line = xdoc_line(&s->doc, n);
	c->name = rep_dup(p, xml_attr(n, "name"));
	if (c->name.p == NULL)
		c->name = EM_STR("");
	s->trouble = s->skipped = none;
	/* until its result is read */
	c->outcome = EM_FAIL;
	c->status = EM_STR("error");
	c->reason = EM_STR("the test has no result");
	place(p, n, &c->location);
	add_tags(p, c, xml_attr(n, "tags"));
	if (description.n > 0)
		rep_property(c, EM_STR("description"), rep_dup(p, description));
}

static void
end_case(struct em_reader *r)
{
	struct catch2 *s = r->state;

	if (s->c == NULL)
		return;
	rep_send(&s->report, s->c);
	rep_clear(&s->report);
	s->c = NULL;
	s->section = NULL;
}

static void
result(struct em_reader *r, const struct xml_node *n)
{
	struct catch2 *s = r->state;
	struct rep_case *c = s->c;
	int64_t skips;

	c->status = c->reason = none;
	if (!str_eq(xml_attr(n, "success"), "true")) {
		c->outcome = EM_FAIL;
		c->status = s->trouble;
	} else if (str_i64(xml_attr(n, "skips"), &skips) && skips > 0) {
		c->outcome = EM_SKIP;
		c->status = EM_STR("precondition");
		c->reason = s->skipped;
	} else {
		c->outcome = EM_PASS;
	}
	if (!str_ns(xml_attr(n, "durationInSeconds"), 9, &c->duration_ns))
		c->duration_ns = EM_UNSET;
}

static void
push_section(struct em_reader *r, const struct xml_node *n)
{
	struct catch2 *s = r->state;
	struct section *one = arena_alloc(&s->report.arena, sizeof(*one));

	if (one == NULL)
		return;
	one->up = s->section;
	one->name = rep_dup(&s->report, xml_attr(n, "name"));
	s->section = one;
}

/* ---- messages ---- */

static void
start_message(struct em_reader *r, const struct xml_node *n, const char *kind)
{
	struct catch2 *s = r->state;
	struct report *p = &s->report;
	struct em_str type = xml_attr(n, "type");

	s->m = rep_blank;
	s->m.kind = em_str(kind);
	if (type.n > 0)
		s->m.type = rep_dup(p, type);
	place(p, n, &s->m.location);
}

static void
send_message(struct em_reader *r)
{
	struct catch2 *s = r->state;
	struct arena *a = &s->report.arena;
	struct em_str path = section_path(a, s->section);

	if (path.p != NULL && s->m.detail.p != NULL)
		s->m.detail = arena_join(
		    a, arena_join(a, s->m.detail, EM_STR("\n")), path);
	else if (path.p != NULL)
		s->m.detail = path;
	rep_message(s->c, &s->m);
}

static void
end_message(struct em_reader *r, struct em_str text)
{
	struct catch2 *s = r->state;

	text = str_trim(text);
	if (text.n > 0)
		s->m.message = rep_dup(&s->report, text);
	send_message(r);
}

static void
end_expression(struct em_reader *r)
{
	struct catch2 *s = r->state;

	if (!s->passed)
		send_message(r);
	s->m = rep_blank;
}

/* ---- elements ---- */

static void
start_run(struct em_reader *r, const struct xml_node *n)
{
	struct catch2 *s = r->state;
	struct report *p = &s->report;

	s->suite = rep_keep(p, xml_attr(n, "name"));
	p->start.line = xdoc_line(&s->doc, n);
	p->start.seed = rep_keep(p, xml_attr(n, "rng-seed"));
	p->version = rep_keep(p, xml_attr(n, "catch2-version"));
	rep_run_property(p, EM_STR("filters"), xml_attr(n, "filters"));
}

static void
start_in_case(struct em_reader *r, enum is is, const struct xml_node *n)
{
	struct catch2 *s = r->state;
	struct report *p = &s->report;

	switch (is) {
	case SECTION:
		push_section(r, n);
		break;
	case INFO:
		start_message(r, n, "note");
		break;
	case WARNING:
		start_message(r, n, "warning");
		break;
	case SKIPPED:
		start_message(r, n, "ignored");
		break;
	case EXPRESSION:
		s->passed = str_eq(xml_attr(n, "success"), "true");
		start_message(r, n, "error");
		break;
	case FAILURE:
		start_message(r, n, "error");
		break;
	case EXCEPTION:
		start_message(r, n, "error");
		s->trouble = EM_STR("error");
		break;
	case FATAL:
		start_message(r, n, "error");
		s->trouble = EM_STR("crash");
		break;
	case CRASHED:
		s->trouble = EM_STR("crash");
		break;
	case BENCH:
		s->metric = (struct em_metric){ .metric = rep_dup(
						    p, xml_attr(n, "name")),
			.unit = EM_STR("ns") };
		break;
	case MEAN:
		s->metric.value = rep_dup(p, xml_attr(n, "value"));
		s->metric.min = rep_dup(p, xml_attr(n, "lowerBound"));
		s->metric.max = rep_dup(p, xml_attr(n, "upperBound"));
		break;
	case DEVIATION:
		s->metric.deviation = rep_dup(p, xml_attr(n, "value"));
		break;
	case RESULT:
		result(r, n);
		break;
	default:
		break;
	}
}

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct catch2 *s = r->state;

	if (is == RUN)
		start_run(r, n);
	else if (is == SEED)
		s->report.start.seed =
		    rep_keep(&s->report, xml_attr(n, "seed"));
	else if (is == CASE)
		start_case(r, n);
	else if (s->c != NULL)
		start_in_case(r, (enum is)is, n);
}

static void
end_in_case(struct em_reader *r, enum is is, struct em_str text)
{
	struct catch2 *s = r->state;
	struct report *p = &s->report;

	switch (is) {
	case SECTION:
		if (s->section != NULL)
			s->section = s->section->up;
		break;
	case ORIGINAL:
		s->m.message = rep_dup(p, str_trim(text));
		break;
	case EXPANDED:
	case THROWN:
	case CRASHED:
		s->m.detail = rep_dup(p, str_trim(text));
		break;
	case EXPRESSION:
		end_expression(r);
		break;
	case INFO:
	case WARNING:
	case FAILURE:
	case EXCEPTION:
	case FATAL:
		end_message(r, text);
		break;
	case SKIPPED:
		end_message(r, text);
		s->skipped = s->m.message;
		break;
	case BENCH:
		if (s->metric.metric.p != NULL && s->metric.value.n > 0)
			rep_metric(s->c, &s->metric);
		break;
	case OUT:
		rep_output(s->c, EM_STR("stdout"), rep_dup(p, str_trim(text)));
		break;
	case ERR:
		rep_output(s->c, EM_STR("stderr"), rep_dup(p, str_trim(text)));
		break;
	default:
		break;
	}
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct catch2 *s = r->state;

	if (is == CASE)
		end_case(r);
	else if (s->c != NULL)
		end_in_case(r, (enum is)is, text);
}

/* ---- the format ---- */

static bool
over(struct em_reader *r, bool complete)
{
	struct catch2 *s = r->state;

	if (!complete && s->c != NULL)
		s->c->outcome = EM_NONE;
	return rep_over(&s->report, complete, &s->c);
}

static int
probe(struct em_str head, bool eof)
{
	static const char *const roots[] = { "Catch", "Catch2TestRun", NULL };

	return xdoc_probe(head, eof, roots);
}

static enum em_rc
catch2_open(struct em_reader *r)
{
	struct catch2 *s = r->state;

	s->doc.rules = rules;
	s->doc.start = on_start;
	s->doc.end = on_end;
	s->doc.over = over;
	s->m = rep_blank;
	rep_open(&s->report, r, EM_STR("Catch2"));
	return EM_OK;
}

static enum em_rc
catch2_step(struct em_reader *r)
{
	struct catch2 *s = r->state;

	return xdoc_step(r, &s->doc);
}

static void
catch2_close(struct em_reader *r)
{
	struct catch2 *s = r->state;

	xdoc_close(&s->doc);
	rep_close(&s->report);
}

const struct em_format format_catch2 = {
	.info = {
		.name = "catch2",
		.title = "Catch2 XML",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct catch2),
		.open = catch2_open,
		.step = catch2_step,
		.close = catch2_close,
	},
};
