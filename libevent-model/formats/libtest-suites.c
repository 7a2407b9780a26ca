/* SPDX-License-Identifier: MIT */
/* The run, the suites and the identity of tests in the libtest format. */
#include "format.h"
#include "libtest.h"

/* ---- values ---- */

/* Counts were strings in 2018, and nextest's may wrap below zero. */
static int64_t
count_of(const struct json *v, const char *key)
{
	int64_t n;

	if (!str_i64(json_text(json_get(v, key)), &n) || n < 0 ||
	    n >= INT64_C(1) << 53)
		return EM_UNSET;
	return n;
}

/* A line or column, from 1. */
int64_t
libtest_place(const struct json *v, const char *key)
{
	int64_t n = count_of(v, key);

	return n == 0 ? EM_UNSET : n;
}

/* Seconds: a number, a string of one, or in 2019 "0.001s". */
int64_t
libtest_seconds(const struct json *v, const char *key)
{
	struct em_str s = json_text(json_get(v, key));
	int64_t ns;

	if (str_ends(s, "s"))
		s.n--;
	return s.p != NULL && str_ns(s, 9, &ns) ? ns : EM_UNSET;
}

/* ---- identity ---- */

void
libtest_init(struct em_event *ev, enum em_kind kind,
    const struct libtest_suite *s, const struct opened *t)
{
	em_event_init(ev, kind);
	ev->suite = s->name;
	if (t == NULL)
		return;
	ev->name = t->name;
	ev->variant = t->variant;
	ev->iteration = t->iteration;
}

struct table_key
libtest_key(const struct libtest_suite *s, const struct libtest_name *n)
{
	const struct em_str id[] = { s->name, n->name, n->variant };

	return table_key(id, ARRAY_LEN(id), 0);
}

/* ---- runs and suites ---- */

void
libtest_begin(struct em_reader *r)
{
	static const struct em_str none;
	struct libtest *l = r->state;

	if (!l->begun)
		rd_protocol(r, EM_STR("libtest"), none);
	l->begun = true;
}

static void
end_listing(struct em_reader *r, struct libtest *l)
{
	struct em_event ev;

	if (!l->listing)
		return;
	em_event_init(&ev, EM_DISCOVER_COMPLETE);
	ev.total = l->listed;
	rd_emit(r, &ev);
	l->listing = false;
}

static void
begin_run(struct em_reader *r, struct libtest *l, struct em_str seed)
{
	struct em_event ev;

	end_listing(r, l);
	if (l->running)
		return;
	l->naming.unnamed = l->naming.used = 0;
	em_event_init(&ev, EM_RUN_START);
	ev.seed = seed;
	rd_emit(r, &ev);
	l->running = true;
}

static struct libtest_suite *
new_suite(struct em_reader *r, struct em_str name, enum libtest_dialect dialect)
{
	struct libtest *l = r->state;
	struct libtest_suite *s = arena_alloc(&r->keep, sizeof(*s));
	struct em_event ev;

	if (s == NULL)
		return NULL;
	*s = (struct libtest_suite){ .name = arena_dup(&r->keep, name),
		.dialect = dialect,
		.duration = EM_UNSET };
	if (l->last != NULL)
		l->last->next = s;
	else
		l->suites = s;
	l->last = s;
	if (name.p == NULL)
		return s;
	libtest_init(&ev, EM_SUITE_START, s, NULL);
	ev.total = l->total;
	rd_emit(r, &ev);
	return s;
}

/* A suite of nextest, by its name. */
static struct libtest_suite *
find_suite(struct em_reader *r, struct libtest *l, struct em_str name)
{
	uint64_t *slot;
	struct libtest_suite *s;

	if (l->cur != NULL && em_str_eq(l->cur->name, name))
		return l->cur;
	slot = table_at(&l->names, table_key(&name, 1, 0));
	if (slot == NULL) {
		r->keep.failed = true;
		return NULL;
	}
	if (*slot != 0)
		return (struct libtest_suite *)(uintptr_t)*slot;
	s = new_suite(r, name, NEXTEST);
	*slot = (uint64_t)(uintptr_t)s;
	return s;
}

