/* SPDX-License-Identifier: MIT */
/*
 * libevent-model: read, write, select and conclude from test results.
 *
 * Everything is an event of the test-events protocol (schemas/PROTOCOL.md,
 * test-events(5)), whatever format it was read from.  A reader hands out one
 * event at a time, a writer takes one, a filter selects, results conclude.
 *
 * Conventions that hold for the whole of this header:
 *
 * Strings are slices with a length; p == NULL means absent.  They may hold
 * any byte, NUL included.  An event and all it points to stays valid until
 * the next call on the reader that gave it.
 *
 * Times and durations are int64_t nanoseconds, EM_UNSET when absent.
 *
 * Errors stick: the first one is kept in the handle and every later call
 * reports it.  The library never prints, exits, or reads the environment.
 */
#ifndef EVENT_MODEL_H
#define EVENT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define EM_API __attribute__((visibility("default")))
#define EM_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define EM_API
#define EM_PRINTF(fmt, args)
#endif

#define EM_PROTOCOL_VERSION "1.0"
#define EM_UNSET INT64_MIN

/* ---- slices ---- */

struct em_str {
	const char *p;
	size_t n;
};

/* A slice of a string literal. */
#define EM_STR(lit) ((struct em_str){ "" lit, sizeof(lit) - 1 })

/* A slice of a C string; absent for NULL. */
EM_API struct em_str em_str(const char *s);
EM_API bool em_str_eq(struct em_str a, struct em_str b);

struct em_strs { /* a list of strings: tags, command, features */
	const struct em_str *v;
	size_t n;
};

struct em_pair {
	struct em_str key;
	struct em_str value; /* text; the JSON as written when json is set */
	bool json; /* value is not a JSON string but a number, true, ... */
};

struct em_pairs { /* an object of the user: properties, env */
	const struct em_pair *v;
	size_t n;
};

/* ---- results of calls and errors ---- */

enum em_rc { EM_OK, EM_EOF, EM_ERR };

enum em_code {
	EM_E_NONE,
	EM_E_USAGE, /* unknown format, bad option, bad expression */
	EM_E_SYNTAX, /* malformed input */
	EM_E_VERSION, /* unsupported version or requirement */
	EM_E_TRUNCATED, /* input ended too early */
	EM_E_LIMIT, /* a limit of em_limits was passed */
	EM_E_IO, /* a system call failed, see sys */
	EM_E_MEMORY,
};

struct em_error {
	enum em_code code;
	int sys; /* errno, or 0 */
	uint64_t line; /* of the input, from 1; 0 when unknown */
	char msg[512]; /* lower case, no full stop, no trailing newline */
};

/* ---- events ---- */

enum em_kind {
	EM_UNKNOWN, /* an event this version does not know; see raw */
	EM_PROTOCOL,
	EM_DISCOVER_START,
	EM_DISCOVER_CASE,
	EM_DISCOVER_COMPLETE,
	EM_RUN_START,
	EM_SUITE_START,
	EM_CASE_START,
	EM_CASE_SLOW,
	EM_CASE_OUTPUT,
	EM_CASE_MESSAGE,
	EM_CASE_METRIC,
	EM_CASE_ATTACHMENT,
	EM_CASE_COMPLETE,
	EM_SUITE_COMPLETE,
	EM_RUN_CANCEL,
	EM_RUN_COMPLETE,
	EM_LOG,
	EM_KINDS /* how many there are */
};

enum em_outcome {
	EM_NONE, /* absent */
	EM_PASS,
	EM_FAIL,
	EM_SKIP,
	EM_INVALID /* a value that the protocol does not have: never a pass */
};

enum em_tri { EM_ABSENT, EM_FALSE, EM_TRUE };

struct em_location {
	struct em_str file;
	int64_t line, column, end_line, end_column; /* from 1, or EM_UNSET */
};

struct em_counts {
	int64_t pass, fail, skip; /* EM_UNSET when absent, -1 when ill stated */
};

/* A member that the protocol does not define for its event, kept as written. */
struct em_member {
	struct em_str
	    in; /* the object it is in: "location"; absent: the event */
	struct em_str key; /* as written between the quotes */
	struct em_str value; /* JSON text */
};

