/* SPDX-License-Identifier: MIT */
#include "report.h"

/* ---- the run ---- */

static void
reset(struct report *p)
{
	em_event_init(&p->start, EM_RUN_START);
	p->version = p->status = (struct em_str){ NULL, 0 };
	p->duration_ns = EM_UNSET;
	p->listing = p->failed_itself = false;
	p->begun = p->suite_failed = false;
	failing_free(&p->failing);
	p->listed = 0;
	rep_clear(p);
}

void
rep_open(struct report *p, struct em_reader *r, struct em_str producer)
{
	p->r = r;
	p->producer = producer;
	arena_init(&p->arena, r->opts.limits.memory_max);
	reset(p);
}

void
rep_close(struct report *p)
{
	arena_free(&p->arena);
	failing_free(&p->failing);
	suites_free(&p->suites);
}

struct em_str
rep_dup(struct report *p, struct em_str s)
{
	return arena_dup(&p->arena, s);
}

struct em_str
rep_keep(struct report *p, struct em_str s)
{
	return arena_dup(&p->r->keep, s);
}

void
rep_run_property(struct report *p, struct em_str key, struct em_str value)
{
	struct arena *a = &p->r->keep;
	struct em_pair *pair;

	if (value.n == 0 || p->begun)
		return;
	pair = arena_alloc(a, sizeof(*pair));
	if (pair == NULL)
		return;
	*pair = (struct em_pair){ .key = arena_dup(a, key),
		.value = arena_dup(a, value) };
	p->start.properties =
	    pairs_join(a, p->start.properties, (struct em_pairs){ pair, 1 });
}

void
rep_begin(struct report *p)
{
	if (p->begun)
		return;
	p->begun = true;
	rd_protocol(p->r, p->producer, p->version);
	if (p->listing)
		rd_simple(p->r, EM_DISCOVER_START);
	else
		rd_emit(p->r, &p->start);
}

void
rep_suite(struct report *p, const struct em_event *ev)
{
	rep_begin(p);
	if (!p->listing)
		suites_start(p->r, &p->suites, ev);
}

void
rep_suite_end(struct report *p, const struct em_event *ev)
{
	rep_begin(p);
	if (p->listing)
		return;
	suites_end(p->r, &p->suites, ev);
	p->suite_failed |= ev->outcome == EM_FAIL;
}

void
rep_log(struct report *p, struct em_str suite, struct em_str stream,
    struct em_str level, struct em_str text)
{
	struct em_event ev;

	if (text.n == 0)
		return;
	rep_begin(p);
	em_event_init(&ev, EM_LOG);
	ev.suite = suite;
	ev.stream = stream;
	ev.level = level;
	ev.text = text;
	rd_emit(p->r, &ev);
}

static void
complete_run(struct report *p)
{
	bool failed = p->suite_failed || failing_any(&p->failing);
	struct em_event ev;

	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = failed || p->failed_itself ? EM_FAIL : EM_PASS;
	if (!failed && p->failed_itself)
		ev.status = p->status.p != NULL ? p->status : EM_STR("error");
	ev.duration_ns = p->duration_ns;
	rd_emit(p->r, &ev);
}

bool
rep_end(struct report *p)
{
	struct em_event ev;

	rep_begin(p);
	if (!p->listing) {
		if (!suites_complete(p->r, &p->suites))
			return false;
		complete_run(p);
	} else {
		em_event_init(&ev, EM_DISCOVER_COMPLETE);
		ev.total = p->listed;
		rd_emit(p->r, &ev);
	}
	reset(p);
	return true;
}

void
rep_clear(struct report *p)
{
	if (p->arena.failed)
		p->r->keep.failed = true;
	arena_reset(&p->arena);
}

/* ---- sending ---- */

static void
identify(struct em_event *ev, enum em_kind kind, const struct em_event *id)
{
	em_event_init(ev, kind);
	ev->suite = id->suite;
	ev->class_name = id->class_name;
	ev->name = id->name;
	ev->variant = id->variant;
	ev->iteration = id->iteration;
	ev->attempt = id->attempt;
	ev->line = id->line;
}

static void
send_item(
    struct em_reader *r, const struct rep_item *item, const struct em_event *id)
{
	const struct em_output *o = &item->u.output;
	const struct em_message *m = &item->u.message;
	const struct em_metric *n = &item->u.metric;
	const struct em_attachment *a = &item->u.attachment;
	struct em_event ev;

