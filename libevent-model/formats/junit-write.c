/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML out, valid against the schema of Jenkins (junit-10.xsd) unless
 * options ask for more.  A suite is written when it completes and forgotten,
 * so what is held is what is open.  Suites are written flat, since they
 * complete before the suites around them.
 */
#include <stdlib.h>

#include "junit.h"

/* ---- options ---- */

/* The place of the option's value among the |-separated names; def without
 * the option.  An error when it is none of them. */
static int
choice(struct em_writer *w, const char *key, const char *names, int def)
{
	const char *value = wr_option(w, key);
	struct em_str rest = em_str(names), name;
	bool more = true;

	if (value == NULL)
		return def;
	for (int i = 0; more; i++) {
		more = str_cut(&rest, '|', &name);
		if (str_eq(name, value))
			return i;
	}
	err_set(&w->err, EM_E_USAGE, 0, "bad value \"%.80s\" of %s, it is %s",
	    value, key, names);
	return def;
}

static void
read_options(struct em_writer *w)
{
	struct junit_writer *jw = w->state;
	const char *max = wr_option(w, "output-max");

	jw->reruns = choice(w, "reruns", "no|yes", true);
	jw->hostname = choice(w, "hostname", "no|yes", true);
	jw->location = choice(w, "location", "no|yes", false);
	jw->skipped = choice(w, "skipped", "none|ignored|run|all", SKIPPED_RUN);
	jw->output = choice(w, "output", "none|failed|all", OUTPUT_ALL);
	jw->stamps = choice(w, "timestamps", "no|suites|all", STAMPS_SUITES);
	jw->props = choice(w, "properties", "no|yes|output", PROPS_NO);
	jw->output_max = EM_UNSET;
	if (max != NULL &&
	    (!str_i64(em_str(max), &jw->output_max) || jw->output_max < 1))
		err_set(&w->err, EM_E_USAGE, 0,
		    "bad value \"%.80s\" of output-max, it is a number of "
		    "bytes from 1",
		    max);
}

enum em_rc
junit_writer_open(struct em_writer *w)
{
	struct junit_writer *jw = w->state;
	unsigned keep = EM_KEEP_MESSAGES | EM_KEEP_ATTACHMENTS;

	read_options(w);
	if (w->err.code != EM_E_NONE)
		return EM_ERR;
	if (jw->output != OUTPUT_NONE)
		keep |= EM_KEEP_OUTPUT;
	if (jw->props != PROPS_NO)
		keep |= EM_KEEP_METRICS | EM_KEEP_DETAILS;
	if (jw->location || jw->stamps == STAMPS_ALL)
		keep |= EM_KEEP_DETAILS;
	arena_init(&jw->scratch, w->keep.cap);
	jw->rs = em_results_new(keep, 0);
	if (jw->rs == NULL)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return EM_OK;
}

void
junit_writer_close(struct em_writer *w)
{
	struct junit_writer *jw = w->state;

	em_results_free(jw->rs);
	table_free(&jw->parents);
	table_free(&jw->counted);
	arena_free(&jw->scratch);
}

/* ---- attributes ---- */

static void
attr_count(struct em_out *out, struct em_str name, int64_t n)
{
	em_out_write(out, name);
	out_i64(out, n);
	out_byte(out, '"');
}

/* Seconds with the decimals that it takes, 3, 6 or 9. */
static void
attr_seconds(struct em_out *out, int64_t ns)
{
	if (ns == EM_UNSET)
		return;
	PUT(out, " time=\"");
	out_seconds(out, ns, ns % 1000000 == 0 ? 3 : ns % 1000 == 0 ? 6 : 9);
	out_byte(out, '"');
}

static void
attr_time(struct em_out *out, int64_t ns)
{
	if (ns == EM_UNSET)
		return;
	PUT(out, " timestamp=\"");
	out_time(out, ns, -1);
	out_byte(out, '"');
}

/* ---- cases ---- */

