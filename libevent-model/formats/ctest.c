/* SPDX-License-Identifier: MIT */
/*
 * CTest's Test.xml, as it is sent to CDash.  The other files of a submission
 * (Build.xml, Coverage.xml, ...) have the same root and no tests.
 *
 * CTest calls a test "notrun" when it was skipped and when it could not be
 * run; the latter it counts among those that failed, and so it is here.
 */
#include <string.h>

#include "codec.h"
#include "json.h"
#include "report.h"
#include "xmldoc.h"

enum is {
	SITE = 1,
	TESTING,
	START_TIME,
	END_TIME,
	LIST,
	LISTED,
	TEST,
	NAME,
	PATH,
	COMMAND,
	TEST_START,
	RESULTS,
	NAMED,
	MEASUREMENT,
	VALUE,
	LABELS,
	LABEL
};

static const struct xdoc_rule rules[] = {
	{ XDOC_TOP, SITE, "Site" },
	{ SITE, TESTING, "Testing" },
	{ TESTING, START_TIME, "StartTestTime" },
	{ TESTING, END_TIME, "EndTestTime" },
	{ TESTING, LIST, "TestList" },
	{ LIST, LISTED, "Test" },
	{ TESTING, TEST, "Test" },
	{ TEST, NAME, "Name" },
	{ TEST, PATH, "Path" },
	{ TEST, COMMAND, "FullCommandLine" },
	{ TEST, TEST_START, "StartTestTime" },
	{ TEST, RESULTS, "Results" },
	{ RESULTS, NAMED, "NamedMeasurement" },
	{ RESULTS, MEASUREMENT, "Measurement" },
	{ NAMED, VALUE, "Value" },
	{ MEASUREMENT, VALUE, "Value" },
	{ TEST, LABELS, "Labels" },
	{ LABELS, LABEL, "Label" },
	{ 0, 0, NULL },
};

struct measurement {
	struct em_str name, type, file_name, value;
	bool named, base64, compressed;
};

struct ctest {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct rep_case *c; /* the test that is open, or NULL */
	struct measurement m; /* the one that is open */
	struct em_str state; /* the attribute Status */
	struct em_str exit_text, completion, output;
};

static const struct em_str none;

/* ---- measurements ---- */

/* s without white space, which base64 is broken into lines with. */
static struct em_str
squeeze(struct arena *a, struct em_str s)
{
	char *p = arena_bytes(a, s.n);
	size_t n = 0;

	if (p == NULL)
		return none;
	for (size_t i = 0; i < s.n; i++)
		if (strchr(" \t\r\n", s.p[i]) == NULL || s.p[i] == '\0')
			p[n++] = s.p[i];
	return (struct em_str){ p, n };
}

/* The bytes of a value; absent when its encoding is damaged. */
static struct em_str
decode(struct em_reader *r, const struct measurement *m)
{
	struct ctest *s = r->state;
	struct arena *a = &s->report.arena;
	struct em_str bytes, plain;

	if (!m->base64)
		return m->value;
	bytes = arena_b64_decode(a, squeeze(a, m->value));
	if (bytes.p == NULL || !m->compressed)
		return bytes;
	if (!codec_inflate(a, bytes, r->opts.limits.memory_max, &plain))
		rd_warn(r, "compressed output is damaged");
	return plain;
}

static bool
is_number(struct arena *a, struct em_str s)
{
	struct em_error e = { .code = EM_E_NONE };
	const struct json *v = json_parse(a, s, 1, &e);

	return v != NULL && v->type == JSON_NUMBER;
}

static void
attach(struct em_reader *r, const struct measurement *m)
{
	struct ctest *s = r->state;
	struct em_attachment a = { .title = m->name };
	struct measurement raw = *m;

	/* The archive of a file stays packed. */
	raw.compressed = false;
	a.data = decode(r, &raw);
	if (m->file_name.n > 0)
		a.title = m->file_name;
	if (str_find(m->type, "/") >= 0)
		a.media_type = m->type;
	else if (m->compressed)
		a.media_type = EM_STR("application/gzip");
	if (a.data.p != NULL)
		rep_attachment(s->c, &a);
	else
		rd_warn(r, "a measurement is not base64");
}

/* What a test measured itself. */
static void
own_measurement(struct em_reader *r, const struct measurement *m)
{
	struct ctest *s = r->state;
	struct em_metric metric = { .metric = m->name,
		.unit = EM_STR("1"),
		.value = str_trim(m->value) };

	if (m->base64 || str_eq(m->type, "file"))
		attach(r, m);
	else if (str_starts(m->type, "numeric") &&
	    is_number(s->c->arena, metric.value))
		rep_metric(s->c, &metric);
	else
		rep_property(s->c, m->name, m->value);
}

