/* SPDX-License-Identifier: MIT */
/*
 * The inside of em_results, for results*.c only.
 *
 * Everything is folded by joining: an event is first made into what it says
 * (a span, an end, a partial em_suite or em_run), and that is joined to what
 * was said before.  em_results_merge() joins with the same functions what
 * whole results say.  Each join is associative, which is why folding in
 * pieces gives what folding at once gives.
 *
 * What is public is kept concluded at all times: each join is followed by
 * taking the case out of the counts, concluding it anew and counting it
 * again.  Only what is of a whole run waits for em_results_runs().
 */
#ifndef RESULTS_H
#define RESULTS_H

#include "core.h"
#include "index.h"

/*
 * A time between a start and a completion, which may be stated.  The first
 * completion decides, unless one states a duration.
 */
enum span_state {
	SPAN_NONE,
	SPAN_START, /* ns is the elapsed_ns of the start */
	SPAN_END, /* ns is that of a completion that no start preceded */
	SPAN_COMPUTED, /* ns is the duration, from both */
	SPAN_STATED /* ns is the duration, stated */
};

struct span {
	int64_t ns;
	enum span_state state;
};

/* The duration, or EM_UNSET. */
int64_t span_duration(const struct span *s);
struct span span_of_start(const struct em_event *ev);
struct span span_of_end(const struct em_event *ev);

/* How much an outcome weighs among several completions of one thing. */
enum rank { RANK_NONE, RANK_SKIP, RANK_PASS, RANK_FAIL };

enum rank rank_of(enum em_outcome outcome);
enum em_outcome rank_outcome(enum rank rank);

/* Bits of em_attempt.own; its rank and span state are in there too. */
enum {
	A_RANK = 3,
	A_DISAGREE = 1 << 2, /* completions with different outcomes */
	A_ERROR_FIRST = 1 << 3, /* an error message before the completion */
	A_LATE = 1 << 4, /* an error message after it */
	A_PENDING = 1 << 5, /* end is that of a struct pending */
	A_SPAN_SHIFT = 6,
	A_SPAN = 7 << A_SPAN_SHIFT,
	A_BROKEN = 1 << 9 /* started or completed twice, or in that order */
};

/* Bits of em_case.own. */
enum {
	C_SELECTED = 1, /* discovered and selected */
	C_NOT_SELECTED = 2, /* discovered and not selected */
	C_MISSED = 4, /* what counts as not run if the run started */
	C_BROKEN = 8 /* an attempt is, has no start, or is left out */
};

/* The time of a start waits here for its completion, or the reverse: few
 * attempts are open at a time, so it costs the others nothing. */
struct pending {
	struct em_end end; /* what em_attempt.end points to */
	int64_t ns;
	struct pending *next; /* of the free ones */
};

struct item_list {
	struct em_item *first, *tail;
};

struct case_rec {
	struct em_case c;
	struct em_attempt first; /* that was seen, not by number */
};

/*
 * Cases are numbered as they come.  They lie in chunks, which double up to
 * CHUNK_MAX so that small suites stay small and big ones waste little.
 */
enum {
	CHUNK_MIN = 4,
	CHUNK_DOUBLINGS = 8, /* chunks before those of CHUNK_MAX */
	CHUNK_MAX = CHUNK_MIN << CHUNK_DOUBLINGS,
	CHUNK_SMALL = CHUNK_MAX - CHUNK_MIN, /* cases in the doubling ones */
	CHUNK_SIZES = CHUNK_DOUBLINGS + 1
};

/* Cases that were looked up lately, several at a time being open. */
enum { MEMO = 4 };

struct suite_rec {
	struct em_suite s;
	struct run_rec *run;
	struct suite_rec *prev;
	struct suite_rec *next;
	/* The suite of that name in the stream before, or in other results:
	 * its names are used instead of copies.  And the reverse. */
	struct suite_rec *lender, *borrower;
	bool lent;
	uint32_t hash, number; /* in the run's index */
	struct arena arena;
	struct index index;
	struct case_rec **chunks; /* see case_place() */
	size_t chunk_count, chunk_room;
	struct case_rec *tail, *memo[MEMO];
	unsigned memo_next;
	struct pending *free_pending;
	struct item_list logs;
	struct span span;
	uint64_t summed_ns;
	bool broken; /* started or completed twice */
};

struct run_rec {
	struct em_run r;
	struct run_rec *next; /* of the stream */
	struct stream_rec *stream;
	struct index index;
	struct suite_rec **suites; /* by number */
	size_t suite_count, suite_room;
	struct suite_rec *first, *tail, *memo;
	struct item_list logs;
	struct span span;
	int64_t start_ns; /* `time` of run_start */
	uint64_t missed; /* not run, if the run started */
	uint64_t attempted; /* cases with an attempt */
	uint64_t invalid;
	uint64_t broken; /* cases that are */
	bool restarted; /* started or completed twice */
	bool dropped; /* a suite was */
	bool touched; /* by more than the protocol event */
	bool discovered; /* discover_complete was seen */
	bool dropped_failed, dropped_mismatch; /* suites that were dropped */
	bool suite_failed; /* a suite, when the run was settled */
};

/* From one protocol event to the next.  The first has none: it takes what
 * comes before the first protocol event. */
struct stream_rec {
	struct stream_rec *next;
	struct stream_rec *before; /* of these results or of others */
	struct run_rec *first, *tail;
	struct em_str producer_name, producer_version;
	int64_t time_ns;
	uint64_t invalid; /* events that belong to no run */
	struct item_list logs; /* that name no run */
};

