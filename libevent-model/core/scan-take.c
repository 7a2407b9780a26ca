/* SPDX-License-Identifier: MIT */
/* Values of members, each as its field wants it. */
#include "json.h"
#include "scan-line.h"

static const char *
no_memory(struct line *l)
{
	l->cur.error = "the line needs more memory than the limit";
	l->cur.at = l->cur.end;
	return NULL;
}

/* ---- what is wrong ---- */

static unsigned
id_of(const struct line *l, const struct scan_key *k)
{
	return (unsigned)(k - l->s->keys.key);
}

void
line_report(
    struct line *l, const struct scan_key *k, const char *why, bool invalid)
{
	/* The members of an event that is not known mean nothing. */
	if (l->kind == EM_UNKNOWN && l->ev->event.p != NULL)
		return;
	/* What makes the event invalid matters more than what does not. */
	if (l->s->invalid == NULL ||
	    (invalid && !(l->ev->flags & EM_F_INVALID))) {
		l->s->invalid = l->s->keys.name[id_of(l, k)].path;
		l->s->invalid_why = why;
	}
	if (invalid)
		l->ev->flags |= EM_F_INVALID;
}

static const char *
wrong_type(unsigned type)
{
	static const char *const why[] = {
		[EM_T_STR] = "is not a string",
		[EM_T_BYTES] = "is not a string",
		[EM_T_DATA] = "is not base64 in a string",
		[EM_T_NUM] = "is not a number",
		[EM_T_INT] = "is not an integer from 0 to 2^53-1",
		[EM_T_COUNT] = "is not an integer from 1 to 2^53-1",
		[EM_T_TIME] = "is not a time (RFC 3339) in a string",
		[EM_T_TRI] = "is not true or false",
		[EM_T_OUTCOME] = "is not pass, fail or skip",
		[EM_T_STRS] = "is not an array of strings",
		[EM_T_NUMS] = "is not an array of numbers",
		[EM_T_PAIRS] = "is not an object",
		[EM_T_OBJECT] = "is not an object",
		[SCAN_T_EVENT] = "is not a string",
	};

	return why[type];
}

/* Whether the event is invalid without it, whatever else it has. */
static bool
required(const struct line *l, const struct scan_key *k)
{
	return (k->required >> l->kind & 1) != 0 && !(k->flags & SCAN_CHOSEN);
}

const char *
line_wrong(struct line *l, struct scan_key *k, const char *p)
{
	bool null = *p == 'n';

	p = scan_skip(&l->cur, p, l->depth);
	l->good &= ~k->bit;
	if (null || p == NULL)
		return p;
	if (k->type == EM_T_OUTCOME)
		*(enum em_outcome *)line_field(l, k) = EM_INVALID;
	if (k->flags & SCAN_CHOSEN)
		l->wrong = k;
	line_report(l, k, wrong_type(k->type),
	    required(l, k) || (k->flags & SCAN_VITAL) != 0);
	return p;
}

void
line_not_one(struct line *l, uint64_t choice, bool several)
{
	const struct scan_keys *ks = &l->s->keys;
	const struct scan_key *first =
	    &ks->key[ks->of_bit[__builtin_ctzll(choice)]];

	if (several)
		line_report(l, first, "is there in several forms", true);
	else if (l->wrong != NULL)
		line_report(l, l->wrong, wrong_type(l->wrong->type), true);
	else
		line_report(l, first, "is missing", true);
}

/* ---- pieces ---- */

static struct em_str
unescape(struct line *l, struct em_str s)
{
	s = scan_unescape(l->s->arena, s);
	if (s.p == NULL)
		no_memory(l);
	return s;
}

const char *
line_string_rest(
    struct line *l, const char *start, const char *p, struct em_str *v)
{
	bool escaped = false;

	p = scan_string_rest(&l->cur, start, p, &escaped);
	if (p == NULL)
		return NULL;
	*v = (struct em_str){ start, (size_t)(p - start) };
	if (escaped)
		*v = unescape(l, *v);
	return v->p != NULL ? p + 1 : NULL;
}

const char *
line_key_rest(
    struct line *l, const char *p, struct em_str *raw, struct em_str *key)
{
	p = line_string_rest(l, raw->p, p, key);
	if (p == NULL)
		return NULL;
	raw->n = (size_t)(p - raw->p - 1);
	return take_colon(l, p);
}

/* Past the opening bracket at p to the first element, or, when there is none,
 * to behind the closing one. */
static const char *
take_open(struct line *l, const char *p, char close, bool *empty)
{
	if (l->depth == 0)
		return scan_fail(&l->cur, p, "nested too deeply");
	p = scan_space(&l->cur, p + 1);
	*empty = *p == close;
	return *empty ? p + 1 : p;
}

/* Room for one more in the list of n at v. */
static void *
grow(struct line *l, void *v, size_t n, size_t *size, size_t each)
{
	void *more;

	if (n < *size)
		return v;
	*size = n > 0 ? 2 * n : 8;
	more = arena_alloc(l->s->arena, *size * each);
	if (more == NULL)
		no_memory(l);
	else if (n > 0)
		memcpy(more, v, n * each);
	return more;
}

