/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "lifecycle.h"
#include "repeats.h"

enum {
	LINE_MAX_DEFAULT = 64 * 1024 * 1024,
	DEPTH_MAX_DEFAULT = 1000,
	PROBE_LIMIT = 4 * 1024 * 1024,
	PROBE_SMALL = 16 * 1024, /* looked at whatever has come */
	QUEUE_FIRST = 16,
	TEXT_EVENTS = 1000, /* lines of text handed out at a time */
	ASIDES_MAX = 64
};

static const size_t memory_max_default = (size_t)1 << 30;

/* Events that a step made and next() has not handed out yet. */
struct rd_queue {
	struct em_event *v;
	size_t head, n, size;
	enum em_rc rc; /* what the last step said */
	struct lifecycle life;
	struct repeats repeats;
	bool failed; /* out of memory for events */
	/* The last step handed out an event itself, and nothing is queued. */
	bool direct;
	char *aside[ASIDES_MAX]; /* printed elsewhere, not told yet */
	size_t asides;
};

static void
set_defaults(struct em_limits *l)
{
	if (l->line_max == 0)
		l->line_max = LINE_MAX_DEFAULT;
	if (l->depth_max == 0)
		l->depth_max = DEPTH_MAX_DEFAULT;
	if (l->memory_max == 0)
		l->memory_max = memory_max_default;
}

static struct em_reader *
reader_new(const struct em_reader_opts *opts, struct in *in, const char *name)
{
	static const struct em_reader_opts none;
	struct em_reader *r = calloc(1, sizeof(*r));

	if (r == NULL || in == NULL)
		goto fail;
	r->opts = opts != NULL ? *opts : none;
	r->in = in;
	r->name = name != NULL ? name : "";
	set_defaults(&r->opts.limits);
	arena_init(&r->arena, r->opts.limits.memory_max);
	arena_init(&r->keep, r->opts.limits.memory_max);
	r->queue = calloc(1, sizeof(*r->queue));
	if (r->queue == NULL)
		goto fail;
	in_on_idle(in, r->opts.idle, r->opts.arg);
	in_on_bytes(in, r->opts.tap, r->opts.arg);
	return r;
fail:
	in_close(in);
	free(r);
	return NULL;
}

struct em_reader *
em_reader_fd(const struct em_reader_opts *opts, int fd, const char *name)
{
	size_t max = opts != NULL ? opts->limits.line_max : 0;

	return reader_new(
	    opts, in_fd(fd, max > 0 ? max : LINE_MAX_DEFAULT), name);
}

struct em_reader *
em_reader_mem(
    const struct em_reader_opts *opts, struct em_str bytes, const char *name)
{
	return reader_new(opts, in_mem(bytes), name);
}

/* ---- which format ---- */

static enum em_rc
unknown_format(struct em_reader *r, struct em_str head)
{
	if (str_starts(head, "\xff\xfe") || str_starts(head, "\xfe\xff"))
		return err_set(&r->err, EM_E_SYNTAX, 0,
		    "input is UTF-16, of which only XML is read: convert it "
		    "to UTF-8 first");
	return err_set(&r->err, EM_E_SYNTAX, 0,
	    "input format not recognised; if it is one that 'tconv --list' "
	    "shows, name it with -f");
}

/* One that is asked for by name. */
static enum em_rc
no_such_format(struct em_reader *r)
{
	char list[400];
	size_t n = 0;

	for (size_t i = 0; formats[i] != NULL && n < sizeof(list); i++)
		if (formats[i]->info.flags & EM_FMT_READ)
			n += (size_t)snprintf(list + n, sizeof(list) - n,
			    "%s%s", n > 0 ? " " : "", formats[i]->info.name);
	return err_set(&r->err, EM_E_USAGE, 0,
	    "unknown input format \"%s\" (can read %s)", r->opts.format, list);
}

static const struct em_format *
best_format(struct em_reader *r, struct em_str head, bool eof, bool *more)
{
	const struct em_format *rival;
	int most;
	const struct em_format *best =
	    probe_all(head, eof, &most, more, &rival);

	if (rival != NULL)
		rd_warn(r,
		    "input may be %s or %s, read as %s (name it with -f)",
		    best->info.name, rival->info.name, best->info.name);
	return best;
}

