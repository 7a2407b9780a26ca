/* SPDX-License-Identifier: MIT */
/* From the text of a pattern to an automaton, and texts through that. */
#include <stdint.h>
#include <stdlib.h>

#include "grow.h"
#include "json.h"
#include "language-states.h"

enum { NESTING = 64, REPEAT_MAX = 1000, STATES_MAX = 20000 };

enum part_kind {
	PART_EMPTY,
	PART_CHARS,
	PART_CAT,
	PART_ALT,
	PART_REPEAT,
	PART_BEGIN,
	PART_END
};

struct part {
	enum part_kind kind;
	size_t a, b; /* parts; of PART_CHARS, ranges from and count */
	int min, max; /* max < 0: any number */
};

struct reading {
	struct language *lang;
	const char *at, *end;
	const char *why;
	struct part *part;
	size_t count, size;
	int depth;
};

static const size_t NOTHING = SIZE_MAX;

static size_t
outside(struct reading *r, const char *why)
{
	if (r->why == NULL)
		r->why = why;
	return NOTHING;
}

static size_t
add_part(struct reading *r, struct part part)
{
	struct part *more = grow(r->part, r->count, &r->size, sizeof(*more));

	if (more == NULL)
		return outside(r, "out of memory");
	r->part = more;
	r->part[r->count] = part;
	return r->count++;
}

static bool
add_range(struct reading *r, uint32_t from, uint32_t to)
{
	struct language *l = r->lang;
	struct range *more;

	more = grow(l->range, l->ranges, &l->range_size, sizeof(*more));
	if (more == NULL) {
		outside(r, "out of memory");
		return false;
	}
	l->range = more;
	l->range[l->ranges++] = (struct range){ from, to };
	return true;
}

/* Past the ranges that hold c; c itself if none does. */
static uint32_t
past(const struct range *range, size_t n, uint32_t c)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (range[i].from <= c && range[i].to >= c)
			return past(range, n, range[i].to + 1);
	return c;
}

/* The last character from c on that is before every range above c. */
static uint32_t
before(const struct range *range, size_t n, uint32_t c)
{
	uint32_t last = CHAR_LAST;
	size_t i;

	for (i = 0; i < n; i++)
		if (range[i].from > c && range[i].from - 1 < last)
			last = range[i].from - 1;
	return last;
}

/* What the ranges from `first` leave out, in their place. */
static bool
negate(struct reading *r, size_t first)
{
	struct language *l = r->lang;
	size_t n = l->ranges - first;
	uint32_t from, last;
	struct range *old;
	bool ok = true;

	if ((old = malloc((n + 1) * sizeof(*old))) == NULL) {
		outside(r, "out of memory");
		return false;
	}
	if (n != 0)
		memcpy(old, l->range + first, n * sizeof(*old));
	l->ranges = first;
	for (from = past(old, n, 0); ok && from <= CHAR_LAST;
	     from = past(old, n, last + 1)) {
		last = before(old, n, from);
		ok = add_range(r, from, last);
	}
	free(old);
	return ok;
}

static bool
add_named(struct reading *r, char name)
{
	size_t first = r->lang->ranges;
	bool ok;

	switch (name) {
	case 'd':
	case 'D':
		ok = add_range(r, '0', '9');
		break;
	case 'w':
	case 'W':
		ok = add_range(r, '0', '9') && add_range(r, 'A', 'Z') &&
		    add_range(r, 'a', 'z') && add_range(r, '_', '_');
		break;
	case '.':
		ok = add_range(r, '\n', '\n') && add_range(r, '\r', '\r') &&
		    add_range(r, 0x2028, 0x2029);
		break;
	default:
		ok = add_range(r, '\t', '\r') && add_range(r, ' ', ' ') &&
		    add_range(r, 0xa0, 0xa0) && add_range(r, 0x1680, 0x1680) &&
		    add_range(r, 0x2000, 0x200a) &&
		    add_range(r, 0x2028, 0x2029) &&
		    add_range(r, 0x202f, 0x202f) &&
		    add_range(r, 0x205f, 0x205f) &&
		    add_range(r, 0x3000, 0x3000) &&
		    add_range(r, 0xfeff, 0xfeff);
	}
	if (ok && (name == 'D' || name == 'W' || name == 'S' || name == '.'))
		ok = negate(r, first);
	return ok;
}

