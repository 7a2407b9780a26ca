/* SPDX-License-Identifier: MIT */
/* Selections as streams go in and come out. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "test_select.h"

static enum em_rc
to_writer(void *arg, const struct em_event *ev)
{
	return em_writer_event(arg, ev);
}

struct outcome {
	struct em_out *out;
	struct em_writer *w;
	struct em_select *s;
};

static void
begin(struct outcome *o, struct em_select_opts so)
{
	struct em_error err = { 0 };

	o->out = em_out_mem();
	o->w = em_writer_open(NULL, o->out, &err);
	so.emit = to_writer;
	so.arg = o->w;
	o->s = em_select_new(&so, &err, NULL);
	ck_assert_msg(o->s != NULL, "%s", err.msg);
}

static void
feed(struct outcome *o, const char *in)
{
	struct em_reader_opts ro = { .format = "native" };
	struct em_reader *r = em_reader_mem(&ro, em_str(in), "");
	const struct em_event *ev;

	while (em_reader_next(r, &ev) == EM_OK)
		ck_assert_int_eq(em_select_event(o->s, ev), EM_OK);
	em_reader_close(r);
}

/* What has come out so far; the buffer is the caller's to free. */
static char *
so_far(const struct outcome *o)
{
	struct em_str all = em_out_memory(o->out);
	char *p = malloc(all.n + 1);

	memcpy(p, all.p, all.n);
	p[all.n] = '\0';
	return p;
}

static void
expect(const struct outcome *o, const char *want)
{
	char *got = so_far(o);

	ck_assert_msg(
	    strcmp(got, want) == 0, "got\n%s-- instead of\n%s--", got, want);
	free(got);
}

static void
finish(struct outcome *o)
{
	em_select_free(o->s);
	em_writer_close(o->w);
	em_out_close(o->out, NULL);
}

/* ---- whole streams ---- */

