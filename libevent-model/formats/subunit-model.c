/* SPDX-License-Identifier: MIT */
/*
 * What packets mean.  A test is what has the same route and id, from its
 * first packet to the one with a final status.  The route is the lane that
 * it ran in and no part of its identity: the same test in another lane, or
 * again in the same one, is its next iteration.
 */
#include "subunit.h"

/* Instead of a pointer to the identity of a test that has ended. */
enum { JUST_A_NAME = 1 };

static const size_t test_memory_max = (size_t)1 << 28;

void
subunit_model_init(struct subunit_model *m)
{
	crowd_init(&m->open, sizeof(struct subunit_test));
	buf_init(&m->line, (size_t)1 << 26);
	buf_init(&m->stream, 4096);
	m->planned = EM_UNSET;
}

static struct table_key
test_key(const struct subunit_packet *p)
{
	const struct em_str id[] = { p->route, p->id };

	return table_key(id, ARRAY_LEN(id), 0);
}

/* ---- output that belongs to no test ---- */

static void
emit_log(struct em_reader *r, struct em_str stream, struct em_str text)
{
	struct em_event ev;

	em_event_init(&ev, EM_LOG);
	ev.text = text;
	if (stream.n > 0)
		ev.stream = stream;
	rd_emit(r, &ev);
}

/* Filters of subunit pack text byte by byte: it is put together to lines. */
static void
flush_line(struct em_reader *r, struct subunit_model *m)
{
	if (m->line.n > 0)
		emit_log(r, buf_str(&m->stream), buf_str(&m->line));
	buf_reset(&m->line);
}

static void
global_file(struct em_reader *r, struct subunit_model *m,
    const struct subunit_packet *p)
{
	struct em_str stream = subunit_stream(&r->arena, p->file), rest, line;

	if (!em_str_eq(buf_str(&m->stream), stream)) {
		flush_line(r, m);
		buf_reset(&m->stream);
		buf_add(&m->stream, stream);
	}
	rest = p->content;
	while (rest.n > 0) {
		bool whole = str_cut(&rest, '\n', &line);

		buf_add(&m->line, line);
		if (whole && m->line.n == 0)
			continue;
		if (whole)
			flush_line(r, m);
	}
	if (m->line.failed || m->stream.failed)
		r->keep.failed = true;
	if (p->eof)
		flush_line(r, m);
}

enum em_rc
subunit_model_text(
    struct em_reader *r, struct subunit_model *m, struct em_str line)
{
	flush_line(r, m);
	return str_trim(line).n > 0 ? rd_noise(r, line) : EM_OK;
}

/* ---- discovery and the run ---- */

static void
start_listing(struct em_reader *r, struct subunit_model *m)
{
	if (m->listing || m->running)
		return;
	rd_simple(r, EM_DISCOVER_START);
	m->listing = true;
}

static void
end_listing(struct em_reader *r, struct subunit_model *m)
{
	if (m->listing && !m->listed)
		rd_simple(r, EM_DISCOVER_COMPLETE);
	m->listed = true;
}

static void
start_run(struct em_reader *r, struct subunit_model *m, int64_t time_ns)
{
	struct em_event ev;

	if (m->running)
		return;
	end_listing(r, m);
	m->running = true;
	if (m->planned == EM_UNSET)
		return;
	em_event_init(&ev, EM_RUN_START);
	ev.total = m->planned;
	subunit_set_time(&ev, time_ns);
	runs_emit(r, &m->runs, &ev);
}

static bool
is_carried(const struct subunit_packet *p)
{
	return p->file.p != NULL &&
	    subunit_mime_is(p->mime, SUBUNIT_CARRY_MIME);
}

static const struct em_pairs *
not_runnable(void)
{
	static const struct em_pair pair = { { "runnable", 8 }, { "false", 5 },
		true };
	static const struct em_pairs pairs = { &pair, 1 };

	return &pairs;
}

static void
describe(struct em_event *ev, const struct subunit_packet *p)
{
	ev->name = p->id;
	ev->tags = p->tags;
	if (!p->runnable && p->status != SUBUNIT_NONE)
		ev->properties = *not_runnable();
}

static void
discovered(struct em_reader *r, struct subunit_model *m,
    const struct subunit_packet *p)
{
	struct em_event ev;

	if (is_carried(p) && carry_get(&m->carry, r, p->content, &ev) &&
	    ev.kind == EM_DISCOVER_CASE) {
		ev.tags = p->tags;
	} else {
		em_event_init(&ev, EM_DISCOVER_CASE);
		describe(&ev, p);
	}
	subunit_set_time(&ev, p->time_ns);
	start_listing(r, m);
	rd_emit(r, &ev);
}

