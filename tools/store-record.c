/* SPDX-License-Identifier: MIT */
/* Recording: the stream goes to the file as it comes, and what it came to into
 * the index at its end. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rerun.h"
#include "store-clip.h"
#include "store-parts.h"

enum {
	CLOCK_EVERY = 512, /* events */
	OUTPUT_MAX = 10000000
};

static const int64_t flush_ns = 500000000;

struct recorder {
	struct store *store;
	struct run_file file;
	struct em_writer *writer;
	struct clip *clip;
	struct fold fold;
	struct store_run run;
	struct store_id parent;
	int64_t flushed_ns;
	unsigned since; /* events since the clock was looked at */
	bool failed; /* said */
};

static void
stop(struct recorder *r, const char *why)
{
	if (!r->failed)
		cli_say(r->store->cli,
		    "recording stopped, the stream goes on: %s", why);
	r->failed = true;
}

/* What is known after the parent, for the frame that reruns have; absent:
 * said. */
static struct em_str
sets_after(const struct recorder *r, const struct store_run *parent)
{
	struct store *s = r->store;
	struct rerun_state sets;
	char name[STORE_ID_SIZE + 16], id[STORE_ID_SIZE], *path, *bytes = NULL;
	size_t n = 0;

	store_id_text(&r->run.id, id);
	snprintf(name, sizeof(name), "tmp-%s.zst", id);
	path = paths_join(s->dir, name);
	if (path != NULL && store_sets(s, parent, &sets) == ST_OK) {
		if (rerun_state_save(&sets, s->cli, path) == ST_OK)
			bytes = cli_slurp(s->cli, path, &n);
		unlink(path);
		rerun_state_free(&sets);
	}
	free(path);
	return (struct em_str){ bytes, n };
}

/* Makes the file with all that is known of the run before it starts. */
static bool
create_file(struct recorder *r, const struct recorder_opts *opts,
    struct em_str sets, struct em_error *err)
{
	struct em_out *head = meta_head(&r->run.id, r->run.started_ns, opts);
	char *path = paths_run(r->store, &r->run.id);
	bool ok = head != NULL && path != NULL &&
	    run_file_create(&r->file, path, em_out_memory(head), sets, err);

	em_out_discard(head);
	free(path);
	return ok;
}

static bool
create(struct recorder *r, const struct recorder_opts *opts)
{
	struct em_error err = { .msg = "out of memory" };
	struct em_str sets = { NULL, 0 };

	if (opts->parent != NULL) {
		sets = sets_after(r, opts->parent);
		if (sets.p == NULL) {
			cli_say(r->store->cli, "the rerun is not recorded");
			return false;
		}
	}
	if (create_file(r, opts, sets, &err) && run_file_begin(&r->file, &err))
		r->writer = em_writer_open(NULL, r->file.out, &err);
	if (r->writer == NULL)
		cli_say(r->store->cli, "not recorded: %s", err.msg);
	free((void *)(uintptr_t)sets.p);
	return r->writer != NULL;
}

static void
recorder_free(struct recorder *r)
{
	if (r->writer != NULL)
		em_writer_close(r->writer);
	if (r->file.path != NULL)
		run_file_abandon(&r->file);
	clip_free(r->clip);
	fold_free(&r->fold);
	store_run_free(&r->run);
	free(r);
}

static void
check(struct recorder *r, enum em_rc rc)
{
	const struct em_error *e;

	if (rc == EM_OK)
		return;
	e = em_out_error(r->file.out);
	if (e == NULL)
		e = em_writer_error(r->writer);
	stop(r, e != NULL ? e->msg : "cannot write");
}

static void
write_event(void *arg, const struct em_event *ev)
{
	struct recorder *r = arg;

	if (!r->failed)
		check(r, em_writer_event(r->writer, ev));
}

