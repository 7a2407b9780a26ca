/* SPDX-License-Identifier: MIT */
/*
 * The trace format of Chrome and Perfetto: a process for each suite, a thread
 * for each worker, an event where an attempt begins and one where it ends.
 * An attempt without a worker, or whose worker is busy in that suite, gets a
 * lane of its own, since spans of one thread must nest.  Where there is no
 * time, attempts of a lane are laid end to end.
 */
#include "plain.h"
#include "swrite.h"

enum { PID_RUN = 0, PID_NO_SUITE = 1, PID_FIRST = 2, TID_LANES = 10000 };

struct lane {
	unsigned tests; /* that are open */
	unsigned pid, tid;
	int64_t clock_ns; /* where the last attempt ended */
};

struct trace {
	struct swrite common;
	struct table pids, tids; /* by suite; by worker */
	struct table lanes; /* by pid and tid: struct lane * in w->keep */
	unsigned next_pid, next_tid;
	int64_t zero_ns; /* wall clock at ts 0, EM_UNSET: not known yet */
	int64_t now_ns; /* the latest ts */
	uint64_t running, passed, failed, skipped;
	struct em_str producer, version;
	bool any; /* an event was written */
	bool no_suite; /* cases without one have their process */
};

static enum em_rc
trace_open(struct em_writer *w)
{
	struct trace *t = w->state;

	sw_open(&t->common);
	t->next_pid = PID_FIRST;
	t->next_tid = 1;
	t->zero_ns = EM_UNSET;
	em_out_puts(w->out, "{\"traceEvents\":[");
	return EM_OK;
}

static void
trace_close(struct em_writer *w)
{
	struct trace *t = w->state;

	table_free(&t->pids);
	table_free(&t->tids);
	table_free(&t->lanes);
	sw_close(&t->common);
}

/* ---- JSON ---- */

/* Nanoseconds as microseconds. */
static void
put_us(struct em_out *out, int64_t ns)
{
	out_i64(out, ns / 1000);
	em_out_printf(out, ".%03d", (int)(ns % 1000));
}

static void
put_head(struct em_writer *w, struct trace *t, const char *phase,
    struct em_str name, unsigned pid, unsigned tid, int64_t ns)
{
	em_out_puts(w->out, t->any ? ",\n" : "\n");
	t->any = true;
	em_out_puts(w->out, "{\"ph\":\"");
	em_out_puts(w->out, phase);
	em_out_puts(w->out, "\",\"name\":");
	em_out_json_str(w->out, name);
	em_out_printf(w->out, ",\"pid\":%u,\"tid\":%u", pid, tid);
	if (ns == EM_UNSET)
		return;
	em_out_puts(w->out, ",\"ts\":");
	put_us(w->out, ns);
	if (ns > t->now_ns)
		t->now_ns = ns;
}

/* A member of args; *first is true for the first one. */
static void
put_arg(struct em_writer *w, const char *key, struct em_str value, bool *first)
{
	if (value.p == NULL)
		return;
	em_out_puts(w->out, *first ? "" : ",");
	*first = false;
	em_out_json_str(w->out, em_str(key));
	out_byte(w->out, ':');
	em_out_json_str(w->out, value);
}

static void
put_int_arg(struct em_writer *w, const char *key, int64_t value, bool *first)
{
	if (value == EM_UNSET)
		return;
	em_out_puts(w->out, *first ? "" : ",");
	*first = false;
	em_out_json_str(w->out, em_str(key));
	out_byte(w->out, ':');
	out_i64(w->out, value);
}

/* What a process or thread is called. */
static void
put_title(struct em_writer *w, struct trace *t, const char *what, unsigned pid,
    unsigned tid, struct em_str title)
{
	bool first = true;

	put_head(w, t, "M", em_str(what), pid, tid, EM_UNSET);
	em_out_puts(w->out, ",\"args\":{");
	put_arg(w, "name", title, &first);
	em_out_puts(w->out, "}}");
}

static void
put_running(struct em_writer *w, struct trace *t, int64_t ns)
{
	bool first = true;

	put_head(w, t, "C", EM_STR("running"), PID_RUN, 0, ns);
	em_out_puts(w->out, ",\"args\":{");
	put_int_arg(w, "tests", (int64_t)t->running, &first);
	em_out_puts(w->out, "}}");
}

static void
put_results(struct em_writer *w, struct trace *t, int64_t ns)
{
	bool first = true;

	put_head(w, t, "C", EM_STR("results"), PID_RUN, 0, ns);
	em_out_puts(w->out, ",\"args\":{");
	put_int_arg(w, "passed", (int64_t)t->passed, &first);
	put_int_arg(w, "failed", (int64_t)t->failed, &first);
	put_int_arg(w, "skipped", (int64_t)t->skipped, &first);
	em_out_puts(w->out, "}}");
}

/* ---- lanes ---- */

