/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* ---- results as text, to be compared ---- */

static void
dump_str(struct em_out *out, const char *label, struct em_str s)
{
	if (s.p == NULL)
		return;
	em_out_puts(out, label);
	em_out_write(out, s);
}

static void
dump_int(struct em_out *out, const char *label, int64_t v)
{
	if (v != EM_UNSET)
		em_out_printf(out, "%s%lld", label, (long long)v);
}

static void
dump_flag(struct em_out *out, const char *label, bool on)
{
	if (on)
		em_out_puts(out, label);
}

static void
dump_counts(struct em_out *out, const struct em_counts *c)
{
	em_out_printf(out, " %lld/%lld/%lld", (long long)c->pass,
	    (long long)c->fail, (long long)c->skip);
}

static void
dump_outcome(struct em_out *out, enum em_outcome outcome)
{
	em_out_puts(out, outcome == EM_NONE ? "none" : "");
	em_out_write(out, em_outcome_name(outcome));
}

static void
dump_item(struct em_out *out, const struct em_item *i)
{
	switch (i->kind) {
	case EM_CASE_START:
		dump_str(out, " worker=", i->u.start->worker);
		break;
	case EM_CASE_OUTPUT:
	case EM_LOG:
		dump_str(out, " out=", i->u.output->text);
		break;
	case EM_CASE_MESSAGE:
		dump_str(out, " ", i->u.message->kind);
		dump_str(out, "=", i->u.message->message);
		break;
	case EM_CASE_METRIC:
		dump_str(out, " metric=", i->u.metric->metric);
		break;
	default:
		dump_str(out, " file=", i->u.attachment->path);
		break;
	}
}

static void
dump_items(struct em_out *out, const struct em_item *i)
{
	for (; i != NULL; i = i->next)
		dump_item(out, i);
}

static void
dump_pairs(struct em_out *out, struct em_pairs l)
{
	for (size_t i = 0; i < l.n; i++) {
		dump_str(out, " ", l.v[i].key);
		dump_str(out, "=", l.v[i].value);
	}
}

static void
dump_case(struct em_out *out, const struct em_case *c)
{
	const struct em_attempt *a;
	unsigned n = 0;

	dump_str(out, "  ", c->class_name);
	dump_str(out, "  ", c->name);
	dump_str(out, "#", c->details->variant);
	if (c->iteration != 1)
		dump_int(out, "@", c->iteration);
	em_out_puts(out, ": ");
	dump_outcome(out, c->outcome);
	dump_str(out, " ", c->last->end->status);
	dump_str(out, " because ", c->last->end->reason);
	dump_int(out, " exit ", c->last->end->exit_code);
	dump_flag(out, " not-selected", !c->selected);
	dump_flag(out, " flaky", c->flaky);
	dump_flag(out, " incomplete", c->incomplete);
	dump_flag(out, " contradicted", c->contradicted);
	dump_str(out, " at ", c->details->location.file);
	dump_pairs(out, c->details->properties);
	for (a = c->attempts; a != NULL; a = a->next, n++) {
		em_out_printf(out, " [%u ", (unsigned)a->number);
		dump_outcome(out, a->outcome);
		dump_str(out, " ", a->end->status);
		dump_int(out, " ", a->duration_ns);
		dump_flag(out, " slow", a->slow);
		dump_items(out, a->items);
		em_out_puts(out, "]");
	}
	ck_assert_uint_eq(n, c->attempt_count);
	em_out_puts(out, "\n");
}

static void
dump_run(struct em_out *out, const struct em_run *r)
{
	em_out_puts(out, "run");
	dump_str(out, " ", r->id);
	dump_counts(out, &r->counts);
	dump_str(out, " by ", r->producer_name);
	dump_str(out, " status ", r->status);
	dump_flag(out, " truncated", !r->completed && !r->listing);
	dump_flag(out, " listing", r->listing);
	dump_flag(out, " cancelled", r->cancelled);
	dump_flag(out, " filtered", r->filtered);
	dump_flag(out, " mismatch", r->mismatch);
	if (r->flaky + r->not_run + r->incomplete + r->not_selected > 0)
		em_out_printf(out, " flaky %d notrun %d open %d out %d",
		    (int)r->flaky, (int)r->not_run, (int)r->incomplete,
		    (int)r->not_selected);
	if (r->invalid > 0)
		em_out_printf(out, " invalid %d", (int)r->invalid);
	dump_int(out, " ns ", r->duration_ns);
	dump_items(out, r->logs);
	em_out_puts(out, "\n");
	for (const struct em_suite *s = r->suites; s != NULL; s = s->next) {
		em_out_puts(out, " suite");
		dump_str(out, " ", s->name);
		dump_counts(out, &s->counts);
		dump_flag(out, " failed", s->outcome == EM_FAIL);
		dump_str(out, " ", s->status);
		dump_str(out, " in ", s->parent);
		dump_int(out, " ns ", s->duration_ns);
		em_out_printf(out, " sum %lld", (long long)s->summed_ns);
		dump_pairs(out, s->properties);
		dump_items(out, s->logs);
		em_out_puts(out, "\n");
		for (const struct em_case *c = s->cases; c != NULL; c = c->next)
			dump_case(out, c);
	}
}

