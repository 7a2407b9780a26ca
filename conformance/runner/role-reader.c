/* SPDX-License-Identifier: MIT */
/* Readers: events in, an exit status out, and for those that can a digest. */
#include <stdlib.h>

#include "digest.h"
#include "run.h"

static bool
has_words(
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

/* What class and verdict the digest states is what the ending says. */
static bool
judge_digest(const struct conf_case *c, const struct conf_expect *e,
    const struct proc_result *r, struct verdict *v)
{
	struct json *got = digest_read(buf_slice(&r->out));
	struct json *wanted = NULL;
	struct buf file = { 0 }, why = { 0 };
	struct json_error bad;
	bool ok = true;

	if (got == NULL || e->digest == NULL) {
		json_free(got);
		return true;
	}
	if (!case_file(c, e->digest, &file, &why)) {
		verdict_say(v, V_ERROR, "%s", buf_str(&why));
		ok = false;
	} else if ((wanted = json_parse(file.p, file.n, &bad)) == NULL) {
		verdict_say(v, V_ERROR, "%s: byte %zu: %s", e->digest,
		    bad.offset, bad.text);
		ok = false;
	} else if (!digest_same(wanted, got, false, &why)) {
		verdict_say(v, V_FAIL, "%s", buf_str(&why));
		buf_free(&v->expected);
		buf_add(&v->expected, file.p, file.n);
		ok = false;
	}
	json_free(wanted);
	json_free(got);
	buf_free(&file);
	buf_free(&why);
	return ok;
}

static bool
judge(const struct run *run, const struct conf_case *c,
    const struct conf_expect *e, const struct proc_result *r, struct verdict *v)
{
	return judge_class(run, r, e, v) && has_words(r, e, v) &&
	    judge_digest(c, e, r, v);
}

static void
one_run(const struct run *run, const struct conf_case *c,
    const struct conf_run *cr, struct verdict *v)
{
	struct strings words = sut_words(&run->sut->command, NULL);
	struct proc_spec spec = { .time_ms = 0 };
	struct proc_result r = { .end = PROC_EXITED };
	struct buf input = { 0 }, why = { 0 };
	size_t *sizes = NULL;

	if (cr->input != NULL && !case_file(c, cr->input, &input, &why)) {
		verdict_say(v, V_ERROR, "%s", buf_str(&why));
	} else {
		spec.input = buf_slice(&input);
		sizes = run_sizes(run, c, spec.input, &spec.size_n);
		spec.sizes = sizes;
		if (run_proc(run, c, &words, &spec, &r, v) &&
		    !judge(run, c, &cr->expect, &r, v))
			for (size_t i = 0; i < c->also_ok_n; i++) {
				struct verdict w = { .code = V_PASS };

				if (judge(run, c, &c->also_ok[i], &r, &w)) {
					v->code = V_WEAK;
					free(v->reason);
					v->reason = xstrdup("tolerated");
				}
				verdict_free(&w);
			}
	}
	proc_result_free(&r);
	buf_free(&input);
	buf_free(&why);
	free(sizes);
	strings_free(&words);
}

int
role_reader(const struct run *run, const struct conf_case *c, struct verdict *v)
{
	for (size_t i = 0; i < c->run_n; i++)
		one_run(run, c, &c->runs[i], v);
	return 0;
}
