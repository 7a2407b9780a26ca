/* SPDX-License-Identifier: MIT */
/*
 * One line being scanned: what scan.c, which goes through the members, and
 * scan-take.c, which takes the values that are not in every line, share.
 *
 * A take function goes over something that starts at p and gives back the
 * position behind it, or NULL with the failure in cur.
 */
#ifndef SCAN_LINE_H
#define SCAN_LINE_H

#include "scan-json.h"
#include "scan.h"

#define SCAN_INT_MAX ((INT64_C(1) << 53) - 1)
enum { SCAN_INT_DIGITS = 16 }; /* with fewer it is below that */

struct line {
	struct scan_cur cur;
	struct scan *s;
	struct em_event *ev;
	enum em_kind kind;
	unsigned depth; /* levels that a value may have */
	uint64_t number; /* counted for the keys that it meets */
	uint64_t good; /* keys whose value is neither null nor wrong */
	uint64_t set; /* keys that set a field of *ev */
	struct em_member *extra; /* of ev, with room for extra_size */
	size_t extra_size;
	const struct scan_key *wrong; /* a form of a choice that is */
};

/* The value at p is null, or not what k wants. */
const char *line_wrong(struct line *l, struct scan_key *k, const char *p);
/* The value of a member that is not known; in names the object it is in. */
const char *line_unknown(
    struct line *l, struct em_str in, struct em_str key, const char *p);
/* Any value. */
const char *line_value(struct line *l, struct scan_key *k, const char *p);
/* Says what is wrong with the event; invalid: so wrong that it is. */
void line_report(
    struct line *l, const struct scan_key *k, const char *why, bool invalid);
/* Of the keys in choice none is there, or several are. */
COLD void line_not_one(struct line *l, uint64_t choice, bool several);
/* What take_string() does when the plain part of the string ends at p. */
const char *line_string_rest(
    struct line *l, const char *start, const char *p, struct em_str *v);
/* What take_key() does when the plain part of the key ends at p. */
const char *line_key_rest(
    struct line *l, const char *p, struct em_str *raw, struct em_str *key);

/* The line has the member, whatever its value. */
static inline bool
line_met(const struct line *l, const struct scan_key *k)
{
	return k->met == l->number;
}

/* The line has the member now, and its value is good until line_wrong(). */
static inline void
line_meet(struct line *l, struct scan_key *k)
{
	k->met = l->number;
	l->good |= k->bit;
}

/* The field of k, to be set now and put back when a line does not set it. */
static inline void *
line_field(struct line *l, const struct scan_key *k)
{
	l->set |= k->field;
	/* What shares its bit is put back with all. */
	if (k->field == SCAN_REST)
		l->s->ev = NULL;
	return (char *)l->ev + k->offset;
}

/* The string whose opening quote is at p. */
static inline const char *
take_string(struct line *l, const char *p, struct em_str *v)
{
	const char *q = scan_stop(p + 1, l->cur.end, false);

	if (*q != '"')
		return line_string_rest(l, p + 1, q, v);
	v->p = p + 1;
	v->n = (size_t)(q - p - 1);
	return q + 1;
}

/* From behind a key to its value. */
static inline const char *
take_colon(struct line *l, const char *p)
{
	p = scan_space(&l->cur, p);
	if (*p != ':')
		return scan_fail(&l->cur, p, "colon expected");
	return scan_space(&l->cur, p + 1);
}

/*
 * From behind an element or member at *p to the next one: true.  Or to behind
 * the end of what holds it: false; or *p is NULL.
 */
static inline bool
take_comma(struct line *l, const char **p, char close)
{
	const char *q = scan_space(&l->cur, *p);

	if (q < l->cur.end && *q == ',') {
		*p = scan_space(&l->cur, q + 1);
		return true;
	}
	if (q < l->cur.end && *q == close)
		*p = q + 1;
	else
		*p = scan_fail(&l->cur, q,
		    close == '}' ? "comma or } expected"
				 : "comma or ] expected");
	return false;
}

/* The key at p, as written and as meant, to its value. */
static inline const char *
take_key(struct line *l, const char *p, struct em_str *raw, struct em_str *key)
{
	const char *q = scan_stop(p + 1, l->cur.end, false);

	if (*p != '"')
		return scan_fail(&l->cur, p, "member name expected");
	raw->p = key->p = p + 1;
	raw->n = key->n = (size_t)(q - p - 1);
	if (*q != '"' || q >= l->cur.end)
		return line_key_rest(l, q, raw, key);
	return take_colon(l, q + 1);
}

#endif
