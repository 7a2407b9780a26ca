/* SPDX-License-Identifier: MIT */
/* The JSON of googletest (--gtest_output=json), also of --gtest_list_tests. */
#include <string.h>

#include "jsondoc.h"
#include "report.h"

struct gtest {
	struct jdoc doc;
	struct report report;
	struct em_event suite; /* its suite_start; strings in the reader's */
	int64_t suite_duration;
	bool decided; /* listing or not */
};

static const struct em_str none;

/* "0.012s" */
static int64_t
seconds(const struct json *v)
{
	struct em_str s = json_str(v);
	int64_t ns;

	if (str_ends(s, "s"))
		s.n--;
	return str_ns(s, 9, &ns) ? ns : EM_UNSET;
}

/* The epoch is what did not run has. */
static int64_t
time_of(const struct json *v)
{
	int64_t ns;

	return str_time(json_str(v), &ns) && ns > 0 ? ns : EM_UNSET;
}

/* ---- tests ---- */

/*
 * Text starts with the place: "file:line", or the file alone when it is
 * "unknown file".
 */
static void
split_failure(struct em_str text, struct em_message *m)
{
	struct em_str line, rest = text, file;
	size_t n;

	m->message = text;
	str_cut(&rest, '\n', &line);
	for (n = line.n; n > 0 && line.p[n - 1] != ':'; n--)
		;
	if (str_eq(line, "unknown file")) {
		m->message = rest;
		return;
	}
	if (n < 2 || !str_i64(str_from(line, n), &m->location.line) ||
	    m->location.line < 1) {
		m->location.line = EM_UNSET;
		return;
	}
	file = str_upto(line, n - 1);
	m->location.file = file;
	m->message = rest;
}

static void
add_failures(struct rep_case *c, const struct json *list)
{
	const struct json *f = list != NULL ? list->child : NULL;

	for (; f != NULL; f = f->next) {
		struct em_message m = rep_blank;
		struct em_str type = json_get_str(f, "type");

		m.kind = EM_STR("error");
		m.type = type.n > 0 ? type : none;
		split_failure(json_get_str(f, "failure"), &m);
		rep_message(c, &m);
	}
}

static bool
is_known(struct em_str key)
{
	static const char *const keys[] = { "name", "file", "line", "status",
		"result", "timestamp", "time", "classname", "failures",
		"skipped" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(key, keys[i]))
			return true;
	return false;
}

static void
judge(struct rep_case *c, const struct json *t)
{
	struct em_str result = json_get_str(t, "result");
	const struct json *why = json_get(t, "skipped");

	if (json_count(json_get(t, "failures")) > 0) {
		c->outcome = EM_FAIL;
	} else if (str_eq(result, "SUPPRESSED")) {
		c->outcome = EM_SKIP;
		c->status = EM_STR("ignored");
	} else if (str_eq(result, "SKIPPED")) {
		c->outcome = EM_SKIP;
		c->status = EM_STR("precondition");
		if (why != NULL && why->child != NULL)
			c->reason = json_get_str(why->child, "message");
	} else if (str_eq(json_get_str(t, "status"), "NOTRUN")) {
		c->outcome = EM_SKIP;
		c->status = EM_STR("filtered");
	} else {
		c->outcome = EM_PASS;
	}
}

static void
begin_suite(struct em_reader *r, const struct json *t)
{
	struct gtest *s = r->state;

	if (!s->decided)
		s->report.listing = json_get(t, "status") == NULL &&
		    json_get(t, "result") == NULL;
	s->decided = true;
	if (s->suite.suite.p != NULL)
		rep_suite(&s->report, &s->suite);
}

