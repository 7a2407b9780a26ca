/* SPDX-License-Identifier: MIT */
/* JSON documents out: commas where they belong, and nothing else. */
#ifndef JSONOUT_H
#define JSONOUT_H

#include "core.h"

struct jsonout {
	struct em_out *out;
	bool comma; /* the next member or element has one before it */
};

/* Before each element of an array. */
void jo_element(struct jsonout *j);
/* Before each value in an object. */
void jo_key(struct jsonout *j, struct em_str key);
/* '{' or '[', and the closing one. */
void jo_enter(struct jsonout *j, char bracket);
void jo_leave(struct jsonout *j, char bracket);
/* Members; an absent string is left out. */
void jo_str(struct jsonout *j, const char *key, struct em_str value);
void jo_int(struct jsonout *j, const char *key, int64_t value);
/* Text that is JSON already. */
void jo_raw(struct jsonout *j, const char *key, struct em_str value);
/* key: [; jo_leave() ends it. */
void jo_list(struct jsonout *j, const char *key);
void jo_object(struct jsonout *j, const char *key);

#endif
