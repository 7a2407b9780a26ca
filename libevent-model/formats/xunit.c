/* SPDX-License-Identifier: MIT */
/*
 * xUnit.net's own XML: versions 1 (assembly as the root, classes in it), 2
 * and 3 of the format.  An assembly is a suite; collections, which are named
 * by machine, are a property of their cases.
 */
#include "dotnet.h"
#include "report.h"
#include "xmldoc.h"

enum is {
	ASSEMBLIES = 1,
	ASSEMBLY,
	ERRORS,
	ERROR,
	COLLECTION,
	CLASS,
	TEST,
	FAILURE,
	MESSAGE,
	STACK,
	OUTPUT,
	REASON,
	WHY,
	TRAITS,
	TRAIT,
	WARNINGS,
	WARNING,
	FILE_NAME,
	LINE,
	ATTACHMENTS,
	ATTACHMENT
};

static const struct xdoc_rule rules[] = {
	{ XDOC_TOP, ASSEMBLIES, "assemblies" },
	{ XDOC_TOP, ASSEMBLY, "assembly" },
	{ ASSEMBLIES, ASSEMBLY, "assembly" },
	{ ASSEMBLY, ERRORS, "errors" },
	{ ERRORS, ERROR, "error" },
	{ ERROR, FAILURE, "failure" },
	{ ASSEMBLY, COLLECTION, "collection" },
	{ ASSEMBLY, CLASS, "class" },
	{ CLASS, TEST, "test" },
	{ CLASS, FAILURE, "failure" },
	{ COLLECTION, TEST, "test" },
	{ TEST, FAILURE, "failure" },
	{ FAILURE, MESSAGE, "message" },
	{ FAILURE, STACK, "stack-trace" },
	{ TEST, OUTPUT, "output" },
	{ TEST, REASON, "reason" },
	{ REASON, WHY, "message" },
	{ TEST, TRAITS, "traits" },
	{ TRAITS, TRAIT, "trait" },
	{ TEST, WARNINGS, "warnings" },
	{ WARNINGS, WARNING, "warning" },
	{ TEST, FILE_NAME, "source-file" },
	{ TEST, LINE, "source-line" },
	{ TEST, ATTACHMENTS, "attachments" },
	{ ATTACHMENTS, ATTACHMENT, "attachment" },
	{ 0, 0, NULL },
};

struct xunit {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct arena arena; /* of the assembly */
	struct em_str suite, collection;
	struct em_event end; /* its suite_complete */
	struct rep_case *c; /* the test that is open, or NULL */
	struct em_message message; /* of the failure that is open */
	struct em_str what; /* which clean-up failed */
	struct em_attachment attachment;
	bool base64; /* the attachment is */
};

static const struct em_str none;

static struct em_str
present(struct em_str s)
{
	return s.n > 0 ? s : none;
}

static int64_t
duration_of(const struct xml_node *n)
{
	int64_t ns;

	if (dotnet_duration(xml_attr(n, "time-rtf"), &ns) ||
	    str_ns(xml_attr(n, "time"), 9, &ns))
		return ns;
	return EM_UNSET;
}

/* Round-trip format where there is one, else date and time without a zone. */
static int64_t
time_of(struct em_reader *r, const struct xml_node *n)
{
	struct em_str day = xml_attr(n, "run-date");
	struct em_str clock = xml_attr(n, "run-time");
	int64_t ns;

	if (str_time(xml_attr(n, "start-rtf"), &ns))
		return ns;
	if (day.n == 0 || clock.n == 0)
		return EM_UNSET;
	day = arena_join(&r->arena, day, EM_STR("T"));
	return str_time(arena_join(&r->arena, day, clock), &ns) ? ns : EM_UNSET;
}

/* ---- assemblies ---- */

static void
start_run(struct em_reader *r, const struct xml_node *n)
{
	struct xunit *s = r->state;
	struct report *p = &s->report;
	int64_t start, end;

	p->start.line = xdoc_line(&s->doc, n);
	p->start.time_ns = time_of(r, n);
	p->start.host = rep_keep(p, present(xml_attr(n, "computer")));
	if (str_time(xml_attr(n, "start-rtf"), &start) &&
	    str_time(xml_attr(n, "finish-rtf"), &end) && end >= start)
		p->duration_ns = end - start;
}

/* "xUnit.net v3 3.2.1+a9cfb80929", "xUnit.net 2.4.3.0" */
static struct em_str
framework_version(struct em_str s)
{
	struct em_str word, last = none;

	while (s.n > 0) {
		str_cut(&s, ' ', &word);
		if (word.n > 0 && word.p[0] >= '0' && word.p[0] <= '9')
			last = word;
	}
	return last;
}

