/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store-parts.h"

/* Its log must not be taken for that of the next. */
static bool
put_aside(const struct store *s, const char *path)
{
	static const char *const logs[] = { "index.sqlite-wal",
		"index.sqlite-shm" };
	char *aside = paths_join(s->dir, "index.damaged");
	bool ok = aside != NULL && rename(path, aside) == 0;

	free(aside);
	for (size_t i = 0; ok && i < 2; i++) {
		char *log = paths_join(s->dir, logs[i]);

		if (log != NULL)
			unlink(log);
		free(log);
	}
	return ok;
}

/* The index is made of the recordings, so one that is damaged is put aside
 * and made again; and where none can be written, on a full disk or one that is
 * read only, it is made in memory. */
static struct index *
open_index(const struct store *s, struct em_error *err)
{
	char *path = paths_join(s->dir, "index.sqlite");
	struct index *ix = NULL;

	if (path != NULL && access(s->dir, F_OK) != 0) {
		ix = index_open(":memory:", err);
	} else if (path != NULL) {
		ix = index_open(path, err);
		if (ix == NULL && err->code == EM_E_SYNTAX &&
		    put_aside(s, path)) {
			cli_note(s->cli,
			    "the index of the store is damaged, it is made "
			    "again");
			ix = index_open(path, err);
		}
		if (ix == NULL && err->code == EM_E_IO)
			ix = index_open(":memory:", err);
	}
	free(path);
	return ix;
}

static bool
make_dir(struct store *s, bool named, enum store_use use, struct em_error *err)
{
	char *runs = paths_join(s->dir, "runs");
	bool ok = runs != NULL && access(runs, R_OK) == 0;

	if (!ok && runs != NULL && use == STORE_WRITE) {
		ok = paths_make(runs);
	} else if (!ok && runs != NULL && errno == ENOENT) {
		ok = !named;
		snprintf(err->msg, sizeof(err->msg),
		    "there is no store in \"%s\"", s->dir);
	}
	if (!ok && err->msg[0] == '\0') {
		err->code = EM_E_IO;
		snprintf(err->msg, sizeof(err->msg), "cannot create \"%s\": %s",
		    s->dir, strerror(errno));
	}
	free(runs);
	return ok;
}

struct store *
store_open(struct cli *c, const char *dir, enum store_use use, int *st)
{
	struct store *s = calloc(1, sizeof(*s));
	struct em_error err = { .code = EM_E_IO };

	*st = ST_IO;
	if (s == NULL) {
		cli_say(c, "out of memory");
		return NULL;
	}
	s->cli = c;
	s->dir = dir != NULL ? strdup(dir) : paths_store(c, use);
	if (s->dir != NULL) {
		if (make_dir(s, dir != NULL, use, &err))
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