static const struct {
	const char *what, *expr, *in, *out;
} streams[] = {
	{ "nothing removed, nothing changed", "all",
	    HEADER RUN VENDOR CASE("a", "pass") LOG("x") CASE("b", "fail")
		DONE("pass", 7, 7, 7),
	    HEADER RUN VENDOR CASE("a", "pass") LOG("x") CASE("b", "fail")
		DONE("pass", 7, 7, 7) },
	{ "nothing removed by outcome either", "pass or fail",
	    HEADER RUN CASE("a", "pass") CASE("b", "fail")
		DONE("pass", 7, 7, 7),
	    HEADER RUN CASE("a", "pass") CASE("b", "fail")
		DONE("pass", 7, 7, 7) },
	{ "whole cases, counts anew", "fail",
	    HEADER RUN START("a") SAYS("a", "x") START("b") ERROR("b", "y")
		END("b", "fail") END("a", "pass") DONE("fail", 1, 1, 0),
	    HEADER RUN START("b") ERROR("b", "y") END("b", "fail")
		FILTERED("fail", 0, 1, 0) },
	{ "without failures the run has not failed", "pass",
	    HEADER RUN CASE("a", "pass") CASE("b", "fail")
		DONE("fail", 1, 1, 0),
	    HEADER RUN CASE("a", "pass") FILTERED("pass", 1, 0, 0) },
	{ "a run that passed does not fail for want of cases", "none",
	    HEADER RUN CASE("a", "pass") DONE("skip", 1, 0, 0),
	    HEADER RUN FILTERED("skip", 0, 0, 0) },
	{ "a run that says why it failed stays failed", "pass",
	    HEADER RUN CASE("a", "pass") CASE(
		"b", "fail") "{\"event\":\"run_complete\",\"outcome\":\"fail\","
			     "\"status\":\"abort\"}\n",
	    HEADER RUN CASE(
		"a", "pass") "{\"event\":\"run_complete\",\"outcome\":\"fail\","
			     "\"status\":\"abort\",\"filtered\":true}\n" },
	{ "so does one that was cancelled", "pass",
	    HEADER RUN CASE("a", "pass") CASE("b",
		"fail") "{\"event\":\"run_cancel\"}\n" DONE("fail", 1, 1, 0),
	    HEADER RUN CASE(
		"a", "pass") "{\"event\":\"run_cancel\"}\n" FILTERED("fail", 1,
		0, 0) },
	{ "and one in which nothing failed", "name(=a)",
	    HEADER RUN CASE("a", "pass") CASE("b", "pass")
		DONE("fail", 2, 0, 0),
	    HEADER RUN CASE("a", "pass") FILTERED("fail", 1, 0, 0) },
	{ "a suite of its own accord fails the run", "pass",
	    HEADER RUN IN("s", "suite_start", "") CASE("a", "pass") CASE(
		"b", "fail") IN("s", "suite_complete", ",\"outcome\":\"fail\"")
		DONE("fail", 1, 1, 0),
	    HEADER RUN IN("s", "suite_start", "") CASE("a", "pass")
		IN("s", "suite_complete", ",\"outcome\":\"fail\"")
		    FILTERED("fail", 1, 0, 0) },
	{ "an incomplete suite too", "pass",
	    HEADER RUN IN("s", "suite_start", "") CASE("a", "pass")
		CASE("b", "fail") DONE("fail", 1, 1, 0),
	    HEADER RUN IN("s", "suite_start", "") CASE("a", "pass")
		FILTERED("fail", 1, 0, 0) },
	{ "unknown members, spelling and order stay", "fail",
	    HEADER RUN CASE("a", "pass") CASE("b",
		"fail") "{ \"x.n\" : 1.500e+0, \"event\" : \"run_complete\" ,"
			"\"counts\":{\"fail\" : 1,\"x.c\":[1,2] , \"pass\":1,"
			"\"skip\":0} ,\"outcome\":\"fail\",\"x.z\":\"}\\\"\" } "
			"\n",
	    HEADER RUN CASE("b",
		"fail") "{ \"x.n\" : 1.500e+0, \"event\" : \"run_complete\" ,"
			"\"counts\":{\"fail\" : 1,\"x.c\":[1,2] , \"pass\":0,"
			"\"skip\":0} ,\"outcome\":\"fail\",\"x.z\":\"}\\\"\" "
			",\"filtered\":true} \n" },
	{ "keys may be spelled with escapes", "pass",
	    HEADER RUN CASE("a", "pass")
		CASE("b", "fail") "{\"event\":\"run_complete\","
				  "\"\\u006futcome\":\"fail\"}\n",
	    HEADER RUN CASE("a", "pass") "{\"event\":\"run_complete\","
					 "\"\\u006futcome\":\"pass\","
					 "\"filtered\":true}\n" },
	{ "filtered before, filtered after", "fail",
	    HEADER RUN CASE(
		"a", "pass") "{\"event\":\"run_complete\",\"filtered\":false,"
			     "\"outcome\":\"pass\"}\n",
	    HEADER RUN "{\"event\":\"run_complete\",\"filtered\":true,"
		       "\"outcome\":\"pass\"}\n" },
	{ "counts that were never right stay so", "fail",
	    HEADER RUN CASE(
		"a", "pass") "{\"event\":\"run_complete\",\"outcome\":\"pass\","
			     "\"counts\":{\"pass\":\"1\",\"skip\":0}}\n",
	    HEADER RUN "{\"event\":\"run_complete\",\"outcome\":\"fail\","
		       "\"counts\":{\"pass\":\"1\",\"skip\":0},"
		       "\"filtered\":true}\n" },
	{ "counts that the cases contradict are no pass", "fail",
	    HEADER RUN CASE(
		"a", "pass") "{\"event\":\"run_complete\",\"outcome\":\"pass\","
			     "\"counts\":{\"pass\":2,\"fail\":0,\"skip\":0}}"
			     "\n",
	    HEADER RUN "{\"event\":\"run_complete\",\"outcome\":\"fail\","
		       "\"counts\":{\"pass\":0,\"fail\":0,\"skip\":0},"
		       "\"filtered\":true}\n" },
	{ "a pass that a failure contradicts is none without it", "pass",
	    HEADER RUN CASE("a", "fail")
		CASE("b", "pass") "{\"event\":\"run_complete\",\"outcome\":"
				  "\"pass\"}\n",
	    HEADER RUN CASE(
		"b", "pass") "{\"event\":\"run_complete\",\"outcome\":\"fail\","
			     "\"filtered\":true}\n" },
	{ "counts of suites", "fail",
	    HEADER RUN IN("s", "suite_start", "") IN(
		"s", "case_start", ",\"name\":\"a\"") IN("s", "case_complete",
		",\"name\":\"a\",\"outcome\":\"pass\"")
		IN("s", "case_complete", ",\"name\":\"b\",\"outcome\":\"fail\"")
		    IN("s", "suite_complete",
			",\"counts\":{\"pass\":1,\"fail\":1,"
			"\"skip\":0}") IN("u", "suite_start", "")
			IN("u", "case_complete",
			    ",\"name\":\"a\","
			    "\"outcome\":\"fail\"") IN("u", "suite_complete",
			    ",\"counts\":{\"pass\":9,"
			    "\"fail\":9,\"skip\":9}") DONE("fail", 1, 2, 0),
	    HEADER RUN IN("s", "suite_start", "")
		IN("s", "case_complete", ",\"name\":\"b\",\"outcome\":\"fail\"")
		    IN("s", "suite_complete",
			",\"counts\":{\"pass\":0,\"fail\":1,\"skip\":0}")
			IN("u", "suite_start", "") IN("u", "case_complete",
			    ",\"name\":\"a\",\"outcome\":\"fail\"")
			    IN("u", "suite_complete",
				",\"counts\":{\"pass\":9,\"fail\":9,"
				"\"skip\":9}") FILTERED("fail", 0, 2, 0) },

	/* retries */
	{ "a retry may make it match", "pass",
	    HEADER RUN CASE("a", "fail") CASE("b", "pass") START2("a")
		END2("a", "pass") DONE("pass", 2, 0, 0),
	    HEADER RUN CASE("b", "pass") CASE("a", "fail") START2("a")
		END2("a", "pass") DONE("pass", 2, 0, 0) },
	{ "or not", "pass",
	    HEADER RUN CASE("a", "fail") START2("a") END2("a", "fail")
		DONE("fail", 0, 1, 0),
	    HEADER RUN FILTERED("pass", 0, 0, 0) },
	{ "flaky", "flaky",
	    HEADER RUN CASE("a", "fail") CASE("b", "fail") CASE("c", "pass")
		START2("a") END2("a", "pass") START2("b") END2("b", "fail")
		    DONE("fail", 2, 1, 0),
	    HEADER RUN CASE("a", "fail") START2("a") END2("a", "pass")
		FILTERED("pass", 1, 0, 0) },
	{ "an attempt that never completed has failed", "flaky",
	    HEADER RUN START("a") START2("a") END2("a", "pass")
		DONE("pass", 1, 0, 0),
	    HEADER RUN START("a") START2("a") END2("a", "pass")
		DONE("pass", 1, 0, 0) },
	{ "selected stays selected, counted as what it ends as", "fail",
	    HEADER RUN CASE("a", "fail") CASE("b", "pass") START2("a")
		SAYS("a", "x") END2("a", "pass") DONE("pass", 2, 0, 0),
	    HEADER RUN CASE("a", "fail") START2("a") SAYS("a", "x")
		END2("a", "pass") FILTERED("pass", 1, 0, 0) },

	/* events that come late, or twice */
	{ "output after the end", "pass",
	    HEADER RUN CASE("a", "pass") CASE("b", "fail") SAYS("a", "x")
		SAYS("b", "y") DONE("fail", 1, 1, 0),
	    HEADER RUN CASE("a", "pass") SAYS("a", "x")
		FILTERED("pass", 1, 0, 0) },
	{ "an error after the end makes it fail", "fail",
	    HEADER RUN CASE("a", "pass") ERROR("a", "late")
		DONE("pass", 1, 0, 0),
	    HEADER RUN ERROR("a", "late") FILTERED("fail", 0, 1, 0) },
	{ "also one that was selected", "name(a) or fail",
	    HEADER RUN CASE("a", "pass") ERROR("a", "late") CASE("b", "pass")
		DONE("pass", 2, 0, 0),
	    HEADER RUN CASE("a", "pass") ERROR("a", "late")
		FILTERED("fail", 0, 1, 0) },
	{ "a fail among duplicates is not lost", "fail",
	    HEADER RUN CASE("a", "pass") END("a", "fail") DONE("pass", 1, 0, 0),
	    HEADER RUN END("a", "fail") FILTERED("fail", 0, 1, 0) },
	{ "a skip after a pass changes nothing", "skip",
	    HEADER RUN CASE("a", "pass") END("a", "skip") DONE("pass", 1, 0, 0),
	    HEADER RUN FILTERED("pass", 0, 0, 0) },
	{ "a completion alone", "fail",
	    HEADER RUN END("a", "fail") END("b", "pass") DONE("fail", 1, 1, 0),
	    HEADER RUN END("a", "fail") FILTERED("fail", 0, 1, 0) },
	{ "an outcome that is none is a failure", "fail",
	    HEADER RUN CASE("a", "flaky") CASE("b", "pass")
		DONE("fail", 1, 1, 0),
	    HEADER RUN CASE("a", "flaky") FILTERED("fail", 0, 1, 0) },

	/* ends without a completion */
	{ "incomplete at the end of the run", "incomplete",
	    HEADER RUN START("a") SAYS("a", "x") CASE("b", "pass")
		DONE("fail", 1, 1, 0),
	    HEADER RUN START("a") SAYS("a", "x") FILTERED("fail", 0, 1, 0) },
	{ "incomplete is a failure", "fail",
	    HEADER RUN START("a") CASE("b", "pass") DONE("fail", 1, 1, 0),
	    HEADER RUN START("a") FILTERED("fail", 0, 1, 0) },
	{ "incomplete at the end of the suite", "incomplete",
	    HEADER RUN IN("s", "suite_start", "")
		IN("s", "case_start", ",\"name\":\"a\"") IN(
		    "s", "suite_complete", "") LOG("x") DONE("fail", 0, 1, 0),
	    HEADER RUN IN("s", "suite_start", "")
		IN("s", "case_start", ",\"name\":\"a\"") IN(
		    "s", "suite_complete", "") LOG("x") DONE("fail", 0, 1, 0) },
	{ "a stream that is cut", "fail",
	    HEADER RUN START("a") CASE("b", "pass"), HEADER RUN START("a") },
	{ "and no run_complete is added", "pass",
	    HEADER RUN CASE("a", "fail") CASE("b", "pass"),
	    HEADER RUN CASE("b", "pass") },

	/* discovery */
	{ "discovery comes with the case", "fail",
	    HEADER FOUND("a") FOUND("b") LISTED RUN CASE("a", "pass")
		CASE("b", "fail") DONE("fail", 1, 1, 0),
	    HEADER LISTED RUN FOUND("b") CASE("b", "fail")
		FILTERED("fail", 0, 1, 0) },
	{ "at once where names decide", "name(b)",
	    HEADER FOUND("a") FOUND("b") LISTED RUN CASE("a", "pass")
		CASE("b", "fail") DONE("fail", 1, 1, 0),
	    HEADER FOUND("b") LISTED RUN CASE("b", "fail")
		FILTERED("fail", 0, 1, 0) },
	{ "what was not run", "notrun",
	    HEADER FOUND("a") FOUND("b") LISTED RUN CASE("a", "pass")
		DONE("fail", 1, 0, 0),
	    HEADER LISTED RUN FOUND("b") FILTERED("fail", 0, 0, 0) },
	{ "what was not run fails the run no more when it is gone", "pass",
	    HEADER FOUND("a") FOUND("b") LISTED RUN CASE("a", "pass")
		DONE("fail", 1, 0, 0),
	    HEADER LISTED RUN FOUND("a") CASE("a", "pass")
		FILTERED("pass", 1, 0, 0) },
	{ "nor when it is dropped for its name", "name(=a)",
	    HEADER FOUND("a") FOUND("b") LISTED RUN CASE("a", "pass")
		DONE("fail", 1, 0, 0),
	    HEADER FOUND("a") LISTED RUN CASE("a", "pass")
		FILTERED("pass", 1, 0, 0) },
	{ "what tags at discovery drop stays dropped", "not tag(net)",
	    HEADER "{\"event\":\"discover_case\",\"name\":\"a\",\"tags\":"
		   "[\"net\"]}\n" LISTED RUN CASE("a", "pass")
		       DONE("pass", 1, 0, 0),
	    HEADER LISTED RUN FILTERED("pass", 0, 0, 0) },
	{ "and its retries with it", "not tag(net)",
	    HEADER "{\"event\":\"discover_case\",\"name\":\"a\",\"tags\":"
		   "[\"net\"]}\n" LISTED RUN CASE("a", "fail") START2("a")
		       END2("a", "pass") DONE("pass", 1, 0, 0),
	    HEADER LISTED RUN FILTERED("pass", 0, 0, 0) },
	{ "and is selected by name as well", "name(b)",
	    HEADER FOUND("a") FOUND("b") LISTED RUN CASE("a", "pass")
		DONE("fail", 1, 0, 0),
	    HEADER FOUND("b") LISTED RUN FILTERED("fail", 0, 0, 0) },
	{ "not selected is not missed", "not fail",
	    HEADER "{\"event\":\"discover_case\",\"name\":\"a\","
		   "\"selected\":false}\n" LISTED RUN CASE("b", "fail")
		       DONE("fail", 0, 1, 0),
	    HEADER
	    "{\"event\":\"discover_case\",\"name\":\"a\","
	    "\"selected\":false}\n" LISTED RUN FILTERED("pass", 0, 0, 0) },
	{ "a listing ends with discover_complete", "not fail",
	    HEADER FOUND("a") FOUND("b") LISTED,
	    HEADER FOUND("a") FOUND("b") LISTED },
	{ "nothing in a listing was not run", "notrun",
	    HEADER FOUND("a") FOUND("b") LISTED, HEADER LISTED },
	{ "tags at discovery", "tag(net)",
	    HEADER "{\"event\":\"discover_case\",\"name\":\"a\",\"tags\":"
		   "[\"net\"]}\n" FOUND("b") LISTED RUN CASE("b", "pass")
		       CASE("a", "pass") DONE("pass", 2, 0, 0),
	    HEADER "{\"event\":\"discover_case\",\"name\":\"a\",\"tags\":"
		   "[\"net\"]}\n" LISTED RUN CASE("a", "pass")
		       FILTERED("pass", 1, 0, 0) },
	{ "tags at discovery are known at the end", "tag(net) and fail",
	    HEADER "{\"event\":\"discover_case\",\"name\":\"a\",\"tags\":"
		   "[\"net\"]}\n" LISTED RUN CASE("a", "fail")
		       DONE("fail", 0, 1, 0),
	    HEADER LISTED RUN
	    "{\"event\":\"discover_case\",\"name\":\"a\",\"tags\":"
	    "[\"net\"]}\n" CASE("a", "fail") DONE("fail", 0, 1, 0) },

	/* what was said */
	{ "messages", "message(y)",
	    HEADER RUN START("a") ERROR("a", "x") ERROR("a", "y")
		END("a", "fail") CASE("b", "fail") DONE("fail", 0, 2, 0),
	    HEADER RUN START("a") ERROR("a", "x") ERROR("a", "y")
		END("a", "fail") FILTERED("fail", 0, 1, 0) },
	{ "two messages", "message(x) and message(y)",
	    HEADER RUN START("a") ERROR("a", "x") ERROR("a", "y")
		END("a", "fail") START("b") ERROR("b", "y") END("b", "fail")
		    DONE("fail", 0, 2, 0),
	    HEADER RUN START("a") ERROR("a", "x") ERROR("a", "y")
		END("a", "fail") FILTERED("fail", 0, 1, 0) },
	{ "output in pieces", "output(panic)",
	    HEADER RUN START("a") SAYS("a", "pa") SAYS("a", "nic")
		END("a", "pass") CASE("b", "pass") DONE("pass", 2, 0, 0),
	    HEADER RUN START("a") SAYS("a", "pa") SAYS("a", "nic")
		END("a", "pass") FILTERED("pass", 1, 0, 0) },
	{ "nothing said", "not output(panic)",
	    HEADER RUN START("a") SAYS("a", "panic") END("a", "pass")
		CASE("b", "pass") DONE("pass", 2, 0, 0),
	    HEADER RUN CASE("b", "pass") FILTERED("pass", 1, 0, 0) },
	{ "properties of run and suite", "property(os, linux)",
	    HEADER "{\"event\":\"run_start\",\"properties\":{\"os\":"
		   "\"linux\"}}\n" CASE("a", "pass") DONE("pass", 1, 0, 0),
	    HEADER "{\"event\":\"run_start\",\"properties\":{\"os\":"
		   "\"linux\"}}\n" CASE("a", "pass") DONE("pass", 1, 0, 0) },

	/* nesting: a parent that is not there is not named */
	{ "a parent that is removed", "name(=a/b)",
	    HEADER RUN START("a") "{\"event\":\"case_start\",\"name\":\"a/b\","
				  "\"parent\":\"a\",\"x.y\":1}\n" END(
				      "a/b", "pass") END("a", "pass")
				      DONE("pass", 2, 0, 0),
	    HEADER RUN "{\"event\":\"case_start\",\"name\":\"a/b\","
		       "\"x.y\":1}\n" END("a/b", "pass")
			   FILTERED("pass", 1, 0, 0) },
	{ "a parent that stays", "name(a)",
	    HEADER RUN START("a") "{\"event\":\"case_start\",\"parent\":\"a\","
				  "\"name\":\"a/b\"}\n" END("a/b", "pass")
				      END("a", "pass") CASE("c", "pass")
					  DONE("pass", 3, 0, 0),
	    HEADER RUN START("a") "{\"event\":\"case_start\",\"parent\":\"a\","
				  "\"name\":\"a/b\"}\n" END("a/b", "pass") END(
				      "a", "pass") FILTERED("pass", 2, 0, 0) },
	{ "a parent that is held while its child goes out", "fail",
	    HEADER RUN START("a") "{\"event\":\"case_start\",\"name\":\"a/b\","
				  "\"parent\":\"a\"}\n" END("a/b", "fail")
				      END("a", "fail") DONE("fail", 0, 2, 0),
	    HEADER RUN "{\"event\":\"case_start\",\"name\":\"a/b\"}\n" END(
		"a/b", "fail") CASE("a", "fail") DONE("fail", 0, 2, 0) },

	/* several runs and streams */
	{ "streams one after another are apart", "flaky",
	    HEADER RUN CASE("a", "fail") DONE("fail", 0, 1, 0)
		HEADER RUN START2("a") END2("a", "pass") DONE("pass", 1, 0, 0),
	    HEADER RUN FILTERED("pass", 0, 0, 0)
		HEADER RUN FILTERED("pass", 0, 0, 0) },
	{ "what was selected in one is not selected in the next", "pass",
	    HEADER RUN
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"class\":\"k\","
	    "\"outcome\":\"pass\"}\n" DONE("pass", 1, 0, 0) HEADER RUN
	    "{\"event\":\"case_start\",\"name\":\"a\",\"class\":\"k\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"class\":\"k\","
	    "\"outcome\":\"fail\"}\n" DONE("fail", 0, 1, 0),
	    HEADER RUN
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"class\":\"k\","
	    "\"outcome\":\"pass\"}\n" DONE("pass", 1, 0, 0)
		HEADER RUN FILTERED("pass", 0, 0, 0) },
	{ "runs that share a stream are counted apart", "fail",
	    HEADER "{\"event\":\"run_start\",\"run\":\"x\"}\n"
		   "{\"event\":\"run_start\",\"run\":\"y\"}\n"
		   "{\"event\":\"case_complete\",\"run\":\"x\",\"name\":\"a\","
		   "\"outcome\":\"pass\"}\n"
		   "{\"event\":\"case_complete\",\"run\":\"y\",\"name\":\"a\","
		   "\"outcome\":\"fail\"}\n"
		   "{\"event\":\"run_complete\",\"run\":\"x\","
		   "\"outcome\":\"pass\",\"counts\":{\"pass\":1,\"fail\":0,"
		   "\"skip\":0}}\n"
		   "{\"event\":\"run_complete\",\"run\":\"y\","
		   "\"outcome\":\"fail\",\"counts\":{\"pass\":0,\"fail\":1,"
		   "\"skip\":0}}\n",
	    HEADER "{\"event\":\"run_start\",\"run\":\"x\"}\n"
		   "{\"event\":\"run_start\",\"run\":\"y\"}\n"
		   "{\"event\":\"case_complete\",\"run\":\"y\",\"name\":\"a\","
		   "\"outcome\":\"fail\"}\n"
		   "{\"event\":\"run_complete\",\"run\":\"x\","
		   "\"outcome\":\"pass\",\"counts\":{\"pass\":0,\"fail\":0,"
		   "\"skip\":0},\"filtered\":true}\n"
		   "{\"event\":\"run_complete\",\"run\":\"y\","
		   "\"outcome\":\"fail\",\"counts\":{\"pass\":0,\"fail\":1,"
		   "\"skip\":0}}\n" },
	{ "cases differ by variant, class and iteration", "fail",
	    HEADER RUN
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"variant\":\"x\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"class\":\"x\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"iteration\":2}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"class\":\"x\","
	    "\"outcome\":\"fail\"}\n" DONE("fail", 0, 4, 0),
	    HEADER RUN
	    "{\"event\":\"case_start\",\"name\":\"a\",\"class\":\"x\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"a\",\"class\":\"x\","
	    "\"outcome\":\"fail\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"variant\":\"x\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"a\",\"iteration\":2}\n" DONE(
		"fail", 0, 4, 0) },
};