/* What a case is in the counts of its suite. */
enum what { LEFT_OUT, PASSED, FAILURE, ERROR, SKIPPED };

/* The attempt that the testcase itself tells of: the first that failed, as
 * Surefire and nextest have it, unless the case came out well after all. */
static const struct em_attempt *
main_attempt(const struct junit_writer *jw, const struct em_case *c)
{
	const struct em_attempt *a = c->last;

	if (jw->reruns && c->outcome == EM_FAIL)
		for (a = c->attempts; a->outcome != EM_FAIL;)
			a = a->next;
	return a;
}

static enum what
what_is(const struct junit_writer *jw, const struct em_case *c)
{
	int from; /* the choice of skipped= from which on it is written */

	switch (c->outcome) {
	case EM_PASS:
		return PASSED;
	case EM_FAIL:
		return junit_is_error(main_attempt(jw, c)) ? ERROR : FAILURE;
	case EM_SKIP:
		from = SKIPPED_RUN;
		break;
	default:
		from = SKIPPED_ALL;
		break;
	}
	return jw->skipped >= from ||
		(jw->skipped == SKIPPED_IGNORED &&
		    str_eq(c->last->end->status, "ignored"))
	    ? SKIPPED
	    : LEFT_OUT;
}

static void
put_problem(struct em_out *out, const char *tag, const struct junit_problem *p)
{
	out_byte(out, '<');
	em_out_puts(out, tag);
	junit_attr(out, EM_STR(" type=\""), p->type);
	junit_attr(out, EM_STR(" message=\""), p->message);
	if (p->text.n == 0) {
		PUT(out, "/>\n");
		return;
	}
	out_byte(out, '>');
	out_xml_text(out, p->text);
	PUT(out, "</");
	em_out_puts(out, tag);
	PUT(out, ">\n");
}

static bool
is_error_message(const struct em_item *i)
{
	return i->kind == EM_CASE_MESSAGE &&
	    str_eq(i->u.message->kind, "error");
}

/* An element for each thing that went wrong, and one if nothing is said. */
static void
put_failures(struct em_writer *w, const struct em_attempt *a)
{
	const char *tag = junit_is_error(a) ? "error" : "failure";
	struct junit_problem p;
	bool any = false;

	for (const struct em_item *i = a->items; i != NULL; i = i->next)
		if (is_error_message(i)) {
			p = junit_problem(w, a, i->u.message);
			put_problem(w->out, tag, &p);
			any = true;
		}
	if (any)
		return;
	p = junit_problem(w, a, NULL);
	put_problem(w->out, tag, &p);
}

/* The first message that says something about a skip. */
static void
put_skipped(struct em_writer *w, const struct em_attempt *a)
{
	const struct em_message *m = NULL;
	struct junit_problem p;

	for (const struct em_item *i = a->items; i != NULL && m == NULL;
	     i = i->next)
		if (i->kind == EM_CASE_MESSAGE)
			m = i->u.message;
	p = junit_problem(w, a, m);
	if (a->number == 0 && p.message.p == NULL)
		p.message = EM_STR("not run");
	put_problem(w->out, "skipped", &p);
}

/* An attempt besides the one that the testcase tells of. */
static void
put_rerun(struct em_writer *w, const char *how, const struct em_attempt *a)
{
	const struct junit_writer *jw = w->state;
	const struct em_message *m = NULL;
	bool error = junit_is_error(a);
	struct junit_problem p;

	for (const struct em_item *i = a->items; i != NULL; i = i->next) {
		if (!is_error_message(i))
			continue;
		if (m != NULL)
			wr_lost(w, "further failures of an attempt");
		else
			m = i->u.message;
	}
	p = junit_problem(w, a, m);
	if (p.type.p == NULL)
		p.type = error ? EM_STR("error") : EM_STR("failure");
	em_out_printf(w->out, "<%s%s", how, error ? "Error" : "Failure");
	if (jw->stamps == STAMPS_ALL) {
		attr_time(w->out, em_attempt_start(a)->time_ns);
		attr_seconds(w->out, a->duration_ns);
	} else if (a->duration_ns != EM_UNSET) {
		wr_lost(w, "durations of attempts that were repeated");
	}
	junit_attr(w->out, EM_STR(" type=\""), p.type);
	junit_attr(w->out, EM_STR(" message=\""), p.message);
	PUT(w->out, ">");
	if (p.text.n > 0) {
		PUT(w->out, "<stackTrace>");
		out_xml_text(w->out, p.text);
		PUT(w->out, "</stackTrace>\n");
	}
	junit_output(w, a->items, (struct em_pairs){ NULL, 0 },
	    jw->output != OUTPUT_NONE);
	em_out_printf(w->out, "</%s%s>\n", how, error ? "Error" : "Failure");
}

