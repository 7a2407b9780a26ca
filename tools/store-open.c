/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store-parts.h"

/* The index is made of the recordings, so one that is damaged is put aside
 * and made again. */
static struct index *
open_index(const struct store *s, struct em_error *err)
{
	char *path = paths_join(s->dir, "index.sqlite");
	char *aside = paths_join(s->dir, "index.damaged");
	struct index *ix = NULL;

	if (path != NULL && aside != NULL) {
		ix = index_open(path, err);
		if (ix == NULL && err->code == EM_E_SYNTAX &&
		    rename(path, aside) == 0) {
			cli_note(s->cli,
			    "the index of the store is damaged, it is made "
			    "again");
			ix = index_open(path, err);
		}
	}
	free(path);
	free(aside);
	return ix;
}

static bool
make_dir(struct store *s, struct em_error *err)
{
	char *runs = paths_join(s->dir, "runs");
	bool ok = runs != NULL && paths_make(runs);

	if (!ok) {
		err->code = EM_E_IO;
		snprintf(err->msg, sizeof(err->msg), "cannot create \"%s\": %s",
		    s->dir, strerror(errno));
	}
	free(runs);
	return ok;
}

struct store *
store_open(struct cli *c, const char *dir, int *st)
{
	struct store *s = calloc(1, sizeof(*s));
	struct em_error err = { .code = EM_E_IO };

	*st = ST_IO;
	if (s == NULL) {
		cli_say(c, "out of memory");
		return NULL;
	}
	s->cli = c;
	s->dir = dir != NULL ? strdup(dir) : paths_store(c);
	if (s->dir != NULL) {
		if (make_dir(s, &err))
			s->index = open_index(s, &err);
		if (s->index == NULL) {
			cli_say(c, "%s", err.msg);
			*st = cli_status_of(&err);
		}
	}
	if (s->index != NULL)
		return s;
	store_close(s);
	return NULL;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	index_close(s->index);
	free(s->dir);
	free(s);
}

const char *
store_dir(const struct store *s)
{
	return s->dir;
}
