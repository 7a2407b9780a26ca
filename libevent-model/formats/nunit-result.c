/* SPDX-License-Identifier: MIT */
/* What the attributes of NUnit's elements say. */
#include <string.h>

#include "nunit-read.h"

static const struct em_str none;

static bool
eq_nocase(struct em_str s, const char *lower)
{
	size_t n = strlen(lower);

	for (size_t i = 0; i < s.n && i < n; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != lower[i])
			return false;
	}
	return s.n == n;
}

bool
nunit_ends(struct em_str s, const char *lower)
{
	size_t n = strlen(lower);

	return s.n >= n && eq_nocase(str_from(s, s.n - n), lower);
}

/* Seconds; older producers wrote the comma of their country for a point. */
int64_t
nunit_seconds(struct em_str s)
{
	struct em_str rest = s, whole;
	int64_t w, f;

	if (str_find(s, ".") < 0 && str_cut(&rest, ',', &whole)) {
		char point[32];
		int n = snprintf(point, sizeof(point), ".%.*s",
		    (int)(rest.n < 20 ? rest.n : 20), rest.p);

		if (str_ns(whole, 9, &w) &&
		    str_ns((struct em_str){ point, (size_t)n }, 9, &f) &&
		    !__builtin_add_overflow(w, f, &w))
			return w;
		return EM_UNSET;
	}
	return str_ns(s, 9, &w) ? w : EM_UNSET;
}

int64_t
nunit_duration(const struct xml_node *n)
{
	struct em_str s = xml_attr(n, "duration");

	return nunit_seconds(s.p != NULL ? s : xml_attr(n, "time"));
}

int64_t
nunit_time(struct em_str s)
{
	int64_t ns;

	return str_time(s, &ns) ? ns : EM_UNSET;
}

void
nunit_read_result(
    struct nunit_result *to, const struct xml_node *n, struct arena *a)
{
	to->result = arena_dup(a, xml_attr(n, "result"));
	to->label = arena_dup(a, xml_attr(n, "label"));
	to->site = arena_dup(a, xml_attr(n, "site"));
	to->executed = arena_dup(a, xml_attr(n, "executed"));
	to->success = arena_dup(a, xml_attr(n, "success"));
}

bool
nunit_is_status(struct em_str label)
{
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];

		if ((c < 'a' || c > 'z') &&
		    (i == 0 || ((c < '0' || c > '9') && c != '-' && c != '.')))
			return false;
	}
	return label.n > 0;
}

struct word {
	const char *word;
	enum em_outcome outcome;
	const char *status;
};

static const struct word results[] = {
	{ "Passed", EM_PASS, NULL },
	{ "Success", EM_PASS, NULL },
	{ "Warning", EM_PASS, NULL },
	{ "Failed", EM_FAIL, NULL },
	{ "Failure", EM_FAIL, NULL },
	{ "Error", EM_FAIL, "error" },
	{ "NotRunnable", EM_FAIL, "error" },
	{ "Cancelled", EM_FAIL, "abort" },
	{ "Skipped", EM_SKIP, NULL },
	{ "Ignored", EM_SKIP, "ignored" },
	{ "Inconclusive", EM_SKIP, "precondition" },
};

static const struct word labels[] = {
	{ "Error", EM_FAIL, "error" },
	{ "Invalid", EM_FAIL, "error" },
	{ "Cancelled", EM_FAIL, "abort" },
	{ "Ignored", EM_SKIP, "ignored" },
	{ "Explicit", EM_SKIP, "filtered" },
};

static enum em_outcome
old_outcome(const struct nunit_result *x)
{
	if (eq_nocase(x->executed, "false"))
		return EM_SKIP;
	if (eq_nocase(x->success, "true"))
		return EM_PASS;
	return EM_FAIL;
}

bool
nunit_judge(const struct nunit_result *x, enum em_outcome *outcome,
    struct em_str *status)
{
	const struct word *w = NULL;

	*status = none;
	for (size_t i = 0; w == NULL && i < ARRAY_LEN(results); i++)
		if (str_eq(x->result, results[i].word))
			w = &results[i];
	if (w == NULL && x->result.p == NULL &&
	    (eq_nocase(x->executed, "false") || eq_nocase(x->success, "true") ||
		eq_nocase(x->success, "false"))) {
		*outcome = old_outcome(x);
		if (*outcome == EM_SKIP)
			*status = EM_STR("ignored");
		return true;
	}
	*outcome = w != NULL ? w->outcome : EM_FAIL;
	*status = em_str(w != NULL ? w->status : "error");
	for (size_t i = 0; w != NULL && i < ARRAY_LEN(labels); i++)
		if (labels[i].outcome == *outcome &&
		    str_eq(x->label, labels[i].word))
			*status = em_str(labels[i].status);
	if (w != NULL && nunit_is_status(x->label))
		*status = x->label;
	return w != NULL;
}