static void
start_assembly(struct em_reader *r, const struct xml_node *n)
{
	struct xunit *s = r->state;
	struct report *p = &s->report;
	struct em_event ev;

	arena_reset(&s->arena);
	s->suite = arena_dup(&s->arena, dotnet_assembly(xml_attr(n, "name")));
	if (p->version.p == NULL)
		p->version = rep_keep(
		    p, framework_version(xml_attr(n, "test-framework")));
	if (p->start.time_ns == EM_UNSET && !p->begun)
		p->start.time_ns = time_of(r, n);
	em_event_init(&s->end, EM_SUITE_COMPLETE);
	s->end.suite = s->suite;
	s->end.duration_ns = duration_of(n);
	if (s->suite.p == NULL)
		return;
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = s->suite;
	ev.line = xdoc_line(&s->doc, n);
	ev.time_ns = time_of(r, n);
	rep_suite(p, &ev);
}

static void
end_assembly(struct em_reader *r)
{
	struct xunit *s = r->state;

	if (s->suite.p != NULL)
		rep_suite_end(&s->report, &s->end);
	if (s->arena.failed)
		r->keep.failed = true;
}

/* An error that is of no test, such as in a clean-up: the assembly fails. */
static void
assembly_error(struct em_reader *r)
{
	struct xunit *s = r->state;
	struct report *p = &s->report;
	struct em_str reason = s->message.message;

	if (reason.p == NULL)
		reason = s->what;
	rep_log(p, s->suite, none, EM_STR("error"), reason);
	rep_log(p, s->suite, none, EM_STR("error"), s->message.detail);
	p->failed_itself = true;
	if (s->end.outcome == EM_FAIL)
		return;
	s->end.outcome = EM_FAIL;
	s->end.status = EM_STR("error");
	s->end.reason = arena_dup(&s->arena, reason);
}

/* ---- tests ---- */

static void
judge(struct em_reader *r, struct rep_case *c, struct em_str result)
{
	char quoted[80];

	if (str_eq(result, "Pass")) {
		c->outcome = EM_PASS;
	} else if (str_eq(result, "Fail")) {
		c->outcome = EM_FAIL;
	} else if (str_eq(result, "Skip")) {
		c->outcome = EM_SKIP;
		c->status = EM_STR("ignored");
	} else if (str_eq(result, "NotRun")) {
		c->outcome = EM_SKIP;
		c->status = EM_STR("filtered");
	} else {
		c->outcome = EM_FAIL;
		c->status = EM_STR("error");
		c->reason = EM_STR("unknown result");
		rd_warn(r, "result \"%s\" is unknown, taken for an error",
		    err_quote(quoted, result));
	}
}

static void
start_test(struct em_reader *r, const struct xml_node *n)
{
	struct xunit *s = r->state;
	struct report *p = &s->report;
	struct rep_case *c = rep_case(p);
	struct em_str name = xml_attr(n, "name");

	s->c = c;
	c->suite = s->suite;
	c->class_name = rep_dup(p, xml_attr(n, "type"));
	if (name.p == NULL)
		name = xml_attr(n, "method");
	if (name.p == NULL)
		name = EM_STR("");
	c->name = dotnet_method(rep_dup(p, name), c->class_name);
	c->line = xdoc_line(&s->doc, n);
	c->duration_ns = duration_of(n);
	c->time_ns = time_of(r, n);
	c->location.file = rep_dup(p, present(xml_attr(n, "source-file")));
	if (!str_i64(xml_attr(n, "source-line"), &c->location.line) ||
	    c->location.line < 1)
		c->location.line = EM_UNSET;
	if (s->collection.n > 0)
		rep_property(c, EM_STR("collection"), s->collection);
	judge(r, c, xml_attr(n, "result"));
}

static void
end_test(struct em_reader *r)
{
	struct xunit *s = r->state;

	if (s->c == NULL)
		return;
	if (s->c->location.file.p == NULL)
		s->c->location.line = EM_UNSET;
	rep_send(&s->report, s->c);
	rep_clear(&s->report);
	s->c = NULL;
}

static void
start_failure(struct em_reader *r, const struct xml_node *n)
{
	struct xunit *s = r->state;

	s->message = rep_blank;
	s->message.kind = EM_STR("error");
	s->message.type =
	    rep_dup(&s->report, present(xml_attr(n, "exception-type")));
}

static void
end_failure(struct em_reader *r)
{
	struct xunit *s = r->state;

	if (s->c == NULL)
		return;
	dotnet_location(s->message.detail, &s->message.location);
	rep_message(s->c, &s->message);
	s->message = rep_blank;
}

static void
warning(struct xunit *s, struct em_str text)
{
	struct em_message m = rep_blank;

	m.kind = EM_STR("warning");
	m.message = text;
	rep_message(s->c, &m);
}

