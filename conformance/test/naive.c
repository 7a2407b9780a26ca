/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "buf.h"
#include "json.h"
#include "naive.h"

struct events {
	struct json **v;
	size_t n;
	bool faulty; /* a line that starts with '{' and is none */
};

static void
read_line(struct events *es, const char *p, size_t n)
{
	while (n != 0 && memchr(" \t\r", p[0], 3) != NULL) {
		p++;
		n--;
	}
	if (n == 0 || p[0] != '{')
		return;
	es->v = xrealloc(es->v, (es->n + 1) * sizeof(*es->v));
	es->v[es->n] = json_parse(p, n, NULL);
	if (es->v[es->n] != NULL)
		es->n++;
	else
		es->faulty = true;
}

static struct events
read_events(const char *p, size_t n)
{
	struct events es = { NULL, 0, false };
	const char *end = p + n, *lf;

	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	for (; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		read_line(&es, p, (size_t)(lf - p));
		if (lf == end)
			break;
	}
	return es;
}

static bool
is(const struct json *e, const char *kind)
{
	return slice_is(json_text(e, "event"), kind);
}

static bool
is_case(const struct json *e)
{
	return is(e, "case_start") || is(e, "case_slow") ||
	    is(e, "case_output") || is(e, "case_message") ||
	    is(e, "case_metric") || is(e, "case_attachment") ||
	    is(e, "case_complete");
}

static bool
of_run(const struct json *e)
{
	return is_case(e) || is(e, "suite_start") || is(e, "suite_complete") ||
	    is(e, "run_start") || is(e, "run_cancel") ||
	    is(e, "run_complete") || is(e, "discover_start") ||
	    is(e, "discover_case") || is(e, "discover_complete");
}

static bool
same_text(const struct json *a, const struct json *b, const char *member)
{
	struct slice x = json_text(a, member), y = json_text(b, member);

	return (x.p == NULL) == (y.p == NULL) && slice_same(x, y);
}

static double
number(const struct json *e, const char *member)
{
	const struct json *m = json_member(e, member);

	return m != NULL && m->kind == JSON_NUMBER ? strtod(m->text.p, NULL)
						   : 1;
}

static bool
same_run(const struct json *a, const struct json *b)
{
	return same_text(a, b, "run");
}

static bool
same_suite(const struct json *a, const struct json *b)
{
	return same_run(a, b) && same_text(a, b, "suite");
}

static bool
same_case(const struct json *a, const struct json *b)
{
	return same_suite(a, b) && same_text(a, b, "class") &&
	    same_text(a, b, "name") && same_text(a, b, "variant") &&
	    number(a, "iteration") == number(b, "iteration");
}

static bool
same_attempt(const struct json *a, const struct json *b)
{
	return same_case(a, b) && number(a, "attempt") == number(b, "attempt");
}

static bool
any(const struct json *a, const struct json *b)
{
	return a != NULL && b != NULL;
}

typedef bool same_fn(const struct json *, const struct json *);

/* How many events of that kind about the same thing come before (-1) or after
 * (1) event i, or anywhere (0); itself is not one of them. */
static size_t
count(const struct events *es, size_t i, const char *kind, same_fn *same,
    int where)
{
	size_t n = 0;

	for (size_t k = 0; k < es->n; k++)
		if (k != i && (where == 0 || (where < 0) == (k < i)) &&
		    is(es->v[k], kind) && same(es->v[k], es->v[i]))
			n++;
	return n;
}

static bool
is_error(const struct json *e)
{
	return is(e, "case_message") && slice_is(json_text(e, "kind"), "error");
}

static bool
is_deciding(const struct events *es, size_t i)
{
	for (size_t k = 0; k < es->n; k++)
		if (is_case(es->v[k]) && same_case(es->v[k], es->v[i]) &&
		    number(es->v[k], "attempt") > number(es->v[i], "attempt"))
			return false;
	return true;
}

static const char *
fault_of_case(const struct events *es, size_t i)
{
	const struct json *e = es->v[i];
	double attempt = number(e, "attempt");
	bool before = attempt == 1;
	size_t completions;

	if (!is(e, "case_start") &&
	    count(es, i, "case_start", same_attempt, -1) != 1)
		return "a case without one start before";
	if (is(e, "case_start") &&
	    count(es, i, "case_start", same_attempt, 0) != 0)
		return "a case that starts twice";
	completions = count(es, i, "case_complete", same_attempt, 1);
	if (is(e, "case_start") &&
	    (completions > 1 || (completions == 0 && is_deciding(es, i))))
		return "a case without one completion";
	for (size_t k = 0; k < i; k++)
		before |= is_case(es->v[k]) && same_case(es->v[k], e) &&
		    number(es->v[k], "attempt") == attempt - 1;
	if (!before)
		return "an attempt without the one before";
	if (!is(e, "case_complete") || !is_deciding(es, i))
		return NULL;
	if (!slice_is(json_text(e, "outcome"), "pass") &&
	    !slice_is(json_text(e, "outcome"), "skip"))
		return "a case that fails";
	for (size_t k = i + 1; k < es->n; k++)
		if (is_error(es->v[k]) && same_attempt(es->v[k], e))
			return "an error after the completion";
	return NULL;
}

