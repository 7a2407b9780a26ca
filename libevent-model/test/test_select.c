/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "hold.h"

/* ---- streams, in little ---- */

#define HEADER                                                                 \
	"{\"event\":\"protocol\",\"version\":\"1.0\","                         \
	"\"producer\":{\"name\":\"t\"}}\n"
#define RUN "{\"event\":\"run_start\"}\n"
#define DONE(outcome, p, f, s)                                                 \
	"{\"event\":\"run_complete\",\"outcome\":\"" outcome                   \
	"\",\"counts\":{\"pass\":" #p ",\"fail\":" #f ",\"skip\":" #s "}}\n"
#define FILTERED(outcome, p, f, s)                                             \
	"{\"event\":\"run_complete\",\"outcome\":\"" outcome                   \
	"\",\"counts\":{\"pass\":" #p ",\"fail\":" #f ",\"skip\":" #s          \
	"},\"filtered\":true}\n"
#define FOUND(n) "{\"event\":\"discover_case\",\"name\":\"" n "\"}\n"
#define LISTED "{\"event\":\"discover_complete\"}\n"
#define START(n) "{\"event\":\"case_start\",\"name\":\"" n "\"}\n"
#define SLOW(n) "{\"event\":\"case_slow\",\"name\":\"" n "\"}\n"
#define SAYS(n, text)                                                          \
	"{\"event\":\"case_output\",\"name\":\"" n                             \
	"\",\"stream\":\"stdout\",\"text\":\"" text "\"}\n"
#define ERROR(n, text)                                                         \
	"{\"event\":\"case_message\",\"name\":\"" n                            \
	"\",\"kind\":\"error\",\"message\":\"" text "\"}\n"
#define END(n, outcome)                                                        \
	"{\"event\":\"case_complete\",\"name\":\"" n                           \
	"\",\"outcome\":\"" outcome "\"}\n"
#define START2(n)                                                              \
	"{\"event\":\"case_start\",\"name\":\"" n "\",\"attempt\":2}\n"
#define END2(n, outcome)                                                       \
	"{\"event\":\"case_complete\",\"name\":\"" n                           \
	"\",\"attempt\":2,\"outcome\":\"" outcome "\"}\n"
#define CASE(n, outcome) START(n) END(n, outcome)
#define LOG(text) "{\"event\":\"log\",\"text\":\"" text "\"}\n"
#define VENDOR "{\"event\":\"vendor.tick\",\"name\":\"a\",\"n\":1.50}\n"
#define IN(suite, event, rest)                                                 \
	"{\"event\":\"" event "\",\"suite\":\"" suite "\"" rest "}\n"

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
	    HEADER RUN "{\"event\":\"run_complete\",\"outcome\":\"pass\","
		       "\"counts\":{\"pass\":\"1\",\"skip\":0},"
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

/* ---- options ---- */

static const char several[] = HEADER RUN CASE("a", "pass") CASE("b", "fail")
    CASE("ab", "skip") DONE("fail", 1, 1, 1);

static const char *const fails[] = { "fail", NULL };
static const char *const pass_or_fail[] = { "fail", "pass", NULL };
static const char *const named_a[] = { "a", NULL };
static const struct em_str lines[] = { { "ab", 2 }, { "zz", 2 } };
static const struct em_strs list = { lines, 2 };

static const struct {
	struct em_select_opts opts;
	const char *names; /* of cases whose start comes out */
	uint64_t count;
} options[] = {
	{ { .exprs = fails }, "b", 1 },
	{ { .exprs = pass_or_fail }, "a b", 2 },
	{ { .exact = named_a }, "a", 1 },
	{ { .exprs = fails, .exact = named_a }, "a b", 2 },
	{ { .list = &list }, "ab", 1 },
	{ { .exprs = fails, .list = &list }, "b ab", 2 },
	{ { .skip = named_a }, "b", 1 },
	{ { .exprs = pass_or_fail, .skip = named_a }, "b", 1 },
	{ { .exprs = fails, .invert = true }, "a ab", 2 },
	{ { .exprs = fails, .skip = named_a, .invert = true }, "", 0 },
	{ { .invert = true }, "", 0 },
	{ { .raw = false }, "a b ab", 3 },
};