static void
named(struct em_reader *r, const struct measurement *m)
{
	struct ctest *s = r->state;
	struct rep_case *c = s->c;

	if (str_eq(m->name, "Execution Time")) {
		if (!str_ns(m->value, 9, &c->duration_ns))
			c->duration_ns = EM_UNSET;
	} else if (str_eq(m->name, "Exit Code")) {
		s->exit_text = m->value;
	} else if (str_eq(m->name, "Exit Value")) {
		if (!str_i64(m->value, &c->exit_code) || c->exit_code < 0)
			c->exit_code = EM_UNSET;
	} else if (str_eq(m->name, "Completion Status")) {
		s->completion = m->value;
	} else if (str_eq(m->name, "Fail Reason") ||
	    str_eq(m->name, "Pass Reason")) {
		c->reason = m->value;
	} else if (str_eq(m->name, "Processors")) {
		rep_property(c, m->name, m->value);
	} else if (!str_eq(m->name, "Command Line") && m->value.n > 0) {
		own_measurement(r, m);
	}
}

static void
end_measurement(struct em_reader *r)
{
	struct ctest *s = r->state;

	if (s->c == NULL)
		return;
	if (s->m.named)
		named(r, &s->m);
	else
		s->output = decode(r, &s->m);
	s->m = (struct measurement){ .named = false };
}

static void
start_measurement(struct em_reader *r, const struct xml_node *n, bool is_named)
{
	struct ctest *s = r->state;
	struct report *p = &s->report;

	s->m = (struct measurement){ .named = is_named,
		.name = rep_dup(p, xml_attr(n, "name")),
		.type = rep_dup(p, xml_attr(n, "type")),
		.file_name = rep_dup(p, xml_attr(n, "filename")),
		.value = EM_STR("") };
	if (s->m.name.p == NULL)
		s->m.name = EM_STR("");
}

/* The encoding stands at the value, or at a named measurement. */
static void
encoding(struct ctest *s, const struct xml_node *n)
{
	s->m.base64 |= str_eq(xml_attr(n, "encoding"), "base64");
	s->m.compressed |= xml_attr(n, "compression").n > 0;
}

/* ---- tests ---- */

static const struct {
	const char *text;
	const char *status;
	int signal;
} exits[] = {
	{ "Failed", NULL, 0 },
	{ "Completed", NULL, 0 },
	{ "Timeout", "timeout", 0 },
	{ "BAD_COMMAND", "exec-fail", 0 },
	{ "SEGFAULT", "crash", 11 },
	{ "ILLEGAL", "crash", 4 },
	{ "INTERRUPT", "crash", 2 },
	{ "NUMERICAL", "crash", 8 },
};

/* Any other text is that of an exception. */
static void
judge_failed(struct ctest *s)
{
	struct rep_case *c = s->c;

	c->outcome = EM_FAIL;
	if (s->exit_text.n == 0)
		return;
	c->status = EM_STR("crash");
	for (size_t i = 0; i < ARRAY_LEN(exits); i++)
		if (str_eq(s->exit_text, exits[i].text)) {
			c->status = em_str(exits[i].status);
			if (exits[i].signal > 0)
				c->signal = exits[i].signal;
		}
	if (c->status.p == NULL)
		return;
	c->exit_code = EM_UNSET;
	if (c->reason.p == NULL)
		c->reason = s->exit_text;
}

static void
judge_notrun(struct ctest *s)
{
	struct rep_case *c = s->c;

	c->outcome = EM_SKIP;
	c->reason = s->completion.n > 0 ? s->completion : none;
	if (str_eq(s->completion, "Disabled")) {
		c->status = EM_STR("ignored");
		return;
	}
	c->status = EM_STR("precondition");
	if (str_starts(s->completion, "SKIP_"))
		return;
	if (c->reason.p == NULL && s->output.n > 0)
		c->reason = str_trim(s->output);
	c->outcome = EM_FAIL;
	c->status = EM_STR("exec-fail");
}

static void
judge(struct em_reader *r)
{
	struct ctest *s = r->state;
	struct rep_case *c = s->c;
	char quoted[80];

	if (str_eq(s->state, "passed")) {
		c->outcome = EM_PASS;
	} else if (str_eq(s->state, "failed")) {
		judge_failed(s);
	} else if (str_eq(s->state, "notrun")) {
		judge_notrun(s);
	} else {
		c->outcome = EM_FAIL;
		c->status = EM_STR("error");
		c->reason = EM_STR("unknown status");
		rd_warn(r, "status \"%s\" is unknown, taken for an error",
		    err_quote(quoted, s->state));
	}
}

static void
start_test(struct em_reader *r, const struct xml_node *n)
{
	struct ctest *s = r->state;
	struct report *p = &s->report;

	s->c = rep_case(p);
	s->c->name = EM_STR("");
	s->c->line = xdoc_line(&s->doc, n);
	s->state = rep_dup(p, xml_attr(n, "Status"));
	s->exit_text = s->completion = s->output = none;
}

