/* SPDX-License-Identifier: MIT */
/* A test of CTRF: the last attempt of a case, and in it those before. */
#include <string.h>

#include "ctrf.h"

enum { SUITES_DEEP = 64 };

/* ---- suites ---- */

/* The suite of that name of the run that is being written. */
static const struct em_suite *
find_suite(const struct ctrf_writer *cw, struct em_str name)
{
	uint64_t *slot = table_get(&cw->suites, table_key(&name, 1, 0));

	return slot != NULL ? (const struct em_suite *)(uintptr_t)*slot : NULL;
}

bool
ctrf_is_plain_suite(const struct ctrf_writer *cw, const struct em_suite *s)
{
	for (unsigned depth = 0; depth < SUITES_DEEP; depth++) {
		const struct em_suite *around;
		struct em_str rest = s->name;

		if (s->title.p == NULL && s->parent.p == NULL)
			return s->name.p == NULL ||
			    (s->name.n > 0 &&
				str_find(s->name, CTRF_SUITE_SEP) < 0);
		around = find_suite(cw, s->parent);
		if (s->title.p == NULL || around == NULL ||
		    str_find_str(rest, around->name) != 0)
			return false;
		rest = str_from(rest, around->name.n);
		if (!str_starts(rest, CTRF_SUITE_SEP) ||
		    !em_str_eq(
			str_from(rest, strlen(CTRF_SUITE_SEP)), s->title))
			return false;
		s = around;
	}
	return false;
}

/* ---- the start of a case ---- */

bool
ctrf_has_milliseconds(int64_t ns)
{
	return ns != EM_UNSET && ns != 0 && ns % 1000000 == 0;
}

static void
start_event(const struct em_case *c, const struct em_attempt *a,
    enum em_kind kind, struct em_event *ev)
{
	const struct em_start *start = em_attempt_start(a);

	ctrf_case_event(c, kind, ev);
	ev->time_ns = start->time_ns;
	ev->worker = start->worker;
	ev->location = c->details->location;
	ev->mode = c->details->mode;
	ev->parent = c->details->parent;
	ev->tags = c->details->tags;
	ev->properties = c->details->properties;
	if (kind == EM_DISCOVER_CASE) {
		ev->status = a->end->status;
		ev->reason = a->end->reason;
	}
}

/* A list of strings, numbers and booleans, and not an empty one. */
static bool
is_flat_list(struct em_str s)
{
	bool string = false, any = false;

	for (size_t i = 1; i + 1 < s.n; i++) {
		char c = s.p[i];

		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '[' || c == '{' || c == 'n'))
			return false;
		any |= c != ' ' && c != '\t' && c != '\n' && c != '\r';
	}
	return any;
}

/* The labels of CTRF are what is no null and no object, nor holds any. */
static bool
is_label(const struct em_pair *p)
{
	struct em_str s = str_trim(p->value);

	if (!p->json)
		return true;
	if (str_starts(s, "["))
		return is_flat_list(s);
	return !str_starts(s, "{") && !str_eq(s, "null");
}

/* Whether CTRF's members lose something of the start of the case. */
static bool
start_exceeds(const struct ctrf_writer *cw, const struct em_case *c,
    const struct em_event *ev)
{
	for (size_t i = 0; i < ev->properties.n; i++)
		if (!is_label(&ev->properties.v[i]))
			return true;
	return ev->class_name.p != NULL || ev->variant.p != NULL ||
	    ev->iteration != EM_UNSET || ev->mode.p != NULL ||
	    ev->parent.p != NULL || ev->name.n == 0 ||
	    !ctrf_is_plain_suite(cw, c->suite) ||
	    (ev->time_ns != EM_UNSET && !ctrf_has_milliseconds(ev->time_ns)) ||
	    ev->location.column != EM_UNSET ||
	    ev->location.end_line != EM_UNSET ||
	    ev->location.end_column != EM_UNSET;
}

/* ---- attempts before the last ---- */

static void
put_retry(
    struct em_writer *w, const struct em_case *c, const struct em_attempt *a)
{
	struct jsonout *j = ctrf_json(w);
	struct em_event start, end;
	bool any = false;

	jo_element(j);
	jo_enter(j, '{');
	jo_int(j, "attempt", a->number);
	ctrf_put_attempt(w, a);
	start_event(c, a, EM_CASE_START, &start);
	if (start.worker.p != NULL ||
	    (start.time_ns != EM_UNSET &&
		!ctrf_has_milliseconds(start.time_ns))) {
		start.tags = (struct em_strs){ NULL, 0 };
		start.properties = (struct em_pairs){ NULL, 0 };
		ctrf_put_carried(w, &start, &any);
	}
	ctrf_complete_event(c, a, &end);
	if (ctrf_complete_exceeds(&end) || end.status.p != NULL)
		ctrf_put_carried(w, &end, &any);
	ctrf_carry_items(w, c, a, &any);
	ctrf_end_carried(w, any);
	jo_leave(j, '}');
}

static void
put_retries(struct em_writer *w, const struct em_case *c)
{
	struct jsonout *j = ctrf_json(w);
	if (c->attempt_count < 2)
		return;
	jo_int(j, "retries", (int64_t)c->attempt_count - 1);
	jo_list(j, "retryAttempts");
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		if (a != c->last)
			put_retry(w, c, a);
	jo_leave(j, ']');
	if (c->flaky) {
		jo_raw(j, "flaky", EM_STR("true"));
	}
}

