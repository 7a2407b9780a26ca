/* SPDX-License-Identifier: MIT */
/*
 * The Test Anything Protocol, versions 12 to 14, as producers write it: with
 * subtests indented or in braces, YAML, several documents in one stream, and
 * the KTAP of the kernel.
 *
 * The first document of a stream is no suite, the next ones are "2", "3" and
 * so on; those that prove writes are called as their files.  A last line that
 * is missing does not show: the plan tells.
 */
#include <string.h>

#include "tap.h"

enum {
	UNIT_KERNEL = 2, /* columns of a level of KTAP */
	PROBE_LINES = 1000,
	LEVELS_MAX = 1000
};

/* ---- what is said behind a point ---- */

/* Lines that have to do with the point before them, when it failed. */
static bool
take_diag(struct tap *t, struct em_str text)
{
	if (t->point == NULL || t->point->ok || t->had_yaml)
		return false;
	buf_add(&t->diag, text);
	buf_add(&t->diag, EM_STR("\n"));
	return !t->diag.failed;
}

static void
comment(struct em_reader *r, const struct tap_line *l)
{
	struct tap *t = r->state;
	struct em_str text = str_from(l->text, 1);
	struct em_event ev;

	if (str_starts(text, " "))
		text = str_from(text, 1);
	if (take_diag(t, text) || text.n == 0)
		return;
	tap_flush(r);
	em_event_init(&ev, EM_LOG);
	ev.suite = t->levels[t->depth].suite;
	ev.text = text;
	rd_emit(r, &ev);
}

static enum em_rc
noise(struct em_reader *r, const struct tap_line *l, struct em_str line)
{
	struct tap *t = r->state;
	char quoted[80];

	/* Some set their diagnostics in, without a mark. */
	if (l->indent > 0 && take_diag(t, line))
		return EM_OK;
	tap_flush(r);
	if (t->strict)
		tap_fail(r,
		    arena_printf(&r->arena, "not TAP, which it must be: \"%s\"",
			err_quote(quoted, l->text)));
	return rd_noise(r, line);
}

/* True when the line was taken as one of a YAML block. */
static bool
yaml_line(struct tap *t, const struct tap_line *l, struct em_str line)
{
	size_t n = 0;

	if (str_eq(l->text, "...") && l->indent <= t->yaml_indent) {
		t->in_yaml = false;
		t->had_yaml = true;
		return true;
	}
	/* A block that is not closed ends where TAP goes on. */
	if (l->indent < t->yaml_indent && l->what != TAP_BLANK &&
	    l->what != TAP_NOTHING && l->what != TAP_COMMENT &&
	    l->what != TAP_OPEN && l->what != TAP_PRAGMA) {
		t->in_yaml = false;
		t->had_yaml = true;
		return false;
	}
	while (n < line.n && n < t->yaml_indent && line.p[n] == ' ')
		n++;
	buf_add(&t->yaml, str_from(line, n));
	buf_add(&t->yaml, EM_STR("\n"));
	return true;
}

static bool
starts_yaml(const struct tap *t, const struct tap_line *l)
{
	return t->point != NULL && str_eq(l->text, "---") &&
	    l->indent > t->point->level * t->unit;
}

/* ---- lines ---- */

static void
pragma(struct tap *t, const struct tap_line *l)
{
	if (str_eq(l->name, "strict"))
		t->strict = l->on;
}

static void
version(struct em_reader *r, const struct tap_line *l, size_t level)
{
	struct tap *t = r->state;
	const struct tap_level *top = &t->levels[0];

	if (l->kernel)
		t->unit = UNIT_KERNEL;
	if (level > 0)
		return;
	tap_flush(r);
	if (top->count > 0 && t->depth == 0)
		tap_restart(r);
}

/* What a line at a level of its own does; false when it is not TAP there. */
static bool
structure(struct em_reader *r, const struct tap_line *l)
{
	struct tap *t = r->state;
	size_t level = l->indent / t->unit;

	if (l->indent % t->unit != 0 || level > LEVELS_MAX)
		return false;
	switch (l->what) {
	case TAP_POINT:
		tap_take_point(r, level, l);
		return true;
	case TAP_PLAN:
		if (l->last < l->first - 1)
			return false;
		tap_plan(r, level, l);
		return true;
	case TAP_VERSION:
		version(r, l, level);
		return true;
	case TAP_BAIL:
		tap_bail(r, l->reason);
		return true;
	case TAP_PRAGMA:
		if (level == 0)
			pragma(t, l);
		return true;
	case TAP_OPEN:
		if (t->point == NULL || t->point->level != level)
			return false;
		tap_open(r);
		return true;
	case TAP_CLOSE:
		if (level >= t->depth || t->levels[level + 1].point == NULL)
			return false;
		tap_close(r, level);
		return true;
	default:
		return false;
	}
}

