/* SPDX-License-Identifier: MIT */
/*
 * One line to one event.  Its kind is found first, wherever it stands, so
 * that each member is known to belong to it or not when it is met.  The
 * values that nearly every line has are taken here, without a call.
 */
#include "scan-line.h"

/* ---- members ---- */

#define WORD(a, b, c, d)                                                       \
	((uint64_t)'"' | (uint64_t)(a) << 8 | (uint64_t)(b) << 16 |            \
	    (uint64_t)(c) << 24 | (uint64_t)(d) << 32 | (uint64_t)'"' << 40)

/* The usual_ functions take a value that is as it nearly always is: they give
 * back the position behind it; NULL when it is not. */

/* From behind its opening quote. */
static inline const char *
usual_string(const char *p, const char *end, struct em_str *v)
{
	const char *q = scan_stop(p, end, false);

	if (*q != '"')
		return NULL;
	v->p = p;
	v->n = (size_t)(q - p);
	return q + 1;
}

static inline const char *
usual_int(const char *p, int64_t *v)
{
	uint64_t digits;
	const char *q = scan_digits(p, &digits);

	if (*p < '1' || *p > '9' || (*q != ',' && *q != '}') ||
	    digits > (uint64_t)SCAN_INT_MAX)
		return NULL;
	*v = (int64_t)digits;
	return q;
}

static inline const char *
usual_digits(const char *p)
{
	unsigned n = scan_digit_count(p);

	if (n - 1 >= SCAN_INT_DIGITS - 1 || *p == '0' ||
	    (p[n] != ',' && p[n] != '}'))
		return NULL;
	return p + n;
}

static inline const char *
usual_outcome(const char *p, enum em_outcome *o)
{
	switch (scan_load(p) & ((UINT64_C(1) << 48) - 1)) {
	case WORD('p', 'a', 's', 's'):
		*o = EM_PASS;
		break;
	case WORD('f', 'a', 'i', 'l'):
		*o = EM_FAIL;
		break;
	case WORD('s', 'k', 'i', 'p'):
		*o = EM_SKIP;
		break;
	default:
		return NULL;
	}
	return p + strlen("\"pass\"");
}

/* The value at p, behind its quote where k->seen has that; adds to *set what
 * it set. */
static inline const char *
usual_value(
    struct line *l, const struct scan_key *k, const char *p, uint64_t *set)
{
	void *field = (char *)l->ev + k->offset;
	const char *q = NULL;
	bool escaped;

	if (k->plain == SCAN_PLAIN_STRING) {
		q = usual_string(p, l->cur.end, field);
		*set |= q != NULL ? k->field : 0;
	} else if (k->plain == SCAN_PLAIN_SKIPPED) {
		q = usual_digits(p);
	} else if (k->plain == SCAN_PLAIN_OUTCOME) {
		q = usual_outcome(p, field);
	} else if (k->plain == SCAN_PLAIN_UNREAD) {
		q = scan_string(&l->cur, p, &escaped);
		q += q != NULL;
	} else if (k->plain == SCAN_PLAIN_INT) {
		q = usual_int(p, field);
		*set |= q != NULL ? k->field : 0;
	}
	return q;
}

/*
 * Members as they came the last time, from p to the first that is another
 * one; NULL when a value fails.  *last is the key before p.  What changes
 * with each member is kept out of *l but for calls.
 */
static inline const char *
take_usual(struct line *l, const char *p, struct scan_key **last)
{
	const uint64_t number = l->number;
	const enum em_kind kind = l->kind;
	uint64_t good = l->good, set = l->set;
	struct scan_key *k = *last, *next;

	while (next = k->next[kind],
	    scan_same(&next->seen, p) && p < l->cur.end &&
		next->met != number) {
		const char *q;

		k = next;
		k->met = number;
		good |= k->bit;
		p += k->seen.n;
		q = usual_value(l, k, p, &set);
		if (q == NULL) {
			l->good = good;
			l->set = set;
			p -= k->plain <= SCAN_PLAIN_UNREAD;
			q = line_value(l, k, scan_space(&l->cur, p));
			if (q == NULL)
				return NULL;
			good = l->good;
			set = l->set;
		}
		p = q;
	}
	l->good = good;
	l->set = set;
	*last = k;
	return p;
}