uint32_t
language_character(const char **p, const char *end)
{
	const unsigned char *s = (const unsigned char *)*p;
	size_t n = json_utf8(s, (size_t)(end - *p)), i;
	uint32_t c = n < 2 ? s[0] : s[0] & (0x7fu >> n);

	*p += n == 0 ? 1 : n;
	for (i = 1; i < n; i++)
		c = c << 6 | (s[i] & 0x3f);
	return c;
}

static bool
hex_digits(struct reading *r, int n, uint32_t *c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *d;

	for (*c = 0; n > 0; n--, r->at++) {
		if (r->at == r->end || *r->at == '\0' ||
		    (d = strchr(digits, *r->at)) == NULL) {
			outside(r, "an escape without its hex digits");
			return false;
		}
		*c = *c << 4 | (uint32_t)((d - digits) % 16);
	}
	return true;
}

/* Past the backslash: one character, or with *name not 0 a named class. */
static bool
read_escape(struct reading *r, uint32_t *c, char *name)
{
	static const char from[] = "tnvfr", into[] = "\t\n\v\f\r";
	static const char self[] = "^$\\.*+?()[]{}|/-";
	const char *found;

	*name = '\0';
	if (r->at == r->end || *r->at == '\0') {
		outside(r, "a backslash at the end");
		return false;
	}
	char e = *r->at++;

	if (e == 'x' || e == 'u') {
		if (!hex_digits(r, e == 'x' ? 2 : 4, c))
			return false;
		if (*c < 0xd800 || *c > 0xdfff)
			return true;
		outside(r, "half of a surrogate pair");
		return false;
	}
	if (strchr("dDwWsS", e) != NULL) {
		*name = e;
		return true;
	}
	if ((found = strchr(from, e)) != NULL)
		*c = (uint32_t)into[found - from];
	else if (strchr(self, e) != NULL)
		*c = (uint32_t)e;
	else {
		outside(r, "an escape that the subset does not have");
		return false;
	}
	return true;
}

/* One end of a range in a class, or a named class, which is added. */
static bool
class_character(struct reading *r, uint32_t *c, bool *named)
{
	char name = '\0';

	*named = false;
	if (*r->at != '\\') {
		*c = language_character(&r->at, r->end);
		return true;
	}
	r->at++;
	if (!read_escape(r, c, &name))
		return false;
	*named = name != '\0';
	return !*named || add_named(r, name);
}

/* Past the opening bracket. */
static size_t
read_class(struct reading *r)
{
	size_t first = r->lang->ranges;
	bool not = r->at < r->end && *r->at == '^', named;
	uint32_t from, to;

	if (not )
		r->at++;
	while (r->at < r->end && *r->at != ']') {
		if (!class_character(r, &from, &named))
			return NOTHING;
		if (named)
			continue;
		to = from;
		if (r->end - r->at > 1 && r->at[0] == '-' && r->at[1] != ']') {
			r->at++;
			if (!class_character(r, &to, &named))
				return NOTHING;
			if (named || to < from)
				return outside(r, "a range without order");
		}
		if (!add_range(r, from, to))
			return NOTHING;
	}
	if (r->at == r->end)
		return outside(r, "a class without its ']'");
	r->at++;
	if (not &&!negate(r, first))
		return NOTHING;
	return add_part(r,
	    (struct part){
		.kind = PART_CHARS, .a = first, .b = r->lang->ranges - first });
}

static size_t read_choice(struct reading *);

