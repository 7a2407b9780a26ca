/* SPDX-License-Identifier: MIT */
/*
 * Checkers of schemas: "{old}" and "{new}" in the command are two files, and
 * the exit status says whether the new one may follow: 0, or 3 where only a
 * major may, and anything but 0 where nothing may. What it prints is looked at
 * when it is objects with a "rule": then those expected are among them.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "run.h"

enum { STATUS_FITS = 0, STATUS_USAGE = 2, STATUS_MAJOR = 3 };

/* Testees run elsewhere, so names have to hold everywhere. */
static char *
absolute(const char *dir, const char *name)
{
	char *cwd = dir[0] != '/' ? getcwd(NULL, 0) : NULL;
	char *path = cwd != NULL ? xprintf("%s/%s/%s", cwd, dir, name)
				 : xprintf("%s/%s", dir, name);

	free(cwd);
	return path;
}

static struct json *
load_expectation(const struct conf_case *c, struct verdict *v)
{
	char *path = xprintf("%s/expect.json", c->dir);
	struct json_error e;
	struct json *doc = NULL;
	struct buf b = { 0 };

	if (!read_file(path, &b))
		verdict_say(v, V_ERROR, "%s: %s", path, strerror(errno));
	else if ((doc = json_parse(buf_slice(&b).p, b.n, &e)) == NULL)
		verdict_say(v, V_ERROR, "%s: %s", path, e.text);
	buf_free(&b);
	free(path);
	return doc;
}

static void
judge_status(int status, const struct json *expect, struct verdict *v)
{
	struct slice bump = json_text(expect, "bump");
	const struct json *wanted = json_member(expect, "status");

	if (status == STATUS_USAGE)
		verdict_say(v, V_FAIL, "exit status 2: it refuses the files");
	else if (slice_is(bump, "error")) {
		if (status == STATUS_FITS)
			verdict_say(v, V_FAIL,
			    "exit status 0, and it may never be released");
	} else if (wanted != NULL && wanted->kind == JSON_NUMBER &&
	    status != strtol(wanted->text.p, NULL, 10))
		verdict_say(v, V_FAIL,
		    "exit status %d, not %.*s: it takes a %.*s", status,
		    (int)wanted->text.n, wanted->text.p, (int)bump.n, bump.p);
}

static void
collect_rules(struct slice out, struct strings *rules)
{
	const char *end = out.p + out.n, *lf;

	for (const char *p = out.p; p < end; p = lf + 1) {
		struct json *v;
		struct slice rule;

		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		v = json_parse(p, (size_t)(lf - p), NULL);
		rule = json_text(v, "rule");
		if (rule.p != NULL)
			strings_add(rules, rule.p);
		json_free(v);
		if (lf == end)
			break;
	}
}

static void
judge_rules(struct slice out, const struct json *expect, struct verdict *v)
{
	const struct json *wanted = json_member(expect, "rules"), *rule;
	struct strings rules = { 0 };

	collect_rules(out, &rules);
	for (size_t i = 0; rules.n != 0 && (rule = json_at(wanted, i)) != NULL;
	     i++)
		if (!strings_have(&rules, rule->text.p))
			verdict_say(
			    v, V_FAIL, "it does not say %s", rule->text.p);
	strings_free(&rules);
}

int
role_schema(const struct run *run, const struct conf_case *c, struct verdict *v)
{
	struct json *expect = load_expectation(c, v);
	char *old = absolute(c->dir, "old.json");
	char *new = absolute(c->dir, "new.json");
	const char *pairs[] = { "{old}", old, "{new}", new, NULL };
	struct strings words = sut_words(&run->sut->command, pairs);
	struct proc_spec spec = { .time_ms = 0 };
	struct proc_result r = { .end = PROC_EXITED };

	if (expect != NULL && run_proc(run, c, &words, &spec, &r, v)) {
		judge_status(r.status, expect, v);
		judge_rules(buf_slice(&r.out), expect, v);
		judge_keep(v, (struct slice){ "", 0 }, &r);
	}
	proc_result_free(&r);
	strings_free(&words);
	free(new);
	free(old);
	json_free(expect);
	return 0;
}
