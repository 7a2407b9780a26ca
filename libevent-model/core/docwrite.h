/* SPDX-License-Identifier: MIT */
/*
 * What writers of one whole XML document share: all events are folded, the
 * document is written at the end.
 */
#ifndef DOCWRITE_H
#define DOCWRITE_H

#include "format.h"

/* Everything is kept.  NULL when out of memory, w says so. */
struct em_results *dw_open(struct em_writer *w);
/* Folds one event in; counts as lost what no such document holds. */
enum em_rc dw_event(
    struct em_writer *w, struct em_results *rs, const struct em_event *ev);
/* Counts what is known of a case that did not run or was not selected, and
 * says whether that is so; such cases are not in the document. */
bool dw_left_out(struct em_writer *w, const struct em_case *c);
/* Counts what of a message is neither its text nor its detail. */
void dw_message_losses(struct em_writer *w, const struct em_message *m);

/*
 * name="value" with a blank before; nothing when value is absent or unset.
 * Characters that XML cannot hold are counted as lost.
 */
void dw_attr(struct em_writer *w, const char *name, struct em_str value);
void dw_attr_i64(struct em_writer *w, const char *name, int64_t value);
void dw_attr_time(struct em_writer *w, const char *name, int64_t ns);
void dw_text(struct em_writer *w, struct em_str text);
/* <name>text</name>; nothing when text is absent. */
void dw_element(struct em_writer *w, const char *name, struct em_str text);
/* When something that started then and took that long ended, or EM_UNSET. */
int64_t dw_end_time(int64_t start_ns, int64_t duration_ns);
/* The command as one line, quoted as a shell would want it. */
struct em_str dw_command_line(struct arena *a, struct em_strs command);
/* The value of a property as text; i-th of an array, absent past the last. */
struct em_str dw_property(
    struct arena *a, const struct em_pair *pair, size_t i);
/* The value of the property of that name; absent when there is none. */
struct em_str dw_find(struct em_pairs pairs, const char *key);

#endif
