/* SPDX-License-Identifier: MIT */
/* The words of filter expressions. */
#include <limits.h>

#include "filter.h"

#define DISCOVERED (1u << EM_DISCOVER_CASE)
#define STARTED (1u << EM_CASE_START)
#define FIRST (DISCOVERED | STARTED)
#define SAID (1u << EM_CASE_MESSAGE)

#define WORD(name, what)                                                       \
	{                                                                      \
		name, what, FORM_WORD, 0, PHASE_ENDED, 0, 0                    \
	}
#define IDENTITY(name, what, how)                                              \
	{                                                                      \
		name, what, FORM_TEXT, how, PHASE_IDENTITY, 0, FIRST           \
	}

const struct filter_term filter_terms[] = {
	{ "all", F_ALL, FORM_WORD, 0, PHASE_IDENTITY, 0, FIRST },
	{ "none", F_NONE, FORM_WORD, 0, PHASE_IDENTITY, 0, FIRST },
	WORD("pass", F_PASS),
	WORD("fail", F_FAIL),
	WORD("skip", F_SKIP),
	WORD("flaky", F_FLAKY),
	{ "slow", F_SLOW, FORM_WORD, 0, PHASE_ENDED, 0, 1u << EM_CASE_SLOW },
	{ "notrun", F_NOTRUN, FORM_WORD, 0, PHASE_STARTED, 0, STARTED },
	WORD("incomplete", F_INCOMPLETE),
	WORD("xfail", F_XFAIL),
	WORD("timeout", F_TIMEOUT),
	WORD("error", F_ERROR),
	IDENTITY("name", F_NAME, MATCH_CONTAINS),
	IDENTITY("test", F_NAME, MATCH_CONTAINS),
	IDENTITY("suite", F_SUITE, MATCH_CONTAINS),
	IDENTITY("binary_id", F_SUITE, MATCH_GLOB),
	IDENTITY("package", F_PACKAGE, MATCH_GLOB),
	IDENTITY("class", F_CLASS, MATCH_CONTAINS),
	IDENTITY("variant", F_VARIANT, MATCH_EQUAL),
	IDENTITY("run", F_RUN, MATCH_EQUAL),
	{ "tag", F_TAG, FORM_TEXT, MATCH_EQUAL, PHASE_STARTED, EM_KEEP_DETAILS,
	    FIRST },
	{ "mode", F_MODE, FORM_TEXT, MATCH_EQUAL, PHASE_STARTED,
	    EM_KEEP_DETAILS, STARTED },
	{ "kind", F_MODE, FORM_TEXT, MATCH_EQUAL, PHASE_STARTED,
	    EM_KEEP_DETAILS, STARTED },
	{ "worker", F_WORKER, FORM_TEXT, MATCH_EQUAL, PHASE_ENDED,
	    EM_KEEP_DETAILS, STARTED },
	{ "property", F_PROPERTY, FORM_PAIR, MATCH_EQUAL, PHASE_ENDED,
	    EM_KEEP_DETAILS, FIRST },
	{ "file", F_FILE, FORM_TEXT, MATCH_CONTAINS, PHASE_ENDED,
	    EM_KEEP_DETAILS | EM_KEEP_MESSAGES, FIRST | SAID },
	{ "message", F_MESSAGE, FORM_TEXT, MATCH_CONTAINS, PHASE_ENDED,
	    EM_KEEP_MESSAGES, SAID },
	{ "output", F_OUTPUT, FORM_TEXT, MATCH_CONTAINS, PHASE_ENDED,
	    EM_KEEP_OUTPUT, 1u << EM_CASE_OUTPUT },
	{ "status", F_STATUS, FORM_TEXT, MATCH_EQUAL, PHASE_ENDED, 0, 0 },
	{ "reason", F_REASON, FORM_TEXT, MATCH_CONTAINS, PHASE_ENDED, 0, 0 },
	{ "duration", F_DURATION, FORM_TIME, 0, PHASE_ENDED, 0, 0 },
	{ "elapsed", F_ELAPSED, FORM_TIME, 0, PHASE_ENDED, EM_KEEP_DETAILS, 0 },
	{ "attempt", F_ATTEMPT, FORM_NUMBER, 0, PHASE_ENDED, 0, 0 },
	{ "iteration", F_ITERATION, FORM_NUMBER, 0, PHASE_IDENTITY, 0, FIRST },
	{ "line", F_LINE, FORM_NUMBER, 0, PHASE_ENDED,
	    EM_KEEP_DETAILS | EM_KEEP_MESSAGES, FIRST | SAID },
	{ "exit_code", F_EXIT_CODE, FORM_NUMBER, 0, PHASE_ENDED, 0, 0 },
	{ "signal", F_SIGNAL, FORM_NUMBER, 0, PHASE_ENDED, 0, 0 },
	{ NULL, F_LIST, FORM_WORD, 0, PHASE_IDENTITY, 0, FIRST },
};

