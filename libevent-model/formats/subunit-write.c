/* SPDX-License-Identifier: MIT */
/*
 * Events to packets of subunit version 2.  What others can use is said in
 * their terms: status, time, tags, route, files with usual names and types.
 * What they have no terms for is carried beside it (carry.h) and is read by
 * this format alone.
 */
#include <string.h>

#include "plain.h"
#include "subunit.h"
#include "trace.h"

#define TEXT_MIME "text/plain; charset=utf8"
#define TRACE_MIME "text/x-traceback; charset=utf8"

/* Of a file's content in one packet; leaves room for the other fields. */
enum { PIECE_MAX = 3670016 };

static const int64_t time_max = (int64_t)UINT32_MAX * 1000000000;

enum em_rc
subunit_write_open(struct em_writer *w)
{
	struct subunit_writer *s = w->state;

	sw_open(&s->common);
	buf_init(&s->packet, SUBUNIT_PACKET_MAX + 1);
	return EM_OK;
}

void
subunit_write_close(struct em_writer *w)
{
	struct subunit_writer *s = w->state;

	sw_close(&s->common);
	buf_free(&s->packet);
}

/* ---- packets ---- */

static void
put(struct em_writer *w, struct subunit_writer *s,
    const struct subunit_packet *p)
{
	buf_reset(&s->packet);
	if (subunit_encode(&s->packet, p))
		em_out_write(w->out, buf_str(&s->packet));
	else
		wr_lost(w, "what does not fit a packet of 4 MiB");
}

static void
set_time(struct em_writer *w, struct subunit_writer *s,
    struct subunit_packet *p, int64_t ns)
{
	if (ns == EM_UNSET)
		return;
	if (ns < 0 || ns > time_max) {
		wr_lost(w, "times before 1970 and after 2106");
		return;
	}
	p->time_ns = ns;
	if (ns > s->clock_ns)
		s->clock_ns = ns;
}

/* subunit forbids NUL in ids; the carried name has it. */
static struct em_str
without_nul(struct arena *a, struct em_str s)
{
	struct em_str all = { "", 0 }, part;
	bool more;

	if (s.n == 0 || memchr(s.p, '\0', s.n) == NULL)
		return s;
	do {
		more = str_cut(&s, '\0', &part);
		all = arena_join(a, all, part);
		if (more)
			all = arena_join(a, all, EM_STR("\xe2\x90\x80"));
	} while (more);
	return all;
}

/* For others an id, for this format a text: what it is made of is carried. */
static struct em_str
test_id(struct arena *a, const struct em_event *ev)
{
	return without_nul(a, plain_dotted(a, ev, true));
}

static void
packet_of(struct subunit_writer *s, struct subunit_packet *p,
    const struct em_event *start)
{
	subunit_packet_init(p);
	p->id = test_id(&s->common.arena, start);
	p->route = without_nul(&s->common.arena, start->worker);
}

static void
set_file(struct subunit_packet *p, struct em_str name, struct em_str mime,
    struct em_str content)
{
	p->file = name;
	p->mime = mime;
	p->content = content;
	p->eof = true;
}

static void
set_carried(struct subunit_writer *s, struct subunit_packet *p,
    const struct em_event *ev)
{
	struct em_str line = carry_put(&s->common.carry, ev);

	if (line.p != NULL)
		set_file(p, EM_STR(CARRY_NAME), EM_STR(SUBUNIT_CARRY_MIME),
		    arena_join(&s->common.arena, line, EM_STR("\n")));
	else
		s->common.arena.failed = true;
}

/* A whole file, in as many packets as it takes. */
static void
put_file(struct em_writer *w, struct subunit_writer *s,
    struct subunit_packet *p, struct em_str name, struct em_str mime,
    struct em_str content)
{
	do {
		set_file(p, without_nul(&s->common.arena, name),
		    without_nul(&s->common.arena, mime),
		    str_upto(content, PIECE_MAX));
		content = str_from(content, PIECE_MAX);
		p->eof = content.n == 0;
		put(w, s, p);
	} while (content.n > 0);
	p->file = p->mime = p->content = (struct em_str){ NULL, 0 };
	p->eof = false;
}

/* ---- what is carried ---- */

/* *ev without what the packet says. */
static struct em_event
rest_of(const struct em_event *ev)
{
	struct em_event e = *ev;

	e.raw = (struct em_str){ NULL, 0 };
	e.extra = (struct em_members){ NULL, 0 };
	e.time_ns = e.elapsed_ns = EM_UNSET;
	e.tags = (struct em_strs){ NULL, 0 };
	e.worker = (struct em_str){ NULL, 0 };
	return e;
}

static bool
is_not_runnable(struct em_pairs l)
{
	return l.n == 1 && str_eq(l.v[0].key, "runnable") &&
	    str_eq(l.v[0].value, "false");
}

