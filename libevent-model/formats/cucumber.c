/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cucumber.h"

/* ---- what both have in common ---- */

static const struct {
	const char *upper, *lower;
	enum cuke_status status;
} names[] = {
	{ "PASSED", "passed", CUKE_PASSED },
	{ "SKIPPED", "skipped", CUKE_SKIPPED },
	{ "PENDING", "pending", CUKE_PENDING },
	{ "UNDEFINED", "undefined", CUKE_UNDEFINED },
	{ "AMBIGUOUS", "ambiguous", CUKE_AMBIGUOUS },
	{ "FAILED", "failed", CUKE_FAILED },
};

enum cuke_status
cuke_status(struct em_str name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i].upper) ||
		    str_eq(name, names[i].lower))
			return names[i].status;
	return CUKE_UNKNOWN;
}

void
cuke_conclude(enum cuke_status worst, struct em_event *ev)
{
	ev->outcome = EM_FAIL;
	switch (worst) {
	case CUKE_UNKNOWN:
	case CUKE_PASSED:
		ev->outcome = EM_PASS;
		break;
	case CUKE_SKIPPED:
		ev->outcome = EM_SKIP;
		break;
	case CUKE_PENDING:
		ev->status = EM_STR("cucumber.pending");
		break;
	case CUKE_UNDEFINED:
		ev->status = EM_STR("cucumber.undefined");
		break;
	case CUKE_AMBIGUOUS:
		ev->status = EM_STR("cucumber.ambiguous");
		break;
	case CUKE_FAILED:
		break;
	}
}

void
cuke_emit_error(struct em_reader *r, const struct em_event *of,
    enum cuke_status status, struct em_str step, struct em_str type,
    struct em_str text)
{
	struct em_event ev = *of;
	const char *what = status == CUKE_PENDING ? "pending step: "
	    : status == CUKE_UNDEFINED            ? "undefined step: "
						  : "ambiguous step: ";
	struct em_str rest = text, line;

	ev.kind = EM_CASE_MESSAGE;
	ev.message_kind = EM_STR("error");
	ev.type = type;
	str_cut(&rest, '\n', &line);
	if (status == CUKE_FAILED)
		ev.message = line.p != NULL ? line : EM_STR("failed");
	else
		ev.message = arena_join(&r->arena, em_str(what),
		    step.p != NULL ? step : EM_STR("?"));
	if (rest.n > 0 || (status != CUKE_FAILED && text.n > 0))
		ev.detail = text;
	rd_emit(r, &ev);
}

void
cuke_emit_attachment(struct em_reader *r, const struct em_event *of,
    struct em_str media_type, struct em_str title, struct em_str data)
{
	struct em_event ev = *of;
	struct em_str line;

	ev.kind = EM_CASE_ATTACHMENT;
	ev.media_type = media_type;
	ev.title = title;
	if (str_starts(media_type, "text/x.cucumber.log")) {
		ev.kind = EM_CASE_OUTPUT;
		ev.stream = EM_STR("cucumber.log");
		ev.text = arena_join(&r->arena, data, EM_STR("\n"));
	} else if (str_starts(media_type, "text/uri-list")) {
		str_cut(&data, '\n', &line);
		ev.url = str_trim(line);
	} else {
		ev.data = data;
	}
	if (data.p != NULL)
		rd_emit(r, &ev);
}

/* ---- which of them it is ---- */

static int
probe_messages(struct em_str head, bool eof)
{
	/* What a stream may begin with. */
	static const char *const keys[] = { "meta", "source", "gherkinDocument",
		"testRunStarted", NULL };
	struct em_str line;
	int rc = probe_line(&head, eof, "{", &line);

	if (rc != 1)
		return rc;
	for (size_t i = 0; keys[i] != NULL; i++) {
		struct em_str s = str_trim(str_from(line, 1));
		char quoted[32];

		snprintf(quoted, sizeof(quoted), "\"%s\"", keys[i]);
		if (!str_starts(s, quoted))
			continue;
		if (i > 0 || str_find(line, "\"protocolVersion\"") >= 0)
			return PROBE_SURE;
	}
	return 0;
}

static int
probe(struct em_str head, bool eof)
{
	static const char *const keys[] = { "elements", NULL };
	int found, rc = jdoc_find(&head, eof);

	if (rc != 1)
		return rc;
	if (head.p[0] == '{')
		return probe_messages(head, eof);
	if (str_find(head, "\"keyword\"") >= 0 &&
	    (str_find(head, "\"elements\"") >= 0 ||
		str_find(head, "\"Feature\"") >= 0))
		return PROBE_SURE;
	rc = probe_json_keys(head, eof, keys, &found);
	return rc == 1 ? 8 * (int)strlen(keys[0]) : rc;
}

/* An array is the document; what goes before it is noise to both. */
static enum em_rc
recognise(struct em_reader *r, struct cucumber *c)
{
	struct em_str head = in_peek(r->in);
	int rc = head.n > 0 ? jdoc_find(&head, false) : PROBE_MORE;
	enum em_rc more;

	if (rc == PROBE_MORE) {
		more = in_more(r->in);
		if (more != EM_EOF)
			return more;
	}
	c->known = true;
	if (rc != 1 || head.p[0] == '{') {
		c->stream = cuke_stream_new();
		if (c->stream == NULL)
			return err_set(
			    &r->err, EM_E_MEMORY, 0, "out of memory");
	}
	return EM_OK;
}

static enum em_rc
cucumber_open(struct em_reader *r)
{
	struct cucumber *c = r->state;

	cuke_doc_open(&c->doc);
	return EM_OK;
}

static enum em_rc
cucumber_step(struct em_reader *r)
{
	struct cucumber *c = r->state;

	if (!c->known)
		return recognise(r, c);
	if (c->stream != NULL)
		return cuke_stream_step(r, c->stream);
	return cuke_doc_step(r, &c->doc);
}

static void
cucumber_close(struct em_reader *r)
{
	struct cucumber *c = r->state;

	cuke_stream_free(c->stream);
	cuke_doc_close(&c->doc);
}

const struct em_format format_cucumber = {
	.info = {
		.name = "cucumber",
		.title = "Cucumber messages, and its JSON before them",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct cucumber),
		.open = cucumber_open,
		.step = cucumber_step,
		.close = cucumber_close,
	},
};
