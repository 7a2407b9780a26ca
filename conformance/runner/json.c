/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>

#include "grow.h"
#include "json.h"

enum { BLOCK = 16 * 1024 };

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char bytes[];
};

/* The root comes first: a tree is freed by it. */
struct document {
	struct json root;
	struct block *blocks;
};

struct parser {
	struct document *doc;
	const char *begin, *at, *end;
	struct json_error error;
	/* Values whose container is still open, and those containers. */
	struct json **waiting;
	size_t waiting_count, waiting_size;
	struct json *open[JSON_DEPTH];
	size_t first[JSON_DEPTH];
	size_t depth;
};

static void *
take(struct parser *ps, size_t n)
{
	struct block *b = ps->doc->blocks;
	size_t align = _Alignof(max_align_t), size;

	n = (n + align - 1) / align * align;
	if (b == NULL || b->size - b->used < n) {
		size = n > BLOCK ? n : BLOCK;
		if ((b = malloc(sizeof(*b) + size)) == NULL)
			return NULL;
		*b = (struct block){ ps->doc->blocks, 0, size };
		ps->doc->blocks = b;
	}
	b->used += n;
	return b->bytes + b->used - n;
}

static bool
fault(struct parser *ps, enum json_fault f, const char *text)
{
	if (ps->error.fault == JSON_OK)
		ps->error = (struct json_error){ f,
			(size_t)(ps->at - ps->begin), text };
	return false;
}

static bool
no_memory(struct parser *ps)
{
	return fault(ps, JSON_NO_MEMORY, "out of memory");
}

/* What stands here is wrong, or it is the end. */
static bool
unexpected(struct parser *ps, const char *text)
{
	if (ps->at == ps->end)
		return fault(ps, JSON_INCOMPLETE, "the text ends early");
	return fault(ps, JSON_SYNTAX, text);
}

static void
skip_space(struct parser *ps)
{
	while (ps->at < ps->end &&
	    (*ps->at == ' ' || *ps->at == '\t' || *ps->at == '\n' ||
		*ps->at == '\r'))
		ps->at++;
}

int
json_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* At the first of four digits; past them. */
static bool
hex4(struct parser *ps, uint32_t *c)
{
	int i, digit;

	for (*c = 0, i = 0; i < 4; i++, ps->at++) {
		if (ps->at == ps->end || (digit = json_hex(*ps->at)) < 0)
			return unexpected(ps, "not four hex digits");
		*c = *c << 4 | (uint32_t)digit;
	}
	return true;
}

/* Past "\u". */
static bool
escaped_character(struct parser *ps, uint32_t *c, bool *lone)
{
	const char *after;
	uint32_t low;

	if (!hex4(ps, c))
		return false;
	if (*c < 0xd800 || *c > 0xdfff)
		return true;
	after = ps->at;
	if (*c < 0xdc00 && ps->end - ps->at >= 6 && ps->at[0] == '\\' &&
	    ps->at[1] == 'u') {
		ps->at += 2;
		if (!hex4(ps, &low))
			return false;
		if (low >= 0xdc00 && low <= 0xdfff) {
			*c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
			return true;
		}
		ps->at = after;
	}
	*lone = true;
	*c = 0xfffd;
	return true;
}

/* Past the backslash. */
static bool
escape(struct parser *ps, char **to, bool *lone)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	const char *found;
	uint32_t c;

	if (ps->at == ps->end)
		return unexpected(ps, "");
	if (*ps->at == 'u') {
		ps->at++;
		if (!escaped_character(ps, &c, lone))
			return false;
		*to += json_utf8_put(*to, c);
		return true;
	}
	if (*ps->at == '\0' || (found = strchr(from, *ps->at)) == NULL)
		return fault(ps, JSON_SYNTAX, "unknown escape");
	ps->at++;
	*(*to)++ = into[found - from];
	return true;
}

/* Where the string that begins at p ends, so that its memory is known. */
static size_t
string_room(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && *q != '"')
		q += *q == '\\' && end - q > 1 ? 2 : 1;
	return (size_t)(q - p) + 1;
}

/* A character that the end cuts in two is no fault of its bytes. */
static bool
not_utf8(struct parser *ps)
{
	unsigned char whole[4] = { 0x80, 0x80, 0x80, 0x80 };
	size_t n = (size_t)(ps->end - ps->at);

	if (n < sizeof(whole)) {
		memcpy(whole, ps->at, n);
		whole[1] = n == 1 && whole[0] == 0xe0 ? 0xa0
		    : n == 1 && whole[0] == 0xf0      ? 0x90
						      : whole[1];
		if (json_utf8(whole, sizeof(whole)) > n) {
			ps->at = ps->end;
			return unexpected(ps, "");
		}
	}
	return fault(ps, JSON_UTF8, "not UTF-8");
}

