/* SPDX-License-Identifier: MIT */
/* JUnit XML in: how a case came out, and the attempts it had. */
#include <string.h>

#include "junit.h"
#include "junit-reader.h"

static const struct em_str absent;

/* A text that is the name of a status: its own word, and those of others. */
struct word {
	const char *word;
	enum em_outcome outcome;
	const char *status;
};

static const struct word *
find_word(const struct word *w, struct em_str s)
{
	for (; w->word != NULL; w++)
		if (str_eq(s, w->word))
			return w;
	return NULL;
}

/* ---- outcomes ---- */

#define NOT_RUN "notrun"

/* What status= and result= say where no element says more. */
static const struct word words_of_attributes[] = {
	{ NOT_RUN, EM_SKIP, "ignored" },
	{ "disabled", EM_SKIP, "ignored" },
	{ "ignored", EM_SKIP, "ignored" },
	{ "suppressed", EM_SKIP, "ignored" },
	{ "skipped", EM_SKIP, NULL },
	{ "skip", EM_SKIP, NULL },
	{ "xfail", EM_SKIP, "xfail" },
	{ "bfail", EM_SKIP, "xfail" }, /* Qt: on the list of known failures */
	{ "failed", EM_FAIL, NULL },
	{ "failure", EM_FAIL, NULL },
	{ "fail", EM_FAIL, NULL },
	{ "error", EM_FAIL, "error" },
	{ "errored", EM_FAIL, "error" },
	{ "run", EM_NONE, NULL },
	{ "completed", EM_NONE, NULL },
	{ "success", EM_NONE, NULL },
	{ "passed", EM_NONE, NULL },
	{ "pass", EM_NONE, NULL },
	{ "ok", EM_NONE, NULL },
	{ NULL, EM_NONE, NULL },
};

/* type= of <skipped>. */
static const struct word words_of_skips[] = {
	{ "pytest.xfail", EM_SKIP, "xfail" },
	{ "xfail", EM_SKIP, "xfail" },
	{ "XFAIL", EM_SKIP, "xfail" },
	{ "todo", EM_SKIP, "todo" },
	{ "ignored", EM_SKIP, "ignored" },
	{ "filtered", EM_SKIP, "filtered" },
	{ "precondition", EM_SKIP, "precondition" },
	{ "cancelled", EM_SKIP, "cancelled" },
	{ "already-passed", EM_SKIP, "already-passed" },
	{ "pytest.skip", EM_SKIP, NULL },
	{ "skipped", EM_SKIP, NULL },
	{ "Skipped", EM_SKIP, NULL },
	{ "skip", EM_SKIP, NULL },
	{ "SKIP", EM_SKIP, NULL },
	{ NULL, EM_NONE, NULL },
};

/* type= of <failure> and <error>, where it is no class of exceptions. */
static const struct word words_of_failures[] = {
	{ "test timeout", EM_FAIL, "timeout" },
	{ "test abort", EM_FAIL, "abort" },
	{ "timeout", EM_FAIL, "timeout" },
	{ "crash", EM_FAIL, "crash" },
	{ "abort", EM_FAIL, "abort" },
	{ "leak", EM_FAIL, "leak" },
	{ "xpass", EM_FAIL, "xpass" },
	{ NULL, EM_NONE, NULL },
};
static const struct word words_of_errors[] = {
	{ "execution failure", EM_FAIL, "exec-fail" },
	{ "exec-fail", EM_FAIL, "exec-fail" },
	{ "incomplete", EM_FAIL, "incomplete" },
	{ "build", EM_FAIL, "build" },
	{ NULL, EM_NONE, NULL },
};

bool
junit_case_status(struct junit_case *c, struct em_str value)
{
	char lower[16];
	const struct word *w;
	size_t i;

	if (value.n >= sizeof(lower))
		return false;
	for (i = 0; i < value.n; i++)
		lower[i] = value.p[i] >= 'A' && value.p[i] <= 'Z'
		    ? (char)(value.p[i] - 'A' + 'a')
		    : value.p[i];
	w = find_word(words_of_attributes, (struct em_str){ lower, value.n });
	if (w == NULL)
		return false;
	if (w->outcome != EM_NONE) {
		c->outcome = w->outcome;
		c->stated = em_str(w->status);
	}
	c->not_run = str_eq(em_str(w->word), NOT_RUN);
	return true;
}

