/* SPDX-License-Identifier: MIT */
/*
 * Tests of go test.
 *
 * A test that runs again while its package runs is another iteration (-count,
 * -cpu); one that failed and runs again when its package does is another
 * attempt.
 *
 * A test that is open is a struct go_test; of one that has ended a number is
 * left in the table: what another run of it must know.
 */
#include <stdlib.h>
#include <string.h>

#include "gojson.h"

enum { BLOCK_MAX = 64 * 1024, OUTPUT_MAX = 1024 * 1024 };

/* ---- what is left of a test ---- */

/*
 * An ended test in 64 bits; the lowest tells it from a pointer.  Counts that
 * do not fit stay at their highest.
 */
struct ended {
	bool failed;
	int64_t iteration, attempt;
	uint64_t pass; /* of its package, when it ran */
};

enum { ITERATION_BITS = 24, ATTEMPT_BITS = 14, PASS_BITS = 24 };

static uint64_t
clip(uint64_t v, unsigned bits)
{
	uint64_t max = (UINT64_C(1) << bits) - 1;

	return v < max ? v : max;
}

static uint64_t
pack(const struct ended *e)
{
	uint64_t v = clip((uint64_t)e->iteration, ITERATION_BITS);

	v = v << ATTEMPT_BITS | clip((uint64_t)e->attempt, ATTEMPT_BITS);
	v = v << PASS_BITS | clip(e->pass, PASS_BITS);
	return v << 2 | (uint64_t)e->failed << 1 | 1;
}

static struct ended
unpack(uint64_t v)
{
	struct ended e = { .failed = v >> 1 & 1 };

	v >>= 2;
	e.pass = clip(v & ((UINT64_C(1) << PASS_BITS) - 1), PASS_BITS);
	v >>= PASS_BITS;
	e.attempt = (int64_t)(v & ((UINT64_C(1) << ATTEMPT_BITS) - 1));
	e.iteration = (int64_t)(v >> ATTEMPT_BITS);
	return e;
}

static void
identify(struct em_event *ev, const struct go_test *t)
{
	ev->suite = t->package->name;
	ev->name = buf_str(&t->name);
	ev->iteration = t->iteration;
	ev->attempt = t->attempt;
}

void
go_init(struct em_event *ev, enum em_kind kind, const struct go_test *t)
{
	em_event_init(ev, kind);
	identify(ev, t);
}

struct em_event *
go_room(struct gojson *g, enum em_kind kind, const struct go_test *t)
{
	struct em_event *ev =
	    g->queued || g->handed != NULL ? &g->other : &g->direct;

	if (ev == &g->direct &&
	    (kind == EM_CASE_START || kind == EM_CASE_COMPLETE)) {
		ev = kind == EM_CASE_START ? &g->start : &g->complete;
		identify(ev, t);
		return ev;
	}
	go_init(ev, kind, t);
	return ev;
}

/* ---- tests ---- */

/* A name that is looked for and then opened is hashed once: it is the same
 * bytes of the same line. */
static struct table_key
test_key(struct gojson *g, const struct go_package *p, struct em_str name)
{
	if (g->keyed.p != name.p || g->keyed.n != name.n ||
	    g->keyed_package != p) {
		g->key = table_key(&name, 1, p->number);
		g->keyed = name;
		g->keyed_package = p;
	}
	return g->key;
}

struct go_test *
go_find(struct gojson *g, struct go_package *p, struct em_str name)
{
	struct go_test *t = g->test;
	uint64_t *slot;

	if (t != NULL && t->package == p && em_str_eq(buf_str(&t->name), name))
		return t;
	slot = table_get(&g->tests, test_key(g, p, name));
	if (slot == NULL || *slot == 0 || (*slot & 1) != 0)
		return NULL;
	return g->test = (struct go_test *)(uintptr_t)*slot;
}

bool
go_ran(struct gojson *g, struct go_package *p, struct em_str name)
{
	uint64_t *slot = table_get(&g->tests, test_key(g, p, name));

	return slot != NULL && (*slot & 1) != 0;
}

static struct go_test *
take_spare(struct gojson *g)
{
	struct go_test *t = g->spare;

	/* It may have been made of what is overwritten now. */
	g->keyed = (struct em_str){ NULL, 0 };
	if (t != NULL) {
		g->spare = t->next;
	} else {
		t = calloc(1, sizeof(*t));
		if (t == NULL)
			return NULL;
		buf_init(&t->name, SIZE_MAX / 4);
		buf_init(&t->block, BLOCK_MAX);
		buf_init(&t->file, BLOCK_MAX);
		buf_init(&t->output, SIZE_MAX / 4);
		buf_init(&t->attrs, 4 * GO_ATTRS_MAX);
	}
	t->next = t->prev = NULL;
	t->iteration = t->attempt = EM_UNSET;
	t->started = t->result = t->in_block = t->midline = false;
	t->kind = GO_NONE;
	buf_reset(&t->name);
	buf_reset(&t->block);
	buf_reset(&t->file);
	buf_reset(&t->output);
	buf_reset(&t->attrs);
	return t;
}

