/* SPDX-License-Identifier: MIT */
/*
 * Runs a program under watch: what it is given comes in the pieces asked for,
 * what it gives is kept with its time, and when its time is over it goes, with
 * all that it started.
 */
#ifndef PROC_H
#define PROC_H

#include <stdint.h>

#include "buf.h"

enum {
	PROC_STDIN_CLOSED = 1,
	PROC_STDIN_NONBLOCK = 2,
	PROC_STDOUT_FULL = 4, /* /dev/full */
	PROC_STDOUT_CLOSED = 8,
	PROC_SIGPIPE_IGNORED = 16,
	PROC_SIGNAL_STORM = 32, /* SIGCHLD and SIGWINCH while it runs */
	PROC_BIG_PIPES = 64, /* of the system's size instead of 4 KiB */
	PROC_EVENTS_FD = 128, /* TEST_EVENTS_FD: a pipe of its own at 3 */
	PROC_WATCH_MEMORY = 256 /* rss_kib is wanted */
};

/* What has happened so far, for drive. */
struct proc_view {
	struct slice out; /* all that came where events are expected */
	size_t taken; /* bytes of the input that the pipe has taken */
	uint64_t now_ns; /* since the start */
	uint64_t took_ns; /* when it last took any */
	bool out_eof;
};

/* What is to happen next; drive sees what it said last. */
struct proc_move {
	size_t send; /* the input may be written up to here */
	bool stall; /* the output is not read */
	bool close_out; /* our end of its output is closed, for good */
	int signal; /* it is sent this, once; then 0 again */
	bool stop; /* seen enough: it is ended */
};

struct proc_spec {
	char *const *argv;
	char *const *env; /* NAME=VALUE beside the standard ones; or NULL */
	const char *cwd; /* made beforehand; it is HOME too */
	struct slice input;
	/* How the input is cut: sizes, the last one repeated, 0 for a line;
	 * none: as the pipe takes it.  A piece goes when the one before has
	 * been read. */
	const size_t *sizes;
	size_t size_n;
	unsigned pause_ms; /* between pieces */
	/* Called when there is news and every few milliseconds; NULL: all is
	 * sent and read as it comes. */
	void (*drive)(void *arg, const struct proc_view *, struct proc_move *);
	void *arg;
	unsigned flags;
	unsigned time_ms; /* 0: 10 s */
	size_t out_max; /* 0: 256 MiB */
};

struct proc_chunk {
	size_t end; /* bytes of the output when it had come */
	uint64_t ns; /* since the start */
};

enum proc_end {
	PROC_EXITED,
	PROC_SIGNALED, /* by itself */
	PROC_TIMEOUT, /* ended by the watch */
	PROC_FLOOD, /* passed out_max and was ended */
	PROC_STOPPED /* drive had seen enough */
};

struct proc_result {
	enum proc_end end;
	int status; /* exit status, or number of the signal */
	struct buf out; /* where events are expected: stdout, or 3 */
	struct buf other; /* stdout when events go to 3 */
	struct buf err; /* the last 64 KiB */
	struct proc_chunk *chunks; /* of out */
	size_t chunk_n;
	size_t taken; /* bytes of the input that the pipe has taken */
	uint64_t ns;
	long rss_kib; /* at its peak; 0: unknown */
	unsigned left; /* processes that it left behind, ended by us */
};

/* 0, or -1 when the program could not be started: errno says why. */
int proc_run(const struct proc_spec *spec, struct proc_result *r);
void proc_result_free(struct proc_result *r);

/* Once at the start of the program: descriptors that it was started with stay
 * out of testees, and 0 to 2 are open. */
void proc_init(void);
/* Once in a process that judges a case: orphans come to it, and SIGINT and
 * SIGTERM take the testee along. */
void proc_guard(void);

#endif