/* The suite that waits for a name, or that lines outside of any are of. */
static struct libtest_suite *
current(struct em_reader *r, struct libtest *l)
{
	static const struct em_str none;

	if (!l->waiting && l->cur != NULL)
		return l->cur;
	if (!l->waiting) {
		begin_run(r, l, none);
		l->total = EM_UNSET;
	}
	/* Of those who count no tests beforehand, ui_test is the one. */
	l->cur = new_suite(r, libtest_next_suite(r, &l->naming),
	    l->waiting && l->total == EM_UNSET ? UI_TEST : LIBTEST);
	if (l->cur != NULL)
		l->cur->open = true;
	l->waiting = false;
	return l->cur;
}

static void
complete(
    struct em_reader *r, const struct libtest_suite *s, struct em_event *ev)
{
	struct libtest *l = r->state;

	ev->suite = s->name;
	if (s->name.p != NULL) {
		rd_emit(r, ev);
		return;
	}
	/* What is said of the only suite holds for the run. */
	l->duration = ev->duration_ns;
	l->counts = ev->counts;
}

/* The tests of a suite that has ended without saying how they did. */
static void
end_tests(struct em_reader *r, struct libtest *l, struct libtest_suite *s)
{
	struct em_event ev;

	while (s->tests != NULL) {
		libtest_init(&ev, EM_CASE_COMPLETE, s, s->tests);
		ev.flags = EM_F_SYNTHETIC;
		if (s->lost > 0) {
			/* nextest keeps back the lines of ignored tests until
			 * another test of the binary ends, if one does. */
			s->lost--;
			ev.outcome = EM_SKIP;
			ev.status = EM_STR("ignored");
		} else {
			ev.outcome = EM_FAIL;
			ev.status = EM_STR("incomplete");
			ev.reason = EM_STR("the test never ended");
			l->failed = true;
		}
		rd_emit(r, &ev);
		opened_close(&l->tests, &s->tests, s->tests);
	}
}

/* Another suite starts, and this one of libtest has not ended. */
static void
abandon(struct em_reader *r, struct libtest *l, struct libtest_suite *s)
{
	struct em_event ev;

	if (s == NULL || !s->open || s->dialect == NEXTEST)
		return;
	end_tests(r, l, s);
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.flags = EM_F_SYNTHETIC;
	ev.outcome = EM_FAIL;
	ev.status = EM_STR("incomplete");
	ev.reason = EM_STR("the test binary ended early");
	complete(r, s, &ev);
	s->open = false;
	l->failed = true;
}

/* The suite in the "nextest" object of libtest-json-plus. */
static struct em_str
plus_name(struct em_reader *r, const struct json *v)
{
	static const struct em_str none;
	struct em_str crate = json_str(json_path(v, "nextest.crate"));
	struct em_str binary = json_str(json_path(v, "nextest.test_binary"));

	if (crate.p == NULL || binary.p == NULL)
		return none;
	return arena_printf(&r->arena, "%.*s::%.*s", (int)crate.n, crate.p,
	    (int)binary.n, binary.p);
}

void
libtest_suite_start(struct em_reader *r, const struct json *v)
{
	struct libtest *l = r->state;
	struct em_str plus = plus_name(r, v);

	if (l->waiting)
		current(r, l);
	if (plus.p == NULL)
		abandon(r, l, l->cur);
	begin_run(r, l, json_text(json_get(v, "shuffle_seed")));
	l->total = count_of(v, "test_count");
	l->waiting = plus.p == NULL;
	if (plus.p == NULL)
		return;
	l->cur = find_suite(r, l, plus);
	if (l->cur != NULL)
		l->cur->open = true;
}

static int64_t
sum(int64_t a, int64_t b)
{
	return a == EM_UNSET ? b : b == EM_UNSET ? a : a + b;
}

/* libtest's own counts are true; those of ui_test leave out what it calls
 * ok, and nextest's are of one block out of several. */
