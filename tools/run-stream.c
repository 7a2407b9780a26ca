/* SPDX-License-Identifier: MIT */
/*
 * One stream of what commands give.  What a single command says passes as it
 * is, with what is missing added; several commands, or several rounds of one,
 * become one run of ours.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

struct run_stream *
run_stream_new(
    struct cli *c, struct run_keeper *k, const struct run_stream_opts *opts)
{
	struct run_stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->c = c;
	s->k = k;
	s->opts = *opts;
	s->began_ns = run_now();
	s->results = em_results_new(opts->keep, SIZE_MAX / 2);
	s->suites = em_map_new();
	if (getcwd(s->cwd, sizeof(s->cwd)) == NULL)
		s->cwd[0] = '\0';
	s->places = em_map_new();
	s->latest = em_map_new();
	if (s->results != NULL && s->suites != NULL && s->places != NULL &&
	    s->latest != NULL)
		return s;
	run_stream_free(s);
	return NULL;
}

void
run_stream_free(struct run_stream *s)
{
	struct run_held *next;

	if (s == NULL)
		return;
	for (struct run_held *h = s->held; h != NULL; h = next) {
		next = h->next;
		em_event_free(h->ev);
		free(h);
	}
	em_event_free(s->complete);
	em_results_free(s->results);
	em_map_free(s->suites);
	em_map_free(s->before);
	em_map_free(s->places);
	em_map_free(s->latest);
	free(s);
}

struct em_results *
run_stream_results(struct run_stream *s)
{
	return s->results;
}

static void
fail(struct run_stream *s, int st)
{
	if (s->st == ST_OK)
		s->st = st;
	s->k->failed = true;
	run_wake();
}

void
run_no_memory(struct run_stream *s)
{
	if (s->st == ST_OK)
		cli_say(s->c, "out of memory");
	fail(s, ST_IO);
}

void
run_put(struct run_stream *s, const struct em_event *ev)
{
	int st;

	if (s->st != ST_OK)
		return;
	if (em_results_event(s->results, ev) != EM_OK) {
		run_no_memory(s);
		return;
	}
	recorder_event(s->opts.recorder, ev);
	st = cli_write(s->c, ev);
	if (st != ST_OK)
		fail(s, st);
}

static int64_t
wall_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- the start ---- */

/* The header that the command wrote passes as it is. */
static void
put_header(struct run_stream *s, const struct em_event *ev)
{
	struct em_event out;

	s->header = true;
	if (ev != NULL && !s->opts.several) {
		out = *ev;
		if (ev->flags & EM_F_SYNTHETIC && ev->time_ns == EM_UNSET)
			out.time_ns = wall_clock();
		run_put(s, &out);
		return;
	}
	em_event_init(&out, EM_PROTOCOL);
	out.version = EM_STR(EM_PROTOCOL_VERSION);
	out.producer_name = EM_STR("trun");
	out.producer_version = EM_STR(VERSION);
	out.time_ns = wall_clock();
	run_put(s, &out);
}

/* A run says what was run and where. */
static void
put_run(struct run_stream *s, const struct em_event *ev)
{
	struct em_event out;

	s->started = true;
	em_event_init(&out, EM_RUN_START);
	if (ev != NULL)
		out = *ev;
	out.raw = (struct em_str){ NULL, 0 };
	if (out.command.n == 0)
		out.command = s->opts.command;
	if (out.cwd.p == NULL && s->cwd[0] != '\0')
		out.cwd = em_str(s->cwd);
	if (out.parent_run.p == NULL)
		out.parent_run = s->opts.parent_run;
	if (out.root_run.p == NULL)
		out.root_run = s->opts.root_run;
	run_put(s, &out);
}

void
run_put_start(struct run_stream *s, const struct em_event *ev)
{
	bool own = s->opts.several || s->opts.rounds;

	if (!s->header)
		put_header(s, NULL);
	if (ev != NULL && own) {
		/* How many there will be is known to none of them. */
		struct em_event out = *ev;

		out.run = (struct em_str){ NULL, 0 };
		if (s->opts.several)
			out.total = EM_UNSET;
		if (!s->started)
			put_run(s, s->opts.several ? NULL : &out);
	} else if (ev != NULL || !s->started) {
		put_run(s, ev);
	}
}

