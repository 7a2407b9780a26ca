/* SPDX-License-Identifier: MIT */
/*
 * Bytes that grow.  Running out of memory ends the program with a message:
 * a judge that cannot hold the evidence has no verdict to give.
 */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "slice.h"

struct buf {
	char *p; /* NUL after the last byte, once anything was added */
	size_t n, size;
};

/* A list of C strings; v ends with NULL, once anything was added. */
struct strings {
	char **v;
	size_t n;
};

/* Says that memory is out and exits with status 3. */
_Noreturn void out_of_memory(void);
/* malloc and realloc that do not fail. */
void *xalloc(size_t n); /* zeroed */
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void buf_add(struct buf *b, const char *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* s as a JSON string with its quotes; what is not UTF-8 becomes U+FFFD. */
void buf_json(struct buf *b, struct slice s);
/* Drops all but the last n bytes. */
void buf_tail(struct buf *b, size_t n);
void buf_free(struct buf *b);
/* The bytes of b; never absent. */
struct slice buf_slice(const struct buf *b);
/* The whole as a C string, never NULL. */
const char *buf_str(const struct buf *b);

void strings_add(struct strings *l, const char *s);
bool strings_have(const struct strings *l, const char *s);
void strings_free(struct strings *l);

/* The whole file; false with errno set when it cannot be read. */
bool read_file(const char *path, struct buf *b);

#endif
