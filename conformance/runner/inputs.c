/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>

#include "gen.h"
#include "inputs.h"

struct inputs {
	const struct run *run;
	const struct conf_case *c;
	const struct conf_run *cr;
	void (*one)(const struct run *, const struct conf_case *,
	    const struct sample *, struct verdict *);
	struct verdict *v;
};

static struct json *
read_digest(struct verdict *v, const char *path)
{
	struct buf b = { 0 };
	struct json_error e;
	struct json *d = NULL;

	if (!read_file(path, &b))
		verdict_say(v, V_ERROR, "%s: %s", path, strerror(errno));
	else if ((d = json_parse(b.p, b.n, &e)) == NULL)
		verdict_say(
		    v, V_ERROR, "%s: byte %zu: %s", path, e.offset, e.text);
	buf_free(&b);
	return d;
}

static void
give(struct inputs *in, const char *label, struct slice input,
    struct json *digest, bool derived)
{
	struct sample s = { .label = label,
		.input = input,
		.expect = &in->cr->expect,
		.digest = digest,
		.derived = derived };
	char *reason;

	in->one(in->run, in->c, &s, in->v);
	if (in->v->reason == NULL || label == NULL)
		return;
	reason = in->v->reason;
	in->v->reason = xprintf("%s: %s", label, reason);
	free(reason);
}

/* A derived stream, or for "none" the base itself. */
static void
generate(struct inputs *in, const char *by, const char *base,
    struct slice input, struct json *digest, uint64_t seed)
{
	struct buf out = { 0 }, why = { 0 };
	char *label =
	    xprintf("%s of %s, seed %llu", by, base, (unsigned long long)seed);

	if (strcmp(by, "none") == 0)
		give(in, base, input, digest, false);
	else if (!gen_apply(by, input, seed, &out, &why))
		verdict_say(in->v, V_ERROR, "%s: %s", label, buf_str(&why));
	else
		give(in, label, buf_slice(&out), digest, true);
	free(label);
	buf_free(&out);
	buf_free(&why);
}

/* All strict prefixes, of whole lines or of bytes. */
static void
prefixes(struct inputs *in, const char *base, struct slice input, bool lines)
{
	for (size_t n = 0; n < input.n && in->v->reason == NULL; n++) {
		char *label;

		if (lines && n > 0 && input.p[n - 1] != '\n')
			continue;
		label = xprintf("the first %zu bytes of %s", n, base);
		give(in, label, (struct slice){ input.p, n }, NULL, true);
		free(label);
	}
}

static void
derive(struct inputs *in, const char *base, struct slice input,
    struct json *digest)
{
	const struct json *d = in->c->derive;
	const struct json *seeds = json_member(d, "seeds");
	char *by = xstrndup(json_text(d, "by").p, json_text(d, "by").n);

	if (strcmp(by, "prefix-lines") == 0)
		prefixes(in, base, input, true);
	else if (strcmp(by, "prefix-bytes") == 0)
		prefixes(in, base, input, false);
	else if (seeds == NULL || seeds->kind != JSON_ARRAY)
		generate(in, by, base, input, digest, in->run->seed);
	else
		for (size_t i = 0; i < seeds->count && in->v->reason == NULL;
		     i++)
			generate(in, by, base, input, digest,
			    strtoull(seeds->item[i]->raw.p, NULL, 10) +
				in->run->seed - 1);
	free(by);
}

/* One file of the suite, with the digest beside it. */
static void
derive_file(struct inputs *in, const char *path)
{
	struct buf b = { 0 };
	struct json *digest = NULL;
	const char *base = path + strlen(in->c->suite_dir) + 1;
	const char *dot = strrchr(path, '.');
	const struct conf_expect *e = &in->cr->expect;

	if (e->same != NULL && strcmp(e->same, "digest") == 0 && dot != NULL) {
		char *beside = xprintf("%.*s.digest", (int)(dot - path), path);

		digest = read_digest(in->v, beside);
		free(beside);
	}
	if (!read_file(path, &b))
		verdict_say(in->v, V_ERROR, "%s: %s", path, strerror(errno));
	if (in->v->reason == NULL)
		derive(in, base, buf_slice(&b), digest);
	json_free(digest);
	buf_free(&b);
}

static void
derive_globs(struct inputs *in, const struct json *of)
{
	for (size_t i = 0; i < of->count && in->v->reason == NULL; i++) {
		const struct json *g = json_at(of, i);
		char *pattern = xprintf(
		    "%s/%.*s", in->c->suite_dir, (int)g->text.n, g->text.p);
		glob_t found = { 0 };

		if (g->kind != JSON_STRING ||
		    glob(pattern, 0, NULL, &found) != 0)
			verdict_say(
			    in->v, V_ERROR, "no file is \"%s\"", pattern);
		for (size_t k = 0; k < found.gl_pathc && in->v->reason == NULL;
		     k++)
			derive_file(in, found.gl_pathv[k]);
		globfree(&found);
		free(pattern);
	}
}

static void
inputs_of(struct inputs *in)
{
	const struct conf_expect *e = &in->cr->expect;
	const struct json *of = json_member(in->c->derive, "of");
	struct buf input = { 0 }, why = { 0 };
	struct json *digest = NULL;

	if (of != NULL && of->kind == JSON_ARRAY) {
		derive_globs(in, of);
		return;
	}
	if (in->cr->input != NULL &&
	    !case_file(in->c, in->cr->input, &input, &why)) {
		verdict_say(in->v, V_ERROR, "%s", buf_str(&why));
	} else if (e->digest != NULL) {
		char *path = xprintf("%s/%s", in->c->dir, e->digest);

		digest = read_digest(in->v, path);
		free(path);
	}
	if (in->v->reason == NULL) {
		if (in->c->derive != NULL)
			derive(in, in->cr->input, buf_slice(&input), digest);
		else
			give(in, NULL, buf_slice(&input), digest, false);
	}
	json_free(digest);
	buf_free(&input);
	buf_free(&why);
}

void
inputs_each(const struct run *run, const struct conf_case *c,
    void (*one)(const struct run *, const struct conf_case *,
	const struct sample *, struct verdict *),
    struct verdict *v)
{
	for (size_t i = 0; i < c->run_n && v->reason == NULL; i++) {
		struct inputs in = { .run = run,
			.c = c,
			.cr = &c->runs[i],
			.one = one,
			.v = v };

		inputs_of(&in);
	}
}