const struct filter_term *
filter_find_term(struct em_str word)
{
	for (const struct filter_term *t = filter_terms; t->name != NULL; t++)
		if (str_eq(word, t->name))
			return t;
	return NULL;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
same(char a, char b)
{
	return lower(a) == lower(b);
}

/* How many letters must be changed, added, taken out or swapped to get from
 * a to b; more than two are all the same here. */
static unsigned
distance(struct em_str a, struct em_str b)
{
	unsigned d[3][16]; /* rows i-2, i-1 and i, by i modulo 3 */

	if (a.n + 1 > ARRAY_LEN(d[0]) || b.n + 1 > ARRAY_LEN(d[0]))
		return UINT_MAX;
	for (size_t i = 0; i <= a.n; i++) {
		unsigned *row = d[i % 3], *up = d[(i + 2) % 3];

		for (size_t j = 0; j <= b.n; j++) {
			unsigned best = (unsigned)(i + j), v;

			if (i > 0 && j > 0) {
				best =
				    up[j - 1] + !same(a.p[i - 1], b.p[j - 1]);
				v = (up[j] < row[j - 1] ? up[j] : row[j - 1]);
				best = v + 1 < best ? v + 1 : best;
			}
			if (i > 1 && j > 1 && same(a.p[i - 1], b.p[j - 2]) &&
			    same(a.p[i - 2], b.p[j - 1])) {
				v = d[(i + 1) % 3][j - 2] + 1;
				best = v < best ? v : best;
			}
			row[j] = best;
		}
	}
	return d[a.n % 3][b.n];
}

const struct filter_term *
filter_nearest(struct em_str word)
{
	const struct filter_term *best = NULL;
	unsigned least = word.n < 4 ? 2 : 3;

	for (const struct filter_term *t = filter_terms; t->name != NULL; t++) {
		struct em_str name = em_str(t->name);
		unsigned d = distance(word, name);

		/* "skipped", "failures" */
		if (t->form == FORM_WORD && name.n >= 4 && least > 2 &&
		    str_starts(word, t->name))
			d = 2;
		if (d < least) {
			least = d;
			best = t;
		}
	}
	return best;
}

/* Is it another name of the word before it in the table? */
static bool
is_alias(const struct filter_term *t)
{
	return t > filter_terms && t[-1].what == t->what;
}

void
filter_list_terms(char *list, size_t size, enum filter_form form)
{
	size_t n = 0;

	list[0] = '\0';
	for (const struct filter_term *t = filter_terms; t->name != NULL; t++) {
		enum filter_form f = t->form == FORM_PAIR ? FORM_TEXT
		    : t->form == FORM_TIME                ? FORM_NUMBER
							  : t->form;

		if (f == form && !is_alias(t) && n < size)
			n += (size_t)snprintf(
			    list + n, size - n, " %s", t->name);
	}
}