static bool
is_blank(struct em_str s)
{
	return str_trim(s).n == 0;
}

/* Absent when there is nothing in it. */
static struct em_str
said(struct em_str s)
{
	return s.n > 0 ? s : absent;
}

/* How an attempt came out, by the elements that tell of it. */
struct verdict {
	enum em_outcome outcome;
	struct em_str status, reason;
	int64_t exit_code;
};

/* "test failure with exit code 101", as nextest has it. */
static bool
exit_code_of(struct em_str type, int64_t *code)
{
	static const char words[] = "test failure with exit code ";

	return str_starts(type, words) &&
	    str_i64(str_from(type, strlen(words)), code);
}

/* Takes from the type what is a status; the type is absent then. */
static void
status_of(struct junit_result *x, struct verdict *v)
{
	const struct word *w = NULL;

	switch (x->tag) {
	case TAG_SKIPPED:
		w = find_word(words_of_skips, x->type);
		break;
	case TAG_ERROR:
	case TAG_FLAKY_ERROR:
	case TAG_RERUN_ERROR:
		v->status = EM_STR("error");
		w = find_word(words_of_errors, x->type);
		break;
	default:
		w = find_word(words_of_failures, x->type);
		break;
	}
	if (w != NULL && w->status != NULL)
		v->status = em_str(w->status);
	if (w != NULL || exit_code_of(x->type, &v->exit_code))
		x->type = absent;
}

/* Makes a message of what the element says besides; false when nothing. */
static bool
message_of(const struct junit_result *x, struct em_event *ev)
{
	ev->type = said(x->type);
	ev->message = said(x->message);
	ev->location = x->location;
	if (!is_blank(x->text) && !em_str_eq(x->text, x->message))
		ev->detail = x->text;
	ev->message_kind = x->tag == TAG_SKIPPED ? EM_STR("ignored")
	    : x->tag == TAG_WARNING              ? EM_STR("warning")
						 : EM_STR("error");
	return ev->type.p != NULL || ev->message.p != NULL ||
	    ev->detail.p != NULL || ev->location.file.p != NULL;
}

/* ---- attempts ---- */

static void
queue_texts(struct junit_queued *q, struct arena *a, const struct junit_text *t)
{
	struct em_event *ev;

	for (; t != NULL; t = t->next) {
		if (t->text.n == 0 ||
		    (ev = junit_queue_inner(q, a, EM_CASE_OUTPUT)) == NULL)
			continue;
		ev->stream = t->err ? EM_STR("stderr") : EM_STR("stdout");
		ev->text = t->text;
	}
}

static void
queue_message(
    struct junit_queued *q, struct arena *a, const struct junit_result *x)
{
	struct em_event said_by, *ev;

	em_event_init(&said_by, EM_CASE_MESSAGE);
	if (!message_of(x, &said_by))
		return;
	ev = junit_queue_inner(q, a, EM_CASE_MESSAGE);
	if (ev != NULL)
		*ev = said_by;
}

/* Why a case was skipped is its reason, and no message of its own. */
static void
skip_reason(struct junit_result *x, struct verdict *v)
{
	v->reason = said(str_trim(x->message));
	x->message = absent;
	if (v->reason.p == NULL && !is_blank(x->text)) {
		v->reason = str_trim(x->text);
		x->text = absent;
	}
	if (em_str_eq(str_trim(x->text), v->reason))
		x->text = absent;
}

static struct junit_queued *
queue_attempt(struct em_reader *r, const struct junit_case *c, int64_t attempt,
    const struct verdict *v)
{
	struct junit_queued *q = junit_queue(r, c->arena);

	if (q == NULL)
		return NULL;
	q->c = c;
	q->attempt = attempt;
	q->outcome = v->outcome;
	q->status = v->status;
	q->reason = v->reason;
	q->exit_code = v->exit_code;
	q->signal = EM_UNSET;
	return q;
}