static void
put_reruns(
    struct em_writer *w, const struct em_case *c, const struct em_attempt *told)
{
	const struct junit_writer *jw = w->state;
	const char *how = c->outcome == EM_FAIL ? "rerun" : "flaky";

	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next) {
		if (a == told)
			continue;
		if (!jw->reruns)
			wr_lost(w, "attempts but the last");
		else if (a->outcome == EM_FAIL)
			put_rerun(w, how, a);
		else
			wr_lost(w, "attempts that did not fail");
	}
}

/* What is left of the case that JUnit has no place for. */
static void
count_losses(struct em_writer *w, const struct em_case *c,
    const struct em_attempt *a, enum what what)
{
	const struct junit_writer *jw = w->state;

	if (c->details->variant.p != NULL && jw->props == PROPS_NO)
		wr_lost(w, "variants as such: they stand behind the name");
	for (const struct em_item *i = a->items; i != NULL; i = i->next) {
		if (i->kind == EM_CASE_MESSAGE && !is_error_message(i) &&
		    what != SKIPPED)
			wr_lost(w, "warnings and notes");
		if (i->kind == EM_CASE_MESSAGE && is_error_message(i) &&
		    what == PASSED)
			wr_lost(w, "errors of cases that passed");
		if (i->kind == EM_CASE_ATTACHMENT &&
		    i->u.attachment->data.p != NULL && jw->props == PROPS_NO)
			wr_lost(w, "attachments with their data");
		if (i->kind == EM_CASE_OUTPUT &&
		    !str_eq(i->u.output->stream, "stdout") &&
		    !str_eq(i->u.output->stream, "stderr"))
			wr_lost(w, "streams besides stdout and stderr");
		if (i->kind == EM_CASE_OUTPUT && what == PASSED &&
		    jw->output == OUTPUT_FAILED)
			wr_lost(w, "output of cases that did not fail");
	}
	if (jw->props == PROPS_NO &&
	    (a->end->signal != EM_UNSET ||
		(a->end->exit_code != EM_UNSET && what == PASSED)))
		wr_lost(w, "exit codes and signals");
	if (what == PASSED && jw->props == PROPS_NO) {
		if (a->end->status.p != NULL)
			wr_lost(w, "statuses of cases that passed");
		if (a->end->reason.p != NULL)
			wr_lost(w, "reasons of cases that passed");
	}
}

/* The name; a variant is part of the identity, so it stands behind it. */
static void
put_names(struct em_writer *w, const struct em_case *c)
{
	const struct em_str class_name =
	    c->class_name.p != NULL ? c->class_name : c->suite->name;

	PUT(w->out, "<testcase name=\"");
	out_xml_attr(w->out, c->name);
	if (c->details->variant.p != NULL) {
		PUT(w->out, " [");
		out_xml_attr(w->out, c->details->variant);
		PUT(w->out, "]");
	}
	if (class_name.p != NULL) {
		PUT(w->out, "\" classname=\"");
		out_xml_attr(w->out, class_name);
	}
	out_byte(w->out, '"');
}

static void
put_location(struct em_writer *w, const struct em_location *l)
{
	junit_attr(w->out, EM_STR(" file=\""), l->file);
	if (l->line != EM_UNSET)
		attr_count(w->out, EM_STR(" line=\""), l->line);
}

