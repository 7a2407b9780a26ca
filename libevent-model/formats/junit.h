/* SPDX-License-Identifier: MIT */
/* What the files of the JUnit format share; for junit*.c only. */
#ifndef JUNIT_H
#define JUNIT_H

#include "format.h"
#include "out.h"

/*
 * Properties of a case that stand for members which JUnit lacks: the name of
 * the member behind this.  Written when asked for, always understood.
 */
#define JUNIT_OWN "test-events."

/* ---- junit-read.c ---- */

int junit_probe(struct em_str head, bool eof);
enum em_rc junit_open(struct em_reader *r);
enum em_rc junit_next(struct em_reader *r, const struct em_event **ev);
void junit_close(struct em_reader *r);

/* ---- junit-write.c ---- */

enum { SKIPPED_NONE, SKIPPED_IGNORED, SKIPPED_RUN, SKIPPED_ALL };
enum { OUTPUT_NONE, OUTPUT_FAILED, OUTPUT_ALL };
enum { STAMPS_NO, STAMPS_SUITES, STAMPS_ALL };
enum { PROPS_NO, PROPS_YES, PROPS_OUTPUT };

struct junit_writer {
	struct em_results *rs;
	struct arena scratch; /* for one case */
	struct table parents; /* suites that others name as parent */
	struct table counted; /* cases: which of their losses were counted */
	bool reruns, hostname, location;
	int skipped, output, stamps, props;
	int64_t output_max; /* bytes of an element; EM_UNSET: all */
	bool opened; /* the root element is */
	uint64_t problems; /* failures and errors written */
};

enum em_rc junit_writer_open(struct em_writer *w);
enum em_rc junit_writer_event(struct em_writer *w, const struct em_event *ev);
enum em_rc junit_writer_finish(struct em_writer *w);
void junit_writer_close(struct em_writer *w);

/* ---- junit-say.c: what is written of what cases and suites say ---- */

#define PUT(out, lit) out_lit(out, lit, sizeof(lit) - 1)

/* name is " name=\""; nothing when the value is absent. */
void junit_attr(struct em_out *out, struct em_str name, struct em_str value);
/* What an attempt that is no pass says in one element. */
struct junit_problem {
	struct em_str type, message, text;
};
/* m is one of its messages, or NULL when it has none. */
struct junit_problem junit_problem(struct em_writer *w,
    const struct em_attempt *a, const struct em_message *m);
/* It is an error rather than a failure. */
bool junit_is_error(const struct em_attempt *a);
/* <properties> */
void junit_properties(struct em_writer *w, struct em_pairs list);
/* The properties of a case, those that stand for members included. */
struct em_pairs junit_case_properties(
    struct em_writer *w, const struct em_case *c);
/* <system-out> and <system-err>, with the properties that go there. */
void junit_output(struct em_writer *w, const struct em_item *items,
    struct em_pairs properties, bool texts);

#endif
