/* SPDX-License-Identifier: MIT */
/* Makes the index agree with the files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-parts.h"

/* What the head of a file says. */
static bool
read_head(int fd, struct store_run *run, struct em_error *err)
{
	struct em_str head;
	struct em_event *start;
	bool ok;

	if (!run_file_read(fd, FRAME_HEAD, &head, err))
		return false;
	start = meta_read(head, EM_RUN_START, err);
	ok = start != NULL && meta_readable(start, err);
	if (ok && !meta_links(start, run)) {
		err->code = EM_E_SYNTAX;
		snprintf(err->msg, sizeof(err->msg),
		    "the file is damaged: it links to no run");
		ok = false;
	}
	if (ok) {
		if (start->time_ns != EM_UNSET)
			run->started_ns = start->time_ns;
		run->command = command_text(&start->command);
	}
	em_event_free(start);
	free((void *)(uintptr_t)head.p);
	return ok;
}

/* What its end says, if it has one; *damaged: something that is none. */
static bool
read_end(int fd, struct store_run *run, bool *damaged)
{
	struct em_error err = { 0 };
	struct em_str text;
	struct em_event *end;

	*damaged = !run_file_read(fd, FRAME_END, &text, &err);
	if (*damaged || text.p == NULL)
		return false;
	end = meta_read(text, EM_RUN_COMPLETE, &err);
	*damaged = end == NULL;
	if (end != NULL) {
		run->exit_code = end->exit_code;
		run->signal = end->signal;
		if (end->time_ns != EM_UNSET)
			run->written_ns = end->time_ns;
	}
	em_event_free(end);
	free((void *)(uintptr_t)text.p);
	return end != NULL;
}

static bool
read_stream(int fd, struct fold *f)
{
	const struct em_reader_opts ro = { .format = "native" };
	struct em_reader *r = em_reader_fd(&ro, fd, "the recording");
	const struct em_event *ev;
	enum em_rc rc = EM_ERR;

	if (r == NULL)
		return false;
	while ((rc = em_reader_next(r, &ev)) == EM_OK)
		fold_event(f, ev);
	em_reader_close(r);
	return rc == EM_EOF;
}

/* When the run began, as its id has it. */
static int64_t
id_time(const struct store_id *id)
{
	int64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | id->b[i];
	return ms < INT64_MAX / 1000000 ? ms * 1000000 : 0;
}

static void
read_run(int fd, const char *path, struct store_run *run, struct fold *f)
{
	struct em_error err = { 0 };
	const struct store_id id = run->id;
	bool live, whole, damaged;

	if (!read_head(fd, run, &err) || !store_id_eq(&run->id, &id)) {
		run->id = id;
		run->root = id;
		run->state = STORE_DAMAGED;
		run->verdict = EM_V_TRUNCATED;
		return;
	}
	/* In this order: once nobody writes, what is read is the end of it. */
	live = run_file_live(path);
	whole = read_end(fd, run, &damaged);
	if ((!read_stream(fd, f) && whole) || damaged)
		run->state = STORE_DAMAGED;
	else
		run->state = whole ? STORE_WHOLE
		    : live         ? STORE_LIVE
				   : STORE_CUT;
	fold_summary(f, run);
	if (run->state != STORE_WHOLE && run->verdict != EM_V_FAIL)
		run->verdict = EM_V_TRUNCATED;
}

