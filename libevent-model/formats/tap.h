/* SPDX-License-Identifier: MIT */
/* What the files of the TAP format share. */
#ifndef TAP_H
#define TAP_H

#include "format.h"
#include "pend.h"

/* ---- tap-line.c: the grammar of lines ---- */

enum tap_what {
	TAP_NOTHING, /* not TAP */
	TAP_BLANK,
	TAP_VERSION,
	TAP_PLAN,
	TAP_POINT,
	TAP_COMMENT,
	TAP_PRAGMA,
	TAP_BAIL,
	TAP_OPEN, /* { of a buffered subtest, on a line of its own */
	TAP_CLOSE /* } */
};

enum tap_directive { TAP_NO_DIRECTIVE, TAP_SKIP, TAP_TODO };

struct tap_line {
	enum tap_what what;
	size_t indent; /* columns; a TAB is four */
	struct em_str text; /* from behind the indent on */
	int64_t first, last; /* a plan */
	bool ok; /* a point */
	int64_t id; /* EM_UNSET: none */
	struct em_str name; /* decoded; may be empty */
	enum tap_directive directive;
	struct em_str reason; /* of a directive, plan or bail out */
	int64_t duration; /* "# time=12ms" of node-tap */
	bool brace; /* ends with { */
	bool on; /* a pragma that is set */
	bool kernel; /* KTAP */
};

/* Takes a line apart; what must be decoded goes into the arena. */
void tap_parse(struct arena *a, struct em_str line, struct tap_line *t);
/* A comment that heads a subtest: its title; absent for others. */
struct em_str tap_heading(const struct tap_line *t);

/* ---- tap-yaml.c: diagnostics ---- */

struct tap_diag {
	struct em_str message, type, code, expected, actual, detail, status;
	struct em_str stdout_text, stderr_text, combined;
	struct em_location location;
	struct em_location test; /* where it is, when that is said */
	int64_t duration; /* EM_UNSET when absent */
	int64_t attempt; /* the same */
	bool timeout;
	bool more; /* it says more than how long it took */
	bool rest; /* it says what is not in these members */
};

/* Reads a YAML block (or the JSON that stands for one), its indent and marks
 * taken off.  What it does not understand it leaves out. */
void tap_yaml(struct arena *a, struct em_str text, unsigned depth_max,
    struct tap_diag *d);
/* What comments behind a test that failed say. */
void tap_comments(struct arena *a, struct em_str text, struct tap_diag *d);

/* ---- tap-scalar.c ---- */

/* A value: what stands behind the colon, and the lines below it. */
struct em_str tap_scalar(
    struct arena *a, struct em_str head, struct em_str below);
/* How many blanks begin a line, or the first line that is not blank. */
size_t tap_indent(struct em_str line);
size_t tap_first_indent(struct em_str text);
/* Lines without the indent that the first one has. */
struct em_str tap_dedent(struct arena *a, struct em_str text);

/* ---- tap-levels.c: subtests and documents ---- */

struct tap_point { /* one whose diagnostics may follow */
	struct em_str name, reason;
	struct em_str yaml, diag; /* kept while its subtest is read */
	enum tap_directive directive;
	int64_t duration;
	size_t level;
	uint64_t line;
	bool ok;
	bool brace; /* a subtest may follow it in braces */
};

struct tap_held; /* an event that waits for the end of a subtest */

struct tap_level {
	struct em_str suite; /* path; absent: the top, and nobody named it */
	struct buf heading; /* of a subtest that has not begun */
	int64_t first, last; /* of the plan, EM_UNSET before it came */
	int64_t next_first,
	    next_last; /* of a plan that came when there was one */
	int64_t count; /* points */
	int64_t next_id, min_id, max_id;
	int64_t run_first, run_next; /* ids that came one after another */
	int64_t twice; /* an id that did, or EM_UNSET */
	bool straggler; /* a point behind a plan that came late */
	bool planned_late; /* the plan came behind points */
	struct tap_held *held, **held_tail;
	struct tap_point *point; /* whose braces it stands in */
};

/* A file that prove runs, see tap-prove.c. */
struct tap_prove {
	struct buf file, said; /* said: of it, by prove */
	bool any; /* it is prove's output */
	bool open; /* the file has begun */
	bool entered; /* its TAP, too */
	bool told; /* how it ended */
	bool whole; /* the summary has come */
	enum em_outcome outcome;
	int64_t duration, exit_code, iteration;
};