struct em_members {
	const struct em_member *v;
	size_t n;
};

/* Why an event is what it is; bits of em_event.flags. */
enum {
	EM_F_NOISE = 1, /* log made of a line that was not an event */
	EM_F_MALFORMED = 2, /* log made of a line that did not parse */
	EM_F_SYNTHETIC = 4, /* made by the reader, stated by nobody */
	EM_F_INVALID = 8, /* known event, required member missing or mistyped */
};

/*
 * One event.  Members have the names and meaning of test-events(5).  Which
 * members a kind may carry is in em_fields[].
 */
struct em_event {
	enum em_kind kind;
	unsigned flags;
	uint64_t line; /* of the input, from 1; 0 when made */
	struct em_str raw; /* native input: the line as read, without its LF */
	struct em_str event; /* the kind as written; set for EM_UNKNOWN */

	/* identity */
	struct em_str run, suite, class_name, name, variant;
	int64_t iteration, attempt; /* from 1; EM_UNSET means 1 */

	int64_t elapsed_ns; /* since the producer's protocol event */
	int64_t time_ns; /* wall clock, since 1970-01-01T00:00:00Z */

	enum em_outcome outcome;
	enum em_tri selected, filtered;
	struct em_str status, reason;
	int64_t duration_ns;

	struct em_str stream;
	struct em_str text; /* any bytes */
	int64_t truncated_bytes;
	struct em_str level;

	struct em_str message_kind, message, detail, type, code;
	struct em_str expected, actual, rendered;
	struct em_location location;

	int64_t exit_code, signal;
	struct em_counts counts;
	int64_t total;

	struct em_str parent, title, mode, worker;
	struct em_strs tags;
	struct em_pairs properties;

	struct em_str metric, unit;
	struct em_str value, deviation, min, max, median; /* JSON numbers */
	struct em_strs samples; /* JSON numbers */

	struct em_str media_type, path, url;
	struct em_str data; /* any bytes */
	int64_t threshold_ns;

	struct em_str version, producer_name, producer_version;
	struct em_strs features, requires;

	struct em_str seed, cwd, host, parent_run, root_run;
	struct em_strs command;
	struct em_pairs env;

	struct em_members extra; /* members unknown to this version, in order */
};

/* Makes *ev an event of that kind with every member absent. */
EM_API void em_event_init(struct em_event *ev, enum em_kind kind);

/* "case_start"; absent for EM_UNKNOWN. */
EM_API struct em_str em_kind_name(enum em_kind kind);
EM_API enum em_kind em_kind_find(struct em_str name);
/* "pass", "fail", "skip"; absent for EM_NONE. */
EM_API struct em_str em_outcome_name(enum em_outcome outcome);

/* True when the event belongs to a case: it has a name and a case_ kind. */
EM_API bool em_event_is_case(const struct em_event *ev);

/* A copy that owns all it points to, to be freed; NULL when out of memory. */
EM_API struct em_event *em_event_dup(const struct em_event *ev);
/* Makes copy, which em_event_dup() gave, one of ev instead; what it pointed to
 * is gone.  False when out of memory. */
EM_API bool em_event_refill(struct em_event *copy, const struct em_event *ev);
EM_API void em_event_free(struct em_event *ev);

/* The identity of the case of an event, hashed: equal for the same run, suite,
 * class, name, variant and iteration. */
struct em_key {
	uint64_t lo, hi;
};
EM_API struct em_key em_case_key(const struct em_event *ev);
/* The same of strings, in order; absent differs from empty. */
EM_API struct em_key em_key(const struct em_str *parts, size_t n);

/* A map from keys to numbers. */
struct em_map;

EM_API struct em_map *em_map_new(void);
/* The number of the key, which is 0 when it is new; NULL when out of memory.
 * Valid until the next call that may add. */
EM_API uint64_t *em_map_at(struct em_map *m, struct em_key k);
/* NULL when it is not there. */
EM_API uint64_t *em_map_find(const struct em_map *m, struct em_key k);
EM_API size_t em_map_count(const struct em_map *m);
EM_API void em_map_free(struct em_map *m);

/* ---- the field table: every member of the protocol, once ---- */

