/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

#include "xfail.h"

enum { GLOB_MAX = 20, FIELDS = 6 };

static const char first_line[] = "# tconform-xfail 1";

static const struct {
	const char *word;
	enum verdict_code code;
} words[] = {
	{ "fail", V_FAIL },
	{ "crash", V_CRASH },
	{ "timeout", V_TIMEOUT },
	{ "leak", V_LEAK },
	{ "weak", V_WEAK },
};

enum { WORDS = sizeof(words) / sizeof(*words) };

const char *
xfail_word(enum verdict_code code)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i].code == code)
			return words[i].word;
	return NULL;
}

struct load {
	struct xfail *x;
	const struct suite *suite;
	struct buf *why;
	size_t line;
};

static bool
wrong(struct load *l, const char *what, const char *value)
{
	buf_printf(
	    l->why, "%s:%zu: %s \"%s\"", l->x->path, l->line, what, value);
	return false;
}

/* Fields are divided by white space; the last one is all that is left. */
static void
split(char *line, char *field[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		while (isspace((unsigned char)*line))
			line++;
		field[i] = line;
		if (i == FIELDS - 1)
			break;
		while (*line != '\0' && !isspace((unsigned char)*line))
			line++;
		if (*line != '\0')
			*line++ = '\0';
	}
}

static bool
is_date(const char *s)
{
	static const char form[] = "dddd-dd-dd";
	size_t i = 0;

	for (; form[i] != '\0'; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)s[i])
				   : s[i] != form[i])
			return false;
	return s[i] == '\0';
}

/* A glob has to take some cases, and not too many. */
static bool
check_glob(struct load *l, const char *glob)
{
	bool pattern = strpbrk(glob, "*?[") != NULL;
	size_t n = 0;

	for (size_t i = 0; i < l->suite->case_n; i++)
		n += fnmatch(glob, l->suite->cases[i].id, FNM_PATHNAME) == 0;
	if (n == 0)
		return wrong(l, "no case is", glob);
	if (pattern && n > GLOB_MAX)
		return wrong(l, "more than 20 cases are", glob);
	return true;
}

static bool
check_fields(struct load *l, char *field[FIELDS], enum verdict_code *code)
{
	static const char *const dispositions[] = { "todo", "wontfix",
		"suite-bug" };
	size_t i = 0;

	if (!check_glob(l, field[0]))
		return false;
	while (i < WORDS && strcmp(words[i].word, field[1]) != 0)
		i++;
	if (i == WORDS)
		return wrong(
		    l, "none of fail crash timeout leak weak:", field[1]);
	*code = words[i].code;
	for (i = 0; i < 3 && strcmp(dispositions[i], field[2]) != 0;)
		i++;
	if (i == 3)
		return wrong(l, "none of todo wontfix suite-bug:", field[2]);
	if (field[3][0] != '\0' && strcmp(field[3], "-") != 0 &&
	    !is_date(field[3]))
		return wrong(l, "no date", field[3]);
	if (*code == V_CRASH &&
	    (field[4][0] == '\0' || strcmp(field[4], "-") == 0))
		return wrong(l, "a crash needs a link:", field[0]);
	return true;
}

static bool
load_line(struct load *l, char *line)
{
	char *field[FIELDS];
	struct xfail_entry *e;
	enum verdict_code code = V_FAIL;

	while (isspace((unsigned char)*line))
		line++;
	if (*line == '\0' || *line == '#')
		return true;
	split(line, field);
	if (!check_fields(l, field, &code))
		return false;
	l->x->v = xrealloc(l->x->v, (l->x->n + 1) * sizeof(*l->x->v));
	e = &l->x->v[l->x->n++];
	*e = (struct xfail_entry){ .glob = xstrdup(field[0]),
		.code = code,
		.disposition = xstrdup(field[2]),
		.expiry = xstrdup(field[3]),
		.link = xstrdup(field[4]),
		.text = xstrdup(field[5]),
		.line = l->line };
	return true;
}

struct xfail *
xfail_load(const char *path, const struct suite *suite, struct buf *why)
{
	struct xfail *x = xalloc(sizeof(*x));
	struct load l = { .x = x, .suite = suite, .why = why };
	struct buf b = { 0 };
	bool ok = read_file(path, &b);
	char *next = b.p;

	x->path = xstrdup(path);
	if (!ok)
		buf_printf(why, "%s: %s", path, strerror(errno));
	while (ok && next != NULL && *next != '\0') {
		char *line = next;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		l.line++;
		if (l.line == 1 && strcmp(line, first_line) != 0)
			ok = wrong(&l, "the first line is not", first_line);
		else
			ok = load_line(&l, line);
	}
	if (ok && l.line == 0) {
		l.line = 1;
		ok = wrong(&l, "the first line is not", first_line);
	}
	buf_free(&b);
	if (ok)
		return x;
	xfail_free(x);
	return NULL;
}

void
xfail_free(struct xfail *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->n; i++) {
		free(x->v[i].glob);
		free(x->v[i].disposition);
		free(x->v[i].expiry);
		free(x->v[i].link);
		free(x->v[i].text);
	}
	free(x->v);
	free(x->path);
	free(x);
}

struct xfail_entry *
xfail_find(const struct xfail *x, const char *id)
{
	for (size_t i = 0; i < x->n; i++)
		if (fnmatch(x->v[i].glob, id, FNM_PATHNAME) == 0)
			return &x->v[i];
	return NULL;
}

static bool
expired(const struct xfail_entry *e, const char *today)
{
	return is_date(e->expiry) && strcmp(e->expiry, today) < 0;
}

static bool
passed(enum verdict_code code)
{
	return code == V_PASS || code == V_WEAK;
}

void
xfail_apply(struct xfail *x, struct outcome *o, const char *today)
{
	struct xfail_entry *e = xfail_find(x, o->c->id);

	if (e == NULL || o->v.code == V_SKIP || o->v.code == V_ERROR ||
	    o->v.code == V_INFO)
		return;
	e->met++;
	o->disposition = e->disposition;
	free(o->known);
	o->known = xprintf("%s, %s%s%s", xfail_word(e->code), e->disposition,
	    *e->text != '\0' ? ": " : "", e->text);
	if (expired(e, today)) {
		free(o->known);
		o->known = xprintf("until %s, which is over", e->expiry);
		if (passed(o->v.code))
			o->v.code = V_XPASS;
	} else if (o->v.code == e->code) {
		o->v.code = V_XFAIL;
	} else if (passed(o->v.code)) {
		o->v.code = V_XPASS;
	}
}

void
xfail_stale(const struct xfail *x, struct strings *stale)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct xfail_entry *e = &x->v[i];
		char *s;

		if (e->met > 0)
			continue;
		s = xprintf(
		    "%s:%zu: %s was not run", x->path, e->line, e->glob);
		strings_add(stale, s);
		free(s);
	}
}
