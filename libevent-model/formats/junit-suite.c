/* SPDX-License-Identifier: MIT */
/* JUnit XML in: attributes, the run, and suites. */
#include <stdlib.h>
#include <string.h>

#include "junit.h"
#include "junit-reader.h"

enum { SUITE_BLOCK = 1024 }; /* suites are many and small */

static const struct em_str absent;

/* ---- attributes ---- */

enum junit_attribute
junit_attribute(struct em_str name)
{
	static const struct {
		struct em_str name;
		enum junit_attribute is;
	} known[] = {
		{ { "name", 4 }, ATTR_NAME },
		{ { "time", 4 }, ATTR_TIME },
		{ { "classname", 9 }, ATTR_CLASSNAME },
		{ { "class", 5 }, ATTR_CLASS },
		{ { "timestamp", 9 }, ATTR_TIMESTAMP },
		{ { "file", 4 }, ATTR_FILE },
		{ { "filename", 8 }, ATTR_FILE },
		{ { "filepath", 8 }, ATTR_FILE },
		{ { "line", 4 }, ATTR_LINE },
		{ { "lineno", 6 }, ATTR_LINE },
		{ { "column", 6 }, ATTR_COLUMN },
		{ { "col", 3 }, ATTR_COLUMN },
		{ { "status", 6 }, ATTR_STATUS },
		{ { "result", 6 }, ATTR_STATUS },
		{ { "hostname", 8 }, ATTR_HOSTNAME },
		{ { "duration", 8 }, ATTR_TIME },
		{ { "random_seed", 11 }, ATTR_SEED },
		{ { "tests", 5 }, ATTR_COUNT },
		{ { "failures", 8 }, ATTR_COUNT },
		{ { "failure", 7 }, ATTR_COUNT },
		{ { "errors", 6 }, ATTR_COUNT },
		{ { "error", 5 }, ATTR_COUNT },
		{ { "skipped", 7 }, ATTR_COUNT },
		{ { "skip", 4 }, ATTR_COUNT },
		{ { "skips", 5 }, ATTR_COUNT },
		{ { "disabled", 8 }, ATTR_COUNT },
		{ { "ignored", 7 }, ATTR_COUNT },
		{ { "warnings", 8 }, ATTR_COUNT },
		{ { "flakes", 6 }, ATTR_COUNT },
		{ { "softfailures", 12 }, ATTR_COUNT },
		{ { "noNamespaceSchemaLocation", 25 }, ATTR_COUNT },
		{ { "schemaLocation", 14 }, ATTR_COUNT },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].name.n == name.n &&
		    memcmp(known[i].name.p, name.p, name.n) == 0)
			return known[i].is;
	return ATTR_OTHER;
}

int64_t
junit_seconds(struct em_str s)
{
	int64_t ns;

	/* The protocol has no durations beyond 2^53-1; none is meant. */
	return str_ns(str_trim(s), 9, &ns) && ns < (int64_t)1 << 53 ? ns
								    : EM_UNSET;
}

int64_t
junit_timestamp(struct em_str s)
{
	int64_t ns;

	return str_time(str_trim(s), &ns) ? ns : EM_UNSET;
}

int64_t
junit_number(struct em_str s)
{
	int64_t v;

	return str_i64(s, &v) && v > 0 ? v : EM_UNSET;
}

/* ---- the run ---- */

void
junit_begin(struct em_reader *r)
{
	struct junit *j = r->state;

	if (j->begun)
		return;
	j->begun = true;
	/* The core hands this out before anything that is queued here. */
	rd_protocol(r, EM_STR("JUnit"), absent);
	if (j->run_more != NULL)
		j->run.properties = rep_properties(j->run_more);
	junit_queue_event(r, &j->run);
}

void
junit_new_run(struct junit *j)
{
	j->open_document = true;
	j->begun = j->run_failed = false;
	j->run_duration = EM_UNSET;
	j->run_more = NULL;
	arena_reset(&j->run_arena);
	em_event_init(&j->run, EM_RUN_START);
	failing_free(&j->failing);
	table_free(&j->suites);
}

void
junit_run_property(struct junit *j, struct em_str key, struct em_str value)
{
	if (j->run_more == NULL)
		j->run_more = rep_case_in(&j->run_arena);
	if (j->run_more != NULL)
		rep_property(j->run_more, arena_dup(&j->run_arena, key),
		    arena_dup(&j->run_arena, value));
}

void
junit_run_attributes(struct junit *j, const struct xml_node *n)
{
	struct arena *mem = &j->run_arena;

	for (size_t i = 0; i < n->attr_count && !j->begun; i++) {
		const struct xml_attr *a = &n->attrs[i];

		switch (junit_attribute(a->name)) {
		case ATTR_TIME:
			j->run_duration = junit_seconds(a->value);
			break;
		case ATTR_TIMESTAMP:
			j->run.time_ns = junit_timestamp(a->value);
			break;
		case ATTR_HOSTNAME:
			j->run.host = arena_dup(mem, a->value);
			break;
		case ATTR_SEED:
			j->run.seed = arena_dup(mem, a->value);
			break;
		case ATTR_COUNT:
			break;
		default:
			if (a->value.n > 0)
				junit_run_property(j, a->name, a->value);
			break;
		}
	}
}

/* ---- suites ---- */

