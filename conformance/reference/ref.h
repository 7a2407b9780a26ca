/* SPDX-License-Identifier: MIT */
/* What the reference programs share: mutants, memory, lines of a descriptor.
 * They are written from schemas/PROTOCOL.md, and know nothing of
 * libevent-model. */
#ifndef REF_H
#define REF_H

#include <stdint.h>

#include "../runner/slice.h"

/* The exit statuses of CASES.md. */
enum ref_status {
	REF_OK = 0,
	REF_FAILED = 1,
	REF_USAGE = 2,
	REF_MALFORMED = 3,
	REF_UNSUPPORTED = 4,
	REF_IO = 6,
	REF_TRUNCATED = 7
};

/* A deliberate fault, and the rule that it breaks. */
struct ref_mutant {
	const char *name, *rule, *what;
};

/*
 * Takes --list-mutants and --mutant NAME off the front of the arguments. The
 * number of the mutant, or -1 for none; does not return on bad usage or after
 * listing. *rest is the first argument left.
 */
int ref_mutant(int argc, char **argv, const struct ref_mutant *list, int *rest);

/* Ends the program when memory is out: a reference need not recover. */
void *ref_resize(void *p, size_t count, size_t size);

struct ref_text { /* text that grows */
	char *p;
	size_t n, cap;
};

void ref_add(struct ref_text *t, const char *p, size_t n);
void ref_adds(struct ref_text *t, const char *s);

/* Lines of a descriptor. */
struct ref_lines {
	int fd;
	struct ref_text held;
	size_t from; /* where the next line starts in held */
	size_t seen; /* no LF in held before this */
	bool eof, failed;
	/* faults of mutants */
	bool pieces, again_is_end, interrupted_is_end, gave_up;
};

enum ref_line {
	REF_LINE, /* a line, without its LF */
	REF_LAST, /* what came after the last LF, and the end */
	REF_END
};

/* The line is valid until the next call. */
enum ref_line ref_next(struct ref_lines *l, struct slice *line);

/* True when a whole line can be had without reading. */
bool ref_ready(const struct ref_lines *l);

/* False when it cannot be written. */
bool ref_write(int fd, const char *p, size_t n);

#endif
