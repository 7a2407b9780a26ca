/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

/* JSON in these tests is written with ' for ". */
static char *
json(const char *text)
{
	char *s = strdup(text), *p = s;

	ck_assert_ptr_nonnull(s);
	while ((p = strchr(p, '\'')) != NULL)
		*p = '"';
	return s;
}

struct outcome { /* of a conversion */
	char *text;
	struct em_reader_stats stats;
	uint64_t lost;
};

static struct outcome
convert_str(const char *from, struct em_str text, const char *const *options,
    const char *to, size_t chunk)
{
	const struct em_reader_opts in = { .format = from, .options = options };
	const struct em_writer_opts opts = { .format = to, .options = options };
	struct em_reader *r = em_reader_mem(&in, text, "test");
	struct em_out *out = em_out_mem();
	struct em_error err = { .code = EM_E_NONE };
	struct em_writer *w = em_writer_open(&opts, out, &err);
	const struct em_event *ev;
	struct outcome o = { .lost = 0 };
	struct em_str made;

	ck_assert_msg(w != NULL, "%s", err.msg);
	in_chunk(r->in, chunk);
	while (em_reader_next(r, &ev) == EM_OK)
		ck_assert_int_eq(em_writer_event(w, ev), EM_OK);
	ck_assert_msg(em_reader_error(r) == NULL, "%s", r->err.msg);
	ck_assert_int_eq(em_writer_finish(w), EM_OK);
	for (const struct em_loss *l = em_writer_lost(w); l->what != NULL; l++)
		o.lost += l->count;
	made = em_out_memory(out);
	o.text = calloc(1, made.n + 1);
	ck_assert_ptr_nonnull(o.text);
	memcpy(o.text, made.p, made.n);
	o.stats = *em_reader_stats(r);
	em_writer_close(w);
	em_out_close(out, NULL);
	em_reader_close(r);
	return o;
}

static struct outcome
convert(const char *from, const char *text, const char *const *options,
    const char *to)
{
	return convert_str(from, em_str(text), options, to, 0);
}

/* ---- reading ---- */

#define XML "<?xml version='1.0' encoding='UTF-8'?>\n"
#define RUN "{'event':'run_start'}\n"
#define END(outcome) "{'event':'run_complete','outcome':'" outcome "'}\n"
#define S1 "{'event':'suite_start','suite':'s'}\n"
#define S2 "{'event':'suite_complete','suite':'s'}\n"
#define IN_S(kind, members) "{'event':'" kind "','suite':'s'," members "}\n"
#define A1 IN_S("case_start", "'name':'a'")
#define A2(members) IN_S("case_complete", "'name':'a'," members)
#define SUITE(inner) "<testsuite name='s'>" inner "</testsuite>"
#define CASE_A(inner) SUITE("<testcase name='a'>" inner "</testcase>")

static const char *const attempts[] = { "repeats=attempts", NULL };

