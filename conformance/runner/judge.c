/* SPDX-License-Identifier: MIT */
/* What roles have in common: running the testee, judging how it ended. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "run.h"

enum { HEAD = 4096 };
/* Above this many bytes one at a time would take longer than it tells. */
enum { BYTEWISE_MAX = 8192, ODD_SIZE = 1021 };

static void
keep_head(struct buf *to, struct slice from)
{
	buf_free(to);
	buf_add(
	    to, from.p != NULL ? from.p : "", from.n < HEAD ? from.n : HEAD);
}

void
judge_keep(struct verdict *v, struct slice input, const struct proc_result *r)
{
	keep_head(&v->input, input);
	keep_head(&v->actual, buf_slice(&r->out));
	keep_head(&v->err, buf_slice(&r->err));
}

static uint64_t
hash(const char *s, uint64_t seed)
{
	uint64_t h = 14695981039346656037u ^ seed;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

size_t *
run_sizes(const struct run *run, const struct conf_case *c, struct slice input,
    size_t *n)
{
	size_t *sizes;
	const char *how = c->chunking;

	*n = 0;
	if (c->sizes.n > 0) {
		sizes = xalloc(c->sizes.n * sizeof(*sizes));
		for (size_t i = 0; i < c->sizes.n; i++)
			sizes[(*n)++] = strtoul(c->sizes.v[i], NULL, 10);
		return sizes;
	}
	if (strcmp(how, "any") == 0) {
		static const char *const ways[] = { "whole", "line", "byte" };

		how = ways[hash(c->id, run->seed) / 7 % 3];
		if (input.n > (1 << 18))
			how = "whole";
	}
	if (strcmp(how, "whole") == 0)
		return NULL;
	sizes = xalloc(sizeof(*sizes));
	*n = 1;
	if (strcmp(how, "byte") == 0)
		sizes[0] =
		    strcmp(c->chunking, "byte") != 0 && input.n > BYTEWISE_MAX
		    ? ODD_SIZE
		    : 1;
	return sizes;
}

static void
say_ending(struct verdict *v, const struct proc_result *r,
    const struct proc_spec *spec)
{
	v->ns += r->ns;
	if (r->rss_kib > v->rss_kib)
		v->rss_kib = r->rss_kib;
	switch (r->end) {
	case PROC_EXITED:
		if (v->ending == END_NONE)
			v->ending = END_CLEAN;
		if (r->status >= 126)
			verdict_say(v, V_CRASH, "exit status %d", r->status);
		break;
	case PROC_SIGNALED:
		v->ending = END_SIGNAL;
		if (r->status != SIGPIPE)
			verdict_say(
			    v, V_CRASH, "killed by signal %d", r->status);
		break;
	case PROC_TIMEOUT:
		v->ending = END_KILLED;
		verdict_say(
		    v, V_TIMEOUT, "not done after %u ms", spec->time_ms);
		break;
	case PROC_FLOOD:
		v->ending = END_KILLED;
		verdict_say(v, V_LEAK, "wrote more than %zu bytes",
		    r->out.n > r->other.n ? r->out.n : r->other.n);
		break;
	case PROC_STOPPED:
		v->ending = END_KILLED;
		break;
	}
	if (r->left > 0)
		verdict_say(v, V_LEAK, "left %u process%s behind", r->left,
		    r->left == 1 ? "" : "es");
}

bool
run_proc(const struct run *run, const struct conf_case *c,
    const struct strings *words, struct proc_spec *spec, struct proc_result *r,
    struct verdict *v)
{
	struct strings env = { 0 };
	double scale = run->timing_scale;
	int rc;

	for (size_t i = 0; i < run->sut->env.n; i++)
		strings_add(&env, run->sut->env.v[i]);
	for (size_t i = 0; i < c->env.n; i++)
		strings_add(&env, c->env.v[i]);
	for (char *const *p = spec->env; p != NULL && *p != NULL; p++)
		strings_add(&env, *p);
	spec->argv = words->v;
	spec->env = env.v;
	spec->cwd = run->tmp;
	if (spec->time_ms == 0)
		spec->time_ms = c->limit_ms;
	spec->time_ms = (unsigned)(spec->time_ms * scale);
	if (c->limit_rss_mib > 0)
		spec->flags |= PROC_WATCH_MEMORY;
	rc = proc_run(spec, r);
	spec->env = NULL;
	if (rc != 0)
		verdict_say(v, V_ERROR, "%s: %s", words->v[0], strerror(errno));
	strings_free(&env);
	if (rc != 0)
		return false;
	say_ending(v, r, spec);
	judge_keep(v, spec->input, r);
	if (c->limit_rss_mib > 0 && r->rss_kib / 1024 > c->limit_rss_mib)
		verdict_say(v, V_LEAK, "%ld MiB of memory, more than %u",
		    r->rss_kib / 1024, c->limit_rss_mib);
	return v->reason == NULL;
}

char *
judge_ending(const struct run *run, const struct proc_result *r)
{
	bool failed;
	unsigned class = sut_class(run->sut, r, &failed);

	if (r->end == PROC_SIGNALED)
		return xprintf("signal %d", r->status);
	if (r->end != PROC_EXITED)
		return xstrdup("it had to be ended");
	return xprintf("exit status %d, %s%s", r->status,
	    class == CLASS_OTHER ? "which stands for no class"
				 : class_name(class),
	    failed ? " and tests failed" : "");
}

static bool
verdict_fits(const char *wanted, bool passed)
{
	return strcmp(wanted, "pass") == 0 || strcmp(wanted, "none") == 0
	    ? passed
	    : !passed;
}

bool
judge_class(const struct run *run, const struct proc_result *r,
    const struct conf_expect *e, struct verdict *v)
{
	bool failed, right;
	unsigned class = sut_class(run->sut, r, &failed);
	char *wanted = class_names(e->classes);
	char *ending = judge_ending(run, r);

	right = e->classes == 0 || (class & e->classes) != 0;
	if (!right) {
		verdict_say(v, V_FAIL, "wanted %s, got %s", wanted, ending);
	} else if ((run->role & ROLE_READER) && run->sut->failing >= 0 &&
	    e->verdict != NULL &&
	    !verdict_fits(e->verdict, class == CLASS_ACCEPT && !failed)) {
		right = false;
		verdict_say(
		    v, V_FAIL, "wanted verdict %s, got %s", e->verdict, ending);
	}
	free(wanted);
	free(ending);
	return right;
}