static void
on_test(void *arg, const struct json *t)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;
	struct rep_case *c = rep_case(&s->report);
	struct em_str class_name = json_get_str(t, "classname");

	begin_suite(r, t);
	c->suite = s->suite.suite;
	c->name = json_get_str(t, "name");
	if (c->name.p == NULL)
		c->name = EM_STR("");
	if (class_name.n > 0 && !em_str_eq(class_name, c->suite))
		c->class_name = class_name;
	c->location.file = json_get_str(t, "file");
	if (c->location.file.p == NULL ||
	    !json_i64(json_get(t, "line"), &c->location.line) ||
	    c->location.line < 1)
		c->location.line = EM_UNSET;
	c->time_ns = time_of(json_get(t, "timestamp"));
	c->duration_ns = seconds(json_get(t, "time"));
	for (const struct json *m = t->child; m != NULL; m = m->next)
		if (!is_known(m->key) && json_text(m).p != NULL)
			rep_property(c, m->key, json_text(m));
	add_failures(c, json_get(t, "failures"));
	if (!s->report.listing)
		judge(c, t);
	rep_send(&s->report, c);
	rep_clear(&s->report);
}

/* ---- around them ---- */

static void
enter_suite(void *arg, struct em_str key)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;

	(void)key;
	em_event_init(&s->suite, EM_SUITE_START);
	s->suite_duration = EM_UNSET;
}

static void
leave_suite(void *arg)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;
	struct em_event ev;

	if (s->suite.suite.p == NULL || !s->decided)
		return;
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = s->suite.suite;
	ev.duration_ns = s->suite_duration;
	rep_suite_end(&s->report, &ev);
}

static void
on_suite_name(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;

	s->suite.suite = rep_keep(&s->report, json_str(v));
}

static void
on_suite_time(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;

	s->suite_duration = seconds(v);
}

static void
on_suite_stamp(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;

	s->suite.time_ns = time_of(v);
}

static void
on_time(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;

	s->report.duration_ns = seconds(v);
}

static void
on_stamp(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;

	s->report.start.time_ns = time_of(v);
}

static void
on_seed(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;

	s->report.start.seed = rep_keep(&s->report, json_text(v));
}

static void
on_total(void *arg, const struct json *v)
{
	struct em_reader *r = arg;
	struct gtest *s = r->state;

	if (!json_i64(v, &s->report.start.total) || s->report.start.total < 0)
		s->report.start.total = EM_UNSET;
}

static const struct json_want wants[] = {
	{ "tests", on_total, NULL, NULL },
	{ "timestamp", on_stamp, NULL, NULL },
	{ "time", on_time, NULL, NULL },
	{ "random_seed", on_seed, NULL, NULL },
	{ "testsuites.*", NULL, enter_suite, leave_suite },
	{ "testsuites.*.name", on_suite_name, NULL, NULL },
	{ "testsuites.*.timestamp", on_suite_stamp, NULL, NULL },
	{ "testsuites.*.time", on_suite_time, NULL, NULL },
	{ "testsuites.*.testsuite.*", on_test, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

/* ---- the format ---- */

static void
begin(struct em_reader *r)
{
	struct gtest *s = r->state;

	s->decided = false;
}

static bool
end(struct em_reader *r, bool complete)
{
	struct gtest *s = r->state;

	if (complete)
		return rep_end(&s->report);
	rep_begin(&s->report);
	return true;
}

static int
probe(struct em_str head, bool eof)
{
	static const char *const keys[] = { "testsuites", NULL };
	bool first = str_starts(str_trim(head), "{");
	int found, rc = jdoc_find(&head, eof);

	if (rc != 1)
		return rc;
	rc = probe_json_keys(head, eof, keys, &found);
	if (rc != 1)
		return rc;
	/* Behind other lines it may be something that those print. */
	return first ? PROBE_SURE : 8 * (int)strlen(keys[0]);
}

static enum em_rc
gtest_open(struct em_reader *r)
{
	struct gtest *s = r->state;

	s->doc.wants = wants;
	s->doc.begin = begin;
	s->doc.end = end;
	em_event_init(&s->suite, EM_SUITE_START);
	rep_open(&s->report, r, EM_STR("googletest"));
	return EM_OK;
}

static enum em_rc
gtest_step(struct em_reader *r)
{
	struct gtest *s = r->state;

	return jdoc_step(r, &s->doc);
}

static void
gtest_close(struct em_reader *r)
{
	struct gtest *s = r->state;

	jdoc_close(&s->doc);
	rep_close(&s->report);
}

const struct em_format format_gtestjson = {
	.info = {
		.name = "gtest-json",
		.title = "googletest JSON",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct gtest),
		.open = gtest_open,
		.step = gtest_step,
		.close = gtest_close,
	},
};
