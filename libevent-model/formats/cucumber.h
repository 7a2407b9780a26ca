/* SPDX-License-Identifier: MIT */
/*
 * What the two formats of Cucumber have in common, its stream of messages and
 * its old JSON document; for cucumber*.c alone.
 */
#ifndef CUCUMBER_H
#define CUCUMBER_H

#include "foreign.h"
#include "jsondoc.h"

/* Of steps, the better first: the worst of them is that of the scenario. */
enum cuke_status {
	CUKE_UNKNOWN, /* there was no step */
	CUKE_PASSED,
	CUKE_SKIPPED,
	CUKE_PENDING,
	CUKE_UNDEFINED,
	CUKE_AMBIGUOUS,
	CUKE_FAILED
};

/* In either case; unknown ones are CUKE_UNKNOWN. */
enum cuke_status cuke_status(struct em_str name);
/* Outcome and status of a scenario whose worst step this was. */
void cuke_conclude(enum cuke_status worst, struct em_event *ev);
/* An error of the case in *of that a step with that text ended in; text is
 * all that the report says. */
void cuke_emit_error(struct em_reader *r, const struct em_event *of,
    enum cuke_status status, struct em_str step, struct em_str type,
    struct em_str text);
/* An attachment, or the output that it is: *of is of the case. */
void cuke_emit_attachment(struct em_reader *r, const struct em_event *of,
    struct em_str media_type, struct em_str title, struct em_str data);

struct cuke_doc { /* the document */
	struct jdoc doc;
	struct suites suites;
	bool begun, failed;
};

void cuke_doc_open(struct cuke_doc *d);
void cuke_doc_close(struct cuke_doc *d);
/* r->state begins with the struct cucumber, which begins with *d. */
enum em_rc cuke_doc_step(struct em_reader *r, struct cuke_doc *d);

struct cuke_stream;

struct cucumber {
	struct cuke_doc doc;
	struct cuke_stream *stream; /* NULL: a document, or not known yet */
	bool known;
};

struct cuke_stream *cuke_stream_new(void);
void cuke_stream_free(struct cuke_stream *s);
enum em_rc cuke_stream_step(struct em_reader *r, struct cuke_stream *s);

#endif
