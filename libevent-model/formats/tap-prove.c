/* SPDX-License-Identifier: MIT */
/*
 * What prove writes around the TAP of the files that it runs, or, without -v,
 * in its place:
 *
 *	t/api.t ..
 *	1..2
 *	ok 1 - one
 *	not ok 2 - two
 *	Failed 1/2 subtests
 *	t/io.t ... ok
 *
 * Each file is a case, since a file is what prove can run again, and its
 * points are those of a suite of that name.
 */
#include <string.h>

#include "tap.h"

/* ---- lines ---- */

struct heading {
	struct em_str file, verdict; /* what stands behind the dots */
};

/* "[12:34:56] " of --timer. */
static struct em_str
without_clock(struct em_str s)
{
	static const char form[] = "[dd:dd:dd] ";

	if (s.n < sizeof(form) - 1)
		return s;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'd' ? s.p[i] < '0' || s.p[i] > '9'
				   : s.p[i] != form[i])
			return s;
	return str_from(s, sizeof(form) - 1);
}

/* "ok", perhaps with how long it took: "ok      12 ms ( 0.00 usr ...". */
static bool
is_ok(struct em_str s, int64_t *ns)
{
	struct em_str word;

	*ns = EM_UNSET;
	if (!str_starts(s, "ok"))
		return false;
	s = str_trim(str_from(s, strlen("ok")));
	if (s.n == 0)
		return true;
	return str_cut(&s, ' ', &word) && str_starts(s, "ms (") &&
	    str_ns(word, 6, ns);
}

static bool
is_skip(struct em_str s)
{
	return str_eq(s, "skipped") || str_starts(s, "skipped: ");
}

/* "t/api.t .. ", with as many dots as align what follows. */
static bool
parse_heading(struct em_str line, struct heading *h)
{
	struct em_str s = without_clock(line);
	ptrdiff_t at = str_find(s, " ..");
	int64_t ns;

	if (at <= 0 || s.p[0] == ' ' || s.p[0] == '#')
		return false;
	h->file = str_upto(s, (size_t)at);
	s = str_from(s, (size_t)at + 1);
	while (s.n > 0 && s.p[0] == '.')
		s = str_from(s, 1);
	if (s.n == 0 || s.p[0] != ' ')
		return false;
	h->verdict = str_from(s, 1);
	return h->verdict.n == 0 || is_ok(h->verdict, &ns) ||
	    is_skip(h->verdict);
}

/* The first heading has to look like one: others write "lib/x.c ... ok", too.
 */
static bool
looks_like_file(const struct heading *h)
{
	struct em_str s = h->file;

	return str_ends(s, ".t") ||
	    (h->verdict.n == 0 && memchr(s.p, ' ', s.n) == NULL &&
		memchr(s.p, '/', s.n) != NULL);
}

bool
tap_prove_heading(struct em_str line)
{
	struct heading h;

	return parse_heading(line, &h) && looks_like_file(&h);
}

/* What is said of a file that has problems; it may be several lines. */
static bool
is_problem(struct em_str s)
{
	static const char *const heads[] = { "Dubious, test returned ",
		"No subtests run ", "\t(less " };

	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (str_starts(s, heads[i]))
			return true;
	return (str_starts(s, "Failed ") && str_ends(s, " subtests ")) ||
	    (str_starts(s, "All ") && str_ends(s, " subtests passed "));
}

/* ---- a file ---- */

static void
file_event(struct tap *t, enum em_kind kind, struct em_event *ev)
{
	em_event_init(ev, kind);
	ev->name = buf_str(&t->prove.file);
}

static void
start_file(struct em_reader *r, struct em_str file)
{
	struct tap *t = r->state;
	struct tap_prove *p = &t->prove;
	struct em_event ev;

	tap_flush(r);
	tap_clear_level(&t->levels[0]);
	buf_reset(&p->file);
	buf_reset(&p->said);
	buf_add(&p->file, file);
	p->any = p->open = true;
	p->entered = p->told = false;
	p->outcome = EM_FAIL;
	p->duration = p->exit_code = EM_UNSET;
	t->documents++;
	file_event(t, EM_CASE_START, &ev);
	rd_repeat(r, &ev);
	p->iteration = ev.iteration;
	rd_emit(r, &ev);
}

/* What it says of the file, behind the dots or below its points. */
static void
tell(struct tap *t, struct em_str verdict)
{
	struct tap_prove *p = &t->prove;

	p->told = true;
	if (is_ok(verdict, &p->duration)) {
		p->outcome = EM_PASS;
	} else if (is_skip(verdict)) {
		p->outcome = EM_SKIP;
		buf_add(
		    &p->said, str_trim(str_from(verdict, strlen("skipped:"))));
	}
}