static void
put_case(struct em_writer *w, const struct em_case *c, enum what what)
{
	struct junit_writer *jw = w->state;
	const struct em_attempt *a = main_attempt(jw, c);
	struct em_pairs props = { NULL, 0 };
	bool texts = jw->output == OUTPUT_ALL ||
	    (jw->output == OUTPUT_FAILED && c->outcome == EM_FAIL);

	put_names(w, c);
	attr_seconds(w->out, a->duration_ns);
	if (jw->stamps == STAMPS_ALL)
		attr_time(w->out, em_attempt_start(a)->time_ns);
	if (jw->location)
		put_location(w, &c->details->location);
	if (jw->props != PROPS_NO)
		props = junit_case_properties(w, c);
	count_losses(w, c, a, what);
	if (what == PASSED && a->items == NULL && c->attempt_count == 1 &&
	    props.n == 0) {
		PUT(w->out, "/>\n");
		return;
	}
	PUT(w->out, ">\n");
	if (jw->props == PROPS_YES) {
		junit_properties(w, props);
		props.n = 0;
	}
	if (what == FAILURE || what == ERROR)
		put_failures(w, a);
	if (c->attempt_count > 1)
		put_reruns(w, c, a);
	if (what == SKIPPED)
		put_skipped(w, a);
	junit_output(w, a->items, props, texts);
	PUT(w->out, "</testcase>\n");
	arena_reset(&jw->scratch);
}

/* ---- suites ---- */

/* Absent when there is none. */
static struct em_str
property(struct em_pairs list, const char *key)
{
	for (size_t i = 0; i < list.n; i++)
		if (str_eq(list.v[i].key, key) && !list.v[i].json)
			return list.v[i].value;
	return (struct em_str){ NULL, 0 };
}