enum em_field_type {
	EM_T_STR, /* struct em_str, UTF-8 */
	EM_T_BYTES, /* struct em_str, any bytes; NAME or NAME_b64 in JSON */
	EM_T_DATA, /* struct em_str, any bytes; always NAME_b64 in JSON */
	EM_T_NUM, /* struct em_str, a JSON number */
	EM_T_INT, /* int64_t, 0..2^53-1 */
	EM_T_COUNT, /* int64_t, 1..2^53-1 */
	EM_T_TIME, /* int64_t, RFC 3339 in JSON */
	EM_T_TRI, /* enum em_tri */
	EM_T_OUTCOME, /* enum em_outcome */
	EM_T_STRS, /* struct em_strs */
	EM_T_NUMS, /* struct em_strs of JSON numbers */
	EM_T_PAIRS, /* struct em_pairs */
	EM_T_OBJECT, /* no storage: the fields whose in is this one */
};

struct em_field {
	const char *name; /* the JSON member */
	const char *in; /* the member object it is in, or NULL */
	enum em_field_type type;
	uint16_t offset; /* in struct em_event */
	uint32_t kinds; /* 1u << kind for each event that may carry it */
	uint32_t required; /* the same, for each event that must */
};

EM_API extern const struct em_field em_fields[];
EM_API extern const size_t em_fields_count;

/*
 * Finds a field by its name, "duration_ns", or by its path, "location.line".
 * NULL when there is none.
 */
EM_API const struct em_field *em_field_find(struct em_str name);
EM_API bool em_field_present(
    const struct em_field *f, const struct em_event *ev);

/* ---- output ---- */

/* A buffered byte stream to a descriptor or file, with a sticky error. */
struct em_out;

EM_API struct em_out *em_out_fd(int fd, const char *name);
enum em_out_mode {
	EM_OUT_REPLACE, /* to a temporary beside path, renamed to it by
			 * em_out_close() when all went well */
	EM_OUT_DIRECT, /* truncates path and writes to it */
	EM_OUT_APPEND, /* writes to its end */
};

/* To a file; a name that ends in .gz or .zst is compressed.  Check
 * em_out_error() after opening. */
EM_API struct em_out *em_out_file(const char *path, enum em_out_mode mode);
/* Into memory; em_out_memory() gives what has been written so far. */
EM_API struct em_out *em_out_mem(void);
EM_API struct em_str em_out_memory(const struct em_out *out);
EM_API void em_out_write(struct em_out *out, struct em_str s);
EM_API void em_out_puts(struct em_out *out, const char *s);
EM_API void em_out_printf(struct em_out *out, const char *fmt, ...)
    EM_PRINTF(2, 3);
/* s as a JSON string, with its quotes; bad UTF-8 becomes U+FFFD. */
EM_API void em_out_json_str(struct em_out *out, struct em_str s);
/* s for people: what would steer a terminal, turn the direction of text or is
 * no UTF-8 is shown, as \x1b and \u{202e}.  With indent lines stay lines, and
 * it comes after each line end; without all is one line. */
EM_API void em_out_plain(
    struct em_out *out, struct em_str s, const char *indent);
EM_API enum em_rc em_out_flush(struct em_out *out);
EM_API const struct em_error *em_out_error(const struct em_out *out);
/* The file of EM_OUT_REPLACE until it is in place, for who must remove it when
 * the process is killed; NULL when there is none. */
EM_API const char *em_out_temporary(const struct em_out *out);
/* Flushes, closes, frees; a file that had an error is not put in place.  The
 * error, if any, is copied to err, which may be NULL. */
EM_API enum em_rc em_out_close(struct em_out *out, struct em_error *err);

/* Frees without flushing; a file is left as it was. */
EM_API void em_out_discard(struct em_out *out);

/* ---- limits ---- */

struct em_limits {
	size_t line_max; /* bytes in a line; default 64 MiB */
	size_t memory_max; /* bytes one event or document may need; 1 GiB */
	unsigned depth_max; /* nesting; default 1000 */
};

/* ---- reading ---- */

struct em_reader;