/* The known member with that key; *last is the key before it. */
static const char *
take_known(struct line *l, const char *start, const char *p, struct scan_key *k,
    struct scan_key **last)
{
	if (line_met(l, k))
		return scan_fail(&l->cur, start, "member is there twice");
	/* `event` is looked for in front alone. */
	if (k->type != SCAN_T_EVENT) {
		(*last)->next[l->kind] = k;
		*last = k;
	}
	return line_value(l, k, p);
}

/* How k begins, from start to its value at p; see struct scan_key. */
static void
learn(struct scan_key *k, const char *start, const char *p)
{
	bool string = k->plain <= SCAN_PLAIN_UNREAD;

	if (string && *p != '"')
		return;
	p += string;
	if (!scan_same(&k->seen, start))
		scan_text_set(&k->seen, start, (size_t)(p - start));
}

/*
 * A member that does not begin as expected, from the mark before it, { or
 * comma.  At the end of the object: behind it, with *end set.
 */
static const char *
take_unexpected(
    struct line *l, const char *p, char mark, struct scan_key **last, bool *end)
{
	static const struct em_str event = { NULL, 0 };
	struct scan_keys *ks = &l->s->keys;
	const char *start = p, *name;
	struct em_str raw, key;
	struct scan_key *k;

	p = scan_space(&l->cur, p);
	if (p < l->cur.end && *p == '}' && mark == ',') {
		*end = true;
		return p + 1;
	}
	if (p >= l->cur.end || *p != mark)
		return scan_fail(&l->cur, p, "comma or } expected");
	name = scan_space(&l->cur, p + 1);
	if (*name == '}' && mark == '{') {
		*end = true;
		return name + 1;
	}
	p = take_key(l, name, &raw, &key);
	if (p == NULL)
		return NULL;
	k = &ks->key[scan_keys_find(ks, key)];
	if (!(k->kinds >> l->kind & 1))
		return line_unknown(l, event, raw, p);
	if (mark == (k->type == SCAN_T_EVENT ? '{' : ','))
		learn(k, start, p);
	return take_known(l, name, p, k, last);
}

/* The members from the mark at p on, behind the key last. */
static const char *
take_members(struct line *l, const char *p, char mark, struct scan_key *last)
{
	bool end = false;

	do {
		p = take_usual(l, p, &last);
		if (p == NULL)
			return NULL;
		if (*p == '}' && p < l->cur.end)
			return p + 1;
		p = take_unexpected(l, p, mark, &last, &end);
		mark = ',';
	} while (p != NULL && !end);
	return p;
}

/* ---- the kind ---- */

/* `event`, whose string is at p.  The letter behind "case_ tells the kinds
 * that lines are full of apart. */
static inline const char *
take_kind(struct line *l, const char *p)
{
	struct scan_keys *ks = &l->s->keys;
	unsigned letter = (unsigned char)p[strlen("\"case_")];
	const struct scan_text **slot =
	    &ks->kind_slots[letter % SCAN_KIND_SLOTS];
	const struct scan_text *t = *slot;
	struct em_str *name = &l->ev->event;

	if (scan_same(t, p)) {
		l->kind = t->kind;
		name->p = p + 1;
		name->n = t->n - 2u;
		return p + t->n;
	}
	l->kind = EM_UNKNOWN;
	p = take_string(l, p, name);
	if (p == NULL)
		return NULL;
	l->kind = em_kind_find(*name);
	*slot = &ks->kind[l->kind];
	return p;
}

/* Looks for `event` among the members behind the { at p.  What fails here
 * fails again when the members are taken. */
COLD static void
seek_kind(struct line *l, const char *p)
{
	const struct scan_cur kept = l->cur;
	struct em_str raw, key;

	p = scan_space(&l->cur, p + 1);
	do {
		p = take_key(l, p, &raw, &key);
		if (p != NULL && str_eq(key, "event")) {
			if (*p == '"')
				take_kind(l, p);
			break;
		}
		if (p != NULL)
			p = scan_skip(&l->cur, p, l->depth);
	} while (p != NULL && take_comma(l, &p, '}'));
	l->cur = kept;
}