/* To be freed. */
static char *
dump(struct em_results *rs)
{
	static const char *const verdicts[] = { [EM_V_PASS] = "pass",
		[EM_V_FAIL] = "fail",
		[EM_V_TRUNCATED] = "truncated",
		[EM_V_NOTHING] = "nothing" };
	struct em_out *out = em_out_mem();
	struct em_str s;
	char *text;

	for (const struct em_run *r = em_results_runs(rs); r != NULL;
	     r = r->next)
		dump_run(out, r);
	em_out_printf(out, "%s\n", verdicts[em_results_verdict(rs)]);
	s = em_out_memory(out);
	text = malloc(s.n + 1);
	ck_assert_ptr_nonnull(text);
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	em_out_close(out, NULL);
	return text;
}

/* ---- streams and what is concluded from them ---- */

/* {kind, members...}: the braces and the word event are added. */
#define E(kind) "{\"event\":\"" kind "\"}\n"
#define EV(kind, members) "{\"event\":\"" kind "\"," members "}\n"
#define HEAD EV("protocol", "\"version\":\"1.0\",\"producer\":{\"name\":\"p\"}")
#define START HEAD E("run_start")
#define PASS(name)                                                             \
	EV("case_start", "\"name\":\"" name "\"")                              \
	EV("case_complete", "\"name\":\"" name "\",\"outcome\":\"pass\"")
#define TRY(n, out)                                                            \
	EV("case_start", "\"name\":\"a\",\"attempt\":" n)                      \
	EV("case_complete",                                                    \
	    "\"name\":\"a\",\"attempt\":" n ",\"outcome\":\"" out "\"")
#define END(out) EV("run_complete", "\"outcome\":\"" out "\"")