struct em_reader_opts {
	const char *format; /* NULL: recognised by content */
	const char *const *options; /* "key=value" for the format, or NULL */
	struct em_limits limits; /* 0: the default */
	/* Names of members that the caller does not look at, ends with NULL; or
	 * NULL.  They are checked, and may be absent; ev->raw has them. */
	const char *const *ignore;
	bool strict; /* noise is malformed; the first malformed line ends it */
	/* The input is what a program prints: lines before a format is
	 * recognised come out as log events, as they come, and so does all of
	 * it when none ever is. */
	bool text;
	/* Whether cases start and complete in order is judged only of events
	 * that em_reader_order() is called for. */
	bool order_on_demand;
	/* Called for each report: malformed lines, violations, repairs. */
	void (*warn)(void *arg, const struct em_error *e);
	/* Called before a read that would block: the time to flush. */
	void (*idle)(void *arg);
	/* Called with all bytes as they come from fd, before anything is made
	 * of them. */
	void (*tap)(void *arg, struct em_str bytes);
	void *arg;
};

/* What a reader has met so far. */
struct em_reader_stats {
	uint64_t bytes, lines, events;
	uint64_t noise; /* lines that were not events */
	uint64_t malformed; /* lines or parts that did not parse */
	uint64_t violations; /* events out of order, among malformed (LIF-13) */
	uint64_t unknown_events, unknown_members, invalid;
	uint64_t runs, runs_complete;
	bool truncated; /* at end: a run without its end, or a cut document */
	bool unsupported; /* stopped at a version or requirement */
};

/*
 * Reads from fd, which the reader does not close, or from memory, which must
 * outlive it.  Compressed input (gzip, zstd) is recognised.  name is for
 * messages and for formats that need the name of the file.  Never NULL but
 * when out of memory; trouble shows in the first em_reader_next().
 */
EM_API struct em_reader *em_reader_fd(
    const struct em_reader_opts *opts, int fd, const char *name);
EM_API struct em_reader *em_reader_mem(
    const struct em_reader_opts *opts, struct em_str bytes, const char *name);
/*
 * The next event.  EM_EOF at the end, EM_ERR when reading cannot go on; both
 * stick.  The event is valid until the next call.
 */
EM_API enum em_rc em_reader_next(
    struct em_reader *r, const struct em_event **ev);
/*
 * True when the next event can be had without a read that might block.
 */
EM_API bool em_reader_ready(struct em_reader *r);
/*
 * A line that the producer of the input printed elsewhere, on its standard
 * error, at this point.  Some formats need it: cargo says there which suite
 * comes next.
 */
EM_API void em_reader_aside(struct em_reader *r, struct em_str line);
/* What is known of a case, or of the one that encloses it, before an event. */
enum em_known {
	EM_KNOWN_START = 1, /* its first attempt has started */
	EM_KNOWN_END = 2, /* and has completed */
	EM_KNOWN_PARENT = 4, /* there is a case of the parent's name */
	EM_KNOWN_PART = 8 /* something may have been forgotten */
};

/*
 * With order_on_demand: judges the order of the event of a case that
 * em_reader_next() gave last; known is a set of enum em_known.  em_select
 * knows which events need that; see em_select_opts.order.
 */
EM_API void em_reader_order(
    struct em_reader *r, const struct em_event *ev, unsigned known);
EM_API const struct em_error *em_reader_error(const struct em_reader *r);
EM_API const struct em_reader_stats *em_reader_stats(const struct em_reader *r);
/* The name of the format; NULL while it is not recognised yet. */
EM_API const char *em_reader_format(const struct em_reader *r);
EM_API void em_reader_close(struct em_reader *r);

/* ---- writing ---- */

struct em_writer;

struct em_writer_opts {
	const char *format; /* NULL: native */
	const char *const *options; /* "key=value" for the format, or NULL */
	bool color; /* formats for people may use escapes */
	unsigned width; /* columns of the terminal, 0 when none */
};

/* What a format could not hold, and how often; see em_writer_lost(). */
struct em_loss {
	const char *what;
	uint64_t count;
};

/*
 * Writes to out, which the caller closes after the writer.  On a usage error
 * (unknown format or option) returns NULL and fills err.
 */
EM_API struct em_writer *em_writer_open(const struct em_writer_opts *opts,
    struct em_out *out, struct em_error *err);
EM_API enum em_rc em_writer_event(
    struct em_writer *w, const struct em_event *ev);