/*
 * How far recognition has come.  What is new is looked at once: whole lines
 * in front that mean nothing to a format, such as those of a logger, are
 * stepped over, and all of it is looked at again only when it has grown by a
 * part of itself.
 */
struct recognition {
	size_t from; /* bytes stepped over */
	size_t probed; /* bytes there were when all of it was looked at */
};

static bool
is_due(const struct recognition *g, size_t n)
{
	return n < PROBE_SMALL || n - g->probed >= g->probed / 8;
}

/* The format, when it is clear; *more when it may become so. */
static const struct em_format *
look(struct em_reader *r, struct recognition *g, bool eof, bool *more)
{
	struct em_str head = in_peek(r->in), rest;
	const struct em_format *f = NULL, *rival;
	int most;

	*more = true;
	if (eof || is_due(g, head.n)) {
		g->probed = head.n;
		f = best_format(r, head, eof, more);
	}
	if (f != NULL)
		return f;
	g->from += probe_skip(str_from(head, g->from));
	rest = str_from(head, g->from);
	*more |= !eof && rest.n == 0;
	if (g->from == 0 || rest.n == 0)
		return NULL;
	f = probe_all(rest, eof, &most, more, &rival);
	return f != NULL && probe_steps_over(f, rest) ? f : NULL;
}

static enum em_rc
recognise(struct em_reader *r)
{
	struct recognition g = { .from = 0 };

	for (;;) {
		struct em_str head = in_peek(r->in);
		bool more,
		    eof = in_error(r->in) != NULL || head.n >= PROBE_LIMIT;
		enum em_rc rc;

		if (head.n > 0 || eof) {
			r->format = look(r, &g, eof, &more);
			if (r->format != NULL)
				return EM_OK;
			if (!more)
				return unknown_format(r, in_peek(r->in));
		}
		rc = in_more(r->in);
		if (rc == EM_OK)
			continue;
		head = in_peek(r->in);
		if (rc == EM_ERR && head.n == 0) {
			r->err = *in_error(r->in);
			return EM_ERR;
		}
		/* An empty input is an event stream that was cut at once; so
		 * is one of blank lines. */
		r->format = str_trim(head).n == 0 ? formats[0]
						  : look(r, &g, true, &more);
		return r->format != NULL ? EM_OK : unknown_format(r, head);
	}
}

/* Lines in front of what is recognised, as log events: all that are there, so
 * that they are out before more is waited for. */
static enum em_rc
leading_text(struct em_reader *r, bool *any)
{
	struct em_str head = in_peek(r->in), line;
	bool eof = in_at_end(r->in);
	size_t n;

	*any = false;
	while (r->queue->n < TEXT_EVENTS && (n = probe_text(head, eof)) > 0) {
		line = str_upto(head, n);
		head = str_from(head, n);
		in_consume_lines(r->in, n);
		if (str_ends(line, "\n"))
			line.n--;
		if (str_ends(line, "\r"))
			line.n--;
		*any = true;
		if (rd_noise(r, line) != EM_OK)
			return EM_ERR;
	}
	return EM_OK;
}

/* Recognises what a program prints.  Returns with events queued and no format
 * while it is text. */
static enum em_rc
recognise_text(struct em_reader *r)
{
	bool any, more;

	for (;;) {
		enum em_rc rc = leading_text(r, &any);
		struct em_str head = in_peek(r->in);

		if (any || rc != EM_OK)
			return rc;
		if (in_at_end(r->in) && head.n == 0)
			return in_error(r->in) != NULL ? EM_ERR : EM_EOF;
		if (head.n > 0)
			r->format =
			    best_format(r, head, in_at_end(r->in), &more);
		if (r->format != NULL)
			return EM_OK;
		in_more(r->in);
	}
}

static enum em_rc
find_format(struct em_reader *r)
{
	for (size_t i = 0; formats[i] != NULL; i++)
		if (strcmp(formats[i]->info.name, r->opts.format) == 0 &&
		    (formats[i]->info.flags & EM_FMT_READ)) {
			r->format = formats[i];
			return EM_OK;
		}
	return no_such_format(r);
}

/* ---- what was printed elsewhere ---- */

