/* SPDX-License-Identifier: MIT */
/* What the files of the gojson format share. */
#ifndef GOJSON_H
#define GOJSON_H

#include "flat.h"
#include "format.h"
#include "pend.h"

/* ---- gojson-text.c: what hides in the text of go test ---- */

/* A line that go test prints about the test itself, and that an event of its
 * own repeats: "=== RUN   TestX", "    --- FAIL: TestX (0.00s)".  Both
 * slices are as written in the JSON. */
bool go_is_frame(struct em_str text, struct em_str test);

/* "    x_test.go:12: text": true when text begins so, *rest is behind it. */
bool go_place(struct em_str text, struct em_str *rest, struct em_str *file,
    int64_t *line);

/* What a block of output is about in one line. */
struct em_str go_headline(struct em_str block);

struct go_measure {
	struct em_str value, unit;
};

/* A result of a benchmark: "BenchmarkX-8   100   12.5 ns/op   3 B/op". */
struct go_bench {
	struct em_str name; /* as printed */
	struct em_str plain; /* without the number of processors */
	struct em_str runs;
	struct go_measure v[16];
	size_t n;
};

bool go_parse_bench(struct em_str line, struct go_bench *b);
/* "BenchmarkX-8" to "BenchmarkX". */
struct em_str go_plain_bench(struct em_str name);
/* What go test prints in the end of a package, and events repeat: "PASS",
 * "ok  \tpkg\t0.1s". */
bool go_is_verdict(struct em_str line);
/* "FAIL\tpkg [build failed]": the package and why; false for others. */
bool go_build_failed(
    struct em_str line, struct em_str *package, struct em_str *why);
/* The package whose test is being built: of "p", "p.test", "p [q.test]". */
struct em_str go_build_package(struct em_str import_path);

/* ---- state ---- */

enum { GO_ATTRS_MAX = 1024 * 1024 }; /* bytes, of all and of each */

enum go_block { GO_NONE, GO_LOG, GO_ERROR, GO_PANIC };

struct go_test { /* an open one */
	struct go_test *next, *prev; /* of its package, the newest first */
	struct go_package *package;
	struct table_key key;
	struct buf name;
	int64_t iteration, attempt; /* EM_UNSET: 1 */
	bool started; /* case_start was sent */
	bool result; /* a benchmark that printed its result */
	/* What may become the message of a failure. */
	enum go_block kind;
	bool in_block; /* the next line may belong to it */
	bool midline; /* the last output did not end its line */
	struct buf block, file;
	int64_t line;
	struct buf output; /* of a test that has not started */
	struct buf attrs; /* keys and values, each with its length before */
};

struct go_package {
	struct go_package *next;
	struct em_str name; /* absent: the stream does not say */
	uint64_t number;
	struct go_test *open;
	bool running; /* it began, and did not end */
	bool failed_tests; /* in the pass at hand */
	bool failed; /* it failed without a test that did */
	uint64_t pass; /* how often it began */
	enum em_outcome outcome; /* of the last pass */
	struct em_str unbuilt; /* "build failed", as its output says */
	struct em_str status, reason;
	int64_t duration;
	struct buf bench; /* the start of the result of a benchmark */
	struct buf last; /* the last line that it printed itself */
};

/* "2026-01-02T03:04:05", and "+01:00" or less. */
enum { GO_CLOCK = 19, GO_ZONE = 7 };

struct gojson {
	bool begun; /* protocol was sent */
	bool running; /* run_start was sent */
	bool queued; /* this step has sent an event through the queue */
	bool attempts; /* -O repeats=attempts */
	bool ending; /* go_end() is at work, package by package */
	uint64_t failing; /* cases that fail, as it stands */
	struct table packages, tests;
	struct go_package *first, *newest;
	struct go_package *package; /* of the last event */
	struct go_test *test; /* of the last event */
	struct go_test *spare;
	struct em_str keyed; /* what key was made of, in this step */
	const struct go_package *keyed_package;
	struct table_key key;
	char clock[GO_CLOCK], zone[GO_ZONE]; /* of the last time */
	size_t zone_n;
	int64_t second; /* what they stand for */
	/* Handed out without a copy: the first event of a step.  In start and
	 * complete other members are never set than each test sets. */
	struct em_event start, complete, direct;
	struct em_event *handed; /* that one; NULL before */
	struct em_event other; /* for events that go through the queue */
};

/* ---- gojson-packages.c ---- */

/* Sends an event: the first one of a step without a copy. */
void go_send(struct em_reader *r, const struct em_event *ev);
/* Before something else is sent in this step, or memory that the first event
 * of the step is in changes. */
void go_queue(struct em_reader *r);
/* The package of that name, made known when it is new; NULL when out of
 * memory.  It is running from here on. */
struct go_package *go_package(
    struct em_reader *r, struct em_str name, int64_t time);
/* A package has ended. */
void go_end_package(struct em_reader *r, struct go_package *p,
    struct em_str action, int64_t duration, int64_t time,
    struct em_str failed_build);
/* A package failed to build, as text alone tells. */
void go_text_failed(struct em_reader *r, struct em_str name, struct em_str why);
/* At the end of input: completes the packages and the run. */
enum em_rc go_end(struct em_reader *r);
void go_close(struct em_reader *r);

