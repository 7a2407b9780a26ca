/* SPDX-License-Identifier: MIT */
/* What a harness wrote, held against the rules and the scenario. */
#include <stdlib.h>

#include "harness.h"
#include "pattern.h"

/* ---- the rules ---- */

/* Whether a violation counts for this case. */
static bool
counts_here(const struct sitting *s, const struct lint_violation *v,
    const struct strings *rules, bool cut)
{
	bool strict = s->run->strict || s->c->level == LEVEL_SHOULD;

	if (v->level < (strict ? LINT_SHOULD : LINT_MUST))
		return false;
	/* Where the process died, what was open stays open. */
	if (cut && strcmp(v->rule, "LIF-1") == 0)
		return false;
	return rules->n == 0 || strings_have(rules, v->rule);
}

bool
harness_lint(struct sitting *s, const struct strings *rules)
{
	struct lint_options options = { .role = LINT_WRITER };
	struct lint_schemas *schemas;
	struct lint_report report;
	char *dir = xprintf("%s/../schemas", s->c->suite_dir);
	char why[512];
	bool ok = true, cut;

	schemas = lint_schemas_open(dir, why, sizeof(why));
	free(dir);
	if (schemas == NULL) {
		verdict_say(s->v, V_ERROR, "%s", why);
		return false;
	}
	options.schemas = schemas;
	lint_stream(buf_slice(&s->events).p, s->events.n, &options, &report);
	if (report.no_memory)
		out_of_memory();
	cut = sitting_is(s, "cut") && report.class == LINT_TRUNCATED;
	for (size_t i = 0; ok && i < report.count; i++) {
		const struct lint_violation *x = &report.violation[i];

		ok = !counts_here(s, x, rules, cut);
		if (!ok)
			verdict_say(s->v, V_FAIL, "%s: line %zu: %s: %s",
			    s->name, x->line, x->rule, x->text);
	}
	lint_report_free(&report);
	lint_schemas_free(schemas);
	return ok;
}

/* Keeps a line of the pattern for the report. */
static void
keep_line(struct sitting *s, size_t number)
{
	const char *p = buf_str(&s->pattern);

	for (; number > 1 && *p != '\0'; number--)
		p += strcspn(p, "\n") + 1;
	buf_free(&s->v->expected);
	buf_add(&s->v->expected, p, strcspn(p, "\n"));
}

bool
harness_pattern(struct sitting *s)
{
	char why[512];
	struct pattern *p =
	    pattern_read(s->pattern.p, s->pattern.n, why, sizeof(why));
	size_t wanted;
	bool ok;

	if (p == NULL) {
		verdict_say(s->v, V_ERROR, "%s: %s", s->name, why);
		return false;
	}
	ok =
	    pattern_match_to(p, s->lines, s->line_n, why, sizeof(why), &wanted);
	if (!ok)
		verdict_say(s->v, V_FAIL, "%s: %s", s->name, why);
	if (!ok && wanted > 0)
		keep_line(s, wanted);
	pattern_free(p);
	return ok;
}

/* ---- outcomes ---- */

static bool
is_event(const struct json *e, const char *kind)
{
	return slice_is(json_text(e, "event"), kind);
}

/* The last event of a kind, or NULL. */
static const struct json *
last_event(const struct sitting *s, const char *kind)
{
	for (size_t i = s->line_n; i > 0; i--)
		if (is_event(s->event[i - 1], kind))
			return s->event[i - 1];
	return NULL;
}

/* What tells a case from others, as text; to be freed. */
static char *
identity(const struct json *e)
{
	static const char *const members[] = { "run", "suite", "class", "name",
		"variant", "iteration" };
	struct buf b = { 0 };

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct json *m = json_member(e, members[i]);

		if (m != NULL && m->kind == JSON_STRING)
			buf_json(&b, m->text);
		else if (m != NULL && m->kind == JSON_NUMBER &&
		    !slice_is(m->raw, "1"))
			buf_add(&b, m->raw.p, m->raw.n);
		buf_putc(&b, '/');
	}
	return b.p;
}

/* Completions, the last attempt of each case alone. */
static void
count_cases(const struct sitting *s, unsigned count[3])
{
	static const char *const outcomes[] = { "pass", "fail", "skip" };
	struct strings seen = { 0 };

	for (size_t i = s->line_n; i > 0; i--) {
		const struct json *e = s->event[i - 1];
		struct slice outcome = json_text(e, "outcome");
		char *id;

		if (!is_event(e, "case_complete"))
			continue;
		id = identity(e);
		for (size_t k = 0; k < 3 && !strings_have(&seen, id); k++)
			count[k] += slice_is(outcome, outcomes[k]);
		strings_add(&seen, id);
		free(id);
	}
	strings_free(&seen);
}

bool
harness_counts(struct sitting *s)
{
	static const char *const keys[] = { "pass", "fail", "skip" };
	const struct json *wanted = sitting_says(s, "counts");
	unsigned count[3] = { 0, 0, 0 };

	if (wanted == NULL)
		return true;
	count_cases(s, count);
	for (size_t i = 0; i < 3; i++) {
		const struct json *n = json_member(wanted, keys[i]);

		if (n == NULL || strtoul(n->raw.p, NULL, 10) == count[i])
			continue;
		verdict_say(s->v, V_FAIL, "%s: %u cases with %s, not %.*s",
		    s->name, count[i], keys[i], (int)n->raw.n, n->raw.p);
		return false;
	}
	return true;
}

/* ---- the ending ---- */

static bool
fail_ending(struct sitting *s, const char *why)
{
	char *ending = judge_ending(s->run, &s->r);

	/* Classes are for those who read. */
	ending[strcspn(ending, ",")] = '\0';
	verdict_say(s->v, V_FAIL, "%s: %s, %s", s->name, ending, why);
	free(ending);
	return false;
}

bool
harness_exit(struct sitting *s)
{
	const struct json *complete = last_event(s, "run_complete");
	const struct json *says = sitting_says(s, "exit");
	struct slice wanted = says != NULL ? says->text : slice_of("agree");
	bool zero = s->r.end == PROC_EXITED && s->r.status == 0;
	bool failed = slice_is(json_text(complete, "outcome"), "fail");

	if (complete != NULL && zero == failed)
		return fail_ending(s,
		    failed ? "and run_complete says fail"
			   : "and run_complete says that all is well");
	if (slice_is(wanted, "zero") && !zero)
		return fail_ending(s, "where 0 is right");
	if ((slice_is(wanted, "nonzero") || slice_is(wanted, "death")) && zero)
		return fail_ending(s, "where 0 is wrong");
	return true;
}

bool
harness_refusal(struct sitting *s)
{
	for (size_t i = 0; i < s->line_n; i++)
		if (is_event(s->event[i], "protocol") ||
		    is_event(s->event[i], "run_start") ||
		    is_event(s->event[i], "discover_start")) {
			verdict_say(s->v, V_FAIL,
			    "%s: events, where it had to refuse", s->name);
			return false;
		}
	if (s->r.end != PROC_EXITED || s->r.status == 0)
		return fail_ending(s, "where it had to refuse");
	return true;
}

bool
harness_failure(struct sitting *s)
{
	return s->r.end != PROC_EXITED || s->r.status != 0 ||
	    fail_ending(s, "though it could not write");
}
