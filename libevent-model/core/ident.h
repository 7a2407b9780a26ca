/* SPDX-License-Identifier: MIT */
/* The identity of an attempt apart from the events that carry it. */
#ifndef IDENT_H
#define IDENT_H

#include "core.h"

struct ident {
	struct em_str run, suite, class_name, name, variant;
	int64_t iteration, attempt; /* EM_UNSET when not stated */
};

/* Slices of the event's. */
struct ident ident_of(const struct em_event *ev);
/* Copies. */
struct ident ident_keep(struct arena *a, const struct em_event *ev);
/* Makes the identity of the event this one. */
void ident_put(struct em_event *ev, const struct ident *id);
/* True when there is no more to it than a name. */
bool ident_is_name(const struct ident *id);

#endif
