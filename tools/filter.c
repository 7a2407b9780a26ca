/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { OPT_EXACT = 256, OPT_SKIP, OPT_LIST, OPT_EVENTS, OPT_FINAL };

/* Strings that end with NULL. */
struct words {
	const char **v;
	size_t n;
};

struct filter {
	struct words exprs, exact, skip;
	bool invert, final, exit_code, has_list;
	char *list_text;
	struct em_strs list;
	struct em_str *lines;

	/* --events: kinds as bits, and names of extensions */
	bool by_event;
	uint32_t kinds;
	struct words extensions;
	uint64_t passed; /* events, protocol aside */

	struct em_select *select;
	int status; /* what writing said */
};

static const struct opt opts[] = {
	{ 'v', "invert", NULL, "select what the rest would leave out" },
	{ 'E', "expr", "EXPR", "select by EXPR; several are united" },
	{ OPT_EXACT, "exact", "NAME", "select the case of this very name" },
	{ OPT_SKIP, "skip", "TEXT", "leave out names that contain TEXT" },
	{ OPT_LIST, "list", "FILE", "select the cases named in FILE" },
	{ OPT_EVENTS, "events", "KIND,...",
	    "pass events of these kinds alone" },
	{ OPT_FINAL, "final", NULL,
	    "wait for retries before a failure counts" },
	{ 'e', "exit-code", NULL, "exit 1 when nothing was selected" },
	{ 0, NULL, NULL, NULL },
};

static int
no_memory(const struct cli *c)
{
	cli_say(c, "out of memory");
	return ST_IO;
}

static int
add_word(const struct cli *c, struct words *w, const char *word)
{
	const char **v = realloc(w->v, (w->n + 2) * sizeof(*v));

	if (v == NULL)
		return no_memory(c);
	v[w->n++] = word;
	v[w->n] = NULL;
	w->v = v;
	return ST_OK;
}

/* ---- --list ---- */

