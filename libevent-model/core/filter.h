/* SPDX-License-Identifier: MIT */
/*
 * A filter expression inside the library: the tree that filter-parse.c makes
 * and filter-eval.c walks.  For core/filter*.c and core/select*.c.
 *
 * A tree is asked about a case at three points: when its identity is known,
 * when it has started, and when an attempt of it (or the stream) has ended.
 * Before the end the answer may be FILTER_MAYBE; what has become yes or no
 * stays so.
 */
#ifndef FILTER_H
#define FILTER_H

#include "core.h"

enum filter_tri { FILTER_NO, FILTER_YES, FILTER_MAYBE };

/* How much of a case is known. */
enum filter_phase { PHASE_IDENTITY, PHASE_STARTED, PHASE_ENDED };

/* What a leaf of the tree asks about; filter-terms.c says how it is named. */
enum filter_what {
	F_ALL,
	F_NONE,
	F_PASS,
	F_FAIL,
	F_SKIP,
	F_FLAKY,
	F_SLOW,
	F_NOTRUN,
	F_INCOMPLETE,
	F_XFAIL,
	F_TIMEOUT,
	F_ERROR,
	F_NAME,
	F_SUITE,
	F_CLASS,
	F_VARIANT,
	F_RUN,
	F_PACKAGE,
	F_TAG,
	F_STATUS,
	F_REASON,
	F_FILE,
	F_MESSAGE,
	F_OUTPUT,
	F_WORKER,
	F_MODE,
	F_PROPERTY,
	F_DURATION,
	F_ELAPSED,
	F_ATTEMPT,
	F_ITERATION,
	F_LINE,
	F_EXIT_CODE,
	F_SIGNAL,
	F_LIST /* identities from a file; has no name */
};

enum filter_form {
	FORM_WORD, /* pass, pass() */
	FORM_TEXT, /* name(MATCHER) */
	FORM_PAIR, /* property(KEY, MATCHER) */
	FORM_NUMBER, /* line >= 5 */
	FORM_TIME /* duration > 2s */
};

enum filter_how { MATCH_EQUAL, MATCH_CONTAINS, MATCH_GLOB, MATCH_REGEX };

struct filter_term {
	const char *name;
	enum filter_what what;
	enum filter_form form;
	enum filter_how how; /* matcher without a sign */
	enum filter_phase final; /* from when on "no" is final */
	unsigned needs; /* EM_KEEP_ bits */
	/* Events that alone can make it true before it is final, as bits of
	 * 1u << kind. */
	uint32_t early;
};

/* ---- filter-terms.c ---- */

/* Those with a name, and the one of lists behind them. */
extern const struct filter_term filter_terms[];

const struct filter_term *filter_find_term(struct em_str word);
/* What the user may have meant; NULL when nothing is near. */
const struct filter_term *filter_nearest(struct em_str word);
/* The names of those of one form, each after a space. */
void filter_list_terms(char *list, size_t size, enum filter_form form);

/* ---- trees ---- */

enum filter_compare { CMP_LT, CMP_LE, CMP_EQ, CMP_NE, CMP_GE, CMP_GT };

struct regex;
struct filter_list;

struct filter_matcher {
	enum filter_how how;
	struct em_str text;
	struct regex *regex; /* globs and regular expressions */
};

enum filter_op { OP_LEAF, OP_NOT, OP_AND, OP_OR };

struct filter_node {
	enum filter_op op;
	struct filter_node *child, *last; /* of NOT, AND, OR */
	struct filter_node *next; /* sibling */
	struct filter_node *all; /* of em_filter.nodes */
	const struct filter_term *term; /* of a leaf, as the rest */
	const char *at; /* while parsing: where it is in the expression */
	struct filter_matcher key, match;
	enum filter_compare compare;
	int64_t number;
	struct filter_list *list;
};

struct em_filter {
	struct arena arena; /* nodes and their texts */
	struct filter_node *root;
	struct filter_node *nodes; /* every one made */
	unsigned needs;
	uint32_t kinds; /* events at which something may be decided early */
	struct buf *joined; /* output of one stream, put together */
};

/* Empty: the tree is the caller's to set.  NULL when out of memory. */
struct em_filter *filter_new(void);
/*
 * Adds the expression to f's arena; NULL on an error, of which *column says
 * the place.
 */
struct filter_node *filter_parse(struct em_filter *f, const char *expr,
    struct em_error *err, size_t *column);
struct filter_node *filter_leaf(struct em_filter *f, enum filter_what what);
struct filter_node *filter_join(struct em_filter *f, enum filter_op op,
    struct filter_node *a, struct filter_node *b);

/*
 * Identities, one a line: a name; a suite, a tab and a name; a suite, a class
 * and a name, an absent suite being an empty field; or a JSON object with name
 * and, if they are to count, suite and class.
 */
struct filter_list *filter_list_new(const struct em_strs *lines);
bool filter_listed(const struct filter_list *l, const struct em_case *c);
void filter_list_free(struct filter_list *l);

enum filter_tri filter_eval(const struct em_filter *f, const struct em_case *c,
    enum filter_phase phase);

#endif