START_TEST(selects)
{
	const char *exprs[] = { streams[_i].expr, NULL };

	for (int raw = 0; raw < 2; raw++) {
		struct outcome o;

		begin(
		    &o, (struct em_select_opts){ .exprs = exprs, .raw = raw });
		feed(&o, streams[_i].in);
		ck_assert_int_eq(em_select_finish(o.s), EM_OK);
		expect(&o, streams[_i].out);
		finish(&o);
	}
}
END_TEST

/* ---- when ---- */

/* What follows from the input so far is out before more is read (BEH-1). */
START_TEST(emits_at_once)
{
	static const struct {
		const char *expr, *in, *out;
	} steps[] = {
		{ "name(a)", HEADER RUN START("a"), HEADER RUN START("a") },
		{ "name(b)", HEADER RUN START("a") SAYS("a", "x"), HEADER RUN },
		{ "fail", HEADER RUN START("a") LOG("x") VENDOR,
		    HEADER RUN LOG("x") VENDOR },
		{ "fail", HEADER RUN CASE("a", "fail"),
		    HEADER RUN CASE("a", "fail") },
		{ "slow", HEADER RUN START("a") SLOW("a") SAYS("a", "x"),
		    HEADER RUN START("a") SLOW("a") SAYS("a", "x") },
		{ "message(x)", HEADER RUN START("a") ERROR("a", "x"),
		    HEADER RUN START("a") ERROR("a", "x") },
		{ "output(x)", HEADER RUN START("a") SAYS("a", "x"),
		    HEADER RUN START("a") SAYS("a", "x") },
		{ "not tag(x)", HEADER FOUND("a") RUN START("a"),
		    HEADER RUN FOUND("a") START("a") },
		{ "not notrun", HEADER FOUND("a") RUN START("a"),
		    HEADER RUN FOUND("a") START("a") },
		{ "all", HEADER FOUND("a") LISTED, HEADER FOUND("a") LISTED },
	};

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		const char *exprs[] = { steps[i].expr, NULL };
		struct outcome o;

		begin(&o, (struct em_select_opts){ .exprs = exprs });
		feed(&o, steps[i].in);
		expect(&o, steps[i].out);
		finish(&o);
	}
}
END_TEST