/* At the opening quote. */
static bool
parse_string(struct parser *ps, struct slice *text, bool *lone)
{
	char *to, *start;
	size_t n;

	ps->at++;
	if ((start = to = take(ps, string_room(ps->at, ps->end))) == NULL)
		return no_memory(ps);
	while (ps->at < ps->end && *ps->at != '"') {
		if (*ps->at == '\\') {
			ps->at++;
			if (!escape(ps, &to, lone))
				return false;
			continue;
		}
		if ((unsigned char)*ps->at < 0x20)
			return fault(
			    ps, JSON_SYNTAX, "control character in a string");
		n = json_utf8(
		    (const unsigned char *)ps->at, (size_t)(ps->end - ps->at));
		if (n == 0)
			return not_utf8(ps);
		memcpy(to, ps->at, n);
		to += n;
		ps->at += n;
	}
	if (ps->at == ps->end)
		return unexpected(ps, "");
	ps->at++;
	*to = '\0';
	*text = (struct slice){ start, (size_t)(to - start) };
	return true;
}

static bool
digits(struct parser *ps)
{
	const char *start = ps->at;

	while (ps->at < ps->end && *ps->at >= '0' && *ps->at <= '9')
		ps->at++;
	return ps->at > start || unexpected(ps, "not a digit");
}

static bool
parse_number(struct parser *ps, struct slice *text)
{
	const char *start = ps->at;

	if (*ps->at == '-')
		ps->at++;
	if (ps->at < ps->end && *ps->at == '0')
		ps->at++;
	else if (!digits(ps))
		return false;
	if (ps->at < ps->end && *ps->at == '.') {
		ps->at++;
		if (!digits(ps))
			return false;
	}
	if (ps->at < ps->end && (*ps->at == 'e' || *ps->at == 'E')) {
		ps->at++;
		if (ps->at < ps->end && (*ps->at == '+' || *ps->at == '-'))
			ps->at++;
		if (!digits(ps))
			return false;
	}
	*text = (struct slice){ start, (size_t)(ps->at - start) };
	return true;
}

static bool
parse_word(struct parser *ps, const char *word)
{
	for (; *word != '\0'; word++, ps->at++)
		if (ps->at == ps->end || *ps->at != *word)
			return unexpected(ps, "not a value");
	return true;
}

static bool
push(struct parser *ps, struct json *v)
{
	struct json **more;

	if (ps->depth == 0)
		return true;
	more = grow(
	    ps->waiting, ps->waiting_count, &ps->waiting_size, sizeof(*more));
	if (more == NULL)
		return no_memory(ps);
	ps->waiting = more;
	ps->waiting[ps->waiting_count++] = v;
	return true;
}

static int
by_name(const void *a, const void *b)
{
	const struct json *x = *(struct json *const *)a;
	const struct json *y = *(struct json *const *)b;
	int c = slice_compare(x->name, y->name);

	return c != 0 ? c : (x->raw.p > y->raw.p) - (x->raw.p < y->raw.p);
}

/* At the closing bracket of the innermost container. */
static bool
close_container(struct parser *ps)
{
	struct json *v = ps->open[--ps->depth];
	size_t first = ps->first[ps->depth], n = ps->waiting_count - first, i;

	ps->at++;
	v->raw.n = (size_t)(ps->at - v->raw.p);
	v->count = n;
	ps->waiting_count = first;
	if (n == 0)
		return true;
	if ((v->item = take(ps, n * sizeof(*v->item))) == NULL)
		return no_memory(ps);
	memcpy(v->item, ps->waiting + first, n * sizeof(*v->item));
	for (i = 0; i < n; i++)
		v->lone |= v->item[i]->lone;
	if (v->kind == JSON_ARRAY)
		return true;
	if ((v->sorted = take(ps, n * sizeof(*v->sorted))) == NULL)
		return no_memory(ps);
	memcpy(v->sorted, v->item, n * sizeof(*v->item));
	qsort(v->sorted, n, sizeof(*v->sorted), by_name);
	return true;
}

