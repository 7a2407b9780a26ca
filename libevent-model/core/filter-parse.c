/* SPDX-License-Identifier: MIT */
/* The parser of filter expressions. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "regex.h"

enum { DEPTH_MAX = 200 };

struct parser {
	struct em_filter *f;
	const char *expr, *p;
	struct em_error *err;
	size_t *column;
	unsigned depth;
	bool failed;
};

static struct filter_node *parse_or(struct parser *ps);

/* ---- errors ---- */

/* The first error wins; gives NULL, to be returned. */
static void *fail_at(struct parser *ps, const char *at, const char *fmt, ...)
    EM_PRINTF(3, 4);

static void *
fail_at(struct parser *ps, const char *at, const char *fmt, ...)
{
	char msg[sizeof(ps->err->msg)];
	va_list ap;

	if (ps->failed)
		return NULL;
	ps->failed = true;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	err_set(ps->err, EM_E_USAGE, 0, "%s", msg);
	*ps->column = (size_t)(at - ps->expr) + 1;
	return NULL;
}

static void *
no_memory(struct parser *ps)
{
	if (!ps->failed)
		err_set(ps->err, EM_E_MEMORY, 0, "out of memory");
	ps->failed = true;
	return NULL;
}

static void *
unknown_word(struct parser *ps, struct em_str word, const char *after)
{
	const struct filter_term *t = filter_nearest(word);
	enum filter_form form = FORM_WORD;
	char list[192], quoted[80];

	err_quote(quoted, str_upto(word, 24));
	if (str_eq(word, "NOT") || str_eq(word, "Not"))
		return fail_at(ps, word.p,
		    "unknown word \"%s\", did you mean \"not\"?", quoted);
	if (t != NULL)
		return fail_at(ps, word.p,
		    "unknown word \"%s\", did you mean \"%s\"?", quoted,
		    t->name);
	if (*after == '(')
		form = FORM_TEXT;
	else if (*after != '\0' && strchr("<>=", *after) != NULL)
		form = FORM_NUMBER;
	filter_list_terms(list, sizeof(list), form);
	return fail_at(
	    ps, word.p, "unknown word \"%s\", it is one of%s", quoted, list);
}

/* ---- nodes ---- */

static struct filter_node *
new_node(struct em_filter *f, enum filter_op op)
{
	struct filter_node *n = arena_alloc(&f->arena, sizeof(*n));

	if (n == NULL)
		return NULL;
	n->op = op;
	n->all = f->nodes;
	f->nodes = n;
	return n;
}

static struct filter_node *
term_node(struct em_filter *f, const struct filter_term *t)
{
	struct filter_node *n = new_node(f, OP_LEAF);

	if (n == NULL)
		return NULL;
	n->term = t;
	f->needs |= t->needs;
	f->kinds |= t->early;
	return n;
}

struct filter_node *
filter_leaf(struct em_filter *f, enum filter_what what)
{
	const struct filter_term *t = filter_terms;

	while (t->what != what)
		t++;
	return term_node(f, t);
}

struct filter_node *
filter_join(struct em_filter *f, enum filter_op op, struct filter_node *a,
    struct filter_node *b)
{
	struct filter_node *n;

	if (a == NULL || (b == NULL && op != OP_NOT))
		return NULL;
	if (op != OP_NOT && a->op == op && a->next == NULL) {
		a->last->next = b;
		a->last = b;
		return a;
	}
	n = new_node(f, op);
	if (n == NULL)
		return NULL;
	n->child = a;
	n->last = a;
	if (op != OP_NOT) {
		a->next = b;
		n->last = b;
	}
	return n;
}

/* ---- characters ---- */