/* The object at p. */
static inline const char *
take_event(struct line *l, const char *p)
{
	struct scan_key *event = &l->s->keys.key[SCAN_KEY_EVENT];
	const char *value = p + event->seen.n;
	char mark = '{';

	if (scan_same(&event->seen, p) && *value == '"') {
		line_meet(l, event);
		mark = ',';
		p = take_kind(l, value);
		if (p == NULL)
			return NULL;
	} else {
		l->kind = EM_UNKNOWN;
		l->ev->event = (struct em_str){ NULL, 0 };
		if (p == l->cur.end || *p != '{')
			return scan_fail(&l->cur, p, "object expected");
		seek_kind(l, p);
	}
	return take_members(l, p, mark, event);
}

/* ---- lines ---- */

/* Names what the kind must have and the line has not. */
COLD static void
report_missing(struct line *l, uint64_t missing)
{
	const struct scan_keys *ks = &l->s->keys;

	for (unsigned id = SCAN_KEY_EVENT; id < ks->top; id++)
		if (ks->key[id].bit & missing)
			line_report(l, &ks->key[id], "is missing", true);
}

static inline void
check_members(struct line *l)
{
	uint64_t missing = l->s->keys.need[l->kind] & ~l->good;
	uint64_t choice = l->s->keys.choice[l->kind], one = choice & l->good;

	if (missing != 0)
		report_missing(l, missing);
	if (choice != 0 && (one == 0 || (one & (one - 1)) != 0))
		line_not_one(l, choice, one != 0);
}

COLD static void
blank(struct scan *s, struct em_event *ev)
{
	if (s->keys.n == 0) {
		scan_keys_make(&s->keys, s->ignore);
		s->depth = s->depth_max > 0 ? s->depth_max - 1 : 0;
		em_event_init(&s->blank, EM_UNKNOWN);
	}
	*ev = s->blank;
	s->ev = ev;
	s->set = 0;
}

/* *ev without members, but for fields that are put back in the end. */
static void
begin(struct scan *s, struct em_event *ev)
{
	if (s->ev != ev)
		blank(s, ev);
	/* These are cheaper to put back than to be told of. */
	ev->extra.n = 0;
	ev->outcome = EM_NONE;
	ev->flags = 0;
	s->invalid = s->invalid_why = NULL;
}

/* Puts the fields of those keys back. */
static void
put_back(const struct scan *s, struct em_event *ev, uint64_t set)
{
	for (; set != 0; set &= set - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(set);
		const struct scan_key *k = &s->keys.key[s->keys.of_bit[bit]];

		memcpy((char *)ev + k->offset,
		    (const char *)&s->blank + k->offset, scan_key_size(k));
	}
}

/* From behind the object at the line's end, with ahead to its LF. */
COLD static const char *
line_end(struct line *l, const char *p, bool ahead)
{
	if (p != NULL && p < l->cur.end)
		p = scan_space(&l->cur, p);
	if (p == NULL ||
	    (ahead ? p < l->cur.end && *p == '\n' : p == l->cur.end))
		return p;
	return scan_fail(&l->cur, p, "text behind the object");
}

/*
 * The line that the bytes are or, with ahead, begin with; its length is then
 * in ev->raw.
 */
static bool
scan(struct scan *s, struct em_str bytes, struct em_event *ev, bool ahead)
{
	struct line l;
	const char *p;

	begin(s, ev);
	l.cur.end = bytes.p + bytes.n;
	l.cur.error = NULL;
	l.cur.line = ahead;
	l.s = s;
	l.ev = ev;
	l.depth = s->depth;
	l.number = ++s->number;
	l.good = l.set = 0;
	l.wrong = NULL;
	p = take_event(&l, scan_space(&l.cur, bytes.p));
	ev->kind = l.kind;
	put_back(s, ev, s->set & ~l.set);
	s->set = l.set;
	if (!(ahead && p != NULL && p < l.cur.end && *p == '\n'))
		p = line_end(&l, p, ahead);
	if (p == NULL) {
		s->error = l.cur.error;
		s->error_at = (size_t)(l.cur.at - bytes.p);
		return false;
	}
	ev->raw = (struct em_str){ bytes.p, (size_t)(p - bytes.p) };
	check_members(&l);
	return true;
}

bool
scan_line(struct scan *s, struct em_str line, struct em_event *ev)
{
	return scan(s, line, ev, false);
}

bool
scan_ahead(struct scan *s, struct em_str bytes, struct em_event *ev)
{
	return scan(s, bytes, ev, true);
}