/* What is read, and the events that follow the protocol event. */
static const struct {
	const char *what, *xml, *expect;
	const char *const *options;
} reads[] = {
	{ "the least", XML "<testsuites/>", RUN END("pass"), NULL },
	{ "pass, with what a run and a suite say",
	    XML "<testsuites name='n' time='2.5' timestamp="
		"'2026-01-02T03:04:05'><testsuite name='s' tests='9' "
		"time='1.5' hostname='h' file='f' timestamp="
		"'2026-01-02T03:04:05+01:00' package='p'>"
		"<properties><property name='k' value='v'/></properties>"
		"<testcase name='a' classname='c' time='0.25'/>"
		"</testsuite></testsuites>",
	    "{'event':'run_start','properties':{'name':'n'},'host':'h',"
	    "'time':'2026-01-02T03:04:05Z'}\n"
	    "{'event':'suite_start','suite':'s','location':{'file':'f'},"
	    "'properties':{'package':'p','k':'v'},"
	    "'time':'2026-01-02T02:04:05Z'}\n"
	    "{'event':'case_start','suite':'s','class':'c','name':'a'}\n"
	    "{'event':'case_complete','suite':'s','class':'c','name':'a',"
	    "'outcome':'pass','duration_ns':250000000}\n"
	    "{'event':'suite_complete','suite':'s',"
	    "'duration_ns':1500000000}\n"
	    "{'event':'run_complete','outcome':'pass',"
	    "'duration_ns':2500000000}\n",
	    NULL },
	{ "a failure", CASE_A("<failure message='m' type='t'>text\n</failure>"),
	    RUN S1 A1 IN_S("case_message",
		"'name':'a','kind':'error','message':'m','detail':'text\\n',"
		"'type':'t'") A2("'outcome':'fail'") S2 END("fail"),
	    NULL },
	{ "an error, and a failure that is the same text twice",
	    CASE_A("<failure message='m'>m</failure><error type=''/>"),
	    RUN S1 A1 IN_S(
		"case_message", "'name':'a','kind':'error','message':'m'")
		A2("'outcome':'fail','status':'error'") S2 END("fail"),
	    NULL },
	{ "several failures",
	    CASE_A("<failure message='1'/><failure message='2'/>"),
	    RUN S1 A1 IN_S(
		"case_message", "'name':'a','kind':'error','message':'1'")
		IN_S("case_message", "'name':'a','kind':'error','message':'2'")
		    A2("'outcome':'fail'") S2 END("fail"),
	    NULL },
	{ "skipped, for a reason", CASE_A("<skipped message='why'/>"),
	    RUN S1 A1 A2("'outcome':'skip','reason':'why'") S2 END("pass"),
	    NULL },
	{ "skipped, the reason as text",
	    CASE_A("<skipped><![CDATA[ why ]]></skipped>"),
	    RUN S1 A1 A2("'outcome':'skip','reason':'why'") S2 END("pass"),
	    NULL },
	{ "pytest's expected failure",
	    CASE_A("<skipped type='pytest.xfail' message='bug'/>"),
	    RUN S1 A1 A2("'outcome':'skip','status':'xfail','reason':'bug'")
		S2 END("pass"),
	    NULL },
	{ "node's failure of what is to do is none",
	    CASE_A("<skipped type='todo' message='later'/>"
		   "<failure type='testCodeFailure' message='x'/>"),
	    RUN S1 A1 IN_S("case_message",
		"'name':'a','kind':'error','message':'x',"
		"'type':'testCodeFailure'")
		A2("'outcome':'skip','status':'todo','reason':'later'")
		    S2 END("pass"),
	    NULL },
	{ "what CTest could not run failed",
	    SUITE("<testcase name='a' status='notrun'>"
		  "<skipped message='Unable to find executable'/></testcase>"),
	    RUN S1 A1 A2("'outcome':'fail','status':'exec-fail',"
			 "'reason':'Unable to find executable'") S2 END("fail"),
	    NULL },
	{ "what CTest skipped did not",
	    SUITE("<testcase name='a' status='notrun'>"
		  "<skipped message='SKIP_RETURN_CODE=77'/></testcase>"),
	    RUN S1 A1 A2("'outcome':'skip','reason':'SKIP_RETURN_CODE=77'")
		S2 END("pass"),
	    NULL },
	{ "a skip that is an exception",
	    CASE_A("<skipped type='org.Abort' message='m'>trace</skipped>"),
	    RUN S1 A1 IN_S("case_message",
		"'name':'a','kind':'ignored','detail':'trace',"
		"'type':'org.Abort'") A2("'outcome':'skip','reason':'m'")
		S2 END("pass"),
	    NULL },
	{ "gtest's case that did not run",
	    SUITE("<testcase name='a' status='notrun' result='suppressed'/>"),
	    RUN S1 A1 A2("'outcome':'skip','status':'ignored'") S2 END("pass"),
	    NULL },
	{ "a status that nothing else says",
	    SUITE("<testcase name='a' status='FAILED'/>"),
	    RUN S1 A1 A2("'outcome':'fail'") S2 END("fail"), NULL },
	{ "a status that an element overrules",
	    SUITE("<testcase name='a' status='failed'><skipped/></testcase>"),
	    RUN S1 A1 A2("'outcome':'skip'") S2 END("pass"), NULL },
	{ "words of nextest",
	    SUITE("<testcase name='a'><failure type='test timeout'/>"
		  "</testcase><testcase name='b'><failure "
		  "type='test failure with exit code 101'/></testcase>"
		  "<testcase name='c'><error type='execution failure'/>"
		  "</testcase>"),
	    RUN S1 A1 A2("'outcome':'fail','status':'timeout'")
		IN_S("case_start", "'name':'b'") IN_S("case_complete",
		    "'name':'b','outcome':'fail','exit_code':101")
		    IN_S("case_start", "'name':'c'") IN_S("case_complete",
			"'name':'c','outcome':'fail',"
			"'status':'exec-fail'") S2 END("fail"),
	    NULL },
	{ "Surefire: passed in the end",
	    CASE_A("<flakyFailure message='1' type='T'><stackTrace>st"
		   "</stackTrace>\n<system-out>so</system-out></flakyFailure>"
		   "<flakyError type='E'/><system-out>last</system-out>"),
	    RUN S1 IN_S("case_start", "'name':'a','attempt':1") IN_S(
		"case_output",
		"'name':'a','attempt':1,'stream':'stdout','text':'so'")
		IN_S("case_message",
		    "'name':'a','attempt':1,'kind':'error',"
		    "'message':'1','detail':'st','type':'T'")
		    IN_S("case_complete",
			"'name':'a','attempt':1,'outcome':'fail'")
			IN_S("case_start", "'name':'a','attempt':2") IN_S(
			    "case_message",
			    "'name':'a','attempt':2,"
			    "'kind':'error','type':'E'") IN_S("case_complete",
			    "'name':'a','attempt':2,"
			    "'outcome':'fail',"
			    "'status':'error'") IN_S("case_start",
			    "'name':'a','attempt':3") IN_S("case_output",
			    "'name':'a','attempt':3,"
			    "'stream':'stdout',"
			    "'text':'last'") IN_S("case_complete",
			    "'name':'a',"
			    "'attempt':3,"
			    "'outcome':'pass'") S2 END("pass"),
	    NULL },
	{ "Surefire: never passed",
	    SUITE("<testcase name='a' time='1'><failure message='1'/>"
		  "<rerunFailure message='2' type='T' time='3'>old trace"
		  "</rerunFailure></testcase>"),
	    RUN S1 A1 IN_S(
		"case_message", "'name':'a','kind':'error','message':'1'")
		A2("'outcome':'fail','duration_ns':1000000000") IN_S(
		    "case_start", "'name':'a','attempt':2") IN_S("case_message",
		    "'name':'a','attempt':2,'kind':'error',"
		    "'message':'2','detail':'old trace',"
		    "'type':'T'") IN_S("case_complete",
		    "'name':'a','attempt':2,'outcome':'fail',"
		    "'duration_ns':3000000000") S2 END("fail"),
	    NULL },
	{ "nested suites",
	    "<testsuites><testsuite name='o'><testcase name='x'/>"
	    "<testsuite name='i'><testcase name='a' classname='i'/>"
	    "</testsuite></testsuite></testsuites>",
	    RUN "{'event':'suite_start','suite':'o'}\n"
		"{'event':'case_start','suite':'o','name':'x'}\n"
		"{'event':'case_complete','suite':'o','name':'x',"
		"'outcome':'pass'}\n"
		"{'event':'suite_start','suite':'o/i','title':'i',"
		"'parent':'o'}\n"
		"{'event':'case_start','suite':'o/i','name':'a'}\n"
		"{'event':'case_complete','suite':'o/i','name':'a',"
		"'outcome':'pass'}\n"
		"{'event':'suite_complete','suite':'o/i'}\n"
		"{'event':'suite_complete','suite':'o'}\n" END("pass"),
	    NULL },
	{ "a class called as the case is none, but with pytest",
	    "<testsuites><testsuite name='s'><testcase name='a' "
	    "classname='a'/></testsuite><testsuite name='pytest'><testcase "
	    "name='a' classname='a'/></testsuite></testsuites>",
	    RUN S1 A1 A2("'outcome':'pass'") S2
	    "{'event':'suite_start','suite':'pytest'}\n"
	    "{'event':'case_start','suite':'pytest','class':'a',"
	    "'name':'a'}\n"
	    "{'event':'case_complete','suite':'pytest','class':'a',"
	    "'name':'a','outcome':'pass'}\n"
	    "{'event':'suite_complete','suite':'pytest'}\n" END("pass"),
	    NULL },
	{ "text between documents keeps what it is set in by",
	    " <testsuite name='s'></testsuite>\n\n    one\n\t\n  two\n  \n",
	    RUN "{'event':'suite_start','suite':'s'}\n"
		"{'event':'suite_complete','suite':'s'}\n" END(
		    "pass") "{'event':'log','text':'    one'}\n"
			    "{'event':'log','text':'  two'}\n",
	    NULL },
	{ "two suites of one name are one, whatever is between them",
	    "<testsuites><testsuite name='s' time='1'><testcase name='a'/>"
	    "</testsuite><testsuite name='t'/><testsuite name='s'>"
	    "<testcase name='a'/><testcase name='b'/></testsuite>"
	    "</testsuites>",
	    RUN S1 A1 A2("'outcome':'pass'") IN_S("suite_complete",
		"'duration_ns':1000000000") "{'event':'suite_start','suite':'t'"
					    "}\n"
					    "{'event':'suite_complete','suite':"
					    "'t'}\n" IN_S("case_start",
						"'name':'a','iteration':2")
						IN_S("case_complete",
						    "'name':'a','iteration':2,'"
						    "outcome':'pass'")
						    IN_S("case_start",
							"'name':'b'")
							IN_S("case_complete",
							    "'name':'b','"
							    "outcome':'pass'")
							    END("pass"),
	    NULL },
	{ "a suite of a name that was there fails by itself",
	    "<testsuites>" CASE_A("")
		SUITE("<error>no</error>") "</testsuites>",
	    RUN S1 A1 A2("'outcome':'pass'") S2 IN_S(
		"log", "'level':'error','text':'no'") "{'event':'run_complete',"
						      "'outcome':'fail',"
						      "'status':'error'}\n",
	    NULL },
	{ "what lies in a case of another class has no parent",
	    "<testsuites><testcase name='o' classname='p'>"
	    "<testcase name='i' classname='q'/></testcase></testsuites>",
	    RUN "{'event':'case_start','class':'q','name':'i'}\n"
		"{'event':'case_complete','class':'q','name':'i',"
		"'outcome':'pass'}\n"
		"{'event':'case_start','class':'p','name':'o'}\n"
		"{'event':'case_complete','class':'p','name':'o',"
		"'outcome':'pass'}\n" END("pass"),
	    NULL },
	{ "a suite without a name is no suite",
	    "<testsuite time='1'><testcase name='a'/><system-err>e"
	    "</system-err></testsuite>",
	    RUN "{'event':'case_start','name':'a'}\n"
		"{'event':'case_complete','name':'a','outcome':'pass'}\n"
		"{'event':'log','stream':'stderr','text':'e'}\n"
		"{'event':'run_complete','outcome':'pass',"
		"'duration_ns':1000000000}\n",
	    NULL },
	{ "cases without a suite, and in each other",
	    "<testsuites><testcase name='o'><testcase name='i'/>"
	    "</testcase></testsuites>",
	    RUN "{'event':'case_start','name':'i','parent':'o'}\n"
		"{'event':'case_complete','name':'i','outcome':'pass'}\n"
		"{'event':'case_start','name':'o'}\n"
		"{'event':'case_complete','name':'o','outcome':'pass'}\n" END(
		    "pass"),
	    NULL },
	{ "a suite that fails by itself",
	    SUITE("<error message='no' type='T'>trace</error>"
		  "<system-out>out</system-out>"),
	    RUN S1 IN_S("log", "'level':'error','text':'trace'") IN_S(
		"log", "'stream':'stdout','text':'out'") IN_S("suite_complete",
		"'outcome':'fail','status':'error','reason':'no'") END("fail"),
	    NULL },
	{ "properties, repeated and of several lines",
	    CASE_A("<properties><property name='k' value='1'/><property "
		   "name='k' value='2'/><property name='l'>x\ny</property>"
		   "</properties>"),
	    RUN S1 IN_S("case_start",
		"'name':'a','properties':{'k':['1','2'],'l':'x\\ny'}")
		A2("'outcome':'pass'") S2 END("pass"),
	    NULL },
	{ "attributes that nobody knows are properties",
	    SUITE("<testcase name='a' file='f' line='7' value_param='v'/>"),
	    RUN S1 IN_S("case_start",
		"'name':'a','location':{'file':'f','line':7},"
		"'properties':{'value_param':'v'}") A2("'outcome':'pass'")
		S2 END("pass"),
	    NULL },
	{ "attachments",
	    CASE_A("<properties><property name='attachment' value='p.png'/>"
		   "<property name='attachment2' value='https://x/y'/>"
		   "<property name='attachment' value="
		   "'data:text/plain;filename=n;base64,aGk='/></properties>"
		   "<system-out>one\n[[ATTACHMENT|q.png]]\ntwo</system-out>"),
	    RUN S1 A1 IN_S("case_output",
		"'name':'a','stream':'stdout','text':'one\\ntwo'")
		IN_S("case_attachment",
		    "'name':'a','title':'p.png','path':'p.png'")
		    IN_S("case_attachment",
			"'name':'a','title':'https://x/y',"
			"'url':'https://x/y'") IN_S("case_attachment",
			"'name':'a','title':'n',"
			"'media_type':'text/plain',"
			"'data_b64':'aGk='") IN_S("case_attachment",
			"'name':'a','title':'q.png',"
			"'path':'q.png'") A2("'outcome':'pass'") S2 END("pass"),
	    NULL },
	{ "properties on lines of the output",
	    CASE_A("<system-out>[[PROPERTY|k=v]]\n[[PROPERTY|l]]\n1\n2\n"
		   "[[/PROPERTY]]\n[[PROPERTY|open]]\n</system-out>"),
	    RUN S1 IN_S(
		"case_start", "'name':'a','properties':{'k':'v','l':'1\\n2'}")
		IN_S("case_output",
		    "'name':'a','stream':'stdout',"
		    "'text':'[[PROPERTY|open]]\\n'") A2("'outcome':'pass'")
		    S2 END("pass"),
	    NULL },
	{ "properties that stand for members",
	    SUITE("<testcase name='a [v]'><properties>"
		  "<property name='test-events.variant' value='v'/>"
		  "<property name='test-events.iteration' value='3'/>"
		  "<property name='test-events.status' value='leak'/>"
		  "<property name='test-events.tag' value='t'/>"
		  "<property name='test-events.tag' value='u'/>"
		  "<property name='test-events.metric' value='m n 1.5 ms'/>"
		  "</properties></testcase>"),
	    RUN S1 IN_S("case_start",
		"'name':'a','variant':'v','iteration':3,"
		"'tags':['t','u']") IN_S("case_metric",
		"'name':'a','variant':'v','iteration':3,"
		"'metric':'m n','value':1.5,'unit':'ms'") IN_S("case_complete",
		"'name':'a','variant':'v','iteration':3,"
		"'outcome':'pass','status':'leak'") S2 END("pass"),
	    NULL },
	{ "durations as they are found",
	    SUITE("<testcase name='a' time='1.'/>"
		  "<testcase name='b' time='1,234.567'/>"
		  "<testcase name='c' time='NaN'/>"
		  "<testcase name='d' time=''/>"
		  "<testcase name='e' time='-1'/>"
		  "<testcase name='f' time='1e9'/>"),
	    RUN S1 A1 A2("'outcome':'pass','duration_ns':1000000000") IN_S(
		"case_start", "'name':'b'") IN_S("case_complete",
		"'name':'b','outcome':'pass',"
		"'duration_ns':1234567000000") IN_S("case_start", "'name':'c'")
		IN_S("case_complete", "'name':'c','outcome':'pass'")
		    IN_S("case_start", "'name':'d'")
			IN_S("case_complete", "'name':'d','outcome':'pass'")
			    IN_S("case_start", "'name':'e'") IN_S(
				"case_complete", "'name':'e','outcome':'pass'")
				IN_S("case_start", "'name':'f'")
				    IN_S("case_complete",
					"'name':'f',"
					"'outcome':'pass'") S2 END("pass"),
	    NULL },
	{ "the same case again",
	    SUITE("<testcase name='a'><failure/></testcase>"
		  "<testcase name='a'/>"),
	    RUN S1 A1 A2("'outcome':'fail'") IN_S(
		"case_start", "'name':'a','iteration':2") IN_S("case_complete",
		"'name':'a','iteration':2,'outcome':'pass'") S2 END("fail"),
	    NULL },
	{ "the same case again, as attempts",
	    SUITE("<testcase name='a'><failure/></testcase>"
		  "<testcase name='a'/>"),
	    RUN S1 A1 A2("'outcome':'fail'") IN_S(
		"case_start", "'name':'a','attempt':2") IN_S("case_complete",
		"'name':'a','attempt':2,'outcome':'pass'") S2 END("pass"),
	    attempts },
	{ "documents one after the other", XML "<testsuites/>" XML CASE_A(""),
	    RUN END("pass") "{'event':'protocol','version':'1.0',"
			    "'producer':{'name':'JUnit'}}\n" RUN S1 A1 A2(
				"'outcome':'pass'") S2 END("pass"),
	    NULL },
	{ "a namespace, comments, what nobody knows",
	    "<testsuites xmlns='urn:x'><!-- c --><other><testcase "
	    "name='no'/></other>" CASE_A("<!-- d --><x>y</x>") "</testsuites>",
	    RUN S1 A1 A2("'outcome':'pass'") S2 END("pass"), NULL },
};