/* ---- elements ---- */

static void
on_start(struct em_reader *r, unsigned is, const struct xml_node *n)
{
	struct xunit *s = r->state;
	struct report *p = &s->report;

	switch ((enum is)is) {
	case ASSEMBLIES:
		start_run(r, n);
		break;
	case ASSEMBLY:
		start_assembly(r, n);
		break;
	case ERROR:
		s->message = rep_blank;
		s->what = rep_dup(p, xml_attr(n, "type"));
		break;
	case CLASS:
	case COLLECTION:
		s->collection = is == COLLECTION
		    ? arena_dup(&s->arena, xml_attr(n, "name"))
		    : none;
		break;
	case TEST:
		start_test(r, n);
		break;
	case FAILURE:
		start_failure(r, n);
		break;
	case TRAIT:
		if (s->c != NULL && xml_attr(n, "name").p != NULL)
			rep_property(s->c, rep_dup(p, xml_attr(n, "name")),
			    rep_dup(p, xml_attr(n, "value")));
		break;
	case ATTACHMENT:
		s->attachment = (struct em_attachment){
			.title = rep_dup(p, xml_attr(n, "name")),
			.media_type =
			    rep_dup(p, present(xml_attr(n, "media-type")))
		};
		s->base64 = xml_attr(n, "media-type").p != NULL;
		break;
	default:
		break;
	}
}

/* Text is a property of the test under that name; bytes are in base64. */
static void
end_attachment(struct em_reader *r, struct em_str text)
{
	struct xunit *s = r->state;
	struct em_attachment *a = &s->attachment;

	a->data = s->base64 ? arena_b64_decode(&s->report.arena, text) : none;
	if (a->data.p == NULL)
		a->data = rep_dup(&s->report, text);
	if (!s->base64)
		a->media_type = EM_STR("text/plain");
	rep_attachment(s->c, a);
}

static void
end_in_test(struct em_reader *r, enum is is, struct em_str text)
{
	struct xunit *s = r->state;
	struct report *p = &s->report;
	int64_t line;

	switch (is) {
	case OUTPUT:
		rep_output(s->c, EM_STR("stdout"), rep_dup(p, text));
		break;
	case REASON:
	case WHY:
		if (str_trim(text).n > 0)
			s->c->reason = rep_dup(p, str_trim(text));
		break;
	case WARNING:
		warning(s, rep_dup(p, text));
		break;
	case FILE_NAME:
		s->c->location.file = rep_dup(p, str_trim(text));
		break;
	case LINE:
		if (str_i64(str_trim(text), &line) && line > 0)
			s->c->location.line = line;
		break;
	case ATTACHMENT:
		end_attachment(r, text);
		break;
	default:
		break;
	}
}

static void
on_end(struct em_reader *r, unsigned is, struct em_str text)
{
	struct xunit *s = r->state;
	struct report *p = &s->report;

	switch ((enum is)is) {
	case ASSEMBLY:
		end_assembly(r);
		break;
	case ERROR:
		assembly_error(r);
		break;
	case TEST:
		end_test(r);
		break;
	case FAILURE:
		end_failure(r);
		break;
	case MESSAGE:
		s->message.message = rep_dup(p, present(str_trim(text)));
		break;
	case STACK:
		s->message.detail = rep_dup(p, present(str_trim(text)));
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
	struct xunit *s = r->state;

	if (!complete && s->c != NULL)
		s->c->outcome = EM_NONE;
	return rep_over(&s->report, complete, &s->c);
}

static int
probe(struct em_str head, bool eof)
{
	static const char *const roots[] = { "assemblies", "assembly", NULL };

	return xdoc_probe(head, eof, roots);
}

static enum em_rc
xunit_open(struct em_reader *r)
{
	struct xunit *s = r->state;

	s->doc.rules = rules;
	s->doc.start = on_start;
	s->doc.end = on_end;
	s->doc.over = over;
	s->message = rep_blank;
	arena_init(&s->arena, r->opts.limits.memory_max);
	rep_open(&s->report, r, EM_STR("xUnit.net"));
	return EM_OK;
}

static enum em_rc
xunit_step(struct em_reader *r)
{
	struct xunit *s = r->state;

	return xdoc_step(r, &s->doc);
}

static void
xunit_close(struct em_reader *r)
{
	struct xunit *s = r->state;

	xdoc_close(&s->doc);
	rep_close(&s->report);
	arena_free(&s->arena);
}

const struct em_format format_xunit = {
	.info = {
		.name = "xunit",
		.title = "xUnit.net XML, versions 1 to 3",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct xunit),
		.open = xunit_open,
		.step = xunit_step,
		.close = xunit_close,
	},
};
