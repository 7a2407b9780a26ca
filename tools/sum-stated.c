/* SPDX-License-Identifier: MIT */
/* What runs and suites state about themselves and their events contradict. */
#include "sum.h"

struct stated {
	struct em_out *out;
	const char *before, *after;
};

static bool
counts_differ(const struct em_counts *stated, const struct em_counts *seen)
{
	return (stated->pass != EM_UNSET || stated->fail != EM_UNSET ||
		   stated->skip != EM_UNSET) &&
	    (stated->pass != seen->pass || stated->fail != seen->fail ||
		stated->skip != seen->skip);
}

static void
put_counts(struct em_out *out, const struct em_counts *n)
{
	static const char *const words[] = { "passed", "failed", "skipped" };
	const int64_t counts[] = { n->pass, n->fail, n->skip };
	const char *sep = "";

	for (size_t i = 0; i < 3; i++) {
		if (counts[i] == EM_UNSET)
			continue;
		em_out_puts(out, sep);
		if (counts[i] < 0)
			em_out_puts(out, "no number");
		else
			em_out_printf(out, "%lld", (long long)counts[i]);
		em_out_printf(out, " %s", words[i]);
		sep = ", ";
	}
}

static void
say_counts(const struct stated *t, const struct em_suite *suite,
    const struct em_counts *stated, const struct em_counts *seen)
{
	if (!counts_differ(stated, seen))
		return;
	em_out_puts(t->out, t->before);
	em_out_puts(t->out, suite != NULL ? "suite " : "the run");
	if (suite != NULL)
		em_out_plain(t->out, suite->name, NULL);
	em_out_puts(t->out, " states ");
	put_counts(t->out, stated);
	em_out_puts(t->out, ", and shows ");
	put_counts(t->out, seen);
	em_out_puts(t->out, t->after);
}

static bool
is_bad(enum em_outcome outcome)
{
	return outcome == EM_FAIL || outcome == EM_INVALID;
}

static bool
any_error(const struct em_item *logs)
{
	while (logs != NULL && !sum_is_error(logs))
		logs = logs->next;
	return logs != NULL;
}

/* Whether an error was logged, which tells why the run failed. */
static bool
is_told(const struct sum_view *v, const struct em_run *r)
{
	bool told = any_error(sum_logs(v, r, NULL));

	for (const struct em_suite *s = r->suites; s != NULL && !told;
	     s = s->next)
		told = any_error(sum_logs(v, r, s));
	return told;
}

/* What the run states of its outcome, where that is wrong; or NULL. */
static const char *
misjudged(const struct sum_view *v, const struct em_run *r)
{
	bool failed = r->counts.fail > 0;

	for (const struct em_suite *s = r->suites; s != NULL; s = s->next)
		failed = failed || is_bad(s->outcome);
	if (!r->completed)
		return NULL;
	if (r->stated_outcome == EM_PASS || r->stated_outcome == EM_SKIP)
		return failed ? "the run states that it passed, and some of "
				"it failed"
			      : NULL;
	if (failed || r->not_run > 0 || r->invalid > 0 || r->status.p != NULL ||
	    r->cancelled || is_told(v, r))
		return NULL;
	return r->stated_outcome == EM_FAIL
	    ? "the run states that it failed, and no test of it did"
	    : "the run does not state whether it passed";
}

void
sum_stated(const struct sum_view *v, struct em_out *out, const char *before,
    const char *after)
{
	const struct stated t = { out, before, after };
	const char *why;

	for (const struct em_run *r = v->all; r != NULL; r = r->next) {
		for (const struct em_suite *s = r->suites; s != NULL;
		     s = s->next)
			say_counts(&t, s, &s->stated, &s->counts);
		say_counts(&t, NULL, &r->stated, &r->counts);
		why = misjudged(v, r);
		if (why != NULL) {
			em_out_puts(out, before);
			em_out_puts(out, why);
			em_out_puts(out, after);
		}
	}
}