struct names {
	char text[256];
	size_t n;
};

static enum em_rc
to_names(void *arg, const struct em_event *ev)
{
	struct names *names = arg;

	if (ev->kind == EM_CASE_START)
		names->n += (size_t)snprintf(names->text + names->n,
		    sizeof(names->text) - names->n, "%s%.*s",
		    names->n > 0 ? " " : "", (int)ev->name.n, ev->name.p);
	return EM_OK;
}

/* Feeds the stream; says what em_select_event() said last. */
static enum em_rc
feed_names(struct em_select_opts so, const char *in, struct names *names,
    uint64_t *count)
{
	struct em_reader_opts ro = { .format = "native" };
	struct em_reader *r = em_reader_mem(&ro, em_str(in), "");
	const struct em_event *ev;
	struct em_select *s;
	enum em_rc rc = EM_OK;

	if (so.emit == NULL) {
		so.emit = to_names;
		so.arg = names;
	}
	s = em_select_new(&so, NULL, NULL);
	ck_assert_ptr_nonnull(s);
	while (rc == EM_OK && em_reader_next(r, &ev) == EM_OK)
		rc = em_select_event(s, ev);
	if (rc == EM_OK)
		rc = em_select_finish(s);
	*count = em_select_count(s);
	em_select_free(s);
	em_reader_close(r);
	return rc;
}

START_TEST(takes_options)
{
	struct names names = { .n = 0 };
	uint64_t count;

	ck_assert_int_eq(
	    feed_names(options[_i].opts, several, &names, &count), EM_OK);
	ck_assert_str_eq(names.text, options[_i].names);
	ck_assert_uint_eq(count, options[_i].count);
}
END_TEST

/* Identities with suite and class. */
START_TEST(takes_lists)
{
	static const struct em_str v[] = { { "s\ta", 3 }, { "\tb", 2 },
		{ "s\tk\tc", 5 }, { "x\ty\tz", 5 } };
	static const struct em_strs l = { v, 4 };
	static const char in[] = HEADER RUN START("a") START("b") START("c")
	    IN("s", "case_start", ",\"name\":\"a\"")
		IN("s", "case_start", ",\"name\":\"c\"")
		    IN("s", "case_start", ",\"class\":\"k\",\"name\":\"c\"")
			START("x\\ty\\tz");
	struct names names = { .n = 0 };
	uint64_t count;

	ck_assert_int_eq(feed_names((struct em_select_opts){ .list = &l }, in,
			     &names, &count),
	    EM_OK);
	ck_assert_str_eq(names.text, "b a c x\ty\tz");
	ck_assert_uint_eq(count, 4);
}
END_TEST