/* The number under that name, a new one when it has none. */
static unsigned
number_of(struct trace *t, struct table *table, struct em_str name,
    unsigned *next, bool *fresh)
{
	uint64_t *slot = table_at(table, table_key(&name, 1, 0));

	*fresh = slot != NULL && *slot == 0;
	if (slot == NULL) {
		t->common.live.failed = true;
		return 0;
	}
	if (*fresh)
		*slot = (*next)++;
	return (unsigned)*slot;
}

static unsigned
pid_of(struct em_writer *w, struct trace *t, const struct em_event *ev)
{
	struct arena *a = &t->common.arena;
	struct em_str name = ev->suite;
	unsigned pid;
	bool fresh;

	if (name.p == NULL && ev->run.p == NULL) {
		if (!t->no_suite)
			put_title(w, t, "process_name", PID_NO_SUITE, 0,
			    EM_STR("tests"));
		t->no_suite = true;
		return PID_NO_SUITE;
	}
	if (ev->run.p != NULL)
		name =
		    arena_join(a, arena_join(a, ev->run, EM_STR("::")), name);
	pid = number_of(t, &t->pids, name, &t->next_pid, &fresh);
	if (fresh)
		put_title(w, t, "process_name", pid, 0, name);
	return pid;
}

static struct lane *
lane_at(struct em_writer *w, struct trace *t, unsigned pid, unsigned tid,
    struct em_str title)
{
	const unsigned place[] = { pid, tid };
	const struct em_str key = { (const char *)place, sizeof(place) };
	uint64_t *slot = table_at(&t->lanes, table_key(&key, 1, 0));
	struct lane *l;

	if (slot != NULL && *slot != 0)
		return (struct lane *)(uintptr_t)*slot;
	l = slot != NULL ? arena_alloc(&w->keep, sizeof(*l)) : NULL;
	if (l == NULL) {
		w->keep.failed = true;
		return NULL;
	}
	*slot = (uint64_t)(uintptr_t)l;
	l->pid = pid;
	l->tid = tid;
	put_title(w, t, "thread_name", pid, tid, title);
	return l;
}

static struct lane *
choose_lane(struct em_writer *w, struct trace *t, const struct live_case *c)
{
	unsigned pid = pid_of(w, t, &c->start), tid;
	struct em_str worker = c->start.worker;
	struct lane *l = NULL;
	bool fresh;

	if (worker.p != NULL) {
		tid = number_of(t, &t->tids, worker, &t->next_tid, &fresh);
		l = lane_at(w, t, pid, tid, worker);
	}
	if (l == NULL || l->tests > 0)
		l = lane_at(w, t, pid, TID_LANES + c->lane,
		    arena_printf(&t->common.arena, "lane %u", c->lane + 1));
	return l;
}

/* ---- time ---- */

/* Since ts 0; EM_UNSET when the event has no time. */
static int64_t
ts_of(struct trace *t, const struct em_event *ev)
{
	int64_t wall, ns;

	if (ev->elapsed_ns != EM_UNSET)
		return ev->elapsed_ns;
	wall = sw_wall(&t->common, ev);
	if (wall == EM_UNSET)
		return EM_UNSET;
	if (t->zero_ns == EM_UNSET)
		t->zero_ns =
		    t->common.base_ns != EM_UNSET ? t->common.base_ns : wall;
	ns = wall - t->zero_ns;
	return ns < 0 ? 0 : ns;
}

/* ---- events ---- */

static void
put_begin(struct em_writer *w, struct trace *t, struct live_case *c)
{
	struct lane *l = choose_lane(w, t, c);
	const struct em_event *ev = &c->start;
	bool first = true;

	if (l == NULL)
		return;
	c->own = l;
	l->tests++;
	t->running++;
	c->at = ts_of(t, ev);
	if (c->at == EM_UNSET)
		c->at = l->clock_ns;
	put_head(w, t, "B", plain_dotted(&t->common.arena, ev, false), l->pid,
	    l->tid, c->at);
	em_out_puts(w->out, ",\"cat\":\"test\",\"args\":{");
	put_arg(w, "suite", ev->suite, &first);
	put_arg(w, "class", ev->class_name, &first);
	put_arg(w, "name", ev->name, &first);
	put_arg(w, "variant", ev->variant, &first);
	put_int_arg(w, "iteration", ev->iteration, &first);
	put_int_arg(w, "attempt", ev->attempt, &first);
	put_arg(w, "mode", ev->mode, &first);
	put_arg(w, "file", ev->location.file, &first);
	put_int_arg(w, "line", ev->location.line, &first);
	em_out_puts(w->out, "}}");
	put_running(w, t, c->at);
}

