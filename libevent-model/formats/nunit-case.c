/* SPDX-License-Identifier: MIT */
/* A case in NUnit 3's XML, and what suites write in the same way. */
#include <string.h>

#include "nunit-write.h"

/* ---- results ---- */

struct word {
	enum em_outcome outcome;
	const char *status, *result, *label;
};

/* A status that is not here is a label itself. */
static const struct word words[] = {
	{ EM_FAIL, "error", "Failed", "Error" },
	{ EM_FAIL, "abort", "Failed", "Cancelled" },
	{ EM_SKIP, "ignored", "Skipped", "Ignored" },
	{ EM_SKIP, "filtered", "Skipped", "Explicit" },
	{ EM_SKIP, "precondition", "Inconclusive", NULL },
};

static struct word
word_of(enum em_outcome outcome, struct em_str status)
{
	struct word w = { .outcome = outcome };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].outcome == outcome &&
		    str_eq(status, words[i].status))
			return words[i];
	w.result = outcome == EM_PASS ? "Passed"
	    : outcome == EM_SKIP      ? "Skipped"
				      : "Failed";
	return w;
}

/* What an attempt that never completed is called. */
static struct em_str
status_of(const struct em_case *c)
{
	if (c->incomplete && c->last->end->status.p == NULL)
		return EM_STR("incomplete");
	return c->last->end->status;
}

void
nunit_put_result(
    struct em_writer *w, enum em_outcome outcome, struct em_str status)
{
	struct word word = word_of(outcome, status);

	dw_attr(w, "result", em_str(word.result));
	if (word.label != NULL)
		dw_attr(w, "label", em_str(word.label));
	else if (word.status == NULL && nunit_is_status(status))
		dw_attr(w, "label", status);
	else if (word.status == NULL && status.p != NULL)
		wr_lost(w, "statuses");
}

void
nunit_put_times(struct em_writer *w, int64_t start, int64_t duration)
{
	dw_attr_time(w, "start-time", start);
	dw_attr_time(w, "end-time", dw_end_time(start, duration));
	if (duration == EM_UNSET)
		return;
	PUT(w, " duration=\"");
	out_seconds(w->out, duration, duration % 1000 == 0 ? 6 : 9);
	out_byte(w->out, '"');
}

void
nunit_put_id(struct em_writer *w)
{
	struct nunit_writer *n = w->state;

	em_out_printf(w->out, " id=\"0-%lld\"", (long long)++n->id);
}

/* ---- what a case says ---- */

static void
write_property(struct em_writer *w, struct em_str name, struct em_str value)
{
	PUT(w, "<property");
	dw_attr(w, "name", name);
	dw_attr(w, "value", value);
	PUT(w, "/>\n");
}

/* A property that has become an attribute. */
static bool
is_attribute(struct em_str key)
{
	return str_eq(key, "seed") || str_eq(key, "site");
}

void
nunit_put_pairs(struct em_writer *w, struct em_pairs pairs, bool of_case)
{
	struct em_str value;

	for (size_t i = 0; i < pairs.n; i++) {
		struct arena a;

		if (of_case && is_attribute(pairs.v[i].key))
			continue;
		arena_init(&a, SIZE_MAX / 4);
		for (size_t k = 0;
		     (value = dw_property(&a, &pairs.v[i], k)).p != NULL; k++)
			write_property(w, pairs.v[i].key, value);
		if (a.failed)
			err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
		arena_free(&a);
	}
}

static void
write_properties(struct em_writer *w, const struct em_case *c)
{
	const struct em_details *d = c->details;
	size_t n = d->properties.n + d->tags.n;
	char number[24];

	for (size_t i = 0; i < d->properties.n; i++)
		n -= is_attribute(d->properties.v[i].key);
	if (n == 0 && d->variant.p == NULL && c->iteration <= 1)
		return;
	PUT(w, "<properties>\n");
	for (size_t i = 0; i < d->tags.n; i++)
		write_property(w, EM_STR("Category"), d->tags.v[i]);
	if (d->variant.p != NULL)
		write_property(w, EM_STR(NUNIT_VARIANT), d->variant);
	snprintf(number, sizeof(number), "%lld", (long long)c->iteration);
	if (c->iteration > 1)
		write_property(w, EM_STR(NUNIT_ITERATION), em_str(number));
	nunit_put_pairs(w, d->properties, true);
	PUT(w, "</properties>\n");
}

static void
write_message(struct em_writer *w, const struct em_message *m)
{
	dw_element(w, "message", m->message);
	dw_element(w, "stack-trace", m->detail);
}

static const char *
assertion_result(struct em_writer *w, struct em_str kind)
{
	if (str_eq(kind, "error"))
		return "Failed";
	if (str_eq(kind, "warning"))
		return "Warning";
	if (str_eq(kind, "ignored"))
		return "Inconclusive";
	if (!str_eq(kind, "note"))
		wr_lost(w, "kinds of messages");
	return "Passed";
}

static void
write_attachments(struct em_writer *w, const struct em_item *i)
{
	PUT(w, "<attachments>\n");
	for (; i != NULL; i = i->next) {
		const struct em_attachment *a = i->u.attachment;

		if (i->kind != EM_CASE_ATTACHMENT || a->path.p == NULL)
			continue;
		if (a->media_type.p != NULL)
			wr_lost(w, "media types");
		PUT(w, "<attachment>");
		dw_element(w, "filePath", a->path);
		dw_element(w, "description", a->title);
		PUT(w, "</attachment>\n");
	}
	PUT(w, "</attachments>\n");
}

