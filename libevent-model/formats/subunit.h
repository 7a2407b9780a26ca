/* SPDX-License-Identifier: MIT */
/*
 * What the files of subunit share: packets of version 2, on the wire and in
 * memory, and what packets mean in events.  The reader of version 1 makes
 * packets of its lines.
 */
#ifndef SUBUNIT_H
#define SUBUNIT_H

#include "crowd.h"
#include "ident.h"
#include "runs.h"
#include "swrite.h"

/* The order is that of the wire. */
enum subunit_status {
	SUBUNIT_NONE,
	SUBUNIT_EXISTS,
	SUBUNIT_INPROGRESS,
	SUBUNIT_SUCCESS,
	SUBUNIT_UXSUCCESS,
	SUBUNIT_SKIP,
	SUBUNIT_FAIL,
	SUBUNIT_XFAIL,
	SUBUNIT_ERROR /* of version 1 alone */
};

/* A string that a packet does not have is absent. */
struct subunit_packet {
	enum subunit_status status;
	int64_t time_ns; /* EM_UNSET when absent */
	struct em_str id;
	struct em_strs tags;
	bool has_tags;
	bool runnable;
	bool eof; /* of the file */
	struct em_str mime, file, content;
	struct em_str route;
};

/* A packet without anything, runnable as the API of subunit has it. */
void subunit_packet_init(struct subunit_packet *p);

/* ---- subunit-packet.c: the wire ---- */

enum { SUBUNIT_SIGNATURE = 0xb3, SUBUNIT_PACKET_MAX = 4194303 };

enum subunit_look {
	SUBUNIT_NOT, /* no packet starts here */
	SUBUNIT_MORE, /* not decided before there are *length bytes */
	SUBUNIT_DAMAGED, /* one starts here, *length long; *why not */
	SUBUNIT_PACKET /* *length long */
};

/*
 * What starts at s, whose first byte is the signature.  Strings are slices
 * of s.  *work grows by the bytes of which a checksum was made.  When no
 * packet starts there, *length is what its header says, 0 when that is
 * nothing, and *why is what is wrong, NULL when the version is another: the
 * specification has such bytes for text.
 */
enum subunit_look subunit_look(struct em_str s, struct arena *a,
    struct subunit_packet *p, size_t *length, const char **why, uint64_t *work);
/* Puts the bytes of p into b; false when it does not fit a packet. */
bool subunit_encode(struct buf *b, const struct subunit_packet *p);

/* "text/plain" of "text/plain; charset=utf8", without regard to case. */
bool subunit_mime_is(struct em_str mime, const char *type);
/* The value of ";test-events=VALUE" in a type; absent when there is none. */
struct em_str subunit_mime_mark(struct em_str mime);

/* ---- subunit-model.c: what packets mean ---- */

/* A time before this is no date: writers without a clock count from 0. */
#define SUBUNIT_YEAR_NS (366 * (int64_t)86400 * 1000000000)

struct subunit_file;

struct subunit_test {
	struct member member; /* its arena has all of what follows */
	struct ident id;
	struct em_strs tags;
	struct subunit_file *files;
	struct em_str reason;
	int64_t start_ns;
	struct em_event end; /* what was carried for its end */
};

struct subunit_model {
	struct crowd open; /* tests, by route and id */
	struct table ended; /* by route and id: whom they were */
	struct runs runs;
	struct carry carry;
	struct buf line, stream; /* global output without a line end yet */
	int64_t planned; /* total of the run, EM_UNSET when unknown */
	bool listing; /* discover_start was emitted */
	bool listed; /* and discover_complete */
	bool running; /* a run was started */
	bool cut; /* the run has no end */
};

void subunit_model_init(struct subunit_model *m);
void subunit_model_packet(struct em_reader *r, struct subunit_model *m,
    const struct subunit_packet *p);
/* Text between packets, with its line end or without one. */
enum em_rc subunit_model_text(
    struct em_reader *r, struct subunit_model *m, struct em_str line);
/* Input was cut, which has been reported: the run has no end. */
void subunit_model_cut(struct em_reader *r, struct subunit_model *m);
/* At the end of input; called again, in another step, until it says true. */
bool subunit_model_end(struct em_reader *r, struct subunit_model *m);
void subunit_model_free(struct subunit_model *m);

/* ---- subunit-file.c ---- */

/* An event of a test; its time is one of day, or since the start. */
void subunit_test_event(struct em_event *ev, enum em_kind kind,
    const struct ident *id, int64_t time_ns);
void subunit_set_time(struct em_event *ev, int64_t ns);
/* The stream that a file of that name is output of. */
struct em_str subunit_stream(struct arena *a, struct em_str file);
/* Takes the file of a packet; late: after the end of the test. */
void subunit_file_take(struct em_reader *r, struct subunit_model *m,
    struct subunit_test *t, const struct subunit_packet *p, bool late);
/* The test ends, and with it its files. */
void subunit_files_end(struct em_reader *r, struct subunit_model *m,
    struct subunit_test *t, int64_t time_ns);
void subunit_files_free(struct subunit_test *t);

/* ---- subunit-write.c ---- */

struct subunit_writer {
	struct swrite common;
	struct buf packet;
	int64_t clock_ns; /* for what has no time: the latest one written */
};

enum em_rc subunit_write_open(struct em_writer *w);
enum em_rc subunit_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc subunit_write_finish(struct em_writer *w);
void subunit_write_close(struct em_writer *w);

/* The type of a file that is a carried event. */
#define SUBUNIT_CARRY_MIME "application/x-test-events"
/* Marks in the type of files whose name or type would mislead the reader. */
#define SUBUNIT_SHOWN "shown" /* shows others what is carried beside it */
#define SUBUNIT_DATA "data" /* an attachment, though it is text */
#define SUBUNIT_OUTPUT "output" /* output, though it is not text */
#define SUBUNIT_BYTES ".bytes" /* behind the name of the stream, then */

#endif