/* An attempt that is told of besides the testcase itself. */
static void
queue_rerun(struct em_reader *r, struct junit_case *c, struct junit_result *x,
    int64_t attempt)
{
	struct verdict v = { .outcome = EM_FAIL, .exit_code = EM_UNSET };
	struct junit_queued *q;

	status_of(x, &v);
	q = queue_attempt(r, c, attempt, &v);
	if (q == NULL)
		return;
	q->time_ns = x->time_ns;
	q->duration_ns = x->duration_ns;
	queue_texts(q, c->arena, x->texts);
	queue_message(q, c->arena, x);
}

static bool
is_flaky(enum junit_tag tag)
{
	return tag == TAG_FLAKY_FAILURE || tag == TAG_FLAKY_ERROR;
}

static bool
is_rerun(enum junit_tag tag)
{
	return tag == TAG_RERUN_FAILURE || tag == TAG_RERUN_ERROR;
}

static int
weight(enum junit_tag tag)
{
	return tag == TAG_ERROR  ? 3
	    : tag == TAG_FAILURE ? 2
	    : tag == TAG_SKIPPED ? 1
				 : 0;
}

/* CTest says of what it could not run that it was skipped, and counts it among
 * the failures; what was skipped indeed has a reason that says how. */
static bool
could_not_run(const struct junit_case *c, struct em_str reason)
{
	return c->not_run && reason.n > 0 && !str_starts(reason, "SKIP_") &&
	    !str_eq(reason, "Disabled");
}

/* node tells of a test that is to do how it failed, which is no failure. */
static bool
is_todo(const struct junit_case *c)
{
	for (const struct junit_result *x = c->results; x != NULL; x = x->next)
		if (x->tag == TAG_SKIPPED && str_eq(x->type, "todo"))
			return true;
	return false;
}

/* What is said besides worst has no type either if that is the status. */
static void
drop_types(struct junit_case *c, const struct junit_result *worst,
    struct em_str status)
{
	for (struct junit_result *x = c->results; x != NULL; x = x->next) {
		struct verdict same = { .status = absent };
		struct em_str type = x->type;

		if (x == worst || x->tag != worst->tag)
			continue;
		status_of(x, &same);
		if (!em_str_eq(same.status, status))
			x->type = type;
	}
}

/* The worst that is said decides: error, failure, skipped, the attribute;
 * but of what is to do nothing else does. */
static struct verdict
verdict_of(struct junit_case *c)
{
	const struct junit_extra *extra = junit_extra(c);
	struct verdict v = { c->outcome, c->stated, absent, extra->exit_code };
	struct junit_result *worst = NULL;
	bool todo = is_todo(c);

	for (struct junit_result *x = c->results; x != NULL; x = x->next)
		if (weight(x->tag) > (worst != NULL ? weight(worst->tag) : 0) &&
		    (!todo || x->tag == TAG_SKIPPED))
			worst = x;
	if (worst != NULL) {
		v.outcome = worst->tag == TAG_SKIPPED ? EM_SKIP : EM_FAIL;
		v.status = absent;
		status_of(worst, &v);
		if (worst->tag == TAG_SKIPPED)
			skip_reason(worst, &v);
		if (worst->tag == TAG_SKIPPED && could_not_run(c, v.reason)) {
			v.outcome = EM_FAIL;
			v.status = EM_STR("exec-fail");
		}
	}
	if (v.outcome == EM_NONE)
		v.outcome = EM_PASS;
	if (extra->status.p != NULL)
		v.status = extra->status;
	if (worst != NULL)
		drop_types(c, worst, v.status);
	return v;
}

static void
queue_files(struct junit_queued *q, struct arena *a, const struct junit_file *f)
{
	struct em_event *ev;

	for (; f != NULL; f = f->next) {
		ev = junit_queue_inner(q, a, EM_CASE_ATTACHMENT);
		if (ev == NULL)
			return;
		ev->title = f->file.title;
		ev->media_type = f->file.media_type;
		ev->path = f->file.path;
		ev->url = f->file.url;
		ev->data = f->file.data;
	}
}