static void
skip_space(struct parser *ps)
{
	ps->p += strspn(ps->p, " \t\r\n");
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static struct em_str
peek_word(const struct parser *ps)
{
	size_t n = 0;

	while (is_word(ps->p[n]))
		n++;
	return (struct em_str){ ps->p, n };
}

/* Takes one of the operators, "and" as "&"; words end where they end. */
static bool
take(struct parser *ps, const char *word, const char *sign)
{
	size_t n = strlen(sign);

	skip_space(ps);
	if (str_eq(peek_word(ps), word)) {
		ps->p += strlen(word);
		return true;
	}
	if (strncmp(ps->p, sign, n) != 0)
		return false;
	ps->p += n;
	if (*ps->p == *sign && (*sign == '&' || *sign == '|'))
		ps->p++;
	return true;
}

/* ---- matchers ---- */

/* A code point as UTF-8; 0 when it is none. */
static size_t
put_utf8(char *to, unsigned long c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		if (c >= 0xd800 && c <= 0xdfff)
			return 0;
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 63));
		to[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	if (c > 0x10ffff)
		return 0;
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 63));
	to[2] = (char)(0x80 | (c >> 6 & 63));
	to[3] = (char)(0x80 | (c & 63));
	return 4;
}

/* The escape at ps->p, which is a backslash; the number of bytes put. */
static size_t
take_escape(struct parser *ps, char *to)
{
	static const char from[] = "nrtbf\\/),(~=#",
			  into[] = "\n\r\t\b\f\\/),(~=#";
	const char *at = ps->p++, *hit;
	char *end;
	unsigned long c;
	size_t n = 0;

	if (ps->p[0] == 'u' && ps->p[1] == '{' &&
	    strspn(ps->p + 2, "0123456789abcdefABCDEF") > 0) {
		c = strtoul(ps->p + 2, &end, 16);
		n = *end == '}' && end - ps->p <= 8 ? put_utf8(to, c) : 0;
		ps->p = end + 1;
	} else if (*ps->p != '\0' && (hit = strchr(from, *ps->p)) != NULL) {
		to[0] = into[hit - from];
		ps->p++;
		n = 1;
	}
	if (n == 0)
		fail_at(ps, at,
		    "bad escape, there is \\n \\r \\t \\b \\f \\\\ \\/ \\) \\, "
		    "\\u{...}");
	return n;
}

/* How far it is to the first of the stops that no backslash precedes. */
static size_t
reach(const char *p, const char *stops)
{
	size_t n = 0;

	while (p[n] != '\0' && strchr(stops, p[n]) == NULL)
		n += p[n] == '\\' && p[n + 1] != '\0' ? 2 : 1;
	return n;
}

/* Room for what is decoded from n bytes, which is never longer. */
static char *
room(struct parser *ps, size_t n)
{
	char *p = arena_bytes(&ps->f->arena, n + 1);

	return p != NULL ? p : no_memory(ps);
}

/* Text up to one of the stops. */
static bool
take_text(struct parser *ps, const char *stops, struct em_str *text)
{
	const char *end = ps->p + reach(ps->p, stops);
	char *to = room(ps, (size_t)(end - ps->p));
	size_t n = 0;

	while (ps->p < end && !ps->failed)
		if (*ps->p == '\\')
			n += take_escape(ps, to + n);
		else
			to[n++] = *ps->p++;
	*text = (struct em_str){ to, n };
	return !ps->failed;
}

/* A regular expression up to "/"; in it, \/ is "/" and all else stays. */
static bool
take_regex(struct parser *ps, struct em_str *text)
{
	const char *start = ps->p - 1, *end = ps->p + reach(ps->p, "/");
	char *to = room(ps, (size_t)(end - ps->p));
	size_t n = 0;

	if (to == NULL)
		return false;
	if (*end == '\0') {
		fail_at(ps, start, "the regular expression has no end");
		return false;
	}
	for (; ps->p < end; ps->p++) {
		if (ps->p[0] == '\\' && ps->p[1] == '/')
			continue;
		/* Whatever this is for, the next one it is not. */
		if (ps->p[0] == '\\')
			to[n++] = *ps->p++;
		to[n++] = *ps->p;
	}
	ps->p++;
	*text = (struct em_str){ to, n };
	return true;
}

static bool
compile(struct parser *ps, struct filter_matcher *m, const char *at)
{
	struct em_error e = { 0 };

	if (m->how == MATCH_REGEX)
		m->regex = regex_new(m->text, &e);
	else if (m->how == MATCH_GLOB)
		m->regex = regex_glob(m->text, &e);
	else
		return true;
	if (m->regex == NULL && e.code == EM_E_MEMORY)
		no_memory(ps);
	else if (m->regex == NULL)
		/* line is the byte in the pattern, which a sign precedes. */
		fail_at(ps, at + e.line, "%s", e.msg);
	return m->regex != NULL;
}