/* ---- sources ---- */

bool
run_source_init(
    struct run_source *src, struct run_stream *s, struct em_str label)
{
	*src = (struct run_source){ .stream = s,
		.label = label,
		.began_ns = run_now(),
		.open_at = em_map_new(),
		.base = em_map_new() };
	return src->open_at != NULL && src->base != NULL;
}

/* Below the suite of the command comes the run, if it has a name, and the
 * suite that it states. */
static struct em_str
below(const struct run_source *src, struct text *t, struct em_str run,
    struct em_str suite)
{
	t->n = 0;
	text_add(t, src->label);
	for (int i = 0; i < 2; i++) {
		struct em_str part = i == 0 ? run : suite;

		if (part.n == 0)
			continue;
		text_puts(t, "/");
		text_add(t, part);
	}
	return text_str(t);
}

static bool
has_suite(const struct em_event *ev)
{
	return em_event_is_case(ev) || ev->kind == EM_DISCOVER_CASE ||
	    ev->kind == EM_SUITE_START || ev->kind == EM_SUITE_COMPLETE ||
	    ev->suite.p != NULL;
}

void
run_put_label(struct run_source *src)
{
	const struct em_str id[] = { { NULL, 0 }, src->label };
	struct run_stream *s = src->stream;
	uint64_t *at = em_map_at(s->suites, em_key(id, 2));
	struct em_event ev;

	src->labelled = true;
	run_put_start(s, NULL);
	if (at == NULL)
		run_no_memory(s);
	if (at == NULL || (*at)++ > 0)
		return;
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = src->label;
	run_put(s, &ev);
}

/* Names the suites of one command apart from those of others. */
static void
name_apart(struct run_source *src, struct em_event *ev)
{
	if (src->label.p == NULL)
		return;
	ev->raw = (struct em_str){ NULL, 0 };
	if (ev->kind == EM_SUITE_START)
		ev->parent = below(src, &src->parent, ev->run, ev->parent);
	if (has_suite(ev))
		ev->suite = below(src, &src->suite, ev->run, ev->suite);
	else if (ev->kind == EM_LOG)
		ev->suite = src->label;
	ev->run = (struct em_str){ NULL, 0 };
}

/* ---- open cases ---- */

static void
open_case(struct run_source *src, const struct em_event *ev)
{
	uint64_t *at = em_map_at(src->open_at, em_case_key(ev));
	struct run_open *v = src->open;

	if (at == NULL || *at != 0)
		return;
	if (src->open_count == src->open_size) {
		size_t size = src->open_size == 0 ? 16 : src->open_size * 2;

		v = realloc(v, size * sizeof(*v));
		if (v == NULL) {
			run_no_memory(src->stream);
			return;
		}
		src->open = v;
		src->open_size = size;
	}
	v[src->open_count].start = em_event_dup(ev);
	if (v[src->open_count].start == NULL)
		run_no_memory(src->stream);
	else
		*at = ++src->open_count;
}

static void
close_case(struct run_source *src, const struct em_event *ev)
{
	uint64_t *at = em_map_find(src->open_at, em_case_key(ev)), *moved;
	size_t i;

	if (at == NULL || *at == 0)
		return;
	i = (size_t)*at - 1;
	*at = 0;
	em_event_free(src->open[i].start);
	src->open[i] = src->open[--src->open_count];
	if (i == src->open_count)
		return;
	moved = em_map_find(src->open_at, em_case_key(src->open[i].start));
	if (moved != NULL)
		*moved = i + 1;
}

/* ---- events ---- */

static void
take_protocol(struct run_stream *s, const struct em_event *ev)
{
	bool again = s->complete != NULL && !s->opts.several && !s->opts.rounds;

	if (!s->header) {
		put_header(s, ev);
	} else if (again) {
		/* Another stream behind a complete one. */
		run_put(s, s->complete);
		em_event_free(s->complete);
		s->complete = NULL;
		s->started = false;
		put_header(s, ev);
	}
}

