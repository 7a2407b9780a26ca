/* SPDX-License-Identifier: MIT */
/* Documents of other formats, made of what a fold concluded. */
#ifndef REF_DOCUMENT_H
#define REF_DOCUMENT_H

#include "fold.h"

/* Faults of mutants. */
struct document_faults {
	bool skips_as_pass, reasons_lost, messages_lost, suite_failures_lost;
	bool unescaped, controls_raw, exponents, names_as_format, counts_wrong;
	bool no_empty_plan, unknown_as_test, by_locale;
};

/* A whole JUnit document. */
void junit_document(
    struct ref_text *out, struct fold *f, const struct document_faults *faults);

/* A test point; number counts from 1. */
void tap_point(struct ref_text *out, const struct fold *f,
    const struct ccase *c, size_t number, const struct document_faults *faults);

#endif