static bool
take_matcher(struct parser *ps, const char *stops, enum filter_how how,
    struct filter_matcher *m)
{
	static const char signs[] = "=~#/";
	static const enum filter_how hows[] = { MATCH_EQUAL, MATCH_CONTAINS,
		MATCH_GLOB, MATCH_REGEX };
	const char *start, *sign;

	skip_space(ps);
	start = ps->p;
	m->how = how;
	sign = *ps->p != '\0' ? strchr(signs, *ps->p) : NULL;
	if (sign != NULL) {
		m->how = hows[sign - signs];
		ps->p++;
	}
	if (m->how == MATCH_REGEX ? !take_regex(ps, &m->text)
				  : !take_text(ps, stops, &m->text))
		return false;
	if (m->how == MATCH_REGEX)
		skip_space(ps);
	if (m->text.n == 0 && (sign == NULL || *sign != '=')) {
		fail_at(ps, ps->p, "text is missing here");
		return false;
	}
	return compile(ps, m, start);
}

/* ---- leaves ---- */

static bool
expect(struct parser *ps, char c, const char *opened)
{
	skip_space(ps);
	if (*ps->p == c) {
		ps->p++;
		return true;
	}
	if (*ps->p == '\0')
		fail_at(ps, opened, "there is no \"%c\" to this", c);
	else
		fail_at(ps, ps->p, "\"%c\" is missing here", c);
	return false;
}

static bool
take_arguments(struct parser *ps, struct filter_node *n)
{
	const char *opened = ps->p;

	skip_space(ps);
	if (*ps->p != '(') {
		fail_at(ps, n->at, "\"%s\" says nothing alone, write %s(%s)",
		    n->term->name, n->term->name,
		    n->term->form == FORM_PAIR ? "KEY, TEXT"
			: *ps->p == '='        ? "=TEXT"
					       : "TEXT");
		return false;
	}
	opened = ps->p++;
	if (n->term->form == FORM_PAIR &&
	    (!take_matcher(ps, ",)", MATCH_EQUAL, &n->key) ||
		!expect(ps, ',', opened)))
		return false;
	return take_matcher(ps, ")", n->term->how, &n->match) &&
	    expect(ps, ')', opened);
}

static bool
take_compare(struct parser *ps, struct filter_node *n)
{
	static const struct {
		const char *sign;
		enum filter_compare compare;
	} signs[] = { { "<=", CMP_LE }, { ">=", CMP_GE }, { "!=", CMP_NE },
		{ "==", CMP_EQ }, { "<", CMP_LT }, { ">", CMP_GT },
		{ "=", CMP_EQ } };

	skip_space(ps);
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		size_t len = strlen(signs[i].sign);

		if (strncmp(ps->p, signs[i].sign, len) != 0)
			continue;
		n->compare = signs[i].compare;
		ps->p += len;
		skip_space(ps);
		return true;
	}
	fail_at(ps, ps->p, "\"%s\" is compared, write %s", n->term->name,
	    n->term->form == FORM_TIME ? "> 2s" : ">= 2");
	return false;
}

/* "1m30s", "200ms": each number with its unit. */
static bool
take_time(struct parser *ps, int64_t *ns)
{
	static const struct {
		const char *unit;
		int scale; /* of the power of ten that makes nanoseconds */
		int64_t times;
	} units[] = { { "ns", 0, 1 }, { "us", 3, 1 }, { "ms", 6, 1 },
		{ "s", 9, 1 }, { "m", 9, 60 }, { "min", 9, 60 },
		{ "h", 9, 3600 }, { "d", 9, 86400 } };
	const char *start = ps->p;
	int64_t sum = 0, v;

	do {
		struct em_str num = { ps->p, strspn(ps->p, "0123456789.") };
		struct em_str unit = { ps->p + num.n, 0 };
		size_t i = 0;

		while (is_word(unit.p[unit.n]) &&
		    (unit.p[unit.n] < '0' || unit.p[unit.n] > '9'))
			unit.n++;
		while (i < ARRAY_LEN(units) && !str_eq(unit, units[i].unit))
			i++;
		if (i == ARRAY_LEN(units) || !str_ns(num, units[i].scale, &v) ||
		    __builtin_mul_overflow(v, units[i].times, &v) ||
		    __builtin_add_overflow(sum, v, &sum)) {
			fail_at(ps, start,
			    "a time with its unit (ns us ms s m h d) is "
			    "missing here, such as 2s or 1m30s");
			return false;
		}
		ps->p = unit.p + unit.n;
	} while (*ps->p >= '0' && *ps->p <= '9');
	*ns = sum;
	return true;
}