#define PROTOCOL                                                               \
	"{'event':'protocol','version':'1.0','producer':{'name':'JUnit'}}\n"

START_TEST(reads_dialects)
{
	char *head = json(PROTOCOL), *expect = json(reads[_i].expect);
	struct outcome o =
	    convert(NULL, reads[_i].xml, reads[_i].options, "native");

	ck_assert_msg(strncmp(o.text, head, strlen(head)) == 0, "%s: %s",
	    reads[_i].what, o.text);
	ck_assert_msg(strcmp(o.text + strlen(head), expect) == 0,
	    "%s: expected\n%sgot\n%s", reads[_i].what, expect,
	    o.text + strlen(head));
	ck_assert(!o.stats.truncated && o.stats.malformed == 0);
	free(expect);
	free(head);
	free(o.text);
}
END_TEST

/* However the bytes come, the events are the same. */
START_TEST(reads_in_pieces)
{
	struct em_str xml = em_str(reads[_i].xml);
	struct outcome whole =
	    convert(NULL, reads[_i].xml, reads[_i].options, "native");

	for (size_t chunk = 1; chunk <= 31; chunk++) {
		struct outcome o =
		    convert_str(NULL, xml, reads[_i].options, "native", chunk);

		ck_assert_str_eq(o.text, whole.text);
		free(o.text);
	}
	free(whole.text);
}
END_TEST

