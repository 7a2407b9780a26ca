/* SPDX-License-Identifier: MIT */
/*
 * A line for each failure, as compilers write them and editors read them:
 *
 *   file:line:column: error: message [suite::name]
 *
 * A failure without a place has its name where the file would be.
 */
#include "plain.h"
#include "swrite.h"

static enum em_rc
gcc_open(struct em_writer *w)
{
	sw_open(w->state);
	return EM_OK;
}

static void
gcc_close(struct em_writer *w)
{
	sw_close(w->state);
}

static void
put_place(struct em_writer *w, const struct em_location *l, struct em_str name)
{
	if (l->file.p == NULL) {
		plain_line(w->out, name);
		return;
	}
	plain_line(w->out, l->file);
	if (l->line == EM_UNSET)
		return;
	em_out_printf(w->out, ":%lld", (long long)l->line);
	if (l->column != EM_UNSET)
		em_out_printf(w->out, ":%lld", (long long)l->column);
}

/* The message in one line: what it says, and what was compared. */
static void
put_text(struct em_writer *w, const struct em_event *m)
{
	struct em_str text = plain_first_line(m->message);

	if (text.n == 0)
		text = plain_first_line(m->detail);
	if (text.n == 0)
		text = plain_first_line(m->rendered);
	if (text.n == 0)
		text = m->type.n > 0 ? m->type : EM_STR("failed");
	plain_line(w->out, text);
	if (m->expected.p == NULL || m->actual.p == NULL)
		return;
	em_out_puts(w->out, " (expected ");
	plain_line(w->out, plain_first_line(m->expected));
	em_out_puts(w->out, ", actual ");
	plain_line(w->out, plain_first_line(m->actual));
	out_byte(w->out, ')');
}

static const struct em_location *
place_of(const struct live_case *c, const struct em_event *m)
{
	if (m != NULL && m->location.file.p != NULL)
		return &m->location;
	return &c->start.location;
}

static void
put_message(struct em_writer *w, struct swrite *s, const struct live_case *c,
    const struct em_event *m, const char *weight)
{
	const struct em_location *place = place_of(c, m);
	struct em_str name = plain_name(&s->arena, &c->start);

	put_place(w, place, name);
	em_out_printf(w->out, ": %s: ", weight);
	put_text(w, m);
	if (place->file.p != NULL) {
		em_out_puts(w->out, " [");
		plain_line(w->out, name);
		out_byte(w->out, ']');
	}
	out_byte(w->out, '\n');
}

static const char *
weight_of(const struct em_event *m, bool fails)
{
	if (str_eq(m->message_kind, "error"))
		return fails ? "error" : "note";
	return str_eq(m->message_kind, "warning") ? "warning" : "note";
}

/* A failure that nobody explained with a message. */
static void
put_bare(struct em_writer *w, struct swrite *s, const struct live_case *c,
    struct em_str status, struct em_str reason)
{
	struct em_event m;

	em_event_init(&m, EM_CASE_MESSAGE);
	m.message = plain_first_line(reason);
	if (m.message.n == 0)
		m.message = status;
	else if (status.n > 0)
		m.message = arena_join(&s->arena,
		    arena_join(&s->arena, status, EM_STR(": ")), m.message);
	put_message(w, s, c, &m, "error");
}

static void
complete(struct em_writer *w, struct swrite *s, struct live_case *c,
    const struct em_event *ev)
{
	bool fails = ev->outcome != EM_PASS && ev->outcome != EM_SKIP;
	bool explained = false;

	for (const struct live_item *i = c->items; i != NULL; i = i->next) {
		put_message(w, s, c, &i->ev, weight_of(&i->ev, fails));
		explained |= str_eq(i->ev.message_kind, "error");
	}
	if (fails && !explained)
		put_bare(w, s, c, ev->status, ev->reason);
	live_end(&s->live, c);
}

/* A failure after the end of its attempt is one all the same. */
static void
put_late(struct em_writer *w, struct swrite *s, const struct em_event *ev)
{
	struct live_case c = { .at = EM_UNSET };
	bool error =
	    ev->kind == EM_CASE_MESSAGE && str_eq(ev->message_kind, "error");

	em_event_init(&c.start, EM_CASE_START);
	c.start = *ev;
	c.start.location = (struct em_location){ .line = EM_UNSET };
	if (error)
		put_message(w, s, &c, ev, "error");
	else if (ev->kind == EM_CASE_COMPLETE && ev->outcome != EM_PASS &&
	    ev->outcome != EM_SKIP)
		put_bare(w, s, &c, ev->status, ev->reason);
	if (error)
		failing_attempt(&s->failing, ev, true);
}

static void
take_case(struct em_writer *w, struct swrite *s, const struct em_event *ev)
{
	struct live_case *c;
	enum live_state state = live_at(&s->live, ev, &c);

	if (state == LIVE_LATE)
		put_late(w, s, ev);
	if (c == NULL)
		return;
	if (ev->kind == EM_CASE_MESSAGE)
		live_keep(&s->live, c, ev);
	else if (ev->kind == EM_CASE_COMPLETE)
		complete(w, s, c, ev);
}

/* "suite NAME: error: reason" */
static void
put_other(struct em_writer *w, const char *what, struct em_str name,
    struct em_str why)
{
	em_out_puts(w->out, what);
	plain_line(w->out, name);
	em_out_puts(w->out, ": error: ");
	plain_line(
	    w->out, why.n > 0 ? plain_first_line(why) : EM_STR("failed"));
	out_byte(w->out, '\n');
}

static enum em_rc
gcc_event(struct em_writer *w, const struct em_event *ev)
{
	struct swrite *s = w->state;
	struct em_str why = ev->reason.n > 0 ? ev->reason : ev->status;

	sw_event(w, s, ev);
	if (em_event_is_case(ev))
		take_case(w, s, ev);
	else if (ev->kind == EM_SUITE_COMPLETE && sw_fails_alone(s, ev))
		put_other(w, "suite ", ev->suite, why);
	else if (ev->kind == EM_RUN_COMPLETE && sw_fails_alone(s, ev))
		put_other(w, "run", (struct em_str){ "", 0 }, why);
	return sw_status(w, s);
}

static enum em_rc
gcc_finish(struct em_writer *w)
{
	struct swrite *s = w->state;
	struct live_case *c;

	while ((c = live_first(&s->live)) != NULL) {
		put_bare(w, s, c, (struct em_str){ NULL, 0 },
		    EM_STR("started and did not complete"));
		live_end(&s->live, c);
	}
	if (sw_cut(s))
		put_other(w, "run", (struct em_str){ "", 0 },
		    EM_STR("it has no end"));
	return sw_status(w, s);
}

const struct em_format format_gcc = {
	.info = {
		.name = "gcc",
		.title = "file:line:column: error: message, for editors",
		.flags = EM_FMT_WRITE | EM_FMT_STREAM_WRITE,
		.losses = "everything but messages and failures, of which "
			  "one line each is kept",
	},
	.write = {
		.state_size = sizeof(struct swrite),
		.open = gcc_open,
		.event = gcc_event,
		.finish = gcc_finish,
		.close = gcc_close,
	},
};