/* ---- tests that are open ---- */

static void
close_test(struct subunit_model *m, struct subunit_test *t)
{
	subunit_files_free(t);
	crowd_remove(&m->open, &t->member);
}

static struct em_strs
keep_tags(struct arena *a, struct em_strs tags)
{
	struct em_str *v = arena_alloc(a, tags.n * sizeof(*v));

	for (size_t i = 0; v != NULL && i < tags.n; i++)
		v[i] = arena_dup(a, tags.v[i]);
	return (struct em_strs){ v, v != NULL ? tags.n : 0 };
}

static void
start_test(struct em_reader *r, struct subunit_model *m, struct subunit_test *t,
    const struct subunit_packet *p)
{
	struct em_event ev;

	em_event_init(&ev, EM_CASE_START);
	if (is_carried(p) && carry_get(&m->carry, r, p->content, &ev) &&
	    ev.kind == EM_CASE_START) {
		/* The carried identity has the numbers, too. */
		ev.tags = p->tags;
	} else {
		em_event_init(&ev, EM_CASE_START);
		describe(&ev, p);
		rd_repeat(r, &ev);
	}
	ev.worker = p->route;
	subunit_set_time(&ev, p->time_ns);
	t->id = ident_keep(&t->member.arena, &ev);
	t->tags = keep_tags(&t->member.arena, p->tags);
	/* One packet that is start and end says nothing of the time between. */
	t->start_ns = p->status >= SUBUNIT_SUCCESS ? EM_UNSET : p->time_ns;
	em_event_init(&t->end, EM_UNKNOWN);
	runs_emit(r, &m->runs, &ev);
}

static bool
same_tags(struct em_strs a, struct em_strs b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		size_t k = 0;

		while (k < b.n && !em_str_eq(a.v[i], b.v[k]))
			k++;
		if (k == b.n)
			return false;
	}
	return true;
}

/* The tags of the last packet that has any hold; a start was emitted with
 * others, and discovery is where more can be said about a case. */
static void
change_tags(
    struct em_reader *r, struct subunit_test *t, const struct subunit_packet *p)
{
	struct em_event ev;

	if (!p->has_tags || same_tags(t->tags, p->tags))
		return;
	t->tags = keep_tags(&t->member.arena, p->tags);
	subunit_test_event(&ev, EM_DISCOVER_CASE, &t->id, p->time_ns);
	ev.tags = p->tags;
	rd_emit(r, &ev);
}

/* ---- the end of tests ---- */

static void
set_outcome(struct em_event *ev, enum subunit_status status)
{
	static const struct {
		enum em_outcome outcome;
		const char *status;
	} of[] = {
		[SUBUNIT_SUCCESS] = { EM_PASS, NULL },
		[SUBUNIT_UXSUCCESS] = { EM_FAIL, "xpass" },
		[SUBUNIT_SKIP] = { EM_SKIP, NULL },
		[SUBUNIT_FAIL] = { EM_FAIL, NULL },
		[SUBUNIT_XFAIL] = { EM_SKIP, "xfail" },
		[SUBUNIT_ERROR] = { EM_FAIL, "error" },
	};

	ev->outcome = of[status].outcome;
	if (ev->status.p == NULL)
		ev->status = em_str(of[status].status);
}

/* Remembers whom later packets of this id are about, with the route or, as
 * not everybody repeats it, without. */
static void
remember(struct em_reader *r, struct subunit_model *m,
    const struct subunit_test *t, struct em_str id)
{
	const struct em_str no_route[] = { { NULL, 0 }, id };
	const struct table_key keys[] = { t->member.entry.key,
		table_key(no_route, ARRAY_LEN(no_route), 0) };
	uint64_t whom = JUST_A_NAME;
	struct em_event ev;
	struct ident *copy;

	if (!ident_is_name(&t->id)) {
		copy = arena_alloc(&r->keep, sizeof(*copy));
		if (copy == NULL)
			return;
		ident_put(&ev, &t->id);
		*copy = ident_keep(&r->keep, &ev);
		whom = (uint64_t)(uintptr_t)copy;
	}
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		uint64_t *slot = table_at(&m->ended, keys[i]);

		if (slot != NULL)
			*slot = whom;
		else
			r->keep.failed = true;
	}
}