static size_t
occurrences(const char *text, const char *of)
{
	size_t n = 0;

	for (; (text = strstr(text, of)) != NULL; text++)
		n++;
	return n;
}

/* Cut anywhere: what was complete stays, and nobody takes it for all. */
START_TEST(keeps_what_was_before_a_cut)
{
	static const char doc[] =
	    "<testsuites><testsuite name='s'><testcase name='a'/>\n"
	    "<testcase name='b'><failure message='m'>some text</failure>\n"
	    "<system-out>out</system-out></testcase><testsuite name='t'>"
	    "<testcase name='c'><flakyFailure type='x'><stackTrace>y"
	    "</stackTrace></flakyFailure></testcase></testsuite>"
	    "</testsuite></testsuites>";

	for (size_t n = strlen("<testsuites>"); n < strlen(doc); n++) {
		char *head = strndup(doc, n);
		struct outcome o = convert("junit", head, NULL, "native");
		size_t ended = occurrences(head, "</testcase>") +
		    occurrences(head, "<testcase name='a'/>");

		/* The attempt before the last one of c, too. */
		ended += occurrences(head, "<flakyFailure type='x'>");
		ck_assert_msg(o.stats.truncated, "cut at %zu", n);
		ck_assert_uint_eq(
		    occurrences(o.text, "\"case_complete\""), ended);
		ck_assert_ptr_null(strstr(o.text, "run_complete"));
		if (n > strlen(doc) - strlen("</testsuites>"))
			ck_assert_uint_eq(
			    occurrences(o.text, "\"suite_complete\""), 2);
		free(o.text);
		free(head);
	}
}
END_TEST