struct recorder *
recorder_begin(struct store *s, const struct recorder_opts *opts)
{
	struct recorder *r = calloc(1, sizeof(*r));
	struct em_error ignored = { 0 };

	if (r != NULL)
		r->clip = clip_new(
		    opts->output_max > 0 ? opts->output_max : OUTPUT_MAX,
		    write_event, r);
	if (r == NULL || r->clip == NULL || !fold_init(&r->fold) ||
	    !store_id_new(&r->run.id)) {
		cli_say(s->cli, "not recorded: out of memory");
		if (r != NULL)
			recorder_free(r);
		return NULL;
	}
	r->store = s;
	r->run.state = STORE_LIVE;
	r->run.verdict = EM_V_TRUNCATED;
	r->run.exit_code = r->run.signal = r->run.duration_ns = EM_UNSET;
	r->run.root = r->run.id;
	if (opts->parent != NULL) {
		r->run.parent = opts->parent->id;
		r->run.root = opts->parent->root;
	}
	r->run.started_ns = r->run.written_ns = store_now();
	r->run.command = command_text(&opts->command);
	if (!create(r, opts)) {
		recorder_free(r);
		return NULL;
	}
	/* Should the index be held by another, it learns of the file later. */
	index_patience(s->index, INDEX_GLANCE_MS);
	index_put(s->index, &r->run, NULL, 0, &ignored);
	if (opts->parent != NULL)
		index_touch(
		    s->index, &r->run.parent, r->run.started_ns, &ignored);
	index_patience(s->index, INDEX_WAIT_MS);
	return r;
}

void
recorder_flush(struct recorder *r)
{
	if (r == NULL || r->failed)
		return;
	r->flushed_ns = store_now();
	check(r, em_out_flush(r->file.out));
}

void
recorder_event(struct recorder *r, const struct em_event *ev)
{
	if (r == NULL || r->failed)
		return;
	fold_event(&r->fold, ev);
	clip_event(r->clip, ev);
	if (++r->since < CLOCK_EVERY)
		return;
	r->since = 0;
	if (store_now() - r->flushed_ns > flush_ns)
		recorder_flush(r);
}

const struct store_id *
recorder_id(const struct recorder *r)
{
	return &r->run.id;
}

static void
finish_file(struct recorder *r)
{
	struct em_error err = { 0 };
	struct em_out *end;

	clip_end(r->clip);
	if (!r->failed)
		check(r, em_writer_finish(r->writer));
	em_writer_close(r->writer);
	r->writer = NULL;
	end = meta_end(&r->run);
	if (r->failed || end == NULL) {
		stop(r, "out of memory");
		run_file_abandon(&r->file);
	} else if (!run_file_end(&r->file, em_out_memory(end), &err)) {
		stop(r, err.msg);
	}
	em_out_discard(end);
}

/* Should that fail, the next who looks reads the file. */
static void
tell_index(struct recorder *r)
{
	struct em_error ignored = { 0 };
	struct fold_case *cases;
	struct stat st;
	char *path = paths_run(r->store, &r->run.id);
	size_t n = 0;

	if (path != NULL && stat(path, &st) == 0)
		r->run.size = (uint64_t)st.st_size;
	r->run.state = STORE_WHOLE;
	cases = fold_cases(&r->fold, &n);
	if (cases != NULL)
		index_put(r->store->index, &r->run, cases, n, &ignored);
	free(cases);
	free(path);
}

void
recorder_discard(struct recorder *r)
{
	struct em_error ignored = { 0 };

	if (r == NULL)
		return;
	unlink(r->file.path);
	index_forget(r->store->index, &r->run.id, &ignored);
	recorder_free(r);
}

int
recorder_finish(struct recorder *r, const struct recorder_end *end)
{
	struct em_error ignored = { 0 };
	struct store_id id;
	struct store *s;
	int st;

	if (r == NULL)
		return ST_IO;
	/* Nothing came, so nothing is known that a run would have. */
	if (r->fold.events == 0 && !r->failed) {
		cli_say(r->store->cli,
		    "nothing is recorded: there are no results in the input");
		recorder_discard(r);
		return ST_TRUNCATED;
	}
	s = r->store;
	id = r->run.id;
	r->run.exit_code = end->exit_code;
	r->run.signal = end->signal;
	r->run.written_ns = store_now();
	fold_summary(&r->fold, &r->run);
	finish_file(r);
	st = r->failed ? ST_IO : ST_OK;
	if (r->failed)
		sync_run(s, &id, &ignored);
	else
		tell_index(r);
	recorder_free(r);
	prune_sometimes(s);
	return st;
}
