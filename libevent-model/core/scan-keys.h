/* SPDX-License-Identifier: MIT */
/*
 * The member names of the protocol in a form that can be compared with the
 * line in place, made from the field table.  For scan*.c only.
 */
#ifndef SCAN_KEYS_H
#define SCAN_KEYS_H

#include "core.h"

enum {
	SCAN_KEYS = 96, /* room for keys; 75 are used */
	SCAN_SLOTS = 256,
	SCAN_KIND_SLOTS = 32,
	SCAN_CHOICE = 3 /* members of which one must be there, at most */
};

#define SCAN_REST (UINT64_C(1) << 63)

/* Beyond enum em_field_type. */
enum { SCAN_T_EVENT = EM_T_OBJECT + 1 };

enum {
	SCAN_VITAL = 1, /* a wrong value makes the event invalid */
	SCAN_NEEDED = 2, /* its object must have it */
	SCAN_STATED = 4, /* when wrong or missing, one that never agrees */
	SCAN_CHOSEN = 8 /* one of several of which one must be there */
};

/* What a value looks like nearly always; scan.c takes those without a call. */
enum scan_plain {
	SCAN_PLAIN_STRING,
	SCAN_PLAIN_UNREAD, /* a string that nobody is going to look at */
	SCAN_PLAIN_INT,
	SCAN_PLAIN_SKIPPED, /* such an integer */
	SCAN_PLAIN_OUTCOME,
	SCAN_PLAIN_NOT
};

/* n bytes to compare with the line: text where mask is set, 0 elsewhere. */
struct scan_text {
	char text[16], mask[16];
	uint8_t n;
	uint8_t kind; /* whose name it is */
};

struct scan_key {
	/* How this member began when it came last, from behind the value
	 * before it to its own, for strings with the quote: ,"name":" in
	 * whatever spelling the writer has.  What meant this member once
	 * means it again. */
	struct scan_text seen;
	uint8_t type, flags;
	uint8_t plain; /* enum scan_plain */
	uint16_t offset;
	/* As in em_fields; but a member of an object is required when its
	 * object is as well. */
	uint32_t kinds, required;
	uint64_t met; /* the last line that has this member */
	/* In sets of keys.  What must be there and what most lines have is
	 * alone in its bit; the rest share SCAN_REST. */
	uint64_t bit;
	/* The keys that set the same field.  None for `outcome`, which is
	 * put back for each line. */
	uint64_t field;
	uint8_t sub, subs; /* of an object: its first member, how many */
	/* Which key came behind this one in events of a kind, the last time:
	 * writers keep to an order. */
	struct scan_key *next[EM_KINDS];
};

struct scan_keys {
	/* How many keys there are: no key, `event`, other members of events,
	 * and from top on members of objects. */
	unsigned n, top;
	uint8_t slots[SCAN_SLOTS]; /* top members by hash */
	struct scan_text kind[EM_KINDS]; /* "case_start", with the quotes */
	/* Kinds that were seen, by a letter. */
	const struct scan_text *kind_slots[SCAN_KIND_SLOTS];
	/* Required members of a kind, and those of which it must have exactly
	 * one (VAL-8). */
	uint64_t need[EM_KINDS], choice[EM_KINDS];
	uint8_t of_bit[64]; /* keys by the number of their bit */
	struct scan_key key[SCAN_KEYS];
	struct {
		struct em_str word; /* the last part of path */
		char path[24]; /* "location.line" */
	} name[SCAN_KEYS];
};

enum { SCAN_KEY_NONE, SCAN_KEY_EVENT };

/* Of the field of a key that is alone in its bit. */
static inline size_t
scan_key_size(const struct scan_key *k)
{
	switch (k->type) {
	case EM_T_INT:
	case EM_T_COUNT:
	case EM_T_TIME:
		return sizeof(int64_t);
	case EM_T_OUTCOME:
		return sizeof(enum em_outcome);
	default:
		return sizeof(struct em_str);
	}
}

/* ignore: names of members whose value nobody is going to look at, ends with
 * NULL; or NULL. */
void scan_keys_make(struct scan_keys *ks, const char *const *ignore);
/* The member of events that has this name, or no key. */
unsigned scan_keys_find(const struct scan_keys *ks, struct em_str name);
/* The same for a member of an object. */
unsigned scan_keys_find_sub(const struct scan_keys *ks,
    const struct scan_key *object, struct em_str name);
/* Sets t to n bytes at p; to what matches nothing when they do not fit. */
void scan_text_set(struct scan_text *t, const char *p, size_t n);

#endif