static const struct {
	const char *what;
	const char *stream;
	const char *expect;
} streams[] = {
	{ "one pass", START PASS("a") END("pass"),
	    "run 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "pass\n" },
	{ "no cases", START END("pass"), "run 0/0/0 by p\nnothing\n" },
	{ "only a header", HEAD, "run 0/0/0 by p truncated\ntruncated\n" },
	{ "no run_complete", START PASS("a"),
	    "run 1/0/0 by p truncated\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "truncated\n" },
	{ "a listing",
	    HEAD E("discover_start") EV("discover_case", "\"name\":\"a\"")
		EV("discover_case",
		    "\"name\":\"b\",\"selected\":false,"
		    "\"status\":\"filtered\",\"reason\":\"no\"")
		    E("discover_complete"),
	    "run 0/0/0 by p listing flaky 0 notrun 0 open 0 out 1\n"
	    " suite 0/0/0 sum 0\n"
	    "  a: none\n"
	    "  b: none filtered because no not-selected\n"
	    "nothing\n" },
	{ "discovery that was cut",
	    HEAD E("discover_start") EV("discover_case", "\"name\":\"a\""),
	    "run 0/0/0 by p truncated\n"
	    " suite 0/0/0 sum 0\n"
	    "  a: none\n"
	    "truncated\n" },
	{ "not run",
	    HEAD EV("discover_case", "\"name\":\"a\"") EV("discover_case",
		"\"name\":\"b\"") E("run_start") PASS("a") END("pass"),
	    "run 1/0/0 by p flaky 0 notrun 1 open 0 out 0\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "  b: none\n"
	    "fail\n" },
	{ "started and not completed",
	    START EV("case_start", "\"name\":\"a\"") END("fail"),
	    "run 0/1/0 by p flaky 0 notrun 0 open 1 out 0\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail incomplete incomplete [1 fail incomplete]\n"
	    "fail\n" },
	{ "output makes an attempt exist",
	    START EV("case_output",
		"\"name\":\"a\",\"stream\":\"stdout\",\"text\":\"x\"")
		END("fail"),
	    "run 0/1/0 by p flaky 0 notrun 0 open 1 out 0\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail incomplete incomplete [1 fail incomplete out=x]\n"
	    "fail\n" },
	{ "a flaky case", START TRY("1", "fail") TRY("2", "pass") END("pass"),
	    "run 1/0/0 by p flaky 1 notrun 0 open 0 out 0\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass flaky [1 fail] [2 pass]\n"
	    "pass\n" },
	{ "the highest attempt decides, in whatever order they come",
	    START TRY("3", "fail") TRY("1", "pass") TRY("2", "pass")
		END("fail"),
	    "run 0/1/0 by p\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail [1 pass] [2 pass] [3 fail]\n"
	    "fail\n" },
	{ "the last attempt never ended",
	    START TRY("1", "fail")
		EV("case_start", "\"name\":\"a\",\"attempt\":2") END("fail"),
	    "run 0/1/0 by p flaky 0 notrun 0 open 1 out 0\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail incomplete incomplete [1 fail] [2 fail incomplete]\n"
	    "fail\n" },
	{ "a fail among duplicates is not lost",
	    START TRY("1", "pass") TRY("1", "fail") TRY("1", "pass")
		END("fail"),
	    "run 0/1/0 by p\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail contradicted [1 fail]\n"
	    "fail\n" },
	{ "a result beats a skip",
	    START TRY("1", "pass") TRY("1", "skip") END("pass"),
	    "run 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass contradicted [1 pass]\n"
	    "pass\n" },
	{ "an error message before the completion changes nothing",
	    START EV("case_message",
		"\"name\":\"a\",\"kind\":\"error\",\"message\":\"m\"")
		EV("case_complete",
		    "\"name\":\"a\",\"outcome\":\"skip\","
		    "\"status\":\"xfail\"") END("pass"),
	    "run 0/0/1 by p\n"
	    " suite 0/0/1 sum 0\n"
	    "  a: skip xfail [1 skip xfail error=m]\n"
	    "pass\n" },
	{ "an error message after the completion makes it fail",
	    START PASS("a") EV("case_message",
		"\"name\":\"a\",\"kind\":\"error\",\"message\":\"m\"")
		END("pass"),
	    "run 0/1/0 by p mismatch\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail error contradicted [1 fail error error=m]\n"
	    "fail\n" },
	{ "a warning after the completion does not",
	    START PASS("a") EV("case_message",
		"\"name\":\"a\",\"kind\":\"warning\",\"message\":\"m\"")
		END("pass"),
	    "run 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass warning=m]\n"
	    "pass\n" },
	{ "an unknown outcome is no pass",
	    START EV("case_complete", "\"name\":\"a\",\"outcome\":\"ok\"")
		END("fail"),
	    "run 0/1/0 by p\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail [1 fail]\n"
	    "fail\n" },
	{ "a completion without outcome completes with fail",
	    START EV("case_complete", "\"name\":\"a\"") END("fail"),
	    "run 0/1/0 by p invalid 1\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail [1 fail]\n"
	    "fail\n" },
	{ "an invalid event: never a pass",
	    START PASS("a") E("case_start") END("pass"),
	    "run 1/0/0 by p invalid 1\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "fail\n" },
	{ "a malformed line: never a pass",
	    START PASS("a") "{\"event\":\n" END("pass"),
	    "run 1/0/0 by p invalid 1 out={\"event\":\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "fail\n" },
	{ "noise is kept with the run",
	    "building\n" START "hello\n" PASS("a") END("pass"),
	    "run 1/0/0 by p out=building out=hello\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "pass\n" },
	{ "a suite that fails by itself",
	    START EV("suite_start", "\"suite\":\"s\"") EV("suite_complete",
		"\"suite\":\"s\",\"outcome\":\"fail\","
		"\"status\":\"error\"") END("fail"),
	    "run 0/0/0 by p\n"
	    " suite s 0/0/0 failed error sum 0\n"
	    "fail\n" },
	{ "a suite that fails, and a run that says it passed",
	    START EV("suite_complete", "\"suite\":\"s\",\"outcome\":\"fail\"")
		END("pass"),
	    "run 0/0/0 by p mismatch\n"
	    " suite s 0/0/0 failed sum 0\n"
	    "fail\n" },
	{ "a suite that never ended",
	    START EV("suite_start", "\"suite\":\"s\",\"parent\":\"r\"")
		END("fail"),
	    "run 0/0/0 by p\n"
	    " suite s 0/0/0 failed incomplete in r sum 0\n"
	    "fail\n" },
	{ "a suite without outcome says nothing",
	    START EV("suite_start", "\"suite\":\"s\"")
		EV("suite_complete", "\"suite\":\"s\"") PASS("a") END("pass"),
	    "run 1/0/0 by p\n"
	    " suite s 0/0/0 sum 0\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "pass\n" },
	{ "right counts",
	    START PASS("a") EV("run_complete",
		"\"outcome\":\"pass\","
		"\"counts\":{\"pass\":1,\"fail\":0,\"skip\":0}"),
	    "run 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "pass\n" },
	{ "wrong counts",
	    START PASS("a") EV("run_complete",
		"\"outcome\":\"pass\","
		"\"counts\":{\"pass\":2,\"fail\":0,\"skip\":0}"),
	    "run 1/0/0 by p mismatch\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "fail\n" },
	{ "counts without a key",
	    START PASS("a") EV("run_complete",
		"\"outcome\":\"pass\",\"counts\":{\"pass\":1,\"fail\":0}"),
	    "run 1/0/0 by p mismatch\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "fail\n" },
	{ "wrong counts of a suite",
	    START EV("case_complete",
		"\"suite\":\"s\",\"name\":\"a\",\"outcome\":\"pass\"")
		EV("suite_complete",
		    "\"suite\":\"s\","
		    "\"counts\":{\"pass\":0,\"fail\":0,\"skip\":1}")
		    END("pass"),
	    "run 1/0/0 by p mismatch\n"
	    " suite s 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "fail\n" },
	{ "a run that passes in spite of a failure",
	    START TRY("1", "fail") END("pass"),
	    "run 0/1/0 by p mismatch\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail [1 fail]\n"
	    "fail\n" },
	{ "a run that fails for no reason", START PASS("a") END("fail"),
	    "run 1/0/0 by p mismatch\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "fail\n" },
	{ "a run that fails by itself",
	    START PASS("a")
		EV("run_complete", "\"outcome\":\"fail\",\"status\":\"build\""),
	    "run 1/0/0 by p status build\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "fail\n" },
	{ "a cancelled run", START PASS("a") E("run_cancel") END("fail"),
	    "run 1/0/0 by p cancelled\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "fail\n" },
	{ "skipped only", START TRY("1", "skip") END("skip"),
	    "run 0/0/1 by p\n"
	    " suite 0/0/1 sum 0\n"
	    "  a: skip [1 skip]\n"
	    "pass\n" },
	{ "streams one after the other are kept apart",
	    START PASS("a") END("pass") START TRY("1", "fail") END("fail"),
	    "run 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "run 0/1/0 by p\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail [1 fail]\n"
	    "fail\n" },
	{ "a stream that was cut before another",
	    START PASS("a") START PASS("a") END("pass"),
	    "run 1/0/0 by p truncated\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "run 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "truncated\n" },
	{ "runs that share a stream",
	    HEAD EV("run_start", "\"run\":\"x\"") EV(
		"run_start", "\"run\":\"y\"") EV("case_complete",
		"\"run\":\"y\",\"name\":\"a\",\"outcome\":\"fail\"")
		EV("case_complete",
		    "\"run\":\"x\",\"name\":\"a\","
		    "\"outcome\":\"pass\"")
		    EV("run_complete", "\"run\":\"x\",\"outcome\":\"pass\"") EV(
			"run_complete", "\"run\":\"y\",\"outcome\":\"fail\""),
	    "run x 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "run y 0/1/0 by p\n"
	    " suite 0/1/0 sum 0\n"
	    "  a: fail [1 fail]\n"
	    "fail\n" },
	{ "identity: absent differs from empty",
	    START EV("case_complete", "\"name\":\"a\",\"outcome\":\"pass\"")
		EV("case_complete",
		    "\"name\":\"a\",\"variant\":\"\",\"outcome\":\"pass\"")
		    EV("case_complete",
			"\"name\":\"a\",\"variant\":\"v\",\"iteration\":2,"
			"\"outcome\":\"pass\"") EV("case_complete",
			"\"name\":\"a\",\"iteration\":1,"
			"\"outcome\":\"pass\"") END("pass"),
	    "run 3/0/0 by p\n"
	    " suite 3/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "  a#: pass [1 pass]\n"
	    "  a#v@2: pass [1 pass]\n"
	    "pass\n" },
	{ "durations, stated and from elapsed_ns",
	    START EV("case_start", "\"name\":\"a\",\"elapsed_ns\":5")
		EV("case_complete",
		    "\"name\":\"a\",\"outcome\":\"pass\",\"elapsed_ns\":12")
		    EV("case_start", "\"name\":\"b\",\"elapsed_ns\":5")
			EV("case_complete",
			    "\"name\":\"b\",\"outcome\":\"pass\","
			    "\"elapsed_ns\":12,\"duration_ns\":3") END("pass"),
	    "run 2/0/0 by p\n"
	    " suite 2/0/0 sum 10\n"
	    "  a: pass [1 pass 7]\n"
	    "  b: pass [1 pass 3]\n"
	    "pass\n" },
	{ "details: what is said later replaces, key by key",
	    HEAD EV("discover_case",
		"\"name\":\"a\",\"location\":{\"file\":\"f\"},"
		"\"properties\":{\"k\":\"1\",\"l\":\"2\"}") E("run_start")
		EV("case_start",
		    "\"name\":\"a\",\"worker\":\"w\","
		    "\"properties\":{\"l\":\"3\",\"m\":\"4\"}")
		    EV("case_complete",
			"\"name\":\"a\",\"outcome\":\"pass\","
			"\"exit_code\":0") END("pass"),
	    "run 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass exit 0 at f k=1 l=3 m=4 [1 pass worker=w]\n"
	    "pass\n" },
	{ "an unknown event changes nothing",
	    START EV("case_result", "\"name\":\"a\",\"outcome\":\"fail\"")
		PASS("b") END("pass"),
	    "run 1/0/0 by p\n"
	    " suite 1/0/0 sum 0\n"
	    "  b: pass [1 pass]\n"
	    "pass\n" },
	{ "a run that starts again is open again",
	    START PASS("a") END("pass") E("run_start"),
	    "run 1/0/0 by p truncated\n"
	    " suite 1/0/0 sum 0\n"
	    "  a: pass [1 pass]\n"
	    "truncated\n" },
};

static struct em_results *
fold_text(const char *text)
{
	const struct em_reader_opts opts = { .format = "native" };
	struct em_reader *r = em_reader_mem(&opts, em_str(text), "test");
	struct em_results *rs = em_results_new(EM_KEEP_ALL, 0);
	const struct em_event *ev;

	ck_assert_ptr_nonnull(rs);
	while (em_reader_next(r, &ev) == EM_OK)
		ck_assert_int_eq(em_results_event(rs, ev), EM_OK);
	ck_assert_ptr_null(em_reader_error(r));
	em_reader_close(r);
	return rs;
}

START_TEST(concludes)
{
	struct em_results *rs = fold_text(streams[_i].stream);
	char *text = dump(rs);

	ck_assert_msg(strcmp(text, streams[_i].expect) == 0,
	    "%s: expected\n%sgot\n%s", streams[_i].what, streams[_i].expect,
	    text);
	free(text);
	em_results_free(rs);
}
END_TEST

/* ---- pieces ---- */

struct rng {
	uint64_t s;
};

static unsigned
pick(struct rng *r, unsigned n)
{
	r->s = r->s * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(r->s >> 33) % n;
}

static struct em_str
pick_str(struct rng *r, const char *const *v, unsigned n)
{
	return em_str(v[pick(r, n)]);
}

/* Any event, out of a small world so that they hit each other. */
static void
random_event(struct rng *r, struct em_event *ev)
{
	static const enum em_kind kinds[] = { EM_PROTOCOL, EM_DISCOVER_START,
		EM_DISCOVER_CASE, EM_DISCOVER_COMPLETE, EM_RUN_START,
		EM_SUITE_START, EM_CASE_START, EM_CASE_START, EM_CASE_START,
		EM_CASE_SLOW, EM_CASE_OUTPUT, EM_CASE_MESSAGE, EM_CASE_METRIC,
		EM_CASE_ATTACHMENT, EM_CASE_COMPLETE, EM_CASE_COMPLETE,
		EM_CASE_COMPLETE, EM_SUITE_COMPLETE, EM_RUN_CANCEL,
		EM_RUN_COMPLETE, EM_LOG, EM_UNKNOWN };
	static const char *const names[] = { "a", "b", NULL, "" };
	static const char *const rare[] = { NULL, NULL, NULL, "x", "y" };
	static const char *const says[] = { NULL, "s1", "s2" };
	static const char *const message[] = { "error", "warning" };
	static struct em_pair pair;

	em_event_init(ev, kinds[pick(r, ARRAY_LEN(kinds))]);
	ev->run = pick_str(r, rare, 4);
	ev->suite = pick_str(r, rare, 5);
	ev->class_name = pick_str(r, rare, 4);
	ev->name = pick_str(r, names, pick(r, 8) == 0 ? 4 : 2);
	ev->variant = pick_str(r, rare, 4);
	if (pick(r, 4) == 0)
		ev->attempt = 1 + (int64_t)pick(r, 3);
	if (pick(r, 8) == 0)
		ev->iteration = 1 + (int64_t)pick(r, 2);
	if (pick(r, 3) > 0)
		ev->elapsed_ns = (int64_t)pick(r, 50);
	if (pick(r, 3) == 0)
		ev->duration_ns = (int64_t)pick(r, 50);
	ev->outcome = (enum em_outcome)pick(r, EM_INVALID + 1);
	ev->selected = (enum em_tri)pick(r, 3);
	ev->status = pick_str(r, says, 3);
	ev->reason = pick_str(r, says, 3);
	ev->message_kind = pick_str(r, message, 2);
	ev->message = ev->text = ev->metric = ev->path = pick_str(r, says, 3);
	ev->producer_name = ev->parent = ev->worker = pick_str(r, says, 3);
	ev->location.file = pick_str(r, says, 3);
	if (pick(r, 3) == 0) {
		pair = (struct em_pair){ pick_str(r, names, 2),
			pick_str(r, names, 2), false };
		ev->properties = (struct em_pairs){ &pair, 1 };
	}
	if (pick(r, 20) == 0)
		ev->counts = (struct em_counts){ 1, 0, 0 };
	if (pick(r, 30) == 0)
		ev->flags = EM_F_INVALID;
}

static uint64_t
violations(struct em_results *rs)
{
	uint64_t n = 0;

	for (const struct em_run *r = em_results_runs(rs); r != NULL;
	     r = r->next)
		n += r->violations;
	return n;
}

enum { PIECES = 3, EVENTS = 40 };

START_TEST(pieces_conclude_the_same)
{
	struct rng r = { (uint64_t)_i * 7919 + 1 };
	unsigned keep = _i % 4 == 0 ? 0 : EM_KEEP_ALL;
	struct em_results *whole = em_results_new(keep, 0);
	struct em_results *part[PIECES], *joined = em_results_new(keep, 0);
	char *expect, *got;
	struct em_event ev;

	for (size_t i = 0; i < PIECES; i++)
		part[i] = em_results_new(keep, 0);
	for (unsigned i = 0, p = 0; i < EVENTS; i++) {
		random_event(&r, &ev);
		if (p + 1 < PIECES && pick(&r, EVENTS / PIECES) == 0)
			p++;
		ck_assert_int_eq(em_results_event(whole, &ev), EM_OK);
		ck_assert_int_eq(em_results_event(part[p], &ev), EM_OK);
	}
	expect = dump(whole);
	/* Asking in between must not matter. */
	free(dump(part[0]));
	/* (0 1) 2 for some, 0 (1 2) for others. */
	if (_i % 2 == 0) {
		em_results_merge(part[1], part[2]);
		em_results_merge(joined, part[0]);
		free(dump(joined));
		em_results_merge(joined, part[1]);
	} else {
		for (size_t i = 0; i < PIECES; i++)
			em_results_merge(joined, part[i]);
	}
	got = dump(joined);
	ck_assert_msg(strcmp(got, expect) == 0,
	    "seed %d: at once\n%sin pieces\n%s", _i, expect, got);
	ck_assert_uint_eq(violations(joined), violations(whole));
	free(got);
	free(expect);
	for (size_t i = 0; i < PIECES; i++)
		em_results_free(part[i]);
	em_results_free(joined);
	em_results_free(whole);
}
END_TEST

/* ---- counts without cases ---- */

/* All that counts alone conclude. */
static char *
dump_counts_alone(struct em_results *rs)
{
	struct em_out *out = em_out_mem();
	struct em_str s;
	char *text;

	for (const struct em_run *r = em_results_runs(rs); r != NULL;
	     r = r->next) {
		dump_str(out, "run ", r->id);
		dump_counts(out, &r->counts);
		dump_flag(out, " listing", r->listing);
		dump_flag(out, " mismatch", r->mismatch);
		em_out_printf(out, " %zu notrun %d open %d out %d\n",
		    r->case_count, (int)r->not_run, (int)r->incomplete,
		    (int)r->not_selected);
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next) {
			dump_str(out, " suite ", u->name);
			dump_counts(out, &u->counts);
			em_out_printf(out, " %zu\n", u->case_count);
		}
	}
	em_out_printf(out, "%d\n", (int)em_results_verdict(rs));
	s = em_out_memory(out);
	text = strndup(s.p, s.n);
	ck_assert_ptr_nonnull(text);
	em_out_close(out, NULL);
	return text;
}

START_TEST(counts_alone_conclude_the_same)
{
	struct rng r = { (uint64_t)_i * 6271 + 5 };
	struct em_results *full = em_results_new(0, 0);
	struct em_results *counts = em_results_new(EM_KEEP_COUNTS, 0);
	char *expect, *got;
	struct em_event ev;

	for (unsigned i = 0; i < EVENTS * 2; i++) {
		random_event(&r, &ev);
		ck_assert_int_eq(em_results_event(full, &ev), EM_OK);
		ck_assert_int_eq(em_results_event(counts, &ev), EM_OK);
	}
	expect = dump_counts_alone(full);
	got = dump_counts_alone(counts);
	ck_assert_msg(strcmp(got, expect) == 0,
	    "seed %d: with cases\n%swithout\n%s", _i, expect, got);
	ck_assert_int_eq(em_results_merge(full, counts), EM_ERR);
	free(got);
	free(expect);
	em_results_free(full);
	em_results_free(counts);
}
END_TEST

/* ---- memory ---- */

/* The event of that kind for the case of that number. */
static struct em_event
case_event(enum em_kind kind, unsigned number, char name[80])
{
	struct em_event ev;

	em_event_init(&ev, kind);
	snprintf(
	    name, 80, "module::submodule::test_case_with_a_name_%08u", number);
	ev.name = em_str(name);
	ev.outcome = kind == EM_CASE_COMPLETE ? EM_PASS : EM_NONE;
	ev.duration_ns = number;
	return ev;
}

static enum em_rc
fold_case(struct em_results *rs, struct em_str suite, unsigned number)
{
	char name[80];
	struct em_event ev = case_event(EM_CASE_START, number, name);

	ev.suite = suite;
	if (em_results_event(rs, &ev) != EM_OK)
		return EM_ERR;
	ev = case_event(EM_CASE_COMPLETE, number, name);
	ev.suite = suite;
	return em_results_event(rs, &ev);
}

START_TEST(a_million_cases_fit)
{
	const size_t max = (size_t)200 << 20;
	struct em_results *rs = em_results_new(0, max);
	unsigned n = 1000000;
	char name[80];
	struct em_event ev;

	for (unsigned i = 0; i < n; i++)
		ck_assert_int_eq(fold_case(rs, EM_STR("suite"), i), EM_OK);
	/* Each is found again. */
	for (unsigned i = 0; i < n; i += 997) {
		ev = case_event(EM_CASE_OUTPUT, i, name);
		ev.suite = EM_STR("suite");
		ck_assert_int_eq(em_results_event(rs, &ev), EM_OK);
	}
	ck_assert_uint_eq(em_results_runs(rs)->case_count, n);
	ck_assert_int_eq(em_results_runs(rs)->counts.pass, n);
	em_results_free(rs);
}
END_TEST

START_TEST(small_suites_stay_small)
{
	const size_t max = (size_t)36 << 20;
	struct em_results *rs = em_results_new(0, max);
	char name[64];

	for (unsigned s = 0; s < 10000; s++) {
		snprintf(name, sizeof(name), "package.of.tests.Suite%uTest", s);
		for (unsigned i = 0; i < 10; i++)
			ck_assert_int_eq(fold_case(rs, em_str(name), i), EM_OK);
	}
	em_results_free(rs);
}
END_TEST

START_TEST(the_limit_is_an_error)
{
	struct em_results *rs = em_results_new(EM_KEEP_ALL, 100000);
	unsigned i = 0;

	while (i < 100000 && fold_case(rs, EM_STR("suite"), i) == EM_OK)
		i++;
	ck_assert_uint_gt(i, 100);
	ck_assert_uint_lt(i, 1000);
	ck_assert_int_eq(em_results_error(rs)->code, EM_E_LIMIT);
	/* What was folded can still be looked at. */
	free(dump(rs));
	em_results_free(rs);
}
END_TEST

START_TEST(dropped_suites_leave_their_counts)
{
	struct em_results *rs = em_results_new(EM_KEEP_ALL, 1 << 20);
	struct em_event ev;
	char suite[32];

	em_event_init(&ev, EM_SUITE_COMPLETE);
	for (unsigned s = 0; s < 2000; s++) {
		snprintf(suite, sizeof(suite), "suite %u", s);
		ev.suite = em_str(suite);
		for (unsigned i = 0; i < 100; i++)
			ck_assert_int_eq(fold_case(rs, ev.suite, i), EM_OK);
		/* Three are open at a time, and go in any order. */
		if (s % 3 != 2)
			continue;
		for (unsigned k = 0; k < 3; k++) {
			unsigned back = (k * 2 + s) % 3;
			const struct em_suite *x;

			snprintf(suite, sizeof(suite), "suite %u", s - back);
			ev.suite = em_str(suite);
			ck_assert_int_eq(em_results_event(rs, &ev), EM_OK);
			x = em_results_suite(rs, &ev);
			ck_assert_ptr_nonnull(x);
			ck_assert_int_eq(x->counts.pass, 100);
			em_results_drop(rs, x);
			ck_assert_ptr_null(em_results_suite(rs, &ev));
		}
	}
	ck_assert_int_eq(em_results_runs(rs)->counts.pass, 200000);
	ck_assert_int_eq(em_results_verdict(rs), EM_V_TRUNCATED);
	em_results_free(rs);
}
END_TEST

/* Names that several streams have are kept once; the suite that keeps them may
 * go first. */
START_TEST(names_are_borrowed)
{
#define NAMED(out)                                                             \
	START EV("case_complete",                                              \
	    "\"suite\":\"s\",\"name\":\"one\",\"outcome\":\"" out              \
	    "\"") EV("case_complete",                                          \
	    "\"suite\":\"s\",\"name\":\"two\",\"outcome\":\"pass\"") END(out)
	struct em_results *a =
	    fold_text(NAMED("pass") NAMED("pass") NAMED("fail"));
	struct em_results *b = em_results_new(0, 0);
	const struct em_run *r = em_results_runs(a), *second = r->next;
	const struct em_suite *last = second->next->suites;
	struct em_event ev;

	ck_assert_ptr_eq(r->suites->cases->name.p, last->cases->name.p);
	em_results_borrow(b, a);
	em_event_init(&ev, EM_PROTOCOL);
	ck_assert_int_eq(em_results_event(b, &ev), EM_OK);
	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.suite = EM_STR("s");
	ev.name = EM_STR("two");
	ev.outcome = EM_PASS;
	ck_assert_int_eq(em_results_event(b, &ev), EM_OK);
	ck_assert_ptr_eq(em_results_runs(b)->suites->cases->name.p,
	    last->cases->next->name.p);
	em_results_drop(a, r->suites);
	em_results_drop(a, second->suites);
	ck_assert(str_eq(last->cases->name, "one"));
	ck_assert(str_eq(last->cases->next->name, "two"));
	ck_assert_int_eq(last->cases->outcome, EM_FAIL);
	em_results_free(b);
	em_results_free(a);
#undef NAMED
}
END_TEST

START_TEST(finds_cases_of_other_results)
{
	struct em_results *a = fold_text(START PASS("a") EV("case_complete",
	    "\"suite\":\"s\",\"class\":\"c\",\"name\":\"n\","
	    "\"variant\":\"v\",\"iteration\":2,\"outcome\":\"pass\"")
		END("pass"));
	struct em_results *b = fold_text(START EV("case_complete",
	    "\"suite\":\"s\",\"class\":\"c\",\"name\":\"n\","
	    "\"variant\":\"v\",\"iteration\":2,\"outcome\":\"fail\"")
		END("fail"));
	const struct em_suite *s = em_results_runs(a)->suites;
	const struct em_case *found;

	ck_assert_ptr_null(em_results_find(b, NULL, s->cases));
	ck_assert_ptr_eq(em_results_find(a, s, s->cases), s->cases);
	ck_assert_ptr_null(em_results_find(a, s->next, s->cases));
	found = em_results_find(b, NULL, s->next->cases);
	ck_assert_ptr_nonnull(found);
	ck_assert_int_eq(found->outcome, EM_FAIL);
	em_results_free(a);
	em_results_free(b);
}
END_TEST

START_TEST(the_identity_is_that_of_its_events)
{
	struct em_results *rs = em_results_new(EM_KEEP_ALL, 0);
	struct em_event id, ev;
	const struct em_case *c;

	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.run = EM_STR("r1");
	ev.suite = EM_STR("math");
	ev.class_name = EM_STR("Adding");
	ev.name = EM_STR("carries");
	ev.variant = EM_STR("base 8");
	ev.iteration = _i == 0 ? EM_UNSET : _i;
	ev.attempt = 2;
	ev.outcome = EM_FAIL;
	ck_assert_int_eq(em_results_event(rs, &ev), EM_OK);
	c = em_results_runs(rs)->suites->cases;
	id = em_case_identity(c);
	ck_assert_int_eq(id.kind, EM_CASE_START);
	ck_assert(em_str_eq(id.run, ev.run));
	ck_assert(em_str_eq(id.suite, ev.suite));
	ck_assert(em_str_eq(id.class_name, ev.class_name));
	ck_assert(em_str_eq(id.name, ev.name));
	ck_assert(em_str_eq(id.variant, ev.variant));
	/* The first iteration is as good as none. */
	ck_assert_int_eq(id.iteration, _i > 1 ? _i : EM_UNSET);
	ck_assert_int_eq(id.attempt, EM_UNSET);
	ck_assert_int_eq(id.outcome, EM_NONE);
	ck_assert(em_case_key(&id).lo == em_case_key(&ev).lo);
	ck_assert(em_case_key(&id).hi == em_case_key(&ev).hi);
	em_results_free(rs);
}
END_TEST

Suite *results_suite(void);

Suite *
results_suite(void)
{
	Suite *s = suite_create("results");
	TCase *t = tcase_create("results");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, concludes, 0, ARRAY_LEN(streams));
	tcase_add_loop_test(t, pieces_conclude_the_same, 0, 500);
	tcase_add_loop_test(t, counts_alone_conclude_the_same, 0, 500);
	tcase_add_test(t, a_million_cases_fit);
	tcase_add_test(t, small_suites_stay_small);
	tcase_add_test(t, the_limit_is_an_error);
	tcase_add_test(t, dropped_suites_leave_their_counts);
	tcase_add_test(t, names_are_borrowed);
	tcase_add_test(t, finds_cases_of_other_results);
	tcase_add_loop_test(t, the_identity_is_that_of_its_events, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
