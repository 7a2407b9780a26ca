/* SPDX-License-Identifier: MIT */
/*
 * The suite speaks the protocol that it tests: a run of it is a run of tests.
 * TAP and JUnit are made of those events by the library, which other reports
 * do without.
 */
#include <event-model.h>
#include <unistd.h>

#include "report.h"

/* One report is open of each of these at a time. */
struct stream {
	struct em_out *out;
	struct em_writer *writer;
};

static struct stream streams[3];
enum { JSONL, TAP, JUNIT };

static struct em_str
str(const char *s)
{
	return em_str(s);
}

static struct em_str
head(const struct buf *b)
{
	return (struct em_str){ b->n > 0 ? b->p : NULL, b->n };
}

static void
put(struct stream *s, const struct em_event *ev)
{
	if (s->writer != NULL)
		em_writer_event(s->writer, ev);
}

static void
begin(struct stream *s, FILE *f, const struct tally *t, const char *format)
{
	static const char *const junit[] = { "properties=yes", NULL };
	struct em_writer_opts opts = { .format = format,
		.options = strcmp(format, "junit") == 0 ? junit : NULL };
	struct em_error err;
	struct em_str command[64];
	struct em_event ev;
	size_t n = 0;

	fflush(f);
	s->out = em_out_fd(fileno(f), format);
	s->writer = s->out != NULL ? em_writer_open(&opts, s->out, &err) : NULL;
	em_event_init(&ev, EM_PROTOCOL);
	ev.version = EM_STR(EM_PROTOCOL_VERSION);
	ev.producer_name = EM_STR("tconform");
	ev.producer_version = EM_STR(VERSION);
	put(s, &ev);
	em_event_init(&ev, EM_RUN_START);
	while (t->command[n] != NULL && n < 64) {
		command[n] = str(t->command[n]);
		n++;
	}
	ev.command = (struct em_strs){ command, n };
	ev.total = (int64_t)t->planned;
	put(s, &ev);
}

/* How the runner's verdicts are told to who knows pass, fail and skip. */
static const struct {
	enum em_outcome outcome;
	const char *status;
} told[V_CODES] = {
	[V_PASS] = { EM_PASS, NULL },
	[V_WEAK] = { EM_PASS, NULL },
	[V_FAIL] = { EM_FAIL, NULL },
	[V_CRASH] = { EM_FAIL, "crash" },
	[V_TIMEOUT] = { EM_FAIL, "timeout" },
	[V_LEAK] = { EM_FAIL, "leak" },
	[V_SKIP] = { EM_SKIP, "precondition" },
	[V_XFAIL] = { EM_SKIP, "xfail" },
	[V_XPASS] = { EM_FAIL, "xpass" },
	[V_STALE] = { EM_FAIL, "error" },
	[V_INFO] = { EM_PASS, NULL },
	[V_ERROR] = { EM_FAIL, "error" },
};

/* A member of an extension: the value as JSON. */
static struct em_member
member(const char *key, const char *value, struct buf *json)
{
	buf_json(json, slice_of(value));
	return (
	    struct em_member){ .key = str(key), .value = { json->p, json->n } };
}

static void
complete(struct stream *s, struct em_event *ev, const struct tally *t,
    const struct outcome *o)
{
	struct buf json[3] = { { 0 } };
	struct em_member extra[3] = {
		member("conform.rule", o->c->rules.v[0], &json[0]),
		member("conform.level", level_name(o->c->level), &json[1]),
		member("conform.verdict", verdict_name(o->v.code), &json[2]),
	};
	struct em_pair facts[3] = {
		{ .key = EM_STR("rule"), .value = str(o->c->rules.v[0]) },
		{ .key = EM_STR("level"),
		    .value = str(level_name(o->c->level)) },
		{ .key = EM_STR("verdict"),
		    .value = str(verdict_name(o->v.code)) },
	};

	ev->kind = EM_CASE_COMPLETE;
	ev->outcome = told[o->v.code].outcome;
	ev->status = str(told[o->v.code].status);
	if (o->v.code == V_FAIL && !outcome_unexpected(t, o)) {
		/* What only SHOULD be is set aside. */
		ev->outcome = EM_SKIP;
		ev->status = EM_STR("xfail");
	}
	if (ev->outcome != EM_PASS)
		ev->reason = str(o->v.reason);
	ev->duration_ns = (int64_t)o->v.ns;
	ev->properties = (struct em_pairs){ facts, 3 };
	ev->extra = (struct em_members){ extra, 3 };
	put(s, ev);
	for (size_t i = 0; i < 3; i++)
		buf_free(&json[i]);
}