/* A string that was copied lately into the arena of a suite. */
struct interned {
	const struct suite_rec *suite;
	struct em_str s;
};

struct em_results {
	unsigned keep;
	size_t memory_max, used;
	struct arena arena; /* what is of runs */
	struct stream_rec *streams, *stream; /* first and last */
	struct run_rec *memo;
	struct em_results *lender; /* see em_results_borrow() */
	struct suite_rec *graves; /* suites that are gone, but for names */
	/* Memory of suites that are gone, for those that come: the system
	 * would only take it back and give it again. */
	struct case_rec *spare_chunks[CHUNK_SIZES];
	struct index spare_index;
	struct interned interned[64];
	struct table tally; /* with EM_KEEP_COUNTS */
	uint64_t stream_count;
	const struct suite_rec *end_suite; /* that end is of */
	const struct em_end *end; /* made last */
	struct em_error err;
};

struct case_id {
	struct em_str class_name, name, variant;
	int64_t iteration;
};

extern const struct em_end end_none;
extern const struct em_details details_none;
/* Nothing said about a suite or a run. */
extern const struct em_suite suite_none;
extern const struct em_run run_none;

/* ---- results.c: where things are; all give NULL when out of memory ---- */

void *results_alloc(struct em_results *rs, struct arena *a, size_t n);
struct em_str results_dup(
    struct em_results *rs, struct arena *a, struct em_str s);
struct em_strs results_dup_strs(
    struct em_results *rs, struct arena *a, struct em_strs l);
/* The properties of *d with those of s put over them, key by key. */
void results_join_pairs(struct em_results *rs, struct arena *a,
    struct em_pairs *d, struct em_pairs s);
/* The same for a string that many cases share. */
struct em_str results_intern(
    struct em_results *rs, struct suite_rec *suite, struct em_str s);
bool results_same(struct em_str a, struct em_str b);
/* Makes room for one more element of size in *v; false when refused. */
bool results_room(
    struct em_results *rs, void **v, size_t n, size_t *room, size_t size);
/* Puts a number into an index; false when refused. */
bool results_enter(
    struct em_results *rs, struct index *ix, uint32_t hash, size_t number);
/* The memory that is allowed is used up; ends the fold. */
void results_full(struct em_results *rs);
enum em_rc results_status(const struct em_results *rs);

struct stream_rec *stream_add(struct em_results *rs);
struct run_rec *run_at(struct em_results *rs, struct em_str id);
struct suite_rec *suite_find(struct run_rec *run, struct em_str name);
struct suite_rec *suite_at(
    struct em_results *rs, struct run_rec *run, struct em_str name);

/* ---- results-case.c; the same holds ---- */

struct case_rec *case_find(
    const struct suite_rec *suite, const struct case_id *id);
struct case_rec *case_at(
    struct em_results *rs, struct suite_rec *suite, const struct case_id *id);
void cases_free(struct em_results *rs, struct suite_rec *suite);
void cases_free_spare(struct em_results *rs);
struct em_attempt *attempt_at(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, int64_t number);

/* The public structs point to each other as const. */
static inline struct em_attempt *
attempt_next(const struct em_attempt *a)
{
	return (struct em_attempt *)(uintptr_t)a->next;
}

static inline struct case_rec *
case_rec(const struct em_case *c)
{
	return (struct case_rec *)(uintptr_t)c;
}

/* The number of an attempt that says so, which is 1 when it says nothing. */
uint32_t attempt_number(int64_t said);

/* ---- results-fold.c ---- */

/* What a case_complete says; RANK_NONE for other events. */
enum rank completion_rank(const struct em_event *ev);
bool is_error(const struct em_event *ev);

/* ---- results-tally.c ---- */

void tally_case(
    struct em_results *rs, struct suite_rec *suite, const struct em_event *ev);

/* ---- results-join.c: what is said, joined to what was said ---- */

struct attempt_said {
	bool started, completed, slow, error_first, late, disagree, broken;
	enum rank rank;
	const struct em_end *end;
	struct span span;
};

void attempt_join(struct em_results *rs, struct suite_rec *suite,
    struct em_attempt *a, const struct attempt_said *said);
/* What joining to a new attempt would make this one. */
struct attempt_said attempt_says(const struct em_attempt *a);
void case_discovered(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, unsigned selected, const struct em_end *end);
void case_join_details(struct em_results *rs, struct suite_rec *suite,
    struct case_rec *rec, const struct em_details *said);
void suite_join(struct em_results *rs, struct suite_rec *suite,
    const struct em_suite *said, const struct span *span);
void run_join(struct em_results *rs, struct run_rec *run,
    const struct em_run *said, const struct span *span);

/* ---- results-items.c ---- */

/* Copies what is said, if it is to be kept. */
void attempt_add_item(struct em_results *rs, struct suite_rec *suite,
    struct em_attempt *a, const struct em_item *said);
void list_add_log(struct em_results *rs, struct arena *a,
    struct item_list *list, const struct em_output *log);

/* ---- results-conclude.c ---- */

/* Around each change of a case: out of the counts, and in again. */
void case_uncount(struct case_rec *rec);
void case_count(struct case_rec *rec);
/* One more case, or one less, of that outcome. */
void results_count(struct suite_rec *suite, enum em_outcome outcome, int by);
/* What the suite states is not what was observed. */
bool suite_mismatch(const struct suite_rec *suite);
bool suite_failed(const struct suite_rec *suite);

#endif