START_TEST(tells_what_is_cut_in_a_case)
{
	char *expect = json(PROTOCOL RUN S1 A1 IN_S("case_message",
	    "'name':'a','kind':'error','message':'m','detail':'half'"));
	struct outcome o = convert("junit",
	    "<testsuite name='s'><testcase name='a'><failure message='m'>"
	    "half",
	    NULL, "native");

	ck_assert_str_eq(o.text, expect);
	free(o.text);
	free(expect);
}
END_TEST

START_TEST(keeps_what_was_before_a_fault)
{
	struct outcome o = convert("junit",
	    SUITE("<testcase name='a'/><testcase name=b/>"), NULL, "native");

	ck_assert_uint_eq(o.stats.malformed, 1);
	ck_assert_uint_eq(occurrences(o.text, "\"case_complete\""), 1);
	ck_assert_ptr_null(strstr(o.text, "run_complete"));
	free(o.text);
}
END_TEST

/* Memory is that of what is open, whatever was read before. */
START_TEST(reads_without_growing)
{
	const struct em_reader_opts opts = { .format = "junit",
		.limits = { .memory_max = 4 << 20 } };
	struct em_out *doc = em_out_mem();
	const struct em_event *ev;
	struct em_reader *r;
	char text[2000];
	uint64_t cases = 0;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	em_out_puts(doc, "<testsuites>");
	for (unsigned s = 0; s < 100; s++) {
		em_out_printf(doc, "<testsuite name='s%u'>", s);
		for (unsigned i = 0; i < 100; i++)
			em_out_printf(doc,
			    "<testcase name='%u'><system-out>%s"
			    "</system-out></testcase>",
			    i, text);
		em_out_puts(doc, "</testsuite>");
	}
	em_out_puts(doc, "</testsuites>");
	r = em_reader_mem(&opts, em_out_memory(doc), "test");
	while (em_reader_next(r, &ev) == EM_OK)
		cases += ev->kind == EM_CASE_COMPLETE;
	ck_assert_ptr_null(em_reader_error(r));
	ck_assert_uint_eq(cases, 10000);
	em_reader_close(r);
	em_out_close(doc, NULL);
}
END_TEST

START_TEST(a_case_beyond_the_limit_is_an_error)
{
	const struct em_reader_opts opts = { .format = "junit",
		.limits = { .memory_max = 100000 } };
	struct em_out *doc = em_out_mem();
	const struct em_event *ev;
	struct em_reader *r;

	em_out_puts(doc, "<testsuite name='s'><testcase name='a'>");
	for (unsigned i = 0; i < 20000; i++)
		em_out_puts(doc, "<system-out>some text</system-out>");
	em_out_puts(doc, "</testcase></testsuite>");
	r = em_reader_mem(&opts, em_out_memory(doc), "test");
	while (em_reader_next(r, &ev) == EM_OK)
		continue;
	ck_assert_ptr_nonnull(em_reader_error(r));
	ck_assert_int_eq(em_reader_error(r)->code, EM_E_LIMIT);
	em_reader_close(r);
	em_out_close(doc, NULL);
}
END_TEST

/* ---- recognition ---- */

static const struct {
	const char *head;
	int bits; /* 1 for some, 0 for none */
} probes[] = {
	{ "<testsuites>", 1 },
	{ "\xef\xbb\xbf<?xml version='1.0'?>\n<!-- c -->\n<testsuite a='b'>",
	    1 },
	{ "noise\n<testsuite name='s'>", 1 },
	{ "<test-run>", 0 },
	{ "<testsuites xmlns=\"http://check.sourceforge.net/ns\">", 0 },
	{ "{\"event\":\"protocol\"}", 0 },
	{ "", 0 },
};

START_TEST(probes_the_root)
{
	const struct em_format *f = NULL;
	int bits;

	for (size_t i = 0; formats[i] != NULL; i++)
		if (strcmp(formats[i]->info.name, "junit") == 0)
			f = formats[i];
	ck_assert_ptr_nonnull(f);
	bits = f->probe(em_str(probes[_i].head), true);
	ck_assert_int_eq(bits > 0, probes[_i].bits);
	/* Live input is not kept waiting. */
	if (probes[_i].head[0] == '<' && bits > 0)
		ck_assert_int_ge(
		    f->probe(em_str(probes[_i].head), false), PROBE_SURE);
}
END_TEST

/* ---- writing ---- */

#define HEAD "{'event':'protocol','version':'1.0','producer':{'name':'p'}}\n"
#define START HEAD "{'event':'run_start'}\n"
#define CASE(name, members)                                                    \
	IN_S("case_start", "'name':'" name "'")                                \
	IN_S("case_complete", "'name':'" name "'," members)
#define DOC(inner)                                                             \
	"<?xml version='1.0' encoding='UTF-8'?>\n<testsuites>\n" inner         \
	"</testsuites>\n"
#define COUNTS(t, f, e, s)                                                     \
	"<testsuite name='s' tests='" t "' failures='" f "' errors='" e        \
	"' skipped='" s "' time='0.000'>\n"
#define END_SUITE "</testsuite>\n"