static const char *
fault_of_suite(const struct events *es, size_t i)
{
	const struct json *e = es->v[i];

	if (is(e, "suite_start"))
		return count(es, i, "suite_start", same_suite, 0) != 0 ||
			count(es, i, "suite_complete", same_suite, 1) != 1
		    ? "a suite without one start and completion"
		    : NULL;
	if (count(es, i, "suite_start", same_suite, -1) != 1 ||
	    count(es, i, "suite_complete", same_suite, 0) != 0)
		return "a completion of a suite without its start";
	return slice_is(json_text(e, "outcome"), "fail") ? "a suite that fails"
							 : NULL;
}

/* Completions that decide, of the run or the suite of event i. */
static bool
counted(const struct events *es, size_t i, const char *outcome, same_fn *same)
{
	const struct json *counts = json_member(es->v[i], "counts");
	const struct json *stated = json_member(counts, outcome);
	double n = 0;

	if (counts == NULL || counts->kind == JSON_NULL)
		return true;
	for (size_t k = 0; k < es->n; k++)
		n += is(es->v[k], "case_complete") &&
		    same(es->v[k], es->v[i]) && is_deciding(es, k) &&
		    slice_is(json_text(es->v[k], "outcome"), outcome);
	return stated != NULL && stated->kind == JSON_NUMBER &&
	    strtod(stated->text.p, NULL) == n;
}

static const char *
fault_of_run(const struct events *es, size_t i)
{
	const struct json *e = es->v[i];

	if (is(e, "run_start"))
		return count(es, i, "run_start", same_run, 0) != 0 ||
			count(es, i, "run_complete", same_run, 1) != 1
		    ? "a run without one start and completion"
		    : NULL;
	if (count(es, i, "run_start", same_run, -1) != 1)
		return "a completion of a run without its start";
	for (size_t k = i + 1; k < es->n; k++)
		if (of_run(es->v[k]) && same_run(es->v[k], e))
			return "an event after the completion of its run";
	return slice_is(json_text(e, "outcome"), "pass") ||
		slice_is(json_text(e, "outcome"), "skip")
	    ? NULL
	    : "a run that fails";
}

static const char *
fault_of_discovery(const struct events *es, size_t i)
{
	const struct json *selected = json_member(es->v[i], "selected");

	if ((selected != NULL && selected->kind == JSON_BOOL &&
		!selected->boolean) ||
	    count(es, i, "run_start", same_run, 0) == 0 ||
	    count(es, i, "discover_case", same_case, 1) != 0)
		return NULL;
	for (size_t k = 0; k < es->n; k++)
		if (is_case(es->v[k]) && same_case(es->v[k], es->v[i]))
			return NULL;
	return "a case that never ran";
}

static const char *
fault_of(const struct events *es, size_t i)
{
	static const char *const outcomes[] = { "pass", "fail", "skip" };
	const struct json *e = es->v[i];
	bool run = is(e, "run_complete");

	for (int k = 0; k < 3; k++)
		if ((run || is(e, "suite_complete")) &&
		    !counted(es, i, outcomes[k], run ? same_run : same_suite))
			return "counts that do not count";
	if (is_case(e))
		return fault_of_case(es, i);
	if (is(e, "suite_start") || is(e, "suite_complete"))
		return fault_of_suite(es, i);
	if (is(e, "run_start") || run)
		return fault_of_run(es, i);
	if (is(e, "discover_case"))
		return fault_of_discovery(es, i);
	if (is(e, "discover_start") &&
	    count(es, i, "discover_complete", same_run, 0) == 0 &&
	    count(es, i, "run_start", same_run, 0) == 0)
		return "discovery that does not end";
	if (is(e, "protocol") &&
	    count(es, i, "discover_complete", any, 0) == 0 &&
	    count(es, i, "run_start", any, 0) == 0)
		return "neither a run nor a listing";
	return NULL;
}

/* From one header to before the next. */
static const char *
fault_of_streams(const struct events *es)
{
	size_t from = 0, to;

	if (es->faulty)
		return "a line that is not JSON";
	if (es->n == 0 || !is(es->v[0], "protocol"))
		return "no header";
	for (; from < es->n; from = to) {
		for (to = from + 1; to < es->n; to++)
			if (is(es->v[to], "protocol"))
				break;
		struct events one = { es->v + from, to - from, false };

		for (size_t i = 0; i < one.n; i++) {
			const char *fault = fault_of(&one, i);

			if (fault != NULL)
				return fault;
		}
	}
	for (size_t i = 0; i < es->n; i++)
		if (is(es->v[i], "run_start"))
			return NULL;
	return "no run";
}

const char *
naive_fault(const char *bytes, size_t n)
{
	struct events es = read_events(bytes, n);
	const char *fault = fault_of_streams(&es);

	for (size_t i = 0; i < es.n; i++)
		json_free(es.v[i]);
	free(es.v);
	return fault;
}
