/* SPDX-License-Identifier: MIT */
/*
 * What mocha's JSON reporter writes, and mochawesome, which nests its suites.
 *
 * mocha lists all tests, and then those that are pending, that failed (hooks
 * among them) and that passed.  A test says by itself that it failed; since
 * mocha 9 it says that it passed, by its speed.  What is neither waits for
 * the list of the pending ones.
 */
#include <string.h>

#include "foreign.h"
#include "jsondoc.h"

enum {
	NEST_MAX = 200, /* suites in suites */
	FLUSH = 500, /* cases a step */
};

/* A test that passed or was skipped while it ran. */
struct waiting {
	struct waiting *next;
	struct em_str file, class_name, name;
	struct table_key key;
	int64_t duration, attempt, iteration;
};

/* How often an identity was met, 16 bits each. */
enum tally { SKIPPED, WAITING, FAILED, PENDING };

struct mocha {
	struct jdoc doc;
	struct suites suites;
	struct table met; /* tallies by identity */
	struct waiting *first, *last;
	struct em_str version;
	int64_t start, duration, total;
	bool begun, tests, failed, stated; /* a failure */
};

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	static const char *const keys[] = { "stats", NULL };
	int found, rc = jdoc_find(&head, eof);

	if (rc != 1)
		return rc;
	rc = probe_json_keys(head, eof, keys, &found);
	if (rc != 1)
		return rc;
	if (str_find(head, "\"passPercent\"") >= 0)
		return PROBE_SURE;
	if (str_find(head, "\"passes\"") >= 0 &&
	    str_find(head, "\"pending\"") >= 0)
		return PROBE_SURE;
	return eof ? 0 : PROBE_MORE;
}

static void
begin_run(struct em_reader *r, struct mocha *m)
{
	struct em_event ev;

	if (m->begun)
		return;
	m->begun = true;
	opening_send(r, &m->doc.opening, none, m->version);
	em_event_init(&ev, EM_RUN_START);
	ev.time_ns = m->start;
	ev.total = m->total;
	rd_emit(r, &ev);
}

static void
on_stats(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct mocha *m = r->state;
	int64_t n;

	if (!str_time(json_get_str(v, "start"), &m->start))
		m->start = EM_UNSET;
	if (!json_ns(json_get(v, "duration"), 6, &m->duration))
		m->duration = EM_UNSET;
	if (json_i64(json_get(v, "tests"), &n) && n >= 0)
		m->total = n;
	if (json_i64(json_get(v, "failures"), &n) && n > 0)
		m->stated = true;
}

static void
on_version(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct mocha *m = r->state;

	m->version = arena_dup(&r->keep, json_str(v));
}

/* ---- a test ---- */

/*
 * mocha states the titles of the describe blocks and of the test joined by
 * blanks; what is in front of the title is the class, so that class, blank
 * and name are what --grep looks at.
 */
static void
identify(const struct json *t, struct em_str file, struct em_event *ev)
{
	struct em_str full = json_get_str(t, "fullTitle");
	struct em_str title = json_get_str(t, "title");

	em_event_init(ev, EM_CASE_START);
	ev->name = title.p != NULL ? title : full;
	if (ev->name.p == NULL)
		ev->name = EM_STR("");
	if (full.n > title.n && title.p != NULL) {
		struct em_str tail = str_from(full, full.n - title.n);

		ev->class_name = full;
		if (em_str_eq(tail, title))
			ev->class_name = str_upto(full, full.n - title.n - 1);
	} else if (title.p != NULL && !em_str_eq(full, title)) {
		ev->class_name = full;
	}
	ev->suite = json_get_str(t, "file");
	if (ev->suite.n == 0)
		ev->suite = file;
	if (ev->suite.n == 0)
		ev->suite = none;
	ev->location.file = ev->suite;
	if (!json_ns(json_get(t, "duration"), 6, &ev->duration_ns))
		ev->duration_ns = EM_UNSET;
}

static struct table_key
identity(const struct em_event *ev)
{
	const struct em_str id[] = { ev->suite, ev->class_name, ev->name };

	return table_key(id, ARRAY_LEN(id), 0);
}

/* The retries that the test tells of came before it. */
static int64_t
attempts(const struct json *t)
{
	int64_t n;

	return json_i64(json_get(t, "currentRetry"), &n) && n > 0 &&
		n < INT32_MAX
	    ? n + 1
	    : 1;
}

/* mocha: message, stack, name, ...; mochawesome: message and estack. */
static void
emit_error(struct em_reader *r, struct em_event *ev, const struct json *err)
{
	struct em_event e = *ev;

	e.kind = EM_CASE_MESSAGE;
	e.message_kind = EM_STR("error");
	e.location.file = none;
	e.message = json_text(err);
	if (e.message.p == NULL)
		e.message = json_get_str(err, "message");
	e.detail = json_get_str(err, "stack");
	if (e.detail.p == NULL)
		e.detail = json_get_str(err, "estack");
	e.type = json_get_str(err, "name");
	e.code = json_text(json_get(err, "code"));
	e.expected = json_as_text(&r->arena, json_get(err, "expected"));
	e.actual = json_as_text(&r->arena, json_get(err, "actual"));
	if (str_eq(e.code, "ERR_MOCHA_TIMEOUT"))
		ev->status = EM_STR("timeout");
	rd_emit(r, &e);
}