static const struct {
	const char *what, *stream, *xml;
	const char *options[4];
} writes[] = {
	{ "nothing", START END("pass"), DOC(""), { NULL } },
	{ "passed, with durations to the last digit",
	    START S1 CASE("a", "'outcome':'pass','duration_ns':1500000000")
		CASE("b", "'outcome':'pass','duration_ns':1") S2 END("pass"),
	    DOC("<testsuite name='s' tests='2' failures='0' errors='0' "
		"skipped='0' time='1.500'>\n"
		"<testcase name='a' classname='s' time='1.500'/>\n"
		"<testcase name='b' classname='s' "
		"time='0.000000001'/>\n" END_SUITE),
	    { NULL } },
	{ "failed, in several ways",
	    START S1 IN_S("case_start", "'name':'a'") IN_S("case_message",
		"'name':'a','kind':'error','message':'<m>','type':'T',"
		"'detail':'d\\u0001]]>'") IN_S("case_message",
		"'name':'a','kind':'error','expected':'1','actual':'2'")
		A2("'outcome':'fail'")
		    CASE("b", "'outcome':'fail','status':'timeout'") CASE("c",
			"'outcome':'fail','status':'error',"
			"'reason':'r'") S2 END("fail"),
	    DOC(COUNTS("3", "2", "1",
		"0") "<testcase name='a' classname='s'>\n"
		     "<failure type='T' message='&lt;m&gt;'>d\xef\xbf\xbd]]&gt;"
		     "</failure>\n"
		     "<failure>expected: 1\n  actual: 2</failure>\n"
		     "</testcase>\n"
		     "<testcase name='b' classname='s'>\n"
		     "<failure type='test timeout'/>\n"
		     "</testcase>\n"
		     "<testcase name='c' classname='s'>\n"
		     "<error message='r'/>\n"
		     "</testcase>\n" END_SUITE),
	    { NULL } },
	{ "skipped, and what options leave of it",
	    START S1 CASE("a", "'outcome':'skip','status':'ignored'")
		CASE("b", "'outcome':'skip','reason':'r'") S2 END("pass"),
	    DOC(COUNTS("1", "0", "0", "1") "<testcase name='a' classname='s'>\n"
					   "<skipped type='ignored'/>\n"
					   "</testcase>\n" END_SUITE),
	    { "skipped=ignored", NULL } },
	{ "not run, on demand",
	    HEAD IN_S("discover_case", "'name':'a'") IN_S("discover_case",
		"'name':'b','selected':false,'reason':'filter'")
		RUN S1 S2 END("fail"),
	    DOC(COUNTS("2", "0", "0",
		"2") "<testcase name='a' classname='s'>\n"
		     "<skipped message='not run'/>\n"
		     "</testcase>\n"
		     "<testcase name='b' classname='s'>\n"
		     "<skipped message='filter'/>\n"
		     "</testcase>\n" END_SUITE
		     "<testsuite name='p' tests='1' failures='0' errors='1' "
		     "skipped='0' time='0.000'>\n"
		     "<testcase name='' classname='p'>\n"
		     "<error message='the run failed'/>\n"
		     "</testcase>\n" END_SUITE),
	    { "skipped=all", NULL } },
	{ "flaky: the last attempt, and those before",
	    START S1 IN_S("case_start", "'name':'a'")
		IN_S("case_output", "'name':'a','stream':'stdout','text':'1'")
		    A2("'outcome':'fail','status':'crash'") IN_S("case_start",
			"'name':'a','attempt':2") IN_S("case_complete",
			"'name':'a','attempt':2,'outcome':'pass',"
			"'duration_ns':2000000") S2 END("pass"),
	    DOC("<testsuite name='s' tests='1' failures='0' errors='0' "
		"skipped='0' time='0.002'>\n"
		"<testcase name='a' classname='s' time='0.002'>\n"
		"<flakyFailure type='crash'><system-out>1</system-out>\n"
		"</flakyFailure>\n"
		"</testcase>\n" END_SUITE),
	    { NULL } },
	{ "never passed: the first attempt, and those after",
	    START S1 IN_S("case_start", "'name':'a'")
		IN_S("case_message", "'name':'a','kind':'error','message':'1'")
		    A2("'outcome':'fail'") IN_S("case_start",
			"'name':'a','attempt':2") IN_S("case_message",
			"'name':'a','attempt':2,'kind':'error',"
			"'message':'2','detail':'d'") IN_S("case_complete",
			"'name':'a','attempt':2,'outcome':'fail',"
			"'status':'error'") S2 END("fail"),
	    DOC(COUNTS("1", "1", "0",
		"0") "<testcase name='a' classname='s'>\n"
		     "<failure message='1'/>\n"
		     "<rerunError type='error' message='2'><stackTrace>d"
		     "</stackTrace>\n</rerunError>\n"
		     "</testcase>\n" END_SUITE),
	    { NULL } },
	{ "attempts on demand: the last one alone",
	    START S1 IN_S("case_start", "'name':'a'")
		A2("'outcome':'fail','status':'error'") IN_S("case_start",
		    "'name':'a','attempt':2") IN_S("case_complete",
		    "'name':'a','attempt':2,'outcome':'fail'") S2 END("fail"),
	    DOC(COUNTS("1", "1", "0", "0") "<testcase name='a' classname='s'>\n"
					   "<failure/>\n"
					   "</testcase>\n" END_SUITE),
	    { "reruns=no", NULL } },
	{ "output, of failed cases and no more than so much",
	    START S1 IN_S("case_start", "'name':'a'") IN_S(
		"case_output", "'name':'a','stream':'stdout','text':'12345'")
		IN_S("case_output",
		    "'name':'a','stream':'stderr','text':'e\xc3\xa9x'")
		    IN_S("case_output",
			"'name':'a','stream':'stdout','text':'6'")
			A2("'outcome':'fail'") IN_S("case_output",
			    "'name':'b','stream':'stdout','text':'no'")
			    IN_S("case_complete", "'name':'b','outcome':'pass'")
				S2 END("fail"),
	    DOC(COUNTS("2", "1", "0",
		"0") "<testcase name='a' classname='s'>\n"
		     "<failure/>\n"
		     "<system-out>[4 bytes left out]\n56</system-out>\n"
		     "<system-err>[2 bytes left out]\nx</system-err>\n"
		     "</testcase>\n"
		     "<testcase name='b' classname='s'>\n"
		     "</testcase>\n" END_SUITE),
	    { "output=failed", "output-max=2", NULL } },
	{ "a variant stands behind the name",
	    START S1 IN_S("case_complete",
		"'name':'a','variant':'v','outcome':'pass'") S2 END("pass"),
	    DOC(COUNTS("1", "0", "0",
		"0") "<testcase name='a [v]' classname='s'/>\n" END_SUITE),
	    { NULL } },
	{ "properties as elements",
	    START S1 IN_S("case_start",
		"'name':'a','tags':['t'],'properties':{'k':['1','2']},"
		"'location':{'file':'f','line':3}")
		A2("'outcome':'pass','status':'leak'") S2 END("pass"),
	    DOC(COUNTS("1", "0", "0",
		"0") "<testcase name='a' classname='s' file='f' line='3'>\n"
		     "<properties>\n<property name='k' value='1'/>\n"
		     "<property name='k' value='2'/>\n"
		     "<property name='test-events.tag' value='t'/>\n"
		     "<property name='test-events.status' value='leak'/>\n"
		     "</properties>\n"
		     "</testcase>\n" END_SUITE),
	    { "properties=yes", "location=yes", NULL } },
	{ "properties on lines of the output, attachments",
	    START S1 IN_S(
		"case_start", "'name':'a','properties':{'k':'v','l':'1\\n2'}")
		IN_S("case_attachment", "'name':'a','title':'t','path':'p.png'")
		    A2("'outcome':'pass'") S2 END("pass"),
	    DOC(COUNTS("1", "0", "0",
		"0") "<testcase name='a' classname='s'>\n"
		     "<system-out>[[PROPERTY|k=v]]\n[[PROPERTY|l]]\n1\n2\n"
		     "[[/PROPERTY]]\n[[ATTACHMENT|p.png]]\n</system-out>\n"
		     "</testcase>\n" END_SUITE),
	    { "properties=output", NULL } },
	{ "a suite: what it says of itself",
	    HEAD "{'event':'run_start','host':'h'}\n" IN_S("suite_start",
		"'properties':{'k':'v'},'location':{'file':'f'},"
		"'time':'2026-01-02T03:04:05Z'") IN_S("log",
		"'stream':'stderr','text':'x'") IN_S("suite_complete",
		"'outcome':'fail','status':'build','reason':'r',"
		"'duration_ns':1999999") END("fail"),
	    DOC("<testsuite name='s' tests='1' failures='0' errors='1' "
		"skipped='0' time='0.001' timestamp='2026-01-02T03:04:05Z' "
		"hostname='h' file='f'>\n"
		"<properties>\n<property name='k' value='v'/>\n"
		"</properties>\n"
		"<testcase name='' classname='s'>\n"
		"<error type='build' message='r'/>\n"
		"</testcase>\n"
		"<system-err>x</system-err>\n" END_SUITE),
	    { NULL } },
	{ "suites around suites are not written when they hold nothing",
	    START "{'event':'suite_start','suite':'o'}\n" IN_S(
		"suite_start", "'parent':'o'") CASE("a", "'outcome':'pass'") S2
	    "{'event':'suite_complete','suite':'o'}\n" END("pass"),
	    DOC(COUNTS("1", "0", "0",
		"0") "<testcase name='a' classname='s'/>\n" END_SUITE),
	    { NULL } },
	{ "a run that was cut does not look as if it had passed",
	    START S1 CASE("a", "'outcome':'pass'") S2,
	    DOC(COUNTS("1", "0", "0",
		"0") "<testcase name='a' classname='s'/>\n" END_SUITE
		     "<testsuite name='p' tests='1' failures='0' errors='1' "
		     "skipped='0' time='0.000'>\n"
		     "<testcase name='' classname='p'>\n"
		     "<error type='incomplete' message='the run has no end'/>\n"
		     "</testcase>\n" END_SUITE),
	    { NULL } },
	{ "a case that never ended",
	    START S1 IN_S("case_start", "'name':'a'") S2 END("fail"),
	    DOC(COUNTS("1", "0", "1", "0") "<testcase name='a' classname='s'>\n"
					   "<error type='incomplete'/>\n"
					   "</testcase>\n" END_SUITE),
	    { NULL } },
};