static bool
take_number(struct parser *ps, struct filter_node *n)
{
	struct em_str s;

	if (n->term->form == FORM_TIME)
		return take_time(ps, &n->number);
	s = peek_word(ps);
	if (s.n == 0 || strspn(s.p, "0123456789") < s.n ||
	    !str_i64(s, &n->number)) {
		fail_at(ps, ps->p, "a whole number is missing here");
		return false;
	}
	ps->p += s.n;
	return true;
}

/* pass and pass() are the same. */
static bool
take_empty(struct parser *ps)
{
	const char *p = ps->p;

	skip_space(ps);
	if (*ps->p != '(') {
		ps->p = p;
		return true;
	}
	ps->p++;
	return expect(ps, ')', ps->p - 1);
}

static struct filter_node *
parse_leaf(struct parser *ps)
{
	struct em_str word = peek_word(ps);
	const struct filter_term *t = filter_find_term(word);
	struct filter_node *n;
	bool ok;

	ps->p += word.n;
	if (t == NULL) {
		skip_space(ps);
		return unknown_word(ps, word, ps->p);
	}
	n = term_node(ps->f, t);
	if (n == NULL)
		return no_memory(ps);
	n->at = word.p;
	switch (t->form) {
	case FORM_WORD:
		ok = take_empty(ps);
		break;
	case FORM_NUMBER:
	case FORM_TIME:
		ok = take_compare(ps, n) && take_number(ps, n);
		break;
	default:
		ok = take_arguments(ps, n);
		break;
	}
	return ok ? n : NULL;
}

/* ---- operators, from the tightest to the loosest ---- */

static struct filter_node *
parse_unary(struct parser *ps)
{
	struct filter_node *n;
	const char *start;

	skip_space(ps);
	start = ps->p;
	if (++ps->depth > DEPTH_MAX)
		return fail_at(ps, start, "nested too deeply");
	if (take(ps, "not", "!")) {
		n = filter_join(ps->f, OP_NOT, parse_unary(ps), NULL);
	} else if (*ps->p == '(') {
		ps->p++;
		n = parse_or(ps);
		if (n != NULL && !expect(ps, ')', start))
			n = NULL;
	} else if (is_word(*ps->p) && !str_eq(peek_word(ps), "and") &&
	    !str_eq(peek_word(ps), "or")) {
		n = parse_leaf(ps);
	} else {
		n = fail_at(ps, start,
		    "a word such as fail, name(TEXT) or duration > 2s is "
		    "missing here");
	}
	ps->depth--;
	return n;
}

static struct filter_node *
parse_and(struct parser *ps)
{
	struct filter_node *n = parse_unary(ps), *other;

	while (n != NULL) {
		if (take(ps, "and", "&"))
			other = parse_unary(ps);
		else if (take(ps, "-", "-"))
			other =
			    filter_join(ps->f, OP_NOT, parse_unary(ps), NULL);
		else
			return n;
		n = filter_join(ps->f, OP_AND, n, other);
	}
	return NULL;
}

static struct filter_node *
parse_or(struct parser *ps)
{
	struct filter_node *n = parse_and(ps);

	while (n != NULL && (take(ps, "or", "|") || take(ps, "+", "+")))
		n = filter_join(ps->f, OP_OR, n, parse_and(ps));
	return n;
}

struct filter_node *
filter_parse(
    struct em_filter *f, const char *expr, struct em_error *err, size_t *column)
{
	struct parser ps = { f, expr, expr, err, column, 0, false };
	struct filter_node *n = parse_or(&ps);

	if (n == NULL)
		return no_memory(&ps);
	skip_space(&ps);
	if (*ps.p == '\0')
		return n;
	if (*ps.p == ')')
		return fail_at(&ps, ps.p, "there is no \"(\" to this");
	return fail_at(&ps, ps.p, "\"and\" or \"or\" is missing here");
}