/* The test ran before: is this a repetition, or a retry? */
static void
number_run(struct gojson *g, struct go_test *t, uint64_t before)
{
	struct ended e = unpack(before);

	if (g->attempts || (e.failed && e.pass != t->package->pass)) {
		e.attempt++;
		/* What it is now decides whether the case fails. */
		g->failing -= e.failed;
	} else {
		e.iteration++;
		e.attempt = 1;
	}
	t->iteration = e.iteration > 1 ? e.iteration : EM_UNSET;
	t->attempt = e.attempt > 1 ? e.attempt : EM_UNSET;
}

struct go_test *
go_open(struct em_reader *r, struct go_package *p, struct em_str name)
{
	struct gojson *g = r->state;
	struct table_key key = test_key(g, p, name);
	uint64_t *slot = table_at(&g->tests, key);
	struct go_test *t = slot != NULL ? take_spare(g) : NULL;

	if (t == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	t->package = p;
	t->key = key;
	buf_add(&t->name, name);
	if (t->name.failed)
		r->keep.failed = true;
	if ((*slot & 1) != 0)
		number_run(g, t, *slot);
	*slot = (uint64_t)(uintptr_t)t;
	t->next = p->open;
	if (p->open != NULL)
		p->open->prev = t;
	p->open = t;
	return g->test = t;
}

/* The innermost test that this one is part of: slashes may also be in the
 * name of a test. */
static struct em_str
parent_of(struct gojson *g, const struct go_test *t)
{
	static const struct em_str none;
	struct em_str name = buf_str(&t->name);
	struct go_test *last = g->test;

	if (memchr(name.p, '/', name.n) == NULL)
		return none;
	for (size_t n = name.n; n > 0; n--) {
		struct go_test *parent;

		if (name.p[n - 1] != '/' || n == 1)
			continue;
		parent = go_find(g, t->package, str_upto(name, n - 1));
		g->test = last;
		if (parent != NULL && parent->started)
			return buf_str(&parent->name);
	}
	return none;
}

static struct em_str
mode_of(struct em_str name)
{
	static const struct em_str test;

	if (str_starts(name, "Benchmark"))
		return EM_STR("bench");
	if (str_starts(name, "Fuzz"))
		return EM_STR("fuzz");
	if (str_starts(name, "Example"))
		return EM_STR("example");
	return test;
}

static void
send_output(struct em_reader *r, const struct go_test *t, struct em_str text,
    int64_t time)
{
	struct em_event *ev;

	if (text.n == 0)
		return;
	ev = go_room(r->state, EM_CASE_OUTPUT, t);
	ev->stream = EM_STR("combined");
	ev->text = text;
	ev->time_ns = time;
	go_send(r, ev);
}

void
go_start(struct em_reader *r, struct go_test *t, int64_t time, unsigned flags)
{
	struct em_event *ev;

	if (t->started)
		return;
	t->started = true;
	ev = go_room(r->state, EM_CASE_START, t);
	ev->flags = flags;
	ev->time_ns = time;
	ev->mode = mode_of(ev->name);
	ev->parent = parent_of(r->state, t);
	go_send(r, ev);
	send_output(r, t, buf_str(&t->output), time);
}

/* ---- output and messages ---- */

static void
send_message(struct em_reader *r, struct go_test *t, int64_t time)
{
	struct em_str block = buf_str(&t->block);
	struct em_event ev;

	go_init(&ev, EM_CASE_MESSAGE, t);
	ev.time_ns = time;
	ev.message_kind = EM_STR("error");
	ev.message = go_headline(block);
	if (ev.message.n == 0)
		return;
	if (str_trim(block).n > ev.message.n)
		ev.detail = block;
	if (t->file.n > 0) {
		ev.location.file = buf_str(&t->file);
		ev.location.line = t->line;
	}
	go_send(r, &ev);
}

static void
new_block(struct go_test *t, enum go_block kind, struct em_str text)
{
	struct em_str rest, file;

	buf_reset(&t->block);
	buf_reset(&t->file);
	t->kind = kind;
	t->in_block = true;
	if (kind != GO_PANIC && go_place(text, &rest, &file, &t->line)) {
		buf_add(&t->file, file);
		text = rest;
	}
	buf_add(&t->block, text);
}

/* Lines below that of the place are set in further; a panic goes on until the
 * stacks. */
static bool
continues(const struct go_test *t, struct em_str text)
{
	if (!t->in_block)
		return false;
	if (t->midline)
		return true;
	if (t->kind == GO_PANIC)
		return str_trim(text).n > 0 && !str_starts(text, "goroutine ");
	return str_starts(text, "        ") || str_starts(text, "\t");
}

/*
 * What may turn out to be the message of a failure.  Go tells errors from
 * logs since 1.26; before, it is the last line that has a place, since what
 * ends a test is its last word.
 */
static void
collect(struct em_reader *r, struct go_test *t, struct em_str text,
    struct em_str type, int64_t time)
{
	struct em_str rest, file;
	int64_t line;

	if (str_eq(type, "error")) {
		if (t->kind == GO_ERROR) {
			/* Its memory is for the next one now. */
			go_queue(r);
			send_message(r, t, time);
		}
		new_block(t, GO_ERROR, text);
	} else if (str_eq(type, "error-continue")) {
		buf_add(&t->block, text);
	} else if (!t->midline && str_starts(text, "panic: ")) {
		new_block(t, GO_PANIC, text);
	} else if (t->kind <= GO_LOG && !t->midline &&
	    go_place(text, &rest, &file, &line)) {
		new_block(t, GO_LOG, text);
	} else if (t->kind != GO_ERROR && continues(t, text)) {
		buf_add(&t->block, text);
	} else {
		t->in_block = false;
	}
	t->midline = !str_ends(text, "\n");
}

void
go_log_output(struct em_reader *r, const struct go_test *t)
{
	struct em_event ev;

	em_event_init(&ev, EM_LOG);
	ev.suite = t->package->name;
	ev.text = buf_str(&t->output);
	if (ev.text.n > 0)
		go_send(r, &ev);
}

void
go_take_output(struct em_reader *r, struct go_test *t, struct em_str text,
    struct em_str type, int64_t time)
{
	collect(r, t, text, type, time);
	if (t->started) {
		send_output(r, t, text, time);
		return;
	}
	if (t->output.n + text.n > OUTPUT_MAX) {
		go_queue(r);
		go_log_output(r, t);
		buf_reset(&t->output);
	}
	buf_add(&t->output, text);
}

/* ---- ends ---- */

static struct em_pairs
attributes(struct em_reader *r, const struct go_test *t)
{
	struct em_str all = buf_str(&t->attrs);
	struct em_pairs list = { NULL, 0 };
	struct em_pair *v;
	size_t n = 0, len[2];

	for (size_t i = 0; i < all.n; i += sizeof(len) + len[0] + len[1], n++)
		memcpy(len, all.p + i, sizeof(len));
	v = n > 0 ? arena_alloc(&r->arena, n * sizeof(*v)) : NULL;
	if (v == NULL)
		return list;
	list = (struct em_pairs){ v, n };
	for (size_t i = 0; i < all.n; i += sizeof(len) + len[0] + len[1], v++) {
		const char *p = all.p + i + sizeof(len);

		memcpy(len, all.p + i, sizeof(len));
		v->key = (struct em_str){ p, len[0] };
		v->value = (struct em_str){ p + len[0], len[1] };
	}
	return list;
}

void
go_close_test(struct em_reader *r, struct go_test *t, bool failed)
{
	struct gojson *g = r->state;
	uint64_t *slot = table_get(&g->tests, t->key);
	struct ended e = {
		.failed = failed,
		.iteration = t->iteration == EM_UNSET ? 1 : t->iteration,
		.attempt = t->attempt == EM_UNSET ? 1 : t->attempt,
		.pass = t->package->pass,
	};

	if (slot != NULL)
		*slot = t->started ? pack(&e) : 0;
	g->failing += failed;
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		t->package->open = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	if (g->test == t)
		g->test = NULL;
	t->next = g->spare;
	g->spare = t;
}

void
go_complete(struct em_reader *r, struct go_test *t, enum em_outcome outcome,
    int64_t duration, int64_t time, unsigned flags)
{
	static const struct em_str none;
	struct em_str said = go_headline(buf_str(&t->block));
	struct em_event *ev;

	go_start(r, t, time, EM_F_SYNTHETIC);
	if (outcome == EM_FAIL)
		send_message(r, t, time);
	ev = go_room(r->state, EM_CASE_COMPLETE, t);
	ev->flags = flags;
	ev->time_ns = time;
	ev->outcome = outcome;
	ev->duration_ns = duration;
	ev->properties = attributes(r, t);
	ev->status = ev->reason = none;
	if (outcome == EM_SKIP && said.n > 0)
		ev->reason = said;
	if (flags & EM_F_SYNTHETIC && outcome == EM_FAIL) {
		ev->status = EM_STR("incomplete");
		ev->reason = EM_STR("the test did not end");
	} else if (outcome == EM_FAIL && t->kind == GO_PANIC) {
		ev->status = str_starts(said, "panic: test timed out")
		    ? EM_STR("timeout")
		    : EM_STR("crash");
	}
	go_send(r, ev);
	if (outcome == EM_FAIL)
		t->package->failed_tests = true;
	go_close_test(r, t, outcome == EM_FAIL);
}

/* A benchmark says nothing when it ends well, and its parents print no
 * result. */
void
go_abandon(struct em_reader *r, struct go_test *t, bool passed, int64_t time)
{
	bool well =
	    str_starts(buf_str(&t->name), "Benchmark") && (t->result || passed);

	go_complete(
	    r, t, well ? EM_PASS : EM_FAIL, EM_UNSET, time, EM_F_SYNTHETIC);
}

void
go_free_test(struct go_test *t)
{
	buf_free(&t->name);
	buf_free(&t->block);
	buf_free(&t->file);
	buf_free(&t->output);
	buf_free(&t->attrs);
	free(t);
}
