/* SPDX-License-Identifier: MIT */
/* What the files that read NUnit share. */
#ifndef NUNIT_READ_H
#define NUNIT_READ_H

#include "nunit.h"
#include "report.h"
#include "xmldoc.h"

/* How something went, as the attributes of its element say. */
struct nunit_result {
	struct em_str result, label, site, executed, success;
};

struct nunit_suite {
	struct nunit_suite *up, *spare;
	struct arena arena; /* what is of this suite, all below */
	struct em_event start; /* until it is sent */
	struct rep_case *details; /* its properties and categories */
	struct nunit_result result;
	struct em_str path, title, reason, output;
	struct em_message failure;
	int64_t duration_ns;
	bool method; /* stands for one method: path is that of the fixture */
	bool sent;
};

struct nunit {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct nunit_suite *suite,
	    *spare; /* the innermost; those to use again */
	struct rep_case *c; /* the case that is open, or NULL */
	struct nunit_result result; /* of the case */
	struct em_str runstate;
	struct em_message failure, assertion;
	struct em_attachment attachment;
	size_t assertions;
	bool in_assertion;
	bool failed; /* there was a failure element */
	bool asserted; /* an assertion said the same as the failure */
	bool decided; /* listing or not */
	bool stated; /* the run states a result */
};

/* ---- nunit-result.c: what attributes say ---- */

/* Whether s ends with what is lower in any case. */
bool nunit_ends(struct em_str s, const char *lower);
int64_t nunit_seconds(struct em_str s); /* or EM_UNSET */
int64_t nunit_duration(const struct xml_node *n);
int64_t nunit_time(struct em_str s);
void nunit_read_result(
    struct nunit_result *to, const struct xml_node *n, struct arena *a);
/* False when the result is none that is known: taken for an error. */
bool nunit_judge(const struct nunit_result *x, enum em_outcome *outcome,
    struct em_str *status);

/* ---- nunit-suite.c ---- */

void nunit_start_suite(struct em_reader *r, const struct xml_node *n);
void nunit_end_suite(struct em_reader *r);
/* Sends what has started around the place where we are, outermost first. */
void nunit_send_suites(struct nunit *s, struct nunit_suite *one);
void nunit_pop_suite(struct em_reader *r, struct nunit *s);

#endif