/* ---- retries waited for ---- */

static const struct {
	const char *what, *expr, *in, *out;
} finals[] = {
	{ "a case that passes in the end has not failed", "fail",
	    HEADER RUN CASE("a", "fail") CASE("b", "fail") START2("a")
		END2("a", "pass") DONE("fail", 1, 1, 0),
	    HEADER RUN CASE("b", "fail") FILTERED("fail", 0, 1, 0) },
	{ "a pass waits for nothing", "pass", HEADER RUN CASE("a", "pass"),
	    HEADER RUN CASE("a", "pass") },
	{ "the end of the suite is soon enough", "fail",
	    HEADER RUN IN("s", "suite_start", "")
		IN("s", "case_complete", ",\"name\":\"a\",\"outcome\":\"fail\"")
		    IN("s", "suite_complete", "") LOG("x"),
	    HEADER RUN IN("s", "suite_start", "")
		IN("s", "case_complete", ",\"name\":\"a\",\"outcome\":\"fail\"")
		    IN("s", "suite_complete", "") LOG("x") },
	{ "what the completion said is known at the end",
	    "status(timeout) and exit_code = 9 and duration = 3s",
	    HEADER RUN "{\"event\":\"case_complete\",\"name\":\"a\","
		       "\"outcome\":\"fail\",\"status\":\"timeout\","
		       "\"exit_code\":9,\"duration_ns\":3000000000}\n" LOG("x"),
	    HEADER RUN LOG(
		"x") "{\"event\":\"case_complete\",\"name\":\"a\","
		     "\"outcome\":\"fail\",\"status\":\"timeout\","
		     "\"exit_code\":9,\"duration_ns\":3000000000}\n" },
};

