/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "reference.h"
#include "self.h"

static const char *const no_args[] = { NULL };
static const char *const formats[] = { "{from}", "{to}", NULL };
static const char *const scenario[] = { "{scenario}", "--format", "json",
	NULL };

const struct reference references[] = {
	{ "reader", ROLE_READER, no_args },
	{ "filter", ROLE_FILTER, no_args },
	{ "writer", ROLE_CONVERTER, formats },
	{ "harness", ROLE_HARNESS, scenario },
};
const size_t reference_n = sizeof(references) / sizeof(*references);

char *
reference_path(const char *name)
{
	static const char *const places[] = { "../conformance",
		"../libexec/testpipe" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char *rest = xprintf("%s/%s", places[i], name);
		char *path = self_path(rest);

		free(rest);
		if (path != NULL && access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

static bool
ready(struct mutant *m, const struct suite *suite, unsigned role, char **argv,
    const char *conf_name, struct buf *why)
{
	char *conf = xprintf("%s/reference/%s.conf", suite->dir, conf_name);
	bool ok = sut_load(
	    &m->sut, argv, access(conf, R_OK) == 0 ? conf : NULL, role, why);

	free(conf);
	m->run = (struct run){ .suite = suite,
		.sut = &m->sut,
		.role = role,
		.version = "1.0",
		.timing_scale = 1,
		.seed = 1 };
	return ok;
}

bool
reference_open(struct mutant *m, const struct suite *suite,
    const struct reference *ref, const char *mutant, struct buf *why)
{
	char *path = reference_path(ref->name);
	struct strings argv = { 0 };
	bool ok;

	*m = (struct mutant){ .name = mutant != NULL ? xstrdup(mutant) : NULL };
	if (path == NULL) {
		buf_printf(
		    why, "the suite's program \"%s\" is not here", ref->name);
		return false;
	}
	strings_add(&argv, path);
	free(path);
	if (mutant != NULL) {
		strings_add(&argv, "--mutant");
		strings_add(&argv, mutant);
	}
	for (const char *const *a = ref->args; *a != NULL; a++)
		strings_add(&argv, *a);
	ok = ready(m, suite, ref->role, argv.v, ref->name, why);
	strings_free(&argv);
	return ok;
}

static bool
installed(const char *program)
{
	const char *path = getenv("PATH");
	bool found = false;

	while (path != NULL && *path != '\0' && !found) {
		size_t n = strcspn(path, ":");
		char *file = xprintf("%.*s/%s", (int)n, path, program);

		found = access(file, X_OK) == 0;
		free(file);
		path += n + (path[n] == ':');
	}
	return found;
}

bool
reference_tool(struct mutant *m, const struct suite *suite, unsigned role,
    const char *words, struct buf *why)
{
	struct strings argv = { 0 };
	bool ok;

	*m = (struct mutant){ .name = xprintf("tool:%s", words) };
	sut_split(&argv, words);
	ok = argv.n > 0 && ready(m, suite, role, argv.v, "tool", why);
	m->absent = ok && !installed(argv.v[0]);
	strings_free(&argv);
	return ok;
}

void
reference_close(struct mutant *m)
{
	free(m->name);
	free(m->rule);
	free(m->what);
	free(m->first);
	sut_free(&m->sut);
}

bool
reference_list(const struct reference *ref, struct buf *out, struct buf *why)
{
	char *path = reference_path(ref->name);
	char list[] = "--list-mutants";
	char *argv[] = { path, list, NULL };
	struct proc_spec spec = {
		.argv = argv, .cwd = "/", .flags = PROC_BIG_PIPES
	};
	struct proc_result r = { .end = PROC_EXITED };
	bool ok = false;

	if (path == NULL)
		buf_printf(
		    why, "the suite's program \"%s\" is not here", ref->name);
	else if (proc_run(&spec, &r) != 0)
		buf_printf(why, "%s: %s", path, strerror(errno));
	else if (r.end != PROC_EXITED || r.status != 0)
		buf_printf(why, "%s does not list its mutants", path);
	else
		ok = true;
	buf_add(out, buf_slice(&r.out).p, r.out.n);
	proc_result_free(&r);
	free(path);
	return ok;
}
