/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../runner/json.h"
#include "document.h"

/* What XML 1.0 can hold. */
static bool
is_char(const unsigned char *p, size_t n)
{
	if (n == 1)
		return *p >= 0x20 || *p == '\t' || *p == '\n' || *p == '\r';
	/* U+FFFE and U+FFFF */
	return !(n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe);
}

static const char *
reference(unsigned char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

static void
put_text(struct ref_text *out, struct slice s, const struct document_faults *x)
{
	const unsigned char *p = (const unsigned char *)s.p;
	const char *as;

	for (size_t i = 0; i < s.n;) {
		size_t n = json_utf8(p + i, s.n - i);

		as = n == 1 && !x->unescaped ? reference(p[i]) : NULL;
		if (n == 0 || (!is_char(p + i, n) && !x->controls_raw))
			ref_adds(out, "\xef\xbf\xbd");
		else if (as != NULL)
			ref_adds(out, as);
		else
			ref_add(out, s.p + i, n);
		i += n != 0 ? n : 1;
	}
}

static void
attribute(struct ref_text *out, const char *name, struct slice s,
    const struct document_faults *x)
{
	if (s.p == NULL)
		return;
	ref_adds(out, " ");
	ref_adds(out, name);
	ref_adds(out, "=\"");
	put_text(out, s, x);
	ref_adds(out, "\"");
}

static void
name_of(
    struct ref_text *out, struct slice name, const struct document_faults *x)
{
	const char *percent;

	if (x->names_as_format && name.n != 0 &&
	    (percent = memchr(name.p, '%', name.n)) != NULL)
		name.n = (size_t)(percent - name.p);
	attribute(out, "name", name, x);
}

static void
put_time(struct ref_text *out, int64_t ns, const struct document_faults *x)
{
	char s[64];

	if (ns < 0)
		return;
	if (x->exponents)
		snprintf(s, sizeof s, " time=\"%e\"", (double)ns / 1e9);
	else
		snprintf(s, sizeof s, " time=\"%" PRId64 "%c%09" PRId64 "\"",
		    ns / 1000000000, x->by_locale ? ',' : '.', ns % 1000000000);
	ref_adds(out, s);
}

static struct slice
message_of(const struct ccase *c)
{
	for (size_t i = 0; i < c->messages.n; i++)
		if (c->messages.v[i].p != NULL)
			return c->messages.v[i];
	return (struct slice){ 0 };
}

static void
put_outcome(struct ref_text *out, const struct fold *f, const struct ccase *c,
    const struct document_faults *x)
{
	const struct attempt *a = fold_decides(f, c);
	struct slice why = message_of(c);
	enum outcome o = fold_outcome(f, c);

	if (x->messages_lost)
		why = (struct slice){ 0 };
	if (o == SKIP && !x->skips_as_pass) {
		ref_adds(out, "<skipped");
		if (!x->reasons_lost)
			attribute(out, "message", a->reason, x);
		ref_adds(out, "/>");
	}
	if (o != FAIL)
		return;
	ref_adds(out, "<failure");
	attribute(out, "message", why.p != NULL ? why : a->reason, x);
	ref_adds(out, ">");
	for (size_t i = 0; i < c->messages.n && !x->messages_lost; i++) {
		put_text(out, c->messages.v[i], x);
		ref_adds(out, "\n");
	}
	ref_adds(out, "</failure>");
}

static void
put_output(struct ref_text *out, const struct ccase *c,
    const struct document_faults *x)
{
	for (size_t i = 0; i < c->streams; i++) {
		const struct written *w = &c->written[i];
		bool err = slice_is(w->stream, "stderr");

		ref_adds(out, err ? "<system-err>" : "<system-out>");
		put_text(out, (struct slice){ w->text.p, w->text.n }, x);
		ref_adds(out, err ? "</system-err>" : "</system-out>");
	}
}

static void
put_case(struct ref_text *out, const struct fold *f, const struct ccase *c,
    const struct document_faults *x)
{
	const struct attempt *a = fold_decides(f, c);

	ref_adds(out, "    <testcase");
	name_of(out, c->id.name, x);
	attribute(out, "classname",
	    c->id.class.p != NULL ? c->id.class : c->id.suite, x);
	put_time(out, a->duration_ns, x);
	ref_adds(out, ">");
	put_outcome(out, f, c, x);
	put_output(out, c, x);
	ref_adds(out, "</testcase>\n");
}

static bool
in_suite(const struct ccase *c, struct slice suite)
{
	return c->attempts != 0 &&
	    (c->id.suite.p == NULL) == (suite.p == NULL) &&
	    slice_same(c->id.suite, suite);
}

/* Stands for a failure that belongs to no case. */
static void
put_own_failure(struct ref_text *out, const struct suite *s,
    const struct document_faults *x)
{
	ref_adds(out, "    <testcase name=\"(suite)\"");
	attribute(out, "classname", s->name, x);
	ref_adds(out, "><failure message=\"the suite failed\"/></testcase>\n");
}

static void
tally(struct counts *n, enum outcome o)
{
	n->pass += o == PASS;
	n->fail += o == FAIL;
	n->skip += o == SKIP;
}

static void
numbers(struct ref_text *out, struct counts n, const struct document_faults *x)
{
	char s[160];

	if (x->skips_as_pass)
		n = (struct counts){ n.pass + n.skip, n.fail, 0 };
	snprintf(s, sizeof s,
	    " tests=\"%" PRId64 "\" failures=\"%" PRId64
	    "\" errors=\"%d\" skipped=\"%" PRId64 "\">\n",
	    n.pass + n.fail + n.skip + x->counts_wrong, n.fail, 0, n.skip);
	ref_adds(out, s);
}

/* The cases of one suite; own is the suite if it was started. */
static struct counts
put_suite(struct ref_text *out, const struct fold *f, const struct stream *s,
    struct slice name, const struct suite *own, const struct document_faults *x)
{
	struct ref_text body = { 0 };
	struct counts n = { 0 };

	for (size_t i = 0; i < s->ncases; i++) {
		const struct ccase *c = &s->cases[i];

		if (!in_suite(c, name))
			continue;
		tally(&n, fold_outcome(f, c));
		put_case(&body, f, c, x);
	}
	ref_adds(out, "  <testsuite");
	attribute(out, "name", name.p != NULL ? name : slice_of(""), x);
	if (own != NULL && own->outcome == FAIL && !x->suite_failures_lost) {
		put_own_failure(&body, own, x);
		n.fail++;
	}
	numbers(out, n, x);
	ref_add(out, body.p, body.n);
	ref_adds(out, "  </testsuite>\n");
	free(body.p);
	return n;
}

static void
add(struct counts *to, struct counts n)
{
	to->pass += n.pass;
	to->fail += n.fail;
	to->skip += n.skip;
}

static const struct suite *
started(const struct stream *s, struct slice name)
{
	for (size_t i = 0; i < s->nsuites; i++)
		if (slice_same(s->suites[i].name, name) && name.p != NULL)
			return &s->suites[i];
	return NULL;
}

static struct counts
put_stream(struct ref_text *out, const struct fold *f, const struct stream *s,
    const struct document_faults *x)
{
	struct counts all = { 0 };

	for (size_t i = 0; i < s->nsuites; i++)
		add(&all,
		    put_suite(out, f, s, s->suites[i].name, &s->suites[i], x));
	for (size_t i = 0; i < s->ncases; i++) {
		struct slice name = s->cases[i].id.suite;
		size_t j = 0;

		while (!in_suite(&s->cases[j], name) && j < i)
			j++;
		if (j == i && s->cases[i].attempts != 0 &&
		    started(s, name) == NULL)
			add(&all, put_suite(out, f, s, name, NULL, x));
	}
	return all;
}

void
junit_document(
    struct ref_text *out, struct fold *f, const struct document_faults *x)
{
	struct ref_text body = { 0 };
	struct counts all = { 0 };

	for (size_t i = 0; i < f->nstreams; i++)
		add(&all, put_stream(&body, f, &f->streams[i], x));
	if (x->unknown_as_test && f->unknown_events != 0) {
		ref_adds(&body,
		    "  <testsuite name=\"x\" tests=\"1\" failures=\"0\" "
		    "errors=\"0\" skipped=\"0\"><testcase name=\"unknown\"/>"
		    "</testsuite>\n");
		all.pass++;
	}
	ref_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	ref_adds(out, "<testsuites");
	numbers(out, all, x);
	ref_add(out, body.p, body.n);
	ref_adds(out, "</testsuites>\n");
	free(body.p);
}