/* True when a start or a discovery is more than id, tags and time. */
static bool
start_has_rest(const struct em_event *ev)
{
	const struct ident id = ident_of(ev);

	return !ident_is_name(&id) || ev->mode.p != NULL ||
	    ev->parent.p != NULL || ev->location.file.p != NULL ||
	    (ev->properties.n > 0 && !is_not_runnable(ev->properties)) ||
	    ev->selected == EM_FALSE || ev->status.p != NULL ||
	    ev->reason.p != NULL ||
	    (ev->name.n > 0 && memchr(ev->name.p, '\0', ev->name.n) != NULL);
}

static void
put_start(struct em_writer *w, struct subunit_writer *s,
    const struct em_event *ev, enum subunit_status status, int64_t time_ns)
{
	struct subunit_packet p;
	struct em_event rest = rest_of(ev);

	packet_of(s, &p, ev);
	p.status = status;
	set_time(w, s, &p, time_ns);
	p.tags = ev->tags;
	p.has_tags = ev->tags.n > 0;
	p.runnable = !is_not_runnable(ev->properties);
	if (start_has_rest(ev))
		set_carried(s, &p, &rest);
	put(w, s, &p);
}

/* ---- events of a case ---- */

/* The name of a file that is read as that stream. */
static struct em_str
file_of_stream(struct em_str stream)
{
	struct em_str rest = str_from(stream, sizeof("subunit.") - 1);

	if (str_starts(stream, "subunit.") && str_find(rest, ".") < 0)
		stream = rest;
	return stream.n > 0 ? stream : EM_STR("stdout");
}

static void
put_output(struct em_writer *w, struct subunit_writer *s,
    struct subunit_packet *p, const struct em_event *ev)
{
	struct em_str name = file_of_stream(ev->stream);
	struct em_str mime = EM_STR(TEXT_MIME);
	struct em_str text = ev->text;

	if (str_eq(name, "reason") || str_eq(name, "traceback"))
		mime = EM_STR(TEXT_MIME ";" CARRY_NAME "=" SUBUNIT_OUTPUT);
	if (str_utf8_valid(text) < text.n) {
		name =
		    arena_join(&s->common.arena, name, EM_STR(SUBUNIT_BYTES));
		mime = EM_STR(
		    "application/octet-stream;" CARRY_NAME "=" SUBUNIT_OUTPUT);
	}
	if (ev->truncated_bytes > 0)
		wr_lost(w, "numbers of bytes left out of output");
	for (; text.n > 0; text = str_from(text, PIECE_MAX)) {
		set_file(p, without_nul(&s->common.arena, name), mime,
		    str_upto(text, PIECE_MAX));
		p->eof = false;
		put(w, s, p);
	}
}

static bool
same_location(struct em_location a, struct em_location b)
{
	return em_str_eq(a.file, b.file) && a.line == b.line &&
	    a.column == b.column && a.end_line == b.end_line &&
	    a.end_column == b.end_column;
}

/* Whether the reader will find all of the message in its text. */
static bool
says_it_all(const struct em_event *ev, struct em_str text)
{
	struct em_event x;

	em_event_init(&x, EM_CASE_MESSAGE);
	trace_message(&x, text);
	return str_eq(ev->message_kind, "error") &&
	    em_str_eq(x.message, ev->message) &&
	    em_str_eq(x.detail, ev->detail) && em_str_eq(x.type, ev->type) &&
	    same_location(x.location, ev->location) && ev->code.p == NULL &&
	    ev->expected.p == NULL && ev->actual.p == NULL &&
	    ev->rendered.p == NULL;
}

static void
put_carried(struct em_writer *w, struct subunit_writer *s,
    struct subunit_packet *p, const struct em_event *ev)
{
	const struct ident name = {
		.name = ev->name, .iteration = EM_UNSET, .attempt = EM_UNSET
	};
	struct em_event rest = rest_of(ev);
	struct em_str line;

	ident_put(&rest, &name);
	line = carry_put(&s->common.carry, &rest);
	if (line.p == NULL) {
		s->common.arena.failed = true;
		return;
	}
	put_file(w, s, p, EM_STR(CARRY_NAME), EM_STR(SUBUNIT_CARRY_MIME),
	    arena_join(&s->common.arena, line, EM_STR("\n")));
}

static void
put_message(struct em_writer *w, struct subunit_writer *s,
    struct subunit_packet *p, const struct em_event *ev)
{
	struct em_message m = event_message(ev);
	struct em_str text = ev->detail.p != NULL ? ev->detail : ev->message;