/* Where the run starts, repeats are counted anew. */
static void
repeat(struct em_reader *r, struct mocha *m, struct em_event *ev)
{
	begin_run(r, m);
	rd_repeat(r, ev);
}

/* The case in *ev with its outcome; err may be NULL. */
static void
emit_case(struct em_reader *r, struct em_event *ev, int64_t attempt,
    const struct json *err)
{
	struct mocha *m = r->state;
	struct em_event suite;

	em_event_init(&suite, EM_SUITE_START);
	suite.suite = ev->suite;
	suite.location.file = ev->suite;
	suites_start(r, &m->suites, &suite);
	foreign_earlier(r, ev, attempt);
	ev->kind = EM_CASE_START;
	rd_emit(r, ev);
	if (err != NULL)
		emit_error(r, ev, err);
	ev->kind = EM_CASE_COMPLETE;
	rd_emit(r, ev);
	m->failed |= ev->outcome == EM_FAIL;
}

static bool
has_error(const struct json *err)
{
	return err != NULL && (err->child != NULL || json_str(err).n > 0);
}

/* ---- mocha's lists ---- */

static bool
take(struct mocha *m, struct table_key key, enum tally what)
{
	uint64_t *slot = table_get(&m->met, key);
	unsigned shift = 16 * (unsigned)what;

	if (slot == NULL || (*slot >> shift & 0xffff) == 0)
		return false;
	*slot -= UINT64_C(1) << shift;
	return true;
}

static void
put(struct em_reader *r, struct mocha *m, struct table_key key, enum tally what)
{
	uint64_t *slot = table_at(&m->met, key);
	unsigned shift = 16 * (unsigned)what;

	if (slot == NULL)
		r->keep.failed = true;
	else if ((*slot >> shift & 0xffff) < 0xffff)
		*slot += UINT64_C(1) << shift;
}

static void
skip_case(struct em_event *ev)
{
	ev->outcome = EM_SKIP;
	ev->status = ev->duration_ns == EM_UNSET ? EM_STR("ignored")
						 : EM_STR("precondition");
}

static struct em_str
keep_like(struct em_reader *r, struct em_str s, struct em_str last)
{
	return em_str_eq(s, last) ? last : arena_dup(&r->keep, s);
}

static void
wait(struct em_reader *r, struct mocha *m, const struct em_event *ev,
    int64_t attempt)
{
	struct waiting *w = arena_alloc(&r->keep, sizeof(*w)), *last = m->last;

	if (w == NULL)
		return;
	w->file = keep_like(r, ev->suite, last != NULL ? last->file : none);
	w->class_name = keep_like(
	    r, ev->class_name, last != NULL ? last->class_name : none);
	w->name = arena_dup(&r->keep, ev->name);
	w->key = identity(ev);
	w->duration = ev->duration_ns;
	w->iteration = ev->iteration;
	w->attempt = attempt;
	if (last != NULL)
		last->next = w;
	else
		m->first = w;
	m->last = w;
	put(r, m, w->key, WAITING);
}

static void
on_test(void *arg, const struct json *t)
{
	struct em_reader *r = arg;
	struct mocha *m = r->state;
	const struct json *err = json_get(t, "err");
	struct em_event ev;

	m->tests = true;
	identify(t, none, &ev);
	repeat(r, m, &ev);
	if (has_error(err)) {
		ev.outcome = EM_FAIL;
		put(r, m, identity(&ev), FAILED);
	} else if (json_str(json_get(t, "speed")).p != NULL) {
		ev.outcome = EM_PASS;
	} else if (ev.duration_ns == EM_UNSET) {
		skip_case(&ev);
		put(r, m, identity(&ev), SKIPPED);
	} else {
		wait(r, m, &ev, attempts(t));
		return;
	}
	emit_case(r, &ev, attempts(t), has_error(err) ? err : NULL);
}

static void
on_pending(void *arg, const struct json *t)
{
	struct em_reader *r = arg;
	struct mocha *m = r->state;
	struct em_event ev;

	identify(t, none, &ev);
	if (take(m, identity(&ev), SKIPPED))
		return;
	if (take(m, identity(&ev), WAITING)) {
		put(r, m, identity(&ev), PENDING);
		return;
	}
	repeat(r, m, &ev);
	skip_case(&ev);
	emit_case(r, &ev, attempts(t), NULL);
}

/* One that is not among the tests is a hook. */
static void
on_failure(void *arg, const struct json *t)
{
	struct em_reader *r = arg;
	struct mocha *m = r->state;
	struct em_event ev;

	identify(t, none, &ev);
	if (take(m, identity(&ev), FAILED))
		return;
	repeat(r, m, &ev);
	ev.outcome = EM_FAIL;
	if (m->tests)
		ev.status = EM_STR("error");
	emit_case(r, &ev, attempts(t), json_get(t, "err"));
}