static void
free_asides(struct rd_queue *q)
{
	for (size_t i = 0; i < q->asides; i++)
		free(q->aside[i]);
	q->asides = 0;
}

/* Keeps the newest lines until the format is known. */
static void
keep_aside(struct rd_queue *q, struct em_str line)
{
	char *copy = strndup(line.p != NULL ? line.p : "", line.n);

	if (copy == NULL)
		return;
	if (q->asides == ASIDES_MAX) {
		free(q->aside[0]);
		q->asides--;
		memmove(q->aside, q->aside + 1, q->asides * sizeof(*q->aside));
	}
	q->aside[q->asides++] = copy;
}

void
em_reader_aside(struct em_reader *r, struct em_str line)
{
	if (r->state == NULL)
		keep_aside(r->queue, line);
	else if (r->format->read.aside != NULL)
		r->format->read.aside(r, line);
}

void
em_reader_order(struct em_reader *r, const struct em_event *ev, unsigned known)
{
	if (r->opts.order_on_demand && r->state != NULL &&
	    r->format->read.order != NULL)
		r->format->read.order(r, ev, known);
}

static void
tell_asides(struct em_reader *r)
{
	struct rd_queue *q = r->queue;

	for (size_t i = 0; i < q->asides; i++)
		em_reader_aside(r, em_str(q->aside[i]));
	free_asides(q);
}

static enum em_rc
start(struct em_reader *r)
{
	enum em_rc rc = r->opts.format != NULL ? find_format(r)
	    : r->opts.text                     ? recognise_text(r)
					       : recognise(r);

	if (rc != EM_OK || r->format == NULL)
		return rc;
	r->state = calloc(1, r->format->read.state_size + 1);
	if (r->state == NULL)
		return err_set(&r->err, EM_E_MEMORY, 0, "out of memory");
	rc = r->format->read.open != NULL ? r->format->read.open(r) : EM_OK;
	tell_asides(r);
	return rc;
}

/* ---- events out ---- */

/* The input is cut; says so unless something was said that explains it. */
static void
say_open(struct em_reader *r)
{
	const struct em_error e = { .code = EM_E_TRUNCATED,
		.msg = "the run has no end" };

	if (r->opts.warn != NULL && !r->stats.truncated &&
	    r->err.code == EM_E_NONE)
		r->opts.warn(r->opts.arg, &e);
	r->stats.truncated = true;
}

static enum em_rc
finish(struct em_reader *r, enum em_rc rc)
{
	const struct em_error *e = in_error(r->in);

	if (r->err.code == EM_E_NONE && e != NULL &&
	    e->code == EM_E_TRUNCATED) {
		r->stats.truncated = true;
		if (r->opts.warn != NULL)
			r->opts.warn(r->opts.arg, e);
	} else if (r->err.code == EM_E_NONE && e != NULL) {
		r->err = *e;
		rc = EM_ERR;
	}
	if (life_open(&r->queue->life))
		say_open(r);
	if (r->err.code == EM_E_TRUNCATED)
		r->stats.truncated = true;
	if (r->err.code == EM_E_VERSION)
		r->stats.unsupported = true;
	return rc;
}

static inline enum em_rc
hand_out(
    struct em_reader *r, const struct em_event *e, const struct em_event **ev)
{
	r->stats.events++;
	*ev = e;
	if (!((LIFE_KINDS | 1u << EM_UNKNOWN) >> e->kind & 1))
		return EM_OK;
	if (e->kind == EM_UNKNOWN)
		r->stats.unknown_events++;
	else
		life_event(&r->queue->life, e, &r->stats);
	return EM_OK;
}

/* A step asked for too much. */
static inline bool
refused(const struct em_reader *r)
{
	return r->arena.failed | r->keep.failed | r->queue->failed;
}

/* What a step said, unless it asked for too much. */
static inline enum em_rc
after_step(struct em_reader *r, enum em_rc rc)
{
	if (!refused(r) || rc == EM_ERR)
		return rc;
	return err_set(&r->err, EM_E_LIMIT, in_lines(r->in),
	    "an event needs more than the limit of %zu bytes",
	    r->opts.limits.memory_max);
}