/* One identity a line, or ended by NUL where there is one. */
static int
split_list(const struct cli *c, struct filter *f, size_t size)
{
	char *p = f->list_text, *end = p + size, *stop;
	int sep = memchr(p, '\0', size) != NULL ? '\0' : '\n';
	size_t n = 1;

	for (const char *q = p; q < end; q++)
		n += *q == sep;
	f->lines = calloc(n, sizeof(*f->lines));
	if (f->lines == NULL)
		return no_memory(c);
	for (n = 0; p < end; p = stop + 1) {
		size_t len;

		stop = memchr(p, sep, (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		len = (size_t)(stop - p);
		if (sep == '\n' && len > 0 && p[len - 1] == '\r')
			len--;
		if (len > 0)
			f->lines[n++] = (struct em_str){ p, len };
	}
	f->list = (struct em_strs){ f->lines, n };
	return ST_OK;
}

static int
read_list(struct cli *c, struct filter *f, const char *path)
{
	size_t size;

	if (f->has_list)
		return cli_usage(c, "--list is given twice");
	f->list_text = cli_slurp(c, path, &size);
	if (f->list_text == NULL)
		return ST_IO;
	f->has_list = true;
	return split_list(c, f, size);
}

/* ---- --events ---- */

static int
unknown_kind(const struct cli *c, const char *word)
{
	char list[400];
	size_t n = 0;

	list[0] = '\0';
	for (int k = EM_PROTOCOL; k < EM_KINDS; k++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, " %s",
		    em_kind_name((enum em_kind)k).p);
	return cli_usage(c,
	    "unknown event \"%s\", there is%s, and what has a "
	    "dot in its name",
	    word, list);
}

/* Cuts arg at its commas in place: it stays readable for ps(1) no less. */
static int
add_events(const struct cli *c, struct filter *f, char *arg)
{
	for (char *word = arg, *comma; word != NULL; word = comma) {
		enum em_kind kind;

		comma = strchr(word, ',');
		if (comma != NULL)
			*comma++ = '\0';
		kind = em_kind_find(em_str(word));
		if (kind != EM_UNKNOWN)
			f->kinds |= 1u << kind;
		else if (strchr(word, '.') == NULL)
			return unknown_kind(c, word);
		else if (add_word(c, &f->extensions, word) != ST_OK)
			return ST_IO;
	}
	f->by_event = true;
	return ST_OK;
}

/* ---- options ---- */

static int
option(struct cli *c, int key, const char *arg)
{
	struct filter *f = c->state;

	switch (key) {
	case 'v':
		f->invert = true;
		return ST_OK;
	case 'e':
		f->exit_code = true;
		return ST_OK;
	case OPT_FINAL:
		f->final = true;
		return ST_OK;
	case 'E':
		return add_word(c, &f->exprs, arg);
	case OPT_EXACT:
		return add_word(c, &f->exact, arg);
	case OPT_SKIP:
		return add_word(c, &f->skip, arg);
	case OPT_LIST:
		return read_list(c, f, arg);
	default:
		/* It is argv's. */
		return add_events(c, f, (char *)(uintptr_t)arg);
	}
}

/* ---- what goes out ---- */

/* Is it one of the --events?  With -v, and nothing said about cases, one of
 * the others.  A stream begins with its protocol event in any case. */
static bool
is_wanted(const struct filter *f, const struct em_event *ev)
{
	bool named = f->kinds & 1u << ev->kind;

	if (!f->by_event || ev->kind == EM_PROTOCOL)
		return true;
	if (ev->kind == EM_UNKNOWN)
		for (size_t i = 0; i < f->extensions.n && !named; i++)
			named =
			    em_str_eq(ev->event, em_str(f->extensions.v[i]));
	return named != (f->invert && f->select == NULL);
}

static enum em_rc
emit(void *arg, const struct em_event *ev)
{
	struct cli *c = arg;
	struct filter *f = c->state;

	if (f->by_event) {
		if (!is_wanted(f, ev))
			return EM_OK;
		f->passed += ev->kind != EM_PROTOCOL;
	}
	f->status = cli_write(c, ev);
	return f->status == ST_OK ? EM_OK : EM_ERR;
}

static void
order(void *arg, const struct em_event *ev, unsigned known)
{
	const struct cli *c = arg;

	em_reader_order(c->input->reader, ev, known);
}

/* ---- start ---- */

/* The line of the expression that the column is in, and a caret under it. */
static void
point_at(const char *expr, size_t column)
{
	const char *line = expr, *at = expr + (column > 0 ? column - 1 : 0);
	struct em_out *out = em_out_fd(STDERR_FILENO, "standard error");
	struct em_out *before = em_out_mem();

	for (const char *p = expr; p < at; p++)
		if (*p == '\n')
			line = p + 1;
	if (out != NULL && before != NULL) {
		struct em_str s;

		em_out_plain(
		    before, (struct em_str){ line, (size_t)(at - line) }, "");
		s = em_out_memory(before);
		em_out_write(out, s);
		em_out_plain(out, (struct em_str){ at, strcspn(at, "\n") }, "");
		em_out_puts(out, "\n");
		for (size_t i = 0; i < s.n; i++)
			/* A column for a character, whatever its bytes. */
			if (((unsigned char)s.p[i] & 0xc0) != 0x80)
				em_out_puts(out, s.p[i] == '\t' ? "\t" : " ");
		em_out_puts(out, "^\n");
	}
	em_out_discard(before);
	em_out_close(out, NULL);
}

static int
check_exprs(const struct cli *c, const struct filter *f)
{
	struct em_error err;
	size_t column;

	for (size_t i = 0; i < f->exprs.n; i++) {
		struct em_filter *ef =
		    em_filter_compile(f->exprs.v[i], &err, &column);

		em_filter_free(ef);
		if (ef != NULL)
			continue;
		if (err.code != EM_E_USAGE) {
			cli_say(c, "%s", err.msg);
			return cli_status_of(&err);
		}
		cli_say(c, "bad expression: %s", err.msg);
		point_at(f->exprs.v[i], column);
		return ST_USAGE;
	}
	return ST_OK;
}

static bool
about_cases(const struct filter *f)
{
	return f->exprs.n > 0 || f->exact.n > 0 || f->skip.n > 0 || f->has_list;
}

static bool
is_expression(const char *s)
{
	struct em_error err;
	struct em_filter *f = em_filter_compile(s, &err, NULL);
	bool ok = f != NULL;

	em_filter_free(f);
	return ok;
}

static bool
is_file(const char *s)
{
	return strcmp(s, "-") == 0 || access(s, F_OK) == 0;
}

/* The first operand is an expression unless options select: what was meant to
 * be the one and would be taken for the other. */
static int
check_first(const struct cli *c, bool expression)
{
	const char *s = c->operand_count > 0 ? c->operands[0] : "-";

	if (expression && is_file(s) && !is_expression(s))
		return cli_usage(
		    c, "\"%s\" is a file: the expression comes first", s);
	if (!expression && !is_file(s) && is_expression(s))
		return cli_usage(c,
		    "there is no file \"%s\": beside other options that "
		    "select, an expression needs -E",
		    s);
	return ST_OK;
}

static int
start(struct cli *c)
{
	struct filter *f = c->state;
	struct em_select_opts so = {
		.raw = true, .emit = emit, .order = order, .arg = c
	};
	bool expression = !about_cases(f) && !f->by_event;
	struct em_error err;
	int st;

	if (expression && c->operand_count == 0)
		return cli_usage(c, "which cases? give an expression");
	st = check_first(c, expression);
	if (st != ST_OK)
		return st;
	if (expression) {
		st = add_word(c, &f->exprs, c->operands[0]);
		if (st != ST_OK)
			return st;
		c->operands++;
		c->operand_count--;
	}
	if (!about_cases(f))
		return ST_OK;
	st = check_exprs(c, f);
	if (st != ST_OK)
		return st;
	so.exprs = f->exprs.v;
	so.exact = f->exact.v;
	so.skip = f->skip.v;
	so.list = f->has_list ? &f->list : NULL;
	so.invert = f->invert;
	so.final = f->final;
	so.memory_max = c->limits.memory_max;
	f->select = em_select_new(&so, &err, NULL);
	if (f->select != NULL) {
		c->ignore = em_select_ignores(f->select);
		/* With --strict the reader has to stop at the event. */
		c->order_on_demand = !c->strict;
		return ST_OK;
	}
	cli_say(c, "%s", err.msg);
	return cli_status_of(&err);
}

/* ---- events ---- */

/* What an error of the selection means. */
static int
select_trouble(const struct cli *c, const struct filter *f)
{
	const struct em_error *e;

	if (f->status != ST_OK)
		return f->status;
	e = em_select_error(f->select);
	cli_say(c, "%s", e->msg);
	return cli_status_of(e);
}

static int
event(struct cli *c, const struct em_event *ev)
{
	struct filter *f = c->state;

	if (f->select == NULL)
		return emit(c, ev) == EM_OK ? ST_OK : f->status;
	if (em_select_event(f->select, ev) == EM_OK)
		return ST_OK;
	return select_trouble(c, f);
}

/* Who writes name("x") mostly means name(x). */
static void
note_quotes(const struct cli *c, const struct filter *f)
{
	for (const char *const *e = f->exprs.v; e != NULL && *e != NULL; e++)
		if (strstr(*e, "(\"") != NULL || strstr(*e, "('") != NULL) {
			cli_note(c,
			    "nothing was selected: quotes in an expression "
			    "are part of the text");
			return;
		}
}

static int
finish(struct cli *c)
{
	struct filter *f = c->state;
	int st = ST_OK;

	if (f->select != NULL && em_select_finish(f->select) != EM_OK)
		st = select_trouble(c, f);
	if (st == ST_OK && f->select != NULL && em_select_count(f->select) == 0)
		note_quotes(c, f);
	if (st != ST_OK || !f->exit_code)
		return st;
	if (f->by_event)
		return f->passed > 0 ? ST_OK : ST_NO;
	return em_select_count(f->select) > 0 ? ST_OK : ST_NO;
}

static void
release(struct cli *c)
{
	struct filter *f = c->state;

	em_select_free(f->select);
	free(f->exprs.v);
	free(f->exact.v);
	free(f->skip.v);
	free(f->extensions.v);
	free(f->lines);
	free(f->list_text);
}

const struct tool tool = {
	.name = "tfilter",
	.synopsis = "[-ev] [--final] [-f FORMAT] [-o FILE] EXPR [FILE ...]\n"
		    "[-ev] [-E EXPR] [--exact NAME] [--list FILE] [FILE ...]",
	.summary = "Select the cases of a stream of test results.",
	.opts = opts,
	.flags = CLI_WRITES,
	.state_size = sizeof(struct filter),
	.option = option,
	.start = start,
	.event = event,
	.finish = finish,
	.free = release,
};