static struct junit_suite *
new_suite(struct em_reader *r)
{
	struct junit *j = r->state;
	struct junit_suite *s = j->spare;
	struct arena arena;

	if (s != NULL) {
		j->spare = s->outer;
	} else {
		s = malloc(sizeof(*s));
		if (s == NULL)
			return NULL;
		arena_init(&s->arena, r->opts.limits.memory_max);
		s->arena.block_size = SUITE_BLOCK;
	}
	arena = s->arena;
	*s = (struct junit_suite){ .arena = arena,
		.outer = j->suite,
		.location_line = EM_UNSET,
		.time_ns = EM_UNSET,
		.duration_ns = EM_UNSET };
	return s;
}

void
junit_suite_property(
    struct junit_suite *s, struct em_str key, struct em_str value)
{
	if (s->more == NULL)
		s->more = rep_case_in(&s->arena);
	if (s->more != NULL)
		rep_property(s->more, arena_dup(&s->arena, key),
		    arena_dup(&s->arena, value));
}

static void
suite_attributes(struct junit_suite *s, const struct xml_node *n)
{
	for (size_t i = 0; i < n->attr_count; i++) {
		const struct xml_attr *a = &n->attrs[i];

		switch (junit_attribute(a->name)) {
		case ATTR_NAME:
			s->title = arena_dup(&s->arena, a->value);
			break;
		case ATTR_TIME:
			s->duration_ns = junit_seconds(a->value);
			break;
		case ATTR_TIMESTAMP:
			s->time_ns = junit_timestamp(a->value);
			break;
		case ATTR_HOSTNAME:
			s->host = arena_dup(&s->arena, a->value);
			break;
		case ATTR_FILE:
			s->file = arena_dup(&s->arena, a->value);
			break;
		case ATTR_LINE:
			s->location_line = junit_number(a->value);
			break;
		case ATTR_COUNT:
			break;
		default:
			if (a->value.n > 0)
				junit_suite_property(s, a->name, a->value);
			break;
		}
	}
}

void
junit_start_suite(struct em_reader *r, const struct xml_node *n)
{
	struct junit *j = r->state;
	struct junit_suite *s = new_suite(r);
	struct em_str outer = j->suite != NULL ? j->suite->path : absent;

	if (s == NULL) {
		j->no_memory = true;
		return;
	}
	j->suite = s;
	s->line = xdoc_line(&j->doc, n);
	s->named = xml_attr(n, "name").n > 0;
	s->path = arena_dup(&s->arena, outer);
	if (!s->named) {
		junit_run_attributes(j, n);
		return;
	}
	suite_attributes(s, n);
	s->path = s->title;
	if (outer.p != NULL)
		s->path = arena_join(&s->arena,
		    arena_join(&s->arena, outer, EM_STR("/")), s->title);
	if (!j->begun && j->run.host.p == NULL && s->host.n > 0)
		j->run.host = arena_dup(&j->run_arena, s->host);
}

struct junit_suite *
junit_named(struct junit_suite *s)
{
	while (s != NULL && !s->named)
		s = s->outer;
	return s;
}

/* Documents have several suites of one name, as of one test file in several
 * configurations.  They are one suite, which starts and ends once. */
static bool
was_told(struct junit *j, struct em_str path)
{
	uint64_t *told = table_at(&j->suites, table_key(&path, 1, 0));

	if (told == NULL) {
		j->no_memory = true;
		return true;
	}
	return (*told)++ > 0;
}

void
junit_begin_suite(struct em_reader *r, struct junit_suite *s)
{
	struct junit *j = r->state;
	struct junit_suite *outer;
	struct em_event ev;

	junit_begin(r);
	s = junit_named(s);
	if (s == NULL || s->started)
		return;
	outer = junit_named(s->outer);
	junit_begin_suite(r, outer);
	s->started = true;
	s->again = was_told(j, s->path);
	if (s->again)
		return;
	em_event_init(&ev, EM_SUITE_START);
	ev.line = s->line;
	ev.suite = s->path;
	if (outer != NULL) {
		ev.parent = outer->path;
		ev.title = s->title;
	}
	ev.time_ns = s->time_ns;
	ev.location.file = s->file;
	ev.location.line = s->file.p != NULL ? s->location_line : EM_UNSET;
	if (s->host.n > 0 && !em_str_eq(s->host, j->run.host))
		junit_suite_property(s, EM_STR("hostname"), s->host);
	if (s->more != NULL)
		ev.properties = rep_properties(s->more);
	junit_queue_event(r, &ev);
}

void
junit_end_suite(struct em_reader *r)
{
	struct junit *j = r->state;
	struct junit_suite *s = j->suite;
	struct em_event ev;

	if (s == NULL)
		return;
	junit_begin_suite(r, s);
	if (s->again && s->failed) {
		/* Its failure, which a log tells of, is that of the run. */
		j->run.status = EM_STR("error");
	} else if (s->named && !s->again) {
		em_event_init(&ev, EM_SUITE_COMPLETE);
		ev.suite = s->path;
		ev.duration_ns = s->duration_ns;
		if (s->failed) {
			ev.outcome = EM_FAIL;
			ev.status = EM_STR("error");
			ev.reason = s->reason;
		}
		junit_queue_event(r, &ev);
	}
	/* What is queued points into it. */
	j->suite = s->outer;
	s->outer = j->ended;
	j->ended = s;
}