	identify(&ev, item->kind, id);
	switch (item->kind) {
	case EM_CASE_OUTPUT:
		ev.stream = o->stream;
		ev.text = o->text;
		ev.truncated_bytes = o->truncated_bytes;
		break;
	case EM_CASE_MESSAGE:
		ev.message_kind = m->kind;
		ev.message = m->message;
		ev.detail = m->detail;
		ev.type = m->type;
		ev.code = m->code;
		ev.expected = m->expected;
		ev.actual = m->actual;
		ev.rendered = m->rendered;
		ev.location = m->location;
		break;
	case EM_CASE_METRIC:
		ev.metric = n->metric;
		ev.unit = n->unit;
		ev.value = n->value;
		ev.deviation = n->deviation;
		ev.min = n->min;
		ev.max = n->max;
		ev.median = n->median;
		ev.samples = n->samples;
		break;
	default:
		ev.title = a->title;
		ev.media_type = a->media_type;
		ev.path = a->path;
		ev.url = a->url;
		ev.data = a->data;
		break;
	}
	rd_emit(r, &ev);
}

static void
send_completion(
    struct report *p, const struct rep_case *c, const struct em_event *id)
{
	struct em_event ev;

	identify(&ev, EM_CASE_COMPLETE, id);
	ev.outcome = c->outcome;
	ev.status = c->status;
	ev.reason = c->reason;
	ev.duration_ns = c->duration_ns;
	ev.exit_code = c->exit_code;
	ev.signal = c->signal;
	rd_emit(p->r, &ev);
}

static void
send_attempt(struct report *p, const struct rep_case *c,
    const struct em_event *id, const struct em_event *details)
{
	struct em_event ev = *details;

	ev.kind = EM_CASE_START;
	ev.attempt = id->attempt;
	ev.time_ns = c->time_ns;
	rd_emit(p->r, &ev);
	for (const struct rep_item *i = c->items; i != NULL; i = i->next)
		send_item(p->r, i, id);
	if (c->outcome != EM_NONE && !c->later)
		send_completion(p, c, id);
}

/* The oldest first; the list has the newest first. */
static void
send_attempts(struct report *p, const struct rep_case *c, struct em_event *id,
    const struct em_event *details)
{
	const struct rep_case *const *v;
	const struct rep_case **w;
	int64_t first = id->attempt >= 1 ? id->attempt : 1;
	size_t n = 0;

	for (const struct rep_case *a = c; a != NULL; a = a->earlier)
		n++;
	v = w = arena_alloc(c->arena, n * sizeof(*w));
	if (w == NULL)
		return;
	for (const struct rep_case *a = c; a != NULL; a = a->earlier)
		w[--n] = a;
	for (;; n++) {
		id->attempt =
		    first + (int64_t)n > 1 ? first + (int64_t)n : EM_UNSET;
		send_attempt(p, v[n], id, details);
		if (v[n] == c)
			break;
	}
}

static bool
is_failure(enum em_outcome outcome)
{
	return outcome == EM_FAIL || outcome == EM_NONE;
}

void
rep_complete(struct report *p, const struct rep_case *c)
{
	struct em_event id;

	em_event_init(&id, EM_CASE_COMPLETE);
	id.suite = c->suite;
	id.class_name = c->class_name;
	id.name = c->name;
	id.variant = c->variant;
	id.iteration = c->iteration;
	id.attempt = c->attempt;
	id.line = c->line;
	failing_attempt(&p->failing, &id, is_failure(c->outcome));
	send_completion(p, c, &id);
}

void
rep_send(struct report *p, struct rep_case *c)
{
	struct em_event ev, id;

	em_event_init(&ev, EM_SUITE_START);
	ev.suite = c->suite;
	ev.line = c->line;
	rep_suite(p, &ev);
	ev.kind = EM_DISCOVER_CASE;
	ev.class_name = c->class_name;
	ev.name = c->name;
	ev.variant = c->variant;
	ev.iteration = c->iteration;
	rd_repeat(p->r, &ev);
	c->iteration = ev.iteration;
	c->attempt = ev.attempt;
	id = ev;
	ev.location = c->location;
	ev.tags = rep_tags(c);
	ev.properties = rep_properties(c);
	if (!p->listing) {
		send_attempts(p, c, &id, &ev);
		if (!c->later)
			failing_attempt(
			    &p->failing, &id, is_failure(c->outcome));
		return;
	}
	p->listed++;
	ev.selected = c->unselected ? EM_FALSE : EM_ABSENT;
	ev.status = c->status;
	ev.reason = c->reason;
	rd_emit(p->r, &ev);
}

bool
rep_over(struct report *p, bool complete, struct rep_case **open)
{
	if (complete)
		return rep_end(p);
	rep_begin(p);
	if (*open != NULL)
		rep_send(p, *open);
	*open = NULL;
	return true;
}
