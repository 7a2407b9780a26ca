/* SPDX-License-Identifier: MIT */
/* JSON pointers (RFC 6901) as they stand in references, with %XX. */
#include "schema.h"

enum { TOKEN = 512 };

/* One token up to the next '/', decoded; what follows it. */
static const char *
token(const char *p, const char *end, char *to, size_t *n)
{
	for (*n = 0; p < end && *p != '/' && *n < TOKEN; p++) {
		char c = *p;

		if (c == '%' && end - p > 2 && json_hex(p[1]) >= 0 &&
		    json_hex(p[2]) >= 0) {
			c = (char)(json_hex(p[1]) * 16 + json_hex(p[2]));
			p += 2;
		}
		if (c == '~' && end - p > 1 && (p[1] == '0' || p[1] == '1'))
			c = *++p == '0' ? '~' : '/';
		to[(*n)++] = c;
	}
	return p;
}

static const struct json *
child(const struct json *v, struct slice name)
{
	size_t i, at = 0;

	if (v->kind == JSON_OBJECT)
		return json_named(v, name);
	if (v->kind != JSON_ARRAY || name.n == 0 || name.n > 9)
		return NULL;
	for (i = 0; i < name.n; i++) {
		if (name.p[i] < '0' || name.p[i] > '9')
			return NULL;
		at = 10 * at + (size_t)(name.p[i] - '0');
	}
	return json_at(v, at);
}

const struct json *
schema_pointer(const struct json *root, struct slice pointer)
{
	const char *p = pointer.p, *end = p + pointer.n;
	char text[TOKEN];
	size_t n;

	while (root != NULL && p < end) {
		if (*p != '/')
			return NULL;
		p = token(p + 1, end, text, &n);
		root = child(root, (struct slice){ text, n });
	}
	return root;
}
