/* SPDX-License-Identifier: MIT */
/* What the two files of the libtest2 format share. */
#ifndef LIBTEST2_H
#define LIBTEST2_H

#include "libtest.h"
#include "pend.h"

struct libtest2 {
	struct libtest_naming naming;
	struct em_str suite; /* of the binary at hand; absent: has no name */
	struct em_str seed;
	struct opened *open;
	struct table cases; /* open ones: struct opened * */
	bool begun; /* protocol was sent */
	bool running; /* run_start was sent */
	bool in_binary; /* one has begun, and not ended */
	bool binary_runs; /* its run_start came */
	bool failed;
	int64_t ended_ns; /* elapsed_ns of the last run_complete */
};

struct libtest2_writer {
	struct pend pend;
	struct arena scratch; /* one event */
	bool now; /* failures are written at once */
	unsigned running; /* runs that have no end yet */
	struct em_str why; /* why a run was cancelled */
	bool failed; /* a case that was written */
	bool run_failed;
};

enum em_rc libtest2_write_open(struct em_writer *w);
enum em_rc libtest2_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc libtest2_write_finish(struct em_writer *w);
void libtest2_write_close(struct em_writer *w);

#endif
