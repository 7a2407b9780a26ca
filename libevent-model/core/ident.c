/* SPDX-License-Identifier: MIT */
#include "ident.h"

struct ident
ident_of(const struct em_event *ev)
{
	return (struct ident){
		.run = ev->run,
		.suite = ev->suite,
		.class_name = ev->class_name,
		.name = ev->name,
		.variant = ev->variant,
		.iteration = ev->iteration,
		.attempt = ev->attempt,
	};
}

struct ident
ident_keep(struct arena *a, const struct em_event *ev)
{
	return (struct ident){
		.run = arena_dup(a, ev->run),
		.suite = arena_dup(a, ev->suite),
		.class_name = arena_dup(a, ev->class_name),
		.name = arena_dup(a, ev->name),
		.variant = arena_dup(a, ev->variant),
		.iteration = ev->iteration,
		.attempt = ev->attempt,
	};
}

void
ident_put(struct em_event *ev, const struct ident *id)
{
	ev->run = id->run;
	ev->suite = id->suite;
	ev->class_name = id->class_name;
	ev->name = id->name;
	ev->variant = id->variant;
	ev->iteration = id->iteration;
	ev->attempt = id->attempt;
}

bool
ident_is_name(const struct ident *id)
{
	return id->run.p == NULL && id->suite.p == NULL &&
	    id->class_name.p == NULL && id->variant.p == NULL &&
	    id->iteration <= 1 && id->attempt <= 1;
}