/* A brace behind a name opens a subtest if what follows is set in. */
static void
settle_brace(struct em_reader *r, const struct tap_line *l)
{
	struct tap *t = r->state;
	size_t indent;

	if (t->point == NULL || !t->point->brace)
		return;
	indent = t->point->level * t->unit;
	if (l->indent >= indent + t->unit ||
	    (l->what == TAP_CLOSE && l->indent == indent))
		tap_open(r);
	else if (l->what != TAP_OPEN && !starts_yaml(t, l))
		tap_no_brace(r);
}

static enum em_rc
take_line(struct em_reader *r, struct em_str line)
{
	struct tap *t = r->state;
	struct tap_line l;
	struct em_str title;

	tap_parse(&r->arena, line, &l);
	if (t->in_yaml && yaml_line(t, &l, line))
		return EM_OK;
	if (l.what == TAP_BLANK)
		return EM_OK;
	if (tap_prove_line(r, &l, line))
		return EM_OK;
	settle_brace(r, &l);
	if (starts_yaml(t, &l)) {
		t->in_yaml = true;
		t->yaml_indent = l.indent;
		return EM_OK;
	}
	title = tap_heading(&l);
	if (title.n > 0 && l.indent % t->unit == 0 &&
	    l.indent / t->unit <= LEVELS_MAX) {
		tap_title(r, l.indent / t->unit, title);
		return EM_OK;
	}
	if (l.what == TAP_COMMENT) {
		comment(r, &l);
		return EM_OK;
	}
	return structure(r, &l) ? EM_OK : noise(r, &l, line);
}

static enum em_rc
step(struct em_reader *r)
{
	struct tap *t = r->state;
	struct em_str line;
	bool lf;
	enum em_rc rc = in_line(r->in, &line, &lf);

	tap_begin(r);
	if (rc == EM_EOF && !r->keep.failed)
		tap_end(r);
	if (rc != EM_OK)
		return rc;
	if (in_lines(r->in) == 1 && str_starts(line, "\xef\xbb\xbf"))
		line = str_from(line, 3);
	if (str_ends(line, "\r"))
		line.n--;
	if (t->bailed)
		return str_trim(line).n == 0 ? EM_OK : rd_noise(r, line);
	if (r->keep.failed)
		return EM_OK;
	rc = take_line(r, line);
	if (t->arena.failed)
		r->keep.failed = true;
	return rc;
}

/* ---- recognition ---- */

struct evidence {
	bool version, plan, bail;
	int points; /* with a number, or a dash before the name */
	int plain; /* others */
	int files; /* that prove says something about */
	bool result; /* its last line */
};

static void
look(struct em_str line, struct evidence *e)
{
	struct arena a;
	struct tap_line l;

	e->files += tap_prove_heading(line);
	e->result |= str_starts(line, "Result: ");
	arena_init(&a, 1 << 20);
	tap_parse(&a, str_upto(line, 64 * 1024), &l);
	e->version |= l.what == TAP_VERSION;
	e->plan |= l.what == TAP_PLAN && l.indent == 0;
	e->bail |= l.what == TAP_BAIL && l.indent == 0;
	if (l.what == TAP_POINT && l.indent == 0) {
		if (l.id != EM_UNSET || str_find(line, "ok - ") >= 0)
			e->points++;
		else if (l.name.n == 0 || str_find(line, "ok  ") < 0)
			e->plain++; /* but not "ok  \tpackage" of Go */
	}
	arena_free(&a);
}

static int
probe(struct em_str head, bool eof)
{
	struct evidence e = { .points = 0 };
	struct em_str line;
	int n = 0;

	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_from(head, 3);
	while (n++ < PROBE_LINES && head.n > 0) {
		if (!str_cut(&head, '\n', &line) && !eof)
			return PROBE_MORE;
		look(line, &e);
		if (e.version || e.points > 1 || e.files > 1 ||
		    (e.files > 0 && e.result) ||
		    (e.plan && e.points + e.plain > 0))
			return PROBE_SURE;
	}
	if (head.n == 0 && !eof)
		return PROBE_MORE;
	return 8 *
	    (4 * (e.points + e.plan + e.files) + 9 * e.bail +
		2 * (e.plain > 1));
}

static const struct em_format_option options[] = {
	{ "version", "13|14",
	    "write: 14; Perl's prove does not know it up to version 3.44" },
	{ "failures", "end|now",
	    "write: failed tests when the run ends, since a retry may pass, "
	    "or at once" },
	{ NULL, NULL, NULL },
};

const struct em_format format_tap = {
	.info = {
		.name = "tap",
		.title = "TAP 12 to 14, KTAP, prove",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "suites, classes, variants and iterations but as "
			  "part of names, attempts but the last, output of "
			  "tests that did not fail, statuses of what is "
			  "skipped, reasons but of skips, messages but the "
			  "first, kinds of messages, attachments, modes, tags, "
			  "locations, properties, workers, exit codes and "
			  "signals, what is known of runs and suites, listings",
		.options = options,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct tap),
		.step = step,
		.close = tap_free,
	},
	.write = {
		.state_size = sizeof(struct tap_writer),
		.open = tap_write_open,
		.event = tap_write_event,
		.finish = tap_write_finish,
		.close = tap_write_close,
	},
};