static size_t
read_group(struct reading *r)
{
	size_t in;

	if (r->end - r->at > 1 && r->at[0] == '?' && r->at[1] == ':')
		r->at += 2;
	else if (r->at < r->end && *r->at == '?')
		return outside(r, "a group that looks around or has a name");
	if (++r->depth > NESTING)
		return outside(r, "groups too deep");
	in = read_choice(r);
	r->depth--;
	if (in == NOTHING)
		return NOTHING;
	if (r->at == r->end)
		return outside(r, "a group without its ')'");
	r->at++;
	return in;
}

static size_t
read_atom(struct reading *r)
{
	size_t first = r->lang->ranges;
	uint32_t c = 0;
	char name = '\0';

	switch (*r->at) {
	case '(':
		r->at++;
		return read_group(r);
	case '[':
		r->at++;
		return read_class(r);
	case '^':
	case '$':
		return add_part(r,
		    (struct part){
			.kind = *r->at++ == '^' ? PART_BEGIN : PART_END });
	case '*':
	case '+':
	case '?':
	case '{':
	case '}':
	case ']':
		return outside(r, "a quantifier or bracket that stands alone");
	case '.':
		r->at++;
		name = '.';
		break;
	case '\\':
		r->at++;
		if (!read_escape(r, &c, &name))
			return NOTHING;
		break;
	default:
		c = language_character(&r->at, r->end);
	}
	if (name != '\0' ? !add_named(r, name) : !add_range(r, c, c))
		return NOTHING;
	return add_part(r,
	    (struct part){
		.kind = PART_CHARS, .a = first, .b = r->lang->ranges - first });
}