static void
complete(struct em_reader *r, struct subunit_model *m, struct subunit_test *t,
    const struct subunit_packet *p)
{
	struct em_event ev;

	subunit_files_end(r, m, t, p->time_ns);
	if (t->end.kind == EM_CASE_COMPLETE) {
		ev = t->end;
		ev.outcome = EM_NONE;
	} else {
		em_event_init(&ev, EM_CASE_COMPLETE);
		ident_put(&ev, &t->id);
	}
	set_outcome(&ev, p->status);
	subunit_set_time(&ev, p->time_ns);
	if (t->reason.n > 0)
		ev.reason = t->reason;
	if (ev.duration_ns == EM_UNSET && t->start_ns != EM_UNSET &&
	    p->time_ns >= t->start_ns)
		ev.duration_ns = p->time_ns - t->start_ns;
	runs_emit(r, &m->runs, &ev);
	remember(r, m, t, p->id);
	close_test(m, t);
}

/* Files that come after the final status, for a test that is over. */
static void
late_file(struct em_reader *r, struct subunit_model *m, uint64_t ended,
    const struct subunit_packet *p)
{
	struct subunit_test t = { .start_ns = EM_UNSET };

	t.id = (struct ident){
		.name = p->id, .iteration = EM_UNSET, .attempt = EM_UNSET
	};
	if (ended != JUST_A_NAME)
		t.id = *(struct ident *)(uintptr_t)ended;
	arena_init(&t.member.arena, test_memory_max);
	subunit_file_take(r, m, &t, p, true);
	if (t.member.arena.failed)
		r->keep.failed = true;
	arena_free(&t.member.arena);
}

/* A packet that stands for what subunit does not know: a suite or run that
 * failed by itself, or a run without an end. */
static bool
take_stand_in(struct em_reader *r, struct subunit_model *m,
    const struct subunit_packet *p)
{
	struct em_event ev;

	if (p->id.p == NULL || !is_carried(p) ||
	    !carry_get(&m->carry, r, p->content, &ev))
		return false;
	if (ev.kind == EM_SUITE_COMPLETE || ev.kind == EM_RUN_COMPLETE)
		runs_end(r, &m->runs, &ev);
	else if (ev.kind != EM_RUN_START || p->status != SUBUNIT_INPROGRESS)
		return false;
	else if (!m->cut) {
		m->cut = true;
		rd_cut(r, "the run has no end");
	}
	return true;
}

static void
take_packet(struct em_reader *r, struct subunit_model *m,
    const struct subunit_packet *p)
{
	struct table_key key = test_key(p);
	struct subunit_test *t = crowd_find(&m->open, key);
	uint64_t *ended = table_get(&m->ended, key);

	if (t != NULL) {
		change_tags(r, t, p);
	} else if (p->status == SUBUNIT_NONE && ended != NULL) {
		if (p->file.p != NULL)
			late_file(r, m, *ended, p);
		return;
	} else if ((t = crowd_add(&m->open, key)) != NULL) {
		start_test(r, m, t, p);
	} else {
		r->keep.failed = true;
		return;
	}
	if (p->file.p != NULL)
		subunit_file_take(r, m, t, p, false);
	if (t->member.arena.failed)
		r->keep.failed = true;
	if (p->status >= SUBUNIT_SUCCESS)
		complete(r, m, t, p);
}

void
subunit_model_packet(struct em_reader *r, struct subunit_model *m,
    const struct subunit_packet *p)
{
	if (p->id.p == NULL) {
		if (p->file.p != NULL)
			global_file(r, m, p);
		return;
	}
	flush_line(r, m);
	if (p->status == SUBUNIT_EXISTS) {
		discovered(r, m, p);
		return;
	}
	start_run(r, m, p->time_ns);
	if (!take_stand_in(r, m, p))
		take_packet(r, m, p);
}

void
subunit_model_cut(struct em_reader *r, struct subunit_model *m)
{
	flush_line(r, m);
	m->cut = true;
}

bool
subunit_model_end(struct em_reader *r, struct subunit_model *m)
{
	flush_line(r, m);
	if (in_bytes(r->in) == 0 && !m->cut) {
		rd_empty(r);
		m->cut = true;
	}
	if (!m->listing || m->running)
		return runs_complete(r, &m->runs, m->cut);
	if (!m->cut)
		end_listing(r, m);
	return true;
}

void
subunit_model_free(struct subunit_model *m)
{
	for (struct member *t = m->open.first; t != NULL; t = t->next)
		subunit_files_free((struct subunit_test *)t);
	crowd_free(&m->open);
	table_free(&m->ended);
	runs_free(&m->runs);
	carry_free(&m->carry);
	buf_free(&m->line);
	buf_free(&m->stream);
}
