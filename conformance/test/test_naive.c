/* SPDX-License-Identifier: MIT */
/* A verdict of pass against a check that knows no shortcuts, on streams that
 * were right before some of their lines were moved, lost, doubled or changed;
 * from fixed seeds. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "lint.h"
#include "naive.h"

Suite *naive_suite(void);

enum { TESTS = 20, PER_TEST = 400 };

static const char *const lines[] = {
	"{'event':'protocol','version':'1.0','producer':{'name':'t'}}",
	"{'event':'discover_start'}",
	"{'event':'discover_case','name':'a'}",
	"{'event':'discover_case','name':'never','selected':false}",
	"{'event':'discover_complete'}",
	"{'event':'run_start'}",
	"{'event':'suite_start','suite':'s'}",
	"{'event':'case_start','name':'a'}",
	"{'event':'case_start','suite':'s','name':'a'}",
	"{'event':'case_output','name':'a','stream':'stdout','text':'x'}",
	"{'event':'case_complete','suite':'s','name':'a','outcome':'skip'}",
	"{'event':'case_complete','name':'a','outcome':'fail'}",
	"{'event':'case_start','name':'a','attempt':2}",
	"{'event':'case_complete','name':'a','attempt':2,'outcome':'pass'}",
	"{'event':'suite_complete','suite':'s',"
	"'counts':{'pass':0,'fail':0,'skip':1}}",
	"{'event':'run_complete','outcome':'pass',"
	"'counts':{'pass':1,'fail':0,'skip':1}}",
};

enum { LINES = sizeof(lines) / sizeof(*lines), MOST = 3 * LINES };

static size_t
below(uint64_t *state, size_t n)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(*state >> 33) % n;
}

struct text {
	char *line[MOST];
	size_t n;
};

static void
take_away(struct text *t, size_t at)
{
	free(t->line[at]);
	memmove(
	    t->line + at, t->line + at + 1, (t->n - at - 1) * sizeof(*t->line));
	t->n--;
}

static void
put_in(struct text *t, size_t at, const char *line)
{
	if (t->n == MOST)
		return;
	memmove(t->line + at + 1, t->line + at, (t->n - at) * sizeof(*t->line));
	t->line[at] = xstrdup(line);
	t->n++;
}

/* The first of one word becomes another of the same length. */
static void
change_word(struct text *t, size_t at, uint64_t *state)
{
	static const char *const words[] = { "pass", "fail", "skip", "'s'",
		"'a'", "'b'", ":1", ":2", ":0" };
	const char *from = words[below(state, 9)], *to = words[below(state, 9)];
	char *found = strstr(t->line[at], from);

	if (found != NULL && strlen(from) == strlen(to))
		memcpy(found, to, strlen(to));
}

static void
disturb(struct text *t, uint64_t *state)
{
	size_t at = below(state, t->n);
	char *line = xstrdup(t->line[at]);

	switch (below(state, 6)) {
	case 0:
		if (t->n > 1)
			take_away(t, at);
		break;
	case 1:
		put_in(t, below(state, t->n + 1), line);
		break;
	case 2:
	case 3:
		change_word(t, at, state);
		break;
	case 4:
		if (t->n > 1) {
			take_away(t, at);
			put_in(t, below(state, t->n + 1), line);
		}
		break;
	default:
		put_in(
		    t, at, below(state, 2) == 0 ? "noise" : "{'event':'x.y'}");
	}
	free(line);
}

static void
make_stream(struct buf *b, uint64_t *state)
{
	struct text t = { { NULL }, 0 };
	size_t copies = 1 + below(state, 8) / 7, times = below(state, 5);

	for (size_t c = 0; c < copies; c++)
		for (size_t i = 0; i < LINES; i++)
			put_in(&t, t.n, lines[i]);
	while (times-- > 0)
		disturb(&t, state);
	for (size_t i = 0; i < t.n; i++) {
		for (const char *p = t.line[i]; *p != '\0'; p++)
			buf_putc(b, *p == '\'' ? '"' : *p);
		buf_putc(b, '\n');
		free(t.line[i]);
	}
}

static struct lint_schemas *schemas;
static unsigned passed;

static void
open_schemas_once(void)
{
	char why[256];

	schemas = lint_schemas_open("schemas", why, sizeof(why));
	ck_assert_msg(schemas != NULL, "%s", why);
}

static void
close_schemas(void)
{
	lint_schemas_free(schemas);
}

static void
hold(struct slice text, uint64_t seed)
{
	struct lint_options o = { .role = LINT_READER, .schemas = schemas };
	const char *fault = naive_fault(text.p, text.n);
	struct lint_report r;

	lint_stream(text.p, text.n, &o, &r);
	ck_assert(!r.no_memory);
	ck_assert_msg((r.verdict == LINT_PASS) == (fault == NULL),
	    "seed %lu: verdict %s, and %s:\n%.*s", (unsigned long)seed,
	    lint_verdict_name(r.verdict), fault != NULL ? fault : "all holds",
	    (int)text.n, text.p);
	passed += r.verdict == LINT_PASS;
	lint_report_free(&r);
}

START_TEST(passes_if_all_holds)
{
	passed = 0;
	for (int i = 0; i < PER_TEST; i++) {
		uint64_t seed = (uint64_t)(_i * PER_TEST + i);
		uint64_t state = seed * 2654435761u + 1;
		struct buf b = { 0 };

		make_stream(&b, &state);
		hold(buf_slice(&b), seed);
		buf_free(&b);
	}
	/* It says something of both sides. */
	ck_assert_uint_gt(passed, PER_TEST / 20);
	ck_assert_uint_lt(passed, PER_TEST * 9 / 10);
}
END_TEST

Suite *
naive_suite(void)
{
	Suite *s = suite_create("naive");
	TCase *t = tcase_create("naive");

	tcase_add_unchecked_fixture(t, open_schemas_once, close_schemas);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, passes_if_all_holds, 0, TESTS);
	suite_add_tcase(s, t);
	return s;
}
