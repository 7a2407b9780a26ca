/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share.  A target is LLVMFuzzerTestOneInput() in a file
 * of its own; it prints nothing unless something is wrong. */
#ifndef FUZZ_COMMON_H
#define FUZZ_COMMON_H

#include "format.h"

enum { FUZZ_MEMORY = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts unless ok, with what is wrong and the bytes that show it, which may
 * be absent. */
void fuzz_check(
    bool ok, const char *what, struct em_str seen, struct em_str wanted);
/* Writes an event from its members, raw left aside. */
void fuzz_write(struct em_writer *w, const struct em_event *ev);
/* A reader of memory with the limits of fuzzing. */
struct em_reader *fuzz_reader(const char *format, struct em_str bytes);
/* One JSON value of any depth, or a line or document of XML. */
bool fuzz_is_json(struct em_str s);
bool fuzz_is_xml(struct em_str s);

#endif
