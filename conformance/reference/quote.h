/* SPDX-License-Identifier: MIT */
/* Strings of a digest. */
#ifndef REF_QUOTE_H
#define REF_QUOTE_H

#include "ref.h"

/* As JSON; null for an absent one, by length and hash when it is long. */
void quote(struct ref_text *t, struct slice s);
/* The same, however long it is. */
void quote_whole(struct ref_text *t, struct slice s);
/* ,"key":string */
void quote_member(struct ref_text *t, const char *key, struct slice s);
/* ,"key":number */
void quote_number(struct ref_text *t, const char *key, uint64_t n);

#endif
