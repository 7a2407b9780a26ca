/* SPDX-License-Identifier: MIT */
/* What tests of formats share: bytes to events as native text, and back. */
#ifndef FORMAT_BED_H
#define FORMAT_BED_H

#include <check.h>

#include "format.h"

/* What reading gave beside events. */
struct bed_read {
	struct em_reader_stats stats;
	struct em_error err; /* of the reader, if it ended with one */
	char warning[512]; /* the first */
	unsigned warnings;
	char format[32]; /* as it was recognised */
};

/*
 * Reads all of bytes, chunk of them at a time (0: as many as there are), as
 * format or, when that is NULL, as what they are recognised to be; the events
 * are added to out, a line each, without the protocol event.
 */
void bed_read(const char *format, const char *const *options,
    struct em_str bytes, size_t chunk, struct buf *out, struct bed_read *how);
/* Writes the events of native text; what was lost goes to lost, a line each,
 * unless that is NULL. */
void bed_write(const char *format, const char *const *options,
    struct em_str native, struct buf *out, struct buf *lost);
/* The same with colours. */
void bed_write_colored(
    const char *format, struct em_str native, struct buf *out);
/* native -> format -> native. */
void bed_round(const char *format, const char *const *options,
    struct em_str native, struct buf *out);
/* A file of testdata; the test fails when it is not there. */
void bed_load(const char *path, struct buf *out);
/* Fails with both texts when they differ. */
void bed_same(struct em_str got, struct em_str want, const char *what);
/* Calls f with the path of each file in a directory of testdata that ends in
 * suffix; at least one must be there. */
void bed_each(const char *dir, const char *suffix,
    void (*f)(const char *path, void *arg), void *arg);

#endif
