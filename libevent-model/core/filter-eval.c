/* SPDX-License-Identifier: MIT */
/* What a filter expression says about a case. */
#include "filter.h"
#include "regex.h"

static bool
matches(const struct filter_matcher *m, struct em_str s)
{
	if (s.p == NULL)
		return false;
	switch (m->how) {
	case MATCH_EQUAL:
		return em_str_eq(m->text, s);
	case MATCH_CONTAINS:
		return str_find_str(s, m->text) >= 0;
	default:
		return regex_match(m->regex, s);
	}
}

static bool
compares(const struct filter_node *n, int64_t v)
{
	if (v == EM_UNSET)
		return false;
	switch (n->compare) {
	case CMP_LT:
		return v < n->number;
	case CMP_LE:
		return v <= n->number;
	case CMP_EQ:
		return v == n->number;
	case CMP_NE:
		return v != n->number;
	case CMP_GE:
		return v >= n->number;
	default:
		return v > n->number;
	}
}

/* Package names are what comes before "::" in the suites of nextest. */
static struct em_str
package_of(struct em_str suite)
{
	ptrdiff_t at = suite.p != NULL ? str_find(suite, "::") : -1;

	return at < 0 ? suite : str_upto(suite, (size_t)at);
}

/* ---- what was said in attempts ---- */

static bool
message_matches(const struct filter_node *n, const struct em_item *it)
{
	const struct em_message *m;

	for (; it != NULL; it = it->next) {
		if (it->kind != EM_CASE_MESSAGE)
			continue;
		m = it->u.message;
		if (matches(&n->match, m->message) ||
		    matches(&n->match, m->detail) ||
		    matches(&n->match, m->rendered))
			return true;
	}
	return false;
}

static bool
worker_matches(const struct filter_node *n, const struct em_item *it)
{
	for (; it != NULL; it = it->next)
		if (it->kind == EM_CASE_START &&
		    matches(&n->match, it->u.start->worker))
			return true;
	return false;
}

static bool
place_matches(const struct filter_node *n, const struct em_location *at)
{
	return n->term->what == F_FILE ? matches(&n->match, at->file)
				       : compares(n, at->line);
}

static bool
message_place_matches(const struct filter_node *n, const struct em_item *it)
{
	for (; it != NULL; it = it->next)
		if (it->kind == EM_CASE_MESSAGE &&
		    place_matches(n, &it->u.message->location))
			return true;
	return false;
}

static const struct em_item *
next_piece(const struct em_item *it, struct em_str stream)
{
	while (it != NULL &&
	    (it->kind != EM_CASE_OUTPUT ||
		!em_str_eq(it->u.output->stream, stream)))
		it = it->next;
	return it;
}

/* All pieces of a stream from the first one on: how a producer cut what a
 * case wrote does not matter.  Out of memory, piece by piece. */
static bool
stream_matches(const struct em_filter *f, const struct filter_node *n,
    const struct em_item *first)
{
	struct em_str stream = first->u.output->stream;
	const struct em_item *it = next_piece(first->next, stream);
	bool found = false;

	if (it == NULL)
		return matches(&n->match, first->u.output->text);
	buf_reset(f->joined);
	buf_add(f->joined, first->u.output->text);
	for (; it != NULL; it = next_piece(it->next, stream))
		buf_add(f->joined, it->u.output->text);
	if (!f->joined->failed)
		return matches(&n->match, buf_str(f->joined));
	for (it = first; it != NULL && !found;
	     it = next_piece(it->next, stream))
		found = matches(&n->match, it->u.output->text);
	return found;
}

static bool
output_matches(const struct em_filter *f, const struct filter_node *n,
    const struct em_item *items)
{
	for (const struct em_item *it = items; it != NULL; it = it->next)
		if (it->kind == EM_CASE_OUTPUT &&
		    next_piece(items, it->u.output->stream) == it &&
		    stream_matches(f, n, it))
			return true;
	return false;
}

static bool
said(const struct em_filter *f, const struct filter_node *n,
    const struct em_case *c)
{
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next) {
		bool found;

		switch (n->term->what) {
		case F_SLOW:
			found = a->slow;
			break;
		case F_MESSAGE:
			found = message_matches(n, a->items);
			break;
		case F_OUTPUT:
			found = output_matches(f, n, a->items);
			break;
		case F_WORKER:
			found = worker_matches(n, a->items);
			break;
		default:
			found = message_place_matches(n, a->items);
			break;
		}
		if (found)
			return true;
	}
	return false;
}

/* ---- what was said of the case ---- */

static bool
tag_matches(const struct filter_node *n, const struct em_strs *tags)
{
	for (size_t i = 0; i < tags->n; i++)
		if (matches(&n->match, tags->v[i]))
			return true;
	return false;
}

static bool
pair_matches(const struct filter_node *n, const struct em_pairs *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (matches(&n->key, l->v[i].key) &&
		    matches(&n->match, l->v[i].value))
			return true;
	return false;
}

static struct em_str
status_of(const struct em_case *c)
{
	struct em_str s = c->last->end->status;

	return s.p == NULL && c->incomplete ? EM_STR("incomplete") : s;
}

