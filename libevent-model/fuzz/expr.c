/* SPDX-License-Identifier: MIT */
/*
 * Filter expressions: any text compiles or is refused at a column that it has;
 * what compiles decides every case, and selects whole cases of a stream.
 */
#include <stdlib.h>
#include <string.h>

#include "common.h"

#define ID                                                                     \
	"\"suite\":\"geometry/3d\",\"class\":\"Area\",\"name\":\"a cube (2)\""

static const char stream[] =
    "{\"event\":\"protocol\",\"version\":\"1.0\",\"producer\":"
    "{\"name\":\"fuzz\"}}\n"
    "{\"event\":\"discover_case\",\"name\":\"never\",\"tags\":[\"net\"],"
    "\"properties\":{\"owner\":\"x\"}}\n"
    "{\"event\":\"run_start\"}\n"
    "{\"event\":\"suite_start\",\"suite\":\"geometry/3d\"}\n"
    "{\"event\":\"case_start\"," ID ",\"worker\":\"1\",\"location\":"
    "{\"file\":\"a.c\",\"line\":7},\"tags\":[\"slow\",\"\"],"
    "\"elapsed_ns\":5}\n"
    "{\"event\":\"case_output\"," ID ",\"stream\":\"stdout\","
    "\"text_b64\":\"/wBhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh\"}\n"
    "{\"event\":\"case_message\"," ID ",\"kind\":\"error\",\"message\":"
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}\n"
    "{\"event\":\"case_complete\"," ID ",\"outcome\":\"fail\",\"status\":"
    "\"timeout\",\"duration_ns\":1500000000,\"exit_code\":3}\n"
    "{\"event\":\"case_start\"," ID ",\"attempt\":2}\n"
    "{\"event\":\"case_complete\"," ID ",\"attempt\":2,\"outcome\":"
    "\"pass\"}\n"
    "{\"event\":\"case_complete\",\"name\":\"\",\"outcome\":\"skip\"}\n"
    "{\"event\":\"case_start\",\"name\":\"\\u0000\\u202e\"}\n"
    "{\"event\":\"suite_complete\",\"suite\":\"geometry/3d\"}\n"
    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n";

static enum em_rc
count(void *arg, const struct em_event *ev)
{
	uint64_t *n = arg;

	*n += ev->kind == EM_CASE_COMPLETE;
	return EM_OK;
}

/* Every case, decided alone. */
static void
evaluate(const struct em_filter *f)
{
	struct em_results *rs = em_results_new(em_filter_needs(f), FUZZ_MEMORY);
	struct em_reader *r = fuzz_reader("native", em_str(stream));
	const struct em_event *ev;

	while (em_reader_next(r, &ev) == EM_OK)
		em_results_event(rs, ev);
	for (const struct em_run *run = em_results_runs(rs); run != NULL;
	     run = run->next)
		for (const struct em_suite *s = run->suites; s != NULL;
		     s = s->next)
			for (const struct em_case *c = s->cases; c != NULL;
			     c = c->next)
				em_filter_case(f, c);
	em_reader_close(r);
	em_results_free(rs);
}

/* How many completions a selection lets through. */
static uint64_t
chosen(const char *expr, bool invert)
{
	const char *const exprs[] = { expr, NULL };
	uint64_t n = 0;
	struct em_select_opts opts = { .exprs = exprs,
		.invert = invert,
		.final = true,
		.memory_max = FUZZ_MEMORY,
		.emit = count,
		.arg = &n };
	struct em_error err = { 0 };
	size_t column;
	struct em_select *s = em_select_new(&opts, &err, &column);
	struct em_reader *r = fuzz_reader("native", em_str(stream));
	const struct em_event *ev;

	fuzz_check(s != NULL, "what compiles does not select", em_str(expr),
	    em_str(err.msg));
	while (em_reader_next(r, &ev) == EM_OK)
		em_select_event(s, ev);
	em_select_finish(s);
	em_reader_close(r);
	em_select_free(s);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct em_error err = { 0 };
	struct em_filter *f;
	size_t column = 0;
	char *expr = malloc(size + 1);

	if (expr == NULL)
		abort();
	if (size > 0)
		memcpy(expr, data, size);
	expr[size] = '\0';
	f = em_filter_compile(expr, &err, &column);
	if (f != NULL) {
		evaluate(f);
		em_filter_free(f);
		fuzz_check(chosen(expr, false) + chosen(expr, true) == 3,
		    "a case is neither chosen nor left", em_str(expr),
		    (struct em_str){ NULL, 0 });
	} else {
		fuzz_check(column >= 1 && column <= strlen(expr) + 1 &&
			err.msg[0] != '\0',
		    "refused without a place or reason", em_str(expr),
		    em_str(err.msg));
	}
	free(expr);
	return 0;
}