static void
put_end(struct em_writer *w, struct trace *t, struct live_case *c,
    const struct em_event *ev)
{
	struct lane *l = c->own;
	int64_t end = ts_of(t, ev);
	bool first = true;

	if (l == NULL)
		return;
	if (ev->duration_ns != EM_UNSET &&
	    __builtin_add_overflow(c->at, ev->duration_ns, &end))
		end = EM_UNSET;
	if (end == EM_UNSET || end < c->at)
		end = c->at;
	l->tests--;
	l->clock_ns = end;
	t->running--;
	t->passed += ev->outcome == EM_PASS;
	t->skipped += ev->outcome == EM_SKIP;
	t->failed += ev->outcome != EM_PASS && ev->outcome != EM_SKIP;
	put_head(w, t, "E", plain_dotted(&t->common.arena, &c->start, false),
	    l->pid, l->tid, end);
	em_out_puts(w->out, ",\"cat\":\"test\",\"args\":{");
	put_arg(w, "outcome",
	    em_outcome_name(ev->outcome == EM_INVALID ? EM_FAIL : ev->outcome),
	    &first);
	put_arg(w, "status", ev->status, &first);
	put_arg(w, "reason", ev->reason, &first);
	put_int_arg(w, "duration_ns", ev->duration_ns, &first);
	put_int_arg(w, "exit_code", ev->exit_code, &first);
	put_int_arg(w, "signal", ev->signal, &first);
	em_out_puts(w->out, "}}");
	put_running(w, t, end);
	put_results(w, t, end);
}

/* Something that has no length. */
static void
put_instant(struct em_writer *w, struct trace *t, const struct em_event *ev,
    struct em_str name, unsigned pid, unsigned tid, const char *scope)
{
	int64_t ns = ts_of(t, ev);

	put_head(w, t, "i", name, pid, tid, ns != EM_UNSET ? ns : t->now_ns);
	em_out_printf(w->out, ",\"s\":\"%s\"}", scope);
}

static void
take_case(struct em_writer *w, struct trace *t, const struct em_event *ev)
{
	struct live_case *c;
	struct lane *l;
	enum live_state state = live_at(&t->common.live, ev, &c);

	if (state == LIVE_LATE)
		wr_lost(w, "what came after the end of a case");
	if (c == NULL)
		return;
	if (state == LIVE_NEW)
		put_begin(w, t, c);
	switch (ev->kind) {
	case EM_CASE_START:
		break;
	case EM_CASE_SLOW:
		l = c->own;
		if (l != NULL)
			put_instant(
			    w, t, ev, EM_STR("slow"), l->pid, l->tid, "t");
		break;
	case EM_CASE_COMPLETE:
		put_end(w, t, c, ev);
		live_end(&t->common.live, c);
		break;
	default:
		wr_lost(w, "messages, output, metrics and attachments");
		break;
	}
}

static enum em_rc
trace_event(struct em_writer *w, const struct em_event *ev)
{
	struct trace *t = w->state;

	sw_event(w, &t->common, ev);
	switch (ev->kind) {
	case EM_PROTOCOL:
		if (t->producer.p == NULL) {
			t->producer = arena_dup(&w->keep, ev->producer_name);
			t->version = arena_dup(&w->keep, ev->producer_version);
		}
		break;
	case EM_RUN_START:
		put_instant(w, t, ev, EM_STR("run starts"), PID_RUN, 0, "g");
		break;
	case EM_RUN_CANCEL:
		put_instant(w, t, ev, EM_STR("cancelled"), PID_RUN, 0, "g");
		break;
	case EM_RUN_COMPLETE:
		put_instant(w, t, ev, EM_STR("run ends"), PID_RUN, 0, "g");
		break;
	case EM_DISCOVER_CASE:
		wr_lost(w, "listed cases");
		break;
	case EM_LOG:
		wr_lost(w, "log lines");
		break;
	default:
		if (em_event_is_case(ev))
			take_case(w, t, ev);
		break;
	}
	return sw_status(w, &t->common);
}

static enum em_rc
trace_finish(struct em_writer *w)
{
	struct trace *t = w->state;
	bool first = true;

	if (t->any)
		put_title(w, t, "process_name", PID_RUN, 0, EM_STR("run"));
	em_out_puts(w->out, "\n],\"displayTimeUnit\":\"ms\",\"otherData\":{");
	put_arg(w, "producer", t->producer, &first);
	put_arg(w, "version", t->version, &first);
	if (t->common.base_ns != EM_UNSET || t->zero_ns != EM_UNSET) {
		char buf[48];
		int64_t ns = t->common.base_ns != EM_UNSET ? t->common.base_ns
							   : t->zero_ns;

		put_arg(w, "start",
		    (struct em_str){ buf, text_time(buf, ns, -1) }, &first);
	}
	if (sw_cut(&t->common))
		put_arg(w, "incomplete", EM_STR("the run has no end"), &first);
	em_out_puts(w->out, "}}\n");
	return sw_status(w, &t->common);
}

const struct em_format format_chrometrace = {
	.info = {
		.name = "chrometrace",
		.title = "a timeline for Chrome and Perfetto (JSON)",
		.flags = EM_FMT_WRITE | EM_FMT_STREAM_WRITE,
		.losses = "messages, output, metrics, attachments, tags, "
			  "properties, listings, log lines",
	},
	.write = {
		.state_size = sizeof(struct trace),
		.open = trace_open,
		.event = trace_event,
		.finish = trace_finish,
		.close = trace_close,
	},
};