	if (says_it_all(ev, text)) {
		put_file(
		    w, s, p, EM_STR("traceback"), EM_STR(TRACE_MIME), text);
		return;
	}
	text = plain_message(&s->common.arena, &m);
	if (str_eq(ev->message_kind, "error"))
		put_file(w, s, p, EM_STR("traceback"),
		    EM_STR(TRACE_MIME ";" CARRY_NAME "=" SUBUNIT_SHOWN), text);
	else
		put_file(w, s, p, ev->message_kind,
		    EM_STR(TEXT_MIME ";" CARRY_NAME "=" SUBUNIT_SHOWN), text);
	put_carried(w, s, p, ev);
}

static void
put_attachment(struct em_writer *w, struct subunit_writer *s,
    struct subunit_packet *p, const struct em_event *ev)
{
	struct em_str mime = ev->media_type, title = ev->title;

	if (ev->data.p == NULL || title.n == 0) {
		put_carried(w, s, p, ev);
		return;
	}
	if (mime.p == NULL &&
	    (str_eq(title, "stdout") || str_eq(title, "stderr")))
		mime = EM_STR("application/octet-stream");
	/* The mark keeps text from being read as output. */
	if (mime.p != NULL)
		mime = arena_join(&s->common.arena, mime,
		    EM_STR(";" CARRY_NAME "=" SUBUNIT_DATA));
	put_file(w, s, p, title, mime, ev->data);
}

static enum subunit_status
status_of(const struct em_event *ev)
{
	switch (ev->outcome) {
	case EM_PASS:
		return SUBUNIT_SUCCESS;
	case EM_SKIP:
		return str_eq(ev->status, "xfail") ? SUBUNIT_XFAIL
						   : SUBUNIT_SKIP;
	default:
		return str_eq(ev->status, "xpass") ? SUBUNIT_UXSUCCESS
						   : SUBUNIT_FAIL;
	}
}

/* True when the end is more than the packet's status, time and reason. */
static bool
end_has_rest(const struct em_event *ev, enum subunit_status status)
{
	return (ev->status.p != NULL && status != SUBUNIT_XFAIL &&
		   status != SUBUNIT_UXSUCCESS) ||
	    ev->exit_code != EM_UNSET || ev->signal != EM_UNSET ||
	    ev->properties.n > 0;
}

static void
put_end(struct em_writer *w, struct subunit_writer *s,
    const struct live_case *c, const struct em_event *ev)
{
	struct subunit_packet p;
	struct em_event rest = rest_of(ev);
	int64_t end = sw_time(&s->common, ev);

	packet_of(s, &p, &c->start);
	if (ev->reason.p != NULL)
		put_file(
		    w, s, &p, EM_STR("reason"), EM_STR(TEXT_MIME), ev->reason);
	/* Two equal times are no time, when nobody says so. */
	if (ev->duration_ns == EM_UNSET && end == c->at)
		end = EM_UNSET;
	if (ev->duration_ns != EM_UNSET && c->at != EM_UNSET &&
	    __builtin_add_overflow(c->at, ev->duration_ns, &end))
		end = EM_UNSET;
	p.status = status_of(ev);
	set_time(w, s, &p, end);
	p.tags = c->start.tags;
	p.has_tags = p.tags.n > 0;
	p.runnable = !is_not_runnable(c->start.properties);
	rest.reason = (struct em_str){ NULL, 0 };
	if (p.time_ns != EM_UNSET && c->at != EM_UNSET)
		rest.duration_ns = EM_UNSET;
	if (end_has_rest(ev, p.status) || rest.duration_ns != EM_UNSET)
		set_carried(s, &p, &rest);
	put(w, s, &p);
}

static void
begin(struct em_writer *w, struct subunit_writer *s, struct live_case *c,
    const struct em_event *ev)
{
	c->at = sw_time(&s->common, ev);
	/* Where nothing has a time one is made up: it carries durations. */
	if (c->at == EM_UNSET && s->clock_ns < SUBUNIT_YEAR_NS)
		c->at = s->clock_ns;
	put_start(w, s, &c->start, SUBUNIT_INPROGRESS, c->at);
}

/* What comes after the end is to others a new test, so it is written only
 * where a failure would be lost. */
static void
put_late(
    struct em_writer *w, struct subunit_writer *s, const struct em_event *ev)
{
	struct subunit_packet p;

	packet_of(s, &p, ev);
	if (ev->kind == EM_CASE_MESSAGE && str_eq(ev->message_kind, "error")) {
		put_message(w, s, &p, ev);
		failing_attempt(&s->common.failing, ev, true);
	} else if (ev->kind == EM_CASE_COMPLETE && ev->outcome != EM_PASS &&
	    ev->outcome != EM_SKIP) {
		p.status = SUBUNIT_FAIL;
		put(w, s, &p);
	} else {
		wr_lost(w, "what came after the end of a case");
	}
}

static void
put_case(
    struct em_writer *w, struct subunit_writer *s, const struct em_event *ev)
{
	struct subunit_packet p;
	struct live_case *c;
	enum live_state state = live_at(&s->common.live, ev, &c);