START_TEST(reports_bad_expressions)
{
	const char *const exprs[] = { "pass", "pass or", NULL };
	struct em_select_opts so = { .exprs = exprs, .emit = to_names };
	struct em_error err = { 0 };
	size_t column = 0;

	ck_assert_ptr_null(em_select_new(&so, &err, &column));
	ck_assert_int_eq(err.code, EM_E_USAGE);
	ck_assert_uint_eq(column, 8);
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

/* ---- against em_filter_case() ---- */

#define SAMPLE                                                                 \
	HEADER FOUND("n") RUN                                                  \
	    "{\"event\":\"suite_start\",\"suite\":\"s\","                      \
	    "\"properties\":{\"k\":\"v\"}}\n"                                  \
	    "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"t\","        \
	    "\"tags\":[\"net\"],\"worker\":\"w\",\"elapsed_ns\":5,"            \
	    "\"location\":{\"file\":\"t.c\",\"line\":3}}\n"                    \
	    "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"t\","     \
	    "\"outcome\":\"pass\",\"elapsed_ns\":25,"                          \
	    "\"properties\":{\"late\":1}}\n"                                   \
	    "{\"event\":\"suite_complete\",\"suite\":\"s\"}\n" START("a")      \
		SAYS("a", "some ") SLOW("a") SAYS("a", "text\\n")              \
		    ERROR("a", "oops") END("a", "fail") CASE("b", "skip")      \
			START("c") SAYS("c", "x") START("d") START2("d")       \
			    END2("d", "pass")

static const char *const questions[] = { "pass", "fail", "skip", "flaky",
	"slow", "incomplete", "not pass", "not fail", "name(a)", "suite(s)",
	"tag(net)", "not tag(net)", "mode(test)", "worker(w)", "property(k, v)",
	"property(late, 1)", "file(t.c)", "line = 3", "message(oops)",
	"output(some text)", "output(=x)", "not output(x)",
	"status(incomplete)", "duration = 20ns", "elapsed = 5ns", "attempt = 2",
	"attempt < 2", "exit_code = 0", "fail and output(text) - message(x)",
	"all", "none", "notrun" };

/* As many cases are selected from the stream as the expression takes when
 * all of it is known. */
static void
check_agreement(const char *in, bool final)
{
	struct em_results *rs = em_results_new(EM_KEEP_ALL, 0);
	struct em_reader *r = em_reader_mem(NULL, em_str(in), "");
	const struct em_event *ev;

	while (em_reader_next(r, &ev) == EM_OK)
		em_results_event(rs, ev);
	em_reader_close(r);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		const char *one[] = { questions[i], NULL };
		struct em_filter *f =
		    em_filter_compile(questions[i], NULL, NULL);
		struct em_select_opts so = { .exprs = one, .final = final };
		struct names names = { .n = 0 };
		uint64_t count, want = 0;

		for (const struct em_suite *s = em_results_runs(rs)->suites;
		     s != NULL; s = s->next)
			for (const struct em_case *c = s->cases; c != NULL;
			     c = c->next)
				want += em_filter_case(f, c);
		ck_assert_int_eq(feed_names(so, in, &names, &count), EM_OK);
		ck_assert_msg(count == want, "%s: %d selected, not %d",
		    questions[i], (int)count, (int)want);
		em_filter_free(f);
	}
	em_results_free(rs);
}

START_TEST(agrees_with_results)
{
	check_agreement(SAMPLE DONE("fail", 1, 1, 1), false);
	check_agreement(SAMPLE DONE("fail", 1, 1, 1), true);
}
END_TEST

/* What a retry changes is seen by those who wait for it. */
START_TEST(agrees_about_retries)
{
	check_agreement(SAMPLE CASE("e", "fail") START2("e") SAYS("e", "x")
			    END2("e", "pass") CASE("f", "fail") START2("f")
				END2("f", "skip") CASE("g", "fail") START2("g")
				    DONE("fail", 1, 1, 1),
	    true);
}
END_TEST

/* ---- foreign events, limits, errors ---- */

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

static enum em_rc
refuse(void *arg, const struct em_event *ev)
{
	(void)ev;
	return ++*(int *)arg > 2 ? EM_ERR : EM_OK;
}

START_TEST(stops_when_told)
{
	struct names names = { .n = 0 };
	int calls = 0;
	struct em_select_opts so = { .emit = refuse, .arg = &calls };
	uint64_t count;

	ck_assert_int_eq(feed_names(so, several, &names, &count), EM_ERR);
	ck_assert_int_eq(calls, 3);
}
END_TEST

START_TEST(keeps_to_its_memory)
{
	struct em_select_opts so = {
		.exprs = fails, .emit = to_names, .memory_max = 64 * 1024
	};
	struct names names = { .n = 0 };
	struct em_error err = { 0 };
	struct em_select *s;
	struct em_event ev;
	char name[32];
	int i = 0;

	so.arg = &names;
	s = em_select_new(&so, &err, NULL);
	do {
		em_event_init(&ev, EM_CASE_START);
		snprintf(name, sizeof(name), "case %d", i);
		ev.name = em_str(name);
	} while (em_select_event(s, &ev) == EM_OK && ++i < 10000);
	ck_assert_int_gt(i, 100);
	ck_assert_int_lt(i, 10000);
	ck_assert_int_eq(em_select_error(s)->code, EM_E_LIMIT);
	ck_assert_int_eq(em_select_event(s, &ev), EM_ERR);
	ck_assert_int_eq(em_select_finish(s), EM_ERR);
	em_select_free(s);
}
END_TEST