static void
open_root(struct em_writer *w)
{
	struct junit_writer *jw = w->state;
	struct em_str name = em_str(wr_option(w, "name"));
	const struct em_run *run;

	if (jw->opened)
		return;
	jw->opened = true;
	run = em_results_runs(jw->rs);
	if (name.p == NULL && run != NULL)
		name = property(run->properties, "name");
	PUT(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	junit_attr(w->out, EM_STR(" name=\""), name);
	PUT(w->out, ">\n");
}

/* An error that belongs to no case, told as Surefire does: as one of a case
 * without a name. */
static void
put_nameless(struct em_writer *w, struct em_str class_name,
    const struct junit_problem *p)
{
	struct junit_writer *jw = w->state;

	PUT(w->out, "<testcase name=\"\"");
	junit_attr(w->out, EM_STR(" classname=\""), class_name);
	PUT(w->out, ">\n");
	put_problem(w->out, "error", p);
	PUT(w->out, "</testcase>\n");
	jw->problems++;
}

struct tally {
	int64_t of[SKIPPED + 1];
};

static void
open_suite(struct em_writer *w, const struct em_suite *s, const struct tally *t)
{
	const struct junit_writer *jw = w->state;
	int64_t tests = 0;

	for (size_t i = PASSED; i <= SKIPPED; i++)
		tests += t->of[i];
	open_root(w);
	PUT(w->out, "<testsuite");
	junit_attr(w->out, EM_STR(" name=\""),
	    s->name.p != NULL ? s->name : EM_STR(""));
	attr_count(w->out, EM_STR(" tests=\""), tests);
	attr_count(w->out, EM_STR(" failures=\""), t->of[FAILURE]);
	attr_count(w->out, EM_STR(" errors=\""), t->of[ERROR]);
	attr_count(w->out, EM_STR(" skipped=\""), t->of[SKIPPED]);
	/* The schema allows no more than three decimals here. */
	PUT(w->out, " time=\"");
	out_seconds(w->out,
	    s->duration_ns != EM_UNSET ? s->duration_ns : s->summed_ns, 3);
	PUT(w->out, "\"");
	if (jw->stamps != STAMPS_NO)
		attr_time(w->out, s->time_ns);
	if (jw->hostname)
		junit_attr(w->out, EM_STR(" hostname=\""), s->run->host);
	junit_attr(w->out, EM_STR(" file=\""), s->location.file);
	PUT(w->out, ">\n");
}

/* True when all that is known of it is that others lie in it. */
static bool
only_contains(struct junit_writer *jw, const struct em_suite *s)
{
	return s->cases == NULL && s->outcome != EM_FAIL &&
	    s->properties.n == 0 && s->logs == NULL &&
	    table_get(&jw->parents, table_key(&s->name, 1, 0)) != NULL;
}

static void
put_suite(struct em_writer *w, const struct em_suite *s)
{
	struct junit_writer *jw = w->state;
	bool failed = s->outcome == EM_FAIL;
	struct tally t = { { 0 } };

	if (s->parent.p != NULL) {
		wr_lost(w, "suites around suites");
		table_at(&jw->parents, table_key(&s->parent, 1, 0));
	}
	if (only_contains(jw, s))
		return;
	for (const struct em_case *c = s->cases; c != NULL; c = c->next)
		t.of[what_is(jw, c)]++;
	jw->problems += (uint64_t)(t.of[FAILURE] + t.of[ERROR]);
	t.of[ERROR] += failed;
	open_suite(w, s, &t);
	junit_properties(w, s->properties);
	for (const struct em_case *c = s->cases; c != NULL; c = c->next) {
		enum what what = what_is(jw, c);

		if (what != LEFT_OUT)
			put_case(w, c, what);
		else if (c->outcome == EM_SKIP)
			wr_lost(w, "skipped cases");
		else
			wr_lost(w, "cases that were not run");
	}
	if (failed) {
		const struct junit_problem p = { .type = s->status,
			.message = s->reason };

		put_nameless(w, s->name, &p);
	}
	junit_output(w, s->logs, (struct em_pairs){ NULL, 0 },
	    jw->output != OUTPUT_NONE);
	PUT(w->out, "</testsuite>\n");
	arena_reset(&jw->scratch);
}

static void
put_all(struct em_writer *w)
{
	struct junit_writer *jw = w->state;
	const struct em_run *run = em_results_runs(jw->rs);
	const struct em_suite *s, *next;

	for (; run != NULL; run = run->next)
		for (s = run->suites; s != NULL; s = next) {
			next = s->next;
			put_suite(w, s);
			em_results_drop(jw->rs, s);
		}
}

/* ---- events ---- */

static void
count_run(struct em_writer *w, const struct em_event *ev)
{
	bool named = property(ev->properties, "name").p != NULL;

	if (ev->run.p != NULL)
		wr_lost(w, "names of runs");
	if (ev->properties.n > named || ev->env.n > 0)
		wr_lost(w, "properties of runs");
	if (ev->command.n > 0 || ev->cwd.p != NULL || ev->seed.p != NULL)
		wr_lost(w, "command lines, directories and seeds");
}

/* What there is no place for, as bits: discovery and each attempt may say it
 * again of the same case. */
enum { TAGS = 1, PROPERTIES = 2, MODE = 4, LOCATION = 8 };

static unsigned
said_by(const struct junit_writer *jw, const struct em_event *ev)
{
	unsigned said = 0;

	if (ev->tags.n > 0)
		said |= TAGS;
	if (ev->properties.n > 0)
		said |= PROPERTIES;
	if (ev->mode.p != NULL)
		said |= MODE;
	if (!jw->location && ev->location.file.p != NULL)
		said |= LOCATION;
	return said;
}

/* Of what is said those that were not counted of this case before. */
static unsigned
count_once(struct em_writer *w, const struct em_event *ev, unsigned said)
{
	struct junit_writer *jw = w->state;
	const struct em_str id[] = { ev->run, ev->suite, ev->class_name,
		ev->name, ev->variant };
	uint64_t iteration =
	    ev->iteration == EM_UNSET ? 1 : (uint64_t)ev->iteration;
	uint64_t *slot;

	slot = table_at(&jw->counted, table_key(id, ARRAY_LEN(id), iteration));
	if (slot == NULL) {
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
		return 0;
	}
	said &= ~(unsigned)*slot;
	*slot |= said;
	return said;
}

static void
count_case(struct em_writer *w, const struct em_event *ev)
{
	unsigned said = said_by(w->state, ev);

	if (ev->worker.p != NULL)
		wr_lost(w, "workers");
	if (ev->kind == EM_CASE_METRIC)
		wr_lost(w, "metrics");
	if (said == 0)
		return;
	said = count_once(w, ev, said);
	if (said & TAGS)
		wr_lost(w, "tags");
	if (said & PROPERTIES)
		wr_lost(w, "properties of cases");
	if (said & MODE)
		wr_lost(w, "modes");
	if (said & LOCATION)
		wr_lost(w, "locations");
}

static void
count_event(struct em_writer *w, const struct em_event *ev)
{
	const struct junit_writer *jw = w->state;

	if (ev->extra.n > 0)
		wr_lost(w, "unknown members");
	switch (ev->kind) {
	case EM_UNKNOWN:
		wr_lost(w, "unknown events");
		break;
	case EM_RUN_START:
		count_run(w, ev);
		break;
	case EM_SUITE_START:
		if (ev->title.p != NULL && !em_str_eq(ev->title, ev->suite))
			wr_lost(w, "titles of suites");
		break;
	case EM_DISCOVER_CASE:
	case EM_CASE_START:
	case EM_CASE_METRIC:
	case EM_CASE_COMPLETE:
		if (jw->props == PROPS_NO)
			count_case(w, ev);
		break;
	default:
		break;
	}
}

enum em_rc
junit_writer_event(struct em_writer *w, const struct em_event *ev)
{
	struct junit_writer *jw = w->state;
	const struct em_suite *s;

	count_event(w, ev);
	if (ev->kind == EM_LOG && ev->suite.p == NULL) {
		wr_lost(w, "log lines outside of suites");
		return EM_OK;
	}
	if (em_results_event(jw->rs, ev) != EM_OK) {
		w->err = *em_results_error(jw->rs);
		return EM_ERR;
	}
	if (ev->kind == EM_SUITE_COMPLETE) {
		s = em_results_suite(jw->rs, ev);
		if (s != NULL) {
			put_suite(w, s);
			em_results_drop(jw->rs, s);
		}
	}
	return EM_OK;
}

/* A run that failed or was cut, with nothing in the document that says so. */
static void
put_run_problem(struct em_writer *w, enum em_verdict verdict)
{
	struct junit_writer *jw = w->state;
	struct em_suite s = { .duration_ns = 0 };
	struct junit_problem p = { .type = EM_STR("incomplete"),
		.message = EM_STR("the run has no end") };
	struct tally t = { { 0 } };
	const struct em_run *r = em_results_runs(jw->rs);

	if (verdict == EM_V_FAIL) {
		p.type = r->status;
		p.message = r->cancel_reason.p != NULL
		    ? r->cancel_reason
		    : EM_STR("the run failed");
	}
	s.run = r;
	s.name = r->producer_name;
	s.time_ns = EM_UNSET;
	t.of[ERROR] = 1;
	open_suite(w, &s, &t);
	put_nameless(w, s.name, &p);
	PUT(w->out, "</testsuite>\n");
}

enum em_rc
junit_writer_finish(struct em_writer *w)
{
	struct junit_writer *jw = w->state;
	enum em_verdict verdict = em_results_verdict(jw->rs);

	put_all(w);
	if (jw->problems == 0 && em_results_runs(jw->rs) != NULL &&
	    (verdict == EM_V_FAIL || verdict == EM_V_TRUNCATED))
		put_run_problem(w, verdict);
	open_root(w);
	PUT(w->out, "</testsuites>\n");
	return wr_status(w);
}