/* One discovery of all commands; it ends with the last of them. */
static void
take_discovery(struct run_stream *s, const struct em_event *ev)
{
	bool begins = ev->kind == EM_DISCOVER_START;

	if (s->before != NULL || (begins && s->listing))
		return;
	s->listing = s->listing || begins;
	if (begins || !s->opts.several)
		run_put(s, ev);
}

static void
take_run_complete(struct run_stream *s, const struct em_event *ev)
{
	if (s->complete != NULL && !s->opts.several && !s->opts.rounds)
		run_put(s, s->complete);
	em_event_free(s->complete);
	s->complete = em_event_dup(ev);
	if (s->complete == NULL)
		run_no_memory(s);
}

static void
take_suite(struct run_source *src, const struct em_event *ev)
{
	struct run_stream *s = src->stream;
	const struct em_str id[] = { ev->run, ev->suite };
	uint64_t *at = em_map_at(s->suites, em_key(id, 2));

	if (at == NULL) {
		run_no_memory(s);
		return;
	}
	if (ev->kind == EM_SUITE_COMPLETE && s->opts.rounds)
		run_hold_suite(s, ev);
	else if (ev->kind == EM_SUITE_COMPLETE || (*at)++ == 0 ||
	    !s->opts.rounds)
		run_put(s, ev);
}

static void
take_case(struct run_source *src, struct em_event *ev)
{
	char lane[16];

	run_renumber(src, ev);
	if (ev->kind == EM_CASE_START) {
		run_note_place(src->stream, ev);
		open_case(src, ev);
	}
	if (ev->kind == EM_CASE_COMPLETE)
		close_case(src, ev);
	if (ev->kind == EM_CASE_START && src->label.p != NULL &&
	    ev->worker.p == NULL) {
		snprintf(lane, sizeof(lane), "%d", src->job->slot);
		ev->worker = em_str(lane);
	}
	run_put(src->stream, ev);
}

/* Text before a listing, and a listing itself, is not yet a suite that runs. */
static bool
starts_label(struct run_source *src, enum em_kind kind)
{
	switch (kind) {
	case EM_DISCOVER_START:
	case EM_DISCOVER_CASE:
	case EM_DISCOVER_COMPLETE:
		src->listing = !src->labelled;
		return false;
	case EM_LOG:
	case EM_UNKNOWN:
		return false;
	default:
		src->listing = false;
		return src->label.p != NULL;
	}
}

void
run_source_event(void *arg, const struct em_event *ev)
{
	struct run_source *src = arg;
	struct run_stream *s = src->stream;
	struct em_event out = *ev;

	if (ev->kind == EM_PROTOCOL) {
		take_protocol(s, ev);
		return;
	}
	if (!s->header)
		put_header(s, NULL);
	name_apart(src, &out);
	if (starts_label(src, ev->kind))
		run_put_label(src);
	switch (ev->kind) {
	case EM_RUN_START:
		run_put_start(s, ev);
		break;
	case EM_RUN_COMPLETE:
		take_run_complete(s, ev);
		break;
	case EM_DISCOVER_START:
	case EM_DISCOVER_COMPLETE:
		take_discovery(s, ev);
		break;
	case EM_DISCOVER_CASE:
		if (s->before == NULL)
			run_put(s, &out);
		break;
	case EM_SUITE_START:
	case EM_SUITE_COMPLETE:
		run_put_start(s, NULL);
		take_suite(src, &out);
		break;
	case EM_LOG:
	case EM_UNKNOWN:
		run_put(s, &out);
		break;
	default:
		run_put_start(s, NULL);
		if (em_event_is_case(ev))
			take_case(src, &out);
		else
			run_put(s, &out);
		break;
	}
}

void
run_stream_note(
    struct run_stream *s, const struct em_case *c, struct em_str text)
{
	struct em_event ev = em_case_identity(c);

	ev.kind = EM_CASE_MESSAGE;
	ev.run = (struct em_str){ NULL, 0 };
	ev.attempt = c->last->number > 1 ? c->last->number : EM_UNSET;
	ev.message_kind = EM_STR("note");
	ev.message = text;
	run_put(s, &ev);
}
