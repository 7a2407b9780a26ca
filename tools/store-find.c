/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store-parts.h"

enum { CANDIDATES = 8 };

void
store_run_free(struct store_run *run)
{
	free(run->command);
	run->command = NULL;
}

void
store_runs_free(struct store_runs *runs)
{
	for (size_t i = 0; i < runs->n; i++)
		store_run_free(&runs->v[i]);
	free(runs->v);
	*runs = (struct store_runs){ NULL, 0 };
}

int
store_list(struct store *s, struct store_runs *runs)
{
	struct em_error err = { 0 };

	if (sync_store(s, runs, &err))
		return ST_OK;
	store_runs_free(runs);
	cli_say(s->cli, "%s", err.msg);
	return ST_IO;
}

/* The hexadecimal digits of what the user wrote; false when it has others. */
static bool
digits_of(const char *what, char digits[33])
{
	size_t n = 0;

	for (; *what != '\0'; what++) {
		char c = *what;

		if (c == '-')
			continue;
		if (c >= 'A' && c <= 'F')
			c = (char)(c + 32);
		if (n == 32 || strchr("0123456789abcdef", c) == NULL)
			return false;
		digits[n++] = c;
	}
	digits[n] = '\0';
	return n > 0;
}

static bool
begins(const struct store_id *id, const char *digits)
{
	char text[STORE_ID_SIZE];

	store_id_text(id, text);
	for (const char *p = text; *digits != '\0'; p++)
		if (*p != '-' && *p != *digits++)
			return false;
	return true;
}

static void
say_candidates(const struct cli *c, const struct store_runs *runs,
    const char *what, const char *digits, size_t count)
{
	char text[STORE_ID_SIZE];
	size_t shown = 0;

	cli_say(c, "\"%s\" is the beginning of %zu runs:", what, count);
	for (size_t i = 0; i < runs->n && shown < CANDIDATES; i++) {
		const struct store_run *r = &runs->v[i];

		if (!begins(&r->id, digits))
			continue;
		store_id_text(&r->id, text);
		cli_say(
		    c, "  %s  %s", text, r->command != NULL ? r->command : "");
		shown++;
	}
	if (shown < count)
		cli_say(c, "  and %zu older ones", count - shown);
}

/* Moves the run out of the list; NULL: said. */
static struct store_run *
choose(const struct cli *c, const struct store_runs *runs, const char *what)
{
	struct store_run *found = NULL;
	char digits[33];
	size_t count = 0;

	if (runs->n == 0) {
		cli_say(c, "no run is recorded here");
		return NULL;
	}
	if (strcmp(what, "latest") == 0)
		return &runs->v[0];
	if (!digits_of(what, digits)) {
		cli_usage(c,
		    "bad run \"%s\", it is latest, or an id as 'tstore list' "
		    "has them, or the beginning of one",
		    what);
		return NULL;
	}
	for (size_t i = 0; i < runs->n; i++)
		if (begins(&runs->v[i].id, digits)) {
			found = count == 0 ? &runs->v[i] : found;
			count++;
		}
	if (count == 1)
		return found;
	if (count == 0)
		cli_say(
		    c, "no run begins with \"%s\", see 'tstore list'", what);
	else
		say_candidates(c, runs, what, digits, count);
	return NULL;
}

int
store_find(struct store *s, const char *what, struct store_run *run)
{
	struct store_runs runs;
	struct store_run *found;
	int st = store_list(s, &runs);

	if (st != ST_OK)
		return st;
	found = choose(s->cli, &runs, what);
	if (found != NULL) {
		*run = *found;
		found->command = NULL;
	}
	store_runs_free(&runs);
	return found != NULL ? ST_OK : ST_USAGE;
}

struct em_event *
store_start(struct store *s, const struct store_run *run)
{
	struct em_error err = { .code = EM_E_IO };
	struct em_event *start = NULL;
	struct em_str head = { NULL, 0 };
	char *path = paths_run(s, &run->id);
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		snprintf(err.msg, sizeof(err.msg), "%s", strerror(errno));
	else if (run_file_read(fd, FRAME_HEAD, &head, &err)) {
		start = meta_read(head, EM_RUN_START, &err);
		if (start != NULL && !meta_readable(start, &err)) {
			em_event_free(start);
			start = NULL;
		}
	}
	if (start == NULL) {
		cli_say(s->cli, "%s: %s", path != NULL ? path : "", err.msg);
		cli_status(s->cli, cli_status_of(&err));
	}
	if (fd >= 0)
		close(fd);
	free((void *)(uintptr_t)head.p);
	free(path);
	return start;
}

struct em_event *
store_root_start(struct store *s, const struct store_run *run)
{
	struct store_run root = *run;
	char *path = paths_run(s, &run->root);

	/* It may have been pruned. */
	if (path != NULL && access(path, R_OK) == 0)
		root.id = run->root;
	free(path);
	return store_start(s, &root);
}