/* What is closed costs nothing, however many there were. */
START_TEST(forgets_what_is_closed)
{
	struct em_select_opts so = {
		.exprs = fails, .emit = to_names, .memory_max = 8 * 1024
	};
	struct names names = { .n = 0 };
	struct em_select *s;
	struct em_event ev;
	char name[32];

	so.arg = &names;
	s = em_select_new(&so, NULL, NULL);
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "case %d", i);
		em_event_init(&ev, EM_CASE_START);
		ev.name = em_str(name);
		ck_assert_int_eq(em_select_event(s, &ev), EM_OK);
		em_event_init(&ev, EM_CASE_COMPLETE);
		ev.name = em_str(name);
		ev.outcome = EM_PASS;
		ck_assert_int_eq(em_select_event(s, &ev), EM_OK);
	}
	em_select_free(s);
}
END_TEST

/* Lines of these lengths, in order, each filled with its own letter. */
static void
check_held(
    struct hold_pool *pool, struct held *h, const size_t *n, size_t count)
{
	static char text[100000];
	struct held_at at = { NULL, 0 };
	struct held_line l;

	for (size_t i = 0; i < count; i++) {
		memset(text, 'a' + (int)i, n[i]);
		ck_assert(hold_add(
		    pool, h, EM_CASE_OUTPUT, i, (struct em_str){ text, n[i] }));
	}
	for (size_t i = 0; i < count; i++) {
		ck_assert(hold_next(h, &at, &l));
		ck_assert_uint_eq(l.line.n, n[i]);
		ck_assert_uint_eq(l.number, i);
		ck_assert_int_eq(l.kind, EM_CASE_OUTPUT);
		memset(text, 'a' + (int)i, n[i]);
		ck_assert(n[i] == 0 || memcmp(l.line.p, text, n[i]) == 0);
	}
	ck_assert(!hold_next(h, &at, &l));
}

START_TEST(holds_lines)
{
	static const size_t sizes[][4] = { { 10, 0, 1, 50 }, { 90, 90, 90, 90 },
		{ 400, 1, 5000, 2 }, { 99999, 3, 99999, 7 }, { 1, 1, 1, 1 } };
	struct hold_pool pool;
	struct held h = { NULL, NULL };

	hold_init(&pool, 1 << 20);
	/* Whatever was held before, and whether it was cleared or dropped. */
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
			check_held(&pool, &h, sizes[i], 4);
			hold_clear(&pool, &h);
			check_held(&pool, &h, sizes[k], 4);
			hold_clear(&pool, &h);
			hold_clear(&pool, &h);
			check_held(&pool, &h, sizes[i], 1);
			hold_drop(&pool, &h);
			ck_assert_uint_eq(pool.used, 0);
		}
	hold_free(&pool);
}
END_TEST

Suite *select_suite(void);

Suite *
select_suite(void)
{
	Suite *s = suite_create("select");
	TCase *tc = tcase_create("select");

	tcase_add_loop_test(tc, selects, 0, ARRAY_LEN(streams));
	tcase_add_loop_test(tc, takes_options, 0, ARRAY_LEN(options));
	tcase_add_test(tc, takes_lists);
	tcase_add_test(tc, reports_bad_expressions);
	tcase_add_test(tc, emits_at_once);
	tcase_add_loop_test(tc, waits_for_retries, 0, ARRAY_LEN(finals));
	tcase_add_test(tc, agrees_with_results);
	tcase_add_test(tc, agrees_about_retries);
	tcase_add_test(tc, holds_events_without_lines);
	tcase_add_test(tc, stops_when_told);
	tcase_add_test(tc, holds_lines);
	tcase_add_test(tc, keeps_to_its_memory);
	tcase_add_test(tc, forgets_what_is_closed);
	suite_add_tcase(s, tc);
	return s;
}
