/* SPDX-License-Identifier: MIT */
/*
 * Harnesses: a program that implements the scenarios is run at those of the
 * case, and what it writes is judged (CASES.md, Harness cases).
 */
#include <stdlib.h>

#include "harness.h"

/* The words of a list in the case. */
static struct strings
words_in(const struct json *list)
{
	struct strings words = { 0 };

	for (size_t i = 0; list != NULL && i < list->count; i++)
		strings_add(&words, list->item[i]->text.p);
	return words;
}

/* Without "judge" everything is judged. */
static bool
judges(const struct strings *what, const char *word)
{
	return what->n == 0 || strings_have(what, word);
}

static bool
judge_events(
    struct sitting *s, const struct strings *what, const struct strings *rules)
{
	return (!judges(what, "rules") || harness_lint(s, rules)) &&
	    (!judges(what, "pattern") || harness_pattern(s)) &&
	    (!judges(what, "counts") || harness_counts(s)) &&
	    (!judges(what, "extras") || harness_extras(s)) &&
	    (!judges(what, "exit") || harness_exit(s));
}

static void
judge(struct sitting *s)
{
	const struct json *expect = json_member(s->c->doc, "expect");
	struct strings what = words_in(json_member(expect, "judge"));
	struct strings rules = words_in(json_member(expect, "rules"));

	if (strings_have(&what, "refusal"))
		harness_refusal(s);
	else if (strings_have(&what, "failure"))
		harness_failure(s);
	else if ((!strings_have(&what, "draft") || harness_from_draft(s)) &&
	    judge_events(s, &what, &rules) && strings_have(&what, "strip")) {
		harness_strip(s);
		judge_events(s, &what, &rules);
	}
	strings_free(&what);
	strings_free(&rules);
}

static void
at_scenario(const struct run *run, const struct conf_case *c, const char *name,
    struct verdict *v)
{
	struct sitting s;

	if (sitting_open(&s, run, c, name, v) && sitting_run(&s))
		judge(&s);
	sitting_close(&s);
}

/* A case is skipped when all its scenarios are. */
int
role_harness(
    const struct run *run, const struct conf_case *c, struct verdict *v)
{
	struct strings names = words_in(json_member(c->doc, "scenarios"));
	char *skipped = NULL;
	size_t judged = 0;

	for (size_t i = 0; i < names.n && v->reason == NULL; i++) {
		at_scenario(run, c, names.v[i], v);
		if (v->code != V_SKIP) {
			judged++;
			continue;
		}
		free(skipped);
		skipped = v->reason;
		v->reason = NULL;
		v->code = V_PASS;
	}
	if (names.n == 0)
		verdict_say(v, V_ERROR, "no scenarios in case.json");
	else if (judged == 0)
		verdict_say(v, V_SKIP, "%s", skipped);
	free(skipped);
	strings_free(&names);
	return 0;
}