static struct em_str
mode_of(const struct em_case *c)
{
	struct em_str s = c->details->mode;

	return s.p == NULL ? EM_STR("test") : s;
}

static bool
word_holds(const struct filter_node *n, const struct em_case *c)
{
	switch (n->term->what) {
	case F_ALL:
		return true;
	case F_PASS:
		return c->outcome == EM_PASS;
	case F_FAIL:
		return c->outcome == EM_FAIL || c->outcome == EM_INVALID;
	case F_SKIP:
		return c->outcome == EM_SKIP;
	case F_FLAKY:
		return c->flaky;
	case F_NOTRUN:
		return c->attempts == NULL && c->selected &&
		    c->suite->run->started;
	case F_INCOMPLETE:
		return c->incomplete;
	case F_XFAIL:
	case F_TIMEOUT:
	case F_ERROR:
		return str_eq(status_of(c), n->term->name);
	default:
		return false;
	}
}

static bool
number_holds(const struct filter_node *n, const struct em_case *c)
{
	const struct em_attempt *a = c->last;

	switch (n->term->what) {
	case F_DURATION:
		return compares(n, a->duration_ns);
	case F_ELAPSED:
		return compares(n, em_attempt_start(a)->elapsed_ns);
	case F_ATTEMPT:
		return a->number > 0 && compares(n, a->number);
	case F_ITERATION:
		return compares(n, c->iteration);
	case F_EXIT_CODE:
		return compares(n, a->end->exit_code);
	default:
		return compares(n, a->end->signal);
	}
}

static bool
text_matches(const struct filter_node *n, const struct em_case *c)
{
	const struct filter_matcher *m = &n->match;

	switch (n->term->what) {
	case F_NAME:
		return matches(m, c->name);
	case F_SUITE:
		return matches(m, c->suite->name);
	case F_PACKAGE:
		return matches(m, package_of(c->suite->name));
	case F_CLASS:
		return matches(m, c->class_name);
	case F_VARIANT:
		return matches(m, c->details->variant);
	case F_RUN:
		return matches(m, c->suite->run->id);
	case F_STATUS:
		return matches(m, status_of(c));
	case F_REASON:
		return matches(m, c->last->end->reason);
	case F_MODE:
		return matches(m, mode_of(c));
	default:
		return tag_matches(n, &c->details->tags);
	}
}

static bool
leaf_holds(const struct em_filter *f, const struct filter_node *n,
    const struct em_case *c)
{
	switch (n->term->what) {
	case F_SLOW:
	case F_MESSAGE:
	case F_OUTPUT:
	case F_WORKER:
		return said(f, n, c);
	case F_FILE:
	case F_LINE:
		return place_matches(n, &c->details->location) || said(f, n, c);
	case F_PROPERTY:
		return pair_matches(n, &c->details->properties) ||
		    pair_matches(n, &c->suite->properties) ||
		    pair_matches(n, &c->suite->run->properties);
	case F_LIST:
		return filter_listed(n->list, c);
	default:
		break;
	}
	if (n->term->form == FORM_WORD)
		return word_holds(n, c);
	return n->term->form == FORM_TEXT ? text_matches(n, c)
					  : number_holds(n, c);
}

/* Is "yes" final before "no" is?  Not where more of what is said could undo
 * it, as for output, whose pieces belong together. */
static bool
only_grows(const struct filter_node *n)
{
	if (n->term->what == F_OUTPUT)
		return n->match.how == MATCH_CONTAINS;
	return n->term->early != 0 && n->term->what != F_NOTRUN &&
	    n->term->what != F_MODE;
}

static enum filter_tri
eval_leaf(const struct em_filter *f, const struct filter_node *n,
    const struct em_case *c, enum filter_phase phase)
{
	bool final = phase >= n->term->final;

	if (!final && !only_grows(n))
		return FILTER_MAYBE;
	if (leaf_holds(f, n, c))
		return FILTER_YES;
	return final ? FILTER_NO : FILTER_MAYBE;
}

static enum filter_tri
eval(const struct em_filter *f, const struct filter_node *n,
    const struct em_case *c, enum filter_phase phase)
{
	/* The value of a part that decides the whole. */
	enum filter_tri stop = n->op == OP_AND ? FILTER_NO : FILTER_YES;
	enum filter_tri v, all = n->op == OP_AND ? FILTER_YES : FILTER_NO;

	switch (n->op) {
	case OP_LEAF:
		return eval_leaf(f, n, c, phase);
	case OP_NOT:
		v = eval(f, n->child, c, phase);
		return v == FILTER_MAYBE ? v
		    : v == FILTER_YES    ? FILTER_NO
					 : FILTER_YES;
	default:
		break;
	}
	for (const struct filter_node *k = n->child; k != NULL; k = k->next) {
		v = eval(f, k, c, phase);
		if (v == stop)
			return v;
		if (v == FILTER_MAYBE)
			all = v;
	}
	return all;
}

enum filter_tri
filter_eval(
    const struct em_filter *f, const struct em_case *c, enum filter_phase phase)
{
	return eval(f, f->root, c, phase);
}