static void
write_assertions(struct em_writer *w, const struct em_item *items, bool files)
{
	bool any = false;

	PUT(w, "<assertions>\n");
	for (const struct em_item *i = items; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_MESSAGE)
			continue;
		any = true;
		PUT(w, "<assertion");
		dw_attr(w, "result",
		    em_str(assertion_result(w, i->u.message->kind)));
		PUT(w, ">");
		write_message(w, i->u.message);
		PUT(w, "</assertion>\n");
	}
	if (!any)
		PUT(w, "<assertion result=\"Passed\"/>\n");
	if (files)
		write_attachments(w, items);
	PUT(w, "</assertions>\n");
}

/* What there is to write of the items, and what is lost of them. */
struct said {
	const struct em_message *error; /* the first one */
	size_t messages;
	bool files, output;
	int64_t time_ns; /* of the start */
};

static struct said
survey(struct em_writer *w, const struct em_item *i)
{
	struct said s = { .time_ns = EM_UNSET };

	for (; i != NULL; i = i->next)
		switch (i->kind) {
		case EM_CASE_MESSAGE:
			dw_message_losses(w, i->u.message);
			if (s.error == NULL &&
			    str_eq(i->u.message->kind, "error"))
				s.error = i->u.message;
			s.messages++;
			break;
		case EM_CASE_OUTPUT:
			s.output = true;
			if (!str_eq(i->u.output->stream, "stdout"))
				wr_lost(w, "streams of output");
			if (i->u.output->truncated_bytes > 0)
				wr_lost(w, "notes of truncated output");
			break;
		case EM_CASE_ATTACHMENT:
			if (i->u.attachment->path.p != NULL)
				s.files = true;
			else
				wr_lost(w, "attachments that are no files");
			break;
		case EM_CASE_START:
			s.time_ns = i->u.start->time_ns;
			if (i->u.start->worker.p != NULL)
				wr_lost(w, "workers");
			break;
		case EM_CASE_METRIC:
			wr_lost(w, "metrics");
			break;
		default:
			break;
		}
	return s;
}

void
nunit_put_output(struct em_writer *w, const struct em_item *i, bool lines)
{
	PUT(w, "<output>");
	for (; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_OUTPUT && i->kind != EM_LOG)
			continue;
		dw_text(w, i->u.output->text);
		if (lines)
			out_byte(w->out, '\n');
	}
	PUT(w, "</output>\n");
}

/* ---- cases ---- */

static void
case_losses(struct em_writer *w, const struct em_case *c)
{
	const struct em_details *d = c->details;

	for (uint32_t i = 1; i < c->attempt_count; i++)
		wr_lost(w, "attempts but the last");
	if (d->location.file.p != NULL)
		wr_lost(w, "locations");
	if (d->parent.p != NULL)
		wr_lost(w, "parents of cases");
	if (d->mode.p != NULL && !str_eq(d->mode, "test"))
		wr_lost(w, "modes");
	if (c->last->end->exit_code != EM_UNSET ||
	    c->last->end->signal != EM_UNSET)
		wr_lost(w, "exit codes and signals");
}

static void
write_names(struct em_writer *w, const struct em_case *c)
{
	struct arena a;

	nunit_put_id(w);
	dw_attr(w, "name", c->name);
	arena_init(&a, SIZE_MAX / 4);
	dw_attr(w, "fullname",
	    c->class_name.p == NULL
		? c->name
		: arena_join(
		      &a, arena_join(&a, c->class_name, EM_STR(".")), c->name));
	if (a.failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	arena_free(&a);
	dw_attr(w, "classname", c->class_name);
}

static const char *
runstate(struct em_str status)
{
	if (str_eq(status, "ignored"))
		return "Ignored";
	return str_eq(status, "filtered") ? "Explicit" : "Runnable";
}

static bool
is_site(struct em_str s)
{
	return str_eq(s, "Test") || str_eq(s, "SetUp") ||
	    str_eq(s, "TearDown") || str_eq(s, "Parent") || str_eq(s, "Child");
}

void
nunit_put_case(struct em_writer *w, const struct em_case *c)
{
	const struct em_item *items = c->last->items;
	struct em_pairs p = c->details->properties;
	struct said s = survey(w, items);
	struct em_str status = status_of(c), seed = dw_find(p, "seed");
	struct em_str site = dw_find(p, "site");
	const struct em_message *failure =
	    c->outcome == EM_FAIL ? s.error : NULL;

	case_losses(w, c);
	PUT(w, "<test-case");
	write_names(w, c);
	dw_attr(w, "runstate", em_str(runstate(status)));
	dw_attr(w, "seed", seed.p != NULL ? seed : EM_STR("0"));
	nunit_put_result(w, c->outcome, status);
	if (is_site(site))
		dw_attr(w, "site", site);
	else if (site.p != NULL)
		wr_lost(w, "properties");
	nunit_put_times(w, s.time_ns, c->last->duration_ns);
	PUT(w, " asserts=\"0\">\n");
	write_properties(w, c);
	if (failure != NULL) {
		PUT(w, "<failure>");
		write_message(w, failure);
		PUT(w, "</failure>\n");
	}
	if (c->last->end->reason.p != NULL) {
		PUT(w, "<reason>");
		dw_element(w, "message", c->last->end->reason);
		PUT(w, "</reason>\n");
	}
	if (s.output)
		nunit_put_output(w, items, false);
	if (s.messages > (failure != NULL) || s.files)
		write_assertions(w, items, s.files);
	PUT(w, "</test-case>\n");
}