/* ---- a test ---- */

/* From the outermost suite to the class. */
static void
put_suite(struct em_writer *w, const struct em_case *c)
{
	struct jsonout *j = ctrf_json(w);
	const struct em_suite *path[SUITES_DEEP], *s = c->suite;
	size_t n = 0;

	for (; s != NULL && s->name.p != NULL && n < SUITES_DEEP; n++) {
		path[n] = s;
		s = s->parent.p != NULL ? find_suite(w->state, s->parent)
					: NULL;
	}
	if (n == 0 && c->class_name.p == NULL)
		return;
	jo_list(j, "suite");
	while (n > 0) {
		s = path[--n];
		jo_element(j);
		em_out_json_str(
		    w->out, s->title.p != NULL ? s->title : s->name);
	}
	if (c->class_name.p != NULL) {
		jo_element(j);
		em_out_json_str(w->out, c->class_name);
	}
	jo_leave(j, ']');
}

static bool
is_member(const struct em_pair *p)
{
	return !p->json && p->value.n > 0 &&
	    (str_eq(p->key, "type") || str_eq(p->key, "browser") ||
		str_eq(p->key, "device") || str_eq(p->key, "testId"));
}

void
ctrf_put_value(struct em_writer *w, const struct em_pair *p)
{
	struct jsonout *j = ctrf_json(w);
	jo_key(j, p->key);
	if (p->json)
		em_out_write(w->out, p->value);
	else
		em_out_json_str(w->out, p->value);
}

static void
put_labels(struct em_writer *w, struct em_pairs list)
{
	struct jsonout *j = ctrf_json(w);
	bool any = false;

	for (size_t i = 0; i < list.n; i++) {
		const struct em_pair *p = &list.v[i];

		if (is_member(p) || !is_label(p))
			continue;
		if (!any) {
			jo_object(j, "labels");
		}
		any = true;
		ctrf_put_value(w, p);
	}
	if (any)
		jo_leave(j, '}');
	for (size_t i = 0; i < list.n; i++)
		if (is_member(&list.v[i]))
			ctrf_put_value(w, &list.v[i]);
}

static void
put_tags(struct em_writer *w, struct em_strs tags)
{
	struct jsonout *j = ctrf_json(w);
	if (tags.n == 0)
		return;
	jo_list(j, "tags");
	for (size_t i = 0; i < tags.n; i++) {
		jo_element(j);
		em_out_json_str(w->out, tags.v[i]);
	}
	jo_leave(j, ']');
}

static void
put_raw_status(struct em_writer *w, const struct em_attempt *a)
{
	struct jsonout *j = ctrf_json(w);
	struct em_str status = a->end->status;

	if (str_starts(status, CTRF_STATUS)) {
		status = str_from(status, strlen(CTRF_STATUS));
		if (str_eq(status, "other"))
			return;
	}
	if (status.p == NULL && a->number > 0 && !a->completed)
		status = EM_STR("incomplete");
	jo_str(j, "rawStatus", status);
}

static void
put_place(struct em_writer *w, const struct em_case *c)
{
	struct jsonout *j = ctrf_json(w);
	const struct em_location *at = &c->details->location;

	jo_str(j, "filePath", at->file);
	if (at->file.p != NULL && at->line != EM_UNSET)
		jo_int(j, "line", at->line);
}

/* What is carried of a test; one that did not run is a case discovered. */
static void
carry_test(struct em_writer *w, const struct em_case *c)
{
	const struct em_attempt *a = c->last;
	bool any = false, ran = a->number > 0;
	struct em_event start, end;

	start_event(c, a, ran ? EM_CASE_START : EM_DISCOVER_CASE, &start);
	if (!ran || start_exceeds(w->state, c, &start))
		ctrf_put_carried(w, &start, &any);
	if (ran) {
		ctrf_complete_event(c, a, &end);
		if (ctrf_complete_exceeds(&end))
			ctrf_put_carried(w, &end, &any);
		ctrf_carry_items(w, c, a, &any);
	}
	ctrf_end_carried(w, any);
}

void
ctrf_put_test(struct em_writer *w, const struct em_case *c)
{
	struct jsonout *j = ctrf_json(w);
	const struct em_attempt *a = c->last;

	jo_element(j);
	em_out_puts(w->out, "\n");
	jo_enter(j, '{');
	jo_str(j, "name", c->name.n > 0 ? c->name : EM_STR("(no name)"));
	if (a->number > 0) {
		ctrf_put_attempt(w, a);
	} else {
		jo_str(j, "status", EM_STR("pending"));
		jo_int(j, "duration", 0);
		jo_str(j, "message", a->end->reason);
	}
	put_raw_status(w, a);
	put_suite(w, c);
	put_place(w, c);
	put_tags(w, c->details->tags);
	put_labels(w, c->details->properties);
	ctrf_put_typed(w, a->items, "ai", CTRF_AI);
	ctrf_put_steps(w, a->items);
	jo_str(j, "threadId", em_attempt_start(a)->worker);
	put_retries(w, c);
	carry_test(w, c);
	jo_leave(j, '}');
}