static void
queue_metrics(
    struct junit_queued *q, struct arena *a, const struct junit_metric *m)
{
	struct em_event *ev;

	for (; m != NULL; m = m->next) {
		ev = junit_queue_inner(q, a, EM_CASE_METRIC);
		if (ev == NULL)
			return;
		ev->metric = m->metric.metric;
		ev->value = m->metric.value;
		ev->unit = m->metric.unit;
	}
}

/* The attempt that the testcase itself tells of. */
static void
queue_main(struct em_reader *r, struct junit_case *c, int64_t attempt,
    const struct verdict *v)
{
	const struct junit_extra *extra = junit_extra(c);
	struct junit_queued *q = queue_attempt(r, c, attempt, v);

	if (q == NULL)
		return;
	q->time_ns = c->time_ns;
	q->duration_ns = c->duration_ns;
	q->signal = extra->signal;
	if (extra->properties != NULL)
		q->properties = rep_properties(extra->properties);
	queue_texts(q, c->arena, c->texts);
	for (const struct junit_result *x = c->results; x != NULL; x = x->next)
		if (!is_flaky(x->tag) && !is_rerun(x->tag))
			queue_message(q, c->arena, x);
	queue_metrics(q, c->arena, extra->metrics);
	queue_files(q, c->arena, extra->files);
}

/* The writer puts the variant behind the name, too. */
static void
split_variant(struct em_str *name, struct em_str variant)
{
	size_t n = variant.n;
	struct em_str rest;

	if (variant.p == NULL || !str_ends(*name, "]") || name->n < n + 3)
		return;
	rest = str_from(*name, name->n - n - 3);
	if (str_starts(rest, " [") &&
	    em_str_eq(str_upto(str_from(rest, 2), n), variant))
		name->n -= n + 3;
}

/* Settles which of the cases of the same name this is; the number of
 * attempts that came before. */
static int64_t
settle_identity(struct em_reader *r, struct junit_case *c)
{
	struct junit *j = r->state;
	struct em_event *id = &j->start;

	split_variant(&c->name, junit_extra(c)->variant);
	id->suite = c->suite;
	id->class_name = c->class_name;
	id->name = c->name;
	id->variant = junit_extra(c)->variant;
	id->iteration = c->iteration;
	id->attempt = EM_UNSET;
	rd_repeat(r, id);
	c->iteration = id->iteration;
	return id->attempt == EM_UNSET ? 0 : id->attempt - 1;
}

/* Queues the attempts of one kind that are told of besides. */
static int64_t
queue_reruns(struct em_reader *r, struct junit_case *c, int64_t n,
    bool (*is)(enum junit_tag tag))
{
	for (struct junit_result *x = c->results; x != NULL; x = x->next)
		if (is(x->tag))
			queue_rerun(r, c, x, ++n);
	return n;
}

/* A parent is named within one suite and class alone. */
static bool
is_parent(const struct junit_case *outer, const struct junit_case *c)
{
	return outer != NULL && em_str_eq(outer->suite, c->suite) &&
	    em_str_eq(outer->class_name, c->class_name);
}

void
junit_end_case(struct em_reader *r, struct junit_case *c, bool complete)
{
	struct junit *j = r->state;
	struct verdict v = verdict_of(c);
	bool failed = v.outcome == EM_FAIL, nested = is_parent(c->outer, c);
	int64_t n = settle_identity(r, c);

	if (nested && junit_extra(c)->parent.p == NULL &&
	    junit_add_extra(c) != NULL)
		c->extra->parent = c->outer->name;
	/* Surefire and nextest: the testcase tells of the last attempt when
	 * that came out well, else of the first. */
	n = queue_reruns(r, c, n, is_flaky);
	if (!failed)
		n = queue_reruns(r, c, n, is_rerun);
	n++;
	if (!complete)
		v.outcome = EM_NONE;
	queue_main(r, c, n == 1 ? EM_UNSET : n, &v);
	if (failed)
		n = queue_reruns(r, c, n, is_rerun);
	if (failed || !complete || n > 1) {
		j->start.attempt = n;
		j->start.iteration = c->iteration;
		failing_attempt(&j->failing, &j->start, failed || !complete);
	}
}
