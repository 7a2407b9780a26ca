/* SPDX-License-Identifier: MIT */
/* A test of a CTRF document, or one of its retry attempts, as events. */
#include <string.h>

#include "ctrf.h"

static const struct em_str none;

int64_t
ctrf_time(const struct json *v, const char *key)
{
	int64_t ns;

	return json_ns(json_get(v, key), 6, &ns) ? ns : EM_UNSET;
}

/* ---- carried events ---- */

void
ctrf_same_case(struct em_event *to, const struct em_event *from)
{
	struct ident id = ident_of(from);

	ident_put(to, &id);
}

static const struct json *
carried_in(const struct json *v)
{
	return json_first(json_get(json_get(v, "extra"), CARRY_NAME));
}

bool
ctrf_carried_event(struct em_reader *r, struct ctrf *c, const struct json *v,
    struct em_event *ev)
{
	return carry_get(&c->carry, r, json_print(&r->arena, v), ev);
}

/* Carried starts and ends of a case are taken, the other events left. */
static void
take_carried(struct em_reader *r, struct ctrf *c, struct entry *e)
{
	struct em_event ev;

	e->carried = carried_in(e->v);
	for (const struct json *v = e->carried; v != NULL; v = v->next) {
		if (!ctrf_carried_event(r, c, v, &ev))
			continue;
		if (ev.kind == EM_CASE_START || ev.kind == EM_DISCOVER_CASE) {
			*e->ev = ev;
			e->started = true;
		} else if (ev.kind == EM_CASE_COMPLETE) {
			if (ev.outcome == e->end.outcome)
				e->end = ev;
		} else if (ev.kind == EM_CASE_MESSAGE) {
			e->errors |= str_eq(ev.message_kind, "error");
		}
	}
}

static void
emit_carried(struct em_reader *r, struct ctrf *c, const struct entry *e)
{
	struct em_event ev;

	for (const struct json *v = e->carried; v != NULL; v = v->next) {
		if (!ctrf_carried_event(r, c, v, &ev) ||
		    !(1u << ev.kind &
			(1u << EM_CASE_MESSAGE | 1u << EM_CASE_OUTPUT |
			    1u << EM_CASE_METRIC | 1u << EM_CASE_ATTACHMENT)))
			continue;
		ctrf_same_case(&ev, e->ev);
		rd_emit(r, &ev);
	}
}

/* ---- how it ended ---- */

/* Spellings of tools for statuses of the protocol. */
static const struct {
	const char *raw, *status;
	bool fails; /* though CTRF calls it "other" */
} statuses[] = {
	{ "timedout", "timeout", true },
	{ "timeout", "timeout", true },
	{ "error", "error", true },
	{ "errored", "error", true },
	{ "broken", "error", true },
	{ "failed", NULL, true },
	{ "crash", "crash", true },
	{ "abort", "abort", true },
	{ "interrupted", "abort", true },
	{ "exec-fail", "exec-fail", true },
	{ "incomplete", "incomplete", true },
	{ "build", "build", true },
	{ "leak", "leak", false },
	{ "xpass", "xpass", false },
	{ "xpassed", "xpass", false },
	{ "xfail", "xfail", false },
	{ "xfailed", "xfail", false },
	{ "todo", "todo", false },
	{ "ignored", "ignored", false },
	{ "disabled", "ignored", false },
	{ "filtered", "filtered", false },
	{ "precondition", "precondition", false },
	{ "cancelled", "cancelled", false },
	{ "already-passed", "already-passed", false },
	{ "passed", NULL, false },
	{ "pass", NULL, false },
	{ "skipped", NULL, false },
	{ "skip", NULL, false },
	{ "pending", NULL, false },
};

static bool
same_letters(struct em_str s, const char *lower)
{
	if (s.n != strlen(lower))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower[i])
			return false;
	}
	return true;
}

/*
 * CTRF's "other" is what a tool said and CTRF has no word for; it fails when
 * that was a failure.
 */
static void
conclude(struct em_reader *r, const struct json *v, struct em_event *ev)
{
	struct em_str status = json_get_str(v, "status");
	struct em_str raw = json_get_str(v, "rawStatus");
	bool other = str_eq(status, "other"), fails = false;
	size_t i = 0;

	while (i < ARRAY_LEN(statuses) && !same_letters(raw, statuses[i].raw))
		i++;
	if (i < ARRAY_LEN(statuses)) {
		fails = statuses[i].fails;
		ev->status = em_str(statuses[i].status);
	} else if (raw.n > 0) {
		ev->status = arena_join(&r->arena, EM_STR(CTRF_STATUS), raw);
	} else if (other) {
		ev->status = EM_STR(CTRF_STATUS "other");
	}
	ev->outcome = EM_FAIL;
	if (str_eq(status, "passed"))
		ev->outcome = EM_PASS;
	else if (str_eq(status, "skipped") || str_eq(status, "pending") ||
	    (other && !fails))
		ev->outcome = EM_SKIP;
	/* "timeout" of a test that passed in the end is about an attempt. */
	if (fails && ev->outcome != EM_FAIL)
		ev->status = none;
}

/* ---- what it said ---- */

static void
emit_output(struct em_reader *r, const struct em_event *of,
    const struct json *lines, struct em_str stream)
{
	struct em_event ev = *of;
	struct buf b;

	buf_init(&b, r->opts.limits.memory_max);
	for (lines = json_first(lines); lines != NULL; lines = lines->next) {
		buf_add(&b, json_text(lines));
		buf_add(&b, EM_STR("\n"));
	}
	r->arena.failed |= b.failed;
	ev.kind = EM_CASE_OUTPUT;
	ev.stream = stream;
	ev.text = buf_str(&b);
	if (ev.text.n > 0)
		rd_emit(r, &ev);
	buf_free(&b);
}