/* Writes what was waiting for the end.  Needed for a complete document. */
EM_API enum em_rc em_writer_finish(struct em_writer *w);
EM_API const struct em_error *em_writer_error(const struct em_writer *w);
/* What was dropped; the list ends with what == NULL. */
EM_API const struct em_loss *em_writer_lost(const struct em_writer *w);
EM_API void em_writer_close(struct em_writer *w);

/* ---- formats ---- */

enum {
	EM_FMT_READ = 1,
	EM_FMT_WRITE = 2,
	EM_FMT_STREAM_READ = 4, /* events come out as input goes in */
	EM_FMT_STREAM_WRITE = 8, /* output goes out as events go in */
};

struct em_format_option {
	const char *key;
	const char *values; /* "all|none", "N", ... */
	const char *help;
};

struct em_format_info {
	const char *name; /* "junit" */
	const char *title; /* "JUnit XML" */
	unsigned flags;
	const char *losses; /* what writing it drops, for people; or NULL */
	const struct em_format_option *options; /* ends with key == NULL */
};

/* The i-th format, or false past the last. */
EM_API bool em_format_info(size_t i, struct em_format_info *info);
/* False when there is no format of that name. */
EM_API bool em_format_find(const char *name, struct em_format_info *info);

/* ---- results: what a reader concludes (PROTOCOL.md, "Conclusions") ---- */

/* What em_results keeps of each case beyond outcomes and durations. */
enum {
	EM_KEEP_MESSAGES = 1,
	EM_KEEP_OUTPUT = 2,
	EM_KEEP_METRICS = 4,
	EM_KEEP_ATTACHMENTS = 8,
	EM_KEEP_DETAILS = 16, /* location, tags, properties, mode, worker */
	EM_KEEP_ALL = 31,
	/* Instead of these: suites and runs with their counts, and no cases,
	 * each of which takes some 50 bytes.  Flaky ones are not counted, nor
	 * durations added up, and such results cannot be merged. */
	EM_KEEP_COUNTS = 32
};

struct em_output { /* one case_output, or one log */
	struct em_str stream, text;
	int64_t truncated_bytes;
	struct em_str level; /* of a log */
};

struct em_message { /* one case_message */
	struct em_str kind, message, detail, type, code;
	struct em_str expected, actual, rendered;
	struct em_location location;
};

struct em_metric { /* one case_metric; numbers as JSON text */
	struct em_str metric, unit, value, deviation, min, max, median;
	struct em_strs samples;
};

struct em_attachment { /* one case_attachment */
	struct em_str title, media_type, path, url, data;
};

struct em_start { /* one case_start */
	int64_t time_ns, elapsed_ns;
	struct em_str worker;
};

/* What an attempt said, in the order it said it. */
struct em_item {
	const struct em_item *next;
	enum em_kind kind; /* says which member of u is set */
	union {
		const struct em_output *output; /* EM_CASE_OUTPUT, EM_LOG */
		const struct em_message *message;
		const struct em_metric *metric;
		const struct em_attachment *attachment;
		const struct em_start *start; /* with EM_KEEP_DETAILS */
	} u;
};

/*
 * There may be millions of cases, nearly all of one attempt and with nothing
 * to say, so both structs are small: what is rare is behind pointers.  Those
 * to em_end and em_details are never NULL; they lead to an object in which
 * all is absent when nothing was stated.
 */
struct em_end { /* how an attempt ended, or why a case did not run */
	struct em_str status, reason;
	int64_t exit_code, signal;
};

struct em_attempt {
	const struct em_attempt *next;
	const struct em_item *items;
	const struct em_end *end;
	int64_t duration_ns; /* stated, or from elapsed_ns, or EM_UNSET */
	uint32_t number; /* from 1 */
	enum em_outcome outcome : 4; /* concluded: EM_FAIL when incomplete */
	bool started : 1;
	bool completed : 1;
	bool slow : 1; /* a case_slow was seen */
	uint16_t own; /* for em_results */
};

struct em_details {
	struct em_str variant; /* of the identity; kept always */
	/* with EM_KEEP_DETAILS, of whichever event said it last */
	struct em_location location;
	struct em_str mode, parent;
	struct em_strs tags;
	struct em_pairs properties;
};

