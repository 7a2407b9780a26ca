/* SPDX-License-Identifier: MIT */
/* Filters: events in, events out. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest.h"
#include "drive.h"
#include "judge-output.h"

static bool
judge(const struct run *run, const struct conf_case *c, const struct sample *s,
    const struct conf_expect *e, const struct proc_result *r, struct verdict *v)
{
	struct slice out = buf_slice(&r->out);

	return judge_class(run, r, e, v) && judge_words(r, e, v) &&
	    judge_out(c, s, e, out, v) &&
	    (e->classes != CLASS_ACCEPT ||
		judge_writing(run, s->input, out, v));
}

static void
tolerate(struct verdict *v)
{
	v->code = V_WEAK;
	free(v->reason);
	v->reason = xstrdup("tolerated");
}

static void
judge_all(const struct run *run, const struct conf_case *c,
    const struct sample *s, const struct proc_result *r, struct verdict *v)
{
	struct conf_expect same_out = *s->expect;

	/* What was derived is what has to come out. */
	if (same_out.same != NULL && strcmp(same_out.same, "out") == 0)
		same_out.out_input = true;
	if (judge(run, c, s, &same_out, r, v) || v->code != V_FAIL)
		return;
	for (size_t i = 0; i < c->also_ok_n; i++) {
		struct verdict w = { .code = V_PASS };
		bool ok = judge(run, c, s, &c->also_ok[i], r, &w);

		verdict_free(&w);
		if (!ok)
			continue;
		tolerate(v);
		return;
	}
}

static bool
write_file(const char *dir, const char *name, struct slice s, char **path)
{
	FILE *f;
	bool ok;

	*path = xprintf("%s/%s", dir, name);
	f = fopen(*path, "wbe");
	ok = f != NULL && fwrite(s.p, 1, s.n, f) == s.n;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	return ok;
}

/* What was read of the merged stream, against every digest that will do. */
static void
judge_merged(const struct conf_case *c, const struct sample *s,
    const struct json *got, struct verdict *v)
{
	bool ok = judge_digest(s, got, v);

	for (size_t i = 0; !ok && i < c->also_ok_n; i++) {
		struct buf b = { 0 }, why = { 0 };
		struct json *d = NULL;

		if (c->also_ok[i].digest != NULL &&
		    case_file(c, c->also_ok[i].digest, &b, &why))
			d = json_parse(b.p, b.n, NULL);
		ok = d != NULL && digest_same(d, got, false, &why);
		if (ok)
			tolerate(v);
		json_free(d);
		buf_free(&b);
		buf_free(&why);
	}
}

/* The input and the file of "with" are merged, and what comes out is read. */
static void
merge(const struct run *run, const struct conf_case *c, const struct sample *s,
    struct verdict *v)
{
	struct slice with = json_text(c->drive, "with");
	char *name = xstrndup(with.p != NULL ? with.p : "", with.n);
	char *a = NULL, *b = NULL;
	struct buf other = { 0 }, why = { 0 };
	struct proc_spec spec = { .time_ms = 0 };
	struct proc_result r = { .end = PROC_EXITED };

	if (!case_file(c, name, &other, &why)) {
		verdict_say(v, V_ERROR, "%s", buf_str(&why));
	} else if (!write_file(run->tmp, "a.jsonl", s->input, &a) ||
	    !write_file(run->tmp, "b.jsonl", buf_slice(&other), &b)) {
		verdict_say(v, V_ERROR, "%s: %s", run->tmp, strerror(errno));
	} else {
		const char *pairs[] = { "{a}", a, "{b}", b, NULL };
		struct strings words = sut_words(&run->sut->merge, pairs);

		if (run_proc(run, c, &words, &spec, &r, v) &&
		    judge_class(run, &r, s->expect, v)) {
			struct json *got =
			    reference_digest(run, c, buf_slice(&r.out), v);

			if (got != NULL)
				judge_merged(c, s, got, v);
			json_free(got);
		}
		strings_free(&words);
	}
	proc_result_free(&r);
	buf_free(&other);
	buf_free(&why);
	free(a);
	free(b);
	free(name);
}

/* Copies of the testee one behind the other. */
static void
pipe_through(const struct run *run, const struct conf_case *c,
    const struct sample *s, struct verdict *v)
{
	const struct json *times = json_member(c->drive, "times");
	unsigned long n = times != NULL ? strtoul(times->raw.p, NULL, 10) : 2;
	struct strings words = sut_words(&run->sut->command, NULL);
	struct buf between = { 0 };
	struct proc_result r = { .end = PROC_EXITED };
	bool ok = true;

	buf_add(&between, s->input.p, s->input.n);
	for (unsigned long i = 0; ok && i < n; i++) {
		struct proc_spec spec = { .input = buf_slice(&between) };

		proc_result_free(&r);
		ok = run_proc(run, c, &words, &spec, &r, v);
		buf_free(&between);
		buf_add(&between, buf_slice(&r.out).p, r.out.n);
	}
	if (ok)
		judge_all(run, c, s, &r, v);
	proc_result_free(&r);
	buf_free(&between);
	strings_free(&words);
}

static void
plain(const struct run *run, const struct conf_case *c, const struct sample *s,
    const struct strings *command, struct verdict *v)
{
	struct strings words = sut_words(command, NULL);
	struct proc_result r = { .end = PROC_EXITED };
	struct drive d;

	if (drive_run(&d, run, c, s->input, &words, &r, v) &&
	    drive_judge(&d, &r, v))
		judge_all(run, c, s, &r, v);
	proc_result_free(&r);
	strings_free(&words);
}

static void
one(const struct run *run, const struct conf_case *c, const struct sample *s,
    struct verdict *v)
{
	bool drops = strcmp(c->how, "drop") == 0;

	if (strcmp(c->how, "merge") == 0) {
		if (run->sut->merge.n == 0)
			verdict_say(v, V_SKIP, "sut.conf has no \"merge\"");
		else
			merge(run, c, s, v);
	} else if (strcmp(c->how, "pipe") == 0) {
		pipe_through(run, c, s, v);
	} else if (drops && run->sut->drop.n == 0) {
		verdict_say(v, V_SKIP, "sut.conf has no \"drop\"");
	} else {
		plain(
		    run, c, s, drops ? &run->sut->drop : &run->sut->command, v);
	}
}

int
role_filter(const struct run *run, const struct conf_case *c, struct verdict *v)
{
	inputs_each(run, c, one, v);
	return 0;
}
