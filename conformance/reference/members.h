/* SPDX-License-Identifier: MIT */
/* The events, members and enumerations of version 1.0, as data. */
#ifndef REF_MEMBERS_H
#define REF_MEMBERS_H

#include "event.h"

enum type {
	T_STRING,
	T_STATUS, /* the open enums */
	T_MODE,
	T_STREAM,
	T_KIND,
	T_LEVEL,
	T_OUTCOME,
	T_SIZE, /* integers from 0 */
	T_COUNT, /* integers from 1 */
	T_NUMBER,
	T_NUMBERS,
	T_STRINGS,
	T_BOOL,
	T_BASE64,
	T_TIME,
	T_SCALARS,
	T_TEXTS, /* an object of strings */
	T_PRODUCER,
	T_LOCATION,
	T_COUNTS
};

struct member {
	const char *name;
	enum type type;
	bool required;
};

enum { MEMBERS_MAX = 16 };

struct event_table {
	const char *name;
	enum kind kind;
	struct member member[MEMBERS_MAX];
};

/* Ends with name == NULL. */
extern const struct event_table event_tables[];
extern const struct member identity_members[], every_members[];
extern const struct member producer_members[], location_members[],
    counts_members[];
/* The values of an open enum, up to NULL; NULL for another type. */
const char *const *open_values(enum type t);

#endif
