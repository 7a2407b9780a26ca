/* SPDX-License-Identifier: MIT */
/*
 * The digest of CASES.md made by libevent-model, so that the library is graded
 * by what it understands and not by exit statuses alone.
 *
 *	library-reader < EVENTS
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "event-model.h"
#include "quote.h"

struct library {
	struct em_results **streams; /* one from each header to the next */
	size_t n;
	bool headed; /* the last of them has its header */
	char version[32];
	struct ref_text out;
	const char *comma;
};

static struct slice
slice(struct em_str s)
{
	return (struct slice){ s.p, s.n };
}

static void
stream_add(struct library *l)
{
	l->streams = ref_resize(l->streams, l->n + 1, sizeof *l->streams);
	l->streams[l->n] = em_results_new(EM_KEEP_ALL, 0);
	if (l->streams[l->n++] == NULL)
		exit(REF_UNSUPPORTED);
}

static bool
take(struct library *l, const struct em_event *ev)
{
	if (ev->kind == EM_PROTOCOL) {
		if (l->headed)
			stream_add(l);
		l->headed = true;
		if (l->version[0] == '\0')
			snprintf(l->version, sizeof l->version, "%.*s",
			    (int)ev->version.n, ev->version.p);
	}
	return em_results_event(l->streams[l->n - 1], ev) == EM_OK;
}

/* ---- what the library concluded ---- */

static uint64_t
violations(const struct library *l)
{
	uint64_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		for (const struct em_run *r = em_results_runs(l->streams[i]);
		     r != NULL; r = r->next)
			n += r->violations;
	return n;
}

static enum em_code
code_of(const struct em_reader *r)
{
	const struct em_error *e = em_reader_error(r);

	return e != NULL ? e->code : EM_E_NONE;
}

static const char *
class_of(const struct library *l, struct em_reader *r, int *status)
{
	const struct em_reader_stats *s = em_reader_stats(r);
	enum em_code code = code_of(r);

	if (code == EM_E_IO) {
		*status = REF_IO;
		return "io";
	}
	if (s->unsupported || code == EM_E_VERSION || code == EM_E_LIMIT ||
	    code == EM_E_MEMORY) {
		*status = REF_UNSUPPORTED;
		return "unsupported";
	}
	if (s->malformed != 0 || code == EM_E_SYNTAX || code == EM_E_USAGE ||
	    violations(l) != 0) {
		*status = REF_MALFORMED;
		return "malformed";
	}
	if (s->truncated || code == EM_E_TRUNCATED) {
		*status = REF_TRUNCATED;
		return "truncated";
	}
	*status = REF_OK;
	return "accept";
}

static const char *
verdict_of(const struct library *l, int status)
{
	bool ran = false;

	if (status != REF_OK && status != REF_MALFORMED)
		return "fail";
	for (size_t i = 0; i < l->n; i++) {
		enum em_verdict v = em_results_verdict(l->streams[i]);
		const struct em_run *r = em_results_runs(l->streams[i]);

		if (v == EM_V_FAIL || v == EM_V_TRUNCATED)
			return "fail";
		for (; r != NULL; r = r->next)
			ran = ran || !r->listing;
	}
	return ran ? "pass" : "none";
}

/* ---- the digest ---- */

static void
put_outcome(struct ref_text *t, enum em_outcome o)
{
	ref_adds(t, "{\"outcome\":");
	quote(t, slice(em_outcome_name(o)));
}

static void
put_optional(struct ref_text *t, const char *key, struct em_str s)
{
	if (s.p != NULL)
		quote_member(t, key, slice(s));
}

static void
put_messages(struct ref_text *t, const struct em_case *c)
{
	const char *comma = "";

	ref_adds(t, ",\"messages\":[");
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		for (const struct em_item *i = a->items; i != NULL;
		     i = i->next) {
			if (i->kind != EM_CASE_MESSAGE)
				continue;
			ref_adds(t, comma);
			quote(t, slice(i->u.message->message));
			comma = ",";
		}
	ref_adds(t, "]");
}

/* All that went to one stream, from the item that is the first of it. */
static void
put_stream(struct ref_text *t, const struct em_case *c, struct em_str stream)
{
	struct ref_text text = { 0 };

	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		for (const struct em_item *i = a->items; i != NULL; i = i->next)
			if (i->kind == EM_CASE_OUTPUT &&
			    em_str_eq(i->u.output->stream, stream))
				ref_add(&text, i->u.output->text.p,
				    i->u.output->text.n);
	quote(t, (struct slice){ text.n != 0 ? text.p : "", text.n });
	free(text.p);
}

static bool
is_first(const struct em_case *c, const struct em_item *item)
{
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		for (const struct em_item *i = a->items; i != NULL;
		     i = i->next) {
			if (i == item)
				return true;
			if (i->kind == EM_CASE_OUTPUT &&
			    em_str_eq(
				i->u.output->stream, item->u.output->stream))
				return false;
		}
	return false;
}

static void
put_output(struct ref_text *t, const struct em_case *c)
{
	const char *comma = "";

	ref_adds(t, ",\"output\":{");
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		for (const struct em_item *i = a->items; i != NULL;
		     i = i->next) {
			if (i->kind != EM_CASE_OUTPUT || !is_first(c, i) ||
			    i->u.output->stream.p == NULL)
				continue;
			ref_adds(t, comma);
			quote(t, slice(i->u.output->stream));
			ref_adds(t, ":");
			put_stream(t, c, i->u.output->stream);
			comma = ",";
		}
	ref_adds(t, "}");
}

