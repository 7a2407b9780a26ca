/* SPDX-License-Identifier: MIT */
/* Where the store is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-parts.h"

char *
paths_join(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 2;
	char *p = malloc(n);

	if (p != NULL)
		snprintf(p, n, "%s/%s", dir, name);
	return p;
}

char *
paths_run(const struct store *s, const struct store_id *id)
{
	size_t n = strlen(s->dir) + sizeof("/runs/.zst") + STORE_ID_SIZE;
	char *p = malloc(n), text[STORE_ID_SIZE];

	store_id_text(id, text);
	if (p != NULL)
		snprintf(p, n, "%s/runs/%s.zst", s->dir, text);
	return p;
}

bool
paths_make(const char *dir)
{
	char *p = strdup(dir);
	bool ok = p != NULL;

	for (char *slash = p; ok && slash != NULL;) {
		slash = strchr(slash + 1, '/');
		if (slash != NULL)
			*slash = '\0';
		ok = mkdir(p, 0700) == 0 || errno == EEXIST;
		if (slash != NULL)
			*slash = '/';
	}
	free(p);
	return ok;
}

char *
paths_here(void)
{
	char *p = NULL, *bigger, *found = NULL;

	for (size_t n = 1024; found == NULL; n *= 2) {
		bigger = realloc(p, n);
		if (bigger == NULL)
			break;
		p = bigger;
		found = getcwd(p, n);
		if (found == NULL && errno != ERANGE)
			break;
	}
	if (found == NULL)
		free(p);
	return found;
}

static const char *
variable(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && *v != '\0' ? v : NULL;
}

/* Where the stores of all workspaces are; NULL: said. */
static char *
base_dir(const struct cli *c)
{
	const char *dir = variable("TESTPIPE_STATE_DIR");
	const char *home = variable("HOME");
	char *p;

	if (dir != NULL) {
		p = strdup(dir);
	} else if ((dir = variable("XDG_STATE_HOME")) != NULL && *dir == '/') {
		p = paths_join(dir, "testpipe");
	} else if (home != NULL) {
		p = paths_join(home, ".local/state/testpipe");
	} else {
		cli_say(c,
		    "no place for recordings: neither HOME, "
		    "XDG_STATE_HOME nor TESTPIPE_STATE_DIR is set");
		return NULL;
	}
	if (p == NULL)
		cli_say(c, "out of memory");
	return p;
}

static bool
is_root(const char *dir)
{
	static const char *const marks[] = { ".git", ".hg", ".jj", ".svn" };
	bool found = false;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		char *p = paths_join(dir, marks[i]);

		found = found || (p != NULL && access(p, F_OK) == 0);
		free(p);
	}
	return found;
}

/* Cuts dir down to the nearest directory that is under version control; left
 * alone when there is none. */
static void
to_workspace(char *dir)
{
	char *at = strdup(dir), *slash;

	while (at != NULL && !is_root(at)) {
		slash = strrchr(at, '/');
		if (slash == NULL) {
			free(at);
			return;
		}
		*slash = '\0';
	}
	if (at == NULL)
		return;
	if (at[0] != '\0')
		dir[strlen(at)] = '\0';
	free(at);
}

/* A name for people, and what makes it the only one. */
static char *
workspace_name(const char *workspace)
{
	const struct em_str s = em_str(workspace);
	const char *last;
	char name[96];
	size_t n = 0;

	if (workspace[1] == '\0')
		workspace = "/root";
	last = strrchr(workspace, '/');
	for (last = last != NULL ? last + 1 : workspace; *last && n < 60;
	     last++)
		name[n++] = (char)(strchr("/. \t\n", *last) ? '_' : *last);
	snprintf(name + n, sizeof(name) - n, "-%016llx",
	    (unsigned long long)em_key(&s, 1).lo);
	return strdup(name);
}

/* So that people find out whose store it is. */
static void
note_workspace(const char *dir, const char *workspace)
{
	char *path = paths_join(dir, "workspace");
	struct em_out *out;

	if (path != NULL && access(path, F_OK) != 0 && paths_make(dir) &&
	    (out = em_out_file(path, EM_OUT_REPLACE)) != NULL) {
		em_out_puts(out, workspace);
		em_out_puts(out, "\n");
		em_out_close(out, NULL);
	}
	free(path);
}

char *
paths_store(struct cli *c, enum store_use use)
{
	char *base = base_dir(c), *workspace, *name, *all = NULL, *dir = NULL;

	if (base == NULL)
		return NULL;
	workspace = paths_here();
	if (workspace == NULL) {
		cli_say(c, "the working directory: %s", strerror(errno));
		free(base);
		return NULL;
	}
	to_workspace(workspace);
	name = workspace_name(workspace);
	all = paths_join(base, "workspaces");
	if (name != NULL && all != NULL)
		dir = paths_join(all, name);
	if (dir == NULL)
		cli_say(c, "out of memory");
	else if (use == STORE_WRITE)
		note_workspace(dir, workspace);
	free(all);
	free(name);
	free(workspace);
	free(base);
	return dir;
}