static void
stated_counts(const struct json *v, struct em_counts *c)
{
	c->pass = sum(count_of(v, "passed"), count_of(v, "measured"));
	c->fail = count_of(v, "failed");
	c->skip = sum(sum(count_of(v, "ignored"), count_of(v, "skipped")),
	    sum(count_of(v, "allowed_fail"), count_of(v, "allowed_failure")));
	if (c->pass == EM_UNSET || c->fail == EM_UNSET || c->skip == EM_UNSET)
		*c = (struct em_counts){ EM_UNSET, EM_UNSET, EM_UNSET };
}

void
libtest_suite_end(struct em_reader *r, const struct json *v, bool ok)
{
	struct libtest *l = r->state;
	struct em_str plus = plus_name(r, v);
	struct libtest_suite *s =
	    plus.p != NULL ? find_suite(r, l, plus) : current(r, l);
	struct em_event ev;

	if (s == NULL)
		return;
	if (!ok)
		l->failed = true;
	s->open = false;
	if (s->dialect == NEXTEST) {
		int64_t ignored = count_of(v, "ignored");

		s->duration = sum(s->duration, libtest_seconds(v, "exec_time"));
		if (ignored > s->ignored)
			s->lost += ignored - s->ignored;
		s->ignored = 0;
		return;
	}
	end_tests(r, l, s);
	em_event_init(&ev, EM_SUITE_COMPLETE);
	/* "failed" says that a test did; the suite has a failure of its own
	 * only when none did. */
	if (ok)
		ev.outcome = EM_PASS;
	else if (count_of(v, "failed") <= 0)
		ev.outcome = EM_FAIL;
	ev.duration_ns = libtest_seconds(v, "exec_time");
	if (s->dialect == LIBTEST)
		stated_counts(v, &ev.counts);
	complete(r, s, &ev);
	l->cur = NULL;
}

void
libtest_list(struct em_reader *r)
{
	struct libtest *l = r->state;

	if (!l->listing)
		rd_simple(r, EM_DISCOVER_START);
	l->listing = true;
	l->list_suite = libtest_next_suite(r, &l->naming);
}

/* Takes the name apart as its dialect has it, and finds its suite. */
struct libtest_suite *
libtest_identify(
    struct em_reader *r, struct em_str full, struct libtest_name *n)
{
	struct libtest *l = r->state;
	struct libtest_suite *s;

	if (libtest_split_nextest(full, n)) {
		s = find_suite(r, l, n->suite);
		if (s == NULL)
			return NULL;
		if (l->waiting)
			s->open = true;
		l->waiting = false;
		return l->cur = s;
	}
	s = current(r, l);
	if (s != NULL && s->dialect == UI_TEST && libtest_split_ui(full, n))
		return s;
	*n = (struct libtest_name){
		.name = full, .iteration = EM_UNSET, .attempts = EM_UNSET
	};
	return s;
}

enum em_rc
libtest_end(struct em_reader *r)
{
	struct libtest *l = r->state;
	struct em_event ev;
	bool cut = l->waiting;

	if (!l->running && !l->listing)
		rd_cut(r, "there is no event in the input");
	end_listing(r, l);
	for (struct libtest_suite *s = l->suites; s != NULL; s = s->next)
		cut |= s->open;
	if (cut)
		rd_cut(r, "the last suite does not end");
	if (r->stats.truncated || !l->running)
		return EM_EOF;
	for (struct libtest_suite *s = l->suites; s != NULL; s = s->next) {
		if (s->dialect != NEXTEST)
			continue;
		end_tests(r, l, s);
		em_event_init(&ev, EM_SUITE_COMPLETE);
		ev.duration_ns = s->duration;
		complete(r, s, &ev);
	}
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = l->failed ? EM_FAIL : EM_PASS;
	if (l->suites != NULL && l->suites->next == NULL &&
	    l->suites->name.p == NULL) {
		ev.duration_ns = l->duration;
		ev.counts = l->counts;
	}
	rd_emit(r, &ev);
	return EM_EOF;
}

void
libtest_close(struct em_reader *r)
{
	struct libtest *l = r->state;

	for (struct libtest_suite *s = l->suites; s != NULL; s = s->next)
		while (s->tests != NULL)
			opened_close(&l->tests, &s->tests, s->tests);
	table_free(&l->names);
	table_free(&l->tests);
}
