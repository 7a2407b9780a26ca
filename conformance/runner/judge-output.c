/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "digest.h"
#include "judge-output.h"
#include "match.h"
#include "reference.h"

bool
judge_words(
    const struct proc_result *r, const struct conf_expect *e, struct verdict *v)
{
	for (size_t i = 0; i < e->words.n; i++)
		if (strstr(buf_str(&r->err), e->words.v[i]) == NULL &&
		    strstr(buf_str(&r->out), e->words.v[i]) == NULL) {
			verdict_say(
			    v, V_FAIL, "nothing says \"%s\"", e->words.v[i]);
			return false;
		}
	return true;
}

bool
judge_digest(const struct sample *s, const struct json *got, struct verdict *v)
{
	struct buf why = { 0 };
	bool ok = s->digest == NULL || got == NULL ||
	    digest_same(s->digest, got, s->derived, &why);

	if (!ok) {
		verdict_say(v, V_FAIL, "%s", buf_str(&why));
		buf_free(&v->expected);
		buf_add(&v->expected, s->digest->raw.p, s->digest->raw.n);
	}
	buf_free(&why);
	return ok;
}

bool
judge_out(const struct conf_case *c, const struct sample *s,
    const struct conf_expect *e, struct slice got, struct verdict *v)
{
	struct buf file = { 0 }, why = { 0 };
	struct slice wanted = s->input;
	bool ok;

	if (e->out == NULL && !e->out_input)
		return true;
	if (e->out != NULL) {
		if (!case_file(c, e->out, &file, &why)) {
			verdict_say(v, V_ERROR, "%s", buf_str(&why));
			buf_free(&why);
			return false;
		}
		wanted = buf_slice(&file);
	}
	ok = match_streams(wanted, got, e->match, &why);
	if (!ok) {
		verdict_say(v, V_FAIL, "output, %s", buf_str(&why));
		buf_free(&v->expected);
		buf_add(
		    &v->expected, wanted.p, wanted.n < 4096 ? wanted.n : 4096);
	}
	buf_free(&file);
	buf_free(&why);
	return ok;
}

struct json *
reference_digest(const struct run *run, const struct conf_case *c,
    struct slice events, struct verdict *v)
{
	char *path = reference_path("reader");
	struct strings words = { 0 };
	struct proc_spec spec = { .input = events,
		.cwd = run->tmp,
		.flags = PROC_BIG_PIPES,
		.time_ms = c->limit_ms };
	struct proc_result r = { .end = PROC_EXITED };
	struct json *d = NULL;

	if (path == NULL) {
		verdict_say(v, V_ERROR, "no reference reader is installed");
		return NULL;
	}
	strings_add(&words, path);
	spec.argv = words.v;
	if (proc_run(&spec, &r) != 0)
		verdict_say(v, V_ERROR, "%s: %s", path, strerror(errno));
	else if ((d = digest_read(buf_slice(&r.out))) == NULL)
		verdict_say(v, V_ERROR, "%s gave no digest", path);
	proc_result_free(&r);
	strings_free(&words);
	free(path);
	return d;
}
