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

static inline enum em_outcome
outcome_at(const char *p)
{
	switch (scan_load(p) & ((UINT64_C(1) << 48) - 1)) {
	case WORD('p', 'a', 's', 's'):
		return EM_PASS;
	case WORD('f', 'a', 'i', 'l'):
		return EM_FAIL;
	case WORD('s', 'k', 'i', 'p'):
		return EM_SKIP;
	default:
		return EM_NONE;
	}
}

/* Over the value at p if it is as usual; p if not. */
static inline const char *
skip_ignored(struct line *l, const struct scan_key *k, const char *p)
{
	bool number = k->type == EM_T_INT || k->type == EM_T_COUNT, escaped;
	const char *end;

	if (*p == '"' && !number) {
		end = scan_string(&l->cur, p + 1, &escaped);
		return end != NULL ? end + 1 : NULL;
	}
	if (*p < '1' || *p > '9' || !number)
		return p;
	end = scan_digits_end(p);
	return (*end == ',' || *end == '}') && end - p < SCAN_INT_DIGITS ? end
									 : p;
}

/* The value at p: here when it is as usual, else in line_value(). */
static inline const char *
take_value(struct line *l, struct scan_key *k, const char *p)
{
	if (k->plain == SCAN_PLAIN_STRING && *p == '"') {
		k->met = l->number;
		return take_string(l, p, line_field(l, k));
	}
	if (k->plain == SCAN_PLAIN_IGNORED) {
		const char *end = skip_ignored(l, k, p);

		if (end != p) {
			k->met = l->number;
			return end;
		}
	} else if (k->plain == SCAN_PLAIN_INT && *p >= '1' && *p <= '9') {
		uint64_t v;
		const char *end = scan_digits(p, &v);

		if ((*end == ',' || *end == '}') &&
		    v <= (uint64_t)SCAN_INT_MAX) {
			k->met = l->number;
			*(int64_t *)line_field(l, k) = (int64_t)v;
			return end;
		}
	} else if (k->plain == SCAN_PLAIN_OUTCOME) {
		enum em_outcome o = outcome_at(p);

		if (o != EM_NONE) {
			k->met = l->number;
			*(enum em_outcome *)line_field(l, k) = o;
			return p + strlen("\"pass\"");
		}
	}
	return line_value(l, k, scan_space(&l->cur, p));
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
	if (mark == (k->type == SCAN_T_EVENT ? '{' : ',') &&
	    !scan_same(&k->seen, start))
		scan_text_set(&k->seen, start, (size_t)(p - start));
	return take_known(l, name, p, k, last);
}

/* The members from the mark at p on. */
static const char *
take_members(struct line *l, const char *p, char mark)
{
	struct scan_key *last = &l->s->keys.key[SCAN_KEY_EVENT], *k;
	bool end = false;

	do {
		k = last->next[l->kind];
		if (p < l->cur.end && scan_same(&k->seen, p) &&
		    !line_met(l, k)) {
			last = k;
			p = take_value(l, k, p + k->seen.n);
		} else if (*p == '}' && p < l->cur.end && mark == ',') {
			return p + 1;
		} else {
			p = take_unexpected(l, p, mark, &last, &end);
		}
		mark = ',';
	} while (p != NULL && !end);
	return p;
}

/* ---- the kind ---- */

/* `event`, whose string is at p.  What is behind "case_ tells kinds apart. */
static inline const char *
take_kind(struct line *l, const char *p)
{
	uint32_t head = (uint32_t)scan_load(p + strlen("\"case_"));
	uint8_t *slot =
	    &l->s->keys.kind_slots[head * UINT32_C(0x9e3779b1) >> 27];
	const struct scan_text *t = &l->s->keys.kind[*slot];

	if (scan_same(t, p)) {
		l->ev->event = (struct em_str){ p + 1, t->n - 2u };
		l->kind = *slot;
		return p + t->n;
	}
	p = take_string(l, p, &l->ev->event);
	if (p != NULL) {
		l->kind = em_kind_find(l->ev->event);
		*slot = (uint8_t)l->kind;
	}
	return p;
}

/* Looks for `event` among the members behind the { at p.  What fails here
 * fails again when the members are taken. */
static void
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
		event->met = l->number;
		mark = ',';
		p = take_kind(l, value);
		if (p == NULL)
			return NULL;
	} else {
		if (p == l->cur.end || *p != '{')
			return scan_fail(&l->cur, p, "object expected");
		seek_kind(l, p);
	}
	return take_members(l, p, mark);
}

/* ---- lines ---- */

/* What the kind must have and the line has not. */
static inline void
check_members(struct line *l)
{
	const struct scan_key *const *need = l->s->keys.need[l->kind];
	const struct scan_key *const *choice = l->s->keys.choice[l->kind];
	unsigned n = 0;

	for (; *need != NULL; need++)
		if (!line_good(l, *need))
			line_report(l, *need, "is missing", true);
	if (*choice == NULL)
		return;
	for (size_t i = 0; choice[i] != NULL; i++)
		n += line_good(l, choice[i]);
	if (n != 1)
		line_not_one(l, choice, n);
}

/* *ev without members: the fields that the last line set are put back. */
static void
begin(struct scan *s, struct em_event *ev)
{
	if (s->keys.n == 0) {
		scan_keys_make(&s->keys, s->ignore);
		em_event_init(&s->blank, EM_UNKNOWN);
	}
	if (s->ev != ev) {
		*ev = s->blank;
		s->ev = ev;
	}
	/* No field is larger than 16 bytes, and what is copied along with a
	 * smaller one is to be blank too. */
	for (unsigned i = 0; i < s->set_count; i++)
		memcpy((char *)ev + s->set[i], (char *)&s->blank + s->set[i],
		    sizeof(struct em_str));
	ev->event = s->blank.event;
	ev->extra = s->blank.extra;
	ev->flags = 0;
	s->invalid = s->invalid_why = NULL;
}

/*
 * The line that the bytes are or, with ahead, begin with; its length is then
 * in ev->raw.
 */
static bool
scan(struct scan *s, struct em_str bytes, struct em_event *ev, bool ahead)
{
	struct line l = {
		.cur = { .end = bytes.p + bytes.n, .line = ahead },
		.s = s,
		.ev = ev,
		.depth = s->depth_max > 0 ? s->depth_max - 1 : 0,
		.number = ++s->number,
		.set = s->set,
	};
	const char *p;

	begin(s, ev);
	p = take_event(&l, scan_space(&l.cur, bytes.p));
	ev->kind = l.kind;
	s->set_count = (unsigned)(l.set - s->set);
	if (p != NULL && p < l.cur.end && !(ahead && *p == '\n'))
		p = scan_space(&l.cur, p);
	if (p == NULL ||
	    (ahead ? p >= l.cur.end || *p != '\n' : p != l.cur.end)) {
		if (p != NULL)
			scan_fail(&l.cur, p, "text behind the object");
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
	uint64_t unknown = s->unknown_members;

	if (scan(s, bytes, ev, true))
		return true;
	s->unknown_members = unknown;
	return false;
}