/* ---- gojson-tests.c ---- */

/* Makes *ev an event of the test. */
void go_init(struct em_event *ev, enum em_kind kind, const struct go_test *t);
/* The same where it need not be copied to be sent.  A start and a completion
 * may hold what was set in the one before. */
struct em_event *go_room(
    struct gojson *g, enum em_kind kind, const struct go_test *t);
/* The test, when it is open; else NULL. */
struct go_test *go_find(
    struct gojson *g, struct go_package *p, struct em_str name);
/* True when the test ran before. */
bool go_ran(struct gojson *g, struct go_package *p, struct em_str name);
/* Opens the test; NULL when out of memory. */
struct go_test *go_open(
    struct em_reader *r, struct go_package *p, struct em_str name);
/* Sends its case_start unless that was sent. */
void go_start(
    struct em_reader *r, struct go_test *t, int64_t time, unsigned flags);
/* Output of a test, taken for its message and sent. */
void go_take_output(struct em_reader *r, struct go_test *t, struct em_str text,
    struct em_str type, int64_t time);
/* Output under the name of a test that did not start: a log of the package. */
void go_log_output(struct em_reader *r, const struct go_test *t);
/* Completes and closes it. */
void go_complete(struct em_reader *r, struct go_test *t,
    enum em_outcome outcome, int64_t duration, int64_t time, unsigned flags);
/* The same for one that did not say how it ended; passed: its package did. */
void go_abandon(
    struct em_reader *r, struct go_test *t, bool passed, int64_t time);
/* Closes it, without an event. */
void go_close_test(struct em_reader *r, struct go_test *t, bool failed);
void go_free_test(struct go_test *t);

/* ---- gojson.c and gojson-output.c: lines ---- */

enum go_member {
	GO_TIME,
	GO_ACTION,
	GO_PACKAGE,
	GO_TEST,
	GO_ELAPSED,
	GO_OUTPUT,
	GO_OUTPUT_TYPE,
	GO_FAILED_BUILD,
	GO_IMPORT_PATH,
	GO_KEY,
	GO_VALUE,
	GO_PATH,
	GO_MEMBERS
};

/* A line taken apart. */
struct go_line {
	struct em_reader *r;
	struct gojson *g;
	struct em_str text; /* the line */
	uint32_t found;
	struct flat_value v[GO_MEMBERS];
	struct em_str action, test; /* decoded */
	int64_t time;
	struct go_package *p;
};

/* A string member as written, and decoded; absent when it is not there. */
struct em_str go_raw(const struct go_line *l, enum go_member m);
struct em_str go_string(const struct go_line *l, enum go_member m);
/* Actions "output" and "build-output". */
void go_output(struct go_line *l);
void go_build_output(struct go_line *l);

/* ---- what is written ---- */

struct gojson_writer {
	struct table packages; /* struct go_written * */
	struct table roots; /* tests without a slash: 1 while they run */
	struct table failed; /* tests: in which pass they failed last */
	struct go_written *first, *newest;
	uint64_t failed_packages;
	unsigned running; /* runs that have no end yet */
	struct em_str why; /* why the run was cancelled */
	struct pend pend;
	struct arena scratch; /* one event */
};

struct go_written { /* a package */
	struct go_written *next;
	struct em_str name; /* with the run, if that has one */
	struct em_str run;
	uint64_t pass; /* how often it began */
	uint64_t open; /* tests that run */
	bool failed_tests, any_tests, ended;
};

/* ---- gojson-say.c ---- */

/* A line of the package, or of a test in it, open for more members. */
void gw_start(struct em_writer *w, const char *action,
    const struct go_written *p, struct em_str test, int64_t time);
void gw_end(struct em_writer *w);
void gw_elapsed(struct em_writer *w, int64_t ns);
/* One event of output; and text in as many as it takes. */
void gw_output(struct em_writer *w, const struct go_written *p,
    struct em_str test, int64_t time, struct em_str text);
void gw_lines(struct em_writer *w, const struct go_written *p,
    struct em_str test, int64_t time, struct em_str text);
/* "=== RUN   " and the like: what tells of the test in its output. */
void gw_frame(struct em_writer *w, const struct go_written *p,
    struct em_str test, int64_t time, const char *frame, struct em_str tail);
/* A name as it stands in a line of text. */
struct em_str gw_one_line(struct arena *a, struct em_str s);
/* The package of a suite, started when it is new; NULL when out of memory. */
struct go_written *gw_package(
    struct em_writer *w, struct em_str run, struct em_str suite, int64_t time);
void gw_end_package(
    struct em_writer *w, struct go_written *p, const struct em_event *end);
/* Ends the packages of the run, and fails it if they do not. */
void gw_end_run(struct em_writer *w, const struct em_event *run);
/* The package of what the run says of itself fails. */
void gw_fail_run(
    struct em_writer *w, struct em_str run, int64_t time, struct em_str why);
/* That package, open, if need be once more. */
struct go_written *gw_run_package(
    struct em_writer *w, struct em_str run, int64_t time);

/* ---- gojson-write.c ---- */

enum em_rc gojson_write_open(struct em_writer *w);
enum em_rc gojson_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc gojson_write_finish(struct em_writer *w);
void gojson_write_close(struct em_writer *w);

#endif