const char *
line_unknown(struct line *l, struct em_str in, struct em_str key, const char *p)
{
	const char *start = p;
	size_t n = l->ev->extra.n;

	p = scan_skip(&l->cur, p, l->depth);
	if (p == NULL || l->kind == EM_UNKNOWN)
		return p;
	if (n == 0) {
		l->extra = l->s->extra;
		l->extra_size = ARRAY_LEN(l->s->extra);
	}
	l->extra = grow(l, l->extra, n, &l->extra_size, sizeof(*l->extra));
	if (l->extra == NULL)
		return NULL;
	l->extra[n] = (struct em_member){
		.in = in,
		.key = key,
		.value = { start, (size_t)(p - start) },
	};
	l->ev->extra = (struct em_members){ l->extra, n + 1 };
	return p;
}

/* ---- values ---- */

static const char *
take_str(struct line *l, struct scan_key *k, const char *p)
{
	if (*p != '"')
		return line_wrong(l, k, p);
	return take_string(l, p, line_field(l, k));
}

static bool
starts_number(const char *p)
{
	return *p == '-' || (*p >= '0' && *p <= '9');
}

/* The number in s when it is an integer, however it is spelled (VAL-5). */
static bool
integer_of(struct em_str s, int64_t *v)
{
	const struct json number = { .type = JSON_NUMBER, .text = s };

	return json_i64(&number, v);
}

static const char *
take_int(struct line *l, struct scan_key *k, const char *p)
{
	const char *end;
	int64_t v;

	if (!starts_number(p))
		return line_wrong(l, k, p);
	end = scan_number(&l->cur, p);
	if (end == NULL)
		return NULL;
	if (!integer_of((struct em_str){ p, (size_t)(end - p) }, &v) ||
	    v < (k->type == EM_T_COUNT) || v > SCAN_INT_MAX)
		return line_wrong(l, k, p);
	*(int64_t *)line_field(l, k) = v;
	return end;
}

static const char *
take_outcome(struct line *l, struct scan_key *k, const char *p)
{
	enum em_outcome o = EM_INVALID;
	struct em_str s;

	if (*p != '"')
		return line_wrong(l, k, p);
	p = take_string(l, p, &s);
	if (p == NULL)
		return NULL;
	if (s.n == 4 && memcmp(s.p, "pass", 4) == 0)
		o = EM_PASS;
	else if (s.n == 4 && memcmp(s.p, "fail", 4) == 0)
		o = EM_FAIL;
	else if (s.n == 4 && memcmp(s.p, "skip", 4) == 0)
		o = EM_SKIP;
	else
		line_report(l, k, wrong_type(k->type), false);
	*(enum em_outcome *)line_field(l, k) = o;
	return p;
}

static const char *
take_time(struct line *l, struct scan_key *k, const char *start)
{
	struct em_str s;
	const char *p;
	int64_t v;

	if (*start != '"')
		return line_wrong(l, k, start);
	p = take_string(l, start, &s);
	if (p == NULL)
		return NULL;
	if (!str_time(s, &v))
		return line_wrong(l, k, start);
	*(int64_t *)line_field(l, k) = v;
	return p;
}

static const char *
take_data(struct line *l, struct scan_key *k, const char *start)
{
	struct em_str s;
	const char *p;

	if (*start != '"')
		return line_wrong(l, k, start);
	p = take_string(l, start, &s);
	if (p == NULL)
		return NULL;
	s = arena_b64_decode(l->s->arena, s);
	if (l->s->arena->failed)
		return no_memory(l);
	if (s.p == NULL)
		return line_wrong(l, k, start);
	*(struct em_str *)line_field(l, k) = s;
	return p;
}

static const char *
take_tri(struct line *l, struct scan_key *k, const char *start)
{
	const char *p;

	if (*start != 't' && *start != 'f')
		return line_wrong(l, k, start);
	p = scan_skip(&l->cur, start, l->depth);
	if (p != NULL)
		*(enum em_tri *)line_field(l, k) =
		    *start == 't' ? EM_TRUE : EM_FALSE;
	return p;
}

/* A number, kept as it is written. */
static const char *
take_number(struct line *l, const char *p, struct em_str *v)
{
	const char *end = scan_number(&l->cur, p);

	if (end != NULL)
		*v = (struct em_str){ p, (size_t)(end - p) };
	return end;
}

static const char *
take_num(struct line *l, struct scan_key *k, const char *p)
{
	if (!starts_number(p))
		return line_wrong(l, k, p);
	return take_number(l, p, line_field(l, k));
}

/* An array of strings, or of numbers. */
static const char *
take_list(struct line *l, struct scan_key *k, const char *start)
{
	bool strings = k->type == EM_T_STRS, empty, more;
	struct em_str *v = NULL;
	size_t n = 0, size = 0;
	const char *p;

	if (*start != '[')
		return line_wrong(l, k, start);
	p = take_open(l, start, ']', &empty);
	for (more = p != NULL && !empty; more; n++) {
		if (strings ? *p != '"' : !starts_number(p))
			return line_wrong(l, k, start);
		v = grow(l, v, n, &size, sizeof(*v));
		if (v == NULL)
			return NULL;
		p = strings ? take_string(l, p, &v[n])
			    : take_number(l, p, &v[n]);
		more = p != NULL && take_comma(l, &p, ']');
	}
	if (p != NULL)
		*(struct em_strs *)line_field(l, k) = (struct em_strs){ v, n };
	return p;
}