static void
take_problem(struct tap *t, struct em_str line)
{
	struct tap_prove *p = &t->prove;
	struct em_str rest = line, word;
	ptrdiff_t at = str_find(line, "returned ");

	p->told = true;
	if (p->said.n > 0)
		buf_add(&p->said, EM_STR("\n"));
	buf_add(&p->said, str_trim(line));
	if (at < 0)
		return;
	rest = str_from(rest, (size_t)at + strlen("returned "));
	if (str_cut(&rest, ' ', &word))
		str_i64(word, &p->exit_code);
}

static void
end_file(struct em_reader *r)
{
	struct tap *t = r->state;
	struct tap_prove *p = &t->prove;
	struct em_event ev;

	tap_end_document(r);
	file_event(t, EM_CASE_MESSAGE, &ev);
	ev.iteration = p->iteration;
	if (p->outcome == EM_FAIL && p->said.n > 0) {
		ev.message_kind = EM_STR("error");
		ev.message = buf_str(&p->said);
		rd_emit(r, &ev);
		ev.message = (struct em_str){ NULL, 0 };
	}
	ev.kind = EM_CASE_COMPLETE;
	ev.message_kind = (struct em_str){ NULL, 0 };
	ev.outcome = p->outcome;
	ev.duration_ns = p->duration;
	ev.exit_code = p->exit_code;
	if (!p->told)
		ev.status = EM_STR("incomplete");
	if (p->outcome == EM_SKIP && p->said.n > 0)
		ev.reason = buf_str(&p->said);
	t->failed |= p->outcome == EM_FAIL;
	rd_emit(r, &ev);
	tap_clear_level(&t->levels[0]);
	p->open = p->entered = false;
}

/* ---- the stream ---- */

/* A heading in the middle of a file is something that this prints. */
static bool
expects_file(const struct tap *t, const struct heading *h)
{
	const struct tap_level *top = &t->levels[0];

	if (t->prove.any)
		return !t->prove.open && !t->prove.entered;
	return looks_like_file(h) && top->count == 0 &&
	    top->first == EM_UNSET && t->point == NULL && t->depth == 0;
}

/* "ok" below the last of the points that were planned is no point. */
static bool
is_verdict(struct em_reader *r, const struct tap_line *l, struct em_str line)
{
	struct tap *t = r->state;
	const struct tap_level *top = &t->levels[0];
	int64_t ns;

	if (l->what != TAP_POINT || l->indent > 0 ||
	    !is_ok(str_trim(line), &ns))
		return false;
	tap_flush(r);
	return top->first != EM_UNSET &&
	    top->count == top->last - top->first + 1;
}

/* TAP begins: the points are those of a suite. */
static void
enter(struct em_reader *r)
{
	struct tap *t = r->state;
	struct em_event ev;

	t->prove.entered = true;
	if (!t->prove.open)
		return;
	t->levels[0].suite = arena_dup(&t->arena, buf_str(&t->prove.file));
	em_event_init(&ev, EM_SUITE_START);
	ev.suite = t->levels[0].suite;
	rd_emit(r, &ev);
}

bool
tap_prove_line(
    struct em_reader *r, const struct tap_line *l, struct em_str line)
{
	struct tap *t = r->state;
	struct tap_prove *p = &t->prove;
	struct heading h;

	if (p->open && is_problem(line)) {
		take_problem(t, line);
		return true;
	}
	if (p->open && p->told)
		end_file(r);
	if (l->indent == 0 && parse_heading(line, &h) && expects_file(t, &h)) {
		start_file(r, h.file);
		if (h.verdict.n > 0)
			tell(t, h.verdict);
		return true;
	}
	if (!p->any)
		return false;
	if (p->open && p->entered && is_verdict(r, l, line)) {
		tell(t, str_trim(line));
		return true;
	}
	if (!p->entered && l->what != TAP_NOTHING && l->what != TAP_COMMENT)
		enter(r);
	p->whole |= !p->open && str_starts(line, "Result: ");
	if (!p->open && !t->failed && str_eq(line, "Result: FAIL"))
		tap_fail(r, EM_STR("prove says that it failed"));
	return false;
}

void
tap_prove_end(struct em_reader *r)
{
	struct tap *t = r->state;

	if (t->prove.open)
		end_file(r);
}
