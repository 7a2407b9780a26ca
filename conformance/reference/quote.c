/* SPDX-License-Identifier: MIT */
#include "quote.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../runner/json.h"

enum { LONG = 4096 }; /* bytes, of CASES.md */

static struct ref_text
cleaned(struct slice s)
{
	struct ref_text t = { 0 };

	for (size_t i = 0; i < s.n;) {
		size_t n = json_utf8((const unsigned char *)s.p + i, s.n - i);

		if (n != 0)
			ref_add(&t, s.p + i, n);
		else
			ref_adds(&t, "\xef\xbf\xbd");
		i += n != 0 ? n : 1;
	}
	return t;
}

static void
by_hash(struct ref_text *t, const struct ref_text *s)
{
	uint64_t h = 0xcbf29ce484222325;
	char out[80];

	for (size_t i = 0; i < s->n; i++)
		h = (h ^ (unsigned char)s->p[i]) * 0x100000001b3;
	snprintf(out, sizeof out,
	    "{\"bytes\":%zu,\"fnv1a64\":\"%016" PRIx64 "\"}", s->n, h);
	ref_adds(t, out);
}

static void
escaped(struct ref_text *t, const struct ref_text *s)
{
	char out[8];

	ref_adds(t, "\"");
	for (size_t i = 0; i < s->n; i++) {
		unsigned char c = (unsigned char)s->p[i];

		if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f) {
			snprintf(out, sizeof out, "\\u%04x", c);
			ref_adds(t, out);
		} else
			ref_add(t, s->p + i, 1);
	}
	ref_adds(t, "\"");
}

void
quote_whole(struct ref_text *t, struct slice s)
{
	struct ref_text clean = cleaned(s);

	if (s.p == NULL)
		ref_adds(t, "null");
	else
		escaped(t, &clean);
	free(clean.p);
}

void
quote(struct ref_text *t, struct slice s)
{
	struct ref_text clean = cleaned(s);

	if (clean.n > LONG)
		by_hash(t, &clean);
	else
		quote_whole(t, s);
	free(clean.p);
}

void
quote_member(struct ref_text *t, const char *key, struct slice s)
{
	ref_adds(t, ",\"");
	ref_adds(t, key);
	ref_adds(t, "\":");
	quote(t, s);
}

void
quote_number(struct ref_text *t, const char *key, uint64_t n)
{
	char out[80];

	snprintf(out, sizeof out, ",\"%s\":%" PRIu64, key, n);
	ref_adds(t, out);
}