static void
put_metrics(struct ref_text *t, const struct em_case *c)
{
	const char *comma = "{\"metric\":";

	ref_adds(t, ",\"metrics\":[");
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		for (const struct em_item *i = a->items; i != NULL;
		     i = i->next) {
			if (i->kind != EM_CASE_METRIC)
				continue;
			ref_adds(t, comma);
			quote(t, slice(i->u.metric->metric));
			quote_member(t, "value", slice(i->u.metric->value));
			quote_member(t, "unit", slice(i->u.metric->unit));
			ref_adds(t, "}");
			comma = ",{\"metric\":";
		}
	ref_adds(t, "]");
}

static void
put_case(struct library *l, const struct em_case *c, size_t stream)
{
	struct ref_text *t = &l->out;
	char number[32];

	ref_adds(t, l->comma);
	l->comma = ",\n";
	put_outcome(t, c->outcome);
	if (stream != 1)
		quote_number(t, "stream", stream);
	put_optional(t, "run", c->suite->run->id);
	put_optional(t, "suite", c->suite->name);
	put_optional(t, "class", c->class_name);
	quote_member(t, "name", slice(c->name));
	put_optional(t, "variant", c->details->variant);
	if (c->iteration != 1)
		quote_number(t, "iteration", (uint64_t)c->iteration);
	ref_adds(t, ",\"selected\":");
	ref_adds(t, c->selected ? "true" : "false");
	quote_number(t, "attempts", c->attempt_count);
	ref_adds(t, ",\"flaky\":");
	ref_adds(t, c->flaky ? "true" : "false");
	quote_member(t, "status", slice(c->last->end->status));
	quote_member(t, "reason", slice(c->last->end->reason));
	snprintf(number, sizeof number, "%" PRId64, c->last->duration_ns);
	quote_member(t, "duration_ns",
	    c->last->duration_ns != EM_UNSET ? slice_of(number)
					     : (struct slice){ 0 });
	put_messages(t, c);
	put_output(t, c);
	put_metrics(t, c);
	ref_adds(t, "}");
}

static void
put_suite(struct library *l, const struct em_suite *s, size_t stream)
{
	struct ref_text *t = &l->out;

	if (!s->started && !s->completed)
		return;
	ref_adds(t, l->comma);
	l->comma = ",\n";
	put_outcome(t, s->outcome);
	if (stream != 1)
		quote_number(t, "stream", stream);
	put_optional(t, "run", s->run->id);
	quote_member(t, "suite", slice(s->name));
	quote_member(t, "parent", slice(s->parent));
	ref_adds(t, "}");
}

/* Calls for every suite or every case of all streams. */
static void
each(struct library *l,
    void (*suite)(struct library *, const struct em_suite *, size_t),
    void (*one)(struct library *, const struct em_case *, size_t))
{
	l->comma = "";
	for (size_t i = 0; i < l->n; i++)
		for (const struct em_run *r = em_results_runs(l->streams[i]);
		     r != NULL; r = r->next)
			for (const struct em_suite *s = r->suites; s != NULL;
			     s = s->next) {
				const struct em_case *c = s->cases;

				if (suite != NULL)
					suite(l, s, i + 1);
				for (; one != NULL && c != NULL; c = c->next)
					one(l, c, i + 1);
			}
}

static void
put_tallies(struct ref_text *t, const struct em_reader_stats *s)
{
	char out[256];

	snprintf(out, sizeof out,
	    "],\n\"unknown\":{\"events\":%" PRIu64 ",\"members\":%" PRIu64
	    "},\"noise\":%" PRIu64 ",\"malformed\":%" PRIu64
	    ",\"invalid\":%" PRIu64 "}\n",
	    s->unknown_events, s->unknown_members, s->noise, s->malformed,
	    s->invalid);
	ref_adds(t, out);
}

static int
digest(struct library *l, struct em_reader *r)
{
	int status;
	const char *class = class_of(l, r, &status);
	const char *verdict = verdict_of(l, status);

	ref_adds(&l->out, "{\"digest\":1");
	quote_member(&l->out, "class", slice_of(class));
	quote_member(&l->out, "verdict", slice_of(verdict));
	if (l->version[0] != '\0')
		quote_member(&l->out, "version", slice_of(l->version));
	if (code_of(r) != EM_E_NONE)
		quote_member(
		    &l->out, "message", slice_of(em_reader_error(r)->msg));
	ref_adds(&l->out, ",\n\"cases\":[");
	each(l, NULL, put_case);
	ref_adds(&l->out, "],\n\"suites\":[");
	each(l, put_suite, NULL);
	put_tallies(&l->out, em_reader_stats(r));
	if (!ref_write(STDOUT_FILENO, l->out.p, l->out.n)) {
		perror("library-reader: standard output");
		return REF_IO;
	}
	if (status == REF_OK && strcmp(verdict, "fail") == 0)
		return REF_FAILED;
	return status;
}

static void
warn(void *arg, const struct em_error *e)
{
	(void)arg;
	fprintf(
	    stderr, "library-reader: line %" PRIu64 ": %s\n", e->line, e->msg);
}

int
main(void)
{
	struct em_reader_opts opts = { .warn = warn };
	struct library l = { 0 };
	struct em_reader *r;
	const struct em_event *ev;
	enum em_rc rc;
	int status;

	stream_add(&l);
	r = em_reader_fd(&opts, STDIN_FILENO, "standard input");
	if (r == NULL)
		return REF_UNSUPPORTED;
	while ((rc = em_reader_next(r, &ev)) == EM_OK)
		if (!take(&l, ev))
			return REF_UNSUPPORTED;
	if (rc == EM_ERR)
		warn(NULL, em_reader_error(r));
	status = digest(&l, r);
	em_reader_close(r);
	for (size_t i = 0; i < l.n; i++)
		em_results_free(l.streams[i]);
	free(l.streams);
	free(l.out.p);
	return status;
}