START_TEST(writes_documents)
{
	char *stream = json(writes[_i].stream), *expect = json(writes[_i].xml);
	struct outcome o =
	    convert("native", stream, writes[_i].options, "junit");

	ck_assert_msg(strcmp(o.text, expect) == 0, "%s: expected\n%sgot\n%s",
	    writes[_i].what, expect, o.text);
	free(o.text);
	free(stream);
	free(expect);
}
END_TEST

static const char *const bad_options[] = { "skipped=some", "reruns=maybe",
	"output-max=0", "output-max=1k", "timestamps=", "colour=red" };

START_TEST(refuses_bad_options)
{
	const char *const options[] = { bad_options[_i], NULL };
	const struct em_writer_opts opts = { .format = "junit",
		.options = options };
	struct em_out *out = em_out_mem();
	struct em_error err = { .code = EM_E_NONE };

	ck_assert_ptr_null(em_writer_open(&opts, out, &err));
	ck_assert_int_eq(err.code, EM_E_USAGE);
	em_out_close(out, NULL);
}
END_TEST

/* A suite is written when it is complete, not at the end. */
START_TEST(writes_as_it_goes)
{
	const struct em_writer_opts opts = { .format = "junit" };
	struct em_out *out = em_out_mem();
	struct em_writer *w = em_writer_open(&opts, out, NULL);
	struct em_event ev;

	em_event_init(&ev, EM_CASE_COMPLETE);
	ev.suite = EM_STR("s");
	ev.name = EM_STR("a");
	ev.outcome = EM_PASS;
	em_writer_event(w, &ev);
	ck_assert_uint_eq(em_out_memory(out).n, 0);
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = EM_STR("s");
	em_writer_event(w, &ev);
	ck_assert(str_ends(em_out_memory(out), "</testsuite>\n"));
	em_writer_close(w);
	em_out_close(out, NULL);
}
END_TEST