static void
emit_text(struct em_reader *r, const struct em_event *of, const char *kind,
    struct em_str type, struct em_str text)
{
	struct em_event ev = *of;

	if (text.n == 0)
		return;
	ev.kind = EM_CASE_MESSAGE;
	ev.message_kind = em_str(kind);
	ev.type = type;
	ev.message = text;
	rd_emit(r, &ev);
}

static void
emit_steps(
    struct em_reader *r, const struct em_event *of, const struct json *list)
{
	struct em_event ev = *of;

	ev.kind = EM_CASE_MESSAGE;
	ev.message_kind = EM_STR("note");
	ev.type = CTRF_STEP;
	for (list = json_first(list); list != NULL; list = list->next) {
		ev.message = json_get_str(list, "name");
		ev.code = json_get_str(list, "status");
		rd_emit(r, &ev);
	}
}

static bool
is_uri(struct em_str s)
{
	ptrdiff_t at = str_find(s, "://");

	return at > 0 && str_find(str_upto(s, (size_t)at), "/") < 0;
}

/* data:TYPE;base64,DATA */
static struct em_str
inline_data(struct em_reader *r, struct em_str path)
{
	struct em_str rest = path, head;

	if (!str_starts(path, "data:") || !str_cut(&rest, ',', &head) ||
	    !str_ends(head, ";base64"))
		return none;
	return arena_b64_decode(&r->arena, rest);
}

static void
emit_attachments(
    struct em_reader *r, const struct em_event *of, const struct json *list)
{
	struct em_event ev = *of;

	ev.kind = EM_CASE_ATTACHMENT;
	for (list = json_first(list); list != NULL; list = list->next) {
		struct em_str path = json_get_str(list, "path");

		ev.title = json_get_str(list, "name");
		ev.media_type = json_get_str(list, "contentType");
		ev.path = ev.url = none;
		ev.data = inline_data(r, path);
		if (ev.data.p == NULL && is_uri(path))
			ev.url = path;
		else if (ev.data.p == NULL)
			ev.path = path;
		if (path.p != NULL)
			rd_emit(r, &ev);
	}
}

static void
emit_screenshot(
    struct em_reader *r, const struct em_event *of, struct em_str text)
{
	struct em_event ev = *of;

	ev.kind = EM_CASE_ATTACHMENT;
	ev.title = EM_STR("screenshot");
	ev.data = arena_b64_decode(&r->arena, text);
	if (text.n > 0 && ev.data.p == NULL)
		rd_warn(r, "a screenshot is not base64, and left out");
	if (str_starts(ev.data, "\x89PNG"))
		ev.media_type = EM_STR("image/png");
	else if (str_starts(ev.data, "\xff\xd8\xff"))
		ev.media_type = EM_STR("image/jpeg");
	if (ev.data.n > 0)
		rd_emit(r, &ev);
}

/* message and trace are of a failure, or say why it was skipped. */
static void
emit_error(
    struct em_reader *r, const struct entry *e, const struct em_event *bare)
{
	struct em_event ev = *bare;
	int64_t line;

	ev.kind = EM_CASE_MESSAGE;
	ev.message_kind =
	    e->end.outcome == EM_FAIL ? EM_STR("error") : EM_STR("note");
	ev.message = json_get_str(e->v, "message");
	ev.detail = json_get_str(e->v, "trace");
	if (e->errors || (ev.message.n == 0 && ev.detail.n == 0) ||
	    (e->end.outcome == EM_SKIP && ev.detail.n == 0))
		return;
	/* Only a retry attempt's line is that of the failure. */
	if (e->ev->location.file.p != NULL &&
	    json_get(e->v, "attempt") != NULL &&
	    json_i64(json_get(e->v, "line"), &line) && line > 0) {
		ev.location.file = e->ev->location.file;
		ev.location.line = line;
	}
	rd_emit(r, &ev);
}

void
ctrf_entry_init(struct em_reader *r, struct entry *e, const struct json *v,
    struct em_event *ev)
{
	*e = (struct entry){ .v = v, .ev = ev };
	em_event_init(&e->end, EM_CASE_COMPLETE);
	conclude(r, v, &e->end);
	e->end.duration_ns = ctrf_time(v, "duration");
	if (e->end.outcome == EM_SKIP)
		e->end.reason = json_get_str(v, "message");
	take_carried(r, r->state, e);
}

void
ctrf_entry_emit(struct em_reader *r, struct entry *e)
{
	struct ctrf *c = r->state;
	struct em_event bare;

	e->ev->kind = EM_CASE_START;
	rd_emit(r, e->ev);
	em_event_init(&bare, EM_CASE_START);
	ctrf_same_case(&bare, e->ev);
	emit_steps(r, &bare, json_get(e->v, "steps"));
	emit_output(r, &bare, json_get(e->v, "stdout"), EM_STR("stdout"));
	emit_output(r, &bare, json_get(e->v, "stderr"), EM_STR("stderr"));
	emit_error(r, e, &bare);
	emit_text(
	    r, &bare, "note", CTRF_SNIPPET, json_get_str(e->v, "snippet"));
	emit_text(r, &bare, "help", CTRF_AI, json_get_str(e->v, "ai"));
	emit_attachments(r, &bare, json_get(e->v, "attachments"));
	emit_screenshot(r, &bare, json_get_str(e->v, "screenshot"));
	emit_carried(r, c, e);
	e->end.kind = EM_CASE_COMPLETE;
	ctrf_same_case(&e->end, e->ev);
	rd_emit(r, &e->end);
}