	if (state == LIVE_LATE)
		put_late(w, s, ev);
	if (c == NULL)
		return;
	if (state == LIVE_NEW)
		begin(w, s, c, ev);
	if (ev->kind == EM_CASE_START)
		return;
	packet_of(s, &p, &c->start);
	set_time(w, s, &p, sw_time(&s->common, ev));
	switch (ev->kind) {
	case EM_CASE_OUTPUT:
		put_output(w, s, &p, ev);
		break;
	case EM_CASE_MESSAGE:
		put_message(w, s, &p, ev);
		break;
	case EM_CASE_METRIC:
		put_carried(w, s, &p, ev);
		break;
	case EM_CASE_ATTACHMENT:
		put_attachment(w, s, &p, ev);
		break;
	case EM_CASE_SLOW:
		wr_lost(w, "warnings of slow cases");
		break;
	case EM_CASE_COMPLETE:
		put_end(w, s, c, ev);
		live_end(&s->common.live, c);
		break;
	default:
		break;
	}
}

/* ---- events of no case, or of one that is not started by them ---- */

static void
put_discovered(
    struct em_writer *w, struct subunit_writer *s, const struct em_event *ev)
{
	const struct live_case *c = live_find(&s->common.live, ev);
	struct subunit_packet p;

	if (c == NULL && !live_ended(&s->common.live, ev)) {
		put_start(w, s, ev, SUBUNIT_EXISTS, sw_time(&s->common, ev));
		return;
	}
	if (c == NULL || ev->tags.n == 0) {
		wr_lost(w, "what is said of a case that has begun");
		return;
	}
	packet_of(s, &p, &c->start);
	set_time(w, s, &p, sw_time(&s->common, ev));
	p.tags = ev->tags;
	p.has_tags = true;
	put(w, s, &p);
}

static void
put_log(
    struct em_writer *w, struct subunit_writer *s, const struct em_event *ev)
{
	struct subunit_packet p;
	struct em_str text = ev->text, name = file_of_stream(ev->stream);
	bool is_text = str_utf8_valid(text) == text.n;

	if (ev->level.p != NULL)
		wr_lost(w, "levels of log lines");
	if (text.n == 0 || text.p[text.n - 1] != '\n')
		text = arena_join(&s->common.arena, text, EM_STR("\n"));
	subunit_packet_init(&p);
	set_time(w, s, &p, sw_time(&s->common, ev));
	put_file(w, s, &p, name,
	    is_text ? EM_STR(TEXT_MIME) : EM_STR("application/octet-stream"),
	    text);
}

/* To others a test of that name, which fails or never ends. */
static void
put_stand_in(struct em_writer *w, struct subunit_writer *s,
    const struct em_event *ev, struct em_str what, enum subunit_status status)
{
	struct subunit_packet p;
	struct em_event rest = rest_of(ev);

	subunit_packet_init(&p);
	p.id = without_nul(
	    &s->common.arena, arena_join(&s->common.arena, what, ev->suite));
	p.status = status;
	p.runnable = false;
	set_time(w, s, &p, sw_time(&s->common, ev));
	set_carried(s, &p, &rest);
	put(w, s, &p);
}

enum em_rc
subunit_write_event(struct em_writer *w, const struct em_event *ev)
{
	struct subunit_writer *s = w->state;

	sw_event(w, &s->common, ev);
	switch (ev->kind) {
	case EM_DISCOVER_CASE:
		put_discovered(w, s, ev);
		break;
	case EM_LOG:
		put_log(w, s, ev);
		break;
	case EM_SUITE_COMPLETE:
		if (sw_fails_alone(&s->common, ev))
			put_stand_in(w, s, ev, EM_STR("suite "), SUBUNIT_FAIL);
		else
			sw_lost_members(w, ev);
		break;
	case EM_RUN_COMPLETE:
		if (sw_fails_alone(&s->common, ev))
			put_stand_in(w, s, ev, EM_STR("run"), SUBUNIT_FAIL);
		else
			sw_lost_members(w, ev);
		break;
	case EM_RUN_START:
	case EM_SUITE_START:
	case EM_RUN_CANCEL:
		sw_lost_members(w, ev);
		break;
	default:
		if (em_event_is_case(ev))
			put_case(w, s, ev);
		break;
	}
	return sw_status(w, &s->common);
}

enum em_rc
subunit_write_finish(struct em_writer *w)
{
	struct subunit_writer *s = w->state;
	struct em_event ev;

	if (sw_cut(&s->common)) {
		em_event_init(&ev, EM_RUN_START);
		put_stand_in(w, s, &ev, EM_STR("run"), SUBUNIT_INPROGRESS);
	}
	return sw_status(w, &s->common);
}