/* One member of an object whose keys are data. */
static const char *
take_pair(struct line *l, const char *p, struct em_pair *v)
{
	struct em_str raw;
	const char *start;

	p = take_key(l, p, &raw, &v->key);
	if (p == NULL)
		return NULL;
	v->json = *p != '"';
	if (!v->json)
		return take_string(l, p, &v->value);
	start = p;
	p = scan_skip(&l->cur, p, l->depth - 1);
	if (p != NULL)
		v->value = (struct em_str){ start, (size_t)(p - start) };
	return p;
}

static const char *
take_pairs(struct line *l, struct scan_key *k, const char *p)
{
	struct em_pair *v = NULL;
	size_t n = 0, size = 0;
	bool empty, more;

	if (*p != '{')
		return line_wrong(l, k, p);
	p = take_open(l, p, '}', &empty);
	for (more = p != NULL && !empty; more; n++) {
		v = grow(l, v, n, &size, sizeof(*v));
		if (v == NULL)
			return NULL;
		p = take_pair(l, p, &v[n]);
		more = p != NULL && take_comma(l, &p, '}');
	}
	if (p != NULL)
		*(struct em_pairs *)line_field(l, k) =
		    (struct em_pairs){ v, n };
	return p;
}

/* ---- member objects ---- */

static const char *
take_sub(struct line *l, const struct scan_key *object, const char *p)
{
	struct scan_keys *ks = &l->s->keys;
	const char *start = p;
	struct em_str raw, key;
	struct scan_key *k;
	unsigned id;

	p = take_key(l, p, &raw, &key);
	if (p == NULL)
		return NULL;
	id = scan_keys_find_sub(ks, object, key);
	if (id == SCAN_KEY_NONE)
		return line_unknown(l, ks->name[id_of(l, object)].word, raw, p);
	k = &ks->key[id];
	if (line_met(l, k))
		return scan_fail(&l->cur, start, "member is there twice");
	return line_value(l, k, p);
}

/*
 * The object k has ended, or is none.  One that lacks what it must have is
 * absent as a whole; counts keep the rest, and what is missing becomes -1,
 * which agrees with nothing.
 */
static void
close_object(struct line *l, struct scan_key *k)
{
	const struct scan_key *subs = &l->s->keys.key[k->sub], *sub;
	bool lacks = false;

	for (sub = subs; sub < subs + k->subs; sub++) {
		if (!(sub->flags & SCAN_NEEDED) || (l->good & sub->bit))
			continue;
		lacks = true;
		if (!line_met(l, sub))
			line_report(l, sub, "is missing", required(l, sub));
		if (sub->flags & SCAN_STATED)
			*(int64_t *)line_field(l, sub) = -1;
	}
	if (!lacks || (subs->flags & SCAN_STATED) != 0)
		return;
	l->good &= ~k->bit;
	for (sub = subs; sub < subs + k->subs; sub++)
		memcpy((char *)l->ev + sub->offset,
		    (const char *)&l->s->blank + sub->offset,
		    scan_key_size(sub));
}

static const char *
take_object(struct line *l, struct scan_key *k, const char *p)
{
	bool null = *p == 'n', empty, more;

	if (*p != '{') {
		p = line_wrong(l, k, p);
	} else {
		p = take_open(l, p, '}', &empty);
		l->depth--;
		for (more = p != NULL && !empty; more;) {
			p = take_sub(l, k, p);
			more = p != NULL && take_comma(l, &p, '}');
		}
		l->depth++;
	}
	if (p != NULL && !null)
		close_object(l, k);
	return p;
}

const char *
line_value(struct line *l, struct scan_key *k, const char *p)
{
	struct em_str s;

	line_meet(l, k);
	switch (k->type) {
	case EM_T_STR:
	case EM_T_BYTES:
		return take_str(l, k, p);
	case EM_T_DATA:
		return take_data(l, k, p);
	case EM_T_NUM:
		return take_num(l, k, p);
	case EM_T_INT:
	case EM_T_COUNT:
		return take_int(l, k, p);
	case EM_T_TIME:
		return take_time(l, k, p);
	case EM_T_TRI:
		return take_tri(l, k, p);
	case EM_T_OUTCOME:
		return take_outcome(l, k, p);
	case EM_T_STRS:
	case EM_T_NUMS:
		return take_list(l, k, p);
	case EM_T_PAIRS:
		return take_pairs(l, k, p);
	case EM_T_OBJECT:
		return take_object(l, k, p);
	case SCAN_T_EVENT: /* decoded already, to know the kind */
		if (*p == '"')
			return take_string(l, p, &s);
		break;
	default:
		break;
	}
	return line_wrong(l, k, p);
}