static bool
read_count(struct reading *r, int *n)
{
	const char *start = r->at;

	for (*n = 0; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
		if (*n <= REPEAT_MAX)
			*n = 10 * *n + (*r->at - '0');
	if (r->at == start || *n > REPEAT_MAX) {
		outside(r, "a count that is none, or too large");
		return false;
	}
	return true;
}

/* Past the opening brace. */
static bool
read_counts(struct reading *r, int *min, int *max)
{
	if (!read_count(r, min))
		return false;
	*max = *min;
	if (r->at < r->end && *r->at == ',') {
		r->at++;
		*max = -1;
		if (r->at < r->end && *r->at != '}' && !read_count(r, max))
			return false;
	}
	if (r->at == r->end || *r->at != '}' || (*max >= 0 && *max < *min)) {
		outside(r, "a count that is none, or too large");
		return false;
	}
	r->at++;
	return true;
}

static size_t
read_repeated(struct reading *r)
{
	size_t atom = read_atom(r);
	struct part p = { .kind = PART_REPEAT, .a = atom };

	if (atom == NOTHING || r->at == r->end ||
	    memchr("*+?{", *r->at, 4) == NULL)
		return atom;
	if (r->part[atom].kind == PART_BEGIN || r->part[atom].kind == PART_END)
		return outside(r, "an anchor that is repeated");
	switch (*r->at++) {
	case '*':
		p.max = -1;
		break;
	case '+':
		p.min = 1;
		p.max = -1;
		break;
	case '?':
		p.max = 1;
		break;
	default:
		if (!read_counts(r, &p.min, &p.max))
			return NOTHING;
	}
	/* Lazy or not makes no difference to what is taken. */
	if (r->at < r->end && *r->at == '?')
		r->at++;
	return add_part(r, p);
}

static size_t
read_sequence(struct reading *r)
{
	size_t all = add_part(r, (struct part){ .kind = PART_EMPTY }), next;

	while (all != NOTHING && r->at < r->end && *r->at != '|' &&
	    *r->at != ')') {
		if ((next = read_repeated(r)) == NOTHING)
			return NOTHING;
		all = add_part(
		    r, (struct part){ .kind = PART_CAT, .a = all, .b = next });
	}
	return all;
}

static size_t
read_choice(struct reading *r)
{
	size_t all = read_sequence(r), next;

	while (all != NOTHING && r->at < r->end && *r->at == '|') {
		r->at++;
		if ((next = read_sequence(r)) == NOTHING)
			return NOTHING;
		all = add_part(
		    r, (struct part){ .kind = PART_ALT, .a = all, .b = next });
	}
	return all;
}

static size_t
add_state(struct reading *r, struct state s)
{
	struct language *l = r->lang;
	struct state *more;

	if (l->states == STATES_MAX)
		return outside(r, "too large");
	more = grow(l->state, l->states, &l->state_size, sizeof(*more));
	if (more == NULL)
		return outside(r, "out of memory");
	l->state = more;
	l->state[l->states] = s;
	return l->states++;
}

static size_t build(struct reading *, size_t part, size_t next);

static size_t
build_repeat(struct reading *r, const struct part *p, size_t next)
{
	size_t last = next, in;
	int i;

	if (p->max < 0) {
		last = add_state(
		    r, (struct state){ .kind = STATE_SPLIT, .b = next });
		if (last == NOTHING || (in = build(r, p->a, last)) == NOTHING)
			return NOTHING;
		r->lang->state[last].a = in;
	}
	for (i = p->min; i < p->max; i++) {
		if ((in = build(r, p->a, last)) == NOTHING)
			return NOTHING;
		last = add_state(r,
		    (struct state){ .kind = STATE_SPLIT, .a = in, .b = next });
		if (last == NOTHING)
			return NOTHING;
	}
	for (i = 0; i < p->min && last != NOTHING; i++)
		last = build(r, p->a, last);
	return last;
}

/* The states of a part, before those that follow it; where it begins. */
static size_t
build(struct reading *r, size_t part, size_t next)
{
	struct part p;
	size_t a, b;

	if (part == NOTHING || next == NOTHING)
		return NOTHING;
	p = r->part[part];
	switch (p.kind) {
	case PART_EMPTY:
		return next;
	case PART_CHARS:
		return add_state(r,
		    (struct state){ .kind = STATE_CHARS,
			.a = next,
			.ranges = p.b,
			.range = p.a });
	case PART_CAT:
		return build(r, p.a, build(r, p.b, next));
	case PART_ALT:
		a = build(r, p.a, next);
		b = build(r, p.b, next);
		if (a == NOTHING || b == NOTHING)
			return NOTHING;
		return add_state(
		    r, (struct state){ .kind = STATE_SPLIT, .a = a, .b = b });
	case PART_REPEAT:
		return build_repeat(r, &p, next);
	case PART_BEGIN:
		return add_state(
		    r, (struct state){ .kind = STATE_BEGIN, .a = next });
	case PART_END:
		return add_state(
		    r, (struct state){ .kind = STATE_END, .a = next });
	}
	return NOTHING;
}

/* It may begin anywhere, and once it has matched, what follows is free. */
static bool
build_all(struct reading *r, size_t part)
{
	struct language *l = r->lang;
	size_t accept = add_state(r, (struct state){ .kind = STATE_ACCEPT });
	size_t begin = build(r, part, accept), loop, any;

	if (begin == NOTHING || !add_range(r, 0, CHAR_LAST))
		return false;
	loop = add_state(r, (struct state){ .kind = STATE_SPLIT, .a = begin });
	any = add_state(r,
	    (struct state){ .kind = STATE_CHARS,
		.a = loop,
		.range = l->ranges - 1,
		.ranges = 1 });
	if (loop == NOTHING || any == NOTHING)
		return false;
	l->state[loop].b = any;
	l->begin = loop;
	return true;
}

struct language *
language_read(struct slice pattern, const char **why)
{
	struct language *l = calloc(1, sizeof(*l));
	struct reading r = {
		.lang = l, .at = pattern.p, .end = pattern.p + pattern.n
	};
	bool ok = false;
	size_t all;

	*why = "out of memory";
	if (l == NULL)
		return NULL;
	all = read_choice(&r);
	if (all != NOTHING && r.at < r.end)
		outside(&r, "a ')' that stands alone");
	else if (all != NOTHING)
		ok = build_all(&r, all);
	free(r.part);
	if (!ok) {
		*why = r.why;
		language_free(l);
		return NULL;
	}
	*why = NULL;
	return l;
}

void
language_free(struct language *l)
{
	if (l == NULL)
		return;
	free(l->range);
	free(l->state);
	free(l);
}