static void
end_test(struct em_reader *r)
{
	struct ctest *s = r->state;

	if (s->c == NULL)
		return;
	judge(r);
	/* For a test that did not run CTest repeats why. */
	if (!em_str_eq(s->output, s->completion))
		rep_output(s->c, EM_STR("combined"), s->output);
	rep_send(&s->report, s->c);
	rep_clear(&s->report);
	s->c = NULL;
}

/* The directory of a test is its suite, the top one being none. */
static void
path(struct em_reader *r, struct em_str text)
{
	struct ctest *s = r->state;

	if (str_starts(text, "./"))
		text = str_from(text, 2);
	if (text.n > 0 && !str_eq(text, "."))
		s->c->suite = rep_dup(&s->report, text);
}

/* ---- the run ---- */

static void
start_site(struct em_reader *r, const struct xml_node *n)
{
	struct ctest *s = r->state;
	struct report *p = &s->report;
	struct em_str version = xml_attr(n, "Generator");

	p->start.line = xdoc_line(&s->doc, n);
	p->start.host = rep_keep(p, xml_attr(n, "Hostname"));
	if (str_starts(version, "ctest-"))
		p->version = rep_keep(p, str_from(version, 6));
	for (size_t i = 0; i < n->attr_count; i++) {
		const struct xml_attr *a = &n->attrs[i];

		if (!str_eq(a->name, "Generator") &&
		    !str_eq(a->name, "Hostname"))
			rep_run_property(p, a->name, a->value);
	}
}

static void
end_time(struct ctest *s, struct em_str text)
{
	struct report *p = &s->report;
	int64_t ns;

	if (str_ns(text, 9, &ns) && p->start.time_ns != EM_UNSET &&
	    ns >= p->start.time_ns)
		p->duration_ns = ns - p->start.time_ns;
}

/* ---- elements ---- */

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct ctest *s = r->state;

	switch ((enum is)is) {
	case SITE:
		start_site(r, n);
		break;
	case TEST:
		start_test(r, n);
		break;
	case NAMED:
	case MEASUREMENT:
		start_measurement(r, n, is == NAMED);
		encoding(s, n);
		break;
	case VALUE:
		encoding(s, n);
		break;
	default:
		break;
	}
}

static void
end_in_test(struct em_reader *r, enum is is, struct em_str text)
{
	struct ctest *s = r->state;
	struct report *p = &s->report;

	switch (is) {
	case NAME:
		s->c->name = rep_dup(p, text);
		break;
	case PATH:
		path(r, text);
		break;
	case COMMAND:
		if (text.n > 0)
			rep_property(s->c, EM_STR("command"), rep_dup(p, text));
		break;
	case TEST_START:
		if (!str_ns(text, 9, &s->c->time_ns))
			s->c->time_ns = EM_UNSET;
		break;
	case VALUE:
		s->m.value = rep_dup(p, text);
		break;
	case LABEL:
		rep_tag(s->c, rep_dup(p, text));
		break;
	default:
		break;
	}
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct ctest *s = r->state;
	struct em_event *start = &s->report.start;

	switch ((enum is)is) {
	case START_TIME:
		if (!str_ns(text, 9, &start->time_ns))
			start->time_ns = EM_UNSET;
		break;
	case END_TIME:
		end_time(s, text);
		break;
	case LISTED:
		start->total = start->total == EM_UNSET ? 1 : start->total + 1;
		break;
	case TEST:
		end_test(r);
		break;
	case NAMED:
	case MEASUREMENT:
		end_measurement(r);
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
	struct ctest *s = r->state;

	if (!complete && s->c != NULL && s->c->name.n == 0)
		s->c = NULL;
	return rep_over(&s->report, complete, &s->c);
}

static int
probe(struct em_str head, bool eof)
{
	static const char *const roots[] = { "Site", NULL };

	return xdoc_probe(head, eof, roots);
}

static enum em_rc
ctest_open(struct em_reader *r)
{
	struct ctest *s = r->state;

	s->doc.rules = rules;
	s->doc.start = on_start;
	s->doc.end = on_end;
	s->doc.over = over;
	rep_open(&s->report, r, EM_STR("CTest"));
	return EM_OK;
}

static enum em_rc
ctest_step(struct em_reader *r)
{
	struct ctest *s = r->state;

	return xdoc_step(r, &s->doc);
}

static void
ctest_close(struct em_reader *r)
{
	struct ctest *s = r->state;

	xdoc_close(&s->doc);
	rep_close(&s->report);
}

const struct em_format format_ctest = {
	.info = {
		.name = "ctest",
		.title = "CTest's Test.xml",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct ctest),
		.open = ctest_open,
		.step = ctest_step,
		.close = ctest_close,
	},
};
