/* SPDX-License-Identifier: MIT */
/* Readers: events in, an exit status out, and for those that can a digest. */
#include <stdlib.h>

#include "digest.h"
#include "drive.h"
#include "judge-output.h"

/* Of a derived input a reader without digest still has to come to the class
 * and verdict that the digest of its base states. */
static bool
judge_as_base(const struct run *run, const struct sample *s,
    const struct proc_result *r, struct verdict *v)
{
	struct conf_expect e = { .classes = 0 };
	struct slice class, verdict;
	bool ok;

	if (s->expect->classes != 0 || s->digest == NULL)
		return true;
	class = json_text(s->digest, "class");
	verdict = json_text(s->digest, "verdict");
	if (class.p != NULL)
		e.classes = class_find(class);
	if (verdict.p != NULL)
		e.verdict = xstrndup(verdict.p, verdict.n);
	ok = judge_class(run, r, &e, v);
	free(e.verdict);
	return ok;
}

static bool
judge(const struct run *run, const struct sample *s,
    const struct conf_expect *e, const struct proc_result *r,
    const struct json *got, struct verdict *v)
{
	return judge_class(run, r, e, v) && judge_as_base(run, s, r, v) &&
	    judge_words(r, e, v) && judge_digest(s, got, v);
}

static void
judge_all(const struct run *run, const struct conf_case *c,
    const struct sample *s, const struct proc_result *r, struct verdict *v)
{
	struct json *got = digest_read(buf_slice(&r->out));

	if (!judge(run, s, s->expect, r, got, v) && v->code == V_FAIL)
		for (size_t i = 0; i < c->also_ok_n; i++) {
			struct verdict w = { .code = V_PASS };
			struct sample bare = *s;

			bare.digest = NULL;
			if (judge(run, &bare, &c->also_ok[i], r, got, &w)) {
				v->code = V_WEAK;
				free(v->reason);
				v->reason = xstrdup("tolerated");
				verdict_free(&w);
				break;
			}
			verdict_free(&w);
		}
	json_free(got);
}

static void
one(const struct run *run, const struct conf_case *c, const struct sample *s,
    struct verdict *v)
{
	struct strings words = sut_words(&run->sut->command, NULL);
	struct proc_result r = { .end = PROC_EXITED };
	struct drive d;

	if (drive_run(&d, run, c, s->input, &words, &r, v) &&
	    drive_judge(&d, &r, v))
		judge_all(run, c, s, &r, v);
	proc_result_free(&r);
	strings_free(&words);
}

int
role_reader(const struct run *run, const struct conf_case *c, struct verdict *v)
{
	inputs_each(run, c, one, v);
	return 0;
}
