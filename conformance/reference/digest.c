/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "quote.h"

static const char *
outcome_name(enum outcome o)
{
	return o == PASS ? "\"pass\""
	    : o == FAIL  ? "\"fail\""
	    : o == SKIP  ? "\"skip\""
			 : "null";
}

static void
put_optional(struct ref_text *t, const char *key, struct slice s)
{
	if (s.p != NULL)
		quote_member(t, key, s);
}

static void
put_messages(struct ref_text *t, const struct ccase *c)
{
	ref_adds(t, ",\"messages\":[");
	for (size_t i = 0; i < c->messages.n; i++) {
		if (i != 0)
			ref_adds(t, ",");
		quote(t, c->messages.v[i]);
	}
	ref_adds(t, "]");
}

static void
put_output(struct ref_text *t, const struct ccase *c)
{
	ref_adds(t, ",\"output\":{");
	for (size_t i = 0; i < c->streams; i++) {
		const struct written *w = &c->written[i];

		if (i != 0)
			ref_adds(t, ",");
		quote(t, w->stream);
		ref_adds(t, ":");
		quote(t,
		    (struct slice){
			w->text.n != 0 ? w->text.p : "", w->text.n });
	}
	ref_adds(t, "}");
}

static void
put_metrics(struct ref_text *t, const struct ccase *c)
{
	ref_adds(t, ",\"metrics\":[");
	for (size_t i = 0; i < c->metrics; i++) {
		const struct measured *m = &c->measured[i];

		ref_adds(t, i != 0 ? ",{\"metric\":" : "{\"metric\":");
		quote(t, m->metric);
		quote_member(t, "value", m->value);
		quote_member(t, "unit", m->unit);
		ref_adds(t, "}");
	}
	ref_adds(t, "]");
}

static bool
is_flaky(const struct fold *f, const struct ccase *c)
{
	if (fold_outcome(f, c) != PASS)
		return false;
	for (size_t i = 0; i + 1 < c->attempts; i++)
		if (c->attempt[i].outcome == FAIL ||
		    c->attempt[i].outcome == NO_OUTCOME)
			return true;
	return false;
}

static void
put_end(struct ref_text *t, const struct fold *f, const struct ccase *c)
{
	const struct attempt *a = fold_decides(f, c);
	char number[32];

	if (a == NULL) {
		quote_member(t, "status", c->status);
		quote_member(t, "reason", c->reason);
		ref_adds(t, ",\"duration_ns\":null");
		return;
	}
	if (!a->completed)
		quote_member(t, "status", slice_of("incomplete"));
	else
		quote_member(t, "status", a->status);
	quote_member(t, "reason", a->reason);
	if (a->duration_ns == -1) {
		ref_adds(t, ",\"duration_ns\":null");
		return;
	}
	snprintf(number, sizeof number, "%" PRId64, a->duration_ns);
	quote_member(t, "duration_ns", slice_of(number));
}

static void
put_case(struct ref_text *t, const struct fold *f, const struct ccase *c,
    size_t stream)
{
	ref_adds(t, "{\"outcome\":");
	ref_adds(t, outcome_name(fold_outcome(f, c)));
	if (stream != 1)
		quote_number(t, "stream", stream);
	put_optional(t, "run", c->id.run);
	put_optional(t, "suite", c->id.suite);
	put_optional(t, "class", c->id.class);
	quote_member(t, "name", c->id.name);
	put_optional(t, "variant", c->id.variant);
	if (c->id.iteration != 1)
		quote_number(t, "iteration", (uint64_t)c->id.iteration);
	ref_adds(t, ",\"selected\":");
	ref_adds(t, c->unselected ? "false" : "true");
	quote_number(t, "attempts", c->attempts);
	ref_adds(t, ",\"flaky\":");
	ref_adds(t, is_flaky(f, c) ? "true" : "false");
	put_end(t, f, c);
	put_messages(t, c);
	put_output(t, c);
	put_metrics(t, c);
	ref_adds(t, "}");
}

static void
put_suite(struct ref_text *t, const struct suite *s, size_t stream)
{
	enum outcome o = s->outcome;

	if (s->started && !s->completed)
		o = FAIL;
	ref_adds(t, "{\"outcome\":");
	ref_adds(t, outcome_name(o));
	if (stream != 1)
		quote_number(t, "stream", stream);
	put_optional(t, "run", s->run);
	quote_member(t, "suite", s->name);
	quote_member(t, "parent", s->parent);
	ref_adds(t, "}");
}

static void
put_streams(struct ref_text *t, const struct fold *f)
{
	const char *comma = "";

	ref_adds(t, ",\n\"cases\":[");
	for (size_t i = 0; i < f->nstreams; i++)
		for (size_t j = 0; j < f->streams[i].ncases; j++) {
			ref_adds(t, comma);
			put_case(t, f, &f->streams[i].cases[j], i + 1);
			comma = ",\n";
		}
	comma = "";
	ref_adds(t, "],\n\"suites\":[");
	for (size_t i = 0; i < f->nstreams; i++)
		for (size_t j = 0; j < f->streams[i].nsuites; j++) {
			if (f->rules.empty_suites_lost &&
			    f->streams[i].ncases <= j)
				continue;
			ref_adds(t, comma);
			put_suite(t, &f->streams[i].suites[j], i + 1);
			comma = ",\n";
		}
	ref_adds(t, "],\n");
}

static void
put_tallies(struct ref_text *t, const struct fold *f)
{
	char out[200];

	snprintf(out, sizeof out,
	    "\"unknown\":{\"events\":%zu,\"members\":%zu,\"values\":%zu},"
	    "\"noise\":%zu,\"malformed\":%zu,\"invalid\":%zu,"
	    "\"violations\":[",
	    f->unknown_events, f->unknown_members, f->unknown_values, f->noise,
	    f->malformed, f->invalid);
	ref_adds(t, out);
	for (size_t i = 0; i < f->nviolations; i++) {
		if (i != 0)
			ref_adds(t, ",");
		quote(t, slice_of(f->violations[i]));
	}
	ref_adds(t, "]}\n");
}

bool
digest_print(const struct fold *f, struct conclusion c)
{
	static const char *const class[] = { "accept", "truncated", "malformed",
		"unsupported" };
	static const char *const verdict[] = { "pass", "fail", "none" };
	struct ref_text t = { 0 };
	bool ok;

	ref_adds(&t, "{\"digest\":1");
	quote_member(&t, "class", slice_of(class[c.class]));
	quote_member(&t, "verdict", slice_of(verdict[c.verdict]));
	quote_member(&t, "version", f->version);
	if (f->message[0] != '\0')
		quote_member(&t, "message", slice_of(f->message));
	put_streams(&t, f);
	put_tallies(&t, f);
	ok = ref_write(STDOUT_FILENO, t.p, t.n);
	free(t.p);
	return ok;
}