struct tap {
	struct tap_level *levels; /* 0 is the top */
	size_t depth; /* levels open beyond the top */
	size_t room; /* for how many there is room */
	size_t unit; /* columns of a level */
	struct arena arena; /* what lives as long as a point of the top */
	struct tap_point *point; /* the last one, not sent yet */
	struct buf diag; /* what is said behind it when it failed */
	struct buf yaml; /* its YAML blocks */
	size_t yaml_indent;
	bool in_yaml, had_yaml;
	struct tap_prove prove;
	struct table suites; /* how often a path was used */
	struct table ids; /* of points that came out of order */
	unsigned documents;
	bool begun, strict, bailed;
	bool failed; /* a point at the top did, or what follows */
};

void tap_begin(struct em_reader *r);
/* Makes a level as it is before it opens, its heading aside. */
void tap_clear_level(struct tap_level *l);
/* Room for a level; false when out of memory. */
bool tap_need_level(struct em_reader *r, size_t level);
void tap_start_suite(struct em_reader *r, size_t level, struct em_str title);
/* Opens levels up to the one given; false when out of memory. */
bool tap_reach(struct em_reader *r, size_t level);
/* Keeps an event until points further up decide. */
void tap_hold(
    struct em_reader *r, struct tap_level *l, const struct em_event *ev);
/* Sends what was held; with excuse, failures are set aside. */
void tap_release(struct em_reader *r, struct tap_level *l, const char *excuse);
/* The innermost subtest ends, and its suite when nothing of it waits. */
void tap_pop(struct em_reader *r, const char *excuse);
/* Ends the subtests deeper than level; what they hold goes up to it. */
void tap_pop_to(struct em_reader *r, size_t level, const char *excuse);
/* All that is open at the top ends. */
void tap_end_document(struct em_reader *r);
/* What the top is called: absent for the first document. */
struct em_str tap_top_name(struct tap *t);
/* Another document starts at the top. */
void tap_restart(struct em_reader *r);
void tap_plan(struct em_reader *r, size_t level, const struct tap_line *t);
void tap_bail(struct em_reader *r, struct em_str reason);
/* The run fails, and not by a point. */
void tap_fail(struct em_reader *r, struct em_str why);
void tap_end(struct em_reader *r);
void tap_free(struct em_reader *r);

/* ---- tap-points.c ---- */

/* Sends the last point, and what it decides about its subtests. */
void tap_flush(struct em_reader *r);
void tap_take_point(
    struct em_reader *r, size_t level, const struct tap_line *t);
void tap_title(struct em_reader *r, size_t level, struct em_str title);
/* The brace behind the last point opens no subtest. */
void tap_no_brace(struct em_reader *r);
/* A subtest in braces behind the last point begins, or ends. */
void tap_open(struct em_reader *r);
void tap_close(struct em_reader *r, size_t level);
/* Ends the subtests in braces that nothing closed, deeper than level. */
void tap_close_braces(struct em_reader *r, size_t level);

/* ---- tap-prove.c: what prove says around the TAP of its files ---- */

/* Does the line head a file, before any other did? */
bool tap_prove_heading(struct em_str line);
/* True when it was a line of prove, and no TAP. */
bool tap_prove_line(
    struct em_reader *r, const struct tap_line *l, struct em_str line);
/* The input ends. */
void tap_prove_end(struct em_reader *r);

/* ---- the writer ---- */

struct tap_writer {
	struct pend pend;
	struct arena scratch; /* one event */
	struct em_str why; /* it was cancelled, or failed by itself */
	int64_t count;
	int version;
	bool begun, now;
	unsigned running; /* runs that have no end yet */
	bool failed; /* a point says so */
	bool run_failed; /* a run does */
	bool cancelled;
	bool whole; /* the runs are complete, or there are listings alone */
};

/* ---- tap-diag.c ---- */

/* The diagnostics of a point; nothing when there are none: a block without
 * content is no YAML to those who read it. */
void tap_write_yaml(struct em_writer *w, struct em_out *out,
    const struct pend_case *c, bool failed);
/* One of them; nothing when s is empty. */
void tap_write_value(struct em_out *out, const char *key, struct em_str s);
/* On one line, with what TAP escapes, in UTF-8. */
void tap_write_plain(struct em_out *out, struct em_str s);
/* Whether the point is to be "# TODO", as one that is not ok or is. */
bool tap_is_todo(const struct em_event *end);
bool tap_is_xpass(const struct em_event *end);

/* ---- tap-write.c ---- */

enum em_rc tap_write_open(struct em_writer *w);
enum em_rc tap_write_event(struct em_writer *w, const struct em_event *ev);
enum em_rc tap_write_finish(struct em_writer *w);
void tap_write_close(struct em_writer *w);

#endif