struct em_case {
	const struct em_case *next; /* of its suite, in order of appearance */
	const struct em_suite *suite;
	struct em_str class_name, name;
	int64_t iteration; /* from 1 */
	const struct em_details *details;
	const struct em_attempt *attempts; /* by number; NULL: never started */
	/* The attempt that decides.  Never NULL: that of a case that did not
	 * run has no outcome and number 0, and its end says what discovery
	 * said. */
	const struct em_attempt *last;
	uint32_t attempt_count;
	enum em_outcome outcome : 4; /* concluded; EM_NONE: not run */
	bool selected : 1; /* false: discovered and not selected */
	bool flaky : 1; /* passed last, failed before */
	bool incomplete : 1; /* started and never completed */
	bool contradicted : 1; /* duplicates disagreed, or a late error */
	uint16_t own; /* for em_results */
};

struct em_suite {
	const struct em_suite *next; /* in order of appearance */
	const struct em_run *run;
	struct em_str name, parent,
	    title; /* name absent: cases without suite */
	const struct em_case *cases;
	struct em_counts counts; /* recomputed */
	struct em_counts stated;
	size_t case_count;
	enum em_outcome outcome; /* stated by suite_complete: EM_FAIL counts */
	struct em_str status, reason;
	int64_t duration_ns; /* stated, or EM_UNSET */
	int64_t summed_ns; /* the sum of the deciding attempts' durations */
	int64_t time_ns, elapsed_ns; /* of its start */
	struct em_location location;
	struct em_pairs properties;
	bool started, completed;
	const struct em_item *logs; /* log events that name the suite */
};

struct em_run {
	const struct em_run *next;
	struct em_str id; /* `run`; absent when the stream holds one run */
	const struct em_suite *suites;
	struct em_counts counts; /* recomputed */
	struct em_counts stated;
	size_t case_count;
	uint64_t flaky, not_run, incomplete, not_selected;
	enum em_outcome stated_outcome;
	struct em_str status, producer_name, producer_version, host, cwd, seed;
	struct em_str parent_run, root_run, cancel_reason;
	struct em_strs command;
	struct em_pairs properties, env;
	int64_t exit_code, signal;
	int64_t duration_ns, time_ns;
	bool started, completed, cancelled, filtered;
	bool listing; /* discovery only: complete without a run */
	bool mismatch; /* stated counts or outcome disagree with the events */
	uint64_t invalid; /* events with EM_F_INVALID: never a pass */
	/* Cases, suites and starts of the run itself that are repeated, come
	 * without their start or out of order, and suites without a known
	 * parent (LIF-13); readers tell more, with the lines. */
	uint64_t violations;
	const struct em_item *logs;
};

enum em_verdict {
	EM_V_PASS,
	EM_V_FAIL, /* a case or suite failed, or statements disagree */
	EM_V_TRUNCATED, /* a run has no end, and nothing failed */
	EM_V_NOTHING, /* complete, and no case ran */
};

struct em_results;

EM_API struct em_results *em_results_new(unsigned keep, size_t memory_max);
/* For results that hold much the same cases as others, which must outlive them:
 * names that both have are kept once. */
EM_API void em_results_borrow(struct em_results *rs, struct em_results *from);
/* Folds one event in.  EM_ERR only when memory_max is passed. */
EM_API enum em_rc em_results_event(
    struct em_results *rs, const struct em_event *ev);
/*
 * Folds src into dst: fold(A then B) == merge(fold(A), fold(B)) for streams
 * that are parts of one run.  src is unchanged.
 */
EM_API enum em_rc em_results_merge(
    struct em_results *dst, const struct em_results *src);
/* Concludes all that was folded so far and gives the runs, oldest first. */
EM_API const struct em_run *em_results_runs(struct em_results *rs);
EM_API enum em_verdict em_results_verdict(struct em_results *rs);
/* The identity of a case as a case_start without more, to be given a kind and
 * members, or to em_case_key().  Its slices are those of the results. */
EM_API struct em_event em_case_identity(const struct em_case *c);
/* The start of an attempt, all absent when none was kept; never NULL. */
EM_API const struct em_start *em_attempt_start(const struct em_attempt *a);
/* The suite of an event, NULL when unknown; concluded when it is given. */
EM_API const struct em_suite *em_results_suite(
    struct em_results *rs, const struct em_event *ev);
