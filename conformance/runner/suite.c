/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "self.h"
#include "suite.h"

static bool
is_suite(const char *dir)
{
	char *path = xprintf("%s/CASEFORMAT", dir);
	struct stat st;
	bool ok = stat(path, &st) == 0;

	free(path);
	return ok;
}

char *
suite_find(const char *dir)
{
	const char *said = dir != NULL ? dir : getenv("TCONFORM_SUITE");
	/* Installed; where it was built; where we are. */
	char *places[] = { self_path("../share/testpipe/conformance"),
		self_path("../../../conformance"), xstrdup("conformance") };
	char *found = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (found == NULL && places[i] != NULL && is_suite(places[i]))
			found = places[i];
		else
			free(places[i]);
	}
	if (said == NULL || said[0] == '\0')
		return found;
	free(found);
	return is_suite(said) ? xstrdup(said) : NULL;
}

/* The names in a directory, sorted; hidden ones left out. */
static void
list_dir(const char *path, struct strings *names)
{
	struct dirent **v;
	int n = scandir(path, &v, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (v[i]->d_name[0] != '.')
			strings_add(names, v[i]->d_name);
		free(v[i]);
	}
	if (n >= 0)
		free(v);
}

static bool
load_group(
    struct suite *s, const char *root, const char *group, struct buf *why)
{
	char *dir = xprintf("%s/%s/%s", s->dir, root, group);
	struct strings slugs = { 0 };
	bool ok = true;

	list_dir(dir, &slugs);
	for (size_t i = 0; ok && i < slugs.n; i++) {
		char *id = xprintf("%s/%s", group, slugs.v[i]);
		char *path = xprintf("%s/%s", dir, slugs.v[i]);

		s->cases =
		    xrealloc(s->cases, (s->case_n + 1) * sizeof(*s->cases));
		ok = case_load(&s->cases[s->case_n++], s->dir, path, id, why);
		free(path);
		free(id);
	}
	strings_free(&slugs);
	free(dir);
	return ok;
}

static bool
load_root(struct suite *s, const char *root, struct buf *why)
{
	char *dir = xprintf("%s/%s", s->dir, root);
	struct strings groups = { 0 };
	bool ok = true;

	list_dir(dir, &groups);
	for (size_t i = 0; ok && i < groups.n; i++)
		ok = load_group(s, root, groups.v[i], why);
	strings_free(&groups);
	free(dir);
	return ok;
}

/* Takes what is before the next tab, or all, off the front. */
static char *
column(char **line)
{
	char *tab = strchr(*line, '\t');
	char *s = tab != NULL ? xstrndup(*line, (size_t)(tab - *line))
			      : xstrdup(*line);

	*line += strlen(s) + (tab != NULL);
	return s;
}

/* rules.tsv: id, level, binds, since, text; the first line names them. */
static bool
load_rules(struct suite *s, struct buf *why)
{
	char *path = xprintf("%s/rules.tsv", s->dir);
	struct buf b = { 0 };
	bool ok = read_file(path, &b), first = true;
	char *save = NULL;

	if (!ok)
		buf_printf(why, "%s: %s", path, strerror(errno));
	for (char *line = ok ? strtok_r(b.p, "\n", &save) : NULL; line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		struct rule *r;

		if (first || line[0] == '#') {
			first = false;
			continue;
		}
		s->rules =
		    xrealloc(s->rules, (s->rule_n + 1) * sizeof(*s->rules));
		r = &s->rules[s->rule_n++];
		r->id = column(&line);
		r->level = column(&line);
		r->binds = column(&line);
		free(column(&line));
		r->text = column(&line);
	}
	buf_free(&b);
	free(path);
	return ok;
}

/* The first line of a small file. */
static char *
first_line(const char *dir, const char *name)
{
	char *path = xprintf("%s/%s", dir, name);
	struct buf b = { 0 };
	char *s;

	if (read_file(path, &b))
		s = xstrndup(b.p, strcspn(b.p, "\n"));
	else
		s = xstrdup("unknown");
	buf_free(&b);
	free(path);
	return s;
}

struct suite *
suite_load(const char *dir, struct buf *why)
{
	static const char *const roots[] = { "cases", "harness-cases",
		"cli-cases" };
	struct suite *s = xalloc(sizeof(*s));
	char *format;
	bool ok;

	s->dir = xstrdup(dir);
	s->version = first_line(dir, "VERSION");
	format = first_line(dir, "CASEFORMAT");
	s->case_format = (int)strtol(format, NULL, 10);
	free(format);
	if (s->case_format != 1) {
		buf_printf(
		    why, "%s: case format %d is not 1", dir, s->case_format);
		suite_free(s);
		return NULL;
	}
	ok = load_rules(s, why);
	for (size_t i = 0; ok && i < sizeof(roots) / sizeof(*roots); i++)
		ok = load_root(s, roots[i], why);
	if (ok)
		ok = load_group(s, ".", "schema-pairs", why);
	if (ok)
		return s;
	suite_free(s);
	return NULL;
}

void
suite_free(struct suite *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->case_n; i++)
		case_free(&s->cases[i]);
	for (size_t i = 0; i < s->rule_n; i++) {
		free(s->rules[i].id);
		free(s->rules[i].level);
		free(s->rules[i].binds);
		free(s->rules[i].text);
	}
	free(s->cases);
	free(s->rules);
	free(s->version);
	free(s->dir);
	free(s);
}

const struct rule *
suite_rule(const struct suite *s, const char *id)
{
	for (size_t i = 0; i < s->rule_n; i++)
		if (strcmp(s->rules[i].id, id) == 0)
			return &s->rules[i];
	return NULL;
}
