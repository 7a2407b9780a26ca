/* SPDX-License-Identifier: MIT */
/* What the files that read TRX share. */
#ifndef TRX_READ_H
#define TRX_READ_H

#include "report.h"
#include "trx.h"
#include "xmldoc.h"

enum trx_is {
	RUN = 1,
	TIMES,
	SUMMARY,
	RUN_INFOS,
	RUN_INFO,
	INFO_TEXT,
	SUMMARY_OUTPUT,
	SUMMARY_OUT,
	RESULTS,
	RESULT,
	INNER,
	OUTPUT,
	OUT,
	ERR,
	TRACE,
	ERROR_INFO,
	MESSAGE,
	STACK,
	TEXTS,
	TEXT,
	FILES,
	FILE_PATH,
	COLLECTORS,
	COLLECTOR,
	URIS,
	URI,
	A,
	DEFINITIONS,
	TEST,
	METHOD,
	DESCRIPTION,
	OWNERS,
	OWNER,
	CATEGORIES,
	CATEGORY,
	PROPERTIES,
	PROPERTY,
	KEY,
	VALUE
};

struct trx_definition {
	struct em_str name, class_name, storage, code_base;
	struct rep_case *details; /* categories and properties, or NULL */
};

struct trx_result {
	struct trx_result *up; /* the result around an inner one */
	struct trx_result *next; /* of those that wait */
	struct rep_case *c;
	struct em_str test; /* its id */
	bool attempt; /* an earlier one of the result around it */
};

struct trx {
	struct xdoc doc; /* first: see xmldoc.c */
	struct report report;
	struct table definitions; /* by id: struct trx_definition * */
	struct trx_definition *test; /* the one that is open */
	struct trx_definition *before; /* the one that was */
	struct trx_result *open; /* the innermost */
	struct trx_result *held, **held_tail;
	struct em_message error; /* the ErrorInfo that is open */
	struct em_attachment attachment;
	struct em_str key, level;
	bool defined; /* the definitions are read */
};

/* ---- trx-define.c ---- */

void trx_start_definition(struct em_reader *r, const struct xml_node *n);
/* Elements in a definition, which is s->test. */
void trx_start_in_definition(
    struct em_reader *r, enum trx_is is, const struct xml_node *n);
void trx_end_in_definition(
    struct em_reader *r, enum trx_is is, struct em_str text);
/* Gives a result what is known from its definition. */
void trx_define(struct em_reader *r, struct trx_result *x);

#endif