/* Forgets a suite and its cases, for writers that are done with it. */
EM_API void em_results_drop(
    struct em_results *rs, const struct em_suite *suite);
/*
 * The case with the identity of *like, which may be of other results: in
 * suite, or, when that is NULL, in the suite of its name in the newest run
 * that has it.  NULL when there is none.
 */
EM_API const struct em_case *em_results_find(struct em_results *rs,
    const struct em_suite *suite, const struct em_case *like);
EM_API const struct em_error *em_results_error(const struct em_results *rs);
EM_API void em_results_free(struct em_results *rs);

/* ---- comparing texts of two runs ---- */

/*
 * Makes texts of two runs comparable: addresses, times, temporary paths, line
 * numbers, ids of processes and threads are replaced by words.
 */
struct em_normalize;

EM_API struct em_normalize *em_normalize_new(void);
/* Adds a rule "s/REGEX/TEXT/" (any delimiter); they work before the built-in
 * ones, in order.  EM_ERR on a bad one: err says why. */
EM_API enum em_rc em_normalize_add(
    struct em_normalize *n, const char *rule, struct em_error *err);
/* The normal form; valid until the next call but one, so that two can be
 * compared. */
EM_API struct em_str em_normalize_text(struct em_normalize *n, struct em_str s);
EM_API void em_normalize_free(struct em_normalize *n);

/* ---- filter expressions and selection (tfilter(1)) ---- */

struct em_filter;

/* NULL on a bad expression: err says what, *column where (bytes from 1). */
EM_API struct em_filter *em_filter_compile(
    const char *expr, struct em_error *err, size_t *column);
/* What em_results must keep for this expression: EM_KEEP_ bits. */
EM_API unsigned em_filter_needs(const struct em_filter *f);
/* Decides for a case; its suite and run pointers are followed. */
EM_API bool em_filter_case(const struct em_filter *f, const struct em_case *c);
EM_API void em_filter_free(struct em_filter *f);

/*
 * A selection passes whole cases of a stream on as soon as they are decided,
 * holding only the open ones.  Everything that belongs to no case passes;
 * counts are recomputed and run_complete is marked as filtered.
 */
struct em_select;

struct em_select_opts {
	const char *const *exprs; /* united; NULL-terminated */
	const char *const *exact; /* names to take, united with exprs */
	const char *const *skip; /* names (substrings) to leave out */
	const struct em_strs *list; /* identities, as trerun writes; or NULL */
	bool invert; /* all but those; skip leaves out all the same */
	/* A failed attempt decides nothing before the suite or run ends, since
	 * it may be retried.  Else it does, and "fail" also takes cases that
	 * pass in the end. */
	bool final;
	/* Of events that were held, emit needs no more than kind, line and
	 * raw: they are not read again.  An event that was given without raw
	 * gets one. */
	bool raw;
	size_t memory_max; /* bytes of events held; 0: 1 GiB */
	/* Gets each event that passes; EM_ERR ends the selection. */
	enum em_rc (*emit)(void *arg, const struct em_event *ev);
	/* Gets each event of a case that is not in order for all that the
	 * selection knows, before it is selected or not; or NULL.  The rest is
	 * in order, so that em_reader_order() is spared it. */
	void (*order)(void *arg, const struct em_event *ev, unsigned known);
	void *arg;
};

EM_API struct em_select *em_select_new(
    const struct em_select_opts *opts, struct em_error *err, size_t *column);
EM_API enum em_rc em_select_event(
    struct em_select *s, const struct em_event *ev);
/* At the end of input: decides what is still open. */
EM_API enum em_rc em_select_finish(struct em_select *s);
/* Members that the selection does not look at, for em_reader_opts.ignore, when
 * events go out by their raw lines; ends with NULL. */
EM_API const char *const *em_select_ignores(const struct em_select *s);
/* How many cases were selected. */
EM_API uint64_t em_select_count(const struct em_select *s);
EM_API const struct em_error *em_select_error(const struct em_select *s);
EM_API void em_select_free(struct em_select *s);

#ifdef __cplusplus
}
#endif

#endif