static void
on_pass(void *arg, const struct json *t)
{
	struct em_reader *r = arg;
	struct mocha *m = r->state;
	struct em_event ev;

	if (m->tests)
		return;
	identify(t, none, &ev);
	repeat(r, m, &ev);
	ev.outcome = EM_PASS;
	emit_case(r, &ev, attempts(t), NULL);
}

/* ---- mochawesome's suites ---- */

static void
awesome_test(struct em_reader *r, const struct json *t, struct em_str file)
{
	const struct json *err = json_get(t, "err");
	struct em_event ev;

	identify(t, file, &ev);
	if (json_is_true(json_get(t, "fail"))) {
		ev.outcome = EM_FAIL;
		if (json_is_true(json_get(t, "timedOut")))
			ev.status = EM_STR("timeout");
		else if (json_is_true(json_get(t, "isHook")))
			ev.status = EM_STR("error");
	} else if (json_is_true(json_get(t, "isHook"))) {
		return;
	} else if (json_is_true(json_get(t, "pass"))) {
		ev.outcome = EM_PASS;
	} else {
		ev.outcome = EM_SKIP;
		ev.status = json_is_true(json_get(t, "pending"))
		    ? EM_STR("ignored")
		    : EM_STR("cancelled");
	}
	repeat(r, r->state, &ev);
	emit_case(r, &ev, attempts(t), has_error(err) ? err : NULL);
}

static void
awesome_suite(struct em_reader *r, const struct json *suite, unsigned depth)
{
	static const char *const lists[] = { "beforeHooks", "tests",
		"afterHooks" };
	struct em_str file = json_get_str(suite, "fullFile");
	const struct json *v;

	if (depth == NEST_MAX) {
		rd_warn(
		    r, "suites nested deeper than %d are left out", NEST_MAX);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		v = json_get(suite, lists[i]);
		for (v = v != NULL ? v->child : NULL; v != NULL; v = v->next)
			awesome_test(r, v, file);
	}
	v = json_get(suite, "suites");
	for (v = v != NULL ? v->child : NULL; v != NULL; v = v->next)
		awesome_suite(r, v, depth + 1);
}

static void
on_awesome(void *arg, const struct json *v)
{
	awesome_suite(arg, v, 0);
}

/* ---- the document ---- */

static void
begin(struct em_reader *r)
{
	struct mocha *m = r->state;

	m->start = m->duration = m->total = EM_UNSET;
	m->version = none;
	m->begun = m->tests = m->failed = m->stated = false;
	m->first = m->last = NULL;
}

/* False while there are more. */
static bool
flush_waiting(struct em_reader *r, struct mocha *m)
{
	for (unsigned n = 0; n < FLUSH && m->first != NULL; n++) {
		const struct waiting *w = m->first;
		struct em_event ev;

		em_event_init(&ev, EM_CASE_START);
		ev.suite = ev.location.file = w->file;
		ev.class_name = w->class_name;
		ev.name = w->name;
		ev.iteration = w->iteration;
		ev.duration_ns = w->duration;
		ev.outcome = EM_PASS;
		if (take(m, w->key, PENDING))
			skip_case(&ev);
		emit_case(r, &ev, w->attempt, NULL);
		m->first = w->next;
	}
	return m->first == NULL;
}

static bool
end(struct em_reader *r, bool complete)
{
	struct mocha *m = r->state;
	struct em_event ev;

	begin_run(r, m);
	if (!flush_waiting(r, m))
		return false;
	if (!complete)
		return true;
	if (!suites_complete(r, &m->suites))
		return false;
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = m->failed || m->stated ? EM_FAIL : EM_PASS;
	if (!m->failed && m->stated)
		ev.status = EM_STR("error");
	ev.duration_ns = m->duration;
	rd_emit(r, &ev);
	table_free(&m->met);
	return true;
}

static const struct json_want wants[] = {
	{ "stats", on_stats, NULL, NULL },
	{ "tests.*", on_test, NULL, NULL },
	{ "pending.*", on_pending, NULL, NULL },
	{ "failures.*", on_failure, NULL, NULL },
	{ "passes.*", on_pass, NULL, NULL },
	{ "results.*", on_awesome, NULL, NULL },
	{ "meta.mocha.version", on_version, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

static enum em_rc
mocha_open(struct em_reader *r)
{
	struct mocha *m = r->state;

	m->doc.opening.producer = "mocha";
	m->doc.wants = wants;
	m->doc.begin = begin;
	m->doc.end = end;
	return EM_OK;
}

static enum em_rc
mocha_step(struct em_reader *r)
{
	struct mocha *m = r->state;

	return jdoc_step(r, &m->doc);
}

static void
mocha_close(struct em_reader *r)
{
	struct mocha *m = r->state;

	jdoc_close(&m->doc);
	suites_free(&m->suites);
	table_free(&m->met);
}

const struct em_format format_mocha = {
	.info = {
		.name = "mocha",
		.title = "mocha JSON, mochawesome",
		.flags = EM_FMT_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct mocha),
		.open = mocha_open,
		.step = mocha_step,
		.close = mocha_close,
	},
};