static void
one(struct stream *s, const struct tally *t, const struct outcome *o)
{
	const char *slash = strchr(o->c->id, '/');
	struct em_event ev;

	em_event_init(&ev, EM_CASE_START);
	ev.suite = (struct em_str){ o->c->id, (size_t)(slash - o->c->id) };
	ev.name = str(slash + 1);
	put(s, &ev);
	if (told[o->v.code].outcome == EM_FAIL) {
		ev.kind = EM_CASE_MESSAGE;
		ev.message_kind = EM_STR("error");
		ev.message = str(o->v.reason);
		ev.type = str(verdict_name(o->v.code));
		ev.expected = head(&o->v.expected);
		ev.actual = head(&o->v.actual);
		put(s, &ev);
		em_event_init(&ev, EM_CASE_COMPLETE);
		ev.suite =
		    (struct em_str){ o->c->id, (size_t)(slash - o->c->id) };
		ev.name = str(slash + 1);
	}
	complete(s, &ev, t, o);
	if (s->out != NULL)
		em_out_flush(s->out);
}

static void
end(struct stream *s, FILE *f, const struct tally *t)
{
	struct em_event ev;
	struct em_error err;

	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = EM_PASS;
	ev.counts = (struct em_counts){ 0, 0, 0 };
	for (size_t i = 0; i < t->n; i++) {
		const struct outcome *o = &t->v[i];
		bool aside = o->v.code == V_FAIL && !outcome_unexpected(t, o);

		if (aside || told[o->v.code].outcome == EM_SKIP)
			ev.counts.skip++;
		else if (told[o->v.code].outcome == EM_FAIL)
			ev.counts.fail++;
		else
			ev.counts.pass++;
	}
	if (ev.counts.fail > 0 || t->stale.n > 0)
		ev.outcome = EM_FAIL;
	if (ev.counts.fail == 0 && t->stale.n > 0)
		ev.status = EM_STR("error");
	ev.duration_ns = (int64_t)t->ns;
	put(s, &ev);
	if (s->writer != NULL) {
		em_writer_finish(s->writer);
		em_writer_close(s->writer);
	}
	if (s->out != NULL && em_out_close(s->out, &err) != EM_OK)
		fprintf(stderr, "tconform run: %s\n", err.msg);
	*s = (struct stream){ NULL, NULL };
	(void)f;
}

#define REPORT(name, index, format)                                            \
	static void name##_begin(FILE *f, const struct tally *t)               \
	{                                                                      \
		begin(&streams[index], f, t, format);                          \
	}                                                                      \
	static void name##_one(                                                \
	    FILE *f, const struct tally *t, const struct outcome *o)           \
	{                                                                      \
		(void)f;                                                       \
		one(&streams[index], t, o);                                    \
	}                                                                      \
	static void name##_end(FILE *f, const struct tally *t)                 \
	{                                                                      \
		end(&streams[index], f, t);                                    \
	}                                                                      \
	const struct report report_##name = { #name, name##_begin, name##_one, \
		name##_end }

REPORT(jsonl, JSONL, "native");
REPORT(tap, TAP, "tap");
REPORT(junit, JUNIT, "junit");