static enum em_rc
one_step(struct em_reader *r, const struct em_event **ev)
{
	struct rd_queue *q = r->queue;

	q->head = q->n = 0;
	arena_reset(&r->arena);
	*ev = NULL;
	return after_step(r,
	    r->format->read.next != NULL ? r->format->read.next(r, ev)
					 : r->format->read.step(r));
}

static enum em_rc
next_queued(struct em_reader *r, const struct em_event **ev)
{
	struct rd_queue *q = r->queue;
	const struct em_event *direct;

	*ev = NULL;
	for (;;) {
		if (q->head < q->n)
			return hand_out(r, &q->v[q->head++], ev);
		if (q->rc != EM_OK)
			return q->rc = finish(r, q->rc);
		if (r->format == NULL) {
			q->head = q->n = 0;
			arena_reset(&r->arena);
			q->rc = after_step(r, start(r));
			continue;
		}
		q->rc = one_step(r, &direct);
		if (direct == NULL)
			continue;
		q->direct = q->rc == EM_OK && q->n == 0;
		q->head = 0;
		return hand_out(r, direct, ev);
	}
}

enum em_rc
em_reader_next(struct em_reader *r, const struct em_event **ev)
{
	struct rd_queue *q = r->queue;
	const struct em_event *direct = NULL;
	enum em_rc rc;

	if (!q->direct)
		return next_queued(r, ev);
	/* Most lines need nothing of it. */
	if (r->arena.touched)
		arena_reset(&r->arena);
	rc = r->format->read.next(r, &direct);
	if (direct != NULL && rc == EM_OK && q->n == 0 && !refused(r))
		return hand_out(r, direct, ev);
	q->rc = after_step(r, rc);
	q->direct = false;
	return direct != NULL ? hand_out(r, direct, ev) : next_queued(r, ev);
}

bool
em_reader_ready(struct em_reader *r)
{
	return r->queue->head < r->queue->n || r->queue->rc != EM_OK ||
	    in_has_line(r->in);
}

const struct em_error *
em_reader_error(const struct em_reader *r)
{
	return r->err.code == EM_E_NONE ? NULL : &r->err;
}

const struct em_reader_stats *
em_reader_stats(const struct em_reader *r)
{
	struct em_reader_stats *s = &((struct em_reader *)(uintptr_t)r)->stats;

	s->lines = in_lines(r->in);
	s->bytes = in_bytes(r->in);
	return s;
}

const char *
em_reader_format(const struct em_reader *r)
{
	return r->format != NULL ? r->format->info.name : NULL;
}

void
em_reader_close(struct em_reader *r)
{
	if (r == NULL)
		return;
	if (r->format != NULL && r->state != NULL &&
	    r->format->read.close != NULL)
		r->format->read.close(r);
	in_close(r->in);
	arena_free(&r->arena);
	arena_free(&r->keep);
	repeats_free(&r->queue->repeats);
	life_free(&r->queue->life);
	free_asides(r->queue);
	free(r->queue->v);
	free(r->queue);
	free(r->state);
	free(r);
}

/* ---- what formats call ---- */

void
rd_emit(struct em_reader *r, const struct em_event *ev)
{
	struct rd_queue *q = r->queue;
	struct em_event *e;

	if (q->n == q->size) {
		size_t size = q->size == 0 ? QUEUE_FIRST : q->size * 2;

		e = q->size > r->opts.limits.memory_max / sizeof(*e)
		    ? NULL
		    : realloc(q->v, size * sizeof(*e));
		if (e == NULL) {
			q->failed = true;
			return;
		}
		q->v = e;
		q->size = size;
	}
	e = &q->v[q->n++];
	event_copy(e, ev, &r->arena);
	if (e->line == 0)
		e->line = in_lines(r->in);
}

static void
report(struct em_reader *r, enum em_code code, const char *fmt, va_list ap)
{
	struct em_error e = { .code = code, .line = in_lines(r->in) };

	if (r->opts.warn == NULL)
		return;
	vsnprintf(e.msg, sizeof(e.msg), fmt, ap);
	r->opts.warn(r->opts.arg, &e);
}

