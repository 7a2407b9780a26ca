/* SPDX-License-Identifier: MIT */
#include "from.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "quote.h"

static void
member(struct ref_text *t, const char *key, struct slice s)
{
	if (s.p == NULL)
		return;
	ref_adds(t, ",\"");
	ref_adds(t, key);
	ref_adds(t, "\":");
	quote_whole(t, s);
}

static void
event(struct ref_text *t, const char *kind, const struct found *c)
{
	ref_adds(t, "{\"event\":\"");
	ref_adds(t, kind);
	ref_adds(t, "\"");
	member(t, "suite", c->suite);
	member(t, "name", c->name);
}

void
from_start(struct from *f)
{
	ref_adds(&f->out,
	    "{\"event\":\"protocol\",\"version\":\"1.0\","
	    "\"producer\":{\"name\":\"writer\"}}\n"
	    "{\"event\":\"run_start\"}\n");
}

static void
found_case(struct from *f, const struct found *c)
{
	static const char *const names[] = {
		[SKIP] = "skip", [PASS] = "pass", [FAIL] = "fail"
	};
	struct ref_text *t = &f->out;

	event(t, "case_start", c);
	ref_adds(t, "}\n");
	if (c->message.p != NULL) {
		event(t, "case_message", c);
		ref_adds(t, ",\"kind\":\"error\"");
		member(t, "message", c->message);
		ref_adds(t, "}\n");
	}
	event(t, "case_complete", c);
	member(t, "outcome", slice_of(names[c->outcome]));
	member(t, "reason", c->reason);
	ref_adds(t, "}\n");
	f->counts.pass += c->outcome == PASS;
	f->counts.fail += c->outcome == FAIL;
	f->counts.skip += c->outcome == SKIP;
}

void
from_end(struct from *f)
{
	char s[200];

	snprintf(s, sizeof s,
	    "{\"event\":\"run_complete\",\"outcome\":\"%s\",\"counts\":"
	    "{\"pass\":%" PRId64 ",\"fail\":%" PRId64 ",\"skip\":%" PRId64
	    "}}\n",
	    f->counts.fail != 0 ? "fail" : "pass", f->counts.pass,
	    f->counts.fail, f->counts.skip);
	ref_adds(&f->out, s);
}

/* ---- slices ---- */

static bool
begins(struct slice s, const char *with)
{
	return s.n >= strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}

static struct slice
after(struct slice s, size_t n)
{
	return (struct slice){ s.p + n, s.n - n };
}

/* Where what begins in s, or -1. */
static ptrdiff_t
find(struct slice s, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, what, n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

/* ---- TAP ---- */

/* A description up to its directive, without escapes. */
static size_t
description(struct slice s, struct ref_text *name)
{
	size_t i = 0;

	for (; i < s.n; i++) {
		if (begins(after(s, i), " # "))
			break;
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		ref_add(name, s.p + i, 1);
	}
	return i;
}

static void
point(struct slice line, struct found *c, struct ref_text *name)
{
	ptrdiff_t dash = find(line, " - ");
	struct slice rest = after(line, dash >= 0 ? (size_t)dash + 3 : line.n);

	*c = (struct found){ .outcome = *line.p == 'o' ? PASS : FAIL };
	name->n = 0;
	rest = after(rest, description(rest, name));
	c->name = (struct slice){ name->p, name->n };
	if (!begins(rest, " # SKIP"))
		return;
	c->outcome = SKIP;
	if (rest.n > strlen(" # SKIP "))
		c->reason = after(rest, strlen(" # SKIP "));
}

void
from_tap(struct from *f, struct slice doc)
{
	struct ref_text name = { 0 };
	struct found c = { 0 };

	while (doc.n != 0) {
		const char *lf = memchr(doc.p, '\n', doc.n);
		struct slice line = { doc.p,
			lf != NULL ? (size_t)(lf - doc.p) : doc.n };

		doc = after(doc, line.n + (lf != NULL));
		if (begins(line, "ok ") || begins(line, "not ok ")) {
			if (c.name.p != NULL)
				found_case(f, &c);
			point(line, &c, &name);
		} else if (begins(line, "# ") && c.outcome == FAIL &&
		    c.message.p == NULL)
			c.message = after(line, 2);
	}
	if (c.name.p != NULL)
		found_case(f, &c);
	free(name.p);
}

/* ---- JUnit ---- */

static const struct {
	const char *name, *text;
} entities[] = { { "&lt;", "<" }, { "&gt;", ">" }, { "&amp;", "&" },
	{ "&quot;", "\"" }, { "&apos;", "'" }, { "&#9;", "\t" },
	{ "&#10;", "\n" }, { "&#13;", "\r" } };

enum { ENTITIES = sizeof entities / sizeof *entities };

/* The attribute of the tag, decoded; kept for good. */
static struct slice
attribute(struct slice tag, const char *name)
{
	struct ref_text t = { 0 };
	ptrdiff_t at = find(tag, name);
	struct slice s;

	if (at < 0)
		return (struct slice){ 0 };
	s = after(tag, (size_t)at + strlen(name));
	ref_adds(&t, "");
	while (s.n != 0 && *s.p != '"') {
		size_t i = 0;

		while (i < ENTITIES && !begins(s, entities[i].name))
			i++;
		ref_add(&t, i < ENTITIES ? entities[i].text : s.p, 1);
		s = after(s, i < ENTITIES ? strlen(entities[i].name) : 1);
	}
	return (struct slice){ t.p != NULL ? t.p : "", t.n };
}

static void
tag(struct from *f, struct slice t, struct found *c, struct slice *suite)
{
	bool whole = t.n != 0 && t.p[t.n - 1] == '/';

	if (begins(t, "testsuite ")) {
		*suite = attribute(t, " name=\"");
		if (suite->n == 0)
			suite->p = NULL;
	} else if (begins(t, "testcase ")) {
		*c = (struct found){ .outcome = PASS,
			.suite = *suite,
			.name = attribute(t, " name=\"") };
	} else if (begins(t, "failure") || begins(t, "error")) {
		c->outcome = FAIL;
		c->message = attribute(t, " message=\"");
	} else if (begins(t, "skipped")) {
		c->outcome = SKIP;
		c->reason = attribute(t, " message=\"");
	}
	if (begins(t, "/testcase") || (whole && begins(t, "testcase ")))
		found_case(f, c);
}

void
from_junit(struct from *f, struct slice doc)
{
	struct slice suite = { 0 };
	struct found c = { 0 };
	const char *open, *close;

	while (doc.n != 0 && (open = memchr(doc.p, '<', doc.n)) != NULL) {
		doc = after(doc, (size_t)(open - doc.p) + 1);
		close = doc.n != 0 ? memchr(doc.p, '>', doc.n) : NULL;
		if (close == NULL)
			return;
		tag(f, (struct slice){ doc.p, (size_t)(close - doc.p) }, &c,
		    &suite);
		doc = after(doc, (size_t)(close - doc.p) + 1);
	}
}