START_TEST(waits_for_retries)
{
	const char *exprs[] = { finals[_i].expr, NULL };
	struct outcome o;

	begin(&o, (struct em_select_opts){ .exprs = exprs, .final = true });
	feed(&o, finals[_i].in);
	ck_assert_int_eq(em_select_finish(o.s), EM_OK);
	expect(&o, finals[_i].out);
	finish(&o);
}
END_TEST

/* ---- foreign events ---- */

/* Events without a line are held as lines, bytes that are no text too. */
START_TEST(holds_events_without_lines)
{
	const char *const exprs[] = { "fail", NULL };
	struct em_event ev;
	struct outcome o;

	begin(&o, (struct em_select_opts){ .exprs = exprs });
	em_event_init(&ev, EM_CASE_START);
	ev.name = EM_STR("a");
	ck_assert_int_eq(em_select_event(o.s, &ev), EM_OK);
	em_event_init(&ev, EM_CASE_OUTPUT);
	ev.name = EM_STR("a");
	ev.stream = EM_STR("stdout");
	ev.text = EM_STR("\xff\x00");
	ck_assert_int_eq(em_select_event(o.s, &ev), EM_OK);
	expect(&o, "");
	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.name = EM_STR("a");
	ev.outcome = EM_FAIL;
	ck_assert_int_eq(em_select_event(o.s, &ev), EM_OK);
	expect(&o,
	    START("a") "{\"event\":\"case_output\",\"name\":\"a\",\"stream\":"
		       "\"stdout\","
		       "\"text_b64\":\"/wA=\"}\n" END("a", "fail"));
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = EM_FAIL;
	ev.counts = (struct em_counts){ 0, 1, 0 };
	ck_assert_int_eq(em_select_event(o.s, &ev), EM_OK);
	finish(&o);
}
END_TEST

Suite *select_suite(void);

Suite *
select_suite(void)
{
	Suite *s = suite_create("select");
	TCase *tc = tcase_create("select");

	tcase_add_loop_test(tc, selects, 0, ARRAY_LEN(streams));
	tcase_add_test(tc, emits_at_once);
	tcase_add_loop_test(tc, waits_for_retries, 0, ARRAY_LEN(finals));
	tcase_add_test(tc, holds_events_without_lines);
	suite_add_tcase(s, tc);
	return s;
}
