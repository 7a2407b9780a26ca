/* SPDX-License-Identifier: MIT */
#include "flat.h"
#include "scan-json.h"

struct search {
	const struct em_str *keys;
	size_t n;
	size_t next; /* the key that comes now if the order is as usual */
};

/* The number of the key between p and quote, n when it is none of them. */
static size_t
find_key(struct search *s, const char *p, const char *quote)
{
	size_t len = (size_t)(quote - p);

	for (size_t i = 0; i < s->n; i++) {
		size_t k =
		    s->next + i < s->n ? s->next + i : s->next + i - s->n;

		if (s->keys[k].n == len && memcmp(s->keys[k].p, p, len) == 0) {
			s->next = k + 1 < s->n ? k + 1 : 0;
			return k;
		}
	}
	return s->n;
}

/* Over the value at p, which is taken into *v when it is one to take: made
 * there, since a copy at once would wait for its parts. */
static const char *
take_value(struct scan_cur *c, const char *p, unsigned depth,
    struct flat_value *v, bool *taken)
{
	const char *end;

	*taken = true;
	if (*p == '"') {
		v->string = true;
		v->escaped = false;
		end = scan_string(c, p + 1, &v->escaped);
		if (end == NULL)
			return NULL;
		v->text = (struct em_str){ p + 1, (size_t)(end - p - 1) };
		return end + 1;
	}
	*taken = *p == '-' || (*p >= '0' && *p <= '9');
	end = scan_skip(c, p, depth);
	if (end != NULL && *taken) {
		v->string = v->escaped = false;
		v->text = (struct em_str){ p, (size_t)(end - p) };
	}
	return end;
}

/* From the key at p over its value. */
static const char *
take_member(struct scan_cur *c, const char *p, unsigned depth, struct search *s,
    struct flat_value *v, uint32_t *found)
{
	struct flat_value other;
	bool escaped = false, taken;
	const char *quote;
	size_t k;

	if (*p != '"')
		return NULL;
	quote = scan_string(c, p + 1, &escaped);
	if (quote == NULL)
		return NULL;
	k = find_key(s, p + 1, quote);
	p = scan_space(c, quote + 1);
	if (*p != ':')
		return NULL;
	p = scan_space(c, p + 1);
	p = take_value(c, p, depth, k < s->n ? &v[k] : &other, &taken);
	if (k < s->n && taken)
		*found |= UINT32_C(1) << k;
	/* A key that is written with escapes may be one of them. */
	return escaped ? NULL : p;
}

bool
flat_object(struct em_str line, unsigned depth_max, const struct em_str *keys,
    size_t n, struct flat_value *v, uint32_t *found)
{
	struct scan_cur c = { .end = line.p + line.n };
	struct search s = { .keys = keys, .n = n };
	const char *p = scan_space(&c, line.p);

	*found = 0;
	if (p >= c.end || *p != '{')
		return false;
	p = scan_space(&c, p + 1);
	if (*p == '}')
		return scan_space(&c, p + 1) == c.end;
	for (;;) {
		p = take_member(&c, p, depth_max, &s, v, found);
		if (p == NULL)
			return false;
		p = scan_space(&c, p);
		if (p >= c.end || (*p != ',' && *p != '}'))
			return false;
		if (*p == '}')
			return scan_space(&c, p + 1) == c.end;
		p = scan_space(&c, p + 1);
	}
}