static bool
open_container(struct parser *ps, struct json *v)
{
	if (ps->depth == JSON_DEPTH)
		return fault(ps, JSON_TOO_DEEP, "nested too deep");
	ps->open[ps->depth] = v;
	ps->first[ps->depth] = ps->waiting_count;
	ps->depth++;
	ps->at++;
	return true;
}

/* A scalar whole, a container's opening bracket; v knows its name. */
static bool
parse_value(struct parser *ps, struct json *v)
{
	bool ok;

	if (ps->at == ps->end)
		return unexpected(ps, "");
	v->raw.p = ps->at;
	switch (*ps->at) {
	case '{':
		v->kind = JSON_OBJECT;
		return push(ps, v) && open_container(ps, v);
	case '[':
		v->kind = JSON_ARRAY;
		return push(ps, v) && open_container(ps, v);
	case '"':
		v->kind = JSON_STRING;
		ok = parse_string(ps, &v->text, &v->lone);
		break;
	case 't':
		v->kind = JSON_BOOL;
		v->boolean = true;
		ok = parse_word(ps, "true");
		break;
	case 'f':
		v->kind = JSON_BOOL;
		ok = parse_word(ps, "false");
		break;
	case 'n':
		v->kind = JSON_NULL;
		ok = parse_word(ps, "null");
		break;
	default:
		if (*ps->at != '-' && (*ps->at < '0' || *ps->at > '9'))
			return fault(ps, JSON_SYNTAX, "not a value");
		v->kind = JSON_NUMBER;
		ok = parse_number(ps, &v->text);
	}
	v->raw.n = (size_t)(ps->at - v->raw.p);
	return ok && push(ps, v);
}

/* The next member or item of the innermost container. */
static bool
parse_child(struct parser *ps)
{
	struct json *v = take(ps, sizeof(*v));

	if (v == NULL)
		return no_memory(ps);
	*v = (struct json){ .kind = JSON_NULL };
	if (ps->open[ps->depth - 1]->kind == JSON_OBJECT) {
		if (ps->at == ps->end || *ps->at != '"')
			return unexpected(ps, "not a member name");
		if (!parse_string(ps, &v->name, &v->lone))
			return false;
		skip_space(ps);
		if (ps->at == ps->end || *ps->at != ':')
			return unexpected(ps, "no ':' after a member name");
		ps->at++;
		skip_space(ps);
	}
	return parse_value(ps, v);
}

/* From a value to the next one, or to the end of the containers around it. */
static bool
parse_next(struct parser *ps)
{
	const struct json *in = ps->open[ps->depth - 1];
	bool empty = ps->at[-1] == '{' || ps->at[-1] == '[';
	char close = in->kind == JSON_OBJECT ? '}' : ']';

	/* An opening bracket can only be that of `in`: a string ends in '"'. */
	skip_space(ps);
	if (ps->at < ps->end && *ps->at == close)
		return close_container(ps);
	if (!empty) {
		if (ps->at == ps->end || *ps->at != ',')
			return unexpected(ps, "no ',' and no closing bracket");
		ps->at++;
		skip_space(ps);
	}
	return parse_child(ps);
}

static bool
parse_text(struct parser *ps)
{
	skip_space(ps);
	if (!parse_value(ps, &ps->doc->root))
		return false;
	while (ps->depth != 0)
		if (!parse_next(ps))
			return false;
	skip_space(ps);
	return ps->at == ps->end ||
	    fault(ps, JSON_SYNTAX, "text after the value");
}

struct json *
json_parse(const char *s, size_t n, struct json_error *e)
{
	struct parser *ps = calloc(1, sizeof(*ps));
	struct document *doc = calloc(1, sizeof(*doc));
	char *copy;
	bool ok = false;

	if (e != NULL)
		*e = (struct json_error){ JSON_NO_MEMORY, 0, "out of memory" };
	if (ps != NULL && doc != NULL) {
		ps->doc = doc;
		if ((copy = take(ps, n + 1)) != NULL) {
			if (n != 0)
				memcpy(copy, s, n);
			copy[n] = '\0';
			ps->begin = ps->at = copy;
			ps->end = copy + n;
			ok = parse_text(ps);
			if (e != NULL)
				*e = ps->error;
		}
		free(ps->waiting);
	}
	free(ps);
	if (!ok) {
		json_free(doc != NULL ? &doc->root : NULL);
		return NULL;
	}
	return &doc->root;
}

void
json_free(struct json *root)
{
	struct document *doc = (struct document *)(void *)root;
	struct block *b, *next;

	if (doc == NULL)
		return;
	for (b = doc->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(doc);
}