/* Whatever the bytes: the document is well-formed, and says what it is. */
START_TEST(any_bytes_make_a_document)
{
	const struct em_writer_opts opts = { .format = "junit" };
	struct em_out *out = em_out_mem();
	struct em_writer *w = em_writer_open(&opts, out, NULL);
	char bytes[256];
	struct em_event ev;
	struct outcome o;

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + (unsigned)_i);
	em_event_init(&ev, EM_CASE_OUTPUT);
	ev.suite = (struct em_str){ bytes, sizeof(bytes) };
	ev.class_name = ev.name = ev.variant = ev.text = ev.suite;
	ev.stream = EM_STR("stdout");
	em_writer_event(w, &ev);
	ev.kind = EM_CASE_MESSAGE;
	ev.message_kind = EM_STR("error");
	ev.message = ev.detail = ev.type = ev.suite;
	em_writer_event(w, &ev);
	ev.kind = EM_CASE_COMPLETE;
	ev.outcome = EM_FAIL;
	em_writer_event(w, &ev);
	ck_assert_int_eq(em_writer_finish(w), EM_OK);
	o = convert_str("junit", em_out_memory(out), NULL, "native", 0);
	ck_assert_uint_eq(o.stats.malformed, 0);
	ck_assert(!o.stats.truncated);
	ck_assert_uint_eq(occurrences(o.text, "\"outcome\":\"fail\""), 2);
	free(o.text);
	em_writer_close(w);
	em_out_close(out, NULL);
}
END_TEST

/* ---- there and back ---- */

/* Written with all that there is a place for, it reads as what it was. */
START_TEST(comes_back)
{
	static const char *const options[] = { "properties=yes",
		"timestamps=all", "location=yes", NULL };
	char *stream = json(PROTOCOL
	    "{'event':'run_start','properties':{'name':'n'},'host':'h'}\n" S1
		IN_S("case_start",
		    "'class':'c','name':'a','variant':'v','iteration':2,"
		    "'mode':'bench','worker':'w',"
		    "'parent':'b','location':{'file':'f','line':3},"
		    "'tags':['t','u'],'properties':{'k':'v','l':['1','2']},"
		    "'time':'2026-01-02T03:04:05.5Z'") IN_S("case_output",
		    "'class':'c','name':'a','variant':'v',"
		    "'iteration':2,'stream':'stdout','text':'x\\r\\n'")
		    IN_S("case_output",
			"'class':'c','name':'a','variant':'v',"
			"'iteration':2,'stream':'stderr','text':'y'")
			IN_S("case_message",
			    "'class':'c','name':'a','variant':'v',"
			    "'iteration':2,'kind':'error',"
			    "'message':'m\\n','detail':' d\\r\\n',"
			    "'type':'T'") IN_S("case_message",
			    "'class':'c','name':'a',"
			    "'variant':'v','iteration':2,"
			    "'kind':'error','message':'n'") IN_S("case_metric",
			    "'class':'c','name':'a',"
			    "'variant':'v','iteration':2,"
			    "'metric':'m','value':1.50,"
			    "'unit':'ns'") IN_S("case_complete",
			    "'class':'c','name':'a',"
			    "'variant':'v',"
			    "'iteration':2,"
			    "'outcome':'fail',"
			    "'status':'abort','exit_code':134,'signal':6,"
			    "'duration_ns':123456789") IN_S("suite_complete",
			    "'duration_ns':2000000") END("fail"));
	struct outcome xml = convert("native", stream, options, "junit");
	struct outcome o = convert("junit", xml.text, NULL, "native");

	ck_assert_str_eq(o.text, stream);
	ck_assert_uint_eq(xml.lost, 0);
	free(o.text);
	free(xml.text);
	free(stream);
}
END_TEST

static char *
file_text(const char *dir, const char *name, const char *suffix, size_t *n)
{
	char path[200], *text;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s%s", dir, name, suffix);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s: run this in the top directory", path);
	text = calloc(1, 65536);
	ck_assert_ptr_nonnull(text);
	*n = fread(text, 1, 65535, f);
	fclose(f);
	return text;
}

static const char *const samples[] = { "attachments", "cmocka-concatenated",
	"ctest", "gtest", "nextest", "nextest-stress", "node-control",
	"phpunit-nested", "pytest", "rspec-cut", "suite-error",
	"surefire-reruns" };

START_TEST(reads_what_tools_wrote)
{
	static const char dir[] = "testdata/junit/";
	size_t n, expected;
	char *xml = file_text(dir, samples[_i], ".xml", &n);
	char *events = file_text(dir, samples[_i], ".jsonl", &expected);
	struct outcome o =
	    convert_str(NULL, (struct em_str){ xml, n }, NULL, "native", 1000);

	ck_assert_str_eq(o.text, events);
	free(o.text);
	free(events);
	free(xml);
}
END_TEST

Suite *junit_suite(void);

Suite *
junit_suite(void)
{
	Suite *s = suite_create("junit");
	TCase *t = tcase_create("junit");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_dialects, 0, ARRAY_LEN(reads));
	tcase_add_loop_test(t, reads_in_pieces, 0, ARRAY_LEN(reads));
	tcase_add_test(t, keeps_what_was_before_a_cut);
	tcase_add_test(t, tells_what_is_cut_in_a_case);
	tcase_add_test(t, keeps_what_was_before_a_fault);
	tcase_add_test(t, reads_without_growing);
	tcase_add_test(t, a_case_beyond_the_limit_is_an_error);
	tcase_add_loop_test(t, probes_the_root, 0, ARRAY_LEN(probes));
	tcase_add_loop_test(t, writes_documents, 0, ARRAY_LEN(writes));
	tcase_add_loop_test(t, refuses_bad_options, 0, ARRAY_LEN(bad_options));
	tcase_add_test(t, writes_as_it_goes);
	tcase_add_loop_test(t, any_bytes_make_a_document, 0, 16);
	tcase_add_test(t, comes_back);
	tcase_add_loop_test(t, reads_what_tools_wrote, 0, ARRAY_LEN(samples));
	suite_add_tcase(s, t);
	return s;
}