bool
sync_run(struct store *s, const struct store_id *id, struct em_error *err)
{
	struct store_run run = { .id = *id,
		.root = *id,
		.exit_code = EM_UNSET,
		.signal = EM_UNSET,
		.duration_ns = EM_UNSET,
		.started_ns = id_time(id) };
	char *path = paths_run(s, id);
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct fold f = { .results = NULL };
	struct fold_case *cases;
	struct stat st;
	size_t n = 0;
	bool ok = false;

	if (fd >= 0 && fstat(fd, &st) == 0 && fold_init(&f)) {
		run.size = (uint64_t)st.st_size;
		run.written_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 +
		    st.st_mtim.tv_nsec;
		read_run(fd, path, &run, &f);
		cases = fold_cases(&f, &n);
		ok = index_put(s->index, &run, cases, n, err);
		free(cases);
	} else {
		/* It is gone, or not ours to read; that holds up nothing. */
		snprintf(err->msg, sizeof(err->msg), "%s: %s",
		    path != NULL ? path : "", strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	fold_free(&f);
	free(run.command);
	free(path);
	return ok;
}

/* ---- the whole store ---- */

struct ids {
	struct store_id *v;
	size_t n, size;
};

static bool
add_id(struct ids *l, const struct store_id *id)
{
	if (l->n == l->size) {
		size_t size = l->size == 0 ? 256 : l->size * 2;
		void *p = realloc(l->v, size * sizeof(*l->v));

		if (p == NULL)
			return false;
		l->v = p;
		l->size = size;
	}
	l->v[l->n++] = *id;
	return true;
}

static int
by_id(const void *x, const void *y)
{
	return memcmp(x, y, sizeof(struct store_id));
}

/* The ids that the files have, sorted. */
static bool
list_files(const struct store *s, struct ids *l, struct em_error *err)
{
	char *runs = paths_join(s->dir, "runs");
	DIR *d = runs != NULL ? opendir(runs) : NULL;
	struct dirent *e;
	struct store_id id;

	if (d == NULL && runs != NULL && errno == ENOENT) {
		free(runs);
		return true;
	}
	if (d == NULL) {
		err->code = EM_E_IO;
		snprintf(err->msg, sizeof(err->msg), "%s: %s",
		    runs != NULL ? runs : "", strerror(errno));
		free(runs);
		return false;
	}
	while ((e = readdir(d)) != NULL) {
		struct em_str name = em_str(e->d_name);

		if (name.n != STORE_ID_SIZE - 1 + 4 ||
		    strcmp(name.p + name.n - 4, ".zst") != 0)
			continue;
		name.n -= 4;
		if (store_id_parse(name, &id) && !add_id(l, &id))
			break;
	}
	closedir(d);
	free(runs);
	if (l->n > 0)
		qsort(l->v, l->n, sizeof(*l->v), by_id);
	return true;
}

/* What the index has of a run may be more by now: nobody writes it any longer,
 * or what was there when it was looked at was not all. */
static bool
outdated(const struct store *s, const struct store_run *run)
{
	char *path = run->state != STORE_WHOLE ? paths_run(s, &run->id) : NULL;
	bool is = false;
	struct stat st;

	if (path != NULL && run->state == STORE_LIVE)
		is = !run_file_live(path);
	else if (path != NULL)
		is = stat(path, &st) == 0 && (uint64_t)st.st_size != run->size;
	free(path);
	return is;
}

/* Another writes to the index: what it is told is told the next time. */
static bool
busy(const struct em_error *err)
{
	return err->code != EM_E_NONE;
}

static bool
sync_known(struct store *s, const struct store_runs *runs,
    const struct ids *files, bool *seen)
{
	struct em_error err = { 0 };
	bool changed = false;

	for (size_t i = 0; i < runs->n; i++) {
		const struct store_run *r = &runs->v[i];
		const struct store_id *at = files->n > 0
		    ? bsearch(&r->id, files->v, files->n, sizeof(*at), by_id)
		    : NULL;

		if (at != NULL)
			seen[at - files->v] = true;
		if (busy(&err))
			continue;
		if (at == NULL)
			changed |= index_forget(s->index, &r->id, &err);
		else if (outdated(s, r))
			changed |= sync_run(s, &r->id, &err);
	}
	return changed;
}

static bool
sync_new(struct store *s, const struct ids *files, const bool *seen)
{
	struct em_error err = { 0 };
	bool changed = false;

	for (size_t i = 0; i < files->n && !busy(&err); i++)
		if (!seen[i])
			changed |= sync_run(s, &files->v[i], &err);
	return changed;
}

bool
sync_store(struct store *s, struct store_runs *runs, struct em_error *err)
{
	struct ids files = { NULL, 0, 0 };
	bool *seen = NULL, changed = false, ok;

	ok = index_list(s->index, runs, err) && list_files(s, &files, err);
	if (ok)
		seen = calloc(files.n + 1, sizeof(*seen));
	if (seen != NULL) {
		index_patience(s->index, INDEX_GLANCE_MS);
		changed = sync_known(s, runs, &files, seen);
		changed |= sync_new(s, &files, seen);
		index_patience(s->index, INDEX_WAIT_MS);
	}
	free(seen);
	free(files.v);
	if (!ok || !changed)
		return ok;
	store_runs_free(runs);
	return index_list(s->index, runs, err);
}