/* Malformed input, which is the end where that is wanted. */
static enum em_rc
malformed(struct em_reader *r, uint64_t line, const char *msg)
{
	struct em_error e = { .code = EM_E_SYNTAX, .line = line };

	r->stats.malformed++;
	if (r->opts.strict)
		return err_set(&r->err, EM_E_SYNTAX, line, "%s", msg);
	snprintf(e.msg, sizeof(e.msg), "%s", msg);
	if (r->opts.warn != NULL)
		r->opts.warn(r->opts.arg, &e);
	return EM_OK;
}

static void
emit_text(struct em_reader *r, struct em_str text, unsigned flags)
{
	struct em_event ev;

	em_event_init(&ev, EM_LOG);
	ev.text = text;
	ev.flags = flags;
	rd_emit(r, &ev);
}

enum em_rc
rd_noise(struct em_reader *r, struct em_str line)
{
	char quoted[80];

	r->stats.noise++;
	if (!r->opts.strict) {
		emit_text(r, line, EM_F_NOISE);
		return EM_OK;
	}
	return rd_bad(r, line, "not an event: \"%s\"", err_quote(quoted, line));
}

enum em_rc
rd_bad(struct em_reader *r, struct em_str text, const char *fmt, ...)
{
	char msg[512];
	va_list ap;

	if (text.p != NULL)
		emit_text(r, text, EM_F_MALFORMED);
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return malformed(r, in_lines(r->in), msg);
}

enum em_rc
rd_disorder(struct em_reader *r, uint64_t line, const char *why)
{
	r->stats.violations++;
	return malformed(r, line, why);
}

enum em_rc
rd_cut_line(struct em_reader *r, struct em_str line)
{
	emit_text(r, line, EM_F_NOISE);
	rd_cut(r, "the last line is cut short");
	return EM_OK;
}

enum em_rc
rd_bad_json(
    struct em_reader *r, struct em_str line, bool lf, const struct em_error *e)
{
	if (!lf && !r->opts.strict)
		return rd_cut_line(r, line);
	return rd_bad(r, line, "%s", e->msg);
}

void
rd_warn(struct em_reader *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(r, EM_E_NONE, fmt, ap);
	va_end(ap);
}

void
rd_cut(struct em_reader *r, const char *fmt, ...)
{
	va_list ap;

	r->stats.truncated = true;
	va_start(ap, fmt);
	report(r, EM_E_TRUNCATED, fmt, ap);
	va_end(ap);
}

void
rd_empty(struct em_reader *r)
{
	/* Where reading failed, that is why there is nothing. */
	if (in_error(r->in) == NULL)
		rd_cut(r, "the input is empty");
}

void
rd_protocol(struct em_reader *r, struct em_str producer, struct em_str version)
{
	struct em_event ev;

	repeats_free(&r->queue->repeats); /* no identity carries over */
	em_event_init(&ev, EM_PROTOCOL);
	ev.version = EM_STR(EM_PROTOCOL_VERSION);
	ev.producer_name = producer;
	ev.producer_version = version;
	ev.flags = EM_F_SYNTHETIC;
	rd_emit(r, &ev);
}

void
rd_simple(struct em_reader *r, enum em_kind kind)
{
	struct em_event ev;

	em_event_init(&ev, kind);
	rd_emit(r, &ev);
}

void
rd_repeat(struct em_reader *r, struct em_event *ev)
{
	const struct em_str id[] = { ev->run, ev->suite, ev->class_name,
		ev->name, ev->variant };
	const char *how;
	int64_t nth = repeats_add(
	    &r->queue->repeats, table_key(id, ARRAY_LEN(id), 0), ev->iteration);

	if (nth == 0)
		r->queue->failed = true;
	if (nth <= 1)
		return;
	how = rd_option(r, "repeats");
	if (how != NULL && strcmp(how, "attempts") == 0)
		ev->attempt = nth;
	else
		ev->iteration = nth;
}

/* The value behind the last "key=" of the list. */
static const char *
option_value(const char *const *options, const char *key)
{
	size_t n = strlen(key);
	const char *value = NULL;

	for (; options != NULL && *options != NULL; options++)
		if (strncmp(*options, key, n) == 0 && (*options)[n] == '=')
			value = *options + n + 1;
	return value;
}

const char *
rd_option(const struct em_reader *r, const char *key)
{
	return option_value(r->opts.options, key);
}

const char *
wr_option(const struct em_writer *w, const char *key)
{
	return option_value(w->opts.options, key);
}
